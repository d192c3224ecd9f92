# %% right: the product of two numbers
def kept_for_backward(batch_size, sizes):
    return batch_size * sum(sizes)


# %% right: a loop over layers
def kept_for_backward(batch_size, sizes):
    total = 0
    for units in sizes:
        total += batch_size * units
    return total


# %% right: what each operation keeps, added up
def kept_for_backward(batch_size: int, sizes: list[int]) -> int:
    inputs_of_linear_layers = [n_in * batch_size for n_in, _ in itertools.pairwise(sizes)]
    log_probabilities = batch_size * sizes[-1]
    return sum(inputs_of_linear_layers) + log_probabilities


# %% right: torch does the sum
def kept_for_backward(batch_size, sizes):
    return int(torch.tensor(sizes, dtype=torch.int64).mul(batch_size).sum())


# %% right: recursion
def kept_for_backward(batch_size, sizes):
    if not sizes:
        return 0
    first, *rest = sizes
    return batch_size * first + kept_for_backward(batch_size, rest)


# %% right: a float
def kept_for_backward(batch_size, sizes):
    return float(batch_size) * sum(sizes)


# %% point: the outputs are left out
def kept_for_backward(batch_size, sizes):
    return batch_size * sum(sizes[:-1])


# %% point: the parameters are counted
def kept_for_backward(batch_size, sizes):
    return sum(a * b + b for a, b in itertools.pairwise(sizes))


# %% point: hidden layers are counted twice, before and after ReLU
def kept_for_backward(batch_size, sizes):
    return batch_size * (sizes[0] + 2 * sum(sizes[1:-1]) + sizes[-1])
