def mean_interval(values):
    import math
    import statistics

    values = list(values)
    half_width = math.inf
    if len(values) > 1:
        half_width = T95[len(values) - 1] * statistics.stdev(values) / math.sqrt(len(values))
    return [statistics.fmean(values), half_width]
