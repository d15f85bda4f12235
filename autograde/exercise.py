"""An exercise in one place: oracle, cases, mistakes, other right answers, hints, points.

    @exercise("mse-gradient", points=2, forbids=[".backward"])
    def mse_gradient(W, x, y):          # the oracle: an independent way to the right answer
        ...

    @mse_gradient.cases                 # arguments: small first, then random shapes
    def _(draw):
        yield torch.zeros(1), x, y

    @mse_gradient.mistake("missing-mean", ko="…", en="…")
    def _(W, x, y):                     # fingerprint for the learner, mutant for the tests
        ...

    @mse_gradient.accepts               # another right answer, written differently
    def _(W, x, y):
        ...

    mse_gradient.hints(ko=["concept", "formula", "nearly code"], en=[…])

Exercises stand in autograde/exercises/chNN_name.py; `load(chapter)` gives them by name.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from helpers.check import Fingerprint, Published
from helpers.compare import alike, gist, judge, sealable, sealed
from helpers.observe import Case, Kind, Observation, observe, quiet

PUBLIC_SEED = 0


class ExerciseError(ValueError):
    """An exercise is not fit to be published; says which one and why."""


class Draw:
    """Random inputs from one seed, the same on every machine.

    Every float comes from torch's CPU generator; shapes are given as separate ints.
    """

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """A tensor of N(0, 1)."""
        return torch.randn(shape, generator=self.generator, dtype=torch.float64).to(dtype)

    def uniform(
        self, low: float, high: float, *shape: int, dtype: torch.dtype = torch.float32
    ) -> torch.Tensor:
        """A tensor of U(low, high)."""
        unit = torch.rand(shape, generator=self.generator, dtype=torch.float64)
        return (low + (high - low) * unit).to(dtype)

    def integers(self, low: int, high: int, *shape: int) -> torch.Tensor:
        """An int64 tensor of whole numbers from low to high, both included."""
        return torch.randint(low, high + 1, shape, generator=self.generator)

    def integer(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.integers(low, high))

    def number(self, low: float, high: float) -> float:
        """A Python float of U(low, high)."""
        return float(self.uniform(low, high, dtype=torch.float64))

    def permutation(self, n: int) -> torch.Tensor:
        """The numbers 0 … n − 1 in random order, int64."""
        return torch.randperm(n, generator=self.generator)

    def choice(self, items: Sequence[Any]) -> Any:
        """One of the items."""
        return items[self.integer(0, len(items) - 1)]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners are known to give, and what to tell them."""

    key: str
    ko: str
    en: str
    answer: Any


@dataclass
class Exercise:
    """One exercise; made by the decorator `exercise` (see the module's docstring)."""

    name: str
    chapter: str
    points: int
    kind: Kind
    oracle: Any
    forbids: tuple[str, ...] = ()
    mutates: tuple[int, ...] = ()
    all_or_nothing: bool = False
    rtol: float | None = None
    returns: tuple[str, ...] = ()
    make_cases: Callable[[Draw], Iterable[Any]] | None = None
    mistakes: list[Mistake] = field(default_factory=list)
    accepted: list[Any] = field(default_factory=list)
    hint_texts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def answer_name(self) -> str:
        """The name under which the learner's answer stands in the notebook."""
        return self.oracle.__name__

    @property
    def argument_names(self) -> list[str]:
        """The names of the answer's arguments, for showing a case."""
        return list(inspect.signature(self.oracle).parameters) if self.kind != "value" else []

    def __call__(self, *args: Any) -> Any:
        """Calls the oracle, so that other exercises of the chapter can build on it."""
        return self.oracle(*args)

    def cases(self, make: Callable[[Draw], Iterable[Any]]) -> Callable[[Draw], Iterable[Any]]:
        """Decorator: a generator of argument tuples (or Case objects) from a Draw."""
        self.make_cases = make
        return make

    def mistake(self, key: str, *, ko: str, en: str) -> Callable[[Any], Any]:
        """Decorator: a wrong answer; ko and en tell the learner which mistake it is."""

        def register(answer: Any) -> Any:
            self.mistakes.append(Mistake(key, ko, en, answer))
            return answer

        return register

    def accepts(self, answer: Any) -> Any:
        """Decorator: another right answer, written differently."""
        self.accepted.append(answer)
        return answer

    def hints(self, *, ko: list[str], en: list[str]) -> None:
        """Three hints in each language: the concept, the formula or shape, nearly the code."""
        self.hint_texts = {"ko": ko, "en": en}

    def draw_cases(self, seed: int) -> list[Case]:
        """The cases of one seed; an exercise of kind "value" has the one case ()."""
        if self.kind == "value":
            return [Case()]
        if self.make_cases is None:
            raise ExerciseError(f"{self.chapter}: exercise {self.name!r} has no cases")
        made = self.make_cases(Draw(seed))
        return [case if isinstance(case, Case) else Case(tuple(case)) for case in made]

    def expected(self, cases: Iterable[Case]) -> list[Observation]:
        """What the oracle does on each case; raises if the oracle itself fails."""
        seen = self.observations(self.oracle, cases)
        for number, observation in enumerate(seen):
            if observation.outcome != "value" or observation.changed:
                raise ExerciseError(
                    f"{self.chapter}: the oracle of {self.name!r} fails on case {number}: "
                    f"{observation.error} {observation.message} changed={observation.changed}"
                )
        return seen

    def observations(self, answer: Any, cases: Iterable[Case]) -> list[Observation]:
        """What an answer does on each case. A "value" oracle is a function of nothing."""
        if self.kind == "value" and inspect.isfunction(answer):
            answer = answer()
        return observe(self.kind, answer, cases, self.mutates)

    def verdicts(self, answer: Any, seed: int) -> list[str]:
        """The verdict on each case of a seed (see compare.judge)."""
        cases = self.draw_cases(seed)
        pairs = zip(self.expected(cases), self.observations(answer, cases), strict=True)
        return [judge(expected, got, self.rtol)[0] for expected, got in pairs]


def publish(made: Exercise, seed: int = PUBLIC_SEED) -> Published:
    """The exercise with the cases of one seed, as check() and grading use it.

    Raises ExerciseError where the checks could not do their work: a mistake that passes, that
    only ever crashes, or that cannot be told from another one with a different message; and
    for a value that cannot be sealed.
    """
    cases = tuple(made.draw_cases(seed))
    with quiet():
        expected = tuple(made.expected(cases))
        seen = {m.key: tuple(made.observations(m.answer, cases)) for m in made.mistakes}
    if len(seen) < len(made.mistakes):
        raise ExerciseError(f"{made.chapter}: {made.name!r} has two mistakes of the same name")
    if made.kind == "value":
        if not sealable(expected[0].value):
            raise ExerciseError(
                f"{made.chapter}: the value of {made.name!r} cannot be sealed: make it of None, "
                "bool, int, str, list, tuple, set and dict (a float can be rounded to a str)"
            )
        expected = tuple(map(sealed, expected))
        seen = {key: tuple(map(sealed, observations)) for key, observations in seen.items()}
    # Where a crash happened is the mistake's own source: nothing that a learner's copy may hold.
    fingerprints = tuple(
        Fingerprint(key, tuple(map(_telling, expected, each))) for key, each in seen.items()
    )
    _refuse_useless_mistakes(made, expected, fingerprints)
    return Published(
        made.name, made.answer_name, tuple(made.argument_names), made.points, made.kind,
        made.forbids, made.mutates, made.rtol, cases, expected, fingerprints, made.returns,
    )  # fmt: skip


def _telling(expected: Observation, seen: Observation) -> Observation:
    """What a mistake is recognised by; its gradients where nothing else is wrong."""
    if seen.message or seen.line or seen.source or seen.printed:
        seen = replace(seen, message=gist(seen.message), line=0, source="", printed="")
    if not seen.gradients:
        return seen
    others = replace(seen, gradients=expected.gradients)
    return seen if judge(expected, others)[0] == "passed" else replace(seen, gradients=())


def _refuse_useless_mistakes(
    made: Exercise, expected: Sequence[Observation], fingerprints: Sequence[Fingerprint]
) -> None:
    texts = {m.key: (m.ko, m.en) for m in made.mistakes}
    where = f"{made.chapter}: {made.name!r}: the mistake"
    order = list(range(len(expected)))
    for number, one in enumerate(fingerprints):
        pairs = list(zip(expected, one.observations, strict=True))
        if all(judge(e, g, made.rtol)[0] == "passed" for e, g in pairs):
            raise ExerciseError(f"{where} {one.key!r} passes every case: it is no mistake")
        if not any(g.outcome == "value" for _, g in pairs):
            raise ExerciseError(
                f"{where} {one.key!r} crashes on every case, as any other crash does: give it a "
                "case on which it returns a wrong value"
            )
        for other in fingerprints[:number]:
            if texts[one.key] == texts[other.key]:
                continue
            a, b = one.observations, other.observations
            telling = next((i for i in order if not alike(a[i], b[i], made.rtol)), None)
            if telling is None:
                raise ExerciseError(
                    f"{where} {one.key!r} cannot be told from {other.key!r}: give them a case on "
                    "which they differ, or the same message"
                )
            order.remove(telling)
            order.insert(0, telling)  # it tells others apart, too


_REGISTRY: dict[str, dict[str, Exercise]] = {}


def exercise(
    name: str,
    *,
    points: int = 1,
    kind: Kind = "call",
    forbids: Sequence[str] = (),
    mutates: Sequence[int] = (),
    all_or_nothing: bool = False,
    rtol: float | None = None,
    returns: Sequence[str] = (),
) -> Callable[[Any], Exercise]:
    """Decorator: makes an Exercise of its oracle.

    name: the nbgrader grade_id of the answer cell. kind: how the answer is used (see
    helpers.observe). forbids: what must not stand in the answer, such as ".backward",
    "nn.LSTM" or "@". mutates: numbers of the arguments the answer is meant to change.
    all_or_nothing: no points for a share of the cases. rtol: a relative tolerance of its own.
    returns: the names of several returned values, for the card to speak of them.
    """

    def register(oracle: Any) -> Exercise:
        chapter = oracle.__module__.rsplit(".", 1)[-1]
        made = Exercise(
            name, chapter, points, kind, oracle, tuple(forbids), tuple(mutates),
            all_or_nothing, rtol, tuple(returns),
        )  # fmt: skip
        others = _REGISTRY.setdefault(chapter, {})
        if name in others:
            raise ExerciseError(f"{chapter} has two exercises named {name!r}")
        others[name] = made
        return made

    return register


def load(chapter: str) -> dict[str, Exercise]:
    """The exercises of a chapter by name, in their order; {} for a chapter that has none."""
    module = f"autograde.exercises.{chapter}"
    if chapter not in _REGISTRY:
        try:
            importlib.import_module(module)
        except BaseException as error:
            _REGISTRY.pop(chapter, None)  # what came before the failure is not the chapter
            if isinstance(error, ModuleNotFoundError) and error.name == module:
                return {}
            raise
    return _REGISTRY.get(chapter, {})


def every_exercise(chapters: Iterable[str]) -> Iterator[Exercise]:
    """All exercises of the given chapters."""
    for chapter in chapters:
        yield from load(chapter).values()
