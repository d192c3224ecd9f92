def rank_configs(runs, by="test_acc"):
    rows = []
    for config in runs[CONFIG].drop_duplicates().itertuples(index=False):
        chosen = runs[(runs[CONFIG] == list(config)).all(axis=1)]
        mean, half_width = mean_interval(chosen[by])
        row = config._asdict()
        row.update(num_runs=len(chosen), mean=mean, half_width=half_width)
        rows.append(row)
    best = max(rows, key=lambda row: row["mean"])
    for row in rows:
        apart = (best["mean"] - row["mean"]) > (
            row["half_width"] ** 2 + best["half_width"] ** 2
        ) ** 0.5
        row["tied"] = not apart
    return pd.DataFrame(sorted(rows, key=lambda row: -row["mean"]))
