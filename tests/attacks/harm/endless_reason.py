"""Makes the reason for its lost points forty million characters long.

In process: no, there an exception's text is cut as well.
Here: no, a reason is cut before it enters the notebook.
Shown by: nothing
"""


class Long(Exception):
    def __str__(self):
        return "\x1b[31mlong\n" * 4_000_000


Long.__name__ = Long.__qualname__ = "L" * 10_000_000


def double(X):
    raise Long


quiz_double = {1: "b" * 40_000_000, "2": "b" * 10_000_000}
