# rejected by: value | says: a small batch must not count as much as a large one
def evaluate_accuracy(net, data_iter):
    training = net.training
    net.eval()
    with torch.no_grad():
        accuracies = [accuracy(net(X), y) for X, y in data_iter]
    net.train(training)
    return sum(accuracies) / len(accuracies)
