# rejected by: the output has the shape and type of X | says: a tensor of type float32; expected: float64
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros(X.shape)
    mask = (torch.rand(X.shape, device=X.device) > dropout).float()
    return mask * X.float() / (1 - dropout)
