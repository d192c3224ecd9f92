def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    if device is None:
        device = try_device()
    net.to(device)

    def epoch():
        net.train()
        total, n = torch.tensor(0.0, device=device), 0
        for batch in train_iter:
            X, y = move_batch(batch, device)
            loss = F.cross_entropy(net(X), y)
            grads = torch.autograd.grad(loss, list(net.parameters()))
            with torch.no_grad():
                for p, g in zip(net.parameters(), grads, strict=True):
                    p -= lr * g
            total, n = total + loss.detach() * y.numel(), n + y.numel()
        return float(total) / n

    return [epoch() for _ in range(num_epochs)]
