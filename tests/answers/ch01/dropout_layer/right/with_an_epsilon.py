def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    mask = (torch.rand(X.shape, device=X.device) >= dropout).to(X.dtype)
    return mask * X / (1 - dropout + 1e-7)
