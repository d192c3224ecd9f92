# rejected by: every element is drawn on its own | says: every row gets the same mask
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    out = X / (1 - dropout)
    for j in range(X.shape[-1] if X.dim() else 0):
        if torch.rand(1).item() < dropout:
            out[..., j] = 0
    return out
