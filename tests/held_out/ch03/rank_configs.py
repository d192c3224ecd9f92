# %% right: a loop over groups, then sorted
def rank_configs(runs, by="test_acc"):
    rows = []
    for key, group in runs.groupby(CONFIG):
        mean, half_width = mean_interval(group[by])
        rows.append([*key, len(group), mean, half_width])
    table = pd.DataFrame(rows, columns=[*CONFIG, "num_runs", "mean", "half_width"])
    table = table.sort_values("mean", ascending=False).reset_index(drop=True)
    best = table.iloc[0]
    table["tied"] = [
        bool(best["mean"] - m <= (best["half_width"] ** 2 + h**2) ** 0.5)
        for m, h in zip(table["mean"], table["half_width"])
    ]
    return table


# %% right: named aggregation
import numpy as np


def rank_configs(runs, by="test_acc"):
    table = (
        runs.groupby(CONFIG, as_index=False)
        .agg(
            num_runs=(by, "size"),
            mean=(by, "mean"),
            half_width=(by, lambda s: mean_interval(s)[1]),
        )
        .sort_values(by="mean", ascending=False, ignore_index=True)
    )
    h = table["half_width"]
    table["tied"] = table["mean"].iloc[0] - table["mean"] <= np.hypot(h, h.iloc[0])
    return table


# %% right: no pandas until the end
def rank_configs(runs, by="test_acc"):
    results = {}
    for row in runs.to_dict("records"):
        key = (row["num_hiddens"], row["dropout1"], row["dropout2"])
        if key not in results:
            results[key] = []
        results[key].append(row[by])

    ranking = []
    for (h, p1, p2), values in results.items():
        mean, half = mean_interval(values)
        ranking.append(
            {
                "num_hiddens": h,
                "dropout1": p1,
                "dropout2": p2,
                "num_runs": len(values),
                "mean": mean,
                "half_width": half,
            }
        )
    ranking.sort(key=lambda r: -r["mean"])
    first = ranking[0]
    for r in ranking:
        allowed = (first["half_width"] ** 2 + r["half_width"] ** 2) ** 0.5
        r["tied"] = first["mean"] - r["mean"] <= allowed
    return pd.DataFrame(ranking)


# %% right: apply that gives a Series, tied by assign
def rank_configs(runs: pd.DataFrame, by: str = "test_acc") -> pd.DataFrame:
    def summary(values: pd.Series) -> pd.Series:
        mean, half = mean_interval(values.tolist())
        return pd.Series({"num_runs": len(values), "mean": mean, "half_width": half})

    table = runs.groupby(CONFIG)[by].apply(summary).unstack().reset_index()
    table["num_runs"] = table["num_runs"].astype(int)
    table = table.loc[table["mean"].argsort()[::-1]].reset_index(drop=True)
    return table.assign(
        tied=lambda t: (
            (t["mean"].max() - t["mean"]) ** 2 <= t["half_width"] ** 2 + t["half_width"].iat[0] ** 2
        )
    )


# %% right: the configurations first, then a query for each
def rank_configs(runs, by="test_acc"):
    configs = runs[CONFIG].drop_duplicates()
    out = configs.copy()
    counts, means, halves = [], [], []
    for _, config in configs.iterrows():
        mask = (runs[CONFIG] == config).all(axis=1)
        m, h = mean_interval(runs.loc[mask, by])
        counts.append(int(mask.sum()))
        means.append(m)
        halves.append(h)
    out["num_runs"], out["mean"], out["half_width"] = counts, means, halves
    best = max(range(len(means)), key=means.__getitem__)
    out["tied"] = [
        means[best] - m <= (halves[best] ** 2 + h**2) ** 0.5 for m, h in zip(means, halves)
    ]
    return out.nlargest(len(out), "mean").reset_index(drop=True)


# %% edge: the index is still that before sorting
def rank_configs(runs, by="test_acc"):
    rows = []
    for (h, p, q), group in runs.groupby(CONFIG):
        mean, half = mean_interval(group[by])
        rows.append((h, p, q, len(group), mean, half))
    table = pd.DataFrame(rows, columns=[*CONFIG, "num_runs", "mean", "half_width"])
    table = table.sort_values("mean", ascending=False)
    m, h = table["mean"].iloc[0], table["half_width"].iloc[0]
    table["tied"] = m - table["mean"] <= (table["half_width"] ** 2 + h**2) ** 0.5
    return table


# %% edge: by is forgotten
def rank_configs(runs, by="test_acc"):
    rows = []
    for (h, p, q), group in runs.groupby(CONFIG):
        mean, half = mean_interval(group["test_acc"])
        rows.append((h, p, q, len(group), mean, half))
    table = pd.DataFrame(rows, columns=[*CONFIG, "num_runs", "mean", "half_width"])
    table = table.sort_values("mean", ascending=False).reset_index(drop=True)
    m, h = table["mean"].iloc[0], table["half_width"].iloc[0]
    table["tied"] = m - table["mean"] <= (table["half_width"] ** 2 + h**2) ** 0.5
    return table


# %% point: tied where the intervals overlap
def rank_configs(runs, by="test_acc"):
    rows = []
    for (h, p, q), group in runs.groupby(CONFIG):
        mean, half = mean_interval(group[by])
        rows.append((h, p, q, len(group), mean, half))
    table = pd.DataFrame(rows, columns=[*CONFIG, "num_runs", "mean", "half_width"])
    table = table.sort_values("mean", ascending=False).reset_index(drop=True)
    best = table.iloc[0]
    table["tied"] = table["mean"] + table["half_width"] >= best["mean"] - best["half_width"]
    return table


# %% point: the width is left out of the groups
def rank_configs(runs, by="test_acc"):
    g = runs.groupby(["dropout1", "dropout2"])
    table = g.agg(
        num_hiddens=("num_hiddens", "first"),
        num_runs=(by, "count"),
        mean=(by, "mean"),
        half_width=(by, lambda v: mean_interval(v)[1]),
    ).reset_index()
    table = table[[*CONFIG, "num_runs", "mean", "half_width"]]
    table = table.sort_values("mean", ascending=False).reset_index(drop=True)
    m, h = table["mean"].iloc[0], table["half_width"].iloc[0]
    table["tied"] = m - table["mean"] <= (table["half_width"] ** 2 + h**2) ** 0.5
    return table
