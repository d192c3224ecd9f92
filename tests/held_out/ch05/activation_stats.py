# %% right: a loop with two lists
def activation_stats(X, weights, phi=torch.relu):
    means, variances = [], []
    H = X
    for W in weights:
        H = phi(H @ W)
        means.append(H.mean().item())
        variances.append(H.var().item())
    return means, variances


# %% right: accumulate
def activation_stats(X, weights, phi=torch.relu):
    layers = list(itertools.accumulate(weights, lambda H, W: phi(H @ W), initial=X))[1:]
    return [float(H.mean()) for H in layers], [float(H.var(correction=0)) for H in layers]


# %% right: a network with hooks
class Layer(nn.Module):
    def __init__(self, W, phi):
        super().__init__()
        self.W, self.phi = W, phi

    def forward(self, H):
        return self.phi(torch.matmul(H, self.W))


def activation_stats(X, weights, phi=torch.relu):
    net = nn.Sequential(*(Layer(W, phi) for W in weights))
    means, variances = [], []

    def note(module, inputs, output):
        variance, mean = torch.var_mean(output)
        means.append(mean.item())
        variances.append(variance.item())

    for layer in net:
        layer.register_forward_hook(note)
    with torch.no_grad():
        net(X)
    return means, variances


# %% right: numpy for the numbers, F.linear for the layers
import numpy as np


def activation_stats(X, weights, phi=torch.relu):
    stats = []
    for W in weights:
        X = phi(F.linear(X, W.T))
        values = X.detach().cpu().numpy()
        stats.append((float(np.mean(values)), float(np.var(values))))
    means, variances = zip(*stats)
    return list(means), list(variances)


# %% right: sums by hand
def activation_stats(X, weights, phi=torch.relu):
    H = X.clone()
    result = [], []
    for i in range(len(weights)):
        Z = torch.mm(H, weights[i])
        H = phi(Z)
        n = H.numel()
        mean = (H.sum() / n).item()
        squares = ((H - mean) ** 2).sum().item()
        result[0].append(mean)
        result[1].append(squares / n)
    return result


# %% edge: phi is forgotten, ReLU always
def activation_stats(X, weights, phi=torch.relu):
    H, means, variances = X, [], []
    for W in weights:
        H = torch.relu(H @ W)
        means.append(H.mean().item())
        variances.append(H.var().item())
    return means, variances


# %% point: no activation after the last layer
def activation_stats(X, weights, phi=torch.relu):
    H, means, variances = X, [], []
    for i, W in enumerate(weights):
        H = H @ W
        if i < len(weights) - 1:
            H = phi(H)
        means.append(H.mean().item())
        variances.append(H.var().item())
    return means, variances


# %% point: before the activation
def activation_stats(X, weights, phi=torch.relu):
    H, means, variances = X, [], []
    for W in weights:
        Z = H @ W
        means.append(Z.mean().item())
        variances.append(Z.var().item())
        H = phi(Z)
    return means, variances


# %% point: every layer takes X
def activation_stats(X, weights, phi=torch.relu):
    outs = [phi(X @ W) if X.shape[1] == W.shape[0] else phi(W) for W in weights]
    return [H.mean().item() for H in outs], [H.var().item() for H in outs]


# %% point: the standard deviation
def activation_stats(X, weights, phi=torch.relu):
    H, means, variances = X, [], []
    for W in weights:
        H = phi(H @ W)
        means.append(H.mean().item())
        variances.append(H.std().item())
    return means, variances
