"""Shows data of types that a notebook runs: scripts, widgets, plots, diagrams.

In process: no, the shell of that run keeps known types only, where a kernel keeps all.
Here: no, of the types of outputs, known ones are kept.
Shown by: output steal()
"""
from IPython.display import display

types = ["application/javascript", "text/javascript", "text/vnd.mermaid", "application/pdf"]
types += ["application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json"]
types += ["application/vnd.vegalite.v5+json", "application/vnd.bokehjs_exec.v0+json"]
display({"text/plain": "x", **dict.fromkeys(types, "steal()")}, raw=True)
