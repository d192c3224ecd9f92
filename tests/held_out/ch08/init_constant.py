# %% right: the book, and a bias that may be missing
def init_constant(m):
    if type(m) == nn.Linear:
        nn.init.constant_(m.weight, 1)
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %% right: load_state_dict
def init_constant(m):
    if isinstance(m, nn.Linear):
        start = {"weight": torch.ones_like, "bias": torch.zeros_like}
        m.load_state_dict({name: start[name](value) for name, value in m.state_dict().items()})


# %% right: assigned to all of it
def init_constant(m):
    if isinstance(m, nn.Linear):
        m.weight.data[:] = 1
        if m.bias is not None:
            m.bias.data[:] = 0


# %% right: number by number
def init_constant(layer):
    if isinstance(layer, nn.Linear):
        rows, columns = layer.weight.shape
        with torch.no_grad():
            for i in range(rows):
                for j in range(columns):
                    layer.weight[i, j] = 1.0
                if layer.bias is not None:
                    layer.bias[i] = 0.0


# %% right: a general helper, a walrus
def fill_linear(m, weight, bias):
    if not isinstance(m, nn.Linear):
        return m
    with torch.no_grad():
        m.weight.fill_(weight)
        if (b := m.bias) is not None:
            b.fill_(bias)
    return m


def init_constant(m):
    return fill_linear(m, 1, 0)


# %% right: a partial function
from functools import partial


def _init(m, w, b):
    if isinstance(m, nn.Linear):
        torch.nn.init.constant_(m.weight, w)
        try:
            torch.nn.init.constant_(m.bias, b)
        except AttributeError:
            pass


init_constant = partial(_init, w=1.0, b=0.0)


# %% edge: the bias has to be there
def init_constant(m):
    if type(m) == nn.Linear:
        m.weight.data.fill_(1)
        m.bias.data.fill_(0)


# %% edge: frozen for the filling, and left frozen
def init_constant(m):
    if isinstance(m, nn.Linear):
        m.requires_grad_(False)
        m.weight.fill_(1)
        if m.bias is not None:
            m.bias.zero_()


# %% edge: the type is not asked
def init_constant(m):
    for name, p in m.named_parameters(recurse=False):
        with torch.no_grad():
            p.fill_(0 if name == "bias" else 1)


# %% edge: new Parameters
def init_constant(m):
    if isinstance(m, nn.Linear):
        m.weight = nn.Parameter(torch.ones_like(m.weight))
        if m.bias is not None:
            m.bias = nn.Parameter(torch.zeros_like(m.bias))


# %% point: a copy is filled
def init_constant(m):
    if isinstance(m, nn.Linear):
        w = m.weight.detach().clone()
        w.fill_(1)
        if m.bias is not None:
            b = m.bias.detach().clone()
            b.zero_()


# %% point: in place, and autograd objects
def init_constant(m):
    if isinstance(m, nn.Linear):
        m.weight.fill_(1)
        if m.bias is not None:
            m.bias.fill_(0)


# %% point: 42
def init_constant(m):
    if isinstance(m, nn.Linear):
        nn.init.constant_(m.weight, 42)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
