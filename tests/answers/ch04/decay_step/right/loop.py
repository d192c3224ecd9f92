def decay_step(w, b, X, y, lr, lambd):
    new_w, new_b = w * (1 - lr * lambd), b.clone()
    for x, label in zip(X, y):
        residual = (x @ w + b - label).item()
        new_w = new_w - lr / len(X) * residual * x.reshape(-1, 1)
        new_b = new_b - lr / len(X) * residual
    return new_w, new_b
