"""The errors that are meant to be read by whoever runs the course or works in a notebook."""


class Sentence(Exception):
    """An error whose message is all that its reader needs: a notebook shows it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Called by IPython in place of its own rendering."""
        return [str(self)]


class CourseError(Sentence):
    """Something is wrong with the course itself or with how it was called; the message is for its author."""


class Interrupted(Sentence):
    """Somebody interrupted a check."""


class GivenUp(Exception):
    """Something outside ends a run early; what was graded is recorded, and the same command goes on from there."""
