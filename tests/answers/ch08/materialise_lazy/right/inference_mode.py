@torch.no_grad()
def materialise_lazy(net, X, init):
    was = {m: m.training for m in net.modules()}
    net.eval()
    net(X[:1])
    for m, mode in was.items():
        m.training = mode
    net.apply(init)
    return net
