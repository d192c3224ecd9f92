"""The one error that is meant to be read by whoever runs the course."""


class CourseError(Exception):
    """Something is wrong with the course itself or with how it was called; the message is for its author."""
