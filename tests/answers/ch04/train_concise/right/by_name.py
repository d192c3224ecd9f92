def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1))
        net[0].weight.data.normal_()
        net[0].bias.data.fill_(0)
        net.to(device)
    decayed = [p for name, p in net.named_parameters() if name.endswith("weight")]
    others = [p for name, p in net.named_parameters() if not name.endswith("weight")]
    loss = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(
        [{"params": decayed, "weight_decay": wd}, {"params": others, "weight_decay": 0}], lr=lr
    )
    curve = []
    for epoch in range(num_epochs):
        for X, y in train_iter:
            trainer.zero_grad()
            l = loss(net(X), y)
            l.mean().backward()
            trainer.step()
        if (epoch + 1) % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (
                        epoch + 1,
                        d2l.evaluate_loss(net, train_iter, loss),
                        d2l.evaluate_loss(net, test_iter, loss),
                    )
                )
    return net, curve
