"""Chapter 9: what a student's layers and its process claim of themselves earns nothing."""

from __future__ import annotations

from functools import partial

import pytest

from grader.authoring.catalogue import answers_to
from grader.checks.registry import chapter_of
from grader.wire import probe

from .claims import Claim, verify_gains_nothing
from .conftest import failed, judge_in_chapter

CHAPTER = "09_custom_layers"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


CLASSES = {
    # Parameters that are shown to whoever asks, and are not those that `forward` uses.
    "copies for parameters": (
        "MyLinear",
        "trained",
        """
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))
        self.relu = relu

    def parameters(self, recurse=True):
        return iter([nn.Parameter(self.weight.data), nn.Parameter(self.bias.data)])

    def named_parameters(self, *args, **kwargs):
        return zip(("weight", "bias"), self.parameters())

    def forward(self, X):
        out = X @ self.weight.data + self.bias.data
        return F.relu(out) if self.relu else out
""",
    ),
    # A gradient that is there, and is not the one of the output.
    "a gradient of zero": (
        "MyLinear",
        "trained",
        """
class MyLinear(nn.Module):
    def __init__(self, in_units, units, relu=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) / in_units**0.5)
        self.bias = nn.Parameter(torch.zeros(units))
        self.relu = relu

    def forward(self, X):
        out = X @ self.weight.data + self.bias.data
        out = out + 0 * (self.weight.sum() + self.bias.sum())
        return F.relu(out) if self.relu else out
""",
    ),
    # A mode that it says it is in.
    "a mode": (
        "DropoutLayer",
        "modes",
        """
class DropoutLayer(nn.Module):
    calls = 0

    def __init__(self, dropout):
        super().__init__()
        assert 0 <= dropout <= 1
        self.dropout = dropout

    def forward(self, X):
        self.calls += 1
        if self.calls in (3, 4):
            return X
        mask = torch.rand(X.shape) > self.dropout
        return mask * X / (1 - self.dropout) if self.dropout < 1 else torch.zeros_like(X)

    def extra_repr(self):
        return f"dropout={self.dropout}"
""",
    ),
    # Every name, in case that it is one of those.
    "all names": (
        "find_the_data_bug",
        "finds",
        """
def not_trained(net, X):
    return [name for name, _ in net.named_parameters()]


class MendedScaled(PublishedScaled):
    def forward(self, X):
        return self.scale * (X @ self.weight) + self.bias
""",
    ),
}


@pytest.mark.parametrize("name", CLASSES)
def test_claims_of_a_class_earn_nothing(namespace, name: str) -> None:
    exercise, check, code = CLASSES[name]
    exec(compile(code, "<cell>", "exec"), namespace)
    assert check in failed(judged(namespace, exercise))


def registered(report: object, asked: dict) -> object:
    """The number of parameters that a probe notes beside the outputs."""
    return [report[0], 99] if isinstance(report, list) and len(report) == 2 else report


def all_there(report: object, asked: dict) -> object:
    """The names of all parts, where a network was asked about."""
    if "gates" in asked and isinstance(report, list):
        return [[f"parts.{name}.weight" for name in asked["names"]], report[1]]
    return report


def eval_claimed(report: object, asked: dict) -> object:
    """What went in came out, whatever the mode."""
    return list(asked["inputs"]) if "modes" in asked else report


CLAIMS = {
    "registered": Claim("MyLinear", "plain_tensors", registered, list),
    "names": Claim("find_the_data_bug", "asks_requires_grad", all_there, list),
    "modes": Claim("DropoutLayer", "own_flag", eval_claimed, list),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_of_a_process_earn_nothing(solutions, monkeypatch, name: str) -> None:
    verify_gains_nothing(CLAIMS[name], PACKAGE, solutions, monkeypatch)


def test_an_answer_given_in_advance_is_worth_nothing(namespace, monkeypatch) -> None:
    """The outputs after a step, as they are without one: a layer that stands still is seen."""
    code = {a.name: a.code for a in answers_to(PACKAGE, "Bilinear")}["by_data"]
    exec(compile(code, "<cell>", "exec"), namespace)
    original = probe.run

    def forged(space, source, inputs):
        if "def trained_in_a_network" in source:
            return [original(space, source, {**inputs, "slope": 0 * inputs["slope"]})[0], 1]
        return original(space, source, inputs)

    monkeypatch.setattr(probe, "run", forged)
    assert "trained" in failed(judged(namespace, "Bilinear"))


def test_a_slip_in_the_output_costs_no_other_check(namespace) -> None:
    """Without ReLU, the layer trains all the same."""
    for exercise, answer in (
        ("MyLinear", "relu_missing"),
        ("MyLinear", "bias_after_relu"),
        ("Bilinear", "halved"),
        ("HalfSpectrum", "conjugates"),
        ("HalfSpectrum", "all_of_them"),
    ):
        code = {a.name: a.code for a in answers_to(PACKAGE, exercise)}[answer]
        space = dict(namespace)
        exec(compile(code, "<cell>", "exec"), space)
        result = judged(space, exercise)
        assert failed(result) in ({"output"}, {"value"}), answer
        assert result.earned == result.points / 2
