def tie(net, first, second):
    layer = getattr(net, str(first))
    setattr(net, str(second), layer)
