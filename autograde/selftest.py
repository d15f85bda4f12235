"""Whether warm boxes hold here what they rest on: looked at on real ones before any is used.

`box` gives the box to grade with: warm where every line of `faults` holds, otherwise fresh, and a
sentence that says what did not.
"""

from __future__ import annotations

import atexit
import json
import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from autograde import sandbox
from autograde.sandbox import Box, Limits, SandboxError
from autograde.warm import Warm
from helpers.wire import decode, encode

GONE = 0.05  # seconds after a box's end in which nothing is left of it
KILLED = 0.5  # the same for one that is killed
STEADY = 4 << 20  # bytes by which a zygote may grow while it is tried
SECONDS = 10.0  # for a probe's cell
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")

# A probe's cell. It shows what can be seen in its box: every process, and what it may do itself.
LOOK = r"""
import builtins, ctypes, glob, json, os, random
import numpy, torch

pids = {}
for folder in glob.glob("/proc/[0-9]*"):
    status = dict(line.split(":\t") for line in open(folder + "/status").read().splitlines())
    spaces = {name: os.readlink(folder + "/ns/" + name) for name in os.listdir(folder + "/ns")}
    pids[folder.removeprefix("/proc/")] = {"status": status, "spaces": spaces}
files = [number for number in range(1024) if os.path.lexists(f"/proc/self/fd/{number}")]
try:
    os.chmod("/proc/self/exe", 0o777)
    refused = False
except OSError:
    refused = True
print(json.dumps({
    "self": os.getpid(), "pids": pids, "files": files, "chmod refused": refused,
    "drawn": [random.random(), float(torch.rand(1)), float(numpy.random.rand())],
    "own": [os.urandom(8).hex(), float(numpy.random.default_rng().random())],
    "clean": [
        int(torch.add(torch.ones(1), 1)), hasattr(builtins, "spoilt"), ctypes.CDLL(None).abs(-5),
        *(os.path.exists(folder + "/left") for folder in ("/tmp", "/dev/shm")),
    ],
    "files in memory": [sorted(os.listdir("/tmp")), sorted(os.listdir("/dev/shm"))],
}))
"""
CLEAN = [2, False, 5, False, False]
# One that changes torch, builtins and a page of libc's code, and leaves files and a process.
SPOIL = r"""
import builtins, ctypes, mmap, os, platform, time
import torch

torch.add = None
builtins.spoilt = True
for folder in ("/tmp", "/dev/shm"):
    open(folder + "/left", "w").close()
libc = ctypes.CDLL(None)
code = ctypes.cast(libc.abs, ctypes.c_void_p).value
page = code & ~(mmap.PAGESIZE - 1)
libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(2 * mmap.PAGESIZE), 7)
returns_7 = {"x86_64": "b807000000c3", "aarch64": "e0008052c0035fd6"}.get(platform.machine(), "")
ctypes.memmove(code, bytes.fromhex(returns_7), len(returns_7) // 2)
os.fork() or os.setsid() or time.sleep(100)
print(json.dumps({"spoilt": libc.abs(-5) == 7}) if returns_7 else "{}")
""".replace("import builtins,", "import builtins, json,")
HANG = "import os, time\nos.fork() or os.setsid()\ntime.sleep(100)"


@cache
def box(tried: bool = False) -> tuple[Box, str]:
    """A warm box and "", or a fresh one and why it is not a warm one.

    tried: see sandbox.Box. Raises SandboxError where there is no sandbox at all.
    """
    fresh = Box(tried=tried)
    try:
        warm = Warm()
    except (OSError, SandboxError) as error:
        return fresh, f"Graded in fresh boxes, which is slower: {error}"
    found = faults(warm)
    if found:
        warm.close()
        return fresh, f"Graded in fresh boxes, which is slower: not so here: {'; '.join(found)}."
    _open.append(warm)
    return Box(tried=True, enter=warm.enter), ""


_open: list[Warm] = []


@atexit.register
def close() -> None:
    """Ends what `box` has started in this process; the next call starts anew."""
    box.cache_clear()
    while _open:
        _open.pop().close()


def faults(warm: Warm) -> list[str]:
    """What warm boxes rest on and is not so here, each as a short sentence."""
    zygote = warm.zygote()
    before = _state(zygote)
    first, spoilt = _shown(warm, LOOK), _shown(warm, SPOIL)
    time.sleep(GONE)
    left = list(sandbox._descendants(zygote))
    again = _shown(warm, LOOK)
    _kill_one(warm)
    time.sleep(KILLED)
    survivors = list(sandbox._descendants(zygote))
    holds = _zygote_holds(before, _state(zygote)) | {
        "a box does its work": bool(first and again and spoilt is not None),
        "nothing is left of a box that has ended": not left,
        "a box that is killed is gone": not survivors,
    }
    if first and again:
        holds |= _box_holds(first, before["spaces"]) | {
            "what one child changes is not changed for the next": (
                first["clean"] == again["clean"] == CLEAN
                and first["files in memory"] == again["files in memory"]
            ),
            "a child can change a library's code for itself": spoilt != {"spoilt": False},
            "random numbers begin as in a fresh box": first["drawn"] == again["drawn"],
            "random numbers of its own differ": not set(first["own"]) & set(again["own"]),
        }
    return [line for line, held in holds.items() if not held]


def _zygote_holds(before: dict[str, Any], after: dict[str, Any]) -> dict[str, bool]:
    return {
        "the zygote has one thread": before["threads"] == 1,
        "the zygote has no capability": before["capabilities"] == {0},
        "the zygote shares no memory that it can write": not before["shared"],
        "the zygote's environment is the box's": (
            before["environment"] <= {*sandbox._environment("/box"), "PWD"}
        ),
        "the zygote's descriptors stay as they are": before["files"] == after["files"],
        "the zygote's memory stays as it is": after["memory"] - before["memory"] <= STEADY,
    }


def _box_holds(seen: dict[str, Any], outside: set[str]) -> dict[str, bool]:
    """seen: what LOOK showed. outside: the zygote's namespaces."""
    processes = seen["pids"].values()
    own = {seen["pids"][str(seen["self"])]["spaces"][name] for name in NAMESPACES}
    return {
        "a child holds the descriptors 0 to 3 alone": seen["files"] == [0, 1, 2, 3],
        "every process in a box is filtered": (
            len(processes) >= 2 and all(each["status"]["Seccomp"] == "2" for each in processes)
        ),
        "no process in a box has a capability": all(
            _capabilities(each["status"]) == {0} for each in processes
        ),
        "every process in a box is in its namespaces": all(
            {each["spaces"][name] for name in NAMESPACES} == own for each in processes
        ),
        "a box shares no namespace": not own & outside,
        "Python's file cannot be changed from inside": seen["chmod refused"],
    }


def _capabilities(status: dict[str, str]) -> set[int]:
    return {int(value, 16) for name, value in status.items() if name.startswith("Cap")}


def _state(zygote: int) -> dict[str, Any]:
    """What can be seen of the zygote from outside."""
    proc = Path("/proc", str(zygote))
    status = dict(line.split(":\t") for line in (proc / "status").read_text().splitlines())
    maps = [line.split() for line in (proc / "maps").read_text().splitlines()]
    environment = (proc / "environ").read_text().split("\0")
    return {
        "threads": int(status["Threads"]),
        "capabilities": _capabilities(status),
        "shared": [parts for parts in maps if "w" in parts[1] and "s" in parts[1]],
        "environment": {line.partition("=")[0] for line in environment if line},
        "files": sorted(os.listdir(proc / "fd")),  # noqa: PTH208
        "memory": int(status["RssAnon"].split()[0]) << 10,
        "spaces": {os.readlink(proc / "ns" / name) for name in NAMESPACES},  # noqa: PTH115
    }


def _shown(warm: Warm, cell: str) -> dict[str, Any] | None:
    """What a cell that prints JSON shows in a box; None if it shows nothing."""
    frames: list[dict[str, Any]] = []
    _run(warm, cell, lambda frame: frames.append(decode(frame)) or True)
    outputs = [out for frame in frames if frame["is"] == "output" for out in frame["outputs"]]
    try:
        return json.loads(outputs[0]["text"])
    except (LookupError, ValueError):
        return None


def _kill_one(warm: Warm) -> None:
    """Starts a box that would stay for long, and ends it when its cell has begun to run."""

    def see(frame: bytes) -> bool:
        time.sleep(GONE)
        return False

    _run(warm, HANG, see)


def _run(warm: Warm, cell: str, see: Any) -> None:
    step = {"source": cell, "exercise": "", "definitions": False, "show": True}
    job = {"steps": [step], "exercises": {}, "skip": [], "seconds": SECONDS}
    Box(tried=True, enter=warm.enter).run(encode(job), Limits(), see)
