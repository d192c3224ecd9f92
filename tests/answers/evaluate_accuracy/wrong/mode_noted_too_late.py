# rejected by: the mode is restored afterwards | says: came in train mode and is in eval mode afterwards
def evaluate_accuracy(net, data_iter):
    net.eval()
    training = net.training
    right, total = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y) * len(y)
            total += len(y)
    net.train(training)
    return right / total
