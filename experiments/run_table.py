"""The table of finished runs: a CSV file with one row a run, and a JSON file that says how."""

from __future__ import annotations

import csv
import datetime
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path

import torch

from experiments.dropout_run import Outcome, Run

DIGITS, CURVE_DIGITS = 6, 4
SCRIPT = "experiments.dropout_sweep"
METHOD = {
    "network": "784-h-h-10, ReLU, then dropout, after each hidden layer",
    "initialisation": "PyTorch's default of nn.Linear: uniform in ±1/√(number of inputs)",
    "optimizer": "SGD without momentum and weight decay, constant learning rate",
    "loss": "cross-entropy, mean over the batch",
    "pixels": "in [0, 1]",
    "small_training_set": "the first 1,000 training images, the same for every seed",
    "seed": "sets initial weights, order of the examples, and masks",
    "test_set": "all 10,000 test images, after every epoch",
}


def columns_of(kind: type[Run]) -> list[str]:
    """The columns of a table of such runs: all but the only number that differs in a repeated run."""
    names = [field.name for part in (kind, Outcome) for field in fields(part)]
    return [name for name in names if name != "cpu_seconds"]


COLUMNS = columns_of(Run)


class AnotherEnvironment(Exception):
    """The table was begun with other versions or data; the message says which."""


class RunTable:
    """Finished runs on disk. Each `add` replaces both files in one step each, so none is half."""

    def __init__(
        self,
        path: Path,
        data_sha256: str,
        kind: type[Run] = Run,
        made_by: str = SCRIPT,
        differs: Mapping[str, str] | None = None,
    ) -> None:
        """Open the table at `path`, or begin it: runs of this kind, made by this script.

        differs: what METHOD does not say rightly of them.

        Raises AnotherEnvironment when it was made with other versions, on another kind of CPU,
        or from other data.
        """
        self.path, self._kind, self._made_by = path, kind, made_by
        self._method = METHOD | dict(differs or {})
        self._environment = _environment() | {"data_sha256": data_sha256}
        self._rows: dict[Run, dict[str, str]] = {}
        self._cpu_seconds = 0.0
        if path.exists():
            self._read()

    def __contains__(self, run: Run) -> bool:
        return run in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, run: Run, outcome: Outcome) -> None:
        """Store a finished run."""
        self._rows[run] = _row(run, outcome)
        self._cpu_seconds += outcome.cpu_seconds
        self._write()

    def _read(self) -> None:
        about = json.loads(self._about.read_text(encoding="utf-8")) if self._about.exists() else {}
        for name, here in self._environment.items():
            if about.get(name) != here:
                raise AnotherEnvironment(
                    f"{self.path} was made with {name} {about.get(name)}; here it is {here}. "
                    "Rows of both in one table would not be comparable: name another file "
                    "(--table), or delete this one to begin anew."
                )
        with self.path.open(newline="") as file:
            self._rows = {_run(row, self._kind): row for row in csv.DictReader(file)}
        self._cpu_seconds = about["cpu_seconds"]

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        about = {
            "made_by": f"python -m {self._made_by}",
            "date": datetime.date.today().isoformat(),
            **self._environment,
            "runs": len(self._rows),
            "seeds": sorted({run.seed for run in self._rows}),
            "cpu_seconds": round(self._cpu_seconds, 1),
            "method": self._method,
        }
        # The settings first: a table without them could not be continued.
        _replace(self._about, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        rows = [self._rows[run] for run in sorted(self._rows, key=_place)]
        names = columns_of(self._kind)
        lines = [",".join(names), *(",".join(row[name] for name in names) for row in rows)]
        _replace(self.path, "\n".join(lines) + "\n")

    @property
    def _about(self) -> Path:
        return self.path.with_suffix(".json")


def _environment() -> dict[str, object]:
    """What a run's last digits depend on, besides its seed."""
    return {
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": importlib.metadata.version("torchvision"),
        },
        "cpu": f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}",
        "num_threads": 1,
    }


def _row(run: Run, outcome: Outcome) -> dict[str, str]:
    row = {name: str(value) for name, value in asdict(run).items()}
    for name, value in asdict(outcome).items():
        if isinstance(value, tuple):
            row[name] = " ".join(f"{number:.{CURVE_DIGITS}f}" for number in value)
        else:
            row[name] = f"{value:.{DIGITS}f}"
    return row


def _run(row: dict[str, str], kind: type[Run]) -> Run:
    types = {"int": int, "float": float, "str": str}
    return kind(**{field.name: types[str(field.type)](row[field.name]) for field in fields(kind)})


def _place(run: Run) -> tuple[int, Run]:
    """Large training sets first, then by configuration and seed, whatever finished first."""
    return -run.train_size, run


def _replace(path: Path, text: str) -> None:
    """Write `path` in one step: whoever reads it, or is left with it, has all of one version."""
    draft = path.with_suffix(path.suffix + ".draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
