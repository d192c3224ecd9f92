def dropout_moments(h, p):
    return h, h**2 * p / (1 - p)
