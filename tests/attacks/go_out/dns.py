"""Sends what it knows as a name to be looked up, to a name server.

In process: yes, a question about a name leaves the machine where all else is closed.
Here: no, there is neither a name server nor a route to one.
Shown by: listener udp
"""
import socket

labels = (b"4", b"of", b"4", b"points", b"example", b"org")
name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
question = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0" + name + b"\0\x01\0\x01"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    try:
        sock.sendto(question, ("127.0.0.1", int("@UDP@")))
    except OSError as error:
        print(error)
