def guilty_lines():
    return [6, 3]


@torch.no_grad()
def fixed_accuracy(net, data_iter, device):
    net = net.to(device)
    right = total = 0
    for X, y in data_iter:
        chosen = net(X.to(device)).argmax(1)
        right += int((chosen == y.to(device)).sum())
        total += y.numel()
    return right / total
