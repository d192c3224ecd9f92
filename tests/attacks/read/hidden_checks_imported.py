"""Imports the hidden checks of chapter 1 and prints their source.

In process: yes, whoever can run the checks can import them.
Here: no, that package is not in the sandbox.
Shown by: output OtherInputs
"""
import importlib
import inspect

try:
    module = importlib.import_module("grader.hidden.ch01.dropout")
    print(inspect.getsource(module))
except ImportError as error:
    print(error)
