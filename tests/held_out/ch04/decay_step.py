# %% right: autograd on copies
def decay_step(w, b, X, y, lr, lambd):
    w, b = w.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    loss = ((X @ w + b - y) ** 2).mean() / 2 + lambd * (w**2).sum() / 2
    loss.backward()
    return (w - lr * w.grad).detach(), (b - lr * b.grad).detach()


# %% right: the optimizer with weight decay
def decay_step(w, b, X, y, lr, lambd):
    w, b = nn.Parameter(w.clone()), nn.Parameter(b.clone())
    sgd = torch.optim.SGD([{"params": [w], "weight_decay": lambd}, {"params": [b]}], lr=lr)
    (0.5 * (torch.matmul(X, w) + b - y).pow(2)).mean().backward()
    sgd.step()
    return w.data, b.data


# %% right: sums over examples by einsum
def decay_step(w, b, X, y, lr, lambd):
    n = X.shape[0]
    error = X.mm(w) + b - y
    grad_w = torch.einsum("ni,nj->ij", X, error) / n + lambd * w
    grad_b = error.sum(dim=0) / n
    return w - lr * grad_w, b - lr * grad_b


# %% edge: in place
def decay_step(w, b, X, y, lr, lambd):
    residual = X @ w + b - y
    w *= 1 - lr * lambd
    w -= lr * X.T @ residual / len(X)
    b -= lr * residual.mean()
    return w, b


# %% edge: the bias is taken at the new weights
def decay_step(w, b, X, y, lr, lambd):
    w = (1 - lr * lambd) * w - lr * X.T @ (X @ w + b - y) / len(X)
    b = b - lr * (X @ w + b - y).mean()
    return w, b


# %% edge: the bias decays with the rest
def decay_step(w, b, X, y, lr, lambd):
    residual = X @ w + b - y
    keep = 1 - lr * lambd
    return keep * w - lr * X.T @ residual / len(X), keep * b - lr * residual.mean()


# %% point: the gradient of the sum
def decay_step(w, b, X, y, lr, lambd):
    residual = X @ w + b - y
    return (1 - lr * lambd) * w - lr * X.T @ residual, b - lr * residual.sum()


# %% point: a share of lambd is lost
def decay_step(w, b, X, y, lr, lambd):
    residual = X @ w + b - y
    return (1 - lambd) * w - lr * X.T @ residual / len(X), b - lr * residual.mean()


# %% point: the derivative of the square without the half
def decay_step(w, b, X, y, lr, lambd):
    residual = X @ w + b - y
    return w - lr * (2 * X.T @ residual / len(X) + 2 * lambd * w), b - 2 * lr * residual.mean()


# %% point: nothing decays
def decay_step(w, b, X, y, lr, lambd):
    residual = X @ w + b - y
    return w - lr * X.T @ residual / len(X), b - lr * residual.mean()
