"""Files of `torch.save`, read without running them."""

from __future__ import annotations

import io
import os
import pickle
import zipfile

import pytest
import torch
from torch import nn

from grader.checks.saved_files import STORAGES, DamagedFile, Foreign, read_saved
from grader.exercises.ch10.made_files import (
    RAN,
    disguised_files,
    hostile_files,
    pickle_in,
    safe_files,
    torch_file,
    with_numbers,
    with_pickle,
)

PLAIN = torch_file({"weight": torch.ones(2, 3)})


@pytest.mark.parametrize("dtype", STORAGES.values(), ids=str)
def test_every_type_comes_back(dtype: torch.dtype) -> None:
    value = [torch.tensor([[0, 1, 2], [3, 4, 5]]).to(dtype), torch.empty(0, 3).to(dtype)]
    seen = read_saved(torch_file(value)).value
    assert all(torch.equal(a, b) and a.dtype == b.dtype for a, b in zip(seen, value, strict=True))


def test_structures_and_views_come_back() -> None:
    table = torch.arange(20.0).reshape(4, 5)
    value = {"row": table[2], "turned": table.T[1:3], "more": [1, 2.5, None, True, "x", (1, 2)]}
    saved = read_saved(torch_file(value))
    assert torch.equal(saved.value["row"], table[2])
    assert torch.equal(saved.value["turned"], table.T[1:3])
    assert saved.value["more"] == value["more"]
    assert saved.nbytes == 80 and not saved.foreign


def test_what_torch_loads_is_read_alike() -> None:
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.rand(5, 3)).sum().backward()
    optimizer.step()
    data = torch_file({"net": net.state_dict(), "steps": optimizer.state_dict()})
    ours, theirs = read_saved(data).value, torch.load(io.BytesIO(data))
    assert ours["steps"]["param_groups"] == theirs["steps"]["param_groups"]
    pairs = [(ours["net"][name], value) for name, value in theirs["net"].items()]
    for number, memory in theirs["steps"]["state"].items():
        pairs += [(ours["steps"]["state"][number][name], value) for name, value in memory.items()]
    assert len(pairs) == 7 + 4 * 3 and all(torch.equal(a, b) for a, b in pairs)


def test_objects_of_classes_are_foreign() -> None:
    saved = read_saved(torch_file(nn.Linear(2, 2)))
    assert isinstance(saved.value, Foreign) and saved.value.name.endswith("Linear")
    assert "torch.nn.modules.linear Linear" in saved.foreign


@pytest.mark.parametrize("kind", [*hostile_files(), *disguised_files()])
def test_nothing_hostile_runs_or_passes(kind: str) -> None:
    data = {**hostile_files(), **disguised_files()}[kind]
    try:
        foreign = read_saved(data).foreign
    except DamagedFile:
        foreign = ["unread"]
    assert RAN not in os.environ
    assert foreign


@pytest.mark.parametrize("kind", safe_files())
def test_safe_files_ask_for_nothing_foreign(kind: str) -> None:
    if "safetensors" not in kind:
        assert not read_saved(safe_files()[kind]).foreign


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("archive/data.pkl", b"0" * 10_000_000)
    return buffer.getvalue()


WIDE = pickle_in(torch_file(torch.ones(1).expand(2**30)))
DAMAGED = {
    "nothing": b"",
    "a text": b"weights, please",
    "half": PLAIN[: len(PLAIN) // 2],
    "a bomb": bomb(),
    "a tensor far larger than its memory": with_pickle(torch_file(torch.ones(1)), WIDE),
    "a pickle cut off": with_pickle(PLAIN, pickle_in(PLAIN)[:-20]),
    "an empty stack": with_pickle(PLAIN, b"\x80\x020."),
    "a memo that is not there": with_pickle(PLAIN, b"\x80\x02h\x07."),
    "a call of a number": with_pickle(PLAIN, b"\x80\x02K\x01)R."),
    "another protocol": with_pickle(PLAIN, pickle.dumps({1, 2}, protocol=4)),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_files_are_refused(kind: str) -> None:
    with pytest.raises(DamagedFile):
        read_saved(DAMAGED[kind])


def test_numbers_can_be_exchanged() -> None:
    old, new = torch.rand(2, 3), torch.rand(2, 3)
    data = with_numbers(torch_file({"a": old, "b": [old.clone(), torch.ones(2)]}), old, new)
    value = torch.load(io.BytesIO(data))
    assert torch.equal(value["a"], new) and torch.equal(value["b"][0], new)
    assert torch.equal(value["b"][1], torch.ones(2))
