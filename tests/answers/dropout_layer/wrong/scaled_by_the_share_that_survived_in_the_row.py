# rejected by: survivors are scaled by 1 / (1 - dropout) | says: a value is 0 or X / (1 -
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape, device=X.device) > dropout).to(X.dtype)
    return X * mask / mask.mean(dim=-1, keepdim=True)
