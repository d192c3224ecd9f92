# rejected by: every element is drawn on its own | says: every row gets the same mask
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.bernoulli(torch.full_like(X[0] if X.dim() else X, 1 - dropout))
    return X * mask / (1 - dropout)
