def init_constant(m):
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            m.weight.fill_(1)
            if m.bias is not None:
                m.bias.zero_()
