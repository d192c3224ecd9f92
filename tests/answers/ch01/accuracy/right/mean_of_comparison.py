def accuracy(y_hat, y):
    return (y_hat.argmax(dim=1) == y).float().mean().item()
