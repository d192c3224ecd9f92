import copy


def not_trained(net, X):
    twin = copy.deepcopy(net)
    twin.zero_grad(set_to_none=True)
    try:
        twin(X).sum().backward()
    except RuntimeError:
        pass
    return tuple(name for name, p in twin.named_parameters() if p.grad is None)


class MendedScaled(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        W = torch.randn(in_units, units) / in_units**0.5
        self.weight, self.bias = nn.Parameter(W), nn.Parameter(torch.zeros(units))
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, X):
        return F.linear(X, (self.scale * self.weight).T, self.bias)
