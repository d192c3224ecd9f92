# rejected by: optimizer | says: differ
def train_epoch(net, train_iter, loss, updater):
    net.train()
    total_loss, right, n = 0.0, 0.0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        total_loss = total_loss + l.sum()
        right += accuracy(y_hat, y) * len(y)
        n += len(y)
    if isinstance(updater, torch.optim.Optimizer):
        updater.zero_grad()
        (total_loss / n).backward()
        updater.step()
    else:
        total_loss.backward()
        updater(n)
    return float(total_loss) / n, right / n
