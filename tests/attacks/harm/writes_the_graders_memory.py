"""Writes into the memory of the process that started it, through the kernel.

In process: yes, for a process of the same user.
Here: no, the call is refused.
Shown by: output wrote 8 bytes
"""
import ctypes
import os


class Span(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("length", ctypes.c_size_t)]


libc = ctypes.CDLL(None, use_errno=True)
environ = ctypes.c_void_p.in_dll(libc, "environ")
same = ctypes.create_string_buffer(ctypes.string_at(ctypes.addressof(environ), 8), 8)
for process in (os.getppid(), 1, 2):
    here, there = Span(ctypes.addressof(same), 8), Span(ctypes.addressof(environ), 8)
    if process > 1 or os.geteuid() == 65534:
        count = libc.process_vm_writev(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
        print("wrote", count, "bytes")
