"""Further checks, used in grading and not shipped to students."""
