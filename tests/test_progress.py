"""What has passed is remembered; a progress file in any state is never fatal."""

import json
import multiprocessing
import os
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from helpers import progress
from helpers.progress import Chapter, hints_seen, next_exercise, record_hint, record_pass
from helpers.words import say, set_language

ROOT = progress.ROOT


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Where progress is kept in this test; nothing there yet."""
    path = tmp_path / "kept" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    set_language("en")
    return path


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of the course with two chapters of three and two exercises."""
    root = tmp_path / "course"
    for name, exercises in (("ch01_one", "abc"), ("ch02_two", "xy")):
        for language in ("ko", "en"):
            page = root / "notebooks" / language / name / f"{name}.ipynb"
            page.parent.mkdir(parents=True)
            page.touch()
            texts = {"title": f"{name} {language}", "minutes": 40, "mistakes": {}}
            texts["hints"] = {exercise: [] for exercise in exercises}
            cases = root / "helpers" / "cases"
            cases.mkdir(parents=True, exist_ok=True)
            (cases / f"{name}.{language}.json").write_text(json.dumps(texts), encoding="utf-8")
    monkeypatch.setattr(progress, "ROOT", root)
    monkeypatch.setattr(progress, "CASES", root / "helpers" / "cases")
    return root


def passed(path):
    return json.loads(path.read_text(encoding="utf-8"))["passed"]


# ------------------------------------------------------------------ remembering


def test_a_pass_is_remembered_with_its_first_day(file, monkeypatch):
    monkeypatch.setattr(progress, "_today", lambda: "2030-01-02")
    record_pass("ch01_one", "a")
    monkeypatch.setattr(progress, "_today", lambda: "2030-01-03")
    record_pass("ch01_one", "a")
    record_pass("ch01_one", "한글")
    assert passed(file) == {"ch01_one": {"a": "2030-01-02", "한글": "2030-01-03"}}


def test_hints_seen_are_remembered(file, monkeypatch):
    assert hints_seen("ch01_one", "a") == 0
    record_hint("ch01_one", "a", 2)
    monkeypatch.setattr(progress, "_unsaved", progress._empty())  # another day, another kernel
    assert (hints_seen("ch01_one", "a"), hints_seen("ch01_one", "b")) == (2, 0)


def test_switched_off_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "ROOT", tmp_path)
    record_pass("ch01_one", "a")
    record_hint("ch01_one", "a", 1)
    assert list(tmp_path.iterdir()) == []


def test_by_default_it_is_kept_beside_the_course(course, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    record_pass("ch01_one", "a")
    assert passed(course / ".progress" / "progress.json").keys() == {"ch01_one"}


def test_nothing_is_left_beside_the_file(file):
    record_pass("ch01_one", "a")
    assert {path.name for path in file.parent.iterdir()} <= {"progress.json", "progress.json.lock"}


def write_many(path, worker, count):
    os.environ["COURSE_PROGRESS"] = path
    for number in range(count):
        record_pass(f"ch{worker:02}", f"exercise-{number}")


def test_two_notebooks_at_once_lose_nothing(file):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write_many, args=(str(file), n, 40)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert {chapter: len(done) for chapter, done in passed(file).items()} == {
        "ch00": 40,
        "ch01": 40,
    }


# ------------------------------------------------------------------ a file in a bad state

SOUND = {"format": progress.FORMAT, "passed": {"ch01_one": {"a": "2030-01-01"}}, "hints": {}}
BAD = {
    "empty": "",
    "half written": json.dumps(SOUND)[:40],
    "no JSON": "<<<<<<< HEAD",
    "binary": b"\xff\xfe\x00",
    "a list": "[]",
    "a number": "3",
    "another program's": '{"version": 1}',
    "another format": json.dumps(SOUND | {"format": "pytorch-by-hand progress 2"}),
    "passed of no kind": json.dumps(SOUND | {"passed": ["a"]}),
    "a chapter of no kind": json.dumps(SOUND | {"passed": {"ch01_one": ["a"]}}),
    "hints of no kind": json.dumps(SOUND | {"hints": {"ch01_one": {"a": "two"}}}),
    "fewer hints than none": json.dumps(SOUND | {"hints": {"ch01_one": {"a": -1}}}),
    "too deep": "[" * 100_000,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read_is_set_aside_with_a_word(file, capsys, content):
    content = content if isinstance(content, bytes) else content.encode()
    for number in (1, 2):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        record_pass("ch01_one", "b")
        aside = file.with_name(f"progress.damaged-{number}.json")
        assert capsys.readouterr().out == say("set_aside", path=aside) + "\n"
        assert aside.read_bytes() == content
        assert passed(file).keys() == {"ch01_one"}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_looking_at_a_file_that_cannot_be_read_is_not_fatal(course, file, capsys, content):
    file.parent.mkdir()
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert "0/3" in progress.report("en")
    assert hints_seen("ch01_one", "a") == 0
    assert capsys.readouterr().out.count("set aside") == 1


def test_where_nothing_can_be_written_it_is_only_mentioned(tmp_path, monkeypatch, capsys):
    set_language("en")
    (tmp_path / "a-file").touch()
    (tmp_path / "a-folder").mkdir()
    for path in (tmp_path / "a-file" / "progress.json", tmp_path / "a-folder"):
        monkeypatch.setenv("COURSE_PROGRESS", str(path))
        record_pass("ch01_one", "a")
        record_hint("ch01_one", "a", 1)
        said = capsys.readouterr().out.splitlines()
        assert len(said) == 2
        assert all(line.startswith("Progress could not be saved (") for line in said)
        assert hints_seen("ch01_one", "a") == 1  # so the next hint is the second
    assert sorted(path.name for path in tmp_path.rglob("*") if path.suffix == ".tmp") == []


def test_a_folder_that_may_not_be_entered_is_only_mentioned(file, monkeypatch, capsys):
    def refuse(self, *args, **more):
        raise PermissionError(13, "Permission denied", str(self))

    for method in ("is_file", "read_text", "mkdir", "replace", "stat"):
        monkeypatch.setattr(Path, method, refuse)
    record_pass("ch01_one", "a")
    record_hint("ch01_one", "a", 1)
    assert hints_seen("ch01_one", "a") == 1
    assert capsys.readouterr().out.count("could not be saved") == 2


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), NotImplementedError("no locks here")]
)
def test_a_full_disk_or_one_without_locks_is_only_mentioned(file, monkeypatch, capsys, error):
    class Lock:
        def __init__(self, *args, **more):
            raise error

    monkeypatch.setattr(progress, "FileLock", Lock)
    record_pass("ch01_one", "a")
    assert f"could not be saved ({error})" in capsys.readouterr().out


def test_a_lock_that_stays_taken_is_only_mentioned(file, monkeypatch, capsys):
    taken, real = progress.FileLock(f"{file}.lock"), progress.FileLock
    file.parent.mkdir()
    monkeypatch.setattr(progress, "FileLock", lambda path, timeout: real(path, timeout=0.1))
    with taken:
        record_pass("ch01_one", "a")
    assert "could not be saved" in capsys.readouterr().out and not file.exists()


def test_a_file_keeps_its_content_when_writing_fails(file, monkeypatch, capsys):
    record_pass("ch01_one", "a")
    before = file.read_bytes()

    def full(self, *args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    record_pass("ch01_one", "b")
    assert file.read_bytes() == before
    assert "No space left" in capsys.readouterr().out


# ------------------------------------------------------------------ what is done, what is next


def chapter(name, exercises, done):
    return Chapter(name, name, 1, tuple(exercises), tuple(done))


@pytest.mark.parametrize(
    ("chapters", "expected"),
    [
        ([("one", "ab", ""), ("two", "xy", "")], ("one", "a")),
        ([("one", "ab", "a"), ("two", "xy", "")], ("one", "b")),
        ([("one", "ab", "b"), ("two", "xy", "")], ("one", "a")),
        ([("one", "ab", "ab"), ("two", "xy", "")], ("two", "x")),
        ([("one", "ab", "a"), ("two", "xy", "x")], ("two", "y")),
        ([("one", "ab", "ab"), ("two", "xy", "xy")], None),
        ([], None),
    ],
)
def test_next_is_the_first_open_exercise_of_the_chapter_begun_last(chapters, expected):
    found = next_exercise([chapter(*each) for each in chapters])
    assert (found and (found[0].name, found[1])) == expected


@pytest.mark.usefixtures("course")
def test_the_report_shows_every_chapter_and_what_is_next(file):
    record_pass("ch01_one", "a")
    record_pass("ch01_one", "b")
    record_pass("ch09_gone", "z")
    assert progress.report("en").splitlines() == [
        "ch01  ●●○        2/3  ch01_one en",
        "ch02  ○○         0/2  ch02_two en",
        "",
        "Next: c in ch01 · ch01_one en",
    ]
    for exercise in "cxy":
        record_pass("ch01_one" if exercise == "c" else "ch02_two", exercise)
    assert progress.report("ko").endswith(say("all_done", "ko"))


@pytest.mark.usefixtures("course")
def test_make_progress_prints_the_report(file, capsys):
    record_pass("ch02_two", "x")
    progress.main(["--edition", "ko"])
    assert capsys.readouterr().out == progress.report("ko") + "\n"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_start_page_links_to_every_chapter(course, file, language):
    record_pass("ch01_one", "a")
    page = progress.write_start_page(language)
    assert page == course / "notebooks" / language / "start.ipynb"
    notebook = nbformat.read(page, as_version=4)
    nbformat.validate(notebook)
    heading, code = notebook.cells
    assert heading.source.startswith(f"# {say('start_heading', language)}")
    (output,) = code.outputs
    shown = output.data["text/markdown"]
    links = re.findall(r"\]\(([^)]+)\)", shown)
    assert {unquote(link) for link in links} == {f"{n}/{n}.ipynb" for n in ("ch01_one", "ch02_two")}
    assert all((page.parent / unquote(link)).is_file() for link in links)
    assert "●○○ 1/3" in shown and "`b`" in shown
    assert output.data["text/plain"] == progress.report(language)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_start_pages_cell_shows_todays_table(course, file, language, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda value: shown.append(value.data))
    page = nbformat.read(progress.write_start_page(language), as_version=4)
    record_pass("ch02_two", "x")
    exec(page.cells[1].source, {})
    assert shown == [progress.table(language)] and "1/2" in shown[0]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_chapter_of_the_course_is_on_the_start_page(language):
    for name in re.findall(r"\]\(([^)]+)\)", progress.table(language)):
        assert (ROOT / "notebooks" / language / name).is_file()
    assert len(progress.chapters(language)) == len(list((ROOT / "helpers/cases").glob("*.cases")))
    for each in progress.chapters(language):
        assert each.exercises and each.passed == () and each.minutes > 0
        assert "|" not in each.title and "]" not in each.title  # would break the table
