# rejected by: survivors are scaled by 1 / (1 - dropout) | says: the scale is missing
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    mask = (torch.rand(X.shape, device=X.device) > dropout).to(X.dtype)
    return mask * X
