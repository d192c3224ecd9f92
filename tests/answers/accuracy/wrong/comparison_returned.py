# rejected by: the fraction of right answers | says: one number
def accuracy(y_hat, y):
    return y_hat.argmax(dim=1) == y
