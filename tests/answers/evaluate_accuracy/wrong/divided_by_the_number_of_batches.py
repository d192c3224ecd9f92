# rejected by: every example counts the same | says: expected:
def evaluate_accuracy(net, data_iter):
    training = net.training
    net.eval()
    right, batches = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y) * len(y)
            batches += 1
    net.train(training)
    return right / batches
