def not_trained(net, X):
    old = {name: p.grad for name, p in net.named_parameters()}
    for p in net.parameters():
        p.grad = None
    out = net(X).sum()
    if out.requires_grad:
        out.backward()
    names = [name for name, p in net.named_parameters() if p.grad is None]
    for name, p in net.named_parameters():
        p.grad = old[name]
    return names


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias
