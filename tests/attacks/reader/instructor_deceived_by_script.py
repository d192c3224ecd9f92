"""Shows a script that the browser of whoever opens the graded notebook would run.

In process: yes, a script in an output is kept, and formgrader shows it with the instructor's rights.
Here: no, what a browser would run is taken out of every output.
Shown by: output <script>
"""
from IPython.display import HTML, SVG, display

display(HTML("<b onclick='steal()'>points</b><script>fetch('/formgrader/api')</script>"))
display(HTML("<img src=x onerror='steal()'><iframe src='javascript:steal()'></iframe>"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='steal()'><script>steal()</script></svg>"))
