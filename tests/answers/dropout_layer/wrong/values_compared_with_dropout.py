# rejected by: the share of dropped units is dropout | says: % of the units are 0
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = X > dropout
    return mask * X / (1 - dropout)
