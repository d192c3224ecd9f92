# %% right: a comprehension
def parameter_shapes(net):
    return {name: tuple(param.shape) for name, param in net.named_parameters()}


# %% right: sizes asked one by one
def parameter_shapes(net):
    shapes = {}
    for name, p in net.named_parameters():
        sizes = []
        for axis in range(p.dim()):
            sizes.append(p.size(axis))
        shapes[name] = tuple(sizes)
    return shapes


# %% right: numpy knows the shape
def parameter_shapes(net: nn.Module) -> dict[str, tuple[int, ...]]:
    return {n: p.detach().cpu().numpy().shape for n, p in net.named_parameters()}


# %% right: an OrderedDict of names and shapes, zipped
from collections import OrderedDict


def parameter_shapes(net):
    names, params = zip(*net.named_parameters()) if list(net.parameters()) else ((), ())
    return OrderedDict(zip(names, [(*p.size(),) for p in params]))


# %% right: down the tree by hand, with a set of what was seen
def parameter_shapes(net):
    result, seen = {}, set()

    def visit(module, prefix):
        for name, p in module._parameters.items():
            if p is None or id(p) in seen:
                continue
            seen.add(id(p))
            result[prefix + name] = tuple(int(n) for n in p.shape)
        for name, child in module.named_children():
            visit(child, f"{prefix}{name}.")

    visit(net, "")
    return result


# %% right: map and lambda
def parameter_shapes(net):
    return dict(map(lambda item: (item[0], tuple(item[1].data.size())), net.named_parameters()))


# %% edge: torch.Size is left as it is
def parameter_shapes(net):
    d = {}
    for name, p in net.named_parameters():
        d[name] = p.shape
    return d


# %% edge: shared ones under all of their names
def parameter_shapes(net):
    shapes = {}
    for path, module in net.named_modules(remove_duplicate=False):
        for name, p in module.named_parameters(recurse=False, remove_duplicate=False):
            shapes[f"{path}.{name}" if path else name] = tuple(p.shape)
    return shapes


# %% point: the state dict
def parameter_shapes(net):
    return {name: tuple(value.shape) for name, value in net.state_dict().items()}


# %% point: weight and bias of the layers on top
def parameter_shapes(net):
    shapes = {}
    for i, layer in enumerate(net):
        if isinstance(layer, nn.Linear):
            shapes[f"{i}.weight"] = tuple(layer.weight.shape)
            shapes[f"{i}.bias"] = tuple(layer.bias.shape)
    return shapes
