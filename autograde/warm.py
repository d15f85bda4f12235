"""A box of its own for every submission, entered by a process that has torch already.

A fresh box spends most of its time importing torch. Here a zygote (autograde.zygote), itself in
a box, has done so once; a child of it enters a box made as ever (autograde.sandbox), one for each
submission, and nothing but the way in differs. autograde.selftest tries what this rests on.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from autograde import sandbox
from autograde.sandbox import IN_BOX, Limits, SandboxError

ZYGOTE = Path(__file__).with_name("zygote.py")
GO = b"g"
FONTS, FILTER = 10, 11  # descriptors of bubblewrap in a child (see autograde.zygote)
# Processes that lose their parent become its children, and are gone at once when they end.
SLEEPS = "echo set up; exec env --ignore-signal=CHLD sleep infinity"
ENTERS = 500  # boxes that one zygote's children enter: they share its addresses


class Warm:
    """A zygote; `enter` starts a child of it in a box (see sandbox.Enter). Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entered = 0
        self._start()

    def enter(self, limits: Limits, channel: int, cgroups: Sequence[Path]) -> Entered:
        """A process in a box of its own; raises SandboxError if there is no zygote any more."""
        order = json.dumps(_order(limits)).encode()
        for _ in range(2):
            reading, writing = os.pipe2(os.O_CLOEXEC)
            try:
                with self._lock:
                    if self._entered == ENTERS:
                        self.close()
                        self._start()
                    self._entered += 1
                    socket.send_fds(self._control, [order], [reading, channel])
                    said, files, _, _ = socket.recv_fds(self._control, 100, 1)
            except OSError:
                said = b""
            finally:
                os.close(reading)
            if said == b"child" and len(files) == 1:
                return Entered(files[0], writing, cgroups)
            os.close(writing)
            with self._lock:
                self.close()
                self._start()
        raise SandboxError("The process that boxes are entered from ends again and again.")

    def zygote(self) -> int:
        """The zygote's process number: bubblewrap's grandchild, below which boxes may be."""
        _, zygote, *_ = sandbox._descendants(self.process.pid)
        return zygote

    def close(self) -> None:
        """Ends the zygote and every box that was entered from it."""
        self._control.close()
        self.process.kill()
        self.process.wait()

    def _start(self) -> None:
        self._entered = 0
        self._control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        contents = (
            sandbox.RUNNER.read_bytes(), ZYGOTE.read_bytes(), *sandbox._fonts(), sandbox._filter()
        )  # fmt: skip
        files = [sandbox._memory_file(data) for data in (*contents, sandbox._fonts()[0])]
        with other:
            self.process = sandbox._Session(
                _zygote_box(files, other.fileno()), env={}, cwd="/", start_new_session=True,
                pass_fds=[other.fileno(), *files], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        for file in files:
            os.close(file)
        self._control.settimeout(sandbox.STARTING)
        try:
            said = self._control.recv(100)
        except OSError:
            said = b""
        if said != b"ready":
            self.close()
            raise SandboxError("The process that boxes are entered from does not start.")


class Entered:
    """A process in a box that it entered, with what it started (see sandbox.Process)."""

    def __init__(self, handle: int, job: int, cgroups: Sequence[Path]) -> None:
        self._handle = handle
        self.pid = _pid(handle)
        self.stdin = os.fdopen(job, "wb")
        for group in cgroups:
            (group / "cgroup.procs").write_text(str(self.pid))
        self.stdin.write(GO)
        self.stdin.flush()

    def kill(self) -> None:
        """Ends the process that holds the box, and so the box."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> None:
        """Returns when it has ended."""
        select.select([self._handle], [], [], sandbox.GOING)
        os.close(self._handle)


def _pid(handle: int) -> int:
    """The number of the process that a pidfd stands for."""
    lines = Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


def _zygote_box(files: Sequence[int], control: int) -> list[str]:
    """The command line of the box that a zygote is in: like any other, read-only."""
    runner, zygote, fonts, seccomp, list_of_fonts = map(str, files)
    stage, sources = sandbox.staged()
    return [
        *stage, *sandbox.namespaces(), *sandbox.file_systems(Limits(), sources),
        "--file", runner, f"{IN_BOX}/runner.py",
        "--file", zygote, f"{IN_BOX}/zygote.py",
        "--file", fonts, f"{IN_BOX}/fonts.json",
        "--file", seccomp, f"{IN_BOX}/filter",
        "--file", list_of_fonts, sandbox.font_list_in("/box"), *sandbox.settings(),
        sys.executable, "-I", f"{IN_BOX}/zygote.py", IN_BOX, str(control),
    ]  # fmt: skip


def _order(limits: Limits) -> dict[str, object]:
    """What a child of the zygote has to know; nothing of a submission."""
    places = sandbox._places()
    sources = {place: place for place in places} | {str(sandbox.HELPERS): f"{IN_BOX}/helpers"}
    box = [
        *sandbox.namespaces(), "--disable-userns", "--die-with-parent", "--as-pid-1",
        "--seccomp", str(FILTER), *sandbox.file_systems(limits, sources),
        "--ro-bind", f"{IN_BOX}/runner.py", f"{IN_BOX}/runner.py",
        "--file", str(FONTS), sandbox.font_list_in("/box"), *sandbox.settings(),
        "prlimit", f"--nproc={limits.processes}", "--", "/bin/sh", "-c", SLEEPS,
    ]  # fmt: skip
    return {
        "box": box,
        "processes": limits.processes,
        "filter": sandbox._filter().hex(),
        "course": IN_BOX,
        "limits": {
            "RLIMIT_DATA": limits.data, "RLIMIT_CPU": limits.cpu, "RLIMIT_FSIZE": limits.file,
            "RLIMIT_CORE": 0, "RLIMIT_NOFILE": sandbox.OPEN_FILES, "RLIMIT_MSGQUEUE": 0,
        },
    }  # fmt: skip
