"""What is committed is what the sources give; nothing secret gets out; the two languages agree."""

import ast
import copy
import re
import sys
import types
from collections import Counter
from functools import cache
from pathlib import Path

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook

from autograde import build, exercise
from autograde.build import build_all, read_source
from autograde.edition import COLAB
from autograde.release import learner_files
from helpers.check import unpacked
from helpers.compare import compare
from helpers.observe import same
from helpers.wire import encode


def committed(chapter, language=None):
    folder = build.EDITIONS / language if language else build.SOLUTIONS
    return folder / chapter / f"{chapter}.ipynb"


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def read(path):
    return nbformat.read(path, as_version=4)


# ------------------------------------------------------------------ drift


def test_the_committed_solution_holds_the_sources_cells(chapter):
    source, solution = read_source(chapter), read(committed(chapter))
    for notebook in (source, solution):
        for cell in code_cells(notebook):
            cell.outputs, cell.execution_count = [], None
    assert solution.cells == source.cells
    about = {k: v for k, v in solution.metadata.course.items() if k != "digest"}
    assert about == source.metadata.course


def test_the_committed_solution_is_executed_and_without_error(chapter):
    cells = code_cells(read(committed(chapter)))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert kinds <= {"stream", "display_data", "execute_result"}


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_committed_edition_is_the_one_that_the_solution_gives(chapter, language):
    given = nbformat.writes(build.edition(read(committed(chapter)), language))
    assert committed(chapter, language).read_text(encoding="utf-8").rstrip("\n") == given


def test_the_committed_cases_are_the_ones_that_the_exercises_give(chapter):
    new = unpacked(build.cases_bytes(chapter))
    assert drift(committed_cases(chapter), new) is None


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_committed_texts_are_the_ones_that_the_exercises_give(chapter, language):
    given = build.texts(chapter, language, read_source(chapter).metadata.course)
    assert (build.CASES / f"{chapter}.{language}.json").read_text(encoding="utf-8") == given


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_the_given_files_of_an_edition_are_those_beside_the_source(chapter, language):
    for name in build.given_files(chapter):
        source = build.SOLUTIONS / chapter / name
        assert (build.EDITIONS / language / chapter / name).read_bytes() == source.read_bytes()


def test_nothing_is_left_of_a_chapter_that_is_gone():
    names = {path.name.split(".")[0] for path in build.CASES.iterdir()}
    for folder in (build.SOLUTIONS, *(build.EDITIONS / language for language in build.LANGUAGES)):
        names |= {path.parent.name for path in folder.glob("*/*.ipynb")}
    assert names == set(build.chapters())


def drift(old, new):
    """What differs: everything exactly, but floats as another processor may give them."""
    if not same(without_floats(old), without_floats(new)):
        return "structure"
    return compare(old, new, nan_equal=True)


def without_floats(value):
    if isinstance(value, float):
        return 0.0
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return str(value.dtype), list(value.shape)
    if isinstance(value, dict):
        return {key: without_floats(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(without_floats, value))
    return value


@pytest.mark.parametrize(
    ("new", "drifts"),
    [
        ([1, (2.0, "a"), torch.ones(2)], False),
        ([1, (2.0, "a"), torch.ones(2) * (1 + 1e-6)], False),
        ([1, (2.0 + 1e-9, "a"), torch.ones(2)], False),
        ([2, (2.0, "a"), torch.ones(2)], True),
        ([1, [2.0, "a"], torch.ones(2)], True),
        ([1, (2, "a"), torch.ones(2)], True),
        ([1, (2.01, "a"), torch.ones(2)], True),
        ([1, (2.0, "b"), torch.ones(2)], True),
        ([1, (2.0, "a"), torch.ones(2).double()], True),
        ([1, (2.0, "a"), torch.ones(2) * 1.01], True),
        ([1, (2.0, "a"), torch.ones(2), None], True),
    ],
    ids=str,
)
def test_drift_is_seen(new, drifts):
    assert (drift([1, (2.0, "a"), torch.ones(2)], new) is not None) is drifts


# ------------------------------------------------------------------ a toy course to build

TOY = "ch98_toy"

HEADER = """# ---
# jupyter:
#   course:
#     ko: 장난감
#     en: Toy
#     minutes: 5
# ---
"""

SOURCE = (
    HEADER
    + '''
# %% [markdown] lang="ko"
# # 두 배

# %% [markdown] lang="en"
# # Twice

# %%
from pathlib import Path

import helpers.check
from helpers.check import NotAttempted, check, open_chapter

helpers.check.CASES = Path("{cases}")

# %% lang="ko"
open_chapter("ch98_toy", "ko")

# %% lang="en"
open_chapter("ch98_toy", "en")

# %% exercise="twice"
def twice(x):
    """Two times x."""
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% tags=["demo"]
print("twice 21 is", twice(21))
'''
)

EXERCISES = """
from autograde.exercise import exercise

@exercise("twice")
def twice(x):
    return 2 * x

@twice.cases
def _(draw):
    yield (3,)

@twice.mistake("squares", ko="제곱했습니다.", en="That is the square.")
def _(x):
    return x * x
"""


class Course:
    """A course of one chapter in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.executed = []

    def write(self, source=SOURCE, name=TOY):
        path = self.folder / "solutions" / name / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.replace("{cases}", str(self.folder / "cases")), encoding="utf-8")

    def files(self):
        paths = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in paths}

    def solution(self):
        return read(build.SOLUTIONS / TOY / f"{TOY}.ipynb")

    def edition(self, language):
        return read(build.EDITIONS / language / TOY / f"{TOY}.ipynb")


def give_exercises(chapter, text, monkeypatch):
    module = types.ModuleType(f"autograde.exercises.{chapter}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(exercise._REGISTRY, chapter, {})
    exec(text, vars(module))


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr(build, "EDITIONS", tmp_path / "notebooks")
    monkeypatch.setattr(build, "CASES", tmp_path / "cases")
    give_exercises(TOY, EXERCISES, monkeypatch)
    course = Course(tmp_path)
    course.write()
    return course


@pytest.fixture
def quick_toy(toy, monkeypatch):
    """The same, and executing is only noted: each code cell says how often it was executed."""

    def execute(chapter, notebook):
        toy.executed.append(chapter)
        notebook.metadata["language_info"] = build.LANGUAGE_INFO
        for number, cell in enumerate(code_cells(notebook), start=1):
            cell.execution_count = number
            text = f"execution {len(toy.executed)}"
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
        return 1.0

    monkeypatch.setattr(build, "_execute", execute)
    return toy


def test_a_chapter_is_built_from_its_source_and_its_exercises_alone(toy, capsys):
    assert build.main([TOY]) == 0
    assert re.search(rf"^{TOY}: executed in \d+\.\d s$", capsys.readouterr().out, re.MULTILINE)
    outputs = [o for cell in code_cells(toy.solution()) for o in cell.outputs]
    assert [o.text for o in outputs if o.output_type == "stream"] == ["twice 21 is 42\n"]
    assert any("Correct · 1 of 1" in o.data["text/plain"] for o in outputs if "data" in o)
    assert [cell.source for cell in toy.edition("en").cells] == [
        "# Twice",
        COLAB.format(chapter=TOY, language="en"),
        code_cells(read_source(TOY))[0].source,
        'open_chapter("ch98_toy", "en")',
        'def twice(x):\n    """Two times x."""\n    raise NotAttempted  # write your answer here',
        'check("twice", twice)',
        'print("twice 21 is", twice(21))',
    ]
    first = toy.files()
    assert build.main([TOY]) == 0
    assert toy.files() == first
    assert f"{TOY}: up to date" in capsys.readouterr().out


def test_a_check_is_locked_and_worth_its_points_and_run_all_passes_over_it(quick_toy):
    build.build(TOY)
    answer, check = (c for c in quick_toy.edition("ko").cells if "nbgrader" in c.metadata)
    assert (answer.metadata.nbgrader.grade_id, answer.metadata.nbgrader.solution) == ("twice", True)
    assert answer.metadata.get("tags", []) == []
    rights = check.metadata.nbgrader
    assert (rights.grade_id, rights.grade, rights.locked, rights.points) == (
        "check-twice",
        True,
        True,
        1,
    )
    assert check.metadata.tags == ["check", "raises-exception"] and not check.metadata.editable
    assert all(not cell.get("outputs") for cell in quick_toy.edition("ko").cells)


def test_a_second_build_changes_nothing_and_executes_nothing(quick_toy):
    assert build.build(TOY) == 1.0
    first = quick_toy.files()
    assert build.build(TOY) is None
    assert quick_toy.files() == first and quick_toy.executed == [TOY]


def test_a_change_of_prose_keeps_the_outputs_and_executes_nothing(quick_toy):
    build.build(TOY)
    before = [cell.outputs for cell in code_cells(quick_toy.solution())]
    quick_toy.write(SOURCE.replace("# # Twice", "# # Twice as much\n#\n# And more."))
    assert build.build(TOY) is None
    assert quick_toy.executed == [TOY]
    assert quick_toy.solution().cells[1].source == "# Twice as much\n\nAnd more."
    assert quick_toy.edition("en").cells[0].source == "# Twice as much\n\nAnd more."
    assert [cell.outputs for cell in code_cells(quick_toy.solution())] == before


@pytest.mark.parametrize(
    "change",
    [("twice(21))", "twice(22))"), ("return x + x", "return x * 2"), ('tags=["demo"]', 'tags=["nbval-ignore-output"]')],
)  # fmt: skip
def test_a_change_of_code_executes_the_chapter_again(quick_toy, change):
    build.build(TOY)
    quick_toy.write(SOURCE.replace(*change))
    assert build.build(TOY) == 1.0
    assert quick_toy.executed == [TOY, TOY]


def test_a_change_of_the_exercises_or_of_a_helper_executes_the_chapter_again(
    quick_toy, tmp_path, monkeypatch
):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    exercises, helper = tmp_path / "autograde/exercises" / f"{TOY}.py", tmp_path / "helpers/card.py"
    for path in (exercises, helper):
        path.parent.mkdir(parents=True)
        path.write_text("1")
    assert build.build(TOY) == 1.0 and build.build(TOY) is None
    for path in (exercises, helper):
        path.write_text("2")
        assert build.build(TOY) == 1.0 and build.build(TOY) is None


def test_force_executes_what_did_not_change(quick_toy):
    assert build.main([TOY]) == build.main([TOY, "--force"]) == 0
    assert quick_toy.executed == [TOY, TOY]


def test_cells_keep_their_ids_when_others_come_and_go(quick_toy):
    before = {cell.source: cell.id for cell in read_source(TOY).cells}
    quick_toy.write(SOURCE.replace("# %%\nfrom", '# %% [markdown] lang="ko"\n# 새\n\n# %%\nfrom'))
    after = {cell.source: cell.id for cell in read_source(TOY).cells}
    assert after.items() > before.items()
    assert len(set(after.values())) == len(after)


# ------------------------------------------------------------------ errors of an author


def test_an_unknown_chapter_is_one_clear_message(quick_toy, capsys):
    assert build.main(["ch99_none"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "There is no chapter 'ch99_none'" in said
    assert said.endswith(f"Chapters: {TOY}.\n")


MISTAKES = {
    "a whole answer": (("    ### BEGIN SOLUTION\n", ""), "the answer of 'twice' has no ### BEGIN SOLUTION"),
    "no answer": (('# %% exercise="twice"', "# %%"), "a cell has ### BEGIN SOLUTION but answers no exercise: def twice"),
    "a second answer": (("# %% tags", '# %% exercise="twice"\n### BEGIN SOLUTION\n\n# %% tags'), "'twice', which is answered before"),
    "an answer to nothing": (('exercise="twice"', 'exercise="thrice"'), "'thrice', which is no exercise of autograde/exercises/ch98_toy.py"),
    "no title": (("#     en: Toy\n", ""), "its header must give course: ko"),
    "a file that is not there": (("#     en: Toy\n", "#     en: Toy\n#     files: [train.py]\n"), "the file 'train.py', which does not stand in solutions/ch98_toy"),
    "a file of elsewhere": (("#     en: Toy\n", "#     en: Toy\n#     files: [../ch98_toy.py]\n"), "the file '../ch98_toy.py', which does not stand"),
    "no header": ((HEADER, ""), "its header must give course: ko"),
    "no end": (("    ### END SOLUTION\n", ""), "the answer of 'twice' has no ### END SOLUTION after"),
    "a solution in a demo": (('print("twice 21', '### BEGIN SOLUTION\n### END SOLUTION\nprint("twice 21'), "ch98_toy.py: a cell has ### BEGIN SOLUTION but answers no exercise"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_source_is_one_clear_message_and_writes_nothing(
    quick_toy, capsys, change, said
):
    assert SOURCE.count(change[0]) == 1
    quick_toy.write(SOURCE.replace(*change))
    before = quick_toy.files()
    assert build.main([TOY]) == 1
    error = capsys.readouterr().err
    assert re.search(said, error) and "Traceback" not in error
    assert quick_toy.files() == before and quick_toy.executed == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("return x * x", "return x + x"), "mistake 'squares' passes every case"),
        (("return 2 * x", "return 2 / 0"), "the oracle of 'twice' fails on case 0: ZeroDivisionError"),
        (("@twice.cases", "@staticmethod"), "exercise 'twice' has no cases"),
        (("def twice", "def twice:"), "invalid syntax|expected"),
    ],
)  # fmt: skip
def test_an_exercise_that_cannot_check_is_one_clear_message(
    quick_toy, monkeypatch, capsys, change, said
):
    def bad_exercises():
        give_exercises(TOY, EXERCISES.replace(*change), monkeypatch)

    if "def" in change[0]:
        with pytest.raises(SyntaxError):
            bad_exercises()
        return
    bad_exercises()
    assert build.main([TOY]) == 1
    error = capsys.readouterr().err
    assert re.search(rf"{TOY}: .*{said}", error) and "Traceback" not in error
    assert quick_toy.executed == []


def test_an_exercise_without_a_cell_is_one_clear_message(quick_toy, monkeypatch, capsys):
    give_exercises(TOY, EXERCISES + EXERCISES.replace("twice", "thrice"), monkeypatch)
    assert build.main([TOY]) == 1
    assert f"{TOY}.py: no cell answers thrice." in capsys.readouterr().err


def test_outputs_are_not_kept_for_cells_that_were_changed_by_hand(quick_toy):
    build.build(TOY)
    path = build.SOLUTIONS / TOY / f"{TOY}.ipynb"
    path.write_text(path.read_text().replace("x + x", "x + x + 1"))
    assert build.build(TOY) == 1.0


def test_exercises_that_fail_to_load_fail_again_the_next_time(tmp_path, monkeypatch):
    # Else a second look would find the exercises before the failure, and take them for all.
    (tmp_path / "ch97_broken.py").write_text(EXERCISES + "\n1 / 0\n")
    import autograde.exercises

    monkeypatch.setattr(autograde.exercises, "__path__", [str(tmp_path)])
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            exercise.load("ch97_broken")
    assert "ch97_broken" not in exercise._REGISTRY


def test_a_solution_cell_that_fails_is_one_clear_message_and_writes_no_notebook(toy, capsys):
    toy.write(SOURCE.replace("twice(21)", "twice(21) / 0"))
    assert build.main([TOY]) == 1
    error = capsys.readouterr().err
    assert f"{TOY}: a cell of the solution fails." in error
    assert 'print("twice 21 is", twice(21) / 0)' in error and "ZeroDivisionError" in error
    assert error.count(TOY) < 4
    assert not [name for name in toy.files() if name.endswith((".ipynb", ".tmp"))]


def test_a_failing_chapter_does_not_stop_the_others(quick_toy, monkeypatch, capsys):
    quick_toy.write(SOURCE.replace("### BEGIN SOLUTION", ""), name="ch97_bad")
    give_exercises("ch97_bad", EXERCISES, monkeypatch)
    (error,) = build_all(build.chapters())
    assert error.startswith("ch97_bad") and quick_toy.executed == [TOY]


def test_a_damaged_notebook_is_built_anew(quick_toy):
    build.build(TOY)
    path = build.SOLUTIONS / TOY / f"{TOY}.ipynb"
    for content in (
        "",
        "<<<<<<< HEAD\n{}",
        "[]",
        '{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    ):
        path.write_text(content)
        assert build.build(TOY) == 1.0
        assert len(code_cells(quick_toy.solution())) == 6


# ------------------------------------------------------------------ leaks


def squeezed(text):
    """Without white space and comments, so that a line is known however it is laid out."""
    lines = (re.split(r"(?:^|\s)#", line)[0] for line in text.splitlines())
    return "".join("".join(lines).split())


def solution_regions(source):
    return re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL)


def function_bodies(source):
    """The bodies of an exercise module's functions and classes: oracles, mistakes, variants."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield "\n".join(lines[node.body[0].lineno - 1 : node.end_lineno])


@cache
def secret_parts(chapter):
    """The solution regions of a chapter, and the bodies of its oracles, mistakes and variants."""
    source = build.source_path(chapter).read_text(encoding="utf-8")
    exercises = Path(exercise.__file__).with_name("exercises") / f"{chapter}.py"
    return [*solution_regions(source), *function_bodies(exercises.read_text(encoding="utf-8"))]


@cache
def secret_lines(chapter):
    """Their lines of 12 characters or more that the public part of the source does not show."""
    source = build.source_path(chapter).read_text(encoding="utf-8")
    for region in solution_regions(source):
        source = source.replace(region, "")
    public = squeezed(source.replace("\n# ", "\n"))
    lines = {squeezed(line) for part in secret_parts(chapter) for line in part.splitlines()}
    return {line for line in lines if len(line) >= 12 and line not in public}


def strings_in(value):
    """Every text inside a nested value: a notebook's JSON, or decoded cases."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            yield from strings_in(part)
    elif isinstance(value, (list, tuple, set)):
        for part in value:
            yield from strings_in(part)


def leaks(secrets, texts):
    text = "\n".join(map(squeezed, texts))
    return sorted(line for line in secrets if line in text)


@cache
def committed_cases(chapter):
    return unpacked((build.CASES / f"{chapter}.cases").read_bytes())


def cases_texts(content):
    """Every text in decoded cases, and their bytes."""
    return [*strings_in(content), encode(content).decode("latin-1")]


def imports(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def test_there_are_secrets_to_look_for(chapter):
    source = build.source_path(chapter).read_text(encoding="utf-8")
    assert len(solution_regions(source)) == len(exercise.load(chapter))
    assert len(secret_lines(chapter)) > 2 * len(exercise.load(chapter))


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_no_edition_shows_a_solution_an_oracle_or_a_mistake(chapter, language):
    notebook = read(committed(chapter, language))
    assert leaks(secret_lines(chapter), strings_in(notebook)) == []
    text = committed(chapter, language).read_text(encoding="utf-8")
    assert "SOLUTION" not in text and "course" not in notebook.metadata
    for cell in code_cells(notebook):
        assert "autograde" not in imports(cell.source)
    for name in build.given_files(chapter):
        given = committed(chapter, language).with_name(name).read_text(encoding="utf-8")
        assert leaks(secret_lines(chapter), [given]) == [], name
        assert "autograde" not in imports(given), name


def test_no_cases_show_a_solution_an_oracle_or_a_mistake(chapter):
    *texts, data = cases_texts(committed_cases(chapter))
    assert leaks(secret_lines(chapter), [*texts, data]) == []
    assert "autograde" not in data and str(build.ROOT) not in data


def test_a_planted_leak_is_caught(chapter):
    secrets = secret_lines(chapter)
    lines = [line for part in secret_parts(chapter) for line in part.splitlines()]
    planted = next(line for line in lines if squeezed(line) in secrets)
    edition = read(committed(chapter, "en"))
    edition.cells[3].source += "\n" + planted.replace(" = ", "=").strip() + "  # a comment"
    assert leaks(secrets, strings_in(edition)) == [squeezed(planted)]
    content = copy.deepcopy(committed_cases(chapter))
    next(iter(content["exercises"].values()))["expected"][0]["source"] = planted
    assert leaks(secrets, cases_texts(content)) == [squeezed(planted)]


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_a_learners_copy_holds_notebooks_helpers_and_texts_of_one_edition(language):
    files = {str(path) for path in learner_files(language)}
    for chapter in build.chapters():
        own = {f"notebooks/{language}/{chapter}/{chapter}.ipynb"}
        own |= {f"helpers/cases/{chapter}.{end}" for end in ("cases", f"{language}.json")}
        own |= {f"notebooks/{language}/{chapter}/{name}" for name in build.given_files(chapter)}
        assert own <= files
    other = next(each for each in build.LANGUAGES if each != language)
    assert not [f for f in files if f.startswith(("solutions", "autograde", "tests"))]
    assert not [f for f in files if f"/{other}/" in f or f.endswith(f".{other}.json")]


def test_no_helper_knows_autograde_or_holds_a_whole_answer():
    parts = {squeezed(p) for chapter in build.chapters() for p in secret_parts(chapter)}
    whole = {part for part in parts if len(part) >= 40}
    assert whole
    for path in (build.ROOT / "helpers").glob("**/*.py"):
        source = path.read_text(encoding="utf-8")
        assert "autograde" not in imports(source), path
        text = squeezed(source)
        assert [part for part in whole if part in text] == [], path


# ------------------------------------------------------------------ one language an edition


def prose(text):
    """Markdown without code, formulas, tags and addresses."""
    for pattern in (
        r"```.*?```",
        r"`[^`]*`",
        r"\$\$.*?\$\$",
        r"\$[^$\n]*\$",
        r"<[^>]*>",
        r"\]\([^)]*\)",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return text


def foreign_prose(text, language):
    """The passages of a text in the other language; a name, a term or a quoted word is none."""
    if language == "en":
        return re.findall(
            r"[가-힣]+(?:[ ,]+[가-힣]+)+", re.sub(r"[\"“'‘][^\"“”'‘’]*[\"”'’]", " ", prose(text))
        )
    words = r"[A-Za-z][A-Za-z'-]*(?:[ ,;:]+[A-Za-z][A-Za-z'-]*){6,}"
    lines = [line for line in prose(text).splitlines() if not re.search("[가-힣]", line)]
    return re.findall(words, "\n".join(lines))


@pytest.mark.parametrize("language", build.LANGUAGES)
def test_an_edition_has_no_prose_of_the_other_language(chapter, language):
    notebook = read(committed(chapter, language))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert foreign_prose(cell.source, language) == [], cell.source
    others = {
        c.source
        for c in read_source(chapter).cells
        if c.metadata.get("lang") not in (None, language)
    }
    assert others and not others & {cell.source for cell in notebook.cells}


@pytest.mark.parametrize(
    ("text", "language", "foreign"),
    [
        ("The word 나는 means I; `안녕 하세요` is code, and “오늘 날씨” a quotation.", "en", False),
        ("The mean 평균을 냅니다 of it.", "en", True),
        (
            "이것은 long short-term memory (LSTM, Hochreiter and Schmidhuber, 1997)입니다.",
            "ko",
            False,
        ),
        ("Long Short-Term Memory", "ko", False),
        ("이것은 기울기입니다.\n\nThis is the gradient of the loss here.", "ko", True),
    ],
)
def test_prose_of_the_other_language_is_seen(text, language, foreign):
    assert bool(foreign_prose(text, language)) is foreign


# ------------------------------------------------------------------ pairs


def formulas(text):
    return [re.sub(r"\s", "", formula) for formula in text]


def parts_of(markdown):
    """What both languages of a pair must have in common, by name."""
    fenced = re.findall(r"^```.*?^```", markdown, re.DOTALL | re.MULTILINE)
    markdown = re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)
    code = re.findall(r"(`+)(.+?)\1(?!`)", markdown)
    markdown = re.sub(r"(`+)(.+?)\1(?!`)", "", markdown)
    shown = formulas(re.findall(r"\$\$(.+?)\$\$", markdown, re.DOTALL))
    markdown = re.sub(r"\$\$(.+?)\$\$", "", markdown, flags=re.DOTALL)
    return {
        "headings": re.findall(r"^(#{1,6}) ", markdown, re.MULTILINE),
        "displayed formulas": shown,
        # In another order where the grammar wants it so.
        "formulas": Counter(formulas(re.findall(r"(?<!\\)\$([^$\n]+)\$", markdown))),
        "code spans": Counter(text for _, text in code),
        "fenced code": fenced,
        "links": Counter(re.findall(r"\]\(([^)\s]+)", markdown) + re.findall(r"<(https?://[^>]+)>", markdown)),
        "details": (markdown.count("<details"), markdown.count("</details>")),
    }  # fmt: skip


def disagreements(ko, en):
    """The names of the parts in which the two languages of a pair differ."""
    one, other = parts_of(ko), parts_of(en)
    return [name for name in one if one[name] != other[name]]


def pairs(notebook):
    """The pairs of a notebook as (Korean cell, English cell); raises where one stands alone."""
    cells = iter(notebook.cells)
    for cell in cells:
        if (language := cell.metadata.get("lang")) is not None:
            following = next(cells, {"metadata": {}})
            found = (language, following["metadata"].get("lang"))
            assert found == ("ko", "en"), f"{found} instead of a pair: {cell.source:.60}"
            assert cell.cell_type == following.cell_type
            yield cell, following


def test_every_pair_agrees(chapter):
    found = list(pairs(read_source(chapter)))
    assert len(found) > 5
    for ko, en in found:
        if ko.cell_type == "markdown":
            assert disagreements(ko.source, en.source) == [], en.source
        else:
            assert ko.source.replace('"ko"', '"en"') == en.source


KO = """## 기울기

식 $a_i$와 $b$는 `x @ y`와 [문서](https://a.org/b)에 있습니다.

$$ J = \\frac{1}{n} $$

```python
x = 1  # $no$
```
<details><summary>왜?</summary>그래서.</details>
"""
EN = """## The gradient

In [the documentation](https://a.org/b) `x @ y` has $b$ and $a_i$.

$$J =
\\frac{1}{n}$$

```python
x = 1  # $no$
```
<details><summary>Why?</summary>So.</details>
"""


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("## The", "### The"), "headings"),
        (("## The gradient", "The gradient"), "headings"),
        (("$a_i$", "$a_j$"), "formulas"),
        (("$b$", "b"), "formulas"),
        (("{1}{n}", "{2}{n}"), "displayed formulas"),
        (("`x @ y`", "`y @ x`"), "code spans"),
        (("`x @ y`", "x @ y"), "code spans"),
        (("x = 1", "x = 2"), "fenced code"),
        (("a.org/b", "a.org/c"), "links"),
        (("<details><summary>Why?</summary>So.</details>", "Why? So."), "details"),
    ],
)
def test_a_disagreement_of_a_pair_is_seen(change, part):
    assert disagreements(KO, EN) == []
    assert EN.count(change[0]) == 1
    assert disagreements(KO, EN.replace(*change)) == [part]


@pytest.mark.parametrize(
    "languages",
    [["ko"], ["en"], ["en", "ko"], ["ko", None, "en"], ["ko", "en", "en"], ["ko", "ko", "en"]],
)
def test_a_cell_that_stands_alone_is_seen(languages):
    cells = [new_code_cell("1", metadata={"lang": each} if each else {}) for each in languages]
    assert len(list(pairs(new_notebook(cells=[])))) == 0
    with pytest.raises(AssertionError, match="instead of a pair"):
        list(pairs(new_notebook(cells=cells)))
