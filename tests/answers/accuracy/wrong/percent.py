# rejected by: the fraction of right answers | says: are right
def accuracy(y_hat, y):
    return 100 * (y_hat.argmax(dim=1) == y).float().mean().item()
