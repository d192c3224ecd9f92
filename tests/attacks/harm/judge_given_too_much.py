"""Answers with the largest input that fits through the wire, for the judge to work on.

In process: no, the memory is the process's own.
Here: no, the judge looks at the size before it computes.
Shown by: nothing
Base: find_the_randn_bug wrong/input_of_zeros
"""
import torch


def wrong_input():
    return torch.ones(60 * 2**20, dtype=torch.uint8), 0.5
