# %% right: five returns in the order of the text
def read_claim(table, lower, higher, by="train_loss"):
    def values_at(pair):
        here = (table["dropout1"] == pair[0]) & (table["dropout2"] == pair[1])
        return table.loc[here, by]

    low, high = values_at(lower), values_at(higher)
    if low.empty or high.empty:
        return "missing"
    if lower == higher:
        return "same"
    (mean_low, h_low), (mean_high, h_high) = mean_interval(low), mean_interval(high)
    if mean_low >= mean_high:
        return "misread"
    if mean_high - mean_low <= (h_low**2 + h_high**2) ** 0.5:
        return "open"
    return "supported"


# %% right: a dictionary of groups
import math


def read_claim(table, lower, higher, by="train_loss"):
    groups = {pair: part[by] for pair, part in table.groupby(["dropout1", "dropout2"])}
    if lower not in groups or higher not in groups:
        return "missing"
    if tuple(lower) == tuple(higher):
        return "same"
    m1, h1 = mean_interval(groups[lower])
    m2, h2 = mean_interval(groups[higher])
    difference = m2 - m1
    if not difference > 0:
        return "misread"
    return "supported" if difference > math.hypot(h1, h2) else "open"


# %% right: lists and a plain loop
def read_claim(table, lower, higher, by="train_loss"):
    a = []
    b = []
    for d1, d2, value in zip(table["dropout1"], table["dropout2"], table[by]):
        if (d1, d2) == lower:
            a.append(value)
        if (d1, d2) == higher:
            b.append(value)
    if len(a) == 0 or len(b) == 0:
        word = "missing"
    elif lower == higher:
        word = "same"
    else:
        mean_a, half_a = mean_interval(a)
        mean_b, half_b = mean_interval(b)
        if not (mean_a < mean_b):
            word = "misread"
        elif (mean_b - mean_a) ** 2 <= half_a**2 + half_b**2:
            word = "open"
        else:
            word = "supported"
    return word


# %% right: query, and the words picked from a list
def read_claim(table, lower, higher, by="train_loss"):
    parts = [
        table.query("dropout1 == @p and dropout2 == @q")[by] for p, q in (lower, higher)
    ]
    if min(map(len, parts)) == 0:
        return "missing"
    if lower == higher:
        return "same"
    (m1, h1), (m2, h2) = map(mean_interval, parts)
    gap, need = m2 - m1, (h1 * h1 + h2 * h2) ** 0.5
    return ["misread", "open", "supported"][(gap > 0) + (gap > 0 and gap > need)]


# %% right: indexed by the pair
def read_claim(table: pd.DataFrame, lower: tuple, higher: tuple, by: str = "train_loss") -> str:
    by_pair = table.set_index(["dropout1", "dropout2"])[by].sort_index()
    try:
        a, b = by_pair.loc[[lower]], by_pair.loc[[higher]]
    except KeyError:
        return "missing"
    match lower == higher, mean_interval(a), mean_interval(b):
        case True, _, _:
            return "same"
        case _, (x, _), (y, _) if not x < y:
            return "misread"
        case _, (x, g), (y, h) if y - x <= (g**2 + h**2) ** 0.5:
            return "open"
    return "supported"


# %% edge: same is asked before missing
def read_claim(table, lower, higher, by="train_loss"):
    if lower == higher:
        return "same"
    parts = []
    for p, q in (lower, higher):
        part = table[(table["dropout1"] == p) & (table["dropout2"] == q)]
        if len(part) == 0:
            return "missing"
        parts.append(part[by])
    (m1, h1), (m2, h2) = (mean_interval(part) for part in parts)
    if m1 >= m2:
        return "misread"
    return "open" if m2 - m1 <= (h1**2 + h2**2) ** 0.5 else "supported"


# %% edge: equal means count as open
def read_claim(table, lower, higher, by="train_loss"):
    parts = []
    for p, q in (lower, higher):
        part = table[(table["dropout1"] == p) & (table["dropout2"] == q)]
        if len(part) == 0:
            return "missing"
        parts.append(part[by])
    if lower == higher:
        return "same"
    (m1, h1), (m2, h2) = (mean_interval(part) for part in parts)
    if m1 > m2:
        return "misread"
    return "open" if m2 - m1 <= (h1**2 + h2**2) ** 0.5 else "supported"


# %% point: whatever is lower is supported
def read_claim(table, lower, higher, by="train_loss"):
    means = table.groupby(["dropout1", "dropout2"])[by].mean()
    if lower not in means.index or higher not in means.index:
        return "missing"
    if lower == higher:
        return "same"
    if means[lower] >= means[higher]:
        return "misread"
    return "supported"


# %% point: open where the intervals overlap
def read_claim(table, lower, higher, by="train_loss"):
    parts = []
    for p, q in (lower, higher):
        part = table[(table["dropout1"] == p) & (table["dropout2"] == q)]
        if len(part) == 0:
            return "missing"
        parts.append(part[by])
    if lower == higher:
        return "same"
    (m1, h1), (m2, h2) = (mean_interval(part) for part in parts)
    if m1 >= m2:
        return "misread"
    return "open" if m2 - m1 <= h1 + h2 else "supported"
