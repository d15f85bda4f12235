"""Two plain values → what differs, in the order in which a teacher would say it.

Type, length, shape, dtype (a wider one is accepted), values (tolerances by dtype), then whether
a gradient can flow through where the expected value lets one. NaN never equals anything.
Lists and tuples are interchangeable, and so are Python and NumPy scalars.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch

from helpers.observe import AS_GOOD_AS_ZERO, NO_WAY, NOT_FINITE, PLAINLY, Observation
from helpers.wire import Opaque

# dtype → (relative to the value, relative to the largest value of the tensor, absolute)
TOLERANCE = {
    torch.float64: (1e-7, 1e-9, 1e-12),
    torch.float32: (1e-4, 1e-5, 1e-7),
    torch.float16: (1e-2, 1e-3, 1e-4),
    torch.bfloat16: (4e-2, 1e-2, 1e-3),
    torch.complex64: (1e-4, 1e-5, 1e-7),
}
WIDER = {
    torch.bfloat16: {torch.float32, torch.float64},
    torch.float16: {torch.float32, torch.float64},
    torch.float32: {torch.float64},
    torch.uint8: {torch.int16, torch.int32, torch.int64},
    torch.int8: {torch.int16, torch.int32, torch.int64},
    torch.int16: {torch.int32, torch.int64},
    torch.int32: {torch.int64},
}
# A Python float often comes out of float32 arithmetic through .item().
FLOAT_TOLERANCE = (1e-5, 0.0, 1e-8)

What = Literal[
    "none", "type", "length", "keys", "shape", "dtype", "nan", "values", "cut_off",
    "a_none", "no_items", "no_length", "a_length", "not_trainable", "no_gradient", "nan_gradient",
    "parameter_shape",
]  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """The first thing in which two values differ.

    what: the kind of difference. where: the path to it, such as "[1]['W']" ("" for the whole).
    expected, got: the two parts there. index: the first place inside two tensors that
    differs; error: the largest absolute error; count, of: how many elements differ, of how many;
    wrong: which elements of a tensor differ, a bool tensor.
    """

    what: What
    where: str
    expected: Any
    got: Any
    index: tuple[int, ...] = ()
    error: float = 0.0
    count: int = 0
    of: int = 0
    wrong: torch.Tensor | None = None


Verdict = Literal["passed", "unattempted", "crashed", "different", "changed"]


def judge(
    expected: Observation, got: Observation, rtol: float | None = None
) -> tuple[Verdict, Difference | None]:
    """The verdict on one case: the oracle's observation against the learner's.

    rtol: relative tolerance for floats, where an exercise needs another one.
    """
    if got.outcome != "value":
        return got.outcome, None
    difference = compare(expected.value, _if_reached(expected.value, got.value), rtol)
    if difference is None or difference.where.startswith("['gradient "):
        difference = _unreached(expected.gradients, got.gradients) or difference
    if difference is not None:
        return "different", difference
    return ("changed", None) if got.changed else ("passed", None)


def alike(a: Observation, b: Observation, rtol: float | None = None) -> bool:
    """Whether two observations show the same behaviour: how a known mistake is recognised.

    Crashes are alike if they say the same, apart from numbers and names.
    """
    if a.outcome != b.outcome or a.changed != b.changed or a.error != b.error:
        return False
    if a.outcome == "crashed" and gist(a.message) != gist(b.message):
        return False
    # Of a mistake whose values are right (see exercise.publish), the gradient tells.
    ways = itertools.zip_longest(a.gradients, b.gradients)
    if a.gradients and any(x != y and {x, y} & {NO_WAY, NOT_FINITE} for x, y in ways):
        return False
    if _not_finite(a.value) != _not_finite(b.value):
        return False
    got = _if_reached(a.value, b.value)
    return compare(a.value, got, rtol, nan_equal=True) is None


def _unreached(asked: Sequence[int], found: Sequence[int]) -> Difference | None:
    """The first argument that a gradient has to reach and does not; expected is its number."""
    for number, way in enumerate(asked):
        other = found[number] if number < len(found) else NO_WAY
        if not _as_far(way, other):
            what = "nan_gradient" if other == NOT_FINITE else "no_gradient"
            return Difference(what, "", number, other)
    return None


def _as_far(asked: int, found: Any) -> bool:
    """Whether a gradient reaches as far as it has to.

    A gradient of 0 may be cut off, as by a dropout of everything; a plain one may come out as 0
    in another formula. It must be there where it is plain, and be a number where it is one.
    """
    if found == NOT_FINITE:
        return asked not in (AS_GOOD_AS_ZERO, PLAINLY)
    return asked != PLAINLY or found in (AS_GOOD_AS_ZERO, PLAINLY)


def _if_reached(expected: Any, got: Any) -> Any:
    """What was seen of a module; with a gradient that reaches as far as it has to, as expected."""
    if not isinstance(expected, dict) or not isinstance(got, dict):
        return got
    asked, found = expected.get("reached"), got.get("reached")
    if not isinstance(asked, dict) or not isinstance(found, dict):
        return got
    met = {n for n, way in found.items() if type(way) is int and _as_far(asked.get(n, way), way)}
    return got | {
        "reached": {n: asked.get(n, way) if n in met else way for n, way in found.items()}
    }


def _not_finite(seen: Any) -> set[Any]:
    """The parameters of a module whose gradient is no number."""
    reached = seen.get("reached") if isinstance(seen, dict) else None
    if not isinstance(reached, dict):
        return set()
    return {name for name, way in reached.items() if way == NOT_FINITE}


def gist(message: str) -> str:
    """The start of an error message, without what differs from one answer to another."""
    return re.sub(r"'[^']*'|\[[^\]]*\]|\w*\d[\w.]*|\w+\(\)", "…", message)[:40]


def sealed(observation: Observation) -> Observation:
    """The same observation with its value replaced by its type, length and digest.

    The expected value of a "value" exercise *is* its answer, so a learner's copy holds it only
    in this form. Only a `sealable` value is known again by it.
    """
    if observation.outcome != "value":
        return observation
    value = _scalar(observation.value)
    text = _canonical(value)
    digest = hashlib.sha256(f"pytorch-by-hand:{text}".encode()).hexdigest()
    length = len(value) if isinstance(value, (list, tuple, set, dict)) else 0
    kind = "list" if isinstance(value, tuple) else type(value).__name__
    return replace(observation, value={"type": kind, "length": length, "digest": digest})


def sealable(value: Any) -> bool:
    """Whether a value consists of None, bool, int, str, list, tuple, set and dict alone."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set)):
        return all(map(sealable, value))
    return value is None or isinstance(value, (bool, int, str))


def _canonical(value: Any) -> str:
    value = _scalar(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # as in compare: 3.0 is 3
    if value is None or isinstance(value, (bool, int, str)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_canonical, value))}]"
    if isinstance(value, set):
        return f"{{{','.join(sorted(map(_canonical, value)))}}}"
    if isinstance(value, dict):
        return (
            f"{{{','.join(sorted(f'{_canonical(k)}:{_canonical(v)}' for k, v in value.items()))}}}"
        )
    return f"other:{value!r:.100}"


def compare(
    expected: Any, got: Any, rtol: float | None = None, nan_equal: bool = False, where: str = ""
) -> Difference | None:
    """The first difference between two plain values, or None.

    rtol: relative tolerance for floats in place of TOLERANCE's. nan_equal: whether NaN equals
    NaN, and what has no plain form its like (only for recognising mistakes: where in a tensor
    and by how much is not said then). where: the path so far.
    """
    expected, got = _scalar(expected), _scalar(got)

    def differs(what: What, **more: Any) -> Difference:
        return Difference(what, where, expected, got, **more)

    if got is None and expected is not None:
        return differs("none")
    if nan_equal and isinstance(expected, Opaque) and isinstance(got, Opaque):
        return None if expected.type == got.type else differs("type")  # two generators, say
    if not _same_type(expected, got):
        return differs("type")
    if isinstance(expected, torch.Tensor):
        return _compare_tensors(expected, got, rtol, nan_equal, where)
    if isinstance(expected, np.ndarray):
        a, b = torch.from_numpy(expected), torch.from_numpy(got)
        return _compare_tensors(a, b, rtol, nan_equal, where)
    if isinstance(expected, (list, tuple)):
        if len(expected) != len(got):
            return differs("length")
        for i, (a, b) in enumerate(zip(expected, got, strict=True)):
            if found := compare(a, b, rtol, nan_equal, f"{where}[{i}]"):
                return found
        return None
    if isinstance(expected, dict):
        if expected.keys() != got.keys():
            return differs("keys")
        for key in expected:
            if found := compare(expected[key], got[key], rtol, nan_equal, f"{where}[{key!r}]"):
                return found
        return None
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return _compare_numbers(expected, got, rtol, nan_equal, where)
    return None if expected == got else differs("values", count=1, of=1)


def _scalar(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _same_type(expected: Any, got: Any) -> bool:
    if type(expected) is type(got):
        return type(expected) is not Opaque
    if isinstance(expected, bool) or isinstance(got, bool):
        return False
    if isinstance(expected, (list, tuple)):
        return isinstance(got, (list, tuple))
    if isinstance(expected, int) and isinstance(got, float):
        return got.is_integer()
    return isinstance(expected, float) and isinstance(got, int)


def _compare_numbers(
    expected: float, got: float, rtol: float | None, nan_equal: bool, where: str
) -> Difference | None:
    if expected == got or (nan_equal and expected != expected and got != got):
        return None
    if got != got:
        return Difference("nan", where, expected, got, count=1, of=1)
    relative, _, absolute = FLOAT_TOLERANCE if rtol is None else (rtol, 0.0, 1e-12)
    try:
        error = float(abs(expected - got))
    except OverflowError:  # an int that no float can hold
        error = math.inf
    exact = isinstance(expected, int)
    if not exact and math.isfinite(error) and error <= relative * abs(expected) + absolute:
        return None
    return Difference("values", where, expected, got, error=error, count=1, of=1)


def _compare_tensors(
    expected: torch.Tensor, got: torch.Tensor, rtol: float | None, nan_equal: bool, where: str
) -> Difference | None:
    if expected.shape != got.shape:
        return Difference("shape", where, expected, got)
    if got.dtype != expected.dtype and got.dtype not in WIDER.get(expected.dtype, ()):
        return Difference("dtype", where, expected, got)
    a, b = expected.detach(), got.detach()
    if a.dtype == b.dtype and torch.equal(a, b):  # as most are, and quickly seen
        wrong = np.zeros(0, dtype=bool)
    elif not (a.is_floating_point() or a.is_complex()):
        wrong = (a != b).numpy()
        errors = np.abs(a.double().numpy() - b.double().numpy())
    else:
        wrong, errors = _wrong_floats(a, b, TOLERANCE.get(a.dtype), rtol, nan_equal)
    if not wrong.any():
        cut_off = expected.requires_grad and not got.requires_grad and not nan_equal
        return Difference("cut_off", where, expected, got) if cut_off else None
    if nan_equal:  # only whether they differ is asked
        return Difference("values", where, expected, got)
    nan = bool(b.isnan().any())
    first = tuple(int(i) for i in (b.isnan() if nan else torch.as_tensor(wrong)).nonzero()[0])
    finite = errors[wrong & np.isfinite(errors)]
    return Difference(
        "nan" if nan else "values", where, expected, got, first,
        float(finite.max()) if finite.size else math.inf,
        int(wrong.sum()), wrong.size, torch.as_tensor(wrong),
    )  # fmt: skip


def _wrong_floats(
    a: torch.Tensor, b: torch.Tensor, tolerance: tuple[float, float, float] | None,
    rtol: float | None, nan_equal: bool,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Where two tensors differ, and by how much. NumPy is faster than torch on a few numbers."""
    relative, of_largest, absolute = tolerance or TOLERANCE[torch.float64]
    if rtol is not None:
        relative, of_largest = rtol, rtol * 0.1
    x, y = _wide(a), _wide(b)
    with np.errstate(all="ignore"):
        sizes, errors = np.abs(x), np.abs(x - y)
    if np.isfinite(errors).all():  # as most are
        largest = sizes.max(initial=0.0)
        return errors > relative * sizes + of_largest * largest + absolute, errors
    finite = np.isfinite(x)
    with np.errstate(all="ignore"):
        largest = np.max(sizes, initial=0.0, where=finite)
        close = errors <= relative * sizes + of_largest * largest + absolute
    equal = (x == y) | (close & finite & np.isfinite(y))
    if nan_equal:
        equal |= np.isnan(x) & np.isnan(y)
    return ~equal, errors


def _wide(tensor: torch.Tensor) -> np.ndarray:
    """The numbers of a tensor of floats in float64, or in complex128."""
    if tensor.dtype == torch.float32:
        return tensor.numpy().astype(np.float64)
    return tensor.to(torch.complex128 if tensor.is_complex() else torch.float64).numpy()
