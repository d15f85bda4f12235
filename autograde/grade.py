"""One submission → one report: intake → sandbox → judge. Pure: bytes in, report out.

    report = grade(data, "ch03_gradient_descent", seed=1, box=Box())

No gradebook, no course folder and no file of the submission's is touched here. The three doors
(`make grade`, `nbgrader autograde`, the formgrader's button) all come through this function.
"""

from __future__ import annotations

import base64
import copy
import functools
import hashlib
import json
import struct
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograde.exercise import load
from autograde.intake import Refused, Step, Submission, grade_id, role, take, template
from autograde.judge import Judged, Key, judge, keys, observations, printable
from autograde.sandbox import Box, Ending, Limits
from helpers.observe import Case
from helpers.wire import WireError, decode, encode
from helpers.words import Language, say

FORMAT = 1
MAX_OUTPUTS = 40  # of one cell
MAX_PNG = 600_000  # characters of base64
MAX_PIXELS = 4000  # of a picture's side
MAX_SHOWN = 16 << 20  # bytes that all cells show
MAX_HEADER = 4 << 20  # bytes of a frame's structure
MAX_NODES = 400_000  # of its lists and tables
PATIENCE = 3  # boxes that end before all of the learner's experiments are left out
SPARED = 3  # deaths of a submission's boxes that may be put down to somebody else


class GraderError(Exception):
    """Grading itself failed, through no fault of the submission; says what happened."""


@dataclass(frozen=True)
class Mark:
    """What one exercise earned: judge.Judged without its card."""

    exercise: str
    points: int
    share: float
    verdict: str
    passed: int
    cases: int
    mistake: str
    forbidden: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that is known of one graded submission; `json()` and `from_json()` keep it.

    submission: the SHA-256 of its bytes. seed: gives the same inputs again. refusal: why it was
    not graded, by language; None if it was. answered: grade ids of cells that are not as they
    were handed out. notebook: the autograded notebook. killed: what had to be ended, as
    "exercise or cell: reason". memory: bytes its processes held at most.
    """

    chapter: str
    submission: str
    seed: int
    language: Language
    refusal: dict[str, str] | None
    marks: tuple[Mark, ...]
    answered: tuple[str, ...]
    notebook: str
    killed: tuple[str, ...] = ()
    seconds: float = 0.0
    memory: int = 0
    format: int = FORMAT

    def json(self) -> str:
        """The report as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report in a text written by `json`; raises ValueError for anything else."""
        content = json.loads(text)
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError("not a report of this version")
        try:
            marks = tuple(
                Mark(**m | {"forbidden": tuple(m["forbidden"])}) for m in content.pop("marks")
            )
            lists = {name: tuple(content.pop(name)) for name in ("answered", "killed")}
            return cls(**content, **lists, marks=marks)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a report: {error}") from None


def grade(
    data: bytes, chapter: str, seed: int, box: Box, limits: Limits | None = None
) -> Report:  # fmt: skip
    """Grades the bytes of one submitted notebook.

    A submission that cannot be taken gives a report with a refusal and no marks. Raises
    GraderError if the box itself does not work.
    """
    started, limits = time.monotonic(), limits or Limits()
    digest = hashlib.sha256(data).hexdigest()
    try:
        submission = take(data, chapter)
    except Refused as refused:
        return refusal(refused, chapter, digest, seed)
    answer_key = keys(chapter, seed)
    ran = _Run(submission, answer_key, limits)
    ran.run(box)
    judged = [ran.judged(key) for key in answer_key.values()]
    marks = tuple(Mark(**{f.name: getattr(each, f.name) for f in fields(Mark)}) for each in judged)
    notebook, answered = autograded(submission, chapter, judged, ran.outputs)
    return Report(
        chapter, digest, seed, submission.language, None, marks, answered, notebook,
        tuple(ran.killed), round(time.monotonic() - started, 3), ran.memory,
    )  # fmt: skip


def refusal(
    refused: Refused, chapter: str, digest: str, seed: int, language: Language = "ko"
) -> Report:  # fmt: skip
    """The report on a submission that is not graded: no marks, and a notebook that says why."""
    sentences = {each: refused.sentence(each) for each in ("ko", "en")}
    notebook = copy.deepcopy(template(chapter, language))
    text = "\n\n".join(
        say("not_graded", each, reason=printable(sentences[each])) for each in ("ko", "en")
    )
    notebook.cells.insert(0, new_markdown_cell(text, id="refusal"))
    marks = tuple(
        Mark(e.name, e.points, 0.0, "refused", 0, 0, "", ()) for e in load(chapter).values()
    )
    text = nbformat.writes(notebook) + "\n"
    return Report(chapter, digest, seed, language, sentences, marks, (), text)


@dataclass
class _Run:
    """One submission's way through the sandbox, in as many boxes as it takes.

    claims: what was seen of an exercise in the last box that looked at it, as frames. done:
    exercises that are not looked at again. ended: those at which a box ended. reduced, dropped:
    steps of which only definitions, or nothing, is run.
    """

    submission: Submission
    keys: dict[str, Key]
    limits: Limits
    claims: dict[str, list[bytes]] = field(default_factory=dict)
    outputs: dict[int, list[NotebookNode]] = field(default_factory=dict)
    shown: int = 0
    done: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)  # exercise: error of judge.TOLD
    reduced: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    killed: list[str] = field(default_factory=list)
    memory: int = 0
    at: tuple[str, Any] | None = None
    spared: list[tuple[str, Any] | None] = field(default_factory=list)

    def run(self, box: Box) -> None:
        """Runs the steps; what hangs or dies is left out of the next box, and the rest goes on."""
        left = self.limits.total
        while left > 0:
            ending = self._one_box(box, replace(self.limits, total=left))
            if ending.reason == "finished":
                break
            left -= ending.seconds or 0.0
            if ending.reason == "died" and self._spare():
                continue
            if not self._leave_out(ending):
                break
        for name in self.keys:
            if name not in self.claims:
                self.failed.setdefault(name, "NotReached")

    def judged(self, key: Key) -> Judged:
        """The best of what was seen of one answer: where it stood, and once all had run."""
        name = key.published.name
        source = "\n".join(s.source for s in self.submission.steps if s.exercise == name)
        crashed = {"outcome": "crashed", "error": self.failed.get(name, "")}
        claims = [decode(frame).get("observations") for frame in self.claims.get(name, ())]
        seconds, language = self.limits.seconds, self.submission.language
        return max(
            (
                judge(key, claim, source, language, seconds)
                for claim in claims or [[crashed] * len(key.published.cases)]
            ),
            key=lambda each: each.share,
        )

    def _one_box(self, box: Box, limits: Limits) -> Ending:
        for _ in range(2):
            self.at = None
            ending = box.run(self._job(), limits, functools.partial(self._see, looked={}))
            self.memory = max(self.memory, ending.memory)
            if self.at is not None or ending.reason == "finished":
                return ending
            if ending.seconds is not None and ending.reason == "late":
                return ending
        raise GraderError(f"the sandbox did not start ({ending.reason})")

    def _see(self, frame: bytes, looked: dict[str, int]) -> bool:
        """Takes note of a frame; False if it is none. looked: what this box has seen, how often."""
        try:
            content = _opened(frame)
        except WireError:
            return False
        kind, step, name = (content.get(part) for part in ("is", "step", "exercise"))
        if kind in ("step", "output"):
            if type(step) is not int or step not in range(len(self.submission.steps)):
                return False
            if kind == "step":
                self.at = kind, step
            else:
                self._show(step, content.get("outputs"), len(frame))
        elif kind in ("look", "seen"):
            if type(name) is not str or name not in self.keys:
                return False
            self.at = "look", name
            if kind == "seen":
                self._note(name, content.get("observations"), frame, looked)
        else:
            return False
        return True

    def _note(self, name: str, seen: Any, frame: bytes, looked: dict[str, int]) -> None:
        # An answer is looked at where it stands and at the end: more is a stranger's guessing.
        looked[name] = looked.get(name, 0) + 1
        if name in self.done or looked[name] > 2:
            return
        key = self.keys[name]
        self.claims[name] = [frame] if looked[name] == 1 else [*self.claims[name], frame]
        if all(o.outcome == "value" or o.error == "TimeUp" for o in observations(key, seen)):
            self.done.add(name)

    def _show(self, step: int, outputs: Any, size: int) -> None:
        self.shown += size
        if self.shown <= MAX_SHOWN:
            self.outputs[step] = _outputs(outputs)

    def _job(self) -> bytes:
        def cases(key: Key) -> list[dict[str, Any]]:
            return [{f.name: getattr(c, f.name) for f in fields(Case)} for c in key.published.cases]

        exercises = {
            name: {
                "answer": key.published.answer_name, "kind": key.published.kind,
                "mutates": key.published.mutates, "cases": cases(key),
            }
            for name, key in self.keys.items()
        }  # fmt: skip
        steps = [
            {
                "source": "" if i in self.dropped else step.source, "exercise": step.exercise,
                "definitions": step.definitions or i in self.reduced, "show": step.own,
            }
            for i, step in enumerate(self.submission.steps)
        ]  # fmt: skip
        job = {"steps": steps, "exercises": exercises, "skip": list(self.done)}
        return encode(job | {"seconds": self.limits.seconds})

    def _spare(self) -> bool:
        """Whether a death is not yet held against what ran: the first time at each place.

        A box may be killed from outside, too; what kills itself does so again.
        """
        new = self.at not in self.spared and len(self.spared) < SPARED
        if new:
            self.spared.append(self.at)
        return new

    def _leave_out(self, ending: Ending) -> bool:
        """Leaves out what ended a box; False if that is all that can be done."""
        if self.at is None:
            return False
        kind, what = self.at
        if kind == "look":
            return self._leave_out_exercise(what, ending)
        self.killed.append(f"cell {what + 1}: {ending.reason}")
        if what in self.dropped:
            return False
        if what in self.reduced:
            self.dropped.add(what)
        self.reduced.add(what)
        if len(self.killed) > PATIENCE:  # whatever the learner tried out: it earns nothing
            steps = self.submission.steps
            self.reduced |= {i for i, s in enumerate(steps) if s.own and not s.exercise}
        return True

    def _leave_out_exercise(self, name: str, ending: Ending) -> bool:
        if name in self.ended:
            return False
        self.ended.add(name)
        self.done.add(name)
        self.killed.append(f"{name}: {ending.reason}")
        if name not in self.claims:
            slow = ending.reason in ("stuck", "late")
            self.failed[name] = "TimeUp" if slow else "ProcessDied"
        return True


def _opened(frame: bytes) -> dict[str, Any]:
    """A frame's content; raises WireError for one that would become very large."""
    header = frame[8 : 8 + int.from_bytes(frame[:8], "little")]
    if len(header) > MAX_HEADER or header.count(b"[") + header.count(b"{") > MAX_NODES:
        raise WireError("the frame has too many parts")
    content = decode(frame)
    if not isinstance(content, dict) or type(content.get("is")) is not str:
        raise WireError("the frame does not say what it is")
    return content


def autograded(
    submission: Submission,
    chapter: str,
    judged: Sequence[Judged],
    outputs: dict[int, list[NotebookNode]],
) -> tuple[str, tuple[str, ...]]:  # fmt: skip
    """The notebook that a grader and the learner look at, and the ids of answered cells.

    The instructor's cells in their order; the learner's sources in their places, with text and
    pictures only; a card under each check.
    """
    notebook = copy.deepcopy(template(chapter, submission.language))
    cards = {f"check-{each.exercise}": each.card for each in judged}
    answers = {step.exercise: i for i, step in enumerate(submission.steps) if step.exercise}
    answered = []
    cells: list[NotebookNode] = _extra_cells(submission.steps, -1, outputs)
    for place, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if role(cell) == "answer":
            number = answers.get(name)
            source = submission.texts.get(name) if number is None else None
            if number is not None:
                source = submission.steps[number].source
                cell.outputs = outputs.get(number, [])
            if source is not None and source != cell.source:
                cell.source = source
                answered.append(name)
        elif name in cards:
            data = {"text/html": cards[name].html, "text/plain": cards[name].text}
            cell.outputs = [new_output("display_data", data)]
        cells.append(cell)
        cells += _extra_cells(submission.steps, place, outputs)
    notebook.cells = cells
    return nbformat.writes(notebook) + "\n", tuple(answered)


def _extra_cells(
    steps: Sequence[Step], anchor: int, outputs: dict[int, list[NotebookNode]]
) -> list[NotebookNode]:  # fmt: skip
    return [
        new_code_cell(step.source, id=f"extra-{i}", outputs=outputs.get(i, []))
        for i, step in enumerate(steps)
        if step.own and not step.exercise and step.anchor == anchor
    ]


def _outputs(claimed: Any) -> list[NotebookNode]:
    """What a cell showed, as notebook outputs: plain text, PNG and errors, nothing else."""
    outputs = []
    for each in claimed[:MAX_OUTPUTS] if isinstance(claimed, list) else []:
        match each:
            case {"text": str() as text}:
                outputs.append(new_output("stream", name="stdout", text=printable(text[:20_000])))
            case {"png": str() as png} if _is_picture(png):
                data = {"image/png": png, "text/plain": "<Figure>"}
                outputs.append(new_output("display_data", data))
            case {"error": str() as error, "message": str() as message}:
                error, message = printable(error[:100]), printable(message[:500])
                outputs.append(new_output("error", ename=error, evalue=message,
                                          traceback=[f"{error}: {message}"]))  # fmt: skip
    return outputs


def _is_picture(png: str) -> bool:
    """Whether a text is a PNG of a size that a browser can draw, in base64 and nothing else."""
    try:
        data = base64.b64decode(png, validate=True) if len(png) <= MAX_PNG else b""
    except ValueError:
        return False
    sides = struct.unpack(">II", data[16:24]) if len(data) >= 24 else (MAX_PIXELS + 1,)
    return data.startswith(b"\x89PNG\r\n\x1a\n") and max(sides) <= MAX_PIXELS
