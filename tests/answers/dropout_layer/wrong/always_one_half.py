# rejected by: the share of dropped units is dropout | says: this is one half: does the mask depend on dropout?
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if dropout == 0:
        return X
    mask = torch.randint(0, 2, X.shape, device=X.device)
    return mask * X / (1 - dropout)
