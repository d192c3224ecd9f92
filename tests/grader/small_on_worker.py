"""What Dask's workers import first in the tests: the small chapter stands for all that there are."""

from grader.checks import registry
from grader.grading import on_worker
from grader.grading.isolated import Isolation
from tests.grader.conftest import KNOWN, use_small_exercises

registry.exercises_of = lambda chapter: KNOWN
on_worker.isolation_for = lambda assignment, fresh: Isolation(
    fresh=fresh, prepare=(use_small_exercises, assignment)
)
