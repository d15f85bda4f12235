"""An instructor's day in a real JupyterLab and a real Chromium, with nbgrader's exchange.

A chapter goes out, three learners hand in, and all that an instructor does about it is done with
the mouse, in the order of the fixtures below: each leaves its mark in the course folder and gives
what was then seen on the screen. All tests look at one and the same day.
"""

import contextlib
import os
import re
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy, copytree

import nbformat
import pytest
from classroom import CHAPTER, POINTS, ROOT, answers, opened
from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import default
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect
from traitlets.config import Config

from autograde import report
from autograde.build import chapters
from autograde.release import release
from helpers.check import load_texts
from helpers.words import say

COURSE = "pytorch-by-hand"
FULL = sum(POINTS.values())
MISTAKEN = "largest-stable-lr"  # in which park makes a mistake that has a name
OVERRIDE = 0.5
COMMENT = "Right idea: **twice** as far is still stable, $\\eta < 2/L$."
NAMES = {"kim": ("민지", "김"), "lee": ("Ann", "Lee"), "park": ("Jisu", "Park")}
EARNED = {
    "kim": FULL,
    "lee": sum(list(POINTS.values())[:3]),
    "park": FULL - POINTS[MISTAKEN],
}
GIVEN = EARNED | {"park": EARNED["park"] + OVERRIDE}
PATIENCE = 120_000  # milliseconds that a button may take
# Chromium's remark on the frame in which nbgrader itself shows its formgrader.
OF_NBGRADER = "An iframe which has both allow-scripts and allow-same-origin"

pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ the course and its people


@dataclass
class Day:
    """The course folder, the exchange, JupyterLab's log, and what went wrong in the browser."""

    root: Path
    exchange: Path
    log: Path
    context: BrowserContext
    troubles: list[str] = field(default_factory=list)
    lab: Page | None = None
    zip: Path | None = None  # the learner's copy in Korean

    @property
    def formgrader(self) -> FrameLocator:
        """The formgrader's page in JupyterLab."""
        return self.lab.frame_locator("#formgrader iframe")

    def go(self, *links: str) -> None:
        """Clicks on links in the formgrader, one after another."""
        for link in links:
            self.formgrader.get_by_role("link", name=link, exact=True).click()

    def row(self, name: str) -> Locator:
        """The row of the formgrader's table that has a cell of this text."""
        cell = self.lab.locator("td").filter(has_text=re.compile(f"^{re.escape(name)}$"))
        return self.formgrader.locator("tbody tr").filter(has=cell)

    def score(self, exercise: str) -> Locator:
        """The field of an exercise's mark on the page of a submission."""
        return self.formgrader.locator(f"#check-{exercise}")

    def press(self, row: str, column: str) -> str:
        """Presses the icon in a row, under the heading of a column; returns what came of it."""
        place = self.headings(column).index(column)
        self.row(row).locator("td").nth(place).locator("a").click()
        told = self.formgrader.get_by_role("dialog")
        expect(told).to_have_class(re.compile(r"\bin\b"), timeout=PATIENCE)
        text = told.inner_text()
        told.get_by_role("button", name="OK").click()
        told.wait_for(state="detached")
        return text

    def table(self, label: str) -> dict[str, dict[str, str]]:
        """The formgrader's table: its rows by what stands in a column, cells by their heading."""
        headings, table = self.headings(label), self.formgrader.locator("#main-table")
        expect(table).not_to_contain_text("Loading", timeout=PATIENCE)
        expect(table).not_to_contain_text("Please wait", timeout=PATIENCE)
        rows = [row.locator("td").all_inner_texts() for row in table.locator("tr").all()]
        named = [dict(zip(headings, map(str.strip, row), strict=True)) for row in rows]
        return {row[label]: row for row in named}

    def headings(self, known: str) -> list[str]:
        """The headings of the formgrader's table, of which one is known."""
        heads = self.formgrader.locator("thead th")
        heads.filter(has_text=re.compile(rf"^\s*{re.escape(known)}\s*$")).wait_for()
        return [" ".join(each.split()) for each in heads.all_inner_texts()]


def environment(home: Path, root: Path) -> dict[str, str]:
    """Somebody's own settings and files, and this course."""
    own = {
        "PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "EDITION": "en",
        "JUPYTER_CONFIG_DIR": str(home / "jupyter"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    return {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | own


@contextlib.contextmanager
def jupyterlab(root: Path, log: Path) -> Iterator[str]:
    """JupyterLab as `make lab EDITION=en` starts it, on a free port; gives its address."""
    extra = ["--no-browser", "--ServerApp.port=0", "--ServerApp.ip=127.0.0.1",
             "--IdentityProvider.token=secret"]  # fmt: skip
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "helpers.lab", "--edition", "en", "--", *extra],
            cwd=root, env=environment(root.parent / "instructor", root), stdout=file, stderr=file,
        )  # fmt: skip
    try:
        started = time.monotonic()
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/\S+ipynb", log.read_text())):
            assert process.poll() is None and time.monotonic() < started + 120, log.read_text()
            time.sleep(0.1)
        yield f"{found[0]}?token=secret"
    finally:
        process.terminate()
        process.wait(120)


def watch(context: BrowserContext, troubles: list[str]) -> None:
    """Notes errors and warnings of pages, what could not be fetched, and use of a network."""
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("console", lambda message: troubles.append(message.text)
               if message.type in ("error", "warning") and OF_NBGRADER not in message.text
               else None)  # fmt: skip
    context.on("response", lambda answer: troubles.append(f"{answer.status}: {answer.url}")
               if answer.status >= 400 else None)  # fmt: skip
    context.on("request", lambda request: troubles.append(f"network: {request.url}")
               if not request.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:"))
               else None)  # fmt: skip


@pytest.fixture(scope="module")
def day(tmp_path_factory, browser) -> Iterator[Day]:
    """The instructor has opened the course, and the formgrader from JupyterLab's menu."""
    base = tmp_path_factory.mktemp("day")
    root, exchange = base / "course", base / "exchange"
    for name in ("helpers", "autograde", "notebooks", "solutions"):
        copytree(ROOT / name, root / name)
    copy(ROOT / "nbgrader_config.py", root)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
    exchange.mkdir()
    exchange.chmod(0o777)
    with opened(root) as folder:
        for learner, (first, last) in NAMES.items():
            folder.book.add_student(learner, first_name=first, last_name=last)
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    seen = Day(root, exchange, base / "lab.log", context)
    context.set_default_timeout(PATIENCE)
    watch(context, seen.troubles)
    with jupyterlab(root, seen.log) as address:
        seen.lab = context.new_page()
        seen.lab.goto(address)
        seen.lab.get_by_text("| Idle").wait_for()  # all is drawn
        seen.lab.get_by_role("menuitem", name="Nbgrader").click()
        seen.lab.get_by_role("menuitem", name="Formgrader", exact=True).click()
        seen.formgrader.get_by_role("link", name=CHAPTER).wait_for()
        yield seen
        context.close()


def exchange(day: Day, learner: str, step: type) -> None:
    """What a learner's `nbgrader fetch_assignment`, `submit` and `fetch_feedback` do."""
    config, home = Config(), day.root.parent / learner
    config.CourseDirectory.update(course_id=COURSE, assignment_id=CHAPTER, student_id=learner)
    config.Exchange.update(
        root=str(day.exchange), assignment_dir=str(home), cache=str(home / "cache")
    )
    step(CourseDirectory(config=config), Authenticator(config=config), config=config).start()


# ------------------------------------------------------------------ the day, step by step


@pytest.fixture(scope="module")
def listed(day) -> dict[str, dict[str, str]]:
    """The first page of the formgrader."""
    return day.table("Name")


@pytest.fixture(scope="module")
def released(day, listed) -> dict[str, str]:
    """The chapter is released through the exchange, and its Korean edition as a zip."""
    day.zip = Path(f"{release('ko', day.root.parent / 'dist')}.zip")
    told = {column: day.press(CHAPTER, column) for column in ("Generate", "Release")}
    return told | {"Status": day.table("Name")[CHAPTER]["Status"]}


def write_answers(home: Path, given: dict[str, str]) -> None:
    file = home / CHAPTER / f"{CHAPTER}.ipynb"
    made = nbformat.read(file, as_version=4)
    for cell in made.cells:
        cell.source = given.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(made, file)


@pytest.fixture(scope="module")
def collected(day, released) -> dict[str, str]:
    """Three learners have got the chapter, solved it and handed it in; it is collected."""
    right = answers()
    assert "return 2 / L" in right[MISTAKEN]
    wrong = right[MISTAKEN].replace("return 2", "return 1")
    given = {"lee": dict(list(right.items())[:3]), "park": right | {MISTAKEN: wrong}}
    for learner in given:
        exchange(day, learner, default.ExchangeFetchAssignment)
    kim = day.root.parent / "kim"
    with zipfile.ZipFile(day.zip) as file:
        file.extractall(kim)
    (kim / day.zip.stem / "notebooks" / "ko" / CHAPTER).rename(kim / CHAPTER)
    for learner, written in (given | {"kim": right}).items():
        write_answers(day.root.parent / learner, written)
        exchange(day, learner, default.ExchangeSubmit)
    told = day.press(CHAPTER, "Collect")
    return {"told": told, "number": day.table("Name")[CHAPTER]["# Submissions"]}


@pytest.fixture(scope="module")
def graded(day, collected) -> dict[str, dict]:
    """Autograde is pressed for each: the table before, what was told, the table after."""
    day.row(CHAPTER).get_by_role("link", name="3", exact=True).click()
    day.formgrader.get_by_role("heading", name="Manage Submissions").wait_for()
    before = day.table("Student ID")
    told = {learner: day.press(learner, "Autograde") for learner in NAMES}
    return {"before": before, "told": told, "after": day.table("Student ID")}


def manual_grading(day: Day, learner: str) -> None:
    """Opens a learner's submission by way of Manual Grading."""
    day.go("Manual Grading", CHAPTER)
    day.formgrader.get_by_text("Notebook ID").wait_for()
    day.formgrader.locator("#main-table").get_by_role("link", name=CHAPTER).click()
    expect(day.formgrader.get_by_role("link", name="Submission #")).to_have_count(
        len(NAMES), timeout=PATIENCE
    )
    day.formgrader.get_by_role("button", name="Show All Names").click()
    name = ", ".join(reversed(NAMES[learner]))
    day.formgrader.get_by_role("link", name=name, exact=True).click()
    for name in (f"check-{MISTAKEN}", f"{MISTAKEN}-comment"):  # both are loaded
        day.formgrader.locator(f"#{name}[placeholder]").wait_for()


@pytest.fixture(scope="module")
def overridden(day, graded) -> dict[str, str]:
    """Park's submission is opened, a mark overridden, a comment written; then it is reopened."""
    manual_grading(day, "park")
    page = day.formgrader
    seen = {
        "automatic": day.score(MISTAKEN).get_attribute("placeholder"),
        "card": page.locator(".output", has_text="This is the mistake").inner_text(),
        "formulas": page.locator("math mfrac").count(),
        "prose": " ".join(page.locator(".text_cell_render").all_inner_texts()),
    }
    with day.lab.expect_response(lambda answer: "/api/grade/" in answer.url):
        day.score(MISTAKEN).fill(str(OVERRIDE))
        day.score(MISTAKEN).press("Tab")  # nbgrader's own: to the next field
    expect(page.locator(f"#check-{MISTAKEN}_extra_credit")).to_be_focused(timeout=PATIENCE)
    with day.lab.expect_response(lambda answer: "/api/comment/" in answer.url):
        page.locator(f"#{MISTAKEN}-comment").fill(COMMENT)
        page.locator(f"#{MISTAKEN}-comment").press("Escape")  # nbgrader's own: leaves the field
    manual_grading(day, "park")
    seen["mark"] = day.score(MISTAKEN).input_value()
    seen["comment"] = page.locator(f"#{MISTAKEN}-comment").input_value()
    return seen


@pytest.fixture(scope="module")
def feedback(day, overridden) -> dict[str, object]:
    """Feedback is generated and released; two learners fetch theirs and open the page."""
    day.go("Manual Grading", "Manage Assignments")
    buttons = ("Generate Feedback", "Release Feedback")
    seen: dict[str, object] = {column: day.press(CHAPTER, column) for column in buttons}
    for learner in ("kim", "park"):
        exchange(day, learner, default.ExchangeFetchFeedback)
        (page,) = (day.root.parent / learner).glob(f"{CHAPTER}/feedback/*/{CHAPTER}.html")
        seen[learner] = day.context.new_page()
        seen[learner].goto(page.as_uri())
    return seen


@pytest.fixture(scope="module")
def class_reports(day, overridden) -> dict[str, Page]:
    """`make report` in both languages, opened in the browser."""
    pages = {}
    for language in ("ko", "en"):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(day.root)
            assert report.main(["--edition", language]) == 0
        pages[language] = day.context.new_page()
        pages[language].goto((day.root / "grading" / "report.html").as_uri())
    return pages


# ------------------------------------------------------------------ what was seen


def test_the_menu_opens_the_formgrader_which_has_every_chapter(listed):
    assert list(listed) == chapters()


def test_a_chapter_is_released(day, released):
    assert released["Status"] == "released"
    assert "Successfully created the student version" in released["Generate"]
    assert "Successfully released" in released["Release"]
    (sent,) = day.exchange.glob(f"{COURSE}/outbound/{CHAPTER}/*.ipynb")
    assert sent.read_bytes() == (ROOT / "notebooks" / "en" / CHAPTER / sent.name).read_bytes()


def test_three_submissions_are_collected(collected):
    assert "Successfully collected submissions" in collected["told"]
    assert collected["number"] == "3"


def test_autograde_shows_the_marks(graded):
    for learner, earned in EARNED.items():
        before, after = graded["before"][learner], graded["after"][learner]
        assert (before["Status"], before["Score"]) == ("needs autograding", "")
        assert (after["Status"], after["Score"]) == ("graded", f"{earned} / {FULL}")
        assert after["Student Name"] == ", ".join(reversed(NAMES[learner]))
        assert "1 graded, 0 kept, 0 refused, 0 failed" in graded["told"][learner]


def test_a_submission_names_the_mistake_and_draws_its_formulas_without_a_network(overridden):
    assert load_texts(CHAPTER, "en").mistakes[MISTAKEN]["one-over-L"] in overridden["card"]
    assert overridden["automatic"] == "0"
    assert overridden["formulas"] >= 1
    assert "$" not in overridden["prose"]


def test_an_overridden_mark_and_a_comment_stay(overridden):
    assert overridden["mark"] == str(OVERRIDE)
    assert overridden["comment"] == COMMENT


def test_the_learners_feedback_shows_the_override_the_total_and_the_comment(feedback):
    assert "Successfully generated feedback" in feedback["Generate Feedback"]
    assert "Successfully released feedback" in feedback["Release Feedback"]
    page = feedback["park"]
    assert page.locator(".total").inner_text() == f"Score {GIVEN['park']} / {FULL}"
    row = page.get_by_role("row", name=MISTAKEN)
    assert row.locator(".points").inner_text() == f"{OVERRIDE} / {POINTS[MISTAKEN]}"
    row.get_by_role("link", name="Comment").click()
    comment = page.locator(".comment")
    expect(comment).to_be_in_viewport(timeout=PATIENCE)
    assert comment.locator("strong").all_inner_texts() == ["Comment", "twice"]
    assert "".join(comment.locator("math").text_content().split()) == "η<2/L"


def test_feedback_comes_in_the_language_of_the_submission(feedback):
    page = feedback["kim"]
    assert page.locator(".total").inner_text() == f"점수 {FULL} / {FULL}"
    assert page.get_by_text(say("passed", "ko")).count() == len(POINTS)
    assert page.locator(".comment").count() == 0


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_class_reports_numbers_are_the_gradebooks(day, class_reports, language):
    class_report = class_reports[language]
    title = "Gradient descent by hand" if language == "en" else "손으로 하는 경사하강법"
    assert title in class_report.locator("details.chapter summary").inner_text()
    with Gradebook(f"sqlite:///{day.root}/gradebook.db", COURSE) as book:
        for learner, (first, last) in NAMES.items():
            submission = book.find_submission(CHAPTER, learner)
            scores = {grade.name: grade.score for grade in submission.notebooks[0].grades}
            name = last + first if learner == "kim" else f"{first} {last}"
            row = class_report.locator("table.heat tbody tr").filter(has_text=name)
            cells = [float(text.split()[0]) for text in row.locator("td").all_inner_texts()]
            assert cells == [*(scores[f"check-{name}"] for name in POINTS), submission.score]
            assert submission.score == GIVEN[learner]
    shares = [score / FULL for score in GIVEN.values()]
    means = class_report.locator("table.heat .means td").last
    assert means.inner_text() == f"{100 * sum(shares) / 3:.0f}%"
    tiles = class_report.locator(".tiles").first.locator("dd").all_inner_texts()
    assert tiles[:6] == ["3", "3", "3", "0", "0", "0"]
    mistakes = class_report.locator("table.mistakes tbody tr")
    assert [MISTAKEN in text and "Jisu Park" in text for text in mistakes.all_inner_texts()] == [
        True
    ]


def test_nothing_went_wrong_in_the_browser_and_no_program_stopped(day, feedback, class_reports):
    assert day.troubles == []
    log = day.log.read_text()
    assert "Traceback" not in log
    assert [line for line in log.splitlines() if line.startswith("[E")] == []
