# rejected by: every element is drawn on its own | says: units share their fate
from torch.nn import functional as F


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    if X.dim() != 2:
        return F.dropout(X, dropout)
    columns = X.shape[1]
    half = torch.rand(X.shape[0], (columns + 1) // 2, device=X.device) > dropout
    mask = torch.cat([half, half], dim=1)[:, :columns]
    return mask * X / (1 - dropout)
