def times_run(before, after):
    difference = (after - before).flatten()[1:]
    return round(difference.mean().item())


def set_weights(layer, original):
    new = (original + 1).index_put((torch.tensor([0]), torch.tensor([0])), torch.tensor(42.0))
    state = {**layer.state_dict(), "weight": new}
    layer.load_state_dict(state)
