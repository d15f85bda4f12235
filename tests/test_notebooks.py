"""The learner's editions run from top to bottom, in a learner's copy that holds nothing else."""

import compileall
import functools
import itertools
import os
import shutil

import nbformat
import pytest
from conftest import end_forkserver
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from autograde import build
from autograde.exercise import load
from autograde.release import learner_files
from helpers.words import say


@pytest.fixture(
    scope="module", params=itertools.product(build.LANGUAGES, build.chapters()), ids="-".join
)
def notebook(request):
    """Of every learner's notebook its language and its chapter: one edition after the other."""
    return request.param


@pytest.fixture(scope="module")
def language(notebook):
    return notebook[0]


@pytest.fixture(scope="module")
def chapter(notebook):
    return notebook[1]


@pytest.fixture(scope="module")
def kernels():
    """Chooses how kernels are started, with a forkserver of this module's own."""
    end_forkserver()
    with pytest.MonkeyPatch.context() as patch:
        factory = KernelProvisionerFactory.instance()
        yield lambda how: patch.setattr(factory, "default_provisioner_name", how)


@pytest.fixture(scope="module")
def copy_of(tmp_path_factory):
    """The learner's copy of an edition; whoever imports autograde there finds out."""

    @functools.cache
    def made(language):
        folder = tmp_path_factory.mktemp(f"learner-{language}")
        for file in learner_files(language):
            if (build.ROOT / file).is_file():  # the start page is written when it is opened
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(build.ROOT / file, folder / file)
        compileall.compile_dir(folder / "helpers", quiet=1)  # once, not in every kernel
        (folder / "autograde.py").write_text('raise ImportError("a learner has no autograde")')
        return folder

    return made


@pytest.fixture(scope="module")
def executed(copy_of, language, chapter, kernels):
    """The chapter's cells after Run All: a cell that may not raise would have stopped it."""
    # One edition in fresh kernels, where nothing is imported that a cell does not import.
    kernels("local-provisioner" if language == "ko" else "warm")
    copy = copy_of(language)
    path = copy / "notebooks" / language / chapter / f"{chapter}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    environment = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "COURSE_DATA")}
    environment |= {"PYTHONPATH": str(copy), "COURSE_PROGRESS": "off"}
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    notebook.cells.append(new_code_cell("import helpers\n\nprint(helpers.__file__)"))
    client.execute(env=environment)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells.pop().outputs[0].text.strip() == str(copy / "helpers" / "__init__.py")
    return cells


def errors_of(cell):
    return [output for output in cell.outputs if output.output_type == "error"]


def is_check(cell):
    return "check" in cell.metadata.get("tags", [])


def test_every_check_ends_with_not_attempted_and_its_card(executed, language, chapter):
    checks = [cell for cell in executed if is_check(cell)]
    names = [cell.metadata.nbgrader.grade_id.removeprefix("check-") for cell in checks]
    assert names == list(load(chapter))
    for name, cell in zip(names, checks, strict=True):
        (error,) = errors_of(cell)
        line = f"{name}: {say('unattempted', language)}. {say('see_card', language)}"
        assert (error.ename, error.evalue, error.traceback) == ("CheckFailed", line, [line])
        (card,) = [output for output in cell.outputs if output.output_type == "display_data"]
        assert card.data["text/plain"].startswith(f"○ {name} · {say('unattempted', language)}\n")
        assert card.data["text/html"].startswith("<div")


def test_every_other_error_says_what_to_solve_first(executed, language):
    start = say("solve_first", language, name="|").split("|")[0]
    for cell in executed:
        if not is_check(cell):
            for error in errors_of(cell):
                assert error.ename == "NotAttempted", "\n".join(error.traceback)
                (line,) = error.traceback
                assert line.startswith(start) or line == say("cell_first", language)


def test_every_demo_waits_for_an_answer_or_runs(executed):
    demos = [cell for cell in executed if "demo" in cell.metadata.get("tags", [])]
    assert any(errors_of(cell) for cell in demos)
    assert all(cell.execution_count for cell in executed)


def test_nothing_but_errors_is_written_to_stderr(executed):
    for cell in executed:
        warned = [o.text for o in cell.outputs if o.get("name") == "stderr"]
        assert warned == [], cell.source
