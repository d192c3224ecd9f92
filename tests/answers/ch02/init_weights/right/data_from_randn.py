def init_weights(m):
    if isinstance(m, nn.Linear):
        m.weight.data = torch.randn(m.weight.shape) * 0.01
