def init_constant(m):
    if not isinstance(m, nn.Linear):
        return
    m.weight.data.fill_(1)
    if m.bias is not None:
        m.bias.data.fill_(0)
