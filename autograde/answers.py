"""Answers: those that stand in a notebook, run; and sources, right and wrong, to write into one.

A notebook's code cells are run in order, demos and checks left out: a demo only uses answers, and
a check is replaced by whoever asks for them. Not a sandbox: the cells run in this process, so only
the course's own notebooks belong here.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import linecache
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import matplotlib
import nbformat
from matplotlib import pyplot
from nbformat import NotebookNode

from autograde.exercise import Exercise, load
from autograde.intake import EDITIONS, grade_id, role, template
from helpers.check import NotAttempted
from helpers.words import Language

SOLUTIONS = EDITIONS.parent / "solutions"
LEFT_OUT = {"demo", "check"}
AT_HAND = {"torch", "nn", "F", *dir(builtins)}  # names that every chapter's notebook has


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


def right(chapter: str) -> dict[str, str]:
    """The sources of a chapter's right answers, by exercise."""
    cells = nbformat.read(SOLUTIONS / chapter / f"{chapter}.ipynb", as_version=4).cells
    sources = {grade_id(cell): cell.source for cell in cells}
    marks = re.compile(r" *### (BEGIN|END) SOLUTION\n?")
    return {name: marks.sub("", sources[name]) for name in load(chapter)}


def mistaken(made: Exercise) -> dict[str, str]:
    """The sources of an exercise's known mistakes under the answer's name, by the mistake's key.

    Only those that need nothing but what every notebook imports.
    """
    found = {}
    for mistake in made.mistakes:
        plain = inspect.isfunction(mistake.answer) and mistake.answer.__name__ != "<lambda>"
        if not plain or made.kind == "value":
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(mistake.answer)))
        function = tree.body[0]
        function.decorator_list, function.name = [], made.answer_name
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
        own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        if {node.id for node in names} <= own | AT_HAND:
            found[mistake.key] = ast.unparse(tree)
    return found


def written(
    chapter: str, language: Language, sources: dict[str, str], demos: bool = True
) -> bytes:  # fmt: skip
    """A chapter's notebook with these sources in place of the exercises' stubs, as a file."""
    notebook = nbformat.from_dict(json.loads(json.dumps(template(chapter, language))))
    for cell in notebook.cells:
        cell.source = sources.get(grade_id(cell), cell.source)
    notebook.cells = [cell for cell in notebook.cells if demos or role(cell) != "demo"]
    return nbformat.writes(notebook).encode()
