# rejected by: the output has the shape and type of X | says: seen: a tensor of type float64; expected: float32
import numpy as np


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = np.random.binomial(1, 1 - dropout, size=tuple(X.shape))
    return torch.from_numpy(np.asarray(mask)).double().to(X.device) * X / (1 - dropout)
