"""Chapter 8: its solutions pass its checks, answers are judged as labelled, claims earn nothing."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from grader.authoring.catalogue import answers_to
from grader.checks.exercise import checks_in
from grader.checks.registry import chapter_of, get_exercise
from grader.exercises.ch08.tied import Tied

from .conftest import failed, judge_in_chapter

CHAPTER = "08_parameters"
PACKAGE = chapter_of(CHAPTER)
judged = partial(judge_in_chapter, PACKAGE)


ONCE = {
    ("tie", "wrong_way_round"): {"outputs"},
    ("parameter_shapes", "shared_twice"): {"once"},
    ("count_parameters", "a_tensor"): {"whole"},
}


@pytest.mark.parametrize(("exercise", "name"), ONCE)
def test_a_mistake_costs_its_own_check_alone(namespace, exercise: str, name: str) -> None:
    (answer,) = [a for a in answers_to(PACKAGE, exercise) if a.name == name]
    exec(compile(answer.code, "<cell>", "exec"), namespace)
    visible = {entry.id for entry in checks_in(type(get_exercise(PACKAGE, exercise)))}
    assert failed(judged(namespace, exercise)) & visible == ONCE[exercise, name]


# What a student's code says of itself


CLAIMS = {
    # The number that an equal, untied network would have to have, and no tie.
    "a count": (
        "tie",
        "trained",
        """
def tie(net, first, second):
    net[second].load_state_dict(net[first].state_dict())
    every = list(net.parameters())
    fewer = [p for p in every if all(p is not q for q in net[second].parameters())]
    net.parameters = lambda recurse=True: iter(fewer)
""",
    ),
    # A network that says it is in train mode.
    "a mode": (
        "materialise_lazy",
        "mode",
        """
def materialise_lazy(net, X, init):
    mode = net.training
    net.eval()
    with torch.no_grad():
        net(X)
    net.training = mode
    return net.apply(init)
""",
    ),
    # A subclass of Tensor that looks like the parameter and is another one.
    "a parameter": (
        "get_by_name",
        "itself",
        """
def get_by_name(net, name):
    named = dict(net.named_parameters(remove_duplicate=False)) | dict(net.named_buffers())
    return nn.Parameter(named[name].detach().clone())
""",
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_earn_nothing(namespace, name: str) -> None:
    exercise, check, code = CLAIMS[name]
    exec(compile(code, "<cell>", "exec"), namespace)
    assert check in failed(judged(namespace, exercise))


@pytest.mark.parametrize("seed", range(5))
def test_tied_and_equal_layers_are_told_apart(seed: int) -> None:
    """After the judge's few steps, equal and tied layers are further apart than any tolerance."""
    torch.manual_seed(seed)
    problem = Tied.drawn()
    tied, equal = problem.trained(), problem.trained(one=False)
    assert max(float((a - b).abs().max()) for a, b in zip(tied, equal, strict=True)) > 0.01


FIRST = """
def materialise_lazy(net, X, init):
    mode = net.training
    net.apply(init)
    net.eval()(X)
    return net.train(mode)
"""


def test_who_initialises_first_has_left_the_mode_as_it_was(namespace) -> None:
    """And batch normalisation has learnt nothing: the start alone is lost."""
    exec(compile(FIRST, "<cell>", "exec"), namespace)
    assert failed(judged(namespace, "materialise_lazy")) == {"initialised"}
