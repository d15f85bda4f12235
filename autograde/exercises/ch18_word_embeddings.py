"""Exercises of ch18: Word2Vec and GloVe.

V words have vectors of D numbers in two tables: W_in (V, D) for a word that predicts, W_out (V, D)
for a word that is predicted.
"""

import math

import torch
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64
WORDS = [
    "국물",
    "이",
    "정말",
    "진하다",
    "고기",
    "도",
    "맛있다",
    "직원",
    "친절하다",
    "다시",
    "가다",
    "싶다",
    "집",
    "밥",
    "김치",
    "좋다",
]


def sentence(draw, length, distinct=False):
    """A list of words; unless they are to be distinct, some come twice."""
    order = draw.permutation(len(WORDS)).tolist()
    if distinct:
        return [WORDS[k] for k in order[:length]]
    return [WORDS[order[draw.integer(0, max(2, length // 2))]] for _ in range(length)]


def tables(draw, V, D, dtype=DOUBLE, size=1.0):
    """W_in and W_out, each (V, D)."""
    return size * draw.normal(V, D, dtype=dtype), size * draw.normal(V, D, dtype=dtype)


# ---------------------------------------------------------------- cbow-pairs


@exercise("cbow-pairs", points=2)
def cbow_pairs(tokens, window, keep_edges):
    # Pads the sentence with a mark on both sides and takes every stretch of 2 window + 1.
    mark, side = object(), [None] * window
    padded = [mark if t is None else t for t in (*side, *tokens, *side)]
    pairs = []
    for start in range(len(tokens)):
        stretch = padded[start : start + 2 * window + 1]
        centre = stretch.pop(window)
        real = [t for t in stretch if t is not mark]
        if real and (keep_edges or len(real) == 2 * window):
            pairs.append((real, centre))
    return pairs


def around(tokens, i, window):
    return tokens[max(0, i - window) : i] + tokens[i + 1 : i + window + 1]


def is_inside(tokens, i, window):
    return i - window >= 0 and i + window < len(tokens)


@cbow_pairs.cases
def _(draw):
    yield ["국물", "이", "정말", "진하다"], 1, True
    yield ["국물", "이", "정말", "진하다"], 1, False
    yield ["고기", "도", "국물", "도", "정말", "맛있다"], 2, True
    yield ["고기", "도", "국물", "도", "정말", "맛있다"], 2, False
    yield ["추천"], 2, True
    yield ["추천"], 2, False
    yield [], 2, True
    yield [0, 3, 0, 3, 0], 1, True  # numbers of words, 0 among them
    yield sentence(draw, draw.integer(6, 9)), 2, True
    yield sentence(draw, draw.integer(8, 11), distinct=True), 3, True
    yield sentence(draw, draw.integer(8, 11)), 3, False
    yield sentence(draw, draw.integer(3, 6), distinct=True), 3, True  # shorter than the window


@cbow_pairs.accepts
def _(tokens, window, keep_edges):
    pairs = []
    for i, centre in enumerate(tokens):
        places = [i + d for d in range(-window, window + 1) if d != 0]
        inside = [j for j in places if 0 <= j < len(tokens)]
        if len(inside) == 0 or (not keep_edges and len(inside) < len(places)):
            continue
        pairs.append([[tokens[j] for j in inside], centre])
    return pairs


@cbow_pairs.mistake(
    "always-drops-the-edges",
    ko="keep_edges가 True인데도 문장 양 끝의 단어를 건너뛰었습니다. 원본 노트가 하는 일입니다. 끝에서는 있는 이웃만으로 짝을 "
    "만드세요.",
    en="The words near the ends of a sentence are skipped although keep_edges is True; so do the notes. "
    "There, make the pair of those neighbours that exist.",
)
def _(tokens, window, keep_edges):
    return [
        (around(tokens, i, window), tokens[i])
        for i in range(len(tokens))
        if is_inside(tokens, i, window)
    ]


@cbow_pairs.mistake(
    "always-keeps-the-edges",
    ko="keep_edges가 False인데도 문장 끝의 짝을 남겼습니다. 그때는 양쪽에 window개의 이웃이 모두 있는 자리만 씁니다.",
    en="Pairs at the ends are kept although keep_edges is False. Then only places with window "
    "neighbours on both sides count.",
)
def _(tokens, window, keep_edges):
    return cbow_pairs.oracle(tokens, window, True)


@cbow_pairs.mistake(
    "edges-the-wrong-way",
    ko="keep_edges의 뜻이 뒤집혔습니다. True일 때 끝의 짝을 남기고 False일 때 버립니다.",
    en="keep_edges is the wrong way round: True keeps the pairs at the ends, False drops them.",
)
def _(tokens, window, keep_edges):
    return cbow_pairs.oracle(tokens, window, not keep_edges)


@cbow_pairs.mistake(
    "centre-among-the-context",
    ko="가운데 단어가 제 문맥에 들어 있습니다. 맞혀야 할 답을 문제에 적어 준 셈입니다. i번은 빼고 왼쪽과 오른쪽을 이으세요.",
    en="The centre word is part of its own context: the answer stands in the question. Join left and "
    "right without place i.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i in range(len(tokens)):
        context = tokens[max(0, i - window) : i + window + 1]
        if len(context) > 1 and (keep_edges or is_inside(tokens, i, window)):
            pairs.append((context, tokens[i]))
    return pairs


@cbow_pairs.mistake(
    "negative-start",
    ko="문장 앞쪽에서 왼쪽 이웃이 사라졌습니다. `tokens[i - window:i]`의 시작이 음수가 되면 파이썬은 *뒤에서부터* 셉니다. "
    "`max(0, i - window)`에서 시작하세요.",
    en="At the beginning of a sentence the left neighbours are gone. When the start of "
    "`tokens[i - window:i]` is negative, Python counts *from the end*. Start at `max(0, i - window)`.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i in range(len(tokens)):
        context = tokens[i - window : i] + tokens[i + 1 : i + window + 1]
        if context and (keep_edges or is_inside(tokens, i, window)):
            pairs.append((context, tokens[i]))
    return pairs


TOO_FEW = {
    "right": {
        "ko": "오른쪽 이웃이 하나 모자랍니다. 조각의 끝은 포함되지 않으므로 `tokens[i + 1:i + window + 1]`입니다.",
        "en": "One neighbour on the right is missing. The end of a slice is left out, so it is "
        "`tokens[i + 1:i + window + 1]`.",
    },
    "left": {
        "ko": "왼쪽 이웃이 하나 모자랍니다. window개를 보려면 `i - window`에서 시작합니다.",
        "en": "One neighbour on the left is missing. To see window of them, start at `i - window`.",
    },
}


@cbow_pairs.mistake("right-end-off-by-one", **TOO_FEW["right"])
def _(tokens, window, keep_edges):
    pairs = []
    for i in range(len(tokens)):
        context = tokens[max(0, i - window) : i] + tokens[i + 1 : i + window]
        if context and (keep_edges or is_inside(tokens, i, window)):
            pairs.append((context, tokens[i]))
    return pairs


@cbow_pairs.mistake("left-start-off-by-one", **TOO_FEW["left"])
def _(tokens, window, keep_edges):
    pairs = []
    for i in range(len(tokens)):
        context = tokens[max(0, i - window + 1) : i] + tokens[i + 1 : i + window + 1]
        if context and (keep_edges or is_inside(tokens, i, window)):
            pairs.append((context, tokens[i]))
    return pairs


TOTAL = {
    "ko": "window를 창 전체의 너비로 썼습니다. 여기서 window는 *한쪽*의 이웃 수이므로 창에는 모두 2 · window + 1개가 들어갑니다.",
    "en": "window was taken for the width of the whole window. Here it is the number of neighbours on "
    "*one side*; the window holds 2 · window + 1 words.",
}


@cbow_pairs.mistake("total-width", **TOTAL)
def _(tokens, window, keep_edges):
    return cbow_pairs.oracle(tokens, window // 2, keep_edges) if window > 1 else []


@cbow_pairs.mistake("total-width-full-by-place", **TOTAL)
def _(tokens, window, keep_edges):
    places = [i for i in range(len(tokens)) if keep_edges or is_inside(tokens, i, window)]
    pairs = [(around(tokens, i, window // 2), tokens[i]) for i in places]
    return [pair for pair in pairs if pair[0]]


@cbow_pairs.mistake("total-width-empty-contexts", **TOTAL)
def _(tokens, window, keep_edges):
    half = window // 2
    places = [i for i in range(len(tokens)) if keep_edges or is_inside(tokens, i, half)]
    return [(around(tokens, i, half), tokens[i]) for i in places]


@cbow_pairs.mistake(
    "last-place-dropped",
    ko="keep_edges가 False일 때 쓸 수 있는 맨 끝 자리 하나를 더 버렸습니다. 마지막 자리는 `len(tokens) - 1`이므로 조건은 "
    "`i + window < len(tokens)`입니다.",
    en="With keep_edges False one usable place at the right end is dropped as well. The last place is "
    "`len(tokens) - 1`, so the condition is `i + window < len(tokens)`.",
)
def _(tokens, window, keep_edges):
    right = cbow_pairs.oracle(tokens, window, keep_edges)
    return right if keep_edges else right[:-1]


@cbow_pairs.mistake(
    "first-place-dropped",
    ko="keep_edges가 False일 때 쓸 수 있는 첫 자리를 버렸습니다. 0번도 이웃입니다: 조건은 `i - window > 0`이 아니라 `>= 0`입니다.",
    en="With keep_edges False the first usable place is dropped. Place 0 is a neighbour, too: the "
    "condition is `i - window >= 0`, not `> 0`.",
)
def _(tokens, window, keep_edges):
    right = cbow_pairs.oracle(tokens, window, keep_edges)
    return right if keep_edges else right[1:]


@cbow_pairs.mistake(
    "swapped",
    ko="짝의 순서가 바뀌었습니다. CBOW는 (문맥, 가운데 단어)입니다. 앞이 입력이고 뒤가 맞힐 답입니다.",
    en="The pairs are the wrong way round. CBOW's are (context, centre): first what goes in, then what "
    "is to be predicted.",
)
def _(tokens, window, keep_edges):
    return [(centre, context) for context, centre in cbow_pairs.oracle(tokens, window, keep_edges)]


@cbow_pairs.mistake(
    "one-word-each",
    ko="이웃 하나마다 짝을 하나씩 만들었습니다. 그것은 skip-gram의 방식입니다. CBOW는 이웃 *모두*의 리스트가 한 입력입니다.",
    en="There is a pair for every single neighbour. That is skip-gram's way; in CBOW the list of *all* "
    "neighbours is one input.",
)
def _(tokens, window, keep_edges):
    right = cbow_pairs.oracle(tokens, window, keep_edges)
    return [(word, centre) for context, centre in right for word in context]


@cbow_pairs.mistake(
    "empty-context",
    ko="한 단어뿐인 문장에서 빈 문맥으로 짝을 만들었습니다. 이웃이 하나도 없으면 볼 것이 없으니 짝도 없습니다.",
    en="A sentence of one word gave a pair with an empty context. With no neighbour there is nothing to "
    "predict from: no pair.",
)
def _(tokens, window, keep_edges):
    return [
        (around(tokens, i, window), tokens[i])
        for i in range(len(tokens))
        if keep_edges or is_inside(tokens, i, window)
    ]


@cbow_pairs.mistake(
    "near-to-far",
    ko="이웃은 다 있지만 순서가 다릅니다. 가까운 것부터가 아니라 문장에 나오는 차례(왼쪽에서 오른쪽)로 담으세요.",
    en="All neighbours are there, but in another order: put them as they stand in the sentence, from "
    "left to right, not nearest first.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i in range(len(tokens)):
        places = [j for d in range(1, window + 1) for j in (i - d, i + d) if 0 <= j < len(tokens)]
        if places and (keep_edges or len(places) == 2 * window):
            pairs.append(([tokens[j] for j in places], tokens[i]))
    return pairs


@cbow_pairs.mistake(
    "first-occurrence",
    ko="같은 단어가 두 번 나오면 앞의 것만 보았습니다. `tokens.index(word)`는 *처음* 나온 자리입니다. 자리 번호는 `enumerate`로 얻으세요.",
    en="Of a word that comes twice only the first place is seen: `tokens.index(word)` is where it stands "
    "*first*. Take places from `enumerate`.",
)
def _(tokens, window, keep_edges):
    places = [tokens.index(word) for word in tokens]
    return [
        (around(tokens, i, window), tokens[i])
        for i in places
        if around(tokens, i, window) and (keep_edges or is_inside(tokens, i, window))
    ]


@cbow_pairs.mistake(
    "compares-words",
    ko="가운데 단어와 *같은 단어*를 모두 문맥에서 뺐습니다. 이웃에 같은 단어가 또 있으면 그것도 이웃입니다. 뺄 것은 자리 i 하나입니다.",
    en="Every word *equal* to the centre is taken out of the context. If the same word stands next to it once "
    "more, that is a neighbour. It is only place i that stays out.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i, centre in enumerate(tokens):
        context = [t for t in around(tokens, i, window) if t != centre]
        if context and (keep_edges or is_inside(tokens, i, window)):
            pairs.append((context, centre))
    return pairs


@cbow_pairs.mistake(
    "removes-by-word",
    ko="`remove(단어)`로 가운데 단어를 뺐습니다. `remove`는 같은 단어 가운데 *맨 앞의 것*을 지우므로, 이웃에 같은 단어가 있으면 순서가 "
    "달라집니다. 왼쪽과 오른쪽의 조각을 이으세요.",
    en="The centre was taken out by `remove(word)`, which deletes the *first* of equal words: with the same word "
    "among the neighbours the order changes. Join the left and the right slice instead.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i, centre in enumerate(tokens):
        context = tokens[max(0, i - window) : i + window + 1]
        context.remove(centre)
        if context and (keep_edges or is_inside(tokens, i, window)):
            pairs.append((context, centre))
    return pairs


@cbow_pairs.mistake(
    "half-full-is-full",
    ko="keep_edges가 False일 때 이웃이 window개인 자리도 남겼습니다. 양쪽을 합쳐 2 · window개가 있어야 합니다.",
    en="With keep_edges False, places with only window neighbours are kept, and others are not. Both sides "
    "together must have 2 · window.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i, centre in enumerate(tokens):
        context = around(tokens, i, window)
        if context and (keep_edges or len(context) == window):
            pairs.append((context, centre))
    return pairs


@cbow_pairs.mistake(
    "last-place-too-many",
    ko="keep_edges가 False일 때 오른쪽 이웃이 하나 모자란 자리까지 남겼습니다. 조건은 `i + window < len(tokens)`입니다. `<=`이면 하나를 "
    "더 갑니다.",
    en="With keep_edges False, a place that lacks one neighbour on the right is kept. The condition is "
    "`i + window < len(tokens)`; `<=` goes one too far.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i, centre in enumerate(tokens):
        context = around(tokens, i, window)
        if context and (keep_edges or (i >= window and i + window <= len(tokens))):
            pairs.append((context, centre))
    return pairs


def with_slices(tokens, window, keep_edges, left=0, right=0, by_length=True):
    """The pairs with more neighbours, or fewer, on a side; fullness by length or by place."""
    pairs = []
    for i, centre in enumerate(tokens):
        context = tokens[max(0, i - window - left) : i] + tokens[i + 1 : i + window + 1 + right]
        full = len(context) == 2 * window if by_length else is_inside(tokens, i, window)
        if context and (keep_edges or full):
            pairs.append((context, centre))
    return pairs


# One too few, where fullness is seen by the length of the context: then no place is full.
@cbow_pairs.mistake("right-end-off-by-one-none-full", **TOO_FEW["right"])
def _(tokens, window, keep_edges):
    return with_slices(tokens, window, keep_edges, right=-1)


@cbow_pairs.mistake("left-start-off-by-one-none-full", **TOO_FEW["left"])
def _(tokens, window, keep_edges):
    return with_slices(tokens, window, keep_edges, left=-1)


TOO_MANY = {
    "right": {
        "ko": "오른쪽 이웃이 하나 많습니다. 조각의 끝은 포함되지 않으므로 `i + window + 1`에서 끝내면 window개입니다.",
        "en": "There is one neighbour too many on the right. The end of a slice is left out: with `i + window + 1` there are "
        "window of them.",
    },
    "left": {
        "ko": "왼쪽 이웃이 하나 많습니다. window개를 보려면 `i - window`에서 시작합니다.",
        "en": "There is one neighbour too many on the left. To see window of them, start at `i - window`.",
    },
}


@cbow_pairs.mistake("right-too-many", **TOO_MANY["right"])
def _(tokens, window, keep_edges):
    return with_slices(tokens, window, keep_edges, right=1)


@cbow_pairs.mistake("right-too-many-by-place", **TOO_MANY["right"])
def _(tokens, window, keep_edges):
    return with_slices(tokens, window, keep_edges, right=1, by_length=False)


@cbow_pairs.mistake("left-too-many", **TOO_MANY["left"])
def _(tokens, window, keep_edges):
    return with_slices(tokens, window, keep_edges, left=1)


@cbow_pairs.mistake("left-too-many-by-place", **TOO_MANY["left"])
def _(tokens, window, keep_edges):
    return with_slices(tokens, window, keep_edges, left=1, by_length=False)


@cbow_pairs.mistake(
    "and-for-or",
    ko="`and`면 keep_edges가 False일 때 아무 짝도 없고, True일 때는 다 찬 자리만 남습니다. keep_edges이거나 *또는* 양쪽이 다 찼을 때이니 `or`입니다.",
    en="With `and` there are no pairs at all when keep_edges is False, and only full places when it is True. It is keep_edges "
    "`or` both sides full.",
)
def _(tokens, window, keep_edges):
    return cbow_pairs.oracle(tokens, window, False) if keep_edges else []


@cbow_pairs.mistake(
    "nothing-is-full",
    ko="keep_edges가 False일 때 짝이 하나도 없습니다. 양쪽이 다 찬 문맥에는 가운데 단어를 빼고 2 · window개가 있습니다.",
    en="There are no pairs when keep_edges is False. A context with both sides full holds 2 · window words: the centre is not "
    "one of them.",
)
def _(tokens, window, keep_edges):
    return cbow_pairs.oracle(tokens, window, True) if keep_edges else []


@cbow_pairs.mistake(
    "nothing-with-the-edges",
    ko="keep_edges가 True일 때 아무 짝도 돌려주지 않았습니다. 그때는 이웃이 하나라도 있는 자리마다 짝이 있습니다.",
    en="Nothing is returned when keep_edges is True. Then there is a pair at every place with at least one neighbour.",
)
def _(tokens, window, keep_edges):
    return [] if keep_edges else cbow_pairs.oracle(tokens, window, False)


@cbow_pairs.mistake(
    "every-place",
    ko="keep_edges도, 이웃이 있는지도 보지 않고 모든 자리에서 짝을 만들었습니다. False일 때는 양쪽이 다 찬 자리만, True일 때는 이웃이 하나라도 있는 "
    "자리만 씁니다.",
    en="There is a pair at every place, whatever keep_edges says and even without a neighbour. False takes only places with "
    "both sides full, True those with at least one neighbour.",
)
def _(tokens, window, keep_edges):
    return [(around(tokens, i, window), centre) for i, centre in enumerate(tokens)]


@cbow_pairs.mistake(
    "first-place-only",
    ko="첫 자리의 짝만 있습니다. `return`이 반복문 안에 있지 않나요?",
    en="Only the pair of the first place is there: is the `return` inside the loop?",
)
def _(tokens, window, keep_edges):
    if not tokens:
        return None
    context = tokens[1 : window + 1]  # the first place is never full
    return [(context, tokens[0])] if context and keep_edges else []


@cbow_pairs.mistake(
    "place-for-the-centre",
    ko="짝의 뒤가 가운데 단어가 아니라 그 *자리 번호*입니다: `tokens[i]`를 담으세요.",
    en="The second of a pair is the *place* of the centre, not the word: append `tokens[i]`.",
)
def _(tokens, window, keep_edges):
    return [
        (around(tokens, i, window), i)
        for i in range(len(tokens))
        if around(tokens, i, window) and (keep_edges or is_inside(tokens, i, window))
    ]


WRAPS = {
    "ko": "문장의 첫머리에서 마지막 단어들이 이웃이 되었습니다. j가 음수면 `tokens[j]`는 뒤에서부터 셉니다. j는 0 이상이고 len(tokens)보다 작아야 "
    "합니다.",
    "en": "At the beginning of a sentence its last words are neighbours. With a negative j, `tokens[j]` counts from the end: "
    "j must be at least 0 and below len(tokens).",
}


def wrapping(tokens, i, window):
    return [tokens[j] for j in range(i - window, min(len(tokens), i + window + 1)) if j != i]


@cbow_pairs.mistake("wraps-around", **WRAPS)
def _(tokens, window, keep_edges):
    pairs = [(wrapping(tokens, i, window), centre) for i, centre in enumerate(tokens)]
    return [pair for pair in pairs if pair[0] and (keep_edges or len(pair[0]) == 2 * window)]


@cbow_pairs.mistake("wraps-around-by-place", **WRAPS)
def _(tokens, window, keep_edges):
    places = [i for i in range(len(tokens)) if keep_edges or is_inside(tokens, i, window)]
    pairs = [(wrapping(tokens, i, window), tokens[i]) for i in places]
    return [pair for pair in pairs if pair[0]]


@cbow_pairs.mistake("wraps-around-everywhere", **WRAPS)  # whatever keep_edges says
def _(tokens, window, keep_edges):
    return [(wrapping(tokens, i, window), centre) for i, centre in enumerate(tokens)]


OFF_THE_END = {
    "ko": "자리 번호가 문장 밖으로 나갑니다. 오른쪽에서는 IndexError가 나고, 왼쪽에서는 음수가 되어 뒤에서부터 셉니다. 0 이상이고 len(tokens)보다 작은 j만 "
    "쓰세요.",
    "en": "The places run out of the sentence: on the right that is an IndexError, on the left a negative number counts from "
    "the end. Only use j from 0 up to, not including, len(tokens).",
}


@cbow_pairs.mistake("runs-off-the-end", **OFF_THE_END)
def _(tokens, window, keep_edges):
    places = [i for i in range(len(tokens)) if keep_edges or is_inside(tokens, i, window)]
    return [
        ([tokens[j] for j in range(i - window, i + window + 1) if j != i], tokens[i])
        for i in places
    ]


@cbow_pairs.mistake("runs-off-the-end-everywhere", **OFF_THE_END)
def _(tokens, window, keep_edges):
    return [
        ([tokens[j] for j in range(i - window, i + window + 1) if j != i], tokens[i])
        for i in range(len(tokens))
    ]


SHORT = {
    "ko": "창의 너비 2 · window + 1보다 짧은 문장에서 짝이 하나도 나오지 않았습니다. keep_edges가 True면 짧은 문장에서도 있는 이웃만으로 짝을 만듭니다.",
    "en": "A sentence shorter than the window, 2 · window + 1, gives no pairs at all. With keep_edges True it does, of those "
    "neighbours there are.",
}


@cbow_pairs.mistake("short-sentence-dropped", **SHORT)
def _(tokens, window, keep_edges):
    return cbow_pairs.oracle(tokens, window, keep_edges) if len(tokens) > 2 * window else []


@cbow_pairs.mistake(
    "a-neighbour-each-is-full",
    ko="keep_edges가 False일 때 양쪽에 이웃이 하나씩만 있어도 남겼습니다. 양쪽에 window개씩 있어야 합니다.",
    en="With keep_edges False, a place with just any neighbour on both sides is kept. There must be window of them on each.",
)
def _(tokens, window, keep_edges):
    pairs = cbow_pairs.oracle(tokens, window, True)
    return pairs if keep_edges else pairs[1:-1]


@cbow_pairs.mistake(
    "both-sides-with-the-edges",
    ko="keep_edges가 True일 때 첫 단어와 마지막 단어가 빠졌습니다. 한쪽에라도 이웃이 있으면 짝을 만듭니다.",
    en="With keep_edges True the first and the last word are missing. A neighbour on one side is enough for a pair.",
)
def _(tokens, window, keep_edges):
    pairs = cbow_pairs.oracle(tokens, window, keep_edges)
    return pairs[1:-1] if keep_edges else pairs


@cbow_pairs.mistake(
    "left-only",
    ko="왼쪽 이웃만 문맥에 담았습니다. 문맥은 가운데 단어의 양쪽에 있습니다. 오른쪽의 조각 `tokens[i + 1:i + window + 1]`도 이으세요.",
    en="The contexts hold the neighbours on the left only. A context lies on both sides of the centre: join the right slice, "
    "`tokens[i + 1:i + window + 1]`, as well.",
)
def _(tokens, window, keep_edges):
    places = [i for i in range(len(tokens)) if keep_edges or is_inside(tokens, i, window)]
    pairs = [(tokens[max(0, i - window) : i], tokens[i]) for i in places]
    return [pair for pair in pairs if pair[0]]


@cbow_pairs.mistake(
    "right-only",
    ko="오른쪽 이웃만 문맥에 담았습니다. 문맥은 가운데 단어의 양쪽에 있습니다. 왼쪽의 조각 `tokens[max(0, i - window):i]`도 이으세요.",
    en="The contexts hold the neighbours on the right only. A context lies on both sides of the centre: join the left slice, "
    "`tokens[max(0, i - window):i]`, as well.",
)
def _(tokens, window, keep_edges):
    places = [i for i in range(len(tokens)) if keep_edges or is_inside(tokens, i, window)]
    pairs = [(tokens[i + 1 : i + window + 1], tokens[i]) for i in places]
    return [pair for pair in pairs if pair[0]]


@cbow_pairs.mistake(
    "one-side-at-the-edges",
    ko="문장의 양 끝 가까이에서 한쪽 이웃만 담았습니다. 이웃이 모자라는 쪽에도 몇 개는 남아 있을 수 있습니다. 어느 자리에서나 양쪽의 조각을 이으세요.",
    en="Near the ends of a sentence only one side's neighbours are taken. The short side, too, may have some: join both slices "
    "at every place.",
)
def _(tokens, window, keep_edges):
    pairs = []
    for i, centre in enumerate(tokens):
        left = tokens[i - window : i] if i >= window else []
        right = tokens[i + 1 : i + window + 1] if i < window or i + window < len(tokens) else []
        if (left or right) and (keep_edges or is_inside(tokens, i, window)):
            pairs.append((left + right, centre))
    return pairs


@cbow_pairs.mistake(
    "always-two",
    ko="window가 언제나 2입니다. 예문에서만 그렇습니다. 인자 window를 쓰세요.",
    en="The window is always 2. That is so in the example only: use the argument window.",
)
def _(tokens, window, keep_edges):
    return cbow_pairs.oracle(tokens, 2, keep_edges)


ZERO_DROPPED = {
    "ko": "0번 단어가 이웃에서 빠졌습니다. `if word`는 0도 거짓으로 봅니다. 빈 자리를 0이나 None으로 채운 다음 걸러 내지 말고, 자리(번호)가 문장 안에 "
    "있는지를 보고 고르세요.",
    "en": "Word number 0 is missing among the neighbours: `if word` takes 0 for false, too. Do not fill places with 0 or "
    "None and filter them out; look at whether the *place* is inside the sentence.",
}


@cbow_pairs.mistake("zero-dropped", **ZERO_DROPPED)
def _(tokens, window, keep_edges):
    pairs = [
        ([w for w in context if w], centre)
        for context, centre in cbow_pairs(tokens, window, keep_edges)
    ]
    return [pair for pair in pairs if pair[0]]


@cbow_pairs.mistake("zero-dropped-empty-contexts-stay", **ZERO_DROPPED)
def _(tokens, window, keep_edges):
    pairs = cbow_pairs(tokens, window, keep_edges)
    return [([w for w in context if w], centre) for context, centre in pairs]


@cbow_pairs.mistake(
    "each-pair-once",
    ko="같은 짝이 두 번 나오면 한 번만 남습니다. 자주 나오는 짝일수록 많이 배워야 하니, 나온 만큼 그대로 두세요.",
    en="A pair that comes twice is kept only once. What comes often has to be learned often: keep every one.",
)
def _(tokens, window, keep_edges):
    kept = []
    for pair in cbow_pairs(tokens, window, keep_edges):
        if pair not in kept:
            kept.append(pair)
    return kept


cbow_pairs.hints(
    ko=[
        "자리 i마다 왼쪽 이웃의 조각과 오른쪽 이웃의 조각을 이어 붙입니다. 가운데 단어는 그 사이에 있으니 빠집니다.",
        "왼쪽은 i − window(음수면 0)부터 i 앞까지, 오른쪽은 i + 1부터 window개입니다. 조각의 끝이 문장을 넘는 것은 파이썬이 "
        "알아서 자릅니다. 양쪽이 다 찼는지는 이어 붙인 문맥의 길이가 2 · window인지로 알 수 있습니다.",
        "`context = tokens[max(0, i - window):i] + tokens[i + 1:i + window + 1]`, 그리고 "
        "`if context and (keep_edges or len(context) == 2 * window):` 일 때만 `(context, tokens[i])`를 담습니다.",
    ],
    en=[
        "At each place i, join the slice of the left neighbours to the slice of the right ones. The centre "
        "stands between them, so it stays out.",
        "Left: from i − window (or 0, if that is negative) up to i; right: window of them from i + 1 on. "
        "Python itself cuts a slice that runs past the end. Both sides are full where the joined context "
        "has length 2 · window.",
        "`context = tokens[max(0, i - window):i] + tokens[i + 1:i + window + 1]`, and only "
        "`if context and (keep_edges or len(context) == 2 * window):` append `(context, tokens[i])`.",
    ],
)


# ---------------------------------------------------------------- skipgram-pairs


@exercise("skipgram-pairs", points=2)
def skipgram_pairs(tokens, window, keep_edges):
    right = cbow_pairs.oracle(tokens, window, keep_edges)
    return [(centre, word) for context, centre in right for word in context]


@skipgram_pairs.cases
def _(draw):
    yield ["국물", "이", "정말", "진하다"], 1, True
    yield ["국물", "이", "정말", "진하다"], 1, False
    yield ["고기", "도", "국물", "도", "정말", "맛있다"], 2, True
    yield ["고기", "도", "국물", "도", "정말", "맛있다"], 2, False
    yield ["정말", "정말", "진하다"], 1, True
    yield ["추천"], 2, True
    yield [], 2, True
    yield [0, 3, 0, 3, 0], 1, True  # numbers of words, 0 among them
    yield sentence(draw, draw.integer(7, 9)), 2, True
    yield sentence(draw, draw.integer(8, 11), distinct=True), 3, True
    yield sentence(draw, draw.integer(8, 11)), 3, False
    yield sentence(draw, draw.integer(3, 6), distinct=True), 3, True  # shorter than the window


@skipgram_pairs.accepts
def _(tokens, window, keep_edges):
    n = len(tokens)
    return [
        [tokens[i], tokens[j]]
        for i in range(n)
        if keep_edges or window <= i < n - window
        for j in range(n)
        if 0 < abs(i - j) <= window
    ]


def every_place(tokens, window, keep_edges, fits):
    """Pairs (tokens[i], tokens[j]) over the window, of those places that fit."""
    n = len(tokens)
    return [
        (tokens[i], tokens[j])
        for i in range(n)
        if keep_edges or is_inside(tokens, i, window)
        for j in range(max(0, i - window), min(n, i + window + 1))
        if fits(i, j)
    ]


@skipgram_pairs.mistake(
    "swapped",
    ko="짝이 (이웃, 가운데 단어)입니다. 원본 노트도 그렇게 적었지만, skip-gram은 가운데 단어를 *보고* 이웃을 맞힙니다: "
    "(가운데 단어, 이웃).",
    en="The pairs are (neighbour, centre). So the notes have it, but skip-gram *sees* the centre and "
    "predicts a neighbour: (centre, neighbour).",
)
def _(tokens, window, keep_edges):
    return [(word, centre) for centre, word in skipgram_pairs.oracle(tokens, window, keep_edges)]


@skipgram_pairs.mistake(
    "always-drops-the-edges",
    ko="keep_edges가 True인데도 문장 양 끝의 단어는 가운데 단어가 되지 못했습니다. 원본 노트가 하는 일입니다. 그런 단어는 한 번도 "
    "학습되지 않습니다.",
    en="The words near the ends never become a centre although keep_edges is True; so do the notes. Such "
    "words are never trained.",
)
def _(tokens, window, keep_edges):
    return skipgram_pairs.oracle(tokens, window, False)


@skipgram_pairs.mistake(
    "always-keeps-the-edges",
    ko="keep_edges가 False인데도 문장 끝의 가운데 단어를 남겼습니다. 그때는 양쪽에 window개의 이웃이 모두 있는 자리만 씁니다.",
    en="Centres at the ends are kept although keep_edges is False. Then only places with window "
    "neighbours on both sides count.",
)
def _(tokens, window, keep_edges):
    return skipgram_pairs.oracle(tokens, window, True)


@skipgram_pairs.mistake(
    "edges-the-wrong-way",
    ko="keep_edges의 뜻이 뒤집혔습니다. True일 때 끝의 짝을 남기고 False일 때 버립니다.",
    en="keep_edges is the wrong way round: True keeps the pairs at the ends, False drops them.",
)
def _(tokens, window, keep_edges):
    return skipgram_pairs.oracle(tokens, window, not keep_edges)


FIRST_WITH_LAST = {
    "ko": "문장의 첫 단어가 마지막 단어와 짝이 되었습니다. j가 음수면 `tokens[j]`는 뒤에서부터 셉니다. j는 0 이상이고 "
    "len(tokens)보다 작아야 합니다.",
    "en": "The first word is paired with the last. With a negative j, `tokens[j]` counts from the end: j "
    "must be at least 0 and below len(tokens).",
}


@skipgram_pairs.mistake("wraps-around", **FIRST_WITH_LAST)
def _(tokens, window, keep_edges):
    n = len(tokens)
    return [
        (tokens[i], tokens[j])
        for i in range(n)
        if keep_edges or is_inside(tokens, i, window)
        for j in range(max(-n, i - window), min(n, i + window + 1))
        if j != i
    ]


@skipgram_pairs.mistake(
    "with-itself",
    ko="단어가 자기 자신과도 짝이 되었습니다. j가 i와 같은 자리는 건너뛰세요.",
    en="Each word is paired with itself, too. Skip the place where j is i.",
)
def _(tokens, window, keep_edges):
    return every_place(tokens, window, keep_edges, lambda i, j: True)


@skipgram_pairs.mistake(
    "compares-words",
    ko="단어를 견주어 건너뛰었습니다. 그러면 같은 단어가 이웃에 또 있을 때 그 짝까지 사라집니다. 단어가 아니라 *자리*를 견주세요: "
    "`j != i`",
    en="Words were compared to skip the centre. Then a pair is lost whenever the same word stands next to "
    "it once more. Compare *places*: `j != i`.",
)
def _(tokens, window, keep_edges):
    return every_place(tokens, window, keep_edges, lambda i, j: tokens[i] != tokens[j])


RIGHT_ONLY = {
    "ko": "오른쪽 이웃만 있습니다. 창은 양쪽으로 열려 있습니다.",
    "en": "Only neighbours on the right are there. The window is open on both sides.",
}


@skipgram_pairs.mistake("right-only", **RIGHT_ONLY)
def _(tokens, window, keep_edges):
    return every_place(tokens, window, keep_edges, lambda i, j: j > i)


@skipgram_pairs.mistake(
    "left-only",
    ko="왼쪽 이웃만 있습니다. 창은 양쪽으로 열려 있습니다.",
    en="Only neighbours on the left are there. The window is open on both sides.",
)
def _(tokens, window, keep_edges):
    return every_place(tokens, window, keep_edges, lambda i, j: j < i)


@skipgram_pairs.mistake(
    "range-off-by-one",
    ko="오른쪽 이웃이 하나 모자랍니다. `range`의 끝은 포함되지 않으므로 `i + window + 1`까지입니다.",
    en="One neighbour on the right is missing. The end of a `range` is left out: go to `i + window + 1`.",
)
def _(tokens, window, keep_edges):
    return every_place(tokens, window, keep_edges, lambda i, j: j != i and j < i + window)


@skipgram_pairs.mistake("total-width", **TOTAL)
def _(tokens, window, keep_edges):
    return skipgram_pairs.oracle(tokens, window // 2, keep_edges) if window > 1 else []


@skipgram_pairs.mistake(
    "all-neighbours-in-one",
    ko="이웃을 모두 한 리스트에 담았습니다. skip-gram의 짝은 하나씩입니다: (가운데 단어, 이웃 *하나*).",
    en="All neighbours are in one list. A pair of skip-gram holds one: (centre, *one* neighbour).",
)
def _(tokens, window, keep_edges):
    return [(centre, context) for context, centre in cbow_pairs.oracle(tokens, window, keep_edges)]


@skipgram_pairs.mistake(
    "no-duplicates",
    ko="같은 짝이 두 번 나오면 하나를 버렸습니다. 자주 만난다는 것이 곧 배울 내용이니 나온 만큼 모두 남기세요.",
    en="A pair that comes twice is kept only once. How often words meet is what there is to learn: keep "
    "them all.",
)
def _(tokens, window, keep_edges):
    return list(dict.fromkeys(skipgram_pairs.oracle(tokens, window, keep_edges)))


@skipgram_pairs.mistake(
    "as-it-was",
    ko="고치기 전 그대로입니다. 잘못 셋이 모두 남아 있습니다: 문장 끝, 단어의 비교, 짝의 순서.",
    en="This is the code as it was. All three mistakes are there: the ends of the sentence, the comparison of "
    "words, the order of the pair.",
)
def _(tokens, window, keep_edges):
    pairs = every_place(tokens, window, False, lambda i, j: tokens[i] != tokens[j])
    return [(word, centre) for centre, word in pairs]


@skipgram_pairs.mistake(
    "edges-and-order-left",
    ko="단어의 비교는 고쳤지만 둘이 남았습니다. keep_edges가 True일 때 문장 끝도 가운데가 되어야 하고, 짝은 (가운데 단어, 이웃)입니다.",
    en="The comparison of words is mended, two are left: with keep_edges True the ends must be centres as well, "
    "and the pair is (centre, neighbour).",
)
def _(tokens, window, keep_edges):
    return [(word, centre) for centre, word in skipgram_pairs.oracle(tokens, window, False)]


@skipgram_pairs.mistake(
    "words-and-order-left",
    ko="문장 끝은 고쳤지만 둘이 남았습니다. 단어가 아니라 자리를 견주고(`j != i`), 짝은 (가운데 단어, 이웃)입니다.",
    en="The ends are mended, two are left: compare places, not words (`j != i`), and the pair is (centre, neighbour).",
)
def _(tokens, window, keep_edges):
    pairs = every_place(tokens, window, keep_edges, lambda i, j: tokens[i] != tokens[j])
    return [(word, centre) for centre, word in pairs]


@skipgram_pairs.mistake(
    "edges-and-words-left",
    ko="순서는 고쳤지만 둘이 남았습니다. keep_edges가 True일 때 문장 끝도 가운데가 되어야 하고, 단어가 아니라 자리를 견줍니다(`j != i`).",
    en="The order is mended, two are left: with keep_edges True the ends must be centres as well, and it is places "
    "that are compared, not words (`j != i`).",
)
def _(tokens, window, keep_edges):
    return every_place(tokens, window, False, lambda i, j: tokens[i] != tokens[j])


@skipgram_pairs.mistake(
    "unpacked-backwards",
    ko="`cbow_pairs`의 짝을 거꾸로 풀었습니다. 그 짝은 (문맥, 가운데 단어)입니다. 거꾸로 풀면 문자열을 한 글자씩 훑게 됩니다.",
    en="The pairs of `cbow_pairs` are unpacked the wrong way round. They are (context, centre); the other way you "
    "walk through a string letter by letter.",
)
def _(tokens, window, keep_edges):
    return [(w, c) for c, text in cbow_pairs.oracle(tokens, window, keep_edges) for w in text]


@skipgram_pairs.mistake("runs-off-the-end", **OFF_THE_END)
def _(tokens, window, keep_edges):
    return [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        if keep_edges or is_inside(tokens, i, window)
        for j in range(i - window, i + window + 1)
        if j != i
    ]


@skipgram_pairs.mistake("runs-off-the-end-everywhere", **OFF_THE_END)
def _(tokens, window, keep_edges):
    return [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        for j in range(i - window, i + window + 1)
        if j != i
    ]


ONE_EACH = {
    "ko": "가운데 단어마다 이웃이 하나뿐입니다. 문맥의 단어마다 짝이 하나씩 있어야 합니다: `append`를 안쪽 반복문 안에 두세요.",
    "en": "Each centre has one neighbour only. There is a pair for every word of the context: put the `append` inside the "
    "inner loop.",
}


@skipgram_pairs.mistake("first-neighbour-only", **ONE_EACH)
def _(tokens, window, keep_edges):
    return [(c, context[0]) for context, c in cbow_pairs.oracle(tokens, window, keep_edges)]


@skipgram_pairs.mistake("last-neighbour-only", **ONE_EACH)
def _(tokens, window, keep_edges):
    return [(c, context[-1]) for context, c in cbow_pairs.oracle(tokens, window, keep_edges)]


@skipgram_pairs.mistake(
    "both-ways",
    ko="짝마다 거꾸로 된 짝도 담아 모두 두 배입니다. (가운데 단어, 이웃)만 담으세요. 거꾸로 된 짝은 이웃이 가운데가 될 때 나옵니다.",
    en="Each pair is there the other way round as well, so all is doubled. Take (centre, neighbour) only; the other one comes "
    "when the neighbour is the centre.",
)
def _(tokens, window, keep_edges):
    right = skipgram_pairs.oracle(tokens, window, keep_edges)
    return [each for a, b in right for each in ((a, b), (b, a))]


@skipgram_pairs.mistake(
    "list-of-lists",
    ko="가운데 단어마다 리스트가 따로 있습니다. 리스트의 리스트가 아니라 짝의 리스트 하나로 펴세요.",
    en="There is a list for every centre. Make one list of pairs of it, not a list of lists.",
)
def _(tokens, window, keep_edges):
    right = cbow_pairs.oracle(tokens, window, keep_edges)
    return [[(centre, word) for word in context] for context, centre in right]


@skipgram_pairs.mistake(
    "places-not-words",
    ko="단어가 아니라 *자리 번호*의 짝입니다: `(tokens[i], tokens[j])`를 담으세요.",
    en="These are pairs of *places*, not of words: append `(tokens[i], tokens[j])`.",
)
def _(tokens, window, keep_edges):
    return skipgram_pairs.oracle(list(range(len(tokens))), window, keep_edges)


@skipgram_pairs.mistake(
    "last-place-too-many",
    ko="keep_edges가 False일 때 오른쪽 이웃이 하나 모자란 자리까지 남겼습니다. 쓸 수 있는 자리는 `i + window < len(tokens)`입니다.",
    en="With keep_edges False, a place that lacks one neighbour on the right is kept. The places to use have "
    "`i + window < len(tokens)`.",
)
def _(tokens, window, keep_edges):
    n = len(tokens)
    return [
        (tokens[i], tokens[j])
        for i in range(n)
        if keep_edges or window <= i <= n - window
        for j in range(max(0, i - window), min(n, i + window + 1))
        if j != i
    ]


@skipgram_pairs.mistake(
    "first-place-dropped",
    ko="keep_edges가 False일 때 쓸 수 있는 첫 자리를 버렸습니다. 0번도 이웃이니 `i - window`는 0이어도 됩니다.",
    en="With keep_edges False the first usable place is dropped. Place 0 is a neighbour, too: `i - window` may be 0.",
)
def _(tokens, window, keep_edges):
    n = len(tokens)
    return [
        (tokens[i], tokens[j])
        for i in range(n)
        if keep_edges or window < i < n - window
        for j in range(max(0, i - window), i + window + 1)
        if j != i and j < n
    ]


@skipgram_pairs.mistake(
    "last-word-never-a-neighbour",
    ko="문장의 마지막 단어가 한 번도 이웃이 되지 못했습니다. `range`의 끝은 포함되지 않으니 len(tokens) − 1이 아니라 len(tokens)에서 자릅니다.",
    en="The last word of the sentence is never a neighbour. The end of a `range` is left out: cut it at len(tokens), not at "
    "len(tokens) − 1.",
)
def _(tokens, window, keep_edges):
    last = len(tokens) - 1
    return every_place(tokens, window, keep_edges, lambda i, j: j != i and j < last)


@skipgram_pairs.mistake("short-sentence-dropped", **SHORT)
def _(tokens, window, keep_edges):
    return skipgram_pairs.oracle(tokens, window, keep_edges) if len(tokens) > 2 * window else []


@skipgram_pairs.mistake("wraps-around-off-the-start", **FIRST_WITH_LAST)
def _(tokens, window, keep_edges):
    return [
        (tokens[i], tokens[j])
        for i in range(len(tokens))
        if keep_edges or is_inside(tokens, i, window)
        for j in range(i - window, min(len(tokens), i + window + 1))
        if j != i
    ]


@skipgram_pairs.mistake("right-only-everywhere", **RIGHT_ONLY)  # whatever keep_edges says
def _(tokens, window, keep_edges):
    return every_place(tokens, window, True, lambda i, j: j > i)


@skipgram_pairs.mistake("zero-dropped", **ZERO_DROPPED)
def _(tokens, window, keep_edges):
    return [pair for pair in skipgram_pairs(tokens, window, keep_edges) if pair[1]]


skipgram_pairs.hints(
    ko=[
        "CBOW의 짝 (문맥, 가운데)가 있으면 거의 다 된 것입니다. 문맥의 단어를 하나씩 꺼내 가운데 단어와 짝지으세요.",
        "바깥 반복은 `cbow_pairs`의 짝, 안쪽 반복은 그 문맥의 단어입니다. 앞이 가운데 단어, 뒤가 이웃입니다.",
        "`for context, centre in cbow_pairs(tokens, window, keep_edges):` 아래에 `for word in context:` 를 두고 "
        "`(centre, word)`를 담습니다.",
    ],
    en=[
        "With CBOW's pairs (context, centre) you are almost there: take the context's words one at a time "
        "and pair each with the centre.",
        "The outer loop goes over the pairs of `cbow_pairs`, the inner one over the words of a context. The "
        "centre comes first, the neighbour second.",
        "Below `for context, centre in cbow_pairs(tokens, window, keep_edges):` put `for word in context:` "
        "and append `(centre, word)`.",
    ],
)


# ---------------------------------------------------------------- cbow-forward


@exercise("cbow-forward", points=2, forbids=["nn.EmbeddingBag", "F.embedding_bag"])
def cbow_forward(contexts, mask, W_in, W_out):
    # torch's own bag of embeddings, with the padding taken out; then one linear layer.
    bags = [row[keep] for row, keep in zip(contexts, mask, strict=True)]
    starts = torch.tensor([0] + [len(bag) for bag in bags[:-1]]).cumsum(0)
    h = F.embedding_bag(torch.cat(bags), W_in, starts, mode="mean")
    return F.linear(h, W_out)


def padded(draw, B, C, V):
    """contexts (B, C) and mask (B, C): the first one to C of each row are real, at least one pad."""
    lengths = draw.integers(1, C, B)
    lengths[draw.integer(0, B - 1)] = draw.integer(1, C - 1)
    mask = torch.arange(C) < lengths[:, None]
    return draw.integers(0, V - 1, B, C) * mask, mask


def cbow_hidden(contexts, mask, W):
    return (W[contexts] * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


@cbow_forward.cases
def _(draw):
    W_in = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]], dtype=DOUBLE)
    W_out = torch.tensor([[1.0, 1.0], [0.0, 1.0], [-1.0, 2.0]], dtype=DOUBLE)
    yield torch.tensor([[1, 2]]), torch.tensor([[True, True]]), W_in, W_out
    yield torch.tensor([[2, 1, 0, 0]]), torch.tensor([[True, True, False, False]]), W_in, W_out
    yield torch.tensor([[0, 2, 1]]), torch.tensor([[True, True, False]]), W_in, W_out
    yield *padded(draw, 3, 4, 6), *tables(draw, 6, 2)
    yield *padded(draw, 4, 4, 4), *tables(draw, 4, 4)
    B, C, V = draw.integer(3, 5), draw.integer(3, 6), draw.integer(5, 8)
    yield *padded(draw, B, C, V), *tables(draw, V, 3)
    grads = [W.requires_grad_() for W in tables(draw, 7, 3, torch.float32)]
    yield Case((*padded(draw, 2, 4, 7), *grads), slopes=True)
    # real neighbours in any places, among numbers that are words as well
    real = F.one_hot(draw.integers(1, 4, 3), 5).bool() | (draw.integers(0, 2, 3, 5) == 0)
    real[0] = torch.tensor([False, True, False, True, True])
    yield draw.integers(0, 6, 3, 5), real, *tables(draw, 7, 2)


@cbow_forward.accepts
def _(contexts, mask, W_in, W_out):
    rows = []
    for words, keep in zip(contexts, mask, strict=True):
        h = sum(W_in[w] for w, k in zip(words.tolist(), keep.tolist(), strict=True) if k) / int(
            keep.sum()
        )
        rows.append(W_out @ h)
    return torch.stack(rows)


@cbow_forward.accepts
def _(contexts, mask, W_in, W_out):
    weights = mask.to(W_in.dtype) / mask.sum(1, keepdim=True)  # (B, C)
    hot = F.one_hot(contexts, len(W_in)).to(W_in.dtype)  # (B, C, V)
    return torch.einsum("bc,bcv,vd,wd->bw", weights, hot, W_in, W_out)


@cbow_forward.mistake(
    "sum",
    ko="이웃의 벡터를 더하기만 했습니다. 원본 노트가 그렇게 합니다. 이웃의 수가 문장마다 다르니 합은 이웃이 많을수록 커집니다. *진짜* "
    "이웃의 수로 나누세요.",
    en="The neighbours' vectors are added up only, as in the notes. The more neighbours a word has, the "
    "larger such a sum: divide by the number of *real* neighbours.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).sum(1) @ W_out.T


@cbow_forward.mistake(
    "divides-by-all-places",
    ko="패딩의 벡터는 빠졌지만, 패딩까지 센 칸 수 C로 나누었습니다. 줄마다 `mask`가 True인 칸의 수로 나누세요.",
    en="The padding's vectors are out, but the sum is divided by C, padding included. Divide each row by "
    "the number of its True places in `mask`.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).mean(1) @ W_out.T


@cbow_forward.mistake(
    "counts-the-padding",
    ko="패딩의 벡터까지 평균에 들어갔습니다. 패딩 칸의 번호도 어떤 단어의 번호입니다. `mask`가 False인 칸을 0으로 만든 뒤 더하세요.",
    en="The padding's vectors are part of the mean. The number in a padded place is the number of some "
    "word: make places where `mask` is False zero before adding up.",
)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts].mean(1) @ W_out.T


@cbow_forward.mistake(
    "padding-over-the-real-count",
    ko="나누는 수는 맞지만, 패딩의 벡터를 빼지 않고 더했습니다. `mask`를 곱한 뒤 더하세요.",
    en="You divide by the right number, but the padding's vectors are in the sum. Multiply by `mask` "
    "before adding up.",
)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts].sum(1) / mask.sum(1, keepdim=True) @ W_out.T


@cbow_forward.mistake(
    "first-word-only",
    ko="첫 이웃 하나만 썼습니다. CBOW의 입력은 이웃 *모두*의 평균입니다.",
    en="Only the first neighbour is used. CBOW's input is the mean of *all* of them.",
)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts[:, 0]] @ W_out.T


@cbow_forward.mistake(
    "over-the-whole-batch",
    ko="진짜 이웃의 수를 줄마다가 아니라 배치 전체에서 세었습니다. `mask.sum(1, keepdim=True)`처럼 줄마다 세세요.",
    en="The real neighbours are counted over the whole batch, not row by row. Count each row: "
    "`mask.sum(1, keepdim=True)`.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).sum(1) / mask.sum() @ W_out.T


@cbow_forward.mistake(
    "softmax",
    ko="소프트맥스까지 씌웠습니다. 설명문이 바라는 것은 로짓입니다. 소프트맥스는 손실이 알아서 씌웁니다(7장의 함정).",
    en="A softmax is applied on top. The docstring asks for logits; the loss takes care of the softmax "
    "(the trap of chapter 7).",
)
def _(contexts, mask, W_in, W_out):
    return (cbow_hidden(contexts, mask, W_in) @ W_out.T).softmax(1)


@cbow_forward.mistake(
    "one-table",
    ko="점수를 매길 때도 W_in을 썼습니다. 보이는 쪽은 W_in, 맞히는 쪽은 W_out입니다.",
    en="W_in is used for the scores, too. What is seen has its vectors in W_in, what is predicted in W_out.",
)
def _(contexts, mask, W_in, W_out):
    return cbow_hidden(contexts, mask, W_in) @ W_in.T


@cbow_forward.mistake(
    "tables-swapped",
    ko="두 표가 서로 바뀌었습니다. 이웃은 W_in에서 꺼내고, 그 평균을 W_out과 견줍니다.",
    en="The two tables are exchanged. Take the neighbours from W_in, and score their mean against W_out.",
)
def _(contexts, mask, W_in, W_out):
    return cbow_hidden(contexts, mask, W_out) @ W_in.T


@cbow_forward.mistake(
    "wrong-axis",
    ko="이웃(축 1)이 아니라 벡터의 성분(축 2)을 평균 냈습니다. 없애야 할 축은 C입니다: (B, C, D)에서 (B, D)로.",
    en="The mean was taken over the components (axis 2), not over the neighbours (axis 1). It is C that "
    "must go: from (B, C, D) to (B, D).",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).sum(2) @ W_out.T


@cbow_forward.mistake(
    "no-scores",
    ko="은닉 벡터 (B, D)까지만 구했습니다. 그것을 W_out의 모든 단어와 내적한 (B, V)가 답입니다.",
    en="This is only the hidden vector, (B, D). Take its dot product with every word of W_out: (B, V).",
)
def _(contexts, mask, W_in, W_out):
    return cbow_hidden(contexts, mask, W_in)


@cbow_forward.mistake(
    "guesses-the-padding",
    ko="번호가 0인 칸을 패딩으로 보았습니다. 0번도 어엿한 단어이고, 채운 번호는 0이 아닐 수도 있습니다. `mask`를 쓰세요.",
    en="Places with the number 0 are taken for padding. Number 0 is a word like any other, and what rows are "
    "filled up with need not be 0: use `mask`.",
)
def _(contexts, mask, W_in, W_out):
    real = contexts != 0
    h = (W_in[contexts] * real[..., None]).sum(1) / real.sum(1, keepdim=True).clamp(min=1)
    return h @ W_out.T


@cbow_forward.mistake(
    "sum-with-padding",
    ko="패딩까지 모두 더했고, 나누지도 않았습니다. `mask`로 진짜 이웃만 남기고, 그 수로 나누세요.",
    en="Everything is added up, padding included, and not divided. Keep the real neighbours by `mask`, and divide "
    "by their number.",
)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts].sum(1) @ W_out.T


@cbow_forward.mistake(
    "last-word-only",
    ko="마지막 칸 하나만 썼습니다. CBOW의 입력은 진짜 이웃 *모두*의 평균입니다.",
    en="Only the last place is used. CBOW's input is the mean of *all* real neighbours.",
)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts[:, -1]] @ W_out.T


@cbow_forward.mistake(
    "log-softmax",
    ko="로그 소프트맥스까지 씌웠습니다. 설명문이 바라는 것은 로짓입니다. 나머지는 손실이 합니다.",
    en="A log softmax is applied on top. The docstring asks for logits; the loss does the rest.",
)
def _(contexts, mask, W_in, W_out):
    return (cbow_hidden(contexts, mask, W_in) @ W_out.T).log_softmax(1)


@cbow_forward.mistake(
    "no-transpose",
    ko="W_out을 전치하지 않고 곱했습니다. (B, D)와 (V, D)를 곱하려면 (D, V)로 돌려야 합니다: `W_out.T`",
    en="W_out is multiplied without being transposed. To multiply (B, D) with (V, D), turn it into (D, V): `W_out.T`.",
)
def _(contexts, mask, W_in, W_out):
    return cbow_hidden(contexts, mask, W_in) @ W_out


@cbow_forward.mistake(
    "no-keepdim",
    ko="줄마다 나눌 수가 (B,)라서 (B, D)의 *열*에 맞추어집니다. `keepdim=True`로 (B, 1)을 만드세요.",
    en="The numbers to divide by are (B,), and line up with the *columns* of (B, D). Make them (B, 1) by `keepdim=True`.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).sum(1) / mask.sum(1) @ W_out.T


@cbow_forward.mistake(
    "mask-without-an-axis",
    ko="`mask` (B, C)를 (B, C, D)에 그대로 곱했습니다. 브로드캐스팅은 오른쪽부터 맞추므로 축이 어긋납니다. `mask[:, :, None]`으로 "
    "(B, C, 1)을 만드세요.",
    en="`mask`, (B, C), multiplies (B, C, D) as it is. Broadcasting aligns from the right, so the axes do not match: "
    "make it (B, C, 1) by `mask[:, :, None]`.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask).sum(1) / mask.sum(1, keepdim=True) @ W_out.T


WRONG_WAY = {
    "ko": "마스크가 뒤집혔습니다. True가 *진짜* 이웃이므로 0으로 지울 것은 `~mask`입니다.",
    "en": "The mask is the wrong way round. True marks *real* neighbours, so what is to be blanked is `~mask`.",
}


@cbow_forward.mistake("mask-the-wrong-way-round", **WRONG_WAY)
def _(contexts, mask, W_in, W_out):
    h = (W_in[contexts] * ~mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return h @ W_out.T


@cbow_forward.mistake(
    "masks-the-numbers",
    ko="패딩의 번호를 0으로 바꾸었지만 0번도 단어이고, 그 벡터가 합에 들어갑니다. 번호가 아니라 *벡터*에 마스크를 곱하세요.",
    en="The numbers of the padding were turned into 0, which is a word, and its vector is in the sum. Multiply the *vectors* "
    "by the mask, not the numbers.",
)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts * mask].sum(1) / mask.sum(1, keepdim=True) @ W_out.T


ALL_CONTEXTS = {
    "ko": "`[mask]`는 줄을 한데 펴 놓아 배치의 문맥들이 모두 섞입니다. 줄(B)을 남겨 두고, 패딩의 벡터를 0으로 만든 다음 축 1로 더하세요.",
    "en": "`[mask]` flattens the rows, so all contexts of the batch are mixed. Keep the rows (B): make the padding's vectors 0 "
    "and add up along axis 1.",
}


@cbow_forward.mistake("all-contexts-in-one", **ALL_CONTEXTS)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts][mask].mean(0) @ W_out.T


@cbow_forward.mistake("all-contexts-in-one-repeated", **ALL_CONTEXTS)
def _(contexts, mask, W_in, W_out):
    h = W_in[contexts][mask].mean(0, keepdim=True).expand(len(contexts), -1)
    return h @ W_out.T


@cbow_forward.mistake("all-contexts-in-one-by-number", **ALL_CONTEXTS)
def _(contexts, mask, W_in, W_out):
    return W_in[contexts[mask]].sum(1) / mask.sum(1, keepdim=True) @ W_out.T


@cbow_forward.mistake(
    "counts-down-the-batch",
    ko="진짜 이웃의 수를 줄(축 1)이 아니라 배치(축 0)에 대해 세었습니다: `mask.sum(1, keepdim=True)`.",
    en="The real neighbours were counted down the batch (axis 0), not along each row (axis 1): `mask.sum(1, keepdim=True)`.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).sum(1) / mask.sum(0) @ W_out.T


@cbow_forward.mistake(
    "adds-the-components",
    ko="이웃(축 1)이 아니라 벡터의 성분(축 2)을 더했습니다. 없애야 할 축은 C입니다: (B, C, D)에서 (B, D)로.",
    en="The components (axis 2) were added up, not the neighbours (axis 1). It is C that must go: from (B, C, D) to (B, D).",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).sum(2) / mask.sum(1, keepdim=True) @ W_out.T


@cbow_forward.mistake(
    "floor-division",
    ko="`//`는 몫을 정수로 내립니다. 나눗셈은 `/`입니다.",
    en="`//` rounds the quotient down to a whole number. To divide is `/`.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[..., None]).sum(1) // mask.sum(1, keepdim=True) @ W_out.T


@cbow_forward.mistake(
    "cosines",
    ko="벡터의 길이를 1로 만든 코사인입니다. 점수는 길이를 그대로 둔 내적입니다.",
    en="These are cosines, with all lengths made 1. The scores are the dot products of the vectors as they are.",
)
def _(contexts, mask, W_in, W_out):
    h = cbow_hidden(contexts, mask, W_in)
    return F.normalize(h, dim=1) @ F.normalize(W_out, dim=1).T


@cbow_forward.mistake(
    "mask-on-the-wrong-axis",
    ko="`mask`가 (B, 1, C)가 되어 이웃이 아니라 벡터의 성분(축 2)에 곱해졌습니다. `mask[:, :, None]`으로 (B, C, 1)을 만드세요.",
    en="`mask` became (B, 1, C) and multiplies the components (axis 2), not the neighbours. Make it (B, C, 1) by "
    "`mask[:, :, None]`.",
)
def _(contexts, mask, W_in, W_out):
    return (W_in[contexts] * mask[:, None]).sum(1) / mask.sum(1, keepdim=True) @ W_out.T


DETACHED = {
    "ko": "값은 맞지만 두 표 가운데 하나에 기울기가 닿지 않아 그 표는 배우지 못합니다. W_in이나 W_out을 `detach()`로 떼었거나 새 텐서에 "
    "옮겨 담지 않았나요?",
    "en": "The values are right, but no gradient reaches one of the two tables, so it can never learn. Was W_in or W_out taken "
    "off by `detach()`, or copied into a new tensor?",
}


@cbow_forward.mistake("detached-w-in", **DETACHED)
def _(contexts, mask, W_in, W_out):
    return cbow_forward.oracle(contexts, mask, W_in.detach(), W_out)


@cbow_forward.mistake("detached-w-out", **DETACHED)
def _(contexts, mask, W_in, W_out):
    return cbow_forward.oracle(contexts, mask, W_in, W_out.detach())


@cbow_forward.mistake(
    "counts-from-the-front",
    ko="진짜 이웃의 *수*만 세어 앞에서부터 그만큼 썼습니다. 진짜는 어느 자리에나 있을 수 있습니다: `mask`가 True인 *자리*를 쓰세요.",
    en="Only the *number* of real neighbours is used, and that many are taken from the front. They may stand in any places: "
    "take those *where* `mask` is True.",
)
def _(contexts, mask, W_in, W_out):
    front = torch.arange(mask.shape[1]) < mask.sum(1, keepdim=True)
    return cbow_hidden(contexts, front, W_in) @ W_out.T


@cbow_forward.mistake("mask-the-wrong-way-round-throughout", **WRONG_WAY)
def _(contexts, mask, W_in, W_out):
    return cbow_hidden(contexts, ~mask, W_in) @ W_out.T


cbow_forward.hints(
    ko=[
        "세 걸음입니다. 이웃의 벡터를 표에서 꺼내고, 진짜 이웃만 평균 내고, 그 평균을 모든 단어의 출력 벡터와 내적합니다.",
        "`W_in[contexts]`는 (B, C, D)입니다. `mask`를 (B, C, 1)로 만들어 곱하면 패딩이 0이 됩니다. 축 1로 더한 뒤 줄마다 진짜 이웃의 "
        "수 (B, 1)로 나누면 (B, D), 거기에 W_out의 전치를 곱하면 (B, V)입니다.",
        "`h = (W_in[contexts] * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)`, `return h @ W_out.T`",
    ],
    en=[
        "Three steps: look up the neighbours' vectors, average the real ones, take the dot product of that "
        "mean with every word's output vector.",
        "`W_in[contexts]` is (B, C, D). Times `mask` as (B, C, 1), the padding becomes 0. Add up along axis 1, "
        "divide each row by its number of real neighbours, (B, 1): that is (B, D). Times the transpose of "
        "W_out it is (B, V).",
        "`h = (W_in[contexts] * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)`, `return h @ W_out.T`",
    ],
)


# ---------------------------------------------------------------- skipgram-loss


SOFTMAX = (
    "F.cross_entropy", "nn.CrossEntropyLoss", "F.nll_loss", "nn.NLLLoss",
    "log_softmax", "nn.LogSoftmax",
)  # fmt: skip


@exercise("skipgram-loss", points=2, forbids=SOFTMAX)
def skipgram_loss(centres, contexts, W_in, W_out):
    return F.cross_entropy(F.linear(F.embedding(centres, W_in), W_out), contexts)


@skipgram_loss.cases
def _(draw):
    W_in = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]], dtype=DOUBLE)
    W_out = torch.tensor([[1.0, 1.0], [0.0, 1.0], [-1.0, 2.0]], dtype=DOUBLE)
    yield torch.tensor([0]), torch.tensor([1]), W_in, W_out
    yield torch.tensor([0, 1, 2]), torch.tensor([1, 2, 0]), W_in, W_out
    for B, V, D in ((5, 6, 3), (4, 4, 4), (draw.integer(2, 7), draw.integer(4, 9), 2)):
        yield draw.integers(0, V - 1, B), draw.integers(0, V - 1, B), *tables(draw, V, D)
    # u · v far from 0: a probability of 0 in float32, and then an exp() that is infinite
    rows = torch.eye(3)
    yield torch.tensor([0, 1]), torch.tensor([1, 0]), rows, torch.tensor([[0.0, -200.0, 1.0], [-150.0, 0.0, 1.0], [-1.0, -2.0, 1.0]])  # fmt: skip
    yield torch.tensor([0, 1]), torch.tensor([0, 1]), rows, torch.tensor([[200.0, 199.0, 1.0], [199.0, 200.0, 1.0], [198.0, 2.0, 1.0]])  # fmt: skip
    # one pair with large scores beside one with small ones
    one, other = torch.tensor([[30.0, 0.0], [0.1, 0.2]]), torch.tensor([[10.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # fmt: skip
    yield torch.tensor([0, 1]), torch.tensor([0, 1]), one, other
    grads = [W.requires_grad_() for W in tables(draw, 5, 3, torch.float32)]
    yield Case((draw.integers(0, 4, 6), draw.integers(0, 4, 6), *grads), slopes=True)


@skipgram_loss.accepts
def _(centres, contexts, W_in, W_out):
    total = 0.0
    for v, o in zip(W_in[centres], contexts.tolist(), strict=True):
        scores = W_out @ v
        top = scores.max()
        total = total + top + torch.exp(scores - top).sum().log() - scores[o]
    return total / len(centres)


@skipgram_loss.accepts
def _(centres, contexts, W_in, W_out):
    z = W_in[centres] @ W_out.T
    z = z - z.amax(1, keepdim=True)
    logp = z - z.exp().sum(1, keepdim=True).log()
    return -(logp * F.one_hot(contexts, len(W_out))).sum() / z.shape[0]


def logits_of(centres, W_in, W_out):
    return W_in[centres] @ W_out.T  # (B, V)


def picked(values, contexts):
    return values[torch.arange(len(contexts)), contexts]


@skipgram_loss.mistake(
    "roles-swapped",
    ko="이웃에서 가운데 단어를 맞히고 있습니다. skip-gram은 centres를 W_in에서 꺼내 contexts를 맞힙니다.",
    en="This predicts the centre from the neighbour. Skip-gram takes centres from W_in and predicts contexts.",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(contexts, W_in, W_out), centres)


@skipgram_loss.mistake(
    "sum",
    ko="짝의 손실을 더하기만 했습니다. 설명문은 짝의 수 B로 나눈 평균을 바랍니다.",
    en="The pairs' losses are only added up. The docstring asks for their mean: divide by B.",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(centres, W_in, W_out), contexts, reduction="sum")


@skipgram_loss.mistake(
    "no-reduction",
    ko="짝마다의 손실 (B,)를 그대로 돌려주었습니다. 평균을 내어 수 하나로 만드세요.",
    en="This is a loss for every pair, (B,). Take their mean: a single number.",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(centres, W_in, W_out), contexts, reduction="none")


@skipgram_loss.mistake(
    "no-minus",
    ko="부호가 반대입니다. 줄이려는 것은 로그 확률이 아니라 *음의* 로그 확률입니다.",
    en="The sign is wrong. What is to become small is the *negative* log probability.",
)
def _(centres, contexts, W_in, W_out):
    return -F.cross_entropy(logits_of(centres, W_in, W_out), contexts)


@skipgram_loss.mistake(
    "no-normaliser",
    ko="내적 u·v만 있고 모든 단어에 대한 로그-합-지수가 빠졌습니다. 그러면 벡터를 키우기만 해도 손실이 끝없이 줄어듭니다.",
    en="There is only the dot product u·v; the log-sum-exp over all words is missing. Without it the loss "
    "falls for ever just by making vectors longer.",
)
def _(centres, contexts, W_in, W_out):
    return -picked(logits_of(centres, W_in, W_out), contexts).mean()


@skipgram_loss.mistake(
    "log-of-softmax",
    ko="소프트맥스를 구한 *다음에* 로그를 씌웠습니다. 확률이 0으로 언더플로하면 무한대가 됩니다(7장). 점수에서 "
    "`logsumexp`를 빼세요.",
    en="The log comes *after* the softmax. Where a probability underflows to 0 that is infinite (chapter "
    "7): subtract the scores' `logsumexp` instead.",
)
def _(centres, contexts, W_in, W_out):
    return -picked(logits_of(centres, W_in, W_out).softmax(1).log(), contexts).mean()


OVERFLOWS = {
    "ko": "점수를 그대로 `exp`에 넣어 큰 점수에서 무한대가 됩니다(7장). `torch.logsumexp`를 쓰거나 줄마다 가장 큰 점수를 먼저 빼세요.",
    "en": "The scores go into `exp` as they are, which is infinite for large ones (chapter 7). Use "
    "`torch.logsumexp`, or subtract the largest score of each row first.",
}


@skipgram_loss.mistake("exp-overflows", **OVERFLOWS)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    return (z.exp().sum(1).log() - picked(z, contexts)).mean()


@skipgram_loss.mistake("softmax-by-hand-overflows", **OVERFLOWS)
def _(centres, contexts, W_in, W_out):
    p = logits_of(centres, W_in, W_out).exp()
    return -picked(p / p.sum(1, keepdim=True), contexts).log().mean()


@skipgram_loss.mistake(
    "whole-largest",
    ko="배치 전체에서 가장 큰 점수를 뺐습니다. 그 곁에서 점수가 작은 짝은 모두 0으로 언더플로합니다. *줄마다* 가장 큰 것을 빼세요: "
    "`amax(1, keepdim=True)`.",
    en="The largest score of the whole batch was subtracted, beside which a pair of small scores underflows. Subtract the "
    "largest of each *row*: `amax(1, keepdim=True)`.",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    z = z - z.max()
    return (z.exp().sum(1).log() - picked(z, contexts)).mean()


@skipgram_loss.mistake(
    "one-table",
    ko="이웃의 벡터도 W_in에서 꺼냈습니다. 맞힐 단어의 벡터는 W_out에 있습니다.",
    en="The neighbours' vectors come from W_in, too. The vectors of what is predicted are in W_out.",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(centres, W_in, W_in), contexts)


@skipgram_loss.mistake(
    "tables-swapped",
    ko="두 표가 서로 바뀌었습니다. 가운데 단어는 W_in에서, 맞힐 단어는 W_out에서 꺼냅니다.",
    en="The two tables are exchanged: the centre is looked up in W_in, what is predicted in W_out.",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(centres, W_out, W_in), contexts)


@skipgram_loss.mistake(
    "over-the-batch",
    ko="소프트맥스의 분모를 단어(축 1)가 아니라 배치(축 0)에 대해 더했습니다.",
    en="The denominator of the softmax adds up the batch (axis 0), not the words (axis 1).",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    return -picked(z.log_softmax(0), contexts).mean()


@skipgram_loss.mistake(
    "over-everything",
    ko="분모를 배치 전체의 점수에 대해 더했습니다. 짝마다 따로, `dim=1`로 더하세요.",
    en="The denominator adds up the scores of the whole batch. Each pair has its own: `dim=1`.",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    return -(picked(z, contexts) - z.flatten().logsumexp(0)).mean()


@skipgram_loss.mistake(
    "no-log",
    ko="로그를 씌우지 않고 확률 자체의 평균을 썼습니다. 교차 엔트로피는 확률의 *로그*입니다.",
    en="There is no log: this is the mean of the probabilities themselves. Cross entropy takes their *log*.",
)
def _(centres, contexts, W_in, W_out):
    return -picked(logits_of(centres, W_in, W_out).softmax(1), contexts).mean()


@skipgram_loss.mistake(
    "columns-of-every-row",
    ko="`z[:, contexts]`는 짝마다 하나가 아니라 *모든* 줄에서 그 열들을 꺼낸 (B, B)입니다. 줄 번호도 함께 주세요: "
    "`z[torch.arange(len(z)), contexts]`",
    en="`z[:, contexts]` takes these columns from *every* row, (B, B), not one number for each pair. Give the row "
    "numbers, too: `z[torch.arange(len(z)), contexts]`.",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    return (z.logsumexp(1) - z[:, contexts]).mean()


@skipgram_loss.mistake(
    "mean-of-the-table",
    ko="원-핫을 곱한 (B, V) 표 전체를 평균 내어 V로 한 번 더 나누었습니다. 줄마다 *더한* 다음 B로만 나누세요.",
    en="The whole (B, V) table, times one-hot, is averaged: that divides by V once more. *Add up* each row, then "
    "divide by B only.",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(centres, W_in, W_out), contexts) / len(W_out)


@skipgram_loss.mistake(
    "adds-an-epsilon",
    ko="log 0을 피하려고 확률에 작은 수를 더했습니다. 무한대는 아니지만 손실이 잘려 틀린 값이 되고 기울기도 사라집니다. 점수에서 "
    "`logsumexp`를 빼세요.",
    en="A small number was added to the probability to avoid log 0. It is not infinite now, but cut off, and wrong, "
    "and its gradient is gone. Subtract the scores' `logsumexp` instead.",
)
def _(centres, contexts, W_in, W_out):
    return -(picked(logits_of(centres, W_in, W_out).softmax(1), contexts) + 1e-9).log().mean()


@skipgram_loss.mistake(
    "softmax-twice",
    ko="소프트맥스를 두 번 씌웠습니다. `logsumexp`에 넣을 것은 확률이 아니라 점수입니다(7장의 함정).",
    en="The softmax is applied twice. It is the scores that go into `logsumexp`, not probabilities (the trap of chapter 7).",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(centres, W_in, W_out).softmax(1), contexts)


@skipgram_loss.mistake(
    "shift-not-undone",
    ko="가장 큰 점수를 `exp` 안에서는 뺐지만 정답의 점수에서는 빼지 않았습니다. 두 곳에서 모두 빼거나, 로그를 씌운 뒤 다시 더하세요.",
    en="The largest score is subtracted inside `exp` but not from the score of the right word. Subtract it in both "
    "places, or add it back after the log.",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    shifted = z - z.amax(1, keepdim=True)
    return (shifted.exp().sum(1).log() - picked(z, contexts)).mean()


@skipgram_loss.mistake(
    "only-the-batchs-neighbours",
    ko="분모에 배치에 있는 이웃들만 넣었습니다. 단어장의 *모든* 단어여야 합니다: `W_in[centres] @ W_out.T`.",
    en="The denominator has only the batch's own neighbours. It needs *all* words: `W_in[centres] @ W_out.T`.",
)
def _(centres, contexts, W_in, W_out):
    z = W_in[centres] @ W_out[contexts].T
    return (z.logsumexp(1) - z.diag()).mean()


@skipgram_loss.mistake(
    "over-the-vocabulary",
    ko="짝의 수 B가 아니라 단어의 수 V로 나누었습니다.",
    en="This is divided by the number of words, V, not by that of pairs, B.",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    return F.cross_entropy(z, contexts, reduction="sum") / len(W_out)


@skipgram_loss.mistake(
    "largest-for-the-sum",
    ko="로그-합-지수 대신 가장 큰 점수를 썼습니다. 가장 큰 것은 그 근삿값일 뿐입니다: `torch.logsumexp(z, dim=1)`.",
    en="The largest score stands in place of the log-sum-exp, which it only comes close to: `torch.logsumexp(z, dim=1)`.",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    return (z.amax(1) - picked(z, contexts)).mean()


@skipgram_loss.mistake(
    "sigmoid",
    ko="정답의 점수에 시그모이드를 씌웠습니다. 그것은 5절의 예-아니오 문제입니다. 여기서는 모든 단어에 대한 소프트맥스입니다.",
    en="The right word's score went through a sigmoid: those are the yes-or-no questions of section 5. Here it is a softmax over "
    "all words.",
)
def _(centres, contexts, W_in, W_out):
    return -F.logsigmoid(picked(logits_of(centres, W_in, W_out), contexts)).mean()


@skipgram_loss.mistake(
    "log-two",
    ko="밑이 2인 로그입니다. 자연로그를 쓰세요.",
    en="The logs are to base 2. Use natural ones.",
)
def _(centres, contexts, W_in, W_out):
    return F.cross_entropy(logits_of(centres, W_in, W_out), contexts) / math.log(2)


@skipgram_loss.mistake("detached-w-in", **DETACHED)
def _(centres, contexts, W_in, W_out):
    return skipgram_loss.oracle(centres, contexts, W_in.detach(), W_out)


@skipgram_loss.mistake("detached-w-out", **DETACHED)
def _(centres, contexts, W_in, W_out):
    return skipgram_loss.oracle(centres, contexts, W_in, W_out.detach())


AWAY_FROM_0 = {
    "ko": "log 0을 피하려고 확률을 `clamp`로 자르거나 작은 수를 더했습니다. 손실이 거기서 막혀 틀린 값이 되고 기울기도 거의 사라집니다. 확률을 거치지 "
    "말고 점수의 `logsumexp`를 빼세요.",
    "en": "To avoid log 0, the probability is clamped, or something small is added to it. There the loss is cut off, and wrong, "
    "and next to nothing is left of its gradient. Do not go through probabilities: subtract the scores' `logsumexp`.",
}


@skipgram_loss.mistake("clamps-the-probability", **AWAY_FROM_0)
def _(centres, contexts, W_in, W_out):
    right = picked(logits_of(centres, W_in, W_out).softmax(1), contexts)
    return -right.clamp(min=1e-12).log().mean()


@skipgram_loss.mistake(
    "normaliser-detached",
    ko="값은 맞지만 기울기가 반쪽입니다. log Σ exp(z)를 `.detach()`나 `.item()`으로 떼어 내어, 이웃이 *아닌* 단어를 밀어내는 몫이 사라졌습니다. "
    "그대로 두면 모든 점수가 커지기만 합니다. 떼지 말고 계산하세요.",
    en="The value is right, but half of the gradient is missing: log Σ exp(z) is cut off by `.detach()` or `.item()`, and "
    "with it what pushes the words away that are *not* neighbours. Trained like this, all scores just grow. Do not cut "
    "it off.",
)
def _(centres, contexts, W_in, W_out):
    z = logits_of(centres, W_in, W_out)
    return (z.detach().logsumexp(1) - picked(z, contexts)).mean()


for exponent in (5, 8, 10, 12):
    skipgram_loss.mistake(f"epsilon-1e-{exponent}", **AWAY_FROM_0)(
        lambda centres, contexts, W_in, W_out, tiny=10.0**-exponent: (
            -(picked(logits_of(centres, W_in, W_out).softmax(1), contexts) + tiny).log().mean()
        )
    )


skipgram_loss.hints(
    ko=[
        "7장의 교차 엔트로피입니다. 로짓은 가운데 단어의 벡터와 *모든* 단어의 출력 벡터의 내적이고, 정답은 이웃의 번호입니다.",
        "점수 z = W_in[centres] W_outᵀ는 (B, V)입니다. 짝 하나의 손실은 log Σ exp(z) − z[정답]이고, 앞의 것은 "
        "`torch.logsumexp(z, dim=1)`입니다.",
        "`z = W_in[centres] @ W_out.T`, `right = z[torch.arange(len(z)), contexts]`, "
        "`return (torch.logsumexp(z, dim=1) - right).mean()`",
    ],
    en=[
        "It is the cross entropy of chapter 7. The logits are the dot products of the centre's vector with "
        "*every* word's output vector; the right class is the number of the neighbour.",
        "The scores z = W_in[centres] W_outᵀ are (B, V). The loss of a pair is log Σ exp(z) − z[right], "
        "and the former is `torch.logsumexp(z, dim=1)`.",
        "`z = W_in[centres] @ W_out.T`, `right = z[torch.arange(len(z)), contexts]`, "
        "`return (torch.logsumexp(z, dim=1) - right).mean()`.",
    ],
)


# ---------------------------------------------------------------- noise-distribution


@exercise("noise-distribution", points=1)
def noise_distribution(counts, power):
    weights = [float(count) ** power for count in counts.tolist()]
    return torch.distributions.Categorical(torch.tensor(weights, dtype=DOUBLE)).probs.float()


@noise_distribution.cases
def _(draw):
    yield torch.tensor([16, 1]), 0.75
    yield torch.tensor([81, 16, 1, 1]), 0.75
    yield torch.tensor([5, 3, 2]), 1.0
    yield torch.tensor([5, 3, 2]), 0.0
    yield draw.integers(2, 30, draw.integer(3, 7)), 0.5
    yield draw.integers(1, 400, draw.integer(4, 9)), draw.number(0.3, 0.9)


@noise_distribution.accepts
def _(counts, power):
    return F.softmax(power * counts.double().log(), dim=0)


@noise_distribution.mistake(
    "no-power",
    ko="횟수를 그대로 썼습니다. 나누기 전에 횟수를 power제곱하세요.",
    en="The counts are used as they are. Raise them to the power before dividing.",
)
def _(counts, power):
    return counts / counts.sum()


@noise_distribution.mistake(
    "not-divided",
    ko="합이 1이 아닙니다. power제곱한 것들의 합으로 나누세요.",
    en="The sum is not 1. Divide by the sum of the powers.",
)
def _(counts, power):
    return counts.float() ** power


LATE = {
    "ko": "먼저 나누고 나중에 power제곱해서 합이 1이 아니게 되었습니다. 제곱한 다음 *그것들의* 합으로 나누세요.",
    "en": "Divided first, raised to the power afterwards: the sum is no longer 1. Take the power, then "
    "divide by the sum of *those*.",
}


@noise_distribution.mistake("power-after-dividing", **LATE)
def _(counts, power):
    return (counts / counts.sum()) ** power


@noise_distribution.mistake(
    "divides-by-the-counts",
    ko="power제곱하지 않은 횟수의 합으로 나누었습니다. 분자와 분모에 같은 것을 쓰세요.",
    en="The sum you divide by is that of the plain counts. Numerator and denominator need the same.",
)
def _(counts, power):
    return counts.float() ** power / counts.sum()


@noise_distribution.mistake(
    "softmax",
    ko="소프트맥스를 씌웠습니다. 횟수는 이미 양수이니 `exp` 없이 합으로 나누기만 하면 됩니다.",
    en="A softmax was used. Counts are positive already: no `exp`, just divide by the sum.",
)
def _(counts, power):
    return F.softmax(counts.float() ** power, dim=0)


@noise_distribution.mistake(
    "uniform",
    ko="모든 단어에 같은 확률을 주었습니다. 자주 나온 단어일수록 자주 뽑혀야 합니다.",
    en="Every word has the same probability. Words that are frequent should be drawn more often.",
)
def _(counts, power):
    return torch.full((len(counts),), 1 / len(counts))


@noise_distribution.mistake(
    "times-the-power",
    ko="power를 곱했습니다. `counts * power`가 아니라 거듭제곱 `counts ** power`입니다. 곱하기만 하면 나눌 때 사라집니다.",
    en="This multiplies by the power. It is `counts ** power`, not `counts * power`, which would cancel "
    "in the division.",
)
def _(counts, power):
    weights = counts * power
    return weights / weights.sum()


@noise_distribution.mistake(
    "backwards",
    ko="드문 단어가 더 자주 뽑힙니다. 지수의 부호가 반대입니다: `counts ** power`",
    en="Rare words are drawn more often: the exponent has the wrong sign. It is `counts ** power`.",
)
def _(counts, power):
    weights = counts.float() ** -power
    return weights / weights.sum()


@noise_distribution.mistake(
    "always-three-quarters",
    ko="power와 상관없이 0.75제곱을 했습니다. 인수 power를 쓰세요.",
    en="The power is 0.75 whatever is asked. Use the argument power.",
)
def _(counts, power):
    weights = counts.float() ** 0.75
    return weights / weights.sum()


@noise_distribution.mistake(
    "divides-by-the-largest",
    ko="가장 큰 값으로 나누었습니다. 합이 1이 되려면 *합*으로 나누어야 합니다.",
    en="This divides by the largest. For the sum to be 1, divide by the *sum*.",
)
def _(counts, power):
    weights = counts.float() ** power
    return weights / weights.max()


NOT_THE_SUM = {
    "ko": "합이 아니라 평균이나 단어의 수로 나누었습니다. 합이 1이 되려면 *합*으로 나누어야 합니다.",
    "en": "Divided by the mean, or by the number of words. For the sum to be 1, divide by the *sum*.",
}


@noise_distribution.mistake("divides-by-the-mean", **NOT_THE_SUM)
def _(counts, power):
    weights = counts.float() ** power
    return weights / weights.mean()


@noise_distribution.mistake("divides-by-the-number", **NOT_THE_SUM)
def _(counts, power):
    weights = counts.float() ** power
    return weights / len(weights)


@noise_distribution.mistake(
    "whole-power",
    ko="power를 정수로 바꾸었습니다. `int(0.75)`는 0이고, 0제곱하면 모두 같아집니다.",
    en="The power was made a whole number: `int(0.75)` is 0, and to the power 0 all are equal.",
)
def _(counts, power):
    weights = counts.float() ** int(power)
    return weights / weights.sum()


@noise_distribution.mistake(
    "one-over-the-power",
    ko="지수가 1/power입니다. 그러면 자주 나온 단어 쪽으로 더 쏠리고, power가 0일 때는 나눌 수도 없습니다: `counts ** power`.",
    en="The exponent is 1/power, which leans to frequent words even more, and for power 0 cannot be had: `counts ** power`.",
)
def _(counts, power):
    weights = counts.float() ** (1 / power)
    return weights / weights.sum()


@noise_distribution.mistake(
    "base-and-exponent-exchanged",
    ko="밑과 지수가 바뀌었습니다: `power ** counts`가 아니라 `counts ** power`입니다.",
    en="Base and exponent are exchanged: it is `counts ** power`, not `power ** counts`.",
)
def _(counts, power):
    weights = power ** counts.float()
    return weights / weights.sum()


noise_distribution.hints(
    ko=[
        "횟수를 확률로 바꾸는 일입니다. 다만 먼저 거듭제곱으로 큰 수를 눌러 둡니다.",
        "$p_w = c_w^{\\text{power}} / \\sum_{w'} c_{w'}^{\\text{power}}$ 입니다. power가 1이면 횟수 그대로, 0이면 모두 같아집니다.",
        "`weights = counts.float() ** power`, `return weights / weights.sum()`",
    ],
    en=[
        "Turn counts into probabilities, but first press down the large ones by a power.",
        "$p_w = c_w^{\\text{power}} / \\sum_{w'} c_{w'}^{\\text{power}}$. With power 1 these are the plain "
        "shares, with 0 all are equal.",
        "`weights = counts.float() ** power`, `return weights / weights.sum()`.",
    ],
)


# ---------------------------------------------------------------- negative-sampling-loss


READY = ("F.binary_cross_entropy", "nn.BCEWithLogitsLoss", "nn.BCELoss")


@exercise("negative-sampling-loss", points=3, forbids=READY)
def negative_sampling_loss(centres, contexts, negatives, W_in, W_out):
    # K + 1 yes-or-no questions a pair: was this word really there?
    asked = torch.cat([contexts[:, None], negatives], 1)  # (B, 1 + K)
    scores = torch.bmm(W_out[asked], W_in[centres][..., None])[..., 0]
    truth = torch.zeros_like(scores)
    truth[:, 0] = 1
    return F.binary_cross_entropy_with_logits(scores, truth, reduction="sum") / len(centres)


def scores_of(centres, contexts, negatives, W_in, W_out):
    """u · v of the real neighbour (B,) and of the drawn words (B, K)."""
    v = W_in[centres]
    return (v * W_out[contexts]).sum(1), (v[:, None] * W_out[negatives]).sum(2)


@negative_sampling_loss.cases
def _(draw):
    W_in = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 1.0]], dtype=DOUBLE)
    W_out = torch.tensor([[1.0, 1.0], [0.0, 1.0], [-1.0, 2.0]], dtype=DOUBLE)
    yield torch.tensor([0]), torch.tensor([1]), torch.tensor([[2, 0]]), W_in, W_out
    yield (
        torch.tensor([0, 2]),
        torch.tensor([1, 0]),
        torch.tensor([[2, 0, 2], [1, 2, 1]]),
        W_in,
        W_out,
    )
    sizes = (4, 3, 6, 2), (3, 3, 5, 3), (draw.integer(2, 5), draw.integer(2, 5), 7, 4)
    for B, K, V, D in sizes:
        yield (
            draw.integers(0, V - 1, B),
            draw.integers(0, V - 1, B),
            draw.integers(0, V - 1, B, K),
            *tables(draw, V, D),
        )
    far = torch.tensor([[20.0, 0.0], [0.0, 20.0], [1.0, 1.0]])
    out = torch.tensor([[-20.0, 3.0], [0.5, -1.0], [1.0, 0.5]])
    yield torch.tensor([0, 2]), torch.tensor([0, 1]), torch.tensor([[1], [2]]), far, out
    out = torch.tensor([[20.0, 3.0], [0.5, -1.0], [1.0, 0.5]])
    yield torch.tensor([0, 2]), torch.tensor([2, 1]), torch.tensor([[0], [2]]), far, out
    grads = [W.requires_grad_() for W in tables(draw, 6, 3, torch.float32)]
    yield draw.integers(0, 5, 4), draw.integers(0, 5, 4), draw.integers(0, 5, 4, 2), *grads
    # every part of the loss teaches the rows that it is made of
    grads = [W.requires_grad_() for W in tables(draw, 6, 2)]
    numbers = draw.integers(0, 5, 3), draw.integers(0, 5, 3), draw.integers(0, 5, 3, 2)
    yield Case((*numbers, *grads), slopes=True)


@negative_sampling_loss.accepts
def _(centres, contexts, negatives, W_in, W_out):
    total = 0.0
    for c, o, ks in zip(centres, contexts, negatives, strict=True):
        total = total - F.logsigmoid(W_in[c] @ W_out[o])
        for k in ks:
            total = total - F.logsigmoid(-(W_in[c] @ W_out[k]))
    return total / centres.shape[0]


@negative_sampling_loss.accepts
def _(centres, contexts, negatives, W_in, W_out):
    v = W_in[centres]
    positive = torch.einsum("bd,bd->b", v, W_out[contexts])
    negative = torch.einsum("bd,bkd->bk", v, W_out[negatives])
    return F.softplus(-positive).mean() + F.softplus(negative).sum(1).mean()


@negative_sampling_loss.mistake(
    "negatives-pulled-in",
    ko="뽑은 단어에도 +u·v를 썼습니다. 그러면 가짜 이웃까지 끌어당깁니다. 가짜에는 부호를 바꾼 −u·v를 시그모이드에 넣으세요.",
    en="The drawn words have +u·v as well, which pulls false neighbours in. For them, −u·v goes into the "
    "sigmoid.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "signs-swapped",
    ko="부호가 서로 바뀌었습니다. 진짜 이웃을 밀어내고 가짜를 끌어당깁니다. 진짜는 +u·v, 가짜는 −u·v입니다.",
    en="The signs are exchanged: real neighbours are pushed away, false ones pulled in. It is +u·v for "
    "the real one, −u·v for the drawn ones.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(-positive) + F.logsigmoid(negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "mean-over-negatives",
    ko="가짜 K개의 손실을 평균 냈습니다. 식은 그 *합*입니다. 평균은 짝(B)에 대해서만 냅니다.",
    en="The losses of the K drawn words are averaged. The formula adds them *up*; only over the pairs (B) "
    "there is a mean.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).mean(1)).mean()


@negative_sampling_loss.mistake(
    "mean-over-everything",
    ko="B × (1 + K)개를 한꺼번에 평균 냈습니다. 한 짝 안의 1 + K개는 *더하고*, 짝에 대해서만 평균을 냅니다.",
    en="All B × (1 + K) are averaged at once. *Add up* the 1 + K of a pair; take the mean over pairs only.",
)
def _(*args):
    positive, negative = scores_of(*args)
    both = torch.cat([F.logsigmoid(positive)[:, None], F.logsigmoid(-negative)], 1)
    return -both.mean()


@negative_sampling_loss.mistake(
    "sum-over-the-batch",
    ko="짝에 대해서도 더하기만 했습니다. 배치 크기 B로 나눈 평균입니다.",
    en="The pairs are only added up. It is a mean: divide by the batch size B.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).sum()


@negative_sampling_loss.mistake(
    "no-reduction",
    ko="짝마다의 손실 (B,)를 그대로 돌려주었습니다. 평균을 내어 수 하나로 만드세요.",
    en="This is a loss for every pair, (B,). Take their mean: a single number.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1))


@negative_sampling_loss.mistake(
    "no-minus",
    ko="맨 앞의 −가 빠져 부호가 반대입니다. 로그 확률은 음수이고, 손실은 양수여야 합니다.",
    en="The minus in front is missing. Log probabilities are negative; a loss should be positive.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return (F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "log-of-sigmoid",
    ko="로그와 지수를 따로 계산해, 크게 틀린 점수에서 무한대가 됩니다(6장). `log(sigmoid(…))`에서는 시그모이드가 0으로 언더플로하고, "
    "`log(1 + exp(…))`에서는 지수가 오버플로합니다. 한 번에 계산하는 `F.logsigmoid`를 쓰세요.",
    en="The logarithm and the exponential are computed apart, which is infinite where a score is far wrong (chapter 6): "
    "in `log(sigmoid(…))` the sigmoid underflows to 0, in `log(1 + exp(…))` the exponential overflows. "
    "`F.logsigmoid` does both in one.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(positive.sigmoid().log() + (-negative).sigmoid().log().sum(1)).mean()


@negative_sampling_loss.mistake(
    "one-minus-sigmoid",
    ko="가짜의 로그를 시그모이드와 따로 계산했습니다(`log(1 - sigmoid(…))`나 `log(sigmoid(-…))`). 식은 같지만 시그모이드가 1이나 0으로 "
    "반올림되면 log 0이 됩니다. `F.logsigmoid(-…)`를 쓰세요.",
    en="For the drawn words the logarithm and the sigmoid are computed apart, as `log(1 - sigmoid(…))` or "
    "`log(sigmoid(-…))`. The formula is the same, but where the sigmoid rounds to 1, or to 0, it is log 0: use "
    "`F.logsigmoid(-…)`.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + (1 - negative.sigmoid()).log().sum(1)).mean()


@negative_sampling_loss.mistake(
    "only-positive",
    ko="진짜 이웃의 몫만 있습니다. 가짜가 없으면 모든 벡터를 한 방향으로 키우는 것이 최선이 됩니다.",
    en="Only the real neighbour's share is there. Without the drawn words the best is to stretch all "
    "vectors in one direction.",
)
def _(*args):
    return -F.logsigmoid(scores_of(*args)[0]).mean()


@negative_sampling_loss.mistake(
    "only-negative",
    ko="뽑은 단어의 몫만 있습니다. 진짜 이웃의 log σ(u·v)도 더하세요.",
    en="Only the drawn words' share is there. Add log σ(u·v) of the real neighbour.",
)
def _(*args):
    return -F.logsigmoid(-scores_of(*args)[1]).sum(1).mean()


@negative_sampling_loss.mistake(
    "negatives-from-the-input-table",
    ko="뽑은 단어의 벡터를 W_in에서 꺼냈습니다. 맞힐 후보이니 진짜 이웃처럼 W_out에서 꺼냅니다.",
    en="The drawn words' vectors come from W_in. They are candidates for the prediction, like the real "
    "neighbour: W_out.",
)
def _(centres, contexts, negatives, W_in, W_out):
    positive, _ = scores_of(centres, contexts, negatives, W_in, W_out)
    _, negative = scores_of(centres, contexts, negatives, W_in, W_in)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "tables-swapped",
    ko="두 표가 서로 바뀌었습니다. 가운데 단어는 W_in에서, 이웃과 뽑은 단어는 W_out에서 꺼냅니다.",
    en="The two tables are exchanged: the centre is looked up in W_in, neighbour and drawn words in W_out.",
)
def _(centres, contexts, negatives, W_in, W_out):
    return negative_sampling_loss.oracle(centres, contexts, negatives, W_out, W_in)


@negative_sampling_loss.mistake(
    "first-negative-only",
    ko="뽑은 단어 가운데 첫째만 썼습니다. K개 모두의 몫을 더하세요.",
    en="Only the first of the drawn words is used. Add up the shares of all K.",
)
def _(centres, contexts, negatives, W_in, W_out):
    return negative_sampling_loss.oracle(centres, contexts, negatives[:, :1], W_in, W_out)


@negative_sampling_loss.mistake(
    "no-log",
    ko="로그를 씌우지 않고 시그모이드 자체를 더했습니다. 손실은 확률의 음의 *로그*입니다.",
    en="The sigmoids themselves are added up. The loss is the negative *log* of the probabilities.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(positive.sigmoid() + (-negative).sigmoid().sum(1)).mean()


@negative_sampling_loss.mistake(
    "one-minus-log",
    ko="가짜에 `1 - logsigmoid(…)`를 썼습니다. 1에서 뺄 것은 확률이지 로그 확률이 아닙니다. 그것이 log σ(−s)입니다.",
    en="The drawn words have `1 - logsigmoid(…)`. It is the probability that is subtracted from 1, not its log; "
    "that is log σ(−s).",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + (1 - F.logsigmoid(negative)).sum(1)).mean()


@negative_sampling_loss.mistake(
    "minus-outside",
    ko="가짜의 −를 시그모이드 *밖에* 붙였습니다: −log σ(s). 안에 있어야 합니다: log σ(−s)",
    en="The minus of the drawn words stands *outside* the sigmoid, −log σ(s). It belongs inside: log σ(−s).",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) - F.logsigmoid(negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "sum-inside",
    ko="K개의 점수를 먼저 더하고 나서 시그모이드에 넣었습니다. 가짜 하나하나에 시그모이드와 로그를 씌운 *다음에* 더하세요.",
    en="The K scores are added up before the sigmoid. Take sigmoid and log of each drawn word first, *then* add up.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative.sum(1))).mean()


@negative_sampling_loss.mistake(
    "no-dot-product",
    ko="성분마다 따로 시그모이드를 씌웠습니다. 먼저 D에 대해 더해 내적, 곧 점수 하나를 만드세요.",
    en="Each component has a sigmoid of its own. First add up along D: the dot product is one score.",
)
def _(centres, contexts, negatives, W_in, W_out):
    v = W_in[centres]
    real, drawn = v * W_out[contexts], v[:, None] * W_out[negatives]
    return -(F.logsigmoid(real).sum(1) + F.logsigmoid(-drawn).sum((1, 2))).mean()


CUT = {
    "ko": "log 0을 피하려고 시그모이드에 작은 수를 더하거나 아래에서 잘랐습니다(`clamp`). 그러면 손실이 틀린 값이 되고 기울기도 사라집니다. `F.logsigmoid`를 쓰세요.",
    "en": "To avoid log 0, a small number was added to the sigmoid, or it was clamped from below. The loss is cut off, and wrong, and "
    "its gradient is gone: use `F.logsigmoid`.",
}


def _cut(bound):
    def answer(*args):
        positive, negative = scores_of(*args)
        real, drawn = (bound(score.sigmoid()) for score in (positive, -negative))
        return -(real.log() + drawn.log().sum(1)).mean()

    return answer


for exponent in (7, 8, 9, 10, 12):
    clamped = _cut(lambda p, least=10.0**-exponent: p.clamp(min=least))
    negative_sampling_loss.mistake(f"clamps-at-1e-{exponent}", **CUT)(clamped)
for exponent in (8, 9):  # smaller ones are known as clamped ones
    added = _cut(lambda p, little=10.0**-exponent: p + little)
    negative_sampling_loss.mistake(f"adds-1e-{exponent}", **CUT)(added)


@negative_sampling_loss.mistake(
    "roles-swapped",
    ko="가운데 단어와 이웃이 바뀌었습니다. centres를 W_in에서, contexts를 W_out에서 꺼냅니다.",
    en="Centre and neighbour are exchanged: centres are looked up in W_in, contexts in W_out.",
)
def _(centres, contexts, negatives, W_in, W_out):
    return negative_sampling_loss.oracle(contexts, centres, negatives, W_in, W_out)


@negative_sampling_loss.mistake(
    "negatives-against-the-neighbour",
    ko="가짜의 점수를 이웃의 벡터와 구했습니다. 가짜도 *가운데 단어*의 벡터 v와 내적합니다.",
    en="The drawn words are scored against the neighbour's vector. They too have their dot product with v, the vector "
    "of the *centre*.",
)
def _(centres, contexts, negatives, W_in, W_out):
    positive, _ = scores_of(centres, contexts, negatives, W_in, W_out)
    negative = (W_out[contexts][:, None] * W_out[negatives]).sum(2)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "every-pair-with-every-other",
    ko="`v @ W_out[contexts].T`는 모든 짝끼리의 점수 (B, B)입니다. 같은 줄끼리만 내적하세요: `(v * W_out[contexts]).sum(1)`.",
    en="`v @ W_out[contexts].T` scores every pair with every other, (B, B). Take the dot products row by row: "
    "`(v * W_out[contexts]).sum(1)`.",
)
def _(centres, contexts, negatives, W_in, W_out):
    _, drawn = scores_of(centres, contexts, negatives, W_in, W_out)
    real = W_in[centres] @ W_out[contexts].T
    return -(F.logsigmoid(real) + F.logsigmoid(-drawn).sum(1)).mean()


@negative_sampling_loss.mistake(
    "real-one-K-times",
    ko="진짜 이웃의 몫이 K번 더해졌습니다. K에 대해서는 가짜의 몫만 더하고, 진짜의 것은 한 번만 더하세요.",
    en="The real neighbour's share is added K times. Only the drawn words are summed over K; the real one counts once.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive)[:, None] + F.logsigmoid(-negative)).sum(1).mean()


NOT_PER_PAIR = {
    "ko": "가짜의 몫을 짝마다(축 1) 더하지 않았습니다. `bad.sum()`은 배치 전체를, `bad.sum(0)`은 짝을 가로질러 더합니다: `bad.sum(1)`.",
    "en": "The drawn words must be added up for each pair, along axis 1: `bad.sum(1)`. `bad.sum()` adds up the whole batch, "
    "`bad.sum(0)` goes across pairs.",
}


@negative_sampling_loss.mistake("whole-batch-in-each", **NOT_PER_PAIR)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum()).mean()


@negative_sampling_loss.mistake("across-pairs", **NOT_PER_PAIR)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(0)).mean()


ONE_MINUS_SIGN = {
    "ko": "두 몫의 부호가 서로 다릅니다. 손실에서는 두 로그 확률 모두에 −가 붙습니다: `-(good + bad)`.",
    "en": "The two shares have different signs. In a loss both log probabilities have a minus: `-(good + bad)`.",
}


@negative_sampling_loss.mistake("minus-for-the-drawn-only", **ONE_MINUS_SIGN)
def _(*args):
    positive, negative = scores_of(*args)
    return (F.logsigmoid(positive) - F.logsigmoid(-negative).sum(1)).mean()


@negative_sampling_loss.mistake("minus-for-the-real-only", **ONE_MINUS_SIGN)
def _(*args):
    positive, negative = scores_of(*args)
    return (-F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "cut-off-at-minus-100",
    ko="`F.binary_cross_entropy`는 로그를 −100에서 자르므로 큰 점수에서 손실이 틀립니다. `F.logsigmoid`를 쓰세요.",
    en="`F.binary_cross_entropy` cuts the log off at −100, so with large scores the loss is wrong. Use `F.logsigmoid`.",
)
def _(*args):
    positive, negative = (torch.sigmoid(scores) for scores in scores_of(*args))
    real = F.binary_cross_entropy(positive, torch.ones_like(positive), reduction="sum")
    drawn = F.binary_cross_entropy(negative, torch.zeros_like(negative), reduction="sum")
    return (real + drawn) / len(positive)


@negative_sampling_loss.mistake(
    "mean-for-a-dot-product",
    ko="내적은 성분을 곱한 것의 평균이 아니라 *합*입니다.",
    en="A dot product is the *sum* of the products of components, not their mean.",
)
def _(centres, contexts, negatives, W_in, W_out):
    scores = scores_of(centres, contexts, negatives, W_in / W_in.shape[1], W_out)
    return -(F.logsigmoid(scores[0]) + F.logsigmoid(-scores[1]).sum(1)).mean()


@negative_sampling_loss.mistake(
    "scores-clamped",
    ko="점수를 ±50에서 잘랐습니다. 손실이 틀린 값이 되고 잘린 곳의 기울기도 사라집니다. `F.logsigmoid`는 큰 점수에서도 정확하니 자르지 마세요.",
    en="The scores are clamped to ±50: the loss is wrong, and the gradient there is gone. `F.logsigmoid` is exact for large "
    "scores, too: no clamp.",
)
def _(*args):
    positive, negative = (scores.clamp(-50, 50) for scores in scores_of(*args))
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()


@negative_sampling_loss.mistake(
    "adds-the-drawn-not-the-components",
    ko="(B, K, D)를 K(축 1)에 대해 더했습니다. 내적은 성분 D, 곧 마지막 축의 합입니다: `.sum(2)`.",
    en="(B, K, D) was summed over K (axis 1). A dot product adds up the components, the last axis D: `.sum(2)`.",
)
def _(centres, contexts, negatives, W_in, W_out):
    v = W_in[centres]
    positive, negative = (v * W_out[contexts]).sum(1), (v[:, None] * W_out[negatives]).sum(1)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative).sum(1)).mean()


@negative_sampling_loss.mistake("detached-w-in", **DETACHED)
def _(centres, contexts, negatives, W_in, W_out):
    return negative_sampling_loss.oracle(centres, contexts, negatives, W_in.detach(), W_out)


@negative_sampling_loss.mistake("detached-w-out", **DETACHED)
def _(centres, contexts, negatives, W_in, W_out):
    return negative_sampling_loss.oracle(centres, contexts, negatives, W_in, W_out.detach())


@negative_sampling_loss.mistake(
    "squeezes-every-axis",
    ko="축을 적지 않은 `squeeze()`는 K나 B가 1이면 그 축까지 없앱니다. 그러면 더하는 축이 어긋납니다. `squeeze(2)`처럼 축을 적으세요.",
    en="`squeeze()` without an axis takes away K or B, too, where it is 1, and then the sum runs along another axis. Name the "
    "axis, as in `squeeze(2)`.",
)
def _(*args):
    positive, negative = scores_of(*args)
    return -(F.logsigmoid(positive) + F.logsigmoid(-negative.squeeze()).sum(-1)).mean()


@negative_sampling_loss.mistake(
    "leaves-out-drawn-neighbours",
    ko="뽑힌 단어가 진짜 이웃과 같으면 뺐습니다. 그럴듯하지만 위의 식에는 없습니다. 뽑힌 K개를 모두 더하세요.",
    en="Drawn words equal to the real neighbour are left out. That may be sensible, but the formula does not: add up all K.",
)
def _(centres, contexts, negatives, *tables):
    positive, negative = scores_of(centres, contexts, negatives, *tables)
    others = negatives != contexts[:, None]
    return -(F.logsigmoid(positive) + (F.logsigmoid(-negative) * others).sum(1)).mean()


known = next(m for m in negative_sampling_loss.mistakes if m.key == "log-of-sigmoid")


@negative_sampling_loss.mistake("log-of-sigmoid-for-the-real", ko=known.ko, en=known.en)
def _(*args):
    positive, negative = scores_of(*args)
    return -(positive.sigmoid().log() + F.logsigmoid(-negative).sum(1)).mean()


negative_sampling_loss.hints(
    ko=[
        "짝마다 예-아니오 문제를 1 + K개 풉니다. 진짜 이웃에는 '예', 뽑은 단어에는 '아니오'가 답입니다. 6장의 이진 교차 엔트로피와 같은 것입니다.",
        "진짜의 점수는 (B,), 가짜의 점수는 (B, K)입니다. 가짜의 점수는 `v[:, None]` (B, 1, D)과 `W_out[negatives]` (B, K, D)를 곱해 "
        "마지막 축으로 더합니다. 진짜는 log σ(s), 가짜는 log σ(−s)이고, K에 대해서는 더하고 B에 대해서는 평균입니다.",
        "`good = F.logsigmoid((v * W_out[contexts]).sum(1))`, `bad = F.logsigmoid(-(v[:, None] * W_out[negatives]).sum(2))`, "
        "`return -(good + bad.sum(1)).mean()`",
    ],
    en=[
        "Each pair is 1 + K yes-or-no questions: 'yes' for the real neighbour, 'no' for the drawn words. It is "
        "the binary cross entropy of chapter 6.",
        "The real scores are (B,), the others (B, K). For the latter multiply `v[:, None]`, (B, 1, D), with "
        "`W_out[negatives]`, (B, K, D), and add up the last axis. log σ(s) for the real one, log σ(−s) for "
        "the others; a sum over K, a mean over B.",
        "`good = F.logsigmoid((v * W_out[contexts]).sum(1))`, `bad = F.logsigmoid(-(v[:, None] * "
        "W_out[negatives]).sum(2))`, `return -(good + bad.sum(1)).mean()`.",
    ],
)


# ---------------------------------------------------------------- cosine-neighbours


@exercise("cosine-neighbours", points=2, forbids=["F.cosine_similarity", "nn.CosineSimilarity"], returns=["words", "cosines"])  # fmt: skip
def cosine_neighbours(word, vectors, k):
    cosines = F.cosine_similarity(vectors[word], vectors, dim=1)
    ranked = sorted((w for w in range(len(vectors)) if w != word), key=lambda w: -cosines[w].item())
    words = torch.tensor(ranked[:k])
    return words, cosines[words]


def lengths(draw, V, D):
    """Vectors of very different lengths."""
    return draw.normal(V, D, dtype=DOUBLE) * draw.uniform(0.2, 6, V, 1, dtype=DOUBLE)


SMALL = torch.tensor([[1.0, 0.0], [0.6, 0.1], [9.0, 9.0], [-2.0, 0.3], [0.1, 2.0]], dtype=DOUBLE)


@cosine_neighbours.cases
def _(draw):
    yield 0, SMALL, 2
    yield 1, SMALL, 4
    yield 2, SMALL, 1
    with_zero = SMALL.clone()
    with_zero[1] = 0.0
    yield 0, with_zero, 4
    yield 0, torch.tensor([[1.0, 2.0], [2.02, 4.0], [3.0, 1.1], [-1.0, 1.0]], dtype=DOUBLE), 2
    for V, D, k in ((6, 3, 5), (5, 5, 4), (draw.integer(7, 12), draw.integer(2, 5), 3)):
        yield draw.integer(0, V - 1), lengths(draw, V, D), k
    yield draw.integer(1, 5), lengths(draw, 7, 3).float(), 2
    yield 0, torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]], dtype=DOUBLE), 2  # its opposite


@cosine_neighbours.accepts
def _(word, vectors, k):
    unit = F.normalize(vectors, dim=1)
    cosines = unit @ unit[word]
    cosines[word] = -2
    top = cosines.topk(k)
    return top.indices, top.values


@cosine_neighbours.accepts
def _(word, vectors, k):
    norms = vectors.norm(dim=1).clamp(min=1e-12)
    cosines = (vectors @ vectors[word]) / (norms * norms[word])
    others = [w for w in range(len(vectors)) if w != word]
    order = sorted(others, key=lambda w: float(cosines[w]), reverse=True)[:k]
    return [torch.tensor(order), torch.stack([cosines[w] for w in order])]


def best(scores, word, k, values=None, largest=True):
    """The k words with the largest scores but one, and their values."""
    scores = scores.clone()
    scores[word] = -float("inf") if largest else float("inf")
    words = scores.topk(k, largest=largest).indices
    return words, (scores if values is None else values)[words]


def unit(vectors):
    return F.normalize(vectors, dim=1)


DOT_PRODUCT = {
    "ko": "코사인이 아니라 내적입니다. 긴 벡터는 방향과 상관없이 모두의 이웃이 됩니다. 두 벡터의 길이로 나누세요.",
    "en": "These are dot products, not cosines. A long vector is everybody's neighbour, wherever it points: "
    "divide by both lengths.",
}


@cosine_neighbours.mistake("dot-product", **DOT_PRODUCT)
def _(word, vectors, k):
    return best(vectors @ vectors[word], word, k)


@cosine_neighbours.mistake("dot-product-own-place-minus-2", **DOT_PRODUCT)  # -2 is not below all
def _(word, vectors, k):
    scores = vectors @ vectors[word]
    scores[word] = -2
    top = scores.topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake(
    "picked-by-dot-product",
    ko="돌려준 값은 코사인이지만 단어는 내적으로 골랐습니다. 그러면 긴 벡터가 앞섭니다. 고를 때도 코사인을 쓰세요.",
    en="The values returned are cosines, but the words were picked by the dot product, which puts long vectors first. Pick "
    "them by the cosine, too.",
)
def _(word, vectors, k):
    return best(vectors @ vectors[word], word, k, unit(vectors) @ unit(vectors)[word])


@cosine_neighbours.mistake(
    "finds-itself",
    ko="첫 이웃이 자기 자신입니다. 자기와의 코사인은 언제나 1입니다. 그 단어를 빼고 고르세요.",
    en="The first neighbour is the word itself, whose cosine with itself is always 1. Leave the word out.",
)
def _(word, vectors, k):
    top = (unit(vectors) @ unit(vectors)[word]).topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake(
    "finds-itself-and-all",
    ko="내적을 길이로 나누지도 않았고 자기 자신을 빼지도 않았습니다. 두 벡터의 길이로 나누고, 그 단어를 빼고 고르세요.",
    en="Neither are the dot products divided by the lengths, nor is the word itself left out. Do both.",
)
def _(word, vectors, k):
    top = (vectors @ vectors[word]).topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake(
    "only-the-others-length",
    ko="다른 단어들의 길이로만 나누었습니다. 순서는 맞지만 코사인이 아닙니다. 그 단어 자신의 길이로도 나누세요.",
    en="Only the other words' lengths are divided by. The order is right, but these are no cosines: divide "
    "by the word's own length, too.",
)
def _(word, vectors, k):
    return best(unit(vectors) @ vectors[word], word, k)


@cosine_neighbours.mistake(
    "only-its-own-length",
    ko="그 단어 자신의 길이로만 나누었습니다. 다른 단어들의 길이로도 나누어야 긴 벡터가 이득을 보지 않습니다.",
    en="Only the word's own length is divided by. Divide by the others', too, or long vectors have an "
    "advantage.",
)
def _(word, vectors, k):
    return best(vectors @ unit(vectors)[word], word, k)


@cosine_neighbours.mistake(
    "farthest",
    ko="가장 *작은* 코사인부터 골랐습니다. 비슷할수록 코사인이 큽니다: 큰 것부터 고르세요.",
    en="The *smallest* cosines are picked. The more alike, the larger the cosine: take the largest.",
)
def _(word, vectors, k):
    return best(unit(vectors) @ unit(vectors)[word], word, k, largest=False)


DISTANCE = {
    "ko": "두 벡터 사이의 거리로 골랐습니다. 거리는 길이에도 달려 있습니다. 여기서는 방향만 보는 코사인으로 고르세요.",
    "en": "These are picked by distance, which depends on lengths as well. Pick by the cosine, which looks at "
    "directions only.",
}


@cosine_neighbours.mistake("distance", **DISTANCE)
def _(word, vectors, k):
    return best((vectors - vectors[word]).norm(dim=1), word, k, largest=False)


@cosine_neighbours.mistake("picked-by-distance", **DISTANCE)  # the values are cosines
def _(word, vectors, k):
    cosines = unit(vectors) @ unit(vectors)[word]
    return best((vectors - vectors[word]).norm(dim=1), word, k, cosines, largest=False)


@cosine_neighbours.mistake(
    "absolute",
    ko="코사인의 절댓값으로 골랐습니다. 정반대를 가리키는 벡터(코사인 −1)는 비슷한 것이 아닙니다.",
    en="The absolute value of the cosine was used. A vector that points the opposite way (cosine −1) is "
    "not alike.",
)
def _(word, vectors, k):
    return best((unit(vectors) @ unit(vectors)[word]).abs(), word, k)


@cosine_neighbours.mistake(
    "columns",
    ko="길이를 줄(단어)이 아니라 열(성분)에 대해 구했습니다. 단어 하나의 길이는 제 줄의 노름이니 `dim=1`입니다.",
    en="The lengths were taken of the columns (components), not of the rows (words). A word's length is the "
    "norm of its row: `dim=1`.",
)
def _(word, vectors, k):
    columns = F.normalize(vectors, dim=0)
    return best(columns @ columns[word], word, k)


@cosine_neighbours.mistake(
    "squared-lengths",
    ko="길이의 제곱으로 나누었습니다. 길이는 제곱합의 *제곱근*입니다.",
    en="The squared lengths were divided by. A length is the *root* of the sum of squares.",
)
def _(word, vectors, k):
    squares = vectors.square().sum(1).clamp(min=1e-12)
    return best(vectors @ vectors[word] / (squares * squares[word]), word, k)


@cosine_neighbours.mistake(
    "zero-over-zero",
    ko="모두 0인 벡터에서 0 나누기 0이 되어 nan이 나왔습니다. 설명문대로 그 코사인은 0입니다: 길이에 `clamp(min=1e-12)`를 두거나 "
    "`F.normalize`를 쓰세요.",
    en="A vector of zeros gave 0 / 0, which is nan. By the docstring its cosine is 0: `clamp(min=1e-12)` the "
    "lengths, or use `F.normalize`.",
)
def _(word, vectors, k):
    directions = vectors / vectors.norm(dim=1, keepdim=True)
    return best(directions @ directions[word], word, k)


@cosine_neighbours.mistake(
    "swapped-return",
    ko="값은 맞지만 (코사인, 단어) 순서로 돌려주었습니다. 설명문은 (단어, 코사인)입니다.",
    en="The values are right but come as (cosines, words). The docstring says (words, cosines).",
)
def _(word, vectors, k):
    return best(unit(vectors) @ unit(vectors)[word], word, k)[::-1]


@cosine_neighbours.mistake(
    "dot-product-less-the-first",
    ko="내적으로 늘어놓고 맨 앞을 자기 자신이라 여겨 버렸습니다. 내적으로는 자기 자신이 맨 앞이라는 보장이 없습니다. 코사인으로 고르고 그 "
    "단어의 번호를 빼세요.",
    en="These are ranked by dot product, and the first was thrown away as if it were the word itself. By dot product "
    "that is not certain: use the cosine, and leave out the word by its number.",
)
def _(word, vectors, k):
    dots = vectors @ vectors[word]
    words = dots.argsort(descending=True)[1 : k + 1]
    return words, dots[words]


@cosine_neighbours.mistake(
    "cosine-distance",
    ko="코사인이 아니라 1 − 코사인(코사인 거리)을 돌려주었습니다. 설명문은 코사인 자체를 바랍니다.",
    en="What is returned is 1 − cosine, the cosine distance. The docstring asks for the cosine itself.",
)
def _(word, vectors, k):
    words, cosines = cosine_neighbours.oracle(word, vectors, k)
    return words, 1 - cosines


@cosine_neighbours.mistake(
    "own-place-zero",
    ko="자기 자리에 0을 넣었습니다. 코사인은 −1까지 내려가므로 0은 다른 단어를 앞지를 수 있습니다. −1보다 작은 수를 넣으세요.",
    en="The word's own place was set to 0. Cosines go down to −1, so 0 can still beat other words: put in a number "
    "below −1.",
)
def _(word, vectors, k):
    cosines = unit(vectors) @ unit(vectors)[word]
    cosines[word] = 0
    top = cosines.topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake(
    "row-deleted",
    ko="그 단어의 줄을 지우고 찾아서, 뒤에 있는 단어들의 번호가 하나씩 당겨졌습니다. 번호는 원래 표의 것이어야 합니다.",
    en="The word's row was deleted before searching, so the numbers of all words behind it moved up by one. They must "
    "be those of the original table.",
)
def _(word, vectors, k):
    rest = torch.cat([vectors[:word], vectors[word + 1 :]])
    top = (unit(rest) @ F.normalize(vectors[word], dim=0)).topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake(
    "one-length-for-all",
    ko="표 전체의 노름 하나로 나누었습니다. 단어마다 제 길이가 있습니다: `vectors.norm(dim=1)`",
    en="All are divided by one norm, that of the whole table. Every word has a length of its own: `vectors.norm(dim=1)`.",
)
def _(word, vectors, k):
    return best(vectors @ vectors[word] / (vectors.norm() * vectors[word].norm()), word, k)


@cosine_neighbours.mistake(
    "in-place",
    ko="결과는 맞지만 `/=`로 부른 쪽의 표를 고쳤습니다. 새 텐서를 만드세요: `unit = vectors / lengths`",
    en="The result is right, but `/=` changed the caller's table. Make a new tensor: `unit = vectors / lengths`.",
)
def _(word, vectors, k):
    vectors /= vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return best(vectors @ vectors[word], word, k)


BY_VALUE = {
    "ko": "자기 자신을 번호가 아니라 코사인 *값*으로 뺐습니다. 방향이 거의 같은 다른 단어도 함께 사라지거나, 반올림 때문에 꼭 1이 아닌 자기 자신이 "
    "남습니다. 그 단어의 번호만 빼세요.",
    "en": "The word itself was left out by the *value* of its cosine. Others that point almost the same way go with it, or, if "
    "rounding keeps it from being exactly 1, it stays. Leave out the word's own number only.",
}


@cosine_neighbours.mistake("left-out-by-value", **BY_VALUE)
def _(word, vectors, k):
    cosines = unit(vectors) @ unit(vectors)[word]
    top = cosines.masked_fill(cosines > 0.999, -2).topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake("left-out-if-exactly-one", **BY_VALUE)
def _(word, vectors, k):
    cosines = unit(vectors) @ unit(vectors)[word]
    top = cosines.masked_fill(cosines == 1, -2).topk(k)
    return top.indices, top.values


ZEROS_LEFT_OUT = {
    "ko": "모두 0인 벡터를 뺐거나 맨 뒤에 놓았습니다. 설명문대로 그 코사인은 0이니 음수인 단어보다 앞섭니다.",
    "en": "A vector of zeros was left out, or put last. By the docstring its cosine is 0, ahead of negative ones.",
}


@cosine_neighbours.mistake("zeros-left-out", **ZEROS_LEFT_OUT)
def _(word, vectors, k):
    cosines = unit(vectors) @ unit(vectors)[word]
    return best(cosines.masked_fill((vectors == 0).all(1), -2), word, k)


@cosine_neighbours.mistake("zeros-last", **ZEROS_LEFT_OUT)
def _(word, vectors, k):
    cosines = unit(vectors) @ unit(vectors)[word]
    return best(cosines.masked_fill((vectors == 0).all(1), -1), word, k)


ADDED_TO_LENGTHS = {
    "ko": "길이에 더한 작은 수가 코사인을 바꿉니다. 더하지 말고 `clamp(min=1e-12)`로 막으세요.",
    "en": "The small number that was added to the lengths changes the cosines. Do not add: bound them by `clamp(min=1e-12)`.",
}


def _with_epsilon(epsilon, each):
    def answer(word, vectors, k):
        norms = vectors.norm(dim=1) + each * epsilon
        products = norms * norms[word] + (1 - each) * epsilon
        return best(vectors @ vectors[word] / products, word, k)

    return answer


for epsilon in (1e-3, 1e-5, 1e-6):
    name = f"epsilon-{epsilon:g}"
    cosine_neighbours.mistake(f"{name}-added-to-each", **ADDED_TO_LENGTHS)(
        _with_epsilon(epsilon, 1)
    )
    cosine_neighbours.mistake(f"{name}-added", **ADDED_TO_LENGTHS)(_with_epsilon(epsilon, 0))


@cosine_neighbours.mistake(
    "zeroed-in-place",
    ko="그 단어의 벡터를 쓰기도 전에 0으로 지웠고, 부른 쪽의 표도 바뀌었습니다. 표는 그대로 두고 *코사인*에서 그 단어의 자리만 작은 수로 바꾸세요.",
    en="The word's vector was set to 0 before it was used, and the caller's table with it. Leave the table as it is, and put a "
    "small number into the word's place among the *cosines*.",
)
def _(word, vectors, k):
    vectors[word] = 0
    top = (unit(vectors) @ unit(vectors)[word]).topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake(
    "no-keepdim",
    ko="길이 (V,)가 줄이 아니라 *열*에 맞추어 나뉘었습니다. `keepdim=True`로 (V, 1)을 만드세요.",
    en="The lengths, (V,), line up with the *columns*. Make them (V, 1) with `keepdim=True`.",
)
def _(word, vectors, k):
    directions = vectors / vectors.norm(dim=1).clamp(min=1e-12)
    return best(directions @ directions[word], word, k)


@cosine_neighbours.mistake(
    "own-place-minus-1",
    ko="자기 자리에 −1을 넣었습니다. 꼭 반대쪽을 보는 단어의 코사인도 −1이라, 자기 자신이 그 단어를 앞지를 수 있습니다. −1보다 *작은* 수를 넣으세요.",
    en="The word's own place was set to −1. A word that points exactly the other way has −1 as well, and can lose against "
    "the word itself: put in a number *below* −1.",
)
def _(word, vectors, k):
    cosines = unit(vectors) @ unit(vectors)[word]
    cosines[word] = -1
    top = cosines.topk(k)
    return top.indices, top.values


@cosine_neighbours.mistake(
    "ascending",
    ko="단어는 맞지만 순서가 거꾸로입니다. 코사인이 가장 큰 것이 먼저입니다. `argsort()`는 작은 것부터 늘어놓습니다.",
    en="The words are right, but in the opposite order: the largest cosine comes first. `argsort()` begins with the "
    "smallest.",
)
def _(word, vectors, k):
    words, cosines = cosine_neighbours.oracle(word, vectors, k)
    return words.flip(0), cosines.flip(0)


cosine_neighbours.hints(
    ko=[
        "코사인은 길이가 1인 벡터끼리의 내적입니다. 그러니 먼저 모든 줄의 길이를 1로 만들면 나머지는 내적 한 번입니다.",
        "모든 단어와의 코사인 (V,)를 구한 다음, 자기 자신의 자리에 −1보다 작은 수를 넣고 큰 것부터 k개를 고릅니다. 0으로 나누지 않게 "
        "조심하세요.",
        "`unit = F.normalize(vectors, dim=1)`, `cosines = unit @ unit[word]`, `cosines[word] = -2`, "
        "`values, words = cosines.topk(k)`, `return words, values`",
    ],
    en=[
        "A cosine is the dot product of two vectors of length 1. So first make every row that long; the rest "
        "is one product.",
        "Get the cosines with all words, (V,), put a number below −1 in the word's own place, and pick the "
        "k largest. Mind the division by 0.",
        "`unit = F.normalize(vectors, dim=1)`, `cosines = unit @ unit[word]`, `cosines[word] = -2`, "
        "`values, words = cosines.topk(k)`, `return words, values`.",
    ],
)


# ---------------------------------------------------------------- cooccurrence


@exercise("cooccurrence", points=2)
def cooccurrence(sentences, vocab_size, window, weighted):
    # A band matrix says how near two places are; one-hot rows turn places into words.
    X = torch.zeros(vocab_size, vocab_size, dtype=DOUBLE)
    for ids in sentences:
        places = torch.arange(len(ids), dtype=DOUBLE)
        d = (places[:, None] - places).abs()
        near = ((d > 0) & (d <= window)).double()
        if weighted:
            near = near / d.clamp(min=1)
        hot = F.one_hot(torch.tensor(ids, dtype=torch.int64), vocab_size).double()
        X += hot.T @ near @ hot
    return X.float()


@cooccurrence.cases
def _(draw):
    yield [[0, 1, 2]], 3, 1, False
    yield [[0, 1, 2]], 3, 2, True
    yield [[0, 1, 0, 1], [2, 1]], 4, 2, False
    yield [[1, 1, 0], [2], [0, 2, 1, 2]], 3, 2, True
    yield [[], []], 2, 1, False
    yield [[0, 1], [], [0, 2], [0, 1]], 3, 1, False  # one twice, and some after an empty one
    for weighted in (False, True):
        V = draw.integer(4, 6)
        sizes = [draw.integer(1, 6) for _ in range(3)] + [7]
        yield [draw.integers(0, V - 1, n).tolist() for n in sizes], V, draw.integer(2, 3), weighted
    yield [draw.permutation(8).tolist()], 8, 4, True


@cooccurrence.accepts
def _(sentences, vocab_size, window, weighted):
    X = torch.zeros(vocab_size, vocab_size)
    for ids in sentences:
        for i, a in enumerate(ids):
            for j, b in enumerate(ids):
                if i != j and abs(i - j) <= window:
                    X[a, b] += 1 / abs(i - j) if weighted else 1
    return X


@cooccurrence.accepts
def _(sentences, vocab_size, window, weighted):
    X = torch.zeros(vocab_size * vocab_size, dtype=DOUBLE)
    for d in range(1, window + 1):
        for ids in sentences:
            for a, b in zip(ids, ids[d:]):  # noqa: B905
                X[a * vocab_size + b] += 1 / d if weighted else 1.0
                X[b * vocab_size + a] += 1 / d if weighted else 1.0
    return X.view(vocab_size, vocab_size)


def counted(sentences, vocab_size, window, weigh, fits=lambda i, j, a, b: True, add=True):
    """Adds weigh(d) for all places i != j at most window apart that fit."""
    X = torch.zeros(vocab_size, vocab_size)
    for ids in sentences:
        for i, a in enumerate(ids):
            for j, b in enumerate(ids):
                d = abs(i - j)
                if 0 < d <= window and fits(i, j, a, b):
                    X[a, b] = weigh(d) + (X[a, b] if add else 0)
    return X


def plain_or_near(weighted):
    return (lambda d: 1 / d) if weighted else (lambda d: 1.0)


@cooccurrence.mistake(
    "one-sided",
    ko="한쪽 이웃만 세어 행렬이 대칭이 아닙니다. a가 b의 이웃이면 b도 a의 이웃입니다: X[a, b]와 X[b, a]에 모두 더하세요.",
    en="Only the neighbours on one side are counted, so the matrix is not symmetric. If a is near b, b is "
    "near a: add to X[a, b] and to X[b, a].",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, plain_or_near(weighted), lambda i, j, a, b: j > i)


@cooccurrence.mistake(
    "left-sided",
    ko="왼쪽 이웃만 세어 행렬이 대칭이 아닙니다. a가 b의 이웃이면 b도 a의 이웃입니다: X[a, b]와 X[b, a]에 모두 더하세요.",
    en="Only the neighbours on the left are counted, so the matrix is not symmetric. If a is near b, b is "
    "near a: add to X[a, b] and to X[b, a].",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, plain_or_near(weighted), lambda i, j, a, b: j < i)


@cooccurrence.mistake(
    "doubled",
    ko="모두 두 배입니다. 양쪽을 다 훑으면서 X[a, b]와 X[b, a]에 함께 더했거나, 끝에 전치를 더했습니다. 둘 중 하나만 하세요.",
    en="Everything is doubled. You went over both sides and added to X[a, b] and X[b, a] each time, or added "
    "the transpose at the end. Do only one of the two.",
)
def _(sentences, V, window, weighted):
    return 2 * counted(sentences, V, window, plain_or_near(weighted))


@cooccurrence.mistake(
    "overwrites",
    ko="더하지 않고 덮어썼습니다. 여러 번 만나면 그만큼 커져야 합니다: `=`가 아니라 `+=`입니다. 번호 텐서로 한꺼번에 더할 때도 "
    "`X[a, b] += 1`은 같은 칸에 한 번만 더합니다.",
    en="The places are overwritten instead of added to. Words that meet often must count more: `+=`, not "
    "`=`. With index tensors, too, `X[a, b] += 1` adds to the same cell only once.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, plain_or_near(weighted), add=False)


@cooccurrence.mistake(
    "never-weighted",
    ko="weighted가 True인데도 1을 더했습니다. 그때는 거리 d의 역수 1/d를 더합니다.",
    en="1 is added although weighted is True. Then it is 1/d, d being the distance.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, plain_or_near(False))


@cooccurrence.mistake(
    "always-weighted",
    ko="weighted가 False인데도 1/d를 더했습니다. 그때는 거리와 상관없이 1입니다.",
    en="1/d is added although weighted is False. Then it is 1, whatever the distance.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, plain_or_near(True))


@cooccurrence.mistake(
    "counts-itself",
    ko="자기 자신의 자리까지 세었습니다. 한 자리는 제 이웃이 아닙니다: i와 j가 같은 자리는 빼세요.",
    en="Every place is counted as its own neighbour. Leave out where i is j.",
)
def _(sentences, V, window, weighted):
    X = counted(sentences, V, window, plain_or_near(weighted))
    for ids in sentences:
        for a in ids:
            X[a, a] += 1
    return X


@cooccurrence.mistake(
    "distance-zero",
    ko="자기 자신의 자리까지 세었고, weighted일 때는 그 거리 0으로 나눕니다. i와 j가 같은 자리는 빼세요.",
    en="Every place is counted as its own neighbour, and with weighted divided by its distance, 0. Leave out where i is j.",
)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in sentences:
        for i in range(len(ids)):
            for j in range(max(0, i - window), min(len(ids), i + window + 1)):
                X[ids[i], ids[j]] += 1 / abs(i - j) if weighted else 1.0
    return X


@cooccurrence.mistake(
    "skips-the-same-word",
    ko="같은 단어가 나란히 나온 것을 세지 않았습니다. 빼야 할 것은 같은 *자리*이지 같은 단어가 아닙니다.",
    en="A word next to the same word is not counted. What must be left out is the same *place*, not the same "
    "word.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, plain_or_near(weighted), lambda i, j, a, b: a != b)


@cooccurrence.mistake(
    "same-word-once",
    ko="같은 단어가 나란히 나온 것을 한 번만 더했습니다. 두 자리 (i, j)와 (j, i)가 있으니 대각선 칸에도 두 번 더합니다.",
    en="A word next to the same word is added only once. There are two ordered pairs of places, (i, j) and "
    "(j, i), so the cell on the diagonal gets two.",
)
def _(sentences, V, window, weighted):
    fits = lambda i, j, a, b: a != b or i < j  # noqa: E731
    return counted(sentences, V, window, plain_or_near(weighted), fits)


@cooccurrence.mistake(
    "across-sentences",
    ko="문장의 경계를 넘어 세었습니다. 앞 문장의 마지막 단어와 다음 문장의 첫 단어는 이웃이 아닙니다.",
    en="Words are counted across the boundary of sentences. The last word of one and the first of the next "
    "are no neighbours.",
)
def _(sentences, V, window, weighted):
    return counted([sum(sentences, [])], V, window, plain_or_near(weighted))


@cooccurrence.mistake(
    "window-off-by-one",
    ko="가장 먼 이웃이 빠졌습니다. 거리가 딱 window인 것도 이웃입니다: `<=` 또는 `range(1, window + 1)`.",
    en="The farthest neighbours are missing. A distance of exactly window still counts: `<=`, or "
    "`range(1, window + 1)`.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window - 1, plain_or_near(weighted))


@cooccurrence.mistake(
    "no-window",
    ko="창을 보지 않고 문장 안의 모든 짝을 세었습니다. 거리가 window 이하인 짝만 셉니다.",
    en="All pairs of a sentence are counted, whatever the window. Only those at most window apart count.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, 10**6, plain_or_near(weighted))


@cooccurrence.mistake(
    "whole-numbers",
    ko="결과가 정수 텐서입니다. 1/d를 더하려면 실수여야 합니다(정수에 더하면 잘려 나갑니다). `torch.zeros(V, V)`로 시작하세요.",
    en="The result is an integer tensor. Adding 1/d takes floats (added to whole numbers it is cut off). "
    "Start from `torch.zeros(V, V)`.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, lambda d: int(1 / d) if weighted else 1).long()


@cooccurrence.mistake(
    "each-cell-once",
    ko="번호 텐서로 `X[a, b] += …`를 했습니다. 같은 칸이 여러 번 나와도 *한 번만* 더해집니다. 반복문으로 하나씩 더하거나 "
    "`index_put_(…, accumulate=True)`를 쓰세요.",
    en="`X[a, b] += …` with index tensors adds *only once* to a cell that comes several times. Add one by one in a "
    "loop, or use `index_put_(…, accumulate=True)`.",
)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in map(torch.tensor, sentences):
        for d in range(1, min(window, len(ids) - 1) + 1):
            X[ids[:-d], ids[d:]] += 1 / d if weighted else 1.0
            X[ids[d:], ids[:-d]] += 1 / d if weighted else 1.0
    return X


@cooccurrence.mistake(
    "farther-counts-more",
    ko="weighted일 때 1/d가 아니라 d를 더했습니다. 먼 이웃일수록 *덜* 세어야 합니다.",
    en="With weighted, d is added instead of 1/d. The farther a neighbour, the *less* it counts.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, (lambda d: d) if weighted else (lambda d: 1))


@cooccurrence.mistake(
    "only-the-farthest",
    ko="거리가 딱 window인 짝만 세었습니다. 1부터 window까지 모든 거리를 세세요.",
    en="Only pairs exactly window apart are counted. Count all distances from 1 to window.",
)
def _(sentences, V, window, weighted):
    fits = lambda i, j, a, b: abs(i - j) == window  # noqa: E731
    return counted(sentences, V, window, plain_or_near(weighted), fits)


@cooccurrence.mistake(
    "only-the-next",
    ko="바로 옆의 짝만 세었습니다. 거리 1부터 window까지 모두 세세요.",
    en="Only direct neighbours are counted. Count all distances from 1 to window.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, 1, plain_or_near(weighted))


WRAPPED = {
    "ko": "문장의 첫머리에서 음수 자리가 뒤에서부터 세어져, 처음과 끝이 이웃이 되었습니다. j는 0 이상이어야 합니다.",
    "en": "At the start of a sentence a negative place counts from the end, so first and last became neighbours. j must "
    "be at least 0.",
}


@cooccurrence.mistake("wraps-around", **WRAPPED)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in sentences:
        for i in range(len(ids)):
            for j in range(max(-len(ids), i - window), min(len(ids), i + window + 1)):
                if j != i:
                    X[ids[i], ids[j]] += 1 / abs(i - j) if weighted else 1.0
    return X


@cooccurrence.mistake(
    "shares",
    ko="횟수를 합으로 나누어 비율로 만들었습니다. 설명문은 횟수 그대로를 바랍니다.",
    en="The counts were divided by their sum. The docstring asks for the counts as they are.",
)
def _(sentences, V, window, weighted):
    X = counted(sentences, V, window, plain_or_near(weighted))
    return X / X.sum()


@cooccurrence.mistake(
    "right-one-short",
    ko="오른쪽 이웃이 하나 모자라 대칭이 아닙니다. `range`의 끝은 포함되지 않으므로 `i + window + 1`입니다.",
    en="One neighbour on the right is missing, so X is not symmetric. The end of a `range` is left out: `i + window + 1`.",
)
def _(sentences, V, window, weighted):
    fits = lambda i, j, a, b: j - i < window  # noqa: E731
    return counted(sentences, V, window, plain_or_near(weighted), fits)


@cooccurrence.mistake(
    "places-not-words",
    ko="자리의 번호를 칸으로 썼습니다. 칸은 그 자리에 있는 *단어*의 번호입니다: `X[ids[i], ids[j]]`.",
    en="The cell is that of the places. It should be that of the *words* that stand there: `X[ids[i], ids[j]]`.",
)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in sentences:
        for i in range(len(ids)):
            for j in range(max(0, i - window), min(len(ids), i + window + 1)):
                if j != i:
                    X[i, j] += 1 / abs(i - j) if weighted else 1.0
    return X


SIGNED = {
    "ko": "한쪽 이웃을 음수로 세었습니다. 거리는 `abs(i - j)`입니다.",
    "en": "Neighbours on one side count as negative. A distance is `abs(i - j)`.",
}


@cooccurrence.mistake("signed-distance", **SIGNED)
def _(sentences, V, window, weighted):
    right = counted(sentences, V, window, plain_or_near(weighted), lambda i, j, a, b: j < i)
    left = counted(sentences, V, window, plain_or_near(weighted), lambda i, j, a, b: j > i)
    return right - left if weighted else right + left


NOT_ONE_OVER_D = {
    "ko": "weighted일 때 더한 것이 1/d가 아닙니다. d는 두 자리의 거리이니 바로 옆은 1, 그다음은 1/2입니다.",
    "en": "With weighted, what is added is not 1/d. d is the distance of the two places: 1 for direct neighbours, 1/2 for the next.",
}


@cooccurrence.mistake("one-over-d-plus-one", **NOT_ONE_OVER_D)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, (lambda d: 1 / (d + 1)) if weighted else (lambda d: 1))


@cooccurrence.mistake("one-over-the-window", **NOT_ONE_OVER_D)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, (lambda d: 1 / window) if weighted else (lambda d: 1))


@cooccurrence.mistake(
    "floor-division",
    ko="`1 // d`는 몫을 정수로 내려 d가 2 이상이면 0입니다. 나눗셈은 `1 / d`입니다.",
    en="`1 // d` rounds down: it is 0 from d = 2 on. To divide is `1 / d`.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, (lambda d: 1 // d) if weighted else (lambda d: 1))


@cooccurrence.mistake(
    "weighted-the-wrong-way-round",
    ko="weighted의 뜻이 뒤집혔습니다. True일 때 1/d를, False일 때 1을 더합니다.",
    en="weighted is the wrong way round: True adds 1/d, False adds 1.",
)
def _(sentences, V, window, weighted):
    return counted(sentences, V, window, plain_or_near(not weighted))


@cooccurrence.mistake(
    "last-sentence",
    ko="마지막 문장만 세었습니다. 표 X를 반복문 *앞에서* 한 번만 만드세요.",
    en="Only the last sentence was counted. Make the table X once, *before* the loop.",
)
def _(sentences, V, window, weighted):
    return counted(sentences[-1:], V, window, plain_or_near(weighted))


@cooccurrence.mistake(
    "first-sentence",
    ko="첫 문장만 세었습니다. `return`이 반복문 안에 있지 않나요?",
    en="Only the first sentence was counted: is the `return` inside the loop?",
)
def _(sentences, V, window, weighted):
    return counted(sentences[:1], V, window, plain_or_near(weighted))


@cooccurrence.mistake(
    "sentence-as-a-set",
    ko="한 문장에 두 번 나온 단어를 한 번만 세었습니다. `set`이나 `dict.fromkeys`로 단어를 모으면 자리와 횟수가 사라집니다.",
    en="A word that stands twice in a sentence counts only once. Collected by `set` or `dict.fromkeys`, words lose their places "
    "and counts.",
)
def _(sentences, V, window, weighted):
    distinct = [list(dict.fromkeys(ids)) for ids in sentences]
    return counted(distinct, V, window, plain_or_near(weighted))


@cooccurrence.mistake(
    "presence",
    ko="한 문장에 함께 있는지만 보았습니다. 거리가 window 이하인 *자리*의 짝을 나온 만큼 모두 셉니다.",
    en="Only whether two words share a sentence is seen. Count all pairs of *places* at most window apart, as often as they come.",
)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in sentences:
        for a in set(ids):
            for b in set(ids) - {a}:
                X[a, b] += 1
    return X


@cooccurrence.mistake(
    "ends-skipped",
    ko="문장 끝의 자리를 가운데로 삼지 않고 건너뛰었습니다. 자리마다 있는 이웃을 모두 셉니다.",
    en="The places near the ends were skipped as centres. At every place count the neighbours there are.",
)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in sentences:
        for i in range(window, len(ids) - window):
            for j in range(i - window, i + window + 1):
                if j != i:
                    X[ids[i], ids[j]] += 1 / abs(i - j) if weighted else 1.0
    return X


@cooccurrence.mistake(
    "runs-off-the-end",
    ko="자리 번호가 문장 밖으로 나갑니다. 오른쪽에서는 IndexError가 나고, 왼쪽에서는 음수가 되어 뒤에서부터 셉니다. 0 이상이고 문장의 길이보다 작은 자리만 "
    "쓰세요.",
    en="The places run out of the sentence: on the right that is an IndexError, on the left a negative number counts from the "
    "end. Only use places from 0 up to, not including, the length of the sentence.",
)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in sentences:
        for i in range(len(ids)):
            for j in range(i - window, i + window + 1):
                if j != i:
                    X[ids[i], ids[j]] += 1 / abs(i - j) if weighted else 1.0
    return X


@cooccurrence.mistake("wraps-around-off-the-start", **WRAPPED)
def _(sentences, V, window, weighted):
    X = torch.zeros(V, V)
    for ids in sentences:
        for i in range(len(ids)):
            for j in range(i - window, min(len(ids), i + window + 1)):
                if j != i:
                    X[ids[i], ids[j]] += 1 / abs(i - j) if weighted else 1.0
    return X


@cooccurrence.mistake("signed-distance-backwards", **SIGNED)
def _(sentences, V, window, weighted):
    right = counted(sentences, V, window, plain_or_near(weighted), lambda i, j, a, b: j > i)
    left = counted(sentences, V, window, plain_or_near(weighted), lambda i, j, a, b: j < i)
    return right - left if weighted else right + left


@cooccurrence.mistake(
    "stops-at-an-empty-one",
    ko="빈 문장에서 반복문이 끝나(`break`나 `return`) 그 뒤의 문장을 세지 않았습니다. 건너뛰려면 `continue`입니다.",
    en="The loop ends at an empty sentence (`break`, or `return`), and those after it are not counted. To pass over one is "
    "`continue`.",
)
def _(sentences, V, window, weighted):
    until = next((i for i, ids in enumerate(sentences) if not ids), len(sentences))
    return counted(sentences[:until], V, window, plain_or_near(weighted))


@cooccurrence.mistake(
    "each-sentence-once",
    ko="똑같은 문장이 두 번 나오면 한 번만 세었습니다(`set`을 쓰지 않았나요?). 나온 만큼 모두 셉니다.",
    en="A sentence that comes twice is counted once (is there a `set`?). Every one counts.",
)
def _(sentences, V, window, weighted):
    different = list(dict.fromkeys(map(tuple, sentences)))
    return counted(different, V, window, plain_or_near(weighted))


cooccurrence.hints(
    ko=[
        "빈 표에서 시작해, 문장마다 두 자리의 짝을 훑으며 그 두 단어의 칸에 더합니다. 문장은 따로따로 셉니다.",
        "거리 d = 1 … window에 대해 자리 i와 i + d의 단어 a, b를 꺼내 X[a, b]와 X[b, a]에 모두 더합니다. 더하는 수는 1 또는 1/d입니다.",
        "`for ids in sentences:` 아래 `for d in range(1, window + 1):` 아래 `for a, b in zip(ids, ids[d:]):` 아래에서 "
        "`X[a, b] += w`와 `X[b, a] += w`. `w = 1 / d if weighted else 1.0`입니다.",
    ],
    en=[
        "Start from an empty table. In each sentence go over pairs of places, and add to the cell of their two "
        "words. Each sentence is counted by itself.",
        "For the distances d = 1 … window, take the words a and b at places i and i + d, and add to X[a, b] as "
        "well as to X[b, a]: 1, or 1/d.",
        "`for ids in sentences:`, below it `for d in range(1, window + 1):`, below that `for a, b in zip(ids, ids[d:]):`, "
        "and there `X[a, b] += w` and `X[b, a] += w`, with `w = 1 / d if weighted else 1.0`.",
    ],
)


# ---------------------------------------------------------------- glove-loss


@exercise("glove-loss", points=3)
def glove_loss(X, W, C, b, c, x_max, alpha):
    total = torch.zeros((), dtype=W.dtype)
    for i, j in X.nonzero().tolist():
        weight = min(1.0, (X[i, j].item() / x_max) ** alpha)
        total = total + weight * (torch.dot(W[i], C[j]) + b[i] + c[j] - X[i, j].log()) ** 2
    return total


def glove_parts(draw, V, D, dtype=DOUBLE):
    return (
        draw.normal(V, D, dtype=dtype), draw.normal(V, D, dtype=dtype),
        draw.normal(V, dtype=dtype), draw.normal(V, dtype=dtype),
    )  # fmt: skip


def counts_table(draw, V, low=0, high=30, dtype=DOUBLE):
    """A table of counts that is not symmetric, with zeros, and some below and above 10."""
    X = draw.integers(low, high, V, V).to(dtype)
    X[draw.integer(0, V - 1), :2] = torch.tensor([0.0, 0.5], dtype=dtype)
    X[:, 2] = torch.linspace(3, 40, V, dtype=dtype)
    return X


@glove_loss.cases
def _(draw):
    one = torch.ones(2, 1, dtype=DOUBLE)
    zero, two = torch.zeros(2, dtype=DOUBLE), torch.tensor([0.5, -1.0], dtype=DOUBLE)
    yield torch.tensor([[0.0, 4.0], [4.0, 0.0]], dtype=DOUBLE), one, 2 * one, two, zero, 10.0, 0.75
    yield torch.tensor([[20.0, 3.0], [3.0, 0.0]], dtype=DOUBLE), one, -one, two, two + 1, 10.0, 0.75
    yield counts_table(draw, 4), *glove_parts(draw, 4, 2), 10.0, 0.75
    yield counts_table(draw, 3), *glove_parts(draw, 3, 3), 100.0, 0.5
    V = draw.integer(5, 6)
    yield counts_table(draw, V), *glove_parts(draw, V, 2), draw.number(8, 20), draw.number(0.4, 0.9)
    X = counts_table(draw, 4, dtype=torch.float32)
    parts = [part.requires_grad_() for part in glove_parts(draw, 4, 3, torch.float32)]
    yield Case((X, *parts, 15.0, 0.75), slopes=True)


@glove_loss.accepts
def _(X, W, C, b, c, x_max, alpha):
    i, j = X.nonzero(as_tuple=True)
    x = X[i, j]
    error = (W[i] * C[j]).sum(1) + b[i] + c[j] - torch.log(x)
    return ((x / x_max).clamp(max=1).pow(alpha) * error.square()).sum()


@glove_loss.accepts
def _(X, W, C, b, c, x_max, alpha):
    met = X > 0
    f = torch.where(x_max > X, (X / x_max) ** alpha, torch.ones_like(X))
    error = W @ C.T + b[:, None] + c - torch.where(met, X, torch.ones_like(X)).log()
    return (f[met] * error[met] ** 2).sum()


def glove(X, W, C, b, c, x_max, alpha, target=torch.log, weigh=None, shape=torch.square):
    """The loss over the pairs that occur, with parts exchanged."""
    i, j = X.nonzero(as_tuple=True)
    x = X[i, j]
    weigh = weigh or (lambda x: (x / x_max).clamp(max=1) ** alpha)
    return weigh(x) * shape((W[i] * C[j]).sum(1) + b[i] + c[j] - target(x))


@glove_loss.mistake(
    "raw-count",
    ko="횟수의 *로그*가 아니라 횟수 자체에 맞추었습니다. 원본 노트가 그렇게 적었습니다. 횟수는 몇천까지 커지고, 내적이 닮아야 "
    "하는 것은 log X입니다.",
    en="This fits the count itself, as the notes have it, not its *log*. Counts grow into the thousands; "
    "what the dot product is to meet is log X.",
)
def _(*args):
    return glove(*args, target=lambda x: x).sum()


@glove_loss.mistake(
    "no-bias",
    ko="두 편향이 빠졌습니다. 자주 나오는 단어는 누구와도 자주 만납니다. 그 몫을 편향 b_i와 c_j가 맡아야 벡터가 뜻을 배웁니다.",
    en="The two biases are missing. A frequent word meets everybody often; the biases b_i and c_j take that "
    "over, so that the vectors can learn meaning.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, 0 * b, 0 * c, x_max, alpha).sum()


@glove_loss.mistake(
    "only-b",
    ko="편향이 b 하나뿐입니다. 문맥 쪽 단어의 편향 c_j도 더하세요.",
    en="There is only the bias b. Add c_j, the bias of the word on the context's side.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b, 0 * c, x_max, alpha).sum()


@glove_loss.mistake(
    "only-c",
    ko="편향이 c 하나뿐입니다. 가운데 단어의 편향 b_i도 더하세요.",
    en="There is only the bias c. Add b_i, the bias of the word itself.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, 0 * b, c, x_max, alpha).sum()


@glove_loss.mistake(
    "biases-across",
    ko="편향의 방향이 바뀌었습니다. b는 줄 i의 것, c는 열 j의 것입니다: `b[:, None] + c[None, :]`. `b + c`만 쓰면 둘 다 열로 퍼집니다.",
    en="The biases run the wrong way. b belongs to row i, c to column j: `b[:, None] + c[None, :]`. A plain "
    "`b + c` spreads both along the columns.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, 0 * b, b + c, x_max, alpha).sum()


@glove_loss.mistake(
    "no-weight",
    ko="가중치 f(X)를 곱하지 않았습니다. 그러면 딱 한 번 만난 짝이 천 번 만난 짝만큼 중요해집니다.",
    en="The weight f(X) is missing: a pair that met once matters as much as one that met a thousand times.",
)
def _(*args):
    return glove(*args, weigh=torch.ones_like).sum()


@glove_loss.mistake(
    "no-cap",
    ko="f에 상한이 없습니다. x_max를 넘은 횟수의 가중치는 1에서 멈춥니다.",
    en="f has no ceiling. For counts above x_max the weight stays at 1.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b, c, x_max, alpha, weigh=lambda x: (x / x_max) ** alpha).sum()


@glove_loss.mistake(
    "no-power",
    ko="f에 거듭제곱 alpha가 빠졌습니다: (X / x_max)의 *alpha제곱*입니다.",
    en="f lacks the power alpha: it is (X / x_max) *to the power* alpha.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b, c, x_max, 1.0).sum()


@glove_loss.mistake(
    "weight-of-the-error",
    ko="f를 제곱 안에 넣었습니다. f는 제곱한 *다음에* 곱합니다.",
    en="f stands inside the square. Multiply by it *after* squaring.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b, c, x_max, 2 * alpha).sum()


@glove_loss.mistake(
    "mean",
    ko="짝의 수로 나누었습니다. 설명문과 논문은 *합*입니다.",
    en="This is divided by the number of pairs. Docstring and paper have the *sum*.",
)
def _(*args):
    return glove(*args).mean()


@glove_loss.mistake(
    "mean-of-the-table",
    ko="표의 칸 수 V²로 나누었습니다. 설명문과 논문은 *합*입니다.",
    en="This is divided by V², the cells of the table. Docstring and paper have the *sum*.",
)
def _(X, *rest):
    return glove(X, *rest).sum() / X.numel()


@glove_loss.mistake(
    "no-square",
    ko="차이를 제곱하지 않고 절댓값을 썼습니다.",
    en="The difference has its absolute value taken instead of its square.",
)
def _(*args):
    return glove(*args, shape=torch.abs).sum()


@glove_loss.mistake(
    "signed-error",
    ko="차이를 제곱하지 않았습니다. 그러면 한 짝의 모자람이 다른 짝의 넘침과 지워지고, 손실이 음수로도 내려갑니다.",
    en="The difference is not squared: one pair's too little cancels another's too much, and the loss can "
    "fall below 0.",
)
def _(*args):
    return glove(*args, shape=lambda error: error).sum()


@glove_loss.mistake(
    "log-of-one-plus",
    ko="log(1 + X)에 맞추었습니다. 0을 피하려는 것이지만 목표가 달라집니다. 만난 짝(X > 0)만 골라 log X를 쓰세요.",
    en="This fits log(1 + X). It avoids the zeros, but changes the target: pick the pairs that met (X > 0) "
    "and use log X.",
)
def _(*args):
    return glove(*args, target=torch.log1p).sum()


@glove_loss.mistake(
    "log-of-zero",
    ko="한 번도 만나지 않은 짝 때문에 nan이 되었습니다. f(0) = 0이어도 0 × 무한대는 nan입니다. X > 0인 칸만 *골라내어* 계산하세요.",
    en="Pairs that never met make it nan: f(0) is 0, but 0 × infinity is nan. *Pick out* the cells with X > 0 "
    "and compute with those only.",
)
def _(X, W, C, b, c, x_max, alpha):
    f = (X / x_max).clamp(max=1) ** alpha
    return (f * (W @ C.T + b[:, None] + c - X.log()) ** 2).sum()


@glove_loss.mistake(
    "one-table",
    ko="문맥 쪽 벡터도 W에서 꺼냈습니다. 문맥 쪽에는 C라는 제 표가 있습니다.",
    en="The context's vectors come from W, too. They have a table of their own, C.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, W, b, c, x_max, alpha).sum()


@glove_loss.mistake(
    "clamped-log",
    ko="횟수를 1 이상으로 올린 뒤 로그를 씌웠습니다. 1/d로 센 횟수는 1보다 작을 수 있고 그 로그는 음수여야 합니다. 만난 칸만 골라 그대로 "
    "쓰세요.",
    en="Counts were raised to at least 1 before the log. Counted as 1/d they can be below 1, with a negative log: pick "
    "out the pairs that met, and use their counts as they are.",
)
def _(*args):
    return glove(*args, target=lambda x: x.clamp(min=1).log()).sum()


@glove_loss.mistake(
    "both-biases-of-the-row",
    ko="두 편향을 모두 i에서 꺼냈습니다. b는 줄 i의 것, c는 열 j의 것입니다: `b[i] + c[j]`",
    en="Both biases are taken at i. b belongs to the row i, c to the column j: `b[i] + c[j]`.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b + c, 0 * c, x_max, alpha).sum()


@glove_loss.mistake(
    "biases-subtracted",
    ko="편향을 뺐습니다. 예측은 내적에 두 편향을 *더한* 것입니다.",
    en="The biases are subtracted. The prediction is the dot product *plus* both biases.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, -b, -c, x_max, alpha).sum()


@glove_loss.mistake(
    "half-of-the-table",
    ko="표의 위쪽 절반만 더했습니다. 식은 X > 0인 *모든* 칸의 합입니다.",
    en="Only the upper half of the table is added up. The formula has *every* cell with X > 0.",
)
def _(X, *rest):
    return glove(X.triu(), *rest).sum()


@glove_loss.mistake(
    "rows-and-columns-swapped",
    ko="줄과 열이 바뀌었습니다. X[i, j]의 줄 i는 W와 b, 열 j는 C와 c의 것입니다.",
    en="Rows and columns are exchanged. In X[i, j], the row i belongs to W and b, the column j to C and c.",
)
def _(X, *rest):
    return glove(X.T, *rest).sum()


@glove_loss.mistake(
    "zero-above-the-maximum",
    ko="x_max를 넘은 짝의 가중치가 0이 되었습니다. 가장 믿을 만한 짝들이니 1이어야 합니다.",
    en="Pairs above x_max have the weight 0. They are the most trustworthy: it should be 1.",
)
def _(X, W, C, b, c, x_max, alpha):
    weigh = lambda x: torch.where(x < x_max, (x / x_max) ** alpha, 0.0)  # noqa: E731
    return glove(X, W, C, b, c, x_max, alpha, weigh=weigh).sum()


@glove_loss.mistake(
    "half",
    ko="1/2을 곱했습니다. 이 식에는 없습니다.",
    en="There is a factor 1/2, which the formula does not have.",
)
def _(*args):
    return glove(*args).sum() / 2


@glove_loss.mistake(
    "every-pair-with-every-other",
    ko="`W[i] @ C[j].T`는 모든 짝끼리의 내적 (N, N)입니다. 같은 짝끼리만 내적하세요: `(W[i] * C[j]).sum(1)`.",
    en="`W[i] @ C[j].T` is every pair with every other, (N, N). Take the dot products pair by pair: `(W[i] * C[j]).sum(1)`.",
)
def _(X, W, C, b, c, x_max, alpha):
    i, j = X.nonzero(as_tuple=True)
    x = X[i, j]
    error = W[i] @ C[j].T + b[i] + c[j] - x.log()
    return ((x / x_max).clamp(max=1) ** alpha * error**2).sum()


DOT_PRODUCTS = {
    "ko": "내적은 짝마다, 곧 축 1로 더한 (N,)입니다: `(W[i] * C[j]).sum(1)`. 더하지 않았거나 모두 더했거나 축 0으로 더했습니다.",
    "en": "A dot product is summed for each pair, along axis 1, and gives (N,): `(W[i] * C[j]).sum(1)`. Here it was not summed, "
    "or over everything, or along axis 0.",
}


def summed(add):
    """The loss with another sum over W[i] * C[j]."""

    def answer(X, W, C, b, c, x_max, alpha):
        i, j = X.nonzero(as_tuple=True)
        x = X[i, j]
        error = add(W[i] * C[j]) + b[i] + c[j] - x.log()
        return ((x / x_max).clamp(max=1) ** alpha * error**2).sum()

    return answer


glove_loss.mistake("components-not-added", **DOT_PRODUCTS)(summed(lambda products: products))
glove_loss.mistake("all-components-added", **DOT_PRODUCTS)(summed(torch.sum))
glove_loss.mistake("pairs-added", **DOT_PRODUCTS)(summed(lambda products: products.sum(0)))


@glove_loss.mistake(
    "floor-for-a-ceiling",
    ko="`clamp(min=1)`은 아래를 막습니다. 가중치의 위를 막는 것은 `max=1`입니다.",
    en="`clamp(min=1)` bounds the weight from below. The ceiling is `max=1`.",
)
def _(X, W, C, b, c, x_max, alpha):
    weigh = lambda x: (x / x_max).clamp(min=1) ** alpha  # noqa: E731
    return glove(X, W, C, b, c, x_max, alpha, weigh=weigh).sum()


@glove_loss.mistake(
    "weight-not-divided",
    ko="가중치에서 횟수를 x_max에서 자르기만 하고 x_max로 나누지 않았습니다: f는 (x / x_max)^alpha이고 1을 넘지 않습니다.",
    en="For the weight the count is cut off at x_max but not divided by it: f is (x / x_max)^alpha, and never above 1.",
)
def _(X, W, C, b, c, x_max, alpha):
    weigh = lambda x: x.clamp(max=x_max) ** alpha  # noqa: E731
    return glove(X, W, C, b, c, x_max, alpha, weigh=weigh).sum()


@glove_loss.mistake(
    "log-of-the-clipped-count",
    ko="로그에도 x_max에서 자른 횟수를 썼습니다. 자르는 것은 가중치뿐이고, 맞힐 것은 log X 그대로입니다.",
    en="The log, too, takes the count cut off at x_max. Only the weight is cut off; the target is log X as it is.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b, c, x_max, alpha, target=lambda x: x.clamp(max=x_max).log()).sum()


@glove_loss.mistake(
    "log-added",
    ko="log X를 더했습니다. 차이는 예측에서 log X를 *뺀* 것입니다.",
    en="log X is added. The error is the prediction *minus* log X.",
)
def _(*args):
    return glove(*args, target=lambda x: -x.log()).sum()


@glove_loss.mistake(
    "always-three-quarters",
    ko="alpha와 상관없이 0.75제곱을 했습니다. 인수 alpha를 쓰세요.",
    en="The power is 0.75 whatever is asked. Use the argument alpha.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b, c, x_max, 0.75).sum()


@glove_loss.mistake(
    "times-alpha",
    ko="alpha를 곱했습니다. (x / x_max)의 alpha*제곱*입니다: `** alpha`.",
    en="This multiplies by alpha. It is (x / x_max) to the *power* alpha: `** alpha`.",
)
def _(X, W, C, b, c, x_max, alpha):
    weigh = lambda x: (x / x_max).clamp(max=1) * alpha  # noqa: E731
    return glove(X, W, C, b, c, x_max, alpha, weigh=weigh).sum()


@glove_loss.mistake(
    "counts-below-one-lost",
    ko="1보다 작은 횟수를 버렸습니다. 1/d로 센 횟수는 1보다 작을 수 있습니다: 조건은 X > 0입니다.",
    en="Counts below 1 are lost. Counted as 1/d they can be below 1: the condition is X > 0.",
)
def _(X, *rest):
    return glove(X.where(X >= 1, 0.0), *rest).sum()


@glove_loss.mistake(
    "largest-count-for-the-maximum",
    ko="인수 x_max가 아니라 표에서 가장 큰 횟수로 나누었습니다.",
    en="The counts are divided by the largest of the table, not by the argument x_max.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b, c, X.max(), alpha).sum()


@glove_loss.mistake(
    "square-of-the-sum",
    ko="모두 더한 *다음* 제곱했습니다. 그러면 한 짝의 모자람이 다른 짝의 넘침과 지워집니다. 짝마다 제곱한 다음 더하세요.",
    en="The square came *after* the sum, so one pair's too little cancels another's too much. Square for each pair, then add up.",
)
def _(*args):
    return glove(*args, shape=lambda error: error).sum() ** 2


@glove_loss.mistake(
    "exp-of-the-prediction",
    ko="예측에 `exp`를 씌워 횟수와 견주었습니다. 예측을 그대로 두고 횟수에 로그를 씌워 견줍니다.",
    en="The prediction went through `exp` to be compared with the count. Leave it as it is, and take the log of the count.",
)
def _(X, W, C, b, c, x_max, alpha):
    i, j = X.nonzero(as_tuple=True)
    x = X[i, j]
    error = ((W[i] * C[j]).sum(1) + b[i] + c[j]).exp() - x
    return ((x / x_max).clamp(max=1) ** alpha * error**2).sum()


@glove_loss.mistake(
    "log-ten",
    ko="밑이 10인 로그입니다. 자연로그 `torch.log`를 쓰세요.",
    en="The logs are to base 10. Use the natural one, `torch.log`.",
)
def _(*args):
    return glove(*args, target=torch.log10).sum()


@glove_loss.mistake(
    "biases-exchanged",
    ko="두 편향이 서로 바뀌었습니다. b는 줄 i의 것, c는 열 j의 것입니다: `b[:, None] + c`.",
    en="The two biases are exchanged. b belongs to row i, c to column j: `b[:, None] + c`.",
)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, c, b, x_max, alpha).sum()


@glove_loss.mistake(
    "adds-an-epsilon",
    ko="log 0을 피하려고 횟수에 작은 수를 더했습니다. 그러면 만난 칸의 목표도 조금씩 틀립니다. X > 0인 칸만 골라내고 그대로 로그를 씌우세요.",
    en="A small number was added to the counts to avoid log 0, which shifts the targets of the pairs that met as well. Pick out "
    "the cells with X > 0, and take the log of them as they are.",
)
def _(*args):
    return glove(*args, target=lambda x: (x + 1e-6).log()).sum()


@glove_loss.mistake(
    "nan-gradient",
    ko="손실은 맞지만 기울기가 nan입니다. 만나지 않은 칸의 log 0을 먼저 계산하고 나중에 버렸습니다: 로그를 씌우기 *전에* X > 0인 칸만 골라내세요.",
    en="The loss is right, but its gradient is nan: log 0 was computed for pairs that never met, and thrown away afterwards. "
    "Pick out the cells with X > 0 *before* the log.",
)
def _(X, W, C, b, c, x_max, alpha):
    f = (X / x_max).clamp(max=1) ** alpha
    return torch.where(X > 0, f * (W @ C.T + b[:, None] + c - X.log()) ** 2, 0.0).sum()


DETACHED_PART = {
    "ko": "손실은 맞지만 W, C, b, c 가운데 하나에 기울기가 닿지 않아 그것은 배우지 못합니다. `detach()`로 떼었거나 새 텐서에 옮겨 담지 않았나요?",
    "en": "The loss is right, but no gradient reaches one of W, C, b and c, so it can never learn. Was it taken off by "
    "`detach()`, or copied into a new tensor?",
}


@glove_loss.mistake("detached-W", **DETACHED_PART)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W.detach(), C, b, c, x_max, alpha).sum()


@glove_loss.mistake("detached-C", **DETACHED_PART)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C.detach(), b, c, x_max, alpha).sum()


@glove_loss.mistake("detached-biases", **DETACHED_PART)
def _(X, W, C, b, c, x_max, alpha):
    return glove(X, W, C, b.detach(), c.detach(), x_max, alpha).sum()


@glove_loss.mistake(
    "tables-exchanged",
    ko="W와 C가 서로 바뀌었습니다. 줄 i의 벡터는 W에서, 열 j의 벡터는 C에서 꺼냅니다: `W[i] * C[j]`",
    en="W and C are exchanged. The row i has its vector in W, the column j in C: `W[i] * C[j]`.",
)
def _(X, W, C, *rest):
    return glove(X, C, W, *rest).sum()


@glove_loss.mistake(
    "power-before-dividing",
    ko="횟수만 alpha제곱하고 x_max는 그대로 나누었습니다. 나눈 것을 제곱합니다: `(x / x_max) ** alpha`",
    en="The power is taken of the count alone, and x_max divides it as it is. It is the quotient that has the power: "
    "`(x / x_max) ** alpha`.",
)
def _(X, W, C, b, c, x_max, alpha):
    weigh = lambda x: (x**alpha / x_max).clamp(max=1)  # noqa: E731
    return glove(X, W, C, b, c, x_max, alpha, weigh=weigh).sum()


glove_loss.hints(
    ko=[
        "표에서 0이 아닌 칸만 생각합니다. 칸마다 맞히려는 것은 log X, 예측은 내적에 편향 둘을 더한 것, 중요도는 f(X)입니다.",
        "`i, j = X.nonzero(as_tuple=True)`가 칸의 줄 번호와 열 번호이고 `x = X[i, j]`가 횟수입니다. 예측은 W[i]와 C[j]의 내적(축 1의 합) "
        "+ b[i] + c[j], 가중치는 (x / x_max)^alpha를 1에서 자른 것입니다.",
        "`error = (W[i] * C[j]).sum(1) + b[i] + c[j] - x.log()`, `f = (x / x_max).clamp(max=1) ** alpha`, "
        "`return (f * error ** 2).sum()`",
    ],
    en=[
        "Think of the cells that are not 0 only. What each is to meet is log X, its prediction is a dot product "
        "plus two biases, its importance f(X).",
        "`i, j = X.nonzero(as_tuple=True)` are the cells' rows and columns, `x = X[i, j]` the counts. The "
        "prediction is the dot product of W[i] and C[j] (a sum along axis 1) + b[i] + c[j]; the weight is "
        "(x / x_max)^alpha, cut off at 1.",
        "`error = (W[i] * C[j]).sum(1) + b[i] + c[j] - x.log()`, `f = (x / x_max).clamp(max=1) ** alpha`, "
        "`return (f * error ** 2).sum()`.",
    ],
)


# ---------------------------------------------------------------- analogy


@exercise("analogy", points=2, returns=["words", "cosines"])
def analogy(a, b, c, vectors, k):
    # The wanted vector as one more row; its neighbours, without the words of the question.
    target = vectors[b] - vectors[a] + vectors[c]
    table = torch.cat([vectors, target[None]])
    words, cosines = cosine_neighbours.oracle(len(vectors), table, len(vectors))
    keep = torch.tensor([w not in (a, b, c) for w in words.tolist()])
    return words[keep][:k], cosines[keep][:k]


FAMILY = torch.tensor(
    [[1.0, 0.0], [1.0, 3.0], [4.0, 0.3], [4.1, 3.2], [-1.0, -1.0], [9.0, 4.0], [0.2, 0.1]],
    dtype=DOUBLE,
)


@analogy.cases
def _(draw):
    yield 0, 1, 2, FAMILY, 2
    yield 1, 0, 3, FAMILY, 4
    yield 2, 0, 3, FAMILY, 1
    for V, D, k in ((7, 3, 4), (6, 6, 3), (draw.integer(8, 12), draw.integer(2, 4), 5)):
        a, b, c = draw.permutation(V)[:3].tolist()
        yield a, b, c, lengths(draw, V, D), k
    a, b, c = draw.permutation(9)[:3].tolist()
    yield a, b, c, lengths(draw, 9, 3).float(), 3
    line = torch.tensor([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [-1.0, 0.0]], dtype=DOUBLE)
    yield 0, 1, 2, line, 1  # all that is left points exactly the other way


def toward(target, vectors, leave_out, k):
    cosines = unit(vectors) @ F.normalize(target, dim=0)
    scores = cosines.clone()
    scores[leave_out] = -2
    words = scores.topk(k).indices
    return words, cosines[words]


@analogy.accepts
def _(a, b, c, vectors, k):
    return toward(vectors[b] - vectors[a] + vectors[c], vectors, [a, b, c], k)


@analogy.accepts
def _(a, b, c, vectors, k):
    target = vectors[c] + vectors[b] - vectors[a]
    cosines = [float(v @ target / (v.norm() * target.norm())) for v in vectors]
    order = sorted(set(range(len(vectors))) - {a, b, c}, key=lambda w: -cosines[w])[:k]
    return torch.tensor(order), torch.tensor([cosines[w] for w in order], dtype=vectors.dtype)


@analogy.mistake(
    "keeps-the-question",
    ko="문제에 나온 세 단어가 답에 섞였습니다. 목표 벡터는 대개 c나 b 곁에 있어서, 빼지 않으면 그 단어 자신이 답으로 나옵니다.",
    en="Words of the question are among the answers. The target mostly lies next to c or b, so one of those "
    "comes out unless they are left out.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b] - vectors[a] + vectors[c], vectors, [], k)


@analogy.mistake(
    "keeps-a-and-b",
    ko="c만 뺐습니다. 문제에 나온 a와 b도 답이 될 수 없습니다.",
    en="Only c is left out. a and b stand in the question as well.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b] - vectors[a] + vectors[c], vectors, [c], k)


@analogy.mistake(
    "keeps-a",
    ko="b와 c만 뺐습니다. a도 문제에 나온 단어입니다.",
    en="Only b and c are left out. a stands in the question as well.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b] - vectors[a] + vectors[c], vectors, [b, c], k)


@analogy.mistake(
    "difference-backwards",
    ko="차이를 거꾸로 뺐습니다(a − b). a에서 b로 가는 걸음은 b − a이고, 그것을 c에서 걷습니다.",
    en="The difference is backwards (a − b). The step from a to b is b − a, and you take it from c.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[a] - vectors[b] + vectors[c], vectors, [a, b, c], k)


@analogy.mistake(
    "minus-c",
    ko="c를 뺐습니다. a에서 b로 가는 걸음 b − a를 c에 *더합니다*.",
    en="c is subtracted. The step from a to b, b − a, is *added* to c.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[a] + vectors[b] - vectors[c], vectors, [a, b, c], k)


@analogy.mistake(
    "sum-of-all",
    ko="세 벡터를 모두 더했습니다. a는 빼야 합니다: b − a + c",
    en="All three vectors are added up. a is to be subtracted: b − a + c.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[a] + vectors[b] + vectors[c], vectors, [a, b, c], k)


@analogy.mistake(
    "without-c",
    ko="b − a의 방향만 찾았습니다. 그 걸음은 c에서 출발해야 합니다: c를 더하세요.",
    en="Only the direction b − a is looked for. The step starts at c: add it.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b] - vectors[a], vectors, [a, b, c], k)


DOT_WITH_TARGET = {
    "ko": "코사인이 아니라 내적으로 골랐습니다. 그러면 긴 벡터가 앞섭니다. 두 벡터의 길이로 나눈 코사인으로 고르세요.",
    "en": "Picked by the dot product, not by the cosine, which puts long vectors first. Divide by both lengths, and pick by "
    "the cosine.",
}


@analogy.mistake("dot-product", **DOT_WITH_TARGET)
def _(a, b, c, vectors, k):
    return best(vectors @ (vectors[b] - vectors[a] + vectors[c]), [a, b, c], k)


@analogy.mistake("dot-product-own-places-minus-2", **DOT_WITH_TARGET)  # -2 is not below all
def _(a, b, c, vectors, k):
    scores = vectors @ (vectors[b] - vectors[a] + vectors[c])
    scores[[a, b, c]] = -2
    top = scores.topk(k)
    return top.indices, top.values


@analogy.mistake("picked-by-dot-product", **DOT_WITH_TARGET)  # the values are cosines
def _(a, b, c, vectors, k):
    target = vectors[b] - vectors[a] + vectors[c]
    return best(vectors @ target, [a, b, c], k, unit(vectors) @ F.normalize(target, dim=0))


@analogy.mistake(
    "unit-vectors-first",
    ko="빼고 더하기 전에 세 벡터의 길이를 1로 만들었습니다. 논문 하나는 그렇게 하지만, 이 설명문은 표에 있는 그대로의 벡터로 "
    "목표를 만듭니다.",
    en="The three vectors were scaled to length 1 before subtracting and adding. One of the papers does so; "
    "this docstring makes the target of the vectors as they are.",
)
def _(a, b, c, vectors, k):
    u = unit(vectors)
    return toward(u[b] - u[a] + u[c], vectors, [a, b, c], k)


@analogy.mistake(
    "neighbours-of-c",
    ko="c의 이웃을 골랐습니다. 찾을 것은 목표 벡터 b − a + c의 이웃입니다.",
    en="These are the neighbours of c. It is the neighbours of the target, b − a + c, that are wanted.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[c], vectors, [a, b, c], k)


@analogy.mistake(
    "swapped-return",
    ko="값은 맞지만 (코사인, 단어) 순서로 돌려주었습니다. 설명문은 (단어, 코사인)입니다.",
    en="The values are right but come as (cosines, words). The docstring says (words, cosines).",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b] - vectors[a] + vectors[c], vectors, [a, b, c], k)[::-1]


@analogy.mistake(
    "keeps-c",
    ko="a와 b만 뺐습니다. 목표에 가장 가까운 것은 흔히 c 자신입니다. 셋을 모두 빼세요.",
    en="Only a and b are left out. What is closest to the target is often c itself: leave out all three.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b] - vectors[a] + vectors[c], vectors, [a, b], k)


DISTANCE_FROM_TARGET = {
    "ko": "목표까지의 거리로 골랐습니다. 설명문은 코사인이 가장 큰 단어를 바랍니다.",
    "en": "Picked by the distance from the target. The docstring asks for the largest cosine.",
}


@analogy.mistake("distance", **DISTANCE_FROM_TARGET)
def _(a, b, c, vectors, k):
    distances = (vectors - (vectors[b] - vectors[a] + vectors[c])).norm(dim=1)
    return best(distances, [a, b, c], k, largest=False)


@analogy.mistake("picked-by-distance", **DISTANCE_FROM_TARGET)  # the values are cosines
def _(a, b, c, vectors, k):
    target = vectors[b] - vectors[a] + vectors[c]
    cosines = unit(vectors) @ F.normalize(target, dim=0)
    return best((vectors - target).norm(dim=1), [a, b, c], k, cosines, largest=False)


NO_COSINES = {
    "ko": "코사인이 아닙니다. 목표 벡터의 길이로도 나누세요.",
    "en": "These are no cosines: divide by the length of the target, too.",
}


def not_divided(part, below):
    """Dot products of the directions with part of the target, with `below` for a, b and c."""

    def answer(a, b, c, vectors, k):
        scores = unit(vectors) @ ((vectors[b] - vectors[a] + vectors[c]) * part)
        scores[[a, b, c]] = below
        top = scores.topk(k)
        return top.indices, top.values

    return answer


for part, name in ((1, "target"), (1 / 3, "third-of-the-target")):
    for below in (-2.0, -float("inf")):
        key = f"{name}-not-divided{'' if below == -2.0 else '-left-out'}"
        analogy.mistake(key, **NO_COSINES)(not_divided(part, below))


@analogy.mistake(
    "filters-too-late",
    ko="k개를 고른 *다음에* 문제의 단어를 빼서 k개보다 적게 남았습니다. 먼저 빼고 고르세요.",
    en="The words of the question were taken out *after* picking k, so fewer than k are left. Leave them out first.",
)
def _(a, b, c, vectors, k):
    words, cosines = toward(vectors[b] - vectors[a] + vectors[c], vectors, [], k)
    keep = torch.tensor([w not in (a, b, c) for w in words.tolist()])
    return words[keep], cosines[keep]


@analogy.mistake(
    "farthest",
    ko="코사인이 가장 *작은* 단어를 골랐습니다. 큰 것부터 고르세요.",
    en="The *smallest* cosines are picked. Take the largest.",
)
def _(a, b, c, vectors, k):
    cosines = unit(vectors) @ F.normalize(vectors[b] - vectors[a] + vectors[c], dim=0)
    cosines[[a, b, c]] = 2
    top = cosines.topk(k, largest=False)
    return top.indices, top.values


@analogy.mistake(
    "rows-deleted",
    ko="세 단어의 줄을 지우고 찾아서, 뒤에 있는 단어들의 번호가 당겨졌습니다. 번호는 원래 표의 것이어야 합니다.",
    en="The three words' rows were deleted before searching, so the numbers of all words behind them moved up. They must be those "
    "of the original table.",
)
def _(a, b, c, vectors, k):
    rest = vectors[[w for w in range(len(vectors)) if w not in (a, b, c)]]
    return toward(vectors[b] - vectors[a] + vectors[c], rest, [], k)


@analogy.mistake(
    "own-places-zero",
    ko="세 단어의 자리에 0을 넣었습니다. 코사인은 −1까지 내려가므로 0은 다른 단어를 앞지를 수 있습니다. −1보다 작은 수를 넣으세요.",
    en="The three words' places were set to 0. Cosines go down to −1, so 0 can still beat other words: put in a number below −1.",
)
def _(a, b, c, vectors, k):
    cosines = unit(vectors) @ F.normalize(vectors[b] - vectors[a] + vectors[c], dim=0)
    cosines[[a, b, c]] = 0
    top = cosines.topk(k)
    return top.indices, top.values


@analogy.mistake(
    "first-three-thrown-away",
    ko="앞의 셋을 버렸습니다. 그 셋이 문제의 단어라는 보장이 없습니다: 번호로 빼세요.",
    en="The first three were thrown away. Nothing says that they are the words of the question: leave those out by number.",
)
def _(a, b, c, vectors, k):
    words, cosines = toward(vectors[b] - vectors[a] + vectors[c], vectors, [], k + 3)
    return words[3:], cosines[3:]


@analogy.mistake(
    "adds-the-numbers",
    ko="번호끼리 빼고 더했습니다. `vectors[b - a + c]`가 아니라 *벡터*를 빼고 더하세요: `vectors[b] - vectors[a] + vectors[c]`.",
    en="The numbers of the words were added and subtracted, as in `vectors[b - a + c]`. Do it with the *vectors*: "
    "`vectors[b] - vectors[a] + vectors[c]`.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b - a + c], vectors, [a, b, c], k)


@analogy.mistake(
    "absolute",
    ko="코사인의 절댓값으로 골랐습니다. 목표와 정반대를 가리키는 벡터는 답이 아닙니다.",
    en="The absolute value of the cosine was used. A vector that points away from the target is no answer.",
)
def _(a, b, c, vectors, k):
    cosines = unit(vectors) @ F.normalize(vectors[b] - vectors[a] + vectors[c], dim=0)
    scores = cosines.abs()
    scores[[a, b, c]] = -2
    top = scores.topk(k)
    return top.indices, top.values


@analogy.mistake(
    "columns",
    ko="길이를 줄(단어)이 아니라 열(성분)에 대해 구했습니다. 단어 하나의 길이는 제 줄의 노름이니 `dim=1`입니다.",
    en="The lengths were taken of the columns (components), not of the rows (words). A word's length is the norm of its row: "
    "`dim=1`.",
)
def _(a, b, c, vectors, k):
    target = F.normalize(vectors[b] - vectors[a] + vectors[c], dim=0)
    cosines = F.normalize(vectors, dim=0) @ target
    cosines[[a, b, c]] = -2
    top = cosines.topk(k)
    return top.indices, top.values


@analogy.mistake(
    "neighbours-of-the-nearest",
    ko="목표에 가장 가까운 단어를 찾은 다음 *그 단어의* 이웃을 골랐습니다. 목표 벡터와의 코사인으로 바로 고르세요.",
    en="These are the neighbours of the word that is nearest to the target. Pick by the cosine with the target itself.",
)
def _(a, b, c, vectors, k):
    target = vectors[b] - vectors[a] + vectors[c]
    nearest = int(toward(target, vectors, [], 1)[0])
    return cosine_neighbours.oracle(nearest, vectors, k)


@analogy.mistake(
    "without-a",
    ko="b와 c만 더했습니다. 걸음은 a에서 b로 가는 것이니 a를 빼야 합니다.",
    en="Only b and c are added. The step goes from a to b: subtract a.",
)
def _(a, b, c, vectors, k):
    return toward(vectors[b] + vectors[c], vectors, [a, b, c], k)


@analogy.mistake(
    "more-than-k",
    ko="k + 3개를 고르고 문제의 단어를 뺀 뒤 k개로 자르지 않았습니다. 셋이 다 뽑히지는 않으므로 k개보다 많이 남을 수 있습니다.",
    en="k + 3 were picked and the words of the question taken out, but the rest was not cut to k. Not all three need be among "
    "those picked, so there may be more than k left.",
)
def _(a, b, c, vectors, k):
    words, cosines = toward(vectors[b] - vectors[a] + vectors[c], vectors, [], k + 3)
    keep = torch.tensor([w not in (a, b, c) for w in words.tolist()])
    return words[keep], cosines[keep]


@analogy.mistake(
    "own-places-minus-1",
    ko="세 단어의 자리에 −1을 넣었습니다. 꼭 반대쪽을 보는 단어의 코사인도 −1이라, 세 단어가 그 단어를 앞지를 수 있습니다. −1보다 *작은* 수를 넣으세요.",
    en="The three words' places were set to −1. A word that points exactly the other way has −1 as well, and can lose against "
    "them: put in a number *below* −1.",
)
def _(a, b, c, vectors, k):
    cosines = unit(vectors) @ F.normalize(vectors[b] - vectors[a] + vectors[c], dim=0)
    cosines[[a, b, c]] = -1
    top = cosines.topk(k)
    return top.indices, top.values


analogy.hints(
    ko=[
        "a에서 b로 가는 걸음을 c에서 출발해 똑같이 걸으면 어디에 닿을까요? 그곳에서 가장 가까운 방향의 단어를 찾되, 문제에 나온 세 단어는 뺍니다.",
        "목표는 벡터 b − a + c입니다. 모든 단어와의 코사인 (V,)를 구하고, a, b, c의 자리에 −2를 넣은 다음 큰 것부터 k개를 고릅니다.",
        "`target = vectors[b] - vectors[a] + vectors[c]`, `cosines = F.normalize(vectors, dim=1) @ F.normalize(target, dim=0)`, "
        "`cosines[[a, b, c]] = -2`, `values, words = cosines.topk(k)`",
    ],
    en=[
        "Take the step from a to b, starting at c: where do you arrive? Look for the words in that direction, "
        "without the three of the question.",
        "The target is the vector b − a + c. Get its cosines with all words, (V,), put −2 in the places of a, b "
        "and c, and pick the k largest.",
        "`target = vectors[b] - vectors[a] + vectors[c]`, `cosines = F.normalize(vectors, dim=1) @ "
        "F.normalize(target, dim=0)`, `cosines[[a, b, c]] = -2`, `values, words = cosines.topk(k)`.",
    ],
)
