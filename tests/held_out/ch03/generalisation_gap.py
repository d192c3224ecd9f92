# %% right: one column minus the other
def generalisation_gap(runs):
    return runs["train_acc_eval"] - runs["test_acc"]


# %% right: eval of an expression
def generalisation_gap(runs):
    return runs.eval("train_acc_eval - test_acc").rename("gap")


# %% right: numpy, and the index put back
import numpy as np


def generalisation_gap(runs):
    train = np.asarray(runs.train_acc_eval, dtype=np.float64)
    test = np.asarray(runs.test_acc, dtype=np.float64)
    return pd.Series(np.subtract(train, test), index=runs.index, name="generalisation_gap")


# %% right: row by row
def generalisation_gap(runs):
    def gap(row):
        return row["train_acc_eval"] - row["test_acc"]

    return runs.apply(gap, axis=1)


# %% right: a beginner's loop
def generalisation_gap(runs):
    gaps = []
    for i in range(len(runs)):
        a = runs["train_acc_eval"].iloc[i]
        b = runs["test_acc"].iloc[i]
        gaps.append(a - b)
    return pd.Series(gaps, index=runs.index)


# %% right: a copy with a new column
def generalisation_gap(runs):
    runs = runs.copy()
    runs["gap"] = runs["train_acc_eval"].sub(runs["test_acc"])
    return runs["gap"]


# %% edge: a new column in the caller's table
def generalisation_gap(runs):
    runs["gap"] = runs["train_acc_eval"] - runs["test_acc"]
    return runs["gap"]


# %% edge: the index counts from 0
def generalisation_gap(runs):
    return pd.Series([a - b for a, b in zip(runs["train_acc_eval"], runs["test_acc"])])


# %% point: the accuracy that the loop prints
def generalisation_gap(runs):
    return runs["train_acc"] - runs["test_acc"]


# %% point: the wrong way round
def generalisation_gap(runs):
    return runs["test_acc"] - runs["train_acc_eval"]
