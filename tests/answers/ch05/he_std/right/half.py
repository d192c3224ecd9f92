def he_std(n_in):
    return (0.5 * n_in) ** -0.5
