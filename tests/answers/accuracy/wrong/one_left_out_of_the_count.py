# rejected by: all right, all wrong, and one example | says: are right
def accuracy(y_hat, y):
    return (y_hat.argmax(dim=1) == y).sum().item() / (len(y) - 1)
