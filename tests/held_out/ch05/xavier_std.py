# %% right: math.sqrt
def xavier_std(n_in, n_out):
    return math.sqrt(2.0 / float(n_in + n_out))


# %% right: a power
def xavier_std(n_in, n_out):
    return (2 / (n_in + n_out)) ** 0.5


# %% right: the mean of the two, to the power of -1/2
def xavier_std(n_in, n_out):
    fan_avg = (n_in + n_out) / 2
    return fan_avg**-0.5


# %% right: torch, then item
def xavier_std(n_in, n_out):
    return torch.tensor(2.0).div(n_in + n_out).sqrt().item()


# %% right: numpy's number
import numpy as np


def xavier_std(n_in, n_out):
    variance = np.divide(2, n_in + n_out)
    return np.sqrt(variance)


# %% right: a tensor instead of a number
def xavier_std(n_in, n_out):
    return torch.sqrt(torch.tensor(2 / (n_in + n_out)))


# %% point: the variance
def xavier_std(n_in, n_out):
    return 2 / (n_in + n_out)


# %% point: the half is lost
def xavier_std(n_in, n_out):
    return 1 / math.sqrt(n_in + n_out)
