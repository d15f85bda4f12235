"""The three doors to grading: `nbgrader autograde`, the formgrader's button, `make grade`.

Each is opened for real, in a course folder of its own, on the same class with the same seed: one
learner who is right and wrote an essay, one with half an answer and half a mark for it, and one
whose file is broken. Chapter 3 gets an essay for this.
"""

import contextlib
import http.cookiejar
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from course_folder import CHAPTER, KIM, by_hand, grades, hand_in, opened, settings, submission
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograde.grade import Report
from autograde.learner import wait_for_port
from autograde.nbgrader_plugin import NoGradingHere

ROOT = Path(__file__).resolve().parent.parent
SEED = 20261120
HALF = """def mse_gradient(W, x, y):
    slope = 2 * torch.mean((W * x - y) * x).reshape(1)
    return slope if x.shape[0] % 2 else slope + 1
"""
ESSAY = {
    "grade_id": "essay", "grade": True, "solution": True, "locked": False, "task": False,
    "points": 4, "schema_version": 3, "cell_type": "markdown",
}  # fmt: skip

pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ the course and its class


def notebook_of(root: Path, language: str) -> nbformat.NotebookNode:
    file = root / "notebooks" / language / CHAPTER / f"{CHAPTER}.ipynb"
    return nbformat.read(file, as_version=4)


def write(notebook: nbformat.NotebookNode, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)


def answers() -> dict[str, str]:
    """The right answers, as a learner would write them."""
    notebook = nbformat.read(ROOT / "solutions" / CHAPTER / f"{CHAPTER}.ipynb", as_version=4)
    sources = {c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in notebook.cells}
    return {k: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", v) for k, v in sources.items() if k}


def submit(root: Path, learner: str, language: str, given: dict[str, str]) -> None:
    notebook = notebook_of(root, language)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = given.get(cell.metadata.nbgrader.grade_id, cell.source)
    folder = root / "submitted" / learner / CHAPTER
    write(notebook, folder / f"{CHAPTER}.ipynb")
    (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
    (folder / "submission_secret.txt").write_text(f"secret of {learner}")


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Path:
    """The course folder as it is before anything is graded."""
    root = tmp_path_factory.mktemp("original")
    for name in ("helpers", "autograde", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for language in ("ko", "en"):
        notebook = notebook_of(root, language)
        notebook.cells.append(new_markdown_cell("YOUR ESSAY", metadata={"nbgrader": ESSAY}))
        write(notebook, root / "notebooks" / language / CHAPTER / f"{CHAPTER}.ipynb")
    submit(root, "kim", "ko", answers() | {"essay": "It **converges**."})
    submit(root, "lee", "en", {"mse-gradient": HALF})
    broken = root / "submitted" / "park" / CHAPTER / f"{CHAPTER}.ipynb"
    broken.parent.mkdir(parents=True)
    broken.write_text('{"cells": [')
    return root


def copy_of(original: Path, folder: Path, *config: str) -> Path:
    root = folder / "course"
    shutil.copytree(original, root)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write("\n".join(["", *config, ""]))
    return root


def environment(root: Path) -> dict[str, str]:
    own = {
        "PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "JUPYTER_CONFIG_DIR": str(root.parent / "jupyter"),
        "JUPYTER_DATA_DIR": str(root.parent / "jupyter-data"),
        "JUPYTER_RUNTIME_DIR": str(root.parent / "jupyter-runtime"),
        "IPYTHONDIR": str(root.parent / "ipython"),
    }
    return {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | own


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=root, env=environment(root), text=True, timeout=300,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def state(root: Path) -> dict[str, dict]:
    """Everything that grading leaves behind, less what may differ: times and a seed."""
    found = {}
    for learner in ("kim", "lee", "park"):
        text = (root / "grading" / "reports" / CHAPTER / f"{learner}.json").read_text("utf-8")
        report = Report.from_json(text)
        with Gradebook(f"sqlite:///{root}/gradebook.db", "pytorch-by-hand") as book:
            notebook = book.find_submission_notebook(CHAPTER, CHAPTER, learner)
            known = {
                "grades": {g.name: (g.auto_score, g.needs_manual_grade) for g in notebook.grades},
                "comments": {c.name: c.auto_comment for c in notebook.comments},
                "time": notebook.assignment.timestamp,
            }
        folder = root / "autograded" / learner / CHAPTER
        files = {f.name: f.stat().st_mode & 0o777 for f in folder.iterdir()}
        shown = [(c.source, c.get("outputs")) for c in nbformat.read(
            folder / f"{CHAPTER}.ipynb", as_version=4).cells]  # fmt: skip
        known |= {"files": files, "shown": shown, "marks": report.marks, "seed": report.seed}
        found[learner] = known
    return found


# ------------------------------------------------------------------ nbgrader's command


@pytest.fixture(scope="module")
def by_command(original, tmp_path_factory):
    """`nbgrader autograde`: the course folder and what the command said."""
    root = copy_of(original, tmp_path_factory.mktemp("command"))
    command = ("-m", "nbgrader", "autograde", CHAPTER, f"--TrustedAutograde.seed={SEED}")
    return root, run(root, *command), state(root)


def test_the_command_grades_what_it_can_and_says_what_it_refused(by_command):
    _, done, found = by_command
    assert done.returncode == 1
    assert f"park · {CHAPTER}: {CHAPTER}.ipynb is no whole notebook" in done.stdout
    assert "2 graded, 0 kept" in done.stdout
    assert f"--TrustedAutograde.seed={SEED}" in done.stdout
    assert "Traceback" not in done.stdout
    assert "SAWarning" not in done.stdout


def test_marks_partial_marks_and_what_waits_for_a_person(by_command):
    root, _, found = by_command
    kim, lee, park = (found[learner]["grades"] for learner in ("kim", "lee", "park"))
    assert kim["essay"] == (None, True)
    assert all(score and not waits for name, (score, waits) in kim.items() if name != "essay")
    assert submission(root, "kim")[0] == 13.0
    share = next(mark.share for mark in found["lee"]["marks"] if mark.exercise == "mse-gradient")
    assert 0 < share < 1
    assert lee["check-mse-gradient"] == (2.0 * share, False)
    assert lee["essay"] == (0.0, False)
    assert set(park.values()) == {(None, True)}


# ------------------------------------------------------------------ make grade, the API, the button


def test_make_grade_leaves_the_same_state(original, by_command, tmp_path):
    root = copy_of(original, tmp_path)
    done = run(root, "-m", "autograde.bulk", CHAPTER, "--seed", str(SEED))
    assert done.returncode == 1, done.stdout
    assert state(root) == by_command[2]


IN_A_LOOP = f"""
import asyncio, json
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
app = NbGrader()
app.initialize([])
api = NbGraderAPI(app.coursedir, parent=app)
async def main():
    return [api.autograde({CHAPTER!r}, name) for name in ("kim", "lee", "park")]
print("RESULT", json.dumps(asyncio.run(main())))
"""


def test_nbgraders_api_leaves_the_same_state_inside_a_running_event_loop(
    original, by_command, tmp_path
):
    root = copy_of(original, tmp_path, f"c.TrustedAutograde.seed = {SEED}")
    done = run(root, "-c", IN_A_LOOP)
    results = json.loads(done.stdout.split("RESULT ")[1])
    assert [result["success"] for result in results] == [True, True, False]
    assert "park.ipynb is no" not in results[2]["error"]
    assert f"park · {CHAPTER}: {CHAPTER}.ipynb is no whole notebook" in results[2]["error"]
    assert state(root) == by_command[2]


class Formgrader:
    """A Jupyter server on a course folder, and somebody who is logged in."""

    def __init__(self, root: Path, log: Path) -> None:
        self.log = log
        arguments = ["--no-browser", "--allow-root", "--ServerApp.port=0", "--ServerApp.ip=127.0.0.1",
                     "--IdentityProvider.token=secret", f"--ServerApp.root_dir={root}"]  # fmt: skip
        with log.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyter", "server", *arguments],
                cwd=root, env=environment(root), stdout=file, stderr=file,
            )  # fmt: skip
        self.cookies = http.cookiejar.CookieJar()
        handler = urllib.request.HTTPCookieProcessor(self.cookies)
        self.browser = urllib.request.build_opener(handler)
        self.address = self._address()
        self.call("GET", "?token=secret")

    def _address(self) -> str:
        for _ in range(300):
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", self.log.read_text()):
                wait_for_port(int(found[1]))
                return f"{found[0]}formgrader"
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    def call(self, method: str, path: str, data: object = None) -> str:
        token = next((c.value for c in self.cookies if c.name == "_xsrf"), "")
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(
            self.address + path, body, {"X-XSRFToken": token}, method=method
        )
        with self.browser.open(request, timeout=120) as answer:
            return answer.read().decode()

    def api(self, method: str, path: str, data: object = None) -> object:
        return json.loads(self.call(method, f"/api{path}", data))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@contextlib.contextmanager
def formgrader(root: Path) -> Iterator[Formgrader]:
    server = Formgrader(root, root.parent / "server.log")
    try:
        yield server
    finally:
        server.stop()


def test_the_formgrader_does_all_of_it(original, by_command, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    root = copy_of(
        original, tmp_path, f"c.TrustedAutograde.seed = {SEED}", f"c.Exchange.root = {str(exchange)!r}"
    )  # fmt: skip
    with formgrader(root) as server:
        button(server)
        assert state(root) == by_command[2]
        notebook = manual_grading(server)
        by_an_instructor(server, notebook)
        again = server.api("POST", f"/submission/{CHAPTER}/kim/autograde", {})
        assert again["success"], again
        found = {g["name"]: g for g in server.api("GET", f"/grades?submission_id={notebook}")}
        assert found["essay"]["manual_score"] == 3.5
        assert found["essay"]["needs_manual_grade"]  # a person should see that it was regraded
        feedback_is_released(server, exchange)


def button(server: Formgrader) -> None:
    results = {
        learner: server.api("POST", f"/submission/{CHAPTER}/{learner}/autograde", {})
        for learner in ("kim", "lee", "park")
    }
    assert {name: result["success"] for name, result in results.items()} == {
        "kim": True, "lee": True, "park": False,
    }  # fmt: skip
    assert "is no whole notebook" in results["park"]["log"]


def manual_grading(server: Formgrader) -> str:
    """Opens the pages of manual grading; returns the id of kim's notebook."""
    listed = server.api("GET", f"/submitted_notebooks/{CHAPTER}/{CHAPTER}")
    assert {each["student"]: each["needs_manual_grade"] for each in listed} == {
        "kim": True, "lee": False, "park": True,
    }  # fmt: skip
    for page in ("", f"/{CHAPTER}", f"/{CHAPTER}/{CHAPTER}"):
        assert "Manual Grading" in server.call("GET", f"/gradebook{page}")
    notebook = next(each["id"] for each in listed if each["student"] == "kim")
    page = server.call("GET", f"/submissions/{notebook}/")
    assert page.count("맞았습니다") >= 7
    assert 'role="img"' in page and "border-left:6px solid #2e9e5b" in page  # cards, as they are
    assert "<strong>converges</strong>" in page
    return notebook


def by_an_instructor(server: Formgrader, notebook: str) -> None:
    """Gives a score and a comment."""
    found = {g["name"]: g for g in server.api("GET", f"/grades?submission_id={notebook}")}
    given = {"manual_score": 3.5, "extra_credit": 0.5}
    answer = server.api("PUT", f"/grade/{found['essay']['id']}", given)
    assert not answer["needs_manual_grade"]
    said = {c["name"]: c for c in server.api("GET", f"/comments?submission_id={notebook}")}
    server.api("PUT", f"/comment/{said['essay']['id']}", {"manual_comment": "*Why* does it?"})


def feedback_is_released(server: Formgrader, exchange: Path) -> None:
    for step in ("generate_feedback", "release_feedback"):
        done = server.api("POST", f"/assignment/{CHAPTER}/kim/{step}", {})
        assert done["success"], done
    (page,) = exchange.glob("pytorch-by-hand/feedback/*.html")
    text = page.read_text("utf-8")
    for words in ("17 / 17", "4 / 4", "<em>Why</em>", "강사의 말", "맞았습니다"):
        assert words in text
    assert "<script" not in text
    done = server.api("POST", f"/assignment/{CHAPTER}/generate_feedback", {})
    assert done["success"], done


# ------------------------------------------------------------------ again


def test_only_what_is_new_is_graded_again_and_feedback_follows(by_command):
    root, _, before = by_command
    assert run(root, "-m", "autograde.feedback").stdout.endswith("3 pages made, 0 up to date\n")
    by_hand(root, "check-gradient-step", manual_score=0.5)
    submit(root, "lee", "en", answers())
    (root / "submitted" / "lee" / CHAPTER / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")
    done = run(root, "-m", "nbgrader", "autograde", CHAPTER)
    assert "1 graded, 1 kept" in done.stdout
    after = state(root)
    assert after["kim"] == before["kim"]
    assert not grades(root)["check-gradient-step"]["needs_manual_grade"]
    assert submission(root, "lee")[0] == 13.0
    assert after["lee"]["time"].day == 21
    made = run(root, "-m", "autograde.feedback")
    assert (made.returncode, made.stdout.splitlines()[-1]) == (0, "2 pages made, 1 up to date")
    page = root / "feedback" / "kim" / CHAPTER / f"{CHAPTER}.html"
    assert "12.5 / 17" in page.read_text("utf-8")


def test_one_learner_can_be_graded_anew(by_command):
    root, *_ = by_command
    before = state(root)
    done = run(root, "-m", "nbgrader", "autograde", CHAPTER, "--student", "kim", "--force")
    assert done.returncode == 0, done.stdout
    after = state(root)
    assert after["kim"]["seed"] != before["kim"]["seed"]
    assert {name: after[name] for name in ("lee", "park")} == {
        name: before[name] for name in ("lee", "park")
    }


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("ch99_nothing",), "Nothing is handed in that matches ch99_nothing"),
        (
            (CHAPTER, "--student=new", "--Autograde.create_student=False"),
            "No student with ID 'new' exists",
        ),
    ],
)
def test_what_cannot_be_graded_is_one_sentence(by_command, arguments, words):
    root, *_ = by_command
    submit(root, "new", "en", {})
    done = run(root, "-m", "nbgrader", "autograde", *arguments)
    shutil.rmtree(root / "submitted" / "new")
    assert done.returncode == 1
    assert words in done.stdout
    assert "Traceback" not in done.stdout


# ------------------------------------------------------------------ no fourth door


@pytest.mark.parametrize("stage", ["sanitize_preprocessors", "autograde_preprocessors"])
def test_stock_autograding_is_stopped_before_it_runs_anything(tmp_path, caplog, stage):
    with opened(tmp_path) as course:
        course.register(CHAPTER)
    hand_in(tmp_path, "kim")
    trap = nbformat.v4.new_code_cell(f"open({str(tmp_path / 'ran')!r}, 'w')")
    file = tmp_path / "submitted" / "kim" / CHAPTER / f"{CHAPTER}.ipynb"
    write(nbformat.v4.new_notebook(cells=[trap]), file)
    config = settings(tmp_path, Autograde={stage: [NoGradingHere]})
    folder = CourseDirectory(config=config)
    folder.assignment_id = CHAPTER
    stock = Autograde(coursedir=folder, config=config)
    with caplog.at_level(logging.ERROR), pytest.raises(NbGraderException):
        stock.start()
    assert "Grading outside the sandbox was stopped" in caplog.text
    assert not (tmp_path / "ran").exists()
    with opened(tmp_path) as course:
        assert not course.autograded(*KIM.__dict__.values())


def test_the_settings_put_the_stop_in_both_places():
    from traitlets.config.loader import PyFileConfigLoader

    loaded = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert loaded.Autograde.sanitize_preprocessors == [NoGradingHere]
    assert loaded.Autograde.autograde_preprocessors == [NoGradingHere]
