"""Cheating: points for work that was not done.

Those of ANSWERS stand in the place of one answer each and earn nothing (or what they honestly
compute); those of CELLS stand in a submission whose answers are all wrong, and change that for
none of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_output

from attacks.corpus import (
    Attack,
    Submission,
    combined,
    data,
    full,
    notebook,
    nothing,
    put,
    right_answers,
    wrong,
)

ANSWERS = [
    Attack("always-equal", "an object that equals everything", """
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __len__(self): return 1
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __bool__(self): return True
    def __iter__(self): return iter([self])
def $name(*arguments):
    return Equal()
"""),
    Attack("equal-tensor", "a tensor class whose every comparison is true", """
import torch
class Always(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "equal", "is_tensor"): return True
        with torch._C.DisableTorchFunctionSubclass():
            result = function(*args, **(kwargs or {}))
        return torch.ones_like(result) if result is not NotImplemented and getattr(result, "dtype", 0) == torch.bool else result
def $name(*arguments):
    return torch.zeros(2, 2).as_subclass(Always)
"""),
    Attack("lying-class", "an object that says it is a tensor, and one that says it is a tuple", """
import torch
class Liar:
    __class__ = torch.Tensor
    shape, dtype, requires_grad = torch.Size([1]), torch.float32, False
    def __getattr__(self, name): return lambda *a, **k: self
def $name(*arguments):
    return Liar(), Liar()
"""),
    Attack("equal-numbers", "int, float, list, dict and str classes whose comparisons are true", """
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __len__(self): return 3
class Float(Equal, float): pass
class Int(Equal, int): pass
class List(Equal, list): pass
def $name(*arguments):
    return List([Float(0), Int(0), List()])
"""),
    Attack("not-a-number", "NaN and infinity in the right shape", """
$right
_right = $name
def $name(*arguments):
    import torch
    def spoil(value):
        if isinstance(value, (tuple, list)):
            return type(value)(map(spoil, value))
        if isinstance(value, torch.Tensor):
            return torch.full(value.shape, float("nan")).clone()
        return float("inf")
    return spoil(_right(*arguments))
"""),
    Attack("reads-frames", "the expected value in the frames, the heap and the runner's modules", """
import gc, inspect, sys
def $name(*arguments):
    from helpers.observe import Observation
    for frame in inspect.stack():
        for value in [*frame.frame.f_locals.values(), *frame.frame.f_globals.values()]:
            if isinstance(value, Observation) and value.value is not None:
                return value.value
    for value in gc.get_objects():
        if type(value) is Observation and value.outcome == "value":
            return value.value
    return None
"""),
    Attack("by-heart", "the answers to the public cases, looked up by their inputs", """
def $name(*arguments):
    from helpers.check import load_cases
    from helpers.observe import same
    exercise = load_cases("ch21_packed_sequence")["$exercise"]
    for case, expected in zip(exercise.cases, exercise.expected):
        if same(tuple(case.args), tuple(arguments)):
            return expected.value
    return exercise.expected[-1].value
"""),
    Attack("forges-its-frames", "its own observations on the runner's channel, made up", """
def $name(*arguments):
    import struct, sys
    from helpers.wire import encode
    value = {"outcome": "value", "value": True, "changed": (), "error": "", "message": "",
             "line": 0, "source": "", "printed": ""}
    frame = encode({"is": "seen", "exercise": "$exercise", "observations": [value] * 6})
    with open(int(sys.argv[-1]), "wb", buffering=0, closefd=False) as channel:
        channel.write(struct.pack(">I", len(frame)) + frame)
    return True
"""),
    Attack("changes-later", "a view of its argument, changed in a thread and in __del__", """
import threading
def $name(*arguments):
    import torch
    first = next((a for a in arguments if isinstance(a, torch.Tensor)), torch.zeros(1))
    class Later:
        def __del__(self):
            first.zero_()
    threading.Timer(0.001, first.zero_).start()
    Later()
    return first
"""),
]  # fmt: skip

FORGED = """
def _forge(value, count=12):
    import struct, sys
    from helpers.wire import encode
    for exercise in EXERCISES:
        for number in range(1, count):
            seen = {"outcome": "value", "value": value, "changed": (), "error": "", "message": "",
                    "line": 0, "source": "", "printed": ""}
            frame = encode({"is": "seen", "exercise": exercise, "observations": [seen] * number})
            with open(int(sys.argv[-1]), "wb", buffering=0, closefd=False) as channel:
                channel.write(struct.pack(">I", len(frame)) + frame)
"""

# Each patches what judges it, in its own process; the answers are wrong.
CELLS = [
    Attack("patches-judges", "check, compare, observe and examine replaced", """
import helpers.check, helpers.compare, helpers.observe, helpers.wire
def passed(*a, **k): return "passed", None
helpers.compare.judge = helpers.check.judge = passed
helpers.compare.compare = helpers.check.alike = lambda *a, **k: None
helpers.compare._compare_tensors = lambda *a, **k: None
helpers.check.examine = lambda exercise, *a, **k: helpers.check.Result(exercise.name, "passed", ("passed",) * 9, "call")
helpers.observe.same = lambda *a: True
check = lambda *a: print("passed")
"""),
    Attack("patches-observe", "observe replaced: it reports the public answers", """
import helpers.check, helpers.observe
public = {e.answer_name: e for e in helpers.check.load_cases("ch21_packed_sequence").values()}
def observe(kind, answer, cases, mutates=()):
    return list(public[answer.__name__].expected)[: len(cases)]
helpers.observe.observe = observe
"""),
    Attack("patches-torch", "torch's comparisons and Python's builtins", """
import builtins, torch
for name in ("allclose", "equal", "isclose", "all"):
    setattr(torch, name, lambda *a, **k: True)
torch.Tensor.__eq__ = lambda self, other: True
torch.Tensor.equal = torch.Tensor.allclose = lambda self, other, **k: True
builtins.all = builtins.any = lambda *a: True
builtins.isinstance = lambda *a: True
builtins.abs = lambda x: 0
"""),
    Attack("patches-wire", "encode replaced: every verdict it sends is passed", """
import helpers.wire
before = helpers.wire.encode
def encode(frame):
    if isinstance(frame, dict) and frame.get("is") == "seen":
        frame = dict(frame, verdict="passed", passed=True, share=1.0, points=100)
        for each in frame["observations"]:
            each.update(outcome="passed", verdict="passed")
    return before(frame)
helpers.wire.encode = encode
for module in list(__import__("sys").modules.values()):
    if getattr(module, "encode", None) is before:
        module.encode = encode
"""),
    Attack("patches-the-runner", "the runner itself, found through the frames", """
import sys
frame = sys._getframe()
while frame.f_back is not None:
    frame = frame.f_back
for name in ("run", "Shell", "_send_on"):
    print(name, name in frame.f_globals)
shell = frame.f_globals.get("Shell")
if shell is not None:
    def look(self, exercise, error):
        return [{"outcome": "value", "value": True, "changed": ()}] * len(exercise["cases"])
    shell.look = look
"""),
    Attack("forges-everything", "frames for every exercise, then the end", """
import os, struct, sys
from helpers.check import load_cases
EXERCISES = list(load_cases("ch21_packed_sequence"))
""" + FORGED + """
for value in (True, None, {"$": "passed"}, 1.0):
    _forge(value)
os.write(int(sys.argv[-1]), struct.pack(">I", 3) + b"end")
"""),
    Attack("forges-garbage", "frames that are none, verdicts, points and other people's names", """
import os, struct, sys
from helpers.wire import encode
for content in ({"is": "verdict", "exercise": "pack", "verdict": "passed"}, {"is": "points", "points": 10},
                {"is": "seen", "exercise": "../../gradebook", "observations": []}, [], 1, None):
    frame = encode(content)
    os.write(int(sys.argv[-1]), struct.pack(">I", len(frame)) + frame)
os.write(int(sys.argv[-1]), struct.pack(">I", 5) + b"passed")
"""),
    Attack("at-exit", "answers sent by atexit and __del__, after the last cell", """
import atexit
from helpers.check import load_cases
EXERCISES = list(load_cases("ch21_packed_sequence"))
""" + FORGED + """
atexit.register(_forge, True)
class Last:
    def __del__(self): _forge(True)
last = Last()
"""),
    Attack("hooks", "IPython's hooks and input transformers, to rewrite the cells that follow", """
try:
    shell = get_ipython()
    shell.events.register("pre_run_cell", lambda *a: print("hooked"))
    shell.events.register("post_run_cell", lambda *a: print("hooked"))
    shell.input_transformers_cleanup.append(lambda lines: ["True\\n"])
    shell.ast_transformers.append(type("T", (), {"visit": lambda self, node: node})())
    shell.run_cell = lambda *a, **k: None
except Exception as error:
    print(error)
import sys
sys.settrace(lambda *a: None)
sys.excepthook = sys.displayhook = lambda *a: None
"""),
    Attack("shadows", "modules of the grader's names beside the notebook", """
import os, sys
for name in ("torch.py", "helpers.py", "numpy.py", "json.py", "safetensors.py", "check.py"):
    with open(name, "w") as file:
        file.write("def __getattr__(name): return lambda *a, **k: ('passed', None)")
sys.path.insert(0, os.getcwd())
for name in [n for n in sys.modules if n.split(".")[0] in ("json", "safetensors")]:
    del sys.modules[name]
"""),
]  # fmt: skip


def tampered() -> Iterator[tuple[str, str, NotebookNode, dict[str, float]]]:
    """Notebooks whose metadata, tags or test cells were changed: name, aim, notebook, shares."""
    about = "answers wrong, metadata changed: points 100, no grade cell, everything passed"
    made = notebook(wrong())
    for cell in made.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(points=100, schema_version=99, checksum="passed")
            cell.metadata.nbgrader.update(locked=False, grade=cell.metadata.nbgrader.grade)
    yield "metadata", about, made, nothing()

    made = notebook(wrong())
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source, cell.outputs = "print('passed')", []
    yield "test-cells", "test cells rewritten to pass", made, nothing()

    made = notebook(wrong())
    for cell in made.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(grade=False, solution=True, task=False)
    yield "all-solutions", "every cell of nbgrader's declared to be an answer", made, nothing()

    made = notebook()
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.metadata["tags"] = ["demo", "raises-exception", "skip-execution"]
    yield "tags", "right answers that call themselves demos (they count all the same)", made, full()

    made = notebook(wrong())
    first, second = list(right_answers())[:2]
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"check-{second}":
            cell.metadata.nbgrader.grade_id = f"check-{first}"
    made.cells = [
        c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade_id") != f"check-{first}"
    ]
    yield "grade-ids", "the easy exercise's check given the name of another", made, nothing()

    made = notebook(wrong())
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            shown = {"text/html": "passed", "text/plain": "9 / 9"}
            cell.outputs = [new_output("display_data", shown)]
            cell.execution_count = 1
    yield "outputs", "outputs that say passed, from an earlier run", made, nothing()

    one = "sort-by-length"
    text = right_answers()[one]
    made = notebook(wrong() | {"pad-batch": f"{wrong()['pad-batch']}\n{text}"})
    shares = nothing() | {one: 0.0}
    yield "elsewhere", "an answer in another answer's cell, undone by its own cell", made, shares


def submissions() -> Iterator[Submission]:
    """Answers nine to a submission, cells one by one, tampered notebooks."""
    yield from combined("cheating", ANSWERS)
    for attack in CELLS:
        made = put(notebook(wrong()), attack.source, 3)
        yield Submission(f"cheating-{attack.name}", attack.tries, data(made), expected=nothing())
    for name, tries, made, shares in tampered():
        yield Submission(f"tampered-{name}", tries, data(made), expected=shares)
