"""How well each of the course's models reads the digits: one table that grows by chapter.

    scores.add("ch09_mnist_softmax", "one linear layer", accuracies, parameters, seconds, source)

Your own results are kept with your progress. For chapters that you have not run, the table has
those of the course's solutions (helpers/scores.json, taken from their outputs by `make build`).
Only results on the same images are compared.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers import progress
from helpers.words import say

REFERENCE = Path(__file__).parent / "scores.json"
MIME = "application/vnd.pytorch-by-hand.score+json"


@dataclass(frozen=True)
class Score:
    """One model's results.

    accuracies: of the test images, 0 to 1, one for each run (each seed). parameters: numbers
    that are learned. seconds: of training one run. source: of the images (see Digits.source).
    """

    chapter: str
    model: str
    accuracies: tuple[float, ...]
    parameters: int
    seconds: float
    source: str


@dataclass(frozen=True)
class Table:
    """The scores to show, in the order of the chapters; own: those just measured or kept here."""

    scores: tuple[Score, ...]
    own: frozenset[tuple[str, str]]
    added: Score | None = None

    def rows(self) -> list[list[str]]:
        """The table's cells as text, with a head."""
        head = [say(f"score_{part}") for part in ("model", "accuracy", "parameters", "seconds")]
        rows = [["", *head]]
        for s in self.scores:
            mean, low, high = sum(s.accuracies) / len(s.accuracies), *_ends(s.accuracies)
            spread = f" ({low:.1%} … {high:.1%})" if len(s.accuracies) > 1 else ""
            mark = "" if (s.chapter, s.model) in self.own else " *"
            row = [f"{mean:.1%}{spread}", f"{s.parameters:,}", f"{s.seconds:.1f} s"]
            rows.append([s.chapter[:4], s.model + mark, *row])
        return rows

    def __repr__(self) -> str:
        rows = self.rows()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, *self._note()])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        head, *rows = self.rows()
        cells = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
        lines = [f"<tr>{cells}</tr>"]
        for row in rows:
            lines.append("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>")
        note = "".join(f"<div>{html.escape(line)}</div>" for line in self._note())
        shown = {"text/html": f"<table>{''.join(lines)}</table>{note}", "text/plain": repr(self)}
        return shown | ({MIME: asdict(self.added)} if self.added else {})

    def _note(self) -> list[str]:
        reference = any((s.chapter, s.model) not in self.own for s in self.scores)
        return [say("score_note")] if reference else []


def add(
    chapter: str,
    model: str,
    accuracies: Sequence[float],
    parameters: int,
    seconds: float,
    source: str,
) -> Table:
    """Keeps a model's result and returns the table up to this chapter, to be shown.

    See Score for the arguments. A second run of the same model replaces the first. Raises
    ValueError for accuracies that are none (empty, or outside 0 … 1).
    """
    if not accuracies or not all(0 <= a <= 1 for a in accuracies):
        raise ValueError(f"accuracies are shares from 0 to 1, one a run; got {list(accuracies)}")
    runs = tuple(round(float(a), 6) for a in accuracies)
    score = Score(chapter, model, runs, int(parameters), round(float(seconds), 1), source)
    progress.record_score(asdict(score))
    return table(source, chapter, score)


def table(source: str, chapter: str = "ch99", added: Score | None = None) -> Table:
    """The scores on images of this source, up to a chapter: the learner's, or the course's."""
    own = {(s.chapter, s.model): s for s in filter(None, map(_score, progress.scores()))}
    every = {(s.chapter, s.model): s for s in reference()} | own
    if added is not None:
        every[added.chapter, added.model] = added
        own[added.chapter, added.model] = added
    shown = [s for s in every.values() if s.source == source and s.chapter <= chapter]
    shown.sort(key=lambda s: s.chapter)  # stable: a chapter's models stay in their order
    return Table(tuple(shown), frozenset(own), added)


def reference() -> list[Score]:
    """The results of the course's own solutions."""
    if not REFERENCE.is_file():
        return []
    records = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return list(filter(None, map(_score, records)))


def _score(record: Any) -> Score | None:
    """A kept record as a score; None for what is none: a file of another version, or edited."""
    try:
        runs = tuple(float(each) for each in record["accuracies"])
        score = Score(
            str(record["chapter"]), str(record["model"]), runs, int(record["parameters"]),
            float(record["seconds"]), str(record["source"]),
        )  # fmt: skip
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    return score if runs else None


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)
