"""Exercises of ch13: where to start the weights, and RBM pre-training.

Weights stand as nn.Linear and nn.Conv2d hold them, (fan_out, fan_in) and (C_out, C_in, kernel).
An RBM is (W, b, c): W (H, V), b (V,) for the visible units, c (H,) for the hidden ones.
"""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise

INIT = ("nn.init", "_calculate_fan_in_and_fan_out")
AUTOGRAD = (".backward", "torch.autograd.grad")
DOUBLE = torch.float64


# ---------------------------------------------------------------- activation-stds


@exercise("activation-stds", points=2)
def activation_stds(x, weights, activation):
    kind = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}[activation]
    parts = []
    for W in weights:
        layer = nn.Linear(W.shape[1], W.shape[0], bias=False, dtype=W.dtype)
        layer.load_state_dict({"weight": W})
        parts += [layer, kind()]
    seen = []
    network = nn.Sequential(*parts)
    for part in parts[1::2]:
        part.register_forward_hook(lambda module, inputs, output: seen.append(output))
    with torch.no_grad():
        network(x)
        return torch.stack([((a - a.mean()) ** 2).mean().sqrt() for a in seen])


def normals(draw, sizes, scale=1.0, dtype=torch.float32):
    """Weights (fan_out, fan_in) of layers of these sizes."""
    return [scale * draw.normal(m, n, dtype=dtype) for n, m in itertools.pairwise(sizes)]


@activation_stds.cases
def _(draw):
    eye = torch.eye(2)
    yield torch.tensor([[1.0, 3.0]]), [eye, 2 * eye], "relu"
    yield torch.tensor([[1.0, -1.0], [2.0, 0.0]]), [torch.tensor([[1.0, 1.0], [0.0, 2.0]])], "relu"
    for activation in ("relu", "sigmoid"):
        n = draw.integer(3, 5)
        yield draw.normal(4, n), normals(draw, [n] * 4, 0.7), activation
    # hardly any spread: around 0, and around 1/2
    yield draw.normal(4, 5, dtype=DOUBLE), normals(draw, [5, 4], 1e-7, DOUBLE), "tanh"
    yield draw.normal(4, 5), normals(draw, [5, 4], 1e-4), "sigmoid"
    B, sizes = draw.integer(5, 9), [draw.integer(6, 8), 5, draw.integer(3, 4), draw.integer(6, 9)]
    yield draw.normal(B, sizes[0], dtype=DOUBLE), normals(draw, sizes, dtype=DOUBLE), "tanh"
    yield 1 + draw.normal(B, sizes[0]), normals(draw, sizes), "relu"


FUNCTIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


def through(x, weights, activation, look, first=()):
    """Goes through the layers and stacks look(z, a) of each, a = f(z)."""
    f, a, seen = FUNCTIONS[activation], x, list(first)
    for W in weights:
        z = a @ W.T
        a = f(z)
        seen.append(look(z, a))
    return torch.stack(seen)


def spread(a):
    return a.std(correction=0)


@activation_stds.accepts
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.var(unbiased=False) ** 0.5)


@activation_stds.accepts
def _(x, weights, activation):
    f, stds = FUNCTIONS[activation], torch.empty(len(weights), dtype=x.dtype)
    for k, W in enumerate(weights):
        x = f(F.linear(x, W))
        stds[k] = (x - x.mean()).square().mean().sqrt()
    return stds


@activation_stds.mistake(
    "before-the-activation",
    ko="활성화 함수를 지나기 *전*의 값 l을 쟀습니다. 다음 층으로 넘어가는 것은 지난 뒤의 a입니다.",
    en="This measures l, *before* the activation function. What goes on to the next layer is a, "
    "after it.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda z, a: spread(z))


@activation_stds.mistake(
    "no-activation",
    ko="활성화 함수를 아예 지나지 않았습니다. 층마다 `f(a @ W.T)`입니다.",
    en="The activation function was never applied: each layer is `f(a @ W.T)`.",
)
def _(x, weights, activation):
    stds, a = [], x
    for W in weights:
        a = a @ W.T
        stds.append(spread(a))
    return torch.stack(stds)


@activation_stds.mistake(
    "sample-std",
    ko="`std()`의 기본값은 n − 1로 나눕니다. 여기서는 n으로 나눕니다: `a.std(correction=0)`",
    en="By default `std()` divides by n − 1. Here it is n: `a.std(correction=0)`.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.std())


@activation_stds.mistake(
    "variance",
    ko="분산을 돌려주었습니다. 표준편차는 그 제곱근입니다. 이 장에서 가장 자주 틀리는 곳입니다.",
    en="This returns variances. The standard deviation is the square root, and mixing up the two "
    "is this chapter's favourite mistake.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: spread(a) ** 2)


@activation_stds.mistake(
    "root-mean-square",
    ko="평균을 빼지 않은 √(mean(a²))입니다. ReLU와 시그모이드의 출력은 평균이 0이 아니어서 표준편차와 다릅니다. "
    "`std`를 쓰세요.",
    en="This is √(mean(a²)), without taking off the mean. The outputs of ReLU and sigmoid do not "
    "have mean 0, so it is not the standard deviation: use `std`.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: (a**2).mean().sqrt())


PER_UNIT = {
    "ko": "유닛마다 표본에 대한 표준편차를 구해 평균을 냈습니다. 축을 정하지 말고 층의 모든 수를 한꺼번에 재세요.",
    "en": "This takes the standard deviation over the samples for each unit, then averages. Give no "
    "axis: take all numbers of the layer together.",
}


@activation_stds.mistake("per-unit", **PER_UNIT)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.std(0, correction=0).mean())


@activation_stds.mistake(
    "includes-the-input",
    ko="입력 x의 표준편차까지 넣었습니다. 층마다 하나씩, 모두 L개입니다.",
    en="The input x was measured too. There is one number for each layer, L in all.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: spread(a), [spread(x)])


@activation_stds.mistake(
    "measures-what-enters",
    ko="층에서 나오는 값이 아니라 들어가는 값을 쟀습니다. 한 칸씩 밀려 첫째가 입력의 것이고 마지막 층의 것이 "
    "빠졌습니다. 활성화 함수를 지난 뒤에 재세요.",
    en="This measures what enters each layer, not what comes out: everything is one place late, the "
    "input comes first and the last layer is missing. Measure after the activation.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: spread(a), [spread(x)])[:-1]


@activation_stds.mistake(
    "always-from-x",
    ko="층마다 x에서 다시 시작했습니다. 한 층에서 나온 a가 다음 층의 입력입니다: `a = f(a @ W.T)`",
    en="Every layer starts from x again. What comes out of one layer enters the next: "
    "`a = f(a @ W.T)`.",
)
def _(x, weights, activation):
    return torch.stack([spread(FUNCTIONS[activation](x @ W.T)) for W in weights])


@activation_stds.mistake(
    "not-transposed",
    ko="W를 전치하지 않고 곱했습니다. W는 `nn.Linear`처럼 (fan_out, fan_in)이므로 `a @ W.T`입니다. 정사각형이면 오류도 "
    "나지 않습니다.",
    en="W was not transposed. It is (fan_out, fan_in), as in `nn.Linear`, so it is `a @ W.T`. Where "
    "W is square no error tells you.",
)
def _(x, weights, activation):
    a, stds = x, []
    for W in weights:
        a = FUNCTIONS[activation](a @ W)
        stds.append(spread(a))
    return torch.stack(stds)


@activation_stds.mistake(
    "only-the-last",
    ko="마지막 층의 것만 돌려주었습니다. 층마다 리스트에 모아 `torch.stack`으로 쌓으세요.",
    en="Only the last layer's was returned. Collect one for each layer in a list and use "
    "`torch.stack`.",
)
def _(x, weights, activation):
    return activation_stds(x, weights, activation)[-1]


ONE_AXIS = {
    "ko": "축을 하나만 줄여 유닛마다 하나씩 남았습니다. 축을 정하지 말고 층의 모든 수를 한꺼번에 재세요.",
    "en": "Only one axis was reduced, so one number for each unit is left. Give no axis: take all "
    "numbers of the layer together.",
}


@activation_stds.mistake("one-axis", **ONE_AXIS)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.std(0, correction=0))


@activation_stds.mistake("one-axis-sample-std", **ONE_AXIS)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.std(0))


@activation_stds.mistake(
    "sample-variance",
    ko="`var()`의 기본값, 곧 n − 1로 나눈 분산입니다. `a.std(correction=0)`이 표준편차이고 n으로 나눕니다.",
    en="This is `var()` as it comes: a variance, and divided by n − 1. `a.std(correction=0)` is the standard deviation, divided by n.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.var())


@activation_stds.mistake(
    "sample-std-before-the-activation",
    ko="두 가지가 어긋났습니다. 활성화 함수를 지나기 전의 값을 쟀고, n − 1로 나누었습니다.",
    en="Two things are off: this measures before the activation function, and divides by n − 1.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda z, a: z.std())


@activation_stds.mistake(
    "always-relu",
    ko="어떤 이름을 받든 ReLU를 썼습니다. 위에서 골라 둔 `f`를 쓰세요.",
    en="ReLU was used whatever name was given. Use the `f` chosen above.",
)
def _(x, weights, activation):
    return through(x, weights, "relu", lambda _, a: spread(a))


@activation_stds.mistake(
    "of-the-weights",
    ko="가중치의 표준편차입니다. 재야 할 것은 가중치가 아니라 층을 지난 활성값입니다.",
    en="These are the standard deviations of the weights. Measure the activations that come out.",
)
def _(x, weights, activation):
    return torch.stack([spread(W) for W in weights])


@activation_stds.mistake("per-unit-sample-std", **PER_UNIT)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.std(0).mean())


PER_SAMPLE = {
    "ko": "표본마다 유닛에 대한 표준편차를 구해 평균을 냈습니다. 축을 정하지 말고 층의 모든 수를 한꺼번에 재세요.",
    "en": "This takes the standard deviation over the units for each sample, then averages. Give no "
    "axis: take all numbers of the layer together.",
}


@activation_stds.mistake("per-sample", **PER_SAMPLE)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.std(1, correction=0).mean())


@activation_stds.mistake("per-sample-sample-std", **PER_SAMPLE)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.std(1).mean())


@activation_stds.mistake(
    "a-mean-for-each-unit",
    ko="유닛마다 다른 평균을 뺐습니다. 층의 모든 수의 평균 하나를 빼세요: `a.mean()`",
    en="A mean for each unit was taken off. Take off the one mean of all numbers: `a.mean()`.",
)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: (a - a.mean(0)).square().mean().sqrt())


MEAN_OF_A = {
    "ko": "평균(이나 크기의 평균)을 쟀습니다. 표준편차는 평균에서 얼마나 퍼져 있는가입니다: `std`",
    "en": "This is a mean (or the mean size). The standard deviation is how far the numbers spread around "
    "their mean: `std`.",
}


@activation_stds.mistake("mean", **MEAN_OF_A)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.mean())


@activation_stds.mistake("mean-size", **MEAN_OF_A)
def _(x, weights, activation):
    return through(x, weights, activation, lambda _, a: a.abs().mean())


@activation_stds.mistake(
    "divides-by-the-samples",
    ko="표본의 수 N으로만 나누었습니다. 층에서 나오는 수는 모두 N × fan_out개입니다.",
    en="This divides by the number of samples, N. What comes out of a layer is N times fan_out numbers.",
)
def _(x, weights, activation):
    spread_by_rows = lambda _, a: ((a - a.mean()).square().sum() / len(a)).sqrt()  # noqa: E731
    return through(x, weights, activation, spread_by_rows)


INSIDE_THE_LOOP = {
    "ko": "한 층만 지났습니다. `return`이 반복문 안에 있지 않은가요?",
    "en": "Only one layer was passed. Does `return` stand inside the loop?",
}


@activation_stds.mistake("returns-inside-the-loop", **INSIDE_THE_LOOP)
def _(x, weights, activation):
    return activation_stds(x, weights, activation)[:1]


@activation_stds.mistake("returns-the-first", **INSIDE_THE_LOOP)
def _(x, weights, activation):
    return activation_stds(x, weights, activation)[0]


@activation_stds.mistake(
    "activation-before-the-product",
    ko="f는 곱한 뒤입니다: `f(a @ W.T)`",
    en="f comes after the product: `f(a @ W.T)`.",
)
def _(x, weights, activation):
    a, stds = x, []
    for W in weights:
        a = FUNCTIONS[activation](a) @ W.T
        stds.append(spread(a))
    return torch.stack(stds)


SMALL_ADDED = {
    "ko": "아주 작은 표준편차가 틀립니다. 제곱근 안이나 표준편차에 1e-8 같은 작은 수를 더했습니다. 신호가 사라지는 모습을 보려면 작은 "
    "값도 정확해야 합니다. 아무것도 더하지 말고 `a.std(correction=0)`을 쓰세요.",
    "en": "Very small standard deviations are wrong: a small number such as 1e-8 was added, under the root "
    "or to the result. We want to see the signal vanish, so small ones have to be right too. Add "
    "nothing: `a.std(correction=0)`.",
}
CANCELLED = {
    "ko": "식은 맞지만 mean(a²)에서 mean(a)²을 빼면, 퍼짐이 평균에 견주어 아주 작을 때 float32의 자릿수가 모두 지워집니다. 평균을 먼저 "
    "빼고 제곱하거나 `a.std(correction=0)`을 쓰세요.",
    "en": "The formula is right, but where the spread is tiny compared with the mean, mean(a²) − mean(a)² "
    "cancels all the digits that a float32 has. Take off the mean before squaring, or use "
    "`a.std(correction=0)`.",
}


def from_squares(a, least=-math.inf):
    return ((a**2).mean() - a.mean() ** 2).clamp(min=least).sqrt()


for _key, _texts, _look in (
    ("adds-1e-8-inside", SMALL_ADDED, lambda _, a: (a.var(correction=0) + 1e-8).sqrt()),
    ("adds-1e-12-inside", SMALL_ADDED, lambda _, a: (a.var(correction=0) + 1e-12).sqrt()),
    ("adds-1e-8", SMALL_ADDED, lambda _, a: spread(a) + 1e-8),
    ("from-squares", CANCELLED, lambda _, a: from_squares(a)),
    ("from-squares-clamped", CANCELLED, lambda _, a: from_squares(a, 0.0)),
    ("from-squares-abs", CANCELLED, lambda _, a: ((a**2).mean() - a.mean() ** 2).abs().sqrt()),
):

    def looking(x, weights, activation, look=_look):
        return through(x, weights, activation, look)

    activation_stds.mistake(_key, **_texts)(looking)


activation_stds.hints(
    ko=[
        "층을 하나씩 지나면서, 지난 뒤의 값이 얼마나 퍼져 있는지 그때그때 적어 두세요.",
        "한 층은 a ← f(a Wᵀ)이고 모양은 (N, fan_in) → (N, fan_out)입니다. (N, fan_out)개의 수 모두의 표준편차 하나를 "
        "리스트에 넣습니다.",
        "`a = f(a @ W.T)`, `stds.append(a.std(correction=0))`를 반복하고 `return torch.stack(stds)`",
    ],
    en=[
        "Go through the layers one by one, and write down at each how far its outputs are spread.",
        "A layer is a ← f(a Wᵀ), from (N, fan_in) to (N, fan_out). One standard deviation of all "
        "those numbers goes into a list.",
        "Repeat `a = f(a @ W.T)`, `stds.append(a.std(correction=0))`; then "
        "`return torch.stack(stds)`.",
    ],
)


# ---------------------------------------------------------------- fan-in-out


@exercise("fan-in-out", forbids=INIT, returns=["fan_in", "fan_out"], all_or_nothing=True)
def fan_in_out(shape):
    return tuple(int(n) for n in nn.init._calculate_fan_in_and_fan_out(torch.empty(shape)))


@fan_in_out.cases
def _(draw):
    yield ((3, 5),)
    yield ((400, 600),)
    yield ((6, 2, 3, 5),)
    yield ((draw.integer(2, 9), 10, 3),)
    k = draw.integer(3, 5)  # a square window
    yield ((draw.integer(2, 5), draw.integer(6, 9), k, k),)
    yield ((draw.integer(2, 3), draw.integer(4, 6), 2, 3, draw.integer(4, 5)),)
    yield ((1, draw.integer(2, 9)),)


@fan_in_out.accepts
def _(shape):
    weight = torch.empty(shape)
    return weight[0].numel(), weight[:, 0].numel()


@fan_in_out.accepts
def _(shape):
    outputs, inputs, *kernel = shape
    for k in kernel:
        inputs, outputs = inputs * k, outputs * k
    return [inputs, outputs]


@fan_in_out.mistake(
    "swapped",
    ko="둘이 바뀌었습니다. PyTorch의 가중치는 (나가는 수, 들어오는 수, …)입니다. `nn.Linear(600, 400)`의 weight가 (400, 600)인 "
    "것을 떠올리세요.",
    en="The two are swapped. PyTorch's weights are (outputs, inputs, …): the weight of "
    "`nn.Linear(600, 400)` is (400, 600).",
)
def _(shape):
    return fan_in_out(shape)[::-1]


@fan_in_out.mistake(
    "forgets-the-kernel",
    ko="합성곱 층의 창 크기를 곱하지 않았습니다. 출력 하나는 입력 채널마다 창에 든 픽셀을 모두 받습니다.",
    en="The window of a convolution is missing. One output receives every pixel of the window, from "
    "every input channel.",
)
def _(shape):
    return shape[1], shape[0]


@fan_in_out.mistake(
    "kernel-only-in",
    ko="창 크기를 fan_in에만 곱했습니다. 입력 픽셀 하나도 창의 자리마다 한 번씩, 출력 채널마다 쓰입니다. fan_out에도 "
    "곱하세요.",
    en="The window is counted in fan_in only. One input pixel, too, is used once at every place of "
    "the window, for every output channel: it belongs in fan_out as well.",
)
def _(shape):
    return fan_in_out(shape)[0], shape[0]


@fan_in_out.mistake(
    "kernel-only-out",
    ko="창 크기를 fan_out에만 곱했습니다. 출력 하나가 받는 수도 창의 픽셀 수만큼 늘어납니다. fan_in에도 곱하세요.",
    en="The window is counted in fan_out only. What one output receives grows with the window too: "
    "it belongs in fan_in as well.",
)
def _(shape):
    return shape[1], fan_in_out(shape)[1]


ONE_SIDE = {
    "ko": "창의 한 변만 곱했습니다. 축이 몇 개든 shape[2:]를 모두 곱해야 합니다.",
    "en": "Only one side of the window was multiplied in. Take the product of all of shape[2:], "
    "however many axes there are.",
}


@fan_in_out.mistake("one-side-of-the-kernel", **ONE_SIDE)
def _(shape):
    k = shape[2] if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


@fan_in_out.mistake(
    "two-sides-at-most",
    ko="창이 2차원인 경우까지만 맞습니다. 축이 몇 개든 되도록 shape[2:]를 모두 곱하세요.",
    en="This works for windows of up to two axes. Multiply all of shape[2:], however many there are.",
)
def _(shape):
    k = math.prod(shape[2:4])
    return shape[1] * k, shape[0] * k


SQUARE = {
    "ko": "창을 정사각형으로 여겨 한 변을 거듭 곱했습니다. 3×5인 창도 있고 축이 하나뿐인 창도 있습니다. shape[2:]의 곱을 쓰세요.",
    "en": "This takes all sides of the window to be equal and multiplies one side by itself. Windows "
    "can be 3×5, or have a single axis: use the product of shape[2:].",
}


@fan_in_out.mistake("square-kernel", **SQUARE)
def _(shape):
    k = shape[2] ** 2 if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


ADDS_SIDES = {
    "ko": "창의 변들을 더했습니다. 3×5인 창에는 픽셀이 8개가 아니라 15개 있습니다. 곱하면 선형 층에서도 맞습니다(빈 것의 `math.prod`는 1).",
    "en": "The sides of the window were added. A window of 3×5 has 15 pixels, not 8. A product is right "
    "for linear layers, too (`math.prod` of nothing is 1).",
}


@fan_in_out.mistake("adds-the-kernel", **ADDS_SIDES)
def _(shape):
    k = sum(shape[2:]) or 1
    return shape[1] * k, shape[0] * k


FROM_THE_END = {
    "ko": "뒤에서부터 세었습니다. 층이 선형이면 맞지만, 합성곱에서는 맨 뒤가 창의 크기입니다. 앞의 둘이 (나가는 수, 들어오는 "
    "수)입니다.",
    "en": "This counts from the end. That works for linear layers, but a convolution ends in the size "
    "of its window. The first two are (outputs, inputs).",
}


@fan_in_out.mistake("from-the-end", **FROM_THE_END)
def _(shape):
    return shape[-1], shape[-2]


@fan_in_out.mistake(
    "everything",
    ko="가중치의 수를 모두 세었습니다. fan_in은 출력 *하나*로 들어오는 수, fan_out은 입력 *하나*에서 나가는 수입니다.",
    en="All weights were counted. fan_in is what enters *one* output, fan_out is what leaves *one* input.",
)
def _(shape):
    return math.prod(shape), math.prod(shape)


@fan_in_out.mistake(
    "all-but-the-last",
    ko="fan_out에 shape의 맨 뒤만 빼고 모두 곱했습니다. 빼야 할 것은 들어오는 수 shape[1]입니다.",
    en="fan_out is the product of all but the last of shape. The one to leave out is shape[1], the inputs.",
)
def _(shape):
    return math.prod(shape[1:]), math.prod(shape[:-1])


@fan_in_out.mistake(
    "swapped-without-kernel",
    ko="둘이 바뀌었고 창의 크기도 빠졌습니다. 가중치는 (나가는 수, 들어오는 수, *창)입니다.",
    en="The two are swapped, and the window is missing. A weight is (outputs, inputs, *window).",
)
def _(shape):
    return shape[0], shape[1]


@fan_in_out.mistake(
    "two-axes-only",
    ko="모양에 수가 둘일 때만 됩니다. 합성곱의 모양은 더 깁니다: shape[2:]가 창입니다.",
    en="This works for shapes of two numbers only. A convolution has more: shape[2:] is its window.",
)
def _(shape):
    outputs, inputs = shape
    return inputs, outputs


FOUR_ONLY = {
    "ko": "모양에 수가 넷일 때만 됩니다. 선형 층은 둘뿐이고 창의 축은 하나나 셋일 수도 있습니다: shape[2:]의 곱을 쓰세요.",
    "en": "This works for shapes of four numbers only. A linear layer has two, and a window may have "
    "one axis or three: use the product of shape[2:].",
}


@fan_in_out.mistake("four-axes-only", **FOUR_ONLY)
def _(shape):
    outputs, inputs, height, width = shape
    return inputs * height * width, outputs * height * width


@fan_in_out.mistake("last-side-of-the-kernel", **ONE_SIDE)
def _(shape):
    k = shape[-1] if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


@fan_in_out.mistake(
    "last-of-the-shape-as-window",
    ko="shape[-1] 하나를 창으로 보았습니다. 선형 층에는 창이 없고, 합성곱의 창에는 변이 여럿일 수 있습니다: shape[2:]의 곱을 쓰세요.",
    en="shape[-1] alone was taken for the window. A linear layer has none, and that of a convolution may "
    "have several sides: use the product of shape[2:].",
)
def _(shape):
    return shape[1] * shape[-1], shape[0] * shape[-1]


@fan_in_out.mistake("square-in-every-axis", **SQUARE)
def _(shape):
    k = shape[2] ** (len(shape) - 2) if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


@fan_in_out.mistake("adds-nothing-to-0", **ADDS_SIDES)
def _(shape):
    k = sum(shape[2:])
    return shape[1] * k, shape[0] * k


@fan_in_out.mistake(
    "product-from-0",
    ko="0에서 곱하기 시작해 언제나 0입니다. 1에서 시작하세요.",
    en="A product that starts from 0 stays 0. Start from 1.",
)
def _(shape):
    return 0, 0


TWO_SIDES_ONLY = {
    "ko": "창의 축이 둘일 때만 맞습니다. 창의 축은 하나나 셋일 수도 있으니 shape[2:]를 모두 곱하세요.",
    "en": "This is right only where the window has two axes. It may have one or three: multiply all of "
    "shape[2:].",
}


@fan_in_out.mistake("no-window-but-of-two-sides", **TWO_SIDES_ONLY)
def _(shape):
    k = shape[2] * shape[3] if len(shape) == 4 else 1
    return shape[1] * k, shape[0] * k


@fan_in_out.mistake("linear-or-two-sides", **TWO_SIDES_ONLY)
def _(shape):
    k = shape[2] * shape[3] if len(shape) > 2 else 1
    return shape[1] * k, shape[0] * k


@fan_in_out.mistake("two-sides-always", **FOUR_ONLY)
def _(shape):
    k = shape[2] * shape[3]
    return shape[1] * k, shape[0] * k


@fan_in_out.mistake("last-and-first", **FROM_THE_END)
def _(shape):
    return shape[-1], shape[0]


@fan_in_out.mistake(
    "divides-fan-out",
    ko="fan_out에서 창을 나누었습니다. 입력 하나도 창의 자리마다 쓰이니 곱합니다.",
    en="The window was divided out of fan_out. One input is used at every place of the window: multiply.",
)
def _(shape):
    k = math.prod(shape[2:])
    return shape[1] * k, shape[0] // k


fan_in_out.hints(
    ko=[
        "출력 하나로 들어오는 화살표와 입력 하나에서 나가는 화살표를 세는 문제입니다.",
        "창의 픽셀 수를 K = shape[2:]의 곱이라고 하면(선형 층에서는 1), fan_in = shape[1] · K, fan_out = shape[0] · K입니다.",
        "`window = math.prod(shape[2:])`, `return shape[1] * window, shape[0] * window` (빈 것의 `math.prod`는 1)",
    ],
    en=[
        "Count arrows: those that arrive at one output, and those that leave one input.",
        "Let K be the pixels of the window, the product of shape[2:] (1 for a linear layer). Then "
        "fan_in = shape[1] · K and fan_out = shape[0] · K.",
        "`window = math.prod(shape[2:])`, `return shape[1] * window, shape[0] * window` "
        "(`math.prod` of nothing is 1).",
    ],
)


# ---------------------------------------------------------------- xavier-uniform


class Recorder(torch.Tensor):
    """A tensor that remembers between which bounds it was asked to be filled."""

    def uniform_(self, low=0.0, high=1.0, **more):
        self.bounds = low, high
        return self


@exercise("xavier-uniform", forbids=(*INIT, "uniform_"))
def xavier_uniform(u, gain):
    recorder = torch.empty(u.shape).as_subclass(Recorder)
    nn.init.xavier_uniform_(recorder, gain)
    low, high = recorder.bounds
    return torch.lerp(torch.full_like(u, low), torch.full_like(u, high), u)


@xavier_uniform.cases
def _(draw):
    yield torch.tensor([[0.0, 0.5, 1.0, 0.75, 0.25]]), 1.0
    yield torch.tensor([[0.0], [1.0], [0.5]]), 2.0
    yield draw.uniform(0, 1, 3, draw.integer(4, 8)), 1.0
    yield draw.uniform(0, 1, draw.integer(5, 8), 4, dtype=DOUBLE), draw.number(1.2, 4)
    yield draw.uniform(0, 1, 2, 3, 3, draw.integer(2, 4)), draw.number(0.3, 0.8)


def fans(tensor):
    return fan_in_out(tuple(tensor.shape))


def spread_out(u, bound):
    return (2 * u - 1) * bound


@xavier_uniform.accepts
def _(u, gain):
    fan_in, fan_out = fans(u)
    std = gain * math.sqrt(2.0 / (fan_in + fan_out))
    return (u - 0.5) * (2 * math.sqrt(3.0) * std)


@xavier_uniform.accepts
def _(u, gain):
    kernel = u[0, 0].numel()
    bound = gain * (6 / (u.shape[0] * kernel + u.shape[1] * kernel)) ** 0.5
    return torch.where(u < 0.5, -bound + u * (2 * bound), bound - (1 - u) * 2 * bound)


@xavier_uniform.mistake(
    "not-centred",
    ko="0에서 a까지입니다. 음수인 가중치가 하나도 없습니다. u가 0이면 −a, 1이면 +a가 되도록 늘리고 옮기세요.",
    en="This goes from 0 to a: not one weight is negative. Stretch and shift u so that 0 becomes −a "
    "and 1 becomes +a.",
)
def _(u, gain):
    fan_in, fan_out = fans(u)
    return u * gain * math.sqrt(6 / (fan_in + fan_out))


@xavier_uniform.mistake(
    "half-as-wide",
    ko="−a/2에서 a/2까지로 폭이 절반입니다. −a에서 a까지의 폭은 2a입니다.",
    en="This goes from −a/2 to a/2, half as wide as it should be: from −a to a the width is 2a.",
)
def _(u, gain):
    fan_in, fan_out = fans(u)
    return (u - 0.5) * gain * math.sqrt(6 / (fan_in + fan_out))


@xavier_uniform.mistake(
    "shifted",
    ko="폭은 2a로 맞지만 a가 아닌 다른 값을 뺐습니다(u·2a − 1 또는 u·2a − ½). u = ½이 0이 되어야 합니다.",
    en="The width is 2a, but something else than a was taken off (u·2a − 1, or u·2a − ½). u = ½ must "
    "become 0.",
)
def _(u, gain):
    fan_in, fan_out = fans(u)
    return u * 2 * gain * math.sqrt(6 / (fan_in + fan_out)) - 1


@xavier_uniform.mistake(
    "mirrored",
    ko="좌우가 뒤집혔습니다. u = 0이 −a, u = 1이 +a입니다. (분포는 같지만 이 함수의 약속과는 다릅니다.)",
    en="Left and right are exchanged: u = 0 is to become −a and u = 1 is to become +a. (The "
    "distribution is the same, but not what this function promises.)",
)
def _(u, gain):
    return -xavier_uniform(u, gain)


@xavier_uniform.mistake(
    "no-root",
    ko="제곱근을 빠뜨렸습니다. 6/(fan_in + fan_out)은 a가 아니라 a²입니다.",
    en="The square root is missing: 6/(fan_in + fan_out) is a², not a.",
)
def _(u, gain):
    fan_in, fan_out = fans(u)
    return spread_out(u, gain * 6 / (fan_in + fan_out))


@xavier_uniform.mistake(
    "std-as-bound",
    ko="√(2/(fan_in + fan_out))는 표준편차이지 경계가 아닙니다. 균등 분포의 표준편차는 a/√3이므로 a는 그 √3배입니다.",
    en="√(2/(fan_in + fan_out)) is the standard deviation, not the bound. A uniform distribution on "
    "(−a, a) has standard deviation a/√3, so a is √3 times that.",
)
def _(u, gain):
    return xavier_uniform(u, gain) / math.sqrt(3)


@xavier_uniform.mistake(
    "fan-in-only",
    ko="fan_in만 썼습니다. 그것은 He의 경계입니다. Xavier의 분모는 fan_in + fan_out입니다.",
    en="Only fan_in was used, which is He's bound. Xavier's denominator is fan_in + fan_out.",
)
def _(u, gain):
    return spread_out(u, gain * math.sqrt(6 / fans(u)[0]))


@xavier_uniform.mistake(
    "mean-of-fans",
    ko="분모가 두 fan의 합이 아니라 평균입니다. a = √(6/(fan_in + fan_out))입니다.",
    en="The denominator is the mean of the two fans instead of their sum: a = √(6/(fan_in + fan_out)).",
)
def _(u, gain):
    return xavier_uniform(u, gain) * math.sqrt(2)


@xavier_uniform.mistake(
    "forgets-the-kernel",
    ko="합성곱 가중치에서 창의 크기를 세지 않았습니다. 앞에서 쓴 `fan_in_out(u.shape)`을 부르세요.",
    en="The window of a convolution's weight was not counted. Call your own `fan_in_out(u.shape)`.",
)
def _(u, gain):
    return spread_out(u, gain * math.sqrt(6 / (u.shape[0] + u.shape[1])))


@xavier_uniform.mistake(
    "forgets-the-gain",
    ko="gain을 곱하지 않았습니다. a = gain · √(6/(fan_in + fan_out))입니다.",
    en="The gain is missing: a = gain · √(6/(fan_in + fan_out)).",
)
def _(u, gain):
    return xavier_uniform(u, 1.0)


@xavier_uniform.mistake(
    "gain-under-the-root",
    ko="gain이 제곱근 안에 들어갔습니다. gain은 가중치의 크기에 곱하는 수이므로 제곱근 밖입니다.",
    en="The gain went under the root. It multiplies the weights themselves, so it stays outside.",
)
def _(u, gain):
    return xavier_uniform(u, math.sqrt(gain))


@xavier_uniform.mistake(
    "from-minus-a-to-0",
    ko="−a에서 0까지입니다. 폭이 a밖에 되지 않습니다. 폭은 2a여야 합니다: 2a·u − a",
    en="This goes from −a to 0, which is only a wide. It has to be 2a wide: 2a·u − a.",
)
def _(u, gain):
    bound = xavier_uniform(torch.ones_like(u), gain)
    return bound * u - bound


@xavier_uniform.mistake(
    "gain-twice",
    ko="gain을 두 번 곱했습니다. 경계 a에 이미 들어 있습니다.",
    en="The gain was multiplied in twice. The bound a has it already.",
)
def _(u, gain):
    return gain * xavier_uniform(u, gain)


@xavier_uniform.mistake(
    "shifted-by-a-half",
    ko="폭은 2a로 맞지만 a가 아니라 ½을 뺐습니다. u = ½이 0이 되어야 합니다.",
    en="The width is 2a, but ½ was taken off instead of a. u = ½ must become 0.",
)
def _(u, gain):
    bound = xavier_uniform(torch.ones_like(u), gain)
    return 2 * bound * u - 0.5


@xavier_uniform.mistake(
    "fan-out-only",
    ko="fan_out만 썼습니다. 분모는 fan_in + fan_out입니다.",
    en="Only fan_out was used. The denominator is fan_in + fan_out.",
)
def _(u, gain):
    return spread_out(u, gain * math.sqrt(6 / fans(u)[1]))


DRAWS_U = {
    "ko": "난수를 새로 뽑았습니다. 주어진 u를 늘리고 옮기세요.",
    "en": "This draws random numbers of its own. Stretch and shift the u that is given.",
}


@xavier_uniform.mistake("draws-its-own", **DRAWS_U)
def _(u, gain):
    bound = xavier_uniform(torch.ones_like(u), gain)
    return (2 * torch.rand_like(u) - 1) * bound


@xavier_uniform.mistake("draws-into-u", **DRAWS_U)
def _(u, gain):
    bound = gain * math.sqrt(6 / sum(fans(u)))
    return u.uniform_(-bound, bound)


@xavier_uniform.mistake(
    "bound-times-1-only",
    ko="`2 * u - 1 * a`는 `2u − a`로 읽힙니다. 괄호를 치세요: `(2 * u - 1) * a`",
    en="`2 * u - 1 * a` is read as `2u − a`. Put parentheses: `(2 * u - 1) * a`.",
)
def _(u, gain):
    return 2 * u - gain * math.sqrt(6 / sum(fans(u)))


@xavier_uniform.mistake(
    "fan-out-beside-the-fraction",
    ko="괄호가 빠져 fan_out이 분수 밖에서 더해졌습니다: `6 / (fan_in + fan_out)`",
    en="Parentheses are missing, so fan_out was added beside the fraction: `6 / (fan_in + fan_out)`.",
)
def _(u, gain):
    fan_in, fan_out = fans(u)
    return spread_out(u, gain * math.sqrt(6 / fan_in + fan_out))


@xavier_uniform.mistake(
    "product-of-fans",
    ko="두 fan을 곱했습니다. 분모는 fan_in + fan_out입니다.",
    en="The fans were multiplied. The denominator is fan_in + fan_out.",
)
def _(u, gain):
    return spread_out(u, gain * math.sqrt(6 / math.prod(fans(u))))


@xavier_uniform.mistake(
    "sum-of-the-shape",
    ko="모양의 수를 모두 더했습니다. 창은 더하는 것이 아니라 곱하는 것입니다: `fan_in_out(u.shape)`을 부르세요.",
    en="All numbers of the shape were added, but the window multiplies: call `fan_in_out(u.shape)`.",
)
def _(u, gain):
    return spread_out(u, gain * math.sqrt(6 / sum(u.shape)))


@xavier_uniform.mistake(
    "three-for-six",
    ko="제곱근 안에 3만 있습니다. 분산 2/(fan_in + fan_out)에 3을 곱하니 6입니다.",
    en="Only the 3 is under the root. It multiplies the variance 2/(fan_in + fan_out), which makes 6.",
)
def _(u, gain):
    return xavier_uniform(u, gain) / math.sqrt(2)


@xavier_uniform.mistake(
    "fans-of-the-tensor",
    ko="`fan_in_out`은 텐서가 아니라 모양을 받습니다: `fan_in_out(u.shape)`",
    en="`fan_in_out` takes a shape, not a tensor: `fan_in_out(u.shape)`.",
)
def _(u, gain):
    kernel = math.prod(u[2:])
    return spread_out(u, gain * math.sqrt(6 / (u[1] * kernel + u[0] * kernel)))


@xavier_uniform.mistake(
    "from-minus-1-to-1",
    ko="−1에서 1까지입니다. a를 곱하세요.",
    en="This goes from −1 to 1. Multiply by a.",
)
def _(u, gain):
    return 2 * u - 1


HALF_ROOTED = {
    "ko": "제곱근이 6과 fan_in + fan_out 가운데 하나에만 씌워졌습니다. 분수 전체에 씌우세요: √(6/(fan_in + fan_out))",
    "en": "The root covers only one of 6 and fan_in + fan_out. It goes over the whole fraction: "
    "√(6/(fan_in + fan_out)).",
}


@xavier_uniform.mistake("root-of-6-alone", **HALF_ROOTED)
def _(u, gain):
    return spread_out(u, gain * math.sqrt(6) / sum(fans(u)))


@xavier_uniform.mistake("root-of-the-fans-alone", **HALF_ROOTED)
def _(u, gain):
    return spread_out(u, gain * 6 / math.sqrt(sum(fans(u))))


xavier_uniform.hints(
    ko=[
        "두 부분입니다. 먼저 경계 a를 구하고, 그다음 0과 1 사이의 수를 −a와 a 사이로 늘리고 옮깁니다.",
        "a = gain · √(6/(fan_in + fan_out)). 폭은 2a이고 왼쪽 끝은 −a이니 가중치는 2a·u − a입니다.",
        "`fan_in, fan_out = fan_in_out(u.shape)`, `bound = gain * math.sqrt(6 / (fan_in + fan_out))`, "
        "`return 2 * bound * u - bound`",
    ],
    en=[
        "Two parts: find the bound a, then stretch and shift numbers between 0 and 1 to lie between "
        "−a and a.",
        "a = gain · √(6/(fan_in + fan_out)). The width is 2a and the left end −a: the weights are "
        "2a·u − a.",
        "`fan_in, fan_out = fan_in_out(u.shape)`, `bound = gain * math.sqrt(6 / (fan_in + "
        "fan_out))`, `return 2 * bound * u - bound`.",
    ],
)


# ---------------------------------------------------------------- he-normal


class NormalRecorder(torch.Tensor):
    """A tensor that remembers with which mean and standard deviation it was to be filled."""

    def normal_(self, mean=0.0, std=1.0, **more):
        self.asked = mean, std
        return self


@exercise("he-normal", forbids=(*INIT, "normal_"))
def he_normal(z):
    recorder = torch.empty(z.shape).as_subclass(NormalRecorder)
    nn.init.kaiming_normal_(recorder, nonlinearity="relu")
    mean, std = recorder.asked
    return torch.add(torch.full_like(z, mean), z, alpha=std)


@he_normal.cases
def _(draw):
    yield (torch.tensor([[1.0, -1.0, 0.0, 2.0, 1.0, 0.0, 0.0, 1.0]]),)
    yield (torch.ones(6, 3),)
    yield (draw.normal(draw.integer(3, 4), draw.integer(5, 9)),)
    yield (draw.normal(7, draw.integer(3, 5), dtype=DOUBLE),)
    yield (draw.normal(2, 5, 3, 2, 4),)


@he_normal.accepts
def _(z):
    return z * math.sqrt(2.0) / math.sqrt(z[0].numel())


@he_normal.accepts
def _(z):
    fan_in = torch.tensor(z.shape[1:]).prod()
    return torch.sqrt(2 / fan_in.double()).to(z.dtype) * z


@he_normal.mistake(
    "variance-as-std",
    ko="분산 2/fan_in을 곱했습니다. z의 표준편차가 1이니 곱할 것은 *표준편차* √(2/fan_in)입니다.",
    en="You multiplied by the variance, 2/fan_in. z has standard deviation 1, so what it needs is a "
    "*standard deviation*: √(2/fan_in).",
)
def _(z):
    return z * 2 / fans(z)[0]


@he_normal.mistake(
    "std-as-variance",
    ko="제곱근을 두 번 취했습니다. 노트처럼 √(2/fan_in)을 분산으로 읽은 것입니다. 그것은 이미 표준편차입니다.",
    en="The root was taken twice, as if √(2/fan_in) were the variance, as the notes say. It is the "
    "standard deviation already.",
)
def _(z):
    return z * (2 / fans(z)[0]) ** 0.25


FAN_OUT = {
    "ko": "fan_out을 썼습니다. z의 모양은 (fan_out, fan_in, …)이고, 순전파의 크기를 지키는 것은 fan_in입니다.",
    "en": "This uses fan_out. z is (fan_out, fan_in, …), and it is fan_in that keeps the size on the way "
    "forward.",
}


@he_normal.mistake("fan-out", **FAN_OUT)
def _(z):
    return z * math.sqrt(2 / fans(z)[1])


@he_normal.mistake(
    "xavier",
    ko="Xavier의 표준편차 √(2/(fan_in + fan_out))입니다. He는 fan_in만 씁니다.",
    en="That is Xavier's standard deviation, √(2/(fan_in + fan_out)). He uses fan_in alone.",
)
def _(z):
    return z * math.sqrt(2 / sum(fans(z)))


@he_normal.mistake(
    "no-two",
    ko="√(1/fan_in)입니다. ReLU가 절반을 버리므로 그것을 메우는 2가 필요합니다.",
    en="That is √(1/fan_in). A ReLU throws half away, and the 2 is there to make up for it.",
)
def _(z):
    return z / math.sqrt(fans(z)[0])


TWO_OUTSIDE = {
    "ko": "2가 제곱근 밖에 있습니다. √(2/fan_in) = √2 / √fan_in입니다.",
    "en": "The 2 stands outside the root. √(2/fan_in) is √2 / √fan_in.",
}


@he_normal.mistake("two-outside-the-root", **TWO_OUTSIDE)
def _(z):
    return 2 * z / math.sqrt(fans(z)[0])


@he_normal.mistake(
    "bound-for-std",
    ko="√(6/fan_in)은 균등 분포의 경계입니다. 정규 분포에는 표준편차 √(2/fan_in)을 곱합니다.",
    en="√(6/fan_in) is the bound of the uniform version. A normal distribution takes the standard "
    "deviation, √(2/fan_in).",
)
def _(z):
    return z * math.sqrt(6 / fans(z)[0])


@he_normal.mistake(
    "forgets-the-kernel",
    ko="합성곱 가중치에서 창의 크기를 세지 않았습니다. 앞에서 쓴 `fan_in_out(z.shape)`을 부르세요.",
    en="The window of a convolution's weight was not counted. Call your own `fan_in_out(z.shape)`.",
)
def _(z):
    return z * math.sqrt(2 / z.shape[1])


@he_normal.mistake(
    "all-of-z",
    ko="z의 수 전부를 fan_in으로 세었습니다. fan_in은 출력 *하나*로 들어오는 수입니다.",
    en="All numbers of z were counted as fan_in. It is how many enter *one* output.",
)
def _(z):
    return z * math.sqrt(2 / z.numel())


@he_normal.mistake(
    "divides",
    ko="√(2/fan_in)으로 나누었습니다. 곱해야 표준편차가 그만큼이 됩니다.",
    en="You divided by √(2/fan_in). Multiply, and that becomes the standard deviation.",
)
def _(z):
    return z / math.sqrt(2 / fans(z)[0])


@he_normal.mistake(
    "adds",
    ko="표준편차를 더했습니다. 더하면 평균이 옮겨질 뿐 퍼진 정도는 그대로입니다. 곱하세요.",
    en="The standard deviation was added. That moves the mean and leaves the spread as it was: multiply.",
)
def _(z):
    return z + math.sqrt(2 / fans(z)[0])


@he_normal.mistake(
    "last-axis",
    ko="모양의 맨 뒤를 fan_in으로 읽었습니다. 합성곱에서 맨 뒤는 창의 크기입니다. `fan_in_out(z.shape)`을 부르세요.",
    en="The last number of the shape was read as fan_in. For a convolution that is the window: call `fan_in_out(z.shape)`.",
)
def _(z):
    return z * math.sqrt(2 / z.shape[-1])


@he_normal.mistake(
    "variance-of-fan-out",
    ko="분산을 곱했고 fan_out을 썼습니다. 곱할 것은 √(2/fan_in)입니다.",
    en="This multiplies by a variance, and by that of fan_out. It should be √(2/fan_in).",
)
def _(z):
    return z * 2 / fans(z)[1]


NORMALISES = {
    "ko": "z에서 평균을 빼고 표준편차로 나누었습니다. z는 표준 정규 분포에서 뽑은 것이니 그대로 두고 수 하나만 곱하세요.",
    "en": "The mean of z was taken off and its standard deviation divided out. z was drawn from a "
    "standard normal distribution: leave it, and multiply by one number.",
}


@he_normal.mistake("normalises-z", **NORMALISES)
def _(z):
    return (z - z.mean()) / z.std() * math.sqrt(2 / fans(z)[0])


@he_normal.mistake("normalises-z-by-all", **NORMALISES)
def _(z):
    return (z - z.mean()) / z.std(correction=0) * math.sqrt(2 / fans(z)[0])


DRAWS_Z = {
    "ko": "난수를 새로 뽑았습니다. 주어진 z에 수 하나를 곱하세요.",
    "en": "This draws random numbers of its own. Multiply the z that is given by one number.",
}


@he_normal.mistake("draws-its-own", **DRAWS_Z)
def _(z):
    return torch.randn_like(z) * math.sqrt(2 / fans(z)[0])


@he_normal.mistake("draws-in-float32", **DRAWS_Z)
def _(z):
    return torch.randn(z.shape) * math.sqrt(2 / fans(z)[0])


@he_normal.mistake("first-of-the-shape", **FAN_OUT)
def _(z):
    return z * math.sqrt(2 / z.shape[0])


@he_normal.mistake(
    "fan-in-outside-the-root",
    ko="제곱근이 2에만 씌워졌습니다. fan_in도 제곱근 안입니다: √(2/fan_in)",
    en="The root covers the 2 alone. fan_in belongs under it, too: √(2/fan_in).",
)
def _(z):
    return z * math.sqrt(2) / fans(z)[0]


he_normal.hints(
    ko=[
        "z의 표준편차는 1입니다. 여기에 수 하나를 곱하면 표준편차가 그 수가 됩니다.",
        "표준편차는 √(2/fan_in)입니다. fan_in은 앞에서 쓴 `fan_in_out`의 첫 번째 값입니다.",
        "`fan_in, _ = fan_in_out(z.shape)`, `return z * math.sqrt(2 / fan_in)`",
    ],
    en=[
        "z has standard deviation 1. Multiply it by a number, and that number becomes the standard "
        "deviation.",
        "It is √(2/fan_in), and fan_in is the first of what your `fan_in_out` returns.",
        "`fan_in, _ = fan_in_out(z.shape)`, `return z * math.sqrt(2 / fan_in)`.",
    ],
)


# ---------------------------------------------------------------- mended-start


@exercise("mended-start", points=2, forbids=INIT)
def mended_start(zs):
    return [he_normal(z) for z in zs]


@mended_start.cases
def _(draw):
    yield ([torch.ones(2, 8), torch.ones(8, 2)],)
    yield (normals(draw, [6, 4, 3, 2]),)
    yield (normals(draw, [3, draw.integer(5, 7), draw.integer(8, 10)], dtype=DOUBLE),)
    yield ([draw.normal(1, draw.integer(2, 9))],)


def scaled(zs, std):
    """Every z times std(fan_in, fan_out)."""
    return [z * std(z.shape[1], z.shape[0]) for z in zs]


@mended_start.accepts
def _(zs):
    return tuple((2 / z.shape[1]) ** 0.5 * z for z in zs)


@mended_start.accepts
def _(zs):
    weights = []
    for z in zs:
        variance = torch.tensor(2.0, dtype=torch.float64) / z.size(-1)
        weights.append(torch.mul(z, variance.sqrt().item()))
    return weights


@mended_start.mistake(
    "as-found",
    ko="고장이 둘 다 남아 있습니다. 하나는 √(2/n)을 분산이라고 부른 것이고, 또 하나는 n을 모양의 어느 쪽에서 "
    "가져왔는가입니다.",
    en="Both breaks are still there. One is that √(2/n) is called a variance; the other is which side "
    "of the shape the n comes from.",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: (2 / fan_out) ** 0.25)


@mended_start.mistake(
    "only-the-loud-one",
    ko="시끄러운 고장(분산과 표준편차)은 고쳤지만 조용한 고장이 남았습니다. `nn.Linear`의 모양은 (fan_out, fan_in)이라 "
    "`n_in, n_out = z.shape`은 둘을 바꿔 읽습니다. 층의 폭이 모두 같으면 드러나지 않습니다.",
    en="The loud break (variance against standard deviation) is mended, the quiet one is not. The "
    "shape is (fan_out, fan_in), so `n_in, n_out = z.shape` reads them the wrong way round. Where "
    "all layers are equally wide, nothing shows.",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: (2 / fan_out) ** 0.5)


@mended_start.mistake(
    "only-the-quiet-one",
    ko="모양을 읽는 순서는 고쳤지만 제곱근을 아직 두 번 취합니다. √(2/n_in)은 이미 표준편차입니다.",
    en="The shape is read the right way now, but the root is still taken twice: √(2/n_in) is the "
    "standard deviation already.",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: (2 / fan_in) ** 0.25)


@mended_start.mistake(
    "no-root-at-all",
    ko="이제 제곱근이 하나도 없어 분산 2/n_in을 곱합니다. 제곱근은 정확히 한 번입니다.",
    en="Now there is no root at all: this multiplies by the variance, 2/n_in. Take the root exactly "
    "once.",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: 2 / fan_in)


@mended_start.mistake(
    "no-root-and-swapped",
    ko="제곱근이 하나도 없고, n도 fan_out에서 가져왔습니다. 제곱근은 정확히 한 번이고 n은 fan_in입니다.",
    en="There is no root at all, and n is still fan_out. Take the root exactly once, of 2/fan_in.",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: 2 / fan_out)


@mended_start.mistake(
    "xavier",
    ko="두 fan을 더하면 순서를 바꿔 읽은 것은 감춰지지만 ReLU에서 크기가 줄어듭니다. 이 신경망에는 He가 필요합니다: "
    "√(2/n_in)",
    en="Adding the fans hides that they are swapped, but under ReLU the size shrinks. This network "
    "needs He: √(2/n_in).",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5)


@mended_start.mistake(
    "no-two",
    ko="2가 사라졌습니다. ReLU가 절반을 버리므로 분산은 2/n_in이어야 합니다.",
    en="The 2 got lost. As a ReLU throws half away, the variance has to be 2/n_in.",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: (1 / fan_in) ** 0.5)


@mended_start.mistake(
    "first-layer-for-all",
    ko="모든 층에 첫 층의 표준편차를 곱했습니다. 층마다 fan_in이 다릅니다. 반복문 안에서 구하세요.",
    en="The standard deviation of the first layer was used for all. Each layer has a fan_in of its "
    "own: compute it inside the loop.",
)
def _(zs):
    return [z * (2 / zs[0].shape[1]) ** 0.5 for z in zs]


@mended_start.mistake(
    "returns-inside-the-loop",
    ko="첫 층만 들어 있습니다. `return`이 반복문 안에 있지 않은가요?",
    en="Only the first layer is there. Does `return` stand inside the loop?",
)
def _(zs):
    return [he_normal(zs[0])]


@mended_start.mistake(
    "transposed",
    ko="가중치를 전치해서 돌려주었습니다. 읽는 순서만 고치면 되고, 모양은 z와 같은 (fan_out, fan_in)입니다.",
    en="The weights come back transposed. Mend how the shape is read; the weights keep the shape of z, (fan_out, fan_in).",
)
def _(zs):
    return [he_normal(z).T for z in zs]


@mended_start.mistake(
    "only-the-last",
    ko="마지막 층만 들어 있습니다. 반복문 안에서 층마다 `append`하세요.",
    en="Only the last layer is there. `append` each layer inside the loop.",
)
def _(zs):
    return [he_normal(zs[-1])]


@mended_start.mistake(
    "xavier-literally",
    ko="두 fan을 더했고 제곱근도 두 번 취했습니다. ReLU에는 He가, 제곱근은 한 번이 맞습니다: √(2/n_in)",
    en="The fans are added, and the root is taken twice. ReLU needs He, and one root: √(2/n_in).",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.25)


@mended_start.mistake(
    "bound-for-std",
    ko="√(6/n_in)은 균등 분포의 경계입니다. 여기서 곱할 것은 표준편차 √(2/n_in)입니다.",
    en="√(6/n_in) is the bound of the uniform version. What multiplies z here is the standard deviation, "
    "√(2/n_in).",
)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: (6 / fan_in) ** 0.5)


@mended_start.mistake(
    "stacked",
    ko="가중치를 텐서 하나로 쌓았습니다. 층마다 모양이 다르니 쌓을 수 없습니다. 리스트를 그대로 돌려주세요.",
    en="The weights were stacked into one tensor. Layers differ in shape and cannot be stacked: return "
    "the list as it is.",
)
def _(zs):
    return torch.stack([he_normal(z) for z in zs])


@mended_start.mistake("two-outside-the-root", **TWO_OUTSIDE)
def _(zs):
    return scaled(zs, lambda fan_in, fan_out: 2 / math.sqrt(fan_in))


mended_start.hints(
    ko=[
        "두 가지를 따로 물어보세요. 곱하는 수는 분산인가요, 표준편차인가요? `z.shape`의 첫 번째는 들어오는 수인가요, 나가는 수인가요?",
        "분산은 2/n_in이고 표준편차는 그 제곱근, *한 번*입니다. `z`는 (fan_out, fan_in)입니다.",
        "`n_out, n_in = z.shape`, `variance = 2 / n_in`, `weights.append(z * math.sqrt(variance))`",
    ],
    en=[
        "Ask two things, one at a time. Is what multiplies z a variance or a standard deviation? Is "
        "the first number of `z.shape` what comes in or what goes out?",
        "The variance is 2/n_in; the standard deviation is its root, *once*. `z` is (fan_out, fan_in).",
        "`n_out, n_in = z.shape`, `variance = 2 / n_in`, `weights.append(z * math.sqrt(variance))`.",
    ],
)


# ---------------------------------------------------------------- gibbs-step


def energy(v, h, W, b, c):
    """E(v, h) of each row of v (N, V) and h (N, H): (N,)."""
    return -(v @ b) - (h @ c) - torch.einsum("nh,hv,nv->n", h, W, v)


def chances(n, energy_of):
    """P(unit on | the other layer) from energies alone: switch each unit off and on.

    energy_of: (N, units) -> (N,). The other units do not matter in an RBM: they stay off.
    """
    batch, units = n
    off = torch.zeros(batch, units, dtype=DOUBLE)
    columns = []
    for k in range(units):
        on = off.clone()
        on[:, k] = 1
        energies = torch.stack([energy_of(off), energy_of(on)])
        columns.append(torch.softmax(-energies, 0)[1])
    return torch.stack(columns, 1)


@exercise("gibbs-step", points=2, returns=["p_h", "h", "p_v", "v_new"],
          forbids=["bernoulli", "torch.rand"])  # fmt: skip
def gibbs_step(v, W, b, c, u_h, u_v):
    kind, (W, b, c, v) = v.dtype, (x.double() for x in (W, b, c, v))
    (H, V), N = W.shape, len(v)
    p_h = chances((N, H), lambda h: energy(v, h, W, b, c))
    h = torch.where(u_h < p_h, 1.0, 0.0).double()
    p_v = chances((N, V), lambda v: energy(v, h, W, b, c))
    v_new = torch.where(u_v < p_v, 1.0, 0.0)
    return p_h.to(kind), h.to(kind), p_v.to(kind), v_new.to(kind)


def machine(draw, V, H, dtype=torch.float32):
    """W (H, V), b (V,), c (H,) of an RBM."""
    return (
        draw.normal(H, V, dtype=dtype), draw.normal(V, dtype=dtype), draw.normal(H, dtype=dtype),
    )  # fmt: skip


def clear_of(draw, p):
    """Uniforms in [0, 1) in the shape of p, none so close to p that rounding would decide."""
    u = draw.uniform(0, 1, *p.shape, dtype=p.dtype)
    return torch.where((u - p).abs() > 1e-3, u, torch.where(p > 0.5, p - 0.01, p + 0.01))


def up(v, W, c):
    return torch.sigmoid(v @ W.T + c)


def down(h, W, b):
    return torch.sigmoid(h @ W + b)


def gibbs_case(draw, N, V, H, dtype=torch.float32, grey=False, large=False):
    """grey: v between 0 and 1. large: sigmoids of about 200, whose exp is too large for float32."""
    W, b, c = machine(draw, V, H, dtype)
    v = draw.uniform(0, 1, N, V, dtype=dtype) if grey else draw.integers(0, 1, N, V).to(dtype)
    if large:
        b[0], c[0] = 200.0, 200.0
    p_h = up(v, W, c)
    u_h = clear_of(draw, p_h)
    p_v = down((u_h < p_h).to(dtype), W, b)
    return v, W, b, c, u_h, clear_of(draw, p_v)


@gibbs_step.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 0.0, 1.0]]),
        torch.tensor([[2.0, 0.0, 0.0], [0.0, -1.0, -2.0]]),
        torch.tensor([0.0, 1.0, 0.0]),
        torch.tensor([-1.0, 1.0]),
        torch.tensor([[0.6, 0.6]]),
        torch.tensor([[0.7, 0.7, 0.7]]),
    )
    # the first hidden and the first visible unit have a probability of exactly 0.5, and u is that
    yield (
        torch.tensor([[1.0, 0.0]]),
        torch.tensor([[0.0, 2.0], [0.0, 2.0]]),
        torch.tensor([0.0, -1.0]),
        torch.tensor([0.0, 1.0]),
        torch.tensor([[0.5, 0.2]]),
        torch.tensor([[0.5, 0.6]]),
    )
    yield gibbs_case(draw, 4, 3, 3)
    yield gibbs_case(draw, draw.integer(5, 8), draw.integer(5, 7), 1)
    yield gibbs_case(draw, draw.integer(3, 9), 1, draw.integer(5, 6), DOUBLE, grey=True)
    yield gibbs_case(draw, 4, 3, 3, large=True)


@gibbs_step.accepts
def _(v, W, b, c, u_h, u_v):
    p_h = 1 / (1 + torch.exp(-F.linear(v, W, c)))
    h = torch.heaviside(p_h - u_h, torch.zeros((), dtype=v.dtype))
    p_v = torch.special.expit(torch.addmm(b, h, W))
    return [p_h, h, p_v, torch.where(u_v < p_v, 1.0, 0.0).to(v.dtype)]


@gibbs_step.accepts
def _(v, W, b, c, u_h, u_v):
    p_h = torch.stack([torch.sigmoid(W @ row + c) for row in v])
    h = (p_h > u_h).type_as(v)
    p_v = torch.einsum("nh,hv->nv", h, W).add(b).sigmoid()
    return p_h, h, p_v, (p_v > u_v) * torch.ones_like(v)


def gibbs(
    v, W, b, c, u_h, u_v, *,
    chance=torch.sigmoid, on=torch.lt, back=None, on_back=None, kind=None, kind_back=None,
):  # fmt: skip
    """A Gibbs step with parts to exchange; back, on_back, kind_back: where the way down differs."""
    p_h = chance(v @ W.T + c)
    h = on(u_h, p_h).to(kind or v.dtype)
    p_v = (back or chance)(h @ W + b)
    return p_h, h, p_v, (on_back or on)(u_v, p_v).to(kind_back or v.dtype)


def inverted(x):
    return torch.sigmoid(-x)


def likely(u, p):
    return p > 0.5


BACKWARDS = {
    "ko": "부등호가 반대입니다. 확률이 0.9인 유닛은 열에 아홉 번 켜져야 하고, 균등 난수 u는 열에 아홉 번 0.9보다 작습니다: "
    "`u_h < p_h`, `u_v < p_v`",
    "en": "The inequality is the wrong way round. A unit with probability 0.9 should be on nine times in "
    "ten, and nine times in ten a uniform u is below 0.9: `u_h < p_h`, `u_v < p_v`.",
}


@gibbs_step.mistake("switches-backwards", **BACKWARDS)
def _(*args):
    return gibbs(*args, on=torch.gt)


@gibbs_step.mistake("switches-backwards-or-equal", **BACKWARDS)
def _(*args):
    return gibbs(*args, on=torch.ge)


@gibbs_step.mistake("switches-hidden-backwards", **BACKWARDS)
def _(*args):
    return gibbs(*args, on=torch.gt, on_back=torch.lt)


@gibbs_step.mistake("switches-visible-backwards", **BACKWARDS)
def _(*args):
    return gibbs(*args, on_back=torch.gt)


OR_EQUAL = {
    "ko": "u가 확률과 똑같을 때도 켰습니다. 명세는 작을 때만 켭니다. 그래야 확률이 0인 유닛은 u가 0이어도 켜지지 않습니다: `<=`가 아니라 "
    "`<`",
    "en": "Units are on even where u equals the probability. The specification says smaller, so that a "
    "unit of probability 0 stays off even if u is 0: `<`, not `<=`.",
}


@gibbs_step.mistake("on-where-equal", **OR_EQUAL)
def _(*args):
    return gibbs(*args, on=torch.le)


@gibbs_step.mistake("hidden-on-where-equal", **OR_EQUAL)
def _(*args):
    return gibbs(*args, on=torch.le, on_back=torch.lt)


@gibbs_step.mistake("visible-on-where-equal", **OR_EQUAL)
def _(*args):
    return gibbs(*args, on_back=torch.le)


MOST_LIKELY = {
    "ko": "확률이 0.5보다 크면 언제나 켰습니다. 그러면 0.51이나 0.99나 같아집니다. 주어진 난수와 견주세요: `u_h < p_h`, `u_v < p_v`",
    "en": "Units were switched on whenever the probability is above 0.5, so 0.51 is as good as 0.99. "
    "Compare with the given random numbers: `u_h < p_h`, `u_v < p_v`.",
}


@gibbs_step.mistake("most-likely-state", **MOST_LIKELY)
def _(*args):
    return gibbs(*args, on=likely)


@gibbs_step.mistake("most-likely-or-even", **MOST_LIKELY)
def _(*args):
    return gibbs(*args, on=lambda u, p: p >= 0.5)


@gibbs_step.mistake("most-likely-hidden-state", **MOST_LIKELY)
def _(*args):
    return gibbs(*args, on=likely, on_back=torch.lt)


@gibbs_step.mistake("most-likely-visible-state", **MOST_LIKELY)
def _(*args):
    return gibbs(*args, on_back=likely)


@gibbs_step.mistake(
    "goes-back-with-probabilities",
    ko="h를 뽑아 놓고 p_v는 확률 p_h에서 계산했습니다. 거꾸로 내려가는 것은 뽑은 h입니다.",
    en="h was drawn, but p_v was computed from the probabilities p_h. What goes back down is the h "
    "that was drawn.",
)
def _(v, W, b, c, u_h, u_v):
    p_h = up(v, W, c)
    p_v = down(p_h, W, b)
    return p_h, (u_h < p_h).to(v.dtype), p_v, (u_v < p_v).to(v.dtype)


@gibbs_step.mistake(
    "no-sigmoid",
    ko="시그모이드를 지나지 않아 p_h와 p_v가 확률이 아닙니다. 0과 1 사이여야 합니다.",
    en="The sigmoid is missing, so p_h and p_v are no probabilities: they must lie between 0 and 1.",
)
def _(*args):
    return gibbs(*args, chance=lambda x: x)


@gibbs_step.mistake(
    "not-transposed",
    ko="W의 방향이 둘 다 반대입니다. W는 (H, V)이므로 올라갈 때 `v @ W.T`, 내려갈 때 `h @ W`입니다. V와 H가 같으면 오류도 나지 "
    "않습니다.",
    en="W is the wrong way round, both times. It is (H, V): `v @ W.T` going up, `h @ W` going down. "
    "Where V equals H no error tells you.",
)
def _(v, W, *others):
    return gibbs(v, W.T, *others)


@gibbs_step.mistake(
    "transposed-on-the-way-down",
    ko="내려갈 때도 W를 전치했습니다. W는 (H, V)이고 h는 (N, H)이므로 `h @ W`입니다.",
    en="W was transposed on the way down too. W is (H, V) and h is (N, H): it is `h @ W`.",
)
def _(v, W, b, c, u_h, u_v):
    p_h = up(v, W, c)
    h = (u_h < p_h).to(v.dtype)
    p_v = down(h, W.T, b)
    return p_h, h, p_v, (u_v < p_v).to(v.dtype)


@gibbs_step.mistake(
    "biases-swapped",
    ko="b와 c가 바뀌었습니다. b (V,)는 가시 유닛의 것이라 내려갈 때, c (H,)는 은닉 유닛의 것이라 올라갈 때 더합니다.",
    en="b and c are swapped. b (V,) belongs to the visible units and is added going down, c (H,) to "
    "the hidden ones and is added going up.",
)
def _(v, W, b, c, *us):
    return gibbs(v, W, c, b, *us)


@gibbs_step.mistake(
    "forgets-biases",
    ko="편향을 더하지 않았습니다. 올라갈 때는 c, 내려갈 때는 b를 더합니다.",
    en="The biases were not added: c going up, b going down.",
)
def _(v, W, b, c, *us):
    return gibbs(v, W, torch.zeros_like(b), torch.zeros_like(c), *us)


@gibbs_step.mistake(
    "same-uniforms",
    ko="가시 유닛을 뽑을 때도 u_h를 썼습니다. 가시 유닛의 난수는 u_v입니다.",
    en="The visible units were drawn with u_h too. Their random numbers are u_v.",
)
def _(v, W, b, c, u_h, u_v):
    return gibbs(v, W, b, c, u_h, u_h)


@gibbs_step.mistake(
    "no-draw",
    ko="뽑지 않고 확률을 h와 v_new로 돌려주었습니다. 둘은 0이나 1이어야 합니다.",
    en="Nothing was drawn: h and v_new are the probabilities. They must be 0 or 1.",
)
def _(v, W, b, c, u_h, u_v):
    p_h = up(v, W, c)
    p_v = down(p_h, W, b)
    return p_h, p_h.clone(), p_v, p_v.clone()


BOOLS = {
    "ko": "`u < p`는 참과 거짓(bool)입니다. h도 v_new도 v와 같은 실수 자료형의 0과 1로 바꾸세요: `(u_h < p_h).to(v.dtype)`",
    "en": "`u < p` is a tensor of bools. Turn both h and v_new into zeros and ones of v's dtype: "
    "`(u_h < p_h).to(v.dtype)`.",
}


@gibbs_step.mistake("bools", **BOOLS)
def _(*args):
    p_h, h, p_v, v_new = gibbs(*args)
    return p_h, h.bool(), p_v, v_new.bool()


@gibbs_step.mistake("bool-hidden", **BOOLS)
def _(*args):
    p_h, h, p_v, v_new = gibbs(*args)
    return p_h, h.bool(), p_v, v_new


@gibbs_step.mistake("bool-hidden-float-in-the-product", **BOOLS)
def _(v, W, b, c, u_h, u_v):
    p_h = up(v, W, c)
    h = u_h < p_h
    p_v = down(h.float(), W, b)
    return p_h, h, p_v, (u_v < p_v).to(v.dtype)


@gibbs_step.mistake("bool-visible", **BOOLS)
def _(*args):
    return gibbs(*args, kind_back=torch.bool)


ALWAYS_FLOAT32 = {
    "ko": "`.float()`도 `torch.where(…, 1.0, 0.0)`도 언제나 float32를 만듭니다. v가 float64이면 맞지 않습니다. v와 같은 자료형으로 "
    "바꾸세요: `.to(v.dtype)`",
    "en": "Both `.float()` and `torch.where(…, 1.0, 0.0)` always make float32, which will not do where v "
    "is float64. Take v's dtype: `.to(v.dtype)`.",
}


@gibbs_step.mistake("float32", **ALWAYS_FLOAT32)
def _(*args):
    return gibbs(*args, kind=torch.float32, kind_back=torch.float32)


@gibbs_step.mistake("float32-visible", **ALWAYS_FLOAT32)
def _(*args):
    return gibbs(*args, kind_back=torch.float32)


@gibbs_step.mistake(
    "only-the-states",
    ko="h와 v_new만 돌려주었습니다. 확률 p_h, p_v도 함께 (p_h, h, p_v, v_new) 순서로 돌려주세요.",
    en="Only h and v_new were returned. Return the probabilities too: (p_h, h, p_v, v_new).",
)
def _(*args):
    return gibbs(*args)[1::2]


@gibbs_step.mistake(
    "no-hidden-bias",
    ko="올라갈 때 은닉 유닛의 편향 c를 더하지 않았습니다.",
    en="The hidden biases c were not added on the way up.",
)
def _(v, W, b, c, *us):
    return gibbs(v, W, b, torch.zeros_like(c), *us)


@gibbs_step.mistake(
    "no-visible-bias",
    ko="내려올 때 가시 유닛의 편향 b를 더하지 않았습니다.",
    en="The visible biases b were not added on the way down.",
)
def _(v, W, b, c, *us):
    return gibbs(v, W, torch.zeros_like(b), c, *us)


ANOTHER_ORDER = {
    "ko": "값은 모두 맞지만 순서가 다릅니다. (p_h, h, p_v, v_new) 순서로 돌려주세요.",
    "en": "All four are right, but in another order: return (p_h, h, p_v, v_new).",
}


@gibbs_step.mistake("wrong-order", **ANOTHER_ORDER)
def _(*args):
    p_h, h, p_v, v_new = gibbs(*args)
    return h, p_h, v_new, p_v


@gibbs_step.mistake("probabilities-first", **ANOTHER_ORDER)
def _(*args):
    p_h, h, p_v, v_new = gibbs(*args)
    return p_h, p_v, h, v_new


MINUS = {
    "ko": "부호가 반대입니다. 에너지에는 음의 부호가 있지만 켜질 확률은 σ(+ …)입니다. 켰을 때 에너지가 낮아지는 만큼 잘 켜집니다.",
    "en": "The sign is flipped. The energy has a minus, but the probability of being on is σ(+ …): the "
    "more switching on lowers the energy, the likelier it is.",
}


@gibbs_step.mistake("minus", **MINUS)
def _(*args):
    return gibbs(*args, chance=inverted)


@gibbs_step.mistake("minus-going-up", **MINUS)
def _(*args):
    return gibbs(*args, chance=inverted, back=torch.sigmoid)


@gibbs_step.mistake("minus-going-down", **MINUS)
def _(*args):
    return gibbs(*args, back=inverted)


@gibbs_step.mistake(
    "draws-its-own",
    ko="난수를 새로 뽑았습니다. 주어진 u_h, u_v와 견주세요: `u_h < p_h`",
    en="This draws random numbers of its own. Compare with the given u_h and u_v: `u_h < p_h`.",
)
def _(*args):
    return gibbs(*args, on=lambda u, p: torch.bernoulli(p))


@gibbs_step.mistake(
    "probabilities-where-on",
    ko="켜진 유닛에 1 대신 확률을 넣었습니다. h는 0이나 1입니다.",
    en="The units that are on hold their probability instead of 1. h is 0 or 1.",
)
def _(v, W, b, c, u_h, u_v):
    p_h = up(v, W, c)
    h = (u_h < p_h) * p_h
    p_v = down(h, W, b)
    return p_h, h, p_v, (u_v < p_v).to(v.dtype)


SOFTMAX = {
    "ko": "시그모이드 대신 소프트맥스를 썼습니다. 소프트맥스는 하나를 고르게 하지만, 여기서는 유닛마다 따로 켜집니다.",
    "en": "This is a softmax in place of the sigmoid. A softmax chooses one of many, but here each unit "
    "is on or off by itself.",
}


@gibbs_step.mistake("softmax", **SOFTMAX)
def _(*args):
    return gibbs(*args, chance=lambda x: torch.softmax(x, 1))


@gibbs_step.mistake("softmax-going-up", **SOFTMAX)
def _(*args):
    return gibbs(*args, chance=lambda x: torch.softmax(x, 1), back=torch.sigmoid)


@gibbs_step.mistake(
    "uniforms-swapped",
    ko="u_h와 u_v가 바뀌었습니다. 은닉 유닛은 u_h와, 가시 유닛은 u_v와 견줍니다.",
    en="u_h and u_v are swapped: hidden units are compared with u_h, visible ones with u_v.",
)
def _(v, W, b, c, u_h, u_v):
    return gibbs(v, W, b, c, u_v, u_h)


@gibbs_step.mistake(
    "no-draw-at-the-end",
    ko="v_new 자리에 p_v를 다시 돌려주었습니다. v_new는 u_v < p_v인 곳이 1, 나머지가 0입니다.",
    en="p_v was returned again in the place of v_new. v_new is 1 where u_v < p_v, and 0 elsewhere.",
)
def _(*args):
    p_h, h, p_v, _ = gibbs(*args)
    return p_h, h, p_v, p_v.clone()


UNSAFE = {
    "ko": "식은 맞지만 σ 안의 수가 크면(float32에서는 89만 되어도) exp가 무한대가 되고, 무한대 나누기 무한대는 NaN입니다. 큰 수에서도 "
    "안전한 `torch.sigmoid`를 쓰세요.",
    "en": "The formula is right, but for a large number (89 is enough in float32) exp becomes infinite, and "
    "infinity over infinity is NaN. Use `torch.sigmoid`, which is safe for large numbers.",
}


def unsafe(x):
    return torch.exp(x) / (1 + torch.exp(x))


@gibbs_step.mistake("overflows", **UNSAFE)
def _(*args):
    return gibbs(*args, chance=unsafe)


@gibbs_step.mistake(
    "no-sigmoid-going-up",
    ko="올라갈 때 시그모이드를 지나지 않아 p_h가 확률이 아닙니다: `torch.sigmoid(v @ W.T + c)`",
    en="The sigmoid is missing on the way up, so p_h is no probability: `torch.sigmoid(v @ W.T + c)`.",
)
def _(*args):
    return gibbs(*args, chance=lambda x: x, back=torch.sigmoid)


@gibbs_step.mistake(
    "no-sigmoid-going-down",
    ko="내려올 때 시그모이드를 지나지 않아 p_v가 확률이 아닙니다: `torch.sigmoid(h @ W + b)`",
    en="The sigmoid is missing on the way down, so p_v is no probability: `torch.sigmoid(h @ W + b)`.",
)
def _(*args):
    return gibbs(*args, back=lambda x: x)


@gibbs_step.mistake(
    "not-transposed-on-the-way-up",
    ko="올라갈 때 W를 전치하지 않았습니다. W는 (H, V)이므로 `v @ W.T`입니다. V와 H가 같으면 오류도 나지 않습니다.",
    en="W was not transposed on the way up. It is (H, V), so it is `v @ W.T`. Where V equals H no error "
    "tells you.",
)
def _(v, W, b, c, u_h, u_v):
    p_h = torch.sigmoid(v @ W + c)
    h = (u_h < p_h).to(v.dtype)
    p_v = down(h, W, b)
    return p_h, h, p_v, (u_v < p_v).to(v.dtype)


gibbs_step.hints(
    ko=[
        "올라갔다가 내려옵니다. 갈 때마다 두 가지를 합니다: 확률을 구하고, 난수와 견주어 켤지 끌지 뽑습니다.",
        "p_h = σ(v Wᵀ + c)는 (N, H), h는 u_h < p_h인 곳이 1. p_v = σ(h W + b)는 (N, V), v_new는 u_v < p_v인 곳이 1.",
        "`p_h = torch.sigmoid(v @ W.T + c)`, `h = (u_h < p_h).to(v.dtype)`, `p_v = torch.sigmoid(h @ W + b)`, "
        "`v_new = (u_v < p_v).to(v.dtype)`",
    ],
    en=[
        "Up and down again. Each way has two parts: find the probabilities, then compare with the "
        "random numbers to switch units on or off.",
        "p_h = σ(v Wᵀ + c) is (N, H); h is 1 where u_h < p_h. p_v = σ(h W + b) is (N, V); v_new is 1 "
        "where u_v < p_v.",
        "`p_h = torch.sigmoid(v @ W.T + c)`, `h = (u_h < p_h).to(v.dtype)`, `p_v = torch.sigmoid(h "
        "@ W + b)`, `v_new = (u_v < p_v).to(v.dtype)`.",
    ],
)


# ---------------------------------------------------------------- cd1-update


def free_energy(v, W, b, c):
    """−log of the sum over all h of exp(−E(v, h)), for each row of v: (N,)."""
    return -(v @ b) - F.softplus(F.linear(v, W, c)).sum(1)


@exercise("cd1-update", points=3, returns=["W", "b", "c"], forbids=AUTOGRAD)
def cd1_update(v, W, b, c, u_h, lr):
    with torch.no_grad():  # the reconstruction is taken as given
        v1 = down((u_h < up(v, W, c)).to(v.dtype), W, b)
    leaves = [p.clone().requires_grad_() for p in (W, b, c)]
    with torch.enable_grad():
        difference = (free_energy(v, *leaves) - free_energy(v1, *leaves)).mean()
        gradients = torch.autograd.grad(difference, leaves)
    return tuple(p - lr * g for p, g in zip((W, b, c), gradients, strict=True))


def cd_case(draw, N, V, H, dtype=torch.float32, large=False):
    v, W, b, c, u_h, _ = gibbs_case(draw, N, V, H, dtype, large=large)
    return v, W, b, c, u_h, draw.number(0.5, 3)


@cd1_update.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
        torch.zeros(2, 3),
        torch.zeros(3),
        torch.zeros(2),
        torch.tensor([[0.2, 0.8], [0.3, 0.4]]),
        1.0,
    )
    # the first hidden unit of the first sample has a probability of exactly 0.5, and u_h is that
    yield (
        torch.tensor([[0.0, 1.0], [1.0, 1.0]]),
        torch.tensor([[1.0, 0.0], [0.0, -2.0]]),
        torch.tensor([0.0, 0.5]),
        torch.tensor([0.0, 1.0]),
        torch.tensor([[0.5, 0.4], [0.6, 0.1]]),
        1.0,
    )
    yield cd_case(draw, 1, 4, 2, large=True)
    yield cd_case(draw, 4, 3, 3)
    yield cd_case(draw, draw.integer(4, 9), draw.integer(5, 7), 1)
    yield cd_case(draw, draw.integer(5, 9), 1, draw.integer(4, 6), DOUBLE)
    v, *others = cd_case(draw, 6, 5, 3)
    yield draw.uniform(0, 1, 6, 5), others[0], others[1], others[2], *_clear(draw, v, others)


def _clear(draw, v, others):
    """u_h and lr for a case with grey pixels: uniforms at the ends decide whatever p_h is."""
    return torch.where(others[3] < 0.5, 0.0, 0.9999), others[4]


def stages(v, W, b, c, u_h):
    p0 = up(v, W, c)
    h0 = (u_h < p0).to(v.dtype)
    v1 = down(h0, W, b)
    return p0, h0, v1, up(v1, W, c)


def moved(W, b, c, lr, d_W, d_b, d_c):
    return W + lr * d_W, b + lr * d_b, c + lr * d_c


@cd1_update.accepts
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    d_W = torch.einsum("nh,nv->hv", p0, v) - torch.einsum("nh,nv->hv", p1, v1)
    new = W + lr / len(v) * d_W, b + lr * (v.mean(0) - v1.mean(0)), c + lr * (p0 - p1).mean(0)
    return list(new)


@cd1_update.accepts
def _(v, W, b, c, u_h, lr):
    W, b, c = W.clone(), b.clone(), c.clone()
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    for n in range(len(v)):
        step = lr / v.shape[0]
        W += step * (torch.outer(p0[n], v[n]) - torch.outer(p1[n], v1[n]))
        b += step * (v[n] - v1[n])
        c += step * (p0[n] - p1[n])
    return W, b, c


@cd1_update.mistake(
    "sign",
    ko="부호가 반대입니다. 데이터(v)의 것을 더하고 복원(v1)의 것을 뺍니다. 지금은 데이터에서 멀어집니다.",
    en="The sign is flipped. Add what belongs to the data (v) and take off what belongs to the "
    "reconstruction (v1). This moves away from the data.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, -lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "not-averaged",
    ko="배치에 대해 평균을 내지 않았습니다. 배치가 커지면 걸음도 커집니다. N으로 나누세요.",
    en="Nothing is averaged over the batch, so the step grows with its size. Divide by N.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    return moved(W, b, c, lr, p0.T @ v - p1.T @ v1, (v - v1).sum(0), (p0 - p1).sum(0))


@cd1_update.mistake(
    "weights-not-averaged",
    ko="b와 c는 배치의 평균인데 W는 배치의 합입니다(11장의 함정과 같습니다). W의 변화도 N으로 나누세요.",
    en="b and c use the mean over the batch, W the sum: the trap of chapter 11 again. Divide the "
    "change of W by N too.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    return moved(W, b, c, lr, p0.T @ v - p1.T @ v1, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "positive-only",
    ko="데이터 쪽만 있고 복원 쪽을 빼지 않았습니다. 그러면 가중치가 한없이 자랍니다.",
    en="Only the data's part is there; the reconstruction's was not taken off. The weights would grow "
    "without end.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, _, _ = stages(v, W, b, c, u_h)
    return moved(W, b, c, lr, p0.T @ v / len(v), v.mean(0), p0.mean(0))


@cd1_update.mistake(
    "no-draw",
    ko="h0를 뽑지 않고 확률 p_h0에서 바로 복원했습니다. 은닉 유닛은 u_h < p_h0인 곳만 켜서 내려보내세요.",
    en="The reconstruction was made from the probabilities p_h0 without drawing h0. Send down only "
    "the units that are switched on: u_h < p_h0.",
)
def _(v, W, b, c, u_h, lr):
    p0 = up(v, W, c)
    v1 = down(p0, W, b)
    p1 = up(v1, W, c)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "statistics-of-the-draw",
    ko="데이터 쪽 통계에 뽑은 h0를 썼습니다. h0는 복원을 만들 때만 쓰고, 통계에는 덜 흔들리는 확률 p_h0를 씁니다.",
    en="The data's statistics use the drawn h0. Use h0 for making the reconstruction only; the "
    "statistics take the probabilities p_h0, which wobble less.",
)
def _(v, W, b, c, u_h, lr):
    _, h0, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, lr, (h0.T @ v - p1.T @ v1) / n, (v - v1).mean(0), (h0 - p1).mean(0))


@cd1_update.mistake(
    "never-looks-again",
    ko="복원 v1에서 다시 올라가지 않고 p_h0를 두 번 썼습니다. 복원 쪽의 p_h1은 v1에서 새로 구합니다.",
    en="p_h0 was used twice. The reconstruction's p_h1 has to be computed anew, from v1.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, _ = stages(v, W, b, c, u_h)
    return moved(W, b, c, lr, p0.T @ (v - v1) / len(v), (v - v1).mean(0), torch.zeros_like(c))


@cd1_update.mistake(
    "binary-reconstruction",
    ko="복원 v1을 0.5에서 반올림해 0과 1로 만들었습니다. v1은 확률 그대로 둡니다.",
    en="The reconstruction v1 was rounded to zeros and ones. Leave it as probabilities.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, _, _ = stages(v, W, b, c, u_h)
    v1 = (h0 @ W + b > 0).to(v.dtype)
    p1 = up(v1, W, c)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "only-the-weights",
    ko="W만 고치고 b와 c는 그대로 두었습니다.",
    en="Only W was updated; b and c are as they were.",
)
def _(v, W, b, c, u_h, lr):
    return cd1_update(v, W, b, c, u_h, lr)[0], b.clone(), c.clone()


@cd1_update.mistake(
    "returns-the-change",
    ko="새 값이 아니라 변화량을 돌려주었습니다. W, b, c에 더해서 돌려주세요.",
    en="This returns the changes instead of the new values: add them to W, b and c.",
)
def _(v, W, b, c, u_h, lr):
    new = cd1_update(v, W, b, c, u_h, lr)
    return tuple(after - before for after, before in zip(new, (W, b, c), strict=True))


@cd1_update.mistake(
    "transposed",
    ko="W의 변화가 (V, H)로 눕혀져 있습니다. W는 (H, V)이므로 `p_h0.T @ v`입니다. V와 H가 같으면 오류 없이 틀립니다.",
    en="The change of W lies on its side, (V, H). W is (H, V), so it is `p_h0.T @ v`. Where V equals H "
    "it is wrong without an error.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, lr, (v.T @ p0 - v1.T @ p1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "forgets-lr",
    ko="학습률 lr을 곱하지 않았습니다.",
    en="The learning rate lr is missing.",
)
def _(v, W, b, c, u_h, lr):
    return cd1_update(v, W, b, c, u_h, 1.0)


@cd1_update.mistake(
    "in-place",
    ko="`W += …`는 받은 텐서를 그 자리에서 바꿉니다. `W = W + …`로 새 텐서를 만드세요.",
    en="`W += …` changes the tensor you were given. Make a new one: `W = W + …`.",
)
def _(v, W, b, c, u_h, lr):
    new = cd1_update(v, W, b, c, u_h, lr)
    for old, value in zip((W, b, c), new, strict=True):
        old.copy_(value)
    return W, b, c


@cd1_update.mistake(
    "weights-descend",
    ko="W만 부호가 반대입니다. 데이터의 것을 더하고 복원의 것을 빼므로 `W + lr * …`입니다.",
    en="The sign of W alone is flipped. The data's part is added, the reconstruction's taken off: `W + lr * …`.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, lr, (p1.T @ v1 - p0.T @ v) / n, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "biases-not-averaged",
    ko="W는 맞지만 b와 c를 배치에 대해 더하기만 했습니다. `sum(0)`이 아니라 `mean(0)`입니다.",
    en="W is right, but b and c sum over the batch: `mean(0)`, not `sum(0)`.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).sum(0), (p0 - p1).sum(0))


@cd1_update.mistake(
    "one-mean-for-all-units",
    ko="`mean()`에 축이 없어 모든 유닛의 편향이 같은 만큼 움직입니다. 표본에 대해서만 평균을 내세요: `mean(0)`",
    en="`mean()` has no axis, so the biases of all units move alike. Average over the samples only: `mean(0)`.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).mean(), (p0 - p1).mean())


@cd1_update.mistake(
    "biases-swapped",
    ko="b와 c의 변화가 바뀌었습니다. b (V,)는 v − v1에서, c (H,)는 p_h0 − p_h1에서 옵니다.",
    en="The changes of b and c are swapped. b (V,) gets v − v1, c (H,) gets p_h0 − p_h1.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (p0 - p1).mean(0), (v - v1).mean(0))


@cd1_update.mistake(
    "draws-in-all-statistics",
    ko="통계에 뽑은 상태를 썼습니다(p_h1 자리에도 u_h로 뽑은 것). 통계에는 확률 p_h0, p_h1을 씁니다.",
    en="The statistics use drawn states (for p_h1 too). They take the probabilities p_h0 and p_h1.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    h1 = (u_h < p1).to(v.dtype)
    return moved(W, b, c, lr, (h0.T @ v - h1.T @ v1) / n, (v - v1).mean(0), (h0 - h1).mean(0))


@cd1_update.mistake(
    "old-hidden-with-the-dream",
    ko="W의 복원 쪽에 p_h0를 썼습니다. v1과 짝이 되는 것은 v1에서 구한 p_h1입니다.",
    en="The reconstruction's part of W uses p_h0. What belongs with v1 is p_h1, computed from v1.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    n = len(v)
    return moved(W, b, c, lr, p0.T @ (v - v1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


H0_BACKWARDS = {
    "ko": "h0의 부등호가 반대입니다: `u_h < p_h0`인 곳이 켜집니다.",
    "en": "The inequality for h0 is the wrong way round: units are on where `u_h < p_h0`.",
}


@cd1_update.mistake("switches-backwards", **H0_BACKWARDS)
def _(v, W, b, c, u_h, lr):
    p0 = up(v, W, c)
    v1 = down((u_h > p0).to(v.dtype), W, b)
    p1 = up(v1, W, c)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake("switches-backwards-or-equal", **H0_BACKWARDS)
def _(v, W, b, c, u_h, lr):
    p0 = up(v, W, c)
    v1 = down((u_h >= p0).to(v.dtype), W, b)
    p1 = up(v1, W, c)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "draws-the-reconstruction",
    ko="복원 v1을 난수로 뽑았습니다. v1은 확률 그대로 둡니다.",
    en="The reconstruction v1 was drawn at random. Leave it as probabilities.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, _ = stages(v, W, b, c, u_h)
    v1 = torch.bernoulli(v1)
    p1 = up(v1, W, c)
    n = len(v)
    return moved(W, b, c, lr, (p0.T @ v - p1.T @ v1) / n, (v - v1).mean(0), (p0 - p1).mean(0))


def learnt(v, W, b, c, lr, h0, p0, p1, v1):
    """The update from given stages; h0: the hidden units that the data's part of W takes."""
    d_W = (h0.T @ v - p1.T @ v1) / len(v)
    return moved(W, b, c, lr, d_W, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "on-where-equal",
    ko="u_h가 확률과 똑같을 때도 켰습니다. 앞의 gibbs-step처럼 작을 때만 켭니다: `<=`가 아니라 `<`",
    en="Units are on even where u_h equals the probability. As in gibbs-step, they are on where it is "
    "smaller: `<`, not `<=`.",
)
def _(v, W, b, c, u_h, lr):
    p0 = up(v, W, c)
    v1 = down((u_h <= p0).to(v.dtype), W, b)
    return learnt(v, W, b, c, lr, p0, p0, up(v1, W, c), v1)


@cd1_update.mistake("float32", **ALWAYS_FLOAT32)
def _(v, W, b, c, u_h, lr):
    p0 = up(v, W, c)
    v1 = down((u_h < p0).float(), W, b)
    return learnt(v, W, b, c, lr, p0, p0, up(v1, W, c), v1)


HALF_DRAWN = {
    "ko": "데이터 쪽 통계의 한 곳에 뽑은 h0가 남아 있습니다. W의 통계에도 c의 통계에도 확률 p_h0를 씁니다.",
    "en": "In one place the data's statistics still use the drawn h0. Those of W and those of c both take "
    "the probabilities p_h0.",
}


@cd1_update.mistake("draw-in-the-statistics-of-W", **HALF_DRAWN)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    return learnt(v, W, b, c, lr, h0, p0, p1, v1)


@cd1_update.mistake("draw-in-the-statistics-of-c", **HALF_DRAWN)
def _(v, W, b, c, u_h, lr):
    p0, h0, v1, p1 = stages(v, W, b, c, u_h)
    return learnt(v, W, b, c, lr, p0, h0, p1, v1)


@cd1_update.mistake(
    "draws-the-dream",
    ko="복원 쪽 통계에 뽑은 상태를 썼습니다. 데이터 쪽처럼 확률 p_h1을 그대로 씁니다.",
    en="The reconstruction's statistics use drawn states. Like the data's, they take the probabilities, "
    "p_h1.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    return learnt(v, W, b, c, lr, p0, p0, (u_h < p1).to(v.dtype), v1)


NOT_BY_N = {
    "ko": "W의 변화를 N이 아닌 것으로 나누었습니다. 표본의 수 N은 `len(v)`입니다.",
    "en": "The change of W was divided by something other than the number of samples, N = `len(v)`.",
}


@cd1_update.mistake("divides-by-all-pixels", **NOT_BY_N)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    d_W = (p0.T @ v - p1.T @ v1) / v.numel()
    return moved(W, b, c, lr, d_W, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake("divides-by-the-hidden-units", **NOT_BY_N)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    d_W = (p0.T @ v - p1.T @ v1) / len(W)
    return moved(W, b, c, lr, d_W, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake("divides-by-the-visible-units", **NOT_BY_N)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    d_W = (p0.T @ v - p1.T @ v1) / v.shape[1]
    return moved(W, b, c, lr, d_W, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "no-visible-bias",
    ko="내려올 때 가시 유닛의 편향 b를 더하지 않았습니다: v1 = σ(h0 W + b)",
    en="The visible biases b were not added on the way down: v1 = σ(h0 W + b).",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, torch.zeros_like(b), c, u_h)
    return learnt(v, W, b, c, lr, p0, p0, p1, v1)


NO_HIDDEN_BIAS = {
    "ko": "올라갈 때 은닉 유닛의 편향 c를 더하지 않은 곳이 있습니다. p_h0에도 p_h1에도 더합니다.",
    "en": "Somewhere on the way up the hidden biases c were not added. They belong in p_h0 and in p_h1.",
}


@cd1_update.mistake("no-hidden-bias", **NO_HIDDEN_BIAS)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, torch.zeros_like(c), u_h)
    return learnt(v, W, b, c, lr, p0, p0, p1, v1)


@cd1_update.mistake("no-hidden-bias-at-first", **NO_HIDDEN_BIAS)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, _ = stages(v, W, b, torch.zeros_like(c), u_h)
    return learnt(v, W, b, c, lr, p0, p0, up(v1, W, c), v1)


@cd1_update.mistake("no-hidden-bias-again", **NO_HIDDEN_BIAS)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, _ = stages(v, W, b, c, u_h)
    return learnt(v, W, b, c, lr, p0, p0, up(v1, W, torch.zeros_like(c)), v1)


@cd1_update.mistake(
    "changes-W-before-the-dream",
    ko="W를 먼저 고치고 그 새 W로 복원했습니다. 복원과 p_h1은 옛 W로 구하고, 셋은 마지막에 함께 고치세요.",
    en="W was changed first, and the reconstruction made with the new one. Use the old W for v1 and p_h1, "
    "and change all three at the end.",
)
def _(v, W, b, c, u_h, lr):
    p0, h0, _, _ = stages(v, W, b, c, u_h)
    W = W + lr * p0.T @ v / len(v)
    v1 = down(h0, W, b)
    p1 = up(v1, W, c)
    new_b, new_c = b + lr * (v - v1).mean(0), c + lr * (p0 - p1).mean(0)
    return W - lr * p1.T @ v1 / len(v), new_b, new_c


OTHER_ORDER = {
    "ko": "값은 모두 맞지만 순서가 다릅니다. (W, b, c) 순서로 돌려주세요.",
    "en": "All three are right, but in another order: return (W, b, c).",
}


@cd1_update.mistake("b-first", **OTHER_ORDER)
def _(v, W, b, c, u_h, lr):
    new_W, new_b, new_c = cd1_update(v, W, b, c, u_h, lr)
    return new_b, new_W, new_c


@cd1_update.mistake("biases-first", **OTHER_ORDER)
def _(v, W, b, c, u_h, lr):
    new_W, new_b, new_c = cd1_update(v, W, b, c, u_h, lr)
    return new_b, new_c, new_W


@cd1_update.mistake("c-before-b", **OTHER_ORDER)
def _(v, W, b, c, u_h, lr):
    new_W, new_b, new_c = cd1_update(v, W, b, c, u_h, lr)
    return new_W, new_c, new_b


OF_DIFFERENCES = {
    "ko": "곱의 차는 차의 곱이 아닙니다: p_h0ᵀv − p_h1ᵀv1",
    "en": "A difference of products is not the product of differences: p_h0ᵀv − p_h1ᵀv1.",
}


@cd1_update.mistake(
    "difference-times-the-data",
    ko="복원 쪽의 p_h1에 v1이 아니라 v가 곱해졌습니다. 복원의 통계는 p_h1과 v1의 곱입니다: p_h0ᵀv − p_h1ᵀv1",
    en="The reconstruction's p_h1 is multiplied by v instead of v1. Its statistics are the product of p_h1 "
    "and v1: p_h0ᵀv − p_h1ᵀv1.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    return moved(W, b, c, lr, (p0 - p1).T @ v / len(v), (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake("product-of-differences", **OF_DIFFERENCES)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    return moved(W, b, c, lr, (p0 - p1).T @ (v - v1) / len(v), (v - v1).mean(0), (p0 - p1).mean(0))


BIAS_SIGN = {
    "ko": "b나 c의 부호가 반대입니다. 둘 다 데이터 쪽에서 복원 쪽을 뺍니다: v − v1, p_h0 − p_h1",
    "en": "The sign of b or of c is flipped. In both, the reconstruction's part is taken off the "
    "data's: v − v1 and p_h0 − p_h1.",
}
for name, signs in (("b", (-1, 1)), ("c", (1, -1)), ("b-and-c", (-1, -1))):

    def flipped(v, W, b, c, u_h, lr, signs=signs):
        p0, _, v1, p1 = stages(v, W, b, c, u_h)
        d_W, (d_b, d_c) = (p0.T @ v - p1.T @ v1) / len(v), signs
        return moved(W, b, c, lr, d_W, d_b * (v - v1).mean(0), d_c * (p0 - p1).mean(0))

    cd1_update.mistake(f"{name}-descends", **BIAS_SIGN)(flipped)


@cd1_update.mistake(
    "divides-only-the-dream",
    ko="나눗셈이 뺄셈보다 먼저라서 p_h1ᵀv1만 N으로 나누었습니다. 괄호를 치세요: `(p_h0.T @ v - p_h1.T @ v1) / len(v)`",
    en="Division comes before subtraction, so only p_h1ᵀv1 was divided by N. Put parentheses: "
    "`(p_h0.T @ v - p_h1.T @ v1) / len(v)`.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    d_W = p0.T @ v - p1.T @ v1 / len(v)
    return moved(W, b, c, lr, d_W, (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake(
    "positive-only-in-W",
    ko="b와 c의 변화는 맞지만 W에서는 복원 쪽의 p_h1ᵀv1을 빼지 않았습니다. 그러면 가중치가 한없이 자랍니다.",
    en="The changes of b and c are right, but in that of W the reconstruction's p_h1ᵀv1 was not taken off. "
    "The weights would grow without end.",
)
def _(v, W, b, c, u_h, lr):
    p0, _, v1, p1 = stages(v, W, b, c, u_h)
    return moved(W, b, c, lr, p0.T @ v / len(v), (v - v1).mean(0), (p0 - p1).mean(0))


@cd1_update.mistake("overflows", **UNSAFE)
def _(v, W, b, c, u_h, lr):
    p0 = unsafe(v @ W.T + c)
    v1 = unsafe((u_h < p0).to(v.dtype) @ W + b)
    return learnt(v, W, b, c, lr, p0, p0, unsafe(v1 @ W.T + c), v1)


cd1_update.hints(
    ko=[
        "네 단계입니다: 데이터에서 올라가고(p_h0, h0), 내려와 복원하고(v1), 복원에서 다시 올라간 뒤(p_h1), 데이터 쪽에서 복원 "
        "쪽을 뺍니다.",
        "ΔW = (p_h0ᵀ v − p_h1ᵀ v1)/N은 (H, V), Δb는 v − v1의 배치 평균 (V,), Δc는 p_h0 − p_h1의 배치 평균 (H,).",
        "`p_h0 = torch.sigmoid(v @ W.T + c)`, `h0 = (u_h < p_h0).to(v.dtype)`, `v1 = torch.sigmoid(h0 @ W + b)`, "
        "`p_h1 = torch.sigmoid(v1 @ W.T + c)`, "
        "`new_W = W + lr * (p_h0.T @ v - p_h1.T @ v1) / len(v)`. b와 c는 `mean(0)`으로.",
    ],
    en=[
        "Four stages: up from the data (p_h0, h0), down to a reconstruction (v1), up from that "
        "(p_h1); then the data's statistics minus the reconstruction's.",
        "ΔW = (p_h0ᵀ v − p_h1ᵀ v1)/N is (H, V); Δb is the batch mean of v − v1, (V,); Δc is the batch "
        "mean of p_h0 − p_h1, (H,).",
        "`p_h0 = torch.sigmoid(v @ W.T + c)`, `h0 = (u_h < p_h0).to(v.dtype)`, `v1 = torch.sigmoid(h0 "
        "@ W + b)`, `p_h1 = torch.sigmoid(v1 @ W.T + c)`, `new_W = W + lr * (p_h0.T @ v - p_h1.T @ v1) / len(v)`; b and c with `mean(0)`.",
    ],
)


# ---------------------------------------------------------------- pass-up


@exercise("pass-up")
def pass_up(x, rbms):
    seen, a = [x], x
    with torch.no_grad():
        for W, _, c in rbms:
            layer = nn.Linear(W.shape[1], W.shape[0], dtype=W.dtype)
            layer.load_state_dict({"weight": W, "bias": c})
            a = nn.Sigmoid()(layer(a))
            seen.append(a)
    return seen


@pass_up.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 0.0]]),
        [
            (
                torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]),
                torch.ones(2),
                torch.tensor([0.0, 1.0, 100.0]),
            )
        ],
    )
    yield draw.uniform(0, 1, 4, 3), [machine(draw, 3, 3) for _ in range(5)]
    V, H, G = draw.integer(5, 7), draw.integer(3, 4), 1
    yield draw.uniform(0, 1, draw.integer(2, 5), V), [machine(draw, V, H), machine(draw, H, G)]
    yield draw.uniform(0, 1, 1, V, dtype=DOUBLE), [machine(draw, V, H, DOUBLE)]
    yield draw.uniform(0, 1, 3, V), []


def climb(x, rbms, layer):
    seen = [x]
    for rbm in rbms:
        seen.append(layer(seen[-1], *rbm))
    return seen


@pass_up.accepts
def _(x, rbms):
    return tuple(climb(x, rbms, lambda a, W, b, c: 1 / (1 + torch.exp(-F.linear(a, W, c)))))


@pass_up.accepts
def _(x, rbms):
    if not rbms:
        return [x.clone()]
    (W, _, c), *others = rbms
    return [x, *pass_up(torch.special.expit(torch.einsum("nv,hv->nh", x, W) + c), others)]


@pass_up.mistake(
    "no-sigmoid",
    ko="시그모이드를 지나지 않았습니다. 다음 RBM의 가시 유닛은 0과 1 사이의 확률을 받아야 합니다.",
    en="The sigmoid is missing. The visible units of the next RBM expect probabilities between 0 and "
    "1.",
)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: a @ W.T + c)


@pass_up.mistake(
    "zeros-and-ones",
    ko="확률을 0.5에서 끊어 0과 1로 만들었습니다. 확률을 그대로 올려보내세요.",
    en="The probabilities were cut to zeros and ones at 0.5. Hand them on as they are.",
)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: (a @ W.T + c > 0).to(a.dtype))


@pass_up.mistake(
    "visible-bias",
    ko="올라가면서 가시 유닛의 편향 b를 더했습니다. 은닉 유닛의 편향은 셋 중 마지막인 c입니다.",
    en="The visible bias b was added on the way up. The hidden units' bias is c, the last of the three.",
)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: torch.sigmoid(a @ W.T + b))


@pass_up.mistake(
    "no-bias",
    ko="편향 c를 더하지 않았습니다.",
    en="The bias c was not added.",
)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: torch.sigmoid(a @ W.T))


@pass_up.mistake(
    "not-transposed",
    ko="W를 전치하지 않았습니다. W는 (H, V)이므로 올라갈 때는 `a @ W.T`입니다.",
    en="W was not transposed. It is (H, V), so the way up is `a @ W.T`.",
)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: torch.sigmoid(a @ W + c))


@pass_up.mistake(
    "always-from-x",
    ko="모든 RBM에 x를 넣었습니다. 둘째 RBM은 첫째 RBM의 은닉 유닛이 낸 것을 받습니다.",
    en="Every RBM was given x. The second one gets what the hidden units of the first one give.",
)
def _(x, rbms):
    return [x, *(up(x, W, c) for W, _, c in rbms)]


@pass_up.mistake(
    "leaves-out-x",
    ko="리스트의 첫째는 x 자신입니다. 첫째 RBM의 입력이니까요. 모두 L + 1개입니다.",
    en="The list begins with x itself, what the first RBM gets. There are L + 1 tensors.",
)
def _(x, rbms):
    return pass_up(x, rbms)[1:]


@pass_up.mistake(
    "leaves-out-the-top",
    ko="맨 위 RBM의 은닉 유닛이 낸 것이 빠졌습니다. 모두 L + 1개입니다.",
    en="What the hidden units of the topmost RBM give is missing. There are L + 1 tensors.",
)
def _(x, rbms):
    return pass_up(x, rbms)[:-1]


@pass_up.mistake(
    "only-the-top",
    ko="맨 위의 것만 돌려주었습니다. x부터 맨 위까지 모두 리스트에 담으세요.",
    en="Only the topmost was returned. Put everything into a list, from x to the top.",
)
def _(x, rbms):
    return pass_up(x, rbms)[-1]


@pass_up.mistake(
    "relu",
    ko="시그모이드 대신 ReLU를 썼습니다. RBM의 유닛이 켜질 확률은 시그모이드입니다.",
    en="This uses a ReLU. The probability of an RBM's unit is a sigmoid.",
)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: torch.relu(a @ W.T + c))


@pass_up.mistake(
    "sigmoid-twice",
    ko="시그모이드를 두 번 지났습니다. 리스트에 넣을 때 다시 씌우지 않았나요?",
    en="The sigmoid was applied twice. Is it there again where you append?",
)
def _(x, rbms):
    return [x, *(torch.sigmoid(a) for a in pass_up(x, rbms)[1:])]


@pass_up.mistake(
    "draws",
    ko="은닉 유닛을 난수로 뽑아 올렸습니다. 여기서는 확률을 그대로 올려보냅니다.",
    en="The hidden units were drawn at random. Here the probabilities themselves go up.",
)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: torch.bernoulli(up(a, W, c)))


@pass_up.mistake(
    "from-the-top",
    ko="위의 RBM부터 지났습니다. 리스트의 첫째가 맨 아래입니다.",
    en="This begins with the topmost RBM. The first of the list is the bottom.",
)
def _(x, rbms):
    return pass_up(x, rbms[::-1])


FIRST_ONLY = {
    "ko": "RBM 하나만 지나고 끝났습니다. `return`이 반복문 안에 있지 않은가요?",
    "en": "Only one RBM was passed. Does `return` stand inside the loop?",
}


@pass_up.mistake("returns-inside-the-loop", **FIRST_ONLY)
def _(x, rbms):
    return pass_up(x, rbms[:1])


@pass_up.mistake("no-return-without-a-loop", **FIRST_ONLY)
def _(x, rbms):
    return pass_up(x, rbms[:1]) if rbms else None


@pass_up.mistake(
    "bottom-and-top-only",
    ko="x와 맨 위의 것만 있고 중간의 것이 빠졌습니다. `append`가 반복문 안에 있어야 합니다.",
    en="x and the topmost are there, but what lies between is missing: `append` belongs inside the loop.",
)
def _(x, rbms):
    return [x, pass_up(x, rbms)[-1]]


@pass_up.mistake("overflows", **UNSAFE)
def _(x, rbms):
    return climb(x, rbms, lambda a, W, b, c: unsafe(a @ W.T + c))


pass_up.hints(
    ko=[
        "RBM을 아래에서 위로 하나씩 지나는 순전파입니다. 지나온 것을 모두 모으세요.",
        "x부터 시작해 RBM마다 a ← σ(a Wᵀ + c). 모양은 (N, V) → (N, H)이고, 이 H가 다음 RBM의 V입니다.",
        "`inputs = [x]`, `for W, b, c in rbms:`, `inputs.append(torch.sigmoid(inputs[-1] @ W.T + c))`",
    ],
    en=[
        "It is a forward pass through the RBMs, from the bottom to the top. Collect what you pass.",
        "Start from x; each RBM is a ← σ(a Wᵀ + c), from (N, V) to (N, H), and this H is the V of "
        "the next one.",
        "`inputs = [x]`, `for W, b, c in rbms:`, `inputs.append(torch.sigmoid(inputs[-1] @ W.T + "
        "c))`.",
    ],
)
