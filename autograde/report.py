"""The class report: a page, tables, and grade files for Canvas and Moodle.

    make report                                  the whole course
    make report CHAPTER=ch03_gradient_descent EDITION=en

It writes into grading/, each file whole or not at all:

    report.html     one page, for a browser, a printer or a mail: no network, no scripts
    marks.csv       one line per learner and exercise, from the gradebook and the stored reports
    mistakes.csv    the named mistakes by how many made them
    canvas.csv      for Canvas: Grades → Import (CanvasExport)
    moodle.csv      for Moodle: Grades → Import → CSV file (MoodleExport)

The last two are exporters of nbgrader as well, with its --to, --student and --assignment:

    nbgrader export --exporter autograde.report.CanvasExport --to canvas.csv

Marks are the gradebook's (see autograde.classbook). Nothing in it is changed.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets import Dict, Unicode

from autograde.bulk import open_course
from autograde.classbook import ClassBook, Entry, Learner, add_reports, gather
from autograde.gradebook import FOLDER, CourseFolder, CourseFolderError, write_whole
from autograde.page import draw, number, say
from helpers.words import Language

FORMULA = tuple("=+-@＝＋－＠")  # how a cell begins that a spreadsheet might run
MODE = 0o640  # names and marks are not for everyone
Row = Iterable[Any]


class ReportError(Exception):
    """There is nothing to report on; says what is wrong and what to do."""


def cell(value: Any) -> str:
    """A value as a CSV cell that no spreadsheet takes for a formula.

    Numbers in full; texts without control characters, and with ' before a formula's first sign.
    """
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return str(int(value)) if isinstance(value, bool) else number(value, digits=10)
    kept = "".join(c if c.isprintable() else " " for c in str(value)).strip()
    return f"'{kept}" if kept.startswith(FORMULA) and len(kept) > 1 else kept


def table(rows: Iterable[Row]) -> str:
    """Rows as CSV text."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


# ------------------------------------------------------------------ our own tables

MARKS = (
    "chapter", "learner", "last_name", "first_name", "exercise", "max_score", "score",
    "auto_score", "manual_score", "extra_credit", "waits", "outcome", "mistake", "cases_passed",
    "cases", "forbidden", "chapter_score", "late_penalty", "refused",
)  # fmt: skip
MISTAKES = ("chapter", "exercise", "mistake", "text", "count", "of", "learners")


def marks(book: ClassBook) -> Iterator[Row]:
    """One line per learner and exercise.

    max_score, score (what counts before a late penalty), auto_score, manual_score, extra_credit,
    late_penalty: points. waits: 1 where a person has to look. outcome: one of
    classbook.OUTCOMES. chapter_score: of the whole chapter, less the penalty.
    """
    yield MARKS
    for chapter in book.chapters:
        for entry in chapter.entries.values():
            yield from _marks(book.learners[entry.learner], entry, chapter.exercises)


def _marks(learner: Learner, entry: Entry, exercises: Sequence[Any]) -> Iterator[Row]:
    for exercise in exercises:
        score, mark = entry.scores.get(exercise.name), entry.marks.get(exercise.name)
        gradebook = (score.score, score.auto, score.manual, score.extra, score.waits)
        found = ("", None, None, "")
        if mark is not None:
            found = (mark.mistake, mark.passed, mark.cases, " ".join(mark.forbidden))
        yield (
            entry.chapter, learner.id, learner.last_name, learner.first_name, exercise.name,
            exercise.points, *(gradebook if score else (None,) * 5),
            entry.outcome(exercise.name), *found, entry.score, entry.penalty, entry.refused,
        )  # fmt: skip


def mistakes(book: ClassBook, language: Language) -> Iterator[Row]:
    """One line per named mistake: how many of the submissions made it, and whose."""
    yield MISTAKES
    for chapter in book.chapters:
        for made in chapter.mistakes():
            text = chapter.mistake(made.exercise, made.key, language)
            yield (made.chapter, made.exercise, made.key, text, len(made.learners),
                   len(chapter.entries), "; ".join(made.learners))  # fmt: skip


# ------------------------------------------------------------------ learning management systems


class LmsExport(ExportPlugin):
    """What the exporters for Canvas and Moodle share.

    A mark is exported once it is done: a refused submission, one that waits for a person, or none
    at all gives no mark, and the system's own rules for missing work hold. Marks count late
    penalties and are rounded to hundredths, as both systems show them.
    """

    names = Dict(
        Unicode(),
        help="What the system calls a chapter, by the chapter's name; by default the same.",
    ).tag(config=True)

    target = ""

    def export(self, gradebook: Gradebook) -> None:
        """Writes the file that `to` names (in the working directory, if it names none)."""
        book = gather(gradebook)
        if self.assignment:
            book.restrict(map(str, self.assignment))
        if self.student:
            wanted = set(map(str, self.student))
            book.learners = {k: v for k, v in book.learners.items() if k in wanted}
        to = Path(self.to or self.target)
        write_whole(to, self.text(book).encode(), MODE)
        self.log.info("Grades are in %s", to)

    def text(self, book: ClassBook) -> str:
        """The file's text."""
        return table(self.rows(book))

    def rows(self, book: ClassBook) -> Iterator[Row]:
        """The file's rows, header first."""
        raise NotImplementedError

    def name(self, chapter: str) -> str:
        """What the system calls a chapter."""
        return self.names.get(chapter, chapter)

    def scores(self, book: ClassBook, learner: str, none: str) -> list[float | str]:
        """A learner's marks, chapter by chapter; `none` where there is no mark that is done."""
        entries = [chapter.entries.get(learner) for chapter in book.begun]
        return [round(e.score, 2) if e is not None and e.final else none for e in entries]


class CanvasExport(LmsExport):
    """A gradebook file for Canvas: Grades → Import.

    Format: lib/gradebook_importer.rb of https://github.com/instructure/canvas-lms.
    Columns: Student, ID, SIS User ID, SIS Login ID, Section, then one per chapter; the second
    row has the points possible. Canvas finds a person by ID (its own number), else by SIS User
    ID, else by SIS Login ID, else by name. Ours to fill are: Student from the names; ID from
    `lms_user_id` where that is a number, SIS User ID where it is anything else; SIS Login ID from
    the student's id. Section stays empty. Canvas finds an assignment by the number in brackets
    after its name, else by its exact name, and offers to make a new one otherwise:

        c.CanvasExport.names = {"ch03_gradient_descent": "Gradient descent (4711)"}

    An empty cell over a mark that Canvas has is shown there as a change before anything is saved.
    """

    target = "canvas.csv"

    def rows(self, book: ClassBook) -> Iterator[Row]:
        """The file's rows, header first."""
        names = [self.name(chapter.name) for chapter in book.begun]
        yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names)
        # Canvas writes these spaces itself; it looks for the words only.
        points = [chapter.points for chapter in book.begun]
        yield ("Points Possible", "", "", "", "", *points)
        for learner in book.learners.values():
            number_, other = learner.lms_user_id, ""
            if not (number_.isascii() and number_.isdigit()):
                number_, other = "", learner.lms_user_id
            student = ", ".join(filter(None, (learner.last_name, learner.first_name)))
            scores = self.scores(book, learner.id, "")
            yield (student or learner.id, number_, other, learner.id, "", *scores)


class MoodleExport(LmsExport):
    """A grade file for Moodle: Grades → Import → CSV file, separated by commas, in UTF-8.

    Format: https://docs.moodle.org/311/en/Grade_import. There one column is chosen that identifies
    people (map from "Email address" to "Email address", or the same with Username or ID number),
    and one grade item for each chapter's column. Ours to fill are: Username from the student's
    id, ID number from `lms_user_id`, Email address from `email`; choose the one that your Moodle
    knows. "-" is Moodle's sign for no grade. Moodle calls an activity's item "Assignment: name".
    """

    target = "moodle.csv"

    def rows(self, book: ClassBook) -> Iterator[Row]:
        """The file's rows, header first."""
        names = [self.name(chapter.name) for chapter in book.begun]
        yield ("First name", "Last name", "Username", "ID number", "Email address", *names)
        for learner in book.learners.values():
            yield (
                learner.first_name, learner.last_name, learner.id, learner.lms_user_id,
                learner.email, *self.scores(book, learner.id, "-"),
            )  # fmt: skip


# ------------------------------------------------------------------ make report


def collect(course: CourseFolder, chapters: Sequence[str], language: Language) -> ClassBook:
    """The class of a course folder; raises ReportError if there is nothing to report on."""
    _require_gradebook(course, language)
    try:
        book = gather(course.book)
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise ReportError(say("bad_gradebook", language, url=_shown(course), why=why)) from None
    known = ", ".join(chapter.name for chapter in book.chapters)
    add_reports(book, course.reports)
    _add_ungraded(book, course)
    if unknown := book.restrict(chapters):
        sentence = "unknown_chapter" if known else "empty_gradebook"
        name = ", ".join(unknown)
        raise ReportError(say(sentence, language, name=name, known=known, url=_shown(course)))
    if not book.begun:
        raise ReportError(say("empty_gradebook", language, url=_shown(course)))
    return book


def write(course: CourseFolder, book: ClassBook, language: Language) -> list[Path]:
    """Writes every file into grading/ and returns where they are; raises OSError."""
    folder = course.root / FOLDER
    # Excel takes a file for UTF-8 only if it begins with a byte order mark.
    ours = {"marks.csv": marks(book), "mistakes.csv": mistakes(book, language)}
    files = {"report.html": draw(book, language)}
    files |= {name: "\ufeff" + table(rows) for name, rows in ours.items()}
    for exporter in (CanvasExport, MoodleExport):
        files[exporter.target] = exporter(config=course.config).text(book)
    for name, text in files.items():
        write_whole(folder / name, text.encode("utf-8", "replace"), MODE)
    return [folder / name for name in files]


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the class report: 0 if all is well, 1 if something does not fit, 2 if none is."""
    parser = argparse.ArgumentParser(prog="make report", description=main.__doc__)
    parser.add_argument("chapter", nargs="*", help="such as ch03_gradient_descent; default: all")
    parser.add_argument("--edition", choices=("ko", "en"), default="ko", help="the language")
    given = parser.parse_args(arguments)
    language: Language = given.edition
    try:
        with open_course() as course:
            book = collect(course, given.chapter, language)
            paths = write(course, book, language)
    except (ReportError, CourseFolderError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sentence = say("cannot_write", language, path=error.filename, why=error.strerror)
        sys.stderr.write(f"{sentence}\n")
        return 2
    sys.stdout.write("".join(f"{path}\n" for path in paths))
    return _tell_problems(book, language)


def _tell_problems(book: ClassBook, language: Language) -> int:
    waiting = sum(not entry.final for entry in book.entries())
    if waiting:
        sys.stdout.write(say("not_exported", language, n=waiting) + "\n")
    for problem in book.problems:
        values = {"path": problem.path, "chapter": problem.chapter, "n": len(problem.learners)}
        names = ", ".join(problem.learners[:5]) + (" …" if len(problem.learners) > 5 else "")
        sys.stderr.write(cell(say(problem.key, language, who=names, **values)) + "\n")
    return 1 if book.problems else 0


def _require_gradebook(course: CourseFolder, language: Language) -> None:
    # Opening it would make an empty one.
    url = make_url(course.coursedir.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ReportError(say("no_gradebook", language, url=_shown(course)))


def _shown(course: CourseFolder) -> str:
    return make_url(course.coursedir.db_url).render_as_string(hide_password=True)


def _add_ungraded(book: ClassBook, course: CourseFolder) -> None:
    by_name = {chapter.name: chapter for chapter in book.chapters}
    for handed in course.handed_in():
        chapter = by_name.get(handed.chapter)
        if chapter is not None and handed.learner not in chapter.entries:
            chapter.ungraded += (handed.learner,)


if __name__ == "__main__":
    sys.exit(main())
