def endless_input():
    X = torch.zeros(2, 3)
    X[0, 1] = -torch.inf
    return X


def fixed_halve(X):
    if X.isnan().any() or X.isinf().any():
        raise ValueError("not finite")
    X = X.clone()
    while X.abs().sum() > 1:
        X = X * 0.5
    return X
