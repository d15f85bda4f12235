"""Fixtures that every test may use; `made` runs a test over every exercise of every chapter."""

import gc
import os
import shutil
from multiprocessing import forkserver
from typing import NoReturn

# Before torch and matplotlib are imported, here and in the processes that tests start.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MPLBACKEND"] = "agg"

import pytest
import torch
from playwright.sync_api import sync_playwright

from autograde.build import chapters
from autograde.exercise import every_exercise
from helpers import check, progress, words

torch.set_num_threads(1)


def pytest_collection_finish() -> None:
    """Spares the garbage collector what stays: torch, every exercise, 9,000 tests."""
    gc.freeze()


def lacking(what: str) -> NoReturn:
    """Skips a test for want of what it says, visibly; in CI, which has everything, fails it."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what, allow_module_level=True)


@pytest.fixture(autouse=True)
def _course_as_it_was(monkeypatch):
    """No test writes the learner's progress, and none leaves a chapter or a language behind."""
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.setattr(check, "_chapter", check._chapter)
    monkeypatch.setattr(words, "_current", words._current)
    monkeypatch.setattr(progress, "_unsaved", progress._empty())


@pytest.fixture(scope="module", params=chapters())
def chapter(request):
    """The name of every chapter."""
    return request.param


@pytest.fixture(
    scope="module",
    params=list(every_exercise(chapters())),
    ids=lambda made: f"{made.chapter.split('_')[0]}-{made.name}",
)
def made(request):
    """Every exercise of every chapter (an autograde.exercise.Exercise)."""
    return request.param


def end_forkserver() -> None:
    """What is forked next has nothing that earlier tests had the forkserver import."""
    forkserver._forkserver._stop()  # as Python's own tests do


@pytest.fixture(scope="module")
def browser():
    """A real Chromium, driven by Playwright."""
    path = shutil.which("chromium")
    if path is None:
        lacking("there is no Chromium: apt-get install chromium")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=path, args=flags)
        yield running
        running.close()
