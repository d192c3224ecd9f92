# rejected by: the variance of h' is right | says: without the scale 1 / (1 - p) it would be this
def dropout_moments(h, p):
    return h, h**2 * p * (1 - p)
