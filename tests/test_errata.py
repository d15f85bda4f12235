"""errata.md: every correction names a code cell that exists and was run."""

import re
from pathlib import Path

import nbformat
import pytest

from autograde.build import SOLUTIONS, chapters

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| (ch\d\d_\w+) \| (.+?) \| (.+?) \| `(.+)` \|$", re.M)
ROWS = ROW.findall((ROOT / "errata.md").read_text("utf-8"))


def test_every_line_of_the_table_is_read():
    table = [
        line for line in (ROOT / "errata.md").read_text("utf-8").splitlines() if "| ch" in line
    ]
    assert len(ROWS) == len([line for line in table if not line.startswith("| chapter")]) > 0


@pytest.mark.parametrize("chapter, claim, truth, code", ROWS, ids=lambda part: part[:40])
def test_a_correction_is_shown_by_a_cell(chapter, claim, truth, code):
    assert chapter in chapters()
    notebook = nbformat.read(SOLUTIONS / chapter / f"{chapter}.ipynb", as_version=4)
    cells = [c for c in notebook.cells if c.cell_type == "code" and code in c.source]
    assert len(cells) == 1, f"{chapter} has {len(cells)} cells with {code!r}"
    assert cells[0].execution_count


def test_no_correction_stands_twice():
    assert len({(chapter, claim) for chapter, claim, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readme_leads_to_it(readme):
    assert "(errata.md)" in (ROOT / readme).read_text("utf-8")
