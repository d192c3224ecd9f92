def wrong_norm_input():
    return torch.randn(5, 5) * 10


def norm_behind(printed):
    return 2**0.5 * printed**0.5


def fixed_report(w):
    return torch.linalg.norm(w.detach().flatten())
