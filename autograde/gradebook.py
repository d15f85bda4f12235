"""Reports → nbgrader's gradebook, autograded notebooks and folders.

A course folder's state after grading one submission is three things, written in this order, each
whole or not at all:

    autograded/LEARNER/CHAPTER/CHAPTER.ipynb     what graders and feedback show
    grading/reports/CHAPTER/LEARNER.json         the report (grade.Report)
    the gradebook                                one transaction

A stored report is never graded again: if its file or its marks are not in place, they are put
there from the report. So whatever stops a run, and whenever, the same command finishes it.
"""

from __future__ import annotations

import contextlib
import copy
import datetime
import fnmatch
import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbgrader
from alembic.script import ScriptDirectory
from nbgrader.api import (
    Assignment,
    Base,
    Comment,
    Grade,
    Gradebook,
    InvalidEntry,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy import Select, create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload, selectinload
from traitlets.config import Config

from autograde.grade import Report
from autograde.intake import EDITIONS, LANGUAGES, Refused, check_name, read, template

FOLDER = "grading"  # under the course's root: reports and what make report writes
NO_RESPONSE = "No response."  # nbgrader's own words for an untouched answer
TIMESTAMP = re.compile(r"[\d\-:.T+ ]{8,40}[A-Za-z]{0,5}")
LEARNER_HERE, CHAPTER_HERE = "\ue000", "\ue001"  # stand for the two names in a path
ANY_NAME = "[^/.][^/]*"
# What a gradebook says that cannot be used, and what that means.
UNUSABLE = {
    r"not a database|malformed|encrypted": (
        "is damaged or no gradebook. Move it away and put a backup in its place; without one, "
        "`make grade` writes a new gradebook from the stored reports."
    ),
    r"no such (column|table)|(column|relation) .* does not exist": (
        "was made by another version of nbgrader. Keep a copy of it and run `nbgrader db upgrade`."
    ),
    r"readonly|read-only|unable to open|permission denied": (
        "cannot be opened and written: see to the permissions of the file and its folder."
    ),
    r"connect|password|authentication|database .* does not exist": (
        "cannot be reached. See that the server runs and that c.CourseDirectory.db_url is right."
    ),
}  # fmt: skip


class CourseFolderError(Exception):
    """The course folder or its gradebook cannot be used; says what is wrong and what to do."""


class UnknownLearner(CourseFolderError):
    """The gradebook has no student of this name, and none may be added."""


@dataclass(frozen=True, order=True)
class Handed:
    """One submission in the course folder."""

    chapter: str
    learner: str


@dataclass(frozen=True)
class _Cell:
    """A graded cell as the gradebook knows it."""

    name: str
    points: float
    is_task: bool


@dataclass(frozen=True)
class Standing:
    """What the gradebook says of a submission, hand-given scores and comments included.

    score: without the late penalty. scores: points got and to be had, by grade id. comments: by
    grade id. waiting: grade ids that a person still has to look at.
    """

    score: float
    max_score: float
    penalty: float
    scores: dict[str, tuple[float, float]]
    comments: dict[str, str]
    waiting: tuple[str, ...]


def chapters() -> list[str]:
    """The names of all chapters that learners get, in order."""
    return sorted(path.name for path in (EDITIONS / "en").glob("ch*"))


class CourseFolder:
    """An nbgrader course folder with its gradebook; close it, or use it in `with`.

    coursedir, config: nbgrader's own, so that its settings hold (db_url, directories, the late
    penalty's plugin, permissions).
    """

    def __init__(self, coursedir: CourseDirectory, config: Config | None = None) -> None:
        self.coursedir = coursedir
        self.config = config or coursedir.config
        self.root = Path(coursedir.root)
        self.reports = self.root / FOLDER / "reports"
        self._book: Gradebook | None = None
        self._cells: dict[str, dict[str, _Cell]] = {}  # of registered chapters

    def __enter__(self) -> CourseFolder:
        return self

    def __exit__(self, *_: Any) -> None:
        if self._book is not None:
            self._book.close()
            self._book = None

    @property
    def book(self) -> Gradebook:
        """nbgrader's gradebook, opened when first asked for.

        Raises CourseFolderError for one that cannot be used.
        """
        if self._book is None:
            with self._usable():
                _make_tables(self.coursedir.db_url)
                self._book = Gradebook(self.coursedir.db_url, self.coursedir.course_id)
        return self._book

    def handed_in(self, chapter: str = "*", learner: str = "*") -> list[Handed]:
        """Every submission whose chapter and learner match, in order; patterns as in a shell."""
        return self._found(self.coursedir.submitted_directory, chapter, learner)

    def autograded(self, chapter: str = "*", learner: str = "*") -> list[Handed]:
        """Every submission that has an autograded folder and matches, in order."""
        return self._found(self.coursedir.autograded_directory, chapter, learner)

    def read(self, handed: Handed) -> bytes:
        """The bytes of a submitted notebook; raises Refused (see intake.read)."""
        check_name(handed.learner)
        if handed.chapter not in chapters():
            raise Refused("no_chapter", name=handed.chapter)
        return self._read(handed, f"{handed.chapter}.ipynb")

    def stored(self, handed: Handed) -> Report | None:
        """The stored report on a submission, or None if there is none that can be read.

        Its `notebook` is the SHA-256 of the autograded notebook, not its text.
        """
        try:
            return Report.from_json(self._report_path(handed).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def autograded_notebook(self, handed: Handed) -> Path:
        """Where the autograded notebook of a submission belongs."""
        folder = self.coursedir.format_path(
            self.coursedir.autograded_directory, handed.learner, handed.chapter
        )
        return Path(folder) / f"{handed.chapter}.ipynb"

    def is_in_place(self, handed: Handed, report: Report) -> bool:
        """Whether a stored report's notebook and marks are where they belong."""
        if not self.has_notebook(handed, report):
            return False
        with self._usable():
            cells = self._known_cells(handed.chapter)
            recorded = self._recorded(handed)
        if not cells or not recorded:
            return False
        if (time := self._timestamp(handed)) and recorded[0].timestamp != time:
            return False
        wanted = {key: _score(report, cell) for key, cell in cells.items()}
        return {row.cell_id: row.auto_score for row in recorded} == wanted

    def has_notebook(self, handed: Handed, report: Report) -> bool:
        """Whether the autograded notebook is the one that was stored with a report."""
        try:
            written = self.autograded_notebook(handed).read_bytes()
        except OSError:
            return False
        return hashlib.sha256(written).hexdigest() == report.notebook

    def store(self, handed: Handed, report: Report) -> Report:
        """Writes a report and its notebook; what a kill leaves behind is never half a file.

        Returns the report as it is stored.
        """
        path = self.autograded_notebook(handed)
        self._make_folder(path.parent, self._top(self.coursedir.autograded_directory))
        beside = self._beside(handed)
        for other in path.parent.iterdir():  # of an earlier grading, by whatever program
            if other != path and other.name not in beside:
                _remove(other)
        for name, content in beside.items():
            write_whole(path.parent / name, content, self._mode)
        data = report.notebook.encode("utf-8", "replace")
        write_whole(path, data, self._mode)
        stored = replace(report, notebook=hashlib.sha256(data).hexdigest())
        kept = self._report_path(handed)
        self._make_folder(kept.parent, self.root / FOLDER)
        mode = 0o664 if self.coursedir.groupshared else 0o644
        write_whole(kept, stored.json().encode("utf-8", "replace"), mode)
        return stored

    def record(self, handed: Handed, report: Report, create: bool = True) -> None:
        """Puts a report's marks into the gradebook, in one transaction.

        A score that a person gave by hand stays, and is marked as needing another look, as
        nbgrader does. create: whether a learner whom the gradebook does not know is added.
        Raises CourseFolderError for an unknown learner, or a gradebook of another course.
        """
        self.register(handed.chapter)
        with self._usable(), _one_transaction(self.book) as book:
            notebook = self._submitted_notebook(handed) or self._add_submission(handed, create)
            if time := self._timestamp(handed):
                notebook.assignment.timestamp = time
            cells = self._cells[handed.chapter]
            for grade in notebook.grades:
                grade.auto_score = _score(report, cells[grade.cell_id])
                by_hand = grade.manual_score is not None
                grade.needs_manual_grade = by_hand or grade.auto_score is None
            for comment in notebook.comments:
                is_task = comment.cell_id in cells and cells[comment.cell_id].is_task
                silent = is_task or report.refusal is not None or comment.name in report.answered
                comment.auto_comment = None if silent else NO_RESPONSE
            book.db.flush()
            self._penalise(notebook, handed.learner)

    def register(self, chapter: str) -> None:
        """Makes sure that the gradebook knows a chapter, as generate_assignment would."""
        if chapter in self._cells:
            return
        with self._usable():
            # A chapter that nobody was graded on may be an older release, or half recorded.
            if not self._is_registered(chapter) and not self._has_submissions(chapter):
                self._save_cells(chapter)
            self._require_own(chapter)
            self._require_release(chapter)
            self._cells[chapter] = self._known_cells(chapter)

    def standing(self, handed: Handed) -> Standing | None:
        """What the gradebook says of a submission; None if it does not know it."""
        with self._usable():
            cells = self._known_cells(handed.chapter)
            notebook = self._submitted_notebook(handed)
            if notebook is None:
                return None
            grades = {cells[g.cell_id].name: g for g in notebook.grades if g.cell_id in cells}
            most = _points(cells)
            return Standing(
                sum(grade.score for grade in grades.values()),
                sum(most.values()),
                notebook.late_submission_penalty or 0.0,
                {name: (grade.score, most[name]) for name, grade in grades.items()},
                {c.name: c.comment for c in notebook.comments if c.comment},
                tuple(name for name, grade in grades.items() if grade.needs_manual_grade),
            )

    # ------------------------------------------------------------------ the gradebook

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        """Turns what a database says of a gradebook that cannot be used into a sentence."""
        try:
            yield
        except (DBAPIError, InvalidEntry) as raised:
            # nbgrader wraps what a database says in its own error.
            error = raised.__context__ if isinstance(raised, InvalidEntry) else raised
            if not isinstance(error, DBAPIError):
                raise
            for pattern, remedy in UNUSABLE.items():
                if re.search(pattern, str(error.orig), re.IGNORECASE):
                    raise CourseFolderError(
                        f"The gradebook ({_without_password(self.coursedir.db_url)}) {remedy} "
                        f"({str(error.orig).strip().splitlines()[0]})"
                    ) from None
            raise error from None

    def _known_cells(self, chapter: str) -> dict[str, _Cell]:
        """The graded cells that the gradebook knows, by their ids in it."""
        if chapter in self._cells:
            return self._cells[chapter]
        try:
            notebook = self.book.find_notebook(chapter, chapter)
        except MissingEntry:
            return {}
        graded = [(cell, False) for cell in notebook.grade_cells]
        graded += [(cell, True) for cell in notebook.task_cells]
        return {c.id: _Cell(c.name, c.max_score, is_task) for c, is_task in graded}

    def _is_registered(self, chapter: str) -> bool:
        """Whether all cells are known; nbgrader notes their sources last, after the graded ones."""
        try:
            known = {cell.name for cell in self.book.find_notebook(chapter, chapter).source_cells}
        except MissingEntry:
            return False
        about = [cell.metadata.get("nbgrader", {}) for cell in template(chapter, "en").cells]
        noted = ("grade", "solution", "task", "locked")
        wanted = {each["grade_id"] for each in about if any(map(each.get, noted))}
        return wanted <= known and _points(self._known_cells(chapter)) == _released_points(chapter)

    def _has_submissions(self, chapter: str) -> bool:
        query = select(SubmittedNotebook.id).join(SubmittedNotebook.notebook)
        query = query.where(Notebook.name == chapter).limit(1)
        return self.book.db.execute(query).first() is not None

    def _require_own(self, chapter: str) -> None:
        # An assignment's name is unique in a gradebook, whatever its course.
        own, found = self.coursedir.course_id, self.book.find_assignment(chapter).course_id
        if found not in (own, "", "default_course"):
            raise CourseFolderError(
                f"The gradebook ({_without_password(self.coursedir.db_url)}) already holds "
                f"{chapter} for the course {found}, and nbgrader keeps each chapter once. Give "
                f"{own or 'this course'} a gradebook of its own (c.CourseDirectory.db_url)."
            )

    def _require_release(self, chapter: str) -> None:
        known = _points(self._known_cells(chapter)).keys()
        wanted = _released_points(chapter).keys()
        if known == wanted:
            return
        lacks, more = sorted(wanted - known), sorted(known - wanted)
        differences = [f"it lacks {', '.join(lacks)}"] if lacks else []
        differences += [f"it also has {', '.join(more)}"] if more else []
        raise CourseFolderError(
            f"The gradebook ({_without_password(self.coursedir.db_url)}) holds marks on another "
            f"version of {chapter}: {' and '.join(differences)}. Keep that version of the course "
            "for this class, or give the class a new gradebook."
        )

    def _save_cells(self, chapter: str) -> None:
        self.book.update_or_create_assignment(chapter)
        about = {"notebook": chapter, "assignment": chapter, "db_url": self.coursedir.db_url}
        notebook = copy.deepcopy(template(chapter, "en"))
        SaveCells(config=self.config).preprocess(notebook, {"nbgrader": about})
        self.book.db.expire_all()

    def _recorded(self, handed: Handed) -> list[Any]:
        query = select(Grade.cell_id, Grade.auto_score, SubmittedAssignment.timestamp)
        query = query.join(Grade.notebook)
        return list(self.book.db.execute(_of(handed, query)))

    def _submitted_notebook(self, handed: Handed) -> SubmittedNotebook | None:
        # Fresh from the database: another program may have written meanwhile.
        submission = joinedload(SubmittedNotebook.assignment)
        query = _of(handed, select(SubmittedNotebook)).options(
            submission.joinedload(SubmittedAssignment.assignment),
            selectinload(SubmittedNotebook.grades),
            selectinload(SubmittedNotebook.comments).joinedload(Comment.cell),
        )
        query = query.execution_options(populate_existing=True)
        return self.book.db.execute(query).scalar_one_or_none()

    def _add_submission(self, handed: Handed, create: bool) -> SubmittedNotebook:
        try:
            self.book.find_student(handed.learner)
        except MissingEntry:
            if not create:
                name = handed.learner
                raise UnknownLearner(
                    f"No student with ID '{name}' exists in the database: add them with "
                    f"`nbgrader db student add {name}`, or allow c.Autograde.create_student."
                ) from None
            self.book.add_student(handed.learner)
            self.book.db.flush()
        with self.book.db.no_autoflush:
            submission = self.book.add_submission(handed.chapter, handed.learner)
        self.book.db.flush()
        return next(each for each in submission.notebooks if each.name == handed.chapter)

    def _penalise(self, notebook: SubmittedNotebook, learner: str) -> None:
        # As AssignLatePenalties.preprocess, which would open the gradebook once more.
        notebook.late_submission_penalty = None
        late = notebook.assignment.total_seconds_late
        if late > 0:
            rules = AssignLatePenalties(config=self.config)
            rules.init_plugin()
            self.book.db.expire(notebook, ["score"])
            penalty = rules.plugin_inst.late_submission_penalty(learner, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = rules._check_late_penalty(notebook, penalty)

    # ------------------------------------------------------------------ the folders

    def _found(self, step: str, chapter: str, learner: str) -> list[Handed]:
        base, rest = self._split(step, LEARNER_HERE, CHAPTER_HERE)
        pattern = re.escape("/".join(rest))
        pattern = pattern.replace(LEARNER_HERE, f"(?P<learner>{ANY_NAME})", 1)
        pattern = pattern.replace(CHAPTER_HERE, f"(?P<chapter>{ANY_NAME})", 1)
        names = re.compile(pattern)
        excluded = self.coursedir.student_id_exclude.split(",")
        found = []
        for path in base.glob("/".join("*" * len(rest))):
            if not (match := names.fullmatch(path.relative_to(base).as_posix())):
                continue
            each = Handed(match["chapter"], match["learner"])
            if not _matches(each.chapter, chapter) or not _matches(each.learner, learner):
                continue
            if each.learner not in excluded and _matches(each.chapter, self.coursedir.notebook_id):
                found.append(each)
        return sorted(found)

    def _split(self, step: str, learner: str, chapter: str) -> tuple[Path, tuple[str, ...]]:
        """A submission's path in two: the instructor's own folder, and what names it in there."""
        path = Path(self.coursedir.format_path(step, learner, chapter))
        top = self._top(step)
        return top, path.relative_to(top).parts

    def _top(self, step: str) -> Path:
        path = Path(self.coursedir.format_path(step, LEARNER_HERE, CHAPTER_HERE))
        while LEARNER_HERE in str(path) or CHAPTER_HERE in str(path):
            path = path.parent
        return path

    def _read(self, handed: Handed, file: str) -> bytes:
        base, parts = self._split(
            self.coursedir.submitted_directory, handed.learner, handed.chapter
        )
        return read(base, *parts, file)

    def _report_path(self, handed: Handed) -> Path:
        return self.reports / handed.chapter / f"{handed.learner}.json"

    def _beside(self, handed: Handed) -> dict[str, bytes]:
        """The files that nbgrader wants beside a notebook when it releases feedback."""
        files = {}
        if time := self._timestamp(handed):
            files["timestamp.txt"] = f"{time} UTC\n".encode()
        with contextlib.suppress(Refused):
            files["submission_secret.txt"] = self._read(handed, "submission_secret.txt")[:1000]
        return files

    def _timestamp(self, handed: Handed) -> datetime.datetime | None:
        """When it was handed in, in UTC; None if nobody noted it, or nobody can read the note."""
        try:
            text = self._read(handed, "timestamp.txt")[:100].decode().strip()
            return parse_utc(text) if TIMESTAMP.fullmatch(text) else None
        except (Refused, ValueError, OverflowError, AttributeError):
            return None

    @cached_property
    def _mode(self) -> int:
        autograde = Autograde(coursedir=self.coursedir, config=self.config)
        return int(str(autograde.permissions), 8)

    def _make_folder(self, folder: Path, top: Path) -> None:
        """Makes a folder; all from `top` down are the group's where the course is the group's."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.coursedir.groupshared:
            for each in (folder, *folder.parents):
                with contextlib.suppress(PermissionError):
                    each.chmod(each.stat().st_mode | 0o2770)
                if each == top:
                    break


def _points(cells: dict[str, _Cell]) -> dict[str, float]:
    return {cell.name: cell.points for cell in cells.values()}


def _released_points(chapter: str) -> dict[str, float]:
    """The points of each cell that is graded in a release, by grade id."""
    cells = [cell for language in LANGUAGES for cell in template(chapter, language).cells]
    about = [cell.metadata.get("nbgrader", {}) for cell in cells]
    graded = [each for each in about if each.get("grade") or each.get("task")]
    return {each["grade_id"]: float(each["points"]) for each in graded}


def _score(report: Report, cell: _Cell) -> float | None:
    """The automatic score of a graded cell: None where a person has to look."""
    if report.refusal is not None or cell.is_task:
        return None
    for mark in report.marks:
        if cell.name == f"check-{mark.exercise}":
            return mark.share * cell.points
    return None if cell.name in report.answered else 0.0  # by hand: nothing for no answer


def _of(handed: Handed, query: Select[Any]) -> Select[Any]:
    """A query on submitted notebooks, narrowed to one submission's."""
    query = query.join(SubmittedNotebook.notebook).join(SubmittedNotebook.assignment)
    query = query.join(SubmittedAssignment.assignment)
    return query.where(
        Notebook.name == handed.chapter,
        Assignment.name == handed.chapter,
        SubmittedAssignment.student_id == handed.learner,
    )


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or fnmatch.fnmatchcase(name, pattern)


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:…@", url)


def _make_tables(db_url: str) -> None:
    """Makes a new gradebook's tables, or those that a kill has kept from being made.

    nbgrader notes the version of the tables only if there was none of them, and runs a program
    to learn it, which takes a second.
    """
    engine = create_engine(db_url)
    with contextlib.closing(engine.connect()) as connection, connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        Base.metadata.create_all(connection)
        noted = connection.scalar(text("SELECT count(*) FROM alembic_version"))
        used = connection.scalar(select(func.count()).select_from(Assignment))
        if not noted and not used:
            scripts = str(Path(nbgrader.__file__).parent / "alembic")
            values = {"head": ScriptDirectory(scripts).get_current_head()}
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), values)
    engine.dispose()


def write_whole(path: Path, data: bytes, mode: int) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
        temporary.chmod(mode)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


@contextlib.contextmanager
def _one_transaction(book: Gradebook) -> Iterator[Gradebook]:
    """Everything done to the gradebook inside is committed together, or not at all.

    nbgrader's methods commit one by one; in here they do not, and whoever calls them flushes.
    """
    session = book.db
    session.commit = lambda: None
    try:
        yield book
        del session.commit
        session.commit()
    except BaseException:
        vars(session).pop("commit", None)
        session.rollback()
        raise
