# rejected by: every element is drawn on its own | says: units share their fate
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    n = X.numel()
    dropped = torch.arange(n, device=X.device) < round(dropout * n)
    return X.masked_fill(dropped.reshape(X.shape), 0) / (1 - dropout)
