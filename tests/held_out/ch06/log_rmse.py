# %% right: numpy at the end
def log_rmse(net, features, labels):
    with torch.no_grad():
        a = np.log(np.maximum(net(features).numpy(), 1.0))
    b = np.log(labels.numpy())
    return float(np.sqrt(np.mean((a - b) ** 2)))


# %% right: relu
def log_rmse(net, features, labels):
    y_hat = torch.relu(net(features).detach() - 1) + 1
    return torch.dist(y_hat.log(), labels.log()).item() / len(labels) ** 0.5


# %% right: where
def log_rmse(net, features, labels):
    y_hat = net(features)
    y_hat = torch.where(y_hat > 1, y_hat, torch.tensor(1.0))
    return torch.sqrt(((torch.log(y_hat) - torch.log(labels)) ** 2).mean()).item()


# %% point: absolute value in place of the clip
def log_rmse(net, features, labels):
    with torch.no_grad():
        return ((net(features).abs().log() - labels.log()) ** 2).mean().sqrt().item()


# %% point: base 10
def log_rmse(net, features, labels):
    with torch.no_grad():
        return ((net(features).clamp(min=1).log10() - labels.log10()) ** 2).mean().sqrt().item()


# %% point: relative error
def log_rmse(net, features, labels):
    with torch.no_grad():
        return ((net(features).clamp(min=1) / labels - 1) ** 2).mean().sqrt().item()


# %% edge: a tensor comes back
def log_rmse(net, features, labels):
    with torch.no_grad():
        return ((net(features).clamp(min=1).log() - labels.log()) ** 2).mean().sqrt()
