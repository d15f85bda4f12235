"""nbgrader on this course: `nbgrader generate_assignment`, `autograde`, … from this directory.

EDITION=ko (the default) or EDITION=en says which edition generate_assignment releases; the
other commands grade both. The JupyterLab server reads this file too, when a learner opens the
course here, so nothing in it may touch the server's own environment: kernels inherit it.
"""

import os
import sys

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from autograde.edition import CODE_STUB, EditionFilter

CELL_SECONDS = 120  # the longest a single cell may run
# One thread, as in the tests; and what a grader runs is not the learner's progress.
KERNEL_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "COURSE_PROGRESS": "off"}

edition = os.environ.get("EDITION") or "ko"
if edition not in ("ko", "en"):
    sys.exit(f'There is no edition "{edition}": set EDITION to ko or en.')

c = get_config()  # noqa: F821 (given by traitlets)

# The lists are written out: traitlets would apply a lazy .append() or .prepend() twice.
c.CourseDirectory.course_id = "pytorch-by-hand"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = f"notebooks/{edition}"
c.CourseDirectory.ignore = [*CourseDirectory.class_traits()["ignore"].default(), "*.py"]

c.GenerateAssignment.preprocessors = [
    EditionFilter,
    *GenerateAssignment.class_traits()["preprocessors"].default(),
]
c.EditionFilter.language = edition
# A clone holds every release already. Without this nbgrader would skip it, say so in passing,
# and record nothing, so that autograde finds no assignment.
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = CODE_STUB

c.Execute.timeout = CELL_SECONDS
c.Execute.extra_arguments = [
    f"--IPKernelApp.exec_lines=__import__('os').environ.update({KERNEL_ENVIRONMENT!r})"
]
# nbgrader takes all points from a check cell with anything on stderr: a warning is no mistake.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "^"
