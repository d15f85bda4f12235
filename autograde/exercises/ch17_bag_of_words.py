"""Exercises of ch17: bag of words and naive Bayes."""

import math
from collections import Counter, defaultdict
from decimal import Decimal

import torch
from torch.nn import functional as F

from autograde.exercise import exercise

WORDS = ["맛", "국물", "고기", "직원", "가격", "좋다", "짜다", "친절하다", "맛있다", "별로", "너무", "최고", "김치", "안", "못", "않다", "가다"]  # fmt: skip


def texts_of(draw, count, longest, words=WORDS):
    """Random reviews: lists of words, at least one word each; often the same word again."""
    return [[draw.choice(words) for _ in range(draw.integer(1, longest))] for _ in range(count)]


# ---------------------------------------------------------------- build-vocab


@exercise("build-vocab", points=2)
def build_vocab(texts, min_count):
    counts = Counter(word for tokens in texts for word in tokens)
    kept = [word for word, count in counts.most_common() if count >= min_count]
    return dict(zip(kept, range(len(kept)), strict=True))


@build_vocab.cases
def _(draw):
    yield [["국물", "이", "좋다"], ["고기", "가", "좋다"]], 1
    yield [["짜다"], ["국물", "너무", "짜다", "너무", "맵다"], ["맵다"], ["짜다"]], 2
    yield [["맛있다", "맛있다", "맛있다"]], 4
    yield [["다시", "가다"], [], ["안", "가다", "안", "먹다", "다시", "가다"]], 1
    yield [["OK", ".", "ok"], [".", "!"]], 1  # a token is what the tokeniser gives
    for _ in range(2):
        yield texts_of(draw, draw.integer(3, 5), 8), draw.integer(1, 2)
    yield texts_of(draw, 5, 9), 3


def _counts(texts):
    counts = {}
    for tokens in texts:
        for word in tokens:
            counts[word] = counts.get(word, 0) + 1
    return counts


def _numbered(words):
    return {word: number for number, word in enumerate(words)}


@build_vocab.accepts
def _(texts, min_count):
    counts = _counts(texts)
    return _numbered(
        sorted((w for w in counts if counts[w] >= min_count), key=counts.get, reverse=True)
    )


@build_vocab.accepts
def _(texts, min_count):
    joined = [word for tokens in texts for word in tokens]
    keys = {(-joined.count(word), joined.index(word), word) for word in set(joined)}
    w2i = defaultdict(int)
    for minus, _first, word in sorted(keys):
        if -minus >= min_count:
            w2i[word] = len(w2i)
    return dict(w2i)


@build_vocab.mistake(
    "first-letters",
    ko="단어가 아니라 단어의 *첫 글자*가 들어 있습니다. 사전(dict)을 `for`로 돌면 키, 곧 단어 하나가 나옵니다. 그 `[0]`은 첫 글자입니다. "
    "(단어, 횟수) 쌍이 필요하면 `.items()`를 도세요.",
    en="The vocabulary holds the *first letters* of the words. A `for` over a dict gives its keys, one "
    "word at a time, and `[0]` of a word is a letter. For pairs of word and count go over `.items()`.",
)
def _(texts, min_count):
    w2i = {}
    for pair in _counts(texts):
        if pair[0] not in w2i:
            w2i[pair[0]] = len(w2i)
    return w2i


@build_vocab.mistake(
    "first-letters-by-count",
    ko="횟수 순서로 세웠지만 단어의 *첫 글자*만 남았습니다. `[0]`을 단어가 아니라 (단어, 횟수) 쌍에 쓰세요.",
    en="The order is by count, but only the *first letter* of each word is left. Use `[0]` on a pair "
    "of word and count, not on a word.",
)
def _(texts, min_count):
    w2i = {}
    for word in build_vocab(texts, min_count):
        w2i.setdefault(word[0], len(w2i))
    return w2i


@build_vocab.mistake(
    "letters-only",
    ko="문장 부호가 빠졌습니다. 토큰은 골라내지 말고 받은 그대로 세세요.",
    en="Punctuation is left out. Count the tokens as they come, all of them.",
)
def _(texts, min_count):
    return build_vocab([[word for word in text if word.isalnum()] for text in texts], min_count)


@build_vocab.mistake(
    "lower-case",
    ko="대문자를 소문자로 바꾸었습니다. 토큰은 받은 그대로 세세요.",
    en="Capital letters are made small. Count the tokens as they come.",
)
def _(texts, min_count):
    return build_vocab([[word.lower() for word in text] for text in texts], min_count)


@build_vocab.mistake(
    "no-order",
    ko="처음 나온 순서 그대로 번호를 매겼습니다. 먼저 많이 나온 순서로 세우고, 횟수가 같을 때만 처음 나온 순서를 따릅니다.",
    en="The ids follow the order of appearance. Sort by count first; only words of equal count keep "
    "the order in which they appeared.",
)
def _(texts, min_count):
    counts = _counts(texts)
    return _numbered(word for word in counts if counts[word] >= min_count)


@build_vocab.mistake(
    "rarest-first",
    ko="*드문* 단어부터 번호를 매겼습니다. `sorted`는 작은 것부터 세웁니다: `reverse=True`를 주거나 −횟수를 열쇠로 쓰세요.",
    en="The *rarest* words come first. `sorted` begins with the smallest: give it `reverse=True`, or "
    "sort by minus the count.",
)
def _(texts, min_count):
    counts = _counts(texts)
    return _numbered(sorted((w for w in counts if counts[w] >= min_count), key=counts.get))


@build_vocab.mistake(
    "ties-reversed",
    ko="횟수가 같은 단어들이 거꾸로 섰습니다. 작은 것부터 세운 다음 통째로 뒤집으면 동점의 순서도 뒤집힙니다. `sorted(…, reverse=True)`는 동점의 "
    "순서를 지킵니다.",
    en="Words of equal count stand in reverse. Sorting upwards and turning the whole list round turns "
    "the ties round too; `sorted(…, reverse=True)` keeps their order.",
)
def _(texts, min_count):
    counts = _counts(texts)
    return _numbered(sorted((w for w in counts if counts[w] >= min_count), key=counts.get)[::-1])


@build_vocab.mistake(
    "ties-by-alphabet",
    ko="횟수가 같은 단어들이 가나다순으로 섰습니다. (횟수, 단어) 쌍을 정렬하면 동점일 때 글자를 견줍니다. 여기서는 처음 나온 순서여야 합니다.",
    en="Words of equal count stand in alphabetical order: sorting pairs of count and word compares the "
    "letters when the counts are equal. Here they keep the order of appearance.",
)
def _(texts, min_count):
    counts = _counts(texts)
    return _numbered(
        sorted((w for w in counts if counts[w] >= min_count), key=lambda w: (-counts[w], w))
    )


@build_vocab.mistake(
    "ties-by-alphabet-backwards",
    ko="횟수가 같은 단어들이 가나다의 역순으로 섰습니다. (횟수, 단어) 쌍을 `reverse=True`로 정렬하면 글자까지 거꾸로 견줍니다. 횟수만 견주세요: "
    "`key=`가 횟수 하나를 돌려주면 됩니다.",
    en="Words of equal count stand in reverse alphabetical order: pairs of count and word sorted with "
    "`reverse=True` compare letters backwards too. Let `key=` return the count alone.",
)
def _(texts, min_count):
    counts = _counts(texts)
    pairs = sorted(((n, w) for w, n in counts.items() if n >= min_count), reverse=True)
    return _numbered(w for _, w in pairs)


@build_vocab.mistake(
    "order-by-set",
    ko="횟수를 보지 않고 단어의 가나다순으로 번호를 매겼습니다. `set`에서 얻은 단어도 그렇게 됩니다(정렬하지 않으면 실행할 때마다 다릅니다). "
    "횟수를 세어 많은 것부터 세우세요.",
    en="The words were numbered in alphabetical order, without a look at their counts. So is a sorted `set`; unsorted, its order "
    "changes from run to run. Count, and put the commonest first.",
)
def _(texts, min_count):
    counts = _counts(texts)
    return _numbered(sorted({w for w in counts if counts[w] >= min_count}))


@build_vocab.mistake(
    "counts-not-ids",
    ko="번호가 아니라 횟수가 들어 있습니다. 센 다음, 많은 순서로 세워 0, 1, 2, …를 매기세요.",
    en="These are the counts, not ids. After counting, put the words in order and number them 0, 1, 2, ….",
)
def _(texts, min_count):
    return {word: n for word, n in _counts(texts).items() if n >= min_count}


@build_vocab.mistake(
    "starts-at-one",
    ko="번호가 1부터 시작합니다. 번호는 텐서의 열이 될 것이므로 0부터입니다.",
    en="The ids start at 1. They will be columns of a tensor, so they start at 0.",
)
def _(texts, min_count):
    return {word: number + 1 for word, number in build_vocab(texts, min_count).items()}


@build_vocab.mistake(
    "no-minimum",
    ko="`min_count`보다 적게 나온 단어도 들어 있습니다.",
    en="Words that appear less than `min_count` times are in it too.",
)
def _(texts, min_count):
    return build_vocab(texts, 1)


@build_vocab.mistake(
    "more-than-minimum",
    ko='꼭 `min_count`번 나온 단어가 빠졌습니다. "적어도"는 `>=`입니다. 이미 `>=`라면 처음 만난 단어를 0번으로 세지 않았는지 보세요.',
    en='Words that appear exactly `min_count` times are missing: "at least" is `>=`. If it is `>=` already: '
    "does the count start at 0 where a word is first met?",
)
def _(texts, min_count):
    return build_vocab(texts, min_count + 1)


@build_vocab.mistake(
    "counts-texts",
    ko="단어가 나온 횟수가 아니라 단어가 나온 *리뷰의 수*로 세웠습니다. 한 리뷰에 두 번 나오면 두 번 셉니다.",
    en="The order is by the number of *reviews* with the word. A word that stands twice in a review "
    "counts twice.",
)
def _(texts, min_count):
    return build_vocab([list(dict.fromkeys(tokens)) for tokens in texts], min_count)


@build_vocab.mistake(
    "last-text",
    ko="마지막 리뷰만 세었습니다. 세는 그릇을 바깥 반복문 *앞에서* 한 번만 만드세요.",
    en="Only the last review was counted. Make the counter once, *before* the outer loop.",
)
def _(texts, min_count):
    return build_vocab(texts[-1:], min_count)


@build_vocab.mistake(
    "first-text",
    ko="첫 리뷰만 세었습니다. `return`이 반복문 안에 들여쓰기 되어 있지 않나요?",
    en="Only the first review was counted. Is the `return` indented inside the loop?",
)
def _(texts, min_count):
    return build_vocab(texts[:1], min_count)


@build_vocab.mistake(
    "gaps",
    ko="번호에 빈자리가 있습니다. 드문 단어를 거르기 *전에* 번호를 매겼습니다. 먼저 거르고 번호를 매기세요.",
    en="There are gaps between the ids: the words were numbered *before* the rare ones were left out. "
    "Leave them out first.",
)
def _(texts, min_count):
    counts = _counts(texts)
    first_seen = {w: i for i, w in enumerate(counts)}
    return {w: i for w, i in first_seen.items() if counts[w] >= min_count}


@build_vocab.mistake(
    "list",
    ko="단어의 리스트를 돌려주었습니다. 단어에서 번호로 가는 사전(dict)이 필요합니다: `{단어: 번호}`.",
    en="A list of words is returned. What is needed goes from word to id: a dict `{word: id}`.",
)
def _(texts, min_count):
    return list(build_vocab(texts, min_count))


@build_vocab.mistake(
    "id-to-word",
    ko="사전이 거꾸로입니다: 번호에서 단어로 갑니다. 필요한 것은 `{단어: 번호}`입니다.",
    en="The dict is the wrong way round, from id to word. It should be `{word: id}`.",
)
def _(texts, min_count):
    return dict(enumerate(build_vocab(texts, min_count)))


@build_vocab.mistake(
    "pairs-as-keys",
    ko="단어가 아니라 (단어, 횟수) 쌍이 키입니다. 쌍을 `for word, count in …`로 풀어 단어만 키로 쓰세요.",
    en="The keys are pairs of word and count. Take the pairs apart with `for word, count in …`, and use the "
    "word alone.",
)
def _(texts, min_count):
    counts = _counts(texts)
    return {(w, counts[w]): number for w, number in build_vocab(texts, min_count).items()}


@build_vocab.mistake(
    "min-count-is-a-number-of-words",
    ko="`min_count`를 단어의 수로 썼습니다. 적어도 그만큼 *나온* 단어를 모두 남기세요.",
    en="`min_count` was taken for the number of words. Keep all words that *appear* at least so often.",
)
def _(texts, min_count):
    return _numbered(list(build_vocab(texts, 1))[:min_count])


@build_vocab.mistake(
    "min-count-per-review",
    ko="리뷰마다 `min_count`와 견주었습니다. 모든 리뷰에서 나온 횟수를 다 센 다음 견주세요.",
    en="Each review was compared with `min_count` by itself. Compare the count over all reviews.",
)
def _(texts, min_count):
    counts = Counter()
    for tokens in texts:
        counts.update({w: n for w, n in Counter(tokens).items() if n >= min_count})
    return _numbered(word for word, _ in counts.most_common())


@build_vocab.mistake(
    "counts-from-one",
    ko="횟수가 하나씩 많습니다. 처음 만난 단어는 0에 1을 더해야 합니다: `get(word, 0) + 1`.",
    en="Every count is one too many. A word met first is 0 plus 1: `get(word, 0) + 1`.",
)
def _(texts, min_count):
    return build_vocab(texts, min_count - 1)


@build_vocab.mistake(
    "counts-never-grow",
    ko="횟수가 늘지 않아 모두 1입니다. `counts[word] + 1`은 계산만 하고 버립니다: `+=`를 쓰세요.",
    en="The counts never grow, all are 1: `counts[word] + 1` is computed and thrown away. Use `+=`.",
)
def _(texts, min_count):
    return _numbered(_counts(texts)) if min_count == 1 else {}


@build_vocab.mistake(
    "sorts-the-words",
    ko="단어가 가나다의 역순으로 섰습니다. `sorted`는 횟수가 아니라 단어를 견주었습니다: `key=counts.get`을 주세요.",
    en="The words stand in reverse alphabetical order: it was they, not their counts, that `sorted` compared. Give it "
    "`key=counts.get`.",
)
def _(texts, min_count):
    counts = _counts(texts)
    return _numbered(sorted((w for w in counts if counts[w] >= min_count), reverse=True))


@build_vocab.mistake(
    "id-for-unknown",
    ko="세지 않은 단어(모르는 단어의 자리)가 들어 있습니다. 여기서는 센 단어만 번호를 갖습니다.",
    en="There is an id for a word that was never counted, such as one for unknown words. Here only counted words have ids.",
)
def _(texts, min_count):
    return _numbered(["<unk>", *build_vocab(texts, min_count)])


build_vocab.hints(
    ko=[
        "할 일은 넷입니다: 모든 리뷰의 단어를 세고, 드문 것을 거르고, 많은 순서로 세우고, 차례로 번호를 매깁니다.",
        "dict는 넣은 순서를 기억하고, `sorted`는 동점의 순서를 바꾸지 않습니다. 그러니 처음 나온 순서로 센 dict를 횟수만 보고 정렬하면 "
        "동점은 저절로 처음 나온 순서입니다.",
        "`words = sorted(counts, key=counts.get, reverse=True)`, 거른 다음 "
        "`{word: number for number, word in enumerate(kept)}`",
    ],
    en=[
        "Four things to do: count the words of all reviews, leave out the rare ones, put the commonest "
        "first, and number them in turn.",
        "A dict remembers the order in which things were put in, and `sorted` does not touch the order "
        "of ties. So count into a dict, sort by the count alone, and ties keep the order of appearance.",
        "`words = sorted(counts, key=counts.get, reverse=True)`; leave out the rare ones, then "
        "`{word: number for number, word in enumerate(kept)}`.",
    ],
)


# ---------------------------------------------------------------- encode


@exercise("encode", points=1)
def encode(tokens, vocab, unknown):
    ids = map(vocab.get, tokens, [unknown] * len(tokens))
    return [number for number in ids if number is not None]


@encode.cases
def _(draw):
    vocab = {"맛": 0, "좋다": 1, "국물": 2}
    yield ["국물", "맛", "좋다"], vocab, 3
    yield ["국물", "피자", "좋다", "국물"], vocab, 3
    yield ["국물", "피자", "맛", "좋다", "커피"], vocab, None
    yield ["맛", "피자", "좋다"], vocab, 0
    yield ["커피"], vocab, None
    yield [], vocab, 3
    yield ["국물", "피자", "맛", "좋다", "국물"], {"국물": 2, "맛": 0, "좋다": 1}, 3
    yield ["좋다", "피자", "맛"], {"맛": 3, "좋다": 7}, 0  # a part of a vocabulary
    yield ["피자"], {}, 0
    for unknown in (None, draw.integer(5, 9)):
        known = [WORDS[int(i)] for i in draw.permutation(len(WORDS))[:5]]
        yield texts_of(draw, 1, 12)[0], _numbered(known), unknown


@encode.accepts
def _(tokens, vocab, unknown):
    ids = []
    for token in tokens:
        if token in vocab:
            ids.append(vocab[token])
        elif unknown is not None:
            ids.append(unknown)
    return ids


@encode.accepts
def _(tokens, vocab, unknown):
    kept = [t for t in tokens if unknown is not None or t in vocab]
    ids = []
    for t in kept:
        try:
            ids.append(vocab[t])
        except KeyError:
            ids.append(unknown)
    return tuple(ids)


@encode.mistake(
    "known-only",
    ko="모르는 단어에서 KeyError가 납니다. `vocab[token]`은 단어장에 있는 단어에만 쓸 수 있습니다. 없을 때의 값을 정할 수 있는 `vocab.get(token, …)`이나 "
    "`if token in vocab`을 쓰세요.",
    en="An unknown word raises a KeyError: `vocab[token]` works only for words that are in it. Use "
    "`vocab.get(token, …)`, which takes a value for the others, or `if token in vocab`.",
)
def _(tokens, vocab, unknown):
    return [vocab[token] for token in tokens]


@encode.mistake(
    "drops-id-zero",
    ko="번호 0인 단어가 사라졌거나 모르는 단어로 여겨졌습니다. `if vocab.get(token)`에서 0은 거짓(False)입니다. `is not None`이나 `in vocab`으로 물으세요.",
    en="The word with id 0 is lost: in `if vocab.get(token)` a 0 counts as False. Ask `is not None`, or "
    "`in vocab`.",
)
def _(tokens, vocab, unknown):
    ids = [vocab.get(token, unknown) for token in tokens]
    return [number for number in ids if number]


ZERO_UNKNOWN = {
    "ko": "번호 0인 단어를 모르는 단어로 여겼습니다. `vocab.get(token) or unknown`에서 0은 거짓(False)이어서 `unknown`이 대신 들어갑니다. 기본값은 `get`의 둘째 인수로 "
    "주세요.",
    "en": "The word with id 0 is taken for an unknown one: in `vocab.get(token) or unknown` the 0 counts "
    "as False. Give the default as the second argument of `get`.",
}


@encode.mistake("zero-is-unknown", **ZERO_UNKNOWN)
def _(tokens, vocab, unknown):
    ids = [vocab.get(token) or unknown for token in tokens]
    return [number for number in ids if number is not None]


@encode.mistake(
    "none-is-kept",
    ko="`unknown`이 None이면 모르는 단어를 *빼야* 하는데 None이 리스트에 남아 있습니다.",
    en="With `unknown=None` unknown words are to be *left out*, but a None is left in the list.",
)
def _(tokens, vocab, unknown):
    return [vocab.get(token, unknown) for token in tokens]


@encode.mistake(
    "always-left-out",
    ko="모르는 단어를 언제나 뺐습니다. `unknown`이 수이면 그 수가 그 자리에 들어갑니다.",
    en="Unknown words are always left out. If `unknown` is a number, that number takes their place.",
)
def _(tokens, vocab, unknown):
    return [vocab[token] for token in tokens if token in vocab]


@encode.mistake(
    "zero-leaves-out",
    ko="`unknown`이 0일 때도 모르는 단어를 뺐습니다. `if unknown`에서 0은 거짓(False)입니다: `is not None`으로 물으세요.",
    en="With `unknown=0` unknown words are left out as well: in `if unknown` a 0 counts as False. Ask "
    "`is not None`.",
)
def _(tokens, vocab, unknown):
    return encode(tokens, vocab, unknown or None)


@encode.mistake(
    "set",
    ko="같은 단어가 한 번만 남았습니다. 단어가 나온 순서대로, 나온 만큼 번호가 필요합니다.",
    en="Repeated words are left only once. There should be an id for every token, in their order.",
)
def _(tokens, vocab, unknown):
    return list(dict.fromkeys(encode(tokens, vocab, unknown)))


@encode.mistake(
    "vocab-order",
    ko="번호가 단어장의 순서로 나왔습니다. 리뷰의 단어를 차례로 돌며 번호를 찾으세요.",
    en="The ids come in the vocabulary's order. Go through the review's tokens, in their order.",
)
def _(tokens, vocab, unknown):
    return sorted(encode(tokens, vocab, unknown))


@encode.mistake(
    "adds-words",
    ko="모르는 단어를 단어장에 *더했습니다*. 단어장은 학습할 때 정해진 것이고, 새 번호의 가중치는 아무 데도 없습니다.",
    en="Unknown words are *added* to the vocabulary. It was settled in training: there are no weights "
    "for a new id.",
)
def _(tokens, vocab, unknown):
    return [vocab.setdefault(token, len(vocab)) for token in tokens]


@encode.mistake(
    "tensor",
    ko="텐서를 돌려주었습니다. 리뷰마다 길이가 다르니 여기서는 파이썬 리스트로 둡니다.",
    en="A tensor is returned. Reviews have different lengths: here a plain Python list is wanted.",
)
def _(tokens, vocab, unknown):
    return torch.tensor(encode(tokens, vocab, unknown))


@encode.mistake(
    "ignores-unknown",
    ko="인수 `unknown`을 쓰지 않고 단어장의 길이를 넣었습니다. 모르는 단어의 번호는 `unknown`이 정합니다.",
    en="The length of the vocabulary is used for unknown words. It is the argument `unknown` that says what "
    "becomes of them.",
)
def _(tokens, vocab, unknown):
    return [vocab.get(token, len(vocab)) for token in tokens]


@encode.mistake(
    "none-for-unknown",
    ko="모르는 단어 자리에 None이 있습니다. `vocab.get(token)`은 없는 단어에 None을 줍니다: `unknown`을 둘째 인수로 주고, 그것이 None일 때는 빼세요.",
    en="There is a None for each unknown word: that is what `vocab.get(token)` gives. Pass `unknown` as its "
    "second argument, and leave the word out where that is None.",
)
def _(tokens, vocab, unknown):
    return [vocab.get(token) for token in tokens]


ZERO_TWICE = {
    "ko": "0을 두 번 거짓으로 여겼습니다: 번호 0인 단어가 모르는 단어가 되고, `unknown`이 0이면 빠집니다. 두 곳 모두 `is not None`으로 물으세요.",
    "en": "0 counts as False in two places: the word with id 0 becomes unknown, and an `unknown` of 0 is left out. Ask "
    "`is not None` in both.",
}


@encode.mistake("zero-is-false-twice", **ZERO_TWICE)
def _(tokens, vocab, unknown):
    return [vocab.get(token) or unknown for token in tokens if vocab.get(token) or unknown]


@encode.mistake(
    "position-not-id",
    ko="단어장에 적힌 번호가 아니라 단어장에서의 자리를 썼습니다. 번호는 `vocab[token]`입니다.",
    en="This is the word's place in the dict, not its id, which is `vocab[token]`.",
)
def _(tokens, vocab, unknown):
    return encode(tokens, _numbered(vocab), unknown)


@encode.mistake(
    "none-raises",
    ko="`unknown`이 None일 때 모르는 단어에서 KeyError가 납니다. 그런 단어는 건너뛰세요: `if token in vocab`.",
    en="With `unknown=None` an unknown word raises a KeyError. Skip such words: `if token in vocab`.",
)
def _(tokens, vocab, unknown):
    if unknown is None:
        return [vocab[token] for token in tokens]
    return encode(tokens, vocab, unknown)


FIXED = {
    "ko": "인수 `unknown`을 쓰지 않고 정해 둔 수를 넣었습니다. 모르는 단어가 어떻게 될지는 `unknown`이 정합니다.",
    "en": "A fixed number is used for unknown words. It is the argument `unknown` that says what becomes of them.",
}


@encode.mistake("always-zero", **FIXED)
def _(tokens, vocab, unknown):
    return [vocab.get(token, 0) for token in tokens]


@encode.mistake("always-minus-one", **FIXED)
def _(tokens, vocab, unknown):
    return [vocab.get(token, -1) for token in tokens]


@encode.mistake(
    "if-not-elif",
    ko="아는 단어 뒤에도 `unknown`이 붙었습니다. 둘째 `if`를 `elif`로 바꾸세요.",
    en="Known words are followed by `unknown` too: the second `if` should be an `elif`.",
)
def _(tokens, vocab, unknown):
    ids = []
    for token in tokens:
        ids += [vocab[token]] if token in vocab else []
        ids += [] if unknown is None else [unknown]
    return ids


@encode.mistake(
    "one-none-removed",
    ko="None이 하나만 빠졌습니다. `remove`는 처음 것만 지웁니다.",
    en="Only one None is gone: `remove` deletes the first one only.",
)
def _(tokens, vocab, unknown):
    ids = [vocab.get(token, unknown) for token in tokens]
    if None in ids:
        ids.remove(None)
    return ids


@encode.mistake(
    "first-token",
    ko="첫 토큰만 보았습니다. `return`이 반복문 안에 있지 않나요?",
    en="Only the first token was looked at: is the `return` inside the loop?",
)
def _(tokens, vocab, unknown):
    return encode(tokens[:1], vocab, unknown) if tokens else None


@encode.mistake(
    "words-not-ids",
    ko="아는 단어가 번호로 바뀌지 않고 그대로 들어 있습니다: `vocab[token]`을 담으세요.",
    en="Known words are in the list themselves, not their ids: append `vocab[token]`.",
)
def _(tokens, vocab, unknown):
    return [t if t in vocab else unknown for t in tokens if t in vocab or unknown is not None]


encode.hints(
    ko=[
        "단어를 차례로 보며 단어장에서 번호를 찾습니다. 단어장에 없을 때 두 갈래가 있습니다: `unknown`이 수일 때와 None일 때.",
        "`vocab.get(token, unknown)`은 단어가 없으면 `unknown`을 돌려줍니다. 그 결과가 None이면 뺍니다. 0은 엄연한 번호이니 조심하세요.",
        "`ids = [vocab.get(token, unknown) for token in tokens]`, `return [i for i in ids if i is not None]`",
    ],
    en=[
        "Go through the tokens and look each one up. For a word that is not there, two things can be "
        "asked: `unknown` may be a number, or None.",
        "`vocab.get(token, unknown)` gives `unknown` for a missing word. Where that is None, leave it "
        "out. Mind that 0 is an id like any other.",
        "`ids = [vocab.get(token, unknown) for token in tokens]`, then "
        "`return [i for i in ids if i is not None]`.",
    ],
)


# ---------------------------------------------------------------- distances-and-cosines


PAIRWISE = (
    "torch.cdist",
    "F.pairwise_distance",
    "F.cosine_similarity",
    "nn.CosineSimilarity",
    "F.pdist",
)


@exercise("distances-and-cosines", points=1, forbids=PAIRWISE, returns=["distances", "cosines"])
def distances_and_cosines(x):
    wide = x.double()
    distances = torch.stack([F.pairwise_distance(wide, row, eps=0.0) for row in wide])
    cosines = F.cosine_similarity(wide[:, None], wide[None], dim=2)
    return distances.to(x.dtype), cosines.to(x.dtype)


@distances_and_cosines.cases
def _(draw):
    double = torch.float64
    yield (torch.eye(3, dtype=double),)
    yield (torch.tensor([[3.0, 4.0], [0.0, 2.0]], dtype=double),)
    yield (torch.tensor([[1.0, 2.0, 2.0]], dtype=double),)
    yield (2 * torch.eye(2, 4, dtype=double),)
    yield (draw.normal(draw.integer(3, 6), draw.integer(2, 4), dtype=double),)
    n = draw.integer(3, 5)
    yield (draw.integers(0, 3, n, n).to(double) + torch.eye(n, dtype=double),)
    yield (torch.tensor([[2.0, 1.0], [-4.0, -2.0], [-1.0, 3.0], [1.0, 1.0]], dtype=double),)
    yield (torch.tensor([[1e8, 1.0], [1e8, 3.0]], dtype=double),)  # far out, and near each other


def _gaps(x):
    return x[:, None] - x[None]  # (N, N, D)


def _cosines(x):
    unit = x / x.square().sum(1, keepdim=True).sqrt()
    return unit @ unit.T


def _distances(x):
    return _gaps(x).square().sum(2).sqrt()


@distances_and_cosines.accepts
def _(x):
    return _distances(x), _cosines(x)


@distances_and_cosines.accepts
def _(x):
    lengths = torch.linalg.vector_norm(x, dim=1)
    rows = [[torch.dist(a, b) for b in x] for a in x]
    cosines = torch.einsum("id,jd->ij", x, x) / torch.outer(lengths, lengths)
    return torch.stack([torch.stack(row) for row in rows]), cosines


@distances_and_cosines.mistake(
    "squared",
    ko="거리의 제곱입니다. 차이를 제곱해 더한 다음 제곱근을 씌우세요.",
    en="These are squared distances. After squaring and adding the differences, take the root.",
)
def _(x):
    return _gaps(x).square().sum(2), _cosines(x)


@distances_and_cosines.mistake(
    "city-block",
    ko="차이의 절댓값을 더했습니다(맨해튼 거리). 유클리드 거리는 차이를 *제곱해* 더하고 제곱근을 씌웁니다.",
    en="The absolute differences are added (the city-block distance). A Euclidean distance adds the "
    "*squares* and takes the root.",
)
def _(x):
    return _gaps(x).abs().sum(2), _cosines(x)


@distances_and_cosines.mistake(
    "mean",
    ko="거리에서 제곱의 합이 아니라 *평균*을 냈습니다. 칸이 많아질수록 거리가 줄어들면 안 됩니다.",
    en="The distance takes the *mean* of the squares instead of their sum: it would shrink with more cells.",
)
def _(x):
    return _gaps(x).square().mean(2).sqrt(), _cosines(x)


@distances_and_cosines.mistake(
    "no-norm",
    ko="코사인이 아니라 내적입니다. 두 벡터의 길이로 나누어야 각도만 남습니다. 나누었다면 괄호를 보세요: `/ a * b`는 a로 나누고 b를 곱합니다.",
    en="The cosines are dot products. Divide by the lengths of both vectors, so that only the angle is left. If you did, "
    "look at the brackets: `/ a * b` divides by a and multiplies by b.",
)
def _(x):
    return _distances(x), x @ x.T


@distances_and_cosines.mistake(
    "no-sign",
    ko="코사인의 부호를 없앴습니다. 각이 직각보다 크면 음수이고, 정반대 방향이면 −1입니다.",
    en="The cosines have lost their sign. An angle wider than a right one has a negative cosine, and opposite "
    "directions have −1.",
)
def _(x):
    return _distances(x), _cosines(x).abs()


@distances_and_cosines.mistake(
    "one-norm",
    ko="내적을 한쪽 벡터의 길이로만 나누었습니다. *두* 벡터의 길이로 나눕니다.",
    en="The dot product is divided by the length of one vector only. Divide by *both* lengths.",
)
def _(x):
    return _distances(x), x @ x.T / x.square().sum(1, keepdim=True).sqrt()


@distances_and_cosines.mistake(
    "one-norm-columns",
    ko="내적을 한쪽 벡터의 길이로만 나누었습니다. *두* 벡터의 길이로 나눕니다.",
    en="The dot product is divided by the length of one vector only. Divide by *both* lengths.",
)
def _(x):
    return _distances(x), x @ x.T / x.square().sum(1).sqrt()


@distances_and_cosines.mistake(
    "squared-norms",
    ko="길이의 *제곱*으로 나누었습니다. 길이는 제곱해서 더한 것의 제곱근입니다.",
    en="The *squares* of the lengths are divided by. A length is the root of the sum of squares.",
)
def _(x):
    squares = x.square().sum(1)
    return _distances(x), x @ x.T / (squares[:, None] * squares)


@distances_and_cosines.mistake(
    "columns",
    ko="단어(줄)가 아니라 *열*끼리 견주었습니다. 벡터 하나는 `x`의 한 줄입니다.",
    en="*Columns* are compared instead of words. A vector is one row of `x`.",
)
def _(x):
    wide = x.T
    lengths = wide.square().sum(1, keepdim=True).sqrt().clamp(min=1e-300)
    return _distances(wide), (wide / lengths) @ (wide / lengths).T


@distances_and_cosines.mistake(
    "neighbours-only",
    ko="모든 쌍이 아니라 이웃한 줄끼리만 견주었습니다. `x[:, None]`과 `x[None]`을 쓰면 모든 쌍 (N, N)이 나옵니다.",
    en="Only rows next to each other are compared. `x[:, None]` against `x[None]` gives all pairs, (N, N).",
)
def _(x):
    return _distances(x).diagonal(1), _cosines(x).diagonal(1)


@distances_and_cosines.mistake(
    "swapped",
    ko="코사인을 먼저, 거리를 나중에 돌려주었습니다. 순서는 (distances, cosines)입니다.",
    en="The cosines come first. The order is (distances, cosines).",
)
def _(x):
    return _cosines(x), _distances(x)


@distances_and_cosines.mistake(
    "cosine-distance",
    ko="코사인 *유사도*가 아니라 1 − 코사인(코사인 거리)입니다. 같은 방향이면 1이어야 합니다.",
    en="This is 1 minus the cosine, the cosine *distance*. Vectors of one direction should get 1.",
)
def _(x):
    return _distances(x), 1 - _cosines(x)


@distances_and_cosines.mistake(
    "whole-norm",
    ko="코사인을 텐서 *전체*의 길이로 나누었습니다. 길이는 줄마다 다릅니다: `dim=1`, `keepdim=True`.",
    en="The cosines are divided by the length of the *whole* tensor. Every row has its own: `dim=1`, "
    "`keepdim=True`.",
)
def _(x):
    return _distances(x), x @ x.T / x.square().sum()


@distances_and_cosines.mistake(
    "no-keepdim",
    ko="길이 (N,)이 줄이 아니라 *열*에 맞추어 나뉘었습니다. `keepdim=True`로 (N, 1)을 만드세요.",
    en="The lengths, (N,), line up with the *columns*. Make them (N, 1) with `keepdim=True`.",
)
def _(x):
    unit = x / x.square().sum(1).sqrt()
    return _distances(x), unit @ unit.T


@distances_and_cosines.mistake(
    "lengths-of-columns",
    ko="줄이 아니라 *열*의 길이로 나누었습니다. 벡터 하나는 한 줄이니 `dim=1`로 더합니다.",
    en="The lengths are those of the *columns*. A vector is a row: sum along `dim=1`.",
)
def _(x):
    unit = x / x.square().sum(0, keepdim=True).sqrt()
    return _distances(x), unit @ unit.T


@distances_and_cosines.mistake(
    "multiplies-columns",
    ko="코사인에서 열끼리 내적했습니다. 줄끼리의 내적 (N, N)은 `unit @ unit.T`입니다.",
    en="For the cosines columns were multiplied with columns. The dot products of rows, (N, N), are `unit @ unit.T`.",
)
def _(x):
    unit = x / x.square().sum(1, keepdim=True).sqrt()
    return _distances(x), unit.T @ unit


@distances_and_cosines.mistake(
    "adds-before-squaring",
    ko="차이를 먼저 더하고 제곱했습니다. 그러면 +와 −가 서로 지워집니다. 먼저 제곱하세요.",
    en="The differences are added before squaring, so plus and minus cancel. Square first.",
)
def _(x):
    return _gaps(x).sum(2).square().sqrt(), _cosines(x)


@distances_and_cosines.mistake(
    "distances-of-directions",
    ko="거리까지 길이 1로 만든 벡터로 쟀습니다. 거리는 `x` 그대로에서 잽니다.",
    en="The distances, too, were taken between vectors of length 1. Take them between the rows of `x` as they are.",
)
def _(x):
    return _distances(x / x.square().sum(1, keepdim=True).sqrt()), _cosines(x)


@distances_and_cosines.mistake(
    "angle",
    ko="각도 자체입니다. 필요한 것은 그 코사인, 곧 `acos`를 씌우기 전의 것입니다.",
    en="This is the angle. Wanted is its cosine, which you had before `acos`.",
)
def _(x):
    return _distances(x), _cosines(x).acos()


@distances_and_cosines.mistake(
    "differences-of-squares",
    ko="거리를 ‖a‖² + ‖b‖² − 2a·b로 구했습니다. 식은 맞지만 큰 수끼리 빼므로 자릿수가 사라집니다. 멀리 있는 두 점의 거리 2가 0이 되거나 NaN이 됩니다. "
    "두 줄을 *먼저* 빼고 나서 제곱하세요.",
    en="The distance is taken from ‖a‖² + ‖b‖² − 2a·b. The formula is right, but large numbers are subtracted and the digits "
    "that matter get lost: a distance of 2 between points far out becomes 0, or NaN. Subtract the rows *first*, then square.",
)
def _(x):
    products = x @ x.T
    squares = products.diagonal()
    return (squares[:, None] + squares - 2 * products).sqrt(), _cosines(x)


@distances_and_cosines.mistake(
    "sums-the-words",
    ko="차이 (N, N, D)에서 성분(축 2)이 아니라 단어(축 0이나 1)를 더했습니다.",
    en="Of the differences, (N, N, D), words (axis 0 or 1) were added up, not components (axis 2).",
)
def _(x):
    return _gaps(x).square().sum(1).sqrt(), _cosines(x)


@distances_and_cosines.mistake(
    "sum-of-norms",
    ko="내적을 두 길이의 *합*으로 나누었습니다. 두 길이의 *곱*으로 나눕니다.",
    en="The dot product is divided by the *sum* of the lengths. Divide by their *product*.",
)
def _(x):
    lengths = x.square().sum(1).sqrt()
    return _distances(x), x @ x.T / (lengths[:, None] + lengths)


@distances_and_cosines.mistake(
    "sum-for-a-length",
    ko="줄의 *합*으로 나누었습니다. 벡터의 길이는 제곱해서 더한 것의 제곱근입니다.",
    en="The rows are divided by their *sums*. A vector's length is the root of the sum of squares.",
)
def _(x):
    unit = x / x.sum(1, keepdim=True)
    return _distances(x), unit @ unit.T


distances_and_cosines.hints(
    ko=[
        "모든 쌍을 한꺼번에 얻으려면 1장의 브로드캐스팅을 씁니다: 축을 하나 더 끼우면 (N, 1, D)와 (1, N, D)가 (N, N, D)로 펼쳐집니다.",
        "거리 = √(차이²의 합), 마지막 축을 더합니다. 코사인 = 내적 / (길이 · 길이)이니, 먼저 줄마다 길이로 나눈 다음 자기 자신의 전치와 곱하면 됩니다.",
        "`(x[:, None] - x[None]).square().sum(2).sqrt()`; `unit = x / x.square().sum(1, keepdim=True).sqrt()`, `unit @ unit.T`",
    ],
    en=[
        "For all pairs at once use the broadcasting of chapter 1: with one more axis, (N, 1, D) and "
        "(1, N, D) stretch to (N, N, D).",
        "A distance is the root of the sum of squared differences, summed along the last axis. A cosine "
        "is the dot product over both lengths: divide each row by its length, then multiply by the "
        "transpose of the same.",
        "`(x[:, None] - x[None]).square().sum(2).sqrt()`; "
        "`unit = x / x.square().sum(1, keepdim=True).sqrt()`, `unit @ unit.T`.",
    ],
)


# ---------------------------------------------------------------- bag-of-words


@exercise("bag-of-words", points=2)
def bag_of_words(texts, V):
    rows = [torch.bincount(torch.tensor(ids, dtype=torch.int64), minlength=V) for ids in texts]
    return torch.stack(rows).float()


@bag_of_words.cases
def _(draw):
    yield [[0, 1], [2, 0]], 4
    yield [[1, 1, 2], [0, 2, 2, 2, 2]], 3
    yield [[3], [], [1, 1]], 5
    yield [[0, 0]], 1
    for _ in range(2):
        V = draw.integer(3, 7)
        lengths = [6, *(draw.integer(0, 9) for _ in range(draw.integer(2, 4)))]
        yield [draw.integers(0, V - 1, n).tolist() for n in lengths], V + draw.integer(1, 2)


def _bags(texts, V, add):
    bags = torch.zeros(len(texts), V)
    for row, ids in zip(bags, texts, strict=True):
        add(row, torch.tensor(ids, dtype=torch.int64))
    return bags


@bag_of_words.accepts
def _(texts, V):
    bags = torch.zeros(len(texts), V)
    for n, ids in enumerate(texts):
        for number in ids:
            bags[n, number] += 1
    return bags


@bag_of_words.accepts
def _(texts, V):
    def add(row, ids):
        row += F.one_hot(ids, V).sum(0) if len(ids) else 0

    return _bags(texts, V, add)


@bag_of_words.accepts
def _(texts, V):
    rows = torch.tensor([n for n, ids in enumerate(texts) for _ in ids], dtype=torch.int64)
    columns = torch.tensor([i for ids in texts for i in ids], dtype=torch.int64)
    bags = torch.zeros(len(texts), V, dtype=torch.float64)
    return bags.index_put((rows, columns), torch.ones((), dtype=torch.float64), accumulate=True)


@bag_of_words.accepts
def _(texts, V):
    return torch.tensor([[float(ids.count(v)) for v in range(V)] for ids in texts])


REPEATS = {
    "ko": "한 리뷰에 두 번 나온 단어가 한 번만 세어졌습니다. 번호 여러 개로 한꺼번에 `row[ids] += 1`을 하거나(함정의 그 줄입니다), 1을 *넣거나*(`=`), "
    "`set`으로 모으면 그렇게 됩니다. 하나씩 더하거나, 원-핫 벡터를 더하거나, `torch.bincount`를 쓰세요.",
    "en": "A word that stands twice in a review is counted once. So it goes with `row[ids] += 1` for many ids at once "
    "(the line of the trap), with `= 1`, and with a `set`. Add one at a time, or add one-hot vectors, or use "
    "`torch.bincount`.",
}


@bag_of_words.mistake("repeats-are-lost", **REPEATS)
def _(texts, V):
    def add(row, ids):
        row[ids] += 1

    return _bags(texts, V, add)


@bag_of_words.mistake("repeats-are-lost-or-none", **REPEATS)  # and stops at an empty review
def _(texts, V):
    bags = torch.zeros(len(texts), V)
    for bag, ids in zip(bags, texts, strict=True):
        bag[torch.tensor(ids)] += 1
    return bags


EMPTY_IS_FLOAT = {
    "ko": "빈 리뷰에서 멈췄습니다. `torch.tensor([])`은 실수 텐서라서 번호로 쓸 수 없습니다: `torch.tensor(ids, dtype=torch.long)`으로 만드세요.",
    "en": "It stops at the empty review: `torch.tensor([])` holds floats, which cannot be ids. Make it "
    "`torch.tensor(ids, dtype=torch.long)`.",
}


@bag_of_words.mistake("empty-tensor-is-float", **EMPTY_IS_FLOAT)
def _(texts, V):
    return torch.stack([torch.eye(V)[torch.tensor(ids)].sum(0) for ids in texts])


@bag_of_words.mistake("empty-tensor-is-float-bincount", **EMPTY_IS_FLOAT)
def _(texts, V):
    return torch.stack([torch.bincount(torch.tensor(t), minlength=V) for t in texts]).float()


@bag_of_words.mistake("empty-tensor-is-float-one-hot", **EMPTY_IS_FLOAT)
def _(texts, V):
    return torch.stack([F.one_hot(torch.tensor(ids), V).sum(0).float() for ids in texts])


@bag_of_words.mistake("empty-tensor-is-float-index-add", **EMPTY_IS_FLOAT)
def _(texts, V):
    rows = [torch.zeros(V).index_add(0, torch.tensor(t), torch.ones(len(t))) for t in texts]
    return torch.stack(rows)


SHARES = {
    "ko": "횟수를 리뷰의 길이로 나누었습니다(원-핫 벡터의 합이 아니라 평균입니다). 여기서는 나누지 않은 횟수가 필요합니다.",
    "en": "The counts are divided by the length of the review, as in a mean of the one-hot vectors. Plain counts are "
    "wanted here.",
}


@bag_of_words.mistake("shares", **SHARES)
def _(texts, V):
    bags = bag_of_words(texts, V)
    return bags / bags.sum(1, keepdim=True).clamp(min=1)


@bag_of_words.mistake("shares-of-nothing", **SHARES)  # nan for an empty review
def _(texts, V):
    bags = bag_of_words(texts, V)
    return bags / bags.sum(1, keepdim=True)


@bag_of_words.mistake(
    "transposed",
    ko="(V, N)입니다. 한 줄이 리뷰 하나, 한 열이 단어 하나가 되도록 돌려놓으세요.",
    en="This is (V, N). A row should be a review, a column a word.",
)
def _(texts, V):
    return bag_of_words(texts, V).T


@bag_of_words.mistake(
    "one-bag",
    ko="모든 리뷰의 단어를 가방 하나에 담았습니다. 리뷰마다 가방이 하나씩 있어야 합니다.",
    en="All reviews went into one bag. Every review needs a bag of its own.",
)
def _(texts, V):
    return bag_of_words(texts, V).sum(0)


@bag_of_words.mistake(
    "never-emptied",
    ko="앞 리뷰의 단어가 다음 리뷰에 남아 있습니다. 빈 가방은 반복문 *안에서* 리뷰마다 새로 만드세요.",
    en="The words of one review are still there in the next. Make an empty bag for each review, *inside* "
    "the loop.",
)
def _(texts, V):
    return bag_of_words(texts, V).cumsum(0)


@bag_of_words.mistake(
    "whole-numbers",
    ko="값은 맞지만 정수형입니다. 다음 절에서 가중치와 행렬로 곱할 것이므로 float32가 필요합니다: `.float()`.",
    en="The values are right, but whole numbers. They will be multiplied with weights: make them "
    "float32 with `.float()`.",
)
def _(texts, V):
    return bag_of_words(texts, V).long()


@bag_of_words.mistake(
    "ids-as-amounts",
    ko='1이 아니라 번호를 더했습니다. 번호 7은 "7만큼"이 아니라 이름표입니다. 그 칸에 1을 더하세요.',
    en="The id is added instead of 1. Id 7 is a name, not an amount: add 1 to its cell.",
)
def _(texts, V):
    return bag_of_words(texts, V) * torch.arange(V)


@bag_of_words.mistake(
    "last-wins",
    ko="마지막 리뷰의 가방만 남았습니다. 가방들을 모아 (N, V)로 쌓으세요.",
    en="Only the last review's bag is left. Collect the bags and stack them, (N, V).",
)
def _(texts, V):
    return bag_of_words(texts, V)[-1]


@bag_of_words.mistake(
    "list-of-lists",
    ko="리스트를 돌려주었습니다. (N, V) 텐서로 만드세요.",
    en="A list is returned. Make it an (N, V) tensor.",
)
def _(texts, V):
    return bag_of_words(texts, V).tolist()


@bag_of_words.mistake(
    "skips-id-zero",
    ko="번호 0인 단어가 한 번도 세어지지 않았습니다. 0도 단어의 번호입니다(패딩이 아닙니다).",
    en="The word with id 0 is never counted. 0 is a word's id here, not padding.",
)
def _(texts, V):
    bags = bag_of_words(texts, V)
    bags[:, 0] = 0
    return bags


@bag_of_words.mistake(
    "too-narrow",
    ko="열의 수가 V가 아니라 나온 번호의 최댓값에 맞춰졌습니다. 이 리뷰들에 나오지 않은 단어에도 열이 있어야 합니다(`bincount`라면 `minlength=V`).",
    en="The number of columns follows the largest id that appears. Words that no review has here need a "
    "column too: V columns (with `bincount`, `minlength=V`).",
)
def _(texts, V):
    return bag_of_words(texts, V)[:, : max(i for ids in texts for i in ids) + 1]


@bag_of_words.mistake(
    "one-bag-for-all",
    ko="모든 줄이 같은 가방 하나입니다. `[줄] * N`이나 같은 텐서를 여러 번 담으면 복사되지 않습니다. 리뷰마다 새로 만드세요.",
    en="All rows are one and the same bag: `[row] * N`, or appending one tensor again and again, makes no copies. Make a "
    "new one for each review.",
)
def _(texts, V):
    return bag_of_words(texts, V).sum(0).expand(len(texts), V)


@bag_of_words.mistake(
    "skips-empty-reviews",
    ko="빈 리뷰를 건너뛰어 줄이 모자랍니다. 빈 리뷰의 줄은 모두 0입니다.",
    en="Empty reviews are skipped, so rows are missing. Theirs is all zeros.",
)
def _(texts, V):
    return bag_of_words([ids for ids in texts if ids], V)


@bag_of_words.mistake(
    "first-review-only",
    ko="첫 리뷰만 세었습니다. `return`이 바깥 반복문 안에 있지 않나요?",
    en="Only the first review was counted: is the `return` inside the outer loop?",
)
def _(texts, V):
    bags = bag_of_words(texts, V)
    bags[1:] = 0
    return bags


@bag_of_words.mistake(
    "place-not-id",
    ko="번호가 아니라 리뷰 안에서의 *자리*에 1을 더했습니다. `enumerate`가 주는 둘 가운데 어느 것이 번호인지 보세요.",
    en="The 1 went to the cell of the word's *place* in the review, not of its id: which of the two that `enumerate` "
    "gives is the id?",
)
def _(texts, V):
    bags = torch.zeros(len(texts), V)
    for n, ids in enumerate(texts):
        for place in range(len(ids)):
            bags[n, place] += 1
    return bags


@bag_of_words.mistake(
    "ids-from-one",
    ko="칸이 하나씩 밀렸습니다. 번호는 0부터이니 빼지 말고 그대로 쓰세요.",
    en="Every cell is off by one. Ids start at 0: use them as they are, without subtracting.",
)
def _(texts, V):
    return bag_of_words(texts, V).roll(-1, 1)


@bag_of_words.mistake(
    "starts-from-ones",
    ko="횟수가 모두 하나씩 많습니다. 빈 가방은 `torch.ones`가 아니라 `torch.zeros`입니다.",
    en="Every count is one too many. An empty bag is `torch.zeros`, not `torch.ones`.",
)
def _(texts, V):
    return bag_of_words(texts, V) + 1


@bag_of_words.mistake(
    "starts-empty",
    ko="아직 값이 없는 `torch.empty`에 더했습니다. 거기에는 무엇이 들어 있을지 모릅니다: `torch.zeros`로 시작하세요.",
    en="The counts are added to a `torch.empty`, which may hold anything. Start from `torch.zeros`.",
)
def _(texts, V):
    return bag_of_words(texts, V) + torch.empty(len(texts), V)


bag_of_words.hints(
    ko=[
        "빈 가방 (N, V)에서 시작합니다. 리뷰마다, 단어마다 그 칸에 1을 더하면 됩니다.",
        "가방은 원-핫 벡터의 합입니다. 한 줄씩 만들어 `torch.stack`으로 쌓아도 되고, 큰 0 텐서의 `[n, id]` 칸에 하나씩 더해도 됩니다. 빈 리뷰의 줄은 모두 0입니다.",
        "`bags = torch.zeros(len(texts), V)`, `for n, ids in enumerate(texts):` `for i in ids:` `bags[n, i] += 1`",
    ],
    en=[
        "Begin with empty bags, (N, V). For each review, for each of its words, add 1 to the cell.",
        "A bag is a sum of one-hot vectors. Make row after row and `torch.stack` them, or add one at a "
        "time to the cells `[n, id]` of a large tensor of zeros. An empty review's row is all zeros.",
        "`bags = torch.zeros(len(texts), V)`, `for n, ids in enumerate(texts):` `for i in ids:` "
        "`bags[n, i] += 1`.",
    ],
)


# ---------------------------------------------------------------- naive-bayes-fit


SKLEARN = ("naive_bayes.MultinomialNB", "naive_bayes.BernoulliNB")


def labels_of(draw, count, classes):
    """Random labels (count,) of which every class has at least one, unequally many in all."""
    rest = draw.integers(0, classes - 1, count - classes - 2)
    labels = torch.cat([torch.arange(classes), torch.full((2,), classes - 1), rest])
    return labels[draw.permutation(count)]


def bags_of(draw, count, V):
    """Random bags (count, V): small counts, many of them 0, and a word nobody uses."""
    bags = (draw.integers(-2, 3, count, V)).clamp(min=0).float()
    bags[:, 0] += 1.0
    bags[:, -1] = 0.0
    return bags


@exercise("naive-bayes-fit", points=3, forbids=SKLEARN, returns=["log_prior", "log_likelihood"])
def naive_bayes_fit(bags, labels, alpha):
    from sklearn.naive_bayes import MultinomialNB

    model = MultinomialNB(alpha=alpha).fit(bags.double().numpy(), labels.numpy())
    prior, likelihood = model.class_log_prior_, model.feature_log_prob_
    return torch.tensor(prior).float(), torch.tensor(likelihood).float()


@naive_bayes_fit.cases
def _(draw):
    bags = torch.tensor([[2.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 3.0, 0.0]])
    yield bags, torch.tensor([1, 1, 0]), 1.0
    yield bags, torch.tensor([0, 1, 0]), 0.5
    for classes in (2, 3):
        count = draw.integer(7, 9)
        alpha = draw.choice([0.1, 0.25, 2.0])
        yield bags_of(draw, count, draw.integer(4, 6)), labels_of(draw, count, classes), alpha
    yield bags_of(draw, 8, 9), labels_of(draw, 8, 2), 1.0


def _class_counts(bags, labels):
    return torch.stack([bags[labels == c].sum(0) for c in range(int(labels.max()) + 1)])  # (C, V)


def _prior(labels):
    return (torch.bincount(labels) / len(labels)).log()


def _smoothed(bags, labels, alpha):
    counts = _class_counts(bags, labels) + alpha
    return counts / counts.sum(1, keepdim=True)


@naive_bayes_fit.accepts
def _(bags, labels, alpha):
    members = F.one_hot(labels).to(bags.dtype)  # (N, C)
    counts = members.T @ bags + alpha
    prior = members.mean(0)
    return torch.log(prior), torch.log(counts) - torch.log(counts.sum(1))[:, None]


@naive_bayes_fit.accepts
def _(bags, labels, alpha):
    C, V = len(set(labels.tolist())), bags.shape[1]
    priors, rows = [], []
    for c in range(C):
        mine = [b for b, y in zip(bags.tolist(), labels.tolist(), strict=True) if y == c]
        counts = [sum(b[v] for b in mine) for v in range(V)]
        priors.append(math.log(len(mine) / len(bags)))
        rows.append([math.log((n + alpha) / (sum(counts) + alpha * V)) for n in counts])
    return torch.tensor(priors), torch.tensor(rows)


@naive_bayes_fit.mistake(
    "no-smoothing",
    ko="평활(alpha)이 빠졌습니다. 한 번도 안 나온 단어의 확률이 0이 되어 로그가 $-\\infty$입니다. 모든 횟수에 alpha를 더하세요.",
    en="The smoothing is missing: a word never seen gets the probability 0, and the log minus infinity. "
    "Add alpha to every count.",
)
def _(bags, labels, alpha):
    return _prior(labels), _smoothed(bags, labels, 0.0).log()


@naive_bayes_fit.mistake(
    "smooths-zeros-only",
    ko="횟수가 0인 단어에만 alpha를 더했습니다. *모든* 단어에 더해야 한 번 나온 단어와 안 나온 단어의 차례가 뒤집히지 않습니다.",
    en="alpha is added only where the count is 0. Add it to *every* count, or words seen once and words "
    "never seen are no longer in fair proportion.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels)
    counts = counts.where(counts > 0, torch.tensor(alpha))
    return _prior(labels), (counts / counts.sum(1, keepdim=True)).log()


@naive_bayes_fit.mistake(
    "smooths-twice",
    ko="평활을 두 번 했습니다. alpha를 더한 횟수의 합에는 이미 alpha가 V번 들어 있는데, 분모에 또 더했습니다. 확률의 합이 1이 되지 않습니다.",
    en="Smoothed twice: the sum of the counts that already hold alpha contains it V times, and the "
    "denominator adds it again. The probabilities no longer sum to 1.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels) + alpha
    total = counts.sum(1, keepdim=True) + alpha * bags.shape[1]
    return _prior(labels), (counts / total).log()


EVERY_REVIEW = {
    "ko": "alpha가 클래스의 리뷰 수만큼 여러 번 더해진 셈입니다. 리뷰마다 더했거나, 가방을 더하지 않고 평균 낸 다음 더했습니다. 클래스의 가방을 모두 *더한 다음* 한 번만 더하세요.",
    "en": "alpha weighs as much as it would if added to every review: it was added before the bags of a class "
    "were summed, or they were averaged. *Sum* them first, then add it once.",
}


@naive_bayes_fit.mistake("smooths-every-review", **EVERY_REVIEW)
def _(bags, labels, alpha):
    return _prior(labels), _smoothed(bags + alpha, labels, 0.0).log()


@naive_bayes_fit.mistake("smooths-every-review-in-place", **EVERY_REVIEW)
def _(bags, labels, alpha):
    bags += alpha
    return _prior(labels), _smoothed(bags, labels, 0.0).log()


@naive_bayes_fit.mistake(
    "smooths-the-prior",
    ko="사전 확률까지 평활했습니다. alpha는 단어의 횟수에만 더합니다. 클래스마다 리뷰가 있으니 사전 확률은 그대로 비율입니다.",
    en="The prior is smoothed too. alpha belongs to the counts of words; the prior is the plain share of "
    "reviews, for every class has some.",
)
def _(bags, labels, alpha):
    counts = torch.bincount(labels) + alpha
    return (counts / counts.sum()).log(), _smoothed(bags, labels, alpha).log()


@naive_bayes_fit.mistake(
    "denominator-unsmoothed",
    ko="분자에는 alpha를 더했지만 분모는 더하기 전의 합입니다. 그러면 확률의 합이 1을 넘습니다. 더한 *다음* 합을 구하세요.",
    en="The numerator has alpha, the denominator is the sum without it: the probabilities sum to more "
    "than 1. Sum *after* adding.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels)
    return _prior(labels), ((counts + alpha) / counts.sum(1, keepdim=True)).log()


@naive_bayes_fit.mistake(
    "denominator-one-alpha",
    ko="분모에 alpha를 한 번만 더했습니다. 단어 V개에 하나씩 더했으니 합은 alpha · V만큼 늘어납니다.",
    en="The denominator has alpha only once. It was added to each of V words, so their sum grows by "
    "alpha · V.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels)
    return _prior(labels), ((counts + alpha) / (counts.sum(1, keepdim=True) + alpha)).log()


@naive_bayes_fit.mistake(
    "ignores-alpha",
    ko="alpha와 상관없이 1을 더했습니다. 인수 alpha를 쓰세요.",
    en="1 is added, whatever alpha is. Use the argument alpha.",
)
def _(bags, labels, alpha):
    return _prior(labels), _smoothed(bags, labels, 1.0).log()


@naive_bayes_fit.mistake(
    "no-prior",
    ko="사전 확률이 모두 같습니다. 클래스 c의 사전 확률은 리뷰 가운데 c인 것의 비율입니다.",
    en="The priors are all alike. The prior of class c is the share of the reviews that are c.",
)
def _(bags, labels, alpha):
    likelihood = _smoothed(bags, labels, alpha).log()
    return torch.full((len(likelihood),), -math.log(len(likelihood))), likelihood


@naive_bayes_fit.mistake(
    "zero-prior",
    ko="로그 사전 확률이 모두 0입니다. 클래스 c의 사전 확률은 리뷰 가운데 c인 것의 비율입니다.",
    en="The log priors are all 0. The prior of class c is the share of the reviews that are c.",
)
def _(bags, labels, alpha):
    likelihood = _smoothed(bags, labels, alpha).log()
    return torch.zeros(len(likelihood)), likelihood


@naive_bayes_fit.mistake(
    "prior-of-words",
    ko="사전 확률을 *단어*의 수로 냈습니다. 긴 리뷰도 리뷰 하나입니다: 리뷰의 수로 비율을 내세요.",
    en="The prior is a share of the *words*. A long review is still one review: take the share of reviews.",
)
def _(bags, labels, alpha):
    totals = _class_counts(bags, labels).sum(1)
    return (totals / totals.sum()).log(), _smoothed(bags, labels, alpha).log()


@naive_bayes_fit.mistake(
    "prior-counts",
    ko="사전 확률이 비율이 아니라 리뷰의 *수*입니다. 전체 리뷰 수로 나눈 다음 로그를 취하세요.",
    en="The prior is the *number* of reviews, not their share. Divide by the number of all reviews before "
    "the log.",
)
def _(bags, labels, alpha):
    return torch.bincount(labels).float().log(), _smoothed(bags, labels, alpha).log()


@naive_bayes_fit.mistake(
    "shares-by-word",
    ko="한 단어의 확률을 *클래스끼리* 나누어 가졌습니다: P(클래스 | 단어)가 되었습니다. 필요한 것은 P(단어 | 클래스)이니, 클래스마다 단어들의 확률이 합해서 1이어야 합니다(줄의 합).",
    en="Each word's probability is shared out *among the classes*: that is P(class | word). Wanted is "
    "P(word | class): for every class the probabilities of the words sum to 1 (along the row).",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels) + alpha
    return _prior(labels), (counts / counts.sum(0)).log()


@naive_bayes_fit.mistake(
    "shares-of-all",
    ko="모든 클래스의 단어 수를 합한 것으로 나누었습니다: P(클래스, 단어)가 되었습니다. 클래스마다 자기 단어의 수로 나누세요.",
    en="The counts are divided by the words of *all* classes: that is P(class and word). Divide those of a "
    "class by its own total.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels) + alpha
    return _prior(labels), (counts / counts.sum()).log()


@naive_bayes_fit.mistake(
    "presence",
    ko="단어가 나온 횟수가 아니라 단어가 나온 리뷰의 수를 세었습니다. 두 번 나온 단어는 두 번 셉니다.",
    en="Counted are the reviews that have the word, not its occurrences. A word that stands twice counts "
    "twice.",
)
def _(bags, labels, alpha):
    return _prior(labels), _smoothed((bags > 0).float(), labels, alpha).log()


@naive_bayes_fit.mistake(
    "by-reviews",
    ko="단어의 횟수를 *리뷰의 수*로 나누었습니다. 클래스에 나온 단어를 모두 센 수로 나누어야 확률의 합이 1입니다.",
    en="The counts are divided by the number of *reviews*. Divide by the number of all words in the class, "
    "so that the probabilities sum to 1.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels) + alpha
    return _prior(labels), (counts / torch.bincount(labels)[:, None]).log()


@naive_bayes_fit.mistake(
    "no-log",
    ko="로그를 취하지 않은 확률입니다. 두 결과 모두에 `torch.log`가 필요합니다.",
    en="These are probabilities, without the log. Both results need `torch.log`.",
)
def _(bags, labels, alpha):
    return _prior(labels).exp(), _smoothed(bags, labels, alpha)


@naive_bayes_fit.mistake(
    "prior-no-log",
    ko="사전 확률에 로그를 취하지 않았습니다. 다음 절에서 로그끼리 더할 것입니다.",
    en="The prior has no log. In the next section logs will be added.",
)
def _(bags, labels, alpha):
    return _prior(labels).exp(), _smoothed(bags, labels, alpha).log()


@naive_bayes_fit.mistake(
    "likelihood-no-log",
    ko="단어의 확률에 로그를 취하지 않았습니다. 다음 절에서 로그끼리 더할 것입니다.",
    en="The probabilities of the words have no log. In the next section logs will be added.",
)
def _(bags, labels, alpha):
    return _prior(labels), _smoothed(bags, labels, alpha)


@naive_bayes_fit.mistake(
    "log-two",
    ko="밑이 2인 로그입니다. 자연로그 `torch.log`를 쓰세요.",
    en="The logs are to base 2. Use the natural one, `torch.log`.",
)
def _(bags, labels, alpha):
    return _prior(labels) / math.log(2), _smoothed(bags, labels, alpha).log2()


@naive_bayes_fit.mistake(
    "transposed",
    ko="단어의 로그 확률이 (V, C)입니다. 한 줄이 클래스 하나, 한 열이 단어 하나입니다: (C, V).",
    en="The log probabilities of the words are (V, C). A row is a class, a column a word: (C, V).",
)
def _(bags, labels, alpha):
    return _prior(labels), _smoothed(bags, labels, alpha).log().T


@naive_bayes_fit.mistake(
    "swapped",
    ko="둘의 순서가 바뀌었습니다: (log_prior, log_likelihood)를 돌려주세요.",
    en="The two are exchanged: return (log_prior, log_likelihood).",
)
def _(bags, labels, alpha):
    return _smoothed(bags, labels, alpha).log(), _prior(labels)


@naive_bayes_fit.mistake(
    "denominator-plus-V",
    ko="분모에 alpha · V가 아니라 V를 더했습니다. alpha가 1일 때만 맞습니다. 단어마다 alpha를 더했으니 합은 alpha · V만큼 늘어납니다.",
    en="The denominator adds V where it should add alpha · V: right only if alpha is 1. Each of V words got "
    "alpha, so their sum grows by alpha · V.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels)
    total = counts.sum(1, keepdim=True) + bags.shape[1]
    return _prior(labels), ((counts + alpha) / total).log()


@naive_bayes_fit.mistake(
    "denominator-of-classes",
    ko="분모에 alpha를 클래스 수만큼 더했습니다. alpha는 단어마다 더했으니 *단어* 수 V만큼입니다.",
    en="The denominator has alpha once for each class. It was added to each word: V times.",
)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels)
    total = counts.sum(1, keepdim=True) + alpha * len(counts)
    return _prior(labels), ((counts + alpha) / total).log()


TWO_CLASSES = {
    "ko": "클래스가 둘뿐이라고 여겼습니다. 클래스의 수는 `labels.max() + 1`입니다.",
    "en": "This takes it for granted that there are two classes. There are `labels.max() + 1`.",
}


@naive_bayes_fit.mistake("two-classes-only", **TWO_CLASSES)
def _(bags, labels, alpha):
    return _prior(labels)[:2], _smoothed(bags, labels, alpha).log()[:2]


@naive_bayes_fit.mistake("words-of-two-classes-only", **TWO_CLASSES)
def _(bags, labels, alpha):
    return _prior(labels), _smoothed(bags, labels, alpha).log()[:2]


LOG_FIRST = {
    "ko": "단어의 확률에서 로그를 먼저 취하고 나누었습니다. 나눈 *다음* 로그를 취하세요.",
    "en": "For the words the log came before the division. Divide first, *then* take the log.",
}


@naive_bayes_fit.mistake("log-before-dividing", **LOG_FIRST)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels) + alpha
    return _prior(labels), counts.log() / counts.sum(1, keepdim=True)


@naive_bayes_fit.mistake("divides-the-logs", **LOG_FIRST)
def _(bags, labels, alpha):
    counts = _class_counts(bags, labels) + alpha
    return _prior(labels), counts.log() / counts.sum(1, keepdim=True).log()


@naive_bayes_fit.mistake(
    "softmax-of-counts",
    ko="횟수에 소프트맥스를 씌웠습니다. 횟수는 이미 양수이니 `exp` 없이 합으로 나누기만 하면 됩니다.",
    en="A softmax was taken of counts. They are positive already: no `exp`, just divide by their sum.",
)
def _(bags, labels, alpha):
    return _prior(labels), (_class_counts(bags, labels) + alpha).log_softmax(1)


@naive_bayes_fit.mistake(
    "alpha-after-dividing",
    ko="alpha를 횟수가 아니라 나눈 다음의 확률에 더했습니다. 그러면 합이 1을 넘습니다.",
    en="alpha was added to the probabilities, after the division, not to the counts: they sum to more than 1.",
)
def _(bags, labels, alpha):
    return _prior(labels), (_smoothed(bags, labels, 0.0) + alpha).log()


@naive_bayes_fit.mistake(
    "prior-the-wrong-way-round",
    ko="사전 확률의 순서가 바뀌었습니다. 클래스 0의 것이 먼저입니다. 클래스가 셋 이상일 때도 되어야 합니다.",
    en="The priors are the wrong way round: class 0 comes first. And there may be more than two classes.",
)
def _(bags, labels, alpha):
    share = labels.float().mean()
    return torch.stack([share, 1 - share]).log(), _smoothed(bags, labels, alpha).log()


@naive_bayes_fit.mistake(
    "prior-over-the-classes",
    ko="사전 확률에서 리뷰의 수 N이 아니라 클래스의 수 C로 나누었습니다. 비율은 전체 리뷰 수로 나눈 것입니다.",
    en="For the prior the counts are divided by the number of classes, C. A share is out of all reviews: divide by N.",
)
def _(bags, labels, alpha):
    likelihood = _smoothed(bags, labels, alpha).log()
    return (torch.bincount(labels) / len(likelihood)).log(), likelihood


@naive_bayes_fit.mistake(
    "minus-log",
    ko="로그의 부호를 바꾸었습니다. 손실이 아니라 로그 확률 자체가 필요합니다(0 이하의 수입니다).",
    en="The logs have their signs changed. Not a loss is wanted but the log probabilities, which are 0 or less.",
)
def _(bags, labels, alpha):
    return -_prior(labels), -_smoothed(bags, labels, alpha).log()


naive_bayes_fit.hints(
    ko=[
        "클래스마다 두 가지를 셉니다: 리뷰가 몇 개인지(사전 확률), 그 리뷰들의 가방을 모두 쏟으면 단어가 각각 몇 개인지(단어의 확률).",
        "log_prior[c] = log(c인 리뷰의 수 / N). log_likelihood[c, v] = log((n_cv + α) / Σ_v (n_cv + α)). 분모는 α를 더한 횟수를 줄마다 합한 것이면 됩니다.",
        "`C = int(labels.max()) + 1`, `counts = torch.stack([bags[labels == c].sum(0) for c in range(C)]) + alpha`, "
        "`torch.log(counts / counts.sum(1, keepdim=True))`; `torch.log(torch.bincount(labels) / len(labels))`",
    ],
    en=[
        "Two counts for each class: how many reviews it has (the prior), and how many of each word there "
        "are when all its bags are emptied on one heap (the probabilities of words).",
        "log_prior[c] = log(reviews that are c / N). log_likelihood[c, v] = log((n_cv + α) / Σ_v (n_cv + "
        "α)). For the denominator just sum the counts along the row, α included.",
        "`C = int(labels.max()) + 1`, `counts = torch.stack([bags[labels == c].sum(0) for c in range(C)]) + alpha`, "
        "`torch.log(counts / counts.sum(1, keepdim=True))`; `torch.log(torch.bincount(labels) / len(labels))`.",
    ],
)


# ---------------------------------------------------------------- naive-bayes-predict


def _model(draw, classes, V, dtype):
    """A prior (C,) and words' probabilities (C, V), both as logs."""
    prior = draw.uniform(0.1, 1.0, classes, dtype=torch.float64)
    words = draw.uniform(0.05, 1.0, classes, V, dtype=torch.float64)
    prior, words = prior / prior.sum(), words / words.sum(1, keepdim=True)
    return prior.log().to(dtype), words.log().to(dtype)


def _long(draw, classes, V, total, dtype):
    """Two reviews of about `total` rare words, which speak for the last class, a short one, a model."""
    prior, _ = _model(draw, classes, V, dtype)
    common = draw.uniform(0.5, 1.0, 1, V, dtype=torch.float64) * 1e-4
    tilt = torch.full((classes, 1), -0.1, dtype=torch.float64)
    tilt[-1] = 0.1
    words = common * tilt.exp()
    words[:, 0] = 1 - words[:, 1:].sum(1)  # one word takes what the others leave
    bags = torch.full((2, V), float(total // (V - 1)))
    bags[:, 0] = 0.0
    bags[1, 1:] += draw.integers(0, 1, V - 1)
    bags = torch.cat([bags, torch.zeros(1, V)])
    bags[2, :2] = 1.0  # and a short one
    return bags.to(dtype), prior, words.log().to(dtype)


def _exact(bags, log_prior, log_likelihood):
    """P(class and bag) as Decimals, which do not underflow: rows of one number a class."""
    prior = [Decimal(p).exp() for p in log_prior.tolist()]
    words = [[Decimal(p).exp() for p in row] for row in log_likelihood.tolist()]
    for bag in bags.tolist():
        row = []
        for product, chances in zip(prior, words, strict=True):
            for chance, count in zip(chances, bag, strict=True):
                product *= chance ** int(count) if count else 1
            row.append(product)
        yield row


def _model_cases(draw, dtype):
    small = torch.tensor([[0.6, 0.3, 0.1], [0.2, 0.3, 0.5]]).log().to(dtype)  # (2, 3)
    even = torch.tensor([0.5, 0.5]).log().to(dtype)
    yield torch.tensor([[1, 0, 0], [0, 1, 1], [2, 1, 3]]).to(dtype), even, small
    # A rare class: only its own words, and enough of them, speak for it.
    rare = torch.tensor([0.9, 0.1]).log().to(dtype)
    yield (
        torch.tensor([[0, 0, 0], [0, 0, 1], [0, 0, 2], [1, 0, 1], [2, 0, 3]]).to(dtype),
        rare,
        small,
    )
    # Words as rare as in a real vocabulary, in reviews of 20 and of 300 of them.
    yield _long(draw, 2, 6, 20, dtype)
    yield _long(draw, 3, 6, 300, dtype)
    for classes in (2, 3):
        V = draw.integer(4, 6)
        bags = draw.integers(0, 3, draw.integer(9, 12), V).to(dtype)
        yield bags, *_model(draw, classes, V, dtype)


def _scores(bags, log_prior, log_likelihood):
    return bags @ log_likelihood.T + log_prior


@exercise("naive-bayes-predict", points=2, forbids=SKLEARN)
def naive_bayes_predict(bags, log_prior, log_likelihood):
    rows = _exact(bags, log_prior, log_likelihood)
    return torch.tensor([row.index(max(row)) for row in rows])


@naive_bayes_predict.cases
def _(draw):
    for case in _model_cases(draw, torch.float32):
        scores = _scores(*(part.double() for part in case))
        best = scores.topk(2, dim=1).values
        clear = best[:, 0] - best[:, 1] > 0.01  # a near tie is nobody's mistake
        if clear.any():
            yield case[0][clear], *case[1:]
    # One word, so telling that it outweighs the prior; its plain probability does not.
    prior, likelihood = torch.tensor([0.9, 0.1]), torch.tensor([[0.05, 0.95], [0.99, 0.01]])
    yield torch.tensor([[1.0, 0.0]]), prior.log(), likelihood.log()


@naive_bayes_predict.accepts
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).argmax(1)


@naive_bayes_predict.accepts
def _(bags, log_prior, log_likelihood):
    best = []
    for bag in bags:
        scores = [p + sum(n * word for n, word in zip(bag, row, strict=True) if n)
                  for p, row in zip(log_prior, log_likelihood, strict=True)]  # fmt: skip
        best.append(max(range(len(scores)), key=scores.__getitem__))
    return torch.tensor(best)


@naive_bayes_predict.accepts
def _(bags, log_prior, log_likelihood):
    scores = torch.einsum("nv,cv->cn", bags.double(), log_likelihood.double())
    return torch.max(scores + log_prior[:, None], dim=0).indices


# Multiplied at once or added and turned back: both are zeros.
UNDERFLOW = {
    "ko": "확률이 언더플로로 모두 0이 되었습니다. 0끼리는 어느 쪽이 큰지 알 수 없어 늘 첫 클래스가 뽑힙니다. 확률을 곱하지 말고(더한 로그를 `exp`로 되돌리지도 말고) 로그인 채로 *더하고* 로그인 채로 견주세요. "
    "짧은 리뷰에서는 맞기 때문에 더 위험한 실수입니다.",
    "en": "The probabilities have underflowed to 0; of several zeros none is the largest, and the first class "
    "always wins. Do not multiply probabilities (nor turn the summed logs back with `exp`): *add* the logs, and "
    "compare the logs. That it works for short reviews makes it only more dangerous.",
}


@naive_bayes_predict.mistake("products-underflow", **UNDERFLOW)
def _(bags, log_prior, log_likelihood):
    words = log_likelihood.exp()[None] ** bags[:, None]  # (N, C, V)
    return (log_prior.exp() * words.prod(2)).argmax(1)


@naive_bayes_predict.mistake("exp-underflows", **UNDERFLOW)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).exp().argmax(1)


@naive_bayes_predict.mistake(
    "no-prior",
    ko="사전 확률을 더하지 않았습니다. 드문 클래스는 그만큼 더 강한 증거가 있어야 합니다.",
    en="The prior is not added. A rare class needs that much more evidence.",
)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.T).argmax(1)


@naive_bayes_predict.mistake(
    "presence",
    ko="단어가 몇 번 나왔는지 무시했습니다. 세 번 나온 단어는 로그 확률이 세 번 더해집니다.",
    en="How often a word appears is ignored. A word that is there three times adds its log probability "
    "three times.",
)
def _(bags, log_prior, log_likelihood):
    return _scores((bags > 0).float(), log_prior, log_likelihood).argmax(1)


@naive_bayes_predict.mistake(
    "argmin",
    ko="가장 *작은* 점수를 골랐습니다. 로그 확률은 음수이지만, 그래도 큰 것(0에 가까운 것)이 더 그럴듯합니다.",
    en="The *smallest* score is picked. Log probabilities are negative, and still the larger one, nearer to "
    "0, is the likelier.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).argmin(1)


@naive_bayes_predict.mistake(
    "wrong-axis",
    ko="클래스가 아니라 *리뷰* 가운데에서 가장 큰 것을 골랐습니다. 점수는 (N, C)이고 리뷰마다 하나를 고르니 1번 축입니다.",
    en="The largest is picked among the *reviews*, not the classes. The scores are (N, C), and each review "
    "needs one: axis 1.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).argmax(0)


@naive_bayes_predict.mistake(
    "no-axis",
    ko="`argmax()`에 축을 주지 않아 수 하나만 나왔습니다. 리뷰마다 하나씩이니 1번 축을 주세요.",
    en="Without an axis `argmax()` gives one number for everything. One for each review is wanted: axis 1.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).argmax()


@naive_bayes_predict.mistake(
    "scores",
    ko="클래스의 번호가 아니라 점수를 돌려주었습니다. 리뷰마다 가장 큰 점수의 *번호*가 필요합니다: `argmax`.",
    en="The scores are returned. For each review the *number* of the best class is wanted: `argmax`.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood)


@naive_bayes_predict.mistake(
    "largest-score",
    ko="가장 큰 점수 자체를 돌려주었습니다. 필요한 것은 그 점수가 *몇 번* 클래스의 것인가입니다.",
    en="The largest scores are returned. Wanted is *which* class they belong to.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).amax(1)


@naive_bayes_predict.mistake(
    "multiplies-the-prior",
    ko="로그 사전 확률을 *곱했습니다*. 확률의 곱은 로그의 합입니다.",
    en="The log prior *multiplies*. A product of probabilities is a sum of logs.",
)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.T * log_prior).argmax(1)


@naive_bayes_predict.mistake(
    "prior-without-log",
    ko="사전 확률을 로그 점수에 그대로(로그 없이) 더했습니다. 인수는 이미 로그이니 되돌리지 마세요.",
    en="A plain probability is added to the log scores. The argument is a log already: leave it as it is.",
)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.T + log_prior.exp()).argmax(1)


@naive_bayes_predict.mistake(
    "prior-per-word",
    ko="사전 확률을 단어마다 더했습니다. 리뷰 하나에 한 번만 더합니다. (단어의 점수를 단어 수로 나누어도 같은 결과입니다. 나누지 말고 더하기만 하세요.)",
    en="The prior is added for every word. It counts once for a review. (To divide the words' scores by the number of "
    "words comes to the same: only add them up.)",
)
def _(bags, log_prior, log_likelihood):
    return (bags @ (log_likelihood + log_prior[:, None]).T).argmax(1)


ADDS_PROBABILITIES = {
    "ko": "확률 자체를 *더했습니다*. 함께 일어날 확률은 곱이고, 곱을 합으로 바꾸는 것은 로그입니다. 로그를 `exp`로 되돌리지 말고 그대로 더하세요.",
    "en": "Plain probabilities are *added*. Things that happen together multiply; it is the logs that may be "
    "added, so do not take `exp`.",
}


@naive_bayes_predict.mistake("adds-probabilities", **ADDS_PROBABILITIES)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.exp().T + log_prior.exp()).argmax(1)


@naive_bayes_predict.mistake("adds-probabilities-of-words", **ADDS_PROBABILITIES)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.exp().T + log_prior).argmax(1)


@naive_bayes_predict.mistake(
    "log-of-a-log",
    ko="이미 로그인 `log_prior`에 또 로그를 취해 nan이 되었습니다. 그대로 더하세요.",
    en="`log_prior` is a log already, and the log of it is nan. Add it as it is.",
)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.T + log_prior.log()).argmax(1)


@naive_bayes_predict.mistake(
    "prior-subtracted",
    ko="로그 사전 확률을 *뺐습니다*. 로그는 이미 음수입니다: 더하세요.",
    en="The log prior is *subtracted*. It is negative already: add it.",
)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.T - log_prior).argmax(1)


@naive_bayes_predict.mistake(
    "two-classes-only",
    ko="클래스 0과 1만 견주었습니다. 클래스는 더 있을 수 있습니다: 모든 점수 가운데 가장 큰 것을 고르세요.",
    en="Only classes 0 and 1 are compared. There may be more: pick the largest of all scores.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    return (scores[:, 1] > scores[:, 0]).long()


naive_bayes_predict.hints(
    ko=[
        "클래스마다 점수를 매깁니다: 로그 사전 확률에, 가방에 든 단어마다 그 로그 확률을 (횟수만큼) 더합니다. 점수가 가장 큰 클래스가 답입니다.",
        '"횟수 × 로그 확률을 모든 단어에 대해 더하기"는 내적입니다. (N, V)와 (C, V)에서 (N, C)를 얻으려면 한쪽을 전치해 행렬로 곱하세요.',
        "`scores = bags @ log_likelihood.T + log_prior`, `return scores.argmax(dim=1)`",
    ],
    en=[
        "Give each class a score: its log prior, plus the log probability of every word in the bag, as "
        "often as it is there. The class with the largest score is the answer.",
        '"Count times log probability, summed over all words" is a dot product. From (N, V) and (C, V) a '
        "matrix product with one of them transposed gives (N, C).",
        "`scores = bags @ log_likelihood.T + log_prior`, `return scores.argmax(dim=1)`.",
    ],
)


# ---------------------------------------------------------------- posterior


@exercise(
    "posterior",
    points=1,
    forbids=(*SKLEARN, "F.softmax", "torch.softmax", ".softmax", "F.log_softmax"),
)
def posterior(bags, log_prior, log_likelihood):
    rows = _exact(bags, log_prior, log_likelihood)
    shares = [[float(part / sum(row)) for part in row] for row in rows]
    return torch.tensor(shares, dtype=bags.dtype)


@posterior.cases
def _(draw):
    yield from _model_cases(draw, torch.float64)
    bags, prior, words = _long(draw, 2, 6, 300, torch.float64)
    yield bags[:2], prior, words
    bags = draw.integers(0, 2, 3, 5).float()
    yield bags, *_model(draw, 2, 5, torch.float32)
    # Classes of which one is likelier by far: exp of the difference of two scores is infinite.
    even, sharp = torch.tensor([0.5, 0.5]), torch.tensor([[0.9, 0.1], [0.1, 0.9]])
    bags = torch.tensor([[1000.0, 0.0], [0.0, 3.0]])
    yield bags.double(), even.double().log(), sharp.double().log()
    # exp of these scores is safe in float32, exp of twice as much is not.
    yield torch.tensor([[40.0, 40.0]]), even.log(), torch.tensor([[0.3, 0.7], [0.4, 0.6]]).log()


@posterior.accepts
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).softmax(1)


@posterior.accepts
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags.double(), log_prior.double(), log_likelihood.double())
    return 1 / (scores[:, None] - scores[:, :, None]).exp().sum(2)


@posterior.accepts
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    return torch.exp(scores - scores.logsumexp(1, keepdim=True))


@posterior.mistake(
    "exp-underflows",
    ko="`exp`를 먼저 취해 모두 0이 되었고, 0을 0으로 나누어 nan입니다. 7장의 소프트맥스처럼 가장 큰 점수를 *먼저 빼세요*.",
    en="`exp` came first and made zeros of them all; 0 divided by 0 is nan. *First subtract* the largest "
    "score, as in the softmax of chapter 7.",
)
def _(bags, log_prior, log_likelihood):
    joint = _scores(bags, log_prior, log_likelihood).exp()
    return joint / joint.sum(1, keepdim=True)


@posterior.mistake(
    "joint",
    ko="나누지 않아 합이 1이 아닙니다. 이것은 P(클래스, 리뷰)입니다. 클래스마다의 값을 모두 더한 것, 곧 P(리뷰)로 나누세요.",
    en="Not divided, these do not sum to 1: they are P(class and review). Divide by their sum over the "
    "classes, which is P(review).",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).exp()


@posterior.mistake(
    "unnormalised",
    ko="가장 큰 점수를 빼고 `exp`를 취한 것까지는 맞습니다. 이제 클래스에 대한 합으로 나누세요.",
    en="Subtracting the largest score and taking `exp` was right. Now divide by the sum over the classes.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    return (scores - scores.amax(1, keepdim=True)).exp()


WRONG_SUM = {
    "ko": "*리뷰*에 대해 합이 1입니다. 리뷰마다 클래스들의 확률이 합해서 1이어야 합니다: 1번 축.",
    "en": "The sum is 1 over the *reviews*. For each review the probabilities of the classes sum to 1: axis 1.",
}


@posterior.mistake("wrong-axis", **WRONG_SUM)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).softmax(0)


@posterior.mistake("wrong-axis-for-the-sum", **WRONG_SUM)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    shares = (scores - scores.amax(1, keepdim=True)).exp()
    return shares / shares.sum(0)


@posterior.mistake(
    "wrong-axis-for-the-largest",
    ko="클래스마다 *모든 리뷰에서* 가장 큰 점수를 뺐습니다. 클래스마다 다른 수를 빼면 확률의 비가 달라집니다. *줄마다* 가장 큰 것을 빼세요: 1번 축.",
    en="What is subtracted is each class's largest score *over the reviews*. A number that differs from class to class "
    "changes the ratio of the probabilities. Subtract the largest of each *row*: axis 1.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    shares = (scores - scores.amax(0)).exp()
    return shares / shares.sum(1, keepdim=True)


@posterior.mistake(
    "no-prior",
    ko="사전 확률이 들어 있지 않습니다. 빈 리뷰라면 사후 확률이 사전 확률과 같아야 합니다.",
    en="The prior is left out. For an empty review the posterior should be just the prior.",
)
def _(bags, log_prior, log_likelihood):
    return (bags @ log_likelihood.T).softmax(1)


@posterior.mistake(
    "shares-of-logs",
    ko="로그 점수를 그대로 나누어 가졌습니다. 음수끼리 나누면 가장 *그럴듯하지 않은* 클래스가 가장 큰 몫을 갖습니다. 먼저 `exp`로 확률로 되돌리세요.",
    en="The log scores themselves are shared out: of negative numbers the *least* likely class gets the "
    "largest share. Take `exp` first.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    return scores / scores.sum(1, keepdim=True)


@posterior.mistake(
    "log-posterior",
    ko="사후 확률의 로그입니다. 마지막에 `exp`로 되돌리세요.",
    en="These are the logs of the posterior. Take `exp` at the end.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).log_softmax(1)


@posterior.mistake(
    "scores",
    ko="점수(로그)를 그대로 돌려주었습니다. `exp`로 확률로 되돌리고 합이 1이 되게 나누세요.",
    en="The scores (logs) are returned as they are. Turn them into probabilities with `exp`, and divide so "
    "that they sum to 1.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood)


@posterior.mistake(
    "one-class",
    ko="클래스 하나의 확률만 돌려주었습니다. 모든 클래스의 것이 필요합니다: (N, C).",
    en="Only the probability of one class is returned. All of them are wanted: (N, C).",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).softmax(1)[:, 1]


@posterior.mistake(
    "hard",
    ko="이긴 클래스에 1, 나머지에 0을 주었습니다. 얼마나 확신하는지가 필요합니다.",
    en="The winner gets 1, the others 0. Wanted is how sure one may be.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    return F.one_hot(scores.argmax(1), scores.shape[1]).float()


@posterior.mistake(
    "whole-largest",
    ko="모든 리뷰의 점수 가운데 가장 큰 것 하나를 뺐습니다. 짧은 리뷰와 긴 리뷰가 섞이면 긴 쪽은 여전히 언더플로입니다. *줄마다* 가장 큰 것을 빼세요: "
    "`amax(dim=1, keepdim=True)`.",
    en="The largest score of *all* reviews is subtracted. Beside a short review a long one still underflows. "
    "Subtract the largest of each *row*: `amax(dim=1, keepdim=True)`.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    p = (scores - scores.max()).exp()
    return p / p.sum(1, keepdim=True)


@posterior.mistake(
    "whole-sum",
    ko="텐서 *전체*의 합으로 나누었습니다. 리뷰마다(줄마다) 합이 1이어야 합니다: `sum(dim=1, keepdim=True)`.",
    en="Divided by the sum of the *whole* tensor. Each review, that is each row, sums to 1: "
    "`sum(dim=1, keepdim=True)`.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    p = (scores - scores.amax(1, keepdim=True)).exp()
    return p / p.sum()


NOT_THE_LARGEST = {
    "ko": "가장 작은 점수나 평균을 뺐습니다. 그러면 가장 큰 점수가 양수로 남아 `exp`가 넘칠 수 있습니다. 가장 *큰* 것을 빼야 모두 0 이하가 됩니다.",
    "en": "The smallest score or the mean was subtracted. The largest then stays positive, and `exp` may overflow. "
    "Subtract the *largest*, so that all are 0 or less.",
}


@posterior.mistake("subtracts-the-smallest", **NOT_THE_LARGEST)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    p = (scores - scores.amin(1, keepdim=True)).exp()
    return p / p.sum(1, keepdim=True)


@posterior.mistake("subtracts-the-mean", **NOT_THE_LARGEST)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    p = (scores - scores.mean(1, keepdim=True)).exp()
    return p / p.sum(1, keepdim=True)


@posterior.mistake(
    "adds-the-largest",
    ko="가장 큰 점수를 빼지 않고 *더했습니다*. 점수는 음수이니 더 빨리 언더플로합니다: 빼세요.",
    en="The largest score is *added*. Scores are negative, so they underflow all the sooner: subtract it.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    p = (scores + scores.amax(1, keepdim=True)).exp()
    return p / p.sum(1, keepdim=True)


@posterior.mistake(
    "divides-by-the-largest",
    ko="가장 큰 점수를 빼지 않고 그것으로 나누었습니다. 확률에 같은 수를 곱하는 것은 로그에서 *뺄셈*(덧셈)입니다.",
    en="The scores are divided by the largest instead of having it subtracted. Probabilities that share a factor have "
    "logs that share a *difference*.",
)
def _(bags, log_prior, log_likelihood):
    scores = _scores(bags, log_prior, log_likelihood)
    p = (scores / scores.amax(1, keepdim=True)).exp()
    return p / p.sum(1, keepdim=True)


@posterior.mistake(
    "sign-turned",
    ko="점수의 부호를 바꾸어 `exp`에 넣었습니다. 그러면 가장 *그럴듯하지 않은* 클래스가 가장 큰 확률을 갖습니다.",
    en="The scores went into `exp` with their signs changed: the *least* likely class gets the largest probability.",
)
def _(bags, log_prior, log_likelihood):
    return (-_scores(bags, log_prior, log_likelihood)).softmax(1)


@posterior.mistake(
    "sigmoid",
    ko="점수 하나하나에 시그모이드를 씌웠습니다. 리뷰마다 클래스들의 합이 1이 되게 나누세요.",
    en="Each score went through a sigmoid by itself. Divide so that the classes of a review sum to 1.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood).sigmoid()


@posterior.mistake(
    "two-classes-only",
    ko="클래스가 둘뿐이라고 여겼습니다. 두 점수의 차이에 시그모이드를 씌우는 것은 둘일 때만 맞습니다.",
    en="This takes it for granted that there are two classes: only then does the sigmoid of the difference do.",
)
def _(bags, log_prior, log_likelihood):
    return _scores(bags, log_prior, log_likelihood)[:, :2].softmax(1)


EPSILON = {
    "ko": "분모에 작은 수를 더했습니다. 언더플로한 것은 그래도 돌아오지 않고, 남은 것도 조금씩 틀립니다. 가장 큰 점수를 먼저 빼세요.",
    "en": "A small number was added to the denominator. What has underflowed does not come back that way, and the rest is "
    "a little off. Subtract the largest score first.",
}


def _with_epsilon(epsilon):
    def answer(bags, log_prior, log_likelihood):
        p = _scores(bags, log_prior, log_likelihood).exp()
        return p / (p.sum(1, keepdim=True) + epsilon)

    return answer


for epsilon in (1e-6, 1e-8, 1e-9, 1e-10, 1e-12):
    posterior.mistake(f"epsilon-{epsilon:g}", **EPSILON)(_with_epsilon(epsilon))


posterior.hints(
    ko=[
        "점수는 log P(클래스, 리뷰)입니다. `exp`로 되돌려 합으로 나누면 되지만, 그대로 되돌리면 언더플로입니다. 7장에서 같은 문제를 어떻게 풀었나요?",
        "분자와 분모에 같은 수를 곱해도 몫은 같습니다. 로그에서는 모든 점수에서 같은 수를 빼는 것입니다. 가장 큰 점수를 빼면 가장 큰 것이 exp(0) = 1이 됩니다.",
        "`scores = bags @ log_likelihood.T + log_prior`, `p = torch.exp(scores - scores.amax(1, keepdim=True))`, `p / p.sum(1, keepdim=True)`",
    ],
    en=[
        "The scores are log P(class and review). `exp` and dividing by the sum would do, but taken as they "
        "are they underflow. How did chapter 7 solve the same problem?",
        "A quotient stays the same if both its parts are multiplied by one number; for logs that means "
        "subtracting one number from all scores. Subtract the largest, and the largest becomes exp(0) = 1.",
        "`scores = bags @ log_likelihood.T + log_prior`, "
        "`p = torch.exp(scores - scores.amax(1, keepdim=True))`, `p / p.sum(1, keepdim=True)`.",
    ],
)


# ---------------------------------------------------------------- telling-words


@exercise("telling-words", points=1, returns=["liked", "disliked"])
def telling_words(log_likelihood, words, k):
    p = log_likelihood.double().exp().tolist()
    ratio = {word: b / a for word, a, b in zip(words, *p, strict=True)}
    ranked = sorted(words, key=ratio.__getitem__)
    return ranked[::-1][:k], ranked[:k]


@telling_words.cases
def _(draw):
    p = torch.tensor([[0.5, 0.3, 0.15, 0.05], [0.6, 0.1, 0.02, 0.28]])
    yield p.log(), ["이", "짜다", "별로", "맛있다"], 1
    yield p.log(), ["이", "짜다", "별로", "맛있다"], 2
    yield p.log(), ["이", "짜다", "별로", "맛있다"], 4
    for k in (1, 2, 3):
        V = draw.integer(8, 12)
        # Common words say little and rare ones much, as in real reviews.
        common = torch.linspace(0.0, -4.0, V)
        lean = (draw.permutation(V) - 0.45 * V) * torch.linspace(0.05, 0.5, V)
        gaps = draw.permutation(V) * 1e-3
        log_likelihood = torch.stack([common - lean - gaps, common + lean + gaps]).log_softmax(1)
        yield log_likelihood, [WORDS[int(i)] for i in draw.permutation(len(WORDS))[:V]], k


def _ranked(values, words, k):
    order = values.argsort(descending=True)
    return [words[i] for i in order[:k]], [words[i] for i in order.flip(0)[:k]]


@telling_words.accepts
def _(log_likelihood, words, k):
    return _ranked(log_likelihood[1] - log_likelihood[0], words, k)


@telling_words.accepts
def _(log_likelihood, words, k):
    lean = log_likelihood.diff(dim=0)[0]
    best, worst = lean.topk(k).indices, lean.topk(k, largest=False).indices
    return tuple(words[i] for i in best), tuple(words[i] for i in worst)


@telling_words.mistake(
    "commonest",
    ko='클래스마다 가장 *흔한* 단어입니다. "이", "가" 같은 단어는 두 클래스에서 똑같이 흔하니 아무것도 말해 주지 않습니다. 두 클래스의 로그 확률의 *차이*를 보세요.',
    en="These are the *commonest* words of each class. Particles are common in both and tell nothing: look "
    "at the *difference* of the two log probabilities.",
)
def _(log_likelihood, words, k):
    return _ranked(log_likelihood[1], words, k)[0], _ranked(log_likelihood[0], words, k)[0]


@telling_words.mistake(
    "difference-of-probabilities",
    ko="확률의 차이로 세웠습니다. 그러면 흔한 단어가 앞에 섭니다. 점수에 더해지는 것은 로그 확률이니, 로그의 차이(확률의 비)로 세우세요.",
    en="Ranked by the difference of the probabilities, which favours common words. What adds to a score are "
    "log probabilities: rank by the difference of the logs, the ratio of the probabilities.",
)
def _(log_likelihood, words, k):
    p = log_likelihood.exp()
    return _ranked(p[1] - p[0], words, k)


@telling_words.mistake(
    "ratio-of-logs",
    ko="로그 확률을 서로 *나누었습니다*. 확률의 비는 로그의 차이입니다: log a − log b.",
    en="The log probabilities are *divided*. A ratio of probabilities is a difference of logs: log a − log b.",
)
def _(log_likelihood, words, k):
    return _ranked(log_likelihood[1] / log_likelihood[0], words, k)


@telling_words.mistake(
    "swapped",
    ko='좋다는 단어와 나쁘다는 단어가 서로 바뀌었습니다. 클래스 1이 "좋았다"이니 log_likelihood[1] − log_likelihood[0]이 큰 쪽이 liked입니다. '
    "(`argsort`는 작은 것부터 세웁니다.)",
    en='The two lists are exchanged. Class 1 is "liked", so liked has the words of the largest '
    "log_likelihood[1] − log_likelihood[0]. (`argsort` begins with the smallest.)",
)
def _(log_likelihood, words, k):
    liked, disliked = _ranked(log_likelihood[1] - log_likelihood[0], words, k)
    return disliked, liked


@telling_words.mistake(
    "numbers",
    ko="단어가 아니라 번호를 돌려주었습니다. `words[i]`로 바꾸세요.",
    en="Numbers are returned instead of words. Turn them into words with `words[i]`.",
)
def _(log_likelihood, words, k):
    order = (log_likelihood[1] - log_likelihood[0]).argsort(descending=True)
    return order[:k].tolist(), order.flip(0)[:k].tolist()


@telling_words.mistake(
    "weakest-first",
    ko="뽑은 단어는 맞지만 disliked의 순서가 거꾸로입니다. 가장 강하게 나쁘다고 말하는 단어가 앞에 와야 합니다.",
    en="The words are right, but disliked is in the wrong order: the one that speaks most strongly against "
    "comes first.",
)
def _(log_likelihood, words, k):
    liked, disliked = _ranked(log_likelihood[1] - log_likelihood[0], words, k)
    return liked, disliked[::-1]


@telling_words.mistake(
    "all",
    ko="k개가 아니라 모든 단어를 돌려주었습니다.",
    en="All words are returned, not k of each.",
)
def _(log_likelihood, words, k):
    return _ranked(log_likelihood[1] - log_likelihood[0], words, len(words))


@telling_words.mistake(
    "strongest",
    ko="차이의 절댓값으로 세웠습니다. 그러면 어느 쪽으로 치우친 단어인지 알 수 없습니다.",
    en="Ranked by the size of the difference, which forgets to which side a word leans.",
)
def _(log_likelihood, words, k):
    return _ranked((log_likelihood[1] - log_likelihood[0]).abs(), words, k)


@telling_words.mistake(
    "liked-weakest-first",
    ko="뽑은 단어는 맞지만 liked의 순서가 거꾸로입니다. 가장 강하게 좋다고 말하는 단어가 앞에 와야 합니다.",
    en="The words are right, but liked is in the wrong order: the one that speaks most strongly comes first.",
)
def _(log_likelihood, words, k):
    liked, disliked = _ranked(log_likelihood[1] - log_likelihood[0], words, k)
    return liked[::-1], disliked


@telling_words.mistake(
    "liked-turned-round",
    ko="disliked에 liked를 뒤집은 것이 들어 있습니다. 먼저 뒤집고 자르세요: `order[::-1][:k]`.",
    en="disliked holds the liked words turned round. Turn round first, then cut: `order[::-1][:k]`.",
)
def _(log_likelihood, words, k):
    liked, _ = _ranked(log_likelihood[1] - log_likelihood[0], words, k)
    return liked, liked[::-1]


@telling_words.mistake(
    "from-the-wrong-end",
    ko="순서가 통째로 거꾸로입니다: liked에 나쁘다는 단어가 있습니다. `argsort`는 작은 것부터 세우니 `descending=True`를 주고, "
    "log_likelihood[1] − log_likelihood[0]으로 뺐는지도 보세요.",
    en="The whole order is reversed: liked has the words that speak against. `argsort` begins with the smallest unless it "
    "gets `descending=True`; or was the difference taken the wrong way, not as log_likelihood[1] − log_likelihood[0]?",
)
def _(log_likelihood, words, k):
    liked, disliked = _ranked(log_likelihood[1] - log_likelihood[0], words, k)
    return disliked, liked[::-1]


@telling_words.mistake(
    "strongest-then-parted",
    ko="절댓값으로 k개를 고른 다음 나누었습니다. 양쪽에서 k개씩 고르세요.",
    en="k words were picked by the size of their lean and then parted. Pick k on each side.",
)
def _(log_likelihood, words, k):
    lean = log_likelihood[1] - log_likelihood[0]
    order = lean.abs().argsort(descending=True).tolist()[:k]
    return [words[i] for i in order if lean[i] > 0], [words[i] for i in order if lean[i] < 0]


@telling_words.mistake(
    "sum-of-logs",
    ko="두 로그 확률을 *더했습니다*. 그러면 양쪽에서 다 흔한 단어가 앞에 섭니다. 빼야 한쪽으로 치우친 정도가 나옵니다.",
    en="The two log probabilities are *added*, which ranks by how common a word is on both sides. The difference tells "
    "how far it leans.",
)
def _(log_likelihood, words, k):
    return _ranked(log_likelihood[1] + log_likelihood[0], words, k)


@telling_words.mistake(
    "columns",
    ko="줄이 아니라 열을 뺐습니다. 한 줄이 클래스 하나입니다: `log_likelihood[1] - log_likelihood[0]`.",
    en="Columns were subtracted, not rows. A row is a class: `log_likelihood[1] - log_likelihood[0]`.",
)
def _(log_likelihood, words, k):
    return _ranked(log_likelihood[:, 1] - log_likelihood[:, 0], words, k)


@telling_words.mistake(
    "one-side-only",
    ko="차이의 부호로 단어를 나누었거나 걸러 내서 단어가 모자랍니다. 부호와 상관없이 차이가 큰 쪽에서 k개, 작은 쪽에서 k개입니다.",
    en="Words are missing: they were parted, or left out, by the sign of the difference. Take the k with the largest "
    "difference and the k with the smallest, whatever their sign.",
)
def _(log_likelihood, words, k):
    lean = log_likelihood[1] - log_likelihood[0]
    liked, disliked = _ranked(lean, words, k)
    return liked[: int((lean > 0).sum())], disliked[: int((lean < 0).sum())]


telling_words.hints(
    ko=[
        "흔한 단어가 아니라, 한쪽에서 *더* 흔한 단어를 찾습니다. 단어 하나가 두 클래스의 점수에 더하는 것의 차이를 보세요.",
        "치우침 = log_likelihood[1] − log_likelihood[0], (V,). 큰 쪽 끝의 k개가 liked, 작은 쪽 끝의 k개가 disliked입니다.",
        "`order = (log_likelihood[1] - log_likelihood[0]).argsort(descending=True).tolist()`, "
        "`[words[i] for i in order[:k]]`, `[words[i] for i in order[::-1][:k]]`",
    ],
    en=[
        "Not the common words, but those that are *more* common on one side. Look at the difference between "
        "what a word adds to one score and to the other.",
        "lean = log_likelihood[1] − log_likelihood[0], (V,). The k at the large end are liked, the k at the "
        "small end disliked.",
        "`order = (log_likelihood[1] - log_likelihood[0]).argsort(descending=True).tolist()`, "
        "`[words[i] for i in order[:k]]`, `[words[i] for i in order[::-1][:k]]`.",
    ],
)


# ---------------------------------------------------------------- mark-negation


@exercise("mark-negation", points=2)
def mark_negation(tokens, before, after):
    last = len(tokens) - 1
    negates = [(t in before and i < last) or (t in after and i > 0) for i, t in enumerate(tokens)]
    marked = []
    for i, token in enumerate(tokens):
        if not negates[i]:
            times = (i > 0 and negates[i - 1] and tokens[i - 1] in before) + (
                i < last and negates[i + 1] and tokens[i + 1] in after
            )
            marked.append("NOT_" * times + token)
    return marked


BEFORE, AFTER = ["안", "못"], ["않다", "아니다"]
PLAIN = ["고기", "맛", "가다", "먹다", "좋다", "짜다", "친절하다", "맛있다", "국물", "너무"]


def _negated(draw, pieces):
    """A review in which no two words of negation stand side by side."""
    tokens = []
    for _ in range(pieces):
        kind, word = draw.integer(0, 4), draw.choice(PLAIN)
        tokens += {
            0: [draw.choice(BEFORE), word],
            1: [word, draw.choice(AFTER), draw.choice(PLAIN)],
            2: [draw.choice(PLAIN), draw.choice(BEFORE), word, draw.choice(AFTER), "."],
        }.get(kind, [word])
    return tokens


@mark_negation.cases
def _(draw):
    yield ["다시", "안", "가다", "."], BEFORE, AFTER
    yield ["고기", "질기다", "않다", "맛있다"], BEFORE, AFTER
    yield ["맛있다", "좋다"], BEFORE, AFTER
    yield ["안", "맵다", "않다", "좋다", "못"], BEFORE, AFTER
    yield ["않다", "맛", "이", "안"], BEFORE, AFTER
    yield [], BEFORE, AFTER
    yield ["비싸다", "no", "맛", "never", "짜다"], ["no"], ["never"]
    yield ["사장", "잘못", "이다"], BEFORE, AFTER
    yield ["맛", "안", "가다", "맛", "않다", "가다"], BEFORE, AFTER
    for pieces in (3, 5):
        yield _negated(draw, pieces), BEFORE, AFTER


def _mark(tokens, before, after, mark="NOT_", keep=False, ends=True):
    marked, pending = [], False
    for i, token in enumerate(tokens):
        if token in before and i < len(tokens) - 1:
            marked += [token] if keep else []
            pending = True
        elif token in after and marked and i > 0:
            marked[-1] = mark + marked[-1]
            marked += [token] if keep else []
        else:
            if ends or not (token in before or token in after):
                marked.append(mark + token if pending else token)
            pending = False
    return marked


@mark_negation.accepts
def _(tokens, before, after):
    return _mark(tokens, before, after)


@mark_negation.accepts
def _(tokens, before, after):
    words = list(tokens)
    for i in reversed(range(len(words))):
        if words[i] in after and i > 0:
            words[i - 1 : i + 1] = ["NOT_" + words[i - 1]]
        elif words[i] in before and i + 1 < len(words):
            words[i : i + 2] = ["NOT_" + words[i + 1]]
    return tuple(words)


@mark_negation.mistake(
    "before-only",
    ko='뒤에 오는 부정(after)을 보지 않았습니다. "맵지 않다"에서 부정은 단어 *뒤에* 옵니다: 이미 적어 둔 마지막 단어를 고치세요.',
    en="The words in `after` are ignored. They negate the token *before* them: change the last one that you "
    "have already written.",
)
def _(tokens, before, after):
    return _mark(tokens, before, [])


@mark_negation.mistake(
    "after-only",
    ko='앞에 오는 부정(before)을 보지 않았습니다. "안 가다"에서 부정은 *다음* 단어에 걸립니다.',
    en="The words in `before` are ignored. They negate the *next* token.",
)
def _(tokens, before, after):
    return _mark(tokens, [], after)


@mark_negation.mistake(
    "keeps-the-word",
    ko="표시는 했지만 부정하는 단어도 그대로 남았습니다. 표시한 다음에는 빼세요.",
    en="The marks are right, but the words of negation are still there. Once they have marked a token, leave "
    "them out.",
)
def _(tokens, before, after):
    return _mark(tokens, before, after, keep=True)


@mark_negation.mistake(
    "only-removes",
    ko='부정하는 단어를 빼기만 했습니다. 부정된 단어에 "NOT_"를 붙여야 "가다"와 구별됩니다.',
    en='The words of negation are only removed. Put "NOT_" before the token that they negate, or it cannot '
    "be told from the plain one.",
)
def _(tokens, before, after):
    return _mark(tokens, before, after, mark="")


@mark_negation.mistake(
    "never-ends",
    ko="부정이 끝나지 않습니다: 첫 부정 뒤의 단어가 모두 표시되었습니다. 한 단어를 표시한 뒤에는 기억해 둔 것을 지우세요.",
    en="The negation never ends: every token after the first one is marked. Once one token is marked, clear "
    "what you remembered.",
)
def _(tokens, before, after):
    marked, pending = [], False
    for i, token in enumerate(tokens):
        if token in before and i < len(tokens) - 1:
            pending = True
        elif token in after and marked and i > 0:
            marked[-1] = "NOT_" + marked[-1]
        else:
            marked.append("NOT_" + token if pending else token)
    return marked


@mark_negation.mistake(
    "wrong-direction",
    ko="방향이 반대입니다. `before`의 단어는 *다음* 토큰을, `after`의 단어는 *앞* 토큰을 부정합니다.",
    en="The directions are exchanged. A word of `before` negates the *next* token, a word of `after` the one "
    "*before* it.",
)
def _(tokens, before, after):
    return _mark(tokens, after, before)


@mark_negation.mistake(
    "lost-at-the-ends",
    ko="맨 끝의 `before` 단어나 맨 앞의 `after` 단어가 사라졌습니다. 부정할 단어가 없으면 그대로 둡니다.",
    en="A word of `before` at the very end, or of `after` at the very start, is lost. With nothing to negate "
    "it stays as it is.",
)
def _(tokens, before, after):
    return _mark(tokens, before, after, ends=False)


@mark_negation.mistake(
    "marks-the-negation",
    ko="부정하는 단어 *자체*에 표시를 붙였습니다. 표시할 것은 부정된 단어입니다.",
    en="The mark is on the word of negation *itself*. It belongs on the word that is negated.",
)
def _(tokens, before, after):
    return ["NOT_" + t if t in before or t in after else t for t in tokens]


@mark_negation.mistake(
    "once-only",
    ko='이중 부정이 한 번만 표시되었습니다. 앞뒤에서 모두 부정되면 "NOT_NOT_"입니다.',
    en='A double negation is marked only once. Negated from both sides, a token gets "NOT_NOT_".',
)
def _(tokens, before, after):
    return [t.replace("NOT_NOT_", "NOT_") for t in _mark(tokens, before, after)]


@mark_negation.mistake(
    "string",
    ko="문자열 하나를 돌려주었습니다. 토큰의 리스트가 필요합니다.",
    en="One string is returned. A list of tokens is wanted.",
)
def _(tokens, before, after):
    return " ".join(_mark(tokens, before, after))


@mark_negation.mistake(
    "part-of-a-word",
    ko='"잘못"의 "못"처럼 다른 단어의 *일부*도 부정으로 보았습니다. 글자가 들어 있는지가 아니라 토큰 전체가 리스트에 있는지 보세요: `token in before`.',
    en="*Parts* of other words are taken for negations, too. Ask not whether a token has those letters in it, but whether "
    "the whole token is in the list: `token in before`.",
)
def _(tokens, before, after):
    parts = {t: [b for b in before if b in t] for t in tokens}
    ends = {t: [a for a in after if a in t] for t in tokens}
    return _mark(tokens, [t for t in tokens if parts[t]], [t for t in tokens if ends[t]])


@mark_negation.mistake(
    "lost-at-the-end",
    ko="맨 끝의 `before` 단어가 사라졌습니다. 뒤에 부정할 단어가 없으면 그대로 둡니다.",
    en="A word of `before` at the very end is lost. With nothing after it, it stays.",
)
def _(tokens, before, after):
    ends = tokens and tokens[-1] in before
    return _mark(tokens, before, after)[: -1 if ends else None]


@mark_negation.mistake(
    "lost-at-the-start",
    ko="맨 앞의 `after` 단어가 사라졌습니다. 앞에 부정할 단어가 없으면 그대로 둡니다.",
    en="A word of `after` at the very start is lost. With nothing before it, it stays.",
)
def _(tokens, before, after):
    starts = tokens and tokens[0] in after
    return _mark(tokens, before, after)[1 if starts else 0 :]


NOTHING_BEFORE = {
    "ko": "맨 앞에 `after`의 단어가 오면 고칠 단어가 아직 없어 IndexError가 납니다. 그런 단어는 그대로 둡니다. 맨 끝에 온 `before`의 단어도 그렇습니다.",
    "en": "Where a word of `after` stands at the very start there is no word yet to mark: an IndexError. It stays as it is, "
    "and so does a word of `before` at the very end.",
}


def _unguarded(tokens, before, after, end):
    marked, pending = [], False
    for i, token in enumerate(tokens):
        if token in before and i < len(tokens) - end:
            pending = True
        elif token in after:
            marked[-1] = "NOT_" + marked[-1]
        else:
            marked.append("NOT_" + token if pending else token)
            pending = False
    return marked


@mark_negation.mistake("nothing-before-it", **NOTHING_BEFORE)
def _(tokens, before, after):
    return _unguarded(tokens, before, after, 1)


@mark_negation.mistake("nothing-before-or-after-it", **NOTHING_BEFORE)
def _(tokens, before, after):
    return _unguarded(tokens, before, after, 0)


@mark_negation.mistake(
    "once-only-and-lost",
    ko='둘이 남았습니다. 앞뒤에서 모두 부정되면 "NOT_NOT_"이고(`elif`가 아니라 `if`), 맨 끝의 `before`와 맨 앞의 `after`는 그대로 남습니다.',
    en='Two things are left: negated from both sides, a token gets "NOT_NOT_" (`if`, not `elif`), and a word of `before` '
    "at the very end or of `after` at the very start stays.",
)
def _(tokens, before, after):
    marked = _mark(tokens, before, after, ends=False)
    return [t.replace("NOT_NOT_", "NOT_") for t in marked]


@mark_negation.mistake(
    "both-mark-the-next",
    ko="`after`의 단어도 다음 토큰에 걸었습니다. `after`의 단어는 *앞* 토큰을 부정합니다.",
    en="Words of `after`, too, mark the next token. They negate the one *before* them.",
)
def _(tokens, before, after):
    marked, pending = [], False
    for token in tokens:
        if token in before or token in after:
            pending = True
        else:
            marked.append("NOT_" + token if pending else token)
            pending = False
    return marked


@mark_negation.mistake(
    "first-occurrence",
    ko="같은 토큰이 두 번 나오면 앞의 것만 보았습니다. `tokens.index`는 *처음* 나온 자리입니다. 자리는 `enumerate`로 얻으세요.",
    en="Of a token that comes twice only the first place is seen: `tokens.index` is where it stands *first*. Take places "
    "from `enumerate`.",
)
def _(tokens, before, after):
    marked = []
    for token in tokens:
        i, last = tokens.index(token), len(tokens) - 1
        if (token in before and i < last) or (token in after and i > 0):
            continue
        times = (i > 0 and tokens[i - 1] in before) + (i < last and tokens[i + 1] in after)
        marked.append("NOT_" * times + token)
    return marked


def _marked_times(tokens, before, after, times):
    """The tokens that stay, each with "NOT_" as often as times(i) says."""
    last = len(tokens) - 1
    return [
        "NOT_" * times(i) + token
        for i, token in enumerate(tokens)
        if not (token in before and i < last or token in after and i > 0)
    ]


@mark_negation.mistake(
    "wraps-round",
    ko="맨 앞 토큰의 앞을 보았습니다. i = 0이면 `tokens[i - 1]`은 `tokens[-1]`, 곧 *맨 끝* 토큰입니다. i > 0일 때만 앞을 보세요.",
    en="The very first token looks at the one before it. At i = 0, `tokens[i - 1]` is `tokens[-1]`, the *last* one. "
    "Look back only where i > 0.",
)
def _(tokens, before, after):
    following = [*tokens[1:], None]
    times = lambda i: (tokens[i - 1] in before) + (following[i] in after)  # noqa: E731
    return _marked_times(tokens, before, after, times)


@mark_negation.mistake(
    "two-cancel",
    ko='앞뒤에서 모두 부정된 단어에 "NOT_"이 없습니다. 두 부정이 서로 지우지 않습니다: 설명문대로 "NOT_NOT_"을 붙이세요.',
    en='A word negated from both sides has no "NOT_". Here two negations do not cancel: it gets "NOT_NOT_", as the '
    "docstring says.",
)
def _(tokens, before, after):
    return [token.replace("NOT_NOT_", "") for token in _mark(tokens, before, after)]


@mark_negation.mistake(
    "every-occurrence",
    ko="한 번 부정된 단어가 다른 자리에 나와도 모두 표시했습니다. 단어가 아니라 *자리*를 기억하세요.",
    en="A word that is negated once is marked wherever it stands. Remember *places*, not words.",
)
def _(tokens, before, after):
    pairs = list(zip(tokens, tokens[1:], strict=False))
    negated = [b for a, b in pairs if a in before] + [a for a, b in pairs if b in after]
    return _marked_times(tokens, before, after, lambda i: int(tokens[i] in negated))


@mark_negation.mistake(
    "mark-stands-alone",
    ko='"NOT_"이 따로 떨어진 토큰입니다. 단어 앞에 붙이세요: `"NOT_" + token`.',
    en='"NOT_" stands as a token of its own. Join it to the word: `"NOT_" + token`.',
)
def _(tokens, before, after):
    marked = []
    for token in _mark(tokens, before, after):
        times = token.count("NOT_")
        marked += ["NOT_"] * times + [token[4 * times :]]
    return marked


@mark_negation.mistake(
    "no-underscore",
    ko='표시는 밑줄까지 "NOT_"입니다.',
    en='The mark is "NOT_", underscore included.',
)
def _(tokens, before, after):
    return _mark(tokens, before, after, mark="NOT")


@mark_negation.mistake(
    "words-written-in",
    ko="인수 `before`와 `after`를 쓰지 않고 단어를 적어 넣었습니다.",
    en="The words are written into the function. Use the arguments `before` and `after`.",
)
def _(tokens, before, after):
    return _mark(tokens, ["안", "못"], ["않다"])


mark_negation.hints(
    ko=[
        "토큰을 차례로 보며 새 리스트에 적어 나갑니다. 세 가지 경우가 있습니다: 앞에서 부정하는 단어, 뒤에서 부정하는 단어, 보통 단어.",
        "앞에서 부정하는 단어를 만나면 적지 않고 기억해 두었다가 다음 단어에 붙입니다. 뒤에서 부정하는 단어를 만나면 이미 적은 마지막 단어 `marked[-1]`을 고칩니다. 맨 끝과 맨 앞은 그대로 둡니다.",
        '`if token in before and i < len(tokens) - 1: pending = True` / `elif token in after and marked: marked[-1] = "NOT_" + marked[-1]` / '
        '`else: marked.append("NOT_" + token if pending else token); pending = False`',
    ],
    en=[
        "Go through the tokens and write a new list. There are three cases: a word that negates what comes, "
        "one that negates what came, and a plain word.",
        "At a word of `before`, write nothing, but remember to mark the next one. At a word of `after`, "
        "change the last one written, `marked[-1]`. At the very end and start they stay as they are.",
        "`if token in before and i < len(tokens) - 1: pending = True` / `elif token in after and marked: "
        'marked[-1] = "NOT_" + marked[-1]` / `else: marked.append("NOT_" + token if pending else token); '
        "pending = False`.",
    ],
)
