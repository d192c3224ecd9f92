"""A new student's first hour in chapter 1, in a real browser: mistakes, hints, a reset, a quiz, a training run.

Screenshots of each step go into the folder SCREENSHOTS, where it is set: `make test-browser` keeps them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from grader.authoring.catalogue import reference
from grader.checks.quiz import Quiz
from grader.checks.registry import exercises_of
from grader.wire.answer_box import EMPTY_BOX, STUB

CHAPTER = "01_dropout_from_scratch"
ROOT = Path(__file__).parents[2]
WRONG = "def dropout_moments(h, p):\n    return h, h**2 * p"
NARROW = {"width": 900, "height": 1000}
PATIENCE = 120_000  # milliseconds for one cell, on a machine that is busy with other things
# The lowest contrast of a text with what is behind it, over all elements that hold text of their own.
CONTRAST = """root => {
    const channels = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = node => {
        for (; node; node = node.parentElement) {
            const colour = channels(getComputedStyle(node).backgroundColor);
            if (colour.length < 4 || colour[3] > 0.5) return colour;
        }
        return [255, 255, 255];
    };
    const own = node => [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
    return Math.min(...[root, ...root.querySelectorAll('*')].filter(own).map(node => {
        const pair = [light(channels(getComputedStyle(node).color)), light(behind(node))];
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    }));
}"""


class Desk:
    """The chapter in a narrow window, used by a student."""

    def __init__(self, page, folder: Path) -> None:
        self.page, self._folder, self._count = page.page, folder, 0
        self.page.set_viewport_size(NARROW)
        self.page.set_default_timeout(PATIENCE)

    def cell(self, beginning: str) -> Locator:
        """The code cell whose source starts so."""
        source = self.page.locator(".cm-content").filter(
            has_text=re.compile(rf"^{re.escape(beginning)}")
        )
        return self.page.locator(".jp-CodeCell").filter(has=source).first

    def write(self, beginning: str, source: str) -> None:
        """Replace the source of a cell by typing."""
        self.cell(beginning).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self, beginning: str) -> Locator:
        """Run a cell with Shift+Enter, and wait until it has: its outputs."""
        place = "node => [...document.querySelectorAll('.jp-CodeCell')].indexOf(node)"
        cell = self.page.locator(".jp-CodeCell").nth(self.cell(beginning).evaluate(place))
        prompt = cell.locator(".jp-InputPrompt").first
        cell.locator(".cm-content").click()
        before = prompt.inner_text()
        self.page.keyboard.press("Shift+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"))
        return cell.locator(".jp-Cell-outputArea").first

    def add_cell(self, source: str) -> None:
        """A cell of one's own below the one that was run last, by the keyboard alone."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("a")
        self.page.keyboard.press("Enter")
        self.page.keyboard.insert_text(source)

    def shot(self, at: Locator, name: str) -> None:
        """Keep a picture of the window with this element in view."""
        at.scroll_into_view_if_needed()
        self._count += 1
        self.page.screenshot(path=self._folder / f"{self._count:02}-{name}.png")


@pytest.fixture(scope="module")
def open_desk(browser: Browser, lab_server, notebook_page, pictures: Path):
    """Opens the chapter in the browser; closes it in the end."""
    pages = []

    def opened(name: str) -> Desk:
        source = ROOT / "notebooks" / CHAPTER / f"{CHAPTER}.ipynb"
        shutil.copy(source, lab_server.folder / f"{name}.ipynb")
        pages.append(notebook_page.open(browser, lab_server, f"{name}.ipynb"))
        return Desk(pages[-1], pictures)

    yield opened
    for page in pages:
        page.page.close()


@pytest.fixture(scope="module")
def desk(open_desk: Callable[[str], Desk]) -> Desk:
    """Chapter 1, its first cell run."""
    desk = open_desk("walk")
    expect(desk.run("import math")).to_contain_text("PyTorch")
    return desk


def test_a_mistake_its_hint_a_reset_and_the_right_answer(desk: Desk) -> None:
    open_cell = desk.cell("def dropout_moments")
    desk.shot(open_cell, "an open exercise")
    expect(desk.run('check("dropout_moments")')).to_contain_text("run it first")
    desk.run("def dropout_moments")
    expect(desk.run('check("dropout_moments")')).to_contain_text("still open")

    desk.write("def dropout_moments", WRONG)
    desk.run("def dropout_moments")
    table = desk.run('check("dropout_moments")')
    expect(table).to_contain_text("✗ not yet")
    expect(table).to_contain_text("seen")
    desk.shot(desk.cell('check("dropout_moments")'), "a mistake and what is said of it")

    desk.add_cell('hint("dropout_moments")')
    expect(desk.run('hint("dropout_moments")')).to_contain_text("Hint 1 of 3")
    desk.shot(desk.cell('hint("dropout_moments")'), "a hint")

    desk.write("def dropout_moments", f'reset("dropout_moments")\n{WRONG}')
    desk.run("reset(")
    back = desk.cell("def dropout_moments").locator(".cm-content")
    expect(back).to_contain_text("raise NotImplementedError()")
    expect(back).to_contain_text("# Your code before the reset:")
    expect(back).to_contain_text("#     return h, h**2 * p")

    desk.write("def dropout_moments", reference("ch01", "dropout_moments"))
    desk.run("def dropout_moments")
    expect(desk.run('check("dropout_moments")')).to_contain_text("3 of 3 points")
    desk.shot(desk.cell('check("dropout_moments")'), "the right answer")


def test_a_right_layer_is_shown_with_its_picture(desk: Desk) -> None:
    desk.write("def dropout_layer", reference("ch01", "dropout_layer"))
    desk.run("def dropout_layer")
    output = desk.run('check("dropout_layer")')
    expect(output).to_contain_text("✓ passed")
    picture = output.locator("img")
    expect(picture).to_have_attribute("alt", re.compile(r"^Dropout with p = 0\.5 on one image"))
    desk.shot(picture, "the right answer and its picture")


def test_a_slider_draws_another_rate(desk: Desk) -> None:
    desk.run("from lab import FASHION_CLASSES")
    desk.run("from lab import show_mask")
    output = desk.run("from lab import slider")
    expect(output.locator("img")).to_have_attribute("alt", re.compile(r"^With p = 0\.5"))
    handle = output.get_by_role("slider")
    handle.focus()
    for _ in range(3):
        desk.page.keyboard.press("ArrowRight")
    expect(output.locator("img")).to_have_attribute("alt", re.compile(r"^With p = 0\.8"))
    desk.shot(output, "a slider")


def test_a_learners_own_loop_shows_a_bar_and_curves(desk: Desk) -> None:
    for name in ("Net", "accuracy", "evaluate_accuracy", "train_epoch", "train_net"):
        beginning = "class Net" if name == "Net" else f"def {name}("
        desk.write(beginning, reference("ch01", name))
        desk.run(beginning)
    expect(desk.run('check("train_net")')).to_contain_text("4 of 4 points")
    desk.add_cell("mine = train_net(few_train, few_test, num_epochs=4, lr=0.1)")
    output = desk.run("mine = train_net")
    expect(output.locator("progress")).to_have_attribute("value", "1.000")
    expect(output).to_contain_text("epoch 4/4: train loss")
    assert output.locator("svg polyline").count() == 3
    desk.shot(output, "training with a bar and curves")


def test_the_quiz_is_answered_with_buttons_and_its_cell_holds_the_letters(desk: Desk) -> None:
    quiz = exercises_of("ch01")["quiz_dropout"]
    assert isinstance(quiz, Quiz)
    form = desk.run("quiz_dropout = ")
    for question in quiz.questions.values():
        (right,) = (f"({x}) {o.text}" for x, o in question.options.items() if o.right)
        form.get_by_text(right.replace("`", ""), exact=True).click()
    expect(form).to_contain_text("All chosen")
    desk.shot(form.locator(".widget-radio-box label").first, "a quiz")
    desk.run("quiz_dropout = ")
    expect(desk.cell("quiz_dropout = ").locator(".cm-content")).to_contain_text('1: "b"')
    desk.run("quiz_dropout = ")
    expect(desk.run('check("quiz_dropout")')).to_contain_text("4 of 4 points")


def test_the_desk_at_a_glance_and_a_solution_after_full_marks(desk: Desk) -> None:
    desk.add_cell("check()")
    output = desk.run("check()")
    expect(output).to_contain_text("38 of 43 points so far")
    expect(output).to_contain_text("find_the_randn_bug")
    desk.shot(output, "all exercises at a glance")
    desk.add_cell('solution("Net")')
    expect(desk.run('solution("Net")')).to_contain_text("There are no solutions here")


def test_a_written_answer_is_typed_into_its_box(desk: Desk) -> None:
    box = desk.page.locator(".jp-MarkdownCell", has_text="Your answer.").first
    box.locator(".jp-MarkdownOutput").click()
    desk.page.keyboard.press("Enter")
    expect(box.locator(".cm-content")).to_be_focused()
    expect(box.locator(".cm-content")).to_contain_text(STUB)
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.insert_text(EMPTY_BOX.replace(STUB, "Otherwise it **shrinks**."))
    desk.page.keyboard.press("Shift+Enter")
    frame = box.locator(".jp-MarkdownOutput div[style]")
    expect(frame.locator("strong")).to_have_text("shrinks")
    assert frame.evaluate("node => getComputedStyle(node).borderLeftWidth") == "6px"
    desk.shot(box, "a box for a written answer")


class Keyboard:
    """The chapter used without a mouse: cells by the arrow keys, what is in an output by Tab."""

    def __init__(self, desk: Desk) -> None:
        self.page, self.press = desk.page, desk.page.keyboard.press
        self.active = self.page.locator(".jp-Notebook .jp-Cell.jp-mod-active")

    def go_to(self, beginning: str) -> None:
        """Down to the cell whose source starts so; what has the focus there can be seen to have it."""
        while not self.active.locator(".cm-content").inner_text().startswith(beginning):
            self.press("ArrowDown")
        expect(self.active).to_be_focused()
        assert self.active.locator(".jp-Collapser").first.evaluate(SEEN)

    def write(self, source: str) -> None:
        """Replace the source of the cell, and run it."""
        self.press("Enter")
        self.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self) -> Locator:
        """Run the cell, and go on to the next one: its outputs."""
        number = self.active.evaluate("node => [...node.parentElement.children].indexOf(node)")
        cell = self.active.locator("..").locator("> .jp-Cell").nth(number)
        self.press("Shift+Enter")
        expect(cell.locator(".jp-InputPrompt").first).to_have_text(re.compile(r"\[\d+\]:"))
        return cell.locator(".jp-Cell-outputArea").first

    def tab_to(self, element: Locator) -> None:
        """Tab until the element has the focus, which can be seen."""
        for _ in range(10):
            self.press("Tab")
            if element.evaluate("node => node === document.activeElement"):
                assert element.evaluate(SEEN)
                return
        pytest.fail("Tab does not come there")


SEEN = """node => {
    const style = getComputedStyle(node);
    const seen = colour => !/, 0\\)|transparent/.test(colour);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
        || style.boxShadow !== 'none' || seen(style.backgroundColor);
}"""


def test_from_opening_to_a_passed_check_and_a_quiz_by_keyboard_alone(
    open_desk: Callable[[str], Desk],
) -> None:
    desk = open_desk("keyboard")
    keys = Keyboard(desk)
    keys.go_to("import math")
    expect(keys.run()).to_contain_text("PyTorch")

    keys.go_to("def dropout_moments")
    keys.write(reference("ch01", "dropout_moments"))
    keys.run()
    expect(keys.run()).to_contain_text("3 of 3 points")
    keys.press("ArrowUp")
    passes = keys.active.locator("summary")
    keys.tab_to(passes)
    desk.shot(passes, "passed checks, focused by keyboard")
    for key, are_shown in (("Enter", True), ("Space", False), ("Space", True)):
        keys.press(key)
        expect(keys.active.locator("details td").first).to_be_visible(visible=are_shown)

    keys.press("Escape")
    keys.press("ArrowDown")
    desk.add_cell('hint("dropout_moments")')
    expect(keys.run()).to_contain_text("Hint 1 of 3")

    keys.go_to("quiz_dropout")
    form = keys.run()
    keys.press("ArrowUp")
    groups = form.locator(".widget-radio-box")
    for number in range(groups.count()):
        radios = groups.nth(number).get_by_role("radio")
        keys.tab_to(radios.first)
        keys.press("ArrowDown")
        expect(radios.nth(1)).to_be_checked()
    desk.shot(groups.last, "a quiz answered by keyboard")
    expect(form).to_contain_text("All chosen")
    keys.press("Shift+Enter")
    expect(form).to_contain_text("Your letters stand in this cell now")


def test_everything_is_legible_in_the_dark_and_fits_a_narrow_window(
    open_desk: Callable[[str], Desk], lab_server
) -> None:
    theme = lab_server.folder.parent / "settings" / "@jupyterlab" / "apputils-extension"
    (theme / "themes.jupyterlab-settings").write_text('{"theme": "JupyterLab Dark"}')
    try:
        dark = open_desk("dark")
        expect(dark.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        dark.run("import math")
        dark.write("def dropout_moments", WRONG)
        dark.run("def dropout_moments")
        table = dark.run('check("dropout_moments")')
        expect(table).to_contain_text("✗ not yet")
        dark.shot(table, "dark")
        box = dark.page.locator(".jp-MarkdownOutput div[style]", has_text="Your answer.").first
        dark.shot(box, "dark box")
        for part in (table.locator("table").first, box):
            assert part.evaluate(CONTRAST) >= 4.5
            assert part.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    finally:
        (theme / "themes.jupyterlab-settings").unlink()
