# %% right: as in the book, with another axis
class CenteredLayer(nn.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def forward(self, X):
        return X - X.mean()


class CenteredRows(nn.Module):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def forward(self, X):
        return X - X.mean(-1).unsqueeze(-1)


def two_batches():
    first = torch.arange(4.0)
    return torch.stack((first, first)), torch.stack((first, first + 8))


# %% right: layers made of functions
class CenteredLayer(nn.Module):
    def forward(self, inputs):
        return inputs.sub(inputs.mean())


class CenteredRows(nn.Module):
    def forward(self, inputs):
        *_, d = inputs.shape
        return inputs - inputs.sum(-1, True).div(d)


def two_batches():
    X = torch.zeros(5, 2)
    Y = torch.zeros(5, 2)
    Y[4] = 100.0
    return X, Y


# %% right: a mean by a product with ones
class CenteredLayer(nn.Module):
    def forward(self, X):
        flat = X.reshape(-1)
        return X - flat @ torch.ones_like(flat) / flat.numel()


class CenteredRows(nn.Module):
    def forward(self, X):
        ones = X.new_ones(X.shape[-1], 1)
        return X - X @ ones / X.shape[-1]


def two_batches():
    A = torch.randn(2, 3)
    B = torch.stack([A[0], A[1] + 50])
    return A, B


# %% edge: rows along axis 1
class CenteredLayer(nn.Module):
    def forward(self, X):
        return X - X.mean()


class CenteredRows(nn.Module):
    def forward(self, X):
        return X - torch.mean(X, 1).unsqueeze(1)


def two_batches():
    return torch.zeros(2, 2), torch.tensor([[0.0, 0.0], [9.0, 9.0]])


# %% edge: writes into the input
class CenteredLayer(nn.Module):
    def forward(self, X):
        mean = X.mean()
        if X.is_leaf:
            return X.sub_(mean)
        return X - mean


class CenteredRows(nn.Module):
    def forward(self, X):
        return X - X.mean(dim=-1, keepdim=True)


def two_batches():
    return torch.zeros(2, 2), torch.tensor([[0.0, 0.0], [9.0, 9.0]])


# %% point: features are centred over the batch
class CenteredLayer(nn.Module):
    def forward(self, X):
        return X - X.mean()


class CenteredRows(nn.Module):
    def forward(self, X):
        return X - X.mean(dim=0, keepdim=True)


def two_batches():
    return torch.zeros(2, 2), torch.tensor([[0.0, 0.0], [9.0, 9.0]])


# %% point: the same batch twice
class CenteredLayer(nn.Module):
    def forward(self, X):
        return X - X.mean()


class CenteredRows(nn.Module):
    def forward(self, X):
        return X - X.mean(dim=-1, keepdim=True)


def two_batches():
    X = torch.rand(4, 3)
    return X, X


# %% point: the layers are functions
def CenteredLayer():
    return lambda X: X - X.mean()


def CenteredRows():
    return lambda X: X - X.mean(-1, keepdim=True)


def two_batches():
    return torch.zeros(2, 2), torch.tensor([[0.0, 0.0], [9.0, 9.0]])
