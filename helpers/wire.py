"""Nested values ⇄ bytes: JSON for structure, safetensors for tensors; never pickle.

A message is one safetensors file (https://huggingface.co/docs/safetensors) whose metadata
entry "value" holds the structure as JSON, with every tensor replaced by its number. Decoding
builds only the plain types below, whatever the bytes say, so bytes from a stranger are safe
to read: None, bool, int, float, str, list, tuple, set, dict, torch.Tensor, numpy arrays and
scalars, the callables of helpers.functions, and Opaque for everything else.
"""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from helpers import functions

MAX_DEPTH = 40
MAX_PARTS = 1_000_000
MAX_INT_BITS = 4096
PLAIN_DTYPES = frozenset(
    [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
    + [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64]
)
ARRAY_DTYPES = frozenset(
    map(np.dtype, [np.bool_, np.uint8, np.int8, np.int16, np.int32, np.int64])
) | frozenset(map(np.dtype, [np.float16, np.float32, np.float64]))
BRIEF = reprlib.Repr()  # repr itself may be of any length
BRIEF.maxother = BRIEF.maxstring = 200


class WireError(ValueError):
    """The bytes are not a message of this module; says what is wrong with them."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value of any other type: its type's name and the start of its repr."""

    type: str
    text: str


def plain(value: Any) -> Any:
    """Copies a nested value into the plain types that travel; shares no memory with it.

    Subclasses become their base (a Parameter becomes a Tensor, a namedtuple a tuple), so that
    no method of a stranger's class is ever called by a later comparison. What has no plain
    form (a module, a generator, a sparse tensor) becomes Opaque, and so does what lies too deep
    or comes after MAX_PARTS parts: a list may hold itself.
    """
    return _plain(value, 0, iter(range(MAX_PARTS)))


def encode(value: Any) -> bytes:
    """Writes any value as bytes, through `plain`."""
    tensors: dict[str, torch.Tensor] = {}
    structure = _pack(plain(value), tensors)
    return save(tensors, metadata={"value": json.dumps(structure, allow_nan=False)})


def decode(data: bytes, limit: int = 1 << 28) -> Any:
    """Reads bytes written by `encode`; raises WireError for anything else.

    limit: the largest message accepted, in bytes.
    """
    if len(data) > limit:
        raise WireError(f"the message has {len(data)} bytes; at most {limit} are accepted")
    if len(data) < 8:
        raise WireError("the message is shorter than its own header")
    size = int.from_bytes(data[:8], "little")
    try:
        header = json.loads(data[8 : 8 + size].decode("utf-8"))
        structure = json.loads(header["__metadata__"]["value"])
        tensors = load(data)
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise WireError(f"not a message of this course: {type(error).__name__}: {error}") from None
    return _unpack(structure, tensors, 0)


def _plain(value: Any, depth: int, left: Iterator[int]) -> Any:
    kind = type(value)  # isinstance would believe what an object says of itself
    if value is None or kind is bool or kind is Opaque:
        return value
    if depth > MAX_DEPTH or next(left, None) is None:
        return Opaque(_type_name(kind), "…")
    if kind is float or kind is str:  # first what is common, and quickly seen
        return value
    if kind is list or kind is tuple:
        return kind([_plain(item, depth + 1, left) for item in value])
    if issubclass(kind, int):
        return _plain_int(int.__int__(value))
    if issubclass(kind, torch.Tensor):
        return _plain_tensor(value)
    if issubclass(kind, (np.ndarray, np.generic)) and value.dtype in ARRAY_DTYPES:
        return np.array(value, order="C", subok=False)[() if value.ndim == 0 else ...]
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, str):
        return str.__str__(value)

    def many(items: Iterable[Any]) -> list[Any]:
        return [_plain(item, depth + 1, left) for item in items]

    if issubclass(kind, (list, tuple)):
        base = list if issubclass(kind, list) else tuple
        return base(many(base.__iter__(value)))
    if issubclass(kind, (set, frozenset)):
        items = many((set if issubclass(kind, set) else frozenset).__iter__(value))
        return _opaque(value) if any(map(_unhashable, items)) else set(items)
    if issubclass(kind, dict):
        pairs = list(map(many, dict.items(value)))
        return _opaque(value) if any(_unhashable(key) for key, _ in pairs) else dict(pairs)
    if any(kind is each for each in functions.REGISTRY.values()):
        return kind(*many(getattr(value, f.name) for f in fields(value)))
    return _opaque(value)


def _plain_int(value: int) -> int | Opaque:
    if value.bit_length() <= MAX_INT_BITS:
        return value
    return Opaque("int", f"an int of {value.bit_length()} bits")


def _plain_tensor(value: torch.Tensor) -> torch.Tensor | Opaque:
    if type(value) is torch.Tensor and _is_plain(value):
        copy = value.detach().clone(memory_format=torch.contiguous_format)
        return copy.requires_grad_() if value.requires_grad else copy
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        layout, device, dtype = (getattr(torch.Tensor, name).__get__(value)
                                 for name in ("layout", "device", "dtype"))  # fmt: skip
        if layout is not torch.strided or device.type == "meta" or dtype not in PLAIN_DTYPES:
            return Opaque("torch.Tensor", f"{layout} tensor of {dtype}")
        grad = torch.Tensor.requires_grad.__get__(value)  # as_subclass may lose it under no_grad
        value = torch.Tensor.as_subclass(value, torch.Tensor)
        copy = torch.empty(value.shape, dtype=dtype)
        copy.copy_(value)
    return copy.requires_grad_(grad)


def _is_plain(value: torch.Tensor) -> bool:
    """Whether a tensor is of the commonest sort, which a plain clone copies."""
    plainly = value.layout is torch.strided and value.is_cpu
    return plainly and value.dtype in PLAIN_DTYPES and not (value.is_complex() or value.is_neg())


def _opaque(value: Any) -> Opaque:
    try:
        text = BRIEF.repr(value)[:200]
    except Exception:
        text = "<its repr fails>"
    return Opaque(_type_name(type(value)), text)


def _type_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")


def _unhashable(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_unhashable, value))
    return not (value is None or isinstance(value, (bool, int, float, str, np.generic)))


def _distinct(keys: list[Any]) -> list[Any]:
    """Refuses keys chosen to have one hash: a set of them would take hours to build."""
    if len(keys) > 2 * len(set(map(hash, keys))):
        raise WireError("too many keys of a set or a dict share one hash")
    return keys


def _pack(value: Any, tensors: dict[str, torch.Tensor]) -> Any:
    def many(items: Any) -> list[Any]:
        return [_pack(item, tensors) for item in items]

    def number(tensor: torch.Tensor) -> str:
        tensors[str(len(tensors))] = tensor
        return str(len(tensors) - 1)

    match value:
        case None | bool() | int() | str():
            return value
        case np.generic():
            return {"$": "scalar", "k": number(torch.from_numpy(np.array(value)))}
        case float():
            return value if math.isfinite(value) else {"$": "float", "v": repr(value)}
        case list():
            return many(value)
        case tuple():
            return {"$": "tuple", "v": many(value)}
        case set():
            return {"$": "set", "v": many(sorted(value, key=repr))}
        case dict():
            return {"$": "dict", "v": [many(pair) for pair in value.items()]}
        case torch.Tensor():
            return {"$": "tensor", "k": number(value.detach()), "grad": value.requires_grad}
        case np.ndarray():
            return {"$": "array", "k": number(torch.from_numpy(value))}
        case Opaque():
            return {"$": "opaque", "type": value.type, "text": value.text}
    inside = {f.name: getattr(value, f.name) for f in fields(value)}
    return {"$": "function", "name": type(value).__name__, "v": _pack(inside, tensors)}


def _unpack(node: Any, tensors: dict[str, torch.Tensor], depth: int) -> Any:
    if depth > 2 * MAX_DEPTH + 4:
        raise WireError("the message is nested too deeply")

    def many(items: Any) -> list[Any]:
        if not isinstance(items, list):
            raise WireError("a list was expected in the message")
        return [_unpack(item, tensors, depth + 1) for item in items]

    if node is None or isinstance(node, (bool, int, float, str)):
        return node
    if isinstance(node, list):
        return many(node)
    try:
        match node["$"]:
            case "float":
                return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[node["v"]]
            case "tuple":
                return tuple(many(node["v"]))
            case "set":
                return set(_distinct(many(node["v"])))
            case "dict":
                pairs = list(map(many, node["v"]))
                _distinct([key for key, _ in pairs])
                return dict(pairs)
            case "tensor":
                tensor = tensors[node["k"]]
                return tensor.requires_grad_() if node["grad"] is True else tensor
            case "array":
                return tensors[node["k"]].numpy()
            case "scalar":
                return tensors[node["k"]].numpy()[()]
            case "opaque":
                return Opaque(str(node["type"]), str(node["text"]))
            case "function":
                kind = functions.REGISTRY[node["name"]]
                return kind(**_unpack(node["v"], tensors, depth + 1))
    except WireError:
        raise
    except Exception as error:
        raise WireError(f"a broken part in the message: {type(error).__name__}: {error}") from None
    raise WireError(f"an unknown part in the message: {node!r:.80}")
