def sizes_as_published(n, k):
    return [len(published_fold_rows(k, i, n, lost=True)) for i in range(k)]


def rows_never_used(n, k):
    used = sum(len(published_fold_rows(k, i, n, lost=False)) for i in range(k))
    return n - used


def fold_sizes(n, k):
    return [len(part) for part in np.array_split(np.arange(n), k)]
