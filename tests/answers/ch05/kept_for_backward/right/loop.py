def kept_for_backward(batch_size, sizes):
    total = 0
    for size in sizes:
        total += batch_size * size
    return total
