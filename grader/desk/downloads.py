"""Whose file it is: the names that Moodle, Canvas, Blackboard and people give to what was handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TypeAlias

from grader.desk.archive import Member
from grader.desk.roster import id_key, name_key

_MOODLE = re.compile(r"(?P<who>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)_(?P<file>.*)")
_CANVAS = re.compile(r"(?P<who>.+?)_(?:(?P<late>LATE)_)?(?P<id>\d+)_(?P<number>\d+)_(?P<file>.+)")
_ATTEMPT = re.compile(
    r"(?:.*?_)?(?P<id>[^_]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+))?"
)
_VERSION = re.compile(r"[-_ ](?P<number>\d{1,3})$| ?\((?P<again>\d{1,3})\)$|[-_ ]copy$", re.I)


@dataclass(frozen=True)
class HandedIn:
    """One file of one student, as its name tells.

    system: "Moodle", "Canvas", "Blackboard" or "" for a folder or file with the student's name. who: what
    is shown of the student. keys: how the roster is asked, the surest first. student: the id where there is
    no roster. path: where the file lay in the student's hand-in. order: of attempts, where no time is known.
    """

    system: str
    who: str
    keys: tuple[str, ...]
    student: str
    path: PurePosixPath
    member: Member
    late: bool = False
    when: datetime | None = None
    order: int = 0


_Reader: TypeAlias = Callable[[Member], HandedIn | None]


def recognised(found: Iterable[Member], assignment: str) -> Iterator[HandedIn | Member]:
    """Every file as somebody's, or as it is where no name tells whose it is."""
    members = list(found)
    by_system = _system_of(members, assignment)
    plain = []
    for member in members:
        known = by_system(member)
        if known is None:
            plain.append(member)
        else:
            yield known
    start = _wrapper(plain, assignment)
    for member in plain:
        yield _by_folder(member, start) or member


def _system_of(members: Sequence[Member], assignment: str) -> _Reader:
    """What reads the names of this download: those of one system, which half of its folders and files have.

    What students call their own files may look like the names of another system, with another's name.
    """
    start = _wrapper(members, assignment)
    read_by = {
        read: {member.path.parts[start] for member in members if read(member)}
        for read in (_of_moodle, _of_blackboard, _of_canvas)
    }
    best = max(read_by, key=lambda read: len(read_by[read]))
    everything = {member.path.parts[start] for member in members}
    return best if 2 * len(read_by[best]) >= len(everything) else lambda member: None


def stem(name: str) -> str:
    """A notebook's name without its ending and without what a second copy adds: `-1`, ` (2)`, `_3`."""
    return _VERSION.sub("", PurePosixPath(name).stem).strip()


def version(name: str) -> int:
    """The number of a second copy, 0 where there is none."""
    match = _VERSION.search(PurePosixPath(name).stem)
    return int(match["number"] or match["again"] or 1) if match else 0


def _of_moodle(member: Member) -> HandedIn | None:
    for part, below in _parts(member):
        if match := _MOODLE.fullmatch(part):
            return _moodle(member, match, below)
    return None


def _moodle(member: Member, match: re.Match[str], below: PurePosixPath) -> HandedIn:
    who = match["who"].strip()
    # With groups, the name of the group comes first: `Group A-Ada Lovelace`.
    names = [who, *(who[place.end() :] for place in re.finditer("-", who))]
    keys = (f"participant:{match['id']}", *map(name_key, names))
    kind, path = match["kind"], PurePosixPath(match["file"]) / below
    path = path if kind == "file" else PurePosixPath(kind) / path
    return HandedIn("Moodle", who, keys, who, path, member, when=member.when)


def _of_blackboard(member: Member) -> HandedIn | None:
    for part, below in _parts(member):
        if match := _ATTEMPT.fullmatch(part):
            try:
                local = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")
                when = local.astimezone(UTC)
            except (ValueError, OverflowError):  # no such time
                return None
            who, path = match["id"], PurePosixPath(match["file"] or part) / below
            return HandedIn("Blackboard", who, (id_key(who),), who, path, member, when=when)
    return None


def _of_canvas(member: Member) -> HandedIn | None:
    match = _CANVAS.fullmatch(str(member.path))
    if match is None or len(member.path.parts) > 1:
        return None
    who, number = match["who"], match["id"]
    keys = (f"lms:{number}", name_key(who))
    path = PurePosixPath(match["file"])
    about = HandedIn("Canvas", who, keys, f"{who}-{number}", path, member)
    return replace(about, late=bool(match["late"]), order=int(match["number"]), when=member.when)


def _parts(member: Member) -> Iterator[tuple[str, PurePosixPath]]:
    """Every part of a file's path, and what lies below it."""
    parts = member.path.parts
    for place, part in enumerate(parts, 1):
        yield part, PurePosixPath(*parts[place:])


def _wrapper(plain: Iterable[Member], assignment: str) -> int:
    """How many folders lie around those of the students: those that hold everything else."""
    parts = [member.path.parts for member in plain]
    deep = min((len(part) for part in parts), default=0)
    start = 0
    while deep - start > 2 and len({part[start] for part in parts}) == 1:
        if {part[start + 1] for part in parts} == {assignment}:
            break  # nbgrader's own order, STUDENT/ASSIGNMENT, with one student
        start += 1
    return start


def _by_folder(member: Member, start: int) -> HandedIn | None:
    parts = member.path.parts[start:]
    if len(parts) > 1:
        who, path = parts[0], PurePosixPath(*parts[1:])
    else:
        file = PurePosixPath(parts[0])
        if file.suffix.lower() not in (".ipynb", ".zip"):
            return None
        who, path = file.stem, file
    keys = (id_key(who), name_key(who))
    return HandedIn("", who, keys, who, path, member, when=member.when)
