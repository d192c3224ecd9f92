"""A disk that is full, in a small file system of its own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from grader.course import Course
from grader.desk.roster import Person, Roster, keep_roster, kept_roster
from grader.errors import CourseError
from grader.grading.preflight import check_before
from grader.grading.release import read_release
from tests.grader.graded import NAME, put, registered, state


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 32 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "none", str(folder)])
    if done.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Fill it to its end; the file that does."""
    filler = disk / "filler"
    with open(filler, "wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))
    return filler


def test_a_full_disk_leaves_the_old_grade_and_is_said_before_a_run(built_course, small_disk):
    registered(built_course)
    put(built_course, "ada", 1.0, mark="old")
    course = Course(shutil.copytree(built_course.root, small_disk / "course"))
    old, release = state(course, "ada"), read_release(course, NAME)
    check_before(course, release, 3, None)
    filler = fill(small_disk)
    with pytest.raises((OSError, OperationalError), match=r"No space left|full"):
        put(course, "ada", 0.5, mark="new")
    assert state(course, "ada") == old
    with pytest.raises(CourseError, match=r"make room"):
        check_before(course, release, 3, None)
    filler.unlink()
    put(course, "ada", 0.5, mark="new")
    assert state(course, "ada")["record"][0] == "new"


def test_a_full_disk_leaves_the_old_roster(small_disk):
    keep_roster(small_disk, Roster([Person(f"s{n}", section="Monday") for n in range(999)]))
    fill(small_disk)
    with pytest.raises(OSError, match="No space left"):
        keep_roster(small_disk, Roster([Person(f"s{n}", sis_id=str(n)) for n in range(2000)]))
    assert len(kept_roster(small_disk)) == 999
    assert kept_roster(small_disk).find("id:s998")[0].section == "Monday"
