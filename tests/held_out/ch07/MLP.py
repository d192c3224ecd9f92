# %% right: matrices of its own, in x out
class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(num_inputs, num_hiddens) / num_inputs**0.5)
        self.b1 = nn.Parameter(torch.zeros(num_hiddens))
        self.W2 = nn.Parameter(torch.randn(num_hiddens, num_outputs) / num_hiddens**0.5)
        self.b2 = nn.Parameter(torch.zeros(num_outputs))

    def forward(self, X):
        return torch.relu(X @ self.W1 + self.b1) @ self.W2 + self.b2


# %% right: inherits from Sequential
class MLP(nn.Sequential):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__(
            nn.Linear(num_inputs, num_hiddens), nn.ReLU(), nn.Linear(num_hiddens, num_outputs)
        )

    def forward(self, X):
        for layer in self:
            X = layer(X)
        return X


# %% right: output layer made first, clamp
class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super(MLP, self).__init__()
        self.out = nn.Linear(num_hiddens, num_outputs)
        self.hidden = nn.Linear(num_inputs, num_hiddens)

    def forward(self, X):
        return self.out(self.hidden(X).clamp(min=0))


# %% right: a ModuleDict and a walrus
class MLP(nn.Module):
    def __init__(self, num_inputs: int = 20, num_hiddens: int = 256, num_outputs: int = 10) -> None:
        super().__init__()
        sizes = [num_inputs, num_hiddens, num_outputs]
        self.layers = nn.ModuleDict(
            {f"fc{i}": nn.Linear(a, b) for i, (a, b) in enumerate(zip(sizes, sizes[1:]))}
        )

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        hidden = (H := self.layers["fc0"](X)) * (H > 0)
        return self.layers["fc1"](hidden)


# %% right: names that are computed
class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__()
        for name, shape in [("hidden", (num_inputs, num_hiddens)), ("out", (num_hiddens, num_outputs))]:
            self.add_module(name, nn.Linear(*shape))
        self.add_module("act", nn.ReLU(inplace=True))

    def forward(self, X):
        return self.get_submodule("out")(self.act(self.get_submodule("hidden")(X)))


# %% point: ReLU after the output
class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__()
        self.hidden = nn.Linear(num_inputs, num_hiddens)
        self.out = nn.Linear(num_hiddens, num_outputs)

    def forward(self, X):
        return F.relu(self.out(F.relu(self.hidden(X))))


# %% point: new layers at every call
class MLP(nn.Module):
    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        super().__init__()
        self.sizes = num_inputs, num_hiddens, num_outputs

    def forward(self, X):
        a, b, c = self.sizes
        return nn.Linear(b, c)(F.relu(nn.Linear(a, b)(X)))
