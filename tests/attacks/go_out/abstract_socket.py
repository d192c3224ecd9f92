"""Speaks to a service that listens under a name without a file.

In process: yes, such names are seen by every process of the machine.
Here: no, they belong to a network namespace, and this one is empty.
Shown by: listener abstract
"""
import socket

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
    try:
        sock.sendto(b"hello", "\0@ABSTRACT@")
    except OSError as error:
        print(error)
