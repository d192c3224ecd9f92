# rejected by: the share of dropped units is dropout | says: % of the units are 0
import random


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    kept = random.random() >= dropout
    return kept * X / (1 - dropout)
