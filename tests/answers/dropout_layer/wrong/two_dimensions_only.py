# rejected by: the output has the shape and type of X | says: ValueError
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    rows, columns = X.shape
    mask = torch.rand(rows, columns, device=X.device) > dropout
    return mask * X / (1 - dropout)
