"""The class list: who takes the course, by the columns of our own file, of Moodle's and of Canvas's exports."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from grader.desk.csv_text import written
from grader.errors import CourseError
from grader.grading.recording import write_file

ROSTER_FILE = "roster.csv"
"""Where the last roster is kept in the course folder, in our own columns."""
MAX_ROSTER = 20_000_000

_ID = ("student_id", "student id", "username", "user name", "sis login id", "login id", "id number")
_ID_LAST = ("sis user id", "email address", "email", "e-mail", "id", "identifier")
_COLUMNS = {
    "first_name": ("first_name", "first name", "given name", "firstname"),
    "last_name": ("last_name", "last name", "surname", "family name", "lastname"),
    "full_name": ("full name", "student", "name", "student name"),
    "email": ("email", "email address", "e-mail", "e-mail address", "mail"),
    "section": ("section", "group", "groups"),
    "sis_id": ("sis_id", "sis user id", "id number"),
    "participant": ("participant", "identifier"),
}


@dataclass(frozen=True)
class Person:
    """One student of the class.

    id: the student's id in the gradebook and the name of the folder in `submitted`. lms_id: Canvas's own
    number of the user. sis_id: the university's number. participant: Moodle's number of the
    student within one assignment, which its downloads hold.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    lms_id: str = ""
    sis_id: str = ""
    login: str = ""
    participant: str = ""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @property
    def sortable_name(self) -> str:
        return ", ".join(filter(None, (self.last_name, self.first_name)))


class Roster:
    """The people of a class, found by whatever a download says of them."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = list(people)
        self._by_key: dict[str, set[Person]] = {}
        for person in self.people:
            for key in _keys(person):
                self._by_key.setdefault(key, set()).add(person)

    def __len__(self) -> int:
        return len(self.people)

    def find(self, *keys: str) -> list[Person]:
        """The people that the first of `keys` means that means anybody: `lms:17`, `name:…`, `id:…`."""
        for key in keys:
            if found := self._by_key.get(key):
                return sorted(found, key=lambda person: person.id)
        return []


def name_key(name: str) -> str:
    """How a name is looked for: by its letters and digits alone, without accents and case."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "name:" + "".join(sign for sign in plain if sign.isalnum())


def id_key(text: str) -> str:
    return f"id:{text.strip().casefold()}"


def _keys(person: Person) -> set[str]:
    ids = {person.id, person.email, person.email.partition("@")[0], person.sis_id, person.login}
    names = {person.first_name + person.last_name, person.last_name + person.first_name}
    found = {id_key(text) for text in ids if text} | {name_key(name) for name in names if name}
    if person.lms_id:
        found.add(f"lms:{person.lms_id}")
    if person.participant:
        found.add(f"participant:{person.participant}")
    return found


def read_roster(path: Path) -> Roster:
    """The class in a CSV file: our own columns, or an export of Moodle or Canvas.

    Raises CourseError for a file that cannot be read, lacks a column that says who somebody is, or says
    an id twice.
    """
    rows = _rows(path)
    if not rows:
        raise CourseError(
            f"{path} holds no students: expected a line of column names and a line each."
        )
    columns = list(rows[0])
    is_canvas = "student" in columns and any(name.startswith("sis ") for name in columns)
    order = (*([] if is_canvas else ["id"]), *_ID, *_ID_LAST)
    found: dict[str, Person] = {}
    for number, row in enumerate(rows, 2):
        if _is_no_person(row):
            continue
        person_id = next((row[name] for name in order if row.get(name)), "")
        if not person_id:
            known = ", ".join(repr(name) for name in (*_ID, "email"))
            raise CourseError(
                f"{path}, line {number}: no column says who this is. Seen: {', '.join(columns)}. "
                f"Expected one of {known}; rename the column."
            )
        if person_id in found:
            raise CourseError(f"{path}, line {number}: the id {person_id!r} stands there twice.")
        found[person_id] = _person(person_id, row, is_canvas)
    return Roster(found.values())


def _rows(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file by the names of their columns, in lower case."""
    try:
        data = path.read_bytes()[:MAX_ROSTER]
    except OSError as error:
        raise CourseError(f"The roster {path} cannot be read: {error.strerror}.") from None
    text = _text(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CourseError(f"The roster {path} is no CSV file: {error}.") from None
    if not reader:
        return []
    head = [" ".join(name.strip().lower().split()) for name in reader[0]]
    # Empty cells are added where a line is short; a line may be longer, too.
    return [
        {name: cell.strip() for name, cell in zip(head, [*line, *[""] * len(head)], strict=False)}
        for line in reader[1:]
        if any(cell.strip() for cell in line)
    ]


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _is_no_person(row: Mapping[str, str]) -> bool:
    """Canvas's second line, which holds the points possible, and its test student."""
    first = row.get("student", "")
    return first.strip().lower() in ("points possible", "student, test", "test student")


def _person(person_id: str, row: Mapping[str, str], is_canvas: bool) -> Person:
    def cell(field: str) -> str:
        return next((row[name] for name in _COLUMNS[field] if row.get(name)), "")

    first, last, full = cell("first_name"), cell("last_name"), cell("full_name")
    if not (first or last):
        if "," in full:
            last, _, first = (part.strip() for part in full.partition(","))
        else:
            first, _, last = full.rpartition(" ")
    number = re.search(r"(\d+)$", cell("participant"))
    return Person(
        person_id,
        first_name=first,
        last_name=last,
        email=cell("email"),
        section=cell("section"),
        lms_id=row.get("lms_id", "") or (row.get("id", "") if is_canvas else ""),
        sis_id=cell("sis_id"),
        login=row.get("login", "") or row.get("sis login id", "") or row.get("username", ""),
        participant=number[1] if number else "",
    )


def kept_roster(root: Path) -> Roster:
    """The roster that the course folder keeps; an empty one when there is none."""
    path = root / ROSTER_FILE
    return read_roster(path) if path.is_file() else Roster()


def keep_roster(root: Path, roster: Roster) -> tuple[Roster, list[str]]:
    """Keep `roster` in the course folder, on top of what is known there of the same people.

    Somebody who is there already keeps the id, and what the new file does not say. Returns the roster as
    it is kept, and the ids that it has no longer.
    """
    former = kept_roster(root)
    merged = Roster(_merged(former, person) for person in roster.people)
    gone = {person.id for person in former.people} - {person.id for person in merged.people}
    head = ["student_id", *[field.name for field in fields(Person)][1:]]
    text = written([head, *(list(asdict(person).values()) for person in merged.people)])
    write_file(root / ROSTER_FILE, text.encode("utf-8"))
    return merged, sorted(gone)


def _merged(former: Roster, person: Person) -> Person:
    keys = (id_key(text) for text in (person.id, person.email, person.sis_id) if text)
    known = former.find(*keys)
    if len(known) != 1:
        return person
    said = {name: value for name, value in asdict(person).items() if value and name != "id"}
    return replace(known[0], **{"participant": "", **said})
