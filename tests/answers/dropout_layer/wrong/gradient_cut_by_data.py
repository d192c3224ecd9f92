# rejected by: the gradient passes the same mask | says: cut off from X
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    out = X.data / (1 - dropout)
    out[torch.rand(X.shape, device=X.device) < dropout] = 0
    return out
