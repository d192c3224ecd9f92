def parameter_shapes(net):
    shapes = {}
    for name, p in net.named_parameters():
        shapes[name] = tuple(p.size())
    return shapes
