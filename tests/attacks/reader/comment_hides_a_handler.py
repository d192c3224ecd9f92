"""Hides a program in an attribute, behind what a regular expression takes for a comment.

In process: yes, outputs are kept as they are, and pages show them.
Here: no, HTML is parsed as browsers do, and written anew.
Shown by: output onerror
"""
from IPython.display import HTML, display

hidden = '<b title="<!--">x</b><img src=x: onerror="steal()"><b title="-->">'
display(HTML(hidden))
