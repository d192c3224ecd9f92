# rejected by: the variance of h' is right | says: the square of that of h
def dropout_moments(h, p):
    return h, h.abs() * p / (1 - p)
