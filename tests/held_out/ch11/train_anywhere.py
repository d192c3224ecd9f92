# %% right: one line a step
def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    device = try_device() if device is None else device
    net.to(device)
    sgd = torch.optim.SGD(net.parameters(), lr=lr)
    result = []
    for _ in range(num_epochs):
        net.train()
        pairs = []
        for X, y in train_iter:
            loss = F.cross_entropy(net(X.to(device)), y.to(device))
            sgd.zero_grad(), loss.backward(), sgd.step()
            pairs.append((loss.detach(), y.shape[0]))
        n = sum(size for _, size in pairs)
        result.append(float(sum(loss * size for loss, size in pairs) / n))
    return result


# %% right: batches moved by a generator
def _there(data, device):
    for X, y in data:
        yield move_batch([X, y], device)


def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    if device is None:
        device = try_device()
    net = net.to(device)
    criterion = nn.CrossEntropyLoss(reduction="sum")
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    net.train()
    losses = [0.0] * num_epochs
    for epoch in range(num_epochs):
        sums, count = [], 0
        for X, y in _there(train_iter, device):
            optimizer.zero_grad()
            l = criterion(net(X), y)
            (l / len(X)).backward()
            optimizer.step()
            sums.append(l.detach())
            count += len(X)
        losses[epoch] = torch.stack(sums).sum().item() / count
    return losses


# %% point: labels forgotten
def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    device = device or try_device()
    net.to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        net.train()
        total, n = 0.0, 0
        for X, y in train_iter:
            l = F.cross_entropy(net(X.to(device)), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total, n = total + l.item() * len(y), n + len(y)
        losses.append(total / n)
    return losses


# %% point: gradients pile up
def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    device = device or try_device()
    net.to(device).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        total, n = torch.zeros((), device=device), 0
        for X, y in train_iter:
            X, y = move_batch((X, y), device)
            l = F.cross_entropy(net(X), y)
            l.backward()
            optimizer.step()
            total += l.detach() * len(y)
            n += len(y)
        losses.append(total.item() / n)
    return losses


# %% edge: the loss of the last batch
def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    device = device or try_device()
    net.to(device).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        for X, y in train_iter:
            X, y = move_batch((X, y), device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
        losses.append(l.item())
    return losses


# %% edge: always the CPU when nothing is said
def train_anywhere(net, train_iter, num_epochs, lr, device="cpu"):
    net.to(device).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        total, n = torch.zeros((), device=device), 0
        for X, y in train_iter:
            X, y = move_batch((X, y), device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total += l.detach() * len(y)
            n += len(y)
        losses.append(total.item() / n)
    return losses
