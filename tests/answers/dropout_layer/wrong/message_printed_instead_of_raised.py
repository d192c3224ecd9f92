# rejected by: a dropout outside [0, 1] is refused | says: an AssertionError or a ValueError
def dropout_layer(X, dropout):
    if not 0 <= dropout <= 1:
        print("dropout must be between 0 and 1")
        return None
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
