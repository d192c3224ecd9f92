def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    if device is None:
        device = try_device()
    net = make_net().to(device)
    updater = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9, nesterov=False)
    begin = resume(path, net, updater)
    losses = []
    for epoch in range(begin + 1, num_epochs + 1):
        net.train()
        metric = [0.0, 0]
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            updater.zero_grad(set_to_none=False)
            loss = F.nll_loss(net(X).log_softmax(1), y)
            loss.backward()
            updater.step()
            metric[0] += loss.item() * len(X)
            metric[1] += len(X)
        checkpoint(path, net, updater, epoch)
        losses.append(metric[0] / metric[1])
    return net, losses
