"""The answers that stand in a notebook: its code cells run in order, demos and checks left out.

A demo only uses answers, and a check is replaced by whoever asks for them, so neither is run.
Not a sandbox: the cells run in this process, so only the course's own notebooks belong here.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from typing import Any

import matplotlib
from matplotlib import pyplot
from nbformat import NotebookNode

from autograde.exercise import load
from helpers.check import NotAttempted

LEFT_OUT = {"demo", "check"}


def cells_to_run(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The code cells that answers may depend on: all but those tagged "demo" or "check"."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not LEFT_OUT & set(cell.metadata.get("tags", [])):
            yield cell


def answers(notebook: NotebookNode, chapter: str) -> dict[str, Any]:
    """Runs a notebook's cells in one namespace; every exercise's answer by the exercise's name.

    notebook: the solution or an edition of the chapter. An answer is what its name stands for
    right after its own cell. A cell that raises NotAttempted ends there and the next one goes
    on, as in a learner's Run All; any other exception passes through. Figures are drawn
    without a window and closed.
    """
    matplotlib.use("agg")
    exercises = load(chapter)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found: dict[str, Any] = {}
    for cell in cells_to_run(notebook):
        _run(cell, f"<{chapter}, cell {cell.id}>", namespace)
        if made := exercises.get(cell.metadata.get("nbgrader", {}).get("grade_id")):
            found[made.name] = namespace[made.answer_name]
    pyplot.close("all")
    return found


def _run(cell: NotebookNode, filename: str, namespace: dict[str, Any]) -> None:
    # As in a notebook, a traceback and inspect.getsource find the cell's lines.
    lines = cell.source.splitlines(keepends=True)
    linecache.cache[filename] = (len(cell.source), None, lines, filename)
    try:
        exec(compile(cell.source, filename, "exec", dont_inherit=True), namespace)
    except NotAttempted:
        return
