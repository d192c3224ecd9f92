# rejected by: the network is in eval mode while it is measured | says: in train mode
def evaluate_accuracy(net, data_iter):
    net.eval
    right, total = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y) * len(y)
            total += len(y)
    return right / total
