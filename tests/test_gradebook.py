"""autograde.gradebook: what stands in nbgrader's gradebook and folders after a report is recorded.

Reports are made up here, so nothing is run; tests/test_grading_doors.py goes the whole way.
"""

import datetime
import shutil
import sqlite3
import stat
import warnings
from pathlib import Path

import nbformat
import pytest
from course_folder import (
    CHAPTER,
    FULL,
    KIM,
    POINTS,
    by_hand,
    grades,
    hand_in,
    opened,
    put,
    report,
    submission,
)
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from autograde import gradebook, intake
from autograde.gradebook import CourseFolder, CourseFolderError, Handed
from autograde.intake import EDITIONS, Refused

DUE = datetime.datetime(2026, 11, 20, 12)

# ------------------------------------------------------------------ a course folder


@pytest.fixture(scope="module")
def blank(tmp_path_factory) -> Path:
    """A gradebook that knows the chapter and nobody."""
    root = tmp_path_factory.mktemp("blank")
    with opened(root) as course:
        course.register(CHAPTER)
    return root / "gradebook.db"


@pytest.fixture
def root(tmp_path, blank) -> Path:
    """A course folder with one submission."""
    shutil.copy(blank, tmp_path / "gradebook.db")
    hand_in(tmp_path, "kim")
    return tmp_path


@pytest.fixture
def course(root):
    """The course folder, open."""
    with opened(root) as course:
        yield course


# ------------------------------------------------------------------ marks


def test_marks_are_the_share_of_the_points(root, course):
    put(course, report(share=0.5))
    found = grades(root)
    assert {name: g["auto_score"] for name, g in found.items()} == {
        f"check-{name}": points / 2 for name, points in POINTS.items()
    }
    time = datetime.datetime(2026, 11, 20, 10)
    assert submission(root) == (sum(POINTS.values()) / 2, 0.0, False, time)


def test_a_refused_submission_waits_for_a_person_and_inherits_nothing(root, course):
    put(course, report())
    put(course, report(refused=True))
    assert {g["auto_score"] for g in grades(root).values()} == {None}
    assert submission(root)[:3] == (0.0, 0.0, True)


def test_a_hand_given_score_outlives_a_new_grading_and_is_flagged(root, course):
    put(course, report(share=0.0))
    by_hand(root, "check-mse-gradient", manual_score=1.5, extra_credit=0.25)
    put(course, report(share=1.0, seed=2))
    found = grades(root)["check-mse-gradient"]
    assert (found["auto_score"], found["manual_score"], found["extra_credit"]) == (2.0, 1.5, 0.25)
    assert found["needs_manual_grade"]
    assert not grades(root)["check-gradient-step"]["needs_manual_grade"]


def test_what_is_in_place_stays_as_a_person_left_it(root, course):
    stored = course.store(KIM, report(refused=True))
    course.record(KIM, stored)
    by_hand(root, "check-mse-gradient", manual_score=1.0)
    assert course.is_in_place(KIM, stored)
    assert not grades(root)["check-mse-gradient"]["needs_manual_grade"]


@pytest.mark.parametrize(
    "undo",
    [
        "UPDATE grade SET auto_score = 99",
        "UPDATE submitted_assignment SET timestamp = '2020-01-01 00:00:00.000000'",
        "DELETE FROM grade",
        "DELETE FROM submitted_notebook",
    ],
)
def test_what_is_not_in_place_is_noticed(root, course, undo):
    stored = course.store(KIM, report())
    assert not course.is_in_place(KIM, stored)
    course.record(KIM, stored)
    assert course.is_in_place(KIM, stored)
    with sqlite3.connect(root / "gradebook.db") as database:
        database.execute(undo)
    database.close()
    assert not course.is_in_place(KIM, stored)


def test_a_changed_or_missing_notebook_is_noticed(course):
    stored = course.store(KIM, report())
    course.record(KIM, stored)
    file = course.autograded_notebook(KIM)
    content = file.read_bytes()
    file.unlink()
    assert not course.is_in_place(KIM, stored)
    file.write_bytes(content[:-1])
    assert not course.is_in_place(KIM, stored)


def test_untouched_answers_get_nbgraders_comment_and_a_persons_comment_stays(root, course):
    put(course, report(answered=("mse-gradient",)))
    by_hand(root, "gradient-step", manual_comment="Nearly.")
    put(course, report(answered=("mse-gradient", "bias-gradient"), seed=2))
    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        notebook = book.find_submission_notebook(CHAPTER, CHAPTER, "kim")
        comments = {each.name: each.comment for each in notebook.comments}
    assert comments["mse-gradient"] is comments["bias-gradient"] is None
    assert comments["gradient-step"] == "Nearly."
    assert comments["equivalent-lr"] == "No response."


class HalfOff(LateSubmissionPlugin):
    """A penalty of a point an hour; wants more than there is after a day."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600


def late(root: Path, time: str, **given: dict) -> tuple:
    hand_in(root, "kim", time)
    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        book.find_assignment(CHAPTER).duedate = DUE
        book.db.commit()
    with opened(root, **given) as course:
        put(course, report())
    return submission(root)[:2]


@pytest.mark.parametrize(
    "time, given, penalty",
    [
        ("2026-11-20 11:59:59 UTC", {"LateSubmissionPlugin": {"penalty_method": "zero"}}, 0.0),
        ("2026-11-20 14:00:00 UTC", {}, 0.0),
        ("2026-11-20 14:00:00 UTC", {"LateSubmissionPlugin": {"penalty_method": "zero"}}, FULL),
        ("2026-11-20 23:00:00+09:00", {"AssignLatePenalties": {"plugin_class": HalfOff}}, 2.0),
        ("2026-12-20 14:00:00 UTC", {"AssignLatePenalties": {"plugin_class": HalfOff}}, FULL),
    ],
)
def test_the_late_penalty_is_the_configured_plugins(root, time, given, penalty):
    assert late(root, time, **given) == (FULL, penalty)


def test_a_penalty_goes_when_it_is_no_longer_late(root):
    zero = {"LateSubmissionPlugin": {"penalty_method": "zero"}}
    assert late(root, "2026-11-20 14:00:00 UTC", **zero) == (FULL, FULL)
    assert late(root, "2026-11-20 11:00:00 UTC", **zero) == (FULL, 0.0)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "9" * 30, "2026-11-20 10:00:00 ../../etc/passwd", "\0", "é"]
)
def test_a_time_that_cannot_be_read_is_no_time(root, course, text):
    hand_in(root, "kim", text)
    put(course, report())
    assert submission(root)[3] is None


def test_recording_warns_of_nothing(root, course):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        put(course, report())
        put(course, report(seed=2))


def test_a_submission_is_recorded_whole_or_not_at_all(root, course, monkeypatch):
    put(course, report(share=0.5))

    def fail(*_):
        raise RuntimeError("out of electricity")

    monkeypatch.setattr(CourseFolder, "_penalise", fail)
    for learner in ("kim", "new"):
        with pytest.raises(RuntimeError):
            put(course, report(share=1.0), Handed(CHAPTER, learner))
    assert submission(root)[0] == FULL / 2
    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        assert [student.id for student in book.students] == ["kim"]


def test_an_unknown_learner_is_added_only_if_that_is_wanted(root, course):
    stored = course.store(KIM, report())
    with pytest.raises(CourseFolderError, match="No student with ID 'kim'"):
        course.record(KIM, stored, create=False)
    assert not course.is_in_place(KIM, stored)
    course.record(KIM, stored)
    course.record(KIM, stored, create=False)


# ------------------------------------------------------------------ files


def test_files_are_readable_and_what_nbgrader_wants_beside_them_is_there(root, course):
    secret = root / "submitted" / "kim" / CHAPTER / "submission_secret.txt"
    secret.write_text("s" * 5000)
    stale = root / "autograded" / "kim" / CHAPTER / "evil.py"
    stale.parent.mkdir(parents=True)
    stale.write_text("")
    put(course, report())
    files = {file.name: file for file in stale.parent.iterdir()}
    assert files.keys() == {f"{CHAPTER}.ipynb", "timestamp.txt", "submission_secret.txt"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files.values()} == {0o444}
    assert files["submission_secret.txt"].stat().st_size == 1000
    assert files["timestamp.txt"].read_text() == "2026-11-20 10:00:00 UTC\n"


def test_a_course_of_several_instructors_stays_writable_for_the_group(root):
    with opened(root, CourseDirectory={"groupshared": True}) as course:
        put(course, report())
        assert course.is_in_place(KIM, course.stored(KIM))
    for path in [*(root / "autograded").rglob("*"), *(root / "grading").rglob("*")]:
        wanted = 0o2770 if path.is_dir() else 0o660
        assert path.stat().st_mode & wanted == wanted, path


@pytest.mark.parametrize(
    "structure",
    [
        "{nbgrader_step}/{assignment_id}/{student_id}",
        "{student_id}/{nbgrader_step}/{assignment_id}",
        "all/{nbgrader_step}/{assignment_id}-{student_id}",
        "ABSOLUTE [1]/{nbgrader_step}/{student_id}/{assignment_id}",
    ],
)
def test_any_directory_structure_will_do(root, structure):
    structure = structure.replace("ABSOLUTE", str(root / "else where"))
    shutil.rmtree(root / "submitted")
    with opened(root, CourseDirectory={"directory_structure": structure}) as course:
        path = course.coursedir.format_path("submitted", "kim", CHAPTER)
        Path(path).mkdir(parents=True)
        (Path(path) / f"{CHAPTER}.ipynb").write_text("{}")
        assert course.handed_in() == course.handed_in("ch03*", "k?m") == [KIM]
        assert course.read(KIM) == b"{}"
        put(course, report())
        assert course.autograded() == [KIM]
        assert Path(course.coursedir.format_path("autograded", "kim", CHAPTER)).is_dir()


def test_what_is_no_submission_or_excluded_is_not_found(root):
    for name in ("lee", "park", ".hidden"):
        hand_in(root, name)
    (root / "submitted" / "kim" / ".ipynb_checkpoints").mkdir()
    (root / "submitted" / "README").write_text("")
    with opened(root, CourseDirectory={"student_id_exclude": "lee,choi"}) as course:
        assert course.handed_in() == [KIM, Handed(CHAPTER, "park")]
        assert course.handed_in(learner="lee") == []
    with opened(root, CourseDirectory={"notebook_id": "other*"}) as course:
        assert course.handed_in() == []


def test_a_learners_folder_may_not_be_a_link_but_the_instructors_may(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / "submitted").rename(elsewhere / "inbox")
    (root / "submitted").symlink_to(elsewhere / "inbox")
    with opened(root) as course:
        assert course.read(KIM) == b"{}"
        (elsewhere / "inbox" / "lee").symlink_to(elsewhere / "inbox" / "kim")
        with pytest.raises(Refused):
            course.read(Handed(CHAPTER, "lee"))


# ------------------------------------------------------------------ gradebooks that do not fit


def rename_a_cell(root: Path) -> None:
    with sqlite3.connect(root / "gradebook.db") as database:
        database.execute("UPDATE base_cell SET name='check-old' WHERE name='check-mse-gradient'")
    database.close()


def test_marks_on_another_release_stop_the_grading(root):
    with opened(root) as course:
        put(course, report())
    rename_a_cell(root)
    with opened(root) as course, pytest.raises(CourseFolderError) as stopped:
        put(course, report())
    assert "it lacks check-mse-gradient and it also has check-old" in str(stopped.value)


def test_a_release_that_nobody_was_graded_on_is_recorded_anew(root):
    rename_a_cell(root)
    with opened(root) as course:
        put(course, report())
    assert "check-mse-gradient" in grades(root)


def test_a_chapter_that_was_half_recorded_is_completed(root):
    with sqlite3.connect(root / "gradebook.db") as database:
        database.execute("DELETE FROM base_cell WHERE name LIKE '%gradient%'")
    database.close()
    with opened(root) as course:
        put(course, report())
    assert submission(root)[0] == FULL


def test_two_courses_do_not_mix_in_one_gradebook(root):
    with opened(root) as course:
        course.coursedir.course_id = "another"
        with pytest.raises(CourseFolderError, match="already holds .* for the course torch"):
            put(course, report())


def test_other_courses_in_the_same_gradebook_are_left_alone(root):
    with Gradebook(f"sqlite:///{root}/gradebook.db", "history") as book:
        book.add_assignment("essay")
    with opened(root) as course:
        put(course, report())
    with Gradebook(f"sqlite:///{root}/gradebook.db", "torch") as book:
        courses = {each.name: each.course_id for each in book.assignments}
    assert courses == {CHAPTER: "torch", "essay": "history"}


def no_database(file: Path) -> None:
    file.write_bytes(b"no database at all, but text" * 100)


def old(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("ALTER TABLE submitted_notebook DROP COLUMN late_submission_penalty")
    database.close()


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "spoil, words",
    [
        (no_database, "is damaged or no gradebook"),
        (old, "run `nbgrader db upgrade`"),
        (directory, "cannot be opened and written"),
    ],
)
def test_a_gradebook_that_cannot_be_used_is_one_sentence(root, spoil, words):
    spoil(root / "gradebook.db")
    with opened(root) as course, pytest.raises(CourseFolderError) as stopped:
        put(course, report())
    assert words in str(stopped.value)
    assert str(root / "gradebook.db") in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_gradebook_that_is_read_only_is_one_sentence(root):
    url = f"sqlite:///file:{root}/gradebook.db?mode=ro&uri=true"
    refused = pytest.raises(CourseFolderError, match="cannot be opened and written")
    with opened(root, CourseDirectory={"db_url": url}) as course, refused:
        put(course, report())


def test_a_password_in_the_address_is_not_shown(root, monkeypatch):
    with opened(root, CourseDirectory={"db_url": "sqlite:////no/kim:secret@where/x.db"}) as course:
        monkeypatch.setattr(course.coursedir, "db_url", "postgresql://kim:secret@host/x")
        assert gradebook._without_password(course.coursedir.db_url) == "postgresql://kim:…@host/x"


# ------------------------------------------------------------------ cells graded by hand


@pytest.fixture
def with_essays(tmp_path, monkeypatch):
    """A course whose chapter also has an essay, code to be read, and a task."""
    editions = tmp_path / "editions"
    shutil.copytree(EDITIONS, editions)
    for file in editions.glob(f"*/{CHAPTER}/*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        notebook.cells += hand_graded_cells()
        nbformat.write(notebook, file)
    monkeypatch.setattr(intake, "EDITIONS", editions)
    monkeypatch.setattr(gradebook, "EDITIONS", editions)
    intake.template.cache_clear()
    hand_in(tmp_path, "kim")
    yield tmp_path
    intake.template.cache_clear()


def hand_graded_cells() -> list[nbformat.NotebookNode]:
    """An essay, code for a person to read, and a task."""

    def about(name, kind, **more):
        return {
            "nbgrader": {
                "grade_id": name, "schema_version": 3, "cell_type": kind, "points": 4,
                "grade": True, "solution": True, "locked": False, "task": False,
            } | more
        }  # fmt: skip

    task = about("plan", "markdown", grade=False, solution=False, locked=True, task=True)
    return [
        nbformat.v4.new_markdown_cell("YOUR ANSWER", metadata=about("essay", "markdown")),
        nbformat.v4.new_code_cell("# your code", metadata=about("style", "code")),
        nbformat.v4.new_markdown_cell("Plan an experiment.", metadata=task),
    ]


def test_cells_graded_by_hand_wait_for_a_person_if_answered(with_essays):
    with opened(with_essays) as course:
        put(course, report(answered=("essay",)))
        stored = course.stored(KIM)
        assert course.is_in_place(KIM, stored)
    found = grades(with_essays)
    assert (found["essay"]["auto_score"], found["essay"]["needs_manual_grade"]) == (None, True)
    assert (found["style"]["auto_score"], found["style"]["needs_manual_grade"]) == (0.0, False)
    assert (found["plan"]["auto_score"], found["plan"]["needs_manual_grade"]) == (None, True)
    by_hand(with_essays, "essay", manual_score=3.0)
    assert submission(with_essays)[0] == FULL + 3.0
    with Gradebook(f"sqlite:///{with_essays}/gradebook.db", "torch") as book:
        notebook = book.find_submission_notebook(CHAPTER, CHAPTER, "kim")
        comments = {each.name: each.auto_comment for each in notebook.comments}
    assert (comments["essay"], comments["plan"]) == (None, None)
    assert comments["style"] == "No response."
