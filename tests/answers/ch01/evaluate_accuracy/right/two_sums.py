def evaluate_accuracy(net, data_iter):
    was_training = net.training
    net.eval()
    right, total = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            right += accuracy(net(X), y) * len(y)
            total += len(y)
    net.train(was_training)
    return right / total
