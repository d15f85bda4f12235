"""The pictures of the README: a card that names a mistake, the start page, the class report.

    make screenshots        → docs/images/{card,start,report}-{ko,en}.png

Nothing is drawn for the picture: a learner's copy is opened in JupyterLab in Chromium and a known
mistake typed into it; a small made-up class is graded like any other.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from traitlets.config import Config

from autograde import bulk, report
from autograde.answers import mistaken, right, written
from autograde.build import LANGUAGES, ROOT
from autograde.exercise import load
from autograde.gradebook import CourseFolder
from autograde.learner import HERE, PATIENCE, answer, cell, lab, open_chapter, run, wait_for_kernel
from autograde.page import say
from autograde.release import release
from helpers import progress
from helpers.words import Language

IMAGES = ROOT / "docs" / "images"
MOST = 150_000  # bytes of a picture
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
CHAPTER, EXERCISE, MISTAKE = "ch03_gradient_descent", "mse-gradient", "notes-sum"
DONE = ("ch01_tensors", "ch02_linear_regression")  # on the start page
CLASS = ("ch03_gradient_descent", "ch06_logistic_regression", "ch11_backpropagation")
SEED = 7
NAMES = {
    "ko": "김민지 이서준 박하은 최도윤 정지우 강시우 조수아 윤예준 장하린 임주원 한지호 오유나",
    "en": "Ana_Silva Ben_Carter Chloe_Martin Dev_Patel Elif_Kaya Finn_Larsen Grace_Okafor "
    "Hana_Sato Ivan_Petrov Julia_Nowak Kwame_Mensah Lena_Vogel",
}


# ------------------------------------------------------------------ a learner


def learner(browser: Browser, language: Language, folder: Path) -> None:
    """Takes the pictures of the card and of the start page of one edition."""
    copy = release(language, folder / "course")
    _solve(copy)
    with lab(copy, folder / "home", language) as address:
        page = browser.new_page(viewport={"width": 1000, "height": 1120}, device_scale_factor=1.5)
        page.goto(address)
        page.locator(f"{HERE} tbody tr").last.wait_for(timeout=PATIENCE)
        wait_for_kernel(page)
        page.keyboard.press("Control+b")  # away with the list of files
        expect(page.locator("#jp-left-stack")).to_be_hidden()
        keep(page, f"start-{language}")
        open_chapter(page, CHAPTER)
        for begun in ("import torch", "open_chapter("):
            run(page, cell(page, begun))
        check = answer(page, EXERCISE, mistaken(load(CHAPTER)[EXERCISE])[MISTAKE])
        expect(check.locator("[role=group]")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowDown")  # its frame and tools are not for the picture
        last = check.locator(".jp-OutputArea-child").last
        keep(page, f"card-{language}", cell(page, "def mse_gradient"), last)
        page.close()


def _solve(copy: Path) -> None:
    """Lets a learner's copy remember that its first chapters are solved, and half of another."""
    os.environ["COURSE_PROGRESS"] = str(copy / ".progress" / "progress.json")
    some = [(CHAPTER, name) for name in list(load(CHAPTER))[:3]]
    for chapter, name in [(c, name) for c in DONE for name in load(c)] + some:
        progress.record_pass(chapter, name)
    os.environ["COURSE_PROGRESS"] = "off"  # as release() leaves it


# ------------------------------------------------------------------ a class


def graded_class(root: Path) -> CourseFolder:
    """A course folder in which a dozen made-up learners have handed in three chapters."""
    for number, chapter, data in _handed_in():
        folder = root / "submitted" / f"learner{number:02}" / chapter
        folder.mkdir(parents=True)
        (folder / f"{chapter}.ipynb").write_bytes(data)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "pytorch-by-hand"
    course = CourseFolder(CourseDirectory(config=config), config)
    bulk.grade_all(course, bulk.Options(seed=SEED))
    return course


def _handed_in() -> Iterator[tuple[int, str, bytes]]:
    """Submissions as a class makes them: most right, the later ones less, some with mistakes."""
    luck = random.Random(SEED)
    skills = [luck.uniform(0.45, 1.0) for _ in NAMES["en"].split()]
    for chapter in CLASS:
        solved, wrong = right(chapter), {n: mistaken(made) for n, made in load(chapter).items()}
        for number, skill in enumerate(skills, 1):
            if luck.random() > skill + 0.3:
                continue  # not handed in
            sources = {}
            for name in solved:
                drawn = luck.random()
                if drawn < skill:
                    sources[name] = solved[name]
                elif wrong[name] and drawn < skill + 0.4:  # the first mistakes are the commonest
                    known = list(wrong[name].values())
                    sources[name] = known[min(int(luck.expovariate(1.2)), len(known) - 1)]
            yield number, chapter, written(chapter, "en", sources, demos=False)


def class_report(browser: Browser, course: CourseFolder, language: Language) -> None:
    """Takes the picture of the class report's hardest exercises and commonest mistakes."""
    for number, name in enumerate(NAMES[language].split(), 1):
        first, last = name.split("_") if "_" in name else (name[1:], name[0])
        course.book.update_or_create_student(
            f"learner{number:02}", first_name=first, last_name=last
        )  # fmt: skip
    book = report.collect(course, (), language)
    written_to = report.write(course, book, language)
    page = browser.new_page(viewport={"width": 1200, "height": 3600})
    page.goto(next(path for path in written_to if path.suffix == ".html").as_uri())
    first, last = (page.get_by_role("heading", name=say(key, language), exact=True)
                   for key in ("hardest", "commonest"))  # fmt: skip
    keep(page, f"report-{language}", first, last.locator("+ *"), around=24)
    page.close()


# ------------------------------------------------------------------ pictures


def keep(page: Page, name: str, *shown: Locator, around: int = 0) -> None:
    """Writes a picture of the window, or of it from the first of some elements to the last.

    around: pixels of margin. Raises ValueError if it does not fit into MOST bytes.
    """
    clip = None
    if shown:
        shown[0].scroll_into_view_if_needed()
        first, last = shown[0].bounding_box(), shown[-1].bounding_box()
        clip = {
            "x": first["x"] - around, "y": first["y"] - around,
            "width": first["width"] + 2 * around,
            "height": last["y"] + last["height"] - first["y"] + 2 * around,
        }  # fmt: skip
    shot = Image.open(io.BytesIO(page.screenshot(clip=clip, animations="disabled")))
    target = IMAGES / f"{name}.png"
    few = shot.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(target, optimize=True)
    if target.stat().st_size > MOST:
        raise ValueError(f"{target} has {target.stat().st_size} bytes, more than {MOST}.")


def main() -> None:
    """Takes every picture."""
    # nbgrader calls its tools by name.
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"]
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no Chromium: install it (Debian, Ubuntu: sudo apt install chromium).")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for language in LANGUAGES:
            learner(browser, language, Path(name, language))
        with graded_class(Path(name, "class")) as course:
            for language in LANGUAGES:
                class_report(browser, course, language)
        browser.close()
    sys.stdout.write("".join(f"{path}\n" for path in sorted(IMAGES.glob("*.png"))))


if __name__ == "__main__":
    main()
