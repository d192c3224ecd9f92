"""Claims that the network was in train mode while it was trained.

In process: no, the network of this check has other gradients in eval mode.
Here: no, the parameters went where they go in eval mode, and the judge knows where they must go.
Shown by: nothing
Base: train_epoch wrong/train_mode_forgotten
"""
from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    answer = original(namespace, source, inputs)
    if "run_epoch" in source:
        answer[2] = [True] * len(answer[2])
    return answer


probe.run = run
