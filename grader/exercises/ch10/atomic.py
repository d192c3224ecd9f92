"""Chapter 10: the exercise `atomic_save`: the old file or the new one, whenever the program stops.

The folder is looked at after every step of the student's function, down to those inside of `torch.save`: what lies there
is what would be left if the process were killed at that moment. Then the function is really interrupted, at each step
that has changed something.
"""

from __future__ import annotations

import os
import sys
import tempfile

from torch import Tensor

from grader.checks import expect
from grader.checks.exercise import Exercise, check
from grader.checks.folders import as_bytes, as_tensor, files_in, path_as
from grader.checks.randomness import shuffled
from grader.checks.saved_files import DamagedFile, read_saved
from grader.checks.student import Student
from grader.exercises.ch10.made_files import as_values, torch_file, weights
from grader.exercises.ch10.tensors import contents, verify_same

NAME = "model.pt"
SYNC = "sync"
MOST_CONTENTS, MOST_STOPS = 300, 12


class AtomicSave(Exercise):
    name, points = "atomic_save", 5
    hints = (
        "As long as bytes are being written to a file, it is half. How do you get a whole file under its name in one "
        "step?",
        "Write to a name of its own in the same folder. `os.replace(temporary, path)` then puts it in the place of the "
        "old file, in one step. What if `torch.save` raises?",
        'In `try`: `with open(temporary, "wb") as file:` `torch.save(obj, file)`, `file.flush()`, '
        "`os.fsync(file.fileno())`; after the `with`, `os.replace(temporary, path)`. In `except BaseException:` remove "
        "`temporary` if it is there, and `raise`.",
    )

    _watched: Watched | None = None

    @check("afterwards the new object is in the file, and no other file is there", essential=True)
    def value(self, student: Student) -> None:
        """Once without an old file, and once with one. A path may be a Path."""
        for old, kind in shuffled([(None, "str"), (torch_file(weights()), "Path")]):
            value = weights()
            files = expect.record(
                student.run(saved_atomically, old=sent(old), value=value, kind=kind)
            )
            expect.true(
                NAME in files,
                seen=f"in the folder there is {', '.join(sorted(files)) or 'nothing'}",
                expected=f"`{NAME}`",
            )
            verify_same(contents(files[NAME]).value, value)
            verify_alone(files)

    @check("at every moment, the file is the old one or the new one", weight=2, essential=True)
    def moments(self, student: Student) -> None:
        """Look into the folder after each line of your function."""
        for watched in (self.watched(student), Watched(student, None)):
            watched.verify_moments()

    @check("when saving fails, the old file stays and the exception passes on", weight=1)
    def failure(self, student: Student) -> None:
        """Try to save a dictionary with a lambda in it."""
        old = torch_file(weights())
        report = expect.record(student.run(failed_save, old=sent(old), value=weights()))
        verify_old(expect.record(report["files"]), old, "`torch.save` has raised an exception")
        expect.true(
            report["error"] == "ValueError",
            seen=f"{expect.show(report['error'])} came out of your function"
            if report["error"]
            else "no exception",
            expected="the exception that `torch.save` has raised",
            because="whoever saves must learn that nothing was saved",
        )

    @check("when saving fails, no other file is left", weight=0.5)
    def tidy(self, student: Student) -> None:
        """Remove what you have begun, and raise again."""
        old = torch_file(weights())
        report = expect.record(student.run(failed_save, old=sent(old), value=weights()))
        verify_alone(expect.record(report["files"]))

    @check("interrupted at any step, it leaves the old file or the new one", weight=1)
    def interrupted(self, student: Student) -> None:
        """A `finally` is also run when something went wrong."""
        old, value = torch_file(weights()), weights()
        reports = expect.items(student.run(interrupted_saves, old=sent(old), value=value))
        expect.true(
            bool(reports),
            seen="nothing in the folder changes while your function runs",
            expected="a file that is written",
        )
        for files in reports:
            verify_old_or_new(expect.record(files), old, value)

    @check("the new file is written beside the old one, all of it", weight=0.5)
    def beside(self, student: Student) -> None:
        """`os.replace` is one step within a file system. The folder for temporary files may be on another."""
        self.watched(student).verify_beside()

    @check("it is on the disk before it takes the place of the old one", weight=0.5)
    def synced(self, student: Student) -> None:
        """`file.flush()` empties Python's buffer, `os.fsync(file.fileno())` that of the system."""
        self.watched(student).verify_synced()

    def watched(self, student: Student) -> Watched:
        """One save over an old file, for all checks that look at its moments."""
        if self._watched is None:
            self._watched = Watched(student, torch_file(weights()))
        return self._watched


class Watched:
    """What lay in the folder, step by step, while `atomic_save` put a new object in the place of an old file."""

    def __init__(self, student: Student, old: bytes | None) -> None:
        self.old, self.value = old, weights()
        report = expect.record(student.run(watched_save, old=sent(old), value=self.value))
        self.contents = [as_bytes(expect.tensor(data)) for data in expect.items(report["contents"])]
        self.steps: list = expect.items(report["steps"])
        self.states = [expect.record(step) for step in self.steps if step != SYNC]
        expect.true(len(self.states) > 1, seen="nothing has changed", expected="a new file")
        self.new = self.content(self.states[-1])

    def content(self, state: dict, name: str = NAME) -> bytes | None:
        """The bytes of a file at one moment; None when it was not there."""
        place = state.get(name)
        return self.contents[place] if isinstance(place, int) and place >= 0 else None

    def verify_moments(self) -> None:
        for state in self.states:
            data = self.content(state)
            if data in (self.old, self.new):
                continue
            seen = "for a moment, there was no file" if data is None else part_of_a_file(data)
            old = "the old file" if self.old is not None else "no file"
            expect.fail(seen, f"{old}, or the whole new one, at every moment")
        verify_same(read_saved(self.new or b"").value, self.value)

    @property
    def before_the_switch(self) -> int:
        """The place in `steps` of the last moment with the old file."""
        places = [i for i, step in enumerate(self.steps) if step != SYNC]
        return max((i for i in places if self.content(self.steps[i]) == self.old), default=0)

    def whole(self, state: dict) -> bool:
        """Whether all of the new file lies under another name."""
        return any(self.content(state, name) == self.new for name in state if name != NAME)

    def verify_beside(self) -> None:
        expect.true(
            self.whole(self.steps[self.before_the_switch]),
            seen="just before the file is the new one, no other file in its folder has all of it",
            expected="the new file, complete, under another name in the same folder",
        )

    def verify_synced(self) -> None:
        switch = next(
            (i for i, s in enumerate(self.steps) if s != SYNC and self.content(s) == self.new),
            len(self.steps),
        )
        complete = [i for i in range(switch) if self.steps[i] != SYNC and self.whole(self.steps[i])]
        syncs = [i for i in range(switch) if self.steps[i] == SYNC]
        expect.true(
            bool(complete and syncs) and max(syncs) > min(complete),
            seen="no `os.fsync` between the last byte of a file in this folder and its new name",
            expected="the bytes on the disk first",
            because="the new name may reach the disk before the bytes: after a power cut, the file is empty",
        )


def sent(data: bytes | None) -> Tensor | None:
    return None if data is None else as_values(data)


def part_of_a_file(data: bytes) -> str:
    """What is told of bytes that are neither the old nor the new file."""
    return f"for a moment, the file had {len(data):,} bytes, which are neither the old file nor the new one"


def verify_alone(files: dict) -> None:
    others = sorted(name for name in files if name != NAME)
    expect.true(
        not others,
        seen=f"{', '.join(others)} is left in the folder",
        expected=f"`{NAME}` alone",
    )


def bytes_at(files: dict) -> bytes | None:
    """The bytes of the file; None when it is not there."""
    if NAME not in files:
        return None
    return as_bytes(expect.tensor(expect.items(files[NAME], 2)[1]))


def verify_old(files: dict, old: bytes, when: str) -> None:
    data = bytes_at(files)
    expect.true(
        data == old,
        seen=f"after {when}, " + ("there is no file" if data is None else "the old file is lost"),
        expected="the old file, as it was",
    )


def verify_old_or_new(files: dict, old: bytes, value: dict[str, Tensor]) -> None:
    data = bytes_at(files)
    if data == old:
        return
    try:
        verify_same(read_saved(data or b"").value, value)
    except DamagedFile:
        left = "no file" if data is None else f"{len(data):,} bytes that nobody can load"
        expect.fail(f"interrupted, it has left {left}", "the old file or the new one")


# What follows runs beside a student's code.


class Interrupted(BaseException):
    """Raised in the middle of a student's function."""


class Refuses:
    """An object that cannot be saved."""

    def __reduce__(self):
        raise ValueError("this object cannot be saved")


class Watch:
    """Looks into a folder after every step of the Python interpreter. stop: the change at which it interrupts."""

    def __init__(self, folder, stop=None):
        self.folder, self.stop = folder, stop
        self.contents, self.steps, self.last, self.changes = [], [], None, -1

    def look(self):
        state = {}
        inside = [
            os.path.join(place, name) for place, _, names in os.walk(self.folder) for name in names
        ]
        for path in sorted(filter(os.path.isfile, inside)):  # a link may lead nowhere
            with open(path, "rb") as file:
                data = file.read()
            if data not in self.contents and len(self.contents) < MOST_CONTENTS:
                self.contents.append(data)
            name = os.path.relpath(path, self.folder)
            state[name] = self.contents.index(data) if data in self.contents else -1
        if state != self.last:
            self.last, self.changes = state, self.changes + 1
            self.steps.append(state)
            return True
        return False

    def step(self, frame, event, arg):
        if event in ("call", "c_call"):  # nothing has happened yet
            return
        changed = self.look()
        if event == "c_return" and arg in (os.fsync, os.fdatasync, os.sync):
            self.steps.append(SYNC)
        if changed and self.changes == self.stop:
            raise Interrupted

    def run(self, function, *args):
        self.look()
        before = sys.getprofile()
        sys.setprofile(self.step)
        try:
            function(*args)
        finally:
            sys.setprofile(before)
        self.look()


def with_old(folder, old):
    """The path of the file; with these bytes in it, unless they are None."""
    path = os.path.join(folder, NAME)
    if old is not None:
        with open(path, "wb") as file:
            file.write(as_bytes(old))
    return path


def saved_atomically(namespace, old, value, kind):
    with tempfile.TemporaryDirectory() as folder:
        namespace["atomic_save"](value, path_as(with_old(folder, old), kind))
        return files_in(folder)


def watched_save(namespace, old, value):
    with tempfile.TemporaryDirectory() as folder:
        path, watch = with_old(folder, old), Watch(folder)
        watch.run(namespace["atomic_save"], value, path)
        return {"contents": [as_tensor(data) for data in watch.contents], "steps": watch.steps}


def interrupted_saves(namespace, old, value):
    """What lies in the folder after a save that was interrupted at its first change, at its second, and so on."""
    reports = []
    while len(reports) < MOST_STOPS:
        with tempfile.TemporaryDirectory() as folder:
            path, watch = with_old(folder, old), Watch(folder, stop=len(reports) + 1)
            try:
                watch.run(namespace["atomic_save"], value, path)
            except NotImplementedError:
                raise
            except BaseException:
                pass
            if watch.changes < len(reports) + 1:
                break
            reports.append(files_in(folder))
    return reports


def failed_save(namespace, old, value):
    """What lies in the folder, and what was raised, after saving something that cannot be saved."""
    with tempfile.TemporaryDirectory() as folder:
        path, error = with_old(folder, old), ""
        try:
            namespace["atomic_save"]({**value, "unsaveable": Refuses()}, path)
        except NotImplementedError:
            raise
        except Exception as raised:
            error = type(raised).__name__
        return {"files": files_in(folder), "error": error}
