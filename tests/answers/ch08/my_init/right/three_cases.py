def my_init(m):
    if isinstance(m, nn.Linear):
        kind = torch.randint(0, 4, m.weight.shape)
        size = 5 + 5 * torch.rand(m.weight.shape)
        with torch.no_grad():
            m.weight.copy_(size * (kind == 0) - size * (kind == 1))
