"""A real JupyterLab on this machine, and a real browser in front of it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none", "recordTiming": False},
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
START, RUN = 120_000, 480_000  # milliseconds
expect.set_options(timeout=START)


@dataclass(frozen=True)
class LabServer:
    """A running JupyterLab: where it answers, and the folder that it serves."""

    address: str
    token: str
    folder: Path


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """JupyterLab with a home, settings and a folder of its own, and no way out to a network."""
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "course"
    folder.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)  # so the button Validate knows the course
    with serving("jupyterlab", home, folder) as server:
        yield server


@contextmanager
def serving(program: str, home: Path, folder: Path, *options: str) -> Iterator[LabServer]:
    """A Jupyter server started in `folder`, which it serves, with everything else of its own in `home`."""
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", program, "--no-browser", "--allow-root"]
    command += ["--ServerApp.port=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={folder}", *options]
    log = (home / "log").open("w")
    server = subprocess.Popen(
        command, cwd=folder, env=_environment(home), stdout=log, stderr=subprocess.STDOUT
    )
    try:
        yield LabServer(_address(home / "runtime", server, home / "log"), token, folder)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; the test is skipped, by name, where there is none.

    It ends with its module: while Playwright runs, no other test can use asyncio.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("needs Chromium: install the package `chromium` (CI does)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: the folder SCREENSHOTS, where it is set; `make test-browser` keeps them."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class NotebookPage:
    """A notebook in a JupyterLab tab, used as a student uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def open(cls, browser: Browser, server: LabServer, name: str) -> NotebookPage:
        """Open the notebook `name` and wait until its kernel is idle."""
        page = browser.new_page(viewport={"width": 1300, "height": 1500})
        page.set_default_timeout(START)
        page.goto(f"{server.address}doc/tree/{name}?token={server.token}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        # JupyterLab shows "idle" before there is a kernel, and what is run then is lost: ask the server.
        page.wait_for_function(
            """async ([address, token, path]) => {
                const answer = await fetch(`${address}api/sessions?token=${token}`);
                const sessions = await answer.json();
                return sessions.some(({path: at, kernel}) =>
                    at === path && kernel.connections > 0 && kernel.execution_state === 'idle');
            }""",
            arg=[server.address, server.token, name],
            polling=200,
        )
        page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        page.locator(".jp-StatusBar-TextItem", has_text="(ipykernel) | Idle").wait_for()
        return cls(page)

    def type_into(self, beginning: str, source: str) -> None:
        """Replace the source of the code cell that starts with `beginning` by typing `source`."""
        editor = self.page.locator(".jp-CodeCell .cm-content").filter(has_text=beginning).first
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run_all(self) -> None:
        """Choose Run > Run All Cells and wait until no cell waits or runs any more.

        A cell that raises without the tag `raises-exception` stops the run: then the prompts of
        the cells after it stay empty.
        """
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.wait_until_done()

    def restart_and_run_all(self) -> None:
        """Choose Run > Restart Kernel and Run All Cells, agree to the restart, and wait until all has run.

        The first cell must not have run first, or its prompt would not tell a new kernel from the old one.
        """
        first = self.page.locator(".jp-CodeCell .jp-InputPrompt").first
        expect(first).not_to_have_text("[1]:")
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Restart Kernel and Run All Cells…").click()
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        expect(first).to_have_text("[1]:", timeout=START)
        self.wait_until_done()

    def wait_until_done(self) -> None:
        """Wait until some cell has run, none waits or runs, and the kernel is idle.

        After a cell that raises, JupyterLab shows the cells that still wait without their stars: only
        both signs together mean the end.
        """
        self.page.wait_for_function(
            """() => {
                const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
                    .map(node => node.textContent);
                const kernel = document.querySelector('.jp-Notebook-ExecutionIndicator');
                return prompts.some(text => /\\d/.test(text))
                    && !prompts.some(text => text.includes('*'))
                    && kernel.dataset.status === 'idle';
            }""",
            timeout=RUN,
        )

    def prompts(self) -> list[str]:
        """The prompt of every code cell: `[3]:`, or `[ ]:` for one that has not run."""
        return self.page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()

    def output_of(self, source: str) -> str:
        """The visible text of the outputs of the code cell that holds `source`."""
        cell = self.page.locator(".jp-CodeCell").filter(
            has=self.page.locator(".cm-content").filter(has_text=source)
        )
        return cell.first.locator(".jp-Cell-outputArea").inner_text().replace("\xa0", " ")

    def figures(self) -> list[tuple[str, str]]:
        """Of every image in an output: its alt text, and the text of the cell below."""
        return self.page.locator(".jp-OutputArea-output img").evaluate_all(
            """images => images.map(image => [
                image.alt, image.closest('.jp-Cell').nextElementSibling?.innerText.trim() ?? ''
            ])"""
        )

    def is_saved(self) -> bool:
        """Whether JupyterLab shows no unsaved change."""
        return self.page.locator(".jp-mod-dirty").count() == 0

    def screenshots(self, folder: Path, name: str) -> list[Path]:
        """The whole notebook as pictures of one screen each."""
        panel = self.page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer").first
        height, step = panel.evaluate("node => [node.scrollHeight, node.clientHeight]")
        paths = []
        for top in range(0, height, step):
            panel.evaluate("(node, top) => { node.scrollTop = top }", top)
            paths.append(folder / f"{name}-{top // step:02}.png")
            self.page.screenshot(path=paths[-1])
        return paths


@pytest.fixture(scope="session")
def notebook_page() -> type[NotebookPage]:
    """The class, for tests that open a notebook."""
    return NotebookPage


def _environment(home: Path) -> dict[str, str]:
    """This environment, with Jupyter's folders in `home` and every outside address out of reach.

    As `make lab` starts it: the commands beside this interpreter are not on the PATH.
    """
    nowhere = "http://127.0.0.1:9"
    beside = str(Path(sys.executable).parent)
    path = (part for part in os.environ["PATH"].split(os.pathsep) if part != beside)
    return {
        **os.environ,
        "PATH": os.pathsep.join(path),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "IPYTHONDIR": str(home / "ipython"),
        "OMP_NUM_THREADS": "1",  # the kernel shares the cores with a browser
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "share"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "no_proxy": "127.0.0.1,localhost",
    }


def _address(runtime: Path, server: subprocess.Popen, log: Path) -> str:
    """Where the server answers, as soon as it says so."""
    for _ in range(START // 100):
        for path in runtime.glob("jpserver-*.json"):
            try:
                return json.loads(path.read_text())["url"]
            except ValueError:  # it is being written just now
                break
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
