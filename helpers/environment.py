# ruff: noqa: UP006, UP021, UP035, UP045
"""Make the course's own Python environment, .venv, or find it up to date and do nothing.

    python3 helpers/environment.py            what learners and instructors need
    python3 helpers/environment.py --author   and what authors and the tests need

Standard library only, and nothing newer than Python 3.6: the Python that is too old for the
course must still be able to read this file, because this file is what tells its owner so.
"""

import argparse
import errno
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent
LOG = ".setup.log"
Pythons = Tuple[Tuple[int, int], Tuple[int, int]]  # the first supported, the first too new

# Measured: 1.8 GB installed with a CPU build of torch, 0.5 GB of downloads, half a GB to spare.
NEEDED_BYTES = 2800000000

# Installs the course in two thirds of the time that Python 3.11's own takes.
NEWER_PIP = "pip>=25,<27"

# A broken network should be reported in seconds; whoever sets these variables knows better.
PIP_PATIENCE = {"PIP_RETRIES": "1", "PIP_DEFAULT_TIMEOUT": "10"}

JUPYTERLAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}

NO_SPACE = ("No space left on device", "not enough space on the disk", "Disk quota exceeded")
NO_NETWORK = (
    "Retrying (Retry(",
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "Read timed out",
    "ConnectionResetError",
    "Connection broken",
    "ProtocolError",
    "ProxyError",
    "SSLError",
    "SSLCertVerificationError",
    "name resolution",
    "getaddrinfo failed",
    "incomplete-download",
)


class SetupError(Exception):
    """What stopped the set-up, as one sentence for the person who started it."""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Set up the course that this file belongs to; 0 when ready, 1 after saying what is wrong."""
    parser = argparse.ArgumentParser(description="Make or update the course's environment, .venv.")
    parser.add_argument("--author", action="store_true", help="also what authors and tests need")
    author = parser.parse_args(arguments).author
    try:
        set_up(ROOT, author)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(explain(str(error), ROOT), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def set_up(root: Path, author: bool = False) -> bool:
    """Bring root/.venv up to date; False if there was nothing to do.

    Raises SetupError with one sentence when it cannot.
    """
    stamp = read_stamp(root)
    supported = supported_pythons(root)
    wanted = packages_fingerprint(root)
    current = f"{sys.version_info[0]}.{sys.version_info[1]}"

    made_here = stamp.get("root") == str(root) and venv_python(root).exists()
    # Whoever once named a newer Python need not name it every time.
    same_python = stamp.get("python") == current or not in_range(sys.version_info, supported)
    enough = stamp.get("author") or not author
    if made_here and same_python and enough and stamp.get("packages") == wanted:
        return False

    check_python(sys.version_info, supported, sys.executable)
    start_log(root)
    check_space(root)

    author = author or bool(stamp.get("author"))
    moved = bool(stamp) and stamp.get("root") != str(root)  # scripts in it name the old place
    if moved or python_and_pip(root) != current:
        say(f"Making a Python {current} environment in {root / '.venv'}.")
        make_venv(root)
    new_stamp = {"root": str(root), "python": current, "author": author}  # type: Dict[str, object]
    write_stamp(root, new_stamp)
    say(f"Installing its packages: some 2 minutes and 0.5 GB or more, once (log: {root / LOG}).")
    install(root, author)
    quiet_jupyterlab(root / ".venv")
    new_stamp["packages"] = wanted
    write_stamp(root, new_stamp)
    say("Ready.")
    return True


def say(line: str) -> None:
    """Print one line of progress at once, ahead of what pip prints."""
    print(line)
    sys.stdout.flush()


# What is wanted, and what is there


def supported_pythons(root: Path) -> Pythons:
    """Return what pyproject.toml says: ((3, 11), (3, 15)) for >=3.11,<3.15."""
    text = course_file(root, "pyproject.toml").decode("utf-8")
    found = re.search(
        r'^requires-python\s*=\s*"\s*>=\s*(\d+)\.(\d+)\s*,\s*<\s*(\d+)\.(\d+)\s*"', text, re.M
    )
    if not found:
        raise SetupError(
            f'{root / "pyproject.toml"} has no line like requires-python = ">=3.11,<3.15":'
            " put it back and run the same command again."
        )
    first_major, first_minor, end_major, end_minor = (int(part) for part in found.groups())
    return (first_major, first_minor), (end_major, end_minor)


def packages_fingerprint(root: Path) -> str:
    """Return a hash of everything that decides which packages belong in the environment."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "requirements.lock"):
        digest.update(course_file(root, name))
    return digest.hexdigest()


def course_file(root: Path, name: str) -> bytes:
    """Return a file of the course; raise SetupError if this copy lacks it."""
    try:
        return (root / name).read_bytes()
    except FileNotFoundError:
        raise SetupError(
            f"{root / name} is missing, so this is not a whole copy of the course: get the course"
            " again."
        ) from None


def stamp_path(root: Path) -> Path:
    """Return the file in which .venv says what it holds."""
    return root / ".venv" / "course.json"


def read_stamp(root: Path) -> Dict[str, object]:
    """Return what .venv says it holds; nothing if it is missing or says nothing."""
    try:
        stamp = json.loads(stamp_path(root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(root: Path, stamp: Dict[str, object]) -> None:
    """Write down what .venv holds; without "packages" it counts as half made."""
    stamp_path(root).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def venv_python(root: Path) -> Path:
    """Return the interpreter of .venv, whether it exists or not."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def python_and_pip(root: Path) -> Optional[str]:
    """Return .venv's Python version, "3.11", or None if it or its pip does not run."""
    ask = "import pip, sys; print('{}.{}'.format(*sys.version_info[:2]))"
    try:
        answer = subprocess.run(
            [str(venv_python(root)), "-c", ask],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        )
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


# What has to be true first


def in_range(version: Sequence[int], supported: Pythons) -> bool:
    """Whether a Python version such as sys.version_info is one the course supports."""
    return supported[0] <= tuple(version[:2]) < supported[1]


def check_python(version: Sequence[int], supported: Pythons, executable: str) -> None:
    """Raise SetupError if this Python is too old, too new, or cannot make environments."""
    (major, first), (_, end) = supported
    this = f"Python {version[0]}.{version[1]} ({executable})"
    if not in_range(version, supported):
        usual = f"{major}.{first + 1}"
        age = "old" if tuple(version[:2]) < supported[0] else "new"
        raise SetupError(
            f"{this} is too {age} for this course, which needs Python {major}.{first} to"
            f" {major}.{end - 1}: install one of these and name it, for example"
            f" make lab PYTHON=python{usual} (on Windows: py -{usual} helpers\\environment.py)."
        )
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise SetupError(
            f"{this} lacks the modules that make an environment, venv and ensurepip: install them"
            f" (on Debian and Ubuntu: sudo apt install python{version[0]}.{version[1]}-venv) and"
            " run the same command again."
        )


def start_log(root: Path) -> None:
    """Begin a new log in the course's folder; raise SetupError if the folder is read-only."""
    try:
        (root / LOG).write_text("", encoding="utf-8")
    except OSError as error:
        raise SetupError(explain(str(error), root)) from None


def check_space(root: Path, needed: int = NEEDED_BYTES) -> None:
    """Raise SetupError if the disk has less room than `needed` bytes, less what .venv has."""
    held = sum(file.lstat().st_size for file in (root / ".venv").glob("**/*"))
    free = shutil.disk_usage(str(root)).free
    if free < needed - held:
        raise SetupError(
            f"The disk that holds {root} has {free / 1e9:.1f} GB free and the course's environment"
            f" needs {(needed - held) / 1e9:.1f} GB: make room, or move the course to another disk,"
            " and run the same command again."
        )


# Making it


def make_venv(root: Path) -> None:
    """Make an empty .venv with pip in it, in place of whatever stood there."""
    # The environment's own python must not be the one that clears the environment.
    python = getattr(sys, "_base_executable", None) or sys.executable
    run([python, "-m", "venv", "--clear", str(root / ".venv")], root)
    command = [str(venv_python(root)), "-m", "pip", "install", "--disable-pip-version-check"]
    try:
        run(command + ["--no-input", "--upgrade", NEWER_PIP], root)
    except SetupError:
        start_log(root)  # the one that is there does it, too


def install(root: Path, author: bool) -> None:
    """Install the course and the exact packages of requirements.lock, going on where pip was."""
    for packages in ("lib/python*/site-packages", "Lib/site-packages"):
        for package in (root / ".venv").glob(packages + "/*.dist-info"):
            if not (package / "INSTALLER").exists():  # written last: pip was stopped half-way
                shutil.rmtree(str(package))
    command = [str(venv_python(root)), "-m", "pip", "install"]
    command += ["--disable-pip-version-check", "--no-input", "-c", "requirements.lock"]
    command += ["--no-compile", "-e", ".[author]" if author else "."]
    run(command, root, show=sys.stdout.isatty())
    compile_packages(root)


def compile_packages(root: Path) -> None:
    """Compile what pip installed, on all processors: pip would do it on one.

    Not the packages' own tests, a sixth of it all. What does not compile is nothing that is
    imported: templates, and tests of old Pythons.
    """
    packages = root / ".venv" / ("Lib" if os.name == "nt" else "lib")
    command = [str(venv_python(root)), "-m", "compileall", "-qq", "-j", "0"]
    command += ["-x", r"site-packages[\\/].*[\\/]tests[\\/]", str(packages)]
    subprocess.run(command, stdin=subprocess.DEVNULL)


def run(command: List[str], root: Path, show: bool = False) -> None:
    """Run a step of the set-up, its output in the log; raise SetupError with what went wrong."""
    with (root / LOG).open("a", encoding="utf-8") as log:
        done = subprocess.run(
            command,
            cwd=str(root),
            env=dict(PIP_PATIENCE, **dict(os.environ, PIP_USER="0")),
            stdin=subprocess.DEVNULL,
            stdout=None if show else log,
            stderr=log,
        )
    if done.returncode != 0:
        printed = (root / LOG).read_text(encoding="utf-8", errors="replace")
        raise SetupError(explain(printed, root))


def jupyterlab_settings(prefix: Path) -> Path:
    """Return the file of JupyterLab's changed defaults in an environment."""
    return prefix / "share" / "jupyter" / "lab" / "settings" / "overrides.json"


def quiet_jupyterlab(prefix: Path) -> None:
    """Keep an environment's JupyterLab from asking about news and updates when it first starts."""
    path = jupyterlab_settings(prefix)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(JUPYTERLAB_SETTINGS, indent=2) + "\n", encoding="utf-8")


def explain(printed: str, root: Path) -> str:
    """Turn what pip, venv or the system said into one sentence: what, where, what to do."""
    details = f"(details: {root / LOG})"
    seen = re.search(r"\(from versions: (.*?)\)", printed)
    unmatched = re.search(r"No matching distribution found for (\S+)", printed)
    if any(sign in printed for sign in NO_SPACE):
        return (
            f"The disk is full: {root} and {tempfile.gettempdir()} together need about"
            f" {NEEDED_BYTES / 1e9:.0f} GB, and several more where pip brings torch for CUDA, so"
            f" make room and run the same command again {details}."
        )
    if (not seen or seen.group(1) == "none") and any(sign in printed for sign in NO_NETWORK):
        return (
            "pip could not reach its package index: check the network connection, or pip's proxy"
            f" and certificate settings, and run the same command again {details}."
        )
    if unmatched:
        return (
            f"There is no {unmatched.group(1)} for Python {platform.python_version()} on"
            f" {platform.system()} {platform.machine()}: use a Python and a system that the README"
            f" names {details}."
        )
    if any(os.strerror(number) in printed for number in (errno.EACCES, errno.EPERM, errno.EROFS)):
        return (
            f"The folder {root} cannot be written to, or a file in it is in use: close what uses"
            " it, or copy the course to a folder of your own, and run the same command there."
        )
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error:")] or lines[-1:] or ["?"]
    return f'Setting up {root} stopped at "{errors[0]}": read the details in {root / LOG}.'


if __name__ == "__main__":
    sys.exit(main())
