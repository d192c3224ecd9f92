def l1_step(w, lr, lambd):
    return w - w.clamp(-lr * lambd, lr * lambd)
