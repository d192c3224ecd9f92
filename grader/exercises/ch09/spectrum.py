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
MISTAKES: dict[str, Callable[[Tensor], Tensor]] = {
    "these are all n coefficients: the leading half is asked for": torch.fft.fft,
    "the last one is missing: the half goes up to and with k = n // 2": lambda X: torch.fft.rfft(X)[
        ..., :-1
    ],
    "the sum is divided by n: no scale is asked for": lambda X: torch.fft.rfft(X, norm="forward"),
    "the sum is divided by √n: no scale is asked for": lambda X: torch.fft.rfft(X, norm="ortho"),
    "these are the conjugates: mind the minus sign in the exponent": lambda X: torch.fft.rfft(
        X
    ).conj(),
    "the sum runs over the examples: the last axis is asked for": lambda X: torch.fft.rfft(
        X, dim=0
    ),
    "the sum runs over all axes: each row has its own coefficients": torch.fft.rfft2,
    "these are the trailing ones": lambda X: torch.fft.fft(X)[..., X.shape[-1] // 2 - 1 :],
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
        self.verify(student, signed(5, 8), MISTAKES)

    @check("an odd number of values", essential=True)
    def odd(self, student: Student) -> None:
        """For n = 5 there are three: k = 0, 1 and 2."""
        self.verify(
            student,
            signed(4, 2 * integer(2, 5) + 1),
            MISTAKES
            | {
                "one too many: there are n // 2 + 1, with n // 2 rounded down": lambda X: (
                    torch.fft.fft(X)[..., : X.shape[-1] // 2 + 2]
                )
            },
        )

    @check("in a network, gradients pass through it", weight=1.5, essential=True)
    def trained(self, student: Student) -> None:
        """Stay with operations on tensors: no numpy, no `.data` on the way."""
        weight, X = signed(3, 8) / 3, signed(6, 3)
        slope = torch.view_as_complex(signed(6, 5, 2))
        after = student.run(spectrum_after_a_step, weight=weight, X=X, slope=slope, lr=LR)
        expect.true(
            after is not None,
            seen="no gradient comes back through the layer",
            expected="gradients that train the layer before it",
        )
        leaf = weight.clone().requires_grad_(True)
        with torch.enable_grad():
            loss = (torch.fft.rfft(torch.tanh(X @ leaf)) * slope).real.sum()
            (grad,) = torch.autograd.grad(loss, [leaf])
        right = torch.fft.rfft(torch.tanh(X @ (weight - LR * grad)))
        verify_complex(
            after, right, {"nothing was trained": torch.fft.rfft(torch.tanh(X @ weight))}
        )

    @check("any axes in front of the last one, also none", weight=0.5)
    def leading_axes(self, student: Student) -> None:
        """The text says `(…, n)`."""
        for shape in ((2, 3, 6), (10,)):
            self.verify(student, signed(*shape), {})

    @check("float64 goes in, complex128 comes out", weight=0.5)
    def precision(self, student: Student) -> None:
        """Make no float32 on the way: take the type from X."""
        X = signed(3, 6).double()
        (out,) = self.outputs(student, [X])
        expect.tensor(out, dtype=torch.complex128)
        verify_complex(out, torch.fft.rfft(X), {})

    def verify(
        self, student: Student, X: Tensor, mistakes: dict[str, Callable[[Tensor], Tensor]]
    ) -> None:
        """The layer gives the coefficients of X."""
        (out,) = self.outputs(student, [X])
        verify_complex(out, torch.fft.rfft(X), {text: f(X) for text, f in mistakes.items()})

    def outputs(self, student: Student, inputs: list[Tensor]) -> list[object]:
        """Of one layer for each of these."""
        return expect.items(student.run(spectra_of, inputs=inputs), len(inputs))


def verify_complex(out: object, right: Tensor, mistakes: dict[str, Tensor]) -> None:
    """Complex numbers agree; real ones that are known parts of them are called by their names."""
    out = expect.tensor(out)
    if not out.is_complex():
        parts = {
            "the sizes of the coefficients: the complex numbers are asked for": right.abs(),
            "the real parts alone: the complex numbers are asked for": right.real,
            "real and imaginary parts side by side: use `torch.view_as_complex`": (
                torch.view_as_real(right)
            ),
        }
        expect.fail(
            "real numbers",
            "complex numbers",
            expect.named(out, torch.zeros(()), parts, expect.LAYERS),
        )
    expect.tensor(
        out,
        shape=right.shape,
        because=_named_complex(out, right, mistakes),
    )
    expect.close(
        torch.view_as_real(out.resolve_conj()),
        torch.view_as_real(right),
        tolerance=expect.LAYERS,
        text="{} (the last axis: real and imaginary part)",
        because=_named_complex(out, right, mistakes),
    )


def _named_complex(out: Tensor, right: Tensor, mistakes: dict[str, Tensor]) -> str:
    """The sentence of the one mistake that gives `out`."""
    pairs = {text: torch.view_as_real(value.resolve_conj()) for text, value in mistakes.items()}
    return expect.named(
        torch.view_as_real(out.resolve_conj()), torch.view_as_real(right), pairs, expect.LAYERS
    )


# What follows runs beside a student's code.


def spectra_of(namespace, inputs):
    layer = namespace["HalfSpectrum"]()
    return [layer(X) for X in inputs]


def spectrum_after_a_step(namespace, weight, X, slope, lr):
    """The output of a network of a judge's layer and this one after a step; None without a gradient."""
    net = nn.Sequential(Piece(weight, 1.0), namespace["HalfSpectrum"]())
    out = net(X)
    if not (isinstance(out, torch.Tensor) and out.requires_grad):
        return None
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    (out * slope).real.sum().backward()
    optimizer.step()
    return net(X)
