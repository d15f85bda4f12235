"""Inside the sandbox: runs a submission's cells, looks at each answer, sends what it saw.

    python -I runner.py HELPERS CHANNEL < job         frames go out on descriptor CHANNEL

A job and every frame are messages of helpers.wire. The job holds the learner's cells and, per
exercise, fresh inputs; no expected output, no oracle and no name ever enters this process. A
frame is sent the moment something is known, so that whatever the code does next costs no more
than itself. What is sent here is a claim by a stranger's process: autograde.judge checks it.

Frames: b"ready" before the job is read, {"is": "step", "step": n} before a cell runs, "look"
before an answer is used, "seen" with its observations, "output" with what a cell showed, b"end".
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import gc
import importlib
import io
import linecache
import os
import random
import signal
import struct
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

MAX_SEEN = 8 << 20  # bytes of one exercise's observations
MAX_TEXT = 20_000  # characters that one cell shows
MAX_FIGURES = 4  # of one cell
MAX_FIGURE = 400_000  # bytes
FIGURE_DPI = 72
AFTER_TIME_UP = 0.1  # of the time, for each case after one that took too long
BUSY = 0.02  # seconds of CPU that other threads may have used
IN_BOX = "/course"  # where the helpers are in a box (see autograde.sandbox)
MISSING = object()
Send = Callable[[dict[str, Any]], None]


class TimeUp(BaseException):
    """Raised in code that has run too long; no Exception, so that `except Exception` passes it."""


def run(job: dict[str, Any], send: Send) -> None:
    """Runs a job's steps in order and looks at each exercise right after its answer.

    Cells that failed are tried again once all have run, and so are the exercises that did not
    work: in a notebook whose cells were moved, what they need may stand further down.
    """
    from helpers.observe import NotAttempted

    _seed()
    shell = Shell(job["seconds"], NotAttempted)
    exercises, skip = job["exercises"], set(job["skip"])
    errors: dict[str, BaseException | None] = {}
    pending: list[int] = []

    def execute(number: int) -> bool:
        step = job["steps"][number]
        send({"is": "step", "step": number})
        error = shell.run(step["source"], step["definitions"], f"<cell {number + 1}>")
        if step["show"]:
            send({"is": "output", "step": number, "outputs": shell.take_outputs(error)})
        else:
            shell.close_figures()
        if step["exercise"]:
            errors[step["exercise"]] = error
        _end_processes()
        _end_if_busy()
        return error is None or isinstance(error, (NotAttempted, TimeUp))

    def look(name: str) -> bool:
        send({"is": "look", "exercise": name})
        observations = shell.look(exercises[name], errors.get(name))
        send({"is": "seen", "exercise": name, "observations": observations})
        _end_processes()
        _end_if_busy()
        return all(each["outcome"] == "value" or each["error"] == "TimeUp" for each in observations)

    looked: set[str] = set()
    for number, step in enumerate(job["steps"]):
        if not execute(number):
            pending.append(number)
        name = step["exercise"]
        if name in exercises and name not in skip and look(name):
            looked.add(name)
    while pending and len(again := [n for n in pending if not execute(n)]) < len(pending):
        pending = again
    for name in exercises:
        if name not in looked and name not in skip:
            look(name)


class Shell:
    """One notebook's namespace, and the running of cells and answers in it."""

    def __init__(self, seconds: float, not_attempted: type[BaseException]) -> None:
        self.seconds = seconds
        self.not_attempted = not_attempted
        self.module = types.ModuleType("__main__")
        self.namespace = self.module.__dict__
        self.printed = io.StringIO()
        self.shown: list[dict[str, Any]] = []
        sys.modules["__main__"] = self.module
        builtins.display = self.display
        builtins.get_ipython = self.get_ipython
        signal.signal(signal.SIGALRM, _time_up)

    def run(self, source: str, definitions: bool, filename: str) -> BaseException | None:
        """Runs one cell; returns what it raised, or None. What it prints is kept."""
        self.printed, self.shown = io.StringIO(), []
        out = _Capped(self.printed)
        try:
            with (
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(_Capped(None)),
                _at_most(self.seconds),
            ):
                value = self._execute(source, definitions, filename)
                if value is not None:
                    self.display(value)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the cell's own
            return error
        return None

    def take_outputs(self, error: BaseException | None) -> list[dict[str, str]]:
        """What the last cell showed: text and pictures, never HTML, and never much."""
        outputs = [{"text": self.printed.getvalue()}] if self.printed.getvalue() else []
        outputs += self.shown
        with contextlib.suppress(BaseException), _at_most(self.seconds):
            outputs += _figures()
        if error is not None and not isinstance(error, self.not_attempted):
            outputs.append({"error": type(error).__name__[:100], "message": _message(error)})
        return outputs

    def close_figures(self) -> None:
        """Closes the figures that are open, as a notebook does after each cell."""
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            with contextlib.suppress(BaseException), _at_most(self.seconds):
                pyplot.close("all")

    def look(
        self, exercise: dict[str, Any], error: BaseException | None
    ) -> list[dict[str, Any]]:  # fmt: skip
        """What the answer does on each of its cases, as the fields of Observations.

        error: what its own cell raised, which is the reason if there is no answer.
        """
        from helpers.observe import Case, Observation, observe

        answer = self.namespace.get(exercise["answer"], MISSING)
        cases, seen = [Case(**case) for case in exercise["cases"]], []
        if answer is MISSING:
            missing = Observation("unattempted")
            if error is not None and not isinstance(error, self.not_attempted):
                missing = _crash(error)
            seen = [missing] * len(cases)
        seconds = self.seconds
        for case in cases[len(seen) :]:
            try:
                with _at_most(seconds):
                    [one] = observe(exercise["kind"], answer, [case], exercise["mutates"])
            except BaseException as stopped:
                one = _crash(stopped)
            seen.append(one)
            if one.error == TimeUp.__name__:
                seconds = self.seconds * AFTER_TIME_UP
        return [{f.name: getattr(each, f.name) for f in fields(each)} for each in seen]

    def display(self, *values: Any, **_: Any) -> None:
        """What `display` shows of its arguments: their repr."""
        for value in values:
            if len(self.shown) < 20:
                self.shown.append({"text": _repr(value)})

    def get_ipython(self) -> Any:
        """A real IPython shell on this namespace, made when a cell first asks for it."""
        from IPython.core.interactiveshell import InteractiveShell

        # `%matplotlib …` and `%gui …` choose a window; here there is none.
        InteractiveShell.enable_matplotlib = lambda self, gui=None: (gui, "agg")
        InteractiveShell.enable_gui = lambda self, gui=None: None
        return InteractiveShell.instance(user_module=self.module, user_ns=self.namespace)

    def _execute(self, source: str, definitions: bool, filename: str) -> Any:
        source, tree = _parse(source)
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        body = _definitions(tree.body) if definitions else tree.body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(ast.Module(body, []), filename, "exec", flags, dont_inherit=True)
        _finish(eval(code, self.namespace))
        if last is None:
            return None
        code = compile(ast.Expression(last.value), filename, "eval", flags, dont_inherit=True)
        value = _finish(eval(code, self.namespace))
        return None if source.rstrip().endswith(";") else value


class _Capped(io.TextIOBase):
    """Text that is kept up to MAX_TEXT characters, and dropped from there on."""

    def __init__(self, kept: io.StringIO | None) -> None:
        self.kept = kept

    def write(self, text: str) -> int:
        if self.kept is not None and self.kept.tell() < MAX_TEXT:
            self.kept.write(str(text)[: MAX_TEXT - self.kept.tell()])
        return len(text)

    def writable(self) -> bool:
        return True


def _parse(source: str) -> tuple[str, ast.Module]:
    try:
        return source, ast.parse(source)
    except SyntaxError:
        # A notebook may hold magics and `!commands`.
        from IPython.core.inputtransformer2 import TransformerManager

        plain = TransformerManager().transform_cell(source)
        if plain.strip() == source.strip():
            raise
        return plain, ast.parse(plain)


def _definitions(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that only give names: imports, functions, classes and constants."""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    constant = (ast.Assign, ast.AnnAssign)
    return [
        node
        for node in body
        if isinstance(node, kept)
        or (isinstance(node, constant) and isinstance(node.value, ast.Constant))
    ]


def _finish(value: Any) -> Any:
    """The result of a cell; of one with `await` in it, once it is done."""
    if not isinstance(value, types.CoroutineType):
        return value
    import asyncio

    return asyncio.run(value)


def _time_up(*_: Any) -> None:
    raise TimeUp


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _figures() -> list[dict[str, str]]:
    """The figures that are open, as PNG; they are closed."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    pictures = []
    for number in pyplot.get_fignums()[:MAX_FIGURES]:
        file = io.BytesIO()
        pyplot.figure(number).savefig(file, format="png", dpi=FIGURE_DPI, bbox_inches="tight")
        if len(file.getvalue()) <= MAX_FIGURE:
            pictures.append({"png": base64.b64encode(file.getvalue()).decode("ascii")})
    pyplot.close("all")
    return pictures


def _crash(error: BaseException) -> Any:
    from helpers.observe import Observation
    from helpers.observe import _crash as crash

    if isinstance(error, SyntaxError):
        line, source = error.lineno or 0, (error.text or "").strip()[:200]
        return Observation("crashed", None, (), "SyntaxError", str(error.msg)[:500], line, source)
    return crash(error, "")


def _message(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except BaseException:
        return ""


def _repr(value: Any) -> str:
    try:
        return repr(value)[:MAX_TEXT]
    except Exception:
        return f"<{type(value).__name__}>"


def _end_processes() -> None:
    """Ends what a cell or an answer started, so that the next answer is looked at alone.

    Only in a box, where pid 1 is bubblewrap or whoever came in has no parent; anywhere else this
    would end the user's session.
    """
    if not _boxed or os.getpid() == 1:
        return
    fresh = os.getppid() == 1 and Path("/proc/1/comm").read_text() == "bwrap\n"
    if not fresh and os.getppid() != 0:
        return
    # Ignored, children leave no zombies, and nobody's handler (a DataLoader's) is called.
    handler = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    signal.signal(signal.SIGCHLD, handler)


_boxed = False
_busy_before = 0.0


def _end_if_busy() -> None:
    """Ends the box if a thread goes on after its cell or answer: it would slow the others."""
    global _busy_before
    others = time.process_time() - time.thread_time()
    if others - _busy_before > BUSY:
        time.sleep(2 * BUSY)
        if time.process_time() - time.thread_time() - others > BUSY / 2:
            os._exit(1)
        _busy_before = time.process_time() - time.thread_time()


def _seed() -> None:
    import numpy as np
    import torch

    random.seed(0)
    np.random.seed(0)
    torch.default_generator.manual_seed(0)


def _write(descriptor: int, frame: bytes) -> None:
    data = struct.pack(">I", len(frame)) + frame
    while data:
        data = data[os.write(descriptor, data) :]


def _send_on(descriptor: int) -> Send:
    from helpers.wire import encode

    def send(frame: dict[str, Any]) -> None:
        data = encode(frame)
        if len(data) > MAX_SEEN and frame["is"] == "seen":
            large = {"outcome": "crashed", "error": "MemoryError"}
            large["message"] = f"more than {MAX_SEEN >> 20} MB came back"
            data = encode(frame | {"observations": [large] * len(frame["observations"])})
        _write(descriptor, data)

    return send


def _import_torch() -> None:
    """Imports torch with no garbage collection, which finds nothing and takes a tenth longer."""
    gc.disable()
    import torch

    gc.freeze()
    gc.enable()
    sys.modules["torch._dynamo"] = torch._dynamo = _Dynamo("torch._dynamo")


class _Dynamo(types.ModuleType):
    """Stands for torch's compiler, which every optimizer imports: 0.8 s, and nearly none compile.

    What optimizers call has nothing to do where nothing is compiled; anything else brings the
    real one.
    """

    @staticmethod
    def graph_break(msg: str = "") -> None:
        """As the real one does in code that is not being compiled: nothing."""

    @staticmethod
    def disable(fn: Any = None, *_: Any, **__: Any) -> Any:
        """As the real one in code that is not being compiled: the function as it is."""
        return _Dynamo.disable if fn is None else fn

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get("torch._dynamo") is self:
            del sys.modules["torch._dynamo"]
        return getattr(importlib.import_module("torch._dynamo"), name)


def main() -> None:
    """Reads a job from stdin, runs it, and sends frames on the descriptor named."""
    global _boxed
    _boxed, channel = sys.argv[1] == IN_BOX, int(sys.argv[2])
    sys.path.insert(0, sys.argv[1])
    _import_torch()
    from helpers.wire import decode

    _write(channel, b"ready")
    job = decode(sys.stdin.buffer.read())
    # Last, so that a module that a cell writes beside itself is found but shadows nothing.
    sys.path.append(str(Path.cwd()))
    run(job, _send_on(channel))
    _write(channel, b"end")
    os._exit(0)  # what is left to tidy up goes with the box


if __name__ == "__main__":
    main()
