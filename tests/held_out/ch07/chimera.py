# %% right: as in the book
def chimera():
    return nn.Sequential(NestMLP(), nn.Linear(16, 20), FixedHiddenMLP())


# %% right: one's own Sequential
def chimera():
    lion, goat, snake = NestMLP(), nn.Linear(16, 20), FixedHiddenMLP(20)
    return MySequential(lion, goat, snake)


# %% right: a class
class Chimera(nn.Module):
    def __init__(self):
        super().__init__()
        self.snake = FixedHiddenMLP()
        self.goat = nn.Linear(16, 20)
        self.lion = NestMLP()

    def forward(self, X):
        return self.snake(self.goat(self.lion(X)))


def chimera():
    return Chimera()


# %% right: a nested row
def chimera():
    front = nn.Sequential(NestMLP(), nn.Linear(16, 20))
    return nn.Sequential(front, FixedHiddenMLP())


# %% edge: no bias
def chimera():
    return nn.Sequential(NestMLP(), nn.Linear(16, 20, bias=False), FixedHiddenMLP())


# %% edge: the same one at every call
_chimera = nn.Sequential(NestMLP(), nn.Linear(16, 20), FixedHiddenMLP())


def chimera():
    return _chimera


# %% point: without the goat's layer
def chimera():
    return nn.Sequential(NestMLP(), FixedHiddenMLP(16))
