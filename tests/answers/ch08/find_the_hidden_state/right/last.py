def times_run(before, after):
    return round(float(after[-1, -1] - before[-1, -1]))


@torch.no_grad()
def set_weights(layer, original):
    layer.weight[:] = original + 1
    layer.weight[0, 0] = 42.0
