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
#     title: Dropout, the concise way
#     minutes: 120
#     points: 44
# ---

# %% [markdown]
# # Dropout, the concise way
#
# You have written dropout with your own hands. Now let PyTorch do it: `nn.Dropout` is one word, and
# the network of chapter 1 shrinks to eight lines. Fewer lines leave fewer places for mistakes, but
# the remaining ones are harder to see, because nothing fails when a switch is in the wrong
# position. In this chapter you learn what the switches do, you find a bug that trains perfectly
# well, and at the end you do not *believe* that the short network does what the long one did: you
# prove it.
#
# **You will be able to**
#
# - build the network with `nn.Dropout`, as a `Sequential` and as a class
# - initialise it on purpose, and say what `nn.Linear` does when you do not
# - tell `train()` and `eval()` from `no_grad()`: which one switches what
# - show that two random programs do the same, with a test whose error rate you choose
# - leave dropout on for prediction, and read what the spread of the answers says.
#
# **Time**: about 120 minutes. **Points**: 44. Chapter 1 comes before this one; what is needed of it
# stands in a cell below, so this notebook runs by itself.

# %%
import math

import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn
from torch.nn import functional as F

from grader import chapter
from lab import evaluate_accuracy, fashion_mnist, show_figure, train_classifier, try_device
from lab.book import d2l_loop

check, hint = chapter(2)  # after a restart, run this cell again
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## What chapter 1 left you with
#
# This is dropout from scratch, and the network around it, as chapter 1 has them. Read them once
# more: everything that is concise below must do what they do.


# %%
def dropout_layer(X, dropout):
    """Dropout from scratch: zero each element with probability `dropout`, scale the others."""
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)


class ScratchNet(nn.Module):
    """The network of chapter 1: 784-256-256-10, dropout after each hidden layer."""

    def __init__(self, dropout1=0.2, dropout2=0.5):
        super().__init__()
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(784, 256)
        self.lin2 = nn.Linear(256, 256)
        self.lin3 = nn.Linear(256, 10)

    def forward(self, X):
        H1 = torch.relu(self.lin1(X.reshape(-1, 784)))
        if self.training:
            H1 = dropout_layer(H1, self.dropout1)
        H2 = torch.relu(self.lin2(H1))
        if self.training:
            H2 = dropout_layer(H2, self.dropout2)
        return self.lin3(H2)


# %% [markdown]
# ## One word: `nn.Dropout`
#
# `nn.Dropout(p)` is a module without parameters. In train mode it replaces a unit $h$ by
#
# $$
# h' = \begin{cases}
#     0 & \text{with probability } p, \\
#     \dfrac{h}{1-p} & \text{otherwise,}
# \end{cases}
# $$
#
# the scale included; in eval mode it hands on what it gets. Many descriptions stop after the first
# line, "sets units to zero at random". The second line is half of the definition: without it the
# mean would not stay.
#
# Which mode is it in? The same `training` flag that you asked in chapter 1 decides. **A fresh
# module is in train mode.** Nobody has to call `train()` for that; `eval()` has to be called.

# %% tags=["demo"]
torch.manual_seed(0)
layer = nn.Dropout(0.5)
ones = torch.ones(8)
print("fresh:       ", layer(ones).tolist(), "training =", layer.training)
print("after eval():", layer.eval()(ones).tolist(), "training =", layer.training)

# %% [markdown]
# ### Exercise: `build_net` (5 points, easy, 8 minutes)
#
# Write `build_net(dropout1, dropout2)`. It returns a new `nn.Sequential`, the network of chapter 1:
#
# - It flattens images, then come 784 inputs → 256 hidden units → 256 hidden units → 10 logits, all
#   layers with biases.
# - After each hidden layer ReLU, then dropout: with rate `dropout1` after the first, `dropout2`
#   after the second. Nothing comes after the third linear layer.
# - `net(X)` takes images `(n, 1, 28, 28)` or rows `(n, 784)` and returns logits `(n, 10)`.
# - The two rates are numbers between 0 and 1. Leave the weights as PyTorch makes them.
#
# Example: `build_net(0.2, 0.5)(torch.rand(5, 1, 28, 28)).shape` is `torch.Size([5, 10])`, and the
# network has 269,322 parameters, as many as the one from scratch: dropout has none.


# %% exercise="build_net"
def build_net(dropout1, dropout2):
    """A new 784-256-256-10 network with ReLU and dropout after each hidden layer.

    dropout1, dropout2: the two drop rates, 0 <= rate <= 1. Returns an nn.Sequential that takes
    images (n, 1, 28, 28) or rows (n, 784) and gives logits (n, 10).
    """
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Dropout(dropout1),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Dropout(dropout2),
        nn.Linear(256, 10),
    )
    ### END SOLUTION


# %% check="build_net"
check("build_net")

# %% [markdown] remarks="build_net"
# `nn.Flatten` keeps the first axis, so rows go through it as they are, and pictures become rows.
# ReLU and dropout have no parameters, which is why the count is that of the network from scratch.
# The price of brevity is names: they are numbers, `net[1]` is the first linear layer, and a layer
# that you insert renames all layers behind it, in saved files too. `nn.Sequential` also takes an
# `OrderedDict` with names of your own. For a leaner backward pass look at `nn.ReLU(inplace=True)`:
# it writes over the linear layer's output, which nobody needs again.

# %% [markdown]
# Must dropout stand after ReLU? With ReLU the order makes no difference to the numbers. Dropout
# multiplies by 0 or by a positive factor $c = 1/(1-p)$, and
#
# $$\operatorname{relu}(c\,h) = c\,\operatorname{relu}(h), \qquad \operatorname{relu}(0) = 0.$$
#
# For the sigmoid neither holds: $\sigma(0) = 0.5$, so a unit that was dropped *before* the sigmoid
# would say "half", not "nothing". Dropout comes after the activation, then it is right with all of
# them.

# %% tags=["demo"]
h = torch.randn(1000)
for name, activation in (("relu", torch.relu), ("sigmoid", torch.sigmoid)):
    torch.manual_seed(1)
    after = F.dropout(activation(h), 0.5)
    torch.manual_seed(1)  # the same mask once more
    before = activation(F.dropout(h, 0.5))
    print(f"{name}: largest difference {(after - before).abs().max():.2f}")

# %% [markdown]
# ## Initialising on purpose
#
# What weights does a new network have? `nn.Linear(num_inputs, num_outputs)` draws weights **and
# bias** uniformly from $\pm 1/\sqrt{\texttt{num\_inputs}}$. Notes that say "the bias starts at 0"
# are mistaken: it does in the book's code from scratch, where somebody wrote `torch.zeros`. It does
# not in `nn.Linear`.
#
# The book draws the weights of its concise networks anew, from a normal distribution with mean 0
# and **standard deviation** 0.01. Three readings of that 0.01 are around in published comments:
#
# - it is the standard deviation, and the variance is $0.01^2 = 0.0001$. Right.
# - it is the variance. Then the standard deviation would be 0.1, and the weights ten times as
#   large.
# - it is "the standard normal distribution". That one has standard deviation 1.
#
# `net.apply(f)` is the tool: it calls `f(m)` for every module `m` in `net`, the layers inside
# layers too, and at last for `net` itself.
#
# ### Exercise: `init_weights` (4 points, easy, 8 minutes)
#
# Write `init_weights(m)`, to be used as `net.apply(init_weights)`.
#
# - `m`: any module. When it is an `nn.Linear`, with or without a bias, every weight is drawn
#   afresh from the normal distribution with mean 0 and standard deviation 0.01.
# - In place: `m.weight` stays the same `Parameter`, since an optimizer may hold it already.
# - The bias stays as it is, and so does every module that is no `nn.Linear`.
# - The return value is ignored.
#
# Example: after `net = build_net(0.2, 0.5); net.apply(init_weights)`, `net[1].weight.std()` is
# about 0.01; before, it was about 0.0206.


# %% exercise="init_weights"
def init_weights(m):
    """Draw the weights of m from N(0, 0.01 ** 2) if m is an nn.Linear; leave all else alone."""
    ### BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.01)
    ### END SOLUTION


# %% check="init_weights"
check("init_weights")

# %% [markdown] remarks="init_weights"
# `nn.init.normal_` draws into the tensor that is there, with gradients off, so an optimizer that
# was made before keeps the right `Parameter`. `isinstance` also catches classes that inherit from
# `nn.Linear`; `type(m) == nn.Linear`, as the book has it, passes them by. One standard deviation
# for every layer is the weak point: with 256 inputs and ReLU, a layer of such weights hands on
# about a ninth of the size that it gets. Three layers survive that. For thirty, see
# `nn.init.kaiming_normal_` and chapter 5.

# %% tags=["demo"]
torch.manual_seed(0)
net = build_net(0.2, 0.5)
panels_of = {"as nn.Linear makes them": net[1].weight.detach().flatten().clone()}
net.apply(init_weights)
panels_of["after init_weights"] = net[1].weight.detach().flatten()
panels_of["the bias, before and after"] = net[1].bias.detach()
fig, panels = plt.subplots(1, 3, figsize=(9, 2.6))
for panel, (name, numbers) in zip(panels, panels_of.items(), strict=True):
    panel.hist(numbers.numpy(), bins=torch.arange(-0.05, 0.051, 0.0025).numpy(), edgecolor="white")
    panel.set_title(f"{name}\nstd {numbers.std():.4f}", fontsize=9)
    panel.set_yticks([])
show_figure(
    "Three histograms. The weights of nn.Linear fill a box from -0.036 to 0.036. After init_weights "
    "they are a narrow bell around 0 with standard deviation 0.01. The 256 biases fill the same box "
    "as the weights did at first."
)

# %% [markdown]
# ## In the book's own loop
#
# Now train it as the book does. `d2l.train_ch3` takes the network, two iterators, the loss, the
# number of epochs and the updater. (`d2l_loop` keeps the notebook tidy meanwhile: it draws curves
# that a screen reader can read, and where `train_ch3` ends in an assertion that the result is good,
# it prints what was asserted. A bad result is a result, not a crash.)

# %% tags=["demo"]
torch.manual_seed(0)
num_epochs, lr, batch_size = 10, 0.5, 256
train_iter, test_iter = fashion_mnist(batch_size, device=device)
net = build_net(dropout1=0.2, dropout2=0.5)
net.apply(init_weights)
net.to(device)
loss = nn.CrossEntropyLoss(reduction="none")
trainer = torch.optim.SGD(net.parameters(), lr=lr)
with d2l_loop(device) as history:
    d2l.train_ch3(net, train_iter, test_iter, loss, num_epochs, trainer)

# %% [markdown]
# Expect a train loss of about 0.35, a train accuracy of about 0.87, and a test accuracy between
# 0.82 and 0.88. That is what chapter 1's network reached, and what the book reports. It *looks*
# like the same network. Looking alike is no proof; we come back to that.
#
# ## The same network as a class
#
# A `Sequential` is a list of steps. As soon as a network should have a name, arguments, or a path
# that is not straight, write a class.
#
# ### Exercise: `SimpleMLP` (6 points, medium, 12 minutes)
#
# Write the class `SimpleMLP(input_size=784, hidden_size=256, output_size=10, dropout_prob=0.5)`, an
# `nn.Module`.
#
# - Three linear layers with biases: `input_size` → `hidden_size` → `hidden_size` → `output_size`.
# - After each of the two hidden layers ReLU, and then dropout with rate `dropout_prob`, by
#   `nn.Dropout` members of the class.
# - `net(X)` takes images, for example `(n, 1, 28, 28)`, or rows `(n, input_size)`, and returns
#   logits `(n, output_size)`. So it flattens by itself: a published `SimpleMLP` forgot that, and
#   works on rows only.
# - Leave the weights as `nn.Linear` makes them.
#
# Example: `SimpleMLP()(torch.rand(5, 1, 28, 28)).shape` is `torch.Size([5, 10])`.


# %% exercise="SimpleMLP"
class SimpleMLP(nn.Module):
    """A multilayer perceptron with two equal hidden layers and nn.Dropout after each of them."""

    def __init__(self, input_size=784, hidden_size=256, output_size=10, dropout_prob=0.5):
        super().__init__()
        ### BEGIN SOLUTION
        self.fc1 = nn.Linear(input_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, hidden_size)
        self.fc3 = nn.Linear(hidden_size, output_size)
        self.dropout = nn.Dropout(dropout_prob)
        ### END SOLUTION

    def forward(self, X):
        """Logits (n, output_size) of images (n, ...) or rows (n, input_size)."""
        ### BEGIN SOLUTION
        H = self.dropout(torch.relu(self.fc1(X.flatten(1))))
        H = self.dropout(torch.relu(self.fc2(H)))
        return self.fc3(H)
        ### END SOLUTION


# %% check="SimpleMLP"
check("SimpleMLP")

# %% [markdown] remarks="SimpleMLP"
# One `nn.Dropout` serves both places because it holds a rate and no mask; so `net.dropout.p = 0.1`
# changes both at once. Two members would let the rates differ. The class flattens with
# `X.flatten(1)`, whatever shape a picture has, and the wrong number of pixels is then an error of
# `nn.Linear` and not of your imagination. `torch.relu` as a function or `nn.ReLU` as a member
# compute the same; only the member can be found by `net.modules()`, printed, or given a hook. What
# would you have to change for a list of hidden sizes? `nn.ModuleList` in chapter 7 is the answer.

# %% [markdown]
# One `nn.Dropout` may serve both layers: it keeps no mask, it draws a new one at each call. What
# must *not* happen is `nn.Dropout(p)(H)` inside `forward`: that is a fresh module, a fresh module
# is in train mode, and `net.eval()` will never hear of it.
#
# Here is your class in the book's loop and with the book's own loader, for one epoch. d2l's loader
# opens the pictures one by one, 60,000 times an epoch; on two cores, with its four worker
# processes, an epoch took us 16 seconds. That is why this course keeps the pictures in memory. The
# pictures are the same. (`d2l_data` shows d2l where they lie, and turns off the worker processes.)

# %% tags=["demo"]
from lab.book import d2l_data

torch.manual_seed(0)
with d2l_data():
    d2l_train_iter, d2l_test_iter = d2l.load_data_fashion_mnist(batch_size)
X, y = next(iter(test_iter))
same = torch.equal(next(iter(d2l_test_iter))[0], X.cpu())
print(f"the first {len(X)} test pictures of d2l and of lab are the same: {same}")
simple = SimpleMLP()
simple.apply(init_weights)
trainer = torch.optim.SGD(simple.parameters(), lr=lr)
with d2l_loop() as simple_history:
    d2l.train_ch3(simple, d2l_train_iter, d2l_test_iter, loss, 1, trainer)

# %% [markdown]
# One epoch is too few for the assertion at the end of `train_ch3`, and you have seen how it says
# so: a train loss well above 0.5.
#
# ## Two switches that are not one
#
# Published notes say that "`eval()` turns gradients off", and that "`train()` tells PyTorch to
# compute gradients". Neither is true. There are two switches, and they know nothing of each other:
#
# - `net.train()` and `net.eval()` set the flag `training` in every module. Dropout looks at it (and
#   batch normalisation does, as you will see later). Autograd does not.
# - `torch.no_grad()`, or `torch.set_grad_enabled(False)`, stops autograd from recording. That saves
#   memory and time. Dropout does not look at it.
#
# All four combinations exist, and each of them has its use:

# %% tags=["demo"]
torch.manual_seed(0)
small = build_net(0.2, 0.5)
X = torch.rand(4, 784)
for mode in ("train", "eval"):
    for recording in (True, False):
        small.train(mode == "train")
        with torch.set_grad_enabled(recording):
            one, other = small(X), small(X)
        print(
            f"{mode:5} mode, gradients {'on: ' if recording else 'off:'} "
            f"two passes {'agree ' if torch.equal(one, other) else 'differ'}, "
            f"output {'has' if one.requires_grad else 'has no'} gradient"
        )

# %% [markdown]
# And there is a third thing that people switch: `requires_grad` of a parameter, which says *for
# whom* gradients are computed. It is a matter of training parts of a network, and has nothing to do
# with dropout either.
#
# A switch acts on what comes **after** it. This reads well and measures nothing of use:
#
# ```python
# net.train()
# y_hat = net(X)          # units were dropped here ...
# net.eval()              # ... and stay dropped: y_hat is a tensor, it does not change
# acc = d2l.accuracy(y_hat, y) / len(y)
# ```
#
# ### Question: half switched (2 points, medium, 6 minutes)
#
# A friend measures the test accuracy inside `with torch.no_grad():`, without calling `net.eval()`.
# Another one calls `net.eval()`, without `no_grad()`. What does each of them get, and what does it
# cost? Three or four sentences.

# %% [markdown] answer="half_switched" points=2
# The first one measures with dropout on: the accuracy is too low, and changes from run to run,
# although nothing fails; turning gradients off does not touch dropout. The second one gets the
# right number: dropout is off. But autograd records every operation for a backward pass that never
# comes, which costs memory and some time, not correctness.
#
# *Marking: 1 point for the first friend, dropout still on and so a wrong, random accuracy; 1 point
# for the second, a right accuracy at the price of memory or time.*

# %% [markdown]
# ## Find the bug
#
# Here is a network in the functional style, retold from a published one. It trains, it reaches a
# good train loss, and there is no warning.


# %%
class PublishedMLP(nn.Module):
    """784-256-256-10 with functional dropout, as published."""

    def __init__(self, dropout1=0.2, dropout2=0.5):
        super().__init__()
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(784, 256)
        self.lin2 = nn.Linear(256, 256)
        self.lin3 = nn.Linear(256, 10)

    def forward(self, X):
        H1 = F.relu(self.lin1(X.flatten(1)))
        H1 = F.dropout(H1, self.dropout1)
        H2 = F.relu(self.lin2(H1))
        H2 = F.dropout(H2, self.dropout2)
        return self.lin3(H2)


# %% [markdown]
# ### Exercise: `find_the_functional_bug` (5 points, medium, 15 minutes)
#
# 1. Write `is_random_in_eval(net, X)`, a detector: `True` if the network, in eval mode, gives
#    different logits for the same `X`; else `False`. `net`: an `nn.Module` in either mode. `X`: a
#    batch that it takes; the check uses 50 examples or more, and rates of 0.1 or more. Afterwards
#    the network is in the mode in which it came.
#    Example: `is_random_in_eval(PublishedMLP(), torch.rand(64, 784))` is `True`, and with
#    `build_net(0.2, 0.5)` it is `False`, although that one is in train mode when it comes.
# 2. Write `FixedMLP`, the published class without its bug. It inherits `__init__`, so only
#    `forward` is to be written.


# %% exercise="find_the_functional_bug"
def is_random_in_eval(net, X):
    """Whether net, in eval mode, gives different outputs for the same X. Keeps the mode of net."""
    ### BEGIN SOLUTION
    was_training = net.training
    net.eval()
    with torch.no_grad():
        first, second = net(X), net(X)
    net.train(was_training)
    return not torch.equal(first, second)
    ### END SOLUTION


class FixedMLP(PublishedMLP):
    """PublishedMLP without its bug."""

    def forward(self, X):
        """Logits (n, 10) of images (n, 1, 28, 28) or rows (n, 784)."""
        ### BEGIN SOLUTION
        H1 = F.relu(self.lin1(X.flatten(1)))
        H1 = F.dropout(H1, self.dropout1, training=self.training)
        H2 = F.relu(self.lin2(H1))
        H2 = F.dropout(H2, self.dropout2, training=self.training)
        return self.lin3(H2)
        ### END SOLUTION


# %% check="find_the_functional_bug"
check("find_the_functional_bug")

# %% [markdown] remarks="find_the_functional_bug"
# `torch.equal` is strict, and may be: on one machine an eval pass on the same numbers gives the
# same bits. With 50 rows and a rate of 0.1, two passes with dropout agree by luck so rarely that no
# threshold is needed. In `FixedMLP` the whole repair is `training=self.training`, twice; an
# `nn.Dropout` member cannot be forgotten in this way, which is the best reason to have one. The
# detector has a blind spot: a network that drops the *same* units at every call looks deterministic
# to it. Keep it all the same, beside the tests of every network that you write.

# %% [markdown]
# `F.dropout(X, p)` has a third argument, `training=True`. A function does not know in which network
# it is called; so it drops until you say otherwise, and `eval()` says it to modules only. What does
# the bug cost? Put the trained weights of above into both classes and measure each five times:


# %%
def copy_parameters(source, target):
    """Copy the parameters of one network into another that has as many, in the same order."""
    with torch.no_grad():
        for p, q in zip(source.parameters(), target.parameters(), strict=True):
            q.copy_(p)


# %% tags=["demo"]
torch.manual_seed(0)
for kind in (PublishedMLP, FixedMLP):
    candidate = kind().to(device)
    copy_parameters(net, candidate)
    measured = [evaluate_accuracy(candidate, test_iter) for _ in range(5)]
    print(f"{kind.__name__}: test accuracy", ", ".join(f"{acc:.4f}" for acc in measured))

# %% [markdown]
# Nearly one percent is lost (0.860 in place of 0.869), and the last digits change from measurement
# to measurement. That is small enough to be taken for bad luck, which is what makes the bug live
# long.
#
# ## Are they the same?
#
# You now have a network from scratch and a concise one. Same curves, same accuracy. Are they the
# same program? "It looks so" is an assertion. Let us replace it by a proof, as far as a program can
# be proven by running it, and know exactly how far that is.
#
# **In eval mode** nothing is random. Put the same weights into both, feed the same pictures,
# compare number for number, up to rounding.
#
# **In train mode** the two draw their masks in different ways, so even with the same seed the
# numbers differ. Nothing else can be expected of two dice. What must agree is the **distribution**
# of the logits. For given weights and a given picture, a logit $o$ is a random variable. Let
#
# $$F(t) = P(o \le t)$$
#
# be its distribution function. We cannot see $F$, but we can draw: $T$ passes of one network give
# $a_1, \dots, a_T$, and $T$ passes of the other give $b_1, \dots, b_T$. Their **empirical**
# distribution functions count:
#
# $$\hat F_a(t) = \frac{\#\{i : a_i \le t\}}{T}, \qquad \hat F_b(t) = \frac{\#\{i : b_i \le t\}}{T}.$$
#
# Both are staircases from 0 to 1. The **Kolmogorov–Smirnov distance** is the widest gap between
# them:
#
# $$D = \max_t \, \bigl|\hat F_a(t) - \hat F_b(t)\bigr|.$$
#
# It is 0 for equal samples and 1 for samples that do not overlap. How large may $D$ become by bad
# luck, when both networks have the same $F$? Dvoretzky, Kiefer and Wolfowitz (with Massart's
# constant) proved that, whatever $F$ is,
#
# $$P\Bigl(\max_t \bigl|\hat F_a(t) - F(t)\bigr| > \varepsilon\Bigr) \le 2 e^{-2 T \varepsilon^2}.$$
#
# If $D > 2\varepsilon$, then one of the two staircases must be further than $\varepsilon$ from $F$.
# There are two of them, so
#
# $$P(D > 2\varepsilon) \le 4 e^{-2 T \varepsilon^2}.$$
#
# Set the right side to the error rate that you allow, solve for $\varepsilon$, and you have a bound
# for $D$ that equal networks exceed with that probability at most. No normal approximation, no
# table.
#
# Ten logits are ten comparisons, and each may fail by bad luck. Give each of them a tenth of the
# error rate: then the chance that *any* fails is at most the whole of it.
#
# One more trick: $T$ passes need no loop. Repeat one picture $T$ times; a batch of $T$ equal rows
# has $T$ independent masks. (A network that draws one mask for the whole batch would be found out:
# its rows are all equal.)
#
# ### Exercise: `same_as_scratch` (8 points, hard, 25 minutes)
#
# Three functions.
#
# 1. `ks_distance(a, b)`: the distance $D$ of two samples, a number. `a`, `b`: float tensors of
#    shapes `(T,)` and `(S,)`, perhaps of different lengths, perhaps with equal values in them.
#    Example: `ks_distance(torch.tensor([1.0, 2.0]), torch.tensor([2.0, 3.0]))` is 0.5.
# 2. `ks_bound(T, error)`: the number that $D$ of two samples of size `T` from one distribution
#    exceeds with probability at most `error`, from the inequality above. Example:
#    `ks_bound(2000, 1e-6)` is about 0.1233.
# 3. `same_as_scratch(scratch, concise, X, T=10_000, error=1e-6)`: a pair of bools, `(same_in_eval,
#    same_in_train)`.
#    - First it copies the parameters of `scratch` into `concise`. Both have the same number of
#      them, in the same order and of the same shapes. `copy_parameters` above does it.
#    - `same_in_eval`: for all of `X`, in eval mode, the logits differ by at most 0.0001 each.
#    - `same_in_train`: for the **first** example of `X`, in train mode, drawn `T` times from each
#      network, each logit's $D$ stays within the bound for `error` divided by the number of logits.
#    - `X`: rows `(n, num_inputs)`, n ≥ 1. The networks come in either mode, so call `eval()` and
#      `train()` yourself; in which mode you leave them does not matter. At least one of their drop
#      rates lies between 0.1 and 0.9, so that their logits take many values in train mode.
#
# Example: `same_as_scratch(ScratchNet(), build_net(0.2, 0.5), torch.rand(100, 784))` gives
# `(True, True)`; with `build_net(0.5, 0.2)`, whose rates are swapped, `(True, False)`; with
# `PublishedMLP()`, `(False, True)`.


# %% exercise="same_as_scratch"
def ks_distance(a, b):
    """The widest gap between the empirical distribution functions of samples a (T,) and b (S,)."""
    ### BEGIN SOLUTION
    a, b = a.sort().values, b.sort().values
    t = torch.cat([a, b])
    F_a = torch.searchsorted(a, t, right=True) / len(a)
    F_b = torch.searchsorted(b, t, right=True) / len(b)
    return (F_a - F_b).abs().max().item()
    ### END SOLUTION


def ks_bound(T, error):
    """What the distance of two samples of size T, equally distributed, exceeds with chance error."""
    ### BEGIN SOLUTION
    return math.sqrt(2 * math.log(4 / error) / T)
    ### END SOLUTION


def same_as_scratch(scratch, concise, X, T=10_000, error=1e-6):
    """Whether two networks agree in eval mode, and in distribution in train mode: two bools.

    Gives concise the parameters of scratch. X: (n, num_inputs); train mode is tested with its first
    row. A right pair is called different in train mode with probability error at most.
    """
    ### BEGIN SOLUTION
    copy_parameters(scratch, concise)
    with torch.no_grad():
        scratch.eval()
        concise.eval()
        same_in_eval = ((scratch(X) - concise(X)).abs() <= 1e-4).all().item()
        scratch.train()
        concise.train()
        rows = X[:1].repeat(T, 1)
        a, b = scratch(rows), concise(rows)
    bound = ks_bound(T, error / a.shape[1])
    distances = [ks_distance(a[:, k], b[:, k]) for k in range(a.shape[1])]
    return same_in_eval, max(distances) <= bound
    ### END SOLUTION


# %% check="same_as_scratch"
check("same_as_scratch")

# %% [markdown] remarks="same_as_scratch"
# Sorting and `torch.searchsorted` find all values of both staircases in T log T steps; comparing
# each number with each is shorter to write, and for T = 10,000 makes a table of 200 million bools.
# `right=True` counts "at most t", ties included. The inequality holds for every distribution and
# every T, and one pays for that in power: its bound is about 1.4 times as wide as the approximate
# one behind SciPy's `ks_2samp`. Dividing the error by ten for ten logits is Bonferroni's rule,
# simple, safe, and cautious where logits depend on each other. See how large T must be until rates
# of 0.20 and 0.21 are told apart.

# %% [markdown]
# Now the proof that this chapter owes you: your concise networks against the one from scratch, with
# an error rate of one in a million.

# %% tags=["demo"]
torch.manual_seed(0)
X = torch.rand(100, 784)
candidates = {
    "build_net(0.2, 0.5)": build_net(0.2, 0.5),
    "FixedMLP()": FixedMLP(),
    "build_net(0.5, 0.2), rates swapped": build_net(0.5, 0.2),
    "PublishedMLP()": PublishedMLP(),
}
scratch = ScratchNet()
for name, concise in candidates.items():
    in_eval, in_train = same_as_scratch(scratch, concise, X)
    print(f"{name:35} same in eval mode: {in_eval!s:5}  in train mode: {in_train}")
same = same_as_scratch(ScratchNet(0.5, 0.5), SimpleMLP(), X)
print(
    f"{'SimpleMLP(), scratch at 0.5 and 0.5':35} same in eval mode: {same[0]!s:5}  in train mode: {same[1]}"
)

# %% [markdown]
# And so it looks, for the logit whose two staircases lie furthest apart:

# %% tags=["demo"]
torch.manual_seed(0)
T, rows = 10_000, X[:1].repeat(10_000, 1)
with torch.no_grad():
    a = scratch.train()(rows)
    drawn = {}
    for name in ("build_net(0.2, 0.5)", "build_net(0.5, 0.2), rates swapped"):
        copy_parameters(scratch, candidates[name])
        b = candidates[name].train()(rows)
        distances = [ks_distance(a[:, k], b[:, k]) for k in range(10)]
        k = max(range(10), key=distances.__getitem__)
        drawn[name] = k, b[:, k], distances[k]
bound = ks_bound(T, 1e-7)
told = "; ".join(f"{name}: D = {D:.3f}" for name, (_, _, D) in drawn.items())
fig, panels = plt.subplots(1, 2, sharey=True, figsize=(9, 3))
for panel, (name, (k, b, D)) in zip(panels, drawn.items(), strict=True):
    steps = torch.arange(1, T + 1).numpy() / T
    panel.step(a[:, k].sort().values.numpy(), steps, "-", color="C0", label="scratch")
    panel.step(b.sort().values.numpy(), steps, "--", color="C1", label="concise")
    panel.set_title(f"{name}\nD = {D:.3f}, bound {bound:.3f}", fontsize=9)
    panel.set_xlabel(f"logit {k} in train mode")
    panel.legend()
show_figure(
    f"Distribution functions of one logit, scratch and concise. Bound {bound:.3f}. {told}. On the left "
    "the two curves lie on each other; on the right, with swapped rates, they part."
)

# %% [markdown]
# What has been shown? Where the test says "different", it is wrong at most once in a million runs.
# Where it says "same", it says less: a difference smaller than the bound may hide. More passes
# narrow the bound, like $1/\sqrt{T}$. And the tests speak of one picture and of the weights of the
# day.
#
# The rest of the proof is thought, not measurement. Given the weights and the picture, the logits
# are a function $g(M_1, M_2)$ of the two masks, and it is the same function $g$ for both networks:
# that is what eval mode plus reading the code shows. In both networks the entries of the masks are
# independent, and 1 with probability $1-p$. So $g$ has the same distribution. What the test adds is
# that the code does what this argument supposes, and of your own code you should not be too sure.
#
# ### Question: what the test says (2 points, medium, 6 minutes)
#
# `same_as_scratch` gave `(True, True)` with `error=1e-6`. A friend concludes: "The probability that
# the two networks differ is one in a million." What is wrong with that, and what would you do to
# become surer that they do not differ? Two or three sentences.

# %% [markdown] answer="what_the_test_says" points=2
# The error rate is the probability that the test says "different" when the networks are the same.
# It says nothing of the probability that the networks differ, nor of how often the test says "same"
# when they do: a small difference stays within the bound. To become surer, take a larger T, which
# narrows the bound, more inputs and other weights, and try networks with known small bugs, to see
# which the test can find.
#
# *Marking: 1 point for saying that 1e-6 bounds false alarms only (it is not a probability that the
# networks differ); 1 point for a way to gain power or coverage: larger T, more inputs, other
# weights, known bugs.*

# %% [markdown]
# ## Why it helps: a story, and a measurement
#
# Why should a network that loses half of its units learn better? The story that the inventors tell
# is **co-adaptation**. Picture an office in which two colleagues always work together. One makes a
# certain mistake, the other always corrects it, and the pair is never wrong, as long as both are
# there and the work is of the usual kind. On unusual work, the correction no longer fits the
# mistake. Now send half of the staff home every morning, at random. Nobody can lean on one
# particular colleague; everyone must do something useful with whoever turns up. On the day of the
# great order all are there, and each is useful by itself.
#
# It is a story, and a good one, but a story proves nothing. One thing that follows from it can be
# measured: take units away from a *trained* network, and see how much it hurts.

# %% tags=["demo"]
few_train, few_test = fashion_mnist(batch_size=50, device=device, train_size=1000, test_size=2000)
trained = {}
for name, rates in (("without dropout", (0.0, 0.0)), ("with dropout", (0.2, 0.5))):
    torch.manual_seed(1)
    trained[name] = build_net(*rates)
    trainer = torch.optim.SGD(trained[name].parameters(), lr=0.1)
    train_classifier(
        trained[name], few_train, few_test, loss, 40, trainer, device=device, quiet=True
    )
for name, network in trained.items():
    print(f"{name}:")
    for missing in (0, 128, 192):
        torch.manual_seed(0)
        left = []
        for _ in range(5):
            crippled = build_net(0.0, 0.0).to(device)
            copy_parameters(network, crippled)
            gone = torch.randperm(256)[:missing]
            crippled[7].weight.data[:, gone] = 0  # these units of the second hidden layer are mute
            left.append(evaluate_accuracy(crippled, few_test))
        print(
            f"  {missing:3} of 256 units gone: test accuracy {sum(left) / 5:.3f}, mean of 5 choices"
        )

# %% [markdown]
# Half of the second hidden layer can go, and neither network loses more than two percent. Where
# three quarters are gone, the one that was trained with dropout is ahead, with about 0.75 against
# 0.71. So the difference points the way the story says, and it is not large. Fair enough, too:
# working with units missing is what that network was trained for. Whether it is *why* such networks
# do better on new pictures is another question, which this measurement does not answer. Keep the
# story as a story.
#
# ### Question: a story and its test (2 points, medium, 6 minutes)
#
# Say in your own words what co-adaptation means and how dropout works against it. Then name one
# observation that would speak *against* the story. Three or four sentences.

# %% [markdown] answer="co_adaptation" points=2
# Co-adaptation: a hidden unit is useful only in company of certain others, whose errors it
# corrects. With dropout, the others are missing at random, so a unit is rewarded for what it
# contributes together with many different partners. Against the story would speak, for example,
# that dropout improves the test accuracy although units depend on each other as much as before
# (removing units hurts as much, or their activations are as correlated), or that another noise that
# leaves the partners together, such as one mask for a whole layer, helps as much.
#
# *Marking: 1 point for co-adaptation and how random partners work against it; 1 point for any
# observation that the story forbids or makes unlikely.*

# %% [markdown]
# ## Outlook: dropout that stays on
#
# In eval mode a network gives one answer and does not say how sure it is. (The softmax gives a
# probability, but networks are often sure of nonsense.) With dropout on, each pass asks another
# thinned network. Ask $T$ of them and you have $T$ opinions: their mean is a prediction, and their
# spread says how much the networks disagree. This is **Monte Carlo dropout** (Gal and Ghahramani,
# 2016):
#
# $$\bar y = \frac1T \sum_{t=1}^{T} y^{(t)}, \qquad
# s = \sqrt{\frac1{T-1} \sum_{t=1}^{T} \bigl(y^{(t)} - \bar y\bigr)^2},
# \qquad y^{(t)} = \operatorname{softmax}\bigl(\mathrm{net}^{(t)}(X)\bigr).$$
#
# Here dropout at inference is on *purpose*. The difference to the bug above is that you know it.
# And it is dropout alone: `net.train()` would also switch batch normalisation, which would then
# look at its neighbours in the batch and change its own statistics while you only wanted to ask.
#
# ### Exercise: `mc_dropout_predict` (5 points, medium, 12 minutes, optional)
#
# Write `mc_dropout_predict(net, X, T)`.
#
# - `net`: an `nn.Module` whose dropout stands in it as `nn.Dropout` modules; all of it is in one
#   mode, train or eval. `X`: a batch of n examples that it takes. `T`: number of passes, T ≥ 2.
# - Each pass: the `nn.Dropout` modules in train mode, **all other modules in eval mode**; a softmax
#   over the classes turns logits `(n, num_classes)` into probabilities.
# - Returns two tensors of shape `(n, num_classes)`: mean and standard deviation of the
#   probabilities over the T passes, for each example and class. The standard deviation divides by T
#   − 1, as `torch.std` does.
# - Autograd does not record. Afterwards `net` is in the mode in which it came, with all its
#   modules.
#
# Example: with `nn.Dropout(0.0)` everywhere, all passes agree: the mean is the softmax of the
# logits in eval mode, and the standard deviation is 0.


# %% exercise="mc_dropout_predict"
def mc_dropout_predict(net, X, T):
    """Mean and standard deviation of the class probabilities over T passes with dropout on.

    Only the nn.Dropout modules of net are in train mode meanwhile. Returns two tensors
    (n, num_classes), and leaves net in the mode in which it came.
    """
    ### BEGIN SOLUTION
    was_training = net.training
    net.eval()
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    with torch.no_grad():
        passes = torch.stack([net(X).softmax(dim=1) for _ in range(T)])
    net.train(was_training)
    return passes.mean(dim=0), passes.std(dim=0)
    ### END SOLUTION


# %% check="mc_dropout_predict"
check("mc_dropout_predict")

# %% [markdown] remarks="mc_dropout_predict"
# `eval()` for all and then `train()` for the `nn.Dropout` modules alone: so batch normalisation
# keeps still. Stacking T passes needs T times the memory of one answer, which is nothing for ten
# classes; one batch of T copies is faster on a GPU and needs T times the memory of the
# *activations*. Sums of p and of p² would need two tensors only, but their difference loses digits
# when the passes nearly agree. `isinstance(module, nn.Dropout)` does not see `nn.Dropout2d`, which
# is a sibling and no child. Sort your own mistakes by the spread, and ask whether it really knew.

# %% [markdown]
# Ask the network that you trained at the beginning, 50 times, about 2,000 test pictures. Sort them
# by how much the passes disagree about the class that the mean chooses:

# %% tags=["demo"]
torch.manual_seed(0)
X, y = (torch.cat(parts)[:2000] for parts in zip(*test_iter, strict=True))
mean, std = mc_dropout_predict(net, X, 50)
chosen = mean.argmax(dim=1)
spread = std.gather(1, chosen[:, None]).squeeze(1)
right = (chosen == y).float()
order = spread.argsort()
for name, part in (
    ("quarter that agrees most", order[:500]),
    ("quarter that agrees least", order[-500:]),
):
    print(f"{name}: spread {spread[part].mean():.3f}, accuracy {right[part].mean():.3f}")
with torch.no_grad():
    plain = (net.eval()(X).argmax(dim=1) == y).float().mean()
print(f"all 2,000: accuracy {right.mean():.3f} by the mean, {plain:.3f} in eval mode")

# %% tags=["demo"]
from lab import FASHION_CLASSES

noise = torch.rand(1, 1, 28, 28, device=device)
three = {
    "agreed on": X[order[:1]],
    "disputed": X[order[-1:]],
    "noise": noise,
}
parts = {name: mc_dropout_predict(net, picture, 200) for name, picture in three.items()}
told = "; ".join(
    f"{name}: {FASHION_CLASSES[int(m.argmax())]} with {m.max():.2f} give or take {s[0, m.argmax()]:.2f}"
    for name, (m, s) in parts.items()
)
fig, panels = plt.subplots(2, 3, height_ratios=(2, 3), figsize=(9, 4))
for column, (name, picture) in enumerate(three.items()):
    m, s = (part[0].cpu().numpy() for part in parts[name])
    panels[0, column].imshow(picture[0, 0].cpu().numpy(), cmap="gray")
    panels[0, column].set_title(name, fontsize=9)
    panels[0, column].axis("off")
    panels[1, column].bar(range(10), m, yerr=s, color="lightgray", edgecolor="black", capsize=3)
    panels[1, column].set_xticks(range(10), FASHION_CLASSES, rotation=90, fontsize=7)
    panels[1, column].set_ylim(0, 1.3)
show_figure(f"Three pictures and the probabilities of ten classes, over 200 passes. {told}")

# %% [markdown]
# In the quarter where the passes agree most, the network is right in about 99 of 100 cases; where
# they agree least, in about 70. That is worth having: such pictures can be shown to a person. The
# mean itself is no more accurate than eval mode. And look at the noise: most passes agree that it
# is a bag. Disagreement is a hint that something is hard; agreement is no promise.

# %% [markdown] quiz="quiz_concise" points=5
# ## Switches, scales and starting values: a quiz (5 points, easy, 10 minutes)
#
# Some of these sentences have been published. Choose one letter for each question: run the cell
# below, press the buttons, and run it again; or write the letters into its dictionary and delete
# the `raise` line. The check explains every choice.
#
# 1. What does `net.eval()` do?
#     - (a) it turns gradients off
#         > Autograd does not look at the mode: in eval mode an output has a gradient as before.
#     - (b) it sets `training` to `False` in the network and in all its modules
#         > right: And that is all. Dropout and batch normalisation look at this flag.
#     - (c) it freezes the parameters, so that an optimizer cannot move them
#         > A step of an optimizer works in eval mode too; `requires_grad` would freeze them.
# 2. "Call `net.train()` before training, it tells PyTorch to compute gradients." What is right?
#     - (a) without `net.train()` the first `backward()` would fail
#         > Gradients are recorded by default; try it with a new network.
#     - (b) it is the opposite of `torch.no_grad()`
#         > The opposite of `no_grad()` is `enable_grad()`. The mode is another switch.
#     - (c) it sets the mode that dropout looks at; gradients are recorded with or without it
#         > right: It is needed after an `eval()`, because dropout would stay off otherwise.
# 3. `net = build_net(0.2, 0.5)`, and then at once `net(X)` twice. What do you see?
#     - (a) different logits: a fresh module is in train mode
#         > right: `eval()` has to be called, `train()` need not.
#     - (b) the same logits, since dropout waits for `net.train()`
#         > A module is made with `training = True`: it is in train mode already.
#     - (c) the same logits, since the weights have not changed
#         > The weights have not, but the masks have.
# 4. What is the bias of a new `nn.Linear(784, 256)`?
#     - (a) 0
#         > Print it. Zeros are what the book's code from scratch writes; `nn.Linear` does not.
#     - (b) uniform between -1/28 and 1/28
#         > right: ±1/√784, like the weights. `net.apply(init_weights)` leaves it so.
#     - (c) normal with standard deviation 0.01
#         > That is what `init_weights` gives to the weights. The bias is not touched by it.
# 5. `nn.init.normal_(m.weight, std=0.01)`: the weights are drawn from
#     - (a) a normal distribution with variance 0.01
#         > Then the standard deviation would be 0.1. `std` is the standard deviation.
#     - (b) the standard normal distribution
#         > That has standard deviation 1, a hundred times as much.
#     - (c) a normal distribution with variance 0.0001
#         > right: The variance is the square of the standard deviation, 0.01².
# 6. "Dropout sets each hidden unit to 0 with probability p in training and leaves the others as
#    they are." What would `nn.Dropout` say to that?
#     - (a) it is right
#         > Look at `nn.Dropout(0.5)(torch.ones(8))`: where do the twos come from?
#     - (b) the others are multiplied by 1 - p
#         > That makes them smaller, and the mean smaller still.
#     - (c) the others are scaled in eval mode, not in training
#         > So it was in the first papers. `nn.Dropout` scales in training and does nothing in eval.
#     - (d) the others are divided by 1 - p, so that the mean stays
#         > right: That half of the definition is why eval mode needs no correction.
# 7. The logits were computed in train mode. Then comes `net.eval()`, then `accuracy(y_hat, y)` with
#    those logits. What is measured?
#     - (a) the accuracy without dropout: the network is in eval mode by then
#         > `y_hat` is a tensor of numbers. No switch changes it afterwards.
#     - (b) the accuracy with units dropped
#         > right: What counts is the mode in which the forward pass ran.
#     - (c) nothing, it fails: the mode has changed in between
#         > Nothing checks that. It runs, which is the trouble.
# 8. In `forward` stands `F.dropout(H, 0.5)`. When are units dropped?
#     - (a) always
#         > right: `training=True` is its default, and `eval()` reaches modules only.
#     - (b) in train mode
#         > A function does not know the network. `training=self.training` would tell it.
#     - (c) never: the function wants `training=True`
#         > That is what its default is.
# 9. Linear, dropout, ReLU or Linear, ReLU, dropout: does the order matter?
#     - (a) with ReLU not: both give the same values; with the sigmoid it does
#         > right: relu(c h) = c relu(h) for c ≥ 0, and relu(0) = 0. But σ(0) = 0.5.
#     - (b) it never matters, as dropout only sets numbers to 0
#         > A 0 that goes through a sigmoid comes out as 0.5.
#     - (c) it always matters: before ReLU, dropout would act on negative numbers
#         > ReLU makes zeros of those, dropped or not, so the values agree.
# 10. A `SimpleMLP` without flattening gets a batch of shape (256, 1, 28, 28). What happens?
#     - (a) `nn.Linear` flattens by itself
#         > It acts on the last dimension alone and leaves the others as they are.
#     - (b) it runs, and gives 256 · 28 predictions
#         > It would, if the layer took 28 inputs. It takes 784.
#     - (c) an error: `nn.Linear(784, 256)` finds 28 numbers in the last dimension, not 784
#         > right: The message speaks of 7168x28 and 784x256; 7168 is 256 · 1 · 28.
# 11. Which lines belong around a loop that measures test accuracy?
#     - (a) `net.eval()` and `with torch.no_grad():`
#         > right: The first makes the number right, the second makes it cheap.
#     - (b) `with torch.no_grad():` alone
#         > Dropout stays on: the accuracy is too low and random.
#     - (c) `torch.set_grad_enabled(False)`, which includes `eval()`
#         > It includes nothing: the mode of the network stays as it was.
# 12. Two networks with the same weights pass `same_as_scratch` in train mode with `error=1e-6`.
#     Then
#     - (a) they are the same with probability 0.999999
#         > The error rate is about false alarms among equal networks, not about these two.
#     - (b) their logits are equal, pass by pass
#         > Each draws its own masks. Distributions were compared, not passes.
#     - (c) no difference was found that is larger than the bound allows
#         > right: Smaller ones may hide; a larger T finds them.

# %% [markdown]
# ## Exercises without a check
#
# 1. Replace `nn.Dropout` by a module of your own that wraps `dropout_layer`, give it an
#    `extra_repr`, and let `same_as_scratch` judge it.
# 2. Give both networks the **same masks**: let `dropout_layer` and your module of exercise 1 take
#    their random numbers from one list. Now train mode must agree number for number. Does it?
# 3. How small a difference of rates does `same_as_scratch` find with T = 10,000? Try 0.5 against
#    0.45, 0.4 and so on, ten times each, and draw the share found. What does T = 100,000 change?
# 4. At rate 0 every logit in train mode is one number, and a difference in its last digit makes
#    $D = 1$. Change `ks_distance` or `same_as_scratch` so that rounding does not matter, without
#    losing the error rate.
# 5. Train `build_net(0.2, 0.5)` with and without `init_weights`. Which one starts faster, and where
#    are they after ten epochs? What happens with `std=1`?
# 6. Draw the spread of `mc_dropout_predict` for a boot that you turn by 0, 15, …, 180 degrees.
#    Where do the passes begin to disagree, and where do they agree again, on something wrong?
#
# ## Summary
#
# - `nn.Dropout(p)` drops **and** scales in train mode, and does nothing in eval mode. A fresh
#   module is in train mode.
# - `train()` and `eval()` set a flag; `no_grad()` stops recording. Neither does the other's work. A
#   test loop wants both.
# - `F.dropout` needs `training=self.training`, and a module made inside `forward` is always in
#   train mode.
# - `nn.Linear` draws weights and bias uniformly; `net.apply(init_weights)` draws the weights from
#   $N(0, 0.01^2)$ and leaves the bias.
# - Two random programs are the same when their distributions are. A test with a stated error rate
#   can show that they differ; that they agree, it shows up to its bound.
# - With dropout on at prediction, the spread over passes hints at what is hard.
#
# ## Further reading
#
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov: *Dropout: a simple way
#   to prevent neural networks from overfitting*. Journal of Machine Learning Research 15, 2014.
#   (Section 2 tells where the idea came from; section 7.1 looks at co-adaptation.)
# - Y. Gal, Z. Ghahramani: *Dropout as a Bayesian approximation: representing model uncertainty in
#   deep learning*. ICML 2016.
# - P. Massart: *The tight constant in the Dvoretzky–Kiefer–Wolfowitz inequality*. Annals of
#   Probability 18, 1990.
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on dropout.
#
# Before this chapter: *Dropout from scratch* (chapter 1). Next: *Dropout experiments* (chapter 3),
# where you ask what dropout really does for the accuracy, and learn how to ask.
