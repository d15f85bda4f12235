"""How to use what the learner wrote, and what came of it.

The oracle, the known mistakes, the other right answers and the learner's own answer are all
observed by this one function, so they are compared like with like. Four kinds of answer are
known: a function ("call"), an nn.Module class ("module"), a dataset or iterator ("items"),
and a variable ("value").
"""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import linecache
import logging
import os
import random
import sysconfig
import textwrap
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import numpy as np
import torch

from helpers.wire import plain

Kind = Literal["call", "module", "items", "value"]
# How a gradient reaches what it should: not at all, as 0 or nearly, plainly, as nan or inf.
NO_WAY, AS_GOOD_AS_ZERO, PLAINLY, NOT_FINITE = range(4)
PRINTED_LIMIT = 4000
SEED = 7_340_033
Slope = tuple[torch.Tensor, torch.Tensor | None]  # what requires a gradient, and the gradient


class NotAttempted(NotImplementedError):
    """Raised by a stub: this exercise has not been written yet.

    In a notebook it shows as one friendly line instead of a traceback, so a demo that calls
    an unsolved function says what to solve first. A demo that needs a value says it itself:
    `raise NotAttempted("the_name")`.
    """

    def _render_traceback_(self) -> list[str]:
        from helpers.words import say

        frames = list(traceback.walk_tb(self.__traceback__))
        name = _code_name(frames[-1][0]) if frames else "<module>"
        if self.args:
            return [say("solve_first", name=self.args[0])]
        if name.startswith("<"):
            return [say("cell_first")]
        return [say("solve_first", name=name)]


@dataclass(frozen=True)
class Case:
    """One way to use an answer.

    args: the function's arguments, or those of the class's constructor.
    state: weights to load with load_state_dict ("module").
    inputs: the arguments of the module's forward; None builds it without running it.
    training: whether the module runs in training mode; None leaves it in the mode it came in. Of
        several modes, a tuple, the module runs in one after the other on the same inputs, and its
        output is a tuple of as many.
    slopes: whether the gradients of a function's result, or of a module's output by its inputs,
        have to have the right values, too.
    cut_off: whether a function's result has to be cut off from the record of its computation.
    take: how many items are looked at ("items").
    """

    args: tuple[Any, ...] = ()
    state: dict[str, torch.Tensor] | None = None
    inputs: tuple[Any, ...] | None = None
    training: bool | None | tuple[bool, ...] = False
    take: int = 64
    slopes: bool = False
    cut_off: bool = False


@dataclass(frozen=True)
class Observation:
    """What came of using an answer once, in plain types (see wire.plain).

    outcome: "value", "unattempted" or "crashed".
    value: what it returned; for "module" {"parameters": shapes, "trainable": which of them
        are set to be trained, "output": …, "reached": how a gradient reaches each,
        "kept": its buffers, after the call}, with `slopes` "gradient 1" too, where the second
        of its arguments and inputs requires one; for "items" {"length": …, "items": […]}; with
        `mutates`, `slopes` or `cut_off`, {"returned": …, "argument 0": after, "gradient 0": [of
        each tensor in the argument that requires one], …, "requires_grad": of what it returned}.
    changed: numbers of the arguments, and of the inputs after them, that were changed without
        leave.
    error, message, line, source: of a crash, in the learner's own code where it can be told;
        message: of an unattempted one, the stub that the answer called, if it is not one itself.
    printed: what the answer printed.
    gradients: of a function some of whose arguments require a gradient: how one of its result
        reaches each argument (one of the four ways above), the worst of an argument's tensors;
        -1 for one with none.
    """

    outcome: Literal["value", "unattempted", "crashed"]
    value: Any = None
    changed: tuple[int, ...] = ()
    error: str = ""
    message: str = ""
    line: int = 0
    source: str = ""
    printed: str = ""
    gradients: tuple[int, ...] = ()


def observe(
    kind: Kind, answer: Any, cases: Iterable[Case], mutates: tuple[int, ...] = ()
) -> list[Observation]:
    """Uses an answer once per case, on copies of the case's arguments.

    The global random state and torch's settings are put back afterwards, output is kept, stderr
    and warnings are dropped. mutates: numbers of the arguments that a function is *meant* to
    change in place.
    KeyboardInterrupt passes through; every other exception becomes part of the result.
    """
    with quiet(), _kept_settings(), _no_leftovers():
        return [_observe_one(kind, answer, case, mutates) for case in cases]


def _observe_one(kind: Kind, answer: Any, case: Case, mutates: tuple[int, ...]) -> Observation:
    before = case.args + (case.inputs or ())
    given = plain(before)
    printed = io.StringIO()
    _seed()
    try:
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = _use(kind, answer, given, case)
            value, after = plain(result), plain(given)
            slopes = _slopes(result, given) if kind == "call" else []
            gradients = _gradients(slopes)
            numbers = [list(map(_number, each)) for each in slopes] if case.slopes else []
            live = case.cut_off and any(part.requires_grad for part in _tensors(result))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # torch raises NotImplementedError too, with a message: for a dtype it cannot compute in.
        if isinstance(error, NotAttempted) or type(error) is NotImplementedError and not error.args:
            return Observation("unattempted", message=_stub_called(error))
        return _crash(error, printed.getvalue()[:PRINTED_LIMIT])
    if value is Ellipsis or (kind == "value" and _has_a_gap(answer)):
        return Observation("unattempted")
    beside = {f"argument {i}": after[i] for i in mutates}
    beside |= {f"gradient {i}": each for i, each in enumerate(numbers) if each}
    beside |= {"requires_grad": live} if case.cut_off else {}
    if beside:
        value = {"returned": value} | beside
    changed = tuple(
        i for i, each in enumerate(before) if i not in mutates and not same(each, after[i])
    )
    shown = printed.getvalue()[:PRINTED_LIMIT]
    return Observation("value", value, changed, printed=shown, gradients=gradients)


def same(a: Any, b: Any) -> bool:
    """Whether two plain values are identical: type, shape, dtype and every bit (NaN is NaN)."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        if a.shape != b.shape or a.dtype != b.dtype:
            return False
        if torch.equal(a, b):
            return True
        return bool(a.isnan().any()) and bool(((a == b) | (a.isnan() & b.isnan())).all())
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a == b or (a != a and b != b)


def _use(kind: Kind, answer: Any, given: tuple[Any, ...], case: Case) -> Any:
    if kind == "value":
        return answer
    if kind == "call":
        return answer(*given)
    if kind == "items":
        return _look_at_items(answer(*given), case.take)
    args, inputs = given[: len(case.args)], given[len(case.args) :]
    return _run_module(answer(*args), inputs, case)


def _look_at_items(items: Any, take: int) -> Any:
    if not hasattr(items, "__getitem__") and not hasattr(items, "__iter__"):
        return items
    length = len(items) if hasattr(items, "__len__") else None
    if hasattr(items, "__getitem__") and length is not None:
        # From the last to the first: an item has to be the one asked for, not the next in line.
        asked = [items[i] for i in reversed(range(min(length, take)))][::-1]
    else:
        asked = list(itertools.islice(items, take))
    return {"length": length, "items": asked}  # copied together: one buffer for all would show


def _run_module(module: Any, inputs: tuple[Any, ...], case: Case) -> Any:
    if not isinstance(module, torch.nn.Module):
        return module
    shapes = {name: tuple(p.shape) for name, p in module.state_dict().items()}
    learns = {name for name, p in module.named_parameters() if p.requires_grad}
    seen: dict[str, Any] = {"parameters": shapes, "trainable": {n: n in learns for n in shapes}}
    if case.state is not None:
        if shapes != {name: tuple(p.shape) for name, p in case.state.items()}:
            return seen | {"output": None, "reached": {}, "kept": {}}
        module.load_state_dict(plain(case.state))
    if case.inputs is not None:
        _seed()  # however many numbers its constructor drew
        output = _run_in_modes(module, inputs, case.training)
        seen["output"] = plain(output)
        if case.slopes:
            by_input = enumerate(_slopes(output, inputs), len(case.args))
            seen |= {f"gradient {i}": list(map(_number, each)) for i, each in by_input if each}
        seen["reached"] = _reached(module, output)
        seen["kept"] = plain(_buffers(module))
    return seen


def _run_in_modes(
    module: torch.nn.Module, inputs: tuple[Any, ...], training: bool | None | tuple[bool, ...]
) -> Any:
    if isinstance(training, tuple):
        return tuple(_run_in_modes(module, inputs, mode) for mode in training)
    if training is not None:
        module.train(training)
    return module(*inputs)


def _buffers(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    parameters = dict(module.named_parameters())
    return {name: value for name, value in module.state_dict().items() if name not in parameters}


def _reached(module: torch.nn.Module, output: Any) -> dict[str, int]:
    """How a gradient of the output reaches the parameters (see Observation)."""
    learns = {name: p for name, p in module.named_parameters() if p.requires_grad}
    return dict(zip(learns, map(_way, _of_leaves(output, list(learns.values()))), strict=True))


def _slopes(result: Any, args: tuple[Any, ...]) -> list[list[Slope]]:
    """The gradients of a function's result by each argument's tensors that require one."""
    of_each = [[t for t in _tensors(arg) if t.requires_grad] for arg in args]
    if not any(of_each):
        return []
    leaves = list(itertools.chain(*of_each))
    try:
        found = iter(_of_leaves(result, leaves))
    except RuntimeError:  # the answer has used up the record of its computation
        found = iter([None] * len(leaves))
    return [[(leaf, next(found)) for leaf in each] for each in of_each]


def _gradients(slopes: list[list[Slope]]) -> tuple[int, ...]:
    """How a gradient of a function's result reaches its arguments (see Observation)."""
    ways = [[_way(gradient) for _, gradient in each] for each in slopes]
    return tuple((NOT_FINITE if NOT_FINITE in each else min(each, default=-1)) for each in ways)


def _number(slope: Slope) -> torch.Tensor:
    """A gradient in numbers: zeros where there is no way, which `gradients` tells apart."""
    leaf, gradient = slope
    return plain(torch.zeros_like(leaf) if gradient is None else gradient.detach())


def _of_leaves(output: Any, leaves: list[torch.Tensor]) -> Sequence[torch.Tensor | None]:
    """The gradient of an output by each leaf; None where there is no way."""
    # Weighted: the plain sum of a softmax, say, has no gradient.
    ends = [
        (part * torch.linspace(0.5, 1.5, part.numel()).to(part).reshape(part.shape)).sum()
        for part in _tensors(output)
        if part.requires_grad and part.is_floating_point()
    ]
    if not ends or not leaves:
        return [None] * len(leaves)
    return torch.autograd.grad(ends, leaves, allow_unused=True, retain_graph=True)


def _way(gradient: torch.Tensor | None) -> int:
    if gradient is None:
        return NO_WAY
    if not gradient.isfinite().all():
        return NOT_FINITE
    return PLAINLY if bool((gradient.abs() > 1e-3).any()) else AS_GOOD_AS_ZERO


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part)


_is_quiet = False


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Drops what is written to stderr and logged; once around many calls of observe is enough."""
    global _is_quiet
    if _is_quiet:
        yield
        return
    with contextlib.redirect_stderr(io.StringIO()), _silent_descriptor(2), _silent_loggers():
        _is_quiet = True
        try:
            yield
        finally:
            _is_quiet = False


@contextlib.contextmanager
def _silent_descriptor(number: int) -> Iterator[None]:
    """Drops what libraries and child processes write past sys.stderr."""
    try:
        saved = os.dup(number)
    except OSError:  # closed: nothing can be written there
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    try:
        yield
    finally:
        os.dup2(saved, number)
        os.close(saved)
        os.close(nowhere)


@contextlib.contextmanager
def _silent_loggers() -> Iterator[None]:
    """Stops loggers that were set up before, and hold a stderr of their own."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)


@contextlib.contextmanager
def _kept_settings() -> Iterator[None]:
    """Puts back the random state, and what an answer may have switched for good."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    grad, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
    try:
        yield
    finally:
        torch.set_grad_enabled(grad)
        torch.set_default_dtype(dtype)
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])


@contextlib.contextmanager
def _no_leftovers() -> Iterator[None]:
    """Fills what `torch.empty` makes with NaN, so that reading it is wrong every time.

    The public torch.use_deterministic_algorithms does this too, and first imports torch's
    compiler: 0.9 s.
    """
    on = torch.are_deterministic_algorithms_enabled()
    only_warned = torch.is_deterministic_algorithms_warn_only_enabled()
    torch._C._set_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch._C._set_deterministic_algorithms(on, warn_only=only_warned)


def _seed() -> None:
    """No seed that an answer would choose, so that one that seeds by itself draws other numbers."""
    random.seed(SEED)
    np.random.seed(SEED)
    torch.default_generator.manual_seed(SEED)


def _has_a_gap(value: Any) -> bool:
    """Whether a value is `...` or holds one, as it was handed out."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, set)):
        return any(map(_has_a_gap, value))
    return value is Ellipsis


def _code_name(frame: FrameType) -> str:
    """A function's name, with its class's if it is a method: Net.forward."""
    return frame.f_code.co_qualname.rsplit("<locals>.", 1)[-1]


def _learners_frames(error: BaseException) -> list[traceback.FrameSummary]:
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if _is_learners(frame.filename)]


def _stub_called(error: BaseException) -> str:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    names = [_code_name(f) for f in frames if _is_learners(f.f_code.co_filename)]
    return names[-1] if len(names) > 1 and not names[-1].startswith("<") else ""


def _crash(error: BaseException, printed: str) -> Observation:
    line, source = 0, ""
    frames = _learners_frames(error)
    for frame in frames[-1:]:
        line = frame.lineno or 0
        source = (frame.line or linecache.getline(frame.filename, line)).strip()
        if (frame.filename, frame.name) != (frames[0].filename, frames[0].name):
            source = f"{frame.name}(): {source}"  # another function that the answer called
    try:
        message = str(error)
    except Exception:
        message = ""
    kind = type(error).__name__
    return Observation("crashed", None, (), kind, message[:500], line, source[:200], printed)


HELPERS = str(Path(__file__).parent)
LIBRARIES = tuple({HELPERS, *(sysconfig.get_path(k) for k in ("stdlib", "purelib", "platlib"))})


def _is_learners(filename: str) -> bool:
    return not filename.startswith(LIBRARIES) and not filename.startswith("<frozen")


def source_of(answer: Any) -> str | None:
    """The source text of a function, or of a class by its bases and methods, or None."""
    try:
        if not inspect.isclass(answer):
            return textwrap.dedent(inspect.getsource(answer))
        # A class made in a notebook has no file; its methods know their cell.
        methods = [m for m in vars(answer).values() if inspect.isfunction(m)]
        sources = [textwrap.dedent(inspect.getsource(m)) for m in methods] or ["pass"]
    except (OSError, TypeError, SyntaxError):
        return None
    bases = ", ".join(base.__name__ for base in answer.__bases__)
    return f"class {answer.__name__}({bases}):\n{textwrap.indent(''.join(sources), '    ')}"
