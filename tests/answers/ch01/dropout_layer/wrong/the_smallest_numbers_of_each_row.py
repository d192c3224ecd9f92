# rejected by: numbers_vary | says: units that are drawn independently
def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1 or X.dim() == 0:
        return torch.zeros_like(X) if dropout == 1 else X / (1 - dropout)
    numbers = torch.rand(X.shape, device=X.device)
    dropped = int(dropout * X.shape[-1])
    if dropped == 0:
        return X / (1 - dropout)
    limit = numbers.kthvalue(dropped, dim=-1, keepdim=True).values
    return (numbers > limit) * X / (1 - dropout)
