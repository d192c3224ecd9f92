def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        w, b = init_params()
        net = nn.Sequential(nn.Linear(len(w), 1)).to(device)
        net[0].weight = nn.Parameter(w.detach().T.clone())
        net[0].bias = nn.Parameter(b.detach().clone())
    loss = nn.MSELoss()
    updater = torch.optim.SGD(
        [{"params": net[0].weight}, {"params": net[0].bias, "weight_decay": 0.0}],
        lr=lr,
        weight_decay=wd,
    )

    def mean_error(data):
        with torch.no_grad():
            errors = torch.cat([(net(X) - y) ** 2 for X, y in data])
        return errors.mean()

    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            loss(net(X), y).backward()
            updater.step()
            updater.zero_grad()
        if epoch % 5 == 0:
            curve.append([epoch, mean_error(train_iter), mean_error(test_iter)])
    return net, curve
