"""Has the judge quote forty million characters, with control characters, as the reason for lost points.

In process: no, it is the student's own notebook that grows.
Here: no, a reason is cut, and what a terminal would obey is taken out.
Shown by: nothing
Base: dropout_layer wrong/rate_not_checked
"""
from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    if "answers_to_rates" in source:
        return ["\x1b[2Jlong\n" * 4_000_000] * len(inputs["rates"])
    return original(namespace, source, inputs)


probe.run = run
