# %% right: the mode of every module is kept
def materialise_lazy(net, X, init):
    modes = {module: module.training for module in net.modules()}
    net.eval()
    with torch.no_grad():
        net(X)
    for module, training in modes.items():
        module.training = training
    net.apply(init)
    return net


# %% right: try and finally, modes in a list
def materialise_lazy(net, X, init):
    modules = list(net.modules())
    before = [m.training for m in modules]
    try:
        net.eval()
        net(X)
    finally:
        for m, mode in zip(modules, before):
            m.training = mode
    return net.apply(init)


# %% right: a context manager
from contextlib import contextmanager


@contextmanager
def silent(net):
    were_training = [m for m in net.modules() if m.training]
    net.eval()
    try:
        with torch.no_grad():
            yield net
    finally:
        for m in were_training:
            m.training = True


def materialise_lazy(net, X, init):
    with silent(net) as quiet:
        quiet(X)
    for m in net.modules():
        init(m)
    return net


# %% right: only what learns is set to eval
def materialise_lazy(net, X, init):
    norms = [m for m in net.modules() if isinstance(m, nn.modules.batchnorm._NormBase) and m.training]
    for m in norms:
        m.eval()
    with torch.no_grad():
        net(X)
    for m in norms:
        m.train()
    net.apply(init)
    return net


# %% right: a class that remembers
class Modes:
    def __init__(self, net):
        self.states = [(m, m.training) for m in net.modules()]

    def restore(self):
        for m, training in self.states:
            m.training = training


@torch.no_grad()
def materialise_lazy(net, X, init):
    modes = Modes(net)
    net.eval()
    net(X)
    net.apply(init)
    modes.restore()
    return net


# %% right: all modules get the mode of the outermost
def materialise_lazy(net, X, init):
    training = net.training
    net.eval()
    with torch.no_grad():
        net(X)
    net.train(training)
    net.apply(init)
    return net


# %% edge: batch normalisation sees the batch
def materialise_lazy(net, X, init):
    with torch.no_grad():
        net(X)
    net.apply(init)
    return net


# %% edge: always in training mode afterwards
def materialise_lazy(net, X, init):
    net.eval()
    net(X)
    net.train()
    net.apply(init)
    return net


# %% edge: nothing is returned
def materialise_lazy(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.no_grad():
        net(X)
    net.apply(init)
    for m, mode in modes:
        m.training = mode


# %% point: the start comes before the shapes
def materialise_lazy(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.apply(init)
    net.eval()
    with torch.no_grad():
        net(X)
    for m, mode in modes:
        m.training = mode
    return net


# %% point: init sees the network alone
def materialise_lazy(net, X, init):
    training = net.training
    net.eval()
    with torch.no_grad():
        net(X)
    net.train(training)
    init(net)
    return net


# %% point: a copy is shown the batch
import copy


def materialise_lazy(net, X, init):
    twin = copy.deepcopy(net).eval()
    twin(X)
    twin.apply(init)
    return net


# %% point: parameters of inference mode, which can never be trained
def materialise_lazy(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.inference_mode():
        net(X)
    for m, mode in modes:
        m.training = mode
    net.apply(init)
    return net
