"""The whole corpus as one class: one batch, its gradebook, and what the batch says."""

from pathlib import Path

import classroom
import pytest
from attacks import corpus
from attacks.corpus import full, notebook
from conftest import lacking
from course_folder import opened
from nbgrader.api import Gradebook

from autograde.bulk import Options, grade_all
from autograde.exercise import load
from autograde.gradebook import Handed
from autograde.intake import REASONS
from autograde.sandbox import Limits, SandboxError, require

LIMITS = Limits(seconds=1.5, grace=1.5, total=60, memory=900 << 20, data=2 << 30, scratch=64 << 20)
CLASS = {each.name: each for each in corpus.everything() if not each.name.startswith("honest")}
CLASSMATES = ("anna", "before-denial", "김민지", "zoe")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The course folder after one batch on two workers, and what the batch said."""
    try:
        require()
    except SandboxError as error:
        lacking(str(error))
    root = tmp_path_factory.mktemp("course")
    for name, each in CLASS.items():
        each.write(root / "submitted" / name / each.chapter)
    honest = corpus.Submission("honest", "", corpus.data(notebook()), expected=full())
    for learner in CLASSMATES:
        honest.write(root / "submitted" / learner / honest.chapter)
    before = classroom.descendants()
    with opened(root) as course, classroom.orphans_come_here():
        outcome = grade_all(course, Options(workers=2, seed=77), LIMITS)
        left = classroom.survivors(before)
    # What batches are forked from stays for the next one.
    assert [line for line in left if "multiprocessing" not in line] == []
    return root, outcome


def marks(root: Path, learner: str, chapter: str) -> dict[str, float | None]:
    points = {name: made.points for name, made in load(chapter).items()}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        notebook = book.find_submission_notebook(chapter, chapter, learner)
        scores = {g.name.removeprefix("check-"): g.auto_score for g in notebook.grades}
    return {name: s if s is None else round(s / points[name], 6) for name, s in scores.items()}


@pytest.mark.parametrize("learner", CLASSMATES)
def test_an_honest_classmate_gets_full_marks(graded, learner):
    assert marks(graded[0], learner, corpus.CHAPTER) == full()


@pytest.mark.parametrize("name", [name for name, each in CLASS.items() if not each.refused])
def test_an_attack_gets_what_its_code_earned(graded, name):
    each = CLASS[name]
    wanted = {exercise: round(share, 6) for exercise, share in each.expected.items()}
    assert marks(graded[0], name, each.chapter) == wanted


@pytest.mark.parametrize("name", [name for name, each in CLASS.items() if each.refused])
def test_what_cannot_be_graded_is_refused_in_a_sentence_and_earns_nothing(graded, name):
    root, outcome = graded
    each = CLASS[name]
    sentence = outcome.refused[Handed(each.chapter, name)]
    assert sentence.startswith(REASONS[each.refused][1].split("{")[0])
    assert len(sentence) < 600 and "\n" not in sentence
    assert set(marks(root, name, each.chapter).values()) == {None}


def test_the_batch_counts_everybody_once(graded):
    _, outcome = graded
    refused = [Handed(each.chapter, name) for name, each in CLASS.items() if each.refused]
    assert outcome.graded == len(CLASS) - len(refused) + len(CLASSMATES)
    assert set(refused) <= outcome.refused.keys()
    # What stands beside them in their folders is no chapter of the course.
    others = [
        REASONS["no_chapter"][1].format(name=h.chapter)
        for h in outcome.refused.keys() - set(refused)
    ]
    assert all(sentence in outcome.refused.values() for sentence in others)
    assert not outcome.failed and not outcome.kept
    assert len(outcome.problems()) == len(outcome.refused)


def test_the_same_command_again_changes_nothing(graded):
    root, outcome = graded
    before = {path: path.read_bytes() for path in (root / "grading" / "reports").rglob("*.json")}
    with opened(root) as course:
        again = grade_all(course, Options(workers=2), LIMITS)
    assert again.graded == 0 and again.kept == outcome.graded
    assert again.refused == outcome.refused
    assert before == {p: p.read_bytes() for p in (root / "grading" / "reports").rglob("*.json")}
