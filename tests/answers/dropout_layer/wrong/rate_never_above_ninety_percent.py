# rejected by: very small and very large rates | says: % of the units are 0
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    dropout = min(dropout, 0.9)
    mask = torch.rand(X.shape, device=X.device) >= dropout
    return mask * X / (1 - dropout)
