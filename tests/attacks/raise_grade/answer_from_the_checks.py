"""Takes right parts that a visible check brings along for another exercise, as its own answer.

In process: yes, the source of a visible check can be read wherever the check runs.
Here: yes, as from any book: what students have to check themselves, they can read. Hidden checks and
the solutions are not among it.
Shown by: points
Base: Net open
"""
import inspect
import textwrap

import torch
from torch import nn
from torch.nn import functional as F

from grader.exercises import ch01_train_net

lines = inspect.getsource(ch01_train_net).splitlines()
start = next(number for number, line in enumerate(lines) if "class RightNet" in line)
end = next(n for n in range(start + 1, len(lines)) if lines[n][:8].strip() and lines[n].strip())
exec(textwrap.dedent("\n".join(lines[start:end])))
Net = RightNet
