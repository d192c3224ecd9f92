"""Chapter 9: the exercise `HalfSpectrum`: the leading half of the Fourier coefficients, as a layer."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import integer, signed
from grader.checks.registration import Piece
from grader.checks.student import Student

LR = 0.01
SLOPES = 200
"""More than any output has numbers."""
Rule = Callable[[Tensor], Tensor]
MISTAKES: dict[str, Rule] = {
    "these are all n coefficients: the leading half is asked for": torch.fft.fft,
    "the last one is missing: the half goes up to and with k = n // 2": lambda X: torch.fft.rfft(X)[
        ..., :-1
    ],
    "one too many: there are n // 2 + 1, with n // 2 rounded down": lambda X: torch.fft.fft(X)[
        ..., : X.shape[-1] // 2 + 2
    ],
    "the sum is divided by n: no scale is asked for": lambda X: torch.fft.rfft(X, norm="forward"),
    "the sum is divided by √n: no scale is asked for": lambda X: torch.fft.rfft(X, norm="ortho"),
    "this is the inverse transform": torch.fft.ifft,
    "these are the conjugates: mind the minus sign in the exponent": lambda X: torch.fft.rfft(
        X
    ).conj(),
    "the sum runs over the examples: the last axis is asked for": lambda X: torch.fft.rfft(
        X, dim=0
    ),
    "the sum runs over all axes: each row has its own coefficients": torch.fft.rfft2,
    "the sizes of the coefficients: the complex numbers are asked for": lambda X: torch.fft.rfft(
        X
    ).abs(),
    "the real parts alone: the complex numbers are asked for": lambda X: torch.fft.rfft(X).real,
    "real and imaginary parts side by side, not complex numbers": lambda X: torch.view_as_real(
        torch.fft.rfft(X)
    ),
}


class Spectrum(Exercise):
    name, points = "HalfSpectrum", 6
    hints = (
        "`torch.fft` has several functions. One of them is for real numbers, and returns just the coefficients "
        "that say something new.",
        "`torch.fft.rfft(X)` works over the last axis, without a scale. By hand: the matrix with the entries "
        "`exp(-2πi k t / n)`, for t = 0 … n − 1 and k = 0 … n // 2, and a product with X.",
        "`forward` returns `torch.fft.rfft(X)`. There is nothing to do in `__init__`.",
    )

    @check("the coefficients c_0 to c_(n // 2) of each row", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """Try `torch.ones(4)`: all of it is in c_0, which is 4."""
        self.verify(student, signed(5, 8), strictly=True)

    @check("an odd number of values", essential=True)
    def odd(self, student: Student) -> None:
        """For n = 5 there are three: k = 0, 1 and 2."""
        self.verify(student, signed(4, 2 * integer(2, 5) + 1))

    @check("in a network, gradients pass through it", weight=1.5, essential=True)
    def trained(self, student: Student) -> None:
        """Stay with operations on tensors: no numpy, no `.data` on the way."""
        weight, X, slope = signed(3, 8) / 3, signed(6, 3), torch.view_as_complex(signed(SLOPES, 2))
        after = student.run(spectrum_after_a_step, weight=weight, X=X, slope=slope, lr=LR)
        expect.true(
            after is not None,
            seen="no gradient comes back through the layer",
            expected="gradients that train the layer before it",
        )

        def stepped(rule: Rule) -> Tensor:
            leaf = weight.clone().requires_grad_(True)
            with torch.enable_grad():
                loss = weighed(rule(torch.tanh(X @ leaf)), slope)
                (grad,) = torch.autograd.grad(loss, [leaf])
            return rule(torch.tanh(X @ (weight - LR * grad)))

        if not any(is_same(after, stepped(rule)) for rule in self.known()):
            untrained = torch.fft.rfft(torch.tanh(X @ weight))
            verify_complex(after, stepped(torch.fft.rfft), {"nothing was trained": untrained})

    @check("any axes in front of the last one, also none", weight=0.5)
    def leading_axes(self, student: Student) -> None:
        """The text says `(…, n)`."""
        for shape in ((2, 3, 6), (10,)):
            self.verify(student, signed(*shape))

    @check("float64 goes in, complex128 comes out", weight=0.5)
    def precision(self, student: Student) -> None:
        """Make no float32 on the way: take the type from X."""
        out = expect.tensor(self.verify(student, signed(3, 6).double()))
        wanted = torch.complex128 if out.is_complex() else torch.float64
        expect.tensor(out, dtype=wanted)

    def verify(self, student: Student, X: Tensor, strictly: bool = False) -> object:
        """The layer gives the coefficients of X; returns what it gives. strictly: and nothing else."""
        out = student.run(spectrum_of, X=X)
        rules = [torch.fft.rfft] if strictly else self.known()
        if not any(is_same(out, tried(rule, X)) for rule in rules):
            mistakes = {text: tried(rule, X) for text, rule in MISTAKES.items()}
            verify_complex(out, torch.fft.rfft(X), mistakes)
        return out

    def known(self) -> list[Rule]:
        """What the layer may compute here: a slip that the first check has found costs no other one."""
        return [torch.fft.rfft, *(() if self.passed("value") else MISTAKES.values())]


def tried(rule: Rule, X: Tensor) -> Tensor | None:
    """What the rule gives; None where it cannot be made for this X."""
    try:
        return rule(X)
    except (IndexError, RuntimeError):
        return None


def is_same(out: object, value: Tensor | None) -> bool:
    """Whether both are complex, or both real, and their numbers agree."""
    if value is None or not isinstance(out, Tensor) or out.is_complex() != value.is_complex():
        return False
    return expect.agrees(in_parts(out), in_parts(value), expect.LAYERS)


def in_parts(out: Tensor) -> Tensor:
    """Complex numbers as two real ones each."""
    return torch.view_as_real(out.resolve_conj()) if out.is_complex() else out


def verify_complex(out: object, right: Tensor, mistakes: dict[str, Tensor | None]) -> None:
    """The complex numbers agree; a known mistake is called by its name."""
    out = expect.tensor(out)
    found = [text for text, value in mistakes.items() if is_same(out, value)]
    because = found[0] if len(found) == 1 and not is_same(right, mistakes[found[0]]) else ""
    if not out.is_complex():
        expect.fail("real numbers", "complex numbers", because)
    expect.tensor(out, shape=right.shape, because=because)
    expect.close(
        in_parts(out),
        in_parts(right),
        tolerance=expect.LAYERS,
        text="{} (the last axis: real and imaginary part)",
        because=because,
    )


def weighed(out: Tensor, slope: Tensor) -> Tensor:
    """A loss: the real part of a weighted sum of the numbers."""
    return (out * slope[: out.numel()].reshape(out.shape)).real.sum()


# What follows runs beside a student's code.


def spectrum_of(namespace, X):
    return namespace["HalfSpectrum"]()(X)


def spectrum_after_a_step(namespace, weight, X, slope, lr):
    """The output of a network of a judge's layer and this one after a step; None without a gradient."""
    net = nn.Sequential(Piece(weight, 1.0), namespace["HalfSpectrum"]())
    out = net(X)
    if not (isinstance(out, torch.Tensor) and out.requires_grad):
        return None
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    weighed(out, slope).backward()
    optimizer.step()
    return net(X)
