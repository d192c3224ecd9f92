# rejected by: no gradients are recorded while measuring | says: autograd records the forward passes
def evaluate_accuracy(net, data_iter):
    training = net.training
    net.eval()
    right, total = 0.0, 0
    for X, y in data_iter:
        right += accuracy(net(X).detach(), y) * len(y)
        total += len(y)
    net.train(training)
    return right / total
