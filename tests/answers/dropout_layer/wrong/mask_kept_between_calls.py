# rejected by: every call draws a fresh mask | says: two calls agree on 100 % of the units
masks = {}


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if (X.shape, dropout) not in masks:
        masks[X.shape, dropout] = torch.rand(X.shape, device=X.device) > dropout
    return masks[X.shape, dropout] * X / (1 - dropout)
