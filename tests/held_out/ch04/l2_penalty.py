# %% right: a dot product with itself
def l2_penalty(w):
    flat = w.reshape(-1)
    return torch.dot(flat, flat) / 2


# %% right: the square of torch.norm
def l2_penalty(w):
    return 0.5 * torch.norm(w, p=2) ** 2


# %% right: pow, sum, div
def l2_penalty(w):
    return w.pow(2).sum().div(2)


# %% edge: a column times itself
def l2_penalty(w):
    return w.T @ w / 2


# %% point: the half is missing, as in many blogs
def l2_penalty(w):
    return (w * w).sum()


# %% point: a Python number
def l2_penalty(w):
    return float((w**2).sum()) / 2


# %% point: a mean
def l2_penalty(w):
    return torch.mean(torch.square(w)) / 2


# %% point: absolute values
def l2_penalty(w):
    return w.abs().sum()
