"""Paints over what stands around it, by the padding, border or underline of a word.

In process: yes, outputs are kept as they are, and pages show them.
Here: no, lengths of a style stay below a hundred pixels.
Shown by: output 9999px
"""
from IPython.display import HTML, display

display(HTML("<b style='background-color:white;padding:9999px'>50.0 / 50.0</b>"))
display(HTML("<b style='border:9999px solid white'>x</b>"))
display(HTML("<b style='text-decoration:overline 9999px white'>x</b>"))
