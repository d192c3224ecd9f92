def mean_interval(values):
    values = pd.Series(list(values), dtype=float)
    if len(values) == 1:
        return values[0], float("inf")
    return values.mean(), T95[len(values) - 1] * values.sem()
