# rejected by: the mask is drawn on the device of X | says: the mask is on the CPU
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = (torch.rand(X.shape) > dropout).to(X.dtype)
    return mask * X / (1 - dropout)
