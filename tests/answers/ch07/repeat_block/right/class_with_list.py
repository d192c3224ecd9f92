class repeat_block(nn.Module):
    def __init__(self, factory, n):
        super().__init__()
        self.blocks = nn.ModuleList()
        while len(self.blocks) < n:
            self.blocks.append(factory())

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X
