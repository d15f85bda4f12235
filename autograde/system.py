"""System packages that grading and the tests need, installed where that can be done.

    python -m autograde.system bubblewrap postgresql

As root on Debian or Ubuntu they are installed through apt; elsewhere one sentence names what is
missing and how to get it, and the exit status is 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

# package: the programs that show it is there (shell patterns)
PROGRAMS = {
    "bubblewrap": ("/usr/bin/bwrap",),
    "postgresql": ("/usr/lib/postgresql/*/bin/postgres",),
    "chromium": ("/usr/bin/chromium",),
    "libseccomp2": ("/usr/lib*/libseccomp.so.2", "/usr/lib/*/libseccomp.so.2"),
    "openssl": ("/usr/bin/openssl",),
    "node-configurable-http-proxy": ("/usr/bin/configurable-http-proxy",),
}


def missing(packages: Iterable[str]) -> list[str]:
    """Those of the packages that are not there."""
    return [
        package
        for package in packages
        if not any(any(Path("/").glob(each.lstrip("/"))) for each in PROGRAMS[package])
        and not shutil.which(Path(PROGRAMS[package][0]).name)
    ]


def install(packages: Iterable[str]) -> str:
    """Installs what is missing, if that can be done; returns what to say if not, else ""."""
    wanted = missing(packages)
    if not wanted:
        return ""
    names = " ".join(wanted)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return (
            f"The system lacks {names}: install it (Debian, Ubuntu: sudo apt install {names}) and "
            "run the same command again."
        )
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
    done = subprocess.run(command, check=False, text=True, **quiet)
    if not missing(packages):
        return ""
    last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return f"apt could not install {names} ({last}): install it and run the same command again."


def main(packages: Sequence[str]) -> int:
    """Installs the packages named; says what it could not."""
    sentence = install(packages)
    if sentence:
        sys.stderr.write(f"{sentence}\n")
    return 1 if sentence else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
