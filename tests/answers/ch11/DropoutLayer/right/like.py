class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.keep = 1 - dropout

    def forward(self, X):
        if not self.training or self.keep == 1:
            return X
        if self.keep == 0:
            return 0 * X
        return X * (torch.rand_like(X) < self.keep).to(X.dtype) / self.keep
