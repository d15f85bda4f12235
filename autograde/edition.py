"""One language of a chapter: the preprocessors that `nbgrader generate_assignment` runs first."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Enum

# What stands in a learner's copy where the solution was.
CODE_STUB = {"python": "raise NotAttempted  # write your answer here"}
# In a learner's copy these cells may raise (not attempted yet) without stopping Run All.
MAY_RAISE = {"check", "demo", "value"}
# On Google Colab there is no course but the notebook: its first code cell brings the rest. It is
# folded in JupyterLab and a form on Colab, and takes none of a grader's time.
COLAB_ID = "google-colab"
COLAB = """\
# @title Google Colab only: choose the course's zip. Anywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules and "helpers" not in sys.modules:
    import glob
    import os
    import shutil

    from google.colab import files

    course = os.path.join(os.getcwd(), "pytorch-by-hand-*", "")
    if not glob.glob(course):
        shutil.unpack_archive(*files.upload())
    sys.path.append(glob.glob(course)[0])
    from helpers import colab

    colab.prepare("{chapter}", "{language}")"""
OPENS = re.compile(r'^open_chapter\("(\w+)", "(\w+)"\)', re.MULTILINE)


class GivenFiles(NbGraderPreprocessor):
    """Puts the files that learners are given (see autograde.build) beside the release.

    nbgrader's own copying is told to leave out every *.py: besides the given ones there stand the
    chapter's source and, once its notebook was run, files made of the answers.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Hands the files to the writer of the release; see nbconvert's Preprocessor."""
        folder = Path(resources["metadata"]["path"])
        for name in nb.metadata.get("course", {}).get("files", []):
            resources.setdefault("outputs", {})[name] = (folder / name).read_bytes()
        return nb, resources


def add_colab(nb: NotebookNode) -> None:
    """Puts the cell that brings the course to Google Colab before an edition's first code cell."""
    code = [i for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]
    opened = OPENS.search("\n".join(nb.cells[i].source for i in code))
    if opened:
        source = COLAB.format(chapter=opened[1], language=opened[2])
        metadata = {"cellView": "form", "jupyter": {"source_hidden": True}}
        nb.cells.insert(code[0], new_code_cell(source, id=COLAB_ID, metadata=metadata))


class EditionFilter(NbGraderPreprocessor):
    """Keeps one language's cells and those of none; adds Colab's; drops what authors need."""

    language = Enum(("ko", "en"), default_value="ko", help="the edition's language").tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Filters the notebook's cells; see nbconvert's Preprocessor."""
        nb.cells = [cell for cell in nb.cells if cell.metadata.get("lang") in (None, self.language)]
        nb.metadata.pop("course", None)
        for cell in nb.cells:
            cell.metadata.pop("lang", None)
            tags = [t for t in cell.metadata.get("tags", []) if not t.startswith("nbval-")]
            if MAY_RAISE & set(tags):
                tags.append("raises-exception")
            cell.metadata.pop("tags", None)
            if tags:
                cell.metadata["tags"] = tags
        add_colab(nb)
        return nb, resources


class ClearAnswers(ClearSolutions):
    """nbgrader's ClearSolutions with the course's stub; a value has its `...` instead of one."""

    def __init__(self, **given: Any) -> None:
        super().__init__(code_stub=CODE_STUB, **given)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:  # fmt: skip
        """Takes the solution out of a cell; see nbconvert's Preprocessor."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if "value" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace(f"\n{CODE_STUB['python']}", "")
        return cell, resources
