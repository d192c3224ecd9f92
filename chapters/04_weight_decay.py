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
#     title: Weight decay
#     minutes: 140
#     points: 50
# ---

# %% [markdown]
# # Weight decay
#
# Dropout fights overfitting with noise. The older remedy is quieter: keep the weights small. You
# add a price for large weights to the loss, and find out that gradient descent then does one very
# simple thing, it shrinks every weight by a fixed share in every step. In this chapter you write
# both forms, show that they are the same, and meet the optimizers for which they are not.
#
# **You will be able to**
#
# - write the L2 penalty, train with it from scratch, and say what it does to a single step
# - write the same with PyTorch's `weight_decay`, and find the settings that make both agree to the
#   last digit
# - choose λ on validation data, and catch the mistakes that spoil such a choice
# - tell a penalty, weight decay and *decoupled* weight decay apart, by numbers
# - say why the L1 penalty gives weights that are exactly zero.
#
# **Time**: about 140 minutes. **Points**: 50. You need linear regression and SGD, as in the third
# chapter of *Dive into Deep Learning* (d2l). Dropout is not needed here.

# %%
import time

import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn

from grader import chapter
from lab import show_figure, try_device

check, hint = chapter(4)  # after a restart, run this cell again
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## Fewer parameters, or smaller ones?
#
# A model that can learn its training data by heart has too much freedom. One way to take freedom
# away is to take parameters away: fewer features, a polynomial of lower degree. That knob is
# coarse. With $k$ variables there are $\binom{k-1+d}{k-1}$ monomials of degree $d$; from $k = 10$,
# a step from degree 2 to 3 means 220 new features beside the 55 old ones. Too little, or far too
# much.
#
# The other way is to leave all parameters in place and to limit their **range**. Of all functions,
# $f = 0$ is the simplest, and the further a function is from it, the more complicated it is. For a
# linear function $f(\mathbf{x}) = \mathbf{w}^\top \mathbf{x}$ the distance from 0 can be measured
# by the length of $\mathbf{w}$. And a length can be limited smoothly.
#
# So we no longer ask for the smallest training loss alone. We ask for the smallest sum of training
# loss and a **penalty** for the length:
#
# $$
# L(\mathbf{w}, b) + \frac{\lambda}{2} \|\mathbf{w}\|^2,
# \qquad
# L(\mathbf{w}, b) = \frac{1}{n} \sum_{i=1}^{n}
#     \frac{1}{2} \left( \mathbf{w}^\top \mathbf{x}^{(i)} + b - y^{(i)} \right)^2 .
# $$
#
# The number $\lambda \ge 0$ is the exchange rate: how much training loss may be paid for shorter
# weights. $\lambda = 0$ is the plain loss.
#
# Why the square, and why the half? The norm itself has an awkward derivative,
# $\mathbf{w} / \|\mathbf{w}\|$, which does not even exist at 0. The square is a plain sum,
# $w_1^2 + w_2^2 + \dots$, so each weight can be looked at alone. And the half cancels the 2 that
# the derivative brings: the gradient of $\frac{1}{2}\|\mathbf{w}\|^2$ is just $\mathbf{w}$.
#
# ### Exercise: `l2_penalty` (2 points, easy, 4 minutes)
#
# Write `l2_penalty(w)`, which gives $\frac{1}{2}\|\mathbf{w}\|^2$. The factor $\lambda$ is not part
# of it.
#
# - `w`: float tensor of any shape. It may ask for gradients, and then they flow.
# - Returns a tensor with a single number.
#
# Example: `l2_penalty(torch.tensor([3.0, 4.0]))` gives `tensor(12.5000)`: the vector has length 5,
# and half of 25 is 12.5.


# %% exercise="l2_penalty"
def l2_penalty(w):
    """Half of the squared L2 norm of w, a tensor with a single number."""
    ### BEGIN SOLUTION
    return torch.sum(w**2) / 2
    ### END SOLUTION


# %% check="l2_penalty"
check("l2_penalty")

# %% [markdown] remarks="l2_penalty"
# Square, add up, halve: each step has a derivative everywhere, and together they give `w` itself.
# The detour over the square root, squared again, has none at 0: autograd makes NaN of
# `(w**2).sum().sqrt()` when all weights are 0, while `w.norm()` was written with care and gives 0.
# `torch.dot` of the flattened weights with themselves needs no tensor for the squares. In half
# precision a weight of 300 is enough for infinity, since float16 ends at 65,504. That is one reason
# why penalties are added up in float32.

# %% [markdown]
# ## Find the bug: which norm is it?
#
# At the end of its training, a published notebook prints how long its weights have become (retold
# in our words).


# %%
def published_report(w):
    """What the published notebook prints under the title "L2 norm of w"."""
    return ((w**2).sum() / 2).item()


# %% tags=["demo"]
print("L2 norm of w:", published_report(torch.tensor([3.0, 4.0])))

# %% [markdown]
# ### Exercise: `find_the_norm_bug` (3 points, easy, 6 minutes)
#
# Three small functions:
#
# 1. `wrong_norm_input()`: returns a float tensor `w` for which the published number is off by more
#    than half of the true norm. (There are weights for which it happens to be right. Which?)
# 2. `norm_behind(printed)`: the true L2 norm, when all that you have is the number that was
#    printed. `printed`: a number ≥ 0. Returns a number.
# 3. `fixed_report(w)`: the published function, fixed. `w`: a float tensor of any shape, with or
#    without `requires_grad`. Returns a number.
#
# Example: the vector $(3, 4)$ has norm 5, so `norm_behind(12.5)` gives 5.0, and so does
# `fixed_report(torch.tensor([3.0, 4.0]))`.


# %% exercise="find_the_norm_bug"
def wrong_norm_input():
    """A tensor w for which published_report(w) is far from the L2 norm of w."""
    ### BEGIN SOLUTION
    return torch.tensor([3.0, 4.0])
    ### END SOLUTION


def norm_behind(printed):
    """The L2 norm of the weights for which published_report gave `printed`."""
    ### BEGIN SOLUTION
    return (2 * printed) ** 0.5
    ### END SOLUTION


def fixed_report(w):
    """The L2 norm of w, as a number."""
    ### BEGIN SOLUTION
    return torch.sum(w**2).sqrt().item()
    ### END SOLUTION


# %% check="find_the_norm_bug"
check("find_the_norm_bug")

# %% [markdown] remarks="find_the_norm_bug"
# (3, 4) is the vector whose norm everybody knows by heart, and so the best of witnesses: 12.5
# cannot be a length of 5. `norm_behind` inverts the mistake, which is worth more than a lament,
# because old logs can be read again. Of all the ways to write the repair,
# `torch.linalg.vector_norm(w)` says in its name what it gives. For weights around 1e30 each of them
# overflows, as the squares do; divide by the largest first. Do you have a log of your own whose
# label you have never checked?

# %% [markdown]
# The published number equals the norm when $\frac{1}{2}\|\mathbf{w}\|^2 = \|\mathbf{w}\|$: at
# length 0 and at length 2. In between it makes weights look shorter than they are, beyond it
# longer, and one that falls from 13 to 0.36 seems to fall from 84.5 to 0.065. A number under a
# wrong name is worse than none.
#
# ## A problem made for overfitting
#
# We need a problem on which every linear model of this size must overfit, and whose truth we know.
# So we make one up:
#
# $$
# y = 0.05 + \sum_{i=1}^{200} 0.01 \, x_i + \epsilon,
# \qquad \epsilon \sim \mathcal{N}(0, 0.01^2),
# $$
#
# with inputs $x_i \sim \mathcal{N}(0, 1)$. There are 200 weights to learn and only **20** examples
# to learn them from. With 100 more we test.

# %%
n_train, n_test, num_inputs, batch_size = 20, 100, 200, 5
true_w, true_b = torch.full((num_inputs, 1), 0.01), 0.05


def load_data(num_examples, shuffle=False):
    """Fresh examples of the problem: an iterator of batches X (5, 200), y (5, 1)."""
    data = d2l.synthetic_data(true_w, true_b, num_examples)
    return d2l.load_array([part.to(device) for part in data], batch_size, is_train=shuffle)


torch.manual_seed(0)
train_iter, test_iter = load_data(n_train, shuffle=True), load_data(n_test)


# %% [markdown]
# The weights start as $\mathcal{N}(0, 1)$, the bias at 0, as in the book. Remember this start: it
# will turn out to matter more than anything else.


# %%
def init_params():
    """Start values [w, b] that ask for gradients: w (200, 1) from N(0, 1), and b (1,), zero."""
    w = torch.normal(0, 1, size=(num_inputs, 1), device=device, requires_grad=True)
    b = torch.zeros(1, device=device, requires_grad=True)
    return [w, b]


# %% [markdown]
# ## From scratch
#
# The penalty joins the loss, and autograd does the rest. Two things deserve care.
#
# First, **the penalty belongs to each example's loss, or to their mean, but not to their sum**.
# `d2l.sgd` takes the gradient of the *summed* loss of a batch and divides by the batch size. If
# you add $\lambda\, \frac{1}{2}\|\mathbf{w}\|^2$ only once to the sum, it is divided too, and λ has
# become λ/5. Added to the vector of losses before the sum, it is there once for each example, and
# comes out right.
#
# Second, **what you report is the loss without the penalty**. The penalty is there to guide the
# training; whether the model predicts well is another question, and the data alone answer it.
#
# ### Exercise: `train_scratch` (6 points, hard, 15 minutes)
#
# Write `train_scratch(lambd, params=None, train_iter=train_iter, test_iter=test_iter,
# num_epochs=100, lr=0.003)`.
#
# - `lambd`: λ, a number ≥ 0. (`lambda` is a word of Python's own, hence the name.)
# - `params`: start values `[w, b]`, shapes (num_inputs, 1) and (1,), which ask for gradients; you
#   may train them in place. `None` means `init_params()`.
# - The iterators give batches `X` (n, num_inputs), `y` (n, 1). The last batch may be smaller:
#   divide by `X.shape[0]`.
# - Each step: minibatch SGD on the mean of `d2l.squared_loss` (half the squared error) plus
#   λ · `l2_penalty(w)`. The bias is not penalised.
# - After every fifth epoch, note `(epoch, train_loss, test_loss)`: both are means of
#   `d2l.squared_loss` over **all** examples, without the penalty. `d2l.evaluate_loss(net,
#   data_iter, loss)` measures them; wrap it into `torch.no_grad()`, or it warns.
# - Returns `(w, b, curve)`; `curve` is the list of these triples: epochs 5, 10, 15, and so on.
#
# From the book you may use `d2l.linreg(X, w, b)`, `d2l.squared_loss`, `d2l.sgd` and
# `d2l.evaluate_loss`. They are imported.
#
# Example: `w, b, curve = train_scratch(lambd=3)` takes less than a second; `w.shape` is
# `torch.Size([200, 1])`, `len(curve)` is 20, and `curve[-1][0]` is 100.


# %% exercise="train_scratch"
def train_scratch(
    lambd, params=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    """Train linear regression with an L2 penalty on w; return (w, b, curve).

    curve: (epoch, train_loss, test_loss) after every fifth epoch, means of half the squared error
    over all examples, without the penalty.
    """
    ### BEGIN SOLUTION
    w, b = init_params() if params is None else params
    curve = []

    def net(X):
        return d2l.linreg(X, w, b)

    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            loss = d2l.squared_loss(net(X), y) + lambd * l2_penalty(w)
            loss.sum().backward()
            d2l.sgd([w, b], lr, X.shape[0])
        if epoch % 5 == 0:
            with torch.no_grad():
                train_loss = d2l.evaluate_loss(net, train_iter, d2l.squared_loss)
                test_loss = d2l.evaluate_loss(net, test_iter, d2l.squared_loss)
            curve.append((epoch, train_loss, test_loss))
    return w, b, curve
    ### END SOLUTION


# %% check="train_scratch"
check("train_scratch")

# %% [markdown] remarks="train_scratch"
# The penalty is added to the *vector* of losses. It is then in the sum once for each example, and
# the division by `X.shape[0]` in `d2l.sgd` brings it back to once. A batch that is smaller needs no
# special treatment. Reports are taken under `torch.no_grad()` from the data alone, so that curves
# of different λ can be compared. Autograd pays for the penalty with nodes in the graph, at every
# step; an optimizer's `weight_decay` pays with one multiplication. And this problem needs neither:
# with `torch.linalg.solve` its minimum is one line, and the loop should approach it.

# %% [markdown]
# Now without a penalty, drawn as the book draws it: with `d2l.Animator`, on a logarithmic scale.
# On a linear one, all that happens near zero would be a flat line.

# %% tags=["demo"]
torch.manual_seed(1)
start = [p.detach().clone() for p in init_params()]


def from_start():
    """The same start values again, to be trained."""
    return [p.clone().requires_grad_(True) for p in start]


began = time.perf_counter()
w_0, b_0, curve_0 = train_scratch(0, from_start())
seconds = time.perf_counter() - began
animator = d2l.Animator(
    xlabel="epochs", ylabel="loss", yscale="log", xlim=[5, 100], legend=["train", "test"]
)
for epoch, train_loss, test_loss in curve_0[1::2]:  # every tenth epoch
    animator.add(epoch, (train_loss, test_loss))
_, train_loss, test_loss = curve_0[-1]
show_figure(
    f"Without a penalty the train loss falls straight to {train_loss:.2g} on the log scale, and "
    f"the test loss stays flat at {test_loss:.3g}",
)
print(f"trained on {device} in {seconds:.1f} s, lambd = 0: train {train_loss:.2g}", end=", ")
print(f"test {test_loss:.3g}")

# %% [markdown]
# The train loss falls to 0.000002: the 20 examples are learnt by heart. The test loss hardly
# moves, it stays near 102. This is overfitting as if drawn with a ruler. Now λ = 3, from the
# same start.


# %%
def show_curves(**curves):
    """Draw train and test loss over the epochs, a panel for each curve, on one log scale."""
    told = "; ".join(
        f"{name.replace('_', ' ')}: train loss from {c[0][1]:.2g} to {c[-1][1]:.2g}, "
        f"test loss from {c[0][2]:.3g} to {c[-1][2]:.3g}"
        for name, c in curves.items()
    )
    _, panels = plt.subplots(
        1, len(curves), sharey=True, squeeze=False, figsize=(4 * len(curves), 2.8)
    )
    for panel, (name, curve) in zip(panels[0], curves.items(), strict=True):
        epochs, train_loss, test_loss = zip(*curve, strict=True)
        panel.semilogy(epochs, train_loss, "-", label="train")
        panel.semilogy(epochs, test_loss, "--", label="test")
        panel.set_title(name.replace("_", " "))
        panel.set_xlabel("epoch")
        panel.grid(alpha=0.3)
        panel.legend()
    panels[0, 0].set_ylabel("loss")
    show_figure(f"Losses over the epochs on a log scale. {told}")


# %% tags=["demo"]
began = time.perf_counter()
w_3, b_3, curve_3 = train_scratch(3, from_start())
print(f"trained on {device} in {time.perf_counter() - began:.1f} s, lambd = 3")
for name, w, curve in (("lambd = 0", w_0, curve_0), ("lambd = 3", w_3, curve_3)):
    print(
        f"{name}: train loss {curve[-1][1]:.2g}, test loss {curve[-1][2]:.3g}, "
        f"L2 norm of w {fixed_report(w):.3g}"
    )
show_curves(without_a_penalty=curve_0, lambd_3=curve_3)

# %% [markdown]
# The train loss is some 200 times larger than before, and the test loss almost a thousand times
# smaller. That is the trade: a little training loss for much shorter weights.
#
# ## Where the test loss comes from
#
# The book stops here. One more look is worth it, since we know the truth. The inputs are standard
# normal, so for a model $(\mathbf{w}, b)$ the expected test loss has a closed form:
#
# $$
# \frac{1}{2}\left( \|\mathbf{w} - \mathbf{w}^*\|^2 + (b - b^*)^2 + 0.01^2 \right),
# $$
#
# with the true parameters $\mathbf{w}^*, b^*$. The test loss *is* the distance to the true
# weights. Now split that distance. The gradient of the loss is
# $\frac{1}{n}\mathbf{X}^\top(\dots)$, a combination of the 20 examples. In the 180 directions at
# right angles to all of them, it is zero: **there the data say nothing, and without a penalty the
# weights stay where they began.**

# %% tags=["demo"]
X_train = train_iter.dataset.tensors[0].cpu().double()
_, _, directions = torch.linalg.svd(X_train)  # the first 20 rows span the examples


def distances(w):
    """How far w is from the truth along the 20 examples' directions, and along the other 180."""
    off = directions @ (w.detach().cpu() - true_w).double()
    return off[:n_train].norm().item(), off[n_train:].norm().item()


print("distance to the true weights    seen directions   unseen   expected test loss")
for name, w in (("at the start", start[0]), ("lambd = 0", w_0), ("lambd = 3", w_3)):
    seen, unseen = distances(w)
    print(f"{name:30} {seen:16.3f} {unseen:8.3f} {(seen**2 + unseen**2) / 2:20.3f}")
print(f"\n400 steps of the factor 1 - lr * lambd: {(1 - 0.003 * 3) ** 400:.4f}")

# %% [markdown]
# With λ = 0 the seen directions are learnt, and the unseen ones hold all of the random start, to
# the last digit printed. With λ = 3, only 0.41 of 14.17 is left. The last line says why: 0.0269 of
# the start remains, which is 0.38 (the rest is the truth, which decays as well). The next exercise
# is about this factor.
#
# So be careful with the story "weight decay finds the better model". Here, it mostly *forgets the
# start*. A model that begins at zero has nothing to forget: train it with λ = 0, and its test loss
# is about 0.010, ten times better than λ = 3 from the random start. (It is also no better than a
# model that always answers $b^*$: 20 examples cannot teach 200 weights.)

# %% tags=["demo"]
for lambd in (0, 3):
    zeros = [torch.zeros_like(p, requires_grad=True) for p in start]
    w, b, curve = train_scratch(lambd, zeros)
    print(f"from zero, lambd = {lambd}: train {curve[-1][1]:.2g}, test {curve[-1][2]:.4f}")

# %% [markdown]
# ## One step: why it is called decay
#
# Take the gradient of the penalised loss and put it into one step of minibatch SGD with learning
# rate $\eta$ and batch $\mathcal{B}$:
#
# $$
# \mathbf{w} \leftarrow \mathbf{w} - \eta\left(\lambda \mathbf{w} + \mathbf{g}\right)
#   = \underbrace{(1 - \eta\lambda)}_{\text{decay}} \mathbf{w} - \eta\, \mathbf{g},
# \qquad
# \mathbf{g} = \frac{1}{|\mathcal{B}|} \sum_{i \in \mathcal{B}} \mathbf{x}^{(i)}
#   \left(\mathbf{w}^\top \mathbf{x}^{(i)} + b - y^{(i)}\right).
# $$
#
# Before anything is learnt from the batch, each weight loses the same share $\eta\lambda$ of
# itself. A direction in which $\mathbf{g}$ is always zero keeps nothing but the factor: after $T$
# steps, $(1 - \eta\lambda)^T$. With $\eta = 0.003$, $\lambda = 3$ and 400 steps that is 0.027, or
# 1/37.
#
# Two consequences. λ and η act **together**: half the learning rate means half the decay a step.
# And η λ must stay below 2: beyond it, the factor is less than −1, and the weights explode with
# changing signs.
#
# ### Exercise: `decay_step` (4 points, medium, 10 minutes)
#
# Write `decay_step(w, b, X, y, lr, lambd)`: one step in closed form, without autograd.
#
# - `w` (num_inputs, 1), `b` (1,), `X` (n, num_inputs), `y` (n, 1); `lr` and `lambd` are numbers.
# - The loss is half the squared error, averaged over the n examples. The bias is not decayed.
# - Returns new tensors `(w, b)` of the same shapes. Both gradients are taken at the *old* `w` and
#   `b`, which stay as they are.
#
# Example: with `w = [[2.]]`, `b = [0.]`, `X = [[1.]]`, `y = [[1.]]`, `lr = 0.1` and `lambd = 3`,
# the residual is 1, so $w$ becomes $0.7 \cdot 2 - 0.1 = 1.3$, and $b$ becomes $-0.1$.


# %% exercise="decay_step"
def decay_step(w, b, X, y, lr, lambd):
    """One SGD step on half the mean squared error with an L2 penalty; returns new (w, b)."""
    ### BEGIN SOLUTION
    residual = X @ w + b - y
    new_w = (1 - lr * lambd) * w - lr * X.T @ residual / len(X)
    new_b = b - lr * residual.mean()
    return new_w, new_b
    ### END SOLUTION


# %% check="decay_step"
check("decay_step")

# %% [markdown] remarks="decay_step"
# One residual serves both gradients, and both are taken at the old values because nothing is
# written in place. Mind the shapes: if `y` came as (n,) instead of (n, 1), the subtraction would
# broadcast to an n × n table, and no error would be raised. Two products of matrices and no graph:
# this is several times as fast as autograd on a problem of this size, and it is wrong as soon as
# the loss changes. Try `lr * lambd` just above 2 on a direction that no example shows.

# %% [markdown]
# The closed form and autograd walk the same way, step by step:

# %% tags=["demo"]
w, b = from_start()
X, y = next(iter(train_iter))
by_formula = decay_step(w.detach(), b.detach(), X, y, lr=0.003, lambd=3)
(d2l.squared_loss(d2l.linreg(X, w, b), y) + 3 * l2_penalty(w)).sum().backward()
d2l.sgd([w, b], 0.003, batch_size)
print(f"largest difference: {(w.detach() - by_formula[0]).abs().max():.1e}")

# %% [markdown]
# ### Question: why not the bias? (3 points, medium, 8 minutes)
#
# The penalty takes in the weights, but by custom not the bias. Suppose all labels of our problem
# were measured on another scale that adds 1000 to each. What would a penalty on $b$ do then, and
# what does the one on $\mathbf{w}$ do? Why is a large bias no sign of overfitting? Three or four
# sentences.

# %% [markdown] answer="why_not_the_bias" points=3
# Adding 1000 to every label should add 1000 to $b$ and change nothing else. A penalty on $b$
# pulls it back towards 0, so that all predictions are too small by some amount, for a reason that
# has nothing to do with the data; the penalty on $\mathbf{w}$ does not notice the shift. The bias
# does not make the function wiggle: it moves all predictions by the same amount and does not react
# to the input. It is one number, which the mean of all labels determines well, while 200
# weights compete for 20 examples.
#
# *Marking: 1 point for the harm, predictions shifted towards 0 (underfitting of the mean); 1 point
# for saying that the penalty on w is not touched by a shift of the labels; 1 point for a reason
# why the bias does not overfit (no dependence on the input, or a single parameter that all
# examples determine).*

# %% [markdown]
# ## The concise way
#
# Since decay is so simple a thing, PyTorch's optimizers do it on request: `weight_decay=wd` makes
# SGD add $wd \cdot p$ to the gradient of each parameter $p$ just before the step. Each parameter:
# also the bias. To spare the bias, hand the parameters over in **groups**, dictionaries with
# settings of their own:
#
# ```python
# torch.optim.SGD([{"params": ..., "weight_decay": ...}, {"params": ...}], lr=...)
# ```
#
# The penalty then never appears in the loss, so it cannot slip into a report either.
#
# ### Exercise: `train_concise` (5 points, medium, 12 minutes)
#
# Write `train_concise(wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100,
# lr=0.003)`.
#
# - `wd`: the optimizer's `weight_decay`, for the weights only.
# - `net`: an `nn.Sequential` with one `nn.Linear(num_inputs, 1)` in it, to be trained. `None` means
#   a new one for 200 inputs, on `device`, which starts like `init_params()`: weights from
#   N(0, 1), bias 0. (`nn.Linear` itself would draw both from a narrow uniform distribution.)
# - The loss is `nn.MSELoss(reduction="none")`, its mean over the batch is what `torch.optim.SGD`
#   minimises.
# - Returns `(net, curve)`, with the curve as before: `(epoch, train_loss, test_loss)` after every
#   fifth epoch, means of `nn.MSELoss` over all examples. `d2l.evaluate_loss` takes that loss too.
#
# Example: `net, curve = train_concise(wd=3)`; `net[0].weight.shape` is `torch.Size([1, 200])`, and
# `len(curve)` is 20.


# %% exercise="train_concise"
def train_concise(
    wd, net=None, train_iter=train_iter, test_iter=test_iter, num_epochs=100, lr=0.003
):
    """Train linear regression with the optimizer's weight decay; return (net, curve).

    curve: (epoch, train_loss, test_loss) after every fifth epoch, means of the squared error.
    """
    ### BEGIN SOLUTION
    if net is None:
        net = nn.Sequential(nn.Linear(num_inputs, 1)).to(device)
        nn.init.normal_(net[0].weight)
        nn.init.zeros_(net[0].bias)
    loss = nn.MSELoss(reduction="none")
    updater = torch.optim.SGD(
        [{"params": net[0].weight, "weight_decay": wd}, {"params": net[0].bias}], lr=lr
    )
    curve = []
    for epoch in range(1, num_epochs + 1):
        for X, y in train_iter:
            updater.zero_grad()
            loss(net(X), y).mean().backward()
            updater.step()
        if epoch % 5 == 0:
            with torch.no_grad():
                train_loss = d2l.evaluate_loss(net, train_iter, loss)
                test_loss = d2l.evaluate_loss(net, test_iter, loss)
            curve.append((epoch, train_loss, test_loss))
    return net, curve
    ### END SOLUTION


# %% check="train_concise"
check("train_concise")

# %% [markdown] remarks="train_concise"
# Two groups, one with decay: so the bias is spared by construction and not by a condition in a
# loop. `weight_decay` is added to the gradient inside `step()`, after autograd has finished; the
# loss that you print never saw it. `nn.MSELoss` has no half, which is harmless until somebody
# compares learning rates. Large models are split in the same manner, by `p.ndim >= 2`: matrices
# decay, biases and the scales of normalisation do not.

# %% tags=["demo"]
began = time.perf_counter()
torch.manual_seed(1)
_, concise_0 = train_concise(0)
torch.manual_seed(1)
net, concise_3 = train_concise(3)
print(f"trained twice on {device} in {time.perf_counter() - began:.1f} s")
print(f"wd = 3: test loss {concise_3[-1][2]:.3g}, norm of w {net[0].weight.norm().item():.3g}")
show_curves(wd_0=concise_0, wd_3=concise_3)

# %% [markdown]
# The same picture. But are these the same **numbers**? From scratch, λ = 3 ended with weights of
# length 0.38, here it is 0.34. Is that chance, since the random starts differ? Published notebooks
# leave it at "the two look alike". They do look alike, and they are not the same computation.
#
# ### Exercise: `match_scratch_and_concise` (6 points, hard, 15 minutes)
#
# Write down one step of each, and compare. Which loss does each differentiate? What multiplies
# $\mathbf{w}$? Then write `match_scratch_and_concise(lambd, lr, w, b)`: everything that
# `train_concise` needs to follow `train_scratch(lambd, [w, b], lr=lr)`, number for number.
#
# - `w` (num_inputs, 1) and `b` (1,): the start values of the scratch run; any number of inputs.
#   They may ask for gradients.
# - Returns `(wd, concise_lr, net)`: the weight decay, the learning rate, and an `nn.Sequential`
#   with one `nn.Linear` that starts at the same point. `net` has parameters of its own: when it
#   trains, `w` and `b` stay as they are, and the other way round.
#
# Only the arguments change; `train_scratch` and `train_concise` stay as they are.
#
# Mind the start as well. Published concise code often runs `for param in net.parameters():
# param.data.normal_()`. Which parameters does that loop meet?
#
# Example: `wd, concise_lr, net = match_scratch_and_concise(3, 0.003, *init_params())`; for any `X`
# of shape (5, 200), `net(X)` equals `d2l.linreg(X, w, b)`.


# %% exercise="match_scratch_and_concise"
def match_scratch_and_concise(lambd, lr, w, b):
    """(wd, concise_lr, net) with which train_concise does what train_scratch does from (w, b)."""
    ### BEGIN SOLUTION
    net = nn.Sequential(nn.Linear(len(w), 1)).to(w.device)
    with torch.no_grad():
        net[0].weight.copy_(w.T)
        net[0].bias.copy_(b)
    return 2 * lambd, lr / 2, net
    ### END SOLUTION


# %% check="match_scratch_and_concise"
check("match_scratch_and_concise")

# %% [markdown] remarks="match_scratch_and_concise"
# Twice the gradient wants half the learning rate; then the decay has to be doubled, so that their
# product stays `lr * lambd`. `copy_` under `no_grad` fills parameters that the network owns.
# `nn.Parameter(w.T)` looks neater and is a trap: the transpose is a view, and training the network
# would train `w` as well. Number for number does not mean bit for bit: the two multiply in another
# order, and the last digit may differ. What changes if the optimizer has momentum? The proof
# survives, with the same two factors.

# %% [markdown]
# And now both, side by side: the same start, the same batches in the same order.

# %% tags=["demo"]
wd, concise_lr, net = match_scratch_and_concise(3, 0.003, *start)
torch.manual_seed(2)
w, b, curve = train_scratch(3, from_start())
torch.manual_seed(2)
net, concise_curve = train_concise(wd, net, lr=concise_lr)
print("first weights, scratch:", [f"{v:.7f}" for v in w[:4, 0].tolist()])
print("first weights, concise:", [f"{v:.7f}" for v in net[0].weight[0, :4].tolist()])
print(f"largest difference of all 200 after 400 steps: {(net[0].weight.T - w).abs().max():.1e}")
print(f"test loss {curve[-1][2]:.6f} and {concise_curve[-1][2]:.6f}, ratio", end=" ")
print(f"{concise_curve[-1][2] / curve[-1][2]:.4f}")

# %% [markdown]
# They agree to the last digit that float32 has to offer; what is left is rounding, since the two
# add their numbers in another order. Only the *reported* losses differ, by exactly the factor 2
# that `d2l.squared_loss` has and `nn.MSELoss` has not.
#
# Remember this when you copy a weight decay from a paper: **λ means nothing without the loss that
# it was used with.** Half the squared error or all of it, a mean or a sum over the batch: each asks
# for another λ.
#
# ## Choosing λ
#
# λ = 3 came from the book. How would you find it yourself? Not on the training loss, which always
# prefers λ = 0. Not on the test data either: a number that was chosen on them is no test any more.
# You hold some examples back, the **validation data**, and take the λ with the smallest loss there.
#
# The function below measures it. It was published much like this, and it makes the choice worse.


# %%
def published_validation_loss(w, b, data_iter, lambd):
    """Mean loss over all examples of data_iter, as the published code has it."""
    total, num_examples = 0.0, 0
    with torch.no_grad():
        for X, y in data_iter:
            l = d2l.squared_loss(d2l.linreg(X, w, b), y) + lambd * (w**2).sum() / 2
            total += float(l.sum())
            num_examples += len(y)
    return total / num_examples


# %% [markdown]
# ### Exercise: `find_the_validation_bug` (3 points, medium, 8 minutes)
#
# 1. `wrong_choice()`: two models and data on which the published loss chooses the **worse** one.
#    Returns `(X, y, first, second)` with `X` (n, num_inputs), `y` (n, 1), and each model a triple
#    `(w, b, lambd)`, `w` (num_inputs, 1), `b` (1,), λ ≥ 0. The true mean loss of `first` is
#    smaller, by 0.01 at least, and the published one of `second` is smaller, by 0.01 at least. One
#    input and one example are enough.
# 2. `loss_behind(reported, w, lambd)`: the true validation loss, from a number that the
#    published code has reported. Returns a number.
# 3. `fixed_validation_loss(w, b, data_iter, lambd)`: the published function, fixed; its arguments
#    stay, although one of them is not needed any more. Returns a number.
#
# Example: for $w = (2)$, $b = 0$, λ = 3 and the single example $x = 1$, $y = 1$ the published code
# reports 6.5. The true loss is 0.5, and `loss_behind(6.5, torch.tensor([[2.0]]), 3)` gives 0.5.


# %% exercise="find_the_validation_bug"
def wrong_choice():
    """(X, y, first, second): `first` is better, and the published loss prefers `second`."""
    ### BEGIN SOLUTION
    X, y = torch.ones(1, 1), torch.ones(1, 1)
    first = torch.ones(1, 1), torch.zeros(1), 3.0
    second = torch.zeros(1, 1), torch.zeros(1), 0.0
    return X, y, first, second
    ### END SOLUTION


def loss_behind(reported, w, lambd):
    """The mean loss over the data for which published_validation_loss gave `reported`."""
    ### BEGIN SOLUTION
    return reported - lambd * l2_penalty(w).item()
    ### END SOLUTION


def fixed_validation_loss(w, b, data_iter, lambd):
    """Mean of half the squared error over all examples of data_iter."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        return d2l.evaluate_loss(lambda X: d2l.linreg(X, w, b), data_iter, d2l.squared_loss)
    ### END SOLUTION


# %% check="find_the_validation_bug"
check("find_the_validation_bug")

# %% [markdown] remarks="find_the_validation_bug"
# A counterexample should fit on a postcard: the first model predicts the only example exactly and
# pays 1.5 for its weight, the second predicts nothing, pays nothing, and loses 0.5. `loss_behind`
# takes the penalty off again, so that an old table can be saved. The argument `lambd` stays
# although it is idle, since callers pass it; a linter would say so, and the next version could drop
# it. Give the two numbers two names, such as *objective* and *validation loss*, and no table will
# mix them again.

# %% [markdown]
# The published number charges a model for the λ that it was trained with, and two models with the
# same predictions get different numbers. λ = 0 pays nothing, and a huge λ next to nothing, since its
# weights are nearly 0. Those in between look worse than they are.
#
# ### Exercise: `lambda_path` (5 points, medium, 12 minutes)
#
# Write `lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003)`.
#
# - `lambds`: a list of values for λ, in any order.
# - `params`: start values `[w, b]`. **Every** λ starts from them, so they must stay as they are.
#   Mind that `train_scratch` may train what it is given, in place.
# - For each λ, train with `train_scratch`, then take the mean loss (half the squared error, no
#   penalty) on the validation and on the test data. `num_epochs` is a multiple of 5.
# - Returns `(best, valid_losses, test_losses)`: the λ with the smallest validation loss, and two
#   lists of numbers, one for each λ in the order of `lambds`.
# - A λ for which the training explodes gives a loss that is infinite or NaN. It is never the best,
#   and NaN compares with nothing: `min` may return it. At least one λ goes well.
#
# Example: for the losses 0.4, 0.1, 0.2 on validation data and 0.3, 0.2, 0.1 on test data, with
# `lambds = [1, 3, 10]`, the best is 3, not 10.


# %% exercise="lambda_path"
def lambda_path(lambds, params, train_iter, valid_iter, test_iter, num_epochs=100, lr=0.003):
    """Train once for each λ, from the same start; return (best, valid_losses, test_losses)."""
    ### BEGIN SOLUTION
    valid_losses, test_losses = [], []
    for lambd in lambds:
        own = [p.detach().clone().requires_grad_(True) for p in params]
        w, b, _ = train_scratch(lambd, own, train_iter, test_iter, num_epochs, lr)
        valid_losses.append(fixed_validation_loss(w, b, valid_iter, lambd))
        test_losses.append(fixed_validation_loss(w, b, test_iter, lambd))
    finite = [pair for pair in zip(valid_losses, lambds, strict=True) if pair[0] < float("inf")]
    return min(finite)[1], valid_losses, test_losses
    ### END SOLUTION


# %% check="lambda_path"
check("lambda_path")

# %% [markdown] remarks="lambda_path"
# Each λ gets clones of the start, detached and with gradients on; without them the second run would
# begin where the first one ended. `pair[0] < float("inf")` removes infinity and NaN in a single
# comparison, because no comparison with NaN is true. Pairs are compared by loss and then by λ, so
# equal losses prefer the smaller one. Starting each run from the previous solution is a popular
# shortcut, called a *warm start*: cheap for runs that converge, and unfair for runs of 100 epochs
# that do not. If the best λ lies at the end of your list, the list was too short.

# %% [markdown]
# Fifty further examples are the validation data. The grid goes up in factors of about three: λ acts
# by its order of magnitude.

# %% tags=["demo"]
lambds = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]
torch.manual_seed(3)
valid_iter = load_data(50)
began = time.perf_counter()
best, valid_losses, test_losses = lambda_path(lambds, start, train_iter, valid_iter, test_iter)
print(f"trained {len(lambds)} times on {device} in {time.perf_counter() - began:.1f} s")
for lambd, valid_loss, test_loss in zip(lambds, valid_losses, test_losses, strict=True):
    mark = "  <- best on validation data" if lambd == best else ""
    print(f"lambd {lambd:6}: validation loss {valid_loss:8.4f}, test loss {test_loss:8.4f}{mark}")
fig, axes = plt.subplots(figsize=(5, 3))
axes.loglog(lambds, valid_losses, "o-", label="validation")
axes.loglog(lambds, test_losses, "s--", label="test")
axes.axvline(best, color="black", linestyle=":", label="chosen")
axes.set_xlabel("lambd")
axes.set_ylabel("loss")
axes.grid(alpha=0.3)
axes.legend()
show_figure(
    "Loss against lambd, both on log scales. Validation and test loss fall together from about 80 "
    f"at 0.1 to about 0.01 at 10, and stay flat up to 300. Chosen is {best}. At 1000 there is none."
)

# %% [markdown]
# One λ at a time, over the epochs. Move the slider, and watch at which λ the test curve begins to
# follow the train curve:


# %% tags=["demo"]
from lab import slider


def draw_lambd(lambd):
    """Train and test loss over the epochs for one lambd."""
    show_curves(**{f"lambd = {lambd:g}": train_scratch(lambd, from_start())[2]})


slider(draw_lambd, lambds[:-1], at=3, name="λ")

# %% [markdown]
# At λ = 1000 the factor is $1 - 0.003 \cdot 1000 = -2$: every step doubles the weights and turns
# their signs, and after 400 steps they are NaN. From 10 on, the loss is flat, near 0.010: the
# weights are almost 0, and the model answers with little more than its bias. On this problem
# nothing does much better; remember the model from zero. So the validation data choose λ = 300, by
# a hair: between 10 and 300 the losses differ by little more than a tenth, and 50 other
# examples might prefer another value.
#
# The book's λ = 3 is not the best value for this problem. It is a value at which one sees
# something.
#
# ### Question: a test set used twice (2 points, easy, 6 minutes)
#
# A friend tries forty values of λ, takes the one with the smallest **test** loss, and reports that
# loss as the quality of the model. What is wrong with the number, and in which direction is it
# wrong? What should be done instead? Two or three sentences.

# %% [markdown] answer="test_set_used_twice" points=2
# The smallest of forty test losses is small partly because λ suits these very test examples, noise
# included. As an estimate for new data it is too optimistic: on average the true loss is larger.
# Choose λ on validation data (or by cross-validation on the training data), and measure the chosen
# model once on test data that played no part in the choice.
#
# *Marking: 1 point for saying that the choice was fitted to the test data, so that the number is
# too good; 1 point for a remedy that keeps the test data out of the choice.*

# %% [markdown]
# ## Penalty, decay, decoupled decay
#
# Three things are called weight decay:
#
# 1. **Penalty**: add $\frac{\lambda}{2}\|\mathbf{w}\|^2$ to the loss, and let autograd
#    differentiate it.
# 2. **Decay through the gradient**, `weight_decay` of `SGD` and `Adam`: add $\lambda\mathbf{w}$ to
#    the gradient. The same as the first, without the detour.
# 3. **Decoupled decay**, `AdamW`: leave the gradient alone, and multiply the weights by
#    $1 - \eta\lambda$ beside the step.
#
# For plain SGD, your closed form shows that all three are one. But an optimizer with a memory, or
# one that rescales gradients, does something to $\lambda\mathbf{w}$ on its way through. Here are
# all three, from the same start and with the same batches:


# %% tags=["demo"]
def final_norm(make_updater, way, lambd=3.0):
    """Length of w after 100 epochs. way: "none", "penalty", "gradient" or "decoupled"."""
    w, b = from_start()
    wd = lambd if way == "gradient" else 0.0
    updater = make_updater([{"params": [w], "weight_decay": wd}, {"params": [b]}])
    torch.manual_seed(4)
    for _ in range(100):
        for X, y in train_iter:
            updater.zero_grad()
            loss = d2l.squared_loss(d2l.linreg(X, w, b), y).mean()
            (loss + lambd * l2_penalty(w) if way == "penalty" else loss).backward()
            if way == "decoupled":
                with torch.no_grad():
                    w *= 1 - updater.param_groups[0]["lr"] * lambd
            updater.step()
    return w.norm().item()


ways = ("none", "penalty", "gradient", "decoupled")
print(f"{'length of w after 400 steps':30}" + "".join(f"{way:>12}" for way in ways))
for name, make_updater in {
    "SGD, lr 0.003": lambda groups: torch.optim.SGD(groups, lr=0.003),
    "SGD with momentum 0.9": lambda groups: torch.optim.SGD(groups, lr=0.0003, momentum=0.9),
    "Adam, lr 0.003": lambda groups: torch.optim.Adam(groups, lr=0.003),
}.items():
    print(f"{name:30}" + "".join(f"{final_norm(make_updater, way):12.4f}" for way in ways))

# %% [markdown]
# The first column is without any decay. The next two agree in every row: a penalty and
# `weight_decay` are the same thing. The last one agrees for plain SGD alone. Momentum 0.9 adds up
# some ten steps' worth of gradients, $\lambda\mathbf{w}$ included; decoupled decay stays outside of
# that sum. And with Adam, the decay that goes through the gradient does much less than it says.
#
# What does Adam do? It keeps running means of the gradient and of its square, corrects both for
# their start at 0, and divides:
#
# $$
# \begin{aligned}
# \mathbf{m} &\leftarrow \beta_1 \mathbf{m} + (1-\beta_1)\, \mathbf{g}, &
# \mathbf{v} &\leftarrow \beta_2 \mathbf{v} + (1-\beta_2)\, \mathbf{g}^2, \\
# \hat{\mathbf{m}} &= \frac{\mathbf{m}}{1-\beta_1^t}, &
# \hat{\mathbf{v}} &= \frac{\mathbf{v}}{1-\beta_2^t}, \qquad
# \mathbf{w} \leftarrow \mathbf{w} - \eta\, \frac{\hat{\mathbf{m}}}{\sqrt{\hat{\mathbf{v}}} +
# \epsilon}. \end{aligned}
# $$
#
# Adam with L2 puts $\mathbf{g} + \lambda\mathbf{w}$ in the place of $\mathbf{g}$, so the decay is
# divided by $\sqrt{\hat{\mathbf{v}}}$ like everything else: a weight with large gradients hardly
# decays. AdamW keeps $\mathbf{g}$ and multiplies the old $\mathbf{w}$ by $1 - \eta\lambda$: every
# weight decays alike.
#
# ### Exercise: `decoupled_decay` (5 points, hard, 15 minutes, optional)
#
# Two functions:
#
# 1. `adam_steps(w, grads, lr, wd, decoupled)`: Adam, by hand, one step for each row of `grads`.
#     - `w`: float tensor (n,). `grads`: (T, n), row $t$ is the gradient $\mathbf{g}$ of step $t =
#       1, 2, \dots$
#     - `decoupled`: `False` for Adam with L2, `True` for AdamW's rule.
#     - $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-8}$; $\mathbf{m}$ and $\mathbf{v}$
#       start at 0.
#     - Returns the new weights (n,); `w` stays as it is.
# 2. `lost_decay()`: returns three numbers `(w, g, wd)`, a weight, its gradient and a decay, for
#    which the **first** step of Adam with L2 is the same as without any decay (to 0.000001, with lr
#    = 0.1), while AdamW moves the weight elsewhere, by 0.01 or more.
#
# Example: from $w = 1$, with the gradient 2, lr = 0.1 and wd = 0.5, AdamW goes to
# $0.95 \cdot 1 - 0.1 = 0.85$: the first step of Adam has length lr, whatever the gradient.


# %% exercise="decoupled_decay"
def adam_steps(w, grads, lr, wd, decoupled):
    """Weights after one step of Adam for each row of grads (T, n).

    decoupled: the decay multiplies the weights (AdamW); otherwise wd * w joins the gradient.
    """
    ### BEGIN SOLUTION
    beta1, beta2, eps = 0.9, 0.999, 1e-8
    m, v = torch.zeros_like(w), torch.zeros_like(w)
    for t, g in enumerate(grads, start=1):
        if not decoupled:
            g = g + wd * w
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        step = (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps)
        w = (1 - lr * wd) * w - lr * step if decoupled else w - lr * step
    return w
    ### END SOLUTION


def lost_decay():
    """(w, g, wd) for which the first step of Adam with L2 does not notice the decay."""
    ### BEGIN SOLUTION
    return 1.0, 2.0, 0.5
    ### END SOLUTION


# %% check="decoupled_decay"
check("decoupled_decay")

# %% [markdown] remarks="decoupled_decay"
# `decoupled` decides in two lines whether the decay goes through the division or around it, and
# nothing else differs. ε stands outside of the root, and both means are corrected for their start
# at 0; move either, and the first steps are another optimizer's. In `lost_decay` the gradient and
# the decay have the same sign, and the first step of Adam is `lr` times that sign, whatever the
# size. Each weight costs two more numbers of memory. In today's PyTorch `torch.optim.AdamW`
# inherits from `torch.optim.Adam`, and a single switch, `decoupled_weight_decay=True`, is the
# difference.

# %% [markdown]
# Your function is PyTorch's, to the last digits:

# %% tags=["demo"]
torch.manual_seed(5)
w, grads = torch.randn(200), torch.randn(50, 200)
for decoupled, kind in ((False, torch.optim.Adam), (True, torch.optim.AdamW)):
    p = w.clone().requires_grad_(True)
    updater = kind([p], lr=0.01, weight_decay=0.5)
    for g in grads:
        p.grad = g.clone()
        updater.step()
    gap = (adam_steps(w, grads, 0.01, 0.5, decoupled) - p.detach()).abs().max()
    print(f"{kind.__name__:5} from scratch: largest difference {gap:.1e}")

# %% [markdown]
# And here is where they differ. 200 weights start at 1 and get gradients that are pure noise around
# 0, of three sizes. Nothing is to be learnt: all that moves their mean is the decay.

# %% tags=["demo"]
torch.manual_seed(6)
print("mean weight after 1,000 steps, lr 0.001, wd 1   Adam with L2   AdamW")
for size in (0.01, 1.0, 100.0):
    grads = size * torch.randn(1000, 200)
    with_l2, decoupled = (
        adam_steps(torch.ones(200), grads, 0.001, 1.0, way).mean() for way in (False, True)
    )
    print(f"gradients of size {size:<6}                      {with_l2:15.3f} {decoupled:7.3f}")
print(f"\n(1 - 0.001) to the power of 1,000 = {0.999**1000:.3f}")

# %% [markdown]
# AdamW decays as it says, whatever the gradients are. Adam with L2 shrinks weights with small
# gradients even further, and leaves those with large ones alone: 0.99 of them is still there. The
# book's `weight_decay` is the name of one argument; what it means depends on the optimizer.
#
# ## L1: the sparse relative
#
# Another price for weights is the L1 norm, $\lambda \|\mathbf{w}\|_1$, in code
# `lambd * torch.abs(w).sum()`. Its gradient is $\lambda\,\mathrm{sign}(w)$: not a share of the
# weight, but the same amount for a large and for a small one. L2 asks much of large weights and
# next to nothing of small ones, so it makes many small weights, and no zeros. L1 takes the last
# cent as well.
#
# A plain gradient step overshoots, though: a weight of 0.001 that loses 0.01 is −0.009, and
# comes back in the next step. So one stops at zero:
#
# $$
# w \leftarrow \mathrm{sign}(w)\, \max(|w| - \eta\lambda,\, 0).
# $$
#
# This is called *soft thresholding*.
#
# ### Exercise: `l1_step` (2 points, easy, 5 minutes, optional)
#
# Write `l1_step(w, lr, lambd)`: every weight moves towards 0 by `lr * lambd` and stops there.
#
# - `w`: float tensor of any shape, which stays as it is. Returns a new tensor of that shape.
#
# Example: `l1_step(torch.tensor([1.0, -0.25, 0.1]), 0.1, 2)` gives `tensor([0.8000, -0.0500,
# 0.0000])`.


# %% exercise="l1_step"
def l1_step(w, lr, lambd):
    """Every weight lr * lambd closer to 0, and not beyond it."""
    ### BEGIN SOLUTION
    return torch.sign(w) * (w.abs() - lr * lambd).clamp(min=0)
    ### END SOLUTION


# %% check="l1_step"
check("l1_step")

# %% [markdown] remarks="l1_step"
# Sign times what is left, with a floor at 0. Taking away `w.clamp(-lr * lambd, lr * lambd)` is the
# same in one operation less, and `F.softshrink` has a derivative besides. The zeros are exact, so
# `(w == 0).sum()` counts them; no tolerance is needed, as it would be after plain gradient steps.
# No optimizer of PyTorch has this step. A loop of a gradient step and this one is called ISTA; with
# a momentum of the right kind it becomes FISTA, and needs far fewer rounds.

# %% [markdown]
# Now a truth that **is** sparse: of 200 weights, five are 1 and all others 0. Sixty examples, a
# start at zero, and gradient steps on all of them, with either kind of shrinking after each step.

# %% tags=["demo"]
torch.manual_seed(7)
sparse_w = torch.zeros(num_inputs, 1)
sparse_w[:5] = 1
X, y = d2l.synthetic_data(sparse_w, 0.0, 60)
lr, fits = 0.05, {}
for name, shrink in {
    "no penalty": lambda w: w,
    "L2, lambd 0.1": lambda w: (1 - lr * 0.1) * w,
    "L1, lambd 0.1": lambda w: l1_step(w, lr, 0.1),
}.items():
    w = torch.zeros(num_inputs, 1)
    for _ in range(2000):
        w = shrink(w - lr * X.T @ (X @ w - y) / len(X))
    fits[name] = w[:, 0]
    print(
        f"{name:14} {int((w == 0).sum()):3} weights are exactly 0, "
        f"distance to the truth {(w - sparse_w).norm():.3f}"
    )
fig, panels = plt.subplots(1, 3, sharey=True, figsize=(9, 2.6))
for panel, (name, w) in zip(panels, fits.items(), strict=True):
    panel.plot(w.numpy(), "o", markersize=3)
    panel.axhline(0, color="black", linewidth=0.5)
    panel.set_title(name)
    panel.set_xlabel("number of the weight")
show_figure(
    "Three panels with 200 weights each. With no penalty and with L2, the five true weights stand out "
    "of a carpet of small ones; with L1 they stand alone, near 0.9."
)

# %% [markdown]
# L1 finds the five. It also shrinks them, by the price that every weight pays. L2 and no
# penalty at all have the same trouble here: they spread what five weights know over all 200.
# Which price is right depends on what you believe of the truth: few important weights, or many
# small ones, as in our first problem.

# %% [markdown] quiz="quiz_weight_decay" points=4
# ## Penalty and decay: a quiz (4 points, medium, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. What does weight decay limit?
#     - (a) the number of parameters
#         > All 200 weights are still there. That is the idea: the count is a coarse knob.
#     - (b) the range of the parameters
#         > right: Every weight may be used, but large ones have their price.
#     - (c) the number of training steps
#         > That would be early stopping, another remedy. It also keeps weights small, as it
#         > happens.
#     - (d) the size of the gradients
#         > That would be gradient clipping. Decay acts on the weights, whatever their gradients
#         > are.
# 2. With λ = 0 and the random start, the test loss stays near 102 while the train loss falls to
#    almost 0. What are most of these 102 made of?
#     - (a) noise in the labels
#         > The noise has a variance of 0.0001; half of that is all it can add.
#     - (b) the 20 training examples were fitted too closely
#         > Fitting them changes the weights in 20 directions only, and there the fit is fine. Look
#         > at the table of seen and unseen directions.
#     - (c) the random start, in the 180 directions that no example shows
#         > right: There the gradient is zero, so the start stays. Its squared length is about 200,
#         > and half of that is the loss.
#     - (d) too few epochs
#         > In the unseen directions the gradient is zero. A million epochs would change nothing.
# 3. A notebook prints "L2 norm of w: 0.0646", computed as `(w**2).sum() / 2`. How long is w?
#     - (a) 0.0646
#         > That would be true if the label were. The number printed is half of the square.
#     - (b) 0.254
#         > This is the root of 0.0646: the half is still in it.
#     - (c) 0.359
#         > right: The root of 2 · 0.0646.
#     - (d) 0.129
#         > This is the square of the length. One root is missing.
# 4. One run has half the squared error with λ = 3 and lr = 0.003, another one `nn.MSELoss` with
#    `weight_decay=3` and lr = 0.003. What is the difference?
#     - (a) none: the optimizer knows its loss
#         > It does not: it sees gradients only, and here they are twice as large.
#     - (b) against the data, the decay of the second counts only half as much
#         > right: The gradient of the loss has doubled and the decay has not, so the balance moves
#         > towards the data. Its equal is λ = 1.5 with lr = 0.006.
#     - (c) the decay of the second counts twice as much
#         > The decay is the same as before. It is the loss whose gradient has doubled.
# 5. Published concise code runs `for param in net.parameters(): param.data.normal_()`. What
#    follows?
#     - (a) nothing: that is what `init_params` does
#         > `init_params` draws the weights alone. Its bias starts at 0.
#     - (b) weights and bias start as standard normal, so no run can follow the scratch one exactly
#         > right: The loop meets the bias too. It is then some random number, where the scratch run
#         > has 0.
#     - (c) it fails, since a bias cannot be drawn
#         > It runs, and that is the trouble: nothing says that the start is another one.
# 6. The bias gets no decay. How do you tell `torch.optim.SGD`?
#     - (a) nothing is needed: `weight_decay` leaves biases out
#         > It applies to every parameter that it is given, biases included.
#     - (b) two parameter groups, of which one has a `weight_decay`
#         > right: Each group has settings of its own; what it does not set, it takes from the
#         > optimizer's.
#     - (c) `net[0].bias.requires_grad = False`
#         > Then the bias is not trained at all.
# 7. lr = 0.003 and λ = 1000. What happens to the weights?
#     - (a) they are 0 after one step
#         > That would need lr · λ = 1. Here it is 3.
#     - (b) they shrink slowly, since lr is small
#         > What counts is the product: the factor is 1 − 3 = −2.
#     - (c) they double in every step, with changing signs, until they overflow
#         > right: The factor 1 − lr · λ is −2. Decay needs lr · λ < 2.
# 8. You choose λ by a validation loss that still contains the penalty. What goes wrong?
#     - (a) models are compared by a price that is no part of their predictions
#         > right: Each λ adds another amount, λ/2 · ‖w‖². Two models with the same predictions get
#         > different numbers, and the choice may go wrong either way.
#     - (b) the λ that you choose is always too small
#         > Not always. The amount is 0 for λ = 0, but nearly 0 again for a huge λ, which leaves
#         > hardly any weights to pay for.
#     - (c) nothing: the penalty is a constant
#         > It is a constant for one λ. You compare several.
# 9. The same λ with Adam and its `weight_decay`, and with AdamW. Which weights decay differently?
#     - (a) none: both multiply by 1 − lr · λ
#         > Only AdamW does. Adam adds λw to the gradient and divides by the gradients' size.
#     - (b) with Adam, those with large gradients decay less; with AdamW all decay alike
#         > right: Adam divides the decay by the root of the mean squared gradient, together with
#         > the rest.
#     - (c) with AdamW, those with large gradients decay less
#         > It is the other way round: AdamW keeps the decay out of that division.
# 10. Why does L1 give zeros, and L2 none?
#     - (a) L1 is stronger for the same λ
#         > For large weights it is weaker. Zeros come from what it does to small ones.
#     - (b) L1 takes the same amount from every weight, however small; L2 takes a share
#         > right: A share of little is less, and never gets to the end. A fixed amount does.
#     - (c) L1 deletes the smallest weights after training
#         > That would be pruning. L1 acts in every step, on all weights.

# %% [markdown]
# ## Without a check
#
# 1. Compute the best $\mathbf{w}$ for a given λ without any descent: set the gradient of the
#    penalised loss to zero and solve. Compare with 10,000 epochs of `train_scratch`.
# 2. Early stopping from a start at zero also keeps weights small. Plot the length of $\mathbf{w}$
#    over the epochs for λ = 0, and find the λ that ends at the same length.
# 3. Matrices too can be penalised: the Frobenius norm is $\|\mathbf{W}\|_F^2 = \sum_{ij} W_{ij}^2$.
#    Does your `l2_penalty` need a change for it?
# 4. Bayes: with a prior $P(\mathbf{w}) = \mathcal{N}(0, \sigma_w^2)$ for each weight and normal
#    noise of variance $\sigma^2$, which λ makes the penalised loss the negative log of
#    $P(\mathbf{w} \mid \mathbf{X}, \mathbf{y})$, up to constants? Which prior belongs to L1?
# 5. Add more training examples: 50, 100, 200, 400. What happens to the unseen directions, and to
#    the best λ?
# 6. Give the network of chapter 1 weight decay and dropout, and compare on 1,000 pictures. Do the
#    gains add up? Chapter 3 has said how to ask such a question.
#
# ## Summary
#
# - Weight decay limits the range of the parameters, not their number. The price is
#   $\frac{\lambda}{2}\|\mathbf{w}\|^2$, its gradient $\lambda\mathbf{w}$.
# - One step of SGD multiplies the weights by $1 - \eta\lambda$. Directions of which the data say
#   nothing decay to 0; without decay they keep the random start.
# - λ has a meaning only together with its loss: half the squared error with λ and η is the squared
#   error with 2λ and η/2.
# - The bias is usually left out; PyTorch needs parameter groups for that.
# - Report losses without the penalty, norms as norms, and choose λ on validation data.
# - A penalty and the `weight_decay` of SGD and Adam are the same. Decoupled decay is the same for
#   plain SGD only; with Adam it is AdamW, and it decays all weights alike.
# - L1 takes the same amount from every weight and gives zeros.
#
# ## Further reading
#
# - A. Krogh, J. A. Hertz: *A simple weight decay can improve generalization*. Advances in Neural
#   Information Processing Systems 4, 1992.
# - A. E. Hoerl, R. W. Kennard: *Ridge regression: biased estimation for nonorthogonal problems*.
#   Technometrics 12, 1970.
# - R. Tibshirani: *Regression shrinkage and selection via the lasso*. Journal of the Royal
#   Statistical Society, Series B, 58, 1996.
# - I. Loshchilov, F. Hutter: *Decoupled weight decay regularization*. ICLR 2019.
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on weight
#   decay.
#
# The chapter before, *Dropout experiments*, asks which dropout rates one should use. The next one,
# *Numerical stability*, takes a network apart into its gradients, a penalty included, and shows why
# some networks cannot learn at all.
