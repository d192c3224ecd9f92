def guilty_lines():
    lines = [3]
    lines.append(6)
    return lines


def fixed_accuracy(net, data_iter, device):
    net.to(device)
    hits = torch.zeros(1, device=device)
    count = 0
    with torch.inference_mode():
        for X, y in data_iter:
            X = X.to(device)
            y = y.to(device)
            hits += (net(X).argmax(dim=1) == y).sum()
            count += len(y)
        return (hits / count).item()
