# %% right: math.sqrt
def he_std(n_in):
    return math.sqrt(2 / n_in)


# %% right: a power
def he_std(n_in):
    return (n_in / 2) ** -0.5


# %% right: gain over the root of the fan
def he_std(n_in):
    gain = nn.init.calculate_gain("relu")
    return gain / math.sqrt(n_in)


# %% right: by way of stable_std
def he_std(n_in):
    return 2**0.5 * stable_std(n_in)


# %% right: Xavier of a square layer, times the root of 2
def he_std(n_in):
    return math.sqrt(2) * xavier_std(n_in, n_in)


# %% point: stable_std again, without the half
def he_std(n_in):
    return 1 / math.sqrt(n_in)


# %% point: the variance
def he_std(n_in):
    return 2 / n_in


# %% point: the half on the wrong side
def he_std(n_in):
    return math.sqrt(1 / (2 * n_in))
