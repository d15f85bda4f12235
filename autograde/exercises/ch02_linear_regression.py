"""Exercises of ch02: linear regression, the training loop, least squares.

The line: prediction = W x + b, with W and b of shape (1,) and x and y of shape (n, 1). The cost:
the mean of the squared errors.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from autograde.exercise import exercise
from helpers.observe import Case

SPRING_X = torch.tensor([[1.0], [2.0], [3.0]])
DOUBLE = torch.float64


def noisy_line(draw, n, dtype=torch.float32):
    """x and y, (n, 1) each, around a random line."""
    x = draw.uniform(0.2, 3, n, 1, dtype=dtype)
    return x, draw.number(1, 3) * x + draw.number(-2, 2) + 0.5 * draw.normal(n, 1, dtype=dtype)


def spread_line(draw, n):
    """As noisy_line, in float64 and with every x at least 0.5 from the next."""
    x = 0.5 * torch.arange(1, n + 1, dtype=DOUBLE)[:, None] + draw.uniform(0, 2, 1, 1, dtype=DOUBLE)
    x = x[draw.permutation(n)]
    return x, draw.number(1, 3) * x + draw.number(1, 4) + draw.normal(n, 1, dtype=DOUBLE)


def cost_of(W, b, x, y):
    return F.mse_loss(F.linear(x, W[None], b), y)


# Messages that several exercises share.
CUT = {
    "ko": "값은 맞지만 `.item()`, `detach()`, `torch.tensor(…)`가 계산의 기록을 끊었습니다. 4절에서 `backward()`가 거슬러 갈 길이 없어집니다. 텐서끼리 "
    "계산해 그대로 돌려주세요.",
    "en": "The values are right, but `.item()`, `detach()` or `torch.tensor(…)` cut the record of the "
    "computation, and in section 4 `backward()` will have no way back. Compute with the tensors "
    "themselves, and return the result as it is.",
}
NO_GRAPH = {
    "ko": "`cost`에 거슬러 갈 그래프가 없습니다. `hypothesis`나 `mse`가 `.item()`, `detach()`, `torch.tensor(…)`로 기록을 끊었거나, W와 b를 떼어 내어(`detach`) "
    "넣었거나, 비용을 `no_grad` 안에서 계산했습니다.",
    "en": "`cost` has no graph to walk back. Either `hypothesis` or `mse` cuts the record with `.item()`, "
    "`detach()` or `torch.tensor(…)`, or W and b were detached first, or the cost is computed inside "
    "`no_grad`.",
}
OUTSIDE = {
    "ko": "W나 b를 제자리에서 바꾸는 줄이 `with torch.no_grad():` 밖에 있습니다. 걷는 일은 그래프에 들어가면 안 되므로 PyTorch가 막습니다. (`W.zero_()`처럼 비우려던 것이라면, "
    "비울 것은 W가 아니라 `W.grad`입니다.)",
    "en": "A line that changes W or b in place stands outside `with torch.no_grad():`. Walking has no place "
    "in the graph, so PyTorch refuses. (If it was meant to empty something, as in `W.zero_()`: that "
    "should be `W.grad`, not W.)",
}


# ---------------------------------------------------------------- hypothesis


@exercise("hypothesis")
def hypothesis(W, b, x):
    return F.linear(x, W[None], b)


@hypothesis.cases
def _(draw):
    yield torch.tensor([2.0]), torch.tensor([0.0]), SPRING_X.clone()
    yield torch.tensor([1.0]), torch.tensor([2.0]), SPRING_X.clone()
    yield torch.tensor([-0.5]), torch.tensor([3.0]), torch.tensor([[4.0]])
    yield draw.normal(1), draw.normal(1), draw.normal(draw.integer(4, 9), 1)
    yield (
        draw.normal(1, dtype=DOUBLE),
        draw.normal(1, dtype=DOUBLE),
        draw.normal(5, 1, dtype=DOUBLE),
    )
    # As training uses it: autograd must be able to walk back through the result.
    yield draw.normal(1).requires_grad_(), draw.normal(1).requires_grad_(), draw.normal(3, 1)


@hypothesis.accepts
def _(W, b, x):
    ones = torch.ones_like(x)
    return torch.cat([x, ones], dim=1) @ torch.stack([W, b])


@hypothesis.accepts
def _(W, b, x):
    return torch.stack([value * W + b for value in x[:, 0]])


@hypothesis.mistake(
    "forgets-bias",
    ko="편향 b를 더하지 않았습니다. 그러면 직선이 언제나 원점을 지나야 합니다.",
    en="The bias b was not added. Without it every line has to pass through the origin.",
)
def _(W, b, x):
    return W * x


@hypothesis.mistake(
    "swapped",
    ko="W와 b의 자리가 바뀌었습니다. x에 곱하는 것은 가중치 W이고, 더하는 것은 편향 b입니다.",
    en="W and b have changed places: the weight W multiplies x, the bias b is added.",
)
def _(W, b, x):
    return b * x + W


@hypothesis.mistake(
    "adds-first",
    ko="W를 곱하기 전에 b를 더했습니다. 그러면 b도 W배가 됩니다. 먼저 x에 W를 곱하고, 그다음에 b를 더하세요.",
    en="b was added before multiplying by W, so b is multiplied as well. Multiply x by W first, "
    "then add b.",
)
def _(W, b, x):
    return W * (x + b)


@hypothesis.mistake(
    "subtracts-bias",
    ko="b를 더하지 않고 뺐습니다. 가설은 Wx + b입니다.",
    en="b was subtracted. The hypothesis is Wx + b.",
)
def _(W, b, x):
    return W * x - b


@hypothesis.mistake(
    "bias-times-x",
    ko="b에도 x를 곱했습니다. 편향은 x와 상관없이 언제나 같은 만큼 더해집니다.",
    en="b was multiplied by x as well. The bias adds the same amount whatever x is.",
)
def _(W, b, x):
    return (W + b) * x


@hypothesis.mistake(
    "no-x",
    ko="x가 쓰이지 않았습니다. 예측은 x마다 달라야 합니다.",
    en="x was not used. The prediction has to depend on x.",
)
def _(W, b, x):
    return torch.zeros_like(x) + W + b


@hypothesis.mistake(
    "loses-an-axis",
    ko="값은 맞지만 축이 하나 사라져 (n,)이 되었습니다. 예를 들어 `x @ W`는 (n, 1)과 (1,)의 행렬 곱이라 (n,)이 됩니다. "
    "원소끼리 곱하는 `*`를 쓰면 브로드캐스팅으로 (n, 1)이 그대로 남습니다.",
    en="The values are right, but an axis is gone: the shape is (n,). `x @ W`, for example, is the "
    "matrix product of (n, 1) and (1,), which is (n,). With the element-wise `*`, broadcasting "
    "keeps (n, 1).",
)
def _(W, b, x):
    return x @ W + b


@hypothesis.mistake(
    "in-place",
    ko="값은 맞지만 `x *= W`처럼 제자리 연산을 써서 부른 쪽의 데이터까지 바뀌었습니다. 새 텐서를 만들어 돌려주세요.",
    en="The values are right, but something like `x *= W` works in place: the caller's data have "
    "changed. Make a new tensor.",
)
def _(W, b, x):
    x *= W
    x += b
    return x


@hypothesis.mistake("cuts-the-graph", **CUT)
def _(W, b, x):
    return (W * x + b).detach()


@hypothesis.mistake(
    "squeezes",
    ko="값은 맞지만 `squeeze()`가 크기 1인 축을 모두 없앴습니다. 결과는 표본마다 한 줄인 (n, 1)이어야 합니다.",
    en="The values are right, but `squeeze()` removed every axis of size 1. The result must be (n, 1), "
    "one sample a row.",
)
def _(W, b, x):
    return (W * x + b).squeeze()


@hypothesis.mistake(
    "matrix-product",
    ko="`@`는 행렬 곱이라 (1,)과 (n, 1)을 곱할 수 없습니다. 필요한 것은 원소끼리 곱하는 `*`입니다.",
    en="`@` is the matrix product, which cannot multiply (1,) and (n, 1). You need the element-wise `*`.",
)
def _(W, b, x):
    return W @ x + b


@hypothesis.mistake(
    "multiplies-the-bias",
    ko="W를 x가 아니라 b에 곱했습니다. 가설은 Wx + b입니다.",
    en="W multiplies b instead of x. The hypothesis is Wx + b.",
)
def _(W, b, x):
    return W * b + x


@hypothesis.mistake(
    "first-sample",
    ko="첫 표본만 예측했습니다. `x` 전체에 한꺼번에 곱하세요. 반복문이라면 `return`이 그 *안에* 있지 않나요?",
    en="Only the first sample is predicted. Multiply the whole of `x` at once; or, with a loop, is the "
    "`return` *inside* it?",
)
def _(W, b, x):
    return W * x[0] + b


@hypothesis.mistake(
    "power",
    ko="`**`는 거듭제곱입니다. 곱하기는 `*`입니다.",
    en="`**` is a power. To multiply, write `*`.",
)
def _(W, b, x):
    return W**x + b


hypothesis.hints(
    ko=[
        "직선 하나는 수 두 개로 정해집니다. W는 x가 1 커질 때 예측이 얼마나 커지는지, b는 x가 0일 때의 예측입니다.",
        "x의 모양은 (n, 1), W와 b는 (1,)입니다. 원소끼리 곱하고 더하면 브로드캐스팅 덕분에 결과는 (n, 1)입니다.",
        "`return W * x + b`",
    ],
    en=[
        "Two numbers make a line. W says how much the prediction grows when x grows by 1; b is the "
        "prediction at x = 0.",
        "x is (n, 1), W and b are (1,). Multiply and add element by element; broadcasting makes the "
        "result (n, 1).",
        "`return W * x + b`.",
    ],
)


# ---------------------------------------------------------------- mse


@exercise("mse", points=2, forbids=["F.mse_loss", "nn.MSELoss"])
def mse(prediction, y):
    return F.mse_loss(prediction, y)


@mse.cases
def _(draw):
    yield torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[2.0], [4.0], [6.0]])
    yield torch.tensor([[3.0], [4.0], [5.0]]), torch.tensor([[2.0], [4.0], [6.0]])
    yield torch.tensor([[0.5]]), torch.tensor([[3.0]])
    n = draw.integer(4, 12)
    yield 2 * draw.normal(n, 1), draw.normal(n, 1) + 1
    yield draw.normal(5, 1, dtype=DOUBLE) - 1, 2 * draw.normal(5, 1, dtype=DOUBLE)
    # As training uses it: autograd must be able to walk back through the result.
    yield Case((draw.normal(4, 1).requires_grad_(), draw.normal(4, 1)), slopes=True)


@mse.accepts
def _(prediction, y):
    error = (prediction - y).flatten()
    return torch.dot(error, error) / len(error)


@mse.accepts
def _(prediction, y):
    total = torch.zeros((), dtype=y.dtype)
    for p, value in zip(prediction[:, 0], y[:, 0], strict=True):
        total = total + (p - value).pow(2)
    return total / y.shape[0]


@mse.mistake(
    "sum",
    ko="더하기만 하고 표본 수 n으로 나누지 않았습니다. 그러면 데이터가 두 배일 때 손실도 두 배가 됩니다.",
    en="This is the sum; it is not divided by the number of samples n. Twice the data would double "
    "the loss.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).sum()


@mse.mistake(
    "no-square",
    ko="오차를 제곱하지 않고 평균했습니다. 그러면 +1과 −1이 서로 지워져서, 그림의 직선 C처럼 빗나간 직선도 손실이 0이 됩니다.",
    en="The errors were averaged without squaring them. Then +1 and −1 cancel, and a line that "
    "misses, such as C in the picture, gets a 0.",
)
def _(prediction, y):
    return (prediction - y).mean()


@mse.mistake(
    "no-square-other-sign",
    ko="오차를 제곱하지 않고 평균했습니다. 그러면 +1과 −1이 서로 지워져서, 그림의 직선 C처럼 빗나간 직선도 손실이 0이 됩니다.",
    en="The errors were averaged without squaring them. Then +1 and −1 cancel, and a line that "
    "misses, such as C in the picture, gets a 0.",
)
def _(prediction, y):
    return (y - prediction).mean()


@mse.mistake(
    "absolute",
    ko="오차의 절댓값을 평균했습니다. 그것도 쓸모 있는 손실이지만 이름이 다릅니다(평균 절대 오차). 여기서는 제곱입니다.",
    en="This averages the absolute errors: a useful loss too, but another one (the mean absolute "
    "error). Here the errors are squared.",
)
def _(prediction, y):
    return (prediction - y).abs().mean()


@mse.mistake(
    "square-of-the-mean",
    ko="평균을 낸 *뒤에* 제곱했습니다. 평균에서 이미 +와 −가 지워집니다. 오차마다 먼저 제곱하고, 그다음에 평균을 내세요.",
    en="The mean was taken first and squared *afterwards*. By then + and − have cancelled. Square "
    "each error first, then take the mean.",
)
def _(prediction, y):
    return (prediction - y).mean() ** 2


@mse.mistake(
    "difference-of-squares",
    ko="예측과 y를 *따로* 제곱한 다음 뺐습니다. 먼저 빼서 오차를 구하고, 그 오차를 제곱하세요.",
    en="Prediction and y were squared *separately* and then subtracted. Subtract first, to get the "
    "error; then square it.",
)
def _(prediction, y):
    return (prediction**2 - y**2).mean()


@mse.mistake(
    "root",
    ko="평균의 제곱근까지 구했습니다. 그것은 RMSE입니다. 여기서는 제곱근을 씌우지 않습니다.",
    en="This also takes the square root: that is the RMSE. Here the mean stays as it is.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).mean().sqrt()


@mse.mistake(
    "half",
    ko="반으로 나누었습니다. 그렇게 정하는 책도 있지만, 이 장의 정의에는 ½이 없습니다.",
    en="This is halved. Some books define it so; the definition in this chapter has no ½.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).mean() / 2


@mse.mistake(
    "no-mean",
    ko="표본마다 제곱한 것을 그대로 돌려주었습니다. 직선 하나에 손실 하나가 되도록 평균을 내세요.",
    en="These are the squares of the single samples. Take their mean: one line gets one number.",
)
def _(prediction, y):
    return (prediction - y) ** 2


@mse.mistake(
    "keeps-an-axis",
    ko="값은 맞지만 모양이 ()가 아니라 (1,)입니다. 파이썬의 `sum()`이나 `.mean(0)`은 첫째 축만 없앱니다. 축을 정하지 않은 "
    "`.mean()`은 모든 원소를 평균합니다.",
    en="The value is right, but its shape is (1,), not (). Python's `sum()` and `.mean(0)` remove the "
    "first axis only; `.mean()` without an axis averages all elements.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).mean(0)


@mse.mistake(
    "python-number",
    ko="값은 맞지만 `.item()`이나 `float()`로 파이썬 수를 만들었습니다. 파이썬 수에는 어떻게 계산했는지 기록이 남지 않아, 4절에서 "
    "`backward()`를 부를 수 없습니다. 텐서 그대로 돌려주세요.",
    en="The value is right, but `.item()` or `float()` made it a Python number. That keeps no record "
    "of how it was computed, and in section 4 there would be no `backward()` to call. Return the "
    "tensor.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).mean().item()


@mse.mistake("cuts-the-graph", **CUT)
def _(prediction, y):
    return ((prediction - y) ** 2).mean().detach()


@mse.mistake(
    "doubles",
    ko="`* 2`는 두 배입니다. 제곱은 `** 2`입니다.",
    en="`* 2` doubles. The square is `** 2`.",
)
def _(prediction, y):
    return ((prediction - y) * 2).mean()


@mse.mistake(
    "divides-twice",
    ko="n으로 두 번 나누었습니다. `mean()`이 이미 n으로 나눕니다.",
    en="This divides by n twice: `mean()` has done so already.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).mean() / len(y)


@mse.mistake(
    "every-pair",
    ko="모양 (n, 1)과 (n,)이 브로드캐스팅되어 (n, n)이 되고, 예측마다 *모든* y와 견주었습니다. `flatten()`이나 `t()` 없이 (n, 1)끼리 빼세요.",
    en="The shapes (n, 1) and (n,) broadcast to (n, n), which compares each prediction with *every* y. "
    "Subtract (n, 1) from (n, 1), without `flatten()` or `t()`.",
)
def _(prediction, y):
    return ((prediction - y.flatten()) ** 2).mean()


@mse.mistake(
    "axis-1",
    ko="1번 축을 평균 냈는데 그 축의 크기는 1입니다. 표본에 대해 평균을 내야 수 하나가 됩니다. 축을 정하지 않은 `.mean()`을 쓰세요.",
    en="This averages axis 1, whose size is 1. Average over the samples to get one number: `.mean()` "
    "without an axis.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).mean(1)


LAST_SAMPLE = {
    "ko": "마지막 표본의 오차만 남았습니다. 반복문에서 `=`로 덮어쓰지 말고 `+=`로 쌓으세요.",
    "en": "Only the error of the last sample is left. In the loop, add up with `+=` instead of "
    "overwriting with `=`.",
}


@mse.mistake("last-sample", **LAST_SAMPLE)
def _(prediction, y):
    return (prediction[-1, 0] - y[-1, 0]) ** 2 / len(y)


@mse.mistake("last-sample-with-an-axis", **LAST_SAMPLE)
def _(prediction, y):
    return (prediction[-1] - y[-1]) ** 2 / len(y)


INSIDE_THE_LOOP = {
    "ko": "첫 표본에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    "en": "It ends after the first sample. Is the `return` indented *inside* the loop?",
}


@mse.mistake("returns-inside", **INSIDE_THE_LOOP)
def _(prediction, y):
    return (prediction[0] - y[0]) ** 2 / len(y)


@mse.mistake("returns-inside-a-number", **INSIDE_THE_LOOP)
def _(prediction, y):
    return (prediction[0, 0] - y[0, 0]) ** 2 / len(y)


@mse.mistake(
    "sum-with-an-axis",
    ko="더하기만 하고 표본 수 n으로 나누지 않았고, 모양도 ()가 아니라 (1,)입니다. 축을 정하지 않은 `.mean()`은 둘 다 해결합니다.",
    en="This is the sum, not divided by the number of samples n; and its shape is (1,), not (). `.mean()` "
    "without an axis settles both.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).sum(0)


FIRST_SKIPPED = {
    "ko": "첫 표본을 건너뛰었습니다. 번호는 0부터입니다: `range(len(y))`.",
    "en": "The first sample is skipped. Numbers start at 0: `range(len(y))`.",
}


@mse.mistake("first-skipped", **FIRST_SKIPPED)
def _(prediction, y):
    return ((prediction[1:] - y[1:]) ** 2).sum() / len(y)


@mse.mistake("first-skipped-in-a-loop", **FIRST_SKIPPED)
def _(prediction, y):
    total = 0
    for i in range(1, len(y)):
        total += (prediction[i] - y[i]) ** 2
    return (total / len(y)).squeeze()


@mse.mistake(
    "divides-without-adding",
    ko="표본마다 n으로 나누기만 하고 더하지 않았습니다. `.sum() / n`이나 `.mean()`이라야 수 하나가 됩니다.",
    en="Each square is divided by n, but they are not added up. `.sum() / n`, or `.mean()`, makes one "
    "number of them.",
)
def _(prediction, y):
    return (prediction - y) ** 2 / len(y)


@mse.mistake(
    "n-of-the-example",
    ko="3으로 나누었습니다. 표본의 수는 경우마다 다릅니다: `len(y)`나 `.mean()`을 쓰세요.",
    en="This divides by 3. The number of samples varies: use `len(y)` or `.mean()`.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).sum() / 3


@mse.mistake(
    "half-of-the-sum",
    ko="합을 2로 나누었습니다. 표본 수 n으로 나누어야 평균입니다.",
    en="The sum is divided by 2. Divide it by the number of samples, n, to get the mean.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).sum() / 2


@mse.mistake(
    "n-minus-1",
    ko="n − 1로 나누었습니다. 여기서는 표본 수 n으로 나눕니다.",
    en="This divides by n − 1. Here the mean divides by the number of samples, n.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).sum() / (len(y) - 1)


@mse.mistake(
    "adds-y",
    ko="예측에서 y를 빼지 않고 더했습니다. 오차는 둘의 *차이*입니다.",
    en="y is added to the prediction. The error is the *difference* of the two.",
)
def _(prediction, y):
    return ((prediction + y) ** 2).mean()


SQUARES_Y = {
    "ko": "y만 제곱했습니다. `**`가 `-`보다 먼저 계산됩니다. 괄호로 오차를 묶어 제곱하세요: `(prediction - y) ** 2`.",
    "en": "Only y is squared, for `**` comes before `-`. Put the error in brackets: "
    "`(prediction - y) ** 2`.",
}


@mse.mistake("squares-only-y", **SQUARES_Y)
def _(prediction, y):
    return (prediction - y**2).mean()


@mse.mistake("squares-only-y-no-mean", **SQUARES_Y)
def _(prediction, y):
    return prediction - y**2


@mse.mistake(
    "largest",
    ko="가장 큰 것 하나만 골랐습니다. 모든 표본의 평균을 내세요.",
    en="That is the largest of them alone. Take the mean of all samples.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).max()


@mse.mistake(
    "median",
    ko="중앙값(median)입니다. 이름대로 평균(mean)을 내세요.",
    en="That is the median. The mean squared error is a mean.",
)
def _(prediction, y):
    return ((prediction - y) ** 2).median()


@mse.mistake(
    "in-place",
    ko="`prediction -= y` 같은 제자리 연산으로 부른 쪽의 prediction을 바꾸었습니다. 새 텐서를 만들어 쓰세요: `error = prediction - y`.",
    en="Something like `prediction -= y` works in place and changed the caller's prediction. Make a new "
    "tensor: `error = prediction - y`.",
)
def _(prediction, y):
    prediction -= y
    return (prediction**2).mean()


mse.hints(
    ko=[
        "그림의 정사각형을 떠올리세요. 표본마다 오차를 한 변으로 하는 정사각형이 하나씩 있고, 구하는 것은 그 넓이의 평균입니다.",
        "오차 prediction − y는 (n, 1)입니다. 원소마다 제곱해도 (n, 1), 그 평균은 축이 없는 텐서 ()입니다.",
        "`return torch.mean((prediction - y) ** 2)`",
    ],
    en=[
        "Think of the squares in the picture. Each sample has one, with the error as its side; you "
        "want the mean of their areas.",
        "The error prediction − y is (n, 1). Squared element by element it still is; its mean is a "
        "tensor without axes, ().",
        "`return torch.mean((prediction - y) ** 2)`.",
    ],
)


# ---------------------------------------------------------------- train-step


@exercise("train-step", points=3, all_or_nothing=True, returns=["W", "b", "costs"])
def train_steps(W, b, x, y, lr, steps):
    # Independently: the gradients of the mean cost by torch.func, no .grad and no optimizer.
    slopes = torch.func.grad(cost_of, argnums=(0, 1))
    costs = []
    for _ in range(steps):
        costs.append(cost_of(W, b, x, y).item())
        dW, db = slopes(W, b, x, y)
        W, b = W - lr * dW, b - lr * db
    return W.clone(), b.clone(), costs


def sgd(W, b, lr, **more):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    return W, b, torch.optim.SGD([W, b], lr=lr, **more)


def run_sgd(W, b, x, y, lr, steps, **more):
    W, b, optimizer = sgd(W, b, lr, **more)
    costs = []
    for _ in range(steps):
        optimizer.zero_grad()
        cost = cost_of(W, b, x, y)
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return W.detach(), b.detach(), costs


@train_steps.cases
def _(draw):
    zero = torch.zeros(1)
    yield zero.clone(), zero.clone(), SPRING_X.clone(), 2 * SPRING_X, 0.01, 1
    yield Case((zero.clone(), zero, SPRING_X.clone(), 2 * SPRING_X, 0.01, 3), cut_off=True)
    yield torch.tensor([2.0]), zero.clone(), SPRING_X.clone(), 2 * SPRING_X, 0.1, 2
    yield torch.tensor([1.0]), zero.clone(), torch.tensor([[2.0]]), torch.tensor([[5.0]]), 0.05, 2
    for dtype in (torch.float32, DOUBLE):
        x, y = noisy_line(draw, draw.integer(3, 9), dtype)
        start = draw.normal(1, dtype=dtype) - 2, draw.normal(1, dtype=dtype)
        yield *start, x, y, draw.number(0.01, 0.05), draw.integer(3, 5)
    yield torch.tensor([1.5]), torch.tensor([0.5]), SPRING_X.clone(), 2 * SPRING_X, 0.01, 0


@train_steps.accepts
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps)


@train_steps.accepts
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    costs = []
    while len(costs) < steps:
        cost = ((x * W + b - y) ** 2).mean()
        cost.backward()
        costs.append(float(cost))
        for parameter in (W, b):
            parameter.data -= lr * parameter.grad
            parameter.grad = None
    return [W.data, b.data, costs]


@train_steps.mistake(
    "no-zero-grad",
    ko="`zero_grad()`가 없거나 반복문 밖에 있습니다. `backward()`는 `.grad`를 새로 쓰지 않고 거기에 *더하므로*, 두 번째 "
    "걸음부터는 지난 기울기까지 합친 것으로 걷게 됩니다. 걸음이 하나일 때는 티가 나지 않습니다.",
    en="`zero_grad()` is missing, or stands outside the loop. `backward()` does not overwrite `.grad`, "
    "it *adds* to it, so from the second step on you walk by all past gradients together. With a "
    "single step it does not show.",
)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps, momentum=1.0)


@train_steps.mistake(
    "never-moves",
    ko="W와 b가 출발점에서 움직이지 않습니다. `step()`을 부르는 순간 `.grad`에 무엇이 들어 있나요? `backward()`보다 `step()`이 먼저이거나, "
    "둘 사이에 `zero_grad()`가 있거나, 둘 가운데 하나가 없으면 이렇게 됩니다.",
    en="W and b never leave their start. What is in `.grad` at the moment of `step()`? This happens if "
    "`step()` comes before `backward()`, if `zero_grad()` stands between them, or if one of the two "
    "is missing.",
)
def _(W, b, x, y, lr, steps):
    return W.clone(), b.clone(), [cost_of(W, b, x, y).item()] * steps


@train_steps.mistake(
    "one-step-late",
    ko="`step()`이 `backward()`보다 먼저라서, 걸음마다 *지난번* 기울기로 걷습니다. 첫걸음은 제자리걸음이고 마지막 기울기는 쓰이지도 "
    "않습니다. 먼저 기울기를 구하고, 그다음에 움직이세요.",
    en="`step()` comes before `backward()`, so every step goes by the gradient of the step *before*: the "
    "first goes nowhere, and the last gradient is never used. Get the gradient first, then move.",
)
def _(W, b, x, y, lr, steps):
    W, b, optimizer = sgd(W, b, lr)
    costs = []
    for _ in range(steps):
        cost = cost_of(W, b, x, y)
        optimizer.step()
        optimizer.zero_grad()
        cost.backward()
        costs.append(cost.item())
    return W.detach(), b.detach(), costs


@train_steps.mistake(
    "last-gradient-unused",
    ko="비용은 모두 맞지만 W와 b가 한 걸음 모자랍니다. `step()`이 반복문의 맨 앞에 있어서 지난 바퀴의 기울기로 걷고, 마지막에 구한 "
    "기울기는 쓰이지 않습니다. `backward()` 다음에 `step()`이 오게 하세요.",
    en="The costs are right, but W and b are one step short. `step()` stands first in the loop and walks "
    "by the gradient of the round before, so the last gradient is never used. Let `step()` come "
    "after `backward()`.",
)
def _(W, b, x, y, lr, steps):
    new_W, new_b, _ = run_sgd(W, b, x, y, lr, steps - 1)
    return new_W, new_b, run_sgd(W, b, x, y, lr, steps)[2]


@train_steps.mistake(
    "ascends",
    ko="비용이 걸음마다 커집니다. 기울기는 비용이 *커지는* 쪽을 가리키므로 그 반대로 움직여야 합니다. `step()`은 이미 "
    "반대로 움직입니다. 비용의 부호를 바꾸거나 `maximize`를 쓰지 않았나요?",
    en="The cost grows at every step. The gradient points to where the cost *grows*, so move the "
    "other way; `step()` already does. Was the sign of the cost flipped, or `maximize` used?",
)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps, maximize=True)


@train_steps.mistake(
    "graph-made-once",
    ko="예측이나 비용을 반복문 *앞에서* 한 번만 계산했습니다. 그래프는 `backward()` 한 번에 쓰이고 버려지므로 두 번째 걸음에서 오류가 납니다. 예측과 "
    "비용은 *둘 다* 걸음마다, 지금의 W와 b로 다시 계산해야 합니다.",
    en="The prediction, or the cost, is computed once, *before* the loop. Its graph is used up by one "
    "`backward()`, so the second step fails. *Both* have to be computed anew at every step, from the W "
    "and b of that moment.",
)
def _(W, b, x, y, lr, steps):
    W, b, optimizer = sgd(W, b, lr)
    costs, cost = [], cost_of(W, b, x, y)
    for _ in range(steps):
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return W.detach(), b.detach(), costs


@train_steps.mistake(
    "stale-gradient",
    ko="비용과 기울기를 출발점에서 한 번만 구해 계속 썼습니다. W와 b가 움직이면 기울기도 달라집니다. 예측과 비용은 걸음마다 다시 "
    "계산해야 합니다.",
    en="Cost and gradient were found once, at the start, and used for every step. When W and b move, "
    "the gradient changes: compute prediction and cost anew each time.",
)
def _(W, b, x, y, lr, steps):
    W, b, optimizer = sgd(W, b, lr)
    costs, cost = [], cost_of(W, b, x, y)
    for _ in range(steps):
        optimizer.zero_grad()
        cost.backward(retain_graph=True)
        optimizer.step()
        costs.append(cost.item())
    return W.detach(), b.detach(), costs


@train_steps.mistake(
    "logs-after",
    ko="움직인 *뒤*의 비용을 적었습니다. costs[0]은 출발점의 비용이어야 합니다.",
    en="The cost is recorded *after* the move. costs[0] should be the cost at the start.",
)
def _(W, b, x, y, lr, steps):
    new_W, new_b, costs = run_sgd(W, b, x, y, lr, steps)
    after = [*costs[1:], cost_of(new_W, new_b, x, y).item()]
    return new_W, new_b, after if steps else []


@train_steps.mistake(
    "start-and-after",
    ko="출발점의 비용과 매 걸음 뒤의 비용을 모두 적어 steps + 1개가 되었습니다. 움직이기 *앞*의 비용만 적으면 정확히 "
    "steps개입니다.",
    en="The list holds the cost at the start and after every step, steps + 1 in all. With only the "
    "costs *before* each move there are exactly steps.",
)
def _(W, b, x, y, lr, steps):
    new_W, new_b, costs = run_sgd(W, b, x, y, lr, steps)
    return new_W, new_b, [*costs, cost_of(new_W, new_b, x, y).item()]


@train_steps.mistake(
    "one-too-many",
    ko="steps보다 한 번 더 걸었습니다. 예를 들어 `range(steps + 1)`은 steps + 1번 돕니다.",
    en="One step too many: `range(steps + 1)`, for example, runs steps + 1 times.",
)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps + 1)


@train_steps.mistake(
    "one-too-few",
    ko="steps보다 한 번 덜 걸었습니다. 예를 들어 `range(1, steps)`는 steps − 1번 돕니다.",
    en="One step too few: `range(1, steps)`, for example, runs steps − 1 times.",
)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps - 1)


@train_steps.mistake(
    "returns-inside",
    ko="첫걸음에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first step. Is the `return` indented *inside* the loop?",
)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, 1) if steps else None


@train_steps.mistake(
    "costs-are-tensors",
    ko="costs에 텐서가 들어 있습니다. `.item()`으로 파이썬 수를 꺼내 넣으세요. 비용 텐서는 자기가 나온 그래프를 붙들고 있습니다.",
    en="The list holds tensors. Take the number out with `.item()`: a cost tensor holds on to the "
    "graph that it came from.",
)
def _(W, b, x, y, lr, steps):
    W, b, costs = run_sgd(W, b, x, y, lr, steps)
    return W, b, [torch.tensor(cost) for cost in costs]


@train_steps.mistake(
    "changes-the-start",
    ko="결과는 맞지만 부른 쪽의 W와 b까지 움직였습니다. 함수 첫머리에서 `clone()`으로 만든 복사본을 학습시키세요.",
    en="The result is right, but the caller's W and b have moved too. Train the copies that "
    "`clone()` makes at the top of the function.",
)
def _(W, b, x, y, lr, steps):
    new_W, new_b, costs = run_sgd(W, b, x, y, lr, steps)
    W.copy_(new_W)
    b.copy_(new_b)
    return W, b, costs


def loop_of_sgd(make_cost, W, b, x, y, lr, steps, after=None):
    """The usual loop; make_cost gives the cost, `after` what W and b are after each step."""
    W, b, optimizer = sgd(W, b, lr)
    costs = []
    for _ in range(steps):
        cost = make_cost(W, b, x, y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
        if after:
            W, b = after(W, b)
    return W.detach(), b.detach(), costs


@train_steps.mistake("cost-without-a-graph", **NO_GRAPH)
def _(W, b, x, y, lr, steps):
    return loop_of_sgd(lambda *each: cost_of(*each).detach(), W, b, x, y, lr, steps)


@train_steps.mistake(
    "a-new-W",
    ko="첫걸음 뒤에 W와 b가 `requires_grad`가 없는 새 텐서로 바뀌어 다음 `backward()`가 실패합니다. `no_grad` 안의 `W = W - …`나 `W = W.detach()`가 그렇게 "
    "합니다. 옵티마이저는 여전히 옛 W를 쥐고 있습니다. 움직이는 일은 `optimizer.step()`에 맡기고, `detach()`는 돌려줄 때만 쓰세요.",
    en="After the first step W and b have become new tensors without `requires_grad`, so the next "
    "`backward()` fails. `W = W - …` inside `no_grad` does that, and so does `W = W.detach()`. The "
    "optimizer still holds the old W. Leave the moving to `optimizer.step()`, and use `detach()` only "
    "to return.",
)
def _(W, b, x, y, lr, steps):
    return loop_of_sgd(
        cost_of, W, b, x, y, lr, steps, lambda W, b: (W.detach().clone(), b.detach().clone())
    )


@train_steps.mistake(
    "a-new-W-in-the-graph",
    ko="`W = W - …`는 W를 고치는 것이 아니라 *새 텐서*를 만들고, 그 `.grad`는 언제나 None입니다. 옵티마이저는 여전히 옛 W를 쥐고 있습니다. 움직이는 일은 "
    "`optimizer.step()`에 맡기세요.",
    en="`W = W - …` does not change W but makes a *new tensor*, whose `.grad` is always None, while the "
    "optimizer still holds the old W. Leave the moving to `optimizer.step()`.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    costs = []
    for _ in range(steps):
        cost = cost_of(W, b, x, y)
        cost.backward()
        W = W - lr * W.grad
        b = b - lr * b.grad
        costs.append(cost.item())
    return W.detach(), b.detach(), costs


@train_steps.mistake("moves-outside-no-grad", **OUTSIDE)
def _(W, b, x, y, lr, steps):
    W, b, _ = sgd(W, b, lr)
    costs = []
    for _ in range(steps):
        cost = cost_of(W, b, x, y)
        cost.backward()
        W -= lr * W.grad
        b -= lr * b.grad
        costs.append(cost.item())
    return W.detach(), b.detach(), costs


LAST_COST = {
    "ko": "costs에 마지막 비용 하나만 있습니다. `append`가 반복문 *밖에* 있거나, `costs = [...]`로 목록을 다시 만들지 않았나요?",
    "en": "costs holds the last cost alone. Is the `append` *outside* the loop, or is the list made anew by "
    "`costs = [...]`?",
}


@train_steps.mistake("list-made-anew", **LAST_COST)
def _(W, b, x, y, lr, steps):
    W, b, costs = run_sgd(W, b, x, y, lr, steps)
    return W, b, costs[-1:]


@train_steps.mistake("appends-outside", **LAST_COST)
def _(W, b, x, y, lr, steps):
    W, b, costs = run_sgd(W, b, x, y, lr, steps)
    if steps:
        cost = costs[-1]
    return W, b, [cost]


@train_steps.mistake(
    "sum-of-squares",
    ko="오차 제곱의 평균이 아니라 *합*으로 학습했습니다. 비용은 여러분의 `mse`로 재세요.",
    en="This trains on the *sum* of the squared errors, not on their mean. Measure the cost with your `mse`.",
)
def _(W, b, x, y, lr, steps):
    return loop_of_sgd(lambda *each: len(x) * cost_of(*each), W, b, x, y, lr, steps)


@train_steps.mistake(
    "two-steps-at-once",
    ko="한 바퀴에 두 번 움직였습니다. `step()`은 걸음마다 한 번입니다.",
    en="Each round moves twice. Call `step()` once a step.",
)
def _(W, b, x, y, lr, steps):
    return (*run_sgd(W, b, x, y, 2 * lr, steps)[:2], run_sgd(W, b, x, y, 2 * lr, steps)[2])


@train_steps.mistake(
    "fixed-lr",
    ko="학습률이 0.01로 박혀 있습니다. 받은 `lr`을 쓰세요.",
    en="The learning rate is fixed at 0.01. Use the `lr` you are given.",
)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, 0.01, steps)


@train_steps.mistake(
    "only-W",
    ko="b가 움직이지 않았습니다. 옵티마이저에는 움직일 매개변수를 모두 줍니다: `[W, b]`.",
    en="b never moves. Give the optimizer every parameter that is to move: `[W, b]`.",
)
def _(W, b, x, y, lr, steps):
    return loop_of_sgd(lambda W, _, x, y: cost_of(W, b, x, y), W, b, x, y, lr, steps)


ONE_BY_ONE = {
    "ko": "표본 하나씩 움직였습니다. 이 문제에서는 걸음마다 *모든* 표본의 비용으로 한 번 움직입니다.",
    "en": "This moves once for each sample. Here every step uses the cost of *all* samples, and moves once.",
}


def one_by_one(W, b, x, y, lr, rounds):
    W, b, optimizer = sgd(W, b, lr)
    costs = []
    for _ in range(rounds):
        for one, target in zip(x, y, strict=True):
            cost = ((W * one + b - target) ** 2).mean()
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
            costs.append(cost.item())
    return W.detach(), b.detach(), costs


@train_steps.mistake("one-by-one", **ONE_BY_ONE)
def _(W, b, x, y, lr, steps):
    return one_by_one(W, b, x, y, lr, 1)


@train_steps.mistake("one-by-one-in-each-step", **ONE_BY_ONE)
def _(W, b, x, y, lr, steps):
    return one_by_one(W, b, x, y, lr, steps)


@train_steps.mistake(
    "W-and-b-swapped",
    ko="`hypothesis`에 W와 b를 바꾸어 주었습니다. 순서는 `hypothesis(W, b, x)`입니다.",
    en="W and b were passed to `hypothesis` the wrong way round. The order is `hypothesis(W, b, x)`.",
)
def _(W, b, x, y, lr, steps):
    return loop_of_sgd(lambda W, b, x, y: cost_of(b, W, x, y), W, b, x, y, lr, steps)


@train_steps.mistake(
    "x-and-y-swapped",
    ko="x와 y가 뒤바뀌었습니다. x로 예측하고, 그 예측을 y와 견줍니다.",
    en="x and y have changed places. Predict from x, and compare the prediction with y.",
)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, y, x, lr, steps)


@train_steps.mistake(
    "returned-in-another-order",
    ko="W와 b의 자리가 바뀌었습니다. (W, b, costs)의 순서로 돌려주세요.",
    en="W and b have changed places. Return them in the order (W, b, costs).",
)
def _(W, b, x, y, lr, steps):
    W, b, costs = run_sgd(W, b, x, y, lr, steps)
    return b, W, costs


THREE_VALUES = {
    "ko": "세 값을 함께 돌려주어야 합니다: `return W.detach(), b.detach(), costs`.",
    "en": "Return three values together: `return W.detach(), b.detach(), costs`.",
}


@train_steps.mistake("costs-alone", **THREE_VALUES)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps)[2]


@train_steps.mistake("without-costs", **THREE_VALUES)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps)[:2]


NOT_CUT_OFF = {
    "ko": "수는 맞지만 돌려준 W와 b가 아직 그래프에 이어져 있습니다(`requires_grad=True`). 이것을 받아 다시 학습하려는 사람은 오류를 만납니다. "
    "`return W.detach(), b.detach(), …`로 떼어 내세요.",
    "en": "The numbers are right, but the W and b returned are still part of the graph (`requires_grad=True`). Whoever takes "
    "them to go on training gets an error. Cut them off: `return W.detach(), b.detach(), …`.",
}


@train_steps.mistake("not-cut-off", **NOT_CUT_OFF)
def _(W, b, x, y, lr, steps):
    W, b, noted = run_sgd(W, b, x, y, lr, steps)
    return W.requires_grad_(), b.requires_grad_(), noted


train_steps.hints(
    ko=[
        "한 걸음은 이렇습니다: 지금의 W와 b로 예측하고 비용을 잰다, 그 비용의 기울기를 구한다, 기울기의 반대쪽으로 움직인다. 그리고 다음 "
        "걸음의 기울기는 빈 `.grad`에서 시작해야 합니다.",
        "줄의 순서: 비용 → `zero_grad` → `backward` → `step` → 비용 적기. `zero_grad`는 `backward`와 `step` 사이만 아니면 됩니다.",
        "`for _ in range(steps):` 안에서 `cost = mse(hypothesis(W, b, x), y)`, `optimizer.zero_grad()`, `cost.backward()`, "
        "`optimizer.step()`, `costs.append(cost.item())`. 반복문이 끝난 뒤 `return W.detach(), b.detach(), costs`",
    ],
    en=[
        "One step: predict with the W and b of now and measure the cost, get the gradient of that "
        "cost, move against it. And the next step's gradient must start from an empty `.grad`.",
        "The lines in order: cost → `zero_grad` → `backward` → `step` → note the cost. `zero_grad` may "
        "stand anywhere but between `backward` and `step`.",
        "Inside `for _ in range(steps):` write `cost = mse(hypothesis(W, b, x), y)`, "
        "`optimizer.zero_grad()`, `cost.backward()`, `optimizer.step()`, `costs.append(cost.item())`; "
        "after the loop `return W.detach(), b.detach(), costs`.",
    ],
)


# ---------------------------------------------------------------- count-updates


@exercise("count-updates", all_or_nothing=True)
def count_updates(n, batch_size, epochs):
    return sum(len(DataLoader(range(n), batch_size=batch_size)) for _ in range(epochs))


@count_updates.cases
def _(draw):
    yield 3, 3, 1000
    yield 3, 1, 1000
    yield 10, 4, 2
    yield 11, 4, 2
    yield 6, 2, 5
    yield 5, 8, 3
    yield 101, 100, 1  # however few are left over
    for _ in range(3):
        batch_size = draw.integer(3, 8)
        n = batch_size * draw.integer(3, 9) + draw.integer(1, batch_size - 1)
        yield n, batch_size, batch_size + draw.integer(1, 4)  # so that no answer is n


@count_updates.accepts
def _(n, batch_size, epochs):
    return math.ceil(n / batch_size) * epochs


@count_updates.accepts
def _(n, batch_size, epochs):
    full, left = divmod(n, batch_size)
    return epochs * (full + (left > 0))


@count_updates.mistake(
    "drops-the-short-batch",
    ko="나누어떨어지지 않을 때 마지막에 남은 표본들을 버렸습니다. 그 짧은 배치로도 한 번 갱신합니다. 내리지 말고 올리세요.",
    en="Where it does not divide evenly, the samples left over are dropped. That short batch makes "
    "an update as well: round up, not down.",
)
def _(n, batch_size, epochs):
    return n // batch_size * epochs


@count_updates.mistake(
    "always-one-more",
    ko="`n // batch_size + 1`은 나누어떨어질 때 하나가 많습니다. 남은 표본이 있을 때만 배치가 하나 더 생깁니다.",
    en="`n // batch_size + 1` is one too many where it divides evenly. There is one more batch only "
    "if samples are left over.",
)
def _(n, batch_size, epochs):
    return (n // batch_size + 1) * epochs


@count_updates.mistake(
    "full-batch",
    ko="에폭마다 한 번이라고 셌습니다. 모든 표본을 한 배치에 넣을 때만 맞습니다(노트의 반복문이 그렇습니다).",
    en="This counts one update an epoch. That is right only when one batch holds all samples (as in "
    "the notes' loop).",
)
def _(n, batch_size, epochs):
    return epochs


@count_updates.mistake(
    "one-per-sample",
    ko="표본마다 한 번이라고 셌습니다. 갱신은 배치마다 한 번입니다.",
    en="This counts one update a sample. There is one a batch.",
)
def _(n, batch_size, epochs):
    return n * epochs


@count_updates.mistake(
    "forgets-epochs",
    ko="한 에폭의 갱신만 셌습니다. 에폭 수를 곱하세요.",
    en="These are the updates of one epoch. Multiply by the number of epochs.",
)
def _(n, batch_size, epochs):
    return -(-n // batch_size)


@count_updates.mistake(
    "epochs-joined",
    ko="모든 에폭의 표본을 한 줄로 이어 붙여 나누었습니다. 에폭이 끝나면 배치도 끊깁니다. 에폭 하나의 배치 수를 먼저 올림해 구하고, "
    "그다음에 에폭 수를 곱하세요.",
    en="The samples of all epochs were joined into one row before dividing. A batch ends where its "
    "epoch ends: round up the number of batches in one epoch first, then multiply.",
)
def _(n, batch_size, epochs):
    return -(-n * epochs // batch_size)


@count_updates.mistake(
    "rounds-to-the-nearest",
    ko="`round`는 가까운 쪽으로 반올림합니다. 남은 표본이 적으면 그 배치를 버리게 됩니다. 하나라도 남으면 배치가 하나 더 생깁니다.",
    en="`round` goes to the nearest number, so a batch with few samples left over is dropped. If even "
    "one is left over there is one more batch.",
)
def _(n, batch_size, epochs):
    return round(n / batch_size) * epochs


@count_updates.mistake(
    "not-rounded",
    ko="나눈 값을 올림하지 않아 소수가 나왔습니다. 배치의 수는 정수입니다.",
    en="The quotient was not rounded, so the result is no whole number. Batches come whole.",
)
def _(n, batch_size, epochs):
    return n / batch_size * epochs


@count_updates.mistake(
    "epochs-joined-and-dropped",
    ko="모든 에폭의 표본을 한 줄로 이어 붙여 나누었고, 남은 표본도 버렸습니다. 에폭 하나의 배치 수를 먼저 *올림해* 구하고, 그다음에 에폭 수를 "
    "곱하세요.",
    en="The samples of all epochs were joined into one row, and those left over dropped. First *round "
    "up* the number of batches in one epoch, then multiply.",
)
def _(n, batch_size, epochs):
    return n * epochs // batch_size


@count_updates.mistake(
    "one-short-batch-in-all",
    ko="짧은 배치를 모두 합쳐 하나만 셌습니다. 짧은 배치는 *에폭마다* 하나씩 있습니다.",
    en="A single short batch was counted in all. There is one in *each* epoch.",
)
def _(n, batch_size, epochs):
    return n // batch_size * epochs + (n % batch_size > 0)


BRACKETS = {
    "ko": "`+`보다 `*`가 먼저 계산됩니다. 배치의 수를 괄호로 묶은 다음 에폭 수를 곱하세요.",
    "en": "`*` comes before `+`. Put the number of batches in brackets, then multiply by the epochs.",
}


@count_updates.mistake("brackets-missing", **BRACKETS)
def _(n, batch_size, epochs):
    return n // batch_size + 1 * epochs


@count_updates.mistake("brackets-missing-if-short", **BRACKETS)
def _(n, batch_size, epochs):
    full = n // batch_size
    return full + 1 * epochs if n % batch_size else full * epochs


@count_updates.mistake("brackets-missing-remainder", **BRACKETS)
def _(n, batch_size, epochs):
    return n // batch_size + n % batch_size * epochs


@count_updates.mistake(
    "adds-the-remainder",
    ko="남은 표본의 *수*를 더했습니다. 남은 표본은 몇 개이든 짧은 배치 하나가 됩니다.",
    en="The *number* of left-over samples was added. However many they are, they make one short batch.",
)
def _(n, batch_size, epochs):
    return (n // batch_size + n % batch_size) * epochs


@count_updates.mistake(
    "nothing-if-few",
    ko="표본이 batch_size보다 적을 때 0이 나옵니다. 그 표본들도 짧은 배치 하나가 되어 에폭마다 한 번 갱신합니다.",
    en="With fewer samples than batch_size this gives 0. Those samples make one short batch, one update "
    "an epoch.",
)
def _(n, batch_size, epochs):
    return 0 if n < batch_size else -(-n // batch_size) * epochs


@count_updates.mistake(
    "one-batch-at-least",
    ko="표본이 batch_size보다 적을 때는 맞지만, 나누어떨어지지 않을 때 마지막에 남은 표본들을 버렸습니다. 언제나 올림하면 두 경우를 함께 다룹니다.",
    en="Right for fewer samples than batch_size, but where it does not divide evenly the samples left "
    "over are dropped. Rounding up settles both cases.",
)
def _(n, batch_size, epochs):
    return max(1, n // batch_size) * epochs


@count_updates.mistake(
    "rounds-half-up",
    ko="반올림했습니다. 남은 표본이 적으면 그 배치를 버리게 됩니다. 하나라도 남으면 배치가 하나 더 생깁니다.",
    en="This rounds to the nearest number, so a batch with few samples left over is dropped. If even one "
    "is left over there is one more batch.",
)
def _(n, batch_size, epochs):
    return int(n / batch_size + 0.5) * epochs


@count_updates.mistake(
    "upside-down",
    ko="나눗셈이 거꾸로입니다. 표본 수 n을 batch_size로 나눕니다.",
    en="The division is upside down: divide the samples, n, by batch_size.",
)
def _(n, batch_size, epochs):
    return -(-batch_size // n) * epochs


NEGATIVE = {
    "ko": "음수가 나왔습니다. 올림은 n에 음수 부호를 붙여 나눈 *다음* 다시 뒤집습니다: `-(-n // batch_size)`.",
    "en": "The result is negative. To round up, negate n, divide, and negate *again*: `-(-n // batch_size)`.",
}


@count_updates.mistake("minus-in-the-wrong-place", **NEGATIVE)
def _(n, batch_size, epochs):
    return -(n // batch_size) * epochs


@count_updates.mistake("minus-only-once", **NEGATIVE)
def _(n, batch_size, epochs):
    return -n // batch_size * epochs


@count_updates.mistake(
    "batch-size-times-epochs",
    ko="배치의 *크기*에 에폭 수를 곱했습니다. 필요한 것은 배치의 *수*입니다.",
    en="The *size* of a batch was multiplied by the epochs. You need the *number* of batches.",
)
def _(n, batch_size, epochs):
    return batch_size * epochs


@count_updates.mistake(
    "adds-epochs",
    ko="에폭 수를 곱하지 않고 더했습니다. 에폭마다 같은 수의 배치를 다시 지납니다.",
    en="The epochs were added. Every epoch goes through all the batches again, so multiply.",
)
def _(n, batch_size, epochs):
    return -(-n // batch_size) + epochs


count_updates.hints(
    ko=[
        "배치 하나에 갱신 한 번입니다. 그러니 한 에폭에 배치가 몇 개인지부터 세세요.",
        "한 에폭의 배치 수 = n / batch_size를 올림한 것. 마지막 배치가 짧아도 배치입니다. 여기에 에폭 수를 곱합니다.",
        "`import math`를 한 뒤 `math.ceil(n / batch_size) * epochs`. 정수 나눗셈만으로도 됩니다: `-(-n // batch_size) * epochs`",
    ],
    en=[
        "One batch, one update. So first count the batches of one epoch.",
        "Batches in an epoch = n / batch_size, rounded up: a short last batch is a batch too. Then "
        "multiply by the number of epochs.",
        "After `import math`: `math.ceil(n / batch_size) * epochs`. Whole-number division can do it too: "
        "`-(-n // batch_size) * epochs`.",
    ],
)


# ---------------------------------------------------------------- predict-path


@exercise("predict-path", points=2, kind="value", all_or_nothing=True)
def predicted_path():
    W = torch.zeros(1, requires_grad=True)
    path = []
    for _ in range(6):
        ((W - 3) ** 2).sum().backward()  # adds to W.grad; nobody empties it
        with torch.no_grad():
            W -= 0.5 * W.grad
        path.append(round(W.item()))
    return path


@predicted_path.accepts
def _():
    speed, W, path = 0, 0, []
    for _ in range(6):
        speed += 2 * (W - 3)
        W -= speed // 2
        path.append(W)
    return tuple(path)


@predicted_path.mistake(
    "as-if-emptied",
    ko="`zero_grad()`가 *있을* 때의 길입니다. 없으면 두 번째 걸음의 `.grad`는 0이 아니라 −6 + 0입니다. 골짜기에 닿고도 멈추지 못합니다.",
    en="This is the path *with* `zero_grad()`. Without it, `.grad` at the second step is not 0 but "
    "−6 + 0: you reach the valley and cannot stop.",
)
def _():
    return [3, 3, 3, 3, 3, 3]


@predicted_path.mistake(
    "same-slope-again",
    ko="걸음마다 −6을 더했습니다. 더해지는 것은 *지금 선 자리*의 기울기입니다. 3에서는 0, 6에서는 +6입니다.",
    en="You added −6 at every step. What is added is the slope of *where you stand now*: 0 at 3, +6 "
    "at 6.",
)
def _():
    return [3, 9, 18, 30, 45, 63]


@predicted_path.mistake(
    "keeps-walking",
    ko="처음의 −6이 그대로 남는다고만 보았습니다. 걸음마다 그 자리의 기울기도 *더해집니다*. 6에 서면 기울기가 +6이라, 쌓인 −6과 더해져 "
    "0이 됩니다.",
    en="Here the first −6 just stays. But at every step the slope of that place is *added*: standing "
    "at 6 it is +6, and together with the −6 in store that makes 0.",
)
def _():
    return [3, 6, 9, 12, 15, 18]


@predicted_path.mistake(
    "with-the-start",
    ko="출발점 0까지 적어 일곱 개가 되었습니다. 첫걸음 *뒤*의 위치부터 여섯 개를 적으세요.",
    en="The start 0 is in the list, so it holds seven numbers. Begin with the place *after* the "
    "first step: six numbers.",
)
def _():
    return [0, 3, 6, 6, 3, 0, 0]


@predicted_path.mistake(
    "starts-with-the-start",
    ko="목록이 출발점 0으로 시작합니다. 첫걸음 *뒤*의 위치부터 여섯 개를 적으세요.",
    en="The list begins with the start, 0. Begin with the place *after* the first step.",
)
def _():
    return [0, 3, 6, 6, 3, 0]


@predicted_path.mistake(
    "grads-not-places",
    ko="위치 W가 아니라 `.grad`의 값을 적었습니다. W는 거기에 학습률 0.5를 곱한 만큼 *빼서* 얻습니다.",
    en="These are the values of `.grad`, not the places W. W is what is left after *subtracting* 0.5 "
    "times that.",
)
def _():
    return [-6, -6, 0, 6, 6, 0]


@predicted_path.mistake(
    "only-the-step-before",
    ko="바로 앞 걸음의 기울기 하나만 더했습니다. `.grad`에는 *지금까지의* 기울기가 모두 들어 있습니다.",
    en="You added only the slope of the step before. `.grad` holds *all* slopes so far.",
)
def _():
    W, before, path = 0, 0, []
    for _ in range(6):
        slope = 2 * (W - 3)
        W, before = W - (slope + before) // 2, slope
        path.append(W)
    return path


@predicted_path.mistake(
    "forgets-lr",
    ko="학습률 0.5를 곱하지 않고 `.grad`를 통째로 뺐습니다.",
    en="The whole of `.grad` was subtracted: the learning rate 0.5 is missing.",
)
def _():
    speed, W, path = 0, 0, []
    for _ in range(6):
        speed += 2 * (W - 3)
        W -= speed
        path.append(W)
    return path


@predicted_path.mistake(
    "uphill",
    ko="`.grad`를 빼지 않고 더했습니다. W는 기울기의 반대쪽으로 움직입니다: 0 − 0.5 × (−6) = 3",
    en="`.grad` was added instead of subtracted. W moves against the slope: 0 − 0.5 × (−6) = 3.",
)
def _():
    return [-3, -12, -36, -99, -264, -696]


@predicted_path.mistake(
    "stops-at-zero",
    ko="셋째 걸음에서 `.grad`가 0이라고 멈추는 것은 아닙니다. 넷째 걸음에는 6 자리의 기울기 +6이 또 더해집니다.",
    en="`.grad` is 0 at the third step, but that is no end: at the fourth, the slope +6 of the place 6 is "
    "added again.",
)
def _():
    return [3, 6, 6, 6, 6, 6]


@predicted_path.mistake(
    "rests-at-three",
    ko="넷째 걸음까지 맞습니다. 다섯째 걸음의 기울기는 0이지만 `.grad`에는 아직 +6이 남아 있습니다.",
    en="Right up to the fourth step. At the fifth the slope is 0, but the +6 in `.grad` is still there.",
)
def _():
    return [3, 6, 6, 3, 3, 3]


@predicted_path.mistake(
    "last-slope-missing",
    ko="다섯째 걸음까지 맞습니다. 마지막 걸음에 0 자리의 기울기 −6을 `.grad`에 더하지 않았습니다.",
    en="Right up to the fifth step. At the last one, the slope −6 of the place 0 was not added to `.grad`.",
)
def _():
    return [3, 6, 6, 3, 0, -3]


@predicted_path.mistake(
    "store-forgotten",
    ko="둘째 걸음까지 맞습니다. 셋째 걸음에서 쌓여 있던 −6을 잊었습니다. `.grad`는 −6 + 6입니다.",
    en="Right up to the second step. At the third, the −6 in store was forgotten: `.grad` is −6 + 6.",
)
def _():
    return [3, 6, 3, 0, 0, 3]


@predicted_path.mistake(
    "forgets-lr-after-the-first",
    ko="첫걸음 뒤로는 학습률 0.5를 곱하지 않고 `.grad`를 통째로 뺐습니다.",
    en="After the first step the whole of `.grad` was subtracted: the learning rate 0.5 is missing.",
)
def _():
    return [3, 9, 3, -3, 3, 9]


@predicted_path.mistake(
    "uphill-after-the-first",
    ko="첫걸음 뒤로는 `.grad`를 빼지 않고 더했습니다. 둘째 걸음은 3 − 0.5 × (−6)입니다.",
    en="After the first step `.grad` was added instead of subtracted. The second step is "
    "3 − 0.5 × (−6).",
)
def _():
    speed, W, path = -6, 3, [3]
    for _ in range(5):
        speed += 2 * (W - 3)
        W += speed // 2
        path.append(W)
    return path


@predicted_path.mistake(
    "last-store-forgotten",
    ko="다섯째 걸음까지 맞습니다. 마지막 걸음에서 쌓여 있던 +6을 잊었습니다. `.grad`는 +6 − 6입니다.",
    en="Right up to the fifth step. At the last one, the +6 in store was forgotten: `.grad` is +6 − 6.",
)
def _():
    return [3, 6, 6, 3, 0, 3]


@predicted_path.mistake(
    "slopes-not-places",
    ko="위치 W가 아니라 걸음마다의 기울기를 적었습니다. 기울기를 `.grad`에 더하고, W에서 0.5 × `.grad`를 뺀 것이 답입니다.",
    en="These are the slopes at each step, not the places W. Add each slope to `.grad`, and take 0.5 × "
    "`.grad` off W.",
)
def _():
    return [-6, 0, 6, 6, 0, -6]


predicted_path.hints(
    ko=[
        "걸음마다 두 가지를 합니다. 먼저 지금 자리의 기울기를 `.grad`에 더하고, 그다음 `.grad`의 절반만큼 W에서 뺍니다. 아무도 `.grad`를 비우지 "
        "않습니다.",
        "둘째 걸음: W는 3이고 그 자리의 기울기는 0입니다. `.grad` = −6 + 0 = −6이므로 W = 3 − 0.5 × (−6)입니다. 셋째 걸음의 기울기는 그 "
        "새 자리에서 읽으세요.",
        "표의 나머지: 둘째 걸음 뒤 W = 6. 셋째는 기울기 +6, `.grad` 0. 넷째는 기울기 +6, `.grad` +6. 다섯째는 기울기 0, `.grad` +6. 여섯째는 기울기 "
        "−6, `.grad` 0.",
    ],
    en=[
        "Each step does two things: it adds the slope of the place to `.grad`, then takes half of "
        "`.grad` off W. Nobody empties `.grad`.",
        "Second step: W is 3, where the slope is 0. `.grad` = −6 + 0 = −6, so W = 3 − 0.5 × (−6). Read "
        "the slope for the third step at that new place.",
        "The rest of the table: after the second step W = 6. Third: slope +6, `.grad` 0. Fourth: slope "
        "+6, `.grad` +6. Fifth: slope 0, `.grad` +6. Sixth: slope −6, `.grad` 0.",
    ],
)


# ---------------------------------------------------------------- mend-loop


@exercise(
    "mend-loop",
    points=3,
    all_or_nothing=True,
    forbids=["torch.optim.SGD"],
    returns=["W", "b", "grads"],
)
def mended_loop(W, b, x, y, lr, steps):
    slopes = torch.func.grad(cost_of, argnums=(0, 1))
    grads = []
    for _ in range(steps):
        dW, db = slopes(W, b, x, y)
        W, b = W - lr * dW, b - lr * db
        grads.append(dW.item())
    return W.clone(), b.clone(), grads


def walk_by_hand(W, b, x, y, lr, steps, empty=("W", "b"), move=1.0):
    """The loop of the notebook; `empty` says whose .grad is emptied, `move` scales the steps."""
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    grads = []
    for _ in range(steps):
        cost_of(W, b, x, y).backward()
        with torch.no_grad():
            W -= move * lr * W.grad
            b -= move * lr * b.grad
        grads.append(W.grad.item())
        for name, parameter in (("W", W), ("b", b)):
            if name in empty:
                parameter.grad = None
    return W.detach(), b.detach(), grads


@mended_loop.cases
def _(draw):
    zero = torch.zeros(1)
    yield zero.clone(), zero.clone(), SPRING_X.clone(), 2 * SPRING_X, 0.01, 1
    yield Case((zero.clone(), zero, SPRING_X.clone(), 2 * SPRING_X, 0.01, 4), cut_off=True)
    yield torch.tensor([2.0]), zero.clone(), SPRING_X.clone(), 2 * SPRING_X, 0.1, 2
    yield torch.tensor([1.0]), zero.clone(), torch.tensor([[2.0]]), torch.tensor([[5.0]]), 0.05, 3
    for dtype in (torch.float32, DOUBLE):
        x, y = noisy_line(draw, draw.integer(3, 9), dtype)
        start = draw.normal(1, dtype=dtype) - 2, draw.normal(1, dtype=dtype)
        yield *start, x, y, draw.number(0.01, 0.05), draw.integer(3, 5)
    yield torch.tensor([1.5]), torch.tensor([0.5]), SPRING_X.clone(), 2 * SPRING_X, 0.01, 0


@mended_loop.accepts
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr, steps)


@mended_loop.accepts
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    grads = []
    for _ in range(steps):
        for parameter in (W, b):
            if parameter.grad is not None:
                parameter.grad.zero_()
        torch.mean((W * x + b - y) ** 2).backward()
        with torch.no_grad():
            W.sub_(lr * W.grad)
            b.sub_(lr * b.grad)
        grads += W.grad.tolist()
    return W.data, b.data, grads


@mended_loop.mistake(
    "still-broken",
    ko="`.grad`가 아직도 쌓입니다. 비우는 줄이 없거나, 반복문 앞에서 한 번만 비웠습니다. `backward()`는 부를 때마다 더하므로 *걸음마다* 비워야 "
    "합니다.",
    en="`.grad` still piles up: nothing empties it, or only once, before the loop. `backward()` adds every "
    "time it is called, so it has to be emptied at *every step*.",
)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr, steps, empty=())


@mended_loop.mistake(
    "only-W",
    ko="W의 `.grad`만 비웠습니다. b의 `.grad`는 여전히 쌓입니다. 매개변수마다 `.grad`가 따로 있습니다.",
    en="Only W's `.grad` is emptied; that of b still piles up. Every parameter has a `.grad` of its own.",
)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr, steps, empty=("W",))


@mended_loop.mistake(
    "only-b",
    ko="b의 `.grad`만 비웠습니다. W의 `.grad`는 여전히 쌓입니다. 매개변수마다 `.grad`가 따로 있습니다.",
    en="Only b's `.grad` is emptied; that of W still piles up. Every parameter has a `.grad` of its own.",
)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr, steps, empty=("b",))


@mended_loop.mistake(
    "emptied-before-the-move",
    ko="`backward()`와 움직이는 줄 사이에서 비웠습니다. 방금 구한 기울기를 쓰기도 전에 지운 것이라 W와 b가 움직이지 않습니다.",
    en="`.grad` is emptied between `backward()` and the move: the gradient just found is wiped out before "
    "it is used, so W and b do not move.",
)
def _(W, b, x, y, lr, steps):
    return W.clone(), b.clone(), [0.0] * steps


@mended_loop.mistake(
    "emptied-before-the-move-but-logged",
    ko="`backward()`와 움직이는 줄 사이에서 비웠습니다. 방금 구한 기울기를 쓰기도 전에 지운 것이라 W와 b가 움직이지 않습니다.",
    en="`.grad` is emptied between `backward()` and the move: the gradient just found is wiped out before "
    "it is used, so W and b do not move.",
)
def _(W, b, x, y, lr, steps):
    _, _, grads = walk_by_hand(W, b, x, y, lr, steps, move=0.0)
    return W.clone(), b.clone(), grads


@mended_loop.mistake(
    "logged-after-emptying",
    ko="W와 b는 맞지만 grads가 모두 0입니다. `.grad`를 비운 *뒤에* 적었습니다. 비우기 전에 적으세요.",
    en="W and b are right, but grads is all zeros: `.grad` was noted *after* it was emptied. Note it before.",
)
def _(W, b, x, y, lr, steps):
    W, b, grads = walk_by_hand(W, b, x, y, lr, steps)
    return W, b, [0.0] * len(grads)


TENSORS = {
    "ko": "grads에 파이썬 수가 아니라 텐서가 들어 있습니다. `W.grad`를 그대로 넣으면, 나중에 `zero_()`로 비울 때 목록에 넣은 것까지 함께 0이 "
    "됩니다(1장의 별명). `.item()`으로 그때의 수를 꺼내 넣으세요.",
    "en": "grads holds tensors, not Python numbers. Append `W.grad` itself, and emptying it later with "
    "`zero_()` empties what is in the list as well (two names for one tensor, as in chapter 1). Take "
    "the number of that moment out with `.item()`.",
}


@mended_loop.mistake("grads-are-tensors", **TENSORS)
def _(W, b, x, y, lr, steps):
    W, b, grads = walk_by_hand(W, b, x, y, lr, steps)
    return W, b, [torch.tensor([grad], dtype=W.dtype) for grad in grads]


@mended_loop.mistake("grads-are-one-tensor", **TENSORS)
def _(W, b, x, y, lr, steps):
    W, b, grads = walk_by_hand(W, b, x, y, lr, steps)
    return W, b, [torch.zeros_like(W) for _ in grads]


@mended_loop.mistake(
    "a-new-W",
    ko="첫걸음 뒤에 W와 b가 `requires_grad`가 없는 *새 텐서*로 바뀌어 다음 `backward()`가 실패합니다. `no_grad` 안의 `W = W - …`나 `W = W.detach()`가 "
    "그렇게 합니다. 제자리 연산 `W -= …`를 그대로 두고, `detach()`는 돌려줄 때만 쓰세요.",
    en="After the first step W and b have become *new tensors* without `requires_grad`, so the next "
    "`backward()` fails. `W = W - …` inside `no_grad` does that, and so does `W = W.detach()`. Keep the "
    "in-place `W -= …`, and use `detach()` only to return.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    grads = []
    for _ in range(steps):
        torch.mean((W * x + b - y) ** 2).backward()
        grads.append(W.grad.item())
        with torch.no_grad():
            W, b = W - lr * W.grad, b - lr * b.grad
    return W, b, grads


@mended_loop.mistake(
    "smaller-steps",
    ko="기울기가 쌓이는 것은 그대로 두고 걸음 수로 나누어 달랬습니다. 평균을 내도 그 속에는 *지나온* 자리의 기울기가 남아 있습니다. 지금 "
    "자리의 기울기만 남도록 비우세요.",
    en="The gradients still pile up; dividing by the number of steps only tames them. A mean of old and "
    "new still holds the slopes of places you have left. Empty `.grad`, so that only the slope of "
    "here remains.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    grads = []
    for k in range(steps):
        cost_of(W, b, x, y).backward()
        with torch.no_grad():
            W -= lr * W.grad / (k + 1)
            b -= lr * b.grad / (k + 1)
        grads.append(W.grad.item())
    return W.detach(), b.detach(), grads


OTHER_LR = {
    "ko": "기울기가 쌓이는 것은 그대로 두고 학습률만 바꾸었습니다. 걸음을 줄여도 *지나온* 자리의 기울기를 끌고 다닙니다. 학습률은 받은 lr을 그대로 쓰고, 걸음마다 "
    "`.grad`를 비우세요.",
    "en": "The gradients still pile up; only the learning rate was changed. Shorter steps still drag along the slopes of places "
    "you have left. Use lr as it is given, and empty `.grad` at every step.",
}


@mended_loop.mistake("still-broken-lr-0.01", **OTHER_LR)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, 0.01, steps, empty=())


@mended_loop.mistake("still-broken-lr-0.001", **OTHER_LR)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, 0.001, steps, empty=())


@mended_loop.mistake("still-broken-a-tenth-of-lr", **OTHER_LR)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr / 10, steps, empty=())


@mended_loop.mistake("cost-without-a-graph", **NO_GRAPH)
def _(W, b, x, y, lr, steps):
    if steps:
        cost_of(W, b, x, y).backward()
    return W.clone(), b.clone(), []


@mended_loop.mistake(
    "graph-made-once",
    ko="예측이나 비용을 반복문 *앞에서* 한 번만 계산했습니다. 그래프는 `backward()` 한 번에 쓰이고 버려지므로 두 번째 걸음에서 오류가 납니다. 예측과 비용은 *둘 다* "
    "걸음마다, 지금의 W와 b로 다시 계산해야 합니다.",
    en="The prediction, or the cost, is computed once, *before* the loop. Its graph is used up by one "
    "`backward()`, so the second step fails. Compute *both* anew at every step, from the W and b of "
    "that moment.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    cost, grads = cost_of(W, b, x, y), []
    for _ in range(steps):
        cost.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        grads.append(W.grad.item())
        W.grad, b.grad = None, None
    return W.detach(), b.detach(), grads


@mended_loop.mistake(
    "a-new-W-in-the-graph",
    ko="`W = W - …`는 W를 고치는 것이 아니라 *새 텐서*를 만들고, 그 `.grad`는 언제나 None입니다. `no_grad` 안에서 제자리 연산 `W -= …`로 움직이세요.",
    en="`W = W - …` does not change W but makes a *new tensor*, whose `.grad` is always None. Move it in "
    "place with `W -= …`, inside `no_grad`.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    grads = []
    for _ in range(steps):
        cost_of(W, b, x, y).backward()
        grads.append(W.grad.item())
        W = W - lr * W.grad
        b = b - lr * b.grad
    return W.detach(), b.detach(), grads


@mended_loop.mistake(
    "emptied-after-the-loop",
    ko="`.grad`가 아직도 쌓입니다. 비우는 줄이 반복문 *뒤에* 있습니다. `backward()`는 부를 때마다 더하므로 *걸음마다* 비워야 합니다.",
    en="`.grad` still piles up: it is emptied *after* the loop. `backward()` adds every time it is called, "
    "so it has to be emptied at *every step*.",
)
def _(W, b, x, y, lr, steps):
    result = walk_by_hand(W, b, x, y, lr, steps, empty=())
    if not steps:
        W.grad.zero_()
    return result


@mended_loop.mistake("moves-outside-no-grad", **OUTSIDE)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    for _ in range(steps):
        cost_of(W, b, x, y).backward()
        W -= lr * W.grad
    return W.detach(), b.detach(), []


@mended_loop.mistake(
    "no-such-attribute",
    ko="`.grad`를 비우는 줄과 적는 줄, W를 움직이는 줄을 보세요. 오류에 `NoneType`이 보인다면 `.grad`가 None입니다. 첫 `backward()` 앞에서는 아직 None이고, "
    "`W.grad = None`으로 비운 뒤에도, `W = W - …`가 만든 새 텐서에서도 None입니다. 비우는 방법은 `W.grad = None`이나 `W.grad.zero_()`(밑줄)입니다.",
    en="Look at the lines that empty `.grad`, that note it, and that move W. If the error speaks of "
    "`NoneType`, a `.grad` is None: it still is before the first `backward()`, it is again after "
    "`W.grad = None`, and so is that of a new tensor made by `W = W - …`. To empty it, write "
    "`W.grad = None` or `W.grad.zero_()` (underscore).",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    for _ in range(steps):
        W.grad.zero_()
    return W.detach(), b.detach(), []


@mended_loop.mistake(
    "none-times-lr",
    ko="움직일 때 `.grad`가 None입니다. `backward()`와 움직이는 줄 사이에서 비우지 않았나요? 기울기는 쓰고 적은 *다음에* 비우세요.",
    en="`.grad` is None when it is time to move. Is it emptied between `backward()` and the move? Use and "
    "note the gradient first, and empty it *afterwards*.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    for _ in range(steps):
        cost_of(W, b, x, y).backward()
        W.grad = None
        with torch.no_grad():
            W -= lr * W.grad
    return W.detach(), b.detach(), []


@mended_loop.mistake(
    "emptied-with-a-number",
    ko="`.grad`에는 텐서나 None만 넣을 수 있습니다. `W.grad = 0` 대신 `W.grad = None`이나 `W.grad.zero_()`를 쓰세요.",
    en="`.grad` holds a tensor or None. Instead of `W.grad = 0` write `W.grad = None` or "
    "`W.grad.zero_()`.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    for _ in range(steps):
        W.grad = 0
    return W.detach(), b.detach(), []


@mended_loop.mistake(
    "no-optimizer-here",
    ko="없는 이름을 불렀습니다. `optimizer`라면 이 함수에는 없습니다. `zero_grad()`가 하던 일을 손으로 하세요: `W.grad = None`, `b.grad = None`.",
    en="A name is used that does not exist. If it is `optimizer`: there is none in this function. Do by "
    "hand what `zero_grad()` did: `W.grad = None`, `b.grad = None`.",
)
def _(W, b, x, y, lr, steps):
    for _ in range(steps):
        optimizer.zero_grad()  # noqa: F821
    return W.clone(), b.clone(), []


@mended_loop.mistake(
    "grad-of-another-dtype",
    ko="`.grad`의 자료형이 W와 다릅니다. `torch.zeros(1)`은 언제나 float32입니다. `torch.zeros_like(W)`나 None을 넣으세요.",
    en="`.grad` must have the dtype of W, and `torch.zeros(1)` is always float32. Put in "
    "`torch.zeros_like(W)`, or None.",
)
def _(W, b, x, y, lr, steps):
    result = walk_by_hand(W, b, x, y, lr, steps)
    W = W.clone().requires_grad_()
    if steps:
        W.grad = torch.zeros(1)
    return result


@mended_loop.mistake(
    "uphill",
    ko="기울기 쪽으로 올라갔습니다. 기울기는 비용이 *커지는* 쪽이니 더하지 말고 빼야 합니다.",
    en="This walks uphill. The gradient points to where the cost *grows*: subtract, do not add.",
)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr, steps, move=-1.0)


@mended_loop.mistake(
    "b-stays",
    ko="b가 움직이지 않습니다. 걸음마다 W와 b를 *둘 다* 움직입니다.",
    en="b never moves. Each step moves *both* W and b.",
)
def _(W, b, x, y, lr, steps):
    W, grads = W.clone(), []
    for _ in range(steps):
        dW = torch.func.grad(cost_of)(W, b, x, y)
        W, _ = W - lr * dW, grads.append(dW.item())
    return W, b.clone(), grads


@mended_loop.mistake(
    "b-by-the-slope-of-W",
    ko="b를 W의 기울기로 움직였습니다. b는 `b.grad`로 움직입니다.",
    en="b is moved by W's gradient. Move b by `b.grad`.",
)
def _(W, b, x, y, lr, steps):
    W, b, grads = W.clone(), b.clone(), []
    for _ in range(steps):
        dW = torch.func.grad(cost_of)(W, b, x, y)
        W, b, _ = W - lr * dW, b - lr * dW, grads.append(dW.item())
    return W, b, grads


@mended_loop.mistake(
    "no-lr",
    ko="학습률을 곱하지 않고 기울기를 통째로 뺐습니다.",
    en="The whole gradient is subtracted: the learning rate is missing.",
)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, 1.0, steps)


@mended_loop.mistake(
    "empties-W-itself",
    ko="`.grad`가 아니라 W와 b 자체를 0으로 만들었습니다. 비울 것은 `W.grad`와 `b.grad`입니다.",
    en="This empties W and b themselves. What must be emptied is `W.grad` and `b.grad`.",
)
def _(W, b, x, y, lr, steps):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    grads = []
    for _ in range(steps):
        cost_of(W, b, x, y).backward()
        grads.append(W.grad.item())
        with torch.no_grad():
            W.zero_()
            b.zero_()
    return W.detach(), b.detach(), grads


@mended_loop.mistake(
    "returns-inside",
    ko="첫걸음에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first step. Is the `return` indented *inside* the loop?",
)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr, 1) if steps else None


NOT_THE_SLOPE_OF_W = {
    "ko": "grads에 다른 것을 적었습니다. 걸음마다 그때의 `W.grad`를 적으세요.",
    "en": "Something else is noted in grads. Note the `W.grad` of each step.",
}


@mended_loop.mistake("notes-costs", **NOT_THE_SLOPE_OF_W)
def _(W, b, x, y, lr, steps):
    return run_sgd(W, b, x, y, lr, steps)


@mended_loop.mistake("notes-b", **NOT_THE_SLOPE_OF_W)
def _(W, b, x, y, lr, steps):
    new_W, new_b, _ = walk_by_hand(W, b, x, y, lr, steps)
    slope = torch.func.grad(cost_of, argnums=1)
    path = [walk_by_hand(W, b, x, y, lr, k)[:2] for k in range(steps)]
    return new_W, new_b, [slope(*place, x, y).item() for place in path]


@mended_loop.mistake(
    "without-grads",
    ko="세 값을 함께 돌려주어야 합니다: `return W.detach(), b.detach(), grads`.",
    en="Return three values together: `return W.detach(), b.detach(), grads`.",
)
def _(W, b, x, y, lr, steps):
    return walk_by_hand(W, b, x, y, lr, steps)[:2]


@mended_loop.mistake("not-cut-off", **NOT_CUT_OFF)
def _(W, b, x, y, lr, steps):
    W, b, noted = walk_by_hand(W, b, x, y, lr, steps)
    return W.requires_grad_(), b.requires_grad_(), noted


mended_loop.hints(
    ko=[
        "고장은 하나뿐입니다. `backward()`는 더하기만 하는데 아무도 비우지 않습니다. 옵티마이저의 `zero_grad()`가 하던 일을 손으로 하세요.",
        "비우는 자리는 움직이고 적은 *다음*, 곧 반복문의 맨 끝이 가장 쉽습니다. W와 b 둘 다 비웁니다. 비우는 방법은 `.grad = None`이거나 "
        "`.grad.zero_()`입니다.",
        "`broken_loop`의 반복문 끝에 두 줄을 더하세요: `W.grad = None`과 `b.grad = None`",
    ],
    en=[
        "There is a single fault: `backward()` only ever adds, and nobody empties. Do by hand what the "
        "optimizer's `zero_grad()` did.",
        "The easiest place to empty it is *after* moving and noting, at the very end of the loop. Empty "
        "both, W's and b's: with `.grad = None` or `.grad.zero_()`.",
        "Add two lines at the end of the loop of `broken_loop`: `W.grad = None` and `b.grad = None`.",
    ],
)


# ---------------------------------------------------------------- closed-form


@exercise("closed-form", points=2, returns=["W", "b"])
def closed_form(x, y):
    columns = torch.cat([x, torch.ones_like(x)], dim=1)
    W, b = torch.linalg.lstsq(columns, y).solution
    return W, b


def through_origin(x, y):
    return (x * y).sum(0) / (x * x).sum(0)


@closed_form.cases
def _(draw):
    x = SPRING_X.to(DOUBLE)
    yield x, 2 * x + 1
    far = torch.tensor([[40.0], [41.0], [43.0]], dtype=DOUBLE)  # far from 0: a walk diverges
    yield far, torch.tensor([[3.0], [4.0], [8.0]], dtype=DOUBLE)
    yield x[:2], torch.tensor([[5.0], [4.0]], dtype=DOUBLE)
    yield x[:2] - 2, torch.tensor([[-3.0], [-1.0]], dtype=DOUBLE)  # below 0, also x itself
    for _ in range(3):
        yield spread_line(draw, draw.integer(4, 12))


@closed_form.accepts
def _(x, y):
    W = ((x - x.mean()) * (y - y.mean())).sum(0) / ((x - x.mean()) ** 2).sum(0)
    return [W, y.mean(0) - W * x.mean(0)]


@closed_form.accepts
def _(x, y):
    slope, bias = np.polyfit(x[:, 0].numpy(), y[:, 0].numpy(), deg=1)
    return torch.tensor([slope]), torch.tensor([bias])


@closed_form.accepts
def _(x, y):
    Q, R = torch.linalg.qr(torch.hstack([torch.ones_like(x), x]))
    b, W = torch.linalg.solve_triangular(R, Q.T @ y, upper=True)
    return W, b


@closed_form.mistake(
    "no-bias-column",
    ko="편향의 열이 없어 직선이 원점을 지나야만 했습니다(b = 0). A에 1로 채운 열을 붙이세요.",
    en="Without a column for the bias the line was forced through the origin (b = 0). Give A a column "
    "of ones.",
)
def _(x, y):
    W = through_origin(x, y)
    return W, torch.zeros_like(W)


@closed_form.mistake(
    "swapped",
    ko="W와 b가 뒤바뀌었습니다. A의 열이 [x, 1]이면 해의 첫째가 W이고, [1, x]이면 첫째가 b입니다. (W, b) 순서로 돌려주세요.",
    en="W and b have changed places. If A's columns are [x, 1], the solution's first entry is W; if they "
    "are [1, x], it is b. Return (W, b).",
)
def _(x, y):
    W, b = closed_form(x, y)
    return b, W


@closed_form.mistake(
    "bias-through-origin",
    ko="기울기를 원점을 지나는 직선으로 구해 놓고 b를 나중에 붙였습니다. W와 b는 서로에게 달려 있으므로 함께 풀어야 합니다.",
    en="The slope is that of a line through the origin, and b was attached afterwards. W and b depend on "
    "each other: solve for both at once.",
)
def _(x, y):
    W = through_origin(x, y)
    return W, y.mean(0) - W * x.mean(0)


@closed_form.mistake(
    "bias-is-the-mean",
    ko="W는 맞지만 b가 y의 평균입니다. b는 x가 0일 때의 예측이므로, y의 평균에서 W·(x의 평균)을 빼야 합니다.",
    en="W is right, but b is the mean of y. b is the prediction at x = 0: the mean of y less W times the "
    "mean of x.",
)
def _(x, y):
    return closed_form(x, y)[0], y.mean(0)


@closed_form.mistake(
    "does-not-solve",
    ko="Aᵀy를 그대로 돌려주었습니다. 정규방정식은 (AᵀA)θ = Aᵀy입니다. 아직 AᵀA로 *풀어야* 합니다.",
    en="This is Aᵀy itself. The normal equation is (AᵀA)θ = Aᵀy: it still has to be *solved*.",
)
def _(x, y):
    return (x * y).sum(0), y.sum(0)


@closed_form.mistake(
    "first-and-last",
    ko="처음과 마지막 점만 지나는 직선입니다. 잡음이 있으면 그 두 점이 전부를 정해 버립니다. 모든 점의 오차 제곱을 함께 줄이세요.",
    en="This line passes through the first and the last point and ignores all others. Reduce the squared "
    "errors of all points together.",
)
def _(x, y):
    W = (y[-1] - y[0]) / (x[-1] - x[0])
    return W, y[0] - W * x[0]


@closed_form.mistake(
    "n-and-n-minus-1",
    ko="분자는 n으로, 분모는 n − 1로 나누었습니다. `torch.var`는 기본으로 n − 1로 나눕니다. 둘 다 같은 수로 나누거나 둘 다 합을 쓰세요.",
    en="The numerator is divided by n and the denominator by n − 1, which is what `torch.var` does by "
    "default. Divide both by the same, or use sums for both.",
)
def _(x, y):
    W = ((x - x.mean()) * (y - y.mean())).mean(0) / x.var(0)
    return W, y.mean(0) - W * x.mean(0)


@closed_form.mistake(
    "x-from-y",
    ko="x와 y가 뒤바뀌었습니다. y에서 x를 맞히는 직선입니다. x에서 y를 맞혀야 합니다.",
    en="x and y have changed roles: this line predicts x from y. It should predict y from x.",
)
def _(x, y):
    return closed_form(y, x)


NOT_SQUARE = {
    "ko": "A는 (n, 2)라서 바로 풀거나 역행렬을 구할 수 없습니다. Aθ = y의 양쪽 왼쪽에 Aᵀ를 곱하면 (2, 2)의 방정식이 됩니다.",
    "en": "A is (n, 2), so it cannot be solved or inverted directly. Multiply both sides of Aθ = y by Aᵀ on "
    "the left, and the matrix is (2, 2).",
}


def with_ones(x):
    return torch.cat([x, torch.ones_like(x)], dim=1)


@closed_form.mistake("solves-A", **NOT_SQUARE)
def _(x, y):
    W, b = torch.linalg.solve(with_ones(x), y)
    return W, b


@closed_form.mistake("inverts-A", **NOT_SQUARE)
def _(x, y):
    W, b = torch.inverse(with_ones(x)) @ y
    return W, b


@closed_form.mistake(
    "right-side-without-A",
    ko="오른쪽이 y 그대로입니다. 방정식의 *양쪽*에 Aᵀ를 곱하므로 오른쪽은 Aᵀy입니다.",
    en="The right side is still y. *Both* sides are multiplied by Aᵀ, so the right side is Aᵀy.",
)
def _(x, y):
    A = with_ones(x)
    theta = torch.linalg.solve(A.T @ A, y)
    return theta[0], theta[1]


STILL_TO_SOLVE = {
    "ko": "AᵀA와 Aᵀy를 곱하거나 나누었습니다. 정규방정식 (AᵀA)θ = Aᵀy는 *풀어야* 합니다: `torch.linalg.solve(AᵀA, Aᵀy)`.",
    "en": "AᵀA and Aᵀy were multiplied or divided. The normal equation (AᵀA)θ = Aᵀy has to be *solved*: "
    "`torch.linalg.solve(AᵀA, Aᵀy)`.",
}


@closed_form.mistake("multiplies-the-sides", **STILL_TO_SOLVE)
def _(x, y):
    A = with_ones(x)
    W, b = (A.T @ A) @ (A.T @ y)
    return W, b


@closed_form.mistake("divides-the-sides", **STILL_TO_SOLVE)
def _(x, y):
    A = with_ones(x)
    W, b = (A.T @ y) / (A.T @ A)
    return W, b


@closed_form.mistake(
    "element-wise",
    ko="행렬 곱은 `*`가 아니라 `@`입니다. 점이 둘일 때만 우연히 오류가 나지 않습니다.",
    en="The matrix product is `@`, not `*`. Only with two points does it happen to raise no error.",
)
def _(x, y):
    A = with_ones(x)
    theta = torch.linalg.solve(A.T * A, A.T * y)
    return theta[0], theta[1]


@closed_form.mistake(
    "three-ones",
    ko="1의 열이 세 줄로 박혀 있습니다. x와 줄 수가 같아야 합니다: `torch.ones_like(x)`.",
    en="The column of ones has three rows built in. It needs as many as x: `torch.ones_like(x)`.",
)
def _(x, y):
    A = torch.cat([x, torch.ones(3, 1)], dim=1)
    theta = torch.linalg.solve(A.T @ A, A.T @ y)
    return theta[0], theta[1]


ONE_EACH = {
    "ko": "W와 b를 따로, 모양 (1,)인 텐서 둘로 돌려주세요. θ가 (2, 1)이면 `return theta[0], theta[1]`입니다.",
    "en": "Return W and b separately, as two tensors of shape (1,). If θ is (2, 1), that is "
    "`return theta[0], theta[1]`.",
}


@closed_form.mistake("theta", **ONE_EACH)
def _(x, y):
    return torch.stack(closed_form(x, y))


@closed_form.mistake("scalars", **ONE_EACH)
def _(x, y):
    W, b = closed_form(x, y)
    return W[0], b[0]


@closed_form.mistake("python-numbers", **ONE_EACH)
def _(x, y):
    W, b = closed_form(x, y)
    return W.item(), b.item()


@closed_form.mistake(
    "adds-to-the-mean",
    ko="W는 맞지만 b의 부호가 틀렸습니다. b는 y의 평균에서 W·(x의 평균)을 *뺀* 것입니다.",
    en="W is right, but a sign in b is not: b is the mean of y *less* W times the mean of x.",
)
def _(x, y):
    W = closed_form(x, y)[0]
    return W, y.mean(0) + W * x.mean(0)


WALKS = {
    "ko": "경사 하강으로 걸어서 다가간 답입니다. 걸음이 모자라면 정확하지 않고, x가 크면 발산해 `nan`이 됩니다. 여기서는 방정식을 풀어 한 번에 구합니다.",
    "en": "This answer was walked to, by gradient descent. With too few steps it only comes near, and where x is large it "
    "diverges to `nan`. Here, solve the equation and get the answer directly.",
}


def _walked(steps):
    def answer(x, y):
        A = with_ones(x)
        best = torch.stack(closed_form(x, y))
        step = torch.eye(2, dtype=x.dtype) - 0.01 * 2 / len(x) * A.T @ A
        W, b = best - torch.linalg.matrix_power(step, steps) @ best
        return W, b

    return answer


closed_form.mistake("walks", **WALKS)(_walked(1000))
closed_form.mistake("walks-far", **WALKS)(_walked(100_000))  # right, but for an x far from 0


@closed_form.mistake(
    "A-times-its-transpose",
    ko="왼쪽이 AAᵀ, 곧 (n, n)입니다. 정규방정식에는 AᵀA가 들어갑니다: (2, n) @ (n, 2) = (2, 2).",
    en="The left side is AAᵀ, which is (n, n). In the normal equation stands AᵀA: (2, n) @ (n, 2) = (2, 2).",
)
def _(x, y):
    A = with_ones(x)
    W, b = torch.linalg.solve(A @ A.T, A.T @ y)
    return W, b


closed_form.hints(
    ko=[
        "편향도 가중치로 볼 수 있습니다. 언제나 1인 입력에 곱해지는 가중치입니다. 그러면 모든 예측이 행렬 곱 하나 Aθ가 됩니다.",
        "A는 열이 x와 1인 (n, 2), θ는 (2, 1)입니다. 정규방정식은 (AᵀA)θ = Aᵀy이고, (2, 2) 행렬의 방정식입니다. θ의 첫째가 W, 둘째가 b입니다.",
        "`A = torch.cat([x, torch.ones_like(x)], dim=1)`, `theta = torch.linalg.solve(A.T @ A, A.T @ y)`, `return theta[0], theta[1]`. "
        "`theta[0]`의 모양은 (1,)입니다.",
    ],
    en=[
        "A bias is a weight too: one that multiplies an input that is always 1. Then all predictions are "
        "a single matrix product, Aθ.",
        "A is (n, 2) with the columns x and 1, θ is (2, 1). The normal equation is (AᵀA)θ = Aᵀy, with a "
        "(2, 2) matrix. θ's first entry is W, its second b.",
        "`A = torch.cat([x, torch.ones_like(x)], dim=1)`, `theta = torch.linalg.solve(A.T @ A, A.T @ y)`, "
        "`return theta[0], theta[1]`; `theta[0]` has the shape (1,).",
    ],
)


# ---------------------------------------------------------------- r-squared


@exercise("r-squared", points=2, all_or_nothing=True)
def r_squared(prediction, y):
    return 1 - F.mse_loss(prediction, y) / torch.var(y, correction=0)


@r_squared.cases
def _(draw):
    y = 2 * SPRING_X
    yield y.clone(), y.clone()
    yield torch.full((3, 1), 4.0), y.clone()
    yield torch.tensor([[1.0], [3.0], [5.0]]), y.clone()
    yield torch.tensor([[6.0], [4.0], [2.0]]), y.clone()
    for _ in range(3):
        _, y = spread_line(draw, draw.integer(4, 12))
        yield 0.8 * y + 0.7 + 0.5 * draw.normal(*y.shape, dtype=DOUBLE), y


@r_squared.accepts
def _(prediction, y):
    ours = sum(float(e) ** 2 for e in y - prediction)
    mean = sum(map(float, y)) / len(y)
    return torch.tensor(1 - ours / sum((float(v) - mean) ** 2 for v in y), dtype=y.dtype)


@r_squared.accepts
def _(prediction, y):
    total = (y - y.mean()).square().sum()
    return (total - (y - prediction).square().sum()) / total


@r_squared.mistake(
    "forgets-1-minus",
    ko="남은 오차의 *비율*을 돌려주었습니다. 완벽할 때 0이 나옵니다. 1에서 그것을 빼야 줄어든 몫이 됩니다.",
    en="This is the share of the error that is *left*: 0 for a perfect line. Subtract it from 1 to get the "
    "share that is gone.",
)
def _(prediction, y):
    return ((y - prediction) ** 2).sum() / ((y - y.mean()) ** 2).sum()


@r_squared.mistake(
    "mean-of-the-prediction",
    ko="기준이 예측의 평균입니다. 기준은 늘 y의 평균만 말하는 사람이므로 `y.mean()`을 쓰세요.",
    en="The baseline is the mean of the predictions. It is somebody who always says the mean of y: use "
    "`y.mean()`.",
)
def _(prediction, y):
    return 1 - ((y - prediction) ** 2).sum() / ((y - prediction.mean()) ** 2).sum()


@r_squared.mistake(
    "arguments-swapped",
    ko="분모가 y가 아니라 예측이 흩어진 정도입니다. prediction과 y의 자리가 바뀌지 않았나요?",
    en="The denominator is the spread of the predictions, not that of y. Have prediction and y changed "
    "places?",
)
def _(prediction, y):
    return 1 - ((y - prediction) ** 2).sum() / ((prediction - prediction.mean()) ** 2).sum()


@r_squared.mistake(
    "from-zero",
    ko="분모에서 y의 평균을 빼지 않고 y 자체를 제곱했습니다. 그러면 기준이 늘 0이라고 말하는 사람이 됩니다.",
    en="The denominator squares y itself, without taking its mean off. Then the baseline is somebody who "
    "always says 0.",
)
def _(prediction, y):
    return 1 - ((y - prediction) ** 2).sum() / (y**2).sum()


@r_squared.mistake(
    "absolute",
    ko="제곱하지 않고 절댓값을 썼습니다. 위아래 모두 제곱의 합입니다.",
    en="These are absolute values. Both sums are of squares.",
)
def _(prediction, y):
    return 1 - (y - prediction).abs().sum() / (y - y.mean()).abs().sum()


@r_squared.mistake(
    "n-and-n-minus-1",
    ko="위는 n으로, 아래는 n − 1로 나누었습니다. `torch.var`는 기본으로 n − 1로 나눕니다. 둘 다 합을 쓰면 헷갈릴 일이 없습니다.",
    en="The top is divided by n and the bottom by n − 1, which is what `torch.var` does by default. With "
    "sums for both there is nothing to mix up.",
)
def _(prediction, y):
    return 1 - ((y - prediction) ** 2).mean() / y.var()


@r_squared.mistake(
    "mean-over-sum",
    ko="위는 평균, 아래는 합입니다. 비율을 구할 때는 둘 다 합이거나 둘 다 평균이어야 합니다.",
    en="The top is a mean and the bottom a sum. For a ratio, both must be sums or both means.",
)
def _(prediction, y):
    return 1 - ((y - prediction) ** 2).mean() / ((y - y.mean()) ** 2).sum()


@r_squared.mistake(
    "clamped",
    ko="음수를 0으로 잘랐습니다. 평균만 말하는 것보다도 못한 직선은 R²이 *음수*입니다. 그대로 두세요.",
    en="Negative values were cut to 0. A line that does worse than just saying the mean has a *negative* R²: "
    "leave it.",
)
def _(prediction, y):
    return r_squared(prediction, y).clamp(min=0)


@r_squared.mistake(
    "explained-over-total",
    ko="예측이 흩어진 정도를 y가 흩어진 정도로 나누었습니다. 최소제곱법의 직선에서만 R²과 같고, 다른 예측에서는 다릅니다. 오차에서 시작하세요.",
    en="This divides the spread of the predictions by that of y. It equals R² for the least-squares line "
    "only. Start from the errors.",
)
def _(prediction, y):
    return ((prediction - y.mean()) ** 2).sum() / ((y - y.mean()) ** 2).sum()


@r_squared.mistake(
    "correlation",
    ko="상관계수의 제곱입니다. 최소제곱법의 직선에서만 R²과 같습니다. 상관계수는 예측이 통째로 어긋나 있어도 알아채지 못합니다.",
    en="This is the squared correlation. It equals R² for the least-squares line only: a correlation does "
    "not notice predictions that are all off by the same amount.",
)
def _(prediction, y):
    p, v = prediction - prediction.mean(), y - y.mean()
    return (p * v).sum() ** 2 / ((p**2).sum() * (v**2).sum()).clamp(min=1e-12)


def sums(prediction, y):
    """The squared errors of the prediction, and of the mean of y."""
    return ((y - prediction) ** 2).sum(), ((y - y.mean()) ** 2).sum()


@r_squared.mistake(
    "upside-down",
    ko="분수가 거꾸로입니다. 위가 예측의 오차, 아래가 평균만 말하는 사람의 오차입니다.",
    en="The fraction is upside down: the errors of the prediction on top, those of somebody who says the "
    "mean below.",
)
def _(prediction, y):
    ours, theirs = sums(prediction, y)
    return 1 - theirs / ours


@r_squared.mistake(
    "sum-over-mean",
    ko="위는 합, 아래는 평균입니다. 비율을 구할 때는 둘 다 합이거나 둘 다 평균이어야 합니다.",
    en="The top is a sum and the bottom a mean. For a ratio, both must be sums or both means.",
)
def _(prediction, y):
    ours, theirs = sums(prediction, y)
    return 1 - ours / (theirs / len(y))


@r_squared.mistake(
    "squared",
    ko="결과를 한 번 더 제곱했습니다. R²은 이름일 뿐, 무엇을 제곱한 수가 아니어서 음수도 됩니다.",
    en="The result was squared once more. R² is only a name: it is not the square of anything, and may be "
    "negative.",
)
def _(prediction, y):
    return r_squared(prediction, y) ** 2


@r_squared.mistake(
    "plus",
    ko="1에 더했습니다. 남은 오차의 비율을 1에서 *뺍니다*.",
    en="The share that is left was added to 1. *Subtract* it from 1.",
)
def _(prediction, y):
    ours, theirs = sums(prediction, y)
    return 1 + ours / theirs


@r_squared.mistake(
    "other-sign",
    ko="부호가 거꾸로입니다. 비율에서 1을 뺀 것이 아니라, 1에서 비율을 뺀 것입니다.",
    en="The sign is the wrong way round: 1 minus the ratio, not the ratio minus 1.",
)
def _(prediction, y):
    return -r_squared(prediction, y)


ONE_RATIO = {
    "ko": "표본마다 따로 나누었습니다. 위와 아래를 각각 *먼저 더하고* 한 번만 나누세요. (y가 마침 평균과 같은 표본에서는 0으로 나누게 됩니다.)",
    "en": "Each sample was divided by itself. *First add up* the top and the bottom, then divide once. (A "
    "sample whose y happens to be the mean would divide by 0.)",
}


def ratios(prediction, y):
    return (y - prediction) ** 2 / (y - y.mean()) ** 2


@r_squared.mistake("sum-of-ratios", **ONE_RATIO)
def _(prediction, y):
    return 1 - ratios(prediction, y).sum()


@r_squared.mistake("mean-of-ratios", **ONE_RATIO)
def _(prediction, y):
    return 1 - ratios(prediction, y).mean()


@r_squared.mistake("ratios", **ONE_RATIO)
def _(prediction, y):
    return 1 - ratios(prediction, y)


@r_squared.mistake(
    "spread-of-the-prediction",
    ko="분모에 y가 아니라 prediction이 들어 있습니다. 아래는 y가 제 평균에서 벗어난 만큼입니다: `y - y.mean()`.",
    en="The denominator holds the prediction in place of y. Below stands how far y is from its own mean: "
    "`y - y.mean()`.",
)
def _(prediction, y):
    return 1 - sums(prediction, y)[0] / ((prediction - y.mean()) ** 2).sum()


@r_squared.mistake(
    "no-baseline",
    ko="견줄 상대가 없습니다. 예측의 오차를 평균만 말하는 사람의 오차로 나눈 다음 1에서 빼세요.",
    en="There is nobody to compare with. Divide the error by that of somebody who says the mean, then "
    "subtract from 1.",
)
def _(prediction, y):
    return 1 - F.mse_loss(prediction, y)


@r_squared.mistake(
    "hundredfold",
    ko="비율에 100을 곱했습니다. R²은 백분율이 아닙니다. 완벽하면 1입니다.",
    en="The ratio was multiplied by 100. R² is no percentage: a perfect prediction gets 1.",
)
def _(prediction, y):
    ours, theirs = sums(prediction, y)
    return 1 - ours / theirs * 100


@r_squared.mistake(
    "percent",
    ko="백분율로 만들었습니다. R²은 완벽하면 100이 아니라 1입니다.",
    en="This is a percentage. A perfect prediction has an R² of 1, not 100.",
)
def _(prediction, y):
    return 100 * r_squared(prediction, y)


@r_squared.mistake(
    "median",
    ko="기준이 y의 중앙값(median)입니다. 평균(mean)이어야 합니다.",
    en="The baseline is the median of y. It should be the mean.",
)
def _(prediction, y):
    return 1 - sums(prediction, y)[0] / ((y - y.median()) ** 2).sum()


@r_squared.mistake(
    "mean-along-axis-1",
    ko="`y.mean(1)`은 크기가 1인 축을 평균 내어 (n,)을 남기고, y에서 빼면 (n, n)이 됩니다. 축을 정하지 않은 `y.mean()`을 쓰세요.",
    en="`y.mean(1)` averages an axis of size 1 and leaves (n,); taken off y, that makes (n, n). Use "
    "`y.mean()` without an axis.",
)
def _(prediction, y):
    return 1 - sums(prediction, y)[0] / ((y - y.mean(1)) ** 2).sum()


@r_squared.mistake(
    "keeps-an-axis",
    ko="값은 맞지만 모양이 ()가 아니라 (1,)입니다. 축을 정하지 않은 `.sum()`은 모든 원소를 더합니다.",
    en="The value is right, but its shape is (1,), not (). `.sum()` without an axis adds up all elements.",
)
def _(prediction, y):
    return r_squared(prediction, y).reshape(1)


@r_squared.mistake(
    "clamped-by-max",
    ko="음수를 0으로 잘랐습니다. 평균만 말하는 것보다도 못한 직선은 R²이 *음수*입니다. 그대로 두세요.",
    en="Negative values were cut to 0. A line that does worse than just saying the mean has a *negative* R²: "
    "leave it.",
)
def _(prediction, y):
    return max(0, r_squared(prediction, y))


@r_squared.mistake(
    "correlation-undefined",
    ko="상관계수의 제곱입니다. 최소제곱법의 직선에서만 R²과 같고, 예측이 모두 같으면 정해지지도 않습니다(NaN). 오차에서 시작하세요.",
    en="This is the squared correlation. It equals R² for the least-squares line only, and where all "
    "predictions are the same it is not even defined (NaN). Start from the errors.",
)
def _(prediction, y):
    return torch.corrcoef(torch.cat([prediction, y], 1).T)[0, 1] ** 2


@r_squared.mistake(
    "variance-of-the-errors",
    ko="위에 오차의 *분산*이 있습니다. 분산은 오차에서 오차의 평균을 먼저 빼므로, 예측이 통째로 어긋나 있어도 알아채지 못합니다. 오차를 그대로 제곱하세요.",
    en="On top stands the *variance* of the errors. A variance takes the mean of the errors off first, so "
    "it does not notice predictions that are all off by the same amount. Square the errors as they are.",
)
def _(prediction, y):
    return 1 - (y - prediction).var() / y.var()


r_squared.hints(
    ko=[
        "두 사람의 오차를 견줍니다. 한 사람은 직선으로 예측하고, 다른 사람은 x를 보지도 않고 늘 y의 평균만 말합니다.",
        "R² = 1 − Σ(y − 예측)² / Σ(y − ȳ)². 결과는 축이 없는 텐서 ()입니다.",
        "`ours = ((y - prediction) ** 2).sum()`, `theirs = ((y - y.mean()) ** 2).sum()`, `return 1 - ours / theirs`",
    ],
    en=[
        "Compare the errors of two people: one predicts with the line, the other never looks at x and "
        "always says the mean of y.",
        "R² = 1 − Σ(y − prediction)² / Σ(y − ȳ)². The result is a tensor without axes, ().",
        "`ours = ((y - prediction) ** 2).sum()`, `theirs = ((y - y.mean()) ** 2).sum()`, `return 1 - ours / theirs`.",
    ],
)
