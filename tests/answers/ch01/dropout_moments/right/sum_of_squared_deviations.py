def dropout_moments(h, p):
    values = [torch.zeros_like(h), h / (1 - p)]
    chances = [p, 1 - p]
    mean = sum(c * v for c, v in zip(chances, values))
    variance = sum(c * (v - mean) ** 2 for c, v in zip(chances, values))
    return [mean, variance]
