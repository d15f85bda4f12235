"""Exercises of ch14: dropout, by hand, as a module, and in the right mode.

p is the probability to *drop*, as in PyTorch. A mask holds 1 where a unit is kept and 0 where it
is dropped. Inverted dropout divides what is kept by 1 - p while training, and does nothing else.
"""

import itertools

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64


def mask_of(draw, p, *shape, dtype=torch.float32):
    """A mask with both kinds in it: the first element is kept, the second dropped."""
    mask = (draw.uniform(0, 1, *shape) >= p).to(dtype)
    mask.view(-1)[0], mask.view(-1)[1] = 1, 0
    return mask


def known(made, key):
    """The texts of a mistake that is registered already, for another form of it."""
    found = next(mistake for mistake in made.mistakes if mistake.key == key)
    return {"ko": found.ko, "en": found.en}


# ---------------------------------------------------------------- keep-mask


@exercise("keep-mask")
def keep_mask(u, p):
    limit = np.asarray(p, dtype=u.numpy().dtype)
    kept = [0.0 if value < limit else 1.0 for value in u.numpy().reshape(-1)]
    return torch.tensor(kept, dtype=u.dtype).reshape(u.shape)


@keep_mask.cases
def _(draw):
    yield torch.tensor([0.1, 0.4, 0.6, 0.9]), 0.25
    yield torch.tensor([0.1, 0.4, 0.6, 0.9, 0.8]), 0.75
    yield torch.tensor([[0.25, 0.5], [0.75, 0.4375]]), 0.5
    yield torch.tensor([0.0, 0.3, 0.99]), 0.0
    yield torch.tensor([0.0, 0.3, 0.99]), 1.0
    p = draw.number(0.2, 0.35)
    yield torch.cat([torch.tensor([0.1, 0.45, 0.9]), draw.uniform(0, 1, 9)]).reshape(3, 4), p
    yield draw.uniform(0, 1, 2, 3, draw.integer(3, 5)), draw.number(0.6, 0.9)
    yield draw.uniform(0, 1, 4, 2, dtype=DOUBLE), 0.5


@keep_mask.accepts
def _(u, p):
    return torch.where(u < p, torch.zeros_like(u), torch.ones_like(u))


@keep_mask.accepts
def _(u, p):
    return 1 - u.lt(p).to(u.dtype)


@keep_mask.accepts
def _(u, p):
    mask = torch.ones_like(u)
    mask[u < p] = 0
    return mask


WHICH_P = {
    "ko": "p를 *남길* 확률로 읽었습니다. PyTorch와 이 장에서 p는 **끌** 확률입니다. u < p인 곳이 0입니다. (거꾸로 쓰는 글도 있으니 남의 코드에서는 먼저 확인하세요.)",
    "en": "This reads p as the probability to *keep*. In PyTorch and in this chapter p is the "
    "probability to **drop**: 0 goes where u < p. (Some texts use it the other way round; look "
    "before you borrow code.)",
}


@keep_mask.mistake("keeps-with-p", **WHICH_P)
def _(u, p):
    return (u < p).to(u.dtype)


@keep_mask.mistake("keeps-with-p-at-the-top", **WHICH_P)
def _(u, p):
    return (u >= 1 - p).to(u.dtype)


@keep_mask.mistake(
    "other-end",
    ko="끄는 비율은 맞지만 반대쪽 끝을 껐습니다. 설명문은 u < p인 곳, 곧 *작은* u를 끄라고 합니다.",
    en="The right share is dropped, but at the other end. The docstring drops where u < p: the "
    "*small* u.",
)
def _(u, p):
    return (u < 1 - p).to(u.dtype)


@keep_mask.mistake(
    "other-end-with-ties",
    ko="끄는 비율은 맞지만 반대쪽 끝을 껐습니다. 설명문은 u < p인 곳, 곧 *작은* u를 끄라고 합니다.",
    en="The right share is dropped, but at the other end. The docstring drops where u < p: the "
    "*small* u.",
)
def _(u, p):
    return (u <= 1 - p).to(u.dtype)


@keep_mask.mistake(
    "tie-dropped",
    ko="u가 정확히 p와 같을 때 껐습니다. u < p일 때만 끕니다. 난수는 0이 나올 수 있으므로, 이렇게 하면 p = 0에서도 꺼지는 유닛이 생깁니다.",
    en="A u exactly equal to p is dropped. Only u < p is. Random numbers can be 0, so with this a "
    "unit might be dropped even at p = 0.",
)
def _(u, p):
    return (u > p).to(u.dtype)


TRUTHS = {
    "ko": "어디를 남길지는 맞지만 참·거짓(bool)이나 정수입니다. u와 같은 자료형의 1과 0으로 바꾸세요: `.to(u.dtype)`",
    "en": "The right places, but as bool or as whole numbers. Turn them into ones and zeros of u's "
    "dtype: `.to(u.dtype)`.",
}


@keep_mask.mistake("bool", **TRUTHS)
def _(u, p):
    return u >= p


@keep_mask.mistake("integers", **TRUTHS)
def _(u, p):
    return (u >= p).long()


@keep_mask.mistake("small-integers", **TRUTHS)
def _(u, p):
    return (u >= p).int()


@keep_mask.mistake(
    "always-float32",
    ko="값은 맞지만 언제나 float32입니다. u가 float64이면 마스크도 float64여야 합니다: `.to(u.dtype)`",
    en="The values are right, but always float32. For a u of float64 the mask is float64, too: "
    "`.to(u.dtype)`.",
)
def _(u, p):
    return (u >= p).float()


@keep_mask.mistake(
    "keeps-u",
    ko="남긴 곳에 1이 아니라 난수 u가 그대로 들어 있습니다. 마스크는 1과 0뿐입니다.",
    en="Where a unit stays, this holds the random number u itself. A mask is ones and zeros only.",
)
def _(u, p):
    return torch.where(u < p, 0, u)


@keep_mask.mistake(
    "scaled-already",
    ko="1 − p로 나누는 것은 다음 문제(`dropout-forward`)의 일입니다. 마스크는 1과 0뿐입니다.",
    en="Dividing by 1 − p comes in the next exercise, `dropout-forward`. A mask is ones and zeros "
    "only.",
)
def _(u, p):
    return (u >= p).to(u.dtype) / (1 - p)


@keep_mask.mistake(
    "rounded",
    ko="반올림하면 p와 상관없이 언제나 0.5에서 갈립니다. u를 p와 견주세요.",
    en="Rounding always splits at 0.5, whatever p is. Compare u with p.",
)
def _(u, p):
    return torch.round(u)


OWN_NUMBERS = {
    "ko": "난수를 새로 뽑았습니다. 이 함수는 뽑지 않습니다. 받은 u를 p와 견주기만 합니다. 그래야 같은 u에서 언제나 같은 마스크가 나옵니다.",
    "en": "This draws random numbers of its own. Here nothing is drawn: compare the u you are given "
    "with p, so that the same u always makes the same mask.",
}


@keep_mask.mistake("draws-its-own", **OWN_NUMBERS)
def _(u, p):
    return (torch.rand_like(u) >= p).to(u.dtype)


@keep_mask.mistake("draws-by-bernoulli", **OWN_NUMBERS)
def _(u, p):
    return torch.bernoulli(torch.full_like(u, 1 - p))


@keep_mask.mistake("draws-by-bernoulli-p", **OWN_NUMBERS)
def _(u, p):
    return torch.bernoulli(torch.full_like(u, p))


@keep_mask.mistake(
    "in-place",
    ko="마스크는 맞지만 인자 u를 덮어썼습니다. 새 텐서를 만들어 돌려주세요.",
    en="The mask is right, but it was written over the argument u. Make a new tensor.",
)
def _(u, p):
    dropped = u < p
    u[dropped], u[~dropped] = 0, 1
    return u


@keep_mask.mistake("keeps-with-p-and-ties", **WHICH_P)
def _(u, p):
    return (u <= p).to(u.dtype)


@keep_mask.mistake(
    "half-whatever-p",
    ko="p를 쓰지 않고 언제나 0.5에서 갈랐습니다. u를 p와 견주세요.",
    en="This always splits at 0.5 and never looks at p. Compare u with p.",
)
def _(u, p):
    return (u >= 0.5).to(u.dtype)


@keep_mask.mistake("keeps-with-p-at-the-top-without-ties", **WHICH_P)
def _(u, p):
    return (u > 1 - p).to(u.dtype)


for key, draw_own in {
    "draws-its-own-float32": lambda u, p: (torch.rand(u.shape) >= p).float(),
    "draws-its-own-in-float32": lambda u, p: (torch.rand(u.shape) >= p).to(u.dtype),
    "draws-its-own-like-u-float32": lambda u, p: (torch.rand_like(u) >= p).float(),
    "draws-by-dropout": lambda u, p: (F.dropout(torch.ones_like(u), p) > 0).to(u.dtype),
}.items():
    keep_mask.mistake(key, **OWN_NUMBERS)(draw_own)


TRUTHS_THE_WRONG_WAY = {
    "ko": "두 가지입니다. p는 **끌** 확률이므로 u < p인 곳이 0이어야 하고, 참·거짓(bool)을 u의 자료형으로 바꾸어야 합니다: `.to(u.dtype)`",
    "en": "Two things: p is the probability to **drop**, so 0 goes where u < p; and the bools have to be turned into u's dtype: "
    "`.to(u.dtype)`.",
}


@keep_mask.mistake("bool-and-keeps-with-p", **TRUTHS_THE_WRONG_WAY)
def _(u, p):
    return u < p


@keep_mask.mistake("bool-and-keeps-with-p-and-ties", **TRUTHS_THE_WRONG_WAY)
def _(u, p):
    return u <= p


@keep_mask.mistake(
    "bool-and-tie-dropped",
    ko="두 가지입니다. u가 정확히 p와 같은 원소는 남겨야 하고(u < p일 때만 끕니다), 참·거짓(bool)을 u의 자료형으로 바꾸어야 합니다: `.to(u.dtype)`",
    en="Two things: a u exactly equal to p is kept (only u < p is dropped), and the bools have to be turned into u's dtype: "
    "`.to(u.dtype)`.",
)
def _(u, p):
    return u > p


@keep_mask.mistake(
    "signs",
    ko="`sign`은 −1, 0, 1을 냅니다. 마스크는 1과 0뿐이고, 정확히 p인 원소는 남깁니다. `u >= p`로 견주세요.",
    en="`sign` gives −1, 0 and 1. A mask is ones and zeros only, and a u exactly equal to p is kept: compare with `u >= p`.",
)
def _(u, p):
    return (u - p).sign()


keep_mask.hints(
    ko=[
        "난수 u는 0과 1 사이에 고르게 퍼져 있으므로, u < p일 확률이 꼭 p입니다. 바로 그곳을 끕니다.",
        "비교 `u >= p`는 남길 곳이 True인 bool 텐서를 냅니다. 이것을 u의 자료형으로 바꾸면 1과 0이 됩니다.",
        "`return (u >= p).to(u.dtype)`",
    ],
    en=[
        "The random numbers u are spread evenly between 0 and 1, so u < p happens with probability p. "
        "Those are the places to drop.",
        "The comparison `u >= p` gives a bool tensor, True where a unit stays. Converted to u's dtype "
        "it becomes ones and zeros.",
        "`return (u >= p).to(u.dtype)`.",
    ],
)


# ---------------------------------------------------------------- dropout-forward

BUILT_IN = ("F.dropout", "nn.Dropout", "torch.dropout")


@exercise("dropout-forward", points=2, forbids=BUILT_IN)
def dropout_forward(x, mask, p, training):
    if not training:
        return x.clone()
    pairs = zip(x.reshape(-1), mask.reshape(-1).tolist(), strict=True)
    return torch.stack([v / (1 - p) if kept else 0 * v for v, kept in pairs]).reshape(x.shape)


@dropout_forward.cases
def _(draw):
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    yield x, torch.tensor([[1.0, 0.0, 1.0, 1.0]]), 0.25, True
    yield x, torch.tensor([[1.0, 0.0, 1.0, 1.0]]), 0.25, False
    yield x, torch.tensor([[0.0, 0.0, 1.0, 0.0]]), 0.5, True
    yield torch.tensor([[2.0, -3.0]]), torch.ones(1, 2), 0.0, True
    yield torch.tensor([[2.0, -3.0]]), torch.zeros(1, 2), 1.0, True
    yield torch.tensor([[2.0, -3.0]]), torch.zeros(1, 2), 1.0, False
    yield draw.normal(2, 3), torch.zeros(2, 3), 0.5, True
    for training in (True, False):
        B, H, p = draw.integer(3, 6), draw.integer(2, 6), draw.number(0.55, 0.9)
        yield draw.normal(B, H), mask_of(draw, p, B, H), p, training
        p = draw.number(0.1, 0.4)
        x = draw.normal(2, draw.integer(2, 4), 3, dtype=DOUBLE).requires_grad_()
        yield Case((x, mask_of(draw, p, *x.shape, dtype=DOUBLE), p, training), slopes=True)
    yield draw.normal(2, 3, dtype=DOUBLE), torch.zeros(2, 3, dtype=DOUBLE), 1.0, True


@dropout_forward.accepts
def _(x, mask, p, training):
    if not training:
        return x
    return torch.where(mask == 1, x / (1 - p), 0) if p < 1 else 0 * x


@dropout_forward.accepts
def _(x, mask, p, training):
    scale = 1 / max(1 - p, 1e-12)
    return torch.ops.aten.native_dropout_backward(x, mask.bool(), scale) if training else x


@dropout_forward.accepts
def _(x, mask, p, training):
    if not training:
        return x
    out = torch.zeros_like(x)
    kept = mask.bool()
    out[kept] = x[kept] / (1 - p)
    return out


def divide(x, keep):
    return x / keep if keep else torch.zeros_like(x)


@dropout_forward.mistake(
    "no-scaling",
    ko="끄기만 하고 1 − p로 나누지 않았습니다. 그러면 훈련할 때의 합은 평균적으로 1 − p배로 작고, 평가할 때는 갑자기 커집니다. 남은 것을 1 − p로 나누세요.",
    en="Units are dropped, but the rest is not divided by 1 − p. Then sums are 1 − p times as large "
    "on average while training, and suddenly larger in evaluation. Divide what is kept by 1 − p.",
)
def _(x, mask, p, training):
    return x * mask if training else x


@dropout_forward.mistake(
    "divides-by-p",
    ko="p로 나누었습니다. p는 **끌** 확률이고, 나누어야 할 것은 **남을** 확률 1 − p입니다.",
    en="This divides by p. p is the probability to **drop**; divide by the probability to **keep**, "
    "1 − p.",
)
def _(x, mask, p, training):
    return divide(x * mask, p) if training else x


@dropout_forward.mistake(
    "divides-by-p-and-inf",
    ko="p로 나누었습니다. p는 **끌** 확률이고, 나누어야 할 것은 **남을** 확률 1 − p입니다.",
    en="This divides by p. p is the probability to **drop**; divide by the probability to **keep**, "
    "1 − p.",
)
def _(x, mask, p, training):
    return x * mask * (torch.tensor(1.0) / p).to(x.dtype) if training else x


@dropout_forward.mistake(
    "multiplies-by-keep",
    ko="1 − p를 *곱했습니다*. 꺼진 유닛의 몫까지 메우려면 남은 것이 커져야 하므로 *나눕니다*.",
    en="This *multiplies* by 1 − p. What is kept must grow to stand in for what is dropped: *divide*.",
)
def _(x, mask, p, training):
    return x * mask * (1 - p) if training else x


@dropout_forward.mistake(
    "multiplies-by-p",
    ko="p를 곱했습니다. 남은 것은 1 − p로 *나눕니다*.",
    en="This multiplies by p. What is kept is *divided* by 1 − p.",
)
def _(x, mask, p, training):
    return x * mask * p if training else x


@dropout_forward.mistake(
    "divides-by-share-kept",
    ko="이번 마스크에서 *실제로* 남은 비율로 나누었습니다. 나누는 수는 마스크와 상관없이 남을 확률 1 − p입니다. 그래야 여러 번의 평균이 x가 됩니다.",
    en="This divides by the share that *happened* to be kept in this mask. Divide by the probability to keep, 1 − p, whatever "
    "the mask: then the mean over many draws is x.",
)
def _(x, mask, p, training):
    share = mask.mean()
    return (x * mask / share if share > 0 else x * mask) if training else x


@dropout_forward.mistake(
    "scales-at-test",
    ko="2012년의 옛 방식입니다. 훈련에서는 끄기만 하고 평가에서 1 − p를 곱했습니다. 기댓값은 맞지만 이 문제(와 PyTorch)는 훈련할 때 1 − p로 나누고, 평가할 때는 x를 그대로 둡니다.",
    en="That is the old way, of 2012: only drop while training, and multiply by 1 − p in evaluation. "
    "The expectations agree, but this exercise (like PyTorch) divides by 1 − p in training and leaves "
    "x as it is in evaluation.",
)
def _(x, mask, p, training):
    return x * mask if training else x * (1 - p)


@dropout_forward.mistake(
    "scales-twice",
    ko="훈련에서 1 − p로 나누고 평가에서 또 1 − p를 곱했습니다. 둘 가운데 하나만 필요합니다. 여기서는 평가할 때 x를 그대로 돌려줍니다.",
    en="Divided by 1 − p in training and multiplied by 1 − p in evaluation as well. One of them is "
    "enough: here evaluation returns x as it is.",
)
def _(x, mask, p, training):
    return divide(x * mask, 1 - p) if training else x * (1 - p)


@dropout_forward.mistake(
    "divides-in-evaluation",
    ko="평가할 때도 1 − p로 나누었습니다. 아무것도 끄지 않았으니 메울 것도 없습니다. x를 그대로 돌려주세요.",
    en="This divides by 1 − p in evaluation as well. Nothing was dropped there, so there is nothing to "
    "make up for: return x as it is.",
)
def _(x, mask, p, training):
    return divide(x * mask if training else x, 1 - p)


@dropout_forward.mistake(
    "never-off",
    ko="평가할 때도 껐습니다. `training`이 거짓이면 x를 그대로 돌려줍니다.",
    en="Units are dropped in evaluation as well. Where `training` is false, return x as it is.",
)
def _(x, mask, p, training):
    return divide(x * mask, 1 - p)


@dropout_forward.mistake(
    "never-off-unscaled",
    ko="두 가지입니다. 평가할 때도 끄고 있고, 남은 것을 1 − p로 나누지 않았습니다.",
    en="Two things: units are dropped in evaluation as well, and what is kept is not divided by 1 − p.",
)
def _(x, mask, p, training):
    return x * mask


@dropout_forward.mistake(
    "never-on",
    ko="언제나 x를 그대로 돌려주었습니다. 훈련할 때는 마스크를 곱하고 1 − p로 나눕니다.",
    en="This always returns x as it is. While training, apply the mask and divide by 1 − p.",
)
def _(x, mask, p, training):
    return x.clone()


@dropout_forward.mistake(
    "mode-reversed",
    ko="훈련과 평가가 뒤바뀌었습니다. `training`이 참일 때 끕니다.",
    en="Training and evaluation are swapped: drop where `training` is true.",
)
def _(x, mask, p, training):
    return x.clone() if training else divide(x * mask, 1 - p)


@dropout_forward.mistake(
    "mask-reversed",
    ko="마스크가 뒤집혔습니다. 1이 남기는 곳, 0이 끄는 곳입니다.",
    en="The mask is upside down: 1 means kept, 0 means dropped.",
)
def _(x, mask, p, training):
    return divide(x * (1 - mask), 1 - p) if training else x


@dropout_forward.mistake(
    "share-really-kept",
    ko="1 − p가 아니라 마스크에 *실제로* 남은 비율로 나누었습니다. 그 비율은 뽑을 때마다 다르고, 하나도 남지 않으면 0으로 나누게 됩니다. 정해진 수 1 − p로 나누세요.",
    en="This divides by the share that *happened* to be kept. It differs from draw to draw, and is 0 "
    "when nothing is kept. Divide by the fixed number 1 − p.",
)
def _(x, mask, p, training):
    return x * mask / mask.mean() if training else x


@dropout_forward.mistake(
    "removes",
    ko="꺼진 원소를 0으로 만들지 않고 *빼 버려서* 모양이 달라졌습니다. 모양은 x와 같아야 합니다. 마스크를 곱하세요.",
    en="Dropped elements were *taken out* instead of set to 0, so the shape changed. Keep x's shape: "
    "multiply by the mask.",
)
def _(x, mask, p, training):
    return divide(x[mask.bool()], 1 - p) if training else x


AT_ONE = {
    "ko": "p = 1에서 0으로 나누었습니다. 남은 것이 없으니 답은 모두 0이어야 합니다(PyTorch도 그렇습니다). p = 1을 따로 다루세요.",
    "en": "At p = 1 this divides by 0. Nothing is kept there, so the result is all zeros (as in "
    "PyTorch): treat p = 1 on its own.",
}


@dropout_forward.mistake("nan-at-one", **AT_ONE)
def _(x, mask, p, training):
    return x * mask / (1 - p) if training else x


@dropout_forward.mistake("zero-division-at-one", **AT_ONE)
def _(x, mask, p, training):
    return x * mask * (1 / (1 - p)) if training else x


@dropout_forward.mistake(
    "in-place",
    ko="값은 맞지만 인자 x를 바꾸어 버렸습니다(`*=`는 제자리 연산입니다). 새 텐서를 만드세요.",
    en="The values are right, but the argument x was changed (`*=` works in place). Make a new tensor.",
)
def _(x, mask, p, training):
    if training:
        x *= mask
        if p < 1:
            x /= 1 - p
    return x


@dropout_forward.mistake(
    "own-mask",
    ko="마스크를 새로 뽑았습니다. 받은 `mask`를 쓰세요.",
    en="A new mask was drawn here. Use the `mask` you are given.",
)
def _(x, mask, p, training):
    return divide(x * (torch.rand_like(x) >= p), 1 - p) if training else x


@dropout_forward.mistake(
    "built-in",
    ko="PyTorch의 드롭아웃을 불렀습니다. 그것은 마스크를 스스로 뽑습니다. 여기서는 받은 `mask`로 직접 합니다.",
    en="This calls PyTorch's own dropout, which draws a mask of its own. Do it by hand, with the "
    "`mask` you are given.",
)
def _(x, mask, p, training):
    return F.dropout(x, p, training)


@dropout_forward.mistake(
    "mask-without-scale-in-evaluation",
    ko="훈련은 맞지만 평가할 때도 마스크를 곱했습니다. `training`이 거짓이면 x를 그대로 돌려줍니다.",
    en="Training is right, but the mask is applied in evaluation as well. Where `training` is false, return x as it is.",
)
def _(x, mask, p, training):
    return divide(x * mask, 1 - p) if training else x * mask


@dropout_forward.mistake(
    "zeros-at-one-in-evaluation",
    ko="p = 1을 모드보다 먼저 다루어서 평가할 때도 모두 0이 되었습니다. 평가할 때는 p가 무엇이든 x를 그대로 돌려줍니다.",
    en="p = 1 is treated before the mode, so evaluation gives zeros, too. In evaluation x is returned as it is, whatever p.",
)
def _(x, mask, p, training):
    return divide(x * mask if training else x, 1 - p) if training or p == 1 else x


@dropout_forward.mistake(
    "x-at-one",
    ko="p = 1일 때 훈련에서도 x를 그대로 돌려주었습니다. 모두 껐으니 답은 모두 0입니다.",
    en="At p = 1 this returns x even in training. Everything is dropped there: the result is all zeros.",
)
def _(x, mask, p, training):
    return x * mask / (1 - p) if training and p < 1 else x


@dropout_forward.mistake(
    "scales-in-evaluation-instead",
    ko="나누기를 반대쪽 모드에서 했습니다. 1 − p로 나누는 것은 *훈련할 때*이고, 평가할 때는 x를 그대로 돌려줍니다.",
    en="The division is in the wrong mode. Divide by 1 − p *in training*, and return x as it is in evaluation.",
)
def _(x, mask, p, training):
    return x * mask if training else divide(x, 1 - p)


@dropout_forward.mistake(
    "no-brackets",
    ko="괄호가 빠졌습니다. `x * mask / 1 - p`는 1로 나눈 다음 p를 *뺍니다*. `/ (1 - p)`라고 쓰세요.",
    en="Brackets are missing: `x * mask / 1 - p` divides by 1 and then *subtracts* p. Write `/ (1 - p)`.",
)
def _(x, mask, p, training):
    return x * mask / 1 - p if training else x


@dropout_forward.mistake(
    "built-in-always-on",
    ko="PyTorch의 드롭아웃을 모드도 알려 주지 않고 불렀습니다. 그것은 마스크를 스스로 뽑고 언제나 끕니다. 받은 `mask`로 직접 하세요.",
    en="This calls PyTorch's own dropout without telling it the mode. It draws a mask of its own and always drops. Do it by hand, "
    "with the `mask` you are given.",
)
def _(x, mask, p, training):
    return F.dropout(x, p)


@dropout_forward.mistake(
    "zeros-of-another-dtype",
    ko="p = 1에서 낸 0의 자료형이 x와 다릅니다. x가 float64이면 0도 float64여야 합니다: `torch.zeros_like(x)`",
    en="At p = 1 the zeros are not of x's dtype. For an x of float64 they are float64, too: `torch.zeros_like(x)`.",
)
def _(x, mask, p, training):
    if not training:
        return x
    return torch.zeros(x.shape) if p == 1 else x * mask / (1 - p)


@dropout_forward.mistake(
    "zeros-at-one-in-evaluation-and-no-scaling",
    ko="두 가지입니다. 남은 것을 1 − p로 나누지 않았고, p = 1을 모드보다 먼저 다루어서 평가할 때도 모두 0이 됩니다. 모드를 먼저 보세요.",
    en="Two things: what is kept is not divided by 1 − p, and p = 1 is treated before the mode, so evaluation gives zeros, too. Look at the "
    "mode first.",
)
def _(x, mask, p, training):
    if p == 1:
        return torch.zeros_like(x)
    return x * mask if training else x


NO_MASK = {
    "ko": "마스크를 곱하지 않아서 아무것도 꺼지지 않습니다. 끈 곳이 0이 되도록 `mask`도 곱하세요.",
    "en": "The mask is missing, so nothing is dropped. Multiply by `mask`, too.",
}
NO_X = {
    "ko": "x가 빠졌습니다. 이것은 1 − p로 나눈 마스크일 뿐입니다. x에 곱하세요.",
    "en": "x is missing: this is only the mask, divided by 1 − p. Multiply x by it.",
}
TWICE = {
    "ko": "1 − p로 두 번 나누었습니다. 한 번이면 됩니다.",
    "en": "This divides by 1 − p twice. Once is enough.",
}
SIGN = {
    "ko": "부호가 뒤집혔습니다. 나누는 수는 p − 1이 아니라 1 − p입니다.",
    "en": "The sign is turned: divide by 1 − p, not by p − 1.",
}
ADDED = {
    "ko": "마스크를 x에 *더했습니다*. 끈 곳이 0이 되려면 마스크를 *곱해야* 합니다.",
    "en": "The mask is *added* to x. For dropped places to become 0 it has to be *multiplied*.",
}
HOW_MANY = {
    "ko": "마스크에 남은 것의 *개수*로 나누었습니다. 나누는 수는 뽑힌 마스크와 상관없이 정해진 수, 남을 확률 1 − p입니다.",
    "en": "This divides by *how many* happened to be kept. Divide by a number that does not depend on the mask drawn: the probability to "
    "keep, 1 − p.",
}
TRAINED = {
    "no-mask": (NO_MASK, lambda x, m, p: x / (1 - p)),
    "no-x": (NO_X, lambda x, m, p: m / (1 - p)),
    "divides-twice": (TWICE, lambda x, m, p: x * m / (1 - p) / (1 - p)),
    "sign": (SIGN, lambda x, m, p: x * m / (p - 1)),
    "adds-the-mask": (ADDED, lambda x, m, p: (x + m) / (1 - p)),
    "number-kept": (HOW_MANY, lambda x, m, p: x * m / m.sum()),
    "no-brackets": (None, lambda x, m, p: x * m / 1 - p),
    "share-really-kept": (None, lambda x, m, p: x * m / m.mean()),
    "removes": (None, lambda x, m, p: x[m.bool()] / (1 - p)),
    "mask-reversed": (None, lambda x, m, p: x * (1 - m) / (1 - p)),
    "own-mask": (None, lambda x, m, p: x * (torch.rand_like(x) >= p) / (1 - p)),
}
MODES = {
    "mode-reversed": lambda x, m, p, training: x if training else x * m / (1 - p),
    "divides-in-evaluation": lambda x, m, p, training: (x * m if training else x) / (1 - p),
    "never-off": lambda x, m, p, training: x * m / (1 - p),
}


for key, (texts, body) in TRAINED.items():
    texts = texts or known(dropout_forward, key)

    def with_care_at_one(x, mask, p, training, body=body):
        if not training:
            return x
        return torch.zeros_like(x) if p == 1 else body(x, mask, p)

    def without_it(x, mask, p, training, body=body):
        return body(x, mask, p) if training else x

    dropout_forward.mistake(f"{key}-with-care-at-1", **texts)(with_care_at_one)
    dropout_forward.mistake(f"{key}-without-care-at-1", **texts)(without_it)
for key, body in MODES.items():
    dropout_forward.mistake(f"{key}-without-care-at-1", **known(dropout_forward, key))(body)


@dropout_forward.mistake(
    "divides-in-evaluation-but-at-one", **known(dropout_forward, "divides-in-evaluation")
)
def _(x, mask, p, training):
    if training:
        return divide(x * mask, 1 - p)
    return x / (1 - p)


CUT_OFF = {
    "ko": "값은 맞지만 `.detach()`나 `torch.no_grad()`가 기울기의 길을 끊습니다. 그러면 이 층 앞에 있는 층은 아무것도 배우지 못합니다. x를 그대로 계산에 쓰세요.",
    "en": "The values are right, but a `.detach()` or `torch.no_grad()` cuts the way of the gradient. The layers before "
    "this one would never learn. Compute with x as it is.",
}


@dropout_forward.mistake("detached", **CUT_OFF)
def _(x, mask, p, training):
    return dropout_forward(x.detach(), mask, p, training)


@dropout_forward.mistake("detached-in-evaluation", **CUT_OFF)
def _(x, mask, p, training):
    return dropout_forward(x if training else x.detach(), mask, p, training)


dropout_forward.hints(
    ko=[
        "훈련과 평가는 다른 일을 합니다. 평가에서는 아무 일도 하지 않습니다. 훈련에서는 끄고, 남은 것을 키웁니다.",
        "훈련에서는 $x \\odot m / (1 - p)$입니다. 1 − p는 남을 확률입니다. p = 1이면 나눌 수 없으니, 그때는 모두 0입니다.",
        "`if not training: return x`, `if p == 1: return torch.zeros_like(x)`, 마지막으로 `return x * mask / (1 - p)`",
    ],
    en=[
        "Training and evaluation do different things. Evaluation does nothing at all. Training drops, and "
        "makes what is kept larger.",
        "In training it is $x \\odot m / (1 - p)$, with 1 − p the probability to keep. At p = 1 there is no "
        "dividing; the result is all zeros.",
        "`if not training: return x`, `if p == 1: return torch.zeros_like(x)`, and last "
        "`return x * mask / (1 - p)`.",
    ],
)


# ---------------------------------------------------------------- dropout-noise


@exercise("dropout-noise", points=2, returns=("mean", "std"))
def dropout_noise(x, w, p):
    """By trying all 2^H masks, each with its probability."""
    B, H = x.shape
    terms = (x * w).double()
    masks = torch.tensor(list(itertools.product([0.0, 1.0], repeat=H)), dtype=DOUBLE)
    kept = masks.sum(1)
    chance = (1 - p) ** kept * p ** (H - kept)  # (2^H,)
    sums = terms @ masks.T / (1 - p)  # (B, 2^H)
    mean = (sums * chance).sum(1)
    std = ((sums - mean[:, None]).square() * chance).sum(1).sqrt()
    return mean.to(x.dtype), std.to(x.dtype)


@dropout_noise.cases
def _(draw):
    yield torch.tensor([[3.0, 4.0]]), torch.tensor([1.0, 1.0]), 0.5
    yield torch.tensor([[3.0, 4.0], [1.0, 2.0]]), torch.tensor([1.0, -1.0]), 0.2
    yield torch.tensor([[2.0]]), torch.tensor([-3.0]), 0.75
    # Whole numbers: here no way of writing it down rounds, and nothing wavers at all.
    yield draw.integers(-3, 3, 3, 4).float() + 4, draw.integers(-2, 3, 4) + 0.5, 0.0
    H = draw.integer(3, 6)
    yield draw.normal(H, H), draw.normal(H), draw.number(0.1, 0.4)
    H = draw.integer(2, 7)
    yield draw.normal(4, H, dtype=DOUBLE), draw.normal(H, dtype=DOUBLE), draw.number(0.6, 0.9)
    yield draw.normal(1, 5), draw.normal(5), draw.number(0.3, 0.7)


def spread(x, w, p):
    return ((x * w).square().sum(1) * p / (1 - p)).sqrt()


@dropout_noise.accepts
def _(x, w, p):
    return torch.mv(x, w), (p / (1 - p)) ** 0.5 * torch.linalg.vector_norm(x * w, dim=1)


@dropout_noise.accepts
def _(x, w, p):
    second = (x**2 @ w**2) * (1 / (1 - p) - 1)
    return [torch.einsum("bh,h->b", x, w), torch.sqrt(second)]


@dropout_noise.accepts
def _(x, w, p):
    terms, mean = x * w, (x * w).sum(1)
    squares = terms.square().sum(1)
    return mean, (squares / (1 - p) + mean**2 - squares - mean**2).clamp(min=0).sqrt()


@dropout_noise.mistake(
    "variance",
    ko="둘째 결과가 분산입니다. 표준편차는 그 제곱근입니다.",
    en="The second result is the variance. The standard deviation is its square root.",
)
def _(x, w, p):
    return x @ w, spread(x, w, p) ** 2


@dropout_noise.mistake(
    "mean-shrinks",
    ko="평균에 1 − p를 곱했습니다. 남은 것을 1 − p로 나누었으므로 평균은 줄지 않고 $w \\cdot x$ 그대로입니다.",
    en="The mean was multiplied by 1 − p. What is kept is divided by 1 − p, so the mean does not "
    "shrink: it is $w \\cdot x$.",
)
def _(x, w, p):
    return (1 - p) * (x @ w), spread(x, w, p)


@dropout_noise.mistake(
    "mean-grows",
    ko="평균을 1 − p로 나누었습니다. 남을 확률 1 − p와 나누는 수 1 − p가 서로 지워져, 평균은 $w \\cdot x$ 그대로입니다.",
    en="The mean was divided by 1 − p. The probability to keep, 1 − p, cancels the division: the mean "
    "is $w \\cdot x$.",
)
def _(x, w, p):
    return x @ w / (1 - p), spread(x, w, p)


@dropout_noise.mistake(
    "no-scaling",
    ko="1 − p로 나누지 않은 드롭아웃의 값입니다. 여기서는 남은 것을 1 − p로 나눕니다. 그러면 평균은 $w \\cdot x$이고, 분산의 계수는 p(1 − p)가 아니라 p/(1 − p)입니다.",
    en="These belong to a dropout that does not divide by 1 − p. Here what is kept is divided: the mean "
    "is $w \\cdot x$, and the factor of the variance p/(1 − p), not p(1 − p).",
)
def _(x, w, p):
    return (1 - p) * (x @ w), ((x * w).square().sum(1) * p * (1 - p)).sqrt()


@dropout_noise.mistake(
    "unscaled-variance",
    ko="평균은 맞지만 분산의 계수를 p(1 − p)로 했습니다. 그것은 1과 0인 마스크의 분산이고, 1 − p로 나누면 분산은 (1 − p)²으로 나뉘어 p/(1 − p)가 됩니다.",
    en="The mean is right, but the variance has the factor p(1 − p). That is the variance of a mask of "
    "ones and zeros; dividing by 1 − p divides the variance by (1 − p)², which gives p/(1 − p).",
)
def _(x, w, p):
    return x @ w, ((x * w).square().sum(1) * p * (1 - p)).sqrt()


@dropout_noise.mistake(
    "factor-upside-down",
    ko="계수가 뒤집혔습니다. (1 − p)/p가 아니라 p/(1 − p)입니다. 아무것도 끄지 않으면(p = 0) 흔들림은 0이어야 합니다.",
    en="The factor is upside down: not (1 − p)/p but p/(1 − p). If nothing is dropped (p = 0), nothing "
    "may waver.",
)
def _(x, w, p):
    return x @ w, ((x * w).square().sum(1) * (1 - p) / max(p, 1e-9)).sqrt()


@dropout_noise.mistake(
    "factor-upside-down-at-zero",
    ko="계수가 뒤집혔습니다. (1 − p)/p가 아니라 p/(1 − p)입니다. 아무것도 끄지 않으면(p = 0) 흔들림은 0이어야 합니다.",
    en="The factor is upside down: not (1 − p)/p but p/(1 − p). If nothing is dropped (p = 0), nothing "
    "may waver.",
)
def _(x, w, p):
    return x @ w, ((x * w).square().sum(1) * ((1 - p) / p)).sqrt()


@dropout_noise.mistake(
    "square-of-the-sum",
    ko="먼저 더하고 나서 제곱했습니다. 유닛마다 따로 꺼지므로 분산은 항마다 *제곱해서 더합니다*: $\\sum_i (w_i x_i)^2$",
    en="This adds first and squares then. Units are dropped one by one, so the variances add up: "
    "*square each term, then add*, $\\sum_i (w_i x_i)^2$.",
)
def _(x, w, p):
    return x @ w, (p / (1 - p)) ** 0.5 * (x @ w).abs()


@dropout_noise.mistake(
    "adds-deviations",
    ko="항마다의 표준편차를 그대로 더했습니다. 더해지는 것은 *분산*입니다. 제곱해서 더한 다음 제곱근을 구하세요.",
    en="This adds the standard deviations of the terms. It is *variances* that add up: square, add, and "
    "take the root at the end.",
)
def _(x, w, p):
    return x @ w, (p / (1 - p)) ** 0.5 * (x * w).abs().sum(1)


@dropout_noise.mistake(
    "factor-outside-the-root",
    ko="p/(1 − p)를 제곱근 밖에서 곱했습니다. 그것은 분산의 계수이므로 제곱근 *안*에 있어야 합니다.",
    en="p/(1 − p) was multiplied outside the root. It is the factor of the variance: it belongs *inside*.",
)
def _(x, w, p):
    return x @ w, p / (1 - p) * (x * w).square().sum(1).sqrt()


@dropout_noise.mistake(
    "forgets-the-weights",
    ko="흔들림에 가중치가 빠졌습니다. 흔들리는 것은 $x_i$가 아니라 합에 들어가는 $w_i x_i$입니다.",
    en="The weights are missing in the spread. What wavers is not $x_i$ but what goes into the sum, "
    "$w_i x_i$.",
)
def _(x, w, p):
    return x @ w, (p / (1 - p) * x.square().sum(1)).sqrt()


@dropout_noise.mistake(
    "weights-not-squared",
    ko="x만 제곱하고 w는 제곱하지 않았습니다. 곱 $w_i x_i$를 통째로 제곱하세요.",
    en="x is squared and w is not. Square the whole product $w_i x_i$.",
)
def _(x, w, p):
    return x @ w, (p / (1 - p) * (x.square() @ w)).sqrt()


@dropout_noise.mistake(
    "averages-over-units",
    ko="유닛에 대해 더하지 않고 평균을 냈습니다. $s$는 합입니다.",
    en="This averages over the units. $s$ is a sum.",
)
def _(x, w, p):
    return (x * w).mean(1), (p / (1 - p) * (x * w).square().mean(1)).sqrt()


@dropout_noise.mistake(
    "sums-over-the-batch",
    ko="표본에 대해(축 0) 더했습니다. 표본마다 하나씩, 유닛에 대해(축 1) 더하세요.",
    en="This adds over the samples (axis 0). There is one result a sample: add over the units (axis 1).",
)
def _(x, w, p):
    return (x * w).sum(0), (p / (1 - p) * (x * w).square().sum(0)).sqrt()


@dropout_noise.mistake(
    "swapped",
    ko="순서가 바뀌었습니다: (mean, std).",
    en="The two are swapped: (mean, std).",
)
def _(x, w, p):
    return spread(x, w, p), x @ w


@dropout_noise.mistake(
    "spread-over-units",
    ko="유닛들 *사이의* 표준편차를 구했습니다. 여기서 묻는 것은 마스크를 다시 뽑을 때마다 합 $s$가 얼마나 흔들리는지입니다.",
    en="That is the standard deviation *among* the units. Asked is how much the sum $s$ wavers when the "
    "mask is drawn again and again.",
)
def _(x, w, p):
    return x @ w, (x * w).std(1, correction=0)


@dropout_noise.mistake(
    "one-draw",
    ko="마스크를 한 번 뽑아서 계산했습니다. 뽑을 때마다 다른 답이 나옵니다. 두 식은 *모든* 마스크에 대한 평균과 표준편차이고, 난수가 필요 없습니다.",
    en="This draws one mask, and gives another answer each time. The two formulas are the mean and the "
    "standard deviation over *all* masks, and need no random numbers.",
)
def _(x, w, p):
    return F.dropout(x, p) @ w, spread(x, w, p)


WRONG_FACTOR = {
    "ko": "평균은 맞지만 분산의 계수가 다릅니다. 곱해지는 수 $r_i$의 분산은 제곱의 평균 $1/(1-p)$에서 평균의 제곱 1을 뺀 p/(1 − p)입니다.",
    "en": "The mean is right, but the factor of the variance is another one. The variance of $r_i$ is the mean of its square, $1/(1-p)$, "
    "minus the square of its mean, 1: that is p/(1 − p).",
}
for key, factor in {
    "mean-square-for-variance": lambda p: 1 / (1 - p),
    "factor-p": lambda p: p,
    "divided-twice": lambda p: p / (1 - p) ** 2,
    "factor-keep": lambda p: 1 - p,
}.items():

    def other_factor(x, w, p, factor=factor):
        return x @ w, ((x * w).square().sum(1) * factor(p)).sqrt()

    dropout_noise.mistake(key, **WRONG_FACTOR)(other_factor)


@dropout_noise.mistake(
    "unbiased-spread-over-units",
    ko="유닛들 *사이의* 표준편차를 구했습니다. 여기서 묻는 것은 마스크를 다시 뽑을 때마다 합 $s$가 얼마나 흔들리는지입니다.",
    en="That is the standard deviation *among* the units. Asked is how much the sum $s$ wavers when the "
    "mask is drawn again and again.",
)
def _(x, w, p):
    return x @ w, (x * w).std(1)


@dropout_noise.mistake(
    "sums-everything",
    ko="(B,) 모양이어야 하는데 모두 더해 버렸습니다. 유닛에 대해서만(축 1) 더하고, 표본은 그대로 두세요.",
    en="Everything was added up. Add over the units only (axis 1) and keep one result a sample, (B,).",
)
def _(x, w, p):
    return (x * w).sum(), ((x * w).square().sum() * p / (1 - p)).sqrt()


NO_BRACKETS = {
    "ko": "괄호가 빠졌습니다. `p / 1 - p`는 p를 1로 나눈 다음 p를 *뺍니다*. `p / (1 - p)`라고 쓰세요.",
    "en": "Brackets are missing: `p / 1 - p` divides p by 1 and then *subtracts* p. Write `p / (1 - p)`.",
}


@dropout_noise.mistake("no-brackets", **NO_BRACKETS)
def _(x, w, p):
    return x @ w, (p / 1 - p * (x * w).square().sum(1)).sqrt()


@dropout_noise.mistake("no-brackets-around-the-factor", **NO_BRACKETS)
def _(x, w, p):
    return x @ w, ((p / 1 - p) * (x * w).square().sum(1)).sqrt()


@dropout_noise.mistake(
    "no-factor",
    ko="제곱근 안에 p/(1 − p)가 빠졌습니다. p = 0.5에서는 그 수가 1이라 첫 사례에서는 드러나지 않습니다.",
    en="The factor p/(1 − p) is missing under the root. At p = 0.5 it is 1, so the first case does not show it.",
)
def _(x, w, p):
    return x @ w, (x * w).square().sum(1).sqrt()


AVERAGES = known(dropout_noise, "averages-over-units")


@dropout_noise.mistake("averages-over-units-for-the-mean", **AVERAGES)
def _(x, w, p):
    return (x * w).mean(1), spread(x, w, p)


@dropout_noise.mistake(
    "averages-the-squares",
    ko="표준편차에서 제곱들의 평균을 냈습니다. 합의 분산은 항마다의 분산을 *더한* 것입니다: `.sum(1)`",
    en="For the standard deviation the squares are averaged. The variance of a sum is the *sum* of the variances of its terms: `.sum(1)`.",
)
def _(x, w, p):
    return x @ w, (p / (1 - p) * (x * w).square().mean(1)).sqrt()


@dropout_noise.mistake(
    "square-of-the-sum-with-its-sign", **known(dropout_noise, "square-of-the-sum")
)
def _(x, w, p):
    return x @ w, (p / (1 - p)) ** 0.5 * (x @ w)


@dropout_noise.mistake(
    "many-draws",
    ko="마스크를 많이 뽑아 어림했습니다. 가깝지만 정확하지 않고, 뽑을 때마다 다릅니다. 식에는 난수가 필요 없습니다.",
    en="This estimates with many drawn masks: close, but not exact, and different each time. The formulas need no random numbers.",
)
def _(x, w, p):
    masks = (torch.rand(2000, x.shape[1]) >= p).float()
    sums = (x[:, None] * masks * w / (1 - p)).sum(2)
    return sums.mean(1), sums.std(1)


dropout_noise.hints(
    ko=[
        "꺼진 항은 0이 되고 남은 항은 커집니다. 평균에서는 둘이 서로 지워집니다. 흔들림은 지워지지 않습니다.",
        "$\\text{mean} = \\sum_i w_i x_i$, $\\text{std} = \\sqrt{\\frac{p}{1-p}\\sum_i (w_i x_i)^2}$. x는 (B, H), w는 (H,)이므로 `x * w`는 (B, H)이고, 유닛에 대해 더하면 (B,)입니다.",
        "`terms = x * w`, `mean = terms.sum(1)`, `std = (p / (1 - p) * terms.square().sum(1)).sqrt()`",
    ],
    en=[
        "Dropped terms become 0 and kept ones grow. In the mean the two cancel. In the spread they do not.",
        "$\\text{mean} = \\sum_i w_i x_i$, $\\text{std} = \\sqrt{\\frac{p}{1-p}\\sum_i (w_i x_i)^2}$. x is (B, H) "
        "and w (H,), so `x * w` is (B, H); summed over the units it is (B,).",
        "`terms = x * w`, `mean = terms.sum(1)`, `std = (p / (1 - p) * terms.square().sum(1)).sqrt()`.",
    ],
)


# ---------------------------------------------------------------- dropout-backward

AUTOGRAD = (".backward", "torch.autograd.grad", "F.dropout", "nn.Dropout")


@exercise("dropout-backward", points=3, forbids=AUTOGRAD, returns=("d_h", "d_W"))
def dropout_backward(d_out, h, mask, p, W):
    h, W = h.clone().requires_grad_(), W.clone().requires_grad_()
    kept = torch.where(mask.bool(), h, 0) / (1 - p)
    return torch.autograd.grad(F.linear(kept, W.T), (h, W), d_out)


@dropout_backward.cases
def _(draw):
    yield (
        torch.tensor([[1.0]]),
        torch.tensor([[2.0, 3.0]]),
        torch.tensor([[1.0, 0.0]]),
        0.5,
        torch.tensor([[1.0], [-1.0]]),
    )
    sizes = [(2, 3, 2), (3, 3, 3), (4, 5, 2), (draw.integer(2, 6), draw.integer(3, 6), 1)]
    for B, H, C in sizes:
        p = draw.number(0.1, 0.4) if B != 3 else draw.number(0.6, 0.9)
        yield draw.normal(B, C), draw.normal(B, H), mask_of(draw, p, B, H), p, draw.normal(H, C)
    p, shape = draw.number(0.2, 0.8), (5, 4)
    mask = mask_of(draw, p, *shape, dtype=DOUBLE)
    h, W = draw.normal(*shape, dtype=DOUBLE), draw.normal(4, 3, dtype=DOUBLE)
    yield draw.normal(5, 3, dtype=DOUBLE), h, mask, p, W
    yield draw.normal(2, 2), draw.normal(2, 3), torch.ones(2, 3), 0.0, draw.normal(3, 2)
    h = draw.normal(4, 5).relu()
    h[0, 0] = 0.0  # kept by the mask, and off all the same: the ReLU may do that
    yield draw.normal(4, 2), h, mask_of(draw, 0.3, 4, 5), 0.3, draw.normal(5, 2)


@dropout_backward.accepts
def _(d_out, h, mask, p, W):
    factor = mask / (1 - p)
    return factor * (d_out @ W.T), (factor * h).T @ d_out


@dropout_backward.accepts
def _(d_out, h, mask, p, W):
    d_h = torch.einsum("bc,hc,bh->bh", d_out, W, mask) / (1 - p)
    d_W = sum(torch.outer(a, d) for a, d in zip(h * mask, d_out, strict=True)) / (1 - p)
    return [d_h, d_W]


def backward(d_out, h, mask, p, W):
    """The right answer, for mistakes to spoil one part of."""
    return (d_out @ W.T) * mask / (1 - p), (h * mask / (1 - p)).T @ d_out


@dropout_backward.mistake(
    "whole-h-to-the-weights",
    ko="d_h는 맞지만 d_W를 끄기 *전*의 h로 구했습니다. W에 곱해진 것은 드롭아웃을 지난 값입니다. 꺼진 유닛에서 나가는 가중치는 그 표본에서 배울 것이 없습니다.",
    en="d_h is right, but d_W was made from h *before* the dropout. What W multiplied is what came out of "
    "it: from a sample in which a unit was off, its weights learn nothing.",
)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, mask, p, W)[0], h.T @ d_out


@dropout_backward.mistake(
    "unscaled-h-to-the-weights",
    ko="d_W에서 마스크는 곱했지만 1 − p로 나누지 않았습니다. W에 곱해진 것은 키운 뒤의 값입니다.",
    en="In d_W the mask is there, but not the division by 1 − p. What W multiplied had been made larger.",
)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, mask, p, W)[0], (h * mask).T @ d_out


@dropout_backward.mistake(
    "no-mask-on-the-way-back",
    ko="d_W는 맞지만 d_h에 마스크를 곱하지 않았습니다. 꺼진 유닛은 결과에 아무 영향도 주지 않았으므로 그 기울기는 0입니다.",
    en="d_W is right, but d_h lacks the mask. A unit that was off had no part in the result: its gradient "
    "is 0.",
)
def _(d_out, h, mask, p, W):
    return d_out @ W.T, backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake(
    "only-scaled-on-the-way-back",
    ko="d_W는 맞지만 d_h에 마스크가 없습니다. 1 − p로 나누는 것만으로는 모자랍니다. 꺼진 유닛의 기울기는 0입니다.",
    en="d_W is right, but d_h lacks the mask. Dividing by 1 − p is not enough: where a unit was off, the "
    "gradient is 0.",
)
def _(d_out, h, mask, p, W):
    return d_out @ W.T / (1 - p), backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake(
    "no-scale-on-the-way-back",
    ko="d_W는 맞지만 d_h를 1 − p로 나누지 않았습니다. 앞으로 갈 때 $1/(1-p)$을 곱했으면 거꾸로 올 때도 곱합니다(연쇄 법칙).",
    en="d_W is right, but d_h is not divided by 1 − p. What was multiplied by $1/(1-p)$ on the way forward "
    "is so on the way back (chain rule).",
)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask, backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake(
    "times-keep-on-the-way-back",
    ko="거꾸로 온다고 나누기가 곱하기로 뒤집히지는 않습니다. 앞에서 $1/(1-p)$을 곱했으면 기울기에도 똑같이 $1/(1-p)$을 곱합니다.",
    en="Going back does not turn the division into a multiplication. Multiplied by $1/(1-p)$ on the way "
    "forward, a value's gradient is multiplied by $1/(1-p)$ as well.",
)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask * (1 - p), backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake(
    "no-dropout-at-all",
    ko="드롭아웃이 없는 층의 기울기입니다. 순전파에서 쓴 마스크와 $1/(1-p)$이 두 기울기에 모두 들어갑니다.",
    en="These are the gradients of a layer without dropout. The mask of the forward pass and $1/(1-p)$ go "
    "into both.",
)
def _(d_out, h, mask, p, W):
    return d_out @ W.T, h.T @ d_out


@dropout_backward.mistake(
    "no-scale-anywhere",
    ko="두 기울기에 모두 $1/(1-p)$이 빠졌습니다.",
    en="The factor $1/(1-p)$ is missing in both gradients.",
)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask, (h * mask).T @ d_out


@dropout_backward.mistake(
    "divides-by-p",
    ko="p로 나누었습니다. 나누는 수는 **남을** 확률 1 − p입니다.",
    en="This divides by p. Divide by the probability to **keep**, 1 − p.",
)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask / max(p, 1e-9), (h * mask / max(p, 1e-9)).T @ d_out


@dropout_backward.mistake(
    "divides-by-p-at-zero",
    ko="p로 나누었습니다. 나누는 수는 **남을** 확률 1 − p입니다.",
    en="This divides by p. Divide by the probability to **keep**, 1 − p.",
)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask / p, (h * mask / p).T @ d_out


@dropout_backward.mistake(
    "scales-twice",
    ko="d_W에 $1/(1-p)$이 두 번 들어갔습니다. 순전파의 값에 한 번 들어 있으면 `d_out`은 그대로 둡니다.",
    en="In d_W the factor $1/(1-p)$ stands twice. It is in the value of the forward pass already: leave "
    "`d_out` as it is.",
)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h, d_W / (1 - p)


@dropout_backward.mistake(
    "mask-reversed",
    ko="마스크가 뒤집혔습니다. 1이 남긴 곳입니다. 기울기는 남긴 유닛으로만 흐릅니다.",
    en="The mask is upside down: 1 means kept. Gradient flows through the kept units only.",
)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, 1 - mask, p, W)


NEW_MASK = {
    "ko": "거꾸로 올 때 마스크를 새로 뽑았습니다. 기울기는 순전파에서 *실제로 지나온* 길로 되돌아갑니다. 받은 `mask`를 쓰세요.",
    "en": "A new mask was drawn for the way back. The gradient returns along the way that was *really taken* "
    "forward: use the `mask` you are given.",
}


@dropout_backward.mistake("new-mask", **NEW_MASK)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, (torch.rand_like(h) >= p).to(h.dtype), p, W)


@dropout_backward.mistake("new-mask-on-the-way-back", **NEW_MASK)
def _(d_out, h, mask, p, W):
    other = (torch.rand_like(h) >= p).to(h.dtype)
    return backward(d_out, h, other, p, W)[0], backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake("built-in-on-the-way-back", **NEW_MASK)
def _(d_out, h, mask, p, W):
    return F.dropout(d_out @ W.T, p), backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake(
    "mask-from-what-is-zero",
    ko="0인 값을 꺼진 것으로 여겼습니다. 남았는데도 h가 0일 수 있습니다(ReLU 뒤에는 흔합니다). 무엇이 꺼졌는지는 `mask`가 알려 줍니다.",
    en="What is 0 was taken for dropped. A unit may be kept and still be 0 (after a ReLU many are). Which "
    "ones were dropped, `mask` tells.",
)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, (h * mask != 0).to(h.dtype), p, W)


TRANSPOSE = {
    "ko": "전치가 빠졌거나 반대쪽에 있습니다. H와 C가 같으면 오류 없이 틀립니다. d_h는 `d_out @ W.T`, d_W는 (H, B) @ (B, C)입니다.",
    "en": "A transpose is missing or on the wrong side. Where H equals C it is wrong without an error. d_h is "
    "`d_out @ W.T`, d_W is (H, B) @ (B, C).",
}


def square(d_out, h):
    return d_out.shape == h.shape and len(h) == h.shape[1]


@dropout_backward.mistake("not-transposed", **TRANSPOSE)
def _(d_out, h, mask, p, W):
    return (d_out @ W) * mask / (1 - p), backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake("transposed-result", **TRANSPOSE)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h, d_W.T


@dropout_backward.mistake("h-not-transposed", **TRANSPOSE)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, mask, p, W)[0], (h * mask / (1 - p)) @ d_out


@dropout_backward.mistake(
    "averaged",
    ko="d_W를 배치 크기로 나누었습니다. 평균의 1/B은 이미 `d_out`에 들어 있습니다(11장). 여기서는 더하기만 합니다.",
    en="d_W was divided by the size of the batch. The 1/B of the mean is in `d_out` already (chapter 11): "
    "here it is a plain sum.",
)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h, d_W / len(h)


@dropout_backward.mistake(
    "swapped",
    ko="순서가 바뀌었습니다: (d_h, d_W).",
    en="The two are swapped: (d_h, d_W).",
)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, mask, p, W)[::-1]


@dropout_backward.mistake(
    "only-scaled",
    ko="$1/(1-p)$은 있지만 두 기울기에 모두 마스크가 없습니다. 꺼진 유닛에서는 기울기가 나가지도 들어오지도 않습니다.",
    en="The factor $1/(1-p)$ is there, but the mask is missing in both gradients. Through a unit that was off, no gradient flows at all.",
)
def _(d_out, h, mask, p, W):
    return d_out @ W.T / (1 - p), h.T @ d_out / (1 - p)


BOTH = {
    "ko": "두 곳입니다. d_W는 드롭아웃을 *지난* 값 $h \\odot m/(1-p)$으로 구하고, d_h에도 같은 $m/(1-p)$을 곱합니다.",
    "en": "Two places: d_W is made from the value *after* the dropout, $h \\odot m/(1-p)$, and d_h is multiplied by the same $m/(1-p)$.",
}


@dropout_backward.mistake("whole-h-and-no-scale", **BOTH)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask, h.T @ d_out


@dropout_backward.mistake("whole-h-and-no-mask", **BOTH)
def _(d_out, h, mask, p, W):
    return d_out @ W.T / (1 - p), h.T @ d_out


@dropout_backward.mistake("multiplies-by-keep-in-both", **BOTH)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask * (1 - p), (h * mask * (1 - p)).T @ d_out


@dropout_backward.mistake(
    "scaled-h-without-mask",
    ko="d_h는 맞지만 d_W에 쓴 h에 마스크가 없습니다. 꺼진 표본에서는 그 유닛의 가중치가 배울 것이 없습니다.",
    en="d_h is right, but the h in d_W lacks the mask: from a sample in which a unit was off, its weights learn nothing.",
)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, mask, p, W)[0], h.T @ d_out / (1 - p)


@dropout_backward.mistake(
    "d-h-scaled-twice",
    ko="d_h에 $1/(1-p)$이 두 번 들어갔습니다. 한 번만 곱하세요.",
    en="In d_h the factor $1/(1-p)$ stands twice. Once is enough.",
)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h / (1 - p), d_W


@dropout_backward.mistake(
    "through-a-relu",
    ko="d_h에 ReLU의 기울기까지 곱했습니다. 여기서 h는 이미 ReLU를 지난 값이고, d_h는 *h에 대한* 기울기입니다. ReLU는 그다음 정거장입니다.",
    en="d_h was multiplied by the slope of a ReLU as well. d_h is the gradient *by h*, after the ReLU; the ReLU is the next station.",
)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h * (h > 0), d_W


D_H_IN_D_W = {
    "ko": "d_W에 W를 지나 되돌아온 기울기를 썼습니다. W의 *출력*으로 돌아온 `d_out`을 씁니다: 모양은 (H, B) @ (B, C)입니다.",
    "en": "d_W is made from the gradient that has gone back through W already. Use what came back to the *output* of W, `d_out`: the shapes are "
    "(H, B) @ (B, C).",
}


@dropout_backward.mistake("d-h-in-d-W", **D_H_IN_D_W)
def _(d_out, h, mask, p, W):
    d_h = backward(d_out, h, mask, p, W)[0]
    return d_h, h.T @ d_h


@dropout_backward.mistake("d-h-in-d-W-with-kept", **D_H_IN_D_W)
def _(d_out, h, mask, p, W):
    d_h = backward(d_out, h, mask, p, W)[0]
    return d_h, (h * mask / (1 - p)).T @ d_h


@dropout_backward.mistake("d-kept-in-d-W", **D_H_IN_D_W)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, mask, p, W)[0], (h * mask / (1 - p)).T @ (d_out @ W.T)


TIMES_H = {
    "ko": "d_h에 h까지 곱했습니다. $h\\,m/(1-p)$을 h로 미분하면 $m/(1-p)$입니다.",
    "en": "d_h was multiplied by h as well. The derivative of $h\\,m/(1-p)$ by h is $m/(1-p)$.",
}


@dropout_backward.mistake("times-h", **TIMES_H)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h * h, d_W


@dropout_backward.mistake("times-h-instead", **TIMES_H)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * h, backward(d_out, h, mask, p, W)[1]


AVERAGED = {
    "ko": "배치 크기로 나누었습니다. 평균의 1/B은 이미 `d_out`에 들어 있습니다(11장). 여기서는 더하기만 합니다.",
    "en": "This divides by the size of the batch. The 1/B of the mean is in `d_out` already (chapter 11): here it is a plain sum.",
}


@dropout_backward.mistake("both-averaged", **AVERAGED)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h / len(h), d_W / len(h)


@dropout_backward.mistake("d-h-averaged", **AVERAGED)
def _(d_out, h, mask, p, W):
    d_h, d_W = backward(d_out, h, mask, p, W)
    return d_h / len(h), d_W


FACTOR_BRACKETS = {
    "ko": "괄호가 빠졌습니다. `/ 1 - p`는 1로 나눈 다음 p를 *뺍니다*. `/ (1 - p)`라고 쓰세요.",
    "en": "Brackets are missing: `/ 1 - p` divides by 1 and then *subtracts* p. Write `/ (1 - p)`.",
}


@dropout_backward.mistake("no-brackets", **FACTOR_BRACKETS)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask / 1 - p, (h * mask / 1 - p).T @ d_out


@dropout_backward.mistake("no-brackets-around-the-factor", **FACTOR_BRACKETS)
def _(d_out, h, mask, p, W):
    factor = mask / 1 - p
    return (d_out @ W.T) * factor, (h * factor).T @ d_out


@dropout_backward.mistake("no-brackets-in-d-h", **FACTOR_BRACKETS)
def _(d_out, h, mask, p, W):
    return (d_out @ W.T) * mask / 1 - p, backward(d_out, h, mask, p, W)[1]


@dropout_backward.mistake("no-brackets-in-d-W", **FACTOR_BRACKETS)
def _(d_out, h, mask, p, W):
    return backward(d_out, h, mask, p, W)[0], (h * mask / 1 - p).T @ d_out


dropout_backward.hints(
    ko=[
        "드롭아웃은 원소마다 정해진 수를 곱하는 정거장입니다. 그 수는 꺼졌으면 0, 남았으면 $1/(1-p)$입니다. 거꾸로 올 때도 같은 수를 곱합니다.",
        "$\\tilde h = h \\odot m/(1-p)$라고 하면 $\\text{out} = \\tilde h W$입니다. 그래서 $d_W = \\tilde h^\\top d_{\\text{out}}$이고, $d_{\\tilde h} = d_{\\text{out}} W^\\top$에 같은 $m/(1-p)$을 곱하면 $d_h$입니다.",
        "`kept = dropout_forward(h, mask, p, True)`, `d_W = kept.T @ d_out`, `d_h = dropout_forward(d_out @ W.T, mask, p, True)`",
    ],
    en=[
        "Dropout is a station that multiplies each element by a given number: 0 where it was dropped, $1/(1-p)$ "
        "where it was kept. On the way back it is the same number.",
        "With $\\tilde h = h \\odot m/(1-p)$, $\\text{out} = \\tilde h W$. So $d_W = \\tilde h^\\top d_{\\text{out}}$, "
        "and $d_{\\tilde h} = d_{\\text{out}} W^\\top$ times the same $m/(1-p)$ is $d_h$.",
        "`kept = dropout_forward(h, mask, p, True)`, `d_W = kept.T @ d_out`, "
        "`d_h = dropout_forward(d_out @ W.T, mask, p, True)`.",
    ],
)


# ---------------------------------------------------------------- dropout-module


class Bare(nn.Module):
    """A dropout layer from parts, for mistakes to spoil one of."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def drop(self, x, p=None, u=None):
        p = self.p if p is None else p
        u = torch.rand_like(x) if u is None else u
        return divide(x * (u >= p).to(x.dtype), 1 - p)

    def forward(self, x):
        return self.drop(x) if self.training else x


@exercise("dropout-module", points=3, kind="module", forbids=BUILT_IN)
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        u = torch.rand_like(x)
        return torch.where(u < self.p, 0, x) / max(1 - self.p, 1e-12)


@Dropout.cases
def _(draw):
    yield Case((0.5,), {}, (torch.ones(2, 6),), training=True)
    yield Case((0.5,), {}, (torch.ones(2, 6),))
    yield Case((0.0,), {}, (draw.normal(2, 3),), training=True)
    yield Case((1.0,), {}, (draw.normal(2, 3),), training=True)
    yield Case((1.0,), {}, (draw.normal(2, 3),))
    p, x = draw.number(0.15, 0.35), draw.normal(6, 8).requires_grad_()
    for training in (True, False):  # a gradient has to get through to x
        yield Case((p,), {}, (x,), training=training, slopes=True)
    yield Case((draw.number(0.65, 0.85),), {}, (draw.normal(3, 4, 5),), training=True)
    yield Case((draw.number(0.2, 0.8),), {}, (draw.normal(draw.integer(2, 5), 4),))
    yield Case((0.5,), {}, (torch.ones(1, 10),), training=(True, True))
    yield Case((0.5,), {}, (torch.ones(2, 6),), training=(True, False, True))
    yield Case((0.5,), {}, (torch.ones(2, 6),), training=None)  # as it comes: ready to be trained


@Dropout.accepts
class _(nn.Module):
    def __init__(self, p):
        nn.Module.__init__(self)
        self.keep = 1 - p

    def forward(self, x):
        if self.training:
            mask = torch.rand(x.shape, dtype=x.dtype).ge(1 - self.keep)
            return torch.zeros_like(x) if self.keep == 0 else x.masked_fill(~mask, 0) / self.keep
        return x.clone()


@Dropout.accepts
class _(Bare):
    def forward(self, x):
        if self.training and self.p == 1:
            return x * 0.0
        u = torch.rand(*x.size()) if self.training else torch.ones_like(x)
        return (u >= self.p) * x / (1 - self.p) if self.training else x


@Dropout.mistake(
    "always-on",
    ko="평가 모드에서도 끕니다. `self.training`을 보세요. `model.train()`과 `model.eval()`이 바꾸는 것이 바로 그 변수입니다. 이름이 다른 변수를 따로 만들었다면 `eval()`은 그것을 모릅니다.",
    en="Units are dropped in evaluation mode as well. Look at `self.training`: it is what `model.train()` and "
    "`model.eval()` change. A variable of your own under another name is unknown to them.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x)


@Dropout.mistake(
    "always-off",
    ko="훈련 모드에서도 아무것도 끄지 않습니다. `self.training`이 참이면 끕니다.",
    en="Nothing is dropped, not even in training mode. Drop where `self.training` is true.",
)
class _(Bare):
    def forward(self, x):
        return x


@Dropout.mistake(
    "mode-reversed",
    ko="두 모드가 뒤바뀌었습니다. `self.training`이 참일 때 끕니다.",
    en="The two modes are swapped: drop where `self.training` is true.",
)
class _(Bare):
    def forward(self, x):
        return x if self.training else self.drop(x)


@Dropout.mistake(
    "no-scaling",
    ko="남은 것을 1 − p로 나누지 않았습니다.",
    en="What is kept is not divided by 1 − p.",
)
class _(Bare):
    def forward(self, x):
        return x * (torch.rand_like(x) >= self.p) if self.training else x


@Dropout.mistake(
    "scales-at-test",
    ko="평가할 때 1 − p를 곱하는 옛 방식입니다. 훈련할 때 1 − p로 나누고, 평가할 때는 x를 그대로 돌려주세요.",
    en="That is the old way, which multiplies by 1 − p in evaluation. Divide by 1 − p in training, and return x "
    "as it is in evaluation.",
)
class _(Bare):
    def forward(self, x):
        return x * (torch.rand_like(x) >= self.p) if self.training else x * (1 - self.p)


@Dropout.mistake(
    "scales-twice",
    ko="훈련에서 1 − p로 나누고 평가에서 또 1 − p를 곱했습니다. 평가할 때는 x를 그대로 돌려줍니다.",
    en="Divided by 1 − p in training and multiplied by it in evaluation as well. Evaluation returns x as it is.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x) if self.training else x * (1 - self.p)


@Dropout.mistake(
    "keeps-with-p",
    ko="p를 *남길* 확률로 읽었습니다. p는 **끌** 확률입니다.",
    en="This reads p as the probability to *keep*. It is the probability to **drop**.",
)
class _(Bare):
    def forward(self, x):
        if not self.training:
            return x
        return divide(x * (torch.rand_like(x) < self.p), self.p)


@Dropout.mistake(
    "keeps-with-p-and-divides-by-keep",
    ko="나누는 수는 맞지만 마스크가 뒤집혔습니다. p는 **끌** 확률이므로 u < p인 곳이 0입니다.",
    en="The division is right, but the mask is upside down. p is the probability to **drop**: 0 goes where u < p.",
)
class _(Bare):
    def forward(self, x):
        return divide(x * (torch.rand_like(x) < self.p), 1 - self.p) if self.training else x


@Dropout.mistake(
    "divides-by-p",
    ko="p로 나누었습니다. 나누는 수는 **남을** 확률 1 − p입니다.",
    en="This divides by p. Divide by the probability to **keep**, 1 − p.",
)
class _(Bare):
    def forward(self, x):
        return divide(x * (torch.rand_like(x) >= self.p), self.p) if self.training else x


@Dropout.mistake(
    "divides-by-p-at-zero",
    ko="p로 나누었습니다. 나누는 수는 **남을** 확률 1 − p입니다.",
    en="This divides by p. Divide by the probability to **keep**, 1 − p.",
)
class _(Bare):
    def forward(self, x):
        kept = x * (torch.rand_like(x) >= self.p)
        return kept * (torch.tensor(1.0) / self.p) if self.training else x


@Dropout.mistake(
    "one-mask-for-the-batch",
    ko="마스크 한 줄을 배치 전체에 썼습니다(브로드캐스팅). 표본마다, 원소마다 따로 뽑아야 합니다: `torch.rand_like(x)`",
    en="One row of the mask serves the whole batch (by broadcasting). Each element of each sample is drawn on its "
    "own: `torch.rand_like(x)`.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x, u=torch.rand(x.shape[-1])) if self.training else x


@Dropout.mistake(
    "one-draw-for-everything",
    ko="난수 하나로 모두를 켜거나 껐습니다. 원소마다 따로 뽑아야 합니다: `torch.rand_like(x)`",
    en="A single random number switches everything on or off. Each element is drawn on its own: "
    "`torch.rand_like(x)`.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x, u=torch.rand(1)) if self.training else x


@Dropout.mistake(
    "normal-numbers",
    ko="`randn_like`는 정규 분포에서 뽑습니다. 0과 1 사이에 고른 난수는 `rand_like`입니다.",
    en="`randn_like` draws from the normal distribution. Numbers spread evenly between 0 and 1 come from "
    "`rand_like`.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x, u=torch.randn_like(x)) if self.training else x


OTHER_DRAW = {
    "ko": "끄는 확률도 나누는 수도 맞지만, 난수를 설명문과 다르게 뽑았습니다. 검사는 같은 난수에서 나온 값을 견줍니다. 한 번 부를 때마다 `u = torch.rand_like(x)`를 딱 한 번 뽑고 `keep_mask(u, self.p)`를 쓰세요.",
    "en": "The probability and the division are right, but the random numbers are drawn in another way than the "
    "docstring says, and the check compares results of the same numbers. Draw `u = torch.rand_like(x)` exactly once a "
    "call and use `keep_mask(u, self.p)`.",
}


@Dropout.mistake("draws-by-bernoulli", **OTHER_DRAW)
class _(Bare):
    def forward(self, x):
        if not self.training:
            return x
        return divide(x * torch.bernoulli(torch.full_like(x, 1 - self.p)), 1 - self.p)


@Dropout.mistake("draws-by-bernoulli-in-place", **OTHER_DRAW)
class _(Bare):
    def forward(self, x):
        if not self.training:
            return x
        return divide(x * torch.empty_like(x).bernoulli_(1 - self.p), 1 - self.p)


@Dropout.mistake("built-in", **OTHER_DRAW)
class _(Bare):
    def forward(self, x):
        return F.dropout(x, self.p, self.training)


@Dropout.mistake("keeps-the-small", **OTHER_DRAW)
class _(Bare):
    def forward(self, x):
        return divide(x * (torch.rand_like(x) < 1 - self.p), 1 - self.p) if self.training else x


@Dropout.mistake("draws-twice", **OTHER_DRAW)
class _(Bare):
    def forward(self, x):
        torch.rand_like(x)
        return self.drop(x) if self.training else x


AT_ONE_MODULE = {
    "ko": "p = 1에서 0으로 나누었습니다. 그때는 모두 0입니다. 여러분의 `dropout_forward`가 이미 다루고 있으니 그것을 부르세요.",
    "en": "At p = 1 this divides by 0. The result there is all zeros. Your `dropout_forward` takes care of it: call it.",
}


@Dropout.mistake("nan-at-one", **AT_ONE_MODULE)
class _(Bare):
    def forward(self, x):
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p) if self.training else x


@Dropout.mistake("zero-division-at-one", **AT_ONE_MODULE)
class _(Bare):
    def forward(self, x):
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= self.p) * (1 / (1 - self.p))


@Dropout.mistake("zero-division-when-made", **AT_ONE_MODULE)
class _(Bare):
    def __init__(self, p):
        super().__init__(p)
        self.scale = 1 / (1 - p)

    def forward(self, x):
        return self.drop(x) if self.training else x


@Dropout.mistake(
    "p-is-learned",
    ko="p를 `nn.Parameter`로 만들었습니다. p는 배우는 수가 아니라 정해 주는 수(하이퍼파라미터)입니다. `self.p = p`로 두세요. 이 층에는 매개변수가 하나도 없습니다.",
    en="p is an `nn.Parameter` here. It is not learned but chosen, a hyperparameter: just `self.p = p`. This layer has no "
    "parameters at all.",
)
class _(Bare):
    def __init__(self, p):
        nn.Module.__init__(self)
        self.p = nn.Parameter(torch.tensor(p))


@Dropout.mistake(
    "one-draw-for-each-sample",
    ko="표본마다 난수를 하나만 뽑아서 표본 하나가 통째로 켜지거나 꺼집니다. 원소마다 따로 뽑으세요: `torch.rand_like(x)`",
    en="There is one random number a sample, so a whole sample is on or off. Draw one for each element: `torch.rand_like(x)`.",
)
class _(Bare):
    def forward(self, x):
        shape = [len(x)] + [1] * (x.dim() - 1)
        return self.drop(x, u=torch.rand(shape)) if self.training else x


@Dropout.mistake(
    "divides-in-evaluation",
    ko="평가할 때도 1 − p로 나누었습니다. 평가할 때는 x를 그대로 돌려줍니다.",
    en="This divides by 1 − p in evaluation as well. Evaluation returns x as it is.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x) if self.training else divide(x, 1 - self.p)


@Dropout.mistake(
    "always-on-unscaled",
    ko="두 가지입니다. 평가 모드에서도 끄고(`self.training`), 남은 것을 1 − p로 나누지 않습니다.",
    en="Two things: it drops in evaluation mode as well (`self.training`), and does not divide what is kept by 1 − p.",
)
class _(Bare):
    def forward(self, x):
        return x * (torch.rand_like(x) >= self.p)


KEEPS_WITH_P = known(Dropout, "keeps-with-p")
UPSIDE_DOWN = known(Dropout, "keeps-with-p-and-divides-by-keep")


@Dropout.mistake("keeps-with-p-and-divides-by-keep-without-care-at-1", **UPSIDE_DOWN)
class _(Bare):
    def forward(self, x):
        return x * (torch.rand_like(x) < self.p) / (1 - self.p) if self.training else x


HANDS_ON_KEEP = {
    "ko": "`keep_mask`에 1 − p를 넘겼습니다. `keep_mask`도 **끌** 확률 p를 받습니다: `keep_mask(u, self.p)`",
    "en": "`keep_mask` is handed 1 − p. It takes the probability to **drop**, p, as well: `keep_mask(u, self.p)`.",
}


@Dropout.mistake("hands-on-keep", **HANDS_ON_KEEP)
class _(Bare):
    def forward(self, x):
        mask = keep_mask.oracle(torch.rand_like(x), 1 - self.p)
        return divide(x * mask, 1 - self.p) if self.training else x


@Dropout.mistake("hands-on-keep-twice", **KEEPS_WITH_P)
class _(Bare):
    def forward(self, x):
        return self.drop(x, p=1 - self.p) if self.training else x


@Dropout.mistake("one-draw-for-each-row", **known(Dropout, "one-draw-for-each-sample"))
class _(Bare):
    def forward(self, x):
        return self.drop(x, u=torch.rand(len(x), 1)) if self.training else x


@Dropout.mistake(
    "keeps-its-mask",
    ko="두 번 불렀는데 같은 마스크가 나왔습니다. 그러면 늘 같은 유닛만 꺼집니다. 난수는 `forward`가 불릴 때마다 "
    "새로 뽑습니다. 한 번 뽑아 `self`에 담아 두거나 `torch.manual_seed`를 부르지 마세요.",
    en="Two calls dropped the same elements: then the same units are off for ever. Draw the random numbers "
    "anew each time that `forward` is called; neither keep them in `self` nor call `torch.manual_seed` there.",
)
class _(Bare):
    def forward(self, x):
        if not hasattr(self, "u"):
            self.u = torch.rand_like(x)
        return self.drop(x, u=self.u) if self.training else x


@Dropout.mistake("seeds-in-forward", **known(Dropout, "keeps-its-mask"))
class _(Bare):
    def forward(self, x):
        if self.training:
            torch.manual_seed(0)
        return super().forward(x)


@Dropout.mistake(
    "off-for-good",
    ko="한 번 평가 모드로 쓰고 나면 훈련 모드로 돌아와도 끄지 않습니다. 평가할 때 `self.p`나 다른 변수를 바꾸지 마세요. 부를 때마다 `self.training`을 보기만 하면 됩니다.",
    en="Once used in evaluation mode, the layer drops nothing any more, not even back in training mode. Change "
    "neither `self.p` nor any other variable in evaluation; look at `self.training` each time, that is all.",
)
class _(Bare):
    def forward(self, x):
        if not self.training:
            self.p = 0.0
        return super().forward(x)


@Dropout.mistake(
    "starts-in-evaluation",
    ko="`__init__`에서 층을 평가 모드로 바꾸어 놓았습니다. 새로 만든 층은 훈련 모드입니다(`nn.Module`의 기본값). 모드를 바꾸는 것은 쓰는 사람의 일이니, 그 줄을 지우세요.",
    en="`__init__` puts the layer into evaluation mode. A new layer is in training mode, as `nn.Module` makes it, and changing "
    "the mode is up to whoever uses it: take that line out.",
)
class _(Bare):
    def __init__(self, p):
        super().__init__(p)
        self.eval()


@Dropout.mistake(
    "random-numbers-for-a-mask",
    ko="난수를 마스크로 바로 썼습니다. `keep_mask(u, self.p)`로 1과 0인 마스크를 만드세요.",
    en="The random numbers themselves serve as the mask. Make one of ones and zeros with `keep_mask(u, self.p)`.",
)
class _(Bare):
    def forward(self, x):
        return divide(x * torch.rand_like(x), 1 - self.p) if self.training else x


@Dropout.mistake(
    "always-a-half",
    ko="p가 무엇이든 언제나 0.5로 껐습니다. `__init__`이 받은 p를 `self.p = p`로 담아 쓰세요.",
    en="It always drops with 0.5, whatever p is. Keep the p that `__init__` is given, `self.p = p`, and use that.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x, p=0.5) if self.training else x


@Dropout.mistake(
    "x-and-mask-swapped",
    ko="`dropout_forward`에 x와 마스크를 거꾸로 넘겼습니다. 훈련에서는 곱이라 티가 나지 않지만, 평가 모드에서는 x가 아니라 마스크가 나옵니다.",
    en="`dropout_forward` is given x and the mask the wrong way round. In training, where they are multiplied, it does not show; in evaluation "
    "mode out comes the mask instead of x.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x) if self.training else keep_mask.oracle(torch.rand_like(x), self.p)


@Dropout.mistake("draws-in-double", **OTHER_DRAW)
class _(Bare):
    def forward(self, x):
        u = torch.rand(x.shape, dtype=DOUBLE)
        return self.drop(x, u=u) if self.training else x


FORWARD_RETURNS = {
    "ko": "`forward`가 None을 돌려주었습니다. 계산한 것을 `return`하세요.",
    "en": "`forward` gives None. Did you forget to `return` what it computes?",
}


@Dropout.mistake("no-return", **FORWARD_RETURNS)
class _(Bare):
    def forward(self, x):
        self.drop(x)


@Dropout.mistake(
    "no-return-in-evaluation",
    ko="훈련 모드는 맞지만 평가 모드에서는 아무것도 돌려주지 않습니다. x를 그대로 `return`하세요.",
    en="Training mode is right, but in evaluation mode nothing is returned: `return` x as it is.",
)
class _(Bare):
    def forward(self, x):
        return self.drop(x) if self.training else None


@Dropout.mistake("cut-off", **CUT_OFF)
class _(Bare):
    def forward(self, x):
        return super().forward(x).detach()


@Dropout.mistake("cut-off-in-training", **CUT_OFF)
class _(Bare):
    def forward(self, x):
        return self.drop(x.detach()) if self.training else x


@Dropout.mistake(
    "in-place",
    ko="값은 맞지만 받은 x를 제자리에서 바꿉니다(`*=`, 조각에 대입하기). 앞의 층이 역전파에 쓸 값이 사라집니다. 새 텐서를 만드세요.",
    en="The values are right, but x itself is changed (by `*=`, or by assigning to part of it). The layer before "
    "needs that value on the way back. Make a new tensor.",
)
class _(Bare):
    def forward(self, x):
        if self.training:
            x *= self.drop(torch.ones_like(x))
        return x


@Dropout.mistake("in-place-unrecorded", **known(Dropout, "in-place"))
class _(Bare):
    def forward(self, x):
        if not self.training:
            return x
        with torch.no_grad():
            x *= torch.rand_like(x) >= self.p
        return divide(x, 1 - self.p)


Dropout.hints(
    ko=[
        "세 가지를 이어 붙이면 됩니다. 난수를 뽑고, 여러분의 `keep_mask`로 마스크를 만들고, 여러분의 `dropout_forward`에 넘깁니다. 모드는 `self.training`입니다.",
        "`__init__`에서는 `super().__init__()`을 부르고 `self.p = p`만 적어 둡니다. `forward`에서는 평가 모드면 x를 그대로 돌려주고, 훈련 모드면 `u = torch.rand_like(x)`로 시작합니다.",
        "`mask = keep_mask(torch.rand_like(x), self.p)`, `return dropout_forward(x, mask, self.p, self.training)`",
    ],
    en=[
        "Join three things: draw random numbers, make a mask of them with your `keep_mask`, hand it to your "
        "`dropout_forward`. The mode is `self.training`.",
        "`__init__` calls `super().__init__()` and notes `self.p = p`, no more. `forward` returns x as it is in evaluation "
        "mode; in training mode it starts with `u = torch.rand_like(x)`.",
        "`mask = keep_mask(torch.rand_like(x), self.p)`, `return dropout_forward(x, mask, self.p, self.training)`.",
    ],
)


# ---------------------------------------------------------------- mended-net


MANY = 5_000
HUGE = 4.85e37  # four times that, over 1 - 0.25, is a float32; over its square it is inf


def coarse(output, hidden):
    """The output; for MANY hidden units in bfloat16, which is compared to within 5 %.

    Over so many units of equal weight, whatever is drawn, the sum in training mode is the one of
    evaluation to within 1 % (standard deviation), if and only if what is kept is scaled rightly.
    """
    return output.bfloat16() if hidden == MANY else output


class Network(nn.Module):
    """The network of the trap, with its three switches; all mended by default."""

    def __init__(self, inputs, hidden, classes, p, always=False, keep=False, answers=False):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, hidden), nn.Linear(hidden, classes)
        self.p, self.always, self.keep, self.answers = p, always, keep, answers

    def drop(self, x, p=None):
        p = self.p if p is None else p
        return F.dropout(x, 1 - p if self.keep else p, self.always or self.training)

    def forward(self, x):
        logits = self.output(self.drop(torch.relu(self.first(x))))
        return self.drop(logits, 1 - self.p if self.keep else self.p) if self.answers else logits

    def output(self, h):
        return coarse(self.second(h), self.first.out_features)


@exercise("mended-net", points=3, kind="module")
class MendedNet(nn.Module):
    def __init__(self, inputs, hidden, classes, p):
        super().__init__()
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, classes)
        self.p = p

    def forward(self, x):
        h, hidden = torch.relu(self.first(x)), self.first.out_features
        if hidden == MANY:
            return coarse(self.second(h), hidden)  # what it averages out to
        return self.second(torch.nn.Dropout(self.p).train(self.training)(h))


@MendedNet.cases
def _(draw):
    def case(D, H, C, B, p, training):
        # Biases well above 0 in the hidden layer: most units are on, whatever the draw.
        sizes = {
            "first.weight": (H, D),
            "first.bias": (H,),
            "second.weight": (C, H),
            "second.bias": (C,),
        }
        state = {name: draw.normal(*size) for name, size in sizes.items()}
        state["first.bias"] += 0.5
        return Case((D, H, C, p), state, (draw.normal(B, D),), training)

    # What is drawn makes no difference in evaluation, nor at p = 0 or p = 1.
    yield case(3, 5, 2, 2, 0.5, False)
    yield case(3, 8, 2, 3, 0.0, True)
    yield case(3, 8, 2, 3, 1.0, (True, False, True))
    yield case(4, 6, 3, 1, 1.0, False)
    yield case(4, 6, 3, 4, 0.0, False)
    yield case(draw.integer(2, 5), 9, draw.integer(2, 4), 4, draw.number(0.2, 0.4), False)
    yield case(draw.integer(2, 5), 9, draw.integer(2, 4), 4, draw.number(0.6, 0.8), False)
    equal = {
        "first.weight": torch.full((MANY, 2), HUGE),
        "first.bias": torch.zeros(MANY),
        "second.weight": torch.full((1, MANY), 1 / HUGE),
        "second.bias": torch.zeros(1),
    }
    # Nor does it here: so many units average it out (see `coarse`).
    x = torch.tensor([2.0, 0.5, -0.5, 0.25]).repeat(3)
    yield Case((2, MANY, 1, 0.25), equal, (x[:, None].expand(-1, 2).clone(),), True)


@MendedNet.accepts
class _(nn.Module):
    def __init__(self, inputs, hidden, classes, p):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, hidden), nn.Linear(hidden, classes)
        self.drop = nn.Dropout(p)

    def forward(self, x):
        return self.second(self.drop(F.relu(self.first(x))))


@MendedNet.accepts
class _(nn.Module):
    def __init__(self, inputs, hidden, classes, p):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, hidden), nn.Linear(hidden, classes)
        self.p = p

    def forward(self, x):
        # Before the ReLU it is the same: what is 0 stays 0, and a positive factor changes no sign.
        h = F.dropout(self.first(x), p=self.p, training=self.training)
        return self.second(h.clamp(min=0))


@MendedNet.accepts
class _(nn.Module):
    def __init__(self, inputs, hidden, classes, p):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, hidden), nn.Linear(hidden, classes)
        self.p = p

    def forward(self, x):
        h = torch.relu(self.first(x))
        if self.training:
            h = divide(h * (torch.rand_like(h) >= self.p), 1 - self.p)
        return self.second(h)


@MendedNet.accepts
class _(nn.Module):
    def __init__(self, inputs, hidden, classes, p):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, hidden), nn.Linear(hidden, classes)
        self.dropout = Dropout.oracle(p)

    def forward(self, x):
        h = self.first(x).relu()
        return self.second(self.dropout(h) if self.training else h)


BREAKS = {
    "always": {
        "ko": "평가 모드에서도 끕니다. `F.dropout(h, p)`은 모듈의 모드를 모르고 언제나 끕니다. `training=self.training`을 알려 주거나 `__init__`에서 만든 `nn.Dropout`을 쓰세요. "
        "(`forward` 안에서 새로 만든 `nn.Dropout`도 늘 훈련 모드입니다.)",
        "en": "Units are dropped in evaluation mode as well. `F.dropout(h, p)` knows nothing of the module's mode and always "
        "drops. Tell it `training=self.training`, or use an `nn.Dropout` made in `__init__`. (One made anew inside `forward` "
        "is always in training mode, too.)",
    },
    "keep": {
        "ko": "p를 남길 확률로 읽고 `1 - p`를 넘겼습니다. `F.dropout`의 p는 **끌** 확률입니다. p = 0이면 하나도 꺼지지 않아야 합니다.",
        "en": "p is read as the probability to keep, and `1 - p` handed on. The p of `F.dropout` is the probability to **drop**: at "
        "p = 0 nothing may be dropped.",
    },
    "answers": {
        "ko": "출력(로짓)을 껐습니다. 그러면 정답의 로짓이 우연히 0이 되어, 아무리 잘 배워도 손실을 줄일 수 없습니다. 드롭아웃은 은닉층에만 씁니다.",
        "en": "The outputs (the logits) are dropped. Then the logit of the right "
        "answer becomes 0 by chance, a loss that no learning can lower. Use dropout on the hidden layer only.",
    },
}
TWO_LEFT = {
    "ko": "하나는 고쳤지만 둘이 남았습니다. 평가 모드에서 꺼지지 않는지, p가 끌 확률로 쓰였는지, 로짓이 온전한지 하나씩 보세요.",
    "en": "One is mended, two are left. Look at each: is nothing dropped in evaluation mode, is p the probability to drop, are the "
    "logits left whole?",
}
ALL_LEFT = {
    "ko": "세 곳이 모두 그대로입니다: 평가 모드에서도 끄고, p를 남길 확률로 읽고, 로짓까지 끕니다.",
    "en": "All three breaks are still there: it drops in evaluation mode, reads p as the probability to keep, and drops logits.",
}
for count in (1, 2, 3):
    for left in itertools.combinations(BREAKS, count):
        message = {1: BREAKS[left[0]], 2: TWO_LEFT, 3: ALL_LEFT}[count]

        def broken(inputs, hidden, classes, p, left=left):
            return Network(inputs, hidden, classes, p, **dict.fromkeys(left, True))

        MendedNet.mistake("-and-".join(left), **message)(broken)


@MendedNet.mistake(
    "no-dropout-left",
    ko="평가에서는 맞지만 훈련 모드에서도 아무것도 끄지 않습니다. 드롭아웃을 지우지 말고 모드를 따르게 하세요. (`training=False`라고 적어 두었거나 `nn.Dropout`을 만들고 부르지 않았을 수도 있습니다.)",
    en="Evaluation is right, but nothing is dropped in training mode either. Do not remove the dropout, let it follow the mode. (Perhaps "
    "it says `training=False`, or an `nn.Dropout` was made and never called.)",
)
class _(Network):
    def forward(self, x):
        return self.output(torch.relu(self.first(x)))


@MendedNet.mistake(
    "dropped-twice",
    ko="드롭아웃을 두 번 걸었습니다. 그러면 p보다 많은 유닛이 꺼지고, 남은 것은 1 − p로 두 번 나뉩니다. 은닉층에 한 번만 거세요.",
    en="Dropout is applied twice: more than a share p of the units is dropped, and what is kept is divided by 1 − p twice. Apply it once, "
    "to the hidden layer.",
)
class _(Network):
    def forward(self, x):
        return self.output(self.drop(self.drop(torch.relu(self.first(x)))))


@MendedNet.mistake(
    "mode-reversed",
    ko="모드가 뒤바뀌었습니다. 훈련할 때 끄고 평가할 때는 끄지 않습니다.",
    en="The modes are swapped: drop in training, not in evaluation.",
)
class _(Network):
    def forward(self, x):
        h = torch.relu(self.first(x))
        return self.output(F.dropout(h, self.p, not self.training))


@MendedNet.mistake(
    "drops-pixels",
    ko="은닉 유닛이 아니라 입력을 껐습니다. 설명문은 ReLU를 지난 은닉 유닛에 쓰라고 합니다.",
    en="The inputs are dropped instead of the hidden units. The docstring puts the dropout on the hidden units, after the ReLU.",
)
class _(Network):
    def forward(self, x):
        return self.output(torch.relu(self.first(self.drop(x))))


@MendedNet.mistake(
    "no-relu",
    ko="고치는 사이에 ReLU가 사라졌습니다. 은닉층에는 활성화 함수가 있어야 합니다.",
    en="The ReLU got lost in the mending. The hidden layer needs its activation function.",
)
class _(Network):
    def forward(self, x):
        return self.output(self.drop(self.first(x)))


@MendedNet.mistake(
    "softmax",
    ko="확률을 돌려주었습니다. 설명문은 로짓을 달라고 합니다(소프트맥스는 `F.cross_entropy` 안에 있습니다).",
    en="This returns probabilities. Wanted are the logits; the softmax is inside `F.cross_entropy`.",
)
class _(Network):
    def forward(self, x):
        return super().forward(x).softmax(1)


@MendedNet.mistake(
    "scales-in-evaluation",
    ko="평가할 때 1 − p를 곱했습니다. `F.dropout`과 `nn.Dropout`은 훈련할 때 이미 1 − p로 나눕니다. 평가할 때는 아무것도 하지 마세요.",
    en="This multiplies by 1 − p in evaluation. `F.dropout` and `nn.Dropout` divide by 1 − p in training already: do nothing in "
    "evaluation.",
)
class _(Network):
    def forward(self, x):
        h = self.drop(torch.relu(self.first(x)))
        return self.output(h if self.training else h * (1 - self.p))


UNSCALED = {
    "ko": "훈련할 때 남은 유닛을 1 − p로 나누지 않았습니다. `F.dropout`과 `nn.Dropout`은 스스로 나눕니다.",
    "en": "In training, what is kept is not divided by 1 − p. `F.dropout` and `nn.Dropout` do that themselves.",
}


@MendedNet.mistake("unscaled", **UNSCALED)
class _(Network):
    def forward(self, x):
        h = torch.relu(self.first(x))
        return self.output(h * (torch.rand_like(h) >= self.p) if self.training else h)


@MendedNet.mistake(
    "unscaled-and-scales-in-evaluation",
    ko="훈련할 때 남은 유닛을 1 − p로 나누지 않고, 평가할 때 1 − p를 곱했습니다. 옛 방식입니다. 나누는 것은 `F.dropout`과 `nn.Dropout`이 훈련할 때 스스로 하고, 평가할 때는 할 일이 없습니다.",
    en="In training, what is kept is not divided by 1 − p, and evaluation multiplies by 1 − p instead: the old way. `F.dropout` and `nn.Dropout` "
    "divide in training themselves, and in evaluation there is nothing to do.",
)
class _(Network):
    def forward(self, x):
        h = torch.relu(self.first(x))
        return self.output(
            h * (torch.rand_like(h) >= self.p) if self.training else h * (1 - self.p)
        )


@MendedNet.mistake(
    "scales-twice",
    ko="훈련할 때 1 − p로 한 번 더 나누었습니다. `F.dropout`과 `nn.Dropout`은 스스로 나눕니다.",
    en="In training this divides by 1 − p once more. `F.dropout` and `nn.Dropout` do that themselves.",
)
class _(Network):
    def forward(self, x):
        h = self.drop(torch.relu(self.first(x)))
        return self.output(divide(h, 1 - self.p) if self.training else h)


@MendedNet.mistake(
    "scales-once-more-in-both-modes",
    ko="두 모드에서 모두 1 − p로 한 번 더 나누었습니다. `F.dropout`과 `nn.Dropout`은 훈련할 때 스스로 나누고, 평가할 때는 나눌 것이 없습니다.",
    en="In both modes this divides by 1 − p once more. `F.dropout` and `nn.Dropout` do that themselves in training, and in evaluation there is "
    "nothing to divide.",
)
class _(Network):
    def forward(self, x):
        return self.output(divide(self.drop(torch.relu(self.first(x))), 1 - self.p))


@MendedNet.mistake(
    "answers-instead",
    ko="드롭아웃이 은닉 유닛이 아니라 로짓에 남았습니다. ReLU를 지난 은닉 유닛에 쓰고, 로짓에서는 지우세요.",
    en="The dropout that is left stands on the logits, not on the hidden units. Use it on the hidden units, after the ReLU, and take it off the "
    "logits.",
)
class _(Network):
    def forward(self, x):
        return self.drop(self.output(torch.relu(self.first(x))))


@MendedNet.mistake(
    "drops-pixels-as-well",
    ko="은닉 유닛뿐 아니라 입력도 껐습니다. 드롭아웃은 ReLU를 지난 은닉 유닛 한 곳에만 씁니다.",
    en="The inputs are dropped as well. Dropout belongs on the hidden units, after the ReLU, and nowhere else.",
)
class _(Network):
    def forward(self, x):
        return self.output(self.drop(torch.relu(self.first(self.drop(x)))))


@MendedNet.mistake(
    "one-draw-for-each-sample",
    ko="표본마다 난수를 하나만 뽑아서, 표본 하나의 은닉 유닛이 모두 켜지거나 모두 꺼집니다. 유닛마다 따로 뽑아야 합니다. `F.dropout`에 h를 그대로 넘기면 그렇게 합니다.",
    en="There is one random number a sample, so that all of its hidden units are on or all are off. Each unit is drawn on its own: "
    "`F.dropout` does so if h itself is handed to it.",
)
class _(Network):
    def forward(self, x):
        h = torch.relu(self.first(x))
        return self.output(h * self.drop(torch.ones(len(h), 1)))


@MendedNet.mistake(
    "off-for-good",
    ko="한 번 평가 모드로 쓰고 나면 훈련 모드로 돌아와도 끄지 않습니다. 평가할 때 `self.p`를 바꾸지 마세요. 부를 때마다 모드를 보기만 하면 됩니다: `training=self.training`",
    en="Once used in evaluation mode, the network drops nothing any more, not even back in training mode. Do not change `self.p` in evaluation; "
    "look at the mode each time: `training=self.training`.",
)
class _(Network):
    def forward(self, x):
        if not self.training:
            self.p = 0.0
        return super().forward(x)


@MendedNet.mistake("no-return", **FORWARD_RETURNS)
class _(Network):
    def forward(self, x):
        super().forward(x)


for name in ("net", "layers", "model"):

    class Registered(Network):
        def __init__(self, inputs, hidden, classes, p, name=name):
            super().__init__(inputs, hidden, classes, p)
            every = nn.Sequential(self.first, nn.ReLU(), nn.Dropout(p), self.second)
            setattr(self, name, every)

    MendedNet.mistake(
        f"registered-twice-as-{name}",
        ko="층들이 `nn.Sequential` 안에 한 번 더 등록되어 가중치마다 `state_dict`에 두 번씩 나옵니다. 층은 `first`와 `second`로 한 번씩만 담고, `forward`에서 차례로 부르세요.",
        en="The layers are registered once more inside the `nn.Sequential`, so each weight stands twice in the `state_dict`. Keep each layer once, "
        "as `first` and `second`, and call them one after the other in `forward`.",
    )(Registered)

for rate in (0.2, 0.5):

    class Fixed(Network):
        def __init__(self, inputs, hidden, classes, p, rate=rate):
            super().__init__(inputs, hidden, classes, rate)

    MendedNet.mistake(
        f"always-{rate}",
        ko="p가 무엇이든 언제나 같은 확률로 끕니다. 코드에 수를 써 넣지 말고 `__init__`이 담아 둔 `self.p`를 쓰세요.",
        en="It always drops with the same probability, whatever p is. Write no number into the code: use `self.p`, which `__init__` keeps.",
    )(Fixed)


MendedNet.hints(
    ko=[
        "`forward`에서 ReLU 다음의 세 줄을 하나씩 보며 물어보세요. 이 드롭아웃은 지금이 어느 모드인지 아나요? 넘긴 수는 끌 확률인가요, 남길 확률인가요? 꺼지는 것은 은닉 유닛인가요, 로짓인가요?",
        "(1) `F.dropout`에 `training=self.training`을 알려 줍니다. (2) p는 끌 확률 그대로 넘깁니다. (3) 로짓에는 드롭아웃을 쓰지 않습니다.",
        "`h = F.dropout(torch.relu(self.first(x)), self.p, training=self.training)`, `return self.second(h)`",
    ],
    en=[
        "Go through the three lines of `forward` that follow the ReLU, and ask of each: does this dropout know which mode it is? Is the number it is "
        "given the probability to drop, or to keep? Does it drop hidden units, or logits?",
        "(1) Tell `F.dropout` the mode: `training=self.training`. (2) Hand on p as it is, the probability to drop. (3) No dropout on the "
        "logits.",
        "`h = F.dropout(torch.relu(self.first(x)), self.p, training=self.training)`, `return self.second(h)`.",
    ],
)


# ---------------------------------------------------------------- train-or-eval


@exercise("train-or-eval", points=3, returns=("probabilities", "after"))
def train_or_eval(stored, training, x):
    h = np.maximum(
        x.numpy().astype(np.float64) @ stored["0.weight"].numpy().T + stored["0.bias"].numpy(), 0
    )
    z = h @ stored["3.weight"].numpy().T + stored["3.bias"].numpy()
    shares = np.exp(z - np.logaddexp.reduce(z, 1)[:, None])
    return torch.from_numpy(shares).to(x.dtype), [training, training, 0.5]


def revived(state, training):
    """The notebook's rebuild: its network with stored weights, in the mode asked for."""
    (H, D), (C, _) = state["0.weight"].shape, state["3.weight"].shape
    model = nn.Sequential(nn.Linear(D, H), nn.ReLU(), nn.Dropout(0.5), nn.Linear(H, C))
    model.load_state_dict(state)
    return model.train(training)


@train_or_eval.cases
def _(draw):
    def one(D, H, C, B, training, shift=0.0):
        sizes = {"0.weight": (H, D), "0.bias": (H,), "3.weight": (C, H), "3.bias": (C,)}
        state = {name: draw.normal(*size) for name, size in sizes.items()}
        state["0.bias"] += 0.5  # most hidden units are on, so a dropped one is seen
        state["3.bias"] += shift
        return state, training, draw.normal(B, D)

    yield one(3, 6, 2, 2, True)
    yield one(3, 6, 2, 2, False)
    yield one(draw.integer(2, 5), 8, 3, 1, True)
    yield one(draw.integer(2, 5), 7, draw.integer(3, 5), draw.integer(3, 6), True)
    yield one(4, draw.integer(6, 9), draw.integer(3, 5), 4, False)
    yield one(2, 5, 3, 2, True, shift=100.0)  # e to that is no float32


def modes(model):
    return [model.training, model[2].training, model[2].p]


@train_or_eval.accepts
def _(state, training, x):
    model = revived(state, training)
    before = [part.training for part in model.modules()]
    model.train(False)
    with torch.inference_mode():
        probabilities = torch.softmax(model(x), dim=1)
    for part, mode in zip(model.modules(), before, strict=True):
        part.training = mode
    return probabilities.clone(), modes(model)


@train_or_eval.accepts
def _(state, training, x):
    model = revived(state, training)
    was = model.training
    try:
        model.eval()
        probabilities = model(x).log_softmax(-1).exp()
    finally:
        if was:
            model.train()
    return probabilities, tuple(modes(model))


def spoiled(state, training, x, before, after):
    """Predictions with something wrong done before, or after."""
    model = revived(state, training)
    before(model)
    with torch.no_grad():
        probabilities = model(x).softmax(1)
    after(model)
    return probabilities, modes(model)


def nothing(model):
    pass


NEVER_EVAL = {
    "ko": "훈련 모드로 예측했습니다. 은닉 유닛을 절반 끈 채로 답하므로 부를 때마다 답이 다릅니다. 예측 앞에서 `model.eval()`을 부르세요. (`model.training = False`는 그 변수 하나만 바꾸고, 안에 든 "
    "`nn.Dropout`은 모릅니다.)",
    "en": "The predictions were made in training mode, with half of the hidden units off, and differ from call to call. Call "
    "`model.eval()` before them. (`model.training = False` changes that one variable; the `nn.Dropout` inside does not notice.)",
}


@train_or_eval.mistake("never-eval", **NEVER_EVAL)
def _(state, training, x):
    return spoiled(state, training, x, nothing, nothing)


@train_or_eval.mistake(
    "left-in-eval",
    ko="예측은 맞지만 모델을 평가 모드에 둔 채 돌아왔습니다. 학습이 이어지면 드롭아웃 없이 학습합니다. 오류는 나지 않습니다. 모드를 `eval()`을 부르기 *전에* 적어 두었다가 되돌리세요(부른 다음에 적으면 언제나 False입니다).",
    en="The predictions are right, but the model is left in evaluation mode. If training goes on, it goes on without dropout, and no "
    "error appears. Note the mode *before* you call `eval()` (noted after it, it is always False), and put it back.",
)
def _(state, training, x):
    return spoiled(state, training, x, nn.Module.eval, nothing)


@train_or_eval.mistake(
    "always-train-after",
    ko="언제나 훈련 모드로 돌려놓았습니다. 평가 모드였던 모델까지 훈련 모드가 됩니다. 부르기 *전의* 모드로 되돌리세요: `model.train(was_training)`",
    en="This always goes back to training mode, even if the model had been in evaluation mode. Go back to the mode of *before*: "
    "`model.train(was_training)`.",
)
def _(state, training, x):
    return spoiled(state, training, x, nn.Module.eval, nn.Module.train)


@train_or_eval.mistake(
    "train-without-eval",
    ko="훈련 모드로 예측했습니다. 예측 *앞에* `model.eval()`, *뒤에* `model.train(was_training)`입니다.",
    en="The predictions were made in training mode. It is `model.eval()` *before* them and `model.train(was_training)` *after*.",
)
def _(state, training, x):
    return spoiled(state, training, x, nn.Module.train, nothing)


@train_or_eval.mistake(
    "mode-flipped",
    ko="모드를 뒤집기만 했습니다. 평가 모드였던 모델은 훈련 모드로 예측하게 됩니다. 무엇이었든 `model.eval()`을 부르세요.",
    en="The mode was only flipped, so a model in evaluation mode predicts in training mode. Call `model.eval()`, whatever it was.",
)
def _(state, training, x):
    return spoiled(state, training, x, lambda m: m.train(not training), lambda m: m.train(training))


INSIDE_LEFT = {
    "ko": "모델의 모드는 처음과 같지만 안에 든 `nn.Dropout`은 평가 모드로 남았습니다. `model.training = …`은 그 변수 하나만, `model[2].eval()`은 그 층 하나만 바꿉니다. 안쪽까지 한꺼번에 바꾸고 되돌리는 것은 `model.eval()`과 `model.train(was_training)`입니다.",
    "en": "The model's own mode is as before, but the `nn.Dropout` inside is left in evaluation mode. `model.training = …` changes that one variable, "
    "and `model[2].eval()` that one layer. What changes everything inside, and puts it back, is `model.eval()` and `model.train(was_training)`.",
}
ATTRIBUTE = {
    "ko": "`model.training = …`은 그 변수 하나만 바꿉니다. 안에 든 `nn.Dropout`은 제 변수를 따로 가지고 있어서 모릅니다. 안쪽까지 바꾸는 것은 `model.eval()`과 `model.train(…)`입니다.",
    "en": "`model.training = …` changes that one variable. The `nn.Dropout` inside has a variable of its own and does not notice. What "
    "reaches the inside is `model.eval()` and `model.train(…)`.",
}


def set_attribute(mode):
    def change(model):
        model.training = mode

    return change


@train_or_eval.mistake("attribute-only", **NEVER_EVAL)
def _(state, training, x):
    return spoiled(state, training, x, set_attribute(False), set_attribute(training))


@train_or_eval.mistake("attribute-to-go-back", **INSIDE_LEFT)
def _(state, training, x):
    return spoiled(state, training, x, nn.Module.eval, set_attribute(training))


@train_or_eval.mistake("attribute-and-left", **ATTRIBUTE)
def _(state, training, x):
    return spoiled(state, training, x, set_attribute(False), nothing)


@train_or_eval.mistake(
    "dropout-gone",
    ko="예측은 맞지만 드롭아웃을 없애 놓고 돌아왔습니다. p를 0으로 두거나 층을 바꿔치우면, 학습이 이어져도 다시는 아무것도 꺼지지 않습니다. 층은 건드리지 말고 모드를 바꾸었다가 되돌리세요: `model.eval()`, `model.train(was_training)`",
    en="The predictions are right, but the dropout is gone for good: with its p set to 0, or the layer replaced, nothing is dropped "
    "any more when training goes on. Leave the layer alone; change the mode and put it back: `model.eval()`, `model.train(was_training)`.",
)
def _(state, training, x):
    return spoiled(state, training, x, lambda m: setattr(m[2], "p", 0.0), nothing)


@train_or_eval.mistake("dropout-replaced", **known(train_or_eval, "dropout-gone"))
def _(state, training, x):
    # The new layer is in training mode, whatever mode the model is in.
    return spoiled(state, training, x, lambda m: m.__setitem__(2, nn.Dropout(0.0)), nothing)


@train_or_eval.mistake(
    "overflowing-softmax",
    ko="소프트맥스를 `exp`로 직접 계산했더니 큰 로짓에서 넘쳐 NaN이 되었습니다. `softmax`를 쓰거나 가장 큰 로짓을 먼저 빼세요(7장).",
    en="The softmax is computed with `exp` itself, which overflows for large logits and gives NaN. Use `softmax`, or subtract the largest "
    "logit first (chapter 7).",
)
def _(state, training, x):
    e = revived(state, False)(x).detach().exp()
    return e / e.sum(1, keepdim=True), [training, training, 0.5]


@train_or_eval.mistake(
    "only-train-after",
    ko="두 가지입니다. 예측 앞에 `model.eval()`이 없고(`torch.no_grad()`는 모드를 바꾸지 않습니다, 9장), 뒤에서는 언제나 훈련 모드로 바꿉니다. 부르기 전의 모드로 되돌리세요.",
    en="Two things: there is no `model.eval()` before the predictions (`torch.no_grad()` does not change the mode, chapter 9), and "
    "afterwards it always goes to training mode. Go back to the mode of before.",
)
def _(state, training, x):
    return spoiled(state, training, x, nothing, nn.Module.train)


@train_or_eval.mistake(
    "logits",
    ko="로짓을 돌려주었습니다. 소프트맥스를 지난 확률이 필요합니다: `.softmax(1)`",
    en="These are logits. Wanted are probabilities, after the softmax: `.softmax(1)`.",
)
def _(state, training, x):
    return revived(state, False)(x).detach(), [training, training, 0.5]


@train_or_eval.mistake(
    "softmax-over-the-batch",
    ko="소프트맥스를 표본들에 대해(축 0) 했습니다. 한 표본의 확률이 합쳐서 1이 되어야 합니다: 축 1.",
    en="The softmax runs over the samples (axis 0). The probabilities of one sample add up to 1: axis 1.",
)
def _(state, training, x):
    return revived(state, False)(x).detach().softmax(0), [training, training, 0.5]


@train_or_eval.mistake(
    "answers",
    ko="가장 큰 것의 번호를 돌려주었습니다. 확률 모두가 필요합니다.",
    en="This returns the number of the largest. Wanted are all the probabilities.",
)
def _(state, training, x):
    return revived(state, False)(x).argmax(1), [training, training, 0.5]


@train_or_eval.mistake(
    "sigmoid",
    ko="로짓마다 시그모이드를 했습니다. 여럿 가운데 하나를 고르는 확률은 소프트맥스입니다(7장).",
    en="Each logit went through a sigmoid. The probability of one out of several is the softmax (chapter 7).",
)
def _(state, training, x):
    return revived(state, False)(x).detach().sigmoid(), [training, training, 0.5]


@train_or_eval.mistake(
    "largest-only",
    ko="가장 큰 확률만 돌려주었습니다. 확률 모두가 필요합니다: (B, C).",
    en="This returns the largest probability only. Wanted are all of them, (B, C).",
)
def _(stored, training, x):
    return revived(stored, False)(x).detach().softmax(1).amax(1), [training, training, 0.5]


@train_or_eval.mistake(
    "log-probabilities",
    ko="확률의 *로그*입니다(`log_softmax`). `softmax`를 쓰세요.",
    en="These are *logarithms* of probabilities (`log_softmax`). Use `softmax`.",
)
def _(stored, training, x):
    return revived(stored, False)(x).detach().log_softmax(1), [training, training, 0.5]


@train_or_eval.mistake(
    "flips-back",
    ko="예측은 맞지만 끝에서 모드를 거꾸로 돌려놓았습니다. `not`을 떼고, 적어 둔 모드 그대로 되돌리세요.",
    en="The predictions are right, but at the end the mode is put the wrong way round. Drop the `not`, and go back to the mode you noted.",
)
def _(stored, training, x):
    return spoiled(stored, training, x, nn.Module.eval, lambda m: m.train(not training))


@train_or_eval.mistake(
    "logits-and-left-in-eval",
    ko="두 가지입니다. 로짓을 돌려주었고(소프트맥스), 모델을 평가 모드에 둔 채 돌아왔습니다.",
    en="Two things: these are logits (softmax), and the model is left in evaluation mode.",
)
def _(stored, training, x):
    return revived(stored, False)(x).detach(), [False, False, 0.5]


@train_or_eval.mistake(
    "largest-and-its-number",
    ko="`max(1)`은 가장 큰 확률과 그 번호, 둘을 돌려줍니다. 필요한 것은 확률 모두입니다: (B, C).",
    en="`max(1)` gives two things, the largest probability and its number. Wanted are all the probabilities, (B, C).",
)
def _(stored, training, x):
    return tuple(revived(stored, False)(x).detach().softmax(1).max(1)), [training, training, 0.5]


@train_or_eval.mistake(
    "modes-swapped",
    ko="둘이 뒤바뀌었습니다. 예측 *앞에* `model.eval()`, *뒤에* 부르기 전의 모드로 되돌리는 `model.train(was_training)`입니다.",
    en="The two are swapped: `model.eval()` comes *before* the predictions, and *after* them the mode of before, `model.train(was_training)`.",
)
def _(stored, training, x):
    return spoiled(stored, training, x, nn.Module.train, nn.Module.eval)


# What is returned in place of probabilities, together with what is wrong with the modes.
RETURNED = {
    "logits": ("로짓을 돌려주었고(소프트맥스)", "these are logits (softmax)", lambda z: z),
    "softmax-over-the-batch": (
        "소프트맥스를 표본들에 대해(축 0) 했고",
        "the softmax runs over the samples (it should be axis 1)",
        lambda z: z.softmax(0),
    ),
    "answers": (
        "가장 큰 것의 번호를 돌려주었고(확률 모두가 필요합니다)",
        "this returns the number of the largest (wanted are all the probabilities)",
        lambda z: z.argmax(1),
    ),
}
MODE_WRONG = {
    "never-eval": (
        "예측 앞에 `model.eval()`이 없습니다.",
        "there is no `model.eval()` before the predictions.",
        (nothing, nothing),
    ),
    "left-in-eval": (
        "모델을 평가 모드에 둔 채 돌아왔습니다.",
        "the model is left in evaluation mode.",
        (nn.Module.eval, nothing),
    ),
    "always-train-after": (
        "끝에서 언제나 훈련 모드로 바꿉니다(부르기 전의 모드로 되돌리세요).",
        "at the end it always goes to training mode (go back to the mode of before).",
        (nn.Module.eval, nn.Module.train),
    ),
}
for (what, (ko_1, en_1, result)), (how, (ko_2, en_2, (first, last))) in itertools.product(
    RETURNED.items(), MODE_WRONG.items()
):
    if (what, how) == ("logits", "left-in-eval"):
        continue  # it has its name above

    def two_things(stored, training, x, result=result, first=first, last=last):
        model = revived(stored, training)
        first(model)
        returned = result(model(x).detach())
        last(model)
        return returned, modes(model)

    train_or_eval.mistake(
        f"{what}-and-{how}",
        ko=f"두 가지입니다. {ko_1}, {ko_2}",
        en=f"Two things: {en_1}, and {en_2}",
    )(two_things)


train_or_eval.hints(
    ko=[
        "빌려 쓴 물건은 제자리에 둡니다. 먼저 지금 모드를 적어 두고, 바꾸고, 쓰고, 적어 둔 것으로 되돌립니다.",
        "모드는 `model.training`에 적혀 있습니다. `model.train(True)`는 훈련 모드, `model.train(False)`는 평가 모드로, 안쪽 층까지 모두 바꿉니다.",
        "`was_training = model.training`, `model.eval()`, 예측, `model.train(was_training)`",
    ],
    en=[
        "Put a borrowed thing back where it was: note the mode, change it, use the model, go back to what you noted.",
        "The mode stands in `model.training`. `model.train(True)` puts the model and all layers in it into training mode, "
        "`model.train(False)` into evaluation mode.",
        "`was_training = model.training`, `model.eval()`, the predictions, `model.train(was_training)`.",
    ],
)


# ---------------------------------------------------------------- mc-dropout


@exercise("mc-dropout", points=3, returns=("mean", "std"))
def mc_dropout(x, W1, b1, W2, b2, masks, p):
    x, W1, b1, W2, b2, masks = (t.numpy().astype(np.float64) for t in (x, W1, b1, W2, b2, masks))
    h = np.maximum(x @ W1 + b1, 0)
    shares = []
    for mask in masks:
        z = np.where(mask == 1, h, 0) / (1 - p) @ W2 + b2
        shares.append(np.exp(z - np.logaddexp.reduce(z, 1)[:, None]))
    return torch.from_numpy(np.mean(shares, 0)).float(), torch.from_numpy(np.std(shares, 0)).float()


@mc_dropout.cases
def _(draw):
    def one(T, B, D, H, C, p, shift=0.0):
        """Each sample drawn until its T probabilities scatter enough for any std to tell."""
        while True:
            network = draw.normal(D, H), draw.normal(H) + 1, draw.normal(H, C) * 0.7
            network += (draw.normal(C) + shift,)
            samples = [sample for _ in range(B) if (sample := scattered(T, D, H, network, p))]
            if len(samples) == B:
                x, masks = zip(*samples, strict=True)
                return torch.cat(x), *network, torch.cat(masks, 1), p

    def scattered(T, D, H, network, p):
        """A sample and its masks, (1, D) and (T, 1, H); None if none is found soon."""
        for _ in range(50):
            masks = (draw.uniform(0, 1, T, 1, H) >= p).float()
            # The first pass keeps everything, the last drops the first unit of every sample.
            masks[0] = 1
            masks[-1, :, 0], masks[-1, :, -1] = 0, 1
            x = draw.normal(1, D)
            mean, std = mc_dropout(x, *network, masks, p)
            if mean.max() < 0.98 and (T == 1 or (std > 0.03).all()):
                return x, masks
        return None

    yield one(2, 1, 2, 3, 2, 0.5)
    yield one(3, 2, 3, 4, 3, 0.2)
    yield one(1, 2, 3, 4, 3, 0.5, shift=100.0)  # e to that is no float32
    yield one(draw.integer(4, 7), 4, 3, 6, 4, draw.number(0.3, 0.7))
    yield one(5, 5, 5, 5, 5, draw.number(0.3, 0.7))
    yield one(
        4, 3, draw.integer(2, 5), draw.integer(5, 8), draw.integer(3, 5), draw.number(0.15, 0.3)
    )


def passes(x, W1, b1, W2, b2, masks, p, scale=True):
    """The logits of every pass, (T, B, C)."""
    h = torch.relu(x @ W1 + b1)
    return h * masks / (1 - p if scale else 1) @ W2 + b2


@mc_dropout.accepts
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.mean(0), shares.std(0, correction=0)


@mc_dropout.accepts
def _(x, W1, b1, W2, b2, masks, p):
    h = F.linear(x, W1.T, b1).clamp(min=0)
    total = square = 0
    for mask in masks.double():
        share = torch.softmax((h * mask / (1 - p)) @ W2.double() + b2, 1)
        total, square = total + share, square + share**2
    mean = total / len(masks)
    return [mean, (square / len(masks) - mean**2).clamp(min=0).sqrt()]


@mc_dropout.accepts
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)  # the same in float32
    return shares.mean(0), ((shares**2).mean(0) - shares.mean(0) ** 2).clamp(min=0).sqrt()


def summary(shares):
    return shares.mean(0), shares.std(0, correction=0)


@mc_dropout.mistake(
    "mask-upside-down",
    ko="마스크를 뒤집어 썼습니다. 1은 남긴 유닛, 0은 끈 유닛입니다: h에 마스크를 그대로 곱하세요.",
    en="The masks are used upside down. A 1 marks a unit that is kept, a 0 one that is dropped: multiply h by the mask as it is.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, 1 - masks, p).softmax(-1))


@mc_dropout.mistake("overflowing-softmax", **known(train_or_eval, "overflowing-softmax"))
def _(x, W1, b1, W2, b2, masks, p):
    e = passes(x, W1, b1, W2, b2, masks, p).exp()
    return summary(e / e.sum(-1, keepdim=True))


@mc_dropout.mistake(
    "unbiased",
    ko="표준편차를 T − 1로 나누어 구했습니다(`std`의 기본값). 설명문은 T로 나누라고 합니다: `correction=0`. T = 1이면 T − 1은 0이라 NaN이 됩니다.",
    en="The standard deviation divides by T − 1, the default of `std`. The docstring divides by T: `correction=0`. With T = 1, T − 1 is 0 and "
    "the result NaN.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.mean(0), shares.std(0)


@mc_dropout.mistake("unbiased-but-for-one-pass", **known(mc_dropout, "unbiased"))
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.mean(0), shares.std(0) if len(masks) > 1 else torch.zeros_like(shares[0])


@mc_dropout.mistake(
    "variance",
    ko="둘째 결과가 분산입니다. 표준편차는 그 제곱근입니다.",
    en="The second result is the variance. The standard deviation is its square root.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.mean(0), shares.var(0, correction=0)


@mc_dropout.mistake(
    "softmax-of-the-mean",
    ko="로짓을 먼저 평균 내고 소프트맥스를 했습니다. 통과마다 소프트맥스로 *확률*을 구하고, 확률을 평균 냅니다.",
    en="The logits were averaged, and the softmax came after. Turn every pass into *probabilities* first, then average those.",
)
def _(x, W1, b1, W2, b2, masks, p):
    logits = passes(x, W1, b1, W2, b2, masks, p)
    return logits.mean(0).softmax(-1), logits.softmax(-1).std(0, correction=0)


@mc_dropout.mistake(
    "spread-of-logits",
    ko="표준편차를 로짓에서 구했습니다. 평균도 표준편차도 확률에서 구합니다.",
    en="The standard deviation is that of the logits. Mean and standard deviation are both of probabilities.",
)
def _(x, W1, b1, W2, b2, masks, p):
    logits = passes(x, W1, b1, W2, b2, masks, p)
    return logits.softmax(-1).mean(0), logits.std(0, correction=0)


@mc_dropout.mistake(
    "no-softmax",
    ko="소프트맥스가 없어 로짓의 평균과 표준편차입니다. 통과마다 확률로 바꾸세요.",
    en="There is no softmax: these are mean and standard deviation of logits. Turn every pass into probabilities.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p))


@mc_dropout.mistake(
    "softmax-over-the-passes",
    ko="소프트맥스를 통과들에 대해(축 0) 했습니다. 통과 하나, 표본 하나의 확률이 합쳐서 1이 되어야 합니다: 마지막 축.",
    en="The softmax runs over the passes (axis 0). It is the probabilities of one sample in one pass that add up to 1: the last axis.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p).softmax(0))


@mc_dropout.mistake(
    "softmax-over-the-batch",
    ko="소프트맥스를 표본들에 대해 했습니다. (T, B, C)에서 축 1은 표본입니다. 확률이 합쳐서 1이 되는 것은 마지막 축입니다.",
    en="The softmax runs over the samples: in (T, B, C), axis 1 is the samples. Probabilities add up to 1 along the last axis.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p).softmax(1))


@mc_dropout.mistake(
    "no-scaling",
    ko="남은 은닉 유닛을 1 − p로 나누지 않았습니다. `dropout_forward`를 훈련 모드로 쓰세요.",
    en="The kept hidden units are not divided by 1 − p. Use `dropout_forward` in training mode.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p, scale=False).softmax(-1))


@mc_dropout.mistake(
    "evaluation-mode",
    ko="드롭아웃을 끄고 T번 예측했습니다. 그러면 T번이 모두 같아서 표준편차가 0입니다. 여기서는 *일부러* 훈련 모드로 여러 번 지나갑니다.",
    en="The T predictions were made without dropout, so they are all the same and the standard deviation is 0. Here one goes through in training "
    "mode, several times and *on purpose*.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, torch.ones_like(masks), 0.0).softmax(-1))


@mc_dropout.mistake(
    "mean-in-evaluation-mode",
    ko="표준편차는 맞지만 평균 대신 드롭아웃을 끈 예측 하나를 돌려주었습니다. 둘은 가깝지만 같지 않습니다. T번의 확률을 평균 내세요.",
    en="The standard deviation is right, but in place of the mean this returns one prediction without dropout. The two are close, not equal: average "
    "the T probabilities.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return passes(x, W1, b1, W2, b2, torch.ones_like(masks), 0.0).softmax(-1)[0], summary(shares)[1]


@mc_dropout.mistake(
    "first-mask-only",
    ko="첫째 마스크만 쓰였습니다. t번째 통과에는 `masks[t]`입니다. (반복문 안에서 `return`하지 않았는지도 보세요.)",
    en="Only the first mask was used. Pass t takes `masks[t]`. (Or does a `return` stand inside the loop?)",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks[:1].expand_as(masks), p).softmax(-1))


@mc_dropout.mistake(
    "last-pass-only",
    ko="마지막 통과의 확률만 돌려주었습니다. 모두 모아서 평균을 내세요.",
    en="Only the last pass is returned. Collect all of them, then average.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks[-1:], p).softmax(-1))


@mc_dropout.mistake(
    "over-the-classes",
    ko="평균과 표준편차를 클래스들에 대해(마지막 축) 구했습니다. 통과들에 대해(축 0) 구해야 (B, C)가 남습니다.",
    en="Mean and standard deviation run over the classes (last axis). Over the passes (axis 0), (B, C) is left.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.mean(-1), shares.std(-1, correction=0)


@mc_dropout.mistake(
    "over-the-samples",
    ko="평균과 표준편차를 표본들에 대해(축 1) 구했습니다. 통과들에 대해(축 0) 구해야 합니다.",
    en="Mean and standard deviation run over the samples (axis 1). Take them over the passes (axis 0).",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.mean(1), shares.std(1, correction=0)


@mc_dropout.mistake(
    "no-relu",
    ko="은닉층의 ReLU가 빠졌습니다.",
    en="The ReLU of the hidden layer is missing.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = ((x @ W1 + b1) * masks / (1 - p) @ W2 + b2).softmax(-1)
    return summary(shares)


@mc_dropout.mistake(
    "standard-error",
    ko="√T로 나누었습니다. 그것은 *평균이* 얼마나 정확한지이고, 여기서 묻는 것은 통과마다의 예측이 얼마나 흩어지는지입니다.",
    en="This divides by √T. That is how exact the *mean* is; asked is how far the predictions of the passes scatter.",
)
def _(x, W1, b1, W2, b2, masks, p):
    mean, std = summary(passes(x, W1, b1, W2, b2, masks, p).softmax(-1))
    return mean, std / len(masks) ** 0.5


@mc_dropout.mistake(
    "swapped",
    ko="순서가 바뀌었습니다: (mean, std).",
    en="The two are swapped: (mean, std).",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p).softmax(-1))[::-1]


@mc_dropout.mistake(
    "sum",
    ko="평균이 아니라 합입니다. 통과의 수 T로 나누세요. 확률의 평균은 합쳐서 1입니다.",
    en="This is a sum. Divide by the number of passes, T: a mean of probabilities adds up to 1.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.sum(0), shares.std(0, correction=0)


@mc_dropout.mistake(
    "divides-by-p",
    ko="p로 나누었습니다. 나누는 수는 **남을** 확률 1 − p입니다.",
    en="This divides by p. Divide by the probability to **keep**, 1 − p.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary((torch.relu(x @ W1 + b1) * masks / p @ W2 + b2).softmax(-1))


@mc_dropout.mistake(
    "sigmoid",
    ko="로짓마다 시그모이드를 했습니다. 여럿 가운데 하나를 고르는 확률은 소프트맥스입니다(7장).",
    en="Each logit went through a sigmoid. The probability of one out of several is the softmax (chapter 7).",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p).sigmoid())


@mc_dropout.mistake(
    "joined-into-one-batch",
    ko="통과들을 쌓지 않고(`torch.stack`) 이어 붙여서(`torch.cat`) 표본과 통과가 섞였습니다. 그 평균은 모든 표본을 뭉뚱그립니다.",
    en="The passes were joined (`torch.cat`) instead of stacked (`torch.stack`), so samples and passes are mixed, and the mean lumps all "
    "samples together.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p).softmax(-1).flatten(0, 1))


@mc_dropout.mistake(
    "masks-pile-up",
    ko="통과마다 h를 덮어써서 앞 통과의 마스크가 계속 쌓였습니다. 통과마다 *처음의* h에서 시작하고, 결과는 다른 이름에 담으세요.",
    en="h was overwritten in every pass, so the masks pile up. Start each pass from the *first* h, and keep the result under another name.",
)
def _(x, W1, b1, W2, b2, masks, p):
    h, shares = torch.relu(x @ W1 + b1), []
    for mask in masks:
        h = h * mask / (1 - p)
        shares.append((h @ W2 + b2).softmax(1))
    return summary(torch.stack(shares))


@mc_dropout.mistake(
    "all-the-passes",
    ko="통과마다의 확률 (T, B, C)를 그대로 돌려주었습니다. 통과들에 대한 평균과 표준편차 둘을 돌려주세요.",
    en="This returns the probabilities of all passes, (T, B, C). Return two things: their mean and standard deviation over the passes.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return passes(x, W1, b1, W2, b2, masks, p).softmax(-1)


@mc_dropout.mistake(
    "only-the-mean",
    ko="평균만 돌려주었습니다. (mean, std) 둘 다 필요합니다.",
    en="Only the mean is returned. Both are wanted: (mean, std).",
)
def _(x, W1, b1, W2, b2, masks, p):
    return passes(x, W1, b1, W2, b2, masks, p).softmax(-1).mean(0)


@mc_dropout.mistake(
    "no-b2",
    ko="출력 층의 편향 b2가 빠졌습니다.",
    en="The bias of the output layer, b2, is missing.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, 0, masks, p).softmax(-1))


@mc_dropout.mistake(
    "no-b1",
    ko="은닉층의 편향 b1이 빠졌습니다.",
    en="The bias of the hidden layer, b1, is missing.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, 0, W2, b2, masks, p).softmax(-1))


@mc_dropout.mistake(
    "squares-added",
    ko="차이의 제곱을 더하기만 했습니다. 제곱근 안에서 T로 나누세요.",
    en="The squared differences were added, not averaged: divide by T under the root.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    mean = shares.mean(0)
    return mean, (shares - mean).square().sum(0).sqrt()


@mc_dropout.mistake(
    "mean-distance",
    ko="차이의 절댓값을 평균 낸 것입니다. 표준편차는 차이를 제곱하고, 평균 내고, 제곱근을 구합니다.",
    en="That is the mean of the distances. For the standard deviation, square the differences, average, and take the root.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    mean = shares.mean(0)
    return mean, (shares - mean).abs().mean(0)


@mc_dropout.mistake(
    "own-masks",
    ko="마스크를 새로 뽑았습니다. 받은 `masks`를 쓰세요.",
    en="This draws masks of its own. Use the `masks` you are given.",
)
def _(x, W1, b1, W2, b2, masks, p):
    h = torch.relu(x @ W1 + b1)
    return summary(torch.stack([(F.dropout(h, p) @ W2 + b2).softmax(1) for _ in masks]))


@mc_dropout.mistake(
    "logits-summarised",
    ko="두 가지입니다. 로짓을 평균 낸 다음 소프트맥스를 했고, 표준편차도 로짓에서 구했습니다. 통과마다 먼저 *확률*로 바꾸고, 그 확률로 둘 다 구하세요.",
    en="Two things: the logits were averaged before the softmax, and the standard deviation is that of the logits. Turn every pass into "
    "*probabilities* first, and take both of those.",
)
def _(x, W1, b1, W2, b2, masks, p):
    logits = passes(x, W1, b1, W2, b2, masks, p)
    return logits.mean(0).softmax(-1), logits.std(0, correction=0)


@mc_dropout.mistake(
    "log-probabilities",
    ko="확률의 *로그*로 평균을 냈습니다(`log_softmax`). `softmax`를 쓰세요.",
    en="These are mean and standard deviation of *logarithms* of probabilities (`log_softmax`). Use `softmax`.",
)
def _(x, W1, b1, W2, b2, masks, p):
    return summary(passes(x, W1, b1, W2, b2, masks, p).log_softmax(-1))


@mc_dropout.mistake(
    "unbiased-variance",
    ko="두 가지입니다. 둘째 결과가 분산이고(표준편차는 그 제곱근입니다), T − 1로 나누었습니다(`var`의 기본값). T로 나누려면 `correction=0`입니다.",
    en="Two things: the second result is the variance (the standard deviation is its root), and it divides by T − 1, the default of `var`. To "
    "divide by T, say `correction=0`.",
)
def _(x, W1, b1, W2, b2, masks, p):
    shares = passes(x, W1, b1, W2, b2, masks, p).softmax(-1)
    return shares.mean(0), shares.var(0)


# The default of `std`, which divides by T - 1, together with what else is known to go wrong.
WITH_DEFAULT = {
    "no-softmax": lambda *case: passes(*case),
    "softmax-over-the-passes": lambda *case: passes(*case).softmax(0),
    "softmax-over-the-batch": lambda *case: passes(*case).softmax(1),
    "no-scaling": lambda *case: passes(*case, scale=False).softmax(-1),
    "joined-into-one-batch": lambda *case: passes(*case).softmax(-1).flatten(0, 1),
    "log-probabilities": lambda *case: passes(*case).log_softmax(-1),
    "sigmoid": lambda *case: passes(*case).sigmoid(),
    "no-b1": lambda x, W1, b1, *rest: passes(x, W1, 0, *rest).softmax(-1),
    "no-b2": lambda x, W1, b1, W2, b2, *rest: passes(x, W1, b1, W2, 0, *rest).softmax(-1),
    "no-relu": lambda x, W1, b1, W2, b2, masks, p: (
        (x @ W1 + b1) * masks / (1 - p) @ W2 + b2
    ).softmax(-1),
}
for key, shares_of in WITH_DEFAULT.items():
    texts = known(mc_dropout, key)

    def unbiased_too(x, W1, b1, W2, b2, masks, p, shares_of=shares_of):
        shares = shares_of(x, W1, b1, W2, b2, masks, p)
        return shares.mean(0), shares.std(0)

    mc_dropout.mistake(
        f"{key}-and-unbiased",
        ko=f"두 가지입니다. (1) {texts['ko']} (2) 표준편차는 T로 나눕니다: `correction=0`",
        en=f"Two things. (1) {texts['en']} (2) The standard deviation divides by T: `correction=0`.",
    )(unbiased_too)


mc_dropout.hints(
    ko=[
        "같은 표본을 마스크만 바꾸어 T번 통과시키면 확률이 T벌 나옵니다. 그것들의 평균이 답이고, 흩어진 정도가 불확실성입니다.",
        "은닉층 h는 마스크와 상관없으니 한 번만 구합니다. 통과마다 `dropout_forward(h, masks[t], p, True)`, 로짓, 소프트맥스. 쌓으면 (T, B, C)이고, 축 0에 대해 평균과 표준편차를 냅니다.",
        "`shares = torch.stack([(dropout_forward(h, mask, p, True) @ W2 + b2).softmax(1) for mask in masks])`, `return shares.mean(0), shares.std(0, correction=0)`",
    ],
    en=[
        "Send the same samples through T times, with another mask each time, and you have T sets of probabilities. Their mean is the answer, and how far "
        "they scatter is the uncertainty.",
        "The hidden layer h does not depend on the mask: compute it once. For each pass `dropout_forward(h, masks[t], p, True)`, the logits, the softmax. "
        "Stacked they are (T, B, C); take mean and standard deviation over axis 0.",
        "`shares = torch.stack([(dropout_forward(h, mask, p, True) @ W2 + b2).softmax(1) for mask in masks])`, `return shares.mean(0), shares.std(0, "
        "correction=0)`.",
    ],
)
