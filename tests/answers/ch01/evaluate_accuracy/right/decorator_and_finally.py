@torch.no_grad()
def evaluate_accuracy(net, data_iter):
    mode = net.training
    net.train(False)
    try:
        hits = [net(X).argmax(dim=1) == y for X, y in data_iter]
    finally:
        net.train(mode)
    return torch.cat(hits).float().mean()
