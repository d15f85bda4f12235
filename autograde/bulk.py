"""Many submissions: on this machine's cores or on many machines, resumed and recorded once.

    make grade                                        everything handed in and not graded yet
    make grade CHAPTER=ch03_gradient_descent LEARNER=kim
    make grade … FORCE=1                              again, on fresh inputs
    make grade … SEED=123                             again, on the inputs of that seed
    make grade … FRESH=1                              in boxes that start Python anew (slower)
    make grade … SCHEDULER=tcp://host:8786            on a dask cluster (https://distributed.dask.org)

Tasks are pure: a submission's bytes go out, a report comes back (autograde.worker). Workers see
no gradebook and no course folder; only this process writes (autograde.gradebook), one submission
after another. A batch that was stopped keeps its seed until the same command has finished it.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import logging
import multiprocessing
import os
import queue
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from nbgrader.apps import NbGrader
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from tqdm import tqdm

from autograde import sandbox, selftest
from autograde.grade import Report, refusal
from autograde.gradebook import (
    FOLDER,
    CourseFolder,
    CourseFolderError,
    Handed,
    UnknownLearner,
    chapters,
    write_whole,
)
from autograde.intake import LANGUAGES, REASONS, Refused
from autograde.sandbox import Limits, SandboxError
from autograde.worker import Task, Trouble, course_digest, do, why_fresh
from helpers.words import Language

IN_PROCESS = 2  # so few submissions are graded right here
FEW = 8  # submissions for which it does not pay to start what warm boxes need
PER_WORKER = 3  # submissions on their way per worker
NO_WORKER = 60.0  # seconds to wait for a worker
LOCKED = 60.0  # seconds to wait for a gradebook that another program holds
PULSE = 2.0  # seconds between two looks at a silent cluster
LINE = 30.0  # seconds between two lines about the progress, where there is no terminal
GO_ON = "What is graded is kept: run the same command again and it goes on from there."
Say = Callable[[str], None]
T = TypeVar("T")


class Stopped(Exception):
    """The batch cannot go on; says why, and that the same command goes on from here."""


@dataclass(frozen=True)
class Options:
    """What to grade and how.

    chapter, learner: shell patterns. seed: of the secret inputs; None: a fresh one. force: also
    what is graded already. create: whether unknown learners are added to the gradebook.
    scheduler: the address of a dask scheduler, "" for this machine. workers: processes on this
    machine; 1 grades in this process. fresh: each in a box that starts Python anew. unsafe:
    without a sandbox.
    """

    chapter: str = "*"
    learner: str = "*"
    seed: int | None = None
    force: bool = False
    create: bool = True
    scheduler: str = ""
    workers: int = os.cpu_count() or 1
    fresh: bool = False
    unsafe: bool = False


@dataclass
class Outcome:
    """What came of a batch: each submission is in one of the four groups.

    graded: now. kept: graded before. refused, failed: not graded, and why; nothing is recorded
    of what failed, and the same command tries it again.
    """

    seed: int = 0
    graded: int = 0
    kept: int = 0
    refused: dict[Handed, str] = field(default_factory=dict)
    failed: dict[Handed, str] = field(default_factory=dict)
    seconds: float = 0.0
    memory: int = 0

    def problems(self) -> list[str]:
        """One sentence for each submission that was not graded."""
        return [
            f"{handed.learner} · {handed.chapter}: {sentence}"
            for group in (self.refused, self.failed)
            for handed, sentence in sorted(group.items())
        ]

    def __str__(self) -> str:
        return (
            f"{self.graded} graded, {self.kept} kept, {len(self.refused)} refused, "
            f"{len(self.failed)} failed"
        )


def grade_all(
    course: CourseFolder, options: Options, limits: Limits | None = None, say: Say = print,
    language: Language = "en",
) -> Outcome:  # fmt: skip
    """Grades what the options name and records it.

    language: of the sentences about what was not graded. Raises SandboxError where there is no
    sandbox, CourseFolderError for an unusable course folder, and Stopped where a batch cannot go
    on (a full disk, a locked gradebook, no worker, another batch); what was graded is kept.
    """
    started = time.monotonic()
    handed = course.handed_in(options.chapter, options.learner)
    if not handed:
        raise CourseFolderError(_nothing(course, options))
    with _alone(course):
        batch = _Batch(course, options)
        outcome = Outcome(batch.seed)
        book = _Bookkeeper(course, options.create, outcome, language)
        seeds = {each: book.seed(each, batch) for each in handed}
        todo = {each: seed for each, seed in seeds.items() if seed is not None}
        say(f"{len(handed)} submissions, {len(todo)} to grade, seed {batch.seed}{batch.since}")
        for chapter in sorted({each.chapter for each in todo} & set(chapters())):
            book.patiently(lambda chapter=chapter: course.register(chapter))
        fresh = options.fresh or len(todo) <= FEW
        task = Task("", b"", 0, limits or Limits(), options.unsafe, fresh)
        with (
            _executor(options, task, len(todo), say) as execute,
            _progress(len(todo), outcome, say) as tick,
        ):
            for each, result in execute(_tasks(course, todo, task)):
                book.take(each, result)
                tick()
        if not outcome.failed:
            batch.finish()
    outcome.seconds = time.monotonic() - started
    return outcome


# ------------------------------------------------------------------ one batch at a time


@contextlib.contextmanager
def _alone(course: CourseFolder) -> Iterator[None]:
    """Keeps other batches out of the folder, and clears away what a killed one left."""
    folder = course.root / FOLDER
    lock = FileLock(folder / ".lock", mode=0o664)
    with _told():
        folder.mkdir(exist_ok=True)
        try:
            lock.acquire(timeout=1)
        except Timeout:
            raise Stopped(
                f"Another program is grading in {course.root}: `make grade`, `nbgrader autograde` "
                "or the formgrader. Wait until it is done and run the same command again."
            ) from None
    try:
        sandbox.sweep()
        with _told():
            for pattern in ("reports/*/.*.tmp", "unfinished/.*.tmp"):
                for left in folder.glob(pattern):
                    left.unlink()
        yield
    finally:
        lock.release()


class _Batch:
    """The seed of a batch, kept in the course folder until the batch is done.

    since: says that the batch was begun before, or "".
    """

    def __init__(self, course: CourseFolder, options: Options) -> None:
        about = {name: asdict(options)[name] for name in ("chapter", "learner", "seed", "force")}
        name = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:12]
        self.course, self.options = course, options
        self.path = course.root / FOLDER / "unfinished" / f"{name}.json"
        self.seed, self.since = self._begun()
        if not self.since:
            self.seed = secrets.randbits(48) if options.seed is None else options.seed
            content = json.dumps(about | {"batch_seed": self.seed}).encode()
            with _told():
                write_whole(self.path, content, 0o664)
        self.start = self.path.stat().st_mtime_ns

    def has(self, handed: Handed, report: Report) -> bool:
        """Whether a report needs no grading in this batch: it is of this batch, or any will do."""
        if self.options.seed is None and not self.options.force:
            return True
        stored = self.course.reports / handed.chapter / f"{handed.learner}.json"
        now = not self.options.force or stored.stat().st_mtime_ns >= self.start
        return now and report.seed == self.seed

    def finish(self) -> None:
        """The batch is done: the next one draws a seed of its own."""
        self.path.unlink(missing_ok=True)

    def _begun(self) -> tuple[int, str]:
        try:
            seed = json.loads(self.path.read_text())["batch_seed"]
            began = time.strftime("%d %b %H:%M", time.localtime(self.path.stat().st_mtime))
        except (OSError, ValueError, KeyError, TypeError):
            return 0, ""
        return (seed, f", going on with the batch of {began}") if type(seed) is int else (0, "")


def _tasks(
    course: CourseFolder, todo: dict[Handed, int], task: Task
) -> Iterator[tuple[Handed, Task | Refused]]:
    """Reads one submission after another, each when its turn has come. todo: and its seed."""
    for each, seed in todo.items():
        try:
            yield each, replace(task, chapter=each.chapter, data=course.read(each), seed=seed)
        except Refused as refused:
            yield each, refused


# ------------------------------------------------------------------ what came of a submission


@dataclass
class _Bookkeeper:
    """Stores and records results, and counts them."""

    course: CourseFolder
    create: bool
    outcome: Outcome
    language: Language

    def seed(self, handed: Handed, batch: _Batch) -> int | None:
        """The seed to grade a submission with; None if it has a report, which is put in place."""
        report = self.course.stored(handed)
        if report is None or not self._is_of(report, handed) or not batch.has(handed, report):
            return batch.seed
        if not self.course.has_notebook(handed, report):
            return report.seed
        self._settle(handed, report, now=False)
        return None

    def take(self, handed: Handed, result: Report | Refused | Trouble) -> None:
        """Stores and records what came of one task."""
        if isinstance(result, Refused) and result.key in ("name", "no_chapter"):
            self.outcome.refused[handed] = result.sentence(self.language)  # nowhere to record it
            return
        if isinstance(result, Trouble):
            self._fail(handed, result.why)
            return
        try:
            if isinstance(result, Refused):
                result = refusal(result, handed.chapter, "", self.outcome.seed)
            with _told():
                report = self.course.store(handed, result)
        except Stopped:
            raise
        except Exception as error:
            self._fail(handed, f"{type(error).__name__}: {error}")
            return
        self.outcome.memory = max(self.outcome.memory, report.memory)
        self._settle(handed, report, now=True)

    def patiently(self, do: Callable[[], T]) -> T:
        """Does something with the gradebook; waits for one that another program holds."""
        deadline = time.monotonic() + LOCKED
        while True:
            try:
                with _told():
                    return do()
            except OperationalError as error:
                with contextlib.suppress(SQLAlchemyError):
                    self.course.book.db.rollback()
                if "locked" not in str(error.orig) or time.monotonic() > deadline:
                    raise Stopped(
                        f"The gradebook cannot be written ({error.orig}). Close the program that "
                        f"holds it, or see to its server. {GO_ON}"
                    ) from None

    def _settle(self, handed: Handed, report: Report, now: bool) -> None:
        """Sees to it that a stored report is recorded, and counts it."""

        def record() -> None:
            if now or not self.course.is_in_place(handed, report):
                self.course.record(handed, report, self.create)

        try:
            self.patiently(record)
        except UnknownLearner as error:
            self.outcome.failed[handed] = str(error)
        except (Stopped, CourseFolderError):
            raise
        except Exception as error:
            self._fail(handed, f"{type(error).__name__}: {error}")
        else:
            if report.refusal is not None:
                self.outcome.refused[handed] = report.refusal[self.language]
            else:
                self.outcome.graded += now
                self.outcome.kept += not now

    def _is_of(self, report: Report, handed: Handed) -> bool:
        """Whether a report is on what is handed in now."""
        try:
            data = self.course.read(handed)
        except Refused as refused:
            return report.refusal == {each: refused.sentence(each) for each in LANGUAGES}
        return hashlib.sha256(data).hexdigest() == report.submission

    def _fail(self, handed: Handed, why: str) -> None:
        sentence = REASONS["broken"][LANGUAGES.index(self.language)]
        self.outcome.failed[handed] = sentence.format(file=f"{handed.chapter}.ipynb", why=why[:300])


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turns a full disk, and files that cannot be written, into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        raise Stopped(
            f"{error.strerror}: {error.filename or 'while writing'}. Make room, or see to the "
            f"permissions. {GO_ON}"
        ) from None
    except DBAPIError as error:
        if "full" not in str(error.orig):
            raise
        raise Stopped(
            f"The gradebook cannot be written ({error.orig}). Make room. {GO_ON}"
        ) from None


# ------------------------------------------------------------------ progress


@contextlib.contextmanager
def _progress(total: int, outcome: Outcome, say: Say) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, a line now and then elsewhere; yields what to call per submission."""
    if total < 2:
        yield lambda: None
    elif sys.stderr.isatty():
        form = "{percentage:3.0f}% |{bar}| {n} of {total}, {rate_fmt}, {remaining} left{postfix}"
        with tqdm(total=total, bar_format=form, unit=" submissions", dynamic_ncols=True) as bar:

            def tick() -> None:
                refused, failed = len(outcome.refused), len(outcome.failed)
                bar.set_postfix_str(f"{refused} refused, {failed} failed", refresh=False)
                bar.update()

            yield tick
    else:
        yield _lines(total, outcome, say)


def _lines(total: int, outcome: Outcome, say: Say) -> Callable[[], None]:
    started = last = time.monotonic()
    done = 0

    def tick() -> None:
        nonlocal last, done
        done, now = done + 1, time.monotonic()
        if now - last >= LINE and done < total:
            last, rate = now, done / (now - started)  # submissions per second
            say(
                f"{done} of {total}: {60 * rate:.0f} a minute, about "
                f"{(total - done) / rate / 60:.0f} minutes left; {outcome}"
            )

    return tick


# ------------------------------------------------------------------ where tasks are done

Tasks = Iterator[tuple[Handed, Task | Refused]]
Results = Iterator[tuple[Handed, Report | Refused | Trouble]]


@contextlib.contextmanager
def _executor(
    options: Options, task: Task, count: int, say: Say
) -> Iterator[Callable[[Tasks], Results]]:  # fmt: skip
    """How tasks become results: in this process, on this machine's cores, or on a cluster.

    task: what all of them have in common. Says where warm boxes cannot be used, and why.
    """
    if options.scheduler:
        with _client(options.scheduler) as client:
            task = replace(task, course=course_digest())
            with _no_worker(options.scheduler):  # one that ends, or is of another course: later
                told = client.run(why_fresh, task, on_error="ignore")
            _say_once(told.values(), say)
            yield lambda tasks: _on_cluster(client, tasks, task.course)
    elif options.workers > 1 and count > IN_PROCESS:
        with ThreadPoolExecutor(1) as aside:
            tried = aside.submit(lambda: options.unsafe or sandbox.require())
            with _local_cluster(min(options.workers, count)) as client:
                tried.result()
                _say_once(client.run(why_fresh, task).values(), say)
                yield lambda tasks: _on_cluster(client, tasks, "")
    else:
        if count and not options.unsafe:
            sandbox.require()
            _say_once([why_fresh(task)], say)
        try:
            yield _here
        finally:
            selftest.close()


def _say_once(sentences: Iterable[str], say: Say) -> None:
    for sentence in sorted(set(filter(None, sentences))):
        say(sentence)


def _here(tasks: Tasks) -> Results:
    for handed, task in tasks:
        yield handed, do(task) if isinstance(task, Task) else task


@contextlib.contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    """Workers on this machine: forked from one process that has imported torch already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograde.preload"])
    with _nothing_of_main():
        forkserver.ensure_running()  # imports while the cluster is made
        import dask
        from distributed import LocalCluster

        with contextlib.ExitStack() as stack:
            stack.enter_context(dask.config.set({
                "distributed.worker.multiprocessing-method": "forkserver",
                "distributed.worker.daemon": True,
                "distributed.scheduler.allowed-failures": 1,
                "distributed.scheduler.http.routes": [],  # no pages for others on this machine
                "distributed.worker.http.routes": [],
                "distributed.admin.log-length": 50,  # else a worker's memory grows with the batch
                "distributed.admin.low-level-log-length": 50,
            }))  # fmt: skip
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="grading-"))
            with _no_worker("this machine"):
                cluster = stack.enter_context(
                    LocalCluster(
                        n_workers=workers, threads_per_worker=1, memory_limit=0,
                        dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
                        local_directory=folder, security=_security(Path(folder)),
                        protocol="tls://", host="127.0.0.1",
                    )
                )  # fmt: skip
            yield stack.enter_context(_client(cluster))


@contextlib.contextmanager
def _nothing_of_main() -> Iterator[None]:
    """Workers would import the program that starts them, and nbgrader with it."""
    main = sys.modules["__main__"]
    about = {name: vars(main).pop(name) for name in ("__file__", "__spec__") if name in vars(main)}
    main.__spec__ = None
    try:
        yield
    finally:
        vars(main).update(about)


def _security(folder: Path) -> Any:
    """Encryption between the processes of a cluster on this machine, with a key of its own.

    Without it anyone with an account here could connect and run code as this user.
    """
    from distributed.security import Security

    if not shutil.which("openssl"):
        raise Stopped(
            "The program openssl is missing. Install it (Debian, Ubuntu: sudo apt install openssl) "
            "and run the same command again, or grade in one process (WORKERS=1)."
        )
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:prime256v1", "-days", "30", "-subj", "/CN=grading",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    own = {"key": key.read_text(), "cert": certificate.read_text()}
    roles = ("client", "scheduler", "worker")
    files = {f"tls_{role}_{name}": text for role in roles for name, text in own.items()}
    return Security(tls_ca_file=own["cert"], require_encryption=True, **files)


@contextlib.contextmanager
def _client(address: Any) -> Iterator[Any]:
    """A dask client of a scheduler that has at least one worker."""
    from distributed import Client

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message="Sending large graph")
    where = address if isinstance(address, str) else "this machine"
    with contextlib.ExitStack() as stack:
        with _no_worker(where):
            client = stack.enter_context(Client(address, timeout=NO_WORKER))
            client.wait_for_workers(1, timeout=NO_WORKER)
        yield client


@contextlib.contextmanager
def _no_worker(where: str) -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, RuntimeError, ValueError) as error:
        raise Stopped(
            f"No worker answers at {where} ({str(error)[:200]}). See that `dask scheduler` and "
            f"`dask worker` run there. {GO_ON}"
        ) from None


def _on_cluster(client: Any, tasks: Tasks, course: str) -> Results:
    """Keeps a few tasks per worker on their way and yields results as they come.

    A task whose worker died is tried again, in the end alone: only if it kills its worker then,
    too, is it the task's fault.
    """
    suspects: list[tuple[Handed, Task]] = []
    for handed, task, result in _at_once(client, tasks, course, PER_WORKER):
        if result is None:
            suspects.append((handed, task))
        else:
            yield handed, result
    for suspect in suspects:
        for handed, _, result in _at_once(client, iter([suspect]), course, PER_WORKER):
            yield handed, result or Trouble("it killed its worker process each time")


def _at_once(
    client: Any, tasks: Tasks, course: str, per_worker: int
) -> Iterator[tuple[Handed, Task | Refused, Report | Refused | Trouble | None]]:
    going: dict[Any, tuple[Handed, Task]] = {}
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()
    watch = _Watch(client)
    more = True
    while True:
        while more and len(going) < per_worker * max(1, watch.workers):
            handed, task = next(tasks, (None, None))
            if handed is None:
                more = False
            elif isinstance(task, Refused):
                yield handed, task, task
            else:
                future = client.submit(do, replace(task, course=course), pure=False)
                going[future] = handed, task
                future.add_done_callback(done.put)
        if not going:
            return
        try:
            future = done.get(timeout=PULSE)
        except queue.Empty:
            watch.look()
            continue
        result = watch.result(future)
        yield *going.pop(future), result
        future.release()


class _Watch:
    """Whether a cluster lives, and what it says."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.workers = len(client.nthreads())
        self.seen = time.monotonic()

    def look(self) -> None:
        """Raises Stopped once the scheduler is gone, or no worker has been there for long."""
        self.workers = 0
        if self.client.status == "running":
            with contextlib.suppress(OSError, TimeoutError):
                self.workers = len(self.client.nthreads())
        if self.workers:
            self.seen = time.monotonic()
        elif time.monotonic() - self.seen > NO_WORKER:
            raise Stopped(f"The last worker is gone. Start another one. {GO_ON}")

    def result(self, future: Any) -> Report | Trouble | None:
        """What a task gave; None if its workers died. Raises Stopped for all other troubles."""
        from distributed import KilledWorker

        try:
            result = future.result(timeout=NO_WORKER)
        except KilledWorker:
            return None
        except Exception as error:  # not the task's own: these come back as Trouble
            raise Stopped(
                f"The cluster gave no result ({type(error).__name__}: {str(error)[:200]}). See "
                "that its scheduler runs and that its workers have this course and its "
                f"environment. {GO_ON}"
            ) from None
        if isinstance(result, Trouble) and result.worker:
            raise Stopped(f"A worker cannot grade: {result.why}. {GO_ON}")
        return result


# ------------------------------------------------------------------ make grade


def _nothing(course: CourseFolder, options: Options) -> str:
    folder = Path(course.coursedir.format_path(course.coursedir.submitted_directory, "*", "*"))
    what = f"{options.chapter} of {options.learner}".replace("*", "anything")
    there = sorted({each.chapter for each in course.handed_in()})
    known = f" There is: {', '.join(there)}." if there else ""
    return f"Nothing is handed in that matches {what} ({folder}).{known}"


def open_course() -> CourseFolder:
    """The course folder that this process stands in, with its nbgrader_config.py."""
    app = NbGrader()
    app.initialize([])
    return CourseFolder(app.coursedir, app.config)


def _arguments(arguments: Sequence[str] | None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="make grade", description=main.__doc__)
    parser.add_argument("chapter", nargs="?", default="*", help="such as ch03_gradient_descent")
    parser.add_argument("--learner", default="*")
    parser.add_argument("--seed", type=int, help="grade again, on the inputs of this seed")
    parser.add_argument("--force", action="store_true", help="grade again, on fresh inputs")
    parser.add_argument("--scheduler", default="", help="a dask scheduler: tcp://host:8786")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--edition", choices=LANGUAGES, default="en")
    parser.add_argument(
        "--fresh", action="store_true", help="start Python anew in the box of each submission"
    )
    parser.add_argument(
        "--unsafe-no-sandbox", dest="unsafe", action="store_true",
        help="run submissions as this user, without any protection",
    )  # fmt: skip
    given = vars(parser.parse_args(arguments))
    if given["workers"] < 1:
        parser.error("there must be at least one worker")
    return given


def main(arguments: Sequence[str] | None = None) -> int:
    """Grades submissions: 0 if all are graded, 1 if some were not, 2 if it had to stop."""
    given = _arguments(arguments)
    language = given.pop("edition")
    if given["unsafe"]:
        sys.stderr.write(
            "WARNING: --unsafe-no-sandbox runs learners' code as you, with your files and your "
            "network in its reach. Only for submissions that you trust as your own.\n"
        )
    try:
        with open_course() as course:
            outcome = grade_all(course, Options(**given), language=language)
    except (CourseFolderError, SandboxError, Stopped) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        # Where it passed through an exec of a string (SQLAlchemy has some), CPython would forget
        # our status and end by SIGINT; the next exec clears that.
        exec("")
        sys.stderr.write(f"\nStopped. {GO_ON}\n")
        return 2
    sys.stdout.write(f"{outcome} in {outcome.seconds:.1f} s (seed {outcome.seed})\n")
    sys.stdout.write("".join(f"  {sentence}\n" for sentence in outcome.problems()))
    return 1 if outcome.problems() else 0


if __name__ == "__main__":
    sys.exit(main())
