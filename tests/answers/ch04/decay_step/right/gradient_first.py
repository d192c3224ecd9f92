def decay_step(w, b, X, y, lr, lambd):
    n = X.shape[0]
    error = d2l.linreg(X, w, b) - y
    grad_w = X.T @ error / n + lambd * w
    grad_b = error.sum(dim=0) / n
    return w - lr * grad_w, b - lr * grad_b
