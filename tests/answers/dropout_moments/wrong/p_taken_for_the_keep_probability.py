# rejected by: the variance of h' is right | says: p is the probability to be dropped, not to be kept
def dropout_moments(h, p):
    return h, h**2 * (1 - p) / p if p > 0 else 0 * h
