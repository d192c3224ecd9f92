# %% right: a while loop, and the loss by hand
def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    if device is None:
        device = try_device(0)
    net = make_net()
    net = net.to(device)
    sgd = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    epoch = resume(path, net, sgd)
    curve = []
    while epoch < num_epochs:
        net.train()
        seen, total = 0, 0.0
        for X, y in train_iter:
            X, y = move_batch((X, y), device)
            logits = net(X)
            losses = logits.logsumexp(1) - logits.gather(1, y.unsqueeze(1)).squeeze(1)
            sgd.zero_grad()
            losses.mean().backward()
            sgd.step()
            total += losses.sum().item()
            seen += len(y)
        epoch += 1
        checkpoint(path, net, sgd, epoch)
        curve.append(total / seen)
    return net, curve


# %% right: checkpoint first, then the record
def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    device = torch.device(device) if device else try_device()
    net = make_net().to(device).train()
    params = list(net.parameters())
    optimizer = torch.optim.SGD(params, lr=lr, momentum=0.9)
    done = resume(path, net, optimizer)
    history = {}
    for e in range(done, num_epochs):
        batch_losses = []
        for batch in train_iter:
            X, y = move_batch(batch, device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            batch_losses.append((l.item(), len(y)))
        checkpoint(path, net, optimizer, e + 1)
        history[e] = sum(l * n for l, n in batch_losses) / sum(n for _, n in batch_losses)
    return [net, list(history.values())]


# %% point: plain SGD
def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    device = device or try_device()
    net = make_net().to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for epoch in range(resume(path, net, optimizer), num_epochs):
        net.train()
        total = n = 0
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total, n = total + l.item() * len(y), n + len(y)
        losses.append(total / n)
        checkpoint(path, net, optimizer, epoch + 1)
    return net, losses


# %% point: from the beginning each time
def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    device = device or try_device()
    net = make_net().to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    losses = []
    for epoch in range(num_epochs):
        net.train()
        total = n = 0
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total, n = total + l.item() * len(y), n + len(y)
        losses.append(total / n)
        checkpoint(path, net, optimizer, epoch + 1)
    return net, losses


# %% point: the CPU is good enough
def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    net = make_net()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    losses = []
    for epoch in range(resume(path, net, optimizer), num_epochs):
        net.train()
        total = n = 0
        for X, y in train_iter:
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total, n = total + l.item() * len(y), n + len(y)
        losses.append(total / n)
        checkpoint(path, net, optimizer, epoch + 1)
    return net, losses


# %% edge: the mean of the batch losses
def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    device = device or try_device()
    net = make_net().to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    losses = []
    for epoch in range(resume(path, net, optimizer), num_epochs):
        net.train()
        of_epoch = []
        for X, y in train_iter:
            X, y = move_batch((X, y), device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            of_epoch.append(l.item())
        losses.append(sum(of_epoch) / len(of_epoch))
        checkpoint(path, net, optimizer, epoch + 1)
    return net, losses
