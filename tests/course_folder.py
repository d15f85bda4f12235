"""A class's course folder for tests: submissions, made-up reports, and a look at the gradebook."""

import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograde import intake
from autograde.exercise import load
from autograde.grade import Mark, Report
from autograde.gradebook import CourseFolder, Handed

CHAPTER = "ch03_gradient_descent"
POINTS = {exercise.name: exercise.points for exercise in load(CHAPTER).values()}
KIM = Handed(CHAPTER, "kim")
FULL = float(sum(POINTS.values()))


def settings(root: Path, **given: dict) -> Config:
    """nbgrader's settings for a course folder."""
    config = Config({section: Config(values) for section, values in given.items()})
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "torch"
    return config


def opened(root: Path, **given: dict) -> CourseFolder:
    """The course folder at `root` with settings like CourseDirectory={"groupshared": True}."""
    config = settings(root, **given)
    return CourseFolder(CourseDirectory(config=config), config)


def hand_in(root: Path, learner: str, time: str = "2026-11-20 10:00:00 UTC") -> None:
    """A submission of the chapter in the course folder."""
    folder = root / "submitted" / learner / CHAPTER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{CHAPTER}.ipynb").write_text("{}")
    (folder / "timestamp.txt").write_text(time)


def report(
    share: float = 1.0, refused: bool = False, answered: tuple[str, ...] = (), seed: int = 1
) -> Report:  # fmt: skip
    """A made-up report in which every exercise got the same share of its points."""
    marks = tuple(Mark(n, p, share, "passed", 1, 1, "", ()) for n, p in POINTS.items())
    refusal = {"ko": "왜", "en": "why"} if refused else None
    notebook = nbformat.writes(intake.template(CHAPTER, "en"))
    return Report(CHAPTER, "0" * 64, seed, "en", refusal, marks, answered, notebook)


def put(course: CourseFolder, given: Report, handed: Handed = KIM) -> None:
    """Stores and records a report."""
    course.record(handed, course.store(handed, given))


def grades(root: Path, learner: str = "kim") -> dict[str, dict[str, Any]]:
    """What the gradebook has on each graded cell, by grade id."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        notebook = book.find_submission_notebook(CHAPTER, CHAPTER, learner)
        return {grade.name: grade.to_dict() for grade in notebook.grades}


def by_hand(root: Path, name: str, **values: float | str | None) -> None:
    """Gives a score or a comment as the formgrader does."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        if "manual_comment" in values:
            found = book.find_comment(name, CHAPTER, CHAPTER, "kim")
        else:
            found = book.find_grade(name, CHAPTER, CHAPTER, "kim")
            found.needs_manual_grade = False
        for key, value in values.items():
            setattr(found, key, value)
        book.db.commit()


def submission(
    root: Path, learner: str = "kim"
) -> tuple[float, float, bool, datetime.datetime | None]:
    """Score, late penalty, whether a person has to look, and when it was handed in."""
    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        found = book.find_submission(CHAPTER, learner)
        return found.score, found.late_submission_penalty, found.needs_manual_grade, found.timestamp
