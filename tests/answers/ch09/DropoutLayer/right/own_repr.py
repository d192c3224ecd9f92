class DropoutLayer(nn.Module):
    def __init__(self, dropout):
        super(DropoutLayer, self).__init__()
        if dropout < 0 or dropout > 1 or dropout != dropout:
            raise ValueError("no probability")
        self.p = dropout

    def forward(self, X):
        if not self.training:
            return X.clone()
        dropped = torch.empty_like(X, dtype=torch.float32).uniform_() < self.p
        factor = 0.0 if self.p == 1.0 else 1 / (1 - self.p)
        return torch.where(dropped, torch.zeros_like(X), X * factor)

    def __repr__(self):
        return f"{type(self).__name__}(dropout={self.p})"
