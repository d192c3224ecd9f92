def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1)).to(device)
        with torch.no_grad():
            net[0].weight.normal_(0, 1)
            net[0].bias.zero_()
    updaters = [
        torch.optim.SGD([net[0].weight], lr=lr, weight_decay=wd),
        torch.optim.SGD([net[0].bias], lr=lr),
    ]
    loss = nn.MSELoss(reduction="none")
    curve = []
    for epoch in range(1, num_epochs + 1):
        net.train()
        for X, y in train_iter:
            net.zero_grad()
            torch.mean(loss(net(X), y)).backward()
            for updater in updaters:
                updater.step()
        if epoch % 5 == 0:
            net.eval()
            with torch.no_grad():
                losses = [d2l.evaluate_loss(net, data, loss) for data in (train_iter, test_iter)]
            curve.append((epoch, losses[0], losses[1]))
    return (net, curve)
