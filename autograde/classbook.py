"""A class's marks from nbgrader's gradebook, and what the stored reports know beside them.

Marks are the gradebook's alone: with what a person changed by hand, and late penalties. Named
mistakes, verdicts and refusals come from the reports (autograde.grade.Report). Nothing is written.
"""

from __future__ import annotations

import fnmatch
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import mean, median

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import select

from autograde.grade import Mark, Report
from helpers.check import CourseError, Texts, load_texts
from helpers.words import Language

CHECK = "check-"  # what an exercise's grade cell is called before its name
SLOW = ("stuck", "late")
SOLVED = 1 - 1e-9  # share of the points from which an exercise counts as solved
OUTCOMES = ("solved", "named", "unnamed", "crashed", "slow", "unattempted", "unknown")


@dataclass(frozen=True)
class Learner:
    """A student of the gradebook; every text may hold anything that a stranger typed."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


@dataclass(frozen=True)
class Exercise:
    """A graded cell of a chapter, by its exercise's name, with its points."""

    name: str
    points: float


@dataclass(frozen=True)
class Score:
    """The gradebook's mark for one exercise.

    auto: as graded, None if a person has to. manual: as a person gave it, None if nobody did.
    waits: for a person.
    """

    score: float
    auto: float | None
    manual: float | None
    extra: float | None
    waits: bool

    @property
    def by_hand(self) -> bool:
        """Whether a person changed the mark."""
        return self.manual is not None or self.extra is not None


@dataclass
class Entry:
    """A learner's submission to a chapter. penalty: points off for lateness."""

    learner: str
    chapter: str
    scores: dict[str, Score] = field(default_factory=dict)
    penalty: float = 0.0
    report: Report | None = None

    @cached_property
    def raw(self) -> float:
        """Points before the late penalty."""
        return sum(each.score for each in self.scores.values())

    @cached_property
    def score(self) -> float:
        """Points that count: what `nbgrader export` gives as score."""
        return max(0.0, self.raw - self.penalty)

    @property
    def refused(self) -> bool:
        """Whether it was not graded, and no person has given it a mark since."""
        by_hand = any(each.by_hand for each in self.scores.values())
        return self.report is not None and self.report.refusal is not None and not by_hand

    @property
    def waits(self) -> bool:
        """Whether a person has to look at a mark (refused submissions aside)."""
        return not self.refused and any(each.waits for each in self.scores.values())

    @property
    def final(self) -> bool:
        """Whether its mark is done: neither refused nor waiting."""
        return not self.refused and not self.waits

    @cached_property
    def marks(self) -> dict[str, Mark]:
        """What the report says of each exercise; empty without a report on a graded one."""
        if self.report is None or self.report.refusal is not None:
            return {}
        return {mark.exercise: mark for mark in self.report.marks}

    def outcome(self, exercise: str) -> str:
        """What became of an exercise when it was graded: one of OUTCOMES."""
        mark = self.marks.get(exercise)
        if mark is None:
            return "unknown"
        if mark.verdict == "passed":
            return "solved"
        if mark.verdict == "unattempted":
            return "unattempted"
        if mark.mistake:
            return "named"
        if mark.verdict == "crashed":
            ended = {f"{exercise}: {reason}" for reason in SLOW} & set(self.report.killed)
            return "slow" if ended or mark.error == "TimeUp" else "crashed"
        return "unnamed"


@dataclass
class Chapter:
    """A chapter with everything that was handed in, by learner.

    ungraded: learners whose submission lies there and is not in the gradebook. texts: title and
    mistakes by language; empty for a chapter that this copy of the course does not have.
    """

    name: str
    exercises: tuple[Exercise, ...]
    entries: dict[str, Entry] = field(default_factory=dict)
    ungraded: tuple[str, ...] = ()
    texts: dict[Language, Texts] = field(default_factory=dict)

    @cached_property
    def points(self) -> float:
        """The most that can be earned."""
        return sum(each.points for each in self.exercises)

    def title(self, language: Language) -> str:
        """The chapter's title, or its name if it has none here."""
        return self.texts[language].title if language in self.texts else self.name

    def mistake(self, exercise: str, key: str, language: Language) -> str | None:
        """The text of a known mistake; None if this copy of the course does not have it."""
        if language not in self.texts:
            return None
        return self.texts[language].mistakes.get(exercise, {}).get(key)

    @cached_property
    def final(self) -> list[Entry]:
        """The submissions whose marks are done."""
        return [entry for entry in self.entries.values() if entry.final]

    @cached_property
    def shares(self) -> list[float]:
        """The share of the points of every submission whose mark is done."""
        return [entry.score / self.points for entry in self.final] if self.points else []

    def statistics(self) -> list[ExerciseStatistics]:
        """How each exercise went, in the chapter's order."""
        taken = [entry for entry in self.entries.values() if not entry.refused]
        return [ExerciseStatistics.of(self, exercise, taken) for exercise in self.exercises]

    def mistakes(self) -> list[MadeMistake]:
        """The named mistakes that were made, the commonest first."""
        made: dict[tuple[str, str], list[str]] = defaultdict(list)
        for entry in self.entries.values():
            for exercise, mark in entry.marks.items():
                if mark.mistake and mark.verdict != "passed":
                    made[exercise, mark.mistake].append(entry.learner)
        found = [MadeMistake(self.name, *key, tuple(who)) for key, who in made.items()]
        order = {exercise.name: i for i, exercise in enumerate(self.exercises)}
        return sorted(
            found, key=lambda m: (-len(m.learners), order.get(m.exercise, len(order)), m.key)
        )


@dataclass(frozen=True)
class MadeMistake:
    """A named mistake and the ids of the learners who made it."""

    chapter: str
    exercise: str
    key: str
    learners: tuple[str, ...]


@dataclass(frozen=True)
class ExerciseStatistics:
    """How an exercise went over the class.

    taken: submissions looked at. share: mean share of its points, None if nobody handed in.
    solved: with all points. outcomes: numbers by OUTCOMES, as graded.
    """

    chapter: str
    exercise: str
    points: float
    taken: int
    share: float | None
    solved: int
    outcomes: Counter[str]

    @classmethod
    def of(
        cls, chapter: Chapter, exercise: Exercise, taken: Sequence[Entry]
    ) -> ExerciseStatistics:  # fmt: skip
        """The statistics of one exercise over submissions."""
        name, points = exercise.name, exercise.points
        # Marks that wait for a person say nothing yet.
        done = [s for e in taken if (s := e.scores.get(name)) is not None and not s.waits]
        shares = [each.score / points for each in done] if points else []
        return cls(
            chapter.name, name, points, len(taken), mean(shares) if shares else None,
            sum(share >= SOLVED for share in shares),
            Counter(entry.outcome(name) for entry in taken),
        )  # fmt: skip

    @property
    def attempted(self) -> int:
        """Submissions that hold an answer, as far as reports tell."""
        return self.taken - self.outcomes["unattempted"]


@dataclass(frozen=True)
class Problem:
    """Something that does not fit together; `key` is its sentence in autograde.page.WORDS."""

    key: str
    chapter: str = ""
    learners: tuple[str, ...] = ()
    path: str = ""


@dataclass
class ClassBook:
    """The class: learners by id, chapters in order, and what does not fit together."""

    learners: dict[str, Learner]
    chapters: list[Chapter]
    problems: list[Problem] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        """Every submission, chapter by chapter."""
        for chapter in self.chapters:
            yield from chapter.entries.values()

    @cached_property
    def begun(self) -> list[Chapter]:
        """The chapters to which something was handed in."""
        return [chapter for chapter in self.chapters if chapter.entries]

    @cached_property
    def points(self) -> float:
        """The most that can be earned in the chapters begun."""
        return sum(chapter.points for chapter in self.begun)

    @cached_property
    def totals(self) -> dict[str, float]:
        """Points over all chapters, of every learner who handed in anything."""
        totals: dict[str, float] = defaultdict(float)
        for entry in self.entries():
            totals[entry.learner] += entry.score
        return dict(totals)

    def restrict(self, patterns: Iterable[str]) -> list[str]:
        """Keeps the chapters that a name or shell pattern names; returns what names none."""
        patterns = list(patterns)
        names = [chapter.name for chapter in self.chapters]
        unknown = [p for p in patterns if not fnmatch.filter(names, p)]
        if patterns and not unknown:
            self.chapters = [
                c for c in self.chapters if any(fnmatch.fnmatchcase(c.name, p) for p in patterns)
            ]
            kept = {chapter.name for chapter in self.chapters} | {""}
            self.problems = [p for p in self.problems if p.chapter in kept]
        return unknown


def average(shares: Sequence[float]) -> tuple[float, float] | None:
    """Mean and median; None of nothing."""
    return (mean(shares), median(shares)) if shares else None


def histogram(shares: Iterable[float], bins: int = 10) -> list[int]:
    """How many shares lie in each of equal bins from 0 to 1; full marks are in the last."""
    counts = [0] * bins
    for share in shares:
        # A share that is a hair below a tenth by rounding belongs to it.
        counts[max(0, min(bins - 1, int(share * bins + 1e-9)))] += 1
    return counts


def gather(book: Gradebook) -> ClassBook:
    """Everything that the gradebook knows, in a handful of queries."""
    columns = (Student.id, Student.first_name, Student.last_name, Student.email,
               Student.lms_user_id)  # fmt: skip
    learners = {
        row[0]: Learner(*(text or "" for text in row)) for row in book.db.execute(select(*columns))
    }
    chapters = [_chapter(name, cells) for name, cells in sorted(_cells(book).items())]
    by_name = {chapter.name: chapter for chapter in chapters}
    for name, learner in _submissions(book):
        by_name[name].entries[learner] = Entry(learner, name)
    for name, learner, penalty in _penalties(book):
        by_name[name].entries[learner].penalty += penalty or 0.0
    for name, learner, cell, *score in _scores(book):
        by_name[name].entries[learner].scores[cell.removeprefix(CHECK)] = Score(*score)
    return ClassBook(learners, chapters)


def add_reports(classbook: ClassBook, folder: Path) -> None:
    """Puts the stored reports (folder/CHAPTER/LEARNER.json) beside the marks.

    What is damaged, or stands on one side only, becomes a problem of the classbook.
    """
    for chapter in classbook.chapters:
        damaged, stray = set(), []
        for path in sorted((folder / chapter.name).glob("*.json")):
            report = _read(path, chapter.name)
            if report is None:
                damaged.add(path.stem)
                problem = Problem("damaged_report", chapter.name, (path.stem,), str(path))
                classbook.problems.append(problem)
            elif path.stem in chapter.entries:
                chapter.entries[path.stem].report = report
            else:
                stray.append(path.stem)
        if stray:
            classbook.problems.append(Problem("only_report", chapter.name, tuple(stray)))
        bare = [e.learner for e in chapter.entries.values() if e.report is None and e.scores]
        if bare := tuple(sorted(set(bare) - damaged)):
            classbook.problems.append(Problem("no_report", chapter.name, bare))


def _cells(book: Gradebook) -> dict[str, list[tuple[str, float]]]:
    """The graded cells of every assignment: names and points."""
    cells: dict[str, list[tuple[str, float]]] = {
        name: [] for (name,) in book.db.execute(select(Assignment.name))
    }
    base = BaseCell.__table__
    for kind in (GradeCell.__table__, TaskCell.__table__):
        query = (
            select(Assignment.name, base.c.name, kind.c.max_score)
            .join_from(kind, base, base.c.id == kind.c.id)
            .join(Notebook, Notebook.id == base.c.notebook_id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
        )
        for assignment, name, points in book.db.execute(query):
            cells[assignment].append((name.removeprefix(CHECK), points))
    return cells


def _submissions(book: Gradebook) -> Iterable[tuple[str, str]]:
    query = select(Assignment.name, SubmittedAssignment.student_id).join_from(
        SubmittedAssignment, Assignment, Assignment.id == SubmittedAssignment.assignment_id
    )
    return book.db.execute(query.order_by(SubmittedAssignment.student_id))


def _penalties(book: Gradebook) -> Iterable[tuple[str, str, float | None]]:
    columns = (Assignment.name, SubmittedAssignment.student_id,
               SubmittedNotebook.__table__.c.late_submission_penalty)  # fmt: skip
    return book.db.execute(_of_notebooks(columns))


def _scores(book: Gradebook) -> Iterable[tuple]:
    columns = (
        Assignment.name, SubmittedAssignment.student_id, BaseCell.__table__.c.name, Grade.score,
        Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade,
    )  # fmt: skip
    base = BaseCell.__table__
    return book.db.execute(
        _of_notebooks(columns)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(base, base.c.id == Grade.cell_id)
    )


def _of_notebooks(columns: tuple) -> select:
    return (
        select(*columns)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    )


def _chapter(name: str, cells: list[tuple[str, float]]) -> Chapter:
    texts: dict[Language, Texts] = {}
    for language in ("ko", "en"):
        try:
            texts[language] = load_texts(name, language)
        except CourseError:
            continue
    order = {exercise: i for i, exercise in enumerate(texts["ko"].hints if "ko" in texts else ())}
    cells = sorted(cells, key=lambda cell: (order.get(cell[0], len(order)), cell[0]))
    return Chapter(name, tuple(Exercise(*cell) for cell in cells), texts=texts)


def _read(path: Path, chapter: str) -> Report | None:
    """A stored report; None if it is not one, or of another chapter."""
    try:
        report = Report.from_json(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError, AttributeError, TypeError):
        return None
    return report if report.chapter == chapter and _is_sound(report) else None


def _is_sound(report: Report) -> bool:
    """Whether the parts that are shown have their types."""
    refusal = report.refusal
    texts = [*report.killed, *report.answered]
    if refusal is not None:
        if not isinstance(refusal, dict):
            return False
        texts += [refusal.get("ko"), refusal.get("en")]
    for mark in report.marks:
        texts += [mark.exercise, mark.verdict, mark.mistake, *mark.forbidden]
        if type(mark.passed) is not int or type(mark.cases) is not int:
            return False
    return all(isinstance(text, str) for text in texts)
