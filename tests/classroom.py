"""For the tests of batches: a class that hands in, made-up reports, end states, and survivors."""

import contextlib
import ctypes
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, inspect, text
from traitlets.config import Config

from autograde import bulk, intake
from autograde.exercise import load
from autograde.grade import Mark, Report
from autograde.gradebook import CourseFolder
from autograde.sandbox import CGROUPS
from autograde.worker import Task

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "ch03_gradient_descent"
POINTS = {exercise.name: exercise.points for exercise in load(CHAPTER).values()}
SEED = 20_261_121
GONE = 60.0  # seconds; a process that was importing torch ends once it has


# ------------------------------------------------------------------ handing in


def answers() -> dict[str, str]:
    """The right answers of the chapter, by exercise."""
    path = ROOT / "solutions" / CHAPTER / f"{CHAPTER}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    return {n: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", sources[n]) for n in POINTS}


def notebook(solved: int, language: str = "en", first: str = "", last: str = "") -> bytes:
    """The chapter with so many exercises solved, and no figures: it runs in a second.

    first, last: code at its start, at its end.
    """
    made = intake.template(CHAPTER, language).copy()
    right = dict(list(answers().items())[:solved])
    cells = [] if not first else [nbformat.v4.new_code_cell(first, id="first")]
    for cell in nbformat.from_dict(json.loads(json.dumps(made))).cells:
        name = intake.grade_id(cell)
        cell.source = right.get(name, cell.source)
        cells.append(cell)
    if last:
        cells.append(nbformat.v4.new_code_cell(last, id="last"))
    made = nbformat.v4.new_notebook(cells=cells)
    return nbformat.writes(made).encode()


def hand_in(course: Path, learner: str, data: bytes, chapter: str = CHAPTER) -> None:
    folder = course / "submitted" / learner / chapter
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{chapter}.ipynb").write_bytes(data)
    (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")


def make_class(course: Path, size: int) -> Path:
    """A course folder in which so many learners have handed in; one file is broken."""
    course.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for number in range(size):
        data = notebook(number % (len(POINTS) + 1), ("en", "ko")[number % 2])
        hand_in(course, f"learner{number:02}", data if number != 1 else data[: len(data) // 2])
    return course


def opened(course: Path, **given: str) -> CourseFolder:
    """The course folder as nbgrader would open it; given: of CourseDirectory."""
    config = Config()
    config.CourseDirectory.update(root=str(course), course_id="pytorch-by-hand", **given)
    return CourseFolder(CourseDirectory(config=config), config)


def made_up(task: Task) -> Report:
    """A report from nothing but the task, in no time: always the same for the same task."""
    digest = hashlib.sha256(task.data).hexdigest()
    luck = hashlib.sha256(f"{digest}{task.seed}".encode()).digest()
    marks = tuple(
        Mark(name, points, luck[i] % 5 / 4, "passed", luck[i] % 5, 4, "", ())
        for i, (name, points) in enumerate(POINTS.items())
    )
    try:
        intake.take(task.data, task.chapter)
        refusal = None
    except intake.Refused as refused:
        refusal = {each: refused.sentence(each) for each in intake.LANGUAGES}
    made = nbformat.from_dict(json.loads(json.dumps(intake.template(task.chapter, "en"))))
    made.cells[0].source = f"{digest} {task.seed}"
    return Report(
        task.chapter, digest, task.seed, "en", refusal, marks, (), nbformat.writes(made) + "\n"
    )


def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes reports up, for batches in which only the batch itself is at work: without boxes."""
    monkeypatch.setattr(bulk, "do", made_up)
    monkeypatch.setattr(bulk, "why_fresh", lambda task: "")
    monkeypatch.setattr(bulk.sandbox, "require", lambda: None)


def grade(
    course: Path, db_url: str = "", say: Callable[[str], None] = str, **options
) -> bulk.Outcome:
    """Grades in this process, unless `workers` or `scheduler` say otherwise."""
    given = {"db_url": db_url} if db_url else {}
    with opened(course, **given) as folder:
        return bulk.grade_all(folder, bulk.Options(**{"workers": 1} | options), say=say)


def command(*arguments: str, path: str = "") -> dict:
    """What subprocess needs to run `make grade`'s command on this copy of the course."""
    keep = ("HOME", "LANG", "OMP_NUM_THREADS", "MPLBACKEND")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    scripts = str(Path(sys.executable).parent)
    env |= {"PYTHONPATH": str(ROOT), "PATH": path or f"{scripts}:{os.environ['PATH']}"}
    return {"args": [sys.executable, "-m", "autograde.bulk", *arguments], "env": env}


# ------------------------------------------------------------------ end states


def end_state(course: Path, db_url: str = "") -> dict:
    """Everything that a batch leaves, without what differs from run to run (times, row ids)."""
    reports = {}
    for path in sorted((course / "grading").glob("reports/*/*.json")):
        content = json.loads(path.read_text("utf-8"))
        reports[path.stem] = {k: v for k, v in content.items() if k not in ("seconds", "memory")}
    notebooks = {
        str(path.relative_to(course)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(course.glob("autograded/**/*"))
        if path.is_file()
    }
    return {"reports": reports, "autograded": notebooks, "gradebook": rows(course, db_url)}


def rows(course: Path, db_url: str = "") -> dict:
    """The gradebook: how many rows each table has, and every grade and comment by name."""
    engine = create_engine(db_url or f"sqlite:///{course}/gradebook.db")
    with engine.connect() as connection:
        tables = sorted(inspect(engine).get_table_names())
        counts = {t: connection.scalar(text(f'SELECT count(*) FROM "{t}"')) for t in tables}
        where = """ JOIN submitted_notebook n ON n.id = x.notebook_id
            JOIN submitted_assignment s ON s.id = n.assignment_id
            JOIN base_cell c ON c.id = x.cell_id"""
        grades = connection.execute(text(
            "SELECT s.student_id, s.timestamp, c.name, x.auto_score, x.manual_score, "
            f"x.needs_manual_grade, n.late_submission_penalty FROM grade x {where}"
        )).all()  # fmt: skip
        comments = connection.execute(text(
            f"SELECT s.student_id, c.name, x.auto_comment, x.manual_comment FROM comment x {where}"
        )).all()  # fmt: skip
    engine.dispose()
    # SQLite gives times as text and truth as 0 and 1, PostgreSQL as objects.
    plain = [(*row[:1], str(row[1])[:19], *row[2:5], bool(row[5]), row[6]) for row in grades]
    return {"counts": counts, "grades": sorted(plain, key=str),
            "comments": sorted(map(tuple, comments), key=str)}  # fmt: skip


def leftovers(course: Path) -> list[str]:
    """Files that no finished batch may leave: unfinished batches, half-written files."""
    found = [p for p in course.rglob("*") if p.name.endswith((".tmp", "-journal"))]
    return [str(path) for path in (*found, *course.glob("grading/unfinished/*"))]


# ------------------------------------------------------------------ processes


@contextlib.contextmanager
def orphans_come_here() -> Iterator[None]:
    """Whatever loses its parent becomes a child of this process, so that none is overlooked."""
    subreaper = 36  # PR_SET_CHILD_SUBREAPER
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(subreaper, 1, 0, 0, 0) == 0
    try:
        yield
    finally:
        libc.prctl(subreaper, 0, 0, 0, 0)


def descendants() -> list[psutil.Process]:
    """All living descendants of this process; dead ones are buried."""
    living = []
    for each in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error, ChildProcessError):
            if each.status() != psutil.STATUS_ZOMBIE:
                living.append(each)
            elif each.ppid() == os.getpid():
                os.waitpid(each.pid, os.WNOHANG)
    return living


def survivors(before: list[psutil.Process], but: str = "\0") -> list[str]:
    """The command lines of what is still there of processes started since, after some waiting.

    but: what stands in the command lines of those that may stay.
    """
    deadline = time.monotonic() + GONE
    while lines := [line for line in _lines(before) if but not in line]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return lines


def _lines(before: list[psutil.Process]) -> Iterator[str]:
    for each in descendants():
        with contextlib.suppress(psutil.Error):
            if each not in before:
                yield " ".join(each.cmdline()) or each.name()


def boxes(of: psutil.Process) -> list[psutil.Process]:
    """The sandboxes (bubblewrap processes) below a process."""
    return named(of, "bwrap")


def named(of: psutil.Process, name: str) -> list[psutil.Process]:
    """The processes of this name below a process."""
    found = []
    for each in below(of):
        with contextlib.suppress(psutil.Error):
            if each.name() == name:
                found.append(each)
    return found


def below(of: psutil.Process) -> list[psutil.Process]:
    try:
        return of.children(recursive=True)
    except psutil.Error:
        return []


def control_groups() -> list[Path]:
    """Control groups of graders that are gone."""
    found = [*CGROUPS.glob("pytorch-by-hand-*"), *CGROUPS.glob("*/pytorch-by-hand-*")]
    return [group for group in found if not Path("/proc", group.name.split("-")[3]).exists()]


def forked(work: Callable[[], None]) -> int:
    """Starts a copy of this process that only does this work; returns its pid.

    Its exit status is 0 if the work was done, 3 if it raised.
    """
    if pid := os.fork():
        return pid
    status = 3
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            work()
        status = 0
    finally:
        os._exit(status)


def ended(pid: int, seconds: float) -> int | None:
    """A child's exit status (negative: the signal), or None if it runs on after so long."""
    deadline = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.001)


def kill(process: psutil.Process | subprocess.Popen) -> bool:
    """Kills a process as nothing can prevent; whether it was there."""
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def made_up_or_killed(task: Task) -> Report:
    """A report, unless the submission is one that kills the process that grades it."""
    if b"KILL" in task.data:
        os.kill(os.getpid(), signal.SIGKILL)
    return made_up(task)
