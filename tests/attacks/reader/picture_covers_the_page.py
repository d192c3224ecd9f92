"""Lays a picture over the whole page.

In process: yes, outputs are kept as they are, and pages show them.
Here: no, in a picture the styles of shapes and texts are kept, none of places.
Shown by: output position
"""
from IPython.display import SVG, display

place = "position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999"
display(SVG(f'<svg xmlns="http://www.w3.org/2000/svg" style="{place}"><rect width="9" height="9"/></svg>'))
