def train_epoch(net, train_iter, loss, updater):
    net.train()
    sums = torch.zeros(3)
    for X, y in train_iter:
        scores = net(X)
        l = loss(scores, y)
        if hasattr(updater, "step"):
            l.mean().backward()
            updater.step()
            updater.zero_grad()
        else:
            l.sum().backward()
            updater(X.size(0))
        with torch.no_grad():
            sums += torch.tensor([l.sum(), (scores.argmax(1) == y).sum(), y.shape[0]])
    return (sums[0] / sums[2]).item(), (sums[1] / sums[2]).item()
