# %% right: torch.max and a division
def accuracy(y_hat, y):
    _, predicted = torch.max(y_hat, 1)
    return (predicted == y).sum().item() / y.shape[0]


# %% right: the book's function, divided
def accuracy(y_hat, y):
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.type(y.dtype) == y
    return float(cmp.type(y.dtype).sum()) / len(y)


# %% right: numpy's mean
def accuracy(y_hat, y):
    return np.mean(y_hat.detach().cpu().numpy().argmax(axis=-1) == y.cpu().numpy())


import numpy as np


# %% right: an exact fraction
def accuracy(y_hat, y):
    hits = sum(int(row.argmax()) == int(label) for row, label in zip(y_hat, y))
    return Fraction(hits, len(y))


from fractions import Fraction


# %% right: topk, and a tensor comes back
def accuracy(y_hat, y):
    return y_hat.topk(1, dim=1).indices.flatten().eq(y).double().mean()


# %% point: in percent
def accuracy(y_hat, y):
    return 100 * (y_hat.argmax(1) == y).float().mean().item()


# %% point: the number of hits
def accuracy(y_hat, y):
    return (y_hat.argmax(dim=1) == y).sum().item()


# %% point: along the examples
def accuracy(y_hat, y):
    chosen = y_hat.argmax(dim=0)
    n = min(len(chosen), len(y))
    return (chosen[:n] == y[:n]).float().mean().item()


# %% point: compared with one-hot labels, ten to an example
def accuracy(y_hat, y):
    one_hot = nn.functional.one_hot(y, y_hat.shape[1])
    return ((y_hat > 0) == one_hot.bool()).float().mean().item()
