# rejected by: every call draws a fresh mask | says: two calls agree on 100 % of the units
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    torch.manual_seed(42)
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
