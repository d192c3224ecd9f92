"""Connects to a service on this machine.

In process: yes, loopback is one for all.
Here: no, a submission has a network namespace without any way out, loopback included.
Shown by: listener tcp
"""
import socket

try:
    with socket.create_connection(("127.0.0.1", int("@TCP@")), timeout=2) as service:
        service.sendall(b"GET / HTTP/1.0\r\n\r\n")
except OSError as error:
    print(error)
