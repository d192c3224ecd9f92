# %% right: as in the book
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


# %% right: one's own Sequential, layers from pairs
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for a, b in ((20, 64), (64, 32)):
            layers += [nn.Linear(a, b), nn.ReLU()]
        self.linear = nn.Linear(32, 16)
        self.net = MySequential(*layers)

    def forward(self, X):
        H = X
        for part in (self.net, self.linear):
            H = part(H)
        return H


# %% right: named parts
from collections import OrderedDict


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            OrderedDict(
                in_layer=nn.Linear(20, 64), a=nn.ReLU(), middle=nn.Linear(64, 32), b=nn.ReLU()
            )
        )
        self.linear = nn.Linear(in_features=32, out_features=16)

    def forward(self, inputs):
        return self.linear.forward(self.net.forward(inputs))


# %% right: appended, and the weights used by a function
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential()
        sizes = [20, 64, 32]
        for i in range(2):
            self.net.append(nn.Linear(sizes[i], sizes[i + 1]))
            self.net.append(nn.ReLU())
        self.linear = nn.Linear(sizes[-1], 16)

    def forward(self, X):
        return F.linear(self.net(X), self.linear.weight, self.linear.bias)


# %% point: one ReLU is missing
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32))
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


# %% edge: a layer too many, which is not used
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 16)
        )
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.net(X)
