# rejected by: survivors are scaled by 1 / (1 - dropout) | says: expected: shape (60, 50)
x = torch.arange(16.0).reshape(2, 8)


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(x.shape) > dropout
    return x * mask / (1 - dropout)
