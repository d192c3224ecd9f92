# rejected by: the share of dropped units is dropout | says: `randn` in place of `rand`
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = (torch.randn(X.shape, device=X.device) > dropout).to(X.dtype)
    return mask * X / (1.0 - dropout)
