class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        W = torch.zeros(in_units, units).normal_(0, 1 / in_units**0.5)
        self.weight, self.bias = nn.Parameter(W), nn.Parameter(W.new_zeros(units))
        self.floor = 0.0 if relu else -torch.inf

    def forward(self, X):
        return (torch.einsum("...i,ij->...j", X, self.weight) + self.bias).clamp(min=self.floor)
