"""check() and hint(): run an exercise's public cases on an answer, and draw the card.

    open_chapter("ch03_gradient_descent", "en")     # a notebook's first code cell
    check("mse-gradient", mse_gradient)             # right after the answer
    hint("mse-gradient")                            # one hint more, each time

The public cases lie in helpers/cases: per chapter one file of inputs, expected outputs and
the outputs of known mistakes (a message of helpers.wire, compressed), and one file of texts per
language.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from helpers import __version__, progress
from helpers.card import Card, Failure, Result, draw, draw_hint
from helpers.compare import Difference, alike, judge, sealed
from helpers.observe import (
    NOT_FINITE,
    Case,
    Kind,
    NotAttempted,
    Observation,
    observe,
    source_of,
)
from helpers.wire import Opaque, WireError, decode, encode
from helpers.words import Language, current_language, say, set_language

__all__ = ["NotAttempted", "check", "hint", "open_chapter"]

CASES = Path(__file__).parent / "cases"
FORMAT = 3
EXPECTED = (__version__, FORMAT)
PROMISED = {
    "module": Opaque("torch.nn.Module", "nn.Module"),
    "items": Opaque("collections.abc.Iterable", "Iterable"),
}
# What observe() looks at, where a function has its result.
LOOKED_AT = {"items": ("length", "items"), "module": ("parameters", "output")}
# Of a module's parameters: in what they may differ, and how that is told.
TRAINING = {"['trainable']": "not_trainable", "['reached']": "no_gradient"}


class CourseError(Exception):
    """The course's files and the notebook do not fit together; says what to do."""

    def _render_traceback_(self) -> list[str]:
        return [f"CourseError: {self}"]


class CheckFailed(AssertionError):
    """Raised by check() when an answer does not pass. In a notebook it shows as one line."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Fingerprint:
    """How one known mistake behaves on each case, and the key of its message."""

    key: str
    observations: tuple[Observation, ...]


@dataclass(frozen=True)
class Published:
    """An exercise as a check needs it: cases, expected observations, known mistakes."""

    name: str
    answer_name: str
    argument_names: tuple[str, ...]
    points: int
    kind: Kind
    forbids: tuple[str, ...]
    mutates: tuple[int, ...]
    rtol: float | None
    cases: tuple[Case, ...]
    expected: tuple[Observation, ...]
    fingerprints: tuple[Fingerprint, ...]
    returns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Texts:
    """A chapter's texts in one language: title, minutes, and per exercise mistakes and hints."""

    title: str
    minutes: int
    mistakes: dict[str, dict[str, str]]
    hints: dict[str, list[str]]


_chapter: str | None = None


def open_chapter(chapter: str, language: Language) -> None:
    """Says which chapter's exercises check() and hint() mean, and in which language.

    Raises CourseError if the chapter's cases are missing or of another version.
    """
    global _chapter
    before = current_language()
    set_language(language)
    try:
        load_cases(chapter)
        load_texts(chapter, language)
    except CourseError:
        set_language(before)
        raise
    _chapter = chapter


def check(name: str, answer: Any) -> None:
    """Runs an exercise's public cases on an answer and draws the card.

    name: the exercise's name. answer: the function, class or value written for it. Raises
    CheckFailed (an AssertionError) unless every case passes, and CourseError for an unknown
    name or missing files. What the answer prints or warns never counts.
    """
    exercise = _find(name)
    observations = observe(exercise.kind, answer, exercise.cases, exercise.mutates)
    texts = load_texts(_chapter, current_language())
    result = examine(exercise, observations, texts.mistakes.get(name, {}))
    result = replace(
        result,
        forbidden=tuple(forbidden_uses(source_of(answer) or "", exercise.forbids)),
        hints=len(texts.hints.get(name, [])),
        hints_seen=progress.hints_seen(_chapter, name),
    )
    _show(draw(result, current_language()))
    if result.verdict != "passed":
        raise CheckFailed(f"{name}: {say(result.verdict)}. {say('see_card')}") from None
    progress.record_pass(_chapter, name)


def hint(name: str, again: bool = False) -> None:
    """Shows the next hint of an exercise, or with again=True all those seen so far."""
    _find(name)
    hints = load_texts(_chapter, current_language()).hints.get(name, [])
    seen = progress.hints_seen(_chapter, name)
    numbers = range(1, max(seen, 1) + 1) if again else [min(seen + 1, len(hints))]
    for number in numbers:
        _show(draw_hint(name, number, len(hints), hints[number - 1], current_language()))
    if not again:
        progress.record_hint(_chapter, name, min(seen + 1, len(hints)))


def examine(
    exercise: Published, got: Sequence[Observation], messages: dict[str, str]
) -> Result:  # fmt: skip
    """What came of an answer, given what was observed of it on every case.

    messages: the mistakes' texts by key. Pure: used by check() and by grading alike.
    """
    shown = got
    if exercise.kind == "value":
        got = [sealed(observation) for observation in got]
    judged = [judge(e, g, exercise.rtol) for e, g in zip(exercise.expected, got, strict=True)]
    verdicts = tuple(verdict for verdict, _ in judged)
    base = Result(exercise.name, "passed", verdicts, exercise.kind)
    failed = next((i for i, verdict in enumerate(verdicts) if verdict != "passed"), None)
    if failed is None:
        return base
    if "unattempted" in verdicts:
        return replace(
            base, verdict="unattempted", first=got[verdicts.index("unattempted")].message
        )
    inputs = _inputs(exercise, exercise.cases[failed])
    failure = Failure(
        failed + 1,
        inputs,
        exercise.expected[failed],
        shown[failed],
        _named(exercise, judged[failed][1], exercise.expected[failed].value, got[failed].value),
        tuple(inputs[i][0] for i in got[failed].changed),
        exercise.kind == "value",
    )
    key = recognise(exercise, got, failed)
    return replace(
        base, verdict=verdicts[failed], failure=failure, mistake=messages.get(key) if key else None
    )


def _named(
    exercise: Published, difference: Difference | None, expected: Any, got: Any
) -> Difference | None:
    """The difference in the exercise's own words: what it asks for, its returned values' names.

    expected, got: the whole values in which it was found.
    """
    if difference is None:
        return None
    if difference.what == "none" and not difference.where:
        if exercise.kind == "items":
            return replace(difference, what="no_items")
        if any(each.value is None for each in exercise.expected):
            return replace(difference, what="a_none")  # meant, on some cases
    if difference.what in ("no_gradient", "nan_gradient"):
        return replace(difference, expected=exercise.argument_names[difference.expected])
    for place, what in TRAINING.items():
        if difference.where.startswith(place):
            name = difference.where.removeprefix(place)[2:-2]
            what = "nan_gradient" if difference.got == NOT_FINITE else what
            return replace(difference, what=what, where="", expected=name)
    if parameter := re.match(r"\['parameters'\]\['(.+?)'\](\[|$)", difference.where):
        name = parameter[1]
        shapes = (f"{name} {tuple(each['parameters'][name])}" for each in (expected, got))
        return Difference("parameter_shape", "", *shapes)
    promised = PROMISED.get(exercise.kind)
    if promised and not difference.where and difference.what in ("none", "type"):
        return replace(difference, expected=promised)
    where, missing = difference.where, difference.expected is None or difference.got is None
    if exercise.kind == "items" and where == "['length']" and missing:
        what = "no_length" if difference.got is None else "a_length"
        return replace(difference, what=what, where="")
    for part in LOOKED_AT.get(exercise.kind, ()):
        if where.startswith(f"[{part!r}]"):
            return replace(difference, where=where.replace(f"[{part!r}]", part, 1))
    where = where.removeprefix("['returned']")
    for i, name in enumerate(exercise.returns):
        if where.startswith(f"[{i}]"):
            return replace(difference, where=where.replace(f"[{i}]", name, 1))
    return difference


def recognise(exercise: Published, got: Sequence[Observation], failed: int) -> str | None:
    """The key of the known mistake that behaves like this on every case, or None.

    failed: the number of a case that did not pass, which tells most mistakes apart.
    """
    order = [failed, *range(failed), *range(failed + 1, len(got))]
    for fingerprint in exercise.fingerprints:
        if all(alike(fingerprint.observations[i], got[i], exercise.rtol) for i in order):
            return fingerprint.key
    return None


def forbidden_uses(source: str, forbids: Sequence[str]) -> list[tuple[str, int]]:
    """Which of the forbidden names a piece of source uses, with the line of each use.

    "@" is the operator. A name such as "nn.LSTM" or ".backward" is recognised by its last part
    where it is called or is a class's base, and by its last two parts anywhere; a variable that
    the source assigns itself (`grad = …`) is never one.
    """
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return []
    last = {name.rsplit(".", 1)[-1]: name for name in forbids}
    own = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    used_as_such = {id(n.func) for n in nodes if isinstance(n, ast.Call)}
    used_as_such |= {id(base) for n in nodes if isinstance(n, ast.ClassDef) for base in n.bases}
    uses = []
    for node in nodes:
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.MatMult):
            found = "@"
        elif isinstance(node, ast.Attribute):
            found = node.attr
            if id(node) not in used_as_such and not _ends_with(node, last.get(found, "")):
                continue
        elif isinstance(node, ast.Name) and id(node) in used_as_such and node.id not in own:
            found = node.id
        else:
            continue
        if found in last:
            uses.append((last[found], node.lineno))
    return uses


def _ends_with(node: ast.AST, name: str) -> bool:
    """Whether the last parts of a dotted expression are those of a name."""
    for part in reversed(name.split(".")):
        if part != (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)):
            return False
        node = getattr(node, "value", None)
    return True


def packed(content: Any) -> bytes:
    """A value as a file of cases holds it: a compressed message of helpers.wire."""
    return zlib.compress(encode(content), 9)


def unpacked(data: bytes) -> Any:
    """What `packed` made bytes of; raises WireError or zlib.error for anything else."""
    return decode(zlib.decompress(data))


def load_cases(chapter: str) -> dict[str, Published]:
    """A chapter's exercises with their public cases, by name.

    Raises CourseError if the file is missing, damaged, or of another version of the course.
    """
    path = CASES / f"{chapter}.cases"
    _require(path)
    return _read_cases(path, path.stat().st_mtime_ns)


def load_texts(chapter: str, language: Language) -> Texts:
    """A chapter's texts in a language; raises CourseError if they are missing or damaged."""
    path = CASES / f"{chapter}.{language}.json"
    _require(path)
    return _read_texts(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _read_cases(path: Path, _mtime: int) -> dict[str, Published]:
    try:
        content = unpacked(path.read_bytes())
        version = content["course"], content["format"]
    except (OSError, zlib.error, WireError, TypeError, KeyError) as error:
        raise _damaged(path, error) from None
    if version != EXPECTED:
        made, here = (f"{course} (format {number})" for course, number in (version, EXPECTED))
        raise CourseError(say("other_version", path=path, made=made, here=here))
    try:
        return {name: _published(name, record) for name, record in content["exercises"].items()}
    except (AttributeError, TypeError, KeyError) as error:
        raise _damaged(path, error) from None


def _published(name: str, record: dict[str, Any]) -> Published:
    def observations(records: list[dict[str, Any]]) -> tuple[Observation, ...]:
        return tuple(Observation(**r) for r in records)

    return Published(
        name=name,
        cases=tuple(Case(**case) for case in record["cases"]),
        expected=observations(record["expected"]),
        fingerprints=tuple(
            Fingerprint(key, observations(seen)) for key, seen in record["fingerprints"].items()
        ),
        **record["about"],
    )


@lru_cache(maxsize=64)
def _read_texts(path: Path, _mtime: int) -> Texts:
    try:
        texts = Texts(**json.loads(path.read_text(encoding="utf-8")))
        if not (isinstance(texts.mistakes, dict) and isinstance(texts.hints, dict)):
            raise TypeError("its mistakes and hints are no tables")
        return texts
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> CourseError:
    return CourseError(say("damaged", path=path, reason=error))


def _require(path: Path) -> None:
    if path.is_file():
        return
    known = ", ".join(sorted(p.stem for p in CASES.glob("*.cases"))) or "∅"
    raise CourseError(say("missing", path=path, known=known))


def _find(name: str) -> Published:
    if _chapter is None:
        # Nor is it known yet in which language.
        raise CourseError(f"{say('no_chapter', 'ko')} / {say('no_chapter', 'en')}")
    exercises = load_cases(_chapter)
    if isinstance(name, str) and name in exercises:
        return exercises[name]
    close = difflib.get_close_matches(str(name), exercises, 1)
    meant = say("meant", name=repr(close[0])) if close else ""
    raise CourseError(
        say("unknown", chapter=_chapter, name=repr(name), meant=meant, known=", ".join(exercises))
    )


def _inputs(exercise: Published, case: Case) -> list[tuple[str, Any]]:
    inputs = list(zip(exercise.argument_names, case.args, strict=False))
    if exercise.kind == "module" and case.inputs is not None:
        inputs += [(f"forward input {i}", value) for i, value in enumerate(case.inputs)]
        if len({each.training for each in exercise.cases}) > 1:
            inputs.append(("training", case.training))
    return inputs


def _show(card: Card) -> None:
    try:
        from IPython import get_ipython

        shell = get_ipython()
    except ImportError:
        shell = None
    if shell is None or not hasattr(shell, "kernel"):
        encoding = sys.stdout.encoding or "utf-8"
        print(card.text.encode(encoding, "replace").decode(encoding))
    else:
        from IPython.display import display

        display(card)
