def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    scaled = X * (1 / (1 - dropout))
    return scaled.masked_fill(torch.rand_like(X) < dropout, 0.0)
