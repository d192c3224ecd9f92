"""Remarks on the solutions: each exercise has some, they name what exists, and nothing handed out holds a line."""

from __future__ import annotations

import builtins
import collections
import contextlib
import hashlib
import importlib
import inspect
import itertools
import keyword
import math
import os
import re
import shutil
import tarfile
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import torch
from matplotlib.axes import Axes

from grader.authoring.chapter import read_chapter, remarks_in
from grader.checks.quiz import Quiz
from grader.checks.registry import chapter_of, exercises_of
from grader.errors import CourseError

from .conftest import CHAPTERS

ROOT = CHAPTERS.parent
REMARKS = {path.stem: remarks_in(path) for path in sorted(CHAPTERS.glob("*.py"))}
ALL = [(name, exercise) for name, found in REMARKS.items() for exercise in found]
each_remark = pytest.mark.parametrize(("name", "exercise"), ALL)
SENTENCE = re.compile(r"[.?!](?=\s+[^\sa-z]|$)")
SPAN, STRING = re.compile(r"`([^`]+)`"), re.compile(r"\"[^\"]*\"|'[^']*'")
CHAIN = re.compile(r"(?<!\w)\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
# What remarks name besides their chapter's own words, with parameters and attributes.
THINGS = (
    *(torch.Tensor, torch.Tensor.to, torch.nn, torch.nn.Module, torch.nn.Module.load_state_dict),
    *(torch.nn.Module.register_buffer, torch.nn.parallel, torch.nn.functional, torch.optim.SGD),
    *(torch.nn.parallel.DistributedDataParallel, torch.load, torch.utils.data.DataLoader),
    *(np, np.std, pd.DataFrame, pd.DataFrame.reindex, scipy.stats, Axes, zipfile.ZipFile),
    *(builtins, str, dict, Path, os, tempfile, tarfile, shutil, itertools, hashlib, collections),
)
NO_CODE = {"houses", "houses-old", "HOUSES.ZIP", "v1.2.tar.gz", ".part", ".tmp"}
NO_CODE |= {"Range", "CUDA_VISIBLE_DEVICES"}
LIBRARIES = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "scipy": "scipy"}
LIBRARIES |= {name: name for name in ("math", "os", "copy", "hashlib", "itertools", "tempfile")}
LIBRARIES |= {name: name for name in ("tarfile", "zipfile", "pickletools", "time")}


def text_of(name: str, exercise: str) -> str:
    return " ".join(REMARKS[name][exercise].split())


@pytest.mark.parametrize("name", REMARKS)
def test_every_exercise_has_remarks_and_a_quiz_explains_itself(name: str) -> None:
    asked = exercises_of(chapter_of(name)).values()
    assert set(REMARKS[name]) == {x.name for x in asked if not isinstance(x, Quiz)}


@each_remark
def test_they_are_short(name: str, exercise: str) -> None:
    sentences = SENTENCE.findall(SPAN.sub("X", text_of(name, exercise)))
    assert 3 <= len(sentences) <= 6, len(sentences)
    assert 40 <= len(text_of(name, exercise).split()) <= 130


def test_no_phrase_comes_twice() -> None:
    """No six words in a row, in whatever remarks."""
    seen: dict[tuple[str, ...], tuple[str, str]] = {}
    for place in ALL:
        words = re.findall(r"\w+", text_of(*place).lower())
        for run in zip(*(words[i:] for i in range(6)), strict=False):
            assert seen.setdefault(run, place) == place, (run, seen[run], place)


@each_remark
def test_the_code_that_they_name_exists(name: str, exercise: str) -> None:
    """By its whole path in a library, or as a parameter of what is named so; else in the chapter, word by word."""
    spans = [span for span in SPAN.findall(text_of(name, exercise)) if span not in NO_CODE]
    chains = [chain for span in spans for chain in CHAIN.findall(STRING.sub("", span))]
    named = [chain for chain in chains if chain.partition(".")[0] in LIBRARIES and "." in chain]
    known = words_of(name) | OTHER_WORDS
    for chain in named:
        known |= parameters_of(found(chain))
    others = set(chains).difference(named)
    words = {word for chain in others for word in chain.strip(".").split(".")}
    assert words <= known, words - known


def parameters_of(thing: object) -> set[str]:
    try:
        return set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return set()


# Of what they may name without a path.
OTHER_WORDS = {word for thing in THINGS for word in (*dir(thing), *parameters_of(thing))}
OTHER_WORDS |= {*keyword.kwlist, "non_blocking"}  # of `Tensor.to`, which has no signature


@cache
def words_of(name: str) -> set[str]:
    """All words of a chapter, its remarks left out."""
    cells = read_chapter(CHAPTERS / f"{name}.py").cells
    return set(re.findall(r"\w+", "\n".join(cell.source for cell in cells)))


def found(chain: str) -> object:
    """What a dotted name stands for in its library."""
    first, *rest = chain.split(".")
    module = LIBRARIES[first]
    thing = importlib.import_module(module)
    for part in rest:
        module = f"{module}.{part}"
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
        assert hasattr(thing, part), chain
        thing = getattr(thing, part)
    return thing


def test_nothing_that_is_handed_out_holds_a_line_of_them() -> None:
    """Notebooks, their sources, and whatever of `grader` and `lab` a wheel, a bundle or a sandbox has."""
    folders = ("notebooks", "solutions", "grader", "lab")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode("utf-8", "replace").replace('\\"', '"') for path in files]
    everything = "\n".join(texts)
    assert (
        'In need of a nudge? Write `hint("dropout_moments")` into a cell of your own' in everything
    )
    lines = [
        line for found in REMARKS.values() for text in found.values() for line in text.splitlines()
    ]
    assert len(lines) > 500
    assert not [line for line in lines if len(line) > 25 and line in everything]


def test_the_numbers_in_them_are_those_of_a_run() -> None:
    """What remarks claim to have been computed, in the order of the chapters."""
    h, p = torch.tensor(3.0), 1e-6
    assert f"{h**2 / (1 - p) - h**2:.7f} {h**2 * p / (1 - p):.6f}" == "0.0000095 0.000009"
    mask_kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: mask_kept.append(x.dtype), lambda x: x):
        (torch.rand(9) > 0.5) * torch.ones(9, requires_grad=True) / 0.5
    assert mask_kept == [torch.bool]
    assert torch.tensor([1.0, float("nan"), 5.0]).argmax() == 1
    wide, usual = (2 * math.log(4e7)) ** 0.5, math.log(2e7) ** 0.5  # for an error of 0.0000001
    assert round(wide / usual, 1) == 1.4
    assert round(1 / (256 * 0.01**2 / 2) ** 0.5) == 9
    assert round(1 - 0.8**0.5, 2) == 0.11
    w = torch.zeros(2, requires_grad=True)
    assert torch.autograd.grad((w**2).sum().sqrt(), w)[0].isnan().all()
    assert torch.autograd.grad(w.norm(), w)[0].eq(0).all()
    assert torch.tensor(300.0, dtype=torch.float16) ** 2 == float("inf")
    x = torch.tensor([20.0, -20.0])
    assert (torch.sigmoid(x) * (1 - torch.sigmoid(x)))[0] == 0
    assert [f"{s:.0e}" for s in torch.sigmoid(x) * torch.sigmoid(-x)] == ["2e-09", "2e-09"]
    assert torch.nn.init.trunc_normal_(torch.empty(10_000), std=0.02).abs().max() > 2 * 0.02
    encoder = torch.nn.TransformerEncoderLayer(8, 2, batch_first=True)
    first, second = torch.nn.TransformerEncoder(encoder, 2, enable_nested_tensor=False).layers
    assert torch.equal(first.linear1.weight, second.linear1.weight)
    assert torch.rand(10, 3)[3].contiguous().untyped_storage().nbytes() == 120
    draws = torch.rand(2_000_000, dtype=torch.bfloat16)
    assert (draws <= 0.3).float().mean().item() == pytest.approx(0.304, abs=0.002)


CELLS = """# %% exercise="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double"
check("double")
"""


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (
            '# %% [markdown] remarks="double"\n# Twice.\n\n' + CELLS,
            r'do not stand below check\("double"\)',
        ),
        (
            CELLS + '\n# %% [markdown] remarks="dubble"\n# Twice.\n',
            "on 'dubble' do not stand below",
        ),
        (CELLS + 2 * '\n# %% [markdown] remarks="double"\n# Twice.\n', "are there twice"),
        (CELLS + '\n# %% [markdown] remarks="double"\n#\n', "are empty"),
        (CELLS + '\n# %% remarks="double"\nprint(2)\n', "belong into a Markdown cell"),
    ],
)
def test_remarks_that_are_misplaced_are_an_error_with_the_chapter(tmp_path, cells, problem) -> None:
    path = tmp_path / "01_double.py"
    path.write_text(cells)
    for read in (remarks_in, read_chapter):
        with pytest.raises(CourseError, match=r"^01_double\.py: the remarks.*" + problem):
            read(path)
