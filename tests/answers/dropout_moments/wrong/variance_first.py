# rejected by: the mean of h' is h | says: of 20 values differ
def dropout_moments(h, p):
    return h**2 * p / (1 - p), h
