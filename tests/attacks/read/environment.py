"""Prints the environment variables of the grader.

In process: yes, a kernel inherits them.
Here: no, the sandbox has an environment of its own, written down in full.
Shown by: canary environment
"""
import os

print(dict(os.environ))
