"""Opens the files of the hidden checks beside the package, and in the course.

In process: yes, they are files like others.
Here: no, neither place exists in the sandbox.
Shown by: canary checks
"""
import glob
import os

import grader

folders = [os.path.dirname(grader.__file__), "@COURSE@/grader", "@ROOT@/grader", "../../../grader"]
for folder in folders:
    for path in glob.glob(f"{folder}/hidden/**", recursive=True):
        if os.path.isfile(path):
            with open(path, errors="replace") as file:
                print(file.read())
