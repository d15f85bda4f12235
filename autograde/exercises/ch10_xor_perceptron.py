"""Exercises of ch10: perceptrons, their rule, what one layer cannot do, and two layers."""

import itertools

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TABLES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}


def corners():
    return torch.tensor(CORNERS)


def column(table):
    """A truth table as right answers, (4, 1)."""
    return torch.tensor(table).float()[:, None]


def step(z):
    return (z > 0).float()


def halves(draw, *shape):
    """Random multiples of 1/2: with them no sum is rounded, so z is 0 exactly where it is."""
    return draw.integers(-4, 4, *shape) / 2


def whole(draw, *shape):
    return draw.integers(-3, 3, *shape).float()


# ---------------------------------------------------------------- perceptron


@exercise("perceptron")
def perceptron(x, W, b):
    z = F.linear(x.double(), W.double().T, b.double())
    return torch.heaviside(z, torch.zeros_like(z)).float()


@perceptron.cases
def _(draw):
    yield corners(), torch.tensor([[2.0], [1.0]]), torch.tensor([-1.5])
    yield corners(), torch.tensor([[1.0], [1.0]]), torch.tensor([-1.0])  # two on the boundary
    yield corners(), torch.tensor([[1.0, -1.0], [2.0, -1.0]]), torch.tensor([-0.5, 1.0])
    yield torch.tensor([[1.0, 2.0, -1.0]]), torch.tensor([[0.5], [0.25], [1.0]]), torch.zeros(1)
    # However little above 0: the first is too little for a sigmoid, the last is not.
    yield torch.tensor([[1e-8], [-1e-8], [1e-6]]), torch.ones(1, 1), torch.zeros(1)
    for D, H in ((3, 3), (draw.integer(2, 5), draw.integer(2, 6)), (1, 4)):
        yield halves(draw, draw.integer(4, 9), D), halves(draw, D, H), halves(draw, H)
    yield halves(draw, 12, 2), halves(draw, 2, 1), halves(draw, 1)


@perceptron.accepts
def _(x, W, b):
    z = torch.matmul(x, W) + b
    return torch.where(z > 0, 1.0, 0.0)


@perceptron.accepts
def _(x, W, b):
    answers = torch.zeros(len(x), len(b))
    for n, h in itertools.product(range(len(x)), range(len(b))):
        answers[n, h] = float((x[n] * W[:, h]).sum() + b[h] > 0)
    return answers


@perceptron.accepts
def _(x, W, b):
    return torch.gt(torch.addmm(b, x, W), 0).double()


@perceptron.mistake(
    "one-at-zero",
    ko="경계 위(z = 0)에서 1이라고 답합니다. 이 장의 퍼셉트론은 0을 *넘을* 때만 1입니다. `>=`가 아니라 `>`를 쓰세요.",
    en="On the boundary (z = 0) this answers 1. The perceptron of this chapter says 1 only *above* "
    "0: use `>`, not `>=`.",
)
def _(x, W, b):
    return (x @ W + b >= 0).float()


@perceptron.mistake(
    "bools",
    ko="답은 맞지만 True와 False입니다. 견주기(`z > 0`)의 결과는 bool 텐서라서 다음 층의 가중치와 곱할 수 없습니다. `.float()`로 0.0과 "
    "1.0을 만드세요.",
    en="Right, but as True and False. A comparison (`z > 0`) gives a bool tensor, which cannot be "
    "multiplied with the weights of a next layer. Turn it into 0.0 and 1.0 with `.float()`.",
)
def _(x, W, b):
    return x @ W + b > 0


@perceptron.mistake(
    "whole-numbers",
    ko="답은 맞지만 정수입니다. 다음 층의 가중치가 float32이므로 답도 float32여야 합니다: `.float()`",
    en="Right, but as whole numbers. The weights of a next layer are float32, so the answers must be "
    "float32 too: `.float()`.",
)
def _(x, W, b):
    return (x @ W + b > 0).int()  # recognises `.long()` too, which is wider


@perceptron.mistake(
    "no-step",
    ko="z를 그대로 돌려주었습니다. 0을 넘으면 1, 아니면 0으로 바꾸는 계단이 빠졌습니다.",
    en="This returns z itself. What is missing is the step: 1 above 0, otherwise 0.",
)
def _(x, W, b):
    return x @ W + b


@perceptron.mistake(
    "sigmoid",
    ko="계단 대신 시그모이드를 썼습니다. 퍼셉트론은 확률이 아니라 딱 잘라 0이나 1로 답합니다.",
    en="This is a sigmoid and not a step. A perceptron gives no probability: it says 0 or 1.",
)
def _(x, W, b):
    return torch.sigmoid(x @ W + b)


@perceptron.mistake(
    "sign",
    ko="−1과 1로(0에서는 0으로) 답합니다. `torch.sign`은 부호를 줍니다. 이 장의 답은 0과 1입니다.",
    en="The answers are −1 and 1 (and 0 at 0): that is what `torch.sign` gives. Here they are 0 and 1.",
)
def _(x, W, b):
    return torch.sign(x @ W + b)


@perceptron.mistake(
    "minus-one",
    ko="아니라는 답이 −1입니다. 그런 퍼셉트론도 있지만, 이 장에서는 0입니다.",
    en="A no is −1 here. There are perceptrons like that, but in this chapter a no is 0.",
)
def _(x, W, b):
    return torch.where(x @ W + b > 0, 1.0, -1.0)


@perceptron.mistake(
    "forgets-bias",
    ko="편향 b를 더하지 않았습니다. 그러면 모든 경계가 원점을 지나는 직선이 됩니다.",
    en="The bias b is not added. Every boundary then runs through the origin.",
)
def _(x, W, b):
    return step(x @ W)


@perceptron.mistake(
    "bias-as-threshold",
    ko="x W를 b와 견주었습니다. 문턱은 b가 아니라 −b입니다. x W *더하기* b를 0과 견주세요.",
    en="This compares x W with b. The threshold is −b, not b: compare x W *plus* b with 0.",
)
def _(x, W, b):
    return step(x @ W - b)


@perceptron.mistake(
    "half-threshold",
    ko="z를 0.5와 견주었습니다. 0.5는 확률의 문턱입니다. z의 문턱은 0입니다.",
    en="z is compared with 0.5. That is the threshold of a probability; that of z is 0.",
)
def _(x, W, b):
    return (x @ W + b > 0.5).float()


@perceptron.mistake(
    "sigmoid-above-half",
    ko="z를 시그모이드에 넣어 0.5와 견주었습니다. 거의 언제나 맞지만, z가 0보다 아주 조금만 크면 시그모이드가 꼭 0.5로 반올림되어 0이라고 "
    "답합니다. 시그모이드는 필요 없습니다. z를 곧바로 0과 견주세요.",
    en="z goes through a sigmoid and is compared with 0.5. That is nearly always right; but where z is "
    "only just above 0, the sigmoid is rounded to exactly 0.5, and the answer is 0. No sigmoid is "
    "needed: compare z itself with 0.",
)
def _(x, W, b):
    return (torch.sigmoid(x @ W + b) > 0.5).float()


@perceptron.mistake(
    "inverted",
    ko="0과 1이 뒤바뀌었습니다. z가 0을 *넘을* 때 1입니다.",
    en="Zeros and ones are swapped: it is 1 where z is *above* 0.",
)
def _(x, W, b):
    return (x @ W + b < 0).float()


@perceptron.mistake(
    "inverted-with-boundary",
    ko="0과 1이 뒤바뀌었습니다. z가 0을 *넘을* 때 1입니다.",
    en="Zeros and ones are swapped: it is 1 where z is *above* 0.",
)
def _(x, W, b):
    return (x @ W + b <= 0).float()


@perceptron.mistake(
    "clamps",
    ko="z를 0과 1 사이로 자르기만 했습니다. 0.5 같은 답이 남습니다. 계단은 0을 넘으면 곧바로 1입니다.",
    en="This only clamps z to between 0 and 1, which leaves answers such as 0.5. A step is 1 as soon "
    "as z is above 0.",
)
def _(x, W, b):
    return (x @ W + b).clamp(0, 1)


@perceptron.mistake(
    "flat",
    ko="축을 하나 잃었습니다. 퍼셉트론이 하나(H = 1)라도 결과는 (N,)이 아니라 (N, 1)입니다. `squeeze`는 필요 없습니다.",
    en="An axis got lost. Even with a single perceptron (H = 1) the result is (N, 1), not (N,): no "
    "`squeeze` is needed.",
)
def _(x, W, b):
    return step(x @ W + b).squeeze()


@perceptron.mistake(
    "transposes-W",
    ko="`W`를 전치했습니다. `nn.Linear`와 달리 여기서는 퍼셉트론 하나가 `W`의 *열* 하나입니다. 그래서 `x @ W`입니다.",
    en="`W` is transposed. Unlike in `nn.Linear`, each perceptron is a *column* of `W` here, so it is "
    "`x @ W`.",
)
def _(x, W, b):
    return step(x @ W.T + b)


@perceptron.mistake(
    "first-only",
    ko="첫째 퍼셉트론의 답만 돌려주었습니다. `W`의 열이 H개면 답도 H개입니다.",
    en="Only the first perceptron answers. With H columns in `W` there are H answers.",
)
def _(x, W, b):
    return step(x @ W[:, :1] + b[:1])


@perceptron.mistake(
    "relu",
    ko="0보다 작은 z만 0으로 바꾸고 나머지는 z 그대로입니다(12장의 ReLU가 이렇습니다). 0을 넘으면 크기와 상관없이 1이어야 합니다.",
    en="Only a z below 0 becomes 0, all others stay as they are (that is the ReLU of chapter 12). Above "
    "0 the answer is 1, however large z is.",
)
def _(x, W, b):
    return torch.relu(x @ W + b)


@perceptron.mistake(
    "half-at-zero",
    ko="경계 위(z = 0)에서 0.5라고 답합니다. 그곳의 답은 0입니다.",
    en="On the boundary (z = 0) this answers 0.5. The answer there is 0.",
)
def _(x, W, b):
    return (torch.sign(x @ W + b) + 1) / 2


@perceptron.mistake(
    "bools-and-one-at-zero",
    ko="두 가지가 다릅니다. 답이 True와 False이니 `.float()`로 바꾸고, 경계 위(z = 0)에서는 0이어야 하니 `>=`가 아니라 `>`를 쓰세요.",
    en="Two things differ. The answers are True and False: turn them into numbers with `.float()`. And on "
    "the boundary (z = 0) it should be 0: use `>`, not `>=`.",
)
def _(x, W, b):
    return x @ W + b >= 0


@perceptron.mistake(
    "bools-without-bias",
    ko="두 가지가 다릅니다. 편향 b를 더하지 않았고, 답이 True와 False입니다. `.float()`로 수로 바꾸세요.",
    en="Two things differ. The bias b is not added, and the answers are True and False: turn them into "
    "numbers with `.float()`.",
)
def _(x, W, b):
    return x @ W > 0


@perceptron.mistake(
    "adds-up-the-perceptrons",
    ko="퍼셉트론들의 값을 더해 버려서 한 줄의 답이 모두 b만 다릅니다. 퍼셉트론은 저마다 자기 열로 따로 답합니다. 더하기는 `x @ W` 안에서 "
    "이미 했습니다.",
    en="The values of the perceptrons are added up, so within a row only b differs. Each perceptron answers "
    "from its own column; the adding is done inside `x @ W`.",
)
def _(x, W, b):
    return step((x @ W).sum(1, keepdim=True) + b)


@perceptron.mistake(
    "only-the-ones",
    ko="0 이하인 z가 그대로 남았습니다. 그것도 0으로 바꾸세요.",
    en="A z of 0 or below stays as it is. Make it 0.",
)
def _(x, W, b):
    z = x @ W + b
    return torch.where(z > 0, 1.0, z)


perceptron.hints(
    ko=[
        "두 걸음입니다. 먼저 선형 모델(4장)처럼 z를 구하고, 그다음 z를 0이나 1로 바꿉니다.",
        "z는 (N, D) @ (D, H) + (H,) = (N, H). `z > 0`은 True와 False의 텐서입니다. 그것을 수로 바꾸세요.",
        "`z = x @ W + b`, `return (z > 0).float()`",
    ],
    en=[
        "There are two steps: compute z as in a linear model (chapter 4), then turn z into 0 or 1.",
        "z is (N, D) @ (D, H) + (H,) = (N, H). `z > 0` is a tensor of True and False: turn it into "
        "numbers.",
        "`z = x @ W + b`, `return (z > 0).float()`.",
    ],
)


# ---------------------------------------------------------------- decision-grid


@exercise("decision-grid", points=2)
def decision_grid(x1, x2):
    return torch.tensor([[across, up] for up in x2.tolist() for across in x1.tolist()])


@decision_grid.cases
def _(draw):
    yield torch.tensor([0.0, 1.0, 2.0]), torch.tensor([10.0, 20.0])
    yield torch.tensor([5.0]), torch.tensor([7.0])
    yield torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    yield draw.normal(1), draw.normal(4)
    yield draw.normal(4), draw.normal(1)
    for _ in range(2):
        n = draw.integer(2, 5)
        yield draw.normal(n), draw.normal(n + draw.integer(1, 3))
    yield draw.uniform(-2, 2, 4), draw.uniform(-2, 2, 4)


@decision_grid.accepts
def _(x1, x2):
    up, across = torch.meshgrid(x2, x1, indexing="ij")
    return torch.stack([across.reshape(-1), up.reshape(-1)], dim=1)


@decision_grid.accepts
def _(x1, x2):
    return torch.cartesian_prod(x2, x1).flip(1)


@decision_grid.accepts
def _(x1, x2):
    points = torch.empty(len(x2), len(x1), 2)
    points[..., 0] = x1
    points[..., 1] = x2[:, None]
    return points.view(-1, 2)


@decision_grid.mistake(
    "column-by-column",
    ko="점을 열부터 세었습니다. x2가 먼저 달리고 x1이 가만히 있습니다. 한 *행*을 다 가는 동안 x1이 달리고 x2가 가만히 있어야 "
    "`reshape(n2, n1)`이 그림이 됩니다.",
    en="The points are counted column by column: x2 runs while x1 stands still. Go along a *row*, "
    "where x1 runs and x2 stands still; only then does `reshape(n2, n1)` give the picture.",
)
def _(x1, x2):
    return torch.cartesian_prod(x1, x2)


@decision_grid.mistake(
    "coordinates-swapped",
    ko="좌표의 순서가 바뀌었습니다. 점은 (x1, x2)입니다. 0번 열이 x1이어야 합니다.",
    en="The coordinates are swapped. A point is (x1, x2): column 0 is x1.",
)
def _(x1, x2):
    return torch.cartesian_prod(x2, x1)


@decision_grid.mistake(
    "both-swapped",
    ko="좌표의 순서와 세는 순서가 둘 다 바뀌었습니다. 점은 (x1, x2)이고, 한 행을 가는 동안 달리는 것은 x1입니다.",
    en="Both are swapped, the coordinates and the counting: a point is (x1, x2), and along a row it is "
    "x1 that runs.",
)
def _(x1, x2):
    return torch.cartesian_prod(x1, x2).flip(1)


@decision_grid.mistake(
    "not-flat",
    ko="격자를 펴지 않아 (n2, n1, 2)입니다. 신경망에 줄 점의 목록은 (n2 · n1, 2)입니다.",
    en="The grid is not flattened: it is (n2, n1, 2). The list of points for a network is (n2 · n1, 2).",
)
def _(x1, x2):
    return torch.cartesian_prod(x2, x1).flip(1).reshape(len(x2), len(x1), 2)


@decision_grid.mistake(
    "not-flat-ij",
    ko='격자를 펴지 않았고, 축의 순서도 (n1, n2)입니다. `torch.meshgrid(x1, x2, indexing="ij")`는 첫째 축을 x1으로 둡니다. 행은 '
    "x2이고, 끝에는 (n2 · n1, 2)여야 합니다.",
    en="The grid is not flattened, and its axes are (n1, n2): `torch.meshgrid(x1, x2, "
    'indexing="ij")` makes x1 the first axis. Rows are x2, and in the end it is (n2 · n1, 2).',
)
def _(x1, x2):
    return torch.cartesian_prod(x1, x2).reshape(len(x1), len(x2), 2)


@decision_grid.mistake(
    "lying",
    ko="(2, n2 · n1)로 누웠습니다. 점 하나가 한 *줄*이어야 합니다. `torch.stack`의 둘째 인자(dim)를 1로 하세요.",
    en="It lies on its side, (2, n2 · n1). Each point is a *row*: give `torch.stack` the dim 1.",
)
def _(x1, x2):
    return torch.cartesian_prod(x2, x1).flip(1).T


@decision_grid.mistake(
    "reshaped-instead-of-transposed",
    ko="(2, n2 · n1)을 `reshape`나 `view`로 (n2 · n1, 2)로 만들었습니다. 모양은 맞지만 x1끼리, x2끼리 짝지어졌습니다. 처음부터 "
    "`torch.stack(..., 1)`로 쌓거나 전치하세요.",
    en="A (2, n2 · n1) was made (n2 · n1, 2) by `reshape` or `view`. The shape is right, but x1 is now "
    "paired with x1. Stack with dim 1 from the start, or transpose.",
)
def _(x1, x2):
    return torch.cartesian_prod(x2, x1).flip(1).T.reshape(-1, 2)


@decision_grid.mistake(
    "both-repeated",
    ko="x1과 x2를 둘 다 `repeat`로 통째로 되풀이했습니다. 그러면 둘이 함께 달립니다. x2는 한 행 동안 가만히 있어야 하니 "
    "`repeat_interleave`입니다.",
    en="Both x1 and x2 are repeated as a whole (`repeat`), so they run together. x2 must stand still "
    "for a whole row: that is `repeat_interleave`.",
)
def _(x1, x2):
    return torch.stack([x1.repeat(len(x2)), x2.repeat(len(x1))], 1)


@decision_grid.mistake(
    "both-interleaved",
    ko="x1과 x2를 둘 다 `repeat_interleave`로 하나하나 되풀이했습니다. 한 행을 가는 동안 x1은 처음부터 끝까지 달려야 하니 "
    "`repeat`입니다.",
    en="Both x1 and x2 are repeated one by one (`repeat_interleave`). Along a row x1 must run from its "
    "beginning to its end: that is `repeat`.",
)
def _(x1, x2):
    return torch.stack([x1.repeat_interleave(len(x2)), x2.repeat_interleave(len(x1))], 1)


@decision_grid.mistake(
    "wrong-counts",
    ko="되풀이하는 횟수가 바뀌었습니다. x1은 행의 수 `len(x2)`만큼, x2는 열의 수 `len(x1)`만큼 되풀이합니다. 두 수가 같으면 티가 나지 "
    "않습니다.",
    en="The numbers of repetitions are swapped: repeat x1 as often as there are rows, `len(x2)`, and x2 "
    "as often as there are columns, `len(x1)`. Where the two are equal nobody notices.",
)
def _(x1, x2):
    return torch.stack([x1.repeat(len(x1)), x2.repeat_interleave(len(x2))], 1)


@decision_grid.mistake(
    "pairs",
    ko="x1과 x2를 하나씩 짝짓기만 했습니다. 그러면 대각선 위의 점뿐입니다. *모든* x1과 *모든* x2를 짝지어야 합니다.",
    en="x1 and x2 are only paired one by one, which gives the points of a diagonal. Pair *every* x1 "
    "with *every* x2.",
)
def _(x1, x2):
    return torch.tensor(list(zip(x1.tolist(), x2.tolist(), strict=False)))


@decision_grid.mistake(
    "from-above",
    ko="맨 위의 행부터 세었습니다. 행 i는 x2[i]입니다. x2를 뒤집지 마세요.",
    en="The rows are counted from the top. Row i is x2[i]: do not reverse x2.",
)
def _(x1, x2):
    return torch.cartesian_prod(x2.flip(0), x1).flip(1)


@decision_grid.mistake(
    "list",
    ko="점은 맞지만 파이썬 리스트입니다. 신경망에 넣을 수 있도록 텐서로 만드세요.",
    en="The points are right, but in a Python list. Make a tensor of it, which a network can be given.",
)
def _(x1, x2):
    return torch.cartesian_prod(x2, x1).flip(1).tolist()


@decision_grid.mistake(
    "one-long-row",
    ko="두 좌표를 이어 붙이기만 해서(`cat`) 수의 목록 하나가 되었습니다. 나란히 *쌓아* 두 열로 만드세요: `torch.stack(..., 1)`",
    en="The two coordinates are joined end to end (`cat`) into one list of numbers. *Stack* them side by "
    "side as two columns: `torch.stack(..., 1)`.",
)
def _(x1, x2):
    return torch.cat([x1.repeat(len(x2)), x2.repeat_interleave(len(x1))])


@decision_grid.mistake(
    "list-of-tensors",
    ko="점이 파이썬 리스트에 들어 있고, 좌표는 저마다 텐서입니다. 신경망에 넣을 수 있도록 (n2 · n1, 2)인 텐서 하나로 만드세요.",
    en="The points are in a Python list, each coordinate a tensor of its own. Make one tensor of it, "
    "(n2 · n1, 2), which a network can be given.",
)
def _(x1, x2):
    return [(across, up) for up in x2 for across in x1]


@decision_grid.mistake(
    "wrong-row-number",
    ko="행 번호는 `i * len(x1) + j`입니다. 한 행에 점이 `len(x1)`개 있습니다.",
    en="The number of a row of the list is `i * len(x1) + j`: along a row of the grid there are `len(x1)` points.",
)
def _(x1, x2):
    points = torch.zeros(len(x2) * len(x1), 2)
    for i, j in itertools.product(range(len(x2)), range(len(x1))):
        points[i * len(x2) + j] = torch.stack([x1[j], x2[i]])
    return points


@decision_grid.mistake(
    "reshaped-instead-of-stacked-last",
    ko="(2, n1, n2)를 그대로 (n1 · n2, 2)로 `reshape`했습니다. 모양은 맞지만 x1끼리, x2끼리 짝지어졌습니다. 두 좌표를 *마지막* 축에 쌓고, 한 행을 가는 "
    "동안 x1이 달리게 하세요.",
    en="A (2, n1, n2) was made (n1 · n2, 2) by `reshape`. The shape is right, but x1 is now paired with x1. "
    "Stack the two coordinates along the *last* axis, and let x1 run along a row.",
)
def _(x1, x2):
    return torch.cartesian_prod(x1, x2).T.reshape(-1, 2)


@decision_grid.mistake(
    "first-row-only",
    ko="첫 행의 점만 있습니다. `return`이 바깥 반복문 *안에* 있지 않은가요?",
    en="Only the points of the first row are there. Is the `return` *inside* the outer loop?",
)
def _(x1, x2):
    return torch.cartesian_prod(x2[:1], x1).flip(1)


decision_grid.hints(
    ko=[
        "n1 = 3, n2 = 2로 점 여섯 개를 종이에 차례로 써 보세요. 첫째 좌표만 위에서 아래로 읽으면 어떤 되풀이인가요? 둘째 좌표는요?",
        "첫째 좌표: x1 전체를 `len(x2)`번. 둘째 좌표: x2의 원소 하나하나를 `len(x1)`번씩. 둘 다 (n2 · n1,)입니다. 두 열을 나란히 "
        "쌓으세요.",
        "`torch.stack([x1.repeat(len(x2)), x2.repeat_interleave(len(x1))], 1)`",
    ],
    en=[
        "Write the six points for n1 = 3 and n2 = 2 below one another. Read down the first coordinate: "
        "what is repeated how? And in the second?",
        "First coordinate: all of x1, `len(x2)` times. Second: each element of x2, `len(x1)` times. "
        "Both are (n2 · n1,). Put them side by side as columns.",
        "`torch.stack([x1.repeat(len(x2)), x2.repeat_interleave(len(x1))], 1)`.",
    ],
)


# ---------------------------------------------------------------- gate-weights

# Further out than the corners a right gate has no choice: its weights have the signs that the
# corners give them, so at (2, 3) it must answer as at (1, 1), and at (-1, 0) as at (0, 0).


@exercise("gate-weights", points=2)
def gate(name, x):
    first, second = (x.clamp(0, 1) > 0.5).unbind(1)
    logic = {"AND": first & second, "OR": first | second, "NAND": ~(first & second)}
    return logic[name].float()[:, None]


def some_points(draw, n):
    """Corners, and points of which both coordinates are at least 1 or at most 0."""
    at = [CORNERS[k] for k in draw.integers(0, 3, n).tolist()]
    out = draw.uniform(0, 2, n, 2)
    sides = draw.integers(0, 1, n, 1)
    points = torch.cat([torch.tensor(at), torch.where(sides == 1, 1 + out, -out)])
    return points[draw.permutation(2 * n)]


@gate.cases
def _(draw):
    for name in ("AND", "OR", "NAND"):
        yield name, corners()
    for name in ("AND", "OR", "NAND"):
        yield name, torch.tensor([[2.0, 2.0], [-1.0, -1.0], [1.0, 2.0], [0.0, -1.0]])
        yield name, some_points(draw, draw.integer(3, 6))


def gates(weights, form=step):
    """A gate function made of a table of weights."""

    def answer(name, x):
        w1, w2, b = weights[name]
        return form(x @ torch.tensor([[w1], [w2]]) + b)

    return answer


RIGHT = {"AND": (1.0, 1.0, -1.5), "OR": (1.0, 1.0, -0.5), "NAND": (-1.0, -1.0, 1.5)}


# Other lines between the same corners, some of them right through one.
gate.accepts(gates({"AND": (1.0, 1.0, -1.0), "OR": (1.0, 1.0, 0.0), "NAND": (-1.0, -1.0, 2.0)}))
gate.accepts(gates({"AND": (20.0, 20.0, -30.0), "OR": (3.0, 2.0, -1.0), "NAND": (-2.0, -3.0, 4.0)}))


@gate.accepts
def _(name, x):
    if name == "NAND":  # AND the other way round
        return step(1.5 - x.sum(1, keepdim=True))
    return step(x.sum(1, keepdim=True) - {"AND": 1.75, "OR": 0.25}[name])


NAND_IS_AND = {
    "ko": "NAND가 AND와 똑같이 답합니다. NAND는 AND의 0과 1을 뒤바꾼 것입니다. AND의 세 수의 부호를 *모두* 바꾸어 보세요.",
    "en": "NAND answers just as AND does. It is AND with zeros and ones swapped: flip the signs of "
    "*all three* numbers of AND.",
}
AND_NEVER = {
    "ko": "AND가 (1, 1)에서도 0이라고 답합니다. 거기서 w1 + w2 + b가 꼭 0이거나 더 작습니다. 경계 위에서는 0이라는 것을 "
    "기억하세요. b를 조금 키워야 합니다.",
    "en": "AND answers 0 even at (1, 1), where w1 + w2 + b is exactly 0 or less. Remember that on the "
    "boundary the answer is 0: b has to be a little larger.",
}
AND_IS_OR = {
    "ko": "AND가 OR처럼 답합니다. 하나만 1이어도 문턱을 넘어 버립니다. 문턱(−b)을 1과 2 사이로 올리세요.",
    "en": "AND answers as OR does: a single 1 is already above the threshold. Raise the threshold "
    "(that is −b) to between 1 and 2.",
}
OR_IS_AND = {
    "ko": "OR가 AND처럼 답합니다. (0, 1)과 (1, 0)에서 z가 꼭 0이거나 더 작습니다. 경계 위에서는 0이라는 것을 기억하세요. 하나만 1이어도 "
    "넘을 수 있게 문턱(−b)을 1보다 낮추세요.",
    "en": "OR answers as AND does: at (0, 1) and (1, 0) z is exactly 0 or less, and on the boundary the "
    "answer is 0. Put the threshold (that is −b) below 1, so that a single 1 gets above it.",
}
NAND_IS_NOR = {
    "ko": "NAND가 둘 다 0일 때만 1이라고 답합니다(그것은 NOR, 곧 OR를 뒤집은 것입니다). NAND는 (1, 1)에서만 0이어야 하니 b가 더 커야 합니다.",
    "en": "NAND answers 1 only where both are 0 (that is NOR, OR turned round). It should be 0 at "
    "(1, 1) alone, so b must be larger.",
}
NAND_NEVER = {
    "ko": "NAND의 가중치 부호는 바꾸었는데 b는 그대로 음수입니다. 그러면 네 꼭짓점 어디서도 0을 넘지 못합니다. 세 수의 부호를 모두 "
    "바꾸어야 뒤집힙니다.",
    "en": "The weights of NAND have changed their signs, but b is still negative, and at no corner does "
    "z get above 0. To turn a gate round, flip all three signs.",
}
NAND_ALWAYS = {
    "ko": "NAND가 어느 꼭짓점에서나 1이라고 답합니다. (1, 1)에서는 w1 + w2 + b가 0을 넘지 않아야 합니다. 가중치는 음수여야 합니다.",
    "en": "NAND answers 1 at every corner. At (1, 1), w1 + w2 + b must not be above 0: its weights have "
    "to be negative.",
}
AND_ALWAYS = {
    "ko": "AND가 어느 꼭짓점에서나 1이라고 답합니다. b가 음수여야 합니다. 문턱이 1.5이면 b는 −1.5입니다.",
    "en": "AND answers 1 at every corner. Its b has to be negative: a threshold of 1.5 is a b of −1.5.",
}
OR_ALWAYS = {
    "ko": "OR가 (0, 0)에서도 1이라고 답합니다. 거기서 z는 b 그대로이니, b는 0을 넘으면 안 됩니다.",
    "en": "OR answers 1 even at (0, 0). There z is just b, so b must not be above 0.",
}
AND_ONE_INPUT = {
    "ko": "AND가 입력 하나를 그대로 따라 답합니다. 그 입력만 1이어도 z가 0을 넘기 때문입니다. 다른 입력의 가중치가 0이거나, 문턱(−b)이 너무 "
    "낮습니다. 가중치는 둘 다 양수로 하고, 하나만 1이면 어느 쪽이든 z가 0을 넘지 않고 둘 다 1일 때만 넘도록 문턱을 고르세요.",
    "en": "AND just follows one of the inputs: a 1 there is enough for z to get above 0. Either the other "
    "input has the weight 0, or the threshold (that is −b) is too low. Make both weights positive, and "
    "choose the threshold such that a single 1, whichever it is, does not get above it, and two do.",
}
OR_ONE_INPUT = {
    "ko": "OR가 입력 하나를 그대로 따라 답합니다. 다른 입력만 1이면 z가 꼭 0이거나 더 작기 때문입니다(경계 위에서는 0입니다). 그 입력의 가중치가 "
    "0이거나, 문턱(−b)이 너무 높습니다. 문턱을 두 가중치보다 *모두* 낮추세요.",
    "en": "OR just follows one of the inputs: with a 1 at the other alone, z is exactly 0 or less (and on the "
    "boundary the answer is 0). Either that input has the weight 0, or the threshold (that is −b) is too "
    "high. Put it below *both* weights.",
}
SWAPPED = {
    "ko": "두 게이트의 수가 서로 바뀌었습니다. AND는 (1, 1)에서만 1, OR는 (0, 0)에서만 0, NAND는 (1, 1)에서만 0입니다.",
    "en": "The numbers of two gates are swapped. AND is 1 only at (1, 1), OR is 0 only at (0, 0), NAND "
    "is 0 only at (1, 1).",
}
ALL_INVERTED = {
    "ko": "세 게이트가 모두 뒤집혔습니다. z가 0을 *넘을* 때 1입니다. 모든 수의 부호를 바꾸어 보세요.",
    "en": "All three gates are the wrong way round. The answer is 1 where z is *above* 0: flip the signs "
    "of all the numbers.",
}
ON_BOUNDARY = {
    "ko": "1이어야 할 꼭짓점이 꼭 경계 위에 걸렸습니다. 거기서 z가 0이면 답은 0입니다. 문턱을 꼭짓점들의 값 *사이*에 두세요.",
    "en": "Corners that should be 1 lie exactly on the boundary: where z is 0 the answer is 0. Put each "
    "threshold *between* the values at the corners.",
}
NAND_TOO_HIGH = {
    "ko": "NAND의 b가 너무 큽니다. (1, 1)에서도 w1 + w2 + b가 0을 넘어, 어느 꼭짓점에서나 1이라고 답합니다. 거기서는 0을 넘지 않게 b를 줄이세요.",
    "en": "The b of NAND is too large: even at (1, 1), w1 + w2 + b is above 0, so it answers 1 at every "
    "corner. Make b smaller, so that it is not above 0 there.",
}
OR_NEVER = {
    "ko": "OR가 네 꼭짓점 어디서도 1이라고 하지 않습니다. 하나만 1이어도 넘을 수 있게 문턱(−b)을 1보다 낮추세요.",
    "en": "OR is 1 at no corner. Put the threshold (that is −b) below 1, so that a single 1 gets above it.",
}
BIAS_FIRST = {
    "ko": "세 수의 순서는 (w1, w2, b)입니다. 편향이 맨 뒤입니다.",
    "en": "The order of the three numbers is (w1, w2, b): the bias comes last.",
}
for key, texts, changed in (
    ("nand-too-high", NAND_TOO_HIGH, {"NAND": (-1.0, -1.0, 2.5)}),
    ("and-never-by-far", AND_NEVER, {"AND": (1.0, 1.0, -3.0)}),
    ("or-never", OR_NEVER, {"OR": (1.0, 1.0, -2.0)}),
    ("bias-first", BIAS_FIRST, {n: (RIGHT[n][2], *RIGHT[n][:2]) for n in RIGHT}),
    ("or-and-nand-swapped", SWAPPED, {"OR": RIGHT["NAND"], "NAND": RIGHT["OR"]}),
    ("nand-is-and", NAND_IS_AND, {"NAND": RIGHT["AND"]}),
    ("and-never", AND_NEVER, {"AND": (1.0, 1.0, -2.0)}),
    ("and-is-or", AND_IS_OR, {"AND": (1.0, 1.0, -0.5)}),
    ("or-is-and", OR_IS_AND, {"OR": (1.0, 1.0, -1.5)}),
    ("nand-is-nor", NAND_IS_NOR, {"NAND": (-1.0, -1.0, 0.5)}),
    ("nand-never", NAND_NEVER, {"NAND": (-1.0, -1.0, -1.5)}),
    ("nand-never-either", NAND_NEVER, {"NAND": (-1.0, -1.0, -0.5)}),
    ("nand-always", NAND_ALWAYS, {"NAND": (1.0, 1.0, 1.5)}),
    ("and-always", AND_ALWAYS, {"AND": (1.0, 1.0, 1.5)}),
    ("or-always", OR_ALWAYS, {"OR": (1.0, 1.0, 0.5)}),
    ("and-one-input", AND_ONE_INPUT, {"AND": (1.0, 0.0, -0.5)}),
    ("and-other-input", AND_ONE_INPUT, {"AND": (0.0, 1.0, -0.5)}),
    ("or-one-input", OR_ONE_INPUT, {"OR": (1.0, 0.0, -0.5)}),
    ("or-other-input", OR_ONE_INPUT, {"OR": (0.0, 1.0, -0.5)}),
    ("and-and-or-swapped", SWAPPED, {"AND": RIGHT["OR"], "OR": RIGHT["AND"]}),
    ("and-and-nand-swapped", SWAPPED, {"AND": RIGHT["NAND"], "NAND": RIGHT["AND"]}),
    ("all-inverted", ALL_INVERTED, {n: tuple(-w for w in RIGHT[n]) for n in RIGHT}),
    ("all-thresholds-too-high", ON_BOUNDARY, {"AND": (1.0, 1.0, -2.0), "OR": (1.0, 1.0, -1.0)}),
    (
        "all-on-the-boundary",
        ON_BOUNDARY,
        {"AND": (1.0, 1.0, -2.0), "OR": (1.0, 1.0, -1.0), "NAND": (-1.0, -1.0, 1.0)},
    ),
):
    gate.mistake(key, **texts)(gates(RIGHT | changed))

PLUS_THRESHOLD = {
    "ko": "b의 부호가 반대입니다. 문턱이 1.5이면 b는 1.5가 아니라 −1.5입니다. 편향은 문턱에 마이너스를 붙인 것입니다.",
    "en": "The sign of b is flipped. A threshold of 1.5 is a b of −1.5, not 1.5: the bias is minus the "
    "threshold.",
}
gate.mistake("plus-threshold", **PLUS_THRESHOLD)(
    gates({"AND": (1.0, 1.0, 1.5), "OR": (1.0, 1.0, 0.5), "NAND": (-1.0, -1.0, -1.5)})
)
gate.mistake("plus-threshold-but-nand", **PLUS_THRESHOLD)(
    gates(RIGHT | {"AND": (1.0, 1.0, 1.5), "OR": (1.0, 1.0, 0.5)})
)


@gate.mistake(
    "all-and",
    ko="이름을 보지 않고 언제나 AND의 답을 냅니다. `weights`에서 이름마다 다른 세 수를 꺼내세요.",
    en="Whatever the name, this answers as AND. Take three numbers for each name out of `weights`.",
)
def _(name, x):
    return gates(RIGHT)("AND", x)


gate.mistake(
    "no-bias",
    ko="b가 모두 0입니다. 그러면 모든 경계가 (0, 0)을 지나서, AND의 1 하나만 떼어 낼 수도, NAND가 (0, 0)에서 1이라고 할 수도 없습니다.",
    en="Every b is 0. All boundaries then run through (0, 0): AND cannot cut off its single 1, and "
    "NAND cannot say 1 at (0, 0).",
)(gates({"AND": (1.0, 1.0, 0.0), "OR": (1.0, 1.0, 0.0), "NAND": (-1.0, -1.0, 0.0)}))


@gate.mistake(
    "looks-up-the-table",
    ko="꼭짓점에서는 맞지만 퍼셉트론이 아닙니다. 곱셈이나 표 찾기로 답을 만들면 다른 점에서는 다르게 답합니다. 직선 하나, 곧 w1, w2, b "
    "셋만으로 해 보세요.",
    en="Right at the corners, but no perceptron: a product or a table gives other answers at other "
    "points. Do it with one line, that is with w1, w2 and b alone.",
)
def _(name, x):
    first, second = x[:, :1], x[:, 1:]
    both = first * second
    return {"AND": both, "OR": first + second - both, "NAND": 1 - both}[name]


gate.mistake(
    "no-step",
    ko="z를 그대로 돌려주었습니다. 마지막 줄은 `perceptron`을 불러 계단까지 지나야 합니다.",
    en="This returns z itself. The last line should call `perceptron`, which ends with the step.",
)(gates(RIGHT, form=lambda z: z))

gate.hints(
    ko=[
        "네 꼭짓점에서 x1 + x2는 0, 1, 1, 2입니다. AND는 2만, OR는 1과 2를 골라내야 합니다. 문턱을 어디에 두면 될까요? 문턱에 "
        "마이너스를 붙인 것이 b입니다.",
        "AND와 OR에서는 w1 = w2 = 1로 두고 b만 고르면 됩니다. AND의 문턱은 1과 2 사이, OR의 문턱은 0과 1 사이입니다. NAND는 AND의 "
        "세 수의 부호를 모두 바꾼 것입니다.",
        '`weights = {"AND": (1.0, 1.0, -1.5), "OR": (1.0, 1.0, ...), "NAND": (-1.0, -1.0, ...)}`처럼 쓰고 `raise` 줄을 '
        "지우세요. 아래 세 줄은 그대로 둡니다.",
    ],
    en=[
        "At the four corners x1 + x2 is 0, 1, 1, 2. AND has to pick out the 2, OR the 1s and the 2. "
        "Where do you put the threshold? And b is minus the threshold.",
        "For AND and OR take w1 = w2 = 1 and choose only b: the threshold of AND lies between 1 and 2, "
        "that of OR between 0 and 1. NAND is AND with the signs of all three numbers flipped.",
        'Write `weights = {"AND": (1.0, 1.0, -1.5), "OR": (1.0, 1.0, ...), "NAND": (-1.0, -1.0, ...)}` '
        "and delete the `raise` line. Leave the three lines below as they are.",
    ],
)


# ---------------------------------------------------------------- perceptron-update


@exercise("perceptron-update", points=2, returns=["W", "b"])
def perceptron_update(W, b, x, y):
    # The bias as one more weight, of an input that is always 1; in plain numbers.
    weights = [*W.flatten().tolist(), b.item()]
    inputs = [*x.flatten().tolist(), 1.0]
    said = sum(w * i for w, i in zip(weights, inputs, strict=True)) > 0
    if said != (y.item() == 1):
        sign = -1 if said else 1
        weights = [w + sign * i for w, i in zip(weights, inputs, strict=True)]
    return torch.tensor(weights[:-1])[:, None], torch.tensor(weights[-1:])


def row(*numbers):
    return torch.tensor([numbers], dtype=torch.float32)


@perceptron_update.cases
def _(draw):
    yield torch.zeros(2, 1), torch.zeros(1), row(2.0, 3.0), row(1.0)  # too low, and on the boundary
    yield torch.tensor([[1.0], [1.0]]), torch.zeros(1), row(2.0, 3.0), row(0.0)  # too high
    yield torch.tensor([[1.0], [1.0]]), torch.zeros(1), row(2.0, 3.0), row(1.0)  # right
    yield torch.tensor([[-1.0], [0.0]]), torch.tensor([1.0]), row(1.0, 1.0), row(0.0)
    yield torch.tensor([[2.0]]), torch.tensor([-5.0]), row(3.0), row(0.0)
    # So wrong that one move does not mend it: who asks again on the way gets another answer.
    yield torch.tensor([[-4.0], [-1.0]]), torch.zeros(1), row(1.0, 1.0), row(1.0)
    for right in (0.0, 1.0):
        for said in (0.0, 1.0):
            D = draw.integer(2, 5)
            W, x = whole(draw, D, 1), 1 + draw.integers(0, 3, 1, D).float()
            z = (x @ W).item()
            size = draw.integer(1, 3) / 2
            b = torch.tensor([size - z if said else -size - z])
            yield W, b, x, row(right)


@perceptron_update.accepts
def _(W, b, x, y):
    said = step(x @ W + b)
    if said == y:
        return W.clone(), b.clone()
    return (W + x.T, b + 1) if y == 1 else (W - x.T, b - 1)


@perceptron_update.accepts
def _(W, b, x, y):
    error = (y - step(x @ W + b)).item()
    return W + error * x.reshape(-1, 1), b + error


@perceptron_update.accepts
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return (W.T + error * x).T, (b + error).reshape(1)


def rule(W, b, x, y, error=None, kind=None):
    """The right move, or with another error."""
    error = y - step(x @ W + b) if error is None else error
    return W + x.T @ error, b + error[0]


@perceptron_update.mistake(
    "sign",
    ko="반대쪽으로 움직입니다. 오차는 `y - 답`입니다. `답 - y`로 썼다면 더하지 말고 빼야 합니다.",
    en="This moves the wrong way. The error is the right answer less the perceptron's; with the two "
    "the other way round it would have to be subtracted.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, step(x @ W + b) - y)


@perceptron_update.mistake(
    "forgets-b",
    ko="편향을 고치지 않았습니다. b도 오차만큼 움직입니다. 그러지 않으면 경계가 제자리를 찾지 못합니다.",
    en="The bias stays as it is. It moves too, by the error; otherwise the boundary cannot find its "
    "place.",
)
def _(W, b, x, y):
    return rule(W, b, x, y)[0], b.clone()


@perceptron_update.mistake(
    "forgets-W",
    ko="편향만 고치고 W는 그대로입니다. W는 오차 × x만큼 움직입니다.",
    en="Only the bias moves. W has to move too, by the error times x.",
)
def _(W, b, x, y):
    return W.clone(), rule(W, b, x, y)[1]


@perceptron_update.mistake(
    "broadcast",
    ko="W가 (D, D)가 되었습니다. (D, 1)인 W에 (1, D)인 x를 더하면 브로드캐스팅이 표를 만듭니다. x를 `x.T`로 세워 (D, 1)로 만드세요.",
    en="W has become (D, D): adding the row x, (1, D), to W, (D, 1), broadcasts to a table. Stand x up "
    "with `x.T`, (D, 1).",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + error * x, b + error[0]


@perceptron_update.mistake(
    "broadcast-b-too",
    ko="W가 (D, D)가 되었고 b도 (1, 1)이 되었습니다. x는 `x.T`로 세우고, b에는 (1, 1)인 오차 대신 (1,)을 더하세요: `error[0]`",
    en="W has become (D, D) and b (1, 1). Stand x up with `x.T`, and add a (1,) to b instead of the "
    "(1, 1) error: `error[0]`.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + error * x, b + error


TWO_AXES = {
    "ko": "W는 맞지만 b가 (1, 1)이 되었습니다. (1,)에 (1, 1)을 더하면 (1, 1)입니다. 오차의 한 줄만 더하세요: `error[0]`",
    "en": "W is right, but b has become (1, 1): that is what (1,) plus (1, 1) gives. Add one row of the "
    "error, `error[0]`.",
}


@perceptron_update.mistake("b-two-axes", **TWO_AXES)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + x.T @ error, b + error


@perceptron_update.mistake("b-two-axes-when-wrong", **TWO_AXES)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return (W + x.T @ error, b + error) if error else (W.clone(), b.clone())


@perceptron_update.mistake(
    "W-as-a-row",
    ko="새 W가 (D, 1)이 아니라 누운 (1, D)입니다. 돌려줄 때는 받은 것과 같은 모양이어야 합니다.",
    en="The new W lies on its side, (1, D), and not (D, 1). Return it in the shape it came in.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W.T + error * x, b + error[0]


@perceptron_update.mistake(
    "uses-z",
    ko="계단을 지나지 않은 z로 오차를 구했습니다. 답은 0이나 1이고, `perceptron(x, W, b)`가 그것을 줍니다.",
    en="The error is computed from z, before the step. The answer is 0 or 1: `perceptron(x, W, b)` "
    "gives it.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, y - (x @ W + b))


@perceptron_update.mistake(
    "uses-a-sigmoid",
    ko="시그모이드의 확률로 오차를 구했습니다. 그것은 6장의 로지스틱 회귀입니다. 여기서는 0이나 1인 답을 씁니다.",
    en="The error is computed from the sigmoid's probability. That is the logistic regression of "
    "chapter 6; here the answer is 0 or 1.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, y - torch.sigmoid(x @ W + b))


@perceptron_update.mistake(
    "always-moves",
    ko="답을 보지 않고 정답만큼 언제나 움직입니다. 맞았을 때는 가만히 있어야 합니다. `y`가 아니라 `y - 답`을 곱하세요.",
    en="This moves by the right answer every time, whatever the perceptron said. When it is right, "
    "nothing may change: multiply by `y` less its answer.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, y)


@perceptron_update.mistake(
    "always-adds",
    ko="틀렸을 때 언제나 x를 더합니다. 1이라고 했는데 0이 정답이면 *빼야* 합니다. 오차의 부호(+1, −1)를 버리지 마세요.",
    en="Whenever it is wrong, x is added. If it said 1 and the answer is 0, x must be *subtracted*: do "
    "not lose the sign of the error.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, (y - step(x @ W + b)).abs())


@perceptron_update.mistake(
    "only-adds",
    ko="1을 놓쳤을 때만 고칩니다. 0이어야 하는데 1이라고 했을 때도 고쳐야 합니다(x를 뺍니다).",
    en="Only a missed 1 is corrected. A 1 that should have been 0 has to be corrected as well, by "
    "subtracting x.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, (y - step(x @ W + b)).clamp(min=0))


@perceptron_update.mistake(
    "W-with-wrong-sign",
    ko="W만 반대쪽으로 움직입니다. W도 b처럼 오차 `y - 답`을 *더해야* 합니다: W + (y − 답) x",
    en="Only W moves the wrong way. As with b, the error, `y` less the answer, has to be *added*: "
    "W + (y − answer) x.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W - x.T @ error, b + error[0]


@perceptron_update.mistake(
    "b-with-wrong-sign",
    ko="b만 반대쪽으로 움직입니다. b도 W처럼 오차 `y - 답`을 *더해야* 합니다: b + (y − 답)",
    en="Only b moves the wrong way. As with W, the error, `y` less the answer, has to be *added*: "
    "b + (y − answer).",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + x.T @ error, b - error[0]


@perceptron_update.mistake(
    "always-moves-by-one",
    ko="답을 보지 않고 언제나 움직입니다. 정답이 1이면 더하고 0이면 빼는데, 맞았을 때는 가만히 있어야 합니다. `y - 답`을 곱하면 맞았을 때 "
    "저절로 0이 됩니다.",
    en="This moves every time, whatever the perceptron said: up where the right answer is 1, down where "
    "it is 0. When it is right, nothing may change. Multiply by `y` less its answer, which is 0 then.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, 2 * y - 1)


@perceptron_update.mistake(
    "only-the-move",
    ko="움직일 만큼만 돌려주었습니다. 지금의 W와 b에 더한 새 값이 필요합니다.",
    en="These are only the moves. Return the new values: W and b with the moves added.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return x.T @ error, error[0]


@perceptron_update.mistake(
    "boundary-is-one",
    ko="경계 위(z = 0)를 1로 보았습니다. `perceptron(x, W, b)`를 그대로 쓰면 0입니다.",
    en="The boundary (z = 0) is taken for a 1. With `perceptron(x, W, b)` it is a 0.",
)
def _(W, b, x, y):
    return rule(W, b, x, y, y - (x @ W + b >= 0).float())


@perceptron_update.mistake(
    "in-place",
    ko="값은 맞지만 `W += ...`나 `b += ...`가 부른 쪽의 텐서를 그 자리에서 바꾸었습니다. 새 텐서를 만들어 돌려주세요.",
    en="The values are right, but `W += ...` or `b += ...` changed the caller's tensors in place. Make "
    "new ones.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    W += x.T @ error
    b += error[0]
    return W, b


@perceptron_update.mistake(
    "swapped-return",
    ko="돌려주는 순서가 바뀌었습니다. (W, b) 순서입니다.",
    en="The two results are swapped: return (W, b).",
)
def _(W, b, x, y):
    return rule(W, b, x, y)[::-1]


ASKS_AGAIN = {
    "ko": "답을 두 번 물었습니다. W를 고친 *다음에* b를 위해 다시 물으면(또는 그 반대) 답이 이미 바뀌어 있습니다. 오차를 한 번만 구해 "
    "두고 둘 다 그것으로 고치세요.",
    "en": "The perceptron is asked twice. Ask again for b *after* W has moved (or the other way round), "
    "and its answer has changed. Compute the error once, and use it for both.",
}


@perceptron_update.mistake("asks-again-after-W", **ASKS_AGAIN)
def _(W, b, x, y):
    W = W + x.T @ (y - step(x @ W + b))
    return W, b + (y - step(x @ W + b))[0]


@perceptron_update.mistake("asks-again-after-b", **ASKS_AGAIN)
def _(W, b, x, y):
    b = b + (y - step(x @ W + b))[0]
    return W + x.T @ (y - step(x @ W + b)), b


@perceptron_update.mistake(
    "forgets-x",
    ko="W에 오차만 더했습니다. W는 오차 × x만큼 움직입니다. 0인 입력의 가중치는 움직이지 않아야 합니다.",
    en="Only the error is added to W. W moves by the error times x: the weight of an input that is 0 must "
    "stay where it is.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + error, b + error[0]


@perceptron_update.mistake(
    "b-times-x-two-axes",
    ko="b에도 x를 곱해서 b가 (1, D)가 되었습니다. b는 오차만큼만 움직이고, 모양은 (1,)입니다: `error[0]`",
    en="The move of b is multiplied by x as well, which makes b a (1, D). b moves by the error alone, and "
    "stays (1,): `error[0]`.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + x.T @ error, b + x * error


@perceptron_update.mistake(
    "b-times-x",
    ko="b에도 x를 곱해서 b가 (D,)가 되었습니다. b는 오차만큼만 움직입니다.",
    en="The move of b is multiplied by x as well, which makes b a (D,). b moves by the error alone.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + x.T @ error, b + (x * error)[0]


@perceptron_update.mistake(
    "sign-and-two-axes",
    ko="두 가지가 다릅니다. 오차의 부호가 반대이고(`y - 답`이어야 합니다), b가 (1, 1)이 되었습니다(`error[0]`을 더하세요).",
    en="Two things differ. The sign of the error is flipped: it is `y` less the answer. And b has become "
    "(1, 1): add `error[0]`.",
)
def _(W, b, x, y):
    error = step(x @ W + b) - y
    return W + x.T @ error, b + error


@perceptron_update.mistake(
    "b-without-axis",
    ko="b에 축이 없어졌습니다(모양이 `()`). (1,)로 돌려주세요: `b + error[0]`",
    en="b has lost its axis: its shape is `()`. Return a (1,): `b + error[0]`.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + x.T @ error, b[0] + error[0, 0]


@perceptron_update.mistake(
    "with-a-learning-rate",
    ko="움직임에 학습률 0.1을 곱했습니다. 이 장의 규칙에는 학습률이 없습니다(1입니다).",
    en="The move is multiplied by a learning rate of 0.1. The rule of this chapter has none (it is 1).",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    return W + 0.1 * x.T @ error, b + 0.1 * error[0]


NONE_WHEN_RIGHT = {
    "ko": "맞았을 때는 아무것도 돌려주지 않습니다(None). 그때는 그대로인 W와 b를 돌려주세요. b도 언제나 (1,)이어야 합니다.",
    "en": "When it was right nothing comes back (None). Return W and b as they are in that case. And b is "
    "always a (1,).",
}


@perceptron_update.mistake("none-when-right", **NONE_WHEN_RIGHT)
def _(W, b, x, y):
    return None if step(x @ W + b) == y else rule(W, b, x, y)


@perceptron_update.mistake("none-when-right-two-axes", **NONE_WHEN_RIGHT)
def _(W, b, x, y):
    return None if step(x @ W + b) == y else (rule(W, b, x, y)[0], b + y - step(x @ W + b))


@perceptron_update.mistake(
    "W-in-place",
    ko="값은 맞지만 `W += ...`가 부른 쪽의 텐서를 그 자리에서 바꾸었습니다. 새 텐서를 만들어 돌려주세요.",
    en="The values are right, but `W += ...` changed the caller's tensor in place. Make a new one.",
)
def _(W, b, x, y):
    error = y - step(x @ W + b)
    W += x.T @ error
    return W, b + error[0]


@perceptron_update.mistake(
    "always-adds-two-axes-when-wrong",
    ko="틀렸을 때 언제나 x를 더합니다. 1이라고 했는데 0이 정답이면 *빼야* 합니다. 오차의 부호(+1, −1)를 버리지 마세요. 게다가 b는 (1,)이어야 합니다: `error[0]`",
    en="Whenever it is wrong, x is added. If it said 1 and the answer is 0, x must be *subtracted*: do not "
    "lose the sign of the error. And b has to be a (1,): `error[0]`.",
)
def _(W, b, x, y):
    return (W.clone(), b.clone()) if step(x @ W + b) == y else (W + x.T, b + y)


# `b + error` makes b a (1, 1), and nearly everybody writes it at first, whatever else is wrong.
ALONE = {each.key: each for each in perceptron_update.mistakes}
for key in (
    "forgets-W", "W-as-a-row", "uses-z", "uses-a-sigmoid", "always-moves", "always-adds", "only-adds",
    "only-the-move", "boundary-is-one", "swapped-return", "asks-again-after-W", "asks-again-after-b",
    "forgets-x", "with-a-learning-rate", "W-in-place", "W-with-wrong-sign", "b-with-wrong-sign",
    "always-moves-by-one",
):  # fmt: skip

    def and_b_has_two_axes(W, b, x, y, answer=ALONE[key].answer):
        return tuple(v.reshape(1, 1) if v.dim() == 1 else v for v in answer(W, b, x, y))

    perceptron_update.mistake(
        key + "-and-two-axes",
        ko=f"두 가지입니다. {ALONE[key].ko} 그리고 b가 (1, 1)이 되었습니다. 오차의 한 줄만 더하세요: `error[0]`",
        en=f"Two things. {ALONE[key].en} And b has become (1, 1): add one row of the error, `error[0]`.",
    )(and_b_has_two_axes)


@perceptron_update.mistake(
    "b-times-the-first-x",
    ko="b는 x 없이 오차만큼만 움직입니다.",
    en="b moves by the error alone, without x.",
)
def _(W, b, x, y):
    move = x.T @ (y - step(x @ W + b))
    return W + move, b + move[0]


perceptron_update.hints(
    ko=[
        "먼저 지금의 답을 구하고, 정답에서 빼세요. 그 차이는 −1, 0, 1 가운데 하나이고, 그것이 어느 쪽으로 움직일지를 말해 줍니다.",
        "`error = y - perceptron(x, W, b)`는 (1, 1)입니다. W는 (D, 1)이니 x를 (D, 1)로 세워야 하고, b는 (1,)이니 오차도 (1,)이어야 "
        "합니다.",
        "`return W + x.T @ error, b + error[0]`",
    ],
    en=[
        "Get the present answer first, and take it away from the right one. The difference is −1, 0 or "
        "1, and says which way to move.",
        "`error = y - perceptron(x, W, b)` is (1, 1). W is (D, 1), so x must stand up as (D, 1); b is "
        "(1,), so what you add to it must be (1,).",
        "`return W + x.T @ error, b + error[0]`.",
    ],
)


# ---------------------------------------------------------------- train-perceptron


@exercise("train-perceptron", points=2, all_or_nothing=True, returns=["W", "b", "mistakes"])
def train_perceptron(x, y, max_epochs):
    samples = [
        ([*inputs, 1.0], right) for inputs, (right,) in zip(x.tolist(), y.tolist(), strict=True)
    ]
    weights, mistakes = [0.0] * (x.shape[1] + 1), []
    while len(mistakes) < max_epochs and 0 not in mistakes:
        wrong = 0
        for inputs, right in samples:
            said = float(sum(w * i for w, i in zip(weights, inputs, strict=True)) > 0)
            weights = [w + (right - said) * i for w, i in zip(weights, inputs, strict=True)]
            wrong += said != right
        mistakes.append(wrong)
    return torch.tensor(weights[:-1])[:, None], torch.tensor(weights[-1:]), mistakes


@train_perceptron.cases
def _(draw):
    yield corners(), column(TABLES["OR"]), 10
    yield corners(), column(TABLES["AND"]), 10
    yield corners(), column(TABLES["XOR"]), 4
    yield corners(), column(TABLES["NAND"]), 3  # stopped before it is done
    yield corners(), column([0, 0, 0, 0]), 5  # right from the start
    yield torch.tensor([[4.0], [5.0]]), torch.tensor([[0.0], [1.0]]), 40  # takes 23 epochs
    for _ in range(2):
        D = draw.integer(2, 4)
        x = whole(draw, draw.integer(5, 9), D)
        y = (x @ whole(draw, D, 1) + 0.5 > 0).float()
        yield x, y, draw.integer(3, 8)
    order = draw.permutation(4)
    yield corners()[order], column(TABLES["XOR"])[order], draw.integer(3, 6)


def learn(
    x, y, max_epochs, stop=True, note_last=True, after=False, batch=False, keep=False, up=step
):
    """The right loop, and with one thing changed."""
    W, b, mistakes, wrong = torch.zeros(x.shape[1], 1), torch.zeros(1), [], 0
    for _ in range(max_epochs):
        wrong = wrong if keep else 0
        errors = y - up(x @ W + b)
        if batch:
            W, b = W + x.T @ errors, b + errors.sum(0)
            wrong += int((errors != 0).sum())
        else:
            for row, right in zip(x.split(1), y.split(1), strict=True):
                error = right - up(row @ W + b)
                W, b = W + row.T @ error, b + error[0]
                wrong += int(error.item() != 0)
        if after:
            wrong = int((step(x @ W + b) != y).sum())
        if stop and wrong == 0 and not note_last:
            break
        mistakes.append(wrong)
        if stop and wrong == 0:
            break
    return W, b, mistakes


@train_perceptron.accepts
def _(x, y, max_epochs):
    W, b, mistakes = torch.zeros(x.shape[1], 1), torch.zeros(1), []
    epoch = 0
    while epoch < max_epochs:
        count = 0
        for n in range(x.shape[0]):
            said = step(x[n] @ W + b)  # (1,)
            if said != y[n]:
                count += 1
                W = W + (y[n] - said) * x[n][:, None]
                b = b + y[n] - said
        mistakes += [count]
        epoch = max_epochs if count == 0 else epoch + 1
    return W, b, tuple(mistakes)


@train_perceptron.mistake(
    "never-stops",
    ko="틀린 것이 없어도 max_epochs까지 계속 돕니다. 가중치는 맞지만 mistakes 끝에 0이 여러 개 붙습니다. 한 번도 틀리지 않은 에폭 뒤에 "
    "`break` 하세요.",
    en="It goes on to max_epochs though nothing is wrong any more. The weights are right, but mistakes "
    "ends in several zeros. `break` after an epoch without a mistake.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs, stop=False)


@train_perceptron.mistake(
    "last-zero-missing",
    ko="한 번도 틀리지 않은 마지막 에폭이 mistakes에 없습니다. 0을 *적은 다음에* 멈추세요.",
    en="The last epoch, the one without a mistake, is missing from mistakes. Note its 0 *before* you "
    "stop.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs, note_last=False)


@train_perceptron.mistake(
    "stops-when-all-would-be-right",
    ko="에폭이 끝났을 때 모든 표본을 다시 물어 다 맞으면 멈춥니다. 그러면 한 번도 틀리지 않은 에폭을 돌지 않아 mistakes 끝에 0이 없습니다. 에폭 "
    "*동안* 센 수가 0일 때 멈추세요.",
    en="At the end of an epoch all samples are asked again, and if all are right it stops. Then the epoch "
    "without a mistake is never run, and its 0 is missing from mistakes. Stop when the number counted "
    "*during* an epoch is 0.",
)
def _(x, y, max_epochs):
    W, b, mistakes = learn(x, y, max_epochs)
    return W, b, mistakes[:-1] if mistakes[-1] == 0 and len(mistakes) > 1 else mistakes


@train_perceptron.mistake(
    "counts-afterwards",
    ko="틀린 개수를 에폭이 끝난 뒤의 가중치로 세었습니다. 표본의 *차례가 왔을 때*, 고치기 전의 답으로 세어야 합니다. 그렇게 세면 "
    "한 에폭 일찍 멈추기도 합니다.",
    en="The mistakes are counted with the weights at the end of the epoch. Count when a sample's *turn "
    "comes*, by its answer before the correction. Your way it may also stop an epoch early.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs, after=True)


@train_perceptron.mistake(
    "counts-after-the-update",
    ko="가중치를 고친 *뒤에* 답을 물어 세었습니다. 표본마다 먼저 묻고 세고, 그다음에 고치세요.",
    en="Each sample is asked *after* the weights were corrected for it. Ask and count first, then "
    "correct.",
)
def _(x, y, max_epochs):
    W, b, mistakes = torch.zeros(x.shape[1], 1), torch.zeros(1), []
    for _ in range(max_epochs):
        wrong = 0
        for row, right in zip(x.split(1), y.split(1), strict=True):
            error = right - step(row @ W + b)
            W, b = W + row.T @ error, b + error[0]
            wrong += int((step(row @ W + b) != right).item())
        mistakes.append(wrong)
        if wrong == 0:
            break
    return W, b, mistakes


@train_perceptron.mistake(
    "whole-batch",
    ko="모든 표본을 같은 가중치로 한꺼번에 고쳤습니다. 퍼셉트론 규칙은 표본 *하나마다* 고치고, 다음 표본은 고친 가중치로 묻습니다.",
    en="All samples are corrected at once, with the same weights. The perceptron rule corrects after "
    "*every* sample, and asks about the next with the corrected weights.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs, batch=True)


@train_perceptron.mistake(
    "count-not-reset",
    ko="에폭이 바뀔 때 틀린 개수를 0으로 되돌리지 않아 계속 쌓입니다. 그러면 0이 되지 않아 멈추지도 않습니다.",
    en="The count is not set back to 0 when an epoch begins, so it piles up, never gets to 0, and the "
    "training never stops.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs, keep=True)


ONE_EPOCH = {
    "ko": "한 에폭만 돌았습니다. `return`이 에폭 반복문 *안에* 들여쓰기 되어 있거나, 틀렸을 때 `break` 하지 않나요?",
    "en": "It ends after one epoch. Is the `return` indented *inside* the loop over epochs, or does it "
    "`break` at the wrong time?",
}


@train_perceptron.mistake("one-epoch", **ONE_EPOCH)
def _(x, y, max_epochs):
    return learn(x, y, 1)


@train_perceptron.mistake("one-epoch-and-a-break", **ONE_EPOCH)
def _(x, y, max_epochs):
    W, b, mistakes = learn(x, y, 1)
    return (W, b, mistakes) if mistakes[-1] else None  # the break jumps over the return


@train_perceptron.mistake("breaks-when-wrong", **ONE_EPOCH)
def _(x, y, max_epochs):
    W, b, mistakes = learn(x, y, 1)
    return W, b, mistakes if mistakes[-1] else mistakes * max_epochs


@train_perceptron.mistake(
    "one-epoch-too-many",
    ko="max_epochs보다 한 에폭 더 돕니다. `range(max_epochs + 1)`은 max_epochs + 1번 돕니다.",
    en="One epoch more than max_epochs: `range(max_epochs + 1)` goes round max_epochs + 1 times.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs + 1)


@train_perceptron.mistake(
    "one-sample-an-epoch",
    ko="에폭마다 첫 표본 하나만 보았습니다. 무언가가 표본 반복문 *안에* 들여쓰기 되어 있어, 첫 표본 뒤에 다음 에폭으로 넘어가지 않나요?",
    en="Each epoch sees only its first sample. Is something indented *inside* the loop over samples "
    "that goes on to the next epoch too early?",
)
def _(x, y, max_epochs):
    return learn(x[:1], y[:1], max_epochs)


@train_perceptron.mistake(
    "never-moves",
    ko="W와 b가 0에서 움직이지 않습니다. `perceptron_update`는 새 값을 *돌려줄* 뿐입니다. `W, b = perceptron_update(...)`로 받으세요.",
    en="W and b never leave 0. `perceptron_update` only *returns* new values: take them, with "
    "`W, b = perceptron_update(...)`.",
)
def _(x, y, max_epochs):
    wrong = int((y != 0).sum())
    mistakes = [wrong] * (max_epochs if wrong else 1)
    return torch.zeros(x.shape[1], 1), torch.zeros(1), mistakes


@train_perceptron.mistake(
    "counts-right-answers",
    ko="맞힌 개수를 세었습니다. `==`가 아니라 `!=`입니다. 그러면 모두 *틀린* 에폭에서 멈추게 됩니다.",
    en="This counts the right answers: it should be `!=`, not `==`. As it is, it stops after an epoch "
    "in which all are *wrong*.",
)
def _(x, y, max_epochs):
    W, b, mistakes = torch.zeros(x.shape[1], 1), torch.zeros(1), []
    for _ in range(max_epochs):
        right_ones = 0
        for row, right in zip(x.split(1), y.split(1), strict=True):
            error = right - step(row @ W + b)
            W, b = W + row.T @ error, b + error[0]
            right_ones += int(error.item() == 0)
        mistakes.append(right_ones)
        if right_ones == 0:
            break
    return W, b, mistakes


@train_perceptron.mistake(
    "counts-tensors",
    ko="mistakes에 파이썬 정수가 아니라 텐서가 들어 있습니다. 견준 결과를 `int(...)`로 바꾸어 더하세요.",
    en="mistakes holds tensors, not Python ints. Turn the comparison into a number with `int(...)` "
    "before you add it.",
)
def _(x, y, max_epochs):
    W, b, mistakes = learn(x, y, max_epochs)
    return W, b, [torch.tensor([[wrong]]) for wrong in mistakes]


@train_perceptron.mistake(
    "counts-scalar-tensors",
    ko="mistakes에 파이썬 정수가 아니라 텐서가 들어 있습니다. `.item()`이나 `int(...)`로 수를 꺼내세요.",
    en="mistakes holds tensors, not Python ints. Take the number out with `.item()` or `int(...)`.",
)
def _(x, y, max_epochs):
    W, b, mistakes = learn(x, y, max_epochs)
    return W, b, [torch.tensor(wrong) for wrong in mistakes]


@train_perceptron.mistake(
    "only-the-weights",
    ko="W와 b만 돌려주었습니다. 셋째로 mistakes도 돌려주세요.",
    en="Only W and b come back. Return mistakes as the third.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs)[:2]


def looped(
    x, y, max_epochs, every=False, at_first_right=False, restart=False, signed=False, late=False
):
    """The loop with one slip in it."""
    W, b, mistakes = torch.zeros(x.shape[1], 1), torch.zeros(1), []
    for _ in range(max_epochs):
        if restart:
            W, b = torch.zeros(x.shape[1], 1), torch.zeros(1)
        wrong = 0
        for row, right in zip(x.split(1), y.split(1), strict=True):
            error = right - step(row @ W + b)
            W, b = W + row.T @ error, b + error[0]
            wrong += int(error.item() if signed else error.item() != 0)
            if every:
                mistakes.append(wrong)
            if at_first_right and wrong == 0:
                break
        if not every:
            mistakes.append(wrong)
        if wrong == 0 and not at_first_right:
            return W, b, mistakes
    return None if late else (W, b, mistakes)


@train_perceptron.mistake(
    "returns-only-when-done",
    ko="틀린 것이 0이 되면 값을 돌려주지만, max_epochs까지 가면 아무것도 돌려주지 않습니다(None). `return`을 두 반복문의 *바깥*에도 두세요.",
    en="Something comes back only if the mistakes get to 0; after max_epochs nothing does (None). Put a "
    "`return` *outside* both loops.",
)
def _(x, y, max_epochs):
    return looped(x, y, max_epochs, late=True)


@train_perceptron.mistake(
    "notes-every-sample",
    ko="표본마다 mistakes에 적었습니다. `mistakes.append(...)`는 표본 반복문의 *바깥*, 에폭이 끝나는 곳에 와야 합니다.",
    en="mistakes gets an entry for every sample. `mistakes.append(...)` belongs *outside* the loop over "
    "samples, where the epoch ends.",
)
def _(x, y, max_epochs):
    return looped(x, y, max_epochs, every=True)


@train_perceptron.mistake(
    "leaves-the-epoch-early",
    ko="에폭을 끝까지 돌지 않습니다. 아직 틀린 것이 없으면 표본 반복문을 빠져나갑니다. `if wrong == 0: break`는 표본 반복문의 *바깥*에 와야 "
    "합니다.",
    en="Epochs are not finished: while nothing is wrong yet, the loop over samples is left. "
    "`if wrong == 0: break` belongs *outside* the loop over samples.",
)
def _(x, y, max_epochs):
    return looped(x, y, max_epochs, at_first_right=True)


@train_perceptron.mistake(
    "starts-again",
    ko="에폭마다 W와 b를 0으로 되돌립니다. 그러면 배운 것을 잊고 언제나 첫 에폭만 되풀이합니다. 0에서 출발하는 것은 한 번뿐입니다.",
    en="W and b go back to 0 in every epoch, which forgets what was learned and repeats the first epoch. "
    "Start from 0 only once.",
)
def _(x, y, max_epochs):
    return looped(x, y, max_epochs, restart=True)


@train_perceptron.mistake(
    "errors-cancel",
    ko="오차를 부호째 더했습니다. +1과 −1이 서로 지워져서, 두 번 틀렸는데 0번이라고 셉니다. 틀렸는지만 세세요(`!=`).",
    en="The errors are added with their signs, so +1 and −1 cancel, and two mistakes count as none. Count "
    "only whether it was wrong (`!=`).",
)
def _(x, y, max_epochs):
    return looped(x, y, max_epochs, signed=True)


@train_perceptron.mistake(
    "shares",
    ko="틀린 *개수*가 아니라 비율을 적었습니다. 표본의 수로 나누지 마세요.",
    en="mistakes holds shares, not *numbers*, of samples. Do not divide by how many there are.",
)
def _(x, y, max_epochs):
    W, b, mistakes = learn(x, y, max_epochs)
    return W, b, [wrong / len(x) for wrong in mistakes]


@train_perceptron.mistake(
    "only-the-mistakes",
    ko="mistakes만 돌려주었습니다. W와 b도 함께 돌려주세요: `return W, b, mistakes`",
    en="Only mistakes comes back. Return W and b too: `return W, b, mistakes`.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs)[2]


def epochs_of(x, y, max_epochs, samples, count="+=", update="inside"):
    """The loop over samples(epoch), with a slip in the counting or in where it updates."""
    W, b, mistakes = torch.zeros(x.shape[1], 1), torch.zeros(1), []
    for epoch in range(max_epochs):
        wrong = int((step(x @ W + b) != y).sum()) if count == "before" else 0
        for row, right in samples(epoch):
            error = right - step(row @ W + b)
            if count == "=":
                wrong = int(error != 0)
            elif count == "+=":
                wrong += int(error != 0)
            if update == "inside":
                W, b = W + row.T @ error, b + error[0]
        if update == "outside":
            error = right - step(row @ W + b)
            W, b = W + row.T @ error, b + error[0]
        mistakes.append(wrong)
        if wrong == 0:
            break
    return W, b, mistakes


def rows_of(x, y):
    return list(zip(x.split(1), y.split(1), strict=False))


@train_perceptron.mistake(
    "overwrites-the-data",
    ko="`for x, y in zip(x.split(1), y.split(1))`가 데이터 x와 y를 덮어씁니다. 둘째 에폭부터는 마지막 표본 하나뿐입니다. 반복문의 변수에 다른 이름을 쓰세요(`row`, `right`처럼).",
    en="`for x, y in zip(x.split(1), y.split(1))` overwrites the data: from the second epoch on there is only "
    "the last sample. Give the loop's variables other names, `row` and `right`, say.",
)
def _(x, y, max_epochs):
    return epochs_of(x, y, max_epochs, lambda epoch: rows_of(x, y)[-1 if epoch else 0 :])


NOT_THE_DATA = {
    "ko": "받은 `x`, `y`가 아니라 예제의 `corners`(와 AND의 답)로 학습합니다. `x.split(1)`과 `y.split(1)`을 도세요.",
    "en": "This trains on the `corners` of the example (and the answers of AND), not on the `x` and `y` it is "
    "given. Go through `x.split(1)` and `y.split(1)`.",
}


@train_perceptron.mistake("data-of-the-example", **NOT_THE_DATA)
def _(x, y, max_epochs):
    return epochs_of(x, y, max_epochs, lambda _: rows_of(corners(), column(TABLES["AND"])))


@train_perceptron.mistake("points-of-the-example", **NOT_THE_DATA)
def _(x, y, max_epochs):
    return epochs_of(x, y, max_epochs, lambda _: rows_of(corners(), y))


@train_perceptron.mistake(
    "last-sample-counts",
    ko="틀린 개수가 쌓이지 않고 마지막 표본의 것만 남습니다. `=`가 아니라 `+=`로 더하세요.",
    en="Only the last sample's mistake is left. Count with `+=`, not `=`.",
)
def _(x, y, max_epochs):
    return epochs_of(x, y, max_epochs, lambda _: rows_of(x, y), count="=")


@train_perceptron.mistake(
    "counts-beforehand",
    ko="에폭을 시작할 때의 가중치로 한꺼번에 세었습니다. 표본의 *차례가 왔을 때*, 그때의 가중치로 세어야 합니다.",
    en="The mistakes are counted all at once, with the weights at the start of the epoch. Count when a "
    "sample's *turn comes*, with the weights of that moment.",
)
def _(x, y, max_epochs):
    return epochs_of(x, y, max_epochs, lambda _: rows_of(x, y), count="before")


@train_perceptron.mistake(
    "update-outside",
    ko="`perceptron_update`가 표본 반복문의 *바깥*에 있어 마지막 표본으로만 고칩니다. 안으로 들여쓰세요.",
    en="`perceptron_update` stands *outside* the loop over samples, so only the last one corrects. Indent it.",
)
def _(x, y, max_epochs):
    return epochs_of(x, y, max_epochs, lambda _: rows_of(x, y), update="outside")


@train_perceptron.mistake(
    "one-epoch-too-few",
    ko="max_epochs보다 한 에폭 덜 돕니다. `range(1, max_epochs)`는 max_epochs − 1번 돕니다.",
    en="One epoch less than max_epochs: `range(1, max_epochs)` goes round max_epochs − 1 times.",
)
def _(x, y, max_epochs):
    return learn(x, y, max_epochs - 1)


@train_perceptron.mistake(
    "last-epoch-missing",
    ko="마지막 에폭이 mistakes에 없습니다. 돈 에폭은 모두, 끝나는 에폭까지 적습니다.",
    en="The last epoch is missing from mistakes. Every epoch is noted, the one that ends it too.",
)
def _(x, y, max_epochs):
    W, b, mistakes = learn(x, y, max_epochs)
    return W, b, mistakes[:-1]


@train_perceptron.mistake(
    "nothing-noted",
    ko="mistakes가 비어 있습니다. 에폭이 끝날 때마다 `mistakes.append(wrong)`으로 적으세요.",
    en="mistakes is empty. Note the count at the end of every epoch: `mistakes.append(wrong)`.",
)
def _(x, y, max_epochs):
    W, b, _ = learn(x, y, max_epochs)
    return W, b, []


train_perceptron.hints(
    ko=[
        "바로 위의 AND 예제에 필요한 것이 거의 다 있습니다. 바깥은 에폭의 반복문, 안은 표본의 반복문입니다. 에폭이 끝날 때 할 일이 둘 "
        "더 있습니다.",
        "안쪽: 먼저 묻고 세고, 그다음 `W, b = perceptron_update(...)`. 바깥쪽: 시작할 때 세는 수를 0으로, 끝날 때 mistakes에 넣고, "
        "0이면 `break`. `return`은 두 반복문 모두의 바깥입니다.",
        "`for _ in range(max_epochs):` 안에 `wrong = 0`, `for row, right in zip(x.split(1), y.split(1)):` 안에 `wrong += "
        "int(perceptron(row, W, b) != right)`, `W, b = perceptron_update(W, b, row, right)`; 그 뒤 `mistakes.append(wrong)`, "
        "`if wrong == 0: break`",
    ],
    en=[
        "Nearly all of it stands in the example with AND just above: outside the loop over epochs, "
        "inside the loop over samples. Two more things are to be done when an epoch ends.",
        "Inside: first ask and count, then `W, b = perceptron_update(...)`. Outside: the count starts "
        "at 0; at the end it goes into mistakes, and if it is 0, `break`. The `return` is outside both "
        "loops.",
        "In `for _ in range(max_epochs):` put `wrong = 0`; in `for row, right in zip(x.split(1), "
        "y.split(1)):` put `wrong += int(perceptron(row, W, b) != right)` and `W, b = "
        "perceptron_update(W, b, row, right)`; then `mistakes.append(wrong)`, `if wrong == 0: break`.",
    ],
)


# ---------------------------------------------------------------- one-layer-can


def separable_tables():
    """Every truth table that some perceptron with small weights has: brute force."""
    found = set()
    sizes = (-2.0, -1.0, 0.0, 1.0, 2.0)
    for w1, w2, b in itertools.product(sizes, sizes, (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)):
        z = corners() @ torch.tensor([w1, w2]) + b
        found.add(tuple((z > 0).int().tolist()))
    return found


SEPARABLE = separable_tables()


@exercise("one-layer-can", points=2, all_or_nothing=True)
def one_layer_can(table):
    return tuple(table) in SEPARABLE


@one_layer_can.cases
def _(draw):
    yield ([0, 1, 1, 0],)
    yield ([0, 0, 0, 1],)
    yield ([1, 0, 0, 1],)
    all_tables = list(itertools.product((0, 1), repeat=4))
    for k in draw.permutation(16).tolist():
        yield (list(all_tables[k]),)


@one_layer_can.accepts
def _(table):
    W, b = torch.zeros(2, 1), torch.zeros(1)
    return learn(corners(), column(table), 20)[2][-1] == 0 and W.numel() + b.numel() == 3


@one_layer_can.accepts
def _(table):
    a, b, c, d = table
    # Half-way along both diagonals is one point: it cannot be above 0 and not above 0.
    return {a, d} != {0} or {b, c} != {1} if a == 0 else {a, d} != {1} or {b, c} != {0}


@one_layer_can.accepts
def _(table):
    return table not in ([0, 1, 1, 0], [1, 0, 0, 1])


@one_layer_can.mistake(
    "only-xor",
    ko="XOR만 안 된다고 했습니다. XOR의 0과 1을 뒤바꾼 [1, 0, 0, 1]도 보세요. 같은 증명이 부등호의 방향만 바꾸어 통하지 않나요?",
    en="Only XOR is refused. Look at XOR with zeros and ones swapped, [1, 0, 0, 1]: does the same proof "
    "not work with the inequalities turned round?",
)
def _(table):
    return table != [0, 1, 1, 0]


@one_layer_can.mistake(
    "always",
    ko="무엇이든 된다고 합니다. 5절의 증명이 통하는 진리표가 있습니다. 무언가를 거절하려고 했다면 견주기를 보세요. 리스트는 튜플이나 글자와 결코 같지 않고, "
    "`table != A or table != B`는 언제나 참입니다.",
    en="This says yes to everything. There are tables for which the proof of section 5 works. If you meant "
    "to refuse some, look at the comparison: a list never equals a tuple or a text, and "
    "`table != A or table != B` is always true.",
)
def _(table):
    return True


@one_layer_can.mistake(
    "never",
    ko="무엇이든 안 된다고 합니다. AND와 OR는 여러분이 직접 만들었습니다. 몇 개만 거절하려고 했다면 견주기를 보세요. `table == A or B`는 언제나 참입니다. "
    "`table in (A, B)`라고 쓰세요.",
    en="This says no to everything. AND and OR you have built yourself. If you meant to refuse only some, "
    "look at the comparison: `table == A or B` is always true. Write `table in (A, B)`.",
)
def _(table):
    return False


@one_layer_can.mistake(
    "inverted",
    ko="거꾸로 답했습니다. 한 층으로 *할 수 있을* 때 True입니다.",
    en="It is the wrong way round: True is for what one layer *can* do.",
)
def _(table):
    return tuple(table) not in SEPARABLE


@one_layer_can.mistake(
    "no-two-ones",
    ko="1이 둘이면 안 된다고 했습니다. [0, 0, 1, 1]은 x1만 보면 되니 직선 하나로 됩니다. 개수가 아니라 *어디에* 있는지가 중요합니다.",
    en="Every table with two ones is refused. But [0, 0, 1, 1] only has to look at x1, and one line "
    "does that. What matters is not how many ones there are but *where*.",
)
def _(table):
    return sum(table) != 2


@one_layer_can.mistake(
    "parity",
    ko="1의 개수가 짝수이면 안 된다고 했습니다. 모두 0인 표나 [0, 0, 1, 1]은 됩니다. 네 꼭짓점을 그려 보세요.",
    en="Every table with an even number of ones is refused. But all zeros, or [0, 0, 1, 1], can be "
    "done: draw the four corners.",
)
def _(table):
    return sum(table) % 2 == 1


@one_layer_can.mistake(
    "one-diagonal",
    ko="(0, 0)과 (1, 1)의 답이 같으면 안 된다고 했습니다. 모두 같은 표나 [0, 0, 1, 0]은 됩니다. 두 대각선을 *모두* 보아야 합니다.",
    en="A table is refused as soon as (0, 0) and (1, 1) agree. But all zeros, or [0, 0, 1, 0], can be "
    "done. Look at *both* diagonals.",
)
def _(table):
    return table[0] != table[3]


@one_layer_can.mistake(
    "no-constants",
    ko="XOR와 그것을 뒤집은 표를 안 된다고 한 것은 맞습니다. 그런데 네 답이 모두 같은 표([0, 0, 0, 0], [1, 1, 1, 1])까지 안 된다고 "
    "했습니다. 두 대각선이 *서로* 달라야 모순이 생깁니다. 언제나 같은 답은 가중치를 0으로 두고 b만 고르면 됩니다.",
    en="XOR and its opposite are rightly refused, but so are the tables of all zeros and all ones. Only "
    "if the two diagonals differ from *each other* is there a contradiction; for an answer that is "
    "always the same, take weights of 0 and a suitable b.",
)
def _(table):
    return not (table[0] == table[3] and table[1] == table[2])


@one_layer_can.mistake(
    "only-named-gates",
    ko="이름 있는 게이트만 된다고 했습니다. [0, 0, 1, 0]처럼 이름이 없는 표도 직선 하나로 가를 수 있으면 됩니다.",
    en="Only the gates that have a name are allowed. A table without a name, such as [0, 0, 1, 0], can "
    "be done too if one line parts it.",
)
def _(table):
    return table in ([0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0])


@one_layer_can.mistake(
    "zero-or-one",
    ko="맞지만 0과 1로 답했습니다. True와 False로 답해 주세요.",
    en="Right, but as 0 and 1. Answer with True and False.",
)
def _(table):
    return int(tuple(table) in SEPARABLE)


@one_layer_can.mistake(
    "other-diagonal",
    ko="(0, 1)과 (1, 0)의 답이 같으면 안 된다고 했습니다. AND와 OR도 그 둘이 같지만 됩니다. 두 대각선을 *모두* 보아야 합니다.",
    en="A table is refused as soon as (0, 1) and (1, 0) agree. In AND and OR they agree as well, and both "
    "can be done. Look at *both* diagonals.",
)
def _(table):
    return table[1] != table[2]


@one_layer_can.mistake(
    "gates-and-nor",
    ko="이름 있는 게이트만 된다고 했습니다. [0, 0, 1, 0]처럼 이름이 없는 표도 직선 하나로 가를 수 있으면 됩니다.",
    en="Only the gates that have a name are allowed. A table without a name, such as [0, 0, 1, 0], can "
    "be done too if one line parts it.",
)
def _(table):
    return table in ([0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0], [1, 0, 0, 0])


@one_layer_can.mistake(
    "only-rising",
    ko="입력이 커질 때 답이 작아지는 표를 안 된다고 했습니다. 가중치는 음수여도 됩니다. NAND가 그렇습니다.",
    en="Tables whose answer falls as an input rises are refused. But weights may be negative, as in NAND.",
)
def _(table):
    a, b, c, d = table
    return a <= b <= d and a <= c <= d


@one_layer_can.mistake(
    "words",
    ko="참과 거짓은 맞지만 따옴표 안의 글자입니다. 따옴표 없이 True와 False로 돌려주세요.",
    en="Right, but in quotes, which makes it text. Return True and False without quotes.",
)
def _(table):
    return str(tuple(table) in SEPARABLE)


@one_layer_can.mistake(
    "only-its-opposite",
    ko="XOR를 뒤집은 [1, 0, 0, 1]만 안 된다고 했습니다. XOR 자신, [0, 1, 1, 0]은 5절에서 안 된다는 것을 증명했습니다.",
    en="Only the opposite of XOR, [1, 0, 0, 1], is refused. XOR itself, [0, 1, 1, 0], was proved impossible in "
    "section 5.",
)
def _(table):
    return table != [1, 0, 0, 1]


for epochs in range(1, 6):

    @one_layer_can.mistake(
        f"trained-for-{epochs}",
        ko="에폭이 모자라, 아직 배우는 중인 진리표까지 안 된다고 했습니다. 퍼셉트론에게 물으려면 넉넉히 20에폭을 주세요.",
        en="Too few epochs: truth tables that are still being learned are refused as well. If you ask a "
        "perceptron, give it plenty, say 20.",
    )
    def _(table, epochs=epochs):
        return learn(corners(), column(table), epochs)[2][-1] == 0


one_layer_can.hints(
    ko=[
        "증명은 두 대각선의 한가운데가 같은 점이라는 것을 썼습니다. 한가운데가 0보다 크면서 크지 않아야 하는 진리표는 어떤 것인가요?",
        "한 대각선의 양 끝이 모두 0이고 다른 대각선의 양 끝이 모두 1이면 모순입니다. 그런 표는 꼭 두 개입니다. 나머지 14개는 직선을 "
        "그어 보면 모두 됩니다. (0, 0)과 (1, 1)은 `table[0]`과 `table[3]`입니다.",
        "안 되는 것은 XOR인 `[0, 1, 1, 0]`과 그것을 뒤집은 `[1, 0, 0, 1]`뿐입니다. `return table not in (...)`",
    ],
    en=[
        "The proof used that both diagonals have the same centre. For which tables would the centre "
        "have to be above 0 and not above 0?",
        "There is a contradiction if both ends of one diagonal are 0 and both ends of the other are 1. "
        "Exactly two tables are like that; for the other 14 you can draw a line. (0, 0) and (1, 1) are "
        "`table[0]` and `table[3]`.",
        "Impossible are only XOR, `[0, 1, 1, 0]`, and its opposite, `[1, 0, 0, 1]`: `return table not "
        "in (...)`.",
    ],
)


# ---------------------------------------------------------------- xor-network


@exercise("xor-network", points=2, returns=["h", "y"])
def xor_network(x):
    first, second = (x.clamp(0, 1) > 0.5).unbind(1)
    h = torch.stack([first | second, ~(first & second)], 1).float()
    return h, (first ^ second).float()[:, None]


@xor_network.cases
def _(draw):
    yield (corners(),)
    yield (torch.tensor([[1.0, 0.0]]),)
    yield (torch.tensor([[2.0, 2.0], [-1.0, -1.0], [1.0, 2.0], [0.0, -1.0]]),)
    for _ in range(3):
        yield (some_points(draw, draw.integer(3, 6)),)


OR, NAND, AND = (gates(RIGHT) for _ in range(3))


def layer(name, x):
    return gates(RIGHT)(name, x)


@xor_network.accepts
def _(x):
    h = torch.cat([layer("OR", x), layer("NAND", x)], dim=1)
    return h, layer("AND", h)


@xor_network.accepts
def _(x):
    total = x[:, 0] + x[:, 1]
    h = torch.stack([step(total - 0.3), step(1.9 - total)], 1)
    return h, step(h.sum(1) - 1.2)[:, None]


def two_layers(x, W1, b1, W2, b2):
    h = step(x @ torch.tensor(W1) + torch.tensor(b1))
    return h, step(h @ torch.tensor(W2) + torch.tensor(b2))


W_HIDDEN, B_HIDDEN = [[1.0, -1.0], [1.0, -1.0]], [-0.5, 1.5]
W_AND, B_AND = [[1.0], [1.0]], [-1.5]


@xor_network.mistake(
    "units-in-rows",
    ko="`W1`의 *줄*에 유닛을 적었습니다: `[[1, 1], [-1, -1]]`. `x @ W1`에서 유닛 하나는 `W1`의 *열* 하나입니다. 전치하세요.",
    en="The units are written as *rows* of `W1`, `[[1, 1], [-1, -1]]`. With `x @ W1` a unit is a "
    "*column* of `W1`: transpose it.",
)
def _(x):
    return two_layers(x, [[1.0, 1.0], [-1.0, -1.0]], B_HIDDEN, W_AND, B_AND)


@xor_network.mistake(
    "hidden-swapped",
    ko="XOR는 되지만 은닉 유닛의 순서가 바뀌었습니다. 0번 열이 OR, 1번 열이 NAND입니다.",
    en="It does XOR, but the hidden units are in the other order: column 0 is OR, column 1 is NAND.",
)
def _(x):
    h, y = xor_network.oracle(x)
    return h.flip(1), y


@xor_network.mistake(
    "or-at-the-end",
    ko="출력이 언제나 1입니다. 출력층의 문턱(−b)이 너무 낮아 OR처럼 되었습니다. OR와 NAND는 언제나 적어도 하나가 1입니다. 둘 *다* 1일 "
    "때만 넘도록 문턱을 1과 2 사이에 두세요.",
    en="The output is always 1. The threshold (−b) of the output layer is so low that it works as an OR, and "
    "of OR and NAND at least one is always 1. Put it between 1 and 2, so that *both* are needed.",
)
def _(x):
    return two_layers(x, W_HIDDEN, B_HIDDEN, W_AND, [-0.5])


@xor_network.mistake(
    "nand-at-the-end",
    ko="출력이 뒤집혔습니다. 마지막은 NAND가 아니라 AND입니다. 지금은 두 입력이 *같을* 때 1이라고 답합니다.",
    en="The output is turned round: the last layer is an AND, not a NAND. As it is, it answers 1 where "
    "the two inputs are *equal*.",
)
def _(x):
    return two_layers(x, W_HIDDEN, B_HIDDEN, [[-1.0], [-1.0]], [1.5])


@xor_network.mistake(
    "output-never",
    ko="h는 맞지만 출력이 언제나 0입니다. 출력층에 `h`를 넣었는지, 계단을 지나기 전의 z를 넣지는 않았는지 보세요. `h`를 넣었다면, 두 은닉 유닛이 "
    "모두 1이어도 출력층의 z가 0을 넘지 못하는 것입니다(꼭 0이어도 답은 0입니다). 출력층의 가중치는 둘 다 양수인지, 문턱(−b)은 그 합보다 "
    "작은지 보세요.",
    en="h is right, but the output is always 0. Is the output layer given `h`, and not z as it was before "
    "the step? If it is `h`, then even with both hidden units at 1, z of the output layer is not above 0 "
    "(and at exactly 0 the answer is 0): are both its weights positive, and is the threshold (−b) below "
    "their sum?",
)
def _(x):
    return two_layers(x, W_HIDDEN, B_HIDDEN, W_AND, [-2.0])


@xor_network.mistake(
    "and-of-the-input",
    ko="출력층에 `h`가 아니라 `x`를 넣었습니다. 그러면 은닉층은 쓰이지 않고, 답은 그냥 x1 AND x2입니다.",
    en="The output layer is given `x` and not `h`. The hidden layer is then not used at all, and the "
    "answer is just x1 AND x2.",
)
def _(x):
    return xor_network.oracle(x)[0], layer("AND", x)


@xor_network.mistake(
    "one-layer",
    ko="출력이 은닉층의 OR 그대로입니다. 한 층짜리 답입니다. OR와 NAND 두 답을 둘째 층의 AND에 넣으세요.",
    en="The output is the OR of the hidden layer as it is: the answer of a single layer. Give both, OR "
    "and NAND, to the AND of a second layer.",
)
def _(x):
    return xor_network.oracle(x)[0], layer("OR", x)


@xor_network.mistake(
    "and-for-nand",
    ko='둘째 은닉 유닛이 NAND가 아니라 AND입니다. OR와 AND의 AND는 그냥 AND입니다. "둘 다는 아니다"가 필요합니다.',
    en="The second hidden unit is AND and not NAND. OR and AND, put through AND, are just AND: what you "
    'need is "not both".',
)
def _(x):
    return two_layers(x, [[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5], W_AND, B_AND)


@xor_network.mistake(
    "or-but-not-and",
    ko="XOR는 되지만('OR이고 AND는 아니다'도 XOR입니다) 설명문과 다른 길입니다. 둘째 은닉 유닛이 NAND가 아니라 AND입니다. `h`의 1번 열을 "
    "NAND로 하고, 출력은 두 열의 AND로 하세요.",
    en='It does XOR ("OR, but not AND" is one as well), but not in the way the docstring asks for: the '
    "second hidden unit is AND and not NAND. Make column 1 of `h` the NAND, and the output the AND of "
    "the two columns.",
)
def _(x):
    h = torch.cat([layer("OR", x), layer("AND", x)], 1)
    return h, step(h @ torch.tensor([[1.0], [-1.0]]) - 0.5)


@xor_network.mistake(
    "nor-for-nand",
    ko="둘째 은닉 유닛이 둘 다 0일 때만 1입니다(NOR). NAND는 둘 다 1일 때*만* 0입니다. 편향을 키우세요.",
    en="The second hidden unit is 1 only where both inputs are 0 (NOR). NAND is 0 *only* where both are "
    "1: make its bias larger.",
)
def _(x):
    return two_layers(x, W_HIDDEN, [-0.5, 0.5], W_AND, B_AND)


@xor_network.mistake(
    "no-step-between",
    ko="은닉층에 계단이 없습니다. h가 0과 1이 아니라 z 그대로입니다. 사이에 계단이 없으면 두 층은 한 층이나 다름없어서 XOR가 되지 않습니다.",
    en="There is no step in the hidden layer: h is z, not zeros and ones. With no step between, two "
    "layers are no more than one, and XOR does not work.",
)
def _(x):
    h = x @ torch.tensor(W_HIDDEN) + torch.tensor(B_HIDDEN)
    return h, step(h @ torch.tensor(W_AND) + torch.tensor(B_AND))


@xor_network.mistake(
    "no-step-at-the-end",
    ko="h는 맞지만 출력에 계단이 없습니다. y도 `perceptron`으로 구하세요.",
    en="h is right, but the output has no step. Get y from `perceptron` as well.",
)
def _(x):
    h = xor_network.oracle(x)[0]
    return h, h @ torch.tensor(W_AND) + torch.tensor(B_AND)


@xor_network.mistake(
    "flat-y",
    ko="y가 (N, 1)이 아니라 (N,)입니다. `W2`를 (2, 1)로 두고 축을 없애지 마세요.",
    en="y is (N,) and not (N, 1). Make `W2` (2, 1), and do not remove the axis.",
)
def _(x):
    h, y = xor_network.oracle(x)
    return h, y[:, 0]


@xor_network.mistake(
    "only-y",
    ko="y만 돌려주었습니다. 은닉층 h도 함께 (h, y)로 돌려주세요.",
    en="Only y comes back. Return the hidden layer too: (h, y).",
)
def _(x):
    return xor_network.oracle(x)[1]


@xor_network.mistake(
    "swapped-return",
    ko="돌려주는 순서가 바뀌었습니다. (h, y) 순서입니다.",
    en="The two results are swapped: return (h, y).",
)
def _(x):
    return xor_network.oracle(x)[::-1]


@xor_network.mistake(
    "looks-up-the-table",
    ko="꼭짓점에서는 맞지만 퍼셉트론으로 된 것이 아닙니다. 두 층을 모두 `perceptron`으로 만드세요. 그러면 다른 점에서도 답이 정해집니다.",
    en="Right at the corners, but not made of perceptrons. Make both layers with `perceptron`: then "
    "the answers at other points follow.",
)
def _(x):
    first, second = x[:, 0], x[:, 1]
    both = first * second
    h = torch.stack([first + second - both, 1 - both], 1)
    return h, (first + second - 2 * both)[:, None]


@xor_network.mistake(
    "biases-swapped",
    ko="두 은닉 유닛의 편향이 바뀌었습니다. `b1`도 `W1`의 열과 같은 순서로, OR의 것이 먼저입니다.",
    en="The biases of the two hidden units are swapped. `b1` is in the order of the columns of `W1`: that of "
    "OR comes first.",
)
def _(x):
    return two_layers(x, W_HIDDEN, [1.5, -0.5], W_AND, B_AND)


@xor_network.mistake(
    "bias-signs",
    ko="두 은닉 유닛의 편향의 부호가 반대입니다. 편향은 문턱에 마이너스를 붙인 것입니다.",
    en="The biases of both hidden units have the wrong sign: a bias is minus the threshold.",
)
def _(x):
    return two_layers(x, W_HIDDEN, [0.5, -1.5], W_AND, B_AND)


@xor_network.mistake(
    "nand-without-its-signs",
    ko="둘째 은닉 유닛의 가중치가 양수입니다. NAND의 가중치는 둘 다 −1이어야 합니다. 지금은 언제나 1이라고 답합니다.",
    en="The weights of the second hidden unit are positive. Both weights of NAND must be −1; as it is, it "
    "nearly always answers 1.",
)
def _(x):
    return two_layers(x, [[1.0, 1.0], [1.0, 1.0]], B_HIDDEN, W_AND, B_AND)


@xor_network.mistake(
    "sigmoid-between",
    ko="은닉층에 계단 대신 시그모이드를 썼습니다. 이 문제의 두 층은 모두 `perceptron`입니다.",
    en="The hidden layer has a sigmoid and not a step. Both layers of this exercise are `perceptron`s.",
)
def _(x):
    h = torch.sigmoid(x @ torch.tensor(W_HIDDEN) + torch.tensor(B_HIDDEN))
    return h, step(h @ torch.tensor(W_AND) + torch.tensor(B_AND))


@xor_network.mistake(
    "compares-the-inputs",
    ko="h는 맞지만 y를 두 입력을 견주어(`!=`) 구했습니다. 퍼셉트론 하나로, `h`에서 구해 보세요.",
    en="h is right, but y comes from comparing the two inputs (`!=`). Get it from `h`, with one perceptron.",
)
def _(x):
    return xor_network.oracle(x)[0], (x[:, :1] != x[:, 1:]).float()


@xor_network.mistake(
    "squeezed-y",
    ko="y가 (N, 1)이 아니라 (N,)입니다. 점이 하나면 축이 모두 사라집니다. `squeeze`는 필요 없습니다.",
    en="y is (N,) and not (N, 1), and with a single point it loses every axis. No `squeeze` is needed.",
)
def _(x):
    h, y = xor_network.oracle(x)
    return h, y.squeeze()


@xor_network.mistake(
    "nand-never",
    ko="둘째 은닉 유닛이 네 꼭짓점 어디서도 1이 아닙니다. NAND의 가중치 부호는 바꾸었는데 b는 그대로 음수입니다. 세 수의 부호를 모두 바꾸어야 AND가 뒤집힙니다.",
    en="The second hidden unit is 1 at no corner. The weights of NAND have changed their signs, but b is still "
    "negative: to turn AND round, flip all three signs.",
)
def _(x):
    return two_layers(x, W_HIDDEN, [-0.5, -1.5], W_AND, B_AND)


@xor_network.mistake(
    "one-bias-for-both",
    ko="두 은닉 유닛의 편향이 똑같이 −0.5입니다. OR에는 맞지만 NAND에는 작습니다. NAND의 b는 1과 2 사이여야 합니다.",
    en="Both hidden units have the bias −0.5. That suits OR, but is too small for NAND, whose b should lie "
    "between 1 and 2.",
)
def _(x):
    return two_layers(x, W_HIDDEN, [-0.5, -0.5], W_AND, B_AND)


@xor_network.mistake(
    "stacked-gates",
    ko="`stack`은 축을 하나 더합니다. (N, 1) 둘을 `torch.cat(…, 1)`로 나란히 붙이세요.",
    en="`stack` adds an axis; put the two (N, 1) side by side with `torch.cat(…, 1)`.",
)
def _(x):
    h = torch.stack([layer("OR", x), layer("NAND", x)], -1)  # other axes: the next product crashes
    return h, layer("AND", h)


@xor_network.mistake(
    "glued-and-reshaped",
    ko="OR와 NAND의 답을 아래로 이어 붙인 뒤(`cat`의 dim이 빠졌습니다) `reshape`나 `view`로 (N, 2)를 만들었습니다. 모양은 맞지만 OR는 OR끼리, "
    "NAND는 NAND끼리 한 줄에 놓입니다. 네 꼭짓점에서는 우연히 맞습니다. `torch.cat([…], 1)`로 나란히 붙이세요.",
    en="The answers of OR and NAND were joined one below the other (`cat` without its dim), and made "
    "(N, 2) by `reshape` or `view`. The shape is right, but a row now holds two answers of OR, or two "
    "of NAND; that it fits at the four corners is chance. Put them side by side: `torch.cat([…], 1)`.",
)
def _(x):
    h = torch.cat([layer("OR", x), layer("NAND", x)]).reshape(-1, 2)
    return h, layer("AND", h)


xor_network.hints(
    ko=[
        "XOR는 '하나라도 1이고, 둘 다 1은 아니다'입니다. 첫째 층이 두 조건을 따로 답하고, 둘째 층이 그 둘을 AND로 묶습니다.",
        "`W1`은 (2, 2)이고 0번 열이 OR의 (w1, w2), 1번 열이 NAND의 (w1, w2)입니다. `b1`은 두 편향입니다. 둘째 층은 `h`에 AND의 가중치를 "
        "씁니다. 여러분의 `gate`를 쓴다면, 두 답 (N, 1)을 `torch.cat([…], 1)`로 *나란히* 이어 (N, 2)로 만드세요.",
        "`h = perceptron(x, torch.tensor([[1.0, -1.0], [1.0, -1.0]]), torch.tensor([-0.5, 1.5]))`; 그다음 `h`를 AND의 가중치 "
        "(2, 1)과 편향 (1,)로 한 번 더 `perceptron`에 넣습니다.",
    ],
    en=[
        'XOR is "at least one, and not both". The first layer answers the two conditions separately, '
        "the second puts them together with an AND.",
        "`W1` is (2, 2): column 0 holds (w1, w2) of OR, column 1 those of NAND, and `b1` their two "
        "biases. The second layer has the weights of AND, and works on `h`. If you use your `gate`, put its two "
        "(N, 1) *side by side* with `torch.cat([…], 1)`, for (N, 2).",
        "`h = perceptron(x, torch.tensor([[1.0, -1.0], [1.0, -1.0]]), torch.tensor([-0.5, 1.5]))`; then "
        "put `h` through `perceptron` again, with the weights of AND, (2, 1), and its bias, (1,).",
    ],
)


# ---------------------------------------------------------------- collapse-layers


@exercise("collapse-layers", points=2, returns=["W", "b"])
def collapse_layers(W1, b1, W2, b2):
    # By asking: what comes out for 0 is the bias, what each input adds is its row of W.
    def both(x):
        return (x @ W1.double() + b1.double()) @ W2.double() + b2.double()

    D = len(W1)
    b = both(torch.zeros(1, D, dtype=torch.float64))
    W = both(torch.eye(D, dtype=torch.float64)) - b
    return W.to(W1.dtype), b[0].to(W1.dtype)


@collapse_layers.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        torch.tensor([1.0, -1.0]),
        torch.tensor([[1.0, 0.0], [2.0, 1.0]]),
        torch.tensor([0.5, 0.25]),
    )
    yield torch.ones(1, 1) * 2, torch.ones(1) * 3, torch.ones(1, 1) * 5, torch.ones(1) * 7
    sizes = [(2, 3, 1), (3, 3, 3), (2, 5, 4), (draw.integer(4, 6), 2, draw.integer(2, 5))]
    for k, (D, H, C) in enumerate(sizes):
        dtype = torch.float64 if k == 3 else torch.float32
        shapes = ((D, H), (H,), (H, C), (C,))
        yield tuple(draw.normal(*shape, dtype=dtype) for shape in shapes)


@collapse_layers.accepts
def _(W1, b1, W2, b2):
    W = torch.einsum("dh,hc->dc", W1, W2)
    return W, (b1[:, None] * W2).sum(0) + b2


@collapse_layers.accepts
def _(W1, b1, W2, b2):
    stacked = torch.cat([W1, b1[None]]) @ W2  # the bias as one more row
    return stacked[:-1], stacked[-1].add(b2)


@collapse_layers.mistake(
    "adds-biases",
    ko="편향을 그냥 더했습니다. b1은 둘째 층의 가중치 `W2`를 *지난 뒤에* 더해집니다. 괄호를 풀어 보세요.",
    en="The biases are simply added. b1 goes *through* `W2`, the weights of the second layer, before it "
    "is added: multiply out the bracket.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@collapse_layers.mistake(
    "forgets-b1",
    ko="b1이 사라졌습니다. 첫째 층의 편향도 `W2`를 지나 결과에 들어갑니다.",
    en="b1 got lost. The bias of the first layer goes through `W2` and into the result as well.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b2.clone()


@collapse_layers.mistake(
    "forgets-b2",
    ko="b2가 사라졌습니다. 둘째 층의 편향은 마지막에 그대로 더해집니다.",
    en="b2 got lost. The bias of the second layer is added at the end, as it is.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@collapse_layers.mistake(
    "wrong-order",
    ko="곱하는 순서가 바뀌었습니다. x가 먼저 만나는 것은 `W1`이므로 `x @ W1 @ W2`, 곧 `W1 @ W2`입니다. 행렬 곱은 순서를 바꾸면 값이 "
    "달라집니다.",
    en="The product is in the wrong order. x meets `W1` first, `x @ W1 @ W2`, so it is `W1 @ W2`. For "
    "matrices the order matters.",
)
def _(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


ELEMENTWISE = {
    "ko": "가중치를 원소끼리 곱했습니다(`*`). 층을 잇는 것은 행렬 곱(`@`)입니다.",
    "en": "The weights are multiplied element by element (`*`). Layers one after the other are a matrix "
    "product (`@`).",
}
for key, bias in (
    ("", lambda b1, W2, b2: b1 @ W2 + b2),
    ("-with-b1-times-b2", lambda b1, W2, b2: b1 * b2),
    ("-with-b1-plus-b2", lambda b1, W2, b2: b1 + b2),
):
    collapse_layers.mistake("elementwise" + key, **ELEMENTWISE)(
        lambda W1, b1, W2, b2, bias=bias: (W1 * W2, bias(b1, W2, b2))
    )
NO_TRANSPOSE = {
    "ko": "전치는 필요 없습니다. (D, H) @ (H, C)는 그대로 곱해지고, b1 (H,)도 `b1 @ W2`로 바로 곱해집니다. 정사각형이면 오류도 나지 않습니다.",
    "en": "No transpose is needed: (D, H) @ (H, C) fits as it is, and so does b1, (H,), in `b1 @ W2`. With "
    "squares there is not even an error.",
}
for key, product in (
    ("W2", lambda W1, W2: W1 @ W2.T),
    ("W1", lambda W1, W2: W1.T @ W2),
    ("both", lambda W1, W2: W1.T @ W2.T),
    ("both-and-order", lambda W1, W2: W2.T @ W1.T),
):
    for end, turned in (("", False), ("-for-b-too", True)):
        if (key, turned) == ("both-and-order", False):
            continue  # that is (W1 @ W2).T: see "transposed"

        @collapse_layers.mistake(f"transposes-{key}{end}", **NO_TRANSPOSE)
        def _(W1, b1, W2, b2, product=product, turned=turned):
            return product(W1, W2), b1 @ (W2.T if turned else W2) + b2


@collapse_layers.mistake(
    "elementwise-bias",
    ko="`W`는 맞지만 b1을 `W2`와 원소끼리 곱했습니다(`*`). b1은 (H,)이고 `b1 @ W2`가 (C,)입니다.",
    en="`W` is right, but b1 and `W2` are multiplied element by element (`*`). b1 is (H,), and "
    "`b1 @ W2` is (C,).",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 * W2 + b2


@collapse_layers.mistake(
    "adds-weights",
    ko="가중치를 더했습니다. 두 층은 x를 잇달아 *곱합니다*.",
    en="The weights are added. The two layers *multiply* x, one after the other.",
)
def _(W1, b1, W2, b2):
    return W1 + W2, b1 + b2


@collapse_layers.mistake(
    "transposes-W2-for-b",
    ko="b1에 `W2`를 전치해서 곱했습니다. (H,) @ (H, C) = (C,)이므로 `b1 @ W2`입니다. 정사각형이면 오류도 나지 않습니다.",
    en="b1 is multiplied with the transpose of `W2`. (H,) @ (H, C) = (C,), so it is `b1 @ W2`. With a "
    "square there is not even an error.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, W2 @ b1 + b2


@collapse_layers.mistake(
    "b-through-W1",
    ko="b1에 `W1`을 곱했습니다. b1은 `W1`을 지난 *뒤에* 더해졌으니, 앞으로 지날 것은 `W2`뿐입니다.",
    en="b1 is multiplied with `W1`. But b1 is added *after* `W1`: all that it still goes through is `W2`.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W1 + b2


known = collapse_layers.mistakes[-1]


@collapse_layers.mistake("b-through-both", ko=known.ko, en=known.en)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W1 @ W2 + b2


@collapse_layers.mistake(
    "b-with-batch-axis",
    ko="b가 (C,)가 아니라 (1, C)입니다. b1을 줄로 세울 필요가 없습니다. `b1 @ W2`가 바로 (C,)입니다.",
    en="b is (1, C) and not (C,). There is no need to make b1 a row: `b1 @ W2` is (C,) as it is.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, (b1 @ W2 + b2)[None]


@collapse_layers.mistake(
    "adds-b2-to-both",
    ko="b2를 `W2`에 곱하기 전에 더했습니다. `W2`를 지나는 것은 b1뿐이고, b2는 맨 끝에 더합니다.",
    en="b2 is added before the multiplication with `W2`. Only b1 goes through `W2`; b2 comes last.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, (b1 + b2) @ W2


@collapse_layers.mistake(
    "swapped-return",
    ko="돌려주는 순서가 바뀌었습니다. (W, b) 순서입니다.",
    en="The two results are swapped: return (W, b).",
)
def _(W1, b1, W2, b2):
    return b1 @ W2 + b2, W1 @ W2


@collapse_layers.mistake(
    "transposed",
    ko="W가 전치되었습니다. `nn.Linear`라면 그렇게 두겠지만, 여기서 W는 (D, C)입니다. 정사각형이면 오류가 나지 않습니다.",
    en="W is transposed. An `nn.Linear` would keep it so, but here W is (D, C). With a square there is no "
    "error to warn you.",
)
def _(W1, b1, W2, b2):
    return (W1 @ W2).T, b1 @ W2 + b2


@collapse_layers.mistake(
    "order-and-biases",
    ko="두 가지가 다릅니다. 곱하는 순서는 `W1 @ W2`이고, b1은 `W2`를 지난 뒤에 더해집니다.",
    en="Two things differ. The product is `W1 @ W2`, in this order; and b1 goes through `W2` before it is "
    "added.",
)
def _(W1, b1, W2, b2):
    return W2 @ W1, b1 + b2


@collapse_layers.mistake(
    "multiplies-biases",
    ko="편향끼리 곱했습니다. b1은 `W2`와 곱해지고, b2는 더해집니다.",
    en="The biases are multiplied with each other. b1 is multiplied with `W2`, and b2 is added.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1 * b2


@collapse_layers.mistake(
    "keeps-b1",
    ko="b가 b1 그대로입니다. b1은 `W2`를 지나고, 거기에 b2가 더해집니다.",
    en="b is just b1. It goes through `W2`, and then b2 is added.",
)
def _(W1, b1, W2, b2):
    return W1 @ W2, b1.clone()


collapse_layers.hints(
    ko=[
        "(x W1 + b1) W2 + b2의 괄호를 수처럼 풀어 보세요. x가 붙은 것과 붙지 않은 것으로 나눕니다. 곱하는 순서만은 바꾸지 마세요.",
        "x W1 W2 + b1 W2 + b2. x에 곱해진 것이 W이고, 나머지가 모두 b입니다. 모양: (D, H) @ (H, C)와 (H,) @ (H, C).",
        "`return W1 @ W2, b1 @ W2 + b2`",
    ],
    en=[
        "Multiply out (x W1 + b1) W2 + b2 as you would with numbers, and sort it into what has an x "
        "and what has none. Only keep the order of the products.",
        "x W1 W2 + b1 W2 + b2. What x is multiplied with is W, all the rest is b. Shapes: (D, H) @ "
        "(H, C), and (H,) @ (H, C).",
        "`return W1 @ W2, b1 @ W2 + b2`.",
    ],
)


# ---------------------------------------------------------------- deep-sigmoid-net


@exercise("deep-sigmoid-net", points=2, kind="module", all_or_nothing=True)
def deep_sigmoid_net(sizes):
    net = nn.Sequential()
    for k in range(len(sizes) - 1):
        net.add_module(str(2 * k), nn.Linear(sizes[k], sizes[k + 1]))
        net.add_module(str(2 * k + 1), nn.Sigmoid())
    return net


def net_state(draw, sizes):
    """Weights of a deep sigmoid net, large enough for each sigmoid to matter."""
    state = {}
    for k in range(len(sizes) - 1):
        state[f"{2 * k}.weight"] = 2 * draw.normal(sizes[k + 1], sizes[k])
        state[f"{2 * k}.bias"] = draw.normal(sizes[k + 1])
    return state


@deep_sigmoid_net.cases
def _(draw):
    def case(sizes, n=None):
        inputs = corners() if n is None else draw.normal(n, sizes[0])
        return Case((sizes,), net_state(draw, sizes), (inputs,))

    yield case([2, 3, 1])
    yield case([2, 10, 10, 10, 1])
    yield case([2, 1])
    yield case([3, 2, 2], 5)
    yield case([draw.integer(1, 4) for _ in range(draw.integer(5, 6))], 3)
    yield case([4, draw.integer(2, 5), draw.integer(2, 5), 3], 1)


@deep_sigmoid_net.accepts
def _(sizes):
    pairs = [(nn.Linear(a, b), nn.Sigmoid()) for a, b in itertools.pairwise(sizes)]
    return nn.Sequential(*itertools.chain(*pairs))


@deep_sigmoid_net.accepts
def _(sizes):
    net, sigmoid = nn.Sequential(), nn.Sigmoid()  # one sigmoid, in several places, as in the notes
    for i in range(1, len(sizes)):
        net.append(nn.Linear(sizes[i - 1], sizes[i]))
        net.append(sigmoid)
    return net


NOTHING_BETWEEN = {
    "ko": "선형 층 사이에 시그모이드가 없습니다. 그러면 몇 층을 쌓아도 한 층과 같습니다(방금 뭉개 보았습니다). *모든* `nn.Linear` 뒤에 "
    "하나씩 넣으세요.",
    "en": "There is no sigmoid between the linear layers. Then they are one layer, however many you "
    "stack (you have just squashed some). Put one after *every* `nn.Linear`.",
}


@deep_sigmoid_net.mistake("sigmoid-at-the-end-only", **NOTHING_BETWEEN)
def _(sizes):
    return nn.Sequential(*(nn.Linear(a, b) for a, b in itertools.pairwise(sizes)), nn.Sigmoid())


@deep_sigmoid_net.mistake("no-sigmoid", **NOTHING_BETWEEN)
def _(sizes):
    return nn.Sequential(*(nn.Linear(a, b) for a, b in itertools.pairwise(sizes)))


def stacked(sizes, activation=nn.Sigmoid, last=nn.Sigmoid, **more):
    layers = []
    for a, b in itertools.pairwise(sizes):
        layers += [nn.Linear(a, b, **more), activation()]
    return nn.Sequential(*layers[:-1], *([last()] if last else []))


@deep_sigmoid_net.mistake(
    "none-at-the-end",
    ko="마지막 층 뒤에 시그모이드가 없습니다. 출력이 확률(0과 1 사이)이 되려면 마지막 `nn.Linear` 뒤에도 하나가 필요합니다.",
    en="There is no sigmoid after the last layer. For the output to be a probability, between 0 and 1, "
    "the last `nn.Linear` needs one too.",
)
def _(sizes):
    return stacked(sizes, last=None)


@deep_sigmoid_net.mistake(
    "relu",
    ko="층 사이에 시그모이드가 아니라 `nn.ReLU`를 넣었습니다. 요즘은 그렇게 하지만(12장), 여기서는 노트처럼 시그모이드를 씁니다.",
    en="Between the layers there is an `nn.ReLU`, not a sigmoid. That is what one does today (chapter "
    "12); here it is sigmoids, as in the notes.",
)
def _(sizes):
    return stacked(sizes, nn.ReLU)


@deep_sigmoid_net.mistake(
    "relu-everywhere",
    ko="시그모이드가 아니라 `nn.ReLU`를 넣었습니다. 여기서는 노트처럼 시그모이드를 씁니다. 출력도 확률이어야 합니다.",
    en="These are `nn.ReLU`, not sigmoids. Here it is sigmoids, as in the notes, and the output is to be "
    "a probability.",
)
def _(sizes):
    return stacked(sizes, nn.ReLU, nn.ReLU)


@deep_sigmoid_net.mistake(
    "tanh",
    ko="시그모이드가 아니라 tanh를 넣었습니다. 모양은 비슷하지만 −1에서 1까지입니다.",
    en="These are tanh, not sigmoids. They look alike, but tanh goes from −1 to 1.",
)
def _(sizes):
    return stacked(sizes, nn.Tanh, nn.Tanh)


@deep_sigmoid_net.mistake(
    "tanh-between",
    ko="층 사이에 시그모이드가 아니라 tanh를 넣었습니다. 모양은 비슷하지만 −1에서 1까지입니다.",
    en="Between the layers there is a tanh, not a sigmoid. They look alike, but tanh goes from −1 to 1.",
)
def _(sizes):
    return stacked(sizes, nn.Tanh)


@deep_sigmoid_net.mistake(
    "softmax-at-the-end",
    ko="마지막이 softmax입니다. 출력이 하나뿐이면 softmax는 언제나 1입니다. 여기서는 마지막도 시그모이드입니다.",
    en="The last one is a softmax. With a single output a softmax is always 1. Here the last one is a "
    "sigmoid as well.",
)
def _(sizes):
    return stacked(sizes, last=lambda: nn.Softmax(dim=1))


@deep_sigmoid_net.mistake(
    "no-bias",
    ko="층에 편향이 없습니다(`bias=False`). 설명문대로 편향을 두세요.",
    en="The layers have no bias (`bias=False`). The docstring asks for one.",
)
def _(sizes):
    return stacked(sizes, bias=False)


@deep_sigmoid_net.mistake(
    "sizes-ignored",
    ko="받은 sizes를 쓰지 않고 언제나 2-10-10-10-1을 만듭니다. 크기를 sizes에서 꺼내 쓰세요.",
    en="Whatever the sizes, this makes a 2-10-10-10-1. Take the numbers from sizes.",
)
def _(sizes):
    return stacked([2, 10, 10, 10, 1])


@deep_sigmoid_net.mistake(
    "last-layer-missing",
    ko="마지막 층이 빠졌습니다. 크기가 n개면 선형 층은 n − 1개입니다. 반복문이 하나 일찍 끝나지 않나요?",
    en="The last layer is missing. With n sizes there are n − 1 linear layers: does the loop end one too "
    "early?",
)
def _(sizes):
    return stacked(sizes[:-1])


@deep_sigmoid_net.mistake(
    "first-layer-missing",
    ko="첫 층이 빠졌습니다. 첫 `nn.Linear`는 `sizes[0]`개의 입력을 `sizes[1]`개로 보냅니다.",
    en="The first layer is missing. The first `nn.Linear` takes `sizes[0]` inputs to `sizes[1]`.",
)
def _(sizes):
    return stacked(sizes[1:])


@deep_sigmoid_net.mistake(
    "only-one-pair",
    ko="층이 하나뿐입니다. `return`이 반복문 *안에* 있거나, 반복할 때마다 `layers`를 새로 만들지 않나요?",
    en="There is only one layer. Is the `return` *inside* the loop, or `layers` made anew every time?",
)
def _(sizes):
    return stacked(sizes[:2])


@deep_sigmoid_net.mistake(
    "only-the-last-pair",
    ko="마지막 층만 남았습니다. 반복할 때마다 `layers`를 새로 만들거나 덮어쓰지 않나요? `+=`나 `append`로 모으세요.",
    en="Only the last layer is left. Is `layers` made anew or overwritten every time? Collect with `+=` "
    "or `append`.",
)
def _(sizes):
    return stacked(sizes[-2:])


@deep_sigmoid_net.mistake(
    "inputs-and-units-swapped",
    ko="`nn.Linear`의 두 인자가 바뀌었습니다. 앞이 입력의 수, 뒤가 유닛(출력)의 수입니다.",
    en="The two arguments of `nn.Linear` are swapped: the number of inputs comes first, that of units "
    "(outputs) second.",
)
def _(sizes):
    layers = []
    for a, b in itertools.pairwise(sizes):
        layers += [nn.Linear(b, a), nn.Sigmoid()]
    return nn.Sequential(*layers)


@deep_sigmoid_net.mistake(
    "sigmoid-first",
    ko="시그모이드가 `nn.Linear` *앞에* 있습니다. 그러면 입력까지 눌립니다. `nn.Linear`가 먼저입니다.",
    en="The sigmoids come *before* the linear layers and squash even the input. `nn.Linear` comes first.",
)
def _(sizes):
    layers = []
    for a, b in itertools.pairwise(sizes):
        layers += [nn.Sigmoid(), nn.Linear(a, b)]
    return nn.Sequential(*layers)


@deep_sigmoid_net.mistake(
    "nested",
    ko="층을 짝지어 `nn.Sequential` 안의 `nn.Sequential`로 묶었습니다. 계산은 같지만 매개변수의 이름(`0.0.weight` 등)이 달라집니다. "
    "한 줄로 늘어놓으세요.",
    en="The pairs are wrapped in an `nn.Sequential` inside an `nn.Sequential`. It computes the same, but "
    "the parameters get other names (`0.0.weight`). Put all layers in one row.",
)
def _(sizes):
    pairs = (nn.Sequential(nn.Linear(a, b), nn.Sigmoid()) for a, b in itertools.pairwise(sizes))
    return nn.Sequential(*pairs)


@deep_sigmoid_net.mistake(
    "two-at-the-end",
    ko="맨 끝에 시그모이드가 둘입니다. 반복문이 마지막 층 뒤에도 하나를 넣었으니 더 넣지 마세요.",
    en="There are two sigmoids at the very end. The loop has put one after the last layer already: add no "
    "other.",
)
def _(sizes):
    return nn.Sequential(*stacked(sizes), nn.Sigmoid())


@deep_sigmoid_net.mistake(
    "relu-and-none-at-the-end",
    ko="시그모이드가 아니라 `nn.ReLU`를 넣었고, 맨 끝에는 아무것도 없습니다. 모든 `nn.Linear` 뒤에 `nn.Sigmoid`를 하나씩 두세요.",
    en="These are `nn.ReLU`, not sigmoids, and there is nothing at the end. Put an `nn.Sigmoid` after every "
    "`nn.Linear`.",
)
def _(sizes):
    return stacked(sizes, nn.ReLU, last=None)


class Wrapped(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = stacked(sizes)

    def forward(self, x):
        return self.layers(x)


@deep_sigmoid_net.mistake(
    "wrapped-in-a-module",
    ko="`nn.Sequential`을 다른 모듈의 속성 `layers`에 넣었습니다. 계산은 같지만 매개변수의 이름이 달라집니다. `nn.Sequential`을 그대로 돌려주세요.",
    en="The `nn.Sequential` is an attribute, `layers`, of another module. It computes the same, but the "
    "parameters get other names. Return the `nn.Sequential` itself.",
)
def _(sizes):
    return Wrapped(sizes)


@deep_sigmoid_net.mistake(
    "pairs-with-itself",
    ko="`zip(sizes, sizes)`는 수를 자기 자신과 짝짓습니다. 둘째는 한 칸 뒤에서 시작해야 합니다: `sizes[1:]`",
    en="`zip(sizes, sizes)` pairs each number with itself. The second has to start one later: `sizes[1:]`.",
)
def _(sizes):
    return nn.Sequential(*(m for a in sizes for m in (nn.Linear(a, a), nn.Sigmoid())))


def shares_layers(sizes, made_once):
    """A net in which pairs of sizes that are alike share a layer, where made_once(a, b)."""
    made, layers = {}, []
    for a, b in itertools.pairwise(sizes):
        layer = nn.Linear(a, b)
        layers += [made.setdefault((a, b), layer) if made_once(a, b) else layer, nn.Sigmoid()]
    return nn.Sequential(*layers)


def shares_equal_layers(sizes):
    return shares_layers(sizes, lambda a, b: True)


def shares_square_layers(sizes):
    return shares_layers(sizes, lambda a, b: a == b)


def shares_layers_of_10(sizes):
    return shares_layers(sizes, lambda a, b: a == b == 10)


def repeats_the_hidden_layer(sizes):
    hidden = nn.Linear(sizes[1], sizes[1])
    middle = [part for _ in sizes[3:] for part in (hidden, nn.Sigmoid())]
    ends = [nn.Linear(*sizes[:2]), nn.Linear(*sizes[-2:])]
    return nn.Sequential(ends[0], nn.Sigmoid(), *middle, ends[1], nn.Sigmoid())


def repeats_the_hidden_layer_if_any(sizes):
    return repeats_the_hidden_layer(sizes) if len(sizes) > 2 else stacked(sizes)


def repeats_the_first_layer(sizes):
    return nn.Sequential(*[nn.Linear(sizes[0], sizes[1]), nn.Sigmoid()] * (len(sizes) - 1))


for _answer in (
    shares_equal_layers, shares_square_layers, shares_layers_of_10,
    repeats_the_hidden_layer, repeats_the_hidden_layer_if_any, repeats_the_first_layer,
):  # fmt: skip
    deep_sigmoid_net.mistake(
        _answer.__name__.replace("_", "-"),
        ko="같은 층 하나를 여러 자리에 넣어서 가중치를 함께 씁니다. 반복할 때마다 `nn.Linear`를 새로 만드세요.",
        en="The same layer stands in several places, so they share one set of weights. Make a new "
        "`nn.Linear` in every round of the loop.",
    )(_answer)


deep_sigmoid_net.hints(
    ko=[
        "앞의 깊어 보이는 신경망을 고치는 일입니다. 층의 수가 정해져 있지 않으니, 이웃한 두 크기마다 두 가지를 리스트에 덧붙이세요.",
        "`for inputs, units in zip(sizes, sizes[1:]):`를 돌면서 `nn.Linear(inputs, units)`와 `nn.Sigmoid()`를 차례로 `layers`에 넣습니다. "
        "마지막에도 시그모이드가 있습니다.",
        "`layers = []`로 시작해서 반복문 안에 `layers += [nn.Linear(inputs, units), nn.Sigmoid()]`, 반복문이 끝난 뒤 `return "
        "nn.Sequential(*layers)`",
    ],
    en=[
        "You are mending the network that only looked deep. The number of layers is open, so for every "
        "two neighbouring sizes add two things to a list.",
        "Go through `for inputs, units in zip(sizes, sizes[1:]):` and put `nn.Linear(inputs, units)` and "
        "`nn.Sigmoid()` into `layers`. There is a sigmoid at the end, too.",
        "Start with `layers = []`; in the loop `layers += [nn.Linear(inputs, units), nn.Sigmoid()]`; "
        "after the loop `return nn.Sequential(*layers)`.",
    ],
)


# ---------------------------------------------------------------- mended-accuracy


@exercise("mended-accuracy", all_or_nothing=True)
def mended_accuracy(p, y):
    pairs = zip(p.flatten().tolist(), y.flatten().tolist(), strict=True)
    right = [(probability > 0.5) == (answer == 1) for probability, answer in pairs]
    return sum(right) / len(right)


@mended_accuracy.cases
def _(draw):
    solved = torch.tensor([[0.1], [0.9], [0.8], [0.2]])
    yield solved, torch.tensor([0.0, 1.0, 1.0, 0.0])
    yield solved, torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    yield torch.tensor([[0.5], [0.6], [0.7]]), torch.tensor([0.0, 1.0, 0.0])  # 0.5 is a no
    yield torch.tensor([[0.3]]), torch.tensor([1.0])
    for flat in (True, False, True):
        n = draw.integer(5, 11)
        y = draw.integers(0, 1, n, 1).float()
        y[0], y[1] = 1.0, 1.0
        p = (0.7 * y + draw.uniform(0, 0.3, n, 1)).clamp(0.01, 0.99)
        p[0], p[-1] = 0.2, 1 - p[-1]  # one or two wrong ones
        yield p, y[:, 0] if flat else y


@mended_accuracy.accepts
def _(p, y):
    return float(((p.squeeze(1) > 0.5) == (y.flatten() > 0.5)).double().mean())


@mended_accuracy.accepts
def _(p, y):
    y = y[:, None] if y.dim() == 1 else y
    return torch.eq(p.round(), y).sum().item() / len(p)


@mended_accuracy.accepts
def _(p, y):
    right = 0
    for i in range(len(p)):
        right += int((p[i].item() > 0.5) == (y[i].item() > 0.5))
    return right / len(p)


AS_FOUND = {
    "ko": "`y`가 (N,)일 때는 고장 난 그대로입니다. (N, 1)과 (N,)을 견주면 (N, N)이 되어 모든 답을 모든 정답과 견줍니다. `y`를 먼저 (N, 1)로 "
    "만드세요.",
    "en": "Where `y` is (N,) it is as broken as before: (N, 1) against (N,) makes (N, N), every answer "
    "against every right answer. Make `y` an (N, 1) first.",
}


@mended_accuracy.mistake("as-found", **AS_FOUND)
def _(p, y):
    return ((p > 0.5).float() == y).float().mean().item()


@mended_accuracy.mistake("as-found-but-a-sum", **AS_FOUND)
def _(p, y):
    return ((p > 0.5).float() == y).sum().item() / len(y)


OTHER_WAY_ROUND = {
    "ko": "이제 (N,)인 `y`에는 맞지만 (N, 1)인 `y`에는 틀립니다. `y`에 언제나 축을 하나 더하거나 `p`만 (N,)으로 폈나요? 그러면 이번에는 (N, 1)인 "
    "`y`가 브로드캐스팅됩니다. 어느 쪽이 오든 두 모양이 같아지게 하세요.",
    "en": "Now it is right for a `y` of (N,), but wrong for one of (N, 1). Did you always add an axis to "
    "`y`, or flatten `p` alone? Then it is the (N, 1) that is broadcast. Make both shapes the same, "
    "whichever of the two comes.",
}


@mended_accuracy.mistake("always-adds-an-axis", **OTHER_WAY_ROUND)
def _(p, y):
    return ((p > 0.5).float() == y[:, None]).float().mean().item()


@mended_accuracy.mistake("flattens-only-p", **OTHER_WAY_ROUND)
def _(p, y):
    return ((p.flatten() > 0.5).float() == y).float().mean().item()


STILL_BROADCAST = {
    "ko": "이제 `y`가 (N, 1)이든 (N,)이든 (N, N)이 됩니다. `y`에서 축을 *없애거나* 눕히지 말고, `p`와 같은 (N, 1)로 만드세요. 아니면 `p`도 "
    "(N,)으로 펴세요.",
    "en": "Now it is (N, N) whether `y` is (N, 1) or (N,). Do not *remove* an axis from `y` or lay it on its "
    "side: make it (N, 1) as `p` is, or flatten `p` to (N,) as well.",
}


@mended_accuracy.mistake("flattens-only-y", **STILL_BROADCAST)
def _(p, y):
    return ((p > 0.5).float() == y.flatten()).float().mean().item()


@mended_accuracy.mistake(
    "as-found-in-percent",
    ko="두 가지가 다릅니다. (N,)인 `y`와 견주면 아직 (N, N)이 되고, 결과도 0과 1 사이의 수가 아니라 백분율입니다.",
    en="Two things differ. Against a `y` of (N,) it is still an (N, N), and the result is a percentage, not a "
    "number from 0 to 1.",
)
def _(p, y):
    return 100 * ((p > 0.5).float() == y).float().mean().item()


@mended_accuracy.mistake(
    "as-found-tensor",
    ko="두 가지가 다릅니다. (N,)인 `y`와 견주면 아직 (N, N)이 되고, 결과가 텐서입니다. `.item()`도 필요합니다.",
    en="Two things differ. Against a `y` of (N,) it is still an (N, N), and the result is a tensor: it needs "
    "`.item()` too.",
)
def _(p, y):
    return ((p > 0.5).float() == y).float().mean()


def mended(p, y):
    return ((p > 0.5).float() == y.reshape(-1, 1)).float()


@mended_accuracy.mistake(
    "one-at-half",
    ko="모양은 고쳤지만 확률이 꼭 0.5일 때 1이라고 답합니다. 0.5를 *넘을* 때만 1입니다. `>=`가 아니라 `>`입니다.",
    en="The shapes are mended, but at exactly 0.5 this answers 1. It is 1 only *above* 0.5: `>`, not `>=`.",
)
def _(p, y):
    return ((p >= 0.5).float() == y.reshape(-1, 1)).float().mean().item()


@mended_accuracy.mistake(
    "percent",
    ko="백분율로 돌려주었습니다. 0과 1 사이의 수여야 합니다. 100을 곱하지 마세요.",
    en="This is a percentage. Return a number from 0 to 1: do not multiply by 100.",
)
def _(p, y):
    return 100 * mended(p, y).mean().item()


@mended_accuracy.mistake(
    "count",
    ko="맞힌 *개수*를 돌려주었습니다. 표본의 수로 나눈 비율이어야 합니다.",
    en="This is the *number* of right answers. Divide by the number of samples to get the share.",
)
def _(p, y):
    return mended(p, y).sum().item()


@mended_accuracy.mistake(
    "tensor",
    ko="값은 맞지만 텐서입니다. `.item()`으로 파이썬 수를 꺼내세요.",
    en="The value is right, but it is a tensor. Take the Python number out with `.item()`.",
)
def _(p, y):
    return mended(p, y).mean()


@mended_accuracy.mistake(
    "error-rate",
    ko="*틀린* 비율을 돌려주었습니다. `==`로 맞은 것을 세세요.",
    en="This is the share of *wrong* answers. Count what is right, with `==`.",
)
def _(p, y):
    return 1 - mended(p, y).mean().item()


@mended_accuracy.mistake(
    "no-threshold",
    ko="맞은 것이 하나도 없습니다. 확률을 그대로 정답과 견주었다면, 0.9는 1과 같지 않으니 먼저 0.5를 넘는지로 0이나 1을 정하세요. 그렇게 했다면 괄호를 보세요: "
    "`(p > 0.5) == y`",
    en="Nothing is right here. If the probabilities themselves are compared with the right answers: 0.9 does "
    "not equal 1, so first decide on 0 or 1, by whether they are above 0.5. If you do that, mind the brackets: "
    "`(p > 0.5) == y`.",
)
def _(p, y):
    return (p == y.reshape(-1, 1)).float().mean().item()


@mended_accuracy.mistake(
    "threshold-zero",
    ko="확률을 0과 견주었습니다. 0은 z의 문턱이고, 확률의 문턱은 0.5입니다. 확률은 언제나 0보다 커서 답이 모두 1이 됩니다. "
    "또는 p를 시그모이드에 한 번 더 넣었습니다. p는 이미 확률입니다.",
    en="The probabilities are compared with 0. That is the threshold of z; that of a probability is "
    "0.5. Probabilities are always above 0, so every answer is 1. Or p went through a sigmoid once "
    "more: p is a probability already.",
)
def _(p, y):
    return ((p > 0).float() == y.reshape(-1, 1)).float().mean().item()


known = next(m for m in mended_accuracy.mistakes if m.key == "threshold-zero")


@mended_accuracy.mistake("sigmoid-once-more", ko=known.ko, en=known.en)
def _(p, y):
    return mended(torch.sigmoid(p), y).mean().item()


@mended_accuracy.mistake(
    "below-half",
    ko="0.5보다 *작을* 때 1이라고 답합니다. 0.5를 *넘을* 때 1입니다.",
    en="This answers 1 *below* 0.5. It is 1 *above* 0.5.",
)
def _(p, y):
    return ((p < 0.5).float() == y.reshape(-1, 1)).float().mean().item()


@mended_accuracy.mistake(
    "only-ones",
    ko="정답이 1인 것을 맞힌 것만 셌습니다. 0을 0이라고 답한 것도 맞은 것입니다.",
    en="Only right ones are counted. To answer 0 where it is 0 is right as well.",
)
def _(p, y):
    return ((p > 0.5).float() * y.reshape(-1, 1)).mean().item()


mended_accuracy.hints(
    ko=[
        "`(p > 0.5)`의 모양과 `y`의 모양을 두 경우에 대해 종이에 쓰고, 1장의 브로드캐스팅 규칙을 적용해 보세요.",
        "견주기 전에 `y`를 (N, 1)로 만드세요. (N,)이든 (N, 1)이든 똑같이 (N, 1)로 만드는 메서드가 있습니다.",
        "`y.reshape(-1, 1)`은 둘 다 (N, 1)로 만듭니다. 나머지는 고장 난 코드 그대로 두어도 됩니다.",
    ],
    en=[
        "Write down the shape of `(p > 0.5)` and that of `y` for both cases, and apply the broadcasting "
        "rule of chapter 1.",
        "Make `y` an (N, 1) before you compare. There is a method that gives (N, 1) from (N,) and from "
        "(N, 1) alike.",
        "`y.reshape(-1, 1)` makes either of them (N, 1). The rest of the broken code may stay.",
    ],
)
