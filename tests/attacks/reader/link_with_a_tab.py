"""Makes a link that runs a program, with a tab in its name.

In process: yes, outputs are kept as they are, and pages show them.
Here: no, links lead to http, https, mailto or a place in the page.
Shown by: output script:steal
"""
from IPython.display import HTML, display

display(HTML('<a href="java\tscript:steal()">points</a><a href="java&Tab;script:steal()">points</a>'))
