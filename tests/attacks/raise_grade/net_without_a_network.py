"""Answers the probes of `Net` in its place: all parameters are there, and all logits are 0.

In process: no, the check was fixed against this; before, what is right came from parameters in the answer.
Here: no, the judge draws the parameters, and what must come out of them is not known here.
Shown by: nothing
Base: Net wrong/class_returned_in_place_of_logits
"""
import torch

from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    if "net_shapes" in source:
        n_in, n_out, first, second = inputs["arguments"]
        return [[first, n_in], [first], [second, first], [second], [n_out, second], [n_out]]
    if "run_net" not in source:
        return original(namespace, source, inputs)
    outputs = inputs["arguments"][0][1]
    return {
        "size": 0,
        "found": [True] * 6,
        "outputs": [torch.zeros(len(X), outputs) for _ in inputs["modes"] for X in inputs["inputs"]],
        "grads": [torch.zeros_like(value) for value in inputs["values"][0]],
        "flags": [],
        "lowest": [],
    }


probe.run = run
