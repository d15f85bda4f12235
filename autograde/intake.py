"""An untrusted file → the learner's own sources, or a refusal with its reason.

Nothing is executed and nothing is believed: of a submission only the sources of code cells are
taken (and of hand-graded text), the answers by their grade ids. Metadata, tags, outputs, test
cells and every other file stay where they are; what surrounds the answers is the instructor's.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograde.needed import only_needed
from helpers.words import Language

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = ROOT / "notebooks"
LANGUAGES: tuple[Language, ...] = ("ko", "en")

MAX_BYTES = 32 << 20
MAX_CELLS = 2000
MAX_SOURCE = 1 << 20  # characters, all cells together
MAX_PARTS = 1_000_000  # lists and tables, which take far more memory than bytes
# What names a person in folders, pages and tables: no slash, no markup, nothing invisible.
LEARNER = re.compile(r"\w[\w .@+\-]{0,99}")

REASONS: dict[str, tuple[str, str]] = {
    "missing": (
        "{file}이(가) 제출되지 않았습니다{found}. 파일 이름을 바꾸지 말고 다시 제출하세요.",
        "{file} was not handed in{found}. Hand it in again under exactly this name.",
    ),
    "not_a_file": (
        "{file}은(는) 보통 파일이 아니라 {kind}입니다. 노트북 파일 자체를 다시 제출하세요.",
        "{file} is not a regular file but {kind}. Hand in the notebook file itself.",
    ),
    "unreadable": (
        "{file}을(를) 읽을 수 없습니다({why}). 다시 제출하세요.",
        "{file} cannot be read ({why}). Hand it in again.",
    ),
    "too_large": (
        "{file}이(가) 너무 큽니다({size:.0f} MB, 한도 {limit:.0f} MB). JupyterLab에서 출력을 모두 "
        "지우고(Edit → Clear Outputs of All Cells) 저장하여 다시 제출하세요.",
        "{file} is too large ({size:.0f} MB; at most {limit:.0f} MB). Clear its outputs in "
        "JupyterLab (Edit → Clear Outputs of All Cells), save it and hand it in again.",
    ),
    "encoding": (
        "{file}이(가) UTF-8이 아닙니다({at}번째 바이트). JupyterLab에서 열어 저장한 파일을 그대로 "
        "제출하세요.",
        "{file} is not UTF-8 (byte {at}). Hand in the file as JupyterLab saved it.",
    ),
    "not_json": (
        "{file}은(는) 온전한 노트북이 아닙니다({why}). 중간에 잘렸거나 다른 프로그램이 고친 "
        "파일일 수 있습니다. JupyterLab에서 열리는지 확인하고 다시 제출하세요.",
        "{file} is no whole notebook ({why}). It may have been cut short or changed by another "
        "program: see that it opens in JupyterLab and hand it in again.",
    ),
    "version": (
        "{file}은(는) 노트북 형식 {version}(으)로 저장되었습니다. JupyterLab에서 열어 "
        "다시 저장하면 형식 4가 됩니다.",
        "{file} is saved in notebook format {version}. Open it in JupyterLab and save it, which "
        "makes it format 4, and hand it in again.",
    ),
    "not_a_notebook": (
        "{file}은(는) 노트북이 아닙니다({why}). JupyterLab에서 열리는지 확인하고 다시 제출하세요.",
        "{file} is not a notebook ({why}). See that it opens in JupyterLab and hand it in again.",
    ),
    "too_much": (
        "{file}에 셀이나 코드가 너무 많습니다(셀 {cells}개, {characters}자). 실험한 셀을 "
        "지우고 다시 제출하세요.",
        "{file} holds too much ({cells} cells, {characters} characters of source). Delete your "
        "experiments and hand it in again.",
    ),
    "duplicate": (
        "{file}에 문제 {name}의 셀이 두 번 있습니다({where}번째 셀). 하나만 남기고 다시 "
        "제출하세요.",
        "{file} holds the cell of {name} more than once (cells {where}). Keep one of them and "
        "hand it in again.",
    ),
    "other_notebook": (
        "{file}에 이 장의 답 셀이 하나도 없습니다. 다른 노트북을 제출한 것은 아닌지 확인하세요.",
        "{file} holds none of this chapter's answer cells. Is it another notebook?",
    ),
    "no_chapter": (
        "{name}(이)라는 장은 없습니다. 폴더 이름을 장의 이름으로 바꾸고 다시 제출하세요.",
        "There is no chapter {name}. Name the folder after the chapter and hand it in again.",
    ),
    "name": (
        "{name}은(는) 학습자 이름으로 쓸 수 없습니다. 글자, 숫자, 빈칸과 . _ @ + - 만 쓸 "
        "수 있습니다.",
        "{name} cannot be a learner's name: letters, digits, spaces and . _ @ + - can.",
    ),
    "broken": (
        "{file}을(를) 채점하다가 채점기가 멈췄습니다({why}). 이 파일만 채점되지 않았습니다. 강사가 "
        "살펴봐야 합니다.",
        "Grading {file} stopped the grader itself ({why}). Only this file is not graded; the "
        "instructor has to look at it.",
    ),
}  # fmt: skip


class Refused(Exception):
    """A submission that is not graded; `sentence(language)` says what is wrong and what to do.

    key: which of REASONS. values: what its sentence names.
    """

    def __init__(self, key: str, **values: Any) -> None:
        self.key = key
        self.values = {name: _shown(value) for name, value in values.items()}
        super().__init__(self.sentence("en"))

    def sentence(self, language: Language) -> str:
        """The reason and the remedy, to be passed on to the learner."""
        return REASONS[self.key][LANGUAGES.index(language)].format(**self.values)


@dataclass(frozen=True)
class Step:
    """One code cell to run.

    exercise: the exercise that the cell answers, or "". anchor: the number of the template's
    cell that it is, or that it follows. own: whether the learner wrote it. definitions: only
    its imports, functions and classes are run.
    """

    source: str
    exercise: str = ""
    anchor: int = -1
    own: bool = False
    definitions: bool = False


@dataclass(frozen=True)
class Submission:
    """What is taken of a submitted notebook.

    language: the edition it was made from. steps: the code cells in the learner's order.
    texts: the sources of hand-graded cells, by grade id.
    """

    language: Language
    steps: tuple[Step, ...]
    texts: dict[str, str]


def read(folder: Path, *parts: str) -> bytes:
    """The bytes of folder/parts…, every part of it a real directory or file and no link.

    folder: the instructor's own. Raises Refused for anything but a regular file of at most
    MAX_BYTES; never waits for a FIFO and never follows a link.
    """
    file = parts[-1]
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            flags = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
            found = os.open(part, flags | (0 if last else os.O_DIRECTORY), dir_fd=at)
            os.close(at)
            at = found
        about = os.fstat(at)
        if not stat.S_ISREG(about.st_mode):
            raise Refused("not_a_file", file=file, kind=_kind(about.st_mode))
        if about.st_size > MAX_BYTES:
            raise Refused("too_large", file=file, size=about.st_size / 1e6, limit=MAX_BYTES / 1e6)
        with os.fdopen(os.dup(at), "rb") as opened:
            return opened.read(MAX_BYTES)
    except FileNotFoundError:
        raise Refused("missing", file=file, found=_others(folder.joinpath(*parts))) from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Refused("not_a_file", file=file, kind="a symbolic link") from None
        if error.errno == errno.ENXIO:
            raise Refused("not_a_file", file=file, kind="a socket or FIFO") from None
        raise Refused("unreadable", file=file, why=error.strerror) from None
    finally:
        os.close(at)


def check_name(learner: str) -> None:
    """Raises Refused for a learner's name that could not stand in a page, a path or a table."""
    if not LEARNER.fullmatch(learner) or learner != learner.strip():
        raise Refused("name", name=repr(learner))


@cache
def template(chapter: str, language: Language) -> NotebookNode:
    """The chapter as learners got it, in one language: it holds no answer."""
    path = EDITIONS / language / chapter / f"{chapter}.ipynb"
    return nbformat.read(path, as_version=4)


def take(data: bytes, chapter: str) -> Submission:
    """The learner's own sources in the bytes of a submitted notebook; raises Refused."""
    file = f"{chapter}.ipynb"
    cells = list(_cells(_parse(data, file), file))
    _refuse_too_much(cells, file)
    language = max(LANGUAGES, key=lambda each: _overlap(cells, template(chapter, each)))
    known = {grade_id(cell): i for i, cell in enumerate(template(chapter, language).cells)}
    known.pop("", None)
    _refuse_duplicates(cells, set(known), file)
    answers = [c for c in cells if _is_answer(c.id, known, chapter, language)]
    if not answers:
        raise Refused("other_notebook", file=file)
    steps = _with_needed_setup(list(_steps(cells, chapter, language, known)))
    return Submission(language, steps, {c.id: c.source for c in answers if c.type != "code"})


def grade_id(cell: NotebookNode) -> str:
    """The nbgrader name of a cell of a template, or ""."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def role(cell: NotebookNode) -> str:
    """What a template's cell is: "answer", "check", "demo", "setup" or "text"."""
    about = cell.metadata.get("nbgrader", {})
    if about.get("solution"):
        return "answer"
    if about.get("grade") or about.get("task"):
        return "check"
    if cell.cell_type != "code":
        return "text"
    return "demo" if "demo" in cell.metadata.get("tags", []) else "setup"


@dataclass(frozen=True)
class _Cell:
    """A submitted cell: its type, source, and the name it claims (grade id or else cell id)."""

    type: str
    source: str
    id: str


def _parse(data: bytes, file: str) -> dict[str, Any]:
    if data.count(b"[") + data.count(b"{") > MAX_PARTS:
        raise Refused("not_a_notebook", file=file, why="it has over a million parts")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused("encoding", file=file, at=error.start) from None
    except (ValueError, RecursionError) as error:
        raise Refused("not_json", file=file, why=str(error)[:80] or "empty") from None
    if not isinstance(content, dict):
        raise Refused("not_a_notebook", file=file, why=f"a {type(content).__name__}")
    version = content.get("nbformat")
    if version != 4 or isinstance(version, bool):
        if isinstance(version, int) and not isinstance(version, bool):
            raise Refused("version", file=file, version=version)
        raise Refused("not_a_notebook", file=file, why=f"nbformat {version!r:.40}")
    return content


def _cells(content: dict[str, Any], file: str) -> Iterator[_Cell]:
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Refused("not_a_notebook", file=file, why="it has no list of cells")
    for number, cell in enumerate(cells, 1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        source = cell.get("source") if isinstance(cell, dict) else None
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if kind not in ("code", "markdown", "raw") or not isinstance(source, str):
            raise Refused("not_a_notebook", file=file, why=f"cell {number} is broken")
        metadata = cell.get("metadata")
        about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        name = about.get("grade_id") if isinstance(about, dict) else None
        name = name or cell.get("id")  # tools that drop metadata keep the cell's id
        source = source.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
        yield _Cell(kind, source, name if isinstance(name, str) else "")


def _refuse_too_much(cells: Sequence[_Cell], file: str) -> None:
    characters = sum(len(cell.source) for cell in cells)
    if len(cells) > MAX_CELLS or characters > MAX_SOURCE:
        raise Refused("too_much", file=file, cells=len(cells), characters=characters)


def _refuse_duplicates(cells: Sequence[_Cell], known: set[str], file: str) -> None:
    for name, count in Counter(cell.id for cell in cells).items():
        if count > 1 and name in known:
            where = ", ".join(str(i) for i, cell in enumerate(cells, 1) if cell.id == name)
            raise Refused("duplicate", file=file, name=name, where=where)


def _overlap(cells: Sequence[_Cell], edition: NotebookNode) -> int:
    sources = {cell.source for cell in edition.cells}
    return sum(cell.source in sources for cell in cells)


def _is_answer(name: str, known: dict[str, int], chapter: str, language: Language) -> bool:
    return name in known and role(template(chapter, language).cells[known[name]]) == "answer"


def _steps(
    cells: Sequence[_Cell], chapter: str, language: Language, known: dict[str, int]
) -> Iterator[Step]:
    """The code cells to run: the instructor's own that are missing, then the learner's order."""
    originals = template(chapter, language).cells
    by_id = {cell.get("id"): i for i, cell in enumerate(originals)} | known
    by_source = {c.source: i for i, c in enumerate(originals) if role(c) in ("setup", "demo")}
    whole = {by_source[cell.source] for cell in cells if cell.source in by_source}
    for i, original in enumerate(originals):
        if role(original) == "setup" and i not in whole:
            yield Step(original.source, anchor=i)
    anchor = -1
    for cell in cells:
        place = by_source.get(cell.source, by_id.get(cell.id))
        kind = "extra" if place is None else role(originals[place])
        anchor = anchor if place is None else place
        if cell.type != "code" or kind == "check" or (kind == "demo" and place in whole):
            continue
        if kind == "setup" and place in whole:
            yield Step(cell.source, anchor=place)
        elif kind == "answer":
            yield Step(cell.source, cell.id, place, own=True)
        else:
            yield Step(cell.source, anchor=anchor, own=True, definitions=kind == "demo")


def _with_needed_setup(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, those of the instructor cut down to what the learner's may depend on."""
    setup = [step.source for step in steps if not step.own]
    sources = iter(only_needed(setup, [step.source for step in steps if step.own]))
    return tuple(step if step.own else replace(step, source=next(sources)) for step in steps)


def _kind(mode: int) -> str:
    tests = {"a directory": stat.S_ISDIR, "a FIFO": stat.S_ISFIFO, "a socket": stat.S_ISSOCK}
    return next((kind for kind, test in tests.items() if test(mode)), "a device")


def _others(path: Path) -> str:
    """What stands in place of a missing file, for its sentence."""
    try:
        names = sorted(p.name for p in path.parent.iterdir() if p.suffix == ".ipynb")
    except OSError:
        return ""
    return f" ({', '.join(map(_shown, names[:3]))})" if names else ""


def _shown(value: Any) -> Any:
    """A value as it may stand in a sentence: one short line, whatever a stranger named a file."""
    if not isinstance(value, str):
        return value
    return "".join(c if c.isprintable() else "�" for c in value)[:200]
