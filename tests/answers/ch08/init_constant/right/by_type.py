def init_constant(m):
    if type(m) == nn.Linear:
        nn.init.constant_(m.weight, 1)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
