def dropout_layer(X, dropout):
    assert 0.0 <= dropout <= 1.0
    out = X.clone()
    dropped = torch.rand(X.shape, device=X.device) <= dropout
    if dropout == 0:
        return out
    out[dropped] = 0
    if dropout < 1:
        out = out / (1 - dropout)
    return out
