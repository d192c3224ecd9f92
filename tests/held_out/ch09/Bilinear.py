# %% right: a matrix product and a sum
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units) / in_units)

    def forward(self, X):
        XW = torch.einsum("...i,ijk->...jk", X, self.weight)
        return (XW * X.unsqueeze(-1)).sum(-2)


# %% right: flattened pairs
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        weight = torch.empty(in_units, in_units, units)
        torch.nn.init.normal_(weight, mean=0.0, std=1.0 / in_units)
        self.weight = nn.Parameter(weight)

    def forward(self, X):
        pairs = torch.einsum("...i,...j->...ij", X, X).flatten(-2)
        return pairs @ self.weight.flatten(0, 1)


# %% right: only what is symmetric counts
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units).div(in_units))

    def forward(self, X):
        symmetric = (self.weight + self.weight.transpose(0, 1)) / 2
        return torch.einsum("ijk,...i,...j->...k", symmetric, X, X)


# %% edge: the axes of PyTorch's
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, in_units, in_units) / in_units)

    def forward(self, X):
        return torch.einsum("...i,kij,...j->...k", X, self.weight, X)


# %% edge: batches of rows only
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units) / in_units)

    def forward(self, X):
        return torch.einsum("bi,ijk,bj->bk", X, self.weight, X)


# %% edge: a standard normal start
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units))

    def forward(self, X):
        return torch.einsum("...i,ijk,...j->...k", X, self.weight, X)


# %% point: squares only
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units) / in_units)

    def forward(self, X):
        return (X**2) @ torch.diagonal(self.weight).T


# %% point: examples are mixed
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units) / in_units)

    def forward(self, X):
        total = X.sum(0)
        return torch.einsum("ni,ijk,j->nk", X, self.weight, total)


# %% point: nothing is trained
class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units) / in_units)

    def forward(self, X):
        W = torch.tensor(self.weight.tolist(), dtype=X.dtype)
        return torch.einsum("...i,ijk,...j->...k", X, W, X)
