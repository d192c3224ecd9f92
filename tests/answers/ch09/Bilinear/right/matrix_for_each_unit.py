class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.units = units
        self.weight = nn.Parameter(torch.normal(0.0, 1 / in_units, (in_units, in_units, units)))

    def forward(self, X):
        outputs = [((X @ self.weight[:, :, k]) * X).sum(-1) for k in range(self.units)]
        return torch.stack(outputs, dim=-1)
