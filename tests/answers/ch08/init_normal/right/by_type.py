def init_normal(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, std=0.01)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
