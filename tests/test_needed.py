"""Of the set-up cells, what a submission can depend on runs, and only that."""

import pytest

from autograde.needed import only_needed


def kept(setup: str, own: str) -> str:
    return only_needed([setup], [own])[0]


def test_a_picture_that_no_answer_touches_is_left_out():
    setup = "import plt\nx = 3\nfor i in range(9):\n    plt.plot(i)\nplt.show()"
    assert kept(setup, "def f(x):\n    return 2 * x") == ""


def test_what_the_learner_reads_is_kept_with_all_that_it_stands_on():
    setup = "import data\nraw = data.load()\n\ndef scale(x):\n    return x / top\n\ntop = 9\nx = scale(raw)"
    assert kept(setup, "answer = x.sum()") == setup


def test_a_name_read_inside_a_function_counts_and_a_local_one_does_not():
    setup = "x = 3\ny = 4"
    assert kept(setup, "def f(y):\n    return y + x") == "x = 3"


@pytest.mark.parametrize(
    "change",
    [
        "x[0] = 5",
        "x.grad = None",
        "x.add_(1)",
        "x += 1",
        "del x[0]",
        "for i in range(3):\n    x.append(i)",
        "shuffle(x)",
        "with open_file() as x:\n    pass",
        "if (x := 4):\n    pass",
        "touch()",
        "set_it()",
    ],
)
def test_whatever_may_change_a_needed_variable_is_kept(change):
    setup = f"def touch():\n    x.clear()\ndef set_it():\n    global x\n    x = 1\nx = []\n{change}"
    assert kept(setup, "print(x)").endswith(f"\n{change}")
    assert kept(setup, "print(2)") == ""


def test_settings_of_a_module_are_kept_with_the_module():
    setup = "import torch\ntorch.manual_seed(0)\nprint(torch.rand(1))"
    assert kept(setup, "def f():\n    return torch.zeros(1)").startswith(
        "import torch\ntorch.manual_seed(0)"
    )
    assert kept(setup, "def f():\n    return 1") == ""


def test_a_loop_keeps_the_start_of_what_it_counts():
    setup = "total = 0\nx = 1\nfor i in range(3):\n    total += i\n    x = i"
    assert kept(setup, "print(x)") == setup


@pytest.mark.parametrize(
    "own", ["%timeit f(x)", "eval('x')", "globals()['x']", "from __main__ import x", "def f(:"]
)
def test_names_that_cannot_be_told_keep_everything(own):
    assert kept("x = 3\ny = 4", own) == "x = 3\ny = 4"


def test_a_cell_goes_on_after_what_was_left_out_on_its_line():
    assert kept("a = 1; b = 2; c = a", "c") == "a = 1\nc = a"


def test_cells_share_their_names():
    assert only_needed(["x = 1", "y = 2", "x += 1"], ["x"]) == ["x = 1", "", "x += 1"]


@pytest.mark.parametrize(
    "own",
    [
        "-" * 100_000 + "1",
        " + ".join(["x"] * 60_000),
        "x" + ".b" * 100_000,
        "lambda: " * 3_000 + "1",
        "(" * 5_000 + ")" * 5_000,
        "'\ud800'",
        "x\0",
        "%matplotlib inline",
    ],
    ids=["signs", "sum", "attributes", "lambdas", "brackets", "surrogate", "null", "magic"],
)
def test_a_source_that_python_cannot_read_keeps_everything(own):
    assert kept("x = 3\ny = 4", own) == "x = 3\ny = 4"


@pytest.mark.parametrize(
    "own",
    [
        "import __main__\n__main__.x",
        "import sys\nsys._getframe().f_globals['x']",
        "def f(): pass\nf.__globals__['x']",
        "globals()['x']",
        "eval('x')",
    ],
)
def test_names_that_are_read_from_text_keep_everything(own):
    assert kept("x = 3\ny = 4", own) == "x = 3\ny = 4"
