"""autograde.bulk: what a batch counts, says, keeps and repeats; who may run beside it.

Most reports are made up in no time (classroom.made_up), so that only the batch itself is at work.
Kills and full disks: test_bulk_lost.py. Clusters and PostgreSQL: test_bulk_machines.py.
"""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import classroom
import pytest
from classroom import CHAPTER, ROOT, SEED, end_state, grade, hand_in, make_class, notebook

from autograde import bulk, worker
from autograde.bulk import Stopped
from autograde.gradebook import CourseFolderError, Handed
from autograde.sandbox import SandboxError
from autograde.worker import Trouble


@pytest.fixture(scope="module")
def blank(tmp_path_factory) -> Path:
    """A gradebook in which nobody has been graded; to make one takes a second."""
    course = make_class(tmp_path_factory.mktemp("blank"), 0)
    with classroom.opened(course) as folder:
        folder.register(CHAPTER)
    return course / "gradebook.db"


@pytest.fixture
def course(tmp_path, blank, monkeypatch) -> Path:
    """A class of five, one of whose notebooks is broken; reports are made up."""
    monkeypatch.setattr(bulk, "do", classroom.made_up)
    monkeypatch.setattr(bulk.sandbox, "require", lambda: None)
    make_class(tmp_path, 5)
    shutil.copy(blank, tmp_path)
    return tmp_path


def counts(outcome: bulk.Outcome) -> tuple[int, int, int, int]:
    return outcome.graded, outcome.kept, len(outcome.refused), len(outcome.failed)


def reports(course: Path) -> dict[str, dict]:
    return end_state(course)["reports"]


def marks(course: Path) -> list:
    return end_state(course)["gradebook"]["grades"]


# ------------------------------------------------------------------ counts, seeds, repeating


def test_every_submission_is_in_one_group(course):
    assert counts(grade(course)) == (4, 0, 1, 0)
    hand_in(course, "late", notebook(2))
    assert counts(grade(course)) == (1, 4, 1, 0)
    assert counts(grade(course, learner="learner0*")) == (0, 4, 1, 0)
    assert counts(grade(course, force=True)) == (5, 0, 1, 0)


def test_what_is_graded_is_not_touched_again(course):
    grade(course)
    before = {p: p.stat().st_mtime_ns for p in course.rglob("*") if p.is_file()}
    grade(course)
    after = {p: p.stat().st_mtime_ns for p in course.rglob("*") if p.is_file()}
    assert {p for p in before if before[p] != after.get(p)} <= {course / "gradebook.db"}
    assert before.keys() == after.keys()


def test_a_batch_that_ended_leaves_no_seed_for_the_next_one(course):
    first = grade(course).seed
    assert grade(course, force=True).seed != first
    assert not list((course / "grading" / "unfinished").iterdir())


def test_a_seed_repeats_a_mark_exactly_also_after_others(course):
    grade(course, seed=SEED)
    undisturbed = end_state(course)
    grade(course, force=True)
    assert reports(course) != undisturbed["reports"]
    grade(course, seed=SEED)
    assert end_state(course) == undisturbed


def test_with_force_a_seed_is_graded_again_even_if_it_was_the_last_one(course):
    grade(course, seed=SEED)
    assert counts(grade(course, seed=SEED)) == (0, 4, 1, 0)
    assert counts(grade(course, seed=SEED, force=True)) == (4, 0, 1, 0)


def test_another_submission_is_graded_and_the_same_one_kept(course):
    grade(course)
    hand_in(course, "learner02", notebook(7))
    hand_in(course, "learner03", notebook(3, "ko"))  # the same bytes as before
    assert counts(grade(course)) == (1, 3, 1, 0)


def test_a_file_that_cannot_be_read_is_refused_once_and_then_kept_as_refused(course):
    (course / "submitted" / "learner02" / CHAPTER / f"{CHAPTER}.ipynb").unlink()
    assert counts(grade(course)) == (3, 0, 2, 0)
    report = course / "grading" / "reports" / CHAPTER / "learner02.json"
    stored = report.read_bytes()
    assert counts(grade(course)) == (0, 3, 2, 0)
    assert report.read_bytes() == stored


def test_a_notebook_that_went_missing_is_made_again_with_the_same_marks(course):
    grade(course, seed=SEED)
    before = end_state(course)
    (course / "autograded" / "learner02" / CHAPTER / f"{CHAPTER}.ipynb").unlink()
    assert counts(grade(course)) == (1, 3, 1, 0)
    assert end_state(course) == before


def test_marks_that_went_missing_are_recorded_from_the_stored_report(course, blank):
    grade(course)
    before = end_state(course)
    shutil.copy(blank, course)
    assert counts(grade(course)) == (0, 4, 1, 0)
    assert end_state(course) == before


def test_a_stopped_forced_batch_goes_on_where_it_was(course, monkeypatch):
    grade(course)
    taken = []

    def three(task):
        taken.append(task)
        if len(taken) == 3:
            raise KeyboardInterrupt
        return classroom.made_up(task)

    monkeypatch.setattr(bulk, "do", three)
    with pytest.raises(KeyboardInterrupt):
        grade(course, force=True)
    said = []
    outcome = grade(course, force=True, say=said.append)
    assert outcome.seed == taken[0].seed
    assert "going on with the batch of" in said[0]
    assert counts(outcome) == (3, 1, 1, 0)
    assert {each["seed"] for each in reports(course).values()} == {outcome.seed}


def test_a_learner_who_hands_in_again_meanwhile_is_graded_on_one_of_the_two(course, monkeypatch):
    new = notebook(6)

    def meanwhile(task):
        if b"learner" not in task.data and task.data == notebook(2):
            hand_in(course, "learner02", new)  # was read already
            hand_in(course, "learner04", new)  # will be read later
        return classroom.made_up(task)

    monkeypatch.setattr(bulk, "do", meanwhile)
    grade(course, seed=SEED)
    first = reports(course)
    assert first["learner02"]["submission"] == worker.hashlib.sha256(notebook(2)).hexdigest()
    assert first["learner04"]["submission"] == worker.hashlib.sha256(new).hexdigest()
    assert counts(grade(course)) == (1, 3, 1, 0)
    assert reports(course)["learner02"]["submission"] == first["learner04"]["submission"]


def test_a_person_s_score_stays(course):
    grade(course)
    with classroom.opened(course) as folder:
        name = next(iter(classroom.POINTS))
        given = folder.book.find_grade(f"check-{name}", CHAPTER, CHAPTER, "learner02")
        given.manual_score = 0.5
        folder.book.db.commit()
    grade(course, force=True)
    kept = [row for row in marks(course) if row[0] == "learner02" and row[4] == 0.5]
    assert [row[2] for row in kept] == [f"check-{name}"]


# ------------------------------------------------------------------ what goes wrong


def test_a_submission_that_stops_the_grader_fails_alone_and_is_tried_again(course, monkeypatch):
    def breaks(task):
        if task.data == notebook(3, "ko"):
            return Trouble("RuntimeError: boom")
        return classroom.made_up(task)

    monkeypatch.setattr(bulk, "do", breaks)
    outcome = grade(course)
    assert counts(outcome) == (3, 0, 1, 1)
    assert "boom" in outcome.problems()[1]
    monkeypatch.setattr(bulk, "do", classroom.made_up)
    again = grade(course)
    assert counts(again) == (1, 3, 1, 0)
    assert again.seed == outcome.seed


def test_an_exception_of_the_grader_comes_back_as_a_sentence(monkeypatch):
    def boom(*_):
        raise RecursionError("too deep")

    monkeypatch.setattr(worker, "grade", boom)
    task = worker.Task(CHAPTER, b"", 1, bulk.Limits(), unsafe=True)
    assert worker.do(task) == Trouble("RecursionError: too deep")


def test_a_report_that_cannot_be_stored_fails_alone(course):
    blocked = course / "autograded" / "learner02" / CHAPTER
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where a folder belongs")
    outcome = grade(course)
    assert counts(outcome) == (3, 0, 1, 1)
    assert list(outcome.failed) == [Handed(CHAPTER, "learner02")]
    assert "FileExistsError" in outcome.failed[Handed(CHAPTER, "learner02")]


def test_a_learner_whom_nobody_enrolled_fails_alone_where_none_may_be_added(course):
    with classroom.opened(course) as folder:
        for name in ("learner00", "learner01", "learner03", "learner04"):
            folder.book.add_student(name)
    outcome = grade(course, create=False)
    assert counts(outcome) == (3, 0, 1, 1)
    assert "nbgrader db student add learner02" in outcome.problems()[1]


def test_names_and_chapters_that_are_none_are_refused_and_recorded_nowhere(course):
    hand_in(course, "<b>kim", notebook(1))
    hand_in(course, "kim", notebook(1), "ch99_nothing")
    outcome = grade(course)
    assert counts(outcome) == (4, 0, 3, 0)
    assert not list(course.glob("autograded/kim*")) + list(course.glob("autograded/<b>*"))
    assert counts(grade(course)) == (0, 4, 3, 0)


def test_sentences_are_in_the_language_of_the_edition(course, monkeypatch):
    monkeypatch.setattr(bulk, "do", lambda task: Trouble("boom"))
    for language, refused, failed in (
        ("ko", "온전한 노트북", "강사"),
        ("en", "whole", "instructor"),
    ):
        with classroom.opened(course) as folder:
            outcome = bulk.grade_all(folder, bulk.Options(workers=1), say=str, language=language)
        assert refused in "".join(outcome.refused.values()) or not outcome.refused
        assert failed in outcome.failed[Handed(CHAPTER, "learner00")]
        assert classroom.leftovers(course), "a batch with failures keeps its seed"
    monkeypatch.setattr(bulk, "do", classroom.made_up)
    with classroom.opened(course) as folder:
        outcome = bulk.grade_all(folder, bulk.Options(workers=1), say=str, language="ko")
    assert "온전한 노트북" in outcome.problems()[0]


def test_nothing_handed_in_is_a_sentence_that_says_what_there_is(course):
    with pytest.raises(CourseFolderError, match=f"matches ch99 of kim .* There is: {CHAPTER}"):
        grade(course, chapter="ch99", learner="kim")


def test_a_batch_of_one_chapter_is_stopped_before_it_runs_if_the_gradebook_is_another_s(course):
    with classroom.opened(course) as folder:
        folder.book.update_or_create_notebook(CHAPTER, CHAPTER)
        for cell in folder.book.find_notebook(CHAPTER, CHAPTER).grade_cells[:1]:
            folder.book.db.delete(cell)
        folder.book.db.commit()
        folder.book.add_student("old")
        folder.book.add_submission(CHAPTER, "old")
    with pytest.raises(CourseFolderError, match="another version"):
        grade(course)
    assert not list(course.glob("grading/reports/*/*"))


# ------------------------------------------------------------------ two at once, waiting


def test_a_second_batch_in_the_same_folder_is_refused_with_a_sentence(course, monkeypatch):
    go = course / "go"

    def slowly(task):
        while not go.exists():
            time.sleep(0.01)
        return classroom.made_up(task)

    monkeypatch.setattr(bulk, "do", slowly)
    first = classroom.forked(lambda: grade(course, seed=SEED))
    while not list(course.glob("grading/unfinished/*.json")):
        assert classroom.ended(first, 0) is None
    with pytest.raises(Stopped, match="Another program is grading"):
        grade(course, seed=SEED + 1)
    go.touch()
    assert classroom.ended(first, 20) == 0
    assert {each["seed"] for each in reports(course).values()} == {SEED}
    assert counts(grade(course)) == (0, 4, 1, 0)


def test_a_gradebook_that_is_soon_free_again_is_waited_for(course):
    with ThreadPoolExecutor(1) as aside, held(course) as connection:
        graded = aside.submit(grade, course)
        time.sleep(1)
        assert not graded.done()
        connection.rollback()
        assert counts(graded.result(timeout=20)) == (4, 0, 1, 0)


def test_a_gradebook_that_stays_locked_stops_the_batch_and_loses_nothing(course, monkeypatch):
    undisturbed = undisturbed_state(course)
    monkeypatch.setattr(bulk, "LOCKED", 0.1)

    def locks(task):  # when two are recorded already
        if task.data == notebook(2):
            connection.execute("BEGIN EXCLUSIVE")
        return classroom.made_up(task)

    monkeypatch.setattr(bulk, "do", locks)
    with held(course) as connection:
        connection.rollback()
        with pytest.raises(Stopped, match=r"gradebook cannot be written \(database is locked\)"):
            grade(course, seed=SEED)
    monkeypatch.setattr(bulk, "do", classroom.made_up)
    assert counts(grade(course, seed=SEED)) == (2, 2, 1, 0)
    assert end_state(course) == undisturbed


def held(course: Path):
    """Another program's connection, which holds the gradebook until it is rolled back."""
    import contextlib
    import sqlite3

    connection = sqlite3.connect(
        course / "gradebook.db", isolation_level=None, check_same_thread=False
    )
    connection.execute("BEGIN EXCLUSIVE")
    return contextlib.closing(connection)


def undisturbed_state(course: Path) -> dict:
    """The end state of grading a copy of the folder with SEED."""
    copy = shutil.copytree(course, course.parent / f"{course.name}-undisturbed")
    grade(copy, seed=SEED)
    return end_state(copy)


# ------------------------------------------------------------------ many, and how they go on


def test_only_so_many_submissions_are_held_at_a_time(monkeypatch):
    """10,000 tasks on 4 workers: no more are read than are on their way."""
    read = 0

    def tasks():
        nonlocal read
        for number in range(10_000):
            read += 1
            yield Handed(CHAPTER, str(number)), worker.Task(CHAPTER, b"", 1, bulk.Limits())

    class Future:
        released = 0

        def add_done_callback(self, call):
            call(self)

        def result(self, timeout):
            return Trouble("")

        def release(self):
            Future.released += 1

    class Client:
        status = "running"

        def nthreads(self):
            return dict.fromkeys("abcd", 1)

        def submit(self, *_, **__):
            return Future()

    for number, _ in enumerate(bulk._on_cluster(Client(), tasks(), "")):
        assert read <= number + 4 * bulk.PER_WORKER
    assert read == Future.released == 10_000


def test_without_a_terminal_progress_is_a_line_now_and_then(course, monkeypatch):
    monkeypatch.setattr(bulk, "LINE", 0.0)
    said = []
    grade(course, say=said.append)
    assert re.fullmatch(r"5 submissions, 5 to grade, seed \d+", said[0])
    assert len(said) == 5
    assert re.fullmatch(
        r"2 of 5: \d+ a minute, about \d+ minutes left; 1 graded, 0 kept, 1 refused, 0 failed",
        said[2],
    )


def test_on_a_terminal_progress_is_one_line_with_rate_time_left_and_failures(course, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    said = []
    grade(course, say=said.append)
    assert len(said) == 1
    shown = terminal.getvalue()
    assert shown.count("\n") == 1
    last = shown.rstrip().split("\r")[-1]
    assert re.search(
        r"100% \|.*\| 5 of 5, +[\d.]+ submissions/s, 00:00 left, 1 refused, 0 failed", last
    )


# ------------------------------------------------------------------ the command itself


def test_the_command_s_exit_status_says_how_it_went(course, monkeypatch, capsys):
    monkeypatch.setattr(bulk, "open_course", lambda: classroom.opened(course))
    assert bulk.main(["--workers", "1", "--learner", "learner00"]) == 0
    assert re.search(r"1 graded, 0 kept, 0 refused, 0 failed in [\d.]+ s", capsys.readouterr().out)
    assert bulk.main(["--workers", "1", "--edition", "ko"]) == 1
    assert "  learner01 · ch03_gradient_descent: ch03_gradient_descent.ipynb은(는)" in (
        capsys.readouterr().out
    )
    assert bulk.main(["ch99", "--workers", "1"]) == 2
    assert capsys.readouterr().err.startswith("Nothing is handed in that matches ch99")


def test_ctrl_c_says_that_the_same_command_goes_on(course, monkeypatch, capsys):
    def interrupted(task):
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk, "open_course", lambda: classroom.opened(course))
    monkeypatch.setattr(bulk, "do", interrupted)
    assert bulk.main(["--workers", "1"]) == 2
    assert capsys.readouterr().err == f"\nStopped. {bulk.GO_ON}\n"
    assert "same command again" in bulk.GO_ON


@pytest.fixture
def without_bubblewrap(tmp_path) -> str:
    """A PATH on which everything is but bubblewrap."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in ("/usr/bin", "/bin"):
        for program in Path(folder).iterdir():
            if program.name != "bwrap" and not (programs / program.name).exists():
                (programs / program.name).symlink_to(program)
    return f"{Path(classroom.sys.executable).parent}:{programs}"


def test_without_bubblewrap_nothing_is_graded_and_the_remedy_is_named(tmp_path, without_bubblewrap):
    course = make_class(tmp_path / "class", 1)
    run = classroom.command(path=without_bubblewrap)
    done = subprocess.run(**run, cwd=course, capture_output=True, text=True)
    assert done.returncode == 2
    assert re.fullmatch(
        "Submissions cannot be graded here: bubblewrap is missing. Install it .*apt install "
        "bubblewrap.* Nothing was run or graded.\n",
        done.stderr,
    )
    assert not list(course.glob("autograded/*")) + list(course.glob("grading/reports/*"))

    run = classroom.command("--unsafe-no-sandbox", "--seed", "1", path=without_bubblewrap)
    done = subprocess.run(**run, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("WARNING: --unsafe-no-sandbox runs learners' code as you")
    unsafe = end_state(course)
    done = subprocess.run(**classroom.command("--seed", "1", "--force"), cwd=course, text=True)
    assert done.returncode == 0
    assert end_state(course) == unsafe, "an honest submission earns the same without the sandbox"


def test_without_bubblewrap_many_are_not_graded_either(course, monkeypatch):
    def missing():
        raise SandboxError("no bubblewrap")

    monkeypatch.setattr(bulk.sandbox, "require", missing)
    before = classroom.descendants()
    with classroom.orphans_come_here(), pytest.raises(SandboxError):
        grade(course, workers=2)
    assert not list(course.glob("autograded/*"))
    assert [e for e in before if e not in classroom.descendants()] == []


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"chapter": "*", "edition": "ko", "unsafe": False, "force": False, "seed": None}),
        ({"CHAPTER": "ch03", "LEARNER": "kim lee", "SEED": "7", "EDITION": "en"},
         {"chapter": "ch03", "learner": "kim lee", "seed": 7, "edition": "en"}),
        ({"FORCE": "1", "SCHEDULER": "tcp://host:8786", "UNSAFE": "--unsafe-no-sandbox"},
         {"force": True, "scheduler": "tcp://host:8786", "unsafe": True}),
        ({"WORKERS": "3"}, {"workers": 3}),
    ],
)  # fmt: skip
def test_make_grade_hands_its_variables_on(given, wanted):
    import shlex

    variables = [f"{name}={value}" for name, value in given.items()]
    run = subprocess.run(
        ["make", "--dry-run", "grade", *variables], cwd=ROOT, capture_output=True, text=True
    )
    command = next(c for c in run.stdout.replace("\\\n", "").splitlines() if "bulk" in c)
    arguments = shlex.split(command.split("autograde.bulk")[1])
    got = bulk._arguments(arguments)
    assert {name: got[name] for name in wanted} == wanted


def test_a_broken_unfinished_file_is_no_obstacle(course):
    folder = course / "grading" / "unfinished"
    folder.mkdir(parents=True)
    grade(course, learner="learner00")
    for content in ("", "[]", '{"batch_seed": "x"}'):
        for number, options in enumerate(({}, {"force": True})):
            batch = bulk._Batch(classroom.opened(course), bulk.Options(**options))
            batch.path.write_text(content)
            assert counts(grade(course, **options))[2:] == (1, 0), (content, number)
    assert json.loads(next(course.glob("grading/reports/*/*.json")).read_text())["seed"] > 0


def test_half_written_files_of_a_killed_batch_are_cleared_away(course):
    grade(course)
    for folder in ("grading/unfinished", f"grading/reports/{CHAPTER}"):
        (course / folder / ".0badcafe.tmp").write_text("half")
    grade(course)
    assert classroom.leftovers(course) == []


def test_the_course_digest_knows_what_marks_depend_on(monkeypatch, tmp_path):
    monkeypatch.setattr(worker, "ROOT", tmp_path)
    for name in ("helpers/check.py", "helpers/cases/a.json", "autograde/judge.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")

    def digest():
        worker.course_digest.cache_clear()
        return worker.course_digest()

    first = digest()
    (tmp_path / "README.md").write_text("two")
    assert digest() == first
    for name in ("helpers/check.py", "helpers/cases/a.json", "autograde/judge.py"):
        (tmp_path / name).write_text("two")
        assert digest() != first
        first = digest()
    worker.course_digest.cache_clear()


def test_a_worker_on_another_version_of_the_course_grades_nothing():
    task = worker.Task(CHAPTER, notebook(1), 1, bulk.Limits(), course="another")
    trouble = worker.do(task)
    assert trouble.worker
    assert "has another version of the course" in trouble.why


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_at_a_terminal_ends_everything_and_the_same_command_finishes(tmp_path, workers):
    course = make_class(tmp_path / "class", 4)
    before = classroom.descendants()
    with classroom.orphans_come_here():
        run = subprocess.Popen(
            **classroom.command("--seed", str(SEED), "--workers", workers), cwd=course,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            # Where the tests run in the background, a shell has them ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        while not list(course.glob("grading/reports/*/*.json")):
            assert run.poll() is None, run.stderr.read()
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all in the foreground
        status, said = run.wait(20), run.stderr.read()
        assert status == 2 and said.endswith(f"\nStopped. {bulk.GO_ON}\n"), said
        assert classroom.survivors(before) == []
    outcome = grade(course, seed=SEED)
    assert outcome.kept + len(outcome.refused) >= 1
    assert outcome.graded + outcome.kept == 3
    assert classroom.leftovers(course) == []
    assert [group for group in classroom.control_groups() if str(run.pid) in group.name] == []
