from functools import reduce


class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.in_order = list(blocks)
        for i, block in enumerate(blocks):
            self.register_module(str(i), block)

    def forward(self, X):
        return reduce(lambda H, name: self._modules[name](H), map(str, range(len(self.in_order))), X)
