# %% right: the place is given
def tie(net, first, second):
    net[second] = net[first]


# %% right: by the name of the place
def tie(net, first, second):
    names = list(net._modules)
    setattr(net, names[second], net[first])
    return net


# %% right: both parameters are shared
def tie(net, first, second):
    a, b = net[first], net[second]
    b.weight = a.weight
    b.bias = a.bias


# %% right: register_parameter in a loop
def tie(net: nn.Sequential, first: int, second: int) -> None:
    source, target = net[first], net[second]
    for name in ("weight", "bias"):
        target.register_parameter(name, getattr(source, name))


# %% right: the dictionary of modules is made anew
def tie(net, first, second):
    modules = list(net._modules.values())
    modules[second] = modules[first]
    net._modules = dict(zip(net._modules.keys(), modules))


# %% right: add_module over what is there
def tie(net, first, second):
    shared = net[first]
    for place, name in enumerate(list(net._modules)):
        if place == second % len(net):
            net.add_module(name, shared)


# %% right: places are taken for names
def tie(net, first, second):
    net._modules[str(second)] = net._modules[str(first)]


# %% point: the bias is not shared
def tie(net, first, second):
    net[second].weight = net[first].weight


# %% point: the other layer serves
def tie(net, first, second):
    net[first] = net[second]


# %% point: a copy of the numbers
def tie(net, first, second):
    net[second].load_state_dict(net[first].state_dict())


# %% point: the memory is shared, the parameters are not
def tie(net, first, second):
    net[second].weight.data = net[first].weight.data
    net[second].bias.data = net[first].bias.data


# %% point: a new network
def tie(net, first, second):
    layers = list(net)
    layers[second] = layers[first]
    return nn.Sequential(*layers)


# %% point: a deep copy
import copy


def tie(net, first, second):
    net[second] = copy.deepcopy(net[first])
