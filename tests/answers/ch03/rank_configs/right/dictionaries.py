def rank_configs(runs, by="test_acc"):
    values = {}
    for row in runs.to_dict("records"):
        key = (row["num_hiddens"], row["dropout1"], row["dropout2"])
        values.setdefault(key, []).append(row[by])
    rows = []
    for key, numbers in values.items():
        mean, h = mean_interval(numbers)
        rows.append((*key, len(numbers), mean, h))
    rows.sort(key=lambda row: row[4], reverse=True)
    top = rows[0]
    rows = [(*row, top[4] - row[4] <= (top[5] ** 2 + row[5] ** 2) ** 0.5) for row in rows]
    return pd.DataFrame(rows, columns=[*CONFIG, "num_runs", "mean", "half_width", "tied"])
