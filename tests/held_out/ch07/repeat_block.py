# %% right: a Sequential of a list
def repeat_block(factory, n):
    return nn.Sequential(*[factory() for _ in range(n)])


# %% right: appended
def repeat_block(factory, n):
    net = nn.Sequential()
    while len(net) < n:
        net.append(factory())
    return net


# %% right: one's own Sequential, a generator
def repeat_block(factory, n):
    return MySequential(*(factory() for i in range(n)))


# %% right: a class
class Repeated(nn.Module):
    def __init__(self, factory, n):
        super().__init__()
        self.blocks = nn.ModuleList()
        for _ in range(n):
            self.blocks.append(factory())

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


repeat_block = Repeated


# %% right: inside one another
class Then(nn.Module):
    def __init__(self, first, rest):
        super().__init__()
        self.first, self.rest = first, rest

    def forward(self, X):
        return self.rest(self.first(X))


def repeat_block(factory, n):
    block = factory()
    return block if n == 1 else Then(block, repeat_block(factory, n - 1))


# %% point: copies of the first, which begin alike
import copy


def repeat_block(factory, n):
    block = factory()
    return nn.Sequential(*[copy.deepcopy(block) for _ in range(n)])


# %% point: one block n times
def repeat_block(factory, n):
    return nn.Sequential(*[factory()] * n)


# %% point: not registered
def repeat_block(factory, n):
    class Row(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = [factory() for _ in range(n)]

        def forward(self, X):
            for block in self.blocks:
                X = block(X)
            return X

    return Row()
