# %% right: expectation over a table of outcomes
def dropout_moments(h, p):
    outcomes = [(p, torch.zeros_like(h)), (1 - p, h / (1 - p))]
    mean = sum(prob * value for prob, value in outcomes)
    variance = sum(prob * (value - mean) ** 2 for prob, value in outcomes)
    return mean, variance


# %% right: the variance of a Bernoulli variable, scaled
def dropout_moments(h, p):
    keep = 1.0 - p
    scale = h / keep
    return scale * keep, scale.square() * (keep * p)


# %% right: one stacked tensor
def dropout_moments(h, p):
    odds = p / (1 - p)
    return torch.stack((h, odds * h * h))


# %% right: in float64 and back
def dropout_moments(h, p):
    x = h.double()
    second = x.pow(2) / (1 - p)
    return x.to(h.dtype), (second - x.pow(2)).to(h.dtype)


# %% point: the variance of the mask alone
def dropout_moments(h, p):
    return h, torch.full_like(h, p * (1 - p))


# %% point: measured on a thousand draws, where a formula was asked for
def dropout_moments(h, p):
    draws = (torch.rand(1000, *h.shape) > p) * h / (1 - p)
    return draws.mean(0), draws.var(0)


# %% point: E[h'^2] taken for the variance
def dropout_moments(h, p):
    survivors = h / (1 - p)
    return h.clone(), (1 - p) * survivors**2


# %% edge: the mean as if nothing were scaled
def dropout_moments(h, p):
    return h * (1 - p), h**2 * p / (1 - p)
