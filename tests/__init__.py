"""Tests of Dropout Lab; a package, so that `python -m tests.prove` finds the proof of the checks."""
