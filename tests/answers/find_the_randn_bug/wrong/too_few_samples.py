# rejected by: the true drop rate of the published code | says: expected:
from torch.nn import functional as F


def randn_drop_rate(p):
    return (torch.randn(50) <= p).float().mean().item()


def wrong_input():
    return torch.ones(1000), 0.0


def mended_dropout_layer(X, dropout):
    return F.dropout(X, dropout)
