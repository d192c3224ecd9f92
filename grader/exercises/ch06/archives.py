"""Chapter 6: the exercises `find_the_archive_bugs` and `extract`. Archives are made beside the student's code."""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.folders import files_in
from grader.checks.functions import called
from grader.checks.randomness import integer, shuffled
from grader.checks.student import Student
from grader.exercises.ch06.files import as_plain_error

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
OTHERS = (".csv.gz", ".gz", ".csv", ".tar.bz2")


class FindTheArchiveBugs(Exercise):
    name, points = "find_the_archive_bugs", 2
    hints = (
        "Call `published_plan` with names that have two endings.",
        "`os.path.splitext` splits at the last dot. What is before the last dot of `houses.tar.gz`? And which "
        "files end in `.gz` that are no archive?",
        "For `folder_of`, go through the four endings: `if archive.endswith(ending): return "
        "archive.removesuffix(ending)`. After the loop, raise ValueError. No ending hides another one: "
        "`.tar.gz` does not end in `.tar`.",
    )

    @check("an archive with a wrong folder, and a file that is no archive")
    def wrong(self, student: Student) -> None:
        """What does `os.path.splitext` make of a name with two endings?"""
        pair = expect.items(
            called(student, "wrong_archives"), 2, expected="two names: `return first, second`"
        )
        for name in pair:
            expect.true(
                isinstance(name, str), seen=f"{expect.show(name)} came back", expected="two names"
            )
        first, second = pair
        right = right_folder(first)
        expect.true(
            right is not None, seen=f"`first` is {first!r}", expected="an archive, such as a zip"
        )
        plan = published(first)
        expect.true(
            plan is not None,
            seen=f"the published function refuses {first!r}",
            expected="an archive that it opens, in a wrong folder",
        )
        expect.true(
            plan != right,
            seen=f"for {first!r} the published folder {plan!r} is right",
            expected="a wrong one",
        )
        expect.true(
            right_folder(second) is None,
            seen=f"`second`, {second!r}, is an archive",
            expected="one that is none",
        )
        expect.true(
            published(second) is not None,
            seen=f"the published function refuses {second!r}, as it should",
            expected="a file that is no archive, and for which it has a plan",
        )

    @check("the folder of every kind of archive", weight=2, essential=True)
    def folder(self, student: Student) -> None:
        """`.tar.gz` is one ending, and the name before it may have dots."""
        stems = [f"data.v{integer(2, 9)}/{integer(10, 99)}-avatar" for _ in ENDINGS]
        stems += [f"houses{integer(10, 99)}.v{integer(1, 9)}" for _ in ENDINGS]
        for stem, ending in zip(stems, ENDINGS * 2, strict=True):
            seen, name = called(student, "folder_of", stem + ending), stem + ending
            because = ""
            if seen == os.path.splitext(name)[0]:
                because = "only the last of two endings is off"
            elif isinstance(seen, str) and "/" in stem and seen == name.split(".")[0]:
                because = "cut at the first dot, which may belong to the name"
            expect.true(
                seen == stem,
                seen=f"{expect.show(seen)} for {name!r}",
                expected=repr(stem),
                because=because,
            )

    @check("other files are refused, a plain .gz among them")
    def refused(self, student: Student) -> None:
        """After the loop over the endings: `raise ValueError(...)`."""
        names = [f"houses{integer(10, 99)}{ending}" for ending in (*OTHERS, *ENDINGS)]
        order = shuffled(names)
        answers = expect.items(student.run(folders_or_refusals, names=order), len(order))
        for name, answer in zip(order, answers, strict=True):
            if right_folder(name) is not None:
                expect.true(
                    answer == ["folder", right_folder(name)],
                    seen=f"{expect.show(answer)} for {name!r}",
                    expected=f"{right_folder(name)!r}",
                )
                continue
            gz = name.endswith(".csv.gz")
            expect.true(
                answer == ["raised", "ValueError"],
                seen=f"{expect.show(answer)} for {name!r}",
                expected="a ValueError",
                because="a plain .gz is one compressed file, not an archive" if gz else "",
            )


class Extract(Exercise):
    name, points = "extract", 4
    uses = ("find_the_archive_bugs",)
    hints = (
        "First look, then unpack. Which three questions do you ask of the list of contents?",
        "For a name: `place = os.path.realpath(os.path.join(folder, name))` says where it would land; with "
        "`root = os.path.realpath(folder)`, it is inside when `os.path.commonpath([root, place]) == root`.",
        "Open with `zipfile.ZipFile(archive)` or `tarfile.open(archive)`. Raise ValueError for a place outside; "
        "in a tar, for an entry that is neither `isfile()` nor `isdir()`; for a sum of sizes above `max_bytes`. "
        'Then `extractall(folder)`, for a tar with `filter="data"`, and return the folder.',
    )

    @check("all of it lies in the folder that is returned", weight=2, essential=True)
    def unpacks(self, student: Student) -> None:
        """`folder_of(archive)`, and `extractall(folder)`."""
        for ending in shuffled(list(ENDINGS)):
            entries = honest_entries()
            verify_unpacked(extracted(student, ending, entries), entries, ending)

    @check("the folder may be there already", weight=0.5)
    def again(self, student: Student) -> None:
        """`extractall` makes what is missing."""
        for ending in shuffled([".zip", ".tar.gz"]):
            entries = honest_entries()
            report = extracted(student, ending, entries, folder_exists=True, relative=True)
            verify_unpacked(report, entries, ending)

    @check("nothing lands outside of the folder", weight=2, essential=True)
    def inside(self, student: Student) -> None:
        """Where would each entry land? `os.path.realpath(os.path.join(folder, name))`"""
        for ending in shuffled([".tar", ".tar.gz", ".zip"]):
            for kind in (
                ("parent", "detour", "absolute", "beside", "link")
                if ending != ".zip"
                else ("parent", "detour")
            ):
                report = extracted(student, ending, hostile_entries(kind))
                verify_nothing_outside(report, ending, TOLD[kind])

    @check("an archive with a path that leads outside, with a link or a pipe is refused")
    def refuses(self, student: Student) -> None:
        """`zipfile` bends such names instead of raising: look yourself."""
        for ending in shuffled([".tar", ".zip"]):
            for kind in (
                ("parent", "detour", "absolute", "link", "inner", "pipe")
                if ending == ".tar"
                else ("parent", "detour", "absolute")
            ):
                verify_refused(student, ending, hostile_entries(kind), TOLD[kind])

    @check("what is refused has unpacked nothing", weight=0.5)
    def nothing_left(self, student: Student) -> None:
        """Look at all entries before the first is unpacked."""
        for ending in shuffled([".tar.gz", ".zip"]):
            report = extracted(student, ending, hostile_entries("parent"))
            expect.true(report["error"] is not None, seen="no exception", expected="a refusal")
            files = unpacked(report)
            expect.true(
                not files,
                seen=f"refused, and {', '.join(sorted(files))} has been unpacked before",
                expected="nothing unpacked",
            )

    @check("a bomb is refused, and max_bytes bytes are allowed", weight=1)
    def bomb(self, student: Student) -> None:
        """Add up the sizes that the list of contents gives, before anything is unpacked."""
        for ending in shuffled([".tar.gz", ".zip"]):
            parts = [integer(1000, 2000) for _ in range(3)]
            entries = [["file", f"zeros{n}.txt", "0" * n] for n in parts]
            total = sum(parts)
            verify_unpacked(extracted(student, ending, entries, max_bytes=total), entries, ending)
            for limit in (total - 1, max(parts) + 10):
                report = extracted(student, ending, entries, max_bytes=limit)
                expect.true(
                    report["error"] is not None,
                    seen=f"{total:,} bytes in all were unpacked, with max_bytes = {limit:,}",
                    expected="a refusal",
                    because="the sum of all entries counts, not each alone"
                    if limit > max(parts)
                    else "",
                )
                expect.true(not unpacked(report), seen="refused after unpacking", expected="before")

    @check("100 MB when max_bytes is not given", weight=0.5)
    def default(self, student: Student) -> None:
        """It is the default in the signature."""
        report = extracted(student, ".zip", [["zeros", "large.txt", "100000001"]])
        expect.true(
            report["error"] is not None,
            seen="100,000,001 bytes were unpacked without a word",
            expected="a refusal: the default is 100,000,000",
        )


TOLD = {
    "parent": "an entry whose path goes up with ../",
    "detour": "an entry whose path goes up with ../ after a folder",
    "absolute": "an entry with an absolute path",
    "beside": "an entry that lands in a folder beside, whose name begins alike",
    "link": "a link that points outside, and a file through it",
    "inner": "a link to a file inside",
    "pipe": "a named pipe, which is neither file nor folder",
}


def right_folder(archive: str) -> str | None:
    """What `folder_of` gives; None for what is no archive."""
    ending = next((ending for ending in ENDINGS if archive.endswith(ending)), None)
    return archive.removesuffix(ending) if ending else None


def published(archive: str) -> str | None:
    """The folder as the published function has it; None where it refuses."""
    folder, ending = os.path.splitext(archive)
    return folder if ending in (".zip", ".tar", ".gz") else None


def honest_entries() -> list[list[str]]:
    """Two files, one of them in a folder that has an entry of its own."""
    return [
        ["folder", "more", ""],
        ["file", f"train{integer(100, 999)}.csv", f"Id,SalePrice\n{integer(1, 999)},1\n"],
        ["file", f"more/test{integer(100, 999)}.csv", f"Id\n{integer(1, 999)}\n"],
    ]


def hostile_entries(kind: str) -> list[list[str]]:
    """An honest file, and then what leads outside. ABOVE and NAME are filled in where the archive is made."""
    evil = f"evil{integer(100, 999)}.txt"
    ways = {
        "parent": [["file", f"../{evil}", "evil"]],
        "detour": [["file", f"more/../../{evil}", "evil"]],
        "absolute": [["file", f"ABOVE/{evil}", "evil"]],
        "beside": [["file", f"../NAME-beside/{evil}", "evil"]],
        "link": [["link", "shortcut", ".."], ["file", f"shortcut/{evil}", "evil"]],
        "inner": [["link", "shortcut", "honest.txt"]],
        "pipe": [["pipe", "pipe", ""]],
    }
    return [["file", "honest.txt", "honest"], *ways[kind]]


def extracted(
    student: Student,
    ending: str,
    entries: Sequence[Sequence[str]],
    max_bytes: int | None = None,
    folder_exists: bool = False,
    relative: bool = False,
) -> dict:
    """What `extract` did with an archive of these entries (`run_extract`)."""
    report = student.run(
        run_extract,
        name=f"houses{integer(10, 99)}",
        ending=ending,
        entries=[list(entry) for entry in entries],
        max_bytes=max_bytes,
        folder_exists=folder_exists,
        relative=relative,
    )
    return expect.record(report)


def verify_unpacked(report: dict, entries: Sequence[Sequence[str]], ending: str) -> None:
    """The files lie where they should, with what is in them, and the folder came back."""
    error = report["error"]
    expect.true(
        error is None,
        seen=f"{ending}: an exception, {': '.join(error) if error else ''}",
        expected="the contents of an honest archive",
    )
    folder = report["name"]
    expect.true(
        report["folder"] == folder,
        seen=f"the folder that came back is {expect.show(report['folder'])} for {folder + ending!r}",
        expected=repr(folder),
        because="that folder is not there"
        if report["folder"] == os.path.splitext(folder + ending)[0]
        else "",
    )
    files = report["files"]
    contents = {name: content for kind, name, content in entries if kind != "folder"}
    for name, content in contents.items():
        found = files.get(f"{folder}/{name}")
        expect.true(
            found is not None,
            seen=f"{ending}: {name} is not in the folder, but there is {', '.join(sorted(files)) or 'nothing'}",
            expected=f"{folder}/{name}",
        )
        size, start = expect.items(found, 2)
        right = content.encode()
        expect.true(
            size == len(right) and bytes(expect.tensor(start).tolist()) == right,
            seen=f"{name} has another content",
            expected="the bytes that were packed",
        )
    extra = set(files) - {f"{folder}/{name}" for name in contents}
    expect.true(
        not extra, seen=f"also there: {', '.join(sorted(extra))}", expected="the contents alone"
    )


def unpacked(report: dict) -> set[str]:
    """Paths of files that came out of the archive, wherever they are."""
    return set(expect.record(report["files"])) | set(expect.record(report["outside"]))


def verify_nothing_outside(report: dict, ending: str, told: str) -> None:
    outside = set(expect.record(report["outside"])) | {
        path for path in expect.record(report["files"]) if not path.startswith(report["name"] + "/")
    }
    expect.true(
        not outside,
        seen=f"{ending}, with {told}: {', '.join(sorted(outside))} was written outside of the folder",
        expected="nothing outside",
    )


def verify_refused(student: Student, ending: str, hostile: list[list[str]], told: str) -> None:
    """The hostile archive raises and an honest one does not, in an order that is drawn."""
    honest = honest_entries()
    for entries in shuffled([honest, hostile]):
        report = extracted(student, ending, entries)
        if entries is honest:
            verify_unpacked(report, honest, ending)
            continue
        expect.true(
            report["error"] is not None,
            seen=f"{ending}, with {told}: no exception",
            expected="a refusal",
            because="`zipfile` has bent the name, and said nothing" if ending == ".zip" else "",
        )


# What follows runs beside a student's code.


def folders_or_refusals(namespace, names):
    if "folder_of" not in namespace:
        raise NotImplementedError
    answers = []
    for name in names:
        try:
            answers.append(["folder", namespace["folder_of"](name)])
        except NotImplementedError:
            raise
        except Exception as error:
            answers.append(["raised", type(error).__name__])
    return answers


def run_extract(namespace, name, ending, entries, max_bytes, folder_exists, relative):
    """Make an archive in a folder below another one, call `extract`, and report what it returned or raised and
    what lies where. relative: in the folder of the archive, with its bare name.
    """
    with tempfile.TemporaryDirectory() as above:
        home = os.path.join(os.path.realpath(above), "home")
        os.mkdir(home)
        archive = os.path.join(home, name + ending)
        entries = [
            [kind, path.replace("ABOVE", os.path.realpath(above)).replace("NAME", name), text]
            for kind, path, text in entries
        ]
        (make_zip if ending == ".zip" else make_tar)(archive, entries)
        if folder_exists:
            os.mkdir(os.path.join(home, name))
        report = {"name": name, "folder": None, "error": None}
        more = {} if max_bytes is None else {"max_bytes": max_bytes}
        try:
            with contextlib.chdir(home):
                folder = namespace["extract"](name + ending if relative else archive, **more)
                report["folder"] = folder if folder is None else os.path.relpath(folder, home)
        except NotImplementedError:
            raise
        except Exception as error:
            report["error"] = as_plain_error(error, home)
        report["files"] = files_in(home)
        report["files"].pop(name + ending, None)
        report["outside"] = {
            path: found for path, found in files_in(above).items() if not path.startswith("home/")
        }
        return report


def make_zip(archive, entries):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for kind, path, text in entries:
            path = path + "/" if kind == "folder" else path
            packed.writestr(path, "0" if kind == "zeros" else text)
            if (
                kind == "zeros"
            ):  # the list of contents says so; to really pack as many takes a second
                packed.getinfo(path).file_size = int(text)


def make_tar(archive, entries):
    with tarfile.open(archive, "w" if archive.endswith(".tar") else "w:gz") as packed:
        for kind, path, text in entries:
            entry, data = tarfile.TarInfo(path), b""
            if kind == "link":
                entry.type, entry.linkname = tarfile.SYMTYPE, text
            elif kind == "folder":
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            elif kind == "pipe":
                entry.type = tarfile.FIFOTYPE
            else:
                data = text.encode()
                entry.size = len(data)
            packed.addfile(entry, io.BytesIO(data))
