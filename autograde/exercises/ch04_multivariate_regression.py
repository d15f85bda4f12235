"""Exercises of ch04: many inputs, one module.

Shapes: x (N, D), y (N, 1), W (D, 1), b (1,). The loss is the mean of the squared errors.
"""

import math
import statistics

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64
MARKS = torch.tensor(
    [[73.0, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]],
)
SCORES = torch.tensor([[152.0], [185], [180], [196], [142]])


def parameters(draw, D, dtype=torch.float32):
    """W (D, 1) and b (1,)."""
    return draw.normal(D, 1, dtype=dtype), draw.normal(1, dtype=dtype)


def samples(draw, N, D, dtype=torch.float32):
    """x (N, D) and y (N, 1), which no weights fit exactly."""
    x = draw.normal(N, D, dtype=dtype) + 1
    return x, x.sum(1, keepdim=True) + draw.normal(N, 1, dtype=dtype)


def many(made, key, answers, *, ko, en):
    """Registers answers that make one and the same mistake in different ways."""
    for number, answer in enumerate(answers):
        made.mistake(f"{key}-{number}", ko=ko, en=en)(answer)


# ---------------------------------------------------------------- predict


@exercise("predict")
def predict(x, W, b):
    return F.linear(x, W.T, b)


@predict.cases
def _(draw):
    yield torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[10.0], [1.0]]), torch.tensor([0.5])
    yield torch.tensor([[80.0, 90.0, 100.0]]), torch.tensor([[0.5], [0.5], [1.0]]), torch.ones(1)
    yield draw.normal(4, 1), *parameters(draw, 1)
    yield draw.normal(draw.integer(5, 9), 3), *parameters(draw, 3)
    D = draw.integer(4, 6)
    yield draw.normal(draw.integer(2, 3), D, dtype=DOUBLE), *parameters(draw, D, DOUBLE)


@predict.accepts
def _(x, W, b):
    return torch.stack([torch.dot(row, W[:, 0]) for row in x])[:, None] + b


@predict.accepts
def _(x, W, b):
    return torch.einsum("nd,do->no", x, W).add(b.expand(len(x), 1))


@predict.mistake(
    "forgets-b",
    ko="편향 b를 더하지 않았습니다. 모든 점수가 0이어도 예측은 b여야 합니다.",
    en="The bias b is not added. For marks that are all 0 the prediction should be b.",
)
def _(x, W, b):
    return x @ W


@predict.mistake(
    "bias-on-every-product",
    ko="더하기 전의 곱마다 b를 더해서 b가 D번 들어갔습니다. 곱을 모두 더한 *다음에* 한 번만 더하세요.",
    en="b was added to every product before summing, so it went in D times. Add it once, *after* "
    "the products are summed.",
)
def _(x, W, b):
    return (x * W.T + b).sum(1, keepdim=True)


@predict.mistake(
    "bias-on-x",
    ko="b를 예측이 아니라 x에 더한 뒤에 곱했습니다. b는 가중치와 곱해지지 않습니다: 먼저 곱하고 나서 더하세요.",
    en="b was added to x, before the product. No weight multiplies b: take the product first, then add.",
)
def _(x, W, b):
    return (x + b) @ W


@predict.mistake(
    "products-not-summed",
    ko="원소끼리 곱하기만 하고 더하지 않아, 학생마다 수가 하나가 아니라 D개 나왔습니다. `*`는 원소끼리의 곱이고, 곱해서 "
    "더하는 것은 행렬 곱입니다.",
    en="The products are not summed: each student got D numbers instead of one. `*` multiplies "
    "element by element; multiplying *and* summing is the matrix product.",
)
def _(x, W, b):
    return x * W.T + b


@predict.mistake(
    "flat",
    ko="값은 맞지만 모양이 (N,)입니다. 합한 축이 사라졌습니다. (N, 1)이어야 합니다: 나중에 (N, 1)인 y에서 빼면 "
    "(N, N)으로 브로드캐스팅되어 조용히 틀립니다.",
    en="The values are right, but the shape is (N,): the axis that was summed is gone. It must be "
    "(N, 1). Subtract it from a y of (N, 1) and it would broadcast to (N, N): wrong, with no error.",
)
def _(x, W, b):
    return (x * W.T).sum(1) + b


@predict.mistake(
    "squeezed",
    ko="`squeeze()`가 크기 1인 축을 모두 없앴습니다. 학생이 한 명이면 모양이 ()까지 됩니다. `squeeze()`를 떼어 (N, 1)로 두세요.",
    en="`squeeze()` removes every axis of size 1; for a single student the shape even becomes (). Leave it out and keep (N, 1).",
)
def _(x, W, b):
    return (x @ W + b).squeeze()


@predict.mistake(
    "sums-the-students",
    ko="특성이 아니라 학생에 대해 더했습니다. 더해서 없어져야 할 축은 특성의 축(길이 D)입니다.",
    en="The sum ran over the students, not the features. The axis to sum away is that of the "
    "features, of length D.",
)
def _(x, W, b):
    return (x * W.T).sum(0) + b


@predict.mistake(
    "mean-of-products",
    ko="곱을 더하지 않고 평균을 냈습니다. 예측은 가중치를 곱한 것들의 *합*입니다.",
    en="The products are averaged. A prediction is the *sum* of weight times feature.",
)
def _(x, W, b):
    return (x * W.T).mean(1, keepdim=True) + b


@predict.mistake(
    "transposes-W",
    ko="W를 전치했습니다. W는 (D, 1)이므로 (N, D) @ (D, 1)이 그대로 됩니다. 특성이 하나일 때는 전치해도 그대로라서 티가 "
    "나지 않습니다. (`nn.Linear`의 weight가 (1, D)라서 헷갈리기 쉽습니다.)",
    en="W was transposed. It is (D, 1), so (N, D) @ (D, 1) works as it stands. With a single feature "
    "the transpose changes nothing, which hides it. (It is `nn.Linear` whose weight is (1, D).)",
)
def _(x, W, b):
    return x @ W.T + b


@predict.mistake(
    "one-row",
    ko="값은 맞지만 (1, N)으로 누워 있습니다. x를 앞에 두면 (N, D) @ (D, 1) = (N, 1)입니다.",
    en="The values are right but lie in a row, (1, N). With x in front, (N, D) @ (D, 1) = (N, 1).",
)
def _(x, W, b):
    return W.T @ x.T + b


@predict.mistake(
    "elementwise",
    ko="`*`로 곱했습니다. `*`는 원소끼리의 곱이라 (N, D)와 (D, 1)은 대개 맞지도 않고, N과 D가 같을 때는 오류 없이 엉뚱한 (N, D)가 "
    "나옵니다. 행렬 곱은 `@`입니다.",
    en="This multiplies with `*`, element by element. (N, D) and (D, 1) mostly do not even fit; where "
    "N equals D they do, and give a meaningless (N, D). The matrix product is `@`.",
)
def _(x, W, b):
    return x * W + b


@predict.mistake(
    "bias-on-W",
    ko="b를 W에 더한 뒤에 곱했습니다. 그러면 b에 점수가 곱해집니다. 먼저 곱하고 나서 더하세요.",
    en="b was added to W, before the product, so the marks multiply it. Take the product first, then "
    "add.",
)
def _(x, W, b):
    return x @ (W + b)


@predict.mistake(
    "bias-added-to-W-in-place",
    ko="`W += b`는 부른 쪽의 W를 바꾸고, b에 점수까지 곱해집니다. 먼저 `x @ W`를 구하고, 거기에 b를 더하세요.",
    en="`W += b` changes the caller's W, and the marks then multiply b. Take the product `x @ W` first, "
    "then add b to it.",
)
def _(x, W, b):
    W += b
    return x @ W


@predict.mistake(
    "W-first",
    ko="순서가 바뀌었습니다. 한 줄이 학생 한 명인 x가 앞에 와야 (N, D) @ (D, 1) = (N, 1)입니다.",
    en="The order is the other way round: with x in front, whose rows are the students, it is "
    "(N, D) @ (D, 1) = (N, 1).",
)
def _(x, W, b):
    return W @ x + b


@predict.mistake(
    "transposes-x",
    ko="x를 전치했습니다. 전치하지 않아도 (N, D) @ (D, 1)이 그대로 됩니다.",
    en="x was transposed: (N, D) @ (D, 1) works as it stands.",
)
def _(x, W, b):
    return x.T @ W + b


@predict.mistake(
    "minus-b",
    ko="b를 더하지 않고 뺐습니다.",
    en="b is subtracted. It is to be added.",
)
def _(x, W, b):
    return x @ W - b


@predict.mistake(
    "returns-inside",
    ko="첫 학생에서 끝났습니다. `return`이 반복문 *안에* 있습니다. (행렬 곱을 쓰면 반복문이 필요 없습니다.)",
    en="It ends after the first student: the `return` is *inside* the loop. (With a matrix product no "
    "loop is needed.)",
)
def _(x, W, b):
    return x[0] @ W + b


many(
    predict,
    "one-number-for-all",
    [lambda x, W, b: (x @ W + b).sum(), lambda x, W, b: (x * W.T).sum() + b],
    ko="학생들까지 모두 더해 수가 하나만 남았습니다. 예측은 학생마다 하나씩, (N, 1)입니다.",
    en="The students were summed up too, and one number is left. There is a prediction for each "
    "student: (N, 1).",
)


many(
    predict,
    "three-exams-always",
    [
        lambda x, W, b: x[:, 0:1] * W[0] + x[:, 1:2] * W[1] + x[:, 2:3] * W[2] + b,
        lambda x, W, b: x[:, 0] * W[0] + x[:, 1] * W[1] + x[:, 2] * W[2] + b,
    ],
    ko="항을 셋으로 못 박았습니다. 특성은 몇 개든 될 수 있습니다. 행렬 곱은 모든 특성을 한꺼번에 곱해서 더합니다.",
    en="This is written for three features, and there may be any number of them. The matrix product "
    "multiplies and adds up all of them at once.",
)


@predict.mistake(
    "notebook-data",
    ko="받은 x, W, b를 쓰지 않고 노트북의 변수(`marks`, `guess_W`, `guess_b`)를 썼습니다. 그러면 누구의 점수를 주어도 늘 같은 "
    "다섯 명의 예측이 나옵니다.",
    en="The notebook's variables (`marks`, `guess_W`, `guess_b`) are used instead of x, W and b: "
    "whatever marks are given, out come the same five predictions.",
)
def _(x, W, b):
    return MARKS @ torch.tensor([[0.5], [0.5], [1.0]]) + torch.zeros(1)


predict.hints(
    ko=[
        "학생 한 명의 예측은 '점수 × 가중치'를 모두 더하고 b를 더한 수 하나입니다. 행렬 곱은 이 일을 모든 학생에게 한꺼번에 "
        "합니다.",
        "(N, D) @ (D, 1) = (N, 1). b는 (1,)이라 모든 줄에 브로드캐스팅됩니다.",
        "`return x @ W + b`",
    ],
    en=[
        "One student's prediction is a single number: every mark times its weight, all added up, "
        "plus b. A matrix product does this for all students at once.",
        "(N, D) @ (D, 1) = (N, 1). b is (1,), so it is broadcast to every row.",
        "`return x @ W + b`.",
    ],
)


# ---------------------------------------------------------------- mse-gradients


@exercise(
    "mse-gradients",
    points=2,
    forbids=[".backward", "torch.autograd.grad"],
    returns=["dW", "db"],
)
def mse_gradients(x, y, W, b):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    return torch.autograd.grad(F.mse_loss(F.linear(x, W.T, b), y), (W, b))


def gradients(x, y, W, b, bias=True, factor=2.0, mean=True):
    error = x @ W + (b if bias else 0) - y
    share = factor / (len(x) if mean else 1)
    return share * x.T @ error, share * error.sum(0)


@mse_gradients.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 2.0], [3.0, 0.0]]),
        torch.tensor([[1.0], [2.0]]),
        torch.tensor([[1.0], [1.0]]),
        torch.tensor([0.5]),
    )
    yield torch.tensor([[2.0]]), torch.tensor([[1.0]]), torch.tensor([[1.5]]), torch.tensor([0.5])
    yield *samples(draw, 4, 1), *parameters(draw, 1)
    yield *samples(draw, draw.integer(5, 20), 3), *parameters(draw, 3)
    yield *samples(draw, 3, 3), *parameters(draw, 3)
    D = draw.integer(4, 6)
    yield *samples(draw, draw.integer(7, 12), D, DOUBLE), *parameters(draw, D, DOUBLE)


@mse_gradients.accepts
def _(x, y, W, b):
    twice = 2 * (x @ W + b - y)
    return [(twice * x).mean(0)[:, None], twice.mean(0)]


@mse_gradients.accepts
def _(x, y, W, b):
    ones = torch.cat([x, torch.ones_like(y)], 1)  # the bias as one more feature
    both = (2 / len(x)) * ones.T @ (ones @ torch.cat([W, b[None]]) - y)
    return both[:-1], both[-1]


@mse_gradients.mistake(
    "missing-2",
    ko="제곱을 미분할 때 나오는 2가 빠졌습니다.",
    en="The 2 that comes from differentiating the square is missing.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, factor=1.0)


@mse_gradients.mistake(
    "sums",
    ko="둘 다 표본 수 N으로 나누지 않았습니다. 행렬 곱 xᵀe는 표본에 대한 *합*입니다. 손실이 평균이니 기울기도 평균입니다.",
    en="Neither is divided by N. The matrix product xᵀe *sums* over the samples; the loss is a mean, "
    "so its gradient is one too.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, mean=False)


@mse_gradients.mistake(
    "sum-of-W-only",
    ko="db는 평균인데 dW는 합입니다. 행렬 곱 xᵀe 안에서 표본을 이미 *더했으니* N으로 나누어야 합니다.",
    en="db is a mean but dW is a sum: the matrix product xᵀe has *added up* the samples, so it still "
    "has to be divided by N.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, mean=False)[0], gradients(x, y, W, b)[1]


@mse_gradients.mistake(
    "notes-sum",
    ko="2도 1/N도 없습니다. 3장의 함정에 나온 노트의 식이 바로 이렇습니다.",
    en="Neither the 2 nor the 1/N is there: this is the notes' rule, the trap of chapter 3.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, factor=1.0, mean=False)


@mse_gradients.mistake(
    "divides-by-everything",
    ko="dW를 N × D로 나누었습니다. 특성이 D개라고 해서 손실이 D로 나뉘지는 않습니다. 평균은 표본 N개에 대해서만 냅니다.",
    en="dW is divided by N × D. The loss is not divided by D because there are D features: the mean "
    "is over the N samples only.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW / x.shape[1], db


@mse_gradients.mistake(
    "divides-by-features",
    ko="표본 수 N이 아니라 특성 수 D로 나누었습니다. N은 `len(x)`, D는 `x.shape[1]`입니다.",
    en="You divided by the number of features D, not of samples N. N is `len(x)`, D is `x.shape[1]`.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b, mean=False)
    return dW / x.shape[1], db / x.shape[1]


SIGN = {
    "ko": "부호가 반대입니다. 오차를 (y − 예측)으로 두면 미분할 때 −가 하나 더 나옵니다.",
    "en": "The sign is flipped. If the error is (y − prediction), differentiating brings one more "
    "minus.",
}


@mse_gradients.mistake("sign-and-scalar-db", **SIGN)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return -dW, -db[0]


@mse_gradients.mistake("sign", **SIGN)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return -dW, -db


@mse_gradients.mistake(
    "sum-of-b-only",
    ko="dW는 평균인데 db는 합입니다. 둘 다 같은 평균 손실의 기울기입니다.",
    en="dW is a mean but db a sum. Both are gradients of the same mean loss.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b)[0], gradients(x, y, W, b, mean=False)[1]


@mse_gradients.mistake(
    "no-transpose",
    ko="x를 전치하지 않고 오차에 곱했습니다. x의 줄은 학생이라 학생마다 더하게 됩니다. 특성마다 더하려면 x를 눕혀야 합니다. N과 D가 "
    "같을 때는 오류도 나지 않습니다.",
    en="x was multiplied by the errors as it stands. Its rows are students, so the sums run along the "
    "students' rows; to sum for each feature, transpose it. Where N equals D no error tells you.",
)
def _(x, y, W, b):
    error = x @ W + b - y
    return 2 / len(x) * x @ error, 2 * error.mean(0)


def from_error(error_of, scalar=False):
    """The right formulas, with an error of one's own; scalar: db by a mean over everything."""

    def answer(x, y, W, b):
        e = error_of(x, y, W, b)
        return 2 / len(x) * x.T @ e, 2 * (e.mean() if scalar else e.mean(0))

    return answer


many(
    mse_gradients,
    "flat-y",
    [from_error(lambda x, y, W, b: x @ W + b - y[:, 0], scalar) for scalar in (False, True)],
    ko="오차가 (N, N)이 되었습니다. (N, 1)인 예측에서 (N,)인 것을 빼면 모든 예측을 모든 정답과 견주게 됩니다. y를 (N, 1) 그대로 "
    "쓰세요.",
    en="The error has become (N, N): subtract something of (N,) from predictions of (N, 1), and every "
    "prediction meets every answer. Leave y as it is, (N, 1).",
)

many(
    mse_gradients,
    "flat-prediction",
    [from_error(lambda x, y, W, b: (x @ W)[:, 0] + b - y, scalar) for scalar in (False, True)],
    ko="예측이 (N,)이라, 거기서 (N, 1)인 y를 빼면 오차가 (N, N)이 됩니다. 모든 예측이 모든 정답과 만납니다. 예측을 (N, 1) 그대로 "
    "두세요.",
    en="The predictions are (N,), so minus a y of (N, 1) the error becomes (N, N): every prediction "
    "meets every answer. Leave the predictions (N, 1).",
)

many(
    mse_gradients,
    "flat-error",
    [
        from_error(lambda x, y, W, b: (x @ W + b - y).squeeze()),
        from_error(lambda x, y, W, b: (x @ W + b - y)[:, 0]),
    ],
    ko="오차를 (N,)으로 눌러서 dW는 (D,)가 되고 db의 축은 사라졌습니다. 오차를 (N, 1) 그대로 두면 둘 다 제 모양이 됩니다.",
    en="The error was flattened to (N,), so dW comes out as (D,) and db loses its axis. Leave the "
    "error (N, 1), and both get their shapes.",
)


@mse_gradients.mistake(
    "forgets-b",
    ko="오차를 구할 때 b를 더하지 않았습니다. 오차는 x @ W + b − y입니다.",
    en="The error leaves out b: it is x @ W + b − y.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, bias=False)


ONE_SLOPE = {
    "ko": "dW가 수 하나입니다. 특성까지 한데 평균을 냈습니다. 가중치가 D개면 기울기도 D개입니다: 특성 하나마다 자기 열과 오차를 "
    "곱해 더하세요.",
    "en": "dW is a single number: the mean ran over the features too. D weights have D slopes: each "
    "feature's own column times the errors, summed.",
}


@mse_gradients.mistake("all-features-at-once-and-db", **ONE_SLOPE)
def _(x, y, W, b):
    error = x @ W + b - y
    return 2 * (x * error).mean(), 2 * error.mean()


@mse_gradients.mistake("mean-of-the-product", **ONE_SLOPE)
def _(x, y, W, b):
    error = x @ W + b - y
    return 2 * (x.T @ error).mean(), 2 * error.mean()


@mse_gradients.mistake("all-features-at-once", **ONE_SLOPE)
def _(x, y, W, b):
    error = x @ W + b - y
    return 2 * (x * error).mean(), 2 * error.mean(0)


@mse_gradients.mistake(
    "lying-dW",
    ko="값은 맞지만 dW가 (1, D)로 누워 있습니다. 기울기의 모양은 W와 같은 (D, 1)이어야 W에서 뺄 수 있습니다: "
    "(D, N) @ (N, 1)",
    en="The values are right, but dW lies in a row, (1, D). To be subtracted from W it must have W's "
    "shape, (D, 1): (D, N) @ (N, 1).",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW.T, db


@mse_gradients.mistake(
    "flat-dW",
    ko="값은 맞지만 dW가 (D,)입니다. (D, 1)인 W에서 (D,)를 빼면 오류 없이 (D, D)가 되어 버립니다. W와 같은 모양으로 "
    "만드세요.",
    en="The values are right, but dW is (D,). Subtract (D,) from a W of (D, 1), and without any error "
    "you get (D, D). Give it W's shape.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW[:, 0], db


@mse_gradients.mistake(
    "scalar-db",
    ko="값은 맞지만 db에 축이 없습니다. b와 같은 (1,)이어야 합니다: 표본의 축(0번)에 대해서만 평균을 내세요.",
    en="The values are right, but db has no axis. It must be (1,) like b: take the mean over the "
    "axis of the samples only, axis 0.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW, db[0]


many(
    mse_gradients,
    "column-db",
    [
        lambda x, y, W, b: (gradients(x, y, W, b)[0], 2 * (x @ W + b - y) / len(x)),
        lambda x, y, W, b: (gradients(x, y, W, b)[0], 2 * (x @ W + b - y)),
        lambda x, y, W, b: (gradients(x, y, W, b)[0], 2 * (x @ W + b - y).mean(1)),
    ],
    ko="db가 표본마다 하나씩 있습니다. b 하나가 모든 표본에 더해졌으니, 표본에서 온 것을 모두 더하고 N으로 나누어 "
    "(1,)로 만드세요.",
    en="db is one number for each sample. A single b was added to all of them, so what comes "
    "back from the samples adds up, and is divided by N: (1,).",
)


@mse_gradients.mistake(
    "swapped",
    ko="두 기울기의 순서가 바뀌었습니다. (dW, db) 순서로 돌려주세요.",
    en="The two gradients are swapped: return (dW, db).",
)
def _(x, y, W, b):
    return gradients(x, y, W, b)[::-1]


many(
    mse_gradients,
    "elementwise",
    [
        lambda x, y, W, b: (2 / len(x) * x.T * (x @ W + b - y), 2 * (x @ W + b - y).mean(0)),
        lambda x, y, W, b: (2 / len(x) * x * (x @ W + b - y), 2 * (x @ W + b - y).mean(0)),
        lambda x, y, W, b: (2 * x * (x @ W + b - y), 2 * (x @ W + b - y).mean(0)),
    ],
    ko="`*`로 곱하기만 하고 표본에 대해 더하지 않았습니다. 곱해서 더하는 행렬 곱은 `@`입니다.",
    en="This multiplies with `*` and does not sum over the samples. Multiplying *and* summing is the "
    "matrix product, `@`.",
)


@mse_gradients.mistake(
    "brackets",
    ko="오차에서 b의 부호가 반대입니다. 예측은 x W + b입니다. `y - x @ W + b`에서는 빼기가 b에 미치지 않아 b가 *더해지니* 괄호로 묶으세요: "
    "`y - (x @ W + b)`. 예측에서 빼는 것이라면 `x @ W + b - y`입니다.",
    en="In the error, b has the wrong sign: the prediction is x W + b. In `y - x @ W + b` the minus does not reach b, "
    "which is *added*; it needs brackets: `y - (x @ W + b)`. The other way round it is `x @ W + b - y`.",
)
def _(x, y, W, b):
    e = y - x @ W + b
    return -2 / len(x) * x.T @ e, -2 * e.mean(0)


@mse_gradients.mistake(
    "missing-2-in-db",
    ko="db에만 2가 빠졌습니다. 두 기울기 모두 제곱을 미분한 것입니다.",
    en="The 2 is missing in db only. Both gradients come from differentiating the square.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b)[0], gradients(x, y, W, b, factor=1.0)[1]


@mse_gradients.mistake(
    "missing-2-in-dW",
    ko="dW에만 2가 빠졌습니다. 두 기울기 모두 제곱을 미분한 것입니다.",
    en="The 2 is missing in dW only. Both gradients come from differentiating the square.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, factor=1.0)[0], gradients(x, y, W, b)[1]


@mse_gradients.mistake(
    "half-a-mean",
    ko="2N으로 나누었습니다. 손실이 오차의 제곱의 평균이니, 미분하면 2가 앞에 나오고 N으로만 나눕니다.",
    en="This divides by 2N. The loss is the mean of the squared errors: the 2 comes out in front, and "
    "only N divides.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, factor=0.5)


@mse_gradients.mistake(
    "missing-2-and-scalar-db",
    ko="둘이 다릅니다. 제곱을 미분할 때 나오는 2가 빠졌고, db에 축이 없습니다. db는 b와 같은 (1,)이어야 합니다(`mean(0)`).",
    en="Two things differ: the 2 that comes from differentiating the square is missing, and db has no "
    "axis. Make it (1,), like b, with `mean(0)`.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b, factor=1.0)
    return dW, db[0]


@mse_gradients.mistake(
    "sign-and-missing-2",
    ko="둘이 다릅니다. 부호가 반대이고(오차를 (y − 예측)으로 두면 −가 하나 더 나옵니다), 제곱을 미분할 때 나오는 2가 빠졌습니다.",
    en="Two things differ: the sign is flipped (with (y − prediction) differentiating brings one more "
    "minus), and the 2 that comes from the square is missing.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b, factor=1.0)
    return -dW, -db


@mse_gradients.mistake(
    "sum-of-W-and-scalar-db",
    ko="둘이 다릅니다. 행렬 곱 xᵀe는 표본에 대한 *합*이라 dW를 N으로 나누어야 하고, db는 b와 같은 (1,)이어야 합니다(`mean(0)`).",
    en="Two things differ. The matrix product xᵀe *sums* over the samples, so dW still has to be divided "
    "by N; and db must be (1,) like b: use `mean(0)`.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, mean=False)[0], gradients(x, y, W, b)[1][0]


@mse_gradients.mistake(
    "forgets-y",
    ko="오차가 아니라 예측에 곱했습니다. y를 빼야 오차입니다.",
    en="This multiplies by the predictions, not the errors. Subtract y first.",
)
def _(x, y, W, b):
    return gradients(x, torch.zeros_like(y), W, b)


@mse_gradients.mistake(
    "squares-the-error",
    ko="제곱한 오차를 썼습니다. 제곱은 미분하면서 사라지고 2가 나옵니다. 오차 e를 그대로 쓰세요.",
    en="The errors are squared. The square goes when you differentiate, and leaves the 2: use the error "
    "e itself.",
)
def _(x, y, W, b):
    e = (x @ W + b - y) ** 2
    return 2 / len(x) * x.T @ e, 2 * e.mean(0)


many(
    mse_gradients,
    "updated",
    [
        lambda x, y, W, b, lr=lr: tuple(
            old - lr * slope for old, slope in zip((W, b), gradients(x, y, W, b), strict=True)
        )
        for lr in (1e-5, 1e-4, 0.01, 0.1)
    ],
    ko="한 걸음 움직인 W와 b를 돌려주었습니다. 여기서는 움직이지 말고 기울기 (dW, db)만 돌려주세요.",
    en="This returns W and b after a step. Take no step here: return the gradients (dW, db).",
)


@mse_gradients.mistake(
    "errors-first",
    ko="순서가 바뀌었습니다. 전치한 x가 앞에 와야 (D, N) @ (N, 1) = (D, 1)입니다.",
    en="The order is the other way round: with the transpose of x in front it is "
    "(D, N) @ (N, 1) = (D, 1).",
)
def _(x, y, W, b):
    error = x @ W + b - y
    return 2 / len(x) * error @ x, 2 * error.mean(0)


@mse_gradients.mistake(
    "db-in-two-axes",
    ko="값은 맞지만 db가 (1, 1)입니다. b와 같은 (1,)이 되도록 `keepdim=True`를 빼세요.",
    en="The values are right, but db is (1, 1). Leave out `keepdim=True`, and it is (1,), like b.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW, db[None]


mse_gradients.hints(
    ko=[
        "3장의 식에서 x_i 자리에 특성 j의 열이 들어갈 뿐입니다. 특성마다 '자기 열 × 오차'를 표본에 대해 더하는데, 이 일을 모든 "
        "특성에 한꺼번에 하는 것이 행렬 곱입니다.",
        "오차 e = x @ W + b − y는 (N, 1)입니다. dW = (2/N) · xᵀe는 (D, N) @ (N, 1) = (D, 1)이고, db는 2e를 표본에 대해 평균한 "
        "(1,)입니다.",
        "`error = x @ W + b - y`, `dW = 2 / len(x) * x.T @ error`, `db = 2 * error.mean(0)`, `return dW, db`",
    ],
    en=[
        "It is the formula of chapter 3 with feature j's column in place of x_i. Each feature sums "
        "its column times the errors over the samples; a matrix product does so for all of them.",
        "The error e = x @ W + b − y is (N, 1). dW = (2/N) · xᵀe is (D, N) @ (N, 1) = (D, 1); db is "
        "the mean of 2e over the samples, (1,).",
        "`error = x @ W + b - y`, `dW = 2 / len(x) * x.T @ error`, `db = 2 * error.mean(0)`, "
        "`return dW, db`.",
    ],
)


# ---------------------------------------------------------------- linear-module


@exercise(
    "linear-module",
    points=2,
    kind="module",
    forbids=["nn.Linear", "F.linear"],
    all_or_nothing=True,
)
class LinearModel(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.register_parameter("W", nn.Parameter(torch.empty(features, 1)))
        self.register_parameter("b", nn.Parameter(torch.empty(1)))
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x):
        return F.linear(x, self.W.T, self.b)


def state(draw, features):
    W, b = parameters(draw, features)
    return {"W": W, "b": b}


@LinearModel.cases
def _(draw):
    yield Case((3,), None, (MARKS[:2].clone(),))  # as it starts
    simple = {"W": torch.tensor([[0.5], [0.5], [1.0]]), "b": torch.tensor([2.0])}
    yield Case((3,), simple, (MARKS.clone(),))
    yield Case((4,))  # only built: what has no forward gets this far
    yield Case((1,), state(draw, 1), (draw.normal(4, 1),))
    D = draw.integer(4, 7)
    yield Case((D,), state(draw, D), (draw.normal(draw.integer(2, 6), D),))
    yield Case((2,), state(draw, 2), (draw.normal(1, 2),), training=True)


@LinearModel.accepts
class _(nn.Module):
    def __init__(self, features):
        nn.Module.__init__(self)
        self.W = nn.Parameter(torch.zeros(features)[:, None])
        self.b = nn.Parameter(torch.zeros_like(self.W[0]))

    def forward(self, x):
        return (x[..., None] * self.W).sum(-2) + self.b


class Skeleton(nn.Module):
    """A right module, for the mistakes that change one thing in it."""

    def __init__(self, features, W=None, b=None):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(features, 1) if W is None else W)
        self.b = nn.Parameter(torch.zeros(1) if b is None else b)

    def forward(self, x):
        return x @ self.W + self.b


@LinearModel.mistake(
    "plain-tensors",
    ko="모델에 매개변수가 하나도 없습니다. 장부에 오르는 것은 `__init__`에서 `self.…`에 바로 넣은 `nn.Parameter`뿐입니다. 보통의 "
    "텐서는 (`requires_grad=True`여도) 오르지 않고, 리스트 안에 든 것이나 `forward`에서 만든 것도 오르지 않습니다. 그러면 "
    "옵티마이저도 `state_dict()`도 이것을 알지 못합니다.",
    en="The model has no parameters at all. Only an `nn.Parameter` that `__init__` puts straight into "
    "`self.…` enters the register: not a plain tensor (even with `requires_grad=True`), not one inside "
    "a list, not one made in `forward`. Neither an optimizer nor `state_dict()` will know of it.",
)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.W = torch.zeros(features, 1, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return x @ self.W + self.b


@LinearModel.mistake(
    "no-b",
    ko="매개변수가 W뿐입니다. 편향 b를 빠뜨렸거나, b를 `nn.Parameter`로 감싸지 않아서 모듈의 장부에 오르지 않았습니다. "
    "장부에 없는 것은 학습되지도 저장되지도 않습니다.",
    en="W is the only parameter. Either the bias b was left out, or it is not wrapped in an "
    "`nn.Parameter` and so not in the module's register: then it is neither trained nor saved.",
)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(features, 1))

    def forward(self, x):
        return x @ self.W


@LinearModel.mistake(
    "no-W",
    ko="매개변수가 b뿐입니다. W도 `nn.Parameter`로 감싸야 모듈의 장부에 오릅니다.",
    en="b is the only parameter. W has to be wrapped in an `nn.Parameter` too, to enter the module's "
    "register.",
)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.b = nn.Parameter(torch.zeros(1))
        self.W = torch.zeros(features, 1)

    def forward(self, x):
        return x @ self.W + self.b


def layered(name, zeroed):
    """A module that leaves the work to an nn.Linear under a name."""

    class Layered(nn.Module):
        def __init__(self, features):
            super().__init__()
            layer = nn.Linear(features, 1)
            if zeroed:
                nn.init.zeros_(layer.weight)
                nn.init.zeros_(layer.bias)
            setattr(self, name, layer)

        def forward(self, x):
            return getattr(self, name)(x)

    return Layered


many(
    LinearModel,
    "uses-nn-linear",
    [
        layered(name, zeroed)
        for name in ("linear", "layer", "fc", "lin", "model", "net")
        for zeroed in (True, False)
    ],
    ko="`nn.Linear`에 맡겼습니다. 실제로는 그렇게 쓰지만(바로 다음에 합니다), 여기서는 그 안에 있는 것을 직접 만듭니다. "
    "매개변수의 이름은 `W`와 `b`여야 합니다.",
    en="You left it to `nn.Linear`. That is what one does in practice, and what comes next; here you "
    "build what is inside it. The parameters must be called `W` and `b`.",
)


UNINITIALISED = {
    "ko": "처음 값이 0이 아닙니다(`torch.empty`도 0을 채워 주지 않습니다). 설명문은 W와 b가 둘 다 0에서 출발한다고 정했습니다. (무작위로 시작하는 까닭은 10장 이후에 "
    "나옵니다.)",
    "en": "The parameters do not start at 0, as the docstring asks of both. (Neither does `torch.empty` "
    "fill in zeros. Why one starts at random "
    "values comes up after chapter 10.)",
}


def started(make_W, make_b):
    """A right module but for what its parameters start with."""

    class Started(Skeleton):
        def __init__(self, features):
            super().__init__(features, make_W(features, 1), make_b(1))

    return Started


def small(scale):
    return lambda *shape: scale * torch.randn(*shape)


many(
    LinearModel,
    "start",
    [started(torch.zeros, make) for make in (torch.ones, torch.randn, torch.rand)]
    + [
        started(make, make_b)
        for make in (torch.randn, torch.rand, torch.ones, torch.empty, small(0.01), small(0.1))
        for make_b in (make, torch.zeros)
    ],
    **UNINITIALISED,
)


@LinearModel.mistake(
    "three-features-always",
    ko="특성의 수를 3으로 못 박았습니다. 만들 때 받은 `features`를 쓰세요. 그래야 시험이 몇 번이든 쓸 수 있습니다.",
    en="The number of features is fixed at 3. Use the `features` that the module is made with, so "
    "that it works for any number of them.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(3)


many(
    LinearModel,
    "square-W",
    [started(lambda features, one: torch.zeros(features, features), torch.zeros)],
    ko="W가 (features, features)입니다. 학생마다 예측이 하나이므로 열도 하나, (features, 1)입니다.",
    en="W is (features, features). There is one prediction for each student, so one column: make it "
    "(features, 1).",
)


@LinearModel.mistake(
    "lying-W",
    ko="W가 (1, features)로 누워 있습니다. `nn.Linear`는 그렇게 두지만, 이 문제의 W는 이 장의 식과 같은 (features, 1)입니다. "
    "특성이 하나면 둘이 같아서 티가 나지 않습니다.",
    en="W lies in a row, (1, features). `nn.Linear` keeps it so, but here W is (features, 1) as in "
    "this chapter's formulas. With a single feature the two are the same, which hides it.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features, torch.zeros(1, features))

    def forward(self, x):
        return x @ self.W.T + self.b


@LinearModel.mistake(
    "flat-W",
    ko="W가 (features,)라서 예측이 (N, 1)이 아니라 (N,)이 됩니다. W를 (features, 1)로 만드세요.",
    en="W is (features,), so the predictions come out as (N,) and not (N, 1). Make W (features, 1).",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features, torch.zeros(features))


@LinearModel.mistake(
    "scalar-b",
    ko="b에 축이 없습니다(모양이 `()`). 설명문대로 (1,)로 만드세요.",
    en="b has no axis: its shape is `()`. Make it (1,), as the docstring says.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features, b=torch.tensor(0.0))


@LinearModel.mistake(
    "b-per-feature",
    ko="b가 특성마다 하나씩 있습니다. 편향은 예측에 한 번만 더해지므로 출력이 하나면 b도 하나, (1,)입니다.",
    en="There is a b for each feature. A bias is added to the prediction, once: with one output there "
    "is one b, (1,).",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features, b=torch.zeros(features))


@LinearModel.mistake(
    "forward-without-b",
    ko="b가 매개변수로 있는데 `forward`에서 쓰지 않았습니다. 0에서 출발할 때는 티가 나지 않습니다.",
    en="b is a parameter, but `forward` does not use it. As long as it is 0 nobody notices.",
)
class _(Skeleton):
    def forward(self, x):
        return x @ self.W


@LinearModel.mistake(
    "forward-ignores-parameters",
    ko="`forward`의 출력이 매개변수에 따라 변하지 않습니다. 새로 만든 텐서가 아니라 `self.W`와 `self.b`로 계산하세요.",
    en="The output does not depend on the parameters. Compute it from `self.W` and `self.b`, not from "
    "tensors made on the spot.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.zeros(len(x), 1)


many(
    LinearModel,
    "b-in-two-axes",
    [
        started(torch.zeros, lambda one: torch.zeros(1, 1)),
        started(torch.zeros, lambda one: torch.zeros(one)[:, None, None]),
    ],
    ko="b에 축이 너무 많습니다(예: (1, 1)). 설명문대로 (1,)로 만드세요.",
    en="b has too many axes, as in (1, 1). Make it (1,), as the docstring says.",
)


def other_names(weight, bias):
    """A right module but for the names of its parameters."""

    class OtherNames(nn.Module):
        def __init__(self, features):
            super().__init__()
            self.register_parameter(weight, nn.Parameter(torch.zeros(features, 1)))
            self.register_parameter(bias, nn.Parameter(torch.zeros(1)))

        def forward(self, x):
            return x @ getattr(self, weight) + getattr(self, bias)

    return OtherNames


many(
    LinearModel,
    "other-names",
    [
        other_names(weight, bias)
        for weight in ("w", "W", "weight", "weights")
        for bias in ("b", "B", "bias")
        if (weight, bias) != ("W", "b")
    ],
    ko="매개변수의 이름이 다릅니다. `self.W`와 `self.b`로 다세요(대문자와 소문자도 구별합니다).",
    en="The parameters have other names: call them `self.W` and `self.b` (capital and small letters "
    "differ).",
)


@LinearModel.mistake(
    "no-gradient-flows",
    ko="출력에서 W와 b로 가는 기울기가 끊겼습니다(`no_grad`, `.data`, `detach`). 이 모델은 예측은 해도 배우지 못합니다.",
    en="No gradient gets from the output back to W and b (`no_grad`, `.data`, `detach`): this model "
    "predicts but cannot learn.",
)
class _(Skeleton):
    def forward(self, x):
        return super().forward(x).detach()


@LinearModel.mistake(
    "cannot-be-trained",
    ko="W와 b가 장부에는 있지만 훈련으로 움직일 수 없습니다. `requires_grad=False`를 주었거나, `parameters()`에 나오지 않는 "
    "버퍼(`register_buffer`)로 달았습니다. `nn.Parameter`를 쓰고 requires_grad는 그대로 두세요.",
    en="W and b are in the register, but training cannot move them. Either they were given "
    "`requires_grad=False`, or they are buffers (`register_buffer`), which are not in `parameters()`. "
    "Use `nn.Parameter`, and leave requires_grad as it is.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features)
        self.requires_grad_(False)


@LinearModel.mistake(
    "minus-b",
    ko="`forward`에서 b를 더하지 않고 뺐습니다. 0에서 출발할 때는 티가 나지 않습니다.",
    en="`forward` subtracts b instead of adding it. As long as it is 0 nobody notices.",
)
class _(Skeleton):
    def forward(self, x):
        return x @ self.W - self.b


@LinearModel.mistake(
    "flat-output",
    ko="예측이 (N,)으로 눌렸습니다. `squeeze`나 `flatten` 없이 (N, 1) 그대로 돌려주세요.",
    en="The predictions were flattened to (N,). Return them as they are, (N, 1), without `squeeze` or "
    "`flatten`.",
)
class _(Skeleton):
    def forward(self, x):
        return super().forward(x)[:, 0]


# A single student squeezed is a single number, which has no axis at all.
@LinearModel.mistake(
    "squeezed-output",
    ko="예측이 (N,)으로 눌렸습니다. `squeeze`나 `flatten` 없이 (N, 1) 그대로 돌려주세요.",
    en="The predictions were flattened to (N,). Return them as they are, (N, 1), without `squeeze` or "
    "`flatten`.",
)
class _(Skeleton):
    def forward(self, x):
        return super().forward(x).squeeze()


@LinearModel.mistake(
    "elementwise",
    ko="`forward`에서 `*`로 곱했습니다. `*`는 원소끼리의 곱입니다. 곱해서 더하는 행렬 곱은 `@`입니다.",
    en="`forward` multiplies with `*`, element by element. Multiplying *and* summing is the matrix "
    "product, `@`.",
)
class _(Skeleton):
    def forward(self, x):
        return x * self.W + self.b


@LinearModel.mistake(
    "W-first",
    ko="`forward`에서 순서가 바뀌었습니다. x가 앞에 와야 (N, D) @ (D, 1) = (N, 1)입니다.",
    en="The order in `forward` is the other way round: with x in front it is (N, D) @ (D, 1) = (N, 1).",
)
class _(Skeleton):
    def forward(self, x):
        return self.W @ x + self.b


def named(answer):
    """The same class under the name that its error messages have in a learner's notebook."""
    answer.__name__ = "LinearModel"
    for method in vars(answer).values():
        if callable(method):
            method.__qualname__ = f"LinearModel.{method.__name__}"
    return answer


@LinearModel.mistake(
    "no-forward",
    ko="모듈에 `forward`라는 메서드가 없습니다. `model(x)`는 바로 이 이름을 찾습니다. 철자가 틀렸거나, `__init__` *안에* "
    "들여쓰기 되어 있지 않나요?",
    en="The module has no method called `forward`, and that is the name `model(x)` looks for. Is it "
    "misspelt, or indented *inside* `__init__`?",
)
@named
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(features, 1))
        self.b = nn.Parameter(torch.zeros(1))


@LinearModel.mistake(
    "forward-without-self",
    ko="`forward`의 첫 인자는 `self`입니다: `def forward(self, x):`",
    en="The first argument of `forward` is `self`: `def forward(self, x):`.",
)
@named
class _(Skeleton):
    def forward(x):
        return x


@LinearModel.mistake(
    "forward-wants-W-and-b",
    ko="`forward`가 x 말고도 더 받으려고 합니다. `model(x)`는 x만 건네줍니다. W와 b는 `self.W`와 `self.b`에 있습니다.",
    en="`forward` wants more than x, but `model(x)` hands it x alone. W and b are at hand as `self.W` and "
    "`self.b`.",
)
@named
class _(Skeleton):
    def forward(self, x, W, b):
        return x @ W + b


@LinearModel.mistake(
    "unknown-name",
    ko="`forward`가 쓰는 이름 가운데 없는 것이 있습니다. `__init__`에서 단 매개변수는 `self.W`와 `self.b`라고 써야 합니다.",
    en="`forward` uses a name that does not exist. The parameters attached in `__init__` are called "
    "`self.W` and `self.b` there.",
)
class _(Skeleton):
    def forward(self, x):
        return x @ no_such_name  # noqa: F821


@LinearModel.mistake(
    "no-self",
    ko="`__init__` 안의 `W = …`는 그 함수가 끝나면 사라지는 변수입니다. `self.W = …`, `self.b = …`라고 모델에 달고, "
    "`forward`에서도 `self.W`, `self.b`라고 쓰세요.",
    en="`W = …` inside `__init__` is a variable that is gone when `__init__` ends. Attach it to the model "
    "as `self.W = …` and `self.b = …`, and write `self.W`, `self.b` in `forward` too.",
)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()

    def forward(self, x):
        return x @ no_such_name  # noqa: F821


LinearModel.hints(
    ko=[
        "모듈에는 두 가지가 필요합니다: 무엇을 배우는가(`__init__`에서 만드는 매개변수)와 어떻게 계산하는가(`forward`). 매개변수를 "
        "달기 전에 장부부터 마련해야 합니다.",
        "`__init__`: 먼저 `super().__init__()`, 그다음 `nn.Parameter`로 감싼 (features, 1)의 0과 (1,)의 0. `forward`: 앞에서 쓴 "
        "예측의 식 그대로.",
        "`super().__init__()`, `self.W = nn.Parameter(torch.zeros(features, 1))`, `self.b = nn.Parameter(torch.zeros(1))`; "
        "`forward`에서는 `return x @ self.W + self.b`",
    ],
    en=[
        "A module needs two things: what it learns (the parameters, made in `__init__`) and how it "
        "computes (`forward`). And before a parameter is attached, the register must be there.",
        "`__init__`: first `super().__init__()`, then zeros of (features, 1) and of (1,), each wrapped "
        "in `nn.Parameter`. `forward`: the formula of a prediction, as before.",
        "`super().__init__()`, `self.W = nn.Parameter(torch.zeros(features, 1))`, `self.b = "
        "nn.Parameter(torch.zeros(1))`; in `forward`, `return x @ self.W + self.b`.",
    ],
)


# ---------------------------------------------------------------- moved-parameters


@exercise("moved-parameters", all_or_nothing=True)
def moved_parameters(before, after):
    return [
        name
        for name, old in before.items()
        if old.flatten().tolist() != after[name].flatten().tolist()
    ]


def weight_and_bias(weight, bias):
    return {"weight": torch.tensor([weight]), "bias": torch.tensor([bias])}


@moved_parameters.cases
def _(draw):
    start = weight_and_bias([1.0, 2.0, 3.0], 0.5)
    yield start, weight_and_bias([1.0, 2.5, 3.0], 0.5)
    yield start, weight_and_bias([1.0, 2.0, 3.0], 0.5)
    yield start, weight_and_bias([1.0, 2.0, 3.0], 0.4999999)
    yield start, weight_and_bias([3.0, 2.0, 1.0], 0.5)
    yield weight_and_bias([1.0, 2.0, 3.0], 1e-9), weight_and_bias([1.0, 2.0, 3.0], 2e-9)
    yield {"scale": torch.tensor([2.0])}, {"scale": torch.tensor([1.5])}  # one number only
    # It blew up; and it moved by so little that its square is 0.
    yield weight_and_bias([1.0, 2.0, 3.0], 0.0), weight_and_bias([math.nan, 2.0, 3.0], 1e-30)
    for dtype in (torch.float32, DOUBLE):
        names = [f"layer{k}.{part}" for k in range(3) for part in ("weight", "bias")]
        before = {name: draw.normal(draw.integer(2, 3), 2, dtype=dtype) for name in names}
        after = {name: value.clone() for name, value in before.items()}
        after[names[0]] += 0.5  # the first in every element, the last in a single one
        after[names[-1]][0, 1] += 0.2
        between = [names[1 + k] for k in draw.permutation(len(names) - 2).tolist()]
        for name, step in zip(between[: draw.integer(2, 3)], (-0.3, -1e-5, 0.1), strict=False):
            after[name][0, 1] += step
        if dtype == DOUBLE:
            after[between[-1]][-1, 0] += 1e-12
        else:
            after = dict(reversed(after.items()))
        yield before, after


@moved_parameters.accepts
def _(before, after):
    moved = []
    for name in before:
        if (after[name] != before[name]).sum() > 0:
            moved.append(name)
    return moved


@moved_parameters.accepts
def _(before, after):
    return [name for name in before if not torch.equal(before[name], after[name])]


@moved_parameters.mistake(
    "those-that-stayed",
    ko="거꾸로, 움직이지 *않은* 것들의 이름을 돌려주었습니다.",
    en="It is the other way round: these are the names of those that did *not* move.",
)
def _(before, after):
    return [name for name in before if torch.equal(before[name], after[name])]


@moved_parameters.mistake(
    "only-if-all-moved",
    ko="모든 원소가 변했을 때만 움직인 것으로 쳤습니다. 원소 하나라도 다르면 움직인 것입니다. (`all`과 `any`를 견주어 보세요.)",
    en="A tensor counts as moved only if every element changed. One different element is enough. "
    "(Compare `all` with `any`.)",
)
def _(before, after):
    return [name for name in before if (before[name] != after[name]).all()]


def largest_move(before, after, name):
    return (before[name] - after[name]).abs().max()


many(
    moved_parameters,
    "close-is-not-equal",
    [
        lambda before, after: [n for n in before if not torch.allclose(before[n], after[n])],
        lambda before, after: [
            n for n in before if not torch.allclose(before[n], after[n], atol=0)
        ],
    ]
    + [
        lambda before, after, limit=limit: [
            n for n in before if largest_move(before, after, n) > limit
        ]
        for limit in (1e-8, 1e-6, 1e-4)
    ],
    ko="아주 조금 움직인 것을 '같다'고 했습니다. `torch.allclose`도, `> 1e-6` 같은 한계도 그렇습니다. 학습률이 1e-5이면 한 걸음은 "
    "아주 작습니다. 조금이라도 움직였는지 보려면 정확히 같은지 물어야 합니다.",
    en="What moved only a little is called equal. So says `torch.allclose`, and so does a threshold such "
    "as `> 1e-6`; and at a rate of 1e-5 one step is little. To see whether it moved at all, ask whether "
    "the two are exactly equal.",
)

many(
    moved_parameters,
    "compares-one-number",
    [
        lambda before, after: [n for n in before if before[n].sum() != after[n].sum()],
        lambda before, after: [n for n in before if before[n].norm() != after[n].norm()],
    ],
    ko="텐서마다 수 하나(합, 평균, 크기)만 견주었습니다. 한 원소가 커진 만큼 다른 원소가 작아지면 그 수는 그대로일 수 있습니다. "
    "원소마다 견주세요.",
    en="Only one number of each tensor (its sum, mean or norm) is compared. When one element grows by "
    "what another loses, it may stay the same. Compare element by element.",
)


@moved_parameters.mistake(
    "only-those-that-grew",
    ko="커진 것만 셌습니다. 작아진 것도 움직인 것입니다.",
    en="Only those that grew are counted. To shrink is to move as well.",
)
def _(before, after):
    return [name for name in before if (after[name] > before[name]).any()]


EVERY_NAME = {
    "ko": "움직이지 않은 것의 이름도 들어 있습니다. `is not`은 '같은 물건인가'를 묻기 때문에 값이 같은 두 텐서도 다르다고 하고, "
    "사전의 이름만 견주면 값은 보지도 못합니다. 두 텐서의 *값*을 견주세요.",
    "en": "The names of those that did not move are in there too. `is not` asks whether two things are "
    "one and the same object, so it calls two tensors of equal values different; and comparing the "
    "names never looks at the values. Compare the tensors' *values*.",
}


@moved_parameters.mistake("every-name", **EVERY_NAME)
def _(before, after):
    return list(before)


@moved_parameters.mistake(
    "first-element",
    ko="텐서마다 첫 원소만 견주었습니다. 나머지 원소가 움직여도 움직인 것입니다.",
    en="Only the first element of each tensor is compared. It has moved if any of them has.",
)
def _(before, after):
    return [n for n in before if before[n].flatten()[0] != after[n].flatten()[0]]


many(
    moved_parameters,
    "yes-or-no",
    [
        lambda before, after: {n: not torch.equal(before[n], after[n]) for n in before},
        lambda before, after: [not torch.equal(before[n], after[n]) for n in before],
    ],
    ko="이름마다 True나 False를 적어 돌려주었습니다. 움직인 것의 *이름*만 리스트에 담으세요.",
    en="This returns True or False for each parameter. Return a list with the *names* of those that "
    "moved.",
)


def in_the_first_round(before, after):
    moved = []
    for name in before:
        if not torch.equal(before[name], after[name]):
            moved.append(name)
        break
    return moved


def at_the_first_found(nothing, wrap):
    def answer(before, after):
        for name in before:
            if not torch.equal(before[name], after[name]):
                return wrap(name)
        return nothing

    return answer


many(
    moved_parameters,
    "returns-inside",
    [in_the_first_round]
    + [
        at_the_first_found(nothing, wrap)
        for wrap in (lambda name: [name], lambda name: name)
        for nothing in (None, [])
    ],
    ko="첫 바퀴에서, 또는 하나를 찾자마자 끝났습니다. `return`이 반복문 안에 있지 않나요? 리스트를 다 만든 다음에 돌려주어야 하고, "
    "하나도 움직이지 않았으면 빈 리스트여야 합니다.",
    en="It ends in the first round, or as soon as one is found. Is the `return` inside the loop? Return "
    "the list when it is complete; if nothing moved, it is empty.",
)


@moved_parameters.mistake(
    "pairs-by-place",
    ko="두 사전을 *자리*로 짝지었습니다(`zip(before.items(), after.values())`). 두 사전의 순서가 같다는 보장은 없습니다. 이름으로 꺼내세요: "
    "`after[name]`",
    en="The two dicts are paired by *place*, as with `zip(before.items(), after.values())`. Nothing says that they "
    "are in the same order. Look up by name: `after[name]`.",
)
def _(before, after):
    pairs = zip(before.items(), after.values(), strict=True)
    return [name for (name, old), new in pairs if not torch.equal(old, new)]


@moved_parameters.mistake(
    "list-made-anew",
    ko="바퀴마다 `moved = []`로 리스트를 새로 만들어, 마지막 이름만 남습니다. 반복문 앞에서 한 번만 만드세요.",
    en="The list is made anew in every round, so only the last name can be in it: make it once, before "
    "the loop.",
)
def _(before, after):
    for name in before:
        moved = [] if torch.equal(before[name], after[name]) else [name]
    return moved


@moved_parameters.mistake(
    "append-returns-none",
    ko="`append`는 리스트를 고칠 뿐 None을 돌려줍니다. `moved = `을 빼고 `moved.append(name)`만 쓰세요.",
    en="`append` changes the list and returns None: write `moved.append(name)` without `moved =`.",
)
def _(before, after):
    moved = []
    for name in before:
        if not torch.equal(before[name], after[name]):
            moved = moved.append(name)
    return moved


@moved_parameters.mistake(
    "a-name-per-element",
    ko="이름을 움직인 원소마다 한 번씩 적었습니다. 한 번이면 됩니다.",
    en="A name is listed once for each element that moved. Once is enough.",
)
def _(before, after):
    return [n for n in before for _ in range(int((before[n] != after[n]).sum()))]


MANY_ELEMENTS = {
    "ko": "원소가 여럿인 텐서는 `if`에 바로 쓸 수도, 수 하나로 바꿀 수도 없습니다. 먼저 '모든 원소가 같은가?'라는 물음 하나로 "
    "만드세요: `torch.equal(a, b)`",
    "en": "A tensor of several elements can neither stand in an `if` nor become a single number. First "
    "make it one question, whether all elements are equal: `torch.equal(a, b)`.",
}


@moved_parameters.mistake("if-on-a-tensor", **MANY_ELEMENTS)
def _(before, after):
    return [name for name in before if before[name] != after[name]]


@moved_parameters.mistake("dicts-compared", **MANY_ELEMENTS)
def _(before, after):
    return before != after


@moved_parameters.mistake("item-of-several", **MANY_ELEMENTS)
def _(before, after):
    return [name for name in before if before[name].item() != after[name].item()]


@moved_parameters.mistake(
    "two-names-only",
    ko="이름을 `weight`와 `bias`로 못 박았습니다. before에 있는 모든 이름을 돌아보세요: `for name in before:`",
    en="The names are fixed as `weight` and `bias`. Go through all the names in before: `for name in "
    "before:`.",
)
def _(before, after):
    return [name for name in ("weight", "bias") if not torch.equal(before[name], after[name])]


@moved_parameters.mistake(
    "sorted",
    ko="이름은 맞지만 순서가 다릅니다. before에 나오는 순서대로 담으세요(알파벳순이 아닙니다).",
    en="These are the right names in another order. Keep the order of before, not that of the alphabet.",
)
def _(before, after):
    return sorted(name for name in before if not torch.equal(before[name], after[name]))


BY_DIFFERENCE = {
    "ko": "차이를 구해 0보다 큰지 보았습니다. NaN이 된 원소에서는 차이도 NaN이고, NaN은 무엇과 견주어도 거짓이라 움직이지 않은 것이 됩니다. 아주 작은 "
    "차이는 제곱하면 0이 되기도 합니다. 값을 바로 견주세요: `torch.equal`이나 `!=`",
    "en": "The difference is asked whether it is above 0. Where an element became NaN the difference is NaN, for which "
    "every comparison is false, and it counts as not moved; and a very small one may be 0 when squared. Compare the "
    "values themselves: `torch.equal`, or `!=`.",
}


@moved_parameters.mistake("largest-difference", **BY_DIFFERENCE)
def _(before, after):
    return [name for name in before if (before[name] - after[name]).abs().max() > 0]


@moved_parameters.mistake("squared-difference", **BY_DIFFERENCE)
def _(before, after):
    return [name for name in before if ((before[name] - after[name]) ** 2).sum() > 0]


moved_parameters.hints(
    ko=[
        "이름마다 두 텐서를 견줍니다. 원소 하나라도 정확히 같지 않으면 움직인 것입니다.",
        "`torch.equal(a, b)`는 모양과 모든 원소가 정확히 같을 때만 True인 파이썬의 bool을 줍니다. `a == b`는 원소마다의 "
        "답이라 `if`에 바로 쓸 수 없습니다.",
        "`return [name for name in before if not torch.equal(before[name], after[name])]`",
    ],
    en=[
        "Compare the two tensors of each name. If a single element is not exactly equal, it has moved.",
        "`torch.equal(a, b)` is a Python bool, True only if the shapes and all elements are exactly "
        "equal. `a == b` answers for each element, so it cannot stand in an `if` as it is.",
        "`return [name for name in before if not torch.equal(before[name], after[name])]`.",
    ],
)


# ---------------------------------------------------------------- mended-training


@exercise("mended-training", points=3, rtol=1e-4, returns=["state", "losses"])
def mended_training(start, x, y, lr, steps):
    # No module, no optimizer, no autograd: the weights and the bias as one vector of D + 1.
    ones = torch.cat([x, torch.ones_like(y)], 1).double()
    target = y.double()
    at = torch.cat([start["weight"].T, start["bias"][None]]).double()
    losses = []
    for _ in range(steps):
        error = ones @ at - target
        losses.append(float((error**2).sum() / len(x)))
        at = at - lr * (2 / len(x)) * (ones.T @ error)
    at = at.to(x.dtype)
    return {"weight": at[:-1].T, "bias": at[-1]}, losses


def linear(draw, D, dtype=torch.float32):
    """The state_dict of an nn.Linear(D, 1)."""
    return {"weight": draw.normal(1, D, dtype=dtype), "bias": draw.normal(1, dtype=dtype)}


@mended_training.cases
def _(draw):
    line = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[3.0], [4.0], [7.0]])
    yield {"weight": torch.zeros(1, 1), "bias": torch.zeros(1)}, *line, 0.05, 3
    yield {"weight": torch.ones(1, 1), "bias": torch.zeros(1)}, *line, 0.01, 1
    yield {"weight": torch.ones(1, 1), "bias": torch.zeros(1)}, *line, 0.3, 4  # the loss grows
    yield linear(draw, 2), *samples(draw, 1, 2), 0.02, 2
    yield linear(draw, 3), *samples(draw, draw.integer(5, 8), 3), 0.03, draw.integer(3, 6)
    D = draw.integer(2, 5)
    more = draw.number(0.01, 0.04), draw.integer(3, 9)
    yield linear(draw, D, DOUBLE), *samples(draw, draw.integer(6, 12), D, DOUBLE), *more


def run(start, x, y, lr, steps, order="lzbs", loss=F.mse_loss, trained=("weight", "bias")):
    """A training loop with its parts in any order: l loss, z zero_grad, b backward, s step, a log after."""
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD([getattr(model, name) for name in trained], lr=lr)
    losses = []
    for _ in range(steps):
        for part in order:
            if part == "l":
                cost = loss(model(x), y)
                losses.append(cost.item())
            elif part == "z":
                optimizer.zero_grad()
            elif part == "b":
                cost.backward()
            elif part == "s":
                optimizer.step()
            elif part == "a":
                losses[-1] = loss(model(x), y).item()
    return model.state_dict(), losses


@mended_training.accepts
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, order="lbsz")


@mended_training.accepts
def _(start, x, y, lr, steps):
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    losses = []
    for _ in range(steps):
        cost = torch.mean((model(x) - y) ** 2)
        slopes = torch.autograd.grad(cost, list(model.parameters()))
        with torch.no_grad():
            for parameter, slope in zip(model.parameters(), slopes, strict=True):
                parameter -= lr * slope
        losses.append(float(cost.detach()))
    return dict(model.named_parameters()), losses


@mended_training.mistake(
    "nothing-moves",
    ko="손실이 한 번도 변하지 않습니다. 모델이 처음 그대로입니다. 옵티마이저가 *이 모델의* 매개변수를 쥐고 있나요? "
    "`backward()`와 `step()`을 불렀나요? 기울기를 구한 다음 `step()`보다 먼저 지워 버리지는 않았나요?",
    en="The loss never changes: the model is still where it started. Does the optimizer hold the "
    "parameters of *this model*? Are `backward()` and `step()` called? Are the gradients wiped out after they were "
    "computed and before `step()` could use them?",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, order="lb")


@mended_training.mistake(
    "abandons-the-model",
    ko="거꾸로 고쳤습니다. 이제 손실이 W와 b에서 나오고 W와 b가 학습되지만, 돌려준 모델은 한 번도 쓰이지 않아 처음 그대로입니다. "
    "예측은 모델이 하게 두고, 움직일 것을 바꾸세요.",
    en="You mended it the other way round. Now the loss comes from W and b, and W and b are trained, but "
    "the model you return is never used and still at its start. Let the model predict; change what is "
    "moved.",
)
def _(start, x, y, lr, steps):
    zeros = {name: torch.zeros_like(value) for name, value in start.items()}
    untouched = {name: value.clone() for name, value in start.items()}
    return untouched, run(zeros, x, y, lr, steps)[1]


@mended_training.mistake(
    "stops-when-the-loss-grows",
    ko="손실이 커지자 멈추었습니다. 학습률이 크면 손실은 커지기도 합니다. 설명문대로 `steps`걸음을 모두 걷고, 걸음마다 손실을 하나씩 적으세요.",
    en="It stops as soon as the loss grows. With a large learning rate a loss may grow; take all `steps` steps, as the "
    "docstring says, and log one loss for each.",
)
def _(start, x, y, lr, steps):
    state, losses = run(start, x, y, lr, steps)
    taken = next((k for k in range(1, steps) if losses[k] > losses[k - 1]), steps)
    return run(start, x, y, lr, taken)


@mended_training.mistake(
    "only-the-weight",
    ko="bias가 처음 값 그대로입니다. 옵티마이저에 weight만 건넸습니다. 모델의 매개변수를 하나하나 적지 말고, 모델에게 모두 달라고 "
    "하세요.",
    en="The bias is still at its start: the optimizer was given the weight only. Do not list the "
    "parameters one by one; ask the model for all of them.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, trained=("weight",))


@mended_training.mistake(
    "only-the-bias",
    ko="weight가 처음 값 그대로이고 bias만 움직였습니다. 옵티마이저에 모델의 매개변수를 모두 건네세요.",
    en="Only the bias moved; the weight is still at its start. Hand the optimizer all of the model's "
    "parameters.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, trained=("bias",))


@mended_training.mistake(
    "no-zero-grad",
    ko="기울기를 지우지 않아 지난 걸음들의 기울기가 쌓였습니다. 2장의 함정입니다.",
    en="The gradients are never cleared, so those of all past steps pile up: the trap of chapter 2.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, order="lbs")


@mended_training.mistake(
    "one-step-late",
    ko="갱신이 한 걸음씩 늦습니다. 손실의 첫 두 값이 같습니다. `step()`이 `backward()`보다 먼저 불리면, 지난번 기울기로 "
    "움직이게 됩니다.",
    en="Every update comes one step late: the first two losses are equal. If `step()` is called before "
    "`backward()`, it moves with the previous gradient.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, order="lszb")


@mended_training.mistake(
    "logs-after",
    ko="갱신한 *뒤*의 손실을 적었습니다. losses[0]은 출발점의 손실이어야 합니다.",
    en="The loss is recorded *after* the update. losses[0] should be the loss at the start.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, order="lzbsa")


@mended_training.mistake(
    "one-too-many",
    ko="steps보다 한 번 더 갱신했습니다. `range(steps + 1)`은 steps + 1번 돕니다. 노트의 반복문이 이렇습니다.",
    en="One update too many: `range(steps + 1)` runs steps + 1 times, as the notes' loop does.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps + 1)


def with_flat_targets(prediction, y):
    return torch.mean((prediction - y[:, 0]) ** 2)


@mended_training.mistake(
    "broadcast-loss",
    ko="예측과 정답 가운데 하나가 (N, 1)이고 다른 하나가 (N,)입니다. 둘의 차이는 (N, N)으로 브로드캐스팅되어, 모든 학생의 예측을 "
    "*모든* 학생의 정답과 견줍니다. 오류는 나지 않고 경고만 나옵니다. 둘 다 (N, 1)로 두세요.",
    en="Of the predictions and the answers one is (N, 1) and the other (N,). Their difference "
    "broadcasts to (N, N): every student's prediction is compared with *every* student's score. "
    "There is no error, at most a warning. Keep both (N, 1).",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, loss=with_flat_targets)


@mended_training.mistake(
    "sum-for-mean",
    ko="손실이 평균이 아니라 합입니다. 그러면 걸음이 N배 길어집니다.",
    en="The loss is a sum, not a mean, which makes each step N times as long.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, loss=lambda p, y: F.mse_loss(p, y, reduction="sum"))


@mended_training.mistake(
    "absolute-error",
    ko="오차를 제곱하지 않고 절댓값을 썼습니다. 평균 제곱 오차가 필요합니다.",
    en="This is the mean absolute error. The errors must be squared.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps, loss=F.l1_loss)


@mended_training.mistake(
    "losses-are-tensors",
    ko="losses에 텐서가 들어 있습니다. `.item()`으로 파이썬 수를 꺼내 넣으세요. 텐서를 그대로 두면 걸음마다 계산 그래프를 붙들고 "
    "있게 됩니다.",
    en="The losses are tensors. Take the number out with `.item()`: a tensor kept in the list keeps "
    "the graph of its whole computation alive.",
)
def _(start, x, y, lr, steps):
    state, losses = run(start, x, y, lr, steps)
    return state, [torch.tensor(loss) for loss in losses]


@mended_training.mistake(
    "forgets-to-log",
    ko="losses가 비어 있습니다. 바퀴마다 손실을 `losses`에 덧붙이세요.",
    en="The list losses is empty. Append the loss to `losses` in each round.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps)[0], []


@mended_training.mistake(
    "returns-inside",
    ko="첫 갱신에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first update. Is the `return` indented *inside* the loop?",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, 1)


@mended_training.mistake(
    "starts-anew-every-round",
    ko="바퀴마다 출발점으로 돌아가, 갱신이 쌓이지 않습니다. `load_state_dict(start)`는 반복문 앞에서 한 번만 부르세요.",
    en="Every round goes back to the start, so the updates never add up. Call `load_state_dict(start)` "
    "once, before the loop.",
)
def _(start, x, y, lr, steps):
    state, losses = run(start, x, y, lr, 1)
    return state, losses * steps


many(
    mended_training,
    "ignores-lr",
    [lambda start, x, y, lr, steps, own=own: run(start, x, y, own, steps) for own in (1e-5, 0.1)],
    ko="받은 lr을 쓰지 않고 학습률을 못 박았습니다. `lr=lr`로 건네세요.",
    en="The lr that is given is not used; the rate is fixed. Hand it over with `lr=lr`.",
)

many(
    mended_training,
    "ignores-steps",
    [lambda start, x, y, lr, steps, own=own: run(start, x, y, lr, own) for own in (20, 21)],
    ko="받은 steps를 쓰지 않고 갱신의 수를 못 박았습니다. `range(steps)`를 쓰세요.",
    en="The steps that are given are not used; the number of updates is fixed. Use `range(steps)`.",
)


@mended_training.mistake(
    "one-too-few",
    ko="steps보다 한 번 덜 갱신했습니다. `range(1, steps)`와 `range(steps - 1)`은 steps − 1번 돕니다.",
    en="One update too few: `range(1, steps)` and `range(steps - 1)` run steps − 1 times.",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps - 1)


def from_zero(start, x, y, lr, steps):
    return run({k: torch.zeros_like(v) for k, v in start.items()}, x, y, lr, steps)


def from_chance(start, x, y, lr, steps):
    return run(nn.Linear(x.shape[1], 1, dtype=x.dtype).state_dict(), x, y, lr, steps)


many(
    mended_training,
    "ignores-start",
    [from_zero, from_chance],
    ko="start에서 출발하지 않았습니다. `model.load_state_dict(start)`로 그 값을 모델에 써넣은 다음 학습하세요.",
    en="It does not begin at start. Write those values into the model with "
    "`model.load_state_dict(start)` before training.",
)


@mended_training.mistake(
    "logs-once",
    ko="losses에 마지막 손실 하나만 있습니다. `losses.append(…)`를 반복문 안으로 들여쓰세요.",
    en="Only the last loss is in losses. Indent `losses.append(…)` into the loop.",
)
def _(start, x, y, lr, steps):
    state, losses = run(start, x, y, lr, steps)
    return state, losses[-1:]


@mended_training.mistake(
    "logs-before-and-after",
    ko="losses가 하나 많습니다. 출발점의 손실과, 갱신마다 그 *뒤*의 손실을 적었습니다. 갱신마다 그 *앞*의 손실만 적으세요.",
    en="There is one loss too many: that of the start, and then one *after* each update. Record only the "
    "loss *before* each update.",
)
def _(start, x, y, lr, steps):
    state, losses = run(start, x, y, lr, steps + 1)
    return run(start, x, y, lr, steps)[0], losses


@mended_training.mistake(
    "returns-start",
    ko="losses는 맞지만 출발점을 돌려주었습니다. 학습이 끝난 모델의 `state_dict()`를 돌려주세요.",
    en="The losses are right, but what is returned is the start. Return the `state_dict()` of the model "
    "when it is trained.",
)
def _(start, x, y, lr, steps):
    return start, run(start, x, y, lr, steps)[1]


@mended_training.mistake(
    "swapped",
    ko="둘의 순서가 바뀌었습니다. (state, losses) 순서로 돌려주세요.",
    en="The two are swapped: return (state, losses).",
)
def _(start, x, y, lr, steps):
    return run(start, x, y, lr, steps)[::-1]


@mended_training.mistake(
    "cost-before-the-loop",
    ko="예측이나 비용을 반복문 앞에서 한 번만 계산했습니다. 모델이 움직이면 예측도 달라집니다. 바퀴마다 *둘 다* 다시 계산하세요.",
    en="The prediction, or the cost, is computed once, before the loop. When the model moves, its "
    "predictions change: compute *both* again in every round.",
)
def _(start, x, y, lr, steps):
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    cost = F.mse_loss(model(x), y)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        losses.append(cost.item())
    return model.state_dict(), losses


mended_training.hints(
    ko=[
        "위의 망가진 함수를 복사해 와서, 손실이 지나온 길을 거꾸로 따라가 보세요. `cost.backward()`는 누구의 기울기를 채우나요? "
        "`optimizer.step()`은 누구를 움직이나요? 둘이 같아야 합니다.",
        "예측이 모델에서 나오면, 움직일 것은 모델의 매개변수입니다. 이름 둘을 적어 주는 대신 모델에게 물어보면 빠뜨릴 수도 없습니다: "
        "`model.parameters()`",
        "`optimizer = torch.optim.SGD(model.parameters(), lr=lr)`; `for _ in range(steps):` 안에서 `cost = F.mse_loss(model(x), y)`, "
        "`optimizer.zero_grad()`, `cost.backward()`, `optimizer.step()`, `losses.append(cost.item())`",
    ],
    en=[
        "Copy the broken function from above and follow the loss back along the way it came. Whose "
        "gradients does `cost.backward()` fill in? Whom does `optimizer.step()` move? It must be the "
        "same ones.",
        "If the prediction comes from the model, it is the model's parameters that must move. Ask the "
        "model instead of listing names, and none can be forgotten: `model.parameters()`.",
        "`optimizer = torch.optim.SGD(model.parameters(), lr=lr)`; inside `for _ in range(steps):` "
        "write `cost = F.mse_loss(model(x), y)`, `optimizer.zero_grad()`, `cost.backward()`, "
        "`optimizer.step()`, `losses.append(cost.item())`.",
    ],
)


# ---------------------------------------------------------------- condition-number


@exercise("condition-number", points=2, returns=["largest_lr", "condition"])
def lr_and_condition(x):
    def loss(Wb):
        return torch.mean((x @ Wb[:-1] + Wb[-1]) ** 2)

    start = torch.zeros(x.shape[1] + 1, dtype=x.dtype)
    L = torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, start))
    return 2 / L[-1].item(), (L[-1] / L[0]).item()


def curvatures(x, bias=True, factor=2.0, mean=True):
    A = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1) if bias else x
    return torch.linalg.eigvalsh(factor * A.T @ A / (len(x) if mean else 1))


def limit_and_ratio(L):
    return 2 / L[-1].item(), (L[-1] / L[0]).item()


def of_table(A, N):
    """Limit and ratio of a table A, divided by N."""
    return limit_and_ratio(torch.linalg.eigvalsh(2 / N * A.T @ A))


def with_ones(x):
    return torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)


@lr_and_condition.cases
def _(draw):
    yield (torch.tensor([[1.0], [3.0]], dtype=DOUBLE),)
    yield (torch.tensor([[2.0, 0.0], [0.0, 1.0], [0.0, 0.0], [2.0, 3.0]], dtype=DOUBLE),)
    yield (MARKS.double(),)
    yield (draw.normal(draw.integer(6, 12), 2, dtype=DOUBLE) + 2,)
    D = draw.integer(3, 4)
    yield (5 * draw.normal(draw.integer(9, 15), D, dtype=DOUBLE) + draw.normal(D, dtype=DOUBLE),)


@lr_and_condition.accepts
def _(x):
    A = torch.cat([torch.ones(len(x), 1, dtype=x.dtype), x], 1)
    s = torch.linalg.svdvals(A)  # their squares are the eigenvalues of A.T @ A
    return len(x) / s[0].item() ** 2, torch.linalg.cond(A).item() ** 2


@lr_and_condition.mistake(
    "no-column-of-ones",
    ko="편향을 빠뜨렸습니다. 배우는 것은 W만이 아니라 W와 b입니다. b의 자리에는 모두 1인 열이 들어갑니다.",
    en="The bias is left out. What is learned is not W alone but W and b, and a column of ones stands "
    "for b.",
)
def _(x):
    return limit_and_ratio(curvatures(x, bias=False))


many(
    lr_and_condition,
    "ones-below",
    [
        lambda x: of_table(torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)]), len(x)),
        lambda x: of_table(torch.cat([x, torch.ones(1, x.shape[1], dtype=x.dtype)]), len(x)),
    ],
    ko="1들을 x의 옆이 아니라 *아래에* 붙였습니다. `torch.cat`은 축을 말하지 않으면 0번 축(줄)으로 잇습니다. 열을 하나 붙이려면 "
    "1번 축입니다.",
    en="The ones were put *below* x, not beside it. Without being told, `torch.cat` joins along axis 0, "
    "the rows. A further column goes along axis 1.",
)


def largest_and_smallest(values):
    return 2 / values.max().item(), (values.max() / values.min()).item()


many(
    lr_and_condition,
    "entries-for-eigenvalues",
    [
        lambda x: largest_and_smallest(2 / len(x) * with_ones(x).T @ with_ones(x)),
        lambda x: largest_and_smallest((2 / len(x) * with_ones(x).T @ with_ones(x)).diag()),
    ],
    ko="H의 고윳값이 아니라 *원소* 가운데 가장 큰 것과 작은 것을 썼습니다. 방향마다의 곡률은 고윳값입니다: `torch.linalg.eigvalsh(H)`",
    en="You used the largest and smallest *entries* of H, not its eigenvalues. The curvatures along the "
    "directions are the eigenvalues: `torch.linalg.eigvalsh(H)`.",
)


@lr_and_condition.mistake(
    "upside-down",
    ko="조건수가 거꾸로입니다. 가장 큰 곡률을 가장 작은 곡률로 나눈 것이라 언제나 1 이상입니다.",
    en="The condition number is upside down: the largest curvature over the smallest, so it is never "
    "below 1.",
)
def _(x):
    limit, ratio = limit_and_ratio(curvatures(x))
    return limit, 1 / ratio


@lr_and_condition.mistake(
    "one-over-L",
    ko="한계로 1/L을 돌려주었습니다. 발산하기 직전의 경계는 그 두 배인 2/L입니다(3장).",
    en="The limit returned is 1/L. The edge of divergence is twice that, 2/L (chapter 3).",
)
def _(x):
    limit, ratio = limit_and_ratio(curvatures(x))
    return limit / 2, ratio


@lr_and_condition.mistake(
    "missing-2",
    ko="조건수는 맞지만 곡률에서 2가 빠져 한계가 두 배가 되었습니다. H = (2/N)·AᵀA입니다. 비율에서는 2가 지워져서 티가 나지 "
    "않습니다.",
    en="The condition number is right, but the curvature lacks its 2, so the limit is doubled: H is "
    "(2/N)·AᵀA. In a ratio the 2 cancels, which hides it.",
)
def _(x):
    return limit_and_ratio(curvatures(x, factor=1.0))


@lr_and_condition.mistake(
    "missing-mean",
    ko="조건수는 맞지만 곡률을 N으로 나누지 않아 한계가 N배 작습니다. 비율에서는 N이 지워져서 티가 나지 않습니다.",
    en="The condition number is right, but the curvature is not divided by N, so the limit is N times "
    "too small. In a ratio the N cancels, which hides it.",
)
def _(x):
    return limit_and_ratio(curvatures(x, mean=False))


@lr_and_condition.mistake(
    "of-A-itself",
    ko="조건수가 제곱근만큼 작습니다. H = (2/N)·AᵀA가 아니라 A의 조건수를 구했습니다. H에는 A가 두 번 들어갑니다.",
    en="The condition number is the square root of what it should be: it belongs to A, not to "
    "H = (2/N)·AᵀA, in which A stands twice.",
)
def _(x):
    limit, ratio = limit_and_ratio(curvatures(x))
    return limit, ratio**0.5


@lr_and_condition.mistake(
    "limit-from-the-smallest",
    ko="한계를 가장 작은 곡률로 구했습니다. 먼저 발산하는 것은 가장 급하게 휘는 방향입니다.",
    en="The limit is that of the smallest curvature. The most curved direction diverges first.",
)
def _(x):
    L = curvatures(x)
    return 2 / L[0].item(), (L[-1] / L[0]).item()


@lr_and_condition.mistake(
    "difference",
    ko="두 곡률을 나누지 않고 뺐습니다. 조건수는 비율입니다.",
    en="The two curvatures are subtracted. The condition number is their ratio.",
)
def _(x):
    L = curvatures(x)
    return 2 / L[-1].item(), (L[-1] - L[0]).item()


@lr_and_condition.mistake(
    "curvature-for-limit",
    ko="한계 자리에 곡률 L을 그대로 돌려주었습니다. 곡률이 클수록 걸음은 작아야 합니다: 2/L",
    en="In place of the limit stands the curvature L itself. The larger the curvature, the smaller "
    "the step must be: 2/L.",
)
def _(x):
    L = curvatures(x)
    return L[-1].item(), (L[-1] / L[0]).item()


@lr_and_condition.mistake(
    "swapped",
    ko="둘의 순서가 바뀌었습니다. (largest_lr, condition) 순서로 돌려주세요.",
    en="The two are swapped: return (largest_lr, condition).",
)
def _(x):
    return limit_and_ratio(curvatures(x))[::-1]


@lr_and_condition.mistake(
    "missing-2-and-mean",
    ko="조건수는 맞지만 곡률에서 2/N이 통째로 빠졌습니다. H = (2/N)·AᵀA입니다. 비율에서는 지워져서 티가 나지 않습니다.",
    en="The condition number is right, but the curvature lacks the whole 2/N: H is (2/N)·AᵀA. In a ratio "
    "it cancels, which hides it.",
)
def _(x):
    return limit_and_ratio(curvatures(x, factor=1.0, mean=False))


@lr_and_condition.mistake(
    "no-column-of-ones-and-missing-2",
    ko="둘이 다릅니다. b의 자리에 들어갈, 모두 1인 열을 붙이지 않았고, H = (2/N)·AᵀA에서 2가 빠졌습니다.",
    en="Two things differ: the column of ones that stands for b is left out, and the 2 is missing in H, "
    "which is (2/N)·AᵀA.",
)
def _(x):
    return limit_and_ratio(curvatures(x, bias=False, factor=1.0))


@lr_and_condition.mistake(
    "descending",
    ko="가장 큰 고윳값과 가장 작은 고윳값이 뒤바뀌었습니다. `eigvalsh`는 작은 것부터 주므로 가장 큰 것은 `L[-1]`, 가장 작은 것은 `L[0]`입니다. "
    "(`torch.linalg.eigvals`는 아무 순서로나 줍니다. `eigvalsh`를 쓰세요.)",
    en="The largest and the smallest eigenvalue are mixed up. `eigvalsh` gives them in ascending order: the largest is "
    "`L[-1]`, the smallest `L[0]`. (`torch.linalg.eigvals` gives them in any order: use `eigvalsh`.)",
)
def _(x):
    return limit_and_ratio(curvatures(x).flip(0))


@lr_and_condition.mistake(
    "divides-by-columns",
    ko="표본 수 N이 아니라 A의 열의 수 D + 1로 나누었습니다. N은 `len(x)`입니다.",
    en="This divides by the number of A's columns, D + 1, not by the number of samples. N is `len(x)`.",
)
def _(x):
    return of_table(with_ones(x), x.shape[1] + 1)


@lr_and_condition.mistake(
    "brackets",
    ko="2를 H 전체로 나누었습니다(원소마다 거꾸로 됩니다). 괄호 없이 `2 / len(x) * A.T @ A`라고 쓰세요.",
    en="Here 2 is divided by the whole matrix, which turns each of its elements upside down. Without the "
    "brackets it is `2 / len(x) * A.T @ A`.",
)
def _(x):
    A = with_ones(x)
    return limit_and_ratio(torch.linalg.eigvalsh(2 / (len(x) * A.T @ A)))


@lr_and_condition.mistake(
    "elementwise",
    ko="`A.T * A`는 원소끼리의 곱입니다. 행렬 곱은 `@`입니다.",
    en="`A.T * A` multiplies element by element. The matrix product is `@`.",
)
def _(x):
    A = with_ones(x)
    return limit_and_ratio(torch.linalg.eigvalsh(2 / len(x) * A.T * A))


@lr_and_condition.mistake(
    "of-a-square-table",
    ko="H = (2/N)·AᵀA가 아니라 표 A의 고윳값을 구했습니다. 고윳값은 네모난(정사각) 행렬에만 있습니다.",
    en="These are the eigenvalues of the table A, not of H = (2/N)·AᵀA. Only a square matrix has any.",
)
def _(x):
    return limit_and_ratio(torch.linalg.eigvalsh(with_ones(x)))


@lr_and_condition.mistake(
    "ones-for-each-feature",
    ko="1의 열이 특성마다 하나씩 붙었습니다. `ones_like(x)`는 x처럼 (N, D)입니다. 편향은 하나이므로 1의 열도 하나, (N, 1)입니다.",
    en="There is a column of ones for each feature: `ones_like(x)` is (N, D), like x. There is one bias, so "
    "there is one column of ones, (N, 1).",
)
def _(x):
    return of_table(torch.cat([x, torch.ones_like(x)], 1), len(x))


lr_and_condition.hints(
    ko=[
        "3장의 `largest_stable_lr`에서 두 가지만 달라집니다. b도 매개변수이므로 x에 열을 하나 붙여야 하고, 고윳값을 하나가 아니라 "
        "둘(가장 큰 것과 가장 작은 것) 씁니다.",
        "A = [x, 1]은 (N, D + 1), H = (2/N)·AᵀA는 (D + 1, D + 1). 한계는 2/가장 큰 고윳값, 조건수는 가장 큰 고윳값/가장 작은 "
        "고윳값입니다.",
        "`A = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)`, `L = torch.linalg.eigvalsh(2 / len(x) * A.T @ A)`, "
        "`return 2 / L[-1].item(), (L[-1] / L[0]).item()`",
    ],
    en=[
        "Two things differ from `largest_stable_lr` of chapter 3: b is a parameter as well, so x needs "
        "one more column; and two eigenvalues are used, the largest and the smallest.",
        "A = [x, 1] is (N, D + 1), H = (2/N)·AᵀA is (D + 1, D + 1). The limit is 2 over the largest "
        "eigenvalue, the condition number the largest over the smallest.",
        "`A = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)`, `L = torch.linalg.eigvalsh(2 / "
        "len(x) * A.T @ A)`, `return 2 / L[-1].item(), (L[-1] / L[0]).item()`.",
    ],
)


# ---------------------------------------------------------------- standardise


@exercise("standardise", points=2, returns=["z", "mean", "std"])
def standardise(x):
    columns = [[float(value) for value in column] for column in x.T]
    mean = [statistics.fmean(column) for column in columns]
    std = [statistics.pstdev(column) or 1.0 for column in columns]
    rows = zip(
        *([(v - m) / s for v in c] for c, m, s in zip(columns, mean, std, strict=True)), strict=True
    )
    return tuple(torch.tensor(part, dtype=x.dtype) for part in (list(rows), mean, std))


def apply(x, mean, std):
    return (x - mean) / std, mean, std


def guarded(std):
    return torch.where(std == 0, torch.ones_like(std), std)


def spread(x, correction=0):
    return x.std(0, correction=correction)


@standardise.cases
def _(draw):
    yield (torch.tensor([[1.0, 10.0], [3.0, 40.0]]),)
    yield (torch.tensor([[1.0, 5.0], [2.0, 5.0], [6.0, 5.0]]),)
    yield (torch.tensor([[1.0, 5.0, 2e-7], [2.0, 5.0, 4e-7], [6.0, 5.0, 9e-7]], dtype=DOUBLE),)
    yield (torch.tensor([[80.0, 90.0, 70.0]]),)
    yield (torch.tensor([[10000.0], [10001.0], [10002.0]]),)  # x² has too few digits
    yield (draw.uniform(60, 100, draw.integer(4, 8), 1),)
    sizes = draw.uniform(0.5, 20, 3)
    yield (sizes * draw.normal(draw.integer(5, 12), 3) + draw.uniform(-50, 50, 3),)
    yield (draw.uniform(-3, 9, 4, 4, dtype=DOUBLE) * torch.tensor([1, 10, 0.1, 3], dtype=DOUBLE),)


@standardise.accepts
def _(x):
    mean = x.sum(0) / len(x)
    std = torch.std(x, dim=0, correction=0)
    std[std == 0] = 1
    return apply(x, mean, std)


@standardise.accepts
def _(x):
    variance, mean = torch.var_mean(x, 0, correction=0)
    std = variance.sqrt()
    std = std + (std == 0).to(x.dtype)
    return [x.sub(mean).div(std), mean, std]


@standardise.mistake(
    "unbiased",
    ko="분산을 N − 1로 나누었습니다. PyTorch의 `std()`는 기본값이 그렇습니다(N으로 나누려면 `correction=0`). 설명문은 N으로 "
    "나누라고 정했습니다. 표본이 하나면 N − 1은 0이라 NaN이 됩니다.",
    en="The variance is divided by N − 1, as PyTorch's `std()` does unless told otherwise (for N, give "
    "`correction=0`). The docstring asks for N. With a single sample, N − 1 is 0 and the result NaN.",
)
def _(x):
    std = x.std(0)
    std[std == 0] = 1
    return apply(x, x.mean(0), std)


@standardise.mistake(
    "unbiased-unguarded",
    ko="분산을 N − 1로 나누었습니다. PyTorch의 `std()`는 기본값이 그렇습니다(N으로 나누려면 `correction=0`). 그리고 값이 모두 "
    "같은 열에서는 표준편차가 0이라 0으로 나누게 됩니다: 그때는 1을 쓰세요.",
    en="The variance is divided by N − 1, as PyTorch's `std()` does unless told otherwise (for N, give "
    "`correction=0`). And where a column is constant the standard deviation is 0, and you divide by "
    "it: use 1 there.",
)
def _(x):
    return apply(x, x.mean(0), x.std(0))


@standardise.mistake(
    "zero-std",
    ko="값이 모두 같은 열에서는 표준편차가 0이라 0 나누기 0, 곧 NaN이 나왔습니다. 표본이 하나뿐일 때도 그렇습니다. 설명문대로 그런 "
    "열의 std는 1로 두세요.",
    en="Where a column is constant the standard deviation is 0, and 0 divided by 0 is NaN. The same "
    "with a single sample. As the docstring says, use a std of 1 for such a column.",
)
def _(x):
    return apply(x, x.mean(0), x.std(0, correction=0))


many(
    standardise,
    "epsilon",
    [
        lambda x, eps=eps: apply(x, x.mean(0), spread(x) + eps)
        for eps in (1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3)
    ]
    + [
        lambda x, eps=eps: apply(x, x.mean(0), (x.var(0, correction=0) + eps).sqrt())
        for eps in (1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5)
    ]
    + [
        lambda x, eps=eps: ((x - x.mean(0)) / (spread(x) + eps), x.mean(0), spread(x))
        for eps in (1e-8, 1e-7, 1e-6, 1e-5)
    ],
    ko="0으로 나누지 않으려고 작은 수를 더했군요. 좋은 생각이고 15장에서 만날 방법이지만, 설명문은 값이 모두 같은 열의 std를 1로 "
    "정했고 나머지 열의 std는 그대로여야 합니다.",
    en="You added a small number so as not to divide by 0. A good idea, which chapter 15 will use; but "
    "the docstring asks for a std of 1 where a column is constant, and its own std for every other.",
)

many(
    standardise,
    "epsilon-and-unbiased",
    [lambda x, eps=eps: apply(x, x.mean(0), spread(x, 1) + eps) for eps in (1e-8, 1e-7, 1e-6, 1e-5)]
    + [
        lambda x, eps=eps: ((x - x.mean(0)) / (spread(x, 1) + eps), x.mean(0), spread(x, 1))
        for eps in (1e-8, 1e-7, 1e-6, 1e-5)
    ],
    ko="둘이 다릅니다. 분산을 N − 1로 나누었고(`correction=0`이 빠졌습니다), 작은 수를 더했습니다. 값이 모두 같은 열의 std는 1이고 "
    "나머지 열의 std는 그대로여야 합니다.",
    en="Two things differ. The variance is divided by N − 1 (`correction=0` is missing), and a small "
    "number was added. A constant column's std is 1, and every other keeps its own.",
)

many(
    standardise,
    "std-not-one",
    [
        lambda x: ((x - x.mean(0)) / guarded(spread(x)), x.mean(0), spread(x)),
    ]
    + [
        lambda x, low=low: apply(x, x.mean(0), spread(x).clamp(min=low))
        for low in (1e-12, 1e-10, 1e-8, 1e-7, 1e-6)
    ],
    ko="값이 모두 같은 열에서 돌려준 std가 0이거나 아주 작은 수입니다. 설명문은 그런 열의 std를 1로 정했습니다: 1로 나누고, 그 1을 "
    "돌려주세요.",
    en="For a column of equal values the std returned is 0 or a tiny number. The docstring asks for 1: "
    "divide by it, and return that 1.",
)


def cut_at(limit):
    def answer(x):
        std = spread(x)
        std[std < limit] = 1
        return apply(x, x.mean(0), std)

    return answer


many(
    standardise,
    "small-is-zero",
    [cut_at(limit) for limit in (1e-4, 0.4, 1.0)]
    + [lambda x: apply(x, x.mean(0), spread(x).clamp(min=1))],
    ko="std가 작기만 한 열까지 1로 나누었습니다. 1로 바꿀 것은 std가 0인 열뿐입니다.",
    en="Columns whose std is merely small were divided by 1 too. Only a std of 0 becomes 1.",
)


many(
    standardise,
    "whole-matrix",
    [lambda x, c=c: apply(x, x.mean(), guarded(x.std(correction=c))) for c in (0, 1)]
    + [lambda x, c=c: apply(x, x.mean(0), guarded(x.std(correction=c))) for c in (0, 1)],
    ko="행렬 전체에서 수 하나를 구했습니다. 특성마다 크기가 다르니 평균도 표준편차도 *열마다* 따로 구해야 합니다.",
    en="One number was taken of the whole matrix. Features differ in size, so take both the mean and "
    "the standard deviation *column by column*.",
)


def by_rows(correction, guard, between):
    """Standardises rows; between: how the (N,) statistics meet the (N, D) matrix."""

    def answer(x):
        mean, std = x.mean(1), x.std(1, correction=correction)
        std = guarded(std) if guard else std
        if between == "wrongly":
            return apply(x, mean, std)
        z = (x - mean[:, None]) / std[:, None]
        return (z, mean[:, None], std[:, None]) if between == "kept" else (z, mean, std)

    return answer


many(
    standardise,
    "rows-for-columns",
    [
        by_rows(correction, guard, between)
        for correction in (0, 1)
        for guard in (False, True)
        for between in ("wrongly", "kept", "dropped")
    ],
    ko="학생(줄)마다 평균과 표준편차를 구했습니다. 축이 다릅니다: 같은 *특성*의 값끼리 모여 있는 열마다 구해야 하니, 없어질 축은 "
    "표본의 축 0입니다.",
    en="The mean and the standard deviation are those of each student, a row. Wrong axis: they belong "
    "to each *feature*, a column, so the axis that goes away is axis 0, the samples.",
)

many(
    standardise,
    "divides-by-variance",
    [lambda x, c=c: apply(x, x.mean(0), guarded(x.var(0, correction=c))) for c in (0, 1)]
    + [lambda x, c=c: apply(x, x.mean(0), x.var(0, correction=c)) for c in (0, 1)],
    ko="표준편차가 아니라 분산으로 나누었습니다. 분산은 단위가 제곱입니다. 제곱근을 씌워야 x와 단위가 같아집니다.",
    en="You divided by the variance, whose unit is squared. Take its square root, so that it has the "
    "unit of x.",
)

many(
    standardise,
    "sum-of-squares",
    [
        lambda x: apply(x, x.mean(0), guarded(((x - x.mean(0)) ** 2).sum(0).sqrt())),
        lambda x: apply(x, x.mean(0), ((x - x.mean(0)) ** 2).sum(0).sqrt()),
    ],
    ko="편차의 제곱을 더하기만 하고 N으로 나누지 않았습니다. 분산은 *평균*입니다.",
    en="The squared distances are summed but not divided by N. The variance is their *mean*.",
)

many(
    standardise,
    "mean-not-removed",
    [
        lambda x: (x / guarded(x.std(0, correction=0)), x.mean(0), guarded(x.std(0, correction=0))),
        lambda x: (x / x.std(0, correction=0), x.mean(0), x.std(0, correction=0)),
        lambda x: (x / x.std(0), x.mean(0), x.std(0)),
    ],
    ko="나누기만 하고 평균을 빼지 않았습니다. 표준화한 열의 평균은 0이어야 합니다.",
    en="It was only divided; the mean is still in there. A standardised column has mean 0.",
)

many(
    standardise,
    "divides-first",
    [
        lambda x, c=c, g=g: (
            x - x.mean(0) / g(x.std(0, correction=c)),
            x.mean(0),
            g(x.std(0, correction=c)),
        )
        for c in (0, 1)
        for g in (guarded, torch.clone)
    ],
    ko="나눗셈이 뺄셈보다 먼저 계산되었습니다: `x - mean / std`. 괄호가 필요합니다.",
    en="The division comes before the subtraction, as in `x - mean / std`. It needs brackets.",
)


many(
    standardise,
    "only-centred",
    [
        lambda x: (x - x.mean(0), x.mean(0), guarded(spread(x))),
        lambda x: (x - x.mean(0), x.mean(0), spread(x)),
        lambda x: (x - x.mean(0), x.mean(0), spread(x, 1)),
    ],
    ko="평균만 빼고 표준편차로 나누지 않았습니다. 크기가 다른 특성은 여전히 크기가 다릅니다.",
    en="The mean is removed, but nothing is divided: features of different sizes still are.",
)


def min_max(x, guard=guarded):
    low = x.min(0).values
    return apply(x, low, guard(x.max(0).values - low))


many(
    standardise,
    "min-max",
    [min_max, lambda x: min_max(x, torch.clone)]
    + [
        lambda x, g=g, more=more: (min_max(x, g)[0], *more(x))
        for g in (guarded, torch.clone)
        for more in (
            lambda x: (x.mean(0), guarded(spread(x))),
            lambda x: (x.mean(0), spread(x)),
            lambda x: (x.amin(0), x.amax(0)),
        )
    ]
    + [
        lambda x, g=g: apply(x, x.mean(0), g(x.amax(0) - x.amin(0))) for g in (guarded, torch.clone)
    ],
    ko="가장 작은 값과 가장 큰 값의 차이로 나누었습니다. 그것도 쓰이는 방법이지만 표준화가 아닙니다. 평균을 빼고 표준편차로 "
    "나누세요.",
    en="This divides by the range from the smallest to the largest value. People do that too, but it is "
    "not standardising: subtract the mean and divide by the standard deviation.",
)


@standardise.mistake(
    "mean-of-absolute-deviations",
    ko="편차의 절댓값을 평균했습니다. 표준편차는 편차를 *제곱해서* 평균하고 제곱근을 씌운 것입니다.",
    en="This averages the sizes of the deviations. For the standard deviation they are *squared*, "
    "averaged, and the root is taken.",
)
def _(x):
    return apply(x, x.mean(0), guarded((x - x.mean(0)).abs().mean(0)))


many(
    standardise,
    "only-z",
    [
        lambda x: apply(x, x.mean(0), guarded(x.std(0, correction=0)))[0],
        lambda x: apply(x, x.mean(0), x.std(0, correction=0))[0],
        lambda x: apply(x, x.mean(0), x.std(0))[0],
    ],
    ko="z만 돌려주었습니다. 새 학생을 같은 자로 재고 가중치를 되돌리려면 mean과 std도 있어야 합니다. 셋을 모두 돌려주세요.",
    en="Only z was returned. To measure a new student by the same ruler, and to bring the weights "
    "back, mean and std are needed too: return all three.",
)


@standardise.mistake(
    "keeps-the-axis",
    ko="값은 맞지만 mean과 std가 (1, D)입니다. 설명문은 (D,)라고 정했습니다(`keepdim=True`를 빼세요).",
    en="The values are right, but mean and std are (1, D). The docstring says (D,): leave out "
    "`keepdim=True`.",
)
def _(x):
    z, mean, std = apply(x, x.mean(0), guarded(x.std(0, correction=0)))
    return z, mean[None], std[None]


@standardise.mistake(
    "in-place",
    ko="값은 맞지만 `x -= …`처럼 제자리에서 고쳐 부른 쪽의 성적표까지 바꾸었습니다. 새 텐서를 만드세요.",
    en="The values are right, but an in-place operation such as `x -= …` changed the caller's marks as "
    "well. Make a new tensor.",
)
def _(x):
    mean, std = x.mean(0), guarded(x.std(0, correction=0))
    x -= mean
    x /= std
    return x, mean, std


TENSOR_IN_IF = {
    "ko": "열이 여럿이면 `std == 0`은 열마다의 답이라, `if`나 `or`에 바로 쓸 수 없습니다. 열마다 고르려면 `std[std == 0] = 1`처럼 "
    "쓰세요.",
    "en": "With several columns `std == 0` is an answer for each, which cannot stand in an `if` or an `or`. "
    "Choose per column, as in `std[std == 0] = 1`.",
}


@standardise.mistake("if-on-a-tensor", **TENSOR_IN_IF)
def _(x):
    mean, std = x.mean(0), spread(x)
    if std == 0:
        std = 1
    return (x - mean) / std, mean, std


@standardise.mistake(
    "one-for-all",
    ko="값이 모두 같은 열이 하나만 있어도 *모든* 열의 std를 1로 바꾸었습니다. 그 열만 바꾸세요: `std[std == 0] = 1`",
    en="A single constant column makes the std of *all* columns 1. Change only that one: "
    "`std[std == 0] = 1`.",
)
def _(x):
    std = spread(x)
    return apply(x, x.mean(0), torch.ones_like(std) if (std == 0).any() else std)


many(
    standardise,
    "other-order",
    [
        lambda x, order=order: tuple(apply(x, x.mean(0), guarded(spread(x)))[k] for k in order)
        for order in ((1, 2, 0), (0, 2, 1), (2, 1, 0), (1, 0, 2))
    ],
    ko="돌려주는 순서가 다릅니다. (z, mean, std) 순서입니다.",
    en="The results are in another order: return (z, mean, std).",
)

many(
    standardise,
    "returns-variance",
    [
        lambda x: (*apply(x, x.mean(0), guarded(spread(x)))[:2], guarded(spread(x) ** 2)),
        lambda x: (*apply(x, x.mean(0), guarded(spread(x)))[:2], spread(x) ** 2),
    ],
    ko="z는 맞지만 std 자리에 분산을 돌려주었습니다. 나눈 수를 그대로 돌려주세요.",
    en="z is right, but the variance is returned in place of std. Return what was divided by.",
)

many(
    standardise,
    "mean-of-squares",
    [
        lambda x: apply(x, x.mean(0), guarded((x**2).mean(0).sqrt())),
        lambda x: (x / (x**2).mean(0).sqrt(), x.mean(0), (x**2).mean(0).sqrt()),
    ],
    ko="분산을 구할 때 평균을 빼지 않고 x를 그대로 제곱했습니다. 분산은 *평균에서 떨어진 거리*의 제곱의 평균입니다.",
    en="For the variance x was squared as it is. It is the *distance from the mean* that is squared and "
    "averaged.",
)


def three_columns(x):
    z, mean, std = x.clone(), torch.zeros(3), torch.zeros(3)
    for j in range(3):
        mean[j], std[j] = x[:, j].mean(), x[:, j].std(correction=0)
        z[:, j] = (x[:, j] - mean[j]) / std[j]
    return z, mean, std


many(
    standardise,
    "three-columns-always",
    [three_columns],
    ko="열을 셋으로 못 박았습니다. 열의 수는 `x.shape[1]`이고, `x.mean(0)`은 모든 열을 한꺼번에 다룹니다.",
    en="This is written for three columns. Their number is `x.shape[1]`, and `x.mean(0)` deals with all of "
    "them at once.",
)


@standardise.mistake(
    "unstable-variance",
    ko="분산을 '제곱의 평균 − 평균의 제곱'으로 구했습니다. 식은 맞지만, 퍼진 정도에 비해 평균이 크면 거의 같은 두 큰 수를 빼면서 float32의 "
    "자릿수가 모두 사라집니다. 평균을 *먼저* 뺀 다음 제곱하거나, `std(0, correction=0)`을 쓰세요.",
    en="The variance is taken as the mean of the squares less the square of the mean. The formula is "
    "right; but where the mean is large compared with the spread, two large numbers that are nearly "
    "equal are subtracted, and float32 has no digits left. Subtract the mean *first* and square "
    "then, or use `std(0, correction=0)`.",
)
def _(x):
    mean = x.mean(0)
    std = ((x**2).mean(0) - mean**2).clamp(min=0).sqrt()
    return apply(x, mean, torch.where(std == 0, 1.0, std))


standardise.hints(
    ko=[
        "열마다 '가운데가 어디인가'(평균)와 '얼마나 퍼져 있는가'(표준편차)를 재서, 가운데를 0으로 옮기고 퍼진 정도를 1로 맞춥니다.",
        "mean과 std는 (D,), z = (x − mean) / std는 (N, D)입니다. 없어지는 축은 0번입니다. 분산은 N으로 나누고, std가 0인 열에는 "
        "1을 넣습니다. `std == 0`은 열마다의 답이라 `if`가 아니라 마스크로 씁니다.",
        "`mean = x.mean(0)`, `std = x.std(0, correction=0)`, `std[std == 0] = 1`, `return (x - mean) / std, mean, std`",
    ],
    en=[
        "For each column measure where its middle is (the mean) and how far it spreads (the standard "
        "deviation); move the middle to 0 and make the spread 1.",
        "mean and std are (D,), z = (x − mean) / std is (N, D). The axis that goes away is axis 0. "
        "Divide the variance by N, and put 1 where the std is 0; `std == 0` answers for each column, so use "
        "it as a mask, not in an `if`.",
        "`mean = x.mean(0)`, `std = x.std(0, correction=0)`, `std[std == 0] = 1`, `return (x - mean) / "
        "std, mean, std`.",
    ],
)


# ---------------------------------------------------------------- unscale-weights


@exercise("unscale-weights", points=2, returns=["W_raw", "b_raw"])
def unscale_weights(W, b, mean, std):
    # By asking the standardised model: a student with all marks 0 tells b, one with a single 1 an
    # element of W.
    D = len(mean)
    students = torch.cat([torch.zeros(1, D), torch.eye(D)]).double()
    answers = (students - mean.double()) / std.double() @ W.double() + b.double()
    return (answers[1:] - answers[0]).to(W.dtype), answers[0].to(b.dtype)


@unscale_weights.cases
def _(draw):
    ten = torch.tensor([10.0])
    yield torch.tensor([[6.0]]), ten, torch.tensor([5.0]), torch.tensor([2.0])
    yield torch.tensor([[2.0], [3.0]]), ten, torch.tensor([1.0, 4.0]), torch.tensor([4.0, 0.5])
    for D, dtype in ((1, DOUBLE), (3, torch.float32), (draw.integer(2, 5), DOUBLE)):
        W, b = parameters(draw, D, dtype)
        yield W, b + 3, 2 * draw.normal(D, dtype=dtype) + 4, draw.uniform(0.3, 3, D, dtype=dtype)
    one = torch.ones(1, 1, dtype=DOUBLE)
    yield one, one[0], one[0], 1e-6 * one[0]  # small, but not 0


@unscale_weights.accepts
def _(W, b, mean, std):
    W_raw = torch.diag(1 / std) @ W
    return [W_raw, b - mean @ W_raw]


@unscale_weights.accepts
def _(W, b, mean, std):
    shift = sum(m * w / s for m, w, s in zip(mean, W[:, 0], std, strict=True))
    return W / std.reshape(W.shape), b - shift


def raw(W, std):
    return W / std[:, None]


TIMES_STD = {
    "ko": "표준편차를 곱했습니다. z 한 칸은 원래 점수로 std점입니다. 그러니 1점의 값은 W를 std로 *나눈* 것입니다.",
    "en": "It was multiplied by the standard deviation. One unit of z is std marks, so a single mark is "
    "worth W *divided* by std.",
}


@unscale_weights.mistake("multiplies-and-adds", **TIMES_STD)
def _(W, b, mean, std):
    return W * std[:, None], b + mean @ (W * std[:, None])


@unscale_weights.mistake("multiplies-and-keeps-b", **TIMES_STD)
def _(W, b, mean, std):
    return W * std[:, None], b.clone()


@unscale_weights.mistake("multiplies-and-adds-the-means", **TIMES_STD)
def _(W, b, mean, std):
    return W * std[:, None], b + mean.sum()


@unscale_weights.mistake("multiplies-by-std", **TIMES_STD)
def _(W, b, mean, std):
    W_raw = W * std[:, None]
    return W_raw, b - mean @ W_raw


@unscale_weights.mistake(
    "keeps-b",
    ko="W는 맞지만 b를 그대로 두었습니다. z에서 뺀 평균이 어디로 갔는지 식에서 찾아보세요. b는 점수가 모두 평균인 학생의 예측이고, "
    "b_raw는 점수가 모두 0인 학생의 예측입니다.",
    en="W is right, but b stays as it was. Look where the means that were subtracted end up in the "
    "formula: b is the prediction for a student of average marks, b_raw for one whose marks are 0.",
)
def _(W, b, mean, std):
    return raw(W, std), b.clone()


@unscale_weights.mistake(
    "wrong-sign",
    ko="b를 고치는 방향이 반대입니다. (x − mean) / std를 펼치면 mean 앞에는 −가 있습니다.",
    en="b is shifted the wrong way. Expand (x − mean) / std: there is a minus in front of the mean.",
)
def _(W, b, mean, std):
    return raw(W, std), b + mean @ raw(W, std)


@unscale_weights.mistake(
    "shift-by-scaled-W",
    ko="W는 맞지만, b를 고칠 때 std로 나누지 않은 W를 썼습니다. 평균도 std로 나누어져 있습니다.",
    en="W is right, but b was shifted with the W that is not divided by std. The mean is divided by "
    "std too.",
)
def _(W, b, mean, std):
    return raw(W, std), b - mean @ W


many(
    unscale_weights,
    "divides-b-too",
    [
        lambda W, b, mean, std: (raw(W, std), b / std - mean @ raw(W, std)),
        lambda W, b, mean, std: (raw(W, std), (b - mean @ W) / std),
        lambda W, b, mean, std: (raw(W, std), b / std.sum() - mean @ raw(W, std)),
        lambda W, b, mean, std: (raw(W, std), (b / std).sum(0, True) - mean @ raw(W, std)),
    ],
    ko="b까지 std로 나누었습니다. z와 곱해지는 것은 W뿐입니다. b는 곱해지지 않으니 나눌 것도 없습니다.",
    en="b was divided by std as well. Only W multiplies z; b does not, so nothing divides it.",
)


MEANS_THEMSELVES = {
    "ko": "W는 맞지만 b에서 평균을 그대로 뺐습니다. 빼야 할 것은 평균마다 그 특성의 가중치를 곱한 것의 합입니다.",
    "en": "W is right, but the means themselves were subtracted from b. What goes off is the sum of each "
    "mean times the weight of its feature.",
}


@unscale_weights.mistake("subtracts-each-mean", **MEANS_THEMSELVES)
def _(W, b, mean, std):
    return raw(W, std), b - mean


NOT_SUMMED = {
    "ko": "W는 맞지만 b를 고칠 몫을 특성마다 따로 둔 채 더하지 않아 b_raw가 여러 개가 되었습니다. 편향은 하나입니다: 몫을 모두 "
    "더하세요.",
    "en": "W is right, but the shares that go off b were left apart, so there are several b_raw. There is "
    "one bias: add the shares up.",
}


@unscale_weights.mistake("shift-not-summed", **NOT_SUMMED)
def _(W, b, mean, std):
    return raw(W, std), b - raw(W, std) * mean[:, None]


@unscale_weights.mistake("flat-shift-not-summed", **NOT_SUMMED)
def _(W, b, mean, std):
    return raw(W, std), b - raw(W, std)[:, 0] * mean


many(
    unscale_weights,
    "all-pairs-in-the-shift",
    [
        lambda W, b, mean, std: (raw(W, std), b - (raw(W, std) * mean).sum()),
        lambda W, b, mean, std: (raw(W, std), b - (raw(W, std) * mean).sum(0)),
        lambda W, b, mean, std: (raw(W, std), b - (raw(W, std) * mean).sum(1)),
    ],
    ko="W는 맞지만 b를 고칠 때 (D, 1)인 가중치에 (D,)인 mean을 곱했습니다. (D, D)로 브로드캐스팅되어 *모든* 쌍의 곱이 들어갔습니다. "
    "특성 j의 평균은 특성 j의 가중치하고만 만나야 합니다.",
    en="W is right, but for the shift weights of (D, 1) were multiplied by a mean of (D,). It broadcast "
    "to (D, D), the products of *all* pairs. The mean of feature j meets the weight of feature j only.",
)


@unscale_weights.mistake("subtracts-the-means", **MEANS_THEMSELVES)
def _(W, b, mean, std):
    return raw(W, std), b - mean.sum()


@unscale_weights.mistake(
    "W-unchanged",
    ko="W를 그대로 두었습니다. z 한 칸과 1점은 다릅니다. W도 std로 나누어야 합니다.",
    en="W stays as it was. One unit of z is not one mark: W has to be divided by std too.",
)
def _(W, b, mean, std):
    return W.clone(), b - mean @ W


@unscale_weights.mistake(
    "W-unchanged-b-right",
    ko="b는 맞지만 W를 그대로 두었습니다. z 한 칸과 1점은 다릅니다. W도 std로 나누어야 합니다.",
    en="b is right, but W stays as it was. One unit of z is not one mark: W has to be divided by std "
    "too.",
)
def _(W, b, mean, std):
    return W.clone(), b - mean @ raw(W, std)


BROADCAST = {
    "ko": "(D, 1)인 W를 (D,)인 std로 나누어 (D, D)가 되었습니다. 오류는 나지 않습니다. std를 (D, 1)로 만들어 나누세요.",
    "en": "W is (D, 1) and std (D,), so dividing them made (D, D), with no error. Make std (D, 1) first.",
}


many(
    unscale_weights,
    "broadcasts-and-sums",
    [
        lambda W, b, mean, std: (W / std, b - (W / std * mean).sum()),
        lambda W, b, mean, std: (W / std, b - (W / std * mean).sum(0)),
        lambda W, b, mean, std: (W / std, b - (W / std * mean).sum(1)),
    ],
    **BROADCAST,
)


@unscale_weights.mistake("broadcasts-and-multiplies", **BROADCAST)
def _(W, b, mean, std):
    return W / std, b - mean @ (W / std)


@unscale_weights.mistake("broadcasts-and-keeps-b", **BROADCAST)
def _(W, b, mean, std):
    return W / std, b.clone()


@unscale_weights.mistake("broadcasts", **BROADCAST)
def _(W, b, mean, std):
    return W / std, b - mean @ raw(W, std)


@unscale_weights.mistake(
    "flat-W",
    ko="값은 맞지만 W_raw가 (D,)입니다. `predict`에 쓰려면 W처럼 (D, 1)이어야 합니다.",
    en="The values are right, but W_raw is (D,). For `predict` it must be (D, 1), like W.",
)
def _(W, b, mean, std):
    return raw(W, std)[:, 0], b - mean @ raw(W, std)


B_SHAPE = {
    "ko": "값은 맞지만 b_raw의 모양이 b와 다릅니다. b와 같은 (1,)로 만드세요.",
    "en": "The values are right, but b_raw does not have b's shape. Make it (1,).",
}


@unscale_weights.mistake("scalar-b", **B_SHAPE)
def _(W, b, mean, std):
    return raw(W, std), (b - mean @ raw(W, std)).sum()


@unscale_weights.mistake("b-in-two-axes", **B_SHAPE)
def _(W, b, mean, std):
    return raw(W, std), (b - mean @ raw(W, std))[None]


@unscale_weights.mistake(
    "swapped",
    ko="둘의 순서가 바뀌었습니다. (W_raw, b_raw) 순서로 돌려주세요.",
    en="The two are swapped: return (W_raw, b_raw).",
)
def _(W, b, mean, std):
    W_raw = raw(W, std)
    return b - mean @ W_raw, W_raw


many(
    unscale_weights,
    "shift-without-W",
    [
        lambda W, b, mean, std: (raw(W, std), b - (mean / std).sum()),
        lambda W, b, mean, std: (raw(W, std), b - mean / std),
    ],
    ko="W는 맞지만 b에서 평균/std를 그대로 뺐습니다. 특성마다 가중치 W를 곱해서 빼야 합니다.",
    en="W is right, but mean/std was subtracted without the weights: multiply each by its W first.",
)


@unscale_weights.mistake(
    "lying-W",
    ko="값은 맞지만 W_raw가 (1, D)로 누워 있습니다. W를 전치하지 말고 std를 (D, 1)로 세우세요: `std[:, None]`",
    en="The values are right, but W_raw lies in a row, (1, D). Instead of transposing W, stand std up as "
    "(D, 1): `std[:, None]`.",
)
def _(W, b, mean, std):
    return raw(W, std).T, b - mean @ raw(W, std)


@unscale_weights.mistake(
    "upside-down",
    ko="나눗셈이 거꾸로입니다. W를 std로 나누어야 합니다: W / std",
    en="The division is upside down: divide W by std.",
)
def _(W, b, mean, std):
    W_raw = std[:, None] / W
    return W_raw, b - mean @ W_raw


@unscale_weights.mistake(
    "weights-first",
    ko="W는 맞지만 `W_raw @ mean`은 (D, 1) @ (D,)라 맞지 않습니다. 순서를 바꾸면 (D,) @ (D, 1) = (1,)입니다: `mean @ W_raw`",
    en="W is right, but `W_raw @ mean` is (D, 1) @ (D,), which does not fit. The other way round it is "
    "(D,) @ (D, 1) = (1,): `mean @ W_raw`.",
)
def _(W, b, mean, std):
    return raw(W, std), b - raw(W, std) @ mean


def both_in_place(W, b, mean, std):
    W /= std[:, None]
    b -= mean @ W
    return W, b


def W_in_place(W, b, mean, std):
    W /= std[:, None]
    return W, b - mean @ W


many(
    unscale_weights,
    "in-place",
    [W_in_place, both_in_place],
    ko="값은 맞지만 제자리 연산이 부른 쪽의 W나 b까지 바꾸었습니다. `W /= …` 대신 `W / …`로 새 텐서를 만드세요.",
    en="The values are right, but an in-place operation changed the caller's W or b. Make new tensors: "
    "`W / …` instead of `W /= …`.",
)


for exponent in (5, 8):
    unscale_weights.mistake(
        f"epsilon-1e-{exponent}",
        ko="표준편차에 작은 수를 더했습니다. std는 0보다 크다고 했으니 필요 없고, 작은 std에서는 결과가 어긋납니다. 그대로 나누세요.",
        en="Something small is added to the standard deviation. As std is above 0 that is not needed, and where std is "
        "small it changes the result: just divide.",
    )(lambda W, b, mean, std, tiny=10.0**-exponent: unscale_weights(W, b, mean, std + tiny))


unscale_weights.hints(
    ko=[
        "두 모델은 같은 학생에게 같은 예측을 해야 합니다. z 자리에 (x − mean) / std를 넣고 괄호를 풀어, x에 곱해진 것과 그렇지 "
        "않은 것을 나누어 보세요.",
        "특성 j마다 W_raw[j] = W[j] / std[j]. 나머지는 모두 b_raw로 갑니다: b − Σ mean[j] · W_raw[j]. std는 (D,), W는 (D, 1)이니 "
        "모양을 맞추세요.",
        "`W_raw = W / std[:, None]`, `b_raw = b - mean @ W_raw`, `return W_raw, b_raw`",
    ],
    en=[
        "Both models must predict the same for the same student. Put (x − mean) / std in place of z, "
        "multiply out, and sort: what multiplies x, and what does not.",
        "For each feature j, W_raw[j] = W[j] / std[j]. All the rest goes into b_raw: b − Σ mean[j] · "
        "W_raw[j]. std is (D,) and W (D, 1), so mind the shapes.",
        "`W_raw = W / std[:, None]`, `b_raw = b - mean @ W_raw`, `return W_raw, b_raw`.",
    ],
)
