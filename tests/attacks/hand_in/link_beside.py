"""Has a file beside the notebook that is a link to one of the solutions, and prints it.

In process: no, there is nobody yet who collects what was handed in.
Here: no, links are left out of what is brought along.
Shown by: nothing
Kind: folder
"""
def lay(folder):
    import nbformat

    (folder / "notes.txt").symlink_to(f"../../../solutions/{folder.name}/answers.txt")
    path = folder / f"{folder.name}.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_code_cell("print(open('notes.txt').read())", id="reads"))
    nbformat.write(notebook, path)
