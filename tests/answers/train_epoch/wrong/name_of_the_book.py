# rejected by: with a torch optimizer, the parameters move as they should | says: `train_epoch` is not defined
def train_epoch_ch3(net, train_iter, loss, updater):
    net.train()
    total_loss, right, n = 0.0, 0.0, 0
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
        total_loss += float(l.sum())
        right += accuracy(y_hat, y) * len(y)
        n += len(y)
    return total_loss / n, right / n
