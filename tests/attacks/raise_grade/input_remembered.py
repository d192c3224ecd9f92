"""Looks for inputs and results in what earlier calls left, and answers from that store.

In process: no, the stock test cell calls once only; with fixed literals see `hard_coded`.
Here: no, each check draws its own inputs, and no call is ever told a right result.
Shown by: nothing
"""
import pickle

seen = []


def double(X):
    seen.append(X)
    with open("seen.pickle", "wb") as file:
        pickle.dump(seen, file)
    return seen[0] if seen[0].shape == X.shape else X
