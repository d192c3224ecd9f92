"""Returns an object that is equal to everything.

In process: yes, `assert double(3) == 6` asks the object.
Here: no, only plain data comes back; such an object is named and refused.
Shown by: points
Against: equality
"""


class Agreeable:
    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __le__ = __ge__ = __eq__
    __hash__ = None


def double(X):
    return Agreeable()
