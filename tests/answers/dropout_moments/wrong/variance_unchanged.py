# rejected by: the variance of h' is right | says: h' varies although h does not
def dropout_moments(h, p):
    return h, torch.zeros_like(h)
