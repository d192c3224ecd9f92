def init_normal(m):
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            m.weight.normal_(0, 0.01)
            if m.bias is not None:
                m.bias.zero_()
