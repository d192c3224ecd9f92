def update(losses, updater, batch_size):
    if isinstance(updater, torch.optim.Optimizer):
        updater.zero_grad()
        losses.mean().backward()
        updater.step()
        return
    losses.sum().backward()
    updater(batch_size)


def train_epoch(net, train_iter, loss, updater):
    net.train()
    loss_sum = acc_sum = n = 0
    for X, y in train_iter:
        y_hat = net(X)
        losses = loss(y_hat, y)
        update(losses, updater, len(X))
        loss_sum = loss_sum + losses.sum()
        acc_sum += accuracy(y_hat, y) * y.numel()
        n += y.numel()
    return loss_sum / n, acc_sum / n
