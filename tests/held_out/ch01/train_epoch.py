# %% right: an accumulator, the updater told apart by its class
def train_epoch(net, train_iter, loss, updater):
    net.train()
    metric = [0.0] * 3
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        for i, value in enumerate((float(l.sum()), accuracy(y_hat, y) * len(y), y.numel())):
            metric[i] += value
    return metric[0] / metric[2], metric[1] / metric[2]


# %% right: gradients of ones, hits counted by hand
def train_epoch(net, train_iter, loss, updater):
    net.train(True)
    losses, hits = [], []
    for X, y in train_iter:
        y_hat = net(X)
        per_example = loss(y_hat, y)
        if hasattr(updater, "step"):
            updater.zero_grad(set_to_none=True)
            per_example.backward(torch.ones_like(per_example) / len(per_example))
            updater.step()
        else:
            per_example.backward(torch.ones_like(per_example))
            updater(len(y))
        losses.append(per_example.detach())
        hits.append(y_hat.detach().argmax(1) == y)
    return torch.cat(losses).mean(), torch.cat(hits).float().mean()


# %% right: a plain function is what is not an optimizer
def train_epoch(net, train_iter, loss, updater):
    by_hand = callable(updater) and not isinstance(updater, torch.optim.Optimizer)
    net.train()
    total, right, n = 0.0, 0, 0
    for X, y in train_iter:
        out = net(X)
        l = loss(out, y)
        right += int((out.argmax(-1) == y).sum())
        total += l.sum().item()
        n += X.size(0)
        if by_hand:
            l.sum().backward()
            updater(X.size(0))
            continue
        updater.zero_grad()
        (l.sum() / X.size(0)).backward()
        updater.step()
    return [total / n, right / n]


# %% edge: the book's sum of right answers, where accuracy gives a fraction
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total += float(l.sum())
        right += accuracy(y_hat, y)
        n += y.numel()
    return total / n, right / n


# %% edge: means of means
def train_epoch(net, train_iter, loss, updater):
    net.train()
    losses, accuracies = [], []
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        losses.append(l.mean().item())
        accuracies.append(accuracy(y_hat, y))
    return sum(losses) / len(losses), sum(accuracies) / len(accuracies)


# %% edge: the hand-written updater gets the gradient of the mean
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
        l.mean().backward()
        if isinstance(updater, torch.optim.Optimizer):
            updater.step()
        else:
            updater(X.shape[0])
        total, right, n = total + float(l.sum()), right + accuracy(y_hat, y) * len(y), n + len(y)
    return total / n, right / n


# %% edge: SGD and nothing else is an optimizer
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.SGD):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total, right, n = total + float(l.sum()), right + accuracy(y_hat, y) * len(y), n + len(y)
    return total / n, right / n


# %% edge: the accuracy after the step, by a second pass
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        l = loss(net(X), y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total += float(l.sum())
        with torch.no_grad():
            right += accuracy(net(X), y) * len(y)
        n += len(y)
    return total / n, right / n


# %% point: gradients are never zeroed
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total, right, n = total + float(l.sum()), right + accuracy(y_hat, y) * len(y), n + len(y)
    return total / n, right / n


# %% point: the sum for either kind
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.sum().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total, right, n = total + float(l.sum()), right + accuracy(y_hat, y) * len(y), n + len(y)
    return total / n, right / n


# %% point: whatever mode the network came in
def train_epoch(net, train_iter, loss, updater):
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total, right, n = total + float(l.sum()), right + accuracy(y_hat, y) * len(y), n + len(y)
    return total / n, right / n


# %% point: the step is forgotten
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total, right, n = total + float(l.sum()), right + accuracy(y_hat, y) * len(y), n + len(y)
    return total / n, right / n
