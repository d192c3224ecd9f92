# rejected by: no gradients are recorded while measuring | says: still switched off afterwards
def evaluate_accuracy(net, data_iter):
    training = net.training
    net.eval()
    torch.set_grad_enabled(False)
    right, total = 0.0, 0
    for X, y in data_iter:
        right += accuracy(net(X), y) * len(y)
        total += len(y)
    net.train(training)
    return right / total
