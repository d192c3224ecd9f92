# %% right: torch's optimizer on the mean
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = params if params is not None else init_params()
    optimizer = torch.optim.SGD([w, b], lr=lr)
    curve = []
    for epoch in range(num_epochs):
        for X, y in train_iter:
            optimizer.zero_grad()
            (((X @ w + b - y) ** 2 / 2).mean() + lambd * l2_penalty(w)).backward()
            optimizer.step()
        if (epoch + 1) % 5 == 0:
            with torch.no_grad():
                measured = [
                    d2l.evaluate_loss(lambda X: d2l.linreg(X, w, b), it, d2l.squared_loss)
                    for it in (train_iter, test_iter)
                ]
            curve.append((epoch + 1, *measured))
    return w, b, curve


# %% right: gradients by formula, losses by hand
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = [p.detach().clone() for p in (init_params() if params is None else params)]

    def mean_loss(data):
        parts = [((X @ w + b - y) ** 2 / 2).flatten() for X, y in data]
        return torch.cat(parts).mean().item()

    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            error = X @ w + b - y
            w, b = w - lr * (X.T @ error / len(X) + lambd * w), b - lr * error.mean(0)
        if not epoch % 5:
            curve.append([epoch, mean_loss(train_iter), mean_loss(test_iter)])
    return w, b, curve


# %% right: the penalty once a batch, times its size
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net, loss = lambda X: d2l.linreg(X, w, b), d2l.squared_loss
    curve = []
    for epoch in range(num_epochs):
        for X, y in train_iter:
            l = loss(net(X), y).sum() + len(X) * lambd * l2_penalty(w)
            l.backward()
            d2l.sgd([w, b], lr, len(X))
        if epoch % 5 == 4:
            with torch.no_grad():
                curve += [
                    (epoch + 1, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                ]
    return w, b, curve


# %% edge: the curve has the penalty in it
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net = lambda X: d2l.linreg(X, w, b)
    loss = lambda y_hat, y: d2l.squared_loss(y_hat, y) + lambd * l2_penalty(w)
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            loss(net(X), y).sum().backward()
            d2l.sgd([w, b], lr, X.shape[0])
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return w, b, curve


# %% edge: epochs counted from 0
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net, loss = lambda X: d2l.linreg(X, w, b), d2l.squared_loss
    curve = []
    for epoch in range(num_epochs):
        for X, y in train_iter:
            (loss(net(X), y) + lambd * l2_penalty(w)).sum().backward()
            d2l.sgd([w, b], lr, X.shape[0])
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return w, b, curve


# %% edge: always divided by batch_size
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net, loss = lambda X: d2l.linreg(X, w, b), d2l.squared_loss
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            (loss(net(X), y) + lambd * l2_penalty(w)).sum().backward()
            d2l.sgd([w, b], lr, batch_size)
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return w, b, curve


# %% point: the penalty once in the sum, and divided with it
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net, loss = lambda X: d2l.linreg(X, w, b), d2l.squared_loss
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            (loss(net(X), y).sum() + lambd * l2_penalty(w)).backward()
            d2l.sgd([w, b], lr, X.shape[0])
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return w, b, curve


# %% point: nothing is penalised
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net, loss = lambda X: d2l.linreg(X, w, b), d2l.squared_loss
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            loss(net(X), y).sum().backward()
            d2l.sgd([w, b], lr, X.shape[0])
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return w, b, curve


# %% point: nn.MSELoss, which has no half
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = init_params() if params is None else params
    net, loss, curve = lambda X: d2l.linreg(X, w, b), nn.MSELoss(reduction="none"), []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            (loss(net(X), y) + lambd * l2_penalty(w)).sum().backward()
            d2l.sgd([w, b], lr, X.shape[0])
        if epoch % 5 == 0:
            with torch.no_grad():
                curve.append(
                    (epoch, d2l.evaluate_loss(net, train_iter, loss), d2l.evaluate_loss(net, test_iter, loss))
                )
    return w, b, curve
