"""Draws the class report as one HTML page (templates/report.html holds its layout and style).

The page needs no network and runs no script. Whatever a stranger typed (names, file names,
reports) is escaped, loses its invisible characters, and never becomes a link.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograde.classbook import (
    OUTCOMES,
    SOLVED,
    Chapter,
    ClassBook,
    Entry,
    ExerciseStatistics,
    Learner,
    MadeMistake,
    average,
    histogram,
)
from helpers.card import EMPHASIS
from helpers.words import Language

TEMPLATES = Path(__file__).resolve().parent / "templates"
HARDEST = 10  # exercises
COMMONEST = 15  # mistakes
HANGUL = re.compile("[가-힣]")
FEW = 4  # so many names are shown without unfolding

WORDS: dict[str, tuple[str, str]] = {
    # headings
    "title": ("학급 채점 보고서", "Class report"),
    "course": ("손으로 배우는 PyTorch", "PyTorch by Hand"),
    "made": ("{when}에 만듦", "made on {when}"),
    "summary": ("한눈에 보기", "At a glance"),
    "chapters": ("장별 현황", "Chapters"),
    "to_do": ("강사가 확인할 일", "For you to look at"),
    "spread": ("점수 분포", "How the marks spread"),
    "hardest": ("가장 어려워한 문제", "The exercises that hurt most"),
    "commonest": ("가장 많이 한 실수", "The commonest mistakes"),
    "heat_course": ("학습자 × 장", "Learners × chapters"),
    "heat_chapter": ("학습자 × 문제", "Learners × exercises"),
    "exercises": ("문제별 결과", "The exercises"),
    "mistakes": ("알려진 실수", "Named mistakes"),
    # numbers
    "learners": ("학습자", "learners"),
    "submitted": ("제출", "handed in"),
    "graded": ("채점 완료", "graded"),
    "refused": ("채점 불가", "refused"),
    "waiting": ("수동 채점 대기", "waiting for you"),
    "ungraded": ("채점 전", "not graded yet"),
    "mean": ("평균", "mean"),
    "median": ("중앙값", "median"),
    "chapter": ("장", "chapter"),
    "chapter_title": ("제목", "title"),
    "points": ("배점", "points"),
    "exercise": ("문제", "exercise"),
    "learner": ("학습자", "learner"),
    "total": ("합계", "total"),
    "share": ("평균 득점률", "mean share of points"),
    "attempted": ("시도", "attempted"),
    "solved": ("정답", "solved"),
    "named": ("알려진 실수", "named mistake"),
    "unnamed": ("그 밖의 오답", "other wrong answer"),
    "crashed": ("오류로 중단", "crashed"),
    "slow": ("시간 초과", "out of time"),
    "unattempted": ("시도하지 않음", "not attempted"),
    "unknown": ("기록 없음", "no record"),
    "mistake": ("실수", "mistake"),
    "count": ("인원", "made by"),
    "who": ("학습자", "who"),
    "people": ("{n}명", "{n} learners"),
    "of": ("{n} / {of}", "{n} / {of}"),
    "class_mean": ("학급 평균", "class mean"),
    "why": ("이유(학습자에게 그대로 전하세요)", "the reason, to be passed on"),
    "what": ("내용", "what"),
    "late": ("지각 −{points}", "late −{points}"),
    # sentences
    "about": (
        "점수는 모두 성적부(gradebook)의 값으로, 직접 고친 점수와 지각 감점이 반영되어 "
        "있습니다. 평균과 중앙값은 채점이 끝난 제출물의 득점률입니다.",
        "Every mark is the gradebook's, with what was changed by hand and late penalties. Mean and "
        "median are shares of the points, over the submissions whose marks are done.",
    ),
    "legend": (
        "칸의 수는 점수이고, 색은 득점률입니다(왼쪽이 0점, 오른쪽이 만점). 점수가 높은 학습자부터 "
        "나옵니다.",
        "The number in a cell is the points; the colour is their share (left: none, right: all). "
        "Highest marks first.",
    ),
    "sign_unattempted": ("시도하지 않음", "not attempted"),
    "sign_hand": ("직접 고친 점수", "changed by hand"),
    "sign_waits": ("수동 채점을 기다림", "waits for you"),
    "sign_refused": ("채점 불가", "refused"),
    "sign_none": ("제출하지 않음", "not handed in"),
    "histogram": (
        "득점률 구간별 인원: {counts}",
        "Learners by share of the points: {counts}",
    ),
    "histogram_caption": (
        "득점률(가로)별 제출물 수(세로). 점선은 중앙값입니다.",
        "Submissions (upwards) by their share of the points (across). Dashed: the median.",
    ),
    "histogram_course_caption": (
        "모든 장을 합친 득점률(가로)별 학습자 수(세로). 점선은 중앙값입니다.",
        "Learners (upwards) by their share of all points (across). Dashed: the median.",
    ),
    "hardest_caption": (
        "평균 득점률이 낮은 문제부터 {n}개",
        "The {n} exercises with the lowest mean share of points",
    ),
    "commonest_caption": (
        "가장 많은 학습자가 한 실수 {n}개. 전체 목록은 각 장에 있습니다.",
        "The {n} mistakes that most learners made; every chapter below has all of its own.",
    ),
    "mistakes_caption": (
        "이 장에서 나온 실수를 많이 한 순서로",
        "Every known mistake made in this chapter, the commonest first",
    ),
    "exercises_caption": (
        "채점된 제출물 수로 센 문제별 결과. 직접 고친 점수는 평균 득점률과 정답에만 반영됩니다.",
        "How each exercise went, in submissions as graded. Marks changed by hand count for the "
        "mean share and for solved only.",
    ),
    "chapters_caption": ("장별 제출과 채점 현황", "Submissions and marks by chapter"),
    "no_mistakes": (
        "알려진 유형의 실수가 없었습니다.",
        "No known mistake was made.",
    ),
    "nothing": ("아직 채점이 끝난 제출물이 없습니다.", "No mark is done yet."),
    "not_handed_in": (
        "제출하지 않은 학습자 {n}명",
        "Handed in nothing: {n}",
    ),
    "fine": ("따로 확인할 일이 없습니다.", "Nothing needs your attention."),
    "unknown_mistake": (
        "(이 강좌 사본에는 설명이 없는 실수입니다)",
        "(this copy of the course has no text for it)",
    ),
    # for a person to look at
    "refused_caption": ("채점하지 못한 제출물", "Submissions that could not be graded"),
    "waiting_caption": (
        "수동 채점을 기다리는 점수. nbgrader의 formgrader에서 채점하세요.",
        "Marks that wait for a person: grade them in nbgrader's formgrader",
    ),
    "again": (
        "직접 고친 뒤에 다시 채점됨",
        "graded again after it was changed by hand",
    ),
    "flags_caption": (
        "점수에는 영향이 없지만 한번 볼 만한 제출물",
        "Worth a look; no points were taken",
    ),
    "forbidden": (
        "손으로 풀 문제에서 {names} 사용",
        "uses {names}, which “by hand” rules out",
    ),
    "killed_cell": (
        "{number}번째 코드 셀을 강제로 끝냄: {reason}",
        "code cell {number} was ended: {reason}",
    ),
    "killed_exercise": ("검사를 강제로 끝냄: {reason}", "its check was ended: {reason}"),
    "died": ("프로세스가 스스로 끝남", "its process ended"),
    "stuck": ("시간 제한", "time limit"),
    "late_run": ("전체 시간 제한", "total time limit"),
    "memory": ("메모리 제한", "memory limit"),
    "flood": ("출력량 제한", "output limit"),
    "garbage": ("알 수 없는 데이터를 내보냄", "it sent unknown data"),
    # what does not fit together
    "problems_caption": ("기록이 서로 맞지 않는 곳", "Records that do not fit together"),
    "damaged_report": (
        "{chapter}: {who}의 채점 기록 {path}이(가) 손상되었습니다. 점수는 성적부에 그대로 "
        "있지만 실수와 판정은 이 보고서에서 빠졌습니다. 그 파일을 지우고 make grade를 다시 "
        "실행하면 새로 채점합니다.",
        "{chapter}: the stored report of {who} ({path}) is damaged. The marks are safe in the "
        "gradebook; mistakes and verdicts are missing here. Delete the file and run make grade "
        "again: it is graded anew.",
    ),
    "no_report": (
        "{chapter}: {n}명은 성적부에 점수가 있지만 채점 기록이 없어 실수 통계에서 "
        "빠졌습니다({who}).",
        "{chapter}: {n} of the gradebook's submissions have no stored report, so their mistakes "
        "are not counted ({who}).",
    ),
    "only_report": (
        "{chapter}: {n}명은 채점 기록이 있지만 성적부에 점수가 없습니다({who}). make grade를 다시 "
        "실행하면 기록대로 점수가 들어갑니다.",
        "{chapter}: {n} of the stored reports have no marks in the gradebook ({who}). Run make "
        "grade again: it puts them there.",
    ),
    # make report, in a terminal
    "no_gradebook": (
        "성적부({url})가 없습니다. 강좌 폴더에서 make grade로 먼저 채점하세요.",
        "There is no gradebook ({url}). Grade first, with make grade, in the course's folder.",
    ),
    "bad_gradebook": (
        "성적부({url})를 읽을 수 없습니다: {why}. 다른 파일이거나 손상되었거나 서버에 "
        "연결할 수 없습니다.",
        "The gradebook ({url}) cannot be read: {why}. It is another file, damaged, or its server "
        "is out of reach.",
    ),
    "empty_gradebook": (
        "성적부({url})에 채점된 제출물이 없습니다. make grade로 먼저 채점하세요.",
        "The gradebook ({url}) holds no graded submission. Grade first, with make grade.",
    ),
    "unknown_chapter": (
        "성적부에 {name}(이)라는 장이 없습니다. 있는 장: {known}.",
        "The gradebook has no chapter {name}. It has: {known}.",
    ),
    "cannot_write": (
        "{path} 파일을 쓸 수 없습니다: {why}. 앞서 만든 보고서는 그대로 있습니다.",
        "{path} cannot be written: {why}. The report made before is as it was.",
    ),
    "not_exported": (
        "채점이 끝나지 않은 제출물 {n}개는 canvas.csv와 moodle.csv에 점수를 넣지 않았습니다.",
        "Submissions whose marks are not done have none in canvas.csv and moodle.csv: {n}.",
    ),
}  # fmt: skip


def say(key: str, language: Language, **values: Any) -> str:
    """The sentence `key` of the report in a language, with values filled in."""
    return WORDS[key][0 if language == "ko" else 1].format(**values)


def number(value: float, digits: int = 2) -> str:
    """A number with at most so many decimals, and no trailing zeros: 1.33, 2."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent(share: float | None) -> str:
    """A share as a whole percentage; "–" for none."""
    return "–" if share is None else f"{100 * share:.0f}%"


def plain(text: str) -> str:
    """Text whose every character can be seen: no controls, no changes of direction."""
    return "".join(c if c.isprintable() else "�" for c in text)


def draw(book: ClassBook, language: Language) -> str:
    """The class report as HTML."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else plain(str(value)),
    )  # fmt: skip
    environment.filters |= {"number": number, "percent": percent}
    view = _View(book, language)
    when = time.strftime("%Y-%m-%d %H:%M")
    shared = {"view": view, "book": book, "say": view.say, "lang": language, "when": when}
    return environment.get_template("report.html").render(shared)


@dataclass(frozen=True)
class Cell:
    """A cell of a heatmap. kind: its class. signs: keys of SIGNS beside the number."""

    kind: str
    text: str
    signs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class HeatRow:
    """A learner's row in a heatmap."""

    name: str
    id: str
    cells: list[Cell]
    total: Cell


SIGNS = {"unattempted": "○", "hand": "✎", "waits": "?", "refused": "✕", "none": "–"}


@dataclass(frozen=True)
class Heat:
    """A heatmap: its columns as (label, tip, points), the class's mean shares, and its rows."""

    columns: list[tuple[str, str, float]]
    means: list[float | None]
    mean: float | None
    points: float
    rows: list[HeatRow]


@dataclass(frozen=True)
class Bars:
    """A histogram in an SVG of width 400 and height 150: bars as (x, y, width, height, count)."""

    bars: list[tuple[float, float, float, float, int]]
    median: float | None
    text: str


class _View:
    """What the template shows, in one language."""

    def __init__(self, book: ClassBook, language: Language) -> None:
        self.book, self.language = book, language
        self.signs = SIGNS
        self.numbers = {chapter.name: i for i, chapter in enumerate(book.begun, 1)}
        self.titles = {chapter.name: chapter.title(language) for chapter in book.chapters}

    def say(self, key: str, **values: Any) -> str:
        return say(key, self.language, **values)

    # ---------------------------------------------------------------- people

    def name(self, learner: str) -> str:
        """A learner's name, a Korean one in Korean order; the id if there is none."""
        person = self.book.learners.get(learner, Learner(learner))
        first, last = plain(person.first_name), plain(person.last_name)
        if HANGUL.search(last) and HANGUL.search(first):
            return last + first
        return " ".join(filter(None, map(str.strip, (first, last)))) or plain(learner)

    def names(self, learners: Iterable[str]) -> list[str]:
        return sorted(map(self.name, learners))

    def absent(self, chapter: Chapter) -> list[str]:
        """The names of those who have handed in nothing to a chapter."""
        there = chapter.entries.keys() | set(chapter.ungraded)
        return self.names(learner for learner in self.book.learners if learner not in there)

    def folds(self, names: Sequence[str]) -> bool:
        return len(names) > FEW

    # ---------------------------------------------------------------- numbers

    def label(self, chapter: str) -> str:
        """A chapter's short name, such as ch03."""
        return chapter.split("_", 1)[0]

    def counts(self, chapters: Sequence[Chapter]) -> dict[str, int]:
        """Numbers of submissions, by their state."""
        entries = [entry for chapter in chapters for entry in chapter.entries.values()]
        ungraded = sum(len(chapter.ungraded) for chapter in chapters)
        return {
            "submitted": len(entries) + ungraded,
            "graded": sum(entry.final for entry in entries),
            "refused": sum(entry.refused for entry in entries),
            "waiting": sum(entry.waits for entry in entries),
            "ungraded": ungraded,
        }

    def average(self, shares: Sequence[float]) -> dict[str, float | None]:
        both = average(shares) or (None, None)
        return dict(zip(("mean", "median"), both, strict=True))

    def course_shares(self) -> list[float]:
        """Every learner's share of all points of the chapters begun."""
        return [total / self.book.points for total in self.book.totals.values() if self.book.points]

    def all_shares(self) -> list[float]:
        """The share of the points of every submission whose mark is done, all chapters."""
        return [share for chapter in self.book.begun for share in chapter.shares]

    # ---------------------------------------------------------------- histogram

    def bars(self, shares: Sequence[float]) -> Bars:
        counts = histogram(shares)
        tallest = max(counts, default=0) or 1
        wide, high, top = 40.0, 100.0, 18.0
        bars = [
            (round(i * wide + 2, 1), round(top + high * (1 - n / tallest), 1), wide - 4,
             round(high * n / tallest, 1), n)
            for i, n in enumerate(counts)
        ]  # fmt: skip
        both = average(shares)
        told = ", ".join(f"{10 * i}–{10 * (i + 1)}%: {n}" for i, n in enumerate(counts))
        median = None if both is None else round(min(both[1], 1) * wide * len(counts), 1)
        return Bars(bars, median, self.say("histogram", counts=told))

    # ---------------------------------------------------------------- exercises and mistakes

    def hardest(self) -> list[ExerciseStatistics]:
        everything = [s for chapter in self.book.begun for s in chapter.statistics()]
        known = [s for s in everything if s.share is not None]
        return sorted(known, key=lambda s: (s.share, s.chapter))[:HARDEST]

    def outcomes(self, statistics: Sequence[ExerciseStatistics]) -> list[str]:
        """The outcomes to show; "unknown" only where something is."""
        unknown = any(each.outcomes["unknown"] for each in statistics)
        return [key for key in OUTCOMES[1:] if key != "unknown" or unknown]

    def commonest(self) -> list[MadeMistake]:
        everything = [m for chapter in self.book.begun for m in chapter.mistakes()]
        return sorted(everything, key=lambda m: -len(m.learners))[:COMMONEST]

    def mistake(self, made: MadeMistake) -> Markup:
        """A mistake's text as HTML, with `code` and *stress* as a card has them."""
        chapter = next(c for c in self.book.begun if c.name == made.chapter)
        text = chapter.mistake(made.exercise, made.key, self.language)
        if text is None:
            text = f"{made.key.replace('`', '')} {self.say('unknown_mistake')}"
        return _inline(plain(text))

    def handed_in(self, chapter: str) -> int:
        return next(len(c.entries) for c in self.book.begun if c.name == chapter)

    # ---------------------------------------------------------------- heatmaps

    def course_heat(self) -> Heat:
        """Learners × chapters."""
        chapters, totals = self.book.begun, self.book.totals
        rows = [
            HeatRow(self.name(who), who, [self._chapter_cell(c, who) for c in chapters],
                    self._cell(total, self.book.points))
            for who, total in totals.items()
        ]  # fmt: skip
        columns = [(self.label(c.name), self.titles[c.name], c.points) for c in chapters]
        means = [self.average(c.shares)["mean"] for c in chapters]
        mean = self.average(self.course_shares())["mean"]
        return Heat(columns, means, mean, self.book.points, self._sorted(rows, totals))

    def chapter_heat(self, chapter: Chapter) -> Heat:
        """Learners × exercises of a chapter."""
        entries = chapter.entries
        rows = [
            HeatRow(self.name(who), who, [self._exercise_cell(entry, e) for e in chapter.exercises],
                    self._total(entry, chapter))
            for who, entry in entries.items()
        ]  # fmt: skip
        columns = [(e.name, "", e.points) for e in chapter.exercises]
        means = [each.share for each in chapter.statistics()]
        mean = self.average(chapter.shares)["mean"]
        scores = {who: entry.score for who, entry in entries.items()}
        return Heat(columns, means, mean, chapter.points, self._sorted(rows, scores))

    def _sorted(self, rows: list[HeatRow], scores: dict[str, float]) -> list[HeatRow]:
        return sorted(rows, key=lambda row: (-scores[row.id], row.name, row.id))

    def _cell(
        self, score: float, points: float, signs: Sequence[str] = (), note: str = ""
    ) -> Cell:  # fmt: skip
        share = score / points if points else 1.0
        heat = 10 if share >= SOLVED else 0 if share <= 0 else max(1, min(9, int(share * 10)))
        kind = "x" if "refused" in signs else f"h{heat}"
        return Cell(kind, number(score), tuple(signs), note)

    def _exercise_cell(self, entry: Entry, exercise: Any) -> Cell:
        score = entry.scores.get(exercise.name)
        if score is None:
            return Cell("n", "", ("none",))
        if entry.refused:
            return self._cell(score.score, exercise.points, ("refused",))
        signs = [
            sign
            for sign, holds in (
                (
                    "unattempted",
                    entry.outcome(exercise.name) == "unattempted" and not score.by_hand,
                ),
                ("hand", score.by_hand),
                ("waits", score.waits),
            )
            if holds
        ]
        return self._cell(score.score, exercise.points, signs)

    def _total(self, entry: Entry, chapter: Chapter) -> Cell:
        late = self.say("late", points=number(entry.penalty)) if entry.penalty else ""
        signs = ["refused"] * entry.refused + ["waits"] * entry.waits
        return self._cell(entry.score, chapter.points, signs, late)

    def _chapter_cell(self, chapter: Chapter, learner: str) -> Cell:
        entry = chapter.entries.get(learner)
        if entry is None:
            return Cell("n", "", ("none",))
        by_hand = ["hand"] * any(score.by_hand for score in entry.scores.values())
        total = self._total(entry, chapter)
        return Cell(total.kind, total.text, (*by_hand, *total.signs), total.note)

    # ---------------------------------------------------------------- for a person to look at

    def refused(self) -> list[tuple[str, str, str]]:
        """Learner, chapter and the sentence to pass on, of every refused submission."""
        return [
            (self.name(entry.learner), self.label(entry.chapter),
             entry.report.refusal[self.language])
            for entry in self.book.entries()
            if entry.refused
        ]  # fmt: skip

    def waiting(self) -> list[tuple[str, str, str]]:
        """Learner, chapter and the exercises whose marks wait for a person."""
        found = []
        for entry in self.book.entries():
            if entry.waits:
                names = [self._waiting(name, s) for name, s in entry.scores.items() if s.waits]
                found.append(
                    (self.name(entry.learner), self.label(entry.chapter), ", ".join(names))
                )
        return found

    def _waiting(self, exercise: str, score: Any) -> str:
        return f"{exercise} ({self.say('again')})" if score.by_hand else exercise

    def flags(self) -> list[tuple[str, str, str, str]]:
        """Learner, chapter, exercise and what is worth a look."""
        return [
            (self.name(entry.learner), self.label(entry.chapter), exercise, what)
            for entry in self.book.entries()
            for exercise, what in self._flags(entry)
        ]

    def _flags(self, entry: Entry) -> Iterable[tuple[str, str]]:
        for exercise, mark in entry.marks.items():
            if mark.forbidden:
                yield exercise, self.say("forbidden", names=", ".join(mark.forbidden))
        for each in entry.report.killed if entry.report else ():
            where, _, reason = each.rpartition(": ")
            key = "late_run" if reason == "late" else reason
            reason = self.say(key) if key in WORDS else reason
            if where.startswith("cell "):
                yield "", self.say("killed_cell", number=where.removeprefix("cell "), reason=reason)
            else:
                yield where, self.say("killed_exercise", reason=reason)

    def problems(self) -> list[str]:
        """Sentences on what does not fit together."""
        return [
            self.say(p.key, chapter=p.chapter, path=p.path, n=len(p.learners),
                     who=", ".join(self.names(p.learners)))
            for p in self.book.problems
        ]  # fmt: skip


def _inline(text: str) -> Markup:
    parts = html.escape(text).split("`")
    parts[::2] = [EMPHASIS.sub(r"<em>\1</em>", part) for part in parts[::2]]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return Markup("".join(parts))
