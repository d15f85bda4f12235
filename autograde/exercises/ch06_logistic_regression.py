"""Exercises of ch06: logistic regression.

Shapes: x (N, D), y (N, 1) of 0.0 and 1.0, W (D, 1), b (1,); p (N, 1) are probabilities of class 1,
z (N, 1) their logits.
"""

import functools
import itertools
import math

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64


def column(*values, dtype=torch.float32):
    """The values as a tensor (N, 1)."""
    return torch.tensor(values, dtype=dtype)[:, None]


def coins(draw, n, dtype=torch.float32):
    """Right answers (n, 1), with both 0 and 1 among them where n allows it."""
    y = draw.integers(0, 1, n, 1)
    if n > 1:
        first = draw.integer(0, 1)
        y[0], y[-1] = first, 1 - first
    return y.to(dtype)


# ---------------------------------------------------------------- sigmoid


@exercise(
    "sigmoid",
    forbids=["torch.sigmoid", "nn.Sigmoid", "special.expit", "F.logsigmoid", "torch.softmax"],
)
def sigmoid(z):
    return torch.special.expit(z)


@sigmoid.cases
def _(draw):
    yield (torch.tensor([0.0, 1.0, -1.0, 2.0]),)
    yield (torch.tensor([-1000.0, 1000.0, -100.0, 100.0, 3.0]),)
    yield (draw.normal(),)
    yield (draw.normal(1, 1),)
    yield (column(5.0, -3.0, 10.0, -12.0),)
    yield (4 * draw.normal(draw.integer(2, 5), draw.integer(2, 4)),)
    yield (2 * draw.normal(2, 3, draw.integer(1, 3)),)
    drawn = 3 * draw.normal(draw.integer(4, 8), dtype=DOUBLE)
    yield (torch.cat([torch.tensor([-2.0, 4.0], dtype=DOUBLE), drawn]),)
    yield (torch.tensor([-7.0, -15.0, -25.0], dtype=DOUBLE),)  # small, and not 0


@sigmoid.accepts
def _(z):
    e = torch.exp(-z.abs())  # never above 1
    return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))


@sigmoid.accepts
def _(z):
    return 0.5 * (1 + torch.tanh(z / 2))


@sigmoid.accepts
def _(z):
    return (1 + math.e**-z) ** -1


@sigmoid.mistake(
    "overflows",
    ko="식은 맞지만 z가 크면 `e^z`이 `inf`가 되어 `inf / inf = nan`이 나옵니다. 같은 값을 내는 다른 식을 쓰세요: 무한대가 "
    "분모에만 나타나면 결과는 0이라 안전합니다.",
    en="The formula is right, but for large z `e^z` becomes `inf`, and `inf / inf` is `nan`. Use the "
    "other form of the same value: an infinity that stands only below the line gives 0, which is safe.",
)
def _(z):
    return torch.exp(z) / (1 + torch.exp(z))


@sigmoid.mistake(
    "missing-minus",
    ko="거울에 비친 것처럼 뒤집혔습니다: z가 클수록 0에 가까워집니다. 지수의 −를 빠뜨렸나요?",
    en="It is mirrored: the larger z, the closer to 0. Is the minus of the exponent missing?",
)
def _(z):
    return 1 / (1 + torch.exp(z))


@sigmoid.mistake(
    "brackets",
    ko="`1 + e^-z`가 나왔습니다. 1을 이것으로 나누어야 합니다. 괄호 없이 `1 / 1 + e^-z`라고 쓰면 1을 1로 먼저 나눕니다: 분모 전체를 "
    "괄호로 묶으세요.",
    en="This is `1 + e^-z`; 1 should be divided by it. Without brackets, `1 / 1 + e^-z` divides 1 by 1 "
    "first: put brackets around the whole denominator.",
)
def _(z):
    return 1 / 1 + torch.exp(-z)


@sigmoid.mistake(
    "only-the-odds",
    ko="`e^z`만 돌려주었습니다. 이것은 오즈이고 얼마든지 커집니다. 확률은 오즈를 (1 + 오즈)로 나눈 것입니다.",
    en="This is `e^z`, the odds, which may be as large as you like. The probability is the odds "
    "divided by (1 + the odds).",
)
def _(z):
    return torch.exp(z)


@sigmoid.mistake(
    "tanh",
    ko="tanh입니다. 생김새는 비슷하지만 −1에서 1까지 갑니다. 확률은 음수일 수 없습니다.",
    en="This is tanh. It has a similar shape but goes from −1 to 1, and a probability is never negative.",
)
def _(z):
    return torch.tanh(z)


@sigmoid.mistake(
    "step",
    ko="0과 1뿐인 계단이 되었습니다. 시그모이드는 그 사이를 매끄럽게 잇습니다. 계단의 기울기는 0이라 배울 수 없습니다.",
    en="This is a step with nothing but 0 and 1. The sigmoid joins them smoothly; a step has slope 0 "
    "and could not learn.",
)
def _(z):
    return (z > 0).to(z.dtype)


for _bound in (10, 20):
    sigmoid.mistake(
        f"clamps-z-at-{_bound}",
        ko="오버플로를 피하려고 z를 잘라 냈습니다. 그러면 자른 곳보다 먼 z가 모두 같은 확률을 받고, ±1000에서 0과 1이 나오지 "
        "않습니다. 자르지 않아도 되는 식이 있습니다.",
        en="z was cut off to avoid the overflow. Then all z beyond the cut get the same probability, and "
        "±1000 does not give 0 and 1. There is a form of the formula that needs no cutting.",
    )(lambda z, bound=_bound: 1 / (1 + torch.exp(-z.clamp(-bound, bound))))


@sigmoid.mistake(
    "straight-ramp",
    ko="직선을 0과 1에서 잘랐습니다. 시그모이드는 어디서도 꺾이지 않는 곡선입니다: 1 / (1 + e^-z)",
    en="This is a straight ramp cut off at 0 and 1. The sigmoid is a curve without corners: "
    "1 / (1 + e^-z).",
)
def _(z):
    return (z / 4 + 0.5).clamp(0, 1)


@sigmoid.mistake(
    "softmax",
    ko="원소끼리 나누어 가져 모두 더하면 1이 되었습니다(7장의 소프트맥스). 시그모이드는 원소마다 따로 구합니다.",
    en="The elements share a sum of 1 (that is the softmax of chapter 7). The sigmoid takes every "
    "element on its own.",
)
def _(z):
    return torch.softmax(z.flatten(), 0).reshape(z.shape)


@sigmoid.mistake(
    "slope",
    ko="시그모이드의 기울기 p(1 − p)입니다. 여기서 필요한 것은 p 자체입니다.",
    en="This is the slope of the sigmoid, p(1 − p). What is wanted here is p itself.",
)
def _(z):
    p = torch.special.expit(z)
    return p * (1 - p)


ROUGH_E = {
    "ko": "e를 어림수로 썼습니다(이를테면 2.718). 뒷자리가 달라 값이 조금씩 어긋납니다. `torch.exp`를 쓰세요.",
    "en": "e was rounded (to 2.718, say), so the values are a little off. Use `torch.exp`.",
}


@sigmoid.mistake(
    "rough-e",
    **ROUGH_E,
)
def _(z):
    return 1 / (1 + 2.718**-z)


for rough in (2.7, 2.72, 2.7183, 2.71828):
    sigmoid.mistake(f"rough-e-{rough}", **ROUGH_E)(lambda z, e=rough: 1 / (1 + e**-z))


@sigmoid.mistake(
    "forgets-the-1",
    ko="분자가 1이 아니라 e^(−z)입니다. 그러면 1 − p가 나옵니다.",
    en="The numerator is e^(−z) in place of 1: that makes 1 − p.",
)
def _(z):
    return torch.exp(-z) / (1 + torch.exp(-z))


@sigmoid.mistake(
    "minus-below",
    ko="분모가 1 − e^(−z)입니다. 더해야 합니다: 1 + e^(−z)",
    en="The denominator is 1 − e^(−z). It should be a sum: 1 + e^(−z).",
)
def _(z):
    return 1 / (1 - torch.exp(-z))


@sigmoid.mistake(
    "always-above-a-half",
    ko="z의 부호가 사라져 모든 값이 0.5 이상입니다. 지수를 −|z|로 했다면, 음수인 z는 따로 다루어야 합니다.",
    en="The sign of z got lost, and nothing is below 0.5. If the exponent is −|z|, negative z need a "
    "case of their own.",
)
def _(z):
    return 1 / (1 + torch.exp(-z.abs()))


@sigmoid.mistake(
    "nan-to-0",
    ko="`nan`을 0으로 바꾸어 감추었습니다. z가 아주 크면 답은 0이 아니라 1입니다. `nan`이 생기지 않는 식을 쓰세요.",
    en="Each `nan` was hidden by turning it into 0. For a very large z the answer is 1, not 0. Use the "
    "form in which no `nan` comes up.",
)
def _(z):
    return (torch.exp(z) / (1 + torch.exp(z))).nan_to_num(0)


@sigmoid.mistake(
    "logit",
    ko="거꾸로 가는 함수, 로짓입니다. 여기서는 로짓 z에서 확률을 구합니다.",
    en="This is the function that goes the other way, the logit. Here the logit z is given and the "
    "probability wanted.",
)
def _(z):
    return torch.log(z / (1 - z))


@sigmoid.mistake(
    "base-10",
    ko="밑이 e가 아니라 10입니다. `torch.exp`를 쓰세요.",
    en="The base is 10 and not e. Use `torch.exp`.",
)
def _(z):
    return 1 / (1 + 10**-z)


@sigmoid.mistake(
    "brackets-of-the-other-form",
    ko="괄호 없이 `e^z / 1 + e^z`라고 쓰면 나눗셈이 먼저라 2·e^z이 됩니다. 분모 전체를 괄호로 묶고, z가 클 때 어느 식이 무사한지도 보세요.",
    en="Without brackets `e^z / 1 + e^z` divides first and makes 2·e^z. Put brackets around the whole "
    "denominator, and see which of the two forms survives a large z.",
)
def _(z):
    return torch.exp(z) / 1 + torch.exp(z)


@sigmoid.mistake(
    "minus-in-front-of-e",
    ko="−가 e 앞에 붙어 분모가 1 − e^z이 되었습니다. −는 지수에 붙습니다: 1 + e^(−z)",
    en="The minus stands in front of e, so the denominator is 1 − e^z. It belongs to the exponent: "
    "1 + e^(−z).",
)
def _(z):
    return 1 / (1 - torch.exp(z))


@sigmoid.mistake(
    "negative",
    ko="모든 값이 음수입니다. −는 지수에만 있습니다. 확률은 0에서 1까지입니다.",
    en="Every value is negative. Only the exponent has a minus; a probability is from 0 to 1.",
)
def _(z):
    return -1 / (1 + torch.exp(-z))


NO_EXPONENT = {
    "ko": "e의 거듭제곱이 없습니다. 분모는 1에 −z를 더한 것이 아니라 e^(−z)을 더한 것입니다: `torch.exp`",
    "en": "There is no power of e. To the 1 in the denominator is added e^(−z), `torch.exp`, and not "
    "z itself.",
}


@sigmoid.mistake("no-exponential", **NO_EXPONENT)
def _(z):
    return 1 / (1 - z)


@sigmoid.mistake("no-exponential-no-minus", **NO_EXPONENT)
def _(z):
    return 1 / (1 + z)


sigmoid.hints(
    ko=[
        "같은 함수를 적는 두 가지 식이 본문에 있습니다. z = 1000을 두 식에 넣어 보고, 어느 쪽에서 `inf / inf`가 나오는지 보세요.",
        "e^(−z)만 쓰는 식을 고르세요. z = −1000이면 e^(−z)은 `inf`이지만 1 / (1 + inf)는 0입니다.",
        "`return 1 / (1 + torch.exp(-z))`",
    ],
    en=[
        "The text has two forms of the same function. Put z = 1000 into both: which one gives "
        "`inf / inf`?",
        "Choose the form with e^(−z) alone. At z = −1000, e^(−z) is `inf`, but 1 / (1 + inf) is 0.",
        "`return 1 / (1 + torch.exp(-z))`",
    ],
)


# ---------------------------------------------------------------- classifier


@exercise("classifier", points=2, kind="module", all_or_nothing=True)
class BinaryClassifier(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.add_module("linear", nn.Linear(features, 1))

    def forward(self, x):
        z = F.linear(x, self.linear.weight, self.linear.bias)
        return torch.special.expit(z)


def state(draw, features):
    return {"linear.weight": draw.normal(1, features), "linear.bias": draw.normal(1)}


@BinaryClassifier.cases
def _(draw):
    simple = {"linear.weight": torch.tensor([[1.0, -1.0]]), "linear.bias": torch.tensor([0.5])}
    yield Case((2,), simple, (torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]]),))
    yield Case((4,))  # only built: what has no forward gets this far
    yield Case((8,), state(draw, 8), (draw.normal(draw.integer(3, 6), 8),))
    yield Case((1,), state(draw, 1), (draw.normal(4, 1),))
    D = draw.integer(3, 6)
    yield Case((D,), state(draw, D), (draw.normal(1, D),))
    far = {"linear.weight": torch.tensor([[200.0, -100.0, 50.0]]), "linear.bias": draw.normal(1)}
    # Logits near 550: e^z is inf there. Near -550 the textbook's 1/(1 + e^-z) has no gradient.
    ends = torch.tensor([[2.0, -1.0, 1.0], [2.5, -1.0, 0.5]])
    yield Case((3,), far, (torch.cat([ends, draw.normal(3, 3).abs() * ends[0].sign()]),))
    yield Case((2,), state(draw, 2), (draw.normal(3, 2),), training=True)
    plain = {"linear.weight": torch.ones(1, 1), "linear.bias": torch.zeros(1)}
    yield Case((1,), plain, (column(-7.0, -12.0),))


@BinaryClassifier.accepts
class _(nn.Module):
    def __init__(self, features):
        nn.Module.__init__(self)
        self.linear, self.activation = nn.Linear(features, 1), nn.Sigmoid()

    def forward(self, x):
        return self.activation(self.linear(x))


@BinaryClassifier.accepts
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(in_features=features, out_features=1, bias=True)

    def forward(self, x):
        return 1 / (1 + torch.exp(-(x @ self.linear.weight.T + self.linear.bias)))


class Skeleton(nn.Module):
    """A right module, for the mistakes that change one thing in it."""

    def __init__(self, features, outputs=1, bias=True):
        super().__init__()
        self.linear = nn.Linear(features, outputs, bias=bias)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


@BinaryClassifier.mistake(
    "no-sigmoid",
    ko="점수 z = xW + b를 그대로 돌려주었습니다. 확률로 만들려면 시그모이드를 씌워야 합니다.",
    en="This returns the score z = xW + b. To make a probability of it, put it through the sigmoid.",
)
class _(Skeleton):
    def forward(self, x):
        return self.linear(x)


@BinaryClassifier.mistake(
    "two-sigmoids",
    ko="시그모이드를 두 번 씌웠습니다. 그러면 확률이 모두 0.5에서 0.731 사이에 갇힙니다.",
    en="The sigmoid is applied twice: then all probabilities are stuck between 0.5 and 0.731.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(torch.sigmoid(self.linear(x)))


@BinaryClassifier.mistake(
    "sigmoid-first",
    ko="특성에 시그모이드를 씌운 다음에 선형 층을 지나게 했습니다. 순서가 반대입니다: 먼저 점수, 그다음 시그모이드.",
    en="The features went through the sigmoid and then through the linear layer. It is the other way "
    "round: first the score, then the sigmoid.",
)
class _(Skeleton):
    def forward(self, x):
        return self.linear(torch.sigmoid(x))


@BinaryClassifier.mistake(
    "softmax",
    ko="모든 확률이 1입니다. 소프트맥스는 한 줄의 합이 1이 되게 나누는데, 한 줄에 출력이 하나뿐이니 언제나 1입니다. 시그모이드를 쓰세요.",
    en="Every probability is 1. A softmax divides so that each row adds up to 1, and with one output a "
    "row that is always 1. Use the sigmoid.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.softmax(self.linear(x), 1)


@BinaryClassifier.mistake(
    "shares-of-the-batch",
    ko="확률들을 다 더하면 1이 됩니다. 소프트맥스를 환자들에 대해 씌워서 환자끼리 확률을 나누어 가졌습니다. 환자는 서로 상관이 "
    "없습니다: 시그모이드를 쓰세요.",
    en="The probabilities add up to 1 over the batch: a softmax over the patients makes them share. "
    "Patients have nothing to do with one another: use the sigmoid.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.softmax(self.linear(x), 0)


@BinaryClassifier.mistake(
    "tanh",
    ko="시그모이드 대신 tanh를 씌웠습니다. tanh는 −1에서 1까지라 확률이 될 수 없습니다.",
    en="This applies tanh in place of the sigmoid. It goes from −1 to 1, so it is no probability.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.tanh(self.linear(x))


@BinaryClassifier.mistake(
    "relu",
    ko="시그모이드 대신 ReLU를 씌웠습니다. 1보다 큰 값이 나오니 확률이 아닙니다.",
    en="This applies a ReLU in place of the sigmoid. It gives values above 1, which are no probabilities.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.relu(self.linear(x))


@BinaryClassifier.mistake(
    "plain-answers",
    ko="확률이 아니라 0과 1로 반올림한 답을 돌려주었습니다. 반올림하면 얼마나 확신하는지 알 수 없고 기울기도 0이 됩니다.",
    en="These are plain answers, rounded to 0 and 1, not probabilities. Rounding hides how sure the "
    "model is, and its gradient is 0.",
)
class _(Skeleton):
    def forward(self, x):
        return (torch.sigmoid(self.linear(x)) >= 0.5).float()


@BinaryClassifier.mistake(
    "flat",
    ko="값은 맞지만 모양이 (N,)입니다. 정답 y는 (N, 1)이므로 둘을 견주면 (N, N)으로 브로드캐스팅됩니다. (N, 1) 그대로 두세요.",
    en="The values are right but the shape is (N,). The right answers are (N, 1): compare the two and "
    "they broadcast to (N, N). Leave it (N, 1).",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(self.linear(x))[:, 0]


@BinaryClassifier.mistake(
    "no-bias",
    ko="선형 층에 편향이 없습니다(`bias=False`). 그러면 모든 특성이 0인 환자의 확률이 언제나 0.5입니다.",
    en="The linear layer has no bias (`bias=False`). Then a patient whose features are all 0 always "
    "gets 0.5.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features, bias=False)


@BinaryClassifier.mistake(
    "always-eight",
    ko="특성의 수를 8로 못 박았습니다. 만들 때 받은 `features`를 쓰세요. 이 장에서도 특성 둘로 모델을 하나 더 만듭니다.",
    en="The number of features is fixed at 8. Use the `features` the module is made with; this chapter "
    "itself makes another one with two.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(8)


@BinaryClassifier.mistake(
    "two-outputs",
    ko="출력이 둘입니다. 답이 둘이어도 확률은 하나면 됩니다. 다른 쪽은 1 − p이니까요.",
    en="There are two outputs. Two answers need only one probability: that of the other is 1 − p.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features, outputs=2)


@BinaryClassifier.mistake(
    "as-many-outputs",
    ko="출력이 특성만큼 있습니다. 환자 한 명에 확률은 하나입니다: `nn.Linear(features, 1)`",
    en="There are as many outputs as features. A patient gets one probability: `nn.Linear(features, 1)`.",
)
class _(Skeleton):
    def __init__(self, features):
        super().__init__(features, outputs=features)


@BinaryClassifier.mistake(
    "swapped-sizes",
    ko="`nn.Linear`의 두 수가 뒤바뀌었습니다. 입력의 수가 먼저, 출력의 수가 나중입니다.",
    en="The two numbers of `nn.Linear` are swapped: inputs first, then outputs.",
)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(1, features)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))


OTHER_NAME = {
    "ko": "매개변수의 이름이 다릅니다. 설명문대로 선형 층을 `self.linear`에 두어야 `linear.weight`와 `linear.bias`라는 이름으로 "
    "장부에 오릅니다.",
    "en": "The parameters have other names. Keep the linear layer in `self.linear`, as the docstring "
    "says: then they enter the register as `linear.weight` and `linear.bias`.",
}


def named(name):
    class Named(nn.Module):
        def __init__(self, features):
            super().__init__()
            setattr(self, name, nn.Linear(features, 1))

        def forward(self, x):
            return torch.sigmoid(getattr(self, name)(x))

    return Named


for number, other in enumerate(("layer", "fc", "lin", "model", "linear1", "net", "Linear")):
    BinaryClassifier.mistake(f"other-name-{number}", **OTHER_NAME)(named(other))


@BinaryClassifier.mistake("own-parameters", **OTHER_NAME)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(features, 1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.sigmoid(x @ self.W + self.b)


@BinaryClassifier.mistake("sequential", **OTHER_NAME)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Sequential(nn.Linear(features, 1), nn.Sigmoid())

    def forward(self, x):
        return self.linear(x)


@BinaryClassifier.mistake(
    "no-forward",
    ko="만들어지기는 하지만 `forward`가 없어서 `model(x)`를 부를 수 없습니다. 이름의 철자와 들여쓰기를 보세요: `__init__`과 나란히 "
    "`def forward(self, x):`",
    en="It can be made, but without a `forward` it cannot be called. Look at the spelling and the "
    "indentation: `def forward(self, x):` stands side by side with `__init__`.",
)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, 1)


@BinaryClassifier.mistake(
    "one-minus-p",
    ko="1 − p를 돌려주었습니다. 1인 쪽의 확률 p를 돌려주세요.",
    en="This returns 1 − p. Return p, the probability of class 1.",
)
class _(Skeleton):
    def forward(self, x):
        return 1 - torch.sigmoid(self.linear(x))


@BinaryClassifier.mistake(
    "squeezed",
    ko="`squeeze()`로 축을 없앴습니다. 정답 y는 (N, 1)이므로 둘을 견주면 (N, N)으로 브로드캐스팅됩니다. (N, 1) 그대로 두세요.",
    en="`squeeze()` removed an axis. The right answers are (N, 1): compare the two and they broadcast "
    "to (N, N). Leave it (N, 1).",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(self.linear(x)).squeeze()


@BinaryClassifier.mistake(
    "log-of-p",
    ko="확률의 로그를 돌려주었습니다(`logsigmoid`). 확률 자체를 돌려주세요.",
    en="This returns the logarithm of the probability (`logsigmoid`). Return the probability itself.",
)
class _(Skeleton):
    def forward(self, x):
        return F.logsigmoid(self.linear(x))


@BinaryClassifier.mistake(
    "odds",
    ko="e^z, 곧 오즈를 돌려주었습니다. 1보다 클 수 있으니 확률이 아닙니다.",
    en="This returns e^z, the odds. They may exceed 1, so they are no probability.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.exp(self.linear(x))


@BinaryClassifier.mistake(
    "relu-before",
    ko="시그모이드 앞에 ReLU가 있어서 확률이 0.5 아래로 내려가지 못합니다. 점수를 그대로 시그모이드에 넣으세요.",
    en="There is a ReLU before the sigmoid, so no probability gets below 0.5. Put the score into the "
    "sigmoid as it is.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(torch.relu(self.linear(x)))


@BinaryClassifier.mistake(
    "overflows",
    ko="점수가 크면 `nan`이 나옵니다. `e^z / (1 + e^z)`는 오버플로합니다. 여러분의 `sigmoid`나 `torch.sigmoid`를 쓰세요.",
    en="For large scores this gives `nan`: `e^z / (1 + e^z)` overflows. Use your `sigmoid` or "
    "`torch.sigmoid`.",
)
class _(Skeleton):
    def forward(self, x):
        z = self.linear(x)
        return torch.exp(z) / (1 + torch.exp(z))


@BinaryClassifier.mistake(
    "layer-in-forward",
    ko="모델에 매개변수가 없습니다. `self.` 없이 만든 층이나 튜플·리스트에 넣은 층은 장부에 오르지 않고, `forward` 안에서 만든 층은 부를 "
    "때마다 새로 시작합니다. `__init__`에서 층 하나를 그대로 `self.linear`에 두세요.",
    en="The model has no parameters. A layer made without `self.`, or put into a tuple or a list, does "
    "not enter the register, and one made inside `forward` starts anew at every call. Keep the layer "
    "itself in `self.linear`, in `__init__`.",
)
class _(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.features = features

    def forward(self, x):
        return torch.sigmoid(nn.Linear(self.features, 1)(x))


@BinaryClassifier.mistake(
    "no-return",
    ko="`forward`가 아무것도 돌려주지 않습니다. 구하거나 찍기만 해서는 모자라고, 확률을 `return`해야 합니다.",
    en="`forward` returns nothing. To compute the probabilities, or to print them, is not enough: "
    "`return` them.",
)
class _(Skeleton):
    def forward(self, x):
        torch.sigmoid(self.linear(x))


SIGMOID_CLASS = {
    "ko": "`nn.Sigmoid`는 함수가 아니라 모듈을 만드는 클래스입니다. 먼저 `nn.Sigmoid()`로 만든 다음 불러야 합니다. 함수로는 `torch.sigmoid`가 "
    "있습니다.",
    "en": "`nn.Sigmoid` is not a function but a class that makes modules: make one first, "
    "`nn.Sigmoid()`, and call that. The function is `torch.sigmoid`.",
}


@BinaryClassifier.mistake("sigmoid-class", **SIGMOID_CLASS)
class _(Skeleton):
    def forward(self, x):
        return nn.Sigmoid(self.linear(x))


@BinaryClassifier.mistake(
    "layer-as-a-number",
    ko="시그모이드에 점수가 아니라 층 자체를 넣었습니다. 층에 x를 넣어 부르면 점수가 나옵니다: `self.linear(x)`",
    en="The sigmoid was given the layer itself and not the score. Call the layer with x to get the "
    "score: `self.linear(x)`.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(self.linear)


@BinaryClassifier.mistake(
    "score-thrown-away",
    ko="시그모이드를 점수가 아니라 특성 x에 씌웠습니다. 선형 층이 돌려준 점수를 받아 두고 그것을 시그모이드에 넣으세요.",
    en="The sigmoid is applied to the features x and not to the score. Keep what the linear layer "
    "returns, and put that through the sigmoid.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(x)


@BinaryClassifier.mistake(
    "bias-not-used",
    ko="점수에 편향을 더하지 않았습니다: z = xW + b. `self.linear(x)`는 편향까지 더해 줍니다.",
    en="The bias is not added to the score: z = xW + b. `self.linear(x)` adds it for you.",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(x @ self.linear.weight.T)


@BinaryClassifier.mistake(
    "averaged",
    ko="모든 환자의 확률을 수 하나로 평균 냈습니다. 환자마다 확률이 하나씩, (N, 1)입니다.",
    en="The probabilities of all patients are averaged into one number. Each patient has one of their "
    "own: (N, 1).",
)
class _(Skeleton):
    def forward(self, x):
        return torch.sigmoid(self.linear(x)).mean()


def registered_twice(name):
    class Twice(Skeleton):
        def __init__(self, features):
            super().__init__(features)
            setattr(self, name, nn.Sequential(self.linear, nn.Sigmoid()))

        def forward(self, x):
            return getattr(self, name)(x)

    return Twice


for number, other in enumerate(("net", "model", "layers", "seq")):
    BinaryClassifier.mistake(
        f"registered-twice-{number}",
        ko="같은 층이 장부에 두 번 올랐습니다. 모듈에 둔 `nn.Sequential`도 그 안의 층을 올리기 때문입니다. 층은 `self.linear`에만 두고, 시그모이드는 "
        "`forward`에서 씌우세요.",
        en="The same layer entered the register twice, for an `nn.Sequential` kept in the module enters "
        "its layers, too. Keep the layer in `self.linear` only, and apply the sigmoid in `forward`.",
    )(registered_twice(other))


def two_layers(name):
    class Two(nn.Module):
        def __init__(self, features):
            super().__init__()
            self.linear = nn.Linear(features, features)
            setattr(self, name, nn.Linear(features, 1))

        def forward(self, x):
            return torch.sigmoid(getattr(self, name)(self.linear(x)))

    return Two


for number, other in enumerate(("linear2", "out", "output")):
    BinaryClassifier.mistake(
        f"two-layers-{number}",
        ko="선형 층이 둘입니다. 로지스틱 회귀는 특성에서 점수 하나로 바로 가는 층 하나뿐입니다: `nn.Linear(features, 1)`",
        en="There are two linear layers. Logistic regression has only one, straight from the features "
        "to one score: `nn.Linear(features, 1)`.",
    )(two_layers(other))


BinaryClassifier.hints(
    ko=[
        "이 모델은 4장의 선형 모델과 시그모이드 하나를 이은 것입니다. `__init__`은 부품을 준비하고 `forward`는 그것을 차례로 씁니다.",
        "`__init__`: `super().__init__()` 다음에 `self.linear = nn.Linear(features, 1)`. `forward`: (N, features)인 x를 선형 층에 넣어 "
        "(N, 1)인 점수를 얻고, 시그모이드를 씌웁니다.",
        "`def forward(self, x):` 아래에 `return torch.sigmoid(self.linear(x))`",
    ],
    en=[
        "The model is chapter 4's linear one followed by a sigmoid. `__init__` prepares the parts, "
        "`forward` uses one after the other.",
        "`__init__`: after `super().__init__()` comes `self.linear = nn.Linear(features, 1)`. "
        "`forward`: the linear layer turns x, (N, features), into scores, (N, 1); the sigmoid turns "
        "these into probabilities.",
        "`def forward(self, x):`, and below it `return torch.sigmoid(self.linear(x))`.",
    ],
)


# ---------------------------------------------------------------- binary-cross-entropy


@exercise(
    "binary-cross-entropy",
    points=2,
    forbids=["F.binary_cross_entropy", "nn.BCELoss", "F.binary_cross_entropy_with_logits"],
)
def binary_cross_entropy(p, y):
    return F.binary_cross_entropy(p, y)


@binary_cross_entropy.cases
def _(draw):
    yield column(0.9, 0.2), column(1.0, 0.0)
    yield column(0.5), column(1.0)
    yield column(0.25), column(0.0)
    yield column(1.0, 0.0, 0.0, 1.0, 0.5), column(1.0, 0.0, 1.0, 0.0, 1.0)
    yield column(0.0, 1.0, 1.0), column(0.0, 1.0, 1.0)
    yield column(0.0), column(1.0)
    yield column(1e-30, 0.3), column(1.0, 1.0)
    yield torch.tensor([[1e-60], [0.5]], dtype=DOUBLE), column(1.0, 1.0).double()
    for n in (draw.integer(3, 6), draw.integer(7, 20)):
        yield draw.uniform(0.02, 0.98, n, 1), coins(draw, n)
    n = draw.integer(4, 9)
    yield draw.uniform(0.02, 0.98, n, 1, dtype=DOUBLE), coins(draw, n, DOUBLE)


@binary_cross_entropy.accepts
def _(p, y):
    q = torch.where(y == 1, p, 1 - p)
    return q.log().clamp(min=-100).mean().neg()


@binary_cross_entropy.accepts
def _(p, y):
    floor = torch.tensor(-100.0, dtype=p.dtype)
    losses = [
        -torch.maximum(torch.log(a if b else 1 - a), floor)
        for a, b in zip(p.flatten(), y.flatten(), strict=True)
    ]
    return sum(losses) / len(losses)


@binary_cross_entropy.accepts
def _(p, y):
    right, wrong = p.log().clamp(min=-100), (1 - p).log().clamp(min=-100)
    return (-(y.T @ right + (1 - y).T @ wrong) / len(p)).squeeze()


def parts(p, y):
    """The loss of each sample, (N, 1)."""
    return F.binary_cross_entropy(p, y, reduction="none")


@binary_cross_entropy.mistake(
    "sum",
    ko="평균을 내지 않고 더하기만 했습니다. 그러면 환자가 많을수록 손실이 커집니다.",
    en="The losses are summed, not averaged: the more patients, the larger the loss.",
)
def _(p, y):
    return parts(p, y).sum()


@binary_cross_entropy.mistake(
    "no-reduction",
    ko="표본마다의 손실을 그대로 돌려주었습니다. 손실은 수 하나입니다: 마지막에 평균을 내세요.",
    en="This returns the loss of every sample. The loss is one number: take the mean in the end.",
)
def _(p, y):
    return parts(p, y)


@binary_cross_entropy.mistake(
    "missing-minus",
    ko="−가 빠졌습니다. 1보다 작은 수의 로그는 음수라서, −를 붙여야 '작을수록 좋은 것'이 됩니다.",
    en="The minus is missing. The logarithm of a number below 1 is negative; with the minus, smaller "
    "is better.",
)
def _(p, y):
    return -parts(p, y).mean()


@binary_cross_entropy.mistake(
    "swapped",
    ko="스위치가 뒤바뀌었습니다. y가 1일 때 log p를, 0일 때 log(1 − p)를 골라야 합니다. 지금은 일어나지 *않은* 일에 준 확률을 "
    "재고 있습니다.",
    en="The switches are swapped: y = 1 should pick log p, and y = 0 log(1 − p). This measures the "
    "probability given to what did *not* happen.",
)
def _(p, y):
    return parts(1 - p, y).mean()


ONE_TERM = {
    "ko": "두 항 가운데 하나만 셌습니다. y가 1인 사람과 0인 사람이 모두 손실에 들어가야 합니다: y·log p + (1 − y)·log(1 − p)",
    "en": "Only one of the two terms is counted. Those with y = 1 and those with y = 0 both belong in "
    "the loss: y·log p + (1 − y)·log(1 − p).",
}


@binary_cross_entropy.mistake("only-ones", **ONE_TERM)
def _(p, y):
    return -(y * p.log().clamp(min=-100)).mean()


@binary_cross_entropy.mistake("only-zeros", **ONE_TERM)
def _(p, y):
    return -((1 - y) * (1 - p).log().clamp(min=-100)).mean()


IGNORES_Y = {
    "ko": "정답 y를 쓰지 않았습니다. log p만으로도, log(1 − p)만으로도 맞았는지 알 수 없습니다.",
    "en": "The right answers y are not used. Neither log p alone nor log(1 − p) alone can tell who was "
    "right.",
}


@binary_cross_entropy.mistake(
    "ignores-y",
    **IGNORES_Y,
)
def _(p, y):
    return -p.log().clamp(min=-100).mean()


@binary_cross_entropy.mistake("ignores-y-and-mirrors", **IGNORES_Y)
def _(p, y):
    return -(1 - p).log().clamp(min=-100).mean()


LOG_OF_0 = {
    "ko": "p가 정확히 0이나 1인 곳에서 `nan`이 나옵니다. 꺼진 스위치라도 `0 * -inf`는 `nan`이고, `nan`은 나중에 막아도 `nan`입니다. y를 곱하기 "
    "*전에* 두 로그를 각각 −100에서 막으세요.",
    "en": "Where p is exactly 0 or 1 this gives `nan`: even with the switch off, `0 * -inf` is `nan`, and "
    "a `nan` stays one. Stop each of the two logarithms at −100 *before* y multiplies it.",
}


@binary_cross_entropy.mistake("log-of-0", **LOG_OF_0)
def _(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


INFINITE = {
    "ko": "완전히 틀린 사람의 손실이 무한대이거나 엄청난 수입니다. PyTorch의 규칙대로 로그를 −100에서 막으면 100이 됩니다. (`nan_to_num`은 "
    "`nan`을 감추고, 무한대를 엄청나게 큰 수로 바꿀 뿐입니다.)",
    "en": "Whoever is completely wrong has an infinite or enormous loss. Stop the logarithm at −100, as "
    "PyTorch does, and it is 100. (`nan_to_num` hides a `nan`, and makes of infinity only an enormous number.)",
}


@binary_cross_entropy.mistake("infinite", **INFINITE)
def _(p, y):
    return -torch.log(torch.where(y == 1, p, 1 - p)).mean()


@binary_cross_entropy.mistake("nan-to-num", **INFINITE)
def _(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).nan_to_num().mean()


EPSILON = {
    "ko": "p를 0과 1에서 조금 떼어 놓거나 아주 작은 수를 더했습니다(이를테면 1e-7). 흔히 그렇게들 하지만 완전히 틀린 사람의 손실이 "
    "100이 아니라 더 일찍 멈춥니다(1e-7이면 16쯤). p가 아니라 *로그*를 −100에서 막으세요.",
    "en": "p is kept a little away from 0 and 1, or something tiny such as 1e-7 is added. Many do "
    "that, but then the loss of being completely wrong does not reach 100 (with 1e-7 it stops at some "
    "16). Stop the *logarithm*, at −100, not p.",
}


def clamped(size):
    def answer(p, y):
        p = p.clamp(size, 1 - size)
        return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()

    return answer


def added(size):
    def answer(p, y):
        return -(y * torch.log(p + size) + (1 - y) * torch.log(1 - p + size)).mean()

    return answer


def clamped_below(size):
    def answer(p, y):
        return -(y * p.clamp(min=size).log() + (1 - y) * (1 - p).clamp(min=size).log()).mean()

    return answer


for digits in (2, 3, 4, 5, 6, 7):
    binary_cross_entropy.mistake(f"clamps-p-{digits}", **EPSILON)(clamped(10.0**-digits))
for digits in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 30, 38):
    binary_cross_entropy.mistake(f"adds-epsilon-{digits}", **EPSILON)(added(10.0**-digits))
for digits in (4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 30, 38):
    binary_cross_entropy.mistake(f"clamps-from-below-{digits}", **EPSILON)(
        clamped_below(10.0**-digits)
    )
for digits in (8, 9, 10, 12, 15, 16, 20):
    binary_cross_entropy.mistake(
        f"clamps-to-1-{digits}",
        ko="p를 0과 1에서 떼어 놓으려 했지만 `float32`는 유효숫자가 일곱 자리쯤이라 1에서 그렇게 작은 수를 빼면 도로 1입니다. 그래서 `nan`이 남아 "
        "있습니다. p가 아니라 *로그*를 −100에서 막으세요.",
        en="p was to be kept away from 0 and 1, but `float32` has some seven digits: 1 minus so small a "
        "number is 1 again, and the `nan` remains. Stop the *logarithm*, at −100, not p.",
    )(clamped(10.0**-digits))


@binary_cross_entropy.mistake(
    "base-10",
    ko="밑이 10인 로그입니다. 자연로그 `torch.log`를 쓰세요. 그래야 미분이 깔끔합니다.",
    en="This is the logarithm to base 10. Use the natural one, `torch.log`: its derivative is clean.",
)
def _(p, y):
    q = torch.where(y == 1, p, 1 - p)
    return -torch.log10(q).clamp(min=-100).mean()


@binary_cross_entropy.mistake(
    "base-2",
    ko="밑이 2인 로그입니다. 자연로그 `torch.log`를 쓰세요.",
    en="This is the logarithm to base 2. Use the natural one, `torch.log`.",
)
def _(p, y):
    q = torch.where(y == 1, p, 1 - p)
    return -torch.log2(q).clamp(min=-100).mean()


@binary_cross_entropy.mistake(
    "squared-error",
    ko="제곱 오차의 평균입니다. 아무리 틀려도 1을 넘지 않습니다. 여기서는 −log q의 평균을 구합니다.",
    en="This is the mean squared error, which never exceeds 1. What is wanted is the mean of −log q.",
)
def _(p, y):
    return F.mse_loss(p, y)


@binary_cross_entropy.mistake(
    "no-log",
    ko="로그를 씌우지 않았습니다. |p − y|의 평균이라 아무리 틀려도 1을 넘지 않습니다.",
    en="There is no logarithm: this is the mean of |p − y|, which never exceeds 1.",
)
def _(p, y):
    return (p - y).abs().mean()


@binary_cross_entropy.mistake(
    "log-of-the-likelihood",
    ko="우도를 먼저 곱해 놓고 로그를 씌운 다음 N으로 나누었습니다. 곱이 0으로 언더플로하면 로그가 무너집니다. 로그를 먼저 씌우고 "
    "더하세요.",
    en="The likelihood was multiplied up first, then its logarithm divided by N. When the product "
    "underflows to 0 the logarithm collapses. Take the logarithms first, then add.",
)
def _(p, y):
    q = torch.where(y == 1, p, 1 - p)
    return -q.prod().log().clamp(min=-100) / len(p)


@binary_cross_entropy.mistake("clamps-the-sum", **LOG_OF_0)
def _(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).clamp(min=-100).mean()


@binary_cross_entropy.mistake("clamps-one-log", **LOG_OF_0)
def _(p, y):
    return -(y * torch.log(p).clamp(min=-100) + (1 - y) * torch.log(1 - p)).mean()


@binary_cross_entropy.mistake("clamps-the-other-log", **LOG_OF_0)
def _(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p).clamp(min=-100)).mean()


@binary_cross_entropy.mistake(
    "clamps-from-above",
    ko="`clamp(max=-100)`은 −100보다 *큰* 것을 −100으로 바꿉니다. 아래에서 막는 것은 `min=-100`입니다.",
    en="`clamp(max=-100)` turns what is *above* −100 into −100. To stop it from below, write `min=-100`.",
)
def _(p, y):
    log_p, log_q = torch.log(p).clamp(max=-100), torch.log(1 - p).clamp(max=-100)
    return -(y * log_p + (1 - y) * log_q).mean()


@binary_cross_entropy.mistake(
    "minus-on-one-term",
    ko="−가 첫 항에만 붙었습니다. 두 항을 괄호로 묶고 그 앞에 붙이세요.",
    en="The minus is on the first term only. Put both terms in brackets, and the minus in front.",
)
def _(p, y):
    log_p, log_q = torch.log(p).clamp(min=-100), torch.log(1 - p).clamp(min=-100)
    return (-y * log_p + (1 - y) * log_q).mean()


@binary_cross_entropy.mistake(
    "no-switches",
    ko="두 로그를 스위치 없이 모두 더했습니다. y는 한 사람에게서 둘 중 하나만 골라야 합니다.",
    en="Both logarithms are added without the switches. For each person y should pick one of them.",
)
def _(p, y):
    return -(torch.log(p).clamp(min=-100) + torch.log(1 - p).clamp(min=-100)).mean()


@binary_cross_entropy.mistake(
    "swapped-arguments",
    ko="p와 y의 자리가 뒤바뀌었습니다. 로그는 정답 y가 아니라 확률 p에 씌웁니다.",
    en="p and y have changed places. The logarithm is taken of the probability p, not of the answer y.",
)
def _(p, y):
    log_y, log_0 = torch.log(y).clamp(min=-100), torch.log(1 - y).clamp(min=-100)
    return -(p * log_y + (1 - p) * log_0).mean()


@binary_cross_entropy.mistake(
    "all-pairs",
    ko="모든 확률을 모든 정답과 짝지었습니다: (N, 1)과 (N,)이 (N, N)으로 브로드캐스팅됩니다. 둘 다 (N, 1)로 두세요.",
    en="Every probability met every answer: (N, 1) and (N,) broadcast to (N, N). Keep both (N, 1).",
)
def _(p, y):
    log_p, log_q = torch.log(p).clamp(min=-100), torch.log(1 - p).clamp(min=-100)
    return -(y[:, 0] * log_p + (1 - y[:, 0]) * log_q).mean()


@binary_cross_entropy.mistake(
    "likelihood",
    ko="우도(확률의 곱)를 그대로 돌려주었습니다. 로그를 씌우고, 부호를 바꾸고, 평균을 내세요.",
    en="This is the likelihood itself, the product of the probabilities. Take logarithms, turn the "
    "sign, and take the mean.",
)
def _(p, y):
    return torch.where(y == 1, p, 1 - p).prod()


@binary_cross_entropy.mistake(
    "log-of-the-mean",
    ko="확률을 먼저 평균 내고 로그를 씌웠습니다. 순서가 반대입니다: 사람마다 로그를 씌운 다음 평균을 냅니다.",
    en="The mean was taken first and the logarithm after it. It is the other way round: a logarithm for "
    "each person, then the mean.",
)
def _(p, y):
    return -torch.where(y == 1, p, 1 - p).mean().log().clamp(min=-100)


def stopped_logs(p):
    """log p and log(1 − p), each stopped at −100."""
    return p.log().clamp(min=-100), (1 - p).log().clamp(min=-100)


@binary_cross_entropy.mistake(
    "clamps-at-plus-100",
    ko="`clamp(min=100)`은 모든 로그를 100으로 끌어올립니다. 100 앞의 −가 빠졌습니다.",
    en="`clamp(min=100)` lifts every logarithm to 100. The minus of −100 is missing.",
)
def _(p, y):
    return -(y * p.log().clamp(min=100) + (1 - y) * (1 - p).log().clamp(min=100)).mean()


@binary_cross_entropy.mistake(
    "one-minus-the-log",
    ko="y가 0인 사람에게서 1 − log p를 썼습니다. 먼저 1에서 빼고 그다음에 로그를 씌웁니다: log(1 − p)",
    en="Where y is 0 this takes 1 − log p. Subtract first and take the logarithm of that: log(1 − p).",
)
def _(p, y):
    log_p, _ = stopped_logs(p)
    return -(y * log_p + (1 - y) * (1 - log_p)).mean()


@binary_cross_entropy.mistake(
    "switch-without-brackets",
    ko="둘째 스위치에 괄호가 없어서 `1 - y * …`가 1 − (y·…)로 계산되었습니다. `(1 - y)`라고 쓰세요.",
    en="The second switch has no brackets, so `1 - y * …` became 1 − (y·…). Write `(1 - y)`.",
)
def _(p, y):
    log_p, log_q = stopped_logs(p)
    return -(y * log_p + 1 - y * log_q).mean()


MEAN_OF_THE_LAST = {
    "ko": "`.mean()`이 마지막 항에만 붙어서 표본마다의 손실 (N, 1)이 남았습니다. 식 전체를 괄호로 묶고 거기서 평균을 내세요.",
    "en": "`.mean()` stands at the last term only, so one loss per sample, (N, 1), is left. Put brackets "
    "around the whole formula, and take the mean of that.",
}


@binary_cross_entropy.mistake("mean-of-the-last-term", **MEAN_OF_THE_LAST)
def _(p, y):
    log_p, log_q = stopped_logs(p)
    return -(y * log_p + (1 - y) * log_q.mean())


@binary_cross_entropy.mistake("mean-of-the-last-term-minus-first", **MEAN_OF_THE_LAST)
def _(p, y):
    log_p, log_q = stopped_logs(p)
    return -y * log_p + (1 - y) * log_q.mean()


@binary_cross_entropy.mistake("mean-of-the-last-term-two-minuses", **MEAN_OF_THE_LAST)
def _(p, y):
    log_p, log_q = stopped_logs(p)
    return -y * log_p - (1 - y) * log_q.mean()


ALONG_AN_AXIS = {
    "ko": "값 하나가 아니라 축이 남아 있습니다. `mean(0)`이나 `mean(1)`은 그 축만 없앱니다. 수 하나, ()로 만들려면 괄호를 비우세요: `.mean()`",
    "en": "An axis is left. `mean(0)` and `mean(1)` remove only the axis they name; for one number, (), "
    "leave the brackets empty: `.mean()`.",
}


@binary_cross_entropy.mistake("mean-along-axis-0", **ALONG_AN_AXIS)
def _(p, y):
    return parts(p, y).mean(0)


@binary_cross_entropy.mistake("mean-along-axis-1", **ALONG_AN_AXIS)
def _(p, y):
    return parts(p, y).mean(1)


@binary_cross_entropy.mistake(
    "divided-not-summed",
    ko="표본마다의 손실을 N으로 나누기만 하고 더하지 않았습니다. 평균은 더한 다음 나눈 것입니다: `.mean()`",
    en="Each sample's loss is divided by N, but they are not added up. A mean does both: `.mean()`.",
)
def _(p, y):
    return parts(p, y) / len(p)


@binary_cross_entropy.mistake(
    "rounded-away",
    ko="1 − |p − y|는 종이 위에서는 q와 같지만, p = 1e-30이고 y = 1이면 |p − y|가 1로 반올림되어 q가 0이 됩니다. y를 스위치로 써서 p나 1 − p를 "
    "바로 고르세요.",
    en="On paper 1 − |p − y| is q. But where p = 1e-30 and y = 1, |p − y| is rounded to 1, and q "
    "becomes 0. Use y as a switch to pick p or 1 − p itself.",
)
def _(p, y):
    return -(1 - (p - y).abs()).log().clamp(min=-100).mean()


@binary_cross_entropy.mistake(
    "two-means-added",
    ko="y가 1인 사람의 평균과 0인 사람의 평균을 따로 내어 더했습니다. N명 모두의 손실에서 평균을 한 번만 내세요.",
    en="The mean over those with y = 1 and the mean over those with y = 0 are added. Take one mean, over "
    "the losses of all N.",
)
def _(p, y):
    log_p, log_q = stopped_logs(p)
    return -log_p[y == 1].mean() - log_q[y == 0].mean()


@binary_cross_entropy.mistake(
    "sigmoid-first",
    ko="p를 시그모이드에 넣었는데, p는 이미 확률입니다.",
    en="p is put through a sigmoid, but it is a probability already.",
)
def _(p, y):
    return parts(torch.sigmoid(p), y).mean()


binary_cross_entropy.hints(
    ko=[
        "한 사람의 손실은 '일어난 일에 준 확률'의 로그에 −를 붙인 것입니다. y가 1이면 p, 0이면 1 − p가 그 확률입니다.",
        "−(y·log p + (1 − y)·log(1 − p))의 평균입니다. 두 로그를 쓰기 *전에* 각각 −100에서 막아야 `0 * -inf`가 생기지 않습니다.",
        "`log_p = torch.log(p).clamp(min=-100)`, `log_q = torch.log(1 - p).clamp(min=-100)`, "
        "`return -(y * log_p + (1 - y) * log_q).mean()`",
    ],
    en=[
        "The loss of one person is minus the logarithm of the probability given to what happened: p "
        "where y is 1, and 1 − p where y is 0.",
        "The mean of −(y·log p + (1 − y)·log(1 − p)). Stop each of the two logarithms at −100 *before* "
        "you use it, so that no `0 * -inf` comes up.",
        "`log_p = torch.log(p).clamp(min=-100)`, `log_q = torch.log(1 - p).clamp(min=-100)`, "
        "`return -(y * log_p + (1 - y) * log_q).mean()`.",
    ],
)


# ---------------------------------------------------------------- bce-gradient


@exercise(
    "bce-gradient",
    points=2,
    forbids=[".backward", "torch.autograd.grad"],
    returns=["dW", "db"],
)
def bce_gradient(x, y, W, b):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    return torch.autograd.grad(F.binary_cross_entropy_with_logits(x @ W + b, y), (W, b))


def samples(draw, n, d, dtype=torch.float32):
    """x (n, d), y (n, 1), W (d, 1), b (1,)."""
    x, y = draw.normal(n, d, dtype=dtype) + 0.5, coins(draw, n, dtype)
    return x, y, draw.normal(d, 1, dtype=dtype), draw.normal(1, dtype=dtype)


@bce_gradient.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]]),
        column(1.0, 0.0, 0.0),
        column(1.0, -1.0),
        torch.tensor([0.5]),
    )
    yield torch.tensor([[2.0]]), column(1.0), column(-0.5), torch.tensor([0.25])
    yield torch.tensor([[1.0], [2.0]]), column(1.0, 0.0), column(0.0), torch.tensor([0.0])
    x, y, W, b = samples(draw, 6, 3)
    yield 300 * x, y, W, b  # logits in the hundreds: far out on both sides
    # Far out on one side each: on the left e^z does not overflow, but p is exactly 0.
    yield torch.tensor([[1.0], [2.0]]), column(1.0, 0.0), column(-200.0), torch.tensor([-50.0])
    yield torch.tensor([[1.0], [2.0]]), column(1.0, 0.0), column(200.0), torch.tensor([50.0])
    yield samples(draw, 4, 4)
    yield samples(draw, draw.integer(5, 20), 8)
    yield samples(draw, draw.integer(5, 12), draw.integer(2, 4), DOUBLE)


@bce_gradient.accepts
def _(x, y, W, b):
    error = (torch.sigmoid(x @ W + b) - y) / len(y)
    return [torch.einsum("nd,no->do", x, error), error.sum().reshape(1)]


@bce_gradient.accepts
def _(x, y, W, b):
    error = torch.special.expit(x @ W + b) - y
    return (x * error).mean(0, keepdim=True).T, error.mean().view(1)


def gradients(x, y, W, b, mean=True, factor=1.0, bias=True, push=None):
    z = x @ W + (b if bias else 0)
    p = torch.special.expit(z)
    error = (p - y if push is None else push(z, p, y)) * factor / (len(x) if mean else 1)
    return x.T @ error, error.sum(0)


@bce_gradient.mistake(
    "sums",
    ko="표본 수 N으로 나누지 않았습니다. 손실이 평균이니 기울기도 평균입니다.",
    en="Neither is divided by N. The loss is a mean, so its gradient is one too.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, mean=False)


@bce_gradient.mistake(
    "sum-of-W-only",
    ko="db는 평균인데 dW는 합입니다. 행렬 곱 xᵀ(p − y)가 표본을 이미 *더했으니* N으로 나누어야 합니다.",
    en="db is a mean but dW is a sum: the matrix product xᵀ(p − y) has *added up* the samples, so it "
    "still has to be divided by N.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, mean=False)[0], gradients(x, y, W, b)[1]


@bce_gradient.mistake(
    "sum-of-b-only",
    ko="dW는 평균인데 db는 합입니다. 둘 다 같은 평균 손실의 기울기입니다.",
    en="dW is a mean but db a sum. Both are gradients of the same mean loss.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b)[0], gradients(x, y, W, b, mean=False)[1]


BY_FEATURES = {
    "ko": "표본 수 N이 아니라 특성 수 D로 나누었습니다. N은 `len(x)`, D는 `x.shape[1]`입니다.",
    "en": "This divides by the number of features D, not of samples N. N is `len(x)`, D is "
    "`x.shape[1]`.",
}


@bce_gradient.mistake(
    "divides-by-features",
    **BY_FEATURES,
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b, mean=False)
    return dW / x.shape[1], db / x.shape[1]


@bce_gradient.mistake("divides-dW-by-features", **BY_FEATURES)
def _(x, y, W, b):
    dW, _ = gradients(x, y, W, b, mean=False)
    return dW / x.shape[1], gradients(x, y, W, b)[1]


@bce_gradient.mistake(
    "divides-by-everything",
    ko="dW를 N × D로 나누었습니다. 평균은 표본 N개에 대해서만 냅니다.",
    en="dW is divided by N × D. The mean is over the N samples only.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW / x.shape[1], db


@bce_gradient.mistake(
    "with-a-2",
    ko="2가 남아 있습니다. 그 2는 제곱을 미분할 때 나오던 것입니다. 이 손실에는 제곱이 없습니다.",
    en="There is a 2 too many. It came from differentiating the square; this loss has no square.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, factor=2.0)


@bce_gradient.mistake(
    "sign",
    ko="부호가 반대입니다. 오차는 y − p가 아니라 p − y입니다.",
    en="The sign is flipped: the error is p − y, not y − p.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, factor=-1.0)


@bce_gradient.mistake(
    "forgets-the-sigmoid",
    ko="점수 z에서 y를 뺐습니다. 확률에서 빼야 합니다: p = σ(z)를 먼저 구하세요.",
    en="y is subtracted from the score z. Subtract it from the probability: get p = σ(z) first.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: z - y)


@bce_gradient.mistake(
    "sigmoid-slope-again",
    ko="p(1 − p)를 한 번 더 곱했습니다. 시그모이드의 미분은 손실의 미분에 있던 분모와 이미 지워졌습니다. 남는 것은 p − y뿐입니다.",
    en="p(1 − p) is multiplied in once more. The sigmoid's derivative has cancelled already, with the "
    "denominator of the loss's derivative. Only p − y is left.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: (p - y) * p * (1 - p))


@bce_gradient.mistake(
    "squared-error",
    ko="제곱 오차의 기울기 2(p − y)·p(1 − p)입니다. 크게 틀린 곳에서 거의 0이 됩니다. 이진 교차 엔트로피의 기울기는 p − y입니다.",
    en="This is the gradient of the squared error, 2(p − y)·p(1 − p), almost 0 where the model is most "
    "wrong. That of the binary cross entropy is p − y.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: 2 * (p - y) * p * (1 - p))


@bce_gradient.mistake(
    "stops-at-p",
    ko="p에 대한 미분에서 멈추었습니다. z에 대한 미분이 되려면 시그모이드의 미분 p(1 − p)를 곱해야 하고, 그러면 p − y만 남습니다.",
    en="This stops at the derivative by p. To get the one by z, multiply by the sigmoid's derivative "
    "p(1 − p); then only p − y is left.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: -y / p + (1 - y) / (1 - p))


@bce_gradient.mistake(
    "nan-by-chain",
    ko="연쇄 법칙의 두 조각을 따로 구해 곱했습니다. 종이 위에서는 맞지만 p가 정확히 0이나 1이면 0으로 나누어 `nan`이 됩니다. 먼저 종이 "
    "위에서 지우고, 남은 p − y를 쓰세요. (자동 미분도 두 조각을 따로 곱합니다.)",
    en="The two pieces of the chain rule are computed one by one and multiplied. On paper that is "
    "right, but where p is exactly 0 or 1 it divides by 0 and gives `nan`. Cancel on paper first, and "
    "use what is left, p − y. (Autograd, too, multiplies the pieces one by one.)",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: (-y / p + (1 - y) / (1 - p)) * p * (1 - p))


@bce_gradient.mistake(
    "plain-answers",
    ko="확률이 아니라 0과 1로 자른 답에서 y를 뺐습니다. 자른 답은 얼마나 틀렸는지 말해 주지 않습니다: 확률 p를 그대로 쓰세요.",
    en="y is subtracted from plain answers, cut to 0 and 1. They do not say how wrong the model is: "
    "use the probability p itself.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: (p >= 0.5).to(p.dtype) - y)


@bce_gradient.mistake(
    "forgets-b",
    ko="점수에 편향 b를 더하지 않았습니다: z = xW + b",
    en="The bias b is missing from the score: z = xW + b.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, bias=False)


@bce_gradient.mistake(
    "no-transpose",
    ko="x를 전치하지 않고 오차에 곱했습니다. 특성마다 더하려면 x를 눕혀야 합니다: (D, N) @ (N, 1). N과 D가 같을 때는 오류도 나지 "
    "않습니다.",
    en="x was multiplied by the errors as it stands. To sum for each feature, transpose it: "
    "(D, N) @ (N, 1). Where N equals D no error tells you.",
)
def _(x, y, W, b):
    error = (torch.sigmoid(x @ W + b) - y) / len(x)
    return x @ error, error.sum(0)


@bce_gradient.mistake(
    "flat-y",
    ko="오차가 (N, N)이 되었습니다. (N, 1)인 확률에서 (N,)인 것을 빼면 모든 확률을 모든 정답과 견주게 됩니다. y를 (N, 1) 그대로 쓰세요.",
    en="The error has become (N, N): subtract something of (N,) from probabilities of (N, 1), and "
    "every probability meets every answer. Leave y as it is, (N, 1).",
)
def _(x, y, W, b):
    error = torch.sigmoid(x @ W + b) - y[:, 0]
    return x.T @ error / len(x), error.mean(0)


ONE_SLOPE = {
    "ko": "dW가 수 하나입니다. 특성까지 한데 평균을 냈습니다. 가중치가 D개면 기울기도 D개입니다: (D, N) @ (N, 1)",
    "en": "dW is a single number: the mean ran over the features too. D weights have D slopes: "
    "(D, N) @ (N, 1).",
}


@bce_gradient.mistake("one-slope", **ONE_SLOPE)
def _(x, y, W, b):
    error = torch.sigmoid(x @ W + b) - y
    return (x * error).mean(), error.mean()


@bce_gradient.mistake("one-slope-of-a-product", **ONE_SLOPE)
def _(x, y, W, b):
    error = torch.sigmoid(x @ W + b) - y
    return (x.T @ error).mean(), error.mean(0)


@bce_gradient.mistake("one-slope-and-right-db", **ONE_SLOPE)
def _(x, y, W, b):
    error = torch.sigmoid(x @ W + b) - y
    return (x * error).mean(), error.mean(0)


@bce_gradient.mistake(
    "flat-dW",
    ko="값은 맞지만 dW가 (D,)입니다. (D, 1)인 W에서 (D,)를 빼면 오류 없이 (D, D)가 되어 버립니다. W와 같은 모양으로 만드세요.",
    en="The values are right, but dW is (D,). Subtract (D,) from a W of (D, 1), and without any error "
    "you get (D, D). Give it W's shape.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW[:, 0], db


@bce_gradient.mistake(
    "lying-dW",
    ko="값은 맞지만 dW가 (1, D)로 누워 있습니다. W와 같은 (D, 1)이어야 합니다: (D, N) @ (N, 1)",
    en="The values are right, but dW lies in a row, (1, D). It must have W's shape, (D, 1): "
    "(D, N) @ (N, 1).",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW.T, db


@bce_gradient.mistake(
    "scalar-db",
    ko="값은 맞지만 db에 축이 없습니다. b와 같은 (1,)이어야 합니다: 표본의 축(0번)에 대해서만 평균을 내세요.",
    en="The values are right, but db has no axis. It must be (1,) like b: take the mean over the axis "
    "of the samples only, axis 0.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW, db[0]


@bce_gradient.mistake(
    "column-db",
    ko="db가 (1, 1)입니다. b와 같은 (1,)이어야 합니다. `keepdim=True`를 빼세요.",
    en="db is (1, 1). It must be (1,) like b: leave out `keepdim=True`.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return dW, db[None]


@bce_gradient.mistake(
    "errors-for-db",
    ko="db가 표본마다 하나씩 (N, 1)입니다. b 하나가 모든 표본에 더해졌으니 오차의 평균을 내어 (1,)로 만드세요.",
    en="db has an entry for every sample, (N, 1). The one b was added to all samples: take the mean of "
    "the errors, (1,).",
)
def _(x, y, W, b):
    return gradients(x, y, W, b)[0], torch.sigmoid(x @ W + b) - y


@bce_gradient.mistake(
    "swapped-return",
    ko="돌려주는 순서가 바뀌었습니다. (dW, db) 순서입니다.",
    en="The two results are swapped: return (dW, db).",
)
def _(x, y, W, b):
    return gradients(x, y, W, b)[::-1]


@bce_gradient.mistake(
    "sign-and-sum",
    ko="부호가 반대이고(y − p), 표본 수 N으로 나누지도 않았습니다. 오차는 p − y이고, 기울기는 평균입니다.",
    en="The sign is flipped (y − p), and nothing is divided by N. The error is p − y, and the gradient "
    "is a mean.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, factor=-1.0, mean=False)


@bce_gradient.mistake(
    "adds-b-late",
    ko="편향 b를 시그모이드를 지난 *뒤에* 더했습니다. 점수에 더해야 합니다: σ(xW + b)",
    en="The bias b is added *after* the sigmoid. It belongs to the score: σ(xW + b).",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, bias=False, push=lambda z, p, y: p + b - y)


@bce_gradient.mistake(
    "db-along-the-row",
    ko="db를 다른 축으로 평균 냈습니다. 오차는 (N, 1)이고, 표본의 축은 0번입니다: `error.mean(0)`",
    en="db is a mean along the other axis. The error is (N, 1), and the axis of the samples is axis 0: "
    "`error.mean(0)`.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b)[0], (torch.sigmoid(x @ W + b) - y).mean(1)


@bce_gradient.mistake(
    "not-summed",
    ko="dW가 (N, D)입니다. `*`로 곱하기만 하고 표본에 대해 더하지 않았습니다: (D, N) @ (N, 1)",
    en="dW is (N, D): it was multiplied with `*` and not summed over the samples. (D, N) @ (N, 1).",
)
def _(x, y, W, b):
    error = torch.sigmoid(x @ W + b) - y
    return x * error / len(x), error.mean(0)


@bce_gradient.mistake(
    "autograd-of-a-rounded-sigmoid",
    ko="시그모이드를 씌운 다음의 BCE를 자동 미분한 값입니다. p가 0이나 1로 반올림된 곳에서 기울기가 사라집니다(7절의 함정). 자동 미분 없이, 종이 "
    "위에서 얻은 p − y를 쓰세요.",
    en="This is what autograd gives for the BCE of a sigmoid. Where p was rounded to 0 or 1, its slope "
    "vanishes (the trap of section 7). Leave autograd out, and use the p − y found on paper.",
)
def _(x, y, W, b):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    loss = F.binary_cross_entropy(torch.sigmoid(x @ W + b), y)
    return torch.autograd.grad(loss, (W, b))


@bce_gradient.mistake(
    "overflows",
    ko="p를 `e^z / (1 + e^z)`로 구해서 z가 크면 `inf / inf = nan`이 됩니다. 여러분의 `sigmoid`나 `torch.sigmoid`를 쓰세요.",
    en="p is computed as `e^z / (1 + e^z)`, and for a large z that is `inf / inf = nan`. Use your "
    "`sigmoid` or `torch.sigmoid`.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: z.exp() / (1 + z.exp()) - y)


@bce_gradient.mistake(
    "mirrored-sigmoid",
    ko="시그모이드가 뒤집혀 1 − p를 썼습니다. 지수의 −를 빠뜨렸나요? p = 1 / (1 + e^(−z))",
    en="The sigmoid is mirrored, so 1 − p was used. Is the minus of its exponent missing? "
    "p = 1 / (1 + e^(−z)).",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: torch.special.expit(-z) - y)


@bce_gradient.mistake(
    "absolute-error",
    ko="오차에 절댓값을 씌웠습니다. 오차의 부호가 어느 쪽으로 움직일지를 말해 주니 p − y를 그대로 쓰세요.",
    en="The absolute value of the error is taken. Its sign says which way to move: use p − y as it is.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: (p - y).abs())


@bce_gradient.mistake(
    "squared-difference",
    ko="오차 자리에 (p − y)²을 넣었습니다. 이미 미분을 마친 식이라 제곱은 없습니다: p − y",
    en="The square (p − y)² stands in place of the error. The differentiation is done already, and "
    "no square is left: p − y.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: (p - y) ** 2)


@bce_gradient.mistake(
    "loss-for-error",
    ko="오차 자리에 손실을 넣었습니다. 기울기에 들어가는 것은 손실의 미분 p − y입니다.",
    en="The loss stands in place of the error. What goes into the gradient is the loss's derivative, "
    "p − y.",
)
def _(x, y, W, b):
    return gradients(
        x, y, W, b, push=lambda z, p, y: -(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    )


@bce_gradient.mistake(
    "n-minus-1",
    ko="N − 1로 나누었습니다. 손실은 N명의 평균이니 N으로 나눕니다.",
    en="This divides by N − 1. The loss is a mean over N samples: divide by N.",
)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b, mean=False)
    return dW / (len(x) - 1), db / (len(x) - 1)


@bce_gradient.mistake(
    "product-of-means",
    ko="x의 평균과 오차의 평균을 곱했습니다. 곱의 평균은 평균의 곱이 아닙니다: 표본마다 x와 오차를 곱한 다음 평균을 내세요.",
    en="The mean of x is multiplied by the mean of the errors. A mean of products is no product of "
    "means: multiply x and error for each sample, then take the mean.",
)
def _(x, y, W, b):
    db = gradients(x, y, W, b)[1]
    return x.mean(0)[:, None] * db, db


@bce_gradient.mistake(
    "mean-over-features",
    ko="x·(p − y)를 특성의 축(1번)으로 평균 내어 dW가 표본마다 하나씩이 되었습니다. 표본의 축에 대해 더해야 합니다: (D, N) @ (N, 1)",
    en="x·(p − y) is averaged along the features, axis 1, so dW has an entry for each sample. Sum over "
    "the samples: (D, N) @ (N, 1).",
)
def _(x, y, W, b):
    error = torch.sigmoid(x @ W + b) - y
    return (x * error).mean(1), error.mean(0)


@bce_gradient.mistake(
    "nothing-summed",
    ko="N으로 나누기만 하고 표본에 대해 더하지 않았습니다. dW는 (D, 1), db는 (1,)이어야 합니다.",
    en="All is divided by N, but nothing is summed over the samples. dW should be (D, 1), and db (1,).",
)
def _(x, y, W, b):
    error = torch.sigmoid(x @ W + b) - y
    return x * error / len(x), error / len(x)


UPDATED = {
    "ko": "기울기가 아니라 한 걸음 내려간 W와 b를 돌려주었습니다. 여기서는 기울기만 구합니다: (dW, db)",
    "en": "This returns W and b after a step, not the gradients. Only the gradients are wanted here: "
    "(dW, db).",
}


@bce_gradient.mistake("updated-in-place", **UPDATED)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    W -= dW
    b -= db
    return W, b


@bce_gradient.mistake("updated", **UPDATED)
def _(x, y, W, b):
    dW, db = gradients(x, y, W, b)
    return W - dW, b - db


@bce_gradient.mistake(
    "two-sigmoids",
    ko="시그모이드가 두 번입니다. p는 σ(z), 한 번만입니다.",
    en="There are two sigmoids: p is σ(z), once.",
)
def _(x, y, W, b):
    return gradients(x, y, W, b, push=lambda z, p, y: torch.sigmoid(p) - y)


bce_gradient.hints(
    ko=[
        "점수에 대한 기울기는 오차 p − y 하나로 끝납니다. 그다음은 4장의 mse_gradients와 같은 길입니다.",
        "p = σ(xW + b)는 (N, 1). dW는 xᵀ(p − y)를 N으로 나눈 것, (D, N) @ (N, 1) = (D, 1). db는 p − y를 표본의 축에 대해 평균 낸 "
        "것, (1,).",
        "`p = torch.sigmoid(x @ W + b)`, `error = p - y`, `dW = x.T @ error / len(x)`, `db = error.mean(0)`, `return dW, db`",
    ],
    en=[
        "The gradient by the score is simply the error, p − y. From there the way is that of chapter "
        "4's mse_gradients.",
        "p = σ(xW + b) is (N, 1). dW is xᵀ(p − y) divided by N, (D, N) @ (N, 1) = (D, 1). db is the "
        "mean of p − y over the axis of the samples, (1,).",
        "`p = torch.sigmoid(x @ W + b)`, `error = p - y`, `dW = x.T @ error / len(x)`, "
        "`db = error.mean(0)`, `return dW, db`.",
    ],
)


# ---------------------------------------------------------------- accuracy


@exercise("accuracy")
def accuracy(p, y, threshold):
    right = [(a >= threshold) == (b == 1) for a, b in pairs(p, y)]
    return sum(right) / len(right)


def pairs(p, y):
    """(probability, right answer) of every sample, as Python floats."""
    return list(zip(p.flatten().tolist(), y.flatten().tolist(), strict=True))


def forecasts(draw, n, share=0.5):
    """p (n, 1), better than a coin but not perfect, and y (n, 1); multiples of 1/64."""
    y = (draw.uniform(0, 1, n, 1) < share).float()
    p = (0.3 * y + draw.uniform(0.05, 0.65, n, 1)).clamp(0, 1)
    return (p * 64).round() / 64, y


@accuracy.cases
def _(draw):
    yield column(0.9, 0.4, 0.5, 0.2), column(1.0, 1.0, 0.0, 0.0), 0.5
    yield column(0.75), column(1.0), 0.5
    yield column(0.25, 0.25, 0.1, 0.9, 0.6), column(1.0, 0.0, 0.0, 1.0, 0.0), 0.25
    yield column(0.6, 0.7, 0.8, 0.5), column(0.0, 1.0, 1.0, 0.0), 0.75
    yield column(0.1, 0.2, 0.9), column(0.0, 0.0, 1.0), 0.5
    yield column(0.3, 0.0, 0.8), column(0.0, 0.0, 1.0), 0.0  # everybody is answered with 1
    yield column(1.0, 0.3), column(1.0, 0.0), 1.0  # and only who is certain
    for threshold in (0.5, 0.25, 0.75):
        yield *forecasts(draw, draw.integer(9, 30), draw.number(0.2, 0.8)), threshold
    yield torch.zeros(20, 1), column(1.0, *[0.0] * 19), 0.5


@accuracy.accepts
def _(p, y, threshold):
    return float(((p >= threshold) == (y > 0.5)).sum() / len(p))


@accuracy.accepts
def _(p, y, threshold):
    wrong = torch.where(p < threshold, y, 1 - y)
    return 1 - wrong.mean().item()


@accuracy.accepts
def _(p, y, threshold):
    hits = 0
    for i in range(len(p)):
        if (p[i, 0] >= threshold and y[i, 0] == 1) or (p[i, 0] < threshold and y[i, 0] == 0):
            hits += 1
    return hits / len(p)


def answers_right(p, y, threshold):
    """A mask (N, 1) of the samples whose plain answer is right."""
    return (p >= threshold).float() == y


@accuracy.mistake(
    "strict",
    ko="`>`로 견주었습니다. 확률이 임계값과 *똑같으면* 1이라고 답해야 합니다: `>=`",
    en="This compares with `>`. Where the probability is *exactly* the threshold the answer is 1: `>=`.",
)
def _(p, y, threshold):
    return ((p > threshold).float() == y).float().mean().item()


UPSIDE_DOWN = {
    "ko": "거꾸로입니다. 틀린 사람의 비율이 나왔습니다. `<`와 `>=`, 또는 `==`와 `!=`가 뒤바뀌지 않았나요?",
    "en": "It is upside down: this is the share of those who are *wrong*. Did `<` and `>=`, or `==` and "
    "`!=`, change places?",
}


@accuracy.mistake("upside-down-with-ties", **UPSIDE_DOWN)
def _(p, y, threshold):
    return ((p <= threshold).float() == y).float().mean().item()


@accuracy.mistake(
    "upside-down",
    **UPSIDE_DOWN,
)
def _(p, y, threshold):
    return ((p < threshold).float() == y).float().mean().item()


@accuracy.mistake(
    "always-a-half",
    ko="임계값을 0.5로 못 박았습니다. 받은 `threshold`를 쓰세요. (`round`도 0.5에서 자릅니다.)",
    en="The threshold is fixed at 0.5. Use the `threshold` that is given. (`round`, too, cuts at 0.5.)",
)
def _(p, y, threshold):
    return answers_right(p, y, 0.5).float().mean().item()


@accuracy.mistake(
    "rounds",
    ko="언제나 0.5에서 자르고, 정확히 0.5인 것은 1로 치지 않았습니다(`round`나 `> 0.5`가 그렇게 합니다). `p >= threshold`로 견주세요.",
    en="This always cuts at 0.5, and does not count exactly 0.5 as a 1 (`round` and `> 0.5` do that). "
    "Compare: `p >= threshold`.",
)
def _(p, y, threshold):
    return (p.round() == y).float().mean().item()


@accuracy.mistake(
    "percent",
    ko="100을 곱했습니다. 0에서 1까지의 비율을 돌려주세요. 퍼센트로 바꾸는 것은 보여 줄 때 할 일입니다.",
    en="This is multiplied by 100. Return a share from 0 to 1; per cent are for showing it.",
)
def _(p, y, threshold):
    return 100 * answers_right(p, y, threshold).float().mean().item()


@accuracy.mistake(
    "counts",
    ko="맞힌 사람의 *수*를 돌려주었습니다. 비율이 되려면 전체 수 N으로 나누세요.",
    en="This is the *number* of right answers. Divide by N to get the share.",
)
def _(p, y, threshold):
    return float(answers_right(p, y, threshold).sum())


@accuracy.mistake(
    "mean-of-p",
    ko="확률의 평균을 돌려주었습니다. 정답 y와 견주지 않았습니다.",
    en="This is the mean of the probabilities; they are never compared with the right answers y.",
)
def _(p, y, threshold):
    return p.mean().item()


@accuracy.mistake(
    "share-of-ones",
    ko="1이라고 답한 사람의 비율입니다. 그 답이 맞았는지 y와 견주세요.",
    en="This is the share of those answered with 1. Compare the answers with y to see who was right.",
)
def _(p, y, threshold):
    return (p >= threshold).float().mean().item()


@accuracy.mistake(
    "soft",
    ko="1 − |p − y|의 평균입니다. 정확도는 확률을 0과 1의 답으로 자른 *다음에* 맞은 것을 셉니다.",
    en="This is the mean of 1 − |p − y|. Accuracy first cuts the probabilities to answers of 0 and 1, "
    "and *then* counts what is right.",
)
def _(p, y, threshold):
    return 1 - (p - y).abs().mean().item()


@accuracy.mistake(
    "compares-p-with-y",
    ko="확률을 정답과 바로 견주었습니다. 확률이 정확히 0이나 1이 아니면 `p == y`는 거짓입니다. 먼저 임계값으로 자르세요.",
    en="The probabilities are compared with the answers as they are. `p == y` is false unless p is "
    "exactly 0 or 1. Cut at the threshold first.",
)
def _(p, y, threshold):
    return (p == y).float().mean().item()


@accuracy.mistake(
    "only-ones",
    ko="y가 1인 사람을 맞힌 것만 셌습니다. y가 0인 사람을 0이라고 한 것도 맞은 것입니다.",
    en="Only the hits among those with y = 1 are counted. To answer 0 where y is 0 is right, too.",
)
def _(p, y, threshold):
    return ((p >= threshold).float() * y).mean().item()


@accuracy.mistake(
    "recall",
    ko="y가 1인 사람 가운데 맞힌 비율입니다(뒤에 나올 재현율). 정확도는 모든 사람에게서 셉니다.",
    en="This is the share found among those with y = 1 (recall, which comes later). Accuracy counts "
    "everybody.",
)
def _(p, y, threshold):
    return ((p >= threshold).float() * y).sum().item() / max(y.sum().item(), 1)


ALL_PAIRS = {
    "ko": "모든 답을 모든 정답과 견주었습니다: (N, 1)과 (N,)의 `==`는 (N, N)으로 브로드캐스팅됩니다. 둘 다 (N, 1)로 두세요.",
    "en": "Every answer was compared with every right answer: `==` of (N, 1) and (N,) broadcasts to "
    "(N, N). Keep both (N, 1).",
}


@accuracy.mistake("all-pairs-mean", **ALL_PAIRS)
def _(p, y, threshold):
    return ((p >= threshold).float() == y[:, 0]).float().mean().item()


@accuracy.mistake("all-pairs-sum", **ALL_PAIRS)
def _(p, y, threshold):
    return ((p >= threshold).float() == y[:, 0]).sum().item() / len(y)


@accuracy.mistake(
    "tensor",
    ko="값은 맞지만 텐서입니다. `.item()`으로 파이썬 수를 꺼내세요.",
    en="The value is right, but it is a tensor. Take the Python number out with `.item()`.",
)
def _(p, y, threshold):
    return answers_right(p, y, threshold).float().mean()


ALL_OR_NOTHING = {
    "ko": "모두 맞았을 때만 1이고 나머지는 0입니다. `//`는 나눈 값을 내림하고, `all`이나 `torch.equal`은 모두 맞았는지만 묻습니다. 맞은 사람의 "
    "*비율*을 구하세요.",
    "en": "This is 1 if all are right, and 0 otherwise. `//` rounds the quotient down; `all` and "
    "`torch.equal` ask only whether all are right. What is wanted is the *share*.",
}


@accuracy.mistake("whole-division", **ALL_OR_NOTHING)
def _(p, y, threshold):
    return float(answers_right(p, y, threshold).sum().item() // len(y))


@accuracy.mistake("all-equal", **ALL_OR_NOTHING)
def _(p, y, threshold):
    return bool(answers_right(p, y, threshold).all())


@accuracy.mistake(
    "precision",
    ko="1이라고 답한 사람 가운데 맞은 비율입니다(뒤에 나올 정밀도). 정확도는 모든 사람에게서 셉니다.",
    en="This is the share that is right among those answered with 1 (precision, which comes later). "
    "Accuracy counts everybody.",
)
def _(p, y, threshold):
    answer = (p >= threshold).float()
    return (answer * y).sum().item() / max(answer.sum().item(), 1)


@accuracy.mistake(
    "cuts-y-too",
    ko="y까지 임계값으로 잘랐습니다. 그러면 임계값이 0일 때 모두가 1이 됩니다. y는 이미 0이나 1인 정답이니 그대로 쓰세요.",
    en="y, too, is cut at the threshold, so that with a threshold of 0 everybody's becomes 1. It is the "
    "right answer already, 0 or 1: use it as it is.",
)
def _(p, y, threshold):
    return ((p >= threshold) == (y >= threshold)).float().mean().item()


@accuracy.mistake(
    "ties-for-both",
    ko="확률이 임계값과 *똑같은* 사람이 1도 되고 0도 됩니다. 1은 `>=`, 0은 `<`인 쪽입니다: `<=`를 쓰지 않았나요?",
    en="Whoever is *exactly* at the threshold is both a 1 and a 0. The 1 has `>=`, the 0 has `<`: is "
    "there a `<=`?",
)
def _(p, y, threshold):
    right = (p >= threshold) & (y == 1) | (p <= threshold) & (y == 0)
    return right.float().mean().item()


@accuracy.mistake(
    "returns-inside",
    ko="첫 사람만 보고 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first person. Is the `return` indented *inside* the loop?",
)
def _(p, y, threshold):
    return answers_right(p, y, threshold)[0].item() / len(p)


OTHER_DIVISOR = {
    "ko": "맞힌 사람의 수를 전체 N이 아니라 1인 사람(또는 1이라고 답한 사람)의 수로 나누었습니다. 정확도는 모든 사람에게서 셉니다.",
    "en": "The right answers are divided by the number that are 1 (or were answered with 1), not by N. "
    "Accuracy counts everybody.",
}


@accuracy.mistake("divides-by-ones", **OTHER_DIVISOR)
def _(p, y, threshold):
    return answers_right(p, y, threshold).sum().item() / y.sum().item()


@accuracy.mistake("divides-by-called", **OTHER_DIVISOR)
def _(p, y, threshold):
    return answers_right(p, y, threshold).sum().item() / (p >= threshold).sum().item()


@accuracy.mistake(
    "differences-cancel",
    ko="답과 정답의 차이를 그대로 평균 냈습니다. 1과 −1이 서로 지워져, 틀린 사람이 맞은 것처럼 됩니다. `==`로 견주세요.",
    en="This takes the mean of answer minus y. There 1 and −1 cancel, so that wrong answers look right. "
    "Compare with `==`.",
)
def _(p, y, threshold):
    return 1 - ((p >= threshold).float() - y).mean().item()


@accuracy.mistake(
    "rounded",
    ko="소수 둘째 자리에서 반올림했습니다. 반올림은 보여 줄 때 할 일입니다. 비율을 그대로 돌려주세요.",
    en="This is rounded to two decimals. Rounding is for showing it: return the share as it is.",
)
def _(p, y, threshold):
    return round(answers_right(p, y, threshold).float().mean().item(), 2)


accuracy.hints(
    ko=[
        "세 걸음입니다: 확률을 0과 1의 답으로 자르고, 정답과 견주고, 맞은 비율을 셉니다.",
        "`p >= threshold`는 참과 거짓으로 된 (N, 1)입니다. `.float()`로 1과 0으로 바꾸어 (N, 1)인 y와 `==`로 견줍니다.",
        "`answer = (p >= threshold).float()`, `return (answer == y).float().mean().item()`",
    ],
    en=[
        "Three steps: cut the probabilities to answers of 0 and 1, compare these with the right ones, "
        "take the share that agrees.",
        "`p >= threshold` is an (N, 1) of true and false. `.float()` turns it into 1 and 0; compare "
        "that with y, also (N, 1), by `==`.",
        "`answer = (p >= threshold).float()`, `return (answer == y).float().mean().item()`.",
    ],
)


# ---------------------------------------------------------------- bce-with-logits


@exercise(
    "bce-with-logits",
    points=2,
    forbids=[
        "F.binary_cross_entropy_with_logits",
        "nn.BCEWithLogitsLoss",
        "F.logsigmoid",
        "F.softplus",
    ],
)
def bce_with_logits(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


@bce_with_logits.cases
def _(draw):
    yield column(0.0, 2.0), column(1.0, 1.0)
    yield column(-1.5), column(0.0)
    yield column(3.0, -2.0, -0.5), column(0.0, 1.0, 1.0)
    yield column(0.25, 0.5), column(1.0, 0.0)  # logits that might be taken for probabilities
    yield column(-200.0), column(1.0)
    yield column(17.0, 30.0), column(0.0, 0.0)
    yield column(5.0, 6.0, 9.0).double(), column(1.0, 0.0, 0.0).double()
    yield column(1000.0, -1000.0, 1000.0, -1000.0), column(1.0, 0.0, 0.0, 1.0)
    n = draw.integer(3, 8)
    yield 2 * draw.normal(n, 1), coins(draw, n)
    n = draw.integer(5, 20)
    yield 200 * draw.normal(n, 1), coins(draw, n)
    n = draw.integer(4, 9)
    yield 3 * draw.normal(n, 1, dtype=DOUBLE), coins(draw, n, DOUBLE)
    z, y = column(0.0, 0.0, 2.0, 1000.0, -1000.0), column(1.0, 0.0, 1.0, 1.0, 0.0)
    yield Case((z.double().requires_grad_(), y.double()), slopes=True)


@bce_with_logits.accepts
def _(z, y):
    against = torch.where(y == 1, -z, z)  # how far the score stands on the wrong side
    return torch.logaddexp(against, torch.zeros_like(z)).mean()


@bce_with_logits.accepts
def _(z, y):
    small = torch.log(1 + torch.exp(-torch.abs(z)))
    losses = (z + torch.abs(z)) / 2 - z * y + small
    return losses.sum() / losses.numel()


@bce_with_logits.accepts
def _(z, y):
    return F.cross_entropy(torch.cat([torch.zeros_like(z), z], 1), y[:, 0].long())


def losses_of(z, y):
    """The loss of each sample, (N, 1)."""
    return F.binary_cross_entropy_with_logits(z, y, reduction="none")


@bce_with_logits.mistake(
    "cut-at-100",
    ko="시그모이드를 먼저 구하고 BCE를 씌웠습니다. z = −200이면 손실이 200이어야 하는데 100에서 막히고, z = 17이면 17이 아니라 "
    "100이 됩니다. 이 절의 함정 그대로입니다: 확률을 거치지 말고 z에서 바로 구하세요.",
    en="The sigmoid comes first and BCE after it. At z = −200 the loss should be 200 and is cut off at "
    "100; at z = 17 it is 100 and not 17. That is the very trap of this section: go straight from z, "
    "not through the probability.",
)
def _(z, y):
    return F.binary_cross_entropy(torch.sigmoid(z), y)


CUT = {
    "ko": "p나 로그나 z를 어딘가에서 잘라 냈거나 아주 작은 수를 더했습니다. 그러면 손실이 거기서 막히고 더 커지지 않습니다. 자르지 말고, 본문의 "
    "식으로 z에서 바로 구하세요.",
    "en": "Something is cut off (p, a logarithm, or z itself), or something tiny is added. Then the loss "
    "stops there and grows no more. Cut nothing: go straight from z, with the formula of the text.",
}


def through_p(change):
    def answer(z, y):
        p, q = change(torch.sigmoid(z)), change(1 - torch.sigmoid(z))
        return -(y * torch.log(p) + (1 - y) * torch.log(q)).mean()

    return answer


for digits in (5, 6, 7, 8, 9, 10, 12):
    bce_with_logits.mistake(f"adds-epsilon-{digits}", **CUT)(
        through_p(lambda p, tiny=10.0**-digits: p + tiny)
    )
for digits in (5, 6, 7):
    bce_with_logits.mistake(f"clamps-p-{digits}", **CUT)(
        through_p(lambda p, tiny=10.0**-digits: p.clamp(tiny, 1 - tiny))
    )


LOG_OF_A_SIGMOID = {
    "ko": "시그모이드를 먼저 구하고 로그를 씌웠습니다. 시그모이드가 0이나 1로 반올림된 곳에서 `inf`나 `nan`이 나옵니다. z에서 바로 구하세요.",
    "en": "The sigmoid comes first, then its logarithm. Where the sigmoid was rounded to 0 or 1 that is "
    "`inf` or `nan`. Go straight from z.",
}


@bce_with_logits.mistake("log-of-the-right-one", **LOG_OF_A_SIGMOID)
def _(z, y):
    p = torch.sigmoid(z)
    return -torch.where(y == 1, p, 1 - p).log().mean()


@bce_with_logits.mistake("log-of-a-sigmoid", **LOG_OF_A_SIGMOID)
def _(z, y):
    p = torch.sigmoid(z)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


OVERFLOW = {
    "ko": "식은 맞지만 z가 크거나 작으면 `inf`나 `nan`이 나옵니다. 지수가 양수이면 `exp`가 오버플로하고, 시그모이드가 0이 되면 로그가 `-inf`입니다. "
    "시그모이드 없이, 지수가 언제나 −|z|인 식을 쓰세요.",
    "en": "The formula is right, but far out it gives `inf` or `nan`: with a positive exponent `exp` "
    "overflows, and where a sigmoid is 0 its logarithm is `-inf`. Use the form without a sigmoid whose "
    "exponent is always −|z|.",
}


@bce_with_logits.mistake("overflows-right", **OVERFLOW)
def _(z, y):
    return (torch.log(1 + torch.exp(z)) - z * y).mean()


@bce_with_logits.mistake("overflows-left", **OVERFLOW)
def _(z, y):
    return (z - z * y + torch.log(1 + torch.exp(-z))).mean()


@bce_with_logits.mistake("overflows-both", **OVERFLOW)
def _(z, y):
    return (y * torch.log(1 + torch.exp(-z)) + (1 - y) * torch.log(1 + torch.exp(z))).mean()


@bce_with_logits.mistake(
    "forgets-abs",
    ko="지수에서 절댓값을 빠뜨렸습니다: e^(−z)이 아니라 e^(−|z|)입니다. z가 음수이면 값도 틀리고, −1000에서는 오버플로합니다.",
    en="The absolute value is missing in the exponent: e^(−|z|), not e^(−z). For negative z the value "
    "is wrong, and at −1000 it overflows.",
)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z))).mean()


@bce_with_logits.mistake(
    "forgets-the-minus",
    ko="지수의 −를 빠뜨렸습니다: e^(−|z|)은 1보다 클 수 없습니다.",
    en="The minus of the exponent is missing: e^(−|z|) is never above 1.",
)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(torch.exp(z.abs()))).mean()


@bce_with_logits.mistake(
    "forgets-the-max",
    ko="max(z, 0)이 빠졌습니다. 그러면 손실이 음수가 되기도 합니다.",
    en="The max(z, 0) is missing; the loss can then even be negative.",
)
def _(z, y):
    return (torch.log1p(torch.exp(-z.abs())) - z * y).mean()


@bce_with_logits.mistake(
    "forgets-the-log",
    ko="log(1 + e^(−|z|)) 항이 빠졌습니다. 0 가까이에서는 이 항이 손실의 거의 전부입니다.",
    en="The term log(1 + e^(−|z|)) is missing. Near 0 it is nearly all of the loss.",
)
def _(z, y):
    return (z.clamp(min=0) - z * y).mean()


@bce_with_logits.mistake(
    "log-without-the-1",
    ko="`torch.log(torch.exp(-z.abs()))`이 되어 −|z|가 나왔습니다. `log1p(t)`는 log(1 + t)입니다. 1을 더하지 않았나 보세요.",
    en="This takes log(e^(−|z|)), which is just −|z|. It should be log(1 + e^(−|z|)), `log1p`: was the "
    "1 left out?",
)
def _(z, y):
    return (z.clamp(min=0) - z * y - z.abs()).mean()


@bce_with_logits.mistake(
    "max-and-min",
    ko="max(z, 0) 대신 min(z, 0)을 구했습니다. 이름과 달리 `clamp(max=0)`이 min(z, 0)이고, `clamp(min=0)`이 max(z, 0)입니다.",
    en="This has min(z, 0) in place of max(z, 0). Despite their names, `clamp(max=0)` is min(z, 0) and "
    "`clamp(min=0)` is max(z, 0).",
)
def _(z, y):
    return (z.clamp(max=0) - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "plus-zy",
    ko="z·y의 부호가 반대입니다. 정답이 1이면 점수가 클수록 손실이 *작아야* 합니다.",
    en="The sign of z·y is flipped. Where the answer is 1, a larger score should make the loss "
    "*smaller*.",
)
def _(z, y):
    return (z.clamp(min=0) + z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "swapped",
    ko="y의 0과 1이 뒤바뀌었습니다. 맞힌 사람의 손실이 크고 틀린 사람의 손실이 작습니다.",
    en="The 0 and the 1 of y have changed places: being right costs a lot and being wrong little.",
)
def _(z, y):
    return losses_of(z, 1 - y).mean()


@bce_with_logits.mistake(
    "ignores-zeros",
    ko="정답이 1인 경우의 식 log(1 + e^(−z))만 썼습니다. 정답이 0인 사람에게는 z가 더 더해집니다.",
    en="Only the formula for an answer of 1 is used, log(1 + e^(−z)). Where the answer is 0, z is "
    "added to it.",
)
def _(z, y):
    return F.softplus(-z).mean()


@bce_with_logits.mistake(
    "only-one-term",
    ko="정답이 1인 사람만 셌습니다. 0인 사람의 손실도 더해야 합니다.",
    en="Only those whose answer is 1 are counted. Add the losses of the others.",
)
def _(z, y):
    return (y * F.softplus(-z)).mean()


@bce_with_logits.mistake(
    "sum",
    ko="평균을 내지 않고 더하기만 했습니다.",
    en="The losses are summed, not averaged.",
)
def _(z, y):
    return losses_of(z, y).sum()


@bce_with_logits.mistake(
    "no-reduction",
    ko="표본마다의 손실을 그대로 돌려주었습니다. 마지막에 평균을 내세요.",
    en="This returns the loss of every sample. Take the mean in the end.",
)
def _(z, y):
    return losses_of(z, y)


@bce_with_logits.mistake(
    "missing-minus",
    ko="손실 전체의 부호가 반대입니다.",
    en="The whole loss has the wrong sign.",
)
def _(z, y):
    return -losses_of(z, y).mean()


@bce_with_logits.mistake(
    "double-sigmoid",
    ko="z에 시그모이드를 씌운 다음, 그것을 또 로짓으로 여겼습니다. 시그모이드가 두 번 들어갔습니다.",
    en="z went through a sigmoid, and the result was then taken for a logit: that is two sigmoids.",
)
def _(z, y):
    return losses_of(torch.sigmoid(z), y).mean()


for limit in (10.0, 20.0, 50.0, 88.0, 100.0):
    bce_with_logits.mistake(f"clamps-z-{limit:.0f}", **CUT)(
        lambda z, y, limit=limit: losses_of(z.clamp(-limit, limit), y).mean()
    )


@bce_with_logits.mistake("stops-both-logs", **CUT)
def _(z, y):
    log_p, log_q = torch.log(torch.sigmoid(z)), torch.log(torch.sigmoid(-z))
    return -(y * log_p.clamp(min=-100) + (1 - y) * log_q.clamp(min=-100)).mean()


@bce_with_logits.mistake(
    "minus-the-log",
    ko="log(1 + e^(−|z|)) 항의 부호가 반대입니다. 세 항 가운데 −가 붙는 것은 z·y뿐입니다.",
    en="The sign of log(1 + e^(−|z|)) is flipped. Of the three terms only z·y has a minus.",
)
def _(z, y):
    return (z.clamp(min=0) - z * y - torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "one-plus-one",
    ko="`log1p`에 1 + e^(−|z|)을 넣어 1이 두 번 더해졌습니다. `log1p(t)`가 이미 log(1 + t)입니다.",
    en="`log1p` was given 1 + e^(−|z|), so the 1 is added twice: `log1p(t)` is log(1 + t) already.",
)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(1 + torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "z-for-max",
    ko="max(z, 0) 자리에 z가 그대로 있습니다. z가 음수이면 0이어야 합니다.",
    en="In place of max(z, 0) stands z itself. Where z is negative that should be 0.",
)
def _(z, y):
    return (z - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "largest-of-all",
    ko="max(z, 0)은 표본마다 z와 0 가운데 큰 것입니다. `z.max()`나 `torch.max(z, 0)`은 모든 표본 가운데 가장 큰 z 하나를 줍니다. "
    "`z.clamp(min=0)`을 쓰세요.",
    en="max(z, 0) is, for each sample, the larger of z and 0. `z.max()` and `torch.max(z, 0)` give the "
    "largest z of all samples instead. Use `z.clamp(min=0)`.",
)
def _(z, y):
    return (z.max() - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "abs-zy",
    ko="z·y에도 절댓값을 씌웠습니다. 절댓값은 지수에만 있습니다.",
    en="The absolute value is taken in z·y, too. It belongs to the exponent only.",
)
def _(z, y):
    return (z.clamp(min=0) - z.abs() * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "all-pairs",
    ko="모든 로짓을 모든 정답과 짝지었습니다: (N, 1)과 (N,)이 (N, N)으로 브로드캐스팅됩니다. 둘 다 (N, 1)로 두세요. (z의 평균과 y의 평균을 "
    "곱해도 같은 수가 나옵니다. 표본마다 z·y를 구한 다음 평균을 내세요.)",
    en="Every logit met every answer: (N, 1) and (N,) broadcast to (N, N). Keep both (N, 1). (The mean of z times "
    "the mean of y comes to the same. Take z·y of each sample first, and the mean after that.)",
)
def _(z, y):
    return (z.clamp(min=0) - z * y[:, 0] + torch.log1p(torch.exp(-z.abs()))).mean()


IN_PLACE = {
    "ko": "부른 쪽의 z를 제자리에서 바꾸었습니다(`clamp_`나 `z[z < 0] = 0`). 그 뒤의 z·y와 |z|도 틀릴 수 있습니다. 밑줄 없는 `clamp`로 새 텐서를 만드세요.",
    "en": "The caller's z is changed in place (`clamp_`, or `z[z < 0] = 0`), and the z·y and |z| after it "
    "may be wrong as well. Make a new tensor with `clamp`, without the underscore.",
}


@bce_with_logits.mistake("in-place-by-mask", **IN_PLACE)
def _(z, y):
    z[z < 0] = 0
    return (z - z * y + torch.log1p(torch.exp(-z))).mean()


@bce_with_logits.mistake("in-place-clamp-first", **IN_PLACE)
def _(z, y):
    return (z.clamp_(min=0) - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "in-place",
    **IN_PLACE,
)
def _(z, y):
    rest = torch.log1p(torch.exp(-z.abs()))
    return (z.clamp_(min=0) - z * y + rest).mean()


@bce_with_logits.mistake(
    "log-of-exp",
    ko="`torch.log(torch.exp(-z.abs()))`에는 1이 없어서 −|z|가 나오고, |z|가 크면 `-inf`가 됩니다. 구할 것은 log(1 + e^(−|z|)), 곧 "
    "`torch.log1p(torch.exp(…))`입니다.",
    en="`torch.log(torch.exp(-z.abs()))` lacks the 1, so it is −|z|, and `-inf` where |z| is large. What "
    "is wanted is log(1 + e^(−|z|)), `torch.log1p(torch.exp(…))`.",
)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "exp-without-log",
    ko="셋째 항에 로그가 없습니다: e^(−|z|)이 아니라 log(1 + e^(−|z|))입니다.",
    en="The third term lacks its logarithm: not e^(−|z|) but log(1 + e^(−|z|)).",
)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.exp(-z.abs())).mean()


NAN_TERM = {
    "ko": "셋째 항에서 로그 안이 음수가 되어 `nan`이 나옵니다. 구할 것은 log(1 + e^(−|z|))입니다: e의 거듭제곱이 있는지, −가 지수 안에 있는지 보세요.",
    "en": "In the third term the logarithm is taken of a negative number, which is `nan`. It should be "
    "log(1 + e^(−|z|)): is there a power of e, and does the minus stand in its exponent?",
}


@bce_with_logits.mistake("log1p-without-exp", **NAN_TERM)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(-z.abs())).mean()


@bce_with_logits.mistake("minus-outside-exp", **NAN_TERM)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(-torch.exp(z.abs()))).mean()


@bce_with_logits.mistake(
    "y-for-zy",
    ko="z·y 대신 y만 뺐습니다. 둘째 항은 점수와 정답의 곱입니다.",
    en="Only y is subtracted, not z·y. The second term is the product of score and answer.",
)
def _(z, y):
    return (z.clamp(min=0) - y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "max-cut-at-1",
    ko="max(z, 0)을 1에서도 잘랐습니다. 위로는 자르지 않습니다: `clamp(min=0)`",
    en="max(z, 0) is cut off at 1, too. There is no upper limit: `clamp(min=0)`.",
)
def _(z, y):
    return (z.clamp(0, 1) - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake(
    "abs-for-max",
    ko="max(z, 0) 자리에 |z|를 썼습니다. z가 음수이면 0이어야 합니다.",
    en="In place of max(z, 0) stands |z|. Where z is negative that should be 0.",
)
def _(z, y):
    return (z.abs() - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


OTHER_BASE = {
    "ko": "셋째 항의 로그가 자연로그가 아닙니다. `torch.log1p`나 `torch.log`를 쓰세요.",
    "en": "The logarithm of the third term is not the natural one. Use `torch.log1p` or `torch.log`.",
}


@bce_with_logits.mistake("base-2", **OTHER_BASE)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log2(1 + torch.exp(-z.abs()))).mean()


@bce_with_logits.mistake("base-10", **OTHER_BASE)
def _(z, y):
    return (z.clamp(min=0) - z * y + torch.log10(1 + torch.exp(-z.abs()))).mean()


MEAN_OF_A_TERM = {
    "ko": "`.mean()`이 항 하나에만 붙어서 표본마다의 손실 (N, 1)이 남았습니다. 세 항 전체를 괄호로 묶고 거기서 평균을 내세요.",
    "en": "`.mean()` stands at one term only, so one loss per sample, (N, 1), is left. Put brackets "
    "around all three terms, and take the mean of that.",
}


@bce_with_logits.mistake("mean-of-the-last-term", **MEAN_OF_A_TERM)
def _(z, y):
    return z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs())).mean()


@bce_with_logits.mistake("mean-of-the-first-term", **MEAN_OF_A_TERM)
def _(z, y):
    return z.clamp(min=0).mean() - z * y + torch.log1p(torch.exp(-z.abs()))


@bce_with_logits.mistake(
    "logits-as-probabilities",
    ko="z를 확률로 여기고 로그를 씌웠습니다. z는 로짓이라 음수이거나 1보다 클 수 있습니다. 본문의 마지막 식을 쓰세요.",
    en="z is taken for a probability and its logarithm used. It is a logit, which may be negative or "
    "above 1: use the last formula of the text.",
)
def _(z, y):
    log_z, log_1_z = z.log().clamp(min=-100), (1 - z).log().clamp(min=-100)
    return -(y * log_z + (1 - y) * log_1_z).mean()


@bce_with_logits.mistake(
    "ignores-y-and-overflows",
    ko="정답이 1인 경우의 식 log(1 + e^(−z))만 썼고, z가 아주 작으면 `inf`가 됩니다. 정답이 0인 사람에게는 z가 더 더해지고, 지수는 언제나 "
    "−|z|여야 합니다.",
    en="Only the formula for an answer of 1 is used, log(1 + e^(−z)), and far below 0 it is `inf`. Where "
    "the answer is 0, z is added to it, and the exponent should always be −|z|.",
)
def _(z, y):
    return torch.log1p(torch.exp(-z)).mean()


AT_THE_KINK = {
    "ko": "값은 모두 맞지만 z = 0에서 기울기가 틀립니다. max(z, 0)은 거기서 꺾이는데, 자동 미분은 `clamp`나 `torch.where(z >= 0, …)`이면 1을, "
    "`relu`나 `torch.where(z > 0, …)`이면 0을 기울기로 고릅니다. 옳은 것은 한가운데인 1/2이고, `torch.maximum(z, torch.zeros_like(z))`가 그것을 "
    "고릅니다. 가중치를 0에서 시작하면 모든 z가 0이라 첫걸음부터 엇나갑니다.",
    "en": "Every value is right, but at z = 0 the gradient is wrong. max(z, 0) has a kink there, and autograd "
    "takes 1 as its slope with `clamp` or `torch.where(z >= 0, …)`, and 0 with `relu` or `torch.where(z > 0, …)`. "
    "Right is 1/2, halfway, and `torch.maximum(z, torch.zeros_like(z))` takes that. If the weights start "
    "from 0, every z is 0, and the very first step goes astray.",
}


def kinked(above):
    """The right formula with another way to max(z, 0)."""
    return lambda z, y: (above(z) - z * y + torch.log1p(torch.exp(-z.abs()))).mean()


for _key, _above in (("clamp", lambda z: z.clamp(min=0)), ("relu", torch.relu)):
    bce_with_logits.mistake(f"kink-of-{_key}", **AT_THE_KINK)(kinked(_above))


def chosen_afterwards(z, y):
    right, left = z + torch.log1p(torch.exp(-z)), torch.log1p(torch.exp(z))
    return (torch.where(z > 0, right, left) - z * y).mean()


BOTH_BRANCHES = {
    "ko": "값은 맞지만 기울기가 `nan`입니다. `torch.where`는 두 식을 *모두* 계산한 다음 고르므로, 고르지 않은 쪽의 e^1000이 넘치고, 거슬러 올 때 "
    "`0 × inf`가 됩니다. 어느 쪽에서도 넘치지 않게 지수를 −|z|로 쓰세요.",
    "en": "The values are right, but the gradient is `nan`. `torch.where` computes *both* formulas and then "
    "chooses; in the one that is not chosen e^1000 overflows, and on the way back that is `0 × inf`. Make the "
    "exponent −|z|, which overflows on neither side.",
}
bce_with_logits.mistake("where-of-both", **BOTH_BRANCHES)(chosen_afterwards)


@bce_with_logits.mistake(
    "detached",
    ko="값은 맞지만 기울기가 z까지 가지 못합니다. 이 손실로 학습할 것이므로 `.detach()`, `.item()`, `torch.no_grad()`로 끊지 마세요.",
    en="The values are right, but no gradient reaches z. This loss is to be trained with: do not cut it off "
    "by `.detach()`, `.item()` or `torch.no_grad()`.",
)
def _(z, y):
    return F.binary_cross_entropy_with_logits(z.detach(), y)


bce_with_logits.hints(
    ko=[
        "본문의 마지막 식을 그대로 코드로 옮기면 됩니다. 확률 p는 어디에도 나오지 않습니다.",
        "표본마다 세 항입니다: max(z, 0), −z·y, log(1 + e^(−|z|)). 모두 (N, 1)이고, 마지막에 평균을 냅니다.",
        "`rest = torch.log1p(torch.exp(-z.abs()))`, `return (torch.maximum(z, torch.zeros_like(z)) - z * y + "
        "rest).mean()`",
    ],
    en=[
        "Put the last formula of the text into code, as it stands. The probability p does not occur "
        "in it.",
        "Each sample has three terms: max(z, 0), −z·y and log(1 + e^(−|z|)). All are (N, 1); take the "
        "mean in the end.",
        "`rest = torch.log1p(torch.exp(-z.abs()))`, `return (torch.maximum(z, torch.zeros_like(z)) - z * y + "
        "rest).mean()`.",
    ],
)


# ---------------------------------------------------------------- train-logits


@exercise("train-logits", points=3, rtol=2e-4, returns=["state", "losses"])
def train_logits(start, x, y, lr, steps):
    weight, bias = start["weight"].clone(), start["bias"].clone()
    losses = []
    for _ in range(steps):
        z = x @ weight.T + bias
        losses.append(
            torch.logaddexp(torch.where(y == 1, -z, z), torch.zeros_like(z)).mean().item()
        )
        error = (torch.special.expit(z) - y) / len(x)
        weight, bias = weight - lr * (error.T @ x), bias - lr * error.sum(0)
    return {"weight": weight, "bias": bias}, losses


def layer(weight, bias, dtype=torch.float32):
    return {
        "weight": torch.tensor([weight], dtype=dtype),
        "bias": torch.tensor([bias], dtype=dtype),
    }


@train_logits.cases
def _(draw):
    yield layer([0.5], -0.25), column(1.0, 2.0, -1.0), column(1.0, 0.0, 0.0), 0.5, 3
    yield layer([0.1], -200.0), column(1.0, 3.0), column(1.0, 0.0), 1.0, 3
    yield layer([0.25], 25.0), column(1.0, -2.0, 2.0), column(0.0, 1.0, 0.0), 0.5, 2
    yield layer([1.0, -1.0], 0.5), torch.tensor([[1.0, 2.0]]), column(1.0), 0.1, 1
    # All logits are 0 at first; and with steps as long as this, the loss rises.
    yield layer([0.0], 0.0), column(1.0, 2.0, 3.0), column(0.0, 0.0, 1.0), 20.0, 3
    yield layer([1.0], 0.0), column(600.0, -950.0, 0.5), column(0.0, 1.0, 1.0), 1e-4, 2
    for n, D in ((draw.integer(4, 8), 2), (draw.integer(9, 20), 8)):
        start = {"weight": draw.normal(1, D), "bias": draw.normal(1)}
        yield start, draw.normal(n, D), coins(draw, n), draw.number(0.1, 0.5), draw.integer(2, 5)
    # Raw features: all positive and large, with scores far below 0 and some answers of 1.
    n = draw.integer(5, 9)
    start = {"weight": -draw.uniform(0.5, 1.0, 1, 3), "bias": draw.normal(1)}
    yield start, draw.uniform(50, 150, n, 3), coins(draw, n), 1e-5, 3
    start = {"weight": draw.normal(1, 3, dtype=DOUBLE), "bias": draw.normal(1, dtype=DOUBLE)}
    yield start, draw.normal(6, 3, dtype=DOUBLE), coins(draw, 6, DOUBLE), 0.3, 4


@train_logits.accepts
def _(start, x, y, lr, steps):
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    losses = []
    optimizer = torch.optim.SGD(model.parameters(), lr)
    criterion = nn.BCEWithLogitsLoss()
    for _ in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        losses.append(float(loss))
        loss.backward()
        optimizer.step()
    return model.state_dict(), losses


@train_logits.accepts
def _(start, x, y, lr, steps):
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    losses = []
    for _ in range(steps):
        z = model(x)
        loss = (torch.maximum(z, 0 * z) - z * y + torch.log1p(torch.exp(-z.abs()))).mean()
        dW, db = torch.autograd.grad(loss, (model.weight, model.bias))
        with torch.no_grad():
            model.weight -= lr * dW
            model.bias -= lr * db
        losses += [loss.item()]
    return dict(model.state_dict()), tuple(losses)


def training(loss_of, before_step=True, zero_grad=True, steps_more=0, step=True):
    """An answer that trains on loss_of(z, y), for the mistakes that change one thing."""

    def answer(start, x, y, lr, steps):
        model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
        model.load_state_dict(start)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        losses = []
        for _ in range(steps + steps_more):
            loss = loss_of(model(x), y)
            if zero_grad:
                optimizer.zero_grad()
            loss.backward()
            if step:
                optimizer.step()
            losses.append((loss if before_step else loss_of(model(x), y)).item())
        return model.state_dict(), losses

    return answer


with_logits = F.binary_cross_entropy_with_logits

train_logits.mistake(
    "as-broken",
    ko="`broken_training` 그대로입니다: 시그모이드를 따로 구한 다음 BCE를 씌웠습니다. 포화한 곳에서 손실이 100에 막히고 기울기가 0이라 "
    "움직이지 않습니다. 손실을 로짓 `model(x)`에서 바로 구하세요.",
    en="This is `broken_training` as it was: a sigmoid of its own, then BCE. In saturation the loss is "
    "cut off at 100, the gradient is 0, and nothing moves. Get the loss straight from the logits, "
    "`model(x)`.",
)(training(lambda z, y: F.binary_cross_entropy(torch.sigmoid(z), y)))

train_logits.mistake(
    "double-sigmoid",
    ko="시그모이드를 지우지 않았습니다. `with_logits`는 로짓을 받아 시그모이드까지 스스로 합니다. 확률을 주면 시그모이드가 두 번 들어가서 "
    "손실이 0 가까이 내려가지 못합니다.",
    en="The sigmoid was not removed. `with_logits` is given logits and does the sigmoid itself. Given "
    "probabilities there are two sigmoids, and the loss can never get near 0.",
)(training(lambda z, y: with_logits(torch.sigmoid(z), y)))

CLAMPED = {
    "ko": "p를 `clamp`로 0과 1에서 떼어 놓거나 아주 작은 수를 더했습니다. 100이던 벽이 낮아졌을 뿐이고(1e-7이면 16쯤), 자른 곳은 평평하니 기울기는 "
    "여전히 0입니다. 확률을 거치지 말고 로짓에서 바로 구하세요.",
    "en": "p is kept away from 0 and 1 with `clamp`, or something tiny is added. That only lowers the "
    "wall from 100 (with 1e-7, to some 16); where it is cut it is flat, and the gradient is still 0. Get the loss "
    "straight from the logits, not through probabilities.",
}


def clamps(size):
    return lambda z, y: F.binary_cross_entropy(torch.sigmoid(z).clamp(size, 1 - size), y)


def adds(size):
    def loss(z, y):
        p = torch.sigmoid(z)
        return -(y * torch.log(p + size) + (1 - y) * torch.log(1 - p + size)).mean()

    return loss


for digits in (2, 3, 4, 5, 6, 7, 8, 10, 12):
    train_logits.mistake(f"clamps-p-{digits}", **CLAMPED)(training(clamps(10.0**-digits)))
for digits in (5, 6, 7, 8, 10, 12):
    train_logits.mistake(f"adds-epsilon-{digits}", **CLAMPED)(training(adds(10.0**-digits)))


def in_double(z, y):
    return F.binary_cross_entropy(torch.sigmoid(z.double()), y.double())


WALL_MOVED = {
    "ko": "벽을 옮겼을 뿐입니다. 시그모이드를 `float64`로 구하거나 로짓 z를 `clamp`로 자르면, 자른 곳보다 먼 점수에서는 손실이 막히고 기울기가 "
    "여전히 0입니다. 자르지 말고, 시그모이드를 거치지 말고, 로짓에서 바로 구하세요.",
    "en": "This only moves the wall. With the sigmoid in `float64`, or with the logits z cut off by "
    "`clamp`, a score farther out than that still has a loss that is cut off and a gradient of 0. Cut "
    "nothing, use no sigmoid: get the loss straight from the logits.",
}
train_logits.mistake("double-precision", **WALL_MOVED)(training(in_double))
for limit in (10.0, 20.0, 30.0, 50.0, 88.0, 100.0):
    train_logits.mistake(f"clamps-z-{limit:.0f}", **WALL_MOVED)(
        training(lambda z, y, limit=limit: with_logits(z.clamp(-limit, limit), y))
    )
train_logits.mistake(
    "swapped-arguments",
    ko="손실 함수의 두 인자가 뒤바뀌었습니다. 로짓이 먼저, 정답이 나중입니다.",
    en="The two arguments of the loss are swapped: logits first, then the right answers.",
)(training(lambda z, y: with_logits(y, z)))
train_logits.mistake(
    "regression",
    ko="점수에 바로 평균 제곱 오차를 썼습니다. 이것은 4장의 회귀입니다. 이진 교차 엔트로피를 로짓에서 구하세요.",
    en="This takes the mean squared error of the scores, which is the regression of chapter 4. Use the "
    "binary cross entropy, from the logits.",
)(training(F.mse_loss))
train_logits.mistake(
    "one-too-few",
    ko="steps보다 한 번 덜 갱신했습니다. `range(1, steps)`는 steps − 1번 돕니다.",
    en="One update too few: `range(1, steps)` runs steps − 1 times.",
)(training(with_logits, steps_more=-1))


OWN_LR = {
    "ko": "학습률을 받은 `lr`이 아닌 수로 못 박았거나, 옵티마이저에 `lr`을 건네지 않았습니다(그러면 SGD는 0.001을 씁니다).",
    "en": "The learning rate is not the `lr` that is given: it is fixed at some number, or the optimizer "
    "was given none (SGD then takes 0.001).",
}


@train_logits.mistake(
    "lr-of-its-own",
    **OWN_LR,
)
def _(start, x, y, lr, steps):
    return training(with_logits)(start, x, y, 1.0, steps)


for fixed in (0.1, 0.01, 0.001):
    train_logits.mistake(f"lr-of-{fixed}", **OWN_LR)(
        lambda start, x, y, lr, steps, fixed=fixed: training(with_logits)(start, x, y, fixed, steps)
    )


@train_logits.mistake(
    "only-losses",
    ko="losses만 돌려주었습니다. 모델의 `state_dict()`도 함께 돌려주세요: (state, losses)",
    en="Only the losses are returned. Return the model's `state_dict()` as well: (state, losses).",
)
def _(start, x, y, lr, steps):
    return training(with_logits)(start, x, y, lr, steps)[1]


def by_own_logs(z, y):
    p = torch.sigmoid(z)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


def by_own_bce(z, y):
    p = torch.sigmoid(z)
    log_p, log_q = torch.log(p).clamp(min=-100), torch.log(1 - p).clamp(min=-100)
    return -(y * log_p + (1 - y) * log_q).mean()


OWN_LOGS = {
    "ko": "시그모이드를 먼저 구한 다음 로그를 씌우거나, 여러분의 `binary_cross_entropy`에 넣었습니다. 시그모이드가 0이나 1로 반올림된 곳에서 "
    "로그는 `-inf`이고, 거슬러 올 때 `0 × inf`가 되어 가중치까지 `nan`이 됩니다. 로짓에서 바로 구하세요.",
    "en": "The sigmoid comes first, and then its logarithm or your `binary_cross_entropy`. Where the "
    "sigmoid was rounded to 0 or 1 the logarithm is `-inf`, and on the way back `0 × inf` makes the "
    "weights `nan`. Get the loss straight from the logits.",
}
train_logits.mistake("own-bce", **OWN_LOGS)(training(by_own_bce))
train_logits.mistake("log-of-a-sigmoid", **OWN_LOGS)(training(by_own_logs))

for _key, _above in (("clamp", lambda z: z.clamp(min=0)), ("relu", torch.relu)):
    train_logits.mistake(f"kink-of-{_key}", **AT_THE_KINK)(training(kinked(_above)))


EXPONENT = {
    "ko": "식은 맞지만 지수가 넘칩니다. z가 크면 e^z이(작으면 e^(−z)이) `inf`가 되고, 거슬러 올 때 `nan`이 됩니다. `torch.where`로 나중에 골라도 "
    "마찬가지입니다. 지수를 −|z|로 쓰거나(여러분의 `bce_with_logits`), `F.binary_cross_entropy_with_logits`를 쓰세요.",
    "en": "The formula is right, but the exponential overflows: for a large z, e^z becomes `inf` (and e^(−z) far "
    "below 0), and on the way back that makes `nan`. Choosing with `torch.where` afterwards does not help. "
    "Make the exponent −|z|, as in your `bce_with_logits`, or use `F.binary_cross_entropy_with_logits`.",
}
for _key, _loss in (
    ("above", lambda z, y: (torch.log1p(torch.exp(z)) - z * y).mean()),
    ("below", lambda z, y: (z - z * y + torch.log1p(torch.exp(-z))).mean()),
    ("chosen-afterwards", chosen_afterwards),
):  # fmt: skip
    train_logits.mistake(f"overflows-{_key}", **EXPONENT)(training(_loss))

train_logits.mistake(
    "all-pairs",
    ko="모든 로짓을 모든 정답과 짝지었습니다: (N, 1)과 (N,)이 (N, N)으로 브로드캐스팅됩니다. `squeeze()`를 빼고 둘 다 (N, 1)로 두세요.",
    en="Every logit met every answer: (N, 1) and (N,) broadcast to (N, N). Leave `squeeze()` out, and keep "
    "both (N, 1).",
)(training(lambda z, y: kinked(lambda z: torch.maximum(z, 0 * z))(z, y[:, 0])))

train_logits.mistake(
    "squared-error",
    ko="제곱 오차로 학습했습니다. 크게 틀린 곳에서 기울기가 0에 가깝습니다. 이진 교차 엔트로피를 로짓에서 구하세요.",
    en="This trains on the squared error, whose slope is almost 0 where the model is most wrong. Use "
    "the binary cross entropy, from the logits.",
)(training(lambda z, y: F.mse_loss(torch.sigmoid(z), y)))

train_logits.mistake(
    "sum",
    ko="손실을 평균이 아니라 합으로 구했습니다. 표본이 많을수록 걸음이 커집니다.",
    en="The loss is a sum, not a mean: the more samples, the longer the steps.",
)(training(lambda z, y: with_logits(z, y, reduction="sum")))

train_logits.mistake(
    "swapped-labels",
    ko="정답의 0과 1이 뒤바뀐 채로 학습했습니다.",
    en="This trains with the 0 and the 1 of the answers swapped.",
)(training(lambda z, y: with_logits(z, 1 - y)))

train_logits.mistake(
    "no-zero-grad",
    ko="기울기를 비우지 않아 걸음마다 쌓입니다(2장의 함정). `optimizer.zero_grad()`를 반복문 안에 두세요.",
    en="The gradients are never cleared and pile up (the trap of chapter 2). Put "
    "`optimizer.zero_grad()` into the loop.",
)(training(with_logits, zero_grad=False))

NEVER_MOVES = {
    "ko": "가중치가 처음 그대로입니다. `backward()`나 `step()`을 부르지 않았거나(괄호가 있나요?), `zero_grad()`가 그 둘 사이에 있거나, `step()`이 `backward()`보다 "
    "먼저이거나, 옵티마이저에 이 모델의 매개변수를 건네지 않았습니다. 배운 모델이 아니라 받은 `start`를 돌려주어도 이렇게 됩니다.",
    "en": "The weights stay as they were. `backward()` or `step()` is not called (are the brackets there?), "
    "or `zero_grad()` stands between the two, or `step()` before `backward()`, or the optimizer was not "
    "handed the parameters of this model, or `start` is returned and not what was learned.",
}
train_logits.mistake("never-steps", **NEVER_MOVES)(training(with_logits, step=False))

train_logits.mistake(
    "logs-after",
    ko="갱신한 *뒤*의 손실을 적었습니다. losses[0]은 start의 손실이어야 합니다.",
    en="The loss is recorded *after* the update. losses[0] should be that of start.",
)(training(with_logits, before_step=False))

train_logits.mistake(
    "one-too-many",
    ko="steps보다 한 번 더 갱신했습니다. 노트처럼 `range(steps + 1)`이라고 쓰지 않았나요?",
    en="One update too many: is it `range(steps + 1)`, as in the notes?",
)(training(with_logits, steps_more=1))


@train_logits.mistake(
    "returns-inside",
    ko="첫걸음에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first step. Is the `return` indented *inside* the loop?",
)
def _(start, x, y, lr, steps):
    return training(with_logits)(start, x, y, lr, 1)


@train_logits.mistake(
    "losses-of-tensors",
    ko="losses에 텐서가 들어 있습니다. `.item()`으로 파이썬 수를 꺼내 넣으세요. 텐서를 모으면 그래프까지 붙들고 있게 됩니다.",
    en="The losses are tensors. Take the numbers out with `.item()`: tensors keep their graphs alive.",
)
def _(start, x, y, lr, steps):
    end, losses = training(with_logits)(start, x, y, lr, steps)
    return end, [torch.tensor(loss, dtype=x.dtype) for loss in losses]


@train_logits.mistake(
    "swapped-return",
    ko="돌려주는 순서가 바뀌었습니다. (state, losses) 순서입니다.",
    en="The two results are swapped: return (state, losses).",
)
def _(start, x, y, lr, steps):
    return training(with_logits)(start, x, y, lr, steps)[::-1]


@train_logits.mistake(
    "only-the-last-loss",
    ko="마지막 손실 하나만 돌려주었습니다. 갱신할 때마다 losses에 하나씩 덧붙이세요.",
    en="Only the last loss is returned. Append one to losses at every update.",
)
def _(start, x, y, lr, steps):
    end, losses = training(with_logits)(start, x, y, lr, steps)
    return end, losses[-1]


@train_logits.mistake("returns-start", **NEVER_MOVES)
def _(start, x, y, lr, steps):
    return start, training(with_logits)(start, x, y, lr, steps)[1]


def trained(start, x, y, lr, steps, optimizer=torch.optim.SGD, loss_of=with_logits, **options):
    """(state, losses) of a training with another optimizer or another loss, for the mistakes."""
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    made = optimizer(model.parameters(), lr=lr, **options)
    losses = []
    for _ in range(steps):
        loss = loss_of(model(x), y)
        made.zero_grad()
        loss.backward()
        made.step()
        losses.append(loss.item())
    return model.state_dict(), losses


@train_logits.mistake(
    "only-the-state",
    ko="상태만 돌려주었습니다. 손실의 리스트도 함께 돌려주세요: (state, losses)",
    en="Only the state is returned. Return the list of losses as well: (state, losses).",
)
def _(start, x, y, lr, steps):
    return training(with_logits)(start, x, y, lr, steps)[0]


@train_logits.mistake(
    "adam",
    ko="경사하강법이 아니라 Adam으로 학습했습니다. 걸음의 크기가 다르니 `torch.optim.SGD`를 쓰세요.",
    en="This trains with Adam, whose steps have other lengths. Gradient descent is `torch.optim.SGD`.",
)
def _(start, x, y, lr, steps):
    return trained(start, x, y, lr, steps, torch.optim.Adam)


@train_logits.mistake(
    "momentum",
    ko="옵티마이저에 모멘텀을 주었습니다. 여기서는 기울기만 따라 내려갑니다: `momentum`을 빼세요.",
    en="The optimizer was given a momentum. Here it follows the gradient alone: leave `momentum` out.",
)
def _(start, x, y, lr, steps):
    return trained(start, x, y, lr, steps, momentum=0.9)


@train_logits.mistake(
    "cross-entropy",
    ko="`F.cross_entropy`는 출력이 여럿일 때 쓰는 7장의 손실입니다. 출력이 하나면 언제나 0이라 배울 것이 없습니다. "
    "`F.binary_cross_entropy_with_logits`를 쓰세요.",
    en="`F.cross_entropy` is chapter 7's loss, for several outputs. With one output it is always 0, and "
    "there is nothing to learn. Use `F.binary_cross_entropy_with_logits`.",
)
def _(start, x, y, lr, steps):
    return trained(start, x, y, lr, steps, loss_of=F.cross_entropy)


@train_logits.mistake(
    "standardises",
    ko="받은 x를 안에서 표준화했습니다. 여기서 고칠 것은 손실뿐이고, 표준화는 부르는 쪽이 합니다. x를 그대로 쓰세요.",
    en="x is standardised inside. Only the loss needs mending here, and standardising is for the caller: "
    "use x as it is.",
)
def _(start, x, y, lr, steps):
    x = (x - x.mean(0)) / x.std(0)
    return training(with_logits)(start, x, y, lr, steps)


KEEPS_SIGMOID = {
    "ko": "`BinaryClassifier`의 출력은 이미 시그모이드를 지난 확률입니다. `with_logits`에 넣으면 시그모이드가 두 번입니다. 주어진 `nn.Linear`를 "
    "그대로 쓰세요.",
    "en": "What comes out of `BinaryClassifier` went through a sigmoid already, and `with_logits` applies "
    "a second one. Use the `nn.Linear` that is given.",
}


class Classifier(Skeleton):
    def state(self, whole):
        return (self if whole else self.linear).state_dict()


def with_a_classifier(whole):
    def answer(start, x, y, lr, steps):
        model = Classifier(x.shape[1])
        model.linear.load_state_dict(start)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        losses = []
        for _ in range(steps):
            loss = with_logits(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return model.state(whole), losses

    return answer


train_logits.mistake("classifier", **KEEPS_SIGMOID)(with_a_classifier(whole=False))
train_logits.mistake("classifier-whole", **KEEPS_SIGMOID)(with_a_classifier(whole=True))


def reordered(start, x, y, lr, steps, order, loads=True, later=False, model_too=False):
    """A training whose lines stand in another order, or that leaves one out."""
    model = (
        nn.Linear(x.shape[1], 1).to(x.dtype) if later else nn.Linear(x.shape[1], 1, dtype=x.dtype)
    )
    if loads:
        model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = with_logits(model(x), y)
        calls = {"zero": optimizer.zero_grad, "backward": loss.backward, "step": optimizer.step}
        for name in order:
            calls[name]()
        losses.append(loss.item())
    return model if model_too else model.state_dict(), losses


STEP_FIRST = {
    "ko": "`step()`이 `backward()`보다 먼저라서 기울기가 없거나 낡았습니다. 차례는 zero_grad, backward, step입니다.",
    "en": "`step()` comes before `backward()`, so each step uses an old gradient or none. Order: zero_grad, "
    "backward, step.",
}
IN_ORDER = ("zero", "backward", "step")
for _key, _texts, _order in (
    ("step-zero-backward", STEP_FIRST, ("step", "zero", "backward")),
    ("step-backward", STEP_FIRST, ("step", "backward")),
    ("zero-step-backward", NEVER_MOVES, ("zero", "step", "backward")),
):
    train_logits.mistake(_key, **_texts)(functools.partial(reordered, order=_order))

for _later in (False, True):
    train_logits.mistake(
        f"start-not-loaded-{_later:d}",
        ko="`start`가 아니라 무작위 가중치에서 출발했습니다. 먼저 불러오세요.",
        en="The training does not begin at `start` but at random weights: load it first.",
    )(functools.partial(reordered, order=IN_ORDER, loads=False, later=_later))

train_logits.mistake(
    "returns-the-model",
    ko="모델 자체를 돌려주었습니다. `model.state_dict()`를 돌려주세요.",
    en="The model itself is returned. Return `model.state_dict()`.",
)(functools.partial(reordered, order=IN_ORDER, model_too=True))


train_logits.hints(
    ko=[
        "`broken_training`에서 두 줄만 보면 됩니다. 반올림이 일어나는 줄은 어느 것인가요?",
        "`torch.sigmoid`를 지우고 `z = model(x)`를 로짓 그대로 둡니다. 손실은 로짓을 받는 함수로 구합니다.",
        "`loss = F.binary_cross_entropy_with_logits(model(x), y)`. 나머지는 `broken_training`과 같습니다.",
    ],
    en=[
        "Only two lines of `broken_training` matter. In which of them is something rounded away?",
        "Remove `torch.sigmoid` and leave `z = model(x)` as logits. Get the loss from a function that "
        "is given logits.",
        "`loss = F.binary_cross_entropy_with_logits(model(x), y)`; the rest is as in "
        "`broken_training`.",
    ],
)


# ---------------------------------------------------------------- precision-recall


@exercise("precision-recall", points=2, all_or_nothing=True, returns=["precision", "recall"])
def precision_recall(p, y, threshold):
    called = [b for a, b in pairs(p, y) if a >= threshold]
    ones = [a for a, b in pairs(p, y) if b == 1]
    precision = sum(called) / len(called) if called else 0.0
    recall = sum(a >= threshold for a in ones) / len(ones) if ones else 0.0
    return precision, recall


@precision_recall.cases
def _(draw):
    yield column(0.9, 0.8, 0.3, 0.6, 0.2), column(1.0, 0.0, 1.0, 1.0, 0.0), 0.5
    yield column(0.9, 0.8, 0.7, 0.1), column(1.0, 0.0, 0.0, 0.0), 0.5
    yield column(0.1, 0.2, 0.3), column(1.0, 0.0, 0.0), 0.5  # nobody is called 1
    yield column(0.7, 0.2), column(0.0, 0.0), 0.5  # nobody is 1
    yield column(0.1, 0.2), column(0.0, 0.0), 0.5
    yield column(0.25, 0.25, 0.1, 0.9), column(1.0, 0.0, 1.0, 1.0), 0.25
    yield column(0.6), column(1.0), 0.5
    yield column(0.3, 0.0, 0.8), column(0.0, 0.0, 1.0), 0.0  # everybody is called 1
    yield column(1.0, 0.3), column(1.0, 0.0), 1.0  # and only who is certain
    for threshold in (0.5, 0.25, 0.75):
        yield *forecasts(draw, draw.integer(12, 30), draw.number(0.2, 0.6)), threshold


@precision_recall.accepts
def _(p, y, threshold):
    called = (p >= threshold).float()
    found = (called * y).sum().item()
    return found / max(called.sum().item(), 1), found / max(y.sum().item(), 1)


@precision_recall.accepts
def _(p, y, threshold):
    found = called = ones = 0
    for i in range(len(p)):
        called += int(p[i] >= threshold)
        ones += int(y[i] == 1)
        found += int(p[i] >= threshold and y[i] == 1)
    return [found / called if called else 0, found / ones if ones else 0]


@precision_recall.accepts
def _(p, y, threshold):
    called, truth = p >= threshold, y.bool()
    precision = truth[called].float().mean().nan_to_num(0)
    recall = called[truth].float().mean().nan_to_num(0)
    return precision.item(), recall.item()


def counted(p, y, threshold=0.5, strict=False):
    """How many are found, called 1, truly 1, and all in all."""
    called = p > threshold if strict else p >= threshold
    return (called & (y == 1)).sum().item(), called.sum().item(), y.sum().item(), len(y)


def share(part, whole, empty=0.0):
    return part / whole if whole else empty


@precision_recall.mistake(
    "swapped",
    ko="둘이 뒤바뀌었습니다. 1이라고 *한* 사람 가운데 맞은 것이 정밀도, 진짜 1*인* 사람 가운데 찾은 것이 재현율입니다. (precision, recall) "
    "순서로 돌려주세요.",
    en="The two are swapped. Precision looks at those *called* 1, recall at those that *are* 1; return "
    "(precision, recall).",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(found, ones), share(found, called)


@precision_recall.mistake(
    "strict",
    ko="`>`로 견주었습니다. 확률이 임계값과 *똑같으면* 1이라고 답해야 합니다: `>=`",
    en="This compares with `>`. Where the probability is *exactly* the threshold the answer is 1: `>=`.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold, strict=True)
    return share(found, called), share(found, ones)


@precision_recall.mistake(
    "always-a-half",
    ko="임계값을 0.5로 못 박았습니다. 받은 `threshold`를 쓰세요.",
    en="The threshold is fixed at 0.5. Use the `threshold` that is given.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y)
    return share(found, called), share(found, ones)


ZERO_BY_ZERO = {
    "ko": "0 나누기 0을 그대로 나누어 오류가 났습니다. 아무도 1이라고 하지 않았거나 아무도 1이 아니면, 나누지 말고 0.0을 돌려주세요.",
    "en": "0 was divided by 0, which is an error. If nobody is called 1, or nobody is 1, do not divide: "
    "return 0.0.",
}
NO_PRECISION = {
    "ko": "아무도 1이라고 하지 않은 경우를 빠뜨렸습니다. 그때 정밀도는 0 나누기 0입니다: 0.0을 돌려주세요.",
    "en": "The case that nobody is called 1 is left out. Precision is 0 / 0 then: return 0.0.",
}
NO_RECALL = {
    "ko": "y가 1인 사람이 아무도 없는 경우를 빠뜨렸습니다. 그때 재현율은 0 나누기 0입니다: 0.0을 돌려주세요.",
    "en": "The case that nobody's y is 1 is left out. Recall is 0 / 0 then: return 0.0.",
}


def unguarded(precision, recall, kinds, both=False):
    """Divides by 0 where not told to guard; Python says so in other words for ints and floats.

    precision, recall: whether each is guarded. kinds: the types of the two divisors. both: guard
    only where both divisors are 0.
    """

    def answer(p, y, threshold):
        found, called, ones, _ = counted(p, y, threshold)
        called, ones = kinds[0](called), kinds[1](ones)
        if both and not called and not ones:
            return 0.0, 0.0
        first = share(found, called) if precision else found / called
        return first, share(found, ones) if recall else found / ones

    return answer


for number, kinds in enumerate(((int, int), (int, float), (float, int), (float, float))):
    for key, text, guards in (
        ("zero-by-zero", ZERO_BY_ZERO, (False, False)),
        ("never-guards-precision", NO_PRECISION, (False, True)),
        ("never-guards-recall", NO_RECALL, (True, False)),
    ):
        precision_recall.mistake(f"{key}-{number}", **text)(unguarded(*guards, kinds))
    precision_recall.mistake(
        f"guards-only-both-{number}",
        ko="두 나누는 수가 *모두* 0인 경우만 다루었습니다. 하나만 0이어도 나눌 수 없습니다: 정밀도와 재현율을 따로 살피세요.",
        en="Only the case that *both* divisors are 0 is treated. One of them is enough: look after "
        "precision and recall separately.",
    )(unguarded(False, False, kinds, both=True))


NOT_A_NUMBER = {
    "ko": "0 나누기 0이 0.0이 아닙니다. 아무도 1이라고 하지 않았거나 아무도 1이 아닌 경우를 따로 다루어 0.0을 돌려주세요. (텐서끼리 나누면 "
    "오류 없이 `nan`이 나오고, 1.0으로 하면 아무것도 찾지 않는 모델이 만점을 받습니다.)",
    "en": "What would be 0 / 0 is not 0.0. Treat the case that nobody is called 1, or that nobody is 1, "
    "on its own, and return 0.0. (Tensors divide without an error and give `nan`; with 1.0, a model "
    "that looks for nothing would get full marks.)",
}


@precision_recall.mistake("empty-is-1", **NOT_A_NUMBER)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(found, called, 1.0), share(found, ones, 1.0)


@precision_recall.mistake("nan", **NOT_A_NUMBER)
def _(p, y, threshold):
    called, truth = p >= threshold, y == 1
    found = (called & truth).sum()
    return (found / called.sum()).item(), (found / truth.sum()).item()


@precision_recall.mistake("nan-precision", **NOT_A_NUMBER)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(found, called, math.nan), share(found, ones)


@precision_recall.mistake("nan-recall", **NOT_A_NUMBER)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(found, called), share(found, ones, math.nan)


@precision_recall.mistake(
    "divides-by-everyone",
    ko="둘 다 전체 수 N으로 나누었습니다. 정밀도는 1이라고 한 사람의 수로, 재현율은 진짜 1인 사람의 수로 나눕니다.",
    en="Both are divided by N, everyone. Precision divides by the number called 1, recall by the "
    "number that are 1.",
)
def _(p, y, threshold):
    found, _, _, n = counted(p, y, threshold)
    return found / n, found / n


@precision_recall.mistake(
    "of-the-zeros",
    ko="0인 쪽의 정밀도와 재현율을 구했습니다. 이 장에서 찾는 쪽은 1입니다.",
    en="These are the precision and the recall of the 0s. What is looked for in this chapter is the 1.",
)
def _(p, y, threshold):
    found, called, ones, n = counted(p, y, threshold)
    right = n - called - ones + found
    return share(right, n - called), share(right, n - ones)


@precision_recall.mistake(
    "accuracy-first",
    ko="첫 값이 정확도입니다. 정밀도는 1이라고 한 사람만 봅니다.",
    en="The first value is the accuracy. Precision looks only at those called 1.",
)
def _(p, y, threshold):
    found, called, ones, n = counted(p, y, threshold)
    return (n - called - ones + 2 * found) / n, share(found, ones)


@precision_recall.mistake(
    "specificity",
    ko="둘째 값은 0인 사람 가운데 0이라고 한 비율입니다. 재현율은 1인 사람 가운데 1이라고 한 비율입니다.",
    en="The second value is the share of the 0s that were called 0. Recall is the share of the 1s that "
    "were called 1.",
)
def _(p, y, threshold):
    found, called, ones, n = counted(p, y, threshold)
    return share(found, called), share(n - called - ones + found, n - ones)


@precision_recall.mistake(
    "false-alarms",
    ko="둘째 값은 0인 사람 가운데 1이라고 잘못 부른 비율입니다. 재현율은 1인 사람 가운데 찾은 비율입니다.",
    en="The second value is the share of the 0s that were wrongly called 1. Recall is the share of the "
    "1s that were found.",
)
def _(p, y, threshold):
    found, called, ones, n = counted(p, y, threshold)
    return share(found, called), share(called - found, n - ones)


@precision_recall.mistake(
    "called-by-true",
    ko="찾은 사람이 아니라 1이라고 한 사람 *모두*를 진짜 1인 사람의 수로 나누었습니다. 틀리게 부른 사람은 찾은 것이 아닙니다.",
    en="*All* those called 1 are divided by the number that are 1, not those found. Those called "
    "wrongly are not found.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(found, called), share(called, ones)


@precision_recall.mistake(
    "counts-right-answers",
    ko="'찾은 사람' 자리에 맞힌 사람 모두(0을 0이라고 한 것까지)를 넣었습니다. 찾은 사람은 진짜 1이면서 1이라고 한 사람입니다: `&`",
    en="In place of those found stand all right answers, a 0 called 0 included. Found are those that "
    "are 1 *and* were called 1: use `&`.",
)
def _(p, y, threshold):
    found, called, ones, n = counted(p, y, threshold)
    right = n - called - ones + 2 * found
    return share(right, called), share(right, ones)


@precision_recall.mistake(
    "all-pairs",
    ko="모든 답을 모든 정답과 견주었습니다: (N, 1)과 (N,)이 (N, N)으로 브로드캐스팅됩니다. 둘 다 (N, 1)로 두세요.",
    en="Every answer met every right answer: (N, 1) and (N,) broadcast to (N, N). Keep both (N, 1).",
)
def _(p, y, threshold):
    called, truth = p >= threshold, y[:, 0] == 1
    found = (called & truth).sum().item()
    return share(found, called.sum().item()), share(found, truth.sum().item())


@precision_recall.mistake(
    "percent",
    ko="100을 곱했습니다. 0에서 1까지의 비율을 돌려주세요.",
    en="These are multiplied by 100. Return shares from 0 to 1.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return 100 * share(found, called), 100 * share(found, ones)


@precision_recall.mistake(
    "tensors",
    ko="값은 맞지만 텐서입니다. `.item()`으로 파이썬 수를 꺼내세요.",
    en="The values are right, but they are tensors. Take the Python numbers out with `.item()`.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return torch.tensor(share(found, called)), torch.tensor(share(found, ones))


@precision_recall.mistake(
    "or",
    ko="둘 다인 사람(`&`)이 아니라 둘 중 하나라도 해당하는 사람(`|`)을 찾은 것으로 셌습니다.",
    en="Those to whom either applies (`|`) are counted as found, not those to whom both apply (`&`).",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(called + ones - found, called), share(called + ones - found, ones)


UPSIDE_DOWN_CALLS = {
    "ko": "임계값보다 *작은* 사람을 1이라고 했습니다. `>=`와 `<`가 뒤바뀌었습니다.",
    "en": "Those *below* the threshold are called 1: `>=` and `<` have changed places.",
}


def below(ties):
    def answer(p, y, threshold):
        called = p <= threshold if ties else p < threshold
        found = (called & (y == 1)).sum().item()
        return share(found, called.sum().item()), share(found, y.sum().item())

    return answer


precision_recall.mistake("upside-down", **UPSIDE_DOWN_CALLS)(below(ties=False))
precision_recall.mistake("upside-down-with-ties", **UPSIDE_DOWN_CALLS)(below(ties=True))


@precision_recall.mistake(
    "adds-1",
    ko="0으로 나누지 않으려고 나누는 수에 1을 더했습니다. 그러면 모든 비율이 작아집니다. 0인 경우만 따로 다루세요.",
    en="1 is added to the divisors, lest they be 0, which makes every share too small. Treat only the "
    "case of 0 on its own.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return found / (called + 1), found / (ones + 1)


@precision_recall.mistake(
    "accuracy-second",
    ko="둘째 값이 정확도입니다. 재현율은 진짜 1인 사람만 봅니다.",
    en="The second value is the accuracy. Recall looks only at those that are 1.",
)
def _(p, y, threshold):
    found, called, ones, n = counted(p, y, threshold)
    return share(found, called), (n - called - ones + 2 * found) / n


@precision_recall.mistake(
    "only-precision",
    ko="정밀도만 돌려주었습니다. 둘을 함께 돌려주세요: (precision, recall)",
    en="Only the precision is returned. Return both: (precision, recall).",
)
def _(p, y, threshold):
    found, called, _, _ = counted(p, y, threshold)
    return share(found, called)


CUTS_Y = {
    "ko": "y까지 임계값으로 잘랐습니다. 그러면 임계값이 0일 때 모두가 1이 됩니다. y는 이미 0이나 1인 정답이니 그대로 쓰세요.",
    "en": "y, too, is cut at the threshold, so that with a threshold of 0 everybody's becomes 1. It is the "
    "right answer already, 0 or 1: use it as it is.",
}


@precision_recall.mistake("cuts-y-too", **CUTS_Y)
def _(p, y, threshold):
    return precision_recall.oracle(p, (y >= threshold).float(), threshold)


@precision_recall.mistake("cuts-y-in-recall", **CUTS_Y)
def _(p, y, threshold):
    found, called, _, _ = counted(p, y, threshold)
    return share(found, called), share(found, (y >= threshold).sum().item())


@precision_recall.mistake(
    "nan-tensors",
    ko="값이 텐서이고, 나누는 수가 0이면 `nan`입니다. `.item()`으로 파이썬 수를 꺼내고, 0으로 나누게 되는 경우는 따로 0.0을 돌려주세요.",
    en="The values are tensors, and where the divisor is 0 they are `nan`. Take the Python numbers out "
    "with `.item()`, and return 0.0 where the divisor would be 0.",
)
def _(p, y, threshold):
    called, truth = p >= threshold, y == 1
    found = (called & truth).sum()
    return found / called.sum(), found / truth.sum()


for digits in (2, 3, 4):
    precision_recall.mistake(
        f"adds-epsilon-{digits}",
        ko="0으로 나누지 않으려고 나누는 수에 작은 수를 더했습니다. 그러면 모든 비율이 조금씩 작아집니다. 0인 경우만 따로 다루세요.",
        en="Something small is added to the divisors, lest they be 0, which makes every share a little too "
        "small. Treat only the case of 0 on its own.",
    )(
        lambda p, y, threshold, tiny=10.0**-digits: tuple(
            counted(p, y, threshold)[0] / (counted(p, y, threshold)[i] + tiny) for i in (1, 2)
        )
    )

COUNTS = {
    "ko": "비율이 아니라 사람 *수*를 돌려주었습니다. 찾은 사람의 수를 정밀도는 1이라고 한 사람의 수로, 재현율은 진짜 1인 사람의 수로 나눕니다.",
    "en": "These are *numbers* of people, not shares. Precision divides those found by those called 1, "
    "recall by those that are 1.",
}


@precision_recall.mistake("counts", **COUNTS)
def _(p, y, threshold):
    found, _, _, _ = counted(p, y, threshold)
    return float(found), float(found)


@precision_recall.mistake("counts-of-two", **COUNTS)
def _(p, y, threshold):
    found, _, ones, _ = counted(p, y, threshold)
    return float(found), float(ones)


@precision_recall.mistake(
    "soft",
    ko="1이라고 한 사람이 아니라 확률을 더했습니다. 확률을 임계값에서 0과 1로 자른 *다음에* 세세요.",
    en="Probabilities are added up, not people called 1. Cut them to 0 and 1 at the threshold *first*, "
    "then count.",
)
def _(p, y, threshold):
    _, called, ones, _ = counted(p, y, threshold)
    found = (p * y).sum().item()
    return share(found, called), share(found, ones)


@precision_recall.mistake(
    "misses",
    ko="맞은 비율이 아니라 틀린 비율입니다: 잘못 부른 사람과 놓친 사람을 셌습니다. 둘 다 *찾은* 사람을 나눕니다.",
    en="These are the shares that went wrong: those called wrongly, and those missed. Both should divide "
    "those *found*.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(called - found, called), share(ones - found, ones)


SAME_DIVISOR = {
    "ko": "둘을 같은 수로 나누었습니다. 정밀도는 1이라고 *한* 사람의 수로, 재현율은 진짜 1*인* 사람의 수로 나눕니다.",
    "en": "Both have the same divisor. Precision divides by those *called* 1, recall by those that *are* "
    "1.",
}


@precision_recall.mistake("both-by-called", **SAME_DIVISOR)
def _(p, y, threshold):
    found, called, _, _ = counted(p, y, threshold)
    return share(found, called), share(found, called)


@precision_recall.mistake("both-by-ones", **SAME_DIVISOR)
def _(p, y, threshold):
    found, _, ones, _ = counted(p, y, threshold)
    return share(found, ones), share(found, ones)


@precision_recall.mistake(
    "called-for-found",
    ko="첫 값에서 찾은 사람이 아니라 1이라고 한 사람 *모두*를 진짜 1인 사람의 수로 나누었습니다. 정밀도는 찾은 사람 / 1이라고 한 사람입니다.",
    en="The first value divides *all* those called 1 by those that are 1. Precision is those found, "
    "divided by those called 1.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(called, ones), share(found, ones)


@precision_recall.mistake(
    "fractions-upside-down",
    ko="분수가 거꾸로라 1보다 큽니다. 찾은 사람의 수가 위에 옵니다.",
    en="The fractions are upside down and exceed 1. Those found belong above the line.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(called, found), share(ones, found)


@precision_recall.mistake(
    "whole-division",
    ko="`//`는 나눈 값을 내림해서 0이나 1만 남깁니다. `/`로 나누세요.",
    en="`//` rounds the quotient down and leaves only 0 or 1. Divide with `/`.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return (found // called if called else 0.0), (found // ones if ones else 0.0)


@precision_recall.mistake(
    "rounded",
    ko="소수 둘째 자리에서 반올림했습니다. 반올림은 보여 줄 때 할 일입니다. 비율을 그대로 돌려주세요.",
    en="These are rounded to two decimals. Rounding is for showing them: return the shares as they are.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return round(share(found, called), 2), round(share(found, ones), 2)


@precision_recall.mistake(
    "empty-is-none",
    ko="0 나누기 0인 경우에 None을 돌려주었습니다. 약속대로 0.0을 돌려주세요.",
    en="What would be 0 / 0 is None. By agreement it is 0.0.",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    return share(found, called, None), share(found, ones, None)


@precision_recall.mistake(
    "one-zero-for-both",
    ko="특별한 경우에 0.0 하나만 돌려주었습니다. 그때도 둘을 돌려주세요: (precision, recall)",
    en="In the special case a single 0.0 is returned. Return two values there as well: "
    "(precision, recall).",
)
def _(p, y, threshold):
    found, called, ones, _ = counted(p, y, threshold)
    if called == 0 or ones == 0:
        return 0.0
    return found / called, found / ones


for kind in (int, float):

    @precision_recall.mistake(f"guards-precision-for-both-{kind.__name__}", **NO_RECALL)
    def _(p, y, threshold, kind=kind):
        found, called, ones, _ = counted(p, y, threshold)
        return (found / called, found / kind(ones)) if called else (0.0, 0.0)

    @precision_recall.mistake(f"guards-recall-for-both-{kind.__name__}", **NO_PRECISION)
    def _(p, y, threshold, kind=kind):
        found, called, ones, _ = counted(p, y, threshold)
        return (found / kind(called), found / ones) if ones else (0.0, 0.0)


@precision_recall.mistake(
    "shares-of-everyone",
    ko="1이라고 한 사람의 비율과 진짜 1인 사람의 비율입니다. 둘 다 *찾은* 사람(둘 다인 사람)을 나누어야 합니다.",
    en="These are the share called 1 and the share that are 1. Both should divide those *found*, who "
    "are both.",
)
def _(p, y, threshold):
    _, called, ones, n = counted(p, y, threshold)
    return called / n, ones / n


precision_recall.hints(
    ko=[
        "세 무리의 수만 세면 됩니다: 1이라고 한 사람, 진짜 1인 사람, 둘 다인 사람(찾은 사람).",
        "정밀도 = 찾은 사람 / 1이라고 한 사람, 재현율 = 찾은 사람 / 진짜 1인 사람. 나누는 수가 0이면 0.0입니다.",
        "`called, truth = p >= threshold, y == 1`, `found = (called & truth).sum().item()`, "
        "`precision = found / called.sum().item() if called.any() else 0.0`. 재현율도 같은 꼴입니다.",
    ],
    en=[
        "Count three groups: those called 1, those that are 1, and those that are both (found).",
        "precision = found / called 1; recall = found / truly 1. Where the divisor is 0, the result is "
        "0.0.",
        "`called, truth = p >= threshold, y == 1`, `found = (called & truth).sum().item()`, "
        "`precision = found / called.sum().item() if called.any() else 0.0`; recall has the same form.",
    ],
)


# ---------------------------------------------------------------- report-line


@exercise("report-line", points=2)
def report_line(epoch, epochs, cost, p, y):
    shares = [accuracy.oracle(p, y, 0.5), *precision_recall.oracle(p, y, 0.5)]
    words = ["Accuracy", "Precision", "Recall"]
    told = [
        word + " " + f"{100 * each:.2f}%".rjust(7) for word, each in zip(words, shares, strict=True)
    ]
    return " ".join([f"Epoch {str(epoch).rjust(4)}/{epochs} Cost: {cost:.6f}", *told])


def whole_shares(draw, n, share):
    """Forecasts whose shares, in per cent with 2 decimals, no rounding can tip over."""
    p, y = forecasts(draw, n, share)
    p[0], y[0] = 0.5, 1.0  # one at the threshold, and at least one to find
    return p, y


@report_line.cases
def _(draw):
    rare = column(1.0, *[0.0] * 19)
    yield 10, 100, 5.053192, torch.zeros(20, 1), rare
    yield 100, 100, 0.0, rare.clone(), rare
    yield 0, 20, 95.0, torch.ones(20, 1), rare
    yield 7, 1000, 0.6931471, column(0.9, 0.5, 0.5, 0.2, 0.3), column(1.0, 1.0, 0.0, 1.0, 0.0)
    yield 3, 5, 12.5, column(0.2, 0.7), column(0.0, 0.0)
    for n in (draw.choice((7, 9, 11)), draw.choice((30, 45, 50))):
        cost = draw.number(0.05, 3.0)
        yield draw.integer(1, 99), draw.integer(100, 2000), cost, *whole_shares(draw, n, 0.3)


def told(a, b, c, epoch="{:4d}", cost="{:.6f}", epochs="{}"):
    """An answer that writes the numbers with formats of its own, for the mistakes."""

    def answer(at, last, loss, p, y):
        right = accuracy.oracle(p, y, 0.5)
        precision, recall = precision_recall.oracle(p, y, 0.5)
        head = f"Epoch {epoch.format(at)}/{epochs.format(last)} Cost: {cost.format(loss)}"
        parts = [("Accuracy", a, right), ("Precision", b, precision), ("Recall", c, recall)]
        return head + "".join(f" {word} {how(value)}" for word, how, value in parts if how)

    return answer


def good(value):
    return f"{value:7.2%}"


@report_line.accepts
def _(epoch, epochs, cost, p, y):
    called, truth = p >= 0.5, y == 1
    found = (called & truth).sum().item()
    shares = (
        (called == truth).float().mean().item() * 100,
        100 * found / max(called.sum().item(), 1),
        100 * found / max(truth.sum().item(), 1),
    )
    line = "Epoch {:4d}/{} Cost: {:.6f} Accuracy {:6.2f}% Precision {:6.2f}% Recall {:6.2f}%"
    return line.format(epoch, epochs, cost, *shares)


@report_line.mistake(
    "as-in-the-notes",
    ko="노트의 줄 그대로입니다. 너비 2는 있으나 마나라 줄이 맞지 않고, 정밀도와 재현율이 없어서 아무도 찾지 못하는 모델도 좋아 보입니다.",
    en="This is the notes' line. Its width of 2 does nothing, so lines do not align; and without "
    "precision and recall a model that finds nobody looks fine.",
)
def _(epoch, epochs, cost, p, y):
    right = accuracy.oracle(p, y, 0.5)
    return "Epoch {:4d}/{} Cost: {:.6f} Accuracy {:2.2f}%".format(  # noqa: UP032
        epoch, epochs, cost, right * 100
    )


report_line.mistake(
    "accuracy-alone",
    ko="줄은 맞지만 정확도뿐입니다. 아무도 찾지 못하는 모델이 여전히 좋아 보입니다. 정밀도와 재현율을 덧붙이세요.",
    en="The lines align, but there is nothing but the accuracy: a model that finds nobody still looks "
    "fine. Add precision and recall.",
)(told(good, None, None))

report_line.mistake(
    "no-precision",
    ko="정밀도가 빠졌습니다. 정확도, 정밀도, 재현율의 순서로 셋을 모두 적으세요.",
    en="Precision is missing. Give all three: accuracy, precision, recall, in this order.",
)(told(good, None, good))

report_line.mistake(
    "no-recall",
    ko="재현율이 빠졌습니다. 정확도, 정밀도, 재현율의 순서로 셋을 모두 적으세요.",
    en="Recall is missing. Give all three: accuracy, precision, recall, in this order.",
)(told(good, good, None))

NARROW = {
    "ko": "너비가 모자라거나 없어서 줄이 맞지 않습니다. 너비는 소수점과 소수 자리와 `%`까지 모두 센 것입니다: `100.00%`는 일곱 글자입니다.",
    "en": "The width is too small or missing, so the lines do not align. A width counts the point, the "
    "decimals and the `%` as well: `100.00%` has seven characters.",
}


def same(how, **more):
    return told(how, how, how, **more)


report_line.mistake("width-2", **NARROW)(same(lambda v: f"{v * 100:2.2f}%"))
report_line.mistake("width-3", **NARROW)(same(lambda v: f"{v:3.2%}"))
report_line.mistake("width-5", **NARROW)(same(lambda v: f"{v:5.2%}"))
report_line.mistake("width-6", **NARROW)(same(lambda v: f"{v:6.2%}"))
report_line.mistake("width-5-and-sign", **NARROW)(same(lambda v: f"{v * 100:5.2f}%"))

WIDE = {
    "ko": "너비가 너무 넓습니다. `%`까지 합쳐 일곱 글자입니다. `%`를 따로 붙이면 앞의 수는 여섯 글자입니다.",
    "en": "The width is too large: seven characters with the `%`. If you add the `%` yourself, the "
    "number before it takes six.",
}
report_line.mistake("width-7-and-sign", **WIDE)(same(lambda v: f"{v * 100:7.2f}%"))
report_line.mistake("width-8", **WIDE)(same(lambda v: f"{v:8.2%}"))

HUNDRED = {
    "ko": "100이 두 번 곱해졌습니다. `%` 형식은 스스로 100을 곱하니 비율을 그대로 주세요.",
    "en": "100 is multiplied in twice. The `%` format does it by itself: give it the share as it is.",
}
report_line.mistake("hundred-twice", **HUNDRED)(same(lambda v: f"{v * 100:7.2%}"))
report_line.mistake("hundred-twice-narrow", **HUNDRED)(same(lambda v: f"{v * 100:.2%}"))

SHARE = {
    "ko": "100을 곱하지 않고 `%`만 붙였습니다. 0.95는 95 %입니다. `{:7.2%}`라고 쓰면 파이썬이 곱해 줍니다.",
    "en": "There is a `%`, but nothing was multiplied by 100: 0.95 is 95%. With `{:7.2%}` Python does "
    "it for you.",
}
report_line.mistake("never-hundred", **SHARE)(same(lambda v: f"{v:6.2f}%"))
report_line.mistake("never-hundred-wide", **SHARE)(same(lambda v: f"{v:7.2f}%"))
report_line.mistake("never-hundred-narrow", **SHARE)(same(lambda v: f"{v:2.2f}%"))

SIGN_MISSING = {
    "ko": "`%` 기호가 없습니다. 너비 일곱에는 `%`도 들어갑니다.",
    "en": "The `%` sign is missing. It belongs to the seven characters.",
}
report_line.mistake("no-sign", **SIGN_MISSING)(same(lambda v: f"{v * 100:7.2f}"))
report_line.mistake("no-sign-narrow", **SIGN_MISSING)(same(lambda v: f"{v * 100:6.2f}"))

report_line.mistake(
    "flush-left",
    ko="왼쪽에 맞추었습니다. 자릿수가 다른 수를 견주려면 오른쪽에 맞추어야 합니다: `<`를 빼세요.",
    en="The numbers are flush left. To compare numbers of different length they must be flush right: "
    "leave out the `<`.",
)(same(lambda v: f"{v:<7.2%}"))

report_line.mistake(
    "zeros-in-front",
    ko="빈자리를 0으로 채웠습니다. 너비 앞의 0을 빼면 빈칸으로 채워집니다.",
    en="Free places are filled with zeros. Leave out the 0 in front of the width, and they are spaces.",
)(same(lambda v: f"{v:07.2%}"))

DECIMALS = {
    "ko": "소수 자리가 둘이 아닙니다: `.2%`",
    "en": "There should be two decimals: `.2%`.",
}
report_line.mistake("one-decimal", **DECIMALS)(same(lambda v: f"{v:7.1%}"))
report_line.mistake("no-decimals", **DECIMALS)(same(lambda v: f"{v:7.0%}"))


@report_line.mistake(
    "precision-and-recall-swapped",
    ko="정밀도와 재현율이 뒤바뀌었습니다. `precision_recall`은 (정밀도, 재현율) 순서로 돌려줍니다.",
    en="Precision and recall are swapped: `precision_recall` returns them in this order.",
)
def _(epoch, epochs, cost, p, y):
    right = accuracy.oracle(p, y, 0.5)
    precision, recall = precision_recall.oracle(p, y, 0.5)
    head = f"Epoch {epoch:4d}/{epochs} Cost: {cost:.6f}"
    return f"{head} Accuracy {right:7.2%} Precision {recall:7.2%} Recall {precision:7.2%}"


for number, width in enumerate(("{}", "{:2d}", "{:3d}", "{:5d}", "{:<4d}")):
    report_line.mistake(
        f"epoch-width-{number}",
        ko="에폭의 너비가 없거나 다르거나, 왼쪽에 맞추었습니다. 노트처럼 네 글자로 오른쪽에 맞추세요: `{epoch:4d}`",
        en="The epoch has no width or another one, or is flush left. Give it four characters, flush right, "
        "as in the notes: `{epoch:4d}`.",
    )(same(good, epoch=width))

report_line.mistake(
    "epoch-with-zeros",
    ko="에폭의 빈자리를 0으로 채웠습니다. 너비 앞의 0을 빼면 빈칸으로 채워집니다: `{epoch:4d}`",
    en="The free places of the epoch are filled with zeros. Leave out the 0 in front of the width, and "
    "they are spaces: `{epoch:4d}`.",
)(same(good, epoch="{:04d}"))

report_line.mistake(
    "epochs-with-a-width",
    ko="전체 에폭 수에도 너비를 주어 `/` 뒤에 빈칸이 들어갔습니다. 너비는 앞의 수에만 줍니다: `{epoch:4d}/{epochs}`",
    en="The number of epochs, too, was given a width, which puts spaces after the `/`. Only the first "
    "number has one: `{epoch:4d}/{epochs}`.",
)(same(good, epochs="{:4d}"))

report_line.mistake(
    "always-100-epochs",
    ko="전체 에폭 수를 100으로 못 박았습니다. 받은 `epochs`를 쓰세요.",
    en="The number of epochs is fixed at 100. Use the `epochs` that is given.",
)(same(good, epochs="100"))

for number, written in enumerate(("{}", "{:.6}", "{:6}")):
    report_line.mistake(
        f"cost-without-f-{number}",
        ko="비용의 소수 자리를 정하지 않았습니다. 소수 여섯 자리입니다: `{cost:.6f}`. (`f`가 없는 `.6`은 유효숫자 여섯 자리입니다.)",
        en="The cost has no number of decimals. It is six: `{cost:.6f}`. (Without the `f`, `.6` means six "
        "significant digits.)",
    )(same(good, cost=written))

for decimals in (2, 3, 4, 5):
    report_line.mistake(
        f"cost-{decimals}-decimals",
        ko="비용의 소수 자리가 여섯이 아닙니다: `{cost:.6f}`",
        en="The cost should have six decimals: `{cost:.6f}`.",
    )(same(good, cost=f"{{:.{decimals}f}}"))

for width in (9, 10, 12):
    report_line.mistake(
        f"cost-width-{width}",
        ko="비용에도 너비를 주어 빈칸이 더 들어갔습니다. 비용에는 소수 자리만 정합니다: `{cost:.6f}`",
        en="The cost, too, was given a width, which puts in more spaces. It has only its decimals: "
        "`{cost:.6f}`.",
    )(same(good, cost=f"{{:{width}.6f}}"))

WRITTEN = {
    "ko": "수는 맞지만 글자가 설명문과 다릅니다. 설명문의 본보기와 한 글자씩 견주세요: 쌍점은 `Cost:`에만 있고, 쉼표는 없고, 줄바꿈도 없고, "
    "빈칸은 하나씩입니다.",
    "en": "The numbers are right, but the text is not quite that of the docstring. Compare it letter by "
    "letter: a colon only after `Cost`, no commas, no line break, single spaces.",
}


def rewritten(change):
    right = same(good)
    return lambda *given: change(right(*given))


def colons(line):
    for word in ("Accuracy", "Precision", "Recall"):
        line = line.replace(word, f"{word}:")
    return line


def commas(line):
    for word in ("Accuracy", "Precision", "Recall"):
        line = line.replace(f" {word}", f", {word}")
    return line


def wide_gaps(line):
    for word in ("Accuracy", "Precision", "Recall"):
        line = line.replace(f" {word}", f"  {word}")
    return line


report_line.mistake("colons", **WRITTEN)(rewritten(colons))
report_line.mistake("commas", **WRITTEN)(rewritten(commas))
report_line.mistake("wide-gaps", **WRITTEN)(rewritten(wide_gaps))
report_line.mistake("line-break", **WRITTEN)(rewritten(lambda line: line + "\n"))
report_line.mistake("small-letters", **WRITTEN)(rewritten(str.lower))
report_line.mistake("no-colon", **WRITTEN)(rewritten(lambda line: line.replace(":", "")))
report_line.mistake("no-gap", **WRITTEN)(rewritten(lambda line: line.replace(": ", ":")))
report_line.mistake("epoch-colon", **WRITTEN)(rewritten(lambda s: s.replace("Epoch", "Epoch:")))
report_line.mistake("gap-at-end", **WRITTEN)(rewritten(lambda line: line + " "))
report_line.mistake("gaps-at-slash", **WRITTEN)(rewritten(lambda line: line.replace("/", " / ")))
report_line.mistake("comma-after-cost", **WRITTEN)(
    rewritten(lambda line: line.replace(" Accuracy", ", Accuracy"))
)
report_line.mistake("one-colon", **WRITTEN)(
    rewritten(lambda line: line.replace("Accuracy", "Accuracy:"))
)


@report_line.mistake(
    "recall-before-precision",
    ko="수는 맞지만 순서가 다릅니다. 정확도, 정밀도, 재현율의 순서로 적으세요.",
    en="The numbers are right, but their order is not: accuracy, precision, recall.",
)
def _(epoch, epochs, cost, p, y):
    right = accuracy.oracle(p, y, 0.5)
    precision, recall = precision_recall.oracle(p, y, 0.5)
    head = f"Epoch {epoch:4d}/{epochs} Cost: {cost:.6f}"
    return f"{head} Accuracy {right:7.2%} Recall {recall:7.2%} Precision {precision:7.2%}"


@report_line.mistake(
    "epochs-first",
    ko="에폭과 전체 에폭 수가 뒤바뀌었습니다: `{epoch:4d}/{epochs}`",
    en="The epoch and the number of epochs are swapped: `{epoch:4d}/{epochs}`.",
)
def _(epoch, epochs, cost, p, y):
    return same(good)(epochs, epoch, cost, p, y)


TWO_SIGNS = {
    "ko": "`%`가 두 번 붙었습니다. `%` 형식이 기호를 스스로 붙이니 뒤에 또 쓰지 마세요.",
    "en": "There are two `%` signs. The `%` format adds one by itself: write none after it.",
}
report_line.mistake("two-signs", **TWO_SIGNS)(same(lambda v: f"{v:7.2%}%"))
report_line.mistake("two-signs-narrow", **TWO_SIGNS)(same(lambda v: f"{v:6.2%}%"))

SIX_DECIMALS = {
    "ko": "소수 자리를 정하지 않아 여섯 자리가 되었습니다. 너비 뒤에 `.2`를 붙이세요: `{:7.2%}`",
    "en": "No number of decimals is given, and then it is six. Put `.2` after the width: `{:7.2%}`.",
}
report_line.mistake("six-decimals", **SIX_DECIMALS)(same(lambda v: f"{v:7%}"))


@report_line.mistake("six-decimals-of-float32", **SIX_DECIMALS)
def _(epoch, epochs, cost, p, y):
    right = answers_right(p, y, 0.5).float().mean().item()  # 0.6 is 60.000002%
    precision, recall = precision_recall.oracle(p, y, 0.5)
    head = f"Epoch {epoch:4d}/{epochs} Cost: {cost:.6f}"
    return f"{head} Accuracy {right:7%} Precision {precision:7%} Recall {recall:7%}"


report_line.mistake(
    "no-percent-format",
    ko="형식에 `%`가 없어서 비율이 그대로 나왔습니다. `{:7.2%}`라고 쓰면 파이썬이 100을 곱하고 기호까지 붙여 줍니다.",
    en="The format has no `%`, so the share stands as it is. With `{:7.2%}` Python multiplies by 100 and "
    "adds the sign.",
)(same(lambda v: f"{v:7.2}"))

ROUNDED = {
    "ko": "`round`는 수를 바꿀 뿐, 끝의 0을 지켜 주지 않습니다: 95.0이 됩니다. 소수 자리와 너비는 형식으로 정하세요: `{:7.2%}`",
    "en": "`round` changes the number but keeps no zeros at its end: 95.0. Set decimals and width with the "
    "format: `{:7.2%}`.",
}
report_line.mistake("rounded", **ROUNDED)(same(lambda v: f"{round(v * 100, 2)}%"))
report_line.mistake("rounded-wide", **ROUNDED)(same(lambda v: f"{round(v * 100, 2):7}%"))
report_line.mistake("rounded-width-6", **ROUNDED)(same(lambda v: f"{round(v * 100, 2):6}%"))


def punctuated(colon, mark, first_mark, mark_after_epochs, colon_after_cost):
    """The right line with other signs: after the words, between the parts, in front of both."""

    def change(line):
        line = colons(line) if colon else line
        for word in ("Precision", "Recall"):
            line = line.replace(f" {word}", f"{mark} {word}")
        line = line.replace(" Accuracy", mark * first_mark + " Accuracy")
        line = line.replace(" Cost", mark * mark_after_epochs + " Cost")
        return line if colon_after_cost else line.replace("Cost:", "Cost")

    return rewritten(change)


SIGNS = [
    *itertools.product((False, True), (",",), (False, True), (False, True), (False, True)),
    *itertools.product((False, True), (" |",), (True,), (False, True), (True,)),
    (True, "", False, False, False),
]
for number, signs in enumerate(SIGNS):
    report_line.mistake(f"punctuated-{number}", **WRITTEN)(punctuated(*signs))


report_line.hints(
    ko=[
        "노트의 줄에서 두 가지를 고칩니다: 비율의 너비, 그리고 무엇을 보고하는가.",
        "`accuracy(p, y, 0.5)`와 `precision_recall(p, y, 0.5)`로 세 비율을 구합니다. 비율 하나는 `%`까지 일곱 글자, 소수 두 자리: "
        "`{:7.2%}`",
        '`f"Epoch {epoch:4d}/{epochs} Cost: {cost:.6f} Accuracy {right:7.2%}"`에 정밀도와 재현율을 같은 꼴로 덧붙이세요.',
    ],
    en=[
        "Two things in the notes' line need mending: the width of the shares, and what is reported.",
        "Get the three shares from `accuracy(p, y, 0.5)` and `precision_recall(p, y, 0.5)`. A share "
        "takes seven characters with its `%`, and two decimals: `{:7.2%}`.",
        '`f"Epoch {epoch:4d}/{epochs} Cost: {cost:.6f} Accuracy {right:7.2%}"`, and then precision and '
        "recall in the same form.",
    ],
)
