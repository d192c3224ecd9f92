# rejected by: survivors are scaled by 1 / (1 - dropout) | says: every unit is 0
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = X.abs() < dropout - 0.5
    return mask * X / (1 - dropout)
