def sweep(configs, seeds, run, done=None):
    result = pd.DataFrame() if done is None else done.copy()
    for config in configs:
        for seed in seeds:
            if len(result) > 0:
                wanted = pd.Series({**config, "seed": seed})
                if (result[list(wanted.index)] == wanted).all(axis=1).any():
                    continue
            row = pd.DataFrame([run(config, seed)])
            result = row if len(result) == 0 else pd.concat([result, row])
    return result.reset_index(drop=True)
