"""A learner's zip, unpacked and set up in a moment, for the tests of what learners have."""

import os
import shutil
import sys
import tomllib
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from helpers import environment


def set_up(copy: Path, *more: str) -> Path:
    """Gives a learner's copy its .venv, as `make lab` would; returns its python.

    It holds what the copy's pyproject.toml names, what that needs, and nothing else; the packages
    are not downloaded but linked from this environment, which takes a second instead of minutes.
    more: the names of further packages.
    """
    venv.create(copy / ".venv", symlinks=True)
    python = copy / ".venv" / "bin" / "python"
    (site,) = (copy / ".venv").glob("lib/python*/site-packages")
    named = tomllib.loads((copy / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for each in _needed([*named, *more]):
        _link(each, site)
    (site / "course.pth").write_text(f"{copy}\n", encoding="utf-8")  # as `pip install -e .` does
    environment.quiet_jupyterlab(copy / ".venv")
    current = f"{sys.version_info[0]}.{sys.version_info[1]}"
    stamp = {"root": str(copy), "python": current, "author": False}
    environment.write_stamp(copy, stamp | {"packages": environment.packages_fingerprint(copy)})
    return python


def clean_environment(home: Path) -> dict[str, str]:
    """The environment of somebody who has only the copy: nothing of this process's Python."""
    kept = {name: os.environ[name] for name in ("LANG", "OMP_NUM_THREADS") if name in os.environ}
    return kept | {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home)}


def make(command: str) -> list[str]:
    """The words that call make in a copy, with this Python."""
    return ["make", command, f"PYTHON={Path(sys.base_prefix, 'bin', 'python3')}"]


def _needed(requirements: list[str]) -> Iterator[metadata.Distribution]:
    """The packages that requirements name, and all that these need, each once."""
    seen = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        key = (wanted.name.lower().replace("_", "-"), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        found = metadata.distribution(wanted.name)
        yield found
        for each in map(Requirement, found.requires or ()):
            extras = wanted.extras or {""}
            if each.marker is None or any(each.marker.evaluate({"extra": x}) for x in extras):
                waiting.append(each)


def _link(package: metadata.Distribution, site: Path) -> None:
    """Links a package's modules into a site-packages; copies its other files, which are served."""
    prefix = site.parents[2]
    for file in package.files or ():
        if ".." not in file.parts:
            link = site / file.parts[0]
            if link.name != "__pycache__" and not link.exists():
                link.symlink_to(Path(package.locate_file(link.name)).resolve())
        elif file.parts[:3] == ("..",) * 3 and file.parts[3] != "bin":
            target = prefix.joinpath(*file.parts[3:])
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(package.locate_file(file), target)
