"""Reads the memory of the process that started it, through the kernel.

In process: yes, for a process of the same user.
Here: no, the call is refused, and there is no number to name the process by.
Shown by: output read 16 bytes
"""
import ctypes
import os


class Span(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]


libc = ctypes.CDLL(None, use_errno=True)
own = ctypes.create_string_buffer(16)
known = ctypes.cast(libc.getenv, ctypes.c_void_p)  # lies where it does in the parent
for process in (os.getppid(), int("@PID@"), 1):
    here = Span(ctypes.addressof(own), 16)
    there = Span(known.value, 16)
    count = libc.process_vm_readv(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    print("read", count, "bytes")
