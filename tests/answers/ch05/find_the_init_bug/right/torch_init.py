def wrong_sizes():
    return 784, 10


def published_factor(n):
    std = 2 / (n + n)
    return n * std**2


def fixed_init(m):
    if type(m) is nn.Linear:
        nn.init.xavier_normal_(m.weight)
        m.bias.data.fill_(0)
