# rejected by: in_each_other | says: block(X)
class MySequential(nn.Module):
    in_order = []

    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)
            self.in_order.append(block)

    def forward(self, X):
        for block in self.in_order:
            X = block(X)
        return X
