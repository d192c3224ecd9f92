# rejected by: the mean of h' is h | says: a unit that survives is divided by 1 - p
def dropout_moments(h, p):
    return (1 - p) * h, h**2 * p / (1 - p)
