def run_config(
    config, seed, train_iter, test_iter, num_epochs, lr, make_net=build_net, device=device
):
    torch.manual_seed(seed)
    net = make_net(**config).to(device)
    updater = torch.optim.SGD(net.parameters(), lr)
    loss = nn.CrossEntropyLoss()

    def accuracy(data_iter):
        net.eval()
        hits = n = 0
        with torch.no_grad():
            for X, y in data_iter:
                hits += (net(X.to(device)).argmax(1) == y.to(device)).sum().item()
                n += len(y)
        return hits / n

    for _ in range(num_epochs):
        net.train()
        total = hits = n = 0
        for X, y in train_iter:
            X, y = X.to(device), y.to(device)
            y_hat = net(X)
            l = loss(y_hat, y)
            updater.zero_grad()
            l.backward()
            updater.step()
            total += l.item() * len(y)
            hits += (y_hat.argmax(1) == y).sum().item()
            n += len(y)
    record = dict(config)
    record.update(seed=seed, num_epochs=num_epochs, lr=lr)
    record.update(train_loss=total / n, train_acc=hits / n)
    record.update(train_acc_eval=accuracy(train_iter), test_acc=accuracy(test_iter))
    return record
