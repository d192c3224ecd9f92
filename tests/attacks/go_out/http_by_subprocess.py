"""Asks a web service through a process of its own.

In process: yes, what a process may do, its children may.
Here: no, children live in the same walls.
Shown by: listener tcp
"""
import subprocess
import sys

asks = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:@TCP@', timeout=2)"
subprocess.run([sys.executable, "-c", asks], capture_output=True)
