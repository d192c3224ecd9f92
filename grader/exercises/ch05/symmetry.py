"""Chapter 5: the exercise `is_symmetric`, hidden units that can never differ."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.functions import called
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.student import Student

Network = tuple[Tensor, Tensor, Tensor]
"""W1 (inputs, hiddens), b1 (hiddens,), W2 (hiddens, outputs)."""
NUDGE = 1e-6
SAME_ROWS = "rows of W1 and columns of W2 that agree; a hidden unit is a column of W1"


class IsSymmetric(Exercise):
    name, points = "is_symmetric", 4
    hints = (
        "Which numbers belong to one hidden unit? In W1, in b1, in W2: which column, which entry, which row?",
        "Two units are twins when all their numbers agree. Compare every pair of units, not neighbours only.",
        "Put the numbers of a unit into one row: `torch.cat([W1.T, b1[:, None], W2], dim=1)`. Then "
        "`torch.unique` with `dim=0` keeps one of each kind: are they fewer than before?",
    )

    @check("networks with twins, and networks without", weight=2, essential=True)
    def twins(self, student: Student) -> None:
        """Two units are enough, wherever they stand. Print W1, b1 and W2 of a small network with twins."""
        cases = [(plain(), "all numbers drawn at random") for _ in range(3)]
        cases += [(constant(), "the same number in all of W1, and in all of W2")]
        cases += [(alike(), "all hidden units agree, in several numbers")]
        both = "two hidden units that agree in all numbers"
        cases += [(twin(plain(), place), both) for place in (-1, -1, 1)]
        cases += [(all_zero(), "all numbers 0"), (same_rows(), SAME_ROWS)]
        self._verify(student, cases)

    @check("units that differ in one place are no twins", weight=1.5, essential=True)
    def differ_somewhere(self, student: Student) -> None:
        """What comes in, the bias, and what goes out: a unit that differs in one of them gets other gradients."""
        cases = [(twin(plain()), "two hidden units that agree in all numbers") for _ in range(2)]
        cases += [
            (differing(0), "units that differ in their weights from the inputs"),
            (differing(1), "units that differ in their biases"),
            (differing(2), "units that differ in their weights to the outputs"),
            (same_rows(), SAME_ROWS),
            (zero_inside(), "W1 all 0, and different weights to the outputs"),
        ]
        self._verify(student, cases)

    @check("nearly the same is not the same", weight=0.5)
    def nearly(self, student: Student) -> None:
        """Ask with `==` or `torch.equal`: a small difference grows, a difference of 0 never does."""
        near = [
            (nudged(part), "units that differ by a millionth in one number") for part in range(3)
        ]
        near += [(twin(plain()), "two hidden units that agree"), (plain(), "units that differ")]
        self._verify(student, near)

    @check("a single hidden unit, a single input, a single output", weight=0.5)
    def small(self, student: Student) -> None:
        """A unit is not a twin of itself."""
        cases = [
            (plain(3, 1, 2), "a single hidden unit"),
            (twin(plain(1, 3, 1)), "three hidden units, of which two agree"),
            (plain(1, 4, 1), "one input, one output, and units that differ"),
        ]
        self._verify(student, cases)

    def _verify(self, student: Student, cases: list[tuple[Network, str]]) -> None:
        """One answer for each network, in an order that is drawn."""
        cases = shuffled(cases)
        answers = [truth(called(student, self.name, *network)) for network, _ in cases]
        right = [has_twins(*network) for network, _ in cases]
        for (network, what), answer, wanted in zip(cases, answers, right, strict=True):
            inputs, hiddens = network[0].shape
            expect.true(
                answer == wanted,
                seen=f"{answer} for {inputs} inputs, {hiddens} hidden units: {what}",
                expected=str(wanted),
                because=expect.named(
                    [int(value) for value in answers],
                    [int(value) for value in right],
                    {text: [int(rule(*net)) for net, _ in cases] for text, rule in SLIPS.items()},
                ),
            )


def truth(value: object) -> bool:
    """A bool, or a tensor with a single one."""
    if isinstance(value, Tensor) and value.dtype == torch.bool and value.numel() == 1:
        return bool(value)
    kind = "None (is the `return` missing?)" if value is None else expect.show(value)
    expect.true(isinstance(value, bool), seen=f"{kind} came back", expected="True or False")
    return value is True


def numbers_of_units(W1: Tensor, b1: Tensor, W2: Tensor) -> Tensor:
    """One row for each hidden unit: what comes in, the bias, what goes out."""
    return torch.cat([W1.T, b1[:, None], W2], dim=1)


def repeats(rows: Tensor) -> bool:
    """Whether two rows agree in all numbers."""
    same = (rows[:, None] == rows[None]).all(2)
    return int(same.sum()) > len(rows)


def has_twins(W1: Tensor, b1: Tensor, W2: Tensor) -> bool:
    return repeats(numbers_of_units(W1, b1, W2))


def neighbours(W1: Tensor, b1: Tensor, W2: Tensor) -> bool:
    rows = numbers_of_units(W1, b1, W2)
    return bool((rows[1:] == rows[:-1]).all(1).any())


def all_alike(W1: Tensor, b1: Tensor, W2: Tensor) -> bool:
    rows = numbers_of_units(W1, b1, W2)
    return bool((rows == rows[0]).all())


def close_twins(W1: Tensor, b1: Tensor, W2: Tensor) -> bool:
    rows = numbers_of_units(W1, b1, W2)
    same = torch.isclose(rows[:, None], rows[None]).all(2)
    return int(same.sum()) > len(rows)


def one_kind_of_number(W1: Tensor, b1: Tensor, W2: Tensor) -> bool:
    return W1.unique().numel() == 1 and W2.unique().numel() == 1


SLIPS: dict[str, Callable[[Tensor, Tensor, Tensor], bool]] = {
    "W2 was not looked at: what goes out decides what comes back": (
        lambda W1, b1, W2: repeats(torch.cat([W1.T, b1[:, None]], 1))
    ),
    "the biases were not looked at": lambda W1, b1, W2: repeats(torch.cat([W1.T, W2], 1)),
    "W1 alone was looked at": lambda W1, b1, W2: repeats(W1.T),
    "W2 alone was looked at": lambda W1, b1, W2: repeats(W2),
    "only neighbours were compared": neighbours,
    "two twins are enough; it need not be all units": all_alike,
    "this asks whether all weights are one number": one_kind_of_number,
    "rows of W1 were compared; a hidden unit has a column of W1": lambda W1, b1, W2: repeats(W1),
    "compared with a tolerance": close_twins,
    "a unit is compared with itself": lambda W1, b1, W2: True,
    "True and False are the wrong way round": lambda W1, b1, W2: not has_twins(W1, b1, W2),
}
"""What known mistakes answer."""


def plain(inputs: int = 0, hiddens: int = 0, outputs: int = 0) -> Network:
    """A network without twins."""
    inputs, hiddens = inputs or integer(2, 4), hiddens or integer(5, 7)
    return signed(inputs, hiddens), signed(hiddens), signed(hiddens, outputs or integer(2, 4))


def constant() -> Network:
    W1, b1, W2 = plain()
    return torch.full_like(W1, 0.5), torch.zeros_like(b1), torch.full_like(W2, -0.25)


def alike() -> Network:
    """Every hidden unit has the numbers of the first one."""
    W1, b1, W2 = plain()
    return W1[:, :1].expand_as(W1), b1[:1].expand_as(b1), W2[:1].expand_as(W2)


def all_zero() -> Network:
    W1, b1, W2 = plain()
    return torch.zeros_like(W1), torch.zeros_like(b1), torch.zeros_like(W2)


def twin(network: Network, place: int = -1) -> Network:
    """The same network with one unit, by default the last, a copy of the first."""
    W1, b1, W2 = network
    W1[:, place], b1[place], W2[place] = W1[:, 0], b1[0], W2[0]
    return W1, b1, W2


def differing(part: int) -> Network:
    """Units that agree in all but what comes in (0), the bias (1), or what goes out (2)."""
    W1, b1, W2 = constant()
    fresh = plain(len(W1), len(b1), W2.shape[1])
    parts = [W1, b1, W2]
    parts[part] = fresh[part]
    return tuple(parts)  # type: ignore[return-value]


def nudged(part: int) -> Network:
    """Twins, of which one has been moved by a millionth in one number."""
    W1, b1, W2 = twin(plain())
    (W1[0], b1, W2[:, 0])[part][-1] += NUDGE
    return W1, b1, W2


def same_rows() -> Network:
    """Every input has the same weights, and every output: no two units agree."""
    W1, b1, W2 = plain()
    return W1[:1].repeat(len(W1), 1), b1, W2[:, :1].repeat(1, W2.shape[1])


def zero_inside() -> Network:
    W1, b1, W2 = plain()
    return torch.zeros_like(W1), torch.zeros_like(b1), W2
