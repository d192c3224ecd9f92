# %% right: the book, which prints
def my_init(m):
    if type(m) == nn.Linear:
        print("Init", *[(name, param.shape) for name, param in m.named_parameters()][0])
        nn.init.uniform_(m.weight, -10, 10)
        m.weight.data *= m.weight.data.abs() >= 5


# %% right: where
def my_init(m):
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            u = torch.empty_like(m.weight).uniform_(-10, 10)
            m.weight.copy_(torch.where(u.abs() < 5, 0.0, u))


# %% right: by the cases of the formula
def my_init(m):
    if not isinstance(m, nn.Linear):
        return
    case = torch.rand(m.weight.shape)
    magnitude = 5 + 5 * torch.rand(m.weight.shape)
    w = torch.zeros(m.weight.shape)
    w[case < 0.25] = magnitude[case < 0.25]
    w[case >= 0.75] = -magnitude[case >= 0.75]
    m.weight.data[...] = w


# %% right: an index, and masked_fill_
@torch.no_grad()
def my_init(m):
    if isinstance(m, nn.Linear):
        m.weight.uniform_(-10, 10)
        m.weight.masked_fill_((m.weight > -5) & (m.weight < 5), 0)


# %% right: numpy chooses a sign
import numpy as np


def my_init(m):
    if isinstance(m, nn.Linear):
        shape = tuple(m.weight.shape)
        rng = np.random.default_rng()
        sign = rng.choice([1.0, 0.0, -1.0], size=shape, p=[0.25, 0.5, 0.25])
        m.weight.data.copy_(torch.as_tensor(sign * rng.uniform(5, 10, size=shape)))


# %% right: one number at a time
import random


def draw():
    w = random.uniform(-10, 10)
    if abs(w) < 5:
        return 0.0
    return w


def my_init(m):
    if isinstance(m, nn.Linear):
        rows, cols = m.weight.shape
        m.weight.data.copy_(torch.tensor([[draw() for _ in range(cols)] for _ in range(rows)]))


# %% right: F.threshold on the absolute value
def my_init(m):
    if isinstance(m, nn.Linear):
        w = nn.init.uniform_(m.weight, -10, 10).detach()
        w.copy_(torch.sign(w) * F.threshold(w.abs(), 5, 0))


# %% edge: the bias becomes 0
def my_init(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -10, 10)
        m.weight.data[m.weight.data.abs() < 5] = 0
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %% edge: every weight with two axes or more
def my_init(m):
    w = getattr(m, "weight", None)
    if w is not None and w.dim() > 1:
        nn.init.uniform_(w, -10, 10)
        w.data[w.data.abs() < 5] = 0


# %% edge: a new Parameter
def my_init(m):
    if isinstance(m, nn.Linear):
        w = torch.rand(m.weight.shape) * 20 - 10
        m.weight = nn.Parameter(w * (w.abs() >= 5))


# %% point: the small ones are kept
def my_init(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -10, 10)
        m.weight.data *= m.weight.data.abs() < 5


# %% point: the abs is forgotten
def my_init(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -10, 10)
        m.weight.data *= m.weight.data >= 5


# %% point: the product is thrown away
def my_init(m):
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -10, 10)
        m.weight.data * (m.weight.data.abs() >= 5)


# %% point: a third each
def my_init(m):
    if isinstance(m, nn.Linear):
        sign = torch.randint(-1, 2, m.weight.shape)
        m.weight.data.copy_(sign * (5 + 5 * torch.rand(m.weight.shape)))
