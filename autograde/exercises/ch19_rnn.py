"""Exercises of ch19: the recurrent cell."""

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
RNNS = ("nn.RNN", "nn.RNNCell", "nn.LSTM", "nn.GRU")


def weights(draw, width, hidden, dtype=DOUBLE, scale=0.7):
    """W_ih (H, D), W_hh (H, H), b_ih and b_hh (H,), as nn.RNN keeps them."""
    shapes = (hidden, width), (hidden, hidden), (hidden,), (hidden,)
    return [scale * draw.normal(*shape, dtype=dtype) for shape in shapes]


def tensor(*numbers):
    return torch.tensor(numbers, dtype=DOUBLE)


def column(*numbers):
    return tensor(*numbers)[:, None]


SMALL = [column(1.0), column(0.5), tensor(0.25), tensor(-0.5)]  # D = H = 1


def named(by_suffix):
    """Weights as a torch module names them: {"_l0": (W_ih, W_hh, b_ih, b_hh), …}."""
    return {
        name + suffix: value
        for suffix, values in by_suffix.items()
        for name, value in zip(NAMES, values, strict=True)
    }


def run(module, by_suffix, *inputs):
    """What a torch module makes of inputs with these weights, through which gradients flow."""
    return torch.func.functional_call(module, named(by_suffix), inputs)


def cell(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


def unroll(x, h, *w):
    states = []
    for t in range(x.shape[1]):
        h = cell(x[:, t], h, *w)
        states.append(h)
    return torch.stack(states, 1), h


# ---------------------------------------------------------------- rnn-cell


@exercise("rnn-cell", points=2, forbids=RNNS)
def rnn_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    module = nn.RNNCell(x.shape[1], h.shape[1], dtype=x.dtype)
    return run(module, {"": (W_ih, W_hh, b_ih, b_hh)}, x, h)


@rnn_cell.cases
def _(draw):
    yield column(1.0), column(-0.5), *SMALL
    yield column(1000.0, -1000.0), column(-0.5, 0.5), *SMALL  # as good as 1 and -1
    for batch, width, hidden in ((2, 3, 2), (1, 2, 4), (3, 3, 3), (4, draw.integer(2, 5), 5)):
        yield (
            draw.normal(batch, width, dtype=DOUBLE),
            draw.normal(batch, hidden, dtype=DOUBLE),
            *weights(draw, width, hidden),
        )
    batch, width, hidden = draw.integer(2, 5), draw.integer(2, 5), draw.integer(2, 5)
    parts = [draw.normal(batch, width), draw.normal(batch, hidden)]
    parts += weights(draw, width, hidden, dtype=torch.float32)
    yield tuple(part.requires_grad_() for part in parts)


@rnn_cell.accepts
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    z = torch.cat([h, x], dim=-1) @ torch.cat([W_hh, W_ih], dim=-1).mT + (b_ih + b_hh)
    return 2 * torch.sigmoid(2 * z) - 1


@rnn_cell.accepts
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    rows = [
        (W_ih @ one + b_ih + W_hh @ before + b_hh).tanh() for one, before in zip(x, h, strict=True)
    ]
    return torch.stack(rows)


@rnn_cell.mistake(
    "no-tanh",
    ko="tanh를 씌우지 않았습니다. 더한 것을 마지막에 `torch.tanh`로 눌러야 상태가 −1과 1 사이에 머뭅니다.",
    en="The tanh is missing. Squash the sum with `torch.tanh` at the end, so that the state stays between −1 and 1.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return x @ W_ih.T + b_ih + h @ W_hh.T + b_hh


@rnn_cell.mistake(
    "sigmoid",
    ko="tanh 대신 시그모이드를 씌웠습니다. 상태는 음수가 될 수 있어야 합니다.",
    en="A sigmoid stands where the tanh belongs. A state must be able to be negative.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.sigmoid(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


@rnn_cell.mistake(
    "relu",
    ko='tanh 대신 ReLU를 씌웠습니다. PyTorch에서도 `nonlinearity="relu"`를 주었을 때만 그렇고, 여기서는 tanh입니다.',
    en='A ReLU stands where the tanh belongs. PyTorch does that only when told `nonlinearity="relu"`; here it is tanh.',
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.relu(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)


@rnn_cell.mistake(
    "b-ih-twice",
    ko="b_ih를 두 번 더하고 b_hh는 더하지 않았습니다. 입력 쪽에는 b_ih, 상태 쪽에는 b_hh를 더하세요.",
    en="b_ih is added twice and b_hh not at all. Add b_ih to the input's part and b_hh to the state's.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return cell(x, h, W_ih, W_hh, b_ih, b_ih)


@rnn_cell.mistake(
    "b-hh-twice",
    ko="b_hh를 두 번 더하고 b_ih는 더하지 않았습니다. 입력 쪽에는 b_ih, 상태 쪽에는 b_hh를 더하세요.",
    en="b_hh is added twice and b_ih not at all. Add b_ih to the input's part and b_hh to the state's.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return cell(x, h, W_ih, W_hh, b_hh, b_hh)


@rnn_cell.mistake(
    "swapped-weights",
    ko="두 행렬이 서로 바뀌었습니다. 입력 x에는 W_ih(input → hidden), 지난 상태 h에는 W_hh(hidden → hidden)를 곱합니다. "
    "D와 H가 같으면 오류도 나지 않습니다.",
    en="The two matrices are exchanged. The input x meets W_ih (input → hidden), the old state h meets W_hh "
    "(hidden → hidden). Where D equals H no error warns you.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_hh.T + b_ih + h @ W_ih.T + b_hh)


@rnn_cell.mistake(
    "not-transposed",
    ko="행렬을 전치하지 않았습니다. 식의 벡터는 세로이지만 코드의 표본은 가로줄이므로 `x @ W_ih.T`, `h @ W_hh.T`입니다.",
    en="The matrices are not transposed. Vectors are columns in the formula, but in code a sample is a row: "
    "`x @ W_ih.T` and `h @ W_hh.T`.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih + b_ih + h @ W_hh + b_hh)


@rnn_cell.mistake(
    "w-hh-not-transposed",
    ko="W_hh만 전치하지 않았습니다. W_hh는 정사각형이라 `h @ W_hh`도 오류 없이 계산되지만 다른 답입니다. `h @ W_hh.T`로 쓰세요.",
    en="W_hh alone is not transposed. It is square, so `h @ W_hh` runs without an error, with another answer. "
    "Write `h @ W_hh.T`.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh + b_hh)


@rnn_cell.mistake(
    "one-bias",
    ko="b_hh를 더하지 않았습니다. PyTorch의 RNN에는 편향(bias)이 둘(b_ih, b_hh) 있고 둘 다 더합니다.",
    en="b_hh is not added. PyTorch's RNN has two biases, b_ih and b_hh, and adds both.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T)


@rnn_cell.mistake(
    "other-bias",
    ko="b_ih를 더하지 않았습니다. PyTorch의 RNN에는 편향(bias)이 둘(b_ih, b_hh) 있고 둘 다 더합니다.",
    en="b_ih is not added. PyTorch's RNN has two biases, b_ih and b_hh, and adds both.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + h @ W_hh.T + b_hh)


@rnn_cell.mistake(
    "no-bias",
    ko="편향(bias)을 하나도 더하지 않았습니다. b_ih와 b_hh를 둘 다 더하세요.",
    en="No bias is added. Add both b_ih and b_hh.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + h @ W_hh.T)


@rnn_cell.mistake(
    "no-recurrence",
    ko="지난 상태의 몫 W_hh h가 빠졌습니다. 이것이 없으면 기억이 없는 보통의 층입니다.",
    en="The old state's part, W_hh h, is missing. Without it this is an ordinary layer, with no memory.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih + b_hh)


@rnn_cell.mistake(
    "two-tanhs",
    ko="입력의 몫과 상태의 몫에 tanh를 따로 씌워 더했습니다. 먼저 모두 더하고 tanh는 한 번만 씌웁니다.",
    en="Input part and state part each got a tanh before they were added. Add everything first; one tanh is all.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih) + torch.tanh(h @ W_hh.T + b_hh)


@rnn_cell.mistake(
    "adds-the-old",
    ko="새 상태에 지난 h를 한 번 더 더했습니다(h + tanh(…)). 지난 상태는 tanh *안에서* W_hh를 거쳐서만 들어옵니다.",
    en="The old h is added once more, h + tanh(…). It enters only *inside* the tanh, by way of W_hh.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return h + cell(x, h, W_ih, W_hh, b_ih, b_hh)


@rnn_cell.mistake(
    "twice",
    ko="상태를 (h, h)처럼 둘 돌려주었습니다. 셀 하나의 결과는 새 상태 하나뿐입니다.",
    en="The state is returned twice, as (h, h). A single cell has one result: the new state.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    new = cell(x, h, W_ih, W_hh, b_ih, b_hh)
    return new, new


@rnn_cell.mistake(
    "in-place",
    ko="결과는 맞지만 부른 쪽의 h를 그 자리에서 덮어썼습니다(`h[:] = …`, `copy_`). 새 텐서를 돌려주세요.",
    en="The result is right, but the caller's h was overwritten in place (`h[:] = …`, `copy_`). Return a new tensor.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return h.copy_(cell(x, h, W_ih, W_hh, b_ih, b_hh))


@rnn_cell.mistake(
    "no-input",
    ko="입력의 몫 W_ih x가 빠졌습니다. 이대로면 셀은 아무것도 읽지 않습니다.",
    en="The input's part, W_ih x, is missing. Like this the cell reads nothing.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(b_ih + h @ W_hh.T + b_hh)


@rnn_cell.mistake(
    "w-ih-not-transposed",
    ko="W_ih만 전치하지 않았습니다. D와 H가 같으면 오류 없이 다른 답이 나옵니다. `x @ W_ih.T`로 쓰세요.",
    en="W_ih alone is not transposed. Where D equals H it runs without an error, with another answer. Write `x @ W_ih.T`.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih + b_ih + h @ W_hh.T + b_hh)


@rnn_cell.mistake(
    "half-squashed",
    ko="tanh가 한쪽 항에만 씌워져 있습니다. 괄호를 확인하세요: 네 항을 *모두* 더한 것에 tanh를 씌웁니다.",
    en="Only one of the terms is inside the tanh. Check the brackets: the tanh goes around the sum of *all* four.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih) + h @ W_hh.T + b_hh


@rnn_cell.mistake(
    "on-its-side",
    ko="결과가 (H, B)로 누워 있습니다. 식 그대로 `W_ih @ x.T`로 계산했다면 표본이 세로로 섭니다. `x @ W_ih.T`로 쓰면 (B, H)입니다.",
    en="The result lies on its side, (H, B). Computed as in the formula, `W_ih @ x.T`, samples are columns; with "
    "`x @ W_ih.T` it is (B, H).",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(W_ih @ x.T + b_ih[:, None] + W_hh @ h.T + b_hh[:, None])


@rnn_cell.mistake(
    "weights-in-front",
    ko="식 그대로 `W_ih @ x`라고 썼습니다. 식의 x는 세로 벡터 *하나*이지만 여기서는 표본이 가로줄로 쌓여 있습니다: `x @ W_ih.T`, `h @ W_hh.T`",
    en="This is `W_ih @ x`, as in the formula. There x is *one* column; here the samples are rows, one below the other: "
    "`x @ W_ih.T` and `h @ W_hh.T`.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(W_ih @ x + b_ih + W_hh @ h + b_hh)


@rnn_cell.mistake(
    "h-without-its-matrix",
    ko="지난 상태 h를 W_hh에 통과시키지 않고 그대로 더했습니다. h에는 W_hh를 곱합니다.",
    en="The old state h is added as it is. It has to go through W_hh first.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih + h + b_hh)


BIAS_AGAIN = {
    "ko": "편향(bias)이 한 번 넘게 더해졌습니다. b_ih는 입력 쪽에서 한 번, b_hh는 상태 쪽에서 한 번만 더하세요.",
    "en": "A bias is added more than once. Add b_ih once, to the input's part, and b_hh once, to the state's.",
}


@rnn_cell.mistake("both-biases-twice", **BIAS_AGAIN)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return cell(x, h, W_ih, W_hh, b_ih + b_hh, b_ih + b_hh)


@rnn_cell.mistake("b-ih-again-with-b-hh", **BIAS_AGAIN)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return cell(x, h, W_ih, W_hh, b_ih, b_ih + b_hh)


@rnn_cell.mistake("b-hh-again-with-b-ih", **BIAS_AGAIN)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return cell(x, h, W_ih, W_hh, b_ih + b_hh, b_hh)


OVERFLOWS = {
    "ko": "tanh를 지수 함수로 직접 썼고, 큰 입력에서 지수가 넘쳐 `nan`이 됩니다(∞/∞). `torch.tanh`는 어디서나 정확합니다.",
    "en": "This writes tanh with exponentials; for a large input they overflow, and ∞/∞ is `nan`. `torch.tanh` is exact "
    "everywhere.",
}


def weighted_sum(x, h, W_ih, W_hh, b_ih, b_hh):
    return x @ W_ih.mT + h @ W_hh.mT + b_ih + b_hh


@rnn_cell.mistake("tanh-of-two-exponentials", **OVERFLOWS)
def _(*args):
    up, down = weighted_sum(*args).exp(), (-weighted_sum(*args)).exp()
    return (up - down) / (up + down)


@rnn_cell.mistake("tanh-of-one-exponential", **OVERFLOWS)
def _(*args):
    e = (2 * weighted_sum(*args)).exp()
    return (e - 1) / (e + 1)


@rnn_cell.mistake("tanh-of-a-falling-exponential", **OVERFLOWS)
def _(*args):
    e = (-2 * weighted_sum(*args)).exp()
    return (1 - e) / (1 + e)


rnn_cell.hints(
    ko=[
        "선형 층 둘을 생각하세요. 하나는 지금의 입력 x를, 하나는 지난 상태 h를 받습니다. 둘의 결과를 더하면 (B, H)입니다.",
        "h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)입니다. 표본이 가로줄이므로 W x는 `x @ W.T`가 됩니다.",
        "`return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)`",
    ],
    en=[
        "Think of two linear layers: one takes the input x, the other the old state h. Both give (B, H); add them.",
        "h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh). Samples are rows here, so W x becomes `x @ W.T`.",
        "`return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)`.",
    ],
)


# ---------------------------------------------------------------- concat-weights


@exercise("concat-weights", forbids=RNNS, returns=["W", "b"])
def concat_weights(W_ih, W_hh, b_ih, b_hh):
    # An affine map is known by its derivative and its value at 0.
    D, H = W_ih.shape[1], len(b_ih)

    def before_tanh(both):
        return F.linear(both[:D], W_ih, b_ih) + F.linear(both[D:], W_hh, b_hh)

    zero = torch.zeros(D + H, dtype=W_ih.dtype)
    return torch.autograd.functional.jacobian(before_tanh, zero), before_tanh(zero)


@concat_weights.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        torch.tensor([[0.1, 0.2], [0.3, 0.4]]),
        torch.tensor([10.0, 20.0]),
        torch.tensor([1.0, 2.0]),
    )
    for width, hidden in ((1, 1), (3, 3), (draw.integer(2, 5), draw.integer(2, 5))):
        yield tuple(weights(draw, width, hidden))


@concat_weights.accepts
def _(W_ih, W_hh, b_ih, b_hh):
    D, H = W_ih.shape[1], len(b_ih)
    W = W_ih.new_zeros(H, D + H)
    W[:, :D] = W_ih
    W[:, D:] = W_hh
    return W, torch.stack([b_ih, b_hh]).sum(0)


@concat_weights.accepts
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.vstack((W_ih.T, W_hh.T)).T, b_ih.clone().add_(b_hh)


@concat_weights.mistake(
    "state-first",
    ko="W_hh가 왼쪽에 왔습니다. 이어 붙인 벡터가 [x; h]이므로 x를 만나는 W_ih가 처음 D열이어야 합니다.",
    en="W_hh stands on the left. The joined vector is [x; h], so W_ih, which meets x, must be the first D columns.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_hh, W_ih], 1), b_ih + b_hh


@concat_weights.mistake(
    "stacked",
    ko="두 행렬을 위아래로(dim=0) 쌓았습니다. 줄은 유닛이므로 H줄 그대로이고, 늘어나는 것은 열입니다: `dim=1`",
    en="The matrices are stacked one on the other (dim=0). Rows are units and stay H; it is the columns that grow: "
    "`dim=1`.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh]), b_ih + b_hh


@concat_weights.mistake(
    "transposed",
    ko="W가 (D + H, H)로 전치되어 있습니다. 다른 가중치처럼 한 줄이 유닛 하나인 (H, D + H)로 돌려주세요.",
    en="W is transposed, (D + H, H). As with the other weights a row is a unit: return (H, D + H).",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh], 1).T, b_ih + b_hh


@concat_weights.mistake(
    "joined-biases",
    ko="편향까지 이어 붙여 길이가 2H가 되었습니다. 두 편향은 같은 유닛에 더해지므로 더해서 하나로 만듭니다.",
    en="The biases were joined too, to length 2H. Both are added to the same units: add them up into one.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh], 1), torch.cat([b_ih, b_hh])


@concat_weights.mistake(
    "one-bias",
    ko="b에 b_ih만 들어 있습니다. 셀은 b_ih와 b_hh를 둘 다 더하므로 b는 둘의 합입니다.",
    en="b holds b_ih alone. The cell adds both b_ih and b_hh, so b is their sum.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh], 1), b_ih.clone()


@concat_weights.mistake(
    "other-bias",
    ko="b에 b_hh만 들어 있습니다. 셀은 b_ih와 b_hh를 둘 다 더하므로 b는 둘의 합입니다.",
    en="b holds b_hh alone. The cell adds both b_ih and b_hh, so b is their sum.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh], 1), b_hh.clone()


@concat_weights.mistake(
    "mean-bias",
    ko="두 편향을 평균 냈습니다. 셀에서 둘은 *더해지므로* 합이어야 합니다.",
    en="The biases were averaged. In the cell they are *added*: b is their sum.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh], 1), (b_ih + b_hh) / 2


@concat_weights.mistake(
    "multiplied-biases",
    ko="두 편향을 곱했습니다. 셀에서 둘은 *더해집니다*.",
    en="The biases were multiplied. In the cell they are *added*.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh], 1), b_ih * b_hh


@concat_weights.mistake(
    "column-bias",
    ko="b가 (H, 1)짜리 세로 텐서입니다. (B, H)에 더할 것이므로 (H,)여야 합니다.",
    en="b is a column, (H, 1). It will be added to a (B, H) tensor and must be (H,).",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh], 1), (b_ih + b_hh)[:, None]


@concat_weights.mistake(
    "added-matrices",
    ko="두 행렬을 더했습니다. x와 h는 서로 다른 벡터라서 각자의 열이 필요합니다. 옆으로 이어 붙이세요.",
    en="The two matrices were added. x and h are different vectors and need columns of their own: join them side by "
    "side.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return W_ih + W_hh, b_ih + b_hh


@concat_weights.mistake(
    "w-hh-transposed",
    ko="W_hh를 전치해서 이었습니다. W_ih처럼 줄 하나가 유닛 하나이니, 있는 그대로 옆에 붙이세요.",
    en="W_hh is joined transposed. As in W_ih, a row is a unit: put it beside as it is.",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return torch.cat([W_ih, W_hh.T], 1), b_ih + b_hh


@concat_weights.mistake(
    "swapped-return",
    ko="(b, W)를 돌려주었습니다. 차례는 (W, b)입니다.",
    en="This is (b, W). The order is (W, b).",
)
def _(W_ih, W_hh, b_ih, b_hh):
    return b_ih + b_hh, torch.cat([W_ih, W_hh], 1)


concat_weights.hints(
    ko=[
        "행렬 곱을 한 줄씩 써 보세요. 유닛 하나는 x의 수 D개와 h의 수 H개에 각각 가중치를 곱해 모두 더합니다. 가중치는 모두 몇 개인가요?",
        "W_ih (H, D)와 W_hh (H, H)를 옆으로 이어 붙이면 (H, D + H)입니다. 편향은 둘 다 같은 유닛에 더해지므로 미리 더해 둘 수 있습니다.",
        "`return torch.cat([W_ih, W_hh], dim=1), b_ih + b_hh`",
    ],
    en=[
        "Write the matrix product out for one row. A unit weighs the D numbers of x and the H numbers of h, and adds "
        "everything up. How many weights is that?",
        "W_ih (H, D) and W_hh (H, H), joined side by side, are (H, D + H). Both biases are added to the same unit, so "
        "they can be added up beforehand.",
        "`return torch.cat([W_ih, W_hh], dim=1), b_ih + b_hh`.",
    ],
)


# ---------------------------------------------------------------- rnn-unroll


@exercise("rnn-unroll", points=2, forbids=RNNS, returns=["outputs", "h"])
def rnn_unroll(x, h, W_ih, W_hh, b_ih, b_hh):
    module = nn.RNN(x.shape[2], h.shape[1], batch_first=True, dtype=x.dtype)
    outputs, h_n = run(module, {"_l0": (W_ih, W_hh, b_ih, b_hh)}, x, h[None])
    return outputs, h_n[0]


@rnn_unroll.cases
def _(draw):
    yield tensor(1.0, 0.0, -2.0).reshape(1, 3, 1), column(0.5), *SMALL
    for batch, steps, width, hidden in (
        (2, 4, 3, 2),
        (3, 3, 2, 2),
        (1, 5, 2, 3),
        (3, 1, 2, 2),
        (2, 2, 3, 3),
    ):
        yield (
            draw.normal(batch, steps, width, dtype=DOUBLE),
            draw.normal(batch, hidden, dtype=DOUBLE),
            *weights(draw, width, hidden),
        )
    batch, steps, width, hidden = (draw.integer(2, 5) for _ in range(4))
    yield (
        draw.normal(batch, steps, width),
        draw.normal(batch, hidden),
        *(w.requires_grad_() for w in weights(draw, width, hidden, dtype=torch.float32)),
    )
    # A cut between any two steps shows in the gradient of the start.
    start = draw.normal(2, 3, dtype=DOUBLE).requires_grad_()
    x = draw.normal(2, 4, 3, dtype=DOUBLE).requires_grad_()
    yield Case((x, start, *weights(draw, 3, 3)), slopes=True)


@rnn_unroll.accepts
def _(x, h, *w):
    outputs = x.new_zeros(*x.shape[:2], h.shape[1])
    for t in range(x.shape[1]):
        h = cell(x[:, t, :], h, *w)
        outputs[:, t] = h
    return outputs, outputs[:, -1]


@rnn_unroll.accepts
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    from_input = F.linear(x, W_ih, b_ih + b_hh)  # all steps at once: only the rest must wait
    columns = [h[:, None]]
    for part in from_input.split(1, dim=1):
        columns.append(torch.tanh(part + columns[-1] @ W_hh.mT))
    return torch.cat(columns[1:], 1), columns[-1].squeeze(1)


@rnn_unroll.mistake(
    "not-carried",
    ko="모든 시점이 처음의 h에서 시작합니다. 한 시점의 결과를 다음 시점에 넘겨야 기억이 이어집니다: `h = rnn_cell(x_t, h, …)`",
    en="Every step starts from the first h. Hand the result of one step to the next, or there is no memory: "
    "`h = rnn_cell(x_t, h, …)`.",
)
def _(x, h, *w):
    states = [cell(x_t, h, *w) for x_t in x.unbind(1)]
    return torch.stack(states, 1), states[-1]


@rnn_unroll.mistake(
    "from-zero",
    ko="받은 h 대신 0에서 시작했습니다. 앞에서 읽은 것을 이어받으려면 주어진 h에서 시작해야 합니다.",
    en="It starts from 0 instead of the h given. To go on from something read before, it must start from that h.",
)
def _(x, h, *w):
    return unroll(x, torch.zeros_like(h), *w)


@rnn_unroll.mistake(
    "wrong-axis",
    ko="`for x_t in x:`나 `unbind(0)`은 *시점*이 아니라 *배치*를 따라 걷습니다. x는 (B, T, D)이므로 축 1을 따라 걸어야 합니다: "
    "`x.unbind(1)`",
    en="`for x_t in x:` and `unbind(0)` walk along the *batch*, not along time. x is (B, T, D): walk along axis 1, "
    "`x.unbind(1)`.",
)
def _(x, h, *w):
    states = []
    for x_t in x:
        h = cell(x_t, h, *w)
        states.append(h)
    return torch.stack(states, 1), h


@rnn_unroll.mistake(
    "wrong-axis-twice",
    ko="배치(축 0)를 따라 걷고, 배치의 축으로 쌓았습니다. 시점은 x의 축 1입니다: `x.unbind(1)`, `torch.stack(…, dim=1)`",
    en="It walks along the batch (axis 0) and stacks along it as well. Time is axis 1 of x: `x.unbind(1)` and "
    "`torch.stack(…, dim=1)`.",
)
def _(x, h, *w):
    states = []
    for x_t in x:
        h = cell(x_t, h, *w)
        states.append(h)
    return torch.stack(states), h


@rnn_unroll.mistake(
    "time-major",
    ko="outputs가 (T, B, H)입니다. `torch.stack`은 축을 말하지 않으면 맨 앞에 새 축을 만듭니다: `dim=1`을 주세요.",
    en="outputs is (T, B, H). Without being told, `torch.stack` makes its new axis in front: give it `dim=1`.",
)
def _(x, h, *w):
    outputs, h = unroll(x, h, *w)
    return outputs.transpose(0, 1), h


@rnn_unroll.mistake(
    "reshaped",
    ko="x를 `reshape`나 `view`로 (T, B, D)로 만들었습니다. 그것은 축을 바꾸지 않고 수를 다시 담을 뿐이라 문장이 서로 섞입니다. "
    "`x.unbind(1)`이나 `x.transpose(0, 1)`을 쓰세요.",
    en="x was made (T, B, D) by `reshape` or `view`. That does not exchange axes: it refills the same numbers, and the "
    "sentences get mixed. Use `x.unbind(1)` or `x.transpose(0, 1)`.",
)
def _(x, h, *w):
    B, T, D = x.shape
    return unroll(x.reshape(T, B, D).transpose(0, 1), h, *w)


@rnn_unroll.mistake(
    "backwards",
    ko="뒤에서 앞으로 읽었습니다. 0번 시점부터 차례로 읽으세요.",
    en="It reads from the end. Begin with step 0.",
)
def _(x, h, *w):
    return unroll(x.flip(1), h, *w)


@rnn_unroll.mistake(
    "one-too-many",
    ko="시작 상태까지 기록해서 한 칸이 많습니다. outputs에는 입력을 읽은 *뒤*의 상태만 T개 들어갑니다.",
    en="The starting state was recorded too: one too many. outputs holds the T states *after* an input was read.",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return torch.cat([h[:, None], outputs], 1), last


@rnn_unroll.mistake(
    "stored-before",
    ko="상태를 새로 계산하기 *전에* 기록했습니다. outputs의 t번 칸은 x_t를 읽은 *다음*의 상태입니다.",
    en="The state is recorded *before* it is renewed. Place t of outputs is the state *after* x_t was read.",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return torch.cat([h[:, None], outputs[:, :-1]], 1), last


@rnn_unroll.mistake(
    "old-h",
    ko="outputs는 맞지만 둘째 자리에 처음의 h를 돌려주었습니다. 마지막 시점의 상태여야 합니다.",
    en="outputs is right, but the h returned is the one given. It must be the state after the last step.",
)
def _(x, h, *w):
    return unroll(x, h, *w)[0], h.clone()


@rnn_unroll.mistake(
    "only-the-last",
    ko="마지막 상태만 돌려주었습니다. 시점마다의 상태를 모은 outputs도 필요합니다: (outputs, h)",
    en="Only the last state is returned. Wanted is (outputs, h), where outputs holds the state after every step.",
)
def _(x, h, *w):
    return unroll(x, h, *w)[1]


@rnn_unroll.mistake(
    "only-the-outputs",
    ko="outputs만 돌려주었습니다. 마지막 상태 h도 함께 돌려주세요: (outputs, h)",
    en="Only outputs is returned. The last state is wanted too: (outputs, h).",
)
def _(x, h, *w):
    return unroll(x, h, *w)[0]


@rnn_unroll.mistake(
    "swapped-return",
    ko="값은 맞지만 순서가 (h, outputs)입니다. PyTorch처럼 (outputs, h)로 돌려주세요.",
    en="The values are right but come as (h, outputs). It is (outputs, h), as in PyTorch.",
)
def _(x, h, *w):
    return unroll(x, h, *w)[::-1]


@rnn_unroll.mistake(
    "joined",
    ko="상태들을 `cat`으로 이어 붙여 (B, T·H)가 되었습니다. 시점의 축을 새로 만들려면 `torch.stack(…, dim=1)`입니다.",
    en="The states were joined by `cat` into (B, T·H). For an axis of their own use `torch.stack(…, dim=1)`.",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return outputs.flatten(1), last


@rnn_unroll.mistake(
    "a-list",
    ko="outputs가 텐서의 리스트입니다. `torch.stack(outputs, dim=1)`로 하나의 (B, T, H) 텐서를 만드세요.",
    en="outputs is a list of tensors. Make one (B, T, H) tensor of it: `torch.stack(outputs, dim=1)`.",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return list(outputs.unbind(1)), last


@rnn_unroll.mistake(
    "as-many-steps-as-rows",
    ko="`range(len(x))`는 배치의 크기 B만큼만 걷습니다. 시점의 수는 `x.shape[1]`입니다.",
    en="`range(len(x))` walks B steps, the size of the batch. The number of steps is `x.shape[1]`.",
)
def _(x, h, *w):
    states = []
    for t in range(len(x)):
        h = cell(x[:, t], h, *w)
        states.append(h)
    return torch.stack(states, 1), h


@rnn_unroll.mistake(
    "time-last",
    ko="시점이 마지막 축에 있습니다: (B, H, T). `torch.stack(…, dim=1)`이면 (B, T, H)입니다.",
    en="Time is the last axis, (B, H, T). With `torch.stack(…, dim=1)` it is (B, T, H).",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return outputs.transpose(1, 2), last


@rnn_unroll.mistake(
    "with-the-layer-axis",
    ko="값은 맞지만 h가 (1, B, H)입니다. 앞의 1은 `nn.RNN`의 층 축이고, 여기서는 (B, H)입니다.",
    en="The values are right, but h is (1, B, H). The 1 in front is the layer axis of `nn.RNN`; here it is (B, H).",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return outputs, last[None]


CUT = {
    "ko": "값은 맞지만 상태가 자동 미분에서 끊겼습니다(`detach()`, `.data`, `torch.no_grad()`; 시점마다 `h.detach()`를 넘긴 것도 그렇습니다). "
    "그러면 손실이 앞 시점을 가르치지 못합니다.",
    "en": "The values are right, but the states are cut off from autograd (`detach()`, `.data`, `torch.no_grad()`, or an "
    "`h.detach()` at each step). Then a loss can teach nothing to the steps before.",
}


@rnn_unroll.mistake("detached", **CUT)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return outputs.detach(), last.detach()


@rnn_unroll.mistake("cut-on-the-way", **CUT)
def _(x, h, *w):
    states = []
    for t, x_t in enumerate(x.unbind(1)):
        h = cell(x_t, h.detach() if t == 2 else h, *w)
        states.append(h)
    return torch.stack(states, 1), h


@rnn_unroll.mistake("cut-at-each-step", **CUT)
def _(x, h, *w):
    states = []
    for x_t in x.unbind(1):
        h = cell(x_t, h.detach(), *w)
        states.append(h)
    return torch.stack(states, 1), h


@rnn_unroll.mistake(
    "not-carried-and-returned",
    ko="모든 시점이 처음의 h에서 시작하고, 돌려준 것도 그 h입니다. 셀의 결과를 h에 다시 넣어 다음 시점에 넘기세요: `h = rnn_cell(x_t, h, …)`",
    en="Every step starts from the first h, and that h is returned as well. Put the cell's result back into h for the next step: `h = rnn_cell(x_t, h, …)`.",
)
def _(x, h, *w):
    return torch.stack([cell(x_t, h, *w) for x_t in x.unbind(1)], 1), h


@rnn_unroll.mistake(
    "outputs-reshaped",
    ko="시점을 앞에 두고 쌓은 것을 `reshape`나 `view`로 (B, T, H)에 다시 담아 문장이 섞였습니다. `torch.stack(outputs, dim=1)`을 쓰세요.",
    en="The states were stacked time first and then refilled into (B, T, H) by `reshape` or `view`: that mixes the sentences. Use `torch.stack(outputs, dim=1)`.",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return outputs.transpose(0, 1).reshape(outputs.shape), last


@rnn_unroll.mistake(
    "same-tensor",
    ko="시점마다 같은 텐서에 덮어써서 모든 칸이 마지막 상태입니다. 시점마다 새 텐서를 만드세요: `h = rnn_cell(…)`",
    en="Every step wrote into the same tensor, so every place shows the last state. Make a new tensor at each step: `h = rnn_cell(…)`.",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return last[:, None].repeat(1, x.shape[1], 1), last


@rnn_unroll.mistake(
    "returns-inside",
    ko="반복문 안에서 돌려주어 첫 시점에서 끝났습니다. `return`을 반복문 밖으로 내세요.",
    en="It returns inside the loop, after the first step. Move `return` one level out.",
)
def _(x, h, *w):
    return unroll(x[:, :1], h, *w)


@rnn_unroll.mistake(
    "list-inside",
    ko="outputs에 마지막 시점 하나만 있습니다. `outputs = []`가 반복문 안에 있지 않은가요?",
    en="The outputs hold the last step alone: does `outputs = []` stand inside the loop?",
)
def _(x, h, *w):
    outputs, last = unroll(x, h, *w)
    return outputs[:, -1:], last


rnn_unroll.hints(
    ko=[
        "시점마다 같은 일을 합니다. 지금의 입력과 지난 상태를 셀에 넣고, 나온 상태를 적어 두고, 다음 시점에 넘깁니다.",
        "x는 (B, T, D)이므로 시점을 따라 나누면 x_t는 (B, D)입니다: `x.unbind(1)`. 모은 상태 T개를 쌓을 때는 축이 1번이 되게 합니다.",
        "`for x_t in x.unbind(1):` 안에서 `h = rnn_cell(x_t, h, W_ih, W_hh, b_ih, b_hh)`와 `outputs.append(h)`, 끝에 "
        "`return torch.stack(outputs, dim=1), h`",
    ],
    en=[
        "Every step does the same: put the input and the last state into the cell, write down the new state, hand it on.",
        "x is (B, T, D); cut along time, x_t is (B, D): `x.unbind(1)`. Stack the T states so that time is axis 1.",
        "`for x_t in x.unbind(1):` with `h = rnn_cell(x_t, h, W_ih, W_hh, b_ih, b_hh)` and `outputs.append(h)` inside; "
        "then `return torch.stack(outputs, dim=1), h`.",
    ],
)


# ---------------------------------------------------------------- stacked-rnn


@exercise("stacked-rnn", forbids=RNNS, returns=["outputs", "h_n"])
def stacked_rnn(x, h, layers):
    module = nn.RNN(x.shape[2], h.shape[2], len(layers), batch_first=True, dtype=x.dtype)
    return run(module, {f"_l{k}": w for k, w in enumerate(layers)}, x, h)


@stacked_rnn.cases
def _(draw):
    for batch, steps, width, hidden, number in (
        (1, 3, 2, 1, 2), (2, 3, 2, 2, 2), (2, 4, 3, 3, 3), (1, 2, 2, 3, 1),
        (draw.integer(2, 4), draw.integer(2, 4), draw.integer(2, 4), draw.integer(2, 4), 2),
    ):  # fmt: skip
        widths = [width] + [hidden] * (number - 1)
        yield (
            draw.normal(batch, steps, width, dtype=DOUBLE),
            draw.normal(number, batch, hidden, dtype=DOUBLE),
            [weights(draw, w, hidden) for w in widths],
        )
    x, start = draw.normal(2, 3, 2, dtype=DOUBLE), draw.normal(2, 2, 3, dtype=DOUBLE)
    grads = [[w.requires_grad_() for w in weights(draw, width, 3)] for width in (2, 3)]
    yield Case((x.requires_grad_(), start.requires_grad_(), grads), slopes=True)


def unroll_whole(x, h, W_ih, W_hh, b_ih, b_hh):
    """As unroll, with whatever broadcasting makes of the axes."""
    states = []
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h


def stack(x, h, layers):
    last = []
    for start, w in zip(h, layers, strict=True):
        x, end = unroll(x, start, *w)
        last.append(end)
    return x, torch.stack(last)


@stacked_rnn.accepts
def _(x, h, layers):
    # Step by step through all layers, instead of layer by layer through all steps.
    h, outputs = list(h), []
    for t in range(x.shape[1]):
        a = x[:, t]
        for k, w in enumerate(layers):
            a = h[k] = cell(a, h[k], *w)
        outputs.append(a)
    return torch.stack(outputs, 1), torch.stack(h)


@stacked_rnn.mistake(
    "reads-x-again",
    ko="둘째 층도 x를 읽습니다. 위층의 입력은 아래층의 *출력*(시점마다의 상태)입니다. D와 H가 같으면 오류도 나지 않습니다.",
    en="The second layer reads x as well. An upper layer reads the *outputs* of the one below, its state at every step. "
    "Where D equals H no error warns you.",
)
def _(x, h, layers):
    both = [unroll(x, start, *w) for start, w in zip(h, layers, strict=True)]
    return both[-1][0], torch.stack([end for _, end in both])


@stacked_rnn.mistake(
    "starts-below",
    ko="위층이 아래층의 *마지막 상태*에서 시작합니다. 층마다 자기 시작 상태 h[k]가 있습니다. 위로 올라가는 것은 출력뿐입니다.",
    en="The upper layer starts from the *last state* of the one below. Every layer has its own start, h[k]; only the "
    "outputs go up.",
)
def _(x, h, layers):
    last, state = [], h[0]
    for w in layers:
        x, state = unroll(x, state, *w)
        last.append(state)
    return x, torch.stack(last)


@stacked_rnn.mistake(
    "same-start",
    ko="모든 층이 h[0]에서 시작합니다. k번 층은 h[k]에서 시작합니다.",
    en="Every layer starts from h[0]. Layer k starts from h[k].",
)
def _(x, h, layers):
    return stack(x, h[:1].expand_as(h), layers)


@stacked_rnn.mistake(
    "from-zero",
    ko="모든 층이 0에서 시작합니다. k번 층은 주어진 h[k]에서 시작합니다.",
    en="Every layer starts from 0. Layer k starts from the h[k] given.",
)
def _(x, h, layers):
    return stack(x, torch.zeros_like(h), layers)


@stacked_rnn.mistake(
    "same-weights",
    ko="모든 층에 첫 층의 가중치를 썼습니다. 가중치는 *시점* 사이에서만 함께 쓰고, 층마다 따로 있습니다.",
    en="Every layer uses the first one's weights. Weights are shared between *steps* only; each layer has its own.",
)
def _(x, h, layers):
    return stack(x, h, [layers[0]] * len(layers))


@stacked_rnn.mistake(
    "first-layer",
    ko="outputs가 맨 *아래층*의 것입니다. 맨 *위층*의 것을 돌려주세요.",
    en="outputs are those of the *lowest* layer. Return the *top* layer's.",
)
def _(x, h, layers):
    return unroll(x, h[0], *layers[0])[0], stack(x, h, layers)[1]


@stacked_rnn.mistake(
    "top-only",
    ko="h_n이 맨 위층의 것뿐입니다. h_n에는 *모든* 층의 마지막 상태가 아래층부터 쌓여 (L, B, H)입니다.",
    en="h_n is the top layer's alone. It holds the last state of *every* layer, lowest first: (L, B, H).",
)
def _(x, h, layers):
    outputs, last = stack(x, h, layers)
    return outputs, last[-1:]


@stacked_rnn.mistake(
    "batch-first-state",
    ko="h_n이 (B, L, H)입니다. h_n에서는 언제나 층이 맨 앞입니다: (L, B, H). 배치를 앞에 두는 것은 outputs뿐입니다.",
    en="h_n is (B, L, H). In h_n the layers always come first, (L, B, H); only outputs has the batch in front.",
)
def _(x, h, layers):
    outputs, last = stack(x, h, layers)
    return outputs, last.transpose(0, 1)


@stacked_rnn.mistake(
    "all-outputs",
    ko="모든 층의 outputs를 쌓아 돌려주었습니다. 필요한 것은 맨 위층의 (B, T, H)뿐입니다.",
    en="The outputs of all layers are returned. Wanted is the top layer's, (B, T, H), alone.",
)
def _(x, h, layers):
    outputs, last = [], []
    for start, w in zip(h, layers, strict=True):
        x, end = unroll(x, start, *w)
        outputs.append(x)
        last.append(end)
    return torch.stack(outputs), torch.stack(last)


@stacked_rnn.mistake(
    "top-first",
    ko="h_n의 층 순서가 거꾸로입니다. 맨 아래층이 h_n[0]입니다.",
    en="The layers of h_n are in reverse order. h_n[0] is the lowest layer.",
)
def _(x, h, layers):
    outputs, last = stack(x, h, layers)
    return outputs, last.flip(0)


@stacked_rnn.mistake(
    "a-list",
    ko="h_n이 텐서의 리스트입니다. `torch.stack`으로 하나의 (L, B, H) 텐서를 만드세요.",
    en="h_n is a list of tensors. Make one (L, B, H) tensor of it with `torch.stack`.",
)
def _(x, h, layers):
    outputs, last = stack(x, h, layers)
    return outputs, list(last)


@stacked_rnn.mistake(
    "joined-states",
    ko="h_n을 `cat`으로 이어 붙여 (L·B, H)가 되었습니다. 층의 축을 새로 만들려면 `torch.stack`입니다: (L, B, H)",
    en="h_n was joined by `cat`, (L·B, H). For a layer axis of its own use `torch.stack`: (L, B, H).",
)
def _(x, h, layers):
    outputs, last = stack(x, h, layers)
    return outputs, last.flatten(0, 1)


@stacked_rnn.mistake(
    "swapped-return",
    ko="순서가 (h_n, outputs)입니다. PyTorch처럼 (outputs, h_n)으로 돌려주세요.",
    en="They come as (h_n, outputs). It is (outputs, h_n), as in PyTorch.",
)
def _(x, h, layers):
    return stack(x, h, layers)[::-1]


@stacked_rnn.mistake(
    "whole-h",
    ko="한 층에 시작 상태 h (L, B, H)를 통째로 넣었고, 브로드캐스팅이 오류를 막았습니다. k번 층에는 h[k] (B, H)를 넣으세요.",
    en="All starting states h, (L, B, H), went into one layer, and broadcasting kept quiet. Layer k gets h[k], (B, H).",
)
def _(x, h, layers):
    last = []
    for w in layers:
        x, end = unroll_whole(x, h, *w)
        last.append(end)
    return x, torch.stack(last)


@stacked_rnn.mistake(
    "top-alone",
    ko="h_n으로 맨 위층의 마지막 상태 (B, H)만 돌려주었습니다. 층마다 하나씩 모아 (L, B, H)로 쌓으세요.",
    en="For h_n only the top layer's last state, (B, H), is returned. Collect one for each layer and stack them: (L, B, H).",
)
def _(x, h, layers):
    outputs, last = stack(x, h, layers)
    return outputs, last[-1]


@stacked_rnn.mistake(
    "returns-inside",
    ko="반복문 안에서 돌려주어 첫 층에서 끝났습니다. `return`을 반복문 밖으로 내세요.",
    en="It returns inside the loop, after the first layer. Move `return` one level out.",
)
def _(x, h, layers):
    return stack(x, h[:1], layers[:1])


@stacked_rnn.mistake(
    "always-two-layers",
    ko="언제나 두 층만 돌립니다. 층의 수는 `len(layers)`이니, 한 층이든 세 층이든 되도록 layers를 차례로 도세요.",
    en="There are always two layers. Their number is `len(layers)`: loop over layers, be it one or three.",
)
def _(x, h, layers):
    x, low = unroll(x, h[0], *layers[0])
    x, high = unroll(x, h[1], *layers[1])
    return x, torch.stack([low, high])


@stacked_rnn.mistake(
    "states-after-the-first-step",
    ko="h_n이 각 층의 *첫* 시점의 상태입니다. 마지막 시점의 상태를 담으세요. `rnn_unroll`이 둘째로 돌려주는 것입니다.",
    en="h_n has each layer's state after the *first* step. Collect the one after the last: the second thing that "
    "`rnn_unroll` returns.",
)
def _(x, h, layers):
    first = stack(x[:, :1], h, layers)[1]
    return stack(x, h, layers)[0], first


stacked_rnn.hints(
    ko=[
        "한 층은 시퀀스를 받아 시퀀스를 냅니다. 그러니 한 층의 출력을 그대로 다음 층의 입력으로 쓸 수 있습니다.",
        "k번 층: 입력은 아래층의 outputs(0번 층은 x), 시작 상태는 h[k], 가중치는 layers[k]. 층마다 마지막 상태를 모아 쌓으면 (L, B, H)입니다.",
        "`for start, layer in zip(h, layers):` 안에서 `x, end = rnn_unroll(x, start, *layer)`와 `last.append(end)`, 끝에 "
        "`return x, torch.stack(last)`",
    ],
    en=[
        "A layer takes a sequence and gives a sequence. So what comes out of one layer can go straight into the next.",
        "Layer k: its input is the outputs of the layer below (x for layer 0), its start h[k], its weights layers[k]. "
        "Collect the last state of each layer and stack them: (L, B, H).",
        "`for start, layer in zip(h, layers):` with `x, end = rnn_unroll(x, start, *layer)` and `last.append(end)` "
        "inside; then `return x, torch.stack(last)`.",
    ],
)


# ---------------------------------------------------------------- bidirectional-rnn


@exercise("bidirectional-rnn", points=2, forbids=RNNS, returns=["outputs", "h_n"])
def bidirectional_rnn(x, h, forward, backward):
    module = nn.RNN(x.shape[2], h.shape[2], batch_first=True, bidirectional=True, dtype=x.dtype)
    return run(module, {"_l0": forward, "_l0_reverse": backward}, x, h)


@bidirectional_rnn.cases
def _(draw):
    for batch, steps, width, hidden in (
        (1, 3, 1, 1), (2, 4, 3, 2), (3, 3, 2, 2), (1, 1, 2, 3),
        (draw.integer(2, 4), draw.integer(2, 5), draw.integer(2, 4), draw.integer(2, 4)),
    ):  # fmt: skip
        yield (
            draw.normal(batch, steps, width, dtype=DOUBLE),
            draw.normal(2, batch, hidden, dtype=DOUBLE),
            weights(draw, width, hidden),
            weights(draw, width, hidden),
        )
    grads = [[w.requires_grad_() for w in weights(draw, 2, 3)] for _ in range(2)]
    start = draw.normal(2, 2, 3, dtype=DOUBLE).requires_grad_()
    x = draw.normal(2, 3, 2, dtype=DOUBLE).requires_grad_()
    yield Case((x, start, *grads), slopes=True)


def directions(x, h, forward, backward):
    """The outputs of both directions, each at its own word, and both last states."""
    there, end = unroll(x, h[0], *forward)
    back, start = unroll(x.flip(1), h[1], *backward)
    return there, back.flip(1), end, start


@bidirectional_rnn.accepts
def _(x, h, forward, backward):
    (left, right), T = h, x.shape[1]
    there, back = [], []
    for t in range(T):
        left, right = cell(x[:, t], left, *forward), cell(x[:, T - 1 - t], right, *backward)
        there.append(left)
        back.insert(0, right)
    pairs = [torch.hstack(pair) for pair in zip(there, back, strict=True)]
    return torch.stack(pairs, 1), torch.stack((left, right))


@bidirectional_rnn.mistake(
    "not-flipped-back",
    ko="뒤에서 읽은 결과를 되돌려 놓지 않았습니다. t번 칸에 t번 낱말의 상태가 오도록 결과도 시점을 따라 뒤집어야 합니다.",
    en="What the backward reading gives was not turned round again. Flip its outputs along time too, so that place t "
    "holds its state at word t.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back.flip(1)], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "weights-swapped",
    ko="두 방향의 가중치가 서로 바뀌었습니다. 앞에서부터는 forward, 뒤에서부터는 backward로 읽습니다.",
    en="The two directions have each other's weights. Read from the front with forward, from the end with backward.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, backward, forward)
    return torch.cat([there, back], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "never-flipped",
    ko="두 방향 모두 앞에서부터 읽습니다. 둘째 방향은 x를 시점을 따라 뒤집어(`x.flip(1)`) 읽어야 합니다.",
    en="Both directions read from the front. The second must read x turned round along time, `x.flip(1)`.",
)
def _(x, h, forward, backward):
    there, end = unroll(x, h[0], *forward)
    other, last = unroll(x, h[1], *backward)
    return torch.cat([there, other], 2), torch.stack([end, last])


@bidirectional_rnn.mistake(
    "flips-the-batch",
    ko="`flip(0)`은 *배치*를 뒤집습니다. 시점은 축 1입니다: `x.flip(1)`",
    en="`flip(0)` turns the *batch* round. Time is axis 1: `x.flip(1)`.",
)
def _(x, h, forward, backward):
    there, end = unroll(x, h[0], *forward)
    other, last = unroll(x.flip(0), h[1], *backward)
    return torch.cat([there, other.flip(0)], 2), torch.stack([end, last])


@bidirectional_rnn.mistake(
    "state-of-the-last-word",
    ko="outputs는 맞지만 h_n[1]이 틀렸습니다. 뒤에서 읽는 방향은 *첫* 낱말에서 끝나므로, outputs[:, −1]의 뒤쪽 절반은 낱말 하나만 "
    "읽은 상태입니다. 뒤집어 읽은 `rnn_unroll`이 돌려준 마지막 상태를 쓰세요.",
    en="outputs is right, h_n[1] is not. The backward direction ends at the *first* word; the second half of "
    "outputs[:, −1] has read one word only. Use the last state that the backward `rnn_unroll` returned.",
)
def _(x, h, forward, backward):
    there, back, end, _ = directions(x, h, forward, backward)
    return torch.cat([there, back], 2), torch.stack([end, back[:, -1]])


@bidirectional_rnn.mistake(
    "backward-first",
    ko="뒤로 읽은 결과가 앞에 왔습니다. 앞으로 읽은 것이 처음 H개, 뒤로 읽은 것이 나머지 H개입니다.",
    en="The backward reading comes first. The forward one is the first H numbers, the backward one the other H.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([back, there], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "states-swapped",
    ko="h_n의 순서가 뒤로, 앞으로입니다. h_n[0]이 앞으로 읽은 방향입니다.",
    en="h_n is in the order backward, forward. h_n[0] belongs to the forward direction.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back], 2), torch.stack([start, end])


@bidirectional_rnn.mistake(
    "summed",
    ko="두 방향을 더했습니다. 더하지 않고 특성의 축으로 *이어 붙여* (B, T, 2H)를 만듭니다.",
    en="The directions were added. They are not added but *joined* along the features, (B, T, 2H).",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return there + back, torch.stack([end, start])


@bidirectional_rnn.mistake(
    "joined-in-time",
    ko="두 방향을 시점의 축으로 이어 붙여 (B, 2T, H)가 되었습니다. 낱말마다 두 상태가 나란히 서도록 마지막 축으로 잇습니다: `dim=2`",
    en="The directions were joined along time, (B, 2T, H). Each word's two states stand side by side: join along the "
    "last axis, `dim=2`.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back], 1), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "joined-along-the-batch",
    ko="두 방향을 배치의 축으로 이어 붙여 (2B, T, H)가 되었습니다. `torch.cat`은 축을 말하지 않으면 축 0을 따라 잇습니다: `dim=2`를 주세요.",
    en="The directions were joined along the batch, (2B, T, H). Without being told, `torch.cat` joins along axis 0: give it "
    "`dim=2`.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back]), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "each-from-the-other-end",
    ko="forward가 뒤에서부터, backward가 앞에서부터 읽습니다. forward가 x를 읽고, 뒤집은 `x.flip(1)`은 backward가 읽습니다.",
    en="forward reads from the end, and backward from the front. It is forward that reads x, and backward that reads it turned "
    "round, `x.flip(1)`.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h.flip(0), backward, forward)
    return torch.cat([back, there], 2), torch.stack([start, end])


@bidirectional_rnn.mistake(
    "same-weights",
    ko="두 방향이 같은 가중치를 씁니다. 뒤로 읽는 방향에는 자기 가중치 backward가 있습니다.",
    en="Both directions use the same weights. The backward direction has its own, backward.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, forward)
    return torch.cat([there, back], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "same-start",
    ko="두 방향이 모두 h[0]에서 시작합니다. 뒤로 읽는 방향은 h[1]에서 시작합니다.",
    en="Both directions start from h[0]. The backward one starts from h[1].",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h[:1].expand_as(h), forward, backward)
    return torch.cat([there, back], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "starts-from-the-end",
    ko="뒤로 읽는 방향이 앞으로 읽은 방향의 마지막 상태에서 시작합니다. 두 방향은 서로를 모릅니다: 뒤로 읽는 방향은 h[1]에서 시작합니다.",
    en="The backward direction starts where the forward one ended. The two know nothing of each other: the backward one "
    "starts from h[1].",
)
def _(x, h, forward, backward):
    there, end = unroll(x, h[0], *forward)
    back, start = unroll(x.flip(1), end, *backward)
    return torch.cat([there, back.flip(1)], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "joined-states",
    ko="h_n을 (B, 2H)로 이어 붙였습니다. h_n은 방향을 쌓은 (2, B, H)입니다: `torch.stack`",
    en="h_n was joined to (B, 2H). It is the two directions stacked, (2, B, H): `torch.stack`.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back], 2), torch.cat([end, start], 1)


@bidirectional_rnn.mistake(
    "flips-the-features",
    ko="벡터의 *성분*을 뒤집었습니다(`flip(2)`, `flip(-1)`). 시점은 축 1입니다: `x.flip(1)`",
    en="The *components* of the vectors were turned round (`flip(2)`, `flip(-1)`). Time is axis 1: `x.flip(1)`.",
)
def _(x, h, forward, backward):
    there, end = unroll(x, h[0], *forward)
    other, last = unroll(x.flip(2), h[1], *backward)
    return torch.cat([there, other.flip(2)], 2), torch.stack([end, last])


STACKED_OUTPUTS = {
    "ko": "두 방향의 outputs를 `stack`으로 쌓아 축이 넷이 되었습니다. 새 축을 만들지 말고 마지막 축으로 *이어 붙여* (B, T, 2H)를 만듭니다: "
    "`torch.cat(…, dim=2)`.",
    "en": "The outputs of the two directions were stacked, which makes a fourth axis. *Join* them along the last axis instead, "
    "(B, T, 2H): `torch.cat(…, dim=2)`.",
}


def _stacked(axis):
    def answer(*args):
        there, back, end, start = directions(*args)
        return torch.stack([there, back], axis), torch.stack([end, start])

    return answer


bidirectional_rnn.mistake("stacked-outputs", **STACKED_OUTPUTS)(_stacked(0))
bidirectional_rnn.mistake("stacked-outputs-at-each-word", **STACKED_OUTPUTS)(_stacked(2))


@bidirectional_rnn.mistake(
    "states-stacked-at-each-sentence",
    ko="h_n이 (B, 2, H)입니다. 방향의 축은 맨 앞입니다. `torch.stack`에 축을 주지 않으면(`dim=0`) (2, B, H)가 됩니다.",
    en="h_n is (B, 2, H). The axis of the directions comes first: `torch.stack` without an axis, that is `dim=0`, makes it (2, B, H).",
)
def _(*args):
    there, back, end, start = directions(*args)
    return torch.cat([there, back], 2), torch.stack([end, start], 1)


@bidirectional_rnn.mistake(
    "a-pair-of-states",
    ko="h_n이 텐서 둘의 묶음입니다. `torch.stack`으로 하나의 (2, B, H) 텐서를 만드세요.",
    en="h_n is a pair of tensors. Make one (2, B, H) tensor of it with `torch.stack`.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back], 2), (end, start)


@bidirectional_rnn.mistake(
    "flips-only-the-result",
    ko="결과만 뒤집고 x는 뒤집지 않았습니다. 뒤 방향은 `x.flip(1)`을 읽고, 그 결과를 다시 뒤집습니다.",
    en="x was not turned round, only the result. The backward direction reads `x.flip(1)`, and then its outputs are flipped back.",
)
def _(x, h, forward, backward):
    there, end = unroll(x, h[0], *forward)
    back, start = unroll(x, h[1], *backward)
    return torch.cat([there, back.flip(1)], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "states-along-the-batch",
    ko="두 마지막 상태를 배치의 축으로 이어 (2B, H)가 되었습니다. `torch.stack([…, …])`으로 새 축을 만들어 (2, B, H)로 쌓으세요.",
    en="The two last states were joined along the batch, (2B, H). Stack them on a new axis, `torch.stack([…, …])`, (2, B, H).",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back], 2), torch.cat([end, start])


@bidirectional_rnn.mistake(
    "swapped-return",
    ko="둘의 순서가 바뀌었습니다. (outputs, h_n) 순서로 돌려주세요.",
    en="The two are swapped: return (outputs, h_n).",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.stack([end, start]), torch.cat([there, back], 2)


@bidirectional_rnn.mistake(
    "everything-backward-first",
    ko="outputs에서도 h_n에서도 뒤 방향이 앞에 왔습니다. PyTorch는 둘 다 앞 방향을 먼저 둡니다.",
    en="In the outputs and in h_n the backward direction comes first. PyTorch puts the forward one first in both.",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([back, there], 2), torch.stack([start, end])


@bidirectional_rnn.mistake(
    "from-zero",
    ko="두 방향이 모두 0에서 시작합니다. 앞으로 읽는 방향은 h[0], 뒤로 읽는 방향은 h[1]에서 시작합니다.",
    en="Both directions start from 0. The forward one starts from h[0], the backward one from h[1].",
)
def _(x, h, forward, backward):
    there, back, end, start = directions(x, torch.zeros_like(h), forward, backward)
    return torch.cat([there, back], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "backward-reads-the-states",
    ko="뒤로 읽는 방향이 x가 아니라 앞으로 읽은 방향의 상태를 읽습니다. 그것은 쌓기입니다. 두 방향은 같은 x를 읽습니다.",
    en="The backward direction reads the forward one's states instead of x. That is stacking: both directions read the same x.",
)
def _(x, h, forward, backward):
    there, end = unroll(x, h[0], *forward)
    back, start = unroll(there.flip(1), h[1], *backward)
    return torch.cat([there, back.flip(1)], 2), torch.stack([end, start])


@bidirectional_rnn.mistake(
    "detached-weights",
    ko="값은 맞지만 가중치로 기울기가 가지 않습니다. 새로 만든 모듈에 값을 옮겨 담았거나 `detach()`로 끊지 않았나요? 그러면 학습해도 배우지 못합니다.",
    en="The values are right, but no gradient reaches the weights: were they copied into a new module, or cut off by "
    "`detach()`? Then training would teach them nothing.",
)
def _(x, h, forward, backward):
    forward, backward = ([w.detach() for w in ws] for ws in (forward, backward))
    there, back, end, start = directions(x, h, forward, backward)
    return torch.cat([there, back], 2), torch.stack([end, start])


bidirectional_rnn.hints(
    ko=[
        "RNN 둘이 서로를 모른 채 같은 문장을 읽습니다. 하나는 앞에서, 하나는 뒤에서. 뒤에서 읽기란 뒤집은 문장을 앞에서 읽는 것입니다.",
        "뒤집은 문장의 결과도 뒤집혀 있으므로 다시 `flip(1)` 해서 낱말의 자리를 맞춥니다. 두 결과는 마지막 축으로 잇고(B, T, 2H), "
        "두 *마지막 상태*는 쌓습니다(2, B, H).",
        "`ahead, ahead_end = rnn_unroll(x, h[0], *forward)`, `behind, behind_end = rnn_unroll(x.flip(1), h[1], *backward)`, "
        "`return torch.cat([ahead, behind.flip(1)], dim=2), torch.stack([ahead_end, behind_end])`",
    ],
    en=[
        "Two RNNs read the same sentence and know nothing of each other, one from the front, one from the end. Reading "
        "from the end is reading the sentence turned round.",
        "What comes out of the turned sentence is turned as well: `flip(1)` again, so that each word has its place. "
        "Join the two along the last axis, (B, T, 2H), and stack the two *last states*, (2, B, H).",
        "`ahead, ahead_end = rnn_unroll(x, h[0], *forward)`, `behind, behind_end = rnn_unroll(x.flip(1), h[1], *backward)`, "
        "`return torch.cat([ahead, behind.flip(1)], dim=2), torch.stack([ahead_end, behind_end])`.",
    ],
)


# ---------------------------------------------------------------- output-shapes


@exercise(
    "output-shapes", points=2, all_or_nothing=True, forbids=RNNS,
    returns=["output", "h_n", "token_logits"],
)  # fmt: skip
def output_shapes(B, T, D, H, C, layers, directions, batch_first):
    rnn = nn.RNN(D, H, layers, bidirectional=directions == 2, batch_first=batch_first)
    head = nn.Linear(directions * H, C)
    with torch.no_grad():
        output, h_n = rnn(torch.zeros((B, T, D) if batch_first else (T, B, D)))
    return tuple(output.shape), tuple(h_n.shape), tuple(head(output).shape)


@output_shapes.cases
def _(draw):
    # Five different sizes: no two axes can be taken for one another.
    yield 10, 20, 3, 7, 5, 1, 1, False
    for number in (1, 2, 3):
        for both in (1, 2):
            for batch_first in (True, False):
                B, T, D, H, C = (draw.permutation(9)[:5] + 4).tolist()
                yield B, T, D, H, C, number, both, batch_first
    # Equal sizes, which hide an exchange: a right answer is right here too.
    yield 4, 4, 4, 4, 4, draw.integer(1, 4), draw.integer(1, 2), True


def shapes(B, T, D, H, C, layers, directions, batch_first):
    first = (B, T) if batch_first else (T, B)
    return (*first, directions * H), (layers * directions, B, H), (*first, C)


@output_shapes.accepts
def _(B, T, D, H, C, layers, directions, batch_first):
    x = torch.empty(B, T, 0)
    x = x if batch_first else x.transpose(0, 1)
    return [
        x.new_empty(*x.shape[:2], H * directions).shape,
        torch.Size([directions * layers, B, H]),
        [*x.shape[:2], C],
    ]


@output_shapes.mistake(
    "token-head-as-in-the-notes",
    ko="토큰 헤드의 모양이 언제나 (B, T, C)입니다. 노트에도 이렇게 적혀 있지만, 헤드는 마지막 축만 바꾸므로 output이 (T, B, …)이면 "
    "로짓도 (T, B, C)입니다.",
    en="The token head's shape is always (B, T, C). The notes print this too, but a head changes the last axis only: "
    "where output is (T, B, …), the logits are (T, B, C).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    return *shapes(B, T, D, H, C, layers, directions, batch_first)[:2], (B, T, C)


@output_shapes.mistake(
    "h-n-batch-first",
    ko="batch_first일 때 h_n에서도 배치를 앞에 두었습니다. batch_first는 입력과 output에만 통합니다. h_n은 *언제나* "
    "(층 × 방향, B, H)입니다.",
    en="With batch_first, h_n got its batch in front too. batch_first is about the input and output only: h_n is "
    "*always* (layers × directions, B, H).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, h_n, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (B, h_n[0], H) if batch_first else h_n, tokens


@output_shapes.mistake(
    "one-direction-in-output",
    ko="방향이 둘일 때 output의 마지막 축은 H가 아니라 2H입니다. 낱말마다 두 방향의 상태가 이어져 있습니다.",
    en="With two directions the last axis of output is 2H, not H: at each word the states of both are joined.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    return shapes(B, T, D, H, C, layers, directions, batch_first)[0][:2] + (H,), *shapes(
        B, T, D, H, C, layers, directions, batch_first
    )[1:]


@output_shapes.mistake(
    "wide-h-n",
    ko="h_n의 마지막 축에도 방향의 수를 곱했습니다. h_n에서 두 방향은 이어 붙지 않고 *앞 축에 쌓입니다*. 마지막 축은 언제나 H입니다.",
    en="The last axis of h_n was multiplied by the directions too. In h_n the directions are not joined but *stacked in "
    "front*; its last axis is always H.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (layers * directions, B, directions * H), tokens


@output_shapes.mistake(
    "directions-only-in-width",
    ko="h_n에서 방향을 마지막 축에 곱했습니다: (L, B, 2H). 방향은 앞 축으로 갑니다: (2L, B, H)",
    en="In h_n the directions went to the last axis, (L, B, 2H). They belong in front: (2L, B, H).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (layers, B, directions * H), tokens


@output_shapes.mistake(
    "no-directions-in-h-n",
    ko="h_n의 맨 앞은 층의 수만이 아니라 층 × 방향입니다. 방향마다 마지막 상태가 하나씩 있습니다.",
    en="The first axis of h_n is not the layers alone but layers × directions: each direction has a last state.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (layers, B, H), tokens


@output_shapes.mistake(
    "no-layers-in-h-n",
    ko="h_n에 맨 위층만 세었습니다. h_n에는 *모든* 층의 마지막 상태가 있습니다: 층 × 방향",
    en="h_n counts the top layer alone. It holds the last state of *every* layer: layers × directions.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (directions, B, H), tokens


@output_shapes.mistake(
    "layers-in-output",
    ko="output에 층의 수가 들어갔습니다. output은 맨 위층의 것뿐이라 층을 아무리 쌓아도 모양이 같습니다.",
    en="The number of layers got into output. output is the top layer's alone: its shape is the same for any number.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, h_n, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return (*output[:2], layers * directions * H), h_n, tokens


@output_shapes.mistake(
    "always-batch-first",
    ko="batch_first를 보지 않고 언제나 배치를 앞에 두었습니다. batch_first가 False이면(PyTorch의 기본값) 시점이 앞입니다: (T, B, …)",
    en="The batch always comes first, whatever batch_first says. Where it is False, PyTorch's default, time is in front: "
    "(T, B, …).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    return shapes(B, T, D, H, C, layers, directions, True)


@output_shapes.mistake(
    "always-time-first",
    ko="batch_first를 보지 않고 언제나 시점을 앞에 두었습니다. batch_first가 True이면 (B, T, …)입니다.",
    en="Time always comes first, whatever batch_first says. Where it is True it is (B, T, …).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    return shapes(B, T, D, H, C, layers, directions, False)


@output_shapes.mistake(
    "batch-first-inverted",
    ko="batch_first를 거꾸로 읽었습니다. True일 때 배치가 앞입니다: (B, T, …)",
    en="batch_first is read the wrong way round. True means that the batch comes first: (B, T, …).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    return shapes(B, T, D, H, C, layers, directions, not batch_first)


@output_shapes.mistake(
    "input-width",
    ko="output의 마지막 축에 입력의 길이 D가 들어갔습니다. 나오는 것은 상태이므로 H로 정해집니다. D는 어느 결과에도 나타나지 않습니다.",
    en="The input's width D got into the last axis of output. What comes out are states, of length H; D appears in none "
    "of the results.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, h_n, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return (*output[:2], directions * D), h_n, tokens


@output_shapes.mistake(
    "swapped",
    ko="output과 h_n의 자리가 바뀌었습니다. PyTorch는 (output, h_n) 순서로 돌려줍니다.",
    en="output and h_n are exchanged. PyTorch returns (output, h_n).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, h_n, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return h_n, output, tokens


@output_shapes.mistake(
    "wide-tokens",
    ko="토큰 로짓의 마지막 축에 방향의 수를 곱했습니다. 헤드는 방향이 몇이든 클래스 C개의 점수를 냅니다.",
    en="The last axis of the token logits was multiplied by the directions. However many there are, a head gives C scores.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, h_n, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, h_n, (*tokens[:2], directions * C)


@output_shapes.mistake(
    "four-axes",
    ko="h_n의 층과 방향을 두 축으로 나누었습니다. PyTorch는 둘을 한 축에 차례로 쌓습니다: (층 × 방향, B, H)",
    en="h_n has separate axes for layers and directions. PyTorch stacks both along one: (layers × directions, B, H).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (layers, directions, B, H), tokens


@output_shapes.mistake(
    "steps-in-h-n",
    ko="h_n에 시점의 수 T가 들어갔습니다. h_n은 마지막 시점뿐이라 T가 나타나지 않습니다: (층 × 방향, B, H)",
    en="The number of steps T got into h_n. It holds the last step only, so there is no T: (layers × directions, B, H).",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (layers * directions, T, H), tokens


@output_shapes.mistake(
    "one-answer-per-sequence",
    ko="토큰 헤드의 모양이 (B, C)입니다. 그것은 다대일 헤드입니다. 토큰 헤드는 *모든* 시점에 답하므로 output의 앞 두 축이 그대로 남습니다.",
    en="The token head's shape is (B, C): that is a many-to-one head. A token head answers at *every* step, so the first "
    "two axes of output remain.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    return *shapes(B, T, D, H, C, layers, directions, batch_first)[:2], (B, C)


@output_shapes.mistake(
    "ignores-directions",
    ko="방향의 수를 어디에도 쓰지 않았습니다. 양방향이면 output의 너비가 2H이고 h_n의 첫 축은 층 × 2입니다.",
    en="The number of directions is used nowhere. With two, the output is 2H wide and h_n has layers × 2 states.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    return shapes(B, T, D, H, C, layers, 1, batch_first)


@output_shapes.mistake(
    "one-in-front",
    ko="h_n의 첫 축이 언제나 1입니다. 한 층, 한 방향일 때만 그렇습니다. 층 × 방향을 쓰세요.",
    en="The first axis of h_n is always 1. That is so for one layer and one direction only: it is layers × directions.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (1, B, H), tokens


@output_shapes.mistake(
    "layers-plus-directions",
    ko="h_n의 첫 축에서 층과 방향을 더했습니다. *층마다* 방향의 수만큼 상태가 있으니 곱하세요.",
    en="In the first axis of h_n, layers and directions are added. *Each* layer has a state for each direction: multiply.",
)
def _(B, T, D, H, C, layers, directions, batch_first):
    output, _, tokens = shapes(B, T, D, H, C, layers, directions, batch_first)
    return output, (layers + directions, B, H), tokens


output_shapes.hints(
    ko=[
        "상자 그림에서 하나씩 읽으세요. output은 맨 위층의 *모든 시점*, h_n은 *모든 층과 방향*의 마지막 시점입니다. 헤드는 마지막 축만 바꿉니다.",
        "output의 마지막 축은 방향 × H이고, 앞의 두 축은 batch_first를 따릅니다. h_n은 batch_first와 상관없이 (층 × 방향, B, H)입니다.",
        "`first = (B, T) if batch_first else (T, B)`, `return (*first, directions * H), (layers * directions, B, H), (*first, C)`",
    ],
    en=[
        "Read them off the blocks. output is *every step* of the top layer, h_n the last step of *every layer and "
        "direction*. A head changes the last axis only.",
        "The last axis of output is directions × H, and its first two follow batch_first. h_n is (layers × directions, "
        "B, H) whatever batch_first says.",
        "`first = (B, T) if batch_first else (T, B)`, `return (*first, directions * H), (layers * directions, B, H), "
        "(*first, C)`.",
    ],
)


# ---------------------------------------------------------------- sentence-states


def torch_rnn(W_ih, W_hh, b_ih, b_hh, **options):
    module = nn.RNN(W_ih.shape[1], len(b_ih), dtype=W_ih.dtype, **options)
    module.load_state_dict(named({"_l0": (W_ih, W_hh, b_ih, b_hh)}))
    return module.requires_grad_(False)


@exercise("sentence-states", points=2)
def sentence_states(tokens, table, W_ih, W_hh, b_ih, b_hh):
    # One sentence at a time: nothing can get mixed.
    rnn = torch_rnn(W_ih, W_hh, b_ih, b_hh)
    return torch.stack([rnn(table[row][:, None])[1][0, 0] for row in tokens])


@sentence_states.cases
def _(draw):
    sizes = (2, 3, 2, 2), (1, 4, 2, 3), (3, 3, 2, 2), (draw.integer(2, 5), draw.integer(2, 6), 3, 4)
    for batch, steps, width, hidden in (*sizes, (4, 2, 3, 3)):
        table = draw.normal(7, width, dtype=DOUBLE)
        yield draw.integers(0, 6, batch, steps), table, *weights(draw, width, hidden)


@sentence_states.accepts
def _(tokens, table, *w):
    return unroll(table[tokens], torch.zeros(len(tokens), len(w[2]), dtype=table.dtype), *w)[1]


@sentence_states.accepts
def _(tokens, table, *w):
    return torch_rnn(*w, batch_first=True)(table[tokens])[1].squeeze(0)


@sentence_states.accepts
def _(tokens, table, *w):
    return torch_rnn(*w)(table[tokens.T])[0][-1]


@sentence_states.mistake(
    "as-it-was",
    ko="고장 난 그대로입니다. `nn.RNN`은 batch_first를 주지 않으면 첫 축을 *시점*으로 읽습니다. 그래서 문장 0의 끝에서 문장 1로, 다시 "
    "문장 2로 상태가 흘러듭니다. (이미 축을 바꾼 x에 batch_first=True까지 주어도 이렇게 됩니다.)",
    en="This is still broken as it was. Without batch_first, `nn.RNN` takes the first axis for *time*: the state flows "
    "from sentence 0 into sentence 1, and on into sentence 2. (batch_first=True on an x already transposed does the same.)",
)
def _(tokens, table, *w):
    return torch_rnn(*w)(table[tokens])[0][:, -1]


@sentence_states.mistake(
    "reshaped",
    ko="`reshape`나 `view`로 (T, B, D)를 만들었습니다. 모양은 맞지만 수를 차례로 다시 담을 뿐이라 여전히 문장이 섞입니다. 축을 바꾸는 것은 "
    "`transpose(0, 1)`입니다.",
    en="The (T, B, D) tensor was made by `reshape` or `view`. The shape is right, but the numbers are only refilled in "
    "order, and the sentences are still mixed. To exchange axes use `transpose(0, 1)`.",
)
def _(tokens, table, *w):
    x = table[tokens]
    B, T, D = x.shape
    return torch_rnn(*w)(x.reshape(T, B, D))[0][-1]


@sentence_states.mistake(
    "last-sentence",
    ko="축은 바로잡았지만 *마지막 문장*의 모든 시점을 꺼냈습니다. batch_first=True이면 output이 (B, T, H)라서 마지막 시점은 `[:, -1]`이고, "
    "축을 바꾸어 (T, B, D)를 넣었다면 (T, B, H)라서 `[-1]`입니다.",
    en="The axes are put right, but what is taken is every step of the *last sentence*. With batch_first=True output is "
    "(B, T, H), and the last step is `[:, -1]`; if you put in (T, B, D), output is (T, B, H), and it is `[-1]`.",
)
def _(tokens, table, *w):
    return torch_rnn(*w, batch_first=True)(table[tokens])[0][-1]


@sentence_states.mistake(
    "with-the-layer-axis",
    ko="값은 맞지만 h_n의 층 축이 남아 (1, B, H)입니다. `h_n[0]`이나 `h_n[-1]`로 (B, H)를 꺼내세요.",
    en="The values are right, but the layer axis of h_n is still there, (1, B, H). Take (B, H) with `h_n[0]` or `h_n[-1]`.",
)
def _(tokens, table, *w):
    return torch_rnn(*w, batch_first=True)(table[tokens])[1]


@sentence_states.mistake(
    "first-step",
    ko="*첫* 낱말만 읽은 상태입니다. 마지막 시점의 것을 꺼내세요.",
    en="This is the state after the *first* word. Take the one at the last step.",
)
def _(tokens, table, *w):
    return torch_rnn(*w, batch_first=True)(table[tokens])[0][:, 0]


@sentence_states.mistake(
    "mean-of-steps",
    ko="모든 시점의 상태를 평균 냈습니다. 필요한 것은 마지막 낱말까지 읽은 상태 하나입니다.",
    en="The states of all steps were averaged. Wanted is the one after the last word.",
)
def _(tokens, table, *w):
    return torch_rnn(*w, batch_first=True)(table[tokens])[0].mean(1)


@sentence_states.mistake(
    "every-step",
    ko="모든 시점의 상태를 돌려주었습니다. 문장마다 마지막 시점의 것 하나만 꺼내 (B, H)로 만드세요.",
    en="The states of all steps are returned. Take only the last step's for each sentence: (B, H).",
)
def _(tokens, table, *w):
    return torch_rnn(*w, batch_first=True)(table[tokens])[0]


@sentence_states.mistake(
    "mixed-h-n",
    ko="결과가 (T, H)입니다. RNN이 시점을 문장으로, 문장을 시점으로 읽었습니다. batch_first=True와 `transpose(0, 1)` 가운데 *하나만* 쓰세요. "
    "둘 다 없어도, 둘 다 있어도 이렇게 됩니다.",
    en="The result is (T, H): the RNN took steps for sentences and sentences for steps. Use *one* of batch_first=True and "
    "`transpose(0, 1)`; this happens with neither, and with both.",
)
def _(tokens, table, *w):
    return torch_rnn(*w)(table[tokens])[1][0]


@sentence_states.mistake(
    "backwards",
    ko="문장을 뒤에서부터 읽었습니다. 뒤집을 것은 없습니다. 바꿀 것은 축의 자리입니다.",
    en="The sentences are read from the end. Nothing needs flipping: it is two axes that must change places.",
)
def _(tokens, table, *w):
    return torch_rnn(*w, batch_first=True)(table[tokens].flip(1))[1][0]


sentence_states.hints(
    ko=[
        "고장 난 함수에서 x의 모양은 (B, T, D)입니다. `nn.RNN`은 그 첫 축을 무엇이라고 생각할까요?",
        "두 가지 길이 있습니다. `batch_first=True`를 주면 입력도 output도 (B, T, …)입니다. 아니면 `transpose(0, 1)`로 (T, B, D)를 만들어 넣고, "
        "나온 것이 (T, B, H)임을 기억하세요. 어느 쪽이든 h_n은 (1, B, H)입니다.",
        "`rnn = torch_rnn(W_ih, W_hh, b_ih, b_hh, batch_first=True)`, `output, h_n = rnn(x)`, `return output[:, -1]`",
    ],
    en=[
        "In the broken function x is (B, T, D). What does `nn.RNN` take the first axis for?",
        "There are two ways. With `batch_first=True` both input and output are (B, T, …). Or make it (T, B, D) with "
        "`transpose(0, 1)`, and remember that what comes out is (T, B, H). Either way h_n is (1, B, H).",
        "`rnn = torch_rnn(W_ih, W_hh, b_ih, b_hh, batch_first=True)`, `output, h_n = rnn(x)`, `return output[:, -1]`.",
    ],
)


# ---------------------------------------------------------------- many-to-one-head


@exercise("many-to-one-head")
def many_to_one_head(h_n, W, b, directions):
    rows = []
    for sample in range(h_n.shape[1]):  # one sequence at a time, its directions in order
        layers = h_n[:, sample].reshape(-1, directions * h_n.shape[2])
        rows.append(F.linear(layers[-1], W, b))
    return torch.stack(rows)


@many_to_one_head.cases
def _(draw):
    yield (
        tensor(1.0, 2.0, 3.0, 4.0).reshape(1, 2, 2), tensor(1.0, 0.0, 0.0, 10.0).reshape(2, 2),
        tensor(0.5, -0.5), 1,
    )  # fmt: skip
    for layers, both, batch, hidden, classes in (
        (1, 2, 2, 2, 2), (2, 1, 3, 2, 2), (3, 2, 3, 4, 2), (2, 2, 1, 3, 5), (1, 1, 3, 3, 3), (1, 2, 4, 2, 4), (1, 1, 2, 3, 1),
        (2, 2, draw.integer(2, 5), draw.integer(2, 5), draw.integer(2, 5)),
    ):  # fmt: skip
        yield (
            draw.normal(layers * both, batch, hidden, dtype=DOUBLE),
            draw.normal(classes, both * hidden, dtype=DOUBLE),
            draw.normal(classes, dtype=DOUBLE), both,
        )  # fmt: skip
    parts = [draw.normal(*shape, dtype=DOUBLE) for shape in ((4, 3, 2), (2, 4), (2,))]
    yield Case((*(part.requires_grad_() for part in parts), 2), slopes=True)


def top(h_n, both):
    return torch.cat(list(h_n[-both:]), 1)


@many_to_one_head.accepts
def _(h_n, W, b, directions):
    return torch.einsum("dbh,cdh->bc", h_n[-directions:], W.unflatten(1, (directions, -1))) + b


@many_to_one_head.accepts
def _(h_n, W, b, directions):
    state = torch.hstack((h_n[-2], h_n[-1])) if directions == 2 else h_n[-1]
    return torch.addmm(b, state, W.T)


@many_to_one_head.mistake(
    "squeeze",
    ko="노트처럼 `h_n.squeeze(0)`을 썼습니다. 층과 방향이 하나뿐일 때만 통합니다. h_n의 첫 축이 1이 아니면 `squeeze(0)`은 *아무것도* 하지 "
    "않고, 오류도 나지 않습니다.",
    en="This is `h_n.squeeze(0)`, as in the notes. It works for one layer and one direction only: where the first axis of "
    "h_n is not 1, `squeeze(0)` does *nothing*, without an error.",
)
def _(h_n, W, b, directions):
    return h_n.squeeze(0) @ W.T + b


@many_to_one_head.mistake(
    "first-layer",
    ko="맨 *아래층*의 상태를 썼습니다. 맨 위층은 h_n의 *끝*에 있습니다: `h_n[-1]`, 방향이 둘이면 `h_n[-2]`와 `h_n[-1]`",
    en="The *lowest* layer's state is used. The top layer stands at the *end* of h_n: `h_n[-1]`, or with two directions "
    "`h_n[-2]` and `h_n[-1]`.",
)
def _(h_n, W, b, directions):
    return torch.cat(list(h_n[:directions]), 1) @ W.T + b


@many_to_one_head.mistake(
    "last-only",
    ko="방향이 둘이면 헤드에 (B, 2H)가 들어가야 하는데 길이 H인 벡터가 들어갔습니다. 상태를 하나만 썼거나, 둘을 더했거나, 새 축에 쌓았거나, 배치의 축으로 이었습니다. "
    "`torch.cat([h_n[-2], h_n[-1]], dim=1)`로 이으세요.",
    en="With two directions the head must get (B, 2H), and here it gets vectors of length H: a single state is used, or two "
    "were added, stacked, or joined along the batch. Join them with `torch.cat([h_n[-2], h_n[-1]], dim=1)`.",
)
def _(h_n, W, b, directions):
    return h_n[-1] @ W.T + b


@many_to_one_head.mistake(
    "backward-first",
    ko="뒤로 읽은 상태가 앞에 왔습니다. W의 처음 H열은 앞으로 읽은 방향(`h_n[-2]`)의 것입니다.",
    en="The backward state comes first. The first H columns of W belong to the forward direction, `h_n[-2]`.",
)
def _(h_n, W, b, directions):
    return torch.cat(list(h_n[-directions:].flip(0)), 1) @ W.T + b


@many_to_one_head.mistake(
    "reshaped",
    ko="(2, B, H)를 `reshape(B, -1)`로 (B, 2H)로 만들었습니다. 모양은 맞지만 서로 다른 문장의 상태가 한 줄에 섞입니다. 방향마다 꺼내 "
    "`torch.cat`으로 이으세요.",
    en="(2, B, H) was made (B, 2H) by `reshape(B, -1)`. The shape is right, but states of different sentences get mixed "
    "in one row. Take each direction and join them with `torch.cat`.",
)
def _(h_n, W, b, directions):
    return h_n[-directions:].reshape(h_n.shape[1], -1) @ W.T + b


@many_to_one_head.mistake(
    "no-bias",
    ko="편향 b를 더하지 않았습니다.",
    en="The bias b is not added.",
)
def _(h_n, W, b, directions):
    return top(h_n, directions) @ W.T


@many_to_one_head.mistake(
    "softmax",
    ko="소프트맥스까지 했습니다. 헤드는 로짓을 돌려줍니다. 소프트맥스는 손실이 합니다(7장).",
    en="A softmax was applied too. A head returns logits; the softmax is the loss's business (chapter 7).",
)
def _(h_n, W, b, directions):
    return (top(h_n, directions) @ W.T + b).softmax(1)


@many_to_one_head.mistake(
    "tanh-again",
    ko="로짓에 tanh를 씌웠습니다. 로짓은 아무 수나 될 수 있어야 합니다. tanh는 셀 안에만 있습니다.",
    en="The logits went through a tanh. A logit may be any number; the tanh belongs inside the cell.",
)
def _(h_n, W, b, directions):
    return torch.tanh(top(h_n, directions) @ W.T + b)


@many_to_one_head.mistake(
    "every-layer",
    ko="층마다 로짓을 냈습니다. 맨 위층의 것만 써서 (B, C)를 돌려주세요.",
    en="There are logits for every layer. Use the top layer's state alone, and return (B, C).",
)
def _(h_n, W, b, directions):
    each = [torch.cat(list(part), 1) @ W.T + b for part in h_n.split(directions)]
    return torch.stack(each)


@many_to_one_head.mistake(
    "not-transposed",
    ko="W를 전치하지 않았습니다. W는 (C, directions·H)이므로 `state @ W.T`입니다.",
    en="W is not transposed. It is (C, directions·H): `state @ W.T`.",
)
def _(h_n, W, b, directions):
    return top(h_n, directions) @ W + b


@many_to_one_head.mistake(
    "column-of-states",
    ko="로짓이 (C, B)로 누워 있습니다. 한 줄이 문장 하나인 (B, C)로 돌려주세요.",
    en="The logits lie on their side, (C, B). Return (B, C), one sentence a row.",
)
def _(h_n, W, b, directions):
    return (top(h_n, directions) @ W.T + b).T


@many_to_one_head.mistake(
    "first-state",
    ko="`h_n[0]`은 맨 아래층의 앞 방향입니다. 맨 위층은 h_n의 *끝*에 있습니다: `h_n[-1]`, 방향이 둘이면 `h_n[-2]`와 `h_n[-1]`",
    en="`h_n[0]` is the lowest layer's forward state. The top layer stands at the *end* of h_n: `h_n[-1]`, or with two "
    "directions `h_n[-2]` and `h_n[-1]`.",
)
def _(h_n, W, b, directions):
    return h_n[0] @ W.T + b


@many_to_one_head.mistake(
    "all-joined",
    ko="h_n의 상태를 *모두* 이어 붙였습니다. 층이 여럿이면 맨 위층의 것만 필요합니다: `h_n[-directions:]`",
    en="*All* states of h_n were joined. With several layers only the top one's are wanted: `h_n[-directions:]`.",
)
def _(h_n, W, b, directions):
    return torch.cat(list(h_n), 1) @ W.T + b


@many_to_one_head.mistake(
    "mean-of-states",
    ko="h_n을 첫 축으로 평균 냈습니다. 층과 방향은 섞이지 않습니다. 맨 위층의 것을 꺼내고, 방향이 둘이면 이어 붙이세요.",
    en="h_n was averaged over its first axis. Layers and directions are not blended: take the top layer's, and with two "
    "directions join them.",
)
def _(h_n, W, b, directions):
    return h_n.mean(0) @ W.T + b


@many_to_one_head.mistake(
    "first-two",
    ko="방향이 둘일 때 `h_n[0]`과 `h_n[1]`을 썼습니다. 층이 여럿이면 그것은 맨 *아래층*입니다. 뒤에서 세세요: `h_n[-2]`, `h_n[-1]`",
    en="With two directions `h_n[0]` and `h_n[1]` are used. With several layers these are the *lowest* one's. Count from "
    "the end: `h_n[-2]`, `h_n[-1]`.",
)
def _(h_n, W, b, directions):
    return (h_n[-1] if directions == 1 else torch.cat([h_n[0], h_n[1]], 1)) @ W.T + b


@many_to_one_head.mistake(
    "always-two",
    ko="방향이 하나면 뒤 방향의 상태가 없습니다. `h_n[-1]`만 쓰거나 `h_n[-directions:]`를 쓰세요.",
    en="With one direction there is no backward state: take `h_n[-1]` alone, or `h_n[-directions:]`.",
)
def _(h_n, W, b, directions):
    return torch.cat([h_n[-2], h_n[-1]], 1) @ W.T + b


@many_to_one_head.mistake(
    "sigmoid",
    ko="헤드에 시그모이드를 씌웠습니다. 돌려줄 것은 로짓입니다. 확률은 손실 함수가 알아서 만듭니다.",
    en="The head ends in a sigmoid. What is asked for are logits; the loss makes probabilities of them.",
)
def _(h_n, W, b, directions):
    return torch.sigmoid(top(h_n, directions) @ W.T + b)


@many_to_one_head.mistake(
    "all-forward-first",
    ko="h_n의 앞 절반이 앞 방향, 뒤 절반이 뒤 방향이라고 보았습니다. h_n은 층마다 앞 방향과 뒤 방향이 번갈아 쌓입니다: 맨 위층은 `h_n[-2]`와 `h_n[-1]`입니다.",
    en="This takes the first half of h_n for the forward states and the second for the backward ones. They alternate, layer by "
    "layer: the top layer's are `h_n[-2]` and `h_n[-1]`.",
)
def _(h_n, W, b, directions):
    half = len(h_n) // 2
    return (h_n[-1] if directions == 1 else torch.cat([h_n[half - 1], h_n[-1]], 1)) @ W.T + b


@many_to_one_head.mistake(
    "first-and-last",
    ko="방향이 둘일 때 `h_n[0]`과 `h_n[-1]`을 썼습니다. 층이 여럿이면 `h_n[0]`은 맨 *아래층*의 것입니다. 앞 방향은 `h_n[-2]`입니다.",
    en="With two directions `h_n[0]` and `h_n[-1]` are used. With several layers `h_n[0]` is the *lowest* one's: the forward "
    "state is `h_n[-2]`.",
)
def _(h_n, W, b, directions):
    return (h_n[-1] if directions == 1 else torch.cat([h_n[0], h_n[-1]], 1)) @ W.T + b


@many_to_one_head.mistake(
    "stacked",
    ko="`torch.stack`은 새 축을 만들어 헤드에 (B, directions, H)가 들어갑니다. 방향이 하나면 답에 축이 하나 남고, 둘이면 W와 맞지 않습니다. 두 상태를 "
    "`torch.cat(…, dim=1)`로 이어 붙이세요.",
    en="`torch.stack` makes a new axis, and the head gets (B, directions, H): with one direction the answer keeps an axis too many, "
    "with two it does not fit W. Join the states with `torch.cat(…, dim=1)`.",
)
def _(h_n, W, b, directions):
    return torch.stack(list(h_n[-directions:]), 1) @ W.T + b


@many_to_one_head.mistake(
    "interleaved",
    ko="두 방향의 수가 번갈아 섞였습니다. W의 처음 H열은 앞 방향의 것, 나머지 H열은 뒤 방향의 것입니다. 새 축에 쌓아 펴지 말고 "
    "`torch.cat([h_n[-2], h_n[-1]], dim=1)`로 이으세요.",
    en="The numbers of the two directions alternate. The first H columns of W belong to the forward direction, the other H to the "
    "backward one. Do not stack and flatten: join with `torch.cat([h_n[-2], h_n[-1]], dim=1)`.",
)
def _(h_n, W, b, directions):
    return torch.stack(list(h_n[-directions:]), 2).flatten(1) @ W.T + b


NEW_LAYER = {
    "ko": "값은 맞지만 W와 b로 기울기가 가지 않습니다. 새 `nn.Linear`에 값을 옮겨 담았거나 `detach()`로 끊지 않았나요? 그러면 학습해도 헤드가 배우지 못합니다. "
    "받은 W와 b로 계산하세요.",
    "en": "The values are right, but no gradient reaches W and b: were they copied into a new `nn.Linear`, or cut off by "
    "`detach()`? Then training would teach the head nothing. Compute with the W and b given.",
}


@many_to_one_head.mistake("a-new-layer", **NEW_LAYER)
def _(h_n, W, b, directions):
    return top(h_n, directions) @ W.detach().T + b.detach()


SQUEEZED = {
    "ko": "클래스가 하나이면 마지막 축이 사라집니다. `squeeze`는 크기 1인 축을 없앱니다. 축이 하나뿐인 클래스의 것이어도 남겨 두세요.",
    "en": "With a single class the last axis is gone: `squeeze` removes an axis of size 1. It belongs to the classes, even if "
    "there is only one of them: leave it.",
}


@many_to_one_head.mistake("squeezed", **SQUEEZED)
def _(*args):
    return many_to_one_head(*args).squeeze(-1)


many_to_one_head.hints(
    ko=[
        "h_n에는 모든 층과 방향의 마지막 상태가 아래층부터 쌓여 있습니다. 맨 위층은 어디에 있나요? 방향이 둘이면 그 층의 것은 몇 개인가요?",
        "방향이 하나면 `h_n[-1]` (B, H), 둘이면 `h_n[-2]`(앞으로)와 `h_n[-1]`(뒤로)을 dim=1로 이어 붙인 (B, 2H)입니다. 그다음은 선형 층입니다.",
        "`state = torch.cat(list(h_n[-directions:]), dim=1)`, `return state @ W.T + b`",
    ],
    en=[
        "h_n stacks the last states of all layers and directions, lowest layer first. Where is the top layer? With two "
        "directions, how many of them belong to it?",
        "With one direction it is `h_n[-1]`, (B, H); with two, `h_n[-2]` (forward) and `h_n[-1]` (backward) joined along dim=1, "
        "(B, 2H). The rest is a linear layer.",
        "`state = torch.cat(list(h_n[-directions:]), dim=1)`, `return state @ W.T + b`.",
    ],
)


# ---------------------------------------------------------------- many-to-many-head


@exercise("many-to-many-head")
def many_to_many_head(outputs, W, b):
    return torch.stack([torch.stack([W @ h + b for h in step]) for step in outputs])


@many_to_many_head.cases
def _(draw):
    yield tensor(1.0, 2.0, 3.0).reshape(3, 1, 1), column(1.0, 10.0), tensor(0.0, 0.5)
    sizes = (4, 2, 3, 2), (3, 3, 2, 2), (1, 3, 2, 4), (3, 2, 4, 1)
    sizes += (tuple(draw.integer(2, 5) for _ in range(4)),)
    for steps, batch, hidden, classes in sizes:
        yield (
            draw.normal(steps, batch, hidden, dtype=DOUBLE),
            draw.normal(classes, hidden, dtype=DOUBLE),
            draw.normal(classes, dtype=DOUBLE),
        )
    yield draw.normal(20, 10, 4), draw.normal(5, 4), draw.normal(5)
    parts = [draw.normal(*shape).requires_grad_() for shape in ((3, 2, 4), (2, 4), (2,))]
    yield Case(tuple(parts), slopes=True)


@many_to_many_head.accepts
def _(outputs, W, b):
    return F.linear(outputs, W, b)


@many_to_many_head.accepts
def _(outputs, W, b):
    T, B, H = outputs.shape
    return torch.addmm(b, outputs.reshape(T * B, H), W.T).reshape(T, B, -1)


@many_to_many_head.mistake(
    "batch-in-front",
    ko="축이 (B, T, C)로 바뀌었습니다. 노트에도 이렇게 찍혀 있지만, 헤드는 마지막 축만 바꿉니다. 들어온 것이 (T, B, H)이면 나가는 것은 "
    "(T, B, C)입니다.",
    en="The axes have become (B, T, C). The notes print this too, but a head changes the last axis only: (T, B, H) in, "
    "(T, B, C) out.",
)
def _(outputs, W, b):
    return (outputs @ W.T + b).transpose(0, 1)


@many_to_many_head.mistake(
    "reshaped",
    ko="`reshape`나 `view`로 (B, T, C)를 만들었습니다. 축의 순서가 다를 뿐 아니라 문장까지 섞였습니다. 앞의 두 축은 그대로 두세요.",
    en="A (B, T, C) tensor was made by `reshape` or `view`. Not only are the axes in another order, the sentences are "
    "mixed as well. Leave the first two axes alone.",
)
def _(outputs, W, b):
    T, B, _ = outputs.shape
    return (outputs @ W.T + b).reshape(B, T, -1)


@many_to_many_head.mistake(
    "flattened",
    ko="(T·B, C)로 펴진 채 돌려주었습니다. 시점과 배치의 축을 되살려 (T, B, C)로 만드세요.",
    en="It is still flattened, (T·B, C). Give it back its axes of time and batch: (T, B, C).",
)
def _(outputs, W, b):
    return outputs.flatten(0, 1) @ W.T + b


@many_to_many_head.mistake(
    "last-step",
    ko="마지막 시점에서만 로짓을 냈습니다. 그것은 다대일입니다. 여기서는 *모든* 시점에서 냅니다.",
    en="There are logits for the last step only: that is many-to-one. Here *every* step gets them.",
)
def _(outputs, W, b):
    return outputs[-1] @ W.T + b


@many_to_many_head.mistake(
    "mean-over-time",
    ko="시점을 따라 평균을 냈습니다. 시점마다 따로 로짓이 필요합니다.",
    en="It is averaged over time. Every step needs logits of its own.",
)
def _(outputs, W, b):
    return (outputs @ W.T + b).mean(0)


@many_to_many_head.mistake(
    "no-bias",
    ko="편향 b를 더하지 않았습니다.",
    en="The bias b is not added.",
)
def _(outputs, W, b):
    return outputs @ W.T


@many_to_many_head.mistake(
    "softmax",
    ko="소프트맥스까지 했습니다. 헤드는 로짓을 돌려줍니다. 소프트맥스는 손실이 합니다(7장).",
    en="A softmax was applied too. A head returns logits; the softmax is the loss's business (chapter 7).",
)
def _(outputs, W, b):
    return (outputs @ W.T + b).softmax(-1)


@many_to_many_head.mistake(
    "not-transposed",
    ko="W를 전치하지 않았습니다. W는 (C, H)이므로 `outputs @ W.T`입니다. H와 C가 같으면 오류도 나지 않습니다.",
    en="W is not transposed. It is (C, H): `outputs @ W.T`. Where H equals C no error warns you.",
)
def _(outputs, W, b):
    return outputs @ W + b


@many_to_many_head.mistake(
    "classes-in-front",
    ko="클래스의 축이 앞으로 왔습니다(`W @ …`). 클래스는 마지막 축입니다: (T, B, C)",
    en="The axis of the classes has come before the batch (`W @ …`). Classes are the last axis: (T, B, C).",
)
def _(outputs, W, b):
    return (outputs @ W.T + b).transpose(1, 2)


@many_to_many_head.mistake(
    "classes-numbers",
    ko="argmax로 클래스 번호까지 골랐습니다. 헤드가 돌려줄 것은 로짓 (T, B, C)입니다.",
    en="argmax has already picked class numbers. A head returns the logits, (T, B, C).",
)
def _(outputs, W, b):
    return (outputs @ W.T + b).argmax(-1)


@many_to_many_head.mistake(
    "sigmoid",
    ko="헤드에 시그모이드를 씌웠습니다. 돌려줄 것은 로짓입니다.",
    en="The head ends in a sigmoid. What is asked for are logits.",
)
def _(outputs, W, b):
    return torch.sigmoid(outputs @ W.T + b)


@many_to_many_head.mistake(
    "tanh",
    ko="헤드에 tanh를 또 씌웠습니다. 돌려줄 것은 선형 층의 결과, 로짓입니다.",
    en="The head ends in another tanh. What is asked for is the linear layer's result, the logits.",
)
def _(outputs, W, b):
    return torch.tanh(outputs @ W.T + b)


@many_to_many_head.mistake(
    "log-softmax",
    ko="log_softmax까지 했습니다. 돌려줄 것은 로짓이고, 그 일은 `cross_entropy`가 합니다.",
    en="A log_softmax was applied. What is asked for are logits; `cross_entropy` does the rest.",
)
def _(outputs, W, b):
    return torch.log_softmax(outputs @ W.T + b, -1)


@many_to_many_head.mistake("a-new-layer", **NEW_LAYER)
def _(outputs, W, b):
    return outputs @ W.detach().T + b.detach()


@many_to_many_head.mistake("squeezed", **SQUEEZED)
def _(*args):
    return many_to_many_head(*args).squeeze(-1)


many_to_many_head.hints(
    ko=[
        "시점과 문장이 몇 개든, 상태 하나(H)를 로짓(C)으로 바꾸는 일은 똑같습니다. 앞의 두 축은 그대로 둡니다.",
        "`@`는 앞의 축들을 건드리지 않고 마지막 축에 행렬을 곱합니다: (T, B, H) @ (H, C) → (T, B, C).",
        "`return outputs @ W.T + b`",
    ],
    en=[
        "However many steps and sentences there are, turning one state (H) into logits (C) is the same work. The first "
        "two axes stay as they are.",
        "`@` leaves the axes in front alone and multiplies the last one by the matrix: (T, B, H) @ (H, C) → (T, B, C).",
        "`return outputs @ W.T + b`.",
    ],
)


# ---------------------------------------------------------------- pad-batch


@exercise("pad-batch")
def pad_batch(sequences, pad_id, batch_first):
    tensors = [torch.tensor(s, dtype=torch.int64) for s in sequences]
    return nn.utils.rnn.pad_sequence(tensors, batch_first=batch_first, padding_value=pad_id)


@pad_batch.cases
def _(draw):
    yield [[5, 3, 8, 4], [7], [2, 9]], 0, True
    yield [[5, 3, 8, 4], [7], [2, 9]], 0, False
    yield [[4, 0, 6, 1]], 0, False
    yield [[3, 0, 4], [5]], 9, True  # 0 may be a word
    for pad_id, batch_first in ((9, True), (0, False), (99, False)):
        lengths = [1, *draw.integers(2, 6, draw.integer(2, 4)).tolist(), 7]
        lengths = [lengths[k] for k in draw.permutation(len(lengths)).tolist()]
        yield [draw.integers(1, 50, n).tolist() for n in lengths], pad_id, batch_first
    yield [draw.integers(1, 50, 3).tolist() for _ in range(3)], 0, False  # as many steps as rows


def rows_of(sequences, pad_id):
    longest = max(map(len, sequences))
    return torch.tensor([list(s) + [pad_id] * (longest - len(s)) for s in sequences])


@pad_batch.accepts
def _(sequences, pad_id, batch_first):
    B, T = len(sequences), max(map(len, sequences))
    batch = torch.full((B, T), pad_id) if batch_first else torch.full((T, B), pad_id)
    for row, sequence in enumerate(sequences):
        for t, token in enumerate(sequence):
            batch[(row, t) if batch_first else (t, row)] = token
    return batch


@pad_batch.accepts
def _(sequences, pad_id, batch_first):
    import itertools

    steps = torch.tensor(list(itertools.zip_longest(*sequences, fillvalue=pad_id)))  # (T, B)
    return steps.T if batch_first else steps


@pad_batch.mistake(
    "in-place",
    ko="결과는 맞지만 부른 쪽의 리스트를 고쳤습니다(`+=`, `append`, 또는 노트처럼 `sequences[i] = …`). 셀을 두 번 실행하면 모든 리뷰의 길이가 "
    "똑같아집니다. 새 리스트를 만드세요.",
    en="The result is right, but the caller's lists were changed (`+=`, `append`, or `sequences[i] = …` as in the notes). "
    "Run the cell twice, and all reviews are equally long. Build new lists.",
)
def _(sequences, pad_id, batch_first):
    longest = max(map(len, sequences))
    for sequence in sequences:
        sequence += [pad_id] * (longest - len(sequence))
    batch = torch.tensor(sequences)
    return batch if batch_first else batch.T


@pad_batch.mistake(
    "always-batch-first",
    ko="batch_first를 보지 않고 언제나 (B, T)를 돌려주었습니다. False이면 시점이 앞인 (T, B)입니다.",
    en="It is always (B, T), whatever batch_first says. Where it is False, time comes first: (T, B).",
)
def _(sequences, pad_id, batch_first):
    return rows_of(sequences, pad_id)


@pad_batch.mistake(
    "always-time-first",
    ko="batch_first를 보지 않고 언제나 (T, B)를 돌려주었습니다. `pad_sequence`의 기본값도 그렇습니다. True이면 (B, T)입니다.",
    en="It is always (T, B), whatever batch_first says; that is also what `pad_sequence` does by default. Where it is True "
    "it is (B, T).",
)
def _(sequences, pad_id, batch_first):
    return rows_of(sequences, pad_id).T


@pad_batch.mistake(
    "inverted",
    ko="batch_first를 거꾸로 읽었습니다. True일 때 배치가 앞인 (B, T)입니다.",
    en="batch_first is read the wrong way round: True means (B, T), the batch in front.",
)
def _(sequences, pad_id, batch_first):
    batch = rows_of(sequences, pad_id)
    return batch.T if batch_first else batch


@pad_batch.mistake(
    "reshaped",
    ko="(T, B)를 `reshape`나 `view`로 만들었습니다. 모양은 맞지만 시퀀스가 섞였습니다. 축을 바꾸려면 전치합니다: `.T`",
    en="(T, B) was made by `reshape` or `view`. The shape is right, but the sequences are mixed. To exchange axes, "
    "transpose: `.T`.",
)
def _(sequences, pad_id, batch_first):
    batch = rows_of(sequences, pad_id)
    return batch if batch_first else batch.reshape(batch.shape[::-1])


@pad_batch.mistake(
    "always-zero",
    ko="pad_id 대신 언제나 0을 채웠습니다. pad_id가 0이 아닐 수도 있습니다.",
    en="It always fills with 0 instead of pad_id, which need not be 0.",
)
def _(sequences, pad_id, batch_first):
    batch = rows_of(sequences, 0)
    return batch if batch_first else batch.T


@pad_batch.mistake(
    "pads-in-front",
    ko="패딩을 앞에 붙였습니다. 여기서는 뒤에 붙입니다.",
    en="The padding is in front. Here it goes behind.",
)
def _(sequences, pad_id, batch_first):
    longest = max(map(len, sequences))
    batch = torch.tensor([[pad_id] * (longest - len(s)) + list(s) for s in sequences])
    return batch if batch_first else batch.T


@pad_batch.mistake(
    "cut",
    ko="가장 짧은 시퀀스에 맞추어 잘랐습니다. 가장 *긴* 것에 맞추어 채우세요.",
    en="Everything was cut to the shortest sequence. Fill up to the *longest* one.",
)
def _(sequences, pad_id, batch_first):
    shortest = min(map(len, sequences))
    batch = torch.tensor([s[:shortest] for s in sequences])
    return batch if batch_first else batch.T


@pad_batch.mistake(
    "floats",
    ko="float 텐서입니다(`torch.zeros`, `torch.ones`의 기본값). 토큰 번호는 인덱스로 쓰이므로 int64여야 합니다.",
    en="This is a tensor of floats, the default of `torch.zeros` and `torch.ones`. Token numbers are indices: int64.",
)
def _(sequences, pad_id, batch_first):
    batch = rows_of(sequences, pad_id).float()
    return batch if batch_first else batch.T


@pad_batch.mistake(
    "a-list",
    ko="리스트를 돌려주었습니다. `torch.tensor`로 텐서를 만드세요.",
    en="A list is returned. Make a tensor of it with `torch.tensor`.",
)
def _(sequences, pad_id, batch_first):
    batch = rows_of(sequences, pad_id)
    return (batch if batch_first else batch.T).tolist()


@pad_batch.mistake(
    "with-lengths",
    ko="길이까지 함께 돌려주었습니다. 여기서는 채운 텐서 하나만 돌려줍니다.",
    en="The lengths are returned as well. Here the padded tensor alone is wanted.",
)
def _(sequences, pad_id, batch_first):
    batch = rows_of(sequences, pad_id)
    return batch if batch_first else batch.T, torch.tensor([len(s) for s in sequences])


@pad_batch.mistake(
    "zeros-of-floats",
    ko="`torch.zeros`로 만든 판은 실수이고 빈칸도 0입니다. `torch.full((…), pad_id)`로 만들면 정수에 pad_id가 채워집니다.",
    en="A board made by `torch.zeros` holds floats, and its gaps 0. `torch.full((…), pad_id)` makes whole numbers, filled with pad_id.",
)
def _(sequences, pad_id, batch_first):
    rows = rows_of(sequences, 0).float()
    return rows if batch_first else rows.T


@pad_batch.mistake(
    "largest-by-contents",
    ko="`max(sequences)`는 *내용*이 가장 큰 리스트입니다. 가장 긴 길이는 `max(len(s) for s in sequences)`입니다.",
    en="`max(sequences)` is the list that is largest by its *contents*. The greatest length is `max(len(s) for s in sequences)`.",
)
def _(sequences, pad_id, batch_first):
    T = len(max(sequences))
    rows = torch.tensor([(list(s) + [pad_id] * T)[:T] for s in sequences])
    return rows if batch_first else rows.T


@pad_batch.mistake(
    "sorted",
    ko="시퀀스의 순서가 바뀌었습니다. 길이순으로 늘어놓지 말고 받은 순서대로 두세요.",
    en="The sequences changed places. Keep them in the order given; nothing is to be sorted.",
)
def _(sequences, pad_id, batch_first):
    rows = rows_of(sorted(sequences, key=len), pad_id)
    return rows if batch_first else rows.T


@pad_batch.mistake(
    "zeros-inside-replaced",
    ko="문장 *안에* 있는 0까지 pad_id로 바꾸었습니다. 0은 낱말의 번호일 수도 있습니다. 0인지가 아니라 길이를 보고 채우거나, 처음부터 pad_id로 "
    "채운 텐서(`torch.full`)에 문장을 옮겨 담으세요.",
    en="The zeros *inside* the sequences became pad_id, too; but 0 may be the number of a word. Go by the lengths and "
    "not by what is 0, or copy the sequences into a tensor full of pad_id (`torch.full`).",
)
def _(sequences, pad_id, batch_first):
    batch = rows_of(sequences, 0)
    batch[batch == 0] = pad_id
    return batch if batch_first else batch.T


pad_batch.hints(
    ko=[
        "직사각형을 만들려면 가장 긴 시퀀스의 길이 T가 필요합니다. 짧은 것은 뒤를 pad_id로 채웁니다.",
        "시퀀스마다 *새* 리스트 `list(s) + [pad_id] * (T − len(s))`를 만들면 (B, T) 텐서가 됩니다. (T, B)는 그것을 전치한 것입니다.",
        "`T = max(len(s) for s in sequences)`, `batch = torch.tensor([list(s) + [pad_id] * (T - len(s)) for s in sequences])`, "
        "`return batch if batch_first else batch.T`",
    ],
    en=[
        "A rectangle needs T, the length of the longest sequence. Shorter ones are filled up with pad_id behind.",
        "Make a *new* list for each, `list(s) + [pad_id] * (T − len(s))`, and you have a (B, T) tensor. (T, B) is that one "
        "transposed.",
        "`T = max(len(s) for s in sequences)`, `batch = torch.tensor([list(s) + [pad_id] * (T - len(s)) for s in "
        "sequences])`, `return batch if batch_first else batch.T`.",
    ],
)
