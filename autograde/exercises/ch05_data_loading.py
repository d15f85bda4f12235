"""Exercises of ch05: datasets, minibatches, the mean of an epoch, collating, splitting."""

import math

import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset

from autograde.exercise import exercise
from helpers.observe import Case

# The five students of chapter 4: three exams each, and the final score.
STUDENTS = [[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]]
FINALS = [152, 185, 180, 196, 142]


def many(made, key, answers, *, ko, en):
    """Registers answers that make one and the same mistake in different ways."""
    for number, answer in enumerate(answers):
        made.mistake(f"{key}-{number}", ko=ko, en=en)(answer)


# ---------------------------------------------------------------- exam-dataset


@exercise("exam-dataset", points=2, kind="items")
def ExamDataset(exams, finals):
    x, y = torch.tensor(exams, dtype=torch.float32), torch.tensor(finals, dtype=torch.float32)
    return TensorDataset(x, y.unsqueeze(1))


@ExamDataset.cases
def _(draw):
    yield STUDENTS[:3], FINALS[:3]
    yield [[61, 79]], [140]
    yield Case((STUDENTS, FINALS), take=3)
    yield Case(
        (STUDENTS, FINALS), take=0
    )  # its length alone: what has no __getitem__ gets this far
    for d in (1, draw.integer(2, 4)):
        n = draw.integer(5, 9)
        exams, finals = draw.integers(40, 100, n, d), draw.integers(80, 200, n)
        yield Case((exams.tolist(), finals.tolist()), take=n - 1)
    n = draw.integer(5, 9)  # half marks: whole numbers need not be the rule
    exams, finals = draw.integers(80, 200, n, 3) / 2, draw.integers(160, 400, n) / 2
    yield exams.tolist(), finals.tolist()


class Samples(Dataset):
    """A dataset as its two methods; what most of the mistakes are made with."""

    def __init__(self, length, item):
        self.length, self.item = length, item

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        return self.item(i)


def columns(exams, finals):
    return torch.FloatTensor(exams), torch.FloatTensor(finals)[:, None]


@ExamDataset.accepts
def _(exams, finals):
    def one(i):  # converted only when asked for
        return torch.FloatTensor(exams[i]), torch.FloatTensor([finals[i]])

    return Samples(len(exams), one)


@ExamDataset.accepts
def _(exams, finals):
    rows = zip(exams, finals, strict=True)
    return [(torch.tensor(row) * 1.0, torch.tensor([final]) * 1.0) for row, final in rows]


@ExamDataset.mistake(
    "returns-lists",
    ko="텐서가 아니라 파이썬 리스트를 돌려줍니다. 오류는 나지 않지만, `DataLoader`는 리스트를 표본별이 아니라 *원소별로* "
    "묶어서, 배치가 시험마다 하나씩 갈라진 텐서들의 리스트가 됩니다. 표본 하나의 x와 y를 각각 텐서로 만드세요.",
    en="This returns Python lists, not tensors. No error appears, but a `DataLoader` joins lists "
    "*element by element*: the batch falls apart into one tensor per exam. Make x and y of a "
    "sample a tensor each.",
)
def _(exams, finals):
    return Samples(len(exams), lambda i: (list(exams[i]), [finals[i]]))


@ExamDataset.mistake(
    "returns-lists-and-numbers",
    ko="텐서가 아니라 파이썬 리스트를 돌려줍니다. 오류는 나지 않지만, `DataLoader`는 리스트를 표본별이 아니라 *원소별로* "
    "묶어서, 배치가 시험마다 하나씩 갈라진 텐서들의 리스트가 됩니다. 표본 하나의 x와 y를 각각 텐서로 만드세요.",
    en="This returns Python lists, not tensors. No error appears, but a `DataLoader` joins lists "
    "*element by element*: the batch falls apart into one tensor per exam. Make x and y of a "
    "sample a tensor each.",
)
def _(exams, finals):
    return Samples(len(exams), lambda i: (list(exams[i]), finals[i]))


@ExamDataset.mistake(
    "whole-numbers",
    ko="점수가 정수라서 텐서도 정수(int64)가 되었습니다. 모델의 가중치는 float32이므로 정수와는 행렬 곱이 되지 않습니다. "
    "텐서를 만들 때 자료형을 정해 주세요.",
    en="The scores are whole numbers, so the tensors are too (int64). A model's weights are "
    "float32, and a matrix product with whole numbers is refused. Say which dtype you want when "
    "you make the tensor.",
)
def _(exams, finals):
    x, y = torch.tensor(exams), torch.tensor(finals).reshape(-1, 1)
    return Samples(len(x), lambda i: (x[i], y[i]))


@ExamDataset.mistake(
    "whole-numbers-and-no-axis",
    ko="두 가지가 다릅니다. 점수가 정수라서 텐서도 정수(int64)가 되었으니 자료형을 정해 주세요. 그리고 y의 모양이 `(1,)`이 아니라 "
    "`()`입니다.",
    en="Two things differ. The scores are whole numbers, so the tensors are int64: say which dtype "
    "you want. And the shape of y is `()`, not `(1,)`.",
)
def _(exams, finals):
    return Samples(len(exams), lambda i: (torch.tensor(exams[i]), torch.tensor(finals[i])))


@ExamDataset.mistake(
    "whole-matrix",
    ko="`__getitem__`이 i를 쓰지 않고 데이터 전체를 돌려줍니다. i번 표본 *하나*만 꺼내야 합니다.",
    en="`__getitem__` ignores i and returns all of the data. Take out sample i *alone*.",
)
def _(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (x, y))


@ExamDataset.mistake(
    "swapped",
    ko="x와 y가 바뀌었습니다. 모델에 들어갈 것(시험 점수)이 먼저, 맞혀야 할 것(최종 점수)이 나중입니다.",
    en="x and y are swapped: what goes into the model (the exams) comes first, what it should "
    "predict (the final score) second.",
)
def _(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (y[i], x[i]))


@ExamDataset.mistake(
    "one-too-few",
    ko="`__len__`이 하나 모자랍니다. 번호가 0부터 n − 1까지라도 표본은 n개입니다. 이대로면 마지막 학생은 영영 "
    "학습되지 않습니다.",
    en="`__len__` is one short. Numbers from 0 to n − 1 are n samples. As it is, nothing is ever "
    "learned from the last student.",
)
def _(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x) - 1, lambda i: (x[i], y[i]))


def pairs(x, y):
    return lambda i: (x[i], y[i])


many(
    ExamDataset,
    "counts-exams",
    [
        lambda exams, finals: Samples(len(exams[0]), pairs(*columns(exams, finals))),
        # Kept as lists, another error tells that there are not so many students.
        lambda exams, finals: Samples(
            len(exams[0]),
            lambda i: (torch.FloatTensor(exams[i]), torch.FloatTensor([finals[i]])),
        ),
    ],
    ko="`__len__`이 학생 수가 아니라 시험의 수(열의 수)를 돌려줍니다. 데이터셋의 길이는 표본의 수입니다.",
    en="`__len__` returns the number of exams (columns), not of students. A dataset is as long as "
    "it has samples.",
)


@ExamDataset.mistake(
    "no-len",
    ko="`__len__`이 없습니다. `DataLoader`는 표본이 몇 개인지 알아야 섞을 수 있습니다. 이름 앞뒤의 밑줄이 두 개씩인지도 "
    "보세요.",
    en="There is no `__len__`. A `DataLoader` must know how many samples there are before it can "
    "shuffle them. Check also that its name has two underscores on either side.",
)
def _(exams, finals):
    return zip(*columns(exams, finals), strict=True)


@ExamDataset.mistake(
    "y-without-axis",
    ko="y가 모양이 `(1,)`인 텐서가 아니라 `()`인 수 하나입니다. 배치가 되면 `(B,)`인데 모델의 출력은 `(B, 1)`이라, 둘을 "
    "빼면 오류도 없이 `(B, B)`가 됩니다(1장의 브로드캐스팅).",
    en="y is a single number of shape `()`, not a tensor of shape `(1,)`. A batch of them is "
    "`(B,)` while the model's output is `(B, 1)`: their difference silently becomes `(B, B)` "
    "(broadcasting, chapter 1).",
)
def _(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (x[i], y[i, 0]))


@ExamDataset.mistake(
    "keeps-batch-axis",
    ko="표본 하나에 배치 축이 남아 있습니다: x가 `(d,)`가 아니라 `(1, d)`입니다. `self.x[i:i + 1]`은 줄 하나짜리 *행렬*을 "
    "줍니다. 배치 축은 나중에 `DataLoader`가 붙입니다.",
    en="The sample still has a batch axis: x is `(1, d)` and not `(d,)`. `self.x[i:i + 1]` is a "
    "*matrix* of one row. It is the `DataLoader` that adds the batch axis later.",
)
def _(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (x[i : i + 1], y[i : i + 1]))


@ExamDataset.mistake(
    "counts-from-one",
    ko="번호를 1부터 셌습니다. `dataset[0]`은 첫째 표본입니다. `i - 1`을 쓰면 0번 자리에 *마지막* 표본이 나옵니다.",
    en="This counts from 1. `dataset[0]` is the first sample; with `i - 1` the *last* one stands "
    "at place 0.",
)
def _(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (x[i - 1], y[i - 1]))


def one_further(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (x[i + 1], y[i + 1]))


def x_one_further(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (x[i + 1], y[i]))


many(
    ExamDataset,
    "one-too-far",
    [one_further, x_one_further],
    ko="한 칸 뒤의 표본을 꺼냅니다. `dataset[0]`은 0번 표본이고, 마지막 번호에서는 오류가 납니다.",
    en="This takes the sample after the one that is asked for: `dataset[0]` is sample 0. At the "
    "last number it stops with an error.",
)


@ExamDataset.mistake(
    "notebook-data",
    ko="받은 exams와 finals를 쓰지 않고 다섯 학생을 클래스 안에 적어 두었습니다(노트의 클래스가 그렇습니다). 다른 학교의 "
    "점수를 주어도 언제나 같은 다섯 명이 나옵니다.",
    en="The exams and finals that are given are not used: the five students are written into the "
    "class, as in the notes. Give it the scores of another school, and the same five come out.",
)
def _(exams, finals):
    x, y = columns(STUDENTS, FINALS)
    return Samples(len(x), lambda i: (x[i], y[i]))


@ExamDataset.mistake(
    "only-x",
    ko="x만 돌려줍니다. 표본은 (x, y) 한 쌍입니다.",
    en="This returns x alone. A sample is the pair (x, y).",
)
def _(exams, finals):
    x, _ = columns(exams, finals)
    return Samples(len(x), lambda i: x[i])


many(
    ExamDataset,
    "too-long",
    [
        lambda exams, finals: Samples(len(exams) + 1, pairs(*columns(exams, finals))),
        lambda exams, finals: Samples(2 * len(exams), pairs(*columns(exams, finals))),
        lambda exams, finals: Samples(
            columns(exams, finals)[0].numel(), pairs(*columns(exams, finals))
        ),
    ],
    ko="`__len__`이 표본의 수보다 큽니다. 그러면 없는 번호까지 달라고 하게 됩니다. 길이는 학생의 수 n입니다.",
    en="`__len__` is more than there are samples, so numbers that do not exist are asked for. The length "
    "is the number of students n.",
)

many(
    ExamDataset,
    "always-five",
    [lambda exams, finals: Samples(5, pairs(*columns(exams, finals)))],
    ko="`__len__`이 언제나 5입니다. 받은 학생의 수를 돌려주세요.",
    en="`__len__` is always 5. Return the number of the students that are given.",
)


class OnlyCounts(Dataset):
    """A dataset that lacks its second method."""

    def __init__(self, exams, finals):
        self.exams = exams

    def __len__(self):
        return len(self.exams)


class Neither(Dataset):
    """A dataset whose methods are not where they belong."""

    def __init__(self, exams, finals):
        self.exams = exams


many(
    ExamDataset,
    "no-getitem",
    [OnlyCounts, Neither],
    ko="`__getitem__`이 없습니다. 이름 앞뒤의 밑줄이 두 개씩인지, `__init__` *안에* 들여쓰기 되지 않았는지 보세요.",
    en="There is no `__getitem__`. Has its name two underscores on either side, and is it not indented "
    "*inside* `__init__`?",
)


class WithoutI(OnlyCounts):
    def __getitem__(self):
        return self.exams

    __getitem__.__qualname__ = "ExamDataset.__getitem__"  # as in a learner's error message


many(
    ExamDataset,
    "getitem-without-i",
    [WithoutI],
    ko="`__getitem__`은 `self`와 번호 `i`를 받습니다: `def __getitem__(self, i):`",
    en="`__getitem__` takes `self` and the number `i`: `def __getitem__(self, i):`.",
)


class UnknownName(OnlyCounts):
    def __getitem__(self, i):
        return no_such_name[i]  # noqa: F821


many(
    ExamDataset,
    "unknown-name",
    [UnknownName],
    ko="`__getitem__`이 쓰는 이름 가운데 없는 것이 있습니다. `__init__`에서 받은 것은 `self.…`에 넣어 두고, `__getitem__`에서도 "
    "`self.…`로 꺼내 써야 합니다.",
    en="`__getitem__` uses a name that does not exist. What `__init__` was given has to be kept on `self`, "
    "and `__getitem__` gets at it as `self.…`.",
)


@ExamDataset.mistake(
    "whole-number-y",
    ko="x는 맞지만 y가 정수(int64)입니다. y에도 자료형을 정해 주세요.",
    en="x is right, but y holds whole numbers (int64): give y a dtype as well.",
)
def _(exams, finals):
    x, y = columns(exams, finals)[0], torch.tensor(finals).reshape(-1, 1)
    return Samples(len(x), pairs(x, y))


@ExamDataset.mistake(
    "one-buffer",
    ko="텐서 하나를 만들어 두고 부를 때마다 그 값을 바꾸어 돌려줍니다. 하나씩 볼 때는 맞지만, 모아서 배치로 만들면 모두 나중의 학생이 "
    "됩니다. 부를 때마다 새 텐서를 만들거나, 그 학생의 줄을 꺼내 돌려주세요.",
    en="One tensor is kept, and given other values at every call. Seen one at a time the samples are right, "
    "but collected into a batch they are all some later student. Make a new tensor at every call, or "
    "return that student's row.",
)
def _(exams, finals):
    (x, y), kept = columns(exams, finals), torch.empty(1)
    return Samples(len(x), lambda i: (x[i], kept.copy_(y[i])))


@ExamDataset.mistake(
    "y-lies-in-a-row",
    ko="y가 (1, n)으로 누워 있습니다. (n, 1)로 세우세요.",
    en="y lies in a row, (1, n). Stand it up as (n, 1).",
)
def _(exams, finals):
    return Samples(len(exams), pairs(torch.FloatTensor(exams), torch.FloatTensor([finals])))


@ExamDataset.mistake(
    "takes-a-column",
    ko="열(시험)을 꺼냈습니다. 표본은 줄(학생)입니다.",
    en="This takes out a column, an exam. A sample is a row, a student.",
)
def _(exams, finals):
    x, y = columns(exams, finals)
    return Samples(len(x), lambda i: (x[:, i], y[i]))


@ExamDataset.mistake(
    "many-empty-places",
    ko="`torch.Tensor(152)`는 152라는 수가 아니라 빈자리 152개를 만듭니다. 작은 t의 `torch.tensor([152.0])`처럼 쓰고, 자료형도 "
    "정해 주세요.",
    en="`torch.Tensor(152)` makes 152 empty places, not the number 152. With a small t, as in "
    "`torch.tensor([152.0])`, it is the number; say the dtype as well.",
)
def _(exams, finals):
    return Samples(len(exams), lambda i: (torch.Tensor(exams[i]), torch.Tensor(finals[i])))


ExamDataset.hints(
    ko=[
        "데이터셋은 두 질문에 답합니다. 몇 개인가(`__len__`), i번은 무엇인가(`__getitem__`). 데이터는 `__init__`에서 한 번 "
        "텐서로 바꾸어 `self`에 넣어 두면 됩니다.",
        "`self.x`는 (n, d), `self.y`는 (n, 1), 둘 다 float32로 만드세요. 그러면 `self.x[i]`는 (d,), `self.y[i]`는 (1,)이 "
        "됩니다. 길이는 표본의 수 n입니다. 텐서를 만드는 것은 작은 t의 `torch.tensor(…)`입니다.",
        "`self.x = torch.tensor(exams, dtype=torch.float32)`, `self.y = torch.tensor(finals, dtype=torch.float32)"
        ".reshape(-1, 1)`; `__len__(self)`는 `len(self.x)`를, `__getitem__(self, i)`는 `self.x[i], self.y[i]`를 "
        "돌려줍니다. 세 메서드의 들여쓰기가 같아야 합니다.",
    ],
    en=[
        "A dataset answers two questions: how many (`__len__`), and what is number i "
        "(`__getitem__`). Turn the data into tensors once, in `__init__`, and keep them on `self`.",
        "Make `self.x` (n, d) and `self.y` (n, 1), both float32. Then `self.x[i]` is (d,) and "
        "`self.y[i]` is (1,). The length is the number of samples n. It is `torch.tensor(…)`, with a "
        "small t, that makes tensors of numbers.",
        "`self.x = torch.tensor(exams, dtype=torch.float32)`, `self.y = torch.tensor(finals, dtype=torch.float32)"
        ".reshape(-1, 1)`; `__len__(self)` returns `len(self.x)`, `__getitem__(self, i)` returns "
        "`self.x[i], self.y[i]`. All three methods are indented alike.",
    ],
)


# ---------------------------------------------------------------- steps-per-epoch


@exercise("steps-per-epoch", all_or_nothing=True)
def steps_per_epoch(n, batch_size, drop_last):
    return len(DataLoader(range(n), batch_size=batch_size, drop_last=drop_last))


@steps_per_epoch.cases
def _(draw):
    yield 5, 2, False
    yield 5, 2, True
    yield 6, 2, False
    yield 6, 2, True
    yield 4, 4, True
    yield 1, 4, False
    yield 1, 4, True
    yield 1001, 1000, False
    for drop_last in (False, True):
        size = draw.integer(5, 20)
        # Once with a rest of less than half a batch, once with more.
        yield draw.integer(3, 9) * size + draw.integer(1, (size - 1) // 2), size, drop_last
        yield draw.integer(3, 9) * size + draw.integer(size // 2 + 1, size - 1), size, drop_last


@steps_per_epoch.accepts
def _(n, batch_size, drop_last):
    return len(range(0, n - batch_size + 1 if drop_last else n, batch_size))


@steps_per_epoch.accepts
def _(n, batch_size, drop_last):
    full, rest = divmod(n, batch_size)
    return full + (1 if rest and not drop_last else 0)


@steps_per_epoch.mistake(
    "floor",
    ko="언제나 내림했습니다. `drop_last`가 `False`이면 남은 표본도 짧은 배치 하나가 되어 한 걸음을 더 걷습니다.",
    en="This always rounds down. Unless `drop_last` is set, the samples left over make one more, "
    "shorter batch, and one more step.",
)
def _(n, batch_size, drop_last):
    return n // batch_size


@steps_per_epoch.mistake(
    "ignores-drop-last",
    ko="`drop_last`를 보지 않고 언제나 올림했습니다. `True`이면 꽉 차지 않은 마지막 배치는 버려집니다.",
    en="This always rounds up and never looks at `drop_last`. When that is `True`, a last batch "
    "that is not full is thrown away.",
)
def _(n, batch_size, drop_last):
    return math.ceil(n / batch_size)


@steps_per_epoch.mistake(
    "swapped",
    ko="`drop_last`의 뜻이 뒤집혔습니다. `True`이면 남는 것을 *버리고*, `False`이면 짧은 배치로 남깁니다.",
    en="`drop_last` is the wrong way round: `True` *drops* what is left over, `False` keeps it as "
    "a shorter batch.",
)
def _(n, batch_size, drop_last):
    return math.ceil(n / batch_size) if drop_last else n // batch_size


@steps_per_epoch.mistake(
    "always-one-more",
    ko="나누어떨어질 때도 하나를 더했습니다. 6개를 2개씩 나누면 남는 것이 없으니 정확히 3걸음입니다.",
    en="This adds one even where nothing is left over: 6 samples in batches of 2 are exactly 3 "
    "steps.",
)
def _(n, batch_size, drop_last):
    return n // batch_size + (not drop_last)


many(
    steps_per_epoch,
    "rounds",
    [
        lambda n, size, drop_last: n // size if drop_last else math.floor(n / size + 0.5),
        lambda n, size, drop_last: n // size if drop_last else round(n / size),
    ],
    ko="반올림했습니다. 남은 표본이 배치의 절반이 되지 않아도 배치는 하나 더 생깁니다.",
    en="This rounds to the nearest. Even if less than half a batch is left over, it is one more "
    "batch.",
)


@steps_per_epoch.mistake(
    "rounds-always",
    ko="언제나 `round`로 반올림했습니다. 남은 것을 버리면 내림, 남기면 올림입니다. 가까운 쪽으로 가는 일은 없습니다.",
    en="This always rounds to the nearest, with `round`. Dropping what is left over rounds down, "
    "keeping it rounds up; nothing goes to the nearest.",
)
def _(n, batch_size, drop_last):
    return round(n / batch_size)


many(
    steps_per_epoch,
    "fraction",
    [
        lambda n, size, drop_last: n / size,
        lambda n, size, drop_last: n // size if drop_last else n / size,
    ],
    ko="나누기만 해서 소수가 나왔습니다. 걸음은 반쪽이 없습니다. 올릴지 내릴지 정해야 합니다.",
    en="This only divides, and gives a fraction. There are no half steps: decide whether to round "
    "up or down.",
)


@steps_per_epoch.mistake(
    "at-least-one",
    ko="적어도 한 걸음은 있다고 보았습니다. 표본이 배치 하나를 채우지 못하고 `drop_last=True`이면 걸음은 0입니다. "
    "그런 학습은 아무 오류 없이 아무것도 배우지 않습니다.",
    en="This assumes at least one step. With fewer samples than one batch and `drop_last=True` "
    "there are 0 steps: such a training learns nothing, without any error.",
)
def _(n, batch_size, drop_last):
    return max(1, n // batch_size if drop_last else math.ceil(n / batch_size))


@steps_per_epoch.mistake(
    "remainder",
    ko="마지막에 남는 표본의 수를 구했습니다. 필요한 것은 걸음(배치)의 수입니다.",
    en="That is how many samples are left over. Wanted is the number of steps (batches).",
)
def _(n, batch_size, drop_last):
    return n % batch_size


many(
    steps_per_epoch,
    "always-drops-one",
    [
        lambda n, size, drop_last: math.ceil(n / size) - drop_last,
        lambda n, size, drop_last: math.ceil(n / size) - (1 if drop_last and n > size else 0),
    ],
    ko="남는 것이 없을 때도 하나를 뺐습니다. 꽉 찬 마지막 배치는 버리지 않습니다.",
    en="It takes one off even where nothing is left over. A full last batch is not dropped.",
)


@steps_per_epoch.mistake(
    "brackets",
    ko="나눗셈이 먼저 계산되었습니다. `(n + batch_size - 1)`을 괄호로 묶으세요.",
    en="The division comes first. Put `(n + batch_size - 1)` in brackets.",
)
def _(n, batch_size, drop_last):
    return n // batch_size if drop_last else n + batch_size - 1 // batch_size


@steps_per_epoch.mistake(
    "adds-the-remainder",
    ko="남은 표본의 *수*를 더했습니다. 몇이 남든 늘어나는 배치는 하나입니다.",
    en="The *number* of samples left over is added. However many are left, they make one more batch.",
)
def _(n, batch_size, drop_last):
    return n // batch_size + (0 if drop_last else n % batch_size)


@steps_per_epoch.mistake(
    "upside-down",
    ko="나눗셈이 거꾸로입니다. 표본의 수 n을 batch_size로 나누세요.",
    en="The division is upside down: divide the number of samples n by batch_size.",
)
def _(n, batch_size, drop_last):
    return batch_size // n if drop_last else math.ceil(batch_size / n)


@steps_per_epoch.mistake(
    "counts-samples",
    ko="걸음(배치)의 수가 아니라 그 에폭에 나오는 표본의 수입니다.",
    en="That is how many samples come in the epoch, not how many steps (batches) it has.",
)
def _(n, batch_size, drop_last):
    return n - n % batch_size if drop_last else n


steps_per_epoch.hints(
    ko=[
        "사과 5개를 2개씩 봉지에 담으면 봉지는 몇 개인가요? 덜 찬 봉지를 버린다면요?",
        "덜 찬 것을 버리면 n / batch_size를 *내림*, 남기면 *올림*입니다. 파이썬의 `//`는 내림입니다.",
        "`if drop_last: return n // batch_size`, 아니면 `math.ceil(n / batch_size)`",
    ],
    en=[
        "Put 5 apples into bags of 2: how many bags? And if you throw away a bag that is not full?",
        "Throwing away rounds n / batch_size *down*, keeping rounds it *up*. Python's `//` rounds "
        "down.",
        "`if drop_last: return n // batch_size`, otherwise `math.ceil(n / batch_size)`.",
    ],
)


# ---------------------------------------------------------------- minibatches


@exercise("minibatches", points=2, kind="items", forbids=["DataLoader"])
def minibatches(x, y, batch_size, order):
    loader = DataLoader(TensorDataset(x, y), batch_size=batch_size, sampler=order.tolist())
    yield from map(tuple, loader)


def numbered(n, d=1):
    """x and y in which every number tells whose it is."""
    x = 10.0 * torch.arange(n)[:, None] + torch.arange(d)
    return x, 100.0 + torch.arange(n)[:, None]


@minibatches.cases
def _(draw):
    yield *numbered(5), 2, torch.tensor([3, 0, 4, 1, 2])
    yield *numbered(4, 2), 2, torch.tensor([2, 3, 1, 0])
    yield *numbered(1, 3), 4, torch.tensor([0])
    for short in (5, 9, 10):  # where pieces of nearly one size would not be 4, …, 4 and the rest
        yield *numbered(short), 4, torch.arange(short).roll(2)
    size = draw.integer(3, 4)
    for n in (draw.integer(2, 4) * size + draw.integer(1, size - 1), 3 * size):
        order = draw.permutation(n)
        yield draw.normal(n, draw.integer(1, 3)), draw.normal(n, 1), size, order
    yield draw.normal(3, 2), draw.normal(3, 1), draw.integer(4, 9), torch.tensor([1, 2, 0])


@minibatches.accepts
def _(x, y, batch_size, order):
    for numbers in order.split(batch_size):
        yield x[numbers], y[numbers]


@minibatches.accepts
def _(x, y, batch_size, order):
    rows, waiting = [(x[i], y[i]) for i in order.tolist()], []
    for number, row in enumerate(rows, start=1):
        waiting.append(row)
        if len(waiting) == batch_size or number == len(rows):
            yield [torch.stack(part) for part in zip(*waiting, strict=True)]
            waiting = []


@minibatches.mistake(
    "drops-last",
    ko="마지막의 짧은 배치가 나오지 않습니다. 남은 표본도 모두 내놓아야 합니다. 예를 들어 반복을 `n // batch_size`번만 하면 "
    "그 뒤가 버려집니다.",
    en="The short batch at the end is missing. Whatever is left over must come out too: looping "
    "`n // batch_size` times, for example, throws it away.",
)
def _(x, y, batch_size, order):
    for k in range(len(x) // batch_size):
        numbers = order[k * batch_size : (k + 1) * batch_size]
        yield x[numbers], y[numbers]


@minibatches.mistake(
    "empty-batch",
    ko="나누어떨어질 때 마지막에 *빈* 배치가 하나 더 나옵니다. 예를 들어 `n // batch_size + 1`번 돌면 그렇습니다. 빈 배치의 "
    "평균 손실은 NaN이고, 그 걸음 하나로 가중치가 모두 NaN이 됩니다.",
    en="Where nothing is left over, an *empty* batch comes at the end, as with a loop of "
    "`n // batch_size + 1` rounds. The mean loss of an empty batch is NaN, and one such step turns "
    "all weights into NaN.",
)
def _(x, y, batch_size, order):
    for k in range(len(x) // batch_size + 1):
        numbers = order[k * batch_size : (k + 1) * batch_size]
        yield x[numbers], y[numbers]


def cut_into(starts, numbers_at, order_too=True):
    """A loader: starts(n, batch_size) gives the starts, numbers_at the place in order of each batch."""

    def answer(x, y, batch_size, order):
        order = order if order_too else torch.arange(len(x))
        for start in starts(len(x), batch_size):
            numbers = order[numbers_at(start, batch_size)]
            yield x[numbers], y[numbers]

    return answer


many(
    minibatches,
    "overlaps",
    [
        cut_into(lambda n, size: range(n), lambda k, size: slice(k, k + size)),
        cut_into(lambda n, size: range(n - size + 1), lambda k, size: slice(k, k + size)),
    ],
    ko="배치가 서로 겹칩니다. 시작점이 한 칸씩 움직여서 같은 표본이 한 에폭에 여러 번 나옵니다. 시작점은 batch_size만큼씩 "
    "움직여야 합니다.",
    en="The batches overlap: the start moves on by 1, so a sample comes several times in an "
    "epoch. It must move on by batch_size.",
)


@minibatches.mistake(
    "ignores-order",
    ko="order를 쓰지 않고 원래 순서대로 잘랐습니다. 섞이지 않은 데이터입니다.",
    en="This cuts the data in its original order and ignores `order`: nothing is shuffled.",
)
def _(x, y, batch_size, order):
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]


@minibatches.mistake(
    "shuffles-x-only",
    ko="x는 order대로 꺼냈지만 y는 원래 순서 그대로입니다. 학생과 남의 점수가 짝지어집니다. 오류는 나지 않고 학습만 "
    "되지 않습니다. x와 y를 *같은* 번호로 꺼내세요.",
    en="x follows `order`, but y stays as it was: students are paired with the scores of others. No "
    "error appears, it just does not learn. Take x and y by the *same* numbers.",
)
def _(x, y, batch_size, order):
    for start in range(0, len(x), batch_size):
        yield x[order[start : start + batch_size]], y[start : start + batch_size]


def own_order(x, y, batch_size, order):
    for numbers in torch.randperm(len(x)).split(batch_size):
        yield x[numbers], y[numbers]


def own_loader(x, y, batch_size, order):
    yield from DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)


many(
    minibatches,
    "own-shuffle",
    [own_order, own_loader],
    ko="함수 안에서 새로 섞었습니다. 순서는 부른 쪽이 order로 정해 줍니다. 그래야 실행을 똑같이 되풀이할 수 있습니다.",
    en="This shuffles anew inside the function. The caller gives the order, in `order`: that "
    "is what makes a run repeatable.",
)


@minibatches.mistake(
    "returns-a-list",
    ko="배치는 모두 맞지만, 돌려준 것이 하나씩 내놓는 제너레이터가 아니라 길이가 있는 것(리스트나 로더)입니다. 리스트라면 데이터가 "
    "통째로 한 번 더 메모리에 놓입니다. `yield`로 하나씩 내놓으세요.",
    en="The batches are right, but what is returned has a length: a list (all data in memory a second "
    "time) or a loader. Hand out one batch at a time with `yield`.",
)
def _(x, y, batch_size, order):
    return [(x[numbers], y[numbers]) for numbers in order.split(batch_size)]


def one_row_each(x, y, batch_size, order):
    for i in order:
        yield x[i : i + 1], y[i : i + 1]


many(
    minibatches,
    "one-by-one",
    [cut_into(lambda n, size: range(n), lambda k, size: k)]
    + [cut_into(lambda n, size: range(n), lambda k, size: slice(k, k + 1)), one_row_each],
    ko="표본을 하나씩 내놓았습니다. batch_size개씩 묶어 (B, d)와 (B, 1)로 내놓으세요.",
    en="This hands out single samples. Hand out batch_size of them together, as (B, d) and (B, 1).",
)


many(
    minibatches,
    "return-for-yield",
    [
        lambda x, y, batch_size, order: (x[order[:batch_size]], y[order[:batch_size]]),
        cut_into(lambda n, size: [0], lambda k, size: slice(size)),
    ],
    ko="첫 배치 하나만 나왔습니다. `return`(과 `break`)은 거기서 끝냅니다. 하나를 내놓고 *이어서* 돌려면 `yield`를 쓰세요. `yield`를 썼다면 "
    "반복문이 학생 수만큼 가는지 보세요: `range(0, len(x), batch_size)`",
    en="Only the first batch comes out. `return` (or `break`) ends it all there: to hand one out and then *go on*, use "
    "`yield`. If you do, see that the loop runs over all students: `range(0, len(x), batch_size)`.",
)


def pieces(x, y, parts):
    for numbers in parts:
        yield x[numbers], y[numbers]


many(
    minibatches,
    "number-of-batches",
    [
        lambda x, y, size, order: pieces(x, y, order.chunk(size)),
        lambda x, y, size, order: pieces(x, y, order.tensor_split(size)),
    ],
    ko="batch_size를 배치의 *크기*가 아니라 *개수*로 썼습니다. `chunk(k)`는 k조각으로 나누고, `split(k)`는 k개씩 나눕니다.",
    en="batch_size became the *number* of batches, not their *size*: `chunk(k)` cuts into k "
    "pieces, `split(k)` into pieces of k.",
)


@minibatches.mistake(
    "wraps-around",
    ko="짧은 마지막 배치를 처음의 표본으로 채웠습니다. 그 표본들은 한 에폭에 두 번 나옵니다. 마지막 배치는 짧은 채로 "
    "내놓으세요.",
    en="The short last batch is filled up with samples from the beginning, which then come twice "
    "in an epoch. Let the last batch be short.",
)
def _(x, y, batch_size, order):
    for start in range(0, len(x), batch_size):
        numbers = order[torch.arange(start, start + batch_size) % len(x)]
        yield x[numbers], y[numbers]


@minibatches.mistake(
    "only-numbers",
    ko="표본의 번호만 내놓았습니다. 그 번호로 x와 y의 줄을 꺼내 한 쌍으로 내놓으세요.",
    en="Only the samples' numbers come out. Use them to take the rows of x and y, and yield the "
    "pair.",
)
def _(x, y, batch_size, order):
    yield from order.split(batch_size)


@minibatches.mistake(
    "no-yield",
    ko="함수에 `yield`가 없어서 아무것도 나오지 않습니다. 배치마다 `yield x[…], y[…]`로 내놓으세요.",
    en="Nothing comes out, as the function has no `yield`. Hand out each batch with `yield x[…], y[…]`.",
)
def _(x, y, batch_size, order):
    return None


def every(n, size):
    return range(0, n, size)


many(
    minibatches,
    "stop-is-batch-size",
    [cut_into(every, lambda k, size: slice(k, size))],
    ko="슬라이스의 끝이 언제나 batch_size라 둘째 배치부터 비어 있습니다. 끝은 `start + batch_size`입니다.",
    en="The slice always ends at batch_size, so from the second batch on it is empty. End it at "
    "`start + batch_size`.",
)

many(
    minibatches,
    "multiplies-twice",
    [cut_into(every, lambda k, size: slice(k * size, (k + 1) * size))],
    ko="시작점에 batch_size를 두 번 곱한 셈입니다. range가 이미 batch_size씩 건너뜁니다.",
    en="`range` already moves by batch_size: do not multiply by it again.",
)

many(
    minibatches,
    "one-sample-off",
    [
        cut_into(every, lambda k, size: slice(k, k + size + 1)),
        cut_into(every, lambda k, size: slice(k, k + size - 1)),
    ],
    ko="배치의 크기가 하나씩 다릅니다. 슬라이스의 끝은 들어가지 않으니 `start : start + batch_size`가 꼭 batch_size개입니다.",
    en="The batches are off by one sample. A slice leaves out its end, so `start : start + batch_size` is "
    "exactly batch_size samples.",
)

many(
    minibatches,
    "starts-at-one",
    [cut_into(lambda n, size: range(1, n, size), lambda k, size: slice(k, k + size))],
    ko="번호를 1부터 세어 첫 표본이 빠졌습니다. 0에서 시작하세요.",
    en="Counting from 1 leaves out the first sample. Begin at 0.",
)

many(
    minibatches,
    "stops-before-the-last",
    [
        cut_into(lambda n, size: range(0, n - size, size), lambda k, size: slice(k, k + size)),
        cut_into(lambda n, size: range(0, n - 1, size), lambda k, size: slice(k, k + size)),
    ],
    ko="마지막 배치 앞에서 멈춥니다. 시작점이 n보다 작은 동안 계속하세요: `range(0, len(x), batch_size)`",
    en="It stops before the last batch. Go on while the start is below n, as "
    "`range(0, len(x), batch_size)` does.",
)


@minibatches.mistake(
    "every-batch-sizeth",
    ko="`order[start::batch_size]`는 batch_size칸씩 건너뛰며 고릅니다. 이어진 batch_size개는 "
    "`order[start : start + batch_size]`입니다.",
    en="`order[start::batch_size]` picks every batch_size-th. The batch_size numbers that follow each other "
    "are `order[start : start + batch_size]`.",
)
def _(x, y, batch_size, order):
    for start in range(0, len(x), batch_size):
        numbers = order[start::batch_size]
        yield x[numbers], y[numbers]


@minibatches.mistake(
    "shuffles-y-only",
    ko="y는 order대로 꺼냈지만 x는 원래 순서 그대로입니다. 학생과 남의 점수가 짝지어집니다. x와 y를 *같은* 번호로 꺼내세요.",
    en="y follows `order`, but x stays as it was: students are paired with the scores of others. Take x and "
    "y by the *same* numbers.",
)
def _(x, y, batch_size, order):
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[order[start : start + batch_size]]


@minibatches.mistake(
    "swapped",
    ko="x와 y가 바뀌었습니다. (batch_x, batch_y) 순서로 내놓으세요.",
    en="x and y are swapped: yield (batch_x, batch_y).",
)
def _(x, y, batch_size, order):
    for numbers in order.split(batch_size):
        yield y[numbers], x[numbers]


@minibatches.mistake(
    "only-x",
    ko="x만 내놓았습니다. 배치는 (batch_x, batch_y) 한 쌍입니다.",
    en="Only x comes out. A batch is the pair (batch_x, batch_y).",
)
def _(x, y, batch_size, order):
    for numbers in order.split(batch_size):
        yield x[numbers]


@minibatches.mistake(
    "yields-apart",
    ko="x와 y를 따로 내놓았습니다. `yield` 하나로 한 쌍을 내놓으세요: `yield x[…], y[…]`",
    en="x and y come out one after the other. Hand out the pair with a single `yield x[…], y[…]`.",
)
def _(x, y, batch_size, order):
    for numbers in order.split(batch_size):
        yield x[numbers]
        yield y[numbers]


@minibatches.mistake(
    "yield-after-the-loop",
    ko="`yield`가 반복문 밖에 있어 마지막 배치만 나옵니다. 반복문 안으로 들여쓰세요.",
    en="The `yield` stands after the loop, so only the last batch comes out. Indent it into the loop.",
)
def _(x, y, batch_size, order):
    numbers = order.split(batch_size)[-1]
    yield x[numbers], y[numbers]


def collected_at_the_end(x, y, batch_size, order):
    yield [(x[numbers], y[numbers]) for numbers in order.split(batch_size)]


def collected_in_the_loop(x, y, batch_size, order):
    batches = []
    for numbers in order.split(batch_size):
        batches.append((x[numbers], y[numbers]))
        yield batches


many(
    minibatches,
    "yields-the-list",
    [collected_at_the_end, collected_in_the_loop],
    ko="배치들의 *리스트*를 내놓았습니다. 모으지 말고 배치를 하나씩 내놓으세요.",
    en="This yields a *list* of batches. Do not collect them: yield the batches one by one.",
)


@minibatches.mistake(
    "shuffled-twice",
    ko="order를 두 번 적용했습니다. x와 y를 이미 섞었으면 앞에서부터 자르기만 하세요.",
    en="`order` is applied twice. Once x and y are shuffled, just cut them from the front.",
)
def _(x, y, batch_size, order):
    x, y = x[order], y[order]
    for numbers in order.split(batch_size):
        yield x[numbers], y[numbers]


@minibatches.mistake(
    "one-buffer",
    ko="텐서 하나를 만들어 두고 배치마다 그 값을 바꾸어 내놓습니다. 하나씩 쓸 때는 맞지만, `list(…)`로 모으면 앞의 배치가 모두 뒤의 배치 "
    "값으로 바뀝니다. 배치마다 새 텐서를 내놓으세요. `x[numbers]`는 언제나 새 텐서입니다.",
    en="One tensor is kept, and given other values for every batch. Used one at a time the batches are right, "
    "but collected with `list(…)` they all take on the values of the last. Hand out a new tensor each time: "
    "`x[numbers]` always makes one.",
)
def _(x, y, batch_size, order):
    kept_x, kept_y = torch.empty(batch_size, x.shape[1]).to(x), torch.empty(batch_size, 1).to(y)
    for numbers in order.split(batch_size):
        k = len(numbers)
        yield kept_x[:k].copy_(x[numbers]), kept_y[:k].copy_(y[numbers])


@minibatches.mistake(
    "flat-y",
    ko="batch_y가 (B, 1)이 아니라 (B,)입니다. y의 줄을 그대로 꺼내세요: `y[numbers]`",
    en="batch_y is (B,), not (B, 1). Take the rows of y as they are: `y[numbers]`.",
)
def _(x, y, batch_size, order):
    for numbers in order.split(batch_size):
        yield x[numbers], y[numbers, 0]


many(
    minibatches,
    "evened-out",
    [
        lambda x, y, size, order: pieces(x, y, order.chunk(math.ceil(len(x) / size))),
        lambda x, y, size, order: pieces(x, y, order.tensor_split(math.ceil(len(x) / size))),
        lambda x, y, size, order: pieces(x, y, order.chunk(len(x) // size)),
        lambda x, y, size, order: pieces(x, y, order.tensor_split(len(x) // size)),
        lambda x, y, size, order: pieces(x, y, order.tensor_split(len(x) // size + 1)),
    ],
    ko="배치들의 크기가 고르게 나뉘었습니다. `chunk`와 `tensor_split`은 조각의 *개수*를 받습니다. 배치는 모두 batch_size개씩이고 "
    "마지막만 남은 만큼입니다. 다섯 명을 네 명씩이면 3과 2가 아니라 4와 1입니다. 크기를 받는 것은 `order.split(batch_size)`입니다.",
    en="The batches are evened out: `chunk` and `tensor_split` take the *number* of pieces. Every batch has "
    "batch_size samples, only the last has what is left: for 5 in fours it is 4 and 1, not 3 and 2. "
    "`order.split(batch_size)` takes the size.",
)

many(
    minibatches,
    "backwards-order",
    [lambda x, y, size, order: pieces(x, y, order.argsort().split(size))],
    ko="순열을 거꾸로 썼습니다. `order[k]`가 k번째로 나올 표본이니 `x[order]`입니다.",
    en="The permutation is applied backwards: `order[k]` is the sample that comes k-th, so take `x[order]`.",
)


minibatches.hints(
    ko=[
        "순열 order를 앞에서부터 batch_size개씩 자르면, 조각 하나가 배치 하나에 들어갈 표본의 번호입니다. 파이썬의 "
        "슬라이스는 끝을 넘어가도 오류 없이 있는 만큼만 줍니다.",
        "시작점은 0, batch_size, 2·batch_size, …: `range(0, len(x), batch_size)`. 번호 텐서로 `x[numbers]`, `y[numbers]`를 "
        "꺼내면 (B, d)와 (B, 1)입니다.",
        "`for start in range(0, len(x), batch_size):` 안에서 `numbers = order[start : start + batch_size]`, "
        "`yield x[numbers], y[numbers]`",
    ],
    en=[
        "Cut the permutation order into pieces of batch_size: each piece holds the numbers of the "
        "samples of one batch. A Python slice that runs past the end gives what there is, without "
        "an error.",
        "The pieces start at 0, batch_size, 2·batch_size, …: `range(0, len(x), batch_size)`. A "
        "tensor of numbers takes rows: `x[numbers]` is (B, d), `y[numbers]` (B, 1).",
        "Inside `for start in range(0, len(x), batch_size):` write `numbers = order[start : start "
        "+ batch_size]` and `yield x[numbers], y[numbers]`.",
    ],
)


# ---------------------------------------------------------------- epoch-mean


@exercise("epoch-mean", all_or_nothing=True)
def epoch_mean(losses, sizes):
    # Every sample gets the loss of its batch, and then it is an ordinary mean.
    each = torch.tensor(losses, dtype=torch.float64).repeat_interleave(torch.tensor(sizes))
    return each.mean().item()


@epoch_mean.cases
def _(draw):
    yield [2.0, 2.0, 5.0], [2, 2, 1]
    yield [0.5], [3]
    yield [1.0, 3.0], [2, 2]
    yield [1.0, 3.0, 1.0], [2, 2, 1]
    for _ in range(2):
        full, size = draw.integer(2, 5), draw.integer(4, 32)
        losses = [draw.number(0.2, 4) for _ in range(full)] + [draw.number(5, 9)]
        yield losses, [size] * full + [draw.integer(1, size // 2)]
    sizes = [5, *draw.integers(1, 9, 3).tolist(), 2]  # as with batches cut by another rule
    yield [draw.number(0.2, 9) for _ in sizes], sizes


@epoch_mean.accepts
def _(losses, sizes):
    total, seen = 0.0, 0
    for loss, size in zip(losses, sizes, strict=True):
        total, seen = total + loss * size, seen + size
    return total / seen


@epoch_mean.mistake(
    "mean-of-means",
    ko="배치 평균들의 평균을 냈습니다. 그러면 한 명뿐인 짧은 배치가 꽉 찬 배치와 똑같은 무게로 들어갑니다. 배치 크기로 "
    "가중치를 주세요.",
    en="This is the mean of the batches' means: a short batch of one student weighs as much as a "
    "full one. Weight each batch by its size.",
)
def _(losses, sizes):
    return sum(losses) / len(losses)


def weighted_sum(losses, sizes):
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True))


@epoch_mean.mistake(
    "divides-by-batches",
    ko="손실에 크기를 곱해 더한 것까지는 맞습니다. 그런데 표본의 수가 아니라 배치의 수로 나누었습니다.",
    en="Multiplying by the sizes and adding up is right, but then you divided by the number of "
    "batches, not of samples.",
)
def _(losses, sizes):
    return weighted_sum(losses, sizes) / len(losses)


many(
    epoch_mean,
    "all-batches-full",
    [
        lambda losses, sizes: weighted_sum(losses, sizes) / (len(sizes) * sizes[0]),
        lambda losses, sizes: weighted_sum(losses, sizes) / (len(sizes) * max(sizes)),
    ],
    ko="모든 배치가 꽉 찼다고 보고 나누었습니다. 마지막 배치는 짧습니다. 표본의 수는 sizes의 합입니다.",
    en="This divides as if every batch were full. The last one is short: the "
    "number of samples is the sum of sizes.",
)


@epoch_mean.mistake(
    "only-a-sum",
    ko="평균이 아니라 모든 표본의 손실의 합입니다. 표본의 수로 나누세요.",
    en="This is the sum over all samples, not their mean. Divide by the number of samples.",
)
def _(losses, sizes):
    return weighted_sum(losses, sizes)


@epoch_mean.mistake(
    "divides-without-weights",
    ko="손실을 그냥 더한 뒤 표본의 수로 나누었습니다. losses의 수 하나하나는 이미 배치의 *평균*이므로, 먼저 크기를 곱해 "
    "배치의 합으로 되돌려야 합니다.",
    en="The losses are added as they are and divided by the number of samples. Each of them is a "
    "batch's *mean* already: multiply it by the batch's size first, to get the sum back.",
)
def _(losses, sizes):
    return sum(losses) / sum(sizes)


def divided_sum(losses, sizes):
    return sum(loss / size for loss, size in zip(losses, sizes, strict=True))


many(
    epoch_mean,
    "divides-each-by-its-size",
    [
        lambda losses, sizes: divided_sum(losses, sizes),
        lambda losses, sizes: divided_sum(losses, sizes) / len(losses),
        lambda losses, sizes: divided_sum(losses, sizes) / sum(sizes),
    ],
    ko="배치의 평균을 크기로 *나누었습니다*. 평균은 이미 나눈 것입니다. 배치의 합을 되살리려면 크기를 곱해야 합니다.",
    en="Each batch's mean is *divided* by its size. A mean has been divided already: multiply by "
    "the size to get the batch's sum back.",
)


@epoch_mean.mistake(
    "last-batch",
    ko="마지막 배치의 손실입니다. 노트의 반복문도 이것을 출력합니다. 에폭의 모든 배치를 평균 내세요.",
    en="That is the loss of the last batch, which is what the loop in the notes prints. Average "
    "over all batches of the epoch.",
)
def _(losses, sizes):
    return losses[-1]


def first_only_if_alone(losses, sizes):
    kept = slice(None, max(1, len(losses) - 1))
    return weighted_sum(losses[kept], sizes[kept]) / sum(sizes[kept])


many(
    epoch_mean,
    "drops-last",
    [
        first_only_if_alone,
        lambda losses, sizes: weighted_sum(losses[:-1], sizes[:-1]) / sum(sizes[:-1]),
        lambda losses, sizes: weighted_sum(losses[:-1], sizes[:-1]) / sum(sizes),
        lambda losses, sizes: sum(losses[:-1]) / len(losses[:-1]),
    ],
    ko="마지막 배치를 뺐습니다. 짧아도 진짜 표본입니다. 버리지 말고 크기만큼만 세세요.",
    en="The last batch is left out. Short as it is, its samples are real: do not drop them, count "
    "them by their number.",
)


many(
    epoch_mean,
    "total-overwritten",
    [lambda losses, sizes: losses[-1] * sizes[-1] / sum(sizes)],
    ko="바퀴마다 total을 덮어써서 마지막 배치만 남았습니다. 반복문 앞에서 0으로 두고 `+=`로 더하세요.",
    en="The total is overwritten in every round, so only the last batch is left. Set it to 0 before the "
    "loop, and use `+=`.",
)

many(
    epoch_mean,
    "returns-inside",
    [
        lambda losses, sizes: losses[0] * sizes[0] / sum(sizes),
        lambda losses, sizes: losses[0],
        lambda losses, sizes: losses[0] * sizes[0],
    ],
    ko="첫 배치에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first batch. Is the `return` indented *inside* the loop?",
)


@epoch_mean.mistake(
    "rounds-down",
    ko="평균의 소수점 아래가 버려졌습니다. `//`와 `int(…)`가 그렇게 합니다. 평균에는 `/`를 쓰고, 결과는 그대로 두세요.",
    en="What comes after the decimal point is cut off from the mean, as `//` and `int(…)` do. For a mean "
    "use `/`, and leave it as it is.",
)
def _(losses, sizes):
    return weighted_sum(losses, sizes) // sum(sizes)


@epoch_mean.mistake(
    "sum-of-losses",
    ko="손실을 그냥 더한 것과 같습니다(모든 손실을 모든 크기와 곱한 다음 나누어도 이렇게 됩니다). 배치의 손실에 *그 배치의* 크기만 "
    "곱하고(`zip(losses, sizes)`), 표본의 수로 나누세요.",
    en="This comes to the plain sum of the losses (as does multiplying every loss by every size). Multiply "
    "a batch's loss by the size of *that batch*, with `zip(losses, sizes)`, and divide by the number of "
    "samples.",
)
def _(losses, sizes):
    return sum(losses)


def losses_in_place(losses, sizes):
    for i in range(len(losses)):
        losses[i] *= sizes[i]
    return sum(losses) / sum(sizes)


many(
    epoch_mean,
    "in-place",
    [losses_in_place],
    ko="값은 맞지만 부른 쪽의 리스트 losses를 고쳤습니다. 리스트의 원소에 대입하지 말고 새 합을 만드세요.",
    en="The value is right, but the caller's list `losses` was changed. Do not assign to its elements: add "
    "up a new total.",
)


def sum_of_size(losses, sizes, full):
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True) if size == full)


many(
    epoch_mean,
    "leaves-out-the-short",
    [
        lambda losses, sizes: (
            sum_of_size(losses, sizes, max(sizes)) / (max(sizes) * sizes.count(max(sizes)))
        ),
        lambda losses, sizes: (
            sum_of_size(losses, sizes, sizes[0]) / (sizes[0] * sizes.count(sizes[0]))
        ),
        lambda losses, sizes: sum_of_size(losses, sizes, max(sizes)) / sum(sizes),
        lambda losses, sizes: sum_of_size(losses, sizes, sizes[0]) / sum(sizes),
    ],
    ko="짧은 배치를 빼놓았습니다. 거기 든 표본도 똑같이 셉니다.",
    en="The short batch is left out. Its sample counts like any other.",
)


epoch_mean.hints(
    ko=[
        "반 전체의 평균을 구해야 하는데 모둠마다의 평균만 안다고 합시다. 모둠의 평균과 인원에서 무엇을 되살릴 수 있나요?",
        "배치의 평균 × 배치의 크기 = 배치의 합. 모든 배치의 합을 더하고, 모든 표본의 수로 나눕니다.",
        "`total = sum(loss * size for loss, size in zip(losses, sizes))`, `return total / sum(sizes)`",
    ],
    en=[
        "You want the mean of a whole class, and know only the mean of each of its groups. What "
        "can you get back from a group's mean and its size?",
        "A batch's mean × its size = the batch's sum. Add up the sums of all batches, and divide "
        "by the number of all samples.",
        "`total = sum(loss * size for loss, size in zip(losses, sizes))`, `return total / "
        "sum(sizes)`.",
    ],
)


# ---------------------------------------------------------------- train-epochs


@exercise("train-epochs", points=3, all_or_nothing=True, returns=["W", "history"])
def train_epochs(x, y, W, lr, batch_size, epochs, seed):
    W = W.clone().requires_grad_()
    optimizer = torch.optim.SGD([W], lr=lr)
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(x), generator=generator).tolist() for _ in range(epochs)]
    history = []
    for order in orders:
        each = torch.zeros(len(x), dtype=torch.float64)
        loader = DataLoader(Subset(TensorDataset(x, y, torch.arange(len(x))), order), batch_size)
        for batch_x, batch_y, numbers in loader:
            optimizer.zero_grad()
            squares = (batch_x @ W - batch_y) ** 2
            squares.mean().backward()
            optimizer.step()
            each[numbers] = squares.detach().double()[:, 0]
        history.append(each.mean().item())
    return W.detach(), history


def regression(draw, n, d, dtype=torch.float32):
    x = draw.normal(n, d, dtype=dtype)
    return x, x @ draw.normal(d, 1, dtype=dtype) + 0.5 * draw.normal(n, 1, dtype=dtype)


@train_epochs.cases
def _(draw):
    x = torch.tensor([[-1.0], [0.0], [1.0], [2.0], [-2.0]])
    y = torch.tensor([[-1.0], [1.0], [3.0], [6.0], [-3.0]])
    yield x, y, torch.zeros(1, 1), 0.1, 2, 3, 7
    yield x, y, torch.ones(1, 1), 0.1, 5, 2, 7
    for epochs in (2, draw.integer(3, 4)):
        size = draw.integer(2, 4)
        x, y = regression(draw, draw.integer(2, 4) * size + 1, 2)
        start = draw.normal(2, 1) + 2
        yield x, y, start, draw.number(0.02, 0.08), size, epochs, draw.integer(1, 9999)
    x, y = regression(draw, 7, 3, torch.float64)
    yield x, y, draw.normal(3, 1, dtype=torch.float64), 0.05, 3, 2, draw.integer(1, 9999)


def walk(x, y, W, lr, orders, batch_size, divide=len, drop_last=False):
    """Trains on the given orders of numbers; the losses and sizes of every epoch's batches."""
    losses = []
    for order in orders:
        losses.append([])
        for numbers in order.split(batch_size):
            if drop_last and len(numbers) < batch_size:
                continue
            error = x[numbers] @ W - y[numbers]
            losses[-1].append((torch.mean(error**2).item(), len(numbers)))
            W = W - lr * 2 / divide(numbers) * x[numbers].T @ error
    return W, losses


def means(losses, n):
    return [sum(loss * size for loss, size in epoch) / n for epoch in losses]


def orders_of(n, epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randperm(n, generator=generator) for _ in range(epochs)]


@train_epochs.accepts
def _(x, y, W, lr, batch_size, epochs, seed):
    W, history = torch.nn.Parameter(W.clone()), []
    for order in orders_of(len(x), epochs, seed):
        total = 0.0
        for numbers in order.tensor_split(tuple(range(batch_size, len(x), batch_size))):
            loss = F.mse_loss(x[numbers] @ W, y[numbers])
            (gradient,) = torch.autograd.grad(loss, W)
            with torch.no_grad():
                W -= lr * gradient
            total += loss.item() * len(numbers)
        history.append(total / len(x))
    return W.detach(), history


@train_epochs.accepts
def _(x, y, W, lr, batch_size, epochs, seed):
    torch.manual_seed(seed)  # the global generator gives the same permutations
    W, losses = walk(x, y, W, lr, [torch.randperm(len(x)) for _ in range(epochs)], batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "empty-generator",
    ko="둘째 에폭부터 손실이 0이고 W도 움직이지 않습니다. 제너레이터는 한 번만 읽을 수 있어서 둘째 에폭에는 배치가 하나도 "
    "나오지 않습니다. `minibatches(...)`를 에폭마다 새로 부르세요. 에폭마다 새 순서도 필요합니다.",
    en="From the second epoch on the loss is 0 and W stands still. A generator can be read only "
    "once: the second epoch gets no batch at all. Call `minibatches(...)` anew in every epoch, and "
    "give every epoch a new order too.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), 1, seed), batch_size)
    return W, means(losses + [[]] * (epochs - 1), len(x))


@train_epochs.mistake(
    "same-order-every-epoch",
    ko="이제 에폭마다 배치가 나오지만 순서가 매번 똑같습니다. `randperm`을 에폭 반복문 앞에서 한 번만 불렀거나, 반복문 "
    "*안에서* 시드를 다시 심지 않았나요? 난수 생성기는 한 번 만들고, 순열은 에폭마다 뽑습니다.",
    en="Now every epoch has its batches, but always in the same order. Is `randperm` called only "
    "once, before the loop over epochs? Or is the seed set again *inside* it? Make the random "
    "number generator once, draw a permutation every epoch.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), 1, seed) * epochs, batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "new-seed-every-epoch",
    ko="에폭마다 다른 시드(예: `seed + epoch`)로 난수 생성기를 새로 만들었습니다. 그렇게 하는 코드도 있지만, 여기서는 난수 "
    "생성기 하나에서 순열을 차례로 뽑습니다.",
    en="Every epoch makes a new generator with another seed (such as `seed + epoch`). Some code "
    "does so, but here one generator gives the permutations one after the other.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    orders = [orders_of(len(x), 1, seed + epoch)[0] for epoch in range(epochs)]
    W, losses = walk(x, y, W, lr, orders, batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "ignores-the-seed",
    ko="순서가 받은 seed를 따르지 않습니다. `torch.Generator().manual_seed(seed)`로 만든 난수 생성기를 `torch.randperm(n, generator=...)`에 "
    "건네주세요. 건네지 않으면 실행할 때마다, 0처럼 정해 둔 seed를 쓰면 seed를 바꾸어도 언제나 같은 순서가 나옵니다.",
    en="The order does not follow the seed that is given. Make a generator, `torch.Generator().manual_seed(seed)`, and hand "
    "it over: `torch.randperm(n, generator=...)`. Without it every run gives another result; with a seed of your own, such "
    "as 0, every seed gives the same.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, [torch.randperm(len(x)) for _ in range(epochs)], batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "never-shuffles",
    ko="섞지 않고 원래 순서대로 돌았습니다. 에폭마다 `torch.randperm`으로 새 순서를 뽑으세요.",
    en="Nothing is shuffled: the samples come in their original order. Draw a new order with "
    "`torch.randperm` every epoch.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, [torch.arange(len(x))] * epochs, batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "total-not-reset",
    ko="에폭이 바뀔 때 total을 0으로 되돌리지 않아, 앞 에폭들의 손실이 계속 쌓입니다.",
    en="The total is not set back to 0 when an epoch begins, so the losses of the epochs before "
    "pile up.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), epochs, seed), batch_size)
    each = means(losses, len(x))
    return W, [sum(each[: k + 1]) for k in range(epochs)]


@train_epochs.mistake(
    "mean-of-means",
    ko="W는 맞습니다. history가 배치 평균들의 평균이라, 짧은 마지막 배치가 너무 무겁게 들어갔습니다.",
    en="W is right. The history holds means of batch means, in which the short last batch weighs "
    "too much.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), epochs, seed), batch_size)
    return W, [sum(loss for loss, _ in epoch) / len(epoch) for epoch in losses]


@train_epochs.mistake(
    "last-batch-loss",
    ko="W는 맞습니다. history에 에폭의 평균이 아니라 마지막 배치의 손실을 적었습니다.",
    en="W is right. The history holds the loss of each epoch's last batch, not the epoch's mean.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), epochs, seed), batch_size)
    return W, [epoch[-1][0] for epoch in losses]


@train_epochs.mistake(
    "loss-after-the-epoch",
    ko="W는 맞습니다. history에 에폭이 끝난 뒤 데이터 전체에서 다시 잰 손실을 적었습니다. 여기서는 배치마다 *움직이기 전에* "
    "잰 손실의 평균입니다.",
    en="W is right. The history holds the loss measured again on all data after the epoch. Here "
    "it is the mean of the losses measured on each batch *before* the step.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    history = []
    for order in orders_of(len(x), epochs, seed):
        W, _ = walk(x, y, W, lr, [order], batch_size)
        history.append(torch.mean((x @ W - y) ** 2).item())
    return W, history


@train_epochs.mistake(
    "divides-by-n",
    ko="배치의 기울기를 배치 크기가 아니라 전체 표본 수 n으로 나누었습니다. 걸음이 그만큼 짧아집니다.",
    en="The gradient of a batch is divided by the number n of all samples, not of the batch: the "
    "steps become that much shorter.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    orders = orders_of(len(x), epochs, seed)
    W, losses = walk(x, y, W, lr, orders, batch_size, divide=lambda numbers: len(x))
    return W, means(losses, len(x))


@train_epochs.mistake(
    "divides-by-batch-size",
    ko="짧은 마지막 배치의 기울기도 batch_size로 나누었습니다. 그 배치에 실제로 든 표본의 수로 나누세요: `len(batch_x)`.",
    en="The gradient of the short last batch is divided by batch_size as well. Divide by the "
    "number of samples that the batch really has: `len(batch_x)`.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    size = min(batch_size, len(x))
    orders = orders_of(len(x), epochs, seed)
    W, losses = walk(x, y, W, lr, orders, batch_size, divide=lambda numbers: size)
    return W, means(losses, len(x))


def skips_the_short(of_the_seen):
    def answer(x, y, W, lr, batch_size, epochs, seed):
        orders = orders_of(len(x), epochs, seed)
        W, losses = walk(x, y, W, lr, orders, batch_size, drop_last=True)
        n = [sum(size for _, size in epoch) if of_the_seen else len(x) for epoch in losses]
        return W, [means([epoch], count)[0] for epoch, count in zip(losses, n, strict=True)]

    return answer


many(
    train_epochs,
    "drops-last",
    [skips_the_short(of_the_seen=True), skips_the_short(of_the_seen=False)],
    ko="짧은 마지막 배치를 건너뛰었습니다. 그 표본들은 학습에도 history에도 들어가지 않았습니다.",
    en="The short last batch is skipped: its samples are missing from the training and from the "
    "history.",
)


@train_epochs.mistake(
    "one-epoch-too-many",
    ko="에폭을 한 번 더 돌았습니다. `range(epochs + 1)`은 epochs + 1번 돕니다. `range(epochs)`라고 "
    "쓰세요.",
    en="One epoch too many: `range(epochs + 1)` runs epochs + 1 times. Write `range(epochs)`.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), epochs + 1, seed), batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "returns-inside",
    ko="첫 에폭에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first epoch. Is the `return` indented *inside* the loop?",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), 1, seed), batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "in-place",
    ko="결과는 맞지만 제자리 연산(`W -= …`)이 부른 쪽의 W를 바꾸었습니다. `W = W - …`로 쓰세요.",
    en="The result is right, but an in-place update (`W -= …`) changed the caller's W. Write "
    "`W = W - …`.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    new, losses = walk(x, y, W, lr, orders_of(len(x), epochs, seed), batch_size)
    W.copy_(new)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "one-permutation-wasted",
    ko="반복문 앞에 `randperm` 줄이 남아 있어, 첫 순열이 쓰이지 않고 버려집니다. 그 줄을 복사하지 말고 반복문 안으로 옮기세요.",
    en="A `randperm` line is left before the loop, so the first permutation is thrown away. Move that line "
    "into the loop, do not copy it.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), epochs + 1, seed)[1:], batch_size)
    return W, means(losses, len(x))


def piled_up(W, losses, n):
    each = means(losses, n)
    return W, [sum(each[: k + 1]) for k in range(len(each))]


def logged(history_of):
    """The right walk, with a history of one's own: history_of(losses of all epochs, n, size)."""

    def answer(x, y, W, lr, batch_size, epochs, seed):
        W, losses = walk(x, y, W, lr, orders_of(len(x), epochs, seed), batch_size)
        return W, history_of(losses, len(x), batch_size)

    return answer


def mean_loss(x, y, W):
    return torch.mean((x @ W - y) ** 2).item()


@train_epochs.mistake(
    "loss-after-the-step",
    ko="배치의 손실을 걸음을 뗀 *뒤에* 쟀습니다. 움직이기 전에 재세요.",
    en="Each batch's loss is measured *after* its step. Measure it before.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    history = []
    for order in orders_of(len(x), epochs, seed):
        total = 0.0
        for numbers in order.split(batch_size):
            W, _ = walk(x, y, W, lr, [numbers], batch_size)
            total += mean_loss(x[numbers], y[numbers], W) * len(numbers)
        history.append(total / len(x))
    return W, history


many(
    train_epochs,
    "unweighted-over-n",
    [logged(lambda losses, n, size: [sum(loss for loss, _ in epoch) / n for epoch in losses])],
    ko="W는 맞습니다. 배치의 평균을 크기로 곱하지 않고 더한 뒤 n으로 나누었습니다. `loss.item() * len(batch_x)`를 더하세요.",
    en="W is right. The means of the batches are added without their sizes and divided by n: add "
    "`loss.item() * len(batch_x)`.",
)

many(
    train_epochs,
    "full-size-weights",
    [
        logged(
            lambda losses, n, size: [sum(loss * size for loss, _ in epoch) / n for epoch in losses]
        )
    ],
    ko="W는 맞습니다. 짧은 마지막 배치의 손실에도 batch_size를 곱했습니다. 그 배치에 든 수 `len(batch_x)`를 곱하세요.",
    en="W is right. The loss of the short last batch is weighted by batch_size too: weight it by "
    "`len(batch_x)`.",
)

many(
    train_epochs,
    "not-divided-by-n",
    [
        logged(lambda losses, n, size: means(losses, 1)),
        logged(lambda losses, n, size: [means([epoch], len(epoch))[0] for epoch in losses]),
    ],
    ko="W는 맞습니다. 에폭의 손실을 표본의 수 n으로 나누지 않았습니다(더하기만 했거나, 배치의 수로 나누었습니다).",
    en="W is right. The losses of an epoch are not divided by the number n of samples (they are only added "
    "up, or divided by the number of batches).",
)


def running_totals(losses, n, size):
    history = []
    for epoch in losses:
        history += [means([epoch[: k + 1]], n)[0] for k in range(len(epoch))]
    return history


many(
    train_epochs,
    "history-per-batch",
    [
        logged(running_totals),
        logged(lambda losses, n, size: [loss for epoch in losses for loss, _ in epoch]),
    ],
    ko="W는 맞습니다. history에 배치마다 적었습니다. 에폭마다 한 번, 안쪽 반복문이 끝난 뒤에 적으세요.",
    en="W is right. `history` gets an entry for each batch: append once an epoch, after the inner loop.",
)

many(
    train_epochs,
    "history-made-anew",
    [logged(lambda losses, n, size: means(losses[-1:], n))],
    ko="W는 맞습니다. 에폭마다 `history = []`로 리스트를 새로 만들어 마지막 에폭만 남습니다. 반복문 앞에서 한 번만 만드세요.",
    en="W is right. The history is made anew in every epoch, so only the last is left: make it once, before "
    "the loop.",
)


@train_epochs.mistake(
    "one-step-an-epoch",
    ko="W를 에폭마다 한 번만 움직였습니다. 갱신하는 줄을 안쪽 반복문 안에 두세요.",
    en="W moves only once an epoch. The update belongs inside the inner loop.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    history = []
    for order in orders_of(len(x), epochs, seed):
        history.append(mean_loss(x, y, W))
        W, _ = walk(x, y, W, lr, [order.split(batch_size)[-1]], batch_size)
    return W, history


@train_epochs.mistake(
    "returns-inside-the-inner-loop",
    ko="첫 배치에서 끝났습니다. `return`이 안쪽 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first batch. Is the `return` indented *inside* the inner loop?",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    first = orders_of(len(x), 1, seed)[0][:batch_size]
    W, losses = walk(x, y, W, lr, [first], batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "data-loader",
    ko="`DataLoader`는 같은 시드에서도 다른 순서를 뽑습니다. 여기서는 `torch.randperm`과 여러분의 `minibatches`를 쓰세요.",
    en="`DataLoader` draws another order from the same seed. Use `torch.randperm` and your `minibatches` "
    "here.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    numbers = TensorDataset(torch.arange(len(x)))
    loader = DataLoader(numbers, batch_size, shuffle=True, generator=generator)
    orders = [torch.cat([batch for (batch,) in loader]) for _ in range(epochs)]
    W, losses = walk(x, y, W, lr, orders, batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "shuffles-the-shuffled",
    ko="이미 섞은 x와 y를 에폭마다 또 섞었습니다. 원래 x와 y는 그대로 두고 order를 `minibatches`에 건네세요.",
    en="x and y, shuffled already, are shuffled again in every epoch. Leave them as they are, and hand the "
    "order to `minibatches`.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    orders = orders_of(len(x), epochs, seed)
    for k in range(1, epochs):
        orders[k] = orders[k - 1][orders[k]]
    W, losses = walk(x, y, W, lr, orders, batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "unseeded-generator",
    ko="난수 생성기에 seed를 심지 않았습니다: `torch.Generator().manual_seed(seed)`",
    en="The generator is not given the seed: `torch.Generator().manual_seed(seed)`.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    generator = torch.Generator()
    orders = [torch.randperm(len(x), generator=generator) for _ in range(epochs)]
    W, losses = walk(x, y, W, lr, orders, batch_size)
    return W, means(losses, len(x))


def unzeroed(emptied):
    """Autograd with gradients that pile up; emptied: whether those of an epoch are forgotten."""

    def answer(x, y, W, lr, batch_size, epochs, seed):
        total, history = torch.zeros_like(W), []
        for order in orders_of(len(x), epochs, seed):
            total = torch.zeros_like(W) if emptied else total
            summed = 0.0
            for numbers in order.split(batch_size):
                error = x[numbers] @ W - y[numbers]
                total = total + 2 / len(numbers) * x[numbers].T @ error
                summed += torch.sum(error**2).item()
                W = W - lr * total
            history.append(summed / len(x))
        return W, history

    return answer


many(
    train_epochs,
    "gradients-pile-up",
    [unzeroed(False), unzeroed(True)],
    ko="기울기가 배치마다 쌓입니다. `.backward()`는 새 기울기를 `.grad`에 *더하므로*, 배치마다 갱신한 다음 비워야 합니다"
    "(`W.grad.zero_()`나 `optimizer.zero_grad()`). 에폭마다 한 번으로는 모자랍니다.",
    en="The gradients of the batches pile up. `.backward()` *adds* to `.grad`, so it has to be emptied for "
    "every batch (`W.grad.zero_()` or `optimizer.zero_grad()`); once an epoch is not enough.",
)


@train_epochs.mistake(
    "full-gradient",
    ko="걸음마다 배치가 아니라 데이터 *전체*의 기울기로 움직였습니다. `gradient(W, batch_x, batch_y)`를 쓰세요.",
    en="Every step uses the gradient of *all* the data, not of the batch: use "
    "`gradient(W, batch_x, batch_y)`.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    history = []
    for order in orders_of(len(x), epochs, seed):
        total = 0.0
        for numbers in order.split(batch_size):
            total += mean_loss(x[numbers], y[numbers], W) * len(numbers)
            W, _ = walk(x, y, W, lr, [torch.arange(len(x))], len(x))
        history.append(total / len(x))
    return W, history


def stepping(factor, divide=len):
    """The right walk but for the length of its steps."""

    def answer(x, y, W, lr, batch_size, epochs, seed):
        orders = orders_of(len(x), epochs, seed)
        W, losses = walk(x, y, W, factor * lr, orders, batch_size, divide=divide)
        return W, means(losses, len(x))

    return answer


many(
    train_epochs,
    "missing-2",
    [stepping(0.5)],
    ko="걸음이 절반입니다. 제곱을 미분할 때 나오는 2가 빠졌습니다. 위의 `gradient`를 쓰면 들어 있습니다.",
    en="The steps are half as long: the 2 from differentiating the square is missing. The `gradient` given "
    "above has it.",
)

many(
    train_epochs,
    "sum-for-mean",
    [stepping(1, divide=lambda numbers: 1)],
    ko="배치의 기울기를 더하기만 하고 배치에 든 수로 나누지 않았습니다. 위의 `gradient`를 쓰면 나누어 줍니다.",
    en="The gradients of a batch are only added up, not divided by the number of its samples. The "
    "`gradient` given above divides.",
)

many(
    train_epochs,
    "uphill",
    [stepping(-1)],
    ko="기울기를 *더해서* 오르막으로 갔습니다. 빼야 내려갑니다.",
    en="The gradient is *added*, which goes uphill. Subtract it to go down.",
)


@train_epochs.mistake(
    "one-epoch-too-few",
    ko="에폭을 한 번 덜 돌았습니다. `range(1, epochs)`는 epochs − 1번 돕니다.",
    en="One epoch too few: `range(1, epochs)` runs epochs − 1 times.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), epochs - 1, seed), batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "ignores-epochs",
    ko="받은 epochs를 쓰지 않고 에폭의 수를 5로 못 박았습니다. `range(epochs)`를 쓰세요.",
    en="The epochs that are given are not used; their number is fixed at 5. Use `range(epochs)`.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), 5, seed), batch_size)
    return W, means(losses, len(x))


@train_epochs.mistake(
    "starts-anew-every-epoch",
    ko="에폭마다 W가 출발점으로 돌아갑니다. 앞 에폭에서 배운 것을 이어 가세요.",
    en="Every epoch takes W back to the start. Go on from what the epoch before has learned.",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    start, history = W, []
    for order in orders_of(len(x), epochs, seed):
        W, losses = walk(x, y, start, lr, [order], batch_size)
        history += means(losses, len(x))
    return W, history


@train_epochs.mistake(
    "swapped",
    ko="둘의 순서가 바뀌었습니다. (W, history) 순서로 돌려주세요.",
    en="The two are swapped: return (W, history).",
)
def _(x, y, W, lr, batch_size, epochs, seed):
    W, losses = walk(x, y, W, lr, orders_of(len(x), epochs, seed), batch_size)
    return means(losses, len(x)), W


many(
    train_epochs,
    "seeded-anew-and-not-reset",
    [
        lambda x, y, W, lr, batch_size, epochs, seed: piled_up(
            *walk(x, y, W, lr, orders_of(len(x), 1, seed) * epochs, batch_size), len(x)
        )
    ],
    ko="둘이 다릅니다. 순서가 에폭마다 똑같고(난수 생성기는 반복문 앞에서 한 번만 만듭니다), total을 에폭마다 0으로 되돌리지 "
    "않았습니다.",
    en="Two things differ: the order is the same in every epoch (make the generator once, before the loop), "
    "and the total is not set back to 0 when an epoch begins.",
)


train_epochs.hints(
    ko=[
        "고칠 곳은 둘입니다. 둘째 에폭에 배치가 나오지 않는 까닭 하나, 나오더라도 순서가 매번 같은 까닭 하나. 각 줄이 몇 번 "
        "실행되어야 하는지 적어 보세요: 학습 전체에서 한 번인가요, 에폭마다 한 번인가요?",
        "난수 생성기를 만드는 줄은 한 번. 순열을 뽑는 줄과 `minibatches`를 부르는 줄은 에폭마다. 나머지는 고치지 않아도 "
        "됩니다.",
        "`generator = ...`는 그대로 두고, `for _ in range(epochs):` 안의 맨 앞으로 두 줄을 옮깁니다: "
        "`order = torch.randperm(len(x), generator=generator)`, `batches = minibatches(x, y, batch_size, order)`",
    ],
    en=[
        "There are two places to mend: why the second epoch gets no batches, and why, once it "
        "gets them, their order is always the same. Note for every line how often it must run: "
        "once in all, or once an epoch?",
        "The generator is made once. The permutation is drawn, and `minibatches` called, in every "
        "epoch. The rest can stay as it is.",
        "Leave `generator = ...` where it is, and move two lines to the top of the body of `for _ "
        "in range(epochs):`, namely `order = torch.randperm(len(x), generator=generator)` and "
        "`batches = minibatches(x, y, batch_size, order)`.",
    ],
)


# ---------------------------------------------------------------- pad-collate


@exercise("pad-collate", points=2, returns=["x", "lengths", "y"])
def pad_collate(samples):
    exams, finals = zip(*samples, strict=True)
    lengths = torch.tensor([len(exam) for exam in exams])
    return pad_sequence(exams, batch_first=True), lengths, torch.stack(finals)


@pad_collate.cases
def _(draw):
    yield (
        [
            (torch.tensor([70.0, 80.0]), torch.tensor([150.0])),
            (torch.tensor([60.0, 0.0, 75.0]), torch.tensor([90.0])),
            (torch.tensor([90.0]), torch.tensor([180.0])),
        ],
    )
    yield ([(torch.tensor([88.0, 0.0]), torch.tensor([88.0]))],)
    for low, high in ((3, 3), (1, 6), (2, 5)):
        lengths = draw.integers(low, high, draw.integer(3, 6)).tolist()
        if (low, high) == (1, 6):  # neither the first nor the last is the longest; not sorted
            lengths = [low + 1, low, high, *lengths, low + 1]
        elif low < high:  # the first is, the last is the shortest
            lengths = [high, low + 1, low, *lengths, high - 1, low]
        samples = [(draw.uniform(40, 100, n), draw.uniform(80, 200, 1)) for n in lengths]
        samples[-1][0][-1] = 0.0  # a real score of 0, at the very end
        yield (samples,)


@pad_collate.accepts
def _(samples):
    lengths = torch.tensor([exam.numel() for exam, _ in samples])
    width = int(lengths.max())
    x = torch.stack([F.pad(exam, (0, width - len(exam))) for exam, _ in samples])
    return x, lengths, torch.cat([final for _, final in samples]).unsqueeze(1)


def fill(samples, width):
    x = torch.zeros(len(samples), width)
    for row, (exam, _) in zip(x, samples, strict=True):
        row[: len(exam)] = exam[:width]
    return x


def lengths_of(samples):
    return torch.tensor([len(exam) for exam, _ in samples])


def finals_of(samples):
    return torch.stack([final for _, final in samples])


many(
    pad_collate,
    "truncates",
    [
        lambda samples: (
            fill(samples, int(lengths_of(samples).min())),
            lengths_of(samples),
            finals_of(samples),
        ),
        lambda samples: (
            fill(samples, int(lengths_of(samples).min())),
            lengths_of(samples) * 0 + lengths_of(samples).min(),
            finals_of(samples),
        ),
    ],
    ko="가장 짧은 표본에 맞추어 잘랐습니다. 진짜 점수가 사라집니다. 가장 *긴* 표본에 맞추어 채우세요.",
    en="Everything is cut to the shortest sample, and real scores are lost. Fill up to the "
    "*longest* one.",
)


def as_wide_as(place, how):
    """Pads to the length of the sample at a place; how: what becomes of longer ones."""

    def answer(samples):
        T = len(samples[place][0])
        if how == "cut":
            x = fill(samples, T)
        elif how == "written":
            x = torch.zeros(len(samples), T)
            for row, (exam, _) in zip(x, samples, strict=True):
                row[: len(exam)] = exam
        else:
            x = torch.stack([torch.cat([exam, torch.zeros(T - len(exam))]) for exam, _ in samples])
        return x, lengths_of(samples), finals_of(samples)

    return answer


HOW = ("cut", "written", "joined")


many(
    pad_collate,
    "width-of-the-first",
    [as_wide_as(0, how) for how in HOW],
    ko="너비를 첫 표본의 길이로 정했습니다. 그보다 긴 표본은 들어가지 않습니다. 너비는 이 배치에서 가장 긴 길이입니다.",
    en="The width is the length of the first sample, and longer ones do not fit. It should be the "
    "longest length in this batch.",
)


many(
    pad_collate,
    "width-of-the-last",
    [as_wide_as(-1, how) for how in HOW],
    ko="너비를 마지막 표본의 길이로 정했습니다(반복문이 값을 덮어쓰면 그렇게 됩니다). 그보다 긴 표본은 들어가지 않습니다. 이 배치에서 "
    "가장 긴 길이를 쓰세요.",
    en="The width is the length of the last sample (a loop that overwrites it comes to that), and longer "
    "ones do not fit. Use the longest length in this batch.",
)


def three_wide(cuts):
    def answer(samples):
        x = torch.zeros(len(samples), 3)
        for row, (exam, _) in zip(x, samples, strict=True):
            row[: len(exam)] = exam[:3] if cuts else exam
        return x, lengths_of(samples), finals_of(samples)

    return answer


many(
    pad_collate,
    "always-three",
    [three_wide(cuts=True), three_wide(cuts=False)],
    ko="너비를 3으로 못 박았습니다. 이 배치에서 가장 긴 길이를 쓰세요.",
    en="The width is fixed at 3. Use the longest length in this batch.",
)

many(
    pad_collate,
    "length-of-the-pair",
    [
        lambda samples: (
            fill(samples, int(lengths_of(samples).max())),
            torch.tensor([len(sample) for sample in samples]),
            finals_of(samples),
        )
    ],
    ko="쌍 (x, y)의 길이라서 언제나 2입니다. x의 길이를 재세요: `len(sample[0])`",
    en="That is the length of the pair (x, y), always 2. Measure x: `len(sample[0])`.",
)

many(
    pad_collate,
    "no-lengths",
    [
        lambda samples: (fill(samples, int(lengths_of(samples).max())), finals_of(samples)),
    ],
    ko="lengths를 돌려주지 않았습니다. (x, lengths, y) 셋을 돌려주세요.",
    en="The lengths were not returned. Return all three: (x, lengths, y).",
)

many(
    pad_collate,
    "one-too-wide",
    [
        lambda samples: (
            fill(samples, int(lengths_of(samples).max()) + 1),
            lengths_of(samples),
            finals_of(samples),
        ),
    ],
    ko="x가 한 칸 더 넓습니다. 너비는 가장 긴 길이와 똑같습니다.",
    en="x is one place too wide. Its width is exactly the longest length.",
)


def left_over(fill_with):
    def answer(samples):
        x = torch.full((len(samples), int(lengths_of(samples).max())), fill_with)
        for row, (exam, _) in zip(x, samples, strict=True):
            row[: len(exam)] = exam
        return x, lengths_of(samples), finals_of(samples)

    return answer


many(
    pad_collate,
    "not-zeros",
    [left_over(value) for value in (math.nan, 1.0, -1.0)],
    ko="남는 칸이 0이 아닙니다. `torch.zeros`에서 시작하거나(`torch.empty`는 칸을 채우지 않습니다), 채울 값(`padding_value`)을 0으로 두세요.",
    en="The places left over are not 0. Begin with `torch.zeros` (`torch.empty` fills nothing in), or leave "
    "the value to fill them with (`padding_value`) at 0.",
)


@pad_collate.mistake(
    "counts-the-padding",
    ko="lengths에 진짜 점수의 수가 아니라 채운 칸의 수를 적었습니다.",
    en="lengths holds the number of places filled up, not of real scores.",
)
def _(samples):
    lengths = lengths_of(samples)
    width = int(lengths.max())
    return fill(samples, width), width - lengths, finals_of(samples)


@pad_collate.mistake(
    "one-long-row",
    ko="표본들을 한 줄로 이어 붙였습니다. 표본마다 한 줄인 (B, T)가 되도록 채워서 쌓으세요.",
    en="The samples were joined into one long row. Pad them and stack them, one sample a row: (B, T).",
)
def _(samples):
    return torch.cat([exam for exam, _ in samples]), lengths_of(samples), finals_of(samples)


@pad_collate.mistake(
    "stacked-unpadded",
    ko="길이가 다른 표본을 채우지 않고 쌓으려고 했습니다. 먼저 모두 가장 긴 길이가 되도록 뒤를 0으로 채우세요.",
    en="Samples of different lengths were to be stacked as they are. First fill each up with 0 to the "
    "longest length.",
)
def _(samples):
    return torch.stack([exam for exam, _ in samples]), lengths_of(samples), finals_of(samples)


@pad_collate.mistake(
    "lengths-after",
    ko="패딩을 붙인 *뒤*에 길이를 재서 모두 최대 길이가 되었습니다. 그러면 어디까지가 진짜인지 아무도 모릅니다.",
    en="The lengths were measured *after* padding, so all are the maximum, and nobody can tell "
    "what is real any more.",
)
def _(samples):
    width = int(lengths_of(samples).max())
    return fill(samples, width), torch.full((len(samples),), width), finals_of(samples)


@pad_collate.mistake(
    "counts-nonzero",
    ko="0이 아닌 점수의 수를 길이로 셌습니다. 0점도 진짜 점수입니다. 패딩은 값으로 가려낼 수 없으니, 길이는 채우기 *전에* "
    "재 두어야 합니다.",
    en="The length counts the scores that are not 0. But 0 marks is a real score! Padding cannot "
    "be told by its value, so take the lengths *before* filling up.",
)
def _(samples):
    x = fill(samples, int(lengths_of(samples).max()))
    return x, (x != 0).sum(1), finals_of(samples)


@pad_collate.mistake(
    "pads-left",
    ko="0을 앞쪽에 채웠습니다. 여기서는 뒤쪽(오른쪽)에 채웁니다.",
    en="The zeros are in front. Here they go behind (on the right).",
)
def _(samples):
    width = int(lengths_of(samples).max())
    x = torch.stack([F.pad(exam, (width - len(exam), 0)) for exam, _ in samples])
    return x, lengths_of(samples), finals_of(samples)


@pad_collate.mistake(
    "flat-y",
    ko="y가 `(B, 1)`이 아니라 `(B,)`입니다. 모델의 출력 `(B, 1)`에서 빼면 `(B, B)`가 되어 버립니다. 이어 붙이는 `cat`이 "
    "아니라 새 축을 만드는 `stack`입니다.",
    en="y is `(B,)`, not `(B, 1)`. Subtracted from a model's output `(B, 1)` it gives `(B, B)`. "
    "You want `stack`, which makes a new axis, rather than `cat`.",
)
def _(samples):
    x = fill(samples, int(lengths_of(samples).max()))
    return x, lengths_of(samples), finals_of(samples)[:, 0]


def longest_first(sample):
    return -len(sample[0])


def padded(samples):
    return fill(samples, int(lengths_of(samples).max())), lengths_of(samples), finals_of(samples)


many(
    pad_collate,
    "sorted",
    [
        lambda samples: padded(sorted(samples, key=longest_first)),
        lambda samples: (samples.sort(key=longest_first), padded(samples))[1],
        lambda samples: padded(sorted(samples, key=lambda sample: len(sample[0]))),
    ],
    ko="표본을 길이 순으로 다시 세웠습니다. 여기서는 들어온 순서를 지킵니다.",
    en="The samples are sorted by length. Here they stay in the order in which they came.",
)


@pad_collate.mistake(
    "standing",
    ko="`(T, B)`로 돌려주었습니다. 여기서는 표본 하나가 한 줄인 `(B, T)`입니다. `pad_sequence`를 썼다면 "
    "`batch_first=True`가 필요합니다.",
    en="This is `(T, B)`. Wanted is `(B, T)`, one sample a row. If you used `pad_sequence`, it "
    "needs `batch_first=True`.",
)
def _(samples):
    x = fill(samples, int(lengths_of(samples).max()))
    return x.T.contiguous(), lengths_of(samples), finals_of(samples)


@pad_collate.mistake(
    "other-order",
    ko="돌려주는 순서가 다릅니다. (x, lengths, y) 순서입니다.",
    en="The results are in another order: return (x, lengths, y).",
)
def _(samples):
    x = fill(samples, int(lengths_of(samples).max()))
    return x, finals_of(samples), lengths_of(samples)


pad_collate.hints(
    ko=[
        "네모난 텐서를 만들려면 너비 하나를 정해야 합니다. 아무것도 버리지 않는 가장 작은 너비는 얼마인가요? 길이는 채우기 전에 "
        "재 두세요.",
        "lengths는 (B,) 정수, x는 (B, T)이고 T는 가장 긴 길이, y는 (1,) 텐서 B개를 `torch.stack`으로 쌓은 (B, 1)입니다. "
        "0으로 찬 (B, T)를 만들고 줄마다 앞쪽 칸에 점수를 써넣으면 됩니다.",
        "`lengths = torch.tensor([len(exams) for exams, _ in samples])`, "
        "`x = torch.zeros(len(samples), int(lengths.max()))`, `for row, (exams, _) in zip(x, samples):` 안에서 "
        "`row[: len(exams)] = exams`, `y = torch.stack([final for _, final in samples])`",
    ],
    en=[
        "A rectangular tensor needs one width. Which is the smallest that loses nothing? Take the "
        "lengths before you fill up.",
        "lengths is (B,) of whole numbers; x is (B, T) with T the longest length; y is (B, 1), B "
        "tensors of shape (1,) stacked by `torch.stack`. Make a (B, T) of zeros, and write the "
        "scores into the first cells of every row.",
        "`lengths = torch.tensor([len(exams) for exams, _ in samples])`, `x = "
        "torch.zeros(len(samples), int(lengths.max()))`, inside `for row, (exams, _) in zip(x, "
        "samples):` write `row[: len(exams)] = exams`, and `y = torch.stack([final for _, final "
        "in samples])`.",
    ],
)


# ---------------------------------------------------------------- train-valid-split


@exercise(
    "train-valid-split",
    points=3,
    all_or_nothing=True,
    returns=["train_x", "train_y", "valid_x", "valid_y"],
)
def train_valid_split(x, y, valid_share, order):
    rows = [(x[i].double(), y[i]) for i in order.tolist()]
    for_valid = 0
    while for_valid + 1 <= valid_share * len(rows):
        for_valid += 1
    valid, train = rows[:for_valid], rows[for_valid:]
    middle = sum(row for row, _ in train) / len(train)
    variance = sum((row - middle) ** 2 for row, _ in train) / len(train)
    parts = []
    for part in (train, valid):
        parts.append(torch.stack([(row - middle) / variance**0.5 for row, _ in part]).to(x.dtype))
        parts.append(torch.stack([score for _, score in part]))
    return tuple(parts)


@train_valid_split.cases
def _(draw):
    x = torch.tensor([[60.0, 1.0], [70.0, 2.0], [80.0, 9.0], [90.0, 3.0], [75.0, 5.0]])
    yield x, 2 * x[:, :1], 0.25, torch.tensor([2, 0, 3, 1, 4])
    yield x, 2 * x[:, :1], 0.5, torch.tensor([4, 3, 2, 1, 0])
    for share, n in ((0.25, 4 * draw.integer(3, 5) + 3), (0.375, 8 * draw.integer(2, 3) + 2)):
        d = draw.integer(1, 3)
        x = draw.uniform(5, 30, d) * draw.normal(n, d) + draw.uniform(50, 90, d)
        yield x, x.sum(1, keepdim=True) + draw.normal(n, 1), share, draw.permutation(n)
    x = 8 * draw.normal(12, 2, dtype=torch.float64) + 70
    yield x, draw.normal(12, 1, dtype=torch.float64), 0.25, draw.permutation(12)


@train_valid_split.accepts
def _(x, y, valid_share, order):
    chosen_v, chosen_t = order.tensor_split([math.floor(valid_share * len(order))])
    std, mean = torch.std_mean(x.index_select(0, chosen_t), 0, correction=0)
    scaled = (x - mean) / std
    return scaled[chosen_t], y[chosen_t], scaled[chosen_v], y[chosen_v]


def cut(x, y, order, for_valid, for_statistics=None):
    """The four parts with the first for_valid of order to validate on.

    for_statistics: the rows of x whose mean and standard deviation scale it (the training rows).
    """
    valid, train = order[:for_valid], order[for_valid:]
    known = x[train] if for_statistics is None else for_statistics
    scaled = (x - known.mean(0)) / known.std(0, correction=0)
    return scaled[train], y[train], scaled[valid], y[valid]


@train_valid_split.mistake(
    "leaks-statistics",
    ko="나누기는 맞지만, 평균과 표준편차를 데이터 *전체*에서 구했습니다. 검증 표본의 정보가 훈련에 새어 들어갔습니다. "
    "훈련 표본에서만 구하고, 그 수를 검증 표본에도 쓰세요.",
    en="The split is right, but the mean and the standard deviation come from *all* of the data: "
    "the validation samples leak into the training. Compute them on the training samples alone, "
    "and use those numbers for the validation samples too.",
)
def _(x, y, valid_share, order):
    return cut(x, y, order, int(valid_share * len(x)), x)


@train_valid_split.mistake(
    "own-statistics",
    ko="검증 표본을 검증 표본 *자신의* 평균과 표준편차로 표준화했습니다. 그러면 두 집합의 자가 서로 달라지고, 표본이 하나뿐이면 "
    "0 나누기 0, 곧 NaN이 됩니다. 훈련에서 구한 수를 그대로 쓰세요.",
    en="The validation samples are standardised with *their own* mean and standard deviation. "
    "Then the two sets are measured with different rulers, and a single sample "
    "becomes 0 divided by 0, a NaN. Use the numbers found on the training samples.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    train_x, train_y, _, valid_y = cut(x, y, order, for_valid)
    valid_x = x[order[:for_valid]]
    return train_x, train_y, (valid_x - valid_x.mean(0)) / valid_x.std(0, correction=0), valid_y


@train_valid_split.mistake(
    "own-statistics-guarded",
    ko="검증 표본을 검증 표본 *자신의* 평균과 표준편차로 표준화했습니다(4장의 `standardise`를 두 번 불러도 그렇게 됩니다). 그러면 두 "
    "집합의 자가 서로 달라집니다. 훈련에서 구한 수를 그대로 쓰세요.",
    en="The validation samples are standardised with *their own* mean and standard deviation (as by calling "
    "chapter 4's `standardise` twice). Then the two sets are measured with different rulers. Use the "
    "numbers found on the training samples.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    train_x, train_y, _, valid_y = cut(x, y, order, for_valid)
    valid_x = x[order[:for_valid]]
    std = valid_x.std(0, correction=0)
    std[std == 0] = 1
    return train_x, train_y, (valid_x - valid_x.mean(0)) / std, valid_y


@train_valid_split.mistake(
    "validates-on-train",
    ko="검증 표본이 훈련 집합에도 들어 있습니다. 훈련에는 *나머지*만 써야 합니다. 본 문제로 시험을 치면 외운 것과 배운 것을 "
    "가려낼 수 없습니다.",
    en="The validation samples are in the training set as well. Train on the *rest* alone: with "
    "questions seen before, a test cannot tell learning from memorising.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    scaled = (x - x.mean(0)) / x.std(0, correction=0)
    return scaled[order], y[order], scaled[order[:for_valid]], y[order[:for_valid]]


def overlapping(x, y, order, k, earlier, later):
    """The training set begins `earlier` places from k, the validation set ends `later` from it."""
    train, valid = order[k + earlier :], order[: k + later]
    scaled = (x - x[train].mean(0)) / x[train].std(0, correction=0)
    return scaled[train], y[train], scaled[valid], y[valid]


many(
    train_valid_split,
    "one-in-both",
    [
        lambda x, y, share, order: overlapping(x, y, order, int(share * len(x)), -1, 0),
        lambda x, y, share, order: overlapping(x, y, order, int(share * len(x)), 0, 1),
    ],
    ko="표본 하나가 두 집합에 다 들어 있습니다. 번호의 경계가 겹치지 않게 하세요: 앞은 `order[:k]`, 뒤는 `order[k:]`.",
    en="One sample is in both sets. The two slices must not overlap: `order[:k]` in front, "
    "`order[k:]` behind.",
)


@train_valid_split.mistake(
    "one-in-neither",
    ko="표본 하나가 어느 집합에도 없습니다. 슬라이스 `order[:k]`는 k번을 빼고 끝나고, `order[k:]`는 k번부터 시작합니다.",
    en="One sample is in neither set. The slice `order[:k]` ends before place k, and `order[k:]` "
    "starts at it.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    train, valid = order[for_valid + 1 :], order[:for_valid]
    scaled = (x - x[train].mean(0)) / x[train].std(0, correction=0)
    return scaled[train], y[train], scaled[valid], y[valid]


@train_valid_split.mistake(
    "not-shuffled",
    ko="order를 쓰지 않고 원래 순서대로 잘랐습니다. 데이터가 정렬되어 있다면 검증 집합에는 한쪽 끝의 표본만 남습니다.",
    en="This cuts the data in its original order and ignores `order`. If the data is sorted, only "
    "one end of it is left to validate on.",
)
def _(x, y, valid_share, order):
    return cut(x, y, torch.arange(len(x)), int(valid_share * len(x)))


@train_valid_split.mistake(
    "forgets-to-order-y",
    ko="x는 order대로 나누었지만 y는 원래 순서대로 잘랐습니다. 학생마다 남의 점수가 붙었습니다.",
    en="x is split by order, but y is cut in its original order: every student gets the score of "
    "somebody else.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    train_x, _, valid_x, _ = cut(x, y, order, for_valid)
    return train_x, y[for_valid:], valid_x, y[:for_valid]


def swapped_sets(x, y, order, for_train, guarded):
    known = x[order[:for_train]]
    std = known.std(0, correction=0)
    if guarded:
        std[std == 0] = 1
    scaled = (x - known.mean(0)) / std
    train, valid = order[:for_train], order[for_train:]
    return scaled[train], y[train], scaled[valid], y[valid]


many(
    train_valid_split,
    "swapped-sets",
    [
        lambda x, y, share, order: swapped_sets(x, y, order, int(share * len(x)), guarded=False),
        lambda x, y, share, order: swapped_sets(x, y, order, int(share * len(x)), guarded=True),
    ],
    ko="두 집합이 바뀌었습니다. valid_share는 *검증* 집합의 비율입니다.",
    en="The two sets are swapped: valid_share is the share of the *validation* set.",
)


@train_valid_split.mistake(
    "valid-from-the-end",
    ko="검증 표본을 order의 뒤쪽에서 떼었습니다. 여기서는 앞쪽이 검증 집합입니다.",
    en="The validation samples are taken from the end of order. Here they are the first ones.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    return cut(x, y, order.roll(for_valid), for_valid)


@train_valid_split.mistake(
    "rounds-up",
    ko="검증 표본의 수를 올림했습니다. 설명문대로 내림하세요.",
    en="The number of validation samples is rounded up. Round it down, as the docstring says.",
)
def _(x, y, valid_share, order):
    return cut(x, y, order, math.ceil(valid_share * len(x)))


@train_valid_split.mistake(
    "rounds",
    ko="검증 표본의 수를 반올림했습니다. 설명문대로 내림하세요.",
    en="The number of validation samples is rounded to the nearest. Round it down, as the "
    "docstring says.",
)
def _(x, y, valid_share, order):
    return cut(x, y, order, round(valid_share * len(x)))


@train_valid_split.mistake(
    "other-order",
    ko="돌려주는 순서가 다릅니다. 다른 라이브러리에는 (train_x, valid_x, train_y, valid_y)도 있지만, 여기서는 "
    "(train_x, train_y, valid_x, valid_y)입니다.",
    en="The results are in another order. Some libraries give (train_x, valid_x, train_y, "
    "valid_y); here it is (train_x, train_y, valid_x, valid_y).",
)
def _(x, y, valid_share, order):
    train_x, train_y, valid_x, valid_y = cut(x, y, order, int(valid_share * len(x)))
    return train_x, valid_x, train_y, valid_y


@train_valid_split.mistake(
    "not-standardised",
    ko="나누기만 하고 표준화하지 않았습니다. x에서 훈련 집합의 평균을 빼고 표준편차로 나누세요.",
    en="The sets are split but not standardised. Subtract the training set's mean from x, and "
    "divide by its standard deviation.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    valid, train = order[:for_valid], order[for_valid:]
    return x[train], y[train], x[valid], y[valid]


@train_valid_split.mistake(
    "one-ruler-for-all-columns",
    ko="시험마다(열마다)가 아니라 표 전체에서 평균과 표준편차를 하나씩 구했습니다. `mean(0)`처럼 축을 정해 주세요.",
    en="One mean and one standard deviation for the whole table, instead of one for each exam "
    "(column). Name the axis, as in `mean(0)`.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    known = x[order[for_valid:]]
    scaled = (x - known.mean()) / known.std(correction=0)
    valid, train = order[:for_valid], order[for_valid:]
    return scaled[train], y[train], scaled[valid], y[valid]


@train_valid_split.mistake(
    "unbiased",
    ko="나누기도 표준화도 맞지만 분산을 n − 1로 나누었습니다. PyTorch의 `std()`는 기본값이 그렇습니다. 4장처럼 n으로 나누려면 "
    "`correction=0`을 주세요.",
    en="The split and the scaling are right, but the variance is divided by n − 1, as PyTorch's "
    "`std()` does by default. Give `correction=0` to divide by n, as in chapter 4.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    valid, train = order[:for_valid], order[for_valid:]
    scaled = (x - x[train].mean(0)) / x[train].std(0)
    return scaled[train], y[train], scaled[valid], y[valid]


@train_valid_split.mistake(
    "leaks-statistics-unbiased",
    ko="나누기는 맞지만 둘이 다릅니다. 평균과 표준편차를 데이터 *전체*에서 구해서 검증 표본의 정보가 훈련에 새어 들어갔고, "
    "표준편차는 n − 1로 나눈 것입니다(`correction=0`이 빠졌습니다).",
    en="The split is right, but two things are not. The mean and the standard deviation come from "
    "*all* of the data, so the validation samples leak into the training; and the standard "
    "deviation divides by n − 1 (`correction=0` is missing).",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    valid, train = order[:for_valid], order[for_valid:]
    scaled = (x - x.mean(0)) / x.std(0)
    return scaled[train], y[train], scaled[valid], y[valid]


@train_valid_split.mistake(
    "own-statistics-unbiased",
    ko="나누기는 맞지만 둘이 다릅니다. 검증 표본을 *자신의* 평균과 표준편차로 표준화했고, 표준편차는 n − 1로 나눈 "
    "것입니다(`correction=0`이 빠졌습니다). 훈련 표본에서 구한 수를 두 집합에 똑같이 쓰세요.",
    en="The split is right, but two things are not. The validation samples are standardised with "
    "*their own* mean and standard deviation, and the standard deviation divides by n − 1 "
    "(`correction=0` is missing). Use the numbers found on the training samples for both sets.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    parts = [(x[numbers], y[numbers]) for numbers in (order[for_valid:], order[:for_valid])]
    scaled = [((part - part.mean(0)) / part.std(0), scores) for part, scores in parts]
    return scaled[0] + scaled[1]


@train_valid_split.mistake(
    "divides-by-variance",
    ko="표준편차가 아니라 분산으로 나누었습니다. 표준편차는 분산의 제곱근입니다.",
    en="This divides by the variance. The standard deviation is its square root.",
)
def _(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    known = x[order[for_valid:]]
    scaled = (x - known.mean(0)) / known.var(0, correction=0)
    valid, train = order[:for_valid], order[for_valid:]
    return scaled[train], y[train], scaled[valid], y[valid]


@train_valid_split.mistake(
    "valid-first",
    ko="검증 집합을 먼저 돌려주었습니다. (train_x, train_y, valid_x, valid_y) 순서입니다.",
    en="The validation set was returned first: return (train_x, train_y, valid_x, valid_y).",
)
def _(x, y, valid_share, order):
    train_x, train_y, valid_x, valid_y = cut(x, y, order, int(valid_share * len(x)))
    return valid_x, valid_y, train_x, train_y


def ruled(ruler):
    """A right split; ruler(train, valid) gives both sets as they come out."""

    def answer(x, y, valid_share, order):
        for_valid = int(valid_share * len(x))
        valid, train = order[:for_valid], order[for_valid:]
        train_x, valid_x = ruler(x[train], x[valid])
        return train_x, y[train], valid_x, y[valid]

    return answer


def by_rows(train, own, valid, correction):
    """Every row by its own mean; the validation set by those of `own`."""
    scaled = []
    for known, part in ((train, train), (own, valid)):
        std = known.std(1, correction=correction, keepdim=True)
        scaled.append((part - known.mean(1, keepdim=True)) / std)
    return tuple(scaled)


def by_the_rows_of_train(train, valid):
    mean, std = train.mean(1, keepdim=True), train.std(1, correction=0, keepdim=True)
    return (train - mean) / std, (valid - mean) / std


def scaled_by(known, part, correction=0):
    return (part - known.mean(0)) / known.std(0, correction=correction)


many(
    train_valid_split,
    "valid-left-raw",
    [
        ruled(lambda t, v: (scaled_by(t, t), v)),
        ruled(lambda t, v: (scaled_by(t, t, 1), v)),
        ruled(lambda t, v: (scaled_by(t, t, 1), scaled_by(scaled_by(t, t, 1), v, 1))),
    ],
    ko="검증 집합이 표준화되지 않았습니다. 훈련 표본의 평균과 표준편차를 *표준화하기 전에* 구해 두고 검증 표본에도 쓰세요.",
    en="The validation set is not standardised. Find the training set's mean and standard deviation "
    "*before* you scale it, and use them for the validation set too.",
)

many(
    train_valid_split,
    "rows-for-columns",
    [ruled(lambda t, v, c=c: by_rows(t, t, v, c)) for c in (0, 1)]
    + [ruled(lambda t, v: by_rows(t, v, v, 0)), ruled(by_the_rows_of_train)],
    ko="학생(줄)마다 구했습니다. 시험(열)마다, 곧 축 0에서 구하세요.",
    en="These are the numbers of each student, a row. Take them for each exam, over axis 0.",
)

many(
    train_valid_split,
    "divides-first",
    [
        ruled(lambda t, v, c=c: tuple(part - t.mean(0) / t.std(0, correction=c) for part in (t, v)))
        for c in (0, 1)
    ],
    ko="나눗셈이 뺄셈보다 먼저 계산되었습니다: `x - mean / std`. 괄호가 필요합니다.",
    en="The division comes before the subtraction, as in `x - mean / std`. It needs brackets.",
)

many(
    train_valid_split,
    "only-centred",
    [ruled(lambda t, v: (t - t.mean(0), v - t.mean(0)))],
    ko="평균만 빼고 표준편차로 나누지 않았습니다.",
    en="The mean is removed, but nothing is divided by the standard deviation.",
)

many(
    train_valid_split,
    "ruler-of-the-validation",
    [ruled(lambda t, v: (scaled_by(v, t), scaled_by(v, v)))],
    ko="평균과 표준편차를 검증 표본에서 구했습니다. 훈련 표본에서 구하세요.",
    en="The mean and the standard deviation come from the validation samples. Take them from the training "
    "samples.",
)


@train_valid_split.mistake(
    "scales-y-too",
    ko="y까지 표준화했습니다. y는 그대로 두세요.",
    en="y was standardised too. Leave it as it is.",
)
def _(x, y, valid_share, order):
    train_x, train_y, valid_x, valid_y = cut(x, y, order, int(valid_share * len(x)))
    return train_x, scaled_by(train_y, train_y), valid_x, scaled_by(train_y, valid_y)


def own_split(x, y, valid_share, order):
    train, valid = torch.utils.data.random_split(range(len(x)), [1 - valid_share, valid_share])
    return cut(x, y, torch.tensor([*valid, *train]), len(valid))


many(
    train_valid_split,
    "own-shuffle",
    [
        lambda x, y, share, order: cut(x, y, torch.randperm(len(x)), int(share * len(x))),
        own_split,
    ],
    ko="함수 안에서 새로 섞었습니다. 순서는 부른 쪽이 order로 정해 줍니다.",
    en="This shuffles anew inside the function. The caller gives the order, in `order`.",
)

many(
    train_valid_split,
    "share-of-training",
    [lambda x, y, share, order: cut(x, y, order, int((1 - share) * len(x)))],
    ko="valid_share를 훈련 집합의 비율로 썼습니다. 검증 표본의 수가 valid_share × n입니다.",
    en="valid_share was taken as the share of the training set. It is the number of validation samples "
    "that is valid_share × n.",
)

many(
    train_valid_split,
    "shuffled-twice",
    [
        lambda x, y, share, order: cut(x[order], y[order], order, int(share * len(x))),
    ],
    ko="order를 두 번 적용했습니다. 이미 섞었으면 앞에서부터 자르기만 하세요.",
    en="`order` is applied twice. Once shuffled, just cut from the front.",
)


@train_valid_split.mistake(
    "small-numbers",
    ko="order에서 *앞자리*의 번호가 아니라 k보다 *작은* 번호를 골랐습니다. 앞의 k개는 `order[:k]`입니다.",
    en="This picks the numbers *below* k out of order, not those in its first k *places*, which are "
    "`order[:k]`.",
)
def _(x, y, valid_share, order):
    below = order < int(valid_share * len(x))
    train_x, valid_x = x[~below], x[below]
    return scaled_by(train_x, train_x), y[~below], scaled_by(train_x, valid_x), y[below]


def x_in_place(x, y, valid_share, order):
    for_valid = int(valid_share * len(x))
    known = x[order[for_valid:]]
    x -= known.mean(0)
    x /= known.std(0, correction=0)
    return x[order[for_valid:]], y[order[for_valid:]], x[order[:for_valid]], y[order[:for_valid]]


many(
    train_valid_split,
    "in-place",
    [x_in_place],
    ko="값은 맞지만 `x -= …`처럼 제자리에서 고쳐 부른 쪽의 x까지 바꾸었습니다. 새 텐서를 만드세요.",
    en="The values are right, but an in-place operation such as `x -= …` changed the caller's x as well. "
    "Make a new tensor.",
)


def masked(x, y, valid_share, order, sorts_both):
    for_valid = int(valid_share * len(x))
    valid = order[:for_valid].sort().values if sorts_both else order[:for_valid]
    return cut(x, y, torch.cat([valid, order[for_valid:].sort().values]), for_valid)


many(
    train_valid_split,
    "training-in-the-order-of-the-data",
    [
        lambda x, y, share, order: masked(x, y, share, order, sorts_both=True),
        lambda x, y, share, order: masked(x, y, share, order, sorts_both=False),
    ],
    ko="훈련 표본이 원래 순서로 나왔습니다. `order[k:]`의 순서대로 꺼내세요.",
    en="The training samples are in the data's order; take `order[k:]`.",
)


train_valid_split.hints(
    ko=[
        "먼저 나누고, 그다음에 재세요. 검증 표본은 없는 셈 치고 평균과 표준편차를 구합니다. 그 수를 두 집합에 똑같이 씁니다.",
        "k = valid_share × n을 내림한 수. 검증 번호는 `order[:k]`, 훈련 번호는 `order[k:]`. 평균과 표준편차는 훈련 줄에서 "
        "열마다 구하므로 모양이 (d,)입니다.",
        "`k = int(valid_share * len(x))`, `valid, train = order[:k], order[k:]`, `mean, std = x[train].mean(0), "
        "x[train].std(0, correction=0)`, `scaled = (x - mean) / std`, `return scaled[train], y[train], scaled[valid], y[valid]`",
    ],
    en=[
        "Split first, measure afterwards. Find the mean and the standard deviation as if there "
        "were no validation samples, then use those numbers for both sets.",
        "k is valid_share × n, rounded down. `order[:k]` are the numbers to validate on, "
        "`order[k:]` those to train on. The mean and the standard deviation of the training rows "
        "are one per column, (d,).",
        "`k = int(valid_share * len(x))`, `valid, train = order[:k], order[k:]`, `mean, std = "
        "x[train].mean(0), x[train].std(0, correction=0)`, `scaled = (x - mean) / std`, `return scaled[train], "
        "y[train], scaled[valid], y[valid]`.",
    ],
)
