# rejected by: dropout = 1 gives zeros | says: everything is dropped at 1
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 0:
        return torch.zeros_like(X)
    if dropout == 1:
        return X
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
