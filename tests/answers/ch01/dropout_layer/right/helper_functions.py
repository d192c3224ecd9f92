def check_probability(p):
    assert p >= 0
    assert p <= 1


def random_mask(shape, keep_prob, dtype, device):
    return torch.bernoulli(torch.full(shape, keep_prob, device=device)).to(dtype)


def dropout_layer(h, p):
    check_probability(p)
    keep_prob = 1.0 - p
    if keep_prob == 0.0:
        return torch.zeros_like(h)
    return h * random_mask(h.shape, keep_prob, h.dtype, h.device) / keep_prob
