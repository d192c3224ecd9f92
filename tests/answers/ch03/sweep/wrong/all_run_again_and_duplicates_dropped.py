# rejected by: resumes | says: a run was done twice
def sweep(configs, seeds, run, done=None):
    new = pd.DataFrame([run(config, seed) for config in configs for seed in seeds])
    if done is None:
        return new
    both = pd.concat([done, new], ignore_index=True)
    return both.drop_duplicates(subset=[*CONFIG, "seed"]).reset_index(drop=True)
