"""Looks for credentials in home folders.

In process: yes, the home folder is the instructor's.
Here: no, home is an empty folder in memory.
Shown by: canary home
"""
import glob
import os

for home in {os.path.expanduser("~"), "@HOME@", "/root", *glob.glob("/home/*")}:
    for name in (".netrc", ".ssh/id_rsa", ".bash_history", ".config/nbgrader"):
        try:
            with open(os.path.join(home, name)) as file:
                print(file.read())
        except OSError:
            continue
