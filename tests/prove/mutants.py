"""Are the checks sharp? Every mutant of a reference solution is judged; survivors need a reason.

`survivors.toml` lists the mutants that no check can reject, each with the reason why it is right
as well. A survivor that is not listed is a hole in the checks; a listed one that is rejected
meanwhile is stale. Both fail the proof.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .forked import run_forked
from .judging import first_failure, seed_of
from .mutation import Mutant, mutants
from .setting import Setting

SURVIVORS = Path(__file__).with_name("survivors.toml")
SECONDS = 30.0
"""A mutant that runs longer loops for ever: the reference takes a second or two."""


@dataclass
class MutantReport:
    """The mutants of one exercise: how many died of which check, and who survived."""

    exercise: str
    total: int = 0
    killers: Counter[str] = field(default_factory=Counter)
    survivors: list[str] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        return self.total - len(self.survivors)

    @property
    def unexplained(self) -> list[str]:
        return [name for name in self.survivors if name not in self.explained]

    @property
    def stale(self) -> list[str]:
        return [name for name in self.explained if name not in self.survivors]


def judge_mutants(setting: Setting, explained: dict[str, str], workers: int = 2) -> MutantReport:
    """Judge every mutant of the exercise's reference solution, each in a fork of its own."""
    found = mutants(setting.reference, setting.solution_lines)
    report = MutantReport(setting.exercise, len(found), explained=explained)
    tasks = [lambda mutant=mutant: _killer(setting, mutant) for mutant in found]
    for outcome in run_forked(tasks, SECONDS, workers):
        killer = outcome.problem or outcome.result
        if killer:
            report.killers[killer] += 1
        else:
            report.survivors.append(found[outcome.index].name)
    report.survivors.sort()
    return report


def explained_survivors(path: Path = SURVIVORS) -> dict[tuple[str, str], dict[str, str]]:
    """The listed survivors: chapter and exercise to name to reason. Raises ValueError for one without
    a reason."""
    listed: dict[tuple[str, str], dict[str, str]] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", []):
        if len(entry.get("reason", "").split()) < 4:
            raise ValueError(
                f"{path.name}: {entry.get('mutant')!r} has no reason, or a very short one"
            )
        place = entry["chapter"], entry["exercise"]
        listed.setdefault(place, {})[entry["mutant"]] = entry["reason"]
    return listed


def _killer(setting: Setting, mutant: Mutant) -> str:
    """The check that rejects this mutant. A survivor gets a second chance to be caught."""
    for attempt in ("first", "second"):
        killer = first_failure(setting, mutant.code, seed_of(*setting.place, attempt))
        if killer:
            return killer
    return ""
