"""Exercises of ch20: training through time."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise

DOUBLE = torch.float64


def unroll(x, h, W_ih, W_hh, b):
    """The states h_1 … h_T of the recurrent cell: (B, T, H)."""
    states = []
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ W_ih.T + h @ W_hh.T + b)
        states.append(h)
    return torch.stack(states, 1)


def before(h0, h):
    """The state before each step: (B, T, H)."""
    return torch.cat([h0[:, None], h[:, :-1]], 1)


# ---------------------------------------------------------------- next-char-pairs


@exercise("next-char-pairs", returns=["inputs", "targets"])
def next_char_pairs(text, vocab, streams):
    number = {character: k for k, character in enumerate(vocab)}
    T = (len(text) - 1) // streams
    inputs = [[number[text[r * T + t]] for t in range(T)] for r in range(streams)]
    targets = [[number[text[r * T + t + 1]] for t in range(T)] for r in range(streams)]
    return torch.tensor(inputs), torch.tensor(targets)


def numbers(text, vocab):
    return torch.tensor([vocab.index(character) for character in text])


def rows(text, vocab, streams, shift=0):
    T = (len(text) - 1) // streams
    return numbers(text, vocab)[shift : shift + streams * T].reshape(streams, T)


@next_char_pairs.cases
def _(draw):
    yield "hello", list("ehlo"), 1
    yield "봄이 오면 꽃이 핍니다", sorted(set("봄이 오면 꽃이 핍니다")), 2
    letters = list("nmkjihgfedcba")
    for streams, length in ((2, 9), (3, 13), (4, draw.integer(17, 20)), (2, 8), (3, 12)):
        order = draw.permutation(13).tolist()
        vocab = [letters[k] for k in order]
        text = "".join(letters[k] for k in draw.integers(0, 12, length).tolist())
        yield text, vocab, streams
    yield "cab", list("abc"), 2  # a single step: that axis stays


@next_char_pairs.accepts
def _(text, vocab, streams):
    ids = numbers(text, vocab)
    T = (len(text) - 1) // streams
    starts = torch.arange(streams)[:, None] * T
    places = starts + torch.arange(T)
    return ids[places], ids[places + 1]


@next_char_pairs.accepts
def _(text, vocab, streams):
    T = (len(text) - 1) // streams
    pieces = [text[r * T : r * T + T + 1] for r in range(streams)]
    ids = torch.stack([numbers(piece, vocab) for piece in pieces])
    return [ids[:, :-1].contiguous(), ids[:, 1:].contiguous()]


@next_char_pairs.mistake(
    "not-shifted",
    ko="targets가 inputs와 같습니다. 읽은 글자를 그대로 되뇌는 것은 누구나 합니다. 정답은 한 자리 *뒤*의 글자입니다.",
    en="targets are the inputs themselves. Repeating what was just read is no feat: the answer is "
    "the character one place *later*.",
)
def _(text, vocab, streams):
    return rows(text, vocab, streams), rows(text, vocab, streams)


@next_char_pairs.mistake(
    "the-other-way-round",
    ko="inputs와 targets가 서로 바뀌었습니다. 먼저 읽는 것이 inputs이고, 그다음 글자가 targets입니다.",
    en="inputs and targets have changed places. What is read first is inputs; the character after "
    "it is in targets.",
)
def _(text, vocab, streams):
    return rows(text, vocab, streams, 1), rows(text, vocab, streams)


@next_char_pairs.mistake(
    "wraps-in-the-row",
    ko="줄 안에서 돌려 밀었습니다(roll). 그러면 줄 마지막 글자의 정답이 그 줄의 첫 글자가 됩니다. 글을 먼저 한 칸 밀고, 그다음에 줄로 나누세요.",
    en="The rows were rolled, so the answer to a row's last character is that row's first. Move the "
    "text by one place first, then cut it into rows.",
)
def _(text, vocab, streams):
    inputs = rows(text, vocab, streams)
    return inputs, inputs.roll(-1, 1)


@next_char_pairs.mistake(
    "the-text-rolled",
    ko="맨 마지막 정답이 글의 첫 글자입니다. 읽을 부분만 잘라서 돌려 밀면(roll) 끝에 처음이 옵니다. 자르기 *전*의 글에서 1번 자리부터 streams × T개를 정답으로 삼으세요.",
    en="The very last answer is the first character of the text: what is cut to size and then rolled has its "
    "start at its end. Take the answers from the text *before* cutting, streams × T of them from place 1 on.",
)
def _(text, vocab, streams):
    inputs = rows(text, vocab, streams)
    return inputs, inputs.flatten().roll(-1).reshape(inputs.shape)


@next_char_pairs.mistake(
    "loses-the-last-of-each-row",
    ko="줄로 나눈 다음에 밀어서, 줄마다 글자 하나를 잃었습니다. 줄 마지막 글자의 정답은 다음 줄의 첫 글자입니다. 글을 밀고 나서 나누세요.",
    en="The shift came after cutting into rows, which costs a character in each row. The answer to a "
    "row's last character is the first of the next row: shift the text, then cut.",
)
def _(text, vocab, streams):
    whole = rows(text, vocab, streams)
    return whole[:, :-1], whole[:, 1:]


@next_char_pairs.mistake(
    "dealt-like-cards",
    ko="글자를 줄마다 한 자씩 돌아가며 나누었습니다. 한 줄은 *이어진* 글이어야 합니다. (T, B)로 만들어 전치하지 말고, 처음부터 (B, T)로 만드세요.",
    en="The characters are dealt out to the rows one by one. A row must be a *continuous* piece of "
    "text: make (B, T) directly instead of (T, B) and a transpose.",
)
def _(text, vocab, streams):
    T = (len(text) - 1) // streams
    ids = numbers(text, vocab)
    return ids[: streams * T].reshape(T, streams).T, ids[1 : streams * T + 1].reshape(T, streams).T


@next_char_pairs.mistake(
    "overlapping-rows",
    ko="r번 줄이 r번 자리에서 시작합니다. 줄은 겹치지 않습니다. r번 줄은 r × T번 자리에서 시작하세요.",
    en="Row r starts at place r. Rows do not overlap: row r starts at place r × T.",
)
def _(text, vocab, streams):
    ids, T = numbers(text, vocab), (len(text) - 1) // streams
    inputs = torch.stack([ids[r : r + T] for r in range(streams)])
    return inputs, torch.stack([ids[r + 1 : r + 1 + T] for r in range(streams)])


@next_char_pairs.mistake(
    "no-follower-left",
    ko="T를 len(text) // streams로 구했습니다. 글이 딱 나누어떨어지면 마지막 글자의 정답이 없습니다. 정답이 있는 글자는 len(text) − 1개입니다.",
    en="T is len(text) // streams. If that divides evenly, the last character has no follower: only "
    "len(text) − 1 characters have one.",
)
def _(text, vocab, streams):
    ids, T = numbers(text, vocab), len(text) // streams
    return ids[: streams * T].reshape(streams, T), ids[1 : streams * T + 1].reshape(streams, T)


@next_char_pairs.mistake(
    "a-vocabulary-of-its-own",
    ko="받은 vocab이 아니라 글에서 새로 만든 어휘로 번호를 매겼습니다. 글자의 번호는 vocab에서의 자리입니다.",
    en="The numbers come from a vocabulary made anew from the text. A character's number is its place "
    "in the vocab that is given.",
)
def _(text, vocab, streams):
    own = sorted(set(text))
    return rows(text, own, streams), rows(text, own, streams, 1)


@next_char_pairs.mistake(
    "code-points",
    ko="ord()로 글자의 유니코드 번호를 썼습니다. 글자의 번호는 vocab에서의 자리(0 … V − 1)입니다.",
    en="ord() gives a character's Unicode number. Here its number is its place in vocab, 0 … V − 1.",
)
def _(text, vocab, streams):
    T = (len(text) - 1) // streams
    ids = torch.tensor([ord(character) for character in text])
    return ids[: streams * T].reshape(streams, T), ids[1 : streams * T + 1].reshape(streams, T)


@next_char_pairs.mistake(
    "targets-only-at-the-end",
    ko="줄마다 정답이 하나뿐입니다. 이 모델은 글자 *하나하나*마다 다음 글자를 맞힙니다. targets도 (B, T)입니다.",
    en="There is one answer for each row. This model guesses the next character at *every* place: "
    "targets is (B, T) too.",
)
def _(text, vocab, streams):
    return rows(text, vocab, streams), rows(text, vocab, streams, 1)[:, -1]


LOSES_AN_AXIS = {
    "ko": "`squeeze`가 크기 1인 축을 없앴습니다. 줄이 하나이거나 시점이 하나여도 모양은 언제나 (B, T)입니다.",
    "en": "A `squeeze` dropped an axis of size 1. The shape is always (B, T), also with a single row or a single step.",
}


@next_char_pairs.mistake("squeezes-a-single-step", **LOSES_AN_AXIS)
def _(text, vocab, streams):
    return rows(text, vocab, streams).squeeze(1), rows(text, vocab, streams, 1).squeeze(1)


@next_char_pairs.mistake("squeezes-a-single-row", **LOSES_AN_AXIS)
def _(text, vocab, streams):
    return rows(text, vocab, streams).squeeze(0), rows(text, vocab, streams, 1).squeeze(0)


@next_char_pairs.mistake("squeezes-everything", **LOSES_AN_AXIS)
def _(text, vocab, streams):
    return rows(text, vocab, streams).squeeze(), rows(text, vocab, streams, 1).squeeze()


next_char_pairs.hints(
    ko=[
        "글 전체를 번호가 늘어선 긴 줄 하나로 만들고, 그것을 한 칸 어긋나게 두 번 자른다고 생각하세요.",
        "정답이 있는 글자는 len(text) − 1개이니 T = (len(text) − 1) // streams입니다. inputs는 0번부터, targets는 1번부터 각각 streams × T개입니다.",
        "`ids = torch.tensor([vocab.index(c) for c in text])`, `inputs = ids[: streams * T].reshape(streams, T)`, targets는 `ids[1 : streams * T + 1]`로 똑같이 합니다.",
    ],
    en=[
        "Turn the whole text into one long row of numbers, and cut that twice, one place apart.",
        "len(text) − 1 characters have a follower, so T = (len(text) − 1) // streams. inputs takes "
        "streams × T numbers from place 0 on, targets as many from place 1 on.",
        "`ids = torch.tensor([vocab.index(c) for c in text])`, `inputs = ids[: streams * "
        "T].reshape(streams, T)`, and the same for targets with `ids[1 : streams * T + 1]`.",
    ],
)


# ---------------------------------------------------------------- output-gradients


BACKWARD = (".backward", "torch.autograd.grad")


@exercise(
    "output-gradients", points=2, forbids=BACKWARD, returns=["loss", "d_out", "dW_hy", "db_y"]
)
def output_gradients(h, W_hy, b_y, targets):
    h, W_hy, b_y = [v.detach().clone().requires_grad_() for v in (h, W_hy, b_y)]
    logits = F.linear(h, W_hy, b_y).flatten(0, 1)
    loss = F.cross_entropy(logits, targets.flatten())
    return loss.detach(), *torch.autograd.grad(loss, (h, W_hy, b_y))


@output_gradients.cases
def _(draw):
    yield (
        torch.tensor([[[1.0, 0.0], [0.0, 1.0]]], dtype=DOUBLE),
        torch.tensor([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]], dtype=DOUBLE),
        torch.tensor([0.0, 0.5, -0.5], dtype=DOUBLE),
        torch.tensor([[0, 2]]),
    )
    for B, T, H, V in ((2, 3, 4, 5), (3, 2, 3, 3), (1, draw.integer(4, 6), 5, 2)):
        yield (
            draw.normal(B, T, H, dtype=DOUBLE),
            draw.normal(V, H, dtype=DOUBLE),
            draw.normal(V, dtype=DOUBLE),
            draw.integers(0, V - 1, B, T),
        )
    # Answers without the last character: it has its probability all the same.
    yield draw.normal(2, 3, 3, dtype=DOUBLE), draw.normal(6, 3, dtype=DOUBLE), draw.normal(6, dtype=DOUBLE), draw.integers(0, 3, 2, 3)  # fmt: skip
    b = torch.tensor([1000.0, 0.0, -1000.0], dtype=DOUBLE)
    yield draw.normal(2, 2, 3, dtype=DOUBLE), draw.normal(3, 3, dtype=DOUBLE), b, torch.tensor([[0, 1], [2, 1]])  # fmt: skip
    # 32 bits.
    yield draw.normal(2, 2, 3), draw.normal(4, 3), draw.normal(4), draw.integers(0, 3, 2, 2)
    # Logits near 1000 at one place and near -1000 at the next.
    yield (
        torch.tensor([[[1000.0, 1.0], [-1000.0, 0.5]]], dtype=DOUBLE),
        torch.tensor([[1.0, 0.5], [1.0, -0.3], [1.0, 0.2]], dtype=DOUBLE),
        torch.tensor([0.0, 0.5, -0.5], dtype=DOUBLE),
        torch.tensor([[1, 2]]),
    )


def output(h, W_hy, b_y, targets, *, answer=1.0, over=None, back=None, stable=True, dim=-1):
    """The right answer, with places for mistakes."""
    z = h @ W_hy.T + b_y
    log_p = F.log_softmax(z, dim) if stable else torch.softmax(z, dim).log()
    hot = F.one_hot(targets, len(b_y)).to(h.dtype)
    loss = -(log_p * hot).sum(-1)
    over = over or targets.numel()
    loss = loss.mean() if over == targets.numel() else loss.sum() / over
    d_z = (log_p.exp() - answer * hot) / over
    d_out = d_z @ W_hy if back is None else back(d_z)
    return loss, d_out, d_z.flatten(0, 1).T @ h.flatten(0, 1), d_z.sum((0, 1))


@output_gradients.accepts
def _(h, W_hy, b_y, targets):
    loss = d_out = 0
    B, T = targets.shape
    d_out, dW, db = torch.zeros_like(h), torch.zeros_like(W_hy), torch.zeros_like(b_y)
    for i in range(B):
        for t in range(T):
            z = W_hy @ h[i, t] + b_y
            loss = loss + torch.logsumexp(z, 0) - z[targets[i, t]]
            d = torch.softmax(z, 0)
            d[targets[i, t]] -= 1
            d_out[i, t] = d @ W_hy / (B * T)
            dW += torch.outer(d, h[i, t]) / (B * T)
            db += d / (B * T)
    return loss / (B * T), d_out, dW, db


@output_gradients.accepts
def _(h, W_hy, b_y, targets):
    z = torch.einsum("bth,vh->btv", h, W_hy) + b_y
    loss = F.cross_entropy(z.transpose(1, 2), targets)
    d = torch.softmax(z, -1)
    d = d.scatter_add(-1, targets[..., None], -torch.ones_like(d[..., :1])) / targets.numel()
    dW = torch.einsum("btv,bth->vh", d, h)
    return loss, torch.einsum("btv,vh->bth", d, W_hy), dW, d.sum(dim=(0, 1))


FIXED_DTYPE = {
    "ko": "dtype을 float64로 정해 두었습니다. 그러면 float32 텐서와는 곱할 수 없습니다. 받은 텐서의 dtype을 그대로 쓰세요: `torch.zeros_like(…)`, `.to(x.dtype)`.",
    "en": "The dtype is fixed at float64, which cannot be multiplied by tensors of float32. Use the dtype of the "
    "tensors that come in: `torch.zeros_like(…)`, `.to(x.dtype)`.",
}


@output_gradients.mistake("fixed-dtype", **FIXED_DTYPE)
def _(h, W_hy, b_y, targets):
    z = h @ W_hy.T + b_y
    d_z = (torch.softmax(z, -1) - F.one_hot(targets, len(b_y)).double()) / targets.numel()
    loss = F.cross_entropy(z.flatten(0, 1), targets.flatten())
    return loss, d_z @ W_hy, d_z.flatten(0, 1).T @ h.flatten(0, 1), d_z.sum((0, 1))


@output_gradients.mistake(
    "no-bias",
    ko="로짓에 편향 b_y를 더하지 않았습니다. z = h @ W_hy.T + b_y입니다.",
    en="The bias b_y is missing from the logits: z = h @ W_hy.T + b_y.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, torch.zeros_like(b_y), targets)


@output_gradients.mistake(
    "loss-not-averaged",
    ko="기울기는 평균인데 손실은 합입니다. 손실도 자리의 수 N = B · T로 나눕니다.",
    en="The gradients are means, but the loss is a sum. Divide the loss by the number of places too, N = B · T.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, over=1)[0], *output(h, W_hy, b_y, targets)[1:]


@output_gradients.mistake(
    "no-mean",
    ko="평균 내지 않고 더했습니다. 손실도 기울기도 자리의 수 N = B · T로 나눕니다.",
    en="Summed, not averaged. Both the loss and the gradients are divided by the number of places, N "
    "= B · T.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, over=1)


@output_gradients.mistake(
    "mean-over-rows-only",
    ko="줄의 수 B로만 나누었습니다. 평균은 모든 줄의 *모든 시점*에 대한 것이니 B · T로 나눕니다.",
    en="Divided by the number of rows B only. The mean is over all steps of all rows: B · T.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, over=len(targets))


@output_gradients.mistake(
    "mean-over-steps-only",
    ko="시점의 수 T로만 나누었습니다. 평균은 *모든 줄*의 모든 시점에 대한 것이니 B · T로 나눕니다.",
    en="Divided by the number of steps T only. The mean is over all steps of *all rows*: B · T.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, over=targets.shape[1])


@output_gradients.mistake(
    "gradients-not-averaged",
    ko="손실은 평균인데 기울기는 합입니다. 손실을 N = B · T로 나누었으면 기울기도 같은 N으로 나눠야 합니다.",
    en="The loss is a mean, but the gradients are sums. If the loss is divided by N = B · T, so are "
    "its gradients.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets)[0], *output(h, W_hy, b_y, targets, over=1)[1:]


@output_gradients.mistake(
    "wrong-sign",
    ko="기울기의 부호가 반대입니다. 확률에서 정답을 뺍니다: p − onehot(y). 정답 자리의 기울기는 음수여야 합니다.",
    en="The gradients have the wrong sign. It is probability minus answer, p − onehot(y): negative at "
    "the right answer.",
)
def _(h, W_hy, b_y, targets):
    loss, *gradients = output(h, W_hy, b_y, targets)
    return loss, *[-g for g in gradients]


@output_gradients.mistake(
    "answer-not-subtracted",
    ko="확률에서 정답을 빼지 않았습니다. 정답 자리에서는 1을 빼야 합니다: p − onehot(y).",
    en="The answer is not subtracted from the probabilities. Take 1 off at the right character: p − "
    "onehot(y).",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, answer=0.0)


@output_gradients.mistake(
    "stops-at-the-logits",
    ko="d_out이 로짓의 기울기입니다. 한 층 더 가야 상태의 기울기입니다. W_hy를 지나서 (B, T, H)로 만드세요.",
    en="d_out is the gradient of the logits. Go back one layer more, through W_hy, to that of the "
    "states: (B, T, H).",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, back=lambda d: d)


@output_gradients.mistake(
    "weights-transposed",
    ko="dW_hy가 전치되어 있습니다. 기울기의 모양은 W_hy와 같은 (V, H)입니다. H와 V가 같으면 오류 없이 틀립니다.",
    en="dW_hy is transposed. A gradient has the shape of its weight, (V, H); where H equals V, no error "
    "shows it.",
)
def _(h, W_hy, b_y, targets):
    loss, d_out, dW, db = output(h, W_hy, b_y, targets)
    return loss, d_out, dW.T.contiguous(), db


@output_gradients.mistake(
    "back-through-the-transpose",
    ko="d_out을 구할 때 W_hy를 전치해서 곱했습니다. 앞으로 갈 때 전치(h @ W_hy.T)했으니, 거꾸로 갈 때는 그대로입니다: d_z @ W_hy.",
    en="On the way back W_hy was transposed. The way forward has the transpose (h @ W_hy.T), so the way "
    "back has none: d_z @ W_hy.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, back=lambda d: d @ W_hy.T)


@output_gradients.mistake(
    "log-of-softmax",
    ko="softmax를 구한 다음 log를 씌웠습니다. 로짓이 크면 확률이 0이 되어 log가 −∞가 됩니다(7장). `log_softmax`나 `cross_entropy`를 쓰세요.",
    en="The log of a softmax: with large logits a probability becomes 0 and its log −∞ (chapter 7). Use "
    "`log_softmax` or `cross_entropy`.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, stable=False)


@output_gradients.mistake(
    "log-of-picked",
    ko="softmax를 구한 다음 log를 씌웠습니다. 로짓이 크면 확률이 0이 되어 log가 −∞가 됩니다(7장). `log_softmax`나 `cross_entropy`를 쓰세요.",
    en="The log of a softmax: with large logits a probability becomes 0 and its log −∞ (chapter 7). Use "
    "`log_softmax` or `cross_entropy`.",
)
def _(h, W_hy, b_y, targets):
    p = torch.softmax(h @ W_hy.T + b_y, -1)
    loss = -p.gather(-1, targets[..., None]).log().mean()
    return loss, *output(h, W_hy, b_y, targets)[1:]


@output_gradients.mistake(
    "softmax-over-time",
    ko="소프트맥스를 시점의 축(1번)에 대해 씌웠습니다. 확률은 *글자들*에 대해 더해서 1이어야 합니다: `dim=-1`.",
    en="The softmax runs over time (axis 1). Probabilities must add up to 1 over the *characters*: "
    "`dim=-1`.",
)
def _(h, W_hy, b_y, targets):
    return output(h, W_hy, b_y, targets, dim=1)


@output_gradients.mistake(
    "bias-averaged",
    ko="db_y를 평균 냈습니다. 1/N은 이미 곱해져 있으니 B · T개의 자리에 대해 *더하기만* 하세요.",
    en="db_y was averaged. The 1/N is already in there: just *add up* over the B · T places.",
)
def _(h, W_hy, b_y, targets):
    loss, d_out, dW, db = output(h, W_hy, b_y, targets)
    return loss, d_out, dW, db / targets.numel()


@output_gradients.mistake(
    "loss-negative",
    ko="손실의 부호가 반대입니다. 로그 확률은 0 이하이니 −를 붙여야 손실이 됩니다.",
    en="The loss has the wrong sign. A log of a probability is at most 0: put a minus in front.",
)
def _(h, W_hy, b_y, targets):
    loss, *gradients = output(h, W_hy, b_y, targets)
    return -loss, *gradients


@output_gradients.mistake(
    "loss-over-characters-too",
    ko="손실을 글자 V개에 대해서도 평균 냈습니다. 정답 자리의 로그 확률 하나만 골라(또는 V에 대해 더해) B · T개의 자리에 대해서만 평균하세요.",
    en="The loss is averaged over the V characters as well. Pick the one log probability of the answer (or sum "
    "over V), and average over the B · T places only.",
)
def _(h, W_hy, b_y, targets):
    loss, *gradients = output(h, W_hy, b_y, targets)
    return loss / len(b_y), *gradients


@output_gradients.mistake(
    "ones-everywhere",
    ko="`p[..., targets] -= 1`은 자리마다 자기 정답이 아니라, *어느 자리의 정답이든* 모두에서 1을 뺍니다. `F.one_hot(targets, V)`를 빼세요.",
    en="`p[..., targets] -= 1` takes 1 off at *everybody's* answers in every place, not at each place's own. "
    "Subtract `F.one_hot(targets, V)`.",
)
def _(h, W_hy, b_y, targets):
    loss = output(h, W_hy, b_y, targets)[0]
    p = torch.softmax(h @ W_hy.T + b_y, -1)
    p[..., targets] -= 1
    d_z = p / targets.numel()
    return loss, d_z @ W_hy, d_z.flatten(0, 1).T @ h.flatten(0, 1), d_z.sum((0, 1))


@output_gradients.mistake(
    "classes-not-told",
    ko="`F.one_hot(targets)`는 *이 정답들에 나온* 가장 큰 번호까지만 칸을 만듭니다. 글자가 모두 몇 가지인지 알려 주세요: `F.one_hot(targets, V)`",
    en="`F.one_hot(targets)` makes only as many columns as the largest number *in these targets* asks for. Say how many characters there are: `F.one_hot(targets, V)`.",
)
def _(h, W_hy, b_y, targets):
    z = h @ W_hy.T + b_y
    d_z = (torch.softmax(z, -1) - F.one_hot(targets)) / targets.numel()
    loss = F.cross_entropy(z.flatten(0, 1), targets.flatten())
    return loss, d_z @ W_hy, d_z.flatten(0, 1).T @ h.flatten(0, 1), d_z.sum((0, 1))


@output_gradients.mistake(
    "right-loss-gradients-over-rows",
    ko="손실은 맞지만 기울기는 줄의 수 B로만 나누었습니다. 기울기도 B · T로 나눕니다.",
    en="The loss is right, but the gradients are divided by the number of rows B only. They too are divided by B · T.",
)
def _(h, W_hy, b_y, targets):
    loss = output(h, W_hy, b_y, targets)[0]
    return loss, *output(h, W_hy, b_y, targets, over=len(targets))[1:]


@output_gradients.mistake(
    "right-loss-gradients-over-steps",
    ko="손실은 맞지만 기울기는 시점의 수 T로만 나누었습니다. 기울기도 B · T로 나눕니다.",
    en="The loss is right, but the gradients are divided by the number of steps T only. They too are divided by B · T.",
)
def _(h, W_hy, b_y, targets):
    loss = output(h, W_hy, b_y, targets)[0]
    return loss, *output(h, W_hy, b_y, targets, over=targets.shape[1])[1:]


@output_gradients.mistake(
    "subtracts-the-number",
    ko="확률마다 정답의 *번호*를 뺐습니다. 정답 자리에서만 1을 빼세요: `F.one_hot(targets, V)`",
    en="The *number* of the answer was subtracted from every probability. Subtract 1 at the answer's place: `F.one_hot(targets, V)`.",
)
def _(h, W_hy, b_y, targets):
    z = h @ W_hy.T + b_y
    d_z = (torch.softmax(z, -1) - targets[..., None]) / targets.numel()
    loss = F.cross_entropy(z.flatten(0, 1), targets.flatten())
    return loss, d_z @ W_hy, d_z.flatten(0, 1).T @ h.flatten(0, 1), d_z.sum((0, 1))


@output_gradients.mistake(
    "tanh-slope-already",
    ko="d_out에 tanh의 기울기 (1 − h²)까지 곱했습니다. 그것은 bptt_gradients에서 곱합니다. d_out은 h_t로 미분한 것입니다.",
    en="d_out is multiplied by the slope of the tanh, (1 − h²), already. That is for bptt_gradients; d_out is by h_t itself.",
)
def _(h, W_hy, b_y, targets):
    loss, d_out, *rest = output(h, W_hy, b_y, targets)
    return loss, d_out * (1 - h**2), *rest


@output_gradients.mistake(
    "epsilon-in-the-log",
    ko="로그 안에 작은 수를 더하면 문제를 가릴 뿐입니다. 1,000이어야 할 손실이 20쯤이 됩니다. `log_softmax`를 쓰세요.",
    en="A small number added inside the log only hides the overflow: a loss of 1,000 becomes some 20. Use `log_softmax`.",
)
def _(h, W_hy, b_y, targets):
    _, *gradients = output(h, W_hy, b_y, targets)
    p = torch.softmax(h @ W_hy.T + b_y, -1).gather(-1, targets[..., None])
    return -(p + 1e-9).log().mean(), *gradients


LARGEST_OF_ALL = {
    "ko": "전체가 아니라 줄마다의 가장 큰 로짓을 빼세요. 전체에서 가장 큰 것을 빼면 로짓이 모두 훨씬 작은 줄에서는 지수가 모두 0이 됩니다.",
    "en": "Subtract each row's own largest logit, not the largest of all: where all logits of a row are far "
    "smaller than that, every exponential is 0.",
}


def by_hand(h, W_hy, b_y, targets, log, times=False, again=None):
    """The right answer with a softmax whose logits are less the largest of all of them.

    log: makes log p. times: whether the loss multiplies it by a one-hot. again: makes another p.
    """
    z = h @ W_hy.T + b_y
    z = z - z.max()
    e = z.exp()
    p, hot = e / e.sum(-1, keepdim=True), F.one_hot(targets, len(b_y)).to(h.dtype)
    log_p = log(z, p)
    loss = -(log_p * hot).sum(-1).mean() if times else -log_p.gather(-1, targets[..., None]).mean()
    d_z = ((again or (lambda z, log_p: p))(z, log_p) - hot) / targets.numel()
    return loss, d_z @ W_hy, d_z.flatten(0, 1).T @ h.flatten(0, 1), d_z.sum((0, 1))


def log_by_hand(z, p):
    return z - z.exp().sum(-1, keepdim=True).log()


def register_largest_of_all(key, times, again):
    @output_gradients.mistake(key, **LARGEST_OF_ALL)
    def _(h, W_hy, b_y, targets):
        return by_hand(h, W_hy, b_y, targets, log_by_hand, times, again)


for product in (False, True):
    made_by = "one-hot" if product else "gather"
    register_largest_of_all(f"largest-of-all-{made_by}", product, None)
    register_largest_of_all(f"largest-of-all-{made_by}-exp", product, lambda z, log_p: log_p.exp())
    register_largest_of_all(
        f"largest-of-all-{made_by}-loss", product, lambda z, log_p: z.softmax(-1)
    )


@output_gradients.mistake("largest-of-all-in-the-gradients", **LARGEST_OF_ALL)
def _(h, W_hy, b_y, targets):
    return by_hand(h, W_hy, b_y, targets, lambda z, p: z.log_softmax(-1))


OF_SOFTMAX = next(m for m in output_gradients.mistakes if m.key == "log-of-softmax")


@output_gradients.mistake("log-of-a-softmax-by-hand", ko=OF_SOFTMAX.ko, en=OF_SOFTMAX.en)
def _(h, W_hy, b_y, targets):
    return by_hand(h, W_hy, b_y, targets, lambda z, p: p.log())


output_gradients.hints(
    ko=[
        "자리 하나(줄 하나, 시점 하나)에서는 7장의 소프트맥스 회귀와 똑같습니다. 입력이 h_t일 뿐입니다. 그것을 N = B · T개의 자리에 대해 평균합니다.",
        "d_z = (p − onehot(y)) / N은 (B, T, V)입니다. d_out = d_z @ W_hy는 (B, T, H)이고, dW_hy와 db_y는 B와 T를 모두 더한 것입니다.",
        "B와 T를 한 축으로 펴면 11장의 식이 됩니다: `dW_hy = d_z.flatten(0, 1).T @ h.flatten(0, 1)`, `db_y = d_z.sum((0, 1))`. 손실은 `F.log_softmax`에서 정답 자리만 골라 평균하고 부호를 바꾸세요.",
    ],
    en=[
        "At one place, one row and one step, it is the softmax regression of chapter 7 with h_t as "
        "its input. Average that over the N = B · T places.",
        "d_z = (p − onehot(y)) / N is (B, T, V); d_out = d_z @ W_hy is (B, T, H); dW_hy and db_y add up "
        "over both B and T.",
        "Flatten B and T into one axis and it is the formula of chapter 11: `dW_hy = d_z.flatten(0, "
        "1).T @ h.flatten(0, 1)`, `db_y = d_z.sum((0, 1))`. For the loss, pick the answers from "
        "`F.log_softmax`, average, and change the sign.",
    ],
)


# ---------------------------------------------------------------- bptt-gradients


RECURRENT = (*BACKWARD, "nn.RNN", "nn.RNNCell")


@exercise("bptt-gradients", points=3, forbids=RECURRENT, returns=["dW_ih", "dW_hh", "db"])
def bptt_gradients(x, h0, W_ih, W_hh, b, d_out):
    B, T, D = x.shape
    rnn = nn.RNN(D, len(b), batch_first=True, dtype=x.dtype)
    values = W_ih, W_hh, b, torch.zeros_like(b)
    rnn.load_state_dict(dict(zip(rnn.state_dict(), values, strict=True)))
    outputs, _ = rnn(x, h0[None])
    return torch.autograd.grad((outputs * d_out).sum(), list(rnn.parameters())[:3])


def recurrent(draw, B, T, D, H, size=1.0):
    return (
        draw.normal(B, T, D, dtype=DOUBLE),
        0.5 * draw.normal(B, H, dtype=DOUBLE),
        size * draw.normal(H, D, dtype=DOUBLE),
        size * draw.normal(H, H, dtype=DOUBLE),
        0.5 * draw.normal(H, dtype=DOUBLE),
        draw.normal(B, T, H, dtype=DOUBLE),
    )


@bptt_gradients.cases
def _(draw):
    one = torch.ones(1, 1, dtype=DOUBLE)
    yield (
        torch.tensor([[[1.0], [-0.5]]], dtype=DOUBLE), 0.5 * one, 0.4 * one, -0.8 * one,
        torch.tensor([0.1], dtype=DOUBLE), torch.tensor([[[1.0], [2.0]]], dtype=DOUBLE),
    )  # fmt: skip
    yield recurrent(draw, 1, 3, 2, 2, 0.7)
    yield recurrent(draw, 2, 1, 3, 2, 0.7)
    yield recurrent(draw, 3, draw.integer(4, 6), 4, 3, 0.6)
    yield recurrent(draw, 2, 5, 3, 3, 0.6)
    yield tuple(value.float() for value in recurrent(draw, 2, 3, 2, 3, 0.6))


def bptt(x, h0, W_ih, W_hh, b, d_out, *, future=1.0, own="all", slope="after", transpose=False,
         seen="before", overwrite=False, forward=False, start="h0", dtype=None):  # fmt: skip
    """The right answer, with places for mistakes."""
    h = unroll(x, h0, W_ih, W_hh, b)
    previous = before(h0 if start == "h0" else torch.zeros_like(h0), h)
    a = x @ W_ih.T + previous @ W_hh.T + b
    slopes = {
        "after": 1 - h**2,
        "none": torch.ones_like(h),
        "before-tanh": 1 - a**2,
        "twice": 1 - torch.tanh(h) ** 2,
        "sigmoid": h * (1 - h),
        "no-square": 1 - h,
        "previous": 1 - previous**2,
    }[slope]
    dW_ih, dW_hh, db = torch.zeros_like(W_ih), torch.zeros_like(W_hh), torch.zeros_like(b)
    carried = torch.zeros_like(h0, dtype=dtype)
    T = x.shape[1]
    for t in range(T) if forward else reversed(range(T)):
        direct = d_out[:, t] if own == "all" or t == T - 1 else 0.0
        d_a = (direct + future * carried) * slopes[:, t]
        if overwrite:
            dW_ih, dW_hh, db = torch.zeros_like(W_ih), torch.zeros_like(W_hh), torch.zeros_like(b)
        dW_ih = dW_ih + d_a.T @ x[:, t]
        dW_hh = dW_hh + d_a.T @ (previous if seen == "before" else h)[:, t]
        db = db + d_a.sum(0)
        carried = d_a @ (W_hh.T if transpose else W_hh)
    return dW_ih, dW_hh, db


@bptt_gradients.accepts
def _(x, h0, W_ih, W_hh, b, d_out):
    # All d_a first, collected, then three einsums.
    h = unroll(x, h0, W_ih, W_hh, b)
    T = x.shape[1]
    d_a = [None] * T
    for t in range(T - 1, -1, -1):
        d_h = d_out[:, t].clone()
        if t < T - 1:
            d_h += torch.einsum("bi,ij->bj", d_a[t + 1], W_hh)
        d_a[t] = d_h * (1 - h[:, t].square())
    d_a = torch.stack(d_a, 1)
    dW_ih = torch.einsum("bth,btd->hd", d_a, x)
    return dW_ih, torch.einsum("bti,btj->ij", d_a, before(h0, h)), d_a.sum((0, 1))


@bptt_gradients.accepts
def _(x, h0, W_ih, W_hh, b, d_out):
    # One row at a time, upright vectors as in the formulas.
    total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
    h = unroll(x, h0, W_ih, W_hh, b)
    for row in range(len(x)):
        carried = torch.zeros_like(b)
        for t in range(x.shape[1] - 1, -1, -1):
            d_a = (1 - h[row, t] ** 2) * (d_out[row, t] + carried)
            past = h[row, t - 1] if t else h0[row]
            total[0] += torch.outer(d_a, x[row, t])
            total[1] += torch.outer(d_a, past)
            total[2] += d_a
            carried = W_hh.T @ d_a
    return total


@bptt_gradients.mistake("fixed-dtype", **FIXED_DTYPE)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, dtype=DOUBLE)


@bptt_gradients.mistake(
    "no-future",
    ko="미래에서 오는 기울기가 없습니다. 시점마다 자기 예측의 몫만 셌으니, 매 시점에서 끊은 BPTT와 같습니다. d_h = d_out[:, t] + (다음 시점의 d_a @ W_hh)입니다.",
    en="Nothing comes from the future. Each step counts only its own prediction, which is BPTT cut at "
    "every step. It is d_h = d_out[:, t] + (the next step's d_a @ W_hh).",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, future=0.0)


@bptt_gradients.mistake(
    "only-the-last-prediction",
    ko="마지막 시점의 d_out만 거슬러 갔습니다. 시점마다 예측이 있고 그 기울기가 들어옵니다. 거슬러 가는 동안 매번 d_out[:, t]를 *더하세요*.",
    en="Only the last step's d_out goes back. There is a prediction at every step, with its own "
    "gradient: on the way back, *add* d_out[:, t] each time.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, own="last")


@bptt_gradients.mistake(
    "no-tanh-slope",
    ko="tanh의 기울기를 곱하지 않았습니다. d_a = d_h * (1 − h²)입니다.",
    en="The slope of the tanh is missing: d_a = d_h * (1 − h²).",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, slope="none")


@bptt_gradients.mistake(
    "slope-of-the-sum",
    ko="1 − a²로 계산했습니다. tanh의 기울기는 tanh를 *지난* 값으로 1 − h²입니다.",
    en="The slope was taken as 1 − a². It is 1 − h², with the value *after* the tanh.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, slope="before-tanh")


@bptt_gradients.mistake(
    "tanh-twice",
    ko="이미 tanh를 지난 h에 tanh를 한 번 더 씌웠습니다. 1 − h²이면 됩니다.",
    en="h has been through the tanh already, and here it goes through it again. 1 − h² will do.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, slope="twice")


@bptt_gradients.mistake(
    "sigmoid-slope",
    ko="h(1 − h)는 시그모이드의 기울기입니다. tanh의 기울기는 1 − h²입니다.",
    en="h(1 − h) is the slope of a sigmoid. That of the tanh is 1 − h².",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, slope="sigmoid")


@bptt_gradients.mistake(
    "slope-without-square",
    ko="1 − h로 계산했습니다. 제곱이 빠졌습니다: 1 − h².",
    en="1 − h lacks the square: 1 − h².",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, slope="no-square")


@bptt_gradients.mistake(
    "slope-of-the-step-before",
    ko="tanh의 기울기를 한 시점 앞의 상태로 계산했습니다. h_t를 거슬러 갈 때는 1 − h_t²입니다. h[:, t]가 x[:, t]를 *읽은 뒤*의 상태입니다.",
    en="The slope uses the state of the step before. Back through h_t it is 1 − h_t²; h[:, t] is the "
    "state *after* x[:, t].",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, slope="previous")


@bptt_gradients.mistake(
    "state-of-the-same-step",
    ko="dW_hh에 h_t를 곱했습니다. W_hh가 곱해진 것은 *바로 앞의* 상태 h_{t−1}입니다. 첫 시점에서는 h0입니다.",
    en="dW_hh was made with h_t. What W_hh is multiplied by is the state *before*, h_{t−1}; at the first "
    "step that is h0.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, seen="after")


@bptt_gradients.mistake(
    "h0-left-out",
    ko="첫 시점의 앞 상태를 0으로 두었습니다. 앞 상태는 받은 h0입니다. 글을 끊어 읽을 때는 h0이 0이 아닙니다.",
    en="The state before the first step was taken as 0. It is the h0 that is given, and in a text read in "
    "pieces it is not 0.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, start="zeros")


@bptt_gradients.mistake(
    "recurrent-transposed",
    ko="미래의 기울기를 d_a @ W_hh.T로 구했습니다. W_hh는 정사각형이라 오류가 나지 않습니다. 앞으로 갈 때 전치(h @ W_hh.T)했으니 거꾸로 갈 때는 d_a @ W_hh입니다.",
    en="The gradient from the future came as d_a @ W_hh.T. W_hh is square, so no error says it. The way "
    "forward has the transpose (h @ W_hh.T); the way back is d_a @ W_hh.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, transpose=True)


@bptt_gradients.mistake(
    "not-added-up",
    ko="시점마다 기울기를 덮어썼습니다(=). 가중치는 모든 시점에서 쓰였으니 모두 *더합니다*(+=).",
    en="Each step overwrites the gradients (=). The weights were used at every step, so *add* them all up "
    "(+=).",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, overwrite=True)


@bptt_gradients.mistake(
    "walks-forwards",
    ko="처음 시점에서 끝으로 갔습니다. 기울기는 *끝에서 처음으로* 흐릅니다: `for t in reversed(range(T))`.",
    en="The walk goes from the first step to the last. Gradients flow *from the last to the first*: `for t "
    "in reversed(range(T))`.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return bptt(x, h0, W_ih, W_hh, b, d_out, forward=True)


@bptt_gradients.mistake(
    "future-skips-the-slope",
    ko="미래로 넘길 기울기를 d_h @ W_hh로 구했습니다. tanh를 먼저 거슬러야 합니다: d_a @ W_hh.",
    en="What is handed back is d_h @ W_hh. The tanh comes first: d_a @ W_hh.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    h = unroll(x, h0, W_ih, W_hh, b)
    past, carried = before(h0, h), torch.zeros_like(h0)
    total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
    for t in reversed(range(x.shape[1])):
        d_h = d_out[:, t] + carried
        d_a = d_h * (1 - h[:, t] ** 2)
        for sum_, g in zip(total, (d_a.T @ x[:, t], d_a.T @ past[:, t], d_a.sum(0)), strict=True):
            sum_ += g
        carried = d_h @ W_hh
    return total


@bptt_gradients.mistake(
    "own-step-outside-the-slope",
    ko="d_out을 tanh의 기울기 바깥에서 더했습니다. 두 길은 h_t에서 만나고, *그다음에* tanh를 거스릅니다: (d_out + 미래) * (1 − h²).",
    en="d_out was added outside the slope of the tanh. The two ways meet at h_t, and *then* it goes back "
    "through the tanh: (d_out + future) * (1 − h²).",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    h = unroll(x, h0, W_ih, W_hh, b)
    past, carried = before(h0, h), torch.zeros_like(h0)
    total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
    for t in reversed(range(x.shape[1])):
        d_a = d_out[:, t] + carried * (1 - h[:, t] ** 2)
        for sum_, g in zip(total, (d_a.T @ x[:, t], d_a.T @ past[:, t], d_a.sum(0)), strict=True):
            sum_ += g
        carried = d_a @ W_hh
    return total


@bptt_gradients.mistake(
    "mean-over-rows",
    ko="배치의 줄에 대해 평균을 냈습니다. 손실의 1/N은 d_out 안에 이미 들어 있습니다. 줄과 시점에 대해 더하기만 하세요.",
    en="Averaged over the rows of the batch. The 1/N of the loss is already in d_out: just add up over "
    "rows and steps.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return [g / len(x) for g in bptt(x, h0, W_ih, W_hh, b, d_out)]


@bptt_gradients.mistake(
    "mean-over-steps",
    ko="시점의 수로 나누었습니다. 손실의 1/N은 d_out 안에 이미 들어 있습니다. 시점에 대해 더하기만 하세요.",
    en="Divided by the number of steps. The 1/N of the loss is already in d_out: just add up over the "
    "steps.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return [g / x.shape[1] for g in bptt(x, h0, W_ih, W_hh, b, d_out)]


@bptt_gradients.mistake(
    "gradients-transposed",
    ko="dW_ih와 dW_hh가 전치되어 있습니다. 기울기의 모양은 가중치와 같습니다. W_hh는 정사각형이라 모양으로는 보이지 않습니다.",
    en="dW_ih and dW_hh are transposed. A gradient has the shape of its weight; as W_hh is square, the "
    "shape does not give it away.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    dW_ih, dW_hh, db = bptt(x, h0, W_ih, W_hh, b, d_out)
    return dW_ih.T.contiguous(), dW_hh.T.contiguous(), db


@bptt_gradients.mistake(
    "recurrent-gradient-transposed",
    ko="dW_hh가 전치되어 있습니다. W_hh는 정사각형이라 모양으로는 보이지 않습니다. d_a.T @ h_{t−1}의 순서입니다.",
    en="dW_hh is transposed. As W_hh is square, the shape does not give it away. The order is d_a.T @ "
    "h_{t−1}.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    dW_ih, dW_hh, db = bptt(x, h0, W_ih, W_hh, b, d_out)
    return dW_ih, dW_hh.T.contiguous(), db


def by_steps(x, h0, W_ih, W_hh, b, d_out, past=None, future=lambda old, d_a, W: d_a @ W, last=0):
    """bptt, step by step as most write it."""
    h = unroll(x, h0, W_ih, W_hh, b)
    past = before(h0, h) if past is None else past(h)
    total, carried = [torch.zeros_like(w) for w in (W_ih, W_hh, b)], torch.zeros_like(h0)
    for t in range(x.shape[1] - 1, last - 1, -1):
        d_a = (d_out[:, t] + carried) * (1 - h[:, t] ** 2)
        for sum_, g in zip(total, (d_a.T @ x[:, t], d_a.T @ past[:, t], d_a.sum(0)), strict=True):
            sum_ += g
        carried = future(carried, d_a, W_hh)
    return total


@bptt_gradients.mistake(
    "first-step-wraps-around",
    ko="첫 시점에서 h[:, t − 1]은 h[:, −1], 곧 *마지막* 상태가 됩니다. 첫 시점의 앞 상태는 h0입니다.",
    en="At the first step h[:, t − 1] is h[:, −1], the *last* state. The state before the first step is h0.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return by_steps(x, h0, W_ih, W_hh, b, d_out, past=lambda h: h.roll(1, 1))


@bptt_gradients.mistake(
    "first-step-left-out",
    ko="첫 시점을 빠뜨렸습니다. 첫 시점에서도 가중치를 썼습니다(앞 상태는 h0). t = 0까지 거슬러 가세요.",
    en="The first step is left out. The weights were used there too, with h0 as the state before: go back "
    "as far as t = 0.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return by_steps(x, h0, W_ih, W_hh, b, d_out, last=1)


@bptt_gradients.mistake(
    "future-piles-up",
    ko="미래의 기울기를 쌓아 갔습니다(+=). future는 시점마다 *새로* d_a @ W_hh가 됩니다. 더 먼 미래는 이미 d_a 안에 들어 있습니다.",
    en="The gradient from the future piles up (+=). At each step future *becomes* d_a @ W_hh anew; what lies "
    "further ahead is in d_a already.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return by_steps(x, h0, W_ih, W_hh, b, d_out, future=lambda old, d_a, W: old + d_a @ W)


@bptt_gradients.mistake(
    "future-without-the-weights",
    ko="d_a를 그대로 앞 시점에 넘겼습니다. 앞 상태에는 W_hh가 곱해져 있었으니 거슬러 갈 때도 곱합니다: d_a @ W_hh.",
    en="d_a was handed back as it is. The state before went through W_hh, so the way back does too: d_a @ W_hh.",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    return by_steps(x, h0, W_ih, W_hh, b, d_out, future=lambda old, d_a, W: d_a)


@bptt_gradients.mistake(
    "out-of-order",
    ko="돌려주는 순서가 다릅니다. (dW_ih, dW_hh, db)의 순서입니다.",
    en="They come back in another order. It is (dW_ih, dW_hh, db).",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    dW_ih, dW_hh, db = bptt(x, h0, W_ih, W_hh, b, d_out)
    return dW_hh, dW_ih, db


@bptt_gradients.mistake(
    "bias-averaged",
    ko="db를 줄에 대해 평균 냈습니다. 다른 기울기처럼 줄에 대해서도 더하세요: d_a.sum(0).",
    en="db was averaged over the rows. Like the others it is a sum over the rows too: d_a.sum(0).",
)
def _(x, h0, W_ih, W_hh, b, d_out):
    dW_ih, dW_hh, db = bptt(x, h0, W_ih, W_hh, b, d_out)
    return dW_ih, dW_hh, db / len(x)


bptt_gradients.hints(
    ko=[
        "T = 2로 종이에 그려 보세요. h_1에는 화살표 두 개가 돌아옵니다. 자기 예측에서 하나, h_2에서 하나. h_2에는 하나뿐입니다.",
        "거꾸로 가며 시점마다: d_h = d_out[:, t] + future, d_a = d_h * (1 − h[:, t]²), future = d_a @ W_hh. 기울기 셋은 d_a.T @ x_t, d_a.T @ h_{t−1}, d_a의 합을 더해 갑니다.",
        "앞 상태는 `before = torch.cat([h0[:, None], h[:, :-1]], dim=1)`. `future = torch.zeros_like(h0)`에서 시작해 `for t in reversed(range(x.shape[1])):` 안에서 `dW_hh += d_a.T @ before[:, t]`처럼 모으세요.",
    ],
    en=[
        "Draw it for T = 2. Two arrows come back to h_1: one from its own prediction, one from h_2. To h_2 "
        "there comes only one.",
        "Going backwards, at each step: d_h = d_out[:, t] + future, d_a = d_h * (1 − h[:, t]²), future = "
        "d_a @ W_hh. The three gradients collect d_a.T @ x_t, d_a.T @ h_{t−1}, and d_a added up.",
        "The states before: `before = torch.cat([h0[:, None], h[:, :-1]], dim=1)`. Start from `future = "
        "torch.zeros_like(h0)`, and in `for t in reversed(range(x.shape[1])):` collect, as in `dW_hh += "
        "d_a.T @ before[:, t]`.",
    ],
)


# ---------------------------------------------------------------- sample


@exercise("sample", points=2, forbids=["torch.multinomial"])
def sample(logits, temperature, u):
    drawn = []
    for row, given in zip(logits.double(), u.tolist(), strict=True):
        weights = ((row - row.max()) / temperature).exp().tolist()
        total, end, k = sum(weights), weights[0], 0
        while end <= given * total and k < len(weights) - 1:
            k += 1
            end += weights[k]
        drawn.append(k)
    return torch.tensor(drawn)


def pieces(logits, temperature):
    return torch.softmax(logits / temperature, 1)


def first_above(ends, u):
    return (ends <= u[:, None]).sum(1).clamp(max=ends.shape[1] - 1)


@sample.cases
def _(draw):
    three = torch.tensor([[0.0, 0.0, 0.0]], dtype=DOUBLE)
    yield three.expand(4, 3).contiguous(), 1.0, torch.tensor([0.0, 0.2, 0.5, 0.9], dtype=DOUBLE)
    yield torch.tensor([[1.0, 3.0, 2.0], [2.0, 0.0, -1.0]], dtype=DOUBLE), 2.0, torch.tensor([0.6, 0.3], dtype=DOUBLE)  # fmt: skip
    for rows_, characters, temperature in ((6, 4, 0.5), (9, 5, 2.0), (5, 5, 1.0), (8, draw.integer(6, 9), draw.number(1.3, 3.0))):  # fmt: skip
        yield (
            2 * draw.normal(rows_, characters, dtype=DOUBLE),
            temperature,
            draw.uniform(0.02, 0.999, rows_, dtype=DOUBLE),
        )
    yield torch.zeros(3, 4, dtype=DOUBLE), 1.0, torch.tensor([0.25, 0.5, 0.75], dtype=DOUBLE)
    # In 32 bits these 61 probabilities add up to less than 1 (1/61 is rounded down).
    yield torch.zeros(1, 61), 1.0, torch.tensor([1 - 2**-24])
    yield torch.tensor([[1000.0, 999.0]], dtype=DOUBLE), 1.0, torch.tensor([0.8], dtype=DOUBLE)
    far = torch.tensor([[1000.0, 999.0, 999.0], [-1000.0, -1000.0, -1000.0]], dtype=DOUBLE)
    yield far, 1.0, torch.tensor([0.7, 0.5], dtype=DOUBLE)
    yield torch.tensor([[1000.0, 999.0]], dtype=DOUBLE), 0.5, torch.tensor([0.95], dtype=DOUBLE)
    # Far apart, until the temperature brings them together: 0.731 and 0.269.
    yield torch.tensor([[1000.0, 0.0]], dtype=DOUBLE), 1000.0, torch.tensor([0.9], dtype=DOUBLE)


@sample.accepts
def _(logits, temperature, u):
    ends = pieces(logits.double(), temperature).cumsum(1)
    found = torch.searchsorted(ends, u.double()[:, None], right=True)[:, 0]
    return found.minimum(torch.tensor(logits.shape[1] - 1))


@sample.accepts
def _(logits, temperature, u):
    drawn = []
    for row, given in zip(pieces(logits.double(), temperature).tolist(), u.tolist(), strict=True):
        reached = 0.0
        k = -1
        while reached <= given and k < len(row) - 1:
            k += 1
            reached += row[k]
        drawn.append(k)
    return torch.tensor(drawn)


@sample.accepts
def _(logits, temperature, u):
    above = pieces(logits, temperature).cumsum(-1) > u.unsqueeze(-1)
    above[:, -1] = True
    return above.int().argmax(-1)


@sample.mistake(
    "takes-the-likeliest",
    ko="늘 가장 그럴듯한 글자를 골랐습니다(argmax). u를 써서 확률대로 *뽑으세요*.",
    en="It always takes the likeliest character (argmax). Use u to *draw* by the probabilities.",
)
def _(logits, temperature, u):
    return logits.argmax(1)


@sample.mistake(
    "no-temperature",
    ko="온도로 나누지 않았습니다. softmax(logits / temperature)입니다.",
    en="The temperature is not used: it is softmax(logits / temperature).",
)
def _(logits, temperature, u):
    return first_above(pieces(logits, 1.0).cumsum(1), u)


@sample.mistake(
    "multiplies-by-the-temperature",
    ko="온도를 곱했습니다. 그러면 온도가 높을수록 더 뾰족해집니다. 로짓을 온도로 *나누세요*.",
    en="The logits are multiplied by the temperature, so a high one sharpens instead of evening out. "
    "*Divide* by it.",
)
def _(logits, temperature, u):
    return first_above(pieces(logits, 1 / temperature).cumsum(1), u)


@sample.mistake(
    "temperature-after-softmax",
    ko="softmax를 지난 *확률*을 온도로 나누었습니다. 그러면 합이 1이 아닙니다. 로짓을 먼저 나누고 softmax를 씌우세요.",
    en="The *probabilities* were divided by the temperature, so they no longer add up to 1. Divide the "
    "logits, then apply the softmax.",
)
def _(logits, temperature, u):
    return first_above((torch.softmax(logits, 1) / temperature).cumsum(1), u)


TEMPERED_TOO_LATE = {
    "ko": "softmax를 지난 *확률*에 온도를 썼습니다(거듭제곱이나 log). 식은 같아 보이지만, 로짓의 차이가 크면 작은 확률이 이미 0으로 반올림되어 온도를 높여도 살아나지 않습니다. 로짓을 먼저 온도로 나누고 softmax를 씌우세요.",
    "en": "The temperature works on the *probabilities* (a power, or a log) after the softmax. On paper that is the "
    "same, but where logits are far apart, small probabilities are 0 by then and no temperature brings them back. "
    "Divide the logits first, then apply the softmax.",
}


@sample.mistake("power-of-the-softmax", **TEMPERED_TOO_LATE)
def _(logits, temperature, u):
    p = torch.softmax(logits, 1) ** (1 / temperature)
    return first_above((p / p.sum(1, keepdim=True)).cumsum(1), u)


@sample.mistake("log-of-the-softmax", **TEMPERED_TOO_LATE)
def _(logits, temperature, u):
    return first_above(pieces(torch.softmax(logits, 1).log(), temperature).cumsum(1), u)


@sample.mistake(
    "shifts-by-another-scale",
    ko="로짓은 온도로 나누고, 빼는 최댓값은 나누지 않았습니다. 그러면 exp의 안이 아주 작거나 커져 0/0이나 ∞/∞가 됩니다. *나눈* 로짓의 최댓값을 빼세요.",
    en="The logits are divided by the temperature, but the largest that is subtracted is not. That leaves exp with "
    "something far too small or too large: 0/0 or ∞/∞. Subtract the largest of the *divided* logits.",
)
def _(logits, temperature, u):
    e = (logits / temperature - logits.amax(1, keepdim=True)).exp()
    return first_above((e / e.sum(1, keepdim=True)).cumsum(1), u)


@sample.mistake(
    "one-too-far",
    ko="한 칸씩 뒤의 글자를 골랐습니다. 누적 확률이 u 이하인 칸의 *수*가 곧 번호입니다. u보다 큰 첫 칸의 번호를 고르세요.",
    en="Each choice is one character too far. The *number* of pieces that end at or before u is the "
    "answer: the first one that ends beyond u.",
)
def _(logits, temperature, u):
    ends = pieces(logits, temperature).cumsum(1)
    return ((ends <= u[:, None]).sum(1) + 1).clamp(max=logits.shape[1] - 1)


@sample.mistake(
    "one-too-early",
    ko="한 칸씩 앞의 글자를 골랐습니다. 누적 확률이 u보다 큰 *첫* 칸입니다. u를 넘기 직전의 칸이 아닙니다.",
    en="Each choice is one character too early. It is the *first* piece whose cumulative probability "
    "exceeds u, not the last that does not.",
)
def _(logits, temperature, u):
    ends = pieces(logits, temperature).cumsum(1)
    return ((ends <= u[:, None]).sum(1) - 1).clamp(min=0)


@sample.mistake(
    "not-cumulative",
    ko="u를 확률 하나하나와 비교했습니다. 칸의 오른쪽 끝은 확률을 왼쪽부터 *더해 간* 값입니다: cumsum.",
    en="u was compared with each probability by itself. A piece ends where the probabilities *added up* "
    "from the left have got to: cumsum.",
)
def _(logits, temperature, u):
    return (pieces(logits, temperature) > u[:, None]).int().argmax(1)


@sample.mistake(
    "never-V",
    ko="반올림 때문에 확률의 합이 1에 조금 못 미치고 u가 그보다 크면 번호가 V가 됩니다. 그런 글자는 없습니다. V − 1을 넘지 않게 하세요.",
    en="Where rounding leaves the sum of the probabilities a little below 1 and u above it, this gives V: "
    "there is no such character. Keep it at V − 1 or less.",
)
def _(logits, temperature, u):
    return (pieces(logits, temperature).cumsum(1) <= u[:, None]).sum(1)


@sample.mistake(
    "sorted-first",
    ko="확률을 큰 것부터 정렬한 채로 골랐고, 원래 번호로 되돌리지도 않았습니다. 칸은 글자가 놓인 순서 그대로 둡니다.",
    en="The probabilities were sorted first, and the places not turned back into characters. The pieces "
    "stand in the order of the characters, as they come.",
)
def _(logits, temperature, u):
    p = pieces(logits, temperature).sort(1, descending=True).values
    return first_above(p.cumsum(1), u)


@sample.mistake(
    "same-u-for-all",
    ko="모든 줄에 첫 번째 u를 썼습니다. u는 줄마다 하나씩입니다: u[:, None]으로 (B, 1)을 만들어 비교하세요.",
    en="Every row used the first u. There is one for each row: compare with u[:, None], (B, 1).",
)
def _(logits, temperature, u):
    return first_above(pieces(logits, temperature).cumsum(1), u[:1].expand_as(u))


@sample.mistake(
    "from-the-right",
    ko="확률을 오른쪽부터 더했습니다. 칸은 왼쪽, 0번 글자부터 놓입니다.",
    en="The probabilities were added up from the right. The pieces begin on the left, with character 0.",
)
def _(logits, temperature, u):
    V = logits.shape[1]
    return V - 1 - first_above(pieces(logits, temperature).flip(1).cumsum(1), u)


@sample.mistake(
    "softmax-over-rows",
    ko="softmax를 0번 축에 대해 씌웠습니다. 확률은 줄마다, 글자들에 대해(1번 축) 더해서 1이어야 합니다.",
    en="The softmax runs over axis 0. The probabilities must add up to 1 in each row, over the characters: "
    "axis 1.",
)
def _(logits, temperature, u):
    return first_above(torch.softmax(logits / temperature, 0).cumsum(1), u)


@sample.mistake(
    "its-own-dice",
    ko="u를 쓰지 않고 따로 난수를 뽑았습니다. 같은 u에는 언제나 같은 글자가 나와야 합니다.",
    en="It drew random numbers of its own. With the same u the same character must come out every time.",
)
def _(logits, temperature, u):
    return torch.multinomial(pieces(logits, temperature), 1)[:, 0]


@sample.mistake(
    "a-column",
    ko="(B, 1)로 돌려주었습니다. 줄마다 번호 하나이니 (B,)입니다.",
    en="It came back as (B, 1). One number for each row is (B,).",
)
def _(logits, temperature, u):
    return first_above(pieces(logits, temperature).cumsum(1), u)[:, None]


@sample.mistake(
    "stops-at-the-border",
    ko="u가 칸의 끝과 *정확히* 같을 때 한 칸 앞을 골랐습니다. p_0 + … + p_k가 u보다 *커야* 합니다. 끝나는 칸을 셀 때 < 대신 <=를 쓰세요(searchsorted라면 right=True).",
    en="Where u is *exactly* the end of a piece, it takes the one before. p_0 + … + p_k must be *greater* than u: "
    "count the pieces with <= instead of < (or right=True in searchsorted).",
)
def _(logits, temperature, u):
    ends = pieces(logits, temperature).cumsum(1)
    return (ends < u[:, None]).sum(1).clamp(max=logits.shape[1] - 1)


@sample.mistake(
    "exp-overflows",
    ko="exp(로짓)을 그대로 계산해서 큰 로짓에서 무한대가 되고, 무한대/무한대는 NaN입니다. `torch.softmax`를 쓰거나 가장 큰 로짓을 먼저 빼세요(7장).",
    en="exp of a large logit is infinite, and infinity over infinity a NaN. Use `torch.softmax`, or subtract the "
    "largest logit first (chapter 7).",
)
def _(logits, temperature, u):
    e = (logits / temperature).exp()
    return first_above((e / e.sum(1, keepdim=True)).cumsum(1), u)


def pieces_by_hand(logits, temperature):
    """The softmax of logits that are less the largest of all of them."""
    e = ((logits - logits.max()) / temperature).exp()
    return e / e.sum(1, keepdim=True)


@sample.mistake("largest-of-all", **LARGEST_OF_ALL)
def _(logits, temperature, u):
    return first_above(pieces_by_hand(logits, temperature).cumsum(1), u)


@sample.mistake("largest-of-all-then-the-last", **LARGEST_OF_ALL)
def _(logits, temperature, u):
    above = pieces_by_hand(logits, temperature).cumsum(1) > u[:, None]
    above[:, -1] = True
    return above.int().argmax(1)


@sample.mistake(
    "adds-up-over-rows",
    ko="확률을 0번 축(줄)을 따라 더했습니다. 칸은 한 줄 안의 글자들입니다: cumsum(1).",
    en="The probabilities were added up along axis 0, over the rows. The pieces are the characters of one row: "
    "cumsum(1).",
)
def _(logits, temperature, u):
    return first_above(pieces(logits, temperature).cumsum(0), u)


@sample.mistake(
    "rounding-gives-0",
    ko="반올림 때문에 합이 u에 못 미치면 u보다 큰 칸이 없습니다. 그때 답이 0이 되었습니다(모두 거짓인 줄의 argmax도, V % V도 0입니다). 마지막 글자 V − 1이어야 합니다.",
    en="Where rounding leaves the sum a little below u, no piece ends beyond u, and this gives 0 then (as argmax of nothing but False does, and V % V). The last character is meant: V − 1.",
)
def _(logits, temperature, u):
    return (pieces(logits, temperature).cumsum(1) > u[:, None]).int().argmax(1)


@sample.mistake(
    "counts-beyond",
    ko="u *뒤에서* 끝나는 칸을 세었습니다. u 이하에서 끝나는 칸을 세세요.",
    en="The pieces that end *beyond* u were counted. Count those that end at or before it.",
)
def _(logits, temperature, u):
    return (
        (pieces(logits, temperature).cumsum(1) > u[:, None]).sum(1).clamp(max=logits.shape[1] - 1)
    )


sample.hints(
    ko=[
        "길이 1인 띠를 확률대로 나눕니다. u는 띠 위의 한 점이고, 그 점이 놓인 칸이 답입니다. 칸들의 오른쪽 끝은 어디일까요?",
        "p = softmax(logits / temperature), 칸의 끝은 p.cumsum(1)입니다. u 이하에서 끝나는 칸의 수를 세면 그것이 답의 번호입니다.",
        "`passed = p.cumsum(1) <= u[:, None]`은 (B, V)의 참·거짓입니다. 줄마다 참의 수를 세면 (B,). 반올림으로 V가 나오지 않도록 `.clamp(max=V - 1)`을 하세요.",
    ],
    en=[
        "Divide a strip of length 1 by the probabilities. u is a point on it, and the piece it falls on "
        "is the answer. Where do the pieces end?",
        "p = softmax(logits / temperature), and the pieces end at p.cumsum(1). Count the pieces that end at "
        "or before u: that is the number of the answer.",
        "`passed = p.cumsum(1) <= u[:, None]` is (B, V), true or false. Count the true ones in each row, "
        "(B,), and keep rounding from making it V with `.clamp(max=V - 1)`.",
    ],
)


# ---------------------------------------------------------------- truncated-bptt


@exercise("truncated-bptt", points=2, forbids=RECURRENT, returns=["dW_ih", "dW_hh", "db", "h"])
def truncated_bptt(x, h0, W_ih, W_hh, b, d_out, k):
    W_ih, W_hh, b = [w.detach().clone().requires_grad_() for w in (W_ih, W_hh, b)]
    h, total = h0, 0.0
    for t in range(x.shape[1]):
        if t % k == 0:
            h = h.detach()
        h = torch.tanh(F.linear(x[:, t], W_ih) + F.linear(h, W_hh, b))
        total = total + (h * d_out[:, t]).sum()
    return *torch.autograd.grad(total, (W_ih, W_hh, b)), h.detach()


@truncated_bptt.cases
def _(draw):
    yield *recurrent(draw, 1, 4, 1, 1, 0.8), 2
    yield *recurrent(draw, 2, 5, 3, 2, 0.7), 2
    yield *recurrent(draw, 1, 6, 2, 3, 0.6), 3
    yield *recurrent(draw, 2, draw.integer(7, 8), 2, 3, 0.6), 3
    yield *recurrent(draw, 3, 4, 2, 2, 0.7), 1
    yield *recurrent(draw, 2, 3, 4, 3, 0.6), 10


def truncated(x, h0, W_ih, W_hh, b, d_out, k, *, reset=False, within=0, tail=True, mean=False,
              last_only=False, state="end"):  # fmt: skip
    """The right answer, with places for mistakes."""
    total, h, count, T = [torch.zeros_like(w) for w in (W_ih, W_hh, b)], h0, 0, x.shape[1]
    for start in range(0, T, k):
        piece, d_piece = x[:, start : start + k], d_out[:, start : start + k]
        if not tail and piece.shape[1] < k:
            break
        gradients = bptt(piece, h, W_ih, W_hh, b, d_piece, future=0.0 if within else 1.0)
        if last_only:
            total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
        total = [a + g for a, g in zip(total, gradients, strict=True)]
        end = unroll(piece, h, W_ih, W_hh, b)
        h, count = (torch.zeros_like(h0) if reset else end[:, -1] if state == "end" else end[:, 0]), count + 1  # fmt: skip
        final = end[:, -1]
    if count == 0:
        final = h0
    if mean:
        total = [g / max(count, 1) for g in total]
    return *total, final


def started_from(first, later, x, h0, W_ih, W_hh, b, d_out, k):
    """The pieces' gradients, added up: the first from one state, all the others from another."""
    parts = [
        bptt(piece, later if number else first, W_ih, W_hh, b, d_piece)
        for number, (piece, d_piece) in enumerate(
            zip(x.split(k, 1), d_out.split(k, 1), strict=True)
        )
    ]
    return [sum(each) for each in zip(*parts, strict=True)]


@truncated_bptt.accepts
def _(x, h0, W_ih, W_hh, b, d_out, k):
    # One walk back over the whole sequence; the gradient is dropped at each border.
    h = unroll(x, h0, W_ih, W_hh, b)
    past, carried = before(h0, h), torch.zeros_like(h0)
    total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
    for t in reversed(range(x.shape[1])):
        d_a = (d_out[:, t] + carried) * (1 - h[:, t] ** 2)
        for sum_, g in zip(total, (d_a.T @ x[:, t], d_a.T @ past[:, t], d_a.sum(0)), strict=True):
            sum_ += g
        carried = d_a @ W_hh if t % k else torch.zeros_like(h0)
    return *total, h[:, -1]


@truncated_bptt.accepts
def _(x, h0, W_ih, W_hh, b, d_out, k):
    states = torch.cat([h0[:, None], unroll(x, h0, W_ih, W_hh, b)], 1)
    parts = [
        bptt(x_k, states[:, n * k], W_ih, W_hh, b, d_k)
        for n, (x_k, d_k) in enumerate(zip(x.split(k, 1), d_out.split(k, 1), strict=True))
    ]
    return [*(sum(p) for p in zip(*parts, strict=True)), states[:, -1]]


@truncated_bptt.mistake(
    "cuts-nothing",
    ko="아무것도 끊지 않은 전체 BPTT입니다. k걸음의 경계에서 기울기가 앞 조각으로 넘어가지 않아야 합니다.",
    en="This is full BPTT: nothing is cut. At the borders of k steps no gradient may pass to the piece "
    "before.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return *bptt(x, h0, W_ih, W_hh, b, d_out), unroll(x, h0, W_ih, W_hh, b)[:, -1]


@truncated_bptt.mistake(
    "loses-the-state",
    ko="조각마다 상태를 0에서 시작했습니다. 끊는 것은 기울기뿐입니다. 다음 조각은 앞 조각이 끝난 상태에서 시작합니다.",
    en="Each piece starts from a state of 0. Only the gradient is cut: the next piece starts from the state "
    "in which the one before ended.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, h0, W_ih, W_hh, b, d_out, k, reset=True)


@truncated_bptt.mistake(
    "always-from-h0",
    ko="조각마다 h0에서 다시 시작했습니다. h0은 첫 조각의 것입니다. h를 앞 조각의 마지막 상태로 바꾸어 가세요.",
    en="Every piece starts from h0 again. h0 belongs to the first piece: move h on to the last state of the "
    "piece before.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
    for piece, d_piece in zip(x.split(k, 1), d_out.split(k, 1), strict=True):
        gradients = bptt(piece, h0, W_ih, W_hh, b, d_piece)
        total = [a + g for a, g in zip(total, gradients, strict=True)]
        h = unroll(piece, h0, W_ih, W_hh, b)[:, -1]
    return *total, h


@truncated_bptt.mistake(
    "gradients-from-h0",
    ko="h는 맞게 옮겨 갔지만, 기울기는 조각마다 h0에서 시작해 구했습니다. bptt_gradients에 h0이 아니라 이 조각이 시작하는 상태 h를 주세요.",
    en="h is moved on rightly, but every piece's gradients were computed from h0. Give bptt_gradients the state h "
    "in which this piece starts, not h0.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return *started_from(h0, h0, x, h0, W_ih, W_hh, b, d_out, k), unroll(x, h0, W_ih, W_hh, b)[:, -1]  # fmt: skip


FROM_ZEROS = {
    "ko": "조각의 기울기를 0인 상태에서 시작해 구했습니다. 첫 조각은 h0에서, 다음 조각은 앞 조각이 끝난 상태에서 시작합니다. 끊는 것은 기울기뿐입니다.",
    "en": "The pieces' gradients start from a state of 0. The first piece starts from h0, and the next one from the "
    "state in which the one before ended: only the gradient is cut.",
}


@truncated_bptt.mistake("gradients-from-zeros", **FROM_ZEROS)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    zeros = torch.zeros_like(h0)
    return *started_from(zeros, zeros, x, h0, W_ih, W_hh, b, d_out, k), unroll(x, h0, W_ih, W_hh, b)[:, -1]  # fmt: skip


@truncated_bptt.mistake("later-gradients-from-zeros", **FROM_ZEROS)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    zeros = torch.zeros_like(h0)
    return *started_from(h0, zeros, x, h0, W_ih, W_hh, b, d_out, k), unroll(x, h0, W_ih, W_hh, b)[:, -1]  # fmt: skip


@truncated_bptt.mistake("all-from-zeros", **FROM_ZEROS)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    zeros, piece = torch.zeros_like(h0), x.split(k, 1)[-1]
    return *started_from(zeros, zeros, x, h0, W_ih, W_hh, b, d_out, k), unroll(piece, zeros, W_ih, W_hh, b)[:, -1]  # fmt: skip


@truncated_bptt.mistake(
    "h0-ignored",
    ko="h0을 쓰지 않고 0에서 시작했습니다. 첫 조각은 받은 h0에서 시작합니다.",
    en="h0 is not used: it starts from 0. The first piece starts from the h0 that is given.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, torch.zeros_like(h0), W_ih, W_hh, b, d_out, k)


@truncated_bptt.mistake(
    "cuts-at-every-step",
    ko="모든 시점에서 끊었습니다. 조각 *안에서는* 기울기가 끝까지 거슬러 가야 합니다.",
    en="It cuts at every step. *Within* a piece the gradient goes back all the way.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, h0, W_ih, W_hh, b, d_out, k, within=1)


@truncated_bptt.mistake(
    "drops-the-short-piece",
    ko="k로 나누어떨어지지 않는 마지막 조각을 빠뜨렸습니다. 마지막 조각은 짧을 수 있습니다.",
    en="The last piece was dropped where k does not divide T evenly. The last piece may be shorter.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, h0, W_ih, W_hh, b, d_out, k, tail=False)


@truncated_bptt.mistake(
    "mean-over-pieces",
    ko="조각들의 기울기를 평균 냈습니다. 손실의 1/N은 d_out 안에 이미 있으니 *더하세요*.",
    en="The pieces' gradients were averaged. The 1/N of the loss is already in d_out: *add* them up.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, h0, W_ih, W_hh, b, d_out, k, mean=True)


@truncated_bptt.mistake(
    "last-piece-only",
    ko="마지막 조각의 기울기만 남았습니다. 조각마다 덮어쓰지 말고 더하세요.",
    en="Only the last piece's gradients are left. Add the pieces up instead of overwriting.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, h0, W_ih, W_hh, b, d_out, k, last_only=True)


@truncated_bptt.mistake(
    "only-the-last-k",
    ko="마지막 k시점만 거슬러 가고 나머지 조각은 배우지 않았습니다. 모든 조각에서 BPTT를 하고 더합니다.",
    en="Only the last k steps are gone back through, and the other pieces learn nothing. Do BPTT in every "
    "piece, and add up.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    states = torch.cat([h0[:, None], unroll(x, h0, W_ih, W_hh, b)], 1)
    first = max(x.shape[1] - k, 0)
    return *bptt(x[:, first:], states[:, first], W_ih, W_hh, b, d_out[:, first:]), states[:, -1]


@truncated_bptt.mistake(
    "first-state-carried",
    ko="조각의 *첫* 상태를 다음 조각에 넘겼습니다. 넘길 것은 조각의 마지막 상태, [:, -1]입니다.",
    en="The piece's *first* state was handed over. It is the last one that goes on: [:, -1].",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, h0, W_ih, W_hh, b, d_out, k, state="start")


@truncated_bptt.mistake(
    "k-pieces",
    ko="글을 k개의 조각으로 나누었습니다. k는 조각의 *길이*입니다.",
    en="The sequence was cut into k pieces. k is the *length* of a piece.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return truncated(x, h0, W_ih, W_hh, b, d_out, -(-x.shape[1] // k))


@truncated_bptt.mistake(
    "all-the-states",
    ko="마지막 상태 대신 마지막 조각의 상태를 모두 돌려주었습니다. h는 마지막 시점의 (B, H)입니다.",
    en="All states of the last piece came back in place of the last one. h is (B, H), after the last step.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    h = unroll(x, h0, W_ih, W_hh, b)
    return *truncated(x, h0, W_ih, W_hh, b, d_out, k)[:3], h.split(k, 1)[-1]


@truncated_bptt.mistake(
    "returns-h0",
    ko="h0을 그대로 돌려주었습니다. h는 마지막 시점 *뒤*의 상태입니다.",
    en="h0 came back as it was. h is the state *after* the last step.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    return *truncated(x, h0, W_ih, W_hh, b, d_out, k)[:3], h0


@truncated_bptt.mistake(
    "state-from-h0",
    ko="다음 조각에 넘길 상태를 h0에서 펼쳤습니다. 이 조각이 *시작한 상태* h에서 펼치세요: unroll(piece, h, …).",
    en="The state to hand over was unrolled from h0. Unroll from the state this piece *started* with: "
    "unroll(piece, h, …).",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    total, h = [torch.zeros_like(w) for w in (W_ih, W_hh, b)], h0
    for piece, d_piece in zip(x.split(k, 1), d_out.split(k, 1), strict=True):
        gradients = bptt(piece, h, W_ih, W_hh, b, d_piece)
        total = [a + g for a, g in zip(total, gradients, strict=True)]
        h = unroll(piece, h0, W_ih, W_hh, b)[:, -1]
    return *total, h


@truncated_bptt.mistake(
    "sliding-window",
    ko="조각이 한 시점씩 밀리며 겹칩니다. 조각은 k걸음마다 시작합니다: range(0, T, k).",
    en="The pieces overlap, each one step on from the one before. A piece starts every k steps: range(0, T, k).",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    states = torch.cat([h0[:, None], unroll(x, h0, W_ih, W_hh, b)], 1)
    total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
    for t in range(x.shape[1]):
        gradients = bptt(x[:, t : t + k], states[:, t], W_ih, W_hh, b, d_out[:, t : t + k])
        total = [a + g for a, g in zip(total, gradients, strict=True)]
    return *total, states[:, -1]


@truncated_bptt.mistake(
    "too-early",
    ko="조각의 기울기를 구하기 전에 h를 옮겨서, 조각이 자기 끝에서 시작합니다. 기울기를 먼저 구하고 h를 옮기세요.",
    en="h was moved on before the piece's gradients were computed, so the piece starts from its own end. First the gradients, then h.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    total, h = [torch.zeros_like(w) for w in (W_ih, W_hh, b)], h0
    for start in range(0, x.shape[1], k):
        piece = x[:, start : start + k]
        h = unroll(piece, h, W_ih, W_hh, b)[:, -1]
        gradients = bptt(piece, h, W_ih, W_hh, b, d_out[:, start : start + k])
        total = [a + g for a, g in zip(total, gradients, strict=True)]
    return *total, h


@truncated_bptt.mistake(
    "adds-tuples",
    ko="튜플이나 리스트에 `+`를 쓰면 뒤에 이어 붙습니다. 텐서끼리 더하세요: `[a + g for a, g in zip(total, gradients)]`",
    en="`+` joins two tuples or lists end to end. Add tensor by tensor: `[a + g for a, g in zip(total, gradients)]`.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    total, h = tuple(torch.zeros_like(w) for w in (W_ih, W_hh, b)), h0
    for start in range(0, x.shape[1], k):
        piece = x[:, start : start + k]
        total = total + tuple(bptt(piece, h, W_ih, W_hh, b, d_out[:, start : start + k]))
        h = unroll(piece, h, W_ih, W_hh, b)[:, -1]
    return *total, h


@truncated_bptt.mistake(
    "h0-all-along",
    ko="h를 옮기지 않고 조각마다 h0에서 시작했고, 돌려준 것도 h0입니다. 조각이 끝나면 h를 그 마지막 상태로 바꾸세요: `unroll(…)[:, -1]`",
    en="h is never moved on: every piece starts from h0, and h0 is what is returned. After a piece let h be its last state: `unroll(…)[:, -1]`.",
)
def _(x, h0, W_ih, W_hh, b, d_out, k):
    total = [torch.zeros_like(w) for w in (W_ih, W_hh, b)]
    for start in range(0, x.shape[1], k):
        piece = slice(start, start + k)
        gradients = bptt(x[:, piece], h0, W_ih, W_hh, b, d_out[:, piece])
        total = [a + g for a, g in zip(total, gradients, strict=True)]
    return *total, h0


truncated_bptt.hints(
    ko=[
        "조각 하나는 그 자체로 짧은 글입니다. 여러분의 bptt_gradients에 조각의 x와 d_out을 주면 됩니다. 조각마다 무엇을 h0으로 주어야 할까요?",
        "start = 0, k, 2k, …마다 x[:, start : start + k]와 d_out[:, start : start + k]를 떼어 내고, 기울기를 더하고, 그 조각의 마지막 상태를 다음 조각의 h로 삼습니다.",
        "`for start in range(0, x.shape[1], k):` 안에서 `bptt_gradients(piece, h, W_ih, W_hh, b, d_piece)`를 더한 다음 `h = unroll(piece, h, W_ih, W_hh, b)[:, -1]`.",
    ],
    en=[
        "A piece is a short text of its own: give its x and d_out to your bptt_gradients. What does each "
        "piece get as h0?",
        "For start = 0, k, 2k, … take x[:, start : start + k] and d_out[:, start : start + k], add up the "
        "gradients, and make the piece's last state the next one's h.",
        "In `for start in range(0, x.shape[1], k):` add up `bptt_gradients(piece, h, W_ih, W_hh, b, "
        "d_piece)`, then `h = unroll(piece, h, W_ih, W_hh, b)[:, -1]`.",
    ],
)


# ---------------------------------------------------------------- train-in-chunks


@exercise("train-in-chunks", points=2, forbids=["nn.RNN"], returns=["losses", "parameters"])
def train_in_chunks(inputs, targets, parameters, k, lr):
    W_ih, W_hh, b, W_hy, b_y = parameters
    V, H = W_hy.shape
    rnn, head = nn.RNN(V, H, batch_first=True), nn.Linear(H, V)
    rnn.load_state_dict(dict(zip(rnn.state_dict(), (W_ih, W_hh, b, torch.zeros(H)), strict=True)))
    head.load_state_dict({"weight": W_hy, "bias": b_y})
    own = [*list(rnn.parameters())[:3], *head.parameters()]
    state, losses = torch.zeros(1, len(inputs), H), []
    for x, y in zip(inputs.split(k, 1), targets.split(k, 1), strict=True):
        outputs, state = rnn(F.one_hot(x, V).float(), state)
        state = state.detach()
        loss = F.cross_entropy(head(outputs).transpose(1, 2), y)
        for p, g in zip(own, torch.autograd.grad(loss, own), strict=True):
            p.data.sub_(g, alpha=lr)
        losses.append(loss.item())
    return losses, [p.detach() for p in own]


def small_model(draw, H, V):
    shapes = (H, V), (H, H), (H,), (V, H), (V,)
    return [draw.normal(*shape) for shape in shapes]


@train_in_chunks.cases
def _(draw):
    for B, T, H, V, k, lr in (
        (1, 2, 2, 3, 2, 0.5), (1, 4, 2, 3, 2, 0.5), (2, 5, 3, 4, 2, 0.3), (3, 6, 3, 3, 3, 1.0),
        (1, 4, 3, 4, 1, 0.4),
    ):  # fmt: skip
        text = draw.integers(0, V - 1, B, T + 1)
        yield text[:, :-1], text[:, 1:], small_model(draw, H, V), k, lr


def chunked(inputs, targets, parameters, k, lr, *, carry=lambda s: s[:, -1].detach(), zero=True,
            reduction="mean", tail=True, step="each", as_float=True, retain=False, copy=True,
            after=False, sign=1.0):  # fmt: skip
    """The right answer, with places for mistakes."""
    parameters = [p.clone() if copy else p for p in parameters]
    parameters = [p.requires_grad_() for p in parameters]
    W_ih, W_hh, b, W_hy, b_y = parameters
    h, losses, waiting = torch.zeros(len(inputs), len(b)), [], 0.0
    for start in range(0, inputs.shape[1], k):
        x = F.one_hot(inputs[:, start : start + k], len(b_y)).to(b.dtype)
        if not tail and x.shape[1] < k:
            break
        states = unroll(x, h, W_ih, W_hh, b)
        y = targets[:, start : start + k].flatten()
        loss = F.cross_entropy((states @ W_hy.T + b_y).flatten(0, 1), y, reduction=reduction)
        if step == "end":
            waiting = waiting + loss
        else:
            loss.backward(retain_graph=retain)
            with torch.no_grad():
                for p in parameters:
                    p -= sign * lr * p.grad
                    if zero:
                        p.grad = None
            if after:  # the state once more, with the new weights
                states = unroll(x, h, W_ih, W_hh, b)
        h = carry(states)
        losses.append(loss.item() if as_float else loss.detach())
    if step == "end":
        gradients = torch.autograd.grad(waiting, parameters)
        with torch.no_grad():
            for p, g in zip(parameters, gradients, strict=True):
                p -= lr * g
    return losses, [p.detach() for p in parameters]


@train_in_chunks.accepts
def _(inputs, targets, parameters, k, lr):
    # New tensors in every piece instead of changes in place.
    parameters, h, losses = [p.clone() for p in parameters], None, []
    for x, y in zip(inputs.split(k, 1), targets.split(k, 1), strict=True):
        leaves = [p.detach().requires_grad_() for p in parameters]
        W_ih, W_hh, b, W_hy, b_y = leaves
        if h is None:
            h = b.new_zeros(len(inputs), len(b))
        states = unroll(torch.eye(len(b_y))[x], h.detach(), W_ih, W_hh, b)
        log_p = F.log_softmax(states @ W_hy.T + b_y, -1)
        loss = -log_p.gather(-1, y[..., None]).mean()
        gradients = torch.autograd.grad(loss, leaves)
        parameters = [p.detach() - lr * g for p, g in zip(leaves, gradients, strict=True)]
        h = states[:, -1]
        losses.append(float(loss))
    return losses, parameters


@train_in_chunks.accepts
def _(inputs, targets, parameters, k, lr):
    # By hand: there is nothing to detach.
    W = [p.clone() for p in parameters]
    h, losses = torch.zeros(len(inputs), len(W[2])), []
    for start in range(0, inputs.shape[1], k):
        x = F.one_hot(inputs[:, start : start + k], len(W[4])).float()
        states = unroll(x, h, *W[:3])
        loss, d_out, dW_hy, db_y = output(states, W[3], W[4], targets[:, start : start + k])
        gradients = [*bptt(x, h, *W[:3], d_out), dW_hy, db_y]
        W = [w - lr * g for w, g in zip(W, gradients, strict=True)]
        h = states[:, -1]
        losses.append(loss.item())
    return losses, tuple(W)


@train_in_chunks.accepts
def _(inputs, targets, parameters, k, lr):
    return chunked(
        inputs, targets, parameters, k, lr, carry=lambda s: s[:, -1].clone().detach().contiguous()
    )


@train_in_chunks.mistake(
    "not-cut",
    ko="상태를 떼어 내지 않고 넘겼습니다. 둘째 조각의 backward()가 이미 지운 첫 조각의 기록까지 들어가려고 합니다. `h = states[:, -1].detach()`입니다.",
    en="The state is handed over without being cut off, so the second piece's backward() walks into the "
    "first one's records, which are gone. `h = states[:, -1].detach()`.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, carry=lambda s: s[:, -1])


@train_in_chunks.mistake(
    "keeps-the-graph",
    ko="retain_graph=True는 기록을 지우지 않게 할 뿐입니다. 기울기가 여전히 앞 조각으로 들어가고, 그사이 제자리에서 바뀐 가중치를 만납니다. 그래프를 붙들지 말고 상태를 `detach()`하세요.",
    en="retain_graph=True only keeps the records. The gradient still walks into the piece before, and meets "
    "weights that have been changed in place since. Don't hold on to the graph: `detach()` the state.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, carry=lambda s: s[:, -1], retain=True)


@train_in_chunks.mistake(
    "loses-the-state",
    ko="조각마다 상태를 0에서 시작했습니다. 오류는 사라졌지만 기억도 사라졌습니다. 상태의 값은 넘기고 기록만 떼어 내세요. "
    "(`h = h.detach()`는 *옛* h를 떼어 낼 뿐입니다. 새 상태는 `states[:, -1]`입니다.)",
    en="Each piece starts from a state of 0: the error is gone, and so is the memory. Hand the state's values "
    "on, and cut off only its history. (`h = h.detach()` only cuts the *old* h; the new state is `states[:, -1]`.)",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(
        inputs, targets, parameters, k, lr, carry=lambda s: torch.zeros_like(s[:, -1]).detach()
    )


@train_in_chunks.mistake(
    "cuts-at-every-step",
    ko="조각 안에서도 시점마다 끊었습니다. 끊는 것은 조각의 *경계*에서만입니다. 조각 안에서는 기울기가 거슬러 가야 합니다.",
    en="It cuts at every step, inside the pieces too. Cut only at the *borders*; within a piece the gradient "
    "goes back.",
)
def _(inputs, targets, parameters, k, lr):
    parameters = [p.clone().requires_grad_() for p in parameters]
    W_ih, W_hh, b, W_hy, b_y = parameters
    h, losses = torch.zeros(len(inputs), len(b)), []
    for x, y in zip(inputs.split(k, 1), targets.split(k, 1), strict=True):
        states = []
        for x_t in F.one_hot(x, len(b_y)).float().unbind(1):
            h = torch.tanh(x_t @ W_ih.T + h.detach() @ W_hh.T + b)
            states.append(h)
        logits = torch.stack(states, 1) @ W_hy.T + b_y
        loss = F.cross_entropy(logits.flatten(0, 1), y.flatten())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, g in zip(parameters, gradients, strict=True):
                p -= lr * g
        losses.append(loss.item())
    return losses, [p.detach() for p in parameters]


@train_in_chunks.mistake(
    "outputs-cut-too",
    ko="상태 전체를 손실을 구하기 전에 떼어 냈습니다. 그러면 W_ih, W_hh, b에는 기울기가 전혀 가지 않습니다. 다음 조각에 넘길 h만 떼어 내세요.",
    en="All states were cut off before the loss, so no gradient reaches W_ih, W_hh and b. Cut off only the h "
    "that goes to the next piece.",
)
def _(inputs, targets, parameters, k, lr):
    W_ih, W_hh, b, W_hy, b_y = [p.clone() for p in parameters]
    h, losses = torch.zeros(len(inputs), len(b)), []
    for x, y in zip(inputs.split(k, 1), targets.split(k, 1), strict=True):
        states = unroll(F.one_hot(x, len(b_y)).float(), h, W_ih, W_hh, b)
        loss, _, dW_hy, db_y = output(states, W_hy, b_y, y)
        W_hy, b_y = W_hy - lr * dW_hy, b_y - lr * db_y
        h = states[:, -1]
        losses.append(loss.item())
    return losses, [W_ih, W_hh, b, W_hy, b_y]


@train_in_chunks.mistake(
    "first-state-carried",
    ko="조각의 첫 상태를 넘겼습니다. 다음 조각은 이 조각이 *끝난* 상태, states[:, -1]에서 시작합니다.",
    en="The first state of the piece was handed over. The next piece starts from the state in which this one "
    "*ended*: states[:, -1].",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, carry=lambda s: s[:, 0].detach())


@train_in_chunks.mistake(
    "gradients-pile-up",
    ko="기울기를 비우지 않아 조각마다 쌓입니다. 걸음을 뗀 다음 `p.grad = None`으로 비우세요.",
    en="The gradients are never cleared and pile up from piece to piece. Clear them after the step with "
    "`p.grad = None`.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, zero=False)


@train_in_chunks.mistake(
    "one-step-at-the-end",
    ko="조각의 손실을 모아 두었다가 끝에 한 번만 걸음을 뗐습니다. 조각마다 한 걸음입니다.",
    en="The losses were collected and only one step taken at the end. It is one step for every piece.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, step="end")


@train_in_chunks.mistake(
    "summed-loss",
    ko="조각의 손실을 더했습니다. 조각 안의 모든 자리에 대해 *평균*하세요(cross_entropy의 기본값).",
    en="The loss of a piece was summed. *Average* it over the places of the piece, as cross_entropy does "
    "by default.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, reduction="sum")


@train_in_chunks.mistake(
    "climbs",
    ko="기울기를 더했습니다. 손실이 줄어드는 쪽은 기울기의 반대쪽입니다: p -= lr * p.grad.",
    en="The gradient was added. The loss goes down against the gradient: p -= lr * p.grad.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, sign=-1.0)


@train_in_chunks.mistake(
    "drops-the-short-piece",
    ko="k보다 짧은 마지막 조각을 빠뜨렸습니다. 마지막 조각은 짧을 수 있습니다.",
    en="A last piece shorter than k was dropped. The last piece may be shorter.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, tail=False)


@train_in_chunks.mistake(
    "in-place",
    ko="결과는 맞지만 받은 매개변수를 제자리에서 바꾸었습니다. `clone()`한 것을 학습시키세요.",
    en="The result is right, but the caller's parameters were changed in place. Train copies: `clone()`.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, lr, copy=False)


@train_in_chunks.mistake(
    "new-name",
    ko="`p = p - …`는 이름 p에 새 텐서를 붙일 뿐, 리스트에 든 것은 움직이지 않습니다. 제자리에서 바꾸세요: `p -= lr * p.grad`",
    en="`p = p - …` gives the name p a new tensor; those in the list do not move. Change them in place: `p -= lr * p.grad`.",
)
def _(inputs, targets, parameters, k, lr):
    return chunked(inputs, targets, parameters, k, 0.0)


train_in_chunks.hints(
    ko=[
        "h는 두 가지를 들고 있습니다. 값, 그리고 '어떻게 계산되었는지'의 기록입니다. 다음 조각에 필요한 것은 어느 쪽일까요?",
        "고칠 줄은 `h = states[:, -1]` 하나입니다. 값은 같고 기록이 없는 텐서를 넘기세요. 0으로 되돌리면 안 됩니다.",
        "`h = states[:, -1].detach()`. 나머지는 위의 함수와 똑같습니다.",
    ],
    en=[
        "h holds two things: its values, and the record of how they were computed. Which of them does the "
        "next piece need?",
        "The line to mend is `h = states[:, -1]`. Hand over a tensor with the same values and no record. "
        "Don't set it back to 0.",
        "`h = states[:, -1].detach()`. All the rest is as in the function above.",
    ],
)


# ---------------------------------------------------------------- gradient-flow


@exercise("gradient-flow", points=2, forbids=BACKWARD)
def gradient_flow(slopes, W_hh):
    # The linear recurrence with these Jacobians, differentiated by autograd.
    T, H = slopes.shape
    h = torch.zeros(H, H, dtype=W_hh.dtype, requires_grad=True)
    states = [h]
    for t in range(T):
        states.append(slopes[t] * (states[-1] @ W_hh.T))
    gradients = torch.autograd.grad(states[-1].diagonal().sum(), states)
    return torch.stack([g.square().sum().div(H).sqrt() for g in gradients])


@gradient_flow.cases
def _(draw):
    one = torch.ones(1, 1, dtype=DOUBLE)
    yield torch.ones(3, 1, dtype=DOUBLE), 3 * one
    yield torch.tensor([[0.5], [1.0]], dtype=DOUBLE), 0.2 * one
    for T, H in ((2, 2), (1, 3), (draw.integer(4, 7), 3), (5, 4)):
        yield draw.uniform(0.1, 1.0, T, H, dtype=DOUBLE), draw.normal(H, H, dtype=DOUBLE)
    dead = draw.uniform(0.1, 1.0, 4, 3, dtype=DOUBLE)
    dead[1] = 0.0
    yield dead, draw.normal(3, 3, dtype=DOUBLE)
    yield draw.uniform(0.1, 1.0, 3, 2), draw.normal(2, 2)


def size(J):
    return (J.square().sum() / len(J)).sqrt()


def flows(slopes, W_hh, *, factor=lambda s, W: s[:, None] * W, order=lambda J, A: J @ A,
          size=size, reverse=True):  # fmt: skip
    """The right answer, with places for mistakes; newest first before the final flip."""
    J = torch.eye(len(W_hh), dtype=W_hh.dtype)
    found = [size(J)]
    for s in slopes.flip(0) if reverse else slopes:
        J = order(J, factor(s, W_hh))
        found.append(size(J))
    return torch.stack(found[::-1])


@gradient_flow.accepts
def _(slopes, W_hh):
    T, H = slopes.shape
    found = []
    for t in range(T + 1):
        J = torch.eye(H, dtype=W_hh.dtype)
        for s in slopes[t:]:
            J = torch.diag(s) @ W_hh @ J  # grown from the left
        found.append(torch.linalg.matrix_norm(J) / H**0.5)
    return torch.stack(found)


@gradient_flow.accepts
def _(slopes, W_hh):
    flow = slopes.new_ones(len(slopes) + 1)
    J = torch.eye(len(W_hh)).to(W_hh)
    for t in range(len(slopes) - 1, -1, -1):
        J = (J * slopes[t]) @ W_hh  # columns of J times s, the same as diag(s) on its right
        flow[t] = J.norm(dim=1).square().mean().sqrt()
    return flow


@gradient_flow.mistake(
    "slopes-on-the-columns",
    ko="s_t를 W_hh의 *열*에 곱했습니다(slopes * W_hh). diag(s_t) W_hh는 i번 *줄*을 s_t[i]배 합니다: s[:, None] * W_hh.",
    en="s_t multiplies the *columns* of W_hh (slopes * W_hh). diag(s_t) W_hh multiplies *row* i by s_t[i]: "
    "s[:, None] * W_hh.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, factor=lambda s, W: s * W)


@gradient_flow.mistake(
    "wrong-side",
    ko="새 행렬을 왼쪽에 곱했거나, 전치해서 오른쪽에 곱했습니다(둘은 크기가 같습니다). 거슬러 갈 때 앞 시점의 야코비 행렬은 전치 없이 *오른쪽*에 붙습니다: ∂h_T/∂h_{t−1} = ∂h_T/∂h_t · diag(s_t) W_hh.",
    en="The new matrix was put on the left, or transposed and put on the right, which has the same size. Going "
    "back, the earlier step's Jacobian goes on the *right*, not transposed: "
    "∂h_T/∂h_{t−1} = ∂h_T/∂h_t · diag(s_t) W_hh.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, order=lambda J, A: A @ J)


@gradient_flow.mistake("fixed-dtype", **FIXED_DTYPE)
def _(slopes, W_hh):
    J = torch.eye(len(W_hh), dtype=DOUBLE)
    found = [size(J)]
    for s in slopes.flip(0):
        J = J @ (s[:, None] * W_hh)
        found.append(size(J))
    return torch.stack(found[::-1])


@gradient_flow.mistake(
    "mean-of-row-norms",
    ko="줄마다 길이를 재서 평균 냈습니다. 크기는 *모든* 원소의 제곱을 더해 H로 나눈 것의 제곱근 하나입니다.",
    en="The length of each row was measured, and these averaged. The size is a single root: of the squares of "
    "*all* elements, added up and divided by H.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, size=lambda J: J.norm(dim=1).mean())


@gradient_flow.mistake(
    "transposed",
    ko="W_hh를 전치해서 곱했거나, s_t를 열에 곱한 행렬을 왼쪽에 곱했습니다(둘은 크기가 같습니다). 시점 t의 야코비 행렬은 전치 없는 diag(s_t) W_hh이고, 거슬러 갈 때 *오른쪽*에 붙습니다.",
    en="W_hh was transposed, or a matrix whose columns were multiplied by s_t put on the left, which has the same "
    "size. The Jacobian of step t is diag(s_t) W_hh, with no transpose; going back it goes on the *right*.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, factor=lambda s, W: s[:, None] * W.T)


@gradient_flow.mistake(
    "no-slopes",
    ko="활성화 함수의 기울기를 곱하지 않았습니다. W_hh만 거듭 곱하면 tanh가 없는 RNN입니다.",
    en="The slopes are left out. Powers of W_hh alone are an RNN without a tanh.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, factor=lambda s, W: W)


@gradient_flow.mistake(
    "no-weights",
    ko="기울기 s_t만 곱했습니다. 야코비 행렬은 diag(s_t) *W_hh*입니다.",
    en="Only the slopes s_t are multiplied. The Jacobian is diag(s_t) *W_hh*.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, factor=lambda s, W: torch.diag(s))


@gradient_flow.mistake(
    "from-the-start",
    ko="처음 시점부터 곱했습니다. 그것은 ∂h_t/∂h_0입니다. 여기서는 *마지막* 상태를 미분하니 끝에서부터 곱해 갑니다.",
    en="The product runs from the first step: that is ∂h_t/∂h_0. Here it is the *last* state that is "
    "differentiated, so multiply from the end.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, reverse=False, order=lambda J, A: A @ J).flip(0)


@gradient_flow.mistake(
    "steps-in-the-wrong-order",
    ko="시점을 앞에서부터 곱해 놓고 끝에서부터인 것처럼 적었습니다. 마지막 시점의 기울기(slopes의 마지막 줄)부터 곱하세요.",
    en="The steps were multiplied from the front and written down as if from the end. Begin with the last "
    "step's slopes, the last row.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, reverse=False)


@gradient_flow.mistake(
    "back-to-front",
    ko="순서가 거꾸로입니다. 0번 칸이 flow(0)(가장 먼 과거), 마지막 칸이 1입니다. 거슬러 가며 모았다면 뒤집으세요.",
    en="It is back to front. Entry 0 is flow(0), the most distant past, and the last one is 1. If you "
    "collected going back, turn it round.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh).flip(0)


@gradient_flow.mistake(
    "one-short",
    ko="마지막 칸(∂h_T/∂h_T = 1)이 없습니다. 상태는 h_0부터 h_T까지 T + 1개입니다.",
    en="The last entry, ∂h_T/∂h_T = 1, is missing. There are T + 1 states, h_0 to h_T.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh)[:-1]


@gradient_flow.mistake(
    "not-divided",
    ko="H로 나누지 않았습니다. 마지막 칸이 1이 되어야 합니다: √(모든 원소의 제곱의 합 / H).",
    en="The division by H is missing; the last entry should be 1. √(sum of all squares / H).",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, size=lambda J: J.square().sum().sqrt())


@gradient_flow.mistake(
    "divided-outside",
    ko="H²으로 나눈 셈입니다. 루트 *밖에서* H로 나누었거나, 원소 H²개의 평균을 냈습니다. 제곱의 합을 H로 나누고 나서 제곱근을 씌우세요.",
    en="This divides by H²: either H divides *outside* the root, or it is the mean over all H² elements. Divide "
    "the sum of squares by H, then take the root.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, size=lambda J: J.square().sum().sqrt() / len(J))


@gradient_flow.mistake(
    "no-root",
    ko="제곱근을 씌우지 않았습니다. 제곱의 평균이 아니라 그 제곱근입니다.",
    en="The root is missing: it is not the mean square but its root.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, size=lambda J: J.square().sum() / len(J))


@gradient_flow.mistake(
    "spectral-norm",
    ko="가장 크게 늘어나는 방향의 배수(행렬의 2-노름)를 썼습니다. 여기서 재는 것은 모든 원소의 제곱에서 나오는 길이입니다.",
    en="This is the factor in the direction that grows the most, the matrix 2-norm. What is asked for is the "
    "length made of the squares of all elements.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, size=lambda J: torch.linalg.matrix_norm(J, ord=2))


@gradient_flow.mistake(
    "product-of-sizes",
    ko="시점마다 크기를 재서 그 *수들*을 곱했습니다. 행렬의 곱의 크기는 크기의 곱과 다릅니다. 행렬을 먼저 곱하세요.",
    en="Each step was measured, and the *numbers* multiplied. The size of a product of matrices is not the "
    "product of their sizes: multiply the matrices first.",
)
def _(slopes, W_hh):
    steps = torch.stack([size(s[:, None] * W_hh) for s in slopes.flip(0)])
    return torch.cat([steps.new_ones(1), steps.cumprod(0)]).flip(0)


@gradient_flow.mistake(
    "one-step-each",
    ko="시점 하나씩의 야코비 행렬을 쟀습니다. t에서 T까지 *곱한* 행렬을 재야 합니다.",
    en="It measures each step's Jacobian by itself. Measure the *product* from t to T.",
)
def _(slopes, W_hh):
    steps = torch.stack([size(s[:, None] * W_hh) for s in slopes])
    return torch.cat([steps, steps.new_ones(1)])


@gradient_flow.mistake(
    "element-by-element",
    ko="야코비 행렬을 원소별로 곱했습니다(*). 연쇄 법칙은 행렬 곱입니다: J @ (s[:, None] * W_hh).",
    en="The Jacobians were multiplied element by element (*). The chain rule is a matrix product: J @ (s[:, None] * "
    "W_hh).",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, order=lambda J, A: J * A)


@gradient_flow.mistake(
    "starts-from-ones",
    ko="1로 가득 찬 행렬에서 시작했습니다. 곱해도 아무것도 바꾸지 않는 것은 단위행렬 torch.eye(H)입니다.",
    en="It starts from a matrix full of ones. What changes nothing in a product is the identity, torch.eye(H).",
)
def _(slopes, W_hh):
    ones, H = torch.ones_like(W_hh), len(W_hh)
    found = [size(ones)]
    for s in slopes.flip(0):
        ones = ones @ (s[:, None] * W_hh)
        found.append(size(ones))
    return torch.stack(found[::-1]) if H > 1 else flows(slopes, W_hh)


@gradient_flow.mistake(
    "starts-from-the-weights",
    ko="W_hh에서 시작해 행렬이 하나 더 곱해졌습니다. 단위행렬에서 시작하세요.",
    en="It starts from W_hh, which is one matrix too many. Start from the identity.",
)
def _(slopes, W_hh):
    J, found = W_hh, [W_hh.new_ones(())]
    for s in slopes.flip(0):
        J = J @ (s[:, None] * W_hh)
        found.append(size(J))
    return torch.stack(found[::-1])


@gradient_flow.mistake(
    "forward-and-not-turned",
    ko="처음 시점부터 곱해 나가며 그 차례로 적었습니다. flow[t]는 마지막 상태를 h_t로 미분한 것이니 flow[T]가 1입니다. 뒤에서부터 곱하고 순서를 뒤집으세요.",
    en="The product grew from the first step on and was listed in that order. flow[t] is the last state by h_t, so flow[T] is 1. Multiply from the end, and turn the list round.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, reverse=False).flip(0)


@gradient_flow.mistake(
    "slope-of-a-slope",
    ko="s_t가 이미 기울기입니다(1 − h²은 계산되어 있습니다). 거기서 다시 1 − s²을 구하지 마세요.",
    en="s_t *is* the slope already: 1 − h² has been computed. Don't take 1 − s² of it.",
)
def _(slopes, W_hh):
    return flows(slopes, W_hh, factor=lambda s, W: (1 - s**2)[:, None] * W)


gradient_flow.hints(
    ko=[
        "단위행렬에서 시작해 마지막 시점에서 처음으로 걸으며, 한 걸음마다 그 시점의 야코비 행렬 하나를 오른쪽에 곱합니다. 걸음마다 행렬의 크기를 적으세요.",
        "시점 하나의 행렬은 s[:, None] * W_hh(줄마다 s배)입니다. 크기는 √(J의 모든 원소의 제곱의 합 / H). 모은 것을 마지막에 뒤집어 T + 1개로 만듭니다.",
        "`J = torch.eye(H, dtype=W_hh.dtype)`에서 시작해 `for s in slopes.flip(0):` 안에서 `J = J @ (s[:, None] * W_hh)`. 크기를 리스트에 모으고 `torch.stack(flow[::-1])`.",
    ],
    en=[
        "Start from the identity matrix and walk from the last step to the first, at each step multiplying "
        "that step's Jacobian on the right. Note the size of the matrix each time.",
        "The matrix of one step is s[:, None] * W_hh: each row times s. The size is √(sum of all squares of J "
        "/ H). In the end, turn the collected T + 1 numbers round.",
        "Start from `J = torch.eye(H, dtype=W_hh.dtype)`; in `for s in slopes.flip(0):`, `J = J @ (s[:, None] "
        "* W_hh)`. Collect the sizes in a list, and `torch.stack(flow[::-1])`.",
    ],
)


# ---------------------------------------------------------------- clip-by-norm


@exercise("clip-by-norm", points=2, forbids=["clip_grad_norm_", "clip_grads_with_norm_", "clip_grad_value_"], returns=["clipped", "norm"], rtol=1e-5)  # fmt: skip
def clip_by_norm(gradients, max_norm):
    parameters = [nn.Parameter(torch.zeros_like(g)) for g in gradients]
    for parameter, g in zip(parameters, gradients, strict=True):
        parameter.grad = g.clone()
    norm = nn.utils.clip_grad_norm_(parameters, max_norm)
    return [p.grad for p in parameters], norm.detach()


@clip_by_norm.cases
def _(draw):
    yield [torch.tensor([3.0, 4.0], dtype=DOUBLE)], 1.0
    yield [torch.tensor([0.3], dtype=DOUBLE), torch.tensor([[0.4]], dtype=DOUBLE)], 1.0
    for limit, scale in ((2.0, 3.0), (0.5, 1.0), (100.0, 1.0), (draw.number(0.3, 0.9), 2.0)):
        yield (
            [
                scale * draw.normal(3, 2, dtype=DOUBLE),
                scale * draw.normal(3, 3, dtype=DOUBLE),
                0.1 * scale * draw.normal(3, dtype=DOUBLE),
            ],
            limit,
        )
    yield [5 * draw.normal(2, 3, 2), 5 * draw.normal(4)], 1.5
    yield [torch.zeros(2, 2), torch.zeros(3)], 1.0
    yield [torch.tensor([[0.9, 1.2]])], 2.0  # 1.5 is shorter than 2, its square is not
    yield [torch.tensor(0.9)], 0.85  # 0.9 is longer than 0.85, its square is not
    yield [torch.tensor([3.0, 4.0])], math.inf


def joint(gradients):
    return torch.stack([g.square().sum() for g in gradients]).sum().sqrt()


def shortened(gradients, max_norm, norm):
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in gradients]


@clip_by_norm.accepts
def _(gradients, max_norm):
    norm = torch.cat([g.reshape(-1) for g in gradients]).norm()
    scale = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    return tuple(g * scale for g in gradients), norm


@clip_by_norm.accepts
def _(gradients, max_norm):
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients]))
    return [g / max(1.0, norm.item() / max_norm) for g in gradients], norm


@clip_by_norm.mistake(
    "by-value",
    ko="값마다 잘랐습니다(clamp). 그러면 방향이 바뀝니다. 모두에게 *같은 수*를 곱해 길이만 줄이세요.",
    en="Each value was cut by itself (clamp), which changes the direction. Multiply everything by *one number* "
    "and shorten the length.",
)
def _(gradients, max_norm):
    return [g.clamp(-max_norm, max_norm) for g in gradients], joint(gradients)


@clip_by_norm.mistake(
    "per-tensor",
    ko="텐서마다 따로 길이를 재서 줄였습니다. 길이는 모두를 합쳐 하나이고, 모두에게 같은 수를 곱합니다.",
    en="Each tensor was measured and shortened by itself. There is one joint length, and one number for all.",
)
def _(gradients, max_norm):
    return [g * min(1.0, max_norm / max(g.norm().item(), 1e-30)) for g in gradients], joint(gradients)  # fmt: skip


@clip_by_norm.mistake(
    "stretches-the-short",
    ko="짧은 기울기까지 늘려서 길이를 max_norm으로 맞추었습니다. max_norm보다 *길 때만* 줄이고, 아니면 그대로 두세요.",
    en="Short gradients were stretched to max_norm as well. Shorten only what is *longer*, and leave the rest "
    "as it is.",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    return [g * (max_norm / norm if norm > 0 else 1.0) for g in gradients], norm


@clip_by_norm.mistake(
    "zero-divided",
    ko="모두 0인 기울기에서 0/0이 되어 NaN이 나왔습니다. 그리고 짧은 기울기까지 늘립니다. 길이가 max_norm보다 *클 때만* 나누세요.",
    en="With gradients of zero this is 0/0, a NaN; and short gradients get stretched. Divide only where the norm "
    "is *larger* than max_norm.",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    return [g / norm * max_norm for g in gradients], norm


INFINITE_LIMIT = {
    "ko": "max_norm이 무한대(`math.inf`)일 때 ∞/∞나 ∞ · 0이 되어 NaN이 나왔습니다. 한도가 없다는 뜻이니 그대로 두어야 합니다. 길이가 max_norm보다 *클 때만* 수를 곱하세요.",
    "en": "With max_norm = `math.inf` this is ∞/∞ or ∞ · 0, a NaN. No limit means that nothing changes: multiply only "
    "where the norm is *larger* than max_norm.",
}


@clip_by_norm.mistake("infinite-limit", **INFINITE_LIMIT)
def _(gradients, max_norm):
    norm = joint(gradients)
    return [g * (max_norm / norm.clamp(min=max_norm)) for g in gradients], norm


@clip_by_norm.mistake("infinite-limit-first", **INFINITE_LIMIT)
def _(gradients, max_norm):
    norm = joint(gradients)
    return [g * max_norm / norm.clamp(min=max_norm) for g in gradients], norm


@clip_by_norm.mistake(
    "squares-compared",
    ko="제곱근을 씌우기 *전*의 값(제곱의 합)을 max_norm과 비교했습니다. 길이를 길이와 비교하세요.",
    en="The sum of squares, *before* the root, was compared with max_norm. Compare a length with a length.",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    scale = max_norm / norm if norm.square() > max_norm else 1.0
    return [g * scale for g in gradients], norm


@clip_by_norm.mistake(
    "sum-of-norms",
    ko="텐서들의 길이를 그냥 더했습니다. 합친 길이는 *제곱*을 더한 것의 제곱근입니다(피타고라스).",
    en="The tensors' lengths were simply added. The joint length is the root of the sum of the *squares* "
    "(Pythagoras).",
)
def _(gradients, max_norm):
    norm = sum(g.norm() for g in gradients)
    return shortened(gradients, max_norm, norm), norm


@clip_by_norm.mistake(
    "no-root",
    ko="제곱의 합에 제곱근을 씌우지 않았습니다.",
    en="The root of the sum of squares is missing.",
)
def _(gradients, max_norm):
    norm = joint(gradients).square()
    return shortened(gradients, max_norm, norm), norm


@clip_by_norm.mistake(
    "sum-of-absolutes",
    ko="절댓값을 더했습니다. 길이는 제곱을 더해 제곱근을 씌운 것입니다.",
    en="Absolute values were added up. The length is the root of the sum of squares.",
)
def _(gradients, max_norm):
    norm = torch.stack([g.abs().sum() for g in gradients]).sum()
    return shortened(gradients, max_norm, norm), norm


@clip_by_norm.mistake(
    "largest-norm",
    ko="가장 긴 텐서의 길이를 썼습니다. 길이는 모든 텐서를 한 줄로 이어 붙인 벡터의 것입니다.",
    en="The length of the longest tensor was used. The norm is that of all tensors joined into one vector.",
)
def _(gradients, max_norm):
    norm = torch.stack([g.norm() for g in gradients]).max()
    return shortened(gradients, max_norm, norm), norm


@clip_by_norm.mistake(
    "norm-after",
    ko="줄인 *뒤*의 길이를 돌려주었습니다. norm은 줄이기 전의 길이입니다. 폭발했는지 알려 주는 것은 그 수입니다.",
    en="The norm *after* clipping came back. It is the one before that is asked for: the number that tells "
    "whether something exploded.",
)
def _(gradients, max_norm):
    clipped = shortened(gradients, max_norm, joint(gradients))
    return clipped, joint(clipped)


@clip_by_norm.mistake(
    "upside-down",
    ko="나누기가 거꾸로입니다. 길수록 더 길어집니다. max_norm / norm을 곱하세요.",
    en="The fraction is upside down, and long gradients get longer. Multiply by max_norm / norm.",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    return [g * (norm / max_norm if norm > max_norm else 1.0) for g in gradients], norm


@clip_by_norm.mistake(
    "makes-the-norm-1",
    ko="길이를 1로 만들었습니다. 한도는 max_norm입니다: g * (max_norm / norm).",
    en="The length was made 1. The limit is max_norm: g * (max_norm / norm).",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    return [g / norm if norm > max_norm else g.clone() for g in gradients], norm


@clip_by_norm.mistake(
    "in-place",
    ko="결과는 맞지만 받은 기울기를 제자리에서 바꾸었습니다(`*=`, `mul_`). 새 텐서를 만드세요.",
    en="The result is right, but the caller's gradients were changed in place (`*=`, `mul_`). Make new tensors.",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    for g in gradients:
        g *= max_norm / norm if norm > max_norm else 1.0
    return gradients, norm


@clip_by_norm.mistake(
    "joined",
    ko="한 줄로 이어 붙인 벡터를 돌려주었습니다. 받은 것과 같은 모양의 텐서들의 리스트여야 합니다.",
    en="The joined vector came back. It should be a list of tensors in the shapes that were given.",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    return torch.cat([g.flatten() for g in shortened(gradients, max_norm, norm)]), norm


@clip_by_norm.mistake(
    "mean-of-squares",
    ko="제곱을 더하지 않고 평균 냈습니다. 길이는 제곱의 *합*의 제곱근입니다.",
    en="The squares were averaged. A length is the root of their *sum*.",
)
def _(gradients, max_norm):
    norm = torch.stack([g.square().mean() for g in gradients]).sum().sqrt()
    return shortened(gradients, max_norm, norm), norm


@clip_by_norm.mistake(
    "condition-reversed",
    ko="조건이 거꾸로입니다. 짧은 것을 늘리고 긴 것은 그대로 둡니다. norm이 max_norm보다 *클 때* 줄이세요.",
    en="The condition is the wrong way round: short ones are stretched and long ones left. Shorten when norm is "
    "*larger* than max_norm.",
)
def _(gradients, max_norm):
    norm = joint(gradients)
    scale = max_norm / norm if 0 < norm < max_norm else 1.0
    return [g * scale for g in gradients], norm


clip_by_norm.hints(
    ko=[
        "모든 기울기를 한 줄로 이어 붙인 긴 화살표 하나를 생각하세요. 길이가 한도를 넘으면 화살표 전체를 같은 비율로 줄입니다.",
        "norm = √(모든 텐서의 모든 제곱의 합). norm > max_norm일 때만 max_norm / norm을 모두에 곱하고, 아니면 1을 곱합니다.",
        "`norm = torch.stack([g.square().sum() for g in gradients]).sum().sqrt()`, `scale = max_norm / norm if norm > max_norm else 1.0`, 그리고 `[g * scale for g in gradients], norm`.",
    ],
    en=[
        "Think of one long arrow, all gradients joined. If it is longer than the limit, the whole arrow shrinks "
        "in proportion.",
        "norm = √(sum of all squares of all tensors). Multiply everything by max_norm / norm only if norm > "
        "max_norm, and by 1 otherwise.",
        "`norm = torch.stack([g.square().sum() for g in gradients]).sum().sqrt()`, `scale = max_norm / norm if "
        "norm > max_norm else 1.0`, and `[g * scale for g in gradients], norm`.",
    ],
)
