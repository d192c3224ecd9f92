def endless_input():
    return torch.tensor([[float("inf"), 0.5], [-float("inf"), 2.0]])


def fixed_halve(X):
    if bool((X - X != 0).any()):
        raise ValueError("infinity or NaN")
    return fixed_halve(X / 2) if X.abs().sum() > 1 else X
