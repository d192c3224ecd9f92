"""Reads the strings that lie behind the C library's `environ`, also those that were unset.

In process: yes, this memory is the process's own.
Here: no, the process was started with the variables of the sandbox alone.
Shown by: canary environment
"""
import ctypes
import os

libc = ctypes.CDLL(None)
entries = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
first = ctypes.cast(entries, ctypes.POINTER(ctypes.c_void_p))[0]
readable, writable = os.pipe()
page = (first or 0) & ~4095
text = b""
for start in range(page - 2**15, page + 2**16, 4096):
    # The kernel says of each page whether it is there, where reading would end the process.
    if libc.write(writable, ctypes.c_void_p(start), ctypes.c_size_t(4096)) == 4096:
        text += os.read(readable, 4096)
number = 0
while entries[number]:
    text += entries[number]
    number += 1
print(text.replace(b"\0", b"\n").decode("utf-8", "replace"))
