"""Sends a datagram to a service on this machine.

In process: yes, loopback is one for all.
Here: no, there is no route to anywhere.
Shown by: listener udp
"""
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    try:
        sock.sendto(b"the inputs of the checks", ("127.0.0.1", int("@UDP@")))
    except OSError as error:
        print(error)
