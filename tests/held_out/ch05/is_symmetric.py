# %% right: every pair
def is_symmetric(W1, b1, W2):
    for i in range(len(b1)):
        for j in range(i + 1, len(b1)):
            if (
                torch.equal(W1[:, i], W1[:, j])
                and b1[i] == b1[j]
                and torch.equal(W2[i], W2[j])
            ):
                return True
    return False


# %% right: unique rows of one table
def is_symmetric(W1, b1, W2):
    units = torch.cat([W1.T, b1.reshape(-1, 1), W2], dim=1)
    return len(torch.unique(units, dim=0)) < len(units)


# %% right: a set of tuples
def is_symmetric(W1, b1, W2):
    seen = set()
    for column, bias, row in zip(W1.T.tolist(), b1.tolist(), W2.tolist()):
        unit = (*column, bias, *row)
        if unit in seen:
            return True
        seen.add(unit)
    return False


# %% right: broadcast comparison, upper triangle
def is_symmetric(W1, b1, W2):
    U = torch.vstack((W1, b1[None], W2.t()))
    same = (U.unsqueeze(2) == U.unsqueeze(1)).all(dim=0)
    return bool(same.triu(diagonal=1).any())


# %% right: numpy sorts it
import numpy as np


def is_symmetric(W1, b1, W2):
    units = np.hstack([W1.detach().numpy().T, b1.detach().numpy()[:, None], W2.detach().numpy()])
    order = np.lexsort(units.T)
    units = units[order]
    return bool((units[1:] == units[:-1]).all(axis=1).any())


# %% right: combinations and any
def is_symmetric(W1, b1, W2):
    def twins(i, j):
        return all(
            bool((a == b).all()) for a, b in ((W1[:, i], W1[:, j]), (b1[i], b1[j]), (W2[i], W2[j]))
        )

    return any(twins(i, j) for i, j in itertools.combinations(range(W1.shape[1]), 2))


# %% edge: nearly equal counts
def is_symmetric(W1, b1, W2):
    n = W1.shape[1]
    for i in range(n):
        for j in range(i):
            if (
                torch.allclose(W1[:, i], W1[:, j])
                and torch.allclose(b1[i], b1[j])
                and torch.allclose(W2[i], W2[j])
            ):
                return True
    return False


# %% right: a tensor that holds a truth
def is_symmetric(W1, b1, W2):
    U = torch.cat([W1, b1[None, :], W2.T])
    same = (U[:, :, None] == U[:, None, :]).all(dim=0)
    return same.sum() > U.shape[1]


# %% point: what goes out is not asked
def is_symmetric(W1, b1, W2):
    units = torch.cat([W1.T, b1[:, None]], dim=1)
    return len(units.unique(dim=0)) < len(units)


# %% point: all units must be the same
def is_symmetric(W1, b1, W2):
    return bool(
        (W1 == W1[:, :1]).all() and (b1 == b1[0]).all() and (W2 == W2[:1]).all()
    )


# %% point: neighbours only
def is_symmetric(W1, b1, W2):
    for i in range(len(b1) - 1):
        if (
            (W1[:, i] == W1[:, i + 1]).all()
            and b1[i] == b1[i + 1]
            and (W2[i] == W2[i + 1]).all()
        ):
            return True
    return False
