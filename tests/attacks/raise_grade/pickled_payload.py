"""Returns an object that runs code where it is unpickled.

In process: no, nothing is unpickled there; graders that carry results by pickle fall to it.
Here: no, nothing is ever unpickled: the object is refused by name.
Shown by: nothing
"""
import os


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/@MARK@-pickle",)


def double(X):
    return {"value": Payload(), "more": [Payload()]}


total = Payload()
