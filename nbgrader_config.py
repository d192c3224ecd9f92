"""nbgrader's configuration: this folder is the course."""

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "dropout-lab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
