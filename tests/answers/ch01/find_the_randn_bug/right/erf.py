def randn_drop_rate(p):
    return 0.5 * (1 + math.erf(p / math.sqrt(2)))


def wrong_input():
    return torch.ones(1000), 0.0


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > dropout).float()
    return mask * X / (1.0 - dropout)
