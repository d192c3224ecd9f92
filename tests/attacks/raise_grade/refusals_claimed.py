"""Claims that impossible rates were refused, without looking at them.

In process: no, the check was fixed against this; before, all rates that were tried were impossible ones.
Here: no, possible rates are among them in an order of its own: to know which, one must look.
Shown by: nothing
Base: dropout_layer wrong/rate_not_checked
"""
from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    if "answers_to_rates" in source:
        return ["refused"] * len(inputs["rates"])
    return original(namespace, source, inputs)


probe.run = run
