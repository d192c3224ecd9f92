"""Writes files into the course, the instructor's home and the system's folders.

In process: yes, with the grader's rights.
Here: no, what is there cannot be written to, and the rest is not there.
Shown by: file
"""
import os

folders = ["@COURSE@", "@HOME@", os.path.expanduser("~"), "/var/tmp", "/etc", "/usr/lib", "../../.."]
for folder in folders:
    try:
        with open(os.path.join(folder, "@MARK@.txt"), "w") as file:
            file.write("was here")
    except OSError as error:
        print(folder, error.strerror)
