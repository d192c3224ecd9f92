# %% right: dropout found by its name, modes kept by module
def mc_dropout_predict(net, X, T):
    modes = {module: module.training for module in net.modules()}
    net.eval()
    for module in net.modules():
        if module.__class__.__name__.startswith("Dropout"):
            module.train()
    with torch.no_grad():
        probs = torch.stack([F.softmax(net(X), dim=-1) for _ in range(T)], dim=0)
    for module, mode in modes.items():
        module.training = mode
    return probs.mean(0), probs.std(0)


# %% right: sums of values and squares in float64
@torch.no_grad()
def mc_dropout_predict(net, X, T):
    was = net.training
    net.eval()
    net.apply(lambda m: m.train() if isinstance(m, nn.Dropout) else None)
    passes = []
    for t in range(T):
        passes.append(torch.softmax(net(X), 1).double().unsqueeze(2))
    stacked = torch.cat(passes, dim=2)
    mean = stacked.mean(dim=2)
    variance = ((stacked - mean.unsqueeze(2)) ** 2).sum(dim=2) / (T - 1)
    net.train(was)
    return mean.float(), variance.sqrt().float()


# %% right: one batch with T copies, and numpy's deviation
def mc_dropout_predict(net, X, T):
    training = net.training
    net.train(False)
    for m in net.modules():
        if type(m) is nn.Dropout:
            m.train(True)
    with torch.inference_mode():
        p = net(torch.cat([X] * T)).softmax(1).reshape(T, len(X), -1)
    net.train(training)
    return torch.from_numpy(p.numpy().mean(0)), torch.from_numpy(p.numpy().std(0, ddof=1))


# %% edge: left as it is at the end
def mc_dropout_predict(net, X, T):
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        probs = torch.stack([net(X).softmax(dim=1) for _ in range(T)])
    return probs.mean(0), probs.std(0)


# %% edge: recorded, and detached at the end
def mc_dropout_predict(net, X, T):
    was = net.training
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    probs = torch.stack([net(X).softmax(dim=1) for _ in range(T)]).detach()
    net.train(was)
    return probs.mean(0), probs.std(0)


# %% point: the whole network in train mode
def mc_dropout_predict(net, X, T):
    was = net.training
    net.train()
    with torch.no_grad():
        probs = torch.stack([net(X).softmax(dim=1) for _ in range(T)])
    net.train(was)
    return probs.mean(0), probs.std(0)


# %% point: numpy's standard deviation, which divides by T
def mc_dropout_predict(net, X, T):
    was = net.training
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        probs = np.stack([net(X).softmax(dim=1).numpy() for _ in range(T)])
    net.train(was)
    return torch.tensor(probs.mean(axis=0)), torch.tensor(probs.std(axis=0))


import numpy as np


# %% point: softmax of the mean logits
def mc_dropout_predict(net, X, T):
    was = net.training
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        logits = torch.stack([net(X) for _ in range(T)])
    net.train(was)
    return logits.mean(0).softmax(1), logits.softmax(2).std(0)


# %% point: eval mode for all, T times the same
def mc_dropout_predict(net, X, T):
    was = net.training
    net.eval()
    with torch.no_grad():
        probs = torch.stack([net(X).softmax(dim=1) for _ in range(T)])
    net.train(was)
    return probs.mean(0), probs.std(0)


# %% point: the spread over classes
def mc_dropout_predict(net, X, T):
    was = net.training
    net.eval()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.train()
    with torch.no_grad():
        probs = torch.stack([net(X).softmax(dim=1) for _ in range(T)])
    net.train(was)
    mean = probs.mean(0)
    return mean, mean.std(1, keepdim=True).expand_as(mean)
