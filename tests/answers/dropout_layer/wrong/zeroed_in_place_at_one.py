# rejected by: X itself is left alone | says: (dropout = 1.0)
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return X.zero_()
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
