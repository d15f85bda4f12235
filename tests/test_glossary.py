"""docs/glossary.md: one Korean term per concept, explained where it first appears."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from autograde.build import EDITIONS, chapters
from autograde.exercise import every_exercise
from helpers.words import WORDS

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| ([\w -]+) \| ([가-힣 -]+) \| (ch\d\d) \| ([가-힣 ,-]*) ?\|$", re.M)
TABLE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = ROW.findall(TABLE)
NOT = {bad.strip(): good for _, good, _, others in ROWS for bad in others.split(",") if bad.strip()}


def prose(chapter: str) -> str:
    """A chapter's Korean text: its markdown cells without code and formulas."""
    notebook = nbformat.read(EDITIONS / "ko" / chapter / f"{chapter}.ipynb", as_version=4)
    text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    text = re.sub(r"\*\*", "", text)
    return re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", " ", text, flags=re.S)


def korean_texts() -> dict[str, str]:
    texts = {chapter: prose(chapter) for chapter in chapters()}
    for made in every_exercise(chapters()):
        said = [m.ko for m in made.mistakes] + made.hint_texts.get("ko", [])
        texts[f"{made.chapter}: {made.name}"] = "\n".join(said)
    return texts | {"cards": "\n".join(ko for ko, _ in WORDS.values())}


def test_every_line_of_the_table_is_read():
    lines = [line for line in TABLE.splitlines() if line.startswith("| ")]
    assert len(ROWS) == len(lines) - 1


def test_one_korean_term_per_concept():
    for column in (0, 1):
        counts = Counter(row[column] for row in ROWS)
        assert [term for term, count in counts.items() if count > 1] == []
    assert not NOT.keys() & {row[1] for row in ROWS}


@pytest.mark.parametrize("where, text", korean_texts().items(), ids=lambda part: part[:30])
def test_no_other_term_is_used(where, text):
    used = {bad: good for bad, good in NOT.items() if re.search(rf"(?<![가-힣]){bad}", text)}
    assert not used, f"{where}: instead of {', '.join(used)} write {', '.join(used.values())}"


@pytest.mark.parametrize("english, korean, first, others", ROWS, ids=lambda part: part[:20])
def test_a_term_is_explained_where_it_first_appears(english, korean, first, others):
    names = [chapter for chapter in chapters() if chapter.startswith(first)]
    if not names:
        pytest.skip(f"{first} is not written yet")
    assert re.search(rf"{korean}(\(|, )([^)]*\W)?{english}\b", prose(names[0]), re.I), (
        f"{first} should say {korean}({english})"
    )
