class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.first = blocks[0] if blocks else nn.Identity()
        self.rest = MySequential(*blocks[1:]) if len(blocks) > 1 else nn.Identity()

    def forward(self, X):
        return self.rest(self.first(X))
