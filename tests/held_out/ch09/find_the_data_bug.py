# %% right: all at once
def not_trained(net, X):
    y = net(X).sum()
    if not y.requires_grad:
        return [name for name, _ in net.named_parameters()]
    free = {name: p for name, p in net.named_parameters() if p.requires_grad}
    grads = dict(zip(free, torch.autograd.grad(y, list(free.values()), allow_unused=True)))
    return [name for name, _ in net.named_parameters() if grads.get(name) is None]


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * torch.matmul(X, self.weight) + self.bias


# %% right: by hooks
def not_trained(net, X):
    reached, handles = set(), []
    for name, p in net.named_parameters():
        if p.requires_grad:
            handles.append(p.register_hook(lambda grad, name=name: reached.add(name)))
    old = [p.grad for p in net.parameters()]
    net.zero_grad(set_to_none=True)
    out = net(X).sum()
    if out.requires_grad:
        torch.autograd.backward(out)
    for p, grad in zip(net.parameters(), old):
        p.grad = grad
    for handle in handles:
        handle.remove()
    return [name for name, _ in net.named_parameters() if name not in reached]


class MendedScaled(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.bias = nn.Parameter(torch.zeros(units))
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)

    def forward(self, X):
        return X @ (self.weight * self.scale) + self.bias


# %% edge: old gradients count
def not_trained(net, X):
    out = net(X).sum()
    if out.requires_grad:
        out.backward()
    return [name for name, p in net.named_parameters() if p.grad is None]


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias


# %% edge: by hooks, and backward adds to the gradients that are put back
def not_trained(net, X):
    reached, handles = set(), []
    for name, p in net.named_parameters():
        if p.requires_grad:
            handles.append(p.register_hook(lambda grad, name=name: reached.add(name)))
    old = [p.grad for p in net.parameters()]
    out = net(X).sum()
    if out.requires_grad:
        torch.autograd.backward(out)
    for p, grad in zip(net.parameters(), old):
        p.grad = grad
    for handle in handles:
        handle.remove()
    return [name for name, _ in net.named_parameters() if name not in reached]


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias


# %% edge: old gradients are thrown away
def not_trained(net, X):
    net.zero_grad(set_to_none=True)
    try:
        net(X).sum().backward()
    except RuntimeError:
        pass
    names = [name for name, p in net.named_parameters() if p.grad is None]
    net.zero_grad(set_to_none=True)
    return names


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias


# %% edge: zeros are taken for nothing
def not_trained(net, X):
    out, names = net(X).sum(), []
    for name, p in net.named_parameters():
        g = None
        if out.requires_grad and p.requires_grad:
            g = torch.autograd.grad(out, p, allow_unused=True, retain_graph=True)[0]
        if g is None or g.abs().max() == 0:
            names.append(name)
    return names


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias


# %% point: looks at requires_grad
def not_trained(net, X):
    return [name for name, p in net.named_parameters() if not p.requires_grad]


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias


# %% point: fails where nothing is trained
def not_trained(net, X):
    net.zero_grad(set_to_none=True)
    net(X).sum().backward()
    return [name for name, p in net.named_parameters() if p.grad is None]


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias


# %% point: the scale is still a number
def not_trained(net, X):
    out, names = net(X).sum(), []
    for name, p in net.named_parameters():
        g = None
        if out.requires_grad and p.requires_grad:
            g = torch.autograd.grad(out, p, allow_unused=True, retain_graph=True)[0]
        if g is None:
            names.append(name)
    return names


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale.item() * (X @ self.weight) + self.bias


# %% point: outputs scaled as a whole
def not_trained(net, X):
    out, names = net(X).sum(), []
    for name, p in net.named_parameters():
        g = None
        if out.requires_grad and p.requires_grad:
            g = torch.autograd.grad(out, p, allow_unused=True, retain_graph=True)[0]
        if g is None:
            names.append(name)
    return names


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * F.linear(X, self.weight.T, self.bias)
