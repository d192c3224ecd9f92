"""Changes X in place, and gives the judge a copy of the X that it asked with.

In process: no, the check was fixed against this; before, it saw nothing but the X that it was shown.
Here: no, a second call is made with the same X, and what it gives must fit X as it was.
Shown by: nothing
Base: dropout_layer wrong/zeroed_in_place_at_one
"""
from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    if "two_calls" not in source:
        return original(namespace, source, inputs)
    before = inputs["X"].clone()
    second, after = original(namespace, source, inputs)
    if not second.any():  # X was zeros by then
        second = before / (1 - inputs["rates"][1])
    return [second, before]


probe.run = run
