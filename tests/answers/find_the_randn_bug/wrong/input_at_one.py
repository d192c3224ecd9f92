# rejected by: an input on which it is wrong | says: where the published code returns zeros, as it should
from torch.nn import functional as F


def randn_drop_rate(p):
    return 0.5 * (1 + math.erf(p / math.sqrt(2)))


def wrong_input():
    return torch.ones(1000), 1.0


def mended_dropout_layer(X, dropout):
    return F.dropout(X, dropout)
