"""Percent source → executed solution → Korean and English editions → public cases.

    make build                      every chapter whose source changed
    make build CHAPTER=ch03_…       one chapter

What an author writes is solutions/chNN_name/chNN_name.py in jupytext's percent format:
prose in pairs of markdown cells with lang="ko" and lang="en", the answer to an exercise in a
cell with exercise="its-name". Files that a chapter's learners are given beside the notebook stand
in the same folder and are named in its header (files: [train.py, …]). From it come, all committed:

    solutions/chNN/chNN.ipynb             executed; its outputs are nbval's reference
    notebooks/ko|en/chNN/chNN.ipynb       what learners open (nbgrader's own preprocessors)
    notebooks/ko|en/chNN/train.py …       the given files, as they are
    helpers/cases/chNN.cases, .ko.json, .en.json
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    LockCells,
)
from tqdm import tqdm

from autograde.edition import ClearAnswers, EditionFilter
from autograde.exercise import Exercise, load, publish
from helpers import __version__, scores
from helpers.check import FORMAT, Published, packed
from helpers.words import Language

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
EDITIONS = ROOT / "notebooks"
CASES = ROOT / "helpers" / "cases"
LANGUAGES: tuple[Language, ...] = get_args(Language)
CELL_TIMEOUT = 300  # seconds
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# How GenerateAssignment makes a release, less what needs its database or a header.
RELEASE_STEPS = (
    LockCells, ClearAnswers, ClearOutput, CheckCellMetadata, ComputeChecksums,
    ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata,
)  # fmt: skip


class BuildError(Exception):
    """A chapter cannot be built; says which one, where, and what to do."""


def chapters() -> list[str]:
    """The names of all chapters that have a source, in order."""
    return sorted(path.stem for path in SOLUTIONS.glob("ch*/ch*.py"))


def source_path(chapter: str) -> Path:
    """Where a chapter's authored source stands; raises BuildError if there is none."""
    path = SOLUTIONS / chapter / f"{chapter}.py"
    if not path.is_file():
        known = ", ".join(chapters()) or "none"
        raise BuildError(f"There is no chapter {chapter!r} ({path}). Chapters: {known}.")
    return path


def read_source(chapter: str) -> NotebookNode:
    """The chapter's notebook, both languages, not executed, with nbgrader's metadata.

    Raises BuildError for a source whose exercises do not match autograde/exercises.
    """
    source = jupytext.read(source_path(chapter), fmt="py:percent")
    exercises = load(chapter)
    about = source.metadata.get("course", {})
    if not {"ko", "en", "minutes"} <= about.keys():
        raise BuildError(
            f"{chapter}.py: its header must give course: ko (the Korean title), en (the English "
            "title) and minutes, under jupyter:"
        )
    for name in about.get("files", []):
        if Path(name).name != name or not (SOLUTIONS / chapter / name).is_file():
            raise BuildError(
                f"{chapter}.py: its header gives learners the file {name!r}, which does not stand "
                f"in solutions/{chapter}."
            )
    notebook = new_notebook(metadata={"kernelspec": KERNEL, "course": dict(about)})
    used: list[str] = []
    for cell in source.cells:
        name = cell.metadata.pop("exercise", None)
        cell.metadata.pop("lines_to_next_cell", None)
        notebook.cells.append(cell)
        if name is not None:
            if name not in exercises or name in used:
                raise BuildError(
                    f"{chapter}.py: a cell answers {name!r}, which is "
                    + ("answered before." if name in used else
                       f"no exercise of autograde/exercises/{chapter}.py.")
                )  # fmt: skip
            used.append(name)
            notebook.cells[-1] = _answer_cell(cell, exercises[name])
            notebook.cells.append(_check_cell(exercises[name]))
        elif BEGIN in cell.source:
            raise BuildError(
                f"{chapter}.py: a cell has {BEGIN} but answers no exercise: {cell.source:.60}"
            )
    if missing := [name for name in exercises if name not in used]:
        raise BuildError(f"{chapter}.py: no cell answers {', '.join(missing)}.")
    _name_cells(notebook)
    return notebook


def given_files(chapter: str) -> list[str]:
    """The names of the files that a built chapter's learners are given beside the notebook."""
    path = SOLUTIONS / chapter / f"{chapter}.ipynb"
    if not path.is_file():
        return []
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    return metadata.get("course", {}).get("files", [])


def edition(solution: NotebookNode, language: Language) -> NotebookNode:
    """A learner's edition of a solution notebook: one language, no answers, no outputs."""
    notebook = nbformat.from_dict(solution)
    resources: dict[str, Any] = {}
    steps = [EditionFilter(language=language)]
    steps += [step() for step in RELEASE_STEPS]
    for step in steps:
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def collect_scores() -> str:
    """The solutions' results on the digits, from their outputs: what helpers/scores.json holds."""
    found = []
    for chapter in chapters():
        path = SOLUTIONS / chapter / f"{chapter}.ipynb"
        notebook = nbformat.read(path, as_version=4) if path.is_file() else new_notebook()
        for cell in _code_cells(notebook):
            data = [output.get("data", {}) for output in cell.get("outputs", [])]
            found += [each[scores.MIME] for each in data if scores.MIME in each]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def cases_bytes(chapter: str) -> bytes:
    """The chapter's public cases, as helpers.check reads them."""
    exercises = {name: _record(publish(made)) for name, made in load(chapter).items()}
    content = {"format": FORMAT, "course": __version__, "exercises": exercises}
    return packed(content)


def texts(chapter: str, language: Language, about: dict[str, Any]) -> str:
    """The chapter's title, mistakes and hints in one language, as JSON."""
    made = load(chapter).values()
    content = {
        "title": about[language],
        "minutes": about["minutes"],
        "mistakes": {e.name: {m.key: getattr(m, language) for m in e.mistakes} for e in made},
        "hints": {e.name: e.hint_texts.get(language, []) for e in made},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def build(chapter: str, force: bool = False) -> float | None:
    """Builds one chapter; returns the seconds its execution took, or None if it was kept.

    The notebook is executed only if a code cell, the exercises or a helper changed; prose
    alone keeps the outputs. Raises BuildError if a cell fails.
    """
    return _finish(chapter, _prepare(chapter), force)


def _prepare(chapter: str) -> NotebookNode:
    """Reads the source and writes the cases: all that must not run in two threads at once."""
    notebook = read_source(chapter)
    _write_cases(chapter, notebook.metadata["course"])
    notebook.metadata["course"]["digest"] = _digest(chapter, notebook)
    return notebook


def _finish(chapter: str, notebook: NotebookNode, force: bool) -> float | None:
    target = SOLUTIONS / chapter / f"{chapter}.ipynb"
    kept = not force and _keep_outputs(target, notebook)
    seconds = None if kept else _execute(chapter, notebook)
    _write(notebook, target)
    for language in LANGUAGES:
        folder = EDITIONS / language / chapter
        _write(edition(notebook, language), folder / target.name)
        for name in notebook.metadata["course"].get("files", []):
            shutil.copyfile(SOLUTIONS / chapter / name, folder / name)
    return seconds


def _answer_cell(cell: NotebookNode, made: Exercise) -> NotebookNode:
    if BEGIN not in cell.source:
        raise BuildError(
            f"{made.chapter}.py: the answer of {made.name!r} has no {BEGIN}: learners would get "
            "it whole."
        )
    if END not in cell.source.split(BEGIN)[-1]:
        raise BuildError(
            f"{made.chapter}.py: the answer of {made.name!r} has no {END} after its {BEGIN}."
        )
    cell.metadata["nbgrader"] = _nbgrader(made.name, solution=True)
    return cell


def _check_cell(made: Exercise) -> NotebookNode:
    cell = new_code_cell(f'check("{made.name}", {made.answer_name})')
    grade = {"grade": True, "locked": True, "points": made.points}
    cell.metadata["nbgrader"] = _nbgrader(f"check-{made.name}", **grade)
    cell.metadata["tags"] = ["check"]
    return cell


def _nbgrader(grade_id: str, **given: Any) -> dict[str, Any]:
    base = {"grade": False, "grade_id": grade_id, "locked": False, "schema_version": 3}
    return base | {"solution": False, "task": False} | given


def _name_cells(notebook: NotebookNode) -> None:
    """Gives every cell an id that stays when other cells come and go."""
    taken: set[str] = set()
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        text = f"{cell.cell_type}{cell.metadata.get('lang', '')}{cell.source}"
        name = grade_id or hashlib.sha256(text.encode()).hexdigest()[:10]
        while name in taken:
            name += "-again"
        taken.add(name)
        cell["id"] = name


def _record(published: Published) -> dict[str, Any]:
    def shallow(value: Any) -> dict[str, Any]:
        """A dataclass's fields that are not at their defaults: most of them are."""
        parts = [(f, getattr(value, f.name)) for f in fields(value)]
        return {
            f.name: part
            for f, part in parts
            if type(part) is not type(f.default) or part != f.default
        }

    about = {f.name: getattr(published, f.name) for f in fields(published)}
    about.pop("name")
    return {
        "cases": [shallow(case) for case in about.pop("cases")],
        "expected": [shallow(o) for o in about.pop("expected")],
        "fingerprints": {
            f.key: [shallow(o) for o in f.observations] for f in about.pop("fingerprints")
        },
        "about": about,
    }


def _write_cases(chapter: str, about: dict[str, Any]) -> None:
    CASES.mkdir(parents=True, exist_ok=True)
    (CASES / f"{chapter}.cases").write_bytes(cases_bytes(chapter))
    for language in LANGUAGES:
        path = CASES / f"{chapter}.{language}.json"
        path.write_text(texts(chapter, language, about), encoding="utf-8")


def _digest(chapter: str, notebook: NotebookNode) -> str:
    """What the outputs depend on: code cells and their tags, exercises, helpers, given files."""
    code = [(cell.source, cell.metadata.get("tags", [])) for cell in _code_cells(notebook)]
    digest = hashlib.sha256(json.dumps(code).encode())
    own = [ROOT / "autograde" / "exercises" / f"{chapter}.py"]
    not_seen_by_cells = {"progress.py", "environment.py", "lab.py", "colab.py"}
    helpers = [p for p in (ROOT / "helpers").glob("*.py") if p.name not in not_seen_by_cells]
    given = [SOLUTIONS / chapter / name for name in notebook.metadata["course"].get("files", [])]
    for path in sorted(helpers) + [path for path in own if path.is_file()] + given:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _keep_outputs(target: Path, new: NotebookNode) -> bool:
    """Takes over the outputs of the notebook built before, if its code and digest are the same."""
    try:
        old = nbformat.read(target, as_version=4)
        cells = list(zip(_code_cells(old), _code_cells(new), strict=True))
        same_code = all(before.source == after.source for before, after in cells)
    except (OSError, ValueError, AttributeError):  # missing, damaged, or with other cells
        return False
    if not same_code or old.metadata.get("course") != new.metadata["course"]:
        return False
    for before, after in cells:
        after.outputs, after.execution_count = before.outputs, before.execution_count
    new.metadata["language_info"] = LANGUAGE_INFO
    return True


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _execute(chapter: str, notebook: NotebookNode) -> float:
    # With another backend of the author's, the pictures would not stand in the notebook.
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    environment |= {"COURSE_PROGRESS": "off", "OMP_NUM_THREADS": "1"}
    folder = {"metadata": {"path": str(SOLUTIONS / chapter)}}
    client = NotebookClient(
        notebook, timeout=CELL_TIMEOUT, kernel_name="python3", resources=folder,
        record_timing=False,
    )  # fmt: skip
    started = time.perf_counter()
    try:
        client.execute(env=environment)
    except CellExecutionError as error:
        raise BuildError(f"{chapter}: a cell of the solution fails.\n{error}") from None
    seconds = time.perf_counter() - started
    for cell in _code_cells(notebook):
        cell.outputs = [o for o in cell.outputs if not _is_noise(o)]
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = LANGUAGE_INFO
    return seconds


def _is_noise(output: NotebookNode) -> bool:
    """Progress bars: they show the time of one run on one machine."""
    if output.output_type == "stream":
        return output.name == "stderr"
    return "application/vnd.jupyter.widget-view+json" in output.get("data", {})


def _write(notebook: NotebookNode, path: Path) -> None:
    nbformat.validate(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    nbformat.write(notebook, temporary)
    temporary.replace(path)


def build_all(names: Iterable[str], force: bool = False) -> list[str]:
    """Builds chapters side by side with a progress bar; returns the errors, one each."""
    errors: list[str] = []
    names = list(names)
    workers = max(1, min(4, os.cpu_count() or 1))
    with ThreadPoolExecutor(workers) as pool, tqdm(total=len(names), unit="chapter") as bar:
        running = {}
        for name in names:
            try:
                running[pool.submit(_finish, name, _prepare(name), force)] = name
            except Exception as error:
                errors.append(f"{name}: {type(error).__name__}: {error}")
        for done in as_completed(running):
            name = running[done]
            try:
                seconds = done.result()
                what = "up to date" if seconds is None else f"executed in {seconds:.1f} s"
                bar.write(f"{name}: {what}", file=sys.stdout)
            except Exception as error:
                errors.append(f"{name}: {type(error).__name__}: {error}")
            bar.update()
    if CASES.parent == scores.REFERENCE.parent:  # and not a course of toys
        scores.REFERENCE.write_text(collect_scores(), encoding="utf-8")
    return errors


def main(arguments: list[str] | None = None) -> int:
    """Builds the chapters named, or all of them."""
    parser = argparse.ArgumentParser(prog="make build", description=main.__doc__)
    parser.add_argument("chapter", nargs="*", help="such as ch03_gradient_descent")
    parser.add_argument("--force", action="store_true", help="execute even what did not change")
    options = parser.parse_args(arguments)
    try:
        for chapter in options.chapter:
            source_path(chapter)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    errors = build_all(options.chapter or chapters(), options.force)
    sys.stderr.write("".join(f"\n{error}\n" for error in errors))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
