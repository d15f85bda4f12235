"""Draws the card that check() shows: as HTML for a notebook, as text for everything else.

The HTML carries its own few styles, inherits text and background colours (so light and dark
themes both work) and never tells by colour alone. It needs no script, no style sheet and no file,
so whatever shows HTML shows it: JupyterLab, Jupyter Notebook, VS Code, Colab.
"""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from helpers.compare import Difference
from helpers.errors import meaning
from helpers.functions import REGISTRY
from helpers.observe import Observation
from helpers.wire import Opaque
from helpers.words import Language, say

COLOURS = {
    "passed": "#2e9e5b",
    "unattempted": "#8a8f98",
    "crashed": "#d1495b",
    "different": "#e08a1e",
    "changed": "#e08a1e",
    "hint": "#3b82c4",
}
ICONS = {"passed": "✓", "unattempted": "○", "crashed": "✗", "different": "✗", "changed": "✗"}
EMPHASIS = re.compile(r"\*([^*\s](?:[^*]*[^*\s])?)\*")
# Differences that two values side by side would not show.
TOLD_IN_WORDS = ("no_items", "no_length", "a_length", "cut_off", "not_trainable", "no_gradient",
                 "nan_gradient", "parameter_shape")  # fmt: skip
WHOLE = ("", "['returned']", "output")  # where a difference is in all that was returned
GRID_LIMIT = 10  # rows or columns of a tensor that are shown
ROW = "display:flex;gap:.6em;align-items:baseline;flex-wrap:wrap"
CODE = "font-family:var(--jp-code-font-family,monospace);font-size:.92em"
BAD = "background:rgba(224,138,30,.32);font-weight:bold;outline:1px solid rgba(224,138,30,.9)"


@dataclass(frozen=True)
class Card:
    """Something to look at: HTML in a notebook, the same content as text elsewhere."""

    html: str
    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Failure:
    """The first case that failed: what went in, what was expected, what came out.

    sealed: the difference is between sealed values (see compare.sealed), which are not shown.
    """

    number: int
    inputs: list[tuple[str, Any]]
    expected: Observation
    got: Observation
    difference: Difference | None
    changed_names: tuple[str, ...] = ()
    sealed: bool = False


@dataclass(frozen=True)
class Result:
    """What check() found: everything that a card shows, and nothing about how it looks.

    verdict: the exercise's as a whole (see compare.judge). cases: the verdict on each case.
    mistake: the text of the known mistake, if it is one. first: the function to write before,
    for an answer that calls one not written yet. forbidden: (what, line) pairs.
    hints: how many there are; hints_seen: how many the learner has read.
    """

    name: str
    verdict: str
    cases: tuple[str, ...]
    kind: str = "call"
    failure: Failure | None = None
    mistake: str | None = None
    first: str = ""
    forbidden: tuple[tuple[str, int], ...] = ()
    hints: int = 0
    hints_seen: int = 0


def draw(result: Result, language: Language) -> Card:
    """The card of a result, in a language."""
    passed = sum(case == "passed" for case in result.cases)
    title = say(result.verdict, language)
    count = say("cases", language, passed=passed, of=len(result.cases))
    icon = ICONS[result.verdict]
    text = [f"{icon} {result.name} · {title}"]
    body: list[str] = []
    if result.verdict == "unattempted":
        todo = say("value_here" if result.kind == "value" else "start_here", language)
        if result.first:
            todo = say("solve_first", language, name=result.first)
        text.append(f"  {todo}")
        body.append(_paragraph(todo))
    elif result.kind != "value":
        text[0] += f" · {count}"
    if result.mistake:
        label = say("known_mistake", language)
        text.append(f"  {label}: {_unmarked(result.mistake)}")
        body.append(_mistake_box(label, result.mistake))
    if result.failure:
        lines, part = _failure(result.failure, language, named=result.mistake is not None)
        text += [f"  {line}" for line in lines]
        body.append(part)
    for note in _notes(result, language):
        text.append(f"  {note}")
        body.append(_paragraph(note, small=True))
    counted = result.verdict != "unattempted" and result.kind != "value"
    pips = _pips(result.cases, count, language) if counted else ""
    return Card(_frame(result.verdict, icon, result.name, title, pips, "".join(body)),
                "\n".join(text))  # fmt: skip


def draw_hint(name: str, number: int, of: int, hint: str, language: Language) -> Card:
    """The card of one hint."""
    title = say("hint_title", language, number=number, of=of)
    return Card(
        _frame("hint", "?", name, title, "", _paragraph(hint)),
        f"? {name} · {title}\n  {_unmarked(hint)}",
    )


def _notes(result: Result, language: Language) -> list[str]:
    notes = []
    if result.forbidden:
        uses = ", ".join(dict.fromkeys(what for what, _ in result.forbidden))
        notes.append(say("by_hand", language, uses=uses))
    if result.verdict != "passed" and result.hints:
        used = min(result.hints_seen, result.hints)
        key = "hint_first" if not used else "hint_all" if used == result.hints else "hint_next"
        notes.append(say(key, language, name=result.name, used=used, of=result.hints))
    return notes


def _failure(failure: Failure, language: Language, named: bool) -> tuple[list[str], str]:
    head = say("first_failed", language, number=failure.number)
    only_changed = failure.got.outcome == "value" and failure.difference is None
    # A named mistake that damages an argument has said so already.
    sentences = [] if named and only_changed else explain(failure, language, tips=not named)
    crashed = failure.got.outcome == "crashed"
    told = meaning(failure.got.message, language) if crashed and not named else None
    inputs = [(name, value, None) for name, value in failure.inputs]
    results = _results(failure, language)
    printed = failure.got.printed
    text = [
        *sentences,
        *([_unmarked(told)] if told else []),
        *([] if failure.sealed else [f"{head}:"]),
    ]
    for name, value, _ in inputs + results:
        text += _indent(name, show(value))
    # Not _paragraph: these may quote the learner's code, where * and ` mean something else.
    parts = [f'<div style="margin:.4em 0">{html.escape(each)}</div>' for each in sentences]
    parts += [_paragraph(told)] if told else []
    if not failure.sealed:  # its one case takes nothing
        parts.append(f'<div style="margin:.5em 0 .2em;opacity:.8">{html.escape(head)}</div>')
    parts += [_blocks(inputs), _blocks(results)]
    if printed:
        label = say("printed", language)
        text += _indent(label, printed.rstrip())
        parts.append(
            f"<details><summary>{html.escape(label)}</summary>"
            f'<pre style="margin:.3em 0">{html.escape(printed)}</pre></details>'
        )
    return text, "".join(parts)


def _results(failure: Failure, language: Language) -> list[tuple[str, Any, Difference | None]]:
    got, difference = failure.got, failure.difference
    if got.outcome != "value" or difference is None or difference.what in TOLD_IN_WORDS:
        return []
    if failure.sealed:
        return [(say("got", language), got.value, None)]
    where, key = _place(failure, difference)
    if key == "inside_gradient":
        where = say("gradient_of", language, where=where)
    return [
        (f"{say('expected', language)} {where}".rstrip(), difference.expected, None),
        (f"{say('got', language)} {where}".rstrip(), difference.got, difference),
    ]


def _blocks(values: list[tuple[str, Any, Difference | None]]) -> str:
    """Values side by side, each under its name."""
    blocks = "".join(
        f'<div style="margin:.2em 0"><strong>{html.escape(name)}</strong><br>'
        f"{_value_html(value, mark)}</div>"
        for name, value, mark in values
    )
    flex = "display:flex;flex-wrap:wrap;gap:.3em 2em;align-items:flex-start"
    return f'<div style="{flex};overflow-x:auto">{blocks}</div>' if blocks else ""


def explain(failure: Failure, language: Language, tips: bool = True) -> list[str]:
    """What went wrong in the first failing case, in sentences; tips: also how to mend it."""
    got, difference = failure.got, failure.difference
    if got.outcome == "crashed":
        where = say("error_at", language, line=got.line) if got.line else ""
        code = f": {got.source}" if got.source else ""
        place = f" ({where}{code})" if where else ""
        return [f"{got.error}: {got.message}{place}"]
    if difference is None:
        return [say("changed_names", language, names=", ".join(failure.changed_names))]
    if failure.sealed:
        return [_sealed_difference(difference, language)]
    where, key = _place(failure, difference)
    inside = [say(key, language, where=where)] if where else []
    sentences = [" ".join([*inside, *_differences(difference, language, tips)])]
    if failure.changed_names:
        sentences.append(say("changed_too", language, names=", ".join(failure.changed_names)))
    return sentences


def _sealed_difference(difference: Difference, language: Language) -> str:
    key = {"['type']": "type", "['length']": "length"}.get(difference.where, "values")
    return say(key, language, expected=difference.expected, got=difference.got)


def _place(failure: Failure, difference: Difference) -> tuple[str, str]:
    """Where in the result a difference is ("" for the whole), and the words that say so."""
    where = difference.where.removeprefix("['returned']")
    if argument := re.match(r"\['argument (\d+)'\]", where):
        name = failure.inputs[int(argument[1])][0]
        return name + where[argument.end() :], "inside_argument"
    if gradient := re.match(r"\['gradient (\d+)'\]", where):
        return failure.inputs[int(gradient[1])][0], "inside_gradient"
    if kept := re.match(r"\['kept'\]\['(.+?)'\]", where):
        return kept[1] + where[kept.end() :], "inside_argument"
    return where, "inside"


def _differences(difference: Difference, language: Language, tips: bool) -> list[str]:
    expected, got, what = difference.expected, difference.got, difference.what

    def tell(key: str, describe: Any = None) -> str:
        values = {"expected": describe(expected), "got": describe(got)} if describe else {}
        return say(key, language, **values)

    if what in TOLD_IN_WORDS:
        return [tell(what, str)]
    if what in ("values", "nan"):
        return [tell(what), *_where_values_differ(difference, language)]
    if what in ("none", "a_none"):
        forgot = tips and what == "none" and difference.where in WHOLE
        return [tell("none_tip" if forgot else "none")]
    describe = {
        "type": type_name,
        "length": len,
        "keys": lambda value: ", ".join(map(str, value)) or "∅",
        "shape": lambda value: str(tuple(value.shape)),
        "dtype": lambda value: str(value.dtype).removeprefix("torch."),
    }[what]
    tip = _tip(difference) if tips else None
    return [tell(what, describe), *([say(tip, language)] if tip else [])]


def _tip(difference: Difference) -> str | None:
    """The key of the sentence that says how to mend a wrong type, shape or dtype, if any."""
    expected, got, what = difference.expected, difference.got, difference.what
    if what == "type" and isinstance(got, Opaque) and type_name(expected) == "Module":
        return "type_module"
    if what == "type" and isinstance(got, torch.Tensor):
        if isinstance(expected, (int, float)) and got.numel() == 1:
            return "type_item"
        parts = expected if isinstance(expected, tuple) else ()
        return "type_several" if any(isinstance(p, torch.Tensor) for p in parts) else None
    if what == "type" and isinstance(expected, torch.Tensor):
        if isinstance(got, (int, float)):
            return "type_tensor"
        parts = got if isinstance(got, (list, tuple)) else []
        if isinstance(got, tuple) and difference.where not in WHOLE:
            return None
        several = "type_stack" if isinstance(got, list) else "type_one"
        return several if any(isinstance(part, torch.Tensor) for part in parts) else None
    if what == "shape" and sorted(expected.shape) == sorted(got.shape):
        return "shape_transposed"
    if what == "shape" and expected.numel() == got.numel():
        return "shape_reshape"
    if what == "dtype" and (got.dtype, expected.dtype) == (torch.float32, torch.float64):
        return "dtype_float32"
    return None


def _where_values_differ(difference: Difference, language: Language) -> list[str]:
    expected, got, at = difference.expected, difference.got, list(difference.index)
    if not isinstance(expected, torch.Tensor):
        numbers = isinstance(expected, (int, float)) and isinstance(got, (int, float))
        return [say("values_two", language, **_apart(expected, got))] if numbers else []
    values = _apart(expected[tuple(at)], got[tuple(at)])
    if not at:
        return [say("values_two", language, **values)]
    first = "first_nan" if difference.what == "nan" else "values_at"
    sentences = [say(first, language, index=at, **values)]
    if difference.of > 1:
        error, count = number(difference.error), difference.count
        values = {"count": count, "of": difference.of, "error": error}
        sentences.append(say("values_count", language, **values))
    return sentences


def type_name(value: Any) -> str:
    """A value's type as a learner knows it: Tensor, list, float, …"""
    if isinstance(value, Opaque):
        return value.type.rsplit(".", 1)[-1]
    return "None" if value is None else type(value).__name__


def _apart(expected: Any, got: Any) -> dict[str, str]:
    """Two numbers in as many digits as it takes to tell them apart."""
    for digits in range(4, 18):
        one, other = number(expected, digits), number(got, digits)
        if one != other:
            break
    return {"expected": one, "got": other}


def number(value: Any, digits: int = 4) -> str:
    """One number in few digits: 0.9333, 1e-07, 12."""
    if isinstance(value, (torch.Tensor, np.generic)):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    return f"{value or 0.0:.{digits}g}"  # no negative zero


def show(value: Any) -> str:
    """A value as text, in few lines: small tensors whole, large ones by shape and a corner."""
    if isinstance(value, torch.Tensor):
        head = f"{tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}"
        if value.dim() == 0:
            return f"{head}: {number(value)}"
        return f"{head}: {_nested(value.detach())}"
    if isinstance(value, np.ndarray):
        return "numpy " + show(torch.from_numpy(value))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {show(v)}" for k, v in list(value.items())[:8]) + "}"
    if isinstance(value, (list, tuple)):
        brackets = "[]" if isinstance(value, list) else "()"
        items = [show(item) for item in value[:GRID_LIMIT]]
        more = [f"… ({len(value)})"] if len(value) > GRID_LIMIT else []
        lone = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return brackets[0] + ", ".join(items + more) + lone + brackets[1]
    if isinstance(value, Opaque):
        return value.text
    if type(value) in REGISTRY.values():
        return str(value)
    if isinstance(value, float):
        return number(value)
    return f"{value!r:.300}"


def _nested(tensor: torch.Tensor) -> str:
    if tensor.dim() == 0:
        return number(tensor)
    limit = GRID_LIMIT if tensor.dim() <= 2 else 3 if tensor.dim() <= 4 else 1
    items = [_nested(part) for part in tensor[:limit]]
    return "[" + ", ".join(items + ["…"] * (len(tensor) > limit)) + "]"


def _value_html(value: Any, difference: Difference | None) -> str:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    if isinstance(value, torch.Tensor) and 1 <= value.dim() <= 2 and value.numel():
        return _grid(value.detach(), difference)
    return f'<span style="{CODE}">{html.escape(show(value))}</span>'


def _grid(tensor: torch.Tensor, difference: Difference | None) -> str:
    rows = tensor if tensor.dim() == 2 else tensor[None]
    marks = None if difference is None else difference.wrong
    marks = marks[None] if marks is not None and marks.dim() == 1 else marks
    cells = []
    for i, row in enumerate(rows[:GRID_LIMIT]):
        line = [
            f'<td style="padding:0 .5em;text-align:right;{CODE};'
            f'{BAD if marks is not None and marks[i, j] else ""}">{number(x)}</td>'
            for j, x in enumerate(row[:GRID_LIMIT])
        ]
        if len(row) > GRID_LIMIT:
            line.append("<td>…</td>")
        cells.append(f'<tr style="background:none">{"".join(line)}</tr>')
    if len(rows) > GRID_LIMIT:
        cells.append("<tr><td>⋮</td></tr>")
    kind = f"{tuple(tensor.shape)} {str(tensor.dtype).removeprefix('torch.')}"
    return (
        f'<span style="{CODE};opacity:.75">{kind}</span>'
        f'<table style="border-collapse:collapse;margin:0;border-left:1px solid currentColor;'
        f'border-right:1px solid currentColor">{"".join(cells)}</table>'
    )


def _pips(cases: tuple[str, ...], count: str, language: Language) -> str:
    dots = "".join(
        f'<span style="color:{_ink(case)}">{"●" if case == "passed" else "✗"}</span>'
        for case in cases
    )
    return (
        f'<span role="img" aria-label="{html.escape(count)}" style="letter-spacing:.15em">{dots}'
        f'</span><span style="opacity:.8">{html.escape(count)}</span>'
    )


def _frame(kind: str, icon: str, name: str, title: str, extra: str, body: str) -> str:
    colour = COLOURS[kind]
    return (
        f'<div role="group" aria-label="{html.escape(f"{name}: {title}")}" '
        f'style="border:1px solid {colour};border-left:6px solid {colour};border-radius:6px;'
        f"padding:.6em 1em;margin:.3em 0;max-width:56em;line-height:1.55;"
        f"overflow-wrap:break-word;"
        f'background:{colour}14">'
        f'<div style="{ROW}"><span aria-hidden="true" style="color:{_ink(kind)};font-size:1.25em;'
        f'font-weight:bold">{icon}</span><strong style="font-size:1.05em">{html.escape(title)}'
        f'</strong><span style="{CODE};opacity:.8">{html.escape(name)}</span>{extra}</div>'
        f"{body}</div>"
    )


def _ink(kind: str) -> str:
    """A colour to write with: drawn towards the text's own, to stand out on light and on dark."""
    return f"color-mix(in srgb,{COLOURS[kind]} 50%,currentColor)"


def _mistake_box(label: str, message: str) -> str:
    return (
        f'<div style="margin:.5em 0;padding:.4em .8em;border-radius:4px;'
        f'background:{COLOURS["different"]}26"><strong>{html.escape(label)}</strong><br>'
        f"{_inline(message)}</div>"
    )


def _paragraph(sentence: str, small: bool = False) -> str:
    style = "margin:.4em 0;opacity:.85;font-size:.95em" if small else "margin:.4em 0"
    return f'<div style="{style}">{_inline(sentence)}</div>'


def _inline(sentence: str) -> str:
    """Escaped HTML, with `code` between backticks and *stress* between asterisks."""
    parts = html.escape(sentence).split("`")
    parts[::2] = [EMPHASIS.sub(r"<em>\1</em>", part) for part in parts[::2]]
    parts[1::2] = [f'<code style="{CODE}">{part}</code>' for part in parts[1::2]]
    return "".join(parts)


def _unmarked(sentence: str) -> str:
    """The same sentence for a terminal: no asterisks around stressed words."""
    parts = sentence.split("`")
    parts[::2] = [EMPHASIS.sub(r"\1", part) for part in parts[::2]]
    return "`".join(parts)


def _indent(name: str, value: str) -> list[str]:
    first, *rest = value.splitlines() or [""]
    return [f"  {name}: {first}", *(f"      {line}" for line in rest)]
