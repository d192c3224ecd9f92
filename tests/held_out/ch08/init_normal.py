# %% right: the book, and a bias that may be missing
def init_normal(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, mean=0, std=0.01)
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %% right: on the data
def init_normal(m):
    if not isinstance(m, nn.Linear):
        return
    m.weight.data.normal_(0, 0.01)
    if m.bias is not None:
        m.bias.data.fill_(0)


# %% right: copied from randn
SIGMA = 0.01


@torch.no_grad()
def init_normal(m: nn.Module) -> None:
    if isinstance(m, nn.Linear):
        m.weight.copy_(SIGMA * torch.randn_like(m.weight))
        for name, p in m.named_parameters():
            if name == "bias":
                p.zero_()


# %% right: numpy draws
import numpy as np


def init_normal(m):
    if isinstance(m, nn.Linear):
        drawn = np.random.normal(loc=0.0, scale=0.01, size=tuple(m.weight.shape))
        m.weight.data[:] = torch.from_numpy(drawn).float()
        if m.bias is not None:
            m.bias.data[:] = torch.zeros(m.out_features)


# %% right: match, and one number at a time
def init_normal(m):
    match m:
        case nn.Linear(weight=w, bias=b):
            with torch.no_grad():
                for row in w:
                    for k in range(len(row)):
                        row[k] = torch.randn(1).item() * 0.01
                if b is not None:
                    b *= 0
        case _:
            pass


# %% right: Box and Muller
def init_normal(m):
    if isinstance(m, nn.Linear):
        u = 1 - torch.rand(m.weight.shape, dtype=torch.float64)
        v = torch.rand(m.weight.shape, dtype=torch.float64)
        z = torch.sqrt(-2 * torch.log(u)) * torch.cos(2 * math.pi * v)
        with torch.no_grad():
            m.weight.copy_(z / 100)
            if m.bias is not None:
                m.bias.copy_(torch.zeros_like(m.bias))


# %% edge: the bias has to be there
def init_normal(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.01)
        nn.init.zeros_(m.bias)


# %% edge: a new Parameter
def init_normal(m):
    if isinstance(m, nn.Linear):
        m.weight = nn.Parameter(torch.randn(m.weight.shape) * 0.01)
        if m.bias is not None:
            m.bias = nn.Parameter(torch.zeros(m.bias.shape))


# %% edge: whatever has a weight
def init_normal(m):
    if hasattr(m, "weight") and m.weight is not None:
        nn.init.normal_(m.weight, 0, 0.01)
        if getattr(m, "bias", None) is not None:
            nn.init.zeros_(m.bias)


# %% point: 0.01 taken for the variance
def init_normal(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, 0, math.sqrt(0.01))
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %% point: the mean is 0.01
def init_normal(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, 0.01)
        if m.bias is not None:
            nn.init.constant_(m.bias, 0)


# %% point: the name is bound anew, the layer stays as it was
def init_normal(m):
    if isinstance(m, nn.Linear):
        for p in m.parameters():
            p = torch.randn(p.shape) * 0.01
