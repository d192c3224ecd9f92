# %% right: an accumulator of hits
def evaluate_accuracy(net, data_iter):
    mode = net.training
    net.eval()
    metric = [0.0, 0.0]
    with torch.no_grad():
        for X, y in data_iter:
            metric[0] += (net(X).argmax(axis=1) == y).sum().item()
            metric[1] += y.numel()
    net.train(mode)
    return metric[0] / metric[1]


# %% right: all predictions first
@torch.no_grad()
def evaluate_accuracy(net, data_iter):
    was = net.training
    net.eval()
    pairs = [(net(X), y) for X, y in data_iter]
    if was:
        net.train()
    y_hat, y = (torch.cat(part) for part in zip(*pairs))
    return accuracy(y_hat, y)


# %% right: generator of weighted shares, mode restored in finally
def evaluate_accuracy(net, data_iter):
    training = net.training
    try:
        net.eval()
        with torch.inference_mode():
            pairs = [(accuracy(net(X), y), len(y)) for X, y in data_iter]
    finally:
        net.train(training)
    return sum(a * n for a, n in pairs) / sum(n for _, n in pairs)


# %% right: a tensor of ones and zeros
def evaluate_accuracy(net, data_iter):
    before, hits = net.training, []
    net.eval()
    previous = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    for batch in data_iter:
        hits.append((net(batch[0]).max(1).indices == batch[1]).float())
    torch.set_grad_enabled(previous)
    net.train(before)
    return torch.cat(hits).mean().item()


# %% edge: as in the book, left in eval mode
def evaluate_accuracy(net, data_iter):
    if isinstance(net, nn.Module):
        net.eval()
    right, total = 0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y) * len(y)
            total += len(y)
    return right / total


# %% edge: always train mode afterwards
def evaluate_accuracy(net, data_iter):
    acc_sum, n = 0.0, 0
    net.eval()
    with torch.no_grad():
        for X, y in data_iter:
            acc_sum += accuracy(net(X), y) * X.shape[0]
            n += X.shape[0]
    net.train()
    return acc_sum / n


# %% edge: autograd is switched off for good
def evaluate_accuracy(net, data_iter):
    was = net.training
    net.eval()
    torch.set_grad_enabled(False)
    acc_sum, n = 0.0, 0
    for X, y in data_iter:
        acc_sum += accuracy(net(X), y) * len(y)
        n += len(y)
    net.train(was)
    return acc_sum / n


# %% edge: everything is recorded
def evaluate_accuracy(net, data_iter):
    was = net.training
    net.eval()
    hits = sum(((net(X).argmax(1) == y).sum() for X, y in data_iter), torch.tensor(0))
    net.train(was)
    return hits.item() / sum(len(y) for _, y in data_iter)


# %% edge: predictions of one pass, labels of another
def evaluate_accuracy(net, data_iter):
    was = net.training
    net.eval()
    with torch.no_grad():
        y_hat = torch.cat([net(X) for X, _ in data_iter])
    labels = torch.cat([y for _, y in data_iter])
    net.train(was)
    return accuracy(y_hat, labels)


# %% point: nobody says eval
def evaluate_accuracy(net, data_iter):
    acc_sum, n = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            acc_sum += accuracy(net(X), y) * len(y)
            n += len(y)
    return acc_sum / n


# %% point: the mean of the batches
def evaluate_accuracy(net, data_iter):
    was = net.training
    net.eval()
    with torch.no_grad():
        shares = [accuracy(net(X), y) for X, y in data_iter]
    net.train(was)
    return sum(shares) / len(shares)


# %% point: divided by the number of batches
def evaluate_accuracy(net, data_iter):
    was = net.training
    net.eval()
    correct, batches = 0, 0
    with torch.no_grad():
        for X, y in data_iter:
            correct += (net(X).argmax(1) == y).sum().item()
            batches += 1
    net.train(was)
    return correct / batches


# %% point: the port that divides twice
def evaluate_accuracy(net, data_iter):
    was = net.training
    net.eval()
    right, total = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y)
            total += y.numel()
    net.train(was)
    return right / total
