"""A machine for a class, made of this one: its own users, homes, /etc and /srv, and a JupyterHub.

Everything happens in name spaces that end with the hub: nothing of the real machine is changed,
and of the class nothing stays but a folder under /tmp, which `close` removes.
"""

import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

PATIENCE = 120.0  # seconds until the hub answers, on a busy machine
SEEN_ANEW = ("/home", "/srv")  # the class's own stand here
OWN_SPACES = (
    "unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
    "--mount-proc", "--",
)  # fmt: skip
PROGRAMS = Path(sys.prefix).resolve() / "bin"
ENVIRONMENT = {
    "PATH": f"{PROGRAMS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "NODE_PATH": "/usr/share/nodejs",  # where Debian's proxy has its parts, for any Node
}


class Machine:
    """The class's machine. folder: what is the machine's /etc, /home and /srv, seen from here.

    users: their groups, by name; each has a home that only they can read, and the password "open".
    needed: folders of the real machine that all users can read there at the same path.
    """

    def __init__(self, users: dict[str, str], needed: Sequence[Path]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="class-"))
        self.folder.chmod(0o755)
        for name in ("home", "srv"):
            (self.folder / name).mkdir()
        shutil.copytree("/etc", self.folder / "etc", symlinks=True, ignore_dangling_symlinks=True)
        self.users = users
        self.needed = [path.resolve() for path in needed]
        self.process: subprocess.Popen | None = None
        self.port, *self._ports = free_ports(3)

    def run(self, *script: str) -> str:
        """Runs lines of shell as root of the machine; returns what they print."""
        done = subprocess.run(
            self._inside(script), env=ENVIRONMENT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def add_users(self) -> None:
        """Makes the users' accounts."""
        lines = [f"groupadd {group}" for group in sorted(set(self.users.values()))]
        for name, group in self.users.items():
            lines.append(f"useradd --create-home --key HOME_MODE=0700 --groups {group} {name}")
            lines.append(f"echo {name}:open | chpasswd")
        self.run(*lines)

    def start(self, config: Path, log: Path) -> None:
        """Starts the hub with a configuration, and waits until it answers."""
        api, hub = self._ports
        more = [
            f"--JupyterHub.bind_url=http://127.0.0.1:{self.port}",
            f"--JupyterHub.hub_bind_url=http://127.0.0.1:{hub}",
            f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{api}",
        ]
        command = [f"{PROGRAMS}/python", "-m", "jupyterhub", "-f", str(config), *more]
        with log.open("w") as file:
            self.process = subprocess.Popen(
                self._inside([f"cd /srv/jupyterhub; exec {shlex.join(command)}"]),
                env=ENVIRONMENT, stdout=file, stderr=file, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)

    def memory(self, user: str) -> dict[str, int]:
        """Bytes of each process of a user, what is shared counted in shares."""
        found = {}
        for each in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if each.uids().real == self.uid(user):
                    found[" ".join(each.cmdline()[:4])] = each.memory_full_info().pss
        return found

    def uid(self, user: str) -> int:
        """A user's number."""
        lines = (self.folder / "etc" / "passwd").read_text().splitlines()
        return next(int(line.split(":")[2]) for line in lines if line.startswith(f"{user}:"))

    def close(self) -> None:
        """Ends every process of the machine and removes it."""
        if self.process:
            self.process.kill()
            self.process.wait(30)
        shutil.rmtree(self.folder)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/hub/health", timeout=2):
                return True
        except OSError:
            return False

    def _inside(self, script: Sequence[str]) -> list[str]:
        return [*OWN_SPACES, "sh", "-ec", "\n".join([*self._mounts(), *script])]

    def _mounts(self) -> Iterator[str]:
        """Shell that puts the class's folders in place and keeps what is needed of the real ones."""
        places = {f"/mnt/{number}": path for number, path in enumerate([*self.needed, self.folder])}
        yield "mount -t tmpfs -o mode=755,size=1m tmpfs /mnt"
        for kept, path in places.items():
            yield f"mkdir {kept}; mount --bind {shlex.quote(str(path))} {kept}"
        closed = {first for path in places.values() if (first := first_closed(path))}
        for folder in sorted({*map(Path, SEEN_ANEW), *closed}):
            yield f"mount -t tmpfs -o mode=755,size=1m tmpfs {shlex.quote(str(folder))}"
        own = list(places)[-1]
        for name in SEEN_ANEW:
            yield f"mount --bind {own}{name} {name}"
        yield f"mount --bind {own}/etc /etc"
        for kept, path in list(places.items())[:-1]:
            where = shlex.quote(str(path))
            yield f"mkdir -p {where}; mountpoint -q {where} || mount --bind {kept} {where}"


def first_closed(path: Path) -> Path | None:
    """The first folder on the way to a path that others may not pass."""
    return next((p for p in reversed(path.parents) if not p.stat().st_mode & 0o001), None)


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens at just now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def can_be_made() -> str:
    """Why no such machine can be made here, or ""."""
    if os.geteuid() != 0:
        return "needs root: the hub starts every user's server as that user"
    if subprocess.run([*OWN_SPACES, "true"], capture_output=True).returncode:
        return "no mounts can be made here"
    return "" if shutil.which("useradd") else "there is no useradd"
