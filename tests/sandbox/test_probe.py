"""Calls and probes beside a student's code, in this process."""

from __future__ import annotations

import contextlib
import functools
import linecache
import math
from time import sleep as pause

import pytest
import torch
from torch import nn

from grader.checks.expect import between
from grader.wire import probe
from grader.wire.probe import StudentError


def test_call_returns_plain_data():
    def f(x, *, scale):
        return {"y": (x * scale,)}

    result = probe.call({"f": f}, "f", [torch.ones(2, requires_grad=True)], {"scale": 3})
    assert result["y"][0].tolist() == [3, 3] and not result["y"][0].requires_grad


@pytest.mark.parametrize(("namespace", "says"), [({}, "not defined"), ({"f": 3}, "of type int")])
def test_a_missing_function(namespace: dict, says: str):
    with pytest.raises(StudentError, match=says) as caught:
        probe.call(namespace, "f", [], {})
    assert caught.value.kind == "missing"


def asks_for_a_function(namespace):
    return namespace["train"]()


def asks_for_a_key(namespace):
    return {"seen": 1}[namespace["key"]]


def test_a_missing_name_in_a_probe_is_said_to_be_missing():
    source = probe.source_of(asks_for_a_function)
    with pytest.raises(StudentError, match="`train` is not defined") as caught:
        probe.run({}, source, {})
    assert caught.value.kind == "missing"
    with pytest.raises(StudentError, match="KeyError") as caught:
        probe.run({"train": lambda: {}["train"]}, source, {})
    assert caught.value.kind == "raised", "the student's own KeyError is not ours"
    with pytest.raises(StudentError, match="KeyError: 3"):
        probe.run({"key": 3}, probe.source_of(asks_for_a_key), {})


def test_an_exception_keeps_type_text_and_the_line_in_the_cell():
    source = "def f(x):\n    y = x + 1\n    return torch.reshape(y, (7,))\n"
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    namespace = {"torch": torch}
    exec(compile(source, "<cell>", "exec"), namespace)
    with pytest.raises(StudentError) as caught:
        probe.call(namespace, "f", [torch.ones(2)], {})
    error = caught.value
    assert (error.type, error.line, error.kind) == ("RuntimeError", 3, "raised")
    assert error.source_line == "return torch.reshape(y, (7,))"
    assert "invalid for input" in error.message
    assert error.__cause__ is None and error.__suppress_context__


def test_a_stub_is_recognisable():
    def f():
        raise NotImplementedError

    with pytest.raises(StudentError) as caught:
        probe.call({"f": f}, "f", [], {})
    assert caught.value.type == "NotImplementedError" and caught.value.message == ""


class Hostile(Exception):
    def __str__(self) -> str:
        raise SystemExit


@pytest.mark.parametrize("error", [Hostile(), SystemExit(3), RecursionError("r"), GeneratorExit()])
def test_no_exception_escapes(error: BaseException):
    def f():
        raise error

    with pytest.raises(StudentError) as caught:
        probe.call({"f": f}, "f", [], {})
    assert caught.value.type == type(error).__name__


def test_stopping_a_notebook_still_stops_it():
    def f():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        probe.call({"f": f}, "f", [], {})


def test_long_messages_are_cut():
    def f():
        raise ValueError("x" * 10_000)

    with pytest.raises(StudentError) as caught:
        probe.call({"f": f}, "f", [], {})
    assert len(caught.value.message) == probe.MAX_MESSAGE


def test_a_result_that_is_not_plain_is_named():
    with pytest.raises(StudentError, match="type object") as caught:
        probe.call({"f": lambda: [object()]}, "f", [], {})
    assert caught.value.kind == "not_plain"


def measures(namespace: dict, X: torch.Tensor):
    """Doc that need not travel."""

    class Net(nn.Module):
        width = 4

        def forward(self, X):
            return F.relu(X) * self.width  # noqa: F821

    return {"mine": Net()(X), "theirs": namespace["f"](X), "np": float(np.float64(2))}  # noqa: F821


def test_a_probe_travels_as_source():
    source = probe.source_of(measures)
    assert "Doc that" not in source and "noqa" not in source
    result = probe.run({"f": lambda x: x + 1}, source, {"X": torch.tensor([-1.0, 2.0])})
    assert result["mine"].tolist() == [0, 8]
    assert result["theirs"].tolist() == [0, 3] and result["np"] == 2.0


FACTOR = 3
NAMES = ("f", "g")
NOWHERE = torch.zeros(2)
ENDLESS = math.inf


class Recorder(nn.Module):
    """A helper of ours that is a class, and names another helper."""

    def forward(self, X):
        return scaled(X)


def names(values):
    return [str(value) for value in values]


names_twice = names


def scaled(X, by=FACTOR):
    return X * by if by else no_more(X)


def no_more(X):
    return scaled(X, 1)


def uses_helpers(namespace, X):
    half = math.floor(float(X[0])) / len(NAMES)
    return [Recorder()(X), [namespace[name](X) for name in NAMES], half, pause(0), names_twice([1])]


def test_helpers_constants_and_modules_travel_with_a_probe():
    """Beside the student's code there is none of them: the names come from the bundle alone."""
    source = probe.source_of(uses_helpers)
    assert "A helper of ours" not in source
    assert source.index("FACTOR = 3") < source.index("def scaled") < source.index("class Recorder")
    assert source.index("def names") < source.index("names_twice = names")
    for line in ("import math\n", "from time import sleep as pause"):
        assert line in source
    namespace = {"f": lambda x: x + 1, "g": lambda x: -x, "scaled": None, "FACTOR": 99}
    mine, theirs, *rest = probe.run(namespace, source, {"X": torch.tensor([4.0, 2.0])})
    assert (
        mine.tolist() == [12, 6] and theirs[0].tolist() == [5, 3] and theirs[1].tolist() == [-4, -2]
    )
    assert rest == [2.0, None, ["1"]]
    assert namespace["FACTOR"] == 99


def uses_an_undefined_name(namespace):
    return MAX * 2  # noqa: F821


def helper_uses_an_undefined_name(namespace):
    return uses_an_undefined_name(namespace)


def uses_a_tensor(namespace):
    return NOWHERE


def uses_an_infinity(namespace):
    return ENDLESS


@functools.cache
def decorated(x):
    return x


@contextlib.contextmanager
def decorated_helper():
    yield


def uses_a_decorated_helper(namespace):
    with decorated_helper():
        return 1


def uses_a_cached_function(namespace):
    return decorated(1)


def show(value):
    return value


def uses_two_of_a_name(namespace):
    return [show(1), between(namespace["f"](), 0, 1)]  # which has a `show` of its own


@pytest.fixture
def anything():
    return None


def make_closure():
    x = 1

    def inner(namespace):
        return x

    return inner


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (uses_an_undefined_name, "uses_an_undefined_name uses undefined names: MAX"),
        (helper_uses_an_undefined_name, "uses_an_undefined_name uses undefined names: MAX"),
        (uses_a_tensor, "uses NOWHERE, of type Tensor, which cannot travel"),
        (uses_an_infinity, "uses ENDLESS, of type float, which cannot travel"),
        (uses_a_decorated_helper, "decorated_helper must be plain, without decorators"),
        (uses_a_cached_function, "uses decorated, of type _lru_cache_wrapper"),
        (uses_two_of_a_name, "are called show: rename one of them"),
        (make_closure(), "at the top of its module"),
        (lambda namespace: 1, "plain function"),
        (len, "plain function"),
        (pytest.MonkeyPatch.setattr, "top of its module"),
    ],
)
def test_a_probe_that_cannot_travel_is_refused(bad, says: str):
    with pytest.raises(ValueError, match=says):
        probe.source_of(bad)


def test_an_error_inside_a_probe_is_a_student_error():
    with pytest.raises(StudentError, match="not callable") as caught:
        probe.run({"f": 3}, probe.source_of(measures), {"X": torch.ones(1)})
    assert caught.value.type == "TypeError" and caught.value.line is None
