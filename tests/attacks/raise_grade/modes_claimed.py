"""Claims that the network was in eval mode while it was measured.

In process: no, the check was fixed against this; before, it saw nothing but what was noted of modes.
Here: no, in train mode the network gets fewer examples right, and the judge knows how many it must be.
Shown by: nothing
Base: evaluate_accuracy wrong/eval_not_called
"""
from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    answer = original(namespace, source, inputs)
    if "run_evaluation" in source:
        answer[1] = [False] * len(answer[1])
    return answer


probe.run = run
