# rejected by: the mean stays | says: E[h'] = p · 0 + (1 - p) · h / (1 - p) = h
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    keep = torch.bernoulli(torch.full_like(X, 1 - dropout))
    return keep * X
