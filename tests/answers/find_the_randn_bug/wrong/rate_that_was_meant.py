# rejected by: the true drop rate of the published code | says: this is the rate that was meant
from torch.nn import functional as F


def randn_drop_rate(p):
    return p


def wrong_input():
    return torch.ones(1000), 0.0


def mended_dropout_layer(X, dropout):
    return F.dropout(X, dropout)
