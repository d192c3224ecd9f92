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
#     title: Numerical stability
#     minutes: 130
#     points: 50
# ---

# %% [markdown]
# # Numerical stability
#
# Until now, `backward()` was a word of magic, and the start of a network was one line that somebody
# else had chosen. In this chapter you open both. You compute the gradients of a network with your
# own hands, see that they are long products, and find out what long products do: they vanish or
# they explode. Then you derive the two starts that most networks of today begin with.
#
# **You will be able to**
#
# - run a backward pass by hand, penalty included, and agree with autograd to the last digits
# - say what training keeps in memory that prediction does not
# - tell from the weights whether gradients will vanish or explode, and show it in numbers
# - say which hidden units can never differ, and what sets them apart
# - derive Xavier's and He's initialisation from their conditions
# - name the three cures, and clip a gradient without turning it.
#
# **Time**: about 130 minutes. **Points**: 50. You need matrix products, the chain rule, and an MLP
# with cross-entropy, as in the fourth chapter of *Dive into Deep Learning* (d2l).

# %%
import itertools
import math

import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn
from torch.nn import functional as F

from grader import chapter
from lab import fashion_mnist, show_figure, try_device

check, hint = chapter(5)  # after a restart, run this cell again
device = try_device()
print(f"PyTorch {torch.__version__}, computing on {device}")

# %% [markdown]
# ## Forward: a network as a graph
#
# One hidden layer, a batch of $n$ examples, one row each. Every line is one operation:
#
# $$
# \begin{aligned}
# \mathbf{Z} &= \mathbf{X} \mathbf{W}_1 + \mathbf{b}_1, \qquad
# \mathbf{H} = \phi(\mathbf{Z}), \qquad
# \mathbf{O} = \mathbf{H} \mathbf{W}_2 + \mathbf{b}_2, \\
# L &= \frac{1}{n} \sum_{i=1}^{n} \ell\left(\mathbf{o}^{(i)}, y^{(i)}\right), \qquad
# s = \frac{\lambda}{2}\left(\|\mathbf{W}_1\|_F^2 + \|\mathbf{W}_2\|_F^2\right), \qquad
# J = L + s .
# \end{aligned}
# $$
#
# $\phi$ is the activation and works element by element, $\ell$ is the cross-entropy of one example,
# and $s$ is the L2 penalty of chapter 4, on the weights and not on the biases.
# $\|\mathbf{W}\|_F^2$ is the sum of the squares of all elements.
#
# Draw an arrow from each thing to what is computed from it, and you have the **computational
# graph**:


# %% tags=["demo"]
def draw_graph():
    """The computational graph of the network, penalty included."""
    _, axes = plt.subplots(figsize=(8.5, 2.9))
    places = {
        "X": (0, 1), "Z": (2, 1), "H": (4, 1), "O": (6, 1), "L": (8, 1), "J": (10, 1),
        "b1": (2, 2), "b2": (6, 2), "y": (8, 2), "W1": (1, 0), "W2": (5, 0), "s": (9, 0),
    }  # fmt: skip
    arrows = {
        "X": "Z", "b1": "Z", "Z": "H", "H": "O", "b2": "O", "O": "L", "y": "L", "L": "J", "s": "J",
        "W1": "Z s", "W2": "O s",
    }  # fmt: skip
    for begin, ends in arrows.items():
        for end in ends.split():
            bend = 0.2 if (begin, end) == ("W1", "s") else 0
            style = {"arrowstyle": "-|>", "shrinkA": 13, "shrinkB": 13}
            style["connectionstyle"] = f"arc3,rad={bend}"
            axes.annotate("", places[end], places[begin], arrowprops=style)
    for name, (x, y) in places.items():
        learnt = name[0] in "Wb"
        box = {"boxstyle": "square" if learnt else "circle", "facecolor": "white"}
        axes.text(x, y, name, ha="center", va="center", bbox=box)
    axes.set_xlim(-0.6, 10.6)
    axes.set_ylim(-0.9, 2.5)
    axes.axis("off")
    show_figure(
        "The computational graph. Upper row, from left to right: X, Z, H, O, L, J. W1 and b1 lead "
        "to Z, W2 and b2 lead to O, y leads to L. W1 and W2 lead to the penalty s as well, and s leads to J."
    )


draw_graph()

# %% [markdown]
# Squares are learnt, circles are not. The forward pass follows the arrows. The backward pass goes
# against them, and asks each thing on its way: if you grew a little, by how much would $J$ grow?
#
# ## Backward: three rules
#
# Write $\partial\mathbf{A}$ for $\partial J / \partial \mathbf{A}$. It has the shape of
# $\mathbf{A}$, for $J$ is one number. Three rules are enough here.
#
# 1. **Product.** For $\mathbf{C} = \mathbf{A}\mathbf{B}$: $\;\partial\mathbf{A} =
#    \partial\mathbf{C}\, \mathbf{B}^\top$ and $\partial\mathbf{B} = \mathbf{A}^\top
#    \partial\mathbf{C}$. (No need to remember it: no other order fits the shapes.)
# 2. **Activation.** For $\mathbf{H} = \phi(\mathbf{Z})$: $\;\partial\mathbf{Z} =
#    \partial\mathbf{H} \odot \phi'(\mathbf{Z})$, element by element.
# 3. **Use it twice, add twice.** A thing with two arrows out of it gets the sum of what comes back
#    on both. A weight gets one part from $L$ and one from $s$. And a bias, which is added to all
#    $n$ rows, gets the sum of $n$ rows.
#
# The first step needs the loss. With the cross-entropy of a softmax, and $\mathbf{Y}$ for the
# labels as one-hot rows, it is short:
#
# $$
# \partial\mathbf{O} = \frac{1}{n}\left(\mathrm{softmax}(\mathbf{O}) - \mathbf{Y}\right):
# $$
#
# what the network believes, minus what is true. Now notice what the rules read on the way back:
# $\mathbf{X}$, $\mathbf{H}$, the slope $\phi'(\mathbf{Z})$, $\mathbf{O}$, and the weights. So the
# forward pass had better store them.


# %%
def forward(params, X, phi, phi_grad):
    """Logits O (n, num_outputs), and what the backward pass will need: H and slope (n, num_hiddens)."""
    W1, b1, W2, b2 = params
    Z = X @ W1 + b1
    H, slope = phi(Z), phi_grad(Z)
    return H @ W2 + b2, H, slope


# %% [markdown]
# ### Exercise: `backward_by_hand` (8 points, hard, 20 minutes)
#
# Two functions, without autograd:
#
# 1. `loss_grad(logits, y)`: the gradient of the mean cross-entropy with respect to the logits.
#    `logits`: float tensor (n, k); `y`: labels (n,), whole numbers from 0 to k − 1. Returns
#    (n, k). Logits may be as large as 1000.
# 2. `backward_by_hand(dO, X, H, slope, W1, W2, lambd)`: the gradients of $J$ for all parameters.
#    - `dO` (n, num_outputs): $\partial\mathbf{O}$, with the $1/n$ of the mean already in it
#    - `X` (n, num_inputs), `H` and `slope` (n, num_hiddens): what the forward pass has stored. Which
#      activation it was, you are not told; `slope` is all that you need of it.
#    - `W1` (num_inputs, num_hiddens), `W2` (num_hiddens, num_outputs); `lambd`: λ
#    - Returns new tensors `(dW1, db1, dW2, db2)` in the shapes of the parameters. What was given
#      stays as it is.
#
# Examples: `loss_grad(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))` gives
# `tensor([[ 0.5000, -0.5000]])`. And for a network with one of everything, `dO = [[2.]]`,
# `X = [[3.]]`, `H = [[0.5]]`, `slope = [[0.25]]`, `W1 = [[1.]]`, `W2 = [[4.]]` and `lambd = 0.1`,
# what arrives at $\mathbf{Z}$ is $2 \cdot 4 \cdot 0.25 = 2$, so `dW1` is
# $3 \cdot 2 + 0.1 \cdot 1 = 6.1$ and `db1` is 2; `dW2` is $0.5 \cdot 2 + 0.1 \cdot 4 = 1.4$ and
# `db2` is 2.


# %% exercise="backward_by_hand"
def loss_grad(logits, y):
    """Gradient of the mean cross-entropy with respect to logits (n, k) for labels y (n,)."""
    ### BEGIN SOLUTION
    probabilities = torch.softmax(logits, dim=1)
    return (probabilities - F.one_hot(y, logits.shape[1])) / len(y)
    ### END SOLUTION


def backward_by_hand(dO, X, H, slope, W1, W2, lambd):
    """(dW1, db1, dW2, db2): gradients of the mean loss plus lambd/2 times the squared norms of W1, W2."""
    ### BEGIN SOLUTION
    dW2 = H.T @ dO + lambd * W2
    dZ = dO @ W2.T * slope
    dW1 = X.T @ dZ + lambd * W1
    return dW1, dZ.sum(dim=0), dW2, dO.sum(dim=0)
    ### END SOLUTION


# %% check="backward_by_hand"
check("backward_by_hand")

# %% [markdown] remarks="backward_by_hand"
# Softmax and cross-entropy are differentiated together, because their product is so much simpler
# than its factors: probabilities minus the one-hot labels. `torch.softmax` takes the largest logit
# away first, so 1000 is no danger. `dZ` is computed once and used twice, as autograd does with
# every gradient that arrives at a node. There is no gradient for `X`, as nobody asked; autograd
# leaves it out for the same reason. `F.one_hot` makes a table of n × k integers; for a vocabulary
# of 50,000 words, subtract 1 at `[range(n), y]` instead. To check a backward pass without a second
# derivation, there is `torch.autograd.gradcheck`, in float64.

# %% [markdown]
# Now against autograd, on a batch of real pictures, with two activations. Autograd does what you
# did: the same rules, the same numbers.


# %%
def relu_grad(Z):
    """1 where Z is above 0, and 0 elsewhere (PyTorch says 0 at 0 as well)."""
    return (Z > 0).to(Z.dtype)


def tanh_grad(Z):
    """1 - tanh(Z)**2."""
    return 1 - torch.tanh(Z) ** 2


# %% tags=["demo"]
torch.manual_seed(0)
batch_size, lambd = 256, 0.01
train_iter, test_iter = fashion_mnist(batch_size, device=device)
X, y = next(iter(train_iter))
X = X.flatten(1)
sizes = (784, 256), (256,), (256, 10), (10,)
for name, phi, phi_grad in (("ReLU", torch.relu, relu_grad), ("tanh", torch.tanh, tanh_grad)):
    params = [(0.05 * torch.randn(size, device=device)).requires_grad_(True) for size in sizes]
    O, H, slope = forward(params, X, phi, phi_grad)
    penalty = lambd / 2 * (params[0] ** 2).sum() + lambd / 2 * (params[2] ** 2).sum()
    (F.cross_entropy(O, y) + penalty).backward()
    W1, _, W2, _ = (p.detach() for p in params)
    with torch.no_grad():
        mine = backward_by_hand(loss_grad(O, y), X, H, slope, W1, W2, lambd)
    gaps = [
        f"{((g - p.grad).abs().max() / p.grad.abs().max()).item():.0e}"
        for g, p in zip(mine, params, strict=True)
    ]
    print(f"{name}, largest relative difference in W1, b1, W2, b2:", *gaps)

# %% [markdown]
# ## What training keeps in memory
#
# Prediction may forget a layer as soon as the next one is computed. Training may not: `X` and `H`
# come back in `dW1` and `dW2`. Every layer's activations wait in memory until the backward pass
# has come by, one row for each example. That is why a batch that is fine for prediction may be too
# large to train with, and why training memory grows with the depth.
#
# What exactly is kept? Take an MLP with ReLU and cross-entropy:
#
# - each linear layer keeps its input, for $\partial\mathbf{W} = \mathbf{H}^\top \partial\mathbf{O}$
# - ReLU needs to know where it was positive, and that can be seen from its output, which the next
#   layer keeps anyway
# - the cross-entropy keeps (log-)probabilities, in the shape of the outputs.
#
# ### Exercise: `kept_for_backward` (2 points, easy, 5 minutes, optional)
#
# Write `kept_for_backward(batch_size, sizes)`: how many numbers wait for the backward pass, the
# parameters and the labels not counted.
#
# - `sizes`: a list of whole numbers, the units of each layer: inputs, hidden layers in their order,
#   outputs.
# - Returns a whole number.
#
# Example: `kept_for_backward(2, [3, 4, 2])` gives 18: for each of 2 examples, 3 inputs, 4 hidden
# units and 2 outputs.


# %% exercise="kept_for_backward"
def kept_for_backward(batch_size, sizes):
    """How many numbers an MLP with ReLU and cross-entropy keeps for its backward pass."""
    ### BEGIN SOLUTION
    return batch_size * sum(sizes)
    ### END SOLUTION


# %% check="kept_for_backward"
check("kept_for_backward")

# %% [markdown] remarks="kept_for_backward"
# A hidden layer is counted once, although two operations need it: ReLU's output *is* the next
# layer's input, one piece of memory. With GELU it would be two, since its derivative needs what
# went in. The formula says what to do when memory runs out: halve the batch, or keep less.
# `torch.utils.checkpoint` keeps only every few layers, and computes the others a second time on the
# way back. That costs about one more forward pass, which is often a good bargain.

# %% [markdown]
# PyTorch can be asked. A hook sees every tensor that autograd stores; we count each piece of memory
# once, and leave out parameters and labels:


# %% tags=["demo"]
def numbers_kept(net, X, y):
    """How many floating-point numbers autograd keeps for the backward pass of one batch."""
    own = {p.data_ptr() for p in net.parameters()}
    kept = {}

    def note(tensor):
        if tensor.is_floating_point() and tensor.data_ptr() not in own:
            kept[tensor.data_ptr()] = tensor  # held, so that no other tensor gets this place
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        F.cross_entropy(net(X), y)
    return sum(tensor.numel() for tensor in kept.values() if tensor.dim() > 0)


print("hidden layers   counted   your formula   parameters   two largest neighbours")
for depth in (1, 2, 8):
    sizes = [784, *[256] * depth, 10]
    pairs = list(itertools.pairwise(sizes))
    layers = [layer for a, b in pairs for layer in (nn.ReLU(), nn.Linear(a, b))][1:]
    net = nn.Sequential(*layers).to(device)
    print(
        f"{depth:13} {numbers_kept(net, X, y):9,} {kept_for_backward(len(X), sizes):14,} "
        f"{sum(p.numel() for p in net.parameters()):12,} {len(X) * max(a + b for a, b in pairs):24,}"
    )

# %% [markdown]
# The last column is what prediction needs at one time: two neighbouring layers, however deep the
# network is. What training keeps grows with depth, and with the batch. The parameters do not know
# how large the batch is.
#
# ## Long products
#
# In a deep network the rules repeat. Written for one example, layer $l$ maps
# $\mathbf{h}^{(l-1)}$ to $\mathbf{h}^{(l)}$, and the gradient that reaches layer $l$ of $L$ is a
# product of Jacobians:
#
# $$
# \frac{\partial \mathbf{o}}{\partial \mathbf{W}^{(l)}}
# = \underbrace{\frac{\partial \mathbf{h}^{(L)}}{\partial \mathbf{h}^{(L-1)}}}_{\mathbf{M}^{(L)}}
# \cdots
# \underbrace{\frac{\partial \mathbf{h}^{(l+1)}}{\partial \mathbf{h}^{(l)}}}_{\mathbf{M}^{(l+1)}}
# \;
# \frac{\partial \mathbf{h}^{(l)}}{\partial \mathbf{W}^{(l)}},
# \qquad
# \mathbf{M}^{(k)} = \mathrm{diag}\left(\phi'(\mathbf{z}^{(k)})\right) \mathbf{W}^{(k)\top} .
# $$
#
# $L - l$ matrices. One number multiplied by itself a hundred times is huge, or nothing, unless it is
# very near 1. Matrices are no better. There are two suspects in each factor: the slope, and the
# weights.
#
# ### The slope: vanishing gradients
#
# For a long time the standard activation was the sigmoid, $\sigma(x) = 1 / (1 + e^{-x})$. It looks
# like a neuron that fires or does not. What is its slope?
#
# ### Exercise: `sigmoid_grad` (2 points, easy, 5 minutes)
#
# Write `sigmoid_grad(x)`: the derivative of the sigmoid at $x$, from a formula and not from
# autograd.
#
# - `x`: float tensor of any shape, with numbers as far out as ±300. Returns a tensor of that shape,
#   without NaN.
#
# Example: `sigmoid_grad(torch.tensor([0.0, 2.0]))` gives `tensor([0.2500, 0.1050])`.


# %% exercise="sigmoid_grad"
def sigmoid_grad(x):
    """The derivative of the sigmoid at x, element by element."""
    ### BEGIN SOLUTION
    s = torch.sigmoid(x)
    return s * (1 - s)
    ### END SOLUTION


# %% check="sigmoid_grad"
check("sigmoid_grad")

# %% [markdown] remarks="sigmoid_grad"
# `s * (1 - s)` reuses what is there, one exponential for both. Its weak side is the right one: at
# 20, float32 rounds the sigmoid to 1, and the derivative becomes 0 where 2 · 10⁻⁹ is right; at −20
# all digits are there. `torch.sigmoid(x) * torch.sigmoid(-x)` keeps its digits on both sides, at
# the price of a second exponential. Autograd uses the first form, and has the same flaw. It does
# not matter in training, where such a gradient moves nothing either way, and it is good to know
# when you compare.

# %% [markdown]
# The book draws both curves, the gradient from autograd. Yours is the same:

# %% tags=["demo"]
x = torch.arange(-8.0, 8.1, 0.1, requires_grad=True)
s = torch.sigmoid(x)
s.backward(torch.ones_like(x))
d2l.plot(
    x.detach().numpy(),
    [s.detach().numpy(), x.grad.numpy()],
    xlabel="x",
    legend=["sigmoid", "gradient"],
    figsize=(4.5, 2.5),
)
show_figure(
    "The sigmoid rises from 0 to 1 between -8 and 8. Its gradient is a low hill with its top of "
    "0.25 at 0, and nearly 0 from -5 to the left and from 5 to the right.",
)
print(f"largest difference from autograd: {(sigmoid_grad(x.detach()) - x.grad).abs().max():.0e}")
print("slope at 0, 2, 5:", [round(v, 4) for v in sigmoid_grad(torch.tensor([0.0, 2, 5])).tolist()])

# %% [markdown]
# Two troubles. On both flanks the slope is next to nothing: 0.0066 at 5. A unit that has been
# pushed there hardly learns any more. And even at its best place, the slope is 1/4. Ten layers
# multiply ten slopes, at most $(1/4)^{10}$, about $10^{-6}$. To make up for it, the weights would have to be
# large; but large weights push the units onto the flanks.
#
# ReLU has slope 1 where it is positive, at any distance. That is one reason why it took over. It
# takes care of one suspect. The other one stays.
#
# ### The weights: exploding gradients
#
# Forget the activations. As the book does, multiply 100 matrices of standard normal numbers:

# %% tags=["demo"]
torch.manual_seed(1)
M = torch.normal(0, 1, size=(4, 4))
print("a single matrix\n", M)
for _ in range(100):
    M = M @ torch.normal(0, 1, size=(4, 4))
print("after multiplying by 100 more\n", M)

# %% [markdown]
# No single number was large. But every element of a product is a sum of $n$ products, and sums of
# random numbers grow: if the elements of $\mathbf{A}$ and $\mathbf{B}$ are independent with mean 0,
# and $\mathbf{B}$'s have the standard deviation $\sigma$, then each element of
# $\mathbf{A}\mathbf{B}$ has $n\sigma^2$ times the variance of an element of $\mathbf{A}$. Here
# that is 4 in each step.
#
# To look at such products we need them without overflow: 32-bit floats end near $10^{38}$. The
# trick is as old as computing. Keep the *direction* of the product, with norm 1, and its *size* as
# a logarithm:
#
# $$
# \log \| c\, \mathbf{P} \| = \log c + \log \|\mathbf{P}\| .
# $$
#
# ### Exercise: `product_of_matrices` (6 points, medium, 15 minutes)
#
# Two functions:
#
# 1. `product_of_matrices(Ms)`: for `Ms`, a float tensor (T, n, n), the natural logarithms of the
#    norms of $\mathbf{M}_1$, $\mathbf{M}_1\mathbf{M}_2$, …, $\mathbf{M}_1 \cdots \mathbf{M}_T$. The
#    norm is the Frobenius norm, the root of the sum of all squares. Returns a list of T numbers.
#    There may be hundreds of factors, and the products may be far too large or too small for any
#    float.
# 2. `stable_std(n)`: the standard deviation for the elements of n × n matrices with which the
#    variance neither grows nor shrinks, $n\sigma^2 = 1$. Returns a number.
#
# Example: `product_of_matrices(torch.stack([2 * torch.eye(2)] * 3))` gives about
# `[1.0397, 1.7329, 2.4260]`, the logs of √2 times 2, 4 and 8. `stable_std(4)` gives 0.5.


# %% exercise="product_of_matrices"
def product_of_matrices(Ms):
    """Natural logs of the Frobenius norms of M1, M1 M2, ..., for Ms (T, n, n), without overflow."""
    ### BEGIN SOLUTION
    P, log_norm, logs = torch.eye(Ms.shape[1]), 0.0, []
    for M in Ms:
        P = P @ M
        norm = P.norm()
        P = P / norm
        log_norm += math.log(norm)
        logs.append(log_norm)
    return logs
    ### END SOLUTION


def stable_std(n):
    """The standard deviation that keeps the variance in products of n x n matrices."""
    ### BEGIN SOLUTION
    return 1 / n**0.5
    ### END SOLUTION


# %% check="product_of_matrices"
check("product_of_matrices")

# %% [markdown] remarks="product_of_matrices"
# Each step divides by the norm and notes its logarithm, so nothing is ever larger than a single
# factor makes it. Float64 alone would only postpone the end: 1,024 doublings, and it overflows as
# well. The logarithms are added as Python's floats, with 16 digits. A product that is exactly 0 has
# no logarithm, and `math.log` raises; for random factors that never happens. If you want to know
# how *all* directions grow, and not the fastest alone, replace the division by a `torch.linalg.qr`
# in each step. The slopes are then called Lyapunov exponents.

# %% tags=["demo"]
torch.manual_seed(2)
n, T = 64, 100
fig, axes = plt.subplots(figsize=(6.5, 3.2))
told = []
for factor, line in ((2, "-"), (1, "--"), (0.5, ":")):
    Ms = factor * stable_std(n) * torch.randn(T, n, n)
    decades = [value / math.log(10) for value in product_of_matrices(Ms)]
    axes.plot(range(1, T + 1), decades, line, label=f"std = {factor:g} / √n")
    told.append(f"with {factor:g} / √n to {decades[-1]:.1f}")
axes.set_xlabel("number of factors")
axes.set_ylabel("log10 of the norm")
axes.grid(alpha=0.3)
axes.legend()
print(f"log10 of the norm after {T} factors: {', '.join(told)}")
show_figure(
    "Log10 of the norm of a product of up to 100 random 64 x 64 matrices, by the number of factors: "
    f"three straight lines from about 1. After 100 factors, {', '.join(told)}."
)

# %% [markdown]
# Straight lines on a log scale: growth and decay are exponential, and only one slope is flat. A
# factor of 2 in the weights is 30 decades after 100 layers, in either direction.
#
# One honest remark. $n\sigma^2 = 1$ keeps the *mean* of the squared norm. A single product
# wanders, and since a few very large ones hold up the mean, a typical one falls behind, the more so
# the narrower the matrices are:

# %% tags=["demo"]
torch.manual_seed(3)
for n in (4, 16, 64):
    ends = [
        product_of_matrices(stable_std(n) * torch.randn(100, n, n))[-1] / math.log(10)
        for _ in range(20)
    ]
    print(f"n = {n:2}: log10 of the norm after 100 factors, median of 20: {sorted(ends)[10]:5.1f}")

# %% [markdown]
# ## Symmetry
#
# Before we choose a size for the random numbers: why random at all? Suppose all weights of a hidden
# layer start with the same number. Every hidden unit then computes the same, so every one of them
# gets the same gradient, takes the same step, and all are the same again. The layer has 256 units
# and is worth one.
#
# Call two hidden units **twins** when all their numbers agree: what comes in (a column of
# $\mathbf{W}_1$), the bias, and what goes out (a row of $\mathbf{W}_2$). Look at your backward pass:
# the columns of `dO @ W2.T` agree for them, so do their slopes, so do their columns of `dW1` and their
# rows of `dW2`. Twins stay twins for ever, whatever the data, the loss and the activation are. If one
# number differs, however little, they are different already, and gradients may drive them apart.
#
# ### Exercise: `is_symmetric` (4 points, medium, 10 minutes)
#
# Write `is_symmetric(W1, b1, W2)`: are there two hidden units that can never differ?
#
# - `W1` (num_inputs, num_hiddens), `b1` (num_hiddens,), `W2` (num_hiddens, num_outputs).
# - Returns `True` when at least two hidden units are twins, `False` otherwise. They need not stand
#   side by side. Equal means equal, not nearly so.
#
# Example: with `W1 = [[1., 1.]]`, `b1 = [0., 0.]` and `W2 = [[2.], [2.]]` it is `True`; with
# `W2 = [[2.], [3.]]` it is `False`, because the two get different gradients in the first step.


# %% exercise="is_symmetric"
def is_symmetric(W1, b1, W2):
    """Whether two hidden units agree in all their numbers, so that no gradient step sets them apart."""
    ### BEGIN SOLUTION
    units = torch.cat([W1.T, b1[:, None], W2], dim=1)
    return len(torch.unique(units, dim=0)) < len(units)
    ### END SOLUTION


# %% check="is_symmetric"
check("is_symmetric")

# %% [markdown] remarks="is_symmetric"
# All numbers of a unit become one row, and the question becomes whether a row occurs twice.
# `torch.unique` sorts the rows, which for m units takes about m log m comparisons; a double loop
# over pairs takes m² and is fine for eight. A tolerance would be wrong, because units that differ
# by a hair are drifting apart already. There is a gentler symmetry that no start can break:
# exchange two units with all their weights, and the function is the same. So each minimum of a
# layer with m units has m! copies.

# %% [markdown]
# Does training agree? Eight hidden units on a small problem, 500 steps, three ways. The last column
# says how far the two units that differ most are apart.


# %% tags=["demo"]
def train_small(constant, dropout):
    """Train 500 steps; return is_symmetric before, the loss after, and how far hidden units are apart."""
    torch.manual_seed(4)
    X = torch.randn(128, 6)
    y = (X[:, 0] * X[:, 1] > 0).long()
    net = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 2))
    for layer in (net[0], net[3]):
        nn.init.constant_(layer.weight, 0.3) if constant else nn.init.normal_(layer.weight, 0, 0.3)
        nn.init.zeros_(layer.bias)
    before = is_symmetric(net[0].weight.detach().T, net[0].bias.detach(), net[3].weight.detach().T)
    updater = torch.optim.SGD(net.parameters(), lr=0.5)
    for _ in range(500):
        updater.zero_grad()
        F.cross_entropy(net(X), y).backward()
        updater.step()
    net.eval()
    W1 = net[0].weight.detach()
    return before, F.cross_entropy(net(X), y).item(), (W1.amax(0) - W1.amin(0)).max().item()


print("start      dropout   symmetric at the start   loss   units apart")
for start, constant, dropout in (
    ("constant", True, 0.0),
    ("random", False, 0.0),
    ("constant", True, 0.2),
):
    before, loss, apart = train_small(constant, dropout)
    print(f"{start:10} {dropout:7} {before!s:>24} {loss:6.2f} {apart:13.4f}")

# %% [markdown]
# From a constant start, gradient descent alone does not tell the units apart (the last digits of
# rounding aside), and eight units learn as little as one: the loss of no idea would be
# $\log 2 \approx 0.69$. A random start breaks the symmetry before the first step. And dropout breaks
# it during training: a mask that takes one twin and leaves the other gives them different gradients.
#
# ### Question: all the same (3 points, medium, 8 minutes)
#
# A network with two hidden layers of 256 units starts with all weights 0.5 and all biases 0, and is
# trained by minibatch SGD with weight decay. How many different units does each hidden layer have
# after training, and why? Do shuffled minibatches or weight decay change that? Name two things
# that do. Three to five sentences.

# %% [markdown] answer="all_the_same" points=3
# One in each hidden layer. All units of a layer have the same incoming weights, the same bias and
# the same outgoing weights, so in every batch they have the same activations and the same
# gradients, and they are the same after the step; by induction, after every step. Shuffling
# changes which examples a batch has, but all units see the same batch. Weight decay multiplies
# all weights by the same factor. What breaks it: a random start (of either the incoming or the outgoing
# weights), or noise that differs from unit to unit, such as dropout.
#
# *Marking: 1 point for one unit a layer with the reason (same activations and same gradients,
# so same after each step); 1 point for saying of both shuffling and weight decay that they treat
# all units alike; 1 point for two remedies that treat units differently. "Noise" without "different
# for each unit" is not enough.*

# %% [markdown]
# ## Xavier: a size for the random numbers
#
# So weights are drawn at random. How large? Take one linear layer,
# $o_i = \sum_{j=1}^{n_\mathrm{in}} w_{ij} x_j$, without activation. The weights are independent with
# mean 0 and variance $\sigma^2$; the inputs are independent of them, with mean 0 and variance
# $\gamma^2$. Then
#
# $$
# E[o_i] = 0, \qquad
# \mathrm{Var}[o_i] = \sum_{j=1}^{n_\mathrm{in}} E[w_{ij}^2]\, E[x_j^2]
# = n_\mathrm{in}\, \sigma^2 \gamma^2 .
# $$
#
# (Mixed terms vanish, since different weights are independent with mean 0.) The signal keeps its
# variance when $n_\mathrm{in} \sigma^2 = 1$: it is `stable_std` again. Backwards the same layer
# multiplies by the transposed matrix, and there each sum has $n_\mathrm{out}$ terms: gradients
# keep their variance when $n_\mathrm{out} \sigma^2 = 1$. Unless the layer is square, no σ does both.
# Xavier Glorot and Yoshua Bengio met in the middle:
#
# $$
# \frac{1}{2} \left(n_\mathrm{in} + n_\mathrm{out}\right) \sigma^2 = 1 .
# $$
#
# ### Exercise: `xavier_std` (2 points, easy, 3 minutes)
#
# Write `xavier_std(n_in, n_out)`: σ from this condition. Both are whole numbers; returns a number.
#
# Example: `xavier_std(784, 256)` gives about 0.0439.


# %% exercise="xavier_std"
def xavier_std(n_in, n_out):
    """The standard deviation of Xavier's initialisation."""
    ### BEGIN SOLUTION
    return (2 / (n_in + n_out)) ** 0.5
    ### END SOLUTION


# %% check="xavier_std"
check("xavier_std")

# %% [markdown] remarks="xavier_std"
# The mean of the two sizes stands in the middle of two wishes, and grants neither unless they
# agree. `math.sqrt` gives the same number; a power of 0.5 needs no import. `nn.init.xavier_normal_`
# reads the sizes off the weight, and multiplies by a `gain`, 5/3 for tanh, according to
# `nn.init.calculate_gain`. In a convolution the sizes are channels times the area of the kernel.
# Work out σ for 784 → 10: which direction has to suffer?

# %% [markdown]
# The derivation asks for mean 0 and for a variance, not for a normal distribution. A uniform one will
# do. Between $-a$ and $a$ the variance is
#
# $$
# \frac{1}{2a} \int_{-a}^{a} w^2\, dw = \frac{a^2}{3} .
# $$
#
# ### Exercise: `xavier_uniform_bound` (2 points, easy, 4 minutes)
#
# Write `xavier_uniform_bound(n_in, n_out)`: the $a$ for which weights drawn uniformly from
# $(-a, a)$ have Xavier's variance. Returns a number.
#
# Example: `xavier_uniform_bound(784, 256)` gives about 0.0760.


# %% exercise="xavier_uniform_bound"
def xavier_uniform_bound(n_in, n_out):
    """The bound a of the uniform distribution on (-a, a) with the variance of Xavier's initialisation."""
    ### BEGIN SOLUTION
    return (6 / (n_in + n_out)) ** 0.5
    ### END SOLUTION


# %% check="xavier_uniform_bound"
check("xavier_uniform_bound")

# %% [markdown] remarks="xavier_uniform_bound"
# √3 times the standard deviation, since a uniform distribution on (−a, a) has the variance a²/3.
# What it has over the normal one is that no weight is ever surprisingly large. A third way is a
# normal distribution with its tails cut off, `nn.init.trunc_normal_`, and it has a trap: its bounds
# are −2 and 2 in plain numbers, not in standard deviations, so for `std=0.02` nothing is cut at
# all. Compare your bound with ±1/√n_in, from which `nn.Linear` draws: for equal sizes Xavier's is
# √3 times as wide.

# %% [markdown]
# ## He: the same for ReLU
#
# Xavier left the activation out. tanh near 0 is nearly the identity, so that is fair; ReLU is not.
# Let $z$ be symmetric around 0, and $h = \max(z, 0)$. Half of the mean square is gone:
#
# $$
# E[h^2] = \frac{1}{2} E[z^2] = \frac{1}{2} \mathrm{Var}[z] .
# $$
#
# The next layer computes $z'_i = \sum_j w_{ij} h_j$, and as the weights have mean 0,
# $\mathrm{Var}[z'_i] = n_\mathrm{in} \sigma^2 E[h^2]$. (It is the mean square of $h$ that counts,
# not its variance: $h$ has not mean 0.) So the variance stays from layer to layer when
#
# $$
# \frac{1}{2}\, n_\mathrm{in}\, \sigma^2 = 1 .
# $$
#
# ### Exercise: `he_std` (2 points, easy, 3 minutes)
#
# Write `he_std(n_in)`: σ from this condition. Returns a number.
#
# Example: `he_std(784)` gives about 0.0505.


# %% exercise="he_std"
def he_std(n_in):
    """The standard deviation of He's initialisation, for layers with ReLU."""
    ### BEGIN SOLUTION
    return (2 / n_in) ** 0.5
    ### END SOLUTION


# %% check="he_std"
check("he_std")

# %% [markdown] remarks="he_std"
# The factor 2 pays for the half that ReLU throws away, and only the inputs count, because the
# derivation looks forward. For a leaky ReLU with slope a the 2 becomes 2 / (1 + a²).
# `nn.init.kaiming_normal_` does all this; its `mode="fan_out"` keeps the size of gradients instead,
# and in a network whose layers are alike both choices agree. Blocks with a path around them are
# another matter, since variances add up from block to block. There one often begins with blocks
# that contribute nothing, their last layer at 0.

# %% [markdown]
# PyTorch has all three, in place and with an underscore:

# %% tags=["demo"]
torch.manual_seed(5)
w = torch.empty(256, 784)  # nn.Linear keeps its weight as (n_out, n_in)
print(f"xavier_normal_   std {nn.init.xavier_normal_(w).std():.4f}   {xavier_std(784, 256):.4f}")
bound = xavier_uniform_bound(784, 256)
print(f"xavier_uniform_  max {nn.init.xavier_uniform_(w).max():.4f}   {bound:.4f}")
nn.init.kaiming_normal_(w, nonlinearity="relu")
print(f"kaiming_normal_  std {w.std():.4f}   {he_std(784):.4f}")
w = nn.Linear(784, 256).weight
print(f"nn.Linear itself max {w.max():.4f}   1/√784 = {784**-0.5:.4f}")

# %% [markdown]
# The last line is what `nn.Linear` does when nobody asks: uniform between
# $\pm 1/\sqrt{n_\mathrm{in}}$, a variance of $1/(3 n_\mathrm{in})$. A third of what a linear layer
# needs, a sixth of what ReLU needs. In a shallow network nobody notices.
#
# ## Find the bug: Xavier, it says
#
# Code like this has been published more than once (retold in our words).


# %%
def published_init(m):
    """Xavier initialisation, as published: for net.apply."""
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, mean=0, std=2 / (m.in_features + m.out_features))
        nn.init.zeros_(m.bias)


# %% [markdown]
# ### Exercise: `find_the_init_bug` (4 points, medium, 10 minutes)
#
# Three small functions:
#
# 1. `wrong_sizes()`: returns `(n_in, n_out)` for which the weights come out ten times too small or
#    worse, compared with Xavier's σ.
# 2. `published_factor(n)`: by which factor the *variance* of a signal changes in each linear layer
#    with n inputs and n outputs (no activation, no bias), when the published function has drawn its
#    weights.
# 3. `fixed_init(m)`: the published function, fixed: normal weights with Xavier's σ in each
#    `nn.Linear`, biases 0, everything else left alone.
#
# Example: with Xavier's σ the factor in the second function would be 1, for every n.


# %% exercise="find_the_init_bug"
def wrong_sizes():
    """(n_in, n_out) for which the published standard deviation is ten times too small, or worse."""
    ### BEGIN SOLUTION
    return 100, 100
    ### END SOLUTION


def published_factor(n):
    """The factor of the variance in one layer with n inputs and n outputs after published_init."""
    ### BEGIN SOLUTION
    return 1 / n
    ### END SOLUTION


def fixed_init(m):
    """Xavier initialisation for net.apply: normal weights, biases 0."""
    ### BEGIN SOLUTION
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=xavier_std(m.in_features, m.out_features))
        nn.init.zeros_(m.bias)
    ### END SOLUTION


# %% check="find_the_init_bug"
check("find_the_init_bug")

# %% [markdown] remarks="find_the_init_bug"
# A variance was passed where a standard deviation was asked for: the root is missing, and the name
# `std` was the only warning. Small sizes hide it. For two inputs and two outputs σ is 0.5 instead
# of 0.71, for 784 and 256 it is 0.0019 instead of 0.044. Multiply n terms of variance 1/n², and 1/n
# remains; ten such layers of 100 units leave 10⁻²⁰ of a signal's variance. `nn.init.zeros_(m.bias)`
# raises for a layer that was made without a bias, so a version for the public should ask first.

# %% [markdown]
# ## Layer by layer
#
# Time to look inside. Send a batch through a deep network, and note what each layer makes of it.
#
# ### Exercise: `activation_stats` (4 points, medium, 10 minutes)
#
# Write `activation_stats(X, weights, phi=torch.relu)` for a network without biases.
#
# - `X` (n, sizes[0]); `weights`: a list of tensors, the first (sizes[0], sizes[1]), the next
#   (sizes[1], sizes[2]), and so on; `phi`: the activation, a function of a tensor.
# - Each layer takes what the layer before gave: $\mathbf{H} \leftarrow \phi(\mathbf{H}\mathbf{W})$,
#   and the first takes `X`. There is an activation after every layer, the last one too.
# - Returns two lists of numbers, `(means, variances)`, with one entry for each layer: mean and
#   variance of all elements of its activations $\mathbf{H}$. (Divided by their number or by one
#   less: both are accepted.)
#
# Example: for `X = torch.tensor([[1.0, -1.0]])`, `weights = [torch.eye(2)]` and ReLU, the
# activations are 1 and 0: the mean is 0.5, and `var()` gives 0.5.


# %% exercise="activation_stats"
def activation_stats(X, weights, phi=torch.relu):
    """Means and variances of the activations of each layer of a network without biases: two lists."""
    ### BEGIN SOLUTION
    H, means, variances = X, [], []
    for W in weights:
        H = phi(H @ W)
        means.append(H.mean().item())
        variances.append(H.var().item())
    return means, variances
    ### END SOLUTION


# %% check="activation_stats"
check("activation_stats")

# %% [markdown] remarks="activation_stats"
# One pass, two numbers a layer, and nothing is stored. For weights that ask for gradients put
# `torch.no_grad()` around it, or the graph of the whole pass is kept for nothing. Mean and variance
# are shown apart, but what the next layer feels is the mean square, the sum of the variance and the
# squared mean. For a network that is there already, nobody rewrites `forward`:
# `register_forward_hook` calls a function of yours with each layer's output. Watch the share of
# zeros as well; a ReLU unit that is 0 for every input gets no gradient, and may stay so for ever.

# %% [markdown]
# Twenty layers of 128 units with ReLU, and three starts: the N(0, 0.01²) of chapter 2, Xavier, He.

# %%
starts = {
    "N(0, 0.01²)": lambda n: 0.01,
    "Xavier": lambda n: xavier_std(n, n),
    "He": lambda n: he_std(n),
}
styles = {"N(0, 0.01²)": ":", "Xavier": "--", "He": "-"}
depth, width = 20, 128


def draw_weights(std, dtype=torch.float64):
    """Square weights for every layer, normal with this standard deviation."""
    return [std * torch.randn(width, width, dtype=dtype) for _ in range(depth)]


# %% tags=["demo"]
torch.manual_seed(6)
X = torch.randn(256, width, dtype=torch.float64)
fig, axes = plt.subplots(figsize=(6.5, 3.2))
print("variance of the activations with ReLU, layers 1, 10 and 20")
for name, std in starts.items():
    _, variances = activation_stats(X, draw_weights(std(width)))
    axes.semilogy(range(1, depth + 1), variances, styles[name], label=name)
    print(f"{name:12}", "  ".join(f"{variances[layer]:.1e}" for layer in (0, 9, 19)))
axes.set_xlabel("layer")
axes.set_ylabel("variance of the activations")
axes.set_xticks([1, 5, 10, 15, 20])
axes.grid(alpha=0.3)
axes.legend()
show_figure(
    "Variance of the activations over 20 layers on a log scale. He stays between 0.2 and 0.7, Xavier "
    "falls by about a half in each layer, and N(0, 0.01²) falls steeply, by two decades a layer."
)

# %% [markdown]
# Xavier loses a factor of 2 in each layer, as the derivation of He's condition says: $2^{-19}$ is
# $2 \cdot 10^{-6}$. With 0.01, each layer multiplies by
# $\frac{1}{2} \cdot 128 \cdot 0.0001 = 0.0064$. He wanders a little, since 128 is not infinite, and
# keeps the size.
#
# ## What arrives below
#
# Now the gradients. The same 20 layers, a linear one on top, cross-entropy, and the norm of the
# gradient of each layer's weights. Sigmoid on the left, ReLU on the right. (In 64-bit floats: in 32
# bits the smallest ones would be 0.)


# %% tags=["demo"]
def gradient_norms(phi, weights, seed=7):
    """The norm of the gradient of each weight, for one random batch with random labels."""
    torch.manual_seed(seed)
    X = torch.randn(256, width, dtype=torch.float64)
    y = torch.randint(10, (256,))
    top = xavier_std(width, 10) * torch.randn(width, 10, dtype=torch.float64)
    weights = [W.requires_grad_(True) for W in weights]
    H = X
    for W in weights:
        H = phi(H, W)
    grads = torch.autograd.grad(F.cross_entropy(H @ top, y), weights)
    return [g.norm().item() for g in grads]


fig, panels = plt.subplots(1, 2, sharey=True, figsize=(9, 3.4))
norms = {}
print("log10 of the gradient's norm, layers 1, 10 and 20")
for axes, (kind, phi) in zip(
    panels, (("sigmoid", torch.sigmoid), ("ReLU", torch.relu)), strict=True
):
    for name, std in starts.items():
        torch.manual_seed(8)
        norms[kind, name] = gradient_norms(
            lambda H, W, phi=phi: phi(H @ W), draw_weights(std(width))
        )
        logs = [math.log10(norm) for norm in norms[kind, name]]
        axes.plot(range(1, depth + 1), logs, styles[name], label=name)
        print(f"{kind:8} {name:12}", "  ".join(f"{logs[layer]:6.1f}" for layer in (0, 9, 19)))
    axes.set_title(kind)
    axes.set_xlabel("layer")
    axes.set_xticks([1, 5, 10, 15, 20])
    axes.grid(alpha=0.3)
panels[0].set_ylabel("log10 of the gradient's norm")
panels[0].legend()
show_figure(
    "Log10 of the gradient's norm for layers 1 to 20. Sigmoid: all three starts fall from the last "
    "layer to the first, N(0, 0.01²) steepest; in layer 1 even the best is at -10. ReLU: He is flat near 0, "
    "Xavier flat near -3, and N(0, 0.01²) flat near -21."
)

# %% [markdown]
# Read the figure from the right to the left, as the gradient travels. With the sigmoid, each layer
# eats its share, whatever the start: the last layer learns, and the first one gets next to nothing.
# Xavier's start does not know of a slope of 1/4, and the 2 in He's is far from making up for it. With
# ReLU and He's start, all layers get gradients of like size.
#
# Why are the curves of ReLU flat even where the gradients are tiny? The gradient of a weight is a
# product of what has come up to its layer and what has come down to it. Here every layer shrinks
# both by the same factor. The first layer has lost on the way down what the last one has lost on the
# way up: 19 factors each, and as many in every layer between.
#
# ### Question: from above (3 points, medium, 8 minutes)
#
# Show where $n_\mathrm{out}\,\sigma^2 = 1$ comes from: for $\mathbf{o} = \mathbf{W}\mathbf{x}$ with
# $\mathbf{W}$ of shape $(n_\mathrm{out}, n_\mathrm{in})$, start with the gradient for one input,
# $\partial J/\partial x_j$, and compute its variance. State what you assume. When can both
# conditions hold, and what does Xavier do when they cannot?

# %% [markdown] answer="from_above" points=3
# $x_j$ appears in every output, $o_i = \sum_j w_{ij} x_j$, so
# $\partial J/\partial x_j = \sum_{i=1}^{n_\mathrm{out}} w_{ij}\, \partial J/\partial o_i$. Let the
# weights be independent with mean 0 and variance $\sigma^2$, and independent of the incoming gradients, which have
# mean square $\delta^2$. Then the mean is 0, mixed terms vanish, and the variance is
# $n_\mathrm{out}\, \sigma^2 \delta^2$. It stays at $\delta^2$ when $n_\mathrm{out}\sigma^2 = 1$. Together
# with $n_\mathrm{in}\sigma^2 = 1$ that is possible only for $n_\mathrm{in} = n_\mathrm{out}$.
# Otherwise Xavier takes the mean of the two conditions, $\frac{1}{2}(n_\mathrm{in} +
# n_\mathrm{out})\sigma^2 = 1$, with a σ² between the two (their harmonic mean).
#
# *Marking: 1 point for the sum over the n_out outputs (the transposed matrix); 1 point for the
# variance with its assumptions (mean 0, independence); 1 point for n_in = n_out and the
# compromise. Independence of weights and gradients is an approximation; saying so is welcome and not asked for.*

# %% [markdown]
# ## In the book's own loop
#
# Does it matter for training? A network with ten hidden layers of 64 units and ReLU, in
# `d2l.train_ch3`, for three epochs. `d2l_loop` draws the curves, and prints it where `train_ch3`
# asserts that the result is good and it is not.


# %% tags=["demo"]
from lab.book import d2l_loop


def deep_net(std_of):
    """Ten hidden layers of 64 units with ReLU; std_of(n_in, n_out) is the start of each layer."""
    sizes = [784, *[64] * 10, 10]
    layers = [nn.Flatten()]
    for n_in, n_out in itertools.pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        nn.init.normal_(layers[-2].weight, std=std_of(n_in, n_out))
        nn.init.zeros_(layers[-2].bias)
    return nn.Sequential(*layers[:-1]).to(device)


histories = {}
for name, std_of in {
    "N(0, 0.01²)": lambda n_in, n_out: 0.01,
    "Xavier": xavier_std,
    "He": lambda n_in, n_out: he_std(n_in),
}.items():
    torch.manual_seed(9)
    net = deep_net(std_of)
    trainer = torch.optim.SGD(net.parameters(), lr=0.1)
    print(name)
    with d2l_loop(device) as histories[name]:
        d2l.train_ch3(net, train_iter, test_iter, nn.CrossEntropyLoss(reduction="none"), 3, trainer)

# %% [markdown]
# From N(0, 0.01²), which was good enough for the two hidden layers of chapter 2, nothing is learnt:
# the loss stays at $\log 10 \approx 2.303$, the loss of ten classes and no idea, and the accuracy at
# one in ten. Xavier's start takes its time (a loss of about 1.6 in the first epoch), He's less (1.2).
#
# ## Three cures
#
# 1. **Fit start and activation to each other.** What you just did: ReLU with He, tanh with
#    Xavier.
# 2. **Make the path additive.** A residual block computes $\mathbf{h} + f(\mathbf{h})$; its
#    Jacobian is $\mathbf{I} + \mathbf{M}$, and the product of many of these contains, when multiplied out, the identity:
#    a way down on which nothing is lost. The cell of an LSTM is additive in the same way, along
#    time.
# 3. **Normalise, or clip.** Batch normalisation gives every unit numbers of mean 0 and variance 1
#    over the batch, whatever the size of the weights is. Clipping leaves the forward pass alone, and
#    limits the length of the gradient when it comes out too long.
#
# Here are the first two and normalisation at work, on 20 layers of sigmoid, the hardest case above.


# %% tags=["demo"]
def plain(H, W):
    return torch.sigmoid(H @ W)


def residual(H, W):
    return H + torch.sigmoid(H @ W)


def normalised(H, W):
    return torch.sigmoid(F.batch_norm(H @ W, None, None, training=True))


print("norm of the gradient in layer 1, in layer 20, and the first over the last")
for name, block, std in (
    ("sigmoid, Xavier", plain, xavier_std(width, width)),
    ("normalised", normalised, xavier_std(width, width)),
    ("residual", residual, xavier_std(width, width)),
    ("ReLU, He", lambda H, W: torch.relu(H @ W), he_std(width)),
):
    torch.manual_seed(8)
    g = gradient_norms(block, draw_weights(std))
    print(f"{name:16} {g[0]:9.1e} {g[-1]:9.1e} {g[0] / g[-1]:9.1e}")

# %% [markdown]
# Gradients arrive below even through 20 sigmoids, on an additive path or with normalised inputs.
#
# ### Clipping
#
# Let $\mathbf{g}$ be the vector of *all* gradients of a network, those of all parameters in one. Its
# length is limited to $\theta$:
#
# $$
# \mathbf{g} \leftarrow \min\left(1, \frac{\theta}{\|\mathbf{g}\|}\right) \mathbf{g} .
# $$
#
# The direction stays, since one factor is used for all. Clip each parameter on its own, and the
# step goes another way.
#
# ### Exercise: `clip_by_norm` (4 points, medium, 8 minutes, optional)
#
# Write `clip_by_norm(grads, theta)`.
#
# - `grads`: a list of float tensors of any shapes; `theta`: a number above 0.
# - Returns a list of new tensors: all multiplied by the same factor, as above. The old ones stay as
#   they are. Gradients that are all 0 stay 0.
#
# Example: `clip_by_norm([torch.tensor([3.0]), torch.tensor([[4.0]])], 1.0)` gives
# `[tensor([0.6000]), tensor([[0.8000]])]`: the length was 5.


# %% exercise="clip_by_norm"
def clip_by_norm(grads, theta):
    """The gradients, all scaled by one factor so that their length together is at most theta."""
    ### BEGIN SOLUTION
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    factor = theta / norm if norm > theta else 1.0
    return [g * factor for g in grads]
    ### END SOLUTION


# %% check="clip_by_norm"
check("clip_by_norm")

# %% [markdown] remarks="clip_by_norm"
# One factor for all tensors, so the direction survives. `if norm > theta` asks for a number, and on
# a GPU Python waits for it; `torch.clamp(theta / norm, max=1.0)` decides on the device.
# `nn.utils.clip_grad_norm_` does that, works in place, and returns the norm from before: write it
# into your log, as its jumps often come before those of the loss. What no clipping repairs is
# infinity. The factor is then 0, and 0 times infinity is NaN; `error_if_nonfinite=True` says so at
# once.

# %% [markdown]
# The book has `d2l.grad_clipping(net, theta)`, PyTorch `nn.utils.clip_grad_norm_`; both work in
# place. All three agree. The gradients come from He's start with every weight twice as large, so
# that each of the ten layers doubles what goes through it:

# %% tags=["demo"]
X, y = next(iter(train_iter))


def one_step(clip):
    """The loss before and after one step with lr = 0.1; clip(net) changes the gradients between."""
    torch.manual_seed(10)
    net = deep_net(lambda n_in, n_out: 2 * he_std(n_in))
    before = F.cross_entropy(net(X), y)
    before.backward()
    length = torch.cat([p.grad.flatten() for p in net.parameters()]).norm().item()
    clip(net)
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.1 * p.grad
        after = F.cross_entropy(net(X), y)
    clipped = [p.grad for p in net.parameters()]
    return before.item(), after.item(), length, clipped


def by_hand(net):
    for p, g in zip(
        net.parameters(), clip_by_norm([p.grad for p in net.parameters()], 1.0), strict=True
    ):
        p.grad = g


ways = {
    "not clipped": lambda net: None,
    "by hand": by_hand,
    "d2l": lambda net: d2l.grad_clipping(net, 1.0),
    "PyTorch": lambda net: nn.utils.clip_grad_norm_(net.parameters(), 1.0),
}
steps = {name: one_step(clip) for name, clip in ways.items()}
for name, (before, after, length, _) in steps.items():
    print(f"{name:12} gradient of length {length:.0f}, loss {before:.1f} -> {after:.3g}")
for name in ("d2l", "PyTorch"):
    pairs = zip(steps[name][3], steps["by hand"][3], strict=True)
    gap = max((a - b).abs().max().item() for a, b in pairs)
    print(f"{name}: largest difference from yours {gap:.0e}")

# %% [markdown]
# One step along a gradient that long throws the network away. The same direction with length 1 is a
# useful step. Clipping says nothing about gradients that are too small: it cannot cure vanishing.

# %% [markdown] quiz="quiz_stability" points=4
# ## Products, starts and cures: a quiz (4 points, medium, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. You double the batch size. What does training need more of?
#     - (a) memory for parameters and their gradients
#         > Their shapes do not know the batch: the gradient of W1 has the shape of W1.
#     - (b) memory for stored activations
#         > right: There is one row for each example in every layer, and they wait for the backward
#         > pass.
#     - (c) nothing, the examples come one after the other
#         > They go through the network together, as rows of one matrix.
# 2. What can prediction forget that training must keep?
#     - (a) the weights of layers that have been passed
#         > It needs them for the next batch, and so does training.
#     - (b) the labels
#         > Prediction has none.
#     - (c) a hidden layer, once the next one is computed
#         > right: The backward pass would read it; prediction has no backward pass.
# 3. Ten sigmoids in a row. What is the largest factor that their slopes alone can leave of a
#    gradient?
#     - (a) about 0.000001
#         > right: 1/4 to the power of ten.
#     - (b) 1/4
#         > That is one of them, at its best place. Ten are multiplied.
#     - (c) 1/40
#         > The slopes are multiplied, not added.
# 4. "With ReLU, gradients cannot vanish: its slope is 1." What do you say?
#     - (a) True: a product of ones is 1
#         > The weights are factors, too. And where a unit is not positive, the slope is 0.
#     - (b) False: its slope is at most 1/4
#         > That is the sigmoid. ReLU has slope 1 where it is positive.
#     - (c) False: the weights are in the product as well
#         > right: From N(0, 0.01²), the gradients of the ReLU network above were tiny in every layer.
# 5. The elements of 4 × 4 matrices are standard normal, so about 1 in size. Why does a product of
#    100 of them explode?
#     - (a) because one of the 1,600 numbers is very large
#         > None is larger than 4 or so. No single number does it.
#     - (b) because each element of a product is a sum of 4 products, with 4 times the variance
#         > right: The variance is multiplied by nσ² = 4 with every factor.
#     - (c) because of rounding errors
#         > With exact numbers it would grow all the same.
# 6. All weights start at 0.5 and all biases at 0. How many different hidden units does a hidden
#    layer of 256 have after 1,000 steps of SGD?
#     - (a) 256: the data set them apart
#         > All units see the same data, and answer it with the same gradients.
#     - (b) 1
#         > right: Same numbers, same gradients, same steps. The layer is worth one unit.
#     - (c) it depends on the learning rate
#         > A longer step is longer for all of them.
# 7. Which of these sets twins apart?
#     - (a) dropout
#         > right: A mask takes one and leaves the other.
#     - (b) weight decay
#         > It multiplies both by the same factor.
#     - (c) shuffling the training data
#         > Both see the same batch, whichever it is.
#     - (d) momentum
#         > It adds up old gradients, and these were the same.
# 8. Softmax regression (no hidden layer) starts with all weights 0. Does it learn?
#     - (a) no, its outputs can never differ
#         > Each output has labels of its own: for one class they say yes where they say no for
#         > another. The gradients differ in the first step.
#     - (b) yes
#         > right: There are no hidden units that could be twins, and the labels set the outputs apart.
#     - (c) no, with weights of 0 all gradients are 0
#         > The gradient of a weight is input times error, and neither is 0.
# 9. `nn.Linear` draws from ±1/√n_in by itself. By which factor does one such layer change the variance
#    of a signal with mean 0 (without activation and bias)?
#     - (a) 1
#         > That would need a variance of 1/n_in. The uniform distribution has a²/3.
#     - (b) 1/√3
#         > This is the factor of the standard deviation.
#     - (c) 1/3
#         > right: n_in · a²/3 with a² = 1/n_in.
# 10. You clip the gradient of each parameter to length θ on its own, instead of all together. What
#     changes?
#     - (a) nothing, the step is at most as long
#         > Many tensors of length θ together are longer than θ. And there is something worse.
#     - (b) the direction of the step
#         > right: Long ones are shortened and short ones are not, so their proportions change.
#     - (c) small gradients become longer
#         > No clipping makes anything longer.

# %% [markdown]
# ## Without a check
#
# 1. Add a second hidden layer to `forward` and `backward_by_hand`. Then write both for a list of
#    layers of any length. How many lines does a third layer cost?
# 2. Activation checkpointing forgets hidden layers on the way up and computes them again on the way down.
#    With $L$ layers of one size, if every $\sqrt{L}$-th is kept, what is the memory, and what is the
#    price in time?
# 3. Suppose you want second derivatives. What happens to the computational graph, and to the memory?
# 4. The eigenvalues of a product of two matrices are not the products of their eigenvalues. Find two
#    2 × 2 matrices with all eigenvalues 0 whose product has an eigenvalue of 1. What can you say
#    about the largest singular value?
# 5. Derive the start for an activation that passes a negative input on with slope $a$
#    ($\max(z, 0) + a \min(z, 0)$). Compare with `nn.init.calculate_gain`.
# 6. Replace the 20 layers of ReLU by tanh, and draw the gradient norms again. Which start is the
#    flattest, and why does none stay exactly flat?
# 7. Which σ would keep gradients alive through 20 sigmoids, if all slopes were 1/4? Try it, and look
#    at the slopes that you get.
# 8. Rounding can break a symmetry. Train the constant start above for 2,000 steps, in 32 and in 64
#    bits. Does `is_symmetric` stay true? How far do the units drift apart, and how fast?
#
# ## Summary
#
# - A backward pass needs three rules: products, activations, and sums over whatever is used more
#   than once. A penalty adds its own arrow.
# - Training keeps every layer's activations for every example of the batch; prediction keeps two
#   layers at a time.
# - Gradients are products of many Jacobians. The sigmoid's slope is at most 1/4; a factor $n\sigma^2$
#   that is not 1 is taken to the power of the depth.
# - Hidden units that start the same stay the same. Random weights break the symmetry, and dropout does.
# - Xavier: $\frac{1}{2}(n_\mathrm{in} + n_\mathrm{out})\sigma^2 = 1$, a compromise of the two directions.
#   He: $\frac{1}{2} n_\mathrm{in}\sigma^2 = 1$, for ReLU. A σ is not a σ².
# - Three cures: additive paths, normalising and clipping, and a start that fits the activation.
#
# ## Further reading
#
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams: *Learning representations by back-propagating
#   errors*. Nature 323, 1986.
# - X. Glorot, Y. Bengio: *Understanding the difficulty of training deep feedforward neural
#   networks*. AISTATS 2010.
# - K. He, X. Zhang, S. Ren, J. Sun: *Delving deep into rectifiers: surpassing human-level performance
#   on ImageNet classification*. ICCV 2015. The initialisation is in its section 2.2.
# - R. Pascanu, T. Mikolov, Y. Bengio: *On the difficulty of training recurrent neural networks*.
#   ICML 2013. Clipping by the norm.
# - A. M. Saxe, J. L. McClelland, S. Ganguli: *Exact solutions to the nonlinear dynamics of learning in
#   deep linear neural networks*. ICLR 2014. Orthogonal starts.
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the sections on
#   backpropagation and on numerical stability.
#
# The chapter before, *Weight decay*, has the penalty that you have just sent backwards. The next one,
# *House prices*, puts all of it to work on a table of real data, from the download to the
# submission.
