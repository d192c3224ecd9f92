"""Starts a process of its own session that goes on after the notebook.

In process: yes, nobody ends it.
Here: no, all processes of a submission end with its first one.
Shown by: process
"""
import os
import subprocess
import sys

if os.fork() == 0:
    if os.fork() == 0:
        for free in (os.setsid, os.setpgrp):
            try:
                free()
            except OSError:
                continue
        nothing = subprocess.DEVNULL
        waits = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
        subprocess.Popen([sys.executable, "-c", waits, "@MARK@"], stdin=nothing, stdout=nothing, stderr=nothing)
    os._exit(0)
os.wait()
