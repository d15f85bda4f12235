"""Exercises of ch15: batch normalisation, both ways and both modes.

x is (B, H): one row a sample, one column a unit. Every d_something is the derivative of a loss
by something, in its shape.
"""

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

READY_MADE = (
    "F.batch_norm",
    "nn.BatchNorm1d",
    "torch.batch_norm",
    "F.layer_norm",
    "F.instance_norm",
)
AUTOGRAD = (".backward", "torch.autograd.grad")
DOUBLE = torch.float64


def units(draw, B, H, dtype=torch.float32):
    """A batch whose units have means and standard deviations of their own."""
    spread, middle = draw.uniform(0.7, 3, H, dtype=DOUBLE), draw.uniform(-3, 3, H, dtype=DOUBLE)
    return (draw.normal(B, H, dtype=DOUBLE) * spread + middle).to(dtype)


def some(draw, H, dtype=torch.float32):
    """One number for each unit, away from 0, 1 and one another: a gamma, a beta or a mean."""
    sign = 2 * draw.integers(0, 1, H) - 1
    return (sign * draw.uniform(0.3, 2.5, H, dtype=DOUBLE)).to(dtype)


def variances(draw, H, dtype=torch.float32):
    return draw.uniform(0.3, 4, H, dtype=dtype)


def spread(x, dim=0, correction=0):
    return x.var(dim, correction=correction)


def known(made, key):
    """The texts of a mistake that is registered already, for another form of it."""
    found = next(mistake for mistake in made.mistakes if mistake.key == key)
    return {"ko": found.ko, "en": found.en}


def far_from_0(*more):
    """A column whose squares are so large that its variance is lost between them, and constants."""
    return torch.tensor([[2e7 + k, *more] for k in (0, 1, 5)], dtype=DOUBLE)


def from_squares(x):
    """The variance as E[x²] − E[x]², which rounds away what it looks for."""
    return (x**2).mean(0) - x.mean(0) ** 2


FROM_SQUARES = {
    "ko": "분산을 E[x²] − E[x]²로 구했습니다. 종이 위에서는 맞지만, 평균이 크면 거의 같은 두 큰 수를 빼게 되어 반올림만 남습니다(심하면 음수가 되어 NaN입니다). "
    "평균을 *먼저* 빼고 제곱하세요: `((x - x.mean(0)) ** 2).mean(0)`이나 `x.var(0, correction=0)`",
    "en": "The variance is computed as E[x²] − E[x]². That is right on paper, but with a large mean it subtracts two large numbers that are nearly "
    "equal, and only rounding is left (a negative number at worst, and then NaN). Subtract the mean *first*, then square: "
    "`((x - x.mean(0)) ** 2).mean(0)` or `x.var(0, correction=0)`.",
}
FIXED_EPS = {
    "ko": "받은 eps를 쓰지 않고 1e-5를 썼습니다.",
    "en": "Use the eps that is given, not a fixed 1e-5.",
}


# ---------------------------------------------------------------- batchnorm-train


@exercise("batchnorm-train", points=2, forbids=READY_MADE)
def batchnorm_train(x, gamma, beta, eps):
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)


@batchnorm_train.cases
def _(draw):
    x = torch.tensor([[1.0, 10.0], [3.0, 20.0], [1.0, 30.0], [3.0, 40.0]])
    yield x, torch.tensor([1.0, 1.0]), torch.tensor([0.0, 0.0]), 1e-5
    yield x, torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0]), 0.5
    same = torch.tensor([[2.0, 1.0], [2.0, -1.0], [2.0, 3.0]])
    yield same, torch.tensor([1.5, -1.0]), torch.tensor([0.5, 2.0]), 1e-5
    yield units(draw, 2, 3), some(draw, 3), some(draw, 3), 0.1
    yield units(draw, 4, 4), some(draw, 4), some(draw, 4), 0.3
    B, H = draw.integer(5, 9), draw.integer(2, 4)
    yield (
        units(draw, B, H, DOUBLE),
        some(draw, H, DOUBLE),
        some(draw, H, DOUBLE),
        draw.number(0.05, 0.5),
    )
    yield units(draw, 5, 1), some(draw, 1), some(draw, 1), 1e-3
    x = units(draw, 4, 2, DOUBLE).requires_grad_()
    gamma, beta = (some(draw, 2, DOUBLE).requires_grad_() for _ in range(2))
    yield Case((x, gamma, beta, 0.1), slopes=True)
    one = torch.ones(1, dtype=DOUBLE)
    yield far_from_0(), one, 0 * one, 1e-5


@batchnorm_train.accepts
def _(x, gamma, beta, eps):
    centred = x - x.sum(dim=0, keepdim=True) / x.shape[0]
    variance = centred.pow(2).mean(dim=0, keepdim=True)
    return torch.addcmul(beta, gamma, centred * torch.rsqrt(variance + eps))


@batchnorm_train.accepts
def _(x, gamma, beta, eps):
    columns = []
    for h in range(x.shape[1]):
        column = x[:, h]
        std = (((column - column.mean()) ** 2).sum() / len(column) + eps) ** 0.5
        columns.append((column - column.mean()) / std * gamma[h] + beta[h])
    return torch.stack(columns, 1)


@batchnorm_train.mistake(
    "unbiased-variance",
    ko="분산을 B − 1로 나누었습니다. `x.var(0)`과 `x.std(0)`은 가만두면 B − 1로 나눕니다. 표준화할 때의 분산은 B로 "
    "나눕니다: `correction=0`",
    en="The variance divides by B − 1. That is what `x.var(0)` and `x.std(0)` do unless they are told "
    "otherwise. The variance to standardise with divides by B: `correction=0`.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x, correction=1) + eps) * gamma + beta


@batchnorm_train.mistake("variance-from-squares", **FROM_SQUARES)
def _(x, gamma, beta, eps):
    return with_statistics(x, x.mean(0), from_squares(x), gamma, beta, eps)


@batchnorm_train.mistake("variance-from-squares-not-below-0", **FROM_SQUARES)
def _(x, gamma, beta, eps):
    return with_statistics(x, x.mean(0), from_squares(x).clamp(min=0), gamma, beta, eps)


@batchnorm_train.mistake("fixed-eps", **FIXED_EPS)
def _(x, gamma, beta, eps):
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-5)


@batchnorm_train.mistake(
    "scale-and-shift-cut",
    ko="값은 맞지만 기울기가 gamma와 beta에 닿지 않습니다. `.detach()`나 `.data` 없이 받은 그대로 곱하고 더하세요. 둘은 배워야 할 매개변수입니다.",
    en="The values are right, but no gradient reaches gamma and beta. Multiply and add them as they come, without `.detach()` or `.data`: they are "
    "parameters to be learned.",
)
def _(x, gamma, beta, eps):
    return F.batch_norm(x, None, None, gamma.detach(), beta.detach(), training=True, eps=eps)


WRONG_AXIS = {
    "ko": "축이 바뀌었습니다. 표본 하나의 유닛들에 대해(축 1) 평균과 분산을 구했는데, 그것은 층 정규화입니다. 배치 정규화는 유닛마다 "
    "배치의 표본들에 대해(축 0) 구합니다.",
    "en": "The axis is the wrong one. This takes mean and variance over the units of one sample "
    "(axis 1), which is layer normalisation. Batch normalisation takes them over the samples of "
    "the batch (axis 0), for each unit.",
}


@batchnorm_train.mistake("over-the-units", **WRONG_AXIS)
def _(x, gamma, beta, eps):
    x_hat = (x - x.mean(1, keepdim=True)) / torch.sqrt(spread(x, 1)[:, None] + eps)
    return x_hat * gamma + beta


@batchnorm_train.mistake("over-the-units-no-keepdim", **WRONG_AXIS)
def _(x, gamma, beta, eps):
    return (x - x.mean(1)) / torch.sqrt(spread(x, 1) + eps) * gamma + beta


WHOLE = {
    "ko": "모든 유닛을 한데 섞어 평균과 분산을 하나씩만 구했습니다. 유닛마다 제 평균과 분산이 있어야 합니다: 축 0",
    "en": "There is one mean and one variance for all units together. Each unit needs its own: axis 0.",
}


@batchnorm_train.mistake("over-everything", **WHOLE)
def _(x, gamma, beta, eps):
    return (x - x.mean()) / torch.sqrt(x.var(correction=0) + eps) * gamma + beta


@batchnorm_train.mistake("over-everything-unbiased", **WHOLE)
def _(x, gamma, beta, eps):
    return (x - x.mean()) / torch.sqrt(x.var() + eps) * gamma + beta


@batchnorm_train.mistake(
    "eps-outside",
    ko="eps를 제곱근 밖에서 더했습니다. Adam(12장)에서는 그랬지만 배치 정규화에서는 분산에 더한 다음 제곱근을 구합니다: √(σ² + ε)",
    en="eps is added outside the root. So it was in Adam (chapter 12), but batch normalisation adds "
    "it to the variance and then takes the root: √(σ² + ε).",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / (torch.sqrt(spread(x)) + eps) * gamma + beta


@batchnorm_train.mistake(
    "eps-outside-unbiased",
    ko="두 군데를 고치세요. eps는 제곱근 안에서 분산에 더하고, 분산은 B로 나눕니다(`x.std(0)`은 B − 1로 나눕니다).",
    en="Two things to mend: eps goes inside the root, added to the variance, and the variance divides "
    "by B (`x.std(0)` divides by B − 1).",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / (x.std(0) + eps) * gamma + beta


@batchnorm_train.mistake(
    "no-eps",
    ko="eps를 쓰지 않았습니다. 한 유닛의 값이 모두 같으면 분산이 0이고, 0 나누기 0은 NaN입니다.",
    en="eps is not used. Where a unit has the same value in all samples its variance is 0, and 0 over "
    "0 is NaN.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x)) * gamma + beta


@batchnorm_train.mistake(
    "divides-by-the-variance",
    ko="분산으로 나누었습니다. 표준편차, 곧 분산의 제곱근으로 나누어야 합니다.",
    en="This divides by the variance. Divide by the standard deviation, its root.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / (spread(x) + eps) * gamma + beta


@batchnorm_train.mistake(
    "multiplies-by-the-deviation",
    ko="표준편차로 나누지 않고 곱했습니다. 크게 흩어진 유닛일수록 줄여야 합니다.",
    en="This multiplies by the standard deviation. The more a unit is spread, the more it must shrink: "
    "divide.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) * torch.sqrt(spread(x) + eps) * gamma + beta


@batchnorm_train.mistake(
    "not-centred",
    ko="평균을 빼지 않았습니다. 표준편차로만 나누면 유닛의 가운데가 0으로 오지 않습니다.",
    en="The mean is not taken off. Divided by the standard deviation alone, a unit is not centred at 0.",
)
def _(x, gamma, beta, eps):
    return x / torch.sqrt(spread(x) + eps) * gamma + beta


@batchnorm_train.mistake(
    "only-centred",
    ko="평균만 빼고 표준편차로 나누지 않았습니다.",
    en="Only the mean is taken off; the division by the standard deviation is missing.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) * gamma + beta


@batchnorm_train.mistake(
    "only-standardised",
    ko="x_hat까지만 구했습니다. 거기에 gamma를 곱하고 beta를 더한 것이 y입니다.",
    en="This is x_hat. y is that times gamma, plus beta.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x) + eps)


@batchnorm_train.mistake(
    "forgets-beta",
    ko="beta를 더하지 않았습니다.",
    en="beta is not added.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x) + eps) * gamma


@batchnorm_train.mistake(
    "forgets-gamma",
    ko="gamma를 곱하지 않았습니다.",
    en="gamma is missing: multiply by it before adding beta.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x) + eps) + beta


@batchnorm_train.mistake(
    "shift-before-scale",
    ko="beta를 먼저 더하고 gamma를 곱했습니다. 순서가 반대입니다: γ·x_hat + β",
    en="beta was added first and gamma multiplied after. It is the other way round: γ·x_hat + β.",
)
def _(x, gamma, beta, eps):
    return ((x - x.mean(0)) / torch.sqrt(spread(x) + eps) + beta) * gamma


@batchnorm_train.mistake(
    "gamma-and-beta-swapped",
    ko="gamma와 beta가 바뀌었습니다. 곱하는 것이 gamma, 더하는 것이 beta입니다.",
    en="gamma and beta are swapped: gamma is the one to multiply by, beta the one to add.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x) + eps) * beta + gamma


@batchnorm_train.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 x가 바뀌었습니다. `x -= …`나 `x /= …` 대신 새 텐서를 만드세요: `x_hat = (x - mean) / …`",
    en="The values are right, but the caller's x has changed. Make a new tensor instead of `x -= …` or "
    "`x /= …`: `x_hat = (x - mean) / …`.",
)
def _(x, gamma, beta, eps):
    y = batchnorm_train(x, gamma, beta, eps)
    x -= x.mean(0)
    x /= torch.sqrt(spread(x) + eps)
    return y


@batchnorm_train.mistake(
    "unbiased-no-eps",
    ko="두 군데를 고치세요. 분산은 B로 나누고(`correction=0`), 제곱근 안에서 eps를 더합니다.",
    en="Two things to mend: the variance divides by B (`correction=0`), and eps is added to it inside "
    "the root.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / x.std(0) * gamma + beta


@batchnorm_train.mistake(
    "divides-by-the-unbiased-variance",
    ko="두 군데를 고치세요. 분산이 아니라 그 제곱근으로 나누고, 분산은 B로 나눕니다(`correction=0`).",
    en="Two things to mend: divide by the root of the variance, not by the variance, and let the "
    "variance divide by B (`correction=0`).",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / (x.var(0) + eps) * gamma + beta


@batchnorm_train.mistake(
    "unbiased-only-standardised",
    ko="두 군데를 고치세요. 분산은 B로 나누고(`correction=0`), x_hat에 gamma를 곱하고 beta를 더합니다.",
    en="Two things to mend: the variance divides by B (`correction=0`), and x_hat is multiplied by gamma "
    "and shifted by beta.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(x.var(0) + eps)


@batchnorm_train.mistake(
    "divides-only-the-mean",
    ko="괄호가 빠졌습니다. `x - mean / std`는 평균만 나눕니다: `(x - mean) / std`",
    en="Brackets are missing. `x - mean / std` divides the mean alone: `(x - mean) / std`.",
)
def _(x, gamma, beta, eps):
    return gamma * (x - x.mean(0) / torch.sqrt(spread(x) + eps)) + beta


@batchnorm_train.mistake(
    "sum-of-squares",
    ko="분산에서 제곱을 더하기만 하고 B로 나누지 않았습니다. 분산은 제곱의 평균입니다.",
    en="The squares were added up and not divided by B. The variance is their mean.",
)
def _(x, gamma, beta, eps):
    centred = x - x.mean(0)
    return centred / torch.sqrt((centred**2).sum(0) + eps) * gamma + beta


@batchnorm_train.mistake(
    "mean-of-squares",
    ko="x의 제곱을 평균 냈습니다. 분산은 *평균을 뺀* 값의 제곱을 평균 낸 것입니다.",
    en="This is the mean of x squared. The variance is the mean of the squares of x *less its mean*.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt((x**2).mean(0) + eps) * gamma + beta


@batchnorm_train.mistake(
    "divides-only-the-mean-of-gamma-x", **known(batchnorm_train, "divides-only-the-mean")
)
def _(x, gamma, beta, eps):
    return gamma * x - x.mean(0) / torch.sqrt(spread(x) + eps) + beta


@batchnorm_train.mistake("over-the-units-unbiased", **WRONG_AXIS)
def _(x, gamma, beta, eps):
    x_hat = (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, keepdim=True) + eps)
    return x_hat * gamma + beta


@batchnorm_train.mistake("over-the-units-no-keepdim-unbiased", **WRONG_AXIS)
def _(x, gamma, beta, eps):
    return (x - x.mean(1)) / torch.sqrt(x.var(1) + eps) * gamma + beta


@batchnorm_train.mistake(
    "sign-turned",
    ko="부호가 뒤집혔습니다. 평균에서 x를 빼는 것이 아니라 x에서 평균을 뺍니다.",
    en="The sign is turned: take the mean off x, not x off the mean.",
)
def _(x, gamma, beta, eps):
    return (x.mean(0) - x) / torch.sqrt(spread(x) + eps) * gamma + beta


@batchnorm_train.mistake(
    "adds-the-mean",
    ko="평균을 뺄 자리에서 더했습니다.",
    en="The mean is added where it should be taken off.",
)
def _(x, gamma, beta, eps):
    return (x + x.mean(0)) / torch.sqrt(spread(x) + eps) * gamma + beta


SUMS = {
    "ko": "평균이 아니라 합입니다. 표본 수 B로 나누세요.",
    "en": "That is a sum, not a mean: divide by the number of samples, B.",
}


@batchnorm_train.mistake("sum-for-the-mean", **SUMS)
def _(x, gamma, beta, eps):
    return (x - x.sum(0)) / torch.sqrt(spread(x) + eps) * gamma + beta


@batchnorm_train.mistake("sums-for-both", **SUMS)
def _(x, gamma, beta, eps):
    centred = x - x.sum(0)
    return centred / torch.sqrt((centred**2).sum(0) + eps) * gamma + beta


OVER_H = {
    "ko": "유닛 수 H로 나누었습니다. 유닛마다 표본들에 대해 평균을 내니, 표본 수 B = `len(x)`로 나눕니다.",
    "en": "This divides by the number of units, H. The means run over the samples: divide by their number, B = `len(x)`.",
}


@batchnorm_train.mistake("variance-over-H", **OVER_H)
def _(x, gamma, beta, eps):
    centred = x - x.mean(0)
    return centred / torch.sqrt((centred**2).sum(0) / x.shape[1] + eps) * gamma + beta


@batchnorm_train.mistake("both-over-H", **OVER_H)
def _(x, gamma, beta, eps):
    centred = x - x.sum(0) / x.shape[1]
    return centred / torch.sqrt((centred**2).sum(0) / x.shape[1] + eps) * gamma + beta


@batchnorm_train.mistake(
    "subtracts-eps",
    ko="eps를 분산에서 뺐습니다. 0으로 나누지 않게 하려고 *더하는* 수입니다.",
    en="eps is taken off the variance. It is *added*, to keep this from dividing by 0.",
)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x) - eps) * gamma + beta


@batchnorm_train.mistake(
    "root-of-eps-alone",
    ko="괄호가 빠져서 제곱근이 eps에만 걸렸습니다: `(variance + eps).sqrt()` 또는 `(variance + eps) ** 0.5`",
    en="Brackets are missing, so the root is that of eps alone: `(variance + eps).sqrt()` or `(variance + eps) ** 0.5`.",
)
def _(x, gamma, beta, eps):
    return gamma * (x - x.mean(0)) / spread(x) + eps**0.5 + beta


@batchnorm_train.mistake(
    "mean-distance",
    ko="평균에서 떨어진 거리의 평균으로 나누었습니다. 표준편차는 거리를 *제곱해서* 평균 내고 제곱근을 구한 것입니다.",
    en="This divides by the mean distance from the mean. For the standard deviation, *square* the distances, average, and take the root.",
)
def _(x, gamma, beta, eps):
    centred = x - x.mean(0)
    return gamma * centred / (centred.abs().mean(0) + eps) + beta


@batchnorm_train.mistake(
    "returns-the-statistics-too",
    ko="y 말고 평균과 분산까지 돌려주었습니다. 돌려주는 것은 y 하나입니다.",
    en="Mean and variance are returned along with y. y is all that is returned.",
)
def _(x, gamma, beta, eps):
    return batchnorm_train(x, gamma, beta, eps), x.mean(0), spread(x)


@batchnorm_train.mistake(
    "smallest-to-largest",
    ko="가장 작은 값과 가장 큰 값으로 눈금을 맞추었습니다. 배치 정규화는 평균을 빼고 표준편차로 나눕니다.",
    en="This scales by the smallest and the largest value. Batch normalisation takes off the mean and divides by the standard deviation.",
)
def _(x, gamma, beta, eps):
    return gamma * (x - x.amin(0)) / (x.amax(0) - x.amin(0) + eps) + beta


STATISTICS_CUT = {
    "ko": "출력은 맞지만 그 속의 평균과 분산을 `torch.no_grad()` 안에서(또는 떼어 내어) 구해서, 기울기가 그것들을 거쳐 돌아가지 못합니다. "
    "y는 기록이 남는 평균과 분산으로 계산하세요.",
    "en": "The output is right, but the mean and variance in it were computed inside `torch.no_grad()` (or detached), so no "
    "gradient goes back through them. Compute y from statistics that keep their record.",
}


@batchnorm_train.mistake("statistics-cut", **STATISTICS_CUT)
def _(x, gamma, beta, eps):
    return with_statistics(x, x.mean(0).detach(), spread(x).detach(), gamma, beta, eps)


ROOT_TWICE = {
    "ko": "제곱근을 두 번 구했습니다. `std`가 이미 제곱근이니 `var`를 쓰세요.",
    "en": "The root was taken twice: `std` is a root already. Use `var`.",
}


@batchnorm_train.mistake("root-taken-twice", **ROOT_TWICE)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(x.std(0, correction=0) + eps) * gamma + beta


@batchnorm_train.mistake("root-taken-twice-unbiased", **ROOT_TWICE)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(x.std(0) + eps) * gamma + beta


EPS_OUTSIDE_THE_DIVISION = {
    "ko": "eps가 나눗셈 밖으로 나갔습니다. 제곱근 안에 더합니다.",
    "en": "eps ended up outside the division. It goes under the root.",
}


@batchnorm_train.mistake("eps-outside-the-division", **EPS_OUTSIDE_THE_DIVISION)
def _(x, gamma, beta, eps):
    return ((x - x.mean(0)) / torch.sqrt(spread(x)) + eps) * gamma + beta


@batchnorm_train.mistake("eps-added-at-the-end", **EPS_OUTSIDE_THE_DIVISION)
def _(x, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x)) * gamma + eps + beta


batchnorm_train.hints(
    ko=[
        "표본은 줄, 유닛은 열입니다. 열마다 따로 표준화하려면 평균과 분산을 어느 축에 대해 구해야 하나요? 결과의 모양은 (H,)여야 합니다.",
        "평균은 `x.mean(0)`, B로 나누는 분산은 `x.var(0, correction=0)`입니다. x_hat = (x − 평균) / √(분산 + eps), "
        "y = gamma·x_hat + beta.",
        "`x_hat = (x - x.mean(0)) / torch.sqrt(x.var(0, correction=0) + eps)` 다음에 `return gamma * x_hat + beta`",
    ],
    en=[
        "Samples are rows, units are columns. Which axis do mean and variance run over, to standardise "
        "each column by itself? Both must come out as (H,).",
        "The mean is `x.mean(0)`, the variance that divides by B is `x.var(0, correction=0)`. "
        "x_hat = (x − mean) / √(variance + eps), y = gamma·x_hat + beta.",
        "`x_hat = (x - x.mean(0)) / torch.sqrt(x.var(0, correction=0) + eps)`, then "
        "`return gamma * x_hat + beta`.",
    ],
)


# ---------------------------------------------------------------- running-stats


@exercise("running-stats", forbids=READY_MADE, returns=["mean", "var"])
def running_stats(x, running_mean, running_var, momentum):
    mean, var = running_mean.clone(), running_var.clone()
    F.batch_norm(x, mean, var, training=True, momentum=momentum)
    return mean, var


@running_stats.cases
def _(draw):
    x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
    yield x, torch.zeros(2), torch.ones(2), 0.1
    yield x, torch.tensor([2.0, 4.0]), torch.tensor([4.0, 8.0]), 0.25
    yield units(draw, 3, 2), some(draw, 2), variances(draw, 2), 1.0
    yield units(draw, 4, 4), some(draw, 4), variances(draw, 4), draw.number(0.15, 0.4)
    B, H = draw.integer(5, 9), draw.integer(2, 4)
    momentum = draw.number(0.6, 0.9)
    yield units(draw, B, H, DOUBLE), some(draw, H, DOUBLE), variances(draw, H, DOUBLE), momentum
    yield units(draw, 2, 1), some(draw, 1), variances(draw, 1), 0.0
    one = torch.ones(1, dtype=DOUBLE)
    yield far_from_0(), 0 * one, one, 0.5


@running_stats.accepts
def _(x, running_mean, running_var, momentum):
    B = len(x)
    biased = ((x - x.mean(0)) ** 2).mean(0)
    return torch.lerp(running_mean, x.mean(0), momentum), torch.lerp(
        running_var, biased * B / (B - 1), momentum
    )


@running_stats.accepts
def _(x, running_mean, running_var, momentum):
    mean = running_mean + momentum * (x.mean(0) - running_mean)
    return [
        mean,
        running_var - momentum * (running_var - torch.cov(x.T).reshape(-1, x.shape[1]).diagonal()),
    ]


def blended(old, new, momentum):
    return (1 - momentum) * old + momentum * new


@running_stats.mistake("variance-from-squares", **FROM_SQUARES)
def _(x, running_mean, running_var, momentum):
    B, mean = len(x), x.mean(0)
    variance = from_squares(x) * B / (B - 1)
    return blended(running_mean, mean, momentum), blended(running_var, variance, momentum)


SWAPPED_MOMENTUM = {
    "ko": "momentum을 옛 값에 곱하고 1 − momentum을 새 값에 곱했습니다. PyTorch에서 momentum은 새 배치의 몫입니다. 0.1이면 "
    "새 값이 10%만 섞여야 합니다.",
    "en": "momentum multiplies the old value and 1 − momentum the new one. In PyTorch momentum is the "
    "share of the new batch: with 0.1, only 10% of the new value are blended in.",
}


@running_stats.mistake("swapped-momentum", **SWAPPED_MOMENTUM)
def _(x, running_mean, running_var, momentum):
    keep = 1 - momentum
    return blended(running_mean, x.mean(0), keep), blended(
        running_var, spread(x, correction=1), keep
    )


@running_stats.mistake("swapped-momentum-biased", **SWAPPED_MOMENTUM)
def _(x, running_mean, running_var, momentum):
    keep = 1 - momentum
    return blended(running_mean, x.mean(0), keep), blended(running_var, spread(x), keep)


@running_stats.mistake(
    "biased-variance",
    ko="분산을 B로 나누었습니다. 표준화할 때는 그렇지만, 저장하는 분산은 B − 1로 나눈 불편 분산입니다. `x.var(0)`이 그것입니다.",
    en="The variance divides by B. That is the one to standardise with; the one to store is unbiased "
    "and divides by B − 1, as `x.var(0)` does.",
)
def _(x, running_mean, running_var, momentum):
    mean = blended(running_mean, x.mean(0), momentum)
    return mean, blended(running_var, spread(x), momentum)


STDS = {
    "ko": "분산 자리에 표준편차를 섞었습니다. 이동 통계량에는 분산을 저장합니다. 제곱근은 쓸 때 구합니다.",
    "en": "A standard deviation was blended in where the variance belongs. Running statistics hold the "
    "variance; its root is taken when it is used.",
}


@running_stats.mistake("stores-the-deviation", **STDS)
def _(x, running_mean, running_var, momentum):
    return blended(running_mean, x.mean(0), momentum), blended(running_var, x.std(0), momentum)


@running_stats.mistake("stores-the-biased-deviation", **STDS)
def _(x, running_mean, running_var, momentum):
    std = x.std(0, correction=0)
    return blended(running_mean, x.mean(0), momentum), blended(running_var, std, momentum)


LAST_BATCH = {
    "ko": "이번 배치의 통계량만 돌려주었습니다. 그러면 배치가 바뀔 때마다 통째로 바뀝니다. 옛 값 1 − momentum과 새 값 momentum을 섞으세요.",
    "en": "These are the statistics of this batch alone, and will all change with the next one. Blend: "
    "1 − momentum of the old value, momentum of the new.",
}


@running_stats.mistake("only-the-last-batch", **LAST_BATCH)
def _(x, running_mean, running_var, momentum):
    return x.mean(0), x.var(0)


@running_stats.mistake("only-the-last-batch-biased", **LAST_BATCH)
def _(x, running_mean, running_var, momentum):
    return x.mean(0), spread(x)


@running_stats.mistake(
    "does-not-shrink-the-old",
    ko="옛 값에 1 − momentum을 곱하지 않고 그대로 둔 채 더했습니다. 그러면 배치가 지날수록 끝없이 쌓입니다. 두 몫을 더하면 1이어야 합니다.",
    en="The old value was kept whole and something added to it, so it piles up batch after batch. The "
    "old one must shrink to 1 − momentum: the two shares add up to 1.",
)
def _(x, running_mean, running_var, momentum):
    return running_mean + momentum * x.mean(0), running_var + momentum * x.var(0)


@running_stats.mistake(
    "does-not-shrink-the-new",
    ko="새 값에 momentum을 곱하지 않고 통째로 더했습니다. 두 몫을 더하면 1이어야 합니다: 1 − momentum과 momentum",
    en="The new value was added whole, not times momentum. The two shares must add up to 1: "
    "1 − momentum and momentum.",
)
def _(x, running_mean, running_var, momentum):
    keep = 1 - momentum
    return keep * running_mean + x.mean(0), keep * running_var + x.var(0)


@running_stats.mistake(
    "equal-mean",
    ko="옛 값과 새 값을 반반 섞었습니다. 새 값의 몫은 momentum이 정합니다.",
    en="Old and new were blended half and half. It is momentum that says what share the new one gets.",
)
def _(x, running_mean, running_var, momentum):
    return (running_mean + x.mean(0)) / 2, (running_var + x.var(0)) / 2


@running_stats.mistake(
    "over-the-units",
    ko="축이 바뀌었습니다. 배치의 표본들에 대해(축 0) 유닛마다 하나씩 구하세요. 결과는 (H,)입니다.",
    en="The axis is the wrong one. Go over the samples of the batch (axis 0), one number for each unit: "
    "the results are (H,).",
)
def _(x, running_mean, running_var, momentum):
    return blended(running_mean, x.mean(1), momentum), blended(running_var, x.var(1), momentum)


@running_stats.mistake(
    "over-everything",
    ko="모든 유닛을 한데 섞은 평균과 분산을 썼습니다. 유닛마다 따로 구하세요: 축 0",
    en="One mean and one variance of all units together were blended in. Each unit has its own: axis 0.",
)
def _(x, running_mean, running_var, momentum):
    return blended(running_mean, x.mean(), momentum), blended(running_var, x.var(), momentum)


@running_stats.mistake(
    "around-the-running-mean",
    ko="분산을 이동 평균을 중심으로 쟀습니다. 배치의 분산은 그 배치 자신의 평균을 중심으로 잽니다.",
    en="The variance was measured around the running mean. A batch's variance is taken around the "
    "batch's own mean.",
)
def _(x, running_mean, running_var, momentum):
    mean = blended(running_mean, x.mean(0), momentum)
    around = ((x - mean) ** 2).sum(0) / (len(x) - 1)
    return mean, blended(running_var, around, momentum)


@running_stats.mistake(
    "mean-only",
    ko="평균만 갱신하고 분산은 그대로 두었습니다.",
    en="Only the mean was updated; the variance is still the old one.",
)
def _(x, running_mean, running_var, momentum):
    return blended(running_mean, x.mean(0), momentum), running_var


@running_stats.mistake(
    "wrong-order",
    ko="두 결과의 순서가 바뀌었습니다: (mean, var)",
    en="The two results are in the wrong order: (mean, var).",
)
def _(x, running_mean, running_var, momentum):
    mean, var = running_stats(x, running_mean, running_var, momentum)
    return var, mean


@running_stats.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 텐서를 고쳤습니다. 이 함수는 새 텐서 둘을 돌려줍니다(제자리에서 고치는 것은 4절의 일입니다). `*=`, `+=`, "
    "`copy_`를 쓰지 마세요.",
    en="The values are right, but the caller's tensors have changed. This function returns two new "
    "tensors (updating in place comes in section 4): no `*=`, `+=` or `copy_`.",
)
def _(x, running_mean, running_var, momentum):
    mean, var = running_stats(x, running_mean, running_var, momentum)
    return running_mean.copy_(mean), running_var.copy_(var)


@running_stats.mistake(
    "corrected-twice",
    ko="B/(B − 1)을 두 번 곱했습니다. `x.var(0)`은 이미 B − 1로 나눈 것이니 그대로 쓰세요.",
    en="B/(B − 1) went in twice. `x.var(0)` divides by B − 1 already: use it as it is.",
)
def _(x, running_mean, running_var, momentum):
    var = x.var(0) * len(x) / (len(x) - 1)
    return blended(running_mean, x.mean(0), momentum), blended(running_var, var, momentum)


@running_stats.mistake(
    "momentum-of-chapter-12",
    ko="12장의 모멘텀처럼 옛 값에 momentum을 곱하고 새 값을 통째로 더했습니다. 이름만 같습니다. 여기서는 옛 값 1 − momentum과 새 값 momentum을 섞습니다.",
    en="This is the momentum of chapter 12: momentum times the old value plus all of the new one. Only the "
    "name is the same. Here it is 1 − momentum of the old value and momentum of the new.",
)
def _(x, running_mean, running_var, momentum):
    return momentum * running_mean + x.mean(0), momentum * running_var + x.var(0)


@running_stats.mistake(
    "keeps-the-axis",
    ko="결과가 (1, H)입니다. `keepdim=True`를 빼면 (H,)가 됩니다.",
    en="The results are (1, H). Without `keepdim=True` they are (H,).",
)
def _(x, running_mean, running_var, momentum):
    mean, var = running_stats(x, running_mean, running_var, momentum)
    return mean[None], var[None]


@running_stats.mistake(
    "var-only",
    ko="분산만 갱신하고 평균은 그대로 두었습니다.",
    en="Only the variance was updated; the mean is still the old one.",
)
def _(x, running_mean, running_var, momentum):
    return running_mean, blended(running_var, x.var(0), momentum)


@running_stats.mistake(
    "no-brackets",
    ko="괄호가 빠졌습니다. 옛 값의 몫은 `(1 - momentum) * running_mean`입니다.",
    en="Brackets are missing: the share of the old value is `(1 - momentum) * running_mean`.",
)
def _(x, running_mean, running_var, momentum):
    mean = 1 - momentum * running_mean + momentum * x.mean(0)
    return mean, 1 - momentum * running_var + momentum * x.var(0)


@running_stats.mistake(
    "correction-upside-down",
    ko="보정이 뒤집혔습니다. B로 나눈 분산에는 B/(B − 1)을 곱합니다.",
    en="The correction is upside down: a variance that divides by B is multiplied by B/(B − 1).",
)
def _(x, running_mean, running_var, momentum):
    var = spread(x) * (len(x) - 1) / len(x)
    return blended(running_mean, x.mean(0), momentum), blended(running_var, var, momentum)


CORRECTION_BRACKETS = {
    "ko": "보정에 괄호가 빠졌습니다. `B / B - 1`은 0입니다. `B / (B - 1)`이라고 쓰세요.",
    "en": "Brackets are missing in the correction: `B / B - 1` is 0. Write `B / (B - 1)`.",
}


@running_stats.mistake("no-brackets-in-the-correction", **CORRECTION_BRACKETS)
def _(x, running_mean, running_var, momentum):
    B, mean = len(x), blended(running_mean, x.mean(0), momentum)
    return mean, (1 - momentum) * running_var + momentum * B / B - 1 * spread(x)


@running_stats.mistake("no-brackets-after-the-variance", **CORRECTION_BRACKETS)
def _(x, running_mean, running_var, momentum):
    B, mean = len(x), blended(running_mean, x.mean(0), momentum)
    return mean, (1 - momentum) * running_var + momentum * spread(x) * B / B - 1


@running_stats.mistake(
    "mean-corrected-too",
    ko="평균에도 B/(B − 1)을 곱했습니다. 보정은 분산에만 합니다.",
    en="The mean was multiplied by B/(B − 1), too. The correction is for the variance only.",
)
def _(x, running_mean, running_var, momentum):
    mean = x.mean(0) * len(x) / (len(x) - 1)
    return blended(running_mean, mean, momentum), blended(running_var, x.var(0), momentum)


@running_stats.mistake("swapped-momentum-in-the-mean", **SWAPPED_MOMENTUM)
def _(x, running_mean, running_var, momentum):
    mean = blended(running_mean, x.mean(0), 1 - momentum)
    return mean, blended(running_var, x.var(0), momentum)


@running_stats.mistake("swapped-momentum-in-the-variance", **SWAPPED_MOMENTUM)
def _(x, running_mean, running_var, momentum):
    mean = blended(running_mean, x.mean(0), momentum)
    return mean, blended(running_var, x.var(0), 1 - momentum)


@running_stats.mistake(
    "only-the-new-share",
    ko="옛 값이 결과에 남지 않았습니다. 새 값 momentum에 옛 값을 1 − momentum만큼 섞으세요.",
    en="The old value is gone from the result. To momentum of the new one, blend in 1 − momentum of the old.",
)
def _(x, running_mean, running_var, momentum):
    return momentum * x.mean(0), momentum * x.var(0)


@running_stats.mistake(
    "sum-for-the-mean",
    ko="배치의 평균이 아니라 합을 섞었습니다. 표본 수 B로 나누세요.",
    en="The sum of the batch was blended in, not its mean: divide by the number of samples, B.",
)
def _(x, running_mean, running_var, momentum):
    mean = blended(running_mean, x.sum(0), momentum)
    return mean, blended(running_var, x.var(0), momentum)


@running_stats.mistake("over-everything-biased", **known(running_stats, "over-everything"))
def _(x, running_mean, running_var, momentum):
    mean = blended(running_mean, x.mean(), momentum)
    return mean, blended(running_var, x.var(correction=0), momentum)


@running_stats.mistake(
    "correction-of-adam",
    ko="결과를 1 − momentum으로 나누었습니다. Adam(12장)의 보정 같은 것은 여기에 없습니다. 섞은 것을 그대로 돌려주세요.",
    en="The results were divided by 1 − momentum. There is no correction here like Adam's (chapter 12): return what was blended as it is.",
)
def _(x, running_mean, running_var, momentum):
    mean, var = running_stats(x, running_mean, running_var, momentum)
    return mean / (1 - momentum), var / (1 - momentum)


@running_stats.mistake(
    "steps-the-wrong-way",
    ko="새 값에서 *멀어지는* 쪽으로 움직였습니다. 옛 값에서 새 값 쪽으로 momentum만큼 갑니다: running + momentum·(새 값 − running)",
    en="This steps *away* from the new value. From the old one, go towards it by momentum: running + momentum·(new − running).",
)
def _(x, running_mean, running_var, momentum):
    return blended(running_mean, x.mean(0), -momentum), blended(running_var, x.var(0), -momentum)


@running_stats.mistake(
    "in-place-and-nothing-returned",
    ko="두 가지입니다. 부른 쪽의 텐서를 고쳤고(제자리에서 고치는 것은 4절의 일입니다), 아무것도 돌려주지 않았습니다. 새 텐서 둘을 만들어 돌려주세요.",
    en="Two things: the caller's tensors have changed (updating in place comes in section 4), and nothing is returned. Make two new tensors and "
    "return them.",
)
def _(x, running_mean, running_var, momentum):
    mean, var = running_stats(x, running_mean, running_var, momentum)
    running_mean.copy_(mean)
    running_var.copy_(var)


for name, correction in (("", 1), ("-biased", 0)):

    def around_the_old_mean(x, running_mean, running_var, momentum, correction=correction):
        around = ((x - running_mean) ** 2).sum(0) / (len(x) - correction)
        mean = blended(running_mean, x.mean(0), momentum)
        return mean, blended(running_var, around, momentum)

    running_stats.mistake(
        f"around-the-old-running-mean{name}", **known(running_stats, "around-the-running-mean")
    )(around_the_old_mean)


FIXED_MOMENTUM = {
    "ko": "0.1로 못 박지 말고 받은 momentum을 쓰세요.",
    "en": "Use the momentum that is given, not a fixed 0.1.",
}


@running_stats.mistake("fixed-momentum", **FIXED_MOMENTUM)
def _(x, running_mean, running_var, momentum):
    return blended(running_mean, x.mean(0), 0.1), blended(running_var, x.var(0), 0.1)


@running_stats.mistake(
    "corrects-the-blend",
    ko="보정은 배치의 분산에만 합니다. 옛 값에는 하지 않습니다.",
    en="The correction is for the batch's variance only, not for the old one.",
)
def _(x, running_mean, running_var, momentum):
    var = blended(running_var, spread(x), momentum) * len(x) / (len(x) - 1)
    return blended(running_mean, x.mean(0), momentum), var


running_stats.hints(
    ko=[
        "두 통계량이 똑같은 규칙으로 섞입니다. 새 배치의 몫이 momentum이면 옛 값의 몫은 얼마여야 둘을 더해 1이 되나요?",
        "mean = (1 − m)·running_mean + m·(배치의 평균), var도 같은 꼴입니다. 다만 배치의 분산은 B − 1로 나눈 것입니다.",
        "`mean = (1 - momentum) * running_mean + momentum * x.mean(0)`이고 분산에는 `x.var(0)`을 씁니다.",
    ],
    en=[
        "Both statistics are blended by the same rule. If the share of the new batch is momentum, what "
        "must the share of the old value be, so that the two add up to 1?",
        "mean = (1 − m)·running_mean + m·(mean of the batch), and var likewise, but with the variance "
        "that divides by B − 1.",
        "`mean = (1 - momentum) * running_mean + momentum * x.mean(0)`, and `x.var(0)` for the variance.",
    ],
)


# ---------------------------------------------------------------- batchnorm-eval


@exercise("batchnorm-eval", forbids=READY_MADE)
def batchnorm_eval(x, running_mean, running_var, gamma, beta, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training=False, eps=eps)


def stored(draw, H, dtype=torch.float32):
    """running_mean, running_var, gamma, beta."""
    return (
        some(draw, H, dtype),
        variances(draw, H, dtype),
        some(draw, H, dtype),
        some(draw, H, dtype),
    )


@batchnorm_eval.cases
def _(draw):
    one, two = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 0.25])
    yield torch.tensor([[3.0, 3.0], [5.0, 1.0]]), one, two, torch.ones(2), torch.zeros(2), 1e-5
    yield units(draw, 1, 3), *stored(draw, 3), 0.1
    yield units(draw, 4, 4), *stored(draw, 4), 0.3
    zero = torch.tensor([0.0, 1.0])
    yield torch.tensor([[1.0, 2.0], [1.5, 1.0]]), torch.ones(2), zero, one, two, 0.25
    H = draw.integer(2, 4)
    yield (
        units(draw, draw.integer(5, 9), H, DOUBLE),
        *stored(draw, H, DOUBLE),
        draw.number(0.05, 0.5),
    )
    x, (mean, var, *scale) = units(draw, 3, 2, DOUBLE).requires_grad_(), stored(draw, 2, DOUBLE)
    yield Case((x, mean, var, *(each.requires_grad_() for each in scale), 0.1), slopes=True)


@batchnorm_eval.accepts
def _(x, running_mean, running_var, gamma, beta, eps):
    scale = gamma * torch.rsqrt(running_var + eps)
    return x * scale + (beta - running_mean * scale)


@batchnorm_eval.accepts
def _(x, running_mean, running_var, gamma, beta, eps):
    rows = [gamma * (row - running_mean) / (running_var + eps).pow(0.5) + beta for row in x]
    return torch.stack(rows)


@batchnorm_eval.mistake("fixed-eps", **FIXED_EPS)
def _(x, running_mean, running_var, gamma, beta, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, eps=1e-5)


@batchnorm_eval.mistake(
    "output-without-gradients",
    ko="값은 맞지만 `torch.no_grad()`나 `.detach()`로 y의 계산 기록을 끊었습니다. 평가 모드에서도 기울기는 x와 gamma, beta로 돌아가야 합니다(굳힌 층을 미세 조정할 때처럼).",
    en="The values are right, but `torch.no_grad()` or `.detach()` cuts the record of y. In evaluation mode, too, gradients go back to x, gamma and "
    "beta (as in fine-tuning around a frozen layer).",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return with_statistics(x, running_mean, running_var, gamma, beta, eps).detach()


BATCH_IN_EVAL = {
    "ko": "들어온 배치의 통계량을 썼습니다. 평가할 때는 배치를 보지 않습니다. running_mean과 running_var를 쓰세요. 그래야 한 장만 들어와도, 이웃이 "
    "누구여도 답이 같습니다.",
    "en": "This uses the statistics of the batch that came in. Evaluation does not look at the batch: use "
    "running_mean and running_var, so that an image gets the same answer alone and in any company.",
}


@batchnorm_eval.mistake("uses-the-batch", **BATCH_IN_EVAL)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(spread(x) + eps) * gamma + beta


@batchnorm_eval.mistake("uses-the-batch-unbiased", **BATCH_IN_EVAL)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(x.var(0) + eps) * gamma + beta


@batchnorm_eval.mistake(
    "mean-of-the-batch",
    ko="분산은 저장된 것을 썼지만 평균은 배치의 것을 뺐습니다. 둘 다 저장된 것을 쓰세요.",
    en="The variance is the stored one, but the mean is the batch's. Use the stored one for both.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - x.mean(0)) / torch.sqrt(running_var + eps) * gamma + beta


@batchnorm_eval.mistake(
    "eps-outside",
    ko="eps를 제곱근 밖에서 더했습니다. 분산에 더한 다음 제곱근을 구합니다: √(σ² + ε)",
    en="eps is added outside the root. Add it to the variance, then take the root: √(σ² + ε).",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / (torch.sqrt(running_var) + eps) * gamma + beta


@batchnorm_eval.mistake(
    "no-eps",
    ko="eps를 쓰지 않았습니다. 저장된 분산이 0인 유닛에서 0으로 나누게 됩니다.",
    en="eps is not used. A unit whose stored variance is 0 makes this divide by 0.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / torch.sqrt(running_var) * gamma + beta


@batchnorm_eval.mistake(
    "variance-for-deviation",
    ko="저장된 것은 표준편차가 아니라 분산입니다. 제곱근을 구해서 나누세요.",
    en="What is stored is the variance, not the standard deviation: take its root, then divide.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / (running_var + eps) * gamma + beta


@batchnorm_eval.mistake(
    "only-standardised",
    ko="gamma를 곱하고 beta를 더하지 않았습니다. 평가할 때도 필요합니다. 신경망은 그것들과 함께 배웠습니다.",
    en="gamma and beta are missing. They are needed in evaluation too: the network has learned with "
    "them.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / torch.sqrt(running_var + eps)


@batchnorm_eval.mistake(
    "forgets-beta",
    ko="beta를 더하지 않았습니다.",
    en="beta is not added.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / torch.sqrt(running_var + eps) * gamma


@batchnorm_eval.mistake(
    "forgets-gamma",
    ko="gamma를 곱하지 않았습니다.",
    en="gamma is missing: multiply by it before adding beta.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / torch.sqrt(running_var + eps) + beta


@batchnorm_eval.mistake(
    "shift-before-scale",
    ko="beta를 먼저 더하고 gamma를 곱했습니다. 순서가 반대입니다: γ·x_hat + β",
    en="beta was added first and gamma multiplied after. It is the other way round: γ·x_hat + β.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return ((x - running_mean) / torch.sqrt(running_var + eps) + beta) * gamma


@batchnorm_eval.mistake(
    "gamma-and-beta-swapped",
    ko="gamma와 beta가 바뀌었습니다. 곱하는 것이 gamma, 더하는 것이 beta입니다. 인자의 순서도 확인하세요.",
    en="gamma and beta are swapped: gamma is the one to multiply by, beta the one to add. Look at the "
    "order of the arguments, too.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / torch.sqrt(running_var + eps) * beta + gamma


@batchnorm_eval.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 x가 바뀌었습니다. `x -= …` 대신 새 텐서를 만드세요.",
    en="The values are right, but the caller's x has changed. Make a new tensor instead of `x -= …`.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    y = batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    x -= running_mean
    return y


@batchnorm_eval.mistake(
    "variance-of-the-batch",
    ko="평균은 저장된 것을 썼지만 분산은 배치의 것으로 나누었습니다. 둘 다 저장된 것을 쓰세요.",
    en="The mean is the stored one, but the variance is the batch's. Use the stored one for both.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / torch.sqrt(spread(x) + eps) * gamma + beta


@batchnorm_eval.mistake(
    "not-centred",
    ko="running_mean을 빼지 않았습니다.",
    en="running_mean is not taken off.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return x / torch.sqrt(running_var + eps) * gamma + beta


@batchnorm_eval.mistake(
    "divides-only-the-mean",
    ko="괄호가 빠졌습니다. `x - mean / std`는 평균만 나눕니다: `(x - mean) / std`",
    en="Brackets are missing. `x - mean / std` divides the mean alone: `(x - mean) / std`.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return gamma * (x - running_mean / torch.sqrt(running_var + eps)) + beta


@batchnorm_eval.mistake(
    "multiplies-by-the-deviation",
    ko="표준편차로 나누지 않고 곱했습니다.",
    en="This multiplies by the standard deviation. Divide by it.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) * torch.sqrt(running_var + eps) * gamma + beta


@batchnorm_eval.mistake(
    "divides-only-the-mean-of-gamma-x", **known(batchnorm_eval, "divides-only-the-mean")
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return gamma * x - running_mean / torch.sqrt(running_var + eps) + beta


@batchnorm_eval.mistake(
    "sign-turned",
    ko="부호가 뒤집혔습니다. 평균에서 x를 빼는 것이 아니라 x에서 평균을 뺍니다.",
    en="The sign is turned: take the mean off x, not x off the mean.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (running_mean - x) / torch.sqrt(running_var + eps) * gamma + beta


@batchnorm_eval.mistake(
    "variance-squared",
    ko="running_var는 이미 분산입니다. 제곱하지 마세요.",
    en="running_var is a variance already: do not square it.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / torch.sqrt(running_var**2 + eps) * gamma + beta


@batchnorm_eval.mistake(
    "statistics-swapped",
    ko="running_mean과 running_var가 뒤바뀌었습니다. 평균을 빼고, 분산의 제곱근으로 나눕니다.",
    en="running_mean and running_var are swapped: take off the mean, and divide by the root of the variance.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_var) / torch.sqrt(running_mean + eps) * gamma + beta


@batchnorm_eval.mistake(
    "biased-again",
    ko="저장된 분산에 (B − 1)/B를 곱했습니다. 평가할 때는 저장된 분산을 그대로 씁니다. 들어온 표본의 수와는 상관이 없습니다.",
    en="The stored variance was multiplied by (B − 1)/B. Evaluation uses it as it is stored, however many samples come in.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    var = running_var * (len(x) - 1) / len(x)
    return (x - running_mean) / torch.sqrt(var + eps) * gamma + beta


@batchnorm_eval.mistake(
    "root-taken-twice",
    ko="제곱근을 두 번 구했습니다. 한 번이면 됩니다.",
    en="The root was taken twice. Once is enough.",
)
def _(x, running_mean, running_var, gamma, beta, eps):
    return (x - running_mean) / (running_var + eps) ** 0.25 * gamma + beta


batchnorm_eval.hints(
    ko=[
        "batchnorm_train과 식은 같고, 평균과 분산이 어디서 오는지만 다릅니다. x에서 구할 것은 아무것도 없습니다.",
        "x_hat = (x − running_mean) / √(running_var + eps), y = gamma·x_hat + beta. (H,)는 (B, H)의 모든 줄에 브로드캐스팅됩니다.",
        "`return gamma * (x - running_mean) / torch.sqrt(running_var + eps) + beta`",
    ],
    en=[
        "The formula is that of batchnorm_train; only where mean and variance come from is different. "
        "Nothing has to be computed from x.",
        "x_hat = (x − running_mean) / √(running_var + eps), y = gamma·x_hat + beta. An (H,) is broadcast "
        "to every row of (B, H).",
        "`return gamma * (x - running_mean) / torch.sqrt(running_var + eps) + beta`.",
    ],
)


# ---------------------------------------------------------------- batchnorm-forward


@exercise("batchnorm-forward", points=2, forbids=READY_MADE, mutates=(3, 4))
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)


@batchnorm_forward.cases
def _(draw):
    x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
    plain = torch.ones(2), torch.zeros(2)
    yield x, *plain, torch.zeros(2), torch.ones(2), True, 0.1, 1e-5
    yield x, *plain, torch.tensor([2.0, 5.0]), torch.tensor([4.0, 25.0]), False, 0.1, 1e-5
    yield units(draw, 4, 4), *stored_last(draw, 4), True, draw.number(0.15, 0.4), 0.3
    yield units(draw, 1, 3), *stored_last(draw, 3), False, 0.2, 0.1
    yield units(draw, 5, 2), *stored_last(draw, 2), True, 0.3, 0.1
    H, training = draw.integer(2, 4), bool(draw.integer(0, 1))
    yield (
        units(draw, 6, H, DOUBLE),
        *stored_last(draw, H, DOUBLE),
        training,
        draw.number(0.6, 0.9),
        0.2,
    )
    for training in (True, False):  # gradients have to go back to x, through the statistics too
        x = units(draw, 4, 3, DOUBLE).requires_grad_()
        gamma, beta, *running = stored_last(draw, 3, DOUBLE)
        learned = gamma.requires_grad_(), beta.requires_grad_()
        yield Case((x, *learned, *running, training, 0.25, 0.1), slopes=True)


def stored_last(draw, H, dtype=torch.float32):
    """gamma, beta, running_mean, running_var."""
    mean, var, gamma, beta = stored(draw, H, dtype)
    return gamma, beta, mean, var


def with_statistics(x, mean, var, gamma, beta, eps):
    return (x - mean) / torch.sqrt(var + eps) * gamma + beta


def update(x, running_mean, running_var, momentum, correction=1):
    with torch.no_grad():
        running_mean.lerp_(x.mean(0), momentum)
        running_var.lerp_(spread(x, correction=correction), momentum)


@batchnorm_forward.accepts
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    mean, var = (x.mean(0), spread(x)) if training else (running_mean.clone(), running_var.clone())
    if training:
        update(x.detach(), running_mean, running_var, momentum)
    return with_statistics(x, mean, var, gamma, beta, eps)


@batchnorm_forward.accepts
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        B = len(x)
        running_mean *= 1 - momentum
        running_mean += momentum * x.detach().mean(0)
        running_var[:] = running_var * (1 - momentum) + momentum * spread(x.detach()) * B / (B - 1)
        return batchnorm_train(x, gamma, beta, eps)
    return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)


@batchnorm_forward.mistake(
    "rebinds-the-names",
    ko="출력은 맞지만 running_mean과 running_var의 내용이 그대로입니다. 갱신하지 않았거나 이름표만 옮겼습니다(`running_mean = …`은 함수 안의 이름표를 "
    "옮길 뿐입니다). 텐서의 내용을 바꾸세요: `running_mean.copy_(…)`",
    en="The output is right, but running_mean and running_var hold what they held. They were not updated, or only their names were "
    "(`running_mean = …` moves the label inside the function, no more). Change the tensor's content: `running_mean.copy_(…)`.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        return batchnorm_train(x, gamma, beta, eps)
    return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)


@batchnorm_forward.mistake(
    "updates-in-evaluation-too",
    ko="평가할 때도 이동 통계량을 갱신했습니다. 평가는 읽기만 해야 합니다. 그러지 않으면 시험용 그림이 모델을 바꿉니다. 갱신을 `if training:` 안으로 "
    "옮기세요.",
    en="The running statistics were updated in evaluation, too. Evaluation only reads them, or else "
    "test images change the model. Move the update into `if training:`.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        return F.batch_norm(x, running_mean, running_var, gamma, beta, True, momentum, eps)
    y = batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    update(x, running_mean, running_var, momentum)
    return y


@batchnorm_forward.mistake(
    "always-the-batch",
    ko="training이 False일 때도 배치의 통계량으로 표준화했습니다. 평가할 때는 저장된 running_mean과 running_var를 씁니다.",
    en="With training False it still normalises with the statistics of the batch. Evaluation uses the "
    "stored running_mean and running_var.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    y = with_statistics(x, x.mean(0), spread(x), gamma, beta, eps)
    if training:
        update(x, running_mean, running_var, momentum)
    return y


@batchnorm_forward.mistake(
    "ignores-the-mode",
    ko="training을 보지 않고 언제나 훈련 중인 것처럼 계산하고 갱신했습니다. `if training:`으로 두 모드를 나누세요.",
    en="training is not looked at: it always computes and updates as in training. Tell the two modes "
    "apart with `if training:`.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    y = with_statistics(x, x.mean(0), spread(x), gamma, beta, eps)
    update(x, running_mean, running_var, momentum)
    return y


@batchnorm_forward.mistake(
    "modes-swapped",
    ko="두 모드가 바뀌었습니다. training이 True일 때 배치의 통계량을 쓰고 갱신합니다.",
    en="The two modes are swapped. It is with training True that the batch's statistics are used and "
    "the running ones updated.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    y = with_statistics(x, x.mean(0), spread(x), gamma, beta, eps)
    update(x, running_mean, running_var, momentum)
    return y


@batchnorm_forward.mistake(
    "normalises-with-the-updated",
    ko="훈련할 때 갱신한 이동 통계량으로 표준화했습니다. 훈련할 때는 배치 자신의 평균과 분산을 씁니다. 이동 통계량은 모아 두기만 합니다.",
    en="In training it normalises with the running statistics, just updated. Training uses the batch's "
    "own mean and variance; the running ones are only collected.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        update(x, running_mean, running_var, momentum)
    return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)


@batchnorm_forward.mistake(
    "normalises-with-the-old",
    ko="훈련할 때도 저장된 이동 통계량으로 표준화했습니다. 훈련할 때는 배치 자신의 평균과 분산을 씁니다.",
    en="In training, too, it normalises with the stored running statistics. Training uses the batch's own "
    "mean and variance.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    y = batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    if training:
        update(x, running_mean, running_var, momentum)
    return y


@batchnorm_forward.mistake(
    "stores-the-biased",
    ko="B로 나눈 분산을 저장했습니다. 표준화에는 B, 저장에는 B − 1입니다. 저장할 것은 running_stats가 바르게 구해 줍니다.",
    en="The variance that was stored divides by B. B to standardise, B − 1 to store: running_stats gives "
    "what to store.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    update(x, running_mean, running_var, momentum, correction=0)
    return batchnorm_train(x, gamma, beta, eps)


@batchnorm_forward.mistake(
    "normalises-with-the-unbiased",
    ko="B − 1로 나눈 분산으로 표준화했습니다. 표준화에는 B, 저장에는 B − 1입니다. 표준화는 batchnorm_train이 바르게 해 줍니다.",
    en="It normalises with the variance that divides by B − 1. B to standardise, B − 1 to store: "
    "batchnorm_train does the former.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    update(x, running_mean, running_var, momentum)
    return with_statistics(x, x.mean(0), spread(x, correction=1), gamma, beta, eps)


@batchnorm_forward.mistake(
    "swapped-momentum",
    ko="momentum을 옛 값에 곱했습니다. PyTorch에서 momentum은 새 배치의 몫입니다.",
    en="momentum multiplies the old value. In PyTorch it is the share of the new batch.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, 1 - momentum, eps)


@batchnorm_forward.mistake(
    "mean-only",
    ko="running_mean만 갱신하고 running_var는 그대로 두었습니다.",
    en="Only running_mean was updated; running_var holds what it held.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    var = running_var.clone()
    return F.batch_norm(x, running_mean, var, gamma, beta, training, momentum, eps)


@batchnorm_forward.mistake(
    "returns-the-statistics-too",
    ko="y 말고 다른 것까지 돌려주었습니다. 이동 통계량은 제자리에서 고치고, 돌려주는 것은 y 하나입니다.",
    en="More than y was returned. The running statistics are updated in place; y is all that is "
    "returned.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    y = F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    return y, running_mean, running_var


@batchnorm_forward.mistake(
    "arguments-in-the-wrong-order",
    ko="평가할 때 batchnorm_eval에 인자를 엉뚱한 순서로 넘겼습니다. 그 함수는 (x, running_mean, running_var, gamma, beta, eps)를 받습니다.",
    en="In evaluation, batchnorm_eval got its arguments in the wrong order. It takes (x, running_mean, "
    "running_var, gamma, beta, eps).",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        return F.batch_norm(x, running_mean, running_var, gamma, beta, True, momentum, eps)
    return with_statistics(x, gamma, beta, running_mean, running_var, eps)


@batchnorm_forward.mistake(
    "copies-swapped",
    ko="평균과 분산이 서로 바뀌어 저장되었습니다. running_stats는 (mean, var) 순서로 돌려줍니다.",
    en="Mean and variance were stored in one another's place. running_stats returns (mean, var).",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    y = F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    if training:
        mean = running_mean.clone()
        running_mean.copy_(running_var)
        running_var.copy_(mean)
    return y


@batchnorm_forward.mistake(
    "stores-the-last-batch",
    ko="이번 배치의 통계량을 통째로 저장했습니다. running_stats로 옛 값과 섞은 것을 저장하세요.",
    en="What was stored are the statistics of this batch alone. Store what running_stats gives: blended "
    "with the old ones.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, 1.0, eps)


@batchnorm_forward.mistake(
    "adds-instead-of-copying",
    ko="running_stats의 결과를 옛 값에 더했습니다. 그 결과에는 옛 값이 이미 섞여 있으니 `copy_`로 바꿔 넣으세요.",
    en="The results of running_stats were added to the old values. They have the old ones blended in "
    "already: put them in place with `copy_`.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    mean, var = running_mean.clone(), running_var.clone()
    y = F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    if training:
        running_mean.add_(mean)
        running_var.add_(var)
    return y


@batchnorm_forward.mistake(
    "nothing-in-evaluation",
    ko="training이 False일 때 아무것도 돌려주지 않습니다. `return`이 `if training:` 안에만 있지 않나요?",
    en="With training False nothing is returned. Does the `return` stand only inside `if training:`?",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        return F.batch_norm(x, running_mean, running_var, gamma, beta, True, momentum, eps)
    return None


@batchnorm_forward.mistake(
    "updates-first-in-evaluation-too", **known(batchnorm_forward, "updates-in-evaluation-too")
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    update(x, running_mean, running_var, momentum)
    if training:
        return batchnorm_train(x, gamma, beta, eps)
    return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)


@batchnorm_forward.mistake(
    "gamma-and-beta-swapped",
    ko="훈련 쪽에서 gamma와 beta의 순서가 바뀌었습니다. batchnorm_train은 (x, gamma, beta, eps)를 받습니다.",
    en="In training, gamma and beta went in the wrong way round: batchnorm_train takes (x, gamma, beta, eps).",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    update(x, running_mean, running_var, momentum)
    return batchnorm_train(x, beta, gamma, eps)


@batchnorm_forward.mistake(
    "momentum-and-eps-swapped",
    ko="momentum과 eps가 바뀌었습니다. running_stats에 넘길 것이 momentum이고, 제곱근 안에 들어갈 것이 eps입니다.",
    en="momentum and eps are swapped: momentum is for running_stats, eps is what goes under the root.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, eps, momentum)


@batchnorm_forward.mistake(
    "returns-the-statistics-in-training", **known(batchnorm_forward, "returns-the-statistics-too")
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    y = F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps)
    return (y, running_mean, running_var) if training else y


@batchnorm_forward.mistake(
    "stores-the-last-batch-biased", **known(batchnorm_forward, "stores-the-last-batch")
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    update(x, running_mean, running_var, 1.0, correction=0)
    return batchnorm_train(x, gamma, beta, eps)


@batchnorm_forward.mistake(
    "rebinds-and-falls-through",
    ko="두 가지입니다. `running_mean, running_var = …`는 함수 안의 이름표만 옮겨서 부른 쪽의 텐서는 그대로이고(`copy_`를 쓰세요), 훈련할 때도 batchnorm_eval까지 내려가서 "
    "배치의 통계량으로 표준화하지 않았습니다.",
    en="Two things: `running_mean, running_var = …` only moves the labels inside the function, so the caller's tensors hold what they held (use "
    "`copy_`); and training, too, falls through to batchnorm_eval instead of normalising with the batch's statistics.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if training:
        mean, var = running_mean.clone(), running_var.clone()
        update(x, mean, var, momentum)
        return batchnorm_eval(x, mean, var, gamma, beta, eps)
    return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)


@batchnorm_forward.mistake(
    "always-evaluates",
    ko="training을 보지 않고 언제나 평가할 때처럼 계산했습니다. training이 True이면 배치의 통계량으로 표준화하고 이동 통계량을 갱신합니다.",
    en="training is not looked at: it always computes as in evaluation. With training True, normalise with the batch's statistics and update the "
    "running ones.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)


@batchnorm_forward.mistake(
    "output-without-gradients",
    ko="값은 맞지만 출력 y까지 `torch.no_grad()` 안에서(또는 떼어 낸 텐서로) 계산했습니다. 그러면 기울기가 앞 층으로 돌아가지 못합니다. 이동 통계량을 고치는 줄만 그 안에 두고 "
    "`return`은 밖으로 빼세요.",
    en="The values are right, but the output y, too, was computed inside `torch.no_grad()` (or from detached tensors), so no gradient can go back "
    "to the layers before. Only the update of the running statistics belongs in there; the `return` stands outside.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum, eps).detach()


UPDATE_ON_RECORD = {
    "ko": "이동 통계량을 기울기 기록이 켜진 채로 갱신했습니다. running_mean과 running_var가 계산 그래프에 이어져, 배치가 지날 때마다 기록이 길어집니다. 갱신하는 줄을 모두 `with torch.no_grad():` "
    "안에 넣으세요.",
    "en": "The running statistics were updated with the record of gradients on. That ties running_mean and running_var to the graph, which grows with "
    "every batch. Put all lines of the update into `with torch.no_grad():`.",
}


def updated_on_record(x, mean, var, momentum):
    """Updates what it is given, with a record; None is left out."""
    if mean is not None:
        mean.copy_((1 - momentum) * mean + momentum * x.mean(0))
    if var is not None:
        var.copy_((1 - momentum) * var + momentum * x.var(0))


@batchnorm_forward.mistake("update-on-record", **UPDATE_ON_RECORD)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    updated_on_record(x, running_mean, running_var, momentum)
    return batchnorm_train(x, gamma, beta, eps)


@batchnorm_forward.mistake("mean-updated-on-record", **UPDATE_ON_RECORD)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    updated_on_record(x, running_mean, None, momentum)
    updated_on_record(x.detach(), None, running_var, momentum)
    return batchnorm_train(x, gamma, beta, eps)


@batchnorm_forward.mistake("var-updated-on-record", **UPDATE_ON_RECORD)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)
    updated_on_record(x, None, running_var, momentum)
    updated_on_record(x.detach(), running_mean, None, momentum)
    return batchnorm_train(x, gamma, beta, eps)


@batchnorm_forward.mistake("fixed-eps", **FIXED_EPS)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, momentum)


@batchnorm_forward.mistake("statistics-cut", **STATISTICS_CUT)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    if not training:
        return with_statistics(x, running_mean, running_var, gamma, beta, eps)
    update(x, running_mean, running_var, momentum)
    return with_statistics(x, x.mean(0).detach(), spread(x).detach(), gamma, beta, eps)


@batchnorm_forward.mistake(
    "var-only",
    ko="running_var만 갱신하고 running_mean은 그대로 두었습니다.",
    en="Only running_var was updated; running_mean holds what it held.",
)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    mean = running_mean.clone()
    return F.batch_norm(x, mean, running_var, gamma, beta, training, momentum, eps)


@batchnorm_forward.mistake("fixed-momentum", **FIXED_MOMENTUM)
def _(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, training, 0.1, eps)


batchnorm_forward.hints(
    ko=[
        "이미 있는 세 함수를 모드에 따라 부르기만 하면 됩니다. 훈련할 때 할 일은 둘입니다: 이동 통계량 갱신, 배치의 통계량으로 표준화.",
        "training이 False이면 batchnorm_eval의 결과를 돌려줍니다. True이면 `torch.no_grad()` 안에서 running_stats의 두 결과를 `copy_`로 running_mean과 "
        "running_var에 써넣고, 그 밖에서 batchnorm_train의 결과를 돌려줍니다.",
        "`with torch.no_grad():` 안에서 `mean, var = running_stats(x, running_mean, running_var, momentum)`, "
        "`running_mean.copy_(mean)`, `running_var.copy_(var)`. `return`은 그 밖에 둡니다.",
    ],
    en=[
        "You have the three functions already; call them by the mode. In training there are two things "
        "to do: update the running statistics, and normalise with the batch's.",
        "If training is False, return what batchnorm_eval gives. If True, write the two results of "
        "running_stats into running_mean and running_var with `copy_`, inside `torch.no_grad()`, and "
        "outside of it return what batchnorm_train gives.",
        "Inside `with torch.no_grad():` `mean, var = running_stats(x, running_mean, running_var, "
        "momentum)`, `running_mean.copy_(mean)`, `running_var.copy_(var)`. The `return` stands outside.",
    ],
)


# ---------------------------------------------------------------- batchnorm-module


class Skeleton(nn.Module):
    """A right module, for the mistakes that change one thing in it."""

    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))

    def forward(self, x):
        return self.norm(x, self.training)

    def norm(self, x, training):
        stats = self.running_mean, self.running_var
        return F.batch_norm(x, *stats, self.gamma, self.beta, training, self.momentum, self.eps)


@exercise(
    "batchnorm-module", points=2, kind="module", all_or_nothing=True,
    forbids=("nn.BatchNorm1d", "F.batch_norm", "nn.LazyBatchNorm1d"),
)  # fmt: skip
class BatchNorm(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)


def module_state(draw, H):
    names = ("running_mean", "running_var", "gamma", "beta")
    return dict(zip(names, stored(draw, H), strict=True))


@BatchNorm.cases
def _(draw):
    x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
    yield Case((2,), None, (x,), training=True)
    yield Case((2,), None, (x,), training=False)
    yield Case((3,))  # only built
    H = draw.integer(2, 5)
    yield Case((H,), module_state(draw, H), (units(draw, draw.integer(3, 7), H),), training=True)
    yield Case((H,), module_state(draw, H), (units(draw, 1, H),), training=False)
    yield Case((4, 0.3, 0.5), module_state(draw, 4), (units(draw, 4, 4),), training=False)
    yield Case((4, 0.3, 0.5), module_state(draw, 4), (units(draw, 5, 4),), training=True)
    yield Case((2,), None, (torch.tensor([[0.0, 0.0], [0.01, 0.02]]),), training=True)  # small
    x = units(draw, 6, 3).requires_grad_()
    yield Case((3,), module_state(draw, 3), (x,), training=True, slopes=True)


@BatchNorm.accepts
class _(nn.Module):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        nn.Module.__init__(self)
        self.settings = {"momentum": momentum, "eps": eps}
        self.register_parameter("gamma", nn.Parameter(torch.full((features,), 1.0)))
        self.register_parameter("beta", nn.Parameter(torch.zeros(features)))
        self.running_mean = nn.Buffer(torch.zeros(features))
        self.running_var = nn.Buffer(torch.ones(features))

    def forward(self, x):
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var = x.mean(0), spread(x)
            update(x, self.running_mean, self.running_var, self.settings["momentum"])
        return with_statistics(x, mean, var, self.gamma, self.beta, self.settings["eps"])


@BatchNorm.mistake(
    "statistics-as-parameters",
    ko="running_mean과 running_var를 `nn.Parameter`로 등록했습니다. 그러면 옵티마이저가 그것들까지 기울기로 움직이려 합니다. 배우는 것이 아니라 기억하는 것이니 "
    "`self.register_buffer(…)`로 등록하세요.",
    en="running_mean and running_var are registered as `nn.Parameter`, so an optimizer would move them "
    "by gradients. They are not learned but remembered: use `self.register_buffer(…)`.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        del self.running_mean, self.running_var
        self.running_mean = nn.Parameter(torch.zeros(features))
        self.running_var = nn.Parameter(torch.ones(features))

    def norm(self, x, training):
        stats = self.running_mean.detach(), self.running_var.detach()
        return F.batch_norm(x, *stats, self.gamma, self.beta, training, self.momentum, self.eps)


@BatchNorm.mistake(
    "statistics-as-attributes",
    ko="running_mean과 running_var가 `state_dict`에 없습니다. `self.running_mean = 텐서`는 모듈의 장부에 오르지 않아 저장되지도, GPU로 옮겨지지도 "
    '않습니다. `self.register_buffer("running_mean", 텐서)`로 등록하세요(persistent=False 없이).',
    en="running_mean and running_var are not in the `state_dict`. `self.running_mean = tensor` does not "
    "enter the module's register: it is neither saved nor moved to a GPU. Register it by "
    '`self.register_buffer("running_mean", tensor)`, without persistent=False.',
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        mean, var = self.running_mean, self.running_var
        del self.running_mean, self.running_var
        self.running_mean, self.running_var = mean, var


NOT_LEARNED = {
    "ko": "gamma와 beta를 배울 수 없습니다. 옵티마이저가 움직이게 하려면 `nn.Parameter(…)`로 감싸서 등록해야 합니다.",
    "en": "gamma and beta cannot be learned. For an optimizer to move them, they must be registered as "
    "`nn.Parameter(…)`.",
}


@BatchNorm.mistake("gamma-beta-as-buffers", **NOT_LEARNED)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        del self.gamma, self.beta
        self.register_buffer("gamma", torch.ones(features))
        self.register_buffer("beta", torch.zeros(features))


@BatchNorm.mistake("gamma-beta-as-attributes", **NOT_LEARNED)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        del self.gamma, self.beta
        self.gamma, self.beta = torch.ones(features), torch.zeros(features)


@BatchNorm.mistake(
    "plain-attributes-everywhere",
    ko="네 텐서가 모두 모듈의 장부에 없습니다. gamma와 beta는 `nn.Parameter`로, running_mean과 running_var는 `register_buffer`로 등록하세요.",
    en="None of the four tensors is in the module's register. Register gamma and beta as `nn.Parameter`, "
    "running_mean and running_var by `register_buffer`.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        for name in ("gamma", "beta", "running_mean", "running_var"):
            value = getattr(self, name).detach()
            delattr(self, name)
            setattr(self, name, value)


@BatchNorm.mistake(
    "always-training",
    ko="평가 모드에서도 배치의 통계량을 썼습니다. 지금의 모드는 `self.training`에 있습니다. `True`라고 못 박지 말고 그것을 넘기세요.",
    en="In evaluation mode, too, it uses the statistics of the batch. The mode it is in is "
    "`self.training`: pass that on, not a fixed `True`.",
)
class _(Skeleton):
    def forward(self, x):
        if len(x) < 2:
            return with_statistics(x, x.mean(0), spread(x), self.gamma, self.beta, self.eps)
        return self.norm(x, True)


@BatchNorm.mistake(
    "always-evaluating",
    ko="훈련 모드에서도 이동 통계량으로 표준화했습니다. 지금의 모드는 `self.training`에 있습니다.",
    en="In training mode, too, it normalises with the running statistics. The mode it is in is "
    "`self.training`.",
)
class _(Skeleton):
    def forward(self, x):
        return self.norm(x, False)


@BatchNorm.mistake("statistics-cut", **STATISTICS_CUT)
class _(Skeleton):
    def forward(self, x):
        if not self.training:
            return self.norm(x, False)
        update(x, self.running_mean, self.running_var, self.momentum)
        mean, var = x.mean(0).detach(), spread(x).detach()
        return with_statistics(x, mean, var, self.gamma, self.beta, self.eps)


@BatchNorm.mistake(
    "modes-swapped",
    ko="두 모드가 바뀌었습니다. `self.training`이 True일 때 배치의 통계량을 씁니다.",
    en="The two modes are swapped: it is with `self.training` True that the batch's statistics are used.",
)
class _(Skeleton):
    def forward(self, x):
        if self.training:
            return self.norm(x, False)
        return with_statistics(x, x.mean(0), spread(x), self.gamma, self.beta, self.eps)


@BatchNorm.mistake(
    "output-without-gradients",
    ko="값은 맞지만 출력 y까지 `torch.no_grad()` 안에서(또는 떼어 낸 텐서로) 계산했습니다. 그러면 기울기가 gamma와 beta로도, 앞 층으로도 "
    "돌아가지 못합니다. batchnorm_forward를 보세요: 이동 통계량을 고치는 줄만 그 안에 두고 `return`은 밖으로 빼세요.",
    en="The values are right, but the output y, too, was computed inside `torch.no_grad()` (or from "
    "detached tensors). No gradient can go back to gamma, beta or the layers before. Look at your "
    "batchnorm_forward: only the update of the running statistics belongs in there; the `return` "
    "stands outside.",
)
class _(Skeleton):
    @torch.no_grad()
    def forward(self, x):
        return self.norm(x, self.training)


@BatchNorm.mistake(
    "no-forward",
    ko="모듈에 `forward`라는 메서드가 없습니다. 철자가 틀렸거나, `__init__` *안에* 들여쓰기 되어 있지 않나요?",
    en="The module has no method called `forward`. Is it misspelt, or indented *inside* `__init__`?",
)
class _(nn.Module):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))


@BatchNorm.mistake(
    "called-weight-and-bias",
    ko="매개변수의 이름이 다릅니다. `nn.BatchNorm1d`에서는 weight와 bias이지만, 여기서는 설명문대로 gamma와 beta입니다.",
    en="The parameters have other names. In `nn.BatchNorm1d` they are weight and bias; here they are "
    "gamma and beta, as the docstring says.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        self.weight, self.bias = self.gamma, self.beta
        del self.gamma, self.beta

    def norm(self, x, training):
        stats = self.running_mean, self.running_var
        return F.batch_norm(x, *stats, self.weight, self.bias, training, self.momentum, self.eps)


@BatchNorm.mistake(
    "wraps-the-ready-made",
    ko="PyTorch에 있는 층을 그대로 물려받거나 감쌌습니다. 이 연습은 그 속을 손으로 쓰는 것입니다. gamma, beta, running_mean, running_var를 직접 "
    "등록하세요.",
    en="This inherits or wraps PyTorch's own layer. The exercise is to write what is inside: register "
    "gamma, beta, running_mean and running_var yourself.",
)
class _(nn.BatchNorm1d):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, eps, momentum)


@BatchNorm.mistake(
    "gamma-starts-at-zero",
    ko="gamma가 0에서 시작합니다. 그러면 층의 출력이 모두 beta가 되어 신호가 끊깁니다. 1에서 시작하세요.",
    en="gamma starts at 0, so that everything that comes out is beta and no signal passes. Start at 1.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        nn.init.zeros_(self.gamma)


@BatchNorm.mistake(
    "beta-starts-at-one",
    ko="beta가 1에서 시작합니다. 1에서 시작하는 것은 gamma이고 beta는 0입니다.",
    en="beta starts at 1. It is gamma that starts at 1; beta starts at 0.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        nn.init.ones_(self.beta)


@BatchNorm.mistake(
    "variance-starts-at-zero",
    ko="running_var가 0에서 시작합니다. 배치를 하나도 보지 않고 평가하면 거의 0으로 나누게 됩니다. 1에서 시작하세요.",
    en="running_var starts at 0. Evaluated before it has seen a batch, the layer divides by nearly 0. "
    "Start at 1.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        self.running_var.zero_()


@BatchNorm.mistake(
    "random-start",
    ko="gamma와 beta를 난수로 시작했습니다. 배치 정규화는 아무것도 바꾸지 않는 값, 곧 1과 0에서 시작합니다.",
    en="gamma and beta start at random. A batch norm starts where they change nothing: at 1 and 0.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        nn.init.normal_(self.gamma)
        nn.init.normal_(self.beta)


@BatchNorm.mistake(
    "fixed-eps",
    ko="eps를 받아 놓고 쓰지 않았습니다. `__init__`에서 `self.eps = eps`로 기억해 두고 forward에서 쓰세요.",
    en="The eps that is given is not used. Remember it in `__init__` as `self.eps = eps`, and use it in "
    "forward.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum)


@BatchNorm.mistake(
    "momentum-and-eps-swapped",
    ko="momentum과 eps가 바뀌어 들어갔습니다. batchnorm_forward의 인자 순서는 …, training, momentum, eps입니다.",
    en="momentum and eps went in the wrong way round. batchnorm_forward takes …, training, momentum, "
    "eps.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, eps, momentum)


@BatchNorm.mistake(
    "gamma-and-beta-swapped",
    ko="gamma와 beta가 바뀌어 들어갔습니다. batchnorm_forward의 인자 순서를 확인하세요: x, gamma, beta, …",
    en="gamma and beta went in the wrong way round. Look at the order of batchnorm_forward's arguments: "
    "x, gamma, beta, …",
)
class _(Skeleton):
    def norm(self, x, training):
        stats = self.running_mean, self.running_var
        return F.batch_norm(x, *stats, self.beta, self.gamma, training, self.momentum, self.eps)


@BatchNorm.mistake(
    "one-for-all-units",
    ko="gamma와 beta가 하나씩뿐입니다. 유닛마다 하나씩, 곧 (features,) 모양이어야 합니다.",
    en="There is a single gamma and a single beta. There is one of each for every unit: (features,).",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        self.gamma = nn.Parameter(torch.ones(1))
        self.beta = nn.Parameter(torch.zeros(1))

    def norm(self, x, training):
        stats = self.running_mean, self.running_var
        y = F.batch_norm(x, *stats, None, None, training, self.momentum, self.eps)
        return self.gamma * y + self.beta


@BatchNorm.mistake(
    "rows-for-parameters",
    ko="gamma와 beta가 (1, features)입니다. (features,)로 만드세요. 배치의 모든 줄에 저절로 브로드캐스팅됩니다.",
    en="gamma and beta are (1, features). Make them (features,): they are broadcast to every row of the "
    "batch by themselves.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        self.gamma = nn.Parameter(torch.ones(1, features))
        self.beta = nn.Parameter(torch.zeros(1, features))

    def norm(self, x, training):
        stats = self.running_mean, self.running_var
        gamma, beta = self.gamma[0], self.beta[0]
        return F.batch_norm(x, *stats, gamma, beta, training, self.momentum, self.eps)


@BatchNorm.mistake(
    "forward-without-return",
    ko="`forward`가 아무것도 돌려주지 않습니다. `return`을 잊지 않았나요?",
    en="`forward` returns nothing. Did you forget the `return`?",
)
class _(Skeleton):
    def forward(self, x):
        self.norm(x, self.training)


for name in ("running_mean", "running_var"):

    class PlainStatistic(Skeleton):
        def __init__(self, features, momentum=0.1, eps=1e-5, name=name):
            super().__init__(features, momentum, eps)
            value = getattr(self, name)
            delattr(self, name)
            setattr(self, name, value)

    BatchNorm.mistake(
        f"{name}-as-attribute",
        ko=f"{name}이 `state_dict`에 없습니다. 다른 하나처럼 `register_buffer`로 등록하세요."
        if name == "running_mean"
        else f"{name}가 `state_dict`에 없습니다. 다른 하나처럼 `register_buffer`로 등록하세요.",
        en=f"{name} is not in the `state_dict`. Register it by `register_buffer`, as the other one.",
    )(PlainStatistic)


ONE_NOT_LEARNED = {
    "ko": "gamma와 beta 가운데 하나를 배울 수 없습니다. 둘 다 `nn.Parameter(…)`로 감싸서 등록하세요.",
    "en": "One of gamma and beta cannot be learned. Register both as `nn.Parameter(…)`.",
}
for name in ("gamma", "beta"):
    for register in (False, True):

        class PlainParameter(Skeleton):
            def __init__(self, features, momentum=0.1, eps=1e-5, name=name, register=register):
                super().__init__(features, momentum, eps)
                value = getattr(self, name).detach()
                delattr(self, name)
                if register:
                    self.register_buffer(name, value)
                else:
                    setattr(self, name, value)

        key = f"{name}-as-{'buffer' if register else 'attribute'}"
        BatchNorm.mistake(key, **ONE_NOT_LEARNED)(PlainParameter)


ASSIGNED = {
    "ko": "`register_buffer`는 스스로 등록하고 None을 돌려줍니다. 그것을 `self.running_mean =`으로 받으면 방금 등록한 것이 None으로 덮입니다. 앞의 `self.running_mean =`을 지우세요.",
    "en": "`register_buffer` registers by itself and returns None. Assigned to `self.running_mean`, that None takes the place of what was just registered: "
    "drop the `self.running_mean =` before it.",
}
for names in (("running_mean",), ("running_mean", "running_var")):

    class Assigned(Skeleton):
        def __init__(self, features, momentum=0.1, eps=1e-5, names=names):
            super().__init__(features, momentum, eps)
            for name in names:
                setattr(self, name, None)

        def forward(self, x):
            if self.training:
                return (1 - self.momentum) * self.running_mean
            return x - self.running_mean

    BatchNorm.mistake(f"assigns-the-registration-of-{'-and-'.join(names)}", **ASSIGNED)(Assigned)


@BatchNorm.mistake(
    "statistics-swapped",
    ko="running_mean과 running_var가 바뀌어 들어갔습니다. batchnorm_forward의 인자 순서를 확인하세요: x, gamma, beta, running_mean, running_var, …",
    en="running_mean and running_var went in the wrong way round. Look at the order of batchnorm_forward's arguments: x, gamma, beta, running_mean, "
    "running_var, …",
)
class _(Skeleton):
    def norm(self, x, training):
        stats = self.running_var, self.running_mean
        if training:
            return F.batch_norm(x, *stats, self.gamma, self.beta, True, self.momentum, self.eps)
        return with_statistics(x, *stats, self.gamma, self.beta, self.eps)


@BatchNorm.mistake(
    "mean-starts-at-one",
    ko="running_mean이 1에서 시작합니다. 0에서 시작하세요.",
    en="running_mean starts at 1. Start at 0.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        self.running_mean.fill_(1)


@BatchNorm.mistake(
    "random-gamma",
    ko="gamma를 난수로 시작했습니다. 배치 정규화는 아무것도 바꾸지 않는 값, 곧 gamma 1과 beta 0에서 시작합니다.",
    en="gamma starts at random. A batch norm starts where it changes nothing: gamma at 1, beta at 0.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        nn.init.normal_(self.gamma)


@BatchNorm.mistake("rows-for-everything", **known(BatchNorm, "rows-for-parameters"))
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__((1, features), momentum, eps)

    def norm(self, x, training):
        values = self.running_mean, self.running_var, self.gamma, self.beta
        rows = [value[0] for value in values]
        return F.batch_norm(x, *rows, training, self.momentum, self.eps)


for name in ("num_batches_tracked", "count"):

    class OneMore(Skeleton):
        def __init__(self, features, momentum=0.1, eps=1e-5, name=name):
            super().__init__(features, momentum, eps)
            self.register_buffer(name, torch.tensor(0))

    BatchNorm.mistake(
        f"one-more-buffer-{name}",
        ko="`state_dict`에 넷 말고 하나가 더 있습니다. 등록하는 것은 gamma, beta, running_mean, running_var 넷뿐입니다.",
        en="There is one more entry in the `state_dict` than the four. Register gamma, beta, running_mean and running_var, and no more.",
    )(OneMore)


for given in (False, True):

    class Wrapped(nn.Module):
        def __init__(self, features, momentum=0.1, eps=1e-5, given=given):
            super().__init__()
            self.bn = nn.BatchNorm1d(features, *([eps, momentum] if given else []))

        def forward(self, x):
            return self.bn(x)

    key = f"wraps-it-as-bn{'-with-its-settings' if given else ''}"
    BatchNorm.mistake(key, **known(BatchNorm, "wraps-the-ready-made"))(Wrapped)


class Updating(Skeleton):
    """A right module but for what it makes of its running statistics."""

    def norm(self, x, training):
        if not training:
            return super().norm(x, training)
        self.update(x)
        return with_statistics(x, x.mean(0), spread(x), self.gamma, self.beta, self.eps)

    def blend(self, x, momentum, correction=1):
        self.running_mean.mul_(1 - momentum).add_(momentum * x.mean(0))
        self.running_var.mul_(1 - momentum).add_(momentum * x.var(0, correction=correction))


@BatchNorm.mistake(
    "never-updates",
    ko="학습 중에 부르고 나서도 running_mean과 running_var가 처음 그대로입니다. `batchnorm_forward`에 이 둘을 넘겨 그 자리에서 고치게 하세요.",
    en="running_mean and running_var are still as they were after a call in training. Hand these two "
    "to `batchnorm_forward`, which changes them in place.",
)
class _(Updating):
    def update(self, x):
        pass


@BatchNorm.mistake(
    "fixed-momentum",
    ko="이동 통계량을 언제나 momentum 0.1로 고칩니다. 만들 때 받은 momentum을 쓰세요.",
    en="The running statistics always move by a momentum of 0.1. Use the momentum that the module "
    "was made with.",
)
class _(Updating):
    def update(self, x):
        self.blend(x, 0.1)


@BatchNorm.mistake(
    "momentum-of-the-old",
    ko="momentum을 옛 통계량에 곱했습니다. PyTorch의 momentum은 *새* 통계량의 몫입니다.",
    en="momentum multiplies the old statistics. In PyTorch it is the share of the *new* ones.",
)
class _(Updating):
    def update(self, x):
        self.blend(x, 1 - self.momentum)


@BatchNorm.mistake(
    "biased-running-variance",
    ko="B로 나눈 분산을 넣었습니다. running_var에는 B − 1로 나눈 것을 씁니다.",
    en="What went in is the variance divided by B. running_var takes the one divided by B − 1.",
)
class _(Updating):
    def update(self, x):
        self.blend(x, self.momentum, correction=0)


def always_training():
    found = known(BatchNorm, "always-training")
    return {
        "ko": found["ko"] + " (`self.train`은 모드를 바꾸는 메서드라서 언제나 참입니다.)",
        "en": found["en"]
        + " (`self.train` is the method that switches it, and always counts as true.)",
    }


@BatchNorm.mistake("always-training-and-updating", **always_training())
class _(Updating):
    def forward(self, x):
        return self.norm(x, True)

    def update(self, x):
        self.blend(x, self.momentum)


@BatchNorm.mistake("always-training-and-dividing-by-0", **always_training())
class _(Updating):
    def forward(self, x):
        return self.norm(x, True)

    def update(self, x):
        correction, keep = len(x) / (len(x) - 1), 1 - self.momentum
        self.running_mean.mul_(keep).add_(self.momentum * x.mean(0))
        self.running_var.mul_(keep).add_(self.momentum * spread(x) * correction)


@BatchNorm.mistake(
    "statistics-as-frozen-parameters",
    ko="running_mean과 running_var를 `nn.Parameter`로 등록했습니다. `requires_grad=False`여도 매개변수로 남습니다. "
    "`self.register_buffer(…)`를 쓰세요.",
    en="running_mean and running_var are registered as `nn.Parameter`. Even with `requires_grad=False` "
    "they stand among the parameters; use `self.register_buffer(…)`.",
)
class _(Skeleton):
    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__(features, momentum, eps)
        del self.running_mean, self.running_var
        self.running_mean = nn.Parameter(torch.zeros(features), requires_grad=False)
        self.running_var = nn.Parameter(torch.ones(features), requires_grad=False)


BatchNorm.hints(
    ko=[
        "`__init__`은 무엇을 기억할지 정하고, forward는 여러분의 `batchnorm_forward`를 부르기만 합니다. 배우는 것과 기억하는 것을 어떻게 달리 등록하나요?",
        "gamma와 beta는 `nn.Parameter`(1과 0에서 시작), running_mean과 running_var는 `register_buffer`(0과 1에서 시작), 모두 "
        "(features,)입니다. 맨 먼저 `super().__init__()`, 그리고 momentum과 eps도 self에 적어 두세요.",
        '`self.gamma = nn.Parameter(torch.ones(features))`, `self.register_buffer("running_var", torch.ones(features))`, '
        "forward에서는 `return batchnorm_forward(x, self.gamma, self.beta, self.running_mean, self.running_var, "
        "self.training, self.momentum, self.eps)`",
    ],
    en=[
        "`__init__` decides what to remember, forward just calls your `batchnorm_forward`. What is "
        "learned and what is remembered are registered differently: how?",
        "gamma and beta are `nn.Parameter` (starting at 1 and 0), running_mean and running_var go "
        "through `register_buffer` (starting at 0 and 1), all of shape (features,). `super().__init__()` "
        "comes first, and keep momentum and eps in self.",
        '`self.gamma = nn.Parameter(torch.ones(features))`, `self.register_buffer("running_var", '
        "torch.ones(features))`, and in forward `return batchnorm_forward(x, self.gamma, self.beta, "
        "self.running_mean, self.running_var, self.training, self.momentum, self.eps)`.",
    ],
)


# ---------------------------------------------------------------- centre-backward


@exercise("centre-backward", forbids=AUTOGRAD)
def centre_backward(d_y):
    x = torch.zeros_like(d_y, requires_grad=True)
    return torch.autograd.grad(x - x.mean(0), x, d_y)[0]


@centre_backward.cases
def _(draw):
    yield (torch.tensor([[1.0], [2.0], [6.0]]),)
    yield (torch.tensor([[1.0, 1.0], [1.0, -1.0]]),)
    yield (draw.normal(1, 3) + 1,)
    yield (draw.normal(4, 4) + 1,)
    yield (draw.normal(draw.integer(4, 8), draw.integer(2, 3), dtype=DOUBLE) - 1,)


@centre_backward.accepts
def _(d_y):
    B = len(d_y)
    return (torch.eye(B, dtype=d_y.dtype) - torch.full((B, B), 1 / B, dtype=d_y.dtype)) @ d_y


@centre_backward.accepts
def _(d_y):
    return torch.stack([g - g.sum() / len(g) for g in d_y.T], dim=1)


@centre_backward.mistake(
    "mean-as-a-constant",
    ko="고장 난 코드 그대로입니다. 평균을 그냥 수로 보아서, 평균을 거쳐 돌아오는 길이 빠졌습니다. x_b를 늘리면 평균도 1/B만큼 늘어 모든 y가 줄어듭니다.",
    en="This is the broken code as it was. It takes the mean for a plain number, so the road back "
    "through the mean is missing: with x_b the mean grows, too, by 1/B of it, and every y sinks.",
)
def _(d_y):
    return d_y.clone()


@centre_backward.mistake(
    "adds-the-mean",
    ko="평균을 거쳐 오는 몫의 부호가 반대입니다. y에서 평균은 빼는 것이므로 그 길의 기울기도 뺍니다.",
    en="The share through the mean has the wrong sign. The mean is taken off y, so its share is taken "
    "off, too.",
)
def _(d_y):
    return d_y + d_y.mean(0)


@centre_backward.mistake(
    "subtracts-the-sum",
    ko="기울기들의 합을 통째로 뺐습니다. x_b 하나는 평균을 1/B만큼만 움직이므로, 빼는 것은 합의 1/B, 곧 평균입니다.",
    en="The whole sum of the gradients was taken off. One x_b moves the mean by 1/B only, so what to "
    "take off is 1/B of the sum: the mean.",
)
def _(d_y):
    return d_y - d_y.sum(0)


@centre_backward.mistake(
    "own-share-only",
    ko="(1 − 1/B)만 곱했습니다. 그것은 x_b가 자기 자신의 y_b에 주는 영향뿐입니다. 평균이 움직이면 다른 표본의 y도 모두 움직입니다.",
    en="This only multiplies by 1 − 1/B. That is the influence of x_b on its own y_b; when the mean moves, "
    "the y of all the other samples move, too.",
)
def _(d_y):
    return d_y * (1 - 1 / len(d_y))


@centre_backward.mistake(
    "over-the-units",
    ko="축이 바뀌었습니다. 평균은 배치의 표본들에 대한 것(축 0)이었으니 기울기의 평균도 축 0입니다.",
    en="The axis is the wrong one. The mean was over the samples of the batch (axis 0), so the mean of "
    "the gradients is, too.",
)
def _(d_y):
    return d_y - d_y.mean(1, keepdim=True)


@centre_backward.mistake(
    "over-everything",
    ko="모든 유닛의 기울기를 한데 섞어 평균 냈습니다. 유닛마다 따로, 축 0입니다.",
    en="The mean went over the gradients of all units together. Each unit by itself: axis 0.",
)
def _(d_y):
    return d_y - d_y.mean()


@centre_backward.mistake(
    "only-the-mean",
    ko="평균을 거쳐 오는 몫만 돌려주었습니다. 직접 오는 d_y에서 그것을 뺀 것이 답입니다.",
    en="This is only the share through the mean. The answer is d_y, which comes directly, less that.",
)
def _(d_y):
    return d_y.mean(0).expand_as(d_y).clone()


@centre_backward.mistake(
    "only-the-mean-negative",
    ko="평균을 거쳐 오는 몫만 돌려주었습니다. 직접 오는 길 d_y가 빠졌습니다. 둘을 더하세요.",
    en="This is only the share through the mean. The direct road, d_y, is missing: add the two.",
)
def _(d_y):
    return -d_y.mean(0).expand_as(d_y)


@centre_backward.mistake(
    "standardised",
    ko="기울기를 표준화했습니다. 평균만 빼면 됩니다. 이 층에는 표준편차가 없습니다.",
    en="The gradient was standardised. Only the mean is taken off: there is no standard deviation in "
    "this layer.",
)
def _(d_y):
    return (d_y - d_y.mean(0)) / torch.sqrt(spread(d_y) + 1e-5)


@centre_backward.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 d_y가 바뀌었습니다. `d_y -= …` 대신 `d_y - …`를 돌려주세요.",
    en="The values are right, but the caller's d_y has changed. Return `d_y - …` instead of `d_y -= …`.",
)
def _(d_y):
    d_y -= d_y.mean(0)
    return d_y


@centre_backward.mistake(
    "over-the-units-no-keepdim",
    ko="축이 바뀌었습니다. 평균은 배치의 표본들에 대한 것(축 0)이었으니 기울기의 평균도 축 0입니다.",
    en="The axis is the wrong one. The mean was over the samples of the batch (axis 0), so the mean of "
    "the gradients is, too.",
)
def _(d_y):
    return d_y - d_y.mean(1)


@centre_backward.mistake(
    "mean-over-B-again",
    ko="기울기의 평균을 B로 한 번 더 나누었습니다. 1/B은 `mean` 안에 이미 들어 있습니다.",
    en="The mean of the gradients was divided by B once more. The 1/B is inside `mean` already.",
)
def _(d_y):
    return d_y - d_y.mean(0) / len(d_y)


@centre_backward.mistake(
    "sign-turned",
    ko="부호가 모두 반대입니다. 직접 오는 d_y에서 평균을 뺍니다: d_y − 평균",
    en="All signs are turned. Take the mean off the d_y that comes directly: d_y − mean.",
)
def _(d_y):
    return d_y.mean(0) - d_y


@centre_backward.mistake(
    "over-B",
    ko="d_y를 B로 나누기만 했습니다. 손실의 1/B은 이미 d_y에 들어 있습니다. 빼야 할 것은 d_y의 평균입니다.",
    en="This only divides d_y by B. The 1/B of the loss is in d_y already; what is to be done is to take "
    "off the mean of d_y.",
)
def _(d_y):
    return d_y / len(d_y)


ROAD_ALONE = known(centre_backward, "only-the-mean-negative")


@centre_backward.mistake("only-the-mean-of-the-batch", **ROAD_ALONE)
def _(d_y):
    return d_y.mean(0)


@centre_backward.mistake("only-the-mean-of-the-batch-negative", **ROAD_ALONE)
def _(d_y):
    return -d_y.mean(0)


@centre_backward.mistake("standardised-unbiased", **known(centre_backward, "standardised"))
def _(d_y):
    return (d_y - d_y.mean(0)) / d_y.std(0)


@centre_backward.mistake(
    "everything-over-B",
    ko="B로 한 번 더 나누었습니다. 손실의 1/B은 이미 d_y에 들어 있습니다.",
    en="This divides by B as well. The 1/B of the loss is in d_y already.",
)
def _(d_y):
    return (d_y - d_y.mean(0)) / len(d_y)


@centre_backward.mistake(
    "others-only",
    ko="다른 표본들에게서 오는 몫만 뺐습니다. x_b는 평균을 거쳐 *자기* y_b도 1/B만큼 줄이니, 자기 몫까지 모두 더해야 합니다.",
    en="Only the shares of the other samples are taken off. Through the mean, x_b lowers its *own* y_b by 1/B as well: that share belongs in the sum, too.",
)
def _(d_y):
    return d_y - (d_y.sum(0) - d_y) / len(d_y)


@centre_backward.mistake(
    "over-H",
    ko="합을 유닛 수 H로 나누었습니다. 평균은 표본에 대한 것이니 표본 수 B = `len(d_y)`로 나눕니다.",
    en="The sum was divided by the number of units, H. The mean runs over the samples: divide by their number, B = `len(d_y)`.",
)
def _(d_y):
    return d_y - d_y.sum(0) / d_y.shape[1]


@centre_backward.mistake(
    "takes-off-1/B",
    ko="수 1/B을 뺐습니다. 빼야 할 것은 1/B *곱하기* 기울기들의 합, 곧 기울기들의 평균입니다.",
    en="This takes off the number 1/B. What to take off is 1/B *times* the sum of the gradients: their mean.",
)
def _(d_y):
    return d_y - 1 / len(d_y)


@centre_backward.mistake(
    "over-B-less-1",
    ko="B − 1로 나누었습니다. 평균은 B로 나눕니다: `d_y.mean(0)`",
    en="This divides by B − 1. A mean divides by B: `d_y.mean(0)`.",
)
def _(d_y):
    return d_y - d_y.sum(0) / (len(d_y) - 1)


centre_backward.hints(
    ko=[
        "x_b 하나를 1만큼 늘리면 y_b는 얼마나, 다른 y들은 얼마나 움직이나요? 표본 셋으로 종이에 써 보세요.",
        "직접 오는 길은 d_y_b, 평균을 거치는 길은 −(1/B)·Σ d_y입니다. 둘을 더하면 d_y에서 그 평균을 뺀 것입니다.",
        "`return d_y - d_y.mean(0)`",
    ],
    en=[
        "Add 1 to a single x_b: by how much does y_b move, and by how much the other y's? Write it down "
        "for three samples.",
        "The direct road brings d_y_b, the road through the mean −(1/B)·Σ d_y. Together: d_y less its "
        "mean.",
        "`return d_y - d_y.mean(0)`.",
    ],
)


# ---------------------------------------------------------------- batchnorm-backward


@exercise(
    "batchnorm-backward", points=3, forbids=READY_MADE + AUTOGRAD,
    returns=["d_x", "d_gamma", "d_beta"],
)  # fmt: skip
def batchnorm_backward(d_y, x, gamma, eps):
    leaves = [x.clone().requires_grad_(), gamma.clone().requires_grad_()]
    leaves.append(torch.zeros_like(gamma, requires_grad=True))
    y = F.batch_norm(leaves[0], None, None, leaves[1], leaves[2], training=True, eps=eps)
    return torch.autograd.grad(y, leaves, d_y)


@batchnorm_backward.cases
def _(draw):
    x, d_y = torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([[1.0], [2.0], [6.0]])
    yield d_y, x, torch.tensor([2.0]), 0.5
    yield draw.normal(4, 3) + 0.5, units(draw, 4, 3), some(draw, 3), 0.1
    yield (
        draw.normal(4, 4, dtype=DOUBLE) + 0.5,
        units(draw, 4, 4, DOUBLE),
        some(draw, 4, DOUBLE),
        0.3,
    )
    yield draw.normal(2, 3, dtype=DOUBLE), units(draw, 2, 3, DOUBLE), some(draw, 3, DOUBLE), 0.5
    B, H = draw.integer(5, 9), draw.integer(2, 4)
    d_y = draw.normal(B, H, dtype=DOUBLE) - 0.5
    yield d_y, units(draw, B, H, DOUBLE), some(draw, H, DOUBLE), draw.number(0.05, 0.5)
    yield draw.normal(6, 2, dtype=DOUBLE), units(draw, 6, 2, DOUBLE), some(draw, 2, DOUBLE), 1e-5
    d_y = torch.tensor([[1.0, 1.0], [2.0, 0.0], [6.0, 0.5]], dtype=DOUBLE)
    yield (
        d_y,
        far_from_0(2.0),
        torch.tensor([2.0, 1.5], dtype=DOUBLE),
        0.1,
    )  # the second column: a constant


def pieces(x, eps, variance=None):
    """r and x_hat."""
    r = 1 / torch.sqrt((spread(x) if variance is None else variance) + eps)
    return r, (x - x.mean(0)) * r


@batchnorm_backward.accepts
def _(d_y, x, gamma, eps):
    # Station by station: through the scale, the root, the variance, the mean.
    B, centred = len(x), x - x.mean(0)
    var = (centred**2).mean(0)
    std = torch.sqrt(var + eps)
    d_hat = d_y * gamma
    d_var = (d_hat * centred).sum(0) * -0.5 / std**3
    d_centred = d_hat / std + d_var * 2 * centred / B
    d_x = d_centred - d_centred.sum(0) / B
    return [d_x, (d_y * centred / std).sum(0), torch.ones(B, dtype=x.dtype) @ d_y]


@batchnorm_backward.accepts
def _(d_y, x, gamma, eps):
    B, (r, x_hat) = len(x), pieces(x, eps)
    d_gamma, d_beta = torch.einsum("bh,bh->h", d_y, x_hat), d_y.sum(dim=0)
    return gamma * r / B * (B * d_y - d_beta - x_hat * d_gamma), d_gamma, d_beta


def right_back(d_y, x, gamma, eps, variance=None):
    r, x_hat = pieces(x, eps, variance)
    d_hat = d_y * gamma
    d_x = r * (d_hat - d_hat.mean(0) - x_hat * (d_hat * x_hat).mean(0))
    return d_x, (d_y * x_hat).sum(0), d_y.sum(0)


@batchnorm_backward.mistake("variance-from-squares", **FROM_SQUARES)
def _(d_y, x, gamma, eps):
    return right_back(d_y, x, gamma, eps, from_squares(x))


@batchnorm_backward.mistake("fixed-eps", **FIXED_EPS)
def _(d_y, x, gamma, eps):
    return right_back(d_y, x, gamma, 1e-5)


@batchnorm_backward.mistake(
    "twice-the-variance-road",
    ko="분산을 거치는 길이 두 배입니다. 제곱근의 도함수에는 ½이 있고, 그것이 제곱의 도함수에서 온 2와 지워집니다.",
    en="The road through the variance counts twice. The derivative of a root has a ½, which cancels the 2 of the square's.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    (r, x_hat), d_hat = pieces(x, eps), d_y * gamma
    d_x = r * (d_hat - d_hat.mean(0) - 2 * x_hat * (d_hat * x_hat).mean(0))
    return d_x, d_gamma, d_beta


@batchnorm_backward.mistake(
    "statistics-as-constants",
    ko="d_x에 직접 오는 길 r·g만 있습니다. 평균과 분산도 x의 함수입니다. 그것들을 거쳐 오는 두 길을 빼야 합니다.",
    en="d_x has only the direct road, r·g. The mean and the variance are functions of x as well: the two "
    "roads through them must be taken off.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_y * gamma * pieces(x, eps)[0], d_gamma, d_beta


@batchnorm_backward.mistake(
    "variance-as-a-constant",
    ko="d_x에서 평균을 거치는 길은 뺐지만 분산을 거치는 길이 없습니다: x_hat에 g·x_hat의 평균을 곱한 것",
    en="In d_x the road through the mean is there, but the one through the variance is missing: x_hat "
    "times the mean of g·x_hat.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    d_hat = d_y * gamma
    return pieces(x, eps)[0] * (d_hat - d_hat.mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "mean-as-a-constant",
    ko="d_x에서 분산을 거치는 길은 뺐지만 평균을 거치는 길이 없습니다: g의 평균",
    en="In d_x the road through the variance is there, but the one through the mean is missing: the mean "
    "of g.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    r, x_hat = pieces(x, eps)
    d_hat = d_y * gamma
    return r * (d_hat - x_hat * (d_hat * x_hat).mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "adds-the-roads",
    ko="d_x에서 평균과 분산을 거쳐 오는 두 몫의 부호가 반대입니다. 둘 다 뺍니다.",
    en="In d_x the two shares through mean and variance have the wrong sign. Both are taken off.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    r, x_hat = pieces(x, eps)
    d_hat = d_y * gamma
    return r * (d_hat + d_hat.mean(0) + x_hat * (d_hat * x_hat).mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "adds-the-variance-road",
    ko="d_x에서 분산을 거치는 길의 부호가 반대입니다. 평균의 길처럼 뺍니다.",
    en="In d_x the road through the variance has the wrong sign: it is taken off, as that of the mean.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    r, x_hat = pieces(x, eps)
    d_hat = d_y * gamma
    return r * (d_hat - d_hat.mean(0) + x_hat * (d_hat * x_hat).mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "sums-for-means",
    ko="d_x의 두 길에서 평균이 아니라 합을 뺐습니다. x_b 하나는 평균도 분산도 1/B만큼만 움직이므로 둘 다 평균입니다.",
    en="In d_x, sums were taken off where means belong. A single x_b has a share of only 1/B in the mean "
    "and in the variance.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    r, x_hat = pieces(x, eps)
    d_hat = d_y * gamma
    return r * (d_hat - d_hat.sum(0) - x_hat * (d_hat * x_hat).sum(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "x-for-x_hat-in-d_gamma",
    ko="d_gamma에 x를 곱했습니다. gamma에 곱해진 것은 x가 아니라 x_hat입니다.",
    en="d_gamma multiplies by x. What gamma was multiplied with is x_hat.",
)
def _(d_y, x, gamma, eps):
    d_x, _, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, (d_y * x).sum(0), d_beta


@batchnorm_backward.mistake(
    "means-for-gamma-and-beta",
    ko="d_gamma와 d_beta를 평균 냈습니다. 앞으로 갈 때의 브로드캐스팅은 거꾸로 올 때의 합입니다. 손실의 1/B은 이미 d_y에 들어 있습니다(11장).",
    en="d_gamma and d_beta are means. A broadcast on the way forward is a sum on the way back; the 1/B of "
    "the loss is in d_y already (chapter 11).",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, d_gamma / len(x), d_beta / len(x)


@batchnorm_backward.mistake(
    "not-summed",
    ko="d_gamma와 d_beta를 표본에 대해 더하지 않았습니다. 모양이 gamma와 같은 (H,)여야 합니다.",
    en="d_gamma and d_beta are not summed over the samples. Their shape must be gamma's, (H,).",
)
def _(d_y, x, gamma, eps):
    return right_back(d_y, x, gamma, eps)[0], d_y * pieces(x, eps)[1], d_y.clone()


@batchnorm_backward.mistake(
    "forgets-gamma",
    ko="d_x에 gamma가 없습니다. y에서 x_hat으로 올 때 gamma가 곱해집니다: g = gamma·d_y",
    en="gamma is missing in d_x. From y to x_hat it multiplies: g = gamma·d_y.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return right_back(d_y, x, torch.ones_like(gamma), eps)[0], d_gamma, d_beta


@batchnorm_backward.mistake(
    "forgets-r",
    ko="d_x 앞의 r = 1/√(σ² + ε)이 빠졌습니다. 앞으로 갈 때 표준편차로 나누었으니 거꾸로 올 때도 나눕니다.",
    en="The r = 1/√(σ² + ε) in front of d_x is missing. The way forward divides by the standard "
    "deviation, and so does the way back.",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x / pieces(x, eps)[0], d_gamma, d_beta


@batchnorm_backward.mistake(
    "multiplies-by-the-deviation",
    ko="r로 나누었습니다(표준편차를 곱했습니다). r = 1/√(σ² + ε)을 곱해야 합니다.",
    en="This divides by r (it multiplies by the standard deviation). Multiply by r = 1/√(σ² + ε).",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x / pieces(x, eps)[0] ** 2, d_gamma, d_beta


@batchnorm_backward.mistake(
    "forgets-x_hat",
    ko="분산을 거치는 길에서 평균에 x_hat을 다시 곱하지 않았습니다. 그 몫은 표본마다 x_hat에 비례합니다.",
    en="In the road through the variance, the mean is not multiplied by x_hat again. The share of each "
    "sample is proportional to its x_hat.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    r, x_hat = pieces(x, eps)
    d_hat = d_y * gamma
    return r * (d_hat - d_hat.mean(0) - (d_hat * x_hat).mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "unbiased-variance",
    ko="r을 B − 1로 나눈 분산으로 구했습니다. 앞으로 갈 때의 분산은 B로 나누었습니다: `correction=0`",
    en="r comes from the variance that divides by B − 1. The one of the forward pass divides by B: "
    "`correction=0`.",
)
def _(d_y, x, gamma, eps):
    r = 1 / torch.sqrt(x.var(0) + eps)
    x_hat, d_hat = (x - x.mean(0)) * r, d_y * gamma
    d_x = r * (d_hat - d_hat.mean(0) - x_hat * (d_hat * x_hat).mean(0))
    return d_x, (d_y * x_hat).sum(0), d_y.sum(0)


@batchnorm_backward.mistake(
    "no-eps",
    ko="r과 x_hat에 eps가 없습니다. 앞으로 갈 때와 같은 √(σ² + ε)을 쓰세요.",
    en="There is no eps in r and x_hat. Use the √(σ² + ε) of the forward pass.",
)
def _(d_y, x, gamma, eps):
    return right_back(d_y, x, gamma, 0.0)


@batchnorm_backward.mistake(
    "over-everything",
    ko="두 평균을 유닛을 가리지 않고 구했습니다. 유닛마다 따로입니다: `mean(0)`",
    en="The two means mix all units. Each unit has its own: `mean(0)`.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    r, x_hat = pieces(x, eps)
    d_hat = d_y * gamma
    return r * (d_hat - d_hat.mean() - x_hat * (d_hat * x_hat).mean()), d_gamma, d_beta


@batchnorm_backward.mistake(
    "gamma-and-beta-swapped",
    ko="뒤의 두 결과가 바뀌었습니다: (d_x, d_gamma, d_beta)",
    en="The last two results are swapped: (d_x, d_gamma, d_beta).",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, d_beta, d_gamma


X_IN_THE_ROAD = {
    "ko": "분산을 거치는 길에 x를 곱했습니다. 두 곳 모두 x가 아니라 x_hat입니다: x_hat·평균(g·x_hat)",
    "en": "The road through the variance multiplies by x. In both places it is x_hat: x_hat·mean(g·x_hat).",
}


@batchnorm_backward.mistake("x-for-x_hat-in-the-mean", **X_IN_THE_ROAD)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    (r, x_hat), g = pieces(x, eps), d_y * gamma
    return r * (g - g.mean(0) - x_hat * (g * x).mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake("x-for-x_hat-twice", **X_IN_THE_ROAD)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    (r, _), g = pieces(x, eps), d_y * gamma
    return r * (g - g.mean(0) - x * (g * x).mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "centred-for-x_hat",
    ko="x_hat 자리에 x − 평균을 썼습니다. x_hat은 그것에 r을 곱한 것입니다.",
    en="x − mean stands where x_hat belongs. x_hat is that times r.",
)
def _(d_y, x, gamma, eps):
    r, g, centred = pieces(x, eps)[0], d_y * gamma, x - x.mean(0)
    d_x = r * (g - g.mean(0) - centred * (g * centred).mean(0))
    return d_x, (d_y * centred).sum(0), d_y.sum(0)


@batchnorm_backward.mistake(
    "eps-outside",
    ko="r에서 eps를 제곱근 밖에서 더했습니다: r = 1/√(σ² + ε)",
    en="In r, eps is added outside the root: r = 1/√(σ² + ε).",
)
def _(d_y, x, gamma, eps):
    r, g = 1 / (torch.sqrt(spread(x)) + eps), d_y * gamma
    x_hat = (x - x.mean(0)) * r
    d_x = r * (g - g.mean(0) - x_hat * (g * x_hat).mean(0))
    return d_x, (d_y * x_hat).sum(0), d_y.sum(0)


GAMMA_TOO_EARLY = {
    "ko": "d_gamma나 d_beta에 gamma가 곱해졌습니다. 그 둘은 d_x_hat이 아니라 d_y에서 갈라집니다.",
    "en": "gamma went into d_gamma or d_beta. These two branch off from d_y, not from d_x_hat.",
}


@batchnorm_backward.mistake("d_gamma-from-d_x_hat", **GAMMA_TOO_EARLY)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, d_gamma * gamma, d_beta


@batchnorm_backward.mistake("both-from-d_x_hat", **GAMMA_TOO_EARLY)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, d_gamma * gamma, d_beta * gamma


@batchnorm_backward.mistake(
    "r-on-the-direct-road-only",
    ko="괄호가 빠졌습니다. r은 직접 오는 길에만이 아니라 세 길 모두에 곱해집니다: r·(g − … − …)",
    en="Brackets are missing: r multiplies all three roads, not the direct one alone: r·(g − … − …).",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    (r, x_hat), g = pieces(x, eps), d_y * gamma
    return r * g - g.mean(0) - x_hat * (g * x_hat).mean(0), d_gamma, d_beta


@batchnorm_backward.mistake(
    "gamma-on-the-direct-road-only",
    ko="gamma를 직접 오는 길에만 곱했습니다. 두 평균도 d_y가 아니라 g = gamma·d_y로 구합니다.",
    en="gamma is on the direct road alone. The two means are of g = gamma·d_y as well, not of d_y.",
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    r, x_hat = pieces(x, eps)
    return r * (d_y * gamma - d_y.mean(0) - x_hat * (d_y * x_hat).mean(0)), d_gamma, d_beta


ONE_SUM = {
    "ko": "d_x의 두 길 가운데 하나에서 평균이 아니라 합을 뺐습니다. 둘 다 평균입니다.",
    "en": "On one of the two roads of d_x a sum is taken off where a mean belongs. Both are means.",
}


@batchnorm_backward.mistake("sum-on-the-mean-road", **ONE_SUM)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    (r, x_hat), g = pieces(x, eps), d_y * gamma
    return r * (g - g.sum(0) - x_hat * (g * x_hat).mean(0)), d_gamma, d_beta


@batchnorm_backward.mistake("sum-on-the-variance-road", **ONE_SUM)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    (r, x_hat), g = pieces(x, eps), d_y * gamma
    return r * (g - g.mean(0) - x_hat * (g * x_hat).sum(0)), d_gamma, d_beta


@batchnorm_backward.mistake(
    "mean-for-beta",
    ko="d_beta를 평균 냈습니다. beta는 모든 줄에 더해졌으니 거꾸로 올 때는 합입니다.",
    en="d_beta is a mean. beta was added to every row, so on the way back there is a sum.",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, d_gamma, d_beta / len(x)


@batchnorm_backward.mistake(
    "wrong-order",
    ko="결과의 순서가 다릅니다: (d_x, d_gamma, d_beta)",
    en="The results are in another order: (d_x, d_gamma, d_beta).",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_gamma, d_beta, d_x


def roads(d_y, x, gamma, eps, spoiled):
    """The right d_gamma and d_beta, and d_x by `spoiled`, given g, r and x_hat."""
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return spoiled(d_y * gamma, *pieces(x, eps)), d_gamma, d_beta


ONE_MEAN_OF_D_Y = {
    "ko": "두 평균 가운데 하나를 d_y로 구했습니다. 둘 다 g = gamma·d_y로 구합니다.",
    "en": "One of the two means is of d_y. Both are of g = gamma·d_y.",
}


@batchnorm_backward.mistake("d_y-in-the-mean-road", **ONE_MEAN_OF_D_Y)
def _(d_y, x, gamma, eps):
    return roads(d_y, x, gamma, eps, lambda g, r, h: r * (g - d_y.mean(0) - h * (g * h).mean(0)))


@batchnorm_backward.mistake("d_y-in-the-variance-road", **ONE_MEAN_OF_D_Y)
def _(d_y, x, gamma, eps):
    return roads(d_y, x, gamma, eps, lambda g, r, h: r * (g - g.mean(0) - h * (d_y * h).mean(0)))


@batchnorm_backward.mistake(
    "means-over-the-units",
    ko="축이 다릅니다. 두 평균은 표본에 대해(축 0) 구합니다.",
    en="The axis is the wrong one: the two means run over the samples, axis 0.",
)
def _(d_y, x, gamma, eps):
    def d_x(g, r, h):
        return r * (g - g.mean(1, keepdim=True) - h * (g * h).mean(1, keepdim=True))

    return roads(d_y, x, gamma, eps, d_x)


SUM_AXIS = {
    "ko": "d_gamma와 d_beta의 합은 표본에 대해서만(축 0) 냅니다. 모양이 gamma와 같은 (H,)여야 합니다.",
    "en": "The sums of d_gamma and d_beta run over the samples, and over nothing else: axis 0. Their shape is gamma's, (H,).",
}


@batchnorm_backward.mistake("sums-over-the-units", **SUM_AXIS)
def _(d_y, x, gamma, eps):
    return right_back(d_y, x, gamma, eps)[0], (d_y * pieces(x, eps)[1]).sum(1), d_y.sum(1)


@batchnorm_backward.mistake("sums-over-everything", **SUM_AXIS)
def _(d_y, x, gamma, eps):
    return right_back(d_y, x, gamma, eps)[0], (d_y * pieces(x, eps)[1]).sum(), d_y.sum()


@batchnorm_backward.mistake(
    "mean-of-g-in-the-variance-road",
    ko="분산을 거치는 길에서 g의 평균을 썼습니다. 그 길에는 g·x_hat의 평균이 들어갑니다.",
    en="The road through the variance has the mean of g. It takes the mean of g·x_hat.",
)
def _(d_y, x, gamma, eps):
    return roads(d_y, x, gamma, eps, lambda g, r, h: r * (g - g.mean(0) - h * g.mean(0)))


@batchnorm_backward.mistake(
    "gamma-twice",
    ko="d_x에 gamma를 두 번 곱했습니다. g = gamma·d_y에 이미 들어 있습니다.",
    en="In d_x gamma stands twice. It is in g = gamma·d_y already.",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x * gamma, d_gamma, d_beta


@batchnorm_backward.mistake(
    "r-squared-on-the-variance-road",
    ko="분산을 거치는 길에 r이 두 번 들어갔습니다. r은 세 길을 묶은 괄호 밖에 한 번뿐입니다.",
    en="On the road through the variance r stands twice. It stands once, outside the brackets around all three roads.",
)
def _(d_y, x, gamma, eps):
    def d_x(g, r, h):
        return r * (g - g.mean(0)) - r**2 * h * (g * h).mean(0)

    return roads(d_y, x, gamma, eps, d_x)


@batchnorm_backward.mistake(
    "half-the-variance-road",
    ko="분산을 거치는 길이 절반뿐입니다. ∂σ²/∂x_b = (2/B)(x_b − μ)의 2가 빠졌습니다(½과 지워지는 2입니다).",
    en="The road through the variance is only half of what it should be: the 2 of ∂σ²/∂x_b = (2/B)(x_b − μ) is missing (it cancels the ½).",
)
def _(d_y, x, gamma, eps):
    return roads(d_y, x, gamma, eps, lambda g, r, h: r * (g - g.mean(0) - h * (g * h).mean(0) / 2))


@batchnorm_backward.mistake(
    "mean-for-gamma",
    ko="d_gamma를 평균 냈습니다. gamma는 모든 줄에 곱해졌으니 거꾸로 올 때는 합입니다.",
    en="d_gamma is a mean. gamma multiplied every row, so on the way back there is a sum.",
)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, d_gamma / len(x), d_beta


@batchnorm_backward.mistake("d_beta-from-d_x_hat", **GAMMA_TOO_EARLY)
def _(d_y, x, gamma, eps):
    d_x, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_x, d_gamma, d_beta * gamma


DIRECT = {
    "ko": "두 가지입니다. d_x에 직접 오는 길만 있고(평균과 분산을 거치는 두 길을 빼야 합니다), {}",
    "en": "Two things: d_x has only the direct road (the two through mean and variance must be taken off), and {}",
}


def directly(key, ko, en):
    texts = {"ko": DIRECT["ko"].format(ko), "en": DIRECT["en"].format(en)}
    return batchnorm_backward.mistake(f"direct-road-only-and-{key}", **texts)


@directly(
    "x-for-x_hat",
    "d_gamma에 x_hat이 아니라 x를 곱했습니다.",
    "d_gamma multiplies by x, not by x_hat.",
)
def _(d_y, x, gamma, eps):
    return d_y * gamma * pieces(x, eps)[0], (d_y * x).sum(0), d_y.sum(0)


@directly("no-gamma", "gamma도 빠졌습니다.", "gamma is missing in it.")
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_y * pieces(x, eps)[0], d_gamma, d_beta


@directly(
    "means", "d_gamma와 d_beta가 합이 아니라 평균입니다.", "d_gamma and d_beta are means, not sums."
)
def _(d_y, x, gamma, eps):
    _, d_gamma, d_beta = right_back(d_y, x, gamma, eps)
    return d_y * gamma * pieces(x, eps)[0], d_gamma / len(x), d_beta / len(x)


@batchnorm_backward.mistake(
    "no-r-no-gamma",
    ko="두 가지입니다. d_x에 gamma가 없고(g = gamma·d_y), 괄호 앞의 r도 없습니다.",
    en="Two things: gamma is missing in d_x (g = gamma·d_y), and so is the r in front of the brackets.",
)
def _(d_y, x, gamma, eps):
    def d_x(g, r, h):
        return d_y - d_y.mean(0) - h * (d_y * h).mean(0)

    return roads(d_y, x, gamma, eps, d_x)


@batchnorm_backward.mistake("x-for-x_hat-outside-the-mean", **X_IN_THE_ROAD)
def _(d_y, x, gamma, eps):
    return roads(d_y, x, gamma, eps, lambda g, r, h: r * (g - g.mean(0) - x * (g * h).mean(0)))


@batchnorm_backward.mistake(
    "no-root-in-r",
    ko="r에 제곱근이 없습니다.",
    en="The root in r is missing.",
)
def _(d_y, x, gamma, eps):
    r, g = 1 / (spread(x) + eps), d_y * gamma
    x_hat = (x - x.mean(0)) * r
    d_x = r * (g - g.mean(0) - x_hat * (g * x_hat).mean(0))
    return d_x, (d_y * x_hat).sum(0), d_y.sum(0)


batchnorm_backward.hints(
    ko=[
        "먼저 앞으로 갈 때의 r과 x_hat을 다시 구하세요. gamma와 beta로 갈라지는 것은 11장의 편향과 같은 합이고, x로 오는 길은 셋입니다.",
        "d_gamma = Σ d_y·x_hat, d_beta = Σ d_y, g = gamma·d_y. d_x = r·(g − 평균(g) − x_hat·평균(g·x_hat)). 합과 평균은 모두 축 "
        "0입니다.",
        "`d_x_hat = d_y * gamma`, `d_x = r * (d_x_hat - d_x_hat.mean(0) - x_hat * (d_x_hat * x_hat).mean(0))`",
    ],
    en=[
        "First compute r and x_hat of the forward pass again. What branches off to gamma and beta are "
        "sums, as for the biases of chapter 11; to x there are three roads.",
        "d_gamma = Σ d_y·x_hat, d_beta = Σ d_y, g = gamma·d_y. d_x = r·(g − mean(g) − x_hat·mean(g·x_hat)). "
        "All sums and means run over axis 0.",
        "`d_x_hat = d_y * gamma`, `d_x = r * (d_x_hat - d_x_hat.mean(0) - x_hat * (d_x_hat * "
        "x_hat).mean(0))`.",
    ],
)


# ---------------------------------------------------------------- fold-into-linear


@exercise("fold-into-linear", points=2, forbids=["fuse_linear_bn_eval", "fuse_linear_bn_weights"],
          returns=["new_weight", "new_bias"])  # fmt: skip
def fold_into_linear(weight, bias, running_mean, running_var, gamma, beta, eps):
    # By what the two layers give: for an input of zeros, and for every input that is 1 once.
    def both(a):
        x = F.linear(a, weight.double(), bias.double())
        rest = [value.double() for value in (running_mean, running_var, gamma, beta)]
        return F.batch_norm(x, *rest, training=False, eps=eps)

    at_zero = both(torch.zeros(1, weight.shape[1], dtype=DOUBLE))
    at_ones = both(torch.eye(weight.shape[1], dtype=DOUBLE))
    return (at_ones - at_zero).T.contiguous().to(weight.dtype), at_zero[0].to(weight.dtype)


@fold_into_linear.cases
def _(draw):
    weight, bias = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1.0, 2.0])
    mean, var = torch.tensor([2.0, 0.0]), torch.tensor([3.0, 0.0])
    yield weight, bias, mean, var, torch.tensor([2.0, 3.0]), torch.tensor([0.5, -0.5]), 1.0
    yield draw.normal(3, 2), some(draw, 3), *stored(draw, 3), 0.1
    yield draw.normal(3, 3), some(draw, 3), *stored(draw, 3), 0.3
    out, inputs = draw.integer(2, 4), draw.integer(5, 7)
    weight, bias = draw.normal(out, inputs, dtype=DOUBLE), some(draw, out, DOUBLE)
    yield weight, bias, *stored(draw, out, DOUBLE), draw.number(0.05, 0.5)
    yield draw.normal(1, 4), some(draw, 1), *stored(draw, 1), 1e-5


@fold_into_linear.accepts
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = gamma * torch.rsqrt(running_var + eps)
    return torch.diag(scale) @ weight, beta - running_mean * scale + bias * scale


@fold_into_linear.accepts
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    rows, biases = [], []
    for h in range(len(bias)):
        std = (running_var[h] + eps) ** 0.5
        rows.append(weight[h] * gamma[h] / std)
        biases.append(gamma[h] * (bias[h] - running_mean[h]) / std + beta[h])
    return [torch.stack(rows), torch.stack(biases)]


def folded(weight, bias, mean, beta, scale):
    return scale[:, None] * weight, scale * (bias - mean) + beta


def scale_of(var, gamma, eps):
    return gamma / torch.sqrt(var + eps)


@fold_into_linear.mistake("fixed-eps", **FIXED_EPS)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, 1e-5))


COLUMNS = {
    "ko": "s를 weight의 열에 곱했습니다. (out,)을 (out, in)에 그냥 곱하면 마지막 축, 곧 입력 쪽에 맞춰집니다. s는 출력 유닛마다 하나이니 줄에 "
    "곱해야 합니다: `s[:, None]`",
    "en": "s multiplies the columns of weight. Times an (out, in), an (out,) is lined up with the last "
    "axis, the inputs. There is one s for each output unit, so it multiplies rows: `s[:, None]`.",
}


@fold_into_linear.mistake("scales-the-columns", **COLUMNS)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale * weight, scale * (bias - running_mean) + beta


@fold_into_linear.mistake(
    "bias-not-scaled",
    ko="새 편향에서 이전 bias에 s를 곱하지 않았습니다. bias도 배치 정규화를 지나갑니다: s·(bias − 평균) + beta",
    en="In the new bias, the old bias is not multiplied by s. It goes through the batch norm, too: "
    "s·(bias − mean) + beta.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale[:, None] * weight, bias - scale * running_mean + beta


@fold_into_linear.mistake(
    "mean-not-scaled",
    ko="새 편향에서 평균에 s를 곱하지 않았습니다. 평균을 먼저 빼고 그다음에 s를 곱합니다: s·(bias − 평균) + beta",
    en="In the new bias, the mean is not multiplied by s. It is taken off first, then comes s: "
    "s·(bias − mean) + beta.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale[:, None] * weight, scale * bias - running_mean + beta


@fold_into_linear.mistake(
    "nothing-scaled-in-the-bias",
    ko="새 편향에 s가 없습니다. bias − 평균에 s를 곱한 다음 beta를 더합니다.",
    en="There is no s in the new bias. Multiply bias − mean by s, then add beta.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale[:, None] * weight, bias - running_mean + beta


@fold_into_linear.mistake(
    "beta-scaled-too",
    ko="beta에도 s를 곱했습니다. beta는 맨 나중에 그대로 더해집니다.",
    en="beta was multiplied by s as well. It is added last, as it is.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale[:, None] * weight, scale * (bias - running_mean + beta)


@fold_into_linear.mistake(
    "forgets-beta",
    ko="새 편향에 beta가 없습니다.",
    en="There is no beta in the new bias.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return folded(weight, bias, running_mean, torch.zeros_like(beta), scale)


@fold_into_linear.mistake(
    "forgets-the-mean",
    ko="새 편향에서 running_mean을 빼지 않았습니다.",
    en="running_mean is not taken off in the new bias.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return folded(weight, bias, torch.zeros_like(bias), beta, scale)


@fold_into_linear.mistake(
    "forgets-the-old-bias",
    ko="새 편향에 이전 bias가 없습니다. 앞의 선형 층이 더하던 것도 s만큼 커져서 남아야 합니다.",
    en="The old bias is missing in the new one. What the linear layer added must stay, times s.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return folded(weight, torch.zeros_like(bias), running_mean, beta, scale)


@fold_into_linear.mistake(
    "adds-the-mean",
    ko="running_mean을 더했습니다. 배치 정규화는 평균을 뺍니다.",
    en="running_mean was added. A batch norm takes the mean off.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, bias, -running_mean, beta, scale_of(running_var, gamma, eps))


@fold_into_linear.mistake(
    "forgets-gamma",
    ko="s에 gamma가 없습니다: s = gamma / √(running_var + eps)",
    en="gamma is missing in s: s = gamma / √(running_var + eps).",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, torch.ones_like(gamma), eps)
    return folded(weight, bias, running_mean, beta, scale)


@fold_into_linear.mistake(
    "divides-by-the-variance",
    ko="분산으로 나누었습니다. 분산의 제곱근으로 나누어야 합니다: s = gamma / √(running_var + eps)",
    en="This divides by the variance. Divide by its root: s = gamma / √(running_var + eps).",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, bias, running_mean, beta, gamma / (running_var + eps))


@fold_into_linear.mistake(
    "eps-outside",
    ko="eps를 제곱근 밖에서 더했습니다. √(running_var + eps)입니다.",
    en="eps is added outside the root. It is √(running_var + eps).",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, bias, running_mean, beta, gamma / (torch.sqrt(running_var) + eps))


@fold_into_linear.mistake(
    "no-eps",
    ko="eps를 쓰지 않았습니다. 분산이 0인 유닛에서 0으로 나누게 됩니다.",
    en="eps is not used. A unit whose variance is 0 makes this divide by 0.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, 0.0))


@fold_into_linear.mistake(
    "weight-unchanged",
    ko="weight가 그대로입니다. 입력에 곱해지는 수도 s배가 되어야 합니다.",
    en="weight is what it was. What multiplies the inputs must become s times as large, too.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    new = folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, eps))
    return weight, new[1]


@fold_into_linear.mistake(
    "transposed",
    ko="새 가중치가 전치되어 (in, out)입니다. `nn.Linear`처럼 (out, in)으로 돌려주세요.",
    en="The new weight is transposed, (in, out). Return it as `nn.Linear` keeps it: (out, in).",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    new = folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, eps))
    return new[0].T.contiguous(), new[1]


@fold_into_linear.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 텐서가 바뀌었습니다. `*=`나 `-=` 대신 새 텐서를 만드세요. 원래 모델은 그대로 있어야 합니다.",
    en="The values are right, but the caller's tensors have changed. Make new ones instead of `*=` and "
    "`-=`: the original model must stay as it is.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    weight *= scale[:, None]
    return weight, scale * (bias - running_mean) + beta


@fold_into_linear.mistake("times-a-diagonal-on-the-right", **COLUMNS)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return weight @ torch.diag(scale), scale * (bias - running_mean) + beta


@fold_into_linear.mistake(
    "mean-minus-bias",
    ko="뺄셈의 방향이 반대입니다. 선형 층의 출력에서 평균을 뺍니다: bias − running_mean",
    en="The subtraction is the wrong way round. The mean is taken off what the linear layer gives: "
    "bias − running_mean.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, -bias, -running_mean, beta, scale_of(running_var, gamma, eps))


@fold_into_linear.mistake(
    "mean-off-the-weight",
    ko="평균을 weight에서 뺐습니다. 평균은 입력에 곱해지지 않으니 새 편향으로만 들어갑니다.",
    en="The mean was taken off the weight. It does not multiply any input, so it goes into the new bias "
    "alone.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale[:, None] * (weight - running_mean[:, None]), scale * (bias - running_mean) + beta


@fold_into_linear.mistake(
    "multiplies-by-the-deviation",
    ko="표준편차를 곱했습니다. s는 gamma를 표준편차로 *나눈* 것입니다.",
    en="This multiplies by the standard deviation. s is gamma *divided* by it.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = gamma * torch.sqrt(running_var + eps)
    return folded(weight, bias, running_mean, beta, scale)


HALF_AN_S = {
    "ko": "새 가중치와 새 편향 가운데 한쪽의 s가 온전하지 않습니다. 두 곳 모두 s = gamma / √(running_var + eps) 전부입니다.",
    "en": "In one of the new weight and the new bias s is not whole. In both it is all of s = gamma / √(running_var + eps).",
}


@fold_into_linear.mistake("weight-without-gamma", **HALF_AN_S)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    new = folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, eps))
    return weight / torch.sqrt(running_var + eps)[:, None], new[1]


@fold_into_linear.mistake("weight-with-gamma-only", **HALF_AN_S)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    new = folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, eps))
    return weight * gamma[:, None], new[1]


@fold_into_linear.mistake("bias-without-gamma", **HALF_AN_S)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale[:, None] * weight, (bias - running_mean) / torch.sqrt(running_var + eps) + beta


@fold_into_linear.mistake("bias-with-gamma-only", **HALF_AN_S)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale[:, None] * weight, gamma * (bias - running_mean) + beta


WEIGHT_GETS_S = {
    "ko": "가중치에는 s만 곱합니다. 평균과 beta는 입력에 곱해지는 것이 아니니 새 편향으로 갑니다.",
    "en": "The weight gets s and nothing else. Mean and beta do not multiply any input: they belong to the new bias.",
}


@fold_into_linear.mistake("weight-through-the-norm", **WEIGHT_GETS_S)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    new = scale * (bias - running_mean) + beta
    return scale[:, None] * (weight - running_mean[:, None]) + beta[:, None], new


@fold_into_linear.mistake("beta-on-the-weight", **WEIGHT_GETS_S)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    new = folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, eps))
    return new[0] + beta[:, None], new[1]


@fold_into_linear.mistake(
    "wrong-order",
    ko="순서가 바뀌었습니다: (new_weight, new_bias)",
    en="The two are in the wrong order: (new_weight, new_bias).",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, bias, running_mean, beta, scale_of(running_var, gamma, eps))[::-1]


@fold_into_linear.mistake(
    "gamma-and-beta-swapped",
    ko="gamma와 beta가 바뀌었습니다. s에 들어가는 것이 gamma, 맨 나중에 더하는 것이 beta입니다.",
    en="gamma and beta are swapped: gamma goes into s, beta is added last.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return folded(weight, bias, running_mean, gamma, scale_of(running_var, beta, eps))


@fold_into_linear.mistake(
    "matrix-product",
    ko="`@`는 줄들을 더해 버립니다. 줄마다 제 s를 곱하세요: `s[:, None] * weight`",
    en="`@` adds the rows up. Multiply each row by its own s: `s[:, None] * weight`.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    return scale @ weight, scale * (bias - running_mean) + beta


@fold_into_linear.mistake(
    "columns-and-no-scale-in-the-bias",
    ko="두 가지입니다. s를 weight의 열에 곱했고(줄에 곱하려면 `s[:, None]`), 새 편향에는 s가 없습니다: s·(bias − 평균) + beta",
    en="Two things: s multiplies the columns of weight (rows take `s[:, None]`), and there is no s in the new bias: s·(bias − mean) + beta.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return scale_of(running_var, gamma, eps) * weight, bias - running_mean + beta


@fold_into_linear.mistake(
    "no-brackets-in-the-bias",
    ko="새 편향에 괄호가 빠졌습니다. bias에서 평균을 먼저 빼고 그 차이에 s를 곱합니다: s·(bias − 평균) + beta",
    en="Brackets are missing in the new bias: first take the mean off the bias, then multiply the difference by s: s·(bias − mean) + beta.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    scale = scale_of(running_var, gamma, eps)
    new = gamma * bias - running_mean / torch.sqrt(running_var + eps) + beta
    return scale[:, None] * weight, new


@fold_into_linear.mistake(
    "bias-unchanged",
    ko="bias가 그대로입니다: s·(bias − 평균) + beta",
    en="The bias is what it was: s·(bias − mean) + beta.",
)
def _(weight, bias, running_mean, running_var, gamma, beta, eps):
    return scale_of(running_var, gamma, eps)[:, None] * weight, bias.clone()


fold_into_linear.hints(
    ko=[
        "평가 모드의 배치 정규화는 유닛마다 '곱하고 더하기'입니다. 선형 층의 출력 Wa + c를 그 식에 넣고, a에 곱해지는 것과 나머지로 나누어 보세요.",
        "s = gamma / √(running_var + eps), (out,). 새 가중치는 weight의 h번 줄에 s[h]를 곱한 것(weight의 줄은 출력 유닛 하나이니 s를 `s[:, None]`, 곧 (out, 1)로 세웁니다), 새 편향은 "
        "s·(bias − running_mean) + beta입니다.",
        "`scale = gamma / torch.sqrt(running_var + eps)`, `return scale[:, None] * weight, scale * (bias - running_mean) + beta`",
    ],
    en=[
        "In evaluation mode a batch norm is 'multiply and add' for each unit. Put the linear layer's "
        "output, Wa + c, into that formula, and sort into what multiplies a and the rest.",
        "s = gamma / √(running_var + eps), (out,). The new weight is weight with row h times s[h] (a row of "
        "weight is one output unit, so stand s up as `s[:, None]`, (out, 1)); the new bias is "
        "s·(bias − running_mean) + beta.",
        "`scale = gamma / torch.sqrt(running_var + eps)`, `return scale[:, None] * weight, scale * (bias - "
        "running_mean) + beta`.",
    ],
)
