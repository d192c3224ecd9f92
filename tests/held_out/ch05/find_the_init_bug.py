# %% right: short answers
def wrong_sizes():
    return 784, 256


def published_factor(n):
    return 1 / n


def fixed_init(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean=0, std=math.sqrt(2 / (m.in_features + m.out_features)))
        nn.init.zeros_(m.bias)


# %% right: PyTorch's own, and large sizes
def wrong_sizes():
    return (1000, 1000)


def published_factor(n):
    std = 2 / (n + n)
    return n * std**2


def fixed_init(m):
    if type(m) == nn.Linear:
        nn.init.xavier_normal_(m.weight)
        if m.bias is not None:
            nn.init.zeros_(m.bias)


# %% right: the smallest sizes are found by a search
def wrong_sizes():
    for n in range(1, 10_000):
        sigma = math.sqrt(2 / (n + n))
        if 2 / (n + n) <= sigma / 10.5:
            return n, n


def published_factor(n):
    return n ** (-1)


def fixed_init(m):
    if not isinstance(m, nn.Linear):
        return
    with torch.no_grad():
        m.weight.normal_(0, xavier_std(m.in_features, m.out_features))
        if m.bias is not None:
            m.bias.zero_()


# %% right: copies from randn, a list of two
def wrong_sizes():
    n_in, n_out = 199, 1
    return n_in, n_out + 50


def published_factor(n):
    published_std = 2 / (2 * n)
    xavier = xavier_std(n, n)
    return (published_std / xavier) ** 2


def fixed_init(m):
    if isinstance(m, nn.Linear):
        sigma = xavier_std(*m.weight.shape)
        m.weight.data = sigma * torch.randn_like(m.weight)
        if m.bias is not None:
            m.bias.data = torch.zeros_like(m.bias)


# %% right: in place on data, with fan computed from the weight
def wrong_sizes():
    return (512, 10)


def published_factor(n: int) -> float:
    return (n / (n * n)) * 1.0


def fixed_init(m: nn.Module) -> None:
    match m:
        case nn.Linear():
            fan_out, fan_in = m.weight.size()
            m.weight.data.normal_(mean=0.0, std=(2 / (fan_in + fan_out)) ** 0.5)
            m.bias.data.fill_(0.0) if m.bias is not None else None


# %% point: uniform weights of Xavier's variance
def wrong_sizes():
    return 784, 256


def published_factor(n):
    return 1 / n


def fixed_init(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


# %% edge: sizes a little too small
def wrong_sizes():
    return 64, 64


def published_factor(n):
    return 1 / n


def fixed_init(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)
        nn.init.zeros_(m.bias)


# %% point: He in place of Xavier
def wrong_sizes():
    return 784, 256


def published_factor(n):
    return 1 / n**0.5


def fixed_init(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=math.sqrt(2 / m.in_features))
        nn.init.zeros_(m.bias)


# %% point: the published function once more
def wrong_sizes():
    return 1, 1


def published_factor(n):
    return 1.0


def fixed_init(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean=0, std=2 / (m.in_features + m.out_features))
        nn.init.zeros_(m.bias)
