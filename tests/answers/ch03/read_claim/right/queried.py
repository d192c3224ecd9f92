def read_claim(table, lower, higher, by="train_loss"):
    import math

    def numbers(pair):
        a, b = pair
        return table.query("dropout1 == @a and dropout2 == @b")[by].tolist()

    one, two = numbers(lower), numbers(higher)
    if not one or not two:
        return "missing"
    if lower == higher:
        return "same"
    low, high = mean_interval(one), mean_interval(two)
    if not low[0] < high[0]:
        return "misread"
    return "supported" if high[0] - low[0] > math.hypot(low[1], high[1]) else "open"
