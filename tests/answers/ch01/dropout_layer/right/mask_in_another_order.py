def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    numbers = torch.rand(X.numel(), device=X.device).flip(0)
    mask = (numbers >= dropout).reshape(X.shape)
    return X * mask / (1 - dropout)
