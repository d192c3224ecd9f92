"""Tries the kinds of sockets that a network namespace may not separate: vsock, netlink, packet, Bluetooth.

In process: no, what they reach depends on the machine; that they open is all that could be shown.
Here: no, only unix and internet sockets can be made.
Shown by: nothing
"""
import socket

for family in (16, 17, 29, 31, 38, 40, 44):
    try:
        with socket.socket(family, socket.SOCK_RAW if family in (16, 17) else socket.SOCK_STREAM):
            print("family", family, "is open")
    except OSError as error:
        print(family, error.strerror)
