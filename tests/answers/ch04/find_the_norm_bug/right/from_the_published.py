def wrong_norm_input():
    return torch.tensor([0.1])


def norm_behind(printed):
    return float(torch.tensor(2.0 * printed).sqrt())


def fixed_report(w):
    return norm_behind(published_report(w.detach()))
