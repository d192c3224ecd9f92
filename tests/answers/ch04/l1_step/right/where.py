def l1_step(w, lr, lambd):
    t = lr * lambd
    return torch.where(w > t, w - t, torch.where(w < -t, w + t, torch.zeros_like(w)))
