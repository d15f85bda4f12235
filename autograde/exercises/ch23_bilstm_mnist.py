"""Exercises of ch23: a bidirectional LSTM, and the project around it.

What a check sends are plain numbers. A model travels as a dict: {"weight": (C, D), "bias": (C,),
"p": dropout} stands for the chapter's class Small, {"sizes", "weights"} for a BiLSTMClassifier.
"""

import copy
import math
import tempfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import Draw, exercise
from helpers.observe import Case

DOUBLE = torch.float64


def numbered(*shape, dtype=torch.float32):
    """0, 1, 2, … in that shape: every element tells where it came from."""
    return torch.arange(math.prod(shape)).reshape(shape).to(dtype)


# ---------------------------------------------------------------- rows-as-sequence


@exercise("rows-as-sequence")
def rows_as_sequence(images):
    return torch.stack([torch.stack(list(image[0])) for image in images])


@rows_as_sequence.cases
def _(draw):
    yield (numbered(2, 1, 2, 3),)
    yield (draw.uniform(0, 1, 3, 1, 4, 4),)
    yield (draw.uniform(0, 1, 1, 1, 3, 1),)
    yield (draw.uniform(0, 1, 2, 1, 1, 4),)
    B, H, W = draw.integer(2, 4), draw.integer(2, 4), draw.integer(5, 7)
    yield (draw.normal(B, 1, H, W, dtype=DOUBLE),)


@rows_as_sequence.accepts
def _(images):
    return images[:, 0]


@rows_as_sequence.accepts
def _(images):
    B, _, H, W = images.shape
    return images.reshape(B, H, W)


@rows_as_sequence.accepts
def _(images):
    return images.flatten(0, 1)


@rows_as_sequence.mistake(
    "keeps-the-channel",
    ko="채널(channel) 축이 남아 있습니다. 흑백 그림의 채널은 하나뿐이니 그 축(1번)을 없애야 (B, T, D)가 됩니다.",
    en="The channel axis is still there. A grey image has one channel: drop that axis (number 1), and "
    "(B, T, D) is left.",
)
def _(images):
    return images.clone()


@rows_as_sequence.mistake(
    "squeezes-everything",
    ko="`squeeze()`는 크기가 1인 축을 *모두* 없앱니다. 그림이 한 장이면 배치 축까지 사라집니다. 없앨 축을 말하세요: `squeeze(1)`",
    en="`squeeze()` drops *every* axis of size 1: with a single image, the batch goes too. Say which "
    "one: `squeeze(1)`.",
)
def _(images):
    return images.squeeze()


@rows_as_sequence.mistake(
    "columns",
    ko="줄과 열이 바뀌었습니다. 이렇게 하면 그림을 왼쪽에서 오른쪽으로, 세로줄 하나씩 읽습니다. 시점 t는 위에서 t번째 *가로줄*입니다.",
    en="Rows and columns are exchanged: this reads the image from left to right, a column at a time. "
    "Step t is row t, counted from the top.",
)
def _(images):
    return images.squeeze(1).transpose(1, 2)


@rows_as_sequence.mistake(
    "reshaped-columns",
    ko="모양은 (B, W, H)인데 줄이 뒤섞였습니다. `reshape`와 `view`는 축을 옮기지 않고 수를 차례로 다시 자를 뿐입니다. 필요한 모양은 (B, H, W)입니다.",
    en="The shape is (B, W, H) and the rows are cut to pieces. `reshape` and `view` move no axis; they "
    "cut the same numbers up anew. (B, H, W) is wanted.",
)
def _(images):
    B, _, H, W = images.shape
    return images.reshape(B, W, H)


@rows_as_sequence.mistake(
    "time-first",
    ko="시점이 첫 축에 왔습니다: (T, B, D). 이 장은 배치를 앞에 둡니다(`batch_first=True`): (B, T, D)",
    en="Time came first: (T, B, D). This chapter puts the batch first (`batch_first=True`): (B, T, D).",
)
def _(images):
    return images.squeeze(1).transpose(0, 1)


@rows_as_sequence.mistake(
    "one-pixel-at-a-time",
    ko="한 시점에 픽셀 하나씩인 (B, H·W, 1)이 되었습니다. 한 시점에는 줄 하나, 곧 픽셀 W개가 들어갑니다.",
    en="This is (B, H·W, 1), one pixel a step. A step takes in a whole row, W pixels.",
)
def _(images):
    return images.flatten(1)[..., None]


@rows_as_sequence.mistake(
    "flattened",
    ko="그림을 벡터 하나로 폈습니다(9장). 그러면 시점이 없습니다. 줄들을 그대로 두세요: (B, H, W)",
    en="The image was flattened to one vector, as in chapter 9: no time steps are left. Keep the rows: "
    "(B, H, W).",
)
def _(images):
    return images.flatten(1)


@rows_as_sequence.mistake(
    "forgets-the-batch",
    ko="첫 그림 하나만 돌려주었습니다. `images[0]`은 0번 *그림*입니다. 0번 채널은 `images[:, 0]`입니다.",
    en="Only the first image came back. `images[0]` is *image* 0; channel 0 is `images[:, 0]`.",
)
def _(images):
    return images[0]


@rows_as_sequence.mistake(
    "bottom-up",
    ko="줄의 순서가 거꾸로입니다. 시점 0이 맨 윗줄입니다.",
    en="The rows come in the opposite order. Step 0 is the topmost row.",
)
def _(images):
    return images.squeeze(1).flip(1)


@rows_as_sequence.mistake(
    "the-topmost-row",
    ko="그림마다 맨 윗줄 하나만 남았습니다. `images[:, :, 0]`의 0은 2번 축, 곧 줄의 번호입니다. 0번 *채널*은 `images[:, 0]`입니다.",
    en="Only the topmost row of each image is left. The 0 of `images[:, :, 0]` stands on axis 2, the "
    "rows; *channel* 0 is `images[:, 0]`.",
)
def _(images):
    return images[:, :, 0].clone()


@rows_as_sequence.mistake(
    "mirrored",
    ko="줄마다 픽셀이 좌우로 뒤집혔습니다. 아무것도 뒤집지 말고 채널 축만 없애세요.",
    en="Left and right are exchanged in every row. Nothing has to be flipped: only the channel axis goes.",
)
def _(images):
    return images[:, 0].flip(2)


rows_as_sequence.hints(
    ko=[
        "(B, 1, H, W)와 (B, T, D)를 나란히 적어 보세요. T = H이고 D = W라면 남는 축은 무엇인가요?",
        "없앨 것은 크기가 1인 1번 축 하나뿐이고, 수의 순서는 그대로입니다. 배치가 1일 때 0번 축이 함께 사라지지 않게 하세요.",
        "`return images.squeeze(1)` 또는 `return images[:, 0]`",
    ],
    en=[
        "Write (B, 1, H, W) and (B, T, D) below each other. With T = H and D = W, which axis is left over?",
        "Only axis 1, of size 1, has to go; the order of the numbers stays. Take care that axis 0 "
        "does not go with it in a batch of one.",
        "`return images.squeeze(1)` or `return images[:, 0]`.",
    ],
)


# ---------------------------------------------------------------- two-directions


def lstm_weights(draw, width, hidden, dtype=DOUBLE):
    """W_ih (4H, D), W_hh (4H, H), b_ih and b_hh (4H,)."""
    shapes = (4 * hidden, width), (4 * hidden, hidden), (4 * hidden,), (4 * hidden,)
    return [draw.normal(*shape, dtype=dtype) for shape in shapes]


def read_rows(x, weights):
    """The outputs (B, T, H) of a one-way LSTM with these weights, from states of 0."""
    lstm = nn.LSTM(x.shape[2], weights[1].shape[1], batch_first=True, dtype=x.dtype)
    lstm.load_state_dict(dict(zip(lstm.state_dict(), weights, strict=True)))
    with torch.no_grad():
        return lstm(x)[0]


@exercise("two-directions", points=2, forbids=("nn.LSTM", "torch.lstm"))
def two_directions(x, forward, backward):
    lstm = nn.LSTM(
        x.shape[2], forward[1].shape[1], batch_first=True, bidirectional=True, dtype=x.dtype
    )
    lstm.load_state_dict(dict(zip(lstm.state_dict(), [*forward, *backward], strict=True)))
    with torch.no_grad():
        return lstm(x)[0]


@two_directions.cases
def _(draw):
    for B, T, D, H in ((1, 3, 1, 1), (2, 4, 3, 2), (3, 1, 2, 2)):
        x = draw.normal(B, T, D, dtype=DOUBLE)
        yield x, lstm_weights(draw, D, H), lstm_weights(draw, D, H)
    B, T, D, H = (draw.integer(2, 4) for _ in range(4))
    x, dtype = draw.normal(B, T, D), torch.float32
    yield x, lstm_weights(draw, D, H, dtype), lstm_weights(draw, D, H, dtype)


@two_directions.accepts
def _(x, forward, backward):
    last = x.shape[1] - 1
    turned = torch.stack([x[:, last - t] for t in range(last + 1)], 1)
    back = read_rows(turned, backward)
    steps = [
        torch.cat([row, back[:, last - t]], -1)
        for t, row in enumerate(read_rows(x, forward).unbind(1))
    ]
    return torch.stack(steps, dim=1)


@two_directions.accepts
def _(x, forward, backward):
    order = torch.arange(x.shape[1] - 1, -1, -1)
    halves = read_rows(x, forward), read_rows(x[:, order], backward)[:, order]
    return torch.concatenate(halves, dim=2)


@two_directions.mistake(
    "not-turned-back",
    ko="거꾸로 읽은 결과를 다시 뒤집지 않았습니다. 그 결과의 0번은 *마지막* 줄을 읽은 뒤의 것입니다. 자리 t에 줄 t의 것이 오도록 시간을 한 번 더 뒤집으세요.",
    en="What was read backwards was not turned back. Its number 0 belongs to the *last* row. Flip time "
    "once more, so that row t's output stands at place t.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(1), backward)], 2)


@two_directions.mistake(
    "never-turned",
    ko="두 방향이 모두 위에서 아래로 읽었습니다. 뒤 방향에는 시간(1번 축)을 뒤집은 x를 주어야 합니다: `x.flip(1)`. 배치(0번 축)를 뒤집었다 되돌리면 아무것도 바뀌지 않습니다.",
    en="Both directions read from top to bottom. The second one needs x with time (axis 1) turned round: "
    "`x.flip(1)`. Turning the batch (axis 0) there and back changes nothing.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x, backward)], 2)


@two_directions.mistake(
    "only-turned-back",
    ko="x를 뒤집지 않고 읽은 뒤 결과만 뒤집었습니다. 읽기 *전에도* 뒤집어야 합니다.",
    en="x was read as it is and only the result was flipped. It has to be flipped *before* reading too.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x, backward).flip(1)], 2)


@two_directions.mistake(
    "turns-the-batch",
    ko="배치 축을 뒤집었습니다. `flip(0)`은 그림의 순서를 바꿉니다. 시간은 1번 축입니다.",
    en="The batch was flipped: `flip(0)` changes the order of the images. Time is axis 1.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(0), backward)], 2)


@two_directions.mistake(
    "turns-the-features",
    ko="줄 안의 픽셀을 좌우로 뒤집었습니다. 뒤집을 것은 줄의 순서, 곧 1번 축입니다.",
    en="The pixels inside each row were flipped, left to right. It is the order of the rows that turns: "
    "axis 1.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(2), backward).flip(2)], 2)


@two_directions.mistake(
    "added",
    ko="두 방향을 더했습니다. 더하면 어느 쪽에서 온 것인지 알 수 없습니다. 나란히 이어 붙여 2H개로 만드세요.",
    en="The two directions were added up, and nobody can tell any more which is which. Join them side "
    "by side: 2H numbers.",
)
def _(x, forward, backward):
    return read_rows(x, forward) + read_rows(x.flip(1), backward).flip(1)


@two_directions.mistake(
    "joined-in-time",
    ko="시간 축에서 이어 붙여 시점이 2T개가 되었습니다. 마지막 축에서 이어 붙이세요: (B, T, 2H)",
    en="They were joined along time, which makes 2T steps. Join along the last axis: (B, T, 2H).",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(1), backward).flip(1)], 1)


@two_directions.mistake(
    "backward-first",
    ko="두 절반의 순서가 바뀌었습니다. 앞에서부터 읽은 것이 먼저, 뒤에서부터 읽은 것이 나중입니다.",
    en="The halves are in the wrong order: the forward direction comes first, the backward one second.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x.flip(1), backward).flip(1), read_rows(x, forward)], 2)


@two_directions.mistake(
    "same-weights",
    ko="두 방향에 같은 가중치(forward)를 썼습니다. 뒤 방향에는 자기 가중치 backward가 있습니다.",
    en="Both directions used the weights `forward`. The backward one has weights of its own.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(1), forward).flip(1)], 2)


@two_directions.mistake(
    "forward-only",
    ko="앞 방향만 돌려주었습니다. 뒤 방향도 읽어 이어 붙이세요.",
    en="Only the forward direction came back. Read the other way too, and join the two.",
)
def _(x, forward, backward):
    return read_rows(x, forward)


@two_directions.mistake(
    "turns-the-features-once",
    ko="마지막 축을 뒤집었습니다. 그러면 줄 안의 픽셀이 좌우로 바뀔 뿐, 여전히 위에서 아래로 읽습니다. 시간은 1번 축입니다.",
    en="The last axis was flipped. That exchanges left and right within each row, and still reads "
    "downwards. Time is axis 1.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(-1), backward)], 2)


@two_directions.mistake(
    "turned-back-on-another-axis",
    ko="결과를 되돌릴 때 다른 축을 뒤집었습니다. 읽기 전에 뒤집은 바로 그 축, 1번을 다시 뒤집으세요.",
    en="The result was flipped along another axis. Flip the same axis that was flipped before reading: "
    "number 1.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(1), backward).flip(2)], 2)


@two_directions.mistake(
    "weights-exchanged",
    ko="두 방향의 가중치가 서로 바뀌었습니다. `forward`는 위에서 아래로, `backward`는 뒤집어 읽는 쪽에 씁니다.",
    en="The weights of the two directions are exchanged: `forward` reads downwards, `backward` reads what "
    "was flipped.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, backward), read_rows(x.flip(1), forward).flip(1)], 2)


@two_directions.mistake(
    "joined-along-the-batch",
    ko="배치 축에서 이어 붙여 (2B, T, H)가 되었습니다. `cat`은 축을 말하지 않으면 0번에서 잇습니다: `dim=2`",
    en="They were joined along the batch, (2B, T, H). Unless told otherwise `cat` joins axis 0: `dim=2`.",
)
def _(x, forward, backward):
    return torch.cat([read_rows(x, forward), read_rows(x.flip(1), backward).flip(1)])


READS_THE_FIRST = {
    "ko": "둘째 독자의 것이 첫째 독자의 결과에서 나왔습니다. 두 독자는 서로 이야기하지 않습니다. 둘 다 `x`를 읽되, 둘째는 뒤집은 `x`를 자기 가중치 `backward`로 읽습니다.",
    "en": "The second reader's half was made of the first one's output. The two do not talk to each other: "
    "both read `x`, the second one `x` turned round, with its own weights `backward`.",
}


@two_directions.mistake("reads-the-first-reader", **READS_THE_FIRST)
def _(x, forward, backward):
    there = read_rows(x, forward)
    return torch.cat([there, read_rows(there.flip(1), backward).flip(1)], 2)


@two_directions.mistake("turns-the-first-reader", **READS_THE_FIRST)
def _(x, forward, backward):
    there = read_rows(x, forward)
    return torch.cat([there, there.flip(1)], 2)


@two_directions.mistake(
    "interleaved",
    ko="두 방향의 수가 하나씩 번갈아 놓였습니다. 앞 방향의 H개가 모두 먼저, 뒤 방향의 H개가 그다음입니다: `torch.cat([…, …], dim=2)`",
    en="The numbers of the two directions alternate. All H of the forward one come first, then the H of the "
    "backward one: `torch.cat([…, …], dim=2)`.",
)
def _(x, forward, backward):
    both = read_rows(x, forward), read_rows(x.flip(1), backward).flip(1)
    return torch.stack(both, 3).flatten(2)


STACKED_DIRECTIONS = {
    "ko": "`stack`은 새 축을 만듭니다. 이미 있는 마지막 축에서 이어 붙이세요: `torch.cat([…, …], dim=2)`",
    "en": "`stack` makes a new axis. Join along the last one, which is there: `torch.cat([…, …], dim=2)`.",
}


@two_directions.mistake("stacked-in-front", **STACKED_DIRECTIONS)
def _(x, forward, backward):
    return torch.stack([read_rows(x, forward), read_rows(x.flip(1), backward).flip(1)])


@two_directions.mistake("stacked-at-each-place", **STACKED_DIRECTIONS)
def _(x, forward, backward):
    return torch.stack([read_rows(x, forward), read_rows(x.flip(1), backward).flip(1)], 2)


two_directions.hints(
    ko=[
        "`read_rows`는 앞에서 뒤로밖에 읽지 못합니다. 그런 독자에게 뒤에서 앞으로 읽히려면 책을 어떻게 해야 하나요?",
        "시간 축(1번)을 뒤집어 읽히고, 나온 결과를 다시 뒤집습니다. 그러면 자리 t에 줄 t의 것이 옵니다. 그다음 마지막 축에서 잇습니다.",
        "`there = read_rows(x, forward)`, `back = read_rows(x.flip(1), backward).flip(1)`, "
        "`return torch.cat([there, back], dim=2)`",
    ],
    en=[
        "`read_rows` can only read from first to last. What do you do with the book, to make such a "
        "reader read from last to first?",
        "Flip the time axis (1), let it read, and flip what comes out. Then row t's output is at place "
        "t again. Join along the last axis.",
        "`there = read_rows(x, forward)`, `back = read_rows(x.flip(1), backward).flip(1)`, "
        "`return torch.cat([there, back], dim=2)`.",
    ],
)


# ---------------------------------------------------------------- join-directions


@exercise("join-directions", points=2)
def join_directions(output):
    rows = []
    for sample in output.unbind(0):  # (T, 2H)
        forward, backward = sample.unflatten(1, (2, -1)).unbind(1)  # (T, H) each
        rows.append(torch.stack([forward[-1], backward[0]]).flatten())
    return torch.stack(rows)


@join_directions.cases
def _(draw):
    yield (numbered(1, 3, 2),)
    yield (numbered(2, 3, 4),)
    yield (draw.normal(3, 4, 2),)
    yield (draw.normal(2, 1, 6),)
    B, T, H = draw.integer(2, 4), draw.integer(3, 6), draw.integer(3, 5)
    yield (draw.normal(B, T, 2 * H, dtype=DOUBLE).requires_grad_(),)
    yield (numbered(1, 2, 260),)  # wider than any H that somebody has in mind


@join_directions.accepts
def _(output):
    forward, backward = output.chunk(2, dim=2)
    return torch.hstack([forward[:, -1], backward[:, 0]])


@join_directions.accepts
def _(output):
    both = output[:, -1].clone()
    half = both.shape[1] // 2
    both[:, half:] = output[:, 0, half:]
    return both


def halves(output):
    return output.chunk(2, dim=2)


@join_directions.mistake(
    "last-step-of-both",
    ko="두 방향 모두 마지막 자리에서 꺼냈습니다. 뒤에서부터 읽는 쪽은 마지막 자리에서 이제 막 한 줄을 읽었을 뿐입니다. 그쪽이 다 읽은 자리는 0번입니다.",
    en="Both directions were taken at the last place. There the one that reads backwards has read a "
    "single row. It is at place 0 that it has read them all.",
)
def _(output):
    return output[:, -1].clone()


@join_directions.mistake(
    "first-step-of-both",
    ko="두 방향 모두 0번 자리에서 꺼냈습니다. 앞에서부터 읽는 쪽은 거기서 한 줄밖에 읽지 못했습니다. 그쪽은 마지막 자리에서 꺼내세요.",
    en="Both directions were taken at place 0. There the forward one has read a single row: take that "
    "half at the last place.",
)
def _(output):
    return output[:, 0].clone()


@join_directions.mistake(
    "each-at-its-start",
    ko="두 자리가 서로 바뀌었습니다. 이것은 두 방향이 *첫 줄만* 읽은 상태입니다. 앞 절반은 마지막 자리, 뒤 절반은 0번 자리입니다.",
    en="The places are exchanged: here each direction has read *one* row. The first half belongs to the "
    "last place, the second half to place 0.",
)
def _(output):
    forward, backward = halves(output)
    return torch.cat([forward[:, 0], backward[:, -1]], 1)


@join_directions.mistake(
    "halves-exchanged",
    ko="자리와 절반의 짝이 어긋났습니다. 마지막 축의 *앞* H개가 앞에서부터 읽은 쪽입니다.",
    en="Places and halves are mismatched. The *first* H numbers of the last axis are the forward "
    "direction.",
)
def _(output):
    forward, backward = halves(output)
    return torch.cat([backward[:, -1], forward[:, 0]], 1)


@join_directions.mistake(
    "backward-first",
    ko="값은 맞지만 순서가 바뀌었습니다. 앞에서부터 읽은 H개가 먼저입니다.",
    en="The right numbers in the wrong order: the H of the forward direction come first.",
)
def _(output):
    forward, backward = halves(output)
    return torch.cat([backward[:, 0], forward[:, -1]], 1)


@join_directions.mistake(
    "mean-over-time",
    ko="모든 자리의 평균을 냈습니다. 그것도 요약이기는 하지만, 여기서는 각 방향이 *다 읽은* 자리의 출력만 꺼냅니다.",
    en="This is the mean over all places. That is a summary too, but here only the output where each "
    "direction *has read everything* is wanted.",
)
def _(output):
    return output.mean(1)


@join_directions.mistake(
    "added",
    ko="두 방향을 더해 (B, H)가 되었습니다. 이어 붙여 (B, 2H)로 만드세요.",
    en="The directions were added, which leaves (B, H). Join them: (B, 2H).",
)
def _(output):
    forward, backward = halves(output)
    return forward[:, -1] + backward[:, 0]


@join_directions.mistake(
    "forward-only",
    ko="앞에서부터 읽은 쪽만 있습니다. 뒤에서부터 읽은 쪽은 0번 자리의 뒤 절반에 있습니다.",
    en="Only the forward direction is here. The backward one is in the second half of place 0.",
)
def _(output):
    return halves(output)[0][:, -1].clone()


@join_directions.mistake(
    "stacked",
    ko="쌓아서 (B, 2, H)가 되었습니다. `stack` 대신 `cat`으로 이어 붙이세요.",
    en="They were stacked, (B, 2, H). Join them with `cat` instead of `stack`.",
)
def _(output):
    forward, backward = halves(output)
    return torch.stack([forward[:, -1], backward[:, 0]], 1)


@join_directions.mistake(
    "joined-along-the-batch",
    ko="배치 축에서 이어 붙여 (2B, H)가 되었습니다. `cat`은 축을 말하지 않으면 0번에서 잇습니다: `dim=1`",
    en="They were joined along the batch, (2B, H). Unless told otherwise `cat` joins axis 0: `dim=1`.",
)
def _(output):
    forward, backward = halves(output)
    return torch.cat([forward[:, -1], backward[:, 0]])


@join_directions.mistake(
    "batch-for-time",
    ko="`output[-1]`과 `output[0]`은 마지막 *그림*과 첫 *그림*입니다. 시간은 1번 축이니 `output[:, -1]`, `output[:, 0]`입니다.",
    en="`output[-1]` and `output[0]` are the last and the first *image*. Time is axis 1: "
    "`output[:, -1]`, `output[:, 0]`.",
)
def _(output):
    H = output.shape[2] // 2
    return torch.cat([output[-1, :, :H], output[0, :, H:]], 1)


@join_directions.mistake(
    "both-places-whole",
    ko="두 자리를 통째로 이어 붙여 (B, 4H)가 되었습니다. 자리마다 필요한 것은 *절반*뿐입니다.",
    en="Both places were joined whole, (B, 4H). Only *half* of each is wanted.",
)
def _(output):
    return torch.cat([output[:, -1], output[:, 0]], 1)


@join_directions.mistake(
    "sum-over-time",
    ko="모든 자리를 더했습니다. 각 방향이 *다 읽은* 자리의 출력만 꺼냅니다.",
    en="All places were added up. Only the output where each direction *has read everything* is wanted.",
)
def _(output):
    return output.sum(1)


@join_directions.mistake(
    "max-over-time",
    ko="자리들 가운데 가장 큰 값을 골랐습니다. 각 방향이 *다 읽은* 자리의 출력만 꺼냅니다.",
    en="The largest over all places was taken. Only the output where each direction *has read "
    "everything* is wanted.",
)
def _(output):
    return output.amax(1)


@join_directions.mistake(
    "half-of-the-steps",
    ko="H를 시점의 수 T의 절반으로 잡았습니다. 절반으로 나눌 것은 마지막 축입니다: `output.shape[2] // 2`",
    en="H was taken as half the number of steps. It is the last axis that is halved: "
    "`output.shape[2] // 2`.",
)
def _(output):
    H = output.shape[1] // 2
    return torch.cat([output[:, -1, :H], output[:, 0, H:]], 1)


@join_directions.mistake(
    "forward-half-twice",
    ko="두 번 다 앞 절반 `:H`를 꺼냈습니다. 뒤 방향은 `H:`입니다.",
    en="The first half, `:H`, was taken twice. The backward direction is `H:`.",
)
def _(output):
    forward, _ = halves(output)
    return torch.cat([forward[:, -1], forward[:, 0]], 1)


@join_directions.mistake(
    "halves-of-time",
    ko="마지막 축이 아니라 *시점*을 반으로 나누었습니다. 두 방향은 마지막 축에 나란히 있습니다: `chunk(2, dim=2)`",
    en="The *steps* were halved and not the last axis, where the directions stand side by side: "
    "`chunk(2, dim=2)`.",
)
def _(output):
    first, second = output.chunk(2, 1)
    return torch.cat([first[:, -1], second[:, 0]], 1)


@join_directions.mistake(
    "mixes-the-batch",
    ko="방향을 맨 앞에 쌓은 (2, B, H)를 곧바로 (B, 2H)로 `reshape` 했습니다. 모양은 맞지만 *다른 그림들의* 수가 한 줄에 섞입니다. `torch.cat([…, …], dim=1)`을 쓰세요.",
    en="The directions were stacked in front, (2, B, H), and cut straight into (B, 2H) by `reshape`. The shape is "
    "right, but numbers of *different images* end up in one row. Use `torch.cat([…, …], dim=1)`.",
)
def _(output):
    forward, backward = halves(output)
    return torch.stack([forward[:, -1], backward[:, 0]]).reshape(len(output), -1)


@join_directions.mistake(
    "interleaved",
    ko="두 방향의 수가 하나씩 번갈아 놓였습니다. 앞 방향의 H개가 모두 먼저, 뒤 방향의 H개가 그다음입니다: `torch.cat([…, …], dim=1)`",
    en="The numbers of the two directions alternate. All H of the forward one come first, then the H of the "
    "backward one: `torch.cat([…, …], dim=1)`.",
)
def _(output):
    forward, backward = halves(output)
    return torch.stack([forward[:, -1], backward[:, 0]], 2).reshape(len(output), -1)


@join_directions.mistake(
    "backward-half-twice",
    ko="두 번 다 뒤 절반 `H:`를 꺼냈습니다. 앞 방향은 `:H`입니다.",
    en="The second half, `H:`, was taken twice. The forward direction is `:H`.",
)
def _(output):
    _, backward = halves(output)
    return torch.cat([backward[:, -1], backward[:, 0]], 1)


def register_fixed(H):
    @join_directions.mistake(
        f"always-{H}",
        ko="H가 정해진 수로 적혀 있습니다. 마지막 축의 절반입니다: `output.shape[2] // 2`.",
        en="H is a fixed number here; it is half of the last axis: `output.shape[2] // 2`.",
    )
    def _(output):
        return torch.cat([output[:, -1, :H], output[:, 0, H:]], 1)


for fixed in (8, 16, 28, 32, 64, 128):
    register_fixed(fixed)


join_directions.hints(
    ko=[
        "그림에서 세로줄 하나가 통째로 색칠된 자리, 곧 스물여덟 줄을 모두 읽은 자리는 두 방향에서 각각 어디인가요?",
        "H = output.shape[2] // 2라 하면 앞 방향은 [:, −1]의 앞 H개, 뒤 방향은 [:, 0]의 나머지 H개입니다.",
        "`H = output.shape[2] // 2`, `return torch.cat([output[:, -1, :H], output[:, 0, H:]], dim=1)`",
    ],
    en=[
        "In the picture, at which place is a whole column coloured, in each direction? There it has read "
        "all rows.",
        "With H = output.shape[2] // 2, forward is the first H of [:, −1], backward the other H of "
        "[:, 0].",
        "`H = output.shape[2] // 2`, `return torch.cat([output[:, -1, :H], output[:, 0, H:]], dim=1)`.",
    ],
)


# ---------------------------------------------------------------- final-states


@exercise("final-states", points=2)
def final_states(h_n):
    top = h_n.unflatten(0, (-1, 2))[-1]  # (2, B, H)
    return torch.einsum("dbh->bdh", top).flatten(1)


@final_states.cases
def _(draw):
    yield (numbered(2, 1, 2),)
    yield (numbered(4, 2, 2),)
    yield (draw.normal(6, 3, 2),)
    yield (draw.normal(4, 1, 3),)
    layers, B, H = draw.integer(2, 3), draw.integer(3, 4), draw.integer(5, 6)
    yield (draw.normal(2 * layers, B, H, dtype=DOUBLE).requires_grad_(),)


@final_states.accepts
def _(h_n):
    return torch.hstack([h_n[-2], h_n[-1]])


@final_states.accepts
def _(h_n):
    return h_n[-2:].transpose(0, 1).reshape(h_n.shape[1], -1)


@final_states.accepts
def _(h_n):
    return torch.stack([torch.cat([h_n[-2, b], h_n[-1, b]]) for b in range(h_n.shape[1])])


@final_states.mistake(
    "backward-only",
    ko="`h_n[-1]`만 꺼냈습니다. 두 방향이면 그것은 맨 위층의 *뒤* 방향뿐입니다. 앞 방향은 `h_n[-2]`입니다.",
    en="Only `h_n[-1]` was taken. With two directions that is the top layer's *backward* one alone; "
    "the forward one is `h_n[-2]`.",
)
def _(h_n):
    return h_n[-1].clone()


@final_states.mistake(
    "bottom-layer",
    ko="`h_n[0]`과 `h_n[1]`은 맨 *아래* 층입니다. 분류에 쓸 것은 맨 위층, 끝의 둘입니다.",
    en="`h_n[0]` and `h_n[1]` belong to the *bottom* layer. The top one is wanted: the last two.",
)
def _(h_n):
    return torch.cat([h_n[0], h_n[1]], 1)


@final_states.mistake(
    "backward-first",
    ko="두 방향의 순서가 바뀌었습니다. 앞 방향 `h_n[-2]`가 먼저입니다.",
    en="The directions are in the wrong order: forward, `h_n[-2]`, comes first.",
)
def _(h_n):
    return torch.cat([h_n[-1], h_n[-2]], 1)


@final_states.mistake(
    "mixes-the-batch",
    ko="(2, B, H)를 곧바로 (B, 2H)로 `view`/`reshape` 했습니다. 모양은 맞지만 *다른 그림들의* 상태가 한 줄에 섞입니다. 먼저 배치를 앞으로 옮기거나 `cat`을 쓰세요.",
    en="(2, B, H) was cut straight into (B, 2H) by `view` or `reshape`. The shape is right, but states "
    "of *different images* end up in one row. Move the batch to the front first, or use `cat`.",
)
def _(h_n):
    return h_n[-2:].reshape(h_n.shape[1], -1)


@final_states.mistake(
    "every-layer",
    ko="모든 층의 상태를 이어 붙였습니다. 맨 위층의 두 방향만 필요합니다: (B, 2H)",
    en="The states of all layers were joined. Only the two directions of the top layer are wanted: "
    "(B, 2H).",
)
def _(h_n):
    return torch.cat(list(h_n), 1) if len(h_n) > 2 else torch.cat([h_n[0], h_n[1]], 1)


@final_states.mistake(
    "layers-before-directions",
    ko="앞 방향의 모든 층이 먼저 나온다고 보았습니다. h_n은 층마다 (앞, 뒤)의 순서로 쌓입니다: 0층 앞, 0층 뒤, 1층 앞, 1층 뒤 …",
    en="This assumes that all layers of the forward direction come first. h_n is stacked layer by layer: "
    "layer 0 forward, layer 0 backward, layer 1 forward, layer 1 backward …",
)
def _(h_n):
    half = len(h_n) // 2
    return torch.cat([h_n[half - 1], h_n[-1]], 1)


@final_states.mistake(
    "added",
    ko="두 방향을 더했습니다. 이어 붙여 (B, 2H)로 만드세요.",
    en="The two directions were added. Join them instead: (B, 2H).",
)
def _(h_n):
    return h_n[-2] + h_n[-1]


@final_states.mistake(
    "joined-along-the-batch",
    ko="배치 축에서 이어 붙여 (2B, H)가 되었습니다: `dim=1`을 주세요.",
    en="They were joined along the batch, (2B, H): give `dim=1`.",
)
def _(h_n):
    return torch.cat([h_n[-2], h_n[-1]])


@final_states.mistake(
    "stacked",
    ko="(2, B, H) 또는 (B, 2, H)로 쌓였습니다. 그림마다 2H개가 한 줄이 되게 `cat`으로 이어 붙이세요.",
    en="They are stacked as (2, B, H) or (B, 2, H). Join them with `cat`, 2H numbers in a row for each "
    "image.",
)
def _(h_n):
    return h_n[-2:].transpose(0, 1)


@final_states.mistake(
    "batch-first",
    ko="h_n을 (B, …)로 여기고 1번 축에서 끝을 꺼냈습니다. `batch_first=True`여도 h_n은 (층·방향, B, H)입니다.",
    en="h_n was taken for (B, …) and cut along axis 1. Even with `batch_first=True`, h_n is (layers and "
    "directions, B, H).",
)
def _(h_n):
    return h_n[:, -1].clone()


@final_states.mistake(
    "first-and-last",
    ko="`h_n[0]`은 맨 *아래* 층의 앞 방향입니다. 층이 여럿이면 맨 위층의 앞 방향은 `h_n[-2]`입니다.",
    en="`h_n[0]` is the forward direction of the *bottom* layer. With several layers the top one's is "
    "`h_n[-2]`.",
)
def _(h_n):
    return torch.cat([h_n[0], h_n[-1]], 1)


@final_states.mistake(
    "averaged",
    ko="두 방향의 평균을 냈습니다. 이어 붙여 (B, 2H)로 만드세요.",
    en="The two directions were averaged. Join them instead: (B, 2H).",
)
def _(h_n):
    return h_n[-2:].mean(0)


@final_states.mistake(
    "left-stacked",
    ko="(2, B, H) 그대로입니다. 방향의 축이 맨 앞에 남아 있습니다. 그림마다 2H개가 한 줄이 되게 1번 축에서 이어 붙이세요.",
    en="It is still (2, B, H), with the directions in front. Join them along axis 1, 2H numbers in a row "
    "for each image.",
)
def _(h_n):
    return h_n[-2:].clone()


@final_states.mistake(
    "nothing-picked",
    ko="h_n이 그대로입니다. `squeeze(0)`은 크기가 1인 축만 없애는데 두 방향이면 0번 축은 2보다 작을 수 없습니다. 맨 위층의 둘, `h_n[-2]`와 `h_n[-1]`을 꺼내 이어 붙이세요.",
    en="This is h_n as it was. `squeeze(0)` only drops an axis of size 1, and with two directions axis 0 has at "
    "least 2. Take the top layer's two, `h_n[-2]` and `h_n[-1]`, and join them.",
)
def _(h_n):
    return h_n.squeeze(0).clone()


BATCH_FIRST = {
    "ko": "h_n을 (B, …)로 여기고 1번 축에서 끝의 둘을 꺼냈습니다. `batch_first=True`여도 h_n은 (층·방향, B, H)이므로 층은 0번 축에서 고릅니다: `h_n[-2]`",
    "en": "h_n was taken for (B, …), and two were picked from the end of axis 1. Even with `batch_first=True` it is "
    "(layers and directions, B, H): pick on axis 0, `h_n[-2]`.",
}


@final_states.mistake("batch-first-of-both", **BATCH_FIRST)
def _(h_n):
    return torch.cat([h_n[:, -2], h_n[:, -1]], 1)


@final_states.mistake(
    "one-state-twice",
    ko="같은 상태를 두 번 이어 붙였습니다. 앞 방향은 `h_n[-2]`, 뒤 방향은 `h_n[-1]`입니다.",
    en="The same state was joined twice. The forward direction is `h_n[-2]`, the backward one `h_n[-1]`.",
)
def _(h_n):
    return torch.cat([h_n[-1], h_n[-1]], 1)


final_states.hints(
    ko=[
        "h_n의 첫 축은 층과 방향을 겸합니다. 층마다 앞 방향, 뒤 방향의 순서입니다. 맨 위층은 어디에 있나요?",
        "맨 위층의 앞 방향은 h_n[−2], 뒤 방향은 h_n[−1]이고 각각 (B, H)입니다. 1번 축에서 이으면 (B, 2H)입니다.",
        "`return torch.cat([h_n[-2], h_n[-1]], dim=1)`",
    ],
    en=[
        "h_n's first axis is layers and directions in one: for each layer, forward, then backward. "
        "Where is the top layer?",
        "The top layer's forward state is h_n[−2], its backward one h_n[−1], (B, H) each. Joined along "
        "axis 1 they are (B, 2H).",
        "`return torch.cat([h_n[-2], h_n[-1]], dim=1)`.",
    ],
)


# ---------------------------------------------------------------- bilstm-classifier


class Base(nn.Module):
    """A right network; the mistakes change one thing in it."""

    two, first, softmax, inside = True, True, False, True

    def __init__(self, inputs, hidden, layers, classes, dropout=0.0):
        super().__init__()
        self.p = dropout
        self.sizes = {
            "inputs": inputs, "hidden": hidden, "layers": layers, "classes": classes,
            "dropout": dropout,
        }  # fmt: skip
        self.make(inputs, hidden, layers, classes)

    def make(self, inputs, hidden, layers, classes):
        self.lstm = nn.LSTM(
            inputs, hidden, layers, batch_first=self.first, bidirectional=self.two,
            dropout=self.p if self.inside else 0.0,
        )  # fmt: skip
        self.linear = nn.Linear(hidden * (1 + self.two), classes)

    def summary(self, output, h_n):
        return torch.cat([h_n[-2], h_n[-1]], 1)

    def forward(self, images):
        output, (h_n, _) = self.lstm(images[:, 0])
        return self.linear(self.summary(output, h_n))


@exercise("bilstm-classifier", points=3, kind="module", all_or_nothing=True)
class BiLSTMClassifier(nn.Module):
    # One cell a layer and direction, and no nn.LSTM at all.
    def __init__(self, inputs, hidden, layers, classes, dropout=0.0):
        super().__init__()
        self.hidden, self.layers, self.p = hidden, layers, dropout
        self.lstm = nn.Module()
        for layer in range(layers):
            width = inputs if layer == 0 else 2 * hidden
            for end in ("", "_reverse"):
                cell = nn.LSTMCell(width, hidden)
                for name, parameter in list(cell.named_parameters()):
                    self.lstm.register_parameter(f"{name}_l{layer}{end}", parameter)
        self.linear = nn.Linear(2 * hidden, classes)

    def forward(self, images):
        rows = list(images.squeeze(1).unbind(1))  # T of (B, D)
        for layer in range(self.layers):
            if layer > 0 and self.training:
                keep = max(1 - self.p, 1e-12)
                rows = [(torch.rand_like(row) >= self.p) * row / keep for row in rows]
            ends = [self.read(rows, f"_l{layer}"), self.read(rows[::-1], f"_l{layer}_reverse")]
            rows = [torch.cat(pair, 1) for pair in zip(ends[0], ends[1][::-1], strict=True)]
        return self.linear(torch.cat([ends[0][-1], ends[1][-1]], 1))

    def read(self, rows, end):
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        W, U, b, d = (getattr(self.lstm, name + end) for name in names)
        h = c = rows[0].new_zeros(len(rows[0]), self.hidden)
        states = []
        for x in rows:
            i, f, g, o = (x @ W.T + b + h @ U.T + d).chunk(4, 1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            states.append(h)
        return states


def bilstm_state(draw, inputs, hidden, layers, classes):
    shapes = {k: v.shape for k, v in Base(inputs, hidden, layers, classes).state_dict().items()}
    return {name: draw.normal(*shape) for name, shape in shapes.items()}


@BiLSTMClassifier.cases
def _(draw):
    def case(inputs, hidden, layers, classes, p, shape, training=False):
        sizes = inputs, hidden, layers, classes
        images = draw.normal(shape[0], 1, shape[1], inputs)
        args = sizes if p is None else (*sizes, p)
        return Case(args, bilstm_state(draw, *sizes), (images,), training)

    yield case(3, 2, 1, 2, 0.0, (2, 2))
    yield case(3, 3, 2, 3, 0.0, (1, 3), True)
    yield Case((28, 8, 3, 10, 0.5))  # only built: what has no forward gets this far
    # What is dropped makes no difference at p = 1: the upper layer gets zeros.
    yield case(3, 2, 2, 3, 1.0, (3, 2), True)
    yield case(2, 3, 1, 4, 1.0, (3, 2), True)
    yield case(3, 2, 2, 3, 0.9, (2, 3))
    yield case(draw.integer(2, 5), draw.integer(4, 5), 2, draw.integer(2, 5), 0.0, (3, 3))
    yield case(2, 2, 1, 2, None, (2, 2), (False, False))  # dropout has a default


@BiLSTMClassifier.accepts
class _(Base):
    def forward(self, images):
        output, _ = self.lstm(images.squeeze(dim=1))  # (B, T, 2H)
        forward, backward = output.chunk(2, dim=-1)
        return self.linear(torch.hstack((forward[:, -1], backward[:, 0])))


@BiLSTMClassifier.accepts
class _(Base):
    first = False

    def forward(self, images):
        return self.linear(self.summary(None, self.lstm(images[:, 0].transpose(0, 1))[1][0]))


@BiLSTMClassifier.mistake(
    "last-step-of-both",
    ko="두 방향 모두 마지막 자리의 출력 `output[:, -1]`을 썼습니다. 거기서 뒤 방향은 한 줄만 읽었습니다. 여러분의 `final_states`(또는 `join_directions`)를 쓰세요.",
    en="Both directions were taken from the last place, `output[:, -1]`, where the backward one has read "
    "a single row. Use your `final_states` (or `join_directions`).",
)
class _(Base):
    def summary(self, output, h_n):
        return output[:, -1]


@BiLSTMClassifier.mistake(
    "bottom-layer",
    ko="맨 아래층의 상태로 분류했습니다. 층을 쌓았으면 맨 위층의 것(h_n의 끝 둘)을 써야 합니다.",
    en="The states of the bottom layer were used. With layers on one another it is the top one's, the "
    "last two of h_n.",
)
class _(Base):
    def summary(self, output, h_n):
        return torch.cat([h_n[0], h_n[1]], 1)


@BiLSTMClassifier.mistake(
    "mixes-the-batch",
    ko="h_n을 곧바로 `view`/`reshape` 해서 서로 다른 그림의 상태가 한 줄에 섞였습니다. `final_states`를 쓰세요.",
    en="h_n was cut by `view` or `reshape`, so that states of different images stand in one row. Use "
    "`final_states`.",
)
class _(Base):
    def summary(self, output, h_n):
        return h_n[-2:].reshape(h_n.shape[1], -1)


@BiLSTMClassifier.mistake(
    "backward-first",
    ko="두 방향의 순서가 바뀌었습니다. 앞 방향이 먼저입니다. 저장된 가중치는 이 순서에 맞춰져 있습니다.",
    en="The directions are in the wrong order: forward comes first. Stored weights count on that order.",
)
class _(Base):
    def summary(self, output, h_n):
        return torch.cat([h_n[-1], h_n[-2]], 1)


@BiLSTMClassifier.mistake(
    "not-batch-first",
    ko="`batch_first=True`가 없습니다. 그러면 LSTM은 배치를 시간으로 알고, *다른 그림들을* 차례로 읽습니다. 오류는 나지 않습니다.",
    en="`batch_first=True` is missing. The LSTM then takes the batch for time and reads one *image* "
    "after another. No error tells you.",
)
class _(Base):
    first = False

    def summary(self, output, h_n):
        return torch.cat(
            [output[-1, :, : self.lstm.hidden_size], output[0, :, self.lstm.hidden_size :]], 1
        )


@BiLSTMClassifier.mistake(
    "one-direction",
    ko="LSTM이 한 방향뿐입니다: `bidirectional=True`를 주세요. 그러면 선형 층의 입력은 2H개입니다.",
    en="The LSTM has a single direction: give `bidirectional=True`. The linear layer then gets 2H "
    "inputs.",
)
class _(Base):
    two = False

    def summary(self, output, h_n):
        return h_n[-1]


@BiLSTMClassifier.mistake(
    "half-a-linear-layer",
    ko="LSTM은 두 방향인데 선형 층이 H개만 받습니다. 두 방향을 이어 붙인 2H개를 받아야 합니다.",
    en="The LSTM has two directions, but the linear layer takes H inputs. It must take both, 2H.",
)
class _(Base):
    def make(self, inputs, hidden, layers, classes):
        super().make(inputs, hidden, layers, classes)
        self.linear = nn.Linear(hidden, classes)

    def summary(self, output, h_n):
        return h_n[-1]


@BiLSTMClassifier.mistake(
    "one-layer",
    ko="`layers`를 쓰지 않아 늘 한 층입니다: `num_layers=layers`",
    en="`layers` is not used, so there is always one layer: `num_layers=layers`.",
)
class _(Base):
    def make(self, inputs, hidden, layers, classes):
        super().make(inputs, hidden, 1, classes)


@BiLSTMClassifier.mistake(
    "no-dropout",
    ko="훈련 모드인데 아무것도 꺼지지 않았습니다. `nn.LSTM`에 `dropout=dropout`을 주면 층과 층 사이에서 끕니다.",
    en="Nothing is dropped in training mode. Give `nn.LSTM` its `dropout=dropout`: it drops between the "
    "layers.",
)
class _(Base):
    inside = False


@BiLSTMClassifier.mistake(
    "dropout-always-on",
    ko="평가 모드에서도 드롭아웃이 켜져 있습니다. `F.dropout`은 `training=self.training`을 주지 않으면 언제나 끕니다. `nn.LSTM`의 `dropout`은 모드를 스스로 압니다.",
    en="Dropout is on in evaluation mode too. `F.dropout` drops always unless it gets "
    "`training=self.training`; the `dropout` of `nn.LSTM` knows the mode by itself.",
)
class _(Base):
    inside = False

    def summary(self, output, h_n):
        return F.dropout(super().summary(output, h_n), self.p)


@BiLSTMClassifier.mistake(
    "dropout-on-the-summary",
    ko="드롭아웃이 층 사이가 아니라 요약 벡터에 있습니다. 여기서는 `nn.LSTM`의 `dropout`, 곧 층과 층 사이만입니다. 한 층이면 아무것도 꺼지지 않습니다.",
    en="The dropout acts on the summary and not between the layers. Here it is `nn.LSTM`'s own `dropout`, "
    "between layers only: with one layer nothing is dropped.",
)
class _(Base):
    inside = False

    def summary(self, output, h_n):
        return F.dropout(super().summary(output, h_n), self.p, self.training)


@BiLSTMClassifier.mistake(
    "probabilities",
    ko="소프트맥스를 씌워 돌려주었습니다. 돌려줄 것은 로짓입니다. `F.cross_entropy`가 소프트맥스를 스스로 합니다(7장).",
    en="A softmax was applied. Logits are wanted: `F.cross_entropy` does the softmax itself (chapter 7).",
)
class _(Base):
    def forward(self, images):
        return super().forward(images).softmax(1)


@BiLSTMClassifier.mistake(
    "columns",
    ko="그림을 세로줄 하나씩 읽습니다. `rows_as_sequence`가 준 (B, T, D)를 그대로 넣으세요. 축을 바꾸지 않습니다.",
    en="The image is read a column at a time. Give the LSTM what `rows_as_sequence` returns, (B, T, D), "
    "without exchanging axes.",
)
class _(Base):
    def forward(self, images):
        return super().forward(images.transpose(2, 3))


@BiLSTMClassifier.mistake(
    "mean-over-time",
    ko="모든 자리의 출력을 평균 냈습니다. 그런 모델도 있지만, 여기서는 두 방향의 마지막 상태로 분류합니다.",
    en="The outputs of all places were averaged. Such models exist, but here the last states of the two "
    "directions are classified.",
)
class _(Base):
    def summary(self, output, h_n):
        return output.mean(1)


@BiLSTMClassifier.mistake(
    "cell-state",
    ko="h_n이 아니라 c_n을 썼습니다. LSTM은 `output, (h_n, c_n)`을 돌려줍니다.",
    en="c_n was used and not h_n. An LSTM returns `output, (h_n, c_n)`.",
)
class _(Base):
    def forward(self, images):
        _, (_, c_n) = self.lstm(images[:, 0])
        return self.linear(torch.cat([c_n[-2], c_n[-1]], 1))


@BiLSTMClassifier.mistake(
    "first-step-of-both",
    ko="두 방향 모두 자리 0의 출력을 썼습니다. 거기서 앞 방향은 한 줄만 읽었습니다. 여러분의 `final_states`를 쓰세요.",
    en="Both directions were taken from place 0, where the forward one has read a single row. Use your "
    "`final_states`.",
)
class _(Base):
    def summary(self, output, h_n):
        return output[:, 0]


@BiLSTMClassifier.mistake(
    "log-probabilities",
    ko="로그 소프트맥스를 씌워 돌려주었습니다. 돌려줄 것은 로짓입니다. 나머지는 `F.cross_entropy`가 합니다(7장).",
    en="A log softmax was applied. Logits are wanted: `F.cross_entropy` does the rest (chapter 7).",
)
class _(Base):
    def forward(self, images):
        return super().forward(images).log_softmax(1)


@BiLSTMClassifier.mistake(
    "relu-on-the-logits",
    ko="로짓에 ReLU를 씌웠습니다. 음수인 로짓도 뜻이 있으니 마지막 층의 결과를 그대로 돌려주세요.",
    en="The logits went through a ReLU. A negative logit says something too: return what the last layer "
    "gives.",
)
class _(Base):
    def forward(self, images):
        return super().forward(images).relu()


@BiLSTMClassifier.mistake(
    "every-place",
    ko="자리마다 로짓을 내어 (B, T, classes)가 되었습니다. 그림마다 하나여야 합니다. `output` 전체가 아니라 요약을 선형 층에 넣으세요.",
    en="There are logits for every place, (B, T, classes). There should be one row for each image: give "
    "the linear layer the summary, not all of `output`.",
)
class _(Base):
    def forward(self, images):
        return self.linear(self.lstm(images[:, 0])[0])


@BiLSTMClassifier.mistake(
    "answers-instead-of-logits",
    ko="고른 클래스의 번호를 돌려주었습니다. 학습에는 로짓 (B, classes)가 필요하고, `argmax`는 예측할 때 합니다.",
    en="The numbers of the chosen classes were returned. Training needs the logits, (B, classes); the "
    "`argmax` belongs to predicting.",
)
class _(Base):
    def forward(self, images):
        return super().forward(images).argmax(1)


ONE_DIRECTION = next(m for m in BiLSTMClassifier.mistakes if m.key == "one-direction")


@BiLSTMClassifier.mistake("one-direction-counted-twice", ko=ONE_DIRECTION.ko, en=ONE_DIRECTION.en)
class _(Base):
    two = False

    def make(self, inputs, hidden, layers, classes):
        super().make(inputs, hidden, layers, classes)
        self.linear = nn.Linear(2 * hidden, classes)


@BiLSTMClassifier.mistake(
    "images-as-they-are",
    ko="LSTM에 그림 (B, 1, H, W)를 그대로 넣었습니다. 먼저 `rows_as_sequence`로 시퀀스를 만드세요.",
    en="The LSTM was given images, (B, 1, H, W). Make sequences of them first: `rows_as_sequence`.",
)
class _(Base):
    def forward(self, images):
        _, (h_n, _) = self.lstm(images)
        return self.linear(self.summary(None, h_n))


@BiLSTMClassifier.mistake(
    "pair-not-unpacked",
    ko="LSTM이 둘째로 돌려주는 것은 (h_n, c_n) 짝입니다. `_, (h_n, _) = …`로 꺼내세요.",
    en="The second thing an LSTM returns is the pair (h_n, c_n): take it apart, `_, (h_n, _) = …`.",
)
class _(Base):
    def forward(self, images):
        _, h_n = self.lstm(images[:, 0])
        return self.linear(self.summary(None, h_n))


@BiLSTMClassifier.mistake(
    "dropout-on-the-rows",
    ko="드롭아웃이 층 사이가 아니라 LSTM의 입력에 있습니다. 여기서는 `nn.LSTM`의 `dropout`, 곧 층과 층 사이만입니다. 한 층이면 아무것도 꺼지지 않습니다.",
    en="The dropout acts on the LSTM's input and not between the layers. Here it is `nn.LSTM`'s own `dropout`, "
    "between layers only: with one layer nothing is dropped.",
)
class _(Base):
    inside = False

    def forward(self, images):
        return super().forward(F.dropout(images, self.p, self.training))


@BiLSTMClassifier.mistake(
    "layers-before-hidden",
    ko="`nn.LSTM`의 인자 순서가 바뀌었습니다. 입력 크기, *은닉 크기*, 층의 수입니다: `nn.LSTM(inputs, hidden, layers, …)`",
    en="The arguments of `nn.LSTM` are in the wrong order: input size, *hidden size*, number of layers, "
    "`nn.LSTM(inputs, hidden, layers, …)`.",
)
class _(Base):
    def make(self, inputs, hidden, layers, classes):
        super().make(inputs, layers, hidden, classes)
        self.linear = nn.Linear(2 * hidden, classes)


@BiLSTMClassifier.mistake(
    "hidden-before-inputs",
    ko="`nn.LSTM`의 인자 순서가 바뀌었습니다. *입력 크기*가 먼저입니다: `nn.LSTM(inputs, hidden, layers, …)`",
    en="The arguments of `nn.LSTM` are in the wrong order: the *input size* comes first, "
    "`nn.LSTM(inputs, hidden, layers, …)`.",
)
class _(Base):
    def make(self, inputs, hidden, layers, classes):
        super().make(hidden, inputs, layers, classes)
        self.linear = nn.Linear(2 * hidden, classes)


@BiLSTMClassifier.mistake(
    "not-kept",
    ko="모듈의 매개변수에 LSTM의 것이 없습니다. `__init__`에서 `self.lstm = nn.LSTM(…)`으로 담으세요. `self.` 없이 만들거나 `forward`에서 만들면 학습되지도 저장되지도 않습니다.",
    en="The LSTM is not among the module's parameters. Keep it in `__init__`, `self.lstm = nn.LSTM(…)`: made "
    "without `self.`, or inside `forward`, it is neither trained nor saved.",
)
class _(Base):
    def make(self, inputs, hidden, layers, classes):
        self.linear = nn.Linear(2 * hidden, classes)


@BiLSTMClassifier.mistake(
    "gru",
    ko="`nn.LSTM`이 아니라 `nn.GRU`를 썼습니다. 게이트가 하나 적어 가중치의 모양이 다릅니다.",
    en="`nn.GRU` was used in place of `nn.LSTM`. It has a gate less, so its weights have other shapes.",
)
class _(Base):
    def make(self, inputs, hidden, layers, classes):
        super().make(inputs, hidden, layers, classes)
        self.lstm = nn.GRU(inputs, hidden, layers, batch_first=True, bidirectional=True)


@BiLSTMClassifier.mistake(
    "keeps-what-it-should-drop",
    ko="`nn.LSTM`의 `dropout`은 *꺼질* 확률입니다. `1 - dropout`이 아니라 `dropout`을 그대로 주세요.",
    en="The `dropout` of `nn.LSTM` is the probability to be *dropped*: hand over `dropout` as it is, not "
    "`1 - dropout`.",
)
class _(Base):
    def make(self, inputs, hidden, layers, classes):
        self.p = 1 - self.p
        super().make(inputs, hidden, layers, classes)


@BiLSTMClassifier.mistake(
    "state-carried-over",
    ko="앞 배치의 상태가 다음 배치로 넘어갑니다. 그림마다 0에서 시작하세요.",
    en="The state of one batch is carried into the next: each image begins at zero.",
)
class _(Base):
    state = None

    def forward(self, images):
        output, self.state = self.lstm(images[:, 0], self.state)
        return self.linear(self.summary(output, self.state[0]))


BiLSTMClassifier.hints(
    ko=[
        "앞에서 만든 두 조각 사이에 LSTM을 끼우면 됩니다: 그림 → `rows_as_sequence` → LSTM → `final_states` → 선형 층.",
        "nn.LSTM의 인자는 (입력, 은닉, num_layers)와 batch_first, bidirectional, dropout입니다. 선형 층은 2·hidden개를 받습니다. 부르면 output, (h_n, c_n)이 나옵니다.",
        "`self.lstm = nn.LSTM(inputs, hidden, layers, batch_first=True, bidirectional=True, dropout=dropout)`, "
        "`self.linear = nn.Linear(2 * hidden, classes)`. forward에서 `_, (h_n, _) = self.lstm(rows_as_sequence(images))`, "
        "`return self.linear(final_states(h_n))`",
    ],
    en=[
        "Put an LSTM between two parts that you have already: images → `rows_as_sequence` → LSTM → "
        "`final_states` → linear layer.",
        "nn.LSTM takes (inputs, hidden, num_layers) and batch_first, bidirectional, dropout. The linear "
        "layer takes 2·hidden numbers. Called, the LSTM gives output, (h_n, c_n).",
        "`self.lstm = nn.LSTM(inputs, hidden, layers, batch_first=True, bidirectional=True, "
        "dropout=dropout)`, `self.linear = nn.Linear(2 * hidden, classes)`. In forward "
        "`_, (h_n, _) = self.lstm(rows_as_sequence(images))`, `return self.linear(final_states(h_n))`.",
    ],
)


# ---------------------------------------------------------------- trainer-step


class Small(nn.Module):
    """As in the chapter: a dropout and a linear layer whose weights are the caller's tensors."""

    def __init__(self, weight, bias, p, most=None, records=True, mode=None):
        super().__init__()
        self.drop, self.most, self.records, self.mode = nn.Dropout(p), most, records, mode
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)

    def train(self, mode=True):
        if self.mode is not None:
            self.mode.fill_(mode)
        return super().train(mode)

    def forward(self, images):
        if self.most is not None and len(images) > self.most:
            raise ValueError(f"{len(images)} images at once: only {self.most} fit")
        logits = F.linear(self.drop(images[:, 0].flatten(1)), self.weight, self.bias)
        if logits.requires_grad and not self.records:
            raise ValueError("autograd records: there is no memory for that")
        return logits


def small(model):
    made = Small(**model)
    for parameter in made.parameters():
        parameter.grad = torch.ones_like(parameter)  # left over from the step before
    return made


def small_weights(draw, pixels, classes, p=0.0):
    weight = draw.normal(classes, pixels) / 2
    return {"weight": weight, "bias": draw.normal(classes) / 2, "p": p}


@exercise("trainer-step", points=3, mutates=(0,), returns=["loss", "norm"])
def train_step(model, optimizer, images, labels, max_norm):
    # The gradient of the cross entropy by its formula (chapter 7), the clipping by its own.
    weight, bias, x = model["weight"], model["bias"], images.flatten(1).double()
    if model["p"] == 1:
        x = torch.zeros_like(x)  # all of it is dropped
    logits = x @ weight.double().T + bias.double()
    error = (logits.softmax(1) - F.one_hot(labels, len(bias))) / len(x)
    dW, db = error.T @ x, error.sum(0)
    loss = (logits.logsumexp(1) - logits.gather(1, labels[:, None])[:, 0]).mean()
    norm = math.sqrt(float(dW.square().sum() + db.square().sum()))
    share = optimizer * min(1.0, max_norm / norm)
    weight.sub_((share * dW).float())
    bias.sub_((share * db).float())
    return float(loss), norm


@train_step.cases
def _(draw):
    model = {"weight": torch.tensor([[1.0], [-1.0]]), "bias": torch.zeros(2), "p": 0.0}
    mode = torch.tensor(True)  # tells in which mode the model is left
    yield model | {"mode": mode}, 0.5, torch.tensor([[[[2.0]]]]), torch.tensor([1]), 100.0
    # Logits of 200 and −200: more than exp can hold.
    yield model, 0.5, torch.tensor([[[[200.0]]]]), torch.tensor([1]), 0.5
    for top in (0.1, 50.0, draw.number(0.05, 0.15)):
        B, H, W, C = draw.integer(2, 5), draw.integer(2, 3), draw.integer(2, 3), draw.integer(3, 4)
        images = draw.normal(B, 1, H, W)
        labels = draw.integers(0, C - 1, B)
        yield small_weights(draw, H * W, C), draw.number(0.1, 0.9), images, labels, top
    # In training mode p = 1 drops every pixel: only the bias moves.
    yield small_weights(draw, 4, 3, 1.0), 0.5, draw.normal(2, 1, 2, 2), torch.tensor([0, 2]), 0.2


def trained(
    model, lr, images, labels, order="zero back clip step", clip="norm", loss="mean", after=False,
    mode=True,
):  # fmt: skip
    """A training step in any order and in wrong ways; returns (loss, norm) as tensors."""
    made = small(model).train(mode)
    optimizer = torch.optim.SGD(made.parameters(), lr=lr)
    top, norm = clip if isinstance(clip, tuple) else (clip, None)
    value = F.cross_entropy(made(images), labels, reduction=loss)
    for what in order.split():
        if what == "zero":
            optimizer.zero_grad()
        elif what == "back":
            value.backward()
        elif what == "step":
            optimizer.step()
        elif top == "norm":
            norm = nn.utils.clip_grad_norm_(made.parameters(), norm)
            if after:
                norm = norm.clamp(max=clip[1])
        elif top == "value":
            size = nn.utils.get_total_norm([p.grad for p in made.parameters()])
            nn.utils.clip_grad_value_(made.parameters(), norm)
            after_it = nn.utils.get_total_norm([p.grad for p in made.parameters()])
            norm = after_it if after else size
        elif top == "each":
            size = nn.utils.get_total_norm([p.grad for p in made.parameters()])
            for parameter in made.parameters():
                last = nn.utils.clip_grad_norm_(parameter, norm)
            norm = last if after else size
        else:  # another measure of the gradient, by which it is then clipped
            limit, norm = norm, top([parameter.grad for parameter in made.parameters()])
            for parameter in made.parameters():
                parameter.grad *= min(1.0, limit / norm)
    if not torch.is_tensor(norm):
        norm = torch.zeros(())
    return value.detach(), norm.detach()


def numbers(pair):
    return pair[0].item(), pair[1].item()


@train_step.accepts
def _(model, optimizer, images, labels, max_norm):
    return numbers(trained(model, optimizer, images, labels, clip=("norm", max_norm)))


@train_step.accepts
def _(model, optimizer, images, labels, max_norm):
    made = small(model)
    made.zero_grad()
    loss = nn.CrossEntropyLoss()(made(images), labels)
    loss.backward()
    with torch.no_grad():
        norm = torch.sqrt(sum((p.grad**2).sum() for p in made.parameters()))
        if norm > max_norm:
            for p in made.parameters():
                p.grad *= max_norm / norm
    torch.optim.SGD(made.parameters(), optimizer).step()
    return [float(loss), float(norm)]


NOT_CLIPPED = {
    "ko": "모델이 자르지 않은 기울기로 걸었습니다. 클리핑이 없거나 `step()` *다음에* 있습니다. 그때는 이미 늦습니다. 순서는 backward → clip → step입니다.",
    "en": "The model took its step by the whole gradient: the clipping is missing, or it comes *after* "
    "`step()`, when it is too late. The order is backward, clip, step.",
}


@train_step.mistake("clips-too-late", **NOT_CLIPPED)
def _(model, optimizer, images, labels, max_norm):
    order = "zero back step clip"
    return numbers(trained(model, optimizer, images, labels, order, ("norm", max_norm)))


@train_step.mistake(
    "clips-too-early",
    ko="`backward()`보다 먼저 클리핑했습니다. 그때는 자를 기울기가 아직 없습니다. 순서는 backward → clip → step입니다.",
    en="The clipping comes before `backward()`, when there is no gradient to clip. The order is backward, "
    "clip, step.",
)
def _(model, optimizer, images, labels, max_norm):
    order = "zero clip back step"
    return numbers(trained(model, optimizer, images, labels, order, ("norm", max_norm)))


@train_step.mistake("no-clipping", **NOT_CLIPPED)
def _(model, optimizer, images, labels, max_norm):
    return numbers(trained(model, optimizer, images, labels, clip=("norm", math.inf)))


@train_step.mistake(
    "by-value",
    ko="기울기의 수를 하나하나 잘랐습니다(`clip_grad_value_`). 그러면 방향이 바뀝니다. 전체 길이(norm)로 줄이세요: `clip_grad_norm_`",
    en="Each number of the gradient was cut by itself (`clip_grad_value_`), which changes its direction. "
    "Scale by the norm of all of it: `clip_grad_norm_`.",
)
def _(model, optimizer, images, labels, max_norm):
    return numbers(trained(model, optimizer, images, labels, clip=("value", max_norm)))


@train_step.mistake(
    "each-by-itself",
    ko="텐서마다 따로 줄였습니다. 길이는 모든 매개변수의 기울기를 *한데 모아* 재고, 모두 같은 비율로 줄입니다.",
    en="Each tensor was scaled by itself. The norm is that of all gradients *together*, and all shrink by "
    "the same factor.",
)
def _(model, optimizer, images, labels, max_norm):
    return numbers(trained(model, optimizer, images, labels, clip=("each", max_norm)))


@train_step.mistake(
    "no-zero-grad",
    ko="`backward()` 앞에 `zero_grad()`가 없습니다. 앞 걸음의 기울기가 그대로 남아 새 기울기에 더해졌습니다(2장). 걸음의 끝에 두면 처음 들어올 때 남아 있던 것을 지우지 못합니다.",
    en="There is no `zero_grad()` before `backward()`: the gradients of the step before are still there, and the "
    "new ones were added to them (chapter 2). At the end of the step it is too late for what was left over.",
)
def _(model, optimizer, images, labels, max_norm):
    order = "back clip step"
    return numbers(trained(model, optimizer, images, labels, order, ("norm", max_norm)))


@train_step.mistake(
    "zeroes-too-late",
    ko="`backward()` 다음에 기울기를 지워서 모델이 움직이지 않습니다. `zero_grad()`는 `backward()`보다 먼저입니다.",
    en="The gradients were cleared after `backward()`, so the model does not move. `zero_grad()` comes "
    "before `backward()`.",
)
def _(model, optimizer, images, labels, max_norm):
    order = "back zero clip step"
    return numbers(trained(model, optimizer, images, labels, order, ("norm", max_norm)))


@train_step.mistake(
    "no-step",
    ko="모델이 그대로입니다. 기울기만 구하고 `optimizer.step()`을 부르지 않았습니다.",
    en="The model is as it was: the gradient was computed, but `optimizer.step()` was not called.",
)
def _(model, optimizer, images, labels, max_norm):
    order = "zero back clip"
    return numbers(trained(model, optimizer, images, labels, order, ("norm", max_norm)))


@train_step.mistake(
    "sum-of-losses",
    ko="손실을 배치에 대해 더했습니다. 평균이어야 배치 크기가 달라도 걸음의 크기가 같습니다(`F.cross_entropy`의 기본값).",
    en="The losses of the batch were added. Take their mean, `F.cross_entropy`'s default, so that the "
    "step does not depend on the batch size.",
)
def _(model, optimizer, images, labels, max_norm):
    pair = trained(model, optimizer, images, labels, clip=("norm", max_norm), loss="sum")
    return numbers(pair)


@train_step.mistake(
    "norm-after-clipping",
    ko="클리핑한 *뒤의* 길이를 돌려주었습니다. 얼마나 넘쳤는지 알려면 자르기 *전의* 길이가 필요하고, `clip_grad_norm_`이 돌려주는 것이 그것입니다.",
    en="The norm *after* clipping was returned. To know how far it went over, the one *before* is needed; "
    "it is what `clip_grad_norm_` returns.",
)
def _(model, optimizer, images, labels, max_norm):
    pair = trained(model, optimizer, images, labels, clip=("norm", max_norm), after=True)
    return numbers(pair)


@train_step.mistake(
    "tensors",
    ko="텐서를 돌려주었습니다. 손실 텐서에는 계산 그래프가 매달려 있어 모아 두면 메모리가 찹니다(9장). `.item()`으로 파이썬 수로 바꾸세요.",
    en="Tensors were returned. A loss tensor has its whole graph behind it, and a list of them fills the "
    "memory (chapter 9). Make Python numbers of them: `.item()`.",
)
def _(model, optimizer, images, labels, max_norm):
    return trained(model, optimizer, images, labels, clip=("norm", max_norm))


@train_step.mistake(
    "loss-only",
    ko="손실만 돌려주었습니다. (loss, norm) 둘을 돌려주세요.",
    en="Only the loss was returned. Return two things, (loss, norm).",
)
def _(model, optimizer, images, labels, max_norm):
    return trained(model, optimizer, images, labels, clip=("norm", max_norm))[0].item()


@train_step.mistake(
    "wrong-order",
    ko="두 결과의 순서가 바뀌었습니다: (loss, norm)",
    en="The two results are in the wrong order: (loss, norm).",
)
def _(model, optimizer, images, labels, max_norm):
    return numbers(trained(model, optimizer, images, labels, clip=("norm", max_norm)))[::-1]


def trained_on(loss_of, model, lr, images, labels, max_norm):
    """A training step on the loss loss_of(logits, labels)."""
    made = small(model)
    loss = loss_of(made(images), labels)
    made.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(made.parameters(), max_norm)
    torch.optim.SGD(made.parameters(), lr).step()
    return loss.item(), norm.item()


@train_step.mistake(
    "softmax-twice",
    ko="`F.cross_entropy`에 소프트맥스를 거친 값을 넣었습니다. 소프트맥스는 그 안에 이미 있습니다. 로짓을 그대로 넣으세요(7장).",
    en="`F.cross_entropy` was given the result of a softmax. It has one inside already: give it the logits "
    "(chapter 7).",
)
def _(model, optimizer, images, labels, max_norm):
    def loss(logits, labels):
        return F.cross_entropy(logits.softmax(1), labels)

    return trained_on(loss, model, optimizer, images, labels, max_norm)


OVERFLOWS = {
    "ko": "로짓이 크면 `exp`가 무한대가 되거나 확률이 0이 되어, 손실이 NaN이나 무한대가 됩니다(7장). 로짓을 그대로 `F.cross_entropy`에 넣으세요.",
    "en": "With large logits `exp` is infinite, or a probability 0, and the loss is NaN or infinite (chapter 7). "
    "Give the logits to `F.cross_entropy` as they are.",
}


def minus_log(probabilities, labels):
    return -probabilities.gather(1, labels[:, None]).log().mean()


@train_step.mistake("overflows", **OVERFLOWS)
def _(model, optimizer, images, labels, max_norm):
    def loss(logits, labels):
        return minus_log(logits.exp() / logits.exp().sum(1, keepdim=True), labels)

    return trained_on(loss, model, optimizer, images, labels, max_norm)


@train_step.mistake("logarithm-of-zero", **OVERFLOWS)
def _(model, optimizer, images, labels, max_norm):
    def loss(logits, labels):
        return minus_log(logits.softmax(1), labels)

    return trained_on(loss, model, optimizer, images, labels, max_norm)


@train_step.mistake(
    "loss-after-the-step",
    ko="걸음을 뗀 *뒤에* 손실을 다시 계산해 돌려주었습니다. 돌려줄 것은 기울기를 구한 바로 그 손실, 걸음 전의 것입니다.",
    en="The loss was computed again *after* the step. Return the one whose gradient was taken, from "
    "before the step.",
)
def _(model, optimizer, images, labels, max_norm):
    _, norm = trained(model, optimizer, images, labels, clip=("norm", max_norm))
    return F.cross_entropy(small(model)(images), labels).item(), norm.item()


@train_step.mistake(
    "stretches-short-gradients",
    ko="짧은 기울기까지 max_norm으로 *늘였습니다*. 길이가 max_norm을 넘을 때만 줄이고, 짧으면 그대로 둡니다.",
    en="Short gradients were *stretched* to max_norm. Scale only where the norm exceeds max_norm, and "
    "leave the others as they are.",
)
def _(model, optimizer, images, labels, max_norm):
    made = small(model)
    loss = F.cross_entropy(made(images), labels)
    made.zero_grad()
    loss.backward()
    norm = nn.utils.get_total_norm([p.grad for p in made.parameters()])
    for parameter in made.parameters():
        parameter.grad *= max_norm / norm
    torch.optim.SGD(made.parameters(), optimizer).step()
    return loss.item(), norm.item()


@train_step.mistake(
    "always-clips-at-one",
    ko="`max_norm`을 쓰지 않고 늘 1로 잘랐습니다. 인자로 받은 값을 쓰세요.",
    en="The gradient is always clipped at 1: `max_norm` is not used. Use the argument.",
)
def _(model, optimizer, images, labels, max_norm):
    return numbers(trained(model, optimizer, images, labels, clip=("norm", 1.0)))


@train_step.mistake(
    "returns-the-limit",
    ko="길이 대신 `max_norm`을 돌려주었습니다. `clip_grad_norm_`이 돌려주는 값을 받아 두세요.",
    en="`max_norm` was returned for the norm. Keep what `clip_grad_norm_` returns.",
)
def _(model, optimizer, images, labels, max_norm):
    loss, _ = trained(model, optimizer, images, labels, clip=("norm", max_norm))
    return loss.item(), max_norm


@train_step.mistake(
    "loss-tensor",
    ko="손실을 텐서로 돌려주었습니다. 계산 그래프가 매달려 있어 모아 두면 메모리가 찹니다(9장): `loss.item()`",
    en="The loss was returned as a tensor. It has its whole graph behind it, and a list of them fills the "
    "memory (chapter 9): `loss.item()`.",
)
def _(model, optimizer, images, labels, max_norm):
    loss, norm = trained(model, optimizer, images, labels, clip=("norm", max_norm))
    return loss, norm.item()


@train_step.mistake(
    "norm-tensor",
    ko="길이를 텐서로 돌려주었습니다. `clip_grad_norm_`이 돌려주는 것은 텐서입니다. 파이썬 수로 바꾸세요: `norm.item()`",
    en="The norm was returned as a tensor, which is what `clip_grad_norm_` gives. Make a Python number of it: "
    "`norm.item()`.",
)
def _(model, optimizer, images, labels, max_norm):
    loss, norm = trained(model, optimizer, images, labels, clip=("norm", max_norm))
    return loss.item(), norm


@train_step.mistake(
    "left-in-evaluation-mode",
    ko="걸음은 맞지만 모델을 평가 모드로 바꾸어 놓고 나왔습니다. 그러면 다음 걸음부터 드롭아웃이 꺼집니다. `model.eval()`을 빼세요.",
    en="The step is right, but the model was left in evaluation mode, so from the next step on its dropout is off. "
    "Take out `model.eval()`.",
)
def _(model, optimizer, images, labels, max_norm):
    pair = trained(model, optimizer, images, labels, clip=("norm", max_norm))
    small(model).eval()
    return numbers(pair)


@train_step.mistake(
    "evaluation-mode",
    ko="평가 모드로 바꾸어 드롭아웃이 꺼졌습니다. 학습 걸음에서는 모델이 들어온 그대로 훈련 모드여야 합니다.",
    en="The model was set to evaluation mode, so its dropout is off. A training step leaves it in training "
    "mode, as it came.",
)
def _(model, optimizer, images, labels, max_norm):
    return numbers(trained(model, optimizer, images, labels, clip=("norm", max_norm), mode=False))


EACH = next(m for m in train_step.mistakes if m.key == "each-by-itself")


@train_step.mistake("each-by-itself-norm-of-the-last", ko=EACH.ko, en=EACH.en)
def _(model, optimizer, images, labels, max_norm):
    clip = "each", max_norm
    return numbers(trained(model, optimizer, images, labels, clip=clip, after=True))


BY_VALUE = next(m for m in train_step.mistakes if m.key == "by-value")


@train_step.mistake("by-value-measured-afterwards", ko=BY_VALUE.ko, en=BY_VALUE.en)
def _(model, optimizer, images, labels, max_norm):
    clip = "value", max_norm
    return numbers(trained(model, optimizer, images, labels, clip=clip, after=True))


@train_step.mistake(
    "square-of-the-norm",
    ko="제곱의 합에서 제곱근을 구하지 않았습니다. 길이는 √(모든 기울기의 제곱의 합)입니다.",
    en="The square root is missing: the norm is √(sum of the squares of all gradients).",
)
def _(model, optimizer, images, labels, max_norm):
    clip = lambda grads: sum(grad.square().sum() for grad in grads), max_norm  # noqa: E731
    return numbers(trained(model, optimizer, images, labels, clip=clip))


NOT_TOGETHER = {
    "ko": "텐서마다 길이를 재어 더하거나 그 가운데 큰 것을 골랐습니다. 전체의 길이는 모든 기울기의 제곱을 *한데* 더한 다음 제곱근을 구한 것입니다.",
    "en": "The norm of each tensor was taken, and those were added up, or the largest chosen. The norm of all of "
    "them is the square root of the sum of *all* squares together.",
}


@train_step.mistake("sum-of-norms", **NOT_TOGETHER)
def _(model, optimizer, images, labels, max_norm):
    clip = lambda grads: sum(grad.norm() for grad in grads), max_norm  # noqa: E731
    return numbers(trained(model, optimizer, images, labels, clip=clip))


@train_step.mistake("largest-norm", **NOT_TOGETHER)
def _(model, optimizer, images, labels, max_norm):
    clip = lambda grads: max(grad.norm() for grad in grads), max_norm  # noqa: E731
    return numbers(trained(model, optimizer, images, labels, clip=clip))


train_step.hints(
    ko=[
        "2장의 다섯 줄(예측, 손실, zero_grad, backward, step)에 한 줄을 더합니다. 기울기가 *있고* 아직 *쓰이지 않은* 때는 언제인가요?",
        "로짓 → 손실(평균) → zero_grad → backward → clip_grad_norm_(매개변수, max_norm) → step. 길이는 clip_grad_norm_이 돌려줍니다.",
        "`loss = F.cross_entropy(model(images), labels)`, `optimizer.zero_grad()`, `loss.backward()`, "
        "`norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)`, `optimizer.step()`, "
        "`return loss.item(), norm.item()`",
    ],
    en=[
        "Add one line to the five of chapter 2 (predict, loss, zero_grad, backward, step). When is the "
        "gradient *there*, and *not used* yet?",
        "Logits, loss (a mean), zero_grad, backward, clip_grad_norm_(parameters, max_norm), step. The "
        "norm is what clip_grad_norm_ returns.",
        "`loss = F.cross_entropy(model(images), labels)`, `optimizer.zero_grad()`, `loss.backward()`, "
        "`norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)`, `optimizer.step()`, "
        "`return loss.item(), norm.item()`.",
    ],
)


# ---------------------------------------------------------------- keep-best


@exercise("keep-best", points=2, mutates=(0,), returns=["best", "weights"])
def keep_best(model, losses):
    # No model at all: the sum of the changes up to the best epoch.
    values = [loss for loss, _ in losses]
    at = values.index(min(values))
    change = math.fsum(change for _, change in losses[: at + 1])
    for name in ("weight", "bias"):
        model[name] += change
    return values[at], {name: model[name].clone() for name in ("weight", "bias")}


@keep_best.cases
def _(draw):
    def model():
        return small_weights(draw, 2, 2)

    yield model(), [[0.9, 1.0], [0.4, 1.0], [0.7, 1.0]]
    yield model(), [[0.5, 1.0], [0.6, 1.0]]
    yield model(), [[0.7, 2.0], [0.3, -0.5], [0.3, 1.5], [0.8, 1.0]]  # a tie
    yield model(), [[0.2, 1.0], [0.1995, 1.0]]  # better by very little
    yield model(), [[-0.3, 1.0], [0.9, 0.5], [-0.1, 1.0]]
    yield model(), [[2.5, -1.0]]
    # A rise that is not the end: the best comes after it.
    yield model(), [[0.6, 1.0], [0.1, 1.0], [0.3, 1.0], [0.0, 1.0], [0.2, 1.0]]
    # A long rise: whoever is patient for five epochs only does not see the end.
    rise = [0.5, 0.6, 0.7, 0.8, 0.9, 0.8, 0.3]
    yield model(), [[loss, 1.0] for loss in rise]
    n = draw.integer(4, 6)
    order = draw.permutation(n - 1).tolist()
    losses = [0.1 * (k + 1) + draw.number(0, 0.05) for k in order] + [0.8]
    yield model(), [[loss, draw.number(0.5, 1.5)] for loss in losses]


def epochs(model, losses):
    for loss, change in losses:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += change
        yield loss


def kept_by(model, losses, keep, better):
    """The loop of the chapter: keep(state) is what is kept where better(loss, best, kept)."""
    made = small(model)
    best, kept = math.inf, None
    for loss in epochs(made, losses):
        if better(loss, best, kept):
            best, kept = loss, keep(made)
    if kept is not None:
        made.load_state_dict(kept)
    return best, made.state_dict()


def cloned(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def less(loss, best, kept):
    return loss < best


@keep_best.accepts
def _(model, losses):
    return kept_by(model, losses, cloned, less)


@keep_best.accepts
def _(model, losses):
    return kept_by(
        model,
        losses,
        lambda made: copy.deepcopy(made.state_dict()),
        lambda loss, best, kept: kept is None or best > loss,
    )


@keep_best.accepts
def _(model, losses):
    return kept_by(model, losses, lambda made: copy.deepcopy(made).state_dict(), less)


@keep_best.mistake(
    "keeps-a-reference",
    ko="가장 좋은 손실은 맞지만 가중치는 *마지막* 에폭의 것입니다. 까닭은 셋 가운데 하나입니다. `state_dict()`를 그대로 두었다면, 그것은 복사본이 아니라 모델의 텐서 그 자체여서 학습과 함께 계속 바뀝니다(`dict(…)`나 `.copy()`도 텐서는 복사하지 않습니다): 값마다 `clone()`하세요. 복사하는 줄이 `if` 밖에 있다면 에폭마다 바뀝니다: `if` *안에* 두세요. 손실을 먼저 다 꺼냈다면(`list(losses)`, `min(losses)`) 복사하기도 전에 학습이 끝납니다: `for`로 하나씩 꺼내며 복사하세요.",
    en="The best loss is right, but the weights are those of the *last* epoch, for one of three reasons. If "
    "`state_dict()` was kept as it is, that is no copy: it holds the model's own tensors, which training goes on "
    "changing (`dict(…)` and `.copy()` do not copy tensors either), so `clone()` each value. If the copy is made "
    "outside the `if`, every epoch replaces it: put it *inside*. If all losses were asked for first "
    "(`list(losses)`, `min(losses)`), the training is over before anything is copied: take them one at a time, in "
    "the `for`.",
)
def _(model, losses):
    return kept_by(model, losses, lambda made: made.state_dict(), less)


@keep_best.mistake(
    "keeps-the-last",
    ko="비교하지 않고 늘 새것으로 바꾸었습니다. 지금까지의 가장 작은 손실보다 *작을 때만* 바꾸세요.",
    en="Every epoch replaces the one before. Replace it *only where* the loss is smaller than the smallest "
    "so far.",
)
def _(model, losses):
    return kept_by(model, losses, cloned, lambda *_: True)


@keep_best.mistake(
    "keeps-the-worst",
    ko="손실이 가장 *큰* 에폭을 골랐습니다. 부등호의 방향을 보세요. 손실은 작을수록 좋습니다.",
    en="The epoch with the *largest* loss was kept. Look at the sign of the comparison: a smaller loss is "
    "better.",
)
def _(model, losses):
    return kept_by(model, losses, cloned, lambda loss, best, kept: kept is None or loss > best)


@keep_best.mistake(
    "keeps-the-first",
    ko="첫 에폭에서 멈추었습니다. 뒤의 손실이 더 작으면 그것으로 바꾸어야 합니다.",
    en="The first epoch was kept for good. Where a later loss is smaller, it must take its place.",
)
def _(model, losses):
    return kept_by(model, losses, cloned, lambda loss, best, kept: kept is None)


@keep_best.mistake(
    "later-of-a-tie",
    ko="손실이 같을 때 나중 것을 골랐습니다. 같으면 먼저 것을 지킵니다: `<=`가 아니라 `<`",
    en="Of two equal losses the later was kept. Keep the earlier one: `<`, not `<=`.",
)
def _(model, losses):
    return kept_by(model, losses, cloned, lambda loss, best, kept: loss <= best)


@keep_best.mistake(
    "forgets-the-best-loss",
    ko="`best`가 ∞ 그대로입니다. `best = loss`가 빠졌거나 거꾸로(`loss = best`) 적혔거나, 부등호의 방향이 반대여서(`loss > best`) 한 번도 들어가지 못한 것입니다. 손실은 작을수록 좋습니다.",
    en="`best` is still ∞. Either `best = loss` is missing or turned round (`loss = best`), or the comparison is "
    "(`loss > best`), and nothing ever gets in. A smaller loss is better.",
)
def _(model, losses):
    _, weights = kept_by(model, losses, cloned, lambda *_: True)
    return math.inf, weights


@keep_best.mistake(
    "better-by-more-than-a-little",
    ko="조금 나아진 것은 나아지지 않은 것으로 쳤습니다. 여기서는 아무리 조금이라도 더 작으면 더 좋은 것입니다: `loss < best`",
    en="A small improvement was not counted as one. Here the smaller loss is the better one, by however little: "
    "`loss < best`.",
)
def _(model, losses):
    return kept_by(model, losses, cloned, lambda loss, best, kept: best - loss > 1e-3)


@keep_best.mistake(
    "zero-for-nothing",
    ko="`not best`는 `best`가 아직 없을 때뿐 아니라 0일 때도 참입니다. 손실은 0일 수 있습니다. `best`를 ∞에서 시작하고 `loss < best`만 보세요.",
    en="`not best` is true not only where there is no `best` yet, but also where it is 0, and a loss may be 0. Start "
    "`best` at ∞, and look at `loss < best` alone.",
)
def _(model, losses):
    return kept_by(model, losses, cloned, lambda loss, best, kept: not best or loss < best)


@keep_best.mistake(
    "better-than-the-one-before",
    ko="*바로 앞* 에폭과 비교했습니다. 지금까지 *가장 작은* 손실과 비교해야 합니다.",
    en="Each loss was compared with that of the epoch *just before*. Compare with the *smallest* so far.",
)
def _(model, losses):
    made = small(model)
    best, kept, before = math.inf, None, math.inf
    for loss in epochs(made, losses):
        if loss < before:
            best, kept = loss, cloned(made)
        before = loss
    made.load_state_dict(kept)
    return best, made.state_dict()


@keep_best.mistake(
    "best-set-every-time",
    ko="`best = loss`가 `if` 밖에 있어 `best`가 늘 바로 앞 손실이 됩니다. 지금까지 *가장 작은* 손실이어야 하니 `if` 안에 두세요.",
    en="`best = loss` stands outside the `if`, so `best` is always the loss just before. It has to be the "
    "*smallest* so far: put it inside.",
)
def _(model, losses):
    made = small(model)
    best, kept = math.inf, None
    for loss in epochs(made, losses):
        if loss < best:
            kept = cloned(made)
        best = loss
    made.load_state_dict(kept)
    return best, made.state_dict()


@keep_best.mistake(
    "stops-at-the-first-rise",
    ko="손실이 처음 오르자 멈추었습니다. 다시 내려갈 수 있으니 끝까지 학습시키고 고르세요.",
    en="It stopped at the first rise. The loss may fall again: train to the end, then choose.",
)
def _(model, losses):
    made = small(model)
    best, kept = math.inf, None
    for loss in epochs(made, losses):
        if loss >= best:
            break
        best, kept = loss, cloned(made)
    made.load_state_dict(kept)
    return best, made.state_dict()


def register_patience(patience):
    @keep_best.mistake(
        f"patient-for-{patience}",
        ko="끝까지 학습하지 않고 멈추었습니다. 손실이 몇 번 이어서 오르더라도 다시 내려갈 수 있으니 끝까지 학습시키고 고르세요.",
        en="It stopped before the end. Even after several rises the loss may fall again: train to the end, then "
        "choose.",
    )
    def _(model, losses):
        made = small(model)
        best, kept, worse = math.inf, None, 0
        for loss in epochs(made, losses):
            worse += 1
            if loss < best:
                best, kept, worse = loss, cloned(made), 0
            if worse == patience:
                break
        made.load_state_dict(kept)
        return best, made.state_dict()


for several in (2, 3, 4, 5):
    register_patience(several)


@keep_best.mistake(
    "puts-back-every-epoch",
    ko="에폭마다 가장 좋은 가중치를 되돌려 놓아 학습이 이어지지 않습니다. 되돌리는 것은 반복이 끝난 뒤 한 번입니다. `load_state_dict(kept)`의 들여쓰기를 보세요.",
    en="The best weights were put back after every epoch, so training does not go on from where it was. Put them "
    "back once, after the loop: look at the indentation of `load_state_dict(kept)`.",
)
def _(model, losses):
    made = small(model)
    best, kept = math.inf, None
    for loss in epochs(made, losses):
        if loss < best:
            best, kept = loss, cloned(made)
        made.load_state_dict(kept)
    return best, made.state_dict()


@keep_best.mistake(
    "not-put-back",
    ko="돌려준 것은 맞지만 모델에는 *마지막* 에폭의 가중치가 남아 있습니다. `model.load_state_dict(kept)`로 모델에 되돌려 넣으세요.",
    en="What was returned is right, but the model still has the weights of the *last* epoch. Put the kept ones "
    "back: `model.load_state_dict(kept)`.",
)
def _(model, losses):
    made = small(model)
    best, kept = math.inf, None
    for loss in epochs(made, losses):
        if loss < best:
            best, kept = loss, cloned(made)
    return best, kept


keep_best.hints(
    ko=[
        "가장 좋은 손실을 만날 때마다 그때의 가중치를 *사진 찍어* 두어야 합니다. `state_dict()`는 사진일까요, 거울일까요?",
        "loss < best이면 best를 loss로 바꾸고, kept에는 이름마다 값을 clone()한 새 dict를 넣습니다.",
        "`if loss < best:` 아래에 `best = loss`와 "
        "`kept = {name: value.clone() for name, value in model.state_dict().items()}`",
    ],
    en=[
        "At every best loss you need a *photograph* of the weights. Is `state_dict()` a photograph, or a "
        "mirror?",
        "Where loss < best, set best to loss, and kept to a new dict with each value's clone() under its "
        "name.",
        "Under `if loss < best:` write `best = loss` and "
        "`kept = {name: value.clone() for name, value in model.state_dict().items()}`.",
    ],
)


# ---------------------------------------------------------------- save-and-load


def as_bilstm(model):
    made = Base(**model["sizes"])
    made.load_state_dict(model["weights"])
    return made.eval()


class Trained(nn.Module):
    """As in the chapter: the sizes and the weights of a trained model, and no answers."""

    def __init__(self, sizes, weights):
        super().__init__()
        self.sizes, self.weights = sizes, weights

    def state_dict(self):
        return self.weights

    def forward(self, images):
        return images.new_zeros(len(images), self.sizes["classes"])


FILES = tempfile.TemporaryDirectory()


def on_disk(answer):
    """The answer with the check's stand-ins made real: a path (with what it holds), and a model.

    A file of {"saved": a model} is one that the answer itself has written.
    """

    def made(file, model=None):
        path = Path(FILES.name) / "checkpoint.pt"
        path.unlink(missing_ok=True)
        if file is not None and "saved" in file:
            answer(str(path), Trained(**file["saved"]))
        elif file is not None:
            torch.save(file, path)
        return answer(str(path), None if model is None else Trained(**model))

    return made


def held(file, model):
    """What a file holds in the end, if it was written as it should be."""
    return file.get("saved", file) if model is None else model


@exercise("save-and-load", points=2, kind="module", all_or_nothing=True)
def save_and_load(file, model=None):
    return as_bilstm(held(file, model))


def checkpoint(draw, inputs, hidden, layers, classes, dropout=0.0):
    sizes = {
        "inputs": inputs, "hidden": hidden, "layers": layers, "classes": classes,
        "dropout": dropout,
    }  # fmt: skip
    return {"sizes": sizes, "weights": bilstm_state(draw, inputs, hidden, layers, classes)}


@save_and_load.cases
def _(draw):
    fixed = Draw(23)  # what is the same in every seed is looked at once
    yield Case((None, checkpoint(fixed, 2, 2, 1, 2)), None, (fixed.normal(2, 1, 3, 2),))
    # A file that holds another model: it is replaced.
    old, new = checkpoint(draw, 2, 3, 1, 2), checkpoint(draw, 3, 2, 2, 4, 0.5)
    yield Case((old, new), None, (draw.normal(2, 1, 3, 3),))
    # The sizes go by their names, in whatever order they stand.
    file = checkpoint(draw, 4, draw.integer(3, 4), 1, draw.integer(2, 5), 0.25)
    file["sizes"] = dict(reversed(file["sizes"].items()))
    yield Case((file, None), None, (draw.normal(3, 1, 2, 4),))
    # A file that the answer itself has written. Set to training mode, the model drops all that the
    # lower layer says: the dropout was kept.
    file = {"saved": checkpoint(fixed, 2, 1, 2, 2, 1.0)}
    yield Case((file, None), None, (fixed.normal(1, 1, 2, 2),), True)
    # Left in the mode it came back in.
    yield Case((checkpoint(draw, 2, 2, 2, 2, 1.0), None), None, (draw.normal(1, 1, 2, 2),), None)


def written(model):
    return {"sizes": model.sizes, "weights": model.state_dict()}


@save_and_load.accepts
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save(written(model), file)
    found = torch.load(file, weights_only=True)
    again = Base(**found["sizes"])
    again.load_state_dict(found["weights"])
    return again.eval()


@save_and_load.accepts
@on_disk
def _(file, model=None):
    path = Path(file)
    if model:
        with path.open("wb") as stream:
            torch.save({"weights": copy.deepcopy(model.state_dict()), "sizes": model.sizes}, stream)
    found = torch.load(path)
    again = Base(**{name: found["sizes"][name] for name in found["sizes"]})
    for name, parameter in again.named_parameters():
        parameter.data.copy_(found["weights"][name])
    return again.train(False)


@save_and_load.mistake(
    "never-loads-the-weights",
    ko="새 모델의 가중치가 무작위 그대로입니다. 크기대로 만든 다음 `load_state_dict(…)`로 파일의 가중치를 실으세요.",
    en="The new model's weights are still random. After making it to size, load the file's weights with "
    "`load_state_dict(…)`.",
)
def _(file, model=None):
    return Base(**held(file, model)["sizes"]).eval()


@save_and_load.mistake(
    "returns-what-loading-returns",
    ko="`load_state_dict`는 모델을 돌려주지 않습니다. 모델 안에 싣고, 빠진 이름의 목록을 돌려줄 뿐입니다. 한 줄로 부르고 *모델*을 돌려주세요.",
    en="`load_state_dict` does not return the model: it fills it and returns a list of missing names. "
    "Call it on a line of its own, and return the *model*.",
)
def _(file, model=None):
    made = as_bilstm(held(file, model))
    return made.load_state_dict(made.state_dict())


@save_and_load.mistake(
    "returns-the-weights",
    ko="가중치의 dict를 돌려주었습니다. 돌려줄 것은 그 가중치를 실은 *모델*입니다.",
    en="The dict of weights was returned. It is the *model* that holds them that is wanted.",
)
def _(file, model=None):
    return dict(held(file, model)["weights"])


@save_and_load.mistake(
    "returns-the-checkpoint",
    ko="파일에서 읽은 dict를 그대로 돌려주었습니다. 그것으로 `BiLSTMClassifier`를 만들고 가중치를 실어 돌려주세요.",
    en="What was read from the file was returned as it is. Make a `BiLSTMClassifier` of it, load the "
    "weights, and return that.",
)
def _(file, model=None):
    return dict(held(file, model))


@save_and_load.mistake(
    "does-not-save",
    ko="모델을 받고도 파일에 쓰지 않았습니다. 그래서 파일에 *전에 있던* 모델이 나옵니다(파일이 없으면 오류입니다).",
    en="A model was given but not written to the file. So out comes what the file held *before* (or an "
    "error, if there was no file).",
)
@on_disk
def _(file, model=None):
    return as_bilstm(torch.load(file, weights_only=True))


@save_and_load.mistake(
    "saves-nothing",
    ko='model이 None일 때도 model에서 무엇을 꺼내려 했습니다. 그때는 저장하지 않고(`if model is not None:`), 크기도 받은 model이 아니라 파일에서 꺼냅니다: `found["sizes"]`',
    en="Something was taken from model even where it is None. Then nothing is saved, `if model is not None:`, "
    'and the sizes come from the file and not from model: `found["sizes"]`.',
)
@on_disk
def _(file, model=None):
    torch.save(written(model), file)
    return as_bilstm(torch.load(file, weights_only=True))


@save_and_load.mistake(
    "pickles-the-model",
    ko="모델 객체를 통째로 저장했습니다. 그런 파일은 코드가 바뀌면 열리지 않고, 남이 준 파일이면 열기만 해도 그 안의 코드가 실행될 수 있어서 `weights_only=True`가 거절합니다. 크기와 `state_dict()`만 저장하세요.",
    en="The whole model object was saved. Such a file breaks when the code changes, and opening a "
    "stranger's may run code that is in it, so `weights_only=True` refuses. Save the sizes and the "
    "`state_dict()` only.",
)
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save(model, file)
    return as_bilstm(torch.load(file, weights_only=True))


@save_and_load.mistake(
    "saves-weights-only",
    ko="가중치만 저장하고 크기(`model.sizes`)는 저장하지 않았습니다. 그러면 파일만 가지고는 모델을 다시 만들 수 없습니다. 둘을 한 dict에 담으세요.",
    en="Only the weights were saved, not the sizes (`model.sizes`). From such a file alone nobody can make "
    "the model again. Put both into one dict.",
)
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save(model.state_dict(), file)
    return as_bilstm(torch.load(file, weights_only=True))


@save_and_load.mistake(
    "other-names",
    ko="dict의 두 이름은 `sizes`와 `weights`여야 합니다. `train.py`가 쓴 파일을 `predict.py`가 읽으려면 약속한 이름이어야 합니다.",
    en="The dict's two names must be `sizes` and `weights`. What `train.py` writes, `predict.py` has to "
    "read: names are a contract.",
)
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save({"sizes": model.sizes, "state_dict": model.state_dict()}, file)
    found = torch.load(file, weights_only=True)
    return as_bilstm({"sizes": found["sizes"], "weights": found["state_dict"]})


@save_and_load.mistake(
    "returns-what-it-was-given",
    ko="받은 모델을 그대로 돌려주었습니다. 저장한 다음에도 *파일에서* 새 모델을 만들어 돌려주세요. 그래야 파일이 읽힌다는 것이 확인됩니다.",
    en="The given model was returned as it is. After saving, too, make a new model *from the file*: it "
    "proves that the file can be read.",
)
@on_disk
def _(file, model=None):
    if model is None:
        return as_bilstm(torch.load(file, weights_only=True))
    torch.save(written(model), file)
    return model


@save_and_load.mistake(
    "saves-or-loads",
    ko="저장한 다음 아무것도 돌려주지 않았습니다. `else`로 나누지 마세요. 모델이 있으면 저장하고, *언제나* 파일에서 되살려 돌려줍니다.",
    en="After saving, nothing was returned. Do not part the two by an `else`: save if there is a model, "
    "and *always* bring one back from the file.",
)
def _(file, model=None):
    return as_bilstm(held(file, None)) if model is None else None


@save_and_load.mistake(
    "drops-the-dropout",
    ko='크기 넷만 넘겨 `dropout`이 0이 되었습니다. 파일의 `sizes`에는 인자가 다섯 있습니다. 별 둘로 모두 펼치세요: `BiLSTMClassifier(**found["sizes"])`',
    en="Only four of the sizes were handed over, so `dropout` became 0. The file's `sizes` has five arguments: "
    'spread them all with two stars, `BiLSTMClassifier(**found["sizes"])`.',
)
def _(file, model=None):
    found = held(file, model)
    return as_bilstm({**found, "sizes": {**found["sizes"], "dropout": 0.0}})


@save_and_load.mistake(
    "in-training-mode",
    ko="훈련 모드로 돌아왔습니다. `again.eval()`을 부르세요.",
    en="It came back in training mode: `again.eval()`.",
)
def _(file, model=None):
    return as_bilstm(held(file, model)).train()


@save_and_load.mistake(
    "by-position",
    ko='크기를 적힌 *순서대로* 넘겼습니다. 파일의 dict는 순서가 다를 수 있으니 이름으로 넘기세요: `BiLSTMClassifier(**found["sizes"])`',
    en="The sizes were handed over in the *order* in which they stand. The file's dict may have another one: hand "
    'them over by name, `BiLSTMClassifier(**found["sizes"])`.',
)
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save(written(model), file)
    found = torch.load(file, weights_only=True)
    again = Base(*found["sizes"].values())
    again.load_state_dict(found["weights"])
    return again.eval()


@save_and_load.mistake(
    "file-not-written",
    ko="모델을 받았을 때 새 모델을 받은 모델에서 바로 만들었고, `file`이라는 파일은 쓰이지 않았습니다. `torch.save(…, file)`로 *그 이름에* 쓰고, 언제나 그 파일에서 읽으세요.",
    en="Given a model, the new one was made straight from it, and no file of the name `file` was written. Write to "
    "*that name* with `torch.save(…, file)`, and always read from that file.",
)
@on_disk
def _(file, model=None):
    return as_bilstm(torch.load(file, weights_only=True) if model is None else written(model))


@save_and_load.mistake(
    "file-not-complete",
    ko='모델을 받았을 때 새 모델을 받은 모델에서 만들어서, 여러분이 쓴 파일만으로는 되살릴 수 없다는 것이 드러나지 않았습니다. 파일의 dict에 `"sizes"`와 `"weights"`가 둘 다 이 이름으로 들어 있어야 합니다. 언제나 파일에서 읽으세요.',
    en="Given a model, the new one was made of that model, which hides that your file alone cannot bring it back: its "
    'dict needs both `"sizes"` and `"weights"`, by these names. Always read from the file.',
)
@on_disk
def _(file, model=None):
    if model is None:
        return as_bilstm(torch.load(file, weights_only=True))
    torch.save(model.state_dict(), file)
    return as_bilstm(written(model))


PICKLED = next(m for m in save_and_load.mistakes if m.key == "pickles-the-model")


@save_and_load.mistake("pickles-the-model-and-lets-it", ko=PICKLED.ko, en=PICKLED.en)
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save(model, file)
    return torch.load(file, weights_only=False).eval()


@save_and_load.mistake("pickles-the-model-and-returns-it", ko=PICKLED.ko, en=PICKLED.en)
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save(model, file)
    return torch.load(file, weights_only=False)


@save_and_load.mistake("pickles-the-model-and-is-refused", ko=PICKLED.ko, en=PICKLED.en)
@on_disk
def _(file, model=None):
    if model is not None:
        torch.save(model, file)
    return torch.load(file, weights_only=True)


save_and_load.hints(
    ko=[
        "파일만 남고 여러분의 노트북은 사라졌다고 생각해 보세요. 모델을 되살리려면 파일에 무엇 두 가지가 있어야 하나요?",
        '모델이 있으면 {"sizes": …, "weights": …}를 torch.save로 씁니다. 그다음 언제나 torch.load로 읽어, 크기로 새 BiLSTMClassifier를 만들고(`f(**sizes)`는 dict를 이름 붙은 인자로 펼칩니다), 한 줄에서 load_state_dict로 가중치를 싣습니다. load_state_dict가 돌려주는 것은 모델이 아닙니다.',
        '`if model is not None: torch.save({"sizes": model.sizes, "weights": model.state_dict()}, file)`. 그다음 '
        '`found = torch.load(file, weights_only=True)`, `again = BiLSTMClassifier(**found["sizes"])`, '
        '`again.load_state_dict(found["weights"])`, `return again.eval()`',
    ],
    en=[
        "Imagine that the file is all that is left, and your notebook is gone. Which two things must be "
        "in it to bring the model back?",
        'If there is a model, write {"sizes": …, "weights": …} with torch.save. Then, always, read with '
        "torch.load, make a new BiLSTMClassifier of those sizes (`f(**sizes)` spreads a dict into named arguments), "
        "and load_state_dict the weights, on a line of its own: what that returns is not the model.",
        '`if model is not None: torch.save({"sizes": model.sizes, "weights": model.state_dict()}, file)`. '
        'Then `found = torch.load(file, weights_only=True)`, `again = BiLSTMClassifier(**found["sizes"])`, '
        '`again.load_state_dict(found["weights"])`, `return again.eval()`.',
    ],
)


# ---------------------------------------------------------------- predict


@exercise("predict", points=2, returns=["digits", "confidence"])
def predict(model, images, batch_size):
    logits = images.flatten(1).double() @ model["weight"].double().T + model["bias"].double()
    confidence, digits = (logits - logits.logsumexp(1, keepdim=True)).exp().max(1)
    return digits, confidence.float()


@predict.cases
def _(draw):
    model = {"weight": torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]]), "bias": torch.zeros(3)}
    # (N, 1, 1, 2); exp cannot hold a logit of 300
    images = torch.tensor([[2.0, 1.0], [0.0, 300.0], [1.0, -2.0]])[:, None, None]

    def fitting(made, images, size):  # no more than a batch of them at once
        return made | {"most": size}, images, size

    yield fitting(model | {"p": 1.0}, images, 2)
    yield fitting(small_weights(draw, 4, 3, 1.0), draw.normal(5, 1, 2, 2), 5)
    yield fitting(small_weights(draw, 4, 5, 0.5), draw.normal(1, 1, 2, 2), 4)
    C, N, size = draw.integer(3, 6), draw.integer(6, 9), draw.integer(2, 4)
    yield fitting(small_weights(draw, 6, C, 0.5), draw.normal(N, 1, 2, 3), size)
    yield fitting(small_weights(draw, 6, C, 0.0), draw.normal(7, 1, 3, 2), 3)
    unrecorded = small_weights(draw, 2, 3, 0.0) | {"records": False}
    yield fitting(unrecorded, draw.normal(7, 1, 2, 1), 2)


def answered(
    model, images, batch_size, evaluate=True, squash=lambda z: z.softmax(1), axis=1, slices=None
):  # fmt: skip
    """Predictions in batches, right or with one thing wrong: (digits, confidence)."""
    made = small(model)
    made.train(not evaluate)
    parts = images.split(batch_size) if slices is None else slices
    with torch.no_grad():
        logits = [made(part) for part in parts]
    confidence = torch.cat([squash(z).amax(axis) for z in logits])
    return torch.cat([z.argmax(axis) for z in logits]), confidence


@predict.accepts
def _(model, images, batch_size):
    return answered(model, images, batch_size)


@predict.accepts
@torch.no_grad()
def _(model, images, batch_size):
    made = small(model).train(False)
    digits, confidence = [], []
    for start in range(0, len(images), batch_size):
        probabilities = F.softmax(made(images[start : start + batch_size]), dim=-1)
        top, place = probabilities.max(dim=-1)
        digits += place.tolist()
        confidence += top.tolist()
    return torch.tensor(digits), torch.tensor(confidence)


@predict.accepts
def _(model, images, batch_size):
    made = small(model).eval()
    with torch.inference_mode():
        logits = torch.vstack([made(part) for part in images.split(batch_size)])
    return logits.argmax(1), torch.exp(F.log_softmax(logits, 1)).amax(1)


@predict.mistake(
    "training-mode",
    ko="모델이 훈련 모드인 채로 예측했습니다. 드롭아웃이 켜져 있으면 부를 때마다 답이 다릅니다: `model.eval()`",
    en="The model was left in training mode. With dropout on, every call gives another answer: "
    "`model.eval()`.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, evaluate=False)


@predict.mistake(
    "logits-for-confidence",
    ko="가장 큰 로짓을 확신이라고 돌려주었습니다. 확률이 되려면 소프트맥스를 거쳐야 합니다.",
    en="The largest logit was returned as the confidence. It takes a softmax to make it a probability.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, squash=lambda z: z)


@predict.mistake(
    "softmax-over-the-batch",
    ko="소프트맥스를 배치 축(0)에서 했습니다. 그러면 다른 그림들과 나누어 갖습니다. 그림마다 클래스들에 대해: 축 1",
    en="The softmax ran over the batch (axis 0), so images share it among themselves. It runs over the "
    "classes of each image: axis 1.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, squash=lambda z: z.softmax(0))


@predict.mistake(
    "sigmoid",
    ko="소프트맥스 대신 시그모이드를 썼습니다. 클래스들의 확률을 더하면 1이어야 합니다.",
    en="A sigmoid stands in place of the softmax. The probabilities of the classes must add up to 1.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, squash=torch.sigmoid)


@predict.mistake(
    "log-probabilities",
    ko="확률의 로그를 돌려주었습니다. `log_softmax`가 아니라 `softmax`입니다.",
    en="The logarithm of the probability was returned: `softmax`, not `log_softmax`.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, squash=lambda z: z.log_softmax(1))


@predict.mistake(
    "only-the-last-batch",
    ko="마지막 배치의 답만 남았습니다. 배치마다 나온 것을 모아 두었다가 `torch.cat`으로 이어 붙이세요.",
    en="Only the answers of the last batch are left. Collect those of every batch, and join them with "
    "`torch.cat`.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, slices=images.split(batch_size)[-1:])


@predict.mistake(
    "only-the-first-batch",
    ko="첫 배치의 답만 나왔습니다. `return`이 반복문 안에 있지 않은지, 아니면 조각이 `i + batch_size`가 아니라 `batch_size`에서 끝나지 않는지 보세요.",
    en="Only the first batch was answered. Is the `return` inside the loop, or does a slice end at "
    "`batch_size` in place of `i + batch_size`?",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, slices=images.split(batch_size)[:1])


@predict.mistake(
    "drops-the-short-batch",
    ko="꽉 차지 않은 마지막 배치를 빠뜨렸습니다. N이 배치 크기의 배수가 아니어도 그림마다 답이 있어야 합니다.",
    en="The last batch was left out where it is short. Every image gets an answer, also where N is no "
    "multiple of the batch size.",
)
def _(model, images, batch_size):
    starts = range(0, len(images) // batch_size * batch_size, batch_size)
    return answered(model, images, batch_size, slices=[images[i : i + batch_size] for i in starts])


@predict.mistake(
    "argmax-over-the-batch",
    ko="배치 축에서 최댓값을 찾았습니다. 그림마다 클래스들 가운데서 찾으세요: 축 1",
    en="The largest was looked for along the batch. Look among the classes of each image: axis 1.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size, axis=0)


@predict.mistake(
    "wrong-order",
    ko="두 결과의 순서가 바뀌었습니다. `max`는 (값, 자리)를 돌려주지만 여기서는 (digits, confidence), 곧 자리가 먼저입니다.",
    en="The results are in the wrong order. `max` returns (value, place), but here it is (digits, "
    "confidence): the place first.",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size)[::-1]


@predict.mistake(
    "probabilities",
    ko="확신 자리에 클래스마다의 확률 (N, C)를 돌려주었습니다. 고른 숫자의 확률 하나씩만, (N,)입니다.",
    en="All probabilities, (N, C), were returned for the confidence. Only that of the chosen digit is "
    "wanted, (N,).",
)
def _(model, images, batch_size):
    made = small(model).eval()
    with torch.no_grad():
        probabilities = torch.cat([made(part).softmax(1) for part in images.split(batch_size)])
    return probabilities.argmax(1), probabilities


@predict.mistake(
    "digits-only",
    ko="숫자만 돌려주었습니다. (digits, confidence) 둘을 돌려주세요.",
    en="Only the digits were returned. Return two things, (digits, confidence).",
)
def _(model, images, batch_size):
    return answered(model, images, batch_size)[0]


def probabilities(model, images, batch_size, axis=1):
    """What the model says of all images, (N, C); its softmax along an axis of each batch."""
    made = small(model).eval()
    with torch.no_grad():
        return torch.cat([made(part).softmax(axis) for part in images.split(batch_size)])


OVER_THE_BATCH = {m.key: m for m in predict.mistakes}
SOFTMAX = OVER_THE_BATCH["softmax-over-the-batch"]
ARGMAX = OVER_THE_BATCH["argmax-over-the-batch"]


@predict.mistake("softmax-over-the-batch-then-max", ko=SOFTMAX.ko, en=SOFTMAX.en)
def _(model, images, batch_size):
    confidence, digits = probabilities(model, images, batch_size, 0).max(1)
    return digits, confidence


@predict.mistake("max-over-all-images", ko=ARGMAX.ko, en=ARGMAX.en)
def _(model, images, batch_size):
    confidence, digits = probabilities(model, images, batch_size).max(0)
    return digits, confidence


@predict.mistake(
    "percentage",
    ko="확신이 백분율입니다. 0과 1 사이의 확률 그대로 돌려주세요.",
    en="The confidence is a percentage. Return the probability itself, from 0 to 1.",
)
def _(model, images, batch_size):
    confidence, digits = probabilities(model, images, batch_size).max(1)
    return digits, 100 * confidence


@predict.mistake(
    "overflows",
    ko="식은 맞지만 큰 로짓에서 `exp`가 무한대가 되어 NaN이 나옵니다(7장). `logits.softmax(1)`을 쓰세요.",
    en="The formula is right, but with large logits `exp` is infinite and gives NaN (chapter 7). Use "
    "`logits.softmax(1)`.",
)
def _(model, images, batch_size):
    squash = lambda z: z.exp() / z.exp().sum(1, keepdim=True)  # noqa: E731
    return answered(model, images, batch_size, squash=squash)


@predict.mistake(
    "stops-a-batch-early",
    ko="마지막 배치를 빠뜨렸습니다. `range`는 끝을 포함하지 않으니 `len(images) - batch_size`가 아니라 `len(images)`까지입니다: "
    "`range(0, len(images), batch_size)`",
    en="The last batch was left out. A `range` does not include its end, so it goes to `len(images)` and not to "
    "`len(images) - batch_size`: `range(0, len(images), batch_size)`.",
)
def _(model, images, batch_size):
    starts = range(0, len(images) - batch_size, batch_size)
    return answered(model, images, batch_size, slices=[images[i : i + batch_size] for i in starts])


TOO_MANY = {
    "ko": "한 번에 넣은 그림이 `batch_size`보다 많습니다. 그림을 나누지 않았거나, `chunk(n)`(조각 n개로)을 `split(n)`(n장씩)으로 알고 쓴 것입니다.",
    "en": "More images than `batch_size` went in at once. Either they are not split, or by `chunk(n)`, which cuts "
    "*n pieces*; `split(n)` cuts pieces *of n*.",
}


@predict.mistake("all-at-once", **TOO_MANY)
def _(model, images, batch_size):
    return answered(model, images, batch_size, slices=[images])


@predict.mistake("that-many-pieces", **TOO_MANY)
def _(model, images, batch_size):
    return answered(model, images, batch_size, slices=images.chunk(batch_size))


@predict.mistake(
    "steps-of-one",
    ko="조각이 한 장씩만 밀려 겹칩니다. `range(0, len(images), batch_size)`처럼 배치 크기만큼 건너뛰세요.",
    en="The slices move on by a single image and overlap. Go in steps of the batch size: "
    "`range(0, len(images), batch_size)`.",
)
def _(model, images, batch_size):
    slices = [images[i : i + batch_size] for i in range(len(images))]
    return answered(model, images, batch_size, slices=slices)


@predict.mistake(
    "least-likely",
    ko="확률이 가장 *작은* 클래스를 골랐습니다. 가장 큰 것을 고르세요: `argmax`, `max`",
    en="The class of the *smallest* probability was chosen. The largest is wanted: `argmax`, `max`.",
)
def _(model, images, batch_size):
    confidence, digits = probabilities(model, images, batch_size).min(1)
    return digits, confidence


RECORDED = {
    "ko": "예측하는 동안 autograd가 계산을 기록했습니다. 모델을 `with torch.no_grad():` 안에서 부르세요. 기록한 다음 `detach()`하면 늦습니다.",
    "en": "Autograd recorded the predictions. Call the model inside `with torch.no_grad():`; to `detach()` afterwards is "
    "too late.",
}


def recorded(model, images, batch_size):
    made = small(model).eval()
    found = torch.cat([made(part).softmax(1) for part in images.split(batch_size)])
    confidence, digits = found.max(1)
    return digits, confidence


predict.mistake("recorded", **RECORDED)(recorded)


@predict.mistake("recorded-and-detached", **RECORDED)
def _(model, images, batch_size):
    digits, confidence = recorded(model, images, batch_size)
    return digits, confidence.detach()


predict.hints(
    ko=[
        "평가의 세 가지 버릇을 떠올리세요: 평가 모드, 기울기 기록 끄기, 배치로 나누기. 배치마다 나온 것은 모아서 잇습니다.",
        "images.split(batch_size)로 나누고(`chunk`는 조각의 *수*를 받습니다), 로짓을 softmax(1)로 확률로 바꾸어 모두 cat하면 (N, C)입니다. 그것의 max(1)이 (값, 자리)를 줍니다.",
        "`model.eval()`, `with torch.no_grad():` 안에서 "
        "`probabilities = torch.cat([model(part).softmax(1) for part in images.split(batch_size)])`, "
        "`confidence, digits = probabilities.max(1)`, `return digits, confidence`",
    ],
    en=[
        "Think of the three habits of evaluation: evaluation mode, no recording, batches. What comes from "
        "each batch is collected and joined.",
        "Cut with images.split(batch_size) (`chunk` takes the *number* of pieces), turn logits into probabilities by softmax(1), cat them all to "
        "(N, C). Its max(1) gives (value, place).",
        "`model.eval()`, then inside `with torch.no_grad():` "
        "`probabilities = torch.cat([model(part).softmax(1) for part in images.split(batch_size)])`; "
        "`confidence, digits = probabilities.max(1)`, `return digits, confidence`.",
    ],
)
