def clip_by_norm(grads, theta):
    total = 0.0
    for g in grads:
        total = total + g.square().sum().item()
    factor = min(1.0, theta / (total**0.5 + 1e-12))
    return [factor * g for g in grads]
