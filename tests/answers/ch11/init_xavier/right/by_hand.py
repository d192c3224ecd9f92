def init_xavier(m):
    if type(m) is MyLinear:
        bound = (6 / sum(m.weight.shape)) ** 0.5
        with torch.no_grad():
            m.weight.uniform_(-bound, bound)
            m.bias.fill_(0)
