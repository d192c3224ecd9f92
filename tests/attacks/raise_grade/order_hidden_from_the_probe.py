"""Applies dropout through a name of its own, so that the probe does not see that it comes before ReLU.

In process: yes, the probe can note only what goes through names that it knows.
Here: no, no points hang on it: with ReLU the result is the same in either order.
Shown by: points
Base: Net wrong/dropout_before_relu
"""
import torch

before = Net


class Net(before):
    def forward(self, X):
        def unseen(X, dropout):
            keep = 1 - dropout
            return (torch.rand(X.shape) < keep) * X / keep if keep else 0 * X

        mine = globals()["dropout_layer"]
        globals()["dropout_layer"] = unseen
        try:
            return super().forward(X)
        finally:
            globals()["dropout_layer"] = mine
