"""Answers the probe of `Net` in its place: all parameters and all logits are 0, and fit each other.

In process: no, the check was fixed against this; before, what is right came from parameters in the answer.
Here: no, the judge draws the parameters, and what must come out of them is not known here.
Shown by: nothing
Base: Net wrong/forward_not_written
"""
import torch

from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    sizes = inputs.get("sizes")
    if sizes and "modes" not in inputs:
        return [[sizes[2], sizes[0]], [sizes[2]], [sizes[3], sizes[2]], [sizes[3]],
                [sizes[1], sizes[3]], [sizes[1]]]  # fmt: skip
    if "modes" not in inputs:
        return original(namespace, source, inputs)
    inputs_, outputs, first, second = sizes[0]
    shapes = [(first, inputs_), (first,), (second, first), (second,), (outputs, second), (outputs,)]
    zeros = [torch.zeros(shape) for shape in shapes]
    return {
        "size": 0,
        "parameters": zeros,
        "logits": [torch.zeros(len(X), outputs) for _ in inputs["modes"] for X in inputs["inputs"]],
        "grads": zeros,
        "flags": [],
        "lowest": [],
    }


probe.run = run
