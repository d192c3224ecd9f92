class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.count = len(blocks)
        for i in range(self.count):
            setattr(self, f"{i}", blocks[i])

    def forward(self, X):
        for i in range(self.count):
            X = getattr(self, f"{i}")(X)
        return X
