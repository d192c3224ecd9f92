"""Downloads of Moodle, Canvas and others become submissions, with names, times, and nothing lost."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.course import CONFIG_FILE, Course
from grader.desk.collect import collect
from grader.desk.roster import Roster, keep_roster, kept_roster, read_roster
from grader.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
NAME = "01_dropout"
MOODLE = "_assignsubmission_file_/"
WORKSHEET = """Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade
Participant 101,Ada Lovelace,s1,ada@example.org,Submitted,,50
Participant 102,José Núñez,s2,jose@example.org,Submitted,,50
Participant 103,Ada Lovelace,s3,ada3@example.org,Submitted,,50
Participant 104,Nobody Yet,s4,nobody@example.org,No submission,,50
"""
CANVAS_ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section,Homework (7)
    Points Possible,,,,,50
"Lovelace, Ada",11,u1,ada,Monday,
"Núñez, José",12,u2,jose,Monday,
"Student, Test",99,,,Monday,
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    root = tmp_path / "course"
    (root / "solutions" / NAME).mkdir(parents=True)
    (root / "solutions" / NAME / f"{NAME}.ipynb").write_text("{}")
    (root / CONFIG_FILE).write_text((ROOT / CONFIG_FILE).read_text())
    return Course(root)


def packed(files: dict[str, bytes | str], when: dict[str, tuple] | None = None) -> bytes:
    """A zip archive; `when` has the local times of files, as Moodle writes them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(files.items()):
            info = zipfile.ZipInfo(name, (when or {}).get(name, (2026, 11, 1, number % 24, 0, 0)))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def saved(folder: Path, content: bytes, name: str = "download.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def table(folder: Path, text: str) -> Roster:
    path = folder / "class.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_roster(path)


def submitted(course: Course) -> dict[str, str]:
    """What lies in `submitted`, by path."""
    folder = course.root / "submitted"
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_moodle_with_folders_and_its_grading_worksheet(course, tmp_path):
    """Two people of one name, a second attempt, a file beside, an archive, text typed in, macOS's litter."""
    ada, jose = "Ada Lovelace_101" + MOODLE, "José Núñez_102" + MOODLE
    files = {
        f"{ada}{NAME}.ipynb": "first",
        f"{ada}{NAME} (1).ipynb": "second",
        f"{ada}data/extra.csv": "1,2",
        f"{ada}__MACOSX/x.ipynb": "litter",
        f"{jose}homework.zip": packed({f"my work/{NAME}.ipynb": "packed", "my work/a.txt": "a"}),
        f"Ada Lovelace_103{MOODLE}whatever.ipynb": "other name",
        "Zed_Z_777_assignsubmission_file_/x.ipynb": "a stranger",
        "Nobody Yet_104_assignsubmission_onlinetext_/onlinetext.html": "typed",
    }
    when = {
        f"{ada}{NAME}.ipynb": (2026, 11, 1, 9, 0, 0),
        f"{ada}{NAME} (1).ipynb": (2026, 11, 2, 9, 0, 0),
    }
    done = collect(course, saved(tmp_path, packed(files, when)), NAME, table(tmp_path, WORKSHEET))
    found = submitted(course)
    assert found[f"s1/{NAME}/{NAME}.ipynb"] == "second"
    assert found[f"s1/{NAME}/data/extra.csv"] == "1,2"
    assert found[f"s2/{NAME}/{NAME}.ipynb"] == "packed" and found[f"s2/{NAME}/a.txt"] == "a"
    assert found[f"s3/{NAME}/{NAME}.ipynb"] == "other name"
    assert not any("litter" in text for text in found.values())
    utc = datetime(2026, 11, 2, 9).astimezone(UTC)
    assert found[f"s1/{NAME}/timestamp.txt"] == f"{utc:%Y-%m-%d %H:%M:%S} UTC\n"
    assert {entry.student: entry.outcome for entry in done.taken} == dict.fromkeys(
        ("s1", "s2", "s3"), "new"
    )
    assert "the last of 2 attempts" in done.taken[0].remarks
    assert "was called whatever.ipynb" in done.taken[2].remarks
    assert done.not_placed["Zed_Z"].startswith("is not on the roster; ")
    assert "no notebook" in done.not_placed["Nobody Yet"]
    assert [person.id for person in done.missing] == []


def test_moodle_without_folders_and_without_a_roster(course, tmp_path):
    files = {
        f"Ada Lovelace_1_assignsubmission_file_{NAME}.ipynb": "ada",
        f"Group 7-Bo_2_assignsubmission_file_{NAME}.ipynb": "bo",
        f"Twin_3_assignsubmission_file_{NAME}.ipynb": "one",
        f"Twin_4_assignsubmission_file_{NAME}.ipynb": "other",
    }
    done = collect(course, saved(tmp_path, packed(files)), NAME, Roster())
    assert [entry.student for entry in done.taken] == ["Ada Lovelace", "Group 7-Bo"]
    assert "several have this name" in done.not_placed["Twin"]


def test_a_group_in_front_of_a_name_is_seen_through(course, tmp_path):
    roster = table(tmp_path, "student_id,first name,last name\nb,Bo,Li-Wu\n")
    files = {f"Group 7-Bo Li-Wu_2_assignsubmission_file_{NAME}.ipynb": "bo"}
    assert [
        e.student for e in collect(course, saved(tmp_path, packed(files)), NAME, roster).taken
    ] == ["b"]


def test_canvas_late_copies_and_several_files(course, tmp_path):
    files = {
        f"lovelaceada_11_501_{NAME}.ipynb": "first",
        f"lovelaceada_LATE_11_620_{NAME}-1.ipynb": "late",
        "nunezjose_12_502_answers.ipynb": "jose",
        "nunezjose_12_503_notes.txt": "notes",
        "strange.txt": "?",
    }
    same = dict.fromkeys(files, (2026, 11, 5, 12, 0, 0))
    roster = table(tmp_path, CANVAS_ROSTER)
    assert [(p.id, p.lms_id, p.section) for p in roster.people] == [
        ("ada", "11", "Monday"),
        ("jose", "12", "Monday"),
    ]
    done = collect(course, saved(tmp_path, packed(files, same)), NAME, roster)
    found = submitted(course)
    assert found[f"ada/{NAME}/{NAME}.ipynb"] == "late"
    assert (
        found[f"jose/{NAME}/{NAME}.ipynb"] == "jose" and found[f"jose/{NAME}/notes.txt"] == "notes"
    )
    assert "late, says Canvas" in done.taken[0].remarks
    assert not any("timestamp" in name for name in found), "the times are those of the download"
    assert "times are those of the download" in done.remarks[0]
    assert done.not_placed == {"strange.txt": "no name tells whose it is"}


@pytest.mark.parametrize("wrapper", ["", "all of them/deep/"])
def test_folders_and_files_that_are_called_like_students(course, tmp_path, wrapper):
    for name in (f"ada/{NAME}/{NAME}.ipynb", "bea@example.org/x.ipynb"):
        path = tmp_path / "got" / f"{wrapper}{name}"
        path.parent.mkdir(parents=True)
        path.write_text(name)
    os.symlink("/etc/passwd", tmp_path / "got" / f"{wrapper}ada/link.txt")
    roster = table(tmp_path, "id,email\nada,\nb2,bea@example.org\nc3,\n")
    done = collect(course, tmp_path / "got", NAME, roster)
    assert [entry.student for entry in done.taken] == ["ada", "b2"]
    assert [person.id for person in done.missing] == ["c3"]
    assert not any("link" in name for name in submitted(course))


def test_blackboard_has_times_in_its_names(course, tmp_path):
    name = f"Homework_ada_attempt_2026-11-03-08-30-00_{NAME}.ipynb"
    done = collect(course, saved(tmp_path, packed({name: "x"})), NAME, Roster())
    assert done.taken[0].student == "ada" and done.taken[0].when is not None


def test_one_student_in_nbgraders_own_order(course, tmp_path):
    files = {f"ada/{NAME}/{NAME}.ipynb": "x"}
    assert collect(course, saved(tmp_path, packed(files)), NAME, Roster()).taken[0].student == "ada"


def test_again_nothing_is_lost_and_only_what_is_newer_is_taken(course, tmp_path):
    name = f"Ada_1{MOODLE}{NAME}.ipynb"

    def again(content: str, day: int) -> str:
        made = packed({name: content}, {name: (2026, 11, day, 8, 0, 0)})
        return collect(course, saved(tmp_path, made), NAME, Roster()).taken[0].outcome

    assert [again("a", 1), again("a", 1), again("b", 3), again("c", 2)] == [
        *("new", "unchanged"),
        *("replaced", "kept"),
    ]
    assert submitted(course)[f"Ada/{NAME}/{NAME}.ipynb"] == "b"
    old = course.root / "downloaded" / NAME / "earlier" / "Ada" / "1" / f"{NAME}.ipynb"
    assert old.read_text() == "a"


@pytest.mark.parametrize("who", ["..", "<b>x", "x" * 250])
def test_hostile_names_stay_below_submitted(course, tmp_path, who):
    files = {
        f"{who}_1{MOODLE}{NAME}.ipynb": "hostile",
        f"Ada_2{MOODLE}../../../outside.txt": "out",
        f"Ada_2{MOODLE}{NAME}.ipynb": "fine",
        "/etc/absolute.ipynb": "abs",
    }
    collect(course, saved(tmp_path, packed(files)), NAME, Roster())
    inside = {path.parts[0] for path in map(Path, submitted(course))}
    assert inside <= {"Ada", "<b>x"}
    everything = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert not any(path.name in ("outside.txt", "absolute.ipynb") for path in everything)


def test_what_is_a_link_or_leads_outside_is_said(course, tmp_path):
    """Bea's whole work is a link; she must not be missing in silence."""
    path = tmp_path / "got.zip"
    link = zipfile.ZipInfo(f"Bea_3{MOODLE}{NAME}.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr(f"up/../../Cem_4{MOODLE}{NAME}.ipynb", "x")
        archive.writestr(f"Ada_2{MOODLE}{NAME}.ipynb", "fine")
    done = collect(course, path, NAME, Roster())
    assert [entry.student for entry in done.taken] == ["Ada"]
    assert done.not_placed["Bea"] == "is a link"
    assert "outside" in str(done.not_placed) and len(done.not_placed) == 2


def test_a_student_cannot_forge_the_time_or_fill_the_memory(course, tmp_path, monkeypatch):
    from grader.desk import archive

    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    inner = packed({f"{NAME}.ipynb": "x" * 50_000})
    files = {
        f"Ada_1{MOODLE}{NAME}.ipynb": "fine",
        f"Ada_1{MOODLE}timestamp.txt": "2020-01-01 00:00:00 UTC",
        f"Bob_2{MOODLE}bomb.zip": inner,
        f"Cem_3{MOODLE}broken.zip": b"PK\x03\x04 nothing",
    }
    done = collect(course, saved(tmp_path, packed(files)), NAME, Roster())
    assert "2020" not in submitted(course)[f"Ada/{NAME}/timestamp.txt"]
    assert "larger than" in done.not_placed["Bob"]
    assert len(done.not_placed) == 2 and [entry.student for entry in done.taken] == ["Ada"]


@pytest.mark.parametrize(
    ("given", "files"),
    [
        (
            "{who}_{number}_50{number}_{file}",
            [
                "Bo Li_attempt_2030-01-01-00-00-00_x.ipynb",
                "Bo Li_attempt_2030-99-99-00-00-00_x.ipynb",
            ],
        ),
        ("{who}_{number}_50{number}_{file}", ["x-Bo Li_17_assignsubmission_file_x.ipynb"]),
        (
            "HW_{who}_attempt_2026-11-01-00-00-00_{file}",
            ["x_Bo Li_attempt_2026-10-01-00-00-00_x.ipynb"],
        ),
        (
            "all/{who}/{file}",
            ["Bo Li_attempt_2026-10-01-00-00-00_x.ipynb", "Bo Li_17_assignsubmission_file_/x.txt"],
        ),
    ],
)
def test_no_name_of_a_file_hands_in_for_another(course, tmp_path, given, files):
    """A student calls an own file as another system would call one of Bo's; Bo has handed in as well."""
    roster = table(tmp_path, "student_id,name,lms_id\nAda Lovelace,,1\nBo Li,,2\nCem Ay,,3\n")
    made = {given.format(who="Ada Lovelace", number=1, file=name): "Ada's" for name in files}
    for number, who in enumerate(("Bo Li", "Cem Ay"), 2):
        made[given.format(who=who, number=number, file=f"{NAME}.ipynb")] = f"{who}'s own"
    name = given.format(who="Ada Lovelace", number=1, file=f"{NAME}.ipynb")
    done = collect(course, saved(tmp_path, packed(made | {name: "Ada's"})), NAME, roster)
    assert [entry.student for entry in done.taken] == ["Ada Lovelace", "Bo Li", "Cem Ay"]
    found = submitted(course)
    assert found[f"Bo Li/{NAME}/{NAME}.ipynb"] == "Bo Li's own"
    assert "2030" not in found.get(f"Ada Lovelace/{NAME}/timestamp.txt", "")


def _with_list_of_files(change: tuple[int, bytes], name: bytes = b"01") -> bytes:
    """An archive in whose list of files bytes of the first entry are others."""
    made = packed({f"{NAME}.ipynb": "x"})
    start, (at, content) = made.rindex(b"PK\x01\x02"), change
    changed = made[: start + at] + content + made[start + at + len(content) :]
    return changed.replace(NAME.encode(), name + NAME.encode()[2:])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (packed({f"{NAME}.ipynb": "x", "a": "1", "a/b": "2"}), "b is a file and a folder"),
        (packed({f"{NAME}.ipynb": "x", "a/b": "1", "a": "2"}), "a is a file and a folder"),
        (packed({f"{NAME}.ipynb": "x", f"{NAME}.ipynb/b": "2"}), "b is a file and a folder"),
        (packed({f"{NAME}.ipynb": "x", "timestamp.txt/b": "2"}), "b is a file and a folder"),
        (packed({f"{NAME}.ipynb": "x", "n" * 300: "2"}), "has too long a name"),
        (packed({f"{NAME}.ipynb": "x", "n/" * 3000 + "n": "2"}), "in more than 16 folders"),
        (packed({f"{NAME}.ipynb": "x"} | {"a" * n: "2" for n in range(300, 999)}), "694 more"),
        (packed({f"{NAME}.ipynb": "x", "n" * 300: "2", "": "3"}), "has too long a name"),
        (_with_list_of_files((8, b"\0\x08"), b"\xff1"), "can't decode byte"),
        (_with_list_of_files((6, b"\x63\0")), "zip file version"),
    ],
)
def test_an_archive_of_one_costs_nobody_else(course, tmp_path, content, said):
    files = {f"Ada_1{MOODLE}hw.zip": content, f"Bo_2{MOODLE}{NAME}.ipynb": "fine"}
    done = collect(course, saved(tmp_path, packed(files)), NAME, Roster())
    assert submitted(course)[f"Bo/{NAME}/{NAME}.ipynb"] == "fine"
    remarks = [remark for entry in done.taken for remark in entry.remarks]
    assert said in "; ".join([*remarks, *done.not_placed.values()]) and len(remarks) < 10
    again = collect(course, tmp_path / "download.zip", NAME, Roster())
    assert {entry.outcome for entry in again.taken} == {"unchanged"}


def test_numbers_of_another_assignments_worksheet_give_nobody_anothers_work(course, tmp_path):
    """Moodle numbers the participants of each assignment anew."""
    files = {
        f"José Núñez_101{MOODLE}{NAME}.ipynb": "José's",
        f"Nobody Yet_102{MOODLE}{NAME}.ipynb": "hers",
        f"Ada Lovelace_104{MOODLE}{NAME}.ipynb": "one of two",
        f"A Stranger_103{MOODLE}{NAME}.ipynb": "a stranger's",
    }
    done = collect(course, saved(tmp_path, packed(files)), NAME, table(tmp_path, WORKSHEET))
    found = submitted(course)
    assert {entry.student for entry in done.taken} == {"s2", "s4"}
    assert found[f"s2/{NAME}/{NAME}.ipynb"] == "José's"
    assert found[f"s4/{NAME}/{NAME}.ipynb"] == "hers"
    assert set(done.not_placed) == {"Ada Lovelace", "A Stranger"}
    assert "numbers are those of another assignment" in done.remarks[0]


def test_who_takes_anothers_name_on_the_platform_hands_in_as_before(course, tmp_path):
    """The numbers of the others fit, so the number tells who it is."""
    files = {
        f"José Núñez_102{MOODLE}{NAME}.ipynb": "José's",
        f"Nobody Yet_104{MOODLE}{NAME}.ipynb": "hers",
        f"José Núñez_101{MOODLE}{NAME}.ipynb": "Ada's",
    }
    done = collect(course, saved(tmp_path, packed(files)), NAME, table(tmp_path, WORKSHEET))
    found = submitted(course)
    assert found[f"s1/{NAME}/{NAME}.ipynb"] == "Ada's" and not done.not_placed
    assert found[f"s2/{NAME}/{NAME}.ipynb"] == "José's"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("no.zip", None, "There is no"),
        ("x.rar", b"Rar!", "neither a folder nor a zip archive"),
        ("empty.zip", packed({}), "holds no file that a name says is somebody's"),
    ],
)
def test_what_is_no_download_is_said(course, tmp_path, name, content, words):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CourseError, match=words):
        collect(course, path, NAME, Roster())


@pytest.mark.parametrize(
    "text",
    [
        "student_id;first name;last name\r\na;Ada;Lovelace\r\n",
        "Username,First name,Last name,Email address\na,Ada,Lovelace,x@example.org\n",
        "First name\tSurname\tID number\nAda\tLovelace\ta\n",
        'student,sis login id,id\n"Lovelace, Ada",a,17\n',
    ],
)
def test_rosters_of_many_kinds(tmp_path, text):
    (person,) = table(tmp_path, text).people
    assert (person.id, person.first_name, person.last_name) == ("a", "Ada", "Lovelace")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("first name\nAda\n", r"line 2: no column says who this is\. Seen: first name"),
        ("id\na\na\n", "line 3: the id 'a' stands there twice"),
        ("", "holds no students"),
    ],
)
def test_a_roster_that_says_too_little_is_refused(tmp_path, text, words):
    with pytest.raises(CourseError, match=words):
        table(tmp_path, text)


def test_a_second_roster_adds_to_the_first_and_keeps_ids(tmp_path):
    keep_roster(
        tmp_path, table(tmp_path, "id,first name,email,section\na,Ada,ada@example.org,M\nb,Bo,,\n")
    )
    merged, gone = keep_roster(tmp_path, table(tmp_path, WORKSHEET))
    assert gone == ["b"]
    assert kept_roster(tmp_path).people == merged.people
    ada = merged.people[0]
    assert (ada.id, ada.section, ada.participant, ada.sis_id) == ("a", "M", "101", "s1")


def test_the_command_says_all_and_names_reach_the_gradebook(course, tmp_path, command):
    (tmp_path / "class.csv").write_text(WORKSHEET)
    files = {f"José Núñez_102{MOODLE}{NAME}.ipynb": "x", f"Zed_9{MOODLE}{NAME}.ipynb": "z"}
    path = saved(tmp_path, packed(files))
    words = ("grader", "collect", str(path), "--assignment", NAME)
    done = command(course.root, *words, "--roster", str(tmp_path / "class.csv"), COLUMNS="200")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Roster: 4 students, 4 of them new in the gradebook." in done.stdout
    assert "Not placed: Zed: is not on the roster; " in done.stdout
    assert re.search(rf"{NAME}: 1 new; 1 not placed\.", done.stdout)
    assert (
        "3 of the roster handed in nothing: Ada Lovelace, Ada Lovelace, Nobody Yet." in done.stdout
    )
    with Gradebook(course.database, "dropout-lab") as book:
        jose = book.find_student("s2")
        assert (jose.first_name, jose.last_name, jose.email) == (
            "José",
            "Núñez",
            "jose@example.org",
        )
    again = command(course.root, *words)
    assert "1 unchanged; 1 not placed" in again.stdout, "the roster is kept"
