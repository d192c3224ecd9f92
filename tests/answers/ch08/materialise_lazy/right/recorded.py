def materialise_lazy(net, X, init):
    mode = net.training
    net.eval()(X)
    return net.train(mode).apply(init)
