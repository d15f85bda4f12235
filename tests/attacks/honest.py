"""Honest but unusual: right work in a style of its own. Every one gets full marks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from attacks.corpus import (
    Attack,
    Submission,
    combined,
    data,
    full,
    grade_id,
    notebook,
    put,
    right_answers,
)

ANSWERS = [
    Attack("lambda", "a lambda", "$right\n_f1 = $name\n$name = lambda *a: _f1(*a)", share=1.0),
    Attack("partial", "functools.partial", """
$right
import functools
_f2 = $name
$name = functools.partial(_f2)
""", share=1.0),
    Attack("callable", "an object that can be called", """
$right
class _Callable:
    f = staticmethod($name)
    def __call__(self, *arguments):
        return self.f(*arguments)
$name = _Callable()
""", share=1.0),
    Attack("korean", "Korean names and comments", """
$right
# 도우미 함수를 하나 더 둡니다
_정답 = $name
def $name(*인자들):
    결과 = _정답(*인자들)  # 결과를 돌려준다
    return 결과
""", share=1.0),
    Attack("noisy", "prints, warnings, logging, stderr and a progress bar in the answer", """
$right
import logging, os, sys, warnings
from tqdm.auto import tqdm
_f3 = $name
def $name(*arguments):
    warnings.warn("careful")
    logging.getLogger("mine").error("an error, logged")
    print("working", arguments)
    print("on stderr", file=sys.stderr)
    os.write(2, b"on descriptor 2")
    for _ in tqdm(range(3), desc="step"):
        pass
    return _f3(*arguments)
""", share=1.0),
    Attack("experiments", "experiments below the function that end in an error", """
$right
print($name)
x = undefined_name
""", share=1.0),
    Attack("plots", "a plot and a display in the answer's cell", """
$right
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.show()
display("text", {"a": 1})
$name
""", share=1.0),
    Attack("set-up-data", "data of a set-up cell, used in the answer and drawn as it was there", """
assert notes_lengths.tolist()[0] == 20 and len(notes_lengths) == 10
plt.plot(notes_lengths)
$right
""", share=1.0),
    Attack("compiled", "the answer compiled", """
$right
$name = torch.compile($name, backend="eager", disable=True)
torch.compile(lambda x: x + 1, backend="eager")(torch.zeros(2))
""", share=1.0),
    Attack("timed", "cell magic", "%%time\n$right", share=1.0),
    Attack("helper-below", "a helper defined below the function that uses it, by a shell cell's side", """
%matplotlib inline
!ls
$right
_f4 = $name
def $name(*arguments):
    return _helper(_f4, *arguments)
def _helper(f, *arguments):
    return f(*arguments)
""", share=1.0),
]  # fmt: skip

CELLS = [
    Attack("scratch-error", "a scratch cell with an error", "1 / 0", "cell"),
    Attack("scratch-syntax", "a scratch cell that is no Python", "this is not python (", "cell"),
    Attack("scratch-exit", "a scratch cell that leaves", "exit()", "cell"),
    Attack("scratch-raise", "KeyboardInterrupt left from an interrupted cell", "raise KeyboardInterrupt", "cell"),
    Attack("scratch-await", "await at the top level", "import asyncio\nawait asyncio.sleep(0)", "cell"),
    Attack("scratch-magics", "magics and shell commands", "%matplotlib inline\n!ls\nfiles = !ls\n%timeit -n1 -r1 1+1\n%time 1+1", "cell"),
    Attack("scratch-help", "help and an odd IPython session", "torch.zeros?\nprint?", "cell"),
    Attack("scratch-seeds", "seeds of its own", "import random, numpy\nrandom.seed(9); numpy.random.seed(9); torch.manual_seed(9)", "cell"),
    Attack("scratch-print", "print replaced by its own", "import builtins\n_print = print\ndef print(*a, **k):\n    _print('>', *a, **k)", "cell"),
    Attack("scratch-threads", "a scratch cell with threads left alive", "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()", "cell"),
    Attack("scratch-loader", "a DataLoader with worker processes", """
from torch.utils.data import DataLoader, TensorDataset
for batch in DataLoader(TensorDataset(torch.arange(8)), batch_size=4, num_workers=2):
    print(batch)
""", "cell"),
    Attack("scratch-tqdm", "tqdm in a notebook", "from tqdm.notebook import tqdm as bar\nfor _ in bar(range(3)):\n    pass", "cell"),
    Attack("scratch-names", "names of the course used for something else", "x = 3\nlist_ = list\nhint = check = None", "cell"),
    Attack("scratch-settings", "torch's settings changed", "torch.set_printoptions(precision=2)\ntorch.set_num_threads(2)\ntorch.set_grad_enabled(True)", "cell"),
    Attack("scratch-train", "a model trained, a file written and read", """
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters())
model(torch.zeros(3, 2)).sum().backward()
optimizer.step()
torch.save(model.state_dict(), "model.pt")
torch.load("model.pt")
print(model)
""", "cell"),
    Attack("scratch-plots", "many figures left open", "import matplotlib.pyplot as plt\nfor _ in range(25):\n    plt.figure()", "cell"),
]  # fmt: skip


def moved(made: NotebookNode, key: Callable[[int, NotebookNode], float]) -> NotebookNode:
    """The notebook with its cells in another order."""
    made.cells = [cell for _, cell in sorted(enumerate(made.cells), key=lambda each: key(*each))]
    return made


def without(made: NotebookNode, drop: Callable[[NotebookNode], bool]) -> NotebookNode:
    """The notebook without some of its cells."""
    made.cells = [cell for cell in made.cells if not drop(cell)]
    return made


def is_answer(cell: NotebookNode) -> bool:
    """Whether a cell is an answer."""
    return grade_id(cell) in right_answers()


def has_tag(cell: NotebookNode, tag: str) -> bool:
    """Whether a cell has a tag."""
    return tag in cell.metadata.get("tags", [])


def helper_elsewhere(at: int) -> NotebookNode:
    """An answer that needs a helper from a cell of the learner's own, which stands at `at`."""
    right = right_answers()["pad-batch"].replace("def pad_batch(", "def _my_pad_batch(")
    made = notebook(
        {"pad-batch": "def pad_batch(*arguments):\n    return _my_pad_batch(*arguments)"}
    )
    return put(made, right, at if at >= 0 else len(made.cells))


def needs_a_cell_that_dies() -> NotebookNode:
    """A helper's value from a scratch cell; another scratch cell ends the process."""
    right = right_answers()["pad-batch"].replace("pad_id)", "pad_id * scale)")
    right = right.replace("pad_id * scale):", "pad_id):")
    made = notebook(
        {"pad-batch": right.replace("return ", "pad_id = pad_id * scale[0]\n    return ", 1)}
    )
    put(made, "scale = [int(each) for each in '111']", 3)
    return put(made, "import os\nos._exit(1)", 4)


def needs_what_follows_a_death() -> NotebookNode:
    """An answer whose helper stands last, beside an answer that ends the process."""
    made = helper_elsewhere(-1)
    for cell in made.cells:
        if grade_id(cell) == "masked-loss":
            cell.source += "\nimport os\nos._exit(1)"
    return made


def edited(tag: str, addition: str) -> NotebookNode:
    """One cell of the course (a demo, or the setup) with something added; an answer needs it."""
    made = notebook({"unsort": "def unsort(*arguments):\n    return my_own(*arguments)"})
    own = right_answers()["unsort"].replace("def unsort(", "def my_own(")
    for cell in made.cells:
        if cell.cell_type == "code" and (
            has_tag(cell, "demo") if tag == "demo" else "import torch" in cell.source
        ):
            cell.source = f"{addition}\n{cell.source}\n\n{own}\n"
            return made
    raise AssertionError("no such cell")


def stripped(made: NotebookNode) -> NotebookNode:
    """The notebook as tools leave it that drop all metadata but keep the cells' ids."""
    for cell in made.cells:
        cell.metadata = {}
    return made


def old(made: NotebookNode) -> bytes:
    """The notebook in format 4.4: its cells have no ids."""
    content = json.loads(data(made))
    content["nbformat_minor"] = 4
    for cell in content["cells"]:
        del cell["id"]
    return json.dumps(content, ensure_ascii=False).encode()


def notebooks() -> dict[str, bytes]:
    """Whole notebooks, by what is unusual about them."""
    source_as_list = json.loads(data(notebook()))
    for cell in source_as_list["cells"]:
        cell["source"] = cell["source"] if isinstance(cell["source"], list) else [cell["source"]]
    return {
        "korean-edition": data(notebook(edition="ko")),
        "helper-in-an-extra-cell": data(helper_elsewhere(3)),
        "helper-after-everything": data(helper_elsewhere(-1)),
        "cells-upside-down": data(moved(notebook(), lambda i, cell: -i)),
        "imports-last": data(moved(notebook(), lambda i, cell: "import torch" in cell.source)),
        "answers-last": data(moved(notebook(), lambda i, cell: is_answer(cell))),
        "no-setup-cells": data(
            without(notebook(), lambda c: c.cell_type == "code" and not is_answer(c) and not c.metadata)
        ),
        "only-answers": data(without(notebook(), lambda c: not is_answer(c))),
        "no-checks": data(without(notebook(), lambda c: has_tag(c, "check"))),
        "no-demos": data(without(notebook(), lambda c: has_tag(c, "demo"))),
        "demo-edited": data(edited("demo", "")),
        "setup-edited": data(edited("setup", "import math, json\nfrom collections import *")),
        "metadata-stripped": data(stripped(notebook())),
        "format-4.4": old(notebook()),
        "byte-order-mark": b"\xef\xbb\xbf" + data(notebook()),
        "windows-lines": data(notebook({e: s.replace("\n", "\r\n") for e, s in right_answers().items()})),
        "sources-as-lists": json.dumps(source_as_list).encode(),
        "needs-a-cell-beside-one-that-dies": data(needs_a_cell_that_dies()),
        "needs-what-follows-a-death": data(needs_what_follows_a_death()),
        "default-dtype": data(put(notebook(), "torch.set_default_dtype(torch.float64)", 3)),
    }  # fmt: skip


def submissions() -> Iterator[Submission]:
    """Answers in all styles with all scratch cells at once; whole notebooks one by one."""
    yield from combined("honest", [*ANSWERS, *CELLS])
    yield from combined(
        "honest-hanging",
        [Attack("scratch-hangs", "a scratch cell that hangs", "while True:\n    pass", "cell")],
    )
    for name, content in notebooks().items():
        yield Submission(f"honest-{name}", name.replace("-", " "), content, expected=full())
