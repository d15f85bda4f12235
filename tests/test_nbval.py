"""nbval on the solutions: that it compares what it should, and only runs what it is told to.

`make test` runs every solution with FLAGS. Here a copy of one is spoilt in known ways, and
nbval must notice; and nothing in the committed solutions may make it look away.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = sorted((ROOT / "solutions").glob("ch*/ch*.ipynb"))
# The kernel is the Python that runs pytest, whatever kernels a machine has registered.
FLAGS = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout=120")


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# ------------------------------------------------------------------ the committed solutions


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_every_code_cell_of_a_solution_was_executed(path):
    # nbval compares nothing for a cell without an execution count, and says nothing.
    cells = code_cells(nbformat.read(path, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_no_cell_of_a_solution_may_raise_or_be_skipped(path):
    for cell in code_cells(nbformat.read(path, as_version=4)):
        tags = set(cell.metadata.get("tags", []))
        assert not tags & {"raises-exception", "nbval-raises-exception", "nbval-skip"}
        assert "NBVAL_" not in cell.source  # the same orders as comments
        assert not [output for output in cell.outputs if output.output_type == "error"]


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_the_card_of_every_check_is_compared(path):
    for cell in code_cells(nbformat.read(path, as_version=4)):
        if "check" in cell.metadata.get("tags", []):
            assert cell.metadata.tags == ["check"]
            assert [sorted(o.data) for o in cell.outputs] == [["text/html", "text/plain"]]


# ------------------------------------------------------------------ spoilt copies


def demo_of(notebook: NotebookNode) -> NotebookNode:
    return next(c for c in notebook.cells if "demo" in c.metadata.get("tags", []))


def check_of(notebook: NotebookNode) -> NotebookNode:
    return next(c for c in notebook.cells if "check" in c.metadata.get("tags", []))


def unchanged(notebook: NotebookNode) -> None:
    # No machine has this kernel registered, and none needs it.
    notebook.metadata.kernelspec = {"name": "no-such-kernel", "display_name": "", "language": ""}
    code = "import sys\n\nprint(sys.executable)"
    executed = nbformat.v4.new_output("stream", name="stdout", text=f"{sys.executable}\n")
    notebook.cells.append(nbformat.v4.new_code_cell(code, execution_count=9, outputs=[executed]))


def printed_number(notebook: NotebookNode) -> None:
    output = demo_of(notebook).outputs[0]
    assert "-9.3333" in output.text
    output.text = output.text.replace("-9.3333", "-9.3334", 1)


def card_html(notebook: NotebookNode) -> None:
    output = check_of(notebook).outputs[0]
    output.data["text/html"] = output.data["text/html"].replace("●", "○", 1)


def card_text(notebook: NotebookNode) -> None:
    output = check_of(notebook).outputs[0]
    output.data["text/plain"] = output.data["text/plain"].replace("✓", "✗", 1)


def ignored_number(notebook: NotebookNode) -> None:
    printed_number(notebook)
    demo_of(notebook).metadata.tags.append("nbval-ignore-output")


def ignored_crash(notebook: NotebookNode) -> None:
    demo_of(notebook).metadata.tags.append("nbval-ignore-output")
    demo_of(notebook).source += "\n1 / 0"


SPOILT: dict[str, Callable[[NotebookNode], None]] = {
    made.__name__: made
    for made in (unchanged, printed_number, card_html, card_text, ignored_number, ignored_crash)
}


def first_exercise() -> NotebookNode:
    """Chapter 3 up to the first demo, as committed, less the pictures."""
    path = ROOT / "solutions" / "ch03_gradient_descent" / "ch03_gradient_descent.ipynb"
    notebook = nbformat.read(path, as_version=4)
    end = notebook.cells.index(demo_of(notebook)) + 1
    notebook.cells = notebook.cells[:end]
    for cell in code_cells(notebook):
        head, _, _ = cell.source.partition("\n\n\ndef draw_hill")
        if head != cell.source:
            cell.source, cell.outputs = head, []
    return notebook


@pytest.fixture(scope="module")
def failures(tmp_path_factory) -> dict[str, dict[str, str]]:
    """nbval's report of each spoilt copy: the source of the failing cells and the reasons."""
    folder = tmp_path_factory.mktemp("nbval")
    for name, spoil in SPOILT.items():
        notebook = first_exercise()
        spoil(notebook)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    own = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "COURSE_PROGRESS": "off"}
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | own
    command = [sys.executable, "-m", "pytest", *FLAGS, "-p", "no:cacheprovider", "--color=no",
               f"--junitxml={folder / 'report.xml'}", "-n", "2", "--dist", "loadscope", "."]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, dict[str, str]] = {name: {} for name in SPOILT}
    for case in ElementTree.parse(folder / "report.xml").iter("testcase"):
        failed = case.find("failure")
        if failed is not None:
            name = case.get("classname").split(".")[0]
            found[name][case.get("name")] = failed.text
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["unchanged", "ignored_number"])
def test_nbval_passes_what_it_should(failures, name):
    assert failures[name] == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, reasons",
    [
        ("printed_number", ["Cell outputs differ", "mismatch 'stdout'", "-9.3334"]),
        ("card_html", ["Cell outputs differ", "mismatch 'text/html'"]),
        ("card_text", ["Cell outputs differ", "mismatch 'text/plain'"]),
        ("ignored_crash", ["Cell execution caused an exception", "ZeroDivisionError"]),
    ],
)
def test_nbval_fails_in_the_one_cell_that_is_spoilt_and_says_why(failures, name, reasons):
    (report,) = failures[name].values()
    for reason in reasons:
        assert reason in report


def test_make_test_runs_nbval_with_these_flags():
    assert " ".join(FLAGS) in (ROOT / "Makefile").read_text(encoding="utf-8")
