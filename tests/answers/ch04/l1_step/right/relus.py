def l1_step(w, lr, lambd):
    return torch.relu(w - lr * lambd) - torch.relu(-w - lr * lambd)
