# rejected by: the output has the shape and type of X | says: expected: shape
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    h = X.reshape(-1)
    if dropout == 1:
        return torch.zeros_like(h)
    mask = torch.rand(h.shape, device=X.device) > dropout
    return mask * h / (1 - dropout)
