def train_an_epoch(net, train_iter, optimizer, device):
    net.train()
    sums, count = [], 0
    for batch in train_iter:
        X, y = move_batch(batch, device)
        l = nn.CrossEntropyLoss(reduction="none")(net(X), y)
        optimizer.zero_grad()
        l.mean().backward()
        optimizer.step()
        sums.append(l.detach().sum())
        count += y.numel()
    return float(torch.stack(sums).sum()) / count


def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    device = try_device() if device is None else device
    net = make_net()
    net.to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr, 0.9)
    done, losses = resume(path, net, optimizer), []
    while done < num_epochs:
        losses.append(train_an_epoch(net, train_iter, optimizer, device))
        done += 1
        checkpoint(path, net, optimizer, done)
    return net, losses
