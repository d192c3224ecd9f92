"""Chapter 10: the exercises `save_tensors` and `load_tensors`."""

from __future__ import annotations

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.folders import as_bytes
from grader.checks.randomness import integer, shuffled, signed
from grader.checks.saved_files import DamagedFile, Foreign, Saved, read_saved
from grader.checks.student import Student
from grader.exercises.ch10.file_probes import loaded_by, saved_by
from grader.exercises.ch10.made_files import (
    as_values,
    from_a_gpu,
    infected,
    torch_file,
    weights,
)

ROWS = 200
"""Of a table of which one row is saved."""
ITSELF = "this is the network itself: whoever loads it needs your code, and has to run a pickle"
RAN_CODE = "the code in the file was run: `weights_only=False` lets it"


class SaveTensors(Exercise):
    name, points = "save_tensors", 3
    hints = (
        "Which function of torch writes a tensor, a list or a dictionary to a file? And what does it write of a "
        "tensor that is a view of a larger one?",
        "`torch.save(value, path)`. A view shares the memory of the tensor that it looks into, and all of that "
        "memory is written. A `clone()` has memory of its own.",
        "With `isinstance`, clone every tensor of a dictionary or of a list, or the one tensor; then "
        "`torch.save(..., path)`.",
    )

    @check("a tensor, a list and a dictionary are in the file", weight=2, essential=True)
    def values(self, student: Student) -> None:
        """`torch.save(tensors, path)`; what comes first?"""
        values = [signed(integer(2, 5)), [signed(3), signed(2, 2)], weights()]
        for value in shuffled(values):
            saved = file_saved(student.run(saved_by, name=self.name, value=value))
            verify_same(saved.value, value)

    @check("a number type stays what it is, and a path may be a Path", weight=0.5)
    def kinds(self, student: Student) -> None:
        """Tensors are saved with their type: nothing has to be converted."""
        count = integer(100, 900)
        value = {"half": signed(3).half(), "count": torch.tensor(count), "on": torch.ones(2) > 0}
        saved = file_saved(student.run(saved_by, name=self.name, value=value, kind="Path"))
        verify_same(saved.value, value)
        for name, tensor in value.items():
            expect.tensor(saved.value[name], dtype=tensor.dtype)  # type: ignore[index]

    @check("of one row of a large table, only the row is in the file")
    def views(self, student: Student) -> None:
        """Look at the size of the file: `os.path.getsize(path)`."""
        table, row = signed(ROWS, 16), integer(0, ROWS - 1)
        for within in shuffled(["", "list", "dict"]):
            found = student.run(saved_by, name=self.name, value=table, row=row, within=within)
            saved = file_saved(found)
            one = table[row]
            verify_same(saved.value, {"": one, "list": [one], "dict": {"row": one}}[within])
            expect.true(
                saved.nbytes <= 2 * one.numel() * one.element_size(),
                seen=f"{saved.nbytes:,} bytes of numbers in the file",
                expected=f"{one.numel() * one.element_size()}, for a row of {one.numel()} numbers",
                because="a row is a view: all of the memory behind it was written",
            )


class LoadTensors(Exercise):
    name, points = "load_tensors", 4
    hints = (
        "Which function of torch reads what `torch.save` wrote, and which of its arguments says where the "
        "tensors go?",
        "`torch.load(path, map_location=...)`. The default `weights_only=True` is what you want: it makes tensors "
        "and plain values, and calls nothing else.",
        "`return torch.load(path, map_location=device, weights_only=True)`",
    )

    @check("what was saved comes back", weight=2, essential=True)
    def values(self, student: Student) -> None:
        """`torch.load(path)`"""
        values = [signed(integer(2, 5)), [signed(3), signed(2, 2)], weights()]
        files = [as_values(torch_file(value)) for value in values]
        answers = answers_to_files(student, self.name, files)
        for value, (answer, error, _) in zip(values, answers, strict=True):
            verify_loaded(answer, error)
            verify_same(answer, value)

    @check("what was saved on a GPU can be loaded without one, from a Path, too")
    def from_gpu(self, student: Student) -> None:
        """`map_location` says where tensors go, wherever they were."""
        value = weights()
        files = [as_values(from_a_gpu(torch_file(value)))]
        ((answer, error, _),) = answers_to_files(student, self.name, files, kind="Path")
        verify_without_a_gpu(error, "the tensors, on the CPU")
        verify_same(answer, value)

    @check("tensors go to the device that is asked for", weight=0.5)
    def device(self, student: Student) -> None:
        """`map_location=device`. The device "meta" has shapes without numbers: it is enough to see where they go."""
        files = [as_values(torch_file(weights()))]
        answers = student.run(loaded_by, name=self.name, files=files, device="meta")
        ((answer, error, _),) = (expect.items(a, 3) for a in expect.items(answers, 1))
        verify_loaded(answer, error)
        expect.equal(
            answer,
            {"weight": "on meta", "bias": "on meta"},
            because='asked for the device "meta"',
        )

    @check("a file with code in it is refused, and its code is not run", essential=True)
    def hostile(self, student: Student) -> None:
        """`weights_only=True` is the default. Leave it."""
        verify_refuses_code(student, self.name)


def verify_without_a_gpu(error: object, expected: str) -> None:
    """A file with tensors from a GPU was read without one."""
    expect.true(
        not error,
        seen=f"a file with tensors from `cuda:0`: {error}",
        expected=expected,
        because="without `map_location`, tensors go where they were"
        if "CUDA device" in str(error)
        else "",
    )


def file_saved(files: object) -> Saved:
    """What lies in the one file `saved.pt` of a folder."""
    found = expect.record(files)
    names = ", ".join(sorted(map(str, found))) or "nothing"
    expect.true(
        "saved.pt" in found,
        seen=f"in the folder there is {names}",
        expected="a file at `path`",
    )
    return contents(found["saved.pt"])


def contents(found: object) -> Saved:
    """What lies in a file, as `files_in` gives it."""
    _size, data = expect.items(found, 2)
    try:
        return read_saved(as_bytes(expect.tensor(data, dtype=torch.uint8)))
    except DamagedFile as error:
        expect.fail(
            f"a file that `torch.load` cannot read as tensors ({error})",
            "a file that `torch.save` has written",
        )
        raise


def verify_same(seen: object, right: object) -> None:
    """Tensors, lists and dictionaries of them are equal, number for number."""
    foreign = f"an object of `{seen.name}` is in the file" if isinstance(seen, Foreign) else ""
    expect.true(not foreign, seen=foreign, expected="tensors and plain values")
    if isinstance(right, dict):
        found = expect.record(seen)
        expect.true(
            list(found) == list(right),
            seen=f"the names {', '.join(map(str, found)) or '(none)'}",
            expected=", ".join(right),
        )
        for name, value in right.items():
            expect.close(found[name], value, tolerance=expect.EXACT, because=f"in `{name}`")
    elif isinstance(right, list):
        for one, value in zip(
            expect.items(seen, len(right), expected=f"a list of {len(right)} tensors"),
            right,
            strict=True,
        ):
            verify_same(one, value)
    else:
        expect.close(seen, right, tolerance=expect.EXACT)


def answers_to_files(
    student: Student, name: str, files: list[Tensor], kind: str = "str"
) -> list[list]:
    """Of each file: what came back, the exception, and whether code ran."""
    answers = student.run(loaded_by, name=name, files=files, kind=kind)
    return [expect.items(answer, 3) for answer in expect.items(answers, len(files))]


def verify_loaded(answer: object, error: object) -> None:
    """No exception, and something came back."""
    expect.true(not error, seen=f"an exception, {error}", expected="the tensors in the file")
    expect.true(
        answer is not None,
        seen="None (is the `return` missing?)",
        expected="the tensors in the file",
    )


def verify_refuses_code(student: Student, name: str) -> None:
    """Of plain files and hostile ones, in an order that is drawn: those are loaded, these are not."""
    cases: list[tuple[dict[str, Tensor] | None, bytes]] = []
    for value in (weights(), weights()):
        cases += [(value, torch_file(value)), (None, infected(torch_file(value)))]
    cases = shuffled(cases)
    answers = answers_to_files(student, name, [as_values(data) for _, data in cases])
    for (plain, _), (answer, error, ran) in zip(cases, answers, strict=True):
        if plain is not None:
            verify_loaded(answer, error)
            verify_same(answer, plain)
            continue
        expect.true(
            ran is False, seen="code in the file was run", expected="an exception", because=RAN_CODE
        )
        expect.true(bool(error), seen="a file with code in it was loaded", expected="an exception")
