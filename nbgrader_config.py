"""nbgrader on this course: `nbgrader generate_assignment`, `autograde`, … from this directory.

EDITION=ko (the default) or EDITION=en says which edition generate_assignment releases; the
other commands grade both. The JupyterLab server reads this file too, when a learner opens the
course here, so nothing in it may touch the server's own environment: kernels inherit it.
"""

import os
import sys

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions
from nbgrader.server_extensions.formgrader import handlers as formgrader

from autograde import nbgrader_plugin
from autograde.edition import ClearAnswers, EditionFilter, GivenFiles
from autograde.feedback import TEMPLATES

edition = os.environ.get("EDITION") or "ko"
if edition not in ("ko", "en"):
    sys.exit(f'There is no edition "{edition}": set EDITION to ko or en.')

c = get_config()  # noqa: F821 (given by traitlets)

# The lists are written out: traitlets would apply a lazy .append() or .prepend() twice.
c.CourseDirectory.course_id = "pytorch-by-hand"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = f"notebooks/{edition}"
c.CourseDirectory.ignore = [*CourseDirectory.class_traits()["ignore"].default(), "*.py", "*.pt"]

c.GenerateAssignment.preprocessors = [
    GivenFiles,
    EditionFilter,
    *(
        ClearAnswers if step is ClearSolutions else step
        for step in GenerateAssignment.class_traits()["preprocessors"].default()
    ),
]
c.EditionFilter.language = edition
# A clone holds every release already. Without this nbgrader would skip it, say so in passing,
# and record nothing, so that autograde finds no assignment.
c.GenerateAssignment.force = True

# Submissions are run in a sandbox and judged outside it, whichever way grading is asked for;
# nbgrader's own steps, which would run them here, are replaced and stopped.
nbgrader_plugin.install()
c.Autograde.sanitize_preprocessors = [nbgrader_plugin.NoGradingHere]
c.Autograde.autograde_preprocessors = [nbgrader_plugin.NoGradingHere]

# The formgrader's pages hold text and pictures of strangers, and its reader is logged in. They
# need no network: formulas are MathML, and ours stands for the template that fetches MathJax.
c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), formgrader.template_path]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "autograde.clean.clean_html",
    "markdown2html": "autograde.clean.markdown2html",
}

# What Moodle and Canvas hand out: downloaded/CHAPTER/archive/*.zip → nbgrader zip_collect CHAPTER
c.ZipCollectApp.extractor_plugin = "autograde.collect.SafeExtractor"
c.ZipCollectApp.collector_plugin = "autograde.collect.LmsCollector"
