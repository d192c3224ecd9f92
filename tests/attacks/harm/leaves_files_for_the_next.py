"""Leaves files in home, /tmp and shared memory for the next submission to find.

In process: yes, these folders are one for all.
Here: no, they belong to one submission and vanish with it.
Shown by: file
"""
import os

for folder in (os.path.expanduser("~"), ".", "/tmp", "/dev/shm", "/var/tmp", "/dev", "/run"):
    try:
        with open(os.path.join(folder, "@MARK@-left"), "w") as file:
            file.write("for the next one")
    except OSError as error:
        print(folder, error.strerror)
