"""check() and hint(), end to end, on four toy exercises of the four kinds, and on everything odd."""

import html
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import time
import warnings
from dataclasses import replace

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from torch import nn
from torch.nn import functional as F

from autograde import build
from autograde.answers import answers
from autograde.exercise import ExerciseError, exercise, publish
from helpers import __version__, progress
from helpers import check as checking
from helpers.card import show
from helpers.check import (
    CheckFailed,
    CourseError,
    NotAttempted,
    check,
    forbidden_uses,
    hint,
    open_chapter,
    packed,
    unpacked,
)
from helpers.compare import alike, compare, judge, sealed
from helpers.errors import MEANINGS, meaning
from helpers.observe import Case, observe, same, source_of
from helpers.wire import decode, encode
from helpers.words import WORDS, say

TOY = __name__.rsplit(".", 1)[-1]  # exercises made here belong to a chapter of this name
SECRET = "sesquipedalian"

# ------------------------------------------------------------------ a chapter of toys


@exercise("double", points=2, forbids=["torch.add", "nn.Linear", "@"])
def double(x):
    return x * 2


@double.cases
def _(draw):
    yield (torch.tensor([[1.0, 2.0], [3.0, 4.0]]),)
    yield (draw.normal(3),)
    yield (torch.tensor([[1.0, 2.0]], dtype=torch.float64),)


@double.mistake("adds", ko="2를 더했습니다.", en="You added 2 instead.")
def _(x):
    return x + 2


@double.mistake("crashes-on-vectors", ko="행렬만 됩니다.", en="It works for `matrices` only.")
def _(x):
    return x * 3 if x.dim() == 2 else x.t(5)


double.hints(ko=["가", "나", "다"], en=["What is twice x?", "2x", "`return 2 * x`"])


@exercise("fill", mutates=[0])
def fill(target, value):
    target.fill_(value)


@fill.cases
def _(draw):
    yield torch.zeros(2), 3.0
    yield draw.normal(2, 2), 1.0


@exercise("tally", mutates=[0], returns=["total", "count"])
def tally(seen, value):
    seen.append(value)
    return sum(seen), len(seen)


@tally.cases
def _(draw):
    yield [1.0], draw.number(1, 2)


@exercise("affine", kind="module")
class Affine(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(size))
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(x * self.weight)


@Affine.cases
def _(draw):
    yield Case((2,))
    yield Case((3,), {"weight": draw.normal(3)}, (draw.normal(4, 3),))
    yield Case((1,), {"weight": draw.normal(1)}, (draw.normal(2, 1),), training=True)


class TwoLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 3), nn.Linear(3, 2)

    def hidden(self, x):
        return torch.sigmoid(self.first(x))

    def forward(self, x):
        return self.second(self.hidden(x)).softmax(1)


two_layers = exercise("two-layers", kind="module")(TwoLayers)


@two_layers.cases
def _(draw):
    shapes = {
        "first.weight": (3, 2),
        "first.bias": (3,),
        "second.weight": (2, 3),
        "second.bias": (2,),
    }
    state = {name: draw.normal(*shape) for name, shape in shapes.items()}
    yield Case((), state, (draw.normal(5, 2),))
    yield Case((), state, (draw.normal(5, 2).requires_grad_(),), slopes=True)


@exercise("log-sum")
def log_sum(tables, keep):
    """The sum of the logarithms of the kept entries of two tables."""
    a, b = tables
    return a[keep].log().sum() + b.exp().sum()


@log_sum.cases
def _(draw):
    keep = torch.tensor([True, True, False])
    yield [torch.tensor([1.0, 2.0, 0.0]), draw.normal(2)], keep
    a, b = torch.tensor([0.5, 2.0, 0.0]), draw.normal(2)
    yield [a.requires_grad_(), b.requires_grad_()], keep


@log_sum.mistake("masks-too-late", ko="먼저 고르세요.", en="Pick out the entries before the log.")
def _(tables, keep):
    a, b = tables
    return torch.where(keep, a.log(), 0.0).sum() + b.exp().sum()


@log_sum.mistake("no-logarithm", ko="로그가 없습니다.", en="There is no logarithm.")
def _(tables, keep):
    a, b = tables
    return a[keep].sum() + b.exp().sum()


@exercise("fold")
def fold(steps, tables, h):
    """One step after the other, each with the state of the one before."""
    for step in steps:
        h = torch.tanh(h * tables[0] + step * tables[1])
    return h


@fold.cases
def _(draw):
    yield draw.normal(4, 2), [draw.normal(2), draw.normal(2)], draw.normal(2)
    tables, h = [draw.normal(2).requires_grad_() for _ in range(2)], draw.normal(2)
    yield Case((draw.normal(4, 2), tables, h.requires_grad_()), slopes=True)


@fold.mistake("cuts-the-past", ko="앞 단계를 끊었습니다.", en="The past is cut off.")
def _(steps, tables, h):
    for step in steps[:-1]:
        h = torch.tanh(h * tables[0] + step * tables[1])
    return torch.tanh((h.detach() + 0 * h) * tables[0] + steps[-1] * tables[1])


@exercise("countdown", kind="items")
def countdown(n):
    return [n - i for i in range(n)]


@countdown.cases
def _(draw):
    yield (3,)
    yield Case((draw.integer(70, 90),), take=5)


@exercise("longest-word", kind="value")
def longest_word():
    return [SECRET, 14]


@longest_word.mistake(
    "counts-letters", ko="글자 수를 셌습니다.", en="You counted the wrong letters."
)
def _():
    return [SECRET, 13]


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """A folder with the toy chapter's public cases and texts."""
    folder = tmp_path_factory.mktemp("cases")
    about = {"ko": "장난감", "en": "Toys", "minutes": 1}
    (folder / f"{TOY}.cases").write_bytes(build.cases_bytes(TOY))
    for language in build.LANGUAGES:
        text = build.texts(TOY, language, about)
        (folder / f"{TOY}.{language}.json").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def _open_toys(toys, monkeypatch):
    monkeypatch.setattr(checking, "CASES", toys)
    open_chapter(TOY, "en")


@pytest.fixture
def checked(_open_toys, monkeypatch):
    """check(), which gives the card and the error instead of showing and raising them."""
    cards = []
    monkeypatch.setattr(checking, "_show", cards.append)

    def run(name, answer):
        cards.clear()
        try:
            check(name, answer)
        except CheckFailed as error:
            return cards[0], str(error)
        return cards[0], None

    return run


# ------------------------------------------------------------------ the four kinds


def right_dataset(n):
    class Countdown:
        def __len__(self):
            return n

        def __getitem__(self, i):
            return n - i

    return Countdown()


class RightAffine(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size))
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(self.weight * x)


class WithBias(RightAffine):
    def __init__(self, size):
        super().__init__(size)
        self.bias = nn.Parameter(torch.zeros(size))


class InOrder:
    """A dataset whatever item of which is asked for: it gives the next one."""

    def __init__(self, n):
        self.items = iter(range(n, 0, -1))
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return next(self.items)


class WithoutDropout(RightAffine):
    def forward(self, x):
        return self.weight * x


class UnwrittenForward(RightAffine):
    def forward(self, x):
        raise NotAttempted


class NoForward(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size))


class NoModule:
    def __init__(self, size):
        self.weight = torch.zeros(size)


def stub(*args):
    raise NotAttempted


def keeps_its_word(target, value):
    target[:] = value


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("double", lambda x: x + x),
        ("fill", keeps_its_word),
        ("affine", RightAffine),
        ("countdown", lambda n: list(range(n, 0, -1))),
        ("countdown", right_dataset),
        ("longest-word", [SECRET, 14]),
        ("longest-word", (SECRET, 14)),
        ("longest-word", [np.str_(SECRET), np.int64(14)]),
    ],
)
def test_a_right_answer_of_every_kind_passes(checked, name, answer):
    card, error = checked(name, answer)
    assert error is None
    assert card.text.startswith("✓ ") and say("passed") in card.text


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("double", lambda x: x * 3, say("values", "en")),
        ("double", lambda x: None, say("none", "en")),
        ("fill", lambda target, value: None, say("inside_argument", "en", where="target")),
        (
            "fill",
            lambda target, value: target.fill_(value),
            say("type", "en", expected="None", got="Tensor"),
        ),
        ("affine", WithBias, say("keys", "en", expected="weight", got="weight, bias")),
        ("tally", lambda seen, value: (seen.append(value), (sum(seen), 9))[1], "result's count:"),
        ("affine", WithoutDropout, say("inside", "en", where="output")),
        ("affine", lambda size: None, say("none", "en")),
        ("affine", lambda size: torch.ones(2), say("type", "en", expected="Module", got="Tensor")),
        ("affine", NoModule, say("type_module", "en")),
        ("affine", lambda size: RightAffine(5), "expected weight (2,), got weight (5,)"),
        ("affine", NoForward, 'missing the required "forward" function'),
        ("countdown", lambda n: [0] * n, say("inside", "en", where="items[0]")),
        ("countdown", InOrder, say("inside", "en", where="items[0]")),
        ("countdown", lambda n: list(range(n, 1, -1)), say("inside", "en", where="length")),
        ("countdown", lambda n: (n - i for i in range(n)), say("no_length", "en")),
        ("countdown", lambda n: None, say("no_items", "en")),
        ("countdown", lambda n: 3, say("type", "en", expected="Iterable", got="int")),
        ("longest-word", ["antidisestablishmentarianism", 28], say("values", "en")),
        ("longest-word", [SECRET], say("length", "en", expected=2, got=1)),
        ("longest-word", SECRET, say("type", "en", expected="list", got="str")),
        ("longest-word", None, say("type", "en", expected="list", got="NoneType")),
    ],
)
def test_a_wrong_answer_of_every_kind_is_told(checked, name, answer, told):
    card, error = checked(name, answer)
    assert error.startswith(f"{name}: ")
    assert told in card.text


@pytest.mark.parametrize(
    ("name", "answer", "where"),
    [
        ("double", stub, "start_here"),
        ("fill", stub, "start_here"),
        ("affine", stub, "start_here"),
        ("affine", UnwrittenForward, "start_here"),
        ("countdown", stub, "start_here"),
        ("longest-word", ..., "value_here"),
        ("longest-word", ["a", ...], "value_here"),
        ("longest-word", {"a": [...]}, "value_here"),
    ],
)
def test_a_stub_of_every_kind_is_not_attempted(checked, name, answer, where):
    card, error = checked(name, answer)
    assert say("unattempted") in error
    assert card.text.startswith("○ ") and say(where) in card.text
    assert say("first_failed", number=1) not in card.text


def test_a_known_mistake_of_every_kind_is_named(checked):
    assert "This is the mistake: You added 2" in checked("double", lambda x: 2 + x)[0].text
    assert "You counted the wrong" in checked("longest-word", (SECRET, 13))[0].text
    card, _ = checked("double", lambda x: x * 3 if x.dim() == 2 else x.t(5))
    assert "It works for `matrices` only." in card.text
    assert re.search(r"It works for <code[^>]*>matrices</code> only\.", card.html)


def test_the_published_bytes_of_a_value_hold_no_answer(toys):
    published = encode(checking.unpacked((toys / f"{TOY}.cases").read_bytes()))
    assert SECRET.encode() not in published
    assert b"return [SECRET" not in published
    assert b"sha256" not in published and b"longest-word" in published


@pytest.mark.parametrize("answer", [0.5, torch.ones(2), [1, {"a": 0.5}], len])
def test_a_value_that_cannot_be_sealed_is_not_published(answer):
    def unsealable():
        return answer

    unsealable.__module__ = f"{TOY}_refused"
    name = f"unsealable-{answer}"
    with pytest.raises(ExerciseError, match=re.escape(name)):
        publish(exercise(name, kind="value")(unsealable))


# ------------------------------------------------------------------ errors say what to do


def test_without_an_open_chapter_check_says_which_cell_to_run(monkeypatch):
    monkeypatch.setattr(checking, "_chapter", None)
    for call in (lambda: check("double", stub), lambda: hint("double")):
        with pytest.raises(CourseError, match="No chapter is open.*run the first code cell"):
            call()


@pytest.mark.usefixtures("_open_toys")
def test_a_typo_in_the_name_is_answered_with_the_right_name():
    for call in (lambda: check("duoble", stub), lambda: hint("duoble")):
        with pytest.raises(CourseError, match="no exercise named 'duoble'. Did you mean 'double'?"):
            call()
    with pytest.raises(
        CourseError,
        match="Its exercises: double, fill, tally, affine, two-layers, log-sum, fold, countdown, longest-word",
    ):
        check("xyz", stub)


@pytest.mark.usefixtures("_open_toys")
@pytest.mark.parametrize("name", [stub, None, ["double"], torch.ones(2), 3])
def test_a_name_that_is_no_name_is_a_clear_error(name):
    with pytest.raises(CourseError, match="no exercise named"):
        check(name, "double")


def test_missing_cases_are_a_clear_error(toys, monkeypatch):
    monkeypatch.setattr(checking, "CASES", toys)
    with pytest.raises(
        CourseError, match=rf"ch99_none.cases is missing.*here: {TOY}\. Copy .*make build"
    ):
        open_chapter("ch99_none", "en")
    with pytest.raises(CourseError, match=rf"{TOY}.fr.json is missing"):
        open_chapter(TOY, "fr")


def valid(**changed):
    record = checking.unpacked(build.cases_bytes(TOY))["exercises"]["double"]
    content = {"format": checking.FORMAT, "course": __version__, "exercises": {"double": record}}
    return content | changed


DAMAGED = {
    "empty": b"",
    "not compressed": encode(valid()),
    "cut": packed(valid())[:-9],
    "text": b"<<<<<<< HEAD\n" * 9,
    "a list": packed([1, 2]),
    "no exercises": packed({"format": checking.FORMAT, "course": __version__}),
    "exercises of no kind": packed(valid(exercises=[1])),
    "an exercise of no kind": packed(valid(exercises={"double": 3})),
    "an exercise without cases": packed(valid(exercises={"double": {"about": {}}})),
    "a case of no kind": packed(valid(exercises={"double": valid()["exercises"]["double"] | {"cases": [{"a": 1}]}})),
}  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_cases_are_a_clear_error(toys, tmp_path, monkeypatch, content):
    monkeypatch.setattr(checking, "CASES", tmp_path)
    (tmp_path / f"{TOY}.en.json").write_bytes((toys / f"{TOY}.en.json").read_bytes())
    (tmp_path / f"{TOY}.cases").write_bytes(content)
    with pytest.raises(
        CourseError, match=rf"{TOY}.cases is damaged .* Get the file again"
    ) as caught:
        open_chapter(TOY, "en")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("other", [{"course": "0.0.1"}, {"format": 1}])
def test_cases_of_another_version_are_a_clear_error(tmp_path, monkeypatch, other):
    monkeypatch.setattr(checking, "CASES", tmp_path)
    (tmp_path / f"{TOY}.cases").write_bytes(packed(valid(exercises="anything", **other)))
    said = rf"made for version {other.get('course', __version__)} .*format {other.get('format', checking.FORMAT)}.*one and the same release"
    with pytest.raises(CourseError, match=said):
        open_chapter(TOY, "en")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b'{"title": "a"}', b"\xff\xfe", b'{"title": "", "minutes": 1, "mistakes": null, "hints": 3}'],
)  # fmt: skip
def test_damaged_texts_are_a_clear_error(toys, tmp_path, monkeypatch, content):
    monkeypatch.setattr(checking, "CASES", tmp_path)
    (tmp_path / f"{TOY}.cases").write_bytes((toys / f"{TOY}.cases").read_bytes())
    (tmp_path / f"{TOY}.en.json").write_bytes(content)
    with pytest.raises(CourseError, match=rf"{TOY}.en.json is damaged .* Get the file again"):
        open_chapter(TOY, "en")


def test_a_chapter_that_cannot_be_opened_leaves_the_open_one_open(toys, monkeypatch):
    monkeypatch.setattr(checking, "CASES", toys)
    open_chapter(TOY, "en")
    with pytest.raises(CourseError):
        open_chapter("ch99_none", "ko")
    assert (checking._chapter, checking.current_language()) == (TOY, "en")


# ------------------------------------------------------------------ hints


@pytest.mark.usefixtures("_open_toys")
@pytest.mark.parametrize("saved", [True, False])
def test_hints_come_one_by_one_and_then_again(capsys, tmp_path, monkeypatch, saved):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json") if saved else "off")
    said = []
    for _ in range(4):
        hint("double")
        said.append(capsys.readouterr().out)
    assert ["What is twice" in said[0], "2x" in said[1], "return 2 * x" in said[2]] == [True] * 3
    assert "Hint 1 of 3" in said[0] and said[3] == said[2]
    hint("double", again=True)
    assert capsys.readouterr().out == "".join(said[:3])


@pytest.mark.usefixtures("_open_toys")
def test_asking_again_before_any_hint_shows_the_first(capsys):
    hint("double", again=True)
    assert "What is twice" in capsys.readouterr().out


def test_the_card_says_how_to_get_the_next_hint(checked, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    for key in ("hint_first", "hint_next", "hint_next", "hint_all"):
        used = progress.hints_seen(TOY, "double")
        assert say(key, name="double", of=3, used=used) in checked("double", stub)[0].text
        hint("double")
    assert "hint(" not in checked("double", lambda x: 2 * x)[0].text


# ------------------------------------------------------------------ what a card tells


def test_a_crash_shows_the_learners_line_and_no_library(checked):
    source = "def answer(x):\n    y = x + 1\n    return torch.stack([y, y[0]])  # here\n"
    namespace = {"torch": torch}
    exec(compile(source, "/tmp/ipykernel_1/1.py", "exec"), namespace)
    card, error = checked("double", namespace["answer"])
    assert "RuntimeError: stack expects each tensor to be equal size" in card.text
    assert "(line 3" in card.text
    assert "site-packages" not in card.text and "Traceback" not in card.text
    assert error == f"double: {say('crashed')}. {say('see_card')}"


def test_a_crash_inside_a_library_shows_the_call_in_the_learners_code(checked):
    def answer(x):
        return nn.functional.linear(x, nn.Linear(7, 7)(x))

    card, _ = checked("double", answer)
    assert ": return nn.functional.linear(x, nn.Linear(7, 7)(x)))" in card.text


def test_an_operation_that_torch_lacks_is_a_crash_and_not_a_stub(checked):
    def answer(x):
        return torch.softmax(x.long(), 0)

    with pytest.raises(NotImplementedError):
        answer(torch.ones(2))
    card, error = checked("double", answer)
    assert say("crashed") in error
    assert "not implemented for 'Long'" in card.text and "torch.softmax(x.long(), 0)" in card.text


def test_a_stub_further_down_is_named(checked):
    def helper_of_mine(x):
        raise NotAttempted

    card, error = checked("double", lambda x: helper_of_mine(x) * 2)
    assert say("unattempted") in error
    assert say("solve_first", name="helper_of_mine") in card.text
    assert say("start_here") not in card.text


def test_code_in_an_error_is_shown_as_it_was_written(checked):
    def answer(x):
        return 2*x*3 + int("`*a*`")  # fmt: skip

    card, _ = checked("double", answer)
    for sentence in ('return 2*x*3 + int("`*a*`")', "with base 10: '`*a*`'"):
        assert sentence in card.text and html.escape(sentence) in card.html


def test_what_the_answer_prints_is_shown_when_it_fails(checked, capfd):
    def answer(x):
        print("shape", tuple(x.shape), "<b>")
        print("warned", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return x

    card, _ = checked("double", answer)
    assert "what your code printed: shape (2, 2) <b>" in card.text and "warned" not in card.text
    assert "shape (2, 2) &lt;b&gt;" in card.html
    assert capfd.readouterr() == ("", "")


def test_a_flood_of_output_is_cut(checked):
    def crashes(x):
        print("x" * 1_000_000)
        raise ValueError("y" * 1_000_000)

    for flood in (crashes, lambda x: print("x" * 1_000_000)):
        card, _ = checked("double", flood)
        assert len(card.text) < 10_000 and len(card.html) < 20_000


@pytest.mark.parametrize(
    ("source", "used"),
    [
        ("def answer(x):\n    return torch.add(x, x)", "torch.add"),
        ("def answer(x):\n    return x.add(x)", "torch.add"),
        ("def answer(x):\n    y = x\n    y = y @ y.T if y.dim() == 2 else y\n    return x * 2", "@"),
        ("answer = lambda x: (nn.Linear(1, 1), x * 2)[1]", "nn.Linear"),
        ("from torch.nn import Linear as L\ndef answer(x):\n    '''no Linear, no @'''\n    return x * 2  # @", None),
        ("def answer(x):\n    return x * 2", None),
    ],
)  # fmt: skip
def test_what_is_forbidden_is_said_kindly_and_does_not_fail(checked, tmp_path, source, used):
    (tmp_path / "mine.py").write_text(source)
    namespace = {"torch": torch, "nn": nn}
    exec(compile(source, str(tmp_path / "mine.py"), "exec"), namespace)
    card, error = checked("double", namespace["answer"])
    assert error is None
    if used is None:
        assert "by hand" not in card.text
    else:
        assert say("by_hand", uses=used) in card.text


def test_the_line_of_a_forbidden_use_is_counted_in_the_source():
    assert forbidden_uses("def f(x):\n    return x @ x", ["@"]) == [("@", 2)]
    assert forbidden_uses("this is no Python", ["@"]) == []


def test_a_class_is_searched_in_its_bases_and_methods():
    class Mine(nn.Linear):
        def forward(self, x):
            return x @ x

        def backward(self, x):
            """No nn.GRU here."""

    source = source_of(Mine)
    assert {what for what, _ in forbidden_uses(source, ["@", "nn.Linear", "nn.GRU"])} == {
        "@",
        "nn.Linear",
    }
    assert forbidden_uses(source_of(type("Empty", (), {})), ["@"]) == []


def test_numbers_that_differ_are_written_with_digits_that_differ(checked):
    def answer(x):
        return 2.000001 * x if x.dtype == torch.float64 else 2 * x

    card, _ = checked("double", answer)
    found = re.search(r"differ at \[0, 0\]: expected (\S+), got (\S+)\. 2 of 2", card.text)
    assert found and found[1] != found[2]


def test_a_cell_is_marked_exactly_where_the_values_differ(checked):
    def answer(x):
        wrong = 2 * x
        if x.dtype == torch.float64:
            wrong[0, 0] += 1e-5  # above the tolerance for float64, though not by much
            wrong[0, 1] += 1e-9  # below it
        return wrong

    card, _ = checked("double", answer)
    marked = re.findall(r"<td[^>]*outline[^>]*>([^<]*)</td>", card.html)
    assert marked == ["2"]


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_of_a_sentence_say_the_same_values(key):
    ko, en = WORDS[key]
    values = [sorted(set(re.findall(r"{(\w+)}", sentence))) for sentence in (ko, en)]
    assert values[0] == values[1]
    assert re.search("[가-힣]", ko) and not re.search("[가-힣]", en)


# ------------------------------------------------------------------ odd values


class AlwaysEqual:
    def __eq__(self, other):
        return True

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return self

    __hash__ = None


class AlwaysEqualTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.zeros((), dtype=torch.bool)


class FakeFloat:
    __class__ = float

    def __eq__(self, other):
        return True

    __hash__ = None


class NoRepr:
    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __repr__


class NoMessage(Exception):
    def __str__(self):
        raise RuntimeError("no")


def endless():
    inside = []
    inside.append(inside)
    return inside


def no_message(x):
    raise NoMessage


ODD = {
    "always equal": (lambda x: AlwaysEqual(), "got AlwaysEqual"),
    "an always equal tensor": (lambda x: torch.zeros(x.shape).as_subclass(AlwaysEqualTensor), say("values", "en")),
    "a lie about the type": (lambda x: FakeFloat(), "got FakeFloat"),
    "no repr": (lambda x: NoRepr(), "got NoRepr"),
    "a generator": (lambda x: (v for v in x), "got generator"),
    "a list inside itself": (lambda x: endless(), "got list"),
    "a module": (lambda x: nn.Linear(2, 2), "got Linear"),
    "HTML": (lambda x: "<img src=x onerror=alert(1)>", "got str"),
    "half a character": (lambda x: "\ud800", "got str"),
    "numpy": (lambda x: x.numpy(), "got ndarray"),
    "a sparse tensor": (lambda x: (2 * x).to_sparse(), "sparse"),
    "a meta tensor": (lambda x: x.to("meta"), "got Tensor"),
    "complex": (lambda x: x.to(torch.complex64), "got complex64"),
    "bool": (lambda x: x > 0, "got bool"),
    "an empty tensor": (lambda x: x[:0], "got (0, 2)"),
    "rank 0": (lambda x: x.sum(), "got ()"),
    "a Python number": (lambda x: 2.0, "Return a tensor, not a Python number"),
    "NaN": (lambda x: x * float("nan"), say("nan", "en")),
    "infinity": (lambda x: x * float("inf"), "got inf"),
    "a million elements": (lambda x: torch.ones(1000, 1000), "got (1000, 1000)"),
    "many axes": (lambda x: torch.ones([3] * 12), "got (3, 3, 3"),
    "a huge list": (lambda x: [list(range(1000))] * 1000, "got list"),
    "a huge int": (lambda x: 10**10_000, "got int"),
    "too few arguments": (lambda: 3, "takes 0 positional arguments but 1 was given"),
    "too many arguments": (lambda x, y: 3, "missing 1 required positional argument: 'y'"),
    "not callable": (3, "'int' object is not callable"),
    "None": (None, "'NoneType' object is not callable"),
    "the result itself": (torch.ones(2, 2), "'Tensor' object is not callable"),
    "exit": (lambda x: sys.exit("bye"), "SystemExit: bye"),
    "no message": (no_message, "NoMessage"),
    "a failing assertion": (lambda x: (_ for _ in ()).throw(AssertionError("my own")), "AssertionError: my own"),
    "endless recursion": (lambda x: (lambda f: f(f))(lambda f: f(f)), "RecursionError"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "told"), ODD.values(), ids=ODD)
def test_an_odd_answer_is_told_in_a_card_of_ordinary_size(checked, answer, told):
    card, error = checked("double", answer)
    assert error and told in card.text
    assert len(card.html) < 30_000 and len(card.text) < 10_000
    assert left_open(card.html) == []
    json.dumps(card._repr_mimebundle_(), ensure_ascii=False).encode("utf-8")


def left_open(text):
    """The tags of an HTML text that are not closed, or closed and never opened."""
    tags = []
    for closing, tag in re.findall(r"<(/?)([a-z]+)[^>]*>", text.replace("<br>", "")):
        if closing and tags and tags[-1] == tag:
            tags.pop()
        else:
            tags.append(closing + tag)
    return tags


def test_text_from_the_learner_is_escaped(checked):
    def crashes(x):
        raise ValueError("<script>alert(1)</script>")

    returns = (lambda x: "<script>", lambda x: {"<script>": "<script>"}, lambda x: ["<script>"])
    for wrong in (*returns, crashes, lambda x: print("<script>")):
        card, _ = checked("double", wrong)
        assert "<script>" in card.text
        assert "<script>" not in card.html and "&lt;script&gt;" in card.html


@pytest.mark.parametrize(
    "expected",
    [
        torch.tensor(3.0), torch.tensor(7), torch.tensor(True), torch.zeros(0), torch.zeros(0, 3),
        torch.ones(2, 3).t(), torch.ones(1000, 1000), torch.tensor([True, False]), torch.arange(3),
        torch.arange(3, dtype=torch.uint8), torch.tensor([1j, 2.0]), torch.tensor([float("inf"), 1.0]),
        torch.ones(2, dtype=torch.bfloat16), np.arange(3.0), np.ones((2, 2), dtype=np.float32), 3, 2.5,
        True, "a", None, [], {}, set(), {"a": [1, (2.0, {3})]}, 10**400,
    ],
    ids=lambda v: f"{type(v).__name__}-{show(v)[:20]}",
)  # fmt: skip
def test_a_value_equals_itself_and_nothing_else(expected):
    assert compare(expected, encode_decode(expected)) is None
    others = (
        None,
        3,
        True,
        "a",
        4.5,
        [1],
        {"b": 1},
        {1},
        torch.ones(5),
        torch.zeros(2, 2),
        np.ones(9),
        10**401,
    )
    for other in others:
        if not (
            type(other) is type(expected)
            and not isinstance(other, (torch.Tensor, np.ndarray))
            and other == expected
        ):
            assert compare(expected, other) is not None


def encode_decode(value):
    return decode(encode(value))


@pytest.mark.parametrize(
    ("expected", "got", "what"),
    [
        (1_000_000, 1_000_001, "values"),
        (1_000_000, 1_000_001.0, "values"),
        (7, 7.0, None),
        (7.0, 7, None),
        (0.5, 0.5000001, None),
        (0.5, 0.50001, "values"),
        (True, 1, "type"),
        (1, True, "type"),
        (3.0, 10**400, "values"),
        (10**400, 3.0, "values"),
        (float("inf"), float("inf"), None),
        (float("nan"), float("nan"), "nan"),
        (1.0, np.float32(1), None),
        (1, np.int64(1), None),
        (True, np.bool_(True), None),
        ((1, 2), [1, 2], None),
        ({"a": 1}, {"a": 1, "b": 2}, "keys"),
        ({1: 2}, {np.int64(1): np.int64(2)}, None),
        (torch.ones(2), torch.ones(2).double(), None),
        (torch.ones(2).double(), torch.ones(2), "dtype"),
        (torch.ones(2, dtype=torch.int32), torch.ones(2, dtype=torch.int64), None),
        (torch.ones(2), torch.tensor([1.0, float("nan")]), "nan"),
        (torch.tensor([1.0, float("nan")]), torch.tensor([1.0, float("nan")]), "nan"),
        (torch.tensor([1e8, 1e-3]), torch.tensor([1e8, 2e-3]), None),
        (torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1e-3]), "values"),
        (torch.tensor([0.0, 0.0]), torch.tensor([0.0, 1e-6]), "values"),
    ],
    ids=str,
)  # fmt: skip
def test_values_are_compared_as_documented(expected, got, what):
    difference = compare(expected, got)
    assert (difference and difference.what) == what


@pytest.mark.parametrize(
    ("dtype", "relative"),
    [(torch.float64, 1e-7), (torch.float32, 1e-4), (torch.float16, 1e-2), (torch.bfloat16, 4e-2)],
)
def test_floats_may_differ_as_much_as_their_dtype_rounds(dtype, relative):
    expected = torch.tensor([1.0, -3.0, 20.0], dtype=torch.float64)
    for times, equal in ((0.5, True), (3, False)):
        got = (expected * (1 + times * relative)).to(dtype)
        assert (compare(expected.to(dtype), got) is None) is equal


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (3, np.int64(3)),
        ("a", np.str_("a")),
        (True, np.bool_(True)),
        ([1, [2]], (1, (2,))),
        ({"a": {2, 1}, "b": None}, {"b": None, "a": {1, 2}}),
    ],
)
def test_a_sealed_value_is_known_again_however_it_is_written(value, same):
    one, two = (observe("value", each, [Case()])[0] for each in (value, same))
    assert sealed(one) == sealed(two)


@pytest.mark.parametrize(
    ("value", "other"),
    [(3, 4), (1, True), ("1", 1), ([1, 2], [2, 1]), ([1], {1}), ([[1], 2], [1, [2]]), ("a", "b"), (None, 0)],
)  # fmt: skip
def test_other_values_have_other_seals(value, other):
    one, two = (observe("value", each, [Case()])[0] for each in (value, other))
    assert sealed(one) != sealed(two)


# ------------------------------------------------------------------ what check() leaves alone


def random_states():
    np_state = np.random.get_state(legacy=False)["state"]
    states = torch.get_rng_state().tolist(), np_state["key"].tolist(), np_state["pos"]
    return (
        states,
        random.getstate(),
        torch.is_grad_enabled(),
        torch.get_default_dtype(),
        torch.get_num_threads(),
    )


def test_check_leaves_every_random_state_alone(checked):
    def answer(x):
        random.random(), np.random.rand(), torch.rand(3)
        return 2 * x + torch.rand(1) * 0

    before = random_states()
    for each in (answer, stub, lambda x: 1 / 0, lambda x: x):
        checked("double", each)
        assert random_states() == before


def test_an_answer_sees_the_same_random_numbers_every_time():
    def answer():
        return [random.random(), float(np.random.rand()), torch.rand(2)]

    (first,) = observe("call", answer, [Case()])
    torch.rand(5), random.random(), np.random.rand()
    for again in observe("call", answer, [Case(), Case()]):
        assert compare(first.value, again.value) is None


def test_check_works_whatever_the_learner_has_switched(checked):
    try:
        torch.set_default_dtype(torch.float64)
        assert checked("double", lambda x: 2 * x)[1] is None
        assert checked("double", lambda x: x)[1] is not None
        torch.set_default_dtype(torch.float32)
        for mode in (torch.no_grad(), torch.inference_mode()), warnings.catch_warnings():
            with mode if not isinstance(mode, tuple) else mode[0]:
                warnings.simplefilter("error")
                assert checked("double", lambda x: 2 * x)[1] is None
                assert checked("double", lambda x: x)[1] is not None
    finally:
        torch.set_default_dtype(torch.float32)
        warnings.resetwarnings()


def test_an_answer_cannot_spoil_the_cases_for_the_next_check(checked):
    kept = []

    class Spoils(RightAffine):
        def load_state_dict(self, state_dict, **more):
            state_dict["weight"] += 1
            return super().load_state_dict(state_dict, **more)

    def spoils(x):
        kept.append(x)
        return x.mul_(2)

    assert checked("double", spoils)[1] and checked("affine", Spoils)[1]
    kept[0] += 1
    assert checked("double", lambda x: 2 * x)[1] is None
    assert checked("affine", RightAffine)[1] is None


def test_an_interrupt_stops_the_check_and_gives_the_screen_back(checked):
    def answer(x):
        raise KeyboardInterrupt

    streams, before = (sys.stdout, sys.stderr), random_states()
    with pytest.raises(KeyboardInterrupt):
        checked("double", answer)
    assert (sys.stdout, sys.stderr) == streams and random_states() == before


# ------------------------------------------------------------------ in a terminal, in a kernel

OPEN = """
import sys, torch
from pathlib import Path
from torch import nn
import helpers.check as checking
from helpers.check import NotAttempted, check, hint, open_chapter
checking.CASES = Path({folder!r})
open_chapter({toy!r}, "en")
"""


def in_terminal(toys, code, **environment):
    script = OPEN.format(folder=str(toys), toy=TOY) + code
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=os.environ | environment,
        timeout=120, check=False,
    )  # fmt: skip


def test_in_a_terminal_the_card_is_text_and_the_error_an_assertion(toys):
    ended = in_terminal(toys, 'check("double", lambda x: x + 2)')
    out, error = ended.stdout.decode(), ended.stderr.decode()
    assert "This is the mistake: You added 2" in out and "<div" not in out
    assert ended.returncode == 1
    assert error.rstrip().endswith(
        "CheckFailed: double: Not the expected result. See the card above."
    )


def test_a_terminal_that_cannot_write_korean_still_gets_its_verdict(toys):
    code = 'checking.set_language("ko")\ncheck("double", lambda x: x * 2)\nprint("done")'
    ended = in_terminal(toys, code, PYTHONIOENCODING="ascii")
    assert ended.returncode == 0, ended.stderr
    assert b"double" in ended.stdout and ended.stdout.rstrip().endswith(b"done")


@pytest.fixture(scope="module")
def kernel(toys):
    """The outputs of some cells, run in a kernel as JupyterLab, VS Code and Validate do."""
    sources = {
        "open": OPEN.format(folder=str(toys), toy=TOY),
        "right": 'def double(x):\n    return 2 * x\ncheck("double", double)',
        "wrong": 'def double(x):\n    return x + 2\ncheck("double", double)',
        "crash": 'def double(x):\n    y = x\n    return y / torch.ones(7)\ncheck("double", double)',
        "stub": 'def double(x):\n    raise NotAttempted\ncheck("double", double)',
        "use": "double(torch.ones(2))",
        "untouched": "raise NotAttempted  # write your answer here",
        "typo": 'check("duoble", double)',
        "hint": 'hint("double")',
        "class": (
            'class Double(nn.Module):\n    def __init__(self, x):\n        super().__init__()\n'
            '        self.f = nn.Linear(1, 1)\n\n'
            'check("double", Double)'
        ),
        "surrogate": 'check("double", lambda x: "\\ud800")',
    }  # fmt: skip
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources.values()])
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    client = NotebookClient(notebook, timeout=120, allow_errors=True, kernel_name="python3")
    client.execute(env=environment | {"COURSE_PROGRESS": "off"})
    return dict(zip(sources, (cell.outputs for cell in notebook.cells), strict=True))


def error_of(outputs):
    (error,) = (output for output in outputs if output.output_type == "error")
    return error


def card_of(outputs):
    (card,) = (output.data for output in outputs if output.output_type == "display_data")
    return card


def test_in_a_kernel_the_card_is_html_with_the_same_text(kernel):
    assert kernel["open"] == []
    (passed,) = kernel["right"]
    assert passed.data["text/plain"].startswith("✓ double · Correct · 3 of 3")
    assert passed.data["text/html"].startswith("<div") and "Correct" in passed.data["text/html"]
    assert "You added 2" in card_of(kernel["wrong"])["text/html"]
    assert "Hint 1 of 3" in card_of(kernel["hint"])["text/html"]


def test_in_a_kernel_an_error_is_one_line(kernel):
    lines = {
        "wrong": "double: Not the expected result. See the card above.",
        "crash": "double: Stopped with an error. See the card above.",
        "stub": "double: Not attempted yet. See the card above.",
        "use": say("solve_first", "en", name="double"),
        "untouched": say("cell_first", "en"),
        "typo": "CourseError: test_check has no exercise named 'duoble'. Did you mean 'double'? Its "
        "exercises: double, fill, tally, affine, two-layers, log-sum, fold, countdown, longest-word.",
    }
    assert {name: error_of(kernel[name]).traceback for name in lines} == {
        name: [line] for name, line in lines.items()
    }
    assert error_of(kernel["wrong"]).ename == "CheckFailed"
    assert error_of(kernel["use"]).ename == "NotAttempted"


def test_in_a_kernel_a_crash_shows_the_line_of_the_cell(kernel):
    assert "(line 3: return y / torch.ones(7))" in card_of(kernel["crash"])["text/plain"]


def test_in_a_kernel_what_a_class_uses_is_seen(kernel):
    assert say("by_hand", "en", uses="nn.Linear") in card_of(kernel["class"])["text/plain"]


def test_half_a_character_reaches_the_notebook(kernel):
    assert "got str" in card_of(kernel["surrogate"])["text/plain"]


# ------------------------------------------------------------------ speed

LIMIT = 0.05  # seconds for one check()
TRAINS = {}  # exercise → its own limit, where the answer itself trains something


def test_every_check_takes_less_than_50_milliseconds(monkeypatch, capsys):
    cards, rows = [], []
    monkeypatch.setattr(checking, "_show", cards.append)
    for chapter in build.chapters():
        path = build.SOLUTIONS / chapter / f"{chapter}.ipynb"
        found = answers(nbformat.read(path, as_version=4), chapter)
        open_chapter(chapter, "ko")
        rows += [(chapter, name, *seconds_of(name, answer)) for name, answer in found.items()]
    with capsys.disabled():
        print(f"\n{'check() of':48}{'fastest':>9}{'median':>9}  (ms)")
        for chapter, name, fastest, median in rows:
            print(f"{chapter[:4]} {name:43}{1e3 * fastest:9.1f}{1e3 * median:9.1f}")
    slow = [name for _, name, fastest, _ in rows if fastest > TRAINS.get(name, LIMIT)]
    assert slow == []


def seconds_of(name, answer, runs=7):
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        check(name, answer)
        taken.append(time.perf_counter() - started)
    return min(taken), statistics.median(taken)


# ------------------------------------------------------------------ errors explained


def _module_without_super():
    class Net(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    return Net()


def _buffers_without_super():
    class Net(nn.Module):
        def __init__(self):
            self.p = 0.5

    return Net


def _leaf_in_place():
    w = torch.ones(1, requires_grad=True)
    w -= 1


def _backward_twice():
    w = torch.ones(1, requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    loss.backward()


def _overwritten():
    w = torch.ones(2, requires_grad=True)
    y = w.exp()
    z = y * 1
    y.add_(1)
    (z * y).sum().backward()


def _read_too_early():
    total += 1  # noqa: F821, F841


def _super_without_parentheses():
    class Net(nn.Module):
        def __init__(self):
            super.__init__()

    return Net()


def _method_without_self():
    class Net:
        def forward(x):  # noqa: N805
            return x

    return Net().forward(2)


def _endless():
    return _endless()


PROVOKED = [
    (lambda: torch.ones(2, 3) @ torch.ones(2, 3), "and here they are 3 and 2"),
    (lambda: torch.ones(2, 3) @ torch.ones(2), "inner sizes"),
    (lambda: torch.ones(3) @ torch.ones(2), "inner sizes"),
    (lambda: torch.ones(2, 3, 4) @ torch.ones(2, 3, 4), "inner sizes"),
    (lambda: torch.ones(2, 3) + torch.ones(2), "sizes on axis 1 are 3 and 2"),
    (lambda: torch.ones(2, 3) @ torch.ones(3, 1).double(), "Two dtypes are mixed"),
    (lambda: nn.Linear(3, 1)(torch.ones(2, 3).double()), "Two dtypes are mixed"),
    (lambda: F.binary_cross_entropy(torch.rand(3), torch.ones(3).long()), "Two dtypes are mixed"),
    (lambda: torch.ones(2).long().mul_(0.5), "Two dtypes are mixed"),
    (lambda: F.cross_entropy(torch.rand(3, 2), torch.ones(3, dtype=torch.int32)), "`.long()`"),
    (lambda: torch.ones(2, 3)[torch.ones(2)], "`.long()`"),
    (lambda: torch.zeros(2, 3).scatter_(1, torch.ones(2, 1), 1.0), "`.long()`"),
    (lambda: nn.Embedding(3, 2)(torch.ones(2)), "`.long()`"),
    (lambda: torch.ones(2).long().mean(), "no mean of whole numbers"),
    (lambda: torch.ones(1).backward(), "not connected"),
    (_leaf_in_place, "with torch.no_grad():"),
    (_backward_twice, "compute the loss again"),
    (lambda: torch.ones(2, requires_grad=True).mul(2).backward(), "single number"),
    (_overwritten, "overwrote"),
    (lambda: torch.ones(1, requires_grad=True).numpy(), ".detach().numpy()"),
    (lambda: torch.ones(2, 3).t().view(-1), "use `reshape`"),
    (lambda: torch.ones(2, 3).reshape(4), "6 elements do not fit the shape [4]"),
    (lambda: torch.ones(2).item(), "used as one number"),
    (lambda: float(torch.ones(2)), "used as one number"),
    (lambda: bool(torch.ones(2) > 0), "used as one number"),
    (lambda: torch.ones(0).item(), "An empty tensor"),
    (lambda: bool(torch.ones(0)), "An empty tensor"),
    (lambda: torch.stack([]), "An empty list"),
    (lambda: torch.cat([]), "An empty list"),
    (_module_without_super, "`super().__init__()`"),
    (lambda: NoForward(1)(torch.ones(1)), "no method `forward`"),
    (lambda: torch.ones(1) - None, "There is a None"),
    (lambda: None.sum(), "There is a None"),
    (lambda: torch.ones(3).sum(1), "has no axis 1"),
    (lambda: torch.ones(2, 3)[5], "Axis 0 has 2 places"),
    (lambda: torch.ones(2, 3)[-3], "-3 is not among them"),
    (lambda: nn.Tanh(torch.ones(2)), "`nn.Tanh()(x)`"),
    (lambda: torch.cat(torch.ones(2, 3), torch.ones(2, 3), 1), "`torch.cat([a, b], dim=…)`"),
    (lambda: torch.cat(torch.ones(2, 3), 1), "`torch.cat([a, b], dim=…)`"),
    (lambda: torch.cat([torch.ones(2, 3), torch.ones(2)]), "equally many axes"),
    (lambda: F.cross_entropy(torch.rand(1, 2, 3), torch.ones(1, 2).long()), "classes on axis 1"),
    (lambda: (torch.ones(2, 3) > 0).argmax(1), "`.int()`"),
    (lambda: (lambda a, b: a)(1), "spread it with a star"),
    (lambda: torch.mm(torch.ones(2, 3, 4), torch.ones(4, 2)), "take `@`"),
    (lambda: nn.utils.rnn.pad_sequence([[1, 2], [3]]), "`torch.tensor(…)`"),
    (lambda: F.cross_entropy(torch.rand(3, 2), torch.tensor([0, 1, 2])), "numbers start at 0"),
    (lambda: nn.Embedding(3, 2)(torch.tensor([5])), "numbers start at 0"),
    (lambda: torch.zeros(2, 3).scatter_(1, torch.ones(2).long(), 1.0), "`unsqueeze`"),
    (lambda: torch.cat([torch.ones(2, 3), torch.ones(2, 2)]), "joins along axis 0"),
    (lambda: torch.stack([torch.ones(2), torch.ones(3)]), "needs equal shapes"),
    (lambda: torch.ones(2).add_(torch.ones(3, 2)), "cannot make a tensor larger"),
    (lambda: torch.tensor([[1, 2], [3]]), "pad them"),
    (lambda: nn.Parameter(torch.ones(2).long()), "Whole numbers have no gradient"),
    (lambda: torch.optim.SGD([], lr=0.1), "given no parameter"),
    (lambda: F.binary_cross_entropy(torch.rand(3, 1), torch.ones(3)), "an axis missing"),
    (_read_too_early, "before the loop"),
    (lambda: undefined_thing, "no name `undefined_thing`"),  # noqa: F821
    (lambda: list(torch.tensor(3)), "single number"),
    (lambda: torch.ones(2)(1), "products need `*`"),
    (lambda: nn.Conv2d(1, 2, 3)(torch.ones(2, 3, 8, 8)), "3 channels"),
    (lambda: nn.LSTM(3, 2)(torch.ones(2, 4, 5)), "must have size 3 and has 5"),
    (lambda: math.exp(torch.ones(3)), "`torch.exp` in place"),
    (lambda: torch.ones(3) ^ 2, "written `**`"),
    (lambda: 2.0 ^ 2, "written `**`"),
    (lambda: 1 - torch.ones(2).bool(), "turn a mask over"),
    (lambda: -torch.ones(2).bool(), "turn a mask over"),
    (lambda: F.binary_cross_entropy(torch.tensor([2.0]), torch.ones(1)), "are these logits"),
    (lambda: F.cross_entropy(torch.rand(3, 2), torch.ones(3, 2).long()), "class numbers"),
    (lambda: F.cross_entropy(torch.tensor([0, 1, 1]), torch.rand(3, 2)), "wrong order"),
    (_super_without_parentheses, "takes parentheses"),
    (_method_without_self, "first parameter is `self`"),
    (lambda: nn.Linear(1, 1).state_dict().clone(), "copy its tensors one by one, `{name:"),
    (lambda: [1.0, 2.0].mean(), "a list, not a tensor"),
    (lambda: (2).clone(), "no `clone` in the type `int`"),
    (lambda: torch.ones(2, 3) @ torch.ones(2, 2), "joined along another axis"),
    (lambda: torch.exp(2.0), "this is a Python float"),
    (lambda: torch.ones(2, 2) - torch.ones(2, 2).max(1), "use `amax`"),
    (lambda: _buffers_without_super()().state_dict(), "`super().__init__()` is missing"),
    (lambda: torch.ones(1).copy(torch.ones(1)), "`copy_`"),
    (lambda: [1, 2][2], "0 to len − 1"),
    (lambda: torch.zeros(3).__setitem__(0, torch.ones(2)), "place of one"),
    (lambda: torch.zeros(3).__setitem__(slice(3), torch.ones(2)), "a place of size 3 (axis 0)"),
    (lambda: torch.zeros(0, 3).amax(0), "axis 0 has size 0"),
    (lambda: torch.ones(2, 3, 4).max((1, 2)), "`amax((…))`"),
    (lambda: torch.ones(3)[::-1], "`flip(0)`"),
    (lambda: 2 / (1, 2), "`a, b = …`"),
    (lambda: (1, 2) + 3, "`a, b = …`"),
    (lambda: nn.Linear(1, 1).weigth, "`Linear` has no `weigth`"),
    (lambda: list(nn.Linear(1, 1).parameters), "put parentheses"),
    (lambda: list(nn.Linear(1, 1)), "`model.parameters()`"),
    (lambda: [1, 2, 3][: 4 / 2], "`//` or `int(…)`"),
    (lambda: range(torch.ones(2).shape), "pick one size"),
    (lambda: (lambda pair: [a for a, b in [pair]])((1, 2, 3)), "as many names"),
    (lambda: torch.ones(2) + torch.ones(2).sum, "put parentheses"),
    (lambda: list(3), "`range(n)`"),
    (lambda: torch.ones(2, 3, 4).t(), "`transpose(1, 2)`"),
    (lambda: nn.Sequential(nn.Sigmoid), "`nn.Sigmoid()`"),
    (lambda: torch.ones(2)[0, 0], "more indices"),
    (lambda: F.one_hot(torch.tensor([0, 3]), 2), "number of classes"),
    (lambda: (torch.ones(2) > 0) & torch.ones(2), "compare numbers first"),
    (_endless, "calls itself"),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("provoke", "told"), PROVOKED)
def test_an_error_of_torch_is_explained_in_both_languages(provoke, told):
    with pytest.raises(Exception) as raised:
        provoke()
    assert told in meaning(str(raised.value), "en"), raised.value
    assert meaning(str(raised.value), "ko")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_meaning_is_provoked():
    told = set()
    for provoke, _ in PROVOKED:
        with pytest.raises(Exception) as raised:
            provoke()
        told.add(next(p for p, _, _ in MEANINGS if re.search(p, str(raised.value))))
    assert told == {pattern for pattern, _, _ in MEANINGS}


def test_a_crash_is_explained_on_its_card_unless_it_has_a_name(checked):
    card, _ = checked("double", lambda x: x @ x.double())
    assert "Two dtypes are mixed" in card.text
    assert "<code" in card.html and ".to(…)" in card.html
    assert meaning("something nobody has seen", "en") is None


def test_a_method_that_is_not_written_is_named_with_its_class():
    class Net:
        def forward(self):
            raise NotAttempted

    with pytest.raises(NotAttempted) as raised:
        Net().forward()
    (line,) = raised.value._render_traceback_()
    assert line == say("solve_first", name="Net.forward")


# ------------------------------------------------------------------ whether gradients can flow


class Frozen(RightAffine):
    def __init__(self, size):
        super().__init__(size)
        self.weight.requires_grad_(False)


class Buffered(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("weight", torch.zeros(size))

    def forward(self, x):
        return RightAffine.forward(self, x)


class CutOff(RightAffine):
    def forward(self, x):
        return super().forward(x).detach()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Frozen, say("not_trainable", "en", expected="weight")),
        (Buffered, say("not_trainable", "en", expected="weight")),
        (CutOff, say("cut_off", "en")),
    ],
)
def test_a_module_that_cannot_learn_does_not_pass(checked, answer, told):
    card, error = checked("affine", answer)
    assert error and told in card.text


@pytest.mark.parametrize(
    "cut",
    [
        torch.Tensor.detach,
        lambda h: h.data,
        lambda h: torch.tensor(h.tolist()),
        lambda h: torch.from_numpy(h.detach().numpy()),
    ],
)
def test_a_layer_that_no_gradient_reaches_does_not_pass(checked, cut):
    class Cut(TwoLayers):
        def hidden(self, x):
            return cut(super().hidden(x))

    assert checked("two-layers", TwoLayers)[1] is None
    card, error = checked("two-layers", Cut)
    assert error and say("no_gradient", "en", expected="first.weight") in card.text


class HalfCut(TwoLayers):
    def hidden(self, x):
        return super().hidden(0.5 * x + 0.5 * x.detach())


def test_a_module_that_spoils_the_gradient_of_its_input_does_not_pass(checked):
    card, error = checked("two-layers", HalfCut)
    assert error and say("inside_gradient", "en", where="forward input 0") in card.text
    label = say("gradient_of", "en", where="forward input 0")
    assert f"{say('got', 'en')} {label}" in card.text


def kept_by_copy(tables, keep):
    a, b = tables
    return torch.masked_select(a, keep).log().sum() + b.exp().sum()


def without_record(tables, keep):
    with torch.no_grad():
        a = tables[0][keep].log().sum()
    return a + tables[1].exp().sum()


def changed_in_place(tables, keep):
    a, b = tables
    kept = a[keep].exp()
    result = kept.log().log().sum() + b.exp().sum()
    kept += 1
    return result


def used_up(tables, keep):
    a, b = tables
    result = a[keep].log().sum() + b.exp().sum()
    if result.requires_grad:
        result.backward()
    return result


def masked_too_late_and_detached(tables, keep):
    a, b = tables
    return torch.where(keep, a.log(), 0.0).sum() + b.detach().exp().sum()


def no_logarithm_and_no_record(tables, keep):
    a, b = tables
    return a[keep].detach().sum() + b.exp().sum()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (without_record, say("no_gradient", "en", expected="tables")),
        (changed_in_place, say("no_gradient", "en", expected="tables")),
        (used_up, say("no_gradient", "en", expected="tables")),
        (masked_too_late_and_detached, say("nan_gradient", "en", expected="tables")),
        (log_sum.mistakes[0].answer, "Pick out the entries before the log."),
        (log_sum.mistakes[0].answer, say("nan_gradient", "en", expected="tables")),
        (log_sum.mistakes[1].answer, "There is no logarithm."),
        (no_logarithm_and_no_record, "There is no logarithm."),
    ],
)
def test_an_argument_that_no_gradient_reaches_is_told_by_its_name(checked, answer, told):
    card, error = checked("log-sum", answer)
    assert error and told in card.text


def test_a_gradient_may_come_by_another_formula(checked):
    assert checked("log-sum", kept_by_copy)[1] is None
    assert "Pick out" not in checked("log-sum", without_record)[0].text


def folded(steps, tables, h, keep):
    """fold's oracle, which keeps of the state what `keep` makes of it."""
    for step in steps:
        h = torch.tanh(keep(h) * tables[0] + step * tables[1])
    return h


def recorded_nowhere(steps, tables, h):
    with torch.no_grad():
        return folded(steps, tables, h, torch.clone)


def a_tenth(h):
    return 0.9 * h.detach() + 0.1 * h


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (fold.mistakes[0].answer, "The past is cut off."),
        (fold.mistakes[0].answer, say("inside_gradient", "en", where="tables")),
        (lambda *a: folded(*a, a_tenth), say("inside_gradient", "en", where="tables")),
        (lambda *a: folded(*a, torch.detach), say("no_gradient", "en", expected="h")),
        (recorded_nowhere, say("cut_off", "en")),
    ],
)
def test_a_gradient_of_another_value_is_told_where_values_are_asked(checked, answer, told):
    card, error = checked("fold", answer)
    assert error and told in card.text


def test_a_gradient_in_the_right_way_passes_where_values_are_asked(checked):
    assert checked("fold", lambda *a: folded(*a, torch.clone))[1] is None
    assert all("{" not in say("inside_gradient", each, where="W") for each in build.LANGUAGES)


def test_a_layer_whose_gradient_is_nan_does_not_pass(checked):
    class Nan(TwoLayers):
        def hidden(self, x):
            h = super().hidden(x)
            return h + torch.where(h < 0, (h - h).sqrt(), 0.0)

    card, error = checked("two-layers", Nan)
    assert error and say("nan_gradient", "en", expected="first.weight") in card.text


def test_gradients_that_are_claimed_out_of_form_count_as_none():
    right = observe("call", log_sum.oracle, log_sum.draw_cases(0))
    assert right[1].gradients == (2, -1)
    for claimed in ((), (2,), (0, -1), (3, -1), (2.0, -1), ("2", None), (99, 99)):
        verdict, difference = judge(right[1], replace(right[1], gradients=claimed))
        passes = claimed[:1] == (2,)
        assert (verdict == "passed") == passes, claimed
        assert passes or difference.what in ("no_gradient", "nan_gradient")


def test_a_layer_of_another_size_is_told_by_its_name(checked):
    class Wide(TwoLayers):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(2, 4)

    told = "expected first.weight (3, 2), got first.weight (4, 2)"
    assert told in checked("two-layers", Wide)[0].text


def test_what_a_module_keeps_is_looked_at_after_a_call():
    class Counter(nn.Module):
        def __init__(self, step):
            super().__init__()
            self.step = step
            self.register_buffer("seen", torch.zeros(()))

        def forward(self, x):
            self.seen += self.step
            return x

    case = Case(inputs=(torch.ones(2),))
    right, wrong = (observe("module", lambda s=s: Counter(s), [case])[0] for s in (1, 2))
    verdict, difference = judge(right, wrong)
    assert (verdict, difference.where) == ("different", "['kept']['seen']")


def test_a_result_must_let_gradients_through_where_the_oracle_does():
    w = torch.ones(2, requires_grad=True)
    assert compare(w * 2, w * 2) is None
    assert compare((w * 2).detach(), w * 2) is None
    assert compare(w * 2, (w * 2).detach()).what == "cut_off"
    assert compare(w * 3, (w * 2).detach()).what == "values"


def test_a_crash_in_another_function_says_in_which(checked):
    def helper(x):
        return x @ x.double()

    def answer(x):
        return helper(x)

    assert "helper(): return x @ x.double()" in checked("double", answer)[0].text
    assert "helper()" not in checked("double", helper)[0].text


def test_a_module_without_forward_is_known_under_any_name():
    class Other(NoForward):
        pass

    one, other = (
        observe("module", each, [Case((2,), {"weight": torch.ones(2)}, (torch.ones(1, 2),))])[0]
        for each in (NoForward, Other)
    )
    assert one.message != other.message and alike(one, other)


def test_memory_that_nobody_wrote_is_wrong_every_time():
    for _ in range(3):
        torch.full((1000,), 7.0)
        (seen,) = observe("call", lambda: torch.empty(1000), [Case()])
        assert seen.value.isnan().all()
    assert not torch.are_deterministic_algorithms_enabled()


def test_two_crashes_are_alike_only_if_they_say_the_same():
    def crash(answer):
        return observe("call", answer, [Case((torch.ones(2, 3),))])[0]

    shapes = crash(lambda x: x @ x)
    assert alike(shapes, crash(lambda y: y @ torch.ones(5, 7)))
    assert not alike(shapes, crash(lambda x: x.view(5)))


def test_a_wrong_result_does_not_hide_that_an_argument_was_changed(checked):
    card, _ = checked("double", lambda x: x.mul_(2).add(1))
    assert say("values", "en") in card.text
    assert say("changed_too", "en", names="x") in card.text


def test_a_module_must_not_change_its_input(checked):
    class InPlace(RightAffine):
        def forward(self, x):
            with torch.no_grad():
                x += 1
            return super().forward(x - 1)

    card, error = checked("affine", InPlace)
    assert error
    assert say("changed_names", "en", names="forward input 0") in card.text


def test_a_module_runs_in_one_mode_after_the_other_on_the_same_inputs():
    case = Case((2,), {"weight": torch.ones(2)}, (torch.ones(1, 2),), training=(True, False, True))
    seen = observe("module", RightAffine, [case])[0]
    in_training, in_evaluation, in_training_again = seen.value["output"]
    assert torch.equal(in_evaluation, torch.ones(1, 2))
    for output in (in_training, in_training_again):  # what is not dropped is doubled
        assert set(output.flatten().tolist()) <= {0.0, 2.0}
    assert seen.value["kept"] == {}


def test_an_answer_that_seeds_with_0_draws_other_numbers_than_the_check():
    def seeded(_):
        torch.manual_seed(0)
        return torch.rand(3)

    case = Case((1,))
    own = observe("call", seeded, [case])[0].value
    assert not torch.equal(own, observe("call", lambda _: torch.rand(3), [case])[0].value)


def test_nan_is_the_same_as_nan_alone():
    assert same(float("nan"), float("nan"))
    assert not same(float("nan"), 1.0) and not same(1.0, float("nan"))
    assert same(torch.tensor([math.nan, math.inf]), torch.tensor([math.nan, math.inf]))
    largest = torch.finfo(torch.float32).max
    assert not same(torch.tensor([math.inf]), torch.tensor([largest]))
    assert same(torch.zeros(0, 3), torch.zeros(0, 3)) and same(
        torch.tensor(True), torch.tensor(True)
    )


def test_a_case_keeps_its_gradients_on_the_way_to_the_answer():
    w = torch.ones(2, requires_grad=True)
    (case,) = unpacked(packed([(w, torch.ones(2))]))
    assert [each.requires_grad for each in case] == [True, False]
    (seen,) = observe("call", lambda x, y: (x.requires_grad, y.requires_grad), [Case(case)])
    assert seen.value == (True, False)


def test_what_an_answer_switches_is_switched_back():
    def answer():
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)

    observe("call", answer, [Case()])
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32
