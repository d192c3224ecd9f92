class Bilinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_units, in_units, units))
        nn.init.normal_(self.weight, std=1 / in_units)

    def forward(self, X):
        return F.bilinear(X, X, self.weight.permute(2, 0, 1).contiguous())
