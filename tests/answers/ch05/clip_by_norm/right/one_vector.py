def clip_by_norm(grads, theta):
    norm = torch.cat([g.reshape(-1) for g in grads]).norm().item()
    if norm <= theta:
        return [g.clone() for g in grads]
    return [g / norm * theta for g in grads]
