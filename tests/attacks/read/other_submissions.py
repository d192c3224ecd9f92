"""Reads what others handed in, and what was graded before.

In process: yes, these lie beside the submission.
Here: no, a sandbox holds one submission.
Shown by: canary submissions
"""
import glob
import os

for course in ("@COURSE@", "../../..", "../..", ".."):
    for step in ("submitted", "autograded", "feedback"):
        for path in glob.glob(f"{course}/{step}/*/*/*.txt"):
            if os.path.isfile(path):
                with open(path) as file:
                    print(file.read())
