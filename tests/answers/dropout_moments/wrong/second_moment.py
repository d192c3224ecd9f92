# rejected by: the variance of h' is right | says: the square of the mean is still to be taken off
def dropout_moments(h, p):
    return h, h**2 / (1 - p)
