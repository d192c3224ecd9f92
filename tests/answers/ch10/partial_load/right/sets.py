def partial_load(net, state):
    own = net.state_dict()
    both = own.keys() & state.keys()
    fits = {name for name in both if own[name].size() == state[name].size()}
    skipped = dict.fromkeys(own.keys() - both, "missing")
    skipped |= dict.fromkeys(state.keys() - both, "unexpected")
    skipped |= dict.fromkeys(both - fits, "shape")
    net.load_state_dict({**own, **{name: state[name] for name in fits}})
    return sorted(fits), skipped
