def generalisation_gap(runs):
    gaps = [row["train_acc_eval"] - row["test_acc"] for _, row in runs.iterrows()]
    return pd.Series(gaps, index=runs.index)
