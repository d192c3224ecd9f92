# %% right: math and linalg
def wrong_norm_input():
    return torch.ones(200, 1)


def norm_behind(printed):
    return math.sqrt(2 * printed)


def fixed_report(w):
    return torch.linalg.vector_norm(w.detach()).item()


import math


# %% right: numpy and a large vector
def wrong_norm_input():
    return torch.full((3, 3), 100.0)


def norm_behind(printed):
    return np.sqrt(np.float64(printed) * 2.0)


def fixed_report(w):
    return float(np.linalg.norm(w.detach().cpu().numpy().ravel()))


import numpy as np


# %% edge: the number is undone in the wrong order
def wrong_norm_input():
    return torch.tensor([3.0, 4.0])


def norm_behind(printed):
    return 2 * printed**0.5


def fixed_report(w):
    return torch.sqrt((w**2).sum()).item()


# %% edge: a w for which the printed number happens to be right
def wrong_norm_input():
    return torch.tensor([2.0, 0.0])


def norm_behind(printed):
    return (2 * printed) ** 0.5


def fixed_report(w):
    return (w**2).sum().sqrt().item()


# %% edge: weights that ask for gradients are refused
def wrong_norm_input():
    return torch.tensor([3.0, 4.0])


def norm_behind(printed):
    return (2 * printed) ** 0.5


def fixed_report(w):
    return float(np.sqrt((w.numpy() ** 2).sum()))


import numpy as np


# %% point: only the half is removed
def wrong_norm_input():
    return torch.tensor([3.0, 4.0])


def norm_behind(printed):
    return (2 * printed) ** 0.5


def fixed_report(w):
    return (w**2).sum().item()


# %% point: the largest weight
def wrong_norm_input():
    return torch.tensor([3.0, 4.0])


def norm_behind(printed):
    return (2 * printed) ** 0.5


def fixed_report(w):
    return w.abs().max().item()
