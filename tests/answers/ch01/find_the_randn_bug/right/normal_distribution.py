from torch.nn import functional as F


from statistics import NormalDist


def randn_drop_rate(p):
    return torch.tensor(NormalDist().cdf(p))


def wrong_input():
    return torch.rand(8, 1, 28, 28) + 1, 0


def fixed_dropout_layer(X, dropout):
    if not 0 <= dropout <= 1:
        raise ValueError("dropout is a probability")
    return F.dropout(X, dropout)
