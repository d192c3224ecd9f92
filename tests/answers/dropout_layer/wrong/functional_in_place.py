# rejected by: X itself is left alone | says: elements of X have changed
from torch.nn import functional as F


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    return F.dropout(X, dropout, inplace=True)
