"""What Moodle and Canvas hand out, collected by the real `nbgrader zip_collect`."""

import contextlib
import datetime
import io
import logging
import os
import shutil
import stat
import struct
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp

from autograde import collect
from autograde.collect import entry_name, is_named, learner_name, parse
from autograde.intake import LEARNER

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "ch03_gradient_descent"
FILE = f"{CHAPTER}.ipynb"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "pytorch-by-hand"
c.CourseDirectory.release_directory = "notebooks/ko"
c.ZipCollectApp.extractor_plugin = "autograde.collect.SafeExtractor"
c.ZipCollectApp.collector_plugin = "autograde.collect.LmsCollector"
"""

pytestmark = pytest.mark.slow


class Course:
    """An empty course folder with zips to be collected."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.archive = root / "downloaded" / CHAPTER / "archive"
        self.archive.mkdir(parents=True)
        (root / "nbgrader_config.py").write_text(CONFIG)
        released = root / "notebooks" / "ko" / CHAPTER
        released.mkdir(parents=True)
        (released / FILE).write_text("{}")

    def zip(self, files: dict[str, str | bytes], name: str = "download.zip") -> Path:
        """A zip as systems make it: names in UTF-8, in the order given."""
        path = self.archive / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, data in files.items():
                archive.writestr(entry, data)
        return path

    def collect(self, *arguments: str) -> str:
        """What the command says, run in this process; it must come to its end."""
        said = io.StringIO()
        handler = logging.StreamHandler(said)
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        app = ZipCollectApp()
        with contextlib.chdir(self.root):
            app.initialize([CHAPTER, *arguments])
            app.log.addHandler(handler)
            try:
                app.start()
            finally:
                app.log.removeHandler(handler)
        return said.getvalue()

    def command(self, *arguments: str) -> str:
        """What the command says, as a person runs it."""
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", "zip_collect", CHAPTER, *arguments],
            cwd=self.root, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, timeout=120,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert "Traceback" not in done.stdout
        return done.stdout

    def submitted(self) -> dict[str, str]:
        """Every learner's notebook; nothing else may lie there."""
        found = {}
        for path in (self.root / "submitted").rglob("*"):
            if path.is_file() and path.name != "timestamp.txt":
                assert path.relative_to(self.root / "submitted").parts[1:] == (CHAPTER, FILE)
                found[path.parent.parent.name] = path.read_text("utf-8")
        assert all(LEARNER.fullmatch(learner) for learner in found)
        return found

    def book(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db", "pytorch-by-hand")

    def enrol(self, *students: dict[str, str]) -> None:
        with self.book() as book:
            for student in students:
                about = dict(student)
                book.add_student(about.pop("id"), **about)

    def students(self) -> dict[str, tuple]:
        with self.book() as book:
            return {s.id: (s.last_name, s.email, s.lms_user_id) for s in book.students}


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        # A new gradebook asks the command alembic for its version, which takes seconds.
        scripts = sysconfig.get_path("scripts")
        patch.setenv("PATH", f"{scripts}{os.pathsep}{os.environ['PATH']}")
        Gradebook(f"sqlite:///{path}", "pytorch-by-hand").close()
    return path


@pytest.fixture
def course(tmp_path, empty_gradebook):
    shutil.copy(empty_gradebook, tmp_path)
    return Course(tmp_path)


def warnings(said: str) -> str:
    return "\n".join(line for line in said.splitlines() if "WARNING" in line)


# ------------------------------------------------------------------ Moodle


def test_moodle_in_folders_and_not_with_korean_names(course):
    course.zip({
        f"Minji Kim_12345_assignsubmission_file_/{FILE}": "minji",
        f"박 서준_12346_assignsubmission_file_/{FILE}": "seojun",
        f"Anne-Marie O'Neil_12347_assignsubmission_file/{FILE}": "anne",  # newer Moodle
        f"이하은_12348_assignsubmission_file_{FILE}": "haeun",
        "Minji Kim_12345_assignsubmission_onlinetext_/onlinetext.html": "<p>hello</p>",
    })  # fmt: skip
    said = course.command()
    assert course.submitted() == {
        "Minji Kim": "minji", "박 서준": "seojun", "Anne-Marie ONeil": "anne", "이하은": "haeun",
    }  # fmt: skip
    assert course.students()["Anne-Marie ONeil"][0] == "Anne-Marie O'Neil"
    assert "not a notebook: Minji Kim_12345_assignsubmission_onlinetext_/onlinetext.html" in said


def test_a_resubmission_goes_to_the_same_learner(course):
    course.zip({f"김 민지_1_assignsubmission_file_/{FILE}": "first"})
    course.collect()
    # In another assignment, and after another download, Moodle's number is another one.
    course.zip({f"김 민지_777_assignsubmission_file_/{FILE}": "second"})
    course.collect("--force")
    assert course.submitted() == {"김 민지": "second"}


def test_names_made_of_jamo_are_the_same_names(course):
    # A Mac takes syllables apart; the name must be the same as in Moodle's own zip.
    import unicodedata

    apart = unicodedata.normalize("NFD", "김 민지")
    assert apart != "김 민지"
    course.zip({f"{apart}_1_assignsubmission_file_/{FILE}": "mac"})
    course.collect()
    assert course.submitted() == {"김 민지": "mac"}


def test_learners_whom_the_gradebook_knows_keep_their_ids(course):
    course.enrol(
        {"id": "s1", "first_name": "Minji", "last_name": "Kim"},
        {"id": "s2", "first_name": "서준", "last_name": "박"},
        {"id": "s3", "first_name": "하은", "last_name": "이", "lms_user_id": "555"},
    )
    course.zip({
        f"Minji Kim_1_assignsubmission_file_/{FILE}": "1",
        f"박 서준_2_assignsubmission_file_/{FILE}": "2",
        f"이하은_555_9001_{FILE}": "3",
    })  # fmt: skip
    course.collect()
    assert course.submitted() == {"s1": "1", "s2": "2", "s3": "3"}


SHEET = (
    "\ufeff식별자,성명,이메일 주소,상태,성적\n"
    "참여자 11,김 민지,minji1@univ.ac.kr,제출됨,\n"
    "참여자 12,김 민지,minji2@univ.ac.kr,제출됨,\n"
    "참여자 13,minji1@univ.ac.kr,eve@univ.ac.kr,제출됨,\n"
)


def test_namesakes_are_skipped_unless_a_worksheet_tells_them_apart(course):
    course.zip({
        f"김 민지_11_assignsubmission_file_/{FILE}": "one",
        f"김 민지_12_assignsubmission_file_/{FILE}": "two",
        f"박 서준_14_assignsubmission_file_/{FILE}": "seojun",
    })  # fmt: skip
    said = warnings(course.collect())
    assert course.submitted() == {"박 서준": "seojun"}
    assert "2 people are called 김 민지" in said
    assert "grading worksheet" in said
    (course.archive / "Grades.csv").write_text(SHEET, "utf-8")
    said = course.collect("--force")
    assert course.submitted() == {
        "minji1@univ.ac.kr": "one", "minji2@univ.ac.kr": "two", "박 서준": "seojun",
    }  # fmt: skip
    assert "people are called" not in said


def test_nobody_becomes_another_by_naming_himself_after_an_address(course):
    (course.archive / "Grades.csv").write_text(SHEET, "utf-8")
    course.zip({
        f"김 민지_11_assignsubmission_file_/{FILE}": "minji",
        f"minji1@univ.ac.kr_13_assignsubmission_file_/{FILE}": "eve",
    })  # fmt: skip
    course.collect()
    assert course.submitted() == {"minji1@univ.ac.kr": "minji", "eve@univ.ac.kr": "eve"}


def test_a_hidden_or_missing_name_is_said_and_skipped(course):
    course.zip({
        f"Participant_5_assignsubmission_file_/{FILE}": "?",
        f"참여자_6_assignsubmission_file_/{FILE}": "?",
        f"anon_aB3xZ_67890_{FILE}": "?",
        f"…_9_assignsubmission_file_/{FILE}": "?",
        FILE: "?",
        f"김 민지_1_assignsubmission_file_/{FILE}": "minji",
    })  # fmt: skip
    said = warnings(course.collect())
    assert course.submitted() == {"김 민지": "minji"}
    assert said.count("Moodle hides who it is") == 2
    assert "Canvas hides who it is" in said
    assert "no learner can be called this: …_9" in said
    assert f"does not say whose it is: download/{FILE}" in said


# ------------------------------------------------------------------ Canvas


def test_canvas_with_late_marks_and_several_versions(course):
    course.zip({
        f"kimminji_12345_67890_{FILE}": "minji",
        f"박서준_LATE_12346_67891_{CHAPTER}-2.ipynb": "seojun 2",
        f"박서준_12346_67001_{FILE}": "seojun 1",
        f"o_neilanne_12347_67892_{CHAPTER} (1).ipynb": "anne",
        f"kimminji_99999_67893_{FILE}": "another Minji",
    })  # fmt: skip
    said = warnings(course.command())
    assert course.submitted() == {
        "kimminji_12345": "minji", "박서준_12346": "seojun 2", "o_neilanne_12347": "anne",
        "kimminji_99999": "another Minji",
    }  # fmt: skip
    assert "박서준_12346 was late, says Canvas" in said
    assert course.students()["kimminji_12345"] == ("kimminji", None, "12345")


def test_canvas_knows_a_person_by_number_whatever_the_name(course):
    course.zip({f"kimminji_12345_1_{FILE}": "first"})
    course.collect()
    course.zip({f"leeminji_12345_2_{FILE}": "married"})
    course.collect("--force")
    assert course.submitted() == {"kimminji_12345": "married"}


@pytest.mark.parametrize("file", [
    f"eve_12345_345_678_{FILE}",  # her name ends in another's number
    f"eve_345_678_12345_9_{FILE}",  # her file's name begins with it
    f"eve_345_678_5_assignsubmission_file_12345_9_{FILE}",
])  # fmt: skip
def test_numbers_that_people_choose_make_nobody_another(tmp_path, file):
    path = tmp_path / "x.ipynb"
    path.write_text("")
    assert parse(path, ("download", file), CHAPTER) == "its name can be read two ways"


def test_any_only_notebook_is_taken_and_of_several_the_chapters(course):
    course.zip({
        "kim_1_11_my homework.ipynb": "renamed",
        "lee_2_12_scratch.ipynb": "scratch",
        f"lee_2_13_{FILE}": "lee",
        "park_3_14_a.ipynb": "a",
        "park_3_15_b.ipynb": "b",
    })  # fmt: skip
    said = warnings(course.collect())
    assert course.submitted() == {"kim_1": "renamed", "lee_2": "lee"}
    assert "none of several notebooks of park" in said


# ------------------------------------------------------------------ times


def test_file_times_become_timestamps_only_when_asked(course):
    path = course.archive / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo(f"김 민지_1_assignsubmission_file_/{FILE}", (2026, 3, 4, 5, 6, 8))
        archive.writestr(entry, "minji")
    stamp = course.root / "submitted" / "김 민지" / CHAPTER / "timestamp.txt"
    course.collect()
    assert not stamp.exists()
    course.collect("--force", "--LmsCollector.file_times=True")
    local = time.mktime((2026, 3, 4, 5, 6, 8, 0, 0, -1))
    wanted = datetime.datetime.fromtimestamp(local, datetime.UTC).replace(tzinfo=None)
    assert stamp.read_text() == wanted.isoformat(" ")


# ------------------------------------------------------------------ hostile archives


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_a_hostile_archive_harms_nothing_and_the_rest_is_collected(course):
    outside = course.root.parent / "outside.ipynb"
    path = course.archive / "download.zip"
    folder = "Eve_1_assignsubmission_file_"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (
            "../../../../outside.ipynb", f"{folder}/../../../../../../outside.ipynb",
            str(outside), "C:\\outside.ipynb", f"{folder}/..\\..\\..\\..\\..\\outside.ipynb",
        ):  # fmt: skip
            archive.writestr(name, "slipped")
        archive.writestr(link(f"{folder}/{FILE}"), "/etc/passwd")
        archive.writestr("Bomb_2_assignsubmission_file_/bomb.ipynb", b"\0" * (30 << 20))
        archive.writestr("Huge_3_assignsubmission_file_/huge.ipynb", b"\0" * (33 << 20))
        archive.writestr("Nest_4_assignsubmission_file_/nested.zip", path.name)
        archive.writestr("Tar_5_assignsubmission_file_/all.tar.gz", "")
        archive.writestr(f"__MACOSX/Eve_1_assignsubmission_file_/._{FILE}", "noise")
        archive.writestr(f"Long_6_assignsubmission_file_/{'가' * 300}.ipynb", "long")
        archive.writestr(f"Ctrl\x1b[2J\n_7_assignsubmission_file_/{FILE}", "control")
        archive.writestr(f"김 민지_8_assignsubmission_file_/{FILE}", "minji")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(f"김 민지_8_assignsubmission_file_/{FILE}", "a second one")
    (course.archive / "broken.zip").write_bytes(b"PK\x03\x04 not a zip")
    (course.archive / "other.tar.gz").write_bytes(b"")
    (course.archive / f"passwd_1_2_{FILE}").symlink_to("/etc/passwd")
    said = course.collect()
    assert course.submitted() == {"김 민지": "minji", "Long": "long", "Ctrl2J": "control"}
    assert not list(course.root.parent.rglob("outside.ipynb"))
    assert "\x1b" not in said
    told = warnings(said)
    assert told.count("a path that leads elsewhere") == 5
    for reason in (
        "a link or device", "packed as no notebook is", "too large", "an archive in the archive",
        "a second file of this name", "broken.zip cannot be unpacked", "other.tar.gz is no zip",
    ):  # fmt: skip
        assert reason in told


def test_an_archive_with_too_many_files_is_left_out(course, monkeypatch, caplog):
    monkeypatch.setattr(collect, "MAX_ENTRIES", 3)
    course.zip({f"k_1_{i}_{FILE}": "" for i in range(4)})
    collect.SafeExtractor().extract(str(course.archive), str(course.root / "out"))
    assert not (course.root / "out").exists()


def test_all_notebooks_of_an_archive_have_one_limit(course, monkeypatch):
    monkeypatch.setattr(collect, "MAX_TOTAL", 100)
    course.zip({f"k_{i}_1_{FILE}": "x" * 40 for i in range(4)})
    collect.SafeExtractor().extract(str(course.archive), str(course.root / "out"))
    assert len(list((course.root / "out").rglob("*.ipynb"))) == 2


def test_an_entry_that_lies_about_its_size_is_cut(course):
    path = course.zip({f"k_1_1_{FILE}": b"\0" * (40 << 20)})
    data = path.read_bytes()
    lie = struct.pack("<I", 40 << 20)
    path.write_bytes(data.replace(lie, struct.pack("<I", 10)))
    collect.SafeExtractor().extract(str(course.archive), str(course.root / "out"))
    sizes = [each.stat().st_size for each in (course.root / "out").rglob("*.ipynb")]
    assert sizes in ([], [10])


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_names_without_a_flag_are_read_as_they_were_written(encoding):
    entry = zipfile.ZipInfo("x")
    entry.orig_filename = "김 민지_1_assignsubmission_file_/답.ipynb".encode(encoding).decode(
        "cp437"
    )
    assert entry_name(entry) == "김 민지_1_assignsubmission_file_/답.ipynb"


def test_a_zip_from_korean_windows_is_collected(course):
    raw = f"김 민지_1_assignsubmission_file_/{FILE}".encode("cp949")
    stand_in = "x" * len(raw)
    path = course.zip({stand_in: "minji"})
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), raw))
    course.collect()
    assert course.submitted() == {"김 민지": "minji"}


# ------------------------------------------------------------------ names


@pytest.mark.parametrize("name, wanted", [
    ("김 민지", "김 민지"), ("  O'Neil,  Anne ", "ONeil Anne"), ("<script>alert(1)</script>", "scriptalert1script"),
    ("../../etc", "etc"), ("-rf", "rf"), ("…", ""), ("a" * 300, "a" * 100), ("=1+2", "1+2"),
])  # fmt: skip
def test_a_name_becomes_an_id_that_intake_allows(name, wanted):
    assert learner_name(name) == wanted
    assert not wanted or LEARNER.fullmatch(wanted)


@pytest.mark.parametrize("file, named", [
    (FILE, True), (f"{CHAPTER}-2.ipynb", True), (f"{CHAPTER} (1).ipynb", True),
    (f"{CHAPTER}-Copy1.ipynb", True), (f"{CHAPTER}_1.ipynb", True), (f"{CHAPTER} - Kim.ipynb", True),
    ("ch04_other.ipynb", False), (f"my {FILE}", False), (f"{CHAPTER}s.ipynb", False),
])  # fmt: skip
def test_copies_of_the_chapters_notebook_are_known(file, named):
    assert is_named(file, CHAPTER) == named


def test_a_gradebook_that_is_none_is_said_and_nothing_is_collected(course):
    course.zip({f"k_1_1_{FILE}": ""})
    (course.root / "gradebook.db").write_text("not a database, but long enough to be looked at" * 9)
    with pytest.raises(AssertionError, match="is damaged or no gradebook"):
        course.command()
    assert not (course.root / "submitted").exists()
