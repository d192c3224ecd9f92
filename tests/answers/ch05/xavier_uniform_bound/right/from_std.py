def xavier_uniform_bound(n_in, n_out):
    return math.sqrt(3) * xavier_std(n_in, n_out)
