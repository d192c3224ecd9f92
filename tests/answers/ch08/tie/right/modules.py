def tie(net, first, second):
    net._modules[str(second)] = net._modules[str(first)]
    return net
