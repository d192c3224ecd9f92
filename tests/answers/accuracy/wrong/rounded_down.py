# rejected by: the fraction of right answers | says: are right
def accuracy(y_hat, y):
    return (y_hat.argmax(dim=1) == y).sum().item() // len(y)
