def variance_of_a_bit(p):
    return p * (1 - p)


def dropout_moments(h, p):
    scale = torch.pow(h / (1 - p), 2)
    return h.clone(), scale * variance_of_a_bit(p)
