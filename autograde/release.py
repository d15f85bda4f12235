"""The learner's copy: everything a learner needs in one edition, and nothing else.

make release EDITION=en         → dist/pytorch-by-hand-0.1.0-en.zip, and the folder it unpacks to

The zip's bytes depend on the course alone: no time, no user and no order of files gets in.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from autograde.build import LANGUAGES, ROOT, chapters, given_files
from helpers import __version__, progress
from helpers.words import Language

TOP_LEVEL = (
    "LICENSE", "Makefile", "README.md", "README.ko.md", "environment.yml", "pyproject.toml",
    "requirements.lock", "errata.md",
)  # fmt: skip
# Sections of the READMEs about what a learner's copy does not hold.
FOR_OTHERS = (
    "## For instructors", "## For authors", "## Layout",
    "## 가르치는 분께", "## 쓰는 분께", "## 짜임새",
)  # fmt: skip
NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
ANYBODY_READS = 0o100644  # a regular file that its owner can write, whatever the author's was


def learner_files(edition: Language) -> Iterator[Path]:
    """The files of a learner's copy, relative to the course's root; no solution, no oracle."""
    yield from map(Path, TOP_LEVEL)
    for pattern in ("*.py", "*.json", "*.tsv"):
        yield from (p.relative_to(ROOT) for p in sorted((ROOT / "helpers").glob(pattern)))
    cases = ROOT / "helpers" / "cases"
    for pattern in ("*.cases", f"*.{edition}.json"):
        yield from (p.relative_to(ROOT) for p in sorted(cases.glob(pattern)))
    for pattern in ("ch*/*.ipynb", "start.ipynb"):
        folder = ROOT / "notebooks" / edition
        yield from (p.relative_to(ROOT) for p in sorted(folder.glob(pattern)))
    for chapter in chapters():
        folder = Path("notebooks", edition, chapter)
        yield from (folder / name for name in given_files(chapter))
    pictures = ROOT / "docs" / "images"
    yield from (p.relative_to(ROOT) for p in sorted(pictures.glob("*.png")))


def copy_name(edition: Language) -> str:
    """What a learner's copy is called: its folder, and its zip less the ending."""
    return f"pytorch-by-hand-{__version__}-{edition}"


def release(edition: Language, target: Path = ROOT / "dist") -> Path:
    """Writes the learner's zip of an edition, and unpacks it; returns the folder.

    target: where both are written. A zip and a folder of the same name are replaced.
    """
    os.environ["COURSE_PROGRESS"] = "off"  # the author's own progress is not the learner's
    progress.write_start_page(edition)
    folder = target / copy_name(edition)
    target.mkdir(parents=True, exist_ok=True)
    unfinished = target / f"{folder.name}.tmp"
    _write_zip(unfinished, edition)
    if folder.exists():
        shutil.rmtree(folder)
    shutil.unpack_archive(unfinished, target, "zip")
    unfinished.replace(target / f"{folder.name}.zip")
    return folder


def _write_zip(path: Path, edition: Language) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as made:
        for file in sorted(learner_files(edition)):
            about = ZipInfo(f"{copy_name(edition)}/{file.as_posix()}", NO_DATE)
            about.compress_type = ZIP_DEFLATED
            about.create_system = 3  # Unix, wherever this runs: else no permissions are kept
            about.external_attr = ANYBODY_READS << 16
            made.writestr(about, _content(file))


def _content(file: Path) -> bytes:
    data = (ROOT / file).read_bytes()
    if not file.name.startswith("README"):
        return data
    sections = re.split(r"^(?=## )", data.decode("utf-8"), flags=re.MULTILINE)
    return "".join(each for each in sections if not each.startswith(FOR_OTHERS)).encode("utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Writes the learner's copy of one edition."""
    parser = argparse.ArgumentParser(prog="make release", description=main.__doc__)
    parser.add_argument("--edition", choices=LANGUAGES, default="ko")
    folder = release(parser.parse_args(arguments).edition)
    sys.stdout.write(f"{folder}.zip, and what it unpacks to beside it\n")


if __name__ == "__main__":
    main()
