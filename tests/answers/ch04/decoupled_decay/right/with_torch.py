def adam_steps(w, grads, lr, wd, decoupled):
    p = w.detach().clone().requires_grad_(True)
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    updater = kind([p], lr=lr, weight_decay=wd)
    for g in grads:
        p.grad = g.clone()
        updater.step()
    return p.detach()


def lost_decay():
    return -1.0, -0.5, 2
