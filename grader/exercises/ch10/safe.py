"""Chapter 10: the exercise `is_safe_to_load`: judge a file without running it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.randomness import shuffled
from grader.checks.student import Student
from grader.exercises.ch10.file_probes import answers_about_files
from grader.exercises.ch10.made_files import (
    as_values,
    damaged_files,
    disguised_files,
    hostile_files,
    safe_files,
)


class IsSafeToLoad(Exercise):
    name, points = "is_safe_to_load", 6
    imports = ("torch._dynamo",)  # by the first step of an optimizer
    hints = (
        "What does a pickle have to name before it can call it? And which names does a file of weights need?",
        "A zip: read its one entry that ends with `/data.pkl` and go through `pickletools.genops(data)`. "
        "`GLOBAL` names a function in its argument. `STACK_GLOBAL`, `INST` and the like have no place in a weights "
        "file. No zip: is it safetensors? Whatever cannot be read is not safe.",
        "In `try`: `with zipfile.ZipFile(path) as packed:` `(name,) = [n for n in packed.namelist() if "
        'n.endswith("/data.pkl")]`; for each instruction: False for a `GLOBAL` that is not in PLAIN_NAMES, and for '
        'another way to a name. In `except zipfile.BadZipFile`: `safetensors.safe_open(path, "pt")` raises for '
        "what is none. `except Exception: return False`.",
    )

    @check("files that run code are told from files that do not", weight=3, essential=True)
    def told_apart(self, student: Student) -> None:
        """Try it on a file with `exec` in it, and on one of your own networks."""
        hostile, safe = hostile_files(), safe_files()
        chosen = (
            "weights, and an object that runs code",
            "weights, and code that runs before they are made",
            "a bare pickle that runs code",
        )
        verify_answers(
            student,
            {name: hostile[name] for name in chosen},
            {
                name: safe[name]
                for name in ("a dictionary of tensors", "the state_dict of a network")
            },
        )

    @check("no code in a file is run meanwhile", weight=0)
    def nothing_runs(self, student: Student) -> None:
        """Read the pickle as a text of instructions. `pickle.load` follows them."""
        hostile, safe = hostile_files(), safe_files()
        order = shuffled([*hostile, *safe])
        answers = ask(student, [as_values({**hostile, **safe}[name]) for name in order])
        ran = [name for name, (_, _, ran) in zip(order, answers, strict=True) if ran]
        expect.true(
            not ran, seen=f"code was run: in {ran[0] if ran else ''}", expected="none is run"
        )

    @check("every safe kind of file is safe", weight=1.5)
    def safe(self, student: Student) -> None:
        """A checkpoint, a list, a file of safetensors; and a tensor may have any name."""
        hostile = hostile_files()
        chosen = "weights, and an object that runs code"
        verify_answers(student, {chosen: hostile[chosen]}, safe_files(), kind="Path")

    @check("every way to code is found", weight=2)
    def hostile(self, student: Student) -> None:
        """Not the name of the function makes a file safe, but that all names in it are known to be harmless."""
        safe = safe_files()
        verify_answers(
            student, hostile_files(), {"a dictionary of tensors": safe["a dictionary of tensors"]}
        )

    @check("a file in disguise is not safe", weight=0.5)
    def disguised(self, student: Student) -> None:
        """A zip is read from its end: does the file begin with `b"PK\\x03\\x04"`? And is there one pickle in it, or two?"""
        safe = safe_files()
        verify_answers(
            student, disguised_files(), {"a dictionary of tensors": safe["a dictionary of tensors"]}
        )

    @check("a file that is none of both is not safe, and raises nothing")
    def damaged(self, student: Student) -> None:
        """When in doubt, False."""
        safe = safe_files()
        verify_answers(
            student, damaged_files(), {"a dictionary of tensors": safe["a dictionary of tensors"]}
        )


def verify_answers(
    student: Student,
    bad: Mapping[str, bytes],
    good: Mapping[str, bytes],
    kind: str = "str",
    suffix: str = "",
) -> None:
    """`is_safe_to_load` says False of the bad files and True of the good ones, in an order that is drawn.

    suffix: of all files' names; by default, one is drawn for each.
    """
    files = {**bad, **good}
    order = shuffled(list(files))
    answers = ask(student, [as_values(files[name]) for name in order], kind, suffix)
    found = dict(zip(order, answers, strict=True))
    for name in files:
        answer, error, _ = found[name]
        expect.true(not error, seen=f"an exception for {name}: {error}", expected=str(name in good))
        expect.true(
            answer is (name in good),
            seen=f"{expect.show(answer)} for {name}",
            expected=str(name in good),
        )


def ask(student: Student, files: list[Tensor], kind: str = "str", suffix: str = "") -> list[list]:
    """Of each file: the answer, the exception, and whether code ran."""
    suffixes = [suffix or shuffled([".pt", ".pth", ".safetensors", ".bin"])[0] for _ in files]
    answers = student.run(answers_about_files, files=files, suffixes=suffixes, kind=kind)
    return [expect.items(answer, 3) for answer in expect.items(answers, len(files))]
