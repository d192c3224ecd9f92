# rejected by: X itself is left alone | says: elements of X have changed
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    with torch.no_grad():
        X[torch.rand(X.shape, device=X.device) < dropout] = 0
    return X / (1 - dropout)
