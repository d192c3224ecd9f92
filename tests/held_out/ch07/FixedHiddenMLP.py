# %% right: as in the book, with a buffer
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.register_buffer("rand_weight", torch.rand((num_inputs, num_inputs)))
        self.linear = nn.Linear(num_inputs, num_inputs)

    def forward(self, X):
        X = self.linear(X)
        X = F.relu(torch.mm(X, self.rand_weight) + 1)
        X = self.linear(X)
        while X.abs().sum() > 1:
            X = X / 2
        return X.sum()


# %% right: nn.Buffer and in-place halving
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.linear = nn.Linear(num_inputs, num_inputs)
        self.rand_weight = nn.Buffer(torch.rand(num_inputs, num_inputs))

    def forward(self, X):
        H = torch.addmm(torch.ones_like(self.rand_weight[0]), self.linear(X), self.rand_weight)
        Z = self.linear(torch.clamp_min(H, 0))
        while torch.sum(torch.abs(Z)) > 1:
            Z /= 2
        return Z.sum()


# %% right: the norm of the flat tensor
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.linear = nn.Linear(num_inputs, num_inputs)
        C = torch.empty(num_inputs, num_inputs)
        nn.init.uniform_(C)
        self.register_buffer("rand_weight", C)

    def forward(self, X):
        Z = self.linear((self.linear(X) @ self.rand_weight + 1).relu())
        while Z.flatten().norm(p=1).item() > 1.0:
            Z = 0.5 * Z
        return torch.einsum("ij->", Z)


# %% right: recursion instead of the loop
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.linear = nn.Linear(num_inputs, num_inputs)
        self.register_buffer("rand_weight", torch.empty(num_inputs, num_inputs).uniform_(0, 1))

    def _halve(self, Z):
        return Z if Z.abs().sum() <= 1 else self._halve(Z / 2)

    def forward(self, X):
        A = self.linear(X)
        H = F.relu(A.matmul(self.rand_weight).add(1))
        return self._halve(self.linear(H)).sum()


# %% right: counts the halvings first
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.linear = nn.Linear(num_inputs, num_inputs)
        self.register_buffer("rand_weight", torch.rand(num_inputs, num_inputs))

    def forward(self, X):
        Z = self.linear(F.relu(self.linear(X) @ self.rand_weight + 1))
        size, k = Z.detach().abs().sum(), 0
        while size / 2**k > 1:
            k += 1
        return (Z / 2**k).sum()


# %% point: a constant that is only an attribute
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.rand_weight = torch.rand((num_inputs, num_inputs), requires_grad=False)
        self.linear = nn.Linear(num_inputs, num_inputs)

    def forward(self, X):
        X = self.linear(X)
        X = F.relu(torch.mm(X, self.rand_weight) + 1)
        X = self.linear(X)
        while X.abs().sum() > 1:
            X /= 2
        return X.sum()


# %% edge: a normal constant
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.register_buffer("rand_weight", torch.randn(num_inputs, num_inputs))
        self.linear = nn.Linear(num_inputs, num_inputs)

    def forward(self, X):
        X = self.linear(X)
        X = F.relu(torch.mm(X, self.rand_weight) + 1)
        X = self.linear(X)
        while X.abs().sum() > 1:
            X = X / 2
        return X.sum()


# %% point: two linear layers
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.register_buffer("rand_weight", torch.rand(num_inputs, num_inputs))
        self.linear = nn.Linear(num_inputs, num_inputs)
        self.linear2 = nn.Linear(num_inputs, num_inputs)

    def forward(self, X):
        X = F.relu(torch.mm(self.linear(X), self.rand_weight) + 1)
        X = self.linear2(X)
        while X.abs().sum() > 1:
            X = X / 2
        return X.sum()


# %% point: halved once
class FixedHiddenMLP(nn.Module):
    def __init__(self, num_inputs=20):
        super().__init__()
        self.register_buffer("rand_weight", torch.rand(num_inputs, num_inputs))
        self.linear = nn.Linear(num_inputs, num_inputs)

    def forward(self, X):
        X = F.relu(torch.mm(self.linear(X), self.rand_weight) + 1)
        X = self.linear(X)
        if X.abs().sum() > 1:
            X = X / 2
        return X.sum()
