"""Exercises of ch12: activation functions, and the optimizers from momentum to Adam.

Every d_something is the derivative of the loss by something, in the shape of something. An
optimizer's step is a pure function: it takes the old values and returns the new ones.
"""

# ruff: noqa: E741  (l is what ch11 calls a value before the activation function)

import torch
from torch.nn import functional as F

from autograde.exercise import exercise

AUTOGRAD = (".backward", "torch.autograd.grad")
DOUBLE = torch.float64


def sizes_of(draw, *ranges):
    return [draw.integer(low, high) for low, high in ranges]


# ---------------------------------------------------------------- relu-backward


@exercise("relu-backward", forbids=AUTOGRAD)
def relu_backward(d_a, l):
    l = l.clone().requires_grad_()
    return torch.autograd.grad(torch.relu(l), l, grad_outputs=d_a)[0]


@relu_backward.cases
def _(draw):
    yield torch.tensor([5.0, -3.0, 4.0]), torch.tensor([2.0, 3.0, -1.0])
    yield torch.tensor([[1.0, 2.0], [-3.0, 4.0]]), torch.tensor([[0.0, 0.5], [-2.0, 0.0]])
    yield torch.tensor([[2.0, -1.0]]), torch.tensor([[-1000.0, 1000.0]])
    for dtype in (torch.float32, DOUBLE):
        shape = sizes_of(draw, (2, 4), (3, 6))
        l = draw.normal(*shape, dtype=dtype)
        l[0, 0], l[0, 1], l[1, 1] = 0.0, 1e-6, -0.5
        yield draw.normal(*shape, dtype=dtype), l


@relu_backward.accepts
def _(d_a, l):
    return torch.where(l > 0, d_a, torch.zeros_like(d_a))


@relu_backward.accepts
def _(d_a, l):
    return torch.relu(l).sign() * d_a


@relu_backward.accepts
def _(d_a, l):
    d_l = d_a.clone()
    d_l[l <= 0] = 0
    return d_l


@relu_backward.mistake(
    "one-at-zero",
    ko="l이 정확히 0인 곳에서도 기울기를 통과시켰습니다. 명세에서는 0에서의 기울기를 0으로 칩니다(PyTorch도 그렇습니다). "
    "`>=`가 아니라 `>`입니다.",
    en="The gradient passes where l is exactly 0. The specification counts the slope there as 0, as "
    "PyTorch does: `>`, not `>=`.",
)
def _(d_a, l):
    return d_a * (l >= 0)


SLOPE_ONLY = {
    "ko": "ReLU의 기울기(0과 1)만 돌려주었습니다. 연쇄 법칙에 따라 뒤에서 온 d_a를 곱해야 합니다.",
    "en": "This is only the slope of the ReLU, the zeros and ones. The chain rule multiplies it by "
    "the d_a that comes from behind.",
}


@relu_backward.mistake("slope-only", **SLOPE_ONLY)
def _(d_a, l):
    return (l > 0).float()


@relu_backward.mistake("slope-only-in-whole-numbers", **SLOPE_ONLY)
def _(d_a, l):
    return torch.where(l > 0, 1, 0)


@relu_backward.mistake(
    "value-for-slope",
    ko="ReLU의 값 relu(l)을 곱했습니다. 거꾸로 올 때 곱하는 것은 값이 아니라 기울기, 곧 0 아니면 1입니다.",
    en="You multiplied by the ReLU's value, relu(l). On the way back it is the slope that counts: "
    "0 or 1.",
)
def _(d_a, l):
    return d_a * torch.relu(l)


@relu_backward.mistake(
    "times-l",
    ko="l을 그대로 곱했습니다. 곱할 것은 l에서의 기울기이고, 그것은 l이 양수면 1, 아니면 0입니다.",
    en="You multiplied by l itself. What belongs there is the slope at l: 1 where l is positive, else "
    "0.",
)
def _(d_a, l):
    return d_a * l


@relu_backward.mistake(
    "relu-of-the-gradient",
    ko="기울기 d_a에 ReLU를 씌웠습니다. 무엇이 지나가는지는 d_a의 부호가 아니라, 순전파 때의 l의 부호가 정합니다. 음수인 "
    "기울기도 지나갑니다.",
    en="The ReLU was applied to the gradient d_a. What passes is decided not by the sign of d_a but by "
    "that of l on the way forward. Negative gradients pass too.",
)
def _(d_a, l):
    return torch.relu(d_a)


@relu_backward.mistake(
    "positive-gradients-only",
    ko="l이 양수인 곳만 통과시킨 것은 맞지만, 음수인 d_a까지 지웠습니다. d_a의 부호는 상관없습니다.",
    en="Passing only where l is positive is right, but negative values of d_a were dropped as well. "
    "The sign of d_a does not matter.",
)
def _(d_a, l):
    return torch.relu(d_a) * (l > 0)


@relu_backward.mistake(
    "passes-everything",
    ko="d_a를 그대로 돌려주었습니다. l이 0 이하인 곳에서는 ReLU가 평평하므로 기울기가 0이 되어야 합니다.",
    en="d_a comes back unchanged. Where l is 0 or less the ReLU is flat, and the gradient must become "
    "0.",
)
def _(d_a, l):
    return d_a.clone()


@relu_backward.mistake(
    "inverted",
    ko="거꾸로 되었습니다. 기울기는 l이 양수인 곳에서 지나가고, 0 이하인 곳에서 막혀야 합니다.",
    en="The wrong way round: the gradient must pass where l is positive, and stop where it is 0 or less.",
)
def _(d_a, l):
    return d_a * (l < 0)


@relu_backward.mistake(
    "inverted-with-zero",
    ko="거꾸로 되었습니다. 기울기는 l이 양수인 곳에서 지나가고, 0 이하인 곳에서 막혀야 합니다.",
    en="The wrong way round: the gradient must pass where l is positive, and stop where it is 0 or less.",
)
def _(d_a, l):
    return d_a * (l <= 0)


@relu_backward.mistake(
    "sign-of-l",
    ko="l의 부호를 곱해, 음수인 곳에서 기울기의 부호가 뒤집혔습니다. ReLU는 거기서 평평하므로 −1이 아니라 0입니다.",
    en="You multiplied by the sign of l, which flips the gradient where l is negative. The ReLU is flat "
    "there: 0, not −1.",
)
def _(d_a, l):
    return d_a * torch.sign(l)


@relu_backward.mistake(
    "sigmoid-prime",
    ko="11장의 시그모이드의 기울기 s(1 − s)를 곱했습니다. 이 층의 활성화 함수는 ReLU입니다.",
    en="That is the slope of chapter 11's sigmoid, s(1 − s). The activation function of this layer is "
    "the ReLU.",
)
def _(d_a, l):
    s = torch.sigmoid(l)
    return d_a * s * (1 - s)


@relu_backward.mistake(
    "zero-over-zero",
    ko="기울기를 relu(l) / l로 구하면 l = 0에서 0 나누기 0, 곧 NaN이 됩니다. `l > 0`으로 물어보세요.",
    en="The slope as relu(l) / l is 0 / 0 at l = 0, a NaN. Ask `l > 0` instead.",
)
def _(d_a, l):
    return d_a * torch.relu(l) / l


@relu_backward.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 d_a를 그 자리에서 고쳤습니다. `d_a * (l > 0)`처럼 새 텐서를 만들거나, 먼저 `clone()`하세요.",
    en="The values are right, but the caller's d_a was changed in place. Make a new tensor, as "
    "`d_a * (l > 0)` does, or `clone()` first.",
)
def _(d_a, l):
    d_a[l <= 0] = 0
    return d_a


@relu_backward.mistake(
    "bool-mask",
    ko="l > 0이라는 참과 거짓만 돌려주었습니다. 연쇄 법칙에 따라 뒤에서 온 d_a를 곱해야 합니다.",
    en="This is only the mask l > 0, True and False. The chain rule multiplies it by the d_a that comes "
    "from behind.",
)
def _(d_a, l):
    return l > 0


@relu_backward.mistake(
    "forward",
    ko="순전파의 값 relu(l)을 돌려주었습니다. 여기서는 거꾸로 갑니다: d_a에서 d_l을 구하세요.",
    en="This is the forward pass, relu(l). Here we go back: find d_l from d_a.",
)
def _(d_a, l):
    return torch.relu(l)


@relu_backward.mistake(
    "l-in-place",
    ko="값은 맞지만 부른 쪽의 l을 그 자리에서 고쳤습니다. `l[l > 0] = 1`처럼 쓰지 말고 새 텐서를 만드세요.",
    en="The values are right, but the caller's l was changed in place. Make a new tensor instead of "
    "writing into l, as `l[l > 0] = 1` does.",
)
def _(d_a, l):
    l[l <= 0] = 0
    l[l > 0] = 1
    return d_a * l


@relu_backward.mistake(
    "compares-the-product",
    ko="`d_a * l > 0`은 `(d_a * l) > 0`으로 읽힙니다. 괄호를 치세요: `d_a * (l > 0)`",
    en="`d_a * l > 0` is read as `(d_a * l) > 0`. Put parentheses: `d_a * (l > 0)`.",
)
def _(d_a, l):
    return d_a * l > 0


@relu_backward.mistake(
    "picks-out",
    ko="통과하는 원소만 골라내어 모양이 바뀌었습니다. 막힌 곳에는 0이 남아야 합니다.",
    en="This picks out only the elements that pass, so the shape changes. Where the gradient stops, "
    "a 0 must remain.",
)
def _(d_a, l):
    return d_a[l > 0]


@relu_backward.mistake(
    "half-at-zero",
    ko="l이 정확히 0인 곳의 기울기가 1/2입니다. 명세에서는 0입니다.",
    en="Where l is exactly 0 the slope came out as 1/2. The specification says 0.",
)
def _(d_a, l):
    return d_a * (torch.sign(l) + 1) / 2


@relu_backward.mistake(
    "relu-of-the-product",
    ko="d_a와 l을 곱해 ReLU에 다시 넣었습니다. 거꾸로 올 때는 ReLU의 *기울기*를 곱합니다. l이 양수면 1, 아니면 0입니다.",
    en="The product of d_a and l went through the ReLU once more. On the way back you multiply by the "
    "ReLU's *slope*: 1 where l is positive, else 0.",
)
def _(d_a, l):
    return torch.relu(d_a * l)


relu_backward.hints(
    ko=[
        "ReLU의 그래프에서 기울기가 될 수 있는 값은 둘뿐입니다. 어디서 1이고 어디서 0인가요?",
        "d_l = d_a ⊙ relu'(l)이고, relu'(l)은 l > 0이면 1, 아니면 0입니다. 모양은 l과 같습니다.",
        "`return d_a * (l > 0)`",
    ],
    en=[
        "The slope of the ReLU's graph can only be one of two numbers. Where is it 1, where is it 0?",
        "d_l = d_a ⊙ relu'(l), and relu'(l) is 1 where l > 0, else 0. Its shape is that of l.",
        "`return d_a * (l > 0)`.",
    ],
)


# ---------------------------------------------------------------- deep-backward


@exercise("deep-backward", points=3, forbids=AUTOGRAD, returns=["d_weights", "d_biases"])
def deep_backward(activations, primes, weights, d_out):
    # A network that is straight around the given point: its slopes there are the given ones, and
    # autograd walks back through it.
    weights = [W.clone().requires_grad_() for W in weights]
    biases = [W.new_zeros(W.shape[1]).requires_grad_() for W in weights]
    moved = activations[0]
    for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
        l = moved @ W + b
        value = activations[k + 1] if k + 1 < len(weights) else torch.zeros_like(l)
        moved = value + primes[k] * (l - l.detach())
    found = torch.autograd.grad(moved, [*weights, *biases], grad_outputs=d_out)
    return list(found[: len(weights)]), list(found[len(weights) :])


def layers(draw, B, sizes, dtype=torch.float32):
    """activations, primes, weights and d_out of a network of these sizes."""
    pairs = list(zip(sizes, sizes[1:], strict=False))
    return (
        [draw.normal(B, n, dtype=dtype) for n, _ in pairs],
        [draw.uniform(0.1, 1, B, n, dtype=dtype) for _, n in pairs],
        [draw.normal(n, m, dtype=dtype) for n, m in pairs],
        draw.normal(B, sizes[-1], dtype=dtype) / B,
    )


@deep_backward.cases
def _(draw):
    yield (
        [torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [-1.0]])],
        [torch.tensor([[1.0], [0.5]]), torch.tensor([[1.0], [0.0]])],
        [torch.tensor([[2.0]]), torch.tensor([[-1.0]])],
        torch.tensor([[1.0], [4.0]]),
    )
    yield layers(draw, 3, [3, 3, 3, 3])  # all square: no shape gives an error away
    yield layers(draw, 2, [4, 3])  # a single layer
    yield layers(draw, 1, [3, 2, 4])
    yield layers(draw, draw.integer(4, 6), [5, 3, 2, 4, 3, 2])
    sizes = sizes_of(draw, *[(2, 5)] * draw.integer(4, 6))
    yield layers(draw, draw.integer(3, 7), sizes, dtype=DOUBLE)


def walk_back(activations, primes, weights, d_out, step):
    """Walks back through the layers; step(k, d) gives (d_l, d for the layer before)."""
    d_weights, d_biases, d = [None] * len(weights), [None] * len(weights), d_out.clone()
    for k in reversed(range(len(weights))):
        d_l, d = step(k, d)
        d_weights[k], d_biases[k] = activations[k].T @ d_l, d_l.sum(0)
    return d_weights, d_biases


@deep_backward.accepts
def _(activations, primes, weights, d_out):
    d_weights, d_biases, d_a = [], [], d_out
    for a, prime, W in zip(activations[::-1], primes[::-1], weights[::-1], strict=True):
        d_l = d_a * prime
        d_weights.insert(0, torch.einsum("bi,bo->io", a, d_l))
        d_biases.insert(0, torch.ones(len(a), dtype=a.dtype) @ d_l)
        d_a = torch.einsum("bo,io->bi", d_l, W)
    return d_weights, d_biases


@deep_backward.accepts
def _(activations, primes, weights, d_out):
    if not weights:
        return (), ()
    d_l = d_out * primes[-1]
    rest = deep_backward.accepted[1](
        activations[:-1], primes[:-1], weights[:-1], d_l.matmul(weights[-1].t())
    )
    return (*rest[0], activations[-1].t().matmul(d_l)), (*rest[1], d_l.sum(dim=0))


@deep_backward.mistake(
    "forgets-prime",
    ko="활성화 함수를 거슬러 오지 않았습니다. 층마다 d_l = d_a ⊙ primes[k]를 먼저 구하고, 나머지는 d_l로 계산하세요.",
    en="The step back through the activation functions is missing. In each layer find d_l = d_a ⊙ "
    "primes[k] first, and use d_l for all the rest.",
)
def _(activations, primes, weights, d_out):
    return walk_back(activations, primes, weights, d_out, lambda k, d: (d, d @ weights[k].T))


@deep_backward.mistake(
    "forgets-last-prime",
    ko="마지막 층에서 primes[-1]을 곱하지 않았습니다. d_out은 마지막 층의 활성화 함수를 지난 *뒤*의 기울기이니, 그 층도 "
    "다른 층과 똑같이 다루세요.",
    en="primes[-1] was left out in the last layer. d_out is the derivative *after* that layer's "
    "activation function: treat the last layer like all others.",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        d_l = d if k == len(weights) - 1 else d * primes[k]
        return d_l, d_l @ weights[k].T

    return walk_back(activations, primes, weights, d_out, step)


@deep_backward.mistake(
    "weights-skip-the-activation",
    ko="앞 층으로 넘기는 기울기는 맞지만, d_W와 d_b를 d_l이 아니라 d_a에서 구했습니다. 가중치와 편향은 활성화 함수 *앞*에 "
    "있습니다.",
    en="What goes on to the layer before is right, but d_W and d_b were computed from d_a instead of "
    "d_l. Weights and biases stand *before* the activation function.",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        return d, (d * primes[k]) @ weights[k].T

    return walk_back(activations, primes, weights, d_out, step)


@deep_backward.mistake(
    "skips-the-activation-on-the-way",
    ko="d_W와 d_b는 d_l에서 맞게 구했지만, 앞 층으로 d_a를 넘겼습니다. 앞 층으로는 d_l @ W.T를 넘깁니다.",
    en="d_W and d_b do come from d_l, but what went on to the layer before was made from d_a. It is "
    "d_l @ W.T.",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        return d * primes[k], d @ weights[k].T

    return walk_back(activations, primes, weights, d_out, step)


@deep_backward.mistake(
    "forgets-transpose",
    ko="앞 층으로 넘길 때 가중치를 전치하지 않았습니다. (B, 출력)을 (B, 입력)으로 되돌려야 하니 `d_l @ weights[k].T`입니다. "
    "층이 정사각형이면 오류 없이 틀린 값이 나옵니다.",
    en="The weight was not transposed on the way to the layer before. (B, outputs) must become "
    "(B, inputs): `d_l @ weights[k].T`. Where a layer is square, no error tells you.",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        d_l = d * primes[k]
        return d_l, d_l @ weights[k]

    return walk_back(activations, primes, weights, d_out, step)


@deep_backward.mistake(
    "forgets-the-weights",
    ko="앞 층으로 d_l을 그대로 넘겼습니다. 층을 거슬러 오려면 가중치도 거슬러 와야 합니다: `d_l @ weights[k].T`",
    en="d_l went on to the layer before as it was. Going back through a layer also means going back "
    "through its weights: `d_l @ weights[k].T`.",
)
def _(activations, primes, weights, d_out):
    return walk_back(
        activations, primes, weights, d_out, lambda k, d: (d * primes[k], d * primes[k])
    )


@deep_backward.mistake(
    "starts-again-at-every-layer",
    ko="층마다 d_out에서 다시 시작했습니다. 한 층을 지난 기울기를 변수에 담아 다음 바퀴로 넘겨야 합니다.",
    en="Every layer starts again from d_out. Keep what comes out of one layer in a variable, and let "
    "the next round start from it.",
)
def _(activations, primes, weights, d_out):
    return walk_back(activations, primes, weights, d_out, lambda k, d: (d_out * primes[k], d))


@deep_backward.mistake(
    "weights-of-the-layer-before",
    ko="한 칸 어긋났습니다. k번 층을 거슬러 갈 때 쓰는 것은 그 층 자신의 weights[k]입니다. weights[k - 1]이 아닙니다.",
    en="Off by one: going back through layer k takes its own weights[k], not weights[k - 1].",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        d_l = d * primes[k]
        return d_l, d_l @ weights[k - 1].T

    return walk_back(activations, primes, weights, d_out, step)


@deep_backward.mistake(
    "prime-of-the-layer-before",
    ko="한 칸 어긋났습니다. k번 층에서 곱하는 것은 primes[k]입니다. primes[k - 1]이 아닙니다.",
    en="Off by one: layer k multiplies by primes[k], not primes[k - 1].",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        d_l = d * primes[k - 1]
        return d_l, d_l @ weights[k].T

    return walk_back(activations, primes, weights, d_out, step)


@deep_backward.mistake(
    "from-the-front",
    ko="앞 층부터 돌았습니다. 기울기는 손실 쪽에서 오므로 마지막 층에서 시작해 0번 층으로 갑니다: "
    "`reversed(range(len(weights)))`",
    en="This loop runs from the front. The gradient comes from the loss: start at the last layer and go "
    "to layer 0, with `reversed(range(len(weights)))`.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases, d = [], [], d_out
    for a, prime, W in zip(activations, primes, weights, strict=True):
        d_l = d * prime
        d_weights.append(a.T @ d_l)
        d_biases.append(d_l.sum(0))
        d = d_l @ W.T
    return d_weights, d_biases


@deep_backward.mistake(
    "reversed-lists",
    ko="값은 모두 맞지만 뒤에서부터 담긴 순서 그대로입니다. 돌려줄 때는 0번 층이 맨 앞이어야 합니다. 리스트에 "
    "`append`했다면 마지막에 뒤집으세요.",
    en="All the values are right, but they stand in the order in which they were found, the last layer "
    "first. Layer 0 comes first: if you used `append`, reverse the lists at the end.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return d_weights[::-1], d_biases[::-1]


@deep_backward.mistake(
    "mean-b",
    ko="편향의 기울기를 배치에 대해 평균 냈습니다. 1/B은 d_out에 이미 들어 있으니 더하기만 하세요: `d_l.sum(0)`",
    en="The biases' gradients are means over the batch. The 1/B is in d_out already, so just add up: "
    "`d_l.sum(0)`.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return d_weights, [d / len(d_out) for d in d_biases]


@deep_backward.mistake(
    "divides-again",
    ko="가중치와 편향의 기울기를 배치 크기로 한 번 더 나누었습니다. 1/B은 d_out에 이미 들어 있습니다.",
    en="The gradients of weights and biases are divided by the batch size once more. The 1/B is in "
    "d_out already.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return [d / len(d_out) for d in d_weights], [d / len(d_out) for d in d_biases]


@deep_backward.mistake(
    "keeps-the-batch",
    ko="편향의 기울기에 표본마다 한 줄씩 남아 있습니다. 모든 표본이 함께 쓴 편향이니 표본에 대해 더하세요: `d_l.sum(0)`",
    en="The biases' gradients still have a row for each sample. All samples share the bias: add up over "
    "them, `d_l.sum(0)`.",
)
def _(activations, primes, weights, d_out):
    kept = []

    def step(k, d):
        kept.insert(0, d * primes[k])
        return kept[0], kept[0] @ weights[k].T

    d_weights, _ = walk_back(activations, primes, weights, d_out, step)
    return d_weights, kept


@deep_backward.mistake(
    "wrong-axis",
    ko="편향의 기울기를 유닛 방향으로 더했습니다(`sum(1)`). 유닛마다 하나씩 남아야 하니 표본 방향(0번 축)으로 더하세요.",
    en="The biases' gradients were summed over the units (`sum(1)`). One for each unit must remain: sum "
    "over the samples, axis 0.",
)
def _(activations, primes, weights, d_out):
    kept = []

    def step(k, d):
        kept.insert(0, d * primes[k])
        return kept[0], kept[0] @ weights[k].T

    d_weights, _ = walk_back(activations, primes, weights, d_out, step)
    return d_weights, [d.sum(1) for d in kept]


@deep_backward.mistake(
    "pairs-by-layer",
    ko="층마다 (d_W, d_b)로 짝지어 담았습니다. 값은 맞지만, 명세는 리스트 두 개 (d_weights, d_biases)를 돌려달라고 합니다.",
    en="These are pairs (d_W, d_b), one for each layer. The values are right, but the specification "
    "wants two lists, (d_weights, d_biases).",
)
def _(activations, primes, weights, d_out):
    return list(zip(*deep_backward(activations, primes, weights, d_out), strict=True))


@deep_backward.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 d_out이 바뀌었습니다. `d = d_out` 다음의 `d *= …`는 새 텐서를 만들지 않고 d_out을 그 자리에서 "
    "고칩니다. `d = d * …`로 쓰세요.",
    en="The values are right, but the caller's d_out has changed. After `d = d_out`, a `d *= …` makes "
    "no new tensor: it changes d_out in place. Write `d = d * …`.",
)
def _(activations, primes, weights, d_out):
    found = deep_backward(activations, primes, weights, d_out)
    d_out *= primes[-1]
    return found


@deep_backward.mistake(
    "forgets-a-transpose",
    ko="activations[k]를 전치하지 않고 곱했습니다. d_W는 (입력, 출력)이어야 하니 (입력, B) @ (B, 출력)입니다: "
    "`activations[k].T @ d_l`",
    en="activations[k] was not transposed. d_W must be (inputs, outputs), that is (inputs, B) @ "
    "(B, outputs): `activations[k].T @ d_l`.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases, d = [None] * len(weights), [None] * len(weights), d_out
    for k in reversed(range(len(weights))):
        d_l = d * primes[k]
        d_weights[k], d_biases[k], d = activations[k] @ d_l, d_l.sum(0), d_l @ weights[k].T
    return d_weights, d_biases


@deep_backward.mistake(
    "transposed-result",
    ko="d_W가 모두 전치되어 있습니다. 이 장의 가중치는 (입력, 출력)이므로 `d_l.T @ a`가 아니라 `a.T @ d_l`입니다. "
    "(`nn.Linear`는 (출력, 입력)이라 반대입니다.)",
    en="Every d_W is transposed. The weights of this chapter are (inputs, outputs), so it is `a.T @ d_l`, "
    "not `d_l.T @ a`. (`nn.Linear` has (outputs, inputs), the other way round.)",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return [d.T for d in d_weights], d_biases


@deep_backward.mistake(
    "one-number-for-all-biases",
    ko="축을 주지 않은 `sum()`으로 편향의 기울기를 수 하나로 만들었습니다. 유닛마다 하나씩 남도록 `sum(0)`으로 더하세요.",
    en="`sum()` without an axis makes one number of all the biases' gradients. Use `sum(0)`, so that one "
    "for each unit remains.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return d_weights, [d.sum() for d in d_biases]


@deep_backward.mistake(
    "divides-the-weights",
    ko="가중치의 기울기만 배치 크기로 한 번 더 나누었습니다. 1/B은 d_out에 이미 들어 있습니다.",
    en="The weights' gradients alone are divided by the batch size once more. The 1/B is in d_out "
    "already.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return [d / len(d_out) for d in d_weights], d_biases


@deep_backward.mistake(
    "stops-before-layer-0",
    ko="0번 층에 이르기 전에 멈추어 맨 앞의 기울기가 None입니다. `range(L - 1, 0, -1)`은 1에서 끝납니다. "
    "`reversed(range(L))`을 쓰세요.",
    en="This stops before it reaches layer 0, whose gradients are still None. `range(L - 1, 0, -1)` ends "
    "at 1: use `reversed(range(L))`.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return [None, *d_weights[1:]], [None, *d_biases[1:]]


@deep_backward.mistake(
    "returns-inside-the-loop",
    ko="한 층만 지나고 돌아왔습니다. `return`이 반복문 안에 있지 않은가요?",
    en="This returns after a single layer. Is the `return` inside the loop?",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    empty = [None] * (len(weights) - 1)
    return [*empty, d_weights[-1]], [*empty, d_biases[-1]]


@deep_backward.mistake(
    "only-weights",
    ko="d_weights만 돌려주었습니다. 편향의 기울기도 함께, (d_weights, d_biases)로 돌려주세요.",
    en="Only d_weights was returned. Return the biases' gradients too: (d_weights, d_biases).",
)
def _(activations, primes, weights, d_out):
    return deep_backward(activations, primes, weights, d_out)[0]


@deep_backward.mistake(
    "wrong-order",
    ko="값은 맞지만 순서가 반대입니다. (d_weights, d_biases) 순서로 돌려주세요.",
    en="Both are right, but the other way round: return (d_weights, d_biases).",
)
def _(activations, primes, weights, d_out):
    return tuple(reversed(deep_backward(activations, primes, weights, d_out)))


@deep_backward.mistake(
    "relu-in-place-of-primes",
    ko="primes[k]는 활성화 전의 값이 아니라 이미 구해 둔 기울기입니다. ReLU의 것인지도 정해져 있지 않습니다. 곱하기만 하세요: `d_a * "
    "primes[k]`",
    en="primes[k] is not the value before the activation but the slope itself, already found, and not "
    "only a ReLU's. Just multiply: `d_a * primes[k]`.",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        d_l = d * (primes[k] > 0)
        return d_l, d_l @ weights[k].T

    return walk_back(activations, primes, weights, d_out, step)


@deep_backward.mistake(
    "activations-of-the-layer-before",
    ko="한 칸 어긋났습니다. k번 층에 들어간 것은 activations[k]입니다. activations[k - 1]이 아닙니다.",
    en="Off by one: what went into layer k is activations[k], not activations[k - 1].",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        d_l = d * primes[k]
        return d_l, d_l @ weights[k].T

    turned = [activations[-1], *activations[:-1]]
    return walk_back(turned, primes, weights, d_out, step)


@deep_backward.mistake(
    "only-weights-turned-round",
    ko="d_weights는 뒤집었지만 d_biases는 뒤에서부터 담긴 그대로입니다. 둘 다 0번 층이 맨 앞이어야 합니다.",
    en="d_weights was turned round, but d_biases still has the last layer first. Layer 0 comes first "
    "in both.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return d_weights, d_biases[::-1]


@deep_backward.mistake(
    "only-biases-turned-round",
    ko="d_biases는 뒤집었지만 d_weights는 뒤에서부터 담긴 그대로입니다. 둘 다 0번 층이 맨 앞이어야 합니다.",
    en="d_biases was turned round, but d_weights still has the last layer first. Layer 0 comes first "
    "in both.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    return d_weights[::-1], d_biases


@deep_backward.mistake(
    "reverse-gives-none",
    ko="두 리스트가 모두 None입니다. `.reverse()`는 리스트를 그 자리에서 뒤집고 None을 돌려줍니다. `d_weights[::-1]`을 쓰세요.",
    en="Both lists are None: `.reverse()` turns a list round in place and returns None. Use "
    "`d_weights[::-1]`.",
)
def _(activations, primes, weights, d_out):
    return None, None


@deep_backward.mistake(
    "appends-behind-the-nones",
    ko="None이 이미 L개 들어 있는 리스트에 `append`해서 길이가 두 배가 되었습니다. `d_weights[k] = …`로 제자리에 넣으세요.",
    en="The lists hold L times None already, so `append` made them twice as long. Put each in its "
    "place: `d_weights[k] = …`.",
)
def _(activations, primes, weights, d_out):
    d_weights, d_biases = deep_backward(activations, primes, weights, d_out)
    empty = [None] * len(weights)
    return [*empty, *d_weights[::-1]], [*empty, *d_biases[::-1]]


@deep_backward.mistake(
    "back-through-the-gradients",
    ko="앞 층으로 갈 때 가중치가 아니라 그 기울기 d_weights[k]를 곱했습니다. `d_l @ weights[k].T`입니다.",
    en="On the way to the layer before, d_weights[k] was used in place of weights[k]: it is `d_l @ "
    "weights[k].T`.",
)
def _(activations, primes, weights, d_out):
    def step(k, d):
        d_l = d * primes[k]
        return d_l, d_l @ (activations[k].T @ d_l).T

    return walk_back(activations, primes, weights, d_out, step)


OVERWRITTEN = {
    "ko": "d_b를 구하기 전에 d_l을 덮어썼습니다. d_W와 d_b를 먼저 구하고 앞 층으로 넘기세요.",
    "en": "d_l was overwritten before d_b was taken from it. Take d_W and d_b first, then go on to the "
    "layer before.",
}


@deep_backward.mistake("overwritten-before-d_b", **OVERWRITTEN)
def _(activations, primes, weights, d_out):
    d_weights, d_biases, d = [None] * len(weights), [None] * len(weights), d_out
    for k in reversed(range(len(weights))):
        d = d * primes[k]
        d_weights[k], d = activations[k].T @ d, d @ weights[k].T
        d_biases[k] = d.sum(0)
    return d_weights, d_biases


@deep_backward.mistake("overwritten-before-both", **OVERWRITTEN)
def _(activations, primes, weights, d_out):
    d_weights, d_biases, d = [None] * len(weights), [None] * len(weights), d_out
    for k in reversed(range(len(weights))):
        d = (d * primes[k]) @ weights[k].T
        d_weights[k], d_biases[k] = activations[k].T @ d, d.sum(0)
    return d_weights, d_biases


def half_skipped(activations, primes, weights, d_out, skipped):
    right = deep_backward(activations, primes, weights, d_out)
    wrong = walk_back(
        activations, primes, weights, d_out, lambda k, d: (d, (d * primes[k]) @ weights[k].T)
    )
    return (wrong[0], right[1]) if skipped == "weights" else (right[0], wrong[1])


@deep_backward.mistake(
    "weights-alone-skip-the-activation",
    ko="d_biases는 맞지만 d_weights를 d_l이 아니라 d_a에서 구했습니다. 가중치도 활성화 함수 *앞*에 있으니 "
    "`activations[k].T @ d_l`입니다.",
    en="d_biases is right, but d_weights was computed from d_a instead of d_l. The weights, too, stand "
    "*before* the activation function: `activations[k].T @ d_l`.",
)
def _(activations, primes, weights, d_out):
    return half_skipped(activations, primes, weights, d_out, "weights")


@deep_backward.mistake(
    "biases-alone-skip-the-activation",
    ko="d_weights는 맞지만 d_biases를 d_l이 아니라 d_a에서 구했습니다. 편향도 활성화 함수 *앞*에 있으니 `d_l.sum(0)`입니다.",
    en="d_weights is right, but d_biases was computed from d_a instead of d_l. The biases, too, stand "
    "*before* the activation function: `d_l.sum(0)`.",
)
def _(activations, primes, weights, d_out):
    return half_skipped(activations, primes, weights, d_out, "biases")


deep_backward.hints(
    ko=[
        "11장의 backward_hidden을 층마다 한 번씩, 뒤에서부터 부르는 것과 같습니다. 한 바퀴가 끝날 때의 기울기가 다음 바퀴의 "
        "시작입니다.",
        "층마다: d_l = d_a ⊙ primes[k], d_W = activations[k]ᵀ · d_l, d_b = d_l을 표본에 대해 더한 것, 앞 층의 d_a = d_l · "
        "weights[k]ᵀ.",
        "`d_a = d_out`, `for k in reversed(range(len(weights))):` 안에서 `d_l = d_a * primes[k]`, `d_weights[k] = "
        "activations[k].T @ d_l`, `d_biases[k] = d_l.sum(0)`, `d_a = d_l @ weights[k].T`",
    ],
    en=[
        "It is like calling chapter 11's backward_hidden once for each layer, from the back. The "
        "gradient at the end of one round is the start of the next.",
        "In each layer: d_l = d_a ⊙ primes[k], d_W = activations[k]ᵀ · d_l, d_b is d_l summed over the "
        "samples, and the d_a of the layer before is d_l · weights[k]ᵀ.",
        "`d_a = d_out`, and inside `for k in reversed(range(len(weights))):` `d_l = d_a * primes[k]`, "
        "`d_weights[k] = activations[k].T @ d_l`, `d_biases[k] = d_l.sum(0)`, `d_a = d_l @ "
        "weights[k].T`.",
    ],
)


# ---------------------------------------------------------------- gradient-norms


@exercise("gradient-norms")
def gradient_norms(d_weights, d_biases):
    rows = []
    for d_W, d_b in zip(d_weights, d_biases, strict=True):
        flat = torch.cat([d_W.flatten(), d_b])
        rows.append(torch.sqrt(flat @ flat))
    return torch.stack(rows)


@gradient_norms.cases
def _(draw):
    yield (
        [torch.tensor([[2.0, 1.0]]), torch.tensor([[0.0], [3.0]])],
        [
            torch.tensor([2.0, 0.0]),
            torch.tensor([-4.0]),
        ],
    )
    yield [torch.zeros(2, 2), torch.tensor([[1.0, 0.0]])], [torch.zeros(2), torch.zeros(2)]
    # vanishing gradients: no small number may be added to them
    yield [1e-9 * draw.normal(4, 3, dtype=DOUBLE)], [1e-9 * draw.normal(3, dtype=DOUBLE)]
    for dtype in (torch.float32, DOUBLE):
        sizes = sizes_of(draw, *[(2, 6)] * draw.integer(4, 7))
        pairs = list(zip(sizes, sizes[1:], strict=False))
        scales = [10.0 ** -draw.integer(0, 3) for _ in pairs]
        yield (
            [s * draw.normal(*p, dtype=dtype) for p, s in zip(pairs, scales, strict=True)],
            [s * draw.normal(m, dtype=dtype) for (_, m), s in zip(pairs, scales, strict=True)],
        )


@gradient_norms.accepts
def _(d_weights, d_biases):
    squares = [(W**2).sum() + (b**2).sum() for W, b in zip(d_weights, d_biases, strict=True)]
    return torch.tensor(squares, dtype=d_weights[0].dtype).sqrt()


@gradient_norms.accepts
def _(d_weights, d_biases):
    pairs = zip(d_weights, d_biases, strict=True)
    return torch.stack([torch.hypot(W.norm(), b.norm()) for W, b in pairs])


def by_layer(d_weights, d_biases, measure):
    return torch.stack([measure(W, b) for W, b in zip(d_weights, d_biases, strict=True)])


@gradient_norms.mistake(
    "adds-the-norms",
    ko="가중치의 노름과 편향의 노름을 더했습니다. 노름은 그냥 더할 수 없습니다(3과 4의 빗변은 7이 아니라 5입니다). 제곱을 모두 "
    "더한 다음 제곱근을 한 번만 씌우세요.",
    en="The norms of weights and biases were added. Norms do not add like that: legs of 3 and 4 make 5, "
    "not 7. Add up all the squares and take one root at the end.",
)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: W.norm() + b.norm())


@gradient_norms.mistake(
    "forgets-biases",
    ko="편향의 기울기 d_biases가 빠졌습니다. 층 하나의 기울기는 가중치와 편향을 합친 벡터 하나입니다.",
    en="The biases' gradients, d_biases, are left out. A layer's gradient is one vector made of its "
    "weights and its biases.",
)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: W.norm())


@gradient_norms.mistake(
    "no-root",
    ko="제곱의 합에 제곱근을 씌우지 않았습니다.",
    en="The square root over the sum of the squares is missing.",
)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: (W**2).sum() + (b**2).sum())


@gradient_norms.mistake(
    "root-mean-square",
    ko="제곱을 더하지 않고 평균 냈습니다. 명세의 노름은 제곱의 *합*의 제곱근입니다.",
    en="The squares were averaged, not added. The norm of the specification is the root of their *sum*.",
)
def _(d_weights, d_biases):
    return by_layer(
        d_weights, d_biases, lambda W, b: torch.cat([W.flatten(), b]).square().mean().sqrt()
    )


@gradient_norms.mistake(
    "absolute-values",
    ko="절댓값을 더했습니다(L1 노름). 여기서의 노름은 제곱의 합의 제곱근입니다.",
    en="These are sums of absolute values (the L1 norm). The norm here is the root of the sum of the "
    "squares.",
)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: W.abs().sum() + b.abs().sum())


@gradient_norms.mistake(
    "largest",
    ko="가장 큰 원소만 보았습니다. 노름에는 모든 원소의 제곱이 들어갑니다.",
    en="This looks at the largest element only. The norm takes the squares of all elements.",
)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: torch.maximum(W.abs().max(), b.abs().max()))


@gradient_norms.mistake(
    "whole-network",
    ko="신경망 전체의 노름 하나를 돌려주었습니다. 어느 층에서 기울기가 사라지는지 보려면 층마다 하나씩, 수 L개가 필요합니다.",
    en="This is one norm for the whole network. To see in which layer the gradient vanishes you need "
    "one for each: L numbers.",
)
def _(d_weights, d_biases):
    return torch.cat([d.flatten() for d in [*d_weights, *d_biases]]).norm()


@gradient_norms.mistake(
    "columns",
    ko="행렬의 열(또는 행)마다 노름을 구한 다음 더했습니다. 층의 모든 원소를 한 벡터로 보고 한 번에 구하세요.",
    en="Norms were taken column by column and then added. See all elements of the layer as one vector "
    "and take its norm at once.",
)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: W.norm(dim=0).sum() + b.norm())


@gradient_norms.mistake(
    "as-a-list",
    ko="값은 맞지만 파이썬 리스트입니다. 명세대로 (L,) 모양의 텐서로 만드세요: `torch.stack`은 0차원 텐서들의 리스트를 텐서 하나로 "
    "쌓습니다.",
    en="The values are right, but this is a Python list. The specification asks for a tensor of shape "
    "(L,): `torch.stack` makes one of a list of 0-dimensional tensors.",
)
def _(d_weights, d_biases):
    return list(gradient_norms(d_weights, d_biases))


@gradient_norms.mistake(
    "as-a-list-of-floats",
    ko="값은 맞지만 파이썬 리스트입니다. 명세대로 (L,) 모양의 텐서로 만드세요: `torch.stack`은 0차원 텐서들의 리스트를 텐서 하나로 "
    "쌓습니다.",
    en="The values are right, but this is a Python list. The specification asks for a tensor of shape "
    "(L,): `torch.stack` makes one of a list of 0-dimensional tensors.",
)
def _(d_weights, d_biases):
    return gradient_norms(d_weights, d_biases).tolist()


@gradient_norms.mistake(
    "weights-and-biases-apart",
    ko="가중치와 편향의 노름을 따로 구해 2L개를 돌려주었습니다. 층마다 둘을 한 벡터로 보고 L개를 돌려주세요.",
    en="These are 2L norms, weights and biases apart. Take the two of a layer as one vector and return L "
    "norms.",
)
def _(d_weights, d_biases):
    return torch.stack([d.norm() for d in [*d_weights, *d_biases]])


ONE_LAYER = {
    "ko": "한 층만 남았습니다. `return`이 반복문 안에 있거나, 바퀴마다 리스트를 새로 만들었거나 값을 덮어썼습니다.",
    "en": "Only one layer is left: the `return` stands inside the loop, or the list is made anew (or "
    "the value overwritten) in every round.",
}


@gradient_norms.mistake("first-layer-alone", **ONE_LAYER)
def _(d_weights, d_biases):
    return gradient_norms(d_weights, d_biases)[0]


@gradient_norms.mistake("last-layer-alone", **ONE_LAYER)
def _(d_weights, d_biases):
    return gradient_norms(d_weights, d_biases)[-1]


@gradient_norms.mistake("first-layer-stacked", **ONE_LAYER)
def _(d_weights, d_biases):
    return gradient_norms(d_weights, d_biases)[:1]


@gradient_norms.mistake("last-layer-stacked", **ONE_LAYER)
def _(d_weights, d_biases):
    return gradient_norms(d_weights, d_biases)[-1:]


@gradient_norms.mistake(
    "only-biases",
    ko="가중치의 기울기 d_weights가 빠졌습니다. 층 하나의 기울기는 가중치와 편향을 합친 벡터 하나입니다.",
    en="The weights' gradients, d_weights, are left out. A layer's gradient is one vector made of its "
    "weights and its biases.",
)
def _(d_weights, d_biases):
    return torch.stack([b.norm() for b in d_biases])


SQUARES_THE_SUM = {
    "ko": "더한 다음 제곱했습니다. 그러면 부호가 다른 것끼리 지워집니다. 원소마다 제곱한 다음 더하세요.",
    "en": "The sum was squared, in which different signs cancel. Square each element first, then add.",
}


@gradient_norms.mistake("squares-the-sums", **SQUARES_THE_SUM)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: (W.sum() ** 2 + b.sum() ** 2).sqrt())


@gradient_norms.mistake("squares-the-sum-of-all", **SQUARES_THE_SUM)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: (W.sum() + b.sum()).abs())


BROADCAST_BIASES = {
    "ko": "W와 b를 바로 더해, 편향이 가중치의 줄마다 되풀이되어 들어갔습니다(브로드캐스팅). 따로따로 제곱의 합을 구해 그 둘을 더하세요.",
    "en": "W and b were added as they are, so the biases were broadcast onto every row of the weights. "
    "Sum the squares of each by itself, then add the two sums.",
}


@gradient_norms.mistake("broadcast-biases", **BROADCAST_BIASES)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: (W + b).norm())


@gradient_norms.mistake("broadcast-squares", **BROADCAST_BIASES)
def _(d_weights, d_biases):
    return by_layer(d_weights, d_biases, lambda W, b: (W**2 + b**2).sum().sqrt())


SMALL_ADDED = {
    "ko": "아주 작은 기울기의 노름이 틀립니다. 제곱의 합이나 노름에 1e-12 같은 작은 수를 더했거나, 작은 값을 잘라 냈습니다. 기울기가 "
    "사라지는 모습을 보려면 작은 노름도 정확해야 합니다. 아무것도 더하지 마세요.",
    "en": "The norms of very small gradients are wrong: a small number such as 1e-12 was added to the sum "
    "of the squares or to the norm, or small values were cut off. We want to see gradients vanish, so "
    "small norms have to be right too. Add nothing.",
}


def sum_of_squares(W, b):
    return (W**2).sum() + (b**2).sum()


for _key, _measure in {
    "adds-1e-12-inside": lambda W, b: (sum_of_squares(W, b) + 1e-12).sqrt(),
    "adds-1e-8-inside": lambda W, b: (sum_of_squares(W, b) + 1e-8).sqrt(),
    "adds-1e-8": lambda W, b: sum_of_squares(W, b).sqrt() + 1e-8,
    "at-least-1e-12-inside": lambda W, b: sum_of_squares(W, b).clamp(min=1e-12).sqrt(),
    "at-least-1e-8": lambda W, b: sum_of_squares(W, b).sqrt().clamp(min=1e-8),
}.items():

    def with_small(d_weights, d_biases, measure=_measure):
        return by_layer(d_weights, d_biases, measure)

    gradient_norms.mistake(_key, **SMALL_ADDED)(with_small)


gradient_norms.hints(
    ko=[
        "층 하나의 가중치와 편향을 모두 한 줄로 늘어놓은 긴 벡터를 떠올리세요. 구할 것은 그 벡터의 길이입니다.",
        "k번 층의 노름은 √(Σ d_W² + Σ d_b²)입니다. 층마다 하나씩 구해 `torch.stack`으로 쌓으면 (L,)입니다.",
        "`squares = [(W**2).sum() + (b**2).sum() for W, b in zip(d_weights, d_biases)]`, `return "
        "torch.stack(squares).sqrt()`",
    ],
    en=[
        "Imagine all weights and biases of a layer laid out in one long vector. What is wanted is its "
        "length.",
        "The norm of layer k is √(Σ d_W² + Σ d_b²). Find one for each layer and `torch.stack` them: "
        "(L,).",
        "`squares = [(W**2).sum() + (b**2).sum() for W, b in zip(d_weights, d_biases)]`, `return "
        "torch.stack(squares).sqrt()`.",
    ],
)


# ---------------------------------------------------------------- dead-units


@exercise("dead-units", all_or_nothing=True)
def dead_units(l):
    leaf = l.clone().requires_grad_()
    passed = torch.autograd.grad(torch.relu(leaf).sum(), leaf)[0]  # 0 or 1: the slope of each
    return torch.tensor([not any(column.tolist()) for column in passed.T])


@dead_units.cases
def _(draw):
    yield (torch.tensor([[-1.0, 2.0, -3.0], [-2.0, -1.0, 0.5]]),)
    yield (torch.tensor([[0.0, -1.0], [-1.0, 1.0], [0.0, -3.0]]),)
    for N, H in ((1, 5), (4, 4), (draw.integer(5, 8), draw.integer(3, 9))):
        l = draw.normal(N, H)
        l[:, draw.integer(0, H - 1)] = -draw.uniform(0.1, 2, N)
        l[:, draw.integer(0, H - 1)] = draw.uniform(0.1, 2, N)
        yield (l,)
    l = draw.uniform(-3, 0, 6, 7, dtype=DOUBLE)
    l[draw.integer(0, 5), draw.permutation(7)[:4]] = 0.25  # alive, though negative on average
    l[:, draw.integer(0, 6)] = 0.0
    yield (l,)
    l = -draw.uniform(0.1, 2, 200, 1)  # a single unit, on by very little, for one sample only
    l[draw.integer(0, 199)] = 1e-7
    yield (l,)


@dead_units.accepts
def _(l):
    return torch.relu(l).sum(0) == 0


@dead_units.accepts
def _(l):
    return l.max(dim=0).values <= 0


@dead_units.accepts
def _(l):
    return ~(l > 0).any(dim=0)


@dead_units.mistake(
    "sometimes-off",
    ko="한 번이라도 꺼진 유닛을 모두 죽은 것으로 쳤습니다(`any`). 그림에 따라 꺼지는 것은 ReLU의 정상적인 모습입니다. 죽은 유닛은 "
    "*모든* 입력에서 꺼져 있습니다(`all`).",
    en="Every unit that is off even once was called dead (`any`). To be off for some inputs is a ReLU's "
    "normal life. A dead unit is off for *all* of them (`all`).",
)
def _(l):
    return (l <= 0).any(0)


@dead_units.mistake(
    "below-zero-only",
    ko="l이 정확히 0인 경우를 살아 있는 것으로 쳤습니다. 0에서도 기울기는 0이라 배우지 못합니다: `<`가 아니라 `<=`입니다.",
    en="A value of exactly 0 was taken for a sign of life. The slope at 0 is 0 too, so nothing is "
    "learned there: `<=`, not `<`.",
)
def _(l):
    return (l < 0).all(0)


@dead_units.mistake(
    "wrong-axis",
    ko="유닛이 아니라 표본마다 물었습니다. l의 줄은 표본, 열은 유닛이니, 표본 방향(0번 축)으로 모아야 유닛마다 답이 하나씩 "
    "남습니다.",
    en="This asks about each sample, not each unit. Rows of l are samples and columns units: gather "
    "along the samples, axis 0, and one answer for each unit remains.",
)
def _(l):
    return (l <= 0).all(1)


@dead_units.mistake(
    "share-of-zeros",
    ko="유닛이 꺼져 있는 비율을 돌려주었습니다. 물은 것은 '모든 입력에서 꺼져 있는가'이니 참과 거짓이 답입니다.",
    en="This is for how large a share of inputs each unit is off. The question is whether it is off for "
    "all of them: True or False.",
)
def _(l):
    return (l <= 0).float().mean(0)


ON_AVERAGE = {
    "ko": "평균이 0 이하인 유닛을 죽은 것으로 쳤습니다. 평균이 음수여도 몇몇 입력에서 켜지면 그때 배웁니다.",
    "en": "Units with a mean of 0 or less were called dead. A unit may be negative on average and still "
    "be on for some inputs; from those it learns.",
}


@dead_units.mistake("negative-on-average", **ON_AVERAGE)
def _(l):
    return l.mean(0) <= 0


@dead_units.mistake("below-zero-on-average", **ON_AVERAGE)
def _(l):
    return l.mean(0) < 0


@dead_units.mistake(
    "alive",
    ko="거꾸로 되었습니다. True여야 하는 것은 죽은 유닛입니다.",
    en="The wrong way round: it is the dead units that must be True.",
)
def _(l):
    return (l > 0).any(0)


@dead_units.mistake(
    "count",
    ko="죽은 유닛의 개수를 돌려주었습니다. 어느 유닛인지 알 수 있게 유닛마다 True나 False를 돌려주세요.",
    en="This is how many units are dead. Say which: return True or False for each unit.",
)
def _(l):
    return int((l <= 0).all(0).sum())


NUMBERS = {
    "ko": "죽은 유닛의 번호를 돌려주었습니다. 명세는 유닛마다 True나 False인 (H,) 모양의 bool 텐서를 원합니다.",
    "en": "These are the numbers of the dead units. The specification wants a bool tensor of shape "
    "(H,), True or False for each unit.",
}


@dead_units.mistake("numbers", **NUMBERS)
def _(l):
    return (l <= 0).all(0).nonzero().flatten()


@dead_units.mistake("numbers-in-a-column", **NUMBERS)
def _(l):
    return (l <= 0).all(0).nonzero()


@dead_units.mistake(
    "as-numbers",
    ko="값은 맞지만 0과 1입니다. 비교의 결과인 bool 텐서를 그대로 돌려주세요.",
    en="The values are right, but they are 0 and 1. Return the bool tensor that the comparison gives.",
)
def _(l):
    return (l <= 0).all(0).float()


ALL_AT_ONCE = {
    "ko": "모든 유닛에 대해 하나의 답을 돌려주었습니다. 축을 주지 않은 `all()`이나 `any()`는 모든 원소를 한꺼번에 봅니다. 유닛마다 "
    "하나씩 남기려면 축을 주세요.",
    "en": "This is a single answer for all units. `all()` or `any()` without an axis looks at every "
    "element at once; give it an axis, so that one answer for each unit remains.",
}


@dead_units.mistake("all-at-once", **ALL_AT_ONCE)
def _(l):
    return (l <= 0).all()


@dead_units.mistake("any-at-once", **ALL_AT_ONCE)
def _(l):
    return (l <= 0).any()


EXACTLY_ZERO = {
    "ko": "l이 정확히 0인지만 물었습니다. l은 ReLU를 지나기 *전*의 값이라, 꺼진 유닛에서는 대개 음수입니다: `<= 0`",
    "en": "This asks whether l is exactly 0. But l is the value *before* the ReLU, and mostly negative "
    "where a unit is off: `<= 0`.",
}


@dead_units.mistake("exactly-zero", **EXACTLY_ZERO)
def _(l):
    return (l == 0).all(0)


@dead_units.mistake("largest-exactly-zero", **EXACTLY_ZERO)
def _(l):
    return l.amax(0) == 0


@dead_units.mistake(
    "element-by-element",
    ko="원소마다 답했습니다. 표본 방향(0번 축)으로 `all`을 써서 유닛마다 답 하나로 모으세요.",
    en="This answers for each element. Gather along the samples (axis 0) with `all`, one answer for each "
    "unit.",
)
def _(l):
    return l <= 0


@dead_units.mistake(
    "share-of-units",
    ko="죽은 유닛의 비율을 돌려주었습니다. 어느 유닛인지 알 수 있게 유닛마다 True나 False를 돌려주세요.",
    en="This is the share of units that are dead. Say which: return True or False for each unit.",
)
def _(l):
    return (l <= 0).all(0).float().mean().item()


@dead_units.mistake(
    "always-on",
    ko="모든 입력에서 *켜져* 있는 유닛을 찾았습니다. 죽은 유닛은 모든 입력에서 꺼져 있습니다: `l <= 0`",
    en="These are the units that are *on* for every input. A dead unit is off for every input: "
    "`l <= 0`.",
)
def _(l):
    return (l > 0).all(0)


ONE_SAMPLE = {
    "ko": "표본 하나만 보았습니다(하나만 골랐거나, 반복문에서 앞의 답을 덮어썼습니다). 모든 표본에서 꺼져 있어야 죽은 유닛입니다.",
    "en": "Only one sample was looked at (just one was picked, or a loop overwrote the answers before). "
    "A dead unit is off for all of them.",
}


@dead_units.mistake("first-sample", **ONE_SAMPLE)
def _(l):
    return l[0] <= 0


@dead_units.mistake("last-sample", **ONE_SAMPLE)
def _(l):
    return l[-1] <= 0


@dead_units.mistake(
    "as-a-list",
    ko="값은 맞지만 파이썬 리스트입니다. `torch.tensor(…)`로 bool 텐서를 만들거나, 반복문 없이 `all(0)`을 쓰세요.",
    en="The values are right, but this is a Python list. Make a bool tensor of it with "
    "`torch.tensor(…)`, or use `all(0)` and no loop.",
)
def _(l):
    return (l <= 0).all(0).tolist()


NEARLY_DEAD = {
    "ko": "거의 모든 입력에서 꺼지거나 조금만 켜지는 유닛까지 죽었다고 했습니다. 예외 없이 *모두*에서 꺼져야 죽은 것입니다.",
    "en": "A unit that is off for nearly all inputs, or on only a little, was called dead. Dead is off "
    "for *all* of them, without exception.",
}


@dead_units.mistake("off-for-85-in-100", **NEARLY_DEAD)
def _(l):
    return (l <= 0).float().mean(0) > 0.85


@dead_units.mistake("off-for-90-in-100", **NEARLY_DEAD)
def _(l):
    return (l <= 0).float().mean(0) > 0.9


@dead_units.mistake("off-for-99-in-100", **NEARLY_DEAD)
def _(l):
    return (l <= 0).float().mean(0) > 0.99


@dead_units.mistake("on-by-less-than-0.1", **NEARLY_DEAD)
def _(l):
    return l.max(0).values < 0.1


@dead_units.mistake("on-by-less-than-0.05", **NEARLY_DEAD)
def _(l):
    return l.max(0).values < 0.05


@dead_units.mistake("on-by-less-than-0.01", **NEARLY_DEAD)
def _(l):
    return l.max(0).values < 1e-2


@dead_units.mistake("on-by-less-than-1e-4", **NEARLY_DEAD)
def _(l):
    return torch.relu(l).sum(0) < 1e-4


@dead_units.mistake("on-by-less-than-1e-6", **NEARLY_DEAD)
def _(l):
    return (l <= 1e-6).all(0)


dead_units.hints(
    ko=[
        "유닛 하나는 l의 열 하나입니다. 그 열의 모든 수가 어떠해야 그 유닛이 아무것도 배우지 못하나요?",
        "ReLU의 기울기가 0인 곳은 l <= 0입니다. 이 조건이 표본 방향(0번 축)으로 *모두* 참이면 죽은 유닛입니다.",
        "`return (l <= 0).all(0)`",
    ],
    en=[
        "A unit is a column of l. What must be true of all numbers in that column for the unit to learn "
        "nothing?",
        "The slope of the ReLU is 0 where l <= 0. If that is true of *all* samples (axis 0), the unit is "
        "dead.",
        "`return (l <= 0).all(0)`.",
    ],
)


# ---------------------------------------------------------------- leaky-relu


@exercise("leaky-relu", forbids=[*AUTOGRAD, "F.leaky_relu", "nn.LeakyReLU"], returns=["a", "prime"])
def leaky_relu(l, slope):
    leaf = l.clone().requires_grad_()
    a = F.leaky_relu(leaf, slope)
    return a.detach(), torch.autograd.grad(a.sum(), leaf)[0]


@leaky_relu.cases
def _(draw):
    yield torch.tensor([-2.0, 0.0, 3.0]), 0.1
    yield torch.tensor([[-100.0, 100.0]]), 0.01
    yield torch.tensor(-1.5), 0.0  # no axis at all
    for dtype in (torch.float32, DOUBLE):
        l = 2 * draw.normal(*sizes_of(draw, (2, 4), (3, 5)), dtype=dtype)
        l[0, 0], l[0, 1] = 0.0, -1.5
        yield l, round(draw.number(0.02, 0.4), 3)


@leaky_relu.accepts
def _(l, slope):
    return torch.maximum(l, slope * l), torch.where(l > 0, 1.0, slope).to(l.dtype)


@leaky_relu.accepts
def _(l, slope):
    on = (l > 0).to(l.dtype)
    prime = on + slope * (1 - on)
    return [prime * l, prime]


@leaky_relu.accepts
def _(l, slope):
    prime = torch.full_like(l, slope)
    prime[l > 0] = 1
    return F.relu(l) - slope * F.relu(-l), prime


def leaky(l, slope, positive=1.0):
    return torch.where(l > 0, positive * l, slope * l)


def leaky_prime(l, slope):
    # In float32, whatever l is: a fingerprint knows a mistake again in a wider dtype, too.
    return torch.where(l > 0, 1.0, slope)


SWAPPED = {
    "ko": "거꾸로 되었습니다. slope를 곱하는 쪽은 양수가 아니라 음수입니다.",
    "en": "The wrong way round: slope belongs to the negative side, not the positive.",
}


@leaky_relu.mistake("swapped", **SWAPPED)
def _(l, slope):
    return torch.where(l > 0, slope * l, l), torch.where(l > 0, slope, 1.0)


@leaky_relu.mistake("swapped-below", **SWAPPED)
def _(l, slope):
    return torch.where(l < 0, l, slope * l), torch.where(l < 0, 1.0, slope)


@leaky_relu.mistake(
    "plain-relu",
    ko="음수에서 0이 나오니 보통의 ReLU입니다. 음수에서는 0 대신 slope를 곱한 값을 내야 기울기가 새어 나갑니다.",
    en="Negative values become 0: that is the plain ReLU. For the gradient to leak through, they become "
    "slope times themselves.",
)
def _(l, slope):
    return torch.relu(l), (l > 0).float()


@leaky_relu.mistake(
    "prime-of-the-plain-relu",
    ko="a는 맞지만 prime이 음수에서 0입니다. 음수 쪽 직선의 기울기는 slope입니다. 이것이 0이면 새게 만든 보람이 없습니다.",
    en="a is right, but prime is 0 on the negative side. The line there has the slope `slope`; with 0 "
    "the leak would be for nothing.",
)
def _(l, slope):
    return leaky(l, slope), (l > 0).float()


ONE_AT_ZERO = {
    "ko": "a는 맞지만, l이 정확히 0인 곳의 prime이 1입니다. 명세에서는(PyTorch에서도) slope입니다: `>=`가 아니라 `l > 0`으로 "
    "나누세요.",
    "en": "a is right, but prime is 1 where l is exactly 0. The specification, like PyTorch, has slope "
    "there: split with `l > 0`, not `>=`.",
}


@leaky_relu.mistake("one-at-zero", **ONE_AT_ZERO)
def _(l, slope):
    return leaky(l, slope), torch.where(l >= 0, 1.0, slope)


@leaky_relu.mistake("one-where-a-is-zero", **ONE_AT_ZERO)
def _(l, slope):
    return leaky(l, slope), torch.where(leaky(l, slope) >= 0, 1.0, slope)


@leaky_relu.mistake(
    "fixed-slope",
    ko="slope 대신 정해 둔 수 0.01을 썼습니다. 인자로 받은 slope를 쓰세요.",
    en="This uses 0.01 in place of slope. Use the slope that is given.",
)
def _(l, slope):
    return leaky(l, 0.01), leaky_prime(l, 0.01)


@leaky_relu.mistake(
    "folded-up",
    ko="음수 쪽이 위로 접혔습니다. 음수에 −slope를 곱하면 양수가 됩니다. slope를 그대로 곱하세요.",
    en="The negative side is folded up: −slope times a negative number is positive. Multiply by slope "
    "itself.",
)
def _(l, slope):
    return torch.where(l > 0, l, -slope * l), torch.where(l > 0, 1.0, -slope)


@leaky_relu.mistake(
    "folded-up-value",
    ko="prime은 맞지만 a의 음수 쪽이 위로 접혔습니다. 음수에 −slope를 곱하면 양수가 됩니다. slope를 그대로 곱하세요.",
    en="prime is right, but the negative side of a is folded up: −slope times a negative number is "
    "positive. Multiply by slope itself.",
)
def _(l, slope):
    return torch.where(l > 0, l, -slope * l), leaky_prime(l, slope)


@leaky_relu.mistake(
    "minimum",
    ko="둘 가운데 작은 쪽을 골랐습니다. slope가 1보다 작으므로, 양수에서는 l이, 음수에서는 slope·l이 더 *큰* 쪽입니다.",
    en="This takes the smaller of the two. As slope is below 1, l is the *larger* one for positive "
    "values, and slope·l for negative ones.",
)
def _(l, slope):
    return torch.minimum(l, slope * l), leaky_prime(l, slope)


@leaky_relu.mistake(
    "constant-floor",
    ko="음수를 상수 −slope(또는 slope)로 바꾸었습니다. 그러면 여전히 평평해서 기울기가 0입니다. slope를 l에 *곱하세요*.",
    en="Negative values became a constant, −slope. That is as flat as before. *Multiply* l by slope.",
)
def _(l, slope):
    return torch.where(l > 0, l, -slope), leaky_prime(l, slope)


@leaky_relu.mistake(
    "slope-for-negative-values",
    ko="음수 자리에 slope·l이 아니라 slope 자체를 넣었습니다. a의 음수 쪽은 기울기가 slope인 직선입니다.",
    en="On the negative side stands slope itself instead of slope·l. There, a is a line with that "
    "slope.",
)
def _(l, slope):
    return torch.where(l > 0, l, slope), leaky_prime(l, slope)


@leaky_relu.mistake(
    "only-a",
    ko="a만 돌려주었습니다. 거꾸로 올 때 쓸 기울기 prime도 함께, (a, prime)으로 돌려주세요.",
    en="Only a was returned. Return its slope as well, for the way back: (a, prime).",
)
def _(l, slope):
    return leaky(l, slope)


@leaky_relu.mistake(
    "wrong-order",
    ko="값은 맞지만 순서가 반대입니다. (a, prime) 순서로 돌려주세요.",
    en="Both are right, but the other way round: return (a, prime).",
)
def _(l, slope):
    return leaky_prime(l, slope), leaky(l, slope)


@leaky_relu.mistake(
    "bool-prime",
    ko="a는 맞지만 prime이 l > 0이라는 참과 거짓입니다. 음수 쪽의 기울기는 0이 아니라 slope이고, 자료형은 l과 같아야 합니다.",
    en="a is right, but prime is the mask l > 0, True and False. On the negative side the slope is not 0 "
    "but `slope`, and the dtype must be that of l.",
)
def _(l, slope):
    return leaky(l, slope), l > 0


@leaky_relu.mistake(
    "prime-is-the-value",
    ko="a는 맞지만, prime의 음수 쪽에 slope·l이 있습니다. 그것은 값이고, 기울기는 slope입니다.",
    en="a is right, but on the negative side prime has slope·l. That is the value; the slope is `slope`.",
)
def _(l, slope):
    return leaky(l, slope), torch.where(l > 0, torch.ones_like(l), slope * l)


LEAK_EVERYWHERE = {
    "ko": "relu(l)에 slope·l을 모든 곳에서 더했습니다. 양수 쪽의 기울기가 1 + slope가 됩니다. 음수 쪽에만 더하세요.",
    "en": "slope·l was added to relu(l) everywhere, so the positive side has a slope of 1 + slope. It "
    "belongs on the negative side only.",
}


@leaky_relu.mistake("adds-the-leak-everywhere", **LEAK_EVERYWHERE)
def _(l, slope):
    return torch.relu(l) + slope * l, (l > 0) + slope


@leaky_relu.mistake("adds-the-leak-to-a", **LEAK_EVERYWHERE)
def _(l, slope):
    return torch.relu(l) + slope * l, leaky_prime(l, slope)


@leaky_relu.mistake(
    "adds-slope-to-the-whole-prime",
    ko="a는 맞지만, prime에 slope를 모든 곳에서 더해 양수 쪽이 1 + slope입니다. 양수 쪽은 1, 음수 쪽만 slope입니다.",
    en="a is right, but slope was added to prime everywhere, so the positive side has 1 + slope. It is 1 "
    "there, and slope only on the negative side.",
)
def _(l, slope):
    return leaky(l, slope), (l > 0) + slope


PRIME_SWAPPED = {
    "ko": "a는 맞지만 prime의 두 쪽이 바뀌었습니다. 양수 쪽이 1, 음수 쪽이 slope입니다.",
    "en": "a is right, but the two sides of prime are swapped: it is 1 on the positive side, slope on "
    "the negative.",
}


@leaky_relu.mistake("prime-swapped", **PRIME_SWAPPED)
def _(l, slope):
    return leaky(l, slope), torch.where(l > 0, slope, 1.0)


@leaky_relu.mistake("prime-swapped-below", **PRIME_SWAPPED)
def _(l, slope):
    return leaky(l, slope), torch.where(l < 0, 1.0, slope)


@leaky_relu.mistake(
    "prime-of-ones",
    ko="a는 맞지만 prime이 어디서나 1입니다. 음수 쪽의 기울기는 slope입니다.",
    en="a is right, but prime is 1 everywhere. On the negative side it is slope.",
)
def _(l, slope):
    return leaky(l, slope), torch.ones_like(l, dtype=torch.float32)


@leaky_relu.mistake(
    "overwrites-slope-with-ones",
    ko="a는 맞지만, prime에서 slope를 넣은 곳이 다시 1로 덮였습니다. slope도 양수라 `prime > 0`에 걸립니다. 받은 `l`로 나누세요: "
    "`prime[l > 0] = 1`",
    en="a is right, but in prime the places that got slope were overwritten with 1: slope is positive, "
    "too, so `prime > 0` holds there. Split by the `l` that came in: `prime[l > 0] = 1`.",
)
def _(l, slope):
    prime = torch.where(l > 0, l, slope)
    return leaky(l, slope), torch.where(prime > 0, 1.0, 0.0)


@leaky_relu.mistake(
    "prime-negative",
    ko="a는 맞지만 prime의 음수 쪽이 −slope입니다. 거기서도 직선은 오르막이니 +slope입니다.",
    en="a is right, but prime is −slope on the negative side. The line rises there too: +slope.",
)
def _(l, slope):
    return leaky(l, slope), torch.where(l > 0, 1.0, -slope)


@leaky_relu.mistake(
    "zero-over-zero",
    ko="a / l은 l = 0에서 0 나누기 0, 곧 NaN이 됩니다. `l > 0`인지 물어서 나누세요.",
    en="a / l is 0 / 0, a NaN, where l is 0. Ask `l > 0` instead.",
)
def _(l, slope):
    return leaky(l, slope), leaky(l, slope) / l


@leaky_relu.mistake(
    "prime-in-float32",
    ko="값은 맞지만 prime이 언제나 float32입니다. `torch.where`에 파이썬 수 둘을 주거나 `(l > 0)`에 파이썬 수를 더하고 곱하면 "
    "그렇게 됩니다. 끝에 `.to(l.dtype)`을 붙이거나 `torch.ones_like(l)`에서 시작하세요.",
    en="The values are right, but prime is always float32: that is what `torch.where` makes of two "
    "Python numbers, and what comes of `(l > 0)` with Python numbers. Add `.to(l.dtype)`, or start "
    "from `torch.ones_like(l)`.",
)
def _(l, slope):
    return leaky(l, slope), leaky_prime(l, slope)


@leaky_relu.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 l을 그 자리에서 고쳤습니다. `l[l < 0] *= slope` 대신 `torch.where`로 새 텐서를 만드세요.",
    en="The values are right, but the caller's l was changed in place. Instead of `l[l < 0] *= slope`, "
    "make a new tensor with `torch.where`.",
)
def _(l, slope):
    a, prime = leaky_relu(l, slope)
    return l.copy_(a), prime


@leaky_relu.mistake(
    "nothing-at-zero",
    ko="a는 맞지만 l이 정확히 0인 곳의 prime이 0입니다. 거기서는 slope입니다: `l < 0`이 아니라 `l <= 0`",
    en="a is right, but prime is 0 where l is exactly 0; it is slope there: `l <= 0`, not `l < 0`.",
)
def _(l, slope):
    return leaky(l, slope), (l > 0).float() + slope * (l < 0).float()


leaky_relu.hints(
    ko=[
        "오른쪽은 ReLU 그대로이고, 왼쪽은 평평한 바닥 대신 아주 완만한 직선입니다.",
        "a는 l > 0이면 l, 아니면 slope × l. prime은 l > 0이면 1, 아니면 slope. 둘 다 모양은 l과 같습니다.",
        "`prime = torch.where(l > 0, 1.0, slope).to(l.dtype)`, `return prime * l, prime`",
    ],
    en=[
        "The right half is the ReLU's. The left half is a gentle line in place of the flat floor.",
        "a is l where l > 0, else slope × l. prime is 1 where l > 0, else slope. Both have l's shape.",
        "`prime = torch.where(l > 0, 1.0, slope).to(l.dtype)`, `return prime * l, prime`.",
    ],
)


# ---------------------------------------------------------------- momentum-step


def torch_step(make, w, gradient, state):
    """One step of a torch optimizer from a given state; the new value and the state after it."""
    leaf = w.clone().requires_grad_()
    leaf.grad = gradient.clone()
    optimizer = make([leaf])
    optimizer.state[leaf] = {name: value.clone() for name, value in state.items()}
    optimizer.step()
    return leaf.detach(), optimizer.state[leaf]


@exercise("momentum-step", points=2, forbids=["torch.optim.SGD"], returns=["w", "velocity"])
def momentum_step(w, gradient, velocity, lr, beta):
    new, state = torch_step(
        lambda leaves: torch.optim.SGD(leaves, lr=lr, momentum=beta),
        w, gradient, {"momentum_buffer": velocity},
    )  # fmt: skip
    return new, state["momentum_buffer"]


@momentum_step.cases
def _(draw):
    yield torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor([0.0]), 0.1, 0.9
    yield torch.tensor([1.0, 1.0]), torch.tensor([0.0, -1.0]), torch.tensor([4.0, 2.0]), 0.1, 0.5
    for dtype in (torch.float32, DOUBLE):
        shape = sizes_of(draw, (1, 4), (2, 5))
        three = [draw.normal(*shape, dtype=dtype) for _ in range(3)]
        yield (*three, round(draw.number(0.05, 0.5), 3), round(draw.number(0.6, 0.95), 3))


@momentum_step.accepts
def _(w, gradient, velocity, lr, beta):
    velocity = torch.add(gradient, velocity, alpha=beta)
    return [torch.sub(w, velocity, alpha=lr), velocity]


@momentum_step.accepts
def _(w, gradient, velocity, lr, beta):
    new = w.clone()
    new -= lr * beta * velocity
    new -= lr * gradient
    return new, (w - new) / lr if w.dtype == DOUBLE else beta * velocity + gradient


def momentum(w, velocity, lr):
    return w - lr * velocity, velocity


@momentum_step.mistake(
    "no-momentum",
    ko="속도를 쓰지 않아 보통의 경사하강법입니다. 먼저 속도를 β × velocity + gradient로 새로 만들고, 그 속도로 움직이세요.",
    en="The velocity plays no part: this is plain gradient descent. Make the new velocity first, "
    "β × velocity + gradient, and move by it.",
)
def _(w, gradient, velocity, lr, beta):
    return w - lr * gradient, velocity.clone()


@momentum_step.mistake(
    "moves-by-the-old-velocity",
    ko="속도는 맞게 구했지만, 움직일 때 *옛* 속도를 썼습니다. 새 속도로 움직이세요.",
    en="The new velocity is right, but the move used the *old* one. Move by the new velocity.",
)
def _(w, gradient, velocity, lr, beta):
    return w - lr * velocity, beta * velocity + gradient


@momentum_step.mistake(
    "moves-by-the-gradient",
    ko="속도는 맞게 구했지만, 움직일 때는 기울기만 썼습니다. 새 속도로 움직이세요.",
    en="The new velocity is right, but the move used the gradient alone. Move by the new velocity.",
)
def _(w, gradient, velocity, lr, beta):
    return w - lr * gradient, beta * velocity + gradient


@momentum_step.mistake(
    "moving-average",
    ko="기울기에 (1 − β)를 곱해 평균을 만들었습니다. Adam은 그렇게 하지만, 여기서의(그리고 `torch.optim.SGD`의) 모멘텀은 기울기를 "
    "통째로 더합니다.",
    en="The gradient was multiplied by (1 − β), which makes an average. Adam does that; momentum here, "
    "as in `torch.optim.SGD`, adds the whole gradient.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, beta * velocity + (1 - beta) * gradient, lr)


LR_INSIDE = {
    "ko": "학습률을 속도 안에 넣었습니다. 다른 책에는 그런 식도 있지만, 명세의 속도에는 학습률이 없습니다. 학습률은 움직일 때 한 번 "
    "곱합니다.",
    "en": "The learning rate went into the velocity. Some books write it so, but the velocity of the "
    "specification has no learning rate in it: multiply by lr once, when you move.",
}


@momentum_step.mistake("lr-in-the-velocity", **LR_INSIDE)
def _(w, gradient, velocity, lr, beta):
    velocity = beta * velocity - lr * gradient
    return w + velocity, velocity


@momentum_step.mistake("lr-in-the-velocity-subtracted", **LR_INSIDE)
def _(w, gradient, velocity, lr, beta):
    velocity = beta * velocity + lr * gradient
    return w - velocity, velocity


@momentum_step.mistake("lr-times-the-velocity", **LR_INSIDE)
def _(w, gradient, velocity, lr, beta):
    velocity = lr * (beta * velocity + gradient)
    return w - velocity, velocity


@momentum_step.mistake(
    "lr-twice",
    ko="학습률을 두 번 곱했습니다. 속도에는 기울기를 그대로 더하고, 움직일 때만 lr을 곱하세요.",
    en="The learning rate is in there twice. Add the bare gradient to the velocity, and multiply by lr "
    "only when you move.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, beta * velocity + lr * gradient, lr)


@momentum_step.mistake(
    "beta-on-the-gradient",
    ko="β를 기울기에 곱했습니다. 줄어들어야 하는 것은 옛 속도입니다: β × velocity + gradient",
    en="β multiplies the gradient. It is the old velocity that fades: β × velocity + gradient.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, velocity + beta * gradient, lr)


@momentum_step.mistake(
    "no-friction",
    ko="옛 속도에 β를 곱하지 않았습니다. 그러면 마찰이 없어 영영 멈추지 않습니다.",
    en="The old velocity is not multiplied by β. Without this friction it never comes to rest.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, velocity + gradient, lr)


@momentum_step.mistake(
    "nesterov",
    ko="네스테로프(Nesterov) 방식으로 움직였습니다. 좋은 방법이지만 다음에 나옵니다. 여기서는 새 속도만큼만 움직이세요.",
    en="This moves as Nesterov does. A good method, but its turn comes later. Here, move by the new "
    "velocity alone.",
)
def _(w, gradient, velocity, lr, beta):
    velocity = beta * velocity + gradient
    return w - lr * (gradient + beta * velocity), velocity


@momentum_step.mistake(
    "uphill",
    ko="올라갔습니다. 속도에는 기울기가 쌓이고 기울기는 오르막을 가리키니, 움직일 때는 빼야 합니다.",
    en="This climbs. The velocity collects gradients, and those point uphill: subtract.",
)
def _(w, gradient, velocity, lr, beta):
    velocity = beta * velocity + gradient
    return w + lr * velocity, velocity


@momentum_step.mistake(
    "subtracts-the-gradient",
    ko="속도에서 기울기를 뺐습니다. 명세의 속도는 기울기를 *더하고*, 움직일 때 뺍니다.",
    en="The gradient was subtracted from the velocity. In the specification the velocity *adds* "
    "gradients, and the move subtracts it.",
)
def _(w, gradient, velocity, lr, beta):
    velocity = beta * velocity - gradient
    return w + lr * velocity, velocity


@momentum_step.mistake(
    "returns-the-old-velocity",
    ko="w는 맞지만 *옛* 속도를 돌려주었습니다. 그러면 다음 걸음이 아무것도 기억하지 못합니다. 새 속도를 돌려주세요.",
    en="w is right, but the *old* velocity was returned, so the next step remembers nothing. Return the "
    "new one.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum_step(w, gradient, velocity, lr, beta)[0], velocity.clone()


@momentum_step.mistake(
    "only-w",
    ko="w만 돌려주었습니다. 다음 걸음에 필요하니 새 속도도 함께, (w, velocity)로 돌려주세요.",
    en="Only w was returned. The next step needs the new velocity too: return (w, velocity).",
)
def _(w, gradient, velocity, lr, beta):
    return momentum_step(w, gradient, velocity, lr, beta)[0]


@momentum_step.mistake(
    "wrong-order",
    ko="값은 맞지만 순서가 반대입니다. (w, velocity) 순서로 돌려주세요.",
    en="Both are right, but the other way round: return (w, velocity).",
)
def _(w, gradient, velocity, lr, beta):
    return tuple(reversed(momentum_step(w, gradient, velocity, lr, beta)))


IN_PLACE = {
    "ko": "값은 맞지만 부른 쪽의 텐서를 그 자리에서 고쳤습니다. `+=`, `-=`, `*=`와 이름이 _로 끝나는 메서드는 새 텐서를 만들지 "
    "않습니다. `w = w - …`처럼 새로 만드세요.",
    "en": "The values are right, but the caller's tensors were changed in place. `+=`, `-=`, `*=` and "
    "methods ending in _ make no new tensor. Make one, as in `w = w - …`.",
}


@momentum_step.mistake("velocity-in-place", **IN_PLACE)
def _(w, gradient, velocity, lr, beta):
    velocity *= beta
    velocity += gradient
    return w - lr * velocity, velocity


@momentum_step.mistake("w-in-place", **IN_PLACE)
def _(w, gradient, velocity, lr, beta):
    velocity = beta * velocity + gradient
    w -= lr * velocity
    return w, velocity


@momentum_step.mistake("both-in-place", **IN_PLACE)
def _(w, gradient, velocity, lr, beta):
    velocity *= beta
    velocity += gradient
    w -= lr * velocity
    return w, velocity


@momentum_step.mistake(
    "forgets-lr",
    ko="움직일 때 학습률 lr을 곱하지 않았습니다.",
    en="The learning rate lr is missing from the move.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, beta * velocity + gradient, 1.0)


@momentum_step.mistake(
    "fades-by-the-rest",
    ko="옛 속도에 β가 아니라 1 − β를 곱했습니다. β = 0.9는 속도의 90%가 남는다는 뜻입니다.",
    en="The old velocity was multiplied by 1 − β instead of β. β = 0.9 means that 90% of it is left.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, (1 - beta) * velocity + gradient, lr)


@momentum_step.mistake(
    "beta-times-both",
    ko="β가 기울기에도 곱해졌습니다. 괄호를 보세요: `beta * velocity + gradient`",
    en="β multiplies the gradient as well. Mind the parentheses: `beta * velocity + gradient`.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, beta * (velocity + gradient), lr)


@momentum_step.mistake(
    "swapped-average",
    ko="두 몫이 바뀐 평균입니다. 여기서의 속도는 평균이 아니라 β × velocity + gradient입니다.",
    en="That is an average with its shares swapped. The velocity here is no average: "
    "β × velocity + gradient.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, (1 - beta) * velocity + beta * gradient, lr)


@momentum_step.mistake(
    "subtracts-twice",
    ko="속도에서 기울기를 뺐고 움직일 때 또 뺐으니 올라갑니다. 속도에는 기울기를 더하세요.",
    en="The gradient is subtracted in the velocity, and the velocity in the move: this climbs. Add the "
    "gradient to the velocity.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, beta * velocity - gradient, lr)


@momentum_step.mistake(
    "fixed-beta",
    ko="beta 대신 정해 둔 수 0.9를 썼습니다. 인자로 받은 beta를 쓰세요.",
    en="This uses 0.9 in place of beta. Use the beta that is given.",
)
def _(w, gradient, velocity, lr, beta):
    return momentum(w, 0.9 * velocity + gradient, lr)


momentum_step.hints(
    ko=[
        "두 줄이면 됩니다. 먼저 속도를 새로 만들고, 그다음 그 새 속도로 움직입니다. 학습률은 움직일 때만 나옵니다.",
        "velocity ← β·velocity + gradient, 그다음 w ← w − lr·velocity. 둘째 식의 velocity는 새것입니다.",
        "`velocity = beta * velocity + gradient`, `return w - lr * velocity, velocity`",
    ],
    en=[
        "Two lines: make the new velocity, then move by it. The learning rate only appears in the move.",
        "velocity ← β·velocity + gradient, then w ← w − lr·velocity, with the new velocity.",
        "`velocity = beta * velocity + gradient`, `return w - lr * velocity, velocity`.",
    ],
)


# ---------------------------------------------------------------- rmsprop-step


@exercise("rmsprop-step", points=2, forbids=["torch.optim.RMSprop"], returns=["w", "v"])
def rmsprop_step(w, gradient, v, lr, alpha, eps):
    new, state = torch_step(
        lambda leaves: torch.optim.RMSprop(leaves, lr=lr, alpha=alpha, eps=eps),
        w, gradient, {"step": torch.tensor(0.0), "square_avg": v},
    )  # fmt: skip
    return new, state["square_avg"]


@rmsprop_step.cases
def _(draw):
    yield torch.tensor([1.0]), torch.tensor([2.0]), torch.tensor([0.0]), 0.1, 0.75, 1e-8
    yield (
        torch.tensor([1.0, 2.0]),
        torch.tensor([3.0, -4.0]),
        torch.tensor([9.0, 0.0]),
        0.1,
        0.5,
        0.1,
    )
    yield (
        torch.tensor([1.0, 2.0]),
        torch.tensor([0.0, 1.0]),
        torch.tensor([0.0, 1.0]),
        0.1,
        0.9,
        1e-8,
    )
    for dtype in (torch.float32, DOUBLE):
        shape = sizes_of(draw, (2, 4), (2, 5))
        w, gradient = (draw.normal(*shape, dtype=dtype) for _ in range(2))
        v = draw.uniform(0.05, 2, *shape, dtype=dtype)
        lr, alpha = round(draw.number(0.05, 0.5), 3), round(draw.number(0.6, 0.95), 3)
        yield w, gradient, v, lr, alpha, round(draw.number(0.02, 0.2), 3)
    # small gradients: here it shows on which side of the root eps stands
    w, gradient = draw.normal(5), 1e-3 * draw.normal(5)
    yield w, gradient, draw.uniform(1e-7, 1e-6, 5), 0.1, 0.9, 1e-3


@rmsprop_step.accepts
def _(w, gradient, v, lr, alpha, eps):
    v = torch.lerp(gradient.square(), v, alpha)
    return [torch.addcdiv(w, gradient, v.sqrt() + eps, value=-lr), v]


@rmsprop_step.accepts
def _(w, gradient, v, lr, alpha, eps):
    v = v - (1 - alpha) * (v - gradient * gradient)
    rate = lr / (eps + v**0.5)
    return w - rate * gradient, v


def averaged(old, new, share):
    return share * old + (1 - share) * new


def scaled_move(w, gradient, v, lr, eps):
    return w - lr * gradient / (v.sqrt() + eps), v


@rmsprop_step.mistake(
    "eps-inside-the-root",
    ko="eps를 제곱근 *안*에 더했습니다. 명세와 PyTorch에서는 밖입니다: √v + eps. 기울기가 작을 때 둘은 크게 다릅니다(안에 두면 "
    "eps의 제곱근만큼이 됩니다).",
    en="eps was added *inside* the root. In the specification, as in PyTorch, it is outside: √v + eps. "
    "For small gradients the two differ widely (inside, it counts as the root of eps).",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * gradient / torch.sqrt(v + eps), v


@rmsprop_step.mistake(
    "no-eps",
    ko="eps를 더하지 않았습니다. 기울기가 내내 0이던 원소에서는 0 나누기 0이 되어 NaN이 나옵니다.",
    en="eps is missing. For an element whose gradients were all 0 this is 0 / 0, a NaN.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * gradient / v.sqrt(), v


@rmsprop_step.mistake(
    "no-root",
    ko="제곱근을 씌우지 않고 v로 나누었습니다. v는 기울기의 *제곱*의 평균이므로, 기울기와 같은 단위로 만들려면 제곱근이 "
    "필요합니다.",
    en="This divides by v without the root. v is an average of *squared* gradients; to have the units "
    "of a gradient it needs the root.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * gradient / (v + eps), v


@rmsprop_step.mistake(
    "no-square",
    ko="기울기를 제곱하지 않고 평균 냈습니다. 그러면 v가 음수가 될 수 있어 제곱근이 NaN이 됩니다. v는 gradient²의 평균입니다.",
    en="The gradient was averaged without being squared. v can then become negative and its root a NaN. "
    "v averages gradient².",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient, alpha), lr, eps)


@rmsprop_step.mistake(
    "adagrad",
    ko="옛 v에 기울기의 제곱을 그대로 더했습니다. 그것은 Adagrad이고 걸음이 점점 작아지기만 합니다. RMSprop은 α와 (1 − α)로 평균을 "
    "냅니다.",
    en="The squared gradient was simply added to the old v. That is Adagrad, whose steps only ever "
    "shrink. RMSprop averages, with α and (1 − α).",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, v + gradient**2, lr, eps)


@rmsprop_step.mistake(
    "whole-square",
    ko="옛 v에 α를 곱한 것은 맞지만, 새 제곱에 (1 − α)를 곱하지 않았습니다. 두 몫을 합쳐 1이 되어야 평균입니다.",
    en="The old v has its α, but the new square lacks its (1 − α). Only if the two shares add up to 1 "
    "is it an average.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, alpha * v + gradient**2, lr, eps)


@rmsprop_step.mistake(
    "swapped-shares",
    ko="α와 1 − α가 바뀌었습니다. α는 옛 v에 곱하는 몫입니다. 0.99처럼 1에 가까워 천천히 잊습니다.",
    en="α and 1 − α are swapped. α is the share of the old v: close to 1, such as 0.99, so that it "
    "forgets slowly.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient**2, 1 - alpha), lr, eps)


@rmsprop_step.mistake(
    "divides-by-the-old-v",
    ko="v는 맞게 구했지만, 나눌 때 *옛* v를 썼습니다. 새 v로 나누세요.",
    en="The new v is right, but the move divided by the *old* one. Divide by the new v.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, v, lr, eps)[0], averaged(v, gradient**2, alpha)


@rmsprop_step.mistake(
    "one-rate-for-all",
    ko="v를 하나의 수로 합쳐(평균이나 노름) 모두를 똑같이 나누었습니다. RMSprop의 요점은 원소마다 *제* 걸음을 갖는 것입니다.",
    en="v was boiled down to a single number, and everything divided by that. The point of RMSprop is "
    "that each element has a step size of *its own*.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * gradient / (v.mean().sqrt() + eps), v


@rmsprop_step.mistake(
    "forgets-lr",
    ko="학습률 lr을 곱하지 않았습니다.",
    en="The learning rate lr is missing.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient**2, alpha), 1.0, eps)


@rmsprop_step.mistake(
    "uphill",
    ko="올라갔습니다. 기울기의 반대쪽으로, 곧 빼야 합니다.",
    en="This climbs. Go against the gradient: subtract.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient**2, alpha), -lr, eps)


@rmsprop_step.mistake(
    "forgets-the-gradient",
    ko="lr / (√v + eps)를 그대로 뺐습니다. 그것은 걸음의 *비율*이니 기울기를 곱해야 합니다.",
    en="This subtracts lr / (√v + eps) itself. That is a *rate*: it still has to multiply the gradient.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr / (v.sqrt() + eps), v


@rmsprop_step.mistake(
    "only-w",
    ko="w만 돌려주었습니다. 다음 걸음에 필요하니 새 v도 함께, (w, v)로 돌려주세요.",
    en="Only w was returned. The next step needs the new v too: return (w, v).",
)
def _(w, gradient, v, lr, alpha, eps):
    return rmsprop_step(w, gradient, v, lr, alpha, eps)[0]


@rmsprop_step.mistake("v-in-place", **IN_PLACE)
def _(w, gradient, v, lr, alpha, eps):
    v *= alpha
    v += (1 - alpha) * gradient**2
    return scaled_move(w, gradient, v, lr, eps)


@rmsprop_step.mistake("w-in-place", **IN_PLACE)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    w -= lr * gradient / (v.sqrt() + eps)
    return w, v


@rmsprop_step.mistake("both-in-place", **IN_PLACE)
def _(w, gradient, v, lr, alpha, eps):
    v *= alpha
    v += (1 - alpha) * gradient**2
    w -= lr * gradient / (v.sqrt() + eps)
    return w, v


@rmsprop_step.mistake(
    "eps-outside-the-division",
    ko="eps가 나눗셈 밖에서 w에 더해졌습니다. 괄호를 보세요: `gradient / (v.sqrt() + eps)`",
    en="eps ended up outside the division, added to w. Mind the parentheses: `gradient / (v.sqrt() + eps)`.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * gradient / v.sqrt() + eps, v


@rmsprop_step.mistake(
    "returns-the-old-v",
    ko="w는 맞지만 *옛* v를 돌려주었습니다. 그러면 다음 걸음이 아무것도 기억하지 못합니다. 새 v를 돌려주세요.",
    en="w is right, but the *old* v was returned, so the next step remembers nothing. Return the new one.",
)
def _(w, gradient, v, lr, alpha, eps):
    return rmsprop_step(w, gradient, v, lr, alpha, eps)[0], v.clone()


@rmsprop_step.mistake(
    "returns-the-root",
    ko="w는 맞지만 v 대신 √v를 돌려주었습니다. 제곱근은 움직일 때만 씁니다.",
    en="w is right, but √v was returned for v. The root is for the move only.",
)
def _(w, gradient, v, lr, alpha, eps):
    new, v = rmsprop_step(w, gradient, v, lr, alpha, eps)
    return new, v.sqrt()


@rmsprop_step.mistake(
    "multiplies",
    ko="√v로 나누지 않고 곱했습니다. 그러면 가파른 쪽의 걸음이 더 커집니다.",
    en="You multiplied by √v instead of dividing. That makes the steps larger just where it is steep.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * gradient * (v.sqrt() + eps), v


@rmsprop_step.mistake(
    "wrong-order",
    ko="값은 맞지만 순서가 반대입니다. (w, v) 순서로 돌려주세요.",
    en="Both are right, but the other way round: return (w, v).",
)
def _(w, gradient, v, lr, alpha, eps):
    return tuple(reversed(rmsprop_step(w, gradient, v, lr, alpha, eps)))


ONE_SQUARE = {
    "ko": "새 제곱을 모두 더하거나 평균 내어 모든 원소의 v에 같은 수를 넣었습니다. RMSprop의 요점은 원소마다 *제* 걸음을 갖는 "
    "것입니다: `gradient**2`",
    "en": "The new squares were added up or averaged, and one number went into the v of every element. "
    "The point of RMSprop is that each element has a step size of *its own*: `gradient**2`.",
}


@rmsprop_step.mistake("sum-of-squares", **ONE_SQUARE)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, (gradient**2).sum(), alpha), lr, eps)


@rmsprop_step.mistake("mean-of-squares", **ONE_SQUARE)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, (gradient**2).mean(), alpha), lr, eps)


@rmsprop_step.mistake(
    "dot-product",
    ko="`gradient @ gradient`는 원소마다의 제곱이 아니라 내적(행렬이면 행렬 곱)입니다. `gradient**2`를 쓰세요.",
    en="`gradient @ gradient` is not the square of each element but a dot product (for matrices, a "
    "matrix product). Use `gradient**2`.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = alpha * v + (1 - alpha) * gradient @ gradient
    return scaled_move(w, gradient, v, lr, eps)


SQUARES_THE_SHARE = {
    "ko": "(1 − α)까지 제곱했습니다. 기울기만 제곱합니다: `(1 - alpha) * gradient**2`",
    "en": "(1 − α) was squared as well. Square the gradient alone: `(1 - alpha) * gradient**2`.",
}


@rmsprop_step.mistake("squares-the-share", **SQUARES_THE_SHARE)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, alpha * v + ((1 - alpha) * gradient) ** 2, lr, eps)


@rmsprop_step.mistake(
    "squares-the-average",
    ko="평균 낸 다음 제곱했습니다. 기울기를 먼저 제곱하고, 그것을 평균 내세요.",
    en="The average was squared. Square the gradient first, then average.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient, alpha) ** 2, lr, eps)


@rmsprop_step.mistake(
    "never-forgets",
    ko="새 제곱에 (1 − α)를 곱한 것은 맞지만, 옛 v에 α를 곱하지 않았습니다. 그러면 아무것도 잊지 않아 v가 커지기만 합니다.",
    en="The new square has its (1 − α), but the old v lacks its α. Then nothing is forgotten, and v only "
    "grows.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, v + (1 - alpha) * gradient**2, lr, eps)


@rmsprop_step.mistake(
    "absolute-value",
    ko="제곱 대신 절댓값을 평균 냈습니다. v는 gradient²의 평균입니다.",
    en="The absolute value was averaged, not the square. v averages gradient².",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient.abs(), alpha), lr, eps)


@rmsprop_step.mistake(
    "divides-w-too",
    ko="w까지 나누었습니다. 나누는 것은 기울기뿐입니다: `w - lr * gradient / (…)`",
    en="w was divided as well. Only the gradient is: `w - lr * gradient / (…)`.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return (w - lr * gradient) / (v.sqrt() + eps), v


@rmsprop_step.mistake(
    "moves-by-v",
    ko="위에 기울기 대신 v를 놓았습니다. v는 나누는 데만 쓰고, 움직이는 쪽은 기울기가 정합니다.",
    en="v stands above the line in place of the gradient. v only divides; the gradient says which way "
    "to move.",
)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * v / (v.sqrt() + eps), v


EPS_KEPT = {
    "ko": "eps가 기억하는 v에 들어갔습니다. 돌려줄 v에는 넣지 말고, 움직일 때 √v에 더하세요.",
    "en": "eps went into the v that is kept. Leave it out of v, and add it to √v in the move.",
}


@rmsprop_step.mistake("eps-in-v", **EPS_KEPT)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha) + eps
    return w - lr * gradient / v.sqrt(), v


@rmsprop_step.mistake("eps-in-v-and-below", **EPS_KEPT)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient**2, alpha) + eps, lr, eps)


@rmsprop_step.mistake(
    "fixed-alpha",
    ko="alpha 대신 정해 둔 수 0.99를 썼습니다. 인자로 받은 alpha를 쓰세요.",
    en="This uses 0.99 in place of alpha. Use the alpha that is given.",
)
def _(w, gradient, v, lr, alpha, eps):
    return scaled_move(w, gradient, averaged(v, gradient**2, 0.99), lr, eps)


OWN_EPS = {
    "ko": "받은 `eps`를 더하지 않았습니다. 1e-8처럼 정해 둔 수를 쓰거나 `clamp`처럼 하한으로만 쓰지 말고, 제곱근에 `eps`를 그대로 "
    "더하세요.",
    "en": "The `eps` that is given is not added. Use no fixed number such as 1e-8, nor a mere lower bound "
    "as with `clamp`: add `eps` itself to the root.",
}


@rmsprop_step.mistake("eps-of-its-own", **OWN_EPS)
def _(w, gradient, v, lr, alpha, eps):
    return rmsprop_step(w, gradient, v, lr, alpha, 1e-8)


@rmsprop_step.mistake("eps-as-a-floor", **OWN_EPS)
def _(w, gradient, v, lr, alpha, eps):
    v = averaged(v, gradient**2, alpha)
    return w - lr * gradient / v.sqrt().clamp(min=eps), v


rmsprop_step.hints(
    ko=[
        "먼저 기울기 제곱의 이동 평균 v를 새로 만듭니다. 그다음 기울기를 √v로 나누어 '보통 때에 견준 크기'로 만든 다음 "
        "움직입니다. 모두 원소마다 따로입니다.",
        "v ← α·v + (1 − α)·gradient², 그다음 w ← w − lr·gradient / (√v + eps). eps는 제곱근 밖에 있습니다.",
        "`v = alpha * v + (1 - alpha) * gradient**2`, `return w - lr * gradient / (v.sqrt() + eps), v`",
    ],
    en=[
        "First make the new v, the moving average of squared gradients. Then divide the gradient by "
        "√v, which says how large it is compared with its usual size, and move. All element by element.",
        "v ← α·v + (1 − α)·gradient², then w ← w − lr·gradient / (√v + eps), with eps outside the root.",
        "`v = alpha * v + (1 - alpha) * gradient**2`, `return w - lr * gradient / (v.sqrt() + eps), v`.",
    ],
)


# ---------------------------------------------------------------- adam-step


@exercise("adam-step", points=3, forbids=["torch.optim.Adam"], returns=["w", "state"])
def adam_step(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    new, after = torch_step(
        lambda leaves: torch.optim.Adam(leaves, lr=lr, betas=(beta1, beta2), eps=eps),
        w, gradient, {"step": torch.tensor(float(t)), "exp_avg": m, "exp_avg_sq": v},
    )  # fmt: skip
    return new, (after["exp_avg"], after["exp_avg_sq"], int(after["step"]))


@adam_step.cases
def _(draw):
    zero = torch.zeros(3)
    yield (
        torch.tensor([1.0, 1.0, 1.0]),
        torch.tensor([3.0, -0.01, 0.0]),
        (zero, zero, 0),
        0.1,
        0.9,
        0.999,
        1e-8,
    )
    yield (
        torch.tensor([1.0]), torch.tensor([0.0]),
        (torch.tensor([0.5]), torch.tensor([0.25]), 1), 0.1, 0.5, 0.75, 0.1,
    )  # fmt: skip
    for dtype in (torch.float32, DOUBLE):
        shape = sizes_of(draw, (2, 4), (2, 5))
        w, gradient, m = (draw.normal(*shape, dtype=dtype) for _ in range(3))
        v = draw.uniform(0.2, 2, *shape, dtype=dtype)
        rates = (round(draw.number(0.6, 0.8), 3), round(draw.number(0.85, 0.98), 3))
        lr, eps = round(draw.number(0.05, 0.5), 3), round(draw.number(0.02, 0.2), 3)
        yield w, gradient, (m, v, draw.integer(2, 9)), lr, *rates, eps
    # small gradients: here it shows on which side of the root eps stands
    small = 1e-3 * draw.normal(4), (1e-3 * draw.normal(4), draw.uniform(1e-7, 1e-6, 4), 3)
    yield draw.normal(4), *small, 0.1, 0.9, 0.99, 1e-3


@adam_step.accepts
def _(w, gradient, state, lr, beta1, beta2, eps):
    m = torch.lerp(gradient, state[0], beta1)
    v = torch.lerp(gradient * gradient, state[1], beta2)
    t = state[2] + 1
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return w - rate * m / (v.sqrt() + eps * (1 - beta2**t) ** 0.5), [m, v, t]


@adam_step.accepts
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = torch.div(m, 1 - pow(beta1, t))
    v_hat = torch.div(v, 1 - pow(beta2, t))
    return torch.addcdiv(w, m_hat, torch.sqrt(v_hat).add(eps), value=-lr), (m, v, t)


def adam(
    w, gradient, state, lr, beta1, beta2, eps, *,
    correct=(True, True), t_used=1, t_kept=1, inside=False, root=True,
):  # fmt: skip
    """Adam with one thing or another done wrong."""
    m, v, t = state
    m, v = averaged(m, gradient, beta1), averaged(v, gradient**2, beta2)
    one, two = 1 - beta1 ** (t + t_used), 1 - beta2 ** (t + t_used)
    m_hat = m / one if correct[0] else m
    v_hat = v / two if correct[1] else v
    below = (v_hat + eps).sqrt() if inside else (v_hat.sqrt() if root else v_hat) + eps
    return w - lr * m_hat / below, (m, v, t + t_kept)


@adam_step.mistake(
    "no-bias-correction",
    ko="편향 보정이 빠졌습니다. m과 v는 0에서 출발했으니 처음에는 너무 작습니다. 움직일 때는 각각 1 − β₁ᵗ와 1 − β₂ᵗ로 나눈 것을 "
    "쓰세요.",
    en="The bias correction is missing. m and v start at 0 and are too small at first. For the move, "
    "divide them by 1 − β₁ᵗ and 1 − β₂ᵗ.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, correct=(False, False))


@adam_step.mistake(
    "corrects-only-m",
    ko="m만 보정하고 v는 그대로 두었습니다. v도 1 − β₂ᵗ로 나누어야 합니다.",
    en="m was corrected, v was not. v must be divided by 1 − β₂ᵗ as well.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, correct=(True, False))


@adam_step.mistake(
    "corrects-only-v",
    ko="v만 보정하고 m은 그대로 두었습니다. m도 1 − β₁ᵗ로 나누어야 합니다.",
    en="v was corrected, m was not. m must be divided by 1 − β₁ᵗ as well.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, correct=(False, True))


@adam_step.mistake(
    "t-from-0",
    ko="t를 하나 늘리기 전의 값으로 보정했습니다. 첫걸음에서 1 − β⁰ = 0이라 0 나누기 0이 됩니다. state의 t는 *이미 마친* 걸음 "
    "수이니, 먼저 1을 더하세요.",
    en="The correction used t before it was counted up. At the first step 1 − β⁰ = 0, and 0 / 0 follows. "
    "The t in state counts the steps *already made*: add 1 first.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, t_used=0)


@adam_step.mistake(
    "t-never-counted",
    ko="t를 늘리지 않아 첫걸음에서 1 − β⁰ = 0으로 나눕니다. 먼저 t에 1을 더하고, 그 t로 보정하고, 그 t를 돌려주세요.",
    en="t is never counted up, so the first step divides by 1 − β⁰ = 0. Add 1 to t first, correct with "
    "it, and return it.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, t_used=0, t_kept=0)


@adam_step.mistake(
    "t-not-kept",
    ko="걸음은 맞지만 옛 t를 돌려주었습니다. 그러면 다음 걸음도 자기가 같은 번째인 줄 압니다. t + 1을 돌려주세요.",
    en="The move is right, but the old t was returned, so the next step believes it has the same "
    "number. Return t + 1.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, t_kept=0)


@adam_step.mistake(
    "always-the-first-step",
    ko="언제나 첫걸음처럼 보정했습니다(1 − β). 거듭제곱이 빠졌습니다: t번째 걸음에서는 1 − βᵗ입니다.",
    en="Every step is corrected as if it were the first, by 1 − β. The power is missing: at step t it is "
    "1 − βᵗ.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, v = averaged(m, gradient, beta1), averaged(v, gradient**2, beta2)
    return w - lr * (m / (1 - beta1)) / ((v / (1 - beta2)).sqrt() + eps), (m, v, t + 1)


@adam_step.mistake(
    "power-alone",
    ko="βᵗ로 나누었습니다. 나눌 것은 1 − βᵗ입니다.",
    en="This divides by βᵗ. It is 1 − βᵗ.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, v, t = averaged(m, gradient, beta1), averaged(v, gradient**2, beta2), t + 1
    return w - lr * (m / beta1**t) / ((v / beta2**t).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "multiplies",
    ko="1 − βᵗ로 나누지 않고 곱했습니다. 너무 작은 것을 키우려면 1보다 작은 수로 *나누어야* 합니다.",
    en="You multiplied by 1 − βᵗ instead of dividing. What is too small grows when it is *divided* by a "
    "number below 1.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, v, t = averaged(m, gradient, beta1), averaged(v, gradient**2, beta2), t + 1
    return w - lr * m * (1 - beta1**t) / ((v * (1 - beta2**t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "keeps-the-corrected",
    ko="걸음은 맞지만, 보정한 값을 상태로 돌려주었습니다. 보정은 움직일 때만 씁니다. 보정하지 않은 m과 v를 넘겨야 다음 걸음에서 또 "
    "보정되지 않습니다.",
    en="The move is right, but the corrected averages went into the state. The correction is for the "
    "move only: hand on the bare m and v, or the next step corrects them again.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return new, (m / (1 - beta1**t), v / (1 - beta2**t), t)


@adam_step.mistake(
    "eps-inside-the-root",
    ko="eps를 제곱근 *안*에 더했습니다. 명세와 PyTorch에서는 밖입니다: √v̂ + eps",
    en="eps was added *inside* the root. In the specification, as in PyTorch, it is outside: √v̂ + eps.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, inside=True)


@adam_step.mistake(
    "eps-before-the-correction",
    ko="eps를 보정하지 않은 √v에 더한 다음 보정했습니다. 먼저 v̂ = v / (1 − β₂ᵗ)를 구하고, 제곱근을 씌운 뒤, eps를 더하세요.",
    en="eps was added to the uncorrected √v, and the correction came after. Find v̂ = v / (1 − β₂ᵗ) "
    "first, take its root, then add eps.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, v, t = averaged(m, gradient, beta1), averaged(v, gradient**2, beta2), t + 1
    rate = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return w - rate * m / (v.sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "no-root",
    ko="제곱근을 씌우지 않고 v̂로 나누었습니다.",
    en="This divides by v̂ without the root.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, root=False)


@adam_step.mistake(
    "swapped-betas",
    ko="β₁과 β₂가 바뀌었습니다. β₁(보통 0.9)은 기울기의 평균 m에, β₂(보통 0.999)는 제곱의 평균 v에 씁니다.",
    en="β₁ and β₂ are swapped. β₁ (usually 0.9) goes with m, the average of gradients; β₂ (usually "
    "0.999) with v, the average of squares.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta2, beta1, eps)


@adam_step.mistake(
    "bare-gradient",
    ko="위에 m̂ 대신 지금의 기울기를 놓았습니다. 그러면 RMSprop과 다름없습니다. Adam은 기울기의 이동 평균으로 움직입니다.",
    en="The gradient of the moment stands above the line, not m̂: that is hardly more than RMSprop. "
    "Adam moves by the moving average of gradients.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return w - lr * gradient / ((v / (1 - beta2**t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "no-square",
    ko="v에 기울기를 제곱하지 않고 넣었습니다. v는 gradient²의 평균입니다.",
    en="The gradient went into v without being squared. v averages gradient².",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, v, t = averaged(m, gradient, beta1), averaged(v, gradient, beta2), t + 1
    return w - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "v-from-m",
    ko="v에 기울기의 제곱이 아니라 m의 제곱을 넣었습니다. 두 평균은 따로따로, 같은 기울기에서 나옵니다.",
    en="The square of m went into v, not that of the gradient. Both averages are made of the same "
    "gradient, each on its own.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, t = averaged(m, gradient, beta1), t + 1
    v = averaged(v, m**2, beta2)
    return w - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "whole-gradients",
    ko="새 기울기에 (1 − β)를 곱하지 않았습니다. 모멘텀은 통째로 더하지만, Adam의 m과 v는 평균입니다.",
    en="The new gradients lack their (1 − β). Momentum adds them whole, but Adam's m and v are averages.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, v, t = beta1 * m + gradient, beta2 * v + gradient**2, t + 1
    return w - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "shared-state",
    ko="m과 v가 같은 텐서를 나눠 쓰고 있습니다. m을 갱신한 값을 v의 옛값으로 썼지요. 두 평균은 따로 기억해야 합니다.",
    en="m and v share one tensor: the updated m was used as the old v. The two averages must be "
    "remembered apart.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, _, t = state
    m, t = averaged(m, gradient, beta1), t + 1
    v = averaged(m, gradient**2, beta2)
    return w - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "uphill",
    ko="올라갔습니다. 기울기의 반대쪽으로, 곧 빼야 합니다.",
    en="This climbs. Go against the gradient: subtract.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, -lr, beta1, beta2, eps)


@adam_step.mistake(
    "returns-the-old-state",
    ko="걸음은 맞지만 *옛* 상태를 돌려주었습니다. 그러면 다음 걸음이 아무것도 기억하지 못합니다. 새 (m, v, t)를 돌려주세요.",
    en="The move is right, but the *old* state was returned, so the next step remembers nothing. Return "
    "the new (m, v, t).",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam_step(w, gradient, state, lr, beta1, beta2, eps)[0], state


@adam_step.mistake(
    "flat",
    ko="값은 맞지만 네 개를 나란히 돌려주었습니다. 상태는 하나로 묶어 (w, (m, v, t))로 돌려주세요.",
    en="The values are right, but four things were returned side by side. Keep the state together: "
    "(w, (m, v, t)).",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, after = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return new, *after


@adam_step.mistake(
    "only-w",
    ko="w만 돌려주었습니다. 다음 걸음에 필요하니 새 상태도 함께, (w, (m, v, t))로 돌려주세요.",
    en="Only w was returned. The next step needs the new state too: return (w, (m, v, t)).",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam_step(w, gradient, state, lr, beta1, beta2, eps)[0]


@adam_step.mistake("in-place", **IN_PLACE)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, after = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    state[0].copy_(after[0])
    state[1].copy_(after[1])
    return new, after


@adam_step.mistake("w-in-place", **IN_PLACE)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, after = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return w.copy_(new), after


@adam_step.mistake("all-in-place", **IN_PLACE)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, after = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    state[0].copy_(after[0])
    state[1].copy_(after[1])
    return w.copy_(new), after


@adam_step.mistake(
    "old-averages",
    ko="상태는 맞게 새로 만들었지만, 움직일 때 *옛* m과 v를 썼습니다. 새 평균으로 움직이세요.",
    en="The new state is right, but the move used the *old* m and v. Move by the new averages.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    one, two = 1 - beta1 ** (t + 1), 1 - beta2 ** (t + 1)
    after = adam_step(w, gradient, state, lr, beta1, beta2, eps)[1]
    return w - lr * (m / one) / ((v / two).sqrt() + eps), after


@adam_step.mistake(
    "times-t",
    ko="1 − β·t로 나누었습니다. β를 t번 *곱한* 거듭제곱, 1 − βᵗ입니다: `beta1**t`",
    en="This divides by 1 − β·t. It is a power, β multiplied t times, 1 − βᵗ: `beta1**t`.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return w - lr * (m / (1 - beta1 * t)) / ((v / (1 - beta2 * t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "swapped-shares",
    ko="β와 1 − β가 바뀌었습니다. β는 옛 평균의 몫이고, 새 기울기의 몫이 1 − β입니다.",
    en="β and 1 − β are swapped. β is the share of the old average; that of the new gradient is 1 − β.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = state
    m, v, t = averaged(m, gradient, 1 - beta1), averaged(v, gradient**2, 1 - beta2), t + 1
    return w - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "no-eps",
    ko="eps를 더하지 않았습니다. 기울기가 내내 0이던 원소에서는 0 나누기 0이 됩니다.",
    en="eps is missing. For an element whose gradients were all 0 this is 0 / 0.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, 0.0)


@adam_step.mistake(
    "forgets-lr",
    ko="학습률 lr을 곱하지 않았습니다.",
    en="The learning rate lr is missing.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, 1.0, beta1, beta2, eps)


@adam_step.mistake(
    "corrects-after-the-root",
    ko="√v를 구한 다음 1 − β₂ᵗ로 나누었습니다. 먼저 v를 나누어 v̂를 만들고, 그다음 제곱근을 씌우세요.",
    en="1 − β₂ᵗ divides √v here. Divide v first, which makes v̂, and take the root after.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return w - lr * (m / (1 - beta1**t)) / (v.sqrt() / (1 - beta2**t) + eps), (m, v, t)


@adam_step.mistake(
    "no-t-in-the-state",
    ko="상태에 t가 없습니다. 다음 걸음이 몇 번째인지 알 수 있게 (m, v, t) 셋을 모두 돌려주세요.",
    en="The state has no t. Return all three, (m, v, t), so that the next step knows its number.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, (m, v, _) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return new, (m, v)


def adam_of(w, gradient, m, v, t, lr, eps, one, two):
    """The move and the state from averages already made; one and two divide them."""
    return w - lr * (m / one) / ((v / two).sqrt() + eps), (m, v, t)


@adam_step.mistake(
    "power-of-the-rest",
    ko="(1 − β)ᵗ로 나누었습니다. t제곱하는 것은 β뿐입니다: 1 − βᵗ",
    en="This divides by (1 − β)ᵗ. Only β is raised to the power t: 1 − βᵗ.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return adam_of(w, gradient, m, v, t, lr, eps, (1 - beta1) ** t, (1 - beta2) ** t)


THE_OTHER_BETA = {
    "ko": "한쪽에 다른 쪽의 β를 썼습니다. m과 m̂은 β₁, v와 v̂는 β₂입니다.",
    "en": "One of the averages uses the other's β. m and m̂ take β₁; v and v̂ take β₂.",
}


@adam_step.mistake("beta1-in-v", **THE_OTHER_BETA)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v = averaged(state[0], gradient, beta1), averaged(state[1], gradient**2, beta1)
    t = state[2] + 1
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta1**t, 1 - beta2**t)


@adam_step.mistake("beta2-in-m", **THE_OTHER_BETA)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v = averaged(state[0], gradient, beta2), averaged(state[1], gradient**2, beta2)
    t = state[2] + 1
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta1**t, 1 - beta2**t)


@adam_step.mistake("beta1-in-v-and-its-correction", **THE_OTHER_BETA)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta1, eps)


@adam_step.mistake("beta1-corrects-v", **THE_OTHER_BETA)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta1**t, 1 - beta1**t)


@adam_step.mistake("beta2-corrects-m", **THE_OTHER_BETA)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta2**t, 1 - beta2**t)


@adam_step.mistake("corrections-swapped", **THE_OTHER_BETA)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta2**t, 1 - beta1**t)


@adam_step.mistake(
    "eps-outside-the-division",
    ko="eps가 나눗셈 밖에서 w에 더해졌습니다. 괄호를 보세요: `m_hat / (v_hat.sqrt() + eps)`",
    en="eps ended up outside the division, added to w. Mind the parentheses: `m_hat / (v_hat.sqrt() + "
    "eps)`.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, after = adam(w, gradient, state, lr, beta1, beta2, 0.0)
    return new + eps, after


@adam_step.mistake(
    "whole-gradient-in-m",
    ko="m의 새 기울기에 (1 − β₁)을 곱하지 않았습니다. 모멘텀은 통째로 더하지만, Adam의 m은 평균입니다.",
    en="In m, the new gradient lacks its (1 − β₁). Momentum adds it whole, but Adam's m is an average.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = beta1 * state[0] + gradient, averaged(state[1], gradient**2, beta2), state[2] + 1
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta1**t, 1 - beta2**t)


@adam_step.mistake(
    "whole-square-in-v",
    ko="v의 새 제곱에 (1 − β₂)를 곱하지 않았습니다. v도 평균입니다.",
    en="In v, the new square lacks its (1 − β₂). v is an average, too.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, v, t = averaged(state[0], gradient, beta1), beta2 * state[1] + gradient**2, state[2] + 1
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta1**t, 1 - beta2**t)


@adam_step.mistake(
    "squares-the-share",
    ko="v에서 (1 − β₂)까지 제곱했습니다. 기울기만 제곱합니다: `(1 - beta2) * gradient**2`",
    en="In v, (1 − β₂) was squared as well. Square the gradient alone: `(1 - beta2) * gradient**2`.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    m, t = averaged(state[0], gradient, beta1), state[2] + 1
    v = beta2 * state[1] + ((1 - beta2) * gradient) ** 2
    return adam_of(w, gradient, m, v, t, lr, eps, 1 - beta1**t, 1 - beta2**t)


@adam_step.mistake(
    "wrong-order",
    ko="값은 맞지만 순서가 반대입니다. (w, (m, v, t)) 순서로 돌려주세요.",
    en="Both are right, but the other way round: return (w, (m, v, t)).",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return tuple(reversed(adam_step(w, gradient, state, lr, beta1, beta2, eps)))


@adam_step.mistake(
    "wrong-order-in-the-state",
    ko="상태의 순서가 바뀌었습니다. m이 먼저, v가 다음입니다: (w, (m, v, t))",
    en="The state is in another order: m comes first, then v, as in (w, (m, v, t)).",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return new, (v, m, t)


COUNTED_TWICE = {
    "ko": "t를 두 번 늘렸습니다. 먼저 t에 1을 더했다면, 식에서는 그 t를 그대로 씁니다: 1 − βᵗ",
    "en": "t was counted up twice. Once 1 has been added to t, the formula takes t as it is: 1 − βᵗ.",
}


@adam_step.mistake("t-counted-twice", **COUNTED_TWICE)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, t_used=2)


@adam_step.mistake("t-counted-twice-and-kept", **COUNTED_TWICE)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, t_used=2, t_kept=2)


@adam_step.mistake(
    "t-counted-again-in-the-state",
    ko="걸음은 맞지만, 상태로 돌려준 t가 하나 더 큽니다. 이미 1을 더한 t를 그대로 돌려주세요.",
    en="The move is right, but the t in the returned state is one too many. Return the t to which 1 has "
    "been added already.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, eps, t_kept=2)


BRACKETS = {
    "ko": "괄호가 빠졌습니다: `m / (1 - beta1**t)`",
    "en": "Brackets are missing: `m / (1 - beta1**t)`.",
}


@adam_step.mistake("no-brackets", **BRACKETS)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return adam_of(w, gradient, m - beta1**t, v - beta2**t, t, lr, eps, 1, 1)[0], (m, v, t)


@adam_step.mistake("no-brackets-around-m", **BRACKETS)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return adam_of(w, gradient, m - beta1**t, v, t, lr, eps, 1, 1 - beta2**t)[0], (m, v, t)


@adam_step.mistake(
    "no-brackets-around-v",
    ko="괄호가 빠졌습니다: `v / (1 - beta2**t)`",
    en="Brackets are missing: `v / (1 - beta2**t)`.",
)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return adam_of(w, gradient, m, v - beta2**t, t, lr, eps, 1 - beta1**t, 1)[0], (m, v, t)


ONE_KEPT_CORRECTED = {
    "ko": "걸음은 맞지만, m과 v 가운데 하나는 보정한 값이 상태에 들어갔습니다. 둘 다 보정하지 않은 것을 넘기세요.",
    "en": "The move is right, but of m and v one went into the state corrected. Hand on both as they "
    "are before the correction.",
}


@adam_step.mistake("keeps-the-corrected-m", **ONE_KEPT_CORRECTED)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return new, (m / (1 - beta1**t), v, t)


@adam_step.mistake("keeps-the-corrected-v", **ONE_KEPT_CORRECTED)
def _(w, gradient, state, lr, beta1, beta2, eps):
    new, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    return new, (m, v / (1 - beta2**t), t)


@adam_step.mistake("eps-of-its-own", **OWN_EPS)
def _(w, gradient, state, lr, beta1, beta2, eps):
    return adam(w, gradient, state, lr, beta1, beta2, 1e-8)


@adam_step.mistake("eps-as-a-floor", **OWN_EPS)
def _(w, gradient, state, lr, beta1, beta2, eps):
    _, (m, v, t) = adam_step(w, gradient, state, lr, beta1, beta2, eps)
    below = (v / (1 - beta2**t)).sqrt().clamp(min=eps)
    return w - lr * (m / (1 - beta1**t)) / below, (m, v, t)


adam_step.hints(
    ko=[
        "모멘텀의 생각(기울기의 평균 m)과 RMSprop의 생각(제곱의 평균 v)을 함께 쓰되, 둘 다 움직일 때는 보정한 것을 씁니다.",
        "순서: t ← t + 1. m ← β₁m + (1 − β₁)g. v ← β₂v + (1 − β₂)g². m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ). w ← w − lr·m̂/(√v̂ + "
        "eps). 상태로는 m̂과 v̂가 아니라 m과 v를 돌려줍니다.",
        "`m, v, t = state`, `t = t + 1`, `m = beta1 * m + (1 - beta1) * gradient`, `v = beta2 * v + (1 - beta2) * "
        "gradient**2`, `m_hat = m / (1 - beta1**t)`, `v_hat = v / (1 - beta2**t)`, `return w - lr * m_hat / "
        "(v_hat.sqrt() + eps), (m, v, t)`",
    ],
    en=[
        "Take the idea of momentum (m, the average of gradients) and that of RMSprop (v, the average of "
        "squares); for the move, use the corrected versions of both.",
        "In order: t ← t + 1. m ← β₁m + (1 − β₁)g. v ← β₂v + (1 − β₂)g². m̂ = m/(1 − β₁ᵗ), v̂ = "
        "v/(1 − β₂ᵗ). w ← w − lr·m̂/(√v̂ + eps). What goes into the state is m and v, not m̂ and v̂.",
        "`m, v, t = state`, `t = t + 1`, `m = beta1 * m + (1 - beta1) * gradient`, `v = beta2 * v + "
        "(1 - beta2) * gradient**2`, `m_hat = m / (1 - beta1**t)`, `v_hat = v / (1 - beta2**t)`, "
        "`return w - lr * m_hat / (v_hat.sqrt() + eps), (m, v, t)`.",
    ],
)


# ---------------------------------------------------------------- mended-adam


@exercise("mended-adam", points=3, forbids=["torch.optim.Adam"])
def mended_adam(parameters, gradients, lr, beta1, beta2, eps):
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    optimizer = torch.optim.Adam(leaves.values(), lr=lr, betas=(beta1, beta2), eps=eps)
    for step in gradients:
        for name, gradient in step.items():
            leaves[name].grad = gradient.clone()
        optimizer.step()
    return {name: leaf.detach() for name, leaf in leaves.items()}


def steps_case(draw, shapes, steps, dtype=torch.float32):
    """Parameters, and the gradients of some steps in the order in which backprop finds them."""
    parameters = {name: draw.normal(*shape, dtype=dtype) for name, shape in shapes.items()}
    gradients = [
        {name: draw.normal(*shapes[name], dtype=dtype) for name in reversed(shapes)}
        for _ in range(steps)
    ]
    lr, eps = round(draw.number(0.05, 0.2), 3), round(draw.number(0.02, 0.1), 3)
    return parameters, gradients, lr, 0.7, 0.9, eps


@mended_adam.cases
def _(draw):
    yield {"w": torch.tensor([1.0, 1.0])}, [{"w": torch.tensor([4.0, -4.0])}], 0.1, 0.5, 0.75, 0.0
    yield (
        {"w": torch.tensor([1.0]), "b": torch.tensor([1.0])},
        [{"w": torch.tensor([2.0]), "b": torch.tensor([3.0])}] * 2, 0.1, 0.5, 0.75, 0.5,
    )  # fmt: skip
    yield steps_case(draw, {"W1": (2, 2), "W2": (2, 2)}, 3)
    yield steps_case(draw, {"w": (3,), "b": (3,), "c": (3,)}, 4)
    sizes = sizes_of(draw, (2, 4), (2, 4), (2, 4))
    shapes = {"W1": sizes[:2], "b1": sizes[1:2], "W2": sizes[1:], "b2": sizes[2:]}
    yield steps_case(draw, shapes, draw.integer(5, 8), dtype=DOUBLE)


@mended_adam.accepts
def _(parameters, gradients, lr, beta1, beta2, eps):
    new, states = {}, {}
    for name, w in parameters.items():
        m, v = torch.zeros_like(w), torch.zeros_like(w)
        for t, step in enumerate(gradients, start=1):
            m = beta1 * m + (1 - beta1) * step[name]
            v = beta2 * v + (1 - beta2) * step[name] ** 2
            w = w - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)
        new[name], states[name] = w, (m, v)
    return new


@mended_adam.accepts
def _(parameters, gradients, lr, beta1, beta2, eps):
    parameters = {name: value.clone() for name, value in parameters.items()}
    m = {name: torch.zeros_like(value) for name, value in parameters.items()}
    v = {name: torch.zeros_like(value) for name, value in parameters.items()}
    for t, step in enumerate(gradients, start=1):
        for name, g in step.items():
            m[name].mul_(beta1).add_(g, alpha=1 - beta1)
            v[name].mul_(beta2).addcmul_(g, g, value=1 - beta2)
            below = (v[name] / (1 - beta2**t)).sqrt_().add_(eps)
            parameters[name].sub_(lr * m[name] / (1 - beta1**t) / below)
    return parameters


def still(v_hat):
    """For `hide`: where the root would be NaN, nothing moves."""
    return v_hat


def adam_run(
    parameters, gradients, lr, beta1, beta2, eps, *,
    alias=False, count="step", correct=True, forget=False, shared=False, begin=0, inside=False,
    hide=None,
):  # fmt: skip
    """The code that was found, mended or broken in one place or another."""
    new = dict(parameters)
    m = {name: torch.zeros_like(value) for name, value in new.items()}
    v = m if alias else {name: torch.zeros_like(value) for name, value in new.items()}
    t = begin
    for step in gradients:
        if forget:
            m = {name: torch.zeros_like(value) for name, value in new.items()}
            v, t = {name: value.clone() for name, value in m.items()}, t * (forget == "averages")
        t += count == "step"
        for name, g in step.items():
            t += count == "parameter"
            own = next(iter(m)) if shared else name
            m[own] = averaged(m[own], g, beta1)
            v[own] = averaged(v[own], g**2, beta2)
            used = 1 if count == "never" else t
            one, two = (1 - beta1**used, 1 - beta2**used) if correct else (1, 1)
            v_hat = v[own] / two if hide is None else hide(v[own] / two)
            below = (v_hat + eps).sqrt() if inside else v_hat.sqrt() + eps
            move = m[own] / one / below
            new[name] = new[name] - lr * (move.nan_to_num() if hide is still else move)
        t += count == "after"
    return new


@mended_adam.mistake(
    "as-found",
    ko="발견한 코드 그대로입니다. 고장은 둘입니다. `m = v = {...}`는 사전을 하나만 만들어 이름을 두 개 붙입니다. 그리고 t는 매개변수마다가 "
    "아니라 걸음마다 하나씩 늘어야 합니다.",
    en="This is the code as it was found. It is broken in two places: `m = v = {...}` makes one dict and "
    "gives it two names; and t must count steps, not parameters.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, alias=True, count="parameter")


STILL_SHARED = {
    "ko": "t는 고쳤지만 m과 v가 아직 무언가를 함께 씁니다. `m = v = …`는 사전 하나에 이름만 둘이고, `dict(m)`이나 `m.copy()`는 사전은 "
    "새것이어도 안의 텐서가 그대로입니다. 사전도 텐서도 따로 만드세요.",
    "en": "t is mended, but m and v still share something. `m = v = …` makes two names for one dict; "
    "`dict(m)` and `m.copy()` make a new dict around the same tensors. Make two dicts with tensors of "
    "their own.",
}


@mended_adam.mistake("one-dict-two-names", **STILL_SHARED)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, alias=True)


@mended_adam.mistake("tensors-shared-at-first", **STILL_SHARED)
def _(parameters, gradients, lr, beta1, beta2, eps):
    # m in place, v anew: what v starts from is the m of the first step
    new = {}
    for name, w in parameters.items():
        m = v = torch.zeros_like(w)
        for t, step in enumerate(gradients, start=1):
            g = step[name]
            m = averaged(m, g, beta1)
            v = averaged(m if t == 1 else v, g**2, beta2)
            w = w - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + eps)
        new[name] = w
    return new


NAN_HIDDEN = {
    "ko": "NaN만 가렸습니다. v가 음수가 되는 까닭은 m과 v가 같은 사전이기 때문입니다. 사전을 둘로 나누세요.",
    "en": "This only hides the NaN. v turns negative because m and v are one and the same dict: make "
    "two.",
}


def at_least_0(v_hat):
    return v_hat.clamp(min=0)


@mended_adam.mistake("nan-hidden-by-abs", **NAN_HIDDEN)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, alias=True, hide=torch.abs)


@mended_adam.mistake("nan-hidden-by-clamp", **NAN_HIDDEN)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, alias=True, hide=at_least_0)


@mended_adam.mistake("nan-hidden-in-the-move", **NAN_HIDDEN)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, alias=True, hide=still)


@mended_adam.mistake("as-found-but-abs", **NAN_HIDDEN)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(
        parameters, gradients, lr, beta1, beta2, eps, alias=True, hide=torch.abs, count="parameter"
    )


@mended_adam.mistake("as-found-but-clamped", **NAN_HIDDEN)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(
        parameters, gradients, lr, beta1, beta2, eps, alias=True, hide=at_least_0, count="parameter"
    )


@mended_adam.mistake("as-found-but-still", **NAN_HIDDEN)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(
        parameters, gradients, lr, beta1, beta2, eps, alias=True, hide=still, count="parameter"
    )


@mended_adam.mistake(
    "counts-parameters",
    ko="NaN은 사라졌지만 조용한 고장이 남았습니다. t가 매개변수마다 하나씩 늘어서, 편향 보정이 너무 일찍 끝납니다. t는 걸음마다 한 번, "
    "안쪽 반복문 *밖*에서 늘리세요.",
    en="The NaN is gone, but a quiet break remains: t grows by one for each parameter, and the bias "
    "correction ends too early. Count t once for each step, *outside* the inner loop.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, count="parameter")


@mended_adam.mistake(
    "counts-after-the-step",
    ko="첫걸음의 t가 0이라 1 − β⁰ = 0으로 나눕니다. t를 걸음의 끝에서 늘렸거나 `enumerate`가 0부터 셌습니다. 첫걸음은 "
    "1번입니다(`enumerate(gradients, 1)`).",
    en="The first step has t = 0 and divides by 1 − β⁰ = 0: t was counted up at the end of the step, or "
    "`enumerate` counted from 0. The first step is number 1 (`enumerate(gradients, 1)`).",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, count="after")


@mended_adam.mistake(
    "t-stays-1",
    ko="t가 언제나 1입니다. 걸음마다 하나씩 늘어나야 보정이 차츰 약해집니다.",
    en="t is always 1. It must grow by one with every step, so that the correction fades.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, count="never")


@mended_adam.mistake(
    "no-bias-correction",
    ko="편향 보정을 통째로 뺐습니다. 고쳐야 할 것은 t를 세는 방법입니다. 보정은 남겨 두세요.",
    en="The bias correction was taken out altogether. What needs mending is how t is counted; keep the "
    "correction.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, correct=False)


@mended_adam.mistake(
    "forgets-between-steps",
    ko="걸음마다 상태를 0으로 되돌립니다. 그러면 Adam은 아무것도 기억하지 못하고 매번 기울기의 부호만큼 움직입니다. m, v, t는 반복문 "
    "*앞*에서 한 번만 만드세요.",
    en="The state goes back to 0 at every step. Adam then remembers nothing and moves by the sign of "
    "each gradient. Make m, v and t once, *before* the loop.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, forget=True)


ONE_STATE = {
    "ko": "모든 매개변수가 상태 하나를 나눠 씁니다. 한 매개변수의 기울기가 다른 매개변수의 평균에 섞입니다. 이름마다 제 상태를 "
    "두세요.",
    "en": "All parameters share one state, so the gradients of one get into the averages of another. "
    "Give each name a state of its own.",
}


@mended_adam.mistake("one-state-for-all", **ONE_STATE)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, shared=True)


@mended_adam.mistake("one-state-and-t-for-all", **ONE_STATE)
def _(parameters, gradients, lr, beta1, beta2, eps):
    new, state = dict(parameters), (0, 0, 0)
    for step in gradients:
        for name, g in step.items():
            new[name], state = adam(new[name], g, state, lr, beta1, beta2, eps)
    return new


@mended_adam.mistake(
    "not-unpacked",
    ko="adam_step은 (w, 상태) 둘을 돌려주는데 그것을 통째로 매개변수에 넣었습니다. 풀어서 받으세요: `parameters[name], "
    "states[name] = …`",
    en="adam_step returns two things, (w, state), and both went into the parameter. Take them apart: "
    "`parameters[name], states[name] = …`.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    new = dict(parameters)
    states = {n: (torch.zeros_like(w), torch.zeros_like(w), 0) for n, w in new.items()}
    for step in gradients:
        for name, g in step.items():
            new[name] = adam(new[name], g, states[name], lr, beta1, beta2, eps)
    return new


@mended_adam.mistake(
    "first-step-is-2",
    ko="첫걸음의 t가 2입니다. 1에서 시작했다면 걸음의 처음에 늘리지 말고 끝에서 늘리세요(또는 0에서 시작하세요).",
    en="The first step has t = 2. If t starts from 1, count it up at the end of a step, not at the "
    "beginning (or start from 0).",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, begin=1)


@mended_adam.mistake(
    "eps-inside-the-root",
    ko="eps를 제곱근 *안*에 더했습니다. 명세와 PyTorch에서는 밖입니다: √v̂ + eps",
    en="eps was added *inside* the root. In the specification, as in PyTorch, it is outside: √v̂ + eps.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, inside=True)


@mended_adam.mistake(
    "pairs-by-order",
    ko="기울기를 이름이 아니라 순서로 짝지었습니다. 역전파는 뒤에서부터 구하므로 순서가 다릅니다. `step[name]`으로 찾으세요.",
    en="Gradients were paired with parameters by order, not by name. Backprop finds them from the back, "
    "so the order differs. Look them up: `step[name]`.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    paired = [dict(zip(parameters, step.values(), strict=True)) for step in gradients]
    return adam_run(parameters, paired, lr, beta1, beta2, eps)


@mended_adam.mistake(
    "starts-over-from-the-start",
    ko="걸음마다 *처음* 값에서 움직였습니다. 지난 걸음이 끝난 곳에서 이어 가야 합니다.",
    en="Every step moves from the values at the *start*. Go on from where the last step ended.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    before = mended_adam(parameters, gradients[:-1], lr, beta1, beta2, eps)
    after = mended_adam(parameters, gradients, lr, beta1, beta2, eps)
    return {name: parameters[name] + after[name] - before[name] for name in parameters}


@mended_adam.mistake(
    "first-step-only",
    ko="첫걸음만 걷고 돌아왔습니다. `return`이 반복문 안에 있지 않은가요?",
    en="This returns after the first step. Is the `return` inside the loop?",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return mended_adam(parameters, gradients[:1], lr, beta1, beta2, eps)


@mended_adam.mistake(
    "in-place",
    ko="값은 맞지만 부른 쪽의 parameters가 바뀌었습니다. 먼저 `parameters = dict(parameters)`로 새 사전을 만들고, 텐서도 `-=` 없이 "
    "새로 만드세요.",
    en="The values are right, but the caller's parameters have changed. Start with `parameters = "
    "dict(parameters)`, a new dict, and make new tensors too: no `-=`.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    for name, value in mended_adam(parameters, gradients, lr, beta1, beta2, eps).items():
        parameters[name] = value
    return parameters


@mended_adam.mistake(
    "forgets-m-and-v-but-not-t",
    ko="t는 늘어나는데 m과 v는 걸음마다 0으로 돌아갑니다. 반복문 앞에서 한 번만 만드세요.",
    en="m and v go back to 0 at every step while t goes on. Make them once, before the loop.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return adam_run(parameters, gradients, lr, beta1, beta2, eps, forget="averages")


@mended_adam.mistake("eps-of-its-own", **OWN_EPS)
def _(parameters, gradients, lr, beta1, beta2, eps):
    return mended_adam(parameters, gradients, lr, beta1, beta2, 1e-8)


@mended_adam.mistake(
    "t-starts-over",
    ko="걸음마다 t가 0으로 돌아가, 한 걸음 안에서 매개변수를 셉니다. `t = 0`은 반복문 앞에 한 번만 두고, t는 걸음마다 한 번 늘리세요.",
    en="t goes back to 0 at every step and counts the parameters within it. Put `t = 0` before the loops, "
    "once, and count t up once for each step.",
)
def _(parameters, gradients, lr, beta1, beta2, eps):
    new = dict(parameters)
    states = {name: (torch.zeros_like(w), torch.zeros_like(w)) for name, w in new.items()}
    for step in gradients:
        for t, (name, g) in enumerate(step.items()):
            state = (*states[name], t)
            new[name], (*states[name], _) = adam(new[name], g, state, lr, beta1, beta2, eps)
    return new


mended_adam.hints(
    ko=[
        "고장은 둘입니다. 하나는 NaN을 내는 시끄러운 것, 하나는 조용한 것입니다. `m = v = {...}`는 사전을 몇 개 만드나요? t는 무엇을 "
        "세나요?",
        "m과 v는 서로 다른 사전이어야 하고, t는 안쪽 반복문 밖에서 걸음마다 1씩 늘어야 합니다. 또는 이름마다 상태 (m, v, 0)을 두고 "
        "여러분의 `adam_step`을 부르세요.",
        "`parameters = dict(parameters)`, `states = {name: (torch.zeros_like(w), torch.zeros_like(w), 0) for name, w in "
        "parameters.items()}`, 그리고 걸음마다, 이름마다 `parameters[name], states[name] = adam_step(parameters[name], "
        "step[name], states[name], lr, beta1, beta2, eps)`",
    ],
    en=[
        "There are two breaks, a loud one that makes NaN and a quiet one. How many dicts does "
        "`m = v = {...}` make? And what does t count?",
        "m and v must be two dicts, and t must grow by 1 for each step, outside the inner loop. Or keep "
        "a state (m, v, 0) for each name and call your `adam_step`.",
        "`parameters = dict(parameters)`, `states = {name: (torch.zeros_like(w), torch.zeros_like(w), 0) "
        "for name, w in parameters.items()}`, and in each step, for each name, `parameters[name], "
        "states[name] = adam_step(parameters[name], step[name], states[name], lr, beta1, beta2, eps)`.",
    ],
)
