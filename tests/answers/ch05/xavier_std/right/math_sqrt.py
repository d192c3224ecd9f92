def xavier_std(n_in, n_out):
    return math.sqrt(2 / (n_in + n_out))
