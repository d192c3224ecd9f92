"""The proof that the checks are right: they reject what is wrong, and nothing that is right.

`python -m tests.prove` (or `make prove`) judges the catalogue of right and wrong answers in
`tests/answers`, and every first-order mutant of the reference solutions, and prints a table.
"""
