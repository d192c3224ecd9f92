def partial_load(net, state):
    loaded, skipped = [], {}
    for name, tensor in net.state_dict().items():
        if name in state and tuple(state[name].shape) == tuple(tensor.shape):
            tensor.copy_(state[name])
            loaded.append(name)
        else:
            skipped[name] = "shape" if name in state else "missing"
    skipped.update({name: "unexpected" for name in state if name not in net.state_dict()})
    return sorted(loaded), skipped
