# rejected by: hand_written | says: AttributeError
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total_loss, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        updater.zero_grad()
        l.mean().backward()
        updater.step()
        total_loss += float(l.sum())
        right += accuracy(y_hat, y) * len(y)
        n += len(y)
    return total_loss / n, right / n
