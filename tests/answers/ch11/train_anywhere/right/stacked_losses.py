def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    device = device or try_device()
    net = net.to(device).train()
    updater = torch.optim.SGD(net.parameters(), lr)
    criterion = nn.CrossEntropyLoss(reduction="none")
    history = []
    for _ in range(num_epochs):
        epoch = []
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            l = criterion(net(X), y)
            updater.zero_grad()
            l.mean().backward()
            updater.step()
            epoch.append(l.detach())
        history.append(float(torch.cat(epoch).mean()))
    return history
