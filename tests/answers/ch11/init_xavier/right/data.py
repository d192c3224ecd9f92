def init_xavier(m):
    if not isinstance(m, MyLinear):
        return
    bound = (6 / (m.weight.shape[0] + m.weight.shape[1])) ** 0.5
    m.weight.data = torch.empty_like(m.weight.data).uniform_(-bound, bound)
    m.bias.data.zero_()
