"""Chapter 9: what a layer claims of itself earns nothing, and a slip costs its points once."""

from __future__ import annotations

from functools import partial

import pytest

from grader.authoring.catalogue import answers_to
from grader.checks.registry import chapter_of

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
