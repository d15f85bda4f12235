"""What a key is worth: answers without thought earn nothing, known mistakes never everything.

On secret inputs, and through the judge, as in grading; without a sandbox, since these answers are
the course's own.
"""

import math
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from recurring import Recurring

from autograde import exercise
from autograde.exercise import Exercise
from autograde.judge import Key, _key, judge
from helpers.check import Published
from helpers.observe import observe
from helpers.wire import Opaque, decode, encode

SEEDS = 20
pytestmark = pytest.mark.slow


# ------------------------------------------------------------------ answers that give themselves away


def trivial(exercise: Published) -> Iterator[tuple[str, Any]]:
    """Answers without thought, by their source."""
    some = exercise.expected[0].value
    yield from {
        "None": lambda *a: None, "0": lambda *a: 0, "0.0": lambda *a: 0.0, "1": lambda *a: 1,
        "True": lambda *a: True, "False": lambda *a: False, "[]": lambda *a: [],
        "a[0]": lambda *a: a[0], "a[-1]": lambda *a: a[-1], "a": lambda *a: a,
        "zeros": lambda *a: torch.zeros_like(first_tensor(a)),
        "ones": lambda *a: torch.ones_like(first_tensor(a)),
        "zeros like the first answer": lambda *a: like(some, 0),
    }.items()  # fmt: skip


def first_tensor(values: tuple[Any, ...]) -> torch.Tensor:
    return next((v for v in values if isinstance(v, torch.Tensor)), torch.zeros(1))


def like(value: Any, number: float) -> Any:
    if isinstance(value, torch.Tensor):
        return torch.full_like(value.detach(), number)
    if isinstance(value, (list, tuple)):
        return type(value)(like(each, number) for each in value)
    if isinstance(value, dict):
        return {key: like(each, number) for key, each in value.items()}
    return type(value)(number) if isinstance(value, (int, float)) else value


@pytest.fixture(scope="module")
def secret_keys(made) -> list[Key]:
    """An exercise's keys for some seeds, as grading makes them.

    None is made in which a known mistake passes, or is taken for another one (see publish).
    """
    recurring = Recurring(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exercise, "alike", recurring.alike)
        return [_key(recurring, seed) for seed in range(SEEDS)]


def share_of(key: Key, answer: Any) -> tuple[float, str]:
    """What an answer earns, and the mistake that it is taken for: by way of the wire."""
    published = key.published
    seen = observe(published.kind, answer, published.cases, published.mutates)
    return judged(key, decode(encode(list(map(vars, seen)))))


def judged(key: Key, seen: list[dict[str, Any]]) -> tuple[float, str]:
    found = judge(key, seen, "", "en", 1.0)
    return found.share, found.mistake


def test_answers_without_thought_earn_nothing(made, secret_keys):
    if made.kind != "call":
        pytest.skip("only functions can be answered without thought")
    given_away = [
        (source, seed)
        for seed, key in enumerate(secret_keys[:5])
        for source, answer in trivial(key.published)
        if share_of(key, answer)[0] > 0
    ]
    assert given_away == []


def value_or_answer(answer: Any, made: Exercise) -> Any:
    return answer() if made.kind == "value" and callable(answer) else answer


def test_other_right_answers_get_full_marks(made, secret_keys):
    for key in secret_keys:
        for accepted in made.accepted:
            assert share_of(key, value_or_answer(accepted, made))[0] == 1


def test_known_mistakes_never_get_full_marks_and_are_named(made, secret_keys):
    named = total = 0
    for seed, key in enumerate(secret_keys):
        # The key holds what each mistake did on its cases; that of a value it holds sealed.
        seen = {f.key: f.observations for f in key.published.fingerprints}
        for mistake in made.mistakes:
            if made.kind == "value":
                share, found = share_of(key, value_or_answer(mistake.answer, made))
            else:
                share, found = judged(key, list(map(vars, seen[mistake.key])))
            assert share < 1, f"{mistake.key} under seed {seed}"
            total += 1
            named += found in {m.key for m in made.mistakes if m.en == mistake.en}
    assert named >= 0.95 * total


# ------------------------------------------------------------------ the judge, by itself


def hostile_values() -> Iterator[Any]:
    """Values as a stranger's message may hold them."""
    for dtype in (torch.float8_e4m3fn, torch.uint16, torch.uint64, torch.complex64, torch.bfloat16):
        yield torch.zeros(2, 3).to(dtype)
    yield from (
        torch.zeros(0),
        torch.zeros(1 << 20),
        torch.full((3,), math.nan),
        torch.zeros(2, 0, 5),
    )
    yield from (math.nan, math.inf, -math.inf, 10**300, -(10**1200), "\ud800<b>", "x" * 10**6, "")
    yield from ([], (), {}, set(), {1: [2]}, [[[[[[]]]]]], [None] * 10**5, {"returned": 0})
    yield from (np.zeros((2, 2)), np.zeros(0), np.bool_(True), np.float16(2), np.array(7))
    yield Opaque("<script>", "\ud800" * 200)


def hostile_claims(count: int) -> Iterator[Any]:
    yield from (None, 7, [], {}, "value", [None] * count, [[]] * count, [{}] * count)
    yield [{"outcome": "passed"}] * count
    for value in hostile_values():
        yield [{"outcome": "value", "value": value, "changed": ()}] * count
        yield [dict.fromkeys(["outcome", "value", "changed", "error", "line"], value)] * count
        yield [{"outcome": "crashed", "error": value, "message": value, "source": value}] * count
        yield [{"outcome": "value", "changed": value}] * count
        yield [{"outcome": "unattempted", "message": value, "printed": value}] * count
    yield [{"outcome": "value", "value": None, "changed": (0, -1, 99, True)}] * count
    yield [{"outcome": "crashed", "error": "TimeUp", "line": 10**9}] * count


def test_the_judge_stands_whatever_a_stranger_claims(secret_keys):
    key = secret_keys[0]
    for claim in hostile_claims(len(key.telling)):
        started = time.monotonic()
        judged = judge(key, claim, "def f(:\0", "ko", 1.0)
        assert judged.share == 0 and judged.verdict != "passed", str(claim)[:200]
        assert len(judged.card.html) < 300_000
        assert time.monotonic() - started < 2
