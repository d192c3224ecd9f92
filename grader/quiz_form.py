"""A quiz as radio buttons, where ipywidgets is there: what is chosen is written into the quiz's own cell.

The dictionary in the cell stays the answer. Running the cell as it was handed out shows the buttons; running it again,
when all is chosen, puts the letters into it. Only what stands in the cell counts, in a check as in grading.
"""

from __future__ import annotations

import ast
import importlib.util
import re

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from grader.checks.in_notebook import own_exercise, student_of
from grader.checks.quiz import Quiz, assignment
from grader.checks.registry import exercises_of
from grader.checks.table import with_code

_OPEN_QUIZ = re.compile(
    r"\s*(quiz_\w+) = (\{[^{}]*\})\s*(?:#[^\n]*\s*)*raise NotImplementedError\(\)\s*"
)
_STYLE = """<style>
.dropout-lab-quiz label {
    display: flex; align-items: flex-start;
    height: auto !important; white-space: normal !important; line-height: 1.4 !important;
}
.dropout-lab-quiz input {order: -1; flex: none; margin-top: 0 !important;}
</style>"""
# JupyterLab takes arrow keys for itself, to go from cell to cell, before a button hears of them.
_ARROWS = """
window.dropoutLabArrows ??= event => {
    if (event.key.startsWith("Arrow") && event.target.closest?.(".dropout-lab-quiz")) event.stopPropagation();
};
window.addEventListener("keydown", window.dropoutLabArrows, true);
"""
ALL_CHOSEN = "Your letters stand in this cell now: run it once more, then the check below."


class QuizForms:
    """The forms of a chapter's quizzes in one notebook, and what is chosen in each.

    Stands in the shell as `quiz_forms`, and as a transformer of cells: `forms(lines)`.
    """

    def __init__(self, shell: InteractiveShell, package: str) -> None:
        self._shell, self._package = shell, package
        self.chosen: dict[tuple[str, str], dict[int, str]] = {}

    def __call__(self, lines: list[str]) -> list[str]:
        """The lines of a cell that is run; of a quiz that is open, its dictionary and its form."""
        found = _OPEN_QUIZ.fullmatch("".join(lines))
        if not found or found[1] not in exercises_of(self._package) or _answered(found[2]):
            return lines
        name = found[1]
        return [f"{name} = {found[2]}\n", f"get_ipython().quiz_forms.show({name!r})\n"]

    def show(self, name: str) -> None:
        """Show the buttons; or, when all is chosen, put the letters into the cell that runs."""
        quiz = own_exercise(self._package, name)
        assert isinstance(quiz, Quiz)
        chosen = self.chosen.setdefault((name, student_of(self._package)), {})
        if len(chosen) < len(quiz.questions):
            display(self._form(quiz, chosen))
            display({"application/javascript": _ARROWS, "text/plain": ""}, raw=True)
            return
        letters = {number: f'"{chosen[number]}"' for number in quiz.questions}
        self._shell.set_next_input(assignment(name, letters), replace=True)
        print(ALL_CHOSEN)

    def _form(self, quiz: Quiz, chosen: dict[int, str]) -> object:
        import ipywidgets as widgets

        left = widgets.HTML(_left(quiz, chosen))
        parts = [widgets.HTML(_STYLE)]
        for number, question in quiz.questions.items():
            parts.append(widgets.HTML(f"<strong>{number}. {with_code(question.text)}</strong>"))
            options = [(f"({x}) {_plain(o.text)}", x) for x, o in question.options.items()]
            buttons = widgets.RadioButtons(
                options=options, value=chosen.get(number), layout={"width": "auto"}
            )

            def choose(change, number=number) -> None:
                chosen[number] = change["new"]
                left.value = _left(quiz, chosen)

            buttons.observe(choose, "value")
            parts.append(buttons)
        form = widgets.VBox([*parts, left])
        form.add_class("dropout-lab-quiz")
        return form


def offer_forms(shell: InteractiveShell, package: str) -> None:
    """Let the open quizzes of a chapter be answered with buttons, in a notebook that has ipywidgets."""
    if getattr(shell, "kernel", None) is None or importlib.util.find_spec("ipywidgets") is None:
        return
    transformers = shell.input_transformers_cleanup
    transformers[:] = [entry for entry in transformers if not isinstance(entry, QuizForms)]
    shell.quiz_forms = QuizForms(shell, package)  # type: ignore[attr-defined]
    transformers.append(shell.quiz_forms)  # type: ignore[attr-defined]


def _answered(dictionary: str) -> bool:
    try:
        return any(value is not None for value in ast.literal_eval(dictionary).values())
    except (ValueError, SyntaxError):  # whatever it is, it is not as it was handed out
        return True


def _left(quiz: Quiz, chosen: dict[int, str]) -> str:
    done, every = len(chosen), len(quiz.questions)
    if done < every:
        return f"<em>{done} of {every} chosen.</em>"
    return "<em>All chosen: run this cell again, and your letters are written into it.</em>"


def _plain(text: str) -> str:
    """A button's label, which knows no Markdown."""
    return text.replace("`", "").replace("**", "")
