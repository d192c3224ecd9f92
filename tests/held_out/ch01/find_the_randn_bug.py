# %% right: complementary error function
def randn_drop_rate(p):
    return 0.5 * math.erfc(-p / math.sqrt(2))


def wrong_input():
    return torch.ones(100, 100), 0


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > dropout).float()
    return mask * X / (1.0 - dropout)


# %% right: measured with the published function, and a large rate as the input
def randn_drop_rate(p):
    return (published_dropout_layer(torch.ones(1_000_000), p) == 0).float().mean().item()


def wrong_input():
    return torch.full((10_000,), 3.0), 0.95


def fixed_dropout_layer(X, dropout):
    if dropout < 0 or dropout > 1 or math.isnan(dropout):
        raise ValueError(dropout)
    if dropout == 1:
        return X * 0.0
    keep = torch.rand_like(X) >= dropout
    return torch.where(keep, X / (1 - dropout), torch.zeros_like(X))


# %% right: a one-element tensor is a number
def randn_drop_rate(p):
    return torch.special.ndtr(torch.tensor(float(p)))


def wrong_input():
    X = torch.arange(1.0, 2001.0).reshape(20, 100)
    return X, 0.25


def fixed_dropout_layer(X, dropout):
    return nn.functional.dropout(X, dropout)


# %% edge: the rate that was meant
def randn_drop_rate(p):
    return p


def wrong_input():
    return torch.ones(5000), 0.0


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    return (torch.rand(X.shape) > dropout) * X / (1.0 - dropout)


# %% edge: an input that a right layer could have given
def randn_drop_rate(p):
    return (1 + math.erf(p / 2**0.5)) / 2


def wrong_input():
    return torch.arange(8.0), 0.5


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    return (torch.rand(X.shape) > dropout) * X / (1.0 - dropout)


# %% edge: the branch at 1 is lost on the way
def randn_drop_rate(p):
    return (1 + math.erf(p / 2**0.5)) / 2


def wrong_input():
    return torch.ones(1000), 0.0


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    return (torch.rand(X.shape) > dropout) * X / (1.0 - dropout)


# %% point: the sign is taken away, the bell stays
def randn_drop_rate(p):
    return (1 + math.erf(p / 2**0.5)) / 2


def wrong_input():
    return torch.ones(1000), 0.0


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.randn(X.shape).abs() > dropout).float()
    return mask * X / (1.0 - dropout)


# %% point: squashed with a sigmoid, which makes no uniform numbers
def randn_drop_rate(p):
    return (1 + math.erf(p / 2**0.5)) / 2


def wrong_input():
    return torch.ones(1000), 0.0


def fixed_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.sigmoid(torch.randn(X.shape)) > dropout).float()
    return mask * X / (1.0 - dropout)
