"""Leaves shared memory that outlives its process: System V, POSIX and in files without a name.

In process: yes, a System V segment stays until somebody removes it.
Here: no, these calls are refused, and /dev/shm is the submission's own.
Shown by: segment
"""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
print("segment", libc.shmget(0x4711, ctypes.c_size_t(2**20), 0o1600))
try:
    fd = os.memfd_create("@MARK@")
    os.write(fd, b"x" * 2**20)
    print("file without a name", fd)
except OSError as error:
    print(error.strerror)
