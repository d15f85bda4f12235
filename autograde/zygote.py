"""Inside an outer box: has torch already, and is forked into a fresh box for each submission.

    python -I zygote.py HELPERS CONTROL

CONTROL is a SEQPACKET socket. An order arrives on it: JSON, with a job's reading end and a
channel's writing end; back goes a pidfd of the child that enters a box with them. The zygote
never reads a byte that a learner wrote and holds nothing secret: a child is a copy of it.

The child waits for the byte GO, starts bubblewrap's inner box around a process that only sleeps,
enters all of that process's namespaces (setns(2), Linux 5.8), drops every capability, filters
its system calls as all of the box are, and becomes the runner. Whatever fails on the way ends it
before any code of a learner's has been read.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import importlib
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

GO = b"g"
MAX_ORDER = 1 << 17
JOB, CHANNEL, FONTS, FILTER = 0, 3, 10, 11  # descriptors in a child
# Not matplotlib's backend for notebooks: imported before there is a shell, it shows no pictures.
PRELOADED = (
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "torch.utils.data", "tqdm.auto",
    "helpers.check", "helpers.data", "helpers.observe", "helpers.plots", "helpers.wire",
)  # fmt: skip
CLONE_NEW = {
    "mnt": 0x00020000, "cgroup": 0x02000000, "uts": 0x04000000, "ipc": 0x08000000,
    "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000,
}  # fmt: skip
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
SECCOMP_MODE_FILTER, PR_CAP_AMBIENT_CLEAR_ALL = 2, 4
CAPABILITY_VERSION = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> NoReturn:
    """Imports, then answers orders until the other end of the socket is gone."""
    helpers, control = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
    sys.path.insert(0, helpers)
    import runner

    runner._import_torch()
    for name in PRELOADED:
        importlib.import_module(name)
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208
        raise RuntimeError("a process with threads cannot be forked")
    gc.freeze()
    # Processes of a box that outlive their parent become children of this one, and are gone at
    # once when they end; otherwise ending a box takes a second.
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.send(b"ready")
    while True:
        order, files, _, _ = socket.recv_fds(control, MAX_ORDER, 2)
        if not order:
            os._exit(0)
        child = os.fork()
        if child == 0:
            _enter(json.loads(order), *files)
        handle = os.pidfd_open(child)
        socket.send_fds(control, [b"child"], [handle])
        for file in (handle, *files):
            os.close(file)


def _enter(order: dict[str, Any], job: int, channel: int) -> NoReturn:
    """The child: makes a box, enters it and runs a job there."""
    try:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        _keep(job, channel)
        if os.read(JOB, 1) != GO:
            os._exit(1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for name, value in order["limits"].items():
            resource.setrlimit(getattr(resource, name), (value, value))
        inner = _box(order["box"])
        _checked(_libc.setns(inner, sum(CLONE_NEW.values())))
        learner = os.fork()
        if learner == 0:
            _run(order)
        for file in (JOB, CHANNEL):
            os.close(file)
        os.waitpid(learner, 0)
    finally:
        os._exit(1)  # the box ends with it


def _keep(job: int, channel: int) -> None:
    """Leaves the job, the channel and /dev/null, and no other descriptor."""
    job, channel = (fcntl.fcntl(file, fcntl.F_DUPFD, 20) for file in (job, channel))
    os.dup2(job, JOB, inheritable=False)
    os.dup2(channel, CHANNEL, inheritable=False)
    os.closerange(CHANNEL + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def _box(command: list[str]) -> int:
    """Starts a box around a process that sleeps; a pidfd of that process."""
    for place, wanted in (("/course/fonts.json", FONTS), ("/course/filter", FILTER)):
        file = os.open(place, os.O_RDONLY)
        os.dup2(file, wanted, inheritable=True)
        os.close(file)
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, pass_fds=(FONTS, FILTER)
    )
    if process.stdout.readline() != b"set up\n":
        os._exit(1)
    [first] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    inner = os.pidfd_open(int(first))
    os.closerange(CHANNEL + 1, inner)
    os.closerange(inner + 1, 64)
    return inner


def _run(order: dict[str, Any]) -> NoReturn:
    """The learner's process, inside: gives up everything that it could do more than a learner."""
    try:
        os.closerange(CHANNEL + 1, 64)
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        os.chdir("/box")
        resource.setrlimit(resource.RLIMIT_NPROC, (order["processes"],) * 2)
        for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
            _prctl(PR_CAPBSET_DROP, capability)
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
        header, none = struct.pack("Ii", CAPABILITY_VERSION, 0), bytes(24)
        _checked(_libc.capset(header, none))
        _prctl(PR_SET_DUMPABLE, 1)  # as after an exec: its own /proc/self is readable
        _prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _filter(bytes.fromhex(order["filter"]))
        import runner

        sys.argv = [f"{order['course']}/runner.py", order["course"], str(CHANNEL)]
        runner.main()
    finally:
        os._exit(1)


def _filter(program: bytes) -> None:
    """Applies a seccomp program (struct sock_filter[]) to this process and what it starts."""
    code = ctypes.create_string_buffer(program, len(program))
    about = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(about))


def _prctl(*arguments: Any) -> None:
    plain = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments[1:]]
    _checked(_libc.prctl(int(arguments[0]), *plain))


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    main()
