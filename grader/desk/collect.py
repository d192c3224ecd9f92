"""Collecting: what was downloaded from Moodle, Canvas or elsewhere goes where nbgrader expects it.

Nothing is lost: what a newer hand-in replaces is moved to `downloaded/ASSIGNMENT/earlier`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from grader.course import Course
from grader.desk.archive import MAX_WITHIN, Member, NotTaken, in_archive, members
from grader.desk.downloads import HandedIn, recognised, stem, version
from grader.desk.roster import Person, Roster
from grader.errors import CourseError
from grader.grading.folder import MAX_BESIDE, MAX_NESTED
from grader.grading.names import folder_of, printable, refusal, student_of
from grader.grading.submission import TIMESTAMP, time_of
from grader.wire.limits import MAX_FILES_BYTES

EARLIER = "earlier"
MAX_FILE_NAME = 255
"""Bytes of the name of a file or folder, as file systems have it."""
MAX_LEFT_OUT = 5
"""Files of one student of which it is said why they were left out."""
A_DOWNLOAD = timedelta(hours=1)
"""Times that lie closer together than this are those of a download, not of people who hand in."""


@dataclass(frozen=True)
class Taken:
    """What was taken for a student. outcome: new, replaced, unchanged, or kept. remarks: what else is to be said."""

    student: str
    name: str
    source: str
    when: datetime | None
    outcome: str
    remarks: tuple[str, ...] = ()


@dataclass
class Collected:
    """What became of a download. not_placed: names of files or students, and why."""

    taken: list[Taken] = field(default_factory=list)
    not_placed: dict[str, str] = field(default_factory=dict)
    missing: list[Person] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass
class _HandIn:
    """All files of one student."""

    student: str
    name: str
    files: list[HandedIn]


def collect(course: Course, download: Path, assignment: str, roster: Roster) -> Collected:
    """Place what `download` holds of `assignment` into `submitted`, for everybody who can be told.

    Raises CourseError for an unknown assignment, and for a download that cannot be read or in which nothing
    is recognised.
    """
    course.require(assignment)
    done = Collected()
    found = list(_unpacked(recognised(members(download), assignment), done))
    if not found:
        raise CourseError(
            f"{download} holds no file that a name says is somebody's. Known are the names of Moodle "
            "(NAME_12_assignsubmission_file_), of Canvas (name_12_34_FILE) and Blackboard, and folders and "
            "files that are called like a student."
        )
    believed = _times_tell(download, found, done)
    students = _by_student(found, roster, done)
    for hand_in in sorted(students, key=lambda hand_in: hand_in.student):
        try:
            done.taken.append(_place(course, assignment, hand_in, believed))
        except NotTaken as reason:
            done.not_placed[hand_in.name] = str(reason)
    known = {hand_in.student for hand_in in students}
    done.missing = [person for person in roster.people if person.id not in known]
    return done


def _unpacked(found: Iterable[HandedIn | Member], done: Collected) -> Iterator[HandedIn]:
    """The files of students; archives that students packed are looked into."""
    for file in found:
        if isinstance(file, Member):
            done.not_placed[str(file.path)] = "no name tells whose it is"
        elif file.path.suffix.lower() == ".zip":
            try:
                content = file.member.read()
                if len(content) > MAX_WITHIN:
                    raise NotTaken(f"is larger than {MAX_WITHIN >> 20} MB")
                for inner in in_archive(content):
                    yield replace(file, path=inner.path, member=inner)
            except (NotTaken, zipfile.BadZipFile) as reason:
                done.not_placed[str(file.member.path)] = str(reason)
        else:
            yield file


def _times_tell(download: Path, found: list[HandedIn], done: Collected) -> bool:
    """Whether the files' times are those at which people handed in.

    Moodle writes them into its archive. Canvas does not, nor do programs that unpack one: all files have
    the time of the download.
    """
    if all(file.system == "Blackboard" for file in found):
        return True
    if download.is_file() and all(file.system == "Moodle" for file in found):
        return True
    times = [file.when for file in found if file.when]
    if times and max(times) - min(times) > A_DOWNLOAD:
        return True
    done.remarks.append(
        "The files' times are those of the download, so no hand-in times were kept, and no late penalty "
        "follows from them."
    )
    return False


def _by_student(found: list[HandedIn], roster: Roster, done: Collected) -> list[_HandIn]:
    """The files together that one student handed in; the others are said."""
    hand_ins: dict[str, _HandIn] = {}
    whose: dict[str, set[tuple[str, ...]]] = {}
    fits = list({file.keys: _number_fits(roster, file) for file in found}.values())
    of_another = fits.count(False) > fits.count(True)
    if of_another:
        done.remarks.append(
            "The roster's numbers are those of another assignment, so names alone told whose the files are. "
            "`--roster` takes over this one's worksheet."
        )
    for file in found:
        believed = (key for key in file.keys if not (of_another and key.startswith("participant:")))
        people = roster.find(*believed)
        shown = printable(file.who)
        if len(people) > 1:
            done.not_placed[shown] = "the roster has several of that name"
            continue
        if not people and len(roster):
            done.not_placed[shown] = "is not on the roster; `--roster` takes over a newer one"
            continue
        student = people[0].id if people else student_of(file.student)
        if student in (".", "..") or "/" in student or refusal(folder_of(student)):
            done.not_placed[shown] = "cannot be the name of a folder"
            continue
        name = (people[0].name if people else "") or shown
        hand_ins.setdefault(student, _HandIn(student, name, [])).files.append(file)
        whose.setdefault(student, set()).add(file.keys)
    for student, keys in whose.items():
        if len(keys) > 1:
            hand_in = hand_ins.pop(student)
            done.not_placed[hand_in.name] = (
                "several have this name: a roster with their numbers tells them apart"
            )
    return list(hand_ins.values())


def _number_fits(roster: Roster, file: HandedIn) -> bool | None:
    """Whether Moodle's number, which is one within an assignment, is that of who has this name; None if unknown."""
    number, *names = file.keys
    numbered, named = roster.find(number), roster.find(*names)
    if file.system != "Moodle" or not numbered or not named:
        return None
    return {*numbered} <= {*named}


def _place(course: Course, assignment: str, hand_in: _HandIn, believed: bool) -> Taken:
    """Write what one student handed in. Raises NotTaken."""
    chosen, remarks = _chosen(assignment, hand_in.files)
    notebook = chosen.member.read()
    content = {f"{assignment}.ipynb": notebook}
    content |= _beside(chosen, hand_in.files, frozenset({*content, TIMESTAMP}), remarks)
    when = chosen.when if believed else None
    if when:
        content[TIMESTAMP] = f"{when:%Y-%m-%d %H:%M:%S} UTC\n".encode()
    if chosen.late:
        remarks.append("late, says Canvas")
    folder = course.notebook("submitted", assignment, folder_of(hand_in.student)).parent
    outcome = _outcome(folder, content, when)
    if outcome == "kept":
        remarks.append("what lies there was handed in later")
    elif outcome != "unchanged":
        _write(course, folder, content, assignment)
    source = str(chosen.member.path)
    return Taken(hand_in.student, hand_in.name, source, when, outcome, tuple(remarks))


def _chosen(assignment: str, files: list[HandedIn]) -> tuple[HandedIn, list[str]]:
    """The notebook that counts: of those with the assignment's name the last, else the only one."""
    notebooks = [file for file in files if file.path.suffix.lower() == ".ipynb"]
    if not notebooks:
        raise NotTaken(f"handed in no notebook, but {_names(files)}")
    named = [
        file
        for file in notebooks
        if assignment.casefold() in (file.path.stem.casefold(), stem(file.path.name).casefold())
    ]
    others = {stem(file.path.name) for file in notebooks}
    if not named and len(others) > 1:
        raise NotTaken(f"handed in several notebooks, none of that name: {_names(notebooks)}")
    candidates = named or notebooks
    last = max(candidates, key=_rank)
    remarks = [] if len(candidates) == 1 else [f"the last of {len(candidates)} attempts"]
    if not named:
        remarks.append(f"was called {printable(last.path.name, 60)}")
    return last, remarks


def _rank(file: HandedIn) -> tuple[datetime, int, int]:
    return file.when or datetime.min.replace(tzinfo=UTC), file.order, version(file.path.name)


def _names(files: list[HandedIn]) -> str:
    names = sorted({printable(file.path.name, 60) for file in files})
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _beside(
    chosen: HandedIn, files: list[HandedIn], apart: frozenset[str], remarks: list[str]
) -> dict[str, bytes]:
    """The other files, by their place beside the notebook, as far as grading reads them.

    apart: places that others have. What is left out is said in `remarks`.
    """
    found: dict[str, bytes] = {}
    folders: set[str] = set()
    left_out: list[str] = []
    above, room = chosen.path.parent, MAX_FILES_BYTES
    for file in sorted(files, key=_rank):
        path = file.path
        if path.suffix.lower() == ".ipynb" or path.name == TIMESTAMP:
            continue
        path = path.relative_to(above) if path.is_relative_to(above) else path
        name, within = str(path), {str(folder) for folder in path.parents}
        try:
            if name in folders or not within.isdisjoint(apart | found.keys()):
                raise NotTaken("is a file and a folder")
            if max(len(part.encode("utf-8", "replace")) for part in path.parts) > MAX_FILE_NAME:
                raise NotTaken("has too long a name")
            if len(path.parts) > MAX_NESTED:
                raise NotTaken(f"lies in more than {MAX_NESTED} folders")
            content = file.member.read()
        except NotTaken as reason:
            left_out.append(f"{printable(path.name, 40)} {reason}")
            continue
        room -= len(content) - len(found.get(name, b""))
        if room < 0 or len(found) >= MAX_BESIDE:
            left_out.append("more files than are read")
            break
        found[name] = content
        folders |= within
    remarks += left_out[:MAX_LEFT_OUT]
    if len(left_out) > MAX_LEFT_OUT:
        remarks.append(f"{len(left_out) - MAX_LEFT_OUT:,} more were left out")
    return found


def _outcome(folder: Path, content: dict[str, bytes], when: datetime | None) -> str:
    if not os.path.lexists(folder):
        return "new"
    if all(_bytes(folder / name) == data for name, data in content.items()):
        return "unchanged"
    there = _timestamp(folder)
    return "kept" if there and when and there > when else "replaced"


def _bytes(path: Path) -> bytes | None:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read()
    except OSError:
        return None


def _timestamp(folder: Path) -> datetime | None:
    there = time_of((_bytes(folder / TIMESTAMP) or b"").decode("utf-8", "replace"))
    return there and there.replace(tzinfo=UTC)


def _write(course: Course, folder: Path, content: dict[str, bytes], assignment: str) -> None:
    """Make `folder` as a whole; what was there lies in `downloaded` afterwards."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".collected-", dir=course.folder("submitted")))
    try:
        scratch.chmod(0o755)
        for name, data in content.items():
            path = scratch / PurePosixPath(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if os.path.lexists(folder):
            os.replace(folder, _aside(course, folder, assignment))
        os.replace(scratch, folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _aside(course: Course, folder: Path, assignment: str) -> Path:
    """Where the hand-in goes that a newer one replaces."""
    kept = course.root / "downloaded" / assignment / EARLIER / folder.parent.name
    kept.mkdir(parents=True, exist_ok=True)
    return kept / str(1 + len(list(kept.iterdir())))


def counted(taken: Iterable[Taken]) -> str:
    """`3 new, 1 replaced, 20 unchanged`."""
    counts: Counter[str] = Counter(entry.outcome for entry in taken)
    order: tuple[str, ...] = ("new", "replaced", "unchanged", "kept")
    return ", ".join(f"{counts[word]:,} {word}" for word in order if counts[word]) or "nothing"
