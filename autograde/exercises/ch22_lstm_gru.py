"""Exercises of ch22: LSTM and GRU gates."""

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64


def weights(draw, width, hidden, parts=4, dtype=DOUBLE):
    """W_ih (parts·H, D), W_hh (parts·H, H), b_ih and b_hh (parts·H,), as nn.LSTM keeps them."""
    rows = parts * hidden
    shapes = (rows, width), (rows, hidden), (rows,), (rows,)
    return [draw.normal(*shape, dtype=dtype) for shape in shapes]


def tensor(*numbers):
    return torch.tensor(numbers, dtype=DOUBLE)


def column(*numbers):
    return tensor(*numbers)[:, None]


SMALL_LSTM = [
    column(1.0, 2.0, -1.0, 0.5),
    column(0.5, -1.0, 1.0, 2.0),
    tensor(0.1, -0.2, 0.3, 0.7),
    tensor(0.2, 0.5, -0.4, 0.1),
]
SMALL_GRU = [column(1.0, 2.0, -1.0), column(0.5, -1.0, 2.0), tensor(0.1, -0.2, 0.3), tensor(0.2, 0.5, -0.4)]  # fmt: skip


def state_of(W_ih, W_hh, b_ih, b_hh, suffix=""):
    """The weights by the names that a torch module of one layer gives them."""
    names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    values = [W_ih, W_hh, b_ih, b_hh]
    return {name + suffix: value for name, value in zip(names, values, strict=True)}


def load(module, *w, suffix=""):
    """Gives a torch module of one layer these weights."""
    module.load_state_dict(state_of(*w, suffix=suffix))
    return module


def run(module, w, *inputs, suffix=""):
    """What a torch module of one layer gives with these weights; gradients flow through."""
    return torch.func.functional_call(module, state_of(*w, suffix=suffix), inputs)


def learning(*tensors):
    return [value.clone().requires_grad_() for value in tensors]


def sums(x, h, W_ih, W_hh, b_ih, b_hh, parts=4):
    """What the gates are made of, before sigmoid and tanh: a list of (B, H)."""
    return list((x @ W_ih.T + b_ih + h @ W_hh.T + b_hh).chunk(parts, dim=1))


def activate(i, f, g, o):
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


def overflowing_sigmoid(z):
    return z.exp() / (1 + z.exp())


def overflowing_tanh(z):
    return (z.exp() - (-z).exp()) / (z.exp() + (-z).exp())


def overflowing_tanh_of_twice(z):
    return ((2 * z).exp() - 1) / ((2 * z).exp() + 1)


OVERFLOWS = {
    "ko": "식은 맞지만 큰 수에서 `exp`가 `inf`가 되어 `inf / inf = nan`이 나옵니다(6장). `torch.sigmoid`와 `torch.tanh`를 쓰세요.",
    "en": "The formula is right, but of a large number `exp` is `inf`, and `inf / inf` is `nan` (chapter 6). "
    "Use `torch.sigmoid` and `torch.tanh`.",
}
CUT_STEP = {
    "ko": "값은 맞지만 기울기가 모두 흐르지는 않습니다. `detach()`, `.data`, `.item()`이나 `torch.no_grad()`를 빼세요. 7절부터는 이 함수를 미분합니다.",
    "en": "The values are right, but not all of the gradient flows. Take out `detach()`, `.data`, `.item()` or "
    "`torch.no_grad()`: from section 7 on, this function is differentiated.",
}


# ---------------------------------------------------------------- lstm-gates


LSTMS = ("nn.LSTM", "nn.LSTMCell")


@exercise("lstm-gates", points=2, forbids=LSTMS, returns=["i", "f", "g", "o"])
def lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh):
    # nn.LSTMCell shows no gates. So force the others open or shut by huge biases, and read the
    # one that is left from the c and h that come out.
    H = len(b_ih) // 4

    def ask(c, **forced):
        push = torch.zeros_like(b_ih)
        for name, amount in forced.items():
            k = "ifgo".index(name)
            push[k * H : (k + 1) * H] = amount
        cell = nn.LSTMCell(x.shape[1], H, dtype=x.dtype)
        return run(cell, (W_ih, W_hh, b_ih + push, b_hh), x, (h, torch.full_like(h, c)))

    i = ask(0.0, g=1000.0)[1]  # c = f * 0 + i * 1
    f = ask(1.0, i=-1000.0)[1]  # c = f * 1 + 0 * g
    g = ask(0.0, i=1000.0)[1]  # c = f * 0 + 1 * g
    o = ask(1000.0, f=1000.0)[0]  # h = o * tanh(about 1000)
    return i, f, g, o


@lstm_gates.cases
def _(draw):
    yield column(1.0), column(-0.5), *SMALL_LSTM
    for batch, width, hidden in ((2, 3, 2), (4, 2, 3), (1, draw.integer(2, 5), 4)):
        yield (
            draw.normal(batch, width, dtype=DOUBLE),
            draw.normal(batch, hidden, dtype=DOUBLE),
            *weights(draw, width, hidden),
        )
    batch, width, hidden = draw.integer(3, 6), draw.integer(2, 5), draw.integer(2, 5)
    yield (
        draw.normal(batch, width),
        draw.normal(batch, hidden),
        *weights(draw, width, hidden, dtype=torch.float32),
    )
    yield Case((column(1.0), *learning(column(-0.5), *SMALL_LSTM)), slopes=True)
    zero, far = torch.zeros(8, 1), torch.tensor([200.0, -200.0] * 4)  # beyond what exp can hold
    yield zero[:1], zero[:1].expand(1, 2), zero, zero.expand(8, 2), far, zero[:, 0]


@lstm_gates.accepts
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    H = h.shape[1]
    both = torch.cat([x, h], 1) @ torch.cat([W_ih, W_hh], 1).T + (b_ih + b_hh)
    squash = [torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid]
    return [act(both[:, k * H : (k + 1) * H]) for k, act in enumerate(squash)]


@lstm_gates.accepts
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    gates = []
    for k, (W, U, b, d) in enumerate(
        zip(W_ih.chunk(4), W_hh.chunk(4), b_ih.chunk(4), b_hh.chunk(4), strict=True)
    ):
        z = F.linear(x, W, b) + F.linear(h, U, d)
        # tanh and the sigmoid are one curve: σ(z) = (1 + tanh(z / 2)) / 2
        gates.append(torch.tanh(z) if k == 2 else (1 + torch.tanh(z / 2)) / 2)
    return tuple(gates)


@lstm_gates.mistake(
    "order-ifog",
    ko="세 번째와 네 번째 덩어리가 서로 바뀌었습니다. PyTorch는 i, f, g, o 순서로 쌓습니다. 셋째가 후보 g(tanh), "
    "넷째가 output 게이트 o(시그모이드)입니다.",
    en="The third and fourth blocks are exchanged. PyTorch stacks i, f, g, o: the third is the "
    "candidate g (tanh), the fourth the output gate o (sigmoid).",
)
def _(x, h, *w):
    i, f, o, g = sums(x, h, *w)
    return activate(i, f, g, o)


@lstm_gates.mistake(
    "order-figo",
    ko="첫째와 둘째가 서로 바뀌었습니다. 교과서는 흔히 f부터 쓰지만, PyTorch는 i를 먼저 쌓습니다: i, f, g, o.",
    en="The first two are exchanged. Textbooks like to begin with f, but PyTorch stacks i first: "
    "i, f, g, o.",
)
def _(x, h, *w):
    f, i, g, o = sums(x, h, *w)
    return activate(i, f, g, o)


@lstm_gates.mistake(
    "order-igfo",
    ko="둘째와 셋째가 서로 바뀌었습니다. i, g, f, o는 옛 TensorFlow 셀의 순서이고, PyTorch는 i, f, g, o입니다.",
    en="The second and third are exchanged. i, g, f, o is the order of TensorFlow's old cell; "
    "PyTorch has i, f, g, o.",
)
def _(x, h, *w):
    i, g, f, o = sums(x, h, *w)
    return activate(i, f, g, o)


@lstm_gates.mistake(
    "sigmoid-on-g",
    ko="g에도 시그모이드를 씌웠습니다. g는 게이트가 아니라 적어 넣을 내용이므로 음수도 될 수 있어야 합니다. g만 "
    "tanh입니다.",
    en="g got a sigmoid too. It is no gate but the content to be written, and must be able to be "
    "negative: g alone is a tanh.",
)
def _(x, h, *w):
    return tuple(part.sigmoid() for part in sums(x, h, *w))


@lstm_gates.mistake(
    "tanh-on-o",
    ko="o에 tanh를 씌웠습니다. o는 문을 얼마나 열지 정하는 게이트이므로 시그모이드입니다. tanh는 g 하나뿐입니다.",
    en="o got a tanh. It is a gate, which says how far a door opens: a sigmoid. Only g is a tanh.",
)
def _(x, h, *w):
    i, f, g, o = sums(x, h, *w)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.tanh()


@lstm_gates.mistake(
    "no-activation",
    ko="시그모이드와 tanh를 씌우지 않았습니다. 게이트는 0과 1 사이, g는 −1과 1 사이여야 합니다.",
    en="The sigmoids and the tanh are missing: a gate must lie between 0 and 1, g between −1 and 1.",
)
def _(x, h, *w):
    return tuple(part.clone() for part in sums(x, h, *w))


@lstm_gates.mistake(
    "one-bias",
    ko="b_hh를 더하지 않았습니다. PyTorch의 LSTM에는 편향(bias)이 두 벌(b_ih, b_hh) 있고 둘 다 더합니다.",
    en="b_hh is not added. PyTorch's LSTM has two biases, b_ih and b_hh, and adds both.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return activate(*sums(x, h, W_ih, W_hh, b_ih, torch.zeros_like(b_hh)))


@lstm_gates.mistake(
    "other-bias",
    ko="b_ih를 더하지 않았습니다. PyTorch의 LSTM에는 편향(bias)이 두 벌(b_ih, b_hh) 있고 둘 다 더합니다.",
    en="b_ih is not added. PyTorch's LSTM has two biases, b_ih and b_hh, and adds both.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return activate(*sums(x, h, W_ih, W_hh, torch.zeros_like(b_ih), b_hh))


@lstm_gates.mistake(
    "no-bias",
    ko="편향(bias)을 하나도 더하지 않았습니다. b_ih와 b_hh를 둘 다 더하세요.",
    en="No bias is added. Add both b_ih and b_hh.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return activate(*sums(x, h, W_ih, W_hh, 0 * b_ih, 0 * b_hh))


NO_RECURRENT = {
    "ko": "이전 hidden state의 몫 W_hh h가 빠졌습니다. 게이트는 지금의 입력 x와 이전의 h를 *함께* 보고 정해집니다.",
    "en": "The part of the previous hidden state, W_hh h, is missing. A gate is decided by the input "
    "x *and* the previous h together.",
}


@lstm_gates.mistake("input-alone", **NO_RECURRENT)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return activate(*(x @ W_ih.T + b_ih).chunk(4, dim=1))


@lstm_gates.mistake("no-recurrent", **NO_RECURRENT)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return activate(*sums(x, torch.zeros_like(h), W_ih, W_hh, b_ih, b_hh))


@lstm_gates.mistake(
    "interleaved",
    ko="4H개의 수를 네 칸씩 건너뛰며 나누었습니다. i가 쓰는 것은 *이어진* 처음 H개, f는 그다음 H개입니다. "
    "`reshape(B, H, 4)`가 아니라 `(B, 4, H)`입니다.",
    en="The 4H numbers are dealt out like cards, every fourth to one gate. i owns the first H in a "
    "*row*, f the next H: it is `(B, 4, H)`, not `reshape(B, H, 4)`.",
)
def _(x, h, *w):
    z = torch.cat(sums(x, h, *w), 1)
    return activate(*z.reshape(len(x), -1, 4).unbind(2))


@lstm_gates.mistake(
    "chunks-the-batch",
    ko="(B, 4H)를 *배치* 축에서 넷으로 나누었습니다. `chunk`는 축을 말하지 않으면 0번 축을 나눕니다: "
    "`chunk(4, dim=1)`로 쓰세요.",
    en="The (B, 4H) tensor is cut along the *batch*. Without being told, `chunk` cuts axis 0: write "
    "`chunk(4, dim=1)`.",
)
def _(x, h, *w):
    i, f, g, o = torch.cat(sums(x, h, *w), 1).chunk(4)
    return activate(i, f, g, o)


@lstm_gates.mistake(
    "slices-the-batch",
    ko="`[:H]`, `[H:2*H]` …는 *배치* 축(줄)을 자릅니다. 자를 것은 둘째 축입니다: `[:, :H]`, `[:, H:2*H]` …",
    en="`[:H]`, `[H:2*H]` … cut the *batch* axis (rows). It is the second axis that must be cut: "
    "`[:, :H]`, `[:, H:2*H]` …",
)
def _(x, h, *w):
    z, H = torch.cat(sums(x, h, *w), 1), h.shape[1]
    return activate(*(z[k * H : (k + 1) * H] for k in range(4)))


@lstm_gates.mistake(
    "viewed",
    ko="`z.view(4, B, H)`는 수를 다시 담을 뿐이라 표본과 게이트가 뒤섞입니다. 둘째 축에서 나누세요: `z.chunk(4, dim=1)`",
    en="`z.view(4, B, H)` refills the numbers and mixes samples with gates. Cut along the second axis: "
    "`z.chunk(4, dim=1)`.",
)
def _(x, h, *w):
    return activate(*torch.cat(sums(x, h, *w), 1).view(4, len(x), -1))


@lstm_gates.mistake(
    "returned-as-ifog",
    ko="값은 모두 맞지만 (i, f, o, g) 순서로 돌려주었습니다. (i, f, g, o) 순서로 돌려주세요.",
    en="All four are right but come as (i, f, o, g). Return (i, f, g, o).",
)
def _(x, h, *w):
    i, f, g, o = activate(*sums(x, h, *w))
    return i, f, o, g


@lstm_gates.mistake(
    "ifog-all-the-way",
    ko="i, f, o, g 순서로 쌓였다고 보고 셋째에 시그모이드, 넷째에 tanh를 씌웠습니다. PyTorch의 순서는 i, f, g, o입니다. 셋째가 g(tanh), 넷째가 "
    "o(시그모이드)입니다.",
    en="The third got a sigmoid and the fourth a tanh, as if the stack were i, f, o, g. In PyTorch it is i, f, "
    "g, o: the third is g (tanh), the fourth o (sigmoid).",
)
def _(x, h, *w):
    i, f, o, g = sums(x, h, *w)
    return i.sigmoid(), f.sigmoid(), o.sigmoid(), g.tanh()


@lstm_gates.mistake(
    "no-tanh-on-g",
    ko="g에 tanh를 씌우지 않았습니다. g는 −1과 1 사이의 수여야 합니다.",
    en="g did not go through its tanh: it has to lie between −1 and 1.",
)
def _(x, h, *w):
    i, f, g, o = sums(x, h, *w)
    return i.sigmoid(), f.sigmoid(), g.clone(), o.sigmoid()


def register_overflow(key, gate, candidate):
    @lstm_gates.mistake(key, **OVERFLOWS)
    def _(x, h, *w):
        i, f, g, o = sums(x, h, *w)
        return gate(i), gate(f), candidate(g), gate(o)


register_overflow("overflows", overflowing_sigmoid, torch.tanh)
register_overflow("tanh-overflows", torch.sigmoid, overflowing_tanh)
register_overflow("both-overflow", overflowing_sigmoid, overflowing_tanh)


@lstm_gates.mistake("cut-off", **CUT_STEP)
def _(x, h, *w):
    return tuple(part.detach() for part in activate(*sums(x, h, *w)))


lstm_gates.hints(
    ko=[
        "19장의 RNN 셀과 출발은 똑같습니다: x와 h를 각각 행렬에 곱하고 편향(bias)을 더합니다. 다만 행렬의 줄이 H개가 아니라 "
        "4H개라서, 결과도 H개짜리 네 덩어리입니다.",
        "z = x W_ihᵀ + b_ih + h W_hhᵀ + b_hh는 (B, 4H)입니다. 둘째 축에서 넷으로 나누면 차례로 i, f, g, o의 몫이고, i, f, o는 "
        "시그모이드, g는 tanh입니다.",
        "`z = x @ W_ih.T + b_ih + h @ W_hh.T + b_hh`, `i, f, g, o = z.chunk(4, dim=1)`, "
        "`return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()`",
    ],
    en=[
        "It begins like the RNN cell of chapter 19: multiply x and h by a matrix each, add the "
        "biases. But the matrices have 4H rows instead of H, so four blocks of H come out.",
        "z = x W_ihᵀ + b_ih + h W_hhᵀ + b_hh is (B, 4H). Cut along the second axis, its four parts "
        "belong to i, f, g, o in this order; i, f and o get a sigmoid, g a tanh.",
        "`z = x @ W_ih.T + b_ih + h @ W_hh.T + b_hh`, `i, f, g, o = z.chunk(4, dim=1)`, "
        "`return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()`.",
    ],
)


# ---------------------------------------------------------------- lstm-cell


@exercise("lstm-cell", points=2, forbids=LSTMS, returns=["h", "c"])
def lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh):
    cell = nn.LSTMCell(x.shape[1], h.shape[1], dtype=x.dtype)
    return run(cell, (W_ih, W_hh, b_ih, b_hh), x, (h, c))


def step(x, h, c, *w, keep="f", write="i", add=True, squash=True, bounded=False):
    """A cell whose c is keep * c + write * g."""
    i, f, g, o = activate(*sums(x, h, *w))
    by_name = {"i": i, "f": f, "1-f": 1 - f, "1": torch.ones_like(f), "0": torch.zeros_like(f)}
    new = by_name[keep] * c + by_name[write] * g if add else f * c * (i * g)
    new = new.tanh() if bounded else new
    return o * (new.tanh() if squash else new), new


@lstm_cell.cases
def _(draw):
    yield column(1.0), column(-0.5), column(2.0), *SMALL_LSTM
    sizes = (2, 3, 2), (1, 2, 3), (draw.integer(2, 5), draw.integer(2, 5), draw.integer(2, 5))
    for batch, width, hidden in sizes:
        yield (
            draw.normal(batch, width, dtype=DOUBLE),
            draw.normal(batch, hidden, dtype=DOUBLE),
            2 * draw.normal(batch, hidden, dtype=DOUBLE),
            *weights(draw, width, hidden),
        )
    state = learning(column(-0.5), column(2.0), *SMALL_LSTM)
    yield Case((column(1.0), *state), slopes=True)
    # In float32, and exp cannot hold that of these c.
    far = column(1.0, 1.0, -1.0), column(-0.5, 0.5, 1.0), column(300.0, -300.0, 0.5), *SMALL_LSTM
    yield tuple(each.float() for each in far)


@lstm_cell.accepts
def _(x, h, c, W_ih, W_hh, b_ih, b_hh):
    z = torch.addmm(b_ih + b_hh, x, W_ih.mT) + torch.einsum("bh,kh->bk", h, W_hh)
    z = z.unflatten(1, (4, -1))  # (B, 4, H)
    i, f, o = z[:, [0, 1, 3]].sigmoid().unbind(1)
    c = torch.addcmul(f * c, i, z[:, 2].tanh())
    return o * (1 - 2 / (torch.exp(2 * c) + 1)), c


@lstm_cell.mistake(
    "swaps-f-and-i",
    ko="f와 i가 서로 바뀌었습니다. 지난 기억 c에는 forget 게이트 f를, 새 내용 g에는 input 게이트 i를 곱합니다. "
    "식이 f * c + i * g로 맞다면 꺼내는 순서를 보세요: `i, f, g, o = lstm_gates(…)`.",
    en="f and i are exchanged. The forget gate f multiplies the old memory c, the input gate i the "
    "new content g. If your formula says f * c + i * g, look at the unpacking: `i, f, g, o = "
    "lstm_gates(…)`.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w, keep="i", write="f")


@lstm_cell.mistake(
    "no-tanh",
    ko="c는 맞지만 h = o · c로 계산했습니다. c를 tanh로 눌러 −1과 1 사이로 만든 뒤 o를 곱합니다. 원본 노트의 설명도 이 "
    "tanh를 빠뜨렸습니다.",
    en="c is right, but h was computed as o · c. Squash c by a tanh, into −1 … 1, before "
    "multiplying by o. One of the notes leaves out this tanh as well.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w, squash=False)


@lstm_cell.mistake(
    "tanh-too-late",
    ko="o를 곱한 *다음에* tanh를 씌웠습니다. 먼저 c를 tanh로 누르고 거기에 o를 곱합니다: o ⊙ tanh(c).",
    en="The tanh came *after* multiplying by o. Squash c first, then multiply: o ⊙ tanh(c).",
)
def _(x, h, c, *w):
    new = step(x, h, c, *w)[1]
    return (activate(*sums(x, h, *w))[3] * new).tanh(), new


@lstm_cell.mistake(
    "c-not-carried",
    ko="새 c에 지난 c가 들어 있지 않습니다(c = i · g). 지난 기억 f · c에 *더해야* 컨베이어 벨트가 이어집니다.",
    en="The old c is not in the new one (c = i · g). It is *adding* to what was kept, f · c, that "
    "makes the belt go on.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w, keep="0")


@lstm_cell.mistake(
    "h-from-old-c",
    ko="h를 *지난* c로 계산했습니다. 먼저 c를 새로 쓴 다음, 그 새 c에서 h를 읽습니다.",
    en="h was computed from the *old* c. Renew c first; h is then read from the new one.",
)
def _(x, h, c, *w):
    new = step(x, h, c, *w)[1]
    o = activate(*sums(x, h, *w))[3]
    return o * c.tanh(), new


@lstm_cell.mistake(
    "no-input-gate",
    ko="g에 input 게이트 i를 곱하지 않고 통째로 더했습니다. 그러면 셀은 모든 입력을 적을 수밖에 없습니다.",
    en="g is added whole, without the input gate i: the cell would have to write down every input.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w, write="1")


@lstm_cell.mistake(
    "no-forget-gate",
    ko="지난 c에 forget 게이트 f를 곱하지 않았습니다. 그러면 셀은 무엇도 지울 수 없습니다.",
    en="The old c is not multiplied by the forget gate f: the cell could never erase anything.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w, keep="1")


@lstm_cell.mistake(
    "forgets-the-new",
    ko="새 내용을 더한 *다음에* f를 곱했습니다: f ⊙ (c + i ⊙ g). f는 지난 c에만 곱합니다. 방금 적은 것까지 지우면 안 됩니다.",
    en="f multiplies *after* the new content is added, f ⊙ (c + i ⊙ g). It belongs to the old c "
    "alone, or what was just written is partly erased at once.",
)
def _(x, h, c, *w):
    i, f, g, o = activate(*sums(x, h, *w))
    new = f * (c + i * g)
    return o * new.tanh(), new


@lstm_cell.mistake(
    "tied-gates",
    ko="i 대신 1 − f를 썼습니다. 그것은 두 게이트를 하나로 묶은 변형(또는 GRU의 생각)이고, LSTM의 i와 f는 서로 "
    "독립입니다.",
    en="1 − f stands in place of i. That is a variant with tied gates (or the idea of the GRU); in "
    "an LSTM, i and f are independent.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w, write="1-f")


@lstm_cell.mistake(
    "squashes-c",
    ko="c 자체를 tanh로 눌러 버렸습니다. tanh는 h를 읽을 때만 씌우고, 벨트 위의 c에는 아무것도 씌우지 않습니다. 누를 "
    "때마다 기울기도 줄어듭니다.",
    en="c itself went through a tanh. The tanh is for reading h only; nothing squashes c on the "
    "belt, for each squashing would shrink the gradient too.",
)
def _(x, h, c, *w):
    h, new = step(x, h, c, *w, squash=False, bounded=True)
    return h, new


@lstm_cell.mistake(
    "swapped-return",
    ko="값은 맞지만 (c, h) 순서로 돌려주었습니다. PyTorch처럼 (h, c)입니다.",
    en="The values are right but come as (c, h). It is (h, c), as in PyTorch.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w)[::-1]


@lstm_cell.mistake(
    "in-place",
    ko="결과는 맞지만 `c *= f`처럼 부른 쪽의 c를 그 자리에서 고쳤습니다. 새 텐서를 만드세요: `c = f * c + i * g`",
    en="The result is right, but the caller's c was changed in place, as by `c *= f`. Make a new "
    "tensor: `c = f * c + i * g`.",
)
def _(x, h, c, *w):
    h, new = step(x, h, c, *w)
    c.copy_(new)
    return h, c


@lstm_cell.mistake(
    "sigmoid-for-tanh",
    ko="`h`를 만들 때 c에 tanh 대신 시그모이드를 씌웠습니다. 벨트의 음수도 그대로 음수로 나가야 합니다: o ⊙ tanh(c).",
    en="For `h`, c goes through a sigmoid instead of tanh. What is negative on the belt must come out "
    "negative: o ⊙ tanh(c).",
)
def _(x, h, c, W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh)
    c = f * c + i * g
    return o * torch.sigmoid(c), c


@lstm_cell.mistake(
    "gates-from-c",
    ko="게이트를 c에서 구했습니다. 게이트가 보는 것은 입력 x와 앞의 *h*입니다. c는 벨트일 뿐입니다.",
    en="The gates were computed from c. What they look at is the input x and the previous *h*; c is "
    "only the belt.",
)
def _(x, h, c, W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = lstm_gates(x, c, W_ih, W_hh, b_ih, b_hh)
    c = f * c + i * g
    return o * torch.tanh(c), c


@lstm_cell.mistake(
    "forget-inverted",
    ko="f 대신 1 − f를 곱했습니다. 이름은 forget이지만 f가 1이면 *남기고* 0이면 지웁니다.",
    en="You multiplied by 1 − f. Despite its name, f = 1 *keeps* the memory and f = 0 erases it.",
)
def _(x, h, c, W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh)
    c = (1 - f) * c + i * g
    return o * torch.tanh(c), c


@lstm_cell.mistake(
    "no-output-gate",
    ko="output 게이트 o를 곱하지 않았습니다.",
    en="The output gate o is missing.",
)
def _(x, h, c, *w):
    new = step(x, h, c, *w)[1]
    return new.tanh(), new


@lstm_cell.mistake(
    "unpacked-as-ifog",
    ko="i, f, g, o 순서로 나오는데 g와 o를 바꾸어 받았습니다.",
    en="The parts come as i, f, g, o; you unpacked g and o the other way round.",
)
def _(x, h, c, *w):
    i, f, o, g = activate(*sums(x, h, *w))
    new = f * c + i * g
    return o * new.tanh(), new


@lstm_cell.mistake(
    "old-c",
    ko="h는 맞지만 지난 c를 돌려주었습니다.",
    en="h is right, but the old c was returned.",
)
def _(x, h, c, *w):
    return step(x, h, c, *w)[0], c


@lstm_cell.mistake(
    "keeps-h",
    ko="forget 게이트 f를 c가 아니라 h에 곱했습니다. 벨트에서 이어 받는 것은 지난 *c*입니다: f ⊙ c + i ⊙ g.",
    en="The forget gate f multiplies h and not c. What the belt carries on is the old *c*: f ⊙ c + i ⊙ g.",
)
def _(x, h, c, *w):
    i, f, g, o = activate(*sums(x, h, *w))
    new = f * h + i * g
    return o * new.tanh(), new


def register_overflow_of_c(key, squash):
    @lstm_cell.mistake(key, **OVERFLOWS)
    def _(x, h, c, *w):
        new = step(x, h, c, *w)[1]
        return activate(*sums(x, h, *w))[3] * squash(new), new


register_overflow_of_c("overflows", overflowing_tanh)
register_overflow_of_c("overflows-on-one-side", overflowing_tanh_of_twice)


@lstm_cell.mistake("cut-off", **CUT_STEP)
def _(x, h, c, *w):
    return tuple(value.detach() for value in step(x, h, c, *w))


@lstm_cell.mistake("cut-c", **CUT_STEP)
def _(x, h, c, *w):
    return step(x, h, c.detach(), *w)


@lstm_cell.mistake("cut-gates", **CUT_STEP)
def _(x, h, c, *w):
    i, f, g, o = (part.detach() for part in activate(*sums(x, h, *w)))
    new = f * c + i * g
    return o * new.tanh(), new


lstm_cell.hints(
    ko=[
        "게이트는 앞에서 다 구했습니다. 남은 일은 둘입니다: 벨트를 한 칸 옮기고(지우고 더하기), 벨트에서 필요한 만큼 읽기.",
        "c_t = f ⊙ c_{t−1} + i ⊙ g, 그다음 h_t = o ⊙ tanh(c_t). ⊙는 원소별 곱(`*`)이고 모두 (B, H)입니다. h는 *새* c에서 "
        "읽습니다.",
        "`i, f, g, o = lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh)`, `c = f * c + i * g`, `return o * torch.tanh(c), c`",
    ],
    en=[
        "The gates are there already. Two things are left: move the belt on by one step (erase and "
        "add), and read from it what is needed.",
        "c_t = f ⊙ c_{t−1} + i ⊙ g, then h_t = o ⊙ tanh(c_t). ⊙ is the product element by element "
        "(`*`), all of them (B, H). h is read from the *new* c.",
        "`i, f, g, o = lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh)`, `c = f * c + i * g`, `return o * "
        "torch.tanh(c), c`.",
    ],
)


# ---------------------------------------------------------------- lstm-unroll


@exercise("lstm-unroll", points=3, forbids=LSTMS, returns=["outputs", "h", "c"])
def lstm_unroll(x, h, c, W_ih, W_hh, b_ih, b_hh):
    lstm = nn.LSTM(x.shape[2], h.shape[1], batch_first=True, dtype=x.dtype)
    load(lstm, W_ih, W_hh, b_ih, b_hh, suffix="_l0")
    if h.requires_grad or c.requires_grad:  # the functional form lets gradients through
        state = state_of(W_ih, W_hh, b_ih, b_hh, suffix="_l0")
        outputs, (h_n, c_n) = torch.func.functional_call(lstm, state, (x, (h[None], c[None])))
        return outputs, h_n[0], c_n[0]
    with torch.no_grad():
        outputs, (h_n, c_n) = lstm(x, (h[None], c[None]))
    return outputs, h_n[0], c_n[0]


def walk(x, h, c, *w, carry_h=True, carry_c=True, collect="h"):
    """Unrolls a cell; what is not carried stays as it was at the start."""
    outputs, h_out, c_out = [], h, c
    for x_t in x.unbind(1):
        if collect == "before":
            outputs.append(h_out)
        h_out, c_out = step(x_t, h_out if carry_h else h, c_out if carry_c else c, *w)
        if collect != "before":
            outputs.append(c_out if collect == "c" else h_out)
    return torch.stack(outputs, 1), h_out, c_out if carry_c else c.clone()


@lstm_unroll.cases
def _(draw):
    yield tensor([[1.0], [-1.0], [0.5]]), column(0.0), column(0.0), *SMALL_LSTM
    for batch, steps, width, hidden, dtype in (
        (3, 3, 2, 2, DOUBLE),
        (2, 4, 3, 2, DOUBLE),
        (draw.integer(2, 5), draw.integer(6, 9), draw.integer(1, 4), draw.integer(2, 4), DOUBLE),
        (1, draw.integer(2, 5), 2, 3, torch.float32),
    ):
        yield (
            draw.normal(batch, steps, width, dtype=dtype),
            draw.normal(batch, hidden, dtype=dtype),
            draw.normal(batch, hidden, dtype=dtype),
            *weights(draw, width, hidden, dtype=dtype),
        )
    # A cut between any two steps shows in the gradients of the start.
    start = (draw.normal(2, 3, dtype=DOUBLE).requires_grad_() for _ in range(2))
    yield Case((draw.normal(2, 4, 2, dtype=DOUBLE), *start, *weights(draw, 2, 3)), slopes=True)


@lstm_unroll.accepts
def _(x, h, c, W_ih, W_hh, b_ih, b_hh):
    from_x = x @ W_ih.T + b_ih + b_hh  # (B, T, 4H): all steps at once
    outputs = x.new_empty(*x.shape[:2], h.shape[1])
    for t in range(x.shape[1]):
        i, f, g, o = activate(*(from_x[:, t] + h @ W_hh.T).chunk(4, -1))
        c = f * c + i * g
        outputs[:, t] = h = o * c.tanh()
    return outputs, h, c


@lstm_unroll.accepts
def _(x, h, c, *w):
    if x.shape[1] == 1:
        h, c = step(x[:, 0], h, c, *w)
        return h[:, None], h, c
    first, h, c = walk(x[:, :1], h, c, *w)
    rest, h, c = walk(x[:, 1:], h, c, *w)
    return torch.cat([first, rest], 1), h, c


@lstm_unroll.mistake(
    "c-not-carried",
    ko="h는 이어 주었지만 c는 매 시점 처음 값으로 돌아갑니다(`h, _ = lstm_cell(…)`처럼 쓰지 않았나요?). LSTM이 다음 "
    "시점으로 넘기는 것은 (h, c) *둘*입니다.",
    en="h is carried, but c starts from its first value at every step (was it `h, _ = "
    "lstm_cell(…)`?). An LSTM hands on *two* things: (h, c).",
)
def _(x, h, c, *w):
    return walk(x, h, c, *w, carry_c=False)


@lstm_unroll.mistake(
    "h-not-carried",
    ko="c는 이어 주었지만 h는 매 시점 처음 값입니다. 게이트는 바로 앞 시점의 h를 보고 열리고 닫힙니다.",
    en="c is carried, but every step gets the first h. The gates open and close by the h of the "
    "step before.",
)
def _(x, h, c, *w):
    return walk(x, h, c, *w, carry_h=False)


@lstm_unroll.mistake(
    "nothing-carried",
    ko="매 시점 처음의 (h, c)에서 다시 시작했습니다. 한 시점의 결과가 다음 시점의 출발점이 되어야 기억이 생깁니다.",
    en="Every step starts again from the first (h, c). What one step returns must be where the next "
    "one starts: that is what memory is.",
)
def _(x, h, c, *w):
    outputs, h_n, _ = walk(x, h, c, *w, carry_h=False, carry_c=False)
    return outputs, h_n, step(x[:, -1], h, c, *w)[1]


@lstm_unroll.mistake(
    "starts-at-zero",
    ko="받은 h와 c를 쓰지 않고 0에서 시작했습니다. 앞 문장에서 이어받은 기억이 사라집니다.",
    en="The h and c that were given are not used: it starts from 0, and a memory handed over from "
    "before is lost.",
)
def _(x, h, c, *w):
    return walk(x, torch.zeros_like(h), torch.zeros_like(c), *w)


@lstm_unroll.mistake(
    "collects-c",
    ko="outputs에 c를 모았습니다. LSTM이 바깥에 내보이는 것은 h이고, c는 안에 간직합니다.",
    en="c was collected in outputs. What an LSTM shows to the outside is h; c stays inside.",
)
def _(x, h, c, *w):
    return walk(x, h, c, *w, collect="c")


@lstm_unroll.mistake(
    "collects-before",
    ko="셀을 부르기 *전*의 h를 모았습니다. outputs[:, t]는 x의 t번째까지 읽은 *뒤*의 h입니다.",
    en="The h from *before* each step was collected. outputs[:, t] is h *after* step t of x has "
    "been read.",
)
def _(x, h, c, *w):
    return walk(x, h, c, *w, collect="before")


@lstm_unroll.mistake(
    "time-first",
    ko="outputs가 (T, B, H)입니다. 여기서는 (B, T, H)이니 시점을 둘째 축에 쌓으세요: `torch.stack(outputs, dim=1)`",
    en="outputs is (T, B, H). Here it is (B, T, H): stack the steps along the second axis, "
    "`torch.stack(outputs, dim=1)`.",
)
def _(x, h, c, *w):
    outputs, h, c = walk(x, h, c, *w)
    return outputs.transpose(0, 1).contiguous(), h, c


WALKS_BATCH = {
    "ko": "`for x_t in x`는 시점이 아니라 *배치*(0번 축)를 따라 걷습니다. 시점을 따라가려면 `x.unbind(1)`이나 `x[:, t]`를 "
    "쓰세요.",
    "en": "`for x_t in x` walks along the *batch* (axis 0), not through time. For the steps use "
    "`x.unbind(1)` or `x[:, t]`.",
}


@lstm_unroll.mistake("walks-the-batch", **WALKS_BATCH)
def _(x, h, c, *w):
    outputs = []
    for x_t in x:
        h, c = step(x_t, h, c, *w)
        outputs.append(h)
    return torch.stack(outputs, 1), h, c


@lstm_unroll.mistake("walks-the-batch-too", **WALKS_BATCH)
def _(x, h, c, *w):
    outputs = []
    for x_t in x:
        h, c = step(x_t, h, c, *w)
        outputs.append(h)
    return torch.stack(outputs), h, c


@lstm_unroll.mistake(
    "swapped-state",
    ko="마지막 두 값의 순서가 (c, h)입니다. (outputs, h, c) 순서로 돌려주세요.",
    en="The last two values come as (c, h). Return (outputs, h, c).",
)
def _(x, h, c, *w):
    outputs, h, c = walk(x, h, c, *w)
    return outputs, c, h


@lstm_unroll.mistake(
    "nested-state",
    ko="값은 맞지만 `nn.LSTM`처럼 (outputs, (h, c))로 묶어 돌려주었습니다. 여기서는 셋을 나란히 돌려줍니다: `return outputs, h, c`",
    en="The values are right, but they come nested as from `nn.LSTM`, (outputs, (h, c)). Here three "
    "values stand side by side: `return outputs, h, c`.",
)
def _(x, h, c, *w):
    outputs, h, c = walk(x, h, c, *w)
    return outputs, (h, c)


@lstm_unroll.mistake(
    "outputs-reshaped",
    ko="(T, B, H)를 (B, T, H)로 reshape해서 시퀀스가 뒤섞였습니다. reshape는 전치가 아닙니다: `torch.stack(outputs, dim=1)`.",
    en="(T, B, H) was reshaped to (B, T, H), which mixes sequences. Reshaping is not transposing: "
    "`torch.stack(outputs, dim=1)`.",
)
def _(x, h, c, *w):
    outputs, h, c = walk(x, h, c, *w)
    return outputs.transpose(0, 1).reshape(outputs.shape), h, c


@lstm_unroll.mistake(
    "unpacked-as-ch",
    ko="lstm_cell은 (h, c)를 돌려주는데 c, h로 받았습니다.",
    en="lstm_cell returns (h, c), but you unpacked it as c, h.",
)
def _(x, h, c, *w):
    outputs = []
    for x_t in x.unbind(1):
        c, h = step(x_t, h, c, *w)
        outputs.append(h)
    return torch.stack(outputs, 1), h, c


CUT = {
    "ko": "값은 맞지만 h나 c의 기울기가 시점을 거슬러 흐르지 못합니다. `detach()`, `.data`, `torch.no_grad()`가 끊었거나, 계산에 이미 쓰인 h나 c를 "
    "제자리에서 덮어썼습니다(`h[:] = …`). 그러면 손실이 앞 시점을 가르치지 못합니다. 시점마다 새 텐서를 이름에 담으세요: `h, c = lstm_cell(…)`",
    "en": "The values are right, but no gradient of h or c can flow back through the steps. Either `detach()`, "
    "`.data` or `torch.no_grad()` cuts it off, or an h or c that was used already is overwritten in place "
    "(`h[:] = …`). Then a loss can teach nothing to the steps before. Give the names new tensors at each "
    "step: `h, c = lstm_cell(…)`.",
}


def walk_cut(x, h, c, w, cut_h=(), cut_c=()):
    """Unrolls a cell that at the steps of cut_h and cut_c gets h and c without their history."""
    outputs = []
    for t, x_t in enumerate(x.unbind(1)):
        h, c = h.detach() if t in cut_h else h, c.detach() if t in cut_c else c
        h, c = step(x_t, h, c, *w)
        outputs.append(h)
    return torch.stack(outputs, 1), h, c


@lstm_unroll.mistake("detached", **CUT)
def _(x, h, c, *w):
    return tuple(value.detach() for value in walk(x, h, c, *w))


@lstm_unroll.mistake("cut-h", **CUT)
def _(x, h, c, *w):
    return walk_cut(x, h, c, w, cut_h=range(x.shape[1]))


@lstm_unroll.mistake("cut-c", **CUT)
def _(x, h, c, *w):
    return walk_cut(x, h, c, w, cut_c=range(x.shape[1]))


@lstm_unroll.mistake("cut-both", **CUT)
def _(x, h, c, *w):
    return walk_cut(x, h, c, w, cut_h=range(x.shape[1]), cut_c=range(x.shape[1]))


@lstm_unroll.mistake("cut-h-after-the-step", **CUT)
def _(x, h, c, *w):
    return walk_cut(x, h, c, w, cut_h=range(1, x.shape[1]))


@lstm_unroll.mistake("cut-c-after-the-step", **CUT)
def _(x, h, c, *w):
    return walk_cut(x, h, c, w, cut_c=range(1, x.shape[1]))


@lstm_unroll.mistake("cut-both-after-the-step", **CUT)
def _(x, h, c, *w):
    return walk_cut(x, h, c, w, cut_h=range(1, x.shape[1]), cut_c=range(1, x.shape[1]))


@lstm_unroll.mistake("cut-on-the-way", **CUT)
def _(x, h, c, *w):
    return walk_cut(x, h, c, w, cut_h=[2], cut_c=[2])


@lstm_unroll.mistake("overwritten", **CUT)
def _(x, h, c, *w):
    h, c, outputs = h.clone(), c.clone(), []
    for x_t in x.unbind(1):
        new = step(x_t, h, c, *w)
        h[:], c[:] = new
        outputs.append(new[0])
    return torch.stack(outputs, 1), h, c


lstm_unroll.hints(
    ko=[
        "시점을 앞에서부터 하나씩 걸으면서 셀을 부르고, 셀이 돌려준 (h, c)를 다음 시점에 그대로 넘깁니다. 시점마다 나온 h는 "
        "모아 둡니다.",
        "x[:, t]가 시점 t의 입력 (B, D)입니다. 모은 h (B, H) T개를 둘째 축에 쌓으면 (B, T, H)입니다.",
        "`for x_t in x.unbind(1):` 안에서 `h, c = lstm_cell(x_t, h, c, W_ih, W_hh, b_ih, b_hh)`, `outputs.append(h)`; "
        "끝에서 `return torch.stack(outputs, dim=1), h, c`",
    ],
    en=[
        "Walk through the steps from the front, call the cell, and hand the (h, c) it returns to "
        "the next step. Collect the h of every step.",
        "x[:, t] is the input of step t, (B, D). Stack the T collected h, each (B, H), along the "
        "second axis: (B, T, H).",
        "Inside `for x_t in x.unbind(1):` write `h, c = lstm_cell(x_t, h, c, W_ih, W_hh, b_ih, "
        "b_hh)` and `outputs.append(h)`; then `return torch.stack(outputs, dim=1), h, c`.",
    ],
)


# ---------------------------------------------------------------- gru-cell


@exercise("gru-cell", points=3, forbids=["nn.GRU", "nn.GRUCell"])
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    cell = nn.GRUCell(x.shape[1], h.shape[1], dtype=x.dtype)
    return run(cell, (W_ih, W_hh, b_ih, b_hh), x, h)


def gru(
    x, h, W_ih, W_hh, b_ih, b_hh, order="rzn", candidate="torch", mix="torch", squash=torch.tanh,
    gate=torch.sigmoid, cut=lambda both: both.chunk(3, 1),
):  # fmt: skip
    """A GRU cell, with its variants and what goes wrong in it."""
    from_x = dict(zip(order, cut(x @ W_ih.T + b_ih), strict=True))
    from_h = dict(zip(order, cut(h @ W_hh.T + b_hh), strict=True))
    W = dict(zip(order, W_hh.chunk(3), strict=True))["n"]
    b = dict(zip(order, b_hh.chunk(3), strict=True))["n"]
    r = gate(from_x["r"] + from_h["r"])
    z = gate(from_x["z"] + from_h["z"])
    inside = {
        "torch": lambda: from_x["n"] + r * from_h["n"],
        "reset before": lambda: from_x["n"] + (r * h) @ W.T + b,
        "bias outside": lambda: from_x["n"] + r * (h @ W.T) + b,
        "no b_hn": lambda: from_x["n"] + r * (h @ W.T),
        "reset all": lambda: r * (from_x["n"] + from_h["n"]),
        "no reset": lambda: from_x["n"] + from_h["n"],
        "reset input": lambda: r * from_x["n"] + from_h["n"],
    }
    n = squash(inside[candidate]())
    if mix == "swapped":
        return z * n + (1 - z) * h
    if mix == "adds":
        return n + z * h
    if mix == "new alone":
        return (1 - z) * n
    return (1 - z) * n + z * h


@gru_cell.cases
def _(draw):
    yield column(1.0), column(-0.5), *SMALL_GRU
    sizes = (2, 3, 2), (1, 2, 3), (draw.integer(2, 5), draw.integer(2, 5), draw.integer(2, 5))
    for batch, width, hidden in sizes:
        yield (
            draw.normal(batch, width, dtype=DOUBLE),
            draw.normal(batch, hidden, dtype=DOUBLE),
            *weights(draw, width, hidden, parts=3),
        )
    yield Case((column(1.0), *learning(column(-0.5), *SMALL_GRU)), slopes=True)
    # In float32, and beyond what exp can hold.
    zero, far = torch.zeros(6, 1), torch.tensor([200.0, -200.0] * 3)
    yield zero[:1], torch.tensor([[0.5, -0.5]]), zero, zero.expand(6, 2), far, zero[:, 0]


@gru_cell.accepts
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    H = h.shape[1]
    gates = torch.sigmoid(
        F.linear(x, W_ih[: 2 * H], b_ih[: 2 * H]) + F.linear(h, W_hh[: 2 * H], b_hh[: 2 * H])
    )
    r, z = gates[:, :H], gates[:, H:]
    n = torch.tanh(
        F.linear(x, W_ih[2 * H :], b_ih[2 * H :]) + r * F.linear(h, W_hh[2 * H :], b_hh[2 * H :])
    )
    return n + z * (h - n)


@gru_cell.accepts
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    a = (x @ W_ih.T + b_ih).view(len(x), 3, -1)
    b = (h @ W_hh.T + b_hh).view(len(x), 3, -1)
    r, z = (a[:, :2] + b[:, :2]).sigmoid().unbind(1)
    return torch.lerp((a[:, 2] + r * b[:, 2]).tanh(), h, z)


@gru_cell.mistake(
    "swaps-z",
    ko="z와 1 − z가 서로 바뀌었습니다. PyTorch에서는 z가 1에 가까우면 지난 h를 *지킵니다*: (1 − z) ⊙ n + z ⊙ h. 반대로 "
    "쓰는 논문과 노트도 있으니 늘 확인해야 합니다.",
    en="z and 1 − z are exchanged. In PyTorch a z near 1 *keeps* the old h: (1 − z) ⊙ n + z ⊙ h. "
    "Some papers and notes have it the other way round, so always look.",
)
def _(x, h, *w):
    return gru(x, h, *w, mix="swapped")


@gru_cell.mistake(
    "reset-before-product",
    ko="행렬을 곱하기 *전*에 h에 r를 곱했습니다(W_hn (r ⊙ h)). 처음 논문의 식이 그렇습니다. PyTorch는 곱한 *뒤*에 r를 "
    "적용합니다: r ⊙ (W_hn h + b_hn)",
    en="r multiplies h *before* the matrix product, W_hn (r ⊙ h), as in the first paper. PyTorch "
    "applies r *after* it: r ⊙ (W_hn h + b_hn).",
)
def _(x, h, *w):
    return gru(x, h, *w, candidate="reset before")


@gru_cell.mistake(
    "bias-outside",
    ko="b_hn을 r의 괄호 밖에 두었습니다. b_hn도 r를 함께 받습니다: r ⊙ (W_hn h + b_hn). 그래서 GRU에서는 두 편향을 "
    "하나로 합칠 수 없습니다.",
    en="b_hn stands outside of what r multiplies. It belongs inside, r ⊙ (W_hn h + b_hn), which is "
    "why the two biases of a GRU cannot be merged into one.",
)
def _(x, h, *w):
    return gru(x, h, *w, candidate="bias outside")


@gru_cell.mistake(
    "resets-the-input",
    ko="입력 쪽(W_in x + b_in)까지 r를 곱했습니다. r가 지우는 것은 지난 h의 몫뿐입니다. n에서는 두 몫을 미리 더하지 말고 따로 "
    "두세요.",
    en="r multiplies the input's part, W_in x + b_in, as well. What r wipes out is the old h's part "
    "only: for n, keep the two parts apart instead of adding them first.",
)
def _(x, h, *w):
    return gru(x, h, *w, candidate="reset all")


@gru_cell.mistake(
    "no-reset",
    ko="reset 게이트 r를 쓰지 않았습니다. 후보 n을 만들 때 지난 h의 몫에 r를 곱합니다.",
    en="The reset gate r is not used. In the candidate n it multiplies the old h's part.",
)
def _(x, h, *w):
    return gru(x, h, *w, candidate="no reset")


@gru_cell.mistake(
    "order-zrn",
    ko="r와 z의 덩어리가 서로 바뀌었습니다. PyTorch는 r, z, n 순서로 쌓습니다(Keras는 z가 먼저입니다).",
    en="The blocks of r and z are exchanged. PyTorch stacks r, z, n (in Keras z comes first).",
)
def _(x, h, *w):
    return gru(x, h, *w, order="zrn")


@gru_cell.mistake(
    "sigmoid-on-n",
    ko="n에도 시그모이드를 씌웠습니다. n은 게이트가 아니라 새 내용의 후보이므로 tanh입니다.",
    en="n got a sigmoid too. It is no gate but the candidate for the new content: a tanh.",
)
def _(x, h, *w):
    return gru(x, h, *w, squash=torch.sigmoid)


@gru_cell.mistake(
    "adds-whole-n",
    ko="n에 1 − z를 곱하지 않았습니다. GRU는 하나의 z로 지난 h와 새 n의 비율을 정하므로, 두 비율의 합은 언제나 1입니다.",
    en="n is not multiplied by 1 − z. A GRU mixes the old h and the new n by one z: the two shares "
    "always add up to 1.",
)
def _(x, h, *w):
    return gru(x, h, *w, mix="adds")


@gru_cell.mistake(
    "one-bias",
    ko="b_hh를 더하지 않았습니다. r, z에도, n의 괄호 안에도 들어갑니다.",
    en="b_hh is not added. It goes into r and z, and inside the brackets of n.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return gru(x, h, W_ih, W_hh, b_ih, torch.zeros_like(b_hh))


@gru_cell.mistake(
    "as-in-chung",
    ko="Chung 외(2014)의 식입니다. PyTorch와 두 군데가 다릅니다: z와 1 − z가 서로 바뀌었고, r를 행렬 곱 *앞에서* "
    "곱했습니다.",
    en="This is the formula of Chung et al. (2014). It differs from PyTorch's in two places: z and "
    "1 − z are exchanged, and r multiplies *before* the matrix product.",
)
def _(x, h, *w):
    return gru(x, h, *w, candidate="reset before", mix="swapped")


@gru_cell.mistake(
    "resets-only-the-input",
    ko="r를 입력의 몫에 곱했습니다. 지난 h의 몫에 곱합니다: a_n + r ⊙ b_n.",
    en="r multiplies the input's part. It belongs to the old h's part: a_n + r ⊙ b_n.",
)
def _(x, h, *w):
    return gru(x, h, *w, candidate="reset input")


@gru_cell.mistake(
    "no-old-h",
    ko="지난 h의 몫 + z ⊙ h가 빠졌습니다.",
    en="The old h is missing: + z ⊙ h.",
)
def _(x, h, *w):
    return gru(x, h, *w, mix="new alone")


@gru_cell.mistake(
    "order-rnz",
    ko="z와 n의 덩어리가 서로 바뀌었습니다. PyTorch는 r, z, n 순서로 쌓습니다. 마지막이 후보 n입니다.",
    en="The blocks of z and n are exchanged. PyTorch stacks r, z, n: the candidate n comes last.",
)
def _(x, h, *w):
    return gru(x, h, *w, order="rnz")


@gru_cell.mistake(
    "no-tanh",
    ko="n에 tanh를 씌우지 않았습니다. 후보 n은 −1과 1 사이의 수여야 합니다.",
    en="n did not go through its tanh: the candidate has to lie between −1 and 1.",
)
def _(x, h, *w):
    return gru(x, h, *w, squash=lambda inside: inside)


@gru_cell.mistake(
    "other-bias",
    ko="b_ih를 더하지 않았습니다. PyTorch의 GRU에는 편향(bias)이 두 벌 있습니다. b_ih는 x의 몫에, b_hh는 h의 몫에 더합니다.",
    en="b_ih is not added. PyTorch's GRU has two biases: b_ih belongs to the part from x, b_hh to the part "
    "from h.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return gru(x, h, W_ih, W_hh, torch.zeros_like(b_ih), b_hh)


@gru_cell.mistake(
    "no-bias",
    ko="편향(bias)을 하나도 더하지 않았습니다. b_ih는 x의 몫에, b_hh는 h의 몫에 더하세요.",
    en="No bias is added. Add b_ih to the part from x, and b_hh to the part from h.",
)
def _(x, h, W_ih, W_hh, b_ih, b_hh):
    return gru(x, h, W_ih, W_hh, torch.zeros_like(b_ih), torch.zeros_like(b_hh))


@gru_cell.mistake(
    "no-b_hn",
    ko="n에서 b_hn이 빠졌습니다. r의 괄호 안에 W_hn h와 함께 들어갑니다: r ⊙ (W_hn h + b_hn)",
    en="In n, b_hn is missing. It stands with W_hn h inside of what r multiplies: r ⊙ (W_hn h + b_hn).",
)
def _(x, h, *w):
    return gru(x, h, *w, candidate="no b_hn")


@gru_cell.mistake(
    "viewed",
    ko="`view(3, B, H)`는 수를 다시 담을 뿐이라 표본과 게이트가 뒤섞입니다. 둘째 축에서 나누세요: `chunk(3, dim=1)`",
    en="`view(3, B, H)` refills the numbers and mixes samples with gates. Cut along the second axis: "
    "`chunk(3, dim=1)`.",
)
def _(x, h, *w):
    return gru(x, h, *w, cut=lambda both: both.view(3, len(x), -1).unbind(0))


@gru_cell.mistake(
    "interleaved",
    ko="3H개의 수를 세 칸씩 건너뛰며 나누었습니다. r가 쓰는 것은 *이어진* 처음 H개, z는 그다음 H개입니다. "
    "`view(B, H, 3)`이 아니라 `(B, 3, H)`입니다.",
    en="The 3H numbers are dealt out like cards, every third to one gate. r owns the first H in a *row*, z the "
    "next H: it is `(B, 3, H)`, not `view(B, H, 3)`.",
)
def _(x, h, *w):
    return gru(x, h, *w, cut=lambda both: both.view(len(x), -1, 3).unbind(2))


@gru_cell.mistake("overflows", **OVERFLOWS)
def _(x, h, *w):
    return gru(x, h, *w, gate=overflowing_sigmoid)


@gru_cell.mistake("tanh-overflows", **OVERFLOWS)
def _(x, h, *w):
    return gru(x, h, *w, squash=overflowing_tanh)


@gru_cell.mistake("both-overflow", **OVERFLOWS)
def _(x, h, *w):
    return gru(x, h, *w, gate=overflowing_sigmoid, squash=overflowing_tanh)


@gru_cell.mistake("cut-off", **CUT_STEP)
def _(x, h, *w):
    return gru(x, h, *w).detach()


@gru_cell.mistake("cut-h", **CUT_STEP)
def _(x, h, *w):
    return gru(x, h, *w) - torch.sigmoid(sums(x, h, *w, parts=3)[1]) * (h - h.detach())


gru_cell.hints(
    ko=[
        "r와 z는 LSTM의 게이트와 똑같이 만듭니다. n만 다릅니다: x의 몫과 h의 몫을 따로 구해 두어야 h의 몫에만 r를 곱할 수 "
        "있습니다.",
        "a = x W_ihᵀ + b_ih와 b = h W_hhᵀ + b_hh를 각각 셋으로 나눕니다. r = σ(a_r + b_r), z = σ(a_z + b_z), n = tanh(a_n + r ⊙ "
        "b_n), h' = (1 − z) ⊙ n + z ⊙ h. 모두 (B, H)입니다.",
        "`a_r, a_z, a_n = (x @ W_ih.T + b_ih).chunk(3, dim=1)`, `b_r, b_z, b_n = (h @ W_hh.T + b_hh).chunk(3, dim=1)`, "
        "`r, z = (a_r + b_r).sigmoid(), (a_z + b_z).sigmoid()`, `n = torch.tanh(a_n + r * b_n)`, `return (1 - z) * n + z * h`",
    ],
    en=[
        "r and z are made just like an LSTM's gates. Only n differs: keep the part from x and the "
        "part from h apart, so that r can multiply the latter alone.",
        "Cut a = x W_ihᵀ + b_ih and b = h W_hhᵀ + b_hh into three each. r = σ(a_r + b_r), z = σ(a_z "
        "+ b_z), n = tanh(a_n + r ⊙ b_n), h' = (1 − z) ⊙ n + z ⊙ h, all of them (B, H).",
        "`a_r, a_z, a_n = (x @ W_ih.T + b_ih).chunk(3, dim=1)`, `b_r, b_z, b_n = (h @ W_hh.T + "
        "b_hh).chunk(3, dim=1)`, `r, z = (a_r + b_r).sigmoid(), (a_z + b_z).sigmoid()`, `n = "
        "torch.tanh(a_n + r * b_n)`, `return (1 - z) * n + z * h`.",
    ],
)


# ---------------------------------------------------------------- count-parameters


@exercise("count-parameters", forbids=["nn.RNN", "nn.GRU", "nn.LSTM", "numel", "parameters"])
def count_parameters(kind, input_size, hidden_size, layers):
    module = getattr(nn, kind)(input_size, hidden_size, layers, device="meta")
    return sum(p.numel() for p in module.parameters())


BLOCKS = {"RNN": 1, "GRU": 3, "LSTM": 4}


def count(kind, D, H, layers, blocks=BLOCKS, biases=2, inputs=None, recurrent=None):
    total = 0
    for layer in range(layers):
        wide = D if layer == 0 else (inputs or H)
        columns = wide + (H if recurrent is None else recurrent)
        total += blocks[kind] * H * (columns + biases)
    return total


@count_parameters.cases
def _(draw):
    for kind in BLOCKS:
        yield kind, 2, 3, 1
    yield "LSTM", 3, 5, 2
    for kind in BLOCKS:
        yield kind, 256, 512, 1
    yield "GRU", draw.integer(4, 9), draw.integer(10, 99), 3
    yield (
        draw.choice(list(BLOCKS)),
        draw.integer(10, 99),
        draw.integer(100, 300),
        draw.integer(1, 4),
    )


@count_parameters.accepts
def _(kind, input_size, hidden_size, layers):
    rows = hidden_size * ("RNN", "", "GRU", "LSTM").index(kind) + hidden_size
    per_layer = [(rows, hidden_size), (rows,), (rows,)]
    shapes = [(rows, input_size), *per_layer] + [(rows, hidden_size), *per_layer] * (layers - 1)
    return sum(shape[0] * (shape[1] if len(shape) == 2 else 1) for shape in shapes)


@count_parameters.mistake(
    "counts-gates",
    ko="게이트만 세고 후보를 빠뜨렸습니다. 후보(LSTM의 g, GRU의 n)는 게이트가 아니지만 가중치는 똑같이 한 벌 있습니다: LSTM "
    "네 벌, GRU 세 벌.",
    en="Only the gates are counted. The candidate (g of the LSTM, n of the GRU) is no gate, but it "
    "has weights like one: four sets in an LSTM, three in a GRU.",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, {"RNN": 1, "GRU": 2, "LSTM": 3})


@count_parameters.mistake(
    "one-bias",
    ko="편향(bias)을 한 벌만 세었습니다. PyTorch는 층마다 b_ih와 b_hh 두 벌을 둡니다.",
    en="Only one bias is counted. PyTorch keeps two in each layer, b_ih and b_hh.",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, biases=1)


@count_parameters.mistake(
    "no-bias",
    ko="편향(bias)을 세지 않았습니다. 층마다 b_ih와 b_hh, 두 벌이 있습니다.",
    en="The biases are not counted. Each layer has two, b_ih and b_hh.",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, biases=0)


@count_parameters.mistake(
    "bias-once",
    ko="행렬은 벌 수만큼 세었지만 편향은 한 벌치(2H)만 세었습니다. 편향도 벌마다 있으니 2 × 벌 수 × H개입니다.",
    en="The matrices are counted once per set, but the biases only once, 2H. Each set has its own: "
    "2 × sets × H.",
)
def _(kind, input_size, hidden_size, layers):
    matrices = count(kind, input_size, hidden_size, layers, biases=0)
    return matrices + 2 * hidden_size * layers


@count_parameters.mistake(
    "no-recurrent",
    ko="W_hh를 세지 않았습니다. 입력뿐 아니라 이전 hidden state에도 행렬을 곱합니다.",
    en="W_hh is not counted. There is a matrix for the previous hidden state as well as for the "
    "input.",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, recurrent=0)


@count_parameters.mistake(
    "square-recurrent",
    ko="W_hh를 정사각형으로 세었습니다. 줄은 벌 수 × H개이지만 칸은 H개뿐입니다. h는 하나이고, 모든 벌이 같은 h를 봅니다.",
    en="W_hh was taken for a square. It has (sets × H) rows but only H columns: there is one h, and "
    "all sets look at it.",
)
def _(kind, input_size, hidden_size, layers):
    return count(
        kind, input_size, hidden_size, layers, recurrent=BLOCKS[kind] * hidden_size
    )  # fmt: skip


@count_parameters.mistake(
    "same-input",
    ko="둘째 층부터도 입력의 크기를 input_size로 세었습니다. 둘째 층이 읽는 것은 첫째 층의 h, 곧 hidden_size개의 수입니다.",
    en="Higher layers were counted with input_size too. The second layer reads the h of the first: "
    "hidden_size numbers.",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, inputs=input_size)


@count_parameters.mistake(
    "one-layer",
    ko="층 수를 곱하지 않았습니다. 층마다 자기 가중치가 있습니다.",
    en="The number of layers is left out. Every layer has weights of its own.",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, 1)


@count_parameters.mistake(
    "gru-and-lstm-exchanged",
    ko="GRU와 LSTM의 벌 수가 서로 바뀌었습니다. GRU가 세 벌(r, z, n), LSTM이 네 벌(i, f, g, o)입니다.",
    en="The sets of the GRU and the LSTM are exchanged. A GRU has three (r, z, n), an LSTM four (i, f, g, o).",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, {"RNN": 1, "GRU": 4, "LSTM": 3})


GRU_SETS = {
    "ko": "GRU의 벌 수가 틀렸습니다. 게이트 둘(r, z)과 후보 하나(n), 모두 세 벌입니다.",
    "en": "The number of sets of the GRU is wrong: it has two gates (r, z) and a candidate (n), three in all.",
}


@count_parameters.mistake("gru-of-four", **GRU_SETS)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, {"RNN": 1, "GRU": 4, "LSTM": 4})


@count_parameters.mistake("gru-of-two", **GRU_SETS)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers, {"RNN": 1, "GRU": 2, "LSTM": 4})


@count_parameters.mistake(
    "one-layer-too-many",
    ko="첫 층에 위층을 `layers`번 더했습니다. 첫 층도 한 층이니 위층은 `layers - 1`번입니다.",
    en="To the first layer an upper one was added `layers` times. The first counts as a layer too, so it is "
    "`layers - 1` times.",
)
def _(kind, input_size, hidden_size, layers):
    return count(kind, input_size, hidden_size, layers + 1)


count_parameters.hints(
    ko=[
        "RNN 한 층의 텐서 네 개(W_ih, W_hh, b_ih, b_hh)의 모양을 먼저 적어 보세요. GRU와 LSTM에서는 그 줄 수만 몇 배가 "
        "됩니다.",
        "벌 수를 G라고 하면(RNN 1, GRU 3, LSTM 4) 한 층은 G·H·D + G·H·H + 2·G·H입니다. 둘째 층부터는 D 자리에 H가 옵니다.",
        '`G = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]`, `D, H = input_size, hidden_size`에서 시작해 층마다 `G * H * (D + H + 2)`를 더하고 `D = H`로 바꾸세요.',
    ],
    en=[
        "Write down the shapes of the four tensors of one RNN layer: W_ih, W_hh, b_ih, b_hh. GRU "
        "and LSTM only have several times as many rows.",
        "With G sets (RNN 1, GRU 3, LSTM 4) one layer has G·H·D + G·H·H + 2·G·H. From the second "
        "layer on, H stands in place of D.",
        '`G = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]`, `D, H = input_size, hidden_size`; '
        "for each layer add `G * H * (D + H + 2)`, then set `D = H`.",
    ],
)


# ---------------------------------------------------------------- cell-gradient


@exercise("cell-gradient", points=2, forbids=[".backward", "torch.autograd.grad"])
def cell_gradient(f):
    # The belt itself, c_t = f_t c_{t-1} + something, differentiated by autograd.
    B, T, H = f.shape
    c = torch.ones(B, H, dtype=f.dtype, requires_grad=True)
    states = [c]
    for t in range(T):
        states.append(f[:, t] * states[-1] + 0.5)
    return torch.stack(torch.autograd.grad(states[-1].sum(), states), 1)


def remaining(f):
    """∏ of the gates from each place to the end: (B, T, H)."""
    return f.flip(1).cumprod(1).flip(1)


def ones(f):
    return torch.ones_like(f[:, :1])


@cell_gradient.cases
def _(draw):
    yield (tensor([[0.5], [0.8]]),)
    yield (tensor([[0.9, 0.5], [1.0, 0.5], [0.9, 0.0], [1.0, 0.5]]),)
    yield (draw.uniform(0.2, 1.0, 1, 1, 3, dtype=DOUBLE),)
    for _ in range(2):
        shape = draw.integer(2, 4), draw.integer(3, 8), draw.integer(2, 4)
        yield (draw.uniform(0.2, 1.0, *shape, dtype=DOUBLE),)


@cell_gradient.accepts
def _(f):
    B, T, H = f.shape
    flow = f.new_ones(B, T + 1, H)
    for t in reversed(range(T)):
        flow[:, t] = f[:, t] * flow[:, t + 1]
    return flow


@cell_gradient.accepts
def _(f):
    return torch.stack([f[:, t:].prod(1) for t in range(f.shape[1] + 1)], 1)


@cell_gradient.mistake(
    "from-the-start",
    ko="앞에서부터 곱했습니다. 그것은 ∂c_t/∂c_0입니다. 여기서는 *마지막* c_T를 c_t로 미분하므로, t 뒤에 남은 게이트들을 "
    "곱합니다.",
    en="The product runs from the front: that is ∂c_t/∂c_0. Here it is the *last* c_T "
    "differentiated by c_t, so multiply the gates that are still to come after t.",
)
def _(f):
    return torch.cat([ones(f), f.cumprod(1)], 1)


@cell_gradient.mistake(
    "flipped-too-late",
    ko="앞에서부터 곱한 다음에 뒤집었습니다. 그러면 t번 칸에 *처음* T − t개의 게이트가 곱해집니다. 먼저 뒤집고, 누적해서 곱하고, "
    "다시 뒤집으세요.",
    en="The product ran from the front and was flipped afterwards, so entry t holds the *first* T − "
    "t gates. Flip, multiply up, and flip back.",
)
def _(f):
    return torch.cat([f.cumprod(1).flip(1), ones(f)], 1)


@cell_gradient.mistake(
    "from-the-start-to-t",
    ko="앞에서부터 곱하고 끝에 1을 붙였습니다. t번 칸에는 *처음* t + 1개가 아니라 t*부터 끝까지* 남은 게이트들의 곱이 와야 합니다. "
    "뒤집고, 누적해서 곱하고, 다시 뒤집으세요.",
    en="The product runs from the front, with a 1 put behind it. Entry t is not the product of the *first* t + 1 "
    "gates but of those *from t to the end*: flip, multiply up, and flip back.",
)
def _(f):
    return torch.cat([f.cumprod(1), ones(f)], 1)


@cell_gradient.mistake(
    "one-short",
    ko="마지막 칸이 없습니다. c는 c_0부터 c_T까지 T + 1개이고, ∂c_T/∂c_T = 1이 마지막 칸입니다.",
    en="The last entry is missing. There are T + 1 states, c_0 to c_T, and the last entry is "
    "∂c_T/∂c_T = 1.",
)
def _(f):
    return remaining(f)


@cell_gradient.mistake(
    "one-in-front",
    ko="1을 맨 앞에 붙였습니다. ∂c_T/∂c_T = 1은 *마지막* 칸(t = T)입니다.",
    en="The 1 stands in front. ∂c_T/∂c_T = 1 is the *last* entry, t = T.",
)
def _(f):
    return torch.cat([ones(f), remaining(f)], 1)


@cell_gradient.mistake(
    "one-gate-late",
    ko="게이트 하나씩을 덜 곱했습니다. c_0에서 c_1로 가는 길에는 f[:, 0]이 있습니다. 그래서 t번 칸은 f[:, t]*부터* 끝까지의 "
    "곱입니다.",
    en="One gate is left out of each product. On the way from c_0 to c_1 stands f[:, 0], so entry t "
    "is the product *from* f[:, t] to the end.",
)
def _(f):
    return torch.cat([remaining(f)[:, 1:], ones(f), ones(f)], 1)


@cell_gradient.mistake(
    "sums",
    ko="게이트를 곱하지 않고 더했습니다. 시점을 하나 거슬러 갈 때마다 기울기에 f를 *곱합니다*(연쇄 법칙).",
    en="The gates are added. Each step back *multiplies* the gradient by f (the chain rule).",
)
def _(f):
    return torch.cat([f.flip(1).cumsum(1).flip(1), ones(f)], 1)


@cell_gradient.mistake(
    "only-the-whole",
    ko="전체의 곱 ∂c_T/∂c_0 하나만 돌려주었습니다. 그것은 0번 칸입니다. t = 0 … T 모두에 대해 구해 (B, T + 1, H)로 쌓으세요.",
    en="Only the whole product ∂c_T/∂c_0 came back. That is entry 0; do it for all t = 0 … T and "
    "stack them, (B, T + 1, H).",
)
def _(f):
    return f.prod(1)


@cell_gradient.mistake(
    "same-everywhere",
    ko="모든 칸이 전체의 곱 ∂c_T/∂c_0입니다. 그것은 0번 칸이고, t가 T에 가까울수록 곱할 게이트가 줄어듭니다.",
    en="Every entry is the whole product ∂c_T/∂c_0. That is entry 0; the nearer t is to T, the fewer "
    "gates are multiplied.",
)
def _(f):
    return f.prod(1, keepdim=True).expand(-1, f.shape[1] + 1, -1)


@cell_gradient.mistake(
    "mean-power",
    ko="평균 게이트를 거듭제곱했습니다. 게이트는 시점마다 다르고, 0이 하나만 있어도 곱은 0이 됩니다. 실제 게이트들을 "
    "곱하세요.",
    en="A power of the mean gate: but gates differ from step to step, and a single 0 makes the "
    "product 0. Multiply the actual gates.",
)
def _(f):
    left = torch.arange(f.shape[1], -1, -1, dtype=f.dtype)[None, :, None]
    return f.mean(1, keepdim=True) ** left


@cell_gradient.mistake(
    "divides",
    ko="앞에서부터의 누적곱으로 전체의 곱을 나누었습니다(로그의 뺄셈도 같은 일입니다). 식은 맞지만 게이트가 정확히 0이면 0/0, 곧 NaN이 됩니다. 뒤에서부터 "
    "곱하면 나눌 일이 없습니다.",
    en="The whole product is divided by the running product (subtracting logs is the same). On paper that is right, but with a "
    "gate of exactly 0 it is 0/0, a NaN. Multiply from the back, and nothing needs dividing.",
)
def _(f):
    before = torch.cat([ones(f), f.cumprod(1)], 1)
    return f.prod(1, keepdim=True) / before


@cell_gradient.mistake(
    "across-units",
    ko="시점(1번 축)이 아니라 유닛(2번 축)을 따라 곱했습니다. 벨트에서는 유닛끼리 섞이지 않습니다. `dim=1`입니다.",
    en="The product runs across the units (axis 2) instead of through time (axis 1). On the belt, "
    "units never mix: it is `dim=1`.",
)
def _(f):
    return torch.cat([f.flip(2).cumprod(2).flip(2), ones(f)], 1)


@cell_gradient.mistake(
    "reversed",
    ko="곱은 맞지만 시간 순서가 뒤집혔습니다. 0번 칸이 ∂c_T/∂c_T = 1입니다. 1번 축을 따라 뒤집으세요.",
    en="The products are right but reversed in time: your entry 0 is ∂c_T/∂c_T = 1. Flip the result "
    "along axis 1.",
)
def _(f):
    return torch.cat([ones(f), f.flip(1).cumprod(1)], 1)


@cell_gradient.mistake(
    "not-flipped-back",
    ko="누적곱을 다시 뒤집지 않아 t번 칸에 마지막 t + 1개 게이트의 곱이 있습니다.",
    en="The running product was not flipped back, so entry t holds the last t + 1 gates.",
)
def _(f):
    return torch.cat([f.flip(1).cumprod(1), ones(f)], 1)


cell_gradient.hints(
    ko=[
        "T = 3으로 종이에 적어 보세요. c_3 = f_3 ⊙ (f_2 ⊙ (f_1 ⊙ c_0 + …) + …) + … 에서 c_2에 곱해지는 것은 무엇이고, "
        "c_0에 곱해지는 것은 무엇인가요?",
        "t번 칸은 f[:, t], f[:, t+1], …, f[:, T−1]의 곱입니다. t = T이면 곱할 것이 없으니 1. 결과는 (B, T + 1, H)입니다.",
        "1에서 시작해 뒤에서부터 곱해 나갑니다: `T = f.shape[1]`, `flow = [torch.ones_like(f[:, 0])]`, `for t in reversed(range(T)): "
        "flow.insert(0, f[:, t] * flow[0])`, `return torch.stack(flow, dim=1)`",
    ],
    en=[
        "Write it out for T = 3: in c_3 = f_3 ⊙ (f_2 ⊙ (f_1 ⊙ c_0 + …) + …) + …, what multiplies "
        "c_2, and what multiplies c_0?",
        "Entry t is the product of f[:, t], f[:, t+1], …, f[:, T−1]. At t = T nothing is left to "
        "multiply: 1. The result is (B, T + 1, H).",
        "Start from 1 and multiply from the back: `T = f.shape[1]`, `flow = [torch.ones_like(f[:, 0])]`, `for t in "
        "reversed(range(T)): flow.insert(0, f[:, t] * flow[0])`, `return torch.stack(flow, dim=1)`.",
    ],
)


# ---------------------------------------------------------------- forget-bias


@exercise("forget-bias", returns=["b_ih", "b_hh"])
def forget_bias(b_ih, b_hh, value):
    i, _, g, o = b_ih.chunk(4)
    hi, _, hg, ho = b_hh.chunk(4)
    new, zero = torch.full_like(i, value), torch.zeros_like(i)
    return torch.cat([i, new, g, o]), torch.cat([hi, zero, hg, ho])


def biases(b_ih, b_hh, forget_ih=None, forget_hh=None, quarter=1):
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    H = len(b_ih) // 4
    for bias, value in ((b_ih, forget_ih), (b_hh, forget_hh)):
        if value is not None:
            bias[quarter * H : (quarter + 1) * H] = value
    return b_ih, b_hh


@forget_bias.cases
def _(draw):
    yield tensor(0.1, -0.2, 0.3, -0.4), tensor(-0.1, 0.3, 0.2, 0.1), 3.0
    for hidden, value in ((2, -1.5), (3, 0.0), (draw.integer(4, 6), draw.number(0.2, 0.9))):
        yield draw.normal(4 * hidden), draw.normal(4 * hidden), value


@forget_bias.accepts
def _(b_ih, b_hh, value):
    is_forget = torch.arange(len(b_ih)) // (len(b_ih) // 4) == 1
    return torch.where(is_forget, value, b_ih), b_hh.masked_fill(is_forget, 0.0)


@forget_bias.mistake(
    "both",
    ko="두 편향(bias)에 모두 넣었습니다. 둘은 *더해지므로* forget 게이트는 σ(2·value)에서 시작합니다. 하나에 value를, 다른 "
    "하나에는 0을 넣으세요.",
    en="Both biases got it. They are *added*, so the forget gate would start at σ(2·value). Put "
    "value into one and 0 into the other.",
)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, value, value)


SPLIT = {
    "ko": "두 편향의 합은 맞습니다. 다만 여기서 정한 대로 b_ih에 value를 모두 넣고 b_hh의 그 자리는 0으로 두세요. 채점은 두 텐서를 "
    "따로 봅니다.",
    "en": "The sum of the two is right. But keep to the specification: all of value goes into b_ih, "
    "and that part of b_hh is 0. The two tensors are compared one by one.",
}


@forget_bias.mistake("other-way-round", **SPLIT)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, 0.0, value)


@forget_bias.mistake("half-each", **SPLIT)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, value / 2, value / 2)


@forget_bias.mistake("the-rest", **SPLIT)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, value - b_hh.chunk(4)[1])


@forget_bias.mistake(
    "other-left",
    ko="b_ih에는 넣었지만 b_hh의 forget 몫이 그대로 남아 있습니다. 두 편향이 더해지므로 합이 정확히 value가 되지 않습니다. "
    "b_hh의 그 자리는 0으로 만드세요.",
    en="b_ih is set, but b_hh keeps its forget part. The two are added, so their sum is not exactly "
    "value: make that part of b_hh 0.",
)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, value)


ADDS = {
    "ko": "value로 *바꾸지* 않고 원래 값에 더했습니다. 처음의 무작위 값이 남아 있습니다.",
    "en": "value was added instead of *put in*: the random numbers from before are still there.",
}


@forget_bias.mistake("adds-and-zeroes", **ADDS)
def _(b_ih, b_hh, value):
    H = len(b_ih) // 4
    return biases(b_ih, b_hh, b_ih[H : 2 * H] + value, 0.0)


@forget_bias.mistake("adds", **ADDS)
def _(b_ih, b_hh, value):
    H = len(b_ih) // 4
    return biases(b_ih, b_hh, b_ih[H : 2 * H] + value)


@forget_bias.mistake(
    "sigmoid-of-value",
    ko="편향에 σ(value)를 넣었습니다. 시그모이드는 셀이 계산할 때 씌웁니다. 편향에는 value를 그대로 넣으세요.",
    en="σ(value) was put into the bias. The cell itself applies the sigmoid: put in value as it is.",
)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, torch.sigmoid(torch.tensor(value)).item(), 0.0)


@forget_bias.mistake(
    "input-gate",
    ko="첫 번째 덩어리는 input 게이트 i의 것입니다. 순서는 i, f, g, o이므로 forget 게이트는 두 번째, [H : 2H]입니다.",
    en="The first block is the input gate's. The order is i, f, g, o: the forget gate is the second, "
    "[H : 2H].",
)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, value, 0.0, quarter=0)


@forget_bias.mistake(
    "candidate",
    ko="세 번째 덩어리는 후보 g의 것입니다. 순서는 i, f, g, o이므로 forget 게이트는 두 번째, [H : 2H]입니다.",
    en="The third block is the candidate g's. The order is i, f, g, o: the forget gate is the "
    "second, [H : 2H].",
)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, value, 0.0, quarter=2)


@forget_bias.mistake(
    "all-four",
    ko="편향 전체를 value로 채웠습니다. forget 게이트의 몫만 바꾸고 나머지는 그대로 두어야 합니다.",
    en="The whole bias was filled with value. Change the forget gate's part only and leave the rest.",
)
def _(b_ih, b_hh, value):
    return torch.full_like(b_ih, value), torch.zeros_like(b_hh)


@forget_bias.mistake(
    "in-place",
    ko="결과는 맞지만 부른 쪽의 편향을 그 자리에서 고쳤습니다. `clone()`한 복사본을 고치세요.",
    en="The result is right, but the caller's biases were changed in place. Change a copy: `clone()`.",
)
def _(b_ih, b_hh, value):
    new_ih, new_hh = biases(b_ih, b_hh, value, 0.0)
    return b_ih.copy_(new_ih), b_hh.copy_(new_hh)


@forget_bias.mistake(
    "zeroes-the-rest",
    ko="forget 자리는 맞지만 나머지 세 조각의 편향이 0이 되었습니다. 나머지는 받은 그대로 두어야 합니다.",
    en="The forget part is right, but the biases of the other three parts have become 0. They must "
    "stay as they were.",
)
def _(b_ih, b_hh, value):
    H = len(b_ih) // 4
    new = torch.zeros_like(b_ih)
    new[H : 2 * H] = value
    return new, torch.zeros_like(b_hh)


@forget_bias.mistake(
    "zeroes-b_hh",
    ko="b_hh 전체가 0이 되었습니다. forget 자리만 0이어야 합니다.",
    en="All of b_hh has become 0. Only its forget part should.",
)
def _(b_ih, b_hh, value):
    return biases(b_ih, b_hh, value)[0], torch.zeros_like(b_hh)


forget_bias.hints(
    ko=[
        "편향(bias)도 가중치처럼 i, f, g, o 순서로 H개씩 쌓여 있습니다. forget 게이트의 몫은 몇 번부터 몇 번까지인가요?",
        "[H : 2H]가 forget 게이트의 몫입니다(H는 길이의 4분의 1). 두 편향은 더해지므로 한쪽을 value, 다른 쪽을 0으로 둡니다.",
        "`H = len(b_ih) // 4`, `b_ih, b_hh = b_ih.clone(), b_hh.clone()`, `b_ih[H : 2 * H] = value`, "
        "`b_hh[H : 2 * H] = 0`, `return b_ih, b_hh`",
    ],
    en=[
        "Like the weights, a bias is stacked as i, f, g, o, H numbers each. From where to where does "
        "the forget gate's part go?",
        "The forget gate's part is [H : 2H], where H is a quarter of the length. The two biases are "
        "added, so make one value and the other 0.",
        "`H = len(b_ih) // 4`, `b_ih, b_hh = b_ih.clone(), b_hh.clone()`, `b_ih[H : 2 * H] = "
        "value`, `b_hh[H : 2 * H] = 0`, `return b_ih, b_hh`.",
    ],
)
