def wrong_sizes():
    return 1, 10_000


def published_factor(n):
    return n / n**2


def fixed_init(m):
    if isinstance(m, nn.Linear):
        std = xavier_std(m.in_features, m.out_features)
        m.weight = nn.Parameter(torch.normal(0.0, std, m.weight.shape))
        m.bias = nn.Parameter(torch.zeros(m.out_features))
