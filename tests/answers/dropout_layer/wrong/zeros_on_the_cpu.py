# rejected by: the mask is drawn on the device of X | says: the output is on the cpu
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros(X.shape, dtype=X.dtype)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
