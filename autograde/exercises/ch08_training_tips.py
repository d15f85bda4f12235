"""Exercises of ch08: schedules, scaling, capacity, penalties, early stopping, choosing a rate."""

import copy
import functools
import math
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise

DOUBLE = torch.float64
bce = F.binary_cross_entropy_with_logits


# ---------------------------------------------------------------- step-decay


@exercise("step-decay", all_or_nothing=True)
def decayed_lr(lr, epoch, every, factor):
    for _ in range(every, epoch + 1, every):  # the staircase, a step at a time
        lr = lr * factor
    return lr


@decayed_lr.cases
def _(draw):
    for epoch in (0, 2, 3, 5, 6, 9):
        yield 0.8, epoch, 3, 0.5
    yield 0.1, 4, 1, 0.9
    yield 0.1, 1, 7, 0.1
    yield 0.1, 40, 2, 0.5  # stairs have no end, and a rate may get as small as it likes
    for _ in range(3):
        every = draw.integer(2, 6)
        lr, factor = draw.number(0.05, 2.0), draw.number(0.3, 0.8)
        yield lr, every * draw.integer(2, 4) + draw.integer(0, every - 1), every, factor


@decayed_lr.accepts
def _(lr, epoch, every, factor):
    return lr * math.pow(factor, math.floor(epoch / every))


@decayed_lr.accepts
def _(lr, epoch, every, factor):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, every, factor)
    for _ in range(epoch):
        optimizer.step()
        scheduler.step()
    return scheduler.get_last_lr()[0]


@decayed_lr.mistake(
    "every-epoch",
    ko="에폭마다 factor를 곱했습니다. 계단은 `every` 에폭에 한 번만 내려갑니다. 지금까지 계단을 몇 번 내려갔는지 세어 보세요.",
    en="This multiplies by factor in every epoch. The staircase goes down once in `every` epochs: "
    "count how many stairs there were so far.",
)
def _(lr, epoch, every, factor):
    return lr * factor**epoch


@decayed_lr.mistake(
    "smooth",
    ko="에폭을 `every`로 나눈 값이 소수로 남았습니다. 그러면 계단이 아니라 매끄러운 내리막이 됩니다. 내림 나눗셈이 필요합니다.",
    en="The epoch divided by `every` is left as a fraction, which gives a smooth slope and not "
    "stairs. It needs the division that rounds down.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** (epoch / every)


@decayed_lr.mistake(
    "rounds",
    ko="에폭을 `every`로 나누어 반올림했습니다. 그러면 계단이 반 칸 일찍 내려갑니다. 내림하세요.",
    en="The quotient is rounded to the nearest, so that each stair comes half a stair early. "
    "Round it down.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** round(epoch / every)


@decayed_lr.mistake(
    "rounds-up",
    ko="에폭 1부터 벌써 학습률이 내려갑니다. 몫을 올림했거나, 반복문에서 에폭 0도 계단으로 쳤습니다. 몫은 내림하세요.",
    en="The rate is lowered from epoch 1 on. Either the quotient is rounded up, or a loop takes "
    "epoch 0 for a stair as well. Round the quotient down.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** math.ceil(epoch / every)


@decayed_lr.mistake(
    "one-early",
    ko="계단이 한 에폭 일찍 내려갑니다. 에폭은 0부터 세므로, `every`가 3이면 에폭 0, 1, 2가 첫 칸입니다.",
    en="The stairs come an epoch early. Epochs count from 0: with `every` = 3, epochs 0, 1 and 2 "
    "are the first stair.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** ((epoch + 1) // every)


@decayed_lr.mistake(
    "one-late",
    ko="계단이 한 에폭 늦게 내려갑니다. `every`가 3이면 에폭 3에는 이미 둘째 칸입니다. 에폭 0에서는 어떻게 되는지도 보세요.",
    en="The stairs come an epoch late. With `every` = 3, epoch 3 is on the second stair already. "
    "See also what happens in epoch 0.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** ((epoch - 1) // every)


@decayed_lr.mistake(
    "one-late-guarded",
    ko="계단이 한 에폭 늦게 내려갑니다. `every`가 3이면 에폭 3에는 이미 둘째 칸입니다.",
    en="The stairs come an epoch late. With `every` = 3, epoch 3 is on the second stair already.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** (max(epoch - 1, 0) // every)


@decayed_lr.mistake(
    "only-once",
    ko="한 번만 내려갑니다. 2 · `every` 에폭부터는 또 한 번 곱해야 합니다.",
    en="This goes down only once. From epoch 2 · `every` on, factor comes in again.",
)
def _(lr, epoch, every, factor):
    return lr * factor if epoch >= every else lr


@decayed_lr.mistake(
    "on-the-stair-only",
    ko="`every`의 배수인 에폭에서만 학습률이 낮고, 그다음 에폭에는 되돌아갑니다. 한 번 내려간 계단은 다시 올라가지 않습니다.",
    en="The rate is low only in epochs that are multiples of `every`, and is back the epoch after. "
    "A stair once taken is not climbed again.",
)
def _(lr, epoch, every, factor):
    return lr * factor if epoch % every == 0 and epoch > 0 else lr


@decayed_lr.mistake(
    "on-the-stair-only-from-zero",
    ko="`every`의 배수인 에폭에서만 학습률이 낮고, 그다음 에폭에는 되돌아갑니다. 게다가 0도 배수라서 에폭 0부터 낮습니다. "
    "몇 계단을 내려왔는지 세세요.",
    en="The rate is low only in epochs that are multiples of `every`, and is back the epoch after; "
    "and since 0 is a multiple, too, epoch 0 is low. Count how many stairs there were.",
)
def _(lr, epoch, every, factor):
    return lr * factor if epoch % every == 0 else lr


@decayed_lr.mistake(
    "times-the-stairs",
    ko="factor에 계단의 수를 *곱했습니다*. 계단마다 factor를 곱하는 것은 거듭제곱입니다. 계단이 0칸일 때 학습률이 0이 되는 것을 "
    "보세요.",
    en="factor is *multiplied* by the number of stairs. Multiplying by factor at every stair is a "
    "power. Note how with 0 stairs the rate becomes 0.",
)
def _(lr, epoch, every, factor):
    return lr * factor * (epoch // every)


@decayed_lr.mistake(
    "divides",
    ko="나누어서 학습률이 커졌습니다. 계단마다 factor를 *곱합니다*.",
    en="This divides, and the rate grows. At every stair, *multiply* by factor.",
)
def _(lr, epoch, every, factor):
    return lr / factor ** (epoch // every)


@decayed_lr.mistake(
    "factor-alone",
    ko="출발 학습률 lr을 곱하지 않았습니다. 줄어드는 비율만 돌려줍니다.",
    en="The starting rate lr is missing: this returns only by how much it shrinks.",
)
def _(lr, epoch, every, factor):
    return factor ** (epoch // every)


@decayed_lr.mistake(
    "remainder",
    ko="`%`는 나머지입니다. 몇 칸을 내려왔는지는 *몫*이므로 `//`를 쓰세요.",
    en="`%` is the remainder. How many stairs there were is the *quotient*: use `//`.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** (epoch % every)


@decayed_lr.mistake(
    "subtracts",
    ko="계단마다 factor를 *뺐습니다*. 그러면 학습률이 음수가 될 수도 있습니다. 곱하세요.",
    en="This *subtracts* factor at every stair, which can make the rate negative. Multiply.",
)
def _(lr, epoch, every, factor):
    return lr - factor * (epoch // every)


@decayed_lr.mistake(
    "one-less-factor",
    ko="1 − factor를 곱했습니다. factor는 남는 몫입니다: 0.5이면 절반이 남고, 0.9이면 대부분이 남습니다.",
    en="This multiplies by 1 − factor. factor is the share that *stays*: with 0.9 most of it does.",
)
def _(lr, epoch, every, factor):
    return lr * (1 - factor) ** (epoch // every)


@decayed_lr.mistake(
    "power-of-the-product",
    ko="lr까지 거듭제곱했습니다. 거듭제곱되는 것은 factor뿐입니다. 괄호를 보세요.",
    en="lr is raised to the power as well. Only factor is: look at the brackets.",
)
def _(lr, epoch, every, factor):
    return (lr * factor) ** (epoch // every)


@decayed_lr.mistake(
    "one-stair-too-many",
    ko="한 계단 더 내려갔습니다. 에폭 0에서는 lr 그대로입니다.",
    en="This is one stair too low. In epoch 0 the rate is lr itself.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** (epoch // every + 1)


@decayed_lr.mistake(
    "precedence",
    ko="`**`가 `//`보다 먼저입니다. `(epoch // every)`를 괄호로 묶으세요.",
    en="`**` comes before `//`: put `(epoch // every)` in brackets.",
)
def _(lr, epoch, every, factor):
    return lr * factor**epoch // every


STAIRS_WRITTEN_OUT = {
    "ko": "정해 둔 몇 계단에서 멈추었습니다. 계단은 끝없이 이어지니 `if`로 늘어놓지 말고 몇 번 내려왔는지 세세요.",
    "en": "This ends after a fixed number of stairs. They go on for ever: do not list them with `if`, "
    "count them.",
}


@decayed_lr.mistake("three-stairs", **STAIRS_WRITTEN_OUT)
def _(lr, epoch, every, factor):
    return lr * factor ** min(epoch // every, 2)


@decayed_lr.mistake("three-stairs-then-nothing", **STAIRS_WRITTEN_OUT)
def _(lr, epoch, every, factor):
    return lr * factor ** (epoch // every) if epoch < 3 * every else None


@decayed_lr.mistake(
    "divided-the-other-way",
    ko="나눗셈이 거꾸로입니다. 계단의 수는 `epoch // every`입니다.",
    en="The division is the wrong way round: the number of stairs is `epoch // every`.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** (every // epoch)


@decayed_lr.mistake(
    "times-every",
    ko="에폭을 `every`로 나누지 않고 곱했습니다. 계단의 수는 `epoch // every`입니다.",
    en="The epoch is multiplied by `every` where it should be divided: the number of stairs is "
    "`epoch // every`.",
)
def _(lr, epoch, every, factor):
    return lr * factor ** (epoch * every)


decayed_lr.hints(
    ko=[
        "에폭 0에서 시작해 지금까지 계단을 몇 번 내려왔나요? `every`가 3이면 에폭 2에서 0번, 에폭 3에서 1번, 에폭 7에서 2번입니다.",
        "계단의 수는 에폭을 `every`로 나눈 몫(내림)이고, 계단마다 factor가 한 번씩 곱해집니다.",
        "`stairs = epoch // every`, 그리고 `return lr * factor**stairs`",
    ],
    en=[
        "From epoch 0 to now, how many stairs were there? With `every` = 3: none by epoch 2, one "
        "by epoch 3, two by epoch 7.",
        "The number of stairs is the epoch divided by `every`, rounded down, and each of them "
        "multiplies once by factor.",
        "`stairs = epoch // every`, then `return lr * factor**stairs`.",
    ],
)


# ---------------------------------------------------------------- standardise-train-test


@exercise("standardise-train-test", points=2, all_or_nothing=True, returns=["train_z", "test_z"])
def standardise_train_test(train_x, test_x):
    results = [torch.empty_like(train_x), torch.empty_like(test_x)]
    for column, values in enumerate(train_x.T.double()):
        middle = sum(values.tolist()) / len(values)
        spread = math.sqrt(sum((v - middle) ** 2 for v in values.tolist()) / len(values))
        if values.min() == values.max():
            middle, spread = float(values[0]), 1.0
        for source, z in zip((train_x, test_x), results, strict=True):
            z[:, column] = ((source[:, column].double() - middle) / spread).to(z.dtype)
    return tuple(results)


@standardise_train_test.cases
def _(draw):
    yield torch.tensor([[1.0, 60.0], [3.0, 90.0]]), torch.tensor([[5.0, 75.0]])
    yield torch.tensor([[1.0, 4.0], [3.0, 4.0], [8.0, 4.0]]), torch.tensor([[4.0, 4.0], [0.0, 7.0]])
    for n, m in ((draw.integer(5, 9), 1), (draw.integer(6, 12), draw.integer(3, 7))):
        d = draw.integer(2, 4)
        scale, middle = draw.uniform(0.5, 20, d), draw.uniform(30, 80, d)
        yield scale * draw.normal(n, d) + middle, 2 * scale * draw.normal(m, d) + middle + scale
    yield 3 * draw.normal(7, 3, dtype=DOUBLE) + 40, 2 * draw.normal(4, 3, dtype=DOUBLE) + 45
    constant = draw.normal(8, 2, dtype=DOUBLE)
    constant[:, 1] = 3.0
    yield constant, draw.normal(5, 2, dtype=DOUBLE)
    small = torch.tensor([[0.001], [0.002], [0.003]], dtype=DOUBLE)  # small, but not constant
    small = torch.cat([small, small / 10_000], 1)
    yield small, small + 0.001
    yield torch.tensor([[10000.0], [10001.0]]), torch.tensor([[10003.0]])  # x² has too few digits
    yield torch.tensor([[5.0, -2.0]]), torch.tensor([[4.0, 1.0]])  # every column is constant


@standardise_train_test.accepts
def _(train_x, test_x):
    std, mean = torch.std_mean(train_x, 0, correction=0, keepdim=True)
    std[std == 0] = 1
    return [(x - mean) / std for x in (train_x, test_x)]


@standardise_train_test.accepts
def _(train_x, test_x):
    middle = np.mean(train_x.numpy(), axis=0, dtype=np.float64)
    spread = np.std(train_x.numpy().astype(np.float64), axis=0)
    spread = np.where(spread == 0, 1.0, spread)
    return tuple(torch.from_numpy((x.numpy() - middle) / spread) for x in (train_x, test_x))


@standardise_train_test.accepts
def _(train_x, test_x):
    mean = train_x.sum(0) / len(train_x)
    std = ((train_x - mean) ** 2).mean(0).sqrt()
    safe = std + (std == 0).to(std.dtype)
    return torch.sub(train_x, mean).div(safe), torch.sub(test_x, mean).div(safe)


NO_GUARD_KO = (
    " 그리고 훈련 집합에서 값이 모두 같은 열은 1로 나눕니다. 지금은 0으로 나누어 NaN이 됩니다."
)
NO_GUARD_EN = (
    " Also, a column that is constant in the training set is divided by 1; as it is, dividing by 0 "
    "gives NaN."
)
PLAIN = functools.partial(torch.std, dim=0, correction=0)
ROWS = lambda x: x.mean(0)  # noqa: E731


def one_for_zero(spread):
    return torch.where(spread == 0, torch.ones_like(spread), spread)


def ruler(x, spread=PLAIN, guard=True):
    return x.mean(0), one_for_zero(spread(x)) if guard else spread(x)


def measured(x, by):
    return (x - by[0]) / by[1]


LEAKS = (
    "두 집합을 *합쳐서* 평균과 표준편차를 구했습니다. 시험 집합이 훈련 데이터의 모양을 바꾸니 누출입니다. 훈련 집합에서만 "
    "구하세요.",
    "The mean and the standard deviation come from *both sets together*. So the test set shapes "
    "the training data: a leak. Compute them on the training set alone.",
)
OWN = (
    "시험 집합을 시험 집합 *자신의* 평균과 표준편차로 표준화했습니다. 두 집합의 자가 서로 달라지고, 한 명짜리 시험 집합에서는 "
    "정보가 모두 사라집니다. 훈련 집합에서 구한 수를 두 집합에 똑같이 쓰세요.",
    "The test set is standardised with *its own* mean and standard deviation. Then the two sets "
    "are measured with different rulers, and nothing is left of a test set of one. Use the numbers "
    "found on the training set for both.",
)
UNBIASED = (
    "표준편차를 n − 1로 나누어 구했습니다. PyTorch의 `std()`는 기본값이 그렇습니다. n으로 나누려면 `correction=0`을 주세요.",
    "The standard deviation divides by n − 1, as PyTorch's `std()` does by default. Give "
    "`correction=0` to divide by n.",
)
VARIANCE = (
    "표준편차가 아니라 분산으로 나누었습니다. 표준편차는 분산의 제곱근입니다.",
    "This divides by the variance. The standard deviation is its square root.",
)
ONE_RULER = (
    "열마다가 아니라 표 전체에서 평균과 표준편차를 하나씩 구했습니다. `mean(0)`처럼 축을 정해 주세요.",
    "There is one mean and one standard deviation for the whole table, not one for each column. "
    "Name the axis, as in `mean(0)`.",
)
ON_TEST = (
    "자를 *시험* 집합에서 만들어 두 집합에 썼습니다. 자는 훈련 집합에서 만듭니다.",
    "The ruler is made from the *test* set and used for both. Make it from the training set.",
)


def leaks(train_x, test_x, spread=PLAIN, guard=True):
    by = ruler(torch.cat([train_x, test_x]), spread, guard)
    return measured(train_x, by), measured(test_x, by)


def own(train_x, test_x, spread=PLAIN, guard=True):
    return tuple(measured(x, ruler(x, spread, guard)) for x in (train_x, test_x))


def by_train(train_x, test_x, spread=PLAIN, guard=True):
    by = ruler(train_x, spread, guard)
    return measured(train_x, by), measured(test_x, by)


def on_test(train_x, test_x, spread=PLAIN, guard=True):
    by = ruler(test_x, spread, guard)
    return measured(train_x, by), measured(test_x, by)


UNBIASED_STD = functools.partial(torch.std, dim=0)
VAR = functools.partial(torch.var, dim=0, correction=0)
VARIANTS = [
    ("leaks-test", LEAKS, leaks, PLAIN),
    ("own-statistics", OWN, own, PLAIN),
    ("fitted-on-test", ON_TEST, on_test, PLAIN),
    ("unbiased", UNBIASED, by_train, UNBIASED_STD),
    (
        "leaks-test-unbiased",
        tuple(map(" ".join, zip(LEAKS, UNBIASED, strict=True))),
        leaks,
        UNBIASED_STD,
    ),
    (
        "own-statistics-unbiased",
        tuple(map(" ".join, zip(OWN, UNBIASED, strict=True))),
        own,
        UNBIASED_STD,
    ),
    ("divides-by-variance", VARIANCE, by_train, VAR),
]
for _key, (_ko, _en), _answer, _spread in VARIANTS:
    for _guard, _more in ((True, ("", "")), (False, (NO_GUARD_KO, NO_GUARD_EN))):
        if _answer is leaks and not _guard:
            continue  # where the test set differs, no column of both together is constant
        standardise_train_test.mistake(
            _key + ("" if _guard else "-no-guard"), ko=_ko + _more[0], en=_en + _more[1]
        )(functools.partial(_answer, spread=_spread, guard=_guard))


@standardise_train_test.mistake(
    "no-guard",
    ko="훈련 집합에서 값이 모두 같은 열의 표준편차는 0이고, 0으로 나누면 NaN이나 무한대가 됩니다. 그런 열은 1로 나눕니다.",
    en="A column that is constant in the training set has a standard deviation of 0, and dividing "
    "by 0 gives NaN or infinity. Divide such a column by 1.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x, guard=False)


@standardise_train_test.mistake(
    "tiny-number-added",
    ko="0으로 나누지 않으려고 아주 작은 수를 썼습니다. 훈련에서 상수인 열이라도 시험 집합에서는 다를 수 있고, 그때 작은 수로 "
    "나누면 수억이 됩니다. 그런 열은 1로 나눕니다.",
    en="A tiny number is there to avoid dividing by 0. But a column that is constant in training "
    "may differ in the test set, and divided by something tiny it becomes hundreds of millions. "
    "Divide such a column by 1.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x, spread=lambda x: PLAIN(x) + 1e-8)


@standardise_train_test.mistake(
    "tiny-number-clamped",
    ko="0으로 나누지 않으려고 아주 작은 수를 썼습니다. 훈련에서 상수인 열이라도 시험 집합에서는 다를 수 있고, 그때 작은 수로 "
    "나누면 수억이 됩니다. 그런 열은 1로 나눕니다.",
    en="A tiny number is there to avoid dividing by 0. But a column that is constant in training "
    "may differ in the test set, and divided by something tiny it becomes hundreds of millions. "
    "Divide such a column by 1.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x, spread=lambda x: PLAIN(x).clamp(min=1e-12))


@standardise_train_test.mistake(
    "constant-column-zeroed",
    ko="상수인 열을 두 집합에서 모두 0으로 지웠습니다(`nan_to_num` 따위). 훈련에서는 0이 맞지만, 시험 집합에서 다른 값은 차이가 남아야 "
    "합니다: 1로 나누세요.",
    en="The constant column is wiped out to 0 in both sets (as by `nan_to_num`). In training 0 is "
    "right, but where the test set differs, the difference has to stay: divide by 1.",
)
def _(train_x, test_x):
    parts = by_train(train_x, test_x)
    keep = (PLAIN(train_x) != 0).to(train_x.dtype)
    return parts[0] * keep, parts[1] * keep


@standardise_train_test.mistake(
    "as-noted",
    ko="노트의 코드 그대로입니다. 두 가지를 고쳐야 합니다. μ는 *평균*, σ는 *표준편차*이고, 시험 집합도 훈련 집합의 μ와 σ로 잽니다.",
    en="This is the notes' code as it stands. Two things are to be mended: μ is the *mean* and σ "
    "the *standard deviation*, and the test set is measured with the training set's μ and σ.",
)
def _(train_x, test_x):
    return tuple((x - PLAIN(x)) / x.mean(0) for x in (train_x, test_x))


@standardise_train_test.mistake(
    "swapped",
    ko="자는 훈련 집합에서 만들었지만 평균과 표준편차가 바뀌었습니다. *평균*을 빼고 *표준편차*로 나눕니다.",
    en="The ruler is the training set's, but the mean and the standard deviation are swapped. "
    "Subtract the *mean*, divide by the *standard deviation*.",
)
def _(train_x, test_x):
    return tuple((x - PLAIN(train_x)) / train_x.mean(0) for x in (train_x, test_x))


@standardise_train_test.mistake(
    "swapped-with-guard",
    ko="평균과 표준편차가 바뀌었습니다. *평균*을 빼고 *표준편차*로 나눕니다.",
    en="The mean and the standard deviation are swapped. Subtract the *mean*, divide by the "
    "*standard deviation*.",
)
def _(train_x, test_x):
    spread = one_for_zero(PLAIN(train_x))
    return tuple((x - spread) / train_x.mean(0) for x in (train_x, test_x))


@standardise_train_test.mistake(
    "test-left-raw",
    ko="시험 집합이 그대로 남았습니다. 표준화하지 않았거나, *이미 표준화한* 훈련 집합(평균 0, 표준편차 1)에서 자를 다시 구한 "
    "것입니다. 원래 훈련 집합에서 구한 자로 시험 집합도 재세요.",
    en="The test set is left as it was. Either it is not standardised, or the ruler was taken anew "
    "from the *already standardised* training set, whose mean is 0 and standard deviation 1. "
    "Measure it with the ruler of the original training set.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x)[0], test_x


@standardise_train_test.mistake(
    "only-centred-test",
    ko="시험 집합에서 평균만 빼고 표준편차로 나누지 않았습니다.",
    en="The test set is centred, but not divided by the standard deviation.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x)[0], test_x - train_x.mean(0)


@standardise_train_test.mistake(
    "only-centred",
    ko="평균만 빼고 표준편차로 나누지 않았습니다.",
    en="The mean is subtracted, but nothing is divided by the standard deviation.",
)
def _(train_x, test_x):
    return train_x - train_x.mean(0), test_x - train_x.mean(0)


@standardise_train_test.mistake(
    "one-bracket-missing",
    ko="괄호가 빠졌습니다. `x - mu / sigma`는 나눗셈을 먼저 합니다. `(x - mu) / sigma`라고 쓰세요.",
    en="Brackets are missing: `x - mu / sigma` divides first. Write `(x - mu) / sigma`.",
)
def _(train_x, test_x):
    mean, spread = ruler(train_x)
    return train_x - mean / spread, test_x - mean / spread


@standardise_train_test.mistake("one-ruler-for-all", ko=ONE_RULER[0], en=ONE_RULER[1])
def _(train_x, test_x):
    return tuple((x - train_x.mean()) / train_x.std(correction=0) for x in (train_x, test_x))


@standardise_train_test.mistake("one-ruler-for-all-unbiased", ko=ONE_RULER[0], en=ONE_RULER[1])
def _(train_x, test_x):
    return tuple((x - train_x.mean()) / train_x.std() for x in (train_x, test_x))


@standardise_train_test.mistake(
    "by-row",
    ko="줄마다, 곧 환자마다 표준화했습니다. 평균과 표준편차는 *열마다* 구합니다: `mean(0)`.",
    en="This standardises every row, that is every patient. The mean and the standard deviation "
    "are those of each *column*: `mean(0)`.",
)
def _(train_x, test_x):
    return tuple(
        (x - x.mean(1, keepdim=True)) / one_for_zero(x.std(1, correction=0, keepdim=True))
        for x in (train_x, test_x)
    )


@standardise_train_test.mistake(
    "in-place",
    ko="받은 텐서를 제자리에서 고쳤습니다(`-=`, `/=` 따위). 부른 쪽의 데이터가 망가집니다. 새 텐서를 만들어 돌려주세요.",
    en="This changes the tensors it was given in place (`-=`, `/=`), and so spoils the caller's "
    "data. Make new tensors and return those.",
)
def _(train_x, test_x):
    mean, spread = ruler(train_x)
    for x in (train_x, test_x):
        x -= mean
        x /= spread
    return train_x, test_x


HALF_OWN = (
    "시험 집합을 잴 때 하나는 훈련 집합의 것, 하나는 시험 집합 *자신의* 것을 썼습니다. 평균도 표준편차도 훈련 집합의 것이어야 합니다.",
    "For the test set, one of the two numbers is the training set's and the other *its own*. Both "
    "the mean and the standard deviation have to be the training set's.",
)
ONE_AXIS = (
    "평균과 표준편차 가운데 하나가 열마다가 아니라 표 전체에서 구한 수 하나입니다. 둘 다 축을 정해 주세요: `mean(0)`, "
    "`std(0, correction=0)`.",
    "One of the two, the mean or the standard deviation, is a single number for the whole table, "
    "not one for each column. Name the axis in both: `mean(0)`, `std(0, correction=0)`.",
)


def mixed(train_x, test_x, train_by, test_by, guard=True):
    safe = one_for_zero if guard else (lambda spread: spread)
    return measured(train_x, (train_by[0], safe(train_by[1]))), measured(
        test_x, (test_by[0], safe(test_by[1]))
    )


for _guard, _end in ((True, ""), (False, "-no-guard")):
    _more = ("", "") if _guard else (NO_GUARD_KO, NO_GUARD_EN)
    for _key, _texts, _by in (
        ("own-mean", HALF_OWN, lambda a, b: ((a.mean(0), PLAIN(a)), (b.mean(0), PLAIN(a)))),
        ("own-spread", HALF_OWN, lambda a, b: ((a.mean(0), PLAIN(a)), (a.mean(0), PLAIN(b)))),
        ("mean-of-all", ONE_AXIS, lambda a, b: ((a.mean(), PLAIN(a)),) * 2),
    ):
        standardise_train_test.mistake(
            _key + _end, ko=_texts[0] + _more[0], en=_texts[1] + _more[1]
        )(lambda a, b, by=_by, guard=_guard: mixed(a, b, *by(a, b), guard=guard))


@standardise_train_test.mistake("spread-of-all", ko=ONE_AXIS[0], en=ONE_AXIS[1])
def _(train_x, test_x):
    return tuple((x - train_x.mean(0)) / train_x.std(correction=0) for x in (train_x, test_x))


@standardise_train_test.mistake("spread-of-all-unbiased", ko=ONE_AXIS[0], en=ONE_AXIS[1])
def _(train_x, test_x):
    return tuple((x - train_x.mean(0)) / train_x.std() for x in (train_x, test_x))


@standardise_train_test.mistake(
    "nan-to-num",
    ko="0으로 나눈 뒤에 `nan_to_num`으로 고쳤습니다. 훈련에서는 0이 되지만, 시험 집합에서 다른 값은 엄청나게 큰 수가 됩니다. 나누기 "
    "*전에* 0인 표준편차를 1로 바꾸세요.",
    en="`nan_to_num` repairs what dividing by 0 has done. In training that gives 0, but where the "
    "test set differs, a huge number. Replace a standard deviation of 0 by 1 *before* dividing.",
)
def _(train_x, test_x):
    return tuple(map(torch.nan_to_num, by_train(train_x, test_x, guard=False)))


@standardise_train_test.mistake(
    "range-scaled",
    ko="최솟값을 빼고 최댓값까지의 폭으로 나누었습니다. 그것은 0과 1 사이로 옮기는 다른 방법입니다. 여기서는 평균과 표준편차를 씁니다.",
    en="This subtracts the minimum and divides by the distance to the maximum, another method, "
    "which scales to between 0 and 1. Use the mean and the standard deviation.",
)
def _(train_x, test_x):
    low, high = train_x.min(0).values, train_x.max(0).values
    return measured(train_x, (low, one_for_zero(high - low))), measured(
        test_x, (low, one_for_zero(high - low))
    )


@standardise_train_test.mistake(
    "swapped-unbiased",
    ko="둘을 고쳐야 합니다. 평균과 표준편차가 바뀌었습니다: *평균*을 빼고 *표준편차*로 나눕니다. 그리고 `correction=0`이 빠졌습니다.",
    en="Two things are to be mended. The mean and the standard deviation are swapped: subtract the "
    "*mean*, divide by the *standard deviation*. And `correction=0` is missing.",
)
def _(train_x, test_x):
    return tuple((x - train_x.std(0)) / train_x.mean(0) for x in (train_x, test_x))


@standardise_train_test.mistake(
    "tiny-number-unbiased",
    ko="둘을 고쳐야 합니다. `correction=0`이 빠져 n − 1로 나누었습니다. 그리고 0인 표준편차에는 아주 작은 수를 더하지 말고 1로 "
    "바꾸세요.",
    en="Two things are to be mended. Without `correction=0` the variance divides by n − 1. And do "
    "not add a tiny number to a standard deviation of 0, but replace it by 1.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x, spread=lambda x: x.std(0) + 1e-8)


@standardise_train_test.mistake(
    "other-order",
    ko="두 집합의 순서가 바뀌었습니다. (train_z, test_z) 순서로 돌려주세요.",
    en="The two sets are in the other order: return (train_z, test_z).",
)
def _(train_x, test_x):
    return by_train(train_x, test_x)[::-1]


@standardise_train_test.mistake(
    "train-only",
    ko="훈련 집합만 돌려주었습니다. 두 집합을 함께 돌려주세요: `return train_z, test_z`",
    en="Only the training set is returned. Return both: `return train_z, test_z`.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x)[0]


for _bound in (0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6):
    standardise_train_test.mistake(
        f"small-spread-as-constant-{_bound:g}",
        ko="퍼진 정도가 작을 뿐 상수가 아닌 열까지 1로 나누었습니다. 표준편차가 0인 열만 1로 나눕니다.",
        en="A column that spreads only a little was taken for constant. Only one whose standard "
        "deviation is 0 is divided by 1.",
    )(
        lambda train_x, test_x, bound=_bound: by_train(
            train_x, test_x, spread=lambda x: PLAIN(x).masked_fill(PLAIN(x) < bound, 1)
        )
    )


@standardise_train_test.mistake(
    "unstable-variance",
    ko="분산을 '제곱의 평균 − 평균의 제곱'으로 구했습니다. 식은 맞지만, 퍼진 정도에 비해 평균이 크면 거의 같은 두 큰 수를 빼면서 float32의 "
    "자릿수가 모두 사라집니다. 평균을 *먼저* 뺀 다음 제곱하거나, `std(0, correction=0)`을 쓰세요.",
    en="The variance is taken as the mean of the squares less the square of the mean. The formula is "
    "right; but where the mean is large compared with the spread, two large numbers that are nearly "
    "equal are subtracted, and float32 has no digits left. Subtract the mean *first* and square "
    "then, or use `std(0, correction=0)`.",
)
def _(train_x, test_x):
    return by_train(
        train_x,
        test_x,
        spread=lambda x: ((x**2).mean(0) - x.mean(0) ** 2).clamp(min=0).sqrt(),
    )


@standardise_train_test.mistake(
    "corrected-afterwards",
    ko="`var(0)`나 `std(0)`는 n − 1로 나눕니다. 표본이 하나면 그것이 0/0, 곧 NaN이고, 나중에 (n − 1)/n을 곱해도 NaN입니다. 처음부터 n으로 "
    "나누세요: `correction=0`",
    en="`var(0)` and `std(0)` divide by n − 1. With a single sample that is 0/0, which is NaN, and "
    "multiplying by (n − 1)/n afterwards leaves it NaN. Divide by n from the start: `correction=0`.",
)
def _(train_x, test_x):
    n = len(train_x)
    return by_train(train_x, test_x, spread=lambda x: (x.var(0) * (n - 1) / n).sqrt())


@standardise_train_test.mistake(
    "one-zero-changes-all",
    ko="상수인 열이 하나라도 있으면 *모든* 열을 1로 나누게 됩니다. 0인 곳만 바꾸세요: `sigma[sigma == 0] = 1`",
    en="With a single constant column *all* columns are divided by 1. Replace only the zeros: "
    "`sigma[sigma == 0] = 1`.",
)
def _(train_x, test_x):
    return by_train(
        train_x,
        test_x,
        spread=lambda x: torch.ones_like(PLAIN(x)) if (PLAIN(x) == 0).any() else PLAIN(x),
    )


@standardise_train_test.mistake(
    "clamped-at-one",
    ko="1보다 작은 표준편차를 모두 1로 바꾸었습니다. 0인 것만 바꿉니다.",
    en="Every standard deviation below 1 became 1. Replace only those that are 0.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x, spread=lambda x: PLAIN(x).clamp(min=1))


@standardise_train_test.mistake(
    "one-added",
    ko="모든 표준편차에 1을 더했습니다. 0인 것만 1로 바꿉니다.",
    en="1 was added to every standard deviation. Replace only those that are 0.",
)
def _(train_x, test_x):
    return by_train(train_x, test_x, spread=lambda x: PLAIN(x) + 1)


@standardise_train_test.mistake(
    "mean-replaced",
    ko="상수인 열에서 표준편차가 아니라 *평균*을 1로 바꾸었습니다. 바꿀 것은 나누는 수 sigma입니다.",
    en="In a constant column it was the *mean* that became 1. What is to be replaced is the divisor, "
    "sigma.",
)
def _(train_x, test_x):
    mean = train_x.mean(0).masked_fill(PLAIN(train_x) == 0, 1)
    return tuple((x - mean) / PLAIN(train_x) for x in (train_x, test_x))


@standardise_train_test.mistake(
    "one-bracket-missing-in-the-test-set",
    ko="시험 집합의 식에 괄호가 빠졌습니다. `x - mu / sigma`는 나눗셈을 먼저 합니다.",
    en="Brackets are missing for the test set: `x - mu / sigma` divides first.",
)
def _(train_x, test_x):
    mean, spread = ruler(train_x)
    return measured(train_x, (mean, spread)), test_x - mean / spread


known = next(m for m in standardise_train_test.mistakes if m.key == "test-left-raw")


@standardise_train_test.mistake(
    "ruler-of-standardised-no-guard", ko=known.ko + NO_GUARD_KO, en=known.en + NO_GUARD_EN
)
def _(train_x, test_x):
    train_z = by_train(train_x, test_x, guard=False)[0]
    return train_z, measured(test_x, ruler(train_z, guard=False))


@standardise_train_test.mistake("ruler-of-standardised", ko=known.ko, en=known.en)
def _(train_x, test_x):
    # Constant columns were guarded when the ruler was first made, and again now.
    train_z = by_train(train_x, test_x)[0]
    return train_z, measured(test_x, ruler(train_z))


@standardise_train_test.mistake("ruler-of-standardised-once-guarded", ko=known.ko, en=known.en)
def _(train_x, test_x):
    train_z = by_train(train_x, test_x)[0]
    return train_z, measured(test_x, ruler(train_z, guard=False))


@standardise_train_test.mistake(
    "constant-column-left-raw",
    ko="상수인 열을 그대로 두었습니다. 상수인 열에서도 평균은 뺍니다.",
    en="The constant column was left as it is. The mean is subtracted from it, too.",
)
def _(train_x, test_x):
    spread = PLAIN(train_x)
    return tuple(
        torch.where(spread > 0, (x - train_x.mean(0)) / one_for_zero(spread), x)
        for x in (train_x, test_x)
    )


@standardise_train_test.mistake(
    "multiplied",
    ko="표준편차로 나누지 않고 곱했습니다.",
    en="This multiplies by the standard deviation where it should divide.",
)
def _(train_x, test_x):
    return tuple((x - train_x.mean(0)) * one_for_zero(PLAIN(train_x)) for x in (train_x, test_x))


@standardise_train_test.mistake(
    "sum-for-mean",
    ko="평균이 아니라 합을 뺐습니다.",
    en="The sum was subtracted, not the mean.",
)
def _(train_x, test_x):
    return tuple((x - train_x.sum(0)) / one_for_zero(PLAIN(train_x)) for x in (train_x, test_x))


BY_ROW = next(m for m in standardise_train_test.mistakes if m.key == "by-row")


@standardise_train_test.mistake("by-row-no-guard", ko=BY_ROW.ko, en=BY_ROW.en)
def _(train_x, test_x):
    return tuple(
        (x - x.mean(1, keepdim=True)) / x.std(1, correction=0, keepdim=True)
        for x in (train_x, test_x)
    )


@standardise_train_test.mistake("by-row-of-train", ko=BY_ROW.ko, en=BY_ROW.en)
def _(train_x, test_x):
    mean, spread = train_x.mean(1, keepdim=True), train_x.std(1, correction=0, keepdim=True)
    return (train_x - mean) / spread, (test_x - mean) / spread


@standardise_train_test.mistake("by-row-of-train-flat", ko=BY_ROW.ko, en=BY_ROW.en)
def _(train_x, test_x):
    mean, spread = train_x.mean(1), train_x.std(1, correction=0)
    return (train_x - mean) / spread, (test_x - mean) / spread


@standardise_train_test.mistake(
    "column-numbers-standing",
    ko="열마다의 수 (d,)를 `[:, None]`으로 세워 (d, 1)로 만들었습니다. (n, d)와는 (d,) 그대로 브로드캐스팅됩니다.",
    en="The numbers of the columns, (d,), were turned into (d, 1) by `[:, None]`. With (n, d) they "
    "broadcast as they are, (d,).",
)
def _(train_x, test_x):
    mean, spread = train_x.mean(0)[:, None], PLAIN(train_x)[:, None]
    return (train_x - mean) / spread, (test_x - mean) / spread


known = next(m for m in standardise_train_test.mistakes if m.key == "tiny-number-added")
for _tiny in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12):
    for _key, _spread in (
        ("added", lambda x, tiny=_tiny: PLAIN(x) + tiny),
        ("clamped", lambda x, tiny=_tiny: PLAIN(x).clamp(min=tiny)),
        ("for-zero", lambda x, tiny=_tiny: PLAIN(x).masked_fill(PLAIN(x) == 0, tiny)),
        ("under-the-root", lambda x, tiny=_tiny: (VAR(x) + tiny).sqrt()),
    ):
        standardise_train_test.mistake(f"tiny-{_key}-{_tiny:g}", ko=known.ko, en=known.en)(
            functools.partial(by_train, spread=_spread, guard=False)
        )


standardise_train_test.hints(
    ko=[
        "자를 하나만 만드세요. 어느 집합에서 만들까요? 그 자로 두 집합을 모두 잽니다. 노트의 μ와 σ가 무엇인지도 다시 보세요.",
        "`mu`는 훈련 집합의 열마다 *평균* (d,), `sigma`는 훈련 집합의 열마다 *표준편차* (d,)(`correction=0`). 0인 sigma는 1로 "
        "바꿉니다.",
        "`mu = train_x.mean(0)`, `sigma = train_x.std(0, correction=0)`, `sigma[sigma == 0] = 1`, "
        "`return (train_x - mu) / sigma, (test_x - mu) / sigma`",
    ],
    en=[
        "Make a single ruler. From which set? Then measure both sets with it. And look again at "
        "what the notes take μ and σ for.",
        "`mu` is the *mean* of each column of the training set, (d,), `sigma` its *standard "
        "deviation*, (d,) (`correction=0`). Where sigma is 0, put 1.",
        "`mu = train_x.mean(0)`, `sigma = train_x.std(0, correction=0)`, `sigma[sigma == 0] = 1`, "
        "`return (train_x - mu) / sigma, (test_x - mu) / sigma`.",
    ],
)


# ---------------------------------------------------------------- polynomial-features


@exercise("polynomial-features")
def polynomial_features(x, degree):
    rows = [[value**k for k in range(1, degree + 1)] for value in x[:, 0].double().tolist()]
    return torch.tensor(rows, dtype=DOUBLE).reshape(len(x), degree).to(x.dtype)


@polynomial_features.cases
def _(draw):
    yield torch.tensor([[2.0], [-3.0], [0.0]]), 3
    yield torch.tensor([[0.5], [4.0]]), 1
    yield torch.tensor([[-2.0]]), 4
    yield 1.5 * draw.normal(draw.integer(5, 9), 1), draw.integer(2, 4)
    yield draw.uniform(-1, 1, draw.integer(4, 8), 1, dtype=DOUBLE), draw.integer(9, 12)
    n = draw.integer(3, 5)
    yield draw.normal(n, 1, dtype=DOUBLE), n  # as many columns as rows


@polynomial_features.accepts
def _(x, degree):
    return torch.cat([x**k for k in range(1, degree + 1)], dim=1)


@polynomial_features.accepts
def _(x, degree):
    return torch.vander(x[:, 0], degree + 1, increasing=True)[:, 1:]


@polynomial_features.accepts
def _(x, degree):
    return x.expand(-1, degree).cumprod(1)


@polynomial_features.accepts
def _(x, degree):
    columns = [x.squeeze(1)]
    while len(columns) < degree:
        columns.append(columns[-1] * columns[0])
    return torch.stack(columns).T


@polynomial_features.mistake(
    "with-constant",
    ko="x⁰ = 1인 상수 열이 들어 있습니다. 상수는 모델의 편향이 맡으므로 열은 x의 1제곱부터입니다.",
    en="There is a column of x⁰ = 1. The constant is the job of the model's bias: the columns "
    "begin with the first power of x.",
)
def _(x, degree):
    return x ** torch.arange(degree + 1)


@polynomial_features.mistake(
    "from-zero",
    ko="거듭제곱이 0부터 degree − 1까지입니다. `range(degree)`나 `arange(degree)`는 0에서 시작해 degree 앞에서 끝납니다. 1부터 degree까지 "
    "가야 합니다.",
    en="The powers go from 0 to degree − 1: `range(degree)` and `arange(degree)` start at 0 and "
    "end before degree. They should go from 1 to degree.",
)
def _(x, degree):
    return x ** torch.arange(degree)


@polynomial_features.mistake(
    "one-short",
    ko="가장 높은 거듭제곱이 빠졌습니다. `range(1, degree)`는 degree를 포함하지 않습니다.",
    en="The highest power is missing: `range(1, degree)` does not include degree.",
)
def _(x, degree):
    return x ** torch.arange(1, degree)


@polynomial_features.mistake(
    "one-too-many",
    ko="거듭제곱이 하나 더 있습니다. degree까지만 갑니다.",
    en="There is one power too many: the last is degree.",
)
def _(x, degree):
    return x ** torch.arange(1, degree + 2)


@polynomial_features.mistake(
    "starts-with-square",
    ko="x 자신의 열이 없이 제곱부터 시작합니다. 열은 x, x², …입니다.",
    en="The column of x itself is missing: this starts with the square. The columns are x, x², ….",
)
def _(x, degree):
    return x ** torch.arange(2, degree + 2)


@polynomial_features.mistake(
    "highest-first",
    ko="순서가 거꾸로입니다. 낮은 거듭제곱부터 x, x², … 차례로 놓으세요.",
    en="The order is reversed. Put the low powers first: x, x², ….",
)
def _(x, degree):
    return x ** torch.arange(degree, 0, -1)


@polynomial_features.mistake(
    "multiples",
    ko="거듭제곱이 아니라 *배수* x, 2x, 3x, …입니다. 배수로는 직선밖에 그릴 수 없습니다. 파이썬의 거듭제곱은 `**`입니다.",
    en="These are *multiples* x, 2x, 3x, …, not powers; with them a model can only draw lines. "
    "A power in Python is `**`.",
)
def _(x, degree):
    return x * torch.arange(1, degree + 1)


@polynomial_features.mistake(
    "exponent-swapped",
    ko="밑과 지수가 바뀌었습니다. k의 x제곱이 아니라 x의 k제곱입니다.",
    en="Base and exponent are swapped: x to the power of k, not k to the power of x.",
)
def _(x, degree):
    return torch.arange(1, degree + 1).to(x.dtype) ** x


@polynomial_features.mistake(
    "only-the-highest",
    ko="가장 높은 거듭제곱의 열 하나뿐입니다. 그 아래의 거듭제곱도 모두 필요합니다.",
    en="This is one column, the highest power. All the powers below it are needed, too.",
)
def _(x, degree):
    return x**degree


@polynomial_features.mistake(
    "repeated",
    ko="x를 되풀이했을 뿐 거듭제곱하지 않았습니다.",
    en="This repeats x but takes no powers.",
)
def _(x, degree):
    return x.repeat(1, degree)


@polynomial_features.mistake(
    "cumulative-square",
    ko="앞의 열을 제곱해 나갔습니다: x, x², x⁴, …. 앞의 열에 x를 곱해야 x, x², x³이 됩니다.",
    en="Each column is the square of the one before: x, x², x⁴, …. Multiply the one before by x "
    "to get x, x², x³.",
)
def _(x, degree):
    return x ** torch.tensor([2**k for k in range(degree)])


@polynomial_features.mistake(
    "standing",
    ko="(degree, n)으로 놓였습니다. 한 줄이 표본 하나, 한 열이 거듭제곱 하나인 (n, degree)여야 합니다.",
    en="This is (degree, n). A row is a sample and a column a power: (n, degree).",
)
def _(x, degree):
    return (x ** torch.arange(1, degree + 1)).T.contiguous()


@polynomial_features.mistake(
    "stacked-columns",
    ko="(n, 1)짜리 열들을 `torch.stack`으로 쌓아 축이 하나 더 생겼습니다. 이미 있는 열 축을 따라 이으려면 `torch.cat(…, dim=1)`입니다.",
    en="Columns of shape (n, 1) were stacked by `torch.stack`, which adds an axis. To join along "
    "the axis of columns that is there already, use `torch.cat(…, dim=1)`.",
)
def _(x, degree):
    return torch.stack([x**k for k in range(1, degree + 1)], 1)


@polynomial_features.mistake(
    "stacked-in-front",
    ko="(n, 1)짜리 열들을 `torch.stack`으로 쌓아 축이 하나 더 생겼습니다. 이미 있는 열 축을 따라 이으려면 `torch.cat(…, dim=1)`입니다.",
    en="Columns of shape (n, 1) were stacked by `torch.stack`, which adds an axis. To join along "
    "the axis of columns that is there already, use `torch.cat(…, dim=1)`.",
)
def _(x, degree):
    return torch.stack([x**k for k in range(1, degree + 1)])


@polynomial_features.mistake(
    "joined-below",
    ko="열들을 옆이 아니라 아래로 이었습니다. `torch.cat`의 기본 축은 0입니다. `dim=1`을 주세요.",
    en="The columns are joined one below the other. The default axis of `torch.cat` is 0: give it "
    "`dim=1`.",
)
def _(x, degree):
    return torch.cat([x**k for k in range(1, degree + 1)])


@polynomial_features.mistake(
    "list-of-columns",
    ko="열들의 리스트를 돌려줍니다. `torch.cat(…, dim=1)`로 텐서 하나로 이으세요.",
    en="This returns a list of columns. Join them to one tensor with `torch.cat(…, dim=1)`.",
)
def _(x, degree):
    return [x**k for k in range(1, degree + 1)]


@polynomial_features.mistake(
    "by-logarithm",
    ko="로그를 거쳐 계산했습니다. 음수에는 로그가 없어 NaN이 됩니다. 거듭제곱은 `**`로 바로 구할 수 있습니다.",
    en="This goes by way of logarithms. A negative number has none, which gives NaN. Take the "
    "powers directly, with `**`.",
)
def _(x, degree):
    return torch.exp(torch.arange(1, degree + 1) * torch.log(x))


@polynomial_features.mistake(
    "absolute",
    ko="음수의 홀수 거듭제곱이 양수가 되었습니다. 부호를 지우지 마세요.",
    en="Odd powers of negative numbers came out positive. Keep the sign.",
)
def _(x, degree):
    return x.abs() ** torch.arange(1, degree + 1)


@polynomial_features.mistake(
    "vander-highest-first",
    ko="`torch.vander`는 기본으로 높은 거듭제곱부터 놓고 상수 열도 넣습니다. 낮은 것부터 놓고(`increasing=True`) 상수 열은 빼세요.",
    en="By default `torch.vander` puts high powers first and includes the constant. Put the low "
    "ones first (`increasing=True`), and drop the constant.",
)
def _(x, degree):
    return torch.vander(x[:, 0], degree + 1)


@polynomial_features.mistake(
    "vander-one-short",
    ko="`torch.vander`는 기본으로 높은 거듭제곱부터 놓고 상수 열도 넣습니다. 낮은 것부터 놓고(`increasing=True`) 상수 열은 빼세요.",
    en="By default `torch.vander` puts high powers first and includes the constant. Put the low "
    "ones first (`increasing=True`), and drop the constant.",
)
def _(x, degree):
    return torch.vander(x[:, 0], degree)


@polynomial_features.mistake(
    "first-column-only",
    ko="x의 1제곱 열 하나뿐입니다. 반복문 안에서 `return` 하지 않았나요?",
    en="This is one column, x itself. Does a `return` stand inside the loop?",
)
def _(x, degree):
    return x**1


@polynomial_features.mistake(
    "standing-and-squeezed",
    ko="(degree, n)으로 놓였습니다. 한 줄이 표본 하나인 (n, degree)여야 합니다. 그리고 `squeeze()`는 n이 1이면 그 축까지 없앱니다.",
    en="This is (degree, n). A row is a sample: (n, degree). Also, where n is 1, `squeeze()` "
    "removes that axis, too.",
)
def _(x, degree):
    return torch.stack([x.squeeze() ** k for k in range(1, degree + 1)])


@polynomial_features.mistake(
    "squares-only",
    ko="둘째 열부터 모두 제곱입니다. 지수가 열마다 하나씩 커져야 합니다.",
    en="From the second on, all columns are squares. The exponent has to grow from column to "
    "column.",
)
def _(x, degree):
    return torch.cat([x] + [x**2] * (degree - 1), 1)


def in_place(x, degree, columns):
    """The list of columns when they are all made in place from the last one."""
    power = columns[0] if columns else torch.ones_like(x)
    while len(columns) < degree:
        power *= x
        columns.append(power)
    return torch.cat(columns, 1)


ALIASES = {
    "ko": "`*=`는 새 텐서를 만들지 않으므로 리스트의 모든 자리가 같은 텐서를 가리킵니다(1장의 별명). `c = c * x`로 새로 만드세요.",
    "en": "`*=` makes no new tensor, so all places of the list hold the same one (an alias, chapter 1). "
    "Make a new one: `c = c * x`.",
}
ALIASES_OF_X = {
    "ko": ALIASES["ko"] + " x 자신에서 출발했다면 x까지 바뀝니다.",
    "en": ALIASES["en"] + " Where it started from x itself, even x is changed.",
}


@polynomial_features.mistake("same-tensor", **ALIASES)
def _(x, degree):
    return in_place(x, degree, [])


@polynomial_features.mistake("same-tensor-as-x", **ALIASES_OF_X)
def _(x, degree):
    return in_place(x, degree, [x])


@polynomial_features.mistake("same-tensor-as-x-once-more", **ALIASES_OF_X)
def _(x, degree):
    columns, power = [], x
    for _ in range(degree):
        power *= x
        columns.append(power)
    return torch.cat(columns, 1)


@polynomial_features.mistake(
    "paired",
    ko="(n,)과 (degree,)가 만나 원소끼리 짝지어졌습니다. x의 열 축을 남기세요: (n, 1)",
    en="(n,) met (degree,), and they were paired element by element. Keep x's axis of columns, (n, 1).",
)
def _(x, degree):
    return x[:, 0] ** torch.arange(1, degree + 1)


@polynomial_features.mistake(
    "paired-lying",
    ko="x를 (1, n)으로 눕혀 지수 (degree,)와 원소끼리 짝지어졌습니다. x를 (n, 1) 그대로 쓰세요.",
    en="x was laid down as (1, n) and paired with the exponents, (degree,), element by element. Use x "
    "as it is, (n, 1).",
)
def _(x, degree):
    return x.T ** torch.arange(1, degree + 1)


@polynomial_features.mistake(
    "added-up",
    ko="거듭제곱을 더했습니다. 더하는 것은 모델이 하고, 여기서는 열로 나란히 놓습니다.",
    en="The powers were added up. Adding is the model's job: put them side by side as columns.",
)
def _(x, degree):
    return (x ** torch.arange(1, degree + 1)).sum(1, keepdim=True)


@polynomial_features.mistake(
    "reshaped",
    ko="`reshape`은 축을 맞바꾸지 않고 순서대로 다시 끊을 뿐입니다. (degree, n)을 (n, degree)로 돌리려면 `.T`를 쓰세요.",
    en="`reshape` does not exchange axes, it only cuts the same order anew. To turn (degree, n) into "
    "(n, degree), use `.T`.",
)
def _(x, degree):
    return (x ** torch.arange(1, degree + 1)).T.reshape(len(x), degree)


@polynomial_features.mistake(
    "with-constant-at-the-end",
    ko="끝에 1의 열이 있습니다. 상수는 모델의 편향이 맡습니다.",
    en="There is a column of ones at the end. The constant is the job of the model's bias.",
)
def _(x, degree):
    return torch.cat([x ** torch.arange(1, degree + 1), torch.ones_like(x)], 1)


@polynomial_features.mistake(
    "stacked-and-squeezed",
    ko="`squeeze()`는 크기가 1인 축을 모두 없앱니다. n이나 degree가 1이면 남아야 할 축까지 사라집니다. `torch.cat(…, dim=1)`을 쓰세요.",
    en="`squeeze()` removes every axis of size 1, and where n or degree is 1, one that should stay. Use "
    "`torch.cat(…, dim=1)`.",
)
def _(x, degree):
    return torch.stack([x**k for k in range(1, degree + 1)], 1).squeeze()


@polynomial_features.mistake(
    "one-long-row",
    ko="(n,)인 열들을 이어 붙여 (n·degree,) 한 줄이 되었습니다. 열의 축을 남긴 (n, 1)들을 `dim=1`로 이으세요.",
    en="Columns of shape (n,) were joined into a single row, (n·degree,). Keep them (n, 1) and join "
    "along `dim=1`.",
)
def _(x, degree):
    return torch.hstack([x.flatten() ** k for k in range(1, degree + 1)])


@polynomial_features.mistake(
    "x-twice",
    ko="x의 열이 두 번 있습니다. 반복문이 이미 1제곱부터 만듭니다.",
    en="The column of x is there twice: the loop begins with the first power already.",
)
def _(x, degree):
    return torch.cat([x, x ** torch.arange(1, degree + 1)], 1)


known = next(m for m in polynomial_features.mistakes if m.key == "one-short")


def filled(x, columns, degree, dtype=None):
    """Zeros (n, degree) of which the columns are filled, {column: power}; dtype: that of x."""
    out = torch.zeros(len(x), degree, dtype=dtype or x.dtype)
    for column, power in columns.items():
        out[:, column] = x[:, 0] ** power
    return out


for _key, _answer in (
    ("cat", lambda x, degree: torch.cat([x**k for k in range(1, degree)], dim=1)),
    ("hstack", lambda x, degree: torch.hstack([x**k for k in range(1, degree)])),
    ("stack", lambda x, degree: torch.stack([x[:, 0] ** k for k in range(1, degree)], dim=1)),
):
    polynomial_features.mistake(f"one-short-{_key}", ko=known.ko, en=known.en)(_answer)
for _key, _columns in (
    ("one-short", lambda degree: {k - 1: k for k in range(1, degree)}),
    ("one-short-and-shifted", lambda degree: {k: k for k in range(1, degree)}),
):
    for _dtype in (None, torch.float32):  # float32 where none is named
        polynomial_features.mistake(f"filled-{_key}-{_dtype}", ko=known.ko, en=known.en)(
            lambda x, degree, columns=_columns, dtype=_dtype: filled(
                x, columns(degree), degree, dtype
            )
        )


polynomial_features.hints(
    ko=[
        "(n, 1)인 x에 지수 1, 2, …, degree를 차례로 준 것이 열들입니다. 반복문으로 열을 하나씩 만들어 이어도 되고, 브로드캐스팅으로 한 번에 "
        "해도 됩니다.",
        "(n, 1) ** (degree,)는 브로드캐스팅으로 (n, degree)가 됩니다. 지수는 `torch.arange(1, degree + 1)`입니다.",
        "`return x ** torch.arange(1, degree + 1)`, 또는 `torch.cat([x**k for k in range(1, degree + 1)], dim=1)`",
    ],
    en=[
        "Give x, (n, 1), the exponents 1, 2, …, degree in turn: those are the columns. Make them "
        "one by one in a loop and join them, or all at once by broadcasting.",
        "By broadcasting, (n, 1) ** (degree,) becomes (n, degree). The exponents are "
        "`torch.arange(1, degree + 1)`.",
        "`return x ** torch.arange(1, degree + 1)`, or "
        "`torch.cat([x**k for k in range(1, degree + 1)], dim=1)`.",
    ],
)


# ---------------------------------------------------------------- capacity-curve


@exercise("capacity-curve", points=2, rtol=1e-5, returns=["train_losses", "valid_losses"])
def capacity_curve(train_x, train_y, valid_x, valid_y, degrees):
    tx, ty, vx, vy = (part.numpy()[:, 0] for part in (train_x, train_y, valid_x, valid_y))
    losses = [], []
    for degree in degrees:
        fitted = np.polynomial.Polynomial.fit(tx, ty, degree)
        losses[0].append(float(((fitted(tx) - ty) ** 2).mean()))
        losses[1].append(float(((fitted(vx) - vy) ** 2).mean()))
    return losses


@capacity_curve.cases
def _(draw):
    t = torch.tensor([[-1.0], [-0.5], [0.0], [0.5], [1.0]], dtype=DOUBLE)
    wave = torch.tensor([[1.0], [-1.0], [2.0], [0.0], [3.0]], dtype=DOUBLE)
    yield t, wave, t[1:4] + 0.25, wave[1:4] + 1, [1, 2]
    yield t, wave, t[:1] + 0.1, wave[:1], [3]
    for degrees, more in (([2, 5, 3], 0), ([4, 1], 14), ([1, 2, 3, 4, 5], 0)):
        n, m = draw.integer(9, 14), draw.integer(3, 8) + more
        parts = []
        for size in (n, m):
            x = (
                2
                * (
                    torch.arange(size, dtype=DOUBLE)[:, None]
                    + draw.uniform(0, 1, size, 1, dtype=DOUBLE)
                )
                / size
                - 1
            )
            parts += [x, 5 + 3 * torch.sin(3 * x) + draw.normal(size, 1, dtype=DOUBLE)]
        yield *parts, degrees


@capacity_curve.accepts
def _(train_x, train_y, valid_x, valid_y, degrees):
    losses = [], []
    for degree in degrees:
        X, V = (torch.vander(x[:, 0], degree + 1) for x in (train_x, valid_x))
        w = torch.linalg.pinv(X) @ train_y
        losses[0].append((X @ w - train_y).square().mean().item())
        losses[1].append((V @ w - valid_y).square().mean().item())
    return losses


def powers(x, degree):
    return torch.cat([x**k for k in range(1, degree + 1)] + [torch.ones_like(x)], 1)


def fitted(x, y, degree):
    return torch.linalg.lstsq(powers(x, degree), y).solution


def loss_of(x, y, degree, weights):
    return torch.mean((powers(x, degree) @ weights - y) ** 2).item()


def curves(train_x, train_y, valid_x, valid_y, degrees, one):
    pairs = [one(train_x, train_y, valid_x, valid_y, degree) for degree in degrees]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@capacity_curve.accepts
def _(train_x, train_y, valid_x, valid_y, degrees):
    # Standardised with the training set's numbers: the curve is the same.
    def one(tx, ty, vx, vy, degree):
        X, V = powers(tx, degree)[:, :-1], powers(vx, degree)[:, :-1]
        mean, std = X.mean(0), X.std(0, correction=0)
        X, V = ((part - mean) / std for part in (X, V))
        w = torch.linalg.solve(X.T @ X, X.T @ (ty - ty.mean()))
        return [F.mse_loss(part @ w + ty.mean(), y).item() for part, y in ((X, ty), (V, vy))]

    return curves(train_x, train_y, valid_x, valid_y, degrees, one)


def capacity_mistake(key, ko, en):
    """Registers a wrong answer that gives the two losses of one degree."""

    def register(one):
        capacity_curve.mistake(key, ko=ko, en=en)(functools.partial(curves, one=one))
        return one

    return register


@capacity_mistake(
    "refitted",
    ko="검증 손실을 잴 때 검증 표본에 *다시 맞추었습니다*. 그러면 검증이 아니라 또 하나의 훈련 손실입니다. 훈련 표본에 맞춘 가중치를 그대로 "
    "쓰세요.",
    en="For the validation loss the weights were *fitted again*, to the validation samples. That "
    "is one more training loss, not a validation. Use the weights fitted to the training samples.",
)
def _(tx, ty, vx, vy, degree):
    return loss_of(tx, ty, degree, fitted(tx, ty, degree)), loss_of(
        vx, vy, degree, fitted(vx, vy, degree)
    )


@capacity_mistake(
    "fitted-on-both",
    ko="훈련 표본과 검증 표본을 합쳐서 맞추었습니다. 검증 표본은 맞추는 데에 쓰지 않습니다.",
    en="The fit uses the training and the validation samples together. Validation samples are not "
    "for fitting.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(torch.cat([tx, vx]), torch.cat([ty, vy]), degree)
    return loss_of(tx, ty, degree, weights), loss_of(vx, vy, degree, weights)


@capacity_mistake(
    "fitted-on-validation",
    ko="검증 표본에 맞추었습니다. 훈련 표본에 맞추세요.",
    en="The fit is to the validation samples. Fit to the training samples.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(vx, vy, degree)
    return loss_of(tx, ty, degree, weights), loss_of(vx, vy, degree, weights)


@capacity_mistake(
    "train-twice",
    ko="두 리스트가 모두 훈련 손실입니다. 둘째는 검증 표본의 예측과 정답으로 재세요.",
    en="Both lists are training losses. Measure the second on the predictions and answers of the "
    "validation samples.",
)
def _(tx, ty, vx, vy, degree):
    loss = loss_of(tx, ty, degree, fitted(tx, ty, degree))
    return loss, loss


@capacity_mistake(
    "sums",
    ko="제곱 오차를 더하기만 했습니다. 표본 수가 다른 두 집합을 견주려면 평균이어야 합니다.",
    en="The squared errors are summed. To compare two sets of different sizes, take the mean.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, degree)
    return loss_of(tx, ty, degree, weights) * len(tx), loss_of(vx, vy, degree, weights) * len(vx)


@capacity_mistake(
    "roots",
    ko="제곱근을 씌웠습니다. 여기서 손실은 평균 제곱 오차 그대로입니다.",
    en="This takes the root. The loss here is the mean squared error itself.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, degree)
    return loss_of(tx, ty, degree, weights) ** 0.5, loss_of(vx, vy, degree, weights) ** 0.5


@capacity_mistake(
    "absolute-errors",
    ko="오차의 절댓값을 평균 냈습니다. 손실은 오차의 *제곱*의 평균입니다.",
    en="This averages the absolute errors. The loss is the mean of the *squared* errors.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, degree)
    return [(powers(x, degree) @ weights - y).abs().mean().item() for x, y in ((tx, ty), (vx, vy))]


@capacity_mistake(
    "no-powers",
    ko="차수와 상관없이 직선을 맞추었습니다. `polynomial_features(…, degree)`로 특성을 만들어 넘기세요.",
    en="A line is fitted whatever the degree. Make the features with "
    "`polynomial_features(…, degree)` and pass those.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, 1)
    return loss_of(tx, ty, 1, weights), loss_of(vx, vy, 1, weights)


@capacity_mistake(
    "no-constant",
    ko="상수항(편향)이 없습니다. 다항식이 늘 원점을 지나야 합니다. `fit_least_squares`는 1의 열을 알아서 붙여 줍니다.",
    en="There is no constant (bias), so the polynomial has to pass through the origin. "
    "`fit_least_squares` adds the column of ones for you.",
)
def _(tx, ty, vx, vy, degree):
    X, V = powers(tx, degree)[:, :-1], powers(vx, degree)[:, :-1]
    weights = torch.linalg.lstsq(X, ty).solution
    return torch.mean((X @ weights - ty) ** 2).item(), torch.mean((V @ weights - vy) ** 2).item()


@capacity_mistake(
    "broadcast",
    ko="예측 (n, 1)과 정답을 빼면서 (n, n)이 되었습니다. 둘의 모양이 같은지 보세요.",
    en="Subtracting the answers from the predictions, (n, 1), gave (n, n). Check that both have "
    "the same shape.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, degree)
    return [
        ((powers(x, degree) @ weights - y.T) ** 2).mean().item() for x, y in ((tx, ty), (vx, vy))
    ]


@capacity_mistake(
    "other-order-in-pairs",
    ko="두 리스트의 순서가 바뀌었습니다. (train_losses, valid_losses) 순서로 돌려주세요.",
    en="The two lists are in the other order: return (train_losses, valid_losses).",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, degree)
    return loss_of(vx, vy, degree, weights), loss_of(tx, ty, degree, weights)


def right_losses(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, degree)
    return loss_of(tx, ty, degree, weights), loss_of(vx, vy, degree, weights)


@capacity_curve.mistake(
    "sorted-degrees",
    ko="차수를 크기순으로 세워서 쟀습니다. 손실은 degrees에 적힌 순서대로 돌려주세요.",
    en="The degrees were sorted first. Return the losses in the order in which degrees lists them.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    return curves(train_x, train_y, valid_x, valid_y, sorted(degrees), right_losses)


@capacity_curve.mistake(
    "counts-instead",
    ko="degrees의 *값*이 아니라 1부터 그 개수까지를 차수로 썼습니다. `for degree in degrees:`라고 하세요.",
    en="The degrees used are 1 up to the *number* of degrees, not the degrees themselves. Write "
    "`for degree in degrees:`.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    numbers = range(1, len(degrees) + 1)
    return curves(train_x, train_y, valid_x, valid_y, numbers, right_losses)


@capacity_curve.mistake(
    "up-to-the-largest",
    ko="1부터 가장 큰 차수까지 모두 쟀습니다. degrees에 있는 차수만 재세요.",
    en="This goes through every degree from 1 to the largest. Measure only those in degrees.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    numbers = range(1, max(degrees) + 1)
    return curves(train_x, train_y, valid_x, valid_y, numbers, right_losses)


@capacity_curve.mistake(
    "returns-in-the-loop",
    ko="`return`이 반복문 안에 있어 첫 차수에서 끝났습니다. 반복문 밖으로 내어 쓰세요.",
    en="The `return` stands inside the loop, which ends with the first degree. Move it out.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    return curves(train_x, train_y, valid_x, valid_y, degrees[:1], right_losses)


@capacity_curve.mistake(
    "pairs",
    ko="차수마다 (훈련, 검증) 쌍을 모은 리스트 하나입니다. 훈련 손실의 리스트와 검증 손실의 리스트, 두 개를 돌려주세요.",
    en="This is one list of (training, validation) pairs. Return two lists, one of training "
    "losses and one of validation losses.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    return [right_losses(train_x, train_y, valid_x, valid_y, degree) for degree in degrees]


@capacity_curve.mistake(
    "best-degree",
    ko="가장 좋은 차수를 골라 돌려주었습니다. 여기서는 고르지 않고 두 손실의 리스트를 돌려줍니다.",
    en="This returns the best degree. Do not choose yet: return the two lists of losses.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    of_valid = curves(train_x, train_y, valid_x, valid_y, degrees, right_losses)[1]
    return degrees[of_valid.index(min(of_valid))]


@capacity_curve.mistake(
    "tensors",
    ko="손실이 파이썬 수가 아니라 텐서입니다. `.item()`으로 꺼내 리스트에 넣으세요.",
    en="The losses are tensors, not Python numbers. Take them out with `.item()`.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    both = curves(train_x, train_y, valid_x, valid_y, degrees, right_losses)
    return tuple([torch.tensor(loss, dtype=DOUBLE) for loss in losses] for losses in both)


@capacity_curve.mistake(
    "largest-for-all",
    ko="모든 자리에 가장 큰 차수의 손실이 있습니다. 차수마다 특성을 새로 만들고 새로 맞추세요.",
    en="Every place holds the loss of the largest degree. Make the features and fit anew for each "
    "degree.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    numbers = [max(degrees)] * len(degrees)
    return curves(train_x, train_y, valid_x, valid_y, numbers, right_losses)


@capacity_curve.mistake(
    "one-degree-too-high",
    ko="차수가 하나씩 높습니다. `polynomial_features`에 degree를 그대로 넘기세요. 1의 열은 `fit_least_squares`가 붙입니다.",
    en="Each degree is one too high. Pass degree to `polynomial_features` as it is; the column of "
    "ones is added by `fit_least_squares`.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    numbers = [degree + 1 for degree in degrees]
    return curves(train_x, train_y, valid_x, valid_y, numbers, right_losses)


@capacity_mistake(
    "predicts-without-bias",
    ko="예측에 편향 `weights[-1]`이 빠졌습니다. `predict`를 쓰세요.",
    en="The bias `weights[-1]` is missing from the prediction: use `predict`.",
)
def _(tx, ty, vx, vy, degree):
    weights = fitted(tx, ty, degree).clone()
    weights[-1] = 0
    return loss_of(tx, ty, degree, weights), loss_of(vx, vy, degree, weights)


@capacity_mistake(
    "halved",
    ko="손실이 절반입니다. 평균 제곱 오차 그대로를 돌려주세요.",
    en="The losses are halved. Return the mean squared error as it is.",
)
def _(tx, ty, vx, vy, degree):
    return [loss / 2 for loss in right_losses(tx, ty, vx, vy, degree)]


@capacity_mistake(
    "divided-by-training-size",
    ko="검증 오차의 합을 *훈련* 표본의 수로 나누었습니다. 검증 표본의 수로 나누거나 `.mean()`을 쓰세요.",
    en="The squared errors of validation were divided by the number of *training* samples. Divide by "
    "that of the validation samples, or use `.mean()`.",
)
def _(tx, ty, vx, vy, degree):
    of_train, of_valid = right_losses(tx, ty, vx, vy, degree)
    return of_train, of_valid * len(vx) / len(tx)


@capacity_mistake(
    "validation-by-its-own-ruler",
    ko="검증 집합의 특성을 검증 집합 *자신의* 평균과 표준편차로 표준화했습니다. 가중치는 훈련 집합의 자로 배운 것입니다(2절).",
    en="The validation features were standardised with *their own* mean and standard deviation, but the "
    "weights were learned by the training set's ruler (section 2).",
)
def _(tx, ty, vx, vy, degree):
    X, V = powers(tx, degree)[:, :-1], powers(vx, degree)[:, :-1]
    X, V = ((part - part.mean(0)) / part.std(0, correction=0) for part in (X, V))
    w = torch.linalg.lstsq(X, ty - ty.mean()).solution
    return [F.mse_loss(part @ w + ty.mean(), y).item() for part, y in ((X, ty), (V, vy))]


@capacity_curve.mistake(
    "places-instead",
    ko="degrees의 *값*이 아니라 자리 번호 0, 1, 2, …를 차수로 썼습니다. `for degree in degrees:`라고 하세요.",
    en="The degrees used are the places 0, 1, 2, … in the list, not the degrees themselves. Write "
    "`for degree in degrees:`.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    return curves(train_x, train_y, valid_x, valid_y, range(len(degrees)), right_losses)


@capacity_curve.mistake(
    "lists-made-in-the-loop",
    ko="빈 리스트를 반복문 안에서 만들어 마지막 차수의 손실만 남았습니다. 반복문 앞에서 한 번만 만드세요.",
    en="The empty lists are made inside the loop, so only the losses of the last degree are left. Make "
    "them once, before the loop.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    return curves(train_x, train_y, valid_x, valid_y, degrees[-1:], right_losses)


@capacity_curve.mistake(
    "one-list",
    ko="두 손실이 한 리스트에 섞여 있습니다. 훈련 손실과 검증 손실을 각각의 리스트에 넣으세요.",
    en="Both losses went into one list. Keep a list of training losses and one of validation losses.",
)
def _(train_x, train_y, valid_x, valid_y, degrees):
    both = curves(train_x, train_y, valid_x, valid_y, degrees, right_losses)
    return [loss for pair in zip(*both, strict=True) for loss in pair], []


capacity_curve.hints(
    ko=[
        "차수마다 세 가지 일을 합니다: 훈련 표본에 맞추기, 훈련 표본에서 재기, *같은 가중치로* 검증 표본에서 재기.",
        "특성은 두 집합에서 따로 만들지만 가중치는 하나입니다: `weights = fit_least_squares(훈련 특성, train_y)`, 그다음 "
        "`predict(특성, weights)`와 `F.mse_loss`를 두 번씩 씁니다.",
        "`for degree in degrees:` 안에서 `weights = fit_least_squares(polynomial_features(train_x, degree), train_y)`, "
        "`of_valid = predict(polynomial_features(valid_x, degree), weights)`, "
        "`valid_losses.append(F.mse_loss(of_valid, valid_y).item())`, 훈련 쪽도 같은 식으로.",
    ],
    en=[
        "For each degree do three things: fit to the training samples, measure on them, measure "
        "on the validation samples *with the same weights*.",
        "Each set has features of its own, but there is one set of weights: `weights = "
        "fit_least_squares(training features, train_y)`. Then use `predict(features, weights)` and "
        "`F.mse_loss` twice.",
        "Inside `for degree in degrees:` write `weights = fit_least_squares(polynomial_features("
        "train_x, degree), train_y)`, `of_valid = predict(polynomial_features(valid_x, degree), "
        "weights)`, `valid_losses.append(F.mse_loss(of_valid, valid_y).item())`, and the same for "
        "the training samples.",
    ],
)


# ---------------------------------------------------------------- l2-penalty


@exercise(
    "l2-penalty", points=2, forbids=[".backward", "autograd", "torch.optim"], returns=["dW", "db"]
)
def l2_gradients(x, y, W, b, lam):
    # What one step of SGD with weight_decay on the weights alone moves.
    weight, bias = nn.Parameter(W.double().clone()), nn.Parameter(b.double().clone())
    groups = [{"params": [weight], "weight_decay": 2 * lam}, {"params": [bias]}]
    optimizer = torch.optim.SGD(groups, lr=1.0)
    F.mse_loss(x.double() @ weight + bias, y.double()).backward()
    optimizer.step()
    return (W - weight.detach()).to(W.dtype), (b - bias.detach()).to(W.dtype)


@l2_gradients.cases
def _(draw):
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    yield x, torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [-2.0]]), torch.tensor([1.0]), 0.5
    yield x, torch.tensor([[4.0], [-3.0]]), torch.tensor([[3.0], [-2.0]]), torch.tensor([1.0]), 0.25
    for dtype, n, d in (
        (torch.float32, draw.integer(5, 9), draw.integer(2, 4)),
        (torch.float32, 1, 3),
        (DOUBLE, draw.integer(6, 12), 1),
        (DOUBLE, 4, 4),
    ):
        parts = draw.normal(n, d, dtype=dtype), draw.normal(n, 1, dtype=dtype)
        W, b = 1 + draw.uniform(0.2, 1, d, 1, dtype=dtype), draw.normal(1, dtype=dtype) + 3
        W[0] *= -1
        yield *parts, W, b, draw.number(0.1, 2)
    yield draw.normal(5, 2), draw.normal(5, 1), draw.normal(2, 1), draw.normal(1), 0.0


@l2_gradients.accepts
def _(x, y, W, b, lam):
    dW = torch.stack([2 * ((x @ W + b - y) * x[:, [j]]).mean() for j in range(len(W))])
    return dW[:, None] + W * lam + lam * W, 2 * ((x @ W + b) - y).sum().reshape(1) / len(y)


@l2_gradients.accepts
def _(x, y, W, b, lam):
    A = torch.cat([x, torch.ones_like(y)], 1)
    at = torch.cat([W, b[:, None]])
    g = (A.T @ A @ at - A.T @ y) * 2 / len(x)
    return torch.add(g[:-1], W, alpha=2 * lam), g[-1]


def data_gradients(x, y, W, b):
    error = x @ W + b - y
    return 2 / len(x) * x.T @ error, 2 * error.mean(0)


def l2_mistake(key, ko, en):
    """Registers a wrong answer that is made of dW and db of the data, W, b, lam and n."""

    def register(change):
        def answer(x, y, W, b, lam):
            return change(*data_gradients(x, y, W, b), W, b, lam, len(x))

        l2_gradients.mistake(key, ko=ko, en=en)(answer)
        return change

    return register


HALF_KO = (
    "벌점의 기울기가 절반입니다. λΣW²을 미분하면 λW가 아니라 2λW입니다. λW는 벌점을 (λ/2)ΣW²으로 쓸 때의 것이고, 옵티마이저의 "
    "`weight_decay=lam`이 더하는 것도 이것입니다."
)
HALF_EN = (
    "The penalty's gradient is half of what it should be: the derivative of λΣW² is 2λW. λW belongs "
    "to the penalty (λ/2)ΣW², and is what an optimizer adds with `weight_decay=lam`."
)
BIAS_KO = "편향에도 벌점을 주었습니다. 벌점은 W에만 있으므로 db는 데이터의 기울기 그대로입니다."
BIAS_EN = (
    "The bias is penalised, too. The penalty holds W alone, so db is just the gradient of the data."
)


@l2_mistake(
    "no-penalty",
    ko="벌점의 기울기가 없습니다. 데이터의 기울기에 λΣW²의 미분을 더하세요.",
    en="The penalty's gradient is missing. Add the derivative of λΣW² to the gradient of the data.",
)
def _(dW, db, W, b, lam, n):
    return dW, db


@l2_mistake("missing-2", ko=HALF_KO, en=HALF_EN)
def _(dW, db, W, b, lam, n):
    return dW + lam * W, db


@l2_mistake("missing-2-and-on-the-bias", ko=HALF_KO + " " + BIAS_KO, en=HALF_EN + " " + BIAS_EN)
def _(dW, db, W, b, lam, n):
    return dW + lam * W, db + lam * b


@l2_mistake("on-the-bias-too", ko=BIAS_KO, en=BIAS_EN)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, db + 2 * lam * b


@l2_mistake(
    "on-the-bias-only",
    ko="벌점이 편향에만 붙었습니다. 벌점은 W에만 있습니다.",
    en="Only the bias is penalised. The penalty holds W alone.",
)
def _(dW, db, W, b, lam, n):
    return dW, db + 2 * lam * b


@l2_mistake(
    "weights-of-ones",
    ko="W를 곱하지 않고 2λ만 더했습니다. W_j²의 미분은 2W_j입니다.",
    en="This adds 2λ without W. The derivative of W_j² is 2W_j.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam, db


@l2_mistake(
    "lam-forgotten",
    ko="벌점의 기울기에 λ가 빠졌습니다. λΣW²의 미분은 2W가 아니라 2λW입니다.",
    en="λ is missing from the penalty's gradient: the derivative of λΣW² is 2λW, not 2W.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * W, db


@l2_mistake(
    "penalty-itself",
    ko="벌점의 기울기가 아니라 벌점의 *값* λΣW²을 더했습니다. 기울기는 W와 모양이 같고 원소마다 다릅니다.",
    en="This adds the *value* of the penalty, λΣW², and not its gradient, which has W's shape and "
    "differs from element to element.",
)
def _(dW, db, W, b, lam, n):
    return dW + lam * (W**2).sum(), db


@l2_mistake(
    "squares-not-derived",
    ko="미분하지 않은 λW²을 더했습니다. 음의 가중치에서 부호가 틀립니다. W²의 미분은 2W입니다.",
    en="This adds λW² without deriving it, which has the wrong sign where a weight is negative. "
    "The derivative of W² is 2W.",
)
def _(dW, db, W, b, lam, n):
    return dW + lam * W**2, db


@l2_mistake(
    "sum-of-weights",
    ko="W의 합을 모든 원소에 더했습니다. W_j의 기울기에는 W_j만 들어갑니다.",
    en="The sum of W went into every element. The gradient for W_j contains only W_j.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W.sum(), db


@l2_mistake(
    "by-norm",
    ko="W를 그 길이로 나누었습니다. 그것은 길이 ‖W‖(제곱하지 않은 것)의 기울기입니다. 벌점은 제곱의 합입니다.",
    en="W is divided by its length, which gives the gradient of the length ‖W‖ itself. The penalty "
    "is the sum of squares.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W / W.norm(), db


@l2_mistake(
    "wrong-sign",
    ko="벌점의 부호가 반대입니다. 이대로면 가중치가 클수록 상을 줍니다. 더하세요.",
    en="The penalty has the wrong sign: as it is, large weights are rewarded. Add it.",
)
def _(dW, db, W, b, lam, n):
    return dW - 2 * lam * W, db


@l2_mistake(
    "penalty-averaged",
    ko="벌점까지 표본 수로 나누었습니다. 평균은 데이터의 손실에만 걸려 있습니다. 괄호를 보세요.",
    en="The penalty is divided by the number of samples as well. Only the loss of the data is a "
    "mean: look at the brackets.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W / n, db


@l2_mistake(
    "penalty-averaged-over-weights",
    ko="벌점을 가중치의 수로 나누었습니다. 벌점은 W²의 *합*이지 평균이 아닙니다.",
    en="The penalty is divided by the number of weights. It is the *sum* of W², not the mean.",
)
def _(dW, db, W, b, lam, n):
    # With a single weight the two agree; no case has only such ones.
    return dW + 2 * lam * W / len(W), db


@l2_mistake(
    "absolute-values",
    ko="벌점의 기울기가 λ·sign(W)입니다. 그것은 절댓값의 합(L1 벌점)의 것입니다. 제곱의 합을 미분하세요.",
    en="The penalty's gradient is λ·sign(W), which belongs to the sum of absolute values (the L1 "
    "penalty). Derive the sum of squares.",
)
def _(dW, db, W, b, lam, n):
    return dW + lam * W.sign(), db


@l2_mistake(
    "lam-squared",
    ko="λ까지 제곱했습니다. 제곱되는 것은 W입니다.",
    en="λ is squared as well. It is W that is squared.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam**2 * W, db


@l2_mistake(
    "data-without-2",
    ko="데이터의 기울기에서 제곱의 2가 빠졌습니다(3장).",
    en="The 2 of the square is missing in the gradient of the data (chapter 3).",
)
def _(dW, db, W, b, lam, n):
    return dW / 2 + 2 * lam * W, db / 2


@l2_mistake(
    "both-without-2",
    ko="데이터에서도 벌점에서도 제곱의 2가 빠졌습니다. (오차)²과 W²은 모두 미분하면 2가 나옵니다.",
    en="The 2 of the square is missing in both parts: the derivative of error² brings one, and so "
    "does that of W².",
)
def _(dW, db, W, b, lam, n):
    return dW / 2 + lam * W, db / 2


@l2_mistake(
    "data-summed",
    ko="데이터의 기울기를 표본 수로 나누지 않았습니다. 손실은 제곱 오차의 *평균*입니다.",
    en="The gradient of the data is not divided by the number of samples. The loss is the *mean* "
    "of the squared errors.",
)
def _(dW, db, W, b, lam, n):
    return dW * n + 2 * lam * W, db * n


@l2_mistake(
    "only-penalty",
    ko="벌점의 기울기뿐입니다. 데이터의 기울기 (2/n)Xᵀ(오차)에 더하세요.",
    en="This is the penalty's gradient alone. Add it to that of the data, (2/n)Xᵀ(error).",
)
def _(dW, db, W, b, lam, n):
    return 2 * lam * W, db


@l2_mistake(
    "everything-scaled",
    ko="데이터의 기울기에도 λ를 곱했습니다. λ는 벌점에만 붙습니다.",
    en="The gradient of the data is multiplied by λ, too. λ belongs to the penalty alone.",
)
def _(dW, db, W, b, lam, n):
    return lam * (dW + 2 * W), db


@l2_mistake(
    "error-with-wrong-sign",
    ko="오차의 부호가 반대입니다(y − 예측). 그래서 데이터의 기울기가 내리막을 가리키고, 그 반대쪽으로 걸으면 손실이 커집니다.",
    en="The error has the wrong sign (y − prediction), so the gradient of the data points downhill, "
    "and a step against it makes the loss larger.",
)
def _(dW, db, W, b, lam, n):
    return -dW + 2 * lam * W, -db


@l2_mistake(
    "bias-summed",
    ko="db만 합으로 남았습니다. W의 기울기처럼 표본 수로 나누세요.",
    en="db is still a sum. Divide it by the number of samples, as for W.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, db * n


@l2_mistake(
    "bias-by-sample",
    ko="db가 표본마다 하나씩 있습니다. 표본에 대해 평균 내어 모양이 (1,)인 텐서로 만드세요.",
    en="db has a value for each sample. Take the mean over the samples, a tensor of shape (1,).",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, db.repeat(n)[:, None]


@l2_mistake(
    "scalar-bias",
    ko="값은 맞지만 db의 모양이 `()`입니다. 편향과 같은 `(1,)`이어야 합니다. `error.mean(0)`처럼 축을 정해 주세요.",
    en="The values are right, but db has the shape `()`. It should be `(1,)` like the bias: name "
    "the axis, as in `error.mean(0)`.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, db[0]


@l2_mistake(
    "only-dW",
    ko="dW만 돌려줍니다. 편향의 기울기도 함께 돌려주세요: `return dW, db`",
    en="Only dW is returned. Return the bias's gradient as well: `return dW, db`.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W


@l2_mistake(
    "twice-the-penalty",
    ko="벌점의 기울기가 두 배입니다. λΣW²의 미분은 2λW입니다.",
    en="The penalty's gradient is twice too large. The derivative of λΣW² is 2λW.",
)
def _(dW, db, W, b, lam, n):
    return dW + 4 * lam * W, db


@l2_mistake(
    "twice-the-squares",
    ko="2λ에 W²을 곱했습니다. W²의 미분은 2W이니 제곱은 사라집니다.",
    en="2λ is multiplied by W². The derivative of W² is 2W: the square is gone.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W**2, db


@l2_mistake(
    "twice-the-penalty-itself",
    ko="벌점의 *값* ΣW²을 모든 원소에 더했습니다. W_j의 기울기에는 2λW_j만 들어갑니다.",
    en="The *value* of the penalty, ΣW², went into every element. The gradient for W_j contains "
    "2λW_j alone.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * (W**2).sum(), db


@l2_mistake(
    "dW-without-2",
    ko="dW에서 데이터 쪽의 2가 빠졌습니다. 평균 제곱 오차의 기울기는 (2/n)Xᵀ(오차)입니다.",
    en="In dW the 2 of the data is missing: the gradient of the mean squared error is "
    "(2/n)Xᵀ(error).",
)
def _(dW, db, W, b, lam, n):
    return dW / 2 + 2 * lam * W, db


@l2_mistake(
    "db-without-2",
    ko="db에서 제곱의 2가 빠졌습니다.",
    en="In db the 2 of the square is missing.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, db / 2


@l2_mistake(
    "dW-summed",
    ko="dW에서 데이터 쪽을 표본 수로 나누지 않았습니다. 손실은 제곱 오차의 *평균*입니다.",
    en="In dW the part of the data is not divided by the number of samples. The loss is the *mean* "
    "of the squared errors.",
)
def _(dW, db, W, b, lam, n):
    return dW * n + 2 * lam * W, db


@l2_gradients.mistake(
    "square-of-shapes",
    ko="dW가 (d, d)로 불어났습니다. (d,)와 (d, 1)을 더하면 브로드캐스팅으로 그렇게 됩니다. 데이터의 기울기를 (d, 1)로 만드세요.",
    en="dW has grown to (d, d), which broadcasting makes of (d,) plus (d, 1). Make the gradient of "
    "the data (d, 1).",
)
def _(x, y, W, b, lam):
    dW, db = data_gradients(x, y, W, b)
    return dW[:, 0] + 2 * lam * W, db


@l2_gradients.mistake(
    "mean-over-everything",
    ko="데이터의 기울기를 가중치들에 대해서까지 평균 냈습니다. 표본 수 n으로 나누되, 가중치마다 하나씩 남겨야 합니다.",
    en="The gradient of the data is averaged over the weights as well. Divide by the number of "
    "samples, and keep one value for each weight.",
)
def _(x, y, W, b, lam):
    error = x @ W + b - y
    return 2 * (x.T @ error).mean() + 2 * lam * W, 2 * error.mean(0)


@l2_gradients.mistake(
    "forgets-the-bias",
    ko="오차에 편향이 빠졌습니다. 예측은 xW + b입니다.",
    en="The bias is missing from the error. The prediction is xW + b.",
)
def _(x, y, W, b, lam):
    dW, db = data_gradients(x, y, W, 0 * b)
    return dW + 2 * lam * W, db


@l2_mistake(
    "other-order",
    ko="순서가 바뀌었습니다. (dW, db) 순서로 돌려주세요.",
    en="The two are in the other order: return (dW, db).",
)
def _(dW, db, W, b, lam, n):
    return db, dW + 2 * lam * W


@l2_gradients.mistake(
    "flat-answers",
    ko="y의 축이 사라져 오차가 (n, n)이 되었습니다. (n, 1)인 y를 그대로 빼세요.",
    en="y lost its axis, and the error became (n, n). Subtract y as it is, (n, 1).",
)
def _(x, y, W, b, lam):
    error = x @ W + b - y[:, 0]
    return 2 / len(x) * x.T @ error + 2 * lam * W, 2 * error.mean(0)


@l2_mistake("half-on-the-bias", ko=BIAS_KO, en=BIAS_EN)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, db + lam * b


@l2_mistake(
    "sum-of-weights-on-the-bias",
    ko="db에 W의 합이 들어 있습니다. 벌점은 b를 담고 있지 않으므로 db는 데이터의 기울기 그대로입니다.",
    en="The sum of W is in db. The penalty does not hold b, so db is just the gradient of the data.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, db + 2 * lam * W.sum()


@l2_mistake(
    "dW-both-without-2",
    ko="dW에서 2가 모두 빠졌습니다. (오차)²과 W²은 모두 미분하면 2가 나옵니다.",
    en="In dW both 2s are missing: the derivative of error² brings one, and so does that of W².",
)
def _(dW, db, W, b, lam, n):
    return dW / 2 + lam * W, db


N_IS = {
    "ko": "나눈 수가 표본의 수가 아닙니다. n은 `x.numel()`도 `len(W)`도 아니고 `len(x)`입니다.",
    "en": "What this divides by is not the number of samples. n is `len(x)`, neither `x.numel()` nor "
    "`len(W)`.",
}


@l2_mistake("divided-by-numel", **N_IS)
def _(dW, db, W, b, lam, n):
    return dW / len(W) + 2 * lam * W, db / len(W)


@l2_mistake("dW-divided-by-numel", **N_IS)
def _(dW, db, W, b, lam, n):
    return dW / len(W) + 2 * lam * W, db


@l2_mistake("divided-by-features", **N_IS)
def _(dW, db, W, b, lam, n):
    return dW * n / len(W) + 2 * lam * W, db * n / len(W)


@l2_mistake("dW-divided-by-features", **N_IS)
def _(dW, db, W, b, lam, n):
    return dW * n / len(W) + 2 * lam * W, db


@l2_mistake(
    "penalty-for-every-sample",
    ko="벌점을 표본마다 더해 n배가 되었습니다. 벌점은 반복문 밖에서 한 번만 더하세요.",
    en="The penalty was added once for every sample, n times in all. Add it once, outside the loop.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W * n, db


@l2_mistake(
    "db-with-wrong-sign",
    ko="db의 부호만 반대입니다. 오차를 y − 예측으로 두었다면 두 기울기 모두에 마이너스가 붙습니다.",
    en="Only db has the wrong sign. With the error as y − prediction, both gradients need a minus.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W, -db


@l2_mistake(
    "dW-with-wrong-sign",
    ko="dW에서 데이터 쪽의 부호가 반대입니다. 오차를 y − 예측으로 두었다면 두 기울기 모두에 마이너스가 붙습니다.",
    en="In dW the part of the data has the wrong sign. With the error as y − prediction, both "
    "gradients need a minus.",
)
def _(dW, db, W, b, lam, n):
    return -dW + 2 * lam * W, db


@l2_gradients.mistake(
    "mean-of-products",
    ko="x와 오차의 곱을 표 전체에서 평균 내어 수 하나가 되었습니다. 특성마다 하나씩 남겨야 합니다: `x.T @ error / n`",
    en="The products of x and error were averaged over the whole table, to a single number. Keep one "
    "for each feature: `x.T @ error / n`.",
)
def _(x, y, W, b, lam):
    error = x @ W + b - y
    return 2 * (x * error).mean() + 2 * lam * W, 2 * error.mean(0)


@l2_mistake(
    "sizes-of-weights",
    ko="2λ|W|를 더했습니다. 부호를 지우면 음의 가중치가 0에서 더 멀어집니다. W²의 미분은 2W입니다.",
    en="This adds 2λ|W|. Without its sign, a negative weight is pushed further from 0. The derivative "
    "of W² is 2W.",
)
def _(dW, db, W, b, lam, n):
    return dW + 2 * lam * W.abs(), db


@l2_gradients.mistake(
    "first-sample-alone",
    ko="dW에 첫 표본만 들어 있습니다. `return`이 반복문 안에 있지 않나요?",
    en="Only the first sample is in dW. Does the `return` stand inside the loop?",
)
def _(x, y, W, b, lam):
    error = x @ W + b - y
    return 2 * error[0] * x[0][:, None] / len(x) + 2 * lam * W, 2 * error.mean(0)


l2_gradients.hints(
    ko=[
        "합의 기울기는 기울기의 합입니다. 데이터 쪽은 4장에서 이미 구했습니다. 벌점 쪽은 W_j 하나로 미분해 보세요. b는 벌점에 들어 있나요?",
        "데이터: (2/n)Xᵀ(XW + b − y). 벌점: λΣW²을 W_j로 미분하면 2λW_j, 모으면 2λW로 모양은 (d, 1). b로 미분하면 0.",
        "`error = x @ W + b - y`, `dW = 2 / len(x) * x.T @ error + 2 * lam * W`, `db = 2 * error.mean(0)`",
    ],
    en=[
        "The gradient of a sum is the sum of the gradients. That of the data you found in chapter "
        "4. For the penalty, take the derivative by a single W_j. Is b in the penalty at all?",
        "Data: (2/n)Xᵀ(XW + b − y). Penalty: the derivative of λΣW² by W_j is 2λW_j; together "
        "2λW, of shape (d, 1). By b it is 0.",
        "`error = x @ W + b - y`, `dW = 2 / len(x) * x.T @ error + 2 * lam * W`, `db = 2 * error.mean(0)`.",
    ],
)


# ---------------------------------------------------------------- early-stopping


@exercise("early-stopping", points=2, all_or_nothing=True, returns=["best", "stopped"])
def early_stopping(valid_losses, patience):
    for stopped in range(len(valid_losses)):
        seen = valid_losses[: stopped + 1]
        best = seen.index(min(seen))
        if stopped - best == patience:  # nothing better in the last `patience` epochs
            return best, stopped
    return best, stopped


@early_stopping.cases
def _(draw):
    yield [3.0, 2.0, 2.5, 2.6, 1.0], 2
    yield [3.0, 2.0, 2.5, 1.0, 1.5, 1.6, 1.7, 0.5], 3
    yield [3.0, 2.0, 1.0], 1
    yield [1.0, 2.0, 3.0, 0.5], 1
    yield [2.0], 3
    yield [2.0, 1.0, 1.0, 1.0, 0.5], 2  # an equal loss is no improvement
    yield [2.0, 1.0, 1.5, 1.0, 1.5], 2  # … and is waited for as a larger one is
    yield [2.0, 1.0, 1.0], 5
    yield [5.0, 3.0, 4.0, 3.5, 3.2, 2.0, 4.0, 3.0, 2.5], 4  # falling, but not below the best
    yield [2.0, 1.0, 1.5, 1.2], 2  # stops with the last one
    yield [4e20, 2e20, 3e20, 3.5e20, 1.0], 2  # losses have no upper bound
    yield [0.5, 0.4998, 0.4996, 4e-9, 3e-9, 2e-9], 2  # however little, it is better
    yield [0.5, 0.49999999, 0.49999998, 0.49999997], 2  # … as a share of the loss, too
    yield [0.9, 0.7, 0.8, 0.75], 2
    yield [4.0, 3.0, 3.5, 2.5, 2.8, 2.0, 2.2, 1.5, 1.9, 1.8, 1.7, 0.1], 3
    for _ in range(4):
        n = draw.integer(15, 25)
        slope = torch.arange(n) * draw.number(-0.05, 0.05)
        losses = (3 + slope + draw.normal(n)).tolist()
        yield [round(v, 3) for v in losses], draw.integer(2, 5)


@early_stopping.accepts
def _(valid_losses, patience):
    best, best_loss, waited, stopped = 0, math.inf, 0, 0
    for stopped, loss in enumerate(valid_losses):
        if loss < best_loss:
            best, best_loss, waited = stopped, loss, 0
            continue
        waited += 1
        if waited >= patience:
            break
    return [best, stopped]


@early_stopping.accepts
def _(valid_losses, patience):
    losses = torch.tensor(valid_losses, dtype=DOUBLE)
    lowest = torch.cummin(losses, 0).values
    better = [0] + [e for e in range(1, len(losses)) if losses[e] < lowest[e - 1]]
    for best, following in zip(better, [*better[1:], len(losses) + patience], strict=True):
        if following - best > patience and best + patience < len(losses):
            return best, best + patience
    return better[-1], len(losses) - 1


LITTLE = {
    "ko": "조금 나아진 것은 세지 않았습니다(`best - 1e-4`, 또는 반올림). 여기서는 지금까지의 가장 작은 손실보다 조금이라도 "
    "작으면 나아진 것입니다.",
    "en": "A small improvement is not counted (`best - 1e-4`, or rounding). Here any loss below the "
    "lowest so far is one, however little.",
}


EQUAL_PASSED_OVER = {
    "ko": "손실이 같은 에폭을 세지 않고 지나칩니다. 같은 손실은 갱신이 아니므로 참은 횟수에 넣어야 합니다(`elif`가 아니라 `else:`).",
    "en": "An epoch with an equal loss is passed over. It is no improvement, so it counts as one more "
    "epoch without (`else:`, not `elif`).",
}


def passes_over_equals(valid_losses, patience):
    """The rule, with epochs of an equal loss counted neither as better nor as waited for."""
    best, waited = 0, 0
    for epoch, loss in enumerate(valid_losses):
        if loss < valid_losses[best]:
            best, waited = epoch, 0
        elif loss > valid_losses[best]:
            waited += 1
        if waited == patience:
            break
    return best, epoch


def rule(valid_losses, patience, better=None, reset=True, wait=0):
    """Early stopping with its parts exchangeable: what is better, and whether counting restarts."""
    best, waited = 0, 0
    for epoch in range(len(valid_losses)):
        if epoch == 0 or (better or (lambda e, b: valid_losses[e] < valid_losses[b]))(epoch, best):
            best = epoch
            waited = 0 if reset else waited
        else:
            waited += 1
        if waited >= patience + wait and epoch > 0:
            return best, epoch
    return best, len(valid_losses) - 1


@early_stopping.mistake(
    "waits-one-more",
    ko="한 에폭 늦게 멈춥니다. 갱신하지 못한 에폭이 연달아 patience번이 되는 *그* 에폭에서 멈춥니다(`>`가 아니라 `>=`나 `==`).",
    en="This stops an epoch late. Stop with *the* epoch that makes it patience in a row "
    "(`>=` or `==`, not `>`).",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience, wait=1)


@early_stopping.mistake(
    "waits-one-less",
    ko="한 에폭 일찍 멈춥니다. 가장 좋은 에폭 자신은 참은 횟수에 들어가지 않습니다.",
    en="This stops an epoch early. The best epoch itself is not one of those that were waited for.",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience, wait=-1)


@early_stopping.mistake(
    "stops-before",
    ko="멈춘 에폭의 번호가 하나 작습니다. stopped는 마지막으로 *실행한* 에폭이고, patience를 채운 에폭도 실행한 것입니다.",
    en="The number of the last epoch is one too small. stopped is the last epoch that was *run*, "
    "and the one that used up the patience was run.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return best, stopped - 1 if stopped - best == patience else stopped


@early_stopping.mistake(
    "keeps-the-last",
    ko="가장 좋은 에폭이 아니라 *마지막* 에폭을 남깁니다. 참는 동안 이미 나빠진 모델입니다.",
    en="This keeps the *last* epoch, not the best one: a model that has got worse while you waited.",
)
def _(valid_losses, patience):
    _, stopped = rule(valid_losses, patience)
    return stopped, stopped


known = early_stopping.mistakes[-1]


@early_stopping.mistake("keeps-the-last-at-the-stop", ko=known.ko, en=known.en)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return stopped if stopped - best == patience else best, stopped


@early_stopping.mistake(
    "before-the-stop",
    ko="멈춘 에폭의 *바로 앞* 에폭을 남깁니다. 남길 것은 손실이 가장 작았던 에폭입니다.",
    en="This keeps the epoch *just before* the stop. Keep the one with the lowest loss.",
)
def _(valid_losses, patience):
    _, stopped = rule(valid_losses, patience)
    return max(stopped - 1, 0), stopped


@early_stopping.mistake(
    "never-restarts",
    ko="갱신했는데도 참은 횟수를 0으로 되돌리지 않았습니다. patience는 *연달아* 갱신하지 못한 횟수입니다.",
    en="The count does not go back to 0 after an improvement. Patience is for epochs *in a row*.",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience, reset=False)


@early_stopping.mistake(
    "compares-with-the-one-before",
    ko="바로 앞 에폭의 손실과 견주었습니다. 조금 내려왔다고 갱신은 아닙니다. 지금까지의 *가장 작은* 손실과 견주세요.",
    en="This compares with the epoch just before. To come down a little is no improvement: compare "
    "with the *lowest* loss so far.",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience, better=lambda e, b: valid_losses[e] < valid_losses[e - 1])


@early_stopping.mistake(
    "waits-by-the-one-before",
    ko="참은 횟수를 바로 앞 에폭과 견주어 셌습니다. 조금 내려왔다고 갱신은 아닙니다. 지금까지의 *가장 작은* 손실과 견주세요.",
    en="The waiting is counted by comparing with the epoch just before. To come down a little is "
    "no improvement: compare with the *lowest* loss so far.",
)
def _(valid_losses, patience):
    _, stopped = rule(
        valid_losses, patience, better=lambda e, b: valid_losses[e] < valid_losses[e - 1]
    )
    seen = valid_losses[: stopped + 1]
    return seen.index(min(seen)), stopped


@early_stopping.mistake(
    "ties-count",
    ko="같은 손실도 갱신으로 쳤습니다(`<=`). 더 작아야 갱신입니다. 평평한 곳에서 끝없이 기다리게 됩니다.",
    en="An equal loss is counted as an improvement (`<=`). It has to be lower; otherwise a plateau "
    "is waited out for ever.",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience, better=lambda e, b: valid_losses[e] <= valid_losses[b])


early_stopping.mistake("ties-passed-over", **EQUAL_PASSED_OVER)(passes_over_equals)


@early_stopping.mistake(
    "largest",
    ko="손실이 *커질 때* 갱신으로 쳤습니다. 손실은 작을수록 좋습니다.",
    en="This takes a *larger* loss for an improvement. Losses are the better the smaller they are.",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience, better=lambda e, b: valid_losses[e] > valid_losses[b])


@early_stopping.mistake(
    "peeks-ahead",
    ko="목록 전체에서 가장 작은 손실을 찾았습니다. 멈춘 뒤의 손실은 아무도 재지 않습니다. 실행한 에폭 가운데에서만 고르세요.",
    en="The lowest loss is looked for in the whole list. After the stop nobody measures any: "
    "choose among the epochs that were run.",
)
def _(valid_losses, patience):
    _, stopped = rule(valid_losses, patience)
    return valid_losses.index(min(valid_losses)), stopped


@early_stopping.mistake(
    "never-stops",
    ko="멈추지 않고 끝까지 갑니다. 참은 횟수가 patience가 되면 그 자리에서 돌려주세요.",
    en="This never stops before the end. Return as soon as the waiting comes to patience.",
)
def _(valid_losses, patience):
    return valid_losses.index(min(valid_losses)), len(valid_losses) - 1


@early_stopping.mistake(
    "best-plus-patience",
    ko="목록 전체의 최솟값에서 patience를 더했습니다. 그보다 앞에서 이미 멈추었을 수 있습니다. 에폭을 차례로 지나가며 세세요.",
    en="This adds patience to the minimum of the whole list. Training may have stopped before it: "
    "go through the epochs one by one and count.",
)
def _(valid_losses, patience):
    best = valid_losses.index(min(valid_losses))
    return best, min(best + patience, len(valid_losses) - 1)


@early_stopping.mistake(
    "at-the-first-rise",
    ko="처음 나빠진 에폭에서 바로 멈추었습니다. 갱신하지 못한 에폭이 연달아 patience번이 될 때 멈춥니다.",
    en="This stops at the first epoch that is worse. Stop when there were patience of them in a row.",
)
def _(valid_losses, patience):
    return rule(valid_losses, 1)


@early_stopping.mistake(
    "returns-the-loss",
    ko="가장 좋은 에폭의 *번호*가 아니라 손실을 돌려줍니다.",
    en="This returns the best epoch's loss, not its *number*.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return valid_losses[best], stopped


@early_stopping.mistake(
    "other-order",
    ko="순서가 바뀌었습니다. (best, stopped) 순서로 돌려주세요.",
    en="The two are in the other order: return (best, stopped).",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience)[::-1]


@early_stopping.mistake(
    "counts-from-one",
    ko="에폭을 1부터 셌습니다. 첫 에폭은 0번입니다.",
    en="Epochs are counted from 1. The first is number 0.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return best + 1, stopped + 1


@early_stopping.mistake(
    "number-of-epochs",
    ko="stopped가 마지막 에폭의 번호가 아니라 실행한 에폭의 *수*입니다. 0부터 세므로 하나 작아야 합니다.",
    en="stopped is *how many* epochs were run, not the number of the last one. As they count from "
    "0, it is one less.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return best, stopped + 1


@early_stopping.mistake(
    "one-more-at-the-stop",
    ko="멈추었을 때 stopped가 하나 큽니다. stopped는 마지막으로 실행한 에폭의 번호, 곧 멈춘 바로 그 에폭의 번호입니다.",
    en="Where it stops early, stopped is one too large. It is the number of the last epoch that was "
    "run: the very epoch in which it stops.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return best, stopped + 1 if stopped - best == patience else stopped


@early_stopping.mistake(
    "asked-before-best-is-updated",
    ko="best를 고치기 *전에* 멈출지 묻습니다. 그러면 바로 그 에폭이 갱신이어도 멈추어 버립니다. 먼저 갱신인지 보고 best를 고친 다음 물으세요.",
    en="This asks whether to stop *before* best is updated, and so stops even where this very epoch is "
    "an improvement. First see whether it is one and update best, then ask.",
)
def _(valid_losses, patience):
    best = 0
    for epoch, loss in enumerate(valid_losses):
        if epoch - best >= patience:
            break
        if loss < valid_losses[best]:
            best = epoch
    return best, epoch


@early_stopping.mistake(
    "length-at-the-end",
    ko="끝까지 갔을 때 stopped가 하나 큽니다. 마지막 에폭의 번호는 `len(valid_losses) - 1`입니다.",
    en="Where it runs to the end, stopped is one too large: the last epoch is number "
    "`len(valid_losses) - 1`.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return best, stopped if stopped - best == patience else stopped + 1


@early_stopping.mistake(
    "nothing-at-the-end",
    ko="멈추지 않고 목록이 끝나면 아무것도 돌려주지 않습니다. 반복문 *뒤에도* `return`이 필요합니다.",
    en="Where nothing stops it, this returns nothing. There must be a `return` *after* the loop, "
    "too.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return (best, stopped) if stopped - best == patience else None


@early_stopping.mistake(
    "best-counts-as-waiting",
    ko="가장 좋은 에폭 자신까지 참은 횟수에 넣어 한 에폭 일찍 멈춥니다. 갱신한 에폭에서는 참은 횟수가 0이어야 합니다(`else:`).",
    en="The best epoch itself counts as waiting, so this stops an epoch early. In an epoch that is "
    "an improvement the waiting has to be 0 (`else:`).",
)
def _(valid_losses, patience):
    best, waited = 0, 0
    for epoch, loss in enumerate(valid_losses):
        if epoch == 0 or loss < valid_losses[best]:
            best, waited = epoch, 0
        waited += 1
        if waited == patience:
            break
    return best, epoch


@early_stopping.mistake(
    "first-counts-as-waiting",
    ko="에폭 0을 갱신하지 못한 에폭으로 쳤습니다(자기 자신보다 작지 않으니까요). 에폭 0은 언제나 갱신입니다.",
    en="Epoch 0 is counted as no improvement (it is not below itself). Epoch 0 always is one.",
)
def _(valid_losses, patience):
    best, waited = 0, 0
    for epoch, loss in enumerate(valid_losses):
        if loss < valid_losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch


@early_stopping.mistake(
    "checked-too-late",
    ko="다음 에폭이 시작되고 나서야 멈출지 물어봅니다. 그래서 stopped가 하나 큽니다. 참은 횟수를 고친 바로 그 에폭에서 물어보세요.",
    en="This asks whether to stop only when the next epoch has begun, so stopped is one too large. "
    "Ask in the very epoch in which the waiting was changed.",
)
def _(valid_losses, patience):
    best, waited = 0, 0
    for epoch, loss in enumerate(valid_losses):
        if waited == patience:
            break
        if epoch == 0 or loss < valid_losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
    return best, epoch


@early_stopping.mistake(
    "starts-at-0",
    ko="가장 작은 손실을 0에서 시작했습니다. 손실은 0보다 크니 아무것도 갱신이 되지 못합니다. `math.inf`에서 시작하세요.",
    en="The lowest loss starts at 0. Losses are above 0, so nothing is ever an improvement. Start "
    "from `math.inf`.",
)
def _(valid_losses, patience):
    best, lowest, waited = 0, 0.0, 0
    for epoch, loss in enumerate(valid_losses):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch


@early_stopping.mistake(
    "always-the-last-epoch",
    ko="best는 맞지만 stopped가 언제나 목록의 마지막입니다. 실제로 멈춘 에폭의 번호를 돌려주세요.",
    en="best is right, but stopped is always the last of the list. Return the number of the epoch "
    "at which it stopped.",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience)[0], len(valid_losses) - 1


def by_hand(valid_losses, patience, lowest=math.inf, keeps_best=True, keeps_lowest=True):
    """The loop with a running minimum, with what the mistakes forget."""
    best, waited = 0, 0
    for epoch, loss in enumerate(valid_losses):
        if loss < lowest:
            best = epoch if keeps_best else best
            lowest = loss if keeps_lowest else lowest
            waited = 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch


for _lowest in (1.0, 10.0, 100.0, 999.0, 1e3, 9999.0, 1e4, 1e5, 1e6, 1e9, 1e10, sys.maxsize):
    early_stopping.mistake(
        f"starts-at-{_lowest:g}",
        ko="가장 작은 손실의 출발값이 너무 작습니다. 손실은 얼마든지 클 수 있으니, 무엇보다도 큰 `math.inf`에서 시작하세요.",
        en="The lowest loss starts from too small a number. Losses can be of any size: start from "
        "`math.inf`, which is above everything.",
    )(functools.partial(by_hand, lowest=_lowest))


@early_stopping.mistake(
    "returns-in-the-loop",
    ko="`return`이 반복문 안에 있어 첫 에폭에서 끝납니다. 반복문 밖으로 내어 쓰세요.",
    en="The `return` stands inside the loop, which ends with the first epoch. Move it out.",
)
def _(valid_losses, patience):
    return 0, 0


@early_stopping.mistake(
    "number-not-kept",
    ko="가장 작은 손실만 고치고 그 에폭의 번호(best)는 남기지 않았습니다.",
    en="The lowest loss is updated, but not best, the number of its epoch.",
)
def _(valid_losses, patience):
    return by_hand(valid_losses, patience, keeps_best=False)


@early_stopping.mistake(
    "lowest-not-kept",
    ko="가장 작은 손실을 고쳐 적지 않아 모든 에폭이 갱신이 됩니다.",
    en="The lowest loss is never updated, so every epoch looks like an improvement.",
)
def _(valid_losses, patience):
    return by_hand(valid_losses, patience, keeps_lowest=False)


BY_VALUE = {
    "ko": "같은 손실이 두 번 나오면 `index`는 앞의 자리를 줍니다. 에폭의 번호는 `enumerate`로 세세요.",
    "en": "Where a loss comes twice, `index` gives the first place. Count epochs with `enumerate`.",
}


@early_stopping.mistake("number-by-value", **BY_VALUE)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses, patience)
    return best, valid_losses.index(valid_losses[stopped])


PLUS_PATIENCE = {
    "ko": "stopped를 언제나 best + patience로 돌려줍니다. 목록이 먼저 끝나면 마지막 에폭의 번호여야 하고, 목록 전체의 최솟값이라면 그 "
    "앞에서 이미 멈추었을 수도 있습니다.",
    "en": "stopped is always best + patience. Where the list ends first it is the number of the last "
    "epoch; and if best is the minimum of the whole list, training may have stopped before it.",
}


@early_stopping.mistake("past-the-end", **PLUS_PATIENCE)
def _(valid_losses, patience):
    best = rule(valid_losses, patience)[0]
    return best, best + patience


@early_stopping.mistake("minimum-plus-patience", **PLUS_PATIENCE)
def _(valid_losses, patience):
    best = valid_losses.index(min(valid_losses))
    return best, best + patience


@early_stopping.mistake(
    "last-epoch-not-looked-at",
    ko="마지막 에폭을 보지 않았습니다. `range(len(valid_losses))`까지 돌아야 합니다.",
    en="The last epoch is not looked at: the loop should run over `range(len(valid_losses))`.",
)
def _(valid_losses, patience):
    best, stopped = rule(valid_losses[:-1] or valid_losses, patience)
    return best, stopped if stopped - best == patience else len(valid_losses) - 1


@early_stopping.mistake(
    "stop-less-patience",
    ko="best를 언제나 stopped − patience로 돌려줍니다. 멈추지 않고 끝까지 갔을 때는 그렇지 않습니다. 갱신할 때 번호를 남기세요.",
    en="best is always stopped − patience, which is not so where the list ends first. Keep the number "
    "whenever there is an improvement.",
)
def _(valid_losses, patience):
    stopped = rule(valid_losses, patience)[1]
    return stopped - patience, stopped


@early_stopping.mistake(
    "window",
    ko="patience 에폭 *전*의 손실 하나하고만 견주었습니다. 그 사이에 갱신이 있었을 수도 있습니다. 지금까지의 *가장 작은* 손실과 "
    "견주세요.",
    en="This compares only with the loss of patience epochs *ago*. There may have been an improvement "
    "in between: compare with the *lowest* loss so far.",
)
def _(valid_losses, patience):
    for epoch in range(patience, len(valid_losses)):
        if valid_losses[epoch] >= valid_losses[epoch - patience]:
            return epoch - patience, epoch
    return valid_losses.index(min(valid_losses)), len(valid_losses) - 1


@early_stopping.mistake(
    "best-alone",
    ko="best만 돌려줍니다. 멈춘 에폭의 번호도 함께 돌려주세요: `return best, stopped`",
    en="Only best is returned. Return the number of the last epoch as well: `return best, stopped`.",
)
def _(valid_losses, patience):
    return rule(valid_losses, patience)[0]


for _least in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6):
    early_stopping.mistake(f"least-improvement-{_least:g}", **LITTLE)(
        lambda losses, patience, least=_least: rule(
            losses, patience, better=lambda e, b: losses[e] < losses[b] - least
        )
    )
early_stopping.mistake(
    "least-share",
    ko="조금 나아진 것은 세지 않았습니다(`best * 0.9999` 따위). 여기서는 지금까지의 가장 작은 손실보다 조금이라도 작으면 나아진 것입니다. "
    "(여기 보이는 수는 네 자리로 반올림한 것이라 같아 보일 수 있습니다.)",
    en="A small improvement is not counted (`best * 0.9999`, say). Here any loss below the lowest so far "
    "is one, however little. (What is shown here is rounded to four digits, so losses may look equal "
    "that are not.)",
)(lambda losses, patience: rule(losses, patience, lambda e, b: losses[e] < losses[b] * 0.9999))
for _digits in range(1, 7):
    early_stopping.mistake(f"rounded-to-{_digits}", **LITTLE)(
        lambda losses, patience, digits=_digits: rule(
            losses,
            patience,
            better=lambda e, b: round(losses[e], digits) < round(losses[b], digits),
        )
    )


early_stopping.hints(
    ko=[
        "기억할 것은 둘뿐입니다. 지금까지 가장 좋았던 에폭, 그리고 그 뒤로 몇 번을 참았는지. 에폭마다 둘 가운데 하나가 바뀝니다.",
        "손실이 가장 좋았던 것보다 작으면: best를 지금으로, 참은 횟수를 0으로. 아니면: 참은 횟수 + 1. 참은 횟수가 patience가 되면 지금의 "
        "번호로 끝냅니다. 끝까지 가면 마지막 번호는 길이 − 1입니다.",
        "`best, waited = 0, 0`, `for epoch, loss in enumerate(valid_losses):` 안에서 `if epoch == 0 or loss < valid_losses[best]:` "
        "`best, waited = epoch, 0` / `else: waited += 1`, `if waited == patience: return best, epoch`. 뒤에 "
        "`return best, len(valid_losses) - 1`",
    ],
    en=[
        "There are only two things to remember: the best epoch so far, and how many you have "
        "waited since. Each epoch changes one of the two.",
        "If the loss is below the best one's: best is now, and the waiting is 0 again. Otherwise "
        "the waiting is one more. When it comes to patience, stop with the present number. At "
        "the end of the list, the last number is its length − 1.",
        "`best, waited = 0, 0`, inside `for epoch, loss in enumerate(valid_losses):` write `if "
        "epoch == 0 or loss < valid_losses[best]:` `best, waited = epoch, 0` / `else: waited += "
        "1`, and `if waited == patience: return best, epoch`. Afterwards `return best, "
        "len(valid_losses) - 1`.",
    ],
)


# ---------------------------------------------------------------- keep-the-best


def descent(start, x, y, lr, epochs):
    """The weights and the bias after each of the epochs of logistic regression, by hand."""
    W, b = start["weight"].T.clone(), start["bias"].clone()
    path = []
    for _ in range(epochs):
        error = torch.sigmoid(x @ W + b) - y
        W, b = W - lr * x.T @ error / len(x), b - lr * error.mean(0)
        path.append((W, b))
    return path


def measure(path, x, y):
    return [bce(x @ W + b, y).item() for W, b in path]


def as_state(place):
    return {"weight": place[0].T.contiguous(), "bias": place[1]}


@exercise(
    "keep-the-best", points=2, rtol=1e-4, all_or_nothing=True, returns=["state", "valid_losses"]
)
def train_early(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    # All the way first, and only then the rule: nothing to be kept while running.
    path = descent(start, train_x, train_y, lr, epochs)
    losses = measure(path, valid_x, valid_y)
    best, stopped = early_stopping(losses, patience)
    return as_state(path[best]), losses[: stopped + 1]


def patients(draw, n, m, d):
    """A few samples that are easily memorised, and others to validate on; float64."""
    parts = []
    for size in (n, m):
        x = draw.normal(size, d, dtype=DOUBLE)
        noisy = x[:, :1] + 0.8 * draw.normal(size, 1, dtype=DOUBLE)
        parts += [x, (noisy > 0).to(DOUBLE)]
    return parts


@train_early.cases
def _(draw):
    start = {"weight": torch.zeros(1, 1, dtype=DOUBLE), "bias": torch.zeros(1, dtype=DOUBLE)}
    x = torch.tensor([[1.0], [2.0], [-1.0]], dtype=DOUBLE)
    y = torch.tensor([[1.0], [1.0], [0.0]], dtype=DOUBLE)
    # The validation answers disagree: the first epoch is the best one.
    begin = {name: value.float() for name, value in start.items()}
    yield begin, x.float(), y.float(), x.float(), 1 - y.float(), 0.5, 6, 2
    yield start, x, y, x, y, 0.5, 4, 2  # never a rise: runs to the end
    yield start, x, y, x, y, 1e-6, 4, 2  # however little it falls, it is better
    # Losses have no upper bound.
    yield start, x, y, 4e20 * x.sign(), 1 - y, 0.05, 6, 1
    # All losses are exactly 0 while the weights go on moving: equal ones are no improvement.
    yield start, x, y, 4e20 * x.sign(), y, 0.5, 6, 2
    # A minimum in the middle: one validation sample in four is on the wrong side.
    wrong = torch.tensor([[1.0], [2.0], [-1.0], [0.9]], dtype=DOUBLE)
    answers = torch.tensor([[1.0], [1.0], [0.0], [0.0]], dtype=DOUBLE)
    yield start, x, y, wrong, answers, 1.0, 20, 3
    # An over-large rate makes both losses jump: waiting has to start afresh, or ends it all.
    wild = torch.tensor([[3.0], [1.0], [-2.0], [2.0]], dtype=DOUBLE)
    labels = torch.tensor([[1.0], [0.0], [0.0], [1.0]], dtype=DOUBLE)
    jumpy = torch.tensor([[1.2], [1.7], [-1.0]], dtype=DOUBLE), labels[[1, 0, 2]]
    yield start, wild, labels, *jumpy, 8.0, 12, 2
    yield start, wild, labels, *jumpy, 12.0, 12, 2
    for patience in (2, 4):
        d = draw.integer(3, 5)
        begin = {
            "weight": 0.5 * draw.normal(1, d, dtype=DOUBLE),
            "bias": draw.normal(1, dtype=DOUBLE),
        }
        yield begin, *patients(draw, draw.integer(6, 9), draw.integer(6, 10), d), 2.0, 16, patience


def loop(
    start, train_x, train_y, valid_x, valid_y, lr, epochs, patience,
    late=0, reset=True,
):  # fmt: skip
    """The training loop by hand, with exchangeable parts; (path, losses, best, stopped)."""
    path = descent(start, train_x, train_y, lr, epochs)
    losses = measure(path, valid_x, valid_y)
    best, waited = 0, 0
    for epoch in range(epochs):
        if epoch == 0 or losses[epoch] < losses[best]:
            best, waited = epoch, 0 if reset else waited
        else:
            waited += 1
        if waited >= patience + late and epoch > 0:
            break
    return path, losses, best, epoch


@train_early.accepts
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    model = nn.Linear(train_x.shape[1], 1, dtype=train_x.dtype)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    states, losses = [], []
    while len(losses) < epochs:
        optimizer.zero_grad()
        bce(model(train_x), train_y).backward()
        optimizer.step()
        states.append(copy.deepcopy(model.state_dict()))
        losses.append(float(bce(model(valid_x), valid_y).detach()))
        best = losses.index(min(losses))
        if len(losses) - 1 - best >= patience:
            break
    return states[best], losses


@train_early.accepts
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    model = nn.Linear(train_x.shape[1], 1).to(train_x.dtype)
    model.load_state_dict(start)
    best, best_loss, waited, losses = None, float("inf"), 0, []
    for _ in range(epochs):
        grads = torch.autograd.grad(bce(model(train_x), train_y), list(model.parameters()))
        with torch.no_grad():
            for parameter, grad in zip(model.parameters(), grads, strict=True):
                parameter -= lr * grad
            losses.append(bce(model(valid_x), valid_y).item())
        waited += 1
        if losses[-1] < best_loss:
            best_loss, waited = losses[-1], 0
            best = (model.weight.detach().clone(), model.bias.detach().clone())
        if waited >= patience:
            break
    model.load_state_dict({"weight": best[0], "bias": best[1]})
    return model.state_dict(), losses


@train_early.mistake(
    "alias",
    ko="돌려준 가중치가 가장 좋은 에폭이 아니라 *마지막* 에폭의 것입니다. `model.state_dict()`는 모델의 텐서를 가리킬 뿐이고, "
    "`dict(…)`나 `.copy()`도 사전만 베낄 뿐 텐서는 그대로입니다. 텐서마다 `.clone()`을 하거나 `copy.deepcopy`(먼저 `import "
    "copy`)를 쓰세요. 이미 텐서를 베끼고 있다면 *언제* 베끼는지 보세요. 갱신이 일어난 바로 그 에폭에서만, `if` 안에서 베껴야 합니다.",
    en="The weights returned are those of the *last* epoch, not of the best. `model.state_dict()` "
    "only points to the model's tensors; `dict(…)` and `.copy()` copy the dictionary and not the "
    "tensors. Take a `.clone()` of every tensor, or `copy.deepcopy` (`import copy` first). If you do "
    "copy the tensors, look at *when*: in the very epoch that is an improvement and in no other, "
    "inside the `if`.",
)
def _(*args):
    path, losses, _, stopped = loop(*args)
    return as_state(path[stopped]), losses[: stopped + 1]


@train_early.mistake(
    "one-before-the-best",
    ko="가장 좋은 에폭 *바로 앞*의 가중치를 남겼습니다. 갱신하고 검증 손실을 잰 *뒤*의 가중치를 베끼세요.",
    en="What was kept are the weights *just before* the best epoch. Copy them *after* the update "
    "whose validation loss was measured.",
)
def _(start, *args):
    path, losses, best, stopped = loop(start, *args)
    return as_state(path[best - 1]) if best else start, losses[: stopped + 1]


@train_early.mistake(
    "one-after-the-best",
    ko="가장 좋은 에폭의 *다음* 갱신까지 한 가중치입니다. 검증 손실을 재고 나서 갱신하기 전에 베끼세요.",
    en="These weights have had one update *more* than the best epoch. Copy them after measuring "
    "the validation loss and before the next update.",
)
def _(*args):
    path, losses, best, stopped = loop(*args)
    return as_state(path[min(best + 1, len(path) - 1)]), losses[: stopped + 1]


@train_early.mistake(
    "first-state",
    ko="출발점의 가중치를 그대로 돌려줍니다. 가장 좋은 에폭의 가중치를 베껴 두었다가 돌려주세요.",
    en="The weights of the start are returned. Keep a copy of the best epoch's, and return that.",
)
def _(start, *args):
    _, losses, _, stopped = loop(start, *args)
    return start, losses[: stopped + 1]


@train_early.mistake(
    "measured-before-the-update",
    ko="검증 손실을 갱신하기 *전에* 쟀습니다. 한 에폭은 갱신이 먼저이고 측정이 나중입니다.",
    en="The validation loss is measured *before* the update. An epoch is the update first, then "
    "the measurement.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = [(start["weight"].T, start["bias"]), *descent(start, train_x, train_y, lr, epochs)]
    losses = measure(path[:-1], valid_x, valid_y)
    best, stopped = early_stopping(losses, patience)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "measured-before-the-update-kept-after",
    ko="검증 손실을 갱신하기 *전에* 재고, 가중치는 갱신한 *뒤에* 베꼈습니다. 한 에폭은 갱신, 측정, 베끼기의 차례입니다.",
    en="The validation loss is measured *before* the update, and the weights copied *after* it. "
    "An epoch goes: update, measure, copy.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = [(start["weight"].T, start["bias"]), *descent(start, train_x, train_y, lr, epochs)]
    losses = measure(path[:-1], valid_x, valid_y)
    best, stopped = early_stopping(losses, patience)
    return as_state(path[best + 1]), losses[: stopped + 1]


@train_early.mistake(
    "chosen-by-training-loss",
    ko="훈련 손실로 골랐습니다. 훈련 손실은 오래 학습할수록 내려가기만 하므로 멈출 이유가 없습니다. 검증 손실을 보세요.",
    en="This chooses by the training loss, which goes on falling and gives no reason to stop. "
    "Look at the validation loss.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = descent(start, train_x, train_y, lr, epochs)
    best, stopped = early_stopping(measure(path, train_x, train_y), patience)
    return as_state(path[best]), measure(path, valid_x, valid_y)[: stopped + 1]


@train_early.mistake(
    "training-losses",
    ko="검증 표본이 아니라 훈련 표본에서 손실을 쟀습니다.",
    en="The losses are measured on the training samples, not on the validation samples.",
)
def _(start, train_x, train_y, valid_x, valid_y, *more):
    return train_early.oracle(start, train_x, train_y, train_x, train_y, *more)


@train_early.mistake(
    "trains-on-validation",
    ko="검증 표본으로도 학습했습니다. 검증 표본은 재는 데에만 씁니다.",
    en="This trains on the validation samples as well. They are for measuring only.",
)
def _(start, train_x, train_y, valid_x, valid_y, *more):
    x, y = torch.cat([train_x, valid_x]), torch.cat([train_y, valid_y])
    return train_early.oracle(start, x, y, valid_x, valid_y, *more)


@train_early.mistake(
    "never-stops",
    ko="patience를 쓰지 않고 모든 에폭을 돌았습니다. 남긴 가중치가 맞더라도 참은 횟수가 patience가 되면 `break` 하세요.",
    en="All epochs are run, whatever the patience. Leave the loop with `break` as soon as the "
    "waiting comes to patience.",
)
def _(*args):
    path, losses, _, _ = loop(*args)
    return as_state(path[losses.index(min(losses))]), losses


@train_early.mistake(
    "never-stops-and-alias",
    ko="모든 에폭을 돌고 마지막 가중치를 돌려주었습니다. `break`와 `.clone()`이 있나요? 둘 다 있다면, 갱신할 때 `best_loss`에도 새 "
    "값을 넣는지 보세요.",
    en="All epochs were run, and the weights are the last epoch's. Are there a `break` and a "
    "`.clone()`? If both are there: does `best_loss` get its new value when it is beaten?",
)
def _(*args):
    path, losses, _, _ = loop(*args)
    return as_state(path[-1]), losses


@train_early.mistake(
    "stops-late",
    ko="한 에폭 늦게 멈춥니다. 참은 횟수가 patience가 되는 그 에폭이 마지막입니다.",
    en="This stops an epoch late. The epoch in which the waiting comes to patience is the last.",
)
def _(*args):
    path, losses, best, stopped = loop(*args, late=1)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "stops-early",
    ko="한 에폭 일찍 멈춥니다. 가장 좋은 에폭 자신은 참은 횟수에 들어가지 않습니다.",
    en="This stops an epoch early. The best epoch itself does not count as waiting.",
)
def _(*args):
    path, losses, best, stopped = loop(*args, late=-1)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "never-restarts",
    ko="갱신했는데도 참은 횟수를 0으로 되돌리지 않았습니다. patience는 *연달아* 갱신하지 못한 횟수입니다.",
    en="The waiting does not go back to 0 after an improvement. Patience is for epochs *in a row*.",
)
def _(*args):
    path, losses, best, stopped = loop(*args, reset=False)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "losses-cut-at-the-best",
    ko="손실의 목록이 가장 좋은 에폭에서 끝납니다. 실행한 *모든* 에폭의 손실을 돌려주세요.",
    en="The list of losses ends with the best epoch. Return those of *all* epochs that were run.",
)
def _(*args):
    path, losses, best, _ = loop(*args)
    return as_state(path[best]), losses[: best + 1]


@train_early.mistake(
    "last-loss-not-logged",
    ko="마지막 에폭의 손실이 목록에 없습니다. 멈출지 정하기 *전에* 목록에 넣으세요.",
    en="The loss of the last epoch is not in the list. Append it *before* deciding to stop.",
)
def _(*args):
    path, losses, best, stopped = loop(*args)
    return as_state(path[best]), losses[: stopped + 1 if stopped - best < args[-1] else stopped]


@train_early.mistake(
    "gradients-pile-up",
    ko="`zero_grad()`가 빠져 기울기가 쌓입니다(2장).",
    en="`zero_grad()` is missing, so the gradients pile up (chapter 2).",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    W, b = start["weight"].T.clone(), start["bias"].clone()
    dW, db, path = torch.zeros_like(W), torch.zeros_like(b), []
    for _ in range(epochs):
        error = torch.sigmoid(train_x @ W + b) - train_y
        dW, db = dW + train_x.T @ error / len(train_x), db + error.mean(0)
        W, b = W - lr * dW, b - lr * db
        path.append((W, b))
    losses = measure(path, valid_x, valid_y)
    best, stopped = early_stopping(losses, patience)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "squared-error",
    ko="제곱 오차로 학습하고 쟀습니다. 여기서 손실은 로짓의 이진 교차 엔트로피입니다.",
    en="This trains and measures with the squared error. The loss here is the binary cross entropy "
    "of the logits.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    W, b, path = start["weight"].T.clone(), start["bias"].clone(), []
    for _ in range(epochs):
        error = train_x @ W + b - train_y
        W, b = W - lr * 2 * train_x.T @ error / len(train_x), b - lr * 2 * error.mean(0)
        path.append((W, b))
    losses = [F.mse_loss(valid_x @ W + b, valid_y).item() for W, b in path]
    best, stopped = early_stopping(losses, patience)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "best-loss-alone",
    ko="손실의 목록이 아니라 가장 작은 손실 하나를 돌려줍니다. 실행한 모든 에폭의 손실을 리스트로 돌려주세요.",
    en="The second result is the lowest loss alone. Return a list of the losses of all epochs that "
    "were run.",
)
def _(*args):
    path, losses, best, _ = loop(*args)
    return as_state(path[best]), losses[best]


@train_early.mistake(
    "other-order",
    ko="순서가 바뀌었습니다. (state, valid_losses) 순서로 돌려주세요.",
    en="The two are in the other order: return (state, valid_losses).",
)
def _(*args):
    path, losses, best, stopped = loop(*args)
    return losses[: stopped + 1], as_state(path[best])


@train_early.mistake(
    "state-alone",
    ko="가중치만 돌려줍니다. 손실의 목록도 함께 돌려주세요: `return best_state, valid_losses`",
    en="Only the weights are returned. Return the list of losses as well: "
    "`return best_state, valid_losses`.",
)
def _(*args):
    path, _, best, _ = loop(*args)
    return as_state(path[best])


STARTS_LOW = (
    "가장 작은 손실의 출발값이 너무 작아 갱신이 한 번도 일어나지 않고, 남긴 가중치가 없습니다(None). 무엇보다도 큰 `math.inf`에서 "
    "시작하세요. 이미 `math.inf`라면 부등호의 방향을 보세요(`<`).",
    "The lowest loss starts from too small a number, so that nothing is an improvement and no "
    "weights are kept (None). Start from `math.inf`, which is above everything. If it does already, "
    "look at the direction of the comparison (`<`).",
)


def starting_from(
    lowest, start, train_x, train_y, valid_x, valid_y, lr, epochs, patience, measured=measure
):
    path = descent(start, train_x, train_y, lr, epochs)
    losses = measured(path, valid_x, valid_y)
    state, waited = None, 0
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            lowest, state, waited = loss, as_state(path[epoch]), 0
        else:
            waited += 1
        if waited == patience:
            break
    return state, losses[: epoch + 1]


for _lowest in (0.0, 1.0, 10.0, 100.0, 999.0, 1e3, 9999.0, 1e4, 1e5, 1e6, 1e9, 1e10, sys.maxsize):
    train_early.mistake(f"lowest-starts-at-{_lowest:g}", ko=STARTS_LOW[0], en=STARTS_LOW[1])(
        functools.partial(starting_from, _lowest)
    )


@train_early.mistake(
    "ties-count",
    ko="같은 손실도 갱신으로 쳤습니다(`<=`). 더 작아야 갱신입니다.",
    en="An equal loss is counted as an improvement (`<=`). It has to be lower.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = descent(start, train_x, train_y, lr, epochs)
    losses = measure(path, valid_x, valid_y)
    best, stopped = rule(losses, patience, better=lambda e, b: losses[e] <= losses[b])
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake("ties-passed-over", **EQUAL_PASSED_OVER)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = descent(start, train_x, train_y, lr, epochs)
    losses = measure(path, valid_x, valid_y)
    best, stopped = passes_over_equals(losses, patience)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "start-is-a-candidate",
    ko="출발점의 모델도 후보로 쳤습니다(반복문 앞에서 잰 검증 손실이 `best_loss`입니다). 고르는 것은 *실행한 에폭* 가운데에서입니다. "
    "`best_loss`는 `math.inf`에서 시작하세요.",
    en="The model at the start counts as a candidate, too: `best_loss` is its validation loss, "
    "measured before the loop. The choice is among the *epochs that were run*: let `best_loss` start "
    "from `math.inf`.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = [(start["weight"].T, start["bias"]), *descent(start, train_x, train_y, lr, epochs)]
    losses = measure(path, valid_x, valid_y)
    best, stopped = early_stopping(losses, patience)
    return as_state(path[best]), losses[1 : stopped + 1]


@train_early.mistake(
    "compares-with-the-one-before",
    ko="바로 앞 에폭의 손실과 견주었습니다. 조금 내려왔다고 갱신은 아닙니다. 지금까지의 *가장 작은* 손실과 견주세요.",
    en="This compares with the epoch just before. To come down a little is no improvement: compare "
    "with the *lowest* loss so far.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = descent(start, train_x, train_y, lr, epochs)
    losses = measure(path, valid_x, valid_y)
    best, stopped = rule(losses, patience, better=lambda e, b: losses[e] < losses[e - 1])
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "at-the-first-rise",
    ko="처음 나빠진 에폭에서 바로 멈추었습니다. `break`가 `else:` 안에 있지 않나요? 참은 횟수가 patience가 될 때 멈춥니다.",
    en="This stops at the first epoch that is worse. Does the `break` stand right in the `else:`? Stop "
    "when the waiting comes to patience.",
)
def _(start, *args):
    path, losses, best, stopped = loop(start, *args[:-1], 1)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake(
    "returns-in-the-loop",
    ko="`return`이 반복문 안에 있어 첫 에폭에서 끝났습니다. 반복문 밖으로 내어 쓰세요.",
    en="The `return` stands inside the loop, which ends with the first epoch. Move it out.",
)
def _(*args):
    path, losses, _, _ = loop(*args)
    return as_state(path[0]), losses[:1]


@train_early.mistake(
    "one-epoch-too-many",
    ko="한 에폭을 더 돌았습니다. `range(epochs)`는 epochs번 돕니다.",
    en="This runs one epoch too many: `range(epochs)` runs epochs times.",
)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    return train_early.oracle(start, train_x, train_y, valid_x, valid_y, lr, epochs + 1, patience)


for _rate in (0.1, 0.01, 0.001):
    train_early.mistake(
        f"own-rate-{_rate:g}",
        ko="받은 학습률 `lr`을 쓰지 않았습니다.",
        en="The rate `lr` you are given is not used.",
    )(lambda *args, rate=_rate: train_early.oracle(*args[:5], rate, *args[6:]))

WITHOUT_LOGITS = {
    "ko": "로짓이 아니라 시그모이드를 지난 값을 `binary_cross_entropy_with_logits`에 넣었습니다. 이 함수가 시그모이드를 한 번 더 씌웁니다.",
    "en": "What goes into `binary_cross_entropy_with_logits` has been through the sigmoid already. "
    "The function applies it once more: give it the logits.",
}


def sigmoid_twice(path, x, y):
    return [bce(torch.sigmoid(x @ W + b), y).item() for W, b in path]


@train_early.mistake("sigmoid-twice-in-validation", **WITHOUT_LOGITS)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    path = descent(start, train_x, train_y, lr, epochs)
    losses = sigmoid_twice(path, valid_x, valid_y)
    best, stopped = rule(losses, patience)
    return as_state(path[best]), losses[: stopped + 1]


@train_early.mistake("sigmoid-twice", **WITHOUT_LOGITS)
def _(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    W, b, path = start["weight"].T.clone(), start["bias"].clone(), []
    for _ in range(epochs):
        p = torch.sigmoid(train_x @ W + b)
        error = (torch.sigmoid(p) - train_y) * p * (1 - p)
        W, b = W - lr * train_x.T @ error / len(train_x), b - lr * error.mean(0)
        path.append((W, b))
    losses = sigmoid_twice(path, valid_x, valid_y)
    best, stopped = rule(losses, patience)
    return as_state(path[best]), losses[: stopped + 1]


def with_training_losses(*args):
    """(path, training losses before each update, validation losses)."""
    start, train_x, train_y, valid_x, valid_y, lr, epochs, _ = args
    path = descent(start, train_x, train_y, lr, epochs)
    before = [(start["weight"].T, start["bias"]), *path[:-1]]
    return path, measure(before, train_x, train_y), measure(path, valid_x, valid_y)


@train_early.mistake(
    "logs-training-losses",
    ko="목록에 검증 손실이 아니라 훈련 손실 `loss`를 넣었습니다. `valid_loss`를 넣으세요.",
    en="What went into the list is `loss`, the training loss. Append `valid_loss`.",
)
def _(*args):
    path, of_train, of_valid = with_training_losses(*args)
    best, stopped = rule(of_valid, args[-1])
    return as_state(path[best]), of_train[: stopped + 1]


@train_early.mistake(
    "chosen-by-loss-before-the-update",
    ko="훈련 손실 `loss`로 골랐습니다. 훈련 손실은 오래 학습할수록 내려가기만 합니다. `valid_loss`로 고르세요.",
    en="This chooses by `loss`, the training loss, which goes on falling. Choose by `valid_loss`.",
)
def _(*args):
    path, of_train, of_valid = with_training_losses(*args)
    best, stopped = rule(of_train, args[-1])
    return as_state(path[best]), of_valid[: stopped + 1]


@train_early.mistake(
    "training-losses-only",
    ko="검증 손실이 아니라 훈련 손실 `loss`로 고르고 그것을 목록에 넣었습니다. 갱신한 뒤에 검증 표본에서 재세요.",
    en="This chooses by `loss`, the training loss, and lists it as well. After the update, measure on "
    "the validation samples.",
)
def _(*args):
    path, of_train, _ = with_training_losses(*args)
    best, stopped = rule(of_train, args[-1])
    return as_state(path[best]), of_train[: stopped + 1]


@train_early.mistake(
    "bias-is-an-alias",
    ko="편향은 아직 별명입니다. 텐서마다 `.clone()`하세요.",
    en="The bias is still an alias: clone every tensor.",
)
def _(*args):
    path, losses, best, stopped = loop(*args)
    return as_state((path[best][0], path[stopped][1])), losses[: stopped + 1]


@train_early.mistake(
    "weight-is-an-alias",
    ko="가중치는 아직 별명입니다. 텐서마다 `.clone()`하세요.",
    en="The weight is still an alias: clone every tensor.",
)
def _(*args):
    path, losses, best, stopped = loop(*args)
    return as_state((path[stopped][0], path[best][1])), losses[: stopped + 1]


def only_if(better):
    """The right training; better(loss, lowest) says what counts as an improvement."""

    def answer(*args):
        path, _, losses = with_training_losses(*args)
        best, stopped = rule(losses, args[-1], lambda e, b: better(losses[e], losses[b]))
        return as_state(path[best]), losses[: stopped + 1]

    return answer


for _least in (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6):
    train_early.mistake(f"least-improvement-{_least:g}", **LITTLE)(
        only_if(lambda loss, lowest, least=_least: loss < lowest - least)
    )
for _digits in range(1, 6):
    train_early.mistake(f"rounded-to-{_digits}", **LITTLE)(
        only_if(lambda loss, lowest, digits=_digits: round(loss, digits) < round(lowest, digits))
    )


def by_own_logs(p, y):
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


for _key, _loss in (("cut-at-100", F.binary_cross_entropy), ("own-logs", by_own_logs)):

    def _(path, x, y, loss=_loss):
        return [loss(torch.sigmoid(x @ W + b), y).item() for W, b in path]

    train_early.mistake(
        _key,
        ko="로짓에서 바로 구하지 않고 시그모이드를 거쳐 로그나 `F.binary_cross_entropy`로 쟀습니다. 그러면 손실이 100에서 잘리거나 "
        "`nan`이나 무한대가 됩니다(6장). `F.binary_cross_entropy_with_logits`를 쓰세요.",
        en="The loss is measured through a sigmoid, with logarithms or `F.binary_cross_entropy`, and "
        "not straight from the logits. Then it is cut off at 100, or becomes `nan` or infinite "
        "(chapter 6): use `F.binary_cross_entropy_with_logits`.",
    )(functools.partial(starting_from, math.inf, measured=_))


def by_optimizer(
    start, train_x, train_y, valid_x, valid_y, lr, epochs, patience,
    loads=True, order=("zero", "backward", "step"), double=False, model_too=False,
):  # fmt: skip
    """The loop as it is mostly written, with its lines in another order."""
    d, dtype = train_x.shape[1], train_x.dtype
    model = nn.Linear(d, 1).to(dtype) if double else nn.Linear(d, 1, dtype=dtype)
    if loads:
        model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses, states = [], []
    for _ in range(epochs):
        loss = bce(model(train_x), train_y)
        calls = {"zero": optimizer.zero_grad, "backward": loss.backward, "step": optimizer.step}
        for name in order:
            calls[name]()
        with torch.no_grad():
            losses.append(bce(model(valid_x), valid_y).item())
        states.append(copy.deepcopy(model.state_dict()))
        best = losses.index(min(losses))
        if len(losses) - 1 - best == patience:
            break
    model.load_state_dict(states[best])
    return model if model_too else states[best], losses


STEP_FIRST = {
    "ko": "`step()`이 `backward()`보다 먼저라서 기울기가 없거나 낡았습니다. 차례는 zero_grad, backward, step입니다.",
    "en": "`step()` comes before `backward()`, so each step uses an old gradient or none. Order: zero_grad, "
    "backward, step.",
}
for _key, _order in (
    ("step-zero-backward", ("step", "zero", "backward")),
    ("step-backward", ("step", "backward")),
):
    train_early.mistake(_key, **STEP_FIRST)(functools.partial(by_optimizer, order=_order))

NEVER_MOVES = {
    "ko": "가중치가 처음 그대로입니다. `backward()`나 `step()`을 부르지 않았거나(괄호가 있나요?), 차례가 다릅니다. zero_grad, backward, "
    "step입니다.",
    "en": "The weights stay as they were. `backward()` or `step()` is not called (are the brackets "
    "there?), or the order differs: it is zero_grad, backward, step.",
}
for _key, _order in (
    ("zero-step-backward", ("zero", "step", "backward")),
    ("never-steps", ("zero", "backward")),
):
    train_early.mistake(_key, **NEVER_MOVES)(functools.partial(by_optimizer, order=_order))

for _double in (False, True):
    train_early.mistake(
        f"start-not-loaded-{_double:d}",
        ko="`start`가 아니라 무작위 가중치에서 출발했습니다. 먼저 불러오세요.",
        en="The training does not begin at `start` but at random weights: load it first.",
    )(functools.partial(by_optimizer, loads=False, double=_double))

train_early.mistake(
    "returns-the-model",
    ko="모델 자체를 돌려주었습니다. 가장 좋은 에폭에 베껴 둔 `state_dict()`를 돌려주세요.",
    en="The model itself is returned. Return its `state_dict()`, as copied in the best epoch.",
)(functools.partial(by_optimizer, model_too=True))


train_early.hints(
    ko=[
        "`best_state`에 담은 것이 사진인가요, 거울인가요? 옵티마이저가 텐서를 제자리에서 고친 뒤에도 변하지 않으려면 무엇을 남겨야 할까요?",
        "`broken_training`과 다른 것은 한 줄입니다. `model.state_dict()`의 텐서마다 `.clone()`을 해서 새 사전에 담으세요. 나머지 차례는 "
        "갱신, 검증 손실 재기, 목록에 넣기, 갱신 여부, 멈출지 정하기입니다.",
        "`best_state = {name: value.clone() for name, value in model.state_dict().items()}`. 나머지는 `broken_training`의 몸통을 "
        "그대로 옮기세요.",
    ],
    en=[
        "Is what `best_state` holds a photograph or a mirror? What must you keep for it to stay "
        "the same while the optimizer changes tensors in place?",
        "A single line differs from `broken_training`: put a `.clone()` of every tensor of "
        "`model.state_dict()` into a new dictionary. The order of the rest: update, measure the "
        "validation loss, append it, better or not, stop or not.",
        "`best_state = {name: value.clone() for name, value in model.state_dict().items()}`. Take "
        "over the rest of the body of `broken_training` as it is.",
    ],
)


# ---------------------------------------------------------------- lr-sweep


@exercise("lr-sweep", points=2, rtol=1e-4, all_or_nothing=True, returns=["best_lr", "valid_losses"])
def lr_sweep(train_x, train_y, valid_x, valid_y, lrs, epochs):
    # By autograd, on the formula of the loss written out.
    losses = []
    for lr in lrs:
        at = torch.zeros(train_x.shape[1] + 1, 1, dtype=train_x.dtype, requires_grad=True)
        for _ in range(epochs):
            logits = train_x @ at[:-1] + at[-1]
            loss = (F.softplus(logits) - train_y * logits).mean()
            (slope,) = torch.autograd.grad(loss, at)
            at = (at - lr * slope).detach().requires_grad_()
        loss = bce(valid_x @ at[:-1] + at[-1], valid_y).item()
        losses.append(loss if loss == loss else math.inf)
    order = sorted(range(len(lrs)), key=lambda k: (losses[k], k))
    return lrs[order[0]], losses


TOO_LARGE = 1e308  # the weights overflow to infinity, and the logits are NaN


@lr_sweep.cases
def _(draw):
    x = torch.tensor([[1.0], [2.0], [-1.0], [0.5]], dtype=DOUBLE)
    y = torch.tensor([[1.0], [1.0], [0.0], [0.0]], dtype=DOUBLE)
    # One validation answer is wrong for certain: the surer the model, the worse.
    vx = torch.tensor([[1.5], [2.0], [-1.0]], dtype=DOUBLE)
    vy = torch.tensor([[0.0], [1.0], [0.0]], dtype=DOUBLE)
    yield x, y, vx, vy, [0.01, 1.0, 30.0], 10
    yield x, y, vx, vy, [30.0, 0.01, 1.0, 0.1], 5
    yield x, y, vx, vy, [0.5], 3
    yield x, y, vx, vy, [0.1, 0.1, 0.0, 0.0001], 4
    # Losses have no upper bound.
    yield x, y, 4e20 * x.sign(), (x < 0).to(DOUBLE), [0.12, 0.1, 0.13], 3
    # The two samples pull in opposite ways, so nothing moves, and all losses are ln 2.
    undecided = (
        torch.tensor([[1.0], [1.0]], dtype=DOUBLE),
        torch.tensor([[1.0], [0.0]], dtype=DOUBLE),
    )
    yield *undecided, undecided[0].cumsum(0), undecided[1], [1.0, 0.1, 0.3], 3
    big = 50 * torch.tensor([[1.0, -1.0], [2.0, -3.0], [-1.0, 2.0], [1.5, -0.5]], dtype=DOUBLE)
    for lrs in (
        [TOO_LARGE, 0.003, 0.0001], [0.0001, TOO_LARGE, 0.003], [0.003, 0.0001, TOO_LARGE],
    ):  # fmt: skip
        yield big, y, big[[0, 2, 3]] * 0.7, y[[0, 2, 3]], lrs, 4
    # It blows up in the last update, after which train_logistic measures nothing.
    two = torch.tensor([[30.0, -20.0], [10.0, 5.0]], dtype=DOUBLE)
    others = torch.tensor([[1.0, 0.0], [1.0, 1.0]], dtype=DOUBLE)
    yield two, y[1:3], others, y[1:3], [TOO_LARGE, 0.01], 1
    for lrs in ([0.001, 0.1, 1.0, 8.0], [3.0, 0.03, 0.3]):
        d = draw.integer(3, 5)
        yield *patients(draw, draw.integer(6, 9), draw.integer(8, 12), d), lrs, draw.integer(15, 30)


@lr_sweep.accepts
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = torch.full((len(lrs),), math.inf, dtype=DOUBLE)
    for k, lr in enumerate(lrs):
        place = trained(train_x, train_y, lr, epochs)
        losses[k] = torch.nan_to_num(bce(logits_of(valid_x, place), valid_y), nan=math.inf)
    return lrs[int(losses.argmin())], losses.tolist()


@lr_sweep.accepts
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    best_lr, best_loss, losses = lrs[0], float("inf"), []
    for lr in lrs:
        loss = bce(logits_of(valid_x, trained(train_x, train_y, lr, epochs)), valid_y).item()
        if loss != loss:
            loss = float("inf")
        losses.append(loss)
        if loss < best_loss:
            best_lr, best_loss = lr, loss
    return [best_lr, losses]


def trained(x, y, lr, epochs, at=None):
    W, b = at or (torch.zeros(x.shape[1], 1, dtype=x.dtype), torch.zeros(1, dtype=x.dtype))
    for _ in range(epochs):
        error = torch.sigmoid(x @ W + b) - y
        W, b = W - lr * x.T @ error / len(x), b - lr * error.mean(0)
    return W, b


def logits_of(x, place):
    return x @ place[0] + place[1]


def swept(train_x, train_y, valid_x, valid_y, lrs, epochs, loss=bce, infinite=True):
    losses = [
        loss(logits_of(valid_x, trained(train_x, train_y, lr, epochs)), valid_y).item()
        for lr in lrs
    ]
    return [math.inf if infinite and math.isnan(value) else value for value in losses]


def with_nan_as(other, losses):
    return [other if math.isnan(loss) else loss for loss in losses]


def by_lowest(lrs, losses):
    return lrs[losses.index(min(losses))]


@lr_sweep.mistake(
    "chosen-by-training-loss",
    ko="훈련 손실이 가장 작은 학습률을 골랐습니다. 외울수록 작아지는 수입니다. 검증 손실로 고르세요.",
    en="The rate is chosen by the training loss, which gets smaller the more is memorised. Choose "
    "by the validation loss.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    of_train = swept(train_x, train_y, train_x, train_y, lrs, epochs)
    return by_lowest(lrs, of_train), swept(train_x, train_y, valid_x, valid_y, lrs, epochs)


@lr_sweep.mistake(
    "training-losses",
    ko="손실을 검증 표본이 아니라 훈련 표본에서 쟀습니다.",
    en="The losses are measured on the training samples, not on the validation samples.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, train_x, train_y, lrs, epochs)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "losses-of-the-loop",
    ko="`train_logistic`이 돌려준 losses의 마지막 값을 썼습니다. 그것은 *훈련* 손실이고, 마지막 갱신 전에 잰 것이기도 합니다. 검증 표본의 "
    "로짓으로 새로 재세요.",
    en="This uses the last of the losses that `train_logistic` returns. Those are *training* "
    "losses, and measured before the last update, too. Measure anew, with the logits of the "
    "validation samples.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, train_x, train_y, lrs, epochs - 1, infinite=False)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "losses-of-the-loop-without-nan",
    ko="`train_logistic`이 돌려준 losses의 마지막 값을 썼습니다. 그것은 *훈련* 손실이고, 마지막 갱신 전에 잰 것이기도 합니다. 검증 표본의 "
    "로짓으로 새로 재세요.",
    en="This uses the last of the losses that `train_logistic` returns. Those are *training* "
    "losses, and measured before the last update, too. Measure anew, with the logits of the "
    "validation samples.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, train_x, train_y, lrs, epochs - 1)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "nan-as-zero",
    ko="발산한 학습률이 이겼습니다. NaN을 그대로 두면 `argmin`은 언제나 NaN의 자리를 고르고, 0으로 바꾸면(`nan_to_num`의 기본값) 완벽한 "
    "손실이 됩니다. NaN의 자리에는 `math.inf`를 적으세요.",
    en="The rate that blew up has won. Leave a NaN, and `argmin` always takes its place; replace it "
    "by 0 (the default of `nan_to_num`), and it looks like a perfect loss. Put `math.inf` where "
    "there is a NaN.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, valid_x, valid_y, lrs, epochs, infinite=False)
    losses = with_nan_as(0.0, losses)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "nan-wins",
    ko="NaN을 무한대로 바꾸지 않았습니다. NaN과의 비교는 모두 거짓이라, 발산한 학습률이 맨 앞에 있으면 `min`이 그것을 고릅니다.",
    en="NaN is not replaced by infinity. Any comparison with NaN is false, so a rate that blew up "
    "is taken by `min` when it comes first.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, valid_x, valid_y, lrs, epochs, infinite=False)
    best = 0
    for k, loss in enumerate(losses):
        best = k if loss < losses[best] else best
    return lrs[best], losses


@lr_sweep.mistake(
    "nan-wins-anywhere",
    ko="발산한 학습률이 이겼습니다. NaN을 그대로 두면 `argmin`은 언제나 NaN의 자리를 고르고, 0으로 바꾸면(`nan_to_num`의 기본값) 완벽한 "
    "손실이 됩니다. NaN의 자리에는 `math.inf`를 적으세요.",
    en="The rate that blew up has won. Leave a NaN, and `argmin` always takes its place; replace it "
    "by 0 (the default of `nan_to_num`), and it looks like a perfect loss. Put `math.inf` where "
    "there is a NaN.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, valid_x, valid_y, lrs, epochs, infinite=False)
    return lrs[int(torch.tensor(losses).argmin())], losses


@lr_sweep.mistake(
    "nan-left-in-the-list",
    ko="고르기는 맞게 했지만, 손실이 NaN인 자리에 `math.inf`가 아닌 것이 남아 있습니다.",
    en="The choice is right, but where the loss is NaN the list holds something other than "
    "`math.inf`.",
)
def _(*args):
    losses = swept(*args, infinite=False)
    return by_lowest(args[4], with_nan_as(math.inf, losses)), losses


@lr_sweep.mistake(
    "nan-looked-for-in-training",
    ko="NaN을 `train_logistic`이 돌려준 훈련 손실에서 찾았습니다. 그것은 갱신하기 *전마다* 잰 것이라, 마지막 갱신에서 발산하면 거기에는 NaN이 "
    "없습니다. 검증 손실이 NaN인지 보세요.",
    en="NaN is looked for among the training losses that `train_logistic` returns. They are measured "
    "*before* each update, so if the last one blows up, they hold no NaN. Ask whether the validation "
    "loss is NaN.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    before = swept(train_x, train_y, train_x, train_y, lrs, epochs - 1)
    losses = swept(train_x, train_y, valid_x, valid_y, lrs, epochs, infinite=False)
    losses = [math.inf if b == math.inf else loss for b, loss in zip(before, losses, strict=True)]
    return by_lowest(lrs, losses), losses


THROUGH_SIGMOID = {
    "ko": "로짓에서 바로 구하지 않고 시그모이드를 거쳐 로그나 `F.binary_cross_entropy`로 쟀습니다. 그러면 손실이 100에서 잘리거나 "
    "무한대가 되고(6장), NaN을 받은 `F.binary_cross_entropy`는 오류를 냅니다. 로짓을 그대로 "
    "`F.binary_cross_entropy_with_logits`에 넣으세요.",
    "en": "The loss is measured through a sigmoid, with logarithms or `F.binary_cross_entropy`, and not "
    "straight from the logits. Then it is cut off at 100 or becomes infinite (chapter 6), and given "
    "NaN, `F.binary_cross_entropy` raises an error. Give the logits to "
    "`F.binary_cross_entropy_with_logits`.",
}


def cut_at_100(p, y):
    return p.sum() if p.isnan().any() else F.binary_cross_entropy(p, y)


for _key, _loss in (
    ("cut-at-100", F.binary_cross_entropy), ("cut-at-100-but-nan", cut_at_100), ("own-logs", by_own_logs),
):  # fmt: skip

    def _(*args, loss=_loss):
        losses = swept(*args, loss=lambda logits, y: loss(torch.sigmoid(logits), y))
        return by_lowest(args[4], losses), losses

    lr_sweep.mistake(_key, **THROUGH_SIGMOID)(_)


@lr_sweep.mistake(
    "nan-dropped",
    ko="NaN이 나온 학습률을 목록에서 빼 버렸습니다. 목록은 학습률마다 하나씩이어야 하고, 그러지 않으면 자리가 어긋납니다. `math.inf`를 "
    "적으세요.",
    en="A rate whose loss is NaN is left out of the list. There must be one loss for each rate, or "
    "the places no longer match. Write down `math.inf`.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, valid_x, valid_y, lrs, epochs, infinite=False)
    kept = [loss for loss in losses if not math.isnan(loss)]
    return by_lowest(lrs, with_nan_as(math.inf, losses)), kept


@lr_sweep.mistake(
    "goes-on-from-the-last",
    ko="다음 학습률이 앞의 학습률이 배운 가중치에서 이어서 출발했습니다. 학습률마다 0에서 새로 출발해야 공평합니다.",
    en="Each rate goes on from the weights that the rate before it learned. To be fair, every rate "
    "starts anew, from 0.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    place, losses = None, []
    for lr in lrs:
        place = trained(train_x, train_y, lr, epochs, place)
        loss = bce(logits_of(valid_x, place), valid_y).item()
        losses.append(math.inf if math.isnan(loss) else loss)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "trains-on-validation",
    ko="검증 표본으로 학습했습니다. 검증 표본은 재는 데에만 씁니다.",
    en="This trains on the validation samples. They are for measuring only.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(valid_x, valid_y, valid_x, valid_y, lrs, epochs)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "trains-on-both",
    ko="훈련 표본과 검증 표본을 합쳐 학습했습니다. 검증 표본은 재는 데에만 씁니다.",
    en="This trains on both sets together. The validation samples are for measuring only.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    x, y = torch.cat([train_x, valid_x]), torch.cat([train_y, valid_y])
    losses = swept(x, y, valid_x, valid_y, lrs, epochs)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "largest-loss",
    ko="검증 손실이 가장 *큰* 학습률을 골랐습니다. 손실은 작을수록 좋습니다.",
    en="This takes the rate with the *largest* validation loss. Losses are the better the smaller "
    "they are.",
)
def _(*args):
    losses = swept(*args)
    return args[4][losses.index(max(losses))], losses


@lr_sweep.mistake(
    "smallest-rate",
    ko="가장 작은 학습률을 골랐습니다. 견줄 것은 학습률이 아니라 검증 손실입니다.",
    en="This takes the smallest rate. Compare the validation losses, not the rates.",
)
def _(*args):
    return min(args[4]), swept(*args)


@lr_sweep.mistake(
    "largest-rate",
    ko="가장 큰 학습률을 골랐습니다. 견줄 것은 학습률이 아니라 검증 손실입니다.",
    en="This takes the largest rate. Compare the validation losses, not the rates.",
)
def _(*args):
    return max(args[4]), swept(*args)


@lr_sweep.mistake(
    "sums",
    ko="손실을 평균 내지 않고 더했습니다. `F.binary_cross_entropy_with_logits`의 기본값(평균)을 쓰세요.",
    en="The losses are summed and not averaged. Use the default of "
    "`F.binary_cross_entropy_with_logits`, the mean.",
)
def _(*args):
    losses = swept(*args, loss=functools.partial(bce, reduction="sum"))
    return by_lowest(args[4], losses), losses


@lr_sweep.mistake(
    "last-rate",
    ko="마지막으로 써 본 학습률을 돌려줍니다. 반복문이 끝난 뒤의 `lr`은 1등이 아니라 마지막 것입니다.",
    en="This returns the last rate that was tried. After the loop, `lr` is the last one, not the "
    "best.",
)
def _(*args):
    return args[4][-1], swept(*args)


@lr_sweep.mistake(
    "place-instead-of-rate",
    ko="학습률이 아니라 그 *자리*(번호)를 돌려줍니다. `lrs[자리]`가 학습률입니다.",
    en="This returns the *place* of the rate in the list. The rate itself is `lrs[place]`.",
)
def _(*args):
    losses = swept(*args)
    return losses.index(min(losses)), losses


@lr_sweep.mistake(
    "loss-instead-of-rate",
    ko="가장 작은 *손실*을 돌려줍니다. 그 손실을 낸 학습률을 돌려주세요.",
    en="This returns the lowest *loss*. Return the rate that gave it.",
)
def _(*args):
    losses = swept(*args)
    return min(losses), losses


@lr_sweep.mistake(
    "without-logits",
    ko="로짓이 아니라 시그모이드를 지난 값을 `binary_cross_entropy_with_logits`에 넣었습니다. 이 함수가 시그모이드를 한 번 더 씌웁니다.",
    en="What goes into `binary_cross_entropy_with_logits` has been through the sigmoid already. "
    "The function applies it once more: give it the logits.",
)
def _(*args):
    losses = swept(*args, loss=lambda logits, y: bce(torch.sigmoid(logits), y))
    return by_lowest(args[4], losses), losses


@lr_sweep.mistake(
    "without-bias",
    ko="로짓에 편향 b를 더하지 않았습니다. 로짓은 xW + b입니다.",
    en="The bias b is missing from the logits: they are xW + b.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = []
    for lr in lrs:
        loss = bce(valid_x @ trained(train_x, train_y, lr, epochs)[0], valid_y).item()
        losses.append(math.inf if math.isnan(loss) else loss)
    return by_lowest(lrs, losses), losses


@lr_sweep.mistake(
    "sorted-rates",
    ko="학습률을 크기순으로 세웠습니다. 손실은 lrs에 적힌 순서대로 돌려주세요.",
    en="The rates were sorted first. Return the losses in the order in which lrs lists them.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(train_x, train_y, valid_x, valid_y, sorted(lrs), epochs)
    return by_lowest(sorted(lrs), losses), losses


@lr_sweep.mistake(
    "rate-alone",
    ko="학습률만 돌려줍니다. 손실의 목록도 함께 돌려주세요: `return best_lr, valid_losses`",
    en="Only the rate is returned. Return the list of losses as well: "
    "`return best_lr, valid_losses`.",
)
def _(*args):
    return by_lowest(args[4], swept(*args))


@lr_sweep.mistake(
    "other-order",
    ko="순서가 바뀌었습니다. (best_lr, valid_losses) 순서로 돌려주세요.",
    en="The two are in the other order: return (best_lr, valid_losses).",
)
def _(*args):
    losses = swept(*args)
    return losses, by_lowest(args[4], losses)


@lr_sweep.mistake(
    "returns-in-the-loop",
    ko="`return`이 반복문 안에 있어 첫 학습률에서 끝났습니다. 반복문 밖으로 내어 쓰세요.",
    en="The `return` stands inside the loop, which ends with the first rate. Move it out.",
)
def _(*args):
    return args[4][0], swept(*args)[:1]


@lr_sweep.mistake(
    "last-of-equals",
    ko="손실이 같은 학습률 가운데 첫째가 아니라 마지막 것을 골랐습니다(`<=`). `<`를 쓰세요.",
    en="Of rates with equal losses this takes the last, not the first (`<=`). Use `<`.",
)
def _(*args):
    losses = swept(*args)
    return args[4][max(k for k, loss in enumerate(losses) if loss == min(losses))], losses


@lr_sweep.mistake(
    "smallest-of-equals",
    ko="손실이 같을 때 더 작은 학습률을 골랐습니다. lrs에서 먼저 나온 것을 고르세요.",
    en="Where losses are equal this takes the smaller rate. Take the one that comes first in lrs.",
)
def _(*args):
    losses = swept(*args)
    return min(zip(losses, args[4], strict=True))[1], losses


def running(lrs, losses, lowest=math.inf, keeps_lowest=True):
    """The choice by a running minimum, with what the mistakes forget."""
    choice = None
    for lr, loss in zip(lrs, losses, strict=True):
        if loss < lowest:
            choice, lowest = lr, loss if keeps_lowest else lowest
    return choice


def running_from(lowest, *args):
    losses = swept(*args)
    return running(args[4], losses, lowest), losses


for _lowest in (0.0, 1.0, 10.0, 100.0):
    lr_sweep.mistake(
        f"lowest-starts-at-{_lowest:g}",
        ko="가장 작은 손실의 출발값이 너무 작아 어떤 학습률도 갱신하지 못했고, best_lr이 처음 값 그대로입니다. 무엇보다도 큰 `math.inf`에서 "
        "시작하세요.",
        en="The lowest loss starts from too small a number, so that no rate beats it, and best_lr stays as "
        "it was. Start from `math.inf`, which is above everything.",
    )(functools.partial(running_from, _lowest))


@lr_sweep.mistake(
    "lowest-not-kept",
    ko="지금까지의 가장 작은 손실을 고쳐 적지 않아, 유한한 손실이 나올 때마다 갱신이 됩니다.",
    en="The lowest loss so far is never updated, so every finite loss looks like an improvement.",
)
def _(*args):
    losses = swept(*args)
    return running(args[4], losses, keeps_lowest=False), losses


known = next(m for m in lr_sweep.mistakes if m.key == "nan-dropped")


@lr_sweep.mistake("nan-dropped-before-choosing", ko=known.ko, en=known.en)
def _(*args):
    kept = [loss for loss in swept(*args, infinite=False) if not math.isnan(loss)]
    return by_lowest(args[4], kept), kept


known = next(m for m in lr_sweep.mistakes if m.key == "nan-left-in-the-list")
for _large in (1e5, 1e6, 1e9, 1e10):

    def _(*args, large=_large):
        losses = swept(*args, infinite=False)
        return by_lowest(args[4], with_nan_as(math.inf, losses)), with_nan_as(large, losses)

    lr_sweep.mistake(f"nan-as-{_large:g}", ko=known.ko, en=known.en)(_)


@lr_sweep.mistake(
    "list-made-in-the-loop",
    ko="빈 리스트를 반복문 안에서 만들어 마지막 손실만 남았습니다. 반복문 앞에서 한 번만 만드세요.",
    en="The empty list is made inside the loop, so only the last loss is left. Make it once, before the "
    "loop.",
)
def _(*args):
    return args[4][0], swept(*args)[-1:]


@lr_sweep.mistake(
    "arguments-swapped",
    ko="`binary_cross_entropy_with_logits`에 정답을 먼저 넣었습니다. (로짓, 정답) 순서입니다.",
    en="`binary_cross_entropy_with_logits` was given the answers first. It takes the logits, then the "
    "answers.",
)
def _(*args):
    losses = swept(*args, loss=lambda logits, y: bce(y, logits))
    return by_lowest(args[4], losses), losses


@lr_sweep.mistake(
    "sets-swapped",
    ko="두 집합이 바뀌었습니다. 훈련 집합으로 학습하고 검증 집합에서 재세요.",
    en="The two sets are swapped: train on the training set, measure on the validation set.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = swept(valid_x, valid_y, train_x, train_y, lrs, epochs)
    return by_lowest(lrs, losses), losses


BY_COUNT = {
    "ko": "손실이 아니라 맞힌(또는 틀린) 비율을 쟀습니다. 여기서는 `F.binary_cross_entropy_with_logits`로 잽니다.",
    "en": "This measures the share of right (or wrong) answers, not the loss. Measure with "
    "`F.binary_cross_entropy_with_logits`.",
}


@lr_sweep.mistake("accuracy", **BY_COUNT)
def _(*args):
    shares = swept(*args, loss=lambda logits, y: ((logits > 0) == y.bool()).double().mean())
    return by_lowest(args[4], shares), shares


@lr_sweep.mistake("highest-accuracy", **BY_COUNT)
def _(*args):
    shares = swept(*args, loss=lambda logits, y: ((logits > 0) == y.bool()).double().mean())
    return args[4][shares.index(max(shares))], shares


@lr_sweep.mistake("error-rate", **BY_COUNT)
def _(*args):
    shares = swept(*args, loss=lambda logits, y: ((logits > 0) != y.bool()).double().mean())
    return by_lowest(args[4], shares), shares


@lr_sweep.mistake(
    "squared-error",
    ko="제곱 오차로 쟀습니다. 손실은 로짓의 이진 교차 엔트로피입니다.",
    en="This measures the squared error. The loss is the binary cross entropy of the logits.",
)
def _(*args):
    losses = swept(*args, loss=lambda logits, y: F.mse_loss(torch.sigmoid(logits), y))
    return by_lowest(args[4], losses), losses


@lr_sweep.mistake(
    "lowest-training-loss",
    ko="`train_logistic`이 돌려준 losses 가운데 가장 작은 것을 썼습니다. 그것은 *훈련* 손실입니다. 검증 표본의 로짓으로 새로 재세요.",
    en="This uses the lowest of the losses that `train_logistic` returns. Those are *training* losses. "
    "Measure anew, with the logits of the validation samples.",
)
def _(train_x, train_y, valid_x, valid_y, lrs, epochs):
    losses = []
    for lr in lrs:
        places = [trained(train_x, train_y, lr, steps) for steps in range(epochs)]
        losses.append(min(bce(logits_of(train_x, place), train_y).item() for place in places))
    return by_lowest(lrs, losses), losses


lr_sweep.hints(
    ko=[
        "학습률마다 같은 일을 되풀이합니다: 훈련 집합으로 처음부터 학습하고, 검증 집합에서 한 번 잽니다. 다 재고 나서 고릅니다.",
        "`W, b, _ = train_logistic(…)`에서 가중치를 받아 검증 표본의 로짓 (m, 1)을 만들고 손실을 `.item()`으로 꺼냅니다. "
        "`math.isnan(loss)`이면 `math.inf`를 넣습니다. `index(min(…))`이 첫 최솟값의 자리입니다.",
        "`for lr in lrs:` 안에서 `W, b, _ = train_logistic(train_x, train_y, lr, epochs)`, "
        "`loss = F.binary_cross_entropy_with_logits(valid_x @ W + b, valid_y).item()`, "
        "`valid_losses.append(math.inf if math.isnan(loss) else loss)`. 뒤에 "
        "`return lrs[valid_losses.index(min(valid_losses))], valid_losses`",
    ],
    en=[
        "Do the same for every rate: train from the beginning on the training set, measure once on "
        "the validation set. Choose when all are measured.",
        "`W, b, _ = train_logistic(…)` gives the weights; make the logits of the validation "
        "samples, (m, 1), and take the loss out with `.item()`. If `math.isnan(loss)`, put "
        "`math.inf`. `index(min(…))` is the place of the first minimum.",
        "Inside `for lr in lrs:` write `W, b, _ = train_logistic(train_x, train_y, lr, epochs)`, "
        "`loss = F.binary_cross_entropy_with_logits(valid_x @ W + b, valid_y).item()`, "
        "`valid_losses.append(math.inf if math.isnan(loss) else loss)`. Afterwards "
        "`return lrs[valid_losses.index(min(valid_losses))], valid_losses`.",
    ],
)
