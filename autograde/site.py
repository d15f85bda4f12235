"""Both editions as a static site: to read, to search, to link to; it needs no network.

    make site                       → dist/site/index.html

Sphinx with MyST-NB draws the learners' notebooks. What a cell shows comes from the executed
solution, but no answer and no check: a page holds what an edition holds, and its pictures.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
from docutils import nodes
from latex2mathml.converter import convert
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.writers.html5 import HTML5Translator

from autograde.build import EDITIONS, LANGUAGES, ROOT, SOLUTIONS, chapters
from autograde.edition import COLAB_ID
from helpers import progress
from helpers.words import Language

TARGET = ROOT / "dist" / "site"
LOOK = ROOT / "docs" / "site"
WORDS = {
    "ko": {
        "name": "한국어",
        "course": "손으로 배우는 PyTorch",
        "about": "경사하강법부터 Seq2Seq까지 직접 손으로 써 보는 노트북 강좌입니다. 이 사이트는 "
        "읽기 위한 것이고, 연습문제를 풀고 채점을 받으려면 강좌를 내려받아 `make lab`으로 여세요.",
        "chapter": "장",
        "minutes": "걸리는 시간(분)",
    },
    "en": {
        "name": "English",
        "course": "PyTorch by Hand",
        "about": "A notebook course in which you write everything by hand, from gradient "
        "descent to Seq2Seq. This site is for reading; to solve the exercises and have them "
        "checked, get the course and open it with `make lab`.",
        "chapter": "chapter",
        "minutes": "minutes",
    },
}


class SiteError(Exception):
    """The site cannot be built; says on which page, and why."""


def page(chapter: str, language: Language) -> NotebookNode:
    """A chapter's edition with the outputs that its solution showed, answers and checks aside."""
    notebook, solution = (
        nbformat.read(folder / chapter / f"{chapter}.ipynb", as_version=4)
        for folder in (EDITIONS / language, SOLUTIONS)
    )
    shown = {cell.id: cell.get("outputs", []) for cell in solution.cells}
    notebook.cells = [cell for cell in notebook.cells if cell.id != COLAB_ID]
    for cell in notebook.cells:
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata:
            cell.outputs = shown[cell.id]
    return notebook


def build(target: Path = TARGET) -> Path:
    """Writes the site of both editions and returns its first page.

    target: the folder to write; what stood there before is replaced once the new site is whole.
    Raises SiteError for a page with a broken link, a formula or a figure that cannot be drawn.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        new = Path(folder) / "site"
        # One process each: Sphinx holds a process to the language of its first pages.
        with ProcessPoolExecutor(len(LANGUAGES), get_context("spawn")) as processes:
            sources = [Path(folder) / "source" / language for language in LANGUAGES]
            targets = [new / language for language in LANGUAGES]
            list(processes.map(_build_edition, LANGUAGES, sources, targets))
        shutil.copy(LOOK / "index.html", new)
        if target.exists():
            shutil.rmtree(target)
        new.rename(target)
    return target / "index.html"


def _build_edition(language: Language, source: Path, target: Path) -> None:
    source.mkdir(parents=True)
    for chapter in chapters():
        nbformat.write(page(chapter, language), source / f"{chapter}.ipynb")
    (source / "index.md").write_text("\n".join(_front_page(language)), encoding="utf-8")
    with (source / "warnings").open("w+") as warnings, patch_docutils(), docutils_namespace():
        app = Sphinx(
            source, None, target, source / "doctrees", "html", settings(language),
            status=None, warning=warnings,
        )  # fmt: skip
        app.build()
        warnings.seek(0)
        if text := warnings.read().strip():
            raise SiteError(f"The {language} edition's pages are not in order:\n{text}")


def setup(app: Sphinx) -> None:
    """Lets Sphinx write formulas as MathML, which browsers draw by themselves."""
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_formula, None))


def _inline_formula(pages: HTML5Translator, node: nodes.math) -> None:
    pages.body.append(_mathml(node, "inline"))
    raise nodes.SkipNode


def _formula(pages: HTML5Translator, node: nodes.math_block) -> None:
    pages.body.append(f'<div class="math">{_mathml(node, "block")}</div>')
    raise nodes.SkipNode


def _mathml(node: nodes.Element, display: str) -> str:
    formula = node.astext().replace(r"\_", "_")  # it draws the backslash
    return convert(formula, display=display)


def _front_page(language: Language) -> Iterator[str]:
    words = WORDS[language]
    yield from (f"# {words['course']}", "", words["about"], "")
    yield from (f"| {words['chapter']} | {words['minutes']} |", "|:--|--:|")
    for each in progress.chapters(language):
        yield f"| [{_title(each)}]({each.name}.ipynb) | {each.minutes} |"
    yield from ("", "```{toctree}", ":hidden:", "", *chapters(), "```", "")


def _title(chapter: progress.Chapter) -> str:
    return f"{int(chapter.name[2:4])} · {chapter.title}"


def settings(language: Language) -> dict[str, object]:
    """Sphinx's configuration for one edition."""
    return {
        "project": WORDS[language]["course"],
        "language": language,
        "extensions": ["myst_nb", "autograde.site"],
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "myst_enable_extensions": ["dollarmath", "amsmath"],
        "suppress_warnings": ["mystnb.unknown_mime_type"],
        "html_math_renderer": "mathml",
        "html_theme": "pydata_sphinx_theme",
        "html_title": WORDS[language]["course"],
        "html_css_files": ["course.css"],
        "html_static_path": [str(LOOK / "static")],
        "templates_path": [str(LOOK)],
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_search_summary": False,  # it would be fetched, which a page from a disk may not
        "html_context": {
            "editions": [(each, WORDS[each]["name"]) for each in LANGUAGES],
            "course_chapters": [(each.name, _title(each)) for each in progress.chapters(language)],
            "default_mode": "auto",
        },
        "html_sidebars": {"**": ["chapters"]},
        "html_theme_options": {
            "navbar_start": ["navbar-logo"],
            "navbar_center": [],
            "navbar_end": ["editions", "theme-switcher"],
            "secondary_sidebar_items": ["page-toc"],
            "footer_start": ["copyright"],
            "footer_end": [],
        },
    }


def main(arguments: list[str] | None = None) -> None:
    """Builds the site of both editions."""
    argparse.ArgumentParser(prog="make site", description=main.__doc__).parse_args(arguments)
    try:
        sys.stdout.write(f"{build()}\n")
    except SiteError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
