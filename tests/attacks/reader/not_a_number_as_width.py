"""Shows a picture whose width is no number, which is no JSON.

In process: yes, Python writes NaN into the notebook, and nothing but Python reads it.
Here: no, of what an output says about a picture, lengths in pixels are kept.
Shown by: output NaN
"""
from IPython.display import display

wide = {"image/png": {"width": float("nan"), "height": float("inf")}}
display({"text/plain": "a picture", "image/png": "iVBORw0KGgo="}, raw=True, metadata=wide)
