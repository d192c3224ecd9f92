# rejected by: an input on which it is wrong | says: the larger X is, the less can be blamed on chance
from torch.nn import functional as F


def randn_drop_rate(p):
    return 0.5 * (1 + math.erf(p / math.sqrt(2)))


def wrong_input():
    return torch.ones(3), 0.5


def mended_dropout_layer(X, dropout):
    return F.dropout(X, dropout)
