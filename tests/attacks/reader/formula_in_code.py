"""Likewise, with the signs of the formula coded as entities, which a renderer decodes.

In process: no, JupyterLab alone decodes it.
Here: no, entities that stand for signs of a formula become text.
Shown by: output &bsol;
"""
from IPython.display import Markdown, display

display(Markdown("&dollar;&bsol;unicode[x;background:url(https://example.org/seen)]{65}&dollar;"))
