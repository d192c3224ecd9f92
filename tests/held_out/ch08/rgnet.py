# %% right: as the book has it
def block1():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(),
                         nn.Linear(8, 4), nn.ReLU())

def block2():
    net = nn.Sequential()
    for i in range(4):
        # Nested here
        net.add_module(f'block {i}', block1())
    return net

def rgnet():
    return nn.Sequential(block2(), nn.Linear(4, 1))


# %% right: an OrderedDict
from collections import OrderedDict


def rgnet():
    small = lambda: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())
    row = nn.Sequential(OrderedDict((f"block {i}", small()) for i in range(4)))
    return nn.Sequential(row, nn.Linear(4, 1))


# %% right: classes that inherit from nn.Sequential
class SmallBlock(nn.Sequential):
    def __init__(self, width=4, hidden=8):
        super().__init__(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, width), nn.ReLU())


class Row(nn.Sequential):
    def __init__(self, blocks=4):
        super().__init__()
        for i in range(blocks):
            self.register_module("block " + str(i), SmallBlock())


def rgnet():
    net = nn.Sequential()
    net.append(Row())
    net.append(nn.Linear(4, 1))
    return net


# %% right: setattr, from the end to the start, one ReLU for all
RELU = nn.ReLU()


def rgnet():
    last = nn.Linear(4, 1)
    row = nn.Sequential()
    for number in range(4):
        block = nn.Sequential()
        for place, (n_in, n_out) in enumerate([(4, 8), (8, 4)]):
            block.append(nn.Linear(n_in, n_out))
            block.append(RELU)
        setattr(row, f"block {number}", block)
    return nn.Sequential(row, last)


# %% right: deep copies of one small block
import copy


def rgnet():
    block = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())
    row = nn.Sequential()
    for i in range(4):
        row.add_module(f"block {i}", copy.deepcopy(block))
    return nn.Sequential(row, nn.Linear(4, 1))


# %% edge: the row numbers its blocks itself
def rgnet():
    def small_block():
        return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())

    return nn.Sequential(nn.Sequential(*[small_block() for _ in range(4)]), nn.Linear(4, 1))


# %% edge: counted from 1
def rgnet():
    row = nn.Sequential()
    for i in range(1, 5):
        row.add_module(f"block {i}", nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU()))
    return nn.Sequential(row, nn.Linear(4, 1))


# %% point: the second ReLU is left out
def rgnet():
    row = nn.Sequential()
    for i in range(4):
        row.add_module(f"block {i}", nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4)))
    return nn.Sequential(row, nn.Linear(4, 1))


# %% point: one small block in four places
def rgnet():
    block = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())
    row = nn.Sequential()
    for i in range(4):
        row.add_module(f"block {i}", block)
    return nn.Sequential(row, nn.Linear(4, 1))


# %% point: no row, all in one Sequential
def rgnet():
    net = nn.Sequential()
    for i in range(4):
        net.add_module(f"linear {2 * i}", nn.Linear(4, 8))
        net.add_module(f"relu {2 * i}", nn.ReLU())
        net.add_module(f"linear {2 * i + 1}", nn.Linear(8, 4))
        net.add_module(f"relu {2 * i + 1}", nn.ReLU())
    net.add_module("last", nn.Linear(4, 1))
    return net


# %% edge: the same network at every call
_block = lambda: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())
_row = nn.Sequential()
for _i in range(4):
    _row.add_module(f"block {_i}", _block())
_net = nn.Sequential(_row, nn.Linear(4, 1))


def rgnet():
    return _net
