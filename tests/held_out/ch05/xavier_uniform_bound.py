# %% right: from the standard deviation
def xavier_uniform_bound(n_in, n_out):
    return math.sqrt(3) * xavier_std(n_in, n_out)


# %% right: six over the sum
def xavier_uniform_bound(n_in, n_out):
    return (6 / (n_in + n_out)) ** 0.5


# %% right: as PyTorch writes it
def xavier_uniform_bound(n_in, n_out, gain=1.0):
    std = gain * math.sqrt(2.0 / float(n_in + n_out))
    a = math.sqrt(3.0) * std
    return a


# %% right: solved for a
def xavier_uniform_bound(n_in, n_out):
    sigma_squared = 2 / (n_in + n_out)
    a_squared = 3 * sigma_squared
    return a_squared**0.5


# %% right: exp of half a logarithm
def xavier_uniform_bound(n_in, n_out):
    return math.exp(0.5 * (math.log(6) - math.log(n_in + n_out)))


# %% point: the standard deviation
def xavier_uniform_bound(n_in, n_out):
    return xavier_std(n_in, n_out)


# %% point: three, without its root
def xavier_uniform_bound(n_in, n_out):
    return 3 * xavier_std(n_in, n_out)


# %% point: the variance of (0, a), a squared over 12
def xavier_uniform_bound(n_in, n_out):
    return math.sqrt(12) * xavier_std(n_in, n_out)
