"""Claims that autograd recorded nothing while the network was measured.

In process: no, the network of this check has other weights while autograd records.
Here: no, what was counted then is another number than the judge's.
Shown by: nothing
Base: evaluate_accuracy wrong/gradients_recorded
"""
from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    answer = original(namespace, source, inputs)
    if "run_evaluation" in source:
        answer[1] = [False] * len(answer[1])
    return answer


probe.run = run
