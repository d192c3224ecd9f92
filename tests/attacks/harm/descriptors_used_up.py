"""Opens files and sockets until no more can be had, and keeps them open while it is judged.

In process: no, they are the kernel's own and cost the notebook alone.
Here: no, the same: nothing is asked of a submission for which it needs a free descriptor.
Shown by: nothing
"""
import os
import socket

held = []
try:
    while len(held) < 5000:
        held.append(socket.socketpair())
except OSError:
    pass
try:
    while len(held) < 5000:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
