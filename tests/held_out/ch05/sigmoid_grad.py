# %% right: s (1 - s)
def sigmoid_grad(x):
    s = torch.sigmoid(x)
    return s * (1 - s)


# %% right: both sides of 0
def sigmoid_grad(x):
    return torch.sigmoid(x) * torch.sigmoid(-x)


# %% right: exp of minus the absolute value
def sigmoid_grad(x):
    e = torch.exp(-x.abs())
    return e / (1 + e) ** 2


# %% right: from tanh
def sigmoid_grad(x):
    return 0.25 * (1 - torch.tanh(x / 2).pow(2))


# %% right: a helper with where, element by element
def _sigmoid(z):
    positive = 1 / (1 + torch.exp(-z.clamp(min=0)))
    e = torch.exp(z.clamp(max=0))
    return torch.where(z >= 0, positive, e / (1 + e))


def sigmoid_grad(x):
    out = _sigmoid(x)
    return out - out**2


# %% right: a float at a time
def sigmoid_grad(x):
    def one(v):
        e = math.exp(-abs(v))
        return e / (1 + e) ** 2

    values = [one(v) for v in x.flatten().tolist()]
    return torch.tensor(values, dtype=x.dtype, device=x.device).reshape(x.shape)


# %% edge: exp overflows on one side
def sigmoid_grad(x):
    return torch.exp(-x) / (1 + torch.exp(-x)) ** 2


# %% edge: only for vectors
def sigmoid_grad(x):
    out = torch.zeros(len(x))
    for i in range(len(x)):
        s = torch.sigmoid(x[i])
        out[i] = s * (1 - s)
    return out


# %% point: the derivative as if x were the output already
def sigmoid_grad(x):
    return x * (1 - x)


# %% point: the sigmoid itself
def sigmoid_grad(x):
    return 1 / (1 + torch.exp(-x))
