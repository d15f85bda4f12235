"""Warm boxes: what they rest on, what siblings can do to one another, the same marks as fresh ones.

The whole corpus of attacks is graded in both kinds of box by tests/test_attacks.py.
"""

import contextlib
import os
import threading
import time
from dataclasses import replace

import psutil
import pytest
from attacks import siblings
from conftest import lacking

from autograde import bench, sandbox, selftest, warm
from autograde.build import chapters
from autograde.grade import grade
from autograde.sandbox import Box, Limits, SandboxError
from helpers.wire import decode, encode

try:
    Box()
except SandboxError as error:
    lacking(str(error))

LIMITS = Limits(seconds=8, memory=2 << 30, scratch=64 << 20)
SEED = 7


@pytest.fixture(scope="module")
def boxes():
    """A box of either kind."""
    started = warm.Warm()
    yield {"fresh": Box(tried=True), "warm": Box(tried=True, enter=started.enter)}
    started.close()


@pytest.fixture(scope="module", params=["fresh", "warm"])
def box(boxes, request):
    return boxes[request.param]


def shown(box, *cells, seen=lambda frame: None):
    """What cells of a learner's show in one box."""
    steps = [{"source": each, "exercise": "", "definitions": False, "show": True} for each in cells]
    job = {"steps": steps, "exercises": {}, "skip": [], "seconds": LIMITS.seconds}
    text = []

    def see(frame):
        content = decode(frame)
        text.extend(str(out) for out in content.get("outputs", ()))
        seen(content)
        return True

    box.run(encode(job), LIMITS, see)
    return "\n".join(text)


# ------------------------------------------------------------------ siblings

DOES = {"leaves": siblings.LEAVES, **siblings.EXHAUSTS}


def processes():
    return {each.pid for each in psutil.Process().children(recursive=True)}


def is_again(alive):
    """Whether these processes alone are left, once a full disk in memory has been freed."""
    deadline = time.monotonic() + 1
    while processes() != alive and time.monotonic() < deadline:
        time.sleep(0.02)
    return processes() == alive


@pytest.mark.parametrize("name", DOES)
def test_the_next_one_finds_nothing_of_a_submission(box, name):
    alive = processes()
    shown(box, DOES[name].replace("STAYS", "0"))
    assert is_again(alive)
    assert shown(box, siblings.LOOKS) == str({"text": "looked\n"})
    assert is_again(alive)


@pytest.mark.parametrize("name", DOES)
def test_the_one_beside_it_finds_nothing_of_a_submission(box, name):
    alive, started, ended = processes(), threading.Event(), threading.Event()

    def does():
        shown(box, DOES[name].replace("STAYS", "100"), seen=lambda _: started.set())
        ended.set()

    threading.Thread(target=does).start()
    assert started.wait(60)
    time.sleep(1)  # it is at it
    theirs = processes() - alive
    assert shown(box, siblings.LOOKS) == str({"text": "looked\n"})
    for pid in theirs:  # it has stayed long enough
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)
    assert ended.wait(60)
    assert is_again(alive)


# ------------------------------------------------------------------ what warm boxes rest on


def test_all_that_warm_boxes_rest_on_is_so_here():
    assert selftest.box() != (None, "")
    found, why = selftest.box()
    assert why == "" and found.enter is not None
    selftest.close()


SPOILT = {
    "every process in a box is filtered": ('_filter(bytes.fromhex(order["filter"]))', "pass"),
    "no process in a box has a capability": ("_checked(_libc.capset(header, none))", "pass"),
    "every process in a box is in its namespaces": (
        "sum(CLONE_NEW.values())",
        "sum(CLONE_NEW.values()) - CLONE_NEW['uts']",
    ),
    "a child holds the descriptors 0 to 3 alone": (
        "os.closerange(CHANNEL + 1, 64)\n        _prctl",
        "os.open('/dev/null', os.O_RDONLY)\n        _prctl",
    ),
    "the zygote shares no memory that it can write": (
        "    gc.freeze()\n",
        "    import mmap\n    shared = mmap.mmap(-1, 4096)\n    gc.freeze()\n",
    ),
    "the zygote's descriptors stay as they are": (
        "for file in (handle, *files):",
        "for file in files:",
    ),
    "the zygote's memory stays as it is": (
        "        child = os.fork()\n",
        "        kept = [*locals().get('kept', ()), b'x' * (3 << 20)]\n        child = os.fork()\n",
    ),
    "a box does its work": ('os.chdir("/box")', "os._exit(0)"),
    "what one child changes is not changed for the next": (
        "        runner.main()\n",
        "        runner.torch = __import__('builtins')\n        __import__('builtins').spoilt = 1\n"
        "        runner.main()\n",
    ),
    "random numbers begin as in a fresh box": (
        "        runner.main()\n",
        "        runner._seed = lambda: None\n        import torch\n        torch.seed()\n"
        "        runner.main()\n",
    ),
}


@pytest.mark.parametrize("line", SPOILT)
def test_what_does_not_hold_is_named_and_fresh_boxes_are_used(line, tmp_path, monkeypatch):
    good, bad = SPOILT[line]
    source = warm.ZYGOTE.read_text()
    assert good in source
    spoilt = tmp_path / "zygote.py"
    spoilt.write_text(source.replace(good, bad))
    monkeypatch.setattr(warm, "ZYGOTE", spoilt)
    selftest.close()
    found, why = selftest.box(tried=True)
    selftest.close()
    assert line in why and "fresh boxes" in why
    assert found.enter is None


def test_a_zygote_with_threads_or_none_at_all_means_fresh_boxes(tmp_path, monkeypatch):
    source = warm.ZYGOTE.read_text()
    for bad in (
        source.replace("    import runner\n", "    import runner, threading, time\n"
                       "    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n", 1),
        "raise SystemExit",
    ):  # fmt: skip
        spoilt = tmp_path / "zygote.py"
        spoilt.write_text(bad)
        monkeypatch.setattr(warm, "ZYGOTE", spoilt)
        selftest.close()
        found, why = selftest.box(tried=True)
        assert found.enter is None and "does not start" in why
    selftest.close()


def test_a_box_that_stays_after_it_was_killed_is_noticed(monkeypatch):
    monkeypatch.setattr(warm.Entered, "kill", lambda self: None)
    monkeypatch.setattr(selftest, "SECONDS", 60.0)
    monkeypatch.setattr(sandbox, "GOING", 0.5)
    # A control group's end kills what is in it, too.
    monkeypatch.setattr(sandbox, "_cgroup", lambda limits: contextlib.nullcontext(()))
    started = warm.Warm()
    found = selftest.faults(started)
    started.close()
    assert "a box that is killed is gone" in found


def test_an_environment_or_a_capability_too_many_is_noticed():
    good = {
        "threads": 1, "capabilities": {0}, "shared": [], "environment": {"HOME"}, "files": ["0"],
        "memory": 0,
    }  # fmt: skip
    assert all(selftest._zygote_holds(good, good).values())
    for name, bad in (
        ("threads", 2), ("capabilities", {0, 1}), ("shared", [1]), ("environment", {"TOKEN"}),
    ):  # fmt: skip
        assert not all(selftest._zygote_holds(good | {name: bad}, good).values()), name


def test_a_zygote_that_is_killed_is_started_again():
    started = warm.Warm()
    box = Box(tried=True, enter=started.enter)
    assert "1" in shown(box, "print(1)")
    psutil.Process(started.zygote()).kill()
    assert "2" in shown(box, "print(2)")
    started.close()
    assert not psutil.pid_exists(started.process.pid) or started.process.poll() is not None


def test_a_killed_grader_takes_its_zygote_and_its_boxes_along(tmp_path):
    script = tmp_path / "grader.py"
    script.write_text(
        "import sys, threading\n"
        "from autograde.warm import Warm\nfrom autograde.sandbox import Box, Limits\n"
        "from helpers.wire import encode\n"
        "step = {'source': 'import time; time.sleep(100)', 'exercise': '', 'definitions': False,\n"
        "        'show': True}\n"
        "job = encode({'steps': [step], 'exercises': {}, 'skip': [], 'seconds': 90.0})\n"
        "box = Box(tried=True, enter=Warm().enter)\n"
        "box.run(job, Limits(seconds=90), lambda frame: print('runs', flush=True) or True)\n"
    )
    grader = psutil.Popen(
        [sandbox.sys.executable, str(script)], stdout=sandbox.subprocess.PIPE, text=True,
        env=bench._environment(),
    )  # fmt: skip
    assert grader.stdout.readline() == "runs\n"
    family = grader.children(recursive=True)
    assert len(family) >= 5
    grader.kill()
    gone, alive = psutil.wait_procs([grader, *family], timeout=5)
    assert alive == []


def test_memory_and_descriptors_stay_steady_over_many_boxes(boxes):
    started = boxes["warm"].enter.__self__
    before, own = selftest._state(started.zygote()), psutil.Process().num_fds()
    for _ in range(30):
        assert "7" in shown(boxes["warm"], "kept = bytearray(1 << 20); print(7)")
    after = selftest._state(started.zygote())
    assert after["files"] == before["files"] and psutil.Process().num_fds() == own
    assert after["memory"] - before["memory"] < 2 << 20


def test_a_zygote_is_replaced_after_so_many_boxes(monkeypatch):
    monkeypatch.setattr(warm, "ENTERS", 2)
    started = warm.Warm()
    box, zygotes = Box(tried=True, enter=started.enter), set()
    for _ in range(5):
        assert "7" in shown(box, "print(7)")
        zygotes.add(started.zygote())
    started.close()
    assert len(zygotes) == 3


# ------------------------------------------------------------------ the same marks


@pytest.mark.parametrize("number", range(len(chapters())), ids=chapters())
def test_marks_are_those_of_a_fresh_box(boxes, number):
    chapter = chapters()[number]
    _, data = list(bench.made_up(chapter))[2:6][number % 4]
    fresh, entered = (grade(data, chapter, SEED, boxes[kind]) for kind in ("fresh", "warm"))
    assert entered == replace(fresh, seconds=entered.seconds, memory=entered.memory)
    assert any(mark.share > 0 for mark in fresh.marks)
