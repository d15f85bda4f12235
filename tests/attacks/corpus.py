"""What an entry of the corpus is, and how entries become submissions."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograde.intake import grade_id, template

ROOT = Path(__file__).resolve().parent.parent.parent
CHAPTER = "ch21_packed_sequence"  # nine exercises: room for nine attacks in one submission
OTHER_CHAPTER = "ch03_gradient_descent"
# What no submission may show, reach or leave behind; tests/test_attacks.py sets the traps.
SECRET = "canary-5e1f0c"
PORT = 47193
SOCKET = "/tmp/pytorch-by-hand-canary.socket"
DAEMON = "pbh-daemon"


@dataclass(frozen=True)
class Attack:
    """One thing that a submission tries, in the place of an answer or in a cell of its own.

    name, tries: which one, and what it is after, in one line. source: Python, in which $name is
    the name of the answer, $exercise the exercise, $right the right answer's source. share: of
    the points of the answer, what it honestly earns.
    """

    name: str
    tries: str
    source: str
    place: Literal["answer", "cell"] = "answer"
    share: float = 0.0


@dataclass(frozen=True)
class Submission:
    """Something handed in, and what has to come of it.

    attacks: what is in it, by exercise or "cell N". expected: the share of each exercise's
    points; or refused: the key of intake.REASONS. write_to: for what is no ordinary file, makes
    it at a path; data is None then.
    """

    name: str
    tries: str
    data: bytes | None
    chapter: str = CHAPTER
    expected: dict[str, float] = field(default_factory=dict)
    refused: str = ""
    write_to: Callable[[Path], Any] | None = None

    def write(self, folder: Path) -> None:
        """Hands it in: folder/CHAPTER.ipynb, as nbgrader collects it."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.chapter}.ipynb"
        if self.write_to is not None:
            self.write_to(path)
        else:
            path.write_bytes(self.data)


@cache
def right_answers(chapter: str = CHAPTER) -> dict[str, str]:
    """The right answers' sources, by exercise."""
    path = ROOT / "solutions" / chapter / f"{chapter}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return {
        grade_id(cell): cell.source
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def names(chapter: str = CHAPTER) -> dict[str, str]:
    """The names of the answers, by exercise."""
    return {e: source.split("(")[0].split()[-1] for e, source in right_answers(chapter).items()}


def notebook(
    answers: dict[str, str] | None = None, chapter: str = CHAPTER, edition: str = "en"
) -> NotebookNode:
    """The chapter as handed out, right answers written in; answers: others in their place."""
    made = copy.deepcopy(template(chapter, edition))
    answers = right_answers(chapter) | (answers or {})
    for cell in made.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    return made


def data(made: NotebookNode) -> bytes:
    """A notebook as the bytes of a file."""
    return nbformat.writes(made).encode()


def full(chapter: str = CHAPTER) -> dict[str, float]:
    """Full marks."""
    return dict.fromkeys(right_answers(chapter), 1.0)


def nothing(chapter: str = CHAPTER) -> dict[str, float]:
    """No marks at all."""
    return dict.fromkeys(right_answers(chapter), 0.0)


def wrong(chapter: str = CHAPTER) -> dict[str, str]:
    """Answers that are right nowhere."""
    return {e: f"def {name}(*arguments):\n    return None" for e, name in names(chapter).items()}


def put(made: NotebookNode, source: str, at: int = 1) -> NotebookNode:
    """The notebook with a cell of the learner's own put in."""
    made.cells.insert(at, new_code_cell(source))
    return made


def written(attack: Attack, exercise: str, chapter: str = CHAPTER) -> str:
    """An attack's source, made for one exercise."""
    return Template(attack.source).safe_substitute(
        name=names(chapter)[exercise], exercise=exercise, right=right_answers(chapter)[exercise]
    )


def combined(
    name: str, attacks: Sequence[Attack], answers: dict[str, str] | None = None
) -> Iterator[Submission]:
    """Submissions that hold the attacks: cells first, one answer each, the other answers right.

    answers: what the other answers are instead.
    """
    cells = [attack for attack in attacks if attack.place == "cell"]
    others = [attack for attack in attacks if attack.place == "answer"]
    exercises = list(right_answers())
    size = len(exercises)
    expected = nothing() if answers else full()
    for number, start in enumerate(range(0, max(len(others), 1), size)):
        placed = dict(zip(exercises, others[start : start + size], strict=False))
        made = notebook((answers or {}) | {e: written(a, e) for e, a in placed.items()})
        for attack in reversed(cells if start == 0 else []):
            put(made, attack.source, 3)
        tries = [f"{a.name}: {a.tries}" for a in [*(cells if start == 0 else []), *placed.values()]]
        shares = expected | {e: a.share for e, a in placed.items()}
        suffix = f"-{number + 1}" if len(others) > size else ""
        yield Submission(f"{name}{suffix}", "\n".join(tries), data(made), expected=shares)


def everything() -> list[Submission]:
    """The whole corpus."""
    from attacks import broken, cheating, denial, harm, honest, injection, leaks

    modules = (denial, leaks, harm, cheating, broken, injection, honest)
    return [submission for module in modules for submission in module.submissions()]
