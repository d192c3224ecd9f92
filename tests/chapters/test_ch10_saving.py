"""Chapter 10: its solutions where it matters: killed processes, hostile files, another process that resumes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.authoring.catalogue import answers_to, reference
from grader.checks.saved_files import PLAIN_NAMES
from grader.exercises.ch10.made_files import (
    RAN,
    damaged_files,
    disguised_files,
    hostile_files,
    infected,
    safe_files,
    torch_file,
)

from .conftest import failed, judge_in_chapter

CHAPTER, PACKAGE = "10_saving_and_loading", "ch10"
judged = partial(judge_in_chapter, PACKAGE)
HERE = Path(__file__).parent
NEEDS_ITS_CLASS = "a whole network, which needs its class"
HOSTILE = {**hostile_files(), **disguised_files()}
RUNS = f"""
import os, sys, warnings
import torch
warnings.simplefilter("ignore")
for path in sys.argv[1:]:
    os.environ.pop({RAN!r}, None)
    try:
        torch.load(path, weights_only=False)
    except Exception:
        pass
    print(os.environ.get({RAN!r}))
"""


def python(*arguments: object) -> str:
    """What Python prints that is run with these arguments."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.stderr == ""
    return done.stdout


def written(folder: Path, files: dict[str, bytes]) -> dict[str, Path]:
    """Each in a file of its own."""
    paths = {}
    for number, (name, data) in enumerate(files.items()):
        paths[name] = folder / f"{number}.pt"
        paths[name].write_bytes(data)
    return paths


# Files of others


def test_hostile_files_would_run_code(tmp_path) -> None:
    """In a process of its own, which loads them without a guard. So it is code that the checks ask about."""
    paths = written(tmp_path, {**HOSTILE, "plain": torch_file({"weight": torch.ones(2)})})
    ran = dict(zip(paths, python("-c", RUNS, *paths.values()).split(), strict=True))
    assert {name for name, said in ran.items() if said == "None"} == {"plain", NEEDS_ITS_CLASS}


def test_the_collection_is_told_apart(solutions, tmp_path) -> None:
    is_safe = solutions["is_safe_to_load"]
    for name, path in written(tmp_path, safe_files()).items():
        assert is_safe(path) is True, name
    for name, path in written(tmp_path, {**HOSTILE, **damaged_files()}).items():
        assert is_safe(str(path)) is False, name
    assert is_safe(tmp_path / "nowhere.pt") is False and is_safe(tmp_path) is False
    assert RAN not in os.environ


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_torch_agrees_with_what_is_called_safe(solutions, tmp_path) -> None:
    """What `is_safe_to_load` accepts, `torch.load` reads with its default."""
    for name, path in written(tmp_path, {**safe_files(), **HOSTILE}).items():
        if "safetensors" in name:
            continue
        try:
            torch.load(path)
            loads = True
        except Exception:
            loads = False
        assert loads is solutions["is_safe_to_load"](path), name


def test_names_of_the_text_are_those_of_the_judge(solutions) -> None:
    assert solutions["PLAIN_NAMES"] == PLAIN_NAMES


@pytest.mark.parametrize("seed", range(20))
def test_changed_bytes_run_nothing_and_raise_nothing(solutions, tmp_path, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    files = [*safe_files().values(), *HOSTILE.values()]
    for number in range(40):
        data = bytearray(files[number % len(files)])
        for place in torch.randint(0, len(data), (3,), generator=generator).tolist():
            data[place] = int(torch.randint(0, 256, (), generator=generator))
        path = tmp_path / "changed.pt"
        path.write_bytes(data)
        if solutions["is_safe_to_load"](path):
            continue
    assert RAN not in os.environ


@pytest.mark.parametrize("function", ["load_tensors", "load_model", "resume"])
def test_nothing_hostile_is_loaded(solutions, tmp_path, function: str) -> None:
    net = nn.Linear(2, 2)
    path = tmp_path / "infected.pt"
    path.write_bytes(infected(torch_file(net.state_dict())))
    call = {
        "load_tensors": lambda: solutions["load_tensors"](path),
        "load_model": lambda: solutions["load_model"](lambda: nn.Linear(2, 2), path),
        "resume": lambda: solutions["resume"](net, torch.optim.SGD(net.parameters()), path),
    }[function]
    with pytest.raises(Exception, match="exec"):
        call()
    assert RAN not in os.environ


# Files of one's own


@pytest.mark.parametrize("way", ["bytes", "steps"])
def test_killed_anywhere_it_leaves_the_old_file_or_the_new_one(tmp_path, way: str) -> None:
    source = tmp_path / "source.py"
    source.write_text(reference(PACKAGE, "atomic_save"))
    folder = tmp_path / "folder"
    folder.mkdir()
    left = json.loads(python(HERE / "killed_while_saving.py", source, folder, way))
    assert {found for _, found in left} == {"old", "new"}
    assert any(killed for killed, _ in left) and not all(killed for killed, _ in left)
    assert all(killed or found == "new" for killed, found in left)


def test_killed_while_it_writes_straight_into_the_file(tmp_path) -> None:
    """The same kills find the mistake: so they are kills that matter."""
    source = tmp_path / "source.py"
    wrong = {a.name: a.code for a in answers_to(PACKAGE, "atomic_save") if not a.right}
    source.write_text(wrong["straight_into_the_file"])
    folder = tmp_path / "folder"
    folder.mkdir()
    left = json.loads(python(HERE / "killed_while_saving.py", source, folder, "bytes"))
    assert {found for _, found in left} - {"old", "new"}


TRAINING = """
import copy, os, pickle, sys, tempfile
from pathlib import Path
import torch
from torch import nn

def begun(seed):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
    return net, torch.optim.Adam(net.parameters(), lr=0.01)

def trained(net, optimizer, steps):
    for _ in range(steps):
        X = torch.randn(32, 6)
        optimizer.zero_grad()
        ((net(X) - X.sum(1, keepdim=True)) ** 2).mean().backward()
        optimizer.step()
"""
STOPS = "net, optimizer = begun(1)\ntrained(net, optimizer, 30)\ncheckpoint(net, optimizer, 3, sys.argv[1])\n"
RESUMES = (
    "net, optimizer = begun(2)\nepoch = resume(net, optimizer, sys.argv[1])\n"
    "trained(net, optimizer, 30)\nprint(epoch)\ntorch.save(net.state_dict(), sys.argv[2])\n"
)
GOES_THROUGH = (
    "net, optimizer = begun(1)\ntrained(net, optimizer, 60)\n"
    "torch.save(net.state_dict(), sys.argv[2])\n"
)


def test_another_process_resumes_bit_for_bit(tmp_path) -> None:
    names = ("atomic_save", "checkpoint")
    solutions = "".join(reference(PACKAGE, name) + "\n" for name in names)
    run, one, other = (tmp_path / name for name in ("run.pt", "one.pt", "other.pt"))
    python("-c", TRAINING + solutions + STOPS, run)
    assert python("-c", TRAINING + solutions + RESUMES, run, one) == "3\n"
    python("-c", TRAINING + GOES_THROUGH, run, other)
    resumed, through = torch.load(one), torch.load(other)
    assert all(torch.equal(resumed[name], through[name]) for name in through)
    assert len(through) == 9


def test_a_network_moves_to_another_machine(solutions, tmp_path) -> None:
    """The weights in safetensors and in torch's format are the same ones."""
    net = solutions["make_net"]()
    solutions["save_model"](net, tmp_path / "net.pt")
    assert solutions["is_safe_to_load"](tmp_path / "net.pt")
    solutions["save_file"](net.state_dict(), tmp_path / "net.safetensors")
    assert solutions["is_safe_to_load"](tmp_path / "net.safetensors")
    same = solutions["load_file"](tmp_path / "net.safetensors")
    clone = solutions["load_model"](solutions["make_net"], tmp_path / "net.pt")
    assert all(torch.equal(clone.state_dict()[name], same[name]) for name in same)


# What is said of a wrong answer is true of it


def test_a_network_that_was_not_made_says_nothing_of_devices(namespace) -> None:
    code = "def load_model(make_net, path):\n    return make_net.load_state_dict(torch.load(path))"
    exec(code, namespace)
    (check,) = (c for c in judged(namespace, "load_model").checks if c.id == "from_gpu")
    assert "AttributeError" in check.seen and not check.because


def test_whoever_saves_the_network_itself_has_left_its_mode(namespace) -> None:
    exec("def save_model(net, path):\n    torch.save(net, path)", namespace)
    assert failed(judged(namespace, "save_model")) >= {"parameters", "buffers"}
    assert "mode" not in failed(judged(namespace, "save_model"))
