"""Runs cells inside the sandbox as a kernel would, and keeps their outputs in the order they came.

execnb's `CaptureShell` is the base: an IPython shell without a terminal, a history or a front end. It
runs here on the main thread, so that a cell can be interrupted, and its outputs go to an `Outputs`.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import re
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping

from execnb.shell import CaptureShell
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell

from grader.sandbox.inside.capture import Outputs, Stream
from grader.wire.display import Output
from grader.wire.limits import Limits
from grader.wire.probe import StudentError, reduce

MAX_TRACEBACK = 20_000
_HERE = os.path.dirname(__file__) + os.sep
_CELL_FILE = re.compile(r"<ipython-input-(\d+)-\w+>")
_CELL_LINE = re.compile(r" \(Cell In\[\d+\], line \d+\)$")
_LIBRARY_FILE = re.compile(r'File "[^"\n]*/((?:site-packages|python3\.\d+)/[^"\n]*)"')

_WARM_UP = (
    "None",
    "print(end='')",
    "raise ValueError",
    """
from matplotlib.mathtext import MathTextParser
for output in "agg", "path":
    MathTextParser(output).parse("$10^0$")
""",
)


class _Publisher(DisplayPublisher):
    shell: CellShell

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
        display_id = (transient or {}).get("display_id")
        self.shell.cell_outputs.show_or_update(data, metadata, display_id, update)

    def clear_output(self, wait=False):
        self.shell.cell_outputs.clear(wait)


class _Hook(DisplayHook):
    shell: CellShell

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        shell = self.shell
        shell.cell_outputs.show(
            "execute_result", format_dict, md_dict, execution_count=shell.cell_number
        )

    def log_output(self, format_dict):
        pass

    def finish_displayhook(self):
        self._is_active = False


class CellShell(CaptureShell):
    """An IPython shell for one submission. Made before the fork, given its `Outputs` after it."""

    displayhook_class = _Hook

    def __init__(self) -> None:
        super().__init__(mpl_format=None)
        self.close()  # stops CaptureShell's thread: a process that forks must have only one
        self.cell_outputs, self.cell_number = Outputs(), 0
        self.display_pub = _Publisher(shell=self)
        self.display_trap.hook = self.displayhook
        self._set_figures()

    def _set_figures(self) -> None:
        with contextlib.suppress(ImportError):
            import matplotlib
            from matplotlib_inline.backend_inline import set_matplotlib_formats

            self.enable_matplotlib("inline")
            # A third of the time to compress, for files that are a tenth larger.
            set_matplotlib_formats("png", bbox_inches="tight", pil_kwargs={"compress_level": 1})
            # The ids in an SVG figure come from chance otherwise.
            matplotlib.rcParams["svg.hashsalt"] = "dropout-lab"

    def system_piped(self, cmd: str) -> None:
        """`!command`: its output goes to the cell's, line by line."""
        command = self.var_expand(cmd, depth=1)
        with subprocess.Popen(
            command,
            shell=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                sys.stdout.write(line)
        self.user_ns["_exit_code"] = process.returncode

    system = system_piped

    def ask_exit(self) -> None:
        """`exit` and `quit` end a kernel; here the cell ends and the notebook goes on."""
        raise SystemExit

    @contextlib.contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        """IPython would keep a second copy of all that is printed, for a history that nobody reads."""
        yield

    def _format_exception_for_storage(
        self, exception: BaseException, *_: object
    ) -> dict[str, object]:
        """Likewise for the coloured traceback of every error, which takes 15 ms to make."""
        return {"ename": type(exception).__name__, "evalue": "", "traceback": []}

    def begin(self, limits: Limits) -> None:
        """Send everything that code writes, shows or asks for to the outputs, from now on."""
        self.cell_outputs = Outputs(limits)
        sys.stdout, sys.stderr = (
            Stream(self.cell_outputs, "stdout"),
            Stream(self.cell_outputs, "stderr"),
        )
        builtins.input = _no_input
        warnings.filterwarnings("ignore", message="To exit: use")

    def warm_up(self) -> None:
        """Load, before the fork, what the first cells, figures and errors would load in each."""
        before = dict(self.user_ns)
        for source in _WARM_UP:
            self.execute(source, 0)
        self._set_figures()
        for name in set(self.user_ns) - set(before):
            del self.user_ns[name]

    def execute(self, source: str, count: int) -> tuple[list[Output], StudentError | None]:
        """Run one cell as number `count`; its outputs, and what it failed with."""
        self.cell_outputs.begin()
        self.execution_count = self.cell_number = count
        result = InteractiveShell.run_cell(self, source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        reduced = None
        if error is not None:
            reduced = _reduced(error, self.user_ns)
            self.cell_outputs.items.append(
                {
                    "output_type": "error",
                    "ename": reduced.type,
                    "evalue": reduced.message,
                    "traceback": _traceback(error, self.user_ns),
                }
            )
        return self.cell_outputs.finish(), reduced


def _no_input(*_: object, **__: object) -> str:
    raise StdinNotImplementedError("input() cannot be answered while a notebook is graded")


def _reduced(error: BaseException, namespace: Mapping[str, object]) -> StudentError:
    reduced = reduce(error, namespace)
    reduced.message = _CELL_FILE.sub(r"Cell In[\1]", reduced.message)
    if isinstance(error, SyntaxError) and reduced.line is None and isinstance(error.lineno, int):
        reduced.message = _CELL_LINE.sub("", reduced.message)  # the line is told by itself
        reduced.line = error.lineno
        reduced.source_line = str(error.text or "").strip()[:200] or None
    return reduced


def _traceback(error: BaseException, namespace: Mapping[str, object]) -> list[str]:
    """The traceback from the student's own first line on, without frames of ours and local paths."""
    first = error.__traceback__
    while first is not None and first.tb_frame.f_globals is not namespace:
        first = first.tb_next
    try:
        summary = traceback.TracebackException(type(error), error, first, compact=True)
        _drop_own_frames(summary)
        text = "".join(summary.format())
    except BaseException as second:
        text = f"{type(error).__name__}: its text could not be made ({type(second).__name__})"
    text = _CELL_FILE.sub(r"Cell In[\1]", text).replace('File "Cell In', 'Cell "In')
    text = _LIBRARY_FILE.sub(r'File "\1"', text)
    if len(text) > MAX_TRACEBACK:
        text = text[: MAX_TRACEBACK // 2] + "\n[...]\n" + text[-MAX_TRACEBACK // 2 :]
    return text.splitlines()


def _drop_own_frames(summary: traceback.TracebackException | None) -> None:
    while summary is not None:
        kept = [frame for frame in summary.stack if not frame.filename.startswith(_HERE)]
        summary.stack = traceback.StackSummary.from_list(kept)
        summary = summary.__cause__ or summary.__context__
