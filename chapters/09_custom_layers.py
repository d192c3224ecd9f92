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
#     title: Custom layers
#     minutes: 110
#     points: 50
# ---

# %% [markdown]
# # Custom layers
#
# Sooner or later you need a layer that PyTorch does not have. That day is less dramatic than it
# sounds: a layer is a module like any other, and you know modules. In this chapter you write layers
# without parameters and layers with them, and see why both can stand wherever an `nn.Linear` can.
# Two mistakes come up on the way. One layer lets an example change the output of its neighbour. The
# other is a published layer whose outputs are right for every input, whose parameters are all
# registered, and which never learns anything.
#
# **You will be able to**
#
# - write a layer without parameters, and say over which axis it works
# - write a layer with parameters of your own, and choose a sensible start for them
# - find out which parameters of a network no gradient reaches
# - write a layer that multiplies its inputs with each other, and one that sees frequencies
# - make chapter 1's dropout a layer that `eval()` switches off and that prints itself well.
#
# **Time**: about 110 minutes. **Points**: 50. You need to know what `nn.Module` registers (chapter
# 7); none of its code is used.

# %%
import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn
from torch.nn import functional as F

from grader import chapter
from lab import evaluate_accuracy, fashion_mnist, show_figure, try_device
from lab.book import d2l_loop

check, hint = chapter(9)  # after a restart, run this cell again
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## A layer without parameters
#
# The smallest custom layer has a `forward` and nothing else. The book's first one takes the mean
# away from its input:
#
# $$
# \mathrm{CenteredLayer}(\mathbf{X}) = \mathbf{X} - \bar{x}, \qquad
# \bar{x} = \frac{1}{nd} \sum_{i=1}^{n} \sum_{j=1}^{d} x_{ij}.
# $$
#
# There is no `__init__` to write: the one of `nn.Module` will do. Since the layer is a module, it
# can stand in an `nn.Sequential`, autograd differentiates it, and `to()` and `eval()` may be called
# on it, though they find nothing to do.
#
# Look at the two sums once more. One runs over the numbers of an example, the other over the
# examples. So what this layer makes of an example depends on who else is in the batch. Batch
# normalisation does that on purpose, and takes great care with it. Here it is hardly what anybody
# wants: predict one picture alone, then among others, and you get two answers. What is usually
# meant is the mean of **each example**, over the last axis:
#
# $$
# \mathrm{CenteredRows}(\mathbf{X})_{ij} = x_{ij} - \bar{x}_i, \qquad
# \bar{x}_i = \frac{1}{d} \sum_{j=1}^{d} x_{ij}.
# $$
#
# ### Exercise: `CenteredLayer` (6 points, easy, 10 minutes)
#
# Write two layers and a proof that they differ.
#
# 1. The class `CenteredLayer`, an `nn.Module`, as in the book. `layer(X)`: X is a float tensor of
#    any shape; returns X minus the mean of all its numbers.
# 2. The class `CenteredRows`, an `nn.Module`. `layer(X)`: X `(…, d)`; returns X minus the mean over
#    the **last** axis, so that each row of d numbers is centred on its own.
# 3. The function `two_batches()`: returns two float tensors of one shape `(n, d)`, n ≥ 2, with the
#    **same first row**, for which the first rows of `CenteredLayer`'s outputs are at least 1 apart in
#    every number.
#
# Neither layer changes X. Example: `CenteredLayer()(torch.tensor([1.0, 2.0, 3.0]))` gives
# `tensor([-1., 0., 1.])`.


# %% exercise="CenteredLayer"
class CenteredLayer(nn.Module):
    """Takes the mean of all numbers away."""

    def forward(self, X):
        """X minus the mean of all its numbers; a new tensor like X."""
        ### BEGIN SOLUTION
        return X - X.mean()
        ### END SOLUTION


class CenteredRows(nn.Module):
    """Takes from each row its own mean away."""

    def forward(self, X):
        """X (..., d) minus the mean over the last axis; a new tensor like X."""
        ### BEGIN SOLUTION
        return X - X.mean(dim=-1, keepdim=True)
        ### END SOLUTION


def two_batches():
    """Two batches (n, d) with the same first row, which CenteredLayer centres differently."""
    ### BEGIN SOLUTION
    return torch.zeros(2, 2), torch.tensor([[0.0, 0.0], [2.0, 2.0]])
    ### END SOLUTION


# %% check="CenteredLayer"
check("CenteredLayer")

# %% [markdown] remarks="CenteredLayer"
# `keepdim=True` leaves an axis of length 1, and the subtraction finds its rows by itself; without
# it, (n, d) minus (n,) fails, or, when n happens to be d, subtracts the wrong means in silence. The
# smallest counterexample needs two rows: the first stays 0, and its neighbour pulls the common mean
# up by 1. Centring is a projection, so the gradient that comes back is centred as well.
# `nn.LayerNorm(d, elementwise_affine=False)` centres each row and divides by its spread besides.
# Ask any new layer what it does for a batch of one.

# %% [markdown]
# Here is the difference as a picture. Two batches of four examples, equal but for the last one,
# which is brighter in the second batch. For each layer: by how much does the output change?

# %% tags=["demo"]
torch.manual_seed(0)
batch = torch.rand(4, 8)
brighter = batch.clone()
brighter[3] += 2 * torch.rand(8)
with torch.no_grad():
    changes = {
        type(layer).__name__: (layer(brighter) - layer(batch)).abs()
        for layer in (CenteredLayer(), CenteredRows())
    }
told = "; ".join(
    f"{name}: the outputs of the first three change by up to {c[:3].max():.2f}, those of the last "
    f"by up to {c[3].max():.2f}"
    for name, c in changes.items()
)
figure = plt.figure(figsize=(8, 2.4))
for panel, (name, change) in zip(figure.subplots(1, 2), changes.items(), strict=True):
    image = panel.imshow(change.numpy(), cmap="Greys", vmin=0, vmax=1.5)
    panel.set_title(name, fontsize=10)
    panel.set_ylabel("example")
    panel.set_yticks(range(4))
    panel.set_xticks([])
figure.colorbar(image, ax=figure.axes, label="change")
show_figure(f"Two pictures of 4 by 8 squares, dark where outputs change. {told}")

# %% [markdown]
# PyTorch has a relative of `CenteredRows`, which also divides each row by its standard deviation:
# `nn.LayerNorm`. From scratch and concise must agree:

# %% tags=["demo"]
rows = CenteredRows()(batch)
by_hand = rows / (rows.pow(2).mean(dim=-1, keepdim=True) + 1e-5).sqrt()
layer_norm = nn.LayerNorm(8, elementwise_affine=False)
print("LayerNorm is CenteredRows, scaled:", torch.allclose(layer_norm(batch), by_hand, atol=1e-6))

# %% [markdown]
# And a custom layer stands in a network as any other does. The book builds this one, and asks for
# the mean of its output. Here are the means for six batches:

# %% tags=["demo"]
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 128), CenteredLayer())
with torch.no_grad():
    outputs = [net(torch.rand(4, 8)) for _ in range(6)]
print("means:", ", ".join(f"{Y.mean().item():.2g}" for Y in outputs))
print(f"largest number: {max(Y.abs().max().item() for Y in outputs):.2f}")

# %% [markdown]
# The book gets -2.8e-09; some of your means are such numbers, others may be exactly 0. Floats have
# about seven decimal digits (float32 rounds with a relative error of up to $2^{-24} \approx 6 \cdot
# 10^{-8}$), so each of the 512 differences is rounded, and so is the mean. What is left over is a
# **floating-point zero**. How small must it be to count as one? Compare it with the numbers that
# went in: they are about 1, and rounding 1 costs up to $6 \cdot 10^{-8}$. With numbers of a
# million, a mean of 0.05 would be a zero, too.
#
# ### Written answer: zero, or nearly (2 points, 6 minutes)
#
# A classmate's test says `assert layer(X).mean() == 0`. It passes for some X and fails for others.
# (a) Why is the mean of a centred tensor not exactly 0? (b) They replace the line by
# `assert layer(X).mean().abs() < 1e-8`, and it fails for `X = 1e6 * torch.rand(4, 8)`. What would you
# write, and why?

# %% [markdown] answer="zero_or_nearly" points=2
# (a) The mean is rounded to the nearest float, and so is every difference. The rounding errors do
# not cancel exactly, so that their mean is a small number other than 0. (b) Rounding errors are
# relative: they grow with the numbers, so a fixed bound is too strict for large X (and too lax for
# tiny ones). The bound belongs to the size of X: for example `layer(X).mean().abs() <= 1e-6 *
# X.abs().max()`, or `torch.testing.assert_close` with a tolerance that suits the size.
#
# *Marking: 1 point for rounding (of mean and differences) as the cause; 1 point for a tolerance
# relative to the size of the numbers, with the reason.*

# %% [markdown]
# ## Layers with parameters
#
# A layer that learns has parameters. You make them with `nn.Parameter(tensor)` and assign them to
# an attribute; `nn.Module` registers them, as it registers layers. Then `parameters()` gives them to
# the optimizer, `state_dict()` saves them, and `to()` moves them.
#
# The book's example is a linear layer with ReLU baked in. With `in_units` inputs and `units`
# outputs,
#
# $$
# \mathrm{MyLinear}(\mathbf{X}) = \operatorname{relu}(\mathbf{X}\mathbf{W} + \mathbf{b}),
# \qquad \mathbf{W} \in \mathbb{R}^{\text{in\_units} \times \text{units}},
# \quad \mathbf{b} \in \mathbb{R}^{\text{units}}.
# $$
#
# Mind the shape of $\mathbf{W}$: `nn.Linear` stores its transpose, `(units, in_units)`, and computes
# $\mathbf{X}\mathbf{W}^\top + \mathbf{b}$. Both are linear layers; a file of the one does not fit the
# other.
#
# **A sensible start** is a layer's own duty. If the inputs are independent, with mean 0 and variance
# 1, and the weights have mean 0 and variance $\sigma^2$, then each output has the variance
# $\text{in\_units} \cdot \sigma^2$. The book draws from the standard normal, $\sigma = 1$: a layer
# with 784 inputs then gives numbers 28 times as large as it gets, and the next layer does it again
# (chapter 5 has the consequences). With $\sigma = 1/\sqrt{\text{in\_units}}$ the variance stays 1.
#
# And one thing more. A network whose last layer ends in ReLU can never say a negative number. So
# our layer has a switch that the book's has not.
#
# ### Exercise: `MyLinear` (7 points, medium, 12 minutes)
#
# Write the class `MyLinear(in_units, units, relu=True)`, an `nn.Module`, without using `nn.Linear`.
#
# - `self.weight`: a parameter `(in_units, units)`, drawn from the normal distribution with mean 0
#   and standard deviation $1/\sqrt{\text{in\_units}}$.
# - `self.bias`: a parameter `(units,)`, zeros.
# - `layer(X)`: X `(…, in_units)`; returns $\operatorname{relu}(\mathbf{X}\mathbf{W} + \mathbf{b})$,
#   `(…, units)`; with `relu=False`, $\mathbf{X}\mathbf{W} + \mathbf{b}$.
#
# Example: `MyLinear(5, 3)` has the parameters `weight`, `(5, 3)`, and `bias`, `(3,)`, and
# `MyLinear(5, 3)(torch.rand(2, 5)).shape` is `torch.Size([2, 3])`.


# %% exercise="MyLinear"
class MyLinear(nn.Module):
    """A linear layer with parameters of its own, and ReLU: (..., in_units) to (..., units)."""

    def __init__(self, in_units, units, relu=True):
        ### BEGIN SOLUTION
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))
        self.relu = relu
        ### END SOLUTION

    def forward(self, X):
        """Outputs (..., units) for X (..., in_units)."""
        ### BEGIN SOLUTION
        linear = X @ self.weight + self.bias
        return F.relu(linear) if self.relu else linear
        ### END SOLUTION


# %% check="MyLinear"
check("MyLinear")

# %% [markdown] remarks="MyLinear"
# Dividing by the root of `in_units` is the whole start: a sum of that many terms then has variance
# 1. The product with `@` takes any axes in front, and the bias is added to each row by
# broadcasting. `nn.Linear` stores the transpose, one row for each output; with `F.linear(X,
# self.weight.T, self.bias)` you call the same routine from here. ReLU halves the mean square, so a
# deep stack of these layers would like another factor of √2. Give the class an `extra_repr`, as the
# last exercise of the chapter does, and `print` will show its sizes.

# %% [markdown]
# From scratch and concise: with the weight transposed, `nn.Linear` and ReLU give the same numbers.
# And a network of your layers goes through the book's own loop:

# %% tags=["demo"]
torch.manual_seed(0)
mine, concise = MyLinear(5, 3), nn.Linear(5, 3)
concise.load_state_dict({"weight": mine.weight.detach().T, "bias": mine.bias.detach()})
X = torch.randn(4, 5)
print("same outputs:", torch.allclose(mine(X), F.relu(concise(X)), atol=1e-6))

num_epochs, lr, batch_size = 3, 0.1, 256
train_iter, test_iter = fashion_mnist(batch_size)
loss = nn.CrossEntropyLoss(reduction="none")
own_net = nn.Sequential(nn.Flatten(), MyLinear(784, 256), MyLinear(256, 10, relu=False))
updater = torch.optim.SGD(own_net.parameters(), lr=lr)
with d2l_loop() as own_history:
    d2l.train_ch3(own_net, train_iter, test_iter, loss, num_epochs, updater)

# %% [markdown]
# ## Find the bug: `.data` in the forward pass
#
# Here is the layer as it has been published, with our names and our start. It computes
# $\operatorname{relu}(\mathbf{X}\mathbf{W} + \mathbf{b})$, for every X and all parameters.


# %%
class PublishedLinear(nn.Module):
    """As published, but for the start."""

    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, X):
        return F.relu(torch.matmul(X, self.weight.data) + self.bias.data)


# %% [markdown]
# `weight.data` is the numbers without their history: a tensor that shares the memory of the
# parameter and about which autograd knows nothing. The output is right. The gradient is not wrong
# either: there is none. Put it into a network with a good layer behind it, and train:

# %% tags=["demo"]
histories, moved, counted, accuracy = {}, {}, {}, {}
for kind in (MyLinear, PublishedLinear):
    torch.manual_seed(0)
    bug_net = nn.Sequential(nn.Flatten(), kind(784, 256), nn.Linear(256, 10))
    before = bug_net[1].weight.detach().clone()
    counted[kind.__name__] = sum(p.numel() for p in bug_net.parameters())
    updater = torch.optim.SGD(bug_net.parameters(), lr=lr)
    with d2l_loop(quiet=True) as histories[kind.__name__]:
        d2l.train_ch3(bug_net, train_iter, test_iter, loss, num_epochs, updater)
    accuracy[kind.__name__] = evaluate_accuracy(bug_net, test_iter)
    moved[kind.__name__] = (bug_net[1].weight.detach() - before).abs().max().item()

# %% tags=["demo"]
for kind, history in histories.items():
    print(
        f"{kind:15} {counted[kind]:,} parameters, train loss {history.train_loss[-1]:.3f}, test "
        f"accuracy {accuracy[kind]:.3f}, first layer moved by at most {moved[kind]:.3f}"
    )
told = "; ".join(
    f"{kind}: train loss from {h.train_loss[0]:.2f} to {h.train_loss[-1]:.2f}, "
    f"test accuracy from {h.test_acc[0]:.2f} to {h.test_acc[-1]:.2f}"
    for kind, h in histories.items()
)
figure = plt.figure(figsize=(8, 2.8))
left, right = figure.subplots(1, 2)
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
show_figure(f"Training with MyLinear and with PublishedLinear as the first layer. {told}")

# %% [markdown]
# The loss falls, three pictures of four are named right, and the first layer has not moved at all: a
# good last layer has learnt to read random features. (`train_ch3` ends in an assertion that the train
# loss is below 0.5, and it complained, as it would about any slow start.) In chapter 7, counting the
# parameters gave such a thing away. Here the count is the same for both networks, since the
# parameters *are* registered: only nobody uses them where autograd can see it.
#
# What tells is the gradient. A parameter that no path leads to from the loss gets none: its `.grad`
# stays `None`. (That is not the same as a gradient of 0. A unit that ReLU has switched off for this
# batch gets 0, and may get something else from the next one.) `torch.autograd.grad(out, p,
# allow_unused=True)` returns the gradients of `out` as a tuple and touches no `.grad`; for a parameter
# that `out` does not depend on it holds `None`. (With `retain_graph=True`, you may ask the same `out`
# again.) It raises an error when p, or `out` itself, does not ask for gradients.
#
# `.data` has relatives: `detach()`, `item()`, `tolist()`, and `torch.tensor(...)` of a tensor all give
# numbers without history. Here is a layer with one of each kind.


# %%
class PublishedScaled(nn.Module):
    """scale · (X W) + bias. The outputs are right."""

    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, X):
        return self.scale.item() * (X @ self.weight.detach()) + torch.tensor(self.bias.tolist())


# %% [markdown]
# ### Exercise: `find_the_data_bug` (7 points, hard, 18 minutes)
#
# Write the tool that finds such parameters, and mend the layer.
#
# 1. `not_trained(net, X)`: returns a list with the names, as `net.named_parameters()` gives them, of
#    the parameters that get **no gradient** (`None`, not 0) from the sum of the outputs
#    `net(X)`. A frozen parameter (`requires_grad` is False) gets none, either.
#    - It finds them also when *no* parameter gets a gradient, and in a network that has been trained
#      before, whose `.grad`s hold old gradients. These stay as they were.
# 2. The class `MendedScaled(in_units, units)`, which takes its parameters and their start from
#    `PublishedScaled`. Write a `forward` with the same outputs, in which all three are trained.
#
# Example: `not_trained(nn.Sequential(nn.Linear(4, 3), PublishedLinear(3, 2)), torch.rand(5, 4))`
# gives `['1.weight', '1.bias']`. (Gradients pass through `PublishedLinear` to the layer before it.)


# %% exercise="find_the_data_bug"
def not_trained(net, X):
    """Names of the parameters that get no gradient from the sum of net(X)."""
    ### BEGIN SOLUTION
    out, names = net(X).sum(), []
    for name, p in net.named_parameters():
        grad = None
        if p.requires_grad and out.requires_grad:
            (grad,) = torch.autograd.grad(out, p, retain_graph=True, allow_unused=True)
        if grad is None:
            names.append(name)
    return names
    ### END SOLUTION


class MendedScaled(PublishedScaled):
    """scale · (X W) + bias, all three of them trained."""

    def forward(self, X):
        """Outputs (..., units) for X (..., in_units)."""
        ### BEGIN SOLUTION
        return self.scale * (X @ self.weight) + self.bias
        ### END SOLUTION


# %% check="find_the_data_bug"
check("find_the_data_bug")

# %% [markdown] remarks="find_the_data_bug"
# `torch.autograd.grad` returns gradients and leaves every `.grad` alone, and `allow_unused=True`
# says None where no path leads. Zero and None are two diagnoses: "not this time" and "never".
# Asking parameter by parameter walks the graph once for each; a single call with a list of all that
# require gradients does it in one walk. `nn.Linear` and its friends never touch `.data` in
# `forward`, and neither should you, since what it hides is exactly what training needs. Distributed
# training has to know unused parameters, too: `find_unused_parameters` of `DistributedDataParallel`
# is this exercise at scale.

# %% tags=["demo"]
torch.manual_seed(0)
for layer in (MyLinear(3, 2), PublishedLinear(3, 2), PublishedScaled(3, 2), MendedScaled(3, 2)):
    chain_net = nn.Sequential(nn.Linear(4, 3), layer)
    print(f"{type(layer).__name__:15} {not_trained(chain_net, torch.rand(5, 4))}")

# %% [markdown]
# ### Written answer: right outputs (2 points, 6 minutes)
#
# `PublishedLinear` passes every test that compares its outputs with those of `nn.Linear`. Name two
# other observations or tests that would have given it away, and say for each why it does.

# %% [markdown] answer="right_outputs" points=2
# Examples: `weight.grad` is None after a backward pass, since no path leads from the loss to it.
# The weights are the same before and after a step of the optimizer, which skips parameters without
# a gradient. A network of such layers alone raises an error in `backward()`: its output does not
# require a gradient. The layer cannot even fit its own training data, or a single batch: the loss
# stays where a network with a random first layer ends. Compare gradients with those of `nn.Linear`,
# not only outputs.
#
# *Marking: 1 point for each observation with its reason, two at most. Counting parameters or
# looking at the state_dict earns nothing: both are right.*

# %% [markdown]
# Is `.data` good for anything, then? It was the way to change a parameter without autograd's notice
# before `torch.no_grad()` existed. Today `with torch.no_grad():` says the same and is safer: it
# guards a region of code, and autograd notices when a number that it needs was overwritten. In a
# `forward`, neither has a place.
#
# ## A layer that multiplies
#
# A linear layer adds up its inputs, each times a weight. It cannot say "both at once". The next
# layer can: each of its outputs is a sum of **products** of two inputs,
#
# $$
# y_k = \sum_{i} \sum_{j} x_i \, W_{ijk} \, x_j .
# $$
#
# For one output, $\mathbf{W}_{::k}$ is a matrix, and $y_k = \mathbf{x}^\top \mathbf{W}_{::k}\,
# \mathbf{x}$ a quadratic form. (The layer is called bilinear since the sum is linear in each of its
# two x, when the other one is held fixed. In x as a whole it is not linear: $2\mathbf{x}$ gives
# $4\mathbf{y}$, and $-\mathbf{x}$ gives the same as $\mathbf{x}$.) Because $x_i x_j = x_j x_i$, only
# the sums $W_{ijk} + W_{jik}$ count: nearly half of the parameters say nothing new.
#
# `torch.einsum` writes sums as they stand on paper: name the axes, and say which are left.
# `torch.einsum("ni,ij->nj", X, W)` is `X @ W`. An axis that is not named after the arrow is summed
# over, and `...` stands for any axes in front.
#
# ### Exercise: `Bilinear` (7 points, medium, 12 minutes)
#
# Write the class `Bilinear(in_units, units)`, an `nn.Module`, without using `nn.Bilinear`.
#
# - `self.weight`: a parameter `(in_units, in_units, units)`, drawn from the normal distribution with
#   mean 0 and standard deviation $1/\text{in\_units}$. No bias.
# - `layer(X)`: X `(…, in_units)`; returns Y `(…, units)`, with $y_k$ as above for each example.
#
# Example: in `Bilinear(2, 1)` with `weight[0, 1, 0] = 1` and zeros elsewhere, X =
# `tensor([[3., 5.]])` gives `tensor([[15.]])`.


# %% exercise="Bilinear"
class Bilinear(nn.Module):
    """Sums of products of two inputs: (..., in_units) to (..., units)."""

    def __init__(self, in_units, units):
        ### BEGIN SOLUTION
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, in_units, units) / in_units)
        ### END SOLUTION

    def forward(self, X):
        """Outputs (..., units) for X (..., in_units)."""
        ### BEGIN SOLUTION
        return torch.einsum("...i,ijk,...j->...k", X, self.weight, X)
        ### END SOLUTION


# %% check="Bilinear"
check("Bilinear")

# %% [markdown] remarks="Bilinear"
# The string is the formula, letter by letter, and `...` makes it work for any axes in front. A sum
# of d² products needs σ = 1/d for variance 1, hence the start. `torch.einsum` multiplies the first
# two operands and then the third, so a tensor of n × d × units numbers lives in between; the outer
# product of X with itself would be n × d × d. Which is smaller depends on the layer. `nn.Bilinear`
# keeps the units in front, and takes two different inputs. Attention scores are such a form, with a
# matrix that is itself a product of two thin ones.

# %% [markdown]
# `nn.Bilinear` is the same for two inputs, $\mathbf{x}_1$ and $\mathbf{x}_2$, with its axes in another
# order. Give it X twice:

# %% tags=["demo"]
torch.manual_seed(0)
mine, concise = Bilinear(6, 4), nn.Bilinear(6, 6, 4, bias=False)
concise.load_state_dict({"weight": mine.weight.detach().permute(2, 0, 1)})
X = torch.randn(5, 6)
print("same outputs:", torch.allclose(mine(X), concise(X, X), atol=1e-5))

# %% [markdown]
# What is it good for? Two inputs, and the label says whether they have the same sign: the old
# "exclusive or", which no linear layer can learn. A bilinear layer needs one product.

# %% tags=["demo"]
torch.manual_seed(0)
points = 2 * torch.rand(400, 2) - 1
same_sign = (points[:, 0] * points[:, 1] > 0).float()[:, None]
xor_accuracy, predictions = {}, {}
axis = torch.linspace(-1, 1, 101)
grid = torch.cartesian_prod(axis, axis)
for name, layer in (("MyLinear", MyLinear(2, 1, relu=False)), ("Bilinear", Bilinear(2, 1))):
    updater = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(150):
        updater.zero_grad()
        F.binary_cross_entropy_with_logits(layer(points), same_sign).backward()
        updater.step()
    with torch.no_grad():
        xor_accuracy[name] = ((layer(points) > 0) == (same_sign > 0.5)).float().mean().item()
        predictions[name] = (layer(grid) > 0).reshape(101, 101).float()
told = "; ".join(f"{name}: {100 * a:.0f} % of the points right" for name, a in xor_accuracy.items())
figure = plt.figure(figsize=(7, 3.2))
for panel, (name, area) in zip(figure.subplots(1, 2), predictions.items(), strict=True):
    panel.imshow(area.T.numpy(), cmap="Greys", vmin=0, vmax=3, origin="lower", extent=(-1, 1) * 2)
    for sign, marker in ((1, "+"), (0, "o")):
        chosen = points[same_sign[:, 0] == sign][:60].numpy()
        panel.plot(chosen[:, 0], chosen[:, 1], marker, markersize=4, fillstyle="none")
    panel.set_title(f"{name}: {100 * xor_accuracy[name]:.0f} % right", fontsize=10)
show_figure(
    f"Where two layers say that the signs are the same, as grey areas behind the points. {told}. The "
    "bilinear layer's grey areas are two opposite quadrants."
)

# %% [markdown]
# The price is $d^2$ weights for each output: with 784 inputs and 10 outputs they are 6,146,560,
# where a linear layer has 7,850. That is why bilinear layers are found where few numbers meet, or
# with $\mathbf{W}$ written as a product of small matrices.
#
# ## A layer that sees frequencies
#
# A signal of n numbers is a sum of waves. How much of each wave is in it, the **Fourier
# coefficients** say:
#
# $$
# c_k = \sum_{t=0}^{n-1} x_t \, e^{-2\pi \mathrm{i}\, k t / n}, \qquad k = 0, \dots, n-1.
# $$
#
# $c_0$ is the sum of the signal, $c_k$ belongs to the wave that goes up and down k times. For
# real numbers $x_t$ the second half repeats the first: $c_{n-k}$ is the complex conjugate of $c_k$.
# So the leading half says it all: $k = 0, 1, \dots, \lfloor n/2 \rfloor$, which are $\lfloor n/2
# \rfloor + 1$ coefficients. (Both ends count. For n = 4, the coefficients 0, 1 and 2 are needed, and
# 3 is the conjugate of 1.)
#
# ### Exercise: `HalfSpectrum` (6 points, medium, 10 minutes)
#
# Write the class `HalfSpectrum()`, an `nn.Module` without parameters.
#
# - `layer(X)`: X `(…, n)`, real floats, n ≥ 1; returns the coefficients $c_0, \dots,
#   c_{\lfloor n/2 \rfloor}$ of each row, as a **complex** tensor `(…, n // 2 + 1)`. No scale: just the
#   sum above.
#
# Example: `HalfSpectrum()(torch.tensor([1.0, 2.0, 3.0, 4.0]))` gives `tensor([10.+0.j, -2.+2.j,
# -2.+0.j])`. You may use `torch.fft`, or write the sum as a product with a matrix.


# %% exercise="HalfSpectrum"
class HalfSpectrum(nn.Module):
    """The leading half of the Fourier coefficients: real (..., n) to complex (..., n // 2 + 1)."""

    def forward(self, X):
        """Coefficients c_0 to c_(n // 2) over the last axis."""
        ### BEGIN SOLUTION
        return torch.fft.rfft(X)
        ### END SOLUTION


# %% check="HalfSpectrum"
check("HalfSpectrum")

# %% [markdown] remarks="HalfSpectrum"
# `torch.fft.rfft` knows that real signals repeat themselves and computes the half that counts, in n
# log n steps. A product with a matrix of sines and cosines needs n² and is easier to believe; the
# two agree to rounding, which makes it a good test. Cutting the full transform works, too, at twice
# the work. Going back with `torch.fft.irfft` needs the length, `n=9` for example, since lengths 8
# and 9 both have five coefficients. Gradients flow through complex numbers; for what follows take
# `.abs()`, whose gradient at 0 PyTorch defines as 0.

# %% [markdown]
# Why would a network want that? Shift a wave in time, and all of its n numbers change. The size
# $|c_k|$ of its coefficient does not. Two kinds of signals, waves with 5 and with 6 periods, each
# shifted by chance and covered by noise: a linear layer on the numbers cannot tell them apart, one
# on the sizes of the coefficients can. The network is a row of layers, and two of them are not
# PyTorch's.


# %% tags=["demo"]
class Sizes(nn.Module):
    """|c| for each number c."""

    def forward(self, X):
        return X.abs()


def waves(count):
    """Noisy waves (count, 64) with 5 or 6 periods, and which of both."""
    y = torch.arange(count) % 2
    t = torch.arange(64) / 64
    shift = torch.rand(count, 1)
    X = torch.sin(2 * torch.pi * ((5 + y[:, None]) * t + shift)) + torch.randn(count, 64)
    return X, y


torch.manual_seed(0)
train_waves, test_waves = waves(400), waves(2000)
nets = {
    "the numbers": nn.Linear(64, 2),
    "the sizes": nn.Sequential(HalfSpectrum(), Sizes(), nn.Linear(33, 2)),
}
wave_accuracy = {}
for name, wave_net in nets.items():
    updater = torch.optim.Adam(wave_net.parameters(), lr=0.01)
    for _ in range(100):
        updater.zero_grad()
        F.cross_entropy(wave_net(train_waves[0]), train_waves[1]).backward()
        updater.step()
    right_ones = wave_net(test_waves[0]).argmax(1) == test_waves[1]
    wave_accuracy[name] = right_ones.float().mean().item()
    print(f"a linear layer on {name:12} {100 * wave_accuracy[name]:.0f} % of new waves right")

# %% tags=["demo"]
with torch.no_grad():
    sizes = HalfSpectrum()(test_waves[0]).abs()
means = {periods: sizes[test_waves[1] == periods - 5].mean(0) for periods in (5, 6)}
peaks = {periods: int(mean.argmax()) for periods, mean in means.items()}
figure = plt.figure(figsize=(9, 2.8))
left, right = figure.subplots(1, 2)
for periods, style in ((5, "o-"), (6, "s--")):
    one = test_waves[0][test_waves[1] == periods - 5][0]
    left.plot(one.numpy(), style, markersize=2, label=f"{periods} periods")
    right.plot(means[periods].numpy(), style, markersize=3, label=f"{periods} periods")
left.set_xlabel("t")
right.set_xlabel("k")
right.set_title("mean of |c_k|", fontsize=10)
for panel in (left, right):
    panel.grid(alpha=0.3)
    panel.legend()
show_figure(
    f"Left: a wave of 5 periods and one of 6, both noisy and hard to tell apart. Right: the mean size of "
    f"the coefficients over all such waves, largest at k = {peaks[5]} and at k = {peaks[6]}."
)

# %% [markdown]
# ## Dropout, as a layer
#
# In chapter 1 you wrote dropout as a function. As a layer it is worth more: it keeps its rate, it
# knows its mode, and it prints itself. For each number x of X, in train mode,
#
# $$
# x' = \begin{cases} 0 & \text{with probability } p, \\ x / (1 - p) & \text{otherwise,} \end{cases}
# $$
#
# drawn anew for each number at each call; in eval mode, $x' = x$.
#
# - **The mode** is `self.training`. `train()` and `eval()` of the whole network set it in all modules
#   that are registered. No flag of your own is needed, and none would be switched.
# - **The print.** `print(net)` shows for each module its class and, in brackets, what the method
#   `extra_repr` returns: a string. By default it is empty. A layer with settings should show them.
# - **Bad settings** are refused where they are made, in `__init__`, not at the first batch.
#
# ### Exercise: `DropoutLayer` (8 points, medium, 15 minutes)
#
# Write the class `DropoutLayer(dropout)`, an `nn.Module`, without using PyTorch's dropout.
#
# - `dropout`: the probability to be dropped, a number from 0 to 1, both included. Anything below,
#   above, or NaN raises `AssertionError` or `ValueError` in `__init__`.
# - `layer(X)`: X a float tensor of any shape. In train mode dropout as above, a new tensor; at 1 only
#   zeros, and no NaN. In eval mode, the numbers of X. X stays as it was; gradients flow.
# - `print(DropoutLayer(0.5))` shows `DropoutLayer(dropout=0.5)`.
#
# Example: `DropoutLayer(0.5)(torch.ones(6))` may give `tensor([2., 0., 0., 2., 2., 0.])`, and after
# `eval()` ones.


# %% exercise="DropoutLayer"
class DropoutLayer(nn.Module):
    """Dropout with the rate `dropout`, in train mode."""

    def __init__(self, dropout):
        ### BEGIN SOLUTION
        super().__init__()
        if not 0 <= dropout <= 1:
            raise ValueError(f"dropout is {dropout}; a probability lies between 0 and 1")
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

    def extra_repr(self):
        """What `print` shows in the brackets."""
        ### BEGIN SOLUTION
        return f"dropout={self.dropout}"
        ### END SOLUTION


# %% check="DropoutLayer"
check("DropoutLayer")

# %% [markdown] remarks="DropoutLayer"
# The rate is refused in `__init__`, where the mistake was made, and `not 0 <= dropout <= 1` catches
# NaN, because every comparison with it fails. `self.training` belongs to `nn.Module`; the layer
# only reads it. In eval mode X itself comes back, without a copy, so whoever writes into the result
# writes into X. `nn.Dropout` behaves the same and offers `inplace=True` for those who count bytes.
# Masks come from the global random state: set a seed before two runs, and both drop the same units.

# %% [markdown]
# `nn.Dropout` is the concise form. In eval mode both are X, number for number; in train mode they
# agree in distribution, as far as 100,000 draws can tell. And here is a network of your own layers,
# printed:

# %% tags=["demo"]
torch.manual_seed(0)
ones = torch.ones(100_000)
shares = {}
for layer in (DropoutLayer(0.3), nn.Dropout(0.3)):
    out = layer.train()(ones)
    same = torch.equal(layer.eval()(ones), ones)
    shares[type(layer).__name__] = (out == 0).float().mean().item()
    print(
        f"{layer}: {100 * shares[type(layer).__name__]:.1f} % dropped, survivors are "
        f"{out.max().item():.4f}, unchanged in eval mode: {same}"
    )
nn.Sequential(
    nn.Flatten(),
    MyLinear(784, 256),
    DropoutLayer(0.2),
    CenteredRows(),
    MyLinear(256, 10, relu=False),
)

# %% [markdown]
# Give `MyLinear` an `extra_repr`, and its brackets are no longer empty.

# %% [markdown] quiz="quiz_layers" points=5
# ## Layers of your own: a quiz (5 points, easy, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. A layer without parameters must define
#     - (a) `__init__` and `forward`
#         > Without settings there is nothing to write in `__init__`: `nn.Module`'s own is called.
#     - (b) `forward` and `backward`
#         > Autograd has recorded what `forward` did. You never write a backward pass in a module.
#     - (c) `forward`
#         > right: It says how the output comes from the input, and that is all there is to say.
# 2. `net = nn.Sequential(nn.Linear(8, 128), CenteredLayer())` is in eval mode. You ask for one
#    example alone, then in a batch with others. Its output
#     - (a) differs
#         > right: The mean is taken over the whole batch, in train mode and in eval mode.
#     - (b) is the same, since eval mode makes layers independent of the batch
#         > Eval mode switches layers that look at `self.training`. This one does not.
#     - (c) is the same, since the layer has no parameters
#         > It has none, and it mixes examples all the same.
# 3. The mean of a centred output is -2.8e-09. The outputs are of size 1. What follows?
#     - (a) there is a bug: the mean must be exactly 0
#         > On paper. With seven digits for each number, sums of rounded numbers miss 0 by a little.
#     - (b) nothing: that is zero, as exactly as float32 can say it
#         > right: Rounding numbers of size 1 costs up to 6e-8 each.
#     - (c) the layer should be trained longer
#         > It has nothing to train.
# 4. `self.weight = torch.randn(5, 3, requires_grad=True)` in `__init__`. What is it to the layer?
#     - (a) a parameter, since it requires a gradient
#         > Autograd computes its gradient. But the module notes only an `nn.Parameter`.
#     - (b) an attribute that gets gradients, and that no optimizer, file or `to()` hears of
#         > right: `nn.Parameter(...)` around it makes the difference.
#     - (c) a buffer
#         > Buffers are made by `register_buffer`.
# 5. `forward` uses `self.weight.data`. Which of these changes?
#     - (a) the output
#         > The numbers are the same.
#     - (b) the number of parameters
#         > The parameter is registered, whoever uses it.
#     - (c) the gradient of the weight: there is none
#         > right: `.data` has no history, so no path leads back to the parameter.
# 6. A network consists of such layers alone. What does `loss.backward()` do?
#     - (a) it raises an error: the loss does not require a gradient
#         > right: Nothing of it hangs on a parameter. Together with one good layer, nobody complains.
#     - (b) it fills every `.grad` with zeros
#         > Zero would be a gradient. There is none.
#     - (c) it trains the biases alone
#         > Their `.data` was used, too.
# 7. `weight.grad` is a tensor of zeros after one batch. The parameter
#     - (a) is cut off from the loss
#         > Then `.grad` would be None.
#     - (b) is reached, but does not matter for this batch
#         > right: For example, ReLU is off for all of it. Another batch may tell another story.
#     - (c) is frozen
#         > A frozen parameter gets no gradient at all: None.
# 8. A bilinear layer without bias gets $-\mathbf{x}$ in place of $\mathbf{x}$. Its output
#     - (a) stays the same
#         > right: Each product has two factors, and both change their sign.
#     - (b) changes its sign
#         > A linear layer's would.
#     - (c) is 0
#         > Only if it was 0 before.
# 9. How many Fourier coefficients does `HalfSpectrum` return for a signal of 10 numbers?
#     - (a) 5
#         > The one for k = 5 is missing, the fastest wave that ten numbers can show.
#     - (b) 6
#         > right: k = 0, 1, 2, 3, 4, 5. The others are conjugates of k = 1 to 4.
#     - (c) 10
#         > The second half says nothing new when the signal is real.
# 10. `DropoutLayer` keeps its mode in `self.is_training = True`. After `net.eval()`,
#     - (a) PyTorch sets every attribute of that kind
#         > It sets `training`, and no other name.
#     - (b) the layer raises an error
#         > It goes on without a word, which is worse.
#     - (c) it still drops
#         > right: `eval()` sets `self.training` in every registered module, and this flag is another.

# %% [markdown]
# ## Exercises without a check
#
# 1. Give `MyLinear` an `extra_repr` that shows `in_units`, `units` and `relu`, and a `bias=False`.
#    What should `state_dict()` hold then?
# 2. Write `RunningCentre(d)`: in train mode it takes the mean of the batch away, per feature, and
#    keeps a running mean in a buffer; in eval mode it takes the running mean away. Which of the two
#    is a parameter?
# 3. Write a low-rank `Bilinear`: $W_{ijk} = \sum_r U_{ir} V_{jr} C_{rk}$, without ever making the
#    large tensor. How many parameters has it for 784 inputs, 10 outputs and rank 20? Train it on
#    Fashion-MNIST.
# 4. Write the inverse of `HalfSpectrum`. Does its `forward` need to know n? Try n = 5 and n = 4.
# 5. Put `CenteredLayer` into a network for Fashion-MNIST and compare the test accuracy with batches
#    of 256 and of 1. Then do the same with `CenteredRows`.
# 6. `not_trained` says which parameters get no gradient from *this* X. Write `never_trained`, which
#    asks for several batches, and try it on a network with an `if` in its `forward`.
# 7. Write a function with a backward pass of its own (`torch.autograd.Function`): the identity that
#    multiplies gradients by -1. What is a layer like that good for?
#
# ## Summary
#
# - A layer is a module with a `forward`. It composes with all other modules, whoever wrote them.
# - Say over which axis a layer works. A mean over everything lets examples change each other.
# - A floating-point zero is small beside the numbers that went in. Tolerances are relative.
# - `nn.Parameter` registers; a sensible start is the layer's own duty.
# - `.data`, `detach()`, `item()` and their like give the right numbers and no gradient. Count the
#   parameters, and then ask which of them a gradient reaches.
# - Products of inputs (`Bilinear`) and coefficients (`HalfSpectrum`) say what sums cannot.
# - `self.training` is the mode, `extra_repr` the print, `__init__` the place to refuse.
#
# ## Further reading
#
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on custom
#   layers.
# - J. L. Ba, J. R. Kiros, G. E. Hinton: *Layer normalization*. 2016. (What became of `CenteredRows`.)
# - D. Goldberg: *What every computer scientist should know about floating-point arithmetic*. ACM
#   Computing Surveys 23, 1991.
# - T.-Y. Lin, A. RoyChowdhury, S. Maji: *Bilinear CNN models for fine-grained visual recognition*.
#   ICCV 2015.
# - J. Lee-Thorp, J. Ainslie, I. Eckstein, S. Ontañón: *FNet: mixing tokens with Fourier transforms*.
#   NAACL 2022. (A Fourier transform as a layer of a large network.)
#
# Before this chapter: *Parameters* (chapter 8). Next: *Saving and loading* (chapter 10), where what
# your layers have learnt survives the kernel.
