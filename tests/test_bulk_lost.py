"""Nothing is lost: kill -9 at random moments, full disks, read-only folders.

After every accident the same command is run again, and the end state must be that of an
undisturbed run with the same seed, with no process, no control group and no half-written file
left. KILLS=200 repeats the kills that often in each of the three tests that kill.
"""

import contextlib
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import classroom
import psutil
import pytest
from classroom import CHAPTER, SEED, end_state, grade, make_class, notebook
from conftest import lacking

from autograde import bulk, sandbox
from autograde.bulk import Stopped
from autograde.grade import grade as grade_one
from autograde.gradebook import CourseFolderError

KILLS = int(os.environ.get("KILLS", "0"))
ON_DISK = 6 << 20  # bytes of the small disk


@pytest.fixture(autouse=True)
def _orphans_come_here():
    with classroom.orphans_come_here():
        yield


@pytest.fixture
def dice(request) -> random.Random:
    """Random moments, other ones in each run; the seed is shown if a test fails."""
    seed = time.time_ns()
    print("dice:", seed)
    return random.Random(seed)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> tuple[Path, dict]:
    """A class of four whose notebooks really run, and the end state of grading it."""
    course = make_class(tmp_path_factory.mktemp("small") / "class", 3)
    slow = "import time\ntime.sleep(0.4)"  # so that kills meet it at work
    classroom.hand_in(course, "learner03", notebook(6, first=slow))
    undisturbed = shutil.copytree(course, course.parent / "undisturbed")
    grade(undisturbed, seed=SEED)
    return course, end_state(undisturbed)


@pytest.fixture
def many(tmp_path, monkeypatch) -> tuple[Path, dict]:
    """A class of 30 graded in no time, and the end state of grading it."""
    classroom.in_no_time(monkeypatch)
    course = make_class(tmp_path / "class", 30)
    undisturbed = shutil.copytree(course, tmp_path / "undisturbed")
    grade(undisturbed, seed=SEED)
    return course, end_state(undisturbed)


def assert_as_undisturbed(course: Path, undisturbed: dict) -> None:
    now = end_state(course)
    assert now["gradebook"].pop("counts") == undisturbed["gradebook"]["counts"]
    for part, wanted in undisturbed["gradebook"].items():
        if part != "counts":
            assert set(now["gradebook"][part]) ^ set(wanted) == set(), part
    assert now["reports"] == undisturbed["reports"]
    assert now["autograded"] == undisturbed["autograded"]
    assert classroom.leftovers(course) == []


# ------------------------------------------------------------------ kill -9


def test_a_batch_killed_while_it_grades(small, tmp_path, dice):
    course = shutil.copytree(small[0], tmp_path / "class")
    before, killed, graders = classroom.descendants(), 0, []
    while True:
        pid = classroom.forked(lambda: grade(course, seed=SEED))
        graders.append(str(pid))
        # While there is something to lose, after a second and a half at most.
        patience = dice.uniform(0, 1.5) if killed < max(KILLS, 8) else 60
        if (status := classroom.ended(pid, patience)) is None:
            os.kill(pid, 9)
            status = classroom.ended(pid, 60)
        assert classroom.survivors(before) == []
        killed += status == -9
        if status != -9:
            assert status == 0
            if killed >= max(KILLS, 8):
                break
            shutil.rmtree(course)  # it was done before it could be killed often enough
            shutil.copytree(small[0], course)
    print("killed", killed)
    assert_as_undisturbed(course, small[1])
    left = classroom.control_groups()
    assert [group for group in left if group.name.split("-")[3] in graders] == []


def test_a_batch_killed_while_it_stores_and_records(many, dice):
    course, undisturbed = many
    before, killed, done = classroom.descendants(), 0, False
    while not done:
        pid = classroom.forked(lambda: grade(course, seed=SEED))
        # With the first gradebook also while that is being made, which takes a second.
        new = not (course / "gradebook.db").exists()
        patience = dice.uniform(0, 2 if new else 0.15) if killed < max(KILLS, 30) else 60
        if (status := classroom.ended(pid, patience)) is None:
            os.kill(pid, 9)
            status = classroom.ended(pid, 60)
        killed += status == -9
        assert status in (0, -9)
        done = status == 0 and killed >= max(KILLS, 30)
        if status == 0 and not done:
            assert_as_undisturbed(course, undisturbed)
            for name in dice.sample(["grading", "autograded", "gradebook.db"], 2):
                path = course / name
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    print("killed", killed)
    assert classroom.survivors(before) == []
    assert_as_undisturbed(course, undisturbed)


@pytest.mark.slow
def test_a_batch_whose_processes_are_killed_one_after_another(small, tmp_path, dice):
    """The main process, a worker, the process they are forked from, or a sandbox."""
    course = shutil.copytree(small[0], tmp_path / "class")
    before, wanted = classroom.descendants(), max(KILLS, 8)
    killed = dict.fromkeys(("main", "worker", "parent", "box"), 0)
    logs = tmp_path / "log"
    while True:
        with logs.open("wb") as log:
            run = subprocess.Popen(
                **classroom.command("--seed", str(SEED), "--workers", "2"), cwd=course,
                stdout=log, stderr=log,
            )  # fmt: skip
        main = psutil.Process(run.pid)
        while run.poll() is None and sum(killed.values()) < wanted:
            kind = dice.choice(list(killed))
            while run.poll() is None and not processes(main)[kind]:
                time.sleep(0.02)
            time.sleep(dice.uniform(0, 1.5))
            targets = processes(main)[kind]
            if run.poll() is None and targets and classroom.kill(dice.choice(targets)):
                killed[kind] += 1
        status = run.wait(120)
        assert classroom.survivors(before) == []
        assert status in (0, 1, 2, -9), logs.read_text()
        if "1 refused, 0 failed" in logs.read_text():  # done; the one whose notebook is broken
            assert_as_undisturbed(course, small[1])
            if sum(killed.values()) >= wanted:
                break
            shutil.rmtree(course)
            shutil.copytree(small[0], course)
    print("killed", killed)


@pytest.mark.parametrize("place", ["a set-up cell", "an answer's cell", "an answer that is used"])
def test_a_sandbox_killed_from_outside_costs_no_point(place, monkeypatch):
    wanted = {"a set-up cell": 1, "an answer's cell": 12, "an answer that is used": 13}[place]
    kills, endings, run = [], [], sandbox.Box.run

    def killed_once(self, job, limits, see):
        frames = []

        def seen(frame):
            frames.append(frame)
            if len(frames) == wanted and not kills:
                kills.extend(map(classroom.kill, classroom.boxes(psutil.Process())))
                time.sleep(0.5)
            return see(frame)

        endings.append(run(self, job, limits, seen).reason)
        return sandbox.Ending(endings[-1], 0, 1.0)

    # The box still works while what it sent before is read here: else there is nothing to kill.
    slow = notebook(7, last="import time\ntime.sleep(2)")
    undisturbed = grade_one(slow, CHAPTER, SEED, sandbox.Box())
    monkeypatch.setattr(sandbox.Box, "run", killed_once)
    report = grade_one(slow, CHAPTER, SEED, sandbox.Box())
    assert endings == ["died", "finished"]
    assert report.marks == undisturbed.marks
    assert {mark.share for mark in report.marks} == {1.0}
    assert report.notebook == undisturbed.notebook


def processes(main: psutil.Process) -> dict[str, list[psutil.Process]]:
    """The processes of a batch, by what they are."""
    found = {"main": [main], "worker": [], "parent": [], "box": classroom.boxes(main)}
    for each in classroom.below(main):
        with contextlib.suppress(psutil.Error):
            if "multiprocessing.forkserver" in " ".join(each.cmdline()):
                found["parent" if each.ppid() == main.pid else "worker"].append(each)
    return found


# ------------------------------------------------------------------ no room, no permission


@pytest.fixture
def disk(tmp_path):
    """A small file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ON_DISK},mode=755", "tmpfs", place]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        lacking("no file system can be mounted here: needs root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(disk: Path, left: int) -> Path:
    """Leaves so many bytes free on a disk."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        free = shutil.disk_usage(disk).free
        file.write(b"\0" * max(0, free - left))
    return filler


def test_a_disk_that_is_full_stops_the_batch_and_loses_nothing(many, disk):
    course = shutil.copytree(many[0], disk / "class")
    stopped = 0
    for left in [0, 4096, *range(16 << 10, 1 << 20, 56 << 10)]:
        filler = fill(disk, left)
        try:
            grade(course, seed=SEED)
        except (Stopped, CourseFolderError) as error:
            stopped += 1
            assert "room" in str(error) or "unable to open" in str(error), error
        filler.unlink()
        if left % (280 << 10) == 16 << 10:  # now and then it is finished, and begun again
            grade(course, seed=SEED)
            assert_as_undisturbed(course, many[1])
            for name in ("grading", "autograded"):
                shutil.rmtree(course / name)
            (course / "gradebook.db").unlink()
    assert stopped > 10
    grade(course, seed=SEED)
    assert_as_undisturbed(course, many[1])


def test_a_folder_that_cannot_be_written_is_one_sentence(many, disk):
    course = shutil.copytree(many[0], disk / "class")
    remount = ["mount", "-o", "remount,ro", disk]
    subprocess.run(remount, check=True)
    with pytest.raises(Stopped, match="Read-only file system: .*permissions"):
        grade(course, seed=SEED)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    grade(course, seed=SEED, learner="learner00")
    subprocess.run(remount, check=True)
    with pytest.raises(Stopped, match="Read-only file system"):
        grade(course, seed=SEED)
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    grade(course, seed=SEED)
    assert_as_undisturbed(course, many[1])


# ------------------------------------------------------------------ a submission that kills


def test_a_submission_that_kills_its_workers_fails_alone(many, monkeypatch):
    import cloudpickle

    cloudpickle.register_pickle_by_value(classroom)
    classroom.hand_in(many[0], "zz-killer", notebook(1, first="KILL"))
    with monkeypatch.context() as patch:
        patch.setattr(bulk, "do", classroom.made_up_or_killed)
        outcome = grade(many[0], seed=SEED, workers=2)
    cloudpickle.unregister_pickle_by_value(classroom)
    assert [(each.learner, each.chapter) for each in outcome.failed] == [("zz-killer", CHAPTER)]
    assert "killed its worker process" in outcome.problems()[-1]
    assert outcome.graded == 29
    shutil.rmtree(many[0] / "submitted" / "zz-killer")
    grade(many[0], seed=SEED)
    assert_as_undisturbed(*many)
