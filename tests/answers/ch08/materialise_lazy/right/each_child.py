def materialise_lazy(net, X, init):
    mode = net.training
    with torch.no_grad():
        net.eval()(X)
    for module in net.modules():
        module.training = mode
        init(module)
    return net
