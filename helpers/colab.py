"""Makes a Google Colab session ready for a chapter; a notebook's first code cell calls it there.

Colab brings its own Python, torch and NumPy, which stay as they are. What the course needs and
Colab lacks is installed, and the session works in the chapter's folder of the unpacked course.
"""

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL_ONLY = ("jupyterlab", "nbgrader", "nbval")  # for working and grading on one's own computer


def prepare(chapter: str, language: str) -> None:
    """Installs what is lacking and goes to the chapter's folder.

    Raises SystemExit with a sentence if the zip is of another edition or pip fails.
    """
    folder = ROOT / "notebooks" / language / chapter
    if not folder.is_dir():
        sys.exit(f"{ROOT.name} has no {chapter} in this language ({language}): delete that folder,"
                 " run the cell again and choose the zip that this notebook came in.")  # fmt: skip
    if wanted := lacking():
        command = [sys.executable, "-m", "pip", "install", "-q", *wanted]
        if subprocess.run(command).returncode:
            sys.exit(f"pip could not install {', '.join(wanted)}: run the cell again.")
    os.chdir(folder)


def lacking() -> list[str]:
    """What the course's pyproject.toml names for learners and this Python has in no version."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {re.match(r"[\w-]+", each)[0]: each for each in about["project"]["dependencies"]}
    return [each for name, each in named.items() if name not in LOCAL_ONLY and not _is_here(name)]


def _is_here(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
