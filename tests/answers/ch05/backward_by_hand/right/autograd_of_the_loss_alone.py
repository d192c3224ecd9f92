def loss_grad(logits, y):
    logits = logits.detach().clone().requires_grad_(True)
    (grad,) = torch.autograd.grad(F.cross_entropy(logits, y), logits)
    return grad


def backward_by_hand(dO, X, H, slope, W1, W2, lambd):
    dZ = slope * (W2 @ dO.T).T
    return (dZ.T @ X).T + lambd * W1, dZ.sum(dim=0), (dO.T @ H).T + lambd * W2, dO.sum(dim=0)
