"""How many submissions are graded side by side changes no grade, not even that of a right answer that is slow."""

import json

import pytest

from grader.simulated_class import answered, handed_out, submit

from .conftest import NAME, chapter_copy

SLOW = """import random


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    kept = []
    for _ in range(X.numel()):
        if random.random() < dropout:
            kept.append(0.0)
        else:
            kept.append(1 / (1 - dropout))
    return X * torch.tensor(kept, dtype=X.dtype, device=X.device).reshape(X.shape)
"""


@pytest.fixture(scope="module")
def course(chapter_course, tmp_path_factory):
    """Four students who have solved this one exercise alone, so that nothing else takes time."""
    course = chapter_copy(chapter_course, tmp_path_factory.mktemp("slow"))
    notebook = answered(handed_out(course, NAME), {"dropout_layer": SLOW})
    notebook.cells = [c for c in notebook.cells if "demo" not in c.metadata.get("tags", [])]
    for number in range(4):
        submit(course, f"slow{number}", NAME, notebook)
    return course


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_loop_over_the_elements_has_all_points(course, command, workers):
    words = ("--workers", str(workers), "--force", "--json", "all.json")
    done = command(course.root, "grader", "autograde", NAME, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    records = json.loads((course.root / "all.json").read_text())
    judged = {
        record["student"]: next(e for e in record["exercises"] if e["exercise"] == "dropout_layer")
        for record in records
    }
    failed = [c["message"] for e in judged.values() for c in e["checks"] if not c["passed"]]
    assert failed == []
    assert {student: e["earned"] for student, e in judged.items()} == {
        f"slow{number}": 8.0 for number in range(4)
    }
