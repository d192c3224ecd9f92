# rejected by: how many units are dropped is left to chance | says: in 12 calls, always
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    n = X.numel()
    order = torch.randperm(n, device=X.device)
    mask = (order >= round(dropout * n)).reshape(X.shape)
    return mask * X / (1 - dropout)
