"""Exercises of ch24: sequence to sequence."""

import re

import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from autograde.exercise import exercise
from helpers.observe import Case

DOUBLE = torch.float64
GRUS = ("nn.GRU", "nn.GRUCell")


def gru_weights(draw, tokens, width, hidden, dtype=DOUBLE):
    """The weights of an encoder: a row per token, and a GRU as PyTorch stacks it."""
    shapes = {
        "embedding": (tokens, width),
        "W_ih": (3 * hidden, width),
        "W_hh": (3 * hidden, hidden),
        "b_ih": (3 * hidden,),
        "b_hh": (3 * hidden,),
    }
    return {name: draw.normal(*shape, dtype=dtype) for name, shape in shapes.items()}


def decoder_weights(draw, tokens, width, hidden, dtype=DOUBLE):
    """As gru_weights, and the output layer."""
    output = {
        "W_out": 2 * draw.normal(tokens, hidden, dtype=dtype),
        "b_out": draw.normal(tokens, dtype=dtype),
    }
    return gru_weights(draw, tokens, width, hidden, dtype) | output


def learning(weights):
    """The same weights, for which a gradient is asked: an answer that cuts it is seen."""
    return {name: weight.requires_grad_() for name, weight in weights.items()}


def flat(weights):
    return [weights[name] for name in ("W_ih", "W_hh", "b_ih", "b_hh")]


def gru(weights, x, h):
    """torch's own GRU with these weights: x (B, T, D), h (1, B, H) -> outputs (B, T, H)."""
    return torch.gru(x, h.contiguous(), flat(weights), True, 1, 0.0, False, False, True)[0]


def cell(weights, x, h):
    """One step of the GRU, as the chapter's gru_cell."""
    x_r, x_z, x_n = (x @ weights["W_ih"].T + weights["b_ih"]).chunk(3, dim=-1)
    h_r, h_z, h_n = (h @ weights["W_hh"].T + weights["b_hh"]).chunk(3, dim=-1)
    r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
    return (1 - z) * torch.tanh(x_n + r * h_n) + z * h


def output(weights, h):
    return h @ weights["W_out"].T + weights["b_out"]


# ---------------------------------------------------------------- tokenise-reversed


@exercise("tokenise-reversed")
def tokenise_reversed(text, vocab, syllables):
    # Built from the back, one token at a time: never the learner's slice.
    tokens, word = [], ""
    for letter in text.lower() + " ":
        if not letter.isspace() and not syllables:
            word += letter
        elif letter.isspace() and word:
            tokens, word = [word, *tokens], ""
        elif not letter.isspace():
            tokens = [letter, *tokens]
    return [vocab[token] if token in vocab else vocab["<unk>"] for token in tokens]


WORDS = ["i", "am", "a", "student", "you", "are", "happy", "not", "the", "cat"]
SYLLABLES = list("일이삼사오육칠팔구십백천만")


def vocabulary(draw, tokens):
    """Ids in random order; <pad> is 0, as in the chapter."""
    order = (draw.permutation(len(tokens) + 1) + 1).tolist()
    vocab = dict(zip(["<unk>", *tokens], order, strict=True))
    return {"<pad>": 0} | vocab


@tokenise_reversed.cases
def _(draw):
    yield "I am a student", {"<pad>": 0, "<unk>": 1, "i": 2, "am": 3, "a": 4, "student": 5}, False
    yield "만 이천삼", {"<pad>": 0, "<unk>": 1, "만": 2, "천": 3, "이": 4, "삼": 5}, True
    vocab = vocabulary(draw, WORDS)
    yield "You  are not the Wizard", vocab, False
    yield " The cat  ", vocab, False
    yield "  ", vocab, False
    for _ in range(2):
        words = [draw.choice([*WORDS, "zebra", "Cat"]) for _ in range(draw.integer(3, 7))]
        yield " ".join([*words, "The", "unicorn", "am"]), vocab, False
    vocab = vocabulary(draw, SYLLABLES)
    yield "삼천오백 억", vocab, True
    number = "".join(draw.choice(SYLLABLES) for _ in range(draw.integer(4, 8)))
    yield number[:2] + " " + number[2:] + "영십", vocab, True
    yield "", vocab, True
    yield "A cat", vocabulary(draw, ["c", "a", "t"]), True
    # Marks are tokens, too, or belong to one; and an id may be 0.
    yield "Am I a cat? not the student ?", vocabulary(draw, [*WORDS, "?"]), False
    yield "3천, 만!", vocabulary(draw, [*SYLLABLES, "3", ","]), True
    yield "The cat", {"cat": 0, "<unk>": 1, "the": 2, "The": 3}, False


def tokens_of(text, syllables):
    return [c for c in text.lower() if not c.isspace()] if syllables else text.lower().split()


def ids_of(tokens, vocab):
    return [vocab.get(token, vocab["<unk>"]) for token in tokens]


@tokenise_reversed.accepts
def _(text, vocab, syllables):
    tokens = list("".join(text.lower().split())) if syllables else text.lower().split()
    return list(reversed([vocab.get(token, vocab["<unk>"]) for token in tokens]))


@tokenise_reversed.accepts
def _(text, vocab, syllables):
    ids = []
    for token in tokens_of(text, syllables):
        ids.insert(0, vocab["<unk>"] if token not in vocab else vocab[token])
    return tuple(ids)


@tokenise_reversed.mistake(
    "not-reversed",
    ko="번호는 맞지만 앞에서부터 그대로입니다. 마지막 토큰이 맨 앞에 오도록 뒤집으세요.",
    en="The ids are right but run forwards. Reverse them: the last token comes first.",
)
def _(text, vocab, syllables):
    return ids_of(tokens_of(text, syllables), vocab)


@tokenise_reversed.mistake(
    "letters-reversed",
    ko="토큰의 순서가 아니라 글자를 통째로 뒤집었습니다. 'student'가 'tneduts'가 되어 어휘에 없는 단어가 됩니다. 먼저 나누고, "
    "그다음에 뒤집으세요.",
    en="It is the letters that were reversed, not the tokens: 'student' becomes 'tneduts', which no "
    "vocabulary has. Split first, reverse afterwards.",
)
def _(text, vocab, syllables):
    return ids_of(tokens_of(text[::-1], syllables), vocab)


@tokenise_reversed.mistake(
    "letters-spelt-backwards",
    ko="단어마다 글자가 거꾸로 되었습니다. 뒤집을 것은 토큰의 *순서*입니다.",
    en="Each word is spelt backwards. What has to be reversed is the *order* of the tokens.",
)
def _(text, vocab, syllables):
    return ids_of([token[::-1] for token in tokens_of(text, syllables)], vocab)


@tokenise_reversed.mistake(
    "keeps-capitals",
    ko="대문자를 소문자로 바꾸지 않았습니다. 어휘에는 'i'만 있고 'I'는 없으므로 아는 단어가 <unk>가 됩니다.",
    en="Capitals were not lower-cased. The vocabulary has 'i' and no 'I', so known words become <unk>.",
)
def _(text, vocab, syllables):
    tokens = [c for c in text if not c.isspace()] if syllables else text.split()
    return ids_of(tokens, vocab)[::-1]


@tokenise_reversed.mistake(
    "drops-unknown",
    ko="어휘에 없는 토큰을 빠뜨렸습니다. 빼지 말고 <unk>의 번호를 넣으세요. 그래야 모르는 말이 있었다는 것을 신경망이 압니다.",
    en="Tokens that are not in the vocabulary were left out. Put the id of <unk> in their place, so "
    "that the network knows that something unknown stood there.",
)
def _(text, vocab, syllables):
    return [vocab[t] for t in tokens_of(text, syllables)[::-1] if t in vocab]


@tokenise_reversed.mistake(
    "unknown-is-zero",
    ko='모르는 토큰에 0을 넣었습니다. 0은 <pad>입니다. <unk>의 번호는 `vocab["<unk>"]`에서 가져오세요.',
    en='Unknown tokens got a 0, which is <pad>. Take the id of <unk> from `vocab["<unk>"]`.',
)
def _(text, vocab, syllables):
    return [vocab.get(t, 0) for t in tokens_of(text, syllables)[::-1]]


@tokenise_reversed.mistake(
    "unknown-is-one",
    ko='모르는 토큰에 1을 넣었습니다. <unk>의 번호가 언제나 1은 아닙니다. `vocab["<unk>"]`에서 가져오세요.',
    en='Unknown tokens got a 1. The id of <unk> is not always 1: take it from `vocab["<unk>"]`.',
)
def _(text, vocab, syllables):
    return [vocab.get(t, 1) for t in tokens_of(text, syllables)[::-1]]


@tokenise_reversed.mistake(
    "unknown-is-none",
    ko="모르는 토큰이 None이 되었습니다. `vocab.get(token)`은 없는 열쇠에 None을 줍니다. 둘째 인자로 <unk>의 번호를 주세요.",
    en="Unknown tokens became None: that is what `vocab.get(token)` gives for a missing key. Give it "
    "the id of <unk> as its second argument.",
)
def _(text, vocab, syllables):
    return [vocab.get(t) for t in tokens_of(text, syllables)[::-1]]


@tokenise_reversed.mistake(
    "unknown-raises",
    ko="어휘에 없는 토큰에서 KeyError가 났습니다. `vocab[token]` 대신, 없을 때는 <unk>의 번호를 쓰도록 하세요.",
    en="A token that is not in the vocabulary raised a KeyError. Instead of `vocab[token]` alone, use "
    "the id of <unk> where there is none.",
)
def _(text, vocab, syllables):
    return [vocab[t] for t in tokens_of(text, syllables)[::-1]]


@tokenise_reversed.mistake(
    "splits-at-one-space",
    ko="`split(\" \")`은 빈칸이 이어지거나 글의 앞뒤에 있으면 빈 토큰 ''을 만듭니다. 괄호를 비운 `split()`은 그러지 않습니다.",
    en="`split(\" \")` makes an empty token '' of a double space, or of one at either end. `split()` with empty "
    "brackets does not.",
)
def _(text, vocab, syllables):
    tokens = tokens_of(text, True) if syllables else text.lower().split(" ")
    return ids_of(tokens, vocab)[::-1]


EMPTY_TOKENS = {
    "ko": "`re.split`이나 `split(\" \")`은 글의 앞뒤에 빈칸이 있거나 글이 비어 있으면 빈 토큰 ''을 만듭니다. 괄호를 비운 `split()`은 그러지 않습니다.",
    "en": "`re.split` and `split(\" \")` make an empty token '' of spaces at either end, and of an empty text. `split()` "
    "with empty brackets does not.",
}


def register_pattern(key, strip):
    @tokenise_reversed.mistake(key, **EMPTY_TOKENS)
    def _(text, vocab, syllables):
        words = re.split(" +", strip(text.lower()))
        return ids_of(tokens_of(text, True) if syllables else words, vocab)[::-1]


register_pattern("splits-by-a-pattern", str)
register_pattern("splits-by-a-pattern-after-lstrip", str.lstrip)
register_pattern("splits-by-a-pattern-after-strip", str.strip)


@tokenise_reversed.mistake(
    "spaces-are-tokens",
    ko="syllables=True에서 빈칸도 토큰으로 세었습니다. 빈칸은 토큰이 아닙니다.",
    en="With syllables=True the spaces were counted as tokens. A space is no token.",
)
def _(text, vocab, syllables):
    tokens = list(text.lower()) if syllables else text.lower().split()
    return ids_of(tokens, vocab)[::-1]


@tokenise_reversed.mistake(
    "always-words",
    ko="syllables를 보지 않고 언제나 단어로 나누었습니다. True이면 글자 하나하나가 토큰입니다.",
    en="syllables is ignored: the text is always split into words. If it is True, every character is "
    "a token.",
)
def _(text, vocab, syllables):
    return ids_of(tokens_of(text, False), vocab)[::-1]


@tokenise_reversed.mistake(
    "always-syllables",
    ko="syllables를 보지 않고 언제나 글자로 나누었습니다. False이면 빈칸을 기준으로 나눈 단어가 토큰입니다.",
    en="syllables is ignored: the text is always split into characters. If it is False, the words "
    "between spaces are the tokens.",
)
def _(text, vocab, syllables):
    return ids_of(tokens_of(text, True), vocab)[::-1]


@tokenise_reversed.mistake(
    "switch-inverted",
    ko="syllables의 뜻이 거꾸로입니다. True가 글자, False가 단어입니다.",
    en="syllables is taken the wrong way round: True means characters, False means words.",
)
def _(text, vocab, syllables):
    return ids_of(tokens_of(text, not syllables), vocab)[::-1]


@tokenise_reversed.mistake(
    "sorted-downwards",
    ko="번호를 *크기순으로* 내림차순 정렬했습니다(`sorted(…, reverse=True)`). 뒤집는 것은 `[::-1]`입니다.",
    en="The ids were *sorted* downwards (`sorted(…, reverse=True)`). To reverse is `[::-1]`.",
)
def _(text, vocab, syllables):
    return sorted(ids_of(tokens_of(text, syllables), vocab), reverse=True)


@tokenise_reversed.mistake(
    "still-words",
    ko="순서는 맞지만 번호가 아니라 토큰 글자 그대로입니다. 토큰마다 `vocab`에서 번호를 찾으세요.",
    en="The order is right, but these are the tokens themselves. Look up the id of each in `vocab`.",
)
def _(text, vocab, syllables):
    return tokens_of(text, syllables)[::-1]


@tokenise_reversed.mistake(
    "none-of-reverse",
    ko="None이 나왔습니다. `return`을 빠뜨렸거나 `return ids.reverse()`로 썼을 것입니다. `reverse()`는 리스트를 그 자리에서 뒤집고 "
    "None을 돌려줍니다.",
    en="None came back. Either the `return` is missing or it says `return ids.reverse()`: `reverse()` "
    "turns the list round in place and returns None.",
)
def _(text, vocab, syllables):
    return None


@tokenise_reversed.mistake(
    "global-unk",
    ko='모르는 토큰에 노트북의 UNK(3)를 넣었습니다. 어휘마다 <unk>의 번호가 다를 수 있습니다. `vocab["<unk>"]`에서 가져오세요.',
    en="Unknown tokens got the notebook's UNK, 3. Another vocabulary may number <unk> differently: take its "
    'id from `vocab["<unk>"]`.',
)
def _(text, vocab, syllables):
    return [vocab.get(t, 3) for t in tokens_of(text, syllables)[::-1]]


@tokenise_reversed.mistake(
    "unknown-is-its-name",
    ko='모르는 토큰에 글자 "<unk>"를 넣었습니다. 필요한 것은 그 번호입니다: `vocab["<unk>"]`',
    en='Unknown tokens got the text "<unk>". Its id is wanted: `vocab["<unk>"]`.',
)
def _(text, vocab, syllables):
    return [vocab.get(t, "<unk>") for t in tokens_of(text, syllables)[::-1]]


@tokenise_reversed.mistake(
    "words-reversed-only",
    ko="syllables=True일 때 단어의 순서만 뒤집혔고 단어 안의 글자는 앞에서부터입니다. 토큰이 글자라면 글자를 모두 이은 다음 통째로 뒤집으세요.",
    en="With syllables=True only the order of the words is reversed; inside a word the characters still run "
    "forwards. Where characters are the tokens, reverse the whole row of them.",
)
def _(text, vocab, syllables):
    words = text.lower().split()[::-1]
    return ids_of("".join(words) if syllables else words, vocab)


ONE_TOKEN_ONLY = {
    "ko": "토큰 하나에서 끝났습니다. 번호를 *모아야* 합니다: 반복문 앞에서 빈 리스트를 만들고 `append`하며, `return`은 반복문 *다음에* 둡니다.",
    "en": "It ends with a single token. The ids have to be *collected*: make an empty list before the loop, append "
    "to it, and put the `return` *after* the loop.",
}


@tokenise_reversed.mistake("returns-in-the-loop", **ONE_TOKEN_ONLY)
def _(text, vocab, syllables):
    tokens = tokens_of(text, syllables)
    return ids_of(tokens[-1:], vocab) if tokens else None


@tokenise_reversed.mistake("keeps-the-last-token", **ONE_TOKEN_ONLY)
def _(text, vocab, syllables):
    for token in tokens_of(text, syllables)[::-1]:
        ids = [vocab.get(token, vocab["<unk>"])]
    return ids


@tokenise_reversed.mistake("keeps-the-last-token-or-none", **ONE_TOKEN_ONLY)
def _(text, vocab, syllables):
    ids = []
    for token in tokens_of(text, syllables)[::-1]:
        ids = [vocab.get(token, vocab["<unk>"])]
    return ids


MARKS = {
    "ko": "문장 부호나 숫자를 빼거나 떼어 냈습니다. 단어는 빈칸과 빈칸 사이에 있는 것 전부이고('cat?'도 한 단어), syllables=True이면 빈칸이 아닌 글자는 "
    "모두 토큰입니다. 어휘에 있는지는 그다음에 봅니다.",
    "en": "Marks or digits were dropped, or split off. A word is all that stands between spaces, 'cat?' too; and with "
    "syllables=True every character that is no space is a token. Whether the vocabulary knows it comes afterwards.",
}


def register_marks(key, words, letters):
    @tokenise_reversed.mistake(key, **MARKS)
    def _(text, vocab, syllables):
        return ids_of((letters if syllables else words)(text.lower()), vocab)[::-1]


def stripped(text):
    return [word.strip(".,?!") for word in text.split()]


def all_letters(text):
    return [c for c in text if not c.isspace()]


def alnum_letters(text):
    return [c for c in text if c.isalnum()]


def alpha_letters(text):
    return [c for c in text if c.isalpha()]


def unmarked_letters(text):
    return [c for c in text if not c.isspace() and c not in ".,?!"]


for number, (words_, letters_) in enumerate(
    (
        (lambda text: re.findall(r"\w+", text), all_letters),
        (lambda text: re.findall(r"\w+", text), alnum_letters),
        (lambda text: re.findall(r"\w+", text), alpha_letters),
        (lambda text: re.findall(r"\w+|[^\w\s]", text), all_letters),
        (stripped, all_letters),
        (stripped, alnum_letters),
        (str.split, alnum_letters),
        (str.split, alpha_letters),
    )
):
    register_marks(f"marks-{number}", words_, letters_)


@tokenise_reversed.mistake(
    "zero-is-no-id",
    ko='번호가 0인 토큰이 <unk>가 되었습니다. `or`는 0도 없는 것으로 칩니다. `vocab.get(token, vocab["<unk>"])`나 `token in vocab`을 쓰세요.',
    en="A token whose id is 0 became <unk>: `or` takes 0 for nothing. Use "
    '`vocab.get(token, vocab["<unk>"])`, or `token in vocab`.',
)
def _(text, vocab, syllables):
    return [vocab.get(t) or vocab["<unk>"] for t in tokens_of(text, syllables)[::-1]]


tokenise_reversed.hints(
    ko=[
        "할 일은 셋이고 순서가 중요합니다: 토큰으로 나누기, 번호로 바꾸기, 뒤집기.",
        "글자로 나눌 때는 `text.lower()`의 글자 가운데 `isspace()`가 아닌 것만, 단어로 나눌 때는 `text.lower().split()`입니다. 번호는 "
        '`vocab.get(token, vocab["<unk>"])`.',
        "`tokens = [c for c in text.lower() if not c.isspace()] if syllables else text.lower().split()`, 그리고 "
        '`return [vocab.get(t, vocab["<unk>"]) for t in tokens[::-1]]`',
    ],
    en=[
        "Three things to do, and their order matters: split into tokens, turn them into ids, reverse.",
        "Characters: those of `text.lower()` that are not `isspace()`. Words: `text.lower().split()`. "
        'The id: `vocab.get(token, vocab["<unk>"])`.',
        "`tokens = [c for c in text.lower() if not c.isspace()] if syllables else "
        'text.lower().split()`, then `return [vocab.get(t, vocab["<unk>"]) for t in tokens[::-1]]`.',
    ],
)


# ---------------------------------------------------------------- add-specials


@exercise("add-specials", points=2, returns=["inputs", "targets"])
def add_specials(sequences, pad, sos, eos):
    padded = [[torch.tensor(part) for part in ([sos, *ids], [*ids, eos])] for ids in sequences]
    inputs, targets = zip(*padded, strict=True)
    return (
        pad_sequence(list(inputs), batch_first=True, padding_value=pad),
        pad_sequence(list(targets), batch_first=True, padding_value=pad),
    )


@add_specials.cases
def _(draw):
    yield [[5, 6, 7], [8]], 0, 1, 2
    yield [[4, 9]], 0, 1, 2
    yield [[6, 5], [7, 7, 4, 8], []], 0, 1, 2
    yield [[], []], 0, 1, 2
    for pad, sos, eos in ((0, 2, 3), (3, 0, 1), (1, 2, 0)):
        lengths = [draw.integer(1, 5) for _ in range(draw.integer(2, 4))] + [6]
        yield [draw.integers(4, 12, n).tolist() for n in lengths], pad, sos, eos


def rows(lists, pad, width=None):
    """A padded int64 tensor; width: of its rows where it is not the longest list's."""
    width = max(map(len, lists)) if width is None else width
    return torch.tensor([[*ids, *[pad] * (width - len(ids))] for ids in lists])


@add_specials.accepts
def _(sequences, pad, sos, eos):
    width = max(map(len, sequences)) + 1
    inputs = torch.full((len(sequences), width), pad)
    targets = torch.full((len(sequences), width), pad)
    for k, ids in enumerate(sequences):
        inputs[k, 0], targets[k, len(ids)] = sos, eos
        inputs[k, 1 : len(ids) + 1] = targets[k, : len(ids)] = torch.tensor(ids, dtype=torch.int64)
    return inputs, targets


@add_specials.accepts
def _(sequences, pad, sos, eos):
    whole = rows([[sos, *ids, eos] for ids in sequences], pad)
    last = torch.tensor([[len(ids) + 1] for ids in sequences])
    inputs = whole.scatter(1, last, pad)[:, :-1]
    return [inputs, whole[:, 1:]]


@add_specials.mistake(
    "target-is-input",
    ko="정답이 입력과 똑같습니다. 그러면 신경망은 방금 읽은 것을 되풀이하기만 하면 되고 아무것도 배우지 않습니다. 정답은 입력보다 한 칸 "
    "앞선 것, 곧 *다음* 토큰입니다.",
    en="The target is the same as the input. The network would only have to repeat what it has just "
    "read, and learn nothing. A target is the *next* token, one step ahead of the input.",
)
def _(sequences, pad, sos, eos):
    inputs = rows([[sos, *ids] for ids in sequences], pad)
    return inputs, inputs.clone()


@add_specials.mistake(
    "no-eos",
    ko="정답 끝에 <eos>가 없습니다. 한 번도 본 적 없는 <eos>를 신경망이 스스로 낼 수는 없으니, 이 모델은 영원히 멈추지 않습니다.",
    en="The targets lack <eos>. A network that has never seen one will never write one: this model "
    "would not stop.",
)
def _(sequences, pad, sos, eos):
    width = max(map(len, sequences)) + 1
    return rows([[sos, *ids] for ids in sequences], pad), rows(sequences, pad, width)


@add_specials.mistake(
    "no-eos-one-short",
    ko="입력에서 마지막 토큰이 빠졌고 정답에는 <eos>가 없습니다. 입력은 <sos> 다음에 *모든* 토큰이고, 정답은 *모든* 토큰 다음에 "
    "<eos>입니다. 길이는 둘 다 T + 1입니다.",
    en="The input lacks its last token and the target its <eos>. The input is <sos> and then *all* "
    "tokens, the target *all* tokens and then <eos>: both are T + 1 long.",
)
def _(sequences, pad, sos, eos):
    width = max(map(len, sequences))
    shifted = rows([[sos, *ids][: max(len(ids), 1)] for ids in sequences], pad, width)
    return shifted, rows(sequences, pad, width)


@add_specials.mistake(
    "eos-in-input",
    ko="짧은 줄의 *입력*에 <eos>가 들어 있습니다. <sos> … <eos>를 패딩한 다음 마지막 열을 잘라 내면(`[:, :-1]`) 가장 긴 줄에서만 <eos>가 "
    "사라집니다. 손실에는 잡히지 않지만 명세와 다릅니다. 패딩하기 전에 입력과 정답을 따로 만드세요.",
    en="The *inputs* of the shorter rows hold <eos>. To pad <sos> … <eos> and cut off the last column, "
    "`[:, :-1]`, removes it from the longest row only. The loss would not notice, but it is not what "
    "is asked: make input and target before padding.",
)
def _(sequences, pad, sos, eos):
    whole = rows([[sos, *ids, eos] for ids in sequences], pad)
    return whole[:, :-1], whole[:, 1:]


@add_specials.mistake(
    "eos-after-the-pads",
    ko="<eos>가 패딩 *뒤*, 마지막 열에 있습니다. <eos>는 문장의 마지막 토큰 바로 다음입니다. 붙인 다음에 패딩하세요.",
    en="<eos> stands *behind* the padding, in the last column. It belongs right after the sentence's "
    "last token: append it first, pad afterwards.",
)
def _(sequences, pad, sos, eos):
    padded = rows(sequences, pad).long()
    ends = torch.full((len(padded), 1), eos)
    return torch.cat([torch.full_like(ends, sos), padded], 1), torch.cat([padded, ends], 1)


@add_specials.mistake(
    "everything-on-both",
    ko="입력과 정답에 <sos>와 <eos>가 다 붙어 있습니다. <sos>는 입력에만, <eos>는 정답에만 붙입니다.",
    en="Both <sos> and <eos> stand on input and target. <sos> belongs to the input only, <eos> to the "
    "target only.",
)
def _(sequences, pad, sos, eos):
    whole = rows([[sos, *ids, eos] for ids in sequences], pad)
    return whole, whole.clone()


@add_specials.mistake(
    "sos-in-target",
    ko="정답이 <sos>로 시작합니다. <sos>는 디코더에게 '시작'이라고 말해 주는 *입력*이고, 디코더가 맞혀야 할 것이 아닙니다.",
    en="The targets begin with <sos>. It is an *input* that tells the decoder to begin, nothing that "
    "it has to predict.",
)
def _(sequences, pad, sos, eos):
    inputs = rows([[sos, *ids] for ids in sequences], pad)
    return inputs, rows([[sos, *ids, eos] for ids in sequences], pad)


@add_specials.mistake(
    "no-sos",
    ko="입력이 <sos>로 시작하지 않습니다. 그러면 디코더는 첫 토큰을 받고 시작하는데, 시험 때에는 그 첫 토큰이 없습니다.",
    en="The inputs do not begin with <sos>. The decoder would be handed the first token to start with, "
    "which nobody has when it is used.",
)
def _(sequences, pad, sos, eos):
    width = max(map(len, sequences)) + 1
    return rows(sequences, pad, width), rows([[*ids, eos] for ids in sequences], pad)


@add_specials.mistake(
    "swapped-return",
    ko="값은 맞지만 순서가 (정답, 입력)입니다. (입력, 정답)으로 돌려주세요.",
    en="The values are right but come as (targets, inputs). Return (inputs, targets).",
)
def _(sequences, pad, sos, eos):
    return rows([[*ids, eos] for ids in sequences], pad), rows([[sos, *i] for i in sequences], pad)


@add_specials.mistake(
    "swapped-specials",
    ko="<sos>와 <eos>가 서로 바뀌었습니다. start of sequence가 앞, end of sequence가 뒤입니다.",
    en="<sos> and <eos> are exchanged: the start of a sequence stands in front, its end at the end.",
)
def _(sequences, pad, sos, eos):
    return rows([[eos, *i] for i in sequences], pad), rows([[*i, sos] for i in sequences], pad)


@add_specials.mistake(
    "target-reversed",
    ko="정답 쪽의 순서까지 뒤집었습니다. 뒤집는 것은 소스(인코더가 읽는 쪽)뿐입니다.",
    en="The tokens of the target were reversed too. Only the source, which the encoder reads, is.",
)
def _(sequences, pad, sos, eos):
    back = [ids[::-1] for ids in sequences]
    return rows([[sos, *ids] for ids in back], pad), rows([[*ids, eos] for ids in back], pad)


@add_specials.mistake(
    "pads-in-front",
    ko="패딩을 앞에 넣었습니다. <sos>가 언제나 0번 칸에 오도록 뒤를 채우세요.",
    en="The padding stands in front. Fill up at the end, so that <sos> is always in column 0.",
)
def _(sequences, pad, sos, eos):
    width = max(map(len, sequences)) + 1
    gaps = [[pad] * (width - 1 - len(ids)) for ids in sequences]
    both = list(zip(gaps, sequences, strict=True))
    return torch.tensor([[*g, sos, *i] for g, i in both]), torch.tensor([[*g, *i, eos] for g, i in both])  # fmt: skip


@add_specials.mistake(
    "pads-with-zero",
    ko="빈칸을 언제나 0으로 채웠습니다. 채울 번호는 인자 `pad`입니다.",
    en="Gaps are always filled with 0. The id to fill them with is the argument `pad`.",
)
def _(sequences, pad, sos, eos):
    return rows([[sos, *ids] for ids in sequences], 0), rows([[*ids, eos] for ids in sequences], 0)


@add_specials.mistake(
    "pads-with-eos",
    ko="정답의 빈칸을 <eos>로 채웠습니다. <eos>는 문장마다 하나뿐이고 나머지는 <pad>입니다. 그래야 손실이 그 칸을 뺄 수 있습니다.",
    en="The targets' gaps are filled with <eos>. There is one <eos> in a sentence, the rest is <pad>, so "
    "that the loss can leave it out.",
)
def _(sequences, pad, sos, eos):
    return rows([[sos, *ids] for ids in sequences], pad), rows([[*i, eos] for i in sequences], eos)


@add_specials.mistake(
    "in-place",
    ko="결과는 맞지만 받은 리스트를 그 자리에서 고쳤습니다(`insert`, `append`). 셀을 두 번 실행하면 <sos>가 둘이 됩니다. `[sos, *ids]`처럼 새 "
    "리스트를 만드세요.",
    en="The result is right, but the caller's lists were changed in place (`insert`, `append`). Run the "
    "cell twice, and there are two <sos>. Make new lists: `[sos, *ids]`.",
)
def _(sequences, pad, sos, eos):
    inputs = rows([[sos, *ids] for ids in sequences], pad)
    targets = rows([[*ids, eos] for ids in sequences], pad)
    for ids in sequences:
        ids.insert(0, sos)
        ids.append(eos)
    return inputs, targets


@add_specials.mistake(
    "still-lists",
    ko="값은 맞지만 리스트입니다. `torch.tensor(…)`로 (B, T + 1) 텐서를 만드세요.",
    en="The values are right but are lists. Make (B, T + 1) tensors with `torch.tensor(…)`.",
)
def _(sequences, pad, sos, eos):
    return (
        rows([[sos, *ids] for ids in sequences], pad).tolist(),
        rows([[*ids, eos] for ids in sequences], pad).tolist(),
    )


@add_specials.mistake(
    "global-ids",
    ko="인자 pad, sos, eos 대신 노트북의 PAD, SOS, EOS를 썼습니다. 함수는 받은 번호를 써야 합니다.",
    en="The notebook's PAD, SOS and EOS are used in place of the arguments pad, sos and eos. A function must "
    "use the ids it is given.",
)
def _(sequences, pad, sos, eos):
    return rows([[1, *ids] for ids in sequences], 0), rows([[*ids, 2] for ids in sequences], 0)


@add_specials.mistake(
    "eos-on-the-input-too",
    ko="입력에도 <eos>가 붙었습니다. <eos>를 읽고 맞힐 것은 없으니 입력은 <sos>와 토큰들로 끝나고, 정답과 길이가 같아집니다.",
    en="<eos> stands on the input as well. Nothing is to be predicted from it: the input ends with the last token, "
    "and is then as long as the target.",
)
def _(sequences, pad, sos, eos):
    inputs = rows([[sos, *ids, eos] for ids in sequences], pad)
    return inputs, rows([[*ids, eos] for ids in sequences], pad)


@add_specials.mistake(
    "rolled",
    ko="`torch.roll`은 앞에서 밀려난 <sos>를 맨 뒤로 보냅니다. 정답 끝에 올 것은 <eos>이고, 그 자리는 줄마다 마지막 토큰 바로 다음입니다.",
    en="`torch.roll` sends the <sos> that falls out in front to the end. What belongs there is <eos>, in each row right "
    "after its last token.",
)
def _(sequences, pad, sos, eos):
    inputs = rows([[sos, *ids] for ids in sequences], pad)
    return inputs, torch.roll(inputs, -1, 1)


add_specials.hints(
    ko=[
        "디코더는 시점마다 *다음* 토큰을 맞힙니다. <sos>를 읽으면 첫 토큰을, 마지막 토큰을 읽으면 <eos>를 내야 합니다. 표로 적어 보세요.",
        "한 문장에서 입력은 [sos, y1, …, yn], 정답은 [y1, …, yn, eos]입니다. 둘의 길이는 같습니다. 그다음 둘을 똑같이 pad로 채웁니다.",
        "`width = max(len(ids) for ids in sequences) + 1`, "
        "`inputs = [[sos, *ids] + [pad] * (width - 1 - len(ids)) for ids in sequences]`. targets도 같은 꼴이고 "
        "`[*ids, eos]`로 시작합니다. 마지막에 둘 다 `torch.tensor(…)`.",
    ],
    en=[
        "At every step the decoder predicts the *next* token: reading <sos> it must give the first one, "
        "reading the last one it must give <eos>. Write it down as a table.",
        "For one sentence the input is [sos, y1, …, yn] and the target [y1, …, yn, eos]: equally long. "
        "Then both are filled up with pad in the same way.",
        "`width = max(len(ids) for ids in sequences) + 1`, `inputs = [[sos, *ids] + [pad] * (width - 1 - "
        "len(ids)) for ids in sequences]`; targets look the same with `[*ids, eos]`. Put both into "
        "`torch.tensor(…)`.",
    ],
)


# ---------------------------------------------------------------- encode


@exercise("encode", points=2, forbids=(*GRUS, "pack_padded_sequence"))
def encode(encoder, source, lengths):
    x = F.embedding(source, encoder["embedding"])
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    zeros = x.new_zeros(1, len(x), encoder["W_hh"].shape[1])
    data, sizes = packed.data, packed.batch_sizes
    _, last = torch.gru(data, sizes, zeros, flat(encoder), True, 1, 0.0, False, False)
    return last[0][packed.unsorted_indices]


@encode.cases
def _(draw):
    # Two rows of the same two tokens, one of them padded: the context must be the same.
    yield gru_weights(draw, 4, 2, 2), torch.tensor([[2, 3], [2, 0]]), torch.tensor([2, 1])
    for batch, width, hidden, lengths in (
        (3, 2, 3, [1, 4, 2]),
        (4, 3, 2, [4, 2, 3, 1]),
        (1, 2, 3, [1]),
        (3, 3, 3, [2, 5, draw.integer(1, 4)]),
    ):
        source = draw.integers(1, 5, batch, max(lengths))
        lengths = torch.tensor(lengths)
        source[torch.arange(source.shape[1]) >= lengths[:, None]] = 0
        yield gru_weights(draw, 6, width, hidden), source, lengths
    # A token may have the id 0; a cut between two steps shows in the gradients' values.
    source, lengths = torch.tensor([[1, 0, 2], [0, 3, 0]]), torch.tensor([3, 2])
    yield Case((learning(gru_weights(draw, 4, 3, 2)), source, lengths), slopes=True)
    source = draw.integers(1, 4, 2, 5)
    source[0, 2:4] = torch.tensor([3, 2])  # what stands in the padding makes no difference
    yield gru_weights(draw, 5, 2, 2, dtype=torch.float32), source, torch.tensor([2, 4])


def states(encoder, source):
    """All states of a GRU over the padded batch, (B, T + 1, H), zeros first."""
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    every = [h]
    for t in range(source.shape[1]):
        h = cell(encoder, x[:, t], h)
        every.append(h)
    return torch.stack(every, 1)


def real(source, lengths):
    return torch.arange(source.shape[1]) < lengths[:, None]  # (B, T)


@encode.accepts
def _(encoder, source, lengths):
    every = states(encoder, source)
    return every[torch.arange(len(source)), lengths]


@encode.accepts
def _(encoder, source, lengths):
    # One sentence at a time, without its padding.
    contexts = [states(encoder, row[None, :n])[0, -1] for row, n in zip(source, lengths.tolist(), strict=True)]  # fmt: skip
    return torch.stack(contexts)


@encode.accepts
def _(encoder, source, lengths):
    x = F.embedding(source, encoder["embedding"])
    h = torch.zeros(len(source), encoder["W_hh"].shape[1], dtype=x.dtype)
    for t in range(int(lengths.max())):
        keep = (t < lengths).to(x.dtype)[:, None]
        h = keep * cell(encoder, x[:, t], h) + (1 - keep) * h
    return h


@encode.mistake(
    "uses-padding",
    ko="패딩까지 읽은 뒤의 상태입니다. 짧은 문장의 문맥이 뒤에 몇 칸을 채웠느냐에 따라 달라집니다. t가 길이에 이른 줄은 상태를 더 고치지 "
    "말아야 합니다.",
    en="This is the state after the padding has been read too: a short sentence's context depends on "
    "how many pads happen to follow it. A row whose length is reached must keep its state.",
)
def _(encoder, source, lengths):
    return states(encoder, source)[:, -1]


@encode.mistake(
    "off-by-one",
    ko="문장의 마지막 토큰을 읽기 *전*의 상태입니다. 토큰 번호는 0부터이므로 마지막 토큰은 t = lengths − 1에 있고, 그것까지 읽어야 합니다.",
    en="This is the state *before* the sentence's last token. Counting from 0, that token stands at t = "
    "lengths − 1, and it must be read.",
)
def _(encoder, source, lengths):
    return states(encoder, source)[torch.arange(len(source)), lengths - 1]


@encode.mistake(
    "reads-one-pad",
    ko="패딩을 한 칸 더 읽었습니다. t < lengths인 동안만 읽습니다(t ≤ lengths가 아닙니다).",
    en="One pad too many is read. Go on while t < lengths, not t ≤ lengths.",
)
def _(encoder, source, lengths):
    every = states(encoder, source)
    return every[torch.arange(len(source)), (lengths + 1).clamp(max=source.shape[1])]


@encode.mistake(
    "shortest",
    ko="모든 문장을 가장 짧은 문장의 길이에서 멈추었습니다. 줄마다 자기 길이까지 읽어야 합니다.",
    en="Every sentence stops where the shortest one ends. Each row must be read to its own length.",
)
def _(encoder, source, lengths):
    return states(encoder, source)[:, int(lengths.min())]


@encode.mistake(
    "first-length",
    ko="모든 문장을 첫째 문장의 길이까지만 읽었습니다. 줄마다 길이가 다릅니다.",
    en="Every sentence is read up to the length of the first one. Each row has its own.",
)
def _(encoder, source, lengths):
    return states(encoder, source)[:, int(lengths[0])]


@encode.mistake(
    "mean-of-states",
    ko="시점들의 상태를 평균했습니다. 여기서 문맥은 마지막 진짜 토큰을 읽은 뒤의 상태 하나입니다.",
    en="The states of all steps were averaged. Here the context is one state: that after the last real "
    "token.",
)
def _(encoder, source, lengths):
    every = states(encoder, source)[:, 1:]
    return (every * real(source, lengths)[..., None]).sum(1) / lengths[:, None]


@encode.mistake(
    "zeroed",
    ko="길이를 지난 줄의 상태를 0으로 만들었습니다(마스크를 곱하기만 했을 때 그렇습니다). 지우지 말고 *그대로 두세요*: "
    "`torch.where(아직인가, 새것, 지난 것)`.",
    en="Rows that are past their length are set to 0, which is what multiplying by the mask alone does. "
    "*Keep* their state: `torch.where(still_reading, new, old)`.",
)
def _(encoder, source, lengths):
    return states(encoder, source)[:, -1] * (lengths == source.shape[1])[:, None]


@encode.mistake(
    "not-carried",
    ko="상태가 다음 시점으로 넘어가지 않습니다. 매번 0에서 시작하니 마지막 토큰 하나만 읽은 셈입니다.",
    en="The state is not carried on: each step starts from 0, so only the last token is read.",
)
def _(encoder, source, lengths):
    last = source[torch.arange(len(source)), lengths - 1]
    h = torch.zeros(len(source), encoder["W_hh"].shape[1], dtype=encoder["W_hh"].dtype)
    return cell(encoder, encoder["embedding"][last], h)


@encode.mistake(
    "all-states",
    ko="모든 시점의 상태 (B, T, H)를 돌려주었습니다. 문맥은 줄마다 벡터 하나, (B, H)입니다. 이 장의 병목이 바로 이것입니다.",
    en="The states of all steps came back, (B, T, H). A context is one vector a row, (B, H): that is the "
    "bottleneck of this chapter.",
)
def _(encoder, source, lengths):
    return states(encoder, source)[:, 1:]


@encode.mistake(
    "reverses-again",
    ko="여기서 한 번 더 뒤집었습니다. source는 이미 뒤집힌 순서로 들어오므로 왼쪽에서 오른쪽으로 읽기만 하면 됩니다.",
    en="It is reversed once more here. The source comes in reversed already: just read from left to "
    "right.",
)
def _(encoder, source, lengths):
    back = source.clone()
    for row, n in enumerate(lengths.tolist()):
        back[row, :n] = source[row, :n].flip(0)
    return states(encoder, back)[torch.arange(len(source)), lengths]


@encode.mistake(
    "flips-everything",
    ko="패딩까지 통째로 뒤집어 읽었습니다(`flip(1)`). source는 이미 뒤집혀 있으니 왼쪽에서 오른쪽으로, 줄마다 자기 길이까지 읽으세요.",
    en="The whole row, padding included, was flipped before reading (`flip(1)`). The source comes in "
    "reversed already: read from left to right, each row up to its length.",
)
def _(encoder, source, lengths):
    return states(encoder, source.flip(1))[:, -1]


SENTENCES = {
    "ko": "`for x_t in x`는 *문장*을 하나씩 내놓습니다. 시점은 1번 축입니다: `x[:, t]` 또는 `x.unbind(1)`.",
    "en": "`for x_t in x` hands out *sentences*. Time is axis 1: `x[:, t]` or `x.unbind(1)`.",
}


@encode.mistake("axes-swapped", **SENTENCES)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for x_t in x:
        h = cell(encoder, x_t, h)
    return h


@encode.mistake("axes-swapped-with-the-mask", **SENTENCES)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t, x_t in enumerate(x):
        h = torch.where((t < lengths)[:, None], cell(encoder, x_t, h), h)
    return h


@encode.mistake(
    "mask-without-axis",
    ko="`torch.where`의 조건이 (B,)라서 상태 (B, H)의 *열*에 맞추어집니다. 줄마다 고르려면 (B, 1)이어야 합니다: "
    "`(t < lengths)[:, None]`.",
    en="The condition of `torch.where` is (B,), which lines up with the *columns* of the (B, H) state. To "
    "choose row by row it must be (B, 1): `(t < lengths)[:, None]`.",
)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        h = torch.where(t < lengths, cell(encoder, x[:, t], h), h)
    return h


def reading(encoder, source, takes):
    """The last state, where takes(t) says which rows take step t's new one."""
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        h = torch.where(takes(t), cell(encoder, x[:, t], h), h)
    return h


def first_row_cut(embedding):
    return torch.cat([embedding[:1].detach(), embedding[1:]])


ZERO_IS_PADDING = {
    "ko": "진짜 토큰인지를 번호가 0인지로 가렸습니다. 어디까지가 진짜인지는 `lengths`가 말해 줍니다. 길이 안의 0은 진짜 토큰이고, 패딩 자리에 무엇이 들어 있든 결과가 같아야 합니다.",
    "en": "Whether a token is real was judged by its id not being 0. It is `lengths` that says how far a row is real: "
    "a 0 within it is a real token, and whatever stands in the padding, the result must be the same.",
}


@encode.mistake("zero-is-padding", **ZERO_IS_PADDING)
def _(encoder, source, lengths):
    return states(encoder, source)[torch.arange(len(source)), (source != 0).sum(1)]


@encode.mistake("zero-is-padding-everywhere", **ZERO_IS_PADDING)
def _(encoder, source, lengths):
    return reading(encoder, source, lambda t: (source[:, t] != 0)[:, None])


@encode.mistake("zero-is-padding-within-the-length", **ZERO_IS_PADDING)
def _(encoder, source, lengths):
    return reading(encoder, source, lambda t: ((t < lengths) & (source[:, t] != 0))[:, None])


@encode.mistake(
    "zero-never-learns",
    ko="값은 맞지만 `padding_idx=0`이 0번 토큰의 임베딩을 배우지 못하게 합니다. 길이 안에 있는 0은 진짜 토큰입니다. `padding_idx` 없이 꺼내세요: "
    '`encoder["embedding"][source]`',
    en="The values are right, but `padding_idx=0` keeps the embedding of token 0 from learning. Within a row's length 0 is "
    'a real token: look it up without `padding_idx`, `encoder["embedding"][source]`.',
)
def _(encoder, source, lengths):
    every = states(encoder | {"embedding": first_row_cut(encoder["embedding"])}, source)
    return every[torch.arange(len(source)), lengths]


@encode.mistake(
    "where-inverted",
    ko="`torch.where`의 두 값이 서로 바뀌었습니다. 아직 읽는 중인 줄(t < lengths)이 *새* 상태를 갖고, 끝난 줄이 지난 상태를 지킵니다.",
    en="The two values of `torch.where` are exchanged. Rows still being read, t < lengths, take the *new* "
    "state; those that have ended keep the old one.",
)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        h = torch.where((t < lengths)[:, None], h, cell(encoder, x[:, t], h))
    return h


FLIPS = next(m for m in encode.mistakes if m.key == "flips-everything")


@encode.mistake("flips-everything-with-the-mask", ko=FLIPS.ko, en=FLIPS.en)
def _(encoder, source, lengths):
    return states(encoder, source.flip(1))[torch.arange(len(source)), lengths]


@encode.mistake(
    "every-length-of-every-row",
    ko="`[:, lengths - 1]`은 줄마다 *모든* 길이의 상태를 꺼냅니다. 줄 번호와 짝지으세요: `[torch.arange(B), lengths - 1]`",
    en="`[:, lengths - 1]` takes *every* length's state from every row. Pair them: "
    "`[torch.arange(B), lengths - 1]`.",
)
def _(encoder, source, lengths):
    return states(encoder, source)[:, 1:][:, lengths - 1]


@encode.mistake(
    "one-token-only",
    ko="첫 토큰 하나만 읽었습니다. `return`이 반복문 안에 있지 않은지 보세요.",
    en="Only the first token was read. Is the `return` inside the loop?",
)
def _(encoder, source, lengths):
    return states(encoder, source)[:, 1]


@encode.mistake(
    "arguments-exchanged",
    ko="`gru_cell`에 상태와 토큰을 바꾸어 넘겼습니다. 순서는 `gru_cell(x, h, …)`, 읽을 것이 먼저입니다. D와 H가 같으면 오류도 나지 않습니다.",
    en="`gru_cell` was given the state for the token and the token for the state. It is `gru_cell(x, h, …)`: what is "
    "read comes first. Where D equals H there is not even an error.",
)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        h = torch.where((t < lengths)[:, None], cell(encoder, h, x[:, t]), h)
    return h


@encode.mistake(
    "float32-state",
    ko="처음 상태가 float32인데 받은 텐서는 float64입니다. 받은 것과 같은 자료형의 0으로 시작하세요: `x.new_zeros(…)`",
    en="The first state is float32, and the tensors given are float64. Start from zeros of the dtype you were given: "
    "`x.new_zeros(…)`.",
)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = torch.zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        h = torch.where((t < lengths)[:, None], cell(encoder, x[:, t], h), h)
    return h


NEVER_LEARNS = {
    "ko": "값은 맞지만 기울기가 encoder에 닿지 않아 영영 배우지 못합니다. `no_grad`나 `.detach()`를 썼거나, `h[…] = …`로 h를 제자리에서 고쳐 backward가 실패하는 것입니다. `torch.where`로 새 텐서를 만드세요.",
    "en": "The values are right, but no gradient reaches the encoder, so it would never learn. Is there a `no_grad` or "
    "a `.detach()`? Or is h changed in place, `h[…] = …`, so that backward fails? Make a new tensor with "
    "`torch.where`.",
}


@encode.mistake("no-gradient", **NEVER_LEARNS)
@torch.no_grad()
def _(encoder, source, lengths):
    return states(encoder, source)[torch.arange(len(source)), lengths]


@encode.mistake(
    "cut-at-each-step",
    ko="값은 맞지만 걸음마다 기울기가 끊깁니다. 반복문 안에서 `h`를 detach하면 인코더는 마지막 토큰에서만 배웁니다.",
    en="The values are right, but the gradient stops at every step: with `h` detached inside the loop, the encoder learns "
    "from the last token alone.",
)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        h = h.detach()
        h = torch.where((t < lengths)[:, None], cell(encoder, x[:, t], h), h)
    return h


@encode.mistake(
    "embedding-cut",
    ko="값은 맞지만 임베딩에는 기울기가 닿지 않아 GRU만 배웁니다. 임베딩을 꺼낼 때 쓴 `.detach()`나 `.data`를 지우세요: "
    '`encoder["embedding"][source]`',
    en="The values are right, but no gradient reaches the embedding, so the GRU alone would learn. Look the embedding up "
    'without a `.detach()` or `.data`: `encoder["embedding"][source]`.',
)
def _(encoder, source, lengths):
    every = states(encoder | {"embedding": encoder["embedding"].detach()}, source)
    return every[torch.arange(len(source)), lengths]


@encode.mistake(
    "masks-the-input",
    ko="끝난 줄의 *입력*을 0으로 만들었습니다. 0을 읽어도 GRU는 지난 상태와 편향으로 상태를 계속 고칩니다. 끝난 줄은 *상태*를 지켜야 합니다: "
    "`torch.where((t < lengths)[:, None], new, h)`",
    en="It is the *input* of finished rows that was set to 0. A GRU that reads zeros still changes its state, by its biases "
    "and its old state. Keep the *state* of those rows: `torch.where((t < lengths)[:, None], new, h)`.",
)
def _(encoder, source, lengths):
    x = encoder["embedding"][source] * real(source, lengths)[..., None]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        h = cell(encoder, x[:, t], h)
    return h


@encode.mistake(
    "sorted-and-left-so",
    ko="줄을 길이순으로 정렬하고 제자리로 돌려놓지 않았습니다. 결과의 k번 줄은 source의 k번 줄이어야 합니다: `h[order.argsort()]`. `torch.where`로 "
    "상태를 지키면 정렬할 필요가 없습니다.",
    en="The rows were sorted by length and not put back. Row k of the result belongs to row k of source: "
    "`h[order.argsort()]`. With `torch.where` keeping the states, no sorting is needed.",
)
def _(encoder, source, lengths):
    order = lengths.argsort(descending=True, stable=True)
    return states(encoder, source)[torch.arange(len(source)), lengths][order]


@encode.mistake("changed-in-place", **NEVER_LEARNS)
def _(encoder, source, lengths):
    x = encoder["embedding"][source]
    h = x.new_zeros(len(source), encoder["W_hh"].shape[1])
    for t in range(source.shape[1]):
        new, reading = cell(encoder, x[:, t], h), t < lengths
        h[reading] = new[reading]
    return h


encode.hints(
    ko=[
        "22장의 GRU를 시점마다 한 걸음씩 옮기면 됩니다. 다만 문장마다 끝나는 때가 다릅니다. 이미 끝난 줄은 어떻게 해야 할까요?",
        "시점 t에서 `new`를 구한 다음, t < lengths인 줄만 new로 바꾸고 나머지는 h를 지킵니다(`h[…] = …`로 고치면 backward가 실패합니다). `(t < lengths)[:, None]`은 (B, 1)이고 "
        "`torch.where(조건, new, h)`가 줄마다 골라 줍니다.",
        '`x = encoder["embedding"][source]`, `h = x.new_zeros(len(source), encoder["W_hh"].shape[1])`(x와 같은 자료형의 0), `for t in '
        "range(source.shape[1]):` 안에서 `new = gru_cell(x[:, t], h, …)`, `h = torch.where((t < lengths)[:, None], new, h)`",
    ],
    en=[
        "Move the GRU of chapter 22 on, one step for each token. But sentences end at different times: "
        "what has to happen to a row that has ended?",
        "At step t compute `new`; rows with t < lengths take it, the others keep h (but not by `h[…] = …`: backward "
        "would fail). `(t < lengths)[:, None]` is (B, 1), and `torch.where(condition, new, h)` chooses row by row.",
        '`x = encoder["embedding"][source]`, `h = x.new_zeros(len(source), encoder["W_hh"].shape[1])` '
        "(zeros of x's dtype), and in `for t in range(source.shape[1]):` `new = gru_cell(x[:, t], h, …)`, `h = "
        "torch.where((t < lengths)[:, None], new, h)`.",
    ],
)


# ---------------------------------------------------------------- decoder-step


@exercise("decoder-step", points=2, forbids=GRUS, returns=["logits", "h"])
def decoder_step(decoder, token, h):
    x = F.embedding(token, decoder["embedding"])  # (B, D)
    new = gru(decoder, x[:, None], h[None])[:, 0]
    return F.linear(new, decoder["W_out"], decoder["b_out"]), new


def plain_step(decoder, token, h):
    new = cell(decoder, decoder["embedding"][token], h)
    return output(decoder, new), new


@decoder_step.cases
def _(draw):
    yield decoder_weights(draw, 3, 1, 2), torch.tensor([1]), draw.normal(1, 2, dtype=DOUBLE)
    for batch, tokens, width, hidden in (
        (2, 4, 3, 2), (3, 3, 3, 3), (1, 6, 2, 4), (draw.integer(3, 5), 5, 3, draw.integer(2, 4)),
    ):  # fmt: skip
        yield (
            decoder_weights(draw, tokens, width, hidden),
            draw.integers(0, tokens - 1, batch),
            draw.normal(batch, hidden, dtype=DOUBLE),
        )
    weights = learning(decoder_weights(draw, 4, 3, 2))
    h = draw.normal(3, 2, dtype=DOUBLE).requires_grad_()
    yield Case((weights, draw.integers(0, 3, 3), h), slopes=True)
    weights = decoder_weights(draw, 4, 2, 3, dtype=torch.float32)
    yield weights, draw.integers(0, 3, 3), draw.normal(3, 3)


@decoder_step.accepts
def _(decoder, token, h):
    x = F.one_hot(token, len(decoder["embedding"])).to(h.dtype) @ decoder["embedding"]
    h = cell(decoder, x, h)
    return [torch.addmm(decoder["b_out"], h, decoder["W_out"].mT), h]


@decoder_step.accepts
def _(decoder, token, h):
    new = torch.stack([cell(decoder, decoder["embedding"][k], h_k) for k, h_k in zip(token.tolist(), h, strict=True)])  # fmt: skip
    return torch.einsum("bh,vh->bv", new, decoder["W_out"]) + decoder["b_out"], new


@decoder_step.mistake(
    "softmax",
    ko="로짓에 소프트맥스를 씌웠습니다. 교차 엔트로피가 소프트맥스를 스스로 씌우므로 그러면 두 번이 됩니다(7장의 함정). 로짓 그대로 "
    "돌려주세요.",
    en="The logits went through a softmax. The cross entropy applies one itself, so there would be two "
    "(the trap of chapter 7). Return the logits as they are.",
)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits.softmax(1), h


@decoder_step.mistake(
    "log-softmax",
    ko="로그 소프트맥스를 씌웠습니다. 여기서 돌려줄 것은 로짓입니다. 소프트맥스와 로그는 손실 함수의 일입니다.",
    en="These are log-softmax values. What is asked for is logits; softmax and log are the loss's job.",
)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits.log_softmax(1), h


@decoder_step.mistake(
    "logits-from-old-h",
    ko="로짓을 *지난* h로 계산했습니다. 먼저 토큰을 읽어 h를 새로 구하고, 그 새 h에서 로짓을 만듭니다.",
    en="The logits come from the *old* h. Read the token first; the logits are made from the new h.",
)
def _(decoder, token, h):
    return output(decoder, h), plain_step(decoder, token, h)[1]


@decoder_step.mistake(
    "old-h-returned",
    ko="로짓은 맞지만 *지난* h를 돌려주었습니다. 다음 시점이 이어 쓸 것은 새 h입니다.",
    en="The logits are right, but it is the *old* h that came back. The next step needs the new one.",
)
def _(decoder, token, h):
    return plain_step(decoder, token, h)[0], h.clone()


@decoder_step.mistake(
    "swapped-return",
    ko="값은 맞지만 (h, 로짓) 순서입니다. (로짓, h)로 돌려주세요.",
    en="The values are right but come as (h, logits). Return (logits, h).",
)
def _(decoder, token, h):
    return plain_step(decoder, token, h)[::-1]


@decoder_step.mistake(
    "no-output-bias",
    ko="출력층의 편향 b_out을 더하지 않았습니다.",
    en="The output layer's bias b_out is not added.",
)
def _(decoder, token, h):
    h = plain_step(decoder, token, h)[1]
    return h @ decoder["W_out"].T, h


@decoder_step.mistake(
    "argmax",
    ko="로짓 대신 가장 그럴듯한 토큰의 번호를 돌려주었습니다. 고르는 것은 부르는 쪽의 일입니다. 학습에는 로짓 전부가 필요합니다.",
    en="The id of the likeliest token came back in place of the logits. Choosing is up to the caller; "
    "training needs all the logits.",
)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits.argmax(1), h


@decoder_step.mistake(
    "forgets-the-past",
    ko="받은 h를 쓰지 않고 0에서 시작했습니다. 인코더가 넘겨준 문맥이 바로 그 h 안에 있습니다.",
    en="The given h is not used; the step starts from 0. But it is in this h that the encoder's context "
    "lives.",
)
def _(decoder, token, h):
    return plain_step(decoder, token, torch.zeros_like(h))


@decoder_step.mistake(
    "ignores-the-token",
    ko="토큰을 읽지 않았습니다(언제나 0번 토큰의 임베딩을 썼습니다). `token`의 번호마다 임베딩의 한 줄을 꺼내세요.",
    en="The token is not read: it is always the embedding of token 0. Take one row of the embedding for "
    "each id in `token`.",
)
def _(decoder, token, h):
    return plain_step(decoder, torch.zeros_like(token), h)


@decoder_step.mistake(
    "tanh-on-logits",
    ko="로짓에 tanh를 씌웠습니다. 출력층은 직선입니다: h W_outᵀ + b_out. 활성화 함수는 GRU 안에 이미 있습니다.",
    en="The logits went through a tanh. The output layer is linear, h W_outᵀ + b_out; the activations "
    "are inside the GRU.",
)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits.tanh(), h


@decoder_step.mistake(
    "sigmoid-on-logits",
    ko="로짓에 시그모이드를 씌웠습니다. 토큰은 여럿 가운데 *하나*이고, 로짓은 그대로 돌려줍니다.",
    en="The logits went through a sigmoid. A token is *one* of many; the logits are returned as they are.",
)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits.sigmoid(), h


@decoder_step.mistake(
    "extra-axis",
    ko="시점의 축이 남아 있습니다: 로짓이 (B, 1, V)입니다. 한 걸음의 로짓은 (B, V)입니다.",
    en="A time axis is left: the logits are (B, 1, V). Those of one step are (B, V).",
)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits[:, None], h


@decoder_step.mistake(
    "in-place",
    ko="결과는 맞지만 받은 h를 그 자리에서 고쳤습니다. 새 텐서를 만드세요. 인코더의 문맥은 여러 번 쓰입니다.",
    en="The result is right, but the caller's h was changed in place. Make a new tensor: the encoder's "
    "context is used more than once.",
)
def _(decoder, token, h):
    logits, new = plain_step(decoder, token, h)
    return logits, h.copy_(new)


@decoder_step.mistake(
    "output-not-transposed",
    ko="W_out은 (V, H)이므로 `h @ W_out.T`입니다. 전치하지 않으면 V와 H가 우연히 같을 때만 오류 없이 틀립니다.",
    en="W_out is (V, H), so it is `h @ W_out.T`. Without the transpose it only runs where V happens to equal "
    "H, and is wrong there.",
)
def _(decoder, token, h):
    h = plain_step(decoder, token, h)[1]
    return h @ decoder["W_out"] + decoder["b_out"], h


@decoder_step.mistake(
    "embedding-not-indexed",
    ko='임베딩의 줄을 꺼내지 않고 표 전체 (V, D)를 셀에 넣었습니다. `token`의 번호로 한 줄씩 꺼내세요: `decoder["embedding"][token]`',
    en="The whole table of embeddings, (V, D), went into the cell. Take a row of it for each id in `token`: "
    '`decoder["embedding"][token]`.',
)
def _(decoder, token, h):
    h = cell(decoder, decoder["embedding"], h)
    return output(decoder, h), h


@decoder_step.mistake(
    "biases-exchanged",
    ko="b_ih와 b_hh가 서로 바뀌었습니다. `gru_cell`은 W_ih, W_hh, b_ih, b_hh의 순서로 받습니다.",
    en="b_ih and b_hh are exchanged. `gru_cell` takes W_ih, W_hh, b_ih, b_hh in this order.",
)
def _(decoder, token, h):
    return plain_step(decoder | {"b_ih": decoder["b_hh"], "b_hh": decoder["b_ih"]}, token, h)


@decoder_step.mistake(
    "arguments-exchanged",
    ko="`gru_cell`에 상태와 토큰을 바꾸어 넘겼습니다. 순서는 `gru_cell(x, h, …)`, 읽을 것이 먼저입니다.",
    en="`gru_cell` was given the state for the token and the token for the state. It is `gru_cell(x, h, …)`: what is "
    "read comes first.",
)
def _(decoder, token, h):
    h = cell(decoder, h, decoder["embedding"][token])
    return output(decoder, h), h


@decoder_step.mistake(
    "relu-on-logits",
    ko="로짓에 ReLU를 씌웠습니다. 출력층은 직선입니다: h W_outᵀ + b_out. 음수인 로짓도 그대로 돌려주세요.",
    en="The logits went through a ReLU. The output layer is linear, h W_outᵀ + b_out: negative logits are returned "
    "as they are.",
)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits.relu(), h


NEVER_LEARNS_TO_WRITE = {
    "ko": "값은 맞지만 `no_grad`나 `.detach()`가 기울기를 끊어 디코더가 배우지 못합니다. 로짓에서도 새 h에서도 가중치까지 기울기가 닿아야 합니다.",
    "en": "The values are right, but a `no_grad` or a `.detach()` cuts the gradient, so the decoder would not learn. "
    "From the logits and from the new h alike, it must reach the weights.",
}


@decoder_step.mistake("no-gradient", **NEVER_LEARNS_TO_WRITE)
@torch.no_grad()
def _(decoder, token, h):
    return plain_step(decoder, token, h)


@decoder_step.mistake("logits-detached", **NEVER_LEARNS_TO_WRITE)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits.detach(), h


@decoder_step.mistake("state-detached", **NEVER_LEARNS_TO_WRITE)
def _(decoder, token, h):
    logits, h = plain_step(decoder, token, h)
    return logits, h.detach()


@decoder_step.mistake(
    "logits-from-a-detached-state",
    ko="값은 맞지만 로짓을 `h.detach()`나 `h.data`로 계산했습니다. 그러면 로짓에서 난 손실이 출력층만 가르치고, 디코더의 GRU도 인코더도 배우지 "
    "못합니다. 새 h를 그대로 쓰세요.",
    en="The values are right, but the logits are made from `h.detach()` or `h.data`. A loss on them then teaches the output "
    "layer alone, and neither the decoder's GRU nor the encoder. Use the new h as it is.",
)
def _(decoder, token, h):
    h = plain_step(decoder, token, h)[1]
    return output(decoder, h.detach()), h


decoder_step.hints(
    ko=[
        "인코더의 한 걸음과 같습니다: 토큰을 벡터로 바꾸고 GRU를 한 걸음 옮깁니다. 거기에 한 가지가 더 있습니다. 새 상태에서 토큰마다 점수를 "
        "매기는 것입니다.",
        "h = GRU(임베딩[token], h), 로짓 = h W_outᵀ + b_out. h는 (B, H), 로짓은 (B, V)입니다. 소프트맥스는 씌우지 않습니다.",
        '`h = gru_cell(decoder["embedding"][token], h, decoder["W_ih"], decoder["W_hh"], decoder["b_ih"], '
        'decoder["b_hh"])`, `return h @ decoder["W_out"].T + decoder["b_out"], h`',
    ],
    en=[
        "It is a step of the encoder, token to vector and the GRU one step on, and one thing more: the "
        "new state gives every token a score.",
        "h = GRU(embedding[token], h), logits = h W_outᵀ + b_out. h is (B, H), the logits are (B, V). No "
        "softmax.",
        '`h = gru_cell(decoder["embedding"][token], h, decoder["W_ih"], decoder["W_hh"], '
        'decoder["b_ih"], decoder["b_hh"])`, `return h @ decoder["W_out"].T + decoder["b_out"], h`.',
    ],
)


# ---------------------------------------------------------------- masked-cross-entropy


CROSS_ENTROPIES = ("F.cross_entropy", "F.nll_loss", "nn.CrossEntropyLoss", "nn.NLLLoss")


@exercise("masked-cross-entropy", points=2, forbids=CROSS_ENTROPIES)
def masked_cross_entropy(logits, targets, pad):
    return F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=pad)


@masked_cross_entropy.cases
def _(draw):
    small = torch.tensor([[[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]], [[2.0, 0.0, 0.0], [1.0, 3.0, -1.0]]])
    yield small, torch.tensor([[2, 1], [1, 0]]), 0
    sizes = ((3, 4, 5, 0), (2, 3, 4, 1), (4, 4, 4, 3), (1, 5, 3, 0), (3, 6, 5, 2))
    for batch, steps, tokens, pad in sizes:
        others = torch.tensor([k for k in range(tokens) if k != pad])
        targets = others[draw.integers(0, len(others) - 1, batch, steps)]
        lengths = torch.tensor([1 + (k + 1) % steps for k in range(batch)])
        targets[torch.arange(steps) >= lengths[:, None]] = pad
        logits = draw.normal(batch, steps, tokens, dtype=DOUBLE)
        yield Case((logits.requires_grad_(pad == 1), targets, pad), slopes=pad == 1)
    # No id is -1: every cell counts, whatever stands in it.
    rising = torch.tensor([[0.0, 1.0, -1.0, 2.0], [1.0, 3.0, 0.0, -2.0]]).expand(2, 2, 4).clone()
    yield rising, torch.tensor([[3, 0], [1, 2]]), -1
    # Padding between real tokens does not count either.
    yield draw.normal(2, 4, 3), torch.tensor([[2, 0, 1, 0], [0, 1, 0, 2]]), 0
    extreme = torch.tensor([0.0, 1000.0, -1000.0, 0.0]) + draw.normal(2, 3, 4, dtype=DOUBLE)
    yield extreme, torch.tensor([[2, 1, 3], [2, 0, 0]]), 0
    yield 900 + draw.normal(2, 2, 3, dtype=DOUBLE), torch.tensor([[2, 1], [1, 0]]), 0
    yield draw.normal(3, 1, 4, dtype=DOUBLE), torch.tensor([[2], [0], [3]]), 0
    # Logits near 1000 in one cell and near -1000 in the next.
    far = torch.tensor([[[1000.0], [-1000.0]], [[-1000.0], [1000.0]]], dtype=DOUBLE)
    yield far + draw.normal(2, 2, 3, dtype=DOUBLE), torch.tensor([[2, 1], [1, 0]]), 0


def token_losses(logits, targets):
    return -logits.log_softmax(-1).gather(-1, targets[..., None])[..., 0]


@masked_cross_entropy.accepts
def _(logits, targets, pad):
    shifted = logits - logits.max(dim=2, keepdim=True).values
    right = shifted.gather(2, targets.unsqueeze(2)).squeeze(2)
    losses = shifted.exp().sum(2).log() - right
    mask = (targets != pad).to(logits.dtype)
    return (losses * mask).sum() / mask.sum()


@masked_cross_entropy.accepts
def _(logits, targets, pad):
    keep = targets.flatten() != pad
    chosen, right = logits.flatten(0, 1)[keep], targets.flatten()[keep]
    return -chosen.log_softmax(1)[torch.arange(len(right)), right].mean()


@masked_cross_entropy.accepts
def _(logits, targets, pad):
    total, count = 0.0, 0
    for row, answers in zip(logits, targets, strict=True):
        for z, y in zip(row, answers.tolist(), strict=True):
            if y != pad:
                total, count = total + torch.logsumexp(z, 0) - z[y], count + 1
    return total / count


@masked_cross_entropy.mistake(
    "counts-padding",
    ko="패딩 칸까지 세었습니다. <pad>를 맞히도록 훈련하는 셈이고, 쉬운 패딩이 많을수록 손실이 좋아 보입니다. 정답이 pad인 칸은 빼세요.",
    en="The padding is counted too: the network is trained to predict <pad>, and the more of these easy "
    "cells there are, the better the loss looks. Leave out cells whose target is pad.",
)
def _(logits, targets, pad):
    return token_losses(logits, targets).mean()


@masked_cross_entropy.mistake(
    "divides-by-all",
    ko="패딩의 손실은 뺐지만 나눌 때는 모든 칸의 수로 나누었습니다. 진짜 토큰의 수로 나누세요.",
    en="The padding's losses are left out, but the sum is divided by the number of all cells. Divide by "
    "the number of real tokens.",
)
def _(logits, targets, pad):
    return (token_losses(logits, targets) * (targets != pad)).mean()


@masked_cross_entropy.mistake(
    "sum",
    ko="더하기만 하고 진짜 토큰의 수로 나누지 않았습니다.",
    en="The losses are added up but not divided by the number of real tokens.",
)
def _(logits, targets, pad):
    return (token_losses(logits, targets) * (targets != pad)).sum()


@masked_cross_entropy.mistake(
    "divides-by-sentences",
    ko="문장의 수 B로 나누었습니다. 여기서는 *토큰* 하나의 평균 손실이므로 진짜 토큰의 수로 나눕니다.",
    en="The sum is divided by the number of sentences B. Here it is the mean loss of a *token*: divide by "
    "the number of real tokens.",
)
def _(logits, targets, pad):
    return (token_losses(logits, targets) * (targets != pad)).sum() / len(targets)


@masked_cross_entropy.mistake(
    "mean-of-rows",
    ko="문장마다 평균을 낸 다음 다시 평균했습니다. 그러면 짧은 문장의 토큰이 더 무겁습니다. 모든 진짜 토큰을 한꺼번에 평균하세요.",
    en="The mean of each sentence was taken, then the mean of those: tokens of short sentences weigh "
    "more. Take one mean over all real tokens.",
)
def _(logits, targets, pad):
    mask = (targets != pad).to(logits.dtype)
    return ((token_losses(logits, targets) * mask).sum(1) / mask.sum(1)).mean()


OF_ROWS = next(m for m in masked_cross_entropy.mistakes if m.key == "mean-of-rows")


@masked_cross_entropy.mistake("mean-of-rows-that-may-be-empty", ko=OF_ROWS.ko, en=OF_ROWS.en)
def _(logits, targets, pad):
    mask = (targets != pad).to(logits.dtype)
    return ((token_losses(logits, targets) * mask).sum(1) / mask.sum(1).clamp(min=1)).mean()


@masked_cross_entropy.mistake(
    "pad-as-a-place",
    ko="pad가 −1일 때 마지막 번호 V − 1의 토큰이 빠졌습니다. `weights[pad] = 0`처럼 pad를 자리로 쓰면 −1은 끝에서 첫째를 뜻합니다. 칸마다 번호를 "
    "비교하세요: `targets != pad`",
    en="With a pad of −1 the tokens of the last id, V − 1, were left out: used as a place, as in `weights[pad] = 0`, −1 "
    "means the last one. Compare the ids themselves, `targets != pad`.",
)
def _(logits, targets, pad):
    return token_losses(logits, targets)[targets != pad % logits.shape[2]].mean()


@masked_cross_entropy.mistake(
    "softmax-over-time",
    ko="소프트맥스를 시점의 축(dim=1)으로 계산했습니다. 확률은 *토큰*들 사이에서 나누므로 마지막 축입니다.",
    en="The softmax runs over time (dim=1). Probability is shared among the *tokens*: the last axis.",
)
def _(logits, targets, pad):
    losses = -logits.log_softmax(1).gather(2, targets[..., None])[..., 0]
    return losses[targets != pad].mean()


@masked_cross_entropy.mistake(
    "no-log-softmax",
    ko="소프트맥스와 로그 없이 로짓을 그대로 골라 부호만 바꾸었습니다.",
    en="The logits were picked as they are and their sign changed: softmax and log are missing.",
)
def _(logits, targets, pad):
    losses = -logits.gather(2, targets[..., None])[..., 0]
    return losses[targets != pad].mean()


@masked_cross_entropy.mistake(
    "no-log",
    ko="확률에 로그를 씌우지 않았습니다. 손실은 −log p입니다.",
    en="The logarithm of the probability is missing: the loss is −log p.",
)
def _(logits, targets, pad):
    losses = -logits.softmax(2).gather(2, targets[..., None])[..., 0]
    return losses[targets != pad].mean()


@masked_cross_entropy.mistake(
    "sign",
    ko="부호가 반대입니다. −log p이므로 손실은 0 이상이어야 합니다.",
    en="The sign is wrong: the loss is −log p, never negative.",
)
def _(logits, targets, pad):
    return -token_losses(logits, targets)[targets != pad].mean()


@masked_cross_entropy.mistake(
    "log-of-softmax",
    ko="`log(softmax(z))`는 확률이 0으로 언더플로하면 무한대나 NaN이 됩니다(7장). `log_softmax`를 쓰세요.",
    en="`log(softmax(z))` turns infinite or NaN where a probability underflows to 0 (chapter 7). Use "
    "`log_softmax`.",
)
def _(logits, targets, pad):
    losses = -logits.softmax(2).log().gather(2, targets[..., None])[..., 0]
    return losses[targets != pad].mean()


@masked_cross_entropy.mistake(
    "plain-exp",
    ko="`exp(z)`를 그대로 계산해서 로짓이 크면 오버플로합니다(7장). 가장 큰 로짓을 빼거나 `log_softmax`를 쓰세요.",
    en="`exp(z)` as it stands overflows for large logits (chapter 7). Subtract the largest logit, or use "
    "`log_softmax`.",
)
def _(logits, targets, pad):
    right = logits.gather(2, targets[..., None])[..., 0]
    return (logits.exp().sum(2).log() - right)[targets != pad].mean()


@masked_cross_entropy.mistake(
    "pad-is-zero",
    ko="패딩이 언제나 0이라고 보았습니다. 패딩의 번호는 인자 `pad`입니다.",
    en="Padding is taken to be 0. Its id is the argument `pad`.",
)
def _(logits, targets, pad):
    return token_losses(logits, targets)[targets != 0].mean()


@masked_cross_entropy.mistake(
    "only-padding",
    ko="마스크가 거꾸로입니다: 패딩만 남기고 진짜 토큰을 뺐습니다. `targets != pad`가 진짜입니다.",
    en="The mask is inverted: the padding stays and the real tokens are left out. Real is `targets != "
    "pad`.",
)
def _(logits, targets, pad):
    losses = token_losses(logits, targets)
    return losses[targets == pad].mean()


@masked_cross_entropy.mistake(
    "reshaped-across",
    ko="(B, T, V)를 (B, V, T)로 *reshape*했습니다. reshape는 축을 바꾸지 않고 수를 다시 나누어 담을 뿐이라 값이 뒤섞입니다. 축을 바꾸려면 "
    "`transpose(1, 2)`입니다.",
    en="(B, T, V) was *reshaped* to (B, V, T). A reshape does not exchange axes but deals the numbers out "
    "anew, and they get mixed up. To exchange axes use `transpose(1, 2)`.",
)
def _(logits, targets, pad):
    B, T, V = logits.shape
    mixed = logits.reshape(B, V, T).transpose(1, 2)
    return token_losses(mixed, targets)[targets != pad].mean()


@masked_cross_entropy.mistake(
    "a-float",
    ko="값은 맞지만 파이썬 수입니다. `.item()`을 부르면 그래프가 끊겨 `backward()`를 할 수 없습니다. 텐서로 돌려주세요.",
    en="The value is right but is a Python number. `.item()` cuts the graph, and `backward()` is no longer "
    "possible. Return a tensor.",
)
def _(logits, targets, pad):
    return float(token_losses(logits, targets)[targets != pad].mean())


def clipped(logits, change):
    """−log p of every target, where the softmax is changed before its logarithm is taken."""
    return lambda targets: -change(logits.softmax(2)).log().gather(2, targets[..., None])[..., 0]


CLIPPED = {
    "ko": "소프트맥스에 작은 수를 더하거나 `clamp`한 다음 로그를 씌우면 큰 손실이 잘립니다. 아주 틀린 답이 덜 틀려 보이고 기울기도 사라집니다. `log_softmax`를 쓰세요.",
    "en": "To add a small number to the softmax, or to `clamp` it, before taking the logarithm cuts large losses off: "
    "what is very wrong looks less wrong, and its gradient is gone. Use `log_softmax`.",
}


def register_clipped(key, change):
    @masked_cross_entropy.mistake(key, **CLIPPED)
    def _(logits, targets, pad):
        return clipped(logits, change)(targets)[targets != pad].mean()


for power in (8, 9, 10, 12):
    register_clipped(f"plus-1e-{power}", lambda p, small=10.0**-power: p + small)
    register_clipped(f"clamped-at-1e-{power}", lambda p, small=10.0**-power: p.clamp(min=small))


@masked_cross_entropy.mistake(
    "likeliest-for-the-target",
    ko="정답이 아니라 *가장 그럴듯한* 토큰의 확률을 골랐습니다. 무엇이 정답이든 손실이 같아집니다. 정답의 것은 `gather`로 고릅니다.",
    en="The probability of the *likeliest* token was taken in place of the target's: the loss is the same whatever the "
    "target. `gather` picks the target's.",
)
def _(logits, targets, pad):
    return -logits.log_softmax(2).amax(2)[targets != pad].mean()


@masked_cross_entropy.mistake(
    "every-target-in-every-cell",
    ko="`log_p[:, :, targets]`는 칸마다 *모든* 정답의 것을 꺼내 (B, T, B, T)가 됩니다. 칸마다 제 정답 하나만 `gather`로 고르세요.",
    en="`log_p[:, :, targets]` takes *all* targets in every cell, (B, T, B, T). `gather` picks for each cell its own.",
)
def _(logits, targets, pad):
    return -logits.log_softmax(2)[:, :, targets].mean()


@masked_cross_entropy.mistake(
    "softmax-over-the-batch",
    ko="소프트맥스를 배치의 축(dim=0)으로 계산했습니다. 확률은 *토큰*들 사이에서 나누므로 마지막 축입니다.",
    en="The softmax runs over the batch (dim=0). Probability is shared among the *tokens*: the last axis.",
)
def _(logits, targets, pad):
    losses = -logits.log_softmax(0).gather(2, targets[..., None])[..., 0]
    return losses[targets != pad].mean()


@masked_cross_entropy.mistake(
    "stops-at-the-first-pad",
    ko="줄의 첫 패딩에서 멈추어 그 뒤의 진짜 토큰을 세지 않았습니다. 칸마다 따로 보세요: pad인 칸만 뺍니다.",
    en="A row ends at its first pad, and real tokens behind it are not counted. Look at each cell by itself: only those "
    "that are pad are left out.",
)
def _(logits, targets, pad):
    real_ = (targets != pad).long().cumprod(1).bool()
    return token_losses(logits, targets)[real_].mean()


@masked_cross_entropy.mistake(
    "one-loss-a-token",
    ko="진짜 토큰마다의 손실을 그대로 돌려주었습니다. 평균을 내어 수 하나, 모양 ()로 만드세요.",
    en="The losses of all real tokens came back. Take their mean: one number, shape ().",
)
def _(logits, targets, pad):
    return token_losses(logits, targets)[targets != pad]


@masked_cross_entropy.mistake(
    "no-gradient",
    ko="값은 맞지만 `.detach()`나 `no_grad`가 기울기를 끊어 아무것도 배우지 못합니다. 로짓에서 손실까지 이어진 텐서를 돌려주세요.",
    en="The value is right, but a `.detach()` or a `no_grad` cuts the gradient, and nothing would be learned. Return a "
    "tensor that is connected with the logits.",
)
def _(logits, targets, pad):
    return token_losses(logits, targets)[targets != pad].mean().detach()


CUT_INSIDE = {
    "ko": "값은 맞지만 기울기가 틀립니다. 계산 중간의 일부를 `.detach()`나 `.data`, `no_grad`로 끊었습니다. 정답의 로짓도, 모든 로짓의 지수를 더한 것도 기울기에 들어갑니다. 끊은 것을 지우거나 `log_softmax`를 쓰세요.",
    "en": "The value is right but its gradient is not: a part of the way is cut by a `.detach()`, a `.data` or a `no_grad`. "
    "The target's logit and the sum of all exponentials both belong to the gradient. Take the cut out, or use "
    "`log_softmax`.",
}


@masked_cross_entropy.mistake("sum-of-exponentials-cut", **CUT_INSIDE)
def _(logits, targets, pad):
    log_p = logits - logits.logsumexp(2, keepdim=True).detach()
    return -log_p.gather(2, targets[..., None])[..., 0][targets != pad].mean()


@masked_cross_entropy.mistake("logit-of-the-target-cut", **CUT_INSIDE)
def _(logits, targets, pad):
    right = logits.detach().gather(2, targets[..., None])[..., 0]
    return (logits.logsumexp(2) - right)[targets != pad].mean()


def less_the_largest(logits):
    """exp of the logits less the largest of all of them, and its sums."""
    e = (logits - logits.max()).exp()
    return e, e.sum(2, keepdim=True)


@masked_cross_entropy.mistake(
    "largest-of-all",
    ko="전체가 아니라 줄마다의 가장 큰 로짓을 빼세요. 전체에서 가장 큰 것을 빼면 로짓이 모두 훨씬 작은 줄에서는 지수가 모두 0이 됩니다.",
    en="Subtract each row's own largest logit, not the largest of all: where all logits of a row are far "
    "smaller than that, every exponential is 0.",
)
def _(logits, targets, pad):
    log_p = logits - logits.max() - less_the_largest(logits)[1].log()
    return -log_p.gather(2, targets[..., None])[..., 0][targets != pad].mean()


OF_SOFTMAX = next(m for m in masked_cross_entropy.mistakes if m.key == "log-of-softmax")


@masked_cross_entropy.mistake("log-of-a-softmax-by-hand", ko=OF_SOFTMAX.ko, en=OF_SOFTMAX.en)
def _(logits, targets, pad):
    e, sums = less_the_largest(logits)
    return -(e / sums).log().gather(2, targets[..., None])[..., 0][targets != pad].mean()


SQUEEZED = {
    "ko": "`squeeze()`는 크기가 1인 축을 *모두* 없앱니다. 문장이 하나이거나 시점이 하나이면 그 축까지 사라집니다. 없앨 축을 말하세요: `squeeze(2)`",
    "en": "`squeeze()` drops *every* axis of size 1: with one sentence or one step, that axis goes too. Say which one, "
    "`squeeze(2)`.",
}


@masked_cross_entropy.mistake("squeezes-everything", **SQUEEZED)
def _(logits, targets, pad):
    losses = -logits.log_softmax(2).gather(2, targets[..., None]).squeeze()
    mask = (targets != pad).to(logits.dtype)
    return (losses * mask).sum() / mask.sum()


@masked_cross_entropy.mistake("squeezes-everything-and-picks", **SQUEEZED)
def _(logits, targets, pad):
    return -logits.log_softmax(2).gather(2, targets[..., None]).squeeze()[targets != pad].mean()


masked_cross_entropy.hints(
    ko=[
        "칸마다 정답 토큰의 −log p를 구하고, 패딩이 아닌 칸만 평균합니다. 21장의 `masked-loss`와 같은 생각입니다.",
        "`logits.log_softmax(dim=2)`는 (B, T, V). 마지막 축에서 정답 번호의 것만 `gather`로 고르면 (B, T)이고, `targets != pad`가 True인 칸만 "
        "평균합니다.",
        "`log_p = logits.log_softmax(dim=2)`, `right = log_p.gather(2, targets[:, :, None])[:, :, 0]`, "
        "`return -right[targets != pad].mean()`",
    ],
    en=[
        "In every cell take −log p of the target token, then average over the cells that are no padding: "
        "the idea of `masked-loss` in chapter 21.",
        "`logits.log_softmax(dim=2)` is (B, T, V). `gather` along the last axis picks the target's "
        "entry, (B, T); average where `targets != pad`.",
        "`log_p = logits.log_softmax(dim=2)`, `right = log_p.gather(2, targets[:, :, None])[:, :, 0]`, "
        "`return -right[targets != pad].mean()`.",
    ],
)


# ---------------------------------------------------------------- teacher-forcing


@exercise("teacher-forcing", points=3, forbids=GRUS)
def teacher_forcing(decoder, h, inputs, coins):
    # The tokens read are found one after another, each time running the whole prefix anew.
    read, last = [], None
    for t in range(inputs.shape[1]):
        read.append(inputs[:, t] if t == 0 or coins[t] else last)
        x = F.embedding(torch.stack(read, 1), decoder["embedding"])
        logits = F.linear(gru(decoder, x, h[None]), decoder["W_out"], decoder["b_out"])
        last = logits[:, -1].argmax(1)
    return logits


def force(decoder, h, inputs, feed):
    """Logits (B, T, V); feed(t, own) is what is read at step t, own the last argmax or None."""
    every, own = [], None
    for t in range(inputs.shape[1]):
        logits, h = plain_step(decoder, feed(t, own), h)
        own = logits.argmax(1)
        every.append(logits)
    return torch.stack(every, 1)


def truth_or_own(inputs, coins):
    return lambda t, own: inputs[:, t] if own is None or coins[t] else own


def telling(decoder, h, inputs, coins):
    """Whether the decoder's own tokens differ from the truth wherever the coin says to use them."""
    own = force(decoder, h, inputs, truth_or_own(inputs, coins)).argmax(2)
    return bool((own[:, :-1] != inputs[:, 1:])[:, ~coins[1:]].any(0).all())


@teacher_forcing.cases
def _(draw):
    for batch, steps, tokens, coins in (
        (1, 3, 4, [True, False, True]),
        (2, 5, 6, [False, True, False, False, True]),
        (3, 3, 5, [True, False, False]),
        (4, 4, 5, [True, True, False, True]),
        (2, 4, 5, [True, True, True, True]),
        (2, 4, 5, [False, False, False, False]),
        (1, 1, 4, [False]),
    ):
        coins = torch.tensor(coins)
        for _ in range(20):
            weights = decoder_weights(draw, tokens, 2, 3)
            # All rows choose the notebook's EOS from the first step on: no reason to end.
            weights["b_out"][2] += 40 if coins.all() else 0
            h = draw.normal(batch, 3, dtype=DOUBLE)
            inputs = draw.integers(2, tokens - 1, batch, steps)
            inputs[:, 0] = 3 if batch == 3 else 1  # the id of sos
            if telling(weights, h, inputs, coins):
                break
        if batch == 4:
            yield Case((learning(weights), h.requires_grad_(), inputs, coins), slopes=True)
        else:
            yield weights, h, inputs, coins
    # A finished row: where the coin is False, the decoder's own token is read, and no padding.
    inputs, coins = torch.tensor([[1, 3, 4, 2], [1, 3, 2, 0]]), torch.tensor([True] * 3 + [False])
    for _ in range(20):
        weights, h = decoder_weights(draw, 5, 2, 3), draw.normal(2, 3, dtype=DOUBLE)
        own = force(weights, h, inputs, truth_or_own(inputs, coins)).argmax(2)
        if (own[:, 2] != inputs[:, 3]).all():
            break
    yield weights, h, inputs, coins


@teacher_forcing.accepts
def _(decoder, h, inputs, coins):
    token, every = inputs[:, 0], []
    for t in range(inputs.shape[1]):
        logits, h = plain_step(decoder, token, h)
        every.append(logits.unsqueeze(1))
        if t + 1 < inputs.shape[1]:
            token = torch.where(coins[t + 1], inputs[:, t + 1], logits.argmax(dim=-1))
    return torch.cat(every, dim=1)


@teacher_forcing.accepts
def _(decoder, h, inputs, coins):
    B, T = inputs.shape
    every = h.new_empty(B, T, len(decoder["W_out"]))
    for t in range(T):
        token = inputs[:, t] if t == 0 or coins[t].item() else every[:, t - 1].softmax(1).max(1)[1]
        every[:, t], h = plain_step(decoder, token, h)
    return every


@teacher_forcing.mistake(
    "always",
    ko="동전을 보지 않고 언제나 정답을 먹였습니다. coins[t]가 False이면 바로 앞 시점에 디코더가 스스로 고른 토큰을 읽어야 합니다.",
    en="The truth is always fed, whatever the coin says. Where coins[t] is False, the decoder must read "
    "the token it chose itself one step before.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, lambda t, own: inputs[:, t])


@teacher_forcing.mistake(
    "never",
    ko="동전을 보지 않고 언제나 디코더가 고른 토큰을 먹였습니다. coins[t]가 True이면 정답 inputs[:, t]를 읽어야 합니다.",
    en="The decoder's own token is always fed, whatever the coin says. Where coins[t] is True it must read "
    "the truth, inputs[:, t].",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, lambda t, own: inputs[:, 0] if t == 0 else own)


@teacher_forcing.mistake(
    "inverted",
    ko="동전의 뜻이 거꾸로입니다. True가 정답(교사), False가 디코더 자신의 토큰입니다.",
    en="The coin is read the wrong way round: True means the truth (the teacher), False the decoder's own "
    "token.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, ~coins))


@teacher_forcing.mistake(
    "coin-of-the-step-before",
    ko="시점 t에 읽을 것을 *앞* 시점의 동전 coins[t − 1]로 정했습니다. t에서 읽을 것은 coins[t]가 정합니다. 한 걸음 끝에서 다음 토큰을 고른다면 "
    "그때의 동전은 coins[t + 1]입니다.",
    en="What is read at step t was decided by the coin *before*, coins[t − 1]. It is coins[t] that decides; "
    "if you choose the next token at the end of a step, its coin is coins[t + 1].",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins.roll(1)))


@teacher_forcing.mistake(
    "target-before",
    ko="정답을 한 칸 늦게 먹였습니다: 시점 t에 inputs[:, t − 1]. 같은 토큰을 두 번 읽게 됩니다. 시점 t의 입력은 inputs[:, t]입니다.",
    en="The truth is fed one step late: inputs[:, t − 1] at step t, so a token is read twice. The input of "
    "step t is inputs[:, t].",
)
def _(decoder, h, inputs, coins):
    late = torch.cat([inputs[:, :1], inputs[:, :-1]], 1)
    return force(decoder, h, inputs, truth_or_own(late, coins))


@teacher_forcing.mistake(
    "target-after",
    ko="정답을 한 칸 일찍 먹였습니다: 시점 t에 inputs[:, t + 1], 곧 지금 맞혀야 할 토큰입니다. 답을 보고 답을 쓰는 셈입니다.",
    en="The truth is fed one step early: inputs[:, t + 1] at step t is the very token to be predicted. "
    "That is copying the answer.",
)
def _(decoder, h, inputs, coins):
    early = torch.cat([inputs[:, :1], inputs[:, 2:], inputs[:, -1:]], 1)[:, : inputs.shape[1]]
    return force(decoder, h, inputs, truth_or_own(early, coins))


@teacher_forcing.mistake(
    "sos-fed-again",
    ko="동전이 False일 때 <sos>를 다시 먹였습니다. 그때 읽을 것은 바로 앞 시점의 로짓에서 가장 큰 토큰입니다.",
    en="Where the coin is False, <sos> is fed again. What must be read there is the token with the largest "
    "logit of the step before.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, lambda t, own: inputs[:, t if coins[t] else 0])


@teacher_forcing.mistake(
    "first-false-for-good",
    ko="동전이 한 번 False가 되자 끝까지 자기 토큰만 읽었습니다. 동전은 시점마다 새로 봅니다.",
    en="After the first False the decoder reads its own tokens to the end. Look at the coin of every step.",
)
def _(decoder, h, inputs, coins):
    alone = (~coins[1:]).cumsum(0) > 0
    return force(decoder, h, inputs, lambda t, own: inputs[:, t] if not t or not alone[t - 1] else own)  # fmt: skip


@teacher_forcing.mistake(
    "one-coin",
    ko="첫 동전 coins[0] 하나로 끝까지 정했습니다. 동전은 시점마다 하나씩 있습니다.",
    en="The first coin, coins[0], decided everything. There is a coin for every step.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, lambda t, own: inputs[:, t] if t == 0 or coins[0] else own)


ALL_COINS = {
    "ko": "동전 전부를 한꺼번에 보고 정했습니다(`coins.all()`이나 `coins.any()`). 동전은 시점마다 하나씩이고, 시점 t에 읽을 것은 coins[t]가 정합니다.",
    "en": "All coins at once decided, by `coins.all()` or `coins.any()`. There is a coin for every step, and what is read at "
    "step t is decided by coins[t].",
}


@teacher_forcing.mistake("all-coins", **ALL_COINS)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins.all().expand_as(coins)))


@teacher_forcing.mistake("any-coin", **ALL_COINS)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins.any().expand_as(coins)))


@teacher_forcing.mistake(
    "ends-at-eos",
    ko="모든 줄이 <eos>를 고르자 그 뒤의 로짓을 만들지 않았습니다. 여기서는 멈추지 않고 T 걸음을 모두 갑니다. 손실이 시점마다의 로짓을 정답과 비교하기 "
    "때문입니다.",
    en="Once all rows chose <eos>, no more logits were made. Here all T steps are walked without stopping: the loss compares "
    "the logits of every step with the truth.",
)
def _(decoder, h, inputs, coins):
    logits = force(decoder, h, inputs, truth_or_own(inputs, coins))
    together = (logits.argmax(2) == 2).all(0).tolist()
    return logits[:, : together.index(True) + 1] if True in together else logits


@teacher_forcing.mistake(
    "state-not-carried",
    ko="시점마다 문맥 h에서 다시 시작했습니다. decoder_step이 돌려준 새 h를 다음 걸음에 넘기세요.",
    en="Every step starts again from the context h. Hand the new h that decoder_step returns to the next "
    "step.",
)
def _(decoder, h, inputs, coins):
    every, own = [], None
    for t in range(inputs.shape[1]):
        logits, _ = plain_step(decoder, truth_or_own(inputs, coins)(t, own), h)
        own = logits.argmax(1)
        every.append(logits)
    return torch.stack(every, 1)


@teacher_forcing.mistake(
    "stacked-in-front",
    ko="값은 맞지만 (T, B, V)로 쌓았습니다. 시점은 1번 축입니다: `torch.stack(…, dim=1)`.",
    en="The values are right but stacked as (T, B, V). Time is axis 1: `torch.stack(…, dim=1)`.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins)).transpose(0, 1)


@teacher_forcing.mistake(
    "concatenated",
    ko="값은 맞지만 `cat`으로 이어 붙여 시점의 축이 없습니다. 새 축을 만드는 것은 `torch.stack(…, dim=1)`입니다.",
    en="The values are right but joined with `cat`, so there is no time axis. `torch.stack(…, dim=1)` makes "
    "a new one.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins)).flatten(1)


@teacher_forcing.mistake(
    "concatenated-rows",
    ko="값은 맞지만 `cat`으로 줄을 이어 붙여 시점의 축이 없습니다. 새 축을 만드는 것은 `torch.stack(…, dim=1)`입니다.",
    en="The values are right but joined with `cat` row after row, so there is no time axis. "
    "`torch.stack(…, dim=1)` makes a new one.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins)).transpose(0, 1).flatten(0, 1)


@teacher_forcing.mistake(
    "last-step-only",
    ko="마지막 시점의 로짓만 돌려주었습니다. 손실은 모든 시점에서 잽니다: 시점마다 모아 (B, T, V)로 쌓으세요.",
    en="Only the logits of the last step came back. The loss looks at every step: collect them and stack "
    "them to (B, T, V).",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins))[:, -1]


@teacher_forcing.mistake(
    "tokens-instead",
    ko="로짓이 아니라 고른 토큰을 돌려주었습니다. argmax를 지나면 기울기가 흐르지 않습니다.",
    en="The chosen tokens came back in place of the logits. No gradient flows through an argmax.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins)).argmax(2)


@teacher_forcing.mistake(
    "first-coin-trusted",
    ko="첫 동전이 False일 때 멈추었습니다. 첫걸음에는 아직 고른 토큰이 없습니다. coins[0]이 무엇이든 시점 0은 inputs[:, 0]을 읽습니다.",
    en="It breaks off where the first coin is False: at the first step nothing has been chosen yet. Step 0 "
    "reads inputs[:, 0], whatever coins[0] says.",
)
def _(decoder, h, inputs, coins):
    steps = []
    for t in range(inputs.shape[1]):
        token = inputs[:, t] if coins[t] else logits.argmax(1)  # noqa: F821
        logits, h = plain_step(decoder, token, h)
        steps.append(logits)
    return torch.stack(steps, 1)


@teacher_forcing.mistake(
    "coin-of-the-step-after",
    ko="시점 t에 읽을 것을 *다음* 시점의 동전 coins[t + 1]로 정했습니다. t에서 읽을 것은 coins[t]가 정합니다.",
    en="What is read at step t was decided by the coin *after*, coins[t + 1]. It is coins[t] that decides.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins.roll(-1)))


@teacher_forcing.mistake(
    "chosen-a-step-late",
    ko="걸음이 *끝난 뒤에* coins[t]와 inputs[:, t]로 다음 토큰을 골랐습니다. 그때는 벌써 다음 시점의 것을 고르는 것이므로 coins[t + 1]과 "
    "inputs[:, t + 1]이어야 합니다. 걸음을 시작할 때 고르면 coins[t]와 inputs[:, t]가 맞습니다.",
    en="The next token was chosen *after* the step, by coins[t] and inputs[:, t]. By then it is the next "
    "step's token that is chosen: coins[t + 1] and inputs[:, t + 1]. Choose at the beginning of a step, and "
    "coins[t] and inputs[:, t] are right.",
)
def _(decoder, h, inputs, coins):
    def feed(t, own):
        return inputs[:, 0] if t == 0 else inputs[:, t - 1] if coins[t - 1] else own

    return force(decoder, h, inputs, feed)


@teacher_forcing.mistake(
    "keeps-the-last-truth",
    ko="동전이 False일 때 앞서 읽은 *정답*을 다시 읽었습니다(else가 없을 때 그렇습니다). 그때는 디코더가 바로 앞에서 고른 토큰을 읽습니다.",
    en="Where the coin is False, the *truth* read before is read again, as happens without an else. Read "
    "the token the decoder chose one step before.",
)
def _(decoder, h, inputs, coins):
    last = [max(k for k in range(t + 1) if k == 0 or coins[k]) for t in range(len(coins))]
    return force(decoder, h, inputs, lambda t, own: inputs[:, last[t]])


@teacher_forcing.mistake(
    "global-sos",
    ko="시점 0에 노트북의 SOS를 넣었습니다. 읽을 것은 받은 `inputs[:, 0]`입니다. 다른 어휘에서는 <sos>의 번호가 다를 수 있습니다.",
    en="Step 0 reads the notebook's SOS. It is to read what was given, `inputs[:, 0]`: another vocabulary may number "
    "<sos> differently.",
)
def _(decoder, h, inputs, coins):
    inputs = inputs.clone()
    inputs[:, 0] = 1
    return force(decoder, h, inputs, truth_or_own(inputs, coins))


@teacher_forcing.mistake(
    "max-gives-a-pair",
    ko="`max(1)`은 (값, 자리)의 짝을 줍니다. `.indices`나 `argmax(1)`을 쓰세요.",
    en="`max(1)` gives a pair, values and places: take `.indices`, or use `argmax(1)`.",
)
def _(decoder, h, inputs, coins):
    steps, logits = [], None
    for t in range(inputs.shape[1]):
        token = inputs[:, t] if t == 0 or coins[t] else logits.max(1)
        logits, h = plain_step(decoder, token, h)
        steps.append(logits)
    return torch.stack(steps, 1)


@teacher_forcing.mistake(
    "state-and-logits-exchanged",
    ko="decoder_step은 (로짓, h)의 순서로 돌려줍니다: `logits, h = decoder_step(…)`",
    en="decoder_step returns (logits, h), in this order: `logits, h = decoder_step(…)`.",
)
def _(decoder, h, inputs, coins):
    steps, logits = [], None
    for t in range(inputs.shape[1]):
        token = inputs[:, t] if t == 0 or coins[t] else logits.argmax(1)
        h, logits = plain_step(decoder, token, h)
        steps.append(logits)
    return torch.stack(steps, 1)


@teacher_forcing.mistake(
    "reshaped",
    ko="reshape는 축을 바꾸지 않습니다. `dim=1`로 쌓으세요.",
    en="A reshape exchanges no axes: stack with `dim=1`.",
)
def _(decoder, h, inputs, coins):
    logits = force(decoder, h, inputs, truth_or_own(inputs, coins)).transpose(0, 1)  # (T, B, V)
    return logits.reshape(*inputs.shape, -1)


@teacher_forcing.mistake(
    "keeps-padding",
    ko="정답이 패딩인 칸에서는 동전이 False여도 패딩을 읽었습니다. coins[t]가 False이면 어느 줄이든 디코더가 스스로 고른 토큰을 읽습니다. 패딩은 손실에서 "
    "빠집니다.",
    en="Where the truth is padding, it is read even if the coin is False. With coins[t] False every row reads the "
    "decoder's own token; the padding is left out by the loss.",
)
def _(decoder, h, inputs, coins):
    def feed(t, own):
        truth = inputs[:, t]
        return truth if own is None or coins[t] else torch.where(truth == 0, truth, own)

    return force(decoder, h, inputs, feed)


LAST_STEP = next(m for m in teacher_forcing.mistakes if m.key == "last-step-only")


@teacher_forcing.mistake(
    "appended-after-the-loop",
    ko=LAST_STEP.ko + " `steps.append(…)`가 반복문 안에 있나요?",
    en=LAST_STEP.en + " Is `steps.append(…)` inside the loop?",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins))[:, -1:]


@teacher_forcing.mistake(
    "probabilities",
    ko="로짓이 아니라 소프트맥스를 거친 확률을 모았습니다. 소프트맥스는 손실이 스스로 합니다. 로짓을 그대로 모으세요.",
    en="Probabilities were collected and not logits. The loss does the softmax itself: collect the logits as they are.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins)).softmax(2)


@teacher_forcing.mistake(
    "tosses-its-own-coins",
    ko="동전을 새로 던졌습니다(`torch.rand`). 동전은 이미 던져져 `coins`에 있습니다: `coins[t]`",
    en="Coins were tossed anew, `torch.rand`. They have been tossed already and lie in `coins`: `coins[t]`.",
)
def _(decoder, h, inputs, coins):
    def feed(t, own):
        return inputs[:, t] if t == 0 or torch.rand(1) < 0.5 else own

    return force(decoder, h, inputs, feed)


@teacher_forcing.mistake(
    "no-gradient",
    ko="값은 맞지만 `no_grad`나 `.detach()`가 기울기를 끊어 디코더도 인코더도 배우지 못합니다. 로짓을 그대로 모으세요.",
    en="The values are right, but a `no_grad` or a `.detach()` cuts the gradient, and neither decoder nor encoder would "
    "learn. Collect the logits as they are.",
)
def _(decoder, h, inputs, coins):
    return force(decoder, h, inputs, truth_or_own(inputs, coins)).detach()


CUT_BETWEEN_STEPS = {
    "ko": "값은 맞지만 걸음과 걸음 사이에서 기울기가 끊깁니다(`h.detach()`나 일부 걸음의 `no_grad`). 그러면 뒤의 토큰에서 난 손실이 앞 "
    "걸음과 인코더를 가르치지 못합니다.",
    "en": "The values are right, but the gradient is cut between steps (an `h.detach()`, or a `no_grad` around some of them). "
    "A loss on a later token then teaches nothing to the steps before it, nor to the encoder.",
}


def cut_where(cut):
    def answer(decoder, h, inputs, coins):
        every, own = [], None
        for t in range(inputs.shape[1]):
            token = inputs[:, t] if own is None or coins[t] else own
            logits, h = plain_step(decoder, token, h.detach() if t and cut(coins[t]) else h)
            own = logits.argmax(1)
            every.append(logits)
        return torch.stack(every, 1)

    return answer


teacher_forcing.mistake("cut-at-each-step", **CUT_BETWEEN_STEPS)(cut_where(lambda coin: True))
teacher_forcing.mistake("cut-at-its-own-tokens", **CUT_BETWEEN_STEPS)(
    cut_where(lambda coin: not coin)
)


@teacher_forcing.mistake("no-gradient-at-its-own-tokens", **CUT_BETWEEN_STEPS)
def _(decoder, h, inputs, coins):
    every, own = [], None
    for t in range(inputs.shape[1]):
        token = inputs[:, t] if own is None or coins[t] else own
        with torch.set_grad_enabled(torch.is_grad_enabled() and bool(own is None or coins[t])):
            logits, h = plain_step(decoder, token, h)
        own = logits.argmax(1)
        every.append(logits)
    return torch.stack(every, 1)


teacher_forcing.hints(
    ko=[
        "시점마다 두 가지 가운데 하나를 읽습니다: 정답의 토큰, 아니면 바로 앞 걸음에서 디코더가 스스로 고른 토큰. 첫걸음에는 고른 것이 없습니다.",
        "시점 t에서 `t == 0 or coins[t]`이면 inputs[:, t], 아니면 앞 시점 로짓의 argmax(dim=1)를 decoder_step에 넣습니다. h는 매번 새것으로 바꿉니다.",
        "`for t in range(inputs.shape[1]):` 안에서 `if t == 0 or coins[t]: token = inputs[:, t]`, `else: token = logits.argmax(1)`, "
        "`logits, h = decoder_step(decoder, token, h)`, `steps.append(logits)`. 끝에 `return torch.stack(steps, dim=1)`",
    ],
    en=[
        "At every step one of two things is read: the token of the truth, or the one the decoder chose "
        "itself one step before. At the first step nothing has been chosen yet.",
        "At step t, hand inputs[:, t] to decoder_step if `t == 0 or coins[t]`, otherwise the argmax (dim=1) "
        "of the logits of the step before. Renew h each time.",
        "In `for t in range(inputs.shape[1]):` write `if t == 0 or coins[t]: token = inputs[:, t]`, `else: "
        "token = logits.argmax(1)`, `logits, h = decoder_step(decoder, token, h)`, "
        "`steps.append(logits)`; at the end `return torch.stack(steps, dim=1)`.",
    ],
)


# ---------------------------------------------------------------- greedy-decode


@exercise("greedy-decode", points=3, forbids=GRUS, all_or_nothing=True)
def greedy_decode(decoder, h, sos, eos, limit):
    # Each row alone, running the whole prefix anew for every token.
    rows_ = []
    for context in h:
        row = []
        while len(row) < limit:
            x = F.embedding(torch.tensor([[sos, *row]]), decoder["embedding"])
            state = gru(decoder, x, context[None, None])[0, -1]
            token = int(F.linear(state, decoder["W_out"], decoder["b_out"]).argmax())
            if token == eos:
                break
            row.append(token)
        rows_.append(row)
    return rows_


def write(decoder, h, first, steps, carry=True, feed=True):
    """Greedy tokens (B, steps), whatever is written."""
    token, written = torch.full((len(h),), first), []
    for _ in range(steps):
        logits, new = plain_step(decoder, token, h)
        h = new if carry else h
        chosen = logits.argmax(1)
        token = chosen if feed else token
        written.append(chosen)
    return torch.stack(written, 1)


def ends(written, eos):
    """Where each row of tokens says eos first; its width if it never does."""
    return [row.index(eos) if eos in row else len(row) for row in written.tolist()]


def cut(written, eos):
    return [row[:n] for row, n in zip(written.tolist(), ends(written, eos), strict=True)]


def early(row, n, limit):
    """Ends, and would go on writing."""
    return 0 < n < limit - 1 and any(token != row[n] for token in row[n:limit])


def later(row, n, limit):
    return 1 < n < limit - 1


def twice(row, n, limit):
    """Ends, and would say so again."""
    return 0 < n < limit - 1 and row[n] in row[n + 1 : limit]


def never(row, n, limit):
    return n == len(row)


def at_once(row, n, limit):
    return n == 0


@greedy_decode.cases
def _(draw):
    for tokens, limit, wanted, (sos, eos) in (
        (4, 6, [early], (1, 2)),
        (5, 6, [early, never, later], (1, 2)),
        (5, 7, [early, later, twice, later], (1, 2)),
        (6, 5, [at_once, later], (3, 0)),
        (5, 6, [never, early, later, early], (0, 4)),
        (5, 4, [never], (1, 2)),
        (4, 1, [never, at_once], (2, 1)),
    ):
        for _ in range(50):
            weights = decoder_weights(draw, tokens, 2, 3)
            pool = draw.normal(80, 3, dtype=DOUBLE)
            rows_ = write(weights, pool, sos, limit + 3)
            found = list(enumerate(zip(rows_.tolist(), ends(rows_, eos), strict=True)))
            chosen: list[int] = []
            for fits in wanted:
                fitting = [k for k, (row, n) in found if fits(row, n, limit) and k not in chosen]
                chosen += fitting[:1]
            lengths = [ends(rows_, eos)[k] for k in chosen]
            if len(chosen) < len(wanted) or len(set(lengths)) < min(len(wanted), 3):
                continue
            # After all have ended, some go on: it shows who waits for one <eos> of all.
            after = rows_[chosen, max(lengths) : limit] != eos
            if twice in wanted and not after.any(0)[:2].all():
                continue
            # Where sos is not the notebook's, it shows which of them is fed.
            if sos == 1 or (write(weights, pool[chosen], 1, 1) != rows_[chosen, :1]).any():
                break
        yield weights, pool[chosen], sos, eos, limit


@greedy_decode.accepts
def _(decoder, h, sos, eos, limit):
    token = torch.full((len(h),), sos)
    alive = torch.ones(len(h), dtype=torch.bool)
    rows_ = [[] for _ in h]
    for _ in range(limit):
        logits, h = plain_step(decoder, token, h)
        token = torch.max(logits, dim=1).indices
        alive = alive & (token != eos)
        for k in alive.nonzero()[:, 0].tolist():
            rows_[k].append(token[k].item())
        if not alive.any():
            break
    return rows_


@greedy_decode.accepts
def _(decoder, h, sos, eos, limit):
    return tuple(map(tuple, cut(write(decoder, h, sos, limit), eos)))


@greedy_decode.mistake(
    "never-stops",
    ko="<eos>가 나와도 멈추지 않고 limit까지 모두 돌려주었습니다. 줄마다 첫 <eos> 바로 앞까지만 남기세요.",
    en="It does not stop at <eos>: everything up to the limit came back. Keep each row only up to its first "
    "<eos>.",
)
def _(decoder, h, sos, eos, limit):
    return write(decoder, h, sos, limit).tolist()


@greedy_decode.mistake(
    "a-tensor",
    ko="텐서 하나를 돌려주었습니다. 줄마다 길이가 다르므로 결과는 리스트의 리스트이고, 줄마다 첫 <eos> 바로 앞까지입니다.",
    en="One tensor came back. Rows differ in length, so the result is a list of lists, each up to its first "
    "<eos>.",
)
def _(decoder, h, sos, eos, limit):
    return write(decoder, h, sos, limit)


@greedy_decode.mistake(
    "keeps-eos",
    ko="<eos>까지 결과에 넣었습니다. <eos>는 '끝'이라는 신호이지 번역의 일부가 아닙니다.",
    en="<eos> is kept in the result. It signals the end and is no part of the translation.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    return [row[: n + 1] for row, n in zip(written.tolist(), ends(written, eos), strict=True)]


@greedy_decode.mistake(
    "ignores-finished-rows",
    ko="<eos>를 낸 줄이 그 뒤에도 계속 씁니다. <eos>를 빼기만 했을 뿐 그 줄을 끝내지 않았습니다. 끝난 줄은 다른 줄이 무엇을 하든 더 쓰지 "
    "않습니다.",
    en="A row that has said <eos> goes on writing: the <eos> was dropped, but the row was not ended. A "
    "finished row writes nothing more, whatever the others do.",
)
def _(decoder, h, sos, eos, limit):
    return [[t for t in row if t != eos] for row in write(decoder, h, sos, limit).tolist()]


@greedy_decode.mistake(
    "first-ends-all",
    ko="한 줄이 끝나자 배치 전체가 멈추었습니다. 모든 줄이 끝났을 때(`all`) 멈춰야 합니다. 하나라도 끝났을 때(`any`)가 아닙니다.",
    en="The whole batch stops when the first row has ended. Stop when *all* rows have, not when *any* has.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    stop = min(ends(written, eos))
    return [row[:stop] for row in written.tolist()]


@greedy_decode.mistake(
    "row-zero-decides",
    ko="0번 줄이 끝나자 배치 전체가 멈추었습니다. 줄마다 따로 끝납니다.",
    en="The whole batch stops when row 0 has ended. Each row ends for itself.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    stop = ends(written, eos)[0]
    return [row[:stop] for row in cut(written, eos)]


@greedy_decode.mistake(
    "waits-for-one-step",
    ko="모든 줄이 *같은 걸음에* <eos>를 낼 때에야 멈춥니다(`(token == eos).all()`). 먼저 끝난 줄은 계속 씁니다. 끝난 적이 있는 줄을 기억해 "
    "두세요.",
    en="It stops only when all rows say <eos> *at the same step*, `(token == eos).all()`, and rows that "
    "ended earlier go on writing. Remember which rows have ended.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    together = (written == eos).all(0).tolist()
    stop = together.index(True) + 1 if True in together else limit
    return [row[:stop] for row in written.tolist()]


@greedy_decode.mistake(
    "drops-the-last",
    ko="<eos>를 내지 않고 limit에 이른 줄에서도 마지막 토큰을 잘랐습니다. 자를 것은 <eos>뿐입니다.",
    en="A row that reaches the limit without an <eos> loses its last token too. Only <eos> is to be cut off.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    at = ends(written, eos)
    return [row[: min(n, limit - 1)] for row, n in zip(written.tolist(), at, strict=True)]


@greedy_decode.mistake(
    "one-too-many",
    ko="limit보다 한 토큰 많이 썼습니다. `range(limit)`이면 꼭 limit 걸음입니다.",
    en="One token more than the limit was written. `range(limit)` makes exactly limit steps.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, sos, limit + 1), eos)


@greedy_decode.mistake(
    "no-limit",
    ko="limit을 지키지 않았습니다. <eos>를 끝내 내지 않는 줄이 있으면 이 코드는 영원히 돕니다.",
    en="The limit is not kept. If there is a row that never says <eos>, this code runs for ever.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, sos, limit + 3), eos)


@greedy_decode.mistake(
    "keeps-sos",
    ko="결과가 <sos>로 시작합니다. <sos>는 디코더에 넣는 신호이고, 쓴 것은 그다음부터입니다.",
    en="The result begins with <sos>. That is a signal for the decoder; what it writes comes after.",
)
def _(decoder, h, sos, eos, limit):
    return [[sos, *row] for row in cut(write(decoder, h, sos, limit), eos)]


@greedy_decode.mistake(
    "starts-with-eos",
    ko="<sos> 대신 <eos>를 먹이며 시작했습니다.",
    en="Decoding starts by feeding <eos> where it should be <sos>.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, eos, limit), eos)


@greedy_decode.mistake(
    "feeds-sos-for-ever",
    ko="걸음마다 <sos>를 먹였습니다. 방금 고른 토큰이 다음 걸음의 입력입니다.",
    en="<sos> is fed at every step. The token just chosen is the next step's input.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, sos, limit, feed=False), eos)


@greedy_decode.mistake(
    "state-not-carried",
    ko="걸음마다 문맥에서 다시 시작했습니다. decoder_step이 돌려준 새 h를 다음 걸음에 넘기세요.",
    en="Every step starts from the context again. Hand the new h that decoder_step returns to the next step.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, sos, limit, carry=False), eos)


@greedy_decode.mistake(
    "least-likely",
    ko="가장 *작은* 로짓의 토큰을 골랐습니다. 가장 그럴듯한 것은 argmax입니다.",
    en="The token of the *smallest* logit was chosen. The likeliest is the argmax.",
)
def _(decoder, h, sos, eos, limit):
    flipped = decoder | {"W_out": -decoder["W_out"], "b_out": -decoder["b_out"]}
    return cut(write(flipped, h, sos, limit), eos)


@greedy_decode.mistake(
    "transposed",
    ko="걸음마다의 리스트를 돌려주었습니다(limit × B). 문장마다의 리스트가 필요합니다: 쌓은 다음 `dim=1`로 시점을 두고 줄을 읽으세요.",
    en="A list for each step came back, limit × B. What is asked for is a list for each sentence: stack with "
    "time as `dim=1`, then read the rows.",
)
def _(decoder, h, sos, eos, limit):
    return write(decoder, h, sos, limit).T.tolist()


@greedy_decode.mistake(
    "every-row-has-eos",
    ko="<eos>가 없는 줄에서 `row.index(eos)`가 ValueError를 냈습니다. <eos>를 내지 않은 줄은 limit개 그대로 둡니다.",
    en="`row.index(eos)` raised a ValueError for a row without an <eos>. Such a row keeps all its limit "
    "tokens.",
)
def _(decoder, h, sos, eos, limit):
    return [row[: row.index(eos)] for row in write(decoder, h, sos, limit).tolist()]


@greedy_decode.mistake(
    "global-ids",
    ko="인자 sos, eos 대신 노트북의 SOS, EOS를 썼습니다. 함수는 받은 번호를 써야 합니다.",
    en="The notebook's SOS and EOS are used in place of the arguments sos and eos. A function must use the "
    "ids it is given.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, 1, limit), 2)


@greedy_decode.mistake(
    "global-sos",
    ko="인자 sos 대신 노트북의 SOS를 먹이며 시작했습니다. 함수는 받은 번호를 써야 합니다.",
    en="Decoding starts by feeding the notebook's SOS in place of the argument sos. A function must use the ids it is given.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, 1, limit), eos)


@greedy_decode.mistake(
    "global-eos",
    ko="인자 eos 대신 노트북의 EOS에서 잘랐습니다. 함수는 받은 번호를 써야 합니다.",
    en="Rows are cut at the notebook's EOS in place of the argument eos. A function must use the ids it is given.",
)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, sos, limit), 2)


@greedy_decode.mistake(
    "cut-at-the-last-eos",
    ko="*마지막* <eos>에서 잘랐습니다. 줄은 *첫* <eos>에서 끝나고, 그 뒤에 쓴 것은 모두 버립니다. `row.index(eos)`가 첫 자리를 줍니다(반복문으로 "
    "찾는다면 찾자마자 `break`하세요).",
    en="Rows are cut at their *last* <eos>. A row ends at its *first*, and whatever it wrote behind that goes: "
    "`row.index(eos)` is the first place (if a loop looks for it, `break` as soon as it is found).",
)
def _(decoder, h, sos, eos, limit):
    rows_ = write(decoder, h, sos, limit).tolist()
    back = [row[::-1] for row in rows_]
    return [
        row[: limit - 1 - other.index(eos)] if eos in row else row
        for row, other in zip(rows_, back, strict=True)
    ]


@greedy_decode.mistake(
    "skips-eos-until-together",
    ko="<eos>는 뺐지만 `(token == eos).all()`은 모든 줄이 *같은 걸음에* <eos>를 낼 때만 True입니다. 먼저 끝난 줄이 그사이 계속 씁니다. 끝난 적이 "
    "있는 줄을 기억해 두세요.",
    en="<eos> is left out, but `(token == eos).all()` is True only when all rows say it *at the same step*, "
    "and rows that ended earlier go on writing. Remember which rows have ended.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    together = (written == eos).all(0).tolist()
    stop = together.index(True) if True in together else limit
    return [[t for t in row[:stop] if t != eos] for row in written.tolist()]


FIRST_ENDS_ALL = next(m for m in greedy_decode.mistakes if m.key == "first-ends-all")


@greedy_decode.mistake("first-ends-all-and-cut", ko=FIRST_ENDS_ALL.ko, en=FIRST_ENDS_ALL.en)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    return cut(written[:, : min(ends(written, eos)) + 1], eos)


def until(decoder, h, sos, eos, limit, stop, after):
    """Only eos is left out, of every row, up to the step in which the walk stops."""
    written = write(decoder, h, sos, limit)
    steps = stop(ends(written, eos)) + after
    return [[t for t in row[:steps] if t != eos] for row in written.tolist()]


BY_KEY = {m.key: m for m in greedy_decode.mistakes}
GOES_ON, ROW_ZERO = BY_KEY["ignores-finished-rows"], BY_KEY["row-zero-decides"]


@greedy_decode.mistake("ignores-finished-rows-until-all-have", ko=GOES_ON.ko, en=GOES_ON.en)
def _(decoder, h, sos, eos, limit):
    return until(decoder, h, sos, eos, limit, max, 0)


@greedy_decode.mistake("ignores-finished-rows-and-then-stops", ko=GOES_ON.ko, en=GOES_ON.en)
def _(decoder, h, sos, eos, limit):
    return until(decoder, h, sos, eos, limit, max, 1)


@greedy_decode.mistake("row-zero-stops-before-writing", ko=ROW_ZERO.ko, en=ROW_ZERO.en)
def _(decoder, h, sos, eos, limit):
    return until(decoder, h, sos, eos, limit, lambda found: found[0], 0)


@greedy_decode.mistake("row-zero-stops-after-writing", ko=ROW_ZERO.ko, en=ROW_ZERO.en)
def _(decoder, h, sos, eos, limit):
    return until(decoder, h, sos, eos, limit, lambda found: found[0], 1)


@greedy_decode.mistake("row-zero-decides-after-writing", ko=ROW_ZERO.ko, en=ROW_ZERO.en)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    stop = ends(written, eos)[0] + 1
    return [row[:stop] for row in cut(written, eos)]


TRANSPOSED = next(m for m in greedy_decode.mistakes if m.key == "transposed")


@greedy_decode.mistake("transposed-and-cut", ko=TRANSPOSED.ko, en=TRANSPOSED.en)
def _(decoder, h, sos, eos, limit):
    return cut(write(decoder, h, sos, limit).T, eos)


ONE_LIST = {
    "ko": "모든 줄이 *같은* 리스트 하나입니다. `[[]] * B`는 리스트 하나에 이름을 B개 붙일 뿐입니다(1장). 줄마다 새로 만드세요: `[[] for _ in h]`",
    "en": "All rows are *one* list: `[[]] * B` makes a single list under B names (chapter 1). Make a new one for each, "
    "`[[] for _ in h]`.",
}


def into_one_list(decoder, h, sos, eos, limit, ended):
    rows_ = [[]] * len(h)
    for tokens in write(decoder, h, sos, limit).T.tolist():
        for row, token in zip(rows_, tokens, strict=True):
            if not ended(row):
                row.append(token)
    return [row[: row.index(eos)] if eos in row else row for row in rows_]


@greedy_decode.mistake("one-list", **ONE_LIST)
def _(decoder, h, sos, eos, limit):
    return into_one_list(decoder, h, sos, eos, limit, lambda row: False)


@greedy_decode.mistake("one-list-until-eos", **ONE_LIST)
def _(decoder, h, sos, eos, limit):
    return into_one_list(decoder, h, sos, eos, limit, lambda row: eos in row)


@greedy_decode.mistake("one-list-of-the-living", **ONE_LIST)
def _(decoder, h, sos, eos, limit):
    rows_ = [[]] * len(h)
    alive = [True] * len(h)
    for tokens in write(decoder, h, sos, limit).T.tolist():
        for k, token in enumerate(tokens):
            alive[k] = alive[k] and token != eos
            if alive[k]:
                rows_[k].append(token)
    return rows_


@greedy_decode.mistake("one-list-without-eos", **ONE_LIST)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit)
    steps = written[:, : max(ends(written, eos)) + 1].T.tolist()
    return [[t for tokens in steps for t in tokens if t != eos]] * len(h)


ENDS_THE_WALK = {
    "ko": "한 줄의 <eos>가 *다른 줄들*까지 건너뛰게 했습니다. 줄을 도는 반복문 안의 `break`나 `return`은 그 걸음의 나머지 줄을 모두 끝냅니다. 끝난 줄을 기억해 두고 그 줄만 더 쓰지 마세요.",
    "en": "One row's <eos> ends the turn of *the others*: a `break` or `return` in the loop over the rows leaves out all "
    "that come after. Remember which rows have ended, and stop writing to those only.",
}


@greedy_decode.mistake("breaks-the-walk", **ENDS_THE_WALK)
def _(decoder, h, sos, eos, limit):
    rows_ = [[] for _ in h]
    for tokens in write(decoder, h, sos, limit).T.tolist():
        for row, token in zip(rows_, tokens, strict=True):
            if token == eos:
                break
            row.append(token)
    return rows_


@greedy_decode.mistake("returns-in-the-walk", **ENDS_THE_WALK)
def _(decoder, h, sos, eos, limit):
    rows_ = [[] for _ in h]
    for tokens in write(decoder, h, sos, limit).T.tolist():
        for row, token in zip(rows_, tokens, strict=True):
            if token == eos:
                return rows_
            row.append(token)
    return rows_


@greedy_decode.mistake(
    "trailing-eos-only",
    ko="줄 *끝에* 있는 <eos>만 떼었습니다. 끝난 줄이 그 뒤에 다른 토큰을 쓰면 남습니다. *첫* <eos>에서 자르세요.",
    en="Only an <eos> *at the end* of a row is taken off; what a finished row wrote behind it stays. Cut at the *first* "
    "<eos>.",
)
def _(decoder, h, sos, eos, limit):
    rows_ = write(decoder, h, sos, limit).tolist()
    for row in rows_:
        while row and row[-1] == eos:
            row.pop()
    return rows_


@greedy_decode.mistake(
    "unended-rows-are-empty",
    ko="<eos>를 내지 않은 줄이 비었습니다. 그런 줄은 쓴 토큰 limit개를 그대로 둡니다: `else row`",
    en="A row that never said <eos> came out empty. It keeps all the limit tokens it wrote: `else row`.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit).tolist()
    return [row[: row.index(eos)] if eos in row else [] for row in written]


@greedy_decode.mistake(
    "one-short-of-eos",
    ko="<eos> 바로 앞의 토큰까지 잘랐습니다. `row[:k]`는 k번을 이미 빼고 있으니 1을 더 빼지 마세요: `row[: row.index(eos)]`",
    en="The token right before <eos> was cut off too. `row[:k]` leaves out number k already, so do not subtract 1: "
    "`row[: row.index(eos)]`.",
)
def _(decoder, h, sos, eos, limit):
    written = write(decoder, h, sos, limit).tolist()
    return [row[: row.index(eos) - 1] if eos in row else row for row in written]


@greedy_decode.mistake(
    "rows-are-tensors",
    ko="줄이 아직 텐서입니다. `.tolist()`를 부르면 `index`가 있는 리스트가 됩니다: `torch.stack(steps, dim=1).tolist()`",
    en="These rows are still tensors. `.tolist()` makes lists, which have an `index`: "
    "`torch.stack(steps, dim=1).tolist()`.",
)
def _(decoder, h, sos, eos, limit):
    return [row[: row.index(eos)] if eos in row else row for row in write(decoder, h, sos, limit)]


greedy_decode.hints(
    ko=[
        "고치려면 세 가지가 필요합니다: 걸음 수의 한도, 줄마다 따로 끝나는 것, <eos>를 결과에 넣지 않는 것. 가장 쉬운 길은 limit까지 다 쓰게 하고 "
        "나중에 자르는 것입니다.",
        "먼저 limit 걸음 동안 (B,)짜리 토큰을 모아 `torch.stack(…, dim=1)`로 (B, limit)을 만듭니다. 그다음 줄마다 첫 <eos>의 자리 앞까지만 남깁니다. "
        "<eos>가 없는 줄은 그대로입니다.",
        "`for _ in range(limit):` 안에서 `logits, h = decoder_step(decoder, token, h)`, `token = logits.argmax(1)`, `steps.append(token)`. 그리고 "
        "`for row in torch.stack(steps, dim=1).tolist(): rows.append(row[: row.index(eos)] if eos in row else row)`",
    ],
    en=[
        "Three things need mending: a limit on the steps, every row ending for itself, and <eos> left out "
        "of the result. The easiest way is to let all write to the limit and cut afterwards.",
        "Collect the (B,) tokens of limit steps and make (B, limit) of them with `torch.stack(…, dim=1)`. "
        "Then keep each row up to the place of its first <eos>; a row without one stays whole.",
        "In `for _ in range(limit):` write `logits, h = decoder_step(decoder, token, h)`, `token = "
        "logits.argmax(1)`, `steps.append(token)`. Then `for row in torch.stack(steps, dim=1).tolist(): "
        "rows.append(row[: row.index(eos)] if eos in row else row)`.",
    ],
)


# ---------------------------------------------------------------- exact-match


@exercise("exact-match")
def exact_match(predictions, references):
    texts = [[" ".join(map(str, ids)) for ids in side] for side in (predictions, references)]
    same = sum(map(str.__eq__, *texts))
    return same / len(references)


@exact_match.cases
def _(draw):
    yield [[1, 2, 3], [4, 5]], [[1, 2, 3], [4, 6]]
    yield [[1, 2, 3], [4, 5], [6, 7], [8, 9, 9]], [[1, 2, 3], [5, 4], [6, 7], [8, 9]]
    yield [[3, 4]], [[3, 4]]
    yield [[5], [3, 3], []], [[5, 6], [3], []]
    yield [[1, 2], [3, 4]], [[3, 4], [1, 2]]  # right, but each in the other's place
    yield [[5], [5], [7]], [[5], [5], [8]]
    yield [[1, 23], [4]], [[12, 3], [4]]
    yield [[5, 0], [4, 2], [1, 6], [7]], [[5], [4], [6], [7]]
    for _ in range(3):
        references = [draw.integers(3, 12, draw.integer(2, 5)).tolist() for _ in range(4)]
        references += [[3, 7, 5, 5], [9, 4, 8, 4], [6, 6, 7]]
        predictions = [list(ids) for ids in references]
        predictions[0][-1] += 1
        predictions[-3] = [7, 3, 5, 5]
        predictions[-2] = [9, 4, 8]
        predictions[-1] = [6, 6, 7, 7]
        order = draw.permutation(7).tolist()
        yield [predictions[k] for k in order], [references[k] for k in order]


@exact_match.accepts
def _(predictions, references):
    right = torch.tensor([list(p) == list(r) for p, r in zip(predictions, references, strict=True)])
    return right.double().mean().item()


@exact_match.accepts
def _(predictions, references):
    wrong = 0
    for k in range(len(references)):
        wrong += tuple(predictions[k]) != tuple(references[k])
    return 1 - wrong / len(references)


def pairs_of(predictions, references):
    return list(zip(predictions, references, strict=True))


@exact_match.mistake(
    "token-accuracy",
    ko="맞힌 *토큰*의 비율입니다. 완전 일치는 시퀀스 하나를 통째로 봅니다. 전화번호에서 한 자리만 틀려도 전화는 안 걸립니다.",
    en="This is the share of right *tokens*. An exact match takes a sequence as a whole: with one wrong "
    "digit, nobody answers the phone.",
)
def _(predictions, references):
    right = sum(a == b for p, r in pairs_of(predictions, references) for a, b in zip(p, r))  # noqa: B905
    return right / sum(map(len, references))


@exact_match.mistake(
    "mean-of-token-accuracies",
    ko="시퀀스마다 맞힌 토큰의 비율을 평균했습니다. 완전 일치에서 시퀀스는 맞거나(1) 틀리거나(0) 둘 중 하나입니다.",
    en="The share of right tokens was averaged over the sequences. For an exact match a sequence is right "
    "(1) or wrong (0), nothing in between.",
)
def _(predictions, references):
    shares = [sum(a == b for a, b in zip(p, r)) / max(len(r), 1) if r else 1.0 for p, r in pairs_of(predictions, references)]  # noqa: B905  # fmt: skip
    return sum(shares) / len(shares)


@exact_match.mistake(
    "zip-cuts",
    ko="길이를 비교하지 않았습니다. `zip`은 짧은 쪽에서 멈추므로, 12와 123이 같다고 합니다. 리스트끼리 `==`로 비교하세요.",
    en="Lengths are not compared. `zip` stops at the shorter one, so 12 and 123 count as equal. Compare the "
    "lists themselves with `==`.",
)
def _(predictions, references):
    right = [all(a == b for a, b in zip(p, r)) for p, r in pairs_of(predictions, references)]  # noqa: B905
    return sum(right) / len(right)


@exact_match.mistake(
    "ignores-order",
    ko="정렬하거나 집합으로 만들어 비교하면 순서를 잃습니다. 54와 45는 다릅니다.",
    en="Sorting, or making sets, loses the order: 54 is not 45.",
)
def _(predictions, references):
    return sum(sorted(p) == sorted(r) for p, r in pairs_of(predictions, references)) / len(
        references
    )


@exact_match.mistake(
    "sets",
    ko="집합으로 만들어 비교하면 순서도, 같은 토큰이 몇 번 나왔는지도 잃습니다. 3과 33은 다릅니다.",
    en="Comparing sets loses the order and how often a token occurs: 3 is not 33.",
)
def _(predictions, references):
    return sum(set(p) == set(r) for p, r in pairs_of(predictions, references)) / len(references)


@exact_match.mistake(
    "count",
    ko="맞힌 개수를 돌려주었습니다. 시퀀스의 수로 나누어 비율을 구하세요.",
    en="The number of matches came back. Divide by the number of sequences to get the share.",
)
def _(predictions, references):
    return sum(p == r for p, r in pairs_of(predictions, references))


@exact_match.mistake(
    "percent",
    ko="백분율입니다. 0과 1 사이의 비율로 돌려주세요.",
    en="This is a percentage. Return a share between 0 and 1.",
)
def _(predictions, references):
    return 100 * sum(p == r for p, r in pairs_of(predictions, references)) / len(references)


@exact_match.mistake(
    "error-rate",
    ko="*틀린* 비율입니다. 맞은 비율을 돌려주세요.",
    en="This is the share that is *wrong*. Return the share that is right.",
)
def _(predictions, references):
    return sum(p != r for p, r in pairs_of(predictions, references)) / len(references)


@exact_match.mistake(
    "lengths-only",
    ko="길이만 비교했습니다. 토큰도 모두 같아야 합니다.",
    en="Only the lengths are compared. All tokens must be equal too.",
)
def _(predictions, references):
    return sum(len(p) == len(r) for p, r in pairs_of(predictions, references)) / len(references)


@exact_match.mistake(
    "anywhere",
    ko="예측이 정답들 *어딘가에* 있으면 맞다고 했습니다. k번 예측은 k번 정답과 비교합니다.",
    en="A prediction counts if it stands *anywhere* among the references. Compare prediction k with "
    "reference k.",
)
def _(predictions, references):
    return sum(p in references for p in predictions) / len(references)


ALL_OR_NOTHING = {
    "ko": "결과가 0과 1뿐입니다. 두 묶음을 통째로 비교했거나(`predictions == references`) `//`로 나누어 소수를 "
    "잃었습니다. 짝마다 비교하고 `/`로 나누세요.",
    "en": "Only 0 or 1 ever comes out. Either the two collections were compared as a whole, "
    "`predictions == references`, or `//` lost the fraction. Compare pair by pair and divide with `/`.",
}


@exact_match.mistake("whole-lists", **ALL_OR_NOTHING)
def _(predictions, references):
    return float(predictions == references)


@exact_match.mistake("whole-lists-as-they-are", **ALL_OR_NOTHING)
def _(predictions, references):
    return predictions == references


@exact_match.mistake("rounded-down", **ALL_OR_NOTHING)
def _(predictions, references):
    return sum(p == r for p, r in pairs_of(predictions, references)) // len(references)


TOKENS = next(m for m in exact_match.mistakes if m.key == "token-accuracy")


@exact_match.mistake("accuracy-of-the-tokens-met", ko=TOKENS.ko, en=TOKENS.en)
def _(predictions, references):
    pairs = [pair for p, r in pairs_of(predictions, references) for pair in zip(p, r)]  # noqa: B905
    return sum(a == b for a, b in pairs) / len(pairs)


EVERY_PAIR = {
    "ko": "예측마다 *모든* 정답과 비교했습니다. k번 예측은 k번 정답하고만 비교합니다: `zip(predictions, references)`",
    "en": "Every prediction was compared with *every* reference. Prediction k belongs to reference k alone: "
    "`zip(predictions, references)`.",
}


@exact_match.mistake("every-pair", **EVERY_PAIR)
def _(predictions, references):
    return sum(p == r for p in predictions for r in references) / len(references)


@exact_match.mistake("share-of-every-pair", **EVERY_PAIR)
def _(predictions, references):
    pairs = [p == r for p in predictions for r in references]
    return sum(pairs) / len(pairs)


@exact_match.mistake(
    "joined-to-strings",
    ko='번호를 글자로 이어 붙여 비교했습니다. [1, 23]과 [12, 3]이 둘 다 "123"이 됩니다. 리스트끼리 `==`로 비교하세요.',
    en='The ids were joined to strings: [1, 23] and [12, 3] both become "123". Compare the lists themselves with '
    "`==`.",
)
def _(predictions, references):
    texts = [["".join(map(str, ids)) for ids in side] for side in (predictions, references)]
    return sum(map(str.__eq__, *texts)) / len(references)


FILLED_OR_DROPPED = {
    "ko": "채우거나 뺀 다음에 비교했습니다. 0이나 다른 작은 번호도 여기서는 토큰 하나입니다: [5, 0]과 [5]는 다릅니다. 받은 리스트를 그대로 `==`로 비교하세요.",
    "en": "Something was filled in or dropped before comparing. Here 0, or another small id, is a token like any other: "
    "[5, 0] is not [5]. Compare the lists as they are, with `==`.",
}


@exact_match.mistake("padded-with-zero", **FILLED_OR_DROPPED)
def _(predictions, references):
    padded = rows([*predictions, *references], 0)
    same = padded[: len(references)] == padded[len(references) :]
    return same.all(1).double().mean().item()


def register_dropped(key, dropped):
    @exact_match.mistake(key, **FILLED_OR_DROPPED)
    def _(predictions, references):
        kept = [[[k for k in ids if k not in dropped] for ids in side] for side in (predictions, references)]  # fmt: skip
        return sum(p == r for p, r in pairs_of(*kept)) / len(references)


register_dropped("drops-zeros", (0,))
register_dropped("drops-the-special-ids", (0, 1, 2))


@exact_match.mistake(
    "first-pair-only",
    ko="첫 짝만 보았습니다. `return`이 반복문 안에 있지 않은지 보세요.",
    en="Only the first pair was looked at. Is the `return` inside the loop?",
)
def _(predictions, references):
    return (predictions[0] == references[0]) / len(references)


@exact_match.mistake(
    "divides-by-the-first-length",
    ko="첫 정답의 *길이*로 나누었습니다. 나눌 것은 시퀀스의 수, `len(references)`입니다.",
    en="The count was divided by the *length* of the first reference. Divide by the number of sequences, "
    "`len(references)`.",
)
def _(predictions, references):
    return sum(p == r for p, r in pairs_of(predictions, references)) / len(references[0])


exact_match.hints(
    ko=[
        "시퀀스 하나하나를 맞았다, 틀렸다로만 봅니다. 길이도 토큰도 순서도 모두 같아야 맞은 것입니다.",
        "파이썬 리스트의 `==`는 길이와 모든 원소를 순서대로 비교합니다. 짝을 이루는 것은 `zip`, True를 세는 것은 `sum`입니다.",
        "`return sum(p == r for p, r in zip(predictions, references)) / len(references)`",
    ],
    en=[
        "Each sequence is either right or wrong. It is right if its length, its tokens and their order all "
        "agree.",
        "`==` between Python lists compares length and all elements in order. `zip` pairs them up, `sum` "
        "counts the True ones.",
        "`return sum(p == r for p, r in zip(predictions, references)) / len(references)`.",
    ],
)
