# rejected by: the variance of h' is right | says: two tensors: `return mean, variance`
def dropout_moments(h, p):
    return h**2 * p / (1 - p)
