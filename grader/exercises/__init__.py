"""The visible checks, one module a chapter."""
