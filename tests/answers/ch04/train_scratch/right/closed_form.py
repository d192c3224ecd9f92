def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    if params is None:
        params = init_params()
    w, b = (p.detach().clone() for p in params)
    curve = []
    for epoch in range(num_epochs):
        for X, y in train_iter:
            off = X @ w + b - y
            w, b = (1 - lr * lambd) * w - lr * X.T @ off / len(y), b - lr * off.mean()
        if (epoch + 1) % 5 == 0:
            losses = []
            for data in (train_iter, test_iter):
                off = torch.cat([X @ w + b - y for X, y in data])
                losses.append(float((off**2).mean()) / 2)
            curve.append((epoch + 1, *losses))
    return w, b, curve
