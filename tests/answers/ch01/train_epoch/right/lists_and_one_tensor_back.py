def train_epoch(net, train_iter, loss, updater):
    net.train(True)
    losses, hits = [], []
    for batch in train_iter:
        X, y = batch
        y_hat = net(X)
        each = loss(y_hat, y)
        if callable(updater) and not isinstance(updater, torch.optim.Optimizer):
            each.sum().backward()
            updater(len(y))
        else:
            net.zero_grad()
            (each.sum() / len(y)).backward()
            updater.step()
        losses.append(each.detach())
        hits.append((y_hat.max(dim=1).indices == y).float())
    return torch.stack([torch.cat(losses).mean(), torch.cat(hits).mean()])
