def get_by_name(net, name):
    *path, last = name.split(".")
    block = net
    for part in path:
        if part not in block._modules:
            raise KeyError(name)
        block = block._modules[part]
    for group in (block._parameters, block._buffers):
        if group.get(last) is not None:
            return group[last]
    raise KeyError(name)
