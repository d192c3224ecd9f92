def dropout_layer(X, dropout):
    assert dropout >= 0 and dropout <= 1, "dropout must be between 0 and 1"
    drop = torch.rand(X.shape, device=X.device) < dropout
    if dropout == 1:
        return torch.zeros_like(X)
    return torch.where(drop, torch.zeros_like(X), X / (1 - dropout))
