# rejected by: every example counts the same | says: the accuracy of the last batch alone
def evaluate_accuracy(net, data_iter):
    training = net.training
    net.eval()
    with torch.no_grad():
        for X, y in data_iter:
            result = accuracy(net(X), y)
    net.train(training)
    return result
