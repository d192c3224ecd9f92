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
#     title: Parameters
#     minutes: 110
#     points: 50
# ---

# %% [markdown]
# # Parameters
#
# Training looks for good parameters, and once it has found them, they are all that is left of it.
# So you want to get at them: to read one, to count them all, to set their start, to let two layers
# share them. In this chapter you write the small tools for that. You also find out why a network
# that is printed beautifully gives the same answer to every question, what a constant start costs,
# how an initialisation can be lost without a word, and how a notebook shows an output that its code
# cannot give.
#
# **You will be able to**
#
# - reach parameters by layer, by name, and all at once, and tell a `Parameter` from its `.data` and
#   its `.grad`
# - count parameters, shared ones once
# - initialise a network with PyTorch's functions and with one of your own
# - tie two layers, and say what becomes of their gradients
# - initialise layers whose shapes are not known yet
# - find state that hides in a notebook.
#
# **Time**: about 110 minutes. **Points**: 50. Chapter 7 comes before this one; nothing of its code
# is needed.

# %%
import math

import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn
from torch.nn import functional as F

from grader import chapter
from lab import show_figure, try_device

check, hint = chapter(8)  # after a restart, run this cell again
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## Three ways in
#
# A small network to look into, as the book has it:

# %%
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
X = torch.rand(2, 4)
net(X)

# %% [markdown]
# **By layer.** A `Sequential` is indexed like a list: `net[2]` is the last layer, `net[2].bias` its
# bias. That is a `Parameter`, a tensor that the network registers. It has two companions:
#
# - `net[2].bias.data` is the tensor of numbers without the parameter around it: the same memory,
#   but nothing that autograd knows of.
# - `net[2].bias.grad` is its gradient: another tensor of the same shape. **Before the first
#   backward pass it is `None`**, not zero.

# %% tags=["demo"]
print("bias: ", net[2].bias)
print("data: ", net[2].bias.data)
print("grad: ", net[2].bias.grad)
net(X).sum().backward()
print("grad after backward: ", net[2].bias.grad)

# %% [markdown]
# **All at once.** `net.parameters()` gives all of them, `net.named_parameters()` together with
# their names. The name is the path: `2.bias` is the `bias` of the block that is called `2`. What
# `state_dict()` gives is something else: what has to be *saved*. It has buffers as well, and a
# tensor that is shared by two blocks is there under both names.
#
# ### Exercise: `parameter_shapes` (3 points, easy, 5 minutes)
#
# Write `parameter_shapes(net)`, which returns a dictionary: the name of each parameter and its
# shape, as a plain tuple, in the order of `net.parameters()`. A shared parameter is there once.
# Buffers are no parameters.
#
# Example: for the network above, `{"0.weight": (8, 4), "0.bias": (8,), "2.weight": (1, 8),
# "2.bias": (1,)}`.


# %% exercise="parameter_shapes"
def parameter_shapes(net):
    """A dictionary from the name of each parameter to its shape, a tuple of ints."""
    ### BEGIN SOLUTION
    return {name: tuple(p.shape) for name, p in net.named_parameters()}
    ### END SOLUTION


# %% check="parameter_shapes"
check("parameter_shapes")

# %% [markdown] remarks="parameter_shapes"
# `named_parameters()` walks through all blocks and leaves out what it has given already, so a
# dictionary comprehension is all that remains. A `torch.Size` is a tuple and equal to one; turned
# into a plain tuple it prints without its name, and other programs know what it is. `state_dict()`
# would be the wrong source, with its buffers and with shared tensors twice. Compare the shapes of
# two networks with `==`, and you have a good first test whether a file fits.

# %% [markdown]
# ### Exercise: `count_parameters` (4 points, easy, 6 minutes)
#
# How large is a network? The usual answer is the number of its parameters: not of the tensors, but
# of the numbers in them. Write `count_parameters(net, trainable_only=False)`.
#
# - Returns an int. A shared parameter counts once; buffers do not count.
# - With `trainable_only=True`, only those with `requires_grad`. Parameters without it are *frozen*:
#   they are part of the network, and training leaves them as they are.
#
# Example: for the network above 49 = 8 · 4 + 8 + 8 + 1.


# %% exercise="count_parameters"
def count_parameters(net, trainable_only=False):
    """How many numbers there are in the parameters of net, or in those that are trained."""
    ### BEGIN SOLUTION
    return sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only)
    ### END SOLUTION


# %% check="count_parameters"
check("count_parameters")

# %% [markdown] remarks="count_parameters"
# A generator inside of `sum` asks each tensor for `numel()` and never builds a list. `parameters()`
# counts by identity, so a tied layer weighs once. Times four bytes, it is the memory of the
# weights; training with Adam needs about four times that, for gradients and two moments, and
# activations come on top. A lazy layer that has no shape yet makes `numel()` raise a ValueError,
# which beats a wrong number. Where do most of them sit? In a perceptron for pictures, nearly always
# in the first layer.

# %% [markdown]
# **By name.** Messages, files and tables of other people's networks speak of parameters by their
# names. To act on one, you want the tensor itself.
#
# ### Exercise: `get_by_name` (4 points, medium, 8 minutes)
#
# Write `get_by_name(net, name)`, without `net.get_parameter` and `net.get_buffer`, which PyTorch
# has for this.
#
# - `name`: a path, such as `"0.block 2.0.bias"`: the names of the blocks from the outside to the
#   inside, and the tensor's own, joined by dots. No single name has a dot in it.
# - Returns **the parameter itself**, or the buffer: what is done to it is done to the network, and
#   after a backward pass it has its gradient.
# - A shared parameter is found under each of its names.
# - Where there is no parameter and no buffer of this name, it raises a `KeyError`. A layer without a
#   bias, whose `bias` is `None`, has none of that name.
#
# Example: `get_by_name(net, "2.bias") is net[2].bias` is `True`.


# %% exercise="get_by_name"
def get_by_name(net, name):
    """The parameter or buffer of net with this name, itself. Raises KeyError where there is none."""
    ### BEGIN SOLUTION
    named = dict(net.named_parameters(remove_duplicate=False)) | dict(net.named_buffers())
    return named[name]
    ### END SOLUTION


# %% check="get_by_name"
check("get_by_name")

# %% [markdown] remarks="get_by_name"
# Both kinds of tensors go into one dictionary, and a name that is not there raises the KeyError by
# itself. `remove_duplicate=False` makes a shared parameter appear under each of its names; give it
# to `named_buffers` as well if your network shares buffers. For one look-up, to walk down the path
# with `getattr` is less work, since it touches only the blocks on the way. `net.get_parameter`
# walks like that, and raises an AttributeError. What you hold is the tensor itself: write to it
# under `torch.no_grad()`, or autograd will protest.

# %% [markdown]
# ## Blocks in blocks, and their names
#
# The book builds a network of nested blocks on purpose, to look at it:
#
# - a small block: Linear 4 → 8, ReLU, Linear 8 → 4, ReLU
# - a row of four small blocks, called `block 0` to `block 3`
# - the network: the row, and a Linear 4 → 1.
#
# ### Exercise: `rgnet` (4 points, easy, 8 minutes)
#
# Write `rgnet()`, which returns a new network like this, made of `nn.Sequential` inside
# `nn.Sequential`. Each of the four blocks has parameters of its own. You may write helpers in the
# same cell.
#
# Example: `rgnet()(torch.rand(2, 4)).shape` is `torch.Size([2, 1])`; it has 309 parameters, and
# the bias of the first layer in the second block is `rgnet()[0][1][0].bias`, called
# `0.block 1.0.bias`.


# %% exercise="rgnet"
def rgnet():
    """A new network: four small blocks in a row, and a linear layer; (n, 4) to (n, 1)."""
    ### BEGIN SOLUTION
    row = nn.Sequential()
    for i in range(4):
        block = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU())
        row.add_module(f"block {i}", block)
    return nn.Sequential(row, nn.Linear(4, 1))
    ### END SOLUTION


# %% check="rgnet"
check("rgnet")

# %% [markdown] remarks="rgnet"
# Each turn of the loop makes a block, so there are four; one that is made before the loop would get
# four names. `add_module` takes names with spaces, and only dots are forbidden, because they
# separate the steps of a path. A `nn.Sequential(OrderedDict(...))` says the same in one expression,
# and in numbers without names a loop is shorter still. Deep nests read well in print and badly in
# code: `net[0][1][0]`. A class with named attributes is kinder to whoever comes after you.

# %% [markdown]
# Print it: a network shows its tree. And look at what it gives for two rows that have nothing to do
# with each other.

# %% tags=["demo"]
torch.manual_seed(1)
deep = rgnet()
print(deep)
print("\ntwo rows:      ", X.tolist())
print("their outputs: ", deep(X).flatten().tolist())

# %% [markdown]
# ## Why both rows are alike
#
# The rows have hardly a number in common, and the outputs differ by 0.0002. This is no mistake in
# your code: the book's output shows the same, and passes over it in silence. Measure it: feed
# 200 random rows, and ask how far their outputs are spread, for networks with 0, 1, 2, … small
# blocks, each with 200 random starts.


# %%
def spread_of_outputs(blocks, seed):
    """The standard deviation of the outputs of 200 random rows; a network of so many small blocks."""
    torch.manual_seed(seed)
    rows = torch.rand(200, 4)
    layers = []
    for _ in range(blocks):
        layers += [nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4), nn.ReLU()]
    with torch.no_grad():
        return nn.Sequential(*layers, nn.Linear(4, 1))(rows).std().item()


# %% tags=["demo"]
depths = range(6)
spreads = [torch.tensor([spread_of_outputs(k, seed) for seed in range(200)]) for k in depths]
medians = [s.median().item() for s in spreads]
for k, median in zip(depths, medians, strict=True):
    print(f"{k} blocks: median spread of the outputs {median:.1e}")
fig, panel = plt.subplots(figsize=(6.4, 3))
low, high = ([s.quantile(q).item() for s in spreads] for q in (0.25, 0.75))
panel.fill_between(
    depths, [max(x, 1e-8) for x in low], high, alpha=0.3, label="middle half of the starts"
)
panel.semilogy(depths, medians, "o-", label="median")
panel.set_xlabel("small blocks before the last layer")
panel.set_ylabel("spread of the outputs")
panel.set_xticks(depths)
panel.grid(alpha=0.3)
panel.legend()
show_figure(
    "The spread of the outputs of 200 random rows over the number of blocks, on a log scale, with a "
    f"thin band for the middle half of the starts: about a tenth with each block, from {medians[0]:.2f} "
    f"without a block to {medians[4]:.6f} with four"
)

# %% [markdown]
# Each block takes the differences between rows down to about a tenth. After four blocks, 0.16 has
# become 0.00001.
#
# ### Written answer: a network that forgets its input (2 points, medium, 8 minutes)
#
# Why do the differences between the rows shrink with each block, and what is it that the output
# consists of then? (`nn.Linear` draws weights and biases uniformly in $\pm 1/\sqrt{n}$, with $n$
# inputs. What is the variance of such a weight, what does that make of a difference
# $\mathbf{x} - \mathbf{x}'$, and what does ReLU do to it?) Three or four sentences.

# %% [markdown] answer="why_alike" points=2
# A weight that is uniform in ±1/√n has variance 1/(3n). A difference d of two rows becomes W d,
# whose coordinates have variance ‖d‖²/(3n): a third of the mean square that d had. ReLU passes only
# a part of it, and nothing at all where a unit is off for both rows. So each linear layer with its
# ReLU takes the mean square of differences to a sixth or so, a block with two of them to a
# thirtieth or less, and some starts switch all units off. The biases are drawn anew in each layer and
# do not shrink: they are the same for all rows, and they are what the output is made of. Deep random
# networks forget their input; the fitting variance (He: 2/n) keeps the size of differences, as
# chapter 5 shows.
#
# *Marking: 1 point for the small variance of the weights (or: differences are multiplied by
# something below 1 in each layer; ReLU takes away more); 1 point for the biases, which are the same
# for every row and remain.*

# %% [markdown]
# ## A start of one's own
#
# `net.apply(f)` calls `f(m)` for each module `m` in `net`, those inside others too. `nn.init` has
# functions that fill a tensor in place; their names end with an underscore. The book shows three.
#
# ### Exercises: `init_normal`, `init_constant`, `init_xavier` (2 points each, easy, 10 minutes)
#
# Each is a function of one module `m`, to be used with `net.apply`, and does nothing unless `m` is
# an `nn.Linear`. Parameters are filled in place. A layer may have no bias: then `m.bias` is `None`.
#
# | function | every weight | bias |
# | --- | --- | --- |
# | `init_normal(m)` | drawn from $\mathcal{N}(0, 0.01^2)$ | 0 |
# | `init_constant(m)` | 1 | 0 |
# | `init_xavier(m)` | drawn uniformly from $\pm\sqrt{6/(n_\text{in} + n_\text{out})}$ | stays as it was |
#
# Example: after `net.apply(init_constant)`, `net[0].weight[0]` is 1, 1, 1, 1, and `net[0].bias` is
# 0.


# %% exercise="init_normal"
def init_normal(m):
    """Draw the weights of an nn.Linear from N(0, 0.01 ** 2) and set its bias to 0."""
    ### BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.01)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
    ### END SOLUTION


# %% check="init_normal"
check("init_normal")

# %% [markdown] remarks="init_normal"
# The question for `None` is the one that published versions forget, and a network without biases is
# where they break. All functions of `nn.init` fill the tensor that is there, unseen by autograd,
# and return it, so they can be chained. `isinstance` includes relatives, for example the output
# layer inside `nn.MultiheadAttention`, which is an `nn.Linear` by inheritance. Was that wanted? A
# printed list of the modules that `apply` has met answers it. The fixed 0.01 ignores the number of
# inputs; with one over its root in place of it, depth does far less harm.


# %% exercise="init_constant"
def init_constant(m):
    """Set the weights of an nn.Linear to 1 and its bias to 0."""
    ### BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        nn.init.ones_(m.weight)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
    ### END SOLUTION


# %% check="init_constant"
check("init_constant")

# %% [markdown] remarks="init_constant"
# Here it is done so that you can see what it does: all hidden units are equal, get equal gradients,
# and stay equal. A constant is not wrong everywhere. The scales of normalisation layers start at 1
# and their shifts at 0, and the last layer of a classifier may well start at 0, for its units have
# different labels. `nn.init.constant_(m.weight, 42)` is the general form, `nn.init.eye_` a constant
# that is not the same for all units. Set one single weight to something else, train, and watch how
# slowly the twins part.


# %% exercise="init_xavier"
def init_xavier(m):
    """Draw the weights of an nn.Linear by Xavier's uniform rule; leave its bias."""
    ### BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
    ### END SOLUTION


# %% check="init_xavier"
check("init_xavier")

# %% [markdown] remarks="init_xavier"
# The shape of the weight tells both sizes, so one line does for layers of any width. `m.bias` stays
# what `nn.Linear` has drawn, uniformly from ±1/√n_in, which is easily overlooked: "Xavier" speaks
# of weights. A normal distribution with the same variance, `nn.init.xavier_normal_`, is the twin of
# this one. For ReLU the half that is lost is not paid for; hand over
# `gain=nn.init.calculate_gain("relu")`, and it is. Compare the spread of the outputs of ten layers
# with and without it.

# %% [markdown]
# Because `apply` works on any block, each block can have its own start: the book gives `net[0]` to
# `init_xavier` and fills `net[2]` with 42. That a constant *can* be set does not make it a good
# start. Train a network with 8 hidden units whose weights all begin with one constant:

# %% tags=["demo"]
torch.manual_seed(0)
inputs = torch.rand(256, 4)
targets = torch.sin(3 * inputs[:, :1]) - inputs[:, 1:2] * inputs[:, 2:3]
for name, start in (("init_constant", init_constant), ("init_xavier", init_xavier)):
    learner = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    learner.apply(start)
    updater = torch.optim.SGD(learner.parameters(), lr=0.05)
    for X_batch, y_batch in list(d2l.load_array((inputs, targets), 32)) * 150:
        updater.zero_grad()
        F.mse_loss(learner(X_batch), y_batch).backward()
        updater.step()
    units = learner[0].weight.detach()
    different = len({tuple(row) for row in units.tolist()})
    final = F.mse_loss(learner(inputs), targets).item()
    print(f"{name:14} loss {final:.4f}, {different} different hidden units of {len(units)}")

# %% [markdown]
# ### Written answer: constants and symmetry (2 points, easy, 6 minutes)
#
# After 1,200 steps, all eight hidden units of the first network are still the same, and its loss is
# twice that of the second. Why can gradient
# descent never make them differ, and what is such a network worth, however wide it is? Two or three
# sentences.

# %% [markdown] answer="constants_and_symmetry" points=2
# With equal weights in and out, all hidden units compute the same and get the same gradient, so
# that each step moves all of them in the same way: they stay equal for ever. The network is worth
# one hidden unit (times a factor), whatever its width. Random starts break the symmetry; so would
# dropout.
#
# *Marking: 1 point for equal gradients, hence equal steps; 1 point for the effect: one hidden unit
# is all there is.*

# %% [markdown]
# ### Exercise: `my_init` (5 points, medium, 10 minutes)
#
# When PyTorch does not have the start that you want, write it. The book's example is deliberately
# odd:
#
# $$
# w \sim \begin{cases}
#     \mathcal{U}(5, 10) & \text{with probability } 1/4, \\
#     0 & \text{with probability } 1/2, \\
#     \mathcal{U}(-10, -5) & \text{with probability } 1/4.
# \end{cases}
# $$
#
# Write `my_init(m)`: it gives the weights of an `nn.Linear` this start, in place, and leaves its
# bias and all other modules as they are. There is a short way: draw from $\mathcal{U}(-10, 10)$,
# and keep only what is at least 5 in absolute value.
#
# Example: after `net.apply(my_init)`, about half of `net[0].weight` is 0, and no number of it lies
# between 0 and 5.


# %% exercise="my_init"
def my_init(m):
    """Draw the weights of an nn.Linear from U(-10, 10), and set those with |w| < 5 to 0."""
    ### BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        nn.init.uniform_(m.weight, -10, 10)
        with torch.no_grad():
            m.weight *= m.weight.abs() >= 5
    ### END SOLUTION


# %% check="my_init"
check("my_init")

# %% [markdown] remarks="my_init"
# Draw, compare, multiply: one draw decides the sign, the size and whether the weight is 0.
# `m.weight *= mask` under `no_grad` writes into the parameter; as `m.weight = m.weight * mask` it
# would try to assign a plain tensor, and `nn.Module` refuses. The zeros are starting values and
# nothing more, since their gradients move them in the first step. For zeros that stay, see
# `torch.nn.utils.prune`; for sparse starts, `nn.init.sparse_`, which empties a share of each
# column. Numbers between 5 and 10 are wild for a network, and that is why the book chose them: you
# see at once whether they arrived.

# %% tags=["demo"]
torch.manual_seed(0)
starts = {}
for start in (init_normal, init_xavier, my_init):
    layer = nn.Linear(60, 60)
    layer.apply(start)
    starts[start.__name__] = layer.weight.detach().flatten()
told = "; ".join(
    f"{name}: from {w.min():.2g} to {w.max():.2g}, standard deviation {w.std():.2g}, "
    f"{100 * (w == 0).float().mean():.0f} % are 0"
    for name, w in starts.items()
)
fig, panels = plt.subplots(1, 3, figsize=(9, 2.6))
for panel, (name, numbers) in zip(panels, starts.items(), strict=True):
    panel.hist(numbers.numpy(), bins=41, edgecolor="white")
    panel.set_title(f"{name}\nstd {numbers.std():.3g}", fontsize=9)
    panel.set_yticks([])
show_figure(f"Three histograms of 3,600 weights. {told}")

# %% [markdown]
# ## Find the bug: the output that cannot be
#
# You can also set numbers directly. A published notebook has this cell, and below it, as its
# output, the first row of the weights:
#
# ```python
# net[0].weight.data[:] += 1
# net[0].weight.data[0, 0] = 42
# net[0].weight.data[0]
# ```
#
# A few cells above, the notebook has printed the weights as they were. Put both next to each other
# (the numbers are ours, the difference is theirs):

# %%
printed_before = torch.tensor(
    [[0.3744, -0.1211, 0.0568, -0.4013], [0.2147, 0.4420, -0.3305, 0.0871]]
)
printed_after = torch.tensor([[42.0, 1.8789, 2.0568, 1.5987], [2.2147, 2.4420, 1.6695, 2.0871]])
print(printed_after - printed_before)

# %% [markdown]
# The cell adds 1, and the weights have risen by 2. PyTorch is right: the author ran the cell twice.
# A notebook shows the cells and the last output of each; how often they ran, and in which order, it
# does not show. It is **state** that hides. (`Restart Kernel and Run All Cells` is the cure before
# you hand a notebook on.)
#
# ### Exercise: `find_the_hidden_state` (5 points, medium, 12 minutes)
#
# Two functions:
#
# 1. `times_run(before, after)`: how often the cell was run in between, an int. `before`, `after`:
#    the weights as they were printed, float tensors of the same shape, (2, 2) at least. Rounding
#    may have left its traces.
# 2. `set_weights(layer, original)`: what the cell was meant to do, in a form that gives the same
#    however often it runs. `layer`: an `nn.Linear`. `original`: a tensor with the weights that it
#    had at first, which stays as it is. Afterwards `layer.weight` is `original + 1`, with 42 at
#    [0, 0]. In place: it is the same `Parameter` as before. Nothing is returned.
#
# Example: `times_run(printed_before, printed_after)` gives 2.


# %% exercise="find_the_hidden_state"
def times_run(before, after):
    """How often the published cell was run between the weights `before` and `after`."""
    ### BEGIN SOLUTION
    return round((after - before)[1, 1].item())
    ### END SOLUTION


def set_weights(layer, original):
    """Set the weight of layer to original + 1, with 42 at [0, 0], however often this runs."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        layer.weight.copy_(original + 1)
        layer.weight[0, 0] = 42
    ### END SOLUTION


# %% check="find_the_hidden_state"
check("find_the_hidden_state")

# %% [markdown] remarks="find_the_hidden_state"
# [0, 0] has been overwritten, so any other place knows the answer; [1, 1] exists because the
# weights are 2 × 2 at least. `round` takes away what float32 has left behind, and a median over all
# places would forgive a changed number as well. `copy_` sets, and what sets can be repeated. The
# lesson goes beyond notebooks: scripts that append to a file and tables that are updated by a
# percentage have the same illness. A cell that needs `original` should make it itself, or be merged
# with the one that does.

# %% [markdown]
# What may be run twice with the effect of once is called **idempotent**. Cells that set are; cells
# that add are not. Write notebooks of the first kind where you can.
#
# ## Tied parameters
#
# Sometimes two places in a network should have the same parameters: not equal ones, the same. A
# language model, for instance, may use one matrix to turn words into vectors and vectors into words.
# Give one layer two places, and there is only one weight, only one bias, and in a backward pass
# **its gradient is the sum of the gradients of both uses**:
#
# $$
# f(\mathbf{w}) = g(\mathbf{w}, \mathbf{w})
# \quad \Longrightarrow \quad
# \nabla f(\mathbf{w}) = \nabla_1 g(\mathbf{w}, \mathbf{w}) + \nabla_2 g(\mathbf{w}, \mathbf{w}).
# $$
#
# ### Exercise: `tie` (5 points, medium, 8 minutes)
#
# Write `tie(net, first, second)`.
#
# - `net`: an `nn.Sequential`. `first`, `second`: two places in it, with linear layers of the same
#   sizes.
# - Afterwards the layer that stands at `first` serves both places: same weight, same bias, now and
#   after any training. All others stay. What is returned does not matter.
#
# Example: after `tie(net, 2, 4)` a change of `net[2].weight` is a change of `net[4].weight`, and
# the network has as many parameters less as the layer has.


# %% exercise="tie"
def tie(net, first, second):
    """Let the layer at place `first` of the Sequential `net` serve at place `second`, too."""
    ### BEGIN SOLUTION
    net[second] = net[first]
    ### END SOLUTION


# %% check="tie"
check("tie")

# %% [markdown] remarks="tie"
# One assignment, and the second name leads to the first object. `parameters()` then gives each
# tensor once, the gradient is the sum over both places, and a copy by `copy.deepcopy` stays tied.
# `torch.save` writes the numbers once; safetensors refuses to save shared tensors at all, and wants
# you to decide. Tie before you make the optimizer, or it goes on holding the layer that nobody
# calls any more. Language models tie a weight alone, `net[4].weight = net[2].weight`, and leave
# each place its own bias.

# %% [markdown]
# See the sum: two networks with the same numbers, one tied, one only equal.

# %% tags=["demo"]
torch.manual_seed(0)
layers = [nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU()]
equal = nn.Sequential(*layers, nn.Linear(8, 1))
equal[4].load_state_dict(equal[2].state_dict())
equal(X).sum().backward()
gradients = [equal[place].weight.grad.clone() for place in (2, 4)]
print("equal:", count_parameters(equal), "parameters, two gradients")
equal.zero_grad()
tie(equal, 2, 4)
equal(X).sum().backward()
print("tied: ", count_parameters(equal), "parameters, one gradient, the sum of both:", end=" ")
print(torch.allclose(equal[2].weight.grad, gradients[0] + gradients[1]))

# %% [markdown]
# ## Parameters that are not there yet
#
# How many inputs a layer gets is often a nuisance to work out: after three convolutions, who knows?
# A **lazy** layer finds out by itself. `nn.LazyLinear(8)` knows its outputs; the number of its
# inputs it reads off the first batch that it sees, and then it turns into a plain `nn.Linear`.
#
# Until then there is nothing to count, to print, or to initialise:

# %% tags=["demo"]
lazy = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(1))
print(lazy)
try:
    print(count_parameters(lazy))
except ValueError as error:
    print("ValueError:", str(error).split(".")[0])
lazy(X)
print(count_parameters(lazy), "parameters after the first batch,", type(lazy[0]).__name__)

# %% [markdown]
# The trap is initialisation. `isinstance(m, nn.Linear)` is true of a lazy layer, and `nn.init`
# then raises an error, as `count_parameters` did. That is the good case. The book and half of the
# world ask `type(m) == nn.Linear` instead. A lazy layer is of another type: `net.apply` passes it
# by, nothing fails, and on the first batch it draws its default start. And what is written into the
# `.data` of a parameter without a shape is lost, too. So the order is: **shapes first, then the
# start.**
#
# ### Exercise: `materialise_lazy` (5 points, medium, 12 minutes, optional)
#
# Write `materialise_lazy(net, X, init)`.
#
# - `net`: a module, some of whose layers are lazy. `X`: a batch that it takes. `init`: a function
#   of a module, as above.
# - Finds the shapes by a forward pass of X, **for the shapes alone**: batch normalisation learns
#   nothing from it. (`torch.no_grad()` saves the pass some memory. It is not required: what autograd
#   has noted goes with the output, which nobody keeps.)
# - Then `init` is applied to all modules of `net`. Afterwards `net` is in the mode in which it came.
# - Returns `net`.
#
# Example: after `materialise_lazy(net, X, init_constant)` with a new lazy `net`, every weight is 1.


# %% exercise="materialise_lazy"
def materialise_lazy(net, X, init):
    """Give the lazy layers of net their shapes by a silent pass of X, then apply init. Returns net."""
    ### BEGIN SOLUTION
    was_training = net.training
    net.eval()
    with torch.no_grad():
        net(X)
    net.train(was_training)
    return net.apply(init)
    ### END SOLUTION


# %% check="materialise_lazy"
check("materialise_lazy")

# %% [markdown] remarks="materialise_lazy"
# In eval mode the pass is silent: batch normalisation takes its stored averages and learns nothing.
# Only after it do the lazy layers have shapes, and become ordinary classes, so `init` meets what it
# expects. The pass itself draws the default start, which is then overwritten; random numbers are
# used up, and a seed that is set before gives others afterwards. A `try` with `finally` would
# restore the mode even if the batch did not fit. If you know the sizes, write them down: a reader
# learns from `nn.Linear(784, 256)` what `nn.LazyLinear(256)` keeps to itself.

# %% [markdown] quiz="quiz_parameters" points=5
# ## What is in a network: a quiz (5 points, easy, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. A new network, no backward pass yet. What is `net[0].weight.grad`?
#     - (a) a tensor of zeros
#         > It would take memory that nobody needs yet.
#     - (b) an error: it does not exist
#         > The attribute exists.
#     - (c) `None`
#         > right: The first backward pass makes the tensor; later ones add to it.
# 2. `w = net[0].weight.data`, and then `w += 1`. What has changed?
#     - (a) nothing: `data` is a copy
#         > It is the same memory.
#     - (b) the network's weight
#         > right: And autograd has not noticed, which is why it works, and why it is risky.
#     - (c) the gradient
#         > The gradient is another tensor.
# 3. What is in `state_dict()` that is not in `named_parameters()`?
#     - (a) buffers, and shared parameters under all of their names
#         > right: It lists what has to be saved, and where it goes.
#     - (b) gradients
#         > They are not saved.
#     - (c) nothing, they list the same
#         > Compare them for a network with batch normalisation.
# 4. `shared = nn.Linear(8, 8)`; `nn.Sequential(shared, nn.ReLU(), shared)`. How many numbers does an
#    optimizer train?
#     - (a) 144
#         > That counts the layer twice.
#     - (b) 72
#         > right: 8 · 8 + 8, once.
#     - (c) 64
#         > The bias is trained, too.
# 5. What is the gradient of a weight that is used in two places?
#     - (a) the one of the later use: it overwrites the other
#         > Gradients are added, never overwritten. This is why `zero_grad` exists.
#     - (b) the mean of both
#         > Nothing divides by two.
#     - (c) the sum of both
#         > right: By the chain rule, each use is one term.
# 6. You copy the numbers of one layer into another: `net[4].load_state_dict(net[2].state_dict())`.
#    After some training,
#     - (a) both are equal still
#         > Each gets its own gradient.
#     - (b) they differ
#         > right: Equal numbers are not the same parameter.
#     - (c) an error is raised: a parameter cannot be in two places
#         > Two parameters are in two places here.
# 7. All weights of the hidden layer start at 42, the biases at 0. What does training do?
#     - (a) all hidden units stay equal for ever
#         > right: Equal units get equal gradients (if the weights after them are equal, too).
#     - (b) nothing: the gradients are 0
#         > They are not 0. They are equal.
#     - (c) the units come apart after some steps, by rounding
#         > What is computed in the same way is rounded in the same way, too.
# 8. Two very different rows give outputs that agree to four digits, in a fresh deep network. Why?
#     - (a) the weights are all positive
#         > They are drawn from both sides of 0.
#     - (b) each layer shrinks the differences between rows; the biases, the same for all, remain
#         > right: Weights of variance 1/(3n) and ReLU take the differences down, layer by layer.
#     - (c) the network is overfitted
#         > It has not been trained at all.
# 9. `net = nn.Sequential(nn.LazyLinear(8))`, and then `net.apply(f)` with an `f` that asks `type(m) ==
#    nn.Linear`. What happens?
#     - (a) nothing, and nobody says so
#         > right: The layer is a `LazyLinear` until its first batch. Then it draws its default start.
#     - (b) an error, since there is no weight to fill
#         > With `isinstance` there would be one. `type(m) ==` passes the layer by.
#     - (c) `f` is kept and applied at the first batch
#         > `apply` calls `f` now, once, and forgets it.
# 10. A notebook shows `x += 1` and below it an output that has risen by 2. What is the likely cause?
#     - (a) a rounding error
#         > Of that size?
#     - (b) PyTorch adds in place and then once more
#         > It adds once.
#     - (c) the cell was run twice
#         > right: Only the last output of a cell is shown, and all of its effects are kept.

# %% [markdown]
# ## Exercises without a check
#
# 1. `net.get_parameter(name)` raises an `AttributeError` for a wrong name. Let `get_by_name` say
#    which names would have been close: `difflib.get_close_matches` of the standard library helps.
# 2. Draw the picture of `spread_of_outputs` with He's start, `nn.init.kaiming_normal_`, in place of
#    the default. What does the spread do with depth now? What do the biases do?
# 3. Freeze the first layer of a trained network with `requires_grad_(False)` and train on. Does it
#    still get gradients? Does it move when the optimizer has `weight_decay`?
# 4. Tie a layer to its own transpose: an autoencoder whose decoder uses `weight.T` of the encoder.
#    One layer in two places will not do. What will?
# 5. Write `swap_init(net, rules)`: a dictionary from a part of a name (`"bias"`, `"0."`) to a
#    function that fills a tensor. What should happen when two rules fit, and when none does?
# 6. `nn.utils.parametrize` computes a parameter from another one at each access. Use it to keep a
#    weight symmetric throughout training.
#
# ## Summary
#
# - Parameters are reached by layer (`net[2].bias`), by name, or all at once. `.data` is the numbers,
#   `.grad` the gradient, `None` before the first backward pass.
# - `state_dict()` is what is saved: buffers as well, and shared tensors under each name.
# - `net.apply(f)` initialises block by block. A constant start keeps hidden units equal for ever.
# - A deep network with the default start forgets its input: differences shrink in each block, and
#   biases remain.
# - A tied layer is one layer in two places; its gradient is the sum of both uses.
# - Lazy layers need a batch before a start. Shapes first.
# - A cell that adds gives something else each time. A cell that sets does not.
#
# ## Further reading
#
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the sections on parameter
#   management and lazy initialisation.
# - X. Glorot, Y. Bengio: *Understanding the difficulty of training deep feedforward neural
#   networks*. AISTATS 2010. (Xavier's rule.)
# - K. He, X. Zhang, S. Ren, J. Sun: *Delving deep into rectifiers*. ICCV 2015.
# - O. Press, L. Wolf: *Using the output embedding to improve language models*. EACL 2017. (Tied
#   weights.)
#
# Before this chapter: *Layers and blocks* (chapter 7). Next: *Custom layers* (chapter 9), where you
# write layers with parameters of your own.
