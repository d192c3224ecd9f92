"""Has a folder beside the notebook that is a link to the solutions, and prints a file in it.

In process: no, there is nobody yet who collects what was handed in.
Here: no, likewise, a folder with all that is in it.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    import nbformat

    (folder / "notes").symlink_to(f"../../../solutions/{folder.name}")
    path = folder / f"{folder.name}.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_code_cell("print(open('notes/answers.txt').read())", id="reads"))
    nbformat.write(notebook, path)
