# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   dropout_lab:
#     title: Saving and loading
#     minutes: 140
#     points: 50
# ---

# %% [markdown]
# # Saving and loading
#
# A trained network is a few million numbers in the memory of one process. When the process ends,
# they are gone: after the last cell, when the power fails, when the cluster takes its machine back.
# To keep them takes one line. To keep them *well* takes a chapter. Which numbers does a run need to
# go on as if it had never stopped? What is in the file of somebody else, and what does it do to you
# when you open it? And what is left when the machine stops in the middle of writing?
#
# **You will be able to**
#
# - save and load tensors, lists and dictionaries of them, with and without a GPU
# - say why the weights are saved and not the network, and put them into a fresh one
# - tell a file of weights from a program, without running it
# - reuse the layers that fit, and say which do not
# - write a file so that a crash leaves the old one or the new one, and never half
# - stop a training run and resume it, number for number.
#
# **Time**: about 140 minutes. **Points**: 50. You need networks, buffers and `state_dict()` from
# chapters 7 and 8; nothing of their code is used.

# %%
import atexit
import copy
import os
import pickle
import pickletools
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from grader import chapter
from lab import fashion_mnist, show_figure

check, hint = chapter(10)  # after a restart, run this cell again
folder = Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, folder, ignore_errors=True)
print(
    f"PyTorch {torch.__version__}; the files of this chapter go to a folder that is removed later"
)

# %% [markdown]
# ## Tensors
#
# `torch.save(value, path)` writes a tensor, or a list or a dictionary with tensors in it, and
# `torch.load(path)` gives it back. The book begins with that, and so do you. Two things are worth
# knowing from the start:
#
# - **A view brings its whole memory.** A row of a table is a *view*: it has no numbers of its own,
#   it looks into those of the table. What `torch.save` writes is the memory behind a tensor, all of
#   it. That keeps two tensors that share memory together. It also makes a file of 400 kB out of a
#   row of ten numbers.
# - **A tensor remembers where it was.** A tensor from a GPU is loaded to the same GPU, and where there
#   is none, `torch.load` fails. `map_location` says where tensors should go instead.

# %% tags=["demo"]
table = torch.rand(10_000, 10)
for name, value in (("the table", table), ("a row", table[3]), ("a row's clone", table[3].clone())):
    torch.save(value, folder / "size.pt")
    print(f"{name:14} {value.numel():7,} numbers {os.path.getsize(folder / 'size.pt'):8,} bytes")

# %% [markdown]
# ### Exercise: `save_tensors` (3 points, easy, 6 minutes)
#
# Write `save_tensors(tensors, path)`.
#
# - `tensors`: a tensor, a list of tensors, or a dictionary from names to tensors, of any type and
#   shape. `path`: text or a `Path`.
# - Afterwards `torch.load(path)` gives the same: a tensor, a list, or a dictionary.
# - **The numbers of these tensors are in the file, and no others**: a row of a large table needs as
#   much as a row.
#
# Example: after `save_tensors([torch.ones(2), torch.zeros(3)], path)`, `torch.load(path)` is
# `[tensor([1., 1.]), tensor([0., 0., 0.])]`.


# %% exercise="save_tensors"
def save_tensors(tensors, path):
    """Write a tensor, or a list or dict of tensors, to a file that torch.load reads."""
    ### BEGIN SOLUTION
    if isinstance(tensors, dict):
        tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    elif isinstance(tensors, list):
        tensors = [tensor.clone() for tensor in tensors]
    else:
        tensors = tensors.clone()
    torch.save(tensors, path)
    ### END SOLUTION


# %% check="save_tensors"
check("save_tensors")

# %% [markdown] remarks="save_tensors"
# `clone()` gives each tensor a memory of its own size, and this memory is what `torch.save` writes.
# `contiguous()` looks like the same remedy and is none: a row of a table is contiguous already,
# nothing is copied, and the table is in the file. The price is that sharing is lost; two names for
# one tensor become two tensors. `copy.deepcopy` keeps sharing, and copies the whole memory behind a
# view. For a large checkpoint think twice before you clone, since for a moment all of it is there
# two times.

# %% [markdown]
# ### Exercise: `load_tensors` (4 points, easy, 6 minutes)
#
# Write `load_tensors(path, device="cpu")`.
#
# - `path`: a file that `torch.save` has written. Returns what was saved in it.
# - All tensors are on `device`, wherever they were when they were saved. A file from a machine with
#   a GPU can be read on one without.
# - A file that would run code is refused with an exception, and its code is not run. (In PyTorch 2.6
#   and later, `torch.load` does this by itself. There is an argument that switches it off.)
#
# Example: after `save_tensors(torch.ones(2), path)`, `load_tensors(path)` is `tensor([1., 1.])`, and
# `load_tensors(path, "meta").device` is `device(type='meta')`. (On the device "meta", tensors have
# shapes and no numbers. Without a GPU, it is a good place to try whether tensors go where they
# should.)


# %% exercise="load_tensors"
def load_tensors(path, device="cpu"):
    """What lies in a file of torch.save, with all tensors on `device`. No code in it is run."""
    ### BEGIN SOLUTION
    return torch.load(path, map_location=device, weights_only=True)
    ### END SOLUTION


# %% check="load_tensors"
check("load_tensors")

# %% [markdown] remarks="load_tensors"
# Both arguments are said aloud although one is the default of today, because a default is not the
# same in all versions and a habit should not hang on it. `map_location` acts while the file is
# read, so nothing is ever sent to a GPU that is not there; to load first and move afterwards fails
# on a laptop. For files larger than the memory, `mmap=True` reads pages as they are needed. A class
# of your own in a file can be allowed by name, with `torch.serialization.add_safe_globals`. Allow
# what you have written, and nothing that you have found.

# %% [markdown]
# ## What is in the file?
#
# The ending `.pt` says little. The file is a zip, and you can look into it with Python's own tools:

# %% tags=["demo"]
state = {"weight": torch.arange(6.0).reshape(2, 3), "bias": torch.zeros(2)}
torch.save(state, folder / "layer.pt")
with zipfile.ZipFile(folder / "layer.pt") as packed:
    for entry in packed.infolist():
        print(f"{entry.file_size:5} bytes  {entry.filename}")
    program = packed.read("layer/data.pkl")

# %% [markdown]
# The numbers lie in `data/0` and `data/1`, as plain bytes: 24 for six floats, 8 for two. How they
# belong together is in `data.pkl`, and that is a **pickle**, Python's own format for objects.
#
# A pickle is not a description. **It is a program**, for a small machine with a stack. Here are its
# first instructions. You need not follow each; look at the lines with `GLOBAL` and `REDUCE`:

# %% tags=["demo"]
for opcode, argument, place in list(pickletools.genops(program))[:40]:
    print(f"{place:4}  {opcode.name:12} {'' if argument is None else argument}")

# %% [markdown]
# `GLOBAL` imports a module and takes a function out of it by its name, **any module, any function**.
# `REDUCE` calls it. A file of weights needs a handful of names: `_rebuild_tensor_v2`, which makes a
# tensor, kinds of storage, `OrderedDict`. But nothing in the format says that it has to be these.
# A class can choose what its pickle calls:


# %%
class Greeter:
    """An object whose pickle calls a function when it is loaded. This one only prints."""

    def __reduce__(self):
        return print, ("Hello! I could have read your files just as well.",)


# %% tags=["demo"]
torch.save({"weight": torch.ones(3), "note": Greeter()}, folder / "greeter.pt")
with zipfile.ZipFile(folder / "greeter.pt") as packed:
    names = [
        argument
        for opcode, argument, _ in pickletools.genops(packed.read("greeter/data.pkl"))
        if opcode.name == "GLOBAL"
    ]
print("names in the file:", *names, sep="\n  ")
try:
    load_tensors(folder / "greeter.pt")
except pickle.UnpicklingError as error:
    told = [line.strip() for line in str(error).splitlines() if "GLOBAL" in line]
    print("\nload_tensors refuses it:", *told[:1])

# %% [markdown]
# `torch.load` with `weights_only=True` has its own small machine, which knows the harmless names and
# stops at any other. So the call is refused before it happens. Until PyTorch 2.6 this was not the
# default, and whoever opened a stranger's weights ran a stranger's program. Many published cells
# still say `weights_only=False`, most of them because a whole network was saved.
#
# ### Exercise: `is_safe_to_load` (6 points, hard, 20 minutes)
#
# Write `is_safe_to_load(path)`: `True` for a file that holds tensors and plain data alone, `False`
# for every other. **Nothing in the file is run to find out.** It never raises an exception.
#
# Two kinds of file are safe:
#
# 1. A **file of `torch.save`**: it begins with `b"PK\x03\x04"`, as a zip does, exactly one of its
#    entries ends with `/data.pkl`, and this pickle asks for no name but those in `PLAIN_NAMES`
#    (below, as `pickletools` writes them: module, space, name). A tensor may be *called* anything: a
#    key `"os.system"` in a dictionary is text, and no name that is asked for.
# 2. A file of **safetensors**, the format that was made so that there is nothing to be run:
#    `safe_open(path, "pt")` raises an exception for what is none.
#
# `GLOBAL` is not the only way to a name. The instructions in `OTHER_WAYS` lead there, too, and no
# file of `torch.save` has them. And a zip is read *from its end*: in front of it there may be
# anything, even a pickle, and `torch.load` looks at the beginning. When in doubt: `False`. That goes
# for damaged files, texts, bare pickles, and the old format of PyTorch before 1.6.
#
# Example: `is_safe_to_load(folder / "layer.pt")` is `True`, and of `greeter.pt` it is `False`.

# %%
PLAIN_NAMES = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    *(f"torch {kind}Storage" for kind in ("Float", "Double", "Half", "BFloat16", "Bool")),
    *(f"torch {kind}Storage" for kind in ("Long", "Int", "Short", "Char", "Byte")),
}
OTHER_WAYS = {"STACK_GLOBAL", "INST", "EXT1", "EXT2", "EXT4"}


# %% exercise="is_safe_to_load"
def is_safe_to_load(path):
    """Whether the file holds tensors and plain data alone. Nothing in it is run."""
    ### BEGIN SOLUTION
    try:
        with open(path, "rb") as file:
            start = file.read(4)
        if start != b"PK\x03\x04":
            with safe_open(path, "pt"):
                return True
        with zipfile.ZipFile(path) as packed:
            (name,) = [n for n in packed.namelist() if n.endswith("/data.pkl")]
            instructions = list(pickletools.genops(packed.read(name)))
    except Exception:
        return False
    names = {argument for opcode, argument, _ in instructions if opcode.name == "GLOBAL"}
    return names <= PLAIN_NAMES and OTHER_WAYS.isdisjoint(op.name for op, _, _ in instructions)
    ### END SOLUTION


# %% check="is_safe_to_load"
check("is_safe_to_load")

# %% [markdown] remarks="is_safe_to_load"
# The question is asked of the instructions, and `pickletools.genops` reads them without carrying
# out a single one. Whatever cannot be read is unsafe: the broad `except` is right here for once,
# because False is the careful answer. It errs in that direction, and refuses harmless files whose
# names are not on the list, such as arrays of NumPy. PyTorch has the list of suspicious names in
# `torch.serialization.get_unsafe_globals_in_checkpoint`. Size is a danger of its own, as a packed
# file may grow a thousandfold; the sum of `file_size` over `packed.infolist()` tells before you
# unpack.

# %% [markdown]
# Notice the direction of the question. Not "is one of the bad names in it?": there are thousands of
# functions that run something, and `pkgutil.resolve_name` finds any of them by a text. But "are all
# names in it known to be good?" A list of what is allowed can be complete. A list of what is
# forbidden never is.
#
# **safetensors** goes further and leaves the machine out altogether: a length, a JSON text with
# names, types, shapes and places, and then the numbers. There is nothing in it that could be called.
# It holds a dictionary of tensors and nothing else, no optimizer's lists, no epoch.

# %% tags=["demo"]
save_file(state, folder / "layer.safetensors")
data = (folder / "layer.safetensors").read_bytes()
length = int.from_bytes(data[:8], "little")
print(data[8 : 8 + length].decode().strip())
same = load_file(folder / "layer.safetensors")
print("the same tensors:", all(torch.equal(same[name], state[name]) for name in state))

# %% [markdown]
# ### Written answer: a file from a stranger (2 points, 6 minutes)
#
# A colleague finds a network on the web. `torch.load(path)` refuses the file; the page next to it says
# "load with `weights_only=False`", and it has ten thousand downloads. What could the reason for the
# refusal be, a harmless one and another? What do you advise, and what do you ask the authors for?
# Three or four sentences.

# %% [markdown] answer="file_from_a_stranger" points=2
# The harmless reason: the authors have saved the whole network, or something else than tensors (an
# object of numpy, of a configuration), so that the pickle asks for their classes. The other reason:
# the pickle calls something, and whoever loads it with `weights_only=False` runs that program with
# all of their own rights. Downloads say nothing of it: nobody has looked. Do not load it; look at the
# names in it with pickletools, without running it; ask for a state_dict or a file of safetensors,
# and for the code of the class, which one can read. If it must be opened, then in a machine that has
# nothing to lose, and saved anew as weights.
#
# *Marking: 1 point for both reasons (another class or object; code that runs with the user's
# rights); 1 point for advice that does not run it (ask for weights or safetensors; look without
# loading; isolate).*

# %% [markdown]
# ## Networks
#
# Now a network. You could save the object itself, `torch.save(net, path)`. Then the file holds the
# *name* of your class and everything that the object has, and it can only be loaded by running a
# pickle, with your code installed, under the same name, in the same module, in a version that still
# fits. Move the class to another file, and all your saved networks are gone.
#
# So what is saved is what cannot be written down in code: the `state_dict()`, parameters and buffers
# by their names. The architecture is code, and stays there.

# %%
torch.manual_seed(0)


def make_net():
    """A small network with everything that a state has: parameters, buffers, and dropout, which has none."""
    return nn.Sequential(
        nn.Linear(20, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10)
    )


net = make_net()
net(torch.randn(64, 20))  # batch normalisation notes its first mean
for name, tensor in net.state_dict().items():
    print(f"{name:22} {tuple(tensor.shape)}")

# %% [markdown]
# ### Exercise: `save_model` (3 points, easy, 4 minutes)
#
# Write `save_model(net, path)`.
#
# - The file holds all of `net.state_dict()` and nothing else.
# - `net` stays as it is, and in its mode.
#
# Example: after `save_model(net, path)`, `torch.load(path)` is a dictionary with 9 tensors.


# %% exercise="save_model"
def save_model(net, path):
    """Write the parameters and buffers of net to a file, by their names."""
    ### BEGIN SOLUTION
    torch.save(net.state_dict(), path)
    ### END SOLUTION


# %% check="save_model"
check("save_model")

# %% [markdown] remarks="save_model"
# A dictionary of tensors outlives the class that it came from: rename the class, move its module,
# update PyTorch, and it still loads. Saving the network as a whole pickles the *path* to its class,
# and breaks with all three. The file remembers devices; sending tensors to the CPU before saving is
# a courtesy to whoever has no GPU. Nothing in it says which architecture it was, so put the
# arguments of the constructor beside it, as numbers. And if half the size would do, `tensor.half()`
# on the way in rounds to three digits.

# %% [markdown]
# Loading takes a network that the numbers can go into. Somebody has to make it, and whoever makes it
# initialises it: `nn.Linear` draws random numbers as always. You read now and then that "no
# initialisation is needed" when weights are loaded. It happens all the same. It takes time and random
# numbers (the next `torch.rand` gives something else than without it), and it is what stays wherever
# the file has nothing to put in.
#
# ### Exercise: `load_model` (4 points, medium, 8 minutes)
#
# Write `load_model(make_net, path)`.
#
# - `make_net`: a function without arguments that gives a new network. `path`: a file of
#   `save_model`.
# - Returns a network from `make_net` with the parameters and buffers in the file, on the CPU, **ready
#   to predict: in eval mode**.
# - A file that lacks a parameter or a buffer is refused with an exception; so is one that would run
#   code. A file from a GPU is read without one.
#
# Example: with `clone = load_model(make_net, path)`, `clone(X)` is `net.eval()(X)`.


# %% exercise="load_model"
def load_model(make_net, path):
    """A network of make_net() with the parameters and buffers in a file, in eval mode."""
    ### BEGIN SOLUTION
    net = make_net()
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return net.eval()
    ### END SOLUTION


# %% check="load_model"
check("load_model")

# %% [markdown] remarks="load_model"
# Make, fill, switch: the network is the caller's business, the numbers are the file's, and eval
# mode is what predictions need. `strict=True` is the default of `load_state_dict`, and it is what
# refuses a file with a gap. What the method returns is a report and no network, so it cannot be
# chained. The random start is drawn for nothing; under `with torch.device("meta")` a network is
# made without numbers, and `load_state_dict(state, assign=True)` then gives it those of the file.
# For very large models that halves the memory.

# %% tags=["demo"]
save_model(net, folder / "net.pt")
X = torch.randn(2, 20)
clone = load_model(make_net, folder / "net.pt")
print("the same outputs as the book asks for:", torch.equal(clone(X), net.eval()(X)))
torch.manual_seed(0)
first = torch.rand(1)
torch.manual_seed(0)
load_model(make_net, folder / "net.pt")
print("the next random number is another one: ", not torch.equal(first, torch.rand(1)))

# %% [markdown]
# ## Find the bug: the best weights
#
# Training overshoots: the best network is often not the last. So one keeps the best and goes back to
# it. This is how many published notebooks do it:
#
# ```python
# def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
#     best, best_acc = None, 0
#     for epoch in range(num_epochs):
#         train_epoch(net)
#         acc = evaluate(net)
#         if acc > best_acc:
#             best, best_acc = net.state_dict(), acc
#     net.load_state_dict(best)
#     return best_acc
# ```
#
# It looks right, it runs, and it reports the right accuracy. The network that it leaves is another.
# (What is a `state_dict()`: numbers, or the places where they are?) And there is a second mistake,
# which shows when a run goes very badly.
#
# ### Exercise: `find_the_best_bug` (4 points, medium, 12 minutes)
#
# 1. `tricky`: a list of two or more accuracies between 0 and 1, one an epoch, such that the published
#    function runs to its end and leaves the wrong weights. `harmless`: one with which it leaves the
#    right ones.
# 2. `train_and_keep_best(net, train_epoch, evaluate, num_epochs)`, mended. `train_epoch(net)` trains
#    for one epoch, in place. `evaluate(net)` gives an accuracy. `num_epochs` ≥ 1. Afterwards `net` has
#    the parameters and buffers that it had after its best epoch, **the first of equals**, also when all
#    accuracies are 0. Returns the best accuracy.


# %% exercise="find_the_best_bug"
### BEGIN SOLUTION
tricky, harmless = [1, 0], [0, 1]
### END SOLUTION


def train_and_keep_best(net, train_epoch, evaluate, num_epochs):
    """Train net for num_epochs and leave it as it was after its best epoch. Returns that accuracy."""
    ### BEGIN SOLUTION
    best, best_acc = None, None
    for _ in range(num_epochs):
        train_epoch(net)
        acc = evaluate(net)
        if best is None or acc > best_acc:
            best, best_acc = copy.deepcopy(net.state_dict()), acc
    net.load_state_dict(best)
    return best_acc
    ### END SOLUTION


# %% check="find_the_best_bug"
check("find_the_best_bug")

# %% [markdown] remarks="find_the_best_bug"
# Rising accuracies hide the bug: if the last epoch is the best, a reference is as good as a copy.
# `copy.deepcopy` costs the memory of one more network, and only at an improvement. `best is None`
# admits a first epoch of accuracy 0, and `>` keeps the earlier of equals, the one that has trained
# for less. Cloning each tensor does the same work; a file does more, for it survives a crash.
# Whoever wants to train on from the best epoch needs the optimizer's state of that epoch as well.

# %% [markdown]
# A `state_dict()` on disk is a copy. A `state_dict()` in memory is the network itself, in another
# order.
#
# ## Reuse what fits
#
# Somebody has trained a network on a million images of a thousand classes, and you have two classes.
# All layers fit but the last. `load_state_dict` refuses the whole file: a network that is half loaded
# and says nothing would be worse. With `strict=False` it forgives names that are missing or new, but
# not another shape. So you choose yourself what to load, and keep a list of what was not.
#
# ### Exercise: `partial_load` (5 points, medium, 12 minutes)
#
# Write `partial_load(net, state)`.
#
# - `net`: a module. `state`: a dictionary from names to tensors, as a `state_dict()` is.
# - Every parameter and buffer of `net` whose name is in `state` **with the same shape** gets these
#   numbers, in place. All others stay as they are. `state` stays as it is, now and when `net` is
#   trained on.
# - Returns `(loaded, skipped)`. `loaded`: the sorted list of names that were loaded. `skipped`: a
#   dictionary from every other name, of `net` or `state`, to the reason: `"missing"` (not in
#   `state`), `"unexpected"` (not in `net`), or `"shape"` (another one).
#
# Example: `partial_load(nn.Linear(3, 2), {"weight": torch.ones(2, 3), "scale": torch.ones(2)})` gives
# `(["weight"], {"bias": "missing", "scale": "unexpected"})`.


# %% exercise="partial_load"
def partial_load(net, state):
    """Load what fits into net. Returns the names that were loaded, and why the others were not."""
    ### BEGIN SOLUTION
    own, skipped = net.state_dict(), {}
    for name in [*own, *state]:
        if name not in state:
            skipped[name] = "missing"
        elif name not in own:
            skipped[name] = "unexpected"
        elif own[name].shape != state[name].shape:
            skipped[name] = "shape"
    loaded = sorted(set(own) - set(skipped))
    net.load_state_dict({name: state[name] for name in loaded}, strict=False)
    return loaded, skipped
    ### END SOLUTION


# %% check="partial_load"
check("partial_load")

# %% [markdown] remarks="partial_load"
# Every name of either side gets exactly one verdict, and the loop over both lists makes sure of it.
# Shapes are compared before anything is copied: `copy_` by hand would broadcast a single number
# over a whole bias and call it loaded. `load_state_dict` with a filtered dictionary copies in place
# and without a graph. A list of what was *not* loaded is the half that people leave out, and later
# wonder why the features are random. What was loaded is often frozen at first:
# `parameter.requires_grad_(name not in loaded)`, one after the other.

# %% tags=["demo"]
new_task = make_net()
new_task[4] = nn.Linear(256, 2)
loaded, skipped = partial_load(new_task, load_tensors(folder / "net.pt"))
print("loaded: ", *loaded)
print("skipped:", skipped)

# %% [markdown]
# ## The old file or the new one
#
# A long run writes its file again and again, over the old one. `torch.save(obj, path)` first empties
# the file, then it fills it. Stop the process in between, and you have neither. It does happen, for
# the same reason for which one saves at all.
#
# Watch it happen: after every step of the interpreter, down to those inside of `torch.save`, the
# function below looks how large the file is. What lies there is what would be left if the process
# were killed at that moment.


# %%
def sizes_while(save, obj, path):
    """The size of the file at `path` after each step of `save(obj, path)`, in bytes; 0 for none."""
    sizes = []
    before = sys.getprofile()
    sys.setprofile(lambda *_: sizes.append(os.path.getsize(path) if os.path.exists(path) else 0))
    try:
        save(obj, path)
    finally:
        sys.setprofile(before)
    return sizes


# %% tags=["demo"]
old, new = make_net().state_dict(), make_net().state_dict()
torch.save(old, folder / "watched.pt")
whole = os.path.getsize(folder / "watched.pt")
sizes = sizes_while(torch.save, new, folder / "watched.pt")
halves = sum(size != whole for size in sizes)
print(f"{len(sizes):,} steps; in {halves:,} of them the file is not whole ({whole:,} bytes)")

# %% [markdown]
# The cure is old, and the same for every kind of file. Write all of it **under another name in the
# same folder**. When it is complete, let it take the place of the old one with
# `os.replace(temporary, path)`. Within one file system, that is a single step: whoever looks finds the
# old file or the new one.
#
# Two details make it hold when the power fails, and not only the process. Python keeps the last
# bytes in a buffer of its own: `file.flush()` empties it. The system keeps them in memory for some
# seconds: `os.fsync(file.fileno())` waits until they are on the disk. Without it the new *name* may
# reach the disk before the *bytes*, and what you find in the morning is a file of length 0.
#
# ### Exercise: `atomic_save` (5 points, medium, 15 minutes)
#
# Write `atomic_save(obj, path)`, which does what `torch.save(obj, path)` does, with these promises:
#
# - **At every moment, the file at `path` is the old one or the whole new one** (none or the new one,
#   if there was none).
# - If saving fails, or is interrupted with Ctrl-C, the old file stays, the exception passes on, and no
#   other file is left.
# - The new file is on the disk, by `flush` and `fsync`, before it takes the place of the old one. It
#   is written in the folder of `path`: a folder for temporary files may be on another disk, and from
#   disk to disk there is no single step.


# %% exercise="atomic_save"
def atomic_save(obj, path):
    """Save obj as torch.save does, so that a crash leaves the old file or the new one."""
    ### BEGIN SOLUTION
    temporary = f"{path}.tmp"
    try:
        with open(temporary, "wb") as file:
            torch.save(obj, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    ### END SOLUTION


# %% check="atomic_save"
check("atomic_save")

# %% [markdown] remarks="atomic_save"
# Until `os.replace`, the old file is untouched, and after it, the new one is whole. `BaseException`
# is wide on purpose, as Ctrl-C is no `Exception`; the file is removed and the interruption goes on
# its way. `fsync` waits for the disk, some milliseconds on an SSD, which nobody feels once an
# epoch. The name in the folder may still be lost when the power fails, in which case the old file
# is there, and that was the promise; databases sync the folder, too. Two runs with one path would
# write the same `.tmp`: a name with `os.getpid()` in it keeps them apart.

# %% tags=["demo"]
torch.save(old, folder / "watched.pt")
careful = sizes_while(atomic_save, new, folder / "watched.pt")
figure = plt.figure(figsize=(9, 2.6))
panels = figure.subplots(1, 2, sharey=True)
for panel, (name, seen) in zip(
    panels, (("torch.save", sizes), ("atomic_save", careful)), strict=True
):
    panel.plot([size / 1000 for size in seen])
    panel.set_title(name, fontsize=10)
    panel.set_xlabel("step of the interpreter")
    panel.grid(alpha=0.3)
panels[0].set_ylabel("size of the file in kB")
print("sizes seen while atomic_save runs:", sorted(set(careful)))
show_figure(
    f"The size of the file over the steps of saving, in two panels. torch.save: the file falls from "
    f"{whole:,} bytes to 0 at once and grows back in jumps until the end. atomic_save: the size never "
    "changes"
)

# %% [markdown]
# ## To stop, and to go on
#
# A file of weights is enough to *predict*. It is not enough to *train on*. A run remembers more:
#
# | what | where | without it |
# | --- | --- | --- |
# | parameters and buffers | `net.state_dict()` | everything is lost |
# | momentum, Adam's moments and step counts, the learning rate | `optimizer.state_dict()` | the next steps have another size and direction |
# | how far it has come | a number | it trains too long or too short |
# | the random state: dropout, the order of the batches | `torch.get_rng_state()` | the same mask is drawn again, or another |
#
# A file with all four is called a **checkpoint**. The test for it is simple and hard: *a run that was
# stopped and resumed ends with the same numbers as one that was not*. Not nearly the same: bit for bit.
# Whoever is content with "nearly" never finds out what is missing.
#
# ### Exercise: `checkpoint` (7 points, hard, 20 minutes)
#
# Two functions:
#
# 1. `checkpoint(net, optimizer, epoch, path)` writes all that the run needs. `epoch`: how many epochs
#    are done, an int. The run goes on undisturbed. Use your `atomic_save`.
# 2. `resume(net, optimizer, path)` puts it back: into a network of the same architecture, with random
#    weights so far, and a new optimizer for its parameters, in another process, whose random state is
#    anything. Returns the number of epochs that are done.
#
# The file is one that `torch.load` reads with its default, `weights_only=True`; `resume` refuses one
# that would run code. All is on the CPU. (With a GPU, `torch.cuda.get_rng_state_all()` belongs to it;
# so do the states of `random` and of numpy, if the run draws from them.)


# %% exercise="checkpoint"
def checkpoint(net, optimizer, epoch, path):
    """Write all that a run needs to go on after `epoch` epochs."""
    ### BEGIN SOLUTION
    state = {
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": epoch,
        "random": torch.get_rng_state(),
    }
    atomic_save(state, path)
    ### END SOLUTION


def resume(net, optimizer, path):
    """Put a run back to where `checkpoint` left it. Returns the number of epochs that are done."""
    ### BEGIN SOLUTION
    state = torch.load(path, weights_only=True)
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return state["epoch"]
    ### END SOLUTION


# %% check="checkpoint"
check("checkpoint")

# %% [markdown] remarks="checkpoint"
# Four entries, because training depends on four things, and `atomic_save` so that there is always
# one that can be read. The dictionaries hold the living tensors, and no copy is needed: they are
# written before the next step can change them. In `resume` the random state comes last, so nothing
# that is made on the way can draw from it. A scheduler for the learning rate has a `state_dict()`
# of its own, and is the entry that is forgotten most. To stop *within* an epoch you need the
# position in the loader as well; begin the epoch anew, or save its order.

# %% [markdown]
# Now the proof, on 2,000 pictures of Fashion-MNIST in the book's own loader, which shuffles. One run
# goes through. Two stop after three epochs: one is resumed from its checkpoint, the other from its
# weights alone, which is what a file of `save_model` has. (All of it runs on the CPU, also where there
# is a GPU: sums on a GPU may come in another order each time, and then "bit for bit" says nothing
# about your checkpoint.)


# %%
def new_run():
    """A network with dropout, and an optimizer with momentum."""
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10)
    )
    return net, torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)


def train_epochs(net, optimizer, batches, num_epochs):
    """The loss of each batch."""
    losses = []
    for _ in range(num_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.cross_entropy(net(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


# %% tags=["demo"]
images, _ = fashion_mnist(2000, "cpu", train_size=2000)
batches = d2l.load_array(next(iter(images)), 100)
torch.manual_seed(0)
net, optimizer = new_run()
train_epochs(net, optimizer, batches, 3)
checkpoint(net, optimizer, 3, folder / "run.pt")
save_model(net, folder / "weights.pt")
curves = {"never stopped": train_epochs(net, optimizer, batches, 3)}

torch.manual_seed(99)
resumed, optimizer = new_run()
done = resume(resumed, optimizer, folder / "run.pt")
curves["resumed from the checkpoint"] = train_epochs(resumed, optimizer, batches, 3)

torch.manual_seed(99)
other, optimizer = new_run()
other.load_state_dict(load_tensors(folder / "weights.pt"))
curves["from the weights alone"] = train_epochs(other, optimizer, batches, 3)

for name, run in (("checkpoint", resumed), ("weights", other)):
    pairs = zip(run.parameters(), net.parameters(), strict=True)
    off = max(float((a - b).abs().max().detach()) for a, b in pairs)
    print(f"resumed from {name:10} after {done} epochs: largest difference of a weight {off:.3g}")

# %% tags=["demo"]
losses = list(curves.values())
equal = losses[0] == losses[1]
figure = plt.figure(figsize=(8, 3))
panel = figure.subplots()
styles = ({"lw": 4, "alpha": 0.4}, {"ls": "--", "color": "black"}, {"ls": ":", "color": "tab:red"})
for (name, curve), style in zip(curves.items(), styles, strict=True):
    panel.plot(range(1, len(curve) + 1), curve, label=name, **style)
panel.set_xlabel("batch after the checkpoint")
panel.set_ylabel("training loss")
panel.set_ylim(top=1.15 * max(map(max, losses)))
panel.grid(alpha=0.3)
panel.legend(loc="upper center", ncol=3)
show_figure(
    "The loss of each batch after the checkpoint. The curve of the run that was resumed from the "
    f"checkpoint {'lies on' if equal else 'leaves'} that of the run which never stopped; the one that "
    "had the weights alone goes a way of its own from the first batch"
)

# %% [markdown]
# The difference is 0, not small. The third run is no worse, by the way. It is another run, and if it
# crashed tomorrow in batch 41, nobody could look at batch 41 again.
#
# ### Written answer: what to save, and when (2 points, 6 minutes)
#
# A run of three days saves a checkpoint. How often would you save one, and what do you weigh against
# what? Which of these files do you keep at the end, which do you publish, and why not the same? Three
# or four sentences.

# %% [markdown] answer="what_and_when" points=2
# Between two checkpoints, what is lost in a crash (half the time between them, on average) stands
# against what it costs to write one: time, and disk space, with Adam about three times that of the
# weights. So: as often as one is willing to lose, say every half hour, atomically over the last one or
# two, not a thousand files. At the end the weights of the best epoch are kept, with the code that
# makes the network; the checkpoint only as long as the run may go on. Published are the weights
# alone, as safetensors or as a state_dict: they are smaller, they need no trust, and nobody needs the
# optimizer's state to predict.
#
# *Marking: 1 point for weighing work that is lost against the cost of writing (time or space); 1 point
# for the difference: the checkpoint to go on, the weights alone (a safe format) to publish.*

# %% [markdown] quiz="quiz_saving" points=5
# ## What is in a file: a quiz (5 points, easy, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. `row = table[3]` of a table with a million rows. What does `torch.save(row, path)` write?
#     - (a) the numbers of the row
#         > They are a view. The memory behind it is written.
#     - (b) the memory of the whole table
#         > right: `row.clone()` has a memory of its own, and makes a small file.
#     - (c) nothing: a view cannot be saved
#         > It can be saved, with all that it looks into.
# 2. What can `torch.load(path, weights_only=False)` do?
#     - (a) whatever the author of the file wants, with your rights
#         > right: A pickle names functions and calls them.
#     - (b) fill the memory, and nothing worse
#         > The file may also read, write, and send.
#     - (c) load the weights, which is all that there is in the file
#         > What is in the file is up to whoever made it.
# 3. A file has the ending `.safetensors`. Is it safe?
#     - (a) yes, that is what the ending is for
#         > Anyone can name a file.
#     - (b) no format is safe
#         > A file that *is* safetensors has nothing in it that could be called.
#     - (c) one has to look: a name is not a format
#         > right: `safe_open` looks, and refuses what is none.
# 4. You load a state_dict into `make_net()`. What happens at initialisation?
#     - (a) nothing, it is not needed
#         > This is published, and wrong: the layers draw their numbers when they are made.
#     - (b) random numbers are drawn, and then replaced by those in the file
#         > right: And where the file has none, they stay.
#     - (c) the file says how to initialise
#         > It has numbers, and no rules.
# 5. `best = net.state_dict()` after epoch 3. What is in `best` after epoch 10?
#     - (a) the weights of epoch 10
#         > right: It holds the network's own tensors. `copy.deepcopy` makes a copy.
#     - (b) the weights of epoch 3
#         > Only if they had been copied.
#     - (c) nothing: it is out of date and raises an error
#         > Nobody tells you.
# 6. `net = nn.Linear(3, 2).load_state_dict(state)`. What is `net`?
#     - (a) the layer with the new weights
#         > The layer has them, but it is not what the method returns.
#     - (b) `None`
#         > Something does come back.
#     - (c) a report of missing and unexpected keys
#         > right: Call it on a network that has a name, and go on with that.
# 7. What does `load_state_dict(state, strict=False)` not forgive?
#     - (a) a name that is missing in `state`
#         > It forgives that, and reports it.
#     - (b) a tensor of another shape
#         > right: A mismatch of shapes is always an error.
#     - (c) a name that the network does not have
#         > It forgives that, too.
# 8. Why is the temporary file written in the folder of the final one?
#     - (a) the folder for temporary files is too small
#         > It may be, but this is not the reason.
#     - (b) so that one finds it after a crash
#         > It should not even be there then.
#     - (c) `os.replace` is a single step only within a file system
#         > right: From one disk to another, the bytes have to be copied, and that takes time.
# 9. A run with Adam is resumed with the weights, and a new optimizer. What is lost?
#     - (a) nothing: Adam has no parameters
#         > It has two moments for each of the network's parameters.
#     - (b) its moments and its count of steps, so that the next steps are others
#         > right: It begins again as at the first step, with averages over nothing.
#     - (c) the learning rate alone
#         > That may be lost as well, and more.
# 10. Everything is restored but the random state. What differs?
#     - (a) dropout masks and the order of batches, and so every number after
#         > right: It is a run as good as the other, and not the same.
#     - (b) nothing: it is in the optimizer's state
#         > It is one state for the whole process, and belongs to no object.
#     - (c) the initialisation of the network
#         > That was overwritten by the parameters in the file.

# %% [markdown]
# ## Exercises without a check
#
# 1. Two names in a dictionary share one tensor's memory. What does your `save_tensors` make of that,
#    and what does `torch.save` alone? When does it matter? (Think of chapter 8's tied layers.)
# 2. Two processes save to the same `path` at once, and both call their temporary file
#    `path + ".tmp"`. What can go wrong? `tempfile.NamedTemporaryFile(dir=..., delete=False)` is a way
#    out.
# 3. Keep the last three checkpoints and the best, and remove older ones. In which order must you
#    write and remove, so that a crash never leaves you without any?
# 4. Let `checkpoint` also hold the states of `random`, of numpy and of all GPUs. Which of them can
#    `weights_only=True` read as they are, and what do you do with the others?
# 5. Read a file of safetensors without the library: the header with `json`, one tensor with
#    `torch.frombuffer`. Which promises of the format would you check before you trust it?
# 6. Stop a run in the middle of an epoch. What else would a checkpoint need to know?
# 7. `torch.load(path, mmap=True)` does not read the file at once. For which files is that worth it?
#
# ## Summary
#
# - `torch.save` writes the memory behind a tensor; clone a view first. `map_location` says where
#   loaded tensors go.
# - A pickle is a program. `weights_only=True` allows it harmless names alone; safetensors has no
#   program in it. Ask whether all names are known to be good, not whether one is known to be bad.
# - Save `state_dict()`, not the network. Load it into a fresh one, which was initialised first, and
#   call `eval()`.
# - A `state_dict()` in memory is not a copy.
# - Load what fits, and report what does not.
# - Write under another name, `fsync`, then `os.replace`: the old file or the new one, at every moment.
# - A checkpoint has parameters, buffers, the optimizer's state, the epoch and the random state. The
#   proof is a resumed run that ends with the same bits.
#
# ## Further reading
#
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on file I/O.
# - PyTorch's documentation: *Serialization semantics*, on views, `weights_only` and the format of the
#   file; *Saving and loading models*, among the tutorials; *Reproducibility*, among the notes.
# - Python's documentation: the modules *pickle*, whose first warning is worth reading twice, and
#   *pickletools*.
# - The documentation of *safetensors*: a page for the whole format.
# - T. S. Pillai and others: *All file systems are not created equal: on the complexity of crafting
#   crash-consistent applications*. OSDI 2014. (What a crash leaves of a file.)
#
# Before this chapter: *Custom layers* (chapter 9). Next: *Devices* (chapter 11).
