# %% right: two loops
def partial_load(net, state):
    loaded, skipped = [], {}
    with torch.no_grad():
        mine = net.state_dict()
        for name in mine:
            if name not in state:
                skipped[name] = "missing"
            elif list(mine[name].shape) != list(state[name].shape):
                skipped[name] = "shape"
            else:
                mine[name].copy_(state[name])
                loaded.append(name)
    for name in state:
        if name not in mine:
            skipped[name] = "unexpected"
    loaded.sort()
    return loaded, skipped


# %% right: a function for the reason
def partial_load(net, state):
    mine = net.state_dict()

    def reason(name):
        if name not in mine:
            return "unexpected"
        if name not in state:
            return "missing"
        return "shape" if mine[name].shape != state[name].shape else ""

    reasons = {name: reason(name) for name in set(mine) | set(state)}
    loaded = sorted(name for name, why in reasons.items() if not why)
    mine.update({name: state[name] for name in loaded})
    net.load_state_dict(mine)
    return loaded, {name: why for name, why in reasons.items() if why}


# %% point: strict=False and its report
def partial_load(net, state):
    report = net.load_state_dict(state, strict=False)
    skipped = {n: "missing" for n in report.missing_keys}
    skipped |= {n: "unexpected" for n in report.unexpected_keys}
    return sorted(set(state) - set(skipped)), skipped


# %% edge: names of what was loaded only
def partial_load(net, state):
    mine = net.state_dict()
    fits = {n: t for n, t in state.items() if n in mine and mine[n].shape == t.shape}
    net.load_state_dict(fits, strict=False)
    skipped = {n: "shape" for n in mine if n not in fits}
    return sorted(fits), skipped


# %% edge: the state's own order
def partial_load(net, state):
    mine = net.state_dict()
    fits = {n: t for n, t in state.items() if n in mine and mine[n].shape == t.shape}
    net.load_state_dict(fits, strict=False)
    skipped = {}
    for n in set(mine) | set(state):
        if n not in fits:
            skipped[n] = "missing" if n not in state else "unexpected" if n not in mine else "shape"
    return list(fits), skipped


# %% point: reports, and loads nothing
def partial_load(net, state):
    mine = dict(net.state_dict())
    skipped = {}
    for n in set(mine) | set(state):
        if n not in state or n not in mine or mine[n].shape != state[n].shape:
            skipped[n] = "missing" if n not in state else "unexpected" if n not in mine else "shape"
    loaded = sorted(set(mine) - set(skipped))
    for n in loaded:
        mine[n] = state[n]
    return loaded, skipped


# %% edge: parameters are replaced by new ones
def partial_load(net, state):
    mine = net.state_dict()
    skipped = {}
    for n in set(mine) | set(state):
        if n not in state or n not in mine or mine[n].shape != state[n].shape:
            skipped[n] = "missing" if n not in state else "unexpected" if n not in mine else "shape"
    loaded = sorted(set(mine) - set(skipped))
    for n in loaded:
        *path, last = n.split(".")
        block = net.get_submodule(".".join(path))
        if last in block._parameters:
            setattr(block, last, nn.Parameter(state[n].clone()))
        else:
            setattr(block, last, state[n].clone())
    return loaded, skipped
