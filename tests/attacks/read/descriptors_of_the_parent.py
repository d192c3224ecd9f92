"""Opens the files of the parent process through /proc, and its root and working folder.

In process: yes, for a process of the same user.
Here: no, /proc is empty and the parent cannot be named.
Shown by: canary gradebook
"""
import glob
import os

for parent in {os.getppid(), int("@PID@"), 1}:
    print(glob.glob(f"/proc/{parent}/root/*")[:3], glob.glob(f"/proc/{parent}/cwd/*")[:3])
    for path in glob.glob(f"/proc/{parent}/fd/*"):
        try:
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    text = file.read(10**6)
                at = text.find(b"CANARY")
                print(path, text[max(at - 50, 0) : at + 200])
        except OSError:
            continue
