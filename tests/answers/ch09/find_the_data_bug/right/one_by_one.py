def not_trained(net, X):
    missing = []
    for name, p in net.named_parameters():
        total = net(X).sum()
        if not (p.requires_grad and total.requires_grad):
            missing.append(name)
        elif torch.autograd.grad(total, p, allow_unused=True)[0] is None:
            missing.append(name)
    return missing


class MendedScaled(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, X):
        return torch.addcmul(self.bias, self.scale, torch.matmul(X, self.weight))
