# rejected by: survivors are scaled by 1 / (1 - dropout) | says: the scale has been applied twice
from torch.nn import functional as F


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    return F.dropout(X, dropout) / (1 - dropout)
