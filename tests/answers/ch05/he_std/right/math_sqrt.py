def he_std(n_in):
    return math.sqrt(2 / n_in)
