"""Every attack, graded beside an honest class in one run, and shown to work where it can.

What an attack needs to know of this machine (where the course lies, which ports listen) it is told.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import v4

from grader.authoring.build import build
from grader.checks.registry import chapter_of, get_exercise
from grader.checks.results import SubmissionResult
from grader.course import Course
from grader.grading.grade_class import autograde
from grader.grading.report import write_json
from grader.sandbox import Limits
from grader.simulated_class import answered, catalogued, handed_out, solved, submit
from tests.attacks import small_course, table
from tests.attacks.corpus import Attack, attacks, defined, with_attack
from tests.attacks.in_process import MARK, TEST_CELLS, Job, Shown, demonstrate
from tests.attacks.listeners import Listeners
from tests.attacks.small_course import ASSIGNMENT, BASES, OTHER

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "01_dropout_from_scratch"
MIB = 2**20
LIMITS = Limits(
    cell_seconds=3,
    exercise_seconds=4,
    notebook_seconds=40,
    memory_bytes=512 * MIB,
    home_bytes=64 * MIB,
    processes=48,
    replays=2,
)
SMALL = [attack for attack in attacks().values() if not attack.in_chapter]
LARGE = [attack for attack in attacks().values() if attack.in_chapter]
LOOK_AROUND = """
import os
import re
seen = []
for top in (".", os.path.expanduser("~"), "/tmp", "/dev/shm", "/var/tmp"):
    for folder, folders, files in os.walk(top):
        folders.sort()
        seen += [os.path.join(folder, name) for name in sorted(files)]
print(seen)
"""


@dataclass(frozen=True)
class Graded:
    """A graded class: outcomes by student, all that was written about each, what was left."""

    course: Course
    outcomes: dict[str, SubmissionResult]
    written: dict[str, str]
    reached: set[str]
    left: list[str]
    outside: list[str]
    json: str


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The small class with every attack in it."""
    with small_course.small_exercises():
        folder = tmp_path_factory.mktemp("attacked")
        yield _grade_small(folder, SMALL)
    subprocess.run(
        ["rm", "-rf", folder / "course/submitted"], check=True
    )  # deeper than Python goes


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """The same class without the attacks."""
    with small_course.small_exercises():
        yield _grade_small(tmp_path_factory.mktemp("honest"), [])


def _grade_small(folder: Path, chosen: list[Attack]) -> Graded:
    course = small_course.make_course(folder / "course")
    build(course)
    home = folder / "home"
    small_course.plant(course, home)
    listeners = Listeners(folder)
    words = _words(course, home, listeners)
    whole = solved(course, ASSIGNMENT)
    submit(course, OTHER, ASSIGNMENT, whole)
    for name, answers in BASES.items():
        submit(course, f"base-{name}", ASSIGNMENT, answered(whole, answers))
    for number, attack in enumerate(chosen):
        notebook, files = with_attack(
            answered(whole, BASES[attack.base]), attack, words, _exercise(attack)
        )
        # Names put a look around between the attacks, whoever's turn it is.
        path = submit(course, f"{number:03d}-{attack.name}", ASSIGNMENT, notebook)
        for name, content in files.items():
            (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
            (path.parent / name).write_bytes(content)
        if attack.kind == "folder":
            defined(attack, "lay")(path.parent)
    for number in range(0, len(SMALL) + 1, 8):
        notebook = solved(course, ASSIGNMENT)
        notebook.cells.append(v4.new_code_cell(LOOK_AROUND, id="look-around"))
        submit(course, f"{number:03d}-looks-around-{number}", ASSIGNMENT, notebook)
    return _autograde(course, ASSIGNMENT, home, listeners)


def _autograde(course: Course, assignment: str, home: Path, listeners: Listeners) -> Graded:
    before = {path for path in _outside(course) if path.name != "all.json"}
    with small_course.planted_environment(home):
        outcomes = autograde(course, assignment, workers=2, limits=LIMITS)
    listeners.close()
    report = course.root.parent / "all.json"
    write_json(report, outcomes)
    written = {
        outcome.student: course.notebook("autograded", assignment, outcome.student).read_text()
        for outcome in outcomes
        if isinstance(outcome, SubmissionResult)
    }
    left = [str(process) for process in _descendants()]
    return Graded(
        course,
        {_without_number(outcome.student): outcome for outcome in outcomes},
        {_without_number(name): text for name, text in written.items()},
        listeners.reached,
        left,
        sorted(str(path) for path in _outside(course) if path not in before and path != report),
        report.read_text(),
    )


def _without_number(student: str) -> str:
    return student[4:] if student[:3].isdigit() else student


def _exercise(attack: Attack) -> str:
    return "total" if attack.against == "number" else "double"


def _words(course: Course, home: Path, listeners: Listeners) -> dict[str, str]:
    """What an attacker would have to find out."""
    places = {"COURSE": str(course.root), "HOME": str(home), "ROOT": str(ROOT)}
    return {**places, "MARK": MARK, "PID": str(os.getpid()), **listeners.words}


def _outside(course: Course) -> set[Path]:
    """Files around the course, and those with the mark in folders that everybody may write to."""
    tops = [Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")]
    marked = {path for top in tops for path in top.glob(f"*{MARK}*")}
    return marked | _files(course.root.parent, course.root / "autograded")


def _files(top: Path, leave_out: Path) -> set[Path]:
    """The files below, through however many folders."""
    found, ahead = set(), [top]
    while ahead:
        with os.scandir(ahead.pop()) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    found.add(Path(entry.path))
                elif Path(entry.path) != leave_out:
                    ahead.append(Path(entry.path))
    return found


def _descendants() -> list[psutil.Process]:
    """Processes that are left a moment after grading, this one's own and those with the mark."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        left = psutil.Process().children(recursive=True)
        left += [
            process
            for process in psutil.process_iter(["cmdline"])
            if process.pid != os.getpid() and MARK in " ".join(process.info["cmdline"] or [])
        ]
        if not left:
            break
        time.sleep(0.1)
    return left


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Chapter 1: the attacks on its checks, and for each the same answers without the attack."""
    folder = tmp_path_factory.mktemp("chapter")
    course = Course(folder / "course")
    small_course.make_course(course.root)
    shutil.copy(ROOT / "chapters" / f"{CHAPTER}.py", course.root / "chapters")
    with small_course.small_exercises():
        build(course)
    home = folder / "home"
    small_course.plant(course, home)
    listeners = Listeners(folder)
    words = _words(course, home, listeners)
    for number, attack in enumerate(LARGE):
        exercise, answers = _catalogued(attack)
        base = answered(handed_out(course, CHAPTER), answers)
        submit(course, f"{number:03d}-base-{attack.name}", CHAPTER, base)
        notebook, _ = with_attack(base, attack, words, exercise)
        submit(course, f"{number:03d}-{attack.name}", CHAPTER, notebook)
    return _autograde(course, CHAPTER, home, listeners)


def _catalogued(attack: Attack) -> tuple[str, dict[str, str]]:
    """The exercise of chapter 1 that an attack is about, and the answers that it goes with: the
    catalogued one, and right ones to what this builds on.
    """
    exercise, _, answer = attack.base.partition(" ")
    code = "# not answered" if answer == "open" else catalogued(exercise, answer)
    notebook = solved(Course(ROOT), CHAPTER)
    right = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    return exercise, {**{name: right[name].source for name in _parts(exercise)}, exercise: code}


def _parts(exercise: str) -> dict[str, None]:
    """The exercises of chapter 1 that one builds on, directly or not, in order."""
    found: dict[str, None] = {}
    for used in get_exercise(chapter_of(CHAPTER), exercise).uses:
        found |= {**_parts(used), used: None}
    return found


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> dict[str, Shown]:
    """Every attack and every base where student code and checks share a process."""
    folder = tmp_path_factory.mktemp("in_process")
    course = small_course.make_course(folder / "course")
    with small_course.small_exercises():
        build(course)
    home = folder / "home"
    small_course.plant(course, home)
    place = course.root / "autograded" / "mallory" / ASSIGNMENT
    place.mkdir(parents=True)
    listeners = Listeners(folder)
    words = _words(course, home, listeners)
    jobs = {}
    for attack in attacks().values():
        if attack.shown_by != "nothing":
            jobs[attack.name] = Job(attack.name, *_job(attack, words))
            base = _base(attack)
            jobs[base] = Job(base, *_job(attack, words, base=True))
    env = {"GRADEBOOK_TOKEN": small_course.canary("environment"), "HOME": str(home)}
    results = demonstrate(list(jobs.values()), place, course.root / "gradebook.db", env)
    listeners.close()
    results["reached"] = listeners.reached
    return results


def _given(chapter: str) -> list[str]:
    """What a chapter's notebook gives: its cells that are neither answers, checks nor shown results."""
    notebook = nbformat.read(ROOT / "notebooks" / chapter / f"{chapter}.ipynb", as_version=4)
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code"
        and "nbgrader" not in cell.metadata
        and "demo" not in cell.metadata.get("tags", [])
    ]


def _base(attack: Attack) -> str:
    """The name of the run without the attack, which several attacks may share."""
    return f"base {attack.base} {attack.against} {attack.alters}"


def _job(attack: Attack, words: dict[str, str], base: bool = False) -> tuple:
    exercise = _exercise(attack)
    answers = BASES.get(attack.base, {})
    setup = f"import torch\nfrom torch import nn\n{small_course.IMPORT}"
    if attack.in_chapter:
        exercise, answers = _catalogued(attack)
        setup = "\n".join(_given(CHAPTER))
    cells, files, fresh = [setup, *answers.values()], {}, False
    if not base and attack.alters:
        altered = defined(attack, "alter")(v4.new_notebook())
        files = {name: data.decode() for name, data in altered.items()}
        fresh = True
    elif not base:
        from tests.attacks.corpus import filled

        cells.append(filled(attack.source, words))
    if fresh:
        cells[0] = "import torch"
        cells.append(small_course.IMPORT)
    cells.append(TEST_CELLS[attack.against].format(exercise=exercise))
    return cells, files, fresh


@pytest.mark.parametrize("name", [a.name for a in attacks().values() if a.works_in_process])
def test_works_in_process(shown, name):
    """The attack is no straw man: it succeeds where code and checks share a process."""
    attack, seen = attacks()[name], shown[name]
    kind, _, what = attack.shown_by.partition(" ")
    if kind == "points":
        assert seen.points > shown[_base(attack)].points, seen
    elif kind == "canary":
        assert small_course.canary(what) in seen.text, seen
        assert small_course.canary(what) not in shown[_base(attack)].text
    elif kind == "output":
        assert what in seen.text, seen
    elif kind == "listener":
        assert what in shown["reached"]
    else:
        proof = {
            "file": seen.left_files,
            "process": seen.left_processes,
            "segment": seen.left_segments,
            "grader": seen.grader_died,
        }
        assert proof[kind], seen


@pytest.mark.parametrize("name", [attack.name for attack in SMALL])
def test_gains_nothing(graded, name):
    """Not a point more than the same answers without the attack, and a grade all the same."""
    attack, outcome = attacks()[name], graded.outcomes[name]
    base = graded.outcomes[f"base-{attack.base}"]
    assert isinstance(outcome, SubmissionResult), outcome
    assert [e.exercise for e in outcome.exercises] == ["double", "total", "quiz_double"]
    if attack.gains:
        assert outcome.earned > base.earned, "the table says that it gains"
        return
    assert _passed(outcome) <= _passed(base)
    assert outcome.earned <= base.earned


@pytest.mark.parametrize("name", [attack.name for attack in LARGE])
def test_gains_nothing_in_chapter_1(large, name):
    attack, outcome, base = attacks()[name], large.outcomes[name], large.outcomes[f"base-{name}"]
    assert isinstance(outcome, SubmissionResult) and isinstance(base, SubmissionResult)
    if attack.gains:
        assert outcome.earned > base.earned, "the table says that it gains"
    else:
        assert _passed(outcome) <= _passed(base)
        assert outcome.earned <= base.earned


def _passed(outcome: SubmissionResult) -> set[tuple[str, str]]:
    checks = [(e.exercise, check) for e in outcome.exercises for check in e.checks if check.weight]
    return {(exercise, check.id) for exercise, check in checks if check.passed}


@pytest.mark.parametrize("name", [attack.name for attack in SMALL])
def test_reads_nothing(graded, name):
    """No canary in the executed notebook, which holds the judge's messages."""
    found = [
        place for place in small_course.PLACES if small_course.canary(place) in graded.written[name]
    ]
    assert not found


def test_nothing_was_read_at_all(graded, large):
    for run in (graded, large):
        for place in small_course.PLACES:
            assert small_course.canary(place) not in run.json
            for name, text in run.written.items():
                assert small_course.canary(place) not in text, name


def test_no_other_grade_changed(graded, honest):
    for name, outcome in honest.outcomes.items():
        theirs = graded.outcomes[name]
        assert theirs.earned == outcome.earned
        assert [e.checks for e in _timeless(theirs)] == [e.checks for e in _timeless(outcome)]


def _timeless(outcome: SubmissionResult):
    from dataclasses import replace

    return [
        replace(e, checks=tuple(replace(check, seconds=0.0) for check in e.checks))
        for e in outcome.exercises
    ]


def test_the_next_submission_finds_nothing(graded, honest):
    """Those who look around in home, /tmp and shared memory see what they see in an honest class."""
    looks = [name for name in honest.outcomes if name.startswith("looks-around")]
    assert len(looks) >= 6
    for name in looks:
        assert graded.written[name] == honest.written[name]
        assert MARK not in graded.written[name]


@pytest.mark.parametrize("run", ["graded", "large"])
def test_no_process_and_no_file_is_left(run, request):
    left = request.getfixturevalue(run)
    assert left.left == []
    known = ("/gradebook.db", "/.grader_secret")
    assert [path for path in left.outside if not path.endswith(known)] == []


@pytest.mark.parametrize("run", ["graded", "large"])
def test_nobody_was_reached(run, request):
    assert request.getfixturevalue(run).reached == set()


def test_the_corpus_is_large_enough():
    assert len(attacks()) >= 40
    assert sum(attack.works_in_process for attack in attacks().values()) >= 30


def test_the_table_in_the_documentation_is_that_of_the_corpus():
    assert table.written() == table.table(), "run `python -m tests.attacks.table`"


def test_the_documentation_names_tests_that_exist():
    """Every promise of docs/security.md names the test that holds it."""
    page = table.PAGE.read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named) >= 12
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (path, name)


@pytest.mark.parametrize("name", [attack.name for attack in SMALL if attack.family == "reader"])
def test_what_a_browser_would_run_is_taken_out(graded, name):
    """What the attack shows is kept where nobody takes it out; `tests/browser` opens the pages."""
    attack = attacks()[name]
    _, _, text = attack.shown_by.partition("output ")
    notebook = json.loads(graded.written[name], parse_constant=_not_json)
    nbformat.validate(nbformat.from_dict(notebook))
    shown = [
        value
        for cell in notebook["cells"]
        if cell["source"] and "display" in "".join(cell["source"])
        for output in cell.get("outputs", [])
        for value in (output.get("data"), output.get("metadata"))
    ]
    assert any(shown) and text not in json.dumps(shown, ensure_ascii=False)


def _not_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def test_every_graded_notebook_is_one(graded, large):
    for run in (graded, large):
        for text in run.written.values():
            nbformat.validate(nbformat.from_dict(json.loads(text, parse_constant=_not_json)))


def test_reasons_are_short_and_legible(graded, large):
    for run, name in ((graded, "endless_reason"), (large, "reason_without_end")):
        messages = [check.message for e in run.outcomes[name].exercises for check in e.checks]
        assert any(messages)
        assert max(map(len, messages)) < 4000
        assert "\x1b" not in "".join(messages)
        assert len(run.written[name]) < 1_000_000
