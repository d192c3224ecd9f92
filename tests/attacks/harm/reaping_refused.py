"""Makes its own process hang whenever a judged copy is to be ended.

In process: no, there are no copies.
Here: no, a process that does not answer is replaced, and this cannot go on for ever.
Shown by: nothing
"""
import os
import time

os.waitpid = lambda *args: time.sleep(60)
