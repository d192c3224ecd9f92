"""nbgrader's configuration: this folder is the course, and student code runs in the sandbox."""

from grader.grading.formgrader import guard
from grader.wire.answer_box import EMPTY_BOX

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "dropout-lab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

c.Autograde.exporter_class = (
    "grader.grading.nbgrader_plugin.SubmissionExporter"  # reads and sanitises
)
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "grader.grading.nbgrader_plugin.SandboxExecute",  # in place of nbgrader's Execute
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "grader.grading.gradebook.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

c.ClearSolutions.text_stub = EMPTY_BOX  # a written answer has a box to stand in

c.Execute.skip_cells_with_tag = "demo"  # the button Validate runs no demonstrations
c.Execute.timeout = 120  # a busy machine takes long to import torch, and no cell is to blame for it
c.Execute.iopub_timeout = 60

c.GenerateFeedback.preprocessors = [
    "grader.grading.page_marks.Grades",  # in place of nbgrader's GetGrades
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.GenerateFeedback.exporter_class = "grader.grading.pages.FeedbackPage"  # runs nothing
c.ExportApp.plugin_class = "grader.desk.exports.GradesCsv"  # rounds, and quotes names with commas
guard()  # formgrader's pages run nothing but formgrader's own scripts
