"""The learner's copy: everything a learner needs in one edition, and nothing else.

make release EDITION=en         → dist/pytorch-by-hand-en/ and dist/pytorch-by-hand-en.zip
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from autograde.build import LANGUAGES, ROOT, chapters, given_files
from helpers import progress
from helpers.words import Language

TOP_LEVEL = (
    "LICENSE", "Makefile", "README.md", "README.ko.md", "environment.yml", "pyproject.toml",
    "requirements.lock", "errata.md",
)  # fmt: skip


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


def release(edition: Language, target: Path | None = None) -> Path:
    """Writes the learner's copy of an edition and its zip; returns the folder.

    target: the folder to write, by default dist/pytorch-by-hand-<edition>; what stood there
    before is replaced.
    """
    target = target or ROOT / "dist" / f"pytorch-by-hand-{edition}"
    os.environ["COURSE_PROGRESS"] = "off"  # the author's own progress is not the learner's
    progress.write_start_page(edition)
    if target.exists():
        shutil.rmtree(target)
    for file in learner_files(edition):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, target / file)
    shutil.make_archive(str(target), "zip", target.parent, target.name)
    return target


def main(arguments: list[str] | None = None) -> None:
    """Writes the learner's copy of one edition."""
    parser = argparse.ArgumentParser(prog="make release", description=main.__doc__)
    parser.add_argument("--edition", choices=LANGUAGES, default="ko")
    folder = release(parser.parse_args(arguments).edition)
    sys.stdout.write(f"{folder} and {folder.name}.zip beside it\n")


if __name__ == "__main__":
    main()
