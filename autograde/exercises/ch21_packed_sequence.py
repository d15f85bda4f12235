"""Exercises of ch21: padding and PackedSequence."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from autograde.exercise import Draw, exercise
from helpers.observe import Case

# The lengths of the notes' batch of ten, and of their small example.
NOTES_LENGTHS = [20, 5, 8, 10, 15, 18, 17, 6, 6, 18]
SMALL_LENGTHS = [6, 5, 4, 2, 1]


def padded(draw, lengths, width, dtype=torch.float32):
    """A padded batch (B, T, width) of noise with zeros after each length."""
    lengths = torch.as_tensor(lengths)
    x = draw.normal(len(lengths), int(lengths.max()), width, dtype=dtype)
    steps = torch.arange(x.shape[1])
    return x.where((steps < lengths[:, None])[..., None], torch.zeros((), dtype=dtype))


def lengths_like(draw, batch, longest):
    """Random lengths from 1 to longest, one of them exactly longest."""
    lengths = draw.integers(1, longest, batch)
    lengths[draw.integer(0, batch - 1)] = longest
    return lengths


def descending(lengths):
    return torch.as_tensor(lengths).sort(descending=True).values


# ---------------------------------------------------------------- pad-batch


@exercise("pad-batch", returns=["batch", "lengths"])
def pad_batch(sequences, pad_id):
    tensors = [torch.tensor(s) for s in sequences]
    batch = nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=pad_id)
    return batch, torch.tensor([len(s) for s in sequences])


@pad_batch.cases
def _(draw):
    yield [[5, 3, 8, 4], [7], [2, 9]], 0
    yield [[4, 0, 6, 1]], 0
    yield [[0, 5], [3]], -1  # 0 is a token, and the pad is below it
    for pad_id in (0, 99):
        lengths = [1, *lengths_like(draw, draw.integer(3, 6), draw.integer(3, 9)).tolist()]
        yield [draw.integers(1, 50, n).tolist() for n in lengths], pad_id


@pad_batch.accepts
def _(sequences, pad_id):
    lengths = torch.tensor(list(map(len, sequences)))
    batch = torch.full((len(sequences), int(lengths.max())), pad_id)
    for row, sequence in zip(batch, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence)
    return batch, lengths


CHANGED = {
    "ko": "결과는 맞지만 부른 쪽의 리스트가 바뀌었습니다. 패딩을 덧붙였다면(원본 노트의 코드가 그렇습니다) 이 셀을 두 번 실행할 때 "
    "모든 길이가 최대 길이가 되어 버립니다. `sequences.sort(…)`로 줄 세웠다면 부른 쪽의 순서가 달라집니다. 새 리스트를 만드세요.",
    "en": "The result is right, but the caller's own lists have changed. If padding was appended, as the code "
    "in the notes does, every length is the maximum on the second run. If it was `sequences.sort(…)`, the "
    "caller's sequences stand in another order. Build new lists.",
}


@pad_batch.mistake("sorts-in-place", **CHANGED)
def _(sequences, pad_id):
    result = pad_batch(sequences, pad_id)
    sequences.sort(key=len, reverse=True)
    return result


@pad_batch.mistake("in-place", **CHANGED)
def _(sequences, pad_id):
    lengths = torch.tensor([len(s) for s in sequences])
    for sequence in sequences:
        sequence += [pad_id] * (int(lengths.max()) - len(sequence))
    return torch.tensor(sequences), lengths


@pad_batch.mistake(
    "in-place-first",
    ko="부른 쪽의 리스트를 그 자리에서 늘린 *다음* 길이를 쟀습니다. 그래서 모든 길이가 최대 길이가 되었고, 원래 "
    "데이터도 망가졌습니다. 길이를 먼저 재고, 새 리스트를 만드세요.",
    en="The caller's own lists were extended, and the lengths measured *afterwards*: all of them "
    "are the maximum, and the data is damaged. Measure first, and build new lists.",
)
def _(sequences, pad_id):
    longest = max(len(s) for s in sequences)
    for sequence in sequences:
        sequence += [pad_id] * (longest - len(sequence))
    return torch.tensor(sequences), torch.tensor([len(s) for s in sequences])


@pad_batch.mistake(
    "lengths-after",
    ko="패딩을 붙인 *뒤*에 길이를 재서 모두 최대 길이가 되었습니다. 길이는 패딩 전에 재야 합니다.",
    en="The lengths were measured *after* padding, so all of them are the maximum. Measure first.",
)
def _(sequences, pad_id):
    batch, _ = pad_batch(sequences, pad_id)
    return batch, torch.full((len(sequences),), batch.shape[1])


@pad_batch.mistake(
    "time-major",
    ko="(T, B)로 돌려주었습니다. 여기서는 시퀀스 하나가 한 줄인 (B, T)입니다. `pad_sequence`를 썼다면 "
    "`batch_first=True`가 필요합니다.",
    en="This is (T, B). Wanted is (B, T), one sequence a row. If you used `pad_sequence`, it needs "
    "`batch_first=True`.",
)
def _(sequences, pad_id):
    batch, lengths = pad_batch(sequences, pad_id)
    return batch.T.contiguous(), lengths


@pad_batch.mistake(
    "pads-left",
    ko="패딩을 앞쪽에 붙였습니다. 여기서는 뒤쪽(오른쪽)에 붙입니다.",
    en="The padding is in front. Here it goes behind (on the right).",
)
def _(sequences, pad_id):
    batch, lengths = pad_batch(sequences, pad_id)
    rows = [[pad_id] * (batch.shape[1] - len(s)) + list(s) for s in sequences]
    return torch.tensor(rows), lengths


@pad_batch.mistake(
    "always-zero",
    ko="pad_id 대신 언제나 0을 채웠습니다. pad_id가 0이 아닐 수도 있습니다.",
    en="It always fills with 0 instead of pad_id, which need not be 0.",
)
def _(sequences, pad_id):
    return pad_batch(sequences, 0)


@pad_batch.mistake(
    "truncates",
    ko="가장 짧은 시퀀스에 맞추어 잘라 버렸습니다. 가장 *긴* 것에 맞추어 채워야 합니다.",
    en="Everything was cut to the shortest sequence. Fill up to the *longest* one.",
)
def _(sequences, pad_id):
    lengths = [len(s) for s in sequences]
    return torch.tensor([s[: min(lengths)] for s in sequences]), torch.tensor(lengths)


COUNTS = {
    "ko": "pad_id가 아닌(또는 0이 아닌) 칸을 세어 길이를 구했습니다. 진짜 토큰이 pad_id나 0일 수도 있고, pad_id가 0이 아닐 수도 있습니다. "
    "리스트마다 `len`을 쓰세요.",
    "en": "The lengths were found by counting cells that are not pad_id, or not 0. A real token may be "
    "either, and pad_id need not be 0: take `len` of each list.",
}


@pad_batch.mistake("counts-tokens", **COUNTS)
def _(sequences, pad_id):
    batch, _ = pad_batch(sequences, pad_id)
    return batch, (batch != pad_id).sum(1)


@pad_batch.mistake("counts-nonzero", **COUNTS)
def _(sequences, pad_id):
    batch, _ = pad_batch(sequences, pad_id)
    return batch, (batch != 0).sum(1)


FIRST_IS_LONGEST = {
    "ko": "T를 첫 시퀀스의 길이로 잡았습니다. 가장 긴 것이 맨 앞에 있다는 보장은 없습니다: `max(len(s) for s in sequences)`",
    "en": "T was taken from the first sequence. Nothing says that the longest comes first: "
    "`max(len(s) for s in sequences)`.",
}


@pad_batch.mistake("first-is-longest", **FIRST_IS_LONGEST)
def _(sequences, pad_id):
    T = len(sequences[0])
    rows = [list(s) + [pad_id] * (T - len(s)) for s in sequences]
    return torch.tensor(rows), torch.tensor([len(s) for s in sequences])


@pad_batch.mistake("first-is-longest-filled", **FIRST_IS_LONGEST)
def _(sequences, pad_id):
    batch = torch.full((len(sequences), len(sequences[0])), pad_id)
    for row, sequence in zip(batch, sequences, strict=True):
        row[: len(sequence)] = torch.tensor(sequence)
    return batch, torch.tensor([len(s) for s in sequences])


@pad_batch.mistake(
    "replaces-zeros",
    ko="0으로 채운 다음 0을 모두 pad_id로 바꾸었습니다. 0이라는 진짜 토큰까지 바뀌었습니다. 처음부터 pad_id로 채우세요.",
    en="It was filled with 0, and then every 0 became pad_id: real tokens of 0 too. Fill with pad_id "
    "from the start.",
)
def _(sequences, pad_id):
    batch, lengths = pad_batch(sequences, 0)
    return torch.where(batch == 0, pad_id, batch), lengths


pad_batch.hints(
    ko=[
        "직사각형 텐서를 만들려면 가장 긴 시퀀스의 길이가 필요합니다. 길이는 아무것도 바꾸기 전에 재 두세요.",
        "결과는 (B, T) 정수 텐서이고 T는 가장 긴 길이입니다. 짧은 줄은 뒤를 pad_id로 채웁니다. 원래 리스트를 "
        "고치는 `+=`나 `append` 대신 새 리스트를 만드세요.",
        "`T = max(len(s) for s in sequences)`, "
        "`rows = [list(s) + [pad_id] * (T - len(s)) for s in sequences]`, "
        "`return torch.tensor(rows), torch.tensor([len(s) for s in sequences])`",
    ],
    en=[
        "A rectangular tensor needs the length of the longest sequence. Note the lengths before "
        "you change anything.",
        "The result is a (B, T) integer tensor with T the longest length; shorter rows are filled "
        "with pad_id at the end. Build new lists: `+=` and `append` change the caller's.",
        "`T = max(len(s) for s in sequences)`, `rows = [list(s) + [pad_id] * (T - len(s)) for s "
        "in sequences]`, `return torch.tensor(rows), torch.tensor([len(s) for s in sequences])`.",
    ],
)


# ---------------------------------------------------------------- last-valid-output


@exercise("last-valid-output", points=2)
def last_valid_output(outputs, lengths):
    return torch.stack([row[:n][-1] for row, n in zip(outputs, lengths.tolist(), strict=True)])


@last_valid_output.cases
def _(draw):
    yield torch.arange(8.0).reshape(2, 4, 1), torch.tensor([3, 1])
    # Batch padded beyond its longest sequence, so that index `length` exists in every row; one of
    # them has more rows than steps.
    for batch, longest, width in ((6, 3, 2), (draw.integer(2, 6), draw.integer(4, 9), 3)):
        lengths = lengths_like(draw, batch, longest).clamp(min=2)
        yield draw.normal(batch, longest + 2, width), lengths
    lengths = torch.tensor(NOTES_LENGTHS)
    yield draw.normal(10, 20, 3), lengths


@last_valid_output.accepts
def _(outputs, lengths):
    index = (lengths - 1).view(-1, 1, 1).expand(-1, 1, outputs.shape[2])
    return outputs.gather(1, index).squeeze(1)


@last_valid_output.mistake(
    "last-step",
    ko="모든 줄에서 마지막 칸 T−1을 꺼냈습니다. 짧은 시퀀스에서 그 칸은 패딩까지 읽은 뒤의 출력입니다. "
    "패딩 뒤의 출력도 0이 아니므로, 0을 찾아서는 가려낼 수 없습니다. 길이를 쓰세요.",
    en="This takes step T−1 of every row. For a short sequence that is the output after the "
    "padding. Outputs after padding are not 0, so only the lengths can tell.",
)
def _(outputs, lengths):
    return outputs[:, -1].clone()


@last_valid_output.mistake(
    "off-by-one",
    ko="한 칸 뒤를 꺼냈습니다. 길이가 n이면 마지막 유효한 칸의 번호는 n − 1입니다.",
    en="One step too far: a sequence of length n ends at index n − 1.",
)
def _(outputs, lengths):
    return outputs[torch.arange(len(outputs)), lengths]


@last_valid_output.mistake(
    "one-too-early",
    ko="한 칸 앞을 꺼냈습니다. 길이가 n이면 마지막 유효한 칸의 번호는 n − 2가 아니라 n − 1입니다.",
    en="One step too early: a sequence of length n ends at index n − 1, not n − 2.",
)
def _(outputs, lengths):
    return outputs[torch.arange(len(outputs)), lengths - 2]


@last_valid_output.mistake(
    "every-row",
    ko="`outputs[:, lengths - 1]`은 *모든* 줄에서 *모든* 칸을 꺼내 (B, B, H)가 됩니다. 줄 번호와 칸 번호를 "
    "짝지어야 합니다.",
    en="`outputs[:, lengths - 1]` takes *every* step from *every* row, (B, B, H). Pair each row "
    "number with its own step.",
)
def _(outputs, lengths):
    return outputs[:, lengths - 1]


@last_valid_output.mistake(
    "mean",
    ko="유효한 칸의 평균을 냈습니다. 필요한 것은 마지막 유효한 칸 하나입니다.",
    en="That is the mean over the valid steps. Wanted is the last valid step alone.",
)
def _(outputs, lengths):
    rows = zip(outputs, lengths.tolist(), strict=True)
    return torch.stack([row[:n].mean(0) for row, n in rows])


last_valid_output.hints(
    ko=[
        "줄마다 꺼낼 칸이 다릅니다. 0번 줄에서는 몇 번째 칸, 1번 줄에서는 몇 번째 칸인지 종이에 적어 보세요.",
        "길이가 n인 줄에서는 n − 1번 칸입니다. 인덱스 텐서 두 개(줄 번호와 칸 번호, 둘 다 (B,))를 함께 주면 "
        "PyTorch가 짝을 지어 (B, H)를 돌려줍니다.",
        "`rows = torch.arange(len(outputs))`, `return outputs[rows, lengths - 1]`",
    ],
    en=[
        "Every row needs another step. Write down which step for row 0, which for row 1.",
        "In a row of length n it is step n − 1. Give PyTorch two index tensors, row numbers and "
        "step numbers, both (B,): it pairs them up and returns (B, H).",
        "`rows = torch.arange(len(outputs))`, `return outputs[rows, lengths - 1]`.",
    ],
)


# ---------------------------------------------------------------- sort-by-length


@exercise("sort-by-length", returns=["sorted_x", "sorted_lengths", "order"])
def sort_by_length(x, lengths):
    order = sorted(range(len(x)), key=lambda i: -int(lengths[i]))  # stable by definition
    order = torch.tensor(order)
    return torch.stack([x[i] for i in order]), torch.stack([lengths[i] for i in order]), order


@sort_by_length.cases
def _(draw):
    yield torch.arange(6).reshape(3, 2), torch.tensor([1, 2, 1])
    yield draw.integers(1, 99, 10, 20), torch.tensor(NOTES_LENGTHS)
    for _ in range(2):
        batch, longest = draw.integer(5, 8), draw.integer(3, 5)
        lengths = lengths_like(draw, batch, longest)
        lengths[:3] = torch.tensor([1, 3, 1])  # a tie, and not descending already
        yield draw.integers(1, 99, batch, longest), lengths
    yield draw.normal(4, 5, 2), torch.tensor([2, 3, 1, 3])  # padded further than the longest
    yield draw.integers(1, 99, 1, 4), torch.tensor([3])  # one alone
    # Up to 16 rows torch's ordinary sort happens to keep ties in order; beyond, it does not.
    yield draw.integers(1, 99, 40, 3), draw.integers(1, 3, 40)


@sort_by_length.accepts
def _(x, lengths):
    order = (-lengths).argsort(stable=True)
    return x[order], lengths[order], order


@sort_by_length.mistake(
    "ascending",
    ko="오름차순으로 정렬했습니다. 긴 것부터 와야 매 시점에 살아 있는 줄이 앞쪽에 모입니다.",
    en="Sorted ascending. The longest must come first, so that the sequences still alive are "
    "always the first rows.",
)
def _(x, lengths):
    order = lengths.argsort(stable=True)
    return x[order], lengths[order], order


@sort_by_length.mistake(
    "forgets-x",
    ko="길이만 정렬하고 x의 줄은 그대로 두었습니다. 길이와 줄의 짝이 어긋납니다.",
    en="Only the lengths are sorted; the rows of x stay, and no longer match their lengths.",
)
def _(x, lengths):
    order = (-lengths).argsort(stable=True)
    return x.clone(), lengths[order], order


FLIPPED = {
    "ko": "길이가 같은 줄끼리 순서가 뒤집혔습니다(오름차순 정렬을 거꾸로 뒤집으면 이렇게 됩니다). "
    "`sort(descending=True, stable=True)`를 쓰면 원래 순서가 지켜집니다.",
    "en": "Rows of equal length come out in reverse order (as they do when an ascending sort is "
    "flipped). `sort(descending=True, stable=True)` keeps their order.",
}


@sort_by_length.mistake("flipped", **FLIPPED)
def _(x, lengths):
    order = lengths.argsort(stable=True).flip(0)
    return x[order], lengths[order], order


@sort_by_length.mistake(
    "inverse-order",
    ko="order 자리에 그 역순열을 돌려주었습니다. order[0]은 가장 긴 줄의 *원래* 번호여야 합니다.",
    en="In place of order you returned its inverse. order[0] is the *original* number of the "
    "longest row.",
)
def _(x, lengths):
    order = (-lengths).argsort(stable=True)
    return x[order], lengths[order], order.argsort()


UNSTABLE = {
    "ko": "길이가 같은 줄의 순서가 바뀌었습니다. `stable=True`가 없으면 작은 배치에서 우연히 지켜질 뿐입니다.",
    "en": "Rows of equal length have changed their order. Without `stable=True` the sort keeps it "
    "only by chance, on small batches.",
}


@sort_by_length.mistake("unstable", **UNSTABLE)
def _(x, lengths):
    sorted_lengths, order = lengths.sort(descending=True)
    return x[order], sorted_lengths, order


@sort_by_length.mistake("unstable-negative", **UNSTABLE)
def _(x, lengths):
    order = (-lengths).argsort()
    return x[order], lengths[order], order


sort_by_length.hints(
    ko=[
        "정렬된 값뿐 아니라 '각 줄이 원래 몇 번 줄이었는지'도 필요합니다. 텐서의 sort는 둘 다 돌려줍니다.",
        "sort는 (값, 원래 번호)를 돌려줍니다. 그 번호로 x의 줄도 같은 순서로 꺼냅니다: x[order]. 길이가 같을 때 "
        "원래 순서를 지키려면 stable=True가 필요합니다. 작은 배치에서는 없어도 우연히 맞을 수 있습니다.",
        "`sorted_lengths, order = lengths.sort(descending=True, stable=True)`, "
        "`return x[order], sorted_lengths, order`",
    ],
    en=[
        "You need not only the sorted values but also where each row came from. A tensor's sort "
        "gives both.",
        "sort returns (values, original numbers). Use those numbers to take the rows of x in the "
        "same order: x[order]. stable=True keeps equal lengths in their order; without it, small batches may come "
        "out right by chance.",
        "`sorted_lengths, order = lengths.sort(descending=True, stable=True)`, "
        "`return x[order], sorted_lengths, order`.",
    ],
)


# ---------------------------------------------------------------- unsort


@exercise("unsort")
def unsort(sorted_x, order):
    x = torch.empty_like(sorted_x)
    for place, original in enumerate(order.tolist()):
        x[original] = sorted_x[place]
    return x


@unsort.cases
def _(draw):
    yield torch.tensor([[10.0, 11.0], [20.0, 21.0], [30.0, 31.0]]), torch.tensor([2, 0, 1])
    yield draw.normal(10, 2), torch.tensor([0, 5, 9, 6, 4, 3, 2, 7, 8, 1])
    yield torch.tensor([7, 9, 8, 5]), torch.tensor([1, 2, 3, 0])
    for n in (draw.integer(4, 6), draw.integer(7, 12)):
        yield draw.normal(n, 3, 2), draw.permutation(n)


@unsort.accepts
def _(sorted_x, order):
    x = torch.empty_like(sorted_x)
    x[order] = sorted_x
    return x


@unsort.mistake(
    "order-again",
    ko="order를 한 번 더 적용했습니다. 섞는 순열을 두 번 적용해도 원래대로 돌아오지 않습니다. 역순열이 필요합니다.",
    en="This applies order a second time. Shuffling twice does not undo a shuffle: you need the "
    "inverse permutation.",
)
def _(sorted_x, order):
    return sorted_x[order]


@unsort.mistake(
    "the-inverse-itself",
    ko="역순열까지는 구했습니다. 그것으로 sorted_x의 줄을 꺼내 돌려주세요.",
    en="That is the inverse permutation itself. Use it to take the rows of sorted_x.",
)
def _(sorted_x, order):
    return order.argsort()


@unsort.mistake(
    "flipped",
    ko="줄을 거꾸로 뒤집었습니다. 뒤집기는 정렬의 역이 아닙니다.",
    en="The rows are flipped. Flipping is not the inverse of sorting.",
)
def _(sorted_x, order):
    return sorted_x.flip(0)


@unsort.mistake(
    "not-unsorted",
    ko="아직 정렬된 순서 그대로입니다.",
    en="The rows are still in sorted order.",
)
def _(sorted_x, order):
    return sorted_x.clone()


unsort.hints(
    ko=[
        "order = [2, 0, 1]이면 정렬된 0번 줄은 원래 2번 줄이었습니다. 그러면 원래 0번 줄은 지금 어디에 있나요?",
        "역순열은 '원래 i번 줄이 지금 몇 번째인가'입니다. order를 다시 argsort하면 나옵니다.",
        "`inverse = order.argsort()`, `return sorted_x[inverse]`",
    ],
    en=[
        "With order = [2, 0, 1], sorted row 0 was originally row 2. So where is original row 0 now?",
        "The inverse permutation says at which place original row i stands now. An argsort of "
        "order gives it.",
        "`inverse = order.argsort()`, `return sorted_x[inverse]`.",
    ],
)


# ---------------------------------------------------------------- batch-sizes


@exercise("batch-sizes")
def batch_sizes(lengths):
    x = torch.zeros(len(lengths), int(lengths.max()), 1)
    return pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False).batch_sizes


@batch_sizes.cases
def _(draw):
    yield (torch.tensor(SMALL_LENGTHS),)
    yield (torch.tensor(NOTES_LENGTHS),)
    yield (torch.tensor([4]),)
    yield (torch.tensor([2, 5, 3]),)
    for _ in range(2):
        yield (lengths_like(draw, draw.integer(2, 9), draw.integer(3, 12)),)


@batch_sizes.accepts
def _(lengths):
    alive = torch.arange(int(lengths.max()))[:, None] < lengths
    return alive.sum(1)


@batch_sizes.mistake(
    "off-by-one",
    ko="비교가 한 칸 어긋났습니다. 시점 t(0부터)에 살아 있으려면 길이가 t *보다 커야* 합니다(길이 > t).",
    en="The comparison is off by one: a sequence is alive at step t (from 0) if its length is "
    "*greater than* t.",
)
def _(lengths):
    return torch.stack([(lengths >= t).sum() for t in range(int(lengths.max()))])


@batch_sizes.mistake(
    "counts-finished",
    ko="살아 있는 것이 아니라 이미 끝난 것을 세었습니다.",
    en="This counts the sequences that have ended, not those still alive.",
)
def _(lengths):
    return torch.stack([(lengths <= t).sum() for t in range(int(lengths.max()))])


@batch_sizes.mistake(
    "just-lengths",
    ko="길이를 그대로 돌려주었습니다. 길이는 줄마다 하나(B개), batch_sizes는 시점마다 하나(T개)입니다. "
    "그림을 가로로 세느냐 세로로 세느냐의 차이입니다.",
    en="These are the lengths: one per sequence (B of them). batch_sizes has one per step (T of "
    "them): count the picture by columns instead of rows.",
)
def _(lengths):
    return descending(lengths)


@batch_sizes.mistake(
    "just-lengths-unsorted",
    ko="길이를 그대로 돌려주었습니다. 길이는 줄마다 하나(B개), batch_sizes는 시점마다 하나(T개)입니다. "
    "그림을 가로로 세느냐 세로로 세느냐의 차이입니다.",
    en="These are the lengths: one per sequence (B of them). batch_sizes has one per step (T of "
    "them): count the picture by columns instead of rows.",
)
def _(lengths):
    return lengths.clone()


@batch_sizes.mistake(
    "one-step-too-many",
    ko="시점이 하나 많습니다. 마지막 수가 언제나 0입니다. 시점은 0부터 max(lengths) − 1까지, 모두 max(lengths)개입니다.",
    en="One step too many: the last entry is always 0. Steps run from 0 to max(lengths) − 1, so "
    "there are max(lengths) of them.",
)
def _(lengths):
    return torch.stack([(lengths > t).sum() for t in range(int(lengths.max()) + 1)])


@batch_sizes.mistake(
    "one-too-strict",
    ko="비교가 한 칸 어긋나 시퀀스가 한 시점 일찍 빠집니다. 시점 t에 살아 있다는 것은 길이 > t입니다.",
    en="The comparison is off by one: sequences drop out a step too early. Alive at step t means "
    "length > t.",
)
def _(lengths):
    return torch.stack([(lengths > t + 1).sum() for t in range(int(lengths.max()))])


@batch_sizes.mistake(
    "first-is-longest",
    ko="`lengths[0]`을 가장 긴 길이로 여겼습니다. 여기서는 길이가 정렬되어 있지 않을 수 있습니다. "
    "`lengths.max()`를 쓰세요.",
    en="`lengths[0]` was taken for the longest. The lengths may come unsorted here: use "
    "`lengths.max()`.",
)
def _(lengths):
    return torch.stack([(lengths > t).sum() for t in range(int(lengths[0]))])


@batch_sizes.mistake(
    "ends-only",
    ko="그 시점에 *정확히* 끝나는 시퀀스만 세었습니다. 아직 끝나지 않은 것을 모두 세어야 합니다.",
    en="This counts the sequences that end *exactly* there. Count all that have not ended yet.",
)
def _(lengths):
    return torch.stack([(lengths == t + 1).sum() for t in range(int(lengths.max()))])


batch_sizes.hints(
    ko=[
        "그림에서 열 하나를 골라 진한 칸을 세어 보세요. 그 수가 그 시점의 batch size입니다.",
        "시점 t에 살아 있다 ⇔ 길이 > t. t는 0부터 max(lengths) − 1까지입니다.",
        "`T = int(lengths.max())`, `return torch.stack([(lengths > t).sum() for t in range(T)])`",
    ],
    en=[
        "Pick a column of the picture and count its dark cells: that is the batch size of "
        "that step.",
        "Alive at step t means length > t, for t from 0 to max(lengths) − 1.",
        "`T = int(lengths.max())`, `return torch.stack([(lengths > t).sum() for t in range(T)])`.",
    ],
)


# ---------------------------------------------------------------- pack


PACKING = ("pack_padded_sequence", "pack_sequence", "PackedSequence")


@exercise("pack", points=3, forbids=PACKING, returns=["data", "sizes", "order"])
def pack(x, lengths):
    # torch breaks ties in its own way; the exercise keeps equal lengths in their order.
    order = lengths.sort(descending=True, stable=True).indices
    packed = pack_padded_sequence(x[order], lengths[order], batch_first=True)
    return packed.data, packed.batch_sizes, order


def pack_rows(x, sizes):
    return torch.cat([x[:n, t] for t, n in enumerate(sizes.tolist())])


@pack.cases
def _(draw):
    yield torch.tensor([[[4.0], [0.0], [0.0]], [[1.0], [0.0], [3.0]]]), torch.tensor([1, 3])
    yield padded(draw, SMALL_LENGTHS, 1), torch.tensor(SMALL_LENGTHS)
    yield padded(draw, NOTES_LENGTHS, 2), torch.tensor(NOTES_LENGTHS)
    yield padded(draw, [3], 2), torch.tensor([3])  # one alone
    lengths = lengths_like(draw, draw.integer(5, 8), draw.integer(4, 8))
    lengths[:3] = torch.tensor([1, 3, 2])
    yield padded(draw, lengths, 3), lengths
    # Beyond 16 rows torch's ordinary sort does not keep ties in order.
    lengths = lengths_like(draw, 40, 3)
    yield padded(draw, lengths, 1), lengths


@pack.accepts
def _(x, lengths):
    order = sorted(range(len(x)), key=lambda i: -int(lengths[i]))
    rows, sizes = [], []
    for t in range(int(lengths.max())):
        alive = [i for i in order if lengths[i] > t]
        rows += [x[i, t] for i in alive]
        sizes.append(len(alive))
    return torch.stack(rows), torch.tensor(sizes), torch.tensor(order)


@pack.mistake(
    "batch-major",
    ko="시퀀스를 하나씩 통째로 이어 붙였습니다. RNN은 시점마다 모두를 한꺼번에 처리하므로, 시점 0의 모든 줄, 시점 "
    "1의 모든 줄, … 순서로 놓아야 합니다.",
    en="This joins whole sequences one after the other. The RNN handles all sequences at one step "
    "together: put all rows of step 0 first, then all rows of step 1, and so on.",
)
def _(x, lengths):
    _, sizes, order = pack(x, lengths)
    return torch.cat([x[i, : lengths[i]] for i in order]), sizes, order


@pack.mistake(
    "not-sorted",
    ko="길이순으로 정렬하지 않고 앞에서부터 batch_sizes[t]줄을 꺼냈습니다. 짧은 줄이 앞에 있으면 그 줄의 패딩이 "
    "들어가고 긴 줄의 내용이 빠집니다.",
    en="Without sorting by length, the first batch_sizes[t] rows are not those still alive: "
    "padding of short rows gets in, and content of long ones is lost.",
)
def _(x, lengths):
    sizes = pack(x, lengths)[1]
    return pack_rows(x, sizes), sizes, torch.arange(len(x))


@pack.mistake(
    "order-without-sorting",
    ko="order는 구했지만 x의 줄은 정렬하지 않은 채 앞에서부터 꺼냈습니다. 짧은 줄이 앞에 있으면 그 줄의 패딩이 들어가고 "
    "긴 줄의 내용이 빠집니다. `x[order]`에서 꺼내세요.",
    en="order is right, but the rows were taken from the unsorted x: padding of short rows gets in, "
    "and content of long ones is lost. Take them from `x[order]`.",
)
def _(x, lengths):
    _, sizes, order = pack(x, lengths)
    return pack_rows(x, sizes), sizes, order


@pack.mistake(
    "lengths-for-sizes",
    ko="둘째 값으로 정렬된 길이를 돌려주었습니다. 시점마다 살아 있는 줄의 수(T개)여야 합니다.",
    en="The second value is the sorted lengths. It must be the number of rows alive at each step "
    "(T of them).",
)
def _(x, lengths):
    data, _, order = pack(x, lengths)
    return data, lengths[order], order


@pack.mistake(
    "inverse-order",
    ko="order 자리에 그 역순열을 돌려주었습니다. order[0]은 가장 긴 줄의 *원래* 번호여야 합니다.",
    en="In place of order you returned its inverse. order[0] is the *original* number of the "
    "longest row.",
)
def _(x, lengths):
    data, sizes, order = pack(x, lengths)
    return data, sizes, order.argsort()


@pack.mistake(
    "keeps-padding",
    ko="시점 순서는 맞지만 패딩까지 모두 넣었습니다(B × T줄). 시점마다 살아 있는 줄만 넣으세요.",
    en="The order by step is right, but the padding is still there (B × T rows). At each step take "
    "only the rows still alive.",
)
def _(x, lengths):
    _, sizes, order = pack(x, lengths)
    return x[order].transpose(0, 1).reshape(-1, x.shape[2]), sizes, order


@pack.mistake(
    "drops-zeros",
    ko="값이 0인 칸을 패딩으로 여기고 버렸습니다. 진짜 데이터도 0일 수 있습니다. 패딩은 길이로만 알 수 있습니다.",
    en="Cells that are zero were dropped as padding. Real data can be zero as well; only the "
    "lengths tell what is padding.",
)
def _(x, lengths):
    _, sizes, order = pack(x, lengths)
    flat = x[order].transpose(0, 1).reshape(-1, x.shape[2])
    return flat[(flat != 0).any(1)], sizes, order


@pack.mistake("flipped", **FLIPPED)
def _(x, lengths):
    order = lengths.argsort(stable=True).flip(0)
    sizes = pack(x, lengths)[1]
    return pack_rows(x[order], sizes), sizes, order


@pack.mistake(
    "alive-in-the-original-order",
    ko="시점마다 살아 있는 줄은 맞지만 *원래* 순서로 놓았습니다. 긴 것부터 놓아야 합니다. x와 lengths를 먼저 정렬하세요.",
    en="At each step these are the rows alive, but in their *original* order. The longest come first: sort x "
    "and lengths before.",
)
def _(x, lengths):
    _, sizes, order = pack(x, lengths)
    return torch.cat([x[lengths > t, t] for t in range(len(sizes))]), sizes, order


@pack.mistake("unstable", **UNSTABLE)
def _(x, lengths):
    order = lengths.argsort(descending=True)
    sizes = pack(x, lengths)[1]
    return pack_rows(x[order], sizes), sizes, order


@pack.mistake("unstable-negative", **UNSTABLE)
def _(x, lengths):
    order = (-lengths).argsort()
    sizes = pack(x, lengths)[1]
    return pack_rows(x[order], sizes), sizes, order


pack.hints(
    ko=[
        "그림을 위에서 아래로, 그다음 왼쪽에서 오른쪽으로 읽으세요. 먼저 줄을 긴 것부터 세워야 열마다 살아 있는 줄이 "
        "위에 모입니다.",
        "sort_by_length로 정렬하고 batch_sizes를 구한 뒤, 시점 t마다 정렬된 x의 앞 batch_sizes[t]줄의 t번 칸을 "
        "꺼내 차례로 이어 붙입니다. 결과는 (길이의 합, D)입니다.",
        "`x, lengths, order = sort_by_length(x, lengths)`, `sizes = batch_sizes(lengths)`, "
        "`data = torch.cat([x[:n, t] for t, n in enumerate(sizes.tolist())])`",
    ],
    en=[
        "Read the picture from top to bottom, then left to right. Stack the longest rows on top "
        "first, so that in each column the rows still alive are at the top.",
        "Sort with sort_by_length, get batch_sizes, and at each step t take step t of the first "
        "batch_sizes[t] sorted rows; join them in order: (sum of lengths, D).",
        "`x, lengths, order = sort_by_length(x, lengths)`, `sizes = batch_sizes(lengths)`, "
        "`data = torch.cat([x[:n, t] for t, n in enumerate(sizes.tolist())])`.",
    ],
)


# ---------------------------------------------------------------- unpack


@exercise(
    "unpack",
    points=2,
    forbids=["pad_packed_sequence", "PackedSequence"],
    returns=["x", "lengths"],
)
def unpack(data, sizes):
    return pad_packed_sequence(PackedSequence(data, sizes), batch_first=True)


@unpack.cases
def _(draw):
    yield torch.tensor([[1.0], [4.0], [2.0], [3.0]]), torch.tensor([2, 1, 1])
    for lengths, dtype in (
        (descending(SMALL_LENGTHS), torch.float32),
        (descending(NOTES_LENGTHS), torch.float64),
        (descending(lengths_like(draw, draw.integer(2, 6), draw.integer(3, 8))), torch.float32),
    ):
        x = draw.normal(len(lengths), int(lengths[0]), 2, dtype=dtype)
        x[0, -1] = 0.0  # a real step that happens to be all zeros
        yield tuple(pack_padded_sequence(x, lengths, batch_first=True)[:2])


@unpack.accepts
def _(data, sizes):
    steps = data.split(sizes.tolist())
    most = int(sizes[0])
    filled = [F.pad(step, (0, 0, 0, most - len(step))) for step in steps]
    lengths = (sizes[None, :] > torch.arange(most)[:, None]).sum(1)
    return torch.stack(filled, 1), lengths


@unpack.accepts
def _(data, sizes):
    lengths = batch_sizes(sizes)  # counting the same picture the other way
    x = data.new_zeros(len(sizes), int(sizes[0]), data.shape[1])
    x[torch.arange(int(sizes[0])) < sizes[:, None]] = data
    return x.transpose(0, 1), lengths


@unpack.mistake(
    "sizes-for-lengths",
    ko="lengths 자리에 시점마다의 수(sizes)를 돌려주었습니다. 하나는 시점마다, 다른 하나는 줄마다 센 것입니다. 같은 "
    "그림을 반대 방향으로 다시 세세요.",
    en="The sizes stand where the lengths belong. One counts per step, the other per sequence: "
    "count the same picture the other way.",
)
def _(data, sizes):
    return unpack(data, sizes)[0], sizes.clone()


@unpack.mistake(
    "lengths-by-value",
    ko="값이 0이 아닌 칸을 세어 길이를 구했습니다. 진짜 데이터도 0일 수 있습니다. 길이는 sizes만으로 알 수 있습니다.",
    en="The lengths were found by counting cells that are not 0. Real data may be 0 as well; the "
    "sizes alone tell the lengths.",
)
def _(data, sizes):
    x, _ = unpack(data, sizes)
    return x, (x != 0).any(2).sum(1)


@unpack.mistake(
    "always-float32",
    ko="결과의 자료형이 언제나 float32입니다. `torch.zeros(…, dtype=data.dtype)`으로 data의 자료형을 따르세요.",
    en="The result is always float32. Follow the data: `torch.zeros(…, dtype=data.dtype)`.",
)
def _(data, sizes):
    x, lengths = unpack(data, sizes)
    return x.float(), lengths


@unpack.mistake(
    "time-major",
    ko="(T, B, D)로 돌려주었습니다. 여기서는 (B, T, D)입니다.",
    en="This is (T, B, D); wanted is (B, T, D).",
)
def _(data, sizes):
    x, lengths = unpack(data, sizes)
    return x.transpose(0, 1).contiguous(), lengths


@unpack.mistake(
    "batch-major",
    ko="data를 시퀀스별로 이어진 것으로 읽었습니다. data는 시점별로 이어져 있습니다.",
    en="data was read as one sequence after the other. It is laid out step after step.",
)
def _(data, sizes):
    x, lengths = unpack(data, sizes)
    x = torch.zeros_like(x)
    start = 0
    for row, n in enumerate(lengths.tolist()):
        x[row, :n] = data[start : start + n]
        start += n
    return x, lengths


@unpack.mistake(
    "start-stuck",
    ko="시점마다 data의 맨 앞을 다시 읽었습니다. 읽은 줄 수만큼 시작 위치를 옮기세요(`start += n`).",
    en="Every step reads the front of data again. Move the start by the rows just read "
    "(`start += n`).",
)
def _(data, sizes):
    x, lengths = unpack(data, sizes)
    x = torch.zeros_like(x)
    for t, n in enumerate(sizes.tolist()):
        x[:n, t] = data[:n]
    return x, lengths


@unpack.mistake(
    "repeats-last",
    ko="끝난 줄을 0으로 채우지 않고 마지막 값을 되풀이했습니다.",
    en="Finished rows repeat their last value instead of being filled with 0.",
)
def _(data, sizes):
    x, lengths = unpack(data, sizes)
    for row, n in enumerate(lengths.tolist()):
        x[row, n:] = x[row, n - 1]
    return x, lengths


@unpack.mistake(
    "start-not-added",
    ko="`start = n`은 시작 위치를 방금 읽은 줄 수로 되돌립니다. 읽은 만큼 더해 옮기세요: `start += n`",
    en="`start = n` puts the start back to the number of rows just read. Add them up: `start += n`.",
)
def _(data, sizes):
    x, lengths = unpack(data, sizes)
    x = torch.zeros_like(x)
    start = 0
    for t, n in enumerate(sizes.tolist()):
        x[:n, t] = data[start : start + n]
        start = n
    return x, lengths


@unpack.mistake(
    "lengths-off-by-one",
    ko="길이를 구하는 비교가 한 칸 어긋났습니다(`sizes >= row`). row번 줄(0부터)이 살아 있는 시점에서는 sizes가 row보다 "
    "*큽니다*: `sizes > row`",
    en="The comparison for the lengths is off by one (`sizes >= row`). Row number `row`, from 0, is "
    "alive where sizes is *greater*: `sizes > row`.",
)
def _(data, sizes):
    x, lengths = unpack(data, sizes)
    return x, (sizes >= torch.arange(len(lengths))[:, None]).sum(1)


unpack.hints(
    ko=[
        "pack을 거꾸로 합니다. data에서 처음 sizes[0]줄은 시점 0, 다음 sizes[1]줄은 시점 1입니다.",
        "0으로 채운 (B, T, D)를 만들고(B = sizes[0], T = len(sizes)), 시점마다 앞 n줄에 채워 넣으세요. 길이는 '내 줄 "
        "번호보다 큰 수가 sizes에 몇 개인가'입니다.",
        "`x = torch.zeros(B, T, data.shape[1], dtype=data.dtype)`; `start`를 옮겨 가며 `x[:n, t] = "
        "data[start : start + n]`; `lengths = torch.stack([(sizes > row).sum() for row in range(B)])`",
    ],
    en=[
        "Do pack backwards: the first sizes[0] rows of data are step 0, the next sizes[1] are step "
        "1.",
        "Make a (B, T, D) of zeros (B = sizes[0], T = len(sizes)) and fill the first n rows of "
        "each step. A row's length is how many of the sizes are greater than its number.",
        "`x = torch.zeros(B, T, data.shape[1], dtype=data.dtype)`; moving `start` along, `x[:n, t] "
        "= data[start : start + n]`; `lengths = torch.stack([(sizes > row).sum() for row in "
        "range(B)])`.",
    ],
)


# ---------------------------------------------------------------- packed-rnn


@exercise(
    "packed-rnn",
    points=3,
    forbids=["nn.RNN", "nn.RNNCell", "PackedSequence"],
    returns=["outputs", "h_n"],
)
def packed_rnn(data, sizes, W_ih, W_hh, b):
    rnn = nn.RNN(W_ih.shape[1], W_ih.shape[0], dtype=data.dtype)
    zero = torch.zeros_like(b)
    weights = {"weight_ih_l0": W_ih, "weight_hh_l0": W_hh, "bias_ih_l0": b, "bias_hh_l0": zero}
    rnn.load_state_dict(weights)
    with torch.no_grad():
        outputs, h_n = rnn(PackedSequence(data, sizes))
    return outputs.data, h_n[0]


def run_packed(data, sizes, W_ih, W_hh, b, carry=True, activation=torch.tanh):
    h = data.new_zeros(int(sizes[0]), W_hh.shape[0])
    outputs, finished, start = [], [], 0
    for n in sizes.tolist():
        finished.append(h[n:])
        before = h[:n] if carry else torch.zeros_like(h[:n])
        h = activation(data[start : start + n] @ W_ih.T + before @ W_hh.T + b)
        outputs.append(h)
        start += n
    return torch.cat(outputs), h, finished


@packed_rnn.cases
def _(draw):
    double = torch.float64
    for lengths, width, hidden in (
        (torch.tensor([3, 2]), 1, 2),
        (torch.tensor([3]), 2, 3),  # one alone
        (descending(SMALL_LENGTHS), 2, 3),
        (descending(NOTES_LENGTHS), 3, 4),
        (descending(lengths_like(draw, draw.integer(3, 6), draw.integer(4, 7))), 2, 2),
    ):
        x = draw.normal(len(lengths), int(lengths[0]), width, dtype=double)
        data, sizes = pack_padded_sequence(x, lengths, batch_first=True)[:2]
        W_ih, W_hh = (
            draw.normal(hidden, width, dtype=double),
            draw.normal(hidden, hidden, dtype=double),
        )
        yield data, sizes, W_ih, W_hh, draw.normal(hidden, dtype=double)


@packed_rnn.accepts
def _(data, sizes, W_ih, W_hh, b):
    h_n = data.new_zeros(int(sizes[0]), len(b))
    outputs = []
    for step in data.split(sizes.tolist()):
        n = len(step)
        h_n = h_n.clone()
        h_n[:n] = torch.tanh(step @ W_ih.T + h_n[:n] @ W_hh.T + b)
        outputs.append(h_n[:n])
    return torch.cat(outputs), h_n


@packed_rnn.mistake(
    "steps-finished",
    ko="끝난 시퀀스의 상태(hidden state)도 입력 0으로 계속 갱신했습니다. 끝난 줄의 h는 그대로 두어야 합니다.",
    en="Finished sequences go on being updated, with input 0. Their hidden state must stay as it is.",
)
def _(data, sizes, W_ih, W_hh, b):
    h = data.new_zeros(int(sizes[0]), len(b))
    outputs = []
    for step in data.split(sizes.tolist()):
        x = F.pad(step, (0, 0, 0, len(h) - len(step)))
        h = torch.tanh(x @ W_ih.T + h @ W_hh.T + b)
        outputs.append(h[: len(step)])
    return torch.cat(outputs), h


@packed_rnn.mistake(
    "order-of-finishing",
    ko="h_n을 *끝난 순서*로 이어 붙였습니다. 가장 짧은 것이 먼저 끝나므로 순서가 뒤집힙니다. h_n의 0번 줄은 가장 긴 "
    "시퀀스(0번)의 것이어야 합니다.",
    en="h_n is joined in the order of *finishing*. The shortest ends first, so the order is "
    "reversed: row 0 of h_n belongs to the longest sequence, number 0.",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, h, finished = run_packed(data, sizes, W_ih, W_hh, b)
    return outputs, torch.cat([*finished, h])


@packed_rnn.mistake(
    "only-survivors",
    ko="마지막 시점까지 살아남은 시퀀스의 h만 돌려주었습니다. 먼저 끝난 시퀀스의 마지막 h도 간직해 두어야 합니다.",
    en="Only the sequences alive at the last step are in h_n. Keep the last state of those that "
    "ended earlier as well.",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, h, _ = run_packed(data, sizes, W_ih, W_hh, b)
    return outputs, h


@packed_rnn.mistake(
    "not-carried",
    ko="매 시점 상태를 0에서 다시 시작했습니다. 앞 시점의 h를 이어받아야 기억이 생깁니다. "
    "아니면 `h[:n] @ W_hh.T` 항이 빠졌나요?",
    en="The hidden state restarts from 0 at every step. It is carrying h along that makes memory. "
    "Or is the term `h[:n] @ W_hh.T` missing?",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, h, finished = run_packed(data, sizes, W_ih, W_hh, b, carry=False)
    return outputs, torch.cat([h, *finished[::-1]])


@packed_rnn.mistake(
    "overwritten-views",
    ko="outputs에 `h[:n]`을 넣었습니다. 그것은 복사본이 아니라 h를 들여다보는 창(view)이라서, 다음 시점에 h를 고치면 "
    "이미 넣은 출력까지 바뀝니다. 새로 계산한 텐서를 따로 두고 그것을 넣으세요.",
    en="You appended `h[:n]`. That is not a copy but a view of h, so when the next step changes h, "
    "the outputs already stored change as well. Keep the newly computed tensor and append that.",
)
def _(data, sizes, W_ih, W_hh, b):
    h = data.new_zeros(int(sizes[0]), len(b))
    outputs = []
    for step in data.split(sizes.tolist()):
        n = len(step)
        h[:n] = torch.tanh(step @ W_ih.T + h[:n] @ W_hh.T + b)
        outputs.append(h[:n])
    return torch.cat(outputs), h


@packed_rnn.mistake(
    "W_hh-not-transposed",
    ko="W_hh를 전치하지 않고 곱했습니다. x가 가로줄이므로 `h[:n] @ W_hh.T`입니다. W_hh는 정사각형이라 오류도 나지 "
    "않습니다.",
    en="W_hh is not transposed. States are rows, so it is `h[:n] @ W_hh.T`. W_hh is square, so no "
    "error tells you.",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, h, finished = run_packed(data, sizes, W_ih, W_hh.T, b)
    return outputs, torch.cat([h, *finished[::-1]])


@packed_rnn.mistake(
    "forgets-bias",
    ko="b를 더하지 않았습니다.",
    en="The bias b is not added.",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, h, finished = run_packed(data, sizes, W_ih, W_hh, torch.zeros_like(b))
    return outputs, torch.cat([h, *finished[::-1]])


@packed_rnn.mistake(
    "outputs-everyone",
    ko="시점마다 h 전체를 outputs에 넣었습니다. 그 시점에 살아 있는 n줄만 넣어야 data와 같은 (N, H)가 됩니다.",
    en="The whole h goes into outputs at every step. Append only the n rows alive at that step, so "
    "that outputs has (N, H) rows like data.",
)
def _(data, sizes, W_ih, W_hh, b):
    h = data.new_zeros(int(sizes[0]), len(b))
    outputs = []
    for step in data.split(sizes.tolist()):
        n = len(step)
        h = torch.cat([torch.tanh(step @ W_ih.T + h[:n] @ W_hh.T + b), h[n:]])
        outputs.append(h)
    return torch.cat(outputs), h


@packed_rnn.mistake(
    "erases-finished",
    ko="끝난 줄의 상태를 0으로 지웠습니다. 얼어붙은 채 남아 있어야 h_n에서 쓸 수 있습니다.",
    en="The state of finished sequences is set to 0. It must stay frozen, to be there in h_n.",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, h, _ = run_packed(data, sizes, W_ih, W_hh, b)
    return outputs, F.pad(h, (0, 0, 0, int(sizes[0]) - len(h)))


@packed_rnn.mistake(
    "never-updated",
    ko="h를 한 번도 고치지 않았습니다. 그래서 매 시점이 0에서 출발하고 h_n도 0입니다. 새 상태를 h에 다시 넣으세요.",
    en="h is never updated, so every step starts from 0 and h_n is 0. Put the new state back into "
    "h.",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, _, _ = run_packed(data, sizes, W_ih, W_hh, b, carry=False)
    return outputs, data.new_zeros(int(sizes[0]), len(b))


@packed_rnn.mistake(
    "frozen-first",
    ko="h를 다시 이어 붙일 때 순서가 바뀌었습니다. 살아 있는 줄이 앞, 끝난 줄이 뒤입니다: `torch.cat([new, h[n:]])`.",
    en="h is joined in the wrong order. The rows alive come first, the finished ones after: "
    "`torch.cat([new, h[n:]])`.",
)
def _(data, sizes, W_ih, W_hh, b):
    h = data.new_zeros(int(sizes[0]), len(b))
    outputs = []
    for step in data.split(sizes.tolist()):
        n = len(step)
        new = torch.tanh(step @ W_ih.T + h[:n] @ W_hh.T + b)
        outputs.append(new)
        h = torch.cat([h[n:], new])
    return torch.cat(outputs), h


@packed_rnn.mistake(
    "no-tanh",
    ko="tanh가 빠졌습니다.",
    en="The tanh is missing.",
)
def _(data, sizes, W_ih, W_hh, b):
    outputs, h, finished = run_packed(data, sizes, W_ih, W_hh, b, activation=lambda z: z)
    return outputs, torch.cat([h, *finished[::-1]])


packed_rnn.hints(
    ko=[
        "살아 있는 줄은 언제나 앞쪽 n줄입니다. 시점마다 앞 n줄의 h만 갱신하고 나머지는 건드리지 않으면 됩니다.",
        "시점의 입력은 (n, D), 그때의 h는 h[:n]으로 (n, H). tanh(x @ W_ih.T + h[:n] @ W_hh.T + b)가 새 h[:n]이고 그 "
        "시점의 출력입니다. 끝난 줄 h[n:]은 그대로 남아 h_n이 됩니다.",
        "`for step in data.split(sizes.tolist()):` 안에서 `n = len(step)`, `new = torch.tanh(step @ W_ih.T + "
        "h[:n] @ W_hh.T + b)`, `outputs.append(new)`, `h = torch.cat([new, h[n:]])`",
    ],
    en=[
        "The rows still alive are always the first n. Update only the first n rows of h at each "
        "step and leave the others alone.",
        "A step's input is (n, D), its state h[:n] is (n, H). tanh(x @ W_ih.T + h[:n] @ W_hh.T + "
        "b) is both the new h[:n] and the output of that step. Finished rows h[n:] simply stay "
        "and end up in h_n.",
        "Inside `for step in data.split(sizes.tolist()):` write `n = len(step)`, `new = "
        "torch.tanh(step @ W_ih.T + h[:n] @ W_hh.T + b)`, `outputs.append(new)`, `h = "
        "torch.cat([new, h[n:]])`.",
    ],
)


# ---------------------------------------------------------------- masked-loss


@exercise("masked-loss", points=2)
def masked_loss(logits, targets, lengths):
    kept = [
        F.cross_entropy(row[:n], target[:n], reduction="none")
        for row, target, n in zip(logits, targets, lengths.tolist(), strict=True)
    ]
    return torch.cat(kept).mean()


def token_losses(logits, targets):
    return F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")


def mask_of(targets, lengths):
    return torch.arange(targets.shape[1]) < lengths[:, None]


@masked_loss.cases
def _(draw):
    yield draw.normal(2, 3, 2), torch.tensor([[0, 1, 1], [1, 0, 0]]), torch.tensor([3, 1])
    for batch, longest, classes in ((3, 4, 3), (draw.integer(3, 6), draw.integer(5, 8), 5)):
        lengths = lengths_like(draw, batch, longest)
        lengths[:2] = torch.tensor([1, longest])
        targets = draw.integers(0, classes - 1, batch, longest)
        targets[:, 0] = 0  # class 0 is a real class, not only the pad
        yield draw.normal(batch, longest, classes), targets * mask_of(targets, lengths), lengths
    # Valid tokens whose losses are exactly 0, and 900, in a batch padded beyond its longest sequence.
    logits, lengths = Draw(21).normal(3, 5, 2, dtype=torch.float64), torch.tensor([2, 3, 1])
    logits[0, 1] = torch.tensor([900.0, -900.0])
    logits[1, 0] = torch.tensor([0.0, 900.0])
    targets = torch.tensor([[1, 0, 1, 0, 1], [0, 1, 1, 1, 0], [1, 1, 0, 0, 1]])
    yield Case((logits.requires_grad_(), targets, lengths), slopes=True)


@masked_loss.accepts
def _(logits, targets, lengths):
    mask = mask_of(targets, lengths)
    return F.cross_entropy(logits[mask], targets[mask])


@masked_loss.accepts
def _(logits, targets, lengths):
    mask = mask_of(targets, lengths)
    return (token_losses(logits, targets) * mask).sum() / mask.sum()


@masked_loss.mistake(
    "counts-padding",
    ko="패딩 칸의 손실까지 평균에 넣었습니다. 모델은 패딩을 맞히는 법을 배우게 됩니다.",
    en="The padding's losses are in the mean. The model would learn to predict padding.",
)
def _(logits, targets, lengths):
    return token_losses(logits, targets).mean()


@masked_loss.mistake(
    "divides-by-all",
    ko="패딩을 0으로 만들었지만 B × T로 나누었습니다. 유효한 토큰의 수로 나누어야 합니다. 그러지 않으면 패딩이 많은 "
    "배치일수록 손실이 작아 보입니다.",
    en="Padding is zeroed, but the sum is divided by B × T. Divide by the number of valid tokens, "
    "or a batch with much padding looks better than it is.",
)
def _(logits, targets, lengths):
    return (token_losses(logits, targets) * mask_of(targets, lengths)).mean()


@masked_loss.mistake(
    "mean-of-means",
    ko="시퀀스마다 평균을 낸 뒤 다시 평균을 냈습니다. 짧은 시퀀스의 토큰이 긴 시퀀스의 토큰보다 무겁게 "
    "계산됩니다.",
    en="This averages the averages of the sequences. A token of a short sequence then weighs more "
    "than one of a long sequence.",
)
def _(logits, targets, lengths):
    kept = token_losses(logits, targets) * mask_of(targets, lengths)
    return (kept.sum(1) / lengths).mean()


@masked_loss.mistake(
    "mask-by-zero",
    ko="정답이 0인 칸을 모두 패딩으로 보았습니다. 여기서 0은 진짜 클래스이기도 합니다. 패딩은 lengths로 가려내세요.",
    en="Every target of 0 was taken for padding. Here 0 is a real class as well: let the lengths "
    "tell what is padding.",
)
def _(logits, targets, lengths):
    kept = token_losses(logits, targets)[targets != 0]
    return kept.sum() / max(len(kept), 1)


@masked_loss.mistake(
    "mask-one-too-many",
    ko="마스크가 한 칸 깁니다. 칸 번호는 0부터이므로 유효한 칸은 t < 길이입니다(`<=`가 아니라 `<`).",
    en="The mask is one step too long. Steps count from 0, so valid means t < length (`<`, not "
    "`<=`).",
)
def _(logits, targets, lengths):
    mask = torch.arange(targets.shape[1]) <= lengths[:, None]
    return F.cross_entropy(logits[mask], targets[mask])


@masked_loss.mistake(
    "softmax-twice",
    ko="로짓에 softmax를 먼저 씌웠습니다. `F.cross_entropy`는 안에서 softmax를 하므로 두 번 한 셈입니다.",
    en="A softmax was put on the logits first. `F.cross_entropy` does it inside, so it is done "
    "twice.",
)
def _(logits, targets, lengths):
    mask = mask_of(targets, lengths)
    return F.cross_entropy(logits[mask].softmax(1), targets[mask])


@masked_loss.mistake(
    "divides-by-batch",
    ko="유효한 손실의 합을 시퀀스 수 B로 나누었습니다. 유효한 *토큰*의 수로 나누어야 합니다.",
    en="The sum of the valid losses is divided by the number of sequences B. Divide by the number "
    "of valid *tokens*.",
)
def _(logits, targets, lengths):
    return (token_losses(logits, targets) * mask_of(targets, lengths)).sum() / len(targets)


@masked_loss.mistake(
    "sum",
    ko="유효한 토큰의 손실을 더하기만 했습니다. 평균이 필요합니다.",
    en="The valid losses are summed. Wanted is their mean.",
)
def _(logits, targets, lengths):
    return (token_losses(logits, targets) * mask_of(targets, lengths)).sum()


@masked_loss.mistake(
    "mask-by-loss",
    ko="손실이 0인 칸을 패딩으로 보았습니다. 모델이 확신하는 유효한 토큰의 손실도 0일 수 있습니다. 길이로 세세요.",
    en="Losses of 0 were taken for padding. A valid token of which the model is certain has a loss "
    "of 0 as well; count by the lengths.",
)
def _(logits, targets, lengths):
    kept = token_losses(logits, targets) * mask_of(targets, lengths)
    return kept[kept != 0].mean()


@masked_loss.mistake(
    "steps-from-lengths",
    ko="T를 `lengths.max()`에서 얻었습니다. 배치는 그보다 길게 패딩되어 있을 수 있습니다. T는 `targets.shape[1]`입니다.",
    en="T was taken from `lengths.max()`. A batch may be padded further than that: T is "
    "`targets.shape[1]`.",
)
def _(logits, targets, lengths):
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    return F.cross_entropy(logits[mask], targets[mask])


@masked_loss.mistake(
    "reshaped",
    ko="`reshape`는 `transpose`가 아니어서 클래스와 시점이 뒤섞입니다. `logits.transpose(1, 2)`를 쓰세요.",
    en="`reshape` is not `transpose`: it mixes classes and steps. Use `logits.transpose(1, 2)`.",
)
def _(logits, targets, lengths):
    B, T, C = logits.shape
    losses = F.cross_entropy(logits.reshape(B, C, T), targets, reduction="none")
    return losses[mask_of(targets, lengths)].mean()


@masked_loss.mistake(
    "divides-by-steps",
    ko="유효한 손실의 합을 시점의 수 T로 나누었습니다. 유효한 *토큰*의 수로 나누어야 합니다.",
    en="The sum of the valid losses is divided by the number of steps T. Divide by the number of valid "
    "*tokens*.",
)
def _(logits, targets, lengths):
    return (token_losses(logits, targets) * mask_of(targets, lengths)).sum() / targets.shape[1]


@masked_loss.mistake(
    "mean-of-steps",
    ko="시점마다 평균을 낸 뒤 다시 평균을 냈습니다. 살아 있는 줄이 적은 뒤쪽 시점의 토큰이 더 무겁게 계산되고, 아무도 살아 있지 않은 시점에서는 0/0 = NaN이 됩니다.",
    en="This averages the averages of the steps. A token of a late step, where few rows are alive, then weighs "
    "more than others, and a step where none is gives 0/0 = NaN.",
)
def _(logits, targets, lengths):
    mask = mask_of(targets, lengths)
    return ((token_losses(logits, targets) * mask).sum(0) / mask.sum(0)).mean()


OVERFLOWS = {
    "ko": "로짓이 크면 `exp`가 무한대가 되거나 확률이 0이 되어, 손실이 NaN이나 무한대가 됩니다(7장). `F.cross_entropy`나 `log_softmax`를 쓰세요.",
    "en": "With large logits `exp` is infinite, or a probability 0, and the loss is NaN or infinite (chapter 7). "
    "Use `F.cross_entropy` or `log_softmax`.",
}


def loss_of(probabilities, targets):
    return -probabilities.gather(1, targets[:, None]).log().mean()


@masked_loss.mistake("overflows", **OVERFLOWS)
def _(logits, targets, lengths):
    mask = mask_of(targets, lengths)
    exps = logits[mask].exp()
    return loss_of(exps / exps.sum(1, keepdim=True), targets[mask])


@masked_loss.mistake("logarithm-of-zero", **OVERFLOWS)
def _(logits, targets, lengths):
    mask = mask_of(targets, lengths)
    return loss_of(logits[mask].softmax(1), targets[mask])


@masked_loss.mistake(
    "cut-off",
    ko="값은 맞지만 손실이 자동 미분에서 끊겨(`.item()`, `detach()`, `torch.no_grad()`, `torch.tensor(…)`) 모델이 배우지 못합니다. "
    "텐서 그대로 계산하세요.",
    en="The value is right, but the loss is cut off from autograd (`.item()`, `detach()`, `torch.no_grad()`, "
    "`torch.tensor(…)`), and no model can learn from it. Keep to tensors all the way.",
)
def _(logits, targets, lengths):
    return masked_loss(logits, targets, lengths).detach()


masked_loss.hints(
    ko=[
        "유효한 칸만 고른 다음 평균을 내세요. 칸을 먼저 골라도 되고, 토큰마다의 손실을 "
        '`F.cross_entropy(..., reduction="none")`으로 구한 다음 골라도 됩니다.',
        "유효한 칸의 표(mask)는 (B, T)이고, 칸 번호 t < lengths일 때 참입니다: torch.arange(T) < lengths[:, None].",
        "`mask = torch.arange(T) < lengths[:, None]`, `return F.cross_entropy(logits[mask], targets[mask])` — "
        "불리언 인덱스는 유효한 칸만 (토큰 수, C)로 골라 줍니다.",
    ],
    en=[
        "Pick the valid cells, then average. You may pick the cells first, or get each token's "
        'loss with `F.cross_entropy(..., reduction="none")` and pick among those.',
        "The mask of valid cells is (B, T), true where step t < length: torch.arange(T) < "
        "lengths[:, None].",
        "`mask = torch.arange(T) < lengths[:, None]`, `return F.cross_entropy(logits[mask], "
        "targets[mask])`: a boolean index picks the valid cells as (tokens, C).",
    ],
)
