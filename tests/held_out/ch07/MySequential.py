# %% right: as in the book, with names that are strings
class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        for idx, module in enumerate(args):
            self._modules[str(idx)] = module

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X


# %% right: inherits from ModuleList
class MySequential(nn.ModuleList):
    def __init__(self, *blocks):
        super().__init__(blocks)

    def forward(self, X):
        for block in self:
            X = block(X)
        return X


# %% right: functools.reduce over names
from functools import reduce


class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.num_blocks = len(blocks)
        for i, b in enumerate(blocks):
            setattr(self, str(i), b)

    def forward(self, X):
        names = map(str, range(self.num_blocks))
        return reduce(lambda H, name: getattr(self, name)(H), names, X)


# %% right: recursion
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i in range(len(blocks)):
            self.register_module("%d" % i, blocks[i])

    def forward(self, X, start=0):
        if start == len(self._modules):
            return X
        return self.forward(self._modules[str(start)](X), start + 1)


# %% right: inherits from ModuleDict
class MySequential(nn.ModuleDict):
    def __init__(self, *blocks):
        super().__init__({f"{i}": block for i, block in enumerate(blocks)})

    def forward(self, X):
        for name in self:
            X = self[name](X)
        return X


# %% edge: children, which leave out the second of two
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)

    def forward(self, X):
        for block in self.children():
            X = block(X)
        return X


# %% edge: names that begin with a word
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(f"block{i}", block)

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X


# %% point: the block itself as the name
class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        for block in args:
            self._modules[block] = block

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X


# %% point: a list
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X
