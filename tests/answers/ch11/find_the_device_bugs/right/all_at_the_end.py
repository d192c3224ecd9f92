def guilty_lines():
    return list(range(3, 7, 3))


def fixed_accuracy(net, data_iter, device):
    net.to(device)
    hits = []
    with torch.no_grad():
        for batch in data_iter:
            X, y = (part.to(device) for part in batch)
            hits.append(net(X).argmax(dim=-1).eq(y))
    return torch.cat(hits).double().mean().cpu()
