# rejected by: the fraction of right answers | says: this is the share of wrong answers
def accuracy(y_hat, y):
    return (y_hat.argmax(dim=1) != y).float().mean().item()
