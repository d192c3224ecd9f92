# rejected by: steps | says: expected
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net = lambda X: d2l.linreg(X, w, b)
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            d2l.squared_loss(net(X), y).sum().backward()
            d2l.sgd([w, b], lr, X.shape[0])
            with torch.no_grad():
                w *= 1 - lr * lambd
        if epoch % 5 == 0:
            with torch.no_grad():
                losses = [d2l.evaluate_loss(net, d, d2l.squared_loss) for d in (train_iter, test_iter)]
            curve.append((epoch, *losses))
    return w, b, curve
