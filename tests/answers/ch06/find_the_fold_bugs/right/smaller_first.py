def sizes_as_published(n, k):
    sizes = [0] * k
    sizes[0] = n
    return sizes


def rows_never_used(n, k):
    return n - k * (n // k)


def fold_sizes(n, k):
    small, more = divmod(n, k)
    return [small] * (k - more) + [small + 1] * more
