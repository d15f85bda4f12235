"""Exercises of ch11: backpropagation by hand.

The network: l1 = x @ W1 + b1, a1 = sigmoid(l1), l2 = a1 @ W2 + b2, y_pred = sigmoid(l2).
The loss L: the mean over the batch of half the squared error, summed over the outputs. Every
d_something is the derivative of L by something, in the shape of something.
"""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.functions import Polynomial, SineProduct

AUTOGRAD = (".backward", "torch.autograd.grad")
DOUBLE = torch.float64


def prime(z):
    return torch.sigmoid(z) * (1 - torch.sigmoid(z))


def one_hot(draw, batch, classes, dtype=torch.float32):
    return F.one_hot(draw.integers(0, classes - 1, batch), classes).to(dtype)


def network(draw, D, H, C, dtype=torch.float32):
    """W1, b1, W2, b2 of a D-H-C network."""
    sizes = ((D, H), (H,), (H, C), (C,))
    return tuple(draw.normal(*size, dtype=dtype) for size in sizes)


def sizes_of(draw, *ranges):
    return [draw.integer(low, high) for low, high in ranges]


# ---------------------------------------------------------------- sigmoid-prime


@exercise("sigmoid-prime", forbids=AUTOGRAD)
def sigmoid_prime(z):
    z = z.clone().requires_grad_()
    return torch.autograd.grad(torch.sigmoid(z).sum(), z)[0]


@sigmoid_prime.cases
def _(draw):
    yield (torch.tensor([0.0, 1.0]),)
    yield (torch.tensor([-2.0, -0.5, 0.5, 2.0]),)
    yield (torch.tensor([[-1000.0, -20.0], [20.0, 1000.0]]),)
    yield (2 * draw.normal(1, draw.integer(2, 5), 1),)
    yield (2 * draw.normal(dtype=DOUBLE),)  # no axis at all


@sigmoid_prime.accepts
def _(z):
    return 1 / (4 * torch.cosh(z / 2) ** 2)


@sigmoid_prime.accepts
def _(z):
    return torch.sigmoid(z) * torch.sigmoid(-z)


@sigmoid_prime.mistake(
    "of-the-wrong-argument",
    ko="시그모이드를 두 번 지났습니다. 이 함수의 인자는 활성값 a가 아니라 시그모이드를 지나기 전의 z입니다. "
    "`s = torch.sigmoid(z)`를 한 번만 구하고, 그다음에는 s만 쓰세요.",
    en="The sigmoid was applied twice. The argument of this function is z, before the sigmoid, "
    "not the activation a. Compute `s = torch.sigmoid(z)` once and use only s from there on.",
)
def _(z):
    return prime(torch.sigmoid(z))


RAW = {
    "ko": "z(1 − z)을 계산했습니다. s(1 − s)의 s는 z가 아니라 σ(z)입니다.",
    "en": "This is z(1 − z). In s(1 − s), s is not z but σ(z).",
}


@sigmoid_prime.mistake("raw-argument", **RAW)
def _(z):
    return z * (1 - z)


@sigmoid_prime.mistake(
    "not-differentiated",
    ko="시그모이드의 값 σ(z)를 돌려주었습니다. 여기에 1 − σ(z)를 곱해야 기울기가 됩니다.",
    en="This is the sigmoid's value, σ(z). Its slope is that times 1 − σ(z).",
)
def _(z):
    return torch.sigmoid(z)


@sigmoid_prime.mistake(
    "one-minus-s",
    ko="1 − σ(z)만 돌려주었습니다. 앞에 σ(z)가 곱해져야 합니다. 기울기는 z가 아주 클 때뿐 아니라 아주 작을 "
    "때에도 0에 가까워야 합니다.",
    en="This is only 1 − σ(z); the factor σ(z) is missing. The slope must go to 0 on both sides, "
    "for a very small z as well as for a very large one.",
)
def _(z):
    return 1 - torch.sigmoid(z)


@sigmoid_prime.mistake(
    "tanh-prime",
    ko="1 − s²은 시그모이드가 아니라 tanh의 도함수 꼴입니다. 시그모이드의 도함수는 s(1 − s)입니다.",
    en="1 − s² is the form for tanh. For the sigmoid it is s(1 − s).",
)
def _(z):
    return 1 - torch.sigmoid(z) ** 2


OVERFLOW = {
    "ko": "식은 맞지만 z가 1000이나 −1000이면 exp가 무한대가 되고, 무한대 나누기 무한대는 NaN입니다. exp를 직접 쓰지 말고, "
    "큰 수에서도 안전한 `torch.sigmoid`로 s를 구해 s(1 − s)를 계산하세요.",
    "en": "The formula is right, but at z = 1000 or −1000 exp becomes infinite, and infinity over "
    "infinity is NaN. Leave exp to `torch.sigmoid`, which is safe for large numbers, and compute "
    "s(1 − s) from its result.",
}


@sigmoid_prime.mistake("overflows", **OVERFLOW)
def _(z):
    return torch.exp(-z) / (1 + torch.exp(-z)) ** 2


@sigmoid_prime.mistake("overflows-upwards", **OVERFLOW)
def _(z):
    return torch.exp(z) / (1 + torch.exp(z)) ** 2


sigmoid_prime.hints(
    ko=[
        "앞의 그림에서 σ의 곡선이 가장 가파른 곳과 평평한 곳을 찾아보세요. 이 함수는 그 가파른 정도를 돌려줍니다. 가장 "
        "가파른 곳(z = 0)에서도 0.25입니다.",
        "σ'(z) = s(1 − s)이고 s = σ(z)입니다. 모양은 z와 같습니다.",
        "`s = torch.sigmoid(z)`, `return s * (1 - s)`",
    ],
    en=[
        "Look at the picture above: where is the curve of σ steep, where is it flat? This function "
        "returns that steepness. At its steepest, z = 0, it is 0.25.",
        "σ'(z) = s(1 − s) with s = σ(z), in the shape of z.",
        "`s = torch.sigmoid(z)`, `return s * (1 - s)`.",
    ],
)


# ---------------------------------------------------------------- forward


@exercise(
    "forward",
    points=2,
    forbids=["nn.Linear", "nn.Sequential"],
    returns=["l1", "a1", "l2", "y_pred"],
)
def forward(x, W1, b1, W2, b2):
    first, second = nn.Linear(*W1.shape, dtype=x.dtype), nn.Linear(*W2.shape, dtype=x.dtype)
    l1 = torch.func.functional_call(first, {"weight": W1.T, "bias": b1}, x)
    a1 = nn.Sigmoid()(l1)
    l2 = torch.func.functional_call(second, {"weight": W2.T, "bias": b2}, a1)
    return l1, a1, l2, nn.Sigmoid()(l2)


@forward.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 2.0]]),
        torch.tensor([[0.5], [-0.5]]),
        torch.tensor([0.5]),
        torch.tensor([[2.0, -2.0]]),
        torch.tensor([0.0, 1.0]),
    )
    yield draw.normal(2, 4), *network(draw, 4, 3, 1)
    yield draw.normal(3, 3), *(each.requires_grad_() for each in network(draw, 3, 3, 3))
    yield (  # saturated: exp of these l1 and l2 is too large for a float32
        torch.tensor([[100.0], [-100.0]]),
        torch.tensor([[1.0, 10.0]]),
        torch.zeros(2),
        torch.tensor([[300.0, -300.0], [500.0, -500.0]]),
        torch.tensor([-400.0, 400.0]),
    )
    B, D, H, C = sizes_of(draw, (4, 7), (5, 8), (2, 4), (2, 4))
    yield draw.normal(B, D, dtype=DOUBLE), *network(draw, D, H, C, dtype=DOUBLE)


@forward.accepts
def _(x, W1, b1, W2, b2):
    l1 = torch.addmm(b1, x, W1)
    a1 = 1 / (1 + torch.exp(-l1))
    l2 = torch.einsum("bh,hc->bc", a1, W2) + b2.expand(len(x), -1)
    return [l1, a1, l2, torch.special.expit(l2)]


@forward.accepts
def _(x, W1, b1, W2, b2):
    ones = torch.ones(len(x), 1, dtype=x.dtype)
    l1 = torch.cat([x, ones], 1) @ torch.cat([W1, b1[None]])
    a1 = torch.tanh(l1 / 2) / 2 + 0.5
    l2 = torch.cat([a1, ones], 1) @ torch.cat([W2, b2[None]])
    return l1, a1, l2, torch.tanh(l2 / 2) / 2 + 0.5


@forward.mistake(
    "no-output-sigmoid",
    ko="출력층의 시그모이드가 빠져 y_pred가 l2와 같습니다. y_pred는 0과 1 사이여야 합니다.",
    en="The sigmoid of the output layer is missing: y_pred equals l2. It should lie between 0 and 1.",
)
def _(x, W1, b1, W2, b2):
    l1, a1, l2, _ = forward(x, W1, b1, W2, b2)
    return l1, a1, l2, l2


@forward.mistake(
    "no-hidden-sigmoid",
    ko="은닉층의 시그모이드가 빠져 a1이 l1과 같습니다. 시그모이드가 없으면 두 층이 한 층이나 다름없습니다(10장).",
    en="The sigmoid of the hidden layer is missing: a1 equals l1. Without it two layers can do no "
    "more than one (chapter 10).",
)
def _(x, W1, b1, W2, b2):
    l1 = x @ W1 + b1
    l2 = l1 @ W2 + b2
    return l1, l1, l2, torch.sigmoid(l2)


@forward.mistake(
    "l1-into-l2",
    ko="a1은 맞게 구했지만 l2를 l1에서 계산했습니다. 출력층의 입력은 시그모이드를 지난 a1입니다.",
    en="a1 is right, but l2 was computed from l1. What enters the output layer is a1, after the "
    "sigmoid.",
)
def _(x, W1, b1, W2, b2):
    l1 = x @ W1 + b1
    l2 = l1 @ W2 + b2
    return l1, torch.sigmoid(l1), l2, torch.sigmoid(l2)


@forward.mistake(
    "transposed-weights",
    ko="W1과 W2를 전치했습니다. `nn.Linear`는 가중치를 (출력, 입력)으로 두어 전치가 필요하지만, 이 장의 W1은 "
    "(입력, 출력) = (D, H)라 그대로 곱합니다: `x @ W1`",
    en="W1 and W2 were transposed. `nn.Linear` keeps its weight as (outputs, inputs) and needs "
    "that; in this chapter W1 is (inputs, outputs) = (D, H), so it is just `x @ W1`.",
)
def _(x, W1, b1, W2, b2):
    return forward(x, W1.T, b1, W2.T, b2)


@forward.mistake(
    "forgets-biases",
    ko="편향 b1, b2를 더하지 않았습니다.",
    en="The biases b1 and b2 were not added.",
)
def _(x, W1, b1, W2, b2):
    return forward(x, W1, torch.zeros_like(b1), W2, torch.zeros_like(b2))


@forward.mistake(
    "softmax-output",
    ko="출력층에 소프트맥스(softmax)를 썼습니다. 이 장의 출력은 열 개의 시그모이드이고, 각각이 따로 0과 1 사이의 값을 "
    "냅니다. 더해서 1이 될 필요가 없습니다.",
    en="The output layer has a softmax. In this chapter the outputs are ten sigmoids, each between "
    "0 and 1 on its own; they need not add up to 1.",
)
def _(x, W1, b1, W2, b2):
    l1, a1, l2, _ = forward(x, W1, b1, W2, b2)
    return l1, a1, l2, torch.softmax(l2, 1)


@forward.mistake(
    "in-place",
    ko="`sigmoid_()`처럼 이름이 _로 끝나는 메서드는 그 자리에서 값을 바꿉니다. 그래서 돌려준 l1과 l2가 시그모이드를 "
    "지난 값이 되어 버렸습니다. 역전파에는 지나기 전의 값이 필요합니다. `torch.sigmoid(l1)`을 쓰세요.",
    en="Methods ending in _, such as `sigmoid_()`, work in place: the l1 and l2 you returned have "
    "become the values after the sigmoid. The backward pass needs those before it. Use "
    "`torch.sigmoid(l1)`.",
)
def _(x, W1, b1, W2, b2):
    _, a1, _, y_pred = forward(x, W1, b1, W2, b2)
    return a1, a1, y_pred, y_pred


@forward.mistake(
    "in-place-hidden",
    ko="`sigmoid_()`처럼 이름이 _로 끝나는 메서드는 그 자리에서 값을 바꿉니다. 그래서 돌려준 l1이 시그모이드를 지난 값이 "
    "되어 버렸습니다. `torch.sigmoid(l1)`을 쓰세요.",
    en="Methods ending in _, such as `sigmoid_()`, work in place: the l1 you returned has become the "
    "value after the sigmoid. Use `torch.sigmoid(l1)`.",
)
def _(x, W1, b1, W2, b2):
    _, a1, l2, y_pred = forward(x, W1, b1, W2, b2)
    return a1, a1, l2, y_pred


OTHER_ORDER = {
    "ko": "값은 모두 맞지만 순서가 다릅니다. (l1, a1, l2, y_pred) 순서로 돌려주세요.",
    "en": "All four are right, but in another order: return (l1, a1, l2, y_pred).",
}


@forward.mistake(
    "after-before-before",
    **OTHER_ORDER,
)
def _(x, W1, b1, W2, b2):
    l1, a1, l2, y_pred = forward(x, W1, b1, W2, b2)
    return a1, l1, y_pred, l2


@forward.mistake(
    "wrong-order",
    **OTHER_ORDER,
)
def _(x, W1, b1, W2, b2):
    l1, a1, l2, y_pred = forward(x, W1, b1, W2, b2)
    return l1, l2, a1, y_pred


@forward.mistake(
    "only-y-pred",
    ko="예측 y_pred만 돌려주었습니다. 역전파를 하려면 중간값 l1, a1, l2도 있어야 합니다. 네 개를 모두 돌려주세요.",
    en="Only the prediction y_pred was returned. The backward pass needs l1, a1 and l2 too: return "
    "all four.",
)
def _(x, W1, b1, W2, b2):
    return forward(x, W1, b1, W2, b2)[3]


EXP = {
    "ko": "식은 맞지만 l1이나 l2가 아주 크거나 작으면(float32에서는 100만 되어도) exp가 무한대가 되고, 무한대 나누기 무한대는 "
    "NaN입니다. 두 층 모두 큰 수에서도 안전한 `torch.sigmoid`를 쓰세요.",
    "en": "The formula is right, but where l1 or l2 is far from 0 (100 is enough in float32) exp becomes "
    "infinite, and infinity over infinity is NaN. Use `torch.sigmoid`, which is safe for large "
    "numbers, in both layers.",
}


def unsafe(z):
    return torch.exp(z) / (1 + torch.exp(z))


for _key, _first, _second in (
    ("overflows", unsafe, unsafe),
    ("overflows-in-the-hidden-layer", unsafe, torch.sigmoid),
    ("overflows-in-the-output-layer", torch.sigmoid, unsafe),
    ("overflows-downwards", lambda z: 1 - unsafe(-z), lambda z: 1 - unsafe(-z)),
):

    def overflowing(x, W1, b1, W2, b2, first=_first, second=_second):
        l1 = x @ W1 + b1
        a1 = first(l1)
        l2 = a1 @ W2 + b2
        return l1, a1, l2, second(l2)

    forward.mistake(_key, **EXP)(overflowing)


CUT = {
    "ko": "값은 맞지만 기울기가 W1, b1, W2, b2까지 거슬러 갈 수 없습니다. 이 함수의 결과를 autograd와 견주는 셀이 있으니 길을 끊지 "
    "마세요: `.detach()`, `.data`, `torch.no_grad()`, `torch.tensor(…)`를 빼세요.",
    "en": "The values are right, but no gradient can flow back to all of W1, b1, W2 and b2. A later cell "
    "compares with autograd, so do not cut the way: leave out `.detach()`, `.data`, `torch.no_grad()` "
    "and `torch.tensor(…)`.",
}


@forward.mistake("detaches", **CUT)
def _(x, W1, b1, W2, b2):
    return tuple(each.detach() for each in forward(x, W1, b1, W2, b2))


@forward.mistake("detaches-l1", **CUT)
def _(x, W1, b1, W2, b2):
    l1 = (x @ W1 + b1).detach()
    a1 = torch.sigmoid(l1)
    l2 = a1 @ W2 + b2
    return l1, a1, l2, torch.sigmoid(l2)


@forward.mistake("detaches-l2", **CUT)
def _(x, W1, b1, W2, b2):
    l1, a1, l2, _ = forward(x, W1, b1, W2, b2)
    l2 = l2.detach()
    return l1, a1, l2, torch.sigmoid(l2)


@forward.mistake("detaches-l1-and-l2", **CUT)
def _(x, W1, b1, W2, b2):
    l1 = (x @ W1 + b1).detach()
    a1 = torch.sigmoid(l1)
    l2 = (a1 @ W2 + b2).detach()
    return l1, a1, l2, torch.sigmoid(l2)


@forward.mistake(
    "forgets-b1",
    ko="l1에 편향 b1을 더하지 않았습니다.",
    en="The bias b1 was not added to l1.",
)
def _(x, W1, b1, W2, b2):
    return forward(x, W1, torch.zeros_like(b1), W2, b2)


@forward.mistake(
    "forgets-b2",
    ko="l2에 편향 b2를 더하지 않았습니다.",
    en="The bias b2 was not added to l2.",
)
def _(x, W1, b1, W2, b2):
    return forward(x, W1, b1, W2, torch.zeros_like(b2))


for _key, _order in {
    "a1-first": (1, 0, 2, 3),
    "y-pred-before-l2": (0, 1, 3, 2),
    "backwards": (3, 2, 1, 0),
    "y-pred-first": (3, 0, 1, 2),
}.items():

    def reordered(x, W1, b1, W2, b2, order=_order):
        found = forward(x, W1, b1, W2, b2)
        return tuple(found[i] for i in order)

    forward.mistake(_key, **OTHER_ORDER)(reordered)


forward.hints(
    ko=[
        "같은 일을 두 번 합니다: 가중치를 곱하고 편향을 더한 뒤(l), 시그모이드를 지납니다(a). 두 번째 층의 입력은 첫 "
        "번째 층의 a1입니다.",
        "l1은 (B, D) @ (D, H) + (H,)라서 (B, H)이고, l2는 (B, H) @ (H, C) + (C,)라서 (B, C)입니다. 시그모이드는 모양을 "
        "바꾸지 않습니다.",
        "`l1 = x @ W1 + b1`, `a1 = torch.sigmoid(l1)`, `l2 = a1 @ W2 + b2`, `y_pred = torch.sigmoid(l2)`, "
        "`return l1, a1, l2, y_pred`",
    ],
    en=[
        "The same thing twice: multiply by weights and add a bias (l), then go through the sigmoid "
        "(a). What enters the second layer is the first layer's a1.",
        "l1 is (B, D) @ (D, H) + (H,), so (B, H); l2 is (B, H) @ (H, C) + (C,), so (B, C). The "
        "sigmoid keeps the shape.",
        "`l1 = x @ W1 + b1`, `a1 = torch.sigmoid(l1)`, `l2 = a1 @ W2 + b2`, `y_pred = "
        "torch.sigmoid(l2)`, `return l1, a1, l2, y_pred`.",
    ],
)


# ---------------------------------------------------------------- half-squared-error


@exercise("half-squared-error")
def half_squared_error(y_pred, y):
    return F.mse_loss(y_pred, y, reduction="sum") / (2 * y.shape[0])


@half_squared_error.cases
def _(draw):
    yield torch.tensor([[0.5, 0.5, 0.0], [1.0, 0.0, 0.5]]), torch.tensor([[0.0, 1.0, 0.0]] * 2)
    yield torch.tensor([[1.0, 0.0], [0.0, 0.5]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    for B, C in ((1, 10), (draw.integer(3, 8), draw.integer(3, 6))):
        yield draw.uniform(0, 1, B, C).requires_grad_(), one_hot(draw, B, C)
    yield draw.uniform(0, 1, 5, 1, dtype=DOUBLE), draw.integers(0, 1, 5, 1).double()


@half_squared_error.accepts
def _(y_pred, y):
    return sum(0.5 * torch.dot(row, row) for row in y_pred - y) / len(y)


@half_squared_error.accepts
def _(y_pred, y):
    return (torch.linalg.vector_norm(y_pred - y, dim=1) ** 2 / 2).mean()


@half_squared_error.mistake(
    "mean-everywhere",
    ko="`F.mse_loss`처럼 B × C개 모두의 평균을 냈고 ½도 없습니다. 여기서는 출력 C개에 대해서는 더하고, 표본 B개에 "
    "대해서만 평균을 내고, 반으로 나눕니다.",
    en="This is the mean over all B × C numbers, as in `F.mse_loss`, and without the ½. Here the C "
    "outputs are summed, only the B samples averaged, and the result halved.",
)
def _(y_pred, y):
    return torch.mean((y_pred - y) ** 2)


@half_squared_error.mistake(
    "half-mean-everywhere",
    ko="½은 맞지만 B × C개 모두의 평균을 냈습니다. 출력 C개에 대해서는 더하고(`.sum(1)`), 표본 B개에 대해서만 평균을 "
    "내세요.",
    en="The ½ is right, but this averages over all B × C numbers. Sum over the C outputs "
    "(`.sum(1)`) and average over the B samples only.",
)
def _(y_pred, y):
    return torch.mean((y_pred - y) ** 2) / 2


@half_squared_error.mistake(
    "no-half",
    ko="½을 곱하지 않았습니다. ½은 미분할 때 제곱에서 나오는 2를 지워 줍니다.",
    en="The ½ is missing. It is there to cancel the 2 that the square will bring when we "
    "differentiate.",
)
def _(y_pred, y):
    return ((y_pred - y) ** 2).sum(1).mean()


@half_squared_error.mistake(
    "sum-over-batch",
    ko="표본 B개에 대해서도 더하기만 했습니다. 그러면 배치가 커질수록 손실이 커집니다. 표본에 대해서는 평균입니다.",
    en="The samples are summed as well, so the loss grows with the size of the batch. Average over "
    "the samples.",
)
def _(y_pred, y):
    return ((y_pred - y) ** 2).sum() / 2


@half_squared_error.mistake(
    "absolute",
    ko="오차를 제곱하지 않고 절댓값을 썼습니다.",
    en="This takes the absolute error instead of its square.",
)
def _(y_pred, y):
    return (y_pred - y).abs().sum(1).mean() / 2


@half_squared_error.mistake(
    "per-sample",
    ko="표본마다 하나씩 (B,)개의 손실이 남아 있습니다. 마지막에 표본에 대한 평균을 내어 수 하나로 만드세요.",
    en="There is still one loss for each sample, (B,) of them. Finish with the mean over the "
    "samples, a single number.",
)
def _(y_pred, y):
    return ((y_pred - y) ** 2).sum(1) / 2


@half_squared_error.mistake(
    "axes-exchanged",
    ko="축이 바뀌었습니다. 표본을 더하고 출력의 평균을 냈습니다.",
    en="The axes are exchanged: the samples are summed and the outputs averaged.",
)
def _(y_pred, y):
    return ((y_pred - y) ** 2).sum(0).mean() / 2


@half_squared_error.mistake(
    "squeezes",
    ko="`squeeze()`는 크기가 1인 축을 없앱니다. 출력이 하나뿐이면(C = 1) 출력의 축이 사라져 표본을 더하게 됩니다. `squeeze` 없이 "
    "`.sum(1)`로 출력을 더하고 표본의 평균을 내세요.",
    en="`squeeze()` drops axes of size 1. With a single output (C = 1) the axis of the outputs is gone, "
    "and the samples are summed instead. Leave it out: `.sum(1)` over the outputs, then the mean.",
)
def _(y_pred, y):
    return 0.5 * ((y_pred.squeeze() - y.squeeze()) ** 2).sum(-1).mean()


DETACHED = {
    "ko": "값은 맞지만 기울기가 y_pred까지 거슬러 갈 수 없습니다. 이 손실을 autograd로 미분하는 셀이 있으니 `.detach()`, `.data`, "
    "`torch.no_grad()`, `torch.tensor(…)`를 빼세요.",
    "en": "The value is right, but no gradient can flow back to y_pred. A later cell differentiates this "
    "loss with autograd: leave out `.detach()`, `.data`, `torch.no_grad()` and `torch.tensor(…)`.",
}


@half_squared_error.mistake("detaches", **DETACHED)
def _(y_pred, y):
    return half_squared_error(y_pred, y).detach()


half_squared_error.hints(
    ko=[
        "표본 하나의 손실을 먼저 생각하세요: 출력마다 오차를 제곱해 모두 더하고 반으로 나눕니다. 그다음 표본들의 평균을 "
        "냅니다.",
        "(y_pred − y)²은 (B, C)입니다. C 방향으로 더하면 (B,), 그것을 평균 내면 수 하나입니다.",
        "`return 0.5 * ((y_pred - y) ** 2).sum(1).mean()`",
    ],
    en=[
        "Think of one sample first: square the error of every output, add them up, halve. Then "
        "take the mean over the samples.",
        "(y_pred − y)² is (B, C). Summed along C it is (B,); the mean of that is one number.",
        "`return 0.5 * ((y_pred - y) ** 2).sum(1).mean()`.",
    ],
)


# ---------------------------------------------------------------- backward-output


@exercise("backward-output", points=2, forbids=AUTOGRAD, returns=["d_l2", "d_W2", "d_b2"])
def backward_output(a1, l2, y_pred, y):
    l2 = l2.clone().requires_grad_()
    W2 = torch.zeros(a1.shape[1], y.shape[1], dtype=a1.dtype, requires_grad=True)
    b2 = torch.zeros(y.shape[1], dtype=a1.dtype, requires_grad=True)
    moved = l2 + a1 @ W2 + b2  # what moving l2, W2 or b2 does to the outputs
    loss = half_squared_error(torch.sigmoid(moved), y)
    return torch.autograd.grad(loss, (l2, W2, b2))


def output_case(draw, B, H, C, dtype=torch.float32):
    l2 = draw.normal(B, C, dtype=dtype)
    a1 = draw.uniform(0, 1, B, H, dtype=dtype)
    return a1, l2, torch.sigmoid(l2), one_hot(draw, B, C, dtype)


@backward_output.cases
def _(draw):
    l2 = torch.zeros(2, 2)
    a1 = torch.tensor([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])
    yield a1, l2, torch.sigmoid(l2), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    yield output_case(draw, 1, 2, 3)
    yield output_case(draw, 3, 3, 3)
    a1, l2, _, y = output_case(draw, draw.integer(2, 4), 1, 1, dtype=DOUBLE)
    l2[0], y[0] = 10.0, 0.0  # surely wrong, and the sigmoid is nearly flat there
    yield a1, l2, torch.sigmoid(l2), y
    yield output_case(draw, *sizes_of(draw, (4, 8), (2, 6), (3, 10)), dtype=DOUBLE)


@backward_output.accepts
def _(a1, l2, y_pred, y):
    d_l2 = (y_pred - y) * y_pred * (1 - y_pred) / len(y)
    return d_l2, torch.einsum("bh,bc->hc", a1, d_l2), torch.ones(len(y), dtype=y.dtype) @ d_l2


@backward_output.accepts
def _(a1, l2, y_pred, y):
    B = y.shape[0]
    d_l2 = prime(l2) * (y_pred - y)
    outer = [torch.outer(a, d) for a, d in zip(a1, d_l2, strict=True)]
    return [d_l2 / B, torch.stack(outer).mean(0), d_l2.mean(0)]


@backward_output.mistake(
    "as-in-the-notes",
    ko="원본 노트와 똑같습니다. d_l2에 1/B이 없어서 d_W2는 배치의 합인데, d_b2는 `mean`을 써서 배치의 평균입니다. "
    "두 기울기가 서로 다른 손실의 것이 되어, B가 100이면 가중치만 100배 빨리 걷습니다. 1/B은 d_l2에서 한 번 곱하고, "
    "d_b2는 더하세요.",
    en="This is what the notes do. d_l2 has no 1/B, so d_W2 is a sum over the batch, but d_b2 is "
    "made with `mean`. The two belong to different losses: with B = 100 the weights walk 100 "
    "times as fast as the biases. Put the 1/B into d_l2, once, and sum for d_b2.",
)
def _(a1, l2, y_pred, y):
    d_l2 = (y_pred - y) * prime(l2)
    return d_l2, a1.T @ d_l2, d_l2.mean(0)


@backward_output.mistake(
    "missing-mean",
    ko="배치의 크기 B로 나누지 않아 모두 B배입니다. L은 표본에 대한 평균이므로 d_l2에 1/B이 들어갑니다.",
    en="Nothing is divided by the batch size B, so everything is B times too large. L is a mean "
    "over the samples: 1/B belongs in d_l2.",
)
def _(a1, l2, y_pred, y):
    d_l2 = (y_pred - y) * prime(l2)
    return d_l2, a1.T @ d_l2, d_l2.sum(0)


@backward_output.mistake(
    "late-mean",
    ko="d_W2와 d_b2는 맞지만 d_l2에 1/B이 없습니다. 나눗셈을 뒤로 미루면 다음 함수 backward_hidden에서 한 번 더 "
    "해야 하고, 잊기 쉽습니다. d_l2 = ∂L/∂l2에 한 번만 넣으세요.",
    en="d_W2 and d_b2 are right, but d_l2 lacks its 1/B. Putting off the division means doing it "
    "again in backward_hidden, where it is easily forgotten. Put it into d_l2 = ∂L/∂l2, once.",
)
def _(a1, l2, y_pred, y):
    d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, y)
    return d_l2 * len(y), d_W2, d_b2


@backward_output.mistake(
    "mean-b",
    ko="d_b2를 B로 두 번 나누었습니다. d_l2에 이미 1/B이 들어 있으니, d_b2는 `mean(0)`이 아니라 `sum(0)`입니다.",
    en="d_b2 is divided by B twice. d_l2 has its 1/B already, so d_b2 is `sum(0)`, not `mean(0)`.",
)
def _(a1, l2, y_pred, y):
    d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, y)
    return d_l2, d_W2, d_b2 / len(y)


@backward_output.mistake(
    "mean-over-outputs",
    ko="1/B 대신 1/(B·C)을 곱했습니다. `F.mse_loss`가 그렇게 합니다. 우리의 L은 출력 "
    "C개에 대해서는 더합니다.",
    en="This multiplies by 1/(B·C) instead of 1/B, as `F.mse_loss` would. Our L sums over the C "
    "outputs.",
)
def _(a1, l2, y_pred, y):
    return tuple(d / y.shape[1] for d in backward_output(a1, l2, y_pred, y))


@backward_output.mistake(
    "forgets-sigmoid-prime",
    ko="시그모이드를 거슬러 오지 않았습니다. (y_pred − y)/B은 ∂L/∂y_pred이고, l2까지 가려면 σ'(l2)를 곱해야 "
    "합니다.",
    en="The step back through the sigmoid is missing. (y_pred − y)/B is ∂L/∂y_pred; to get to l2, "
    "multiply by σ'(l2).",
)
def _(a1, l2, y_pred, y):
    d_l2 = (y_pred - y) / len(y)
    return d_l2, a1.T @ d_l2, d_l2.sum(0)


@backward_output.mistake(
    "bare-error",
    ko="d_l2가 y_pred − y뿐입니다. 그것은 교차 엔트로피와 짝지은 출력의 식입니다. 이 손실에서는 평균의 1/B과 시그모이드의 "
    "σ'(l2)를 함께 곱해야 합니다.",
    en="d_l2 is only y_pred − y. That belongs to an output paired with cross entropy. With this loss "
    "it needs both the 1/B of the mean and the σ'(l2) of the sigmoid.",
)
def _(a1, l2, y_pred, y):
    d_l2 = y_pred - y
    return d_l2, a1.T @ d_l2, d_l2.sum(0)


@backward_output.mistake(
    "divides-again",
    ko="d_l2는 맞지만 d_W2와 d_b2를 B로 한 번 더 나누었습니다. 1/B은 d_l2에 이미 들어 있고, 연쇄 법칙을 따라 저절로 "
    "전해집니다.",
    en="d_l2 is right, but d_W2 and d_b2 are divided by B once more. The 1/B is in d_l2 already, and "
    "the chain rule carries it along by itself.",
)
def _(a1, l2, y_pred, y):
    d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, y)
    return d_l2, d_W2 / len(y), d_b2 / len(y)


@backward_output.mistake(
    "sigmoid-for-prime",
    ko="σ'(l2) 대신 σ(l2)를 곱했습니다. 거꾸로 올 때 곱하는 것은 값이 아니라 기울기입니다.",
    en="You multiplied by σ(l2) instead of σ'(l2). On the way back it is the slope that counts, not "
    "the value.",
)
def _(a1, l2, y_pred, y):
    d_l2 = (y_pred - y) * torch.sigmoid(l2) / len(y)
    return d_l2, a1.T @ d_l2, d_l2.sum(0)


@backward_output.mistake(
    "prime-of-y-pred",
    ko="`sigmoid_prime(y_pred)`를 썼습니다. sigmoid_prime은 시그모이드를 지나기 전의 값을 받으니 l2를 넣으세요.",
    en="That is `sigmoid_prime(y_pred)`. sigmoid_prime takes the value before the sigmoid: give it "
    "l2.",
)
def _(a1, l2, y_pred, y):
    d_l2 = (y_pred - y) * prime(y_pred) / len(y)
    return d_l2, a1.T @ d_l2, d_l2.sum(0)


@backward_output.mistake(
    "sign",
    ko="부호가 반대입니다. ½(y_pred − y)²을 y_pred로 미분하면 y − y_pred가 아니라 y_pred − y입니다.",
    en="The sign is flipped: ½(y_pred − y)² differentiated with respect to y_pred is y_pred − y, "
    "not y − y_pred.",
)
def _(a1, l2, y_pred, y):
    return tuple(-d for d in backward_output(a1, l2, y_pred, y))


@backward_output.mistake(
    "keeps-the-2",
    ko="모두 두 배입니다. 제곱에서 나온 2는 손실에 있는 ½과 서로 지워집니다.",
    en="Everything is twice as large. The 2 from the square is cancelled by the ½ in the loss.",
)
def _(a1, l2, y_pred, y):
    return tuple(2 * d for d in backward_output(a1, l2, y_pred, y))


@backward_output.mistake(
    "forgets-transpose",
    ko="a1을 전치하지 않고 곱했습니다. d_W2의 모양은 W2와 같은 (H, C)여야 합니다. (B, H)와 (B, C)를 곱해 (H, C)를 만들려면 "
    "a1을 전치해야 합니다. B와 H가 우연히 같으면 오류도 나지 않으니 조심하세요.",
    en="a1 was not transposed. d_W2 must have W2's shape, (H, C), and (B, H) and (B, C) only give "
    "that with a1 transposed. Beware: where B and H happen to be equal, no error tells you.",
)
def _(a1, l2, y_pred, y):
    d_l2, _, d_b2 = backward_output(a1, l2, y_pred, y)
    return d_l2, a1 @ d_l2, d_b2


@backward_output.mistake(
    "keeps-the-batch",
    ko="d_b2에 표본마다 한 줄씩 (B, C)가 남아 있습니다. b2는 (C,) 하나가 모든 표본에 더해졌으니, 모든 표본에서 온 "
    "기울기를 더해(`sum(0)`) (C,)로 만드세요.",
    en="d_b2 still has one row for each sample, (B, C). There is only one b2, (C,), added to every "
    "sample, so add up what comes from all of them: `sum(0)`.",
)
def _(a1, l2, y_pred, y):
    d_l2, d_W2, _ = backward_output(a1, l2, y_pred, y)
    return d_l2, d_W2, d_l2.clone()


@backward_output.mistake(
    "wrong-axis",
    ko="d_b2를 출력 방향으로 더했습니다(`sum(1)`). 남아야 하는 것은 출력 C개이니, 표본 방향(0번 축)으로 더하세요.",
    en="d_b2 was summed over the outputs (`sum(1)`). The C outputs are what must remain: sum over "
    "the samples, axis 0.",
)
def _(a1, l2, y_pred, y):
    d_l2, d_W2, _ = backward_output(a1, l2, y_pred, y)
    return d_l2, d_W2, d_l2.sum(1)


@backward_output.mistake("raw-argument", **RAW)
def _(a1, l2, y_pred, y):
    d_l2 = (y_pred - y) * l2 * (1 - l2) / len(y)
    return d_l2, a1.T @ d_l2, d_l2.sum(0)


@backward_output.mistake(
    "divides-the-weights-again",
    ko="d_l2와 d_b2는 맞지만 d_W2를 B로 한 번 더 나누었습니다. 1/B은 d_l2에 이미 들어 있으니 `a1.T @ d_l2`로 충분합니다.",
    en="d_l2 and d_b2 are right, but d_W2 is divided by B once more. The 1/B is in d_l2 already: "
    "`a1.T @ d_l2` is all.",
)
def _(a1, l2, y_pred, y):
    d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, y)
    return d_l2, d_W2 / len(y), d_b2


@backward_output.mistake(
    "clamps",
    ko="y_pred를 0과 1에서 조금 떨어진 값으로 잘랐습니다(`clamp`). 그러면 기울기가 거의 0이어야 할 곳에서 커집니다. "
    "자르지 말고 `sigmoid_prime(l2)`를 그대로 곱하세요.",
    en="y_pred was kept away from 0 and 1 (`clamp`), which makes the gradient too large where it is nearly "
    "0. Multiply by `sigmoid_prime(l2)` as it is.",
)
def _(a1, l2, y_pred, y):
    p = y_pred.clamp(1e-3, 1 - 1e-3)
    d_l2 = (y_pred - y) * p * (1 - p) / len(y)
    return d_l2, a1.T @ d_l2, d_l2.sum(0)


backward_output.hints(
    ko=[
        "손실에서 l2까지 거슬러 오는 길에는 정거장이 둘 있습니다: 제곱 오차와 시그모이드. 두 곳의 기울기를 곱하면 "
        "d_l2입니다. 그다음은 모양만 따라가도 됩니다: d_W2는 W2와, d_b2는 b2와 같은 모양입니다.",
        "d_l2 = (y_pred − y) ⊙ σ'(l2) / B, 모양은 (B, C). d_W2 = a1ᵀ · d_l2는 (H, B)·(B, C) = (H, C). d_b2는 d_l2를 "
        "표본에 대해 더한 (C,).",
        "`d_l2 = (y_pred - y) * sigmoid_prime(l2) / len(y)`, `d_W2 = a1.T @ d_l2`, `d_b2 = d_l2.sum(0)`, "
        "`return d_l2, d_W2, d_b2`",
    ],
    en=[
        "Going back from the loss to l2 you pass two stations: the squared error and the sigmoid. "
        "Multiply their slopes and you have d_l2. From there the shapes lead you: d_W2 looks like "
        "W2, d_b2 like b2.",
        "d_l2 = (y_pred − y) ⊙ σ'(l2) / B, of shape (B, C). d_W2 = a1ᵀ · d_l2 is (H, B)·(B, C) = "
        "(H, C). d_b2 is d_l2 summed over the samples, (C,).",
        "`d_l2 = (y_pred - y) * sigmoid_prime(l2) / len(y)`, `d_W2 = a1.T @ d_l2`, `d_b2 = "
        "d_l2.sum(0)`, `return d_l2, d_W2, d_b2`.",
    ],
)


# ---------------------------------------------------------------- backward-hidden


@exercise("backward-hidden", points=3, forbids=AUTOGRAD, returns=["d_a1", "d_l1", "d_W1", "d_b1"])
def backward_hidden(x, l1, d_l2, W2):
    l1 = l1.clone().requires_grad_()
    W1 = torch.zeros(x.shape[1], l1.shape[1], dtype=x.dtype, requires_grad=True)
    b1 = torch.zeros(l1.shape[1], dtype=x.dtype, requires_grad=True)
    moved = l1 + x @ W1 + b1  # what moving l1, W1 or b1 does to the hidden layer
    a1 = torch.sigmoid(moved)
    d_a1, d_l1, d_W1, d_b1 = torch.autograd.grad(a1 @ W2, (a1, l1, W1, b1), grad_outputs=d_l2)
    return d_a1, d_l1, d_W1, d_b1


def hidden_case(draw, B, D, H, C, dtype=torch.float32):
    x, l1 = draw.normal(B, D, dtype=dtype), draw.normal(B, H, dtype=dtype)
    return x, l1, draw.normal(B, C, dtype=dtype) / B, draw.normal(H, C, dtype=dtype)


@backward_hidden.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 2.0]]),
        torch.zeros(2, 1),
        torch.tensor([[1.0, -1.0], [0.5, 0.5]]),
        torch.tensor([[2.0, 1.0]]),
    )
    yield hidden_case(draw, 1, 3, 2, 4)
    yield hidden_case(draw, 3, 3, 3, 3)
    yield hidden_case(draw, *sizes_of(draw, (4, 8), (2, 6), (4, 6), (1, 1)))
    yield hidden_case(draw, *sizes_of(draw, (4, 8), (5, 9), (2, 4), (5, 10)), dtype=DOUBLE)


@backward_hidden.accepts
def _(x, l1, d_l2, W2):
    a1 = torch.sigmoid(l1)
    d_a1 = torch.einsum("bc,hc->bh", d_l2, W2)
    d_l1 = d_a1 * (a1 - a1**2)
    return d_a1, d_l1, torch.einsum("bd,bh->dh", x, d_l1), torch.einsum("bh->h", d_l1)


@backward_hidden.accepts
def _(x, l1, d_l2, W2):
    d_a1 = torch.stack([W2 @ row for row in d_l2])
    d_l1 = d_a1 / (4 * torch.cosh(l1 / 2) ** 2)
    d_W1, d_b1 = x.new_zeros(x.shape[1], l1.shape[1]), x.new_zeros(l1.shape[1])
    for sample, d in zip(x, d_l1, strict=True):
        d_W1 += torch.outer(sample, d)
        d_b1 += d
    return [d_a1, d_l1, d_W1, d_b1]


def hidden_from(x, d_a1, d_l1):
    return d_a1, d_l1, x.T @ d_l1, d_l1.sum(0)


@backward_hidden.mistake(
    "forgets-transpose",
    ko="W2를 전치하지 않고 곱했습니다. 순전파에서 W2는 은닉 H개를 출력 C개로 보냈으니, 거꾸로 올 때는 C개에서 H개로 "
    "와야 합니다: (B, C) @ (C, H). H와 C가 같으면 오류 없이 틀린 값이 나옵니다.",
    en="W2 was not transposed. Forward it takes H hidden units to C outputs; going back it must "
    "take C to H: (B, C) @ (C, H). Where H equals C there is no error, only a wrong value.",
)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2
    return hidden_from(x, d_a1, d_a1 * prime(l1))


@backward_hidden.mistake(
    "forgets-sigmoid-prime",
    ko="은닉층의 시그모이드를 거슬러 오지 않았습니다. d_l1은 d_a1에 σ'(l1)을 원소마다 곱한 것입니다.",
    en="The step back through the hidden sigmoid is missing: d_l1 is d_a1 times σ'(l1), element by "
    "element.",
)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2.T
    return hidden_from(x, d_a1, d_a1.clone())


@backward_hidden.mistake(
    "sigmoid-for-prime",
    ko="σ'(l1) 대신 σ(l1)을 곱했습니다. 거꾸로 올 때 곱하는 것은 값이 아니라 기울기입니다.",
    en="You multiplied by σ(l1) instead of σ'(l1). On the way back it is the slope that counts, not "
    "the value.",
)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2.T
    return hidden_from(x, d_a1, d_a1 * torch.sigmoid(l1))


@backward_hidden.mistake(
    "weights-skip-the-sigmoid",
    ko="d_l1은 맞지만 d_W1과 d_b1을 d_a1에서 구했습니다. 가중치와 편향은 시그모이드 *앞*에 있으니 d_l1에서 갈라집니다.",
    en="d_l1 is right, but d_W1 and d_b1 are computed from d_a1. Weights and biases stand *before* "
    "the sigmoid, so they branch off from d_l1.",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, _, _ = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, x.T @ d_a1, d_a1.sum(0)


@backward_hidden.mistake(
    "prime-of-a1",
    ko="`sigmoid_prime`에 시그모이드를 지난 a1을 넣었습니다. 지나기 전의 l1을 넣으세요.",
    en="`sigmoid_prime` was given a1, after the sigmoid. Give it l1, the value before.",
)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2.T
    return hidden_from(x, d_a1, d_a1 * prime(torch.sigmoid(l1)))


@backward_hidden.mistake(
    "mean-b-as-in-the-notes",
    ko="d_W1은 배치의 합인데 d_b1은 배치의 평균입니다. 원본 노트가 이렇게 합니다. 1/B은 d_l2에 이미 들어 있으니, "
    "여기서는 둘 다 더하기만 합니다: `d_l1.sum(0)`",
    en="d_W1 is a sum over the batch but d_b1 is a mean, as in the notes. The 1/B is in d_l2 "
    "already, so from here on both are sums: `d_l1.sum(0)`.",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, d_W1, d_b1 = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, d_W1, d_b1 / len(x)


@backward_hidden.mistake(
    "divides-again",
    ko="d_W1과 d_b1을 B로 한 번 더 나누었습니다. 1/B은 d_l2에 이미 들어 있고, 연쇄 법칙을 따라 저절로 전해집니다.",
    en="d_W1 and d_b1 are divided by B once more. The 1/B is in d_l2 already, and the chain rule "
    "carries it along by itself.",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, d_W1, d_b1 = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, d_W1 / len(x), d_b1 / len(x)


@backward_hidden.mistake(
    "forgets-x-transpose",
    ko="x를 전치하지 않고 곱했습니다. d_W1의 모양은 W1과 같은 (D, H)여야 합니다: (D, B) @ (B, H). B와 D가 같으면 오류 "
    "없이 틀린 값이 나옵니다.",
    en="x was not transposed. d_W1 must have W1's shape, (D, H): that is (D, B) @ (B, H). Where B "
    "equals D there is no error, only a wrong value.",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, _, d_b1 = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, x @ d_l1, d_b1


@backward_hidden.mistake(
    "l1-for-x",
    ko="d_W1을 구할 때 x 대신 l1을 곱했습니다. 가중치의 기울기에는 그 층으로 들어간 값이 곱해집니다. 첫째 층에 "
    "들어간 것은 x입니다.",
    en="For d_W1 you multiplied by l1 instead of x. A weight's gradient has what went into its "
    "layer as a factor, and what went into the first layer is x.",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, _, d_b1 = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, l1.T @ d_l1, d_b1


@backward_hidden.mistake(
    "d_l1-for-d_a1",
    ko="d_l1, d_W1, d_b1은 맞지만 d_a1 자리에도 σ'(l1)까지 곱한 값이 있습니다. d_a1은 시그모이드를 거슬러 오기 "
    "전의 기울기입니다. `d_l1 = d_a1` 다음에 `d_l1 *= …`로 고치지 않았나요? 그러면 d_a1도 함께 바뀝니다.",
    en="d_l1, d_W1 and d_b1 are right, but d_a1 has the factor σ'(l1) in it as well. d_a1 is the "
    "gradient before going back through the sigmoid. Did you write `d_l1 = d_a1` and then `d_l1 *= "
    "…`? That changes d_a1 too.",
)
def _(x, l1, d_l2, W2):
    _, d_l1, d_W1, d_b1 = backward_hidden(x, l1, d_l2, W2)
    return d_l1.clone(), d_l1, d_W1, d_b1


@backward_hidden.mistake(
    "keeps-the-batch",
    ko="d_b1에 표본마다 한 줄씩 (B, H)가 남아 있습니다. b1은 모든 표본이 함께 쓰므로 표본에 대해 더해(`sum(0)`) (H,)로 "
    "만드세요.",
    en="d_b1 still has one row for each sample, (B, H). All samples share the one b1: sum over "
    "them, `sum(0)`, to get (H,).",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, d_W1, _ = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, d_W1, d_l1.clone()


@backward_hidden.mistake(
    "wrong-axis",
    ko="d_b1을 은닉 유닛 방향으로 더했습니다(`sum(1)`). 남아야 하는 것은 은닉 유닛 H개이니, 표본 방향(0번 축)으로 "
    "더하세요.",
    en="d_b1 was summed over the hidden units (`sum(1)`). The H hidden units are what must remain: "
    "sum over the samples, axis 0.",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, d_W1, _ = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, d_W1, d_l1.sum(1)


@backward_hidden.mistake("raw-argument", **RAW)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2.T
    return hidden_from(x, d_a1, d_a1 * l1 * (1 - l1))


ONCE_MORE = {
    "ko": "d_l1(또는 d_a1)을 B로 한 번 더 나누었습니다. 1/B은 d_l2에 이미 들어 있습니다.",
    "en": "d_l1 (or d_a1) was divided by B once more. The 1/B is in d_l2 already.",
}


@backward_hidden.mistake("divides-d_l1", **ONCE_MORE)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2.T
    return hidden_from(x, d_a1, d_a1 * prime(l1) / len(x))


@backward_hidden.mistake("divides-d_a1", **ONCE_MORE)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2.T / len(x)
    return hidden_from(x, d_a1, d_a1 * prime(l1))


@backward_hidden.mistake(
    "divides-the-weights-again",
    ko="d_b1은 맞지만 d_W1을 B로 한 번 더 나누었습니다. 1/B은 d_l2에 이미 들어 있으니 `x.T @ d_l1`로 충분합니다.",
    en="d_b1 is right, but d_W1 is divided by B once more. The 1/B is in d_l2 already: `x.T @ d_l1` is "
    "all.",
)
def _(x, l1, d_l2, W2):
    d_a1, d_l1, d_W1, d_b1 = backward_hidden(x, l1, d_l2, W2)
    return d_a1, d_l1, d_W1 / len(x), d_b1


@backward_hidden.mistake(
    "reshapes-for-transposing",
    ko="`reshape`나 `view`는 전치가 아닙니다. 모양은 (C, H)가 되지만 수들이 제자리에 있지 않습니다. `W2.T`를 쓰세요.",
    en="`reshape` or `view` does not transpose: the shape becomes (C, H), but the numbers are not in "
    "their places. Use `W2.T`.",
)
def _(x, l1, d_l2, W2):
    d_a1 = d_l2 @ W2.reshape(W2.shape[::-1])
    return hidden_from(x, d_a1, d_a1 * prime(l1))


backward_hidden.hints(
    ko=[
        "backward_output과 같은 일을 한 층 앞에서 합니다. 다른 점은 출발점뿐입니다: 손실 대신, 뒤에서 넘어온 d_l2에서 "
        "시작합니다. 은닉 유닛 하나는 출력 C개 모두에 영향을 주었으니, 그 C개에서 돌아오는 몫을 모두 더해야 합니다.",
        "d_a1 = d_l2 · W2ᵀ는 (B, C)·(C, H) = (B, H). d_l1 = d_a1 ⊙ σ'(l1). d_W1 = xᵀ · d_l1은 (D, B)·(B, H) = (D, H). "
        "d_b1은 d_l1을 표본에 대해 더한 (H,).",
        "`d_a1 = d_l2 @ W2.T`, `d_l1 = d_a1 * sigmoid_prime(l1)`, `d_W1 = x.T @ d_l1`, `d_b1 = d_l1.sum(0)`, "
        "`return d_a1, d_l1, d_W1, d_b1`",
    ],
    en=[
        "It is backward_output again, one layer earlier. Only the start differs: not the loss but "
        "the d_l2 that comes from behind. A hidden unit acted on all C outputs, so what comes back "
        "from all C of them adds up.",
        "d_a1 = d_l2 · W2ᵀ is (B, C)·(C, H) = (B, H). d_l1 = d_a1 ⊙ σ'(l1). d_W1 = xᵀ · d_l1 is "
        "(D, B)·(B, H) = (D, H). d_b1 is d_l1 summed over the samples, (H,).",
        "`d_a1 = d_l2 @ W2.T`, `d_l1 = d_a1 * sigmoid_prime(l1)`, `d_W1 = x.T @ d_l1`, `d_b1 = "
        "d_l1.sum(0)`, `return d_a1, d_l1, d_W1, d_b1`.",
    ],
)


# ---------------------------------------------------------------- gradient-check


@exercise("gradient-check", points=2, forbids=AUTOGRAD)
def gradient_check(f, x, gradient, eps):
    # A central difference is the mean of the derivative between the two points: integrate autograd
    # by Gauss's three points, which is exact for polynomials up to degree six.
    n = torch.zeros_like(x)
    for i in range(x.numel()):
        for node, weight in ((-(0.6**0.5), 5 / 18), (0.0, 8 / 18), (0.6**0.5, 5 / 18)):
            at = x.clone()
            at.view(-1)[i] += node * eps
            slope = torch.autograd.grad(f(at.requires_grad_()), at)[0]
            n.view(-1)[i] += weight * slope.view(-1)[i]
    total = gradient.norm() + n.norm()
    return (gradient - n).norm().item() / total.item() if total > 0 else 0.0


def differences(f, x, forward, backward, divisor):
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        up, down = x.clone(), x.clone()
        up.view(-1)[i] += forward
        down.view(-1)[i] -= backward
        gradient.view(-1)[i] = (f(up) - f(down)) / divisor
    return gradient


def central(f, x, eps):
    return differences(f, x, eps, eps, 2 * eps)


def relative_error(g, n):
    total = g.norm() + n.norm()
    return float((g - n).norm() / total) if total > 0 else 0.0


@gradient_check.cases
def _(draw):
    square = Polynomial((0.0, 0.0, 1.0))
    yield square, torch.tensor([3.0], dtype=DOUBLE), torch.tensor([3.0], dtype=DOUBLE), 0.1
    x = torch.tensor([1.0, -2.0, 0.5], dtype=DOUBLE)
    yield square, x, torch.tensor([2.0, -4.0, -1.0], dtype=DOUBLE), 0.05
    yield Polynomial((5.0,)), x, torch.zeros(3, dtype=DOUBLE), 1e-5
    # Only g is zero: x³ is flat at 0, but its central differences there are eps².
    cube, zeros = Polynomial((0.0, 0.0, 0.0, 1.0)), torch.zeros(2, dtype=DOUBLE)
    yield cube, zeros, zeros, 0.1
    yield Polynomial((5.0,)), x, torch.tensor([0.0, 2.0, 1.0], dtype=DOUBLE), 1e-5
    yield Polynomial((0.0, 1.0, 0.0, 1.0)), x, torch.tensor([4.0, 13.0, 0.0], dtype=DOUBLE), 0.1
    # Small gradients count as well: here g is missing, there twice too large.
    yield Polynomial((0.0, 0.0, 1e-9)), x, torch.zeros(3, dtype=DOUBLE), 0.1
    yield Polynomial((0.0, 0.0, 1e-14)), x, 4e-14 * x, 0.1
    x = draw.uniform(0.4, 1.2, 2, 2, dtype=DOUBLE)
    yield SineProduct(), x, central(SineProduct(), x, 1e-5), 1e-5
    quadratic = Polynomial(tuple(draw.number(0.5, 2) for _ in range(3)))
    for B in (1, draw.integer(3, 100)):  # a right gradient with some noise; one B times too large
        x = draw.uniform(0.5, 2, draw.integer(2, 3), 3, dtype=DOUBLE)
        exact = central(quadratic, x, 0.1)
        yield quadratic, x, B * exact + 0.1 * draw.normal(*x.shape, dtype=DOUBLE), 0.1


@gradient_check.accepts
def _(f, x, gradient, eps):
    basis = torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    n = torch.stack([(f(x + eps * e) - f(x - eps * e)) / (2 * eps) for e in basis])
    g = gradient.flatten()
    return float(torch.dist(g, n) / (torch.sqrt(g @ g) + torch.sqrt(n @ n)).clamp(min=1e-300))


@gradient_check.mistake(
    "absolute",
    ko="차이의 크기 ‖g − n‖만 돌려주었습니다. 0.001이라는 차이는 기울기가 1000이면 훌륭하고 0.001이면 형편없습니다. "
    "‖g‖ + ‖n‖으로 나누어 상대 오차로 만드세요.",
    en="This is only the size of the difference, ‖g − n‖. A difference of 0.001 is splendid for a "
    "gradient of 1000 and hopeless for one of 0.001. Divide by ‖g‖ + ‖n‖ to make it relative.",
)
def _(f, x, gradient, eps):
    return (gradient - central(f, x, eps)).norm().item()


ONE_NORM = {
    "ko": "한쪽의 크기로만 나누었습니다. 그러면 g가 100배 클 때와 100분의 1일 때의 점수가 전혀 달라지고, 위로 끝이 "
    "없습니다. ‖g‖ + ‖n‖으로 나누면 언제나 0과 1 사이입니다.",
    "en": "This divides by the size of one of the two alone. A g that is 100 times too large then "
    "scores quite differently from one 100 times too small, and there is no upper end. Divided by "
    "‖g‖ + ‖n‖ the score always lies between 0 and 1.",
}


@gradient_check.mistake("divides-by-n", **ONE_NORM)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return float((gradient - n).norm() / n.norm()) if n.norm() > 0 else 0.0


@gradient_check.mistake("divides-by-g", **ONE_NORM)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return float((gradient - n).norm() / gradient.norm()) if gradient.norm() > 0 else 0.0


@gradient_check.mistake(
    "divides-by-the-larger",
    ko="max(‖g‖, ‖n‖)으로 나누었습니다. 널리 쓰이는 다른 정의이고 틀린 생각은 아니지만, 여기서는 명세대로 합 "
    "‖g‖ + ‖n‖으로 나눕니다.",
    en="This divides by max(‖g‖, ‖n‖). That is another definition in common use and not a bad one, "
    "but the specification here says the sum, ‖g‖ + ‖n‖.",
)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    larger = max(gradient.norm().item(), n.norm().item())
    return (gradient - n).norm().item() / larger if larger > 0 else 0.0


@gradient_check.mistake(
    "norm-of-the-sum",
    ko="분모가 ‖g + n‖입니다. 두 기울기의 방향이 반대이면 서로 지워져 분모가 0에 가까워집니다. 크기를 따로 재어 "
    "더하세요: ‖g‖ + ‖n‖",
    en="The denominator is ‖g + n‖. Two gradients in opposite directions would cancel in it and "
    "leave nearly 0. Measure each by itself and add: ‖g‖ + ‖n‖.",
)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    total = (gradient + n).norm().item()
    return (gradient - n).norm().item() / total if total > 0 else 0.0


BY_ELEMENT = {
    "ko": "원소마다 상대 오차를 구했습니다. 그러면 0에 가까운 원소 하나의 반올림 오차가 결과를 좌우합니다. 텐서 전체의 "
    "크기(norm)를 먼저 재고 한 번만 나누세요.",
    "en": "This takes the relative error of each element. A single element near 0 then decides the "
    "result by its round-off. Take the norm of the whole tensor first and divide once.",
}


def element_errors(f, x, gradient, eps):
    n = central(f, x, eps)
    return (gradient - n).abs() / (gradient.abs() + n.abs()).clamp(min=1e-300)


@gradient_check.mistake("mean-of-elements", **BY_ELEMENT)
def _(f, x, gradient, eps):
    return element_errors(f, x, gradient, eps).mean().item()


@gradient_check.mistake("worst-element", **BY_ELEMENT)
def _(f, x, gradient, eps):
    return element_errors(f, x, gradient, eps).max().item()


@gradient_check.mistake(
    "absolute-values",
    ko="제곱합의 제곱근 대신 절댓값의 합을 썼습니다(L1 노름). 명세의 ‖v‖은 원소 제곱합의 제곱근입니다: `v.norm()`",
    en="This uses sums of absolute values (the L1 norm). The ‖v‖ of the specification is the root "
    "of the sum of squares: `v.norm()`.",
)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    total = gradient.abs().sum() + n.abs().sum()
    return float((gradient - n).abs().sum() / total) if total > 0 else 0.0


@gradient_check.mistake(
    "squared",
    ko="제곱의 합에 제곱근을 씌우지 않았습니다. ‖v‖은 원소 제곱합의 제곱근입니다: `v.norm()`",
    en="The square root over the sum of squares is missing. ‖v‖ is the root of it: `v.norm()`.",
)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    total = (gradient**2).sum() + (n**2).sum()
    return float(((gradient - n) ** 2).sum() / total) if total > 0 else 0.0


ZERO_OVER_ZERO = {
    "ko": "두 기울기가 모두 0이면 0 나누기 0이 됩니다(텐서라면 NaN, 파이썬 수라면 오류). 똑같은 두 기울기이니 오차는 "
    "0.0이어야 합니다. 나누기 전에 분모가 0인지 보세요.",
    "en": "Where both gradients are zero this is 0 / 0: a NaN with tensors, an error with Python "
    "numbers. The two are equal, so the error is 0.0: look whether the denominator is 0 before "
    "you divide.",
}


@gradient_check.mistake("zero-over-zero", **ZERO_OVER_ZERO)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return ((gradient - n).norm() / (gradient.norm() + n.norm())).item()


@gradient_check.mistake("zero-division-error", **ZERO_OVER_ZERO)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return (gradient - n).norm().item() / (gradient.norm().item() + n.norm().item())


@gradient_check.mistake(
    "zero-if-either-is-zero",
    ko="한쪽만 0일 때 0.0을 돌려주었습니다. 그러면 빠뜨린 기울기가 '완벽하다'는 말을 듣습니다. 한쪽만 0이면 오차는 1입니다. "
    "0.0은 *둘 다* 0일 때뿐입니다.",
    en="You return 0.0 when only one of the two is zero, so a gradient that is missing altogether "
    "would be called perfect. If only one is zero the error is 1; it is 0.0 only when *both* are.",
)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return relative_error(gradient, n) if gradient.norm() > 0 and n.norm() > 0 else 0.0


@gradient_check.mistake(
    "ignores-eps",
    ko="eps를 쓰지 않고 정해 둔 값으로 움직였습니다. 받은 `eps`만큼 움직이세요.",
    en="The step is a number of your own. Move by the `eps` that is given.",
)
def _(f, x, gradient, eps):
    return relative_error(gradient, central(f, x, 1e-5))


@gradient_check.mistake(
    "one-sided",
    ko="한쪽 차분 (f(x + h) − f(x)) / h와 견주었습니다. 위에 주어진 `numerical_gradient`는 중심 차분이니 그것을 쓰세요.",
    en="This compares with the one-sided difference (f(x + h) − f(x)) / h. The `numerical_gradient` "
    "given above is central: use it.",
)
def _(f, x, gradient, eps):
    return relative_error(gradient, differences(f, x, eps, 0, eps))


@gradient_check.mistake(
    "forgets-2",
    ko="중심 차분을 2h가 아니라 h로 나누어 n이 두 배가 되었습니다. 위에 주어진 `numerical_gradient`를 쓰면 됩니다.",
    en="The central difference was divided by h instead of 2h, so n is twice too large. The "
    "`numerical_gradient` given above does it right.",
)
def _(f, x, gradient, eps):
    return relative_error(gradient, 2 * central(f, x, eps))


SMALL = {
    "ko": "작은 기울기의 점수가 틀립니다. 어떤 값보다 작으면 0.0을 돌려주거나 분모에 작은 수를 더했습니다. "
    "1e-9짜리 기울기도 틀릴 수 있습니다. 따로 다룰 것은 분모가 정확히 0일 때뿐입니다.",
    "en": "Small gradients get a wrong score: you return 0.0 below a threshold, or add a small number "
    "to the denominator. A gradient of 1e-9 can be wrong too. Only a denominator of exactly 0 is "
    "special.",
}


def guarded(f, x, gradient, eps, threshold=0.0, added=0.0, least=0.0):
    n = central(f, x, eps)
    total = gradient.norm() + n.norm()
    if total <= threshold:
        return 0.0
    return float((gradient - n).norm() / (total + added).clamp(min=least))


for _key, _guard in {
    "threshold": {"threshold": 1e-8},
    "lower-threshold": {"threshold": 1e-12},
    "adds-1e-8": {"added": 1e-8},
    "adds-1e-10": {"added": 1e-10},
    "adds-1e-12": {"added": 1e-12},
    "at-least-1e-8": {"least": 1e-8},
    "at-least-1e-12": {"least": 1e-12},
}.items():
    gradient_check.mistake(_key, **SMALL)(partial(guarded, **_guard))


@gradient_check.mistake("allclose", **SMALL)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return 0.0 if torch.allclose(gradient, n) else relative_error(gradient, n)


@gradient_check.mistake(
    "autograd",
    ko="n을 autograd로 구했습니다. 여기서 n은 eps만큼 움직여 얻은 중심 차분입니다: `n = numerical_gradient(f, x, eps)`",
    en="This n comes from autograd. Here n is made of central differences with the given eps: "
    "`n = numerical_gradient(f, x, eps)`.",
)
def _(f, x, gradient, eps):
    at = x.clone().requires_grad_()
    value = f(at)
    n = torch.autograd.grad(value, at)[0] if value.requires_grad else torch.zeros_like(x)
    return relative_error(gradient, n)


@gradient_check.mistake(
    "divides-by-the-mean",
    ko="두 크기의 평균으로 나누어 두 배가 되었습니다. 명세대로 합 ‖g‖ + ‖n‖으로 나누세요.",
    en="This divides by the mean of the two sizes, so it is twice too large. Divide by their sum, "
    "‖g‖ + ‖n‖, as the specification says.",
)
def _(f, x, gradient, eps):
    return 2 * relative_error(gradient, central(f, x, eps))


@gradient_check.mistake("divides-by-n-alone", **ONE_NORM)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return ((gradient - n).norm() / n.norm()).item()


@gradient_check.mistake("divides-by-g-alone", **ONE_NORM)
def _(f, x, gradient, eps):
    n = central(f, x, eps)
    return ((gradient - n).norm() / gradient.norm()).item()


gradient_check.hints(
    ko=[
        "두 기울기의 차이가 '두 기울기의 크기에 견주어' 얼마나 되는지 묻는 문제입니다. 먼저 numerical_gradient로 n을 "
        "구하세요.",
        "텐서의 크기 ‖v‖은 모든 원소의 제곱합의 제곱근이고 `v.norm()`으로 구합니다. 답은 ‖g − n‖ / (‖g‖ + ‖n‖), 분모가 "
        "0이면 0.0입니다.",
        "`n = numerical_gradient(f, x, eps)`, `total = gradient.norm() + n.norm()`, "
        "`return ((gradient - n).norm() / total).item() if total > 0 else 0.0`",
    ],
    en=[
        "How large is the difference of the two gradients compared with the gradients? Get n "
        "from numerical_gradient first.",
        "The size of a tensor, ‖v‖, is the root of the sum of the squares of all its elements: "
        "`v.norm()`. The answer is ‖g − n‖ / (‖g‖ + ‖n‖), or 0.0 where that denominator is 0.",
        "`n = numerical_gradient(f, x, eps)`, `total = gradient.norm() + n.norm()`, `return "
        "((gradient - n).norm() / total).item() if total > 0 else 0.0`.",
    ],
)


# ---------------------------------------------------------------- sgd-update

NAMES = ("W1", "b1", "W2", "b2")


@exercise("sgd-update", forbids=["torch.optim.SGD"])
def sgd_update(parameters, gradients, lr):
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    for name, leaf in leaves.items():
        leaf.grad = gradients[name].clone()
    torch.optim.SGD(leaves.values(), lr=lr).step()
    return {name: leaf.detach() for name, leaf in leaves.items()}


def update_case(draw, D, H, C, dtype=torch.float32):
    """Parameters in forward order and gradients in the order in which backprop finds them."""
    parameters = dict(zip(NAMES, network(draw, D, H, C, dtype), strict=True))
    found = dict(zip(NAMES, network(draw, D, H, C, dtype), strict=True))
    gradients = {name: found[name] for name in ("W2", "b2", "W1", "b1")}
    return parameters, gradients, draw.number(0.1, 0.9)


@sgd_update.cases
def _(draw):
    ones = {name: torch.ones(1, 1) if name[0] == "W" else torch.ones(1) for name in NAMES}
    slopes = {"W2": -2.0, "b2": 1.0, "W1": 4.0, "b1": -1.0}
    yield ones, {name: slope * ones[name] for name, slope in slopes.items()}, 0.5
    yield update_case(draw, 2, 3, 2)
    yield update_case(draw, *sizes_of(draw, (3, 6), (2, 5), (2, 4)))
    yield update_case(draw, *sizes_of(draw, (3, 6), (2, 5), (2, 4)), dtype=DOUBLE)


@sgd_update.accepts
def _(parameters, gradients, lr):
    new = dict(parameters)
    for name, gradient in gradients.items():
        new[name] = torch.sub(new[name], gradient, alpha=lr)
    return new


@sgd_update.mistake(
    "ascends",
    ko="기울기 쪽으로 올라갔습니다. 손실을 줄이려면 기울기의 반대쪽으로, 곧 빼야 합니다.",
    en="This climbs. To bring the loss down, go against the gradient: subtract.",
)
def _(parameters, gradients, lr):
    return {name: value + lr * gradients[name] for name, value in parameters.items()}


@sgd_update.mistake(
    "forgets-lr",
    ko="학습률 lr을 곱하지 않고 기울기를 통째로 뺐습니다.",
    en="The whole gradient is subtracted: the learning rate is missing.",
)
def _(parameters, gradients, lr):
    return {name: value - gradients[name] for name, value in parameters.items()}


@sgd_update.mistake(
    "pairs-by-order",
    ko="이름이 아니라 순서로 짝을 지었습니다. 역전파는 뒤에서부터 구하므로 gradients의 순서는 W2, b2, W1, b1이고, 그래서 "
    "W1에서 W2의 기울기를 뺐습니다. `zip` 대신 `gradients[name]`으로 찾으세요.",
    en="Parameters and gradients were paired by order, not by name. Backprop works from the back, "
    "so gradients come as W2, b2, W1, b1, and W1 lost the gradient of W2. Look each one up: "
    "`gradients[name]`, no `zip`.",
)
def _(parameters, gradients, lr):
    pairs = zip(parameters.items(), gradients.values(), strict=True)
    return {name: value - lr * gradient for (name, value), gradient in pairs}


@sgd_update.mistake(
    "weights-only",
    ko="가중치만 갱신하고 편향 b1, b2는 그대로 두었습니다. 편향도 함께 배웁니다.",
    en="Only the weights are updated; b1 and b2 stay where they are. The biases learn too.",
)
def _(parameters, gradients, lr):
    new = sgd_update(parameters, gradients, lr)
    return {name: new[name] if name[0] == "W" else value for name, value in parameters.items()}


@sgd_update.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 parameters가 바뀌었습니다. 텐서를 `-=`로 고치거나 `parameters[name] = …`로 사전에 다시 넣지 "
    "말고, 새 텐서를 담은 새 사전을 돌려주세요.",
    en="The values are right, but the caller's parameters have changed. Use neither `-=` on a "
    "tensor nor `parameters[name] = …`: return a new dict of new tensors.",
)
def _(parameters, gradients, lr):
    for name in parameters:
        parameters[name] -= lr * gradients[name]
    return parameters


@sgd_update.mistake(
    "only-the-move",
    ko="움직일 거리 lr × 기울기만 담았습니다. 지금의 값에서 그만큼 뺀 새 값이 필요합니다.",
    en="These are only the distances to move, lr × gradient. Return the new values: the old ones "
    "less that.",
)
def _(parameters, gradients, lr):
    return {name: lr * gradients[name] for name in parameters}


@sgd_update.mistake(
    "only-the-negative-move",
    ko="움직일 거리 −lr × 기울기만 담았습니다. 지금의 값에 더한 새 값이 필요합니다.",
    en="These are only the moves, −lr × gradient. Return the new values: the old ones plus that.",
)
def _(parameters, gradients, lr):
    return {name: -lr * gradients[name] for name in parameters}


sgd_update.hints(
    ko=[
        "네 매개변수가 똑같은 규칙으로 움직입니다. 이름마다 한 번씩, 같은 이름의 기울기를 찾아 쓰세요.",
        "새 값 = 값 − lr × 기울기. 새 사전 {이름: 새 값}을 만들어 돌려줍니다.",
        "`return {name: value - lr * gradients[name] for name, value in parameters.items()}`",
    ],
    en=[
        "All four parameters move by one and the same rule. Go through the names and look up the "
        "gradient of the same name.",
        "new value = value − lr × gradient. Build a new dict {name: new value} and return it.",
        "`return {name: value - lr * gradients[name] for name, value in parameters.items()}`.",
    ],
)


# ---------------------------------------------------------------- mended-rates


@exercise("mended-rates", returns=["rate_W", "rate_b"])
def mended_rates(lr, batch_size):
    # Independently: how far both rules move one weight and one bias, on samples all alike.
    x = torch.ones(batch_size, 1, dtype=DOUBLE)
    W, b = torch.zeros(1, 1, dtype=DOUBLE), torch.zeros(1, dtype=DOUBLE)
    z = (x @ W + b).requires_grad_()
    per_sample = torch.autograd.grad(((torch.sigmoid(z) - x) ** 2).sum() / 2, z)[0]
    notes = lr * (x.T @ per_sample), lr * per_sample.mean(0)
    W.requires_grad_(), b.requires_grad_()
    loss = half_squared_error(torch.sigmoid(x @ W + b), x)
    true = torch.autograd.grad(loss, (W, b))
    return tuple((move / gradient).item() for move, gradient in zip(notes, true, strict=True))


@mended_rates.cases
def _(draw):
    yield 0.1, 100
    yield 0.5, 10
    yield 2.0, 1
    for _ in range(3):
        yield round(draw.number(0.001, 1), 4), draw.integer(2, 300)


@mended_rates.accepts
def _(lr, batch_size):
    return [sum([lr] * batch_size), float(lr)]


@mended_rates.mistake(
    "inverted",
    ko="거꾸로 나누었습니다. 노트의 가중치 기울기가 B배 크므로, 같은 걸음을 걸으려면 올바른 기울기 쪽의 학습률이 B배 "
    "커야 합니다.",
    en="The ratio is upside down. The notes' weight gradient is B times as large, so to move as "
    "far the true gradient needs a rate B times as large.",
)
def _(lr, batch_size):
    return lr / batch_size, lr


@mended_rates.mistake(
    "swapped",
    ko="가중치와 편향이 바뀌었습니다. B배 큰 쪽은 합으로 구한 가중치입니다.",
    en="Weights and biases are swapped. It is the weights that were summed, and are B times too "
    "large.",
)
def _(lr, batch_size):
    return lr, lr * batch_size


@mended_rates.mistake(
    "both",
    ko="편향의 학습률에도 B를 곱했습니다. 노트의 편향 기울기는 평균이라 이미 올바릅니다.",
    en="The biases' rate was multiplied by B too. Their gradient is a mean in the notes: it is "
    "right already.",
)
def _(lr, batch_size):
    return lr * batch_size, lr * batch_size


@mended_rates.mistake(
    "blames-the-biases",
    ko="가중치가 맞고 편향이 B배 작다고 보았습니다. 손실은 평균이므로 맞는 것은 편향 쪽이고, 가중치가 B배 큽니다.",
    en="This takes the weights for right and the biases for B times too small. The loss is a "
    "mean: the biases are right, and the weights B times too large.",
)
def _(lr, batch_size):
    return lr, lr / batch_size


@mended_rates.mistake(
    "neither",
    ko="두 학습률을 그대로 두었습니다. 위의 출력에서 비율이 1이 아닌 것은 어느 쪽인가요?",
    en="Both rates are left as they are. Which of the ratios printed above is not 1?",
)
def _(lr, batch_size):
    return lr, lr


mended_rates.hints(
    ko=[
        "두 규칙이 같은 만큼 움직인다는 등식을 가중치와 편향에 대해 하나씩 세우세요.",
        "가중치: lr × (B × 올바른 기울기) = rate_W × 올바른 기울기. 편향: lr × 올바른 기울기 = rate_b × 올바른 기울기.",
        "`return lr * batch_size, lr`",
    ],
    en=[
        "Write down that both rules move equally far: one equation for the weights, one for the "
        "biases.",
        "Weights: lr × (B × true gradient) = rate_W × true gradient. Biases: lr × true gradient = "
        "rate_b × true gradient.",
        "`return lr * batch_size, lr`.",
    ],
)
