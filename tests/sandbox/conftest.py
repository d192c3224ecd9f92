"""One sandbox for the whole folder: its start takes as long as importing torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from grader.sandbox import Limits, Sandbox, SandboxUnavailable, Session

MIB = 2**20
LIMITS = Limits(
    cell_seconds=20.0,
    exercise_seconds=10.0,
    grace_seconds=0.5,
    notebook_seconds=120.0,
    memory_bytes=700 * MIB,
    file_bytes=32 * MIB,
    home_bytes=64 * MIB,
)
PRELOAD = ("torch", "numpy", "matplotlib.pyplot", "grader")


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("course-data")
    folder.chmod(0o755)
    (folder / "rows.csv").write_text("a,b\n1,2\n")
    return folder


@pytest.fixture(scope="session")
def sandbox(data_folder) -> Iterator[Sandbox]:
    with Sandbox(LIMITS, data=data_folder, preload=PRELOAD) as sandbox:
        try:
            sandbox.start()
        except SandboxUnavailable as reason:
            pytest.skip(f"bubblewrap cannot be used here: {reason}")
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with sandbox.open(seed=7) as session:
        yield session


@pytest.fixture
def printed(session: Session) -> Callable[[str], str]:
    """What a cell that must succeed prints, and its last value's text."""

    def run(source: str) -> str:
        outcome = session.run_cell(source)
        assert outcome.status == "ok", outcome.message
        return text_of(outcome.outputs)

    return run


def text_of(outputs: list[dict]) -> str:
    return "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in outputs)
