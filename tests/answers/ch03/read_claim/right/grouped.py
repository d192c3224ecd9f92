def read_claim(table, lower, higher, by="train_loss"):
    values = {pair: list(group[by]) for pair, group in table.groupby(["dropout1", "dropout2"])}
    first, second = tuple(lower), tuple(higher)
    if first not in values or second not in values:
        return "missing"
    if first == second:
        return "same"
    m1, h1 = mean_interval(values[first])
    m2, h2 = mean_interval(values[second])
    difference = m2 - m1
    if difference <= 0:
        return "misread"
    if difference > (h1 * h1 + h2 * h2) ** 0.5:
        return "supported"
    return "open"
