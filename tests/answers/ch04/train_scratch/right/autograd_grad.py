def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    w, b = params or init_params()

    def measure(data):
        total = count = 0
        for X, y in data:
            total += d2l.squared_loss(d2l.linreg(X, w, b), y).sum().item()
            count += len(X)
        return total / count

    curve, epoch = [], 0
    while epoch < num_epochs:
        epoch += 1
        for X, y in train_iter:
            loss = ((X @ w + b - y) ** 2).sum() / 2 / X.shape[0] + lambd * (w * w).sum() / 2
            grads = torch.autograd.grad(loss, [w, b])
            with torch.no_grad():
                w -= lr * grads[0]
                b -= lr * grads[1]
        if epoch % 5 == 0:
            curve.append((epoch, measure(train_iter), measure(test_iter)))
    return w, b, curve
