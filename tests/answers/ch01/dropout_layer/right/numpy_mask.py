import numpy as np


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    generator = np.random.default_rng()
    mask = torch.as_tensor(generator.random(tuple(X.shape)) >= dropout, device=X.device)
    return mask * X / (1 - dropout)
