def read_claim(table, lower, higher, by="train_loss"):
    first, second = [], []
    for row in table.to_dict("records"):
        pair = (row["dropout1"], row["dropout2"])
        if pair == lower:
            first.append(row[by])
        if pair == higher:
            second.append(row[by])
    if min(len(first), len(second)) == 0:
        return "missing"
    (a, h), (b, k) = mean_interval(first), mean_interval(second)
    if lower == higher:
        return "same"
    if b <= a:
        return "misread"
    return ["open", "supported"][(b - a) ** 2 > h**2 + k**2]
