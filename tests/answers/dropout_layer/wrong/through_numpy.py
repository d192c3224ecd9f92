# rejected by: the gradient passes the same mask | says: RuntimeError
import numpy as np


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    values = X.cpu().numpy()
    mask = np.random.binomial(1, 1 - dropout, size=values.shape)
    return torch.tensor(values * mask / (1 - dropout), dtype=X.dtype, device=X.device)
