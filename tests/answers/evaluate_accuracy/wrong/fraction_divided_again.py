# rejected by: every example counts the same | says: expected:
def evaluate_accuracy(net, data_iter):
    training = net.training
    net.eval()
    right, total = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y)
            total += y.numel()
    net.train(training)
    return right / total
