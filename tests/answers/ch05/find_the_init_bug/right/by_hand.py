def wrong_sizes():
    return [100, 100]


def published_factor(n):
    return n**-1


def fixed_init(m):
    if isinstance(m, nn.Linear):
        with torch.no_grad():
            n_out, n_in = m.weight.shape
            m.weight.copy_(torch.randn(n_out, n_in) * math.sqrt(2 / (n_in + n_out)))
            m.bias.zero_()
