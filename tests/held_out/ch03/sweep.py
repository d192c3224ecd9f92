# %% right: a set of keys, and concat
def sweep(configs, seeds, run, done=None):
    keys = [*CONFIG, "seed"]
    known = set() if done is None else set(done[keys].itertuples(index=False, name=None))
    rows = []
    for config in configs:
        for seed in seeds:
            key = (*(config[name] for name in CONFIG), seed)
            if key not in known:
                rows.append(run(config, seed))
    parts = [] if done is None else [done]
    if rows:
        parts.append(pd.DataFrame(rows))
    return pd.concat(parts, ignore_index=True)


# %% right: the table as a list of dictionaries, seeds outside
import itertools


def sweep(configs, seeds, run, done=None):
    records = [] if done is None else done.to_dict("records")
    for seed, config in itertools.product(seeds, configs):
        if not any(
            r["seed"] == seed and all(r[name] == config[name] for name in CONFIG) for r in records
        ):
            records.append(dict(run(config, seed)))
    return pd.DataFrame(records)


# %% right: an anti-join of the plan with what is done
def sweep(configs, seeds, run, done=None):
    plan = pd.DataFrame(configs)[CONFIG].merge(pd.DataFrame({"seed": seeds}), how="cross")
    if done is not None:
        finished = done[[*CONFIG, "seed"]].drop_duplicates()
        plan = plan.merge(finished, how="left", on=[*CONFIG, "seed"], indicator=True)
        plan = plan[plan["_merge"] == "left_only"].drop(columns="_merge")
    new = [
        run({"num_hiddens": int(h), "dropout1": float(p), "dropout2": float(q)}, int(s))
        for h, p, q, s in zip(plan["num_hiddens"], plan["dropout1"], plan["dropout2"], plan["seed"])
    ]
    if done is None:
        return pd.DataFrame(new)
    if not new:
        return done.copy().reset_index(drop=True)
    return pd.concat([done, pd.DataFrame(new)]).reset_index(drop=True)


# %% right: a mask over the table for each run, one small table a run
def sweep(configs, seeds, run, done=None):
    table = pd.DataFrame() if done is None else done.copy()
    for config in configs:
        for seed in seeds:
            wanted = pd.Series({**{k: config[k] for k in CONFIG}, "seed": seed})
            if len(table) and (table[wanted.index] == wanted).all(axis=1).any():
                continue
            row = pd.DataFrame([run(dict(config), seed)])
            table = row if table.empty else pd.concat([table, row], ignore_index=True)
    table.index = range(len(table))
    return table


# %% right: strings as keys, columns built by hand
def sweep(configs, seeds, run, done=None):
    def name_of(row, seed):
        return f"{int(row['num_hiddens'])}-{float(row['dropout1'])}-{float(row['dropout2'])}-{int(seed)}"

    finished = {}
    if done is not None:
        for _, row in done.iterrows():
            finished[name_of(row, row["seed"])] = True
    new_records = []
    for i in range(len(configs)):
        for j in range(len(seeds)):
            if name_of(configs[i], seeds[j]) in finished:
                continue
            new_records.append(run(configs[i], seeds[j]))
    columns = {}
    for record in new_records:
        for key in record:
            columns.setdefault(key, []).append(record[key])
    new = pd.DataFrame(columns)
    if done is None:
        return new
    if len(new) == 0:
        return done.reset_index(drop=True)
    return pd.concat((done, new), axis=0, ignore_index=True)


# %% edge: the index starts again with the new rows
def sweep(configs, seeds, run, done=None):
    known = [] if done is None else done[[*CONFIG, "seed"]].values.tolist()
    rows = [
        run(config, seed)
        for config in configs
        for seed in seeds
        if [*[config[name] for name in CONFIG], seed] not in known
    ]
    new = pd.DataFrame(rows)
    return new if done is None else pd.concat([done, new])


# %% edge: the rows are added to the caller's table
def sweep(configs, seeds, run, done=None):
    rows = []
    for config in configs:
        for seed in seeds:
            if done is not None:
                same = (
                    (done["num_hiddens"] == config["num_hiddens"])
                    & (done["dropout1"] == config["dropout1"])
                    & (done["dropout2"] == config["dropout2"])
                    & (done["seed"] == seed)
                )
                if same.any():
                    continue
            record = run(config, seed)
            if done is None:
                rows.append(record)
            else:
                done.loc[len(done)] = record
    return pd.DataFrame(rows) if done is None else done


# %% point: a configuration with any seed counts as done
def sweep(configs, seeds, run, done=None):
    known = set() if done is None else set(done[CONFIG].itertuples(index=False, name=None))
    rows = [
        run(config, seed)
        for config in configs
        if tuple(config[name] for name in CONFIG) not in known
        for seed in seeds
    ]
    new = pd.DataFrame(rows)
    return new if done is None else pd.concat([done, new], ignore_index=True)


# %% point: everything is run again, and duplicates are dropped afterwards
def sweep(configs, seeds, run, done=None):
    new = pd.DataFrame([run(config, seed) for config in configs for seed in seeds])
    if done is None:
        return new
    both = pd.concat([done, new], ignore_index=True)
    return both.drop_duplicates(subset=[*CONFIG, "seed"]).reset_index(drop=True)
