def init_xavier(m):
    if isinstance(m, nn.Linear):
        bound = (6 / sum(m.weight.shape)) ** 0.5
        m.weight.data = (2 * torch.rand(m.weight.shape) - 1) * bound
