"""Exercises of ch07: densities, softmax, entropy, KL, cross entropy, a classifier of many classes."""

import math
from collections import OrderedDict
from statistics import NormalDist

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64


def distributions(draw, N, C, dtype=torch.float32, zeros=False):
    """N rows of C probabilities; with zeros=True one of each row's is exactly 0."""
    weights = draw.uniform(0.05, 1, N, C, dtype=DOUBLE)
    if zeros:
        weights[torch.arange(N), draw.integers(0, C - 1, N)] = 0
    return (weights / weights.sum(1, keepdim=True)).to(dtype)


# ---------------------------------------------------------------- normal-density


# Normal(mean, std) keeps Python floats as float32: right, and told gently, but 2e-6 off.
@exercise("normal-density", rtol=1e-4, forbids=["torch.distributions.Normal"])
def normal_density(x, mean, std):
    # Through the distribution function: its derivative is the density.
    x = x.clone().requires_grad_()
    below = 0.5 * (1 + torch.erf((x - mean) / (std * math.sqrt(2))))
    return torch.autograd.grad(below.sum(), x)[0]


@normal_density.cases
def _(draw):
    yield torch.tensor([0.0, 1.0, -1.0]), 0.0, 1.0
    yield torch.tensor([0.0, 0.1, 0.2]), 0.0, 0.1
    yield torch.tensor([[3.0, 5.0], [4.0, 6.0]]), 4.0, 2.0
    yield torch.tensor(1.0), 0.0, 2.0
    mean, std = draw.number(1, 3), draw.number(1.5, 3)
    yield mean + std * draw.normal(draw.integer(3, 6)), mean, std
    mean, std = draw.number(-3, -1), draw.number(0.05, 0.3)
    yield mean + std * draw.normal(2, 3, dtype=DOUBLE), mean, std


@normal_density.accepts
def _(x, mean, std):
    values = [NormalDist(mean, std).pdf(value) for value in x.flatten().tolist()]
    return torch.tensor(values, dtype=x.dtype).reshape(x.shape)


@normal_density.accepts
def _(x, mean, std):
    z = (x - mean) / std
    return torch.exp(-(z**2) / 2 - math.log(std) - 0.5 * math.log(2 * math.pi))


@normal_density.accepts
def _(x, mean, std):
    return torch.distributions.Normal(mean, std).log_prob(x).exp()


@normal_density.mistake(
    "no-width-in-front",
    ko="앞의 1/σ이 빠졌습니다. 그래서 σ이 얼마든 꼭대기가 0.399입니다. 좁은 종은 그만큼 높아야 넓이가 1이 됩니다. "
    "$1/(\\sigma\\sqrt{2\\pi})$를 곱하세요.",
    en="The factor 1/σ in front is missing, so the peak is 0.399 whatever σ is. A narrow bell must "
    "be taller, or its area is not 1. Multiply by $1/(\\sigma\\sqrt{2\\pi})$.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / math.sqrt(2 * math.pi)


@normal_density.mistake(
    "no-front",
    ko="종 모양만 있고 앞의 $1/(\\sigma\\sqrt{2\\pi})$가 없습니다. 꼭대기가 언제나 1이고, 넓이는 1이 아닙니다.",
    en="This is the bell without $1/(\\sigma\\sqrt{2\\pi})$ in front. Its peak is always 1, and its area is not.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2)


@normal_density.mistake(
    "capped-at-one",
    ko="1보다 큰 값을 1로 잘랐습니다. 확률은 1을 넘지 못하지만, 이것은 확률이 아니라 **밀도**입니다. 밀도는 1보다 클 수 "
    "있습니다.",
    en="Values above 1 were cut off. A probability cannot exceed 1, but this is no probability, it is "
    "a **density**, and a density may.",
)
def _(x, mean, std):
    return normal_density(x, mean, std).clamp(max=1)


@normal_density.mistake(
    "no-half",
    ko="지수에 ½이 빠졌습니다: $-\\frac{1}{2}\\left(\\frac{x-\\mu}{\\sigma}\\right)^2$",
    en="The ½ in the exponent is missing: $-\\frac{1}{2}\\left(\\frac{x-\\mu}{\\sigma}\\right)^2$.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2)) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "std-not-squared",
    ko="지수에서 제곱한 거리를 σ으로 나누었습니다. 거리를 먼저 σ으로 나눈 다음 그것을 통째로 제곱해야 합니다.",
    en="In the exponent the squared distance is divided by σ. Divide the distance by σ first, then "
    "square the whole.",
)
def _(x, mean, std):
    return torch.exp(-((x - mean) ** 2) / (2 * std)) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "precedence",
    ko="나눗셈의 순서를 보세요. 파이썬에서 `a / 2 * b`는 `a / (2 * b)`가 아니라 `(a / 2) * b`입니다. 분모를 괄호로 "
    "묶으세요.",
    en="Look at the order of the divisions: in Python `a / 2 * b` is `(a / 2) * b` and not "
    "`a / (2 * b)`. Put the denominator in brackets.",
)
def _(x, mean, std):
    return torch.exp(-((x - mean) ** 2) / 2 * std**2) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "precedence-in-front",
    ko="앞의 인수가 거꾸로입니다. 파이썬에서 `1 / a * b`는 `1 / (a * b)`가 아니라 `(1 / a) * b`입니다. 분모를 괄호로 "
    "묶으세요.",
    en="The factor in front is the wrong way up. In Python `1 / a * b` is `(1 / a) * b` and not "
    "`1 / (a * b)`: put the denominator in brackets.",
)
def _(x, mean, std):
    return 1 / std * math.sqrt(2 * math.pi) * torch.exp(-(((x - mean) / std) ** 2) / 2)


@normal_density.mistake(
    "root-of-everything",
    ko="앞의 분모에서 σ까지 제곱근 안에 넣었습니다. 제곱근은 2π에만 씌웁니다: $\\sigma\\sqrt{2\\pi}$",
    en="In front, σ went under the root as well. The root is of 2π only: $\\sigma\\sqrt{2\\pi}$.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / math.sqrt(2 * math.pi * std)


@normal_density.mistake(
    "no-root",
    ko="2π에 제곱근을 씌우지 않았습니다: $\\sigma\\sqrt{2\\pi}$",
    en="The root of 2π is missing: $\\sigma\\sqrt{2\\pi}$.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / (std * 2 * math.pi)


@normal_density.mistake(
    "no-mean",
    ko="평균을 빼지 않았습니다. 종의 한가운데는 0이 아니라 mean입니다.",
    en="The mean was not subtracted: the middle of the bell is at mean, not at 0.",
)
def _(x, mean, std):
    return normal_density(x, 0.0, std)


@normal_density.mistake(
    "no-minus",
    ko="지수의 마이너스가 빠졌거나 제곱 안에 들어가 사라졌습니다. 가운데에서 멀어질수록 작아져야 하는데 커집니다.",
    en="The minus of the exponent is missing, or stands inside the square and is gone: away from the middle it grows "
    "instead of falling.",
)
def _(x, mean, std):
    return torch.exp((((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "unsquared",
    ko="거리를 제곱하지 않았습니다. 그러면 종의 왼쪽이 0으로 내려가지 않고 끝없이 올라갑니다.",
    en="The distance is not squared, so on the left the curve climbs for ever instead of falling to 0.",
)
def _(x, mean, std):
    return torch.exp(-((x - mean) / std) / 2) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "brackets-of-the-distance",
    ko="뺄셈을 괄호로 묶지 않았습니다. `x - mean / std`는 mean만 나눕니다. `(x - mean) / std`로 쓰세요.",
    en="The subtraction is not in brackets: `x - mean / std` divides only the mean. Write `(x - mean) / std`.",
)
def _(x, mean, std):
    return torch.exp(-((x - mean / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "variance-in-front",
    ko="앞에서 σ이 아니라 σ²으로 나누었습니다. 높이는 폭, 곧 σ에 반비례합니다.",
    en="In front this divides by σ², not by σ. The height goes with one over the width, σ.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / (std**2 * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "pi-outside-the-root",
    ko="제곱근을 2에만 씌우고 π에는 씌우지 않았습니다: `math.sqrt(2 * math.pi)`",
    en="The root is of 2 alone, and π stayed outside. It is `math.sqrt(2 * math.pi)`.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2) * math.pi)


@normal_density.mistake(
    "made-to-sum-to-one",
    ko="받은 점들의 값을 더해서 1이 되게 나누었습니다. 더해서 1이 되는 것은 이산 분포의 *확률*입니다. 밀도는 점마다 따로 정해지고, "
    "1이 되는 것은 곡선 아래의 넓이입니다.",
    en="The values were divided so that they add up to 1. That is for the *probabilities* of a "
    "discrete distribution. A density belongs to each point on its own; it is the area under the "
    "curve that is 1.",
)
def _(x, mean, std):
    f = normal_density(x, mean, std)
    return f / f.sum()


@normal_density.mistake(
    "logarithm",
    ko="밀도가 아니라 밀도의 로그입니다. 밀도는 음수가 될 수 없습니다. exp를 씌우세요.",
    en="This is the logarithm of the density. A density is never negative: take exp.",
)
def _(x, mean, std):
    return torch.log(normal_density(x, mean, std))


@normal_density.mistake(
    "area-so-far",
    ko="x까지의 넓이, 곧 누적 확률을 구했습니다. 필요한 것은 x에서의 곡선의 *높이*입니다.",
    en="This is the area up to x, a cumulative probability. Wanted is the *height* of the curve at x.",
)
def _(x, mean, std):
    return 0.5 * (1 + torch.erf((x - mean) / (std * math.sqrt(2))))


@normal_density.mistake(
    "width-on-top",
    ko="σ으로 나누지 않고 곱했습니다. 그러면 넓은 종이 더 높아집니다.",
    en="This multiplies by σ where it should divide: the wider bell comes out taller.",
)
def _(x, mean, std):
    return std / math.sqrt(2 * math.pi) * torch.exp(-(((x - mean) / std) ** 2) / 2)


@normal_density.mistake(
    "std-as-variance",
    ko="std를 분산으로 여겼습니다. std는 표준편차라서 제곱해야 분산입니다.",
    en="std was taken for the variance. It is the standard deviation: its square is the variance.",
)
def _(x, mean, std):
    return torch.exp(-((x - mean) ** 2) / (2 * std)) / math.sqrt(2 * math.pi * std)


@normal_density.mistake(
    "quarter",
    ko="½이 제곱 안에 들어가 ¼이 되었습니다. $(x-\\mu)/\\sigma$를 먼저 제곱하고, 그다음에 2로 나누세요.",
    en="The ½ went under the square and became ¼. Square $(x-\\mu)/\\sigma$ first, then halve.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / (2 * std)) ** 2)) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "all-squared",
    ko="½과 마이너스까지 제곱했습니다. 그러면 지수가 양수가 됩니다. 제곱하는 것은 $(x-\\mu)/\\sigma$뿐입니다.",
    en="The minus and the ½ were squared as well, which makes the exponent positive. Only "
    "$(x-\\mu)/\\sigma$ is squared.",
)
def _(x, mean, std):
    return torch.exp((-0.5 * (x - mean) / std) ** 2) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "both-precedences",
    ko="나눗셈이 두 곳에서 어긋났습니다. 파이썬에서 `1 / a * b`는 `(1 / a) * b`이고 `a / 2 * b`는 `(a / 2) * b`입니다. 두 분모를 "
    "모두 괄호로 묶으세요.",
    en="Two divisions go wrong: in Python `1 / a * b` is `(1 / a) * b`, and `a / 2 * b` is "
    "`(a / 2) * b`. Put both denominators in brackets.",
)
def _(x, mean, std):
    return 1 / std * math.sqrt(2 * math.pi) * torch.exp(-((x - mean) ** 2) / 2 * std**2)


@normal_density.mistake(
    "no-root-of-two-pi",
    ko="앞의 분모에 σ만 있고 $\\sqrt{2\\pi}$가 없습니다: $\\sigma\\sqrt{2\\pi}$",
    en="In front, σ is there but $\\sqrt{2\\pi}$ is missing: $\\sigma\\sqrt{2\\pi}$.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / std


@normal_density.mistake(
    "own-mean-and-std",
    ko="받은 점들 x에서 평균과 표준편차를 다시 구했습니다. 분포의 평균과 표준편차는 인자 mean과 std입니다.",
    en="The mean and the standard deviation were computed from the points x. Those of the "
    "distribution are given: the arguments mean and std.",
)
def _(x, mean, std):
    return normal_density(x, x.mean(), x.std())


@normal_density.mistake(
    "own-mean-and-std-by-n",
    ko="받은 점들 x에서 평균과 표준편차를 다시 구했습니다. 분포의 평균과 표준편차는 인자 mean과 std입니다.",
    en="The mean and the standard deviation were computed from the points x. Those of the "
    "distribution are given: the arguments mean and std.",
)
def _(x, mean, std):
    return normal_density(x, x.mean(), x.std(correction=0))


@normal_density.mistake(
    "rounded-pi",
    ko="π를 3.14로 썼습니다. 자리가 모자랍니다. `math.pi`를 쓰세요.",
    en="3.14 has too few digits for π: use `math.pi`.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * 3.14))


@normal_density.mistake(
    "half-in-front",
    ko="½이 지수가 아니라 앞에 붙었습니다. ½은 지수 안의 것입니다: $-\\frac{1}{2}\\left(\\frac{x-\\mu}{\\sigma}\\right)^2$",
    en="The ½ stands in front, not in the exponent, where it belongs: "
    "$-\\frac{1}{2}\\left(\\frac{x-\\mu}{\\sigma}\\right)^2$.",
)
def _(x, mean, std):
    return torch.exp(-(((x - mean) / std) ** 2)) / (2 * std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "no-half-no-square",
    ko="지수에 ½이 없고 σ도 제곱하지 않았습니다: $-\\frac{1}{2}\\left(\\frac{x-\\mu}{\\sigma}\\right)^2$",
    en="In the exponent the ½ is missing, and σ is not squared: "
    "$-\\frac{1}{2}\\left(\\frac{x-\\mu}{\\sigma}\\right)^2$.",
)
def _(x, mean, std):
    return torch.exp(-((x - mean) ** 2) / std) / (std * math.sqrt(2 * math.pi))


@normal_density.mistake(
    "absolute-distance",
    ko="거리의 *제곱*이 아니라 절댓값을 썼습니다. 그러면 가운데가 뾰족해집니다.",
    en="This takes the distance itself, not its *square*, which gives the middle a sharp tip.",
)
def _(x, mean, std):
    return torch.exp(-((x - mean) / std).abs() / 2) / (std * math.sqrt(2 * math.pi))


normal_density.hints(
    ko=[
        "먼저 x가 평균에서 σ의 몇 배만큼 떨어져 있는지를 구하세요. 종의 *모양*은 그 값에만 달려 있고, 마지막에 폭에 맞추어 높이를 조절합니다.",
        "$z = (x - \\mu)/\\sigma$라고 하면 $\\frac{1}{\\sigma\\sqrt{2\\pi}}\\,e^{-z^2/2}$입니다. $\\sqrt{2\\pi}$는 `math.sqrt(2 * math.pi)`입니다.",
        "`z = (x - mean) / std`, `return torch.exp(-z**2 / 2) / (std * math.sqrt(2 * math.pi))`",
    ],
    en=[
        "First find how many times σ the x lies from the mean. The shape of the bell depends on that "
        "alone; in the end the height is fitted to the width.",
        "With $z = (x - \\mu)/\\sigma$ it is $\\frac{1}{\\sigma\\sqrt{2\\pi}}\\,e^{-z^2/2}$, and "
        "$\\sqrt{2\\pi}$ is `math.sqrt(2 * math.pi)`.",
        "`z = (x - mean) / std`, `return torch.exp(-z**2 / 2) / (std * math.sqrt(2 * math.pi))`.",
    ],
)


# ---------------------------------------------------------------- softmax


@exercise(
    "softmax",
    points=2,
    forbids=["F.softmax", "nn.Softmax", "F.log_softmax", "nn.LogSoftmax", "torch.logsumexp"],
)
def softmax(z, dim):
    return F.softmax(z, dim=dim)


@softmax.cases
def _(draw):
    yield torch.tensor([2.0, 1.0, -1.0]), 0
    yield torch.tensor([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]), 1
    yield torch.tensor([[1000.0, 0.0, -1000.0], [-1000.0, -1001.0, -1002.0]]), 1
    yield torch.tensor([[0.0, 0.0, 89.5], [0.0, 0.0, 170.0]]), 1  # a place is not a value
    yield 2 * draw.normal(3, 3), 0
    yield 2 * draw.normal(3, 3), -1
    yield 2 * draw.normal(2, draw.integer(4, 6), 3, dtype=DOUBLE), -2
    yield 2 * draw.normal(1, draw.integer(4, 6)) + 500, 1
    yield 2 * draw.normal(draw.integer(4, 6), 2) - 500, 0


@softmax.accepts
def _(z, dim):
    return torch.exp(z - torch.logsumexp(z, dim, keepdim=True))


@softmax.accepts
def _(z, dim):
    def one(row):
        shifted = [math.exp(value - max(row)) for value in row]
        return [value / sum(shifted) for value in shifted]

    lines = z.movedim(dim, -1)
    rows = [one(row) for row in lines.reshape(-1, z.shape[dim]).tolist()]
    return torch.tensor(rows, dtype=z.dtype).reshape(lines.shape).movedim(-1, dim)


@softmax.accepts
def _(z, dim):
    weights = (z - z.amax(dim).unsqueeze(dim)).exp()
    return torch.div(weights, weights.sum(dim, keepdim=True))


@softmax.mistake(
    "no-shift",
    ko="식은 맞지만 큰 로짓에서 NaN이 나옵니다. $e^{1000}$은 float32에도 float64에도 담기지 않아 무한대가 되고, 무한대 나누기 "
    "무한대는 NaN입니다(아주 작은 로짓만 있는 줄에서는 0 나누기 0입니다). exp를 씌우기 전에 그 줄의 가장 큰 로짓을 빼세요. "
    "확률은 그대로입니다.",
    en="The formula is right, but large logits give NaN: $e^{1000}$ fits neither float32 nor float64 "
    "and becomes infinite, and infinity over infinity is NaN (in a row of very small logits it is 0 "
    "over 0). Before taking exp, subtract the largest logit of the row. The probabilities stay the same.",
)
def _(z, dim):
    return torch.exp(z) / torch.exp(z).sum(dim, keepdim=True)


@softmax.mistake(
    "global-max",
    ko="줄마다의 최댓값이 아니라 텐서 전체의 최댓값을 뺐습니다. 모든 로짓이 그보다 훨씬 작은 줄은 exp가 전부 0이 되어 0 나누기 "
    "0, 곧 NaN입니다. 최댓값도 dim을 따라 구하세요.",
    en="What was subtracted is the largest number of the whole tensor, not of each row. In a row that "
    "lies far below it, every exp is 0, and 0 over 0 is NaN. Take the maximum along dim, too.",
)
def _(z, dim):
    e = torch.exp(z - z.max())
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "minimum",
    ko="최댓값이 아니라 최솟값을 뺐습니다. 그러면 exp에 들어가는 수가 0 이상이라 여전히 무한대가 될 수 있습니다. 가장 큰 것을 빼면 "
    "모두 0 이하가 됩니다.",
    en="This subtracts the minimum. What goes into exp is then 0 or more, and can still overflow. "
    "Subtract the largest, and everything is 0 or less.",
)
def _(z, dim):
    e = torch.exp(z - z.amin(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "mean",
    ko="최댓값이 아니라 평균을 뺐습니다. 1000, 0, −1000에서 평균을 빼도 1000이 남아 exp가 넘칩니다. 가장 큰 것을 빼면 모두 0 "
    "이하가 됩니다.",
    en="This subtracts the mean. Of 1000, 0, −1000 that leaves 1000, and exp overflows. Subtract the "
    "largest, and everything is 0 or less.",
)
def _(z, dim):
    e = torch.exp(z - z.mean(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "clamped",
    ko="큰 로짓을 잘라서(clamp) 넘침을 막았습니다. 그러면 잘린 로짓들의 차이가 사라져 다른 확률이 됩니다. 자르지 말고 가장 큰 "
    "로짓을 *빼세요*. 차이는 그대로 남습니다.",
    en="Large logits were clamped to keep exp from overflowing. That wipes out the differences "
    "between them, and the probabilities become others. *Subtract* the largest logit instead: the "
    "differences stay.",
)
def _(z, dim):
    e = torch.exp(z.clamp(-80, 80))
    return e / e.sum(dim, keepdim=True)


WRONG_DIM = {
    "ko": "dim을 보지 않고 늘 같은 축을 따라 계산했습니다. 최댓값도 합도 받은 `dim`을 따라 구하세요. 결과는 `dim`을 따라 더해서 "
    "1이어야 합니다.",
    "en": "This ignores dim and always works along the same axis. Take both the maximum and the sum "
    "along the `dim` you are given: the result adds up to 1 along it.",
}


@softmax.mistake(
    "place-of-the-maximum",
    ko="최댓값이 아니라 최댓값의 *자리*를 뺐습니다. `argmax`나 `max(…)[1]`은 번호를 줍니다. `amax`를 쓰세요.",
    en="What was subtracted is the *place* of the maximum, not its value: `argmax` and `max(…)[1]` "
    "give numbers of places. Use `amax`.",
)
def _(z, dim):
    e = torch.exp(z - z.argmax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


ABS_MAX = {
    "ko": "절댓값이 가장 큰 것을 뺐습니다. 모두 −1000쯤인 줄에서는 로짓이 더 작아져 exp가 모두 0이 됩니다. 절댓값 없이 "
    "`amax`를 쓰세요.",
    "en": "The largest *absolute* value was subtracted. A row of logits near −1000 gets smaller still, "
    "and every exp is 0. Use `amax`, without the absolute value.",
}


@softmax.mistake("absolute-maximum", **ABS_MAX)
def _(z, dim):
    e = torch.exp(z - z.abs().amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "epsilon-below",
    ko="분모에 작은 수를 더해도 무한대 나누기 무한대는 NaN입니다. exp를 씌우기 *전에* 최댓값을 빼세요.",
    en="A small number in the denominator does not help: infinity over infinity is NaN. Subtract the "
    "maximum *before* exp.",
)
def _(z, dim):
    e = torch.exp(z)
    return e / (e.sum(dim, keepdim=True) + 1e-9)


@softmax.mistake(
    "in-float64",
    ko="float64로 계산해도 $e^{1000}$은 담기지 않습니다(float64는 $e^{709}$까지). exp를 씌우기 전에 최댓값을 빼세요.",
    en="float64 cannot hold $e^{1000}$ either (it ends at $e^{709}$). Subtract the maximum before exp.",
)
def _(z, dim):
    e = torch.exp(z.double())
    return (e / e.sum(dim, keepdim=True)).to(z.dtype)


@softmax.mistake(
    "max-after-exp",
    ko="exp를 씌운 *뒤에* 최댓값을 뺐습니다. 이미 넘친 뒤이고, 가장 큰 것이 0이 되어 버립니다. 로짓에서 먼저 빼고 exp를 씌우세요.",
    en="The maximum was subtracted *after* exp. By then it has overflowed, and the largest becomes 0. "
    "Subtract it from the logits, then take exp.",
)
def _(z, dim):
    e = torch.exp(z)
    e = e - e.amax(dim, keepdim=True)
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "shifted-only-below",
    ko="분모의 합에서만 최댓값을 빼고 분자는 그대로 두었습니다. 같은 수를 빼도 되는 것은 *분자*와 분모 모두에서 뺄 때뿐입니다.",
    en="The maximum was subtracted in the denominator only. It cancels only if it is subtracted in the "
    "*numerator* as well.",
)
def _(z, dim):
    return torch.exp(z) / torch.exp(z - z.amax(dim, keepdim=True)).sum(dim, keepdim=True)


@softmax.mistake(
    "exp-of-the-sum",
    ko="로짓을 먼저 더하고 exp를 씌웠습니다. 분모는 exp를 씌운 것들의 합입니다.",
    en="The logits were added up first, and exp taken of that. The denominator is the sum of the exps.",
)
def _(z, dim):
    shifted = z - z.amax(dim, keepdim=True)
    return torch.exp(shifted) / torch.exp(shifted.sum(dim, keepdim=True))


@softmax.mistake(
    "divided-by-the-length",
    ko="합이 아니라 벡터의 길이(norm)로 나누었습니다. 그러면 제곱을 더해서 1이 됩니다. `.sum(dim, keepdim=True)`로 나누세요.",
    en="This divides by the length of the vector (its norm): then the squares add up to 1. Divide by "
    "`.sum(dim, keepdim=True)`.",
)
def _(z, dim):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.norm(dim=dim, keepdim=True)


@softmax.mistake(
    "powers-of-two",
    ko="$e$가 아니라 2를 거듭제곱했습니다. `torch.exp`를 쓰세요.",
    en="These are powers of 2, not of $e$: use `torch.exp`.",
)
def _(z, dim):
    e = 2 ** (z - z.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "row-by-row",
    ko="첫 축을 따라 한 줄씩 떼어 계산했습니다. z의 축은 하나일 수도 셋일 수도 있고, dim이 0일 수도 있습니다. 반복문 없이, "
    "`amax`와 `sum`에 `dim`을 주어 한 번에 구하세요.",
    en="This takes z apart along its first axis. z may have one axis or three, and dim may be 0. "
    "Do it all at once, without a loop: give `dim` to `amax` and `sum`.",
)
def _(z, dim):
    return torch.stack([(row - row.max()).exp() / (row - row.max()).exp().sum() for row in z])


PUT_BACK_AT_1 = {
    "ko": "줄어든 축을 늘 자리 1에 되살렸습니다(`unsqueeze(1)`, `[:, None]`). dim이 1일 때만 맞습니다. `keepdim=True`를 쓰면 축이 제자리에 "
    "남습니다.",
    "en": "The reduced axis is always put back at place 1 (`unsqueeze(1)`, `[:, None]`), which is right "
    "only for dim = 1. With `keepdim=True` it stays where it was.",
}


@softmax.mistake("unsqueezed-at-1", **PUT_BACK_AT_1)
def _(z, dim):
    e = torch.exp(z - z.amax(dim).unsqueeze(1))
    return e / e.sum(dim).unsqueeze(1)


@softmax.mistake("indexed-at-1", **PUT_BACK_AT_1)
def _(z, dim):
    e = torch.exp(z - z.amax(dim)[:, None])
    return e / e.sum(dim)[:, None]


NEITHER = {
    "ko": "최댓값을 빼지 않았고, 합도 dim을 따라 구하지 않았습니다. 둘 다 `dim`을 따라, `keepdim=True`로 구하세요.",
    "en": "The maximum is not subtracted, and the sum does not run along dim. Take both along `dim`, "
    "with `keepdim=True`.",
}


@softmax.mistake("no-shift-whole-tensor", **NEITHER)
def _(z, dim):
    return torch.exp(z) / torch.exp(z).sum()


@softmax.mistake("no-shift-always-last", **NEITHER)
def _(z, dim):
    return torch.exp(z) / torch.exp(z).sum(-1, keepdim=True)


@softmax.mistake("no-shift-always-one", **NEITHER)
def _(z, dim):
    return torch.exp(z) / torch.exp(z).sum(1, keepdim=True)


@softmax.mistake("no-shift-always-zero", **NEITHER)
def _(z, dim):
    # Python's own sum(torch.exp(z)) does this as well.
    return torch.exp(z) / torch.exp(z).sum(0, keepdim=True)


@softmax.mistake(
    "sum-along-zero",
    ko="합을 늘 축 0을 따라 구했습니다. 파이썬의 `sum(e)`도 늘 축 0을 따라 더합니다. `e.sum(dim, keepdim=True)`를 쓰세요.",
    en="The sum always runs along axis 0, as Python's own `sum(e)` does, too. Use "
    "`e.sum(dim, keepdim=True)`.",
)
def _(z, dim):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.sum(0, keepdim=True)


@softmax.mistake("sum-along-last", **WRONG_DIM)
def _(z, dim):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.sum(-1, keepdim=True)


@softmax.mistake("sum-along-one", **WRONG_DIM)
def _(z, dim):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.sum(1, keepdim=True)


@softmax.mistake("max-along-last", **WRONG_DIM)
def _(z, dim):
    e = torch.exp(z - z.amax(-1, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake("max-along-one", **WRONG_DIM)
def _(z, dim):
    e = torch.exp(z - z.amax(1, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake("max-along-zero", **WRONG_DIM)
def _(z, dim):
    e = torch.exp(z - z.amax(0, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake("always-last", **WRONG_DIM)
def _(z, dim):
    return F.softmax(z, dim=-1)


@softmax.mistake("always-one", **WRONG_DIM)
def _(z, dim):
    return F.softmax(z, dim=1)


@softmax.mistake("always-zero", **WRONG_DIM)
def _(z, dim):
    return F.softmax(z, dim=0)


@softmax.mistake(
    "whole-tensor",
    ko="텐서의 모든 수를 더한 값으로 나누었습니다. 표 *전체*의 합이 1이 되었을 뿐, 줄마다의 합은 1이 아닙니다. `.sum(dim, "
    "keepdim=True)`로 dim을 따라 더하세요.",
    en="This divides by the sum of all numbers in the tensor: the *whole table* adds up to 1, its "
    "rows do not. Sum along dim, with `.sum(dim, keepdim=True)`.",
)
def _(z, dim):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.sum()


@softmax.mistake(
    "whole-tensor-all",
    ko="최댓값도 합도 텐서 전체에서 구했습니다. 표 *전체*의 합이 1이 되었을 뿐, 줄마다의 합은 1이 아닙니다. 둘 다 dim을 따라 "
    "구하세요.",
    en="Both the maximum and the sum are those of the whole tensor: the *whole table* adds up to 1, "
    "its rows do not. Take both along dim.",
)
def _(z, dim):
    e = torch.exp(z - z.max())
    return e / e.sum()


NO_KEEPDIM = {
    "ko": "`keepdim=True`가 빠진 곳이 있습니다. 줄일 때 축을 없애면 (N, C)와 (N,)이 만나, 모양이 맞지 않아 멈추거나, N = C이면 "
    "오류도 없이 엉뚱한 줄의 값으로 계산합니다(1장의 브로드캐스팅).",
    "en": "A `keepdim=True` is missing. Reducing drops the axis, so (N, C) meets (N,): either the "
    "shapes do not fit and it stops, or, where N = C, it silently computes with the values of other "
    "rows (broadcasting, chapter 1).",
}


@softmax.mistake("no-keepdim-in-sum", **NO_KEEPDIM)
def _(z, dim):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.sum(dim)


@softmax.mistake("no-keepdim-in-max", **NO_KEEPDIM)
def _(z, dim):
    e = torch.exp(z - z.amax(dim))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake("no-keepdim", **NO_KEEPDIM)
def _(z, dim):
    e = torch.exp(z - z.amax(dim))
    return e / e.sum(dim)


@softmax.mistake("no-keepdim-global-max", **NO_KEEPDIM)
def _(z, dim):
    e = torch.exp(z - z.max())
    return e / e.sum(dim)


@softmax.mistake("no-keepdim-no-shift", **NO_KEEPDIM)
def _(z, dim):
    return torch.exp(z) / torch.exp(z).sum(dim)


@softmax.mistake(
    "sigmoid",
    ko="로짓마다 시그모이드를 씌웠습니다. 하나하나는 0과 1 사이이지만 서로를 보지 않으므로 더해서 1이 되지 않습니다.",
    en="This is a sigmoid of each logit. Each lies between 0 and 1, but they know nothing of each "
    "other and do not add up to 1.",
)
def _(z, dim):
    return torch.sigmoid(z)


@softmax.mistake(
    "shares-without-exp",
    ko="exp 없이 로짓을 합으로 나누었습니다. 더하면 1이지만 음수 로짓은 음수 '확률'이 되고, 로짓의 합이 0이면 나눌 수도 없습니다. "
    "먼저 exp로 모두 양수로 만드세요.",
    en="This divides the logits by their sum, without exp. It adds up to 1, but a negative logit "
    "becomes a negative “probability”, and where the sum is 0 it cannot be divided by. Make "
    "everything positive with exp first.",
)
def _(z, dim):
    return z / z.sum(dim, keepdim=True)


@softmax.mistake(
    "not-normalised",
    ko="합으로 나누지 않았습니다. exp는 양수로 만들어 줄 뿐이고, 더해서 1이 되게 하는 것은 나눗셈입니다.",
    en="The division by the sum is missing. exp only makes things positive; it is the division that "
    "makes them add up to 1.",
)
def _(z, dim):
    return torch.exp(z - z.amax(dim, keepdim=True))


@softmax.mistake(
    "not-normalised-no-shift",
    ko="합으로 나누지 않았습니다. exp는 양수로 만들어 줄 뿐이고, 더해서 1이 되게 하는 것은 나눗셈입니다.",
    en="The division by the sum is missing. exp only makes things positive; it is the division that "
    "makes them add up to 1.",
)
def _(z, dim):
    return torch.exp(z)


@softmax.mistake(
    "logarithm",
    ko="확률이 아니라 확률의 로그가 나왔습니다(모두 0 이하입니다). 여기서는 확률 자체를 돌려주세요.",
    en="These are the logarithms of the probabilities (all 0 or less). Return the probabilities "
    "themselves here.",
)
def _(z, dim):
    return F.log_softmax(z, dim=dim)


@softmax.mistake(
    "wrong-sign",
    ko="부호가 뒤집혔습니다. 가장 큰 로짓이 가장 작은 확률을 받았습니다. 가장 큰 것을 *빼야지*, 가장 큰 것에서 빼면 안 됩니다.",
    en="The sign is turned round: the largest logit got the smallest probability. Subtract the "
    "maximum from z, not z from the maximum.",
)
def _(z, dim):
    return F.softmax(-z, dim=dim)


@softmax.mistake(
    "wrong-sign-overflow",
    ko="부호가 뒤집혔습니다. 가장 큰 로짓이 가장 작은 확률을 받았습니다. 가장 큰 것을 *빼야지*, 가장 큰 것에서 빼면 안 됩니다.",
    en="The sign is turned round: the largest logit got the smallest probability. Subtract the "
    "maximum from z, not z from the maximum.",
)
def _(z, dim):
    e = torch.exp(z.amax(dim, keepdim=True) - z)
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "divided-by-max",
    ko="최댓값을 *빼지* 않고 최댓값으로 *나누었습니다*. 나누면 로짓의 차이가 줄어들어 다른 확률이 됩니다. 같은 수를 빼는 것만이 "
    "확률을 그대로 둡니다.",
    en="This *divides* by the maximum instead of subtracting it. That shrinks the differences between "
    "the logits and changes the probabilities; only subtracting the same number leaves them alone.",
)
def _(z, dim):
    return F.softmax(z / z.amax(dim, keepdim=True), dim=dim)


@softmax.mistake(
    "changes-z",
    ko="확률은 맞지만 `z -= …`로 받은 z 자체를 바꾸어 버렸습니다. 부른 쪽의 로짓이 망가집니다. `z = z - …`처럼 새 텐서를 만드세요.",
    en="The probabilities are right, but `z -= …` changed the z you were given, and the caller's "
    "logits with it. Make a new tensor, as in `z = z - …`.",
)
def _(z, dim):
    z -= z.amax(dim, keepdim=True)
    return torch.exp(z) / torch.exp(z).sum(dim, keepdim=True)


@softmax.mistake(
    "divided-by-mean",
    ko="합이 아니라 평균으로 나누었습니다. 그러면 더해서 1이 아니라 클래스의 수가 됩니다.",
    en="This divides by the mean, not by the sum: the results add up to the number of classes, not to 1.",
)
def _(z, dim):
    e = torch.exp(z - z.amax(dim, keepdim=True))
    return e / e.mean(dim, keepdim=True)


@softmax.mistake(
    "maximum-added",
    ko="최댓값을 빼지 않고 더했습니다. 보통의 로짓에서는 티가 나지 않지만 큰 로짓은 더 커져서 넘칩니다.",
    en="The maximum was added, not subtracted. Ordinary logits do not show it, but large ones get "
    "larger still, and overflow.",
)
def _(z, dim):
    e = torch.exp(z + z.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@softmax.mistake(
    "shifted-only-above",
    ko="분자에서만 최댓값을 빼고 분모의 합은 그대로 두었습니다. 같은 수를 빼도 되는 것은 분자와 *분모 모두*에서 뺄 때뿐입니다.",
    en="The maximum was subtracted in the numerator only. It cancels only if it is subtracted in the "
    "denominator *as well*.",
)
def _(z, dim):
    return torch.exp(z - z.amax(dim, keepdim=True)) / torch.exp(z).sum(dim, keepdim=True)


@softmax.mistake(
    "hides-nan",
    ko="NaN을 다른 수로 바꿔 놓았을 뿐입니다. 무한대 나누기 무한대에서는 이미 정보가 사라졌으므로, 가장 큰 로짓의 확률이 1이 아니라 "
    "0이 됩니다. 넘치기 *전에* 최댓값을 빼세요.",
    en="This only replaces the NaN. In infinity over infinity nothing is left to tell: the largest "
    "logit ends up with the probability 0 and not 1. Subtract the maximum *before* anything overflows.",
)
def _(z, dim):
    return torch.nan_to_num(torch.exp(z) / torch.exp(z).sum(dim, keepdim=True))


@softmax.mistake(
    "clamped-above",
    ko="큰 로짓을 잘라서(clamp) 넘침을 막았습니다. 잘린 로짓들의 차이가 사라지고, 아주 작은 로짓만 있는 줄은 여전히 0 나누기 0입니다. "
    "자르지 말고 가장 큰 로짓을 *빼세요*.",
    en="Large logits were clamped to keep exp from overflowing. The differences between them are "
    "gone, and a row of very small logits still gives 0 over 0. *Subtract* the largest logit instead.",
)
def _(z, dim):
    e = torch.exp(z.clamp(max=88))
    return e / e.sum(dim, keepdim=True)


softmax.hints(
    ko=[
        "두 걸음입니다: exp로 모두 양수로 만들고, dim을 따라 더한 합으로 나눕니다. 그리고 1000 같은 로짓에서 무엇이 넘치는지 생각해 "
        "보세요. 모든 로짓에서 같은 수를 빼도 확률은 그대로입니다.",
        "`z.amax(dim, keepdim=True)`는 dim을 따라 가장 큰 값이고 축을 1로 남깁니다. 이것을 빼면 가장 큰 로짓이 0이 되어 exp가 1을 "
        "넘지 않습니다. 합에도 `keepdim=True`가 필요합니다.",
        "`e = torch.exp(z - z.amax(dim, keepdim=True))`, `return e / e.sum(dim, keepdim=True)`",
    ],
    en=[
        "Two steps: make everything positive with exp, then divide by the sum along dim. And think "
        "about what overflows for a logit like 1000: subtracting the same number from all logits "
        "leaves the probabilities as they are.",
        "`z.amax(dim, keepdim=True)` is the largest value along dim, with the axis kept at size 1. "
        "Subtract it and the largest logit is 0, so no exp exceeds 1. The sum needs `keepdim=True`, too.",
        "`e = torch.exp(z - z.amax(dim, keepdim=True))`, `return e / e.sum(dim, keepdim=True)`.",
    ],
)


# ---------------------------------------------------------------- entropy


@exercise(
    "entropy",
    forbids=["torch.special.entr", "torch.distributions.Categorical"],
)
def entropy(p):
    return torch.special.entr(p).sum(dim=1)


@entropy.cases
def _(draw):
    yield (torch.tensor([[0.5, 0.5], [0.9, 0.1]]),)
    yield (torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.0, 0.5]]),)
    yield (torch.full((1, 8), 0.125),)
    yield (distributions(draw, draw.integer(3, 6), 4),)
    yield (distributions(draw, 3, 3),)
    yield (distributions(draw, draw.integer(2, 4), 5, DOUBLE, zeros=True),)
    yield (torch.tensor([[1e-6, 1 - 1e-6]], dtype=DOUBLE),)  # hardly ever, but not never


@entropy.accepts
def _(p):
    return -torch.xlogy(p, p).sum(1)


@entropy.accepts
def _(p):
    return torch.stack([-(row[row > 0] * row[row > 0].log()).sum() for row in p])


@entropy.accepts
def _(p):
    return (p * (1 / p.clamp(min=1e-30)).log()).sum(-1)


@entropy.accepts
def _(p):
    return torch.nan_to_num(-p * p.log()).sum(1)


@entropy.mistake(
    "zero-times-infinity",
    ko="확률 0이 있는 줄에서 NaN이 나옵니다. ln 0은 −∞이고 0 × (−∞)는 NaN입니다. 일어나지 않는 일은 평균에 0을 보태야 합니다. "
    "`torch.xlogy(p, p)`는 p ln p를 이 약속대로 계산합니다.",
    en="Where a probability is 0 this gives NaN: ln 0 is −∞, and 0 × (−∞) is NaN. What never happens "
    "must add 0 to the average. `torch.xlogy(p, p)` computes p ln p with just this convention.",
)
def _(p):
    return -(p * torch.log(p)).sum(1)


@entropy.mistake(
    "no-minus",
    ko="마이너스가 빠졌습니다. 1보다 작은 수의 로그는 음수이므로, 놀라움은 −ln p이고 엔트로피는 0 이상이어야 합니다.",
    en="The minus is missing. Logarithms of numbers below 1 are negative, so the surprise is −ln p "
    "and entropy is never below 0.",
)
def _(p):
    return torch.xlogy(p, p).sum(1)


@entropy.mistake(
    "no-minus-nan",
    ko="마이너스가 빠졌고, 확률 0에서 NaN이 나옵니다. 놀라움은 −ln p이고, 일어나지 않는 일은 0을 보탭니다. `torch.xlogy(p, p)`를 "
    "쓰세요.",
    en="The minus is missing, and a probability of 0 gives NaN. The surprise is −ln p, and what never "
    "happens adds 0: use `torch.xlogy(p, p)`.",
)
def _(p):
    return (p * torch.log(p)).sum(1)


@entropy.mistake(
    "bits",
    ko="밑이 2인 로그를 썼습니다. 그러면 단위가 비트입니다. 이 장과 PyTorch의 손실은 자연로그를 써서 나트로 잽니다.",
    en="This uses logarithms to base 2, and so measures in bits. This chapter, like PyTorch's losses, "
    "takes the natural logarithm and measures in nats.",
)
def _(p):
    return torch.special.entr(p).sum(1) / math.log(2)


@entropy.mistake(
    "base-ten",
    ko="밑이 10인 로그를 썼습니다. 자연로그 `torch.log`를 쓰세요.",
    en="This uses logarithms to base 10. Take the natural one, `torch.log`.",
)
def _(p):
    return torch.special.entr(p).sum(1) / math.log(10)


@entropy.mistake(
    "mean-over-classes",
    ko="C개를 더하지 않고 평균 냈습니다. 확률 p가 이미 무게이므로 p를 곱해서 더하는 것이 곧 평균입니다. 다시 C로 나누면 안 됩니다.",
    en="This takes the mean over the C outcomes. The probabilities p are the weights already: to "
    "multiply by p and add up *is* the average, so do not divide by C again.",
)
def _(p):
    return torch.special.entr(p).mean(1)


@entropy.mistake(
    "unweighted",
    ko="놀라움 −ln p를 모두 더하기만 했습니다. 드문 일의 큰 놀라움은 드물게만 겪습니다. 놀라움마다 그 일의 확률 p를 곱한 뒤 "
    "더하세요.",
    en="This adds up the surprises −ln p as they are. The large surprise of a rare outcome is felt "
    "only rarely: multiply each by its probability p before adding up.",
)
def _(p):
    return -torch.log(p).sum(1)


@entropy.mistake(
    "unweighted-mean",
    ko="놀라움 −ln p를 똑같은 무게로 평균 냈습니다. 드문 일의 큰 놀라움은 드물게만 겪습니다. 무게는 그 일의 확률 p입니다.",
    en="This averages the surprises −ln p with equal weights. The large surprise of a rare outcome is "
    "felt only rarely: the weight of each is its probability p.",
)
def _(p):
    return -torch.log(p).mean(1)


@entropy.mistake(
    "wrong-axis",
    ko="줄이 아니라 열을 따라 더했습니다. 분포 하나가 한 줄입니다. 더하는 축은 1이고 결과는 (N,)입니다.",
    en="This adds along the columns. Each distribution is a row: the axis to add along is 1, and the "
    "result is (N,).",
)
def _(p):
    return torch.special.entr(p).sum(0)


@entropy.mistake(
    "all-rows-together",
    ko="모든 줄을 한꺼번에 더해 수 하나가 되었습니다. 분포마다 하나씩, (N,)을 돌려주세요.",
    en="All rows were added into one number. Return one for each distribution, (N,).",
)
def _(p):
    return torch.special.entr(p).sum()


@entropy.mistake(
    "mean-of-rows",
    ko="모든 줄을 평균 낸 수 하나를 돌려주었습니다. 분포마다 하나씩, (N,)을 돌려주세요.",
    en="This returns one number, the mean of all rows. Return one for each distribution, (N,).",
)
def _(p):
    return torch.special.entr(p).sum(1).mean()


@entropy.mistake(
    "binary",
    ko="6장의 이진 교차 엔트로피처럼 (1 − p) ln(1 − p)까지 더했습니다. 클래스가 여럿이면 나머지 클래스들이 저마다 제 항을 가지고 "
    "있으므로, 1 − p를 또 세면 두 번 세게 됩니다.",
    en="This adds (1 − p) ln(1 − p), as in the binary cross entropy of chapter 6. With several classes "
    "the others have terms of their own; counting 1 − p as well counts them twice.",
)
def _(p):
    return (torch.special.entr(p) + torch.special.entr(1 - p)).sum(1)


def literally(p):
    """-p ln p with 0 · (-inf) = NaN: what most of those who make another mistake start from."""
    return -p * torch.log(p)


AND_NAN = {
    "ko": " 그리고 확률 0에서 NaN이 나옵니다. `torch.xlogy(p, p)`를 쓰세요.",
    "en": " Also, a probability of 0 gives NaN: use `torch.xlogy(p, p)`.",
}
for key, answer in {
    "bits": lambda p: literally(p).sum(1) / math.log(2),
    "mean-over-classes": lambda p: literally(p).mean(1),
    "wrong-axis": lambda p: literally(p).sum(0),
    "all-rows-together": lambda p: literally(p).sum(),
    "mean-of-rows": lambda p: literally(p).sum(1).mean(),
}.items():
    known = next(mistake for mistake in entropy.mistakes if mistake.key == key)
    entropy.mistake(f"{key}-nan", ko=known.ko + AND_NAN["ko"], en=known.en + AND_NAN["en"])(answer)

NOT_ADDED_UP = {
    "ko": "줄마다 더하지 않았습니다. (N, C)의 항들을 클래스를 따라 더해 (N,)으로 만드세요: `.sum(1)`",
    "en": "The terms of a row are not added up. Sum the (N, C) terms along the classes to (N,): "
    "`.sum(1)`.",
}


@entropy.mistake("not-added-up", **NOT_ADDED_UP)
def _(p):
    return torch.special.entr(p)


@entropy.mistake("not-added-up-nan", **NOT_ADDED_UP)
def _(p):
    return literally(p)


MEAN_OF_EVERYTHING = {
    "ko": "표 전체를 평균 낸 수 하나입니다. 클래스를 따라서는 더하고(`.sum(1)`), 분포마다 하나씩 (N,)을 돌려주세요.",
    "en": "This is one number, the mean of the whole table. Add up along the classes (`.sum(1)`), and "
    "return one for each distribution, (N,).",
}


@entropy.mistake("mean-of-everything", **MEAN_OF_EVERYTHING)
def _(p):
    return torch.special.entr(p).mean()


@entropy.mistake("mean-of-everything-nan", **MEAN_OF_EVERYTHING)
def _(p):
    return literally(p).mean()


for exponent in (3, 4, 5, 6, 7, 8):
    entropy.mistake(
        f"epsilon-1e-{exponent}",
        ko="로그 안에 작은 수를 더했습니다. NaN은 사라지지만 모든 항이 조금씩 어긋납니다. `torch.xlogy(p, p)`는 더하는 것 없이 "
        "0을 0으로 셉니다.",
        en="A small number was added inside the logarithm. The NaN is gone, but every term is a little "
        "off. `torch.xlogy(p, p)` counts 0 as 0 without adding anything.",
    )(lambda p, epsilon=10.0**-exponent: -(p * torch.log(p + epsilon)).sum(1))


CUT_OFF_BELOW = {
    "ko": "확률을 작은 수에서 잘라 냈습니다(`clamp(min=…)`). NaN은 사라지지만, 그보다 드문 일의 놀라움이 모자랍니다. 잘라 낼 것은 없습니다. "
    "`torch.xlogy`가 0만 따로 0으로 셉니다.",
    "en": "The probabilities are cut off at a small number (`clamp(min=…)`). The NaN is gone, but what is rarer "
    "than that surprises too little. Nothing needs cutting: `torch.xlogy` counts 0, and only 0, as 0.",
}
for exponent in (3, 4, 5):
    entropy.mistake(f"clamped-at-1e-{exponent}", **CUT_OFF_BELOW)(
        lambda p, least=10.0**-exponent: -(p * p.clamp(min=least).log()).sum(1)
    )


entropy.hints(
    ko=[
        "놀라움 −ln p의 평균입니다. 그런데 무게가 모두 같은 평균이 아니라, 그 일이 일어날 확률을 무게로 하는 평균입니다(5장의 가중 "
        "평균).",
        "줄마다 −p ln p를 더합니다: (N, C) → (N,). 확률 0인 곳은 0으로 세어야 합니다. `torch.xlogy(p, p)`가 p ln p를 그렇게 "
        "계산합니다.",
        "`return -torch.xlogy(p, p).sum(1)`",
    ],
    en=[
        "It is the average of the surprise −ln p, but not with equal weights: the weight of each "
        "outcome is how probable it is (the weighted mean of chapter 5).",
        "In each row, add up −p ln p: (N, C) → (N,). A probability of 0 must count as 0; "
        "`torch.xlogy(p, p)` computes p ln p in that way.",
        "`return -torch.xlogy(p, p).sum(1)`.",
    ],
)


# ---------------------------------------------------------------- kl


@exercise("kl", points=2, forbids=["F.kl_div", "nn.KLDivLoss"])
def kl_divergence(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(dim=1)


@kl_divergence.cases
def _(draw):
    yield torch.tensor([[0.5, 0.5], [0.9, 0.1]]), torch.tensor([[0.75, 0.25], [0.5, 0.5]])
    yield torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.5, 0.25, 0.25]])
    N = draw.integer(3, 6)
    yield distributions(draw, N, 4), distributions(draw, N, 4)
    yield distributions(draw, 3, 3), distributions(draw, 3, 3)
    yield distributions(draw, 2, 5, DOUBLE, zeros=True), distributions(draw, 2, 5, DOUBLE)
    coin, never = (
        torch.tensor([[0.5, 0.5]], dtype=DOUBLE),
        1e-9,
    )  # q thinks it as good as impossible
    yield coin, torch.tensor([[never, 1 - never]], dtype=DOUBLE)


@kl_divergence.accepts
def _(p, q):
    return torch.xlogy(p, p).sum(1) - torch.xlogy(p, q).sum(1)


@kl_divergence.accepts
def _(p, q):
    return torch.where(p > 0, p * torch.log(p / q), torch.zeros_like(p)).sum(1)


@kl_divergence.accepts
def _(p, q):
    return -torch.special.entr(p).sum(1) - (p * q.log()).sum(1)


@kl_divergence.accepts
def _(p, q):
    return torch.tensor(
        [sum(a * math.log(a / b) for a, b in zip(*rows, strict=True) if a > 0)
         for rows in zip(p.tolist(), q.tolist(), strict=True)], dtype=p.dtype
    )  # fmt: skip


@kl_divergence.mistake(
    "swapped",
    ko="p와 q의 자리가 바뀌었습니다. KL 발산은 두 자리가 같지 않습니다. 앞의 p가 실제로 일어나는 분포라서 *무게*도 p입니다.",
    en="p and q changed places. The two places of the KL divergence are not alike: the first, p, is "
    "what really happens, so the *weights* are p's.",
)
def _(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(1)


@kl_divergence.mistake(
    "zero-times-infinity",
    ko="p에 0이 있으면 NaN이 나옵니다. ln 0은 −∞이고 0 × (−∞)는 NaN입니다. p가 0인 일은 0을 보태야 합니다. `torch.xlogy(p, …)`를 "
    "쓰세요.",
    en="Where p is 0 this gives NaN: ln 0 is −∞, and 0 × (−∞) is NaN. An outcome with p = 0 must add "
    "0: use `torch.xlogy(p, …)`.",
)
def _(p, q):
    return (p * torch.log(p / q)).sum(1)


@kl_divergence.mistake(
    "cross-entropy",
    ko="교차 엔트로피 H(p, q)를 돌려주었습니다. p = q일 때 이것은 0이 아니라 H(p)입니다. KL 발산은 거기에서 H(p)를 뺀 나머지입니다.",
    en="This is the cross entropy H(p, q). For p = q that is H(p) and not 0. The KL divergence is "
    "what is left when H(p) is taken off.",
)
def _(p, q):
    return -torch.xlogy(p, q).sum(1)


@kl_divergence.mistake(
    "wrong-sign",
    ko="부호가 반대입니다. KL 발산은 0보다 작을 수 없습니다. $p\\ln(p/q)$이지 $p\\ln(q/p)$가 아닙니다.",
    en="The sign is wrong: a KL divergence is never below 0. It is $p\\ln(p/q)$ and not $p\\ln(q/p)$.",
)
def _(p, q):
    return -F.kl_div(q.log(), p, reduction="none").sum(1)


@kl_divergence.mistake(
    "wrong-sign-nan",
    ko="부호가 반대이고, p에 0이 있으면 NaN이 나옵니다. KL 발산은 0보다 작을 수 없습니다. $p\\ln(p/q)$를 `torch.xlogy`로 "
    "계산하세요.",
    en="The sign is wrong (a KL divergence is never below 0), and a 0 in p gives NaN. Compute "
    "$p\\ln(p/q)$ with `torch.xlogy`.",
)
def _(p, q):
    return (p * torch.log(q / p)).sum(1)


@kl_divergence.mistake(
    "difference-of-entropies",
    ko="두 엔트로피의 차를 구했습니다. 엔트로피는 분포 *하나*의 값이라, 0.9와 0.1의 자리만 바꾼 두 분포도 구별하지 못합니다. "
    "p의 무게로 q의 놀라움을 평균 내야 합니다.",
    en="This is the difference of two entropies. Entropy belongs to *one* distribution and cannot "
    "tell (0.9, 0.1) from (0.1, 0.9). What must be averaged is the surprise of q, with the weights of p.",
)
def _(p, q):
    return torch.special.entr(q).sum(1) - torch.special.entr(p).sum(1)


@kl_divergence.mistake(
    "difference-of-entropies-turned",
    ko="두 엔트로피의 차를 구했습니다. 엔트로피는 분포 *하나*의 값이라, 0.9와 0.1의 자리만 바꾼 두 분포도 구별하지 못합니다. "
    "p의 무게로 q의 놀라움을 평균 내야 합니다.",
    en="This is the difference of two entropies. Entropy belongs to *one* distribution and cannot "
    "tell (0.9, 0.1) from (0.1, 0.9). What must be averaged is the surprise of q, with the weights of p.",
)
def _(p, q):
    return torch.special.entr(p).sum(1) - torch.special.entr(q).sum(1)


@kl_divergence.mistake(
    "added-entropy",
    ko="H(p, q)에서 H(p)를 빼지 않고 더했습니다. H(p)는 피할 수 없는 놀라움이고, KL 발산은 그것을 *넘는* 몫입니다.",
    en="H(p) was added to H(p, q), not taken off it. H(p) is the surprise nobody can avoid; the KL "
    "divergence is what comes *on top*.",
)
def _(p, q):
    return -torch.xlogy(p, q).sum(1) + torch.special.entr(p).sum(1)


@kl_divergence.mistake(
    "unweighted",
    ko="ln(p/q)에 무게 p를 곱하지 않고 더했습니다. 자주 일어나는 일이 더 무거워야 합니다.",
    en="ln(p/q) was added up without the weights p. What happens often must count more.",
)
def _(p, q):
    return torch.log(p / q).sum(1)


@kl_divergence.mistake(
    "bits",
    ko="밑이 2인 로그를 썼습니다. 이 장은 자연로그를 써서 나트로 잽니다.",
    en="This uses logarithms to base 2, and so measures in bits; this chapter measures in nats.",
)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(1) / math.log(2)


@kl_divergence.mistake(
    "mean-over-classes",
    ko="C개를 더하지 않고 평균 냈습니다. 무게 p를 곱해서 더하는 것이 이미 평균입니다. 다시 C로 나누면 안 됩니다.",
    en="This takes the mean over the C outcomes. To multiply by p and add up is the average already: "
    "do not divide by C again.",
)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="none").mean(1)


@kl_divergence.mistake(
    "mean-of-rows",
    ko="모든 줄을 평균 낸 수 하나를 돌려주었습니다. 줄마다 하나씩, (N,)을 돌려주세요.",
    en="This returns one number, the mean of all rows. Return one for each row, (N,).",
)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="batchmean")


@kl_divergence.mistake(
    "all-rows-together",
    ko="모든 줄을 한꺼번에 더했습니다. 줄마다 하나씩, (N,)을 돌려주세요.",
    en="All rows were added into one number. Return one for each row, (N,).",
)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="sum")


@kl_divergence.mistake(
    "wrong-axis",
    ko="줄이 아니라 열을 따라 더했습니다. 분포 하나가 한 줄이므로 더하는 축은 1입니다.",
    en="This adds along the columns. Each distribution is a row: the axis to add along is 1.",
)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(0)


@kl_divergence.mistake(
    "ratio-of-logs",
    ko="로그를 로그로 나누었습니다. $\\ln(p/q)$는 $\\ln p - \\ln q$이지 $\\ln p / \\ln q$가 아닙니다.",
    en="One logarithm was divided by the other. $\\ln(p/q)$ is $\\ln p - \\ln q$ and not $\\ln p / \\ln q$.",
)
def _(p, q):
    return (torch.xlogy(p, p) / torch.log(q)).sum(1)


@kl_divergence.mistake(
    "logs-added",
    ko="로그 둘을 빼지 않고 더했습니다. $\\ln(p/q) = \\ln p - \\ln q$입니다.",
    en="The two logarithms were added, not subtracted: $\\ln(p/q) = \\ln p - \\ln q$.",
)
def _(p, q):
    return torch.xlogy(p, p).sum(1) + torch.xlogy(p, q).sum(1)


@kl_divergence.mistake(
    "wrong-entropy",
    ko="H(p, q)에서 H(q)를 뺐습니다. 빼야 할 것은 진실을 아는 사람의 놀라움 H(p)입니다.",
    en="H(q) was taken off H(p, q). What must be taken off is the surprise of somebody who knows the truth, H(p).",
)
def _(p, q):
    return -torch.xlogy(p, q).sum(1) - torch.special.entr(q).sum(1)


def literal_kl(p, q):
    return p * torch.log(p / q)


for key, answer in {
    "bits": lambda p, q: literal_kl(p, q).sum(1) / math.log(2),
    "mean-over-classes": lambda p, q: literal_kl(p, q).mean(1),
    "mean-of-rows": lambda p, q: literal_kl(p, q).sum(1).mean(),
    "all-rows-together": lambda p, q: literal_kl(p, q).sum(),
    "wrong-axis": lambda p, q: literal_kl(p, q).sum(0),
    "ratio-of-logs": lambda p, q: (p * torch.log(p) / torch.log(q)).sum(1),
}.items():
    known = next(mistake for mistake in kl_divergence.mistakes if mistake.key == key)
    texts = {"ko": known.ko + AND_NAN["ko"], "en": known.en + AND_NAN["en"]}
    kl_divergence.mistake(f"{key}-nan", **texts)(answer)


@kl_divergence.mistake("not-added-up", **NOT_ADDED_UP)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="none")


@kl_divergence.mistake("not-added-up-nan", **NOT_ADDED_UP)
def _(p, q):
    return literal_kl(p, q)


WEIGHTS_OF_Q = {
    "ko": "무게가 q입니다. 실제로 일어나는 것은 p이니 무게도 p입니다.",
    "en": "The weights are q's. What really happens is p, so the weights are p's.",
}


@kl_divergence.mistake("weights-of-q", **WEIGHTS_OF_Q)
def _(p, q):
    return (q * torch.log(p / q)).sum(1)


@kl_divergence.mistake("weights-of-q-and-p", **WEIGHTS_OF_Q)
def _(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(q, p)).sum(1)


CROSS_ENTROPY_NO_MINUS = {
    "ko": "p ln q를 더하기만 했습니다. 이것은 교차 엔트로피에서 마이너스가 빠진 것입니다. KL 발산은 p ln p − p ln q의 합입니다.",
    "en": "This adds up p ln q: a cross entropy without its minus. The KL divergence adds up "
    "p ln p − p ln q.",
}


@kl_divergence.mistake("cross-entropy-no-minus", **CROSS_ENTROPY_NO_MINUS)
def _(p, q):
    return torch.xlogy(p, q).sum(1)


KL_DIV_AS_IT_READS = {
    "ko": "`F.kl_div`는 로그를 씌운 q를 먼저 받고, 따로 말하지 않으면 표 전체를 평균 냅니다. 여기서는 식을 직접 쓰세요.",
    "en": "`F.kl_div` wants the logarithm of q first, and averages the whole table unless told "
    "otherwise. Write the formula yourself here.",
}


@kl_divergence.mistake("kl-div-of-p-and-q", **KL_DIV_AS_IT_READS)
def _(p, q):
    return F.kl_div(p, q, reduction="mean")


@kl_divergence.mistake("kl-div-averaged", **KL_DIV_AS_IT_READS)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="mean")


@kl_divergence.mistake("kl-div-of-p-and-q-by-row", **KL_DIV_AS_IT_READS)
def _(p, q):
    return F.kl_div(p, q, reduction="none").sum(1)


@kl_divergence.mistake(
    "absolute-terms",
    ko="항마다 절댓값을 씌웠습니다. 항 하나하나는 음수일 수 있고, 더하면 0 이상이 됩니다. 그대로 더하세요.",
    en="Every term lost its sign. Single terms may be negative; it is their sum that is never below 0. "
    "Add them up as they are.",
)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="none").abs().sum(1)


@kl_divergence.mistake(
    "positive-terms",
    ko="음수인 항을 0으로 잘랐습니다. 항 하나하나는 음수일 수 있고, 더하면 0 이상이 됩니다. 그대로 더하세요.",
    en="Negative terms were cut off at 0. Single terms may be negative; it is their sum that is never "
    "below 0. Add them up as they are.",
)
def _(p, q):
    return F.kl_div(q.log(), p, reduction="none").clamp(min=0).sum(1)


known = next(m for m in kl_divergence.mistakes if m.key == "difference-of-entropies")
kl_divergence.mistake(
    "difference-of-entropies-nan", ko=known.ko + AND_NAN["ko"], en=known.en + AND_NAN["en"]
)(lambda p, q: (p * torch.log(p) - q * torch.log(q)).sum(1))


@kl_divergence.mistake(
    "no-logarithm",
    ko="로그가 없습니다. 더할 것은 $p\\ln(p/q)$입니다.",
    en="There is no logarithm. What is added up is $p\\ln(p/q)$.",
)
def _(p, q):
    return (p * (p / q)).sum(1)


@kl_divergence.mistake(
    "symmetric",
    ko="두 방향을 합쳤습니다. KL 발산은 한 방향, p의 무게로 잰 것 하나입니다.",
    en="Both directions went into it. The KL divergence is one direction alone, with the weights of p.",
)
def _(p, q):
    return ((p - q) * (p.log() - q.log())).sum(1)


for exponent in (3, 5, 7, 8):
    kl_divergence.mistake(
        f"kept-away-from-0-{exponent}",
        ko="q를 작은 수에서 잘라 냈거나 로그 안에 작은 수를 더했습니다. q는 언제나 0보다 크므로 필요 없고, q가 거의 없다고 믿은 일이 일어났을 때의 "
        "값이 모자랍니다. p가 0인 곳은 `torch.xlogy`가 0으로 셉니다.",
        en="q is cut off at a small number, or something small is added inside a logarithm. As q is always "
        "above 0 that is not needed; and where something happens that q takes to be next to impossible, the "
        "result is too small. Where p is 0, `torch.xlogy` counts 0.",
    )(lambda p, q, least=10.0**-exponent: (torch.xlogy(p, p) - p * q.clamp(min=least).log()).sum(1))


for exponent in (5, 6, 8, 10):
    known = kl_divergence.mistakes[-1]
    kl_divergence.mistake(f"something-added-{exponent}", ko=known.ko, en=known.en)(
        lambda p, q, tiny=10.0**-exponent: (p * torch.log((p + tiny) / (q + tiny))).sum(1)
    )


kl_divergence.hints(
    ko=[
        "실제로는 p가 일어나는데 q라고 믿는 사람이, p를 아는 사람보다 *더* 겪는 놀라움입니다. 무게는 누구의 것일까요?",
        "줄마다 p ln p − p ln q를 더합니다: (N,). 앞의 것은 `torch.xlogy(p, p)`, 뒤의 것은 `torch.xlogy(p, q)`입니다. p가 0인 곳은 "
        "둘 다 0이 됩니다.",
        "`return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(1)`",
    ],
    en=[
        "It is how much *more* surprise you have, believing q while p happens, than somebody who "
        "knows p. Whose weights are those?",
        "In each row, add up p ln p − p ln q: (N,). The former is `torch.xlogy(p, p)`, the latter "
        "`torch.xlogy(p, q)`; where p is 0, both are 0.",
        "`return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(1)`.",
    ],
)


# ---------------------------------------------------------------- nll


@exercise("nll", forbids=["F.nll_loss", "nn.NLLLoss", "F.cross_entropy", "nn.CrossEntropyLoss"])
def nll(log_probs, labels):
    return F.nll_loss(log_probs, labels)


@nll.cases
def _(draw):
    half = math.log(0.5)
    yield torch.tensor([[half, 2 * half, 2 * half]]), torch.tensor([1])
    yield torch.tensor([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]]).log(), torch.tensor([2, 1])
    yield torch.tensor([[0.0, -math.inf], [half, half]]), torch.tensor([0, 1])
    N = draw.integer(4, 7)
    yield distributions(draw, N, 3).log(), draw.integers(0, 2, N)
    yield distributions(draw, 3, 3).log(), torch.tensor([2, 2, 1])
    yield torch.tensor([[-200.0, 0.0]]), torch.tensor([0])  # the label can be as good as impossible
    yield distributions(draw, 2, 5, DOUBLE).log().requires_grad_(), torch.tensor([4, 1])


@nll.accepts
def _(log_probs, labels):
    # Log probabilities are logits, too: their log-softmax is what they are.
    return F.cross_entropy(log_probs, labels)


@nll.accepts
def _(log_probs, labels):
    return -log_probs.gather(1, labels[:, None]).mean()


@nll.accepts
def _(log_probs, labels):
    return sum(-row[k] for row, k in zip(log_probs, labels, strict=True)) / len(labels)


@nll.accepts
def _(log_probs, labels):
    hit = F.one_hot(labels, log_probs.shape[1]).bool()
    return -log_probs[hit].mean()


@nll.accepts
def _(log_probs, labels):
    hit = F.one_hot(labels, log_probs.shape[1]) == 1
    return torch.where(hit, -log_probs, 0.0).sum() / log_probs.shape[0]


@nll.mistake(
    "no-minus",
    ko="마이너스가 빠졌습니다. 로그 확률은 0 이하이므로 이대로면 손실이 음수이고, 줄일수록 정답의 확률이 *떨어집니다*.",
    en="The minus is missing. Log probabilities are 0 or less, so this loss is negative, and making "
    "it smaller makes the right answers *less* probable.",
)
def _(log_probs, labels):
    return log_probs[torch.arange(len(labels)), labels].mean()


@nll.mistake(
    "sum",
    ko="표본 N개에 대해 평균 내지 않고 더했습니다. 그러면 배치가 커질수록 손실도 기울기도 커집니다.",
    en="The N samples are summed, not averaged: the loss and its gradient grow with the batch.",
)
def _(log_probs, labels):
    return F.nll_loss(log_probs, labels, reduction="sum")


@nll.mistake(
    "all-pairs",
    ko="`log_probs[:, labels]`는 줄마다 하나가 아니라 *모든* 줄에서 *모든* 정답의 열을 꺼내 (N, N)이 됩니다. i번 줄에서는 "
    "labels[i] 하나만 꺼내야 합니다: `log_probs[torch.arange(N), labels]`",
    en="`log_probs[:, labels]` does not take one number from each row; from *every* row it takes the "
    "columns of *all* labels, (N, N). Row i should give labels[i] alone: "
    "`log_probs[torch.arange(N), labels]`.",
)
def _(log_probs, labels):
    return -log_probs[:, labels].mean()


@nll.mistake(
    "zero-times-infinity",
    ko="원-핫을 곱해서 골랐기 때문에, 정답이 아닌 자리의 −∞에 0을 곱해 NaN이 나옵니다. 곱해서 고르지 말고 인덱싱으로 그 자리만 꺼내세요.",
    en="Picking by multiplying with a one-hot multiplies 0 by the −∞ of a class that is not the "
    "label, and that is NaN. Do not pick by multiplying: take the place out by indexing.",
)
def _(log_probs, labels):
    return -(F.one_hot(labels, log_probs.shape[1]) * log_probs).sum(1).mean()


@nll.mistake(
    "one-hot-mean",
    ko="원-핫을 곱한 표 전체(N·C칸)를 평균 냈습니다. 0인 칸까지 세어 C배 작아집니다. 줄마다 하나를 꺼내 N으로만 나누세요.",
    en="This averages the whole table after multiplying with a one-hot: N·C cells, zeros included, "
    "which makes it C times too small. Take one number from each row and divide by N only.",
)
def _(log_probs, labels):
    return -(F.one_hot(labels, log_probs.shape[1]) * log_probs).mean()


@nll.mistake(
    "ignores-labels",
    ko="labels를 쓰지 않고 모든 클래스를 평균 냈습니다. 손실은 정답의 로그 확률만 봅니다.",
    en="The labels are not used: this averages over all classes. The loss looks at the log "
    "probability of the right answer only.",
)
def _(log_probs, labels):
    return -log_probs.mean()


@nll.mistake(
    "most-probable",
    ko="정답이 아니라 모델이 가장 그럴듯하다고 본 클래스의 로그 확률을 꺼냈습니다. 모델은 자기가 무엇을 고르든 칭찬받게 됩니다.",
    en="This takes the class the model finds most probable, not the right one. Whatever the model "
    "picks, it would be praised for it.",
)
def _(log_probs, labels):
    return -log_probs.amax(1).mean()


@nll.mistake(
    "log-again",
    ko="로그를 한 번 더 씌웠습니다. 인자는 이미 로그 확률입니다. 0 이하인 수의 로그는 NaN이거나 −∞입니다.",
    en="This takes the logarithm once more. The argument holds log probabilities already, and the "
    "log of a number that is 0 or less is NaN or −∞.",
)
def _(log_probs, labels):
    return -torch.log(log_probs[torch.arange(len(labels)), labels]).mean()


@nll.mistake(
    "probability",
    ko="로그 확률을 exp로 되돌려 확률을 평균 냈습니다. 손실은 로그 확률에 마이너스를 붙인 것입니다.",
    en="exp turned the log probabilities back into probabilities. The loss is the log probability "
    "with a minus.",
)
def _(log_probs, labels):
    return -log_probs[torch.arange(len(labels)), labels].exp().mean()


@nll.mistake(
    "wrong-axis",
    ko="줄과 열이 바뀌었습니다. `gather(0, …)`은 labels를 *줄* 번호로 씁니다. 클래스는 축 1에 있습니다.",
    en="Rows and columns are mixed up: `gather(0, …)` takes the labels for *row* numbers. Classes are "
    "on axis 1.",
)
def _(log_probs, labels):
    return -log_probs.gather(0, labels[None]).mean()


@nll.mistake(
    "per-sample",
    ko="표본마다의 손실 (N,)을 그대로 돌려주었습니다. 마지막에 평균을 내어 수 하나로 만드세요.",
    en="These are the losses of the samples, (N,). Take their mean at the end, one number.",
)
def _(log_probs, labels):
    return F.nll_loss(log_probs, labels, reduction="none")


@nll.mistake(
    "rows-by-label",
    ko="`log_probs[labels]`는 정답의 번호로 *줄*을 꺼냅니다. 줄은 표본이고 클래스는 열입니다. 줄 번호와 열 번호를 함께 주세요: "
    "`log_probs[torch.arange(N), labels]`",
    en="`log_probs[labels]` uses the labels to take *rows*. Rows are samples; classes are columns. "
    "Give both numbers: `log_probs[torch.arange(N), labels]`.",
)
def _(log_probs, labels):
    return -log_probs[labels].mean()


@nll.mistake(
    "divided-by-classes",
    ko="표본의 수 N이 아니라 클래스의 수 C로 나누었습니다.",
    en="This divides by the number of classes C, not by the number of samples N.",
)
def _(log_probs, labels):
    return F.nll_loss(log_probs, labels, reduction="sum") / log_probs.shape[1]


@nll.mistake(
    "one-hot-sum",
    ko="표본 N개에 대해 평균 내지 않고 더했습니다. 그리고 원-핫을 곱해서 골랐기 때문에 −∞가 있는 칸에서 NaN이 나옵니다. "
    "인덱싱으로 꺼내고 평균을 내세요.",
    en="The N samples are summed, not averaged. And picking by multiplying with a one-hot gives NaN "
    "where a cell is −∞: take the cells out by indexing, then average.",
)
def _(log_probs, labels):
    return -(F.one_hot(labels, log_probs.shape[1]) * log_probs).sum()


ROW_AND_COLUMN = {
    "ko": "줄과 열의 순서가 바뀌었습니다. 줄 번호(표본)가 먼저, 열 번호(클래스)가 나중입니다.",
    "en": "Row and column are swapped: first the row (the sample), then the column (the class).",
}


@nll.mistake("row-and-column", **ROW_AND_COLUMN)
def _(log_probs, labels):
    return -log_probs[labels, torch.arange(len(labels))].mean()


@nll.mistake("row-and-column-in-a-loop", **ROW_AND_COLUMN)
def _(log_probs, labels):
    return sum(-log_probs[labels[i], i] for i in range(len(labels))) / len(labels)


@nll.mistake(
    "rows-counted-by-classes",
    ko="`torch.arange(…)`에 클래스의 수 C를 주었습니다. 줄은 표본이므로 N개입니다: `torch.arange(len(labels))`",
    en="`torch.arange(…)` was given C, the number of classes. Rows are samples, N of them: "
    "`torch.arange(len(labels))`.",
)
def _(log_probs, labels):
    return -log_probs[torch.arange(log_probs.shape[1]), labels].mean()


known = next(m for m in nll.mistakes if m.key == "rows-by-label")


@nll.mistake("rows-by-label-no-mean", ko=known.ko, en=known.en)
def _(log_probs, labels):
    return -log_probs[labels]


TOO_NARROW = {
    "ko": "`F.one_hot(labels)`에 클래스의 수를 주지 않았습니다. 그러면 열의 수가 배치에서 *본* 가장 큰 번호에 맞춰져, 마지막 클래스가 "
    "없는 배치에서 모양이 맞지 않습니다.",
    "en": "`F.one_hot(labels)` was not told the number of classes. It makes as many columns as the "
    "largest label *in the batch* needs, and without the last class the shapes do not fit.",
}
BY_INDEX = {
    "ko": " 곱해서 고르지 말고 인덱싱으로 그 자리만 꺼내세요.",
    "en": " Do not pick by multiplying: take the place out by indexing.",
}


@nll.mistake("one-hot-too-narrow", **{k: TOO_NARROW[k] + BY_INDEX[k] for k in TOO_NARROW})
def _(log_probs, labels):
    return -(F.one_hot(labels) * log_probs).sum(1).mean()


@nll.mistake(
    "returns-in-the-loop",
    ko="첫 표본만 들어 있습니다. `return`이 반복문 안에 있지 않나요?",
    en="Only the first sample is in it. Does the `return` stand inside the loop?",
)
def _(log_probs, labels):
    return -log_probs[0, labels[0]] / len(labels)


@nll.mistake(
    "first-sample-alone",
    ko="첫 표본의 손실뿐입니다. 표본 N개의 평균을 내세요.",
    en="This is the loss of the first sample alone. Take the mean over all N.",
)
def _(log_probs, labels):
    return -log_probs[0, labels[0]]


@nll.mistake(
    "no-minus-sum",
    ko="마이너스가 빠졌고, 표본 N개에 대해 평균 내지 않고 더했습니다.",
    en="The minus is missing, and the N samples are summed, not averaged.",
)
def _(log_probs, labels):
    return -F.nll_loss(log_probs, labels, reduction="sum")


@nll.mistake(
    "no-minus-per-sample",
    ko="표본마다의 로그 확률 (N,)을 그대로 돌려주었습니다. 마이너스를 붙이고 평균을 내어 수 하나로 만드세요.",
    en="These are the log probabilities of the samples, (N,). Put a minus in front and take their "
    "mean, one number.",
)
def _(log_probs, labels):
    return -F.nll_loss(log_probs, labels, reduction="none")


@nll.mistake(
    "divided-by-everything",
    ko="표본의 수 N이 아니라 표의 칸 수 N·C로 나누었습니다. 줄마다 하나를 꺼냈으니 N으로만 나누세요.",
    en="This divides by all N·C cells of the table. One number was taken from each row: divide by N only.",
)
def _(log_probs, labels):
    return F.nll_loss(log_probs, labels, reduction="sum") / log_probs.numel()


@nll.mistake(
    "log-of-the-mean",
    ko="확률을 평균 낸 뒤에 로그를 씌웠습니다. 평균의 로그가 아니라 로그의 평균입니다.",
    en="The probabilities were averaged before the logarithm. It is the mean of the logs, not the log "
    "of the mean.",
)
def _(log_probs, labels):
    return -torch.log(log_probs[torch.arange(len(labels)), labels].exp().mean())


@nll.mistake(
    "labels-from-one",
    ko="labels에서 1을 뺐습니다. 클래스의 번호는 0부터이니 그대로 쓰면 됩니다.",
    en="1 was taken off the labels. Classes are numbered from 0: use the labels as they are.",
)
def _(log_probs, labels):
    return -log_probs[torch.arange(len(labels)), labels - 1].mean()


for limit in (10, 20, 30, 50, 100):
    nll.mistake(
        f"cut-off-at-{limit}",
        ko="로그 확률을 잘라 냈습니다(`clamp(min=…)`). 손실이 거기서 막히고 더 커지지 않습니다. 6장의 `F.binary_cross_entropy`는 −100에서 "
        "막지만, 여기서는 받은 로그 확률을 그대로 쓰세요.",
        en="The log probabilities are cut off (`clamp(min=…)`), and the loss stops there and grows no more. "
        "`F.binary_cross_entropy` of chapter 6 stops at −100; here, use the log probabilities as they are.",
    )(lambda log_probs, labels, limit=limit: F.nll_loss(log_probs.clamp(min=-limit), labels))


nll.hints(
    ko=[
        "줄마다 정답의 칸 하나만 보면 됩니다. 나머지 칸은 손실에 들어오지 않습니다.",
        "1장의 인덱싱: `x[torch.arange(N), labels]`는 0번 줄의 labels[0], 1번 줄의 labels[1], …을 꺼내 (N,)을 만듭니다. 마이너스를 "
        "붙이고 평균을 냅니다.",
        "`picked = log_probs[torch.arange(len(labels)), labels]`, `return -picked.mean()`",
    ],
    en=[
        "In each row only one cell matters, that of the right answer. The others do not enter the loss.",
        "Indexing as in chapter 1: `x[torch.arange(N), labels]` takes labels[0] from row 0, labels[1] "
        "from row 1, …, and makes (N,). Put a minus in front and take the mean.",
        "`picked = log_probs[torch.arange(len(labels)), labels]`, `return -picked.mean()`.",
    ],
)


# ---------------------------------------------------------------- cross-entropy


@exercise(
    "cross-entropy",
    points=2,
    forbids=[
        "F.cross_entropy", "nn.CrossEntropyLoss", "F.log_softmax", "nn.LogSoftmax",
        "torch.logsumexp", "F.nll_loss",
    ],
)  # fmt: skip
def cross_entropy(z, labels):
    return F.cross_entropy(z, labels)


@cross_entropy.cases
def _(draw):
    yield torch.tensor([[0.0, 0.0, 0.0]]), torch.tensor([1])
    yield torch.tensor([[2.0, 1.0, -1.0], [0.0, 3.0, 1.0]]), torch.tensor([0, 2])
    yield torch.tensor([[1000.0, 0.0, -1000.0]]), torch.tensor([1])
    yield torch.tensor([[1000.0, 0.0, -1000.0]]), torch.tensor([0])
    yield torch.tensor([[900.0, 903.0], [-800.0, -801.0]]), torch.tensor([0, 1])
    # Each sees off one wrong thing to subtract: a place, the table's maximum, the least or the mean.
    yield torch.tensor([[0.0, 0.0, 89.5], [0.0, 0.0, 88.9]]), torch.tensor([1, 2])
    yield torch.tensor([[1000.0, 0.0], [800.0, 0.0]]), torch.tensor([0, 0])
    # The loss of one class has no bound of its own, and a tie at the top is part of it.
    yield torch.tensor([[500.0, 0.0], [1000.0, -1000.0]]), torch.tensor([1, 1])
    yield torch.tensor([[1000.0, 1000.0, 0.0]], dtype=DOUBLE), torch.tensor([2])
    N = draw.integer(4, 7)
    yield 2 * draw.normal(N, 3) + 1, draw.integers(0, 2, N)
    yield 2 * draw.normal(3, 3) - 1, torch.tensor([2, 2, 1])
    rows = 2 * draw.normal(2, 4, dtype=DOUBLE), torch.tensor([[1000, 0, -1000, 1000]]).double()
    yield Case((torch.cat(rows).requires_grad_(), torch.tensor([3, 1, 0])), slopes=True)


@cross_entropy.accepts
def _(z, labels):
    return F.nll_loss(F.log_softmax(z, 1), labels)


@cross_entropy.accepts
def _(z, labels):
    top = z.amax(1)
    lse = top + torch.log(torch.exp(z - top[:, None]).sum(1))
    return (lse - z.gather(1, labels[:, None])[:, 0]).mean()


@cross_entropy.accepts
def _(z, labels):
    # Differences to the right answer's logit, and the trick on those.
    d = z - z[torch.arange(len(z)), labels][:, None]
    top = d.amax(1, keepdim=True)
    return (top[:, 0] + (d - top).exp().sum(1).log()).sum() / len(z)


@cross_entropy.accepts
def _(z, labels):
    rows = []
    for row, k in zip(z, labels.tolist(), strict=True):
        top = max(row.tolist())
        rows.append(top + torch.log(sum(torch.exp(v - top) for v in row)) - row[k])
    return sum(rows) / len(rows)


def picked(table, labels):
    return table[torch.arange(len(labels)), labels]


LOG_OF_SOFTMAX = {
    "ko": "보통의 로짓에서는 맞지만 log(softmax)에서 정보가 사라집니다. 로짓이 100 넘게 뒤지면 그 확률은 float32에서 정확히 0이 되고 "
    "ln 0은 −∞입니다(원-핫을 곱하면 0 × ∞ = NaN). 확률을 거치지 말고, ln p = z − (m + ln Σ e^(z − m))로 로그 확률을 바로 "
    "구하세요.",
    "en": "Right for ordinary logits, but log(softmax) loses what it needs: more than 100 behind, a "
    "probability is exactly 0 in float32, and ln 0 is −∞ (times a one-hot, 0 × ∞ = NaN). Do not go "
    "through the probability: ln p = z − (m + ln Σ e^(z − m)) gives its logarithm directly.",
}


@cross_entropy.mistake("log-of-softmax", **LOG_OF_SOFTMAX)
def _(z, labels):
    return -picked(torch.log(F.softmax(z, dim=1)), labels).mean()


@cross_entropy.mistake("log-of-softmax-one-hot", **LOG_OF_SOFTMAX)
def _(z, labels):
    one_hot = F.one_hot(labels, z.shape[1])
    return (one_hot * -torch.log(F.softmax(z, dim=1))).sum(dim=1).mean()


@cross_entropy.mistake("unshifted-softmax", **LOG_OF_SOFTMAX)
def _(z, labels):
    e = torch.exp(z)
    return -picked(torch.log(e / e.sum(1, keepdim=True)), labels).mean()


@cross_entropy.mistake("unshifted-softmax-one-hot", **LOG_OF_SOFTMAX)
def _(z, labels):
    e = torch.exp(z)
    one_hot = F.one_hot(labels, z.shape[1])
    return (one_hot * -torch.log(e / e.sum(1, keepdim=True))).sum(1).mean()


EPSILON = {
    "ko": "로그 안에 작은 수를 더하거나 아래를 잘라 −∞를 피했습니다. NaN은 사라지지만 손실이 어떤 값에서 멈춥니다. 1000이어야 할 곳에서 "
    "100도 되지 않고, 가장 크게 틀린 표본의 기울기가 0이 됩니다. 확률을 거치지 말고 로그 확률을 바로 구하세요.",
    "en": "A small number was added (or a bound set) inside the logarithm to avoid −∞. The NaN is "
    "gone, but the loss stops at some value: where it should be 1000 it does not even reach 100, and "
    "the samples that are most wrong get a gradient of 0. Find the log probability directly, without "
    "going through the probability.",
}


def added(epsilon):
    return lambda z, labels: -picked(torch.log(F.softmax(z, dim=1) + epsilon), labels).mean()


def clamped(epsilon):
    return lambda z, labels: -picked(F.softmax(z, dim=1).clamp(min=epsilon).log(), labels).mean()


for exponent in (4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 30):
    cross_entropy.mistake(f"epsilon-1e-{exponent}", **EPSILON)(added(10.0**-exponent))
    cross_entropy.mistake(f"clamp-1e-{exponent}", **EPSILON)(clamped(10.0**-exponent))


NO_SHIFT = {
    "ko": "로그 확률을 바로 구한 것은 맞지만, 최댓값을 빼지 않아 $e^{1000}$이 무한대가 됩니다(로짓이 모두 −800 같은 줄에서는 ln 0이 "
    "됩니다). 줄마다 최댓값 m을 빼고 합을 구한 다음, ln 밖에서 m을 다시 더하세요.",
    "en": "Going for the log probability directly is right, but without subtracting the maximum "
    "$e^{1000}$ is infinite (and a row of logits like −800 gives ln 0). Subtract the maximum m of each "
    "row before the sum, and add m again outside the ln.",
}


@cross_entropy.mistake("no-shift", **NO_SHIFT)
def _(z, labels):
    return (torch.log(torch.exp(z).sum(1)) - picked(z, labels)).mean()


@cross_entropy.mistake(
    "global-max",
    ko="줄마다의 최댓값이 아니라 텐서 전체의 최댓값을 뺐습니다. 그보다 훨씬 작은 줄은 exp가 전부 0이 되어 ln 0이 됩니다. 최댓값도 "
    "줄마다 구하세요: `z.amax(1, keepdim=True)`",
    en="The largest number of the whole tensor was subtracted, not of each row. In a row far below "
    "it every exp is 0, and ln 0 is −∞. Take the maximum of each row: `z.amax(1, keepdim=True)`.",
)
def _(z, labels):
    shifted = z - z.max()
    return (torch.log(torch.exp(shifted).sum(1)) - picked(shifted, labels)).mean()


@cross_entropy.mistake(
    "maximum-not-added-back",
    ko="최댓값을 빼고 구한 ln Σ에서 *빼지 않은* z를 뺐습니다. 둘의 기준이 다릅니다. m을 다시 더하거나, 두 곳 모두 z − m을 쓰세요.",
    en="The ln Σ was taken of shifted logits, but the logit subtracted from it is *not* shifted. Add m "
    "back, or use z − m in both places.",
)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return (torch.log(torch.exp(shifted).sum(1)) - picked(z, labels)).mean()


@cross_entropy.mistake(
    "sum",
    ko="표본 N개에 대해 평균 내지 않고 더했습니다. 그러면 배치가 커질수록 손실도 기울기도 커집니다.",
    en="The N samples are summed, not averaged: the loss and its gradient grow with the batch.",
)
def _(z, labels):
    return F.cross_entropy(z, labels, reduction="sum")


@cross_entropy.mistake(
    "divided-by-classes-too",
    ko="원-핫을 곱한 표 전체(N·C칸)를 평균 냈습니다. 클래스에 대해서는 더하고(`.sum(1)`) 표본에 대해서만 평균을 내세요.",
    en="This averages all N·C cells of the table. Sum over the classes (`.sum(1)`) and average over "
    "the samples only.",
)
def _(z, labels):
    return F.cross_entropy(z, labels) / z.shape[1]


@cross_entropy.mistake(
    "bits",
    ko="밑이 2인 로그를 썼습니다. PyTorch의 손실은 자연로그입니다. 클래스가 셋이고 아무것도 모를 때 ln 3 ≈ 1.0986이 나와야 합니다.",
    en="This uses logarithms to base 2. PyTorch's losses take the natural one: with three classes, "
    "knowing nothing costs ln 3 ≈ 1.0986.",
)
def _(z, labels):
    return F.cross_entropy(z, labels) / math.log(2)


@cross_entropy.mistake(
    "no-minus",
    ko="부호가 반대입니다. 로그 확률은 0 이하이므로 손실은 거기에 마이너스를 붙인 0 이상의 수입니다.",
    en="The sign is wrong: log probabilities are 0 or less, and the loss is that with a minus, 0 or more.",
)
def _(z, labels):
    return -F.cross_entropy(z, labels)


@cross_entropy.mistake(
    "logits-as-log-probabilities",
    ko="로짓을 그대로 로그 확률로 여겼습니다. 로짓은 아무 수나 될 수 있고 exp의 합이 1이 아닙니다. 먼저 ln Σ e^z를 빼야 로그 확률입니다.",
    en="The logits were taken for log probabilities. Logits can be any numbers, and their exp do not "
    "add up to 1: subtract ln Σ e^z first.",
)
def _(z, labels):
    return F.nll_loss(z, labels)


@cross_entropy.mistake(
    "softmax-twice",
    ko="소프트맥스를 두 번 씌웠습니다. 한 번 씌운 확률에 log-softmax를 또 씌우면, 완벽하게 맞혀도 손실이 0이 되지 않습니다.",
    en="Softmax was applied twice: a log-softmax of what was a probability already. Even a perfect "
    "answer does not bring the loss to 0.",
)
def _(z, labels):
    return F.cross_entropy(F.softmax(z, dim=1), labels)


@cross_entropy.mistake(
    "wrong-axis",
    ko="클래스가 아니라 표본을 따라 소프트맥스를 했습니다. 한 줄이 표본 하나이므로 더하는 축은 1입니다.",
    en="The softmax runs along the samples, not the classes. A row is one sample: the axis to sum "
    "along is 1.",
)
def _(z, labels):
    return F.nll_loss(F.log_softmax(z, dim=0), labels)


@cross_entropy.mistake(
    "minus-the-probability",
    ko="확률에 로그를 씌우지 않고 −p를 평균 냈습니다. 그러면 크게 틀려도 벌이 1을 넘지 못합니다. 손실은 −ln p입니다.",
    en="This averages −p, without a logarithm. Then a very wrong answer costs hardly more than a "
    "slightly wrong one. The loss is −ln p.",
)
def _(z, labels):
    return -picked(F.softmax(z, dim=1), labels).mean()


@cross_entropy.mistake(
    "per-sample",
    ko="표본마다의 손실 (N,)을 그대로 돌려주었습니다. 마지막에 평균을 내어 수 하나로 만드세요.",
    en="These are the losses of the samples, (N,). Take their mean at the end, one number.",
)
def _(z, labels):
    return F.cross_entropy(z, labels, reduction="none")


@cross_entropy.mistake(
    "no-keepdim",
    ko="줄마다의 ln Σ가 (N,)인데 (N, C)에서 그대로 뺐습니다. N = C이면 오류도 없이 엉뚱한 줄의 값을 뺍니다. "
    "`sum(1, keepdim=True)`로 (N, 1)을 만드세요.",
    en="The ln Σ of the rows is (N,), and was subtracted from (N, C) as it is. Where N = C, that "
    "silently takes the value of another row. Make it (N, 1), with `sum(1, keepdim=True)`.",
)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return -picked(shifted - shifted.exp().sum(1).log(), labels).mean()


@cross_entropy.mistake(
    "sum-without-log",
    ko="합에 로그를 씌우지 않고 뺐습니다. 나눗셈의 로그에서 빼는 것은 합이 아니라 *합의 로그*입니다.",
    en="The sum was subtracted without its logarithm. What the log of a quotient subtracts is the "
    "*log* of the sum.",
)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return -picked(shifted - shifted.exp().sum(1, keepdim=True), labels).mean()


@cross_entropy.mistake(
    "sum-of-logits",
    ko="exp 없이 로짓을 더해서 로그를 씌웠습니다. ln Σ 안에는 $e^{z}$가 있어야 합니다.",
    en="The logits were added up without exp. What stands inside ln Σ is $e^{z}$.",
)
def _(z, labels):
    return (torch.log(z.sum(1)) - picked(z, labels)).mean()


@cross_entropy.mistake(
    "sum-and-log-of-softmax",
    ko="표본 N개에 대해 평균 내지 않고 더했습니다. 그리고 log(softmax)는 확률이 0이 되면 −∞입니다. 로그 확률을 바로 구하고 평균을 내세요.",
    en="The N samples are summed, not averaged. And log(softmax) is −∞ where the probability has "
    "become 0: find the log probability directly, then average.",
)
def _(z, labels):
    return -picked(torch.log(F.softmax(z, dim=1)), labels).sum()


@cross_entropy.mistake(
    "no-minus-and-log-of-softmax",
    ko="마이너스가 빠졌습니다. 그리고 log(softmax)는 확률이 0이 되면 −∞입니다. 로그 확률을 바로 구하고 부호를 바꾸세요.",
    en="The minus is missing. And log(softmax) is −∞ where the probability has become 0: find the log "
    "probability directly, then change its sign.",
)
def _(z, labels):
    return picked(torch.log(F.softmax(z, dim=1)), labels).mean()


@cross_entropy.mistake(
    "sum-over-the-table",
    ko="ln Σ의 합을 표 전체에서 구했습니다. 합은 줄마다, 곧 표본마다 따로입니다: `.sum(1, keepdim=True)`",
    en="The sum in ln Σ runs over the whole table. Each row, each sample, has its own: `.sum(1, keepdim=True)`.",
)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return -picked(shifted - shifted.exp().sum().log(), labels).mean()


@cross_entropy.mistake(
    "log-sum-added",
    ko="ln Σ를 빼지 않고 더했습니다. 로그 확률은 (z − m) *빼기* ln Σ입니다.",
    en="ln Σ was added, not subtracted: the log probability is (z − m) *less* ln Σ.",
)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return -picked(shifted + shifted.exp().sum(1, keepdim=True).log(), labels).mean()


def by_shift(shift):
    """Cross entropy with another number than the maximum subtracted."""

    def answer(z, labels):
        shifted = z - shift(z)
        return -picked(shifted - shifted.exp().sum(1, keepdim=True).log(), labels).mean()

    return answer


known = next(m for m in softmax.mistakes if m.key == "place-of-the-maximum")
cross_entropy.mistake("place-of-the-maximum", ko=known.ko, en=known.en)(
    by_shift(lambda z: z.argmax(1, keepdim=True))
)
cross_entropy.mistake("absolute-maximum", **ABS_MAX)(
    by_shift(lambda z: z.abs().amax(1, keepdim=True))
)
for key, shift in {
    "minimum": lambda z: z.amin(1, keepdim=True),
    "mean": lambda z: z.mean(1, keepdim=True),
}.items():
    cross_entropy.mistake(
        key,
        ko="최댓값이 아니라 최솟값이나 평균을 뺐습니다. 그러면 exp에 들어가는 수가 여전히 커서 넘칠 수 있습니다. 가장 큰 것을 "
        "빼면 모두 0 이하가 됩니다.",
        en="This subtracts the minimum or the mean. What goes into exp may still be large, and overflow. "
        "Subtract the largest, and everything is 0 or less.",
    )(by_shift(shift))
cross_entropy.mistake(
    "maximum-along-samples",
    ko="최댓값을 표본을 따라(축 0) 구했습니다. 줄마다, 곧 표본마다의 최댓값입니다: `z.amax(1, keepdim=True)`",
    en="The maximum runs along the samples (axis 0). It is that of each row, of each sample: "
    "`z.amax(1, keepdim=True)`.",
)(lambda z, labels: by_shift(lambda z: z.amax(0, keepdim=True))(z, labels))

NO_KEEPDIM_IN_MAX = {
    "ko": "줄마다의 최댓값이 (N,)인데 (N, C)에서 그대로 뺐습니다. N = C이면 오류도 없이 엉뚱한 줄의 값을 뺍니다. "
    "`amax(1, keepdim=True)`로 (N, 1)을 만드세요. 합에도 `keepdim=True`가 필요합니다.",
    "en": "The maximum of the rows is (N,), and was subtracted from (N, C) as it is. Where N = C, that "
    "silently takes the value of another row. Make it (N, 1), with `amax(1, keepdim=True)`; the sum "
    "needs `keepdim=True`, too.",
}


@cross_entropy.mistake("no-keepdim-in-max", **NO_KEEPDIM_IN_MAX)
def _(z, labels):
    return by_shift(lambda z: z.amax(1))(z, labels)


@cross_entropy.mistake("no-keepdim-anywhere", **NO_KEEPDIM_IN_MAX)
def _(z, labels):
    shifted = z - z.amax(1)
    return -picked(shifted - shifted.exp().sum(1).log(), labels).mean()


@cross_entropy.mistake(
    "maximum-twice",
    ko="m을 두 번 뺐습니다. 로그 확률은 z − (m + ln Σ)이거나 (z − m) − ln Σ입니다.",
    en="m was subtracted twice. The log probability is z − (m + ln Σ), or (z − m) − ln Σ.",
)
def _(z, labels):
    return F.cross_entropy(z, labels) + z.amax(1).mean()


@cross_entropy.mistake(
    "maximum-taken-off",
    ko="ln Σ에서 m을 뺐습니다. z에서 뺄 것은 m + ln Σ입니다: z − (m + ln Σ)",
    en="m was taken off ln Σ. What is subtracted from z is m + ln Σ: z − (m + ln Σ).",
)
def _(z, labels):
    return F.cross_entropy(z, labels) - 2 * z.amax(1).mean()


@cross_entropy.mistake(
    "maximum-inside-the-log",
    ko="m을 로그 *안에서* 더했습니다. 로그 밖에서 더하세요: m + ln Σ",
    en="m was added *inside* the logarithm. Add it outside: m + ln Σ.",
)
def _(z, labels):
    m = z.amax(1, keepdim=True)
    return -picked(z - ((z - m).exp().sum(1, keepdim=True) + m).log(), labels).mean()


@cross_entropy.mistake(
    "all-pairs",
    ko="`log_probs[:, labels]`는 줄마다 하나가 아니라 *모든* 줄에서 *모든* 정답의 열을 꺼내 (N, N)이 됩니다. 앞에서 만든 `nll`을 "
    "쓰세요.",
    en="`log_probs[:, labels]` does not take one number from each row; from *every* row it takes the "
    "columns of *all* labels, (N, N). Use your `nll`.",
)
def _(z, labels):
    return -F.log_softmax(z, 1)[:, labels].mean()


@cross_entropy.mistake(
    "ignores-labels",
    ko="labels를 쓰지 않고 모든 클래스를 평균 냈습니다. 손실은 정답의 로그 확률만 봅니다.",
    en="The labels are not used: this averages over all classes. The loss looks at the log "
    "probability of the right answer only.",
)
def _(z, labels):
    return -F.log_softmax(z, 1).mean()


@cross_entropy.mistake(
    "log-inside-the-sum",
    ko="로그를 씌운 뒤에 더했습니다. exp를 먼저 더하고, 로그는 합을 구한 *뒤에* 씌웁니다.",
    en="The logarithm was taken before adding up. Add up the exps, and take the log *after* the sum.",
)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return -picked(shifted - shifted.exp().log().sum(1, keepdim=True), labels).mean()


ONE_BY_ONE = {
    "ko": "클래스마다 예·아니요를 따로 물었습니다(6장의 시그모이드). 여럿 가운데 하나를 고를 때는 소프트맥스입니다.",
    "en": "This asks yes or no for each class on its own, with the sigmoid of chapter 6. To choose one "
    "of several it is softmax.",
}


@cross_entropy.mistake("binary", **ONE_BY_ONE)
def _(z, labels):
    target = F.one_hot(labels, z.shape[1]).to(z.dtype)
    return F.binary_cross_entropy_with_logits(z, target)


@cross_entropy.mistake("binary-summed", **ONE_BY_ONE)
def _(z, labels):
    target = F.one_hot(labels, z.shape[1]).to(z.dtype)
    return F.binary_cross_entropy_with_logits(z, target, reduction="sum") / len(z)


@cross_entropy.mistake("log-sigmoid", **ONE_BY_ONE)
def _(z, labels):
    return -picked(F.logsigmoid(z), labels).mean()


cross_entropy.mistake("one-hot-too-narrow", **{k: TOO_NARROW[k] + BY_INDEX[k] for k in TOO_NARROW})(
    lambda z, labels: -(F.one_hot(labels) * F.log_softmax(z, 1)).sum(1).mean()
)
for key, small in {
    "eps": lambda z: torch.finfo(z.dtype).eps,
    "tiny": lambda z: torch.finfo(z.dtype).tiny,
    "1e-45": lambda z: 1e-45,
    "1e-38": lambda z: 1e-38,
    "1e-40": lambda z: 1e-40,
}.items():
    cross_entropy.mistake(f"epsilon-{key}", **EPSILON)(
        lambda z, labels, small=small: added(small(z))(z, labels)
    )
    if key != "1e-45":  # clamping at the least number of all is adding it
        cross_entropy.mistake(f"clamp-{key}", **EPSILON)(
            lambda z, labels, small=small: clamped(small(z))(z, labels)
        )


@cross_entropy.mistake(
    "nan-to-num",
    ko="−∞를 아주 큰 수로 바꾸었을 뿐입니다. 확률이 0이 된 뒤에는 얼마나 틀렸는지 알 수 없습니다. 확률을 거치지 말고 로그 확률을 "
    "바로 구하세요.",
    en="This only replaces −∞ by a huge number. Once the probability is 0, nothing tells how wrong it "
    "was. Find the log probability directly, without going through the probability.",
)
def _(z, labels):
    return -picked(torch.log(F.softmax(z, dim=1)).nan_to_num(), labels).mean()


@cross_entropy.mistake(
    "clamped-logits",
    ko="큰 로짓을 잘라서(clamp) 넘침을 막았습니다. 잘린 로짓들의 차이가 사라집니다. 자르지 말고 가장 큰 로짓을 *빼세요*.",
    en="Large logits were clamped to keep exp from overflowing, which wipes out their differences. "
    "*Subtract* the largest logit instead.",
)
def _(z, labels):
    return F.cross_entropy(z.clamp(-80, 80), labels)


known = next(m for m in cross_entropy.mistakes if m.key == "wrong-axis")


@cross_entropy.mistake("wrong-axis-log-of-softmax", ko=known.ko, en=known.en)
def _(z, labels):
    return -picked(torch.log(F.softmax(z, dim=0)), labels).mean()


@cross_entropy.mistake("sum-along-samples", ko=known.ko, en=known.en)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return -picked(shifted - shifted.exp().sum(0, keepdim=True).log(), labels).mean()


@cross_entropy.mistake(
    "only-the-sum-in-bits",
    ko="ln Σ에만 밑이 2인 로그를 썼습니다. 자연로그 `.log()`를 쓰세요.",
    en="The logarithm of the sum is to base 2. Use the natural one, `.log()`.",
)
def _(z, labels):
    shifted = z - z.amax(1, keepdim=True)
    return -picked(shifted - shifted.exp().sum(1, keepdim=True).log2(), labels).mean()


@cross_entropy.mistake(
    "own-entropy",
    ko="모델의 확률 *자신의* 엔트로피입니다. 정답 labels가 들어가지 않았습니다.",
    en="This is the entropy of the model's *own* probabilities. The labels are not in it.",
)
def _(z, labels):
    return entropy(F.softmax(z, dim=1)).mean()


@cross_entropy.mistake(
    "label-detached",
    ko="값은 맞지만 정답의 로짓이 기울기에서 빠졌습니다. `.item()`이나 `.detach()`로 꺼내면 거기서 길이 끊깁니다. 이대로 학습하면 모든 로짓을 "
    "내리기만 합니다. 텐서인 채로 골라내세요.",
    en="The value is right, but the logit of the right class has no part in the gradient: taken out with "
    "`.item()` or `.detach()`, its way back is cut. Trained like this, all logits would only go down. "
    "Pick it as a tensor.",
)
def _(z, labels):
    return (torch.logsumexp(z, 1) - picked(z, labels).detach()).mean()


@cross_entropy.mistake(
    "sum-detached",
    ko="값은 맞지만 로그합(log Σ e^z)이 기울기에서 빠졌습니다. `.item()`이나 `.detach()`로 꺼내면 거기서 길이 끊깁니다. 텐서인 채로 계산하세요.",
    en="The value is right, but the log of the sum has no part in the gradient: taken out with `.item()` or "
    "`.detach()`, its way back is cut. Compute it as a tensor.",
)
def _(z, labels):
    return (torch.logsumexp(z, 1).detach() - picked(z, labels)).mean()


@cross_entropy.mistake(
    "maximum-half-detached",
    ko="값은 맞지만 기울기가 틀립니다. 빼 준 최댓값에서는 길을 끊고(`.detach()`), 다시 더한 최댓값에서는 끊지 않았습니다. 둘 다 끊거나 둘 다 "
    "그대로 두어야 서로 지워집니다.",
    en="The value is right, but the gradient is not. The way back is cut at the maximum that is subtracted "
    "(`.detach()`) and not at the one that is added again. Cut both or none: then they cancel.",
)
def _(z, labels):
    top = z.amax(1, keepdim=True)
    lse = torch.exp(z - top.detach()).sum(1, keepdim=True).log() + top
    return (lse[:, 0] - picked(z, labels)).mean()


FIXED_FOR_IMPOSSIBLE = {
    "ko": "0으로 반올림된 확률의 로그를 정해진 수로 바꾸거나 잘라 냈습니다(`nan_to_num`, `torch.where`, `clamp`). 손실은 로짓의 차이만큼이어야 하고, 그 "
    "차이에는 한계가 없습니다. 확률을 거치지 말고 로짓에서 바로 구하세요.",
    "en": "The logarithm of a probability that was rounded to 0 is replaced by a fixed number, or cut off "
    "(`nan_to_num`, `torch.where`, `clamp`). The loss should be as large as the gap between the logits, which has no "
    "limit. Do not go through probabilities: go straight from the logits.",
}


@cross_entropy.mistake("1000-for-infinity", **FIXED_FOR_IMPOSSIBLE)
def _(z, labels):
    return F.nll_loss(F.softmax(z, dim=1).log(), labels).nan_to_num(posinf=1000.0)


@cross_entropy.mistake("minus-1000-for-log-0", **FIXED_FOR_IMPOSSIBLE)
def _(z, labels):
    p = F.softmax(z, dim=1)
    return F.nll_loss(torch.where(p > 0, p.log(), -1000.0), labels)


@cross_entropy.mistake("cut-off-at-1000", **FIXED_FOR_IMPOSSIBLE)
def _(z, labels):
    return F.nll_loss(F.log_softmax(z, 1).clamp(min=-1000), labels)


cross_entropy.hints(
    ko=[
        "확률을 먼저 구하고 로그를 씌우면 0이 된 확률에서 막힙니다. 나눗셈의 로그는 로그의 뺄셈이라는 것을 써서, 확률을 거치지 말고 로그 "
        "확률로 바로 가세요.",
        "줄마다 m = `z.amax(1, keepdim=True)`를 빼서 `shifted` (N, C)를 만듭니다. 로그 확률은 `shifted`에서 "
        "`shifted.exp().sum(1, keepdim=True).log()` (N, 1)을 뺀 것입니다. 그다음은 앞에서 만든 `nll`이 합니다.",
        "`shifted = z - z.amax(1, keepdim=True)`, `log_probs = shifted - shifted.exp().sum(1, keepdim=True).log()`, "
        "`return nll(log_probs, labels)`",
    ],
    en=[
        "If you compute the probability first and take its log, you are stuck where it became 0. The "
        "log of a quotient is a difference of logs: go straight to the log probability.",
        "Subtract m = `z.amax(1, keepdim=True)` from each row: `shifted`, (N, C). The log "
        "probabilities are `shifted` less `shifted.exp().sum(1, keepdim=True).log()`, (N, 1). Your "
        "`nll` does the rest.",
        "`shifted = z - z.amax(1, keepdim=True)`, `log_probs = shifted - shifted.exp().sum(1, keepdim=True).log()`, "
        "`return nll(log_probs, labels)`.",
    ],
)


# ---------------------------------------------------------------- softmax-gradient


@exercise(
    "softmax-gradient", points=2, forbids=[".backward", "torch.autograd.grad", "torch.func.grad"]
)
def softmax_gradient(z, labels):
    z = z.clone().requires_grad_()
    return torch.autograd.grad(F.cross_entropy(z, labels), z)[0]


@softmax_gradient.cases
def _(draw):
    yield torch.tensor([[0.0, 0.0, 0.0, 0.0]]), torch.tensor([1])
    yield torch.tensor([[2.0, 1.0, -1.0], [0.0, 3.0, 1.0]]), torch.tensor([0, 1])
    yield torch.tensor([[1000.0, 0.0, -1000.0], [0.0, 1.0, 2.0]]), torch.tensor([1, 0])
    large = torch.tensor([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -1002.0], [1000.0, 1000.0, 0.0]])
    yield large, torch.tensor([0, 2, 1])
    N = draw.integer(4, 7)
    yield draw.normal(N, 3), draw.integers(0, 2, N)
    yield draw.normal(3, 3), torch.tensor([0, 2, 2])
    yield draw.normal(2, 5, dtype=DOUBLE), torch.tensor([3, 1])


@softmax_gradient.accepts
def _(z, labels):
    gradient = F.softmax(z, dim=1)
    gradient[torch.arange(len(z)), labels] -= 1
    return gradient / len(z)


@softmax_gradient.accepts
def _(z, labels):
    rows = []
    for row, k in zip(z, labels.tolist(), strict=True):
        p = (row - row.max()).exp() / (row - row.max()).exp().sum()
        rows.append(p - (torch.arange(len(row)) == k).to(z.dtype))
    return torch.stack(rows) / z.size(0)


@softmax_gradient.accepts
def _(z, labels):
    p = torch.exp(z - z.logsumexp(1, keepdim=True))
    return p.scatter_add(1, labels[:, None], -torch.ones_like(p[:, :1])).div(z.shape[0])


def residual(z, labels):
    return F.softmax(z, dim=1) - F.one_hot(labels, z.shape[1])


@softmax_gradient.mistake(
    "not-divided",
    ko="N으로 나누지 않았습니다. 손실이 표본 N개의 평균이므로 기울기에도 1/N이 붙습니다.",
    en="The division by N is missing. The loss is a mean over N samples, which puts 1/N into its gradient.",
)
def _(z, labels):
    return residual(z, labels)


@softmax_gradient.mistake(
    "divided-by-everything",
    ko="N·C로 나누었습니다. 클래스에 대해서는 평균이 아니라 합이므로 N으로만 나눕니다.",
    en="This divides by N·C. Over the classes the loss is a sum, not a mean: divide by N only.",
)
def _(z, labels):
    return residual(z, labels) / z.numel()


@softmax_gradient.mistake(
    "divided-by-classes",
    ko="N이 아니라 클래스의 수 C로 나누었습니다. 평균을 낸 것은 표본에 대해서입니다.",
    en="This divides by the number of classes C. What is averaged over are the N samples.",
)
def _(z, labels):
    return residual(z, labels) / z.shape[1]


@softmax_gradient.mistake(
    "wrong-sign",
    ko="부호가 반대입니다. 정답의 로짓을 올리면 손실이 *줄어드니* 그 자리의 기울기는 음수, 곧 p − 1이어야 합니다.",
    en="The sign is wrong. Raising the right answer's logit *lowers* the loss, so the gradient there "
    "is negative: p − 1.",
)
def _(z, labels):
    return -residual(z, labels) / len(z)


@softmax_gradient.mistake(
    "no-softmax",
    ko="확률이 아니라 로짓에서 원-핫을 뺐습니다. 먼저 소프트맥스로 확률을 구하세요.",
    en="The one-hot was subtracted from the logits. Turn them into probabilities with softmax first.",
)
def _(z, labels):
    return (z - F.one_hot(labels, z.shape[1])) / len(z)


@softmax_gradient.mistake(
    "no-one-hot",
    ko="확률만 있고 원-핫을 빼지 않았습니다. 모든 칸이 양수이면 정답의 로짓까지 내리게 됩니다.",
    en="These are the probabilities without the one-hot taken off. With every cell positive, even the "
    "right answer's logit would be lowered.",
)
def _(z, labels):
    return F.softmax(z, dim=1) / len(z)


@softmax_gradient.mistake(
    "minus-one-everywhere",
    ko="정답의 칸만이 아니라 모든 칸에서 1을 뺐습니다. 원-핫은 정답 자리만 1이고 나머지는 0입니다.",
    en="1 was subtracted in every cell. A one-hot is 1 at the right answer and 0 elsewhere.",
)
def _(z, labels):
    return (F.softmax(z, dim=1) - 1) / len(z)


@softmax_gradient.mistake(
    "all-pairs",
    ko="`p[:, labels] -= 1`은 *모든* 줄에서 *모든* 정답의 열을 1 줄입니다. i번 줄에서는 labels[i] 한 칸만이어야 합니다: "
    "`p[torch.arange(N), labels]`",
    en="`p[:, labels] -= 1` lowers the columns of *all* labels in *every* row. In row i it should be "
    "the one cell labels[i]: `p[torch.arange(N), labels]`.",
)
def _(z, labels):
    p = F.softmax(z, dim=1)
    p[:, labels] -= 1
    return p / len(z)


@softmax_gradient.mistake(
    "label-column-only",
    ko="정답의 칸에만 기울기가 있고 나머지는 0입니다. 오답의 로짓도 손실에 들어 있습니다(분모의 합). 그 기울기는 제 확률 p입니다.",
    en="Only the right answer's cell has a gradient. The wrong logits are in the loss as well, in the "
    "sum of the denominator: their gradient is their own probability p.",
)
def _(z, labels):
    return residual(z, labels) * F.one_hot(labels, z.shape[1]) / len(z)


@softmax_gradient.mistake(
    "sigmoid",
    ko="소프트맥스 대신 시그모이드를 썼습니다. 식의 꼴은 6장과 같지만, p는 이제 소프트맥스의 확률입니다.",
    en="A sigmoid stands where the softmax should be. The form is that of chapter 6, but p now comes "
    "from softmax.",
)
def _(z, labels):
    return (torch.sigmoid(z) - F.one_hot(labels, z.shape[1])) / len(z)


@softmax_gradient.mistake(
    "times-slope",
    ko="p(1 − p)를 더 곱했습니다. 소프트맥스의 기울기는 손실의 로그와 만나 이미 지워졌습니다. 남는 것은 p − onehot뿐입니다.",
    en="There is an extra factor p(1 − p). The slope of softmax has already cancelled against the "
    "logarithm of the loss: p − onehot is all that remains.",
)
def _(z, labels):
    p = F.softmax(z, dim=1)
    return residual(z, labels) * p * (1 - p) / len(z)


@softmax_gradient.mistake(
    "wrong-axis",
    ko="소프트맥스를 표본을 따라(축 0) 했습니다. 확률은 한 줄 안에서 더해서 1이어야 합니다.",
    en="The softmax runs along the samples (axis 0). Probabilities add up to 1 within a row.",
)
def _(z, labels):
    return (F.softmax(z, dim=0) - F.one_hot(labels, z.shape[1])) / len(z)


@softmax_gradient.mistake(
    "one-hot-too-narrow",
    ko="`F.one_hot(labels)`에 클래스의 수를 주지 않았습니다. 그러면 열의 수가 배치에서 *본* 가장 큰 번호에 맞춰져, 마지막 클래스가 "
    "없는 배치에서 모양이 맞지 않습니다. `F.one_hot(labels, z.shape[1])`로 쓰세요.",
    en="`F.one_hot(labels)` was not told the number of classes. It makes as many columns as the "
    "largest label *in the batch* needs, and without the last class the shapes do not fit. Write "
    "`F.one_hot(labels, z.shape[1])`.",
)
def _(z, labels):
    return (F.softmax(z, dim=1) - F.one_hot(labels)) / len(z)


@softmax_gradient.mistake(
    "no-shift",
    ko="식은 맞지만 exp가 넘쳐 NaN이 나옵니다. 앞에서 만든, 최댓값을 빼는 `softmax`를 쓰세요.",
    en="The formula is right, but exp overflows and gives NaN. Use your `softmax`, which subtracts "
    "the maximum.",
)
def _(z, labels):
    p = torch.exp(z) / torch.exp(z).sum(1, keepdim=True)
    return (p - F.one_hot(labels, z.shape[1])) / len(z)


@softmax_gradient.mistake(
    "labels-not-one-hot",
    ko="원-핫이 아니라 클래스의 *번호*를 뺐습니다. 번호 2는 '1이 두 개'가 아닙니다. `F.one_hot(labels, z.shape[1])`을 빼세요.",
    en="What was subtracted is the *number* of the class. Number 2 is not “twice 1”: subtract "
    "`F.one_hot(labels, z.shape[1])`.",
)
def _(z, labels):
    return (F.softmax(z, dim=1) - labels[:, None]) / len(z)


@softmax_gradient.mistake(
    "log-probabilities",
    ko="확률이 아니라 로그 확률에서 원-핫을 뺐습니다. 로그는 미분하면서 없어졌습니다.",
    en="The one-hot was taken off the log probabilities. The logarithm went away in differentiating.",
)
def _(z, labels):
    return (F.log_softmax(z, dim=1) - F.one_hot(labels, z.shape[1])) / len(z)


@softmax_gradient.mistake(
    "added",
    ko="원-핫을 빼지 않고 더했습니다. 그러면 정답의 로짓이 가장 많이 내려갑니다.",
    en="The one-hot was added, not subtracted: the right answer's logit would be lowered most of all.",
)
def _(z, labels):
    return (F.softmax(z, dim=1) + F.one_hot(labels, z.shape[1])) / len(z)


@softmax_gradient.mistake(
    "labels-broadcast",
    ko="원-핫이 아니라 labels를 그대로 뺐습니다. (N, C)와 (N,)은 대개 모양이 맞지 않고, 맞더라도 클래스의 *번호*를 빼게 됩니다. "
    "`F.one_hot(labels, z.shape[1])`을 빼세요.",
    en="The labels were subtracted as they are. (N, C) and (N,) rarely fit, and where they do, it is "
    "the *number* of the class that is subtracted. Subtract `F.one_hot(labels, z.shape[1])`.",
)
def _(z, labels):
    return (F.softmax(z, dim=1) - labels) / len(z)


@softmax_gradient.mistake(
    "wrong-sign-not-divided",
    ko="부호가 반대이고 N으로 나누지도 않았습니다. 정답 − 확률이 아니라 확률 − 정답이고, 손실이 평균이므로 1/N이 붙습니다.",
    en="The sign is wrong, and the division by N is missing. It is probability − answer, and since the "
    "loss is a mean, 1/N of that.",
)
def _(z, labels):
    return -residual(z, labels)


HALF_DIVIDED = {
    "ko": "나눗셈이 뺄셈보다 먼저라 둘 가운데 하나만 N으로 나누었습니다. 뺄셈을 괄호로 묶고 나누세요.",
    "en": "Division comes before subtraction, so only one of the two was divided by N. Put the "
    "subtraction in brackets, then divide.",
}


@softmax_gradient.mistake("only-one-hot-divided", **HALF_DIVIDED)
def _(z, labels):
    return F.softmax(z, dim=1) - F.one_hot(labels, z.shape[1]) / len(z)


@softmax_gradient.mistake("only-probabilities-divided", **HALF_DIVIDED)
def _(z, labels):
    return F.softmax(z, dim=1) / len(z) - F.one_hot(labels, z.shape[1])


@softmax_gradient.mistake(
    "twice-too-large",
    ko="2가 붙었습니다. 그것은 제곱 오차의 기울기에서 온 것이고, 여기에는 제곱이 없습니다.",
    en="There is a factor 2 too many. It belongs to squared errors, and nothing is squared here.",
)
def _(z, labels):
    return 2 * residual(z, labels) / len(z)


@softmax_gradient.mistake(
    "samples-merged",
    ko="표본을 모두 합쳐 버렸습니다. 기울기는 로짓과 같은 (N, C)이고, 평균은 N으로 나누는 것으로 이미 들어 있습니다.",
    en="The samples were merged. The gradient has the shape of the logits, (N, C); the mean is in the "
    "division by N.",
)
def _(z, labels):
    return residual(z, labels).mean(0)


@softmax_gradient.mistake(
    "set-to-minus-one",
    ko="정답의 칸에서 1을 *빼야지* −1로 바꾸면 안 됩니다(`-= 1`).",
    en="Subtract 1 from the answer's cell (`-= 1`); do not set it to −1.",
)
def _(z, labels):
    p = F.softmax(z, dim=1)
    p[torch.arange(len(z)), labels] = -1
    return p / len(z)


@softmax_gradient.mistake(
    "one-minus-p",
    ko="정답의 칸의 부호가 반대입니다. 1 − p가 아니라 p − 1입니다.",
    en="The answer's cell has the wrong sign: it is p − 1, not 1 − p.",
)
def _(z, labels):
    p = F.softmax(z, dim=1)
    rows = torch.arange(len(z))
    p[rows, labels] = 1 - p[rows, labels]
    return p / len(z)


@softmax_gradient.mistake(
    "rows-by-label",
    ko="`p[labels]`는 정답의 번호로 *줄*을 고릅니다. 줄은 표본이고 클래스는 열입니다. 줄 번호와 열 번호를 함께 주세요: "
    "`p[torch.arange(N), labels]`",
    en="`p[labels]` uses the labels to pick *rows*. Rows are samples; classes are columns. Give both "
    "numbers: `p[torch.arange(N), labels]`.",
)
def _(z, labels):
    p = F.softmax(z, dim=1)
    p[labels] -= 1
    return p / len(z)


@softmax_gradient.mistake(
    "one-hot-by-samples",
    ko="`F.one_hot`의 둘째 인자는 표본의 수가 아니라 *클래스*의 수입니다: `F.one_hot(labels, z.shape[1])`",
    en="The second argument of `F.one_hot` is the number of *classes*, not of samples: "
    "`F.one_hot(labels, z.shape[1])`.",
)
def _(z, labels):
    return (F.softmax(z, dim=1) - F.one_hot(labels, len(z))) / len(z)


@softmax_gradient.mistake(
    "one-hot-of-the-guess",
    ko="정답이 아니라 모델이 고른 클래스(`argmax`)의 원-핫을 뺐습니다. labels로 원-핫을 만드세요.",
    en="The one-hot is that of the model's guess (`argmax`), not of the answer. Make it from labels.",
)
def _(z, labels):
    return (F.softmax(z, dim=1) - F.one_hot(z.argmax(1), z.shape[1])) / len(z)


@softmax_gradient.mistake(
    "taken-off-the-logits",
    ko="로짓에서 먼저 1을 빼고 소프트맥스를 했습니다. 확률을 구한 *다음에* 정답의 칸에서 1을 빼세요.",
    en="1 was taken off the logits, and softmax applied to that. Find the probabilities first, *then* "
    "subtract 1 in the answer's cell.",
)
def _(z, labels):
    return F.softmax(z - F.one_hot(labels, z.shape[1]), dim=1) / len(z)


@softmax_gradient.mistake(
    "returns-in-the-loop",
    ko="첫 줄만 계산되었습니다. `return`이 반복문 안에 있지 않나요?",
    en="Only the first row has been worked on. Does the `return` stand inside the loop?",
)
def _(z, labels):
    p = F.softmax(z, dim=1)
    p[0] = residual(z, labels)[0] / len(z)
    return p


@softmax_gradient.mistake(
    "times-the-loss",
    ko="손실의 *값*을 더 곱했습니다. 기울기에는 손실의 값이 들어가지 않습니다.",
    en="It was multiplied by the *value* of the loss, which has no place in the gradient.",
)
def _(z, labels):
    return residual(z, labels) * F.cross_entropy(z, labels) / len(z)


@softmax_gradient.mistake(
    "no-softmax-not-divided",
    ko="로짓에서 원-핫을 뺐습니다. 먼저 소프트맥스로 확률을 구하고, 마지막에 N으로 나누세요.",
    en="The one-hot was subtracted from the logits. Turn them into probabilities with softmax first, "
    "and divide by N in the end.",
)
def _(z, labels):
    return z - F.one_hot(labels, z.shape[1])


for limit in (50, 80, 100):
    softmax_gradient.mistake(
        f"clamped-at-{limit}",
        ko="로짓을 잘라 냈습니다(`clamp`). 자른 곳보다 먼 로짓은 모두 같은 값이 되어 확률이 달라집니다. 자르지 말고, 줄마다 가장 큰 로짓을 빼세요"
        "(여러분의 `softmax`).",
        en="The logits are cut off (`clamp`): all of those beyond it become the same, and the probabilities change. Cut "
        "nothing; subtract the largest logit of each row, as your `softmax` does.",
    )(lambda z, labels, limit=limit: softmax_gradient(z.clamp(-limit, limit), labels))


softmax_gradient.hints(
    ko=[
        "그림에서 기울기 막대는 확률 막대에서 정답 막대를 뺀 것이었습니다. 표본이 여럿이면 줄마다 그렇게 하고, 손실이 평균이라는 것을 "
        "잊지 마세요.",
        "(N, C)인 확률에서 (N, C)인 원-핫을 빼고 N으로 나눕니다. 원-핫은 `F.one_hot(labels, C)`이고, C는 `z.shape[1]`입니다.",
        "`return (softmax(z, 1) - F.one_hot(labels, z.shape[1])) / len(z)`",
    ],
    en=[
        "In the picture the gradient's bars were the probabilities less the right answer's. Do so in "
        "every row, and remember that the loss is a mean.",
        "Probabilities, (N, C), less a one-hot, (N, C), divided by N. The one-hot is "
        "`F.one_hot(labels, C)`, with C = `z.shape[1]`.",
        "`return (softmax(z, 1) - F.one_hot(labels, z.shape[1])) / len(z)`.",
    ],
)


# ---------------------------------------------------------------- classifier


@exercise("classifier", kind="module", all_or_nothing=True)
class SoftmaxClassifier(nn.Sequential):
    def __init__(self, features, classes):
        super().__init__(OrderedDict(linear=nn.Linear(features, classes)))


def state(draw, features, classes):
    return {
        "linear.weight": draw.normal(classes, features),
        "linear.bias": draw.normal(classes),
    }


@SoftmaxClassifier.cases
def _(draw):
    simple = {
        "linear.weight": torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]),
        "linear.bias": torch.tensor([0.5, 0.0, 0.0]),
    }
    yield Case((2, 3), simple, (torch.tensor([[1.0, 2.0], [0.0, -1.0]]),))
    yield Case((13, 3))  # only built: what has no forward gets this far
    yield Case((4, 2), state(draw, 4, 2), (draw.normal(1, 4),), training=True)
    D, C = draw.integer(5, 8), draw.integer(4, 6)
    yield Case((D, C), state(draw, D, C), (draw.normal(draw.integer(2, 6), D),))
    yield Case((4, 3), state(draw, 4, 3), (draw.normal(3, 4),))


@SoftmaxClassifier.accepts
class _(nn.Module):
    def __init__(self, features, classes):
        nn.Module.__init__(self)
        self.add_module("linear", nn.Linear(in_features=features, out_features=classes))

    def forward(self, x):
        return (x[:, None, :] * self.linear.weight).sum(-1) + self.linear.bias


class Skeleton(nn.Module):
    """A right classifier, for the mistakes that change one thing in it."""

    def __init__(self, features, classes, bias=True):
        super().__init__()
        self.linear = nn.Linear(features, classes, bias=bias)

    def forward(self, x):
        return self.linear(x)


@SoftmaxClassifier.mistake(
    "softmax-in-forward",
    ko="`forward`가 로짓이 아니라 확률을 돌려줍니다. `F.cross_entropy`는 그 안에서 소프트맥스를 합니다. 여기서도 하면 두 번이 됩니다. "
    "선형 층의 출력을 그대로 돌려주세요.",
    en="`forward` returns probabilities, not logits. `F.cross_entropy` does the softmax inside; doing "
    "it here as well makes two. Return the output of the linear layer as it is.",
)
class _(Skeleton):
    def forward(self, x):
        return F.softmax(self.linear(x), dim=1)


@SoftmaxClassifier.mistake(
    "softmax-over-batch",
    ko="`forward`가 확률을 돌려줍니다. 게다가 클래스가 아니라 표본을 따라(축 0) 소프트맥스를 했습니다. 로짓을 그대로 돌려주세요.",
    en="`forward` returns probabilities, and the softmax even runs along the samples (axis 0), not "
    "the classes. Return the logits as they are.",
)
class _(Skeleton):
    def forward(self, x):
        return F.softmax(self.linear(x), dim=0)


@SoftmaxClassifier.mistake(
    "log-softmax-in-forward",
    ko="`forward`가 로짓이 아니라 로그 확률을 돌려줍니다. 그것은 손실 함수가 할 일입니다. 선형 층의 출력을 그대로 돌려주세요.",
    en="`forward` returns log probabilities, not logits. That is the loss function's job: return the "
    "output of the linear layer as it is.",
)
class _(Skeleton):
    def forward(self, x):
        return F.log_softmax(self.linear(x), dim=1)


@SoftmaxClassifier.mistake(
    "sigmoid-in-forward",
    ko="6장의 시그모이드를 씌웠습니다. 클래스가 여럿일 때는 로짓을 그대로 돌려주고, 소프트맥스는 손실 함수에 맡깁니다.",
    en="This ends with the sigmoid of chapter 6. With several classes, return the logits as they are "
    "and leave the softmax to the loss function.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@SoftmaxClassifier.mistake(
    "argmax-in-forward",
    ko="`forward`가 고른 클래스의 번호를 돌려줍니다. 번호에는 기울기가 없어서 배울 수 없습니다. 로짓 (N, C)를 돌려주고, 고르는 일은 "
    "나중에 하세요.",
    en="`forward` returns the number of the chosen class. A number has no gradient, so nothing can be "
    "learned. Return the logits, (N, C), and choose later.",
)
class _(Skeleton):
    def forward(self, x):
        return self.linear(x).argmax(1)


@SoftmaxClassifier.mistake(
    "swapped-sizes",
    ko="들어오는 수와 나가는 수가 바뀌었습니다. `nn.Linear`도, `__init__`의 매개변수도 먼저 들어오는 수(features), 다음에 나가는 "
    "수(classes)입니다.",
    en="What comes in and what goes out are swapped. Both `nn.Linear` and the parameters of `__init__` "
    "have features first (in), then classes (out).",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(classes, features)


@SoftmaxClassifier.mistake(
    "sizes-of-the-notes",
    ko="노트처럼 크기를 (4, 3)으로 못 박았습니다. 만들 때 받은 features와 classes를 쓰세요.",
    en="The sizes are fixed at (4, 3), as in the notes. Use the features and classes that the module is made with.",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(4, 3)


@SoftmaxClassifier.mistake(
    "sizes-of-the-wine",
    ko="크기를 포도주의 (13, 3)으로 못 박았습니다. 만들 때 받은 features와 classes를 쓰세요.",
    en="The sizes are fixed at (13, 3), those of the wine. Use the features and classes that the module is made with.",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(13, 3)


@SoftmaxClassifier.mistake(
    "three-classes-always",
    ko="클래스의 수를 3으로 못 박았습니다. 만들 때 받은 classes를 쓰세요.",
    en="The number of classes is fixed at 3. Use the classes that the module is made with.",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(features, 3)


@SoftmaxClassifier.mistake(
    "one-output",
    ko="출력이 하나뿐입니다. 6장처럼 둘 중 하나를 고를 때는 로짓 하나면 되지만, 클래스가 C개이면 로짓도 C개가 필요합니다.",
    en="There is a single output. One logit was enough for the yes or no of chapter 6; C classes need C logits.",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(features, 1)


@SoftmaxClassifier.mistake(
    "no-bias",
    ko="편향이 없습니다. `nn.Linear`에 `bias=False`를 주지 마세요.",
    en="There is no bias: do not give `nn.Linear` a `bias=False`.",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(features, classes, bias=False)


@SoftmaxClassifier.mistake(
    "no-forward",
    ko="모듈에 `forward`라는 메서드가 없습니다. 철자가 틀렸거나, `__init__` *안에* 들여쓰기 되어 있지 않나요?",
    en="The module has no method called `forward`. Is it misspelt, or indented *inside* `__init__`?",
)
class _(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.linear = nn.Linear(features, classes)


@SoftmaxClassifier.mistake(
    "relu-in-forward",
    ko="로짓에 ReLU를 씌웠습니다. 로짓은 음수여도 됩니다. 선형 층의 출력을 그대로 돌려주세요.",
    en="A ReLU cuts off the negative logits, and logits may well be negative. Return the output of "
    "the linear layer as it is.",
)
class _(Skeleton):
    def forward(self, x):
        return F.relu(self.linear(x))


def under_another_name(name):
    class Renamed(nn.Module):
        def __init__(self, features, classes):
            super().__init__()
            setattr(self, name, nn.Linear(features, classes))

        def forward(self, x):
            return getattr(self, name)(x)

    return Renamed


for name in (
    "fc",
    "layer",
    "lin",
    "l",
    "fc1",
    "model",
    "out",
    "classifier",
    "Linear",
    "linear1",
    "layer1",
    "fc2",
    "net",
    "output",
):
    SoftmaxClassifier.mistake(
        f"called-{name}",
        ko="층의 이름이 다릅니다. 설명문대로 `self.linear`라고 부르세요. 저장된 가중치는 이 이름으로 찾아갑니다(`linear.weight`).",
        en="The layer has another name. Call it `self.linear`, as the docstring says: saved weights "
        "find their place by this name (`linear.weight`).",
    )(under_another_name(name))


class Empty(nn.Module):
    def forward(self, x):
        return self.linear(x)


@SoftmaxClassifier.mistake(
    "layer-not-kept",
    ko="모듈에 매개변수가 하나도 없습니다. 층은 `__init__`에서 만들어 `self.linear`에 바로 담아야 등록됩니다. 지역 변수나 리스트에만 담거나 "
    "`forward`에서 만든 층은 등록되지 않습니다.",
    en="The module has no parameters at all. A layer is registered if `__init__` makes it and assigns it to `self.linear` "
    "itself; one kept in a local variable or a list only, or made in `forward`, is not.",
)
class _(Empty):
    def __init__(self, features, classes):
        super().__init__()
        linear = nn.Linear(features, classes)  # noqa: F841


@SoftmaxClassifier.mistake(
    "softmax-in-sequential",
    ko="`self.linear`에 `nn.Sequential`을 담았습니다. 매개변수의 이름이 `linear.0.weight`가 됩니다. `nn.Linear` 하나만 담으세요. "
    "소프트맥스도 넣지 않습니다. 그것은 손실 함수가 합니다.",
    en="`self.linear` holds an `nn.Sequential`, so the parameters are called `linear.0.weight`. Keep "
    "just an `nn.Linear` there. No softmax either: that is the loss function's job.",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(features, classes)
        self.linear = nn.Sequential(nn.Linear(features, classes), nn.Softmax(dim=1))


@SoftmaxClassifier.mistake(
    "features-twice",
    ko="나가는 수가 features입니다. 로짓은 클래스마다 하나씩이니 나가는 수는 classes입니다.",
    en="What goes out is features. There is a logit for each class: it should be classes.",
)
class _(Skeleton):
    def __init__(self, features, classes):
        super().__init__(features, features)


@SoftmaxClassifier.mistake(
    "weights-by-hand",
    ko="가중치를 W와 b라는 매개변수로 직접 만들었습니다. 저장된 가중치가 이름으로 찾아가도록 `self.linear = nn.Linear(…)`를 쓰세요.",
    en="The weights are parameters of your own, W and b. For saved weights to find their place by name, "
    "use `self.linear = nn.Linear(…)`.",
)
class _(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(features, classes))
        self.b = nn.Parameter(torch.zeros(classes))

    def forward(self, x):
        return x @ self.W + self.b


@SoftmaxClassifier.mistake(
    "new-layer-in-forward",
    ko="`forward`에서 층을 새로 만들었습니다. 그러면 부를 때마다 가중치가 새로 뽑혀 아무것도 배울 수 없습니다. 층은 `__init__`에서 한 번만 "
    "만드세요.",
    en="`forward` makes a new layer. Its weights are then drawn anew with every call, and nothing can be "
    "learned. Make the layer once, in `__init__`.",
)
class _(Skeleton):
    def forward(self, x):
        return nn.Linear(*reversed(self.linear.weight.shape))(x)


SoftmaxClassifier.hints(
    ko=[
        "4장의 모듈에서 출력만 C개로 늘어났습니다. 확률로 바꾸는 일은 손실 함수가 합니다.",
        "`__init__`: 먼저 `super().__init__()`, 그다음 `self.linear`에 `nn.Linear(들어오는 수, 나가는 수)`. `forward`: 그 층에 x를 넣은 "
        "것, (N, C).",
        "`super().__init__()`, `self.linear = nn.Linear(features, classes)`; `forward`에서는 `return self.linear(x)`",
    ],
    en=[
        "It is the module of chapter 4 with C outputs. Turning them into probabilities is the loss "
        "function's job.",
        "`__init__`: first `super().__init__()`, then `self.linear`, an `nn.Linear(what comes in, what "
        "goes out)`. `forward`: that layer applied to x, (N, C).",
        "`super().__init__()`, `self.linear = nn.Linear(features, classes)`; in `forward`, `return self.linear(x)`.",
    ],
)


# ---------------------------------------------------------------- train-classifier


@exercise(
    "train-classifier",
    points=2,
    returns=["state", "losses", "probabilities"],
    all_or_nothing=True,
    rtol=2e-4,
)
def train_classifier(start, x, labels, lr, steps):
    # By the formula of the gradient, without autograd or an optimizer.
    weight, bias = start["weight"].clone(), start["bias"].clone()
    target = F.one_hot(labels, len(bias)).to(x.dtype)
    losses = []
    for _ in range(steps):
        log_probs = F.log_softmax(x @ weight.T + bias, dim=1)
        losses.append(-(target * log_probs).sum(1).mean().item())
        error = (log_probs.exp() - target) / len(x)
        weight, bias = weight - lr * error.T @ x, bias - lr * error.sum(0)
    return {"weight": weight, "bias": bias}, losses, F.softmax(x @ weight.T + bias, dim=1)


@train_classifier.cases
def _(draw):
    def start(D, C, size, dtype=torch.float32):
        return {
            "weight": size * draw.normal(C, D, dtype=dtype),
            "bias": size * draw.normal(C, dtype=dtype),
        }

    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    yield start(2, 3, 0.0), x, torch.tensor([0, 1, 2]), 1.0, 3
    N, D, C = draw.integer(5, 8), draw.integer(2, 4), draw.integer(3, 5)
    yield start(D, C, 1.0), draw.normal(N, D), draw.integers(0, C - 1, N), 0.5, 4
    yield start(3, 4, 1.0, DOUBLE), draw.normal(5, 3, dtype=DOUBLE), draw.integers(0, 3, 5), 0.3, 2
    yield start(2, 3, 0.5), draw.normal(1, 2), draw.integers(0, 2, 1), 0.2, 1
    # So large a lr that the loss grows.
    yield start(1, 2, 0.0), torch.ones(3, 1), torch.tensor([0, 0, 1]), 20.0, 3
    # Surely wrong: every right answer's logit is 400 behind or more.
    sure = {"weight": torch.tensor([[200.0] * 2, [0.0] * 2, [-200.0] * 2]), "bias": torch.zeros(3)}
    yield sure, draw.uniform(1, 2, 4, 2), draw.integers(1, 2, 4), 0.5, 2


def loop(
    start, x, labels, lr, steps, *, loss=F.cross_entropy, keeps=False, late=False, stale=False,
    output=lambda z: F.softmax(z, dim=1),
):  # fmt: skip
    """The training loop, with what the mistakes do otherwise."""
    parts = {name: value.clone().requires_grad_() for name, value in start.items()}
    losses, grads, z = [], None, None
    for _ in range(steps):
        z = F.linear(x, parts["weight"], parts["bias"])
        cost = loss(z, labels)
        new = torch.autograd.grad(cost, list(parts.values()))
        grads = [a + b for a, b in zip(grads, new, strict=True)] if keeps and grads else new
        with torch.no_grad():
            for part, grad in zip(parts.values(), grads, strict=True):
                part -= lr * grad
        if late:
            cost = loss(F.linear(x, parts["weight"], parts["bias"]), labels)
        losses.append(cost.item())
    if not stale:
        z = F.linear(x, parts["weight"], parts["bias"])
    state = {name: value.detach() for name, value in parts.items()}
    return state, losses, output(z.detach())


def twice(z, labels):
    return F.cross_entropy(F.softmax(z, dim=1), labels)


@train_classifier.accepts
def _(start, x, labels, lr, steps):
    # As the chapter has it: a model and an optimizer.
    model = nn.Linear(x.shape[1], len(start["bias"]), dtype=x.dtype)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        losses.append(float(loss))
        optimizer.step()
    return model.state_dict(), losses, torch.softmax(model(x), -1)


@train_classifier.accepts
def _(start, x, labels, lr, steps):
    # A log-softmax before F.cross_entropy is superfluous but harmless.
    return loop(
        start, x, labels, lr, steps, loss=lambda z, y: F.cross_entropy(F.log_softmax(z, 1), y)
    )


@train_classifier.accepts
def _(start, x, labels, lr, steps):
    def low_level(z, y):
        return (F.one_hot(y, z.shape[1]) * -F.log_softmax(z, dim=1)).sum(1).mean()

    return loop(start, x, labels, lr, steps, loss=low_level)


TWICE = {
    "ko": "소프트맥스가 여전히 **두 번**입니다. `F.cross_entropy`는 로짓을 받아 그 안에서 소프트맥스를 합니다. 확률을 넣으면 손실의 "
    "바닥이 0이 아니라 ln(e + C − 1) − 1이 되고 기울기가 작아집니다. 손실에는 로짓을 그대로 넣으세요.",
    "en": "Softmax is still applied **twice**. `F.cross_entropy` takes logits and does the softmax "
    "inside. Given probabilities, its floor is ln(e + C − 1) − 1 and not 0, and the gradients are "
    "small. Give the logits themselves to the loss.",
}


@train_classifier.mistake(
    "stops-when-the-loss-grows",
    ko="손실이 커지자 멈추었습니다. 학습률이 크면 손실은 커지기도 합니다. 설명문대로 `steps`걸음을 모두 걷고, 걸음마다 손실을 하나씩 적으세요.",
    en="It stops as soon as the loss grows. With a large learning rate a loss may grow; take all `steps` steps, as the "
    "docstring says, and log one loss for each.",
)
def _(start, x, labels, lr, steps):
    losses = loop(start, x, labels, lr, steps)[1]
    taken = next((k for k in range(1, steps) if losses[k] > losses[k - 1]), steps)
    return loop(start, x, labels, lr, taken)


@train_classifier.mistake("as-it-was", **TWICE)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, loss=twice, stale=True)


@train_classifier.mistake("softmax-twice", **TWICE)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, loss=twice)


@train_classifier.mistake(
    "softmax-twice-logits-returned",
    ko="손실의 소프트맥스는 여전히 두 번인데, 돌려준 것은 확률이 아니라 로짓입니다. 거꾸로 되었습니다. 손실에는 로짓을, 부른 쪽에는 확률을 "
    "주세요.",
    en="The loss still has softmax twice, and what you return are logits. It is the other way round: "
    "the loss gets logits, the caller gets probabilities.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, loss=twice, output=lambda z: z)


@train_classifier.mistake(
    "softmax-twice-in-the-output",
    ko="손실은 고쳤지만 돌려준 확률에 소프트맥스가 두 번 씌워져 있습니다. 그러면 확률이 모두 비슷해집니다. `model(x)`의 로짓에 한 번만 "
    "씌우세요.",
    en="The loss is mended, but the probabilities returned went through softmax twice, which makes "
    "them all alike. Apply it to the logits of `model(x)`, once.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, output=lambda z: F.softmax(F.softmax(z, 1), 1))


STALE = {
    "ko": "손실은 고쳤습니다. 그런데 돌려준 확률이 마지막 걸음 *전*의 것입니다. 반복문 안에서 구한 값은 그때의 가중치로 구한 값입니다. "
    "반복문이 끝난 뒤에 돌려줄 가중치로 다시 구하세요.",
    "en": "The loss is mended. But the probabilities returned are those from *before* the last step: "
    "what is computed inside the loop belongs to the weights of that moment. Compute them again after "
    "the loop, with the weights you return.",
}


@train_classifier.mistake("stale-probabilities", **STALE)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, stale=True)


LOGITS_RETURNED = {
    "ko": "손실은 고쳤지만 이번에는 소프트맥스가 한 번도 없습니다. 돌려준 것이 확률이 아니라 로짓입니다. 손실에는 로짓을, 부른 쪽에는 "
    "확률을 주세요.",
    "en": "The loss is mended, but now there is no softmax at all: what you return are logits, not "
    "probabilities. The loss gets logits, the caller gets probabilities.",
}


@train_classifier.mistake("logits-returned", **LOGITS_RETURNED)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, output=lambda z: z)


@train_classifier.mistake("stale-logits-returned", **LOGITS_RETURNED)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, output=lambda z: z, stale=True)


@train_classifier.mistake(
    "log-probabilities-returned",
    ko="돌려준 것이 확률이 아니라 로그 확률입니다. `F.softmax`를 쓰세요.",
    en="What you return are log probabilities. Use `F.softmax`.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, output=lambda z: F.log_softmax(z, dim=1))


NLL_OF_PROBABILITIES = {
    "ko": "`F.nll_loss`에 로그를 씌우지 않은 확률을 넣었습니다. 이 함수는 이름과 달리 로그를 계산하지 *않고* 받은 수에 마이너스만 붙입니다. "
    "그래서 손실이 음수입니다. 로짓을 `F.cross_entropy`에 넣으세요.",
    "en": "`F.nll_loss` was given probabilities without a logarithm. Despite its name it takes *no* "
    "log, it only puts a minus in front of what it gets; hence a negative loss. Give the logits to "
    "`F.cross_entropy`.",
}


@train_classifier.mistake("nll-of-probabilities", **NLL_OF_PROBABILITIES)
def _(start, x, labels, lr, steps):
    return loop(
        start, x, labels, lr, steps, loss=lambda z, y: F.nll_loss(F.softmax(z, dim=1), y)
    )  # fmt: skip


@train_classifier.mistake("nll-of-probabilities-stale", **NLL_OF_PROBABILITIES)
def _(start, x, labels, lr, steps):
    return loop(
        start, x, labels, lr, steps, loss=lambda z, y: F.nll_loss(F.softmax(z, dim=1), y), stale=True
    )  # fmt: skip


@train_classifier.mistake(
    "nll-of-logits",
    ko="`F.nll_loss`에 로짓을 그대로 넣었습니다. 이 함수는 로그 확률을 기다립니다. 로짓을 `F.cross_entropy`에 넣으세요.",
    en="`F.nll_loss` was given logits, but it expects log probabilities. Give the logits to `F.cross_entropy`.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, loss=F.nll_loss)


@train_classifier.mistake(
    "softmax-over-batch",
    ko="확률을 구하는 소프트맥스가 표본을 따라(축 0) 갔습니다. 한 줄, 곧 표본 하나의 확률이 더해서 1이어야 합니다: `dim=1`",
    en="The softmax for the probabilities runs along the samples (axis 0). It is a row, one sample, "
    "that must add up to 1: `dim=1`.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, output=lambda z: F.softmax(z, dim=0))


@train_classifier.mistake(
    "keeps-gradients",
    ko="`zero_grad()`가 빠져 걸음마다 기울기가 쌓입니다(2장).",
    en="`zero_grad()` is missing, so the gradients pile up from step to step (chapter 2).",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, keeps=True)


@train_classifier.mistake(
    "losses-after-the-step",
    ko="손실을 갱신한 *뒤에* 다시 재어 적었습니다. losses[0]은 start의 손실이어야 합니다.",
    en="The losses were measured *after* each update. losses[0] should be that of start.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, late=True)


@train_classifier.mistake(
    "sum-loss",
    ko="손실을 표본에 대해 더했습니다. 평균이어야 학습률의 뜻이 배치 크기에 따라 달라지지 않습니다.",
    en="The loss is summed over the samples. It should be their mean, so that the learning rate means "
    "the same for every batch size.",
)
def _(start, x, labels, lr, steps):
    def summed(z, y):
        return F.cross_entropy(z, y, reduction="sum")

    return loop(start, x, labels, lr, steps, loss=summed)


@train_classifier.mistake(
    "one-step-too-many",
    ko="한 걸음을 더 걸었습니다. `range(steps + 1)`은 steps + 1번 돕니다(노트의 반복문이 그렇습니다).",
    en="This takes one step too many: `range(steps + 1)` runs steps + 1 times, as the loops in the notes do.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps + 1)


@train_classifier.mistake(
    "never-moves",
    ko="가중치가 한 번도 움직이지 않았습니다. `loss.backward()`와 `optimizer.step()`이 둘 다 있나요? `zero_grad()`가 `backward()`와 `step()` *사이*에 있으면 "
    "방금 구한 기울기를 지워 버립니다.",
    en="The weights never move. Are both `loss.backward()` and `optimizer.step()` there? A `zero_grad()` "
    "*between* `backward()` and `step()` wipes out the gradients just found.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, 0.0, steps)


@train_classifier.mistake(
    "ascends",
    ko="기울기를 따라 *올라갔습니다*. 손실의 부호가 반대입니다.",
    en="This goes *up* the gradient: the loss has the wrong sign.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, loss=lambda z, y: -F.cross_entropy(z, y))


@train_classifier.mistake(
    "returns-in-the-loop",
    ko="`return`이 반복문 안에 있어 한 걸음만 걸었습니다. 반복문 밖으로 내어 쓰세요.",
    en="The `return` stands inside the loop, which ends after one step. Move it out.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, 1)


for key, rate in {"default": 1e-3, "tenth": 0.1, "hundredth": 0.01, "one": 1.0}.items():
    train_classifier.mistake(
        f"own-rate-{key}",
        ko="받은 학습률 `lr`을 쓰지 않았습니다: `torch.optim.SGD(model.parameters(), lr=lr)`",
        en="The rate `lr` you are given is not used: `torch.optim.SGD(model.parameters(), lr=lr)`.",
    )(lambda start, x, labels, lr, steps, rate=rate: loop(start, x, labels, rate, steps))


@train_classifier.mistake(
    "one-step-short",
    ko="한 걸음을 덜 걸었습니다. `range(steps)`는 steps번 돕니다.",
    en="This takes one step too few: `range(steps)` runs steps times.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps - 1)


@train_classifier.mistake(
    "sigmoid-output",
    ko="돌려준 것이 시그모이드입니다. 한 줄이 더해서 1이 되지 않습니다. 여럿 가운데 하나를 고를 때는 소프트맥스입니다.",
    en="What you return went through a sigmoid: a row does not add up to 1. To choose one of several it "
    "is softmax.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, output=torch.sigmoid)


@train_classifier.mistake(
    "softmax-twice-stale-logits",
    ko="손실의 소프트맥스는 여전히 두 번인데, 돌려준 것은 확률이 아니라 마지막 걸음 전의 로짓입니다. 손실에는 로짓을 주고, 확률은 "
    "반복문이 끝난 뒤에 구하세요.",
    en="The loss still has softmax twice, and what you return are logits, from before the last step. "
    "Give the loss the logits, and find the probabilities after the loop.",
)
def _(start, x, labels, lr, steps):
    return loop(start, x, labels, lr, steps, loss=twice, stale=True, output=lambda z: z)


@train_classifier.mistake(
    "probabilities-of-the-start",
    ko="돌려준 확률이 출발점 start의 가중치로 구한 것입니다. 학습한 모델로 구하세요.",
    en="The probabilities belong to start, the weights before training. Find them with the trained "
    "model.",
)
def _(start, x, labels, lr, steps):
    state, losses, _ = loop(start, x, labels, lr, steps)
    return state, losses, F.softmax(F.linear(x, start["weight"], start["bias"]), dim=1)


@train_classifier.mistake(
    "state-of-the-start",
    ko="돌려준 가중치가 출발점 start 그대로입니다. 학습한 모델의 `state_dict()`를 돌려주세요.",
    en="The weights returned are start, as they were. Return the trained model's `state_dict()`.",
)
def _(start, x, labels, lr, steps):
    return start, *loop(start, x, labels, lr, steps)[1:]


@train_classifier.mistake(
    "one-loss-too-many",
    ko="마지막 걸음 뒤의 손실까지 적었습니다. losses에는 걸음마다 하나씩, 그 걸음 *전의* 손실만 적습니다.",
    en="The loss after the last step was noted as well. losses has one number for each step, the loss "
    "*before* it.",
)
def _(start, x, labels, lr, steps):
    losses = loop(start, x, labels, lr, steps + 1)[1]
    state, _, probabilities = loop(start, x, labels, lr, steps)
    return state, losses, probabilities


@train_classifier.mistake(
    "squared-error",
    ko="제곱 오차로 학습했습니다. 손실은 로짓의 교차 엔트로피입니다: `F.cross_entropy(model(x), labels)`",
    en="This trains with the squared error. The loss is the cross entropy of the logits: "
    "`F.cross_entropy(model(x), labels)`.",
)
def _(start, x, labels, lr, steps):
    def squared(z, y):
        return F.mse_loss(F.softmax(z, dim=1), F.one_hot(y, z.shape[1]).to(z.dtype))

    return loop(start, x, labels, lr, steps, loss=squared)


@train_classifier.mistake(
    "log-of-softmax",
    ko="로짓의 차이가 크면 손실이 무한대나 NaN이 됩니다. `log(softmax(z))`가 무너지는 벼랑입니다(7절). 손실에는 로짓을 그대로 넣으세요: "
    "`F.cross_entropy`.",
    en="Where logits are far apart the loss becomes infinite or NaN: this is the cliff of `log(softmax(z))` "
    "(section 7). Give the logits themselves to the loss, `F.cross_entropy`.",
)
def _(start, x, labels, lr, steps):
    def low_level(z, y):
        return F.nll_loss(F.softmax(z, dim=1).log(), y)

    return loop(start, x, labels, lr, steps, loss=low_level)


train_classifier.hints(
    ko=[
        "두 줄을 물어보세요. `F.cross_entropy`는 무엇을 받기로 되어 있나요? 그리고 돌려주는 확률은 *어느* 가중치의 것인가요?",
        "손실에는 `model(x)`, 곧 로짓을 그대로 넣습니다. 확률은 반복문이 끝난 뒤, 마지막 가중치로 한 번만 구하면 됩니다.",
        "반복문 안: `loss = F.cross_entropy(model(x), labels)`. 반복문 뒤: `probabilities = F.softmax(model(x), dim=1).detach()`",
    ],
    en=[
        "Ask two lines: what does `F.cross_entropy` expect to be given? And *which* weights do the "
        "probabilities you return belong to?",
        "The loss gets `model(x)`, the logits, as they are. The probabilities are needed only once, "
        "after the loop, from the final weights.",
        "In the loop: `loss = F.cross_entropy(model(x), labels)`. After it: "
        "`probabilities = F.softmax(model(x), dim=1).detach()`.",
    ],
)
