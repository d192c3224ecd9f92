def loss_grad(logits, y):
    grad = torch.zeros_like(logits)
    for i, row in enumerate(logits):
        e = torch.exp(row - row.max())
        grad[i] = e / e.sum()
        grad[i, y[i]] -= 1
    return grad / len(logits)


def backward_by_hand(dO, X, H, slope, W1, W2, lambd):
    dW1, dW2 = lambd * W1, lambd * W2
    db1, db2 = torch.zeros(W1.shape[1]), torch.zeros(W2.shape[1])
    for x, h, s, do in zip(X, H, slope, dO):
        dz = s * (W2 @ do)
        dW1 = dW1 + torch.outer(x, dz)
        dW2 = dW2 + torch.outer(h, do)
        db1 = db1 + dz
        db2 = db2 + do
    return dW1, db1, dW2, db2
