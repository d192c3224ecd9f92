"""What crosses the wall between the judge and a student's code: messages, limits, probes. Imports nothing else of `grader`."""
