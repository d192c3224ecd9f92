"""Submissions that attack the grader, and the proof that they gain, read, harm and reach nothing."""
