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
#     title: Devices, and the capstone
#     minutes: 170
#     points: 60
# ---

# %% [markdown]
# # Devices, and the capstone
#
# A GPU computes the same numbers as a CPU, ten or a hundred times as fast. What it asks for is order:
# it has a memory of its own, and a tensor is in one memory or in the other. In the first half of this
# chapter you write code that runs wherever there is something to run on, and you learn to measure
# what it gains. In the second half everything comes together: a network of your own layers, your own
# start, your own loop and your own checkpoints, trained on Fashion-MNIST, interrupted and resumed.
#
# You need **no GPU**. The course has *practice GPUs*: devices that obey the rules of real ones and
# fail in the same words, computed by your CPU. With a real GPU, the checks ask your code there, too.
#
# **You will be able to**
#
# - name the devices of a machine, and pick one
# - move tensors, batches of any shape, and networks, and know what `.to()` changes and what it does not
# - read the error about two devices, and find its cause
# - time a GPU honestly, and say what a copy costs
# - write one training loop that runs on all of them, stops at any moment, and goes on.
#
# **Time**: about 170 minutes, in two sittings. **Points**: 60. The capstone writes the main pieces of
# chapters 7 to 10 once more; none of their code is needed.

# %%
import os
import tempfile
import time
from pathlib import Path

import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn
from torch.nn import functional as F

from grader import chapter
from lab import History, evaluate_accuracy, fashion_mnist, show_figure, show_progress
from lab.book import d2l_loop
from lab.practice_gpu import PracticeGPUs

check, hint = chapter(11)  # after a restart, run this cell again

# %% [markdown]
# ## Which devices there are
#
# PyTorch names a device by its kind and a number: `torch.device("cpu")`, `torch.device("cuda", 0)`
# for the first NVIDIA GPU, `torch.device("cuda", 1)` for the second, `torch.device("mps")` for that of
# a Mac. The number starts at 0. `torch.device("cpu")` is all of the processors together, with the main
# memory; one `cuda` device is one card, with a memory of its own.
#
# To *write* the name of a device costs nothing, and asks nobody: `torch.device("cuda", 7)` works
# anywhere. The first tensor that is to go there fails. So ask first:

# %% tags=["demo"]
print("cuda GPUs:", torch.cuda.device_count(), " Mac's GPU:", torch.backends.mps.is_available())
print("a name is only a name:", torch.device("cuda", 7))
print("where a tensor begins:", torch.ones(2).device)

# %% [markdown]
# ### Exercise: `try_device` (3 points, easy, 6 minutes)
#
# Write `try_device(i=0)`. It returns a `torch.device`:
#
# - GPU number `i`, as `torch.device("cuda", i)`, if the machine has it
# - else, for `i = 0`, `torch.device("mps")`, if the machine is a Mac with a GPU
# - else `torch.device("cpu")`. That is an answer, not an error: also for `i = -1`.
#
# `torch.cuda.device_count()` and `torch.backends.mps.is_available()` tell what is there.
#
# Example: on a machine with two GPUs, `try_device(1)` is `device(type='cuda', index=1)` and
# `try_device(2)` is `device(type='cpu')`.


# %% exercise="try_device"
def try_device(i=0):
    """GPU number i if there is one, else a Mac's GPU (for i = 0), else the CPU."""
    ### BEGIN SOLUTION
    if 0 <= i < torch.cuda.device_count():
        return torch.device("cuda", i)
    if i == 0 and torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
    ### END SOLUTION


# %% check="try_device"
check("try_device")

# %% [markdown] remarks="try_device"
# It asks, and does not try: an exception as a question would have to start the driver first. `0 <=
# i` keeps −1 away, for which `torch.device("cuda", -1)` raises an error.
# `torch.cuda.device_count()` counts what this process may see, and the variable
# `CUDA_VISIBLE_DEVICES` decides about that, so your GPU 0 may be the machine's GPU 3. Newer code
# asks `torch.accelerator.current_accelerator()`, which knows GPUs of other makers as well. Print
# the device at the top of every notebook; "why is it so slow" is answered before it is asked.

# %%
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## A practice GPU
#
# Between `with PracticeGPUs(2):` and the end of its block, this machine seems to have two GPUs:

# %% tags=["demo"]
with PracticeGPUs(2) as gpus:
    X = torch.ones(2, 3)
    Y = X.to("cuda:0")
    print(try_device(), try_device(1), try_device(2))
    print("the book's try_gpu:", d2l.try_gpu(0), d2l.try_gpu(1), d2l.try_gpu(2))
    print("X is on", X.device, "and Y on", Y.device)
    print("computed where its parts are:", (Y @ Y.T).device)
    try:
        X + Y
    except RuntimeError as error:
        print("RuntimeError:", error)
    try:
        Y.numpy()
    except TypeError as error:
        print("TypeError:", error)
    print(gpus.traffic)

# %% [markdown]
# These are the rules of real GPUs, and nearly all that there are:
#
# 1. An operation takes place where its tensors are. All of them must be on **one** device, and so is
#    the result. (One exception: a single number of the CPU, of no dimension, may stand beside them.)
# 2. Nothing moves by itself. Copies are made where you write one. If PyTorch moved tensors for you,
#    a slow program would look like a fast one.
# 3. `X.to(device)` **returns a tensor**. X itself stays where it was. If X is there already, it
#    returns X, and copies nothing.
# 4. `net.to(device)` moves the module **in place**: all its parameters and buffers. (It returns the
#    network for convenience.) What is a plain attribute stays behind; chapter 7 has that story.
# 5. numpy, `print`, `float(X)`, `X.item()` need the number on the CPU. The first one says so; the
#    others copy without a word, and wait.
#
# The message of rule 1, *Expected all tensors to be on the same device*, is the one that you will see
# most often. It names the operation in which two devices met. The mistake is some lines earlier: where a tensor was
# made, or not moved.
#
# ### Exercise: `move_batch` (5 points, medium, 12 minutes)
#
# A batch is often more than a pair: `(X, y)`, `{"image": X, "label": y, "path": "7.png"}`, a list of
# such. Write `move_batch(batch, device)`.
#
# - Returns a batch of the same structure, with every tensor on `device`.
# - Looks into lists, tuples, dictionaries, and into these inside of each other. A list becomes a list,
#   a tuple a tuple, a named tuple the same kind of named tuple.
# - What is neither a container nor a tensor comes back as it is: texts, numbers, None.
# - The batch that was given stays as it was. A tensor that is on `device` already is not copied.
#
# Example: `move_batch([torch.ones(2), ("a", None)], "cpu")` is `[tensor([1., 1.]), ('a', None)]`.


# %% exercise="move_batch"
def move_batch(batch, device):
    """The same structure, with all tensors in it on `device`."""
    ### BEGIN SOLUTION
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: move_batch(value, device) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        moved = [move_batch(part, device) for part in batch]
        if hasattr(batch, "_fields"):
            return type(batch)(*moved)
        return type(batch)(moved)
    return batch
    ### END SOLUTION


# %% check="move_batch"
check("move_batch")

# %% [markdown] remarks="move_batch"
# The function has the structure of the data: a case for each container, and tensors at the bottom.
# `.to(device)` returns the very same tensor when there is nothing to do, so calling it twice costs
# nothing. A named tuple wants its parts one by one, which `_fields` gives away. What is lost is the
# class of special dictionaries; `type(batch)(...)` would keep those that can be made from pairs.
# With `pin_memory=True` in the loader and `non_blocking=True` in the copy, the next batch can
# travel while the GPU is busy.

# %% [markdown]
# ### Exercise: `same_device` (3 points, easy, 8 minutes)
#
# Before a long run it is good to know whether everything is in one place. Write
# `same_device(*things)`.
#
# - `things`: tensors, modules, and lists, tuples and dictionaries of these, also inside of each other.
#   Anything else (a text, a number, None) is nowhere, and does no harm.
# - Of a module, **all** parameters and buffers count.
# - Returns True if all tensors that were found are on one device, else False. `cuda:0` and `cuda:1`
#   are two. Without any tensor the answer is True.
#
# Example: `same_device(nn.Linear(2, 2), [torch.ones(2), "a"])` is True as long as both are on the CPU.


# %% exercise="same_device"
def same_device(*things):
    """Whether all tensors in `things`, parameters and buffers included, are on one device."""
    ### BEGIN SOLUTION
    places = set()

    def look(thing):
        if isinstance(thing, torch.Tensor):
            places.add(thing.device)
        elif isinstance(thing, nn.Module):
            look([*thing.parameters(), *thing.buffers()])
        elif isinstance(thing, dict):
            look(list(thing.values()))
        elif isinstance(thing, (list, tuple)):
            for part in thing:
                look(part)

    look(things)
    return len(places) <= 1
    ### END SOLUTION


# %% check="same_device"
check("same_device")

# %% [markdown] remarks="same_device"
# A set of devices answers for any number of tensors, and "at most one" includes none. Modules are
# asked for buffers, too; the running means of batch normalisation are what a home-made `to`
# forgets. `.device` is a label, and to read it never makes Python wait. A generator with `any`
# could stop at the second device, which is quicker only when something is wrong. Tied to an
# `assert` in front of a long run, this costs microseconds and saves a night.

# %% [markdown]
# ## Right on the CPU
#
# Here is a function of the kind that one finds in published notebooks. On a CPU it is right. On a GPU
# it raises.

# %%
published = """\
1   def published_accuracy(net, data_iter, device):
2       net.to(device)
3       hits = torch.zeros(1)
4       count = 0
5       for X, y in data_iter:
6           X.to(device)
7           y = y.to(device)
8           hits += (net(X).argmax(dim=1) == y).sum()
9           count += len(y)
10      return (hits / count).item()
"""

# %% [markdown]
# ### Exercise: `find_the_device_bugs` (4 points, medium, 10 minutes)
#
# - `guilty_lines()` returns a list with the numbers of the lines that are to blame: after them, a
#   tensor that line 8 needs on the device is not there. (Line 8, where the error is raised, is only
#   the scene of it.) A line that is right, or that only looks odd, is not in the list.
# - `fixed_accuracy(net, data_iter, device)` returns the fraction of examples that `net` gets right, a
#   float, on any device. Take the mode of the network as it is, and let it compute without gradients.


# %% exercise="find_the_device_bugs"
def guilty_lines():
    """The numbers of the lines of `published` that leave a tensor on the wrong device."""
    ### BEGIN SOLUTION
    return [3, 6]
    ### END SOLUTION


def fixed_accuracy(net, data_iter, device):
    """The fraction of examples in data_iter that net, moved to `device`, gets right."""
    ### BEGIN SOLUTION
    net.to(device)
    hits = torch.zeros((), device=device)
    count = 0
    with torch.no_grad():
        for X, y in data_iter:
            X, y = move_batch((X, y), device)
            hits += (net(X).argmax(dim=1) == y).sum()
            count += len(y)
    return hits.item() / count
    ### END SOLUTION


# %% check="find_the_device_bugs"
check("find_the_device_bugs")

# %% [markdown] remarks="find_the_device_bugs"
# Two kinds of guilt: a tensor that was made in the wrong place, and a copy that was thrown away.
# `hits` lives on the device, the batches add to it there, and Python waits once, at `item()`.
# Float32 counts exactly up to 16.7 million, more than any test set here; for more, take an integer
# type. `torch.set_default_device("cuda")` would have hidden the first bug, and moved it to the day
# when somebody runs the code elsewhere. Read a traceback of this kind backwards: which of the
# operands has never been told about the device?

# %% [markdown]
# Line 2 is right without an assignment, and line 6 is not: rules 4 and 3. Line 3 is the more
# treacherous one. A tensor that you *make* (a sum to start from, a mask, positions, a one-hot code)
# is made on the CPU unless you say otherwise. `torch.zeros((), device=device)` says it, and
# `torch.zeros_like(other)` or `torch.rand(X.shape, device=X.device)` take it from a tensor.
#
# ## Honest timing
#
# A GPU works **asynchronously**. `Y = X @ X` puts the multiplication into the GPU's queue and returns
# at once; Python goes on and puts the next one in. Only when a number is wanted does Python wait.
# That is how it should be: the queue is never empty. But a clock that is read too early measures how
# fast Python can give orders.

# %% tags=["demo"]
figure = plt.figure(figsize=(8, 2.4))
panel = figure.subplots()
for order in range(3):
    panel.barh(1, 0.25, left=0.3 * order, color="white", edgecolor="black", hatch="//")
    panel.barh(0, 1.6, left=0.25 + 1.65 * order, color="white", edgecolor="black")
    panel.text(
        0.25 + 1.65 * order + 0.8,
        0,
        f"X @ X, no. {order + 1}",
        ha="center",
        va="center",
        color="black",
        fontsize=9,
    )
panel.barh(1, 4.25, left=0.9, color="white", edgecolor="black", linestyle=":")
panel.text(
    3.0, 1, "synchronize(): Python waits", ha="center", va="center", color="black", fontsize=9
)
for moment, text in ((0.88, "read too early"), (5.18, "the honest clock")):
    panel.axvline(moment, linestyle="--", color="gray")
    panel.text(moment + 0.04, 1.62, text, fontsize=9)
panel.set_yticks([0, 1], ["GPU", "Python"])
panel.set_ylim(-0.5, 2)
panel.set_xlim(0, 6.6)
panel.set_xticks([])
panel.set_xlabel("time")
show_figure(
    "Two lanes over time, Python and the GPU. Python gives three orders, which takes a short moment each; "
    "the GPU works on them one after the other, much longer. A clock that is read after the third order "
    "shows a small part of the time; after synchronize() Python has waited until the GPU is done."
)

# %% [markdown]
# So, around what is to be timed:
#
# - **before** it, wait until the GPU is done with what it was given earlier. Otherwise you time that.
# - **after** it, wait again, and only then read the clock.
#
# `torch.cuda.synchronize(device)` waits for an NVIDIA GPU, `torch.mps.synchronize()` for a Mac's. On
# a CPU there is nothing to wait for, and on a machine without a GPU the first one raises.
#
# Three more rules of measuring: run once before you measure (the first call loads kernels and asks for
# memory), measure several times and take the smallest (nothing makes a program faster by accident),
# and say on which device.
#
# ### Exercise: `timed` (5 points, medium, 10 minutes)
#
# Write `timed(function, device)`. It calls `function()` **once** and returns two values: what the
# function returned, and the seconds (a float, of wall-clock time) until `device` was done with it.
#
# - `device`: a `torch.device`: `cpu`, `cuda` with a number, or `mps`.
# - Work that the device was given earlier does not count.
# - Wait for this device, not for another one; on the CPU, for none.
#
# Example: `timed(lambda: time.sleep(0.1), torch.device("cpu"))` gives `(None, 0.1)`, and a little.


# %% exercise="timed"
def timed(function, device):
    """(what function() returned, the seconds until `device` had done its work)."""
    ### BEGIN SOLUTION

    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        elif device.type == "mps":
            torch.mps.synchronize()

    wait()
    start = time.perf_counter()
    result = function()
    wait()
    return result, time.perf_counter() - start
    ### END SOLUTION


# %% check="timed"
check("timed")

# %% [markdown] remarks="timed"
# Wait, read, work, wait, read: each of the four things around the work is there because of a
# mistake that people make. `time.perf_counter` cannot be set back, which the clock of `time.time`
# can. The second waiting comes before the clock is read, as a stopwatch is pressed when the last
# runner is in. GPUs have a watch of their own, `torch.cuda.Event(enable_timing=True)`, which
# measures between two points of the queue and lets Python run on. For tables of numbers use
# `torch.utils.benchmark.Timer`; it warms up, repeats, synchronises, and reports medians.

# %% [markdown]
# A practice GPU can be told how long an operation keeps it busy. Here each takes 0.05 seconds, and we
# ask for four of them:


# %% tags=["demo"]
def four_products(X):
    """Four matrix products in a row."""
    for _ in range(4):
        X = X @ X
    return X


with PracticeGPUs(1, seconds=0.05):
    X = torch.eye(3, device="cuda:0")
    start = time.perf_counter()
    four_products(X)
    early = time.perf_counter() - start
    _, honest = timed(lambda: four_products(X), X.device)
print("the clock read too early shows less than half of it:", early < honest / 2)
print("the honest clock shows at least 4 times 0.05 s:     ", honest >= 4 * 0.05)

# %% [markdown]
# ## What a copy costs
#
# Copies are the tax on having two memories. Each has a fixed price, for asking at all, and a price
# per byte. Let us measure both on your device. (Without a GPU the copy goes from memory to memory,
# which shows the same two prices, each a good deal lower.)


# %% tags=["demo"]
def seconds_of_a_copy(numbers, times=7):
    """The shortest of several copies of so many float32 numbers to `device`."""
    X = torch.rand(numbers)
    return min(timed(lambda: X.to(device, copy=True), device)[1] for _ in range(times + 1))


sizes = [4**k for k in range(1, 12)]
seconds = [seconds_of_a_copy(n) for n in sizes]
fixed = min(seconds[:4])
per_second = 4 * sizes[-1] / seconds[-1]
print(
    f"copies to {device}: {1e6 * fixed:.1f} microseconds for asking, then {per_second / 1e9:.1f} GB a second"
)
print(f"as long as asking: about {fixed * per_second / 1000:,.0f} KB")
figure = plt.figure(figsize=(6, 3))
panel = figure.subplots()
panel.loglog([4 * n for n in sizes], seconds, "o-", label=f"measured on {device}")
panel.axhline(fixed, linestyle=":", color="gray", label="the price of asking")
panel.set_xlabel("bytes")
panel.set_ylabel("seconds")
panel.grid(alpha=0.3)
panel.legend()
show_figure(
    f"Seconds for a copy to {device} by its size, both axes logarithmic. "
    f"Small copies take about the same time, {1e6 * fixed:.1f} microseconds; from some size on, the time grows "
    "with the number of bytes."
)

# %% [markdown]
# Two things follow. **A few large copies beat many small ones**: below the size where the line begins
# to rise, bytes are free and asking is everything. So move a batch, not an example. And **copies back
# are worse than copies there**, since they make Python wait until the queue is empty. The most common
# of these has no `to` in it: `total += l.item()`, at every batch.
#
# Practice GPUs count. Here are three ways to add up a loss over 100 batches:


# %% tags=["demo"]
def added_up(losses, how):
    """The sum of 100 losses as a float, by one of three ways."""
    if how == "item() at every batch":
        return sum(l.item() for l in losses)
    if how == "a list of tensors, moved at the end":
        return sum(l.cpu() for l in losses).item()
    return torch.stack(losses).sum().item()


for how in ("item() at every batch", "a list of tensors, moved at the end", "added on the GPU"):
    with PracticeGPUs(1) as gpus:
        losses = [torch.ones((), device="cuda:0") for _ in range(100)]
        total = added_up(losses, how)
    print(
        f"{how:36} sum {total:.0f}, copies to the CPU {gpus.traffic.to_cpu:3}, waits {gpus.traffic.waits:3}"
    )

# %% [markdown]
# The second way looks careful, and is no better: a hundred copies are a hundred copies, whenever they
# are made. (`train_ch3` of the book pays the first price. At 235 batches an epoch nobody notices; with
# a GPU that needs a millisecond for a batch, one does.)
#
# ### Written answer: is the GPU faster? (2 points, 6 minutes)
#
# A classmate times `X @ X` for a matrix with 100 rows: 0.00002 seconds on the GPU, 0.00015 on the
# CPU. "Seven times faster", they say. Then they train a small network with batches of 8, and the GPU
# is slower than the CPU. Explain both, and say what you would measure. Three or four sentences.

# %% [markdown] answer="is_the_gpu_faster" points=2
# Without `synchronize` the first number is the time for putting the product into the queue; the work
# itself may take longer than on the CPU, so nothing follows from the comparison. In training with
# small batches each operation is tiny: the fixed prices, for giving an order and for every copy and
# `item()`, are paid at each of many steps, and the GPU waits most of the time. Measure whole training
# steps after a warm-up, synchronised before and after, several times, with larger batches as well.
#
# *Marking: 1 point for the asynchronous queue (the clock was read too early); 1 point for fixed
# prices for each operation or copy that small batches do not spread out.*

# %% [markdown]
# ## The same loop everywhere
#
# ### Exercise: `train_anywhere` (6 points, medium, 15 minutes)
#
# Write `train_anywhere(net, train_iter, num_epochs, lr, device=None)`.
#
# - `device` None means `try_device()`. `net` is moved there, and stays there.
# - Each of `num_epochs` passes over `train_iter`, whose batches `(X, y)` may be anywhere, takes one
#   step for each batch: cross-entropy (its mean over the batch), `torch.optim.SGD` with learning rate
#   `lr`. The network is in train mode.
# - Returns a list of floats, one an epoch: the mean loss over all examples, taken while training.
#   The last batch may be smaller.
# - Make the optimizer **after** the network is moved: that is right for every device and every kind
#   of optimizer.
#
# The loss is wanted once an epoch. A row of the table, which earns nothing, tells how often your loop
# makes Python wait.
#
# Example: for a fresh network and ten balanced classes, the first entry is not far from log 10, 2.3.


# %% exercise="train_anywhere"
def train_anywhere(net, train_iter, num_epochs, lr, device=None):
    """Train net on `device` with SGD; return the mean loss of each epoch, as floats."""
    ### BEGIN SOLUTION
    if device is None:
        device = try_device()
    net.to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    net.train()
    for _ in range(num_epochs):
        total, count = torch.zeros((), device=device), 0
        for X, y in train_iter:
            X, y = move_batch((X, y), device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total += l.detach() * len(y)
            count += len(y)
        losses.append(total.item() / count)
    return losses
    ### END SOLUTION


# %% check="train_anywhere"
check("train_anywhere")

# %% [markdown] remarks="train_anywhere"
# Move, then make the optimizer, then loop; nothing in the loop knows where it runs. `l.detach()` is
# added up on the device, so a whole epoch can be queued, and the only question is asked at its end.
# Multiplied by `len(y)`, a short batch counts for what it is. Were the batches on the device from
# the start, as in chapter 1, `move_batch` would return them untouched. On a recent GPU the next
# gain is `torch.autocast`: the products in 16 bits, the loss in 32, and two more lines.

# %% tags=["demo"]
torch.manual_seed(0)
train_iter, test_iter = fashion_mnist(256, train_size=10_000, test_size=2_000)
small_net = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
losses, seconds = timed(lambda: train_anywhere(small_net, train_iter, 3, 0.2, device), device)
print(f"on {device}: {seconds:.1f} s, losses", [round(l, 2) for l in losses])
print("all in one place:", same_device(small_net, move_batch(next(iter(train_iter)), device)))
print(f"test accuracy {evaluate_accuracy(small_net, test_iter):.2f}")

# %% [markdown]
# ## Outlook: half the bits
#
# Much of a GPU's speed comes from numbers with 16 bits in place of 32. There are two kinds, and they
# give up different things:

# %% tags=["demo"]
print(f"{'':10} {'bytes':>5} {'largest':>9} {'smallest normal':>16} {'next to 1':>10}")
for dtype in (torch.float32, torch.float16, torch.bfloat16):
    info = torch.finfo(dtype)
    name = str(dtype).removeprefix("torch.")
    print(f"{name:10} {info.bits // 8:5} {info.max:9.2g} {info.tiny:16.2g} {1 + info.eps:10.4f}")
print("256 + 1 in bfloat16:", (torch.tensor(256.0).bfloat16() + 1).item())
print("a gradient of 1e-8 in float16:", torch.tensor(1e-8).half().item())
with torch.autocast("cpu", dtype=torch.bfloat16):
    layer, X = nn.Linear(4, 4), torch.rand(2, 4)
    out = layer(X)
    print("under autocast: the weight", layer.weight.dtype, "the output", out.dtype)
    print("and the loss", F.cross_entropy(out, torch.tensor([0, 1])).dtype)

# %% [markdown]
# **Mixed precision** keeps the parameters in float32 and computes the expensive products in 16 bits.
# `torch.autocast` decides operation by operation: matrix products go down, sums, softmax and losses
# stay up, since 256 + 1 must not be 256. bfloat16 has the range of float32, and needs nothing more.
# float16 has not: a gradient of 1e-8 is 0. So `torch.amp.GradScaler` multiplies the loss by a large
# number before the backward pass, and divides the gradients by it before the step.

# %% [markdown]
# # The capstone
#
# From here on you build a whole training run out of your own parts. `nn.Module`, `nn.Flatten`, autograd
# and the optimizer are PyTorch's; the rest is yours. Each part has a check of its own, and each is
# small. When one of them is broken, the later ones are graded with ours in its place, so that one
# mistake costs its points once.
#
# ### Exercise: `MySequential` (2 points, easy, 4 minutes)
#
# Once more, from memory: `MySequential(*blocks)`, an `nn.Module`, without `nn.Sequential`. It registers
# its blocks and applies them in their order.


# %% exercise="MySequential"
class MySequential(nn.Module):
    """Applies the blocks that it is given, one after the other."""

    def __init__(self, *blocks):
        ### BEGIN SOLUTION
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        ### END SOLUTION

    def forward(self, X):
        """What the last block returns."""
        ### BEGIN SOLUTION
        for block in self.blocks:
            X = block(X)
        return X
        ### END SOLUTION


# %% check="MySequential"
check("MySequential")

# %% [markdown] remarks="MySequential"
# From memory it comes out shorter: `nn.ModuleList` registers, keeps the order, and can be walked
# through. The weights are called `blocks.0.weight` now, one step longer than in chapter 7, which
# only matters to files of others. A Python list would compute the same on the CPU, and leave every
# weight behind at the first `to()`. Since the blocks are reached through a registered child,
# `train()`, `eval()` and `apply()` find them without your help. That is half of what the capstone
# stands on.

# %% [markdown]
# ### Exercise: `MyLinear` (2 points, easy, 4 minutes)
#
# `MyLinear(in_units, units, relu=True)`, an `nn.Module`, without `nn.Linear`.
#
# - Parameters `weight`, `(in_units, units)`, and `bias`, `(units,)`. How they start is up to you.
# - `layer(X)`: X `(n, in_units)`; returns relu(XW + b), `(n, units)`; with `relu=False`, XW + b.


# %% exercise="MyLinear"
class MyLinear(nn.Module):
    """A linear layer with ReLU, or without it: (n, in_units) to (n, units)."""

    def __init__(self, in_units, units, relu=True):
        ### BEGIN SOLUTION
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.zeros(units))
        self.relu = relu
        ### END SOLUTION

    def forward(self, X):
        """Outputs (n, units) for X (n, in_units)."""
        ### BEGIN SOLUTION
        linear = X @ self.weight + self.bias
        return F.relu(linear) if self.relu else linear
        ### END SOLUTION


# %% check="MyLinear"
check("MyLinear")

# %% [markdown] remarks="MyLinear"
# The numbers that `torch.randn` draws are meant to be replaced: `init_xavier` will do that. Use the
# layer without it, and 784 inputs give outputs 28 times as large as they came.
# `torch.addmm(self.bias, X, self.weight)` joins product and sum in one call, for matrices only.
# Both parameters are made on the CPU, and `net.to(device)` exchanges what is in them; a mask or a
# constant that is made in `forward` has no such luck. Making them directly in place, with `device=`
# in the constructor, saves the copy, and is what PyTorch's layers offer.

# %% [markdown]
# ### Exercise: `DropoutLayer` (3 points, easy, 6 minutes)
#
# `DropoutLayer(dropout)`, an `nn.Module`, without PyTorch's dropout: in train mode it sets each element
# of X to 0 with probability `dropout`, independently, and divides the others by `1 - dropout`; at
# `dropout = 1` it gives zeros. In eval mode it returns X. This time the mask has to be on the right
# device, too.


# %% exercise="DropoutLayer"
class DropoutLayer(nn.Module):
    """Dropout with the rate `dropout`, in train mode, on whatever device X is."""

    def __init__(self, dropout):
        ### BEGIN SOLUTION
        super().__init__()
        self.dropout = dropout
        ### END SOLUTION

    def forward(self, X):
        """In train mode X with dropout, in eval mode X."""
        ### BEGIN SOLUTION
        if not self.training:
            return X
        if self.dropout == 1:
            return torch.zeros_like(X)
        mask = torch.rand(X.shape, device=X.device) > self.dropout
        return mask * X / (1 - self.dropout)
        ### END SOLUTION


# %% check="DropoutLayer"
check("DropoutLayer")

# %% [markdown] remarks="DropoutLayer"
# `device=X.device` is the only thing that chapter 1 did not need on a laptop. `torch.rand_like(X)`
# is shorter and takes the type along: in bfloat16 its numbers near 1 come in steps of 1/256, and
# asked for 0.3, the layer drops 30.4 percent. So the comparison is better made in float32, whatever
# X is. Each device has a random state of its own, and one seed gives other masks on a GPU than on a
# CPU. That is why the checkpoint at the end of the chapter stores both.

# %% [markdown]
# ### Exercise: `init_xavier` (2 points, easy, 5 minutes)
#
# `init_xavier(m)` is made for `net.apply(init_xavier)`, which calls it with every module. If `m` is a
# `MyLinear`, it draws the weight from the uniform distribution on ±√(6 / (in_units + units)), and sets
# the bias to 0. Both stay the parameters that they were, where they were. Other modules are left alone.


# %% exercise="init_xavier"
def init_xavier(m):
    """Xavier's uniform start for a MyLinear; nothing for other modules."""
    ### BEGIN SOLUTION
    if isinstance(m, MyLinear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)
    ### END SOLUTION


# %% check="init_xavier"
check("init_xavier")

# %% [markdown] remarks="init_xavier"
# The weight is stored as (in_units, units), the other way round than in `nn.Linear`, and Xavier's
# rule does not mind, since it adds the two. He's rule would: `nn.init.kaiming_normal_` takes the
# last axis for the inputs and would scale by the wrong one. Asking for `MyLinear` and nothing else
# makes the function harmless for flattening and dropout. It draws on the device on which the weight
# is. Start on the CPU and move afterwards if all machines are to begin with the same numbers.

# %% [markdown]
# ### Exercise: `make_net` (3 points, easy, 6 minutes)
#
# `make_net(dropout1=0.2, dropout2=0.5)` returns the network of chapter 1, made of your parts: a
# `MySequential` of `nn.Flatten()`, 784 → 256 with ReLU, dropout with `dropout1`, 256 → 256 with ReLU,
# dropout with `dropout2`, and 256 → 10 **without** ReLU. `init_xavier` has been applied to it.
#
# Example: `make_net()(torch.rand(3, 1, 28, 28)).shape` is `torch.Size([3, 10])`; it has 269,322
# parameters.


# %% exercise="make_net"
def make_net(dropout1=0.2, dropout2=0.5):
    """784-256-256-10 with dropout after both hidden layers, started by init_xavier."""
    ### BEGIN SOLUTION
    net = MySequential(
        nn.Flatten(),
        MyLinear(784, 256),
        DropoutLayer(dropout1),
        MyLinear(256, 256),
        DropoutLayer(dropout2),
        MyLinear(256, 10, relu=False),
    )
    net.apply(init_xavier)
    return net
    ### END SOLUTION


# %% check="make_net"
check("make_net")

# %% [markdown] remarks="make_net"
# The last layer is told to leave its numbers alone; with ReLU a logit could never be negative, and
# a class with no positive logit would get no gradient. The two rates are arguments, and everything
# else is fixed, because one network is what the capstone trains. A loop over sizes is the natural
# next step, and has to treat the last layer differently, which is why people write it out. `apply`
# comes when all layers are there. Call the function twice with one seed and compare: equal weights
# mean that nothing draws behind your back.

# %% [markdown]
# It is a network like any other: the book's own loop trains it, on 6,000 pictures here.

# %% tags=["demo"]
torch.manual_seed(0)
some_train, some_test = fashion_mnist(100, train_size=6_000, test_size=1_000)
book_net = make_net()
updater = torch.optim.SGD(book_net.parameters(), lr=0.3)
loss = nn.CrossEntropyLoss(reduction="none")
with d2l_loop(quiet=True) as in_the_book:
    d2l.train_ch3(book_net, some_train, some_test, loss, 3, updater)
told = ", ".join(f"{value:.2f}" for value in in_the_book.train_loss)
print(f"train losses {told}, test accuracy {in_the_book.test_acc[-1]:.2f}")

# %% [markdown]
# ### Exercise: `checkpoint` (5 points, hard, 20 minutes)
#
# A run that takes days is interrupted: by a power cut, by the end of a time slot, by you. Write two
# functions. After an interruption, the run goes on as if nothing had happened, **number for number**.
#
# `checkpoint(path, net, optimizer, epoch)` writes one file with all that the next epoch depends on:
# the parameters and buffers, the optimizer's state, the number of epochs that are done, and the states
# of the random numbers, those of the CPU and those of every NVIDIA GPU (dropout draws there!). A crash
# in the middle of writing leaves the old file or the new one, never half of one.
#
# `resume(path, net, optimizer)` puts all of it back into a fresh network and its optimizer, and returns
# the number of epochs that are done. Without a file at `path` it changes nothing and returns 0.
#
# - The file may come from another device: from a GPU onto a machine without one, and the other way
#   round. `net` and `optimizer` stay where they are. Random states of GPUs are put back if there are
#   as many GPUs as then.
# - The file holds tensors and plain numbers only, so that `torch.load` reads it without running code.
#
# Useful: `torch.save` to another name and `os.replace`; `torch.load(path, map_location="cpu")`;
# `torch.get_rng_state`, `torch.cuda.get_rng_state_all`, and their counterparts with `set`. Without a
# GPU, `torch.cuda.get_rng_state_all()` is an empty list.


# %% exercise="checkpoint"
def checkpoint(path, net, optimizer, epoch):
    """Write all that training depends on after so many epochs into the file at `path`."""
    ### BEGIN SOLUTION
    state = {
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": epoch,
        "random": torch.get_rng_state(),
        "gpus": torch.cuda.get_rng_state_all(),
    }
    torch.save(state, f"{path}.part")
    os.replace(f"{path}.part", path)
    ### END SOLUTION


def resume(path, net, optimizer):
    """Put back what `checkpoint` has written; return the number of epochs done, 0 without a file."""
    ### BEGIN SOLUTION
    if not os.path.exists(path):
        return 0
    state = torch.load(path, map_location="cpu")
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    if len(state["gpus"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["gpus"])
    return state["epoch"]
    ### END SOLUTION


# %% check="checkpoint"
check("checkpoint")

# %% [markdown] remarks="checkpoint"
# All is loaded onto the CPU, and each owner moves what is its own: `load_state_dict` copies into
# parameters where they are, and the optimizer brings its momentum to them. Random states must stay
# on the CPU anyway. Their number is compared with the GPUs of today, as a run may come back on
# another machine; then it goes on well, and not number for number. The rename protects from a crash
# of the process. Against a power cut the file wants `fsync` before it, as in chapter 10.

# %% [markdown]
# ### Exercise: `capstone` (8 points, hard, 25 minutes)
#
# `capstone(train_iter, path, num_epochs=10, lr=0.05, device=None)` puts it all together.
#
# - `device` None means `try_device()`.
# - Makes a network with `make_net()`, moves it, and makes `torch.optim.SGD` with learning rate `lr` and
#   **momentum 0.9**. (The momentum is a memory, and it is in the optimizer: what would a checkpoint
#   without it lose?)
# - Goes on where the checkpoint at `path` ended, or begins.
# - Each epoch: the network in train mode, one step for each batch with the mean cross-entropy, the
#   batches moved to the device. After each epoch, a checkpoint at `path`.
# - Stops when `num_epochs` epochs are done **in all**. Returns `(net, losses)`: the trained network, on
#   the device, and the mean loss of each epoch that *this* call has trained, as a list of floats.
#
# The check gives your function drawings of garments, interrupts it in the middle of an epoch, and calls
# it again. It takes two or three seconds.


# %% exercise="capstone"
def capstone(train_iter, path, num_epochs=10, lr=0.05, device=None):
    """Train make_net() until num_epochs epochs are done, with a checkpoint after each."""
    ### BEGIN SOLUTION
    if device is None:
        device = try_device()
    net = make_net().to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    losses = []
    for epoch in range(resume(path, net, optimizer), num_epochs):
        net.train()
        total, count = torch.zeros((), device=device), 0
        for X, y in train_iter:
            X, y = move_batch((X, y), device)
            l = F.cross_entropy(net(X), y)
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            total += l.detach() * len(y)
            count += len(y)
        losses.append(total.item() / count)
        checkpoint(path, net, optimizer, epoch + 1)
    return net, losses
    ### END SOLUTION


# %% check="capstone"
check("capstone")

# %% [markdown] remarks="capstone"
# `resume` gives the number of epochs that are done, and `range` begins there: no special case for
# the first start. `net.train()` stands inside of the loop, since anyone may have called `eval()`
# between two epochs. The order of the batches comes from the random state, which was restored, so
# the interrupted epoch is repeated as it was. A whole epoch is lost at most; where an epoch takes a
# day, save every quarter of an hour, and the position with it. Keep the last two checkpoints: the
# day on which you save a network of NaN is the day on which you need the one before.

# %% [markdown]
# ### The real thing, with a power cut
#
# All 60,000 pictures, and a power cut in the middle of the fourth epoch.


# %%
class PowerCut:
    """The batches of `data_iter`, until the power fails: in pass `failing`, at batch `at`."""

    def __init__(self, data_iter, failing, at=100):
        self.data_iter, self.failing, self.at, self.passes = data_iter, failing, at, 0

    def __iter__(self):
        self.passes += 1
        for number, batch in enumerate(self.data_iter):
            if self.passes == self.failing and number == self.at:
                raise KeyboardInterrupt("the power fails")
            yield batch


# %% [markdown]
# We call `capstone` once for each epoch: it goes on where its last call ended, so that is the same run.
# In between we can measure, and draw.

# %% tags=["demo"]
num_epochs = 8
torch.manual_seed(0)
train_iter, test_iter = fashion_mnist(256, device)
failing_iter = PowerCut(train_iter, failing=4)
history = History(device=str(device))
start = time.perf_counter()
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "capstone.pt"
    while len(history) < num_epochs:
        try:
            net, losses = capstone(failing_iter, path, len(history) + 1, device=device)
        except KeyboardInterrupt as error:
            print(f"{error}; there is a file of {path.stat().st_size / 1e6:.1f} MB")
            torch.manual_seed(1234)  # whatever happens until the power is back
            continue
        history.train_loss += losses
        history.test_acc.append(evaluate_accuracy(net, test_iter))
        show_progress(history, num_epochs)
train_loss, test_acc = history.train_loss[-1], history.test_acc[-1]
print(
    f"trained on {device} in {time.perf_counter() - start:.1f} s, with a power cut in the fourth epoch"
)
print(f"train loss {train_loss:.3f}, test accuracy {test_acc:.3f}")
print("within the book's range:", train_loss < 0.5 and 0.7 < test_acc <= 1)

# %% [markdown]
# Expect a train loss of about 0.34 and a test accuracy between 0.85 and 0.88. The book's loop ends in the
# same demands, a train loss below 0.5 and accuracies above 0.7, and its own network comes to about 0.35 and
# 0.86 in ten epochs. Not a line of yours was PyTorch's `Sequential`, `Linear` or `Dropout`.
#
# And was anything lost in the power cut? On a few pictures, which takes less time, we run it both ways:


# %%
def trained(failing):
    """The parameters after six epochs on 2,000 pictures; with a power cut, after two calls."""
    torch.manual_seed(7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "few.pt"
        try:
            net, _ = capstone(PowerCut(few, failing, at=10), path, 6, device=device)
        except KeyboardInterrupt:
            torch.manual_seed(99)
            net, _ = capstone(few, path, 6, device=device)
    return [p.detach().cpu() for p in net.parameters()]


# %% tags=["demo"]
few, _ = fashion_mnist(100, device, train_size=2_000)
pairs = list(zip(trained(failing=None), trained(failing=4), strict=True))
print("the same network, number for number:", all(torch.equal(a, b) for a, b in pairs))

# %% [markdown]
# Six tensors, 269,322 numbers, and not one differs: the second call drew the same permutations, the
# same masks, and made the same steps, since the checkpoint knew everything that they depend on. (Two
# runs on *different* kinds of devices agree to some digits only: they add in another order.)
#
# Where is your network wrong? Here are the first pictures of the test data that it does not name right:

# %% tags=["demo"]
from lab import FASHION_CLASSES, show_images

X, y = next(iter(test_iter))
net.eval()
with torch.no_grad():
    chosen = net(move_batch(X, device)).argmax(dim=1).cpu()
wrong = (chosen != y.cpu()).nonzero().flatten()[:8]
told = [f"{FASHION_CLASSES[y[i]]}, taken for {FASHION_CLASSES[chosen[i]]}" for i in wrong]
show_images(X[wrong].cpu(), 1, 8, titles=[text.replace(", taken for ", "\nor ") for text in told])

# %% [markdown]
# ### Written answer: what is in a checkpoint (2 points, 8 minutes)
#
# Your capstone is resumed from a checkpoint in which one of these is missing: (a) the optimizer's
# state, (b) the states of the random numbers, (c) the number of epochs. For each: does anything fail?
# What is different from the uninterrupted run, and how would you notice?

# %% [markdown] answer="what_is_in_a_checkpoint" points=2
# Nothing fails in any of the three. (a) The momentum starts from 0 again: the first steps are shorter,
# the loss curve has a small kink, and the parameters differ from then on. (b) Pictures come in another
# order and other units are dropped: statistically the run is as good, but no number agrees, so nobody can
# repeat or debug it. (c) The run begins to count at 0 and trains too long, or a schedule of the learning
# rate starts anew. One notices by comparing a short resumed run with an uninterrupted one, number for
# number.
#
# *Marking: 1 point for (a) and (c) with their effects; 1 point for (b) and the comparison number for
# number.*

# %% [markdown] quiz="quiz_devices" points=5
# ## Devices: a quiz (5 points, easy, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. `X.to("cuda:0")` stands alone in a line. What has it changed?
#     - (a) X is on the GPU
#         > That is so for modules. A tensor stays where it is.
#     - (b) nothing that anyone will use
#         > right: The copy was made, returned, and thrown away. Write `X = X.to(device)`.
#     - (c) X is on the GPU from the next operation on
#         > Nothing moves by itself, now or later.
# 2. And `net.to("cuda:0")`, alone in a line?
#     - (a) all parameters and buffers of `net` are on the GPU
#         > right: Modules are moved in place. What it returns is `net` itself.
#     - (b) nothing, the result is thrown away
#         > That is so for tensors. A module holds its parameters and exchanges what is in them.
#     - (c) the parameters are there, buffers and plain tensors stay behind
#         > Buffers are moved with the parameters. Plain attributes do stay behind.
# 3. `forward` contains `mask = torch.rand(X.shape) > 0.5` and `return mask * X`. What happens on a GPU?
#     - (a) it works: PyTorch moves the mask to X
#         > If it did so silently, no one would notice the copies. It refuses.
#     - (b) it works once `net.to(device)` was called
#         > `to` moves what is registered. This mask is made later, at every call.
#     - (c) an error: the mask was made on the CPU
#         > right: `torch.rand(X.shape, device=X.device)`, or `torch.rand_like(X)`.
# 4. Which of these makes Python wait for the GPU?
#     - (a) `Y = X @ X`
#         > It puts the product into the queue and returns.
#     - (b) `print(l)`
#         > right: The number is wanted on the CPU: the queue has to be empty first.
#     - (c) `l.detach()`
#         > The same tensor without its history. No number is looked at.
# 5. Without `synchronize`, 1,000 products on a GPU take 0.01 s by your clock. What have you measured?
#     - (a) how fast Python gives orders
#         > right: The work may go on long after the clock was read.
#     - (b) the products, a little too long because Python is slow
#         > The products had perhaps hardly begun.
#     - (c) the products, since the last one needs all earlier ones
#         > They wait for each other in the queue, while Python goes on.
# 6. You copy 60,000 pictures to a GPU, one by one, in place of all at once. What does that cost?
#     - (a) about the same: the bytes are the same
#         > The price per byte is. But each copy has a price of its own.
#     - (b) less: small copies are quicker
#         > Each is, by very little. There are 60,000 of them.
#     - (c) much more: the fixed price is paid 60,000 times
#         > right: Below some hundred kilobytes, the price of asking is most of it.
# 7. A file was written on a machine with a GPU. `torch.load(path)` on a laptop without one raises. Why?
#     - (a) tensors come back to the device on which they were
#         > right: `map_location="cpu"` says where they should go instead.
#     - (b) files from a GPU have another format
#         > The format is the same. The place of each tensor is noted in it.
#     - (c) `weights_only` refuses tensors of a GPU
#         > It refuses code. Tensors are welcome from anywhere.
# 8. The optimizer is made, then `net.to(device)` is called. What about it?
#     - (a) it always fails: the optimizer holds the old parameters
#         > `to` exchanges the numbers and keeps the parameters. Plain SGD goes on working.
#     - (b) it depends on the optimizer and on what it has in its state: so move first, then make it
#         > right: State that was made on the CPU stays there. The safe order costs nothing.
#     - (c) it is the recommended order
#         > PyTorch's documentation recommends the other one.
# 9. 256 + 1 is 256 in bfloat16. What does mixed precision do about it in training?
#     - (a) it rounds more carefully
#         > There is no number between 256 and 258 to round to.
#     - (b) it scales the loss
#         > That helps float16, whose small numbers vanish. Large sums are another matter.
#     - (c) sums and losses stay in float32, and so do the parameters
#         > right: Products of matrices are computed in 16 bits; what adds up many small things is not.
# 10. Two runs with one seed, on a CPU and on a GPU, differ in the sixth digit. Why?
#     - (a) GPUs compute inexactly
#         > Both round each operation to float32, and equally well.
#     - (b) they add in another order, and draw other random numbers
#         > right: Sums of floats depend on the order, and each device has a generator of its own.
#     - (c) one of them has a bug
#         > Neither need have. Ask for a tolerance, not for equality.

# %% [markdown]
# ## Exercises without a check
#
# 1. The book asks: multiply two matrices on two GPUs, at the same time and one after the other. Try it
#    with `PracticeGPUs(2, seconds=0.1)` and with `timed` for each of the two devices. Why does the
#    order in which you call `synchronize` not matter?
# 2. For which size of `X` does `X @ X` become faster on your GPU than on your CPU? Draw both curves,
#    honestly timed, with logarithmic axes. Without a GPU, do it for one thread and for all
#    (`torch.set_num_threads`).
# 3. `fashion_mnist(256, device)` keeps all pictures on the device. What would your loop gain, or lose,
#    if they stayed on the CPU and each batch was moved? Count with a practice GPU, then measure.
# 4. Write `all_devices()`: every GPU, or the CPU in a list when there is none. Split a batch among them,
#    run a copy of the network on each, and put the outputs together.
# 5. Keep the best checkpoint as well as the last one. By which measure, on which data?
# 6. Train the capstone with `torch.autocast`. How much faster is it on your device, and what do the loss
#    and the accuracy say? Average over three seeds before you answer.
# 7. Take a part out of the capstone (Xavier's start, dropout, momentum), one at a time. What does each
#    contribute after eight epochs? Chapter 3 says how to ask.
#
# ## Summary
#
# - A tensor is on one device. An operation needs all of its tensors on one, and nothing moves by itself.
# - `X = X.to(device)` for tensors, `net.to(device)` for modules; what you make, make on the device.
# - GPUs work asynchronously. Synchronise before and after, then read the clock.
# - Copies have a fixed price and a price per byte. Move batches, not examples; fetch the loss once an
#   epoch, not once a step.
# - Code that takes the device as an argument runs everywhere, and can be tested where there is none.
# - A checkpoint holds all that the next epoch depends on: parameters, optimizer, epoch, random states.
#   It is written beside the old one and then takes its place.
#
# ## Further reading
#
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on GPUs, and the
#   chapter on computational performance.
# - PyTorch's documentation: *CUDA semantics*, *Automatic mixed precision*, *Reproducibility*.
# - P. Micikevicius and others: *Mixed precision training*. ICLR 2018.
# - D. Kalamkar and others: *A study of bfloat16 for deep learning training*. 2019. arXiv:1905.12322.
# - J. Dean, L. A. Barroso: *The tail at scale*. Communications of the ACM 56, 2013. (Why long runs are
#   interrupted, and what large systems do about it.)
#
# Before this chapter: *Saving and loading* (chapter 10). This is the last one. You have built a layer of
# noise, a penalty, a start, blocks, parameters, layers, files, and now a whole that runs anywhere. What
# you read in other people's code from here on, you have written yourself.
