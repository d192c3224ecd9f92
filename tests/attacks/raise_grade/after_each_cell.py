"""Registers a hook that puts a rigged `check` into the namespace before each cell.

In process: yes, the name `check` in the test cell is the student's.
Here: no, nobody looks up `check` in the student's namespace.
Shown by: points
"""


def rig(*_):
    get_ipython().user_ns["check"] = lambda name: 4.0


get_ipython().events.register("pre_run_cell", rig)
get_ipython().events.register("post_run_cell", rig)
