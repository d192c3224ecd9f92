class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units).mul_(1 / in_units))

    def forward(self, X):
        pairs = X.unsqueeze(-1) * X.unsqueeze(-2)
        return torch.tensordot(pairs, self.weight, dims=2)
