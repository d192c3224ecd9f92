# rejected by: the fraction of right answers | says: are right
def accuracy(y_hat, y):
    return float(torch.equal(y_hat.argmax(dim=1), y))
