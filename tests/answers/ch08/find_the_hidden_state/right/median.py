def times_run(before, after):
    return int((after - before).flatten()[1:].median().round())


def set_weights(layer, original):
    new = original.clone()
    new += 1
    new[0, 0] = 42
    layer.weight.data.copy_(new)
