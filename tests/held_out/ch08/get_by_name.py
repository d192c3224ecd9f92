# %% right: step by step through the dictionaries of the modules
def get_by_name(net, name):
    *path, last = name.split(".")
    module = net
    for part in path:
        module = module._modules[part]
        if module is None:
            raise KeyError(name)
    for registered in (module._parameters, module._buffers):
        if registered.get(last) is not None:
            return registered[last]
    raise KeyError(name)


# %% right: one dictionary of everything
def get_by_name(net, name):
    everything = dict(net.named_parameters(remove_duplicate=False))
    everything.update(net.named_buffers(remove_duplicate=False))
    return everything[name]


# %% right: recursion
def get_by_name(net, name):
    head, dot, rest = name.partition(".")
    if dot:
        for child_name, child in net._modules.items():
            if child_name == head and child is not None:
                return get_by_name(child, rest)
        raise KeyError(f"no block {head!r}")
    own = {**net._parameters, **net._buffers}
    if own.get(name) is None:
        raise KeyError(f"no parameter or buffer {name!r}")
    return own[name]


# %% right: get_submodule
def get_by_name(net, name):
    path, _, tensor_name = name.rpartition(".")
    try:
        module = net.get_submodule(path)
    except AttributeError as error:
        raise KeyError(name) from error
    tensors = dict(module.named_parameters(recurse=False))
    tensors |= dict(module.named_buffers(recurse=False))
    if tensor_name not in tensors:
        raise KeyError(name)
    return tensors[tensor_name]


# %% right: reduce over getattr, the result looked up among the registered tensors
from functools import reduce


def get_by_name(net, name):
    try:
        found = reduce(getattr, name.split("."), net)
    except AttributeError:
        raise KeyError(name) from None
    registered = [*net.parameters(), *net.buffers()]
    names = {n for n, _ in net.named_parameters(remove_duplicate=False)}
    names |= {n for n, _ in net.named_buffers(remove_duplicate=False)}
    if name in names and any(found is t for t in registered):
        return found
    raise KeyError(name)


# %% right: every path is looked at
import itertools


def get_by_name(net, name):
    for prefix, module in net.named_modules(remove_duplicate=False):
        for own, t in itertools.chain(module._parameters.items(), module._buffers.items()):
            path = ".".join([prefix, own]) if prefix else own
            if path == name and t is not None:
                return t
    raise KeyError("%s is not a parameter of the network" % name)


# %% edge: AttributeError comes out
def get_by_name(net, name):
    obj = net
    for part in name.split("."):
        obj = getattr(obj, part)
    return obj


# %% edge: each shared one has its first name alone
def get_by_name(net, name):
    tensors = {**dict(net.named_parameters()), **dict(net.named_buffers())}
    if name in tensors:
        return tensors[name]
    raise KeyError(name)


# %% edge: buffers that are not saved are not found
def get_by_name(net, name):
    return net.state_dict(keep_vars=True)[name]


# %% edge: None for a wrong name
def get_by_name(net, name):
    for n, p in net.named_parameters(remove_duplicate=False):
        if n == name:
            return p
    for n, b in net.named_buffers(remove_duplicate=False):
        if n == name:
            return b


# %% point: what the state dict gives has no gradient
def get_by_name(net, name):
    return net.state_dict()[name]


# %% point: the numbers, copied
def get_by_name(net, name):
    for n, t in list(net.named_parameters(remove_duplicate=False)) + list(net.named_buffers(remove_duplicate=False)):
        if n == name:
            return t.detach().clone()
    raise KeyError(name)


# %% point: layers of a flat Sequential
def get_by_name(net, name):
    layer, attribute = name.split(".")
    try:
        return getattr(net[int(layer)], attribute)
    except (IndexError, AttributeError):
        raise KeyError(name)
