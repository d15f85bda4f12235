"""How fast submissions are graded: stock nbgrader, ours in both ways, and a bare warm process.

    make bench-grading                        all chapters, both editions, 48 submissions
    python -m autograde.bench --submissions 8 --workers 1
    make bench-grading MANY=1000              so many in warm boxes: do memory and files grow?

The same submissions go through all of them in turns of a few, in one run, so that a busy moment of
the machine hits all of them. Made up as learners would make them: right, with known mistakes,
half done, untouched.

    stock    nbgrader's own Autograde and GenerateFeedback with its own preprocessors and
             template, in one process for all
    fresh    `make grade FRESH=1`: read, a box each on N workers that starts Python anew, judged,
             stored, recorded
    warm     `make grade`: the same, each box entered by a process that has torch already
    limit    a forked copy of a process that has imported everything: cells, looking, judging;
             no sandbox, nothing read or written

Grading (to the gradebook) and the feedback page are timed apart; `limit` makes no page. Starting
up is left out of all of them, and shown apart for ours.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import itertools
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import psutil
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograde import bulk, selftest
from autograde.answers import mistaken, right, written
from autograde.exercise import load
from autograde.feedback import CourseFeedback, _exporter, render
from autograde.gradebook import CourseFolder, Handed, chapters
from autograde.intake import EDITIONS, LANGUAGES
from autograde.judge import keys
from autograde.sandbox import Ending, Limits, require
from autograde.worker import Task, why_fresh

SEED = 1
OFTEN = 0.05  # seconds between two looks at the CPU time of processes
CELL_SECONDS = 120  # of a cell in stock nbgrader


# ------------------------------------------------------------------ submissions


def made_up(chapter: str, demos: bool = True) -> Iterator[tuple[str, bytes]]:
    """A chapter's submissions as (learner, notebook): four kinds in each edition."""
    solved, wrong = right(chapter), {}
    for name, made in load(chapter).items():
        if sources := mistaken(made):
            wrong[name] = next(iter(sources.values()))
    half = len(solved) // 2
    kinds = {
        "right": solved,
        "mistakes": solved | dict(list(wrong.items())[::2]),
        "half": dict(list(solved.items())[:half]) | dict(list(wrong.items())[-1:]),
        "untouched": {},
    }
    for (kind, sources), language in itertools.product(kinds.items(), LANGUAGES):
        yield f"{kind}-{language}", written(chapter, language, sources, demos)


def _folder(at: Path, submissions: dict[Handed, bytes]) -> CourseFolder:
    """A course folder with the submissions and a gradebook that knows their chapters."""
    for handed, data in submissions.items():
        folder = at / "submitted" / handed.learner / handed.chapter
        folder.mkdir(parents=True)
        (folder / f"{handed.chapter}.ipynb").write_bytes(data)
    course = CourseFolder(CourseDirectory(config=_config(at)), _config(at))
    for chapter in sorted({each.chapter for each in submissions}):
        course.register(chapter)
    return course


def _config(at: Path) -> Config:
    config = Config()
    config.CourseDirectory.root = str(at)
    config.CourseDirectory.course_id = "bench"
    config.Execute.timeout = CELL_SECONDS
    return config


# ------------------------------------------------------------------ the three ways


class Served:
    """A process that does one submission after another: `stock` or `limit`."""

    def __init__(self, way: str, at: Path) -> None:
        command = [sys.executable, "-m", "autograde.bench", "--serve", way, str(at)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment()
        )
        self._answer()

    def do(self, handed: Handed) -> tuple[float, float, float]:
        """Does one submission; the seconds of grading, of the page, and all CPU seconds."""
        self.process.stdin.write(f"{handed.chapter} {handed.learner}\n")
        self.process.stdin.flush()
        return tuple(self._answer())

    def end(self) -> None:
        """Lets the process end."""
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> list[float]:
        for line in self.process.stdout:
            with contextlib.suppress(ValueError):
                return json.loads(line)
        raise RuntimeError("the process that was measured has died")


def _environment() -> dict[str, str]:
    own = {"OMP_NUM_THREADS": "1", "COURSE_PROGRESS": "off"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | own | {"PATH": path, "PYTHONPATH": str(EDITIONS.parent)}


def serve(way: str, at: Path) -> None:
    """Does the submissions whose names come on stdin; says the seconds each took."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 (a descriptor is wanted)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    do = {"stock": _stock, "limit": _limit}[way](at)
    answers.write("[]\n")
    for line in sys.stdin:
        handed = Handed(*line.split())
        times, cpu = [time.perf_counter()], _cpu_seconds()
        for step in do:
            step(handed)
            times.append(time.perf_counter())
        spent = [b - a for a, b in itertools.pairwise(times)]
        answers.write(f"{[*spent, _cpu_seconds() - cpu]}\n")


def _cpu_seconds() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in whose]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _stock(at: Path) -> list[Callable[[Handed], None]]:
    from nbgrader.converters import Autograde, GenerateFeedback

    os.chdir(at)

    def step(converter: type, handed: Handed) -> None:
        coursedir = CourseDirectory(config=_config(at))
        coursedir.assignment_id, coursedir.student_id = handed.chapter, handed.learner
        with contextlib.suppress(SystemExit):
            converter(coursedir=coursedir, config=_config(at), force=True).start()

    return [functools.partial(step, each) for each in (Autograde, GenerateFeedback)]


def _limit(at: Path) -> list[Callable[[Handed], None]]:
    import matplotlib.pyplot  # noqa: F401
    import torch._dynamo  # noqa: F401

    from autograde import grade, runner
    from helpers import korean, plots  # noqa: F401
    from helpers.wire import decode, encode

    class Here:
        """Runs a job in this process, which is thrown away afterwards."""

        def run(self, job: bytes, limits: Limits, see: Callable[[bytes], bool]) -> Ending:
            runner.run(decode(job), lambda frame: see(encode(frame)))
            return Ending("finished")

    def do(handed: Handed) -> None:
        folder = at / "submitted" / handed.learner / handed.chapter
        data = (folder / f"{handed.chapter}.ipynb").read_bytes()
        if not (child := os.fork()):
            grade.grade(data, handed.chapter, SEED, Here())
            os._exit(0)
        os.waitpid(child, 0)

    for chapter in chapters():
        keys(chapter, SEED)
    return [do, lambda handed: None]


@dataclass
class Ours:
    """Workers of a batch and of feedback pages, and the folder that the batch is in."""

    client: Any
    pool: ProcessPoolExecutor | None
    course: CourseFolder
    fresh: bool
    outcome: bulk.Outcome = field(default_factory=bulk.Outcome)

    def do(self, some: Sequence[Handed]) -> float:
        """Grades and records submissions as `make grade` does; the seconds it took.

        Raises RuntimeError if one of them was refused or failed.
        """
        began = time.perf_counter()
        book = bulk._Bookkeeper(self.course, True, self.outcome, "en")
        task = Task("", b"", 0, Limits(), fresh=self.fresh)
        todo = bulk._tasks(self.course, dict.fromkeys(some, SEED), task)
        for handed, result in bulk._on_cluster(self.client, todo, ""):
            book.take(handed, result)
        if problems := self.outcome.problems():
            raise RuntimeError("; ".join(problems))
        return time.perf_counter() - began

    def processes(self) -> list[psutil.Process]:
        """All that work for it, but this one."""
        return [*_workers(self.client), *map(psutil.Process, self.pool._processes)]

    def feedback(self, some: Sequence[Handed]) -> float:
        """Makes the pages of submissions as `make feedback` does; the seconds it took."""
        began = time.perf_counter()
        config = _config(Path(self.course.coursedir.root))
        maker = CourseFeedback(coursedir=self.course.coursedir, config=config, force=True)
        drafts = [maker._draft(self.course, handed) for handed in some]
        for draft, page in zip(drafts, self.pool.map(render, drafts), strict=True):
            maker._put(draft, page)
        return time.perf_counter() - began


# ------------------------------------------------------------------ processes and their memory


class Sampler(threading.Thread):
    """Looks at processes and all their descendants every so often, until `stop`.

    cpu: seconds used by all of them, as far as seen. most: the most bytes (pss, rss) that one of
    the processes held together with its descendants, if memory was asked for.
    """

    def __init__(self, roots: Callable[[], Sequence[psutil.Process]], memory: bool = False) -> None:
        super().__init__(daemon=True)
        self.roots, self.memory = roots, memory
        self.most = [0, 0]
        self._first: dict[psutil.Process, float] = {}
        self._last: dict[psutil.Process, float] = {}
        self._ending = threading.Event()
        self._look()
        self._first = dict(self._last)
        self.start()

    @property
    def cpu(self) -> float:
        """The CPU seconds used since the start."""
        return sum(self._last.values()) - sum(self._first.values())

    def run(self) -> None:
        """Looks until `stop` is called."""
        while not self._ending.wait(OFTEN):
            self._look()

    def stop(self) -> Sampler:
        """Looks a last time."""
        self._ending.set()
        self.join()
        self._look()
        return self

    def _look(self) -> None:
        for root in self.roots():
            held = [0, 0]
            with contextlib.suppress(psutil.Error):
                for each in [root, *root.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        times = each.cpu_times()
                        self._last[each] = times.user + times.system
                        if self.memory:
                            about = each.memory_full_info()
                            held[0] += about.pss
                            held[1] += about.rss
            self.most = [max(pair) for pair in zip(self.most, held, strict=True)]


def _workers(client: Any) -> list[psutil.Process]:
    return [psutil.Process(pid) for pid in client.run(os.getpid).values()]


# ------------------------------------------------------------------ where ours spends its time


class Timed:
    """A box that notes how long each part of a run took."""

    def __init__(self, spent: Counter[str]) -> None:
        self.box, self.spent = selftest.box()[0], spent

    def run(self, job: bytes, limits: Limits, see: Callable[[bytes], bool]) -> Ending:
        """As Box.run."""
        from helpers.wire import decode

        own = [step["exercise"] or step["show"] for step in decode(job)["steps"]]
        last, part = time.perf_counter(), "entering a box"

        def seen(frame: bytes) -> bool:
            nonlocal last, part
            now = time.perf_counter()
            self.spent[part] += now - last
            about = decode(frame)
            if about["is"] == "step":
                part = "learner's cells" if own[about["step"]] else "set-up cells"
            else:
                part = "looking at answers" if about["is"] == "look" else "between the parts"
            last, known = time.perf_counter(), see(frame)
            return known

        ending = self.box.run(job, limits, seen)
        self.spent["ending the box"] += time.perf_counter() - last
        return ending


def parts(course: CourseFolder, some: Sequence[Handed]) -> dict[str, float]:
    """Seconds per submission of each part of grading, one after another in this process."""
    from autograde.grade import grade

    spent: Counter[str] = Counter()
    box = Timed(spent)
    for handed in some:
        keys(handed.chapter, SEED)
    for handed in some:
        times = [time.perf_counter()]
        data = course.read(handed)
        inside = sum(spent.values())
        report = grade(data, handed.chapter, SEED, box)
        times.append(time.perf_counter())
        spent["intake, judging, notebook"] += times[1] - times[0] - (sum(spent.values()) - inside)
        course.record(handed, course.store(handed, report))
        spent["storing and recording"] += time.perf_counter() - times[1]
    return {part: seconds / len(some) for part, seconds in spent.most_common()}


# ------------------------------------------------------------------ the table


def measure(number: int, workers: int, demos: bool, out: TextIO) -> None:
    """Measures all three ways on the same submissions and prints the tables."""
    by_chapter = {
        chapter: _turned(list(made_up(chapter, demos)), by) for by, chapter in enumerate(chapters())
    }
    all_of_them = [
        (Handed(chapter, learner), data)
        for of_each in zip(*by_chapter.values(), strict=True)
        for chapter, (learner, data) in zip(by_chapter, of_each, strict=True)
    ]
    submissions = dict(all_of_them[:number])
    require()
    seconds: dict[str, list[float]] = defaultdict(list)
    pages: dict[str, list[float]] = defaultdict(list)
    cpu: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as root, contextlib.ExitStack() as stack:
        ways = ("stock", "fresh", "warm", "limit")
        folders = {way: _folder(Path(root, way), submissions) for way in ways}
        for course in folders.values():
            stack.enter_context(course)
        served = {way: Served(way, Path(root, way)) for way in ("stock", "limit")}
        began = time.perf_counter()
        client = stack.enter_context(bulk._local_cluster(workers))
        start_up = [time.perf_counter() - began]
        client.run(why_fresh, Task("", b"", 0, Limits()))
        start_up.append(time.perf_counter() - began)
        pool = stack.enter_context(_pages(workers))
        both = {way: Ours(client, pool, folders[way], way == "fresh") for way in ("fresh", "warm")}
        began = time.perf_counter()
        client.run(_learn_keys)
        start_up.append((time.perf_counter() - began) / len(chapters()))
        for ours in both.values():
            _warm_up(ours, served, list(submissions)[0])
        for some in _in_turns(list(submissions), 4 * workers):
            for way, ours in both.items():
                known = ours.processes()
                sampler = Sampler(lambda known=known: known)
                spent = ours.do(some)
                seconds[way] += [spent / len(some)] * len(some)
                pages[way] += [ours.feedback(some) / len(some)] * len(some)
                cpu[way] += sampler.stop().cpu
            for handed, (way, process) in itertools.product(some, served.items()):
                spent, page, used = process.do(handed)
                seconds[way].append(spent)
                pages[way].append(page)
                cpu[way] += used
            _print_progress(len(seconds["warm"]), len(submissions))
        memory = _memory(both, served["stock"], list(submissions)[: 2 * workers])
        for process in served.values():
            process.end()
        where = parts(folders["warm"], list(submissions)[:24])
    _print(out, submissions, workers, seconds, pages, cpu, memory, start_up, where)


def endurance(number: int, workers: int, out: TextIO) -> None:
    """Grades very many submissions in warm boxes; what the workers hold after every hundred."""
    kinds = [(chapter, *each) for chapter in chapters() for each in made_up(chapter, demos=False)]
    endless = itertools.islice(itertools.cycle(kinds), number)
    submissions = {
        Handed(chapter, f"{kind}-{i}"): data for i, (chapter, kind, data) in enumerate(endless)
    }
    with tempfile.TemporaryDirectory() as root, contextlib.ExitStack() as stack:
        course = stack.enter_context(_folder(Path(root), submissions))
        client = stack.enter_context(bulk._local_cluster(workers))
        client.run(why_fresh, Task("", b"", 0, Limits()))
        client.run(_learn_keys)
        ours = Ours(client, None, course, fresh=False)
        out.write("  done   seconds each   a worker: PSS MB   descriptors   processes\n")
        for done, some in enumerate(_in_turns(list(submissions), 100), 1):
            spent = ours.do(some) / len(some)
            pss, files, processes = map(max, zip(*client.run(_held).values(), strict=True))
            so_far = min(100 * done, number)
            out.write(f"{so_far:6}{spent:15.3f}{pss / 1e6:19.0f}{files:14}{processes:12}\n")
            out.flush()
    out.write(f"\n{ours.outcome}\n")


def _held() -> tuple[int, int, int]:
    """Memory of a worker and its descendants (PSS), its open descriptors, their number."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(p.memory_full_info().pss for p in family), family[0].num_fds(), len(family)


def _turned(kinds: list[Any], by: int) -> list[Any]:
    """The kinds of submissions, beginning with another one in each chapter: so a few are mixed."""
    return kinds[by % len(kinds) :] + kinds[: by % len(kinds)]


def _pages(workers: int) -> ProcessPoolExecutor:
    """Processes that have made a feedback page's exporter already."""
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_exporter)
    list(pool.map(time.sleep, [1.0] * workers))  # so that each is there
    return pool


def _in_turns(all_of_them: list[Handed], size: int) -> Iterator[list[Handed]]:
    for start in range(0, len(all_of_them), size):
        yield all_of_them[start : start + size]


def _learn_keys() -> None:
    for chapter in chapters():
        keys(chapter, SEED)


def _warm_up(ours: Ours, served: dict[str, Served], first: Handed) -> None:
    ours.do([first] * len(ours.client.nthreads()))
    for process in served.values():
        process.do(first)


def _memory(
    both: dict[str, Ours], stock: Served, some: Sequence[Handed]
) -> dict[str, list[int]]:  # fmt: skip
    most = {}
    for way, ours in both.items():
        if way == "fresh":
            ours.client.run(selftest.close)  # a batch in fresh boxes has no warm process
        workers = _workers(ours.client)
        sampler = Sampler(lambda workers=workers: workers, memory=True)
        ours.do(some)
        most[way] = sampler.stop().most
    sampler = Sampler(lambda: [psutil.Process(stock.process.pid)], memory=True)
    stock.do(some[0])
    return most | {"stock": sampler.stop().most}


def _print_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total}" + "\n" * (done == total))


def _print(
    out: TextIO, submissions: dict[Handed, bytes], workers: int, seconds: dict[str, list[float]],
    pages: dict[str, list[float]], cpu: Counter[str], memory: dict[str, list[int]],
    start_up: list[float], where: dict[str, float],
) -> None:  # fmt: skip
    number = len(submissions)
    load_now = os.getloadavg()[0]
    out.write(
        f"{number} submissions of {len({h.chapter for h in submissions})} chapters, "
        f"{os.cpu_count()} cores, ours with {workers} workers, load {load_now:.1f}\n\n"
        "                 seconds each: grading      page   both a minute   times stock"
        "   CPU seconds of both\n"
    )
    both = {way: statistics.mean(seconds[way]) + statistics.mean(pages[way]) for way in seconds}
    names = {
        "stock": "stock nbgrader", "fresh": "fresh boxes", "warm": "warm boxes",
        "limit": "bare warm process",
    }  # fmt: skip
    for way, name in names.items():
        out.write(
            f"{name:17}{statistics.mean(seconds[way]):21.3f}{statistics.mean(pages[way]):10.3f}"
            f"{60 / both[way]:16.0f}{both['stock'] / both[way]:14.1f}{cpu[way] / number:16.2f}\n"
        )
    out.write("\nmost memory      PSS MB   RSS MB\n")
    for way, name in (
        ("stock", "stock, kernel"),
        ("fresh", "fresh, a worker"),
        ("warm", "warm, a worker"),
    ):
        pss, rss = (each / 1e6 for each in memory[way])
        out.write(f"{name:17}{pss:6.0f}{rss:9.0f}\n")
    workers_up, warm_up, keys_up = start_up
    out.write(
        f"\nonce a batch, before the above: starting the workers {workers_up:.1f} s, with warm "
        f"boxes {warm_up:.1f} s; the keys of a chapter {keys_up:.2f} s\n"
    )
    total = sum(where.values())
    out.write(f"\nwhere ours spends its time, on one core: {total:.3f} s a submission\n")
    for part, spent in where.items():
        out.write(f"  {part:28}{spent:7.3f}{spent / total:7.0%}\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures how fast submissions are graded."""
    parser = argparse.ArgumentParser(prog="make bench-grading", description=main.__doc__)
    parser.add_argument("--submissions", type=int, default=48)
    parser.add_argument(
        "--many", type=int, metavar="N", help="grade N submissions in warm boxes instead"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--without-demos", action="store_true", help="leave out the cells that only stock runs"
    )
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.serve:
        serve(given.serve[0], Path(given.serve[1]))
    else:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        if given.many:
            endurance(given.many, given.workers, sys.stdout)
            return
        measure(given.submissions, given.workers, not given.without_demos, sys.stdout)


if __name__ == "__main__":
    main()
