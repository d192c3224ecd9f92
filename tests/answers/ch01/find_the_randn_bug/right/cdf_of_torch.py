def randn_drop_rate(p):
    return torch.special.ndtr(torch.tensor(float(p)))


def wrong_input():
    X = torch.arange(1.0, 5001.0)
    return [X, 0.1]


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    return torch.where(torch.rand_like(X) < dropout, 0.0, X / (1 - dropout))
