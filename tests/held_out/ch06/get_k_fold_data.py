# %% right: lists of row numbers
def get_k_fold_data(k, i, X, y):
    valid = [row for row in range(len(X)) if row % k == i]
    train = sorted(set(range(len(X))) - set(valid))
    return X[train], y[train], X[valid], y[valid]


# %% right: numpy
def get_k_fold_data(k, i, X, y):
    parts = np.array_split(np.arange(len(X)), k)
    rest = np.concatenate(parts[:i] + parts[i + 1 :])
    return X[rest], y[rest], X[parts[i]], y[parts[i]]


# %% right: scikit-learn's way by hand
def get_k_fold_data(k, i, X, y):
    sizes = np.full(k, len(X) // k)
    sizes[: len(X) % k] += 1
    start = int(sizes[:i].sum())
    mask = torch.zeros(len(X), dtype=torch.bool)
    mask[start : start + int(sizes[i])] = True
    return X[~mask], y[~mask], X[mask], y[mask]


# %% edge: the last fold takes all that is left
def get_k_fold_data(k, i, X, y):
    size = len(X) // k
    end = len(X) if i == k - 1 else (i + 1) * size
    keep = torch.ones(len(X), dtype=torch.bool)
    keep[i * size : end] = False
    return X[keep], y[keep], X[~keep], y[~keep]


# %% point: the remainder trains in every fold and never validates
def get_k_fold_data(k, i, X, y):
    size = len(X) // k
    keep = torch.ones(len(X), dtype=torch.bool)
    keep[i * size : (i + 1) * size] = False
    return X[keep], y[keep], X[~keep], y[~keep]


# %% point: train and validation share the border row
def get_k_fold_data(k, i, X, y):
    folds = torch.arange(len(X)).tensor_split(k)
    rest = torch.cat([fold for j, fold in enumerate(folds) if j != i])
    valid = folds[i]
    rest = torch.cat([rest, valid[:1]])
    return X[rest], y[rest], X[valid], y[valid]


# %% point: a random split in each call
def get_k_fold_data(k, i, X, y):
    order = torch.randperm(len(X))
    n = len(X) // k
    return X[order[n:]], y[order[n:]], X[order[:n]], y[order[:n]]
