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
#     title: Dropout from scratch
#     minutes: 120
#     points: 50
# ---

# %% [markdown]
# # Dropout from scratch
#
# A network that is large enough can learn its training set by heart. Dropout makes that harder in
# a surprisingly simple way: while the network trains, some of its hidden units are switched off at
# random, other ones in every step. In this chapter you write dropout yourself, put it into a
# network, and train that network on 60,000 pictures of clothes.
#
# **You will be able to**
#
# - say what dropout does to the mean and to the variance of a hidden unit, and prove it
# - write a dropout layer that is right in all its corners, and see why a published one is not
# - build a network in which dropout works while training and is off while testing
# - write the loops that train and measure it, and read the curves they give.
#
# **Time**: about 120 minutes. **Points**: 50. You need to know tensors, `nn.Module` and how a softmax
# regression is trained; names are those of *Dive into Deep Learning* (d2l).
#
# **How exercises work.** Write your code in place of the `raise NotImplementedError()` and delete
# that line. The cell below each exercise checks your code and says what it saw and what it
# expected; run it as often as you like. Stuck? `hint` opens a hint, and there are three to each
# exercise: the first one nudges, the last one nearly tells. Cells that need an exercise which you
# have not solved yet stop with an error: that is fine, go on and come back. A cell says that `check`
# is not defined? Then the notebook has been restarted: run the imports below once more.

# %%
import math

import torch
from matplotlib import pyplot as plt
from torch import nn

from grader import chapter
from lab import History, fashion_mnist, show_figure, show_progress, train_classifier, try_device

check, hint = chapter(1)  # after a restart, run this cell again
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## Learning by heart
#
# Here are some of the pictures. Each has 28 × 28 grey pixels and belongs to one of ten classes.

# %% tags=["demo"]
from lab import FASHION_CLASSES, show_images

torch.manual_seed(1)
few_train, few_test = fashion_mnist(batch_size=50, device=device, train_size=1000, test_size=2000)
X, y = next(iter(few_test))
show_images(X, 2, 8, titles=[FASHION_CLASSES[i] for i in y[:16]])

# %% [markdown]
# Now take a network with two hidden layers of 256 units and show it only 1,000 of the pictures,
# sixty times over.

# %% tags=["demo"]
torch.manual_seed(1)
by_heart = nn.Sequential(
    nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
)
by_heart_history = train_classifier(
    by_heart,
    few_train,
    few_test,
    nn.CrossEntropyLoss(reduction="none"),
    num_epochs=60,
    updater=torch.optim.SGD(by_heart.parameters(), lr=0.1),
    device=device,
)

# %% [markdown]
# On the pictures that it has seen, the network is right in about 97 of 100 cases; on new ones in
# about 79. This gap is **overfitting**. It is no surprise: 1,000 pictures are few for 270,000
# parameters. But more examples than features do not make you safe either: deep networks fit
# random labels if you let them.
#
# ### Noise as a teacher
#
# What should a good predictor look like? *Simple* is one answer; chapter 4 makes it precise with
# small weights. *Smooth* is another: a small change of the input should not change the answer. A
# picture with a few wrong pixels still shows a boot. Bishop showed in 1995 that training with
# noise on the inputs is a way to ask for smoothness. Dropout (Srivastava and others, 2014) takes
# that idea inside: it puts noise on the **hidden units** of every layer, so that no unit can rely
# on one particular partner.
#
# The noise should be *unbiased*: on average, the next layer should see what it would see without
# noise. For a hidden unit $h$ and a drop rate $p$, dropout puts $h'$ in its place:
#
# $$
# h' = \begin{cases}
#     0 & \text{with probability } p, \\
#     \dfrac{h}{1-p} & \text{otherwise.}
# \end{cases}
# $$
#
# The survivors grow by just so much that the mean stays:
# $E[h'] = p \cdot 0 + (1-p)\,\dfrac{h}{1-p} = h$.
#
# ### Exercise: mean and variance (3 points, easy, 8 minutes)
#
# The mean stays. Does the variance? Take $h$ as given, a fixed number, and work out both with
# pencil and paper. Then write `dropout_moments(h, p)`.
#
# - `h`: float tensor of any shape, the units before dropout.
# - `p`: float, 0 ≤ `p` < 1, the drop rate.
# - Returns two tensors of the shape of `h`: mean and variance of $h'$ for each unit, given $h$.
#
# Example: `dropout_moments(torch.tensor([2.0]), 0.5)` gives `(tensor([2.]), tensor([4.]))`: at
# $p = 0.5$, the unit becomes 0 or 4 with equal chances, and both lie 2 away from the mean.


# %% exercise="dropout_moments"
def dropout_moments(h, p):
    """Mean and variance of h' under dropout with rate p, for each element of h.

    h: float tensor of any shape. p: float, 0 <= p < 1. Returns (mean, variance), shaped like h.
    """
    ### BEGIN SOLUTION
    return h, h**2 * p / (1 - p)
    ### END SOLUTION


# %% check="dropout_moments"
check("dropout_moments")

# %% [markdown] remarks="dropout_moments"
# The variance is written as `h**2 * p / (1 - p)` and not as the mean square minus the squared mean.
# On paper both are equal; for a small p the second subtracts two numbers that agree in nearly all
# digits: with h = 3 and p = 0.000001, float32 gives 0.0000095 where 0.000009 is right. The mean
# needs no arithmetic, so `h` itself is returned, and not a copy; clone it before you write into it.
# Try p = 0.9: the standard deviation is three times |h|, which is how loud the noise of a high rate
# is.

# %% [markdown]
# In need of a nudge? Write `hint("dropout_moments")` into a cell of your own and run it;
# `hint("dropout_moments", 2)` and `3` say more.

# %% [markdown]
# ## The dropout layer
#
# In code, a layer of units is a tensor, and dropping is a multiplication by a **mask** of zeros
# and ones. (Picking units by index would do the same, but GPUs multiply faster than they pick.)
# To draw the mask, draw one number for each element, uniformly between 0 and 1: a share $p$ of
# them lies below $p$.
#
# ### Exercise: `dropout_layer` (8 points, medium, 15 minutes)
#
# Write `dropout_layer(X, dropout)`.
#
# - `X`: float tensor of any shape, on any device. It stays as it is.
# - `dropout`: the drop rate $p$, a number with 0 ≤ `dropout` ≤ 1, such as 0.5 or 1. Anything else
#   raises an `AssertionError` or a `ValueError`; for NaN, torch's own `RuntimeError` will do, too.
# - Returns a new tensor of the same shape, type and device. Each element is, independently of all
#   others and freshly drawn at every call, 0 with probability `dropout` and `X / (1 - dropout)`
#   otherwise. Gradients flow through it.
#
# Mind both ends: at 0 nothing is dropped, at 1 everything, and `0 / 0` is not a number.
#
# Example: with `X = torch.arange(8.0)`, `dropout_layer(X, 0.5)` may give
# `tensor([0., 2., 0., 0., 8., 0., 12., 14.])`: every number is 0 or twice what it was. With
# `dropout = 0` you get `X`, with `dropout = 1` eight zeros.


# %% exercise="dropout_layer"
def dropout_layer(X, dropout):
    """Zero each element of X with probability `dropout`; scale the rest so that the mean stays.

    X: float tensor of any shape. dropout: float, 0 <= dropout <= 1, else AssertionError or
    ValueError. Returns a new tensor of the shape, type and device of X.
    """
    ### BEGIN SOLUTION
    assert 0 <= dropout <= 1, f"dropout is {dropout}; a probability lies between 0 and 1"
    if dropout == 1:
        return torch.zeros_like(X)
    mask = torch.rand(X.shape, device=X.device) > dropout
    return mask * X / (1 - dropout)
    ### END SOLUTION


# %% check="dropout_layer"
check("dropout_layer")

# %% [markdown] remarks="dropout_layer"
# One uniform number for each element, one comparison, and a product: autograd needs nothing else,
# because the gradient is multiplied by the very mask that multiplied the units. Of all that is
# computed here it keeps this mask alone, a byte for each element. With `>=` in place of `>` even
# the exact zero that `torch.rand` draws once in 16 million times would be kept at a rate of 0; the
# branch for 1 stays, since 0 / 0 is no number. On a GPU `F.dropout` does all of it in a single
# kernel. A shorter way to the mask is `torch.bernoulli`, which wants the probability to be *kept*:
# look twice at what you give it.

# %% [markdown]
# Try it on numbers, then on a picture. The mask stands in the middle. Run the cell again: another
# mask.

# %% tags=["demo"]
from lab import show_mask

X = torch.arange(8.0)
for p in (0.0, 0.5, 1.0):
    print(f"dropout = {p}: {dropout_layer(X, p)}")
boot = next(iter(few_test))[0][0].cpu()
show_mask(boot, dropout_layer(boot, 0.5))

# %% [markdown]
# One draw changes the picture a lot; the mean of many does not. Take one unit, $h = 1$, drop it
# with $p = 0.5$ in a layer of 100 such units, and look at the layer's mean, 10,000 times over: it
# scatters around 1. The standard deviation follows from your formula: the variance of one unit is
# $1$, that of a mean of 100 is $1/100$, so the standard deviation is $0.1$.

# %% tags=["demo"]
means = torch.stack([dropout_layer(torch.ones(100), 0.5).mean() for _ in range(10_000)])
print(f"mean of the means {means.mean():.3f}, standard deviation {means.std():.3f}")
fig, axes = plt.subplots(figsize=(5, 2.8))
axes.hist(means.numpy(), bins=torch.arange(0.59, 1.42, 0.02).numpy(), edgecolor="white")
axes.axvline(1.0, color="black", linestyle="--", label="h = 1")
axes.set_xlabel("mean of 100 units after dropout with p = 0.5")
axes.set_ylabel("draws")
axes.legend()
show_figure("A bell-shaped histogram around 1, nearly all between 0.7 and 1.3")

# %% [markdown]
# And with another rate? Move the slider. The picture loses more and more, what is left of it grows
# brighter, and the bell widens. Its middle stays.


# %% tags=["demo"]
from lab import slider


def draw_rate(p):
    """The boot after dropout with rate p, and the means of 1,000 layers of 100 units."""
    dropped, means = dropout_layer(boot, p), dropout_layer(torch.ones(1000, 100), p).mean(dim=1)
    _, (left, right) = plt.subplots(1, 2, figsize=(7, 2.8))
    left.imshow(dropped.squeeze(), cmap="gray", vmin=0, vmax=3)
    left.set_title(f"p = {p}: {100 * (dropped == 0).float().mean():.0f} % of the pixels are 0")
    left.axis("off")
    right.hist(means.numpy(), bins=torch.arange(0.0, 2.01, 0.04).numpy(), edgecolor="white")
    right.axvline(1.0, color="black", linestyle="--")
    right.set_title(f"means of 100 units: {means.mean():.2f} ± {means.std():.2f}")
    show_figure(
        f"With p = {p}, the boot has {100 * (dropped == 0).float().mean():.0f} % zeros. The means of "
        f"100 units lie around {means.mean():.2f}, with standard deviation {means.std():.2f}."
    )


slider(draw_rate, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], at=0.5, name="p")

# %% [markdown]
# ### Question: why the scale? (3 points, medium, 8 minutes)
#
# Suppose we left out the division by $1-p$: survivors keep their value. Training would still run.
# What would go wrong, and when would you notice? What could be done at test time to repair it, and
# why is dividing while training more comfortable? Three or four sentences.

# %% [markdown] answer="why_scale" points=3
# In training, the next layer would see inputs that are smaller by a factor $1-p$ on average, and
# its weights would adapt to that. At test time, with dropout switched off, the inputs are larger
# by $1/(1-p)$ than any that it was trained on, so the logits are off although the train loss
# looked fine: you notice when you test. The repair is to multiply activations (or outgoing
# weights) by $1-p$ at test time. Dividing while training needs nothing at test time: the
# network runs as it is, the rate need not be known, and it may even change between runs.
#
# *Marking: 1 point for the mismatch of scale between training and testing; 1 point for the repair,
# multiplying by $1-p$ at test time; 1 point for a reason why scaling in training is more
# comfortable (testing and deployment untouched, $p$ not needed there).*

# %% [markdown]
# ## Find the bug
#
# This function was published in a course notebook much like this one (retold in our words). It
# looks right, and it trains.


# %%
def published_dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.randn(X.shape) > dropout).float()
    return mask * X / (1.0 - dropout)


# %% tags=["demo"]
print(published_dropout_layer(torch.arange(8.0), 0.5))

# %% [markdown]
# ### Exercise: `find_the_randn_bug` (5 points, medium, 12 minutes)
#
# Three small functions:
#
# 1. `randn_drop_rate(p)`: the share of units that `published_dropout_layer` **really** drops when
#    asked for `p`, a number with 0 ≤ p < 1. The check wants it within 0.004, so a formula is
#    welcome, and so is a measurement with a million draws.
#    Example: `randn_drop_rate(0.5)` gives about 0.691.
# 2. `wrong_input()`: returns `(X, dropout)`, an input on which the published function gives itself
#    away every time (in 999 of 1,000 runs, say): no right layer could have given such an output.
#    `X`: a float tensor; `dropout`: a number between 0 and 1.
# 3. `fixed_dropout_layer(X, dropout)`: the published function, fixed.


# %% exercise="find_the_randn_bug"
def randn_drop_rate(p):
    """The share of units that published_dropout_layer drops for dropout = p, 0 <= p < 1."""
    ### BEGIN SOLUTION
    return (1 + math.erf(p / math.sqrt(2))) / 2
    ### END SOLUTION


def wrong_input():
    """(X, dropout) on which published_dropout_layer is certainly wrong."""
    ### BEGIN SOLUTION
    return torch.ones(1000), 0.0
    ### END SOLUTION


def fixed_dropout_layer(X, dropout):
    """published_dropout_layer without its bug."""
    ### BEGIN SOLUTION
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > dropout).float()
    return mask * X / (1.0 - dropout)
    ### END SOLUTION


# %% check="find_the_randn_bug"
check("find_the_randn_bug")

# %% [markdown] remarks="find_the_randn_bug"
# At a rate of 0 a right layer drops nothing, and this one drops every second unit, so a single call
# on a thousand ones convicts it: a thousand units survive by luck with a chance of 0.5 to the power
# of 1,000. Look for inputs on which the truth is certain before you reach for statistics. The rate
# that is really dropped is the distribution function of the normal distribution at p; PyTorch calls
# it `torch.special.ndtr`, `math.erf` is its older relative, and counting a million draws comes
# within about 0.0005 of both. What other names differ by one letter and run all the same?
# `torch.rand_like` and `torch.randn_like` are the next pair to fear.

# %% [markdown]
# `torch.rand` draws **uniformly** between 0 and 1; `torch.randn` draws from the standard
# **normal** distribution, whose numbers may be negative and larger than 1. A look at both says it
# all. The shaded numbers are those that are dropped at $p = 0.3$.

# %% tags=["demo"]
p = 0.3
fig, panels = plt.subplots(1, 2, sharey=True, figsize=(8, 2.6))
for panel, draw, name in zip(panels, (torch.rand, torch.randn), ("rand", "randn"), strict=True):
    numbers = draw(100_000)
    dropped = numbers[numbers <= p]
    edges = torch.arange(-3.5, 3.55, 0.1).numpy()
    panel.hist(numbers.numpy(), bins=edges, color="lightgray", edgecolor="gray")
    panel.hist(dropped.numpy(), bins=edges, color="C0", hatch="///", edgecolor="white")
    panel.axvline(p, color="black", linestyle="--")
    panel.set_title(f"torch.{name}: {100 * len(dropped) / len(numbers):.0f} % dropped")
    panel.set_xlabel("number drawn")
show_figure(
    "Two histograms. rand fills the box from 0 to 1, and 30 % lies below 0.3. randn is a bell "
    "around 0, and 62 % lies below 0.3."
)

# %% [markdown]
# Why did nobody notice? Because the network trains all the same, only with another rate, and with
# survivors that are scaled for the wrong one. There is even one rate, near 0.78, at which the two
# agree and no test on earth finds the bug. That is why the checks in this course use several
# rates.
#
# ## A network with dropout
#
# Where does dropout go? After the **activation** of a hidden layer, never on the output: the
# logits are the answer, and nobody gains from dropping an answer. Each hidden layer has its own
# rate. A lower one near the input is common, since what is lost early is lost for all that
# follows.
#
# And it goes into **training only**. When you test, you want the best answer that the network can
# give, and the same one every time. PyTorch keeps a note of this for you: `net.train()` sets
# `net.training = True`, `net.eval()` sets it to `False`, in the network and in all its parts.
#
# What the numbers of our network are:
#
# | name | value | meaning |
# | --- | --- | --- |
# | `num_inputs` | 784 | pixels of a picture, 28 × 28 |
# | `num_outputs` | 10 | classes |
# | `num_hiddens1`, `num_hiddens2` | 256, 256 | units of the two hidden layers: more can learn more, and overfit more |
# | `dropout1`, `dropout2` | 0.2, 0.5 | drop rates after the first and the second hidden layer |
# | `num_epochs` | 10 | passes over the training set |
# | `batch_size` | 256 | examples for one step |
# | `lr` | 0.5 | learning rate: the length of a step, in gradients |
#
# ### Exercise: `Net` (7 points, medium, 15 minutes)
#
# Write the class `Net(num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2,
# dropout2=0.5)`, an `nn.Module`.
#
# - Three linear layers, with biases: inputs → first hidden → second hidden → outputs.
# - After each hidden layer ReLU, and then, **in train mode only**, dropout with that layer's rate.
#   `net.eval()` must switch it off, `net.train()` on again.
# - `net(X)` takes images `(n, 1, 28, 28)` or rows `(n, num_inputs)` and returns logits
#   `(n, num_outputs)`.
# - Leave the weights as `nn.Linear` makes them.
#
# Example: `Net(784, 10, 256, 256)(torch.rand(5, 1, 28, 28)).shape` is `torch.Size([5, 10])`, and
# the network has 269,322 parameters.


# %% exercise="Net"
class Net(nn.Module):
    """A multilayer perceptron with two hidden layers and dropout after each of them."""

    def __init__(
        self, num_inputs, num_outputs, num_hiddens1, num_hiddens2, dropout1=0.2, dropout2=0.5
    ):
        super().__init__()
        ### BEGIN SOLUTION
        self.num_inputs = num_inputs
        self.dropout1, self.dropout2 = dropout1, dropout2
        self.lin1 = nn.Linear(num_inputs, num_hiddens1)
        self.lin2 = nn.Linear(num_hiddens1, num_hiddens2)
        self.lin3 = nn.Linear(num_hiddens2, num_outputs)
        self.relu = nn.ReLU()
        ### END SOLUTION

    def forward(self, X):
        """Logits (n, num_outputs) of images (n, 1, 28, 28) or rows (n, num_inputs)."""
        ### BEGIN SOLUTION
        H1 = self.relu(self.lin1(X.reshape(-1, self.num_inputs)))
        if self.training:
            H1 = dropout_layer(H1, self.dropout1)
        H2 = self.relu(self.lin2(H1))
        if self.training:
            H2 = dropout_layer(H2, self.dropout2)
        return self.lin3(H2)
        ### END SOLUTION


# %% check="Net"
check("Net")

# %% [markdown] remarks="Net"
# The question `if self.training` is asked in `forward`, at every pass, because the answer changes
# during a network's life. Rates are plain numbers and not parameters: nothing learns them, and no
# file of weights holds them. `X.reshape(-1, self.num_inputs)` takes pictures and rows alike; it
# would also make one example out of two halves without a word, where `X.flatten(1)` keeps the batch
# as it is and lets `nn.Linear` complain. A single `nn.ReLU` serves both layers, since it remembers
# nothing. Print your network and look for the two rates: they are not there, and chapter 9 shows
# how a layer puts them in.

# %% [markdown]
# The same picture, five times through a new network: in train mode every pass meets another
# network, in eval mode all are alike.

# %% tags=["demo"]
torch.manual_seed(3)
net = Net(784, 10, 256, 256)
five_boots = boot.repeat(5, 1, 1, 1)
with torch.no_grad():
    net.train()
    print("train mode, logit of class 0:", [round(v, 3) for v in net(five_boots)[:, 0].tolist()])
    net.eval()
    print("eval mode,  logit of class 0:", [round(v, 3) for v in net(five_boots)[:, 0].tolist()])
print(f"{sum(p.numel() for p in net.parameters()):,} parameters")

# %% [markdown]
# ### Question: a flag of one's own (2 points, medium, 5 minutes)
#
# Many published notebooks give the network a flag of its own, `self.is_training = True`, and write
# `if self.is_training:` in `forward`. Then d2l's `evaluate_accuracy` calls `net.eval()`. What
# happens, and what does it do to the reported test accuracy? Two or three sentences.

# %% [markdown] answer="own_flag" points=2
# `net.eval()` sets `net.training`, and knows nothing of `is_training`, so dropout stays on while
# testing. The test accuracy is measured with units missing: it is lower than what the network can
# do, and another number comes out at every measurement. Nothing fails, so nobody is warned.
#
# *Marking: 1 point for saying that `eval()` does not switch the flag, so dropout stays on; 1 point
# for the effect on the measured accuracy (too low, or random from run to run).*

# %% [markdown]
# ## Measuring
#
# ### Exercise: `accuracy` (2 points, easy, 4 minutes)
#
# Write `accuracy(y_hat, y)`: the **fraction** of examples that are classified rightly. The class
# that the network chooses is the one with the largest logit. (d2l's function of that name counts;
# ours divides.)
#
# - `y_hat`: logits `(n, num_classes)`; `y`: labels `(n,)`, integers.
# - Returns a number between 0 and 1.
#
# Example: `accuracy(torch.tensor([[0.1, 0.9], [0.8, 0.2]]), torch.tensor([1, 1]))` gives 0.5.


# %% exercise="accuracy"
def accuracy(y_hat, y):
    """The fraction of examples whose largest logit is that of the label.

    y_hat: (n, num_classes). y: integers (n,). Returns a number between 0 and 1.
    """
    ### BEGIN SOLUTION
    return (y_hat.argmax(dim=1) == y).float().mean().item()
    ### END SOLUTION


# %% check="accuracy"
check("accuracy")

# %% [markdown] remarks="accuracy"
# No softmax is needed: it would not change which logit is the largest. The comparison gives bools,
# bools have no mean, and `float()` turns them into zeros and ones; `.item()` makes a Python number
# of it, which cannot drag a graph along. Beware of diverged networks: `argmax` takes NaN for the
# largest of all numbers, so a row with NaN still "chooses" a class, and the accuracy looks merely
# bad. For a thousand classes people count whether the label is among the five best, with
# `y_hat.topk(5)`.

# %% [markdown]
# ### Exercise: `evaluate_accuracy` (4 points, medium, 8 minutes)
#
# Now over a whole data set. Write `evaluate_accuracy(net, data_iter)`.
#
# - `net`: an `nn.Module`. `data_iter` gives batches `(X, y)`; the last one may be smaller, and every
#   pass over it may come in another order, so one pass has to do.
# - Returns the fraction of all **examples** that are classified rightly.
# - While it measures, `net` is in eval mode and autograd does not record. Afterwards, `net` is
#   back in the mode in which it came.
#
# Example: two batches, one of 8 examples with 4 right, one of 2 with 2 right: 6 of 10, so 0.6, and
# not the mean of 0.5 and 1.0.


# %% exercise="evaluate_accuracy"
def evaluate_accuracy(net, data_iter):
    """The fraction of all examples in data_iter that net, in eval mode, classifies rightly.

    Records no gradients and leaves net in the mode in which it came.
    """
    ### BEGIN SOLUTION
    was_training = net.training
    net.eval()
    num_correct, num_examples = 0, 0
    with torch.no_grad():
        for X, y in data_iter:
            num_correct += accuracy(net(X), y) * len(y)
            num_examples += len(y)
    net.train(was_training)
    return num_correct / num_examples
    ### END SOLUTION


# %% check="evaluate_accuracy"
check("evaluate_accuracy")

# %% [markdown] remarks="evaluate_accuracy"
# Hits and examples are added up, and divided once at the end; a mean of the batches' accuracies
# would count the examples of a small last batch for more than the others. The mode is noted and put
# back because the caller may be in the middle of training. In a notebook, where cells get
# interrupted, `try` and `finally` around the loop would put it back even then.
# `net.train(was_training)` sets *all* modules alike: for a network with a frozen part in eval mode,
# note the mode of each of `net.modules()`. `torch.inference_mode()` is a stricter `no_grad`, a
# little faster, whose results may never enter a graph again.

# %% [markdown]
# ## Training
#
# ### Exercise: `train_epoch` (6 points, hard, 15 minutes)
#
# One pass over the training data: `train_epoch(net, train_iter, loss, updater)`, with the
# arguments of d2l's `train_epoch_ch3`. There are two kinds of updaters, and your function serves
# both:
#
# - A `torch.optim.Optimizer` wants the gradient of the **mean** loss: zero the gradients, go
#   backward from the mean, then `updater.step()`.
# - A hand-written updater, such as d2l's `sgd`, is a function of the batch size. It wants the
#   gradient of the **summed** loss, divides by the batch size itself, and zeroes the gradients
#   when it is done: call `updater(X.shape[0])`.
#
# This is why `loss` is made with `reduction='none'`: `loss(y_hat, y)` gives one number an example,
# and your function sums or averages as needed.
#
# - The network is put into train mode first.
# - Returns two numbers, `(mean_loss, accuracy)`: means over all examples of the epoch, both taken
#   from the `y_hat` that the step was computed with. Batches may differ in size.
#
# Example: after two batches of 3 and 1 examples with losses `[1, 2, 3]` and `[6]`, the mean loss is
# 3.0 (12 / 4).


# %% exercise="train_epoch"
def train_epoch(net, train_iter, loss, updater):
    """Train net for one epoch; return the mean loss and the accuracy over its examples.

    loss(y_hat, y) gives one loss an example. updater: a torch optimizer, or a function of the
    batch size that wants the gradient of the summed loss and zeroes it itself.
    """
    ### BEGIN SOLUTION
    net.train()
    total_loss, num_correct, num_examples = 0, 0, 0
    for X, y in train_iter:
        y_hat = net(X)
        l = loss(y_hat, y)
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            l.mean().backward()
            updater.step()
        else:
            l.sum().backward()
            updater(X.shape[0])
        total_loss += l.sum().item()
        num_correct += accuracy(y_hat, y) * len(y)
        num_examples += len(y)
    return total_loss / num_examples, num_correct / num_examples
    ### END SOLUTION


# %% check="train_epoch"
check("train_epoch")

# %% [markdown] remarks="train_epoch"
# `loss` gives a number for each example, so the loop can take the mean for an optimizer, the sum
# for a hand-written updater, and an honest average over batches of different sizes. `.item()` cuts
# the total off from the graph; without it, the total would hold on to the graph of every batch, and
# what you return would still ask for gradients. `isinstance` tells the two kinds of updaters apart;
# to ask `hasattr(updater, "step")` is more generous, and serves optimizers from other libraries. On
# a GPU, each `.item()` makes Python wait. Chapter 11 adds up on the device, and asks once an epoch.

# %% [markdown]
# ### Exercise: `train_net` (4 points, easy, 8 minutes)
#
# Put it all together: `train_net(train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2,
# dropout2=0.5, device=None)`.
#
# - Makes a `Net` with 784 inputs, 10 outputs, twice 256 hidden units and the two rates, and moves
#   it with `.to(device)` (the iterators' batches are there already; `None` leaves it where it is).
# - Trains it for `num_epochs` epochs with cross-entropy (`nn.CrossEntropyLoss(reduction='none')`)
#   and `torch.optim.SGD`, learning rate `lr`.
# - Keeps a `History()`: after each epoch it appends train loss, train accuracy (both as `train_epoch`
#   gives them, measured while training) and test accuracy to the lists `history.train_loss`,
#   `history.train_acc`, `history.test_acc`.
# - Returns `(net, history)`.
#
# Do you like to see that it moves? Call `show_progress(history, num_epochs)` after each epoch: it
# shows a bar and the curves while your own loop runs. You need not, and no point depends on it. The
# check trains your code on small problems of its own, which takes a fraction of a second.


# %% exercise="train_net"
def train_net(
    train_iter, test_iter, num_epochs=10, lr=0.5, dropout1=0.2, dropout2=0.5, device=None
):
    """Make a Net with these drop rates, train it, and return (net, history)."""
    ### BEGIN SOLUTION
    net = Net(784, 10, 256, 256, dropout1, dropout2).to(device)
    loss = nn.CrossEntropyLoss(reduction="none")
    updater = torch.optim.SGD(net.parameters(), lr=lr)
    history = History()
    for _ in range(num_epochs):
        train_loss, train_acc = train_epoch(net, train_iter, loss, updater)
        history.train_loss.append(train_loss)
        history.train_acc.append(train_acc)
        history.test_acc.append(evaluate_accuracy(net, test_iter))
        show_progress(history, num_epochs)
    return net, history
    ### END SOLUTION


# %% check="train_net"
check("train_net")

# %% [markdown] remarks="train_net"
# Everything hard has a function of its own, so what is left reads like the recipe. The optimizer
# comes after `.to(device)`, and gets `net.parameters()`, not a copy. Plain SGD remembers nothing
# between two steps: apart from the dice, a file of weights is enough to go on. With `momentum=0.9`
# it is not; try that, with a tenth of the learning rate. And resist one temptation: to return the
# epoch with the best test accuracy would be to choose with the data that should judge.

# %% [markdown]
# ### All 60,000 pictures
#
# Now the real thing. On one CPU core this takes some 20 seconds, on a GPU hardly two.

# %% tags=["demo"]
import time

from lab import plot_history

torch.manual_seed(0)
train_iter, test_iter = fashion_mnist(batch_size=256, device=device)
start = time.perf_counter()
net, history = train_net(train_iter, test_iter, device=device)
print(f"trained on {device} in {time.perf_counter() - start:.1f} s")
plot_history(history)

# %% [markdown]
# Expect a train loss of about 0.34, a train accuracy of about 0.88, and a test accuracy between
# 0.82 and 0.88: with a learning rate of 0.5 it still jumps from epoch to epoch.
#
# Look twice at the curves. In the first epoch the test accuracy is **above** the train accuracy,
# and later the two stay close. Is the network as good on pictures that it has never seen? Not
# quite: the train accuracy was measured with dropout on, while the network was still learning. In
# eval mode, afterwards, it is another number, about 0.89:

# %% tags=["demo"]
print(f"train accuracy in train mode, during the last epoch: {history.train_acc[-1]:.3f}")
print(
    f"train accuracy in eval mode, after it:               {evaluate_accuracy(net, train_iter):.3f}"
)

# %% [markdown]
# And the network that learnt by heart? Here are the same 1,000 pictures once more, with dropout.

# %% tags=["demo"]
from lab import plot_histories

torch.manual_seed(1)
net = Net(784, 10, 256, 256, dropout1=0.2, dropout2=0.5)
with_dropout = train_classifier(
    net,
    few_train,
    few_test,
    nn.CrossEntropyLoss(reduction="none"),
    num_epochs=60,
    updater=torch.optim.SGD(net.parameters(), lr=0.1),
    device=device,
)
for name, trained in (("without dropout", by_heart), ("with dropout", net)):
    seen, new = (evaluate_accuracy(trained, data) for data in (few_train, few_test))
    print(f"{name}: {seen:.3f} on pictures seen, {new:.3f} on new ones, a gap of {seen - new:.3f}")
plot_histories({"without dropout": by_heart_history, "with dropout": with_dropout})

# %% [markdown]
# The gap shrinks, from about 0.18 to about 0.15, though not to nothing. And one run of each is an
# anecdote, not evidence: another seed moves these numbers by a percent or two. How to ask such a question properly is
# the subject of chapter 3.
#
# ### Question: train mode, test mode (2 points, easy, 5 minutes)
#
# A friend compares two networks by their train loss after ten epochs: 0.26 without dropout, 0.34
# with it, and concludes that dropout does harm. What is wrong with the conclusion, and which
# numbers would you compare instead? Two or three sentences.

# %% [markdown] answer="train_loss_says_little" points=2
# Dropout makes the training task harder on purpose, and its train loss is measured with units
# missing, so a higher train loss is what one expects and says nothing about new data. Compare
# accuracy or loss on test data, measured in eval mode for both (and the gap to the train accuracy
# in eval mode), and over several seeds, since a single run scatters.
#
# *Marking: 1 point for saying why train losses are not comparable (dropout on while measuring, or
# training data only); 1 point for a fair comparison (held-out data in eval mode; several seeds is
# a bonus, not required).*

# %% [markdown] quiz="quiz_dropout" points=4
# ## What dropout is, and what it is not: a quiz (4 points, easy, 8 minutes)
#
# Published notes say some odd things about dropout. Choose one letter for each question: run the
# cell below, press the buttons, and run it again; or write the letters into its dictionary and
# delete the `raise` line. The check explains every choice.
#
# 1. A hidden unit h goes through dropout with rate p. What stays as it was?
#     - (a) its mean and its variance
#         > The mean stays. The variance does not: for a given h there was none, and with dropout
#         > there is.
#     - (b) its mean
#         > right: (1 - p) · h / (1 - p) = h. The scale is there for this, and for this alone.
#     - (c) its variance
#         > The two values 0 and h / (1 - p) lie apart: that is a variance of h² p / (1 - p), where
#         > there was none.
#     - (d) neither
#         > Work out (1 - p) · h / (1 - p): this is what the scale is for.
# 2. What does dropout do to the labels?
#     - (a) it changes a share p of them
#         > That would be label noise, another method. Dropout acts on hidden units.
#     - (b) it softens them towards equal probabilities
#         > That is label smoothing. Dropout does not look at the labels.
#     - (c) nothing
#         > right: Dropout zeroes hidden units. The loss compares the output with the labels as they
#         > are.
# 3. How do p = 0.5 and p = 0 compare in computing time for one training step here?
#     - (a) p = 0.5 takes about half the time, since half of the units are gone
#         > The units are still there, as zeros, and a matrix product multiplies zeros like any
#         > number.
#     - (b) p = 0.5 takes a little longer: drawing and applying the mask is extra work
#         > right: The zeros are multiplied like any number, and random numbers have to be drawn as
#         > well.
#     - (c) p = 0.5 is faster in the backward pass only, where dropped units have no gradient
#         > Their gradients are zeros, and those are multiplied as well.
# 4. When is a new mask drawn?
#     - (a) once, when the network is made
#         > Then the dropped units would be gone for good: it would be a smaller network, not
#         > dropout.
#     - (b) once an epoch
#         > Within the epoch the remaining units could again rely on each other.
#     - (c) in every forward pass in train mode, for every example of the batch
#         > right: Each example has a mask of its own, and the next forward pass draws all of them
#         > again.
#     - (d) in every forward pass, one mask for the whole batch
#         > The mask has the shape of the batch of activations: each example has its own.
# 5. A colleague says: dropout is like annealing, it perturbs the solution less and less until the
#    global optimum is found. What is right?
#     - (a) dropout keeps p as it is, and promises no global optimum
#         > right: p stays the same until dropout is switched off for testing, and gradient descent
#         > on a network gives no guarantee of a global optimum.
#     - (b) the colleague is right, if the learning rate falls too
#         > A falling learning rate makes steps smaller, but p stays, and nothing here finds a
#         > global optimum.
#     - (c) the colleague is right: p goes to 0 during training
#         > p is a constant. It is switched off at once, for testing, not slowly.
# 6. In our layer, what has to be done to the weights for testing?
#     - (a) they are multiplied by 1 - p
#         > So it was in the first papers, which did not scale in training. We divide by 1 - p in
#         > training, and testing needs nothing.
#     - (b) they are divided by 1 - p
#         > The activations were divided in training already; a second time is too much.
#     - (c) nothing: dropout is switched off, that is all
#         > right: The activations were scaled in training, so their mean is right without dropout.
# 7. Why does the loss of the chapter have `reduction='none'`?
#     - (a) because dropout needs one loss for each hidden unit
#         > The loss has one number an example; hidden units have none of their own.
#     - (b) so that the training loop decides: mean for an optimizer, sum for an updater that
#       divides itself, and a correct mean over unequal batches
#         > right: One loss for each example can become a sum or a mean, whichever the loop needs.
#     - (c) because the mean of the losses has no gradient
#         > It has: an optimizer is fed with just that.
# 8. Train accuracy is 0.87 in train mode, test accuracy 0.87 in eval mode. What follows?
#     - (a) the network does not overfit at all
#         > The two were measured in different modes. In eval mode the train accuracy is higher.
#     - (b) dropout was too strong: the numbers should differ
#         > Equal numbers are no sign of harm; they are just no fair comparison.
#     - (c) little yet: the train accuracy was measured with units dropped, and while the weights
#       still moved
#         > right: In eval mode, after the epoch, the train accuracy would be higher. That number is
#         > the one to compare with the test accuracy.

# %% [markdown]
# ## Exercises without a check
#
# 1. Swap the two rates, 0.5 after the first hidden layer and 0.2 after the second, and train
#    again with three seeds each. Which difference is larger, that between the rates or that
#    between the seeds?
# 2. Train with and without dropout for 30 epochs instead of 10. Which curves still move? What
#    happens to the gap between train accuracy in eval mode and test accuracy?
# 3. Print the variance of each hidden layer's units after every epoch, in train mode, with and
#    without dropout. Before you run it: which one should be larger, by your formula for one unit?
# 4. Draw one mask for the whole batch instead of one for each example. Does the network still
#    train? What do all examples of a batch have in common now?
# 5. Put dropout on the pixels, with rate 0.2, in place of the hidden units. Look at what the
#    network sees. Where would you expect it to help?
# 6. Instead of units, drop single weights: multiply each weight matrix by a fresh mask in every
#    step, and divide by 1 − p. What is the same as in dropout, and what is not?
#
# ## Summary
#
# - Dropout replaces a hidden unit by 0 with probability $p$ and by $h/(1-p)$ otherwise. The mean
#   stays; the variance grows to $h^2 p/(1-p)$.
# - Every forward pass in train mode draws a fresh mask, one number for each unit of each example:
#   with `torch.rand`, not `torch.randn`.
# - It stands after the activation of hidden layers, is on in train mode and off in eval mode, and
#   `self.training` is the switch. Testing needs no correction, because training was scaled.
# - It changes no labels, saves no computation, and promises no global optimum.
# - Compare networks on held-out data, in eval mode.
#
# ## Further reading
#
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov: *Dropout: a simple way
#   to prevent neural networks from overfitting*. Journal of Machine Learning Research 15, 2014.
# - C. M. Bishop: *Training with noise is equivalent to Tikhonov regularization*. Neural Computation
#   7, 1995.
# - C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals: *Understanding deep learning requires
#   rethinking generalization*. ICLR 2017. (Networks that fit random labels.)
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on dropout.
