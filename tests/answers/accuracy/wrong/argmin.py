# rejected by: the fraction of right answers | says: are right
def accuracy(y_hat, y):
    return (y_hat.argmin(dim=1) == y).float().mean().item()
