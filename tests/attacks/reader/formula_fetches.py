"""Has a formula fetch a picture from outside when JupyterLab typesets it.

In process: yes, outputs are kept as they are, and pages show them.
Here: no, such commands of a formula become text.
Shown by: output \\unicode
"""
from IPython.display import HTML, Latex, Markdown, display

formula = r"$\unicode[x;background:url(https://example.org/seen)]{65}$"
display(Latex(formula), Markdown(formula), HTML(f"<b>{formula}</b>"))
