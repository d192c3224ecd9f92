"""Sends the judge's inputs out while its function is called.

In process: yes, the call runs with the grader's network.
Here: no, the judged copy lives in the same walls.
Shown by: listener udp
"""
import socket


def double(X):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(str(X).encode(), ("127.0.0.1", int("@UDP@")))
        except OSError:
            pass
    return X
