"""Chapter 23's project: files made of the answers, run from the command line."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
import torch

from autograde.answers import answers
from autograde.build import ROOT, SOLUTIONS, given_files

CHAPTER = "ch23_bilstm_mnist"
SMALL = ("--epochs", "1", "--hidden", "4", "--layers", "1", "--dropout", "0")
WRITTEN = ("model.py", "trainer.py")


def run(folder, *arguments):
    """Runs a Python file of the project as from a terminal."""
    own = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
    environment = {k: v for k, v in os.environ.items() if k != "COURSE_DATA"} | own
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True,
        encoding="utf-8", timeout=120,
    )  # fmt: skip


def is_one_sentence(done, *parts):
    """Whether a program ended with a message for a person, which holds these parts."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert [part for part in parts if part not in done.stderr] == []
    return True


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A folder with what every learner is given."""
    folder = tmp_path_factory.mktemp("given")
    for name in given_files(CHAPTER):
        shutil.copy(SOLUTIONS / CHAPTER / name, folder)
    return folder


@pytest.fixture(scope="module")
def project(given, tmp_path_factory):
    """The same folder after the notebook's own cell has written the solution's answers."""
    folder = tmp_path_factory.mktemp("project") / "files"
    shutil.copytree(given, folder)
    notebook = nbformat.read(SOLUTIONS / CHAPTER / f"{CHAPTER}.ipynb", as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    (writing,) = [source for source in cells if "write_module(" in source]
    names = dict(answers(notebook, CHAPTER)["predict"].__globals__)
    sys.path.insert(0, str(folder))
    try:
        exec(compile(writing, "<the cell that writes>", "exec"), names)
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("utils")
    return folder


@pytest.fixture(scope="module")
def trained(project):
    return run(project, "train.py", *SMALL, "--save", "small.pt")


def test_the_files_hold_the_answers_and_no_stub(project):
    for name, function in zip(WRITTEN, ("def save_and_load(", "def train_step("), strict=True):
        text = (project / name).read_text(encoding="utf-8")
        compile(text, name, "exec")
        assert text.count(function) == 1 and "NotAttempted" not in text


def test_training_shows_its_progress_tells_what_came_of_it_and_saves(trained, project):
    assert trained.returncode == 0, trained.stderr
    assert "batch" in trained.stderr and "100%" in trained.stderr  # the bar
    for part in ("scikit-learn", "parameters", "epoch  1", "validation loss", "test accuracy"):
        assert part in trained.stdout
    found = torch.load(project / "small.pt", weights_only=True)
    assert found["sizes"]["hidden"] == 4 and found["sizes"]["layers"] == 1
    assert found["weights"]["lstm.weight_ih_l0_reverse"].shape == (16, 28)


def test_prediction_reads_what_training_saved(trained, project):
    done = run(project, "predict.py", "small.pt", "--show", "3")
    assert done.returncode == 0 and done.stderr == ""
    first, *rest = done.stdout.splitlines()
    assert len(rest) == 3
    share = trained.stdout.rsplit(" ", 1)[1].strip()
    assert first.startswith("small.pt: ") and f"({share})" in first


def test_the_project_runs_from_any_folder(trained, project, tmp_path):
    done = run(tmp_path, project / "predict.py", project / "small.pt", "--show", "0")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1


def test_a_missing_checkpoint_is_one_clear_sentence(project):
    done = run(project, "predict.py", "nowhere.pt")
    assert is_one_sentence(done, "no checkpoint nowhere.pt", "python train.py --save nowhere.pt")
    done = run(project, "predict.py", "trainer")
    assert is_one_sentence(done, "no checkpoint trainer", "python train.py --save bilstm.pt")


@pytest.mark.parametrize("path", ["", ".", "folder.pt"])
def test_a_folder_for_a_checkpoint_is_one_clear_sentence(project, path):
    (project / "folder.pt").mkdir(exist_ok=True)
    done = run(project, "predict.py", path)
    assert is_one_sentence(done, "is a folder", "bilstm.pt") and "--save" not in done.stderr


def test_the_advice_never_names_a_file_that_training_must_not_replace(project):
    done = run(project, "predict.py", "train.py")
    assert is_one_sentence(done, "train.py is no checkpoint", "python train.py --save bilstm.pt")


@pytest.mark.parametrize("wrong", ["text", "empty", "other dict", "other model", "other sizes"])
def test_a_wrong_checkpoint_is_one_clear_sentence(trained, project, tmp_path, wrong):
    path = tmp_path / "wrong.pt"
    good = torch.load(project / "small.pt", weights_only=True)
    if wrong == "text":
        path.write_text("no checkpoint at all\n" * 100)
    elif wrong == "empty":
        path.write_bytes(b"")
    elif wrong == "other dict":
        torch.save({"epoch": 3}, path)
    elif wrong == "other model":
        torch.save(torch.nn.Linear(2, 2), path)
    else:
        torch.save(good | {"sizes": good["sizes"] | {"hidden": 5}}, path)
    done = run(project, "predict.py", path)
    assert is_one_sentence(done, "wrong.pt is no checkpoint that this model can load", "train.py")


@pytest.mark.parametrize("program", ["train.py", "predict.py"])
def test_without_the_answers_files_the_way_to_them_is_told(given, program):
    assert is_one_sentence(run(given, program), "There is no model.py", "Write the files")


def test_a_file_that_cannot_be_imported_is_one_sentence(project, tmp_path):
    folder = tmp_path / "files"
    shutil.copytree(project, folder)
    (folder / "model.py").write_text("own_helper()\n", encoding="utf-8")
    assert is_one_sentence(run(folder, "train.py"), "model.py cannot be used", "own_helper")


REFUSED = {
    "--epochs 0": "int above 0",
    "--lr nan": "float above 0",
    "--max-norm -1": "float above 0",
    "--dropout 1": "below 1",
    "--save no/such/folder.pt": "no folder",
    "--save train.py": "must end in .pt",
    "--save bilstm": "must end in .pt",
    "--save .": "is a folder",
    "--save folder.pt": "is a folder",
}
# Runs train.py once with each of the options, in one process, which imports torch once.
ONE_BY_ONE = """
import contextlib, io, json, runpy, sys
found = {}
for options in sys.argv[1:]:
    sys.argv, said = ["train.py", *options.split()], io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            runpy.run_path("train.py", run_name="__main__")
        status = 0
    except SystemExit as ended:
        status = ended.code
    found[options] = status, said.getvalue()
print(json.dumps(found))
"""


def test_a_wrong_option_is_refused_before_training(project):
    (project / "folder.pt").mkdir(exist_ok=True)
    before = (project / "train.py").read_bytes()
    done = run(project, "-c", ONE_BY_ONE, *REFUSED)
    assert done.returncode == 0, done.stderr
    assert (project / "train.py").read_bytes() == before
    for options, (status, said) in json.loads(done.stdout).items():
        assert status == 2 and REFUSED[options] in said, (options, said)
        assert "Traceback" not in said


@pytest.mark.parametrize("folder", [f"solutions/{CHAPTER}", f"notebooks/ko/{CHAPTER}"])
def test_what_the_notebook_writes_never_makes_the_tree_dirty(folder):
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout of git")
    for name in (*WRITTEN, "bilstm.pt"):
        ignored = subprocess.run(["git", "check-ignore", "-q", f"{folder}/{name}"], cwd=ROOT)
        assert ignored.returncode == 0, name
    for name in given_files(CHAPTER):
        ignored = subprocess.run(["git", "check-ignore", "-q", f"{folder}/{name}"], cwd=ROOT)
        assert ignored.returncode == 1, name
