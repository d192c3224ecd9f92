"""Fills every place that can be written to, with large files, many files and holes.

In process: no, not run: a plain process has no limit that would stop it.
Here: no, all that a submission writes lies in memory of a limited size.
Shown by: nothing
"""
import os

assert os.geteuid() == 65534, "only in the sandbox"
for folder in (".", "/tmp", "/dev/shm"):
    try:
        with open(f"{folder}/large", "wb") as file:
            for _ in range(200):
                file.write(bytes(2**22))
    except OSError as error:
        print(error.strerror)
    try:
        for number in range(30_000):
            open(f"{folder}/{number}", "w").close()
    except OSError as error:
        print(error.strerror)
