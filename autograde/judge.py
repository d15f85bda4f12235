"""Observations from a stranger's process + the oracle → a verdict, points' share and a card.

A seed gives every exercise fresh inputs, the same for everyone graded with it. What comes out of
the sandbox is only ever compared with what the oracle did on those inputs; points need a case
that was seen to pass. Cases whose inputs a learner can look up in the public ones earn nothing by
themselves, so answers learnt by heart do not pay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import torch

from autograde.exercise import PUBLIC_SEED, Exercise, ExerciseError, load, publish
from helpers import compare
from helpers.card import Card, draw
from helpers.check import Published, examine, forbidden_uses, load_texts
from helpers.compare import Verdict
from helpers.observe import Case, Observation, quiet, same
from helpers.words import Language, say

MAX_MESSAGE = 500
MAX_PRINTED = 4000
MAX_CARD = 200_000  # characters of HTML
OTHER_SEEDS = 20
OUTCOMES = ("value", "unattempted", "crashed")
# Errors of the runner and of grade.py, told in the learner's language.
TOLD = {"TimeUp": ("TimeoutError", "time_up"), "ProcessDied": ("SystemExit", "process_died"),
        "NotReached": ("TimeoutError", "not_reached")}  # fmt: skip


def _zeros(*arguments: Any) -> Any:
    return next((torch.zeros_like(a) for a in arguments if isinstance(a, torch.Tensor)), None)


# Answers that need no thought.
IDLE = (
    lambda *_: None, lambda *_: 0, lambda *_: 1, lambda *_: True, lambda *_: False, lambda *_: [],
    lambda *a: a[0] if a else None, lambda *a: a[-1] if a else None, lambda *a: a, _zeros,
)  # fmt: skip


@dataclass(frozen=True)
class Key:
    """The answer key to one exercise under one seed; it never enters a sandbox.

    published: inputs, expected outputs, known mistakes. telling: per case, whether passing it
    tells of any work: its inputs stand in no public case, and no answer of IDLE passes it.
    """

    chapter: str
    published: Published
    telling: tuple[bool, ...]
    all_or_nothing: bool


@dataclass(frozen=True)
class Judged:
    """What an answer earned.

    share: of the points, 0 to 1. verdict: of the exercise (see compare.judge). passed, cases:
    numbers of cases. mistake: the key of the known mistake, or "". forbidden: names that "by
    hand" forbids and the answer uses, for a person to look at. card: for the learner. error: the
    first error's type where the verdict is "crashed", "TimeUp" for what took too long.
    """

    exercise: str
    points: int
    share: float
    verdict: Verdict
    passed: int
    cases: int
    mistake: str
    forbidden: tuple[str, ...]
    card: Card
    error: str = ""


@lru_cache(maxsize=32)  # all chapters of a batch
def keys(chapter: str, seed: int) -> dict[str, Key]:
    """The keys to all exercises of a chapter under one seed, by name."""
    return {name: _key(made, seed) for name, made in load(chapter).items()}


def judge(
    key: Key, seen: Sequence[Any] | None, source: str, language: Language, seconds: float
) -> Judged:  # fmt: skip
    """Judges one answer.

    seen: the observations that came out of the sandbox, one per case, as it claims them; None
    if there are none. source: of the answer's cell. seconds: the time limit, to be told.
    """
    published = key.published
    got = observations(key, seen)
    texts = load_texts(key.chapter, language).mistakes.get(published.name, {})
    forbidden = _forbidden(source, published.forbids)
    told = [_told(each, language, seconds) for each in got]
    result = replace(examine(published, told, texts), forbidden=tuple(forbidden))
    passed = [verdict == "passed" for verdict in result.cases]
    errors = (each.error for each in got if each.outcome == "crashed")
    error = next(errors, "") if result.verdict == "crashed" else ""
    mistake = next((k for k, text in texts.items() if text == result.mistake), "")
    card = draw(result, language)
    if len(card.html) > MAX_CARD:
        card = draw(replace(result, failure=None), language)
    card = replace(card, html=printable(card.html), text=printable(card.text))
    return Judged(
        published.name, published.points, share(key, passed), result.verdict, sum(passed),
        len(passed), mistake, tuple(dict.fromkeys(name for name, _ in forbidden)), card,
        printable(error)[:100],
    )  # fmt: skip


def printable(text: str) -> str:
    """Text without control characters: a terminal, a page and a table may show it."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(c for c in text if c in "\n\t" or c.isprintable())


def observations(key: Key, seen: Any) -> list[Observation]:
    """The claimed observations in strict form; what is not in form counts as a crash."""
    cases = key.published.cases
    if not isinstance(seen, list) or len(seen) != len(cases):
        return [Observation("crashed", error="ProcessDied")] * len(cases)
    return [_observation(case, each) for case, each in zip(cases, seen, strict=True)]


def share(key: Key, passed: Sequence[bool]) -> float:
    """The share of the points that the passed cases earn.

    The share of all cases, but no more than the share of the telling ones: an answer that only
    knows the public cases, or always says 0, has earned nothing.
    """
    if key.all_or_nothing:
        return float(all(passed))
    of_all = sum(passed) / len(passed)
    if not any(key.telling):
        return of_all
    told = [p for p, tells in zip(passed, key.telling, strict=True) if tells]
    return min(of_all, sum(told) / len(told))


def _key(made: Exercise, seed: int) -> Key:
    public = made.draw_cases(PUBLIC_SEED)

    def fresh(case: Any) -> bool:
        looks = [(c.args, c.state, c.inputs) for c in (case, *public)]
        return not any(same(looks[0], other) for other in looks[1:])

    published = _published(made, seed)
    telling = [fresh(case) for case in published.cases]
    with quiet():
        idle = [made.observations(answer, published.cases) for answer in IDLE]
    for seen in idle:
        for i, (expected, got) in enumerate(zip(published.expected, seen, strict=True)):
            telling[i] &= compare.judge(expected, got, made.rtol)[0] != "passed"
    return Key(made.chapter, published, tuple(telling), made.all_or_nothing)


def _published(made: Exercise, seed: int) -> Published:
    # A seed may, rarely, draw inputs on which two mistakes look alike: then another one is
    # derived from it, the same every time.
    for attempt in range(OTHER_SEEDS):
        name = f"{seed}:{made.chapter}:{made.name}:{attempt}"
        derived = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
        try:
            return publish(made, derived)
        except ExerciseError as error:
            last = error
    raise last


def _forbidden(source: str, forbids: Sequence[str]) -> list[tuple[str, int]]:
    try:
        return forbidden_uses(source, forbids)
    except (ValueError, RecursionError, MemoryError):  # null bytes; nesting that nobody writes
        return []


def _observation(case: Case, claimed: Any) -> Observation:
    def text(name: str, limit: int) -> str:
        value = claimed.get(name)
        return value[:limit] if isinstance(value, str) else ""

    if not isinstance(claimed, dict) or text("outcome", 20) not in OUTCOMES:
        return Observation("crashed", error="ProcessDied")
    numbers = range(len(case.args) + len(case.inputs or ()))
    changed, line = claimed.get("changed"), claimed.get("line")
    if not isinstance(changed, tuple) or not all(type(n) is int and n in numbers for n in changed):
        changed = tuple(numbers)
    gradients = claimed.get("gradients")
    if not isinstance(gradients, tuple) or not all(type(way) is int for way in gradients):
        gradients = ()
    return Observation(
        text("outcome", 20), claimed.get("value"), changed, text("error", 100),
        text("message", MAX_MESSAGE), line if type(line) is int and 0 < line < 10**6 else 0,
        text("source", MAX_MESSAGE), text("printed", MAX_PRINTED), gradients,
    )  # fmt: skip


def _told(observation: Observation, language: Language, seconds: float) -> Observation:
    if observation.outcome != "crashed" or observation.error not in TOLD:
        return observation
    error, sentence = TOLD[observation.error]
    return replace(observation, error=error, message=say(sentence, language, seconds=seconds))
