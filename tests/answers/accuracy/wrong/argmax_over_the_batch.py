# rejected by: the fraction of right answers | says: RuntimeError
def accuracy(y_hat, y):
    return (y_hat.argmax(dim=0) == y).float().mean().item()
