def materialise_lazy(net, X, init):
    training = net.training
    net.train(False)
    try:
        with torch.set_grad_enabled(False):
            net(X)
    finally:
        net.train(training)
    net.apply(init)
    return net
