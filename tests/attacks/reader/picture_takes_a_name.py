"""Gives a shape the id by which formgrader finds its own table.

In process: yes, outputs are kept as they are, and pages show them.
Here: no, the ids of a picture get a beginning of their own.
Shown by: output \"main-table
"""
from IPython.display import SVG, display

display(
    SVG('<svg xmlns="http://www.w3.org/2000/svg"><defs><path id="main-table" d="M0 0"/></defs></svg>')
)
