def sweep(configs, seeds, run, done=None):
    def is_done(config, seed):
        if done is None:
            return False
        same = done["seed"] == seed
        for name, value in config.items():
            same &= done[name] == value
        return same.any()

    records = [run(c, s) for c in configs for s in seeds if not is_done(c, s)]
    new = pd.DataFrame.from_records(records)
    return new if done is None else pd.concat([done, new], ignore_index=True)
