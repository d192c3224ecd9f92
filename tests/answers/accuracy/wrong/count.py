# rejected by: the fraction of right answers | says: this is how many are right (as d2l's `accuracy` has it)
def accuracy(y_hat, y):
    return float((y_hat.argmax(dim=1) == y).sum())
