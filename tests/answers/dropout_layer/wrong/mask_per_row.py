# rejected by: every element is drawn on its own | says: every column gets the same mask
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    rows = X.shape[:1] + (1,) * (X.dim() - 1)
    mask = torch.rand(rows, device=X.device) > dropout
    return mask * X / (1 - dropout)
