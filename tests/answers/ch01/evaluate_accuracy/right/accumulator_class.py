class Accumulator:
    def __init__(self, n):
        self.data = [0.0] * n

    def add(self, *args):
        self.data = [a + float(b) for a, b in zip(self.data, args)]

    def __getitem__(self, i):
        return self.data[i]


def evaluate_accuracy(net, data_iter):
    training = net.training
    if isinstance(net, nn.Module):
        net.eval()
    metric = Accumulator(2)
    with torch.set_grad_enabled(False):
        for X, y in data_iter:
            metric.add((net(X).argmax(axis=1) == y).sum(), y.numel())
    net.train(training)
    return metric[0] / metric[1]
