# rejected by: the share of dropped units is dropout | says: normal numbers above 1 - p
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    keep_prob = 1 - dropout
    mask = torch.randn_like(X) < keep_prob
    return X * mask / keep_prob
