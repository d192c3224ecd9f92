def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if 1 - dropout == 0:
        return torch.zeros_like(X)
    noise = torch.empty(X.shape, dtype=torch.float64, device=X.device).uniform_()
    survivors = noise.ge(dropout).to(X)
    return torch.mul(X, survivors).div(1 - dropout)
