def wrong_norm_input():
    return torch.full((200, 1), 1.0)


def norm_behind(printed):
    import math

    return math.sqrt(2 * printed)


def fixed_report(w):
    return torch.norm(w).item()
