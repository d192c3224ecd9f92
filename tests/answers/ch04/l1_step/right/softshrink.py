def l1_step(w, lr, lambd):
    return torch.nn.functional.softshrink(w, lr * lambd)
