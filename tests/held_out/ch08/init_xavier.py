# %% right: the book
def init_xavier(m):
    if type(m) == nn.Linear:
        nn.init.xavier_uniform_(m.weight)


# %% right: the bound by hand
def init_xavier(m):
    if isinstance(m, nn.Linear):
        bound = math.sqrt(6 / (m.in_features + m.out_features))
        nn.init.uniform_(m.weight, -bound, bound)


# %% right: rand stretched and moved
def init_xavier(m):
    if not isinstance(m, nn.Linear):
        return
    n_out, n_in = m.weight.shape
    a = (6 / (n_in + n_out)) ** 0.5
    with torch.no_grad():
        m.weight.copy_(torch.rand(n_out, n_in) * 2 * a - a)


# %% right: row by row
def init_xavier(m):
    if isinstance(m, nn.Linear):
        a = (6.0 / sum(m.weight.shape)) ** 0.5
        for row in m.weight.data:
            row.uniform_(-a, a)


# %% right: numpy, in double precision
import numpy as np


def init_xavier(m):
    if isinstance(m, nn.Linear):
        limit = np.sqrt(6 / np.sum(m.weight.shape))
        numbers = np.random.uniform(-limit, limit, m.weight.shape)
        m.weight.data.copy_(torch.tensor(numbers))


# %% right: a size and a sign
def init_xavier(m):
    if isinstance(m, nn.Linear):
        size = torch.rand_like(m.weight) * (6 / (m.in_features + m.out_features)) ** 0.5
        sign = torch.randint(0, 2, m.weight.shape).mul(2).sub(1)
        with torch.no_grad():
            m.weight.zero_().addcmul_(size, sign.to(size))


# %% edge: the bias becomes 0
def init_xavier(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %% edge: convolutions as well
def init_xavier(m):
    if isinstance(m, (nn.Linear, nn.Conv2d, nn.Conv1d)):
        nn.init.xavier_uniform_(m.weight)


# %% edge: a new Parameter
def init_xavier(m):
    if isinstance(m, nn.Linear):
        m.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(m.out_features, m.in_features)))


# %% point: the normal rule
def init_xavier(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)


# %% point: with the gain of ReLU
def init_xavier(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight, gain=nn.init.calculate_gain("relu"))


# %% point: only the inputs count
def init_xavier(m):
    if isinstance(m, nn.Linear):
        a = math.sqrt(6 / m.in_features)
        nn.init.uniform_(m.weight, -a, a)


# %% point: never negative
def init_xavier(m):
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            m.weight.copy_(torch.rand_like(m.weight) * math.sqrt(6 / sum(m.weight.shape)))
