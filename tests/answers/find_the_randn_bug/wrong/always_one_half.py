# rejected by: the true drop rate of the published code | says: seen: 0.5
from torch.nn import functional as F


def randn_drop_rate(p):
    return 0.5


def wrong_input():
    return torch.ones(1000), 0.0


def mended_dropout_layer(X, dropout):
    return F.dropout(X, dropout)
