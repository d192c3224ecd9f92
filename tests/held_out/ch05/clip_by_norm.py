# %% right: as the book, but not in place
def clip_by_norm(grads, theta):
    norm = torch.sqrt(sum(torch.sum(g**2) for g in grads))
    if norm > theta:
        return [g * theta / norm for g in grads]
    return [g.clone() for g in grads]


# %% right: one long vector
def clip_by_norm(grads, theta):
    length = torch.cat([g.reshape(-1) for g in grads]).norm().item()
    factor = 1.0 if length == 0 else min(1.0, theta / length)
    return [factor * g for g in grads]


# %% right: the tool of PyTorch on copies
def clip_by_norm(grads, theta):
    shadows = [nn.Parameter(torch.zeros_like(g)) for g in grads]
    for shadow, g in zip(shadows, grads):
        shadow.grad = g.detach().clone()
    nn.utils.clip_grad_norm_(shadows, theta)
    return [shadow.grad for shadow in shadows]


# %% right: max in the denominator, as TensorFlow says it
def clip_by_norm(grads, theta):
    global_norm = torch.stack([torch.linalg.vector_norm(g) for g in grads]).norm()
    return [torch.mul(g, theta) / torch.clamp(global_norm, min=theta) for g in grads]


# %% right: sums of floats and foreach
def clip_by_norm(grads, theta):
    total = 0.0
    for g in grads:
        for v in g.flatten().tolist():
            total += v * v
    norm = math.sqrt(total)
    scale = theta / norm if norm > theta else 1
    return list(torch._foreach_mul(grads, scale))


# %% right: a small constant below, as many write it
def clip_by_norm(grads, theta):
    norm = math.hypot(*(g.norm().item() for g in grads))
    clip_coef = theta / (norm + 1e-6)
    return [g * min(clip_coef, 1.0) for g in grads]


# %% edge: 0 over 0
def clip_by_norm(grads, theta):
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    factor = torch.minimum(torch.ones_like(norm), theta / norm)
    factor = factor if norm != 0 else norm / norm
    return [g * factor for g in grads]


# %% edge: in place, as the book's
def clip_by_norm(grads, theta):
    norm = torch.sqrt(sum(torch.sum(g**2) for g in grads))
    if norm > theta:
        for g in grads:
            g[:] *= theta / norm
    return grads


# %% point: each on its own
def clip_by_norm(grads, theta):
    return [g * min(1.0, theta / (g.norm().item() + 1e-12)) for g in grads]


# %% point: short gradients are made longer
def clip_by_norm(grads, theta):
    norm = torch.sqrt(sum(torch.sum(g**2) for g in grads))
    return [g * theta / norm if norm > 0 else g.clone() for g in grads]


# %% point: each element is clamped
def clip_by_norm(grads, theta):
    return [g.clamp(-theta, theta) for g in grads]
