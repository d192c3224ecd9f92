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
#     title: Layers and blocks
#     minutes: 110
#     points: 50
# ---

# %% [markdown]
# # Layers and blocks
#
# A network of a hundred layers is not written layer by layer. It is written as a few blocks that
# repeat, and a block may be made of smaller blocks. In this chapter you take PyTorch's building
# set apart and put it together again: you write your own `nn.Sequential`, a block with a constant
# and a loop in it, and functions that make blocks out of blocks. On the way you meet a kind of
# mistake that costs no error message: parts that are there, work, and are not *registered*, so that
# no optimizer, no file and no GPU ever hears of them.
#
# **You will be able to**
#
# - say what a block must do, and what `nn.Module` does for it
# - write a network as a class, with layers, constants and control flow
# - tell a parameter, a buffer and a plain attribute apart by what no longer works
# - nest blocks in blocks, side by side, in a row, and many times over
# - find a loop that never ends before it finds you.
#
# **Time**: about 110 minutes. **Points**: 50. You need to know what a linear layer and ReLU are;
# nothing of the earlier chapters is used.

# %%
import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn
from torch.nn import functional as F

from grader import chapter
from lab import evaluate_accuracy, fashion_mnist, show_figure, try_device

check, hint = chapter(7)  # after a restart, run this cell again
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## What is a block?
#
# A linear layer takes inputs, gives outputs, and has parameters that can be trained. So does a
# whole multilayer perceptron. So does everything in between: the group of layers that a large
# network repeats fifty times. The word for all of them is **block**: a layer, several layers, or a
# whole model. What makes the idea strong is that a block of blocks is a block again. There is no
# second rule for large things.
#
# A block has four duties:
#
# 1. take its inputs, as the arguments of `forward`
# 2. return its output. Its shape may differ from that of the input.
# 3. keep its parameters, and start them with sensible values
# 4. give the gradient of its output with respect to its inputs and parameters.
#
# In PyTorch, blocks are classes that inherit from `nn.Module`. The fourth duty is autograd's: you
# never write a backward pass. The first two are yours. The third you share with `nn.Module`, and
# most of this chapter is about your half of it.
#
# Here is a block that you know, as the book writes it: a perceptron with 20 inputs, 256 hidden
# units and 10 outputs.

# %%
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))
X = torch.rand(2, 20)
net(X)

# %% [markdown]
# `net(X)` is short for `net.__call__(X)`, which calls `net.forward(X)` (and a few things around
# it, such as hooks). You write `forward`; you call `net(X)`.
#
# ## A block of your own
#
# The same network as a class. Two habits carry all that follows:
#
# - `super().__init__()` is the first line of `__init__`. It makes the lists in which layers are
#   noted. Without it, the first layer that you assign raises `AttributeError: cannot assign module
#   before Module.__init__() call`.
# - Layers are made in `__init__` and *used* in `forward`. A layer that is made in `forward` is a
#   new one, with new random weights, at every call.
#
# When you write `self.hidden = nn.Linear(20, 256)`, `nn.Module` notices that the value is a module
# and notes it under the name `hidden`. That is called **registering**. `self.add_module("hidden",
# nn.Linear(20, 256))` does the same with a name that may be computed.
#
# ### Exercise: `MLP` (5 points, easy, 8 minutes)
#
# Write the class `MLP(num_inputs=20, num_hiddens=256, num_outputs=10)`, an `nn.Module`.
#
# - Two linear layers with biases: `num_inputs` → `num_hiddens` → `num_outputs`.
# - ReLU between them, nothing after the second one.
# - `net(X)` takes rows `(n, num_inputs)` and returns `(n, num_outputs)`.
#
# Example: `MLP()(torch.rand(2, 20)).shape` is `torch.Size([2, 10])`, and `MLP()` has 7,946
# parameters: 20 · 256 + 256 + 256 · 10 + 10.


# %% exercise="MLP"
class MLP(nn.Module):
    """A perceptron with one hidden layer: (n, num_inputs) to (n, num_outputs)."""

    def __init__(self, num_inputs=20, num_hiddens=256, num_outputs=10):
        ### BEGIN SOLUTION
        super().__init__()
        self.hidden = nn.Linear(num_inputs, num_hiddens)
        self.out = nn.Linear(num_hiddens, num_outputs)
        ### END SOLUTION

    def forward(self, X):
        """Outputs (n, num_outputs) for rows X (n, num_inputs)."""
        ### BEGIN SOLUTION
        return self.out(F.relu(self.hidden(X)))
        ### END SOLUTION


# %% check="MLP"
check("MLP")

# %% [markdown] remarks="MLP"
# Layers are made in `__init__`, where `nn.Module` notes them, and used in `forward`. `F.relu` as a
# function suits a step that has no parameters and no settings. The names of the attributes are more
# than taste: `hidden.weight` and `out.bias` are what a saved file says, and a layer that you rename
# makes all old files strange. A `nn.Sequential` inside the class would compute the same under the
# names 0 and 2. How would you return the hidden layer as well, for a picture of it? A class can; a
# `Sequential` alone cannot.

# %% [markdown]
# ## Registered, or only there
#
# Here are six ways to keep a linear layer in a block. All six compute the same. They differ in
# what a *user* of the block can reach: `parameters()` is what an optimizer gets, `state_dict()` is
# what a file gets, `to()` is what takes a network to a GPU, `train()` and `eval()` switch dropout.


# %%
def keep(block, how, layer):
    """Keep `layer` in `block` in one of six ways."""
    if how == "an attribute":
        block.layer = layer
    elif how == "add_module":
        block.add_module("layer", layer)
    elif how == "nn.ModuleList":
        block.layers = nn.ModuleList([layer])
    elif how == "a plain list":
        block.layers = [layer]
    elif how == "a plain dict":
        block.layers = {"layer": layer}
    elif how == "a lambda":
        block.apply_layer = lambda X: layer(X)


# %% tags=["demo"]
print(f"{'':16} parameters()  state_dict()  to()   eval()")
for how in (
    "an attribute",
    "add_module",
    "nn.ModuleList",
    "a plain list",
    "a plain dict",
    "a lambda",
):
    block, layer = nn.Module(), nn.Linear(2, 2)
    keep(block, how, layer)
    reached = (
        len(list(block.parameters())) > 0,
        len(block.state_dict()) > 0,
        block.to(torch.float64) is not None and layer.weight.dtype == torch.float64,
        not block.eval().training and not layer.training,
    )
    print(
        f"{how:16} "
        + "".join(
            f"{'yes' if r else '-':{w}}" for r, w in zip(reached, (14, 14, 7, 6), strict=True)
        )
    )

# %% [markdown]
# All or nothing: who is registered is reached by everything, who is not by nothing. There is one
# list behind all four columns, the dictionary `_modules`, and the four methods walk through it, and
# through that of every child, and so on down: recursion again.
#
# ## Your own Sequential
#
# Now you can write `nn.Sequential` itself. It has two tasks: keep the blocks in their order, so
# that they are reached, and hand X from one to the next.
#
# A mistake that has been published, and that you can now explain: a notebook writes
# `self._modules[block] = block`, with the block itself as the name. Dictionaries allow that. But
# names end up in a path such as `net.0.weight`, and so they have to be **strings**: `parameters()`
# and `state_dict()` join them with dots, and raise a TypeError.
#
# ### Exercise: `MySequential` (8 points, medium, 12 minutes)
#
# Write the class `MySequential(*blocks)`, an `nn.Module`, without using `nn.Sequential` or inheriting
# from it.
#
# - `blocks`: any number of modules, also none. The same one may be given more than once.
# - `net(X)` applies them in their order: the first one gets X, each further one what the one before
#   returned.
# - Every block is registered. The i-th is called `"0"`, `"1"`, … as in `nn.Sequential`, so that
#   weights saved from the one can be loaded into the other.
#
# Example: `MySequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))` has a state_dict with
# the four names `0.weight`, `0.bias`, `2.weight`, `2.bias`.


# %% exercise="MySequential"
class MySequential(nn.Module):
    """Applies the blocks that it is given, one after the other."""

    def __init__(self, *blocks):
        ### BEGIN SOLUTION
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)
        ### END SOLUTION

    def forward(self, X):
        """What the last block returns."""
        ### BEGIN SOLUTION
        for block in self._modules.values():
            X = block(X)
        return X
        ### END SOLUTION


# %% check="MySequential"
check("MySequential")

# %% [markdown] remarks="MySequential"
# `add_module(str(i), block)` gives each block the name that `nn.Sequential` would give, and the
# dictionary `_modules` keeps the order, so one dictionary serves registration and computation. An
# `nn.ModuleList` as an attribute is the usual way, and puts its own name in front,
# `blocks.0.weight`; files of `nn.Sequential` would no longer fit. Without blocks the loop does
# nothing, and the result is X itself, no copy. PyTorch's class can also be indexed, cut into slices
# and appended to. Add `__len__` and `__getitem__` to yours; three lines will do.

# %% [markdown]
# From scratch and concise must agree, with the same weights and the same inputs:

# %% tags=["demo"]
mine = MySequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))
print(mine.load_state_dict(net.state_dict()))
print("same outputs, number for number:", torch.equal(mine(X), net(X)))
mine

# %% [markdown]
# ## A network that trains, nearly
#
# What does it cost when a layer is not registered? An error would be cheap. Here is the expensive
# case: a network for Fashion-MNIST whose two hidden layers lie in a plain list. The output layer
# is an attribute. It goes into the book's loop, and nothing complains.


# %%
class HiddenInAList(nn.Module):
    """784-256-256-10. The hidden layers lie in a list of the kind that is asked for."""

    def __init__(self, kind):
        super().__init__()
        self.hidden = kind([nn.Linear(784, 256), nn.Linear(256, 256)])
        self.out = nn.Linear(256, 10)

    def forward(self, X):
        H = X.flatten(1)
        for layer in self.hidden:
            H = F.relu(layer(H))
        return self.out(H)


# %% tags=["demo"]
from lab.book import d2l_loop

num_epochs, lr, batch_size = 3, 0.5, 256
train_iter, test_iter = fashion_mnist(batch_size)
loss = nn.CrossEntropyLoss(reduction="none")
accuracy, moved, histories = {}, {}, {}
for kind in (nn.ModuleList, list):
    torch.manual_seed(0)
    list_net = HiddenInAList(kind)
    before = list_net.hidden[0].weight.detach().clone()
    updater = torch.optim.SGD(list_net.parameters(), lr=lr)
    with d2l_loop(quiet=True) as histories[kind.__name__]:
        d2l.train_ch3(list_net, train_iter, test_iter, loss, num_epochs, updater)
    accuracy[kind.__name__] = evaluate_accuracy(list_net, test_iter)
    moved[kind.__name__] = (list_net.hidden[0].weight - before).abs().max().item()

# %% tags=["demo"]
for kind, history in histories.items():
    print(
        f"{kind:10} train loss {history.train_loss[-1]:.3f}, test accuracy {accuracy[kind]:.3f}, "
        f"first layer moved by at most {moved[kind]:.3f}, {history.seconds:.1f} s on {history.device}"
    )
told = "; ".join(
    f"{kind}: train loss from {h.train_loss[0]:.2f} to {h.train_loss[-1]:.2f}, "
    f"test accuracy from {h.test_acc[0]:.2f} to {h.test_acc[-1]:.2f}"
    for kind, h in histories.items()
)
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 2.8))
for (kind, h), style in zip(histories.items(), ("o-", "s--"), strict=True):
    epochs = range(1, len(h.train_loss) + 1)
    left.plot(epochs, h.train_loss, style, label=kind)
    right.plot(epochs, h.test_acc, style, label=kind)
for panel, title in ((left, "train loss"), (right, "test accuracy")):
    panel.set_title(title, fontsize=10)
    panel.set_xlabel("epoch")
    panel.set_xticks(range(1, num_epochs + 1))
    panel.grid(alpha=0.3)
    panel.legend()
show_figure(f"Training with the hidden layers in an nn.ModuleList and in a list. {told}")

# %% [markdown]
# The loss falls, seven pictures of ten are named right, and the hidden layers have not moved at all:
# the output layer has learnt to read *random* features. (`train_ch3` ends in an assertion that the
# train loss is below 0.5, and it complained. It would complain in the same words about a learning
# rate that is too small.) Whoever has no second curve to compare with would tune the learning rate
# for a day. So count what you have built before you train it: `sum(p.numel() for p in
# net.parameters())` is 269,322 for the one network, and 2,570 for the other.
#
# ### Written answer: half a network (2 points, medium, 6 minutes)
#
# A classmate's network with a plain list of hidden layers reaches a decent accuracy, as above.
# Now they (a) save `state_dict()`, load it into a fresh network and measure again, and (b) move
# the network to a GPU and feed it a batch that is there. What happens in each case, and why? Two or
# three sentences each.

# %% [markdown] answer="half_a_network" points=2
# (a) The file holds the output layer alone. The fresh network has hidden layers of its own, drawn
# anew, and the loaded output layer was trained to read the old ones: the accuracy falls to about
# that of guessing, with no error, since all the keys match. (b) `to()` moves the output layer and
# leaves the hidden ones on the CPU. The first product of the batch with a weight raises a
# RuntimeError: two tensors on two devices. This is the one case that tells.
#
# *Marking: 1 point for (a): the hidden layers are not in the file, so the output layer reads
# features that it does not know; 1 point for (b): the hidden layers stay behind, and the devices do
# not agree.*

# %% [markdown]
# ## Constants, and code in `forward`
#
# `forward` is Python. Nothing says that it is a row of layers: it may compute with constants, use
# one layer twice, and decide by what it sees. The book has a block that does all of it, one that
# nobody would build for use. With a constant matrix $\mathbf{C}$, and inputs $\mathbf{X}$ of shape
# `(n, num_inputs)`:
#
# $$
# \begin{aligned}
# \mathbf{A} &= \mathbf{X}\mathbf{W}^\top + \mathbf{b} && \text{a linear layer,} \\
# \mathbf{H} &= \operatorname{relu}(\mathbf{A}\,\mathbf{C} + 1) && \text{a product with the constant,} \\
# \mathbf{Z} &= \mathbf{H}\mathbf{W}^\top + \mathbf{b} && \text{the same linear layer again,} \\
# \mathbf{Z} &\leftarrow \mathbf{Z} / 2 && \text{while } \textstyle\sum_{ij} |z_{ij}| > 1, \\
# y &= \textstyle\sum_{ij} z_{ij} && \text{a single number.}
# \end{aligned}
# $$
#
# What is $\mathbf{C}$ to the block? It is not trained. But it belongs to the network: without it,
# a saved network is worth nothing, and it has to be on the GPU when the layer is. PyTorch has a
# third kind of tensor for that, beside the parameter and the plain attribute: the **buffer**.
#
# | kept as | trained | in `state_dict()` | moved by `to()` |
# | --- | --- | --- | --- |
# | `self.C = nn.Parameter(C)` | yes | yes | yes |
# | `self.register_buffer("C", C)` | no | yes | yes |
# | `self.C = C` | no | no | no |
#
# (`nn.Parameter(C, requires_grad=False)` lies between: it travels, and it is in `parameters()`. The
# first `net.requires_grad_(True)`, the usual way to unfreeze a network, would train it.)
#
# ### Exercise: `FixedHiddenMLP` (7 points, medium, 15 minutes)
#
# Write the class `FixedHiddenMLP(num_inputs=20)`, an `nn.Module` that computes the five lines
# above.
#
# - `self.linear`: one `nn.Linear` from `num_inputs` to `num_inputs`, used twice.
# - `self.rand_weight`: the constant $\mathbf{C}$, `(num_inputs, num_inputs)`, uniform between 0 and
#   1, drawn once for each network. A buffer.
# - `net(X)` takes rows `(n, num_inputs)` of finite numbers and returns a tensor with a single
#   number. X stays as it is.
#
# Example: `FixedHiddenMLP()(torch.rand(2, 20))` is a number between -1 and 1, since the loop ends
# there.


# %% exercise="FixedHiddenMLP"
class FixedHiddenMLP(nn.Module):
    """A linear layer that is used twice, a constant between, a loop at the end; returns a number."""

    def __init__(self, num_inputs=20):
        ### BEGIN SOLUTION
        super().__init__()
        self.linear = nn.Linear(num_inputs, num_inputs)
        self.register_buffer("rand_weight", torch.rand(num_inputs, num_inputs))
        ### END SOLUTION

    def forward(self, X):
        """The sum, after halving, as a tensor without dimensions."""
        ### BEGIN SOLUTION
        X = self.linear(X)
        X = F.relu(X @ self.rand_weight + 1)
        X = self.linear(X)
        while X.abs().sum() > 1:
            X = X / 2
        return X.sum()
        ### END SOLUTION


# %% check="FixedHiddenMLP"
check("FixedHiddenMLP")

# %% [markdown] remarks="FixedHiddenMLP"
# The constant is drawn once, in `__init__`, and registered as a buffer: `to()` takes it along,
# `state_dict()` saves it, no optimizer sees it. In the loop, `X = X / 2` makes a new tensor each
# time, so neither the caller nor autograd loses a number. Each question in the `while` needs the
# sum as a Python bool, and on a GPU that is a wait per round. The number of halvings could be
# computed at once, from the logarithm of the sum to base 2, rounded up. For a constant that can be
# computed again, such as a table of positions, `register_buffer(..., persistent=False)` keeps it
# out of the file.

# %% [markdown]
# A network with a loop is a function all the same, and for given inputs autograd records exactly
# the operations that ran: k halvings, and so a factor $2^{-k}$ in the gradient. How k changes with
# the inputs, autograd does not see. Draw the output over the length of the input. (`within_lines`
# raises an error when a call runs more lines of Python than that: a loop without end is stopped.)

# %% tags=["demo"]
from grader.checks.registration import within_lines

torch.manual_seed(1)
fixed, direction = FixedHiddenMLP(), torch.rand(2, 20)
lengths = torch.linspace(0, 12, 1201)
with torch.no_grad():
    outputs = torch.stack([within_lines(5_000, fixed, t * direction) for t in lengths])
jumps = (outputs[1:] - outputs[:-1]).abs() > 0.05
fig, panel = plt.subplots(figsize=(7, 2.8))
pieces = torch.where(torch.cat([jumps, torch.tensor([False])]), torch.nan, outputs)
panel.plot(lengths.numpy(), pieces.numpy())
panel.set_xlabel("t, in net(t * X)")
panel.set_ylabel("output")
panel.grid(alpha=0.3)
show_figure(
    "The output of FixedHiddenMLP over the length t of its input, from 0 to 12: pieces of smooth "
    f"curves with {int(jumps.sum())} jumps between them, at each of which the loop runs once more or "
    "once less and the output is halved or doubled"
)

# %% [markdown]
# At each jump the loop runs once more than on its left, or once less. Between two jumps the
# gradient is right; at a jump there is none, and no optimizer hears about it.
#
# ## Find the bug: the loop that never ends
#
# Here is the loop alone, as it has been published, in a function of its own.


# %%
def published_halve(X):
    """Halve X until the absolute values add up to at most 1."""
    while X.abs().sum() > 1:
        X /= 2
    return X


# %% tags=["demo"]
print(published_halve(torch.tensor([3.0, 1.0])))

# %% [markdown]
# On some inputs it never ends, and a notebook whose kernel hangs tells nobody why. And there is a
# second mistake, which shows in the caller's tensor.
#
# ### Exercise: `find_the_endless_loop` (5 points, medium, 12 minutes)
#
# Two functions:
#
# 1. `endless_input()`: returns a float tensor on which `published_halve` never ends. (Do not try it
#    out without a thumb on *Interrupt kernel*, the square in the toolbar.)
# 2. `fixed_halve(X)`: what the published function was meant to do. `X`: a float tensor of any
#    shape, which may ask for gradients; they flow. When an infinite number or NaN is in it, it
#    raises a `ValueError`. All other inputs are halved, as a whole, until their absolute values add
#    up to at most 1. **X stays as it is.**
#
# Example: `fixed_halve(torch.tensor([3.0, 1.0]))` gives `tensor([0.7500, 0.2500])`: from 4 to 2 to
# 1.


# %% exercise="find_the_endless_loop"
def endless_input():
    """A float tensor on which published_halve never ends."""
    ### BEGIN SOLUTION
    return torch.tensor([float("inf")])
    ### END SOLUTION


def fixed_halve(X):
    """X, halved until its absolute values add up to at most 1. The tensor X itself stays as it is.

    Raises ValueError when a number of X is infinite or NaN.
    """
    ### BEGIN SOLUTION
    if not torch.isfinite(X).all():
        raise ValueError("X has a number that is infinite or NaN")
    while X.abs().sum() > 1:
        X = X / 2
    return X
    ### END SOLUTION


# %% check="find_the_endless_loop"
check("find_the_endless_loop")

# %% [markdown] remarks="find_the_endless_loop"
# `torch.isfinite` looks at all numbers once and costs as much as one round of the loop. The two bad
# guests behave differently: infinity halved is infinity, and the loop runs for ever; NaN is above
# nothing, and the loop ends with NaN in your hands. After the check the loop is short, even for the
# largest floats: some 130 rounds and the logarithm of their number. A factor counted with
# `math.log2` needs no loop, and must then be careful at exact powers of two. When you write a
# `while` over data, write down first what makes it end.

# %% [markdown]
# `X /= 2` and `X = X / 2` look like two spellings. The first writes into the tensor that is there,
# which the caller still holds. The second makes a new tensor and lets the name X stand for it. In a
# block, the first can also cut into what autograd has noted for the backward pass, and PyTorch
# raises an error when it notices.
#
# And infinity is no exotic guest: a learning rate that is too large puts it into a network within a
# few steps. A loop over data needs an answer to "what if this is never true?".
#
# ## Blocks in blocks
#
# A block may hold blocks of every kind: your own, PyTorch's, a `Sequential` as an attribute of a
# class, a class as an element of a `Sequential`.
#
# ### Exercise: `NestMLP` (4 points, easy, 6 minutes)
#
# Write the class `NestMLP()`, an `nn.Module`, from 20 inputs to 16 outputs.
#
# - `self.net`: an `nn.Sequential` (or your `MySequential`): Linear 20 → 64, ReLU, Linear 64 → 32,
#   ReLU.
# - `self.linear`: Linear 32 → 16, which gets what `self.net` returns.
#
# Example: `NestMLP()(torch.rand(2, 20)).shape` is `torch.Size([2, 16])`.


# %% exercise="NestMLP"
class NestMLP(nn.Module):
    """A Sequential inside a class: (n, 20) to (n, 16)."""

    def __init__(self):
        ### BEGIN SOLUTION
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)
        ### END SOLUTION

    def forward(self, X):
        """Outputs (n, 16) for rows X (n, 20)."""
        ### BEGIN SOLUTION
        return self.linear(self.net(X))
        ### END SOLUTION


# %% check="NestMLP"
check("NestMLP")

# %% [markdown] remarks="NestMLP"
# A `Sequential` for the straight part, a class around it, and paths that say where each weight
# lives: `net.0.weight`, `linear.bias`. Such a cut between a body and a head is worth planning. To
# use the body for another task, freeze it with `net.net.requires_grad_(False)` and exchange the
# last layer alone. A single `Sequential` of five steps computes the same and has no such seam.
# `net.get_submodule("net.2")` reaches into the nest by a path.

# %% [markdown]
# ### Exercise: `chimera` (3 points, easy, 4 minutes)
#
# The chimera of the Greeks was a lion in front, a goat in the middle and a snake behind. Write
# `chimera()`: it returns a new module that applies a `NestMLP`, a linear layer, and a
# `FixedHiddenMLP()`, in this order. The linear layer has a bias, and takes the numbers that
# `NestMLP` gives to those that `FixedHiddenMLP` takes.
#
# Example: `chimera()(torch.rand(2, 20))` is a single number.


# %% exercise="chimera"
def chimera():
    """A new network: NestMLP, a linear layer, FixedHiddenMLP; (n, 20) to one number."""
    ### BEGIN SOLUTION
    return nn.Sequential(NestMLP(), nn.Linear(16, 20), FixedHiddenMLP())
    ### END SOLUTION


# %% check="chimera"
check("chimera")

# %% [markdown] remarks="chimera"
# The three parts come from three different classes, and `nn.Sequential` does not care: whatever is
# a module fits. Shapes are another matter. Nobody compares 16 with 20 when the network is put
# together, and a wrong adapter fails at the first batch. Note what comes out: one number for the
# whole batch, as the last block adds up everything, so two rows are no longer two predictions. Send
# a batch of zeros through every network that you assemble, before you give it a day of training.

# %% [markdown]
# `named_children()` gives the blocks that a block holds. Ask each of them in turn, and you walk
# through the whole tree. This picture is drawn by such a walk: a box for each block, in it the
# boxes of its children.


# %%
def draw_blocks(panel, block, name, left, right, depth=0):
    """Draw `block` as a box from left to right, and in it those of its children. Counts the boxes."""
    children = list(block.named_children())
    own = sum(p.numel() for p in block.parameters())
    top, bottom = 1 - 0.13 * depth, 0.05 * depth
    panel.fill_between([left, right], bottom, top, facecolor="white", edgecolor="black")
    text = f"{name}:\n{type(block).__name__}" + (f"\n({own:,})" if own and not children else "")
    place = (
        {"y": top - 0.01, "va": "top"} if children else {"y": (top + bottom) / 2, "va": "center"}
    )
    panel.text((left + right) / 2, s=text, ha="center", fontsize=8, color="black", **place)
    leaves = [sum(1 for m in child.modules() if not list(m.children())) for _, child in children]
    widths = [leaf + 0.6 for leaf in leaves]
    edge, gap, drawn = left, 0.008, 1
    for (child_name, child), width in zip(children, widths, strict=True):
        end = edge + (right - left) * width / sum(widths)
        drawn += draw_blocks(panel, child, child_name, edge + gap, end - gap, depth + 1)
        edge = end
    return drawn


# %% tags=["demo"]
whole = chimera()
lines = [f"{name or 'the chimera'} is a {type(m).__name__}" for name, m in whole.named_modules()]
fig, panel = plt.subplots(figsize=(9, 3.4))
panel.axis("off")
boxes = draw_blocks(panel, whole, "chimera", 0, 1)
print(
    f"{boxes} boxes; in brackets the parameters, {sum(p.numel() for p in whole.parameters()):,} in all"
)
show_figure(f"Boxes in boxes. {'; '.join(lines)}")

# %% [markdown]
# ## Blocks that make blocks
#
# The book ends its section with three questions. The first, what goes wrong with a plain list, you
# have answered. The other two are functions that take blocks and give a block.
#
# ### Exercise: `parallel_block` (4 points, medium, 8 minutes, optional)
#
# Write `parallel_block(net1, net2)`, as a class or as a function. What it gives is a module that
# hands its input to both, and returns their outputs side by side: **concatenated in the last
# dimension**, those of `net1` first.
#
# - `net1`, `net2`: modules that take the same X and return tensors `(…, d1)` and `(…, d2)`, equal
#   in all but the last dimension. They are kept, not copied.
# - The module's output: `(…, d1 + d2)`.
#
# Example: `parallel_block(nn.Linear(20, 3), nn.Linear(20, 4))(torch.rand(2, 20)).shape` is
# `torch.Size([2, 7])`.


# %% exercise="parallel_block"
class parallel_block(nn.Module):
    """Gives X to both networks and concatenates their outputs in the last dimension."""

    def __init__(self, net1, net2):
        ### BEGIN SOLUTION
        super().__init__()
        self.net1, self.net2 = net1, net2
        ### END SOLUTION

    def forward(self, X):
        """Outputs (..., d1 + d2)."""
        ### BEGIN SOLUTION
        return torch.cat([self.net1(X), self.net2(X)], dim=-1)
        ### END SOLUTION


# %% check="parallel_block"
check("parallel_block")

# %% [markdown] remarks="parallel_block"
# Both networks are attributes, so both are registered, and `dim=-1` works for rows and for
# sequences alike. "Parallel" describes the drawing and not the clock: the two run one after the
# other, on a GPU usually as well. If both are linear, one linear layer with the two weights stacked
# computes the same in one product. `torch.cat` copies both outputs into a new tensor; adding
# instead needs equal widths and gives a residual block, if one of the two is `nn.Identity()`. For
# any number of branches, hold them in a `nn.ModuleList`.

# %% [markdown]
# Side by side is how the Inception networks are built: one picture, looked at with windows of
# different sizes at once. And when the outputs are added instead of concatenated, and one of the
# two networks does nothing, you have a residual block, of which modern networks hold dozens.
#
# Dozens: nobody writes them one by one. A **factory** is a function that makes a new block at each
# call.
#
# ### Exercise: `repeat_block` (5 points, medium, 8 minutes, optional)
#
# Write `repeat_block(factory, n)`. It returns a module that applies n blocks one after the other.
#
# - `factory`: a function without arguments; each call returns a new block with weights of its own.
#   `n`: a whole number, n ≥ 1.
# - **n blocks of their own**, not one block n times: `factory` is called n times, and the blocks are
#   applied in the order in which they were made.
# - All of them are registered.
#
# Example: `repeat_block(lambda: nn.Linear(20, 20), 3)` has 1,260 parameters, 3 · (20 · 20 + 20).


# %% exercise="repeat_block"
def repeat_block(factory, n):
    """n new blocks, one after the other, each made by a call of `factory`."""
    ### BEGIN SOLUTION
    return nn.Sequential(*[factory() for _ in range(n)])
    ### END SOLUTION


# %% check="repeat_block"
check("repeat_block")

# %% [markdown] remarks="repeat_block"
# The factory is called inside of the list comprehension, n times, and every call draws new weights.
# `copy.deepcopy` of one block would give n blocks of their own as well, but with equal first
# weights. PyTorch does just that in `nn.TransformerEncoder`, which copies the layer that it is
# given, and users who want different starts must initialise again. The star hands the list over as
# single arguments. Count parameters before you train: n times those of one block, or something is
# shared.

# %% [markdown]
# `nn.Sequential(*[block] * n)` looks nearly the same. It has n entries and one block: every step of
# an optimizer moves all n at once, because there is only one. Sometimes that is wanted. It is called
# *sharing* or *tying*, and chapter 8 has more on it. When it is not wanted, nothing fails:

# %% tags=["demo"]
torch.manual_seed(0)


def pair():
    """A linear layer and a ReLU."""
    return nn.Sequential(nn.Linear(20, 20), nn.ReLU())


block = pair()
for name, deep in (("n blocks", repeat_block(pair, 8)), ("one block", nn.Sequential(*[block] * 8))):
    numbers = sum(p.numel() for p in deep.parameters())
    print(
        f"{name:10} {len(deep._modules)} entries, {numbers:5,} parameters, output {tuple(deep(X).shape)}"
    )

# %% [markdown]
# ### Written answer: class or Sequential? (2 points, easy, 6 minutes)
#
# When is `nn.Sequential` enough, and when do you write a class with a `forward` of its own? Name
# one network from this chapter for each, and say what the class can do that the row of blocks
# cannot. Three or four sentences.

# %% [markdown] answer="class_or_sequential" points=2
# `nn.Sequential` is enough when each block has one input and one output and they are applied in a
# row, once each and always: the 20-256-10 perceptron, or the chimera. A class is needed as soon as
# the path is not straight: FixedHiddenMLP uses one layer twice, with a constant between and a loop
# whose number of rounds depends on the data; parallel_block gives X to two blocks and joins the
# outputs. It can have several inputs, branches, names and arguments.
#
# *Marking: 1 point for a row of blocks with an example; 1 point for something that a row cannot do
# (branch, reuse, constant, control flow, several inputs), with an example.*

# %% [markdown] quiz="quiz_blocks" points=5
# ## What is registered, and what only looks so: a quiz (5 points, easy, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. Which of these duties of a block does PyTorch take over completely?
#     - (a) the forward pass
#         > What is computed, only you can say: you write `forward`.
#     - (b) the backward pass
#         > right: Autograd records what `forward` does and differentiates it.
#     - (c) registering every tensor that is kept in the block
#         > Modules, parameters and buffers are noted. A plain tensor is not.
# 2. `self.layers = [nn.Linear(20, 20), nn.Linear(20, 20)]`. What does `parameters()` give for them?
#     - (a) four tensors
#         > It would with `nn.ModuleList`. A list is no module, so nobody looks inside.
#     - (b) an error, since lists are not allowed
#         > Python allows any attribute. That nothing fails is the trouble.
#     - (c) nothing
#         > right: Neither an optimizer nor a file nor a GPU will hear of them.
# 3. `super().__init__()` is missing in a block with layers. What happens?
#     - (a) the first assignment of a layer raises an error
#         > right: The dictionary that it would be noted in is not there yet.
#     - (b) the layers work, but are not trained
#         > That is the plain list. Here nothing works at all, which is better.
#     - (c) nothing, as long as `forward` does not use `self.training`
#         > The notes about layers are made by the same line.
# 4. Published code writes `self._modules[block] = block`. What is wrong?
#     - (a) blocks are not hashable
#         > Modules are hashable, by identity. The dictionary takes them.
#     - (b) nothing, the order is kept
#         > The order is kept, `forward` works; then call `state_dict()`.
#     - (c) the names must be strings: `parameters()` and `state_dict()` join them with dots
#         > right: A TypeError comes from there, far from its cause.
# 5. A tensor that is not trained must be saved with the network and move with it. It is
#     - (a) an attribute: `self.C = C`
#         > It works until the network is saved, loaded, or moved.
#     - (b) a buffer: `self.register_buffer("C", C)`
#         > right: In `state_dict()` and moved by `to()`, but not in `parameters()`.
#     - (c) a parameter: `self.C = nn.Parameter(C)`
#         > The optimizer would get it and train it.
# 6. `forward` contains `nn.Linear(20, 20)(X)`. What happens in training?
#     - (a) the layer is made once, at the first call
#         > Each call runs the line anew. There is no memory of the last layer.
#     - (b) each call has other random weights, and none of them is trained
#         > right: The output is random, and `parameters()` does not know of them.
#     - (c) an error: layers can only be made in `__init__`
#         > A layer can be made anywhere. Only attributes are registered.
# 7. `MySequential(a, b, a)`: how many blocks do `parameters()` and `forward` see?
#     - (a) `parameters()` gives those of a and b once each; `forward` applies three
#         > right: A shared parameter is one parameter; it would be trained twice otherwise.
#     - (b) both see three
#         > `parameters()` remembers what it has given already, and leaves out repetitions.
#     - (c) both see two
#         > There are three names, and `forward` walks through the names.
# 8. Autograd and the `while` loop in `FixedHiddenMLP`: what is recorded?
#     - (a) the loop, with its condition
#         > Only operations on tensors are recorded. The condition became a Python bool.
#     - (b) nothing: with control flow there are no gradients
#         > Try `net(X).backward()`. Control flow is no obstacle.
#     - (c) the halvings that ran for this input
#         > right: For another input it may be another number of them.
# 9. NaN is among the numbers of X. What does `while X.abs().sum() > 1: X = X / 2` do?
#     - (a) it ends at once
#         > right: NaN > 1 is False. Infinity is the one for which it never ends.
#     - (b) it never ends: NaN / 2 is NaN, so the sum stays above 1
#         > NaN / 2 is NaN, but NaN is not above 1: every comparison with it is False.
#     - (c) it never ends, because `abs()` of NaN is infinity
#         > It is NaN.
# 10. `repeat_block(factory, 12)` was written with `[factory()] * 12`. How do you notice?
#     - (a) the output has the wrong shape
#         > Twelve applications of one block have the shape of twelve blocks.
#     - (b) there are as many parameters as in one block
#         > right: Count them before you train.
#     - (c) the loss does not fall
#         > It may well fall. A network with shared layers can learn, only less.

# %% [markdown]
# ## Exercises without a check
#
# 1. Give `MySequential` a length, an index (`net[0]`) and slices, so that `net[:2]` is a
#    `MySequential` again. What should happen to the weights: shared or copied?
# 2. Write `residual_block(net)`, which returns $\mathbf{X} + \mathrm{net}(\mathbf{X})$, and stack
#    30 of them with `repeat_block`, each around a `Linear(20, 20)` and a ReLU. Compare the size of
#    the output with 30 plain pairs. (Chapter 5 explains what you see.)
# 3. Write a block with two inputs: `net(X, mask)`. Can it stand in a `Sequential`? What would you
#    change, the block or the Sequential?
# 4. `nn.ModuleDict` is to a dictionary what `nn.ModuleList` is to a list. Write a network that picks
#    one of several activation functions by its name. Which names does it refuse, and why?
# 5. In `HiddenInAList`, the random hidden layers make a network that reaches a decent accuracy.
#    How does this accuracy depend on their width: 16, 64, 256, 1024, 4096? Where would you have to
#    go for that of the trained ones?
# 6. `net.register_forward_hook(f)` calls `f` after every forward pass. Use it to print the shape
#    that leaves each block of the chimera, without touching the chimera's code.
#
# ## Summary
#
# - A block is a layer, several layers, or a model. A block of blocks is a block.
# - You write `__init__` and `forward`; autograd does the backward pass.
# - What is registered is reached by `parameters()`, `state_dict()`, `to()`, `train()` and `eval()`.
#   A plain list or dictionary registers nothing, and nothing fails.
# - A tensor is a parameter (trained, travels), a buffer (travels), or a plain attribute (neither).
# - `forward` may branch and loop; autograd records what ran. A loop needs an answer for infinity.
# - n blocks of their own are n calls of a factory. Count the parameters before you train.
#
# ## Further reading
#
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on layers and
#   modules.
# - A. Paszke and others: *PyTorch: an imperative style, high-performance deep learning library*.
#   NeurIPS 2019. (Why a network is a program here.)
# - C. Szegedy and others: *Going deeper with convolutions*. CVPR 2015. (Parallel blocks.)
# - K. He, X. Zhang, S. Ren, J. Sun: *Deep residual learning for image recognition*. CVPR 2016.
#   (Repeated blocks, and what is added to them.)
#
# Before this chapter: *House prices* (chapter 6). Next: *Parameters* (chapter 8), where you look
# into the blocks that you have built, and set what is in them.
