from fractions import Fraction


def endless_input():
    return torch.tensor([1.0, -float("inf")])


def fixed_halve(X):
    if not X.isfinite().all():
        raise ValueError("not finite")
    while sum(abs(Fraction(x)) for x in X.flatten().tolist()) > 1:
        X = X / 2
    return X
