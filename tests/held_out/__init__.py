"""Answers that no check was written against: published code and typical mistakes, rewritten.

Each file holds answers to one exercise, in cells of the percent format. A cell's mark is a label, given by
reading the answer before it was graded, and a title:

- `right`: it does what the exercise asks, and earns all points;
- `edge`: it misses an edge case, or something that is told without points: a check fails, and at least 60 %
  of the points are left;
- `point`: it misses the point of the exercise, and keeps half of the points at most.

`python -m tests.held_out` grades them in a class, through `grader autograde`, and prints the table.
"""
