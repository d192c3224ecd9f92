"""A record is wholly old or wholly new, whatever happens while it is made."""

import json
import subprocess
import sys

import pytest

from tests.grader.conftest import ROOT
from tests.grader.graded import put, registered


@pytest.mark.parametrize("student", ["graded before", "new"])
def test_a_fault_or_a_death_at_any_step_leaves_the_old_or_the_new(built_course, student):
    registered(built_course)
    if student == "graded before":
        put(built_course, student)
    words = [sys.executable, "-m", "tests.grader.killed_while_recording"]
    done = subprocess.run(
        [*words, str(built_course.root), student], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [entry for entry in found if entry[2] not in ("old", "new")] == []
    for kind in ("raises", "raises, next run", "dies, next run"):
        left = [what for name, _, what in found if name == kind]
        assert len(left) >= 15 and left[0] == "old" and left[-1] == "new", kind
        assert left == sorted(left, reverse=True), "old, old, ..., new, new"
