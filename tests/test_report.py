"""The class report against a real gradebook: every number, both editions, hostile names."""

import csv
import datetime
import io
import os
import re
import shutil
import string
import subprocess
import sys
import sysconfig
import time
from collections import Counter
from pathlib import Path
from statistics import mean, median

import lxml.html
import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograde import report
from autograde.classbook import (
    Chapter,
    ClassBook,
    Entry,
    Exercise,
    Learner,
    Score,
    add_reports,
    gather,
    histogram,
)
from autograde.grade import Mark, Report
from autograde.page import WORDS, draw, number, say
from autograde.report import CanvasExport, MoodleExport, cell, main
from helpers.check import load_cases, load_texts

ROOT = Path(__file__).resolve().parent.parent
CH3, CH11, OWN = "ch03_gradient_descent", "ch11_backpropagation", "ch99_of_our_own"
EXERCISES = {name: list(load_cases(name).values()) for name in (CH3, CH11)}
POINTS = {name: {e.name: e.points for e in each} for name, each in EXERCISES.items()}
POINTS[OWN] = {"essay": 4}
MISTAKE = ("mse-gradient", "missing-2")
SENTENCE = {"ko": "노트북이 아닙니다 <b>ko</b>.", "en": "It is no notebook <b>en</b>."}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e\x07"
FORMULA = '=HYPERLINK("http://evil.example","x")'
LEARNERS = {
    "s1": ("민지", "김", "minji@univ.ac.kr", "1001"),
    "s2": ("Anne", "O'Neil", "anne@univ.ac.kr", ""),
    "s3": (HOSTILE, FORMULA, "+cmd@univ.ac.kr", "@SUM(1)"),
    "s4": ("", "", "", ""),
    "s5": ("서준", "박", "", "x-5"),
    "absent": ("하은", "이", "", ""),
}

pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ a class


@pytest.fixture(scope="module", autouse=True)
def _commands_in_path():
    # A new gradebook asks the command alembic for its version.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}")
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A course folder: three chapters, five learners who handed in something, and one who did not.

    In chapter 3 s1 has everything right, s2 a bit of everything and was late, s3 made a named
    mistake and got a mark changed by hand, s4 was refused, s5 is regraded after such a change.
    In chapter 11 s1 and s3 solved nothing. The own chapter has no report and waits for a person.
    """
    root = tmp_path_factory.mktemp("class")
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "pytorch-by-hand"\n'
    )
    with Gradebook(f"sqlite:///{root}/gradebook.db", "pytorch-by-hand") as book:
        for who, (first, last, email, lms) in LEARNERS.items():
            about = {"first_name": first, "last_name": last, "email": email, "lms_user_id": lms}
            book.add_student(who, **about)
        for chapter, points in POINTS.items():
            book.add_assignment(chapter, duedate="2026-03-01")
            book.add_notebook(chapter, chapter)
            for name, most in points.items():
                kind = "markdown" if chapter == OWN else "code"
                about = {"max_score": most, "cell_type": kind}
                book.add_grade_cell(f"check-{name}", chapter, chapter, **about)
        _chapter_3(root, book)
        for who in ("s1", "s3"):
            _hand_in(root, book, CH11, who, {})
        submission = book.update_or_create_submission(OWN, "s1")
        submission.notebooks[0].grades[0].needs_manual_grade = True
        book.db.commit()
    return root


def _chapter_3(root: Path, book: Gradebook) -> None:
    names = list(POINTS[CH3])
    _hand_in(root, book, CH3, "s1", {name: {"share": 1.0, "verdict": "passed"} for name in names})
    others = {
        names[0]: {"mistake": "missing-2"},
        names[1]: {"verdict": "unattempted"},
        names[2]: {"verdict": "crashed"},
        names[3]: {"verdict": "crashed"},
        names[4]: {"share": 1 / 3},
        names[5]: {"share": 1.0, "verdict": "passed", "forbidden": (".backward", "@")},
        names[6]: {"verdict": "changed"},
    }
    killed = (f"{names[3]}: stuck", "cell 4: memory")
    _hand_in(root, book, CH3, "s2", others, killed=killed).late_submission_penalty = 0.25
    # What judge.py does not find in this version's texts must not break the page.
    s3 = {names[0]: {"mistake": "missing-2"}, names[1]: {"mistake": "no-longer-known"}}
    notebook = _hand_in(root, book, CH3, "s3", s3)
    _grade(notebook, names[4]).manual_score = 1.25
    _grade(notebook, names[5]).extra_credit = 0.5
    _hand_in(root, book, CH3, "s4", {}, refusal=SENTENCE)
    notebook = _hand_in(root, book, CH3, "s5", {names[1]: {"share": 0.5}})
    _grade(notebook, names[0]).manual_score = 1.0
    _grade(notebook, names[0]).needs_manual_grade = True


def _grade(notebook, name):
    return next(grade for grade in notebook.grades if grade.name == f"check-{name}")


def _hand_in(root, book, chapter, who, answers, killed=(), refusal=None):
    """A submission in the gradebook and its stored report; answers that are not named failed."""
    marks = []
    time_ = datetime.datetime(2026, 2, 28)
    submission = book.update_or_create_submission(chapter, who, timestamp=time_)
    (notebook,) = submission.notebooks
    for name, points in POINTS[chapter].items():
        about = {"share": 0.0, "verdict": "different", "mistake": "", "forbidden": ()}
        about |= answers.get(name, {})
        if refusal:
            about["verdict"] = "refused"
        marks.append(Mark(name, points, passed=int(about["share"] * 6), cases=6, **about))
        grade = _grade(notebook, name)
        grade.auto_score = None if refusal else about["share"] * points
        grade.needs_manual_grade = bool(refusal)
    book.db.commit()
    stored = Report(chapter, "0" * 64, 1, "ko", refusal, tuple(marks), (), "1" * 64, killed)
    path = root / "grading" / "reports" / chapter / f"{who}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(stored.json(), "utf-8")
    return notebook


@pytest.fixture(scope="module", params=["ko", "en"])
def edition(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def written(made, tmp_path_factory, edition) -> Path:
    """The folder with what make report wrote of the class."""
    root = tmp_path_factory.mktemp(edition) / "class"
    shutil.copytree(made, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["--edition", edition]) == 1  # the own chapter has no reports
    return root / "grading"


@pytest.fixture(scope="module")
def page(written) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring((written / "report.html").read_text("utf-8"))


@pytest.fixture
def book(made):
    with Gradebook(f"sqlite:///{made}/gradebook.db", "pytorch-by-hand") as opened:
        yield opened


@pytest.fixture
def course(made, tmp_path, monkeypatch) -> Path:
    """A copy of the class to work in."""
    root = tmp_path / "class"
    shutil.copytree(made, root)
    monkeypatch.chdir(root)
    return root


def text(element) -> str:
    return " ".join(element.text_content().split())


def tables(page, caption: str) -> list[list[list[str]]]:
    """The bodies of all tables with a caption, as texts by row."""
    return [
        [[text(cell) for cell in row] for row in table.xpath("tbody/tr")]
        for table in page.xpath("//table")
        if caption in text(table.find("caption"))
    ]


def score(book: Gradebook, chapter: str, who: str) -> float:
    submission = book.find_submission(chapter, who)
    return max(0.0, submission.score - (submission.late_submission_penalty or 0.0))


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


# ------------------------------------------------------------------ numbers


def heat(page, edition: str, chapter: str) -> dict[str, list[str]]:
    """The rows of a chapter's heatmap by learner's id."""
    title = chapter if chapter == OWN else load_texts(chapter, edition).title
    (table,) = (
        t for t in page.xpath("//table[@class='heat']")
        if text(t.find("caption")) == f"{title}: {say('heat_chapter', edition)}"
    )  # fmt: skip
    rows = {}
    for row in table.xpath("tbody/tr"):
        names = row.xpath("th//bdi")
        rows[names[-1].text] = [text(td) for td in row.xpath("td")]
    return rows


@pytest.mark.parametrize("chapter", [CH3, CH11, OWN])
def test_every_mark_in_a_heatmap_is_the_gradebooks(page, book, edition, chapter):
    rows = heat(page, edition, chapter)
    submissions = book.assignment_submissions(chapter)
    assert rows.keys() == {submission.student.id for submission in submissions}
    for submission in submissions:
        who = submission.student.id
        (notebook,) = submission.notebooks
        *marks, total = rows[who]
        for name, shown in zip(POINTS[chapter], marks, strict=True):
            assert shown.split()[0] == number(_grade(notebook, name).score)
        assert total.split()[0] == number(score(book, chapter, who))


def test_every_chapters_mark_and_total_in_the_course_heatmap_is_the_gradebooks(page, book, edition):
    (table,) = (
        t for t in page.xpath("//table[@class='heat']")
        if text(t.find("caption")) == say("heat_course", edition)
    )  # fmt: skip
    totals = []
    for row in table.xpath("tbody/tr"):
        who = row.xpath("th//bdi")[-1].text
        shown = [text(td).split()[0] for td in row.xpath("td")]
        handed_in = {s.assignment.name for s in book.student_submissions(who)}
        wanted = [number(score(book, c, who)) if c in handed_in else "–" for c in POINTS]
        total = sum(score(book, chapter, who) for chapter in handed_in)
        assert shown == [*wanted, number(total)]
        totals.append(total)
    assert totals == sorted(totals, reverse=True)
    assert len(totals) == 5


def test_signs_stand_beside_the_marks_they_are_about(page, edition):
    rows = heat(page, edition, CH3)
    signs = {who: [cell.split()[1:] for cell in cells] for who, cells in rows.items()}
    assert signs["s1"] == [[]] * 8
    late = say("late", edition, points="0.25").split()
    assert signs["s2"] == [[], ["○"], *[[]] * 5, late]
    assert signs["s3"] == [[], [], [], [], ["✎"], ["✎"], [], []]
    assert signs["s4"] == [["✕"]] * 8
    assert signs["s5"] == [["✎", "?"], *[[]] * 6, ["?"]]


def test_the_summary_counts_what_the_gradebook_holds(page, book, edition):
    (rows,) = tables(page, say("chapters_caption", edition))
    shares = {
        CH3: [score(book, CH3, who) / sum(POINTS[CH3].values()) for who in ("s1", "s2", "s3")],
        CH11: [0.0, 0.0],
        OWN: [],
    }
    counts = {CH3: (5, 3, 1, 1, 0), CH11: (2, 2, 0, 0, 0), OWN: (1, 0, 0, 1, 0)}
    for row, (chapter, points) in zip(rows, POINTS.items(), strict=True):
        each = shares[chapter]
        averages = [f"{100 * f(each):.0f}%" if each else "–" for f in (mean, median)]
        wanted = [number(sum(points.values())), *map(str, counts[chapter]), *averages]
        assert row[0] == chapter[:4]
        assert row[2:] == wanted
    everything = [share for each in shares.values() for share in each]
    tiles = {text(d.find("dt")): text(d.find("dd")) for d in page.xpath("(//dl)[1]/div")}
    assert tiles[say("learners", edition)] == "6"
    assert tiles[say("submitted", edition)] == "8"
    assert tiles[say("refused", edition)] == "1"
    assert tiles[say("waiting", edition)] == "2"
    assert tiles[say("mean", edition)] == f"{100 * mean(everything):.0f}%"


def test_histograms_count_every_mark_that_is_done(page, book, edition):
    labels = page.xpath("//svg/@aria-label")
    counts = [[int(n) for n in re.findall(r"%: (\d+)", label)] for label in labels]
    assert len(counts) == 3  # the course, and the two chapters with marks
    shares = [score(book, CH3, who) / sum(POINTS[CH3].values()) for who in ("s1", "s2", "s3")]
    assert counts[1] == histogram(shares)
    assert counts[1][9] == 1
    assert counts[2] == [2] + [0] * 9
    drawn = [
        [int(t.text) for t in svg.xpath("text") if t.text.isdigit()] for svg in page.xpath("//svg")
    ]
    assert drawn == [[n for n in each if n] for each in counts]


def test_outcomes_count_each_answer_once(page, edition):
    rows = tables(page, say("exercises_caption", edition)[:20])[0]
    wanted = {
        "mse-gradient": [1, 2, 1, 0, 0, 0],
        "equivalent-lr": [1, 1, 1, 0, 0, 1],
        "gradient-step": [1, 0, 2, 1, 0, 0],
        "gradient-descent": [1, 0, 2, 0, 1, 0],
    }
    for row in rows[:4]:
        assert [int(n) for n in row[3:]] == wanted[row[0]]


def test_the_hardest_exercises_come_first(page, edition):
    (rows,) = tables(page, say("hardest_caption", edition, n=10))
    shares = [int(row[2].rstrip("%")) for row in rows]
    assert shares == sorted(shares)
    assert shares[0] == 0
    first = tables(page, say("exercises_caption", edition)[:20])[0][0]
    assert first[2] == "33%"  # one of three; the mark that waits for a person says nothing yet


def test_mistakes_are_told_in_the_editions_language_with_who_made_them(page, edition):
    exercise, key = MISTAKE
    rows = tables(page, say("mistakes_caption", edition))[0]
    count, what, who = rows[0]
    assert count == "2 / 5"
    assert exercise in what
    wanted = load_texts(CH3, edition).mistakes[exercise][key].replace("`", "").replace("*", "")
    assert what.endswith(wanted)
    assert "Anne O'Neil" in who
    assert "alert(1)" in who
    assert rows[1][0] == "1 / 5"
    assert f"no-longer-known {say('unknown_mistake', edition)}" in rows[1][1]


def test_what_needs_a_person_is_told(page, edition):
    (refused,) = tables(page, say("refused_caption", edition))
    assert refused == [["s4", "ch03", SENTENCE[edition]]]
    (waiting,) = tables(page, say("waiting_caption", edition))
    assert waiting[0] == ["박서준", "ch03", f"mse-gradient ({say('again', edition)})"]
    assert waiting[1] == ["김민지", "ch99", "essay"]
    (flags,) = tables(page, say("flags_caption", edition))
    memory, slow = say("memory", edition), say("stuck", edition)
    assert flags == [
        [
            "Anne O'Neil",
            "ch03",
            "numerical-gradient",
            say("forbidden", edition, names=".backward, @"),
        ],
        ["Anne O'Neil", "ch03", "gradient-descent", say("killed_exercise", edition, reason=slow)],
        ["Anne O'Neil", "ch03", "", say("killed_cell", edition, number=4, reason=memory)],
    ]


# ------------------------------------------------------------------ the page itself


def test_the_page_is_one_file_without_scripts_or_links_out(page, written):
    assert not page.xpath("//script|//img|//iframe|//link|//object|//form|//base")
    for element in page.iter():
        assert not [name for name in element.attrib if name.startswith("on")]
        for name in ("href", "src", "action"):
            assert element.get(name, "#").startswith("#")
    source = (written / "report.html").read_text("utf-8")
    assert "url(" not in source
    assert "default-src 'none'" in source


def test_hostile_names_are_text_and_nothing_else(page):
    names = {text(bdi) for bdi in page.xpath("//th//bdi")}
    shown = HOSTILE.replace("\u202e", "�").replace("\x07", "�")
    assert f"{shown} {FORMULA}" in names


def test_the_page_can_be_read_by_keyboard_and_ear(page, edition):
    assert page.get("lang") == edition
    for table in page.xpath("//table"):
        assert text(table.find("caption"))
        assert all(th.get("scope") in ("row", "col") for th in table.iter("th"))
        region = table.getparent()
        assert region.get("role") == "region"
        assert region.get("tabindex") == "0"
        assert page.get_element_by_id(region.get("aria-labelledby")) is table.find("caption")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {a.get("href")[1:] for a in page.iter("a")} <= set(ids)
    assert all(svg.get("role") == "img" for svg in page.iter("svg"))
    levels = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3")]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_both_languages_say_the_same_things():
    for key, (korean, english) in WORDS.items():
        fields = [{f for _, f, _, _ in string.Formatter().parse(s) if f} for s in (korean, english)]
        assert fields[0] == fields[1], key
        assert re.search("[가-힣]", korean) or key == "of", key
        assert not re.search("[가-힣]", english), key


# ------------------------------------------------------------------ tables and grade files


def test_marks_csv_has_every_mark_of_the_gradebook(written, book):
    rows = read(written / "marks.csv")
    by_key = {(r[0], r[1], r[4]): dict(zip(rows[0], r, strict=True)) for r in rows[1:]}
    count = 0
    for chapter, points in POINTS.items():
        for submission in book.assignment_submissions(chapter):
            for name in points:
                row = by_key[chapter, submission.student.id, name]
                grade = _grade(submission.notebooks[0], name)
                assert float(row["score"]) == pytest.approx(grade.score, abs=1e-9)
                assert float(row["max_score"]) == grade.max_score
                for column, value in (
                    ("auto_score", grade.auto_score), ("manual_score", grade.manual_score),
                    ("extra_credit", grade.extra_credit),
                ):  # fmt: skip
                    assert (float(row[column]) if row[column] else None) == pytest.approx(value)
                total = score(book, chapter, submission.student.id)
                assert float(row["chapter_score"]) == pytest.approx(total)
                count += 1
    assert count == len(rows) - 1


def test_mistakes_csv_counts_who_made_them(written, edition):
    rows = [dict(zip(MADE, row, strict=True)) for row in read(written / "mistakes.csv")[1:]]
    assert rows[0]["mistake"] == "missing-2"
    assert (rows[0]["count"], rows[0]["of"], rows[0]["learners"]) == ("2", "5", "s2; s3")
    assert rows[0]["text"] == load_texts(CH3, edition).mistakes["mse-gradient"]["missing-2"]


MADE = report.MISTAKES


@pytest.mark.parametrize("file", ["marks.csv", "mistakes.csv", "canvas.csv", "moodle.csv"])
def test_no_cell_of_a_table_is_a_formula(written, file):
    cells = [each for row in read(written / file) for each in row]
    assert not [each for each in cells if len(each) > 1 and each.startswith(tuple("=+-@\t\r"))]
    if file != "mistakes.csv":
        assert f"'{FORMULA}" in {each.split(", ")[0] for each in cells} | set(cells)


@pytest.mark.parametrize("value, wanted", [
    ("=1+1", "'=1+1"), ("+82", "'+82"), ("-2", "'-2"), ("@x", "'@x"), ("\t=1", "'=1"), (" =1", "'=1"),
    ("＝1", "'＝1"), ("a\r\n=1", "a  =1"), ("-", "-"), ("김", "김"), (None, ""), (True, "1"),
    (-1.5, "-1.5"), (1 / 3, "0.3333333333"), (2.0, "2"), ("", ""),
])  # fmt: skip
def test_a_cell_is_safe_in_a_spreadsheet(value, wanted):
    assert cell(value) == wanted


def test_the_canvas_file_is_what_canvas_imports(written, book):
    header, points, *rows = read(written / "canvas.csv")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", CH3, CH11, OWN]
    assert points == ["Points Possible", "", "", "", "", "13", "13", "4"]
    by_login = {row[3]: row for row in rows}
    assert by_login.keys() == LEARNERS.keys()
    assert by_login["s1"] == ["김, 민지", "1001", "", "s1", "", "13", "0", ""]  # the own one waits
    assert float(by_login["s2"][5]) == round(score(book, CH3, "s2"), 2)
    assert by_login["s2"][:3] == ["O'Neil, Anne", "", ""]
    assert by_login["s4"] == ["s4", "", "", "s4", "", "", "", ""]  # refused
    assert by_login["s5"][1:6] == ["", "x-5", "s5", "", ""]  # waits
    assert by_login["absent"][5:] == ["", "", ""]


def test_the_moodle_file_is_what_moodle_imports(written, book):
    header, *rows = read(written / "moodle.csv")
    people = ["First name", "Last name", "Username", "ID number", "Email address"]
    assert header == [*people, CH3, CH11, OWN]
    by_name = {row[2]: row for row in rows}
    assert by_name["s1"] == ["민지", "김", "s1", "1001", "minji@univ.ac.kr", "13", "0", "-"]
    assert by_name["absent"][5:] == ["-", "-", "-"]
    assert float(by_name["s3"][5]) == round(score(book, CH3, "s3"), 2)


@pytest.mark.parametrize("exporter", [CanvasExport, MoodleExport])
def test_nbgrader_export_writes_the_same_file(course, exporter):
    assert main([]) == 1
    command = ["export", "--exporter", f"autograde.report.{exporter.__name__}", "--to", "x.csv"]
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command], cwd=course, text=True, timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert (course / "x.csv").read_bytes() == (course / "grading" / exporter.target).read_bytes()


def test_an_export_can_be_of_some_and_name_chapters_as_the_system_does(book, tmp_path):
    config = Config({"CanvasExport": {"names": {CH3: "Gradient descent (4711)"}}})
    to = str(tmp_path / "some.csv")
    CanvasExport(config=config, to=to, assignment=[CH3], student=["s1"]).export(book)
    header, _, *rows = read(Path(to))
    assert header[5:] == ["Gradient descent (4711)"]
    assert [row[3] for row in rows] == ["s1"]


# ------------------------------------------------------------------ what does not fit


def files(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (root / "grading").iterdir() if p.is_file()}


def refused(root: Path, capsys, *arguments: str) -> str:
    """What make report says when there is nothing to report on; nothing may have been written."""
    before = files(root) if (root / "grading").exists() else {}
    assert main([*arguments]) == 2
    assert (files(root) if (root / "grading").exists() else {}) == before
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.count("\n") == 1
    return said


def test_without_a_gradebook_there_is_a_sentence_and_none_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("")
    assert "make grade" in refused(tmp_path, capsys)
    assert not list(tmp_path.glob("*.db"))


def test_an_empty_gradebook_is_a_sentence(course, capsys):
    (course / "gradebook.db").unlink()
    Gradebook(f"sqlite:///{course}/gradebook.db", "pytorch-by-hand").close()
    assert main([]) == 2
    assert "채점된 제출물이 없습니다" in capsys.readouterr().err
    assert "holds no graded submission" in refused(course, capsys, CH3, "--edition", "en")


def test_a_gradebook_that_is_none_is_a_sentence(course, capsys):
    (course / "gradebook.db").write_text("not a database at all, but long enough to look" * 10)
    assert "is damaged or no gradebook" in refused(course, capsys, "--edition", "en")


def test_an_unknown_chapter_is_a_sentence_and_a_pattern_is_not(course, capsys):
    said = refused(course, capsys, "ch04", "--edition", "en")
    assert "no chapter ch04" in said
    assert CH3 in said
    assert main(["ch03*"]) == 0
    header = read(course / "grading" / "canvas.csv")[0]
    assert header[5:] == [CH3]
    page = lxml.html.parse(str(course / "grading" / "report.html")).getroot()
    assert len(page.xpath("//table[@class='heat']")) == 1
    assert page.xpath("//details[@class='chapter']/@open")


@pytest.mark.parametrize("damage", [
    lambda text: text[: len(text) // 2],
    lambda text: "[]",
    lambda text: text.replace('"verdict": "different"', '"verdict": ["x"]'),
    lambda text: text.replace(CH3, CH11),
    lambda text: "[" * 100_000,
    lambda text: text.replace('"format": 1', '"format": 99'),
])  # fmt: skip
def test_a_damaged_report_is_said_and_the_marks_stay(course, capsys, damage):
    path = course / "grading" / "reports" / CH3 / "s5.json"
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    assert main([CH3, "--edition", "en"]) == 1
    said = capsys.readouterr().err
    assert f"the stored report of s5 ({path}) is damaged" in said
    page = lxml.html.parse(str(course / "grading" / "report.html")).getroot()
    assert heat(page, "en", CH3)["s5"][0].startswith("1 ✎")
    assert "is damaged" in text(page)


def test_learners_on_one_side_only_are_said(course, capsys):
    reports = course / "grading" / "reports" / CH3
    shutil.copy(reports / "s1.json", reports / "ghost.json")
    (reports / "s2.json").unlink()
    assert main([CH3, "--edition", "en"]) == 1
    said = capsys.readouterr().err
    assert "1 of the gradebook's submissions have no stored report" in said
    assert "(s2)" in said
    assert "1 of the stored reports have no marks in the gradebook (ghost)" in said


def test_what_lies_there_ungraded_is_counted(course):
    for who in ("absent", "s1"):
        (course / "submitted" / who / CH3).mkdir(parents=True)
    assert main([CH3]) == 0
    page = lxml.html.parse(str(course / "grading" / "report.html")).getroot()
    (rows,) = tables(page, say("chapters_caption", "ko"))
    assert rows[0][3:8] == ["6", "3", "1", "1", "1"]


def test_a_folder_that_cannot_be_written_is_a_sentence(course, capsys, monkeypatch):
    def full(path, data, mode):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(report, "write_whole", full)
    assert "No space left" in refused(course, capsys, "--edition", "en")


def test_names_and_marks_are_not_for_everyone(written):
    for path in written.iterdir():
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o640


# ------------------------------------------------------------------ numbers by themselves


def test_a_histogram_puts_full_marks_into_the_last_bin():
    assert histogram([0, 0.1, 0.3, 0.7, 0.999, 1, 1.2]) == [1, 1, 0, 1, 0, 0, 0, 1, 0, 3]
    assert histogram([0.1 + 0.2, 0.6 / 0.3 / 10]) == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0]


def test_a_refused_submission_that_a_person_marked_is_graded():
    entry = Entry("s1", CH3, {"x": Score(1.0, None, 1.0, None, False)})
    entry.report = Report(CH3, "", 1, "ko", SENTENCE, (), (), "")
    assert entry.final
    assert not entry.refused


def test_a_penalty_never_goes_below_zero(book):
    entry = Entry("s1", CH3, {"x": Score(1.0, 1.0, None, None, False)}, penalty=3.0)
    assert entry.score == 0.0


def test_gathering_reads_what_nbgrader_reads(book, made):
    classbook = gather(book)
    add_reports(classbook, made / "grading" / "reports")
    for chapter in classbook.chapters:
        assignment = book.find_assignment(chapter.name)
        assert chapter.points == assignment.max_score
        for who, entry in chapter.entries.items():
            submission = book.find_submission(chapter.name, who)
            assert entry.raw == pytest.approx(submission.score)
            assert entry.penalty == submission.late_submission_penalty
            assert any(s.waits for s in entry.scores.values()) == submission.needs_manual_grade


def test_a_wide_class_is_drawn_in_seconds_and_few_megabytes():
    learners = {f"s{i}": Learner(f"s{i}", f"이름{i}", "김") for i in range(300)}
    chapters = []
    for c in range(24):
        exercises = tuple(Exercise(f"exercise-{c}-{i}", 2.0) for i in range(9))
        chapter = Chapter(f"ch{c:02d}_wide", exercises)
        for n, who in enumerate(learners):
            marks, scores = [], {}
            for i, exercise in enumerate(exercises):
                share = (n * 7 + i * 3 + c) % 5 / 4
                mistake = f"mistake-{(n + i) % 4}" if share < 0.5 else ""
                verdict = "passed" if share == 1 else "different"
                marks.append(Mark(exercise.name, 2, share, verdict, 0, 8, mistake, ()))
                scores[exercise.name] = Score(2 * share, 2 * share, None, None, False)
            stored = Report(chapter.name, "", 1, "ko", None, tuple(marks), (), "")
            chapter.entries[who] = Entry(who, chapter.name, scores, report=stored)
        chapters.append(chapter)
    started = time.process_time()
    html = draw(ClassBook(learners, chapters), "ko")
    assert time.process_time() - started < 10
    assert len(html.encode()) < 10e6
    page = lxml.html.document_fromstring(html)
    rows = Counter(len(t.xpath("tbody/tr")) for t in page.xpath("//table[@class='heat']"))
    assert rows == {300: 25}


def test_tables_are_read_back_as_they_were_written():
    rows = [["a,b", 'c"d', 1.5], ["", None, "줄"]]
    assert list(csv.reader(io.StringIO(report.table(rows)))) == [
        ["a,b", 'c"d', "1.5"],
        ["", "", "줄"],
    ]
