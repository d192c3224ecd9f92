"""Speaks to a service that listens at a path, as a database or docker does.

In process: yes, for whoever may write to the path.
Here: no, the path is not in the sandbox.
Shown by: listener path
"""
import socket

for path in ("@SOCKET@", "/var/run/docker.sock", "/run/dbus/system_bus_socket"):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect("@SOCKET@")
            sock.send(b"hello")
        except OSError as error:
            print(path, error)
