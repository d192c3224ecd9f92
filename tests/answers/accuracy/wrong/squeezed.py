# rejected by: all right, all wrong, and one example | says: expected:
def accuracy(y_hat, y):
    y_hat = y_hat.squeeze()
    if y_hat.dim() == 1:
        return 0.0
    return (y_hat.argmax(dim=1) == y).float().mean().item()
