"""Colab, which has PyTorch and none of the course: a link that opens a chapter there, and the cell that installs it."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

REPOSITORY = "dropout-lab/dropout-lab"
D2L = "d2l==0.17.6"
_LINK = (
    "https://colab.research.google.com/github/{repository}/blob/main/notebooks/{name}/{name}.ipynb"
)
# Without dependencies: what notebooks import is there, and another IPython would break Colab's own kernel.
_INSTALL = f"""\
# On Colab, this cell installs the course. Anywhere else it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet --no-deps git+https://github.com/{REPOSITORY} {D2L}"""


def colab_link(name: str) -> str:
    """What opens the student notebook of the chapter `name` on Colab."""
    return _LINK.format(repository=REPOSITORY, name=name)


def install_on_colab(notebook: NotebookNode) -> None:
    """Put the cell that installs the course before the first cell of code, which imports it."""
    first = next((i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"), 0)
    cell = new_code_cell(_INSTALL, id="colab", metadata={"tags": ["demo"]})
    notebook.cells.insert(first, cell)
