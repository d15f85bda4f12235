"""/etc/jupyter/nbgrader_config.py on the class's machine: for learners and instructors alike."""

from pathlib import Path

c = get_config()  # noqa: F821 (given by traitlets)

c.CourseDirectory.course_id = "pytorch-by-hand"
c.Exchange.root = "/srv/nbgrader/exchange"

# An instructor has the whole course at home, with settings of its own.
course = Path.home() / "pytorch-by-hand"
if (course / "solutions").is_dir():
    c.CourseDirectory.root = str(course)
