def init_normal(m):
    if not isinstance(m, nn.Linear):
        return
    m.weight.data.normal_(0, 0.01)
    if m.bias is not None:
        m.bias.data.fill_(0)
