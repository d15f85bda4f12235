"""The corpus of tests/attacks, graded: nobody earns or loses a point that they should not.

One by one, in either kind of box; then as one class in one batch, in warm boxes, beside honest
classmates. Around them stand traps: files that must not change, sockets that must hear nothing,
a secret that must not come out.
"""

import base64
import contextlib
import hashlib
import json
import os
import socket
import sys
import sysconfig
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import classroom
import nbformat
import psutil
import pytest
import torch
from attacks import corpus
from attacks.corpus import CHAPTER, DAEMON, PORT, SECRET, SOCKET, data, full, notebook
from attacks.injection import MARK, NAMES
from conftest import lacking
from course_folder import opened
from nbgrader.api import Gradebook

from autograde import sandbox
from autograde.bulk import Options, grade_all
from autograde.exercise import load
from autograde.grade import Report, grade
from autograde.gradebook import Handed
from autograde.intake import REASONS, Refused, check_name, read, take
from autograde.sandbox import Box, Limits, SandboxError
from autograde.warm import Warm

try:
    BOXES = {"fresh": Box()}
except SandboxError as error:
    lacking(str(error))

LIMITS = Limits(seconds=1.5, grace=1.5, total=60, memory=900 << 20, data=2 << 30, scratch=64 << 20)
SEED = 20_11
HONEST = data(notebook())
CORPUS = {each.name: each for each in corpus.everything()}
RUNNING = [name for name, each in CORPUS.items() if not each.refused]
REFUSED = [name for name, each in CORPUS.items() if each.refused]
DANGEROUS = ("denial", "leaks", "harm")  # a classmate is graded after these
CLASSMATES = ("anna", "before-denial", "김민지", "zoe")
pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ traps


class Listener(threading.Thread):
    """Sockets of every kind that count who knocks."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        Path(SOCKET).unlink(missing_ok=True)
        self.heard = 0
        self.sockets = [
            self._open(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", PORT)),
            self._open(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", PORT)),
            self._open(socket.AF_UNIX, socket.SOCK_STREAM, SOCKET),
            self._open(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{SOCKET}"),
        ]
        Path(SOCKET).chmod(0o777)

    def _open(self, family: int, kind: int, address: object) -> socket.socket:
        one = socket.socket(family, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(address)
        if kind == socket.SOCK_STREAM:
            one.listen()
        one.settimeout(0.01)
        return one

    def knocks(self) -> int:
        """How often anybody called, so far."""
        for one in self.sockets:
            try:
                one.recvfrom(10) if one.type == socket.SOCK_DGRAM else one.accept()
                self.heard += 1
            except TimeoutError:
                pass
        return self.heard


@pytest.fixture(scope="module")
def traps(tmp_path_factory):
    """A home with a secret in it, in the environment, in shared folders and an open file."""
    home = tmp_path_factory.mktemp("home")
    for name in ("gradebook.db", "solutions/ch21.py", "submitted/classmate/ch21.ipynb", ".netrc"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SECRET)
        path.chmod(0o666)
    loose = [Path("/tmp/pytorch-by-hand-canary"), Path("/dev/shm/pytorch-by-hand-canary")]
    for path in loose:
        path.write_text(SECRET)
    inherited = os.open(home / ".netrc", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    before = dict(os.environ)
    os.environ["MPLCONFIGDIR"] = str(tmp_path_factory.mktemp("matplotlib"))
    os.environ.update(HOME=str(home), API_TOKEN=SECRET, DATABASE_URL=f"postgresql://{SECRET}")
    listener = Listener()
    yield home, listener
    os.environ.clear()
    os.environ.update(before)
    os.close(inherited)
    for one in listener.sockets:
        one.close()
    for path in [*loose, Path(SOCKET)]:
        path.unlink(missing_ok=True)


def state_outside(home: Path) -> dict[str, str]:
    """What may not change: the traps, Python, and the places where files would be planted."""
    files = [*home.rglob("*"), Path(sys.executable), Path(os.__file__), Path(torch.__file__)]
    state = {}
    for path in filter(Path.is_file, files):
        about = path.stat()
        state[str(path)] = f"{about.st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    packages, standard = sysconfig.get_path("purelib"), sysconfig.get_path("stdlib")
    for folder in (
        sys.prefix,
        sys.base_prefix,
        packages,
        standard,
        "/",
        "/usr",
        "/usr/lib",
        "/mnt",
    ):
        state[folder] = " ".join(sorted(path.name for path in Path(folder).iterdir()))
    return state


@contextlib.contextmanager
def nothing_changes(traps: tuple[Path, Listener]) -> Iterator[None]:
    """Nothing outside changes, nobody calls, and no control group is left."""
    home, listener = traps
    before = state_outside(home)
    yield
    assert not [p for p in psutil.process_iter(["cmdline"]) if DAEMON in (p.info["cmdline"] or [])]
    assert listener.knocks() == 0
    assert state_outside(home) == before
    course = [p for name in ("helpers", "autograde") for p in (corpus.ROOT / name).rglob("*.py")]
    assert not [path for path in course if b"PLANTED" in path.read_bytes()]
    own = f"pytorch-by-hand-{os.getpid()}-*"
    assert not [group for top in ("", "*/") for group in sandbox.CGROUPS.glob(top + own)]


@pytest.fixture(scope="module", autouse=True)
def _warm_boxes(traps):
    started = Warm()
    BOXES["warm"] = Box(tried=True, enter=started.enter)
    yield
    started.close()


@pytest.fixture(scope="module", params=["fresh", "warm"])
def way(request):
    """How a box is entered: see autograde.sandbox and autograde.warm."""
    return request.param


@pytest.fixture
def outside(traps):
    """As above, and nothing that was started stays alive (but the zygote of warm boxes)."""
    alive = processes()
    with nothing_changes(traps):
        yield
    assert processes() == alive


def processes() -> set[int]:
    """What this process has started and what is in boxes: the zygote, between submissions."""
    return {each.pid for each in psutil.Process().children(recursive=True)}


# ------------------------------------------------------------------ every submission


def shares(report: Report) -> dict[str, float]:
    return {mark.exercise: mark.share for mark in report.marks}


def outputs(notebook: str) -> str:
    """Everything that the cells of an autograded notebook show, cards and all."""
    return json.dumps([cell.get("outputs") for cell in json.loads(notebook)["cells"]])


def graded(content: bytes, way: str = "warm") -> Report:
    return grade(content, CHAPTER, SEED, BOXES[way], LIMITS)


@cache
def graded_once(name: str, way: str = "warm") -> Report:
    return graded(CORPUS[name].data, way)


def assert_shows_nothing_secret(notebook: str) -> None:
    shown = outputs(notebook)
    assert not [word for word in (SECRET, "WROTE", "DONE") if word in shown]


@pytest.mark.parametrize("name", RUNNING)
def test_a_submission_gets_what_it_earned_and_changes_nothing(name, outside, way):
    submission = CORPUS[name]
    started = time.monotonic()
    report = graded_once(name, way)
    assert report.refusal is None
    assert shares(report) == pytest.approx(submission.expected), report.killed
    assert time.monotonic() - started < LIMITS.total + 10
    assert_shows_nothing_secret(report.notebook)
    assert Report.from_json(report.json()) == report
    if name.startswith(DANGEROUS):
        assert shares(graded(HONEST, way)) == full()


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_with_its_reason(name, tmp_path, traps):
    submission = CORPUS[name]
    submission.write(tmp_path / CHAPTER)
    tracemalloc.start()
    with pytest.raises(Refused) as refused:
        take(read(tmp_path, CHAPTER, f"{CHAPTER}.ipynb"), CHAPTER)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.key == submission.refused
    assert peak < 300 << 20
    for language in ("ko", "en"):
        sentence = refused.value.sentence(language)
        assert f"{CHAPTER}.ipynb" in sentence
        assert sentence.isprintable() and len(sentence) < 500


def test_a_refused_submission_gives_a_report_without_marks():
    report = graded(b"no notebook")
    assert report.refusal.keys() == {"ko", "en"}
    assert set(shares(report).values()) == {0.0}
    said = "".join(json.loads(report.notebook)["cells"][0]["source"])
    assert report.refusal["ko"] in said and report.refusal["en"] in said


def test_a_classmate_is_graded_beside_an_attack(outside, way):
    with ThreadPoolExecutor() as pool:
        attack = pool.submit(graded, CORPUS["denial-cells"].data, way)
        while not attack.done():
            assert shares(graded(HONEST, way)) == full()
    assert shares(attack.result()) == CORPUS["denial-cells"].expected


def test_leftovers_of_an_earlier_submission_are_gone(way):
    for name in ("leftovers-1", "leftovers-2"):
        shown = outputs(graded_once(name, way).notebook)
        assert "looked for what others left" in shown
        assert "left-b" not in shown


# ------------------------------------------------------------------ injection


class Page(HTMLParser):
    """Everything in a piece of HTML that could do something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.active: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in (
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "link",
            "meta",
            "form",
            "a",
            "base",
        ):
            self.active.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("href", "src") or "url(" in (value or ""):
                self.active.append(f"{tag} {name}={value}")


@pytest.mark.parametrize("name", [name for name in CORPUS if name.startswith("injection")])
def test_nothing_of_a_learner_is_active_in_the_autograded_notebook(name):
    made = nbformat.reads(graded_once(name).notebook, as_version=4)
    for cell in made.cells:
        for output in cell.get("outputs", []):
            assert output["output_type"] in ("stream", "error", "display_data")
            html = output.get("data", {}).get("text/html", "")
            assert Page(html).active == []
            assert set(output.get("data", {})) <= {"text/html", "text/plain", "image/png"}
            if html:
                assert cell["metadata"]["nbgrader"]["grade_id"].startswith("check-")
            check_picture(output.get("data", {}).get("image/png"))
            shown = [html, output.get("data", {}).get("text/plain", ""), output.get("text", "")]
            shown += [
                output.get("ename", ""),
                output.get("evalue", ""),
                *output.get("traceback", []),
            ]
            assert all(c in "\n\t" or c.isprintable() for text in shown for c in text)
        if cell["cell_type"] == "markdown":
            assert MARK not in cell["source"]


def check_picture(text: str | None) -> None:
    if text is None:
        return
    data = base64.b64decode("".join(text), validate=True)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert max(int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) < 5000


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_learner_has_a_name_that_may_stand_anywhere(name):
    if NAMES[name]:
        check_name(name)
        return
    with pytest.raises(Refused) as refused:
        check_name(name)
    for language in ("ko", "en"):
        assert refused.value.sentence(language).isprintable()


# ------------------------------------------------------------------ one class, one batch


@pytest.fixture(scope="module")
def batch(tmp_path_factory, traps):
    """The course folder after one batch on two workers, and what the batch said."""
    root = tmp_path_factory.mktemp("course")
    for name, each in CORPUS.items():
        each.write(root / "submitted" / name / each.chapter)
    honest = corpus.Submission("honest", "", HONEST, expected=full())
    for learner in CLASSMATES:
        honest.write(root / "submitted" / learner / honest.chapter)
    before = classroom.descendants()
    with nothing_changes(traps), opened(root) as course, classroom.orphans_come_here():
        outcome = grade_all(course, Options(workers=2, seed=77), LIMITS)
        # What batches are forked from stays for the next one.
        assert classroom.survivors(before, but="multiprocessing") == []
    return root, outcome


def marks(root: Path, learner: str, chapter: str) -> dict[str, float | None]:
    points = {name: made.points for name, made in load(chapter).items()}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        notebook = book.find_submission_notebook(chapter, chapter, learner)
        scores = {g.name.removeprefix("check-"): g.auto_score for g in notebook.grades}
    return {name: s if s is None else round(s / points[name], 6) for name, s in scores.items()}


@pytest.mark.parametrize("learner", CLASSMATES)
def test_an_honest_classmate_gets_full_marks(batch, learner):
    assert marks(batch[0], learner, corpus.CHAPTER) == full()


@pytest.mark.parametrize("name", RUNNING)
def test_a_submission_gets_what_it_earned_in_a_batch_in_warm_boxes_too(batch, name):
    each = CORPUS[name]
    wanted = {exercise: round(share, 6) for exercise, share in each.expected.items()}
    assert marks(batch[0], name, each.chapter) == wanted
    path = batch[0] / "autograded" / name / each.chapter / f"{each.chapter}.ipynb"
    assert_shows_nothing_secret(path.read_text("utf-8"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_graded_is_refused_in_a_sentence_and_earns_nothing(batch, name):
    root, outcome = batch
    each = CORPUS[name]
    sentence = outcome.refused[Handed(each.chapter, name)]
    assert sentence.startswith(REASONS[each.refused][1].split("{")[0])
    assert len(sentence) < 600 and "\n" not in sentence
    assert set(marks(root, name, each.chapter).values()) == {None}


def test_the_batch_counts_everybody_once(batch):
    _, outcome = batch
    refused = [Handed(CORPUS[name].chapter, name) for name in REFUSED]
    assert outcome.graded == len(RUNNING) + len(CLASSMATES)
    assert set(refused) <= outcome.refused.keys()
    # What stands beside them in their folders is no chapter of the course.
    others = [
        REASONS["no_chapter"][1].format(name=h.chapter)
        for h in outcome.refused.keys() - set(refused)
    ]
    assert all(sentence in outcome.refused.values() for sentence in others)
    assert not outcome.failed and not outcome.kept
    assert len(outcome.problems()) == len(outcome.refused)


def test_the_same_command_again_changes_nothing(batch):
    root, outcome = batch
    before = {path: path.read_bytes() for path in (root / "grading" / "reports").rglob("*.json")}
    with opened(root) as course:
        again = grade_all(course, Options(workers=2), LIMITS)
    assert again.graded == 0 and again.kept == outcome.graded
    assert again.refused == outcome.refused
    assert before == {p: p.read_bytes() for p in (root / "grading" / "reports").rglob("*.json")}
