# rejected by: every example counts the same | says: a count, not a fraction
def evaluate_accuracy(net, data_iter):
    training = net.training
    net.eval()
    right = 0
    with torch.no_grad():
        for X, y in data_iter:
            right += int((net(X).argmax(1) == y).sum())
    net.train(training)
    return right
