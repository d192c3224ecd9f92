def decay_step(w, b, X, y, lr, lambd):
    w, b = w.clone().requires_grad_(True), b.clone().requires_grad_(True)
    loss = ((X @ w + b - y) ** 2).mean() / 2 + lambd * (w**2).sum() / 2
    loss.backward()
    return (w - lr * w.grad).detach(), (b - lr * b.grad).detach()
