"""nbgrader on the course's own directories: its real commands, on a class of learners.

Everything runs in a copy of the course, so nothing is left in the tree: the releases of all
chapters, then chapter 3 handed in by five made-up learners, graded in the sandbox, given feedback
and exported. The other doors to grading are in tests/test_grading_doors.py.
"""

import ast
import csv
import html
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from traitlets.config.loader import PyFileConfigLoader

from autograde.build import chapters, given_files
from autograde.grade import Report
from helpers.check import load_cases, load_texts
from helpers.words import say

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(path.stem for path in (ROOT / "solutions").glob("ch*/ch*.ipynb"))
CHAPTER = "ch03_gradient_descent"
EXERCISES = load_cases(CHAPTER)
HALF = list(EXERCISES)[: len(EXERCISES) // 2]
FULL_MARKS = sum(exercise.points for exercise in EXERCISES.values())

# exercise: what a slip makes of the right answer, and which known mistake that is. The third
# calls two answers that are wrong themselves, so it is no known mistake in this class.
SLIPS = {
    "mse-gradient": ("2 * torch.mean", "torch.mean", "missing-2"),
    "equivalent-lr": ("lr * n / 2", "lr * n", "forgets-2"),
    "gradient-step": ("W - lr", "W + lr", "ascends"),
    "gradient-descent": ("range(steps)", "range(steps + 1)", None),
    "bias-gradient": ("W * x + b - y", "W * x - y", "forgets-b"),
    "numerical-gradient": ("(2 * eps)", "eps", "forgets-2"),
    "largest-stable-lr": ("2 / L", "1 / L", "one-over-L"),
}
# Seven ways to write on stderr; the last two go round Python's sys.stderr.
NOISE = """
import logging, os, sys, torch, warnings
warnings.warn("noise: warning")
print("noise: print", file=sys.stderr)
logging.getLogger("noise").error("noise: logging")
LOGGER.error("noise: a logger made before")
torch.range(0, 1)
sys.__stderr__.write("noise: the first stderr")
os.write(2, b"noise: file descriptor 2")
"""

pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ the course, copied


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course whose releases are stale, with other things beside them."""
    root = tmp_path_factory.mktemp("course")
    for name in ("solutions", "helpers", "autograde", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for path in root.glob("notebooks/*/ch*/*.ipynb"):
        path.write_text("stale")
    for path in root.glob("solutions/ch*"):  # as chapter 23's notebook makes them of the answers
        (path / "model.py").write_text("answers")
    for edition in ("ko", "en"):
        (root / "notebooks" / edition / "start.ipynb").write_text("the learner's own")
    return root


def nbgrader(course: Path, *arguments: str, edition: str = "") -> subprocess.CompletedProcess[str]:
    """Runs an nbgrader command in the copy, with nobody's settings but the course's."""
    own = {
        "PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(course),
        "PYTHONUNBUFFERED": "1",
        "EDITION": edition,
        "JUPYTER_CONFIG_DIR": str(course.parent / "jupyter"),
        "IPYTHONDIR": str(course.parent / "ipython"),
    }
    environment = {
        k: v for k, v in os.environ.items() if k not in ("COURSE_PROGRESS", "MPLBACKEND")
    }
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course, env=environment | own, text=True, timeout=300,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def releases(course) -> dict[str, subprocess.CompletedProcess[str]]:
    """generate_assignment of every chapter at once, in both editions; the Korean one last."""
    command = ("generate_assignment", "ch*")
    return {edition: nbgrader(course, *command, edition=edition) for edition in ("en", "ko")}


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def released(course: Path, edition: str) -> NotebookNode:
    return read(course / "notebooks" / edition / CHAPTER / f"{CHAPTER}.ipynb")


# ------------------------------------------------------------------ releasing


@pytest.mark.parametrize("edition", ["ko", "en"])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_generate_assignment_gives_the_committed_edition_byte_for_byte(
    course, releases, chapter, edition
):
    assert releases[edition].returncode == 0, releases[edition].stdout
    own = course / "notebooks" / edition / chapter / f"{chapter}.ipynb"
    committed = ROOT / "notebooks" / edition / chapter / f"{chapter}.ipynb"
    assert own.read_bytes() == committed.read_bytes()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_release_holds_what_is_given_and_no_source_and_can_be_written(course, releases, chapter):
    folder = course / "notebooks" / "ko" / chapter
    given = given_files(chapter)
    assert {path.name for path in folder.iterdir()} == {f"{chapter}.ipynb", *given}
    for name in (f"{chapter}.ipynb", *given):
        assert (folder / name).stat().st_mode & 0o777 == 0o644
    for name in given:
        assert (folder / name).read_bytes() == (ROOT / "solutions" / chapter / name).read_bytes()


def test_generate_assignment_leaves_what_stands_beside_a_release(course, releases):
    for edition in ("ko", "en"):
        assert (course / "notebooks" / edition / "start.ipynb").read_text() == "the learner's own"


def test_a_wrong_edition_is_one_sentence(course):
    refused = nbgrader(course, "generate_assignment", CHAPTER, edition="fr")
    assert refused.returncode == 1
    assert refused.stdout == 'There is no edition "fr": set EDITION to ko or en.\n'


def test_the_settings_do_not_touch_the_process_that_reads_them(monkeypatch):
    # JupyterLab reads them as well, and would hand COURSE_PROGRESS=off to a learner's kernel.
    monkeypatch.setenv("EDITION", "en")
    before = dict(os.environ)
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert settings.CourseDirectory.release_directory == "notebooks/en"
    assert dict(os.environ) == before


# ------------------------------------------------------------------ a class of learners


def solutions(course: Path) -> dict[str, str]:
    """The right answer to each exercise, as a learner would write it."""
    cells = read(course / "solutions" / CHAPTER / f"{CHAPTER}.ipynb").cells
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    return {name: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", sources[name]) for name in EXERCISES}


def secret_lines(course: Path) -> dict[str, set[str]]:
    """The lines of each solution that tell something and stand nowhere in a release."""
    public = "\n".join(cell.source for cell in released(course, "ko").cells)
    lines = {name: answer.splitlines() for name, answer in solutions(course).items()}
    return {
        name: {
            line.strip() for line in each if len(line.strip()) > 8 and line.strip() not in public
        }
        for name, each in lines.items()
    }


def slipped(name: str, answer: str) -> str:
    """The answer with the exercise's slip in its code (the docstring may say it right)."""
    right, wrong, _ = SLIPS[name]
    head, code = answer.rsplit('"""', 1)
    assert right in code, f"SLIPS is out of date: {name} has no {right!r}"
    return f'{head}"""{code.replace(right, wrong)}'


def noisy(answer: str) -> str:
    """The answer with a function that writes on stderr in every known way."""
    tree = ast.parse(answer)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    function.body[1:1] = ast.parse(NOISE).body
    return ast.unparse(tree)


def submission(
    course: Path, edition: str, answers: dict[str, str], demos: bool = False
) -> NotebookNode:
    """The released notebook with answers written in; without its demos it grades faster."""
    notebook = released(course, edition)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    if not demos:
        notebook.cells = without_demos(notebook)
    return notebook


def without_demos(notebook: NotebookNode) -> list[NotebookNode]:
    """The notebook's cells less those that are only looked at: most of the time goes there."""
    return [
        cell
        for cell in notebook.cells
        if "demo" not in cell.metadata.get("tags", []) and "plt.show" not in cell.source
    ]


def right(course: Path) -> NotebookNode:
    return submission(course, "ko", solutions(course))


def wrong(course: Path) -> NotebookNode:
    return submission(course, "ko", {n: slipped(n, a) for n, a in solutions(course).items()})


def half(course: Path) -> NotebookNode:
    answers = {name: answer for name, answer in solutions(course).items() if name in HALF}
    return submission(course, "en", answers, demos=True)


def careless(course: Path) -> NotebookNode:
    notebook = submission(course, "ko", {n: noisy(a) for n, a in solutions(course).items()})
    code = "import logging\nlogging.basicConfig()\nLOGGER = logging.getLogger()"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(code))
    return notebook


def cheating(course: Path) -> NotebookNode:
    notebook = submission(course, "ko", {})
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            cell.source = "pass"
            about.update(points=100, locked=False)
    return notebook


CLASS: dict[str, Callable[[Path], NotebookNode]] = {
    made.__name__: made for made in (right, wrong, half, careless, cheating)
}


EARNED = {"right": EXERCISES, "half": HALF, "careless": EXERCISES, "cheating": ()}


@pytest.fixture(scope="module")
def graded(course, releases) -> Path:
    """The class handed in, autograded, given feedback and exported."""
    assert releases["ko"].returncode == 0, releases["ko"].stdout
    for learner, make in CLASS.items():
        folder = course / "submitted" / learner / CHAPTER
        folder.mkdir(parents=True)
        nbformat.write(make(course), folder / f"{CHAPTER}.ipynb")
    for command in (
        ("autograde", CHAPTER, "--TrustedAutograde.seed=5"),
        ("generate_feedback", CHAPTER),
        ("export", "--to", "grades.csv"),
    ):
        done = nbgrader(course, *command)
        assert done.returncode == 0, done.stdout
    return course


@pytest.fixture(scope="module")
def feedback(graded) -> dict[str, str]:
    """Each learner's feedback page as text."""

    def text(learner: str) -> str:
        page = (graded / "feedback" / learner / CHAPTER / f"{CHAPTER}.html").read_text("utf-8")
        return html.unescape(re.sub(r"<[^>]*>", "", page))

    return {learner: text(learner) for learner in CLASS}


def cells_as_graded(course: Path, learner: str) -> dict[str, NotebookNode]:
    cells = read(course / "autograded" / learner / CHAPTER / f"{CHAPTER}.ipynb").cells
    return {cell.metadata.get("nbgrader", {}).get("grade_id", cell.id): cell for cell in cells}


def marks(course: Path, learner: str) -> dict[str, float]:
    """A learner's points by exercise, from the gradebook."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        submitted = book.find_submission(CHAPTER, learner)
        assert submitted.max_score == FULL_MARKS
        assert not submitted.needs_manual_grade
        return {g.name.removeprefix("check-"): g.score for g in submitted.notebooks[0].grades}


@pytest.mark.parametrize("learner", EARNED)
def test_the_gradebook_has_the_marks_that_each_learner_earned(graded, learner):
    earned = EARNED[learner]
    assert marks(graded, learner) == {n: e.points * (n in earned) for n, e in EXERCISES.items()}


def test_a_wrong_answer_earns_the_share_of_cases_that_pass(graded):
    text = (graded / "grading" / "reports" / CHAPTER / "wrong.json").read_text("utf-8")
    found = {mark.exercise: mark for mark in Report.from_json(text).marks}
    for name, score in marks(graded, "wrong").items():
        assert score == EXERCISES[name].points * found[name].share < EXERCISES[name].points


def test_the_exported_csv_has_the_same_marks(graded):
    with (graded / "grades.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == CHAPTER]
    exported = {row["student_id"]: float(row["score"]) for row in rows}
    assert exported == {learner: sum(marks(graded, learner).values()) for learner in CLASS}
    assert {float(row["max_score"]) for row in rows} == {FULL_MARKS}


def test_feedback_names_the_mistake_in_the_language_of_the_submission(feedback):
    mistakes = load_texts(CHAPTER, "ko").mistakes
    for name, (_, _, key) in SLIPS.items():
        if key is not None:
            assert mistakes[name][key] in feedback["wrong"]
    for learner, language, verdict in (
        ("right", "ko", "passed"),
        ("wrong", "ko", "different"),
        ("half", "en", "passed"),
        ("half", "en", "unattempted"),
        ("cheating", "ko", "unattempted"),
    ):
        assert say(verdict, language) in feedback[learner]
    assert say("passed", "ko") not in feedback["half"]


def test_feedback_shows_no_solution_that_the_learner_did_not_write(course, feedback):
    secrets = secret_lines(course)
    assert all(secrets.values())
    assert all(line in feedback["right"] for lines in secrets.values() for line in lines)
    for learner, unsolved in (("half", set(EXERCISES) - set(HALF)), ("cheating", EXERCISES)):
        for name in unsolved:
            assert not [line for line in secrets[name] if line in feedback[learner]]
    assert "SOLUTION" not in "".join(feedback.values())


def test_what_an_answer_writes_on_stderr_is_kept_out_of_the_graded_notebook(graded):
    # A warning is no mistake, and stock nbgrader takes all points from a check cell with one.
    for cell in cells_as_graded(graded, "careless").values():
        assert not [o for o in cell.get("outputs", []) if o.get("name") == "stderr"]


def test_a_check_cell_that_was_edited_is_restored(graded):
    cells = cells_as_graded(graded, "cheating")
    for name, exercise in EXERCISES.items():
        check = cells[f"check-{name}"]
        assert check.source == f'check("{name}", {exercise.answer_name})'
        assert check.metadata.nbgrader.points == exercise.points
        assert say("unattempted", "ko") in check.outputs[-1].data["text/plain"]


def test_grading_leaves_no_progress_and_no_source_behind(graded):
    assert not (graded / ".progress").exists()
    given = {name for chapter in chapters() for name in given_files(chapter)}
    for folder in ("autograded", "feedback", "grading", "notebooks"):
        assert not [path for path in (graded / folder).rglob("*.py") if path.name not in given]


# ------------------------------------------------------------------ validating


@pytest.fixture(scope="module")
def validated(course, releases) -> dict[str, str]:
    """What `nbgrader validate` says of a released notebook, of a half and of a right one."""
    folder = course / "validate"
    folder.mkdir()
    notebooks = {"stub": submission(course, "en", {})}
    notebooks |= {made.__name__: made(course) for made in (half, right)}
    for name, notebook in notebooks.items():
        notebook.cells = without_demos(notebook)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    done = nbgrader(course, "validate", *(f"validate/{name}.ipynb" for name in notebooks))
    assert done.returncode == 0, done.stdout
    said = re.split(r"Validating '.*/(\w+)\.ipynb'", done.stdout)
    return {name: " ".join(text.split()) for name, text in zip(said[1::2], said[2::2], strict=True)}


def test_validate_passes_a_right_notebook(validated):
    assert "Success! Your notebook passes all the tests." in validated["right"]


@pytest.mark.parametrize("name, solved", [("stub", []), ("half", HALF)])
def test_validate_lists_what_is_not_attempted_and_nothing_else(validated, name, solved):
    said = validated[name]
    unsolved = [exercise for exercise in EXERCISES if exercise not in solved]
    assert f"VALIDATION FAILED ON {len(unsolved)} CELL(S)" in said
    assert "HAVE CHANGED" not in said
    for exercise in EXERCISES:
        assert (f"{exercise}: {say('unattempted', 'en')}" in said) == (exercise in unsolved)
