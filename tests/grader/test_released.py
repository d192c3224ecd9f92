"""The real student notebooks hold no line of a solution and no model answer."""

import json
import re

from grader.course import Course


def test_real_notebooks_hold_no_solution_lines():
    """Each line of each solution of the real chapters is looked for in the student's notebooks."""
    course = Course.find()
    chapters = sorted(course.folder("chapters").glob("*.py"))
    assert chapters
    for chapter in chapters:
        released = json.loads(course.notebook("release", chapter.stem).read_text())
        lines = {
            line.strip()
            for cell in released["cells"]
            for line in "".join(cell["source"]).split("\n")
        }
        given = re.sub(
            r"### BEGIN SOLUTION\n.*?### END SOLUTION", "", chapter.read_text(), flags=re.DOTALL
        )
        given_lines = {line.strip().removeprefix("#").strip() for line in given.split("\n")}
        solutions = re.findall(
            r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", chapter.read_text(), flags=re.DOTALL
        )
        assert solutions
        for solution in solutions:
            for line in map(str.strip, solution.split("\n")):
                if len(line) > 3 and line not in given_lines:
                    assert line not in lines, f"{chapter.name}: {line!r} reached the student"
        answers = re.findall(r"# %% \[markdown\] answer=.*\n((?:#.*\n)+)", chapter.read_text())
        text = "\n".join(lines)
        for answer in answers:
            for line in (part.removeprefix("#").strip() for part in answer.split("\n")):
                assert len(line) < 20 or line not in text, f"{chapter.name}: {line!r}"
