class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn((in_units, units)))
        self.bias = nn.Parameter(torch.randn(units))
        self.lowest = 0.0 if relu else float("-inf")

    def forward(self, X):
        return torch.addmm(self.bias, X, self.weight).clamp_min(self.lowest)
