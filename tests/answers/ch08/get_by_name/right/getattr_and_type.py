def get_by_name(net, name):
    found = net
    try:
        for part in name.split("."):
            found = getattr(found, part)
    except AttributeError:
        raise KeyError(name)
    if not isinstance(found, torch.Tensor):
        raise KeyError(f"{name} is no tensor")
    return found
