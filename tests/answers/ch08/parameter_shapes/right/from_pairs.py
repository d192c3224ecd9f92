def parameter_shapes(net):
    names, tensors = zip(*net.named_parameters())
    return dict(zip(names, (tuple(int(n) for n in t.shape) for t in tensors)))
