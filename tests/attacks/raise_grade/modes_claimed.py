"""Claims that the network was in eval mode while it was measured.

In process: yes, by a change to the code that answers.
Here: yes, and nothing can be done: what happens inside the student's process is known from it alone.
Shown by: points
Base: evaluate_accuracy wrong/eval_not_called
"""
from grader import probe

original = probe.run


def run(namespace, source, inputs):
    answer = original(namespace, source, inputs)
    if isinstance(answer, dict) and "modes" in answer:
        answer["modes"] = [False] * len(answer["modes"])
    return answer


probe.run = run
