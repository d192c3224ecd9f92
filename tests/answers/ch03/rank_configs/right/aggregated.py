def rank_configs(runs, by="test_acc"):
    groups = runs.groupby(CONFIG)[by]
    table = groups.agg(num_runs="size", mean="mean").reset_index()
    table["half_width"] = [mean_interval(values)[1] for _, values in groups]
    table = table.sort_values("mean", ascending=False).reset_index(drop=True)
    top, h = table["mean"].iloc[0], table["half_width"].iloc[0]
    squares = table["half_width"].pow(2) + h**2
    table["tied"] = (top - table["mean"]) <= squares.pow(0.5)
    return table
