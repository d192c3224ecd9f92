def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    updater = torch.optim.SGD([{"params": [w], "weight_decay": lambd}, {"params": [b]}], lr=lr)
    curve = torch.zeros(num_epochs // 5, 3)
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            updater.zero_grad()
            d2l.squared_loss(d2l.linreg(X, w, b), y).mean().backward()
            updater.step()
        if epoch % 5 == 0:
            with torch.no_grad():
                for place, data in enumerate((train_iter, test_iter), 1):
                    curve[epoch // 5 - 1, place] = d2l.evaluate_loss(
                        lambda X: X @ w + b, data, d2l.squared_loss
                    )
            curve[epoch // 5 - 1, 0] = epoch
    return w, b, curve
