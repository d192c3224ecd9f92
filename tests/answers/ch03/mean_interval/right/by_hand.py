def mean_interval(values):
    values = [float(value) for value in values]
    n = len(values)
    mean = sum(values) / n
    if n < 2:
        return mean, float("inf")
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    return mean, T95[n - 1] * (variance / n) ** 0.5
