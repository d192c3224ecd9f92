"""Defines the target of a link in Markdown, apart from it and coded.

In process: yes, outputs are kept as they are, and pages show them.
Here: no, a target that is no known address is text.
Shown by: output ](java
"""
from IPython.display import Markdown, display

display(Markdown("[points](java&#115;cript:steal()) [points][r]\n\n[r]: <java&#115;cript:steal()>"))
