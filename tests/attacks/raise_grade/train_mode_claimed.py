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
    if isinstance(answer, dict) and "modes" in answer:
        answer["modes"] = [True] * len(answer["modes"])
    return answer


probe.run = run
