def sweep(configs, seeds, run, done=None):
    from itertools import product

    table = {}
    if done is not None:
        for row in done.to_dict("records"):
            table[row["num_hiddens"], row["dropout1"], row["dropout2"], row["seed"]] = row
    for config, seed in product(configs, seeds):
        key = (config["num_hiddens"], config["dropout1"], config["dropout2"], seed)
        if key not in table:
            table[key] = run(config, seed)
    return pd.DataFrame(list(table.values()))
