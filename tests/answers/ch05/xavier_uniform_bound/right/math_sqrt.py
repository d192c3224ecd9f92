def xavier_uniform_bound(n_in, n_out):
    return math.sqrt(6 / (n_in + n_out))
