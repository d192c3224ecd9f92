from torch.nn import functional as F


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    return F.dropout(X, p=dropout, training=True)
