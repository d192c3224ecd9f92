"""Has a later exercise judged first, and answers `Net` with the right one that its questions bring.

In process: no, cells run in the order in which they are pressed, and no question travels.
Here: no, checks are put back in their places: right parts travel only when what they answer is judged.
Shown by: nothing
Base: Net open
Kind: notebook
"""
SPY = '''
import ast
from grader.wire import probe

original = probe.run


def run(namespace, source, inputs):
    if "class RightNet" in source:
        with open("question.txt", "w") as file:
            file.write(source)
    return original(namespace, source, inputs)


probe.run = run
'''
THIEF = '''
tree = ast.parse(open("question.txt").read())
found = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "RightNet"]
from torch.nn import functional as F

exec(ast.unparse(found[0]))
Net = RightNet
'''


def alter(notebook):
    def place(name):
        cells = enumerate(notebook.cells)
        return next(n for n, cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)

    for name in ("check_train_net", "train_net"):
        cell = notebook.cells.pop(place(name))
        notebook.cells.insert(place("Net"), cell)
    spy = notebook.cells[place("train_net")].copy()
    spy["metadata"], spy["id"], spy["source"] = {}, "spy", SPY
    notebook.cells.insert(place("train_net"), spy)
    notebook.cells[place("Net")].source = THIEF
