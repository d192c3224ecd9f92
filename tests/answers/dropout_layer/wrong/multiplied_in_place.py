# rejected by: X itself is left alone | says: a new tensor, and X as it was
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    X *= torch.rand(X.shape, device=X.device) > dropout
    return X / (1 - dropout)
