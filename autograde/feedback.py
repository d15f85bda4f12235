"""Feedback pages: what a learner gets to see of an autograded notebook.

    make feedback                                     every page that is missing or out of date
    make feedback CHAPTER=ch03_gradient_descent LEARNER=kim

`nbgrader generate_feedback` and the formgrader's buttons make the same pages (see
autograde.nbgrader_plugin). A page tells by a digest what it shows, so a mark, a comment, a late
penalty or a hand-given score that has changed remakes it, and nothing else does. It holds no
script and loads nothing; what a learner wrote goes through autograde.clean.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import multiprocessing
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.apps import NbGrader
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from pygments.formatters import HtmlFormatter
from tqdm import tqdm
from traitlets import Int, List, Type
from traitlets.config import Config

from autograde.clean import clean_html, markdown2html
from autograde.intake import EDITIONS, LANGUAGES, template
from helpers.words import Language

if TYPE_CHECKING:  # it imports torch, and JupyterLab's server reads this file
    from autograde.gradebook import CourseFolder, Handed, Standing

TEMPLATES = Path(__file__).resolve().parent / "templates"
FEW = 16  # pages for which it does not pay to start processes
PAGE_END = "</html>"
SHOWS = re.compile(r'<meta content="([0-9a-f]{64})" name="shows"')
NO_RESPONSE = "No response."  # nbgrader's own comment on an untouched answer

WORDS: dict[str, tuple[str, str]] = {
    "feedback": ("채점 결과", "Feedback"),
    "score": ("점수", "Score"),
    "points": ("점수", "Points"),
    "late": ("늦게 제출하여 뺀 점수", "Late submission penalty"),
    "exercise": ("문제", "Exercise"),
    "answer": ("제출한 답", "Your answer"),
    "own": ("직접 더한 셀", "A cell of your own"),
    "check": ("검사", "Check"),
    "task": ("과제", "Task"),
    "comment": ("강사의 말", "Comment"),
    "no_response": ("답을 쓰지 않았습니다.", "No response."),
    "waiting": ("강사가 아직 살펴보는 중입니다.", "A person still has to look at this."),
    "picture": ("그림", "picture"),
    "top": ("맨 위로", "Back to the top"),
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A line of the page's table of marks; comment: where on the page the comment stands."""

    name: str
    title: str
    points: tuple[str, str]
    waiting: bool
    comment: str


@dataclass(frozen=True)
class Page:
    """Everything that stands on a page around the cells."""

    language: Language
    words: dict[str, str]
    title: str
    learner: str
    score: str
    max_score: str
    penalty: str
    marks: tuple[Mark, ...]
    digest: str
    css: str


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter with the course's template and filters, whatever is configured."""

    @property
    def default_config(self) -> Config:
        """The settings that no other configuration of HTMLExporter replaces."""
        own = Config()
        own.FeedbackExporter.template_name = "course_feedback"
        own.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
        own.FeedbackExporter.filters = {"clean_html": clean_html, "markdown2html": markdown2html}
        own.NbConvertBase.display_data_priority = ["text/html", "image/png", "text/plain"]
        own.HighlightMagicsPreprocessor.enabled = False
        return own


class CourseFeedback(GenerateFeedback):
    """nbgrader's GenerateFeedback with the course's pages, of which it makes those out of date."""

    exporter_class = Type(FeedbackExporter, klass=HTMLExporter)
    preprocessors = List([])
    made = Int(0, help="How many pages were made.")
    kept = Int(0, help="How many pages were up to date.")

    def convert_notebooks(self) -> None:
        """Makes the pages; raises NbGraderException in the end if some could not be made."""
        from autograde.gradebook import CourseFolder, CourseFolderError

        self.run_pre_convert_hook()
        try:
            with CourseFolder(self.coursedir, self.config) as course:
                problems = self._make_all(course)
        except CourseFolderError as error:
            problems = [str(error)]
        self.run_post_convert_hook()
        self.log.info("%d pages made, %d up to date", self.made, self.kept)
        for sentence in problems:
            self.log.error("%s", sentence)
        if problems:
            raise NbGraderException("\n".join(problems))

    def _make_all(self, course: CourseFolder) -> list[str]:
        """Makes the pages; returns a sentence for each that could not be made."""
        found = course.autograded(self.coursedir.assignment_id, self.coursedir.student_id)
        problems: dict[Handed, str] = {}
        drafts = []
        for handed in found:
            with self._told(handed, problems):
                drafts += filter(None, [self._draft(course, handed)])
        self.kept = len(found) - len(problems) - len(drafts)
        with (
            tqdm(total=len(drafts), unit="page", disable=len(drafts) < 2) as bar,
            _many(len(drafts)) as execute,
        ):
            for draft, html in zip(drafts, execute(drafts), strict=True):
                with self._told(draft.handed, problems):
                    self._put(draft, html)
                bar.update()
                bar.set_postfix(failed=len(problems))
        return [problems[handed] for handed in found if handed in problems]

    @contextlib.contextmanager
    def _told(self, handed: Handed, problems: dict[Handed, str]) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, NbGraderException) as error:
            problems[handed] = f"{handed.learner} · {handed.chapter}: {error}"

    def _draft(self, course: CourseFolder, handed: Handed) -> Draft | None:
        """What a page is to be made of; None if it is up to date."""
        file = course.autograded_notebook(handed)
        written = file.read_bytes()
        standing = course.standing(handed)
        if standing is None:
            raise NbGraderException("not in the gradebook; run `make grade` first.")
        beside = sorted(p for p in file.parent.iterdir() if p.suffix == ".txt")
        digest = _digest(handed, standing, written, *(p.read_bytes() for p in beside))
        if not self.force and _shows(self._page(handed)) == digest:
            return None
        return Draft(file, hashlib.sha256(written).hexdigest(), handed, standing, digest)

    def _page(self, handed: Handed) -> Path:
        folder = Path(self._format_dest(handed.chapter, handed.learner))
        return folder / f"{handed.chapter}.html"

    def _put(self, draft: Draft, html: str | NbGraderException) -> None:
        """Puts a page in its place; raises what kept it from being made."""
        from autograde.gradebook import write_whole

        if isinstance(html, NbGraderException):
            raise html
        chapter, learner = draft.handed.chapter, draft.handed.learner
        self.init_assignment(chapter, learner)
        write_whole(self._page(draft.handed), html.encode(), 0o644)
        self.set_permissions(chapter, learner)
        self.made += 1


@dataclass(frozen=True)
class Draft:
    """What a page is made of. written: the SHA-256 of the file when its digest was taken."""

    file: Path
    written: str
    handed: Handed
    standing: Standing
    digest: str


def render(draft: Draft) -> str | NbGraderException:
    """A page's HTML, or why there is none. Pure but for the reading of the notebook."""
    try:
        written = draft.file.read_bytes()
        if hashlib.sha256(written).hexdigest() != draft.written:
            raise ValueError("it has just been written anew")
        notebook = nbformat.reads(written.decode(), as_version=4)
    except Exception as error:  # of nbformat, jsonschema, …
        why = str(error).partition("\n")[0][:200]
        return NbGraderException(
            f"{draft.file} is damaged ({why}). Run `make grade` again, which mends it."
        )
    page = arrange(notebook, draft.handed, draft.standing, draft.digest)
    return _exporter().from_notebook_node(notebook, {"page": page})[0]


@functools.cache
def _exporter() -> FeedbackExporter:
    return FeedbackExporter()


@contextlib.contextmanager
def _many(
    count: int,
) -> Iterator[Callable[[Sequence[Draft]], Iterable[str | NbGraderException]]]:
    """How drafts become pages: many of them on all cores."""
    if count <= FEW:
        yield lambda drafts: map(render, drafts)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograde.feedback"])
    with ProcessPoolExecutor(mp_context=context) as pool:
        yield lambda drafts: pool.map(render, drafts, chunksize=4)


def arrange(notebook: NotebookNode, handed: Handed, standing: Standing, digest: str) -> Page:
    """What a page says around the cells; leaves in the notebook the cells that it shows.

    That is what the learner wrote, what was graded, and the headings above them. How a cell is
    shown is noted in its metadata.
    """
    chapter = handed.chapter
    language = _language(notebook, chapter)
    words = {key: pair[LANGUAGES.index(language)] for key, pair in WORDS.items()}
    headings = [line for cell in notebook.cells for line in _headings(cell)]
    title = next((line[2:] for line in headings if line.startswith("# ")), chapter)
    shown = list(_shown(notebook, _instructors(chapter, language)))
    for cell in shown:
        untouched = (cell.id, cell.source) in _instructors(chapter, language)
        cell.metadata.setdefault("shown", _about(cell, standing, words, untouched))
    notebook.cells = shown
    return Page(
        language, words, title.strip(), handed.learner,
        _number(standing.score - standing.penalty), _number(standing.max_score),
        _number(standing.penalty) if standing.penalty else "",
        tuple(_marks(shown, standing)), digest, _code_colours(),
    )  # fmt: skip


def _shown(notebook: NotebookNode, instructors: set[tuple[str, str]]) -> Iterator[NotebookNode]:
    """The cells of a page; headings right above what they are about."""
    above: dict[int, str] = {}
    for cell in notebook.cells:
        if _nbgrader(cell) or (cell.id, cell.source) not in instructors:
            for heading in above.values():
                yield nbformat.v4.new_markdown_cell(heading, metadata={"shown": {"prose": True}})
            above = {}
            yield cell
            continue
        for heading in _headings(cell):
            level = len(heading) - len(heading.lstrip("#"))
            above = {k: v for k, v in above.items() if k < level}
            if level > 1:
                above[level] = heading


def _headings(cell: NotebookNode) -> list[str]:
    if cell.cell_type != "markdown":
        return []
    return [line for line in cell.source.splitlines() if line.startswith(("# ", "## ", "### "))]


def _about(
    cell: NotebookNode, standing: Standing, words: dict[str, str], untouched: bool
) -> dict[str, Any]:
    """How a cell is shown: see the template."""
    about = _nbgrader(cell)
    if not about:
        return {"source": True, "label": words["own"] if cell.cell_type == "code" else ""}
    name, comment = about["grade_id"], standing.comments.get(about["grade_id"], "")
    kind = "answer" if about.get("solution") else "task" if about.get("task") else "check"
    label = words[kind]
    if kind == "answer" and untouched:
        label += f": {words['no_response']}"
    return {
        "source": kind == "task" or (kind == "answer" and not untouched),
        "label": label,
        "name": name,
        "points": _pair(standing.scores.get(name)),
        "waiting": name in standing.waiting,
        "comment": "" if comment == NO_RESPONSE else comment,
    }


def _marks(cells: Sequence[NotebookNode], standing: Standing) -> Iterator[Mark]:
    names = [_nbgrader(cell).get("grade_id", "") for cell in cells]
    for name in names:
        if name in standing.scores:
            title = name.removeprefix("check-")
            said = [each for each in (name, title) if standing.comments.get(each)]
            said = [each for each in said if standing.comments[each] != NO_RESPONSE]
            waiting = name in standing.waiting
            comment = said[0] if said and said[0] in names else ""
            yield Mark(name, title, _pair(standing.scores[name]), waiting, comment)


def _nbgrader(cell: NotebookNode) -> dict[str, Any]:
    about = cell.metadata.get("nbgrader", {})
    return about if about.get("grade_id") else {}


def _language(notebook: NotebookNode, chapter: str) -> Language:
    """The edition that a notebook was made from."""
    own = {(cell.get("id"), cell.source) for cell in notebook.cells}
    return max(LANGUAGES, key=lambda each: len(own & _instructors(chapter, each)))


@functools.cache
def _instructors(chapter: str, language: Language) -> set[tuple[str, str]]:
    """Id and source of each cell that learners got."""
    if not (EDITIONS / language / chapter).is_dir():
        return set()
    return {(cell.get("id"), cell.source) for cell in template(chapter, language).cells}


@functools.cache
def _code_colours() -> str:
    light = HtmlFormatter(style="default", nobackground=True).get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark", nobackground=True).get_style_defs(".highlight")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


@functools.cache
def _version() -> bytes:
    """A digest of what makes the pages."""
    files = [Path(__file__), Path(__file__).with_name("clean.py"), *TEMPLATES.glob("*/*")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).digest()


def _digest(handed: Handed, standing: Standing, *files: bytes) -> str:
    digest = hashlib.sha256(_version())
    digest.update(repr((handed, standing)).encode())
    for content in files:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _shows(page: Path) -> str:
    """The digest of what a page shows, or "" if there is no whole page."""
    try:
        text = page.read_text("utf-8")
    except (OSError, ValueError):
        return ""
    found = SHOWS.search(text)
    return found[1] if found and text.rstrip().endswith(PAGE_END) else ""


def _pair(points: tuple[float, float] | None) -> tuple[str, str] | None:
    return None if points is None else (_number(points[0]), _number(points[1]))


def _number(points: float) -> str:
    return f"{round(points, 2):g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes feedback pages: 0 if all are there now, 1 if some could not be made."""
    parser = argparse.ArgumentParser(prog="make feedback", description=main.__doc__)
    parser.add_argument("chapter", nargs="?", default="*", help="such as ch03_gradient_descent")
    parser.add_argument("--learner", default="*")
    parser.add_argument("--force", action="store_true", help="also the pages that are up to date")
    given = parser.parse_args(arguments)
    app = NbGrader(log_level="WARN")
    app.initialize([])
    app.coursedir.assignment_id, app.coursedir.student_id = given.chapter, given.learner
    feedback = CourseFeedback(coursedir=app.coursedir, parent=app, force=given.force)
    try:
        feedback.start()
    except NbGraderException:  # it has been logged
        return 1
    finally:
        sys.stdout.write(f"{feedback.made} pages made, {feedback.kept} up to date\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
