import math


def endless_input():
    return torch.full((3,), math.inf)


def fixed_halve(X):
    if not all(math.isfinite(x) for x in X.flatten().tolist()):
        raise ValueError(f"X has to be finite: {X}")
    factor = 1.0
    while (X.detach() * factor).abs().sum() > 1:
        factor /= 2
    return X * factor
