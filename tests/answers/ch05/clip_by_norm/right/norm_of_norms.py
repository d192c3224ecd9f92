def clip_by_norm(grads, theta):
    norm = torch.stack([torch.linalg.vector_norm(g) for g in grads]).norm()
    return tuple(g * torch.clamp(theta / norm, max=1) for g in grads)
