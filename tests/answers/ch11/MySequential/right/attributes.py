class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.count = len(blocks)
        for i, block in enumerate(blocks):
            setattr(self, f"block{i}", block)

    def forward(self, X):
        out = X
        for i in range(self.count):
            out = getattr(self, f"block{i}")(out)
        return out
