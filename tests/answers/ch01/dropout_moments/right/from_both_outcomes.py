def dropout_moments(h, p):
    survivor = h / (1 - p)
    mean = p * 0 + (1 - p) * survivor
    second_moment = (1 - p) * survivor**2
    return mean, second_moment - mean**2
