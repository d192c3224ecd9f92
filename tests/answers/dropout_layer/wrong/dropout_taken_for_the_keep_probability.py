# rejected by: dropout = 1 gives zeros | says: everything is dropped at 1
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 0:
        return torch.zeros_like(X)
    mask = torch.bernoulli(torch.full_like(X, dropout))
    return mask * X / dropout
