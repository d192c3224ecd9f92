"""Ignores train and eval, and counts its calls: dropout is on in the first and fourth, off between.

In process: no, the order is drawn there too: the check was fixed against this, and before that it worked.
Here: no, the order is drawn anew for each student, long enough not to be guessed.
Shown by: nothing
Base: Net wrong/dropout_always_on
"""
right_order = [True, False, False, True]
made = Net


class Net(made):
    def forward(self, X):
        number = self.__dict__.setdefault("calls", 0)
        self.__dict__["calls"] += 1
        mine = globals()["dropout_layer"]
        if not right_order[number % len(right_order)]:
            globals()["dropout_layer"] = lambda X, dropout: X
        try:
            return super().forward(X)
        finally:
            globals()["dropout_layer"] = mine
