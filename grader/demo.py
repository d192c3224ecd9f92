"""The whole road on chapter 1, with a simulated class of eight: what `make demo` shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from rich.console import Console
from rich.markup import escape

from grader.authoring.build import build
from grader.course import CONFIG_FILE, Course, data_folder, make_anew
from grader.grading.feedback import feedback
from grader.grading.grade_class import autograde
from grader.grading.outcome import Failure
from grader.grading.report import print_grades, print_reasons, write_json
from grader.sandbox import Backend, Sandbox, SandboxUnavailable
from grader.sandbox.installing import install_bubblewrap, may_install
from grader.simulated_class import answered, catalogued, handed_out, solved, submit

ASSIGNMENT = "01_dropout_from_scratch"

# student: exercise -> catalogued answer that takes the place of the right one
MISTAKES: dict[str, dict[str, str]] = {
    "all_right": {},
    "forgot_the_scale": {"dropout_layer": "wrong/scale_forgotten"},
    "took_randn": {
        "dropout_layer": "wrong/randn_mask",
        "dropout_moments": "wrong/variance_unchanged",
    },
    "made_a_flag": {"Net": "wrong/flag_of_its_own"},
    "counted": {"accuracy": "wrong/count", "evaluate_accuracy": "wrong/left_in_eval_mode"},
    "piled_up_gradients": {"train_epoch": "wrong/zero_grad_forgotten"},
}


def run_demo(
    course: Course, folder: Path, console: Console, step: Callable[[str, int], None]
) -> None:
    """Build chapter 1 in `folder`, hand in eight notebooks, grade them, and write feedback.

    `folder` is made anew when an earlier demonstration made it. Raises CourseError when it holds
    anything else.
    """
    make_anew(folder, ".demo", "no earlier demo made it: name another --folder.")
    (folder / "chapters").mkdir()
    shutil.copy(course.root / CONFIG_FILE, folder)
    chapter = course.folder("chapters") / f"{ASSIGNMENT}.py"
    shutil.copy(chapter, folder / "chapters")
    demo = Course(folder)
    build(demo)
    names = _hand_in(demo)
    total = 2 * len(names)
    outcomes = autograde(
        demo,
        ASSIGNMENT,
        backend=_backend(console),
        data=data_folder(),
        progress=lambda outcome, _: step(f"graded {outcome.student}", total),
    )
    feedback(demo, ASSIGNMENT, progress=lambda name, _: step(f"feedback {name}", total))
    details = folder / "reports" / f"{ASSIGNMENT}.json"
    write_json(details, outcomes)
    print_grades(console, outcomes)
    print_reasons(console, outcomes)
    _say_what_is_where(console, demo, chapter, details)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    for failure in failures:
        console.print(escape(f"{failure.student}: not graded: {failure.reason}"), soft_wrap=True)
    if failures:
        raise SystemExit(1)


def _backend(console: Console) -> Backend:
    """Where the demonstration's class is graded: in the sandbox, which is installed where nobody need be asked.

    Elsewhere it is graded without one, aloud. Nobody else's code is graded so: the class is this module's own.
    """
    before = may_install()
    if before is not None:
        console.print("Installing bubblewrap, in which submissions are graded ...")
        install_bubblewrap(before)
    try:
        with Sandbox(preload=()) as sandbox:
            sandbox.start()
        return "bubblewrap"
    except SandboxUnavailable as reason:
        console.print(f"[bold red]WITHOUT A SANDBOX:[/] {escape(str(reason))}", soft_wrap=True)
        console.print(
            "This class is part of Dropout Lab and harmless, so the demonstration grades it all the same. "
            "`grader autograde` refuses to grade anybody else's code like this.",
            soft_wrap=True,
        )
        return "none"


def _hand_in(course: Course) -> list[str]:
    right = solved(course, ASSIGNMENT)
    for student, wrong in MISTAKES.items():
        code = {exercise: catalogued(exercise, answer) for exercise, answer in wrong.items()}
        submit(course, student, ASSIGNMENT, answered(right, code))
    submit(course, "handed_in_empty", ASSIGNMENT, handed_out(course, ASSIGNMENT))
    whole = nbformat.writes(right).encode()
    submit(course, "upload_broke_off", ASSIGNMENT, whole[: len(whole) // 2])
    return [*MISTAKES, "handed_in_empty", "upload_broke_off"]


def _say_what_is_where(console: Console, course: Course, chapter: Path, details: Path) -> None:
    rows = {
        "chapter text": chapter,
        "instructor notebook": course.notebook("source", ASSIGNMENT),
        "student notebook": course.notebook("release", ASSIGNMENT),
        "submissions": course.folder("submitted"),
        "graded notebooks": course.folder("autograded"),
        "gradebook": course.root / "gradebook.db",
        "feedback pages": course.folder("feedback"),
        "every check as JSON": details,
    }
    console.print("\nWhat was made:")
    for what, path in rows.items():
        console.print(f"  {what:<20} {escape(str(_short(path)))}", soft_wrap=True)
    page = course.notebook("feedback", ASSIGNMENT, "forgot_the_scale").with_suffix(".html")
    console.print(f"\nA page to read: {escape(str(_short(page)))}", soft_wrap=True)
    console.print("Next: `make lab` opens the student notebook; docs/instructors.md says the rest.")


def _short(path: Path) -> Path:
    """The path from here, when it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
