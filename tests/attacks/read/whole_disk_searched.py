"""Walks over everything that can be seen, in search of gradebooks, secrets and notebooks.

In process: yes, the course is somewhere.
Here: no, what is mounted are system, interpreter, `lab`, and of `grader` no more than runs beside a student's code.
Shown by: canary gradebook
"""
import os

wanted = ("gradebook.db", ".grader_secret", ".netrc", "answers.txt", "notes.txt")
for top in ("@COURSE@", "/course", "/home", "/root", "/tmp", "/mnt", "/media", "/srv", "/var"):
    for folder, folders, files in os.walk(top):
        folders[:] = folders[:200]
        for name in files:
            if name in wanted:
                with open(os.path.join(folder, name), "rb") as file:
                    text = file.read(10**6)
                at = text.find(b"CANARY")
                print(folder, name, text[max(at - 50, 0) : at + 200])
