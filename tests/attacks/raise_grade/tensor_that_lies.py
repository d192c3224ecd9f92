"""Returns a tensor of the wrong shape and type whose `shape` and `dtype` say otherwise.

In process: yes, the test cell asks the tensor for its shape.
Here: no, shape and type are those of the bytes that arrive.
Shown by: points
Against: shape
Base: misshapen
"""
import torch


class Liar(torch.Tensor):
    shape = property(lambda self: self.wanted.shape)
    dtype = property(lambda self: self.wanted.dtype)

    def size(self, *args):
        return self.wanted.size(*args)


def double(X):
    liar = torch.zeros(1, dtype=torch.float64).as_subclass(Liar)
    liar.wanted = X
    return liar
