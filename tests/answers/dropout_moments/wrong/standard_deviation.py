# rejected by: the variance of h' is right | says: this is the standard deviation
def dropout_moments(h, p):
    return h, h.abs() * (p / (1 - p)) ** 0.5
