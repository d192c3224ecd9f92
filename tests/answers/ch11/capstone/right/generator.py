def epochs_from(begin, end, net, train_iter, optimizer, device, path):
    for epoch in range(begin, end):
        total, n = torch.zeros(1, device=device), 0
        for X, y in train_iter:
            net.train()
            X, y = move_batch([X, y], device)
            l = F.cross_entropy(net(X), y, reduction="sum")
            for p in net.parameters():
                p.grad = None
            (l / len(y)).backward()
            optimizer.step()
            total, n = total + l.detach(), n + len(y)
        checkpoint(path, net, optimizer, epoch + 1)
        yield (total / n).item()


def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    device = device if device is not None else try_device()
    net = make_net().to(device)
    optimizer = torch.optim.SGD([{"params": net.parameters()}], lr=lr, momentum=0.9)
    begin = resume(path, net, optimizer)
    losses = list(epochs_from(begin, num_epochs, net, train_iter, optimizer, device, path))
    return net, losses
