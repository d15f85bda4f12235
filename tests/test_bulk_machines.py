"""Many machines: a dask scheduler and workers of their own, and PostgreSQL as the gradebook.

The scheduler and the workers are started as programs, in an empty directory and with an
environment of their own. An audit hook in them notes every file that they open, so that it is
seen that they never look into the course folder.
"""

import asyncio
import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import classroom
import psutil
import pytest
from classroom import ROOT, SEED, end_state, grade, make_class, notebook
from conftest import lacking
from sqlalchemy import create_engine, text

from autograde import bulk, system
from autograde.bulk import Stopped

pytestmark = pytest.mark.slow

# Loaded by every Python process that has it on its path.
AUDIT = """
import os, sys
log, inside = os.environ["AUDIT_LOG"], os.environ["AUDIT_INSIDE"]
def note(event, arguments):
    for each in arguments:
        if isinstance(each, (str, bytes)) and inside in os.fsdecode(each):
            descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(descriptor, f"{event} {each}\\n".encode())
            os.close(descriptor)
open(log + ".hooked", "a").close()
sys.addaudithook(note)
"""


# ------------------------------------------------------------------ a scheduler and its workers


class Machines:
    """A scheduler and workers, as separate programs with nothing of this process's."""

    def __init__(self, folder: Path, course: Path) -> None:
        self.folder, self.course = folder, course
        (folder / "hook").mkdir()
        (folder / "hook" / "sitecustomize.py").write_text(AUDIT)
        self.cwd = folder / "empty"
        self.cwd.mkdir()
        self.log = folder / "audit"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.scheduler: subprocess.Popen | None = None
        self.workers: list[subprocess.Popen] = []

    def start(self, workers: int) -> None:
        host, port = self.address.removeprefix("tcp://").split(":")
        self.scheduler = self._run("scheduler", "--host", host, "--port", port, "--no-dashboard")
        for _ in range(workers):
            self.add_worker()

    def add_worker(self) -> None:
        self.workers.append(self._run("worker", self.address, "--nthreads", "1", "--no-dashboard"))

    def opened_inside_the_course_folder(self) -> str:
        assert self.log.with_suffix(".hooked").exists(), "the hook was not loaded"
        return self.log.read_text() if self.log.exists() else ""

    def stop(self) -> None:
        for each in [*self.workers, self.scheduler]:
            if each is not None:
                for process in [*classroom.below(psutil.Process(each.pid)), each]:
                    classroom.kill(process)
                each.wait()

    def _run(self, what: str, *arguments: str) -> subprocess.Popen:
        env = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(self.cwd), "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8",
            "PYTHONPATH": f"{self.folder / 'hook'}:{ROOT}",
            "AUDIT_LOG": str(self.log), "AUDIT_INSIDE": str(self.course),
        }  # fmt: skip
        out = (self.folder / "log").open("ab")
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
        return subprocess.Popen(command, cwd=self.cwd, env=env, stdout=out, stderr=out)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> tuple[Path, dict]:
    """A class of four whose notebooks really run, and the end state of grading it."""
    course = make_class(tmp_path_factory.mktemp("small") / "class", 4)
    undisturbed = shutil.copytree(course, course.parent / "undisturbed")
    grade(undisturbed, seed=SEED, workers=2)
    return course, end_state(undisturbed)


@pytest.fixture
def machines(small, tmp_path):
    course = shutil.copytree(small[0], tmp_path / "class")
    with classroom.orphans_come_here():
        before = classroom.descendants()
        made = Machines(tmp_path, course)
        yield made
        made.stop()
        assert classroom.survivors(before) == []


def test_two_workers_of_which_one_is_killed_grade_as_one_process_does(machines, tmp_path):
    # So many that warm boxes are used; one learner's box stays long enough to be killed in it.
    course = make_class(machines.course, bulk.FEW + 2)
    stay = "open('/proc/self/comm', 'w').write('long'); import time; time.sleep(2)"
    classroom.hand_in(course, "learner02", notebook(2, first=stay))
    undisturbed = shutil.copytree(course, tmp_path / "undisturbed")
    grade(undisturbed, seed=SEED)
    machines.start(workers=2)
    seed = ("--seed", str(SEED), "--scheduler", machines.address)
    run = subprocess.Popen(
        **classroom.command(*seed), cwd=course, stdout=subprocess.PIPE, text=True
    )
    workers = [psutil.Process(each.pid) for each in machines.workers]
    while not (busy := [each for each in workers if classroom.named(each, "long")]):
        assert run.poll() is None, run.stdout.read()
        time.sleep(0.01)
    victim = busy[0]
    # In a warm box: there is a zygote's too, of two processes; the other of this one is "long".
    assert len(classroom.boxes(victim)) > 2, run.stdout.read()
    family = classroom.below(victim)
    for each in [victim, *victim.children()]:  # the nanny first, or it starts another
        classroom.kill(each)
    _, alive = psutil.wait_procs(family, timeout=20)
    assert alive == []  # its zygote and its boxes went with it
    out, _ = run.communicate(timeout=120)
    assert run.returncode == 1, out
    assert f"{bulk.FEW + 1} graded, 0 kept, 1 refused, 0 failed" in out
    assert end_state(course) == end_state(undisturbed)
    assert machines.opened_inside_the_course_folder() == ""


def test_a_cluster_that_cannot_grade_says_why_and_loses_nothing(machines, small, monkeypatch):
    course, address = machines.course, machines.address
    monkeypatch.setattr(bulk, "NO_WORKER", 3.0)
    with pytest.raises(Stopped, match=f"No worker answers at {address}"):
        grade(course, seed=SEED, scheduler=address)  # no scheduler
    machines.start(workers=0)
    with pytest.raises(Stopped, match=f"No worker answers at {address}"):
        grade(course, seed=SEED, scheduler=address)  # no worker
    monkeypatch.setattr(bulk, "NO_WORKER", 60.0)
    machines.add_worker()
    with monkeypatch.context() as patch:
        patch.setattr(bulk, "course_digest", lambda: "of another course")
        with pytest.raises(Stopped, match="another version of the course"):
            grade(course, seed=SEED, scheduler=address)

    stored = bulk._Bookkeeper.take

    def then_kill(self, *arguments):  # the scheduler, after the first result
        stored(self, *arguments)
        classroom.kill(machines.scheduler)

    monkeypatch.setattr(bulk, "NO_WORKER", 5.0)
    with monkeypatch.context() as patch:
        patch.setattr(bulk._Bookkeeper, "take", then_kill)
        with pytest.raises(Stopped, match="same command again"):
            grade(course, seed=SEED, scheduler=address)
    assert len(list(course.glob("grading/reports/*/*.json"))) == 1
    outcome = grade(course, seed=SEED)
    assert outcome.graded + outcome.kept == 3
    assert end_state(course) == small[1]


def test_a_cluster_whose_boxes_are_fresh_ones_says_where_and_why(machines, small, monkeypatch):
    with (machines.folder / "hook" / "sitecustomize.py").open("a") as hook:
        hook.write("import autograde.selftest\nautograde.selftest.STEADY = -(1 << 40)\n")
    monkeypatch.setattr(bulk, "FEW", 0)
    machines.start(workers=2)
    said = []
    outcome = grade(machines.course, seed=SEED, scheduler=machines.address, say=said.append)
    assert outcome.graded == 3
    why = [each for each in said if "fresh boxes" in each]
    assert len(why) == 1, said
    assert why[0].startswith(f"{platform.node()}: Graded in fresh boxes, which is slower")
    assert "the zygote's memory stays as it is" in why[0]
    assert end_state(machines.course) == small[1]


def test_workers_that_all_go_away_are_waited_for_and_then_told(machines, small, monkeypatch):
    """The last worker is killed; a new one that comes in time does the rest."""
    course = machines.course
    machines.start(workers=1)
    stored = bulk._Bookkeeper.take

    def then_kill(self, *arguments):
        stored(self, *arguments)
        if len(machines.workers) == 1:
            victim = psutil.Process(machines.workers[0].pid)
            for each in [victim, *classroom.below(victim)]:
                classroom.kill(each)
            machines.add_worker()

    monkeypatch.setattr(bulk._Bookkeeper, "take", then_kill)
    outcome = grade(course, seed=SEED, scheduler=machines.address)
    assert (outcome.graded, len(outcome.refused)) == (3, 1)
    assert end_state(course) == small[1]


def test_other_people_on_this_machine_cannot_reach_the_local_cluster(tmp_path):
    """Its processes take only encrypted connections with the batch's own key."""
    from distributed.comm import connect
    from distributed.security import Security

    def reach(address: str, security: Security) -> None:
        async def greet() -> None:
            comm = await connect(address, timeout=3, **security.get_connection_args("client"))
            await comm.write({"op": "identity"})
            await comm.read()

        asyncio.run(greet())

    with bulk._local_cluster(1) as client:
        address = client.scheduler.address
        assert address.startswith("tls://127.0.0.1:")
        reach(address, client.security)
        with pytest.raises(OSError):
            reach(address, bulk._security(tmp_path))  # a stranger with a key of their own
        with pytest.raises(OSError):
            reach(address.replace("tls", "tcp"), Security())
        for path in ("info/main/workers.html", "json/counts.json", "proxy/1/x/y"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{client.dashboard_link.split('/status')[0]}/{path}")


# ------------------------------------------------------------------ PostgreSQL


class Server:
    """A PostgreSQL server in a directory of its own, reached through a socket in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = max(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name)
        )
        self._run("initdb", "--pgdata", folder / "data", "--auth", "trust", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "--pgdata", self.folder / "data", "--wait", "--options", options,
                  "--log", self.folder / "log", "start")  # fmt: skip

    def stop(self) -> None:
        self._run("pg_ctl", "--pgdata", self.folder / "data", "--mode", "immediate", "stop")

    def database(self, name: str) -> str:
        """A new, empty database; its URL."""
        server = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return server.replace("/postgres?", f"/{name}?")

    def _run(self, program: str, *arguments: str | Path) -> None:
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*become, self.programs / program, *arguments]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A running PostgreSQL server; where none can be had the test is skipped, but not in CI."""
    if sentence := system.install(["postgresql"]):
        lacking(sentence)
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))  # pytest's own are closed
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        running = Server(folder)
        stack.callback(running.stop)
        yield running


@pytest.fixture
def many(tmp_path, monkeypatch) -> tuple[Path, dict]:
    """A class of 20 graded in no time, and the end state with SQLite."""
    classroom.in_no_time(monkeypatch)
    course = make_class(tmp_path / "class", 20)
    with_sqlite = shutil.copytree(course, tmp_path / "sqlite")
    grade(with_sqlite, seed=SEED)
    return course, end_state(with_sqlite)


def test_postgresql_holds_the_same_marks_as_sqlite_after_kills_too(many, server):
    course, with_sqlite = many
    url, killed = server.database("killed"), 0
    while True:
        pid = classroom.forked(lambda: grade(course, url, seed=SEED))
        status = classroom.ended(pid, 0.05 + 0.05 * killed if killed < 24 else 60)
        if status is None:
            os.kill(pid, 9)
            status = classroom.ended(pid, 60)
        assert status in (0, -9)
        killed += 1
        if status == 0:
            break
    assert killed > 3
    assert end_state(course, url) == with_sqlite
    assert classroom.leftovers(course) == []
    assert not (course / "gradebook.db").exists()


def test_a_postgresql_server_that_goes_away_stops_the_batch_and_loses_nothing(
    many, server, monkeypatch
):
    course, with_sqlite = many
    url = server.database("away")

    def goes_away(task):
        if task.data == classroom.notebook(4):
            server.stop()
        return classroom.made_up(task)

    monkeypatch.setattr(bulk, "do", goes_away)
    with pytest.raises((Stopped, bulk.CourseFolderError), match="(?i)gradebook"):
        grade(course, url, seed=SEED)
    with pytest.raises((Stopped, bulk.CourseFolderError), match="(?i)gradebook"):
        grade(course, url, seed=SEED)
    server.start()
    monkeypatch.setattr(bulk, "do", classroom.made_up)
    outcome = grade(course, url, seed=SEED)
    assert outcome.kept > 0
    assert end_state(course, url) == with_sqlite


def test_the_whole_command_with_postgresql(small, tmp_path, server):
    """With workers, and db_url as an instructor writes it."""
    course = shutil.copytree(small[0], tmp_path / "class")
    url = server.database("whole")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f'\nc.CourseDirectory.db_url = "{url}"\n')
    run = classroom.command("--seed", str(SEED), "--workers", "2")
    done = subprocess.run(**run, cwd=course, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "3 graded, 0 kept, 1 refused" in done.stdout
    assert grade(course, url, seed=SEED).kept == 3
    assert end_state(course, url) == small[1]
