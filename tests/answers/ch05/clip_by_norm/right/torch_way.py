def clip_by_norm(grads, theta):
    params = [torch.zeros_like(g) for g in grads]
    for p, g in zip(params, grads):
        p.grad = g.clone()
    nn.utils.clip_grad_norm_(params, theta)
    return [p.grad for p in params]
