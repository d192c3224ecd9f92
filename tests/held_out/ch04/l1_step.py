# %% right: torch's soft shrinkage
def l1_step(w, lr, lambd):
    return nn.functional.softshrink(w, lr * lambd)


# %% right: what lies within the step is taken off whole
def l1_step(w, lr, lambd):
    return w - w.clamp(-lr * lambd, lr * lambd)


# %% right: copysign
def l1_step(w, lr, lambd):
    smaller = torch.maximum(w.abs() - lr * lambd, torch.zeros_like(w))
    return torch.copysign(smaller, w)


# %% edge: divided by the size, which may be 0
def l1_step(w, lr, lambd):
    return w / w.abs() * torch.relu(w.abs() - lr * lambd)


# %% edge: in place
def l1_step(w, lr, lambd):
    return w.sub_(w.clamp(-lr * lambd, lr * lambd))


# %% point: the plain subgradient step
def l1_step(w, lr, lambd):
    return w - lr * lambd * torch.sign(w)


# %% point: a threshold, and nothing off the rest
def l1_step(w, lr, lambd):
    return torch.where(w.abs() <= lr * lambd, torch.zeros_like(w), w)


# %% point: copysign without a stop at zero
def l1_step(w, lr, lambd):
    return torch.copysign(w.abs() - lr * lambd, w)


# %% point: weight decay
def l1_step(w, lr, lambd):
    return w * (1 - lr * lambd)
