"""Chapter 6: the exercises `sha1_of` and `download`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.folders import PIECE, as_bytes
from grader.checks.randomness import integer, shuffled
from grader.checks.student import Student
from grader.exercises.ch06.files import downloads, memory_of_a_sum, sums_of_files

LARGE = 192
"""How many pieces of 64 KiB a large file has: 12 MiB."""
HALF_OF_LARGE = LARGE * PIECE // 2


class Sha1Of(Exercise):
    name, points = "sha1_of", 2
    hints = (
        "What does `open(path)` do with bytes that are no text? And how do you read a file in pieces?",
        'Open it with `"rb"`. `file.read(65_536)` gives the next 64 KiB, and `b""` at the end.',
        "Make `sha1 = hashlib.sha1()` (the digit one), call `sha1.update(data)` for each piece, and return "
        "`sha1.hexdigest()`.",
    )

    @check("the SHA-1 of a file with any bytes", weight=2, essential=True)
    def value(self, student: Student) -> None:
        """Open the file as bytes, with `"rb"`."""
        verify_sums(student, [(with_line_breaks(integer(100, 400)), 1, "str") for _ in range(2)])

    @check("an empty file, and a path that is a Path")
    def edges(self, student: Student) -> None:
        """`open` takes both kinds of path; the sum of nothing is a sum, too."""
        verify_sums(student, [(some_bytes(0), 1, "str"), (with_line_breaks(300), 1, "Path")])

    @check("a file larger than a piece, all of it", essential=True)
    def large(self, student: Student) -> None:
        """Read until `read` gives nothing more."""
        pattern = some_bytes(PIECE + integer(1, 99))
        verify_sums(student, [(pattern, 33, "str"), (some_bytes(PIECE), 32, "str")])

    @check("a large file is read in pieces", weight=0)
    def in_pieces(self, student: Student) -> None:
        """`file.read()` without a size reads all of it."""
        pattern = some_bytes(PIECE)
        pair = student.run(memory_of_a_sum, pattern=pattern, times=LARGE)
        seen, memory = expect.items(pair, 2)
        expect.equal(seen, sum_of(pattern, LARGE))
        verify_memory(memory)


def verify_sums(student: Student, files: Sequence[tuple[Tensor, int, str]]) -> None:
    """`sha1_of` of files, each a pattern, how often it comes, and the kind of path."""
    asked = [list(entry) for entry in files]
    answers = expect.items(student.run(sums_of_files, files=asked), len(asked))
    for seen, (pattern, times, _) in zip(answers, files, strict=True):
        right = sum_of(pattern, times)
        expect.true(
            isinstance(seen, str),
            seen=f"{expect.show(seen)[:60]} came back",
            expected="text of 40 hexadecimal digits",
            because="" if seen is None else "`hexdigest()` gives text",
        )
        data = as_bytes(pattern) * times
        mistakes = {
            "these are 64 digits: SHA-256, not SHA-1": hashlib.sha256(data).hexdigest(),
            "this is MD5, not SHA-1": hashlib.md5(data).hexdigest(),
            "this is the sum of nothing: no byte went in": hashlib.sha1().hexdigest(),
            "only the first 64 KiB went in": hashlib.sha1(data[:PIECE]).hexdigest(),
            "only the first MiB went in": hashlib.sha1(data[: 2**20]).hexdigest(),
            "capital letters; a comparison with the published sum would fail": right.upper(),
        }
        named = [text for text, wrong in mistakes.items() if wrong == seen != right]
        because = named[0] if len(named) == 1 else f"for a file of {len(data):,} bytes"
        if seen != right:
            expect.fail(expect.show(seen), repr(right), because)


def verify_memory(memory: object) -> None:
    """Much less than a large file was in memory at any time."""
    most = expect.number(memory)
    expect.true(
        most < HALF_OF_LARGE,
        seen=f"{most / 2**20:.1f} MiB of memory for a file of {LARGE * PIECE / 2**20:.0f} MiB",
        expected="a piece at a time",
    )


def some_bytes(n: int) -> Tensor:
    """Bytes of all values."""
    return torch.randint(0, 256, (n,), dtype=torch.uint8)


def with_line_breaks(n: int) -> Tensor:
    r"""Printable text with `\r\n` in it, which reading as text would change, and a byte that is no text."""
    data = torch.randint(32, 127, (n,), dtype=torch.uint8)
    data[10], data[11], data[20] = 13, 10, 200
    return data


def sum_of(pattern: Tensor, times: int = 1) -> str:
    sha1, piece = hashlib.sha1(), as_bytes(pattern)
    for _ in range(times):
        sha1.update(piece)
    return sha1.hexdigest()


@dataclass(frozen=True)
class Case:
    """One call of `download`: what the server sends, what lies there before, and the sum that is wanted."""

    sent: Tensor
    wanted: str
    before: Tensor | None = None
    status: int = 200
    breaks_after: int | None = None
    times: int = 1
    unreachable: bool = False
    silent: bool = False
    kind: str = "str"
    measured: bool = False
    folder: bool = True

    def as_plain(self, name: str) -> dict:
        """As it travels."""
        reply = {
            "body": self.sent,
            "size": len(self.sent) * self.times,
            "breaks_after": self.breaks_after,
            "status": self.status,
            "unreachable": self.unreachable,
            "silent": self.silent,
        }
        return {
            "name": name,
            "sum": self.wanted,
            "reply": reply,
            "before": self.before,
            "kind": self.kind,
            "measured": self.measured,
            "folder": self.folder,
        }


class Download(Exercise):
    name, points = "download", 6
    uses = ("sha1_of",)
    hints = (
        "Four questions, in this order: is the right file there already? What did the server answer? Has all "
        "of it arrived, and is the sum right? What lies in the folder if not?",
        'Write to `path + ".part"`. When the sum of this file is right, `os.replace(part, path)`. A `try: ... '
        "finally:` removes what is left of the part, whatever has happened.",
        "`os.makedirs(folder, exist_ok=True)`; return early if `sha1_of(path)` fits, remove the file if not. "
        'Then `with get(url, stream=True, timeout=10) as response, open(part, "wb") as file:` with '
        "`response.raise_for_status()` and a loop over `response.iter_content(65536)`; compare "
        "`sha1_of(part)`, raise `ValueError`, or rename.",
    )

    @check("a file that is not there yet is fetched", weight=1.5, essential=True)
    def fetches(self, student: Student) -> None:
        """The name is `url.split("/")[-1]`."""
        bodies = [some_bytes(integer(200, 300)) for _ in range(2)]
        cases = [
            Case(body, sum_of(body), kind=kind)
            for body, kind in zip(bodies, ("str", "Path"), strict=True)
        ]
        for body, (name, report) in zip(bodies, asked(student, cases), strict=True):
            verify_fetched(report, name, body)

    @check("a folder that is not there yet is made", weight=0.5)
    def makes_the_folder(self, student: Student) -> None:
        """`os.makedirs(folder, exist_ok=True)`"""
        body = some_bytes(250)
        ((name, report),) = asked(student, [Case(body, sum_of(body), folder=False)])
        verify_fetched(report, name, body)

    @check("the right file is there: it is returned, and nobody is asked", weight=1)
    def cached(self, student: Student) -> None:
        """Compare `sha1_of(path)` with `sha1` first."""
        body, other = some_bytes(250), some_bytes(250)
        ((name, report),) = asked(student, [Case(other, sum_of(body), before=body)])
        expect.true(
            report["asked"] == 0,
            seen="the server was asked, although the right file was there",
            expected="no call of `get`",
        )
        verify_fetched(report, name, body)

    @check("another file lies under the name: it is fetched anew", weight=1)
    def replaces(self, student: Student) -> None:
        """That a file exists says nothing about what is in it."""
        body = some_bytes(250)
        befores = shuffled([body[:100], some_bytes(250), some_bytes(0)])
        cases = [Case(body, sum_of(body), before=before) for before in befores]
        for before, (name, report) in zip(befores, asked(student, cases), strict=True):
            content = report["files"].get(name)
            expect.true(
                not (content and expect.agrees(content[1], before, expect.EXACT)),
                seen="the damaged file is still there, and was returned",
                expected="the file with the right sum, fetched anew",
                because="that a file exists does not say that it is whole",
            )
            verify_fetched(report, name, body)

    @check("a wrong sum raises, and leaves nothing", weight=1.5, essential=True)
    def wrong_sum(self, student: Student) -> None:
        """Sum up the file that has arrived, before it gets its name."""
        verify_refused(
            student,
            lambda body, other: Case(other, sum_of(body)),
            "what arrived has another sum",
            "damaged bytes",
        )

    @check("a connection that breaks leaves no half file", weight=1, essential=True)
    def breaks(self, student: Student) -> None:
        """Write under another name, and remove that in a `finally`."""
        verify_refused(
            student,
            lambda body, other: Case(body, sum_of(body), breaks_after=len(body) // 2),
            "the connection broke half-way",
            "half a file",
        )

    @check("an error page raises, and leaves nothing", weight=1)
    def error_page(self, student: Student) -> None:
        """`response.raise_for_status()` asks for the status."""
        for status in shuffled([404, 500]):
            verify_refused(
                student,
                lambda body, other: Case(body, sum_of(body), status=status),  # noqa: B023
                f"the server answered with status {status}",
                "the error page",
                because="a response with a page in it is no success: `raise_for_status()` says so",
            )

    @check("a server that says nothing is given up", weight=0.5)
    def silent(self, student: Student) -> None:
        """`get(url, stream=True, timeout=10)`"""
        verify_refused(
            student,
            lambda body, other: Case(body, sum_of(body), silent=True),
            "the server said nothing for a minute",
            "the file, after all that waiting,",
            because="without `timeout=10`, requests waits as long as the server likes",
        )

    @check("after a failure, a wrong file that was there is gone as well", weight=0.5)
    def stale(self, student: Student) -> None:
        """Under the final name lies the right file, or none."""
        verify_refused(
            student,
            lambda body, other: Case(body, sum_of(body), before=other, unreachable=True),
            "there was no connection, and a wrong file lay there before",
            "the wrong file",
        )

    @check(
        "a large file is written piece by piece",
        weight=0,
    )
    def in_pieces(self, student: Student) -> None:
        """`response.content` is all of it; `response.iter_content(65536)` is not."""
        pattern = some_bytes(PIECE)
        case = Case(pattern, sum_of(pattern, LARGE), times=LARGE, measured=True)
        ((name, report),) = asked(student, [case])
        size, start = fetched(report, name)
        expect.true(
            size == LARGE * PIECE, seen=f"{size:,} bytes", expected=f"{LARGE * PIECE:,} bytes"
        )
        expect.close(start, pattern, tolerance=expect.EXACT)
        verify_memory(report["memory"])


def asked(student: Student, cases: Sequence[Case]) -> list[tuple[str, dict]]:
    """For each case the drawn name of its file, and what `download` made of it."""
    names = [f"table{integer(100, 999)}.csv" for _ in cases]
    plain = [case.as_plain(name) for case, name in zip(cases, names, strict=True)]
    reports = expect.items(student.run(downloads, cases=plain), len(cases))
    return list(zip(names, map(expect.record, reports), strict=True))


def fetched(report: dict, name: str) -> tuple[int, Tensor]:
    """Size and beginning of the file that was returned; it lies in the folder, alone."""
    error = report["error"]
    expect.true(
        error is None,
        seen=f"an exception: {': '.join(error) if error else ''}",
        expected="the path of the file",
    )
    files, beside = expect.record(report["files"]), expect.items(report["beside"])
    expect.true(
        not beside,
        seen=f"meanwhile, {', '.join(map(str, beside))} lay in the folder where the notebook runs",
        expected='a part beside the final file: `path + ".part"`',
    )
    expect.true(
        name in files,
        seen=f"in the folder: {listed(files)}",
        expected=name,
        because="the name is the last part of the url",
    )
    expect.true(
        report["path"] == name,
        seen=f"the path {report['path']}" if report["path"] else "no path came back",
        expected=f"the path of {name}",
    )
    expect.true(
        set(files) == {name}, seen=f"in the folder: {listed(files)}", expected=f"{name} alone"
    )
    size, start = expect.items(files[name], 2)
    return size, expect.tensor(start)


def verify_fetched(report: dict, name: str, body: Tensor) -> None:
    size, start = fetched(report, name)
    expect.true(
        size == len(body), seen=f"a file of {size:,} bytes", expected=f"{len(body):,} bytes"
    )
    expect.close(start, body, tolerance=expect.EXACT, because="the bytes as they were sent")


def verify_refused(student: Student, make, when: str, what: str, because: str = "") -> None:  # type: ignore[no-untyped-def]
    """Of two calls in a drawn order, one goes wrong as `make(body, other)` says and one does not: an exception
    and an empty folder, or the file.
    """
    body, other = some_bytes(250), some_bytes(250)
    order = shuffled([make(body, other), Case(body, sum_of(body))])
    for case, (name, report) in zip(order, asked(student, order), strict=True):
        good = case.status == 200 and case.sent is body and case.breaks_after is None
        if good and not case.unreachable and not case.silent:
            verify_fetched(report, name, body)
            continue
        files = expect.record(report["files"])
        if name in files:
            expect.fail(
                f"{when}, and {what} lies under the final name", "no file of that name", because
            )
        expect.true(
            report["error"] is not None,
            seen=f"{when}, and no exception came",
            expected="an exception: whoever called would go on with nothing",
            because=because,
        )
        expect.true(
            not files, seen=f"{when}, and in the folder lies {listed(files)}", expected="nothing"
        )


def listed(files: dict) -> str:
    return ", ".join(sorted(files)) or "nothing"
