"""Reads the instructor's notebooks, by relative and by absolute path.

In process: yes, stock nbgrader runs a kernel in a folder of the course.
Here: no, the course is not in the sandbox.
Shown by: canary solutions
"""
import glob

for course in ("@COURSE@", "../../..", "../.."):
    for path in glob.glob(f"{course}/solutions/**/*", recursive=True):
        if "." in path.rpartition("/")[2]:
            with open(path) as file:
                print(file.read())
