# rejected by: the mean of h' is h | says: expected: shape (5, 4)
def dropout_moments(h, p):
    return h.mean(), h.var() * p / (1 - p)
