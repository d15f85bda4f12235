"""Remembers which checks passed, and shows what is done and what is next.

The record is .progress/progress.json beside the course (COURSE_PROGRESS names another file;
COURSE_PROGRESS=off keeps it in memory only). It is the learner's own and never used for grading.

    python -m helpers.progress --edition en
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from helpers.words import Language, current_language, say

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "helpers" / "cases"
FORMAT = "pytorch-by-hand progress 1"


@dataclass(frozen=True)
class Chapter:
    """A chapter as the start page shows it: exercises in order, and those that passed."""

    name: str
    title: str
    minutes: int
    exercises: tuple[str, ...]
    passed: tuple[str, ...]


def record_pass(chapter: str, exercise: str) -> None:
    """Remembers that a check passed; a failure to save is only mentioned."""
    _update(lambda record: record["passed"].setdefault(chapter, {}).setdefault(exercise, _today()))


def record_hint(chapter: str, exercise: str, number: int) -> None:
    """Remembers that hints up to `number` were seen."""
    _update(lambda record: record["hints"].setdefault(chapter, {}).update({exercise: number}))


def record_score(score: dict[str, Any]) -> None:
    """Remembers how well a model did (see helpers.scores), in place of its earlier result."""
    name = f"{score['chapter']} {score['model']}"
    _update(lambda record: record.setdefault("scores", {}).update({name: score}))


def scores() -> list[dict[str, Any]]:
    """The results of the learner's own models."""
    return list((_read().get("scores", {}) | _unsaved.get("scores", {})).values())


def hints_seen(chapter: str, exercise: str) -> int:
    """How many hints of an exercise the learner has seen."""
    records = (_read(), _unsaved)
    return max(record["hints"].get(chapter, {}).get(exercise, 0) for record in records)


def chapters(language: Language) -> list[Chapter]:
    """Every chapter of this copy in order, with what has passed."""
    passed = _read()["passed"]
    found = []
    for path in sorted(CASES.glob(f"*.{language}.json")):
        name = path.name.split(".")[0]
        texts = json.loads(path.read_text(encoding="utf-8"))
        exercises = tuple(texts["hints"])
        done = tuple(e for e in exercises if e in passed.get(name, {}))
        found.append(Chapter(name, texts["title"], texts["minutes"], exercises, done))
    return found


def next_exercise(found: list[Chapter]) -> tuple[Chapter, str] | None:
    """The first exercise not yet passed of the chapter begun last, or of the first open one."""
    open_ones = [c for c in found if len(c.passed) < len(c.exercises)]
    begun = [c for c in open_ones if c.passed]
    for chapter in begun[-1:] or open_ones[:1]:
        return chapter, next(e for e in chapter.exercises if e not in chapter.passed)
    return None


def table(language: Language) -> str:
    """The progress of every chapter as a Markdown table with links, and what is next."""
    found = chapters(language)
    lines = [
        f"| | {say('chapter', language)} | {say('minutes_head', language)} "
        f"| {say('solved_head', language)} |",
        "|:-:|:--|--:|:--|",
    ]
    for c in found:
        mark = "✓" if len(c.passed) == len(c.exercises) else "◐" if c.passed else "○"
        dots = "●" * len(c.passed) + "○" * (len(c.exercises) - len(c.passed))
        lines.append(
            f"| {mark} | [{c.name[:4]} · {c.title}]({c.name}/{c.name}.ipynb) "
            f"| {say('minutes', language, n=c.minutes)} "
            f"| {dots} {len(c.passed)}/{len(c.exercises)} |"
        )
    lines += ["", f"**{say('next', language)}**: {_next(found, language, link=True)}"]
    return "\n".join(lines)


def show(language: Language | None = None) -> None:
    """Shows the table in a notebook."""
    from IPython.display import Markdown, display

    display(Markdown(table(language or current_language())))


def report(language: Language) -> str:
    """The progress of every chapter as plain text, for a terminal."""
    found = chapters(language)
    lines = []
    for c in found:
        dots = "●" * len(c.passed) + "○" * (len(c.exercises) - len(c.passed))
        lines.append(f"{c.name[:4]}  {dots:<10} {len(c.passed)}/{len(c.exercises)}  {c.title}")
    return "\n".join([*lines, "", f"{say('next', language)}: {_next(found, language)}"])


def write_start_page(edition: Language) -> Path:
    """Writes the edition's start page with today's progress; returns the notebook's path."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    output = new_output(
        "display_data",
        {"text/markdown": table(edition), "text/plain": report(edition)},
    )
    heading = f"# {say('start_heading', edition)}\n\n{say('start_intro', edition)}"
    code = f'from helpers import progress\n\nprogress.show("{edition}")'
    page = new_notebook(
        cells=[
            new_markdown_cell(heading, id="start-intro"),
            new_code_cell(code, id="start-progress", outputs=[output]),
        ],
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python",
                                 "name": "python3"}},
    )  # fmt: skip
    path = ROOT / "notebooks" / edition / "start.ipynb"
    nbformat.write(page, path)
    return path


def _next(found: list[Chapter], language: Language, link: bool = False) -> str:
    following = next_exercise(found)
    if following is None:
        return say("all_done", language)
    chapter, exercise = following
    name = f"{chapter.name[:4]} · {chapter.title}"
    if link:
        name, exercise = f"[{name}]({chapter.name}/{chapter.name}.ipynb)", f"`{exercise}`"
    return say("next_exercise", language, chapter=name, exercise=exercise)


def _path() -> Path | None:
    named = os.environ.get("COURSE_PROGRESS", "")
    if named == "off":
        return None
    return Path(named) if named else ROOT / ".progress" / "progress.json"


def _today() -> str:
    return time.strftime("%Y-%m-%d")


def _empty() -> dict[str, Any]:
    return {"format": FORMAT, "passed": {}, "hints": {}}


def _read() -> dict[str, Any]:
    path = _path()
    if path is None:
        return _unsaved
    try:
        if not path.is_file():
            return _empty()
        record = json.loads(path.read_text(encoding="utf-8"))
        if _is_sound(record):
            return record
    except (OSError, ValueError, RecursionError):
        pass
    with contextlib.suppress(OSError):
        aside = _aside(path)
        path.replace(aside)
        print(say("set_aside", path=aside))
    return _empty()


# What is not to be saved, or could not be: hints still come one by one.
_unsaved = _empty()


def _is_sound(record: Any) -> bool:
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        return False
    parts = [record.get("passed"), record.get("hints"), record.get("scores", {})]
    if not all(isinstance(p, dict) and all(isinstance(v, dict) for v in p.values()) for p in parts):
        return False
    counts = [n for seen in record["hints"].values() for n in seen.values()]
    return all(isinstance(n, int) and n >= 0 for n in counts)


def _aside(path: Path) -> Path:
    numbered = (path.with_name(f"{path.stem}.damaged-{n}{path.suffix}") for n in range(1, 1000))
    return next(candidate for candidate in numbered if not candidate.exists())


def _update(change: Callable[[dict[str, Any]], Any]) -> None:
    path = _path()
    if path is None:
        change(_unsaved)
        return
    try:
        with _locked(path):
            record = _read()
            change(record)
            temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
            text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
            try:
                temporary.write_text(text, encoding="utf-8")
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
    except (OSError, NotImplementedError, Timeout) as error:  # not every file system has locks
        change(_unsaved)
        print(say("not_saved", reason=error))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=5):
        yield


def main(arguments: list[str] | None = None) -> None:
    """Prints the progress of every chapter."""
    here = [language for language in ("ko", "en") if chapters(language)]
    parser = argparse.ArgumentParser(prog="make progress", description=main.__doc__)
    parser.add_argument("--edition", choices=here, default=here[0])
    edition = parser.parse_args(arguments).edition
    sys.stdout.write(report(edition) + "\n")


if __name__ == "__main__":
    main()
