# %% right: nn.MSELoss takes the mean itself
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(200, 1)).to(device)
        net[0].weight.data.normal_()
        net[0].bias.data.zero_()
    loss = nn.MSELoss()
    groups = [
        {"params": [p for n, p in net.named_parameters() if n.endswith("weight")], "weight_decay": wd},
        {"params": [p for n, p in net.named_parameters() if n.endswith("bias")], "weight_decay": 0},
    ]
    trainer, curve = torch.optim.SGD(groups, lr=lr), []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            l = loss(net(X), y)
            trainer.zero_grad()
            l.backward()
            trainer.step()
        if epoch % 5 == 0:
            each = nn.MSELoss(reduction="none")
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, each), d2l.evaluate_loss(net, test_iter, each))
                )
    return net, curve


# %% right: the penalty in the loss, which is the same step
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1)).to(device)
        nn.init.normal_(net[0].weight, 0, 1)
        nn.init.constant_(net[0].bias, 0)
    optimizer, curve = torch.optim.SGD(net.parameters(), lr=lr), []

    def mean_loss(data):
        with torch.no_grad():
            squares = [(net(X) - y).square() for X, y in data]
        return float(torch.cat(squares).mean())

    for epoch in range(num_epochs):
        for X, y in train_iter:
            objective = F.mse_loss(net(X), y) + wd / 2 * net[0].weight.pow(2).sum()
            optimizer.zero_grad()
            objective.backward()
            optimizer.step()
        if epoch % 5 == 4:
            curve.append((epoch + 1, mean_loss(train_iter), mean_loss(test_iter)))
    return net, curve


from torch.nn import functional as F


# %% edge: a fresh network with all parameters drawn, as published
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1)).to(device)
        for param in net.parameters():
            param.data.normal_()
    loss = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(
        [{"params": net[0].weight, "weight_decay": wd}, {"params": net[0].bias}], lr=lr
    )
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            trainer.zero_grad()
            loss(net(X), y).mean().backward()
            trainer.step()
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return net, curve


# %% edge: means of batch means in the curve
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1)).to(device)
        nn.init.normal_(net[0].weight)
        nn.init.zeros_(net[0].bias)
    loss = nn.MSELoss()
    trainer = torch.optim.SGD(
        [{"params": net[0].weight, "weight_decay": wd}, {"params": net[0].bias}], lr=lr
    )
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            trainer.zero_grad()
            loss(net(X), y).backward()
            trainer.step()
        if epoch % 5 == 0:
            with torch.no_grad():
                both = [[loss(net(X), y).item() for X, y in it] for it in (train_iter, test_iter)]
            curve.append((epoch, *(sum(part) / len(part) for part in both)))
    return net, curve


# %% point: everything decays
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1)).to(device)
        nn.init.normal_(net[0].weight)
        nn.init.zeros_(net[0].bias)
    loss = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(net.parameters(), lr=lr, weight_decay=wd)
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            trainer.zero_grad()
            loss(net(X), y).mean().backward()
            trainer.step()
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return net, curve


# %% point: the optimizer's decay and a penalty as well
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1)).to(device)
        nn.init.normal_(net[0].weight)
        nn.init.zeros_(net[0].bias)
    loss = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(
        [{"params": net[0].weight, "weight_decay": wd}, {"params": net[0].bias}], lr=lr
    )
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            trainer.zero_grad()
            (loss(net(X), y).mean() + wd * l2_penalty(net[0].weight)).backward()
            trainer.step()
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return net, curve


# %% point: a new network whatever is given
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    net = nn.Sequential(nn.Linear(next(iter(train_iter))[0].shape[1], 1)).to(device)
    nn.init.normal_(net[0].weight)
    nn.init.zeros_(net[0].bias)
    loss = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(
        [{"params": net[0].weight, "weight_decay": wd}, {"params": net[0].bias}], lr=lr
    )
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            trainer.zero_grad()
            loss(net(X), y).mean().backward()
            trainer.step()
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return net, curve
