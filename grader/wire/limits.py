"""What a submission may use. Every limit has a default that an honest notebook stays far below."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20
MAX_SOURCE = MIB
"""Characters of a cell that are read and run."""
MAX_FILES_BYTES = 32 * MIB
"""Size of all files beside a notebook together."""


@dataclass(frozen=True)
class Limits:
    """Limits of one submission, in seconds and bytes.

    cell_seconds: time of one cell, after which it is interrupted, and after grace_seconds more killed;
    as all limits of time, without that in which it could not compute because the processors were busy. exercise_seconds: computing time that the calls and probes of one exercise may take together,
    and twice as much by the clock for each of them.
    notebook_seconds: time of all cells together, repeated ones included; what is left after it is
    not run. memory_bytes: memory of all processes of the submission together, beyond the preloaded
    libraries; also the address space that one process may add. processes: processes and threads.
    file_bytes: size of one file. home_bytes: size of everything written to the home folder, /tmp and
    /dev/shm; it comes on top of memory_bytes. output_bytes: printed text of one cell; what is more is
    dropped. display_bytes: figures and other rich outputs of one cell. notebook_output_bytes: all outputs
    of all cells; those of the cells after it are left out. outputs: number of outputs of one cell. frame_bytes: one message from the sandbox. replays: how often a submission whose process
    died is brought back by running its earlier cells again.
    """

    cell_seconds: float = 60.0
    grace_seconds: float = 1.0
    exercise_seconds: float = 20.0
    notebook_seconds: float = 600.0
    memory_bytes: int = 2048 * MIB
    processes: int = 64
    file_bytes: int = 128 * MIB
    home_bytes: int = 256 * MIB
    output_bytes: int = 1_000_000
    display_bytes: int = 8 * MIB
    notebook_output_bytes: int = 32 * MIB
    outputs: int = 1000
    frame_bytes: int = 64 * MIB
    replays: int = 5
