"""Cells run as in a kernel: text, values, figures, rich displays, errors, in the order they came."""

from __future__ import annotations

import base64

import pytest

from grader.sandbox import Session
from tests.sandbox.conftest import LIMITS, text_of


def kinds(outcome) -> list[str]:
    return [o["output_type"] for o in outcome.outputs]


def test_order_of_text_values_and_errors(session: Session):
    outcome = session.run_cell(
        "import sys\nprint('a'); print('b', file=sys.stderr); print('c'); 1 + 1"
    )
    assert outcome.status == "ok" and outcome.message == ""
    assert [(o.get("name"), o.get("text")) for o in outcome.outputs[:3]] == [
        ("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n"),
    ]  # fmt: skip
    assert outcome.outputs[3] == {
        "output_type": "execute_result",
        "data": {"text/plain": "2"},
        "metadata": {},
        "execution_count": 1,
    }


def test_state_stays_from_cell_to_cell(session: Session):
    session.run_cell("x = 20")
    outcome = session.run_cell("x + 1;\nx + 2", count=9)
    assert outcome.outputs[0]["data"]["text/plain"] == "22"
    assert outcome.outputs[0]["execution_count"] == 9
    assert session.run_cell("x;").outputs == []
    assert session.run_cell("_9 + _").outputs[0]["data"]["text/plain"] == "44"


def test_an_error_shows_the_students_lines_only(session: Session):
    session.run_cell("import torch\n\ndef f(x):\n    return torch.reshape(x, (7,))")
    outcome = session.run_cell("print('before')\nf(torch.ones(2))")
    assert outcome.status == "error" and kinds(outcome) == ["stream", "error"]
    assert (outcome.error.type, outcome.error.line) == ("RuntimeError", 4)
    shown = "\n".join(outcome.outputs[1]["traceback"])
    assert 'Cell "In[1]", line 4, in f' in shown and 'Cell "In[2]", line 2' in shown
    assert "grader" not in shown and "IPython" not in shown and "\x1b" not in shown
    assert outcome.message.startswith("The cell raised RuntimeError: shape '[7]' is invalid")


@pytest.mark.parametrize(
    ("source", "name", "line"),
    [
        ("x = 1\nx +", "SyntaxError", 2),
        ("if x:\ny = 1", "IndentationError", 2),
        ("undefined_name", "NameError", 1),
        ("import sys; sys.exit('bye')", "SystemExit", 1),
        ("exit", "SystemExit", None),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
        ("def f(): f()\nf()", "RecursionError", 1),
        ("%no_such_magic", "UsageError", None),
        ("%%no_such_magic\nx", "UsageError", None),
        ("assert 1 == 2, 'no'", "AssertionError", 1),
        ("x = 5\ninput('name?')", "StdinNotImplementedError", 2),
        ("class E(Exception):\n  def __str__(self): raise ValueError\nraise E", "E", 3),
        ("raise ExceptionGroup('g', [ValueError(1)])", "ExceptionGroup", 1),
        ("import getpass; getpass.getpass()", "EOFError", 1),
    ],
)
def test_errors_of_every_kind(session: Session, source: str, name: str, line: int | None):
    outcome = session.run_cell(source)
    assert (outcome.status, outcome.error.type) == ("error", name)
    if line is not None:
        assert outcome.error.line == line
    assert kinds(outcome)[-1] == "error"
    assert session.run_cell("1").status == "ok"


def test_the_end_of_a_notebooks_process_is_not_its_exit(session: Session):
    session.run_cell("x = 1")
    assert session.run_cell("quit()").status == "error"
    assert text_of(session.run_cell("x").outputs) == "1"


def test_figures(session: Session):
    outcome = session.run_cell(
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nfig = plt.figure(figsize=(2, 1))\n"
        "plt.plot([1, 2])\nprint('x')"
    )
    assert kinds(outcome) == ["stream", "display_data"]
    assert base64.b64decode(outcome.outputs[1]["data"]["image/png"]).startswith(b"\x89PNG")
    svg = session.run_cell(
        "from matplotlib_inline import backend_inline\n"
        "backend_inline.set_matplotlib_formats('svg')\nplt.plot([1, 2]); plt.show()"
    )
    assert "<svg" in svg.outputs[-1]["data"]["image/svg+xml"]


ANIMATION = """
from IPython import display
import matplotlib.pyplot as plt
fig, axes = plt.subplots(figsize=(2, 1))
for epoch in range(3):
    axes.cla(); axes.plot(range(epoch + 2))
    display.display(fig)
    display.clear_output(wait=True)
plt.close(fig)
"""


def test_an_animation_leaves_its_last_picture(session: Session):
    assert kinds(session.run_cell(ANIMATION)) == ["display_data"]
    assert kinds(session.run_cell(ANIMATION + "print('loss')")) == ["stream"]


def test_rich_output_displays_and_updates(session: Session):
    outcome = session.run_cell(
        "from IPython.display import HTML, Markdown, display, clear_output\n"
        "print('gone'); clear_output()\n"
        "h = display(HTML('<b>1</b>'), display_id=True); h.update(HTML('<b>2</b>'))\n"
        "display({'application/javascript': 'alert(1)', 'text/plain': 'safe'}, raw=True)\n"
        "display({'application/javascript': 'alert(1)'}, raw=True)\n"
        "Markdown('**m**')"
    )
    assert [sorted(o["data"]) for o in outcome.outputs] == [
        ["text/html", "text/plain"], ["text/plain"], ["text/markdown", "text/plain"],
    ]  # fmt: skip
    assert outcome.outputs[0]["data"]["text/html"] == "<b>2</b>"


def test_magics_shell_commands_and_await(printed):
    assert printed("!echo out; echo err >&2; exit 3") == "out\nerr\n"
    assert printed("_exit_code") == "3"
    assert "Wall time" in printed("%%time\npass")
    assert printed("import asyncio\nawait asyncio.sleep(0.01)\nprint('done')") == "done\n"
    assert printed("%%capture kept\nprint('inside')") == ""
    assert printed("kept.stdout") == "'inside\\n'"


def test_files_beside_the_notebook(sandbox):
    with sandbox.open(1, {"model.py": b"w = 3", "figures/a.txt": "ü".encode()}) as session:
        assert text_of(session.run_cell("import model; model.w").outputs) == "3"
        assert text_of(session.run_cell("open('figures/a.txt').read()").outputs) == "'ü'"
    for bad in ("/etc/x", "../x", "a/../../x", ""):
        with pytest.raises(ValueError, match="leads out"):
            sandbox.open(1, {bad: b""})


def test_text_beyond_the_limit_is_dropped_with_a_note(session: Session):
    outcome = session.run_cell("for _ in range(100): print('y' * 10**6)")
    assert outcome.status == "ok"
    text, note = outcome.outputs
    assert len(text["text"]) == LIMITS.output_bytes
    assert note["name"] == "stderr" and "99,000,100 bytes were left out" in note["text"]
    assert text_of(session.run_cell("print('next')").outputs) == "next\n"


def test_a_gigabyte_at_once_and_a_million_displays(session: Session):
    once = session.run_cell("print('z' * (300 * 2**20))")
    assert len(text_of(once.outputs)) < 2 * LIMITS.output_bytes
    many = session.run_cell(
        "import sys\nfor i in range(100_000):\n    print(i); print(i, file=sys.stderr)"
    )
    assert many.status == "ok" and len(many.outputs) == LIMITS.outputs + 1
    shown = session.run_cell("for i in range(3000): display(i)")
    assert shown.status == "ok" and len(shown.outputs) == LIMITS.outputs + 1
    large = session.run_cell("display({'text/html': 'h' * 2**24}, raw=True)")
    assert "16,777,216 bytes were left out" in text_of(large.outputs)


def test_odd_characters(printed):
    assert printed(r"print('\ud800 ü 😀 \0')") == "\ufffd ü 😀 \0\n"


@pytest.mark.parametrize(
    "source", ["x = 1\0", "(" * 5000, "\ud800", "#" * 100_000, "x = [" + "1," * 50_000 + "]"]
)
def test_odd_sources(session: Session, source: str):
    assert session.run_cell(source).status in ("ok", "error", "died")
    assert text_of(session.run_cell("1").outputs) == "1"


def test_a_cell_too_large_to_run(session: Session):
    outcome = session.run_cell("#" * 2_000_000)
    assert outcome.status == "limit" and "2,000,000 characters" in outcome.message
    assert session.run_cell("1").status == "ok"


def test_files_too_large_to_bring_along(sandbox):
    with pytest.raises(ValueError, match="take 40,000,000 bytes"):
        sandbox.open(1, {"a": bytes(40_000_000)})


def test_half_precision_works_where_proc_is_hidden(session: Session):
    outcome = session.run_cell(
        "import torch\ntorch.ones(2, dtype=torch.float64).half().sum().item()"
    )
    assert outcome.status == "ok", outcome.message
    assert outcome.outputs[0]["data"]["text/plain"] == "2.0"
