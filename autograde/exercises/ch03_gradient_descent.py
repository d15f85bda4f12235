"""Exercises of ch03: gradient descent by hand."""

import torch

from autograde.exercise import exercise
from helpers.functions import ColumnSums, Polynomial, SineProduct

NOTES_X = torch.tensor([[1.0], [2.0], [3.0]])


def line_data(draw, n):
    x = draw.normal(n, 1)
    return x, 2 * x + draw.normal(n, 1)


# ---------------------------------------------------------------- mse-gradient


@exercise("mse-gradient", points=2, forbids=[".backward", "torch.autograd.grad"])
def mse_gradient(W, x, y):
    W = W.clone().requires_grad_()
    return torch.autograd.grad(torch.mean((W * x - y) ** 2), W)[0]


@mse_gradient.cases
def _(draw):
    yield torch.zeros(1), NOTES_X.clone(), NOTES_X.clone()
    yield torch.tensor([0.5]), torch.tensor([[2.0]]), torch.tensor([[5.0]])
    for n in (2, 5, draw.integer(6, 40)):
        yield draw.normal(1), *line_data(draw, n)
    yield (
        draw.normal(1, dtype=torch.float64),
        draw.normal(7, 1, dtype=torch.float64),
        draw.normal(7, 1, dtype=torch.float64),
    )


@mse_gradient.accepts
def _(W, x, y):
    n = x.shape[0]
    return (2 / n) * (x.T @ (x * W - y)).reshape(1)


@mse_gradient.mistake(
    "notes-sum",
    ko="오차와 x를 곱해 더하기만 했습니다. 미분에서 나온 2와, 평균에서 나온 1/n이 둘 다 빠졌습니다. "
    "이 강좌의 바탕이 된 노트의 코드가 바로 이렇게 되어 있습니다.",
    en="You summed error times x. Both the 2 from differentiating the square and the 1/n from the "
    "mean are missing. The notes that this course grew from do exactly this.",
)
def _(W, x, y):
    return torch.sum((W * x - y) * x).reshape(1)


@mse_gradient.mistake(
    "missing-2",
    ko="제곱을 미분하면 앞으로 내려오는 2가 빠졌습니다.",
    en="Differentiating a square brings a 2 to the front; it is missing.",
)
def _(W, x, y):
    return torch.mean((W * x - y) * x).reshape(1)


@mse_gradient.mistake(
    "missing-mean",
    ko="표본 수 n으로 나누지 않았습니다. J는 합이 아니라 평균이므로 그 기울기도 평균입니다.",
    en="You did not divide by the number of samples n. J is a mean, so its gradient is one too.",
)
def _(W, x, y):
    return 2 * torch.sum((W * x - y) * x).reshape(1)


@mse_gradient.mistake(
    "sign",
    ko="부호가 반대입니다. (y − Wx)를 W로 미분하면 −x가 나옵니다. 이 −를 잊지 않았나요?",
    en="The sign is flipped. Differentiating (y − Wx) with respect to W gives −x: did that minus "
    "get lost?",
)
def _(W, x, y):
    return 2 * torch.mean((y - W * x) * x).reshape(1)


@mse_gradient.mistake(
    "forgets-x",
    ko="안쪽 함수의 미분을 곱하지 않았습니다. Wx − y를 W로 미분하면 x가 나오고, 연쇄 법칙에 따라 "
    "이 x를 곱해야 합니다.",
    en="The inner derivative is missing. Wx − y differentiated with respect to W is x, and the "
    "chain rule multiplies by it.",
)
def _(W, x, y):
    return 2 * torch.mean(W * x - y).reshape(1)


@mse_gradient.mistake(
    "loss-itself",
    ko="기울기가 아니라 손실 J를 그대로 계산했습니다. J를 W로 미분한 값이 필요합니다.",
    en="That is the loss J itself. What is wanted is its derivative with respect to W.",
)
def _(W, x, y):
    return torch.mean((W * x - y) ** 2).reshape(1)


@mse_gradient.mistake(
    "keeps-the-square",
    ko="제곱을 미분하고도 오차에 제곱이 그대로 남아 있습니다. e²을 미분하면 2e입니다.",
    en="The error is still squared. The derivative of e² is 2e.",
)
def _(W, x, y):
    return 2 * torch.mean((W * x - y) ** 2 * x).reshape(1)


@mse_gradient.mistake(
    "forgets-x-and-2",
    ko="오차의 평균만 구했습니다. 제곱에서 나온 2와, 연쇄 법칙이 곱하는 x가 둘 다 빠졌습니다.",
    en="That is the mean error alone: both the 2 of the square and the x of the chain rule are missing.",
)
def _(W, x, y):
    return torch.mean(W * x - y).reshape(1)


@mse_gradient.mistake(
    "halved",
    ko="2를 곱할 자리에서 2로 나누었습니다. 손실을 ½로 정의하지 않았으므로, 제곱의 미분에서 나온 2는 그대로 남습니다.",
    en="You divided by 2 where the square's derivative multiplies by 2. This loss has no ½ that would cancel it.",
)
def _(W, x, y):
    return (torch.sum((W * x - y) * x) / (2 * len(x))).reshape(1)


@mse_gradient.mistake(
    "product-of-means",
    ko="오차의 평균과 x의 평균을 곱했습니다. 표본마다 오차 × x를 먼저 곱하고, 그다음에 평균을 냅니다.",
    en="This multiplies the mean error by the mean x. Multiply error and x sample by sample first, then take the mean.",
)
def _(W, x, y):
    return (2 * torch.mean(W * x - y) * torch.mean(x)).reshape(1)


@mse_gradient.mistake(
    "forgets-y",
    ko="오차에서 y를 빼지 않았습니다. 오차는 W·x − y입니다.",
    en="The error lacks its y: it is W·x − y.",
)
def _(W, x, y):
    return 2 * torch.mean(W * x * x).reshape(1)


@mse_gradient.mistake(
    "keeps-the-samples",
    ko="표본마다의 기울기 2(Wx − y)x에서 멈추었습니다. J는 이들의 평균이므로 평균을 내어 수 하나로 만드세요.",
    en="You stopped at each sample's own gradient, 2(Wx − y)x. J is a mean, so average them into one number.",
)
def _(W, x, y):
    return 2 * (W * x - y) * x


@mse_gradient.mistake(
    "no-axis",
    ko="값은 맞지만 모양이 ()입니다. `torch.mean`은 축이 없는 텐서를 돌려줍니다. `.reshape(1)`로 W와 같은 (1,)로 만드세요.",
    en="The value is right, but its shape is (): `torch.mean` returns a tensor without axes. `.reshape(1)` gives it W's shape (1,).",
)
def _(W, x, y):
    return 2 * torch.mean((W * x - y) * x)


mse_gradient.hints(
    ko=[
        "기울기는 'W를 아주 조금 늘리면 J가 얼마나 변하는가'입니다. 표본 하나의 오차 제곱 "
        "(W·x − y)² 하나만 먼저 미분해 보세요. 합성함수이므로 연쇄 법칙이 필요합니다.",
        "표본 하나: 2 · (W·x − y) · x. J는 이것들의 합이 아니라 평균입니다.",
        "`error = W * x - y` 다음에 `2 * torch.mean(error * x)`를 계산하고, 결과의 모양을 "
        "`(1,)`로 만드세요: `.reshape(1)`",
    ],
    en=[
        "The gradient answers: if W grows a tiny bit, how much does J change? Differentiate the "
        "squared error of a single sample, (W·x − y)², first. It is a function of a function, "
        "so you need the chain rule.",
        "One sample gives 2 · (W·x − y) · x. J is the mean of these, not their sum.",
        "`error = W * x - y`, then `2 * torch.mean(error * x)`; give the result the shape `(1,)` "
        "with `.reshape(1)`.",
    ],
)


# ---------------------------------------------------------------- equivalent-lr


@exercise("equivalent-lr")
def equivalent_lr(lr, n):
    # Independently: how far both rules move from W = 0 on data where every number is 1.
    x, y, W = torch.ones(n, 1), torch.ones(n, 1), torch.zeros(1, requires_grad=True)
    true_gradient = torch.autograd.grad(torch.mean((W * x - y) ** 2), W)[0]
    notes_move = lr * torch.sum((W.detach() * x - y) * x)
    return float(notes_move / true_gradient)


@equivalent_lr.cases
def _(draw):
    yield 0.1, 3
    yield 0.1, 6
    yield 0.05, 1
    for _ in range(3):
        yield round(draw.number(0.001, 0.5), 4), draw.integer(3, 200)


@equivalent_lr.accepts
def _(lr, n):
    return n * lr / 2.0


@equivalent_lr.mistake(
    "inverted",
    ko="거꾸로 나누었습니다. 노트의 기울기가 n/2배 크므로, 같은 걸음을 걸으려면 올바른 기울기 쪽의 "
    "학습률이 n/2배 커야 합니다.",
    en="The ratio is upside down. The notes' gradient is n/2 times as large, so to move as far "
    "the true gradient needs a learning rate n/2 times as large.",
)
def _(lr, n):
    return 2 * lr / n


@equivalent_lr.mistake(
    "forgets-2",
    ko="1/n만 생각했습니다. 제곱의 미분에서 나온 2도 노트의 식에서 빠져 있습니다.",
    en="You only accounted for the 1/n. The 2 from the square is missing from the notes too.",
)
def _(lr, n):
    return lr * n


@equivalent_lr.mistake(
    "only-2",
    ko="2만 생각했습니다. 노트의 식에는 1/n도 빠져 있어서, 표본이 많을수록 걸음이 커집니다.",
    en="You only accounted for the 2. The 1/n is missing too, so more samples mean a longer step.",
)
def _(lr, n):
    return lr / 2


@equivalent_lr.mistake(
    "squared-2",
    ko="2로 나누어야 할 곳에서 곱했습니다. 등식은 lr = (찾는 학습률) × 2/n입니다. 양변에 n/2를 곱해 보세요.",
    en="You multiplied by 2 where you should divide. The equation is lr = rate × 2/n: multiply "
    "both sides by n/2.",
)
def _(lr, n):
    return 2 * lr * n


@equivalent_lr.mistake(
    "unchanged",
    ko="학습률을 그대로 돌려주었습니다. 두 기울기의 크기가 다르므로 같은 걸음이 되지 않습니다.",
    en="That is lr unchanged. The two gradients differ in size, so the steps would differ as well.",
)
def _(lr, n):
    return lr


@equivalent_lr.mistake(
    "divides-by-n",
    ko="n으로 나누기만 했습니다. lr · (합) = rate · (2/n) · (합)에서 rate를 구하세요.",
    en="That only divides by n. Solve lr · (sum) = rate · (2/n) · (sum) for rate.",
)
def _(lr, n):
    return lr / n


@equivalent_lr.mistake(
    "floors",
    ko="`//`는 나머지를 버립니다. n이 홀수이면 틀립니다. `/`로 나누세요.",
    en="`//` drops the remainder, which is wrong for odd n. Divide with `/`.",
)
def _(lr, n):
    return lr * (n // 2)


@equivalent_lr.mistake(
    "always-three",
    ko="표본이 세 개일 때의 배수 1.5를 그대로 썼습니다. 배수는 n에 따라 달라집니다.",
    en="That is 1.5 times lr, which holds for three samples. The factor depends on n.",
)
def _(lr, n):
    return lr * 1.5


@equivalent_lr.mistake(
    "only-the-factor",
    ko="두 기울기의 비 n/2만 돌려주었습니다. 노트의 학습률 lr에 이 비를 곱하세요.",
    en="That is the ratio n/2 alone. Multiply the notes' lr by it.",
)
def _(lr, n):
    return n / 2


equivalent_lr.hints(
    ko=[
        "두 규칙이 W를 같은 만큼 움직인다는 등식을 세우세요: 한쪽은 lr × 노트의 식, 다른 쪽은 "
        "찾는 학습률 × 올바른 기울기입니다.",
        "노트의 식은 Σ(Wx − y)x, 올바른 기울기는 (2/n)·Σ(Wx − y)x입니다. Σ 부분은 같으니 지워집니다.",
        "lr = (찾는 학습률) × 2/n을 찾는 학습률에 대해 풀면 `lr * n / 2`입니다.",
    ],
    en=[
        "Write down that both rules move W equally far: lr times the notes' expression on one "
        "side, the rate you look for times the true gradient on the other.",
        "The notes have Σ(Wx − y)x, the true gradient is (2/n)·Σ(Wx − y)x. The sums cancel.",
        "Solve lr = (the rate) × 2/n for the rate: `lr * n / 2`.",
    ],
)


# ---------------------------------------------------------------- gradient-step


@exercise("gradient-step", forbids=["torch.optim.SGD"])
def gradient_step(W, gradient, lr):
    return torch.sub(W, gradient, alpha=lr)


@gradient_step.cases
def _(draw):
    yield torch.zeros(1), torch.tensor([-9.0]), 0.1
    yield torch.tensor([1.5]), torch.tensor([4.0]), 2.0
    yield draw.normal(1), draw.normal(1), draw.number(0.01, 0.5)
    yield draw.normal(3, 2), draw.normal(3, 2), draw.number(0.01, 0.5)
    double = torch.float64
    yield draw.normal(5, dtype=double), draw.normal(5, dtype=double), draw.number(0.01, 0.5)


@gradient_step.accepts
def _(W, gradient, lr):
    new = W.clone()
    new -= lr * gradient
    return new


@gradient_step.mistake(
    "ascends",
    ko="기울기 방향으로 올라갔습니다. 기울기는 J가 커지는 방향이므로 그 반대로 가야 내려갑니다.",
    en="This climbs. The gradient points to where J grows, so go the other way.",
)
def _(W, gradient, lr):
    return W + lr * gradient


@gradient_step.mistake(
    "in-place",
    ko="값은 맞지만 `W -= …`처럼 제자리에서 고쳐, 부른 쪽의 W까지 바뀌었습니다. 새 텐서를 돌려주세요.",
    en="The value is right, but `W -= …` or the like works in place: the caller's W has changed as "
    "well. Return a new tensor.",
)
def _(W, gradient, lr):
    W -= lr * gradient
    return W


@gradient_step.mistake(
    "forgets-lr",
    ko="학습률을 곱하지 않고 기울기를 통째로 뺐습니다.",
    en="The whole gradient is subtracted: the learning rate is missing.",
)
def _(W, gradient, lr):
    return W - gradient


@gradient_step.mistake(
    "only-the-move",
    ko="움직일 거리(lr × 기울기)만 돌려주었습니다. 지금의 W에서 그만큼 뺀 새 위치가 필요합니다.",
    en="That is only the distance to move (lr × gradient). Return the new position: W less that.",
)
def _(W, gradient, lr):
    return lr * gradient


@gradient_step.mistake(
    "only-the-negative-move",
    ko="움직일 거리(−lr × 기울기)만 돌려주었습니다. 지금의 W에 더한 새 위치가 필요합니다.",
    en="That is only the move (−lr × gradient). Return the new position: W plus that.",
)
def _(W, gradient, lr):
    return -lr * gradient


@gradient_step.mistake(
    "forgets-the-gradient",
    ko="학습률만 뺐습니다. 걸음의 방향과 크기를 정하는 것은 기울기입니다: lr × 기울기를 빼세요.",
    en="Only the learning rate is subtracted. The gradient decides direction and size: subtract lr × gradient.",
)
def _(W, gradient, lr):
    return W - lr


@gradient_step.mistake(
    "divides-by-lr",
    ko="기울기를 학습률로 나누었습니다. 학습률은 곱합니다: 작을수록 걸음이 짧아야 합니다.",
    en="The gradient is divided by the learning rate. Multiply: a small rate means a short step.",
)
def _(W, gradient, lr):
    return W - gradient / lr


@gradient_step.mistake(
    "only-the-sign",
    ko="기울기의 부호만 썼습니다. 경사하강법의 걸음은 기울기의 크기에도 비례합니다.",
    en="Only the gradient's sign is used. A step of gradient descent is also proportional to its size.",
)
def _(W, gradient, lr):
    return W - lr * gradient.sign()


@gradient_step.mistake(
    "reversed",
    ko="빼는 순서가 뒤바뀌었습니다. W에서 lr × 기울기를 뺍니다.",
    en="The subtraction is the wrong way round: subtract lr × gradient from W.",
)
def _(W, gradient, lr):
    return lr * gradient - W


@gradient_step.mistake(
    "one-step-for-all",
    ko="기울기를 평균 내어 모든 원소를 똑같이 움직였습니다. 원소마다 자기 기울기만큼 움직입니다.",
    en="The gradient was averaged, so every element moves alike. Each element moves by its own gradient.",
)
def _(W, gradient, lr):
    return W - lr * gradient.mean()


@gradient_step.mistake(
    "decays-W",
    ko="기울기가 아니라 W에 학습률을 곱해 뺐습니다.",
    en="W itself was multiplied by the learning rate and subtracted, not the gradient.",
)
def _(W, gradient, lr):
    return W - lr * W


gradient_step.hints(
    ko=[
        "언덕을 내려가려면 기울기가 가리키는 쪽의 반대로 갑니다.",
        "새 W = W − lr × 기울기. 모양은 W와 같습니다.",
        "`return W - lr * gradient` — `-=`는 부른 쪽의 W를 바꾸므로 쓰지 않습니다.",
    ],
    en=[
        "To walk downhill, go against the direction in which the gradient points.",
        "new W = W − lr × gradient, in W's own shape.",
        "`return W - lr * gradient`; not `-=`, which changes the caller's W.",
    ],
)


# ---------------------------------------------------------------- gradient-descent


@exercise(
    "gradient-descent",
    points=3,
    forbids=[".backward", "torch.optim.SGD"],
    returns=["W", "history"],
)
def gradient_descent(W, x, y, lr, steps):
    W = W.clone().requires_grad_()
    optimizer = torch.optim.SGD([W], lr=lr)
    history = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = torch.mean((W * x - y) ** 2)
        history.append(loss.item())
        loss.backward()
        optimizer.step()
    return W.detach(), history


def loss_at(W, x, y):
    return torch.mean((W * x - y) ** 2).item()


def step_at(W, x, y, lr):
    return lr * 2 * torch.mean((W * x - y) * x)


def descend(W, x, y, lr, steps, log_after=False):
    history = []
    for _ in range(steps):
        before, W = W, W - step_at(W, x, y, lr)
        history.append(loss_at(W if log_after else before, x, y))
    return W, history


@gradient_descent.cases
def _(draw):
    yield torch.zeros(1), NOTES_X.clone(), NOTES_X.clone(), 0.05, 3
    yield torch.zeros(1), NOTES_X.clone(), 2 * NOTES_X, 0.01, 1
    for n in (4, draw.integer(5, 30)):
        x, y = line_data(draw, n)
        yield draw.normal(1) - 3, x, y, draw.number(0.02, 0.1), draw.integer(2, 12)
    x, y = line_data(draw, 6)
    yield draw.normal(1).double() - 3, x.double(), y.double(), 0.05, 4
    yield draw.normal(1) - 3, *line_data(draw, 5), 0.05, 0  # the chapter's picture starts so
    # In the valley after one step: the others are made nevertheless. And a rate that is too large.
    yield torch.zeros(1), torch.tensor([[2.0]]), torch.tensor([[4.0]]), 0.125, 4
    yield torch.zeros(1), NOTES_X.clone(), NOTES_X.clone(), 0.22, 4


@gradient_descent.accepts
def _(W, x, y, lr, steps):
    history = [0.0] * steps
    for k in range(steps):
        error = x * W - y
        history[k] = float((error * error).sum() / len(x))
        W = W - lr * 2 * (error * x).sum(0) / len(x)
    return W, history


@gradient_descent.mistake(
    "one-too-many",
    ko="steps보다 한 번 더 갱신했습니다. 예를 들어 `range(steps + 1)`은 steps + 1번 돕니다. 이 강좌의 바탕이 된 "
    "노트의 반복문도 이렇습니다.",
    en="One update too many: `range(steps + 1)`, for example, runs steps + 1 times, as the loop in "
    "the notes does.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps + 1)


@gradient_descent.mistake(
    "one-too-few",
    ko="steps보다 한 번 덜 갱신했습니다. 예를 들어 `range(1, steps)`는 steps − 1번 돕니다.",
    en="One update too few: `range(1, steps)`, for example, runs steps − 1 times.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps - 1)


@gradient_descent.mistake(
    "logs-after",
    ko="갱신한 *뒤*의 손실을 기록했습니다. history[0]은 출발점의 손실이어야 합니다.",
    en="The loss is recorded *after* the update. history[0] should be the loss at the start.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps, log_after=True)


@gradient_descent.mistake(
    "never-moves",
    ko="W가 처음 값에서 움직이지 않습니다. 새 W를 만들기만 하고 변수 W에 다시 넣지 않았나요?",
    en="W never leaves its start. Was the new W computed but not assigned back to W?",
)
def _(W, x, y, lr, steps):
    return W.clone(), [loss_at(W, x, y)] * steps


@gradient_descent.mistake(
    "stale-gradient",
    ko="기울기를 출발점에서 한 번만 구해 계속 썼습니다. 걸음마다 *지금 선 자리*의 기울기를 다시 구해야 합니다.",
    en="The gradient was computed once, at the start, and used for every step. Get the gradient of "
    "*where you stand now* each time.",
)
def _(W, x, y, lr, steps):
    step, history = step_at(W, x, y, lr), []
    for _ in range(steps):
        history.append(loss_at(W, x, y))
        W = W - step
    return W, history


@gradient_descent.mistake(
    "ascends",
    ko="손실이 걸음마다 커집니다. 기울기를 빼지 않고 더했습니다.",
    en="The loss grows at every step: the gradient was added, not subtracted.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, -lr, steps)


@gradient_descent.mistake(
    "logs-sum",
    ko="history에 손실의 평균이 아니라 합을 적었습니다. J는 평균입니다.",
    en="The history holds the sum of the squared errors, not their mean. J is a mean.",
)
def _(W, x, y, lr, steps):
    W, history = descend(W, x, y, lr, steps)
    return W, [loss * len(x) for loss in history]


@gradient_descent.mistake(
    "notebook-data",
    ko="손실을 노트북의 점 세 개로 잰 것 같습니다. `J`는 노트북의 x, y를 씁니다. 이 함수가 받은 x와 y로 계산하세요.",
    en="The loss seems to be measured on the notebook's three points: that is what `J` uses. "
    "Compute it from the x and y that this function is given.",
)
def _(W, x, y, lr, steps):
    start, history = W, []
    for _ in range(steps):
        history.append(loss_at(start, NOTES_X, NOTES_X))
        start = start - step_at(start, x, y, lr)
    return start, history


@gradient_descent.mistake(
    "start-and-after",
    ko="history에 출발점의 손실과 매 갱신 뒤의 손실을 모두 적어 steps + 1개가 되었습니다. 갱신 *앞*의 손실만 적으면 "
    "정확히 steps개입니다.",
    en="The history holds the loss at the start and after every update, steps + 1 in all. With only "
    "the losses *before* each update there are exactly steps.",
)
def _(W, x, y, lr, steps):
    new, history = descend(W, x, y, lr, steps)
    return new, [*history, loss_at(new, x, y)]


@gradient_descent.mistake(
    "swapped-return",
    ko="돌려주는 순서가 바뀌었습니다. (W, history) 순서입니다.",
    en="The two results are swapped: return (W, history).",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps)[::-1]


@gradient_descent.mistake(
    "returns-inside",
    ko="첫걸음에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first step. Is the `return` indented *inside* the loop?",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, min(steps, 1))


INSIDE = next(m for m in gradient_descent.mistakes if m.key == "returns-inside")


@gradient_descent.mistake("returns-only-inside", ko=INSIDE.ko, en=INSIDE.en)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, 1) if steps else None


def stopping(W, x, y, lr, steps, arrived, when):
    """As descend, ending early where arrived(losses, slope) says so: before a loss is noted, or
    the update made, or after both."""
    losses = []
    for _ in range(steps):
        loss, slope = loss_at(W, x, y), step_at(W, x, y, 1.0)
        early = arrived([*losses, loss], slope)
        if early and when == 0:
            break
        losses.append(loss)
        if early and when == 1:
            break
        W = W - lr * slope
        if early:
            break
    return W, losses


STOPS_EARLY = {
    "ko": "골짜기에 닿거나 손실이 더 줄지 않으면 일찍 멈춥니다. 설명문은 언제나 정확히 steps번 갱신하고 손실도 steps개 적을 것을 요구합니다. 반복문 안의 `break`를 지우세요.",
    "en": "It stops early, in the valley or where the loss no longer falls. The docstring asks for exactly `steps` updates "
    "and `steps` losses in any case: take out the `break` in the loop.",
}


def register_stopping(key, arrived, whens):
    for when in whens:

        @gradient_descent.mistake(f"{key}-{when}", **STOPS_EARLY)
        def _(W, x, y, lr, steps, when=when):
            return stopping(W, x, y, lr, steps, arrived, when)


def not_falling(losses, slope):
    return len(losses) > 1 and losses[-1] >= losses[-2]


register_stopping("in-the-valley", lambda losses, slope: abs(slope) < 1e-6, (0, 1))
register_stopping("no-longer-falls", not_falling, (0, 1, 2))


@gradient_descent.mistake(
    "returns-the-best",
    ko="손실이 가장 작았던 W를 돌려주었습니다. 학습률이 크면 손실이 커지기도 하지만, 돌려줄 것은 *마지막* W입니다.",
    en="The W with the smallest loss came back. With a large learning rate the loss may grow, but it is the *last* W that is "
    "asked for.",
)
def _(W, x, y, lr, steps):
    every = [descend(W, x, y, lr, k)[0] for k in range(steps + 1)]
    return min(every, key=lambda each: loss_at(each, x, y)), descend(W, x, y, lr, steps)[1]


@gradient_descent.mistake(
    "in-place",
    ko="결과는 맞지만 제자리 연산(`W -= …`)이 부른 쪽의 W를 바꾸었습니다. 두 번째로 부르면 엉뚱한 "
    "곳에서 출발합니다. `W = W - …`로 쓰세요.",
    en="The result is right, but an in-place update (`W -= …`) changed the caller's W: a second "
    "call would start somewhere else. Write `W = W - …`.",
)
def _(W, x, y, lr, steps):
    new, history = descend(W, x, y, lr, steps)
    W.copy_(new)
    return W, history


@gradient_descent.mistake(
    "history-of-tensors",
    ko="history에 텐서가 들어 있습니다. `.item()`으로 파이썬 수를 꺼내 넣으세요. 그러지 않으면 나중에 "
    "자동 미분을 쓸 때 그래프까지 붙들고 있게 됩니다.",
    en="The history holds tensors. Take the number out with `.item()`: otherwise, once autograd is "
    "in play, every entry keeps a graph alive.",
)
def _(W, x, y, lr, steps):
    W, history = descend(W, x, y, lr, steps)
    return W, [torch.tensor(loss) for loss in history]


@gradient_descent.mistake(
    "only-W",
    ko="W만 돌려주었습니다. 설명문은 (W, history) 둘을 요구합니다.",
    en="Only W is returned. The docstring asks for two things: (W, history).",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps)[0]


@gradient_descent.mistake(
    "only-history",
    ko="history만 돌려주었습니다. 설명문은 (W, history) 둘을 요구합니다.",
    en="Only the history is returned. The docstring asks for two things: (W, history).",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps)[1]


@gradient_descent.mistake(
    "history-of-W",
    ko="history에 손실이 아니라 W의 값을 적었습니다.",
    en="The history holds the values of W, not the losses.",
)
def _(W, x, y, lr, steps):
    history = []
    for _ in range(steps):
        history.append(W.item())
        W = W - step_at(W, x, y, lr)
    return W, history


@gradient_descent.mistake(
    "returns-the-start",
    ko="history는 맞지만 마지막 W가 아니라 출발점의 W를 돌려주었습니다.",
    en="The history is right, but the W returned is the start, not the last one.",
)
def _(W, x, y, lr, steps):
    return W.clone(), descend(W, x, y, lr, steps)[1]


@gradient_descent.mistake(
    "empty-history",
    ko="history가 비어 있습니다. 걸음마다 손실을 `history.append(...)`로 적으세요.",
    en="The history is empty. Record the loss in every round with `history.append(...)`.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps)[0], []


@gradient_descent.mistake(
    "only-the-last-loss",
    ko="history에 마지막 손실 하나만 있습니다. 리스트를 반복문 안에서 새로 만들거나 덮어쓰지 않았나요?",
    en="The history holds one loss only, the last. Is the list made anew, or overwritten, inside the loop?",
)
def _(W, x, y, lr, steps):
    W, history = descend(W, x, y, lr, steps)
    return W, history[-1:]


@gradient_descent.mistake(
    "half-the-step",
    ko="걸음이 절반입니다. 기울기의 2가 빠졌습니다. `mse_gradient`를 쓰면 됩니다.",
    en="Each step is half as long: the gradient's 2 is missing. Use your `mse_gradient`.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr / 2, steps)


@gradient_descent.mistake(
    "steps-of-a-sum",
    ko="걸음이 n배로 깁니다. 기울기를 평균이 아니라 합으로 구했습니다. `mse_gradient`를 쓰면 됩니다.",
    en="Each step is n times as long: the gradient is a sum, not a mean. Use your `mse_gradient`.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr * len(x), steps)


@gradient_descent.mistake(
    "steps-of-the-notes",
    ko="노트의 기울기로 걸었습니다. 제곱에서 나온 2도, 평균에서 나온 1/n도 없습니다. `mse_gradient`를 쓰면 됩니다.",
    en="It walks by the notes' gradient, which has neither the 2 of the square nor the 1/n of the mean. Use your "
    "`mse_gradient`.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr * len(x) / 2, steps)


@gradient_descent.mistake(
    "forgets-lr",
    ko="기울기에 학습률을 곱하지 않았습니다.",
    en="The gradient is not multiplied by the learning rate.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, 1.0, steps)


@gradient_descent.mistake(
    "starts-at-zero",
    ko="받은 W가 아니라 0에서 출발했습니다. 함수 안에서 W를 새로 만들지 않았나요?",
    en="It starts at 0 and not at the W given. Is W made anew inside the function?",
)
def _(W, x, y, lr, steps):
    return descend(torch.zeros_like(W), x, y, lr, steps)


@gradient_descent.mistake(
    "loss-measured-once",
    ko="W는 맞지만 history에 출발점의 손실만 되풀이되어 있습니다. 걸음마다 *지금의* W로 손실을 다시 구하세요.",
    en="W is right, but the history repeats the loss at the start. Compute the loss again in every round, "
    "with the W *of that moment*.",
)
def _(W, x, y, lr, steps):
    return descend(W, x, y, lr, steps)[0], [loss_at(W, x, y)] * steps


gradient_descent.hints(
    ko=[
        "한 바퀴에 할 일은 세 가지이고 순서가 중요합니다: 지금 손실을 적는다, 기울기를 구한다, 움직인다.",
        "앞에서 만든 mse_gradient와 gradient_step을 그대로 쓰세요. 반복은 정확히 steps번, history의 "
        "길이도 steps입니다.",
        "`for _ in range(steps):` 안에서 `history.append(torch.mean((W * x - y) ** 2).item())`, "
        "`W = gradient_step(W, mse_gradient(W, x, y), lr)`, 끝에서 `return W, history`",
    ],
    en=[
        "Each round does three things, and their order matters: note the loss, get the gradient, "
        "move.",
        "Use your mse_gradient and gradient_step. Exactly steps rounds; history has steps entries.",
        "Inside `for _ in range(steps):` write `history.append(torch.mean((W * x - y) ** "
        "2).item())` and `W = gradient_step(W, mse_gradient(W, x, y), lr)`; then `return W, "
        "history`.",
    ],
)


# ---------------------------------------------------------------- bias-gradient


@exercise(
    "bias-gradient",
    points=2,
    forbids=[".backward", "torch.autograd.grad"],
    returns=["dW", "db"],
)
def bias_gradient(W, b, x, y):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    return torch.autograd.grad(torch.mean((W * x + b - y) ** 2), (W, b))


@bias_gradient.cases
def _(draw):
    yield torch.zeros(1), torch.zeros(1), NOTES_X.clone(), 2 * NOTES_X + 1
    yield torch.tensor([1.0]), torch.tensor([0.5]), torch.tensor([[2.0]]), torch.tensor([[1.0]])
    for n in (3, draw.integer(4, 30)):
        yield draw.normal(1), draw.normal(1), *line_data(draw, n)
    yield tuple(value.double() for value in (draw.normal(1), draw.normal(1), *line_data(draw, 5)))


@bias_gradient.accepts
def _(W, b, x, y):
    twice = 2 * (W * x + b - y)
    return [(twice * x).mean(0), twice.mean(0)]


@bias_gradient.mistake(
    "b-times-x",
    ko="b의 기울기에도 x를 곱했습니다. Wx + b − y를 b로 미분하면 x가 아니라 1입니다.",
    en="The gradient of b is multiplied by x as well. Wx + b − y differentiated with respect to b "
    "is 1, not x.",
)
def _(W, b, x, y):
    d = 2 * torch.mean((W * x + b - y) * x).reshape(1)
    return d, d.clone()


@bias_gradient.mistake(
    "forgets-b",
    ko="오차를 계산할 때 b를 더하지 않았습니다. 예측은 W·x + b입니다.",
    en="The error leaves out b: the prediction is W·x + b.",
)
def _(W, b, x, y):
    error = W * x - y
    return 2 * torch.mean(error * x).reshape(1), 2 * torch.mean(error).reshape(1)


@bias_gradient.mistake(
    "sums-b",
    ko="W의 기울기는 평균인데 b의 기울기는 합입니다. 둘 다 같은 평균 손실의 기울기입니다.",
    en="The gradient of W is a mean but that of b is a sum. Both belong to the same mean loss.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return 2 * torch.mean(error * x).reshape(1), 2 * torch.sum(error).reshape(1)


@bias_gradient.mistake(
    "sums-both",
    ko="둘 다 평균이 아니라 합입니다. 표본 수 n으로 나누지 않으면 데이터가 늘 때마다 걸음이 길어집니다.",
    en="Both are sums instead of means. Without dividing by n, more data means a longer step.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return 2 * torch.sum(error * x).reshape(1), 2 * torch.sum(error).reshape(1)


@bias_gradient.mistake(
    "notes-sum",
    ko="노트의 기울기처럼 더하기만 했습니다. 제곱의 미분에서 나온 2와 평균에서 나온 1/n이 dW에도 db에도 빠졌습니다.",
    en="These are sums alone, like the notes' gradient. The 2 from the square and the 1/n from the mean are missing, in dW "
    "and in db alike.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return torch.sum(error * x).reshape(1), torch.sum(error).reshape(1)


@bias_gradient.mistake(
    "sign",
    ko="부호가 반대입니다. (y − 예측)을 미분하면 −가 하나 더 나옵니다.",
    en="The sign is flipped. Differentiating (y − prediction) brings one more minus.",
)
def _(W, b, x, y):
    error = y - W * x - b
    return 2 * torch.mean(error * x).reshape(1), 2 * torch.mean(error).reshape(1)


@bias_gradient.mistake(
    "dW-without-b",
    ko="db는 맞지만 dW를 b 없는 오차로 구했습니다(앞의 mse_gradient를 그대로 쓰면 이렇게 됩니다). 두 기울기 모두 오차 "
    "Wx + b − y에서 나옵니다.",
    en="db is right, but dW comes from an error without b (as it does if you reuse mse_gradient). "
    "Both gradients belong to the error Wx + b − y.",
)
def _(W, b, x, y):
    dW = 2 * torch.mean((W * x - y) * x).reshape(1)
    return dW, 2 * torch.mean(W * x + b - y).reshape(1)


@bias_gradient.mistake(
    "missing-2-b",
    ko="W의 기울기는 맞지만 b의 기울기에는 2가 빠졌습니다. 바깥쪽 제곱의 미분은 둘에 똑같이 들어갑니다.",
    en="The gradient of W is right, but that of b lacks its 2. The derivative of the square is in "
    "both.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return 2 * torch.mean(error * x).reshape(1), torch.mean(error).reshape(1)


@bias_gradient.mistake(
    "missing-2",
    ko="제곱을 미분할 때 나오는 2가 빠졌습니다.",
    en="The 2 that comes from differentiating the square is missing.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return torch.mean(error * x).reshape(1), torch.mean(error).reshape(1)


@bias_gradient.mistake(
    "swapped",
    ko="두 기울기의 순서가 바뀌었습니다. (dW, db) 순서로 돌려주세요.",
    en="The two gradients are swapped: return (dW, db).",
)
def _(W, b, x, y):
    error = W * x + b - y
    return 2 * torch.mean(error).reshape(1), 2 * torch.mean(error * x).reshape(1)


@bias_gradient.mistake(
    "forgets-x",
    ko="dW에도 x를 곱하지 않았습니다. 안쪽 미분은 W에 대해서는 x, b에 대해서는 1입니다.",
    en="dW lacks its x. The inner derivative is x for W and 1 for b.",
)
def _(W, b, x, y):
    db = 2 * torch.mean(W * x + b - y).reshape(1)
    return db, db.clone()


@bias_gradient.mistake(
    "subtracts-b",
    ko="오차에서 b를 더하지 않고 뺐습니다. 예측은 W·x + b입니다.",
    en="b is subtracted in the error instead of added: the prediction is W·x + b.",
)
def _(W, b, x, y):
    error = W * x - b - y
    return 2 * torch.mean(error * x).reshape(1), 2 * torch.mean(error).reshape(1)


@bias_gradient.mistake(
    "only-dW",
    ko="dW 하나만 돌려주었습니다. `return dW, db`처럼 둘을 돌려주세요.",
    en="Only dW is returned. Return both: `return dW, db`.",
)
def _(W, b, x, y):
    return 2 * torch.mean((W * x + b - y) * x).reshape(1)


@bias_gradient.mistake(
    "stacked",
    ko="두 기울기를 텐서 하나로 이어 붙였습니다. 모양이 (1,)인 텐서 둘을 돌려주세요: `return dW, db`.",
    en="The two gradients are joined into one tensor. Return two tensors of shape (1,): `return dW, db`.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return torch.stack([2 * torch.mean(error * x), 2 * torch.mean(error)])


@bias_gradient.mistake(
    "keeps-the-samples",
    ko="표본마다의 기울기에서 멈추었습니다. J는 평균이므로 둘 다 평균을 내세요.",
    en="You stopped at each sample's own gradients. J is a mean, so average both.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return 2 * error * x, 2 * error


@bias_gradient.mistake(
    "no-axis",
    ko="값은 맞지만 모양이 ()입니다. `torch.mean`은 축이 없는 텐서를 돌려줍니다. 둘 다 `.reshape(1)`로 (1,)로 만드세요.",
    en="The values are right, but their shape is (): `torch.mean` returns a tensor without axes. `.reshape(1)` makes each (1,).",
)
def _(W, b, x, y):
    error = W * x + b - y
    return 2 * torch.mean(error * x), 2 * torch.mean(error)


@bias_gradient.mistake(
    "product-of-means",
    ko="dW에서 오차의 평균과 x의 평균을 곱했습니다. 표본마다 곱한 다음에 평균을 냅니다.",
    en="dW multiplies the mean error by the mean x. Multiply sample by sample, then take the mean.",
)
def _(W, b, x, y):
    error = W * x + b - y
    return (2 * error.mean() * x.mean()).reshape(1), 2 * error.mean().reshape(1)


bias_gradient.hints(
    ko=[
        "오차에 b가 더해졌을 뿐, 바깥쪽 제곱의 미분은 그대로입니다. 달라지는 것은 안쪽 미분입니다.",
        "안쪽 미분: W에 대해서는 x, b에 대해서는 1. 그래서 db에는 x가 없습니다.",
        "`error = W * x + b - y`; dW는 `2 * torch.mean(error * x)`, db는 `2 * torch.mean(error)`, "
        "둘 다 모양은 `(1,)`",
    ],
    en=[
        "The error gains a b; the outer derivative of the square stays. What changes is the inner "
        "derivative.",
        "The inner derivative is x for W and 1 for b, so db has no x.",
        "`error = W * x + b - y`; dW is `2 * torch.mean(error * x)`, db is `2 * "
        "torch.mean(error)`, both of shape `(1,)`.",
    ],
)


# ---------------------------------------------------------------- numerical-gradient


@exercise(
    "numerical-gradient",
    points=2,
    forbids=[".backward", "torch.autograd.grad", "torch.autograd.functional.jacobian"],
    rtol=1e-6,
)  # fmt: skip
def numerical_gradient(f, x, eps):
    # The central difference is the mean of the slope from x - eps to x + eps: by Simpson's rule.
    def slope(at):
        at = at.clone().requires_grad_()
        return torch.autograd.grad(f(at), at)[0].flatten()

    moves = eps * torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    means = [(slope(x - move) + 4 * slope(x) + slope(x + move)) / 6 for move in moves]
    return torch.stack(means).diagonal().reshape(x.shape)


def difference_quotient(f, x, forward, backward, divisor):
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        up, down = x.clone(), x.clone()
        up.view(-1)[i] += forward
        down.view(-1)[i] -= backward
        gradient.view(-1)[i] = (f(up) - f(down)) / divisor
    return gradient


@numerical_gradient.cases
def _(draw):
    double = torch.float64
    yield Polynomial((0.0, 0.0, 1.0)), torch.tensor([3.0, 1.0], dtype=double), 1e-4
    yield Polynomial((1.0, -2.0, 0.5, 0.3)), torch.tensor([0.5, -1.5], dtype=double), 1e-4
    yield SineProduct(), torch.tensor([0.7, 1.1, 1.9], dtype=double), 1e-4
    yield ColumnSums(), draw.uniform(0.4, 1.2, 2, 3, dtype=double), 1e-4
    coefficients = tuple(draw.number(0.5, 2) for _ in range(4))
    shape = draw.integer(1, 2), 1, 2
    yield Polynomial(coefficients), draw.uniform(0.5, 2, *shape, dtype=double), 1e-4
    # So large a step that the difference is not the derivative.
    yield Polynomial(coefficients), draw.uniform(0.5, 2, 3, dtype=double), draw.number(0.1, 0.4)


@numerical_gradient.accepts
def _(f, x, eps):
    basis = torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    return torch.stack([(f(x + eps * e) - f(x - eps * e)) / (2 * eps) for e in basis]).reshape(
        x.shape
    )


@numerical_gradient.mistake(
    "one-sided",
    ko="한쪽 차분 (f(x + h) − f(x)) / h를 썼습니다. 오차가 h에 비례합니다. 중심 차분의 오차는 h²에 "
    "비례하므로 훨씬 작습니다.",
    en="This is the one-sided difference (f(x + h) − f(x)) / h, whose error shrinks like h. The "
    "central difference's error shrinks like h², so it is far smaller.",
)
def _(f, x, eps):
    return difference_quotient(f, x, eps, 0, eps)


@numerical_gradient.mistake(
    "forgets-2",
    ko="값이 두 배입니다. x + h와 x − h는 2h만큼 떨어져 있으니 h가 아니라 2h로 나눕니다(양쪽으로 h씩만 움직였는지도 "
    "보세요).",
    en="The result is doubled. x + h and x − h are 2h apart, so divide by 2h, not h (and check that "
    "each side moves by h only).",
)
def _(f, x, eps):
    return difference_quotient(f, x, eps, eps, eps)


@numerical_gradient.mistake(
    "one-side-over-2h",
    ko="값이 거의 절반입니다. h만큼 *한쪽으로만* 움직인 차이를 2h로 나누었습니다. 빼는 것은 f(x)가 아니라 f(x − h)입니다. `old = v[i]`로 적어 두었다면 old는 "
    "복사가 아니라 뷰라서 v[i]와 함께 변합니다. `old = v[i].item()`으로 수를 꺼내 두세요.",
    en="The result is about half of what it should be: a difference over *one* side, h, was divided by 2h. Subtract "
    "f(x − h), not f(x). And if you kept `old = v[i]`: that is a view, no copy, and changes along with v[i]. Keep the "
    "number, `old = v[i].item()`.",
)
def _(f, x, eps):
    return difference_quotient(f, x, eps, 0, 2 * eps)


@numerical_gradient.mistake(
    "all-at-once",
    ko="모든 원소를 한꺼번에 움직였습니다. 편미분은 원소를 하나씩만 움직이고 나머지는 그대로 둡니다.",
    en="All elements move at once. A partial derivative moves one element and leaves the others.",
)
def _(f, x, eps):
    return torch.full_like(x, ((f(x + eps) - f(x - eps)) / (2 * eps)).item())


@numerical_gradient.mistake(
    "all-at-once-scalar",
    ko="모든 원소를 한꺼번에 움직였습니다. 편미분은 원소를 하나씩만 움직이고 나머지는 그대로 둡니다.",
    en="All elements move at once. A partial derivative moves one element and leaves the others.",
)
def _(f, x, eps):
    return (f(x + eps) - f(x - eps)) / (2 * eps)


@numerical_gradient.mistake(
    "all-at-once-one",
    ko="모든 원소를 한꺼번에 움직였습니다. 편미분은 원소를 하나씩만 움직이고 나머지는 그대로 둡니다.",
    en="All elements move at once. A partial derivative moves one element and leaves the others.",
)
def _(f, x, eps):
    return ((f(x + eps) - f(x - eps)) / (2 * eps)).reshape(1)


@numerical_gradient.mistake(
    "no-copy",
    ko="기울기가 모두 0입니다. `up = x`는 복사가 아니라 같은 텐서의 다른 이름이라서, up과 down이 함께 움직입니다. "
    "`x.clone()`으로 복사하세요.",
    en="Every gradient is 0. `up = x` makes no copy but a second name for the same tensor, so up and "
    "down move together. Copy with `x.clone()`.",
)
def _(f, x, eps):
    return torch.zeros_like(x)


@numerical_gradient.mistake(
    "precedence",
    ko="`/ 2 * eps`는 2로 나눈 뒤 eps를 *곱합니다*. 괄호가 필요합니다: `/ (2 * eps)`.",
    en="`/ 2 * eps` divides by 2 and then *multiplies* by eps. It needs brackets: `/ (2 * eps)`.",
)
def _(f, x, eps):
    return difference_quotient(f, x, eps, eps, 2 / eps)


@numerical_gradient.mistake(
    "backward-difference",
    ko="한쪽 차분 (f(x) − f(x − h)) / h를 썼습니다. 오차가 h에 비례합니다. 중심 차분의 오차는 h²에 비례하므로 훨씬 "
    "작습니다.",
    en="This is the one-sided difference (f(x) − f(x − h)) / h, whose error shrinks like h. The "
    "central difference's error shrinks like h², so it is far smaller.",
)
def _(f, x, eps):
    return difference_quotient(f, x, 0, eps, eps)


@numerical_gradient.mistake(
    "rows-at-once",
    ko="x가 여러 차원일 때 한 *줄*을 통째로 움직였습니다. `x[i]`는 원소가 아니라 줄입니다. "
    "`x.view(-1)[i]`로 원소를 하나씩 움직이세요.",
    en="When x has several dimensions, a whole *row* moves: `x[i]` is a row, not an element. Reach "
    "single elements with `x.view(-1)[i]`.",
)
def _(f, x, eps):
    gradient = torch.zeros_like(x)
    for i in range(len(x)):
        up, down = x.clone(), x.clone()
        up[i] += eps
        down[i] -= eps
        gradient[i] = (f(up) - f(down)) / (2 * eps)
    return gradient


@numerical_gradient.mistake(
    "not-put-back",
    ko="움직인 원소를 되돌리지 않고 다음 원소로 넘어갔습니다. 매번 원래 x의 복사본에서 시작하세요.",
    en="The moved element is not put back before the next one. Start from a copy of x each time.",
)
def _(f, x, eps):
    x, gradient = x.clone(), torch.zeros_like(x)
    flat = x.view(-1)
    for i in range(x.numel()):
        flat[i] += eps
        up = f(x)
        flat[i] -= 2 * eps
        gradient.view(-1)[i] = (up - f(x)) / (2 * eps)
    return gradient


@numerical_gradient.mistake(
    "changes-x",
    ko="값은 맞지만 부른 쪽의 x를 제자리에서 움직였습니다. `x.clone()`에서 시작하세요.",
    en="The value is right, but the caller's x was moved in place. Start from `x.clone()`.",
)
def _(f, x, eps):
    gradient = difference_quotient(f, x, eps, eps, 2 * eps)
    x += eps
    return gradient


@numerical_gradient.mistake(
    "ignores-eps",
    ko="받은 eps를 쓰지 않았습니다. 식의 h가 eps입니다. `1e-5` 같은 수를 직접 적거나 다른 방법으로 미분하면, h가 클 때 중심 차분의 값과 "
    "달라집니다.",
    en="The eps given is not used: it is the h of the formula. With a number of your own such as `1e-5`, "
    "or a derivative found in another way, the result differs from the central difference once h is large.",
)
def _(f, x, eps):
    return difference_quotient(f, x, 1e-5, 1e-5, 2e-5)


@numerical_gradient.mistake(
    "sides-swapped",
    ko="부호가 반대입니다. x + h에서 잰 값에서 x − h에서 잰 값을 뺍니다.",
    en="The sign is flipped: the value at x − h is subtracted from the value at x + h.",
)
def _(f, x, eps):
    return difference_quotient(f, x, -eps, -eps, 2 * eps)


@numerical_gradient.mistake(
    "still-moved",
    ko="앞에서 움직인 원소들이 아직도 함께 움직입니다. 움직일 양을 적은 텐서를 원소마다 0에서 새로 시작하세요.",
    en="The elements moved earlier are still moving along. For each element, start afresh from a tensor "
    "of zeros.",
)
def _(f, x, eps):
    gradient, move = torch.zeros_like(x), torch.zeros_like(x)
    for i in range(x.numel()):
        move.view(-1)[i] = eps
        gradient.view(-1)[i] = (f(x + move) - f(x - move)) / (2 * eps)
    return gradient


@numerical_gradient.mistake(
    "first-elements-only",
    ko="뒤쪽 원소의 기울기가 0으로 남아 있습니다. x가 여러 차원이면 `len(x)`는 줄의 수입니다. 원소의 수는 "
    "`x.numel()`입니다.",
    en="The gradients of the later elements are still 0. Where x has several dimensions, `len(x)` is the "
    "number of rows; the number of elements is `x.numel()`.",
)
def _(f, x, eps):
    gradient = difference_quotient(f, x, eps, eps, 2 * eps)
    gradient.view(-1)[len(x) :] = 0
    return gradient


numerical_gradient.hints(
    ko=[
        "기울기의 정의로 돌아갑니다. 원소 하나를 양쪽으로 조금 움직여 f가 얼마나 변하는지 잽니다.",
        "원소마다 (f(x + h·u_i) − f(x − h·u_i)) / (2h). u_i는 i번째 원소만 1인 벡터, 결과의 모양은 x와 "
        "같습니다.",
        "`gradient = torch.zeros_like(x)`; `for i in range(x.numel()):` 안에서 `up, down = x.clone(), x.clone()`, "
        "`up.view(-1)[i] += eps`, `down.view(-1)[i] -= eps`, `gradient.view(-1)[i] = (f(up) - f(down)) "
        "/ (2 * eps)`. `view(-1)`은 모든 원소를 한 줄로 늘어놓아 봅니다.",
    ],
    en=[
        "Back to the definition: move one element a little both ways and see how much f changes.",
        "For each element (f(x + h·u_i) − f(x − h·u_i)) / (2h), where u_i is 1 at place i only; "
        "the result has x's shape.",
        "`gradient = torch.zeros_like(x)`; inside `for i in range(x.numel()):` write `up, down = x.clone(), x.clone()`, "
        "`up.view(-1)[i] += eps`, `down.view(-1)[i] -= eps`, `gradient.view(-1)[i] = (f(up) - "
        "f(down)) / (2 * eps)`. `view(-1)` looks at all elements in one row.",
    ],
)


# ---------------------------------------------------------------- largest-stable-lr


@exercise("largest-stable-lr", points=2)
def largest_stable_lr(x):
    def loss(W):
        return torch.mean((x @ W) ** 2)

    hessian = torch.autograd.functional.hessian(loss, torch.zeros(x.shape[1], dtype=x.dtype))
    return 2 / torch.linalg.eigvalsh(hessian)[-1].item()


def curvatures(x, factor=2.0, mean=True):
    return torch.linalg.eigvalsh(factor * x.T @ x / (len(x) if mean else 1))


@largest_stable_lr.cases
def _(draw):
    double = torch.float64
    yield (NOTES_X.to(double),)
    yield (torch.tensor([[0.5], [4.0]], dtype=double),)
    yield (torch.tensor([[1.0, 0.0], [0.0, 3.0], [1.0, 1.0]], dtype=double),)
    yield (draw.normal(draw.integer(5, 20), 2, dtype=double),)
    yield (draw.normal(draw.integer(8, 20), 4, dtype=double) + 1,)


@largest_stable_lr.accepts
def _(x):
    largest = torch.linalg.svdvals(x)[0]
    return float(len(x) / largest**2)


@largest_stable_lr.mistake(
    "one-over-L",
    ko="1/L을 구했습니다. 1/L은 방향이 하나일 때 한 걸음에 도착하는 학습률이고, 발산하기 직전의 경계는 그 두 배인 "
    "2/L입니다.",
    en="That is 1/L, the rate that arrives in one step when there is a single direction. The edge "
    "of divergence is twice that, 2/L.",
)
def _(x):
    return 1 / curvatures(x)[-1].item()


@largest_stable_lr.mistake(
    "smallest-curvature",
    ko="가장 완만한 방향의 곡률(가장 작은 고윳값)을 썼습니다. 먼저 발산하는 것은 가장 급하게 휘는 방향입니다. "
    "특성이 하나면 둘이 같아서 티가 나지 않습니다.",
    en="You used the flattest direction (the smallest eigenvalue). The most curved one diverges "
    "first. With a single feature the two are the same, which hides it.",
)
def _(x):
    return 2 / curvatures(x)[0].item()


@largest_stable_lr.mistake(
    "missing-2",
    ko="곡률에서 2가 빠졌습니다. J를 두 번 미분하면 (2/n)·xᵀx입니다.",
    en="The curvature lacks its 2: differentiating J twice gives (2/n)·xᵀx.",
)
def _(x):
    return 2 / curvatures(x, factor=1.0)[-1].item()


@largest_stable_lr.mistake(
    "missing-mean",
    ko="곡률을 표본 수 n으로 나누지 않았습니다. J는 평균입니다.",
    en="The curvature is not divided by the number of samples n. J is a mean.",
)
def _(x):
    return 2 / curvatures(x, mean=False)[-1].item()


@largest_stable_lr.mistake(
    "notes-rule",
    ko="노트의 규칙(2도 1/n도 없는 기울기)의 경계를 구했습니다. 여기서는 올바른 기울기의 경계를 찾습니다.",
    en="That is the edge for the notes' rule, whose gradient has neither the 2 nor the 1/n. Here "
    "it is the true gradient's edge that is wanted.",
)
def _(x):
    return 2 / curvatures(x, factor=1.0, mean=False)[-1].item()


@largest_stable_lr.mistake(
    "curvature-itself",
    ko="곡률 L을 그대로 돌려주었습니다. 곡률이 클수록 걸음은 *작아야* 합니다. 한계는 2/L입니다.",
    en="That is the curvature L itself. The larger the curvature, the *smaller* the step must be: "
    "the limit is 2/L.",
)
def _(x):
    return curvatures(x)[-1].item()


@largest_stable_lr.mistake(
    "divides-by-features",
    ko="표본 수 n이 아니라 특성 수 d로 나누었습니다. n은 `len(x)`, d는 `x.shape[1]`입니다.",
    en="You divided by the number of features d, not of samples n. n is `len(x)`, d is "
    "`x.shape[1]`.",
)
def _(x):
    return 2 / (curvatures(x, mean=False)[-1].item() / x.shape[1])


@largest_stable_lr.mistake(
    "trace",
    ko="특성이 하나일 때의 식 (2/n)·Σx²을 x의 모든 원소에 썼거나, 고윳값을 모두 더했습니다(대각합). 둘은 같은 수입니다. 특성이 여럿이면 가장 큰 고윳값 *하나*가 "
    "필요합니다.",
    en="Either the formula for a single feature, (2/n)·Σx², was used with all elements of x, or all eigenvalues were added up "
    "(the trace): the two are the same number. With several features it takes the largest eigenvalue *alone*.",
)
def _(x):
    return 2 / curvatures(x).sum().item()


@largest_stable_lr.mistake(
    "singular-value",
    ko="x의 특이값을 제곱하지 않고 고윳값 자리에 썼습니다. xᵀx의 고윳값은 특이값의 제곱입니다.",
    en="A singular value of x stands where the eigenvalue belongs. The eigenvalues of xᵀx are the squares of the singular values.",
)
def _(x):
    return 2 / (2 / len(x) * torch.linalg.svdvals(x)[0].item())


@largest_stable_lr.mistake(
    "largest-diagonal",
    ko="행렬의 대각 원소 가운데 가장 큰 것을 썼습니다. 특성들이 서로 상관이 있으면 가장 큰 고윳값은 그보다 큽니다.",
    en="The largest entry on the diagonal is used. With correlated features the largest eigenvalue is larger than that.",
)
def _(x):
    return 2 / (2 / len(x) * x.T @ x).diagonal().max().item()


@largest_stable_lr.mistake(
    "first-feature",
    ko="첫 특성만으로 곡률을 구했습니다. 특성이 여럿이면 행렬 xᵀx의 고윳값이 필요합니다.",
    en="The curvature comes from the first feature alone. With several features the eigenvalues of the matrix xᵀx are needed.",
)
def _(x):
    return 2 / (2 / len(x) * (x[:, 0] ** 2).sum()).item()


@largest_stable_lr.mistake(
    "inverse-of-n",
    ko="2/n 대신 n/2를 곱했습니다. 평균이므로 n으로 나눕니다.",
    en="You multiplied by n/2 instead of 2/n. It is a mean, so divide by n.",
)
def _(x):
    return 2 / (len(x) / 2 * torch.linalg.eigvalsh(x.T @ x)[-1]).item()


@largest_stable_lr.mistake(
    "half-of-L",
    ko="L/2를 돌려주었습니다. 뒤집어야 합니다: 한계는 2/L입니다.",
    en="That is L/2, upside down: the limit is 2/L.",
)
def _(x):
    return curvatures(x)[-1].item() / 2


@largest_stable_lr.mistake(
    "mean-of-all-squares",
    ko="x의 모든 원소를 제곱해 평균 냈거나, 고윳값을 평균 냈습니다. 둘은 같은 수이고, 이것으로 곡률이 나오는 것은 특성이 하나일 때뿐입니다. 특성이 여럿이면 행렬의 가장 큰 "
    "고윳값이 필요합니다.",
    en="Either all elements of x are squared and averaged, or the eigenvalues are averaged: the two are the same number, "
    "and it is the curvature only if there is a single feature. With several, the largest eigenvalue of the matrix is "
    "needed.",
)
def _(x):
    return 2 / (2 * torch.mean(x**2)).item()


largest_stable_lr.hints(
    ko=[
        "한 걸음마다 오차가 몇 배가 되는지 보세요. 그 배수의 절댓값이 1을 넘으면 발산합니다.",
        "배수는 1 − lr·L이고, L은 J의 이계도함수 (2/n)·xᵀx의 가장 큰 고윳값입니다. |1 − lr·L| = 1이 되는 lr을 "
        "구하세요.",
        "`H = 2 / len(x) * x.T @ x`, `L = torch.linalg.eigvalsh(H)[-1]`(오름차순이라 마지막이 가장 큼), "
        "`return 2 / L.item()`",
    ],
    en=[
        "By what factor does the error change at each step? If its size exceeds 1, it diverges.",
        "The factor is 1 − lr·L, where L is the largest eigenvalue of the second derivative "
        "(2/n)·xᵀx. Find the lr with |1 − lr·L| = 1.",
        "`H = 2 / len(x) * x.T @ x`, `L = torch.linalg.eigvalsh(H)[-1]` (ascending order: the last "
        "is the largest), `return 2 / L.item()`.",
    ],
)
