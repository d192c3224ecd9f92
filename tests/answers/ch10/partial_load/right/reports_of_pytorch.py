def partial_load(net, state):
    own = dict(net.named_parameters()) | dict(net.named_buffers())
    wrong = {n: "shape" for n in own if n in state and own[n].shape != state[n].shape}
    rest = {n: t.clone() for n, t in state.items() if n not in wrong}
    report = net.load_state_dict(rest, strict=False)
    wrong.update((n, "missing") for n in report.missing_keys if n not in wrong)
    wrong.update((n, "unexpected") for n in report.unexpected_keys)
    return sorted(n for n in own if n not in wrong), wrong
