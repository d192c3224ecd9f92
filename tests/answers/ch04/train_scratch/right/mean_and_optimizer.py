def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = params if params is not None else init_params()
    net = lambda X: d2l.linreg(X, w, b)
    updater = torch.optim.SGD([w, b], lr=lr)
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            updater.zero_grad()
            objective = d2l.squared_loss(net(X), y).mean() + lambd * l2_penalty(w)
            objective.backward()
            updater.step()
        if not epoch % 5:
            with torch.no_grad():
                curve += [
                    [
                        epoch,
                        d2l.evaluate_loss(net, train_iter, d2l.squared_loss),
                        d2l.evaluate_loss(net, test_iter, d2l.squared_loss),
                    ]
                ]
    return [w, b, curve]
