def xavier_std(n_in, n_out):
    return 1 / ((n_in + n_out) / 2) ** 0.5
