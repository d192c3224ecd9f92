def randn_drop_rate(p):
    return (torch.randn(1_000_000) <= p).double().mean().item()


def wrong_input():
    return torch.full((100, 100), 2.0), 0.2


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    keep = torch.bernoulli(torch.full_like(X, 1.0 - dropout))
    return keep * X / (1.0 - dropout)
