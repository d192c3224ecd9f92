def get_by_name(net, name):
    for path, module in net.named_modules(remove_duplicate=False):
        for group in (module._parameters, module._buffers):
            for own, tensor in group.items():
                if f"{path}.{own}".lstrip(".") == name and tensor is not None:
                    return tensor
    raise KeyError(name)
