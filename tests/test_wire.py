"""Values survive the wire, and bytes from a stranger build nothing but plain types."""

import json
import math
import pickle
import random
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from safetensors.torch import save

from helpers import wire
from helpers.functions import REGISTRY, Polynomial, SineProduct
from helpers.observe import same
from helpers.wire import Opaque, WireError, decode, encode, plain

PLAIN = (
    type(None), bool, int, float, str, list, tuple, set, dict,
    torch.Tensor, np.ndarray, np.generic, Opaque, *REGISTRY.values(),
)  # fmt: skip
NUMPY_DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


def random_tensor(dice):
    shape = [dice.choice((0, 1, 2, 3)) for _ in range(dice.randrange(4))]
    dtype = dice.choice(sorted(wire.PLAIN_DTYPES, key=str))
    tensor = (torch.randn(shape, dtype=torch.float64) * 50).to(dtype)
    if tensor.dim() > 1 and dice.random() < 0.5:
        tensor = tensor.transpose(0, 1)  # not contiguous
    return tensor.requires_grad_(tensor.is_floating_point() and dice.random() < 0.3)


def random_key(dice):
    return dice.choice((None, True, -3, 2.5, "k€y", (1, "a"), (), dice.randrange(10**20)))


def random_value(dice, depth=0):
    leaves = (
        lambda: None, lambda: dice.random() < 0.5, lambda: dice.randrange(-(2**70), 2**70),
        lambda: dice.choice((0.1, -0.0, 1e-320, math.inf, -math.inf, math.nan)),
        lambda: dice.choice(("", "한글 ✓", "a\x00b", "\n", '{"$": "tuple"}', "\ud800")),
        lambda: random_tensor(dice),
        lambda: np.array(dice.random() * 9).astype(dice.choice(NUMPY_DTYPES))[()],
        lambda: np.arange(6.0).reshape(2, 3).astype(dice.choice(NUMPY_DTYPES)).T,
        lambda: dice.choice((Polynomial((1.0, 2.5)), SineProduct(), Opaque("a.B", "<b>"))),
        lambda: {random_key(dice) for _ in range(3)},
    )  # fmt: skip
    if depth > 4 or dice.random() < 0.4:
        return dice.choice(leaves)()
    many = [random_value(dice, depth + 1) for _ in range(dice.randrange(4))]
    if dice.random() < 0.3:
        return {random_key(dice): value for value in many} | {"$": "tuple", "v": many}
    return dice.choice((list, tuple))(many)


def assert_plain(value):
    assert type(value) in PLAIN or isinstance(value, np.generic)
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set)):
        for part in value:
            assert_plain(part)


# ------------------------------------------------------------------ there and back


@pytest.mark.parametrize("seed", range(200))
def test_a_value_comes_back_as_it_was(seed):
    torch.manual_seed(seed)
    value = random_value(random.Random(seed))
    back = decode(encode(value))
    assert same(back, plain(value))
    assert_plain(back)


def test_whether_a_tensor_requires_grad_comes_back():
    back = decode(encode([torch.ones(2, requires_grad=True), torch.ones(2)]))
    assert [tensor.requires_grad for tensor in back] == [True, False]


def test_the_same_value_gives_the_same_bytes():
    value = {"s": {"b", "a", "c"}, "t": (torch.ones(3), np.float32(2))}
    assert encode(value) == encode(dict(value))


def test_a_copy_shares_no_memory():
    tensor, array, inner = torch.zeros(2), np.zeros(2), [1]
    value = [tensor, array, inner]
    copy = plain(value)
    tensor += 1
    array += 1
    inner.append(2)
    assert same(copy, [torch.zeros(2), np.zeros(2), [1]])


# ------------------------------------------------------------------ what has no plain form


class Liar(list):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter([42])

    __hash__ = None


class Text(str):
    def __str__(self):
        return self

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Number(int):
    def __int__(self):
        return 42

    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class Real(float):
    def __float__(self):
        return 42.0


class FakeBool:
    __class__ = bool

    def __eq__(self, other):
        return True

    __hash__ = None


class FakeTensor(torch.Tensor):
    @property
    def shape(self):
        raise RuntimeError("asked a stranger")

    def __torch_function__(self, *args, **kwargs):
        raise RuntimeError("asked a stranger")


@pytest.mark.parametrize(
    ("value", "copy"),
    [
        (Liar([1, 2]), [1, 2]),
        (Text("a"), "a"),
        (Number(3), 3),
        (Real(3.5), 3.5),
        (torch.ones(2).as_subclass(FakeTensor), torch.ones(2)),
        (torch.nn.Parameter(torch.ones(2)), torch.ones(2)),
        (np.ma.masked_array([1, 2]), np.array([1, 2])),
        (frozenset([1]), {1}),
        ({np.int64(1): "a"}, {1: "a"}),
        ({np.float64(1.5)}, {1.5}),
    ],
    ids=lambda v: type(v).__name__,
)
def test_a_subclass_becomes_its_base_and_is_never_asked(value, copy):
    made = plain(value)
    assert_plain(made)
    if isinstance(copy, (torch.Tensor, np.ndarray)):
        assert type(made) is type(copy) and same(
            made.detach() if torch.is_tensor(made) else made, copy
        )
    else:
        assert type(made) is type(copy) and made == copy


class EqualToEveryType(type):
    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Stranger(metaclass=EqualToEveryType):
    pass


def test_a_class_that_says_it_is_another_is_opaque():
    assert type(plain(Stranger())) is Opaque


def test_what_lies_about_its_class_is_opaque():
    assert type(plain(FakeBool())) is Opaque
    assert type(plain([FakeBool()])[0]) is Opaque


class NoRepr:
    def __repr__(self):
        raise RuntimeError("no")


@dataclass
class Record:
    x: int


@pytest.mark.parametrize(
    "value",
    [
        (i for i in range(3)), len, torch.nn.Linear(1, 1), NoRepr(), Record(1), b"bytes", 2j, range(3),
        np.array(["text"]), np.array([None]), np.zeros(2, dtype="complex64"), torch.float32,
        np.zeros(2, dtype=np.longdouble), np.longdouble(2), np.zeros(2, dtype=">f4"),
        np.zeros(2, dtype="uint16"), np.datetime64("2020-01-01"),
        torch.ones(2).to_sparse(), torch.ones(2, device="meta"), torch.zeros(2, dtype=torch.complex128),
        torch.zeros(2, dtype=torch.uint16), 1 << 20_000,
        {1: Ellipsis, "k": [NotImplemented]}, {Record: 1}, {frozenset([1]): 2},
    ],
    ids=lambda v: str(type(v).__name__),
)  # fmt: skip
def test_anything_at_all_can_be_sent(value):
    back = decode(encode(value))
    assert_plain(back)
    assert same(back, decode(encode(plain(value)))) or "0x" in str(back)


@pytest.fixture
def _few_parts(monkeypatch):
    monkeypatch.setattr(wire, "MAX_PARTS", 10_000)


@pytest.mark.usefixtures("_few_parts")
def test_a_list_inside_itself_ends():
    one, two = [], []
    one.append(one)
    two += [two, two]
    for endless in (one, two, {"k": two}):
        assert_plain(decode(encode(endless)))


@pytest.mark.usefixtures("_few_parts")
def test_a_list_that_doubles_sixty_times_ends():
    doubled = [0]
    for _ in range(60):
        doubled = [doubled, doubled]
    assert_plain(plain(doubled))


@pytest.mark.usefixtures("_few_parts")
def test_a_long_list_is_whole_up_to_the_limit():
    assert plain([1] * 9_999) == [1] * 9_999
    assert type(plain([1] * 10_001)[-1]) is Opaque


# ------------------------------------------------------------------ bytes from a stranger


def message(structure, tensors=None):
    return save(tensors or {}, metadata={"value": json.dumps(structure)})


class Bomb:
    exploded = False

    def __reduce__(self):
        return setattr, (Bomb, "exploded", True)


def test_garbage_is_refused():
    dice = random.Random(0)
    for length in (*range(20), 100, 1000):
        with pytest.raises(WireError):
            decode(dice.randbytes(length))


def test_every_truncation_is_refused():
    whole = encode({"a": torch.ones(3), "b": [1, 2.5, "c"]})
    for length in range(len(whole)):
        with pytest.raises(WireError):
            decode(whole[:length])


def test_a_flipped_byte_is_refused_or_still_plain():
    whole = encode(
        {"a": (torch.ones(3), np.float32(1)), "b": [1, math.nan, {"c"}, Opaque("a", "b")]}
    )
    refused = 0
    for place in range(len(whole)):
        for flip in (1, 0x20, 0x80):
            spoilt = whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :]
            try:
                assert_plain(decode(spoilt))
            except WireError:
                refused += 1
    assert refused > len(whole)


def test_a_pickle_is_refused_and_not_loaded():
    for bomb in (
        pickle.dumps(Bomb()),
        message({"$": "pickle", "v": pickle.dumps(Bomb(), 0).decode()}),
    ):
        with pytest.raises(WireError):
            decode(bomb)
    assert not Bomb.exploded
    assert "pickle" not in vars(wire)


def test_too_large_a_message_is_refused_before_it_is_read():
    with pytest.raises(WireError, match="at most 100 "):
        decode(encode("a" * 1000), limit=100)
    with pytest.raises(WireError):
        decode((1 << 62).to_bytes(8, "little") + b"{}")


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"$":"tuple","v":[', "]}")])
def test_too_deep_a_message_is_refused(opening, closing):
    for depth in (200, 100_000):
        text = opening * depth + closing * depth
        with pytest.raises(WireError):
            decode(save({}, metadata={"value": text}))


@pytest.mark.parametrize(
    "structure",
    [
        {}, {"$": "module"}, {"$": "tensor", "k": "0"}, {"$": "tensor"}, {"$": ["tensor"]}, {"no": 1},
        {"$": "tuple", "v": 5}, {"$": "tuple", "v": "ab"}, {"$": "dict", "v": [[1]]},
        {"$": "dict", "v": [[[1], 2]]}, {"$": "dict", "v": [[1, 2, 3]]}, {"$": "set", "v": [[]]},
        {"$": "float", "v": "1"}, {"$": "opaque", "type": "a"}, {"$": "scalar", "k": 0},
        {"$": "function", "name": "Identity", "v": {"$": "dict", "v": []}},
        {"$": "function", "name": "Opaque", "v": {"$": "dict", "v": [["type", "a"], ["text", "b"]]}},
        {"$": "function", "name": "Polynomial", "v": {"$": "dict", "v": [["weights", 1]]}},
        {"$": "function", "name": "Polynomial", "v": 3},
    ],
    ids=str,
)  # fmt: skip
def test_a_part_that_was_never_written_is_refused(structure):
    with pytest.raises(WireError):
        decode(message(structure))


def test_a_tensor_that_cannot_be_what_it_says_is_refused():
    whole_numbers = {"0": torch.ones(2, dtype=torch.int64)}
    with pytest.raises(WireError):
        decode(message({"$": "tensor", "k": "0", "grad": True}, whole_numbers))
    with pytest.raises(WireError):
        decode(message({"$": "array", "k": "0"}, {"0": torch.ones(2, dtype=torch.bfloat16)}))
