def init_xavier(m):
    if isinstance(m, MyLinear):
        n_in, n_out = m.weight.shape
        U = 2 * torch.rand(n_in, n_out) - 1
        with torch.no_grad():
            m.weight.copy_(U * (6 / (n_in + n_out)) ** 0.5)
            m.bias.zero_()
