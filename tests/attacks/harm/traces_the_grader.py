"""Attaches to the process that started it as a debugger does.

In process: yes, where the kernel lets processes of one user trace each other.
Here: no, ptrace is refused, and there is no process to name.
Shown by: output traced
"""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
attach, detach = 16, 17
for process in (os.getppid(), int("@PID@") if os.geteuid() == 65534 else 0):
    if process and libc.ptrace(attach, process, None, None) == 0:
        os.waitpid(process, 0x40000000)
        print("traced", process)
        libc.ptrace(detach, process, None, None)
