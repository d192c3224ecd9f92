def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    device = try_device() if device is None else torch.device(device)
    net.to(device)
    optimizer = torch.optim.SGD(params=net.parameters(), lr=lr, momentum=0)
    losses = []
    while len(losses) < num_epochs:
        net.train()
        sums, sizes = [], []
        for X, y in train_iter:
            net.zero_grad()
            y_hat = net(X.to(device))
            l = F.cross_entropy(y_hat, y.to(device))
            l.backward()
            optimizer.step()
            sums.append(l.detach() * len(X))
            sizes.append(len(X))
        losses.append(torch.stack(sums).sum().item() / sum(sizes))
    return losses
