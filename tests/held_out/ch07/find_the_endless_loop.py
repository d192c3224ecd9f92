# %% right: infinity, and any
def endless_input():
    return torch.tensor([float("inf")])


def fixed_halve(X):
    if torch.isinf(X).any() or torch.isnan(X).any():
        raise ValueError("X holds an infinite number or NaN")
    while X.abs().sum() > 1:
        X = X / 2
    return X.clone()


# %% right: divided by zero, scaled in one go
def endless_input():
    return torch.ones(3, 2) / torch.zeros(3, 2)


def fixed_halve(X):
    if not X.isfinite().all():
        raise ValueError(f"{int((~X.isfinite()).sum())} numbers are not finite")
    Y = X * 1
    while Y.abs().sum().item() > 1:
        Y = Y.mul(0.5)
    return Y


# %% right: minus infinity, recursion
def endless_input():
    X = torch.zeros(4)
    X[2] = -torch.inf
    return X


def fixed_halve(X, first=True):
    if first:
        assert_finite(X)
        X = X + 0
    return X if X.abs().sum() <= 1 else fixed_halve(X / 2, False)


def assert_finite(X):
    if bool((X - X != 0).any()):
        raise ValueError("not finite")


# %% right: a factor that is a power of two
import math


def endless_input():
    return torch.full((), math.inf)


def fixed_halve(X):
    for value in X.detach().flatten().tolist():
        if math.isinf(value) or math.isnan(value):
            raise ValueError(value)
    factor = 1.0
    while (X * factor).abs().sum() > 1:
        factor /= 2
    return X * factor


# %% point: in place
def endless_input():
    return torch.tensor([torch.inf, 1.0])


def fixed_halve(X):
    if not torch.isfinite(X).all():
        raise ValueError("X must be finite")
    with torch.no_grad():
        while X.abs().sum() > 1:
            X /= 2
    return X


# %% edge: NaN goes through
def endless_input():
    return torch.tensor([torch.inf, 1.0])


def fixed_halve(X):
    if torch.isinf(X).any():
        raise ValueError("X must be finite")
    while X.abs().sum() > 1:
        X = X / 2
    return X.clone()


# %% point: NaN, on which it ends at once
def endless_input():
    return torch.tensor([torch.nan])


def fixed_halve(X):
    while X.abs().sum() > 1:
        X /= 2
    return X
