"""Hands in a package called `grader` beside the notebook, whose `check` gives full marks.

In process: yes, a kernel looks for modules in the notebook's folder first.
Here: no, the judge runs elsewhere and imports nothing from a submission.
Shown by: points
Kind: notebook
"""


def alter(notebook):
    text = b"def check(name):\n    return 4.0\n\n\ndef chapter(number):\n    return check, check\n"
    return {"grader/__init__.py": text, "grader.py": text, "torchvision.py": text}
