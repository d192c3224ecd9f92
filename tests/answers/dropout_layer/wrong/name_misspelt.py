# rejected by: survivors are scaled by 1 / (1 - dropout) | says: NameError
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > droput
    return mask * X / (1 - dropout)
