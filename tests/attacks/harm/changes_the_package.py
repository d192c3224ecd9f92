"""Overwrites files of the grader and of the interpreter, and installs a start-up hook.

In process: no, it would work, and is not shown so as not to harm this installation.
Here: no, these folders are mounted read-only.
Shown by: nothing
"""
import os
import site
import sys

import torch

import grader

hook = "import os; os.environ['@MARK@'] = '1'"
for path in (
    os.path.join(os.path.dirname(grader.__file__), "judge.py"),
    os.path.join(os.path.dirname(torch.__file__), "__init__.py"),
    os.path.join(site.getsitepackages()[0], "zzz.pth"),
    os.path.join(sys.prefix, "pyvenv.cfg"),
):
    assert path.startswith("/course/") or os.geteuid() == 65534, "only in the sandbox"
    try:
        with open(path, "a") as file:
            file.write(hook)
        print("changed", path)
    except OSError as error:
        print(error.strerror)
