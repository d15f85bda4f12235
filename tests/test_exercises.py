"""Every exercise of every chapter: what is right passes, what is wrong is named."""

import ast
import functools
import html
import inspect
import itertools
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import nbformat
import pytest
import torch
from recurring import Recurring

from autograde import build
from autograde.answers import answers
from autograde.exercise import load, publish
from helpers.card import draw, type_name
from helpers.check import examine
from helpers.compare import judge
from helpers.wire import plain
from helpers.words import say

SEEDS = range(1000, 1200)


@functools.cache
def answers_of(chapter, language=None):
    """The answers of a chapter's solution, or those of an edition: its stubs."""
    folder = build.EDITIONS / language if language else build.SOLUTIONS
    return answers(nbformat.read(folder / chapter / f"{chapter}.ipynb", as_version=4), chapter)


@pytest.fixture(scope="module")
def published(made):
    return publish(made)


@pytest.fixture(scope="module")
def solution(made):
    return answers_of(made.chapter)[made.name]


@pytest.fixture(scope="module")
def recurring(made):
    return Recurring(made)


@pytest.fixture(scope="module")
def drawn(recurring):
    """Per seed its cases, each with what the oracle says: drawn once for every answer."""
    seeds = SEEDS[:1] if recurring.kind == "value" else SEEDS  # a value has one case only
    every = [recurring.draw_cases(seed) for seed in seeds]
    right = iter(recurring.expected(itertools.chain(*every)))
    return [[(case, next(right)) for case in each] for each in every]


def verdicts(recurring, answer, pairs):
    """What comes of an answer on each case; a case that stands there twice is judged once."""
    seen = recurring.observations(answer, [case for case, _ in pairs])
    distinct = {id(case): (right, got) for (case, right), got in zip(pairs, seen, strict=True)}
    found = {number: judge(*each, recurring.rtol) for number, each in distinct.items()}
    return [found[id(case)] for case, _ in pairs]


def check_card(made, published, answer):
    """What check() finds and shows: the result, and the cards' texts by language."""
    observations = made.observations(answer, published.cases)
    shown = {}
    for language in build.LANGUAGES:
        messages = {m.key: getattr(m, language) for m in made.mistakes}
        result = examine(published, observations, messages)
        shown[language] = draw(result, language)
    return result, shown


# ------------------------------------------------------------------ what an exercise must have


def test_a_chapter_has_at_least_five_exercises(chapter):
    assert len(load(chapter)) >= 5


def test_an_exercise_has_mistakes_variants_points_and_three_hints_in_both_languages(made):
    assert len(made.mistakes) >= 3
    assert len(made.accepted) >= 1
    assert made.points >= 1
    for language in build.LANGUAGES:
        hints = [hint.strip() for hint in made.hint_texts[language]]
        assert len(set(hints)) == len(hints) == 3 and all(hints)
    for mistake in made.mistakes:
        assert mistake.ko.strip() and mistake.en.strip() and mistake.ko != mistake.en


def test_an_exercise_speaks_korean_in_one_language_and_english_in_the_other(made):
    for mistake in made.mistakes:
        assert has_hangul(mistake.ko) and not has_hangul(mistake.en)
    assert any(map(has_hangul, made.hint_texts["ko"]))
    assert not any(map(has_hangul, made.hint_texts["en"]))


def has_hangul(text):
    return any("가" <= letter <= "힣" for letter in text)


def test_the_oracle_names_its_arguments_as_the_answer_does(made, solution):
    if made.kind == "value":
        pytest.skip("a value takes no arguments")
    assert list(made.argument_names) == list(inspect.signature(solution).parameters)


# ------------------------------------------------------------------ right, wrong, not yet


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_untouched_stub_is_not_attempted(made, published, language):
    stub = answers_of(made.chapter, language)[made.name]
    outcomes = [o.outcome for o in made.observations(stub, published.cases)]
    assert outcomes == ["unattempted"] * len(published.cases)
    result, cards = check_card(made, published, stub)
    assert result.verdict == "unattempted" and result.failure is None
    for each, card in cards.items():
        key = "value_here" if made.kind == "value" else "start_here"
        assert say("unattempted", each) in card.text and say(key, each) in card.text


def test_the_solution_and_every_variant_pass_the_public_cases(made, published, solution):
    for answer in [solution, *made.accepted]:
        result, _ = check_card(made, published, answer)
        assert result.cases == ("passed",) * len(published.cases)


def test_the_solution_and_every_variant_pass_on_200_seeds(recurring, drawn, solution):
    pairs = [pair for seed in drawn for pair in seed]
    for number, answer in enumerate([solution, *recurring.accepted]):
        for (case, _), (verdict, difference) in zip(
            pairs, verdicts(recurring, answer, pairs), strict=True
        ):
            assert verdict == "passed", (number, case, difference)


def test_every_mistake_fails_on_200_seeds(recurring, drawn):
    for mistake in recurring.mistakes:
        found = [verdict for verdict, _ in verdicts(recurring, mistake.answer, drawn[0])]
        telling = next((n for n, verdict in enumerate(found) if verdict != "passed"), 0)
        # The seeds of which no case has failed yet: first the case that tells in the first seed.
        passing = [
            seed[telling : telling + 1] + seed[:telling] + seed[telling + 1 :] for seed in drawn
        ]
        while passing:
            assert all(passing), f"{mistake.key} passes every case of a seed"
            seen = verdicts(recurring, mistake.answer, [seed[0] for seed in passing])
            passing = [
                seed[1:]
                for seed, (verdict, _) in zip(passing, seen, strict=True)
                if verdict == "passed"
            ]


def test_every_mistake_is_named_on_the_public_cases(made, published):
    for mistake in made.mistakes:
        result, cards = check_card(made, published, mistake.answer)
        assert result.verdict in ("crashed", "different", "changed")
        for language, card in cards.items():
            named = f"{say('known_mistake', language)}: {getattr(mistake, language)}"
            assert named.replace("*", "") in card.text.replace("*", "")  # marks of emphasis


def test_no_other_cell_rebinds_an_answer(chapter):
    # Else the learner's check, run again later, would look at something else.
    path = build.SOLUTIONS / chapter / f"{chapter}.ipynb"
    names = {made.answer_name: made.name for made in load(chapter).values()}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            own = cell.metadata.get("nbgrader", {}).get("grade_id")
            rebound = {name for name in bound_names(cell.source) if names.get(name, own) != own}
            assert not rebound, cell.source


def bound_names(source):
    """The names that a cell binds at its top level, loops and comprehension targets included."""
    functions = (ast.FunctionDef, ast.ClassDef, ast.Lambda)
    open_nodes = list(ast.parse(source).body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        if not isinstance(node, functions):
            open_nodes += ast.iter_child_nodes(node)


def test_a_right_answer_is_never_taken_for_a_mistake(made, published, solution):
    result, _ = check_card(made, published, solution)
    assert result.mistake is None and result.failure is None


# ------------------------------------------------------------------ wrong by construction
#
# Results made from the right one by a single change, and what a check has to make of each.


@dataclass(frozen=True)
class Wrong:
    """A change of a result: the value with the change, or None where there is nothing to change.

    what: the kind of Difference. describe: what its sentence says of the two values.
    """

    what: str
    change: Callable[[Any], Any]
    describe: Callable[[Any], Any] | None = None


def change_first(value, fits, change):
    """The value with its first part that fits (itself, or depth first) changed, or None."""
    if fits(value):
        return change(value)
    if not isinstance(value, (dict, list, tuple)):
        return None
    parts = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, part in parts:
        if (changed := change_first(part, fits, change)) is not None:
            new = dict(parts) | {key: changed}
            return new if isinstance(value, dict) else type(value)(new.values())
    return None


def is_many(value):
    return isinstance(value, (list, tuple)) and len(value) > 0


def is_tensor(value):
    return isinstance(value, torch.Tensor)


def is_float(value):
    return is_tensor(value) and value.is_floating_point() and value.numel() > 0


def has_floats(value):
    return isinstance(value, float) or is_float(value)


def narrower(value):
    narrow = {torch.float64: torch.float32, torch.float32: torch.float16}
    return value.to(narrow.get(value.dtype, torch.int8))


def last_element(change):
    """Changes a float, or the last element of a tensor of floats."""

    def apply(value):
        if isinstance(value, float):
            return change(value)
        value = value.clone()
        value.view(-1)[-1] = change(value.view(-1)[-1])
        return value

    return apply


def perturb(value):
    size = float(value.abs().max()) if is_tensor(value) else abs(value)
    return last_element(lambda element: element + 1e-3 * (size or 1.0))(value)


def dtype_name(tensor):
    return str(tensor.dtype).removeprefix("torch.")


WRONG = {
    "a wrong type": Wrong("type", lambda v: object(), type_name),
    "one item too few": Wrong("length", lambda v: change_first(v, is_many, lambda p: p[:-1]), len),
    "one item too many": Wrong(
        "length", lambda v: change_first(v, is_many, lambda p: type(p)([*p, 0])), len
    ),
    "one axis too many": Wrong(
        "shape",
        lambda v: change_first(v, is_tensor, lambda p: p[None]),
        lambda v: str(tuple(v.shape)),
    ),
    "a narrower dtype": Wrong("dtype", lambda v: change_first(v, is_tensor, narrower), dtype_name),
    "whole numbers": Wrong(
        "dtype", lambda v: change_first(v, is_float, lambda p: p.long()), dtype_name
    ),
    "a NaN": Wrong(
        "nan", lambda v: change_first(v, has_floats, last_element(lambda _: float("nan")))
    ),
    "a scaled result": Wrong("values", lambda v: change_first(v, has_floats, lambda p: p * 1.001)),
    "a perturbed element": Wrong("values", lambda v: change_first(v, has_floats, perturb)),
}


def altered(kind, answer, change):
    """The answer with every result that it gives changed."""
    if kind == "value":
        return change(answer)
    if kind == "module":
        return functools.partial(_module, answer, change)
    if kind == "items":
        return lambda *args: _items(answer(*args), change)
    return lambda *args: change(answer(*args))


def _module(answer, change, *args):
    module = answer(*args)
    forward = module.forward
    module.forward = lambda *inputs: change(forward(*inputs))
    return module


def _items(items, change):
    if not hasattr(items, "__getitem__"):
        return map(change, items)
    dataset = type("Dataset", (), {"__getitem__": lambda self, i: change(items[i])})
    dataset.__len__ = lambda self: len(items)
    return dataset()


def check_changed(made, published, solution, change):
    """As check_card, for the solution with its results changed where `change` is not None."""
    changes = []
    # With its record of gradients where one is asked for: it would be missed first.
    live = made.kind == "module" or any(each.gradients for each in published.expected)

    def changed(value):
        changes.append(change(value if live else plain(value)))
        return value if changes[-1] is None else changes[-1]

    result, cards = check_card(made, published, altered(made.kind, solution, changed))
    if all(each is None for each in changes):
        pytest.skip("no result of this exercise can be changed in this way")
    return result, cards


def assert_said(card, sentence):
    assert sentence in card.text
    assert html.escape(sentence) in card.html


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_result_is_told_by_what_is_wrong(made, published, solution, wrong):
    result, cards = check_changed(made, published, solution, wrong.change)
    assert result.verdict == "different"
    difference = result.failure.difference
    sealed = made.kind == "value"  # it differs in the value of "type" or "length"
    assert difference.what == ("values" if sealed else wrong.what)
    describe = str if sealed else wrong.describe
    parts = {"expected": difference.expected, "got": difference.got} if describe else {}
    for language, card in cards.items():
        assert_said(card, say(wrong.what, language, **{k: describe(v) for k, v in parts.items()}))


@pytest.mark.parametrize("number", range(4))
def test_every_part_of_a_result_is_looked_at(made, published, solution, number):
    def bump_nth(value):
        place = itertools.count()
        fits = lambda part: bump(part) is not None and next(place) == number  # noqa: E731
        return change_first(value, fits, bump)

    result, _ = check_changed(made, published, solution, bump_nth)
    assert result.verdict == "different"


def bump(value):
    """The value a little off; None for what is not a value but holds some."""
    if has_floats(value):
        return perturb(value)
    if is_tensor(value) and value.numel():
        return value + 1 if value.dtype != torch.bool else ~value
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, str)):
        return value + type(value)(1)
    return None


def test_a_forgotten_return_is_told(made, published, solution):
    result, cards = check_card(made, published, altered(made.kind, solution, lambda value: None))
    if all(returns_nothing(expected.value) for expected in published.expected):
        pytest.skip("this exercise returns nothing")
    assert result.verdict == "different"
    for language, card in cards.items():
        if made.kind == "value":
            assert "NoneType" in card.text
        else:
            assert_said(card, say("none", language))


def returns_nothing(value):
    return isinstance(value, dict) and value.get("returned", ...) is None


def test_a_wider_float_passes(made, published, solution):
    def widen(value):
        fits = lambda part: is_tensor(part) and part.dtype == torch.float32  # noqa: E731
        return change_first(value, fits, torch.Tensor.double)

    result, _ = check_changed(made, published, solution, widen)
    assert result.verdict == "passed"


def test_an_exception_is_told_with_its_line_in_the_learners_code(made, published, solution):
    def stop(value):
        raise ValueError("on <purpose>")

    if made.kind == "value":
        pytest.skip("a value cannot raise")
    result, cards = check_card(made, published, altered(made.kind, solution, stop))
    assert result.verdict == "crashed"
    got = result.failure.got
    assert got.source.endswith('raise ValueError("on <purpose>")')
    for language, card in cards.items():
        line = say("error_at", language, line=got.line)
        assert_said(card, f"ValueError: on <purpose> ({line}: {got.source})")
        assert say("crashed", language) in card.text


def test_changed_arguments_are_told_by_name(made, published, solution):
    damaged = []

    def damage(*args):
        value = plain(solution(*args))
        number = next((i for i, a in enumerate(args) if i not in made.mutates and add_one(a)), None)
        damaged.append(number)
        return value

    if made.kind != "call":
        pytest.skip("only a function is given arguments of the caller's")
    result, cards = check_card(made, published, damage)
    if all(number is None for number in damaged):
        pytest.skip("no argument can be changed")
    assert result.verdict == "changed"
    name = made.argument_names[next(number for number in damaged if number is not None)]
    for language in cards:  # a named mistake would say it in its own words
        card = draw(replace(result, mistake=None), language)
        assert_said(card, say("changed_names", language, names=name))
        assert say("changed", language) in card.text


def add_one(argument):
    """Changes a tensor or a list, or the first one inside; False where there is none."""
    if is_tensor(argument) and argument.numel():
        argument += 1 if argument.dtype != torch.bool else ~argument
        return True
    if isinstance(argument, list):
        argument.append(1)
        return True
    if isinstance(argument, (tuple, dict)):
        return any(map(add_one, argument.values() if isinstance(argument, dict) else argument))
    return False


def test_work_that_is_not_done_in_place_is_told(made, published, solution):
    if not made.mutates:
        pytest.skip("nothing is to be done in place")
    result, _ = check_card(made, published, lambda *args: solution(*plain(args)))
    assert result.verdict == "different"
    assert result.failure.difference.where.startswith("['argument ")


def test_warnings_and_output_cost_nothing(made, published, solution, capfd):
    def chatter(value):
        warnings.warn("careful", stacklevel=1)
        print("hello")
        print("oh", file=sys.stderr)
        return value

    if made.kind == "value":
        pytest.skip("a value cannot print")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        observations = made.observations(altered(made.kind, solution, chatter), published.cases)
    result = examine(published, observations, {})
    assert result.cases == ("passed",) * len(published.cases)
    assert "hello" in observations[0].printed and "oh" not in observations[0].printed
    assert capfd.readouterr() == ("", "")
