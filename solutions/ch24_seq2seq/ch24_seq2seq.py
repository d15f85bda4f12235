# ---
# jupyter:
#   course:
#     ko: 시퀀스에서 시퀀스로
#     en: Sequence to sequence
#     minutes: 110
# ---

# %% [markdown] lang="ko"
# # 24장. 시퀀스에서 시퀀스로
#
# **누구를 위한 장인가요?** 문장을 *읽는* 신경망은 만들어 보았고, 이제 읽은 것을 다른 말로 *쓰는* 신경망을 만들고 싶은 사람. 이 강좌의 마지막 장입니다.
#
# **걸리는 시간** 약 110분 · **먼저 알아야 할 것** 교차 엔트로피(7장), 패딩과 마스크(21장), GRU 셀(22장). 클리핑(20장)과 학습률 스케줄(8장)은 가져다 쓰기만 합니다
#
# **이 장을 마치면**
#
# - 인코더와 디코더를 손으로 만들고, 길이가 다른 두 시퀀스를 이어 줄 수 있습니다.
# - 정답을 보여 주며 가르치는 방법(교사 강요, teacher forcing)과 그 부작용을 말할 수 있습니다.
# - 한 배치의 문장들이 저마다 다른 때에 멈추도록 쓰게 할 수 있습니다.
# - 문장 하나를 벡터 하나에 담는 일의 한계를 재고, 어텐션이 왜 나왔는지 말할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 24. Sequence to sequence
#
# **Who is this for?** You have built networks that *read* a sentence; now you want one that *writes* what it has read in another language. This is the last chapter of the course.
#
# **Time** about 110 minutes · **You need** cross entropy (chapter 7), padding and masks (chapter 21), the GRU cell (chapter 22). Clipping (chapter 20) and a learning rate schedule (chapter 8) are merely used
#
# **Afterwards you can**
#
# - build an encoder and a decoder by hand, and join two sequences of different lengths,
# - explain how to teach by showing the right answer (teacher forcing), and its side effect,
# - let the sentences of a batch stop writing at different times,
# - measure the limits of packing a sentence into one vector, and say why attention was invented.

# %%
import re

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import FancyBboxPatch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.korean import use_hangul_font

plots.use_course_style()
use_hangul_font()

# %% lang="ko"
open_chapter("ch24_seq2seq", "ko")

# %% lang="en"
open_chapter("ch24_seq2seq", "en")

# %% [markdown] lang="ko"
# ## 1. 길이가 맞지 않습니다
#
# 은행 창구에서 "삼십만 이천오 원이요" 하고 들으면 여러분은 302005라고 적습니다. 이 일을 신경망에게 시켜 봅시다. 우리말 수를 *듣고* 숫자를 *쓰는* 것입니다. 답이 맞았는지 틀렸는지 한눈에 보이고, 문제를 얼마든지 만들 수 있어서 번역을 배우기에 더없이 좋은 연습입니다.
#
# 우리말의 수는 네 자리(만)마다 끊어 읽습니다. 그리고 천, 백, 십 앞의 '일'은 말하지 않습니다. 1234는 '일천이백삼십사'가 아니라 **천이백삼십사**이고, 10000은 그냥 **만**입니다.

# %% [markdown] lang="en"
# ## 1. The lengths do not match
#
# Hear "삼십만 이천오" at a Korean bank counter, and you write 302005. Let a network do that: *hear* a Korean number and *write* its digits. One sees at a glance whether an answer is right, and there are as many questions as one likes: there is no better practice for translating.
#
# You need no Korean, only these thirteen syllables. The digits 1 to 9 are “일 이 삼 사 오 육 칠 팔 구”; 십 is ten, 백 hundred, 천 thousand, 만 ten thousand. 이백 is "two hundred", and nothing is said for a zero. Numbers are grouped by four digits, at 만. And Koreans do not say "one" before ten, hundred and thousand: 1234 is not 일천이백삼십사 but **천이백삼십사**, and 10000 is just **만**.

# %%
DIGITS = "영일이삼사오육칠팔구"


def below_10000(n):
    """The words of 1 … 9999: 천이백삼십사, without 일 before 천, 백 and 십."""
    words = ""
    for unit, name in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        digit = n // unit % 10
        if digit > 0:
            words += name if digit == 1 and name else DIGITS[digit] + name
    return words


def number_words(n):
    """The Korean words of 1 … 99,999,999, with a space after 만, as they are written."""
    high, low = divmod(n, 10000)
    if high == 0:
        return below_10000(low)
    ten_thousands = "만" if high == 1 else below_10000(high) + "만"
    return f"{ten_thousands} {below_10000(low)}".strip()


for n in (7, 15, 1234, 4000, 10000, 11111, 302005, 999999):
    print(f"{n:7d}  {number_words(n)}")

# %% [markdown] lang="ko"
# 19장의 many-to-many RNN은 시점마다 하나를 읽고 하나를 썼습니다. 여기서는 그럴 수 없습니다. **사천**은 두 글자인데 4000은 네 자리이고, **천백십일**은 네 글자에 1111도 네 자리입니다. 읽은 글자 수를 알아도 쓸 자리 수를 모릅니다.

# %% [markdown] lang="en"
# The many-to-many RNN of chapter 19 read one thing and wrote one thing at each step. Here that is impossible. **사천** has two syllables but 4000 has four digits; **천백십일** has four syllables, and 1111 four digits too. Knowing how many syllables were read does not tell how many digits to write.

# %%
def draw_numbers(count, seed):
    """Different numbers below a million in random order, the shorter ones as often as they can."""
    generator = torch.Generator().manual_seed(seed)
    zeros = torch.randint(0, 6, (4 * count,), generator=generator)  # (4 · count,)
    shares = torch.rand(4 * count, generator=generator, dtype=torch.float64)  # (4 · count,)
    drawn = [int(10**k * (1 + 9 * u)) for k, u in zip(zeros.tolist(), shares.tolist())]
    different = sorted(set(drawn))
    order = torch.randperm(len(different), generator=generator).tolist()
    return [different[k] for k in order[:count]]


numbers = draw_numbers(9000, seed=0)
held_out, training = numbers[:1000], numbers[1000:]
print("numbers to train on:", len(training), "of 999,999; held out:", len(held_out))
print("in both:", len(set(training) & set(held_out)))

counts = torch.zeros(11, 6)  # (syllables, digits)
for n in numbers:
    counts[len(number_words(n).replace(" ", "")) - 1, len(str(n)) - 1] += 1
figure, (ax,) = plots.axes(1, width=4.6, height=3.4)
shown = counts / counts.sum(0)  # (syllables, digits): shares of each column
plots.heatmap(ax, shown, cmap="Blues")
ax.set_xticks(range(6), range(1, 7))
ax.set_yticks(range(11), range(1, 12))
plots.label(ax, "Syllables do not tell the number of digits", "digits", "syllables")
plt.show()

# %% [markdown] lang="ko"
# 그림의 가로줄 하나를 따라가 보세요. 음절이 일곱이어도 숫자는 네 자리일 수도, 다섯 자리일 수도, 여섯 자리일 수도 있습니다. 색은 자릿수마다 음절 수의 비율입니다.
#
# 게다가 **끝까지 들어야** 합니다. "삼십"까지 듣고 30을 쓰기 시작했는데 다음이 "만"이면 300000이었던 것입니다. 번역도 같습니다. 우리말은 "가지 않았다"처럼 부정이 문장 끝에 옵니다.
#
# 그래서 일을 둘로 나눕니다. **인코더(encoder)** 는 끝까지 읽어서 벡터 하나를 남깁니다. **디코더(decoder)** 는 그 벡터를 받아 한 토큰(token)씩 쓰고, 다 썼다고 스스로 말할 때 멈춥니다. 둘 사이를 건너가는 벡터가 **문맥 벡터(context vector)** 입니다. 이 얼개를 시퀀스-투-시퀀스(sequence to sequence), 줄여서 Seq2Seq라고 합니다.

# %% [markdown] lang="en"
# Follow one row of the picture: a number of seven syllables may have four digits, five, or six. The colour is each syllable count's share among the numbers with so many digits.
#
# And one has to listen **to the end**. You hear 삼십 and begin to write 30; then comes 만, and it was 300000. Translating is no different: in Korean even the "not" of a sentence comes at its end.
#
# So the work is divided. The **encoder** reads to the end and leaves one vector behind. The **decoder** takes that vector and writes one token at a time, until it says itself that it is done. The vector that crosses between them is the **context vector**. This plan is called sequence to sequence, or Seq2Seq.

# %% jupyter={"source_hidden": true}
def box(ax, x, y, text, colour):
    edge = FancyBboxPatch((x - 0.36, y - 0.3), 0.72, 0.6, boxstyle="round,pad=0.05")
    edge.set(facecolor=colour + "33", edgecolor=colour, linewidth=1.5, zorder=3)
    ax.add_patch(edge)
    ax.text(x, y, text, ha="center", va="center", zorder=4)


def arrow(ax, start, end, colour="#555555", width=1.3, style="-"):
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "linestyle": style}
    ax.annotate("", end, start, arrowprops=look | {"shrinkA": 0, "shrinkB": 0}, zorder=1)


figure, (ax,) = plots.axes(1, width=8.2, height=2.9)
ax.set(xlim=(-0.6, 9.4), ylim=(-0.85, 3.0), aspect="equal")
ax.axis("off")
ax.set_title("삼백이 is read backwards, crosses as one vector, and is written as 3 0 2")
for k, syllable in enumerate("이백삼"):
    box(ax, 1.25 * k, 1, "GRU", plots.BLUE)
    ax.text(1.25 * k, -0.25, syllable, ha="center", va="center", fontsize="large")
    arrow(ax, (1.25 * k, 0.05), (1.25 * k, 0.62))
    if k:
        arrow(ax, (1.25 * k - 0.82, 1), (1.25 * k - 0.43, 1))
reads, writes = ("<sos>", "3", "0", "2"), ("3", "0", "2", "<eos>")
for k, (read, written) in enumerate(zip(reads, writes)):
    x = 5.0 + 1.25 * k
    box(ax, x, 1, "GRU", plots.ORANGE)
    ax.text(x, -0.25, read, ha="center", va="center", fontsize="large")
    ax.text(x, 2.25, written, ha="center", va="center", fontsize="large")
    arrow(ax, (x, 0.05), (x, 0.62))
    arrow(ax, (x, 1.38), (x, 1.95))
    if k:
        arrow(ax, (x - 0.82, 1), (x - 0.43, 1))
        arrow(ax, (x - 1.05, 2.1), (x - 0.2, 0.02), plots.GREY, 1.0, ":")
arrow(ax, (2.93, 1), (4.57, 1), plots.GREEN, 3)
ax.text(3.75, 1.35, "context (H,)", ha="center", color=plots.GREEN)
ax.text(1.25, -0.75, "encoder", ha="center", style="italic", color=plots.BLUE)
ax.text(6.9, -0.75, "decoder", ha="center", style="italic", color=plots.ORANGE)
plt.show()

# %% [markdown] lang="ko"
# 점선을 보세요. 디코더가 방금 쓴 것이 다음 걸음의 입력이 됩니다.
#
# 셀은 22장에서 여러분이 만든 GRU를 그대로 씁니다. LSTM도 됩니다. 다만 LSTM이라면 건너가는 것이 $(h, c)$ 둘입니다. 이 장의 모양은 **B** 배치, **S** 소스(읽는 쪽)의 길이, **T** 타깃(쓰는 쪽)의 길이, **D** 임베딩의 길이, **H** 상태의 길이, **V** 어휘의 크기입니다.

# %% [markdown] lang="en"
# Note the dotted lines: what the decoder has just written is what it reads next.
#
# The cell is the GRU you made in chapter 22. An LSTM would do as well, but then two things would cross, $(h, c)$. The shapes in this chapter: **B** batch, **S** length of the source (which is read), **T** length of the target (which is written), **D** length of an embedding, **H** of the state, **V** size of a vocabulary.

# %%
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step of a GRU, your answer of chapter 22: x (B, D), h (B, H) -> (B, H)."""
    x_r, x_z, x_n = (x @ W_ih.T + b_ih).chunk(3, dim=1)  # (B, H) each
    h_r, h_z, h_n = (h @ W_hh.T + b_hh).chunk(3, dim=1)  # (B, H) each
    r = torch.sigmoid(x_r + h_r)  # (B, H)
    z = torch.sigmoid(x_z + h_z)  # (B, H)
    n = torch.tanh(x_n + r * h_n)  # (B, H)
    return (1 - z) * n + z * h  # (B, H)


# %% [markdown] lang="ko"
# ## 2. 글을 번호로, 거꾸로
#
# 신경망은 글자가 아니라 번호를 읽습니다. 토큰을 번호로 바꾸는 표를 어휘(vocabulary)라고 합니다. 맨 앞 네 번호는 글에는 없는 **특수 토큰(special token)** 에게 줍니다. `<pad>`는 빈칸을 채우는 것, `<sos>`(start of sequence)는 "이제 쓰세요", `<eos>`(end of sequence)는 "다 썼습니다", `<unk>`(unknown)는 "모르는 말"입니다.

# %% [markdown] lang="en"
# ## 2. Text into ids, backwards
#
# A network reads ids, not letters. The table that turns a token into its id is the vocabulary. Its first four ids go to **special tokens**, which no text contains: `<pad>` fills gaps, `<sos>` (start of sequence) says "write now", `<eos>` (end of sequence) says "I am done", and `<unk>` (unknown) stands for a word that is not in the table.

# %%
SPECIALS = ["<pad>", "<sos>", "<eos>", "<unk>"]
PAD, SOS, EOS, UNK = range(4)


def make_vocab(tokens):
    """Ids by token: the special tokens first, then each token as it first appears."""
    return {token: k for k, token in enumerate(dict.fromkeys([*SPECIALS, *tokens]))}


def tokens_of(ids, vocab):
    """The tokens of a list of ids."""
    names = list(vocab)
    return [names[k] for k in ids]


def digits_of(n):
    """The ids of a number's digits, first digit first."""
    return [digit_ids[digit] for digit in str(n)]


syllable_ids = make_vocab("일이삼사오육칠팔구십백천만")
digit_ids = make_vocab("0123456789")
print(syllable_ids)
print(digit_ids)

# %% [markdown] lang="ko"
# ### 여러분 차례: `tokenise-reversed`
#
# 이 강좌의 바탕이 된 노트는 영어 문장을 빈칸에서 나누고 **거꾸로** 놓습니다. 이상해 보이지만 까닭이 있습니다. 거꾸로 읽으면 문장의 *첫* 토큰을 가장 *나중에* 읽게 되고, 디코더가 가장 먼저 쓸 것도 대개 그 토큰에서 나옵니다. 둘 사이의 거리가 짧아지는 것입니다(Sutskever 외, 2014). 정말 도움이 되는지는 11절에서 재어 봅니다.
#
# 영어는 단어가 토큰이고, 수는 음절이 토큰입니다. 인자 `syllables`로 고릅니다.

# %% [markdown] lang="en"
# ### Your turn: `tokenise-reversed`
#
# The notes this course grew from split an English sentence at its spaces and lay it out **backwards**. That looks odd but has a reason. Read backwards, the *first* token of a sentence is read *last*, and it is usually the one that the decoder's first word comes from: the way between the two is short (Sutskever et al., 2014). Whether it really helps, section 11 will measure.
#
# In English a token is a word, in our numbers it is a syllable. The argument `syllables` chooses.

# %% exercise="tokenise-reversed"
def tokenise_reversed(text, vocab, syllables):
    """The ids of a text's tokens, the last token first.

    text: a str, whose only whitespace is spaces; it is lower-cased first. vocab: a dict of ids
    (ints) by token, which has "<unk>". syllables: if True, every character except spaces is a
    token; if False, the words between spaces are. Spaces (one or more, also at the ends, or
    nothing else) are never a token. Returns a list of ints; a token that is not in vocab gets
    the id of "<unk>".
    """
    ### BEGIN SOLUTION
    text = text.lower()
    tokens = [c for c in text if not c.isspace()] if syllables else text.split()
    return [vocab.get(token, vocab["<unk>"]) for token in reversed(tokens)]
    ### END SOLUTION


# %% tags=["demo"]
for text in ("만 이천삼백", "삼십억"):
    ids = tokenise_reversed(text, syllable_ids, True)
    print(f"{text}: {ids}, that is {' '.join(tokens_of(ids, syllable_ids))}")

# %% [markdown] lang="ko"
# '억'은 어휘에 없으므로 `<unk>`가 되었습니다.
#
# ## 3. 읽을 것과 맞힐 것
#
# 디코더는 걸음마다 토큰 하나를 읽고 *다음* 토큰을 맞힙니다. 302를 가르치려면 이렇게 짝을 짓습니다.
#
# | 시점 | 0 | 1 | 2 | 3 |
# |---|---|---|---|---|
# | 입력 | `<sos>` | 3 | 0 | 2 |
# | 정답 | 3 | 0 | 2 | `<eos>` |
#
# 같은 것을 한 칸 밀어 놓은 셈입니다. 첫 숫자를 쓰게 하는 것이 `<sos>`이고, 멈출 때를 배우게 하는 것이 `<eos>`입니다.
#
# ### 여러분 차례: `add-specials`

# %% [markdown] lang="en"
# 억, a hundred million, is not in the vocabulary and became `<unk>`.
#
# ## 3. What to read and what to predict
#
# At every step the decoder reads one token and predicts the *next*. To teach it 302, pair them up like this.
#
# | step | 0 | 1 | 2 | 3 |
# |---|---|---|---|---|
# | input | `<sos>` | 3 | 0 | 2 |
# | target | 3 | 0 | 2 | `<eos>` |
#
# It is the same thing shifted by one. `<sos>` is what the first digit is written from, and `<eos>` is how the network learns when to stop.
#
# ### Your turn: `add-specials`

# %% exercise="add-specials"
def add_specials(sequences, pad, sos, eos):
    """What the decoder reads, and what it has to predict from it.

    sequences: a list of B lists of ids (ints), of any lengths, 0 included; they stay as they
    are. pad, sos, eos: ids that no sequence holds. T is the length of the longest sequence.
    Returns (inputs, targets), int64 tensors (B, T + 1): a row of inputs is sos and then the
    sequence, a row of targets the sequence and then eos; everything after that is pad.
    """
    ### BEGIN SOLUTION
    width = max(len(ids) for ids in sequences) + 1
    gaps = [[pad] * (width - 1 - len(ids)) for ids in sequences]
    inputs = [[sos, *ids, *gap] for ids, gap in zip(sequences, gaps)]
    targets = [[*ids, eos, *gap] for ids, gap in zip(sequences, gaps)]
    return torch.tensor(inputs), torch.tensor(targets)  # (B, T + 1) each
    ### END SOLUTION


# %% tags=["demo"]
inputs, targets = add_specials([digits_of(302), digits_of(7)], PAD, SOS, EOS)
for name, rows in (("inputs", inputs), ("targets", targets)):
    for row in rows.tolist():
        print(f"{name:8s}", " ".join(f"{token:5s}" for token in tokens_of(row, digit_ids)))

# %% [markdown] lang="ko"
# ## 4. 인코더: 끝까지 읽기
#
# 인코더는 GRU를 걸음마다 옮기는 것이 전부입니다. 토큰 $x_t$의 임베딩을 $e(x_t)$라고 하면
#
# $$h_t = \mathrm{GRU}\big(e(x_t),\, h_{t-1}\big), \qquad \text{context} = h_{\text{length}}$$
#
# 입니다. 노트는 문맥을 "RNN의 마지막 시점의 은닉 상태"라고 합니다. 문장이 하나라면 맞습니다. 배치에서는 아닙니다. 짧은 문장의 마지막 *시점*은 패딩이기 때문입니다. 문맥은 마지막 *진짜 토큰*을 읽은 뒤의 상태입니다.
#
# 가중치는 이름으로 꺼내 쓰도록 dict에 담습니다. `gru_cell`에는 dict가 아니라 그 안의 텐서 넷을 하나씩 차례로 넘깁니다: `encoder["W_ih"]`, `encoder["W_hh"]`, …

# %% [markdown] lang="en"
# ## 4. The encoder: read to the end
#
# All an encoder does is to move a GRU on, step by step. With $e(x_t)$ for the embedding of token $x_t$,
#
# $$h_t = \mathrm{GRU}\big(e(x_t),\, h_{t-1}\big), \qquad \text{context} = h_{\text{length}}$$
#
# The notes call the context "the hidden state of the RNN's last step". For a single sentence that is right. In a batch it is not, for the last *step* of a short sentence is padding. The context is the state after the last *real token*.
#
# The weights lie in a dict, to be taken out by name. `gru_cell` takes no dict but the four tensors in it, one after another: `encoder["W_ih"]`, `encoder["W_hh"]`, …

# %%
def gru_part(tokens, width, hidden):
    """Fresh weights of an encoder: a dict of parameters, PyTorch's own starting values."""
    cell = nn.GRUCell(width, hidden)
    return {
        "embedding": nn.Parameter(torch.randn(tokens, width)),  # (V, D)
        "W_ih": cell.weight_ih,  # (3H, D)
        "W_hh": cell.weight_hh,  # (3H, H)
        "b_ih": cell.bias_ih,  # (3H,)
        "b_hh": cell.bias_hh,  # (3H,)
    }


def make_model(source_tokens, target_tokens, hidden, seed, width=32):
    """A fresh encoder and decoder: two dicts of parameters."""
    torch.manual_seed(seed)
    encoder = gru_part(source_tokens, width, hidden)
    head = nn.Linear(hidden, target_tokens)
    decoder = gru_part(target_tokens, width, hidden)
    return encoder, decoder | {"W_out": head.weight, "b_out": head.bias}  # (V, H), (V,)


def pad_rows(sequences):
    """(ids (B, S), lengths (B,)) of lists of ids, padded at the end."""
    lengths = torch.tensor([len(ids) for ids in sequences])  # (B,)
    width = int(lengths.max())
    return torch.tensor([[*ids, *[PAD] * (width - len(ids))] for ids in sequences]), lengths


encoder, decoder = make_model(len(syllable_ids), len(digit_ids), hidden=96, seed=0)


# %% [markdown] lang="ko"
# ### 여러분 차례: `encode`
#
# 끝난 줄은 상태를 그대로 지켜야 합니다. `torch.where(condition, a, b)`는 조건(condition)이 True인 자리에는 `a`를, 아닌 자리에는 `b`를 놓습니다. 상태를 제자리에서 고치지는 마세요(`h[…] = …`). 기울기가 이 상태들을 거슬러 가야 합니다. 그래서 검사는 값과 함께 **기울기가 인코더에 닿는지도** 봅니다.

# %% [markdown] lang="en"
# ### Your turn: `encode`
#
# Rows that have ended must keep their state. `torch.where(condition, a, b)` puts `a` where the condition is True and `b` elsewhere. Do not change the state in place, `h[…] = …`: gradients have to go back through these states. So besides the values, the check looks **whether a gradient reaches the encoder**.

# %% exercise="encode"
def encode(encoder, source, lengths):
    """Reads a batch of sentences; leaves one vector each, the context.

    encoder: a dict of tensors, all float32 or all float64: "embedding" (V, D), and a GRU's
    "W_ih" (3H, D), "W_hh" (3H, H), "b_ih" and "b_hh" (3H,), in the order of gru_cell. source:
    (B, S) int64, ids from 0 to V − 1 in reading order, padded at the end. lengths: (B,) int64,
    from 1 to S; even the longest may be less than S.
    Returns (B, H), of the encoder's dtype: each row's state after its last real token, starting
    from zeros. What stands in the padding makes no difference.
    """
    # embed                                   # (B, S, D)
    # start from zeros of the same dtype      # (B, H)
    # step by step; rows that have ended keep their state
    ### BEGIN SOLUTION
    x = encoder["embedding"][source]  # (B, S, D)
    weights = [encoder[name] for name in ("W_ih", "W_hh", "b_ih", "b_hh")]
    h = x.new_zeros(len(source), weights[1].shape[1])  # (B, H)
    for t in range(source.shape[1]):
        new = gru_cell(x[:, t], h, *weights)  # (B, H)
        h = torch.where((t < lengths)[:, None], new, h)  # (B, H)
    return h
    ### END SOLUTION


# %% [markdown] lang="ko"
# 정말 패딩의 영향을 받지 않는지, 노트처럼 "마지막 시점의 상태"를 쓰면 어떻게 되는지 봅시다. 같은 수 '칠십'을 혼자 읽었을 때와, 긴 수 옆에서 패딩을 달고 읽었을 때입니다.

# %% [markdown] lang="en"
# Does the padding really make no difference? And what becomes of "the state of the last step", as in the notes? Here the same number, 칠십 (70), is read alone, and beside a long number with padding behind it.

# %% tags=["demo"]
both = [tokenise_reversed(number_words(n), syllable_ids, True) for n in (70, 998877)]
source, lengths = pad_rows(both)  # (B, S), (B,)
with torch.no_grad():
    alone = encode(encoder, source[:1, : lengths[0]], lengths[:1])[0]  # (H,)
    beside = encode(encoder, source, lengths)[0]  # (H,)
    last_step = encode(encoder, source, torch.full_like(lengths, source.shape[1]))[0]  # (H,)
print("after its last real token, same as alone:", torch.allclose(alone, beside, atol=1e-6))
print("after the last step,       same as alone:", torch.allclose(alone, last_step, atol=1e-6))
print(f"largest difference there: {(alone - last_step).abs().max():.1f}")

# %% [markdown] lang="ko"
# ## 5. 디코더의 한 걸음
#
# 디코더도 같은 셀입니다. 다만 빈손이 아니라 **문맥을 첫 상태로** 들고 시작하고, 걸음마다 새 상태에서 토큰 $V$개에 점수(로짓)를 매깁니다.
#
# $$h_t = \mathrm{GRU}\big(e(y_{t-1}),\, h_{t-1}\big), \qquad \text{logits}_t = W_{\text{out}}\,h_t + b_{\text{out}}$$
#
# ### 여러분 차례: `decoder-step`

# %% [markdown] lang="en"
# ## 5. One step of the decoder
#
# The decoder is the same cell. But it does not start with empty hands: **its first state is the context**. And at every step the new state gives each of the $V$ tokens a score, its logit.
#
# $$h_t = \mathrm{GRU}\big(e(y_{t-1}),\, h_{t-1}\big), \qquad \text{logits}_t = W_{\text{out}}\,h_t + b_{\text{out}}$$
#
# ### Your turn: `decoder-step`

# %% exercise="decoder-step"
def decoder_step(decoder, token, h):
    """One step of writing: read a token, score every token that may come next.

    decoder: a dict of float tensors: "embedding" (V, D), a GRU's "W_ih" (3H, D), "W_hh"
    (3H, H), "b_ih" and "b_hh" (3H,), and the output layer's "W_out" (V, H) and "b_out" (V,).
    token: (B,) int64, the ids read. h: (B, H), the state so far; it stays as it is.
    Returns (logits, h): logits (B, V), no softmax applied, and the new state (B, H).
    """
    ### BEGIN SOLUTION
    weights = [decoder[name] for name in ("W_ih", "W_hh", "b_ih", "b_hh")]
    h = gru_cell(decoder["embedding"][token], h, *weights)  # (B, H)
    return h @ decoder["W_out"].T + decoder["b_out"], h  # (B, V), (B, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 노트는 "디코더의 출력을 다음 시점의 입력으로 쓴다"고 합니다. 그런데 출력은 토큰이 아닙니다. 찍어 봅시다.

# %% [markdown] lang="en"
# The notes say "the decoder's output is used as the next input". But its output is no token. Let us look.

# %% tags=["demo"]
first = tokenise_reversed(number_words(70), syllable_ids, True)
source, lengths = pad_rows([first, first])  # (B, S), (B,)
with torch.no_grad():
    context = encode(encoder, source, lengths)  # (B, H)
    logits, _ = decoder_step(decoder, torch.full((2,), SOS), context)  # (B, V)
p = logits.softmax(dim=1)[0]  # (V,)
print("  ".join(f"{token} {share:.2f}" for token, share in zip(digit_ids, p.tolist())))
print(f"sum {p.sum():.2f}, likeliest: {list(digit_ids)[p.argmax()]}")

# %% [markdown] lang="ko"
# 나온 것은 토큰 14개 위의 **확률 분포**입니다. 그 가운데 하나를 *골라야* 다음 걸음에 넣을 수 있습니다. 가장 그럴듯한 것을 고르거나(argmax), 20장의 `sample`처럼 확률대로 뽑습니다. 이 장에서는 argmax로 고릅니다. 아직 배우지 않았으니 거의 고르게 퍼져 있습니다.
#
# ## 6. 어디가 틀렸는지 재기
#
# 손실은 시점마다의 교차 엔트로피입니다. 정답의 길이가 저마다 다르므로 패딩은 빼고, **진짜 토큰 하나의 평균**을 구합니다. 마스크 $m_{bt}$는 진짜 토큰에서 1, 패딩에서 0입니다.
#
# $$L = -\frac{\sum_{b,t} m_{bt}\,\log p_{bt}(y_{bt})}{\sum_{b,t} m_{bt}}$$
#
# ### 여러분 차례: `masked-cross-entropy`

# %% [markdown] lang="en"
# What came out is a **probability distribution** over 14 tokens. One of them has to be *chosen* before it can go into the next step: the likeliest (argmax), or one drawn by these probabilities, like the `sample` of chapter 20. In this chapter we take the argmax. As nothing has been learned yet, the probability is spread almost evenly.
#
# ## 6. Measuring what is wrong
#
# The loss is the cross entropy at every step. Targets differ in length, so the padding is left out, and the mean is **per real token**. The mask $m_{bt}$ is 1 at a real token and 0 at padding.
#
# $$L = -\frac{\sum_{b,t} m_{bt}\,\log p_{bt}(y_{bt})}{\sum_{b,t} m_{bt}}$$
#
# ### Your turn: `masked-cross-entropy`

# %% exercise="masked-cross-entropy"
def masked_cross_entropy(logits, targets, pad):
    """The mean cross entropy of a real token, by hand.

    logits: (B, T, V) floats, of any size (±1000 and more). targets: (B, T) int64; where it is
    pad, the cell does not count. pad: an id, or −1 for none. At least one cell counts.
    Returns a tensor of shape (). Not allowed: F.cross_entropy, F.nll_loss and their modules.
    """
    # log of the softmax        # (B, T, V)
    # that of the target        # (B, T)
    ### BEGIN SOLUTION
    log_p = logits.log_softmax(dim=2)  # (B, T, V)
    right = log_p.gather(2, targets[:, :, None])[:, :, 0]  # (B, T)
    return -right[targets != pad].mean()  # ()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 무엇과 견줄까요? 14개 토큰을 똑같은 확률로 찍으면 손실은 $\ln 14$입니다. 그리고 패딩을 세면 손실이 얼마나 좋아 *보이는지*도 봅시다. 언제나 `<pad>`라고만 답하는 게으른 모델의 손실입니다.

# %% [markdown] lang="en"
# What to compare it with? Giving all 14 tokens the same probability costs $\ln 14$. And see how good a loss can *look* if padding counts: here is a lazy model that always answers `<pad>`.

# %% tags=["demo"]
rows = [digits_of(n) for n in (7, 8, 15, 302005)]
_, answers = add_specials(rows, PAD, SOS, EOS)  # (B, T)
fair = torch.zeros(*answers.shape, 14)  # (B, T, V)
lazy = fair.clone()
lazy[:, :, PAD] = 5.0
for name, scores in (("all alike", fair), ("always <pad>", lazy)):
    honest = masked_cross_entropy(scores, answers, PAD)  # ()
    everything = masked_cross_entropy(scores, answers, -1)  # (): no id is -1, so all cells count
    print(f"{name:13s} real tokens: {honest:.2f}   all cells: {everything:.2f}")

# %% [markdown] lang="ko"
# 모든 칸을 세면 게으른 모델이 이깁니다. 아무것도 쓰지 않는데도요.
#
# ## 7. 선생님이 불러 주기
#
# 학습 초기의 디코더는 첫 숫자부터 틀립니다. 틀린 것을 읽고 다음을 쓰면 더 틀립니다. 그래서 학습할 때는 디코더가 무엇을 썼든 **정답을 읽어 줍니다.** 받아쓰기에서 한 글자를 놓친 아이에게 선생님이 "지금까지는 이렇게 썼어야 해" 하고 고쳐 준 다음 다음 글자로 넘어가는 것과 같습니다. 이것이 **교사 강요(teacher forcing)** 입니다.
#
# 언제나 그렇게만 가르치면 부작용이 있습니다. 실제로 쓸 때는 정답을 읽어 줄 선생님이 없습니다. 그래서 걸음마다 동전을 던져, 앞면이면 정답을, 뒷면이면 디코더가 스스로 고른 것을 읽게 하기도 합니다.
#
# ### 여러분 차례: `teacher-forcing`
#
# 동전은 이미 던져져 있습니다. `coins[t]`가 True이면 시점 `t`에 정답을 읽습니다. 첫걸음에는 스스로 고른 것이 없으니 언제나 `<sos>`를 읽습니다.

# %% [markdown] lang="en"
# If all cells count, the lazy model wins. And it writes nothing at all.
#
# ## 7. With a teacher at one's side
#
# Early in training the decoder gets its first digit wrong already; reading a wrong digit, it gets the next one even more wrong. So in training we feed it **the truth**, whatever it wrote. It is like a dictation where the teacher says "so far you should have this" before going on to the next word. This is **teacher forcing**.
#
# Taught in this way only, it suffers a side effect: when the network is used, no teacher is there. So one may toss a coin at every step: heads, the decoder reads the truth; tails, it reads what it chose itself.
#
# ### Your turn: `teacher-forcing`
#
# The coins have been tossed already: where `coins[t]` is True, the truth is read at step `t`. At the first step nothing has been chosen yet, so it always reads `<sos>`.

# %% exercise="teacher-forcing"
def teacher_forcing(decoder, h, inputs, coins):
    """Runs the decoder along a target, feeding the truth or its own choice.

    decoder: as in decoder_step. h: (B, H), the context. inputs: (B, T) int64, what add_specials
    made: the truth to be read at each step, sos at step 0. coins: (T,) bool, one for each
    step and the same for all rows. Step t reads inputs[:, t] if coins[t], otherwise the token
    with the largest logit of step t − 1; step 0 reads inputs[:, 0], whatever its coin.
    Returns the logits of all steps, (B, T, V).
    """
    steps = []
    ### BEGIN SOLUTION
    for t in range(inputs.shape[1]):
        token = inputs[:, t] if t == 0 or coins[t] else logits.argmax(dim=1)  # (B,)
        logits, h = decoder_step(decoder, token, h)  # (B, V), (B, H)
        steps.append(logits)
    return torch.stack(steps, dim=1)  # (B, T, V)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 다 모였습니다. 학습 루프는 여러분의 함수 넷을 잇는 것뿐입니다. 학습률은 8장의 스케줄로 처음에 올렸다가 내리고(`OneCycleLR`), 기울기는 20장처럼 노름 1로 자릅니다. `share`는 동전이 앞면일 확률입니다.

# %% [markdown] lang="en"
# Now everything is there. The training loop only joins four functions of yours. A schedule as in chapter 8 (`OneCycleLR`) raises the learning rate at first and then lowers it, and gradients are clipped to a norm of 1 as in chapter 20. `share` is the probability of heads.

# %%
def parameters_of(encoder, decoder):
    """All parameters, in a list; encoder may be a dict or a list of dicts."""
    parts = encoder if isinstance(encoder, list) else [encoder]
    return [p for part in [*parts, decoder] for p in part.values()]


def train(encoder, decoder, draw, steps, seed=0, share=0.5, read=None, watch=None, lr=1e-2):
    """Trains in place; returns the loss of every step.

    draw(generator) gives a batch: source (B, S), lengths (B,), inputs (B, T), targets (B, T).
    read: what makes the context, encode if not given. watch(step): called after every step.
    """
    read = read or encode
    parameters = parameters_of(encoder, decoder)
    optimizer = torch.optim.Adam(parameters)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    # Few updates of the bar: each is a message to the notebook.
    for step in tqdm(range(1, steps + 1), leave=False, mininterval=0, miniters=steps // 20):
        source, lengths, inputs, targets = draw(generator)
        coins = torch.rand(inputs.shape[1], generator=generator) < share  # (T,)
        context = read(encoder, source, lengths)  # (B, H)
        logits = teacher_forcing(decoder, context, inputs, coins)  # (B, T, V)
        loss = masked_cross_entropy(logits, targets, PAD)  # ()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if watch:
            watch(step)
    return losses


def batches_of(source, lengths, inputs, targets, size=64):
    """A draw for train: random rows of a fixed set."""

    def draw(generator):
        rows = torch.randint(len(source), (size,), generator=generator)  # (B,)
        return source[rows], lengths[rows], inputs[rows], targets[rows]

    return draw


def number_task(numbers):
    """source (N, S), lengths (N,), inputs (N, T), targets (N, T) of numbers."""
    words = [tokenise_reversed(number_words(n), syllable_ids, True) for n in numbers]
    return *pad_rows(words), *add_specials([digits_of(n) for n in numbers], PAD, SOS, EOS)


young = None  # the model of the next training, once there is one


# %% [markdown] lang="ko"
# 먼저 짧게 300걸음만, 언제나 정답을 읽어 주며 가르쳐 봅시다.

# %% [markdown] lang="en"
# First a short training of 300 steps, always feeding the truth.

# %% tags=["demo", "nbval-ignore-output"]
number_batches = batches_of(*number_task(training))
test_source, test_lengths, test_inputs, test_targets = number_task(held_out)
young_encoder, young_decoder = make_model(len(syllable_ids), len(digit_ids), hidden=96, seed=0)
losses = train(young_encoder, young_decoder, number_batches, 300, share=1.0)
young = young_encoder, young_decoder

figure, (ax,) = plots.axes(1, width=5.0, height=2.6)
ax.plot(losses)
ax.axhline(torch.tensor(14.0).log(), color=plots.GREY, linestyle="--", label="ln 14: all alike")
plots.label(ax, "The loss leaves guessing behind", "step", "loss of a real token")
ax.set_ylim(0)
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# **함정: 손실은 쓰기 실력이 아닙니다.** 이 손실은 *정답을 읽어 준* 디코더의 것입니다. 같은 모델에게 처음 보는 수를 주고, 정답을 읽어 줄 때와 스스로 쓴 것을 읽을 때 토큰을 얼마나 맞히는지 봅시다. 첫 실수를 한 *뒤*의 토큰만 따로도 셉니다.

# %% [markdown] lang="en"
# **A trap: the loss is not the skill of writing.** It is the loss of a decoder that is *fed the truth*. Give the same model numbers it has never seen, and compare how many tokens it gets right when it is fed the truth and when it reads what it wrote itself; also counting only the tokens *after* a first mistake.

# %% tags=["demo", "nbval-ignore-output"]
if young is None:  # not trained yet
    raise NotAttempted("teacher_forcing")
real = test_targets != PAD  # (N, T)
context = encode(young_encoder, test_source, test_lengths).detach().requires_grad_()  # (N, H)
for name, coin in (("fed the truth", True), ("fed its own", False)):
    coins = torch.full((test_inputs.shape[1],), coin)  # (T,)
    logits = teacher_forcing(young_decoder, context, test_inputs, coins)  # (N, T, V)
    wrong = (logits.argmax(2) != test_targets) & real  # (N, T)
    after = (wrong.cumsum(1) - wrong.long() > 0) & real  # (N, T): the row has made a mistake
    (gradient,) = torch.autograd.grad(logits[:, -1].logsumexp(1).sum(), context)  # (N, H)
    print(
        f"{name:13s}: {1 - wrong[real].float().mean():.1%} of all tokens right, after a first "
        f"mistake {1 - wrong[after].float().mean():.1%}; gradient to the context "
        f"{gradient.norm(dim=1).mean():.1f}"
    )

# %% [markdown] lang="ko"
# 첫 실수까지는 둘이 똑같습니다. 그때까지는 스스로 쓴 것이 곧 정답이니까요. 갈라지는 것은 그 뒤입니다. 선생님이 고쳐 주면 곧잘 되돌아오고, 자기 실수를 읽으면 더 많이 틀립니다. 학습할 때는 언제나 정답만 읽다가 실제로는 자기 실수를 읽게 되는 이 어긋남을 **노출 편향(exposure bias)** 이라고 합니다. 노트 가운데 하나는 교사 강요가 "초반 시점의 정보가 잘 전달되지 않는 문제"를 덜어 준다고 적었는데, 그것과는 상관이 없습니다. 정답을 먹인다고 문맥까지 돌아가는 길이 짧아지지 않습니다. 맨 오른쪽 수가 말해 주듯 마지막 걸음에서 문맥까지 오는 기울기는 어느 쪽이나 비슷한 크기입니다. 교사 강요는 학습을 빠르고 안정되게 한다고 알려져 있고(여기서 재지는 않았습니다. 맨 끝의 질문 3), 그 값으로 노출 편향을 치릅니다.
#
# ## 8. 혼자 쓰기
#
# 선생님 없이 쓰려면 걸음마다 가장 그럴듯한 토큰을 골라 다음 걸음에 넣습니다. 이것을 **탐욕적 디코딩(greedy decoding)** 이라고 합니다. 지금 가장 좋은 것만 보고 뒤를 돌아보지 않는다는 뜻입니다. 언제 멈출까요? 노트의 답은 "`<eos>`가 다음 단어로 예측될 때까지"입니다. 그대로 옮기면 이렇습니다.

# %% [markdown] lang="en"
# Up to the first mistake the two are the same, for until then what it wrote is the truth. After it they part: corrected by a teacher, it often finds its way back; reading its own mistake, it makes more. In training it only ever reads the truth, in use it reads its own mistakes: this mismatch is called **exposure bias**. One of the notes says teacher forcing eases the problem that "information of the early steps is hard to pass on". It has nothing to do with that: being fed the truth makes the way back to the context no shorter, and the numbers on the right say that the gradient from the last step to the context is of a similar size either way. Teacher forcing is said to buy fast and steady training (which is not measured here: see question 3 at the end), and exposure bias is the price.
#
# ## 8. Writing alone
#
# To write without a teacher, choose the likeliest token at every step and feed it to the next. This is **greedy decoding**: it takes what looks best now and never looks back. When does it stop? The notes' answer is "until `<eos>` is predicted as the next word". Written down as it stands, that is this.

# %%
def broken_decode(decoder, h, sos, eos, alarm=1000):
    """Writes until <eos>, as the notes say. alarm: our own, to get this cell back."""
    token = torch.full((len(h),), sos)  # (B,)
    rows = [[] for _ in h]
    while (token != eos).any():
        logits, h = decoder_step(decoder, token, h)  # (B, V), (B, H)
        token = logits.argmax(dim=1)  # (B,)
        for row, written in zip(rows, token.tolist()):
            row.append(written)
        if len(rows[0]) == alarm:
            print(f"!! still writing after {alarm} steps")
            break
    return rows


def show_rows(rows, most=12):
    """Prints rows of digit ids, each with its length."""
    for row in rows:
        shown = " ".join(tokens_of(row[:most], digit_ids))
        print(f"   {shown}{' …' if len(row) > most else ''}   ({len(row)} tokens)")


# %% [markdown] lang="ko"
# 방금 가르친 모델로 수 세 개를 한꺼번에, 다음에는 아직 아무것도 배우지 않은 모델로 하나만, 그리고 셋을 한꺼번에 써 봅니다.

# %% [markdown] lang="en"
# First the model we have just trained, with three numbers at once; then one that has learned nothing yet, with one number and with three at once.

# %% tags=["demo", "nbval-ignore-output"]
if young is None:  # not trained yet
    raise NotAttempted("teacher_forcing")
three = [tokenise_reversed(number_words(n), syllable_ids, True) for n in (8, 250, 613452)]
source, lengths = pad_rows(three)  # (B, S), (B,)
new_encoder, new_decoder = make_model(len(syllable_ids), len(digit_ids), hidden=96, seed=36)
with torch.no_grad():
    context = encode(young_encoder, source, lengths)  # (B, H)
    new_context = encode(new_encoder, source, lengths)  # (B, H)
    print("after 300 steps, three numbers at once, 8, 250, 613452:")
    show_rows(broken_decode(young_decoder, context, SOS, EOS))
    print("before any training, 250 alone:")
    show_rows(broken_decode(new_decoder, new_context[1:2], SOS, EOS))
    print("before any training, three at once:")
    show_rows(broken_decode(new_decoder, new_context, SOS, EOS))

# %% [markdown] lang="ko"
# 가르친 모델은 제때 멈추는 것처럼 보입니다(`<eos>`가 결과에 끼어 있기는 합니다. 8을 820이라고 쓴 것은 멈추는 일과 상관없이, 300걸음으로는 아직 덜 배운 탓입니다). 먼저 끝난 줄이 `<eos>`를 읽고 `<eos>`로만 답했기 때문입니다. 하지만 그렇게 하라고 가르친 적은 없습니다(`<eos>`가 입력에 나온 적이 없지요). 운이 좋았을 뿐입니다. 배우지 않은 모델을 보세요. 혼자일 때 `<eos>`에서 멈추던 줄이 옆의 줄을 기다리는 동안 **`<eos>` 뒤에 계속 씁니다.** 그리고 `<eos>`를 내지 않는 줄 하나 때문에 모두가 **영원히** 씁니다. 경보가 없었다면 이 셀은 끝나지 않았을 것입니다.
#
# ### 여러분 차례: `greedy-decode`
#
# 고치세요. 고칠 것은 셋입니다. 줄마다 제 `<eos>`에서 끝나야 하고, `<eos>`는 결과에 남지 않아야 하며, 누가 무엇을 쓰든 `limit` 걸음 안에 멈추어야 합니다.

# %% [markdown] lang="en"
# The trained model seems to stop in time (though `<eos>` is left in the result; and that 8 becomes 820 has nothing to do with stopping: after 300 steps it has not learned enough yet): a row that had finished read its `<eos>` and answered nothing but `<eos>`. Yet nobody taught it to, for `<eos>` never stands in an input; it was luck. Look at the untrained one. The row that stopped at `<eos>` when it was alone **goes on writing after its `<eos>`** while it waits for its neighbours. And because of one row that never says `<eos>`, all of them write **for ever**: without the alarm, this cell would not have come back.
#
# ### Your turn: `greedy-decode`
#
# Mend it. Three things need mending: every row must end at its own `<eos>`, no `<eos>` may stay in the result, and it must stop within `limit` steps, whatever anybody writes.

# %% exercise="greedy-decode"
def greedy_decode(decoder, h, sos, eos, limit):
    """Lets the decoder write, feeding it its own likeliest token.

    decoder: as in decoder_step. h: (B, H), the contexts. sos: the id fed first. eos: the id by
    which a row says that it has ended. limit: the most tokens a row may have, at least 1; no
    more than limit steps are made.
    Returns a list of B lists of ints: what each row wrote, up to its first eos, which is not
    part of it. A row that never says eos has limit tokens; one that says it at once is empty.
    """
    ### BEGIN SOLUTION
    token = torch.full((len(h),), sos)  # (B,)
    steps = []
    for _ in range(limit):
        logits, h = decoder_step(decoder, token, h)  # (B, V), (B, H)
        token = logits.argmax(dim=1)  # (B,)
        steps.append(token)
    rows = torch.stack(steps, dim=1).tolist()  # B lists of limit ids
    return [row[: row.index(eos)] if eos in row else row for row in rows]
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
if young is None:  # not trained yet
    raise NotAttempted("teacher_forcing")
with torch.no_grad():
    print("after 300 steps, three numbers at once, 8, 250, 613452:")
    show_rows(greedy_decode(young_decoder, context, SOS, EOS, limit=8))
    print("before any training, three at once:")
    show_rows(greedy_decode(new_decoder, new_context, SOS, EOS, limit=8))

    contexts = encode(young_encoder, test_source, test_lengths)  # (N, H)
    together = greedy_decode(young_decoder, contexts, SOS, EOS, limit=8)
    alone = [greedy_decode(young_decoder, h[None], SOS, EOS, limit=8)[0] for h in contexts[:200]]
print("200 numbers decoded one by one and in a batch agree:", together[:200] == alone)

# %% [markdown] lang="ko"
# 혼자 쓰든 함께 쓰든 같은 답입니다. 배치는 빠르게 하려는 것일 뿐, 답을 바꾸어서는 안 됩니다.
#
# 디코더가 무엇을 망설였는지도 볼 수 있습니다. 아래는 수 하나를 쓰는 동안 걸음마다의 확률 분포입니다.

# %% [markdown] lang="en"
# Alone or together, the answers are the same. A batch is there for speed; it must not change an answer.
#
# We can also see where the decoder hesitated. Here are the distributions of every step while it writes one number.

# %% tags=["demo", "nbval-ignore-output"]
if young is None:  # not trained yet
    raise NotAttempted("teacher_forcing")
h, token, distributions, written = context[2:], torch.tensor([SOS]), [], []
with torch.no_grad():
    for _ in range(7):
        logits, h = decoder_step(young_decoder, token, h)  # (1, V), (1, H)
        token = logits.argmax(dim=1)  # (1,)
        distributions.append(logits.softmax(dim=1)[0])
        written.append(token.item())
figure, (ax,) = plots.axes(1, width=5.0, height=3.6)
plots.heatmap(ax, torch.stack(distributions, dim=1), cmap="Blues", vmin=0, vmax=1)  # (V, T)
ax.set_yticks(range(14), list(digit_ids))
ax.set_xticks(range(7), tokens_of(written, digit_ids))
plots.label(ax, "육십일만 삼천사백오십이, after 300 steps", "token chosen at each step", "probability of")
plt.show()

# %% [markdown] lang="ko"
# 세로줄 하나가 한 걸음입니다. 진한 칸이 하나면 확신한 것이고, 흐린 칸이 여럿이면 망설인 것입니다.
#
# ## 9. 끝까지 가르치기
#
# 채점은 엄하게 합니다. 수 하나를 통째로 맞혔을 때만 맞은 것입니다. 이것을 **완전 일치(exact match)** 라고 합니다.
#
# ### 여러분 차례: `exact-match`

# %% [markdown] lang="en"
# Each column is one step: a single dark cell means that it was sure, several pale ones that it hesitated.
#
# ## 9. Training to the end
#
# The marking is strict: a number counts only if it is right as a whole. This is called **exact match**.
#
# ### Your turn: `exact-match`

# %% exercise="exact-match"
def exact_match(predictions, references):
    """The share of sequences that are right as a whole.

    predictions, references: lists of N ≥ 1 lists of ids; prediction k belongs to reference k. A
    prediction is right if it has the same ids in the same order and the same length.
    Returns a Python float from 0 to 1.
    """
    ### BEGIN SOLUTION
    right = [list(p) == list(r) for p, r in zip(predictions, references)]
    return sum(right) / len(right)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 600걸음씩, 시드 세 개로 처음부터 가르칩니다. 동전은 반반입니다. 100걸음마다 처음 보는 수 1,000개로 시험합니다. 30초쯤 걸립니다.

# %% [markdown] lang="en"
# Now train from scratch, 600 steps with each of three seeds and a fair coin, and test every 100 steps on 1,000 numbers never seen. It takes about half a minute.

# %%
references = [digits_of(n) for n in held_out]
models = []  # three trained models, once there are any


def answer_numbers(encoder, decoder):
    """What a model writes for the held-out numbers: lists of ids."""
    with torch.no_grad():
        contexts = encode(encoder, test_source, test_lengths)  # (N, H)
        return greedy_decode(decoder, contexts, SOS, EOS, limit=8)


# %% tags=["demo", "nbval-ignore-output"]
if young is None:  # not trained yet
    raise NotAttempted("teacher_forcing")
models, tested, finals = [], range(100, 601, 100), []
figure, (left, right) = plots.axes(2, width=3.9, height=2.7)
for seed in range(3):
    encoder, decoder = make_model(len(syllable_ids), len(digit_ids), hidden=96, seed=seed)
    scores = []

    def watch(step, encoder=encoder, decoder=decoder, scores=scores):
        if step in tested:
            scores.append(exact_match(answer_numbers(encoder, decoder), references))

    losses = train(encoder, decoder, number_batches, 600, seed=seed, watch=watch)
    models.append((encoder, decoder))
    finals.append(scores[-1])
    left.semilogy(torch.tensor(losses).unfold(0, 20, 1).mean(1), linewidth=1, label=f"seed {seed}")
    right.plot(tested, scores, "o-", label=f"seed {seed}")
    print(f"seed {seed}: exact match {scores[-1]:.1%}")
mean, low, high = sum(finals) / 3, min(finals), max(finals)
print(f"mean {mean:.1%}, from {low:.1%} to {high:.1%}; at least 95%: {low >= 0.95}")
plots.label(left, "Loss, mean of 20 steps", "step", "loss (log scale)")
plots.label(right, "Held-out numbers right as a whole", "step", "exact match")
right.axhline(0.95, color=plots.GREY, linestyle="--", linewidth=0.8)
right.set_ylim(0, 1.03)
right.legend(loc="lower right")
plt.show()

# %% [markdown] lang="ko"
# 백만 가까운 수 가운데 8,000개만 보고, 처음 보는 수의 95% 이상을 한 글자도 틀리지 않고 받아씁니다. 세 시드 모두 그렇습니다. 시드 사이의 차이는 위의 마지막 줄에 있습니다. 외운 것이 아니라 **규칙**을 배웠다는 뜻입니다. `nn.GRU`도 `F.cross_entropy`도 없이, 모두 여러분이 쓴 코드입니다.
#
# 틀린 것은 어떤 것일까요?

# %% [markdown] lang="en"
# Having seen 8,000 of almost a million numbers, it takes down at least 95% of the unseen ones without a single wrong digit, with all three seeds; the last line above says how far apart they are. It has not memorised numbers but learned a **rule**. And there is no `nn.GRU` and no `F.cross_entropy`: all of it is code you wrote.
#
# What are the ones it gets wrong?

# %% tags=["demo", "nbval-ignore-output"]
if not models:  # not trained yet
    raise NotAttempted("exact_match")
answers = answer_numbers(*models[0])
wrong = [k for k in range(1000) if answers[k] != references[k]]
print(len(wrong), "of 1000 are wrong. Some of them:")
for k in wrong[:6]:
    said = "".join(tokens_of(answers[k], digit_ids))
    print(f"{held_out[k]:7d} written as {said:8s}{number_words(held_out[k])}")

# %% [markdown] lang="ko"
# 하나만 더 시험해 봅시다. 백만이 넘는 일곱 자리 수는 한 번도 배운 적이 없습니다. 규칙을 배웠다면 쓸 수 있을까요?

# %% [markdown] lang="en"
# One more test. Numbers of seven digits, beyond a million, were never taught. If it has learned the rule, can it write them?

# %% tags=["demo", "nbval-ignore-output"]
if not models:  # not trained yet
    raise NotAttempted("exact_match")
beyond = [1234567, 3000000, 7654321, 2500000]
source, lengths, _, _ = number_task(beyond)
with torch.no_grad():
    guesses = greedy_decode(models[0][1], encode(models[0][0], source, lengths), SOS, EOS, 9)
for n, ids in zip(beyond, guesses):
    print(f"{number_words(n)}: {''.join(tokens_of(ids, digit_ids))}, should be {n}")

# %% [markdown] lang="ko"
# 아닙니다. 배운 범위 *안에서* 새로운 것과, 범위 *밖*의 것은 다릅니다. 우리라면 한 번 들은 규칙을 일곱 자리에도 썼을 것입니다. 이 신경망이 배운 "규칙"은 그런 것이 아닙니다.
#
# ## 10. 영어에서 프랑스어로
#
# 같은 코드로 번역도 됩니다. 바뀌는 것은 어휘뿐입니다. 노트의 예 "I am a student → je suis étudiant"에서 시작해 작은 말뭉치를 만듭시다. 프랑스어는 주어에 따라 동사가, 성별과 수에 따라 명사와 형용사가 바뀌고(étudiant, étudiante), 부정은 동사를 앞뒤로 감싸며(ne … pas), 색은 명사 *뒤에* 옵니다. 단어를 하나씩 바꾸는 것으로는 안 됩니다.

# %% [markdown] lang="en"
# No. Something new *inside* the range that was taught is one thing; something *outside* it is another. A person who knows the rule would have used it for seven digits too. The "rule" that this network has learned is not of that kind.
#
# ## 10. From English to French
#
# The same code translates. Only the vocabularies change. Let us start from the notes' example, "I am a student → je suis étudiant", and make a small corpus. In French the verb changes with the subject, nouns and adjectives with gender and number (étudiant, étudiante); a negation wraps around the verb (ne … pas); and colours come *after* the noun. Replacing word by word will not do.

# %%
PEOPLE = {  # English: French, am/is/are, être, avoir, aimer, form (0 he, 1 she, 2 several)
    "i": ("je", "am", "suis", "ai", "aime", 0),
    "you": ("tu", "are", "es", "as", "aimes", 0),
    "he": ("il", "is", "est", "a", "aime", 0),
    "she": ("elle", "is", "est", "a", "aime", 1),
    "we": ("nous", "are", "sommes", "avons", "aimons", 2),
    "they": ("ils", "are", "sont", "ont", "aiment", 2),
}
JOBS = {
    "student": ("étudiant", "étudiante", "étudiants"),
    "teacher": ("professeur", "professeure", "professeurs"),
    "baker": ("boulanger", "boulangère", "boulangers"),
    "singer": ("chanteur", "chanteuse", "chanteurs"),
    "doctor": ("médecin", "médecin", "médecins"),
    "farmer": ("agriculteur", "agricultrice", "agriculteurs"),
}
MOODS = {
    "happy": ("heureux", "heureuse", "heureux"),
    "tired": ("fatigué", "fatiguée", "fatigués"),
    "tall": ("grand", "grande", "grands"),
    "strong": ("fort", "forte", "forts"),
    "ready": ("prêt", "prête", "prêts"),
    "young": ("jeune", "jeune", "jeunes"),
    "sick": ("malade", "malade", "malades"),
    "kind": ("gentil", "gentille", "gentils"),
}
THINGS = {  # English: French, feminine
    "dog": ("chien", 0), "cat": ("chat", 0), "book": ("livre", 0),
    "house": ("maison", 1), "car": ("voiture", 1), "flower": ("fleur", 1),
}  # fmt: skip
COLOURS = {"red": ("rouge", "rouge"), "black": ("noir", "noire"), "green": ("vert", "verte")}
SIZES = {"small": ("petit", "petite"), "big": ("grand", "grande")}

# %%
def elide(french):
    """je ai -> j'ai, ne est -> n'est."""
    return re.sub(r"(?<!-)\b(j|n)e (?=[aeéê])", r"\1'", french)


def all_sentences():
    """Every sentence of our little language: pairs (English, French)."""
    pairs = []
    for who, (sujet, am, être, avoir, aimer, form) in PEOPLE.items():
        jobs = {(f"{job}s" if form == 2 else f"a {job}"): JOBS[job][form] for job in JOBS}
        for what, quoi in (jobs | {mood: MOODS[mood][form] for mood in MOODS}).items():
            pairs.append((f"{who} {am} {what}", f"{sujet} {être} {quoi}"))
            pairs.append((f"{who} {am} not {what}", f"{sujet} ne {être} pas {quoi}"))
            pairs.append((f"{am} {who} {what} ?", f"{être}-{sujet} {quoi} ?"))
        s = "s" if who in ("he", "she") else ""
        have = "has" if s else "have"
        do = "does" if s else "do"
        for thing, (chose, feminine) in THINGS.items():
            un, le = ("une", "la") if feminine else ("un", "le")
            pairs.append((f"{who} {have} a {thing}", f"{sujet} {avoir} {un} {chose}"))
            pairs.append((f"{who} {do} not have a {thing}", f"{sujet} ne {avoir} pas de {chose}"))
            pairs.append((f"{who} like{s} the {thing}", f"{sujet} {aimer} {le} {chose}"))
            for colour, forms in COLOURS.items():
                noun = f"{chose} {forms[feminine]}"
                pairs.append((f"{who} {have} a {colour} {thing}", f"{sujet} {avoir} {un} {noun}"))
            for size, forms in SIZES.items():
                noun = f"{forms[feminine]} {chose}"
                pairs.append((f"{who} {have} a {size} {thing}", f"{sujet} {avoir} {un} {noun}"))
    return [(english, elide(french)) for english, french in pairs]


sentences = all_sentences()
for english, french in (sentences[0], sentences[1], sentences[44], *sentences[-2:]):
    print(f"{english:28s} {french}")
print(len(sentences), "sentences")

# %% [markdown] lang="ko"
# 다섯 가운데 하나를 떼어 둡니다. 그리고 일부러 하나를 더 합니다. *she*와 *strong*이 함께 나오는 문장은 모두 떼어 둡니다. 그러면 **forte**라는 단어가 훈련 집합에 한 번도 나오지 않습니다. 어떻게 될지 예상해 보세요.

# %% [markdown] lang="en"
# One sentence in five is held out. And one thing more, on purpose: all sentences with *she* and *strong* together are held out, so the word **forte** never occurs in the training set. Make a guess at what will happen.

# %%
order = torch.randperm(len(sentences), generator=torch.Generator().manual_seed(1)).tolist()
unseen, seen = [], []
for place, k in enumerate(order):
    hold = place % 5 == 0 or {"she", "strong"} <= set(sentences[k][0].split())
    (unseen if hold else seen).append(sentences[k])
english_ids = make_vocab(token for english, _ in seen for token in english.split())
french_ids = make_vocab(token for _, french in seen for token in french.split())
print(len(seen), "to learn from,", len(unseen), "held out; is forte known?", "forte" in french_ids)


def sentence_task(pairs):
    """source (N, S), lengths (N,), inputs (N, T), targets (N, T) of pairs of sentences."""
    english = [tokenise_reversed(e, english_ids, False) for e, _ in pairs]
    french = [tokenise_reversed(f, french_ids, False)[::-1] for _, f in pairs]
    return *pad_rows(english), *add_specials(french, PAD, SOS, EOS)


def translate(encoder, decoder, texts):
    """French sentences of English ones."""
    source, lengths = pad_rows([tokenise_reversed(t, english_ids, False) for t in texts])
    with torch.no_grad():
        rows = greedy_decode(decoder, encode(encoder, source, lengths), SOS, EOS, limit=12)
    return [" ".join(tokens_of(row, french_ids)) for row in rows]


translator = None  # encoder and decoder, once they are trained

# %% tags=["demo", "nbval-ignore-output"]
en_encoder, fr_decoder = make_model(len(english_ids), len(french_ids), hidden=128, seed=0)
samples = ["i am a student", "we like the house"]


def watch(step):
    if step in (1, 25, 50, 100, 200, 400):
        print(f"step {step:3d}:", " · ".join(translate(en_encoder, fr_decoder, samples)))


train(en_encoder, fr_decoder, batches_of(*sentence_task(seen)), 400, watch=watch)
for name, pairs in (("learned from", seen), ("held out", unseen)):
    written = translate(en_encoder, fr_decoder, [english for english, _ in pairs])
    score = exact_match([w.split() for w in written], [french.split() for _, french in pairs])
    print(f"{name}: exact match {score:.1%}")
translator = en_encoder, fr_decoder

# %% [markdown] lang="ko"
# 걸음이 늘수록 말이 되어 가는 것이 보이나요? 처음에는 아무 단어나 늘어놓고, 다음에는 주어와 동사가, 마지막에 명사가 맞습니다. 이제 떼어 둔 문장을 봅시다. 맞은 것 몇 개, 그리고 **틀린 것**입니다.

# %% [markdown] lang="en"
# Did you see it turn into language? At first it strings together any words; then subject and verb come right, and last the noun. Now the held-out sentences: a few that are right, and **those that are wrong**.

# %% tags=["demo", "nbval-ignore-output"]
if translator is None:  # not trained yet
    raise NotAttempted("exact_match")
written = translate(en_encoder, fr_decoder, [english for english, _ in unseen])
good = [(e, f, w) for (e, f), w in zip(unseen, written) if f == w]
bad = [(e, f, w) for (e, f), w in zip(unseen, written) if f != w]
for english, french, text in good[:4]:
    print(f"right   {english:28s} {text}")
print(f"{len(good)} of {len(unseen)} are right. Some of the wrong ones, and all with forte:")
bad = sorted(bad, key=lambda each: "forte" not in each[1])
for english, french, text in bad[:10]:
    print(f"WRONG   {english:28s} {text}   (should be: {french})")
for english in ("the cat is happy", "she has a red bicycle", "i am not a red student"):
    print(f"beyond  {english:28s} {translate(en_encoder, fr_decoder, [english])[0]}")

# %% [markdown] lang="ko"
# 배운 문장은 다 외웠지만 처음 보는 문장은 다섯에 넷쯤 맞힙니다. 틀린 것을 보면 문장의 *모양*은 대개 맞고 직업이나 성질을 나타내는 단어가 틀립니다. 단어 하나가 나오는 문장을 열댓 개밖에 보지 못했으니까요.
#
# *forte*는 틀릴 수밖에 없습니다. 디코더는 어휘에 있는 단어만 쓸 수 있고, 본 적 없는 단어는 거기에 없습니다. `<unk>`라고 답하지도 않습니다. 훈련할 때 정답에 그것이 나온 적이 없기 때문입니다. 마지막 세 줄은 이 작은 언어에 없는 문장입니다. 신경망은 "모르겠다"고 하지 않고 **그럴듯하게 틀립니다.** 이 성질은 훨씬 큰 모델에서도 사라지지 않았습니다.
#
# ### 문맥은 무엇을 담고 있을까요?
#
# 문맥 벡터의 수 128개를 평면에 펼쳐 봅시다. 점들이 가장 넓게 퍼지는 두 방향으로 비춘 그림자입니다(주성분 분석, PCA).

# %% [markdown] lang="en"
# It knows all the sentences it was taught, and gets about four in five of the new ones right. In the wrong ones the *shape* of the sentence is mostly right and the word for the job or the quality is not: it has met each of these words in only some fifteen sentences.
#
# With *forte* it cannot but fail: a decoder writes only words of its vocabulary, and a word never seen is not in it. Nor does it answer `<unk>`, for no target in training ever held one. The last three lines are sentences that our little language does not have. The network does not say "I do not know": it is **wrong in a plausible way**. Much larger models have kept that habit.
#
# ### What does the context hold?
#
# Let us spread the 128 numbers of the context vectors out in the plane: their shadow along the two directions in which the points lie widest apart (principal component analysis, PCA).

# %% tags=["demo", "nbval-ignore-output"]
if translator is None:  # not trained yet
    raise NotAttempted("exact_match")
source, lengths, _, _ = sentence_task(sentences)
with torch.no_grad():
    contexts = encode(en_encoder, source, lengths)  # (N, H)
centred = contexts - contexts.mean(0)  # (N, H)
plane = centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:2].T  # (N, 2)
looks = list(zip((plots.BLUE, plots.RED, plots.ORANGE, plots.GREEN, plots.GREY, "black"), "oX^sP*"))
kinds = {
    "… am …": lambda e: not re.search(r"not|\?|like|ha(s|ve)", e),
    "… am not …": lambda e: re.search(r"(am|is|are) not", e),
    "am … ?": lambda e: "?" in e,
    "… have …": lambda e: re.search(r"ha(s|ve)", e) and "not" not in e,
    "… do not have …": lambda e: "not have" in e,
    "… like …": lambda e: "like" in e,
}
subjects = {who: (lambda e, who=who: who in e.split()) for who in PEOPLE}
figure, pair = plots.axes(2, width=4.2, height=4.2, sharey=True)
for ax, groups in zip(pair, (kinds, subjects)):
    for (name, belongs), (colour, marker) in zip(groups.items(), looks):
        chosen = [k for k, (english, _) in enumerate(sentences) if belongs(english)]
        style = {"s": 16, "color": colour, "marker": marker, "alpha": 0.7, "linewidths": 0}
        ax.scatter(*plane[chosen].T, label=name, **style)
    ax.legend(ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.18))
plots.label(pair[0], "Contexts by kind of sentence", "direction 1", "direction 2")
plots.label(pair[1], "The same points by subject", "direction 1", "")
plt.show()

# %% [markdown] lang="ko"
# 뜻도 문법도 알려 주지 않았는데, 비슷한 문장끼리 모여 있습니다. 왼쪽에서는 동사(be, like, have)가, 오른쪽에서는 주어가 무리를 짓습니다. 번역을 하려면 그것을 가려야 했기 때문입니다. 다만 이 그림자는 128개 방향 가운데 둘뿐입니다. 겹쳐 보인다고 구별하지 못하는 것은 아닙니다.
#
# ## 11. 벡터 하나의 한계
#
# 문장이 아무리 길어도 문맥은 수 $H$개입니다. 얼마나 긴 것까지 담을 수 있을까요? 규칙이 없어 줄여 담을 수 없는 것으로 재어 봅시다. 전화번호처럼 한 자리씩 부르는 숫자입니다. "공일공이삼…"을 듣고 01023…을 받아 적습니다.
#
# 길이 1에서 12까지를 골고루 가르친 다음, 길이마다 완전 일치를 잽니다. 문맥의 크기를 바꾸어 보고(왼쪽), 읽는 방향도 바꾸어 봅니다(오른쪽). 노트 가운데 하나는 번역에는 "양방향 RNN을 쓸 수 없다"고 했습니다. *디코더*는 그렇습니다. 아직 쓰지 않은 것을 거꾸로 읽을 수는 없으니까요. 하지만 *인코더*는 문장이 다 주어져 있으므로 양쪽에서 읽을 수 있습니다. 수 32개씩 두 방향이면 문맥의 크기는 똑같이 64입니다.

# %% [markdown] lang="en"
# Nobody told it about meaning or grammar, and yet sentences that are alike lie together: on the left by the verb (be, like, have), on the right by the subject. To translate, it had to tell them apart. But this shadow shows only two of 128 directions. What overlaps here may well be apart there.
#
# ## 11. The limits of one vector
#
# However long the sentence, the context is $H$ numbers. How long a text can it hold? To measure that, take something without a rule by which to shorten it: digits called out one by one, like a telephone number. It hears 공일공이삼 … (zero is 공 on the telephone) and writes 01023 …
#
# We teach all lengths from 1 to 12 alike, then measure exact match by length: for contexts of different sizes (left), and for different directions of reading (right). One of the notes says that for translation "a bidirectional RNN cannot be used". That holds for the *decoder*, which cannot read from the end what it has not written yet. But the *encoder* has the whole sentence and may read it from both sides. With 32 numbers for each direction, its context is of the same size, 64.

# %%
LONGEST = 12


def called_digits(count, length, generator, backwards=True):
    """A batch of digits called out: source (B, S), lengths, inputs (B, T), targets (B, T)."""
    digits = torch.randint(10, (count, length), generator=generator) + len(SPECIALS)  # (B, S)
    source = digits.flip(1) if backwards else digits
    edge = torch.ones(count, 1, dtype=torch.int64)  # (B, 1)
    inputs = torch.cat([SOS * edge, digits], dim=1)  # (B, S + 1)
    targets = torch.cat([digits, EOS * edge], dim=1)  # (B, S + 1)
    return source, torch.full((count,), length), inputs, targets


def read_both(encoders, source, lengths):
    """Two encoders, one for each direction, side by side: (B, H). All lengths alike."""
    halves = [encode(encoders[0], source, lengths), encode(encoders[1], source.flip(1), lengths)]
    return torch.cat(halves, dim=1)


# %% tags=["demo", "nbval-ignore-output"]
def match_by_length(hidden, direction="backwards", steps=600):
    """Exact match for the lengths 1 … LONGEST, after training on all of them."""
    encoder, decoder = make_model(14, 14, hidden, seed=0, width=16)
    read, backwards = encode, direction != "forwards"
    if direction == "both ways":
        read = read_both
        encoder = [make_model(14, 14, hidden // 2, seed, width=16)[0] for seed in (1, 2)]

    def draw(generator):
        length = int(torch.randint(1, LONGEST + 1, (1,), generator=generator))
        return called_digits(64, length, generator, backwards)

    train(encoder, decoder, draw, steps, share=1.0, read=read)
    generator, matches = torch.Generator().manual_seed(99), []
    for length in range(1, LONGEST + 1):
        source, lengths, _, targets = called_digits(200, length, generator, backwards)
        with torch.no_grad():
            rows = greedy_decode(decoder, read(encoder, source, lengths), SOS, EOS, LONGEST + 3)
        matches.append(exact_match(rows, targets[:, :-1].tolist()))
    return matches


figure, (left, right) = plots.axes(2, width=4.0, height=3.0, sharey=True)
lengths_shown = range(1, LONGEST + 1)
by_size = {hidden: match_by_length(hidden) for hidden in (16, 32, 64)}
for (hidden, matches), style in zip(by_size.items(), ("s:", "^--", "o-")):
    left.plot(lengths_shown, matches, style, label=f"H = {hidden}")
by_direction = {"backwards": by_size[64]}
by_direction |= {name: match_by_length(64, name) for name in ("forwards", "both ways")}
for (name, matches), style in zip(by_direction.items(), ("o-", "v:", "D--")):
    right.plot(lengths_shown, matches, style, label=name)
    print(f"{name:10s}", " ".join(f"{match:.2f}" for match in matches))
plots.label(left, "A larger context holds longer numbers", "digits called out", "exact match")
plots.label(right, "H = 64: backwards is easier than forwards", "digits called out", "")
left.legend()
right.legend()
plt.show()

# %% [markdown] lang="ko"
# 왼쪽 그림이 이 장의 결론입니다. 짧은 것은 모두 맞히다가 어느 길이부터 무너집니다. 문맥을 키우면 무너지는 곳이 오른쪽으로 밀릴 뿐 없어지지 않습니다. 문장의 길이와 상관없이 크기가 정해진 벡터 하나를 지나야 하는 이 좁은 목을 **병목(bottleneck)** 이라고 합니다. 노트들은 이 문제를 말하지 않습니다.
#
# 오른쪽 그림은 노트의 "역순"이 왜 쓸모 있었는지 보여 줍니다. 같은 크기, 같은 걸음 수에서 거꾸로 읽은 쪽이 더 긴 수까지 버팁니다. 그림은 시드 하나의 것이지만 다른 시드 둘에서도 그랬습니다. 양쪽에서 읽는 인코더도 아무 문제 없이 배웁니다. 다만 거꾸로 읽은 쪽만큼 길게 버티지는 못하고, 다른 두 시드에서는 앞에서부터 읽은 쪽과 비슷했습니다.
#
# ## 12. 돌아보며
#
# 여기까지 오면서 여러분이 손으로 쓴 것들입니다.

# %% [markdown] lang="en"
# The left picture is the conclusion of this chapter. Short numbers are all right, and from some length on it breaks down. A larger context moves the place where it breaks to the right but does not remove it. Everything has to pass through one vector whose size does not depend on the length of the sentence: this is the **bottleneck**. The notes do not mention it.
#
# The right picture shows what the notes' reversal was good for: with the same size and the same number of steps, reading backwards holds out for longer numbers. The picture shows one seed, and two others said the same. An encoder that reads from both sides learns without any trouble too, though it does not hold out as long as the one that reads backwards; with the two other seeds it did about as well as reading forwards.
#
# ## 12. Looking back
#
# Here is what you wrote by hand on the way.

# %% jupyter={"source_hidden": true}
COURSE = [
    ("1", "Tensors", "broadcasting, bmm, one-hot", 0),
    ("2", "Linear regression", "MSE, a train step, least squares", 0),
    ("3", "Gradient descent", "the gradient, descent, largest lr", 0),
    ("4", "Many inputs", "standardise, a linear module", 0),
    ("5", "Data loading", "a dataset, minibatches, splits", 0),
    ("6", "Logistic regression", "stable sigmoid, BCE, its gradient", 0),
    ("7", "Softmax", "softmax, cross entropy, KL", 0),
    ("8", "Training tips", "L2 penalty, early stopping", 0),
    ("9", "MNIST, one layer", "evaluation, confusion matrix", 1),
    ("10", "XOR", "the perceptron rule, XOR by hand", 1),
    ("11", "Backpropagation", "every derivative, gradient check", 1),
    ("12", "ReLU and optimizers", "momentum, RMSprop, Adam", 1),
    ("13", "Initialisation", "Xavier, He, an RBM", 1),
    ("14", "Dropout", "both passes, Monte Carlo", 1),
    ("15", "Batch norm", "both passes, running statistics", 1),
    ("16", "Convolution", "conv2d, pooling, a CNN", 1),
    ("17", "Bag of words", "a vocabulary, naive Bayes", 2),
    ("18", "Word embeddings", "skip-gram, CBOW, GloVe", 2),
    ("19", "RNN", "the cell, unrolling, heads", 2),
    ("20", "BPTT", "gradients through time, clipping", 2),
    ("21", "PackedSequence", "pack, unpack, a packed RNN", 2),
    ("22", "LSTM and GRU", "all gates, the forget bias", 2),
    ("23", "Bi-LSTM on digits", "trainer, save and load, predict", 2),
    ("24", "Seq2Seq", "encoder, decoder, greedy decoding", 2),
]
PARTS = [
    ("From numbers to classes", plots.BLUE),
    ("From layers to pictures", plots.ORANGE),
    ("From words to sentences", plots.GREEN),
]
figure, (ax,) = plots.axes(1, width=9.0, height=7.0)
ax.set(xlim=(-0.02, 3.0), ylim=(-8.5, 0.75))
ax.axis("off")
ax.set_title("24 chapters, and what you wrote by hand in each")
for part, (name, colour) in enumerate(PARTS):
    ax.text(part + 0.47, 0.3, name, ha="center", va="center", fontsize="large", color=colour)
for k, (number, title, things, part) in enumerate(COURSE):
    x, y, colour = part, -(k % 8), PARTS[part][1]
    edge = FancyBboxPatch((x + 0.02, y - 0.78), 0.9, 0.68, boxstyle="round,pad=0.02,rounding_size=0.05")
    edge.set(facecolor=colour + "22", edgecolor=colour, linewidth=1.3)
    ax.add_patch(edge)
    ax.text(x + 0.05, y - 0.28, f"{number}  {title}", va="center", weight="bold", fontsize=10, family="DejaVu Sans")
    ax.text(x + 0.05, y - 0.6, things, va="center", fontsize=9, color="#333333")
    if k % 8 < 7:
        arrow(ax, (x + 0.47, y - 0.82), (x + 0.47, y - 1.06), colour)
    elif part < 2:
        path = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}
        ax.plot([x + 0.94, x + 0.97, x + 0.97], [y - 0.44, y - 0.44, -0.44], color=colour, lw=1.3)
        ax.annotate("", (x + 1.0, -0.44), (x + 0.965, -0.44), arrowprops=path)
arrow(ax, (2.47, -7.82), (2.47, -8.1), plots.GREEN)
ax.text(2.47, -8.3, "next: attention", ha="center", va="center", style="italic", color=plots.GREEN)
plt.show()

# %% [markdown] lang="ko"
# 1장에서 두 텐서를 더하던 여러분이 24장에서는 번역기를 만들었습니다. 그 사이의 어느 것도 상자 안에 숨겨 두지 않았습니다. 이 장의 모델이 학습하는 동안 일어나는 일을 처음부터 끝까지 설명할 수 있습니다. 임베딩은 원-핫과 행렬의 곱(18장), 게이트는 시그모이드(6장), 로짓은 소프트맥스와 교차 엔트로피로(7장), 기울기는 시간을 거슬러(20장), 폭발은 클리핑으로, 걸음은 Adam으로(12장).
#
# ### 다음은 어텐션입니다
#
# 병목을 어떻게 벗어날까요? 답은 뜻밖에 간단합니다. 인코더의 마지막 상태 하나만 넘기지 말고 **모든 시점의 상태** $h_1, \dots, h_S$를 넘기고, 디코더가 걸음마다 필요한 곳을 *보게* 하는 것입니다. 디코더의 상태 $s_t$와 얼마나 어울리는지를 점수로 매겨 소프트맥스로 나누고, 그 비율로 섞습니다.
#
# $$\alpha_{tj} = \mathrm{softmax}_j\big(s_t \cdot h_j\big), \qquad \text{context}_t = \sum_{j=1}^{S} \alpha_{tj}\,h_j$$
#
# 이것이 **어텐션(attention)** 입니다(Bahdanau 외, 2014; Luong 외, 2015). 문맥이 걸음마다 새로 만들어지니 문장이 길어져도 목이 좁아지지 않습니다. 그리고 2017년, "그렇다면 RNN은 없어도 되지 않을까?"라는 물음에서 트랜스포머(Transformer)가 나왔습니다. 위의 식에 나오는 것은 내적과 소프트맥스와 가중 평균뿐입니다. 여러분은 셋 다 손으로 써 보았습니다. 이 장의 `decoder_step`에 위의 두 줄을 더하는 것이 여러분의 첫 어텐션이 될 것입니다.
#
# ## 정리
#
# - Seq2Seq는 읽기와 쓰기를 나눕니다. 인코더는 끝까지 읽어 문맥 벡터를 남기고, 디코더는 그것을 첫 상태로 삼아 한 토큰씩 씁니다.
# - 디코더의 입력은 `<sos>`로 시작하고 정답은 `<eos>`로 끝납니다. 정답은 입력보다 한 칸 앞섭니다.
# - 배치에서 문맥은 마지막 *시점*이 아니라 마지막 *진짜 토큰* 뒤의 상태입니다. 손실도 진짜 토큰만 셉니다.
# - 교사 강요는 걸음마다 정답을 읽어 주며 가르치고, 노출 편향을 남깁니다. 그러니 손실이 아니라 혼자 쓴 것을 채점합니다.
# - 쓰기는 줄마다 제 `<eos>`에서, 그리고 반드시 정해진 걸음 수 안에서 멈추어야 합니다.
# - 문맥 벡터 하나가 병목입니다. 거꾸로 읽으면 조금 나아지고, 크게 하면 조금 미뤄지고, 어텐션이 없앱니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 한 걸음씩 가장 그럴듯한 것을 고르면 전체도 가장 그럴듯한가요?</summary>
#
# 아닙니다. 첫 토큰의 확률이 0.5와 0.4인 두 길이 있고, 첫째 길의 다음은 기껏해야 0.3, 둘째 길의 다음은 0.9라면 둘째 길이 0.36으로 첫째 길의 0.15보다 낫습니다. 탐욕적 디코딩은 첫째 길로 들어서고 돌아오지 못합니다. 길을 몇 개씩 함께 따라가는 방법이 빔 탐색(beam search)입니다.
# </details>
#
# <details><summary>2. LSTM으로 바꾸려면 무엇을 고쳐야 하나요?</summary>
#
# `gru_cell`을 22장의 `lstm_cell`로 바꾸고, `encode`가 $(h, c)$를 돌려주게 하며, `decoder_step`이 $(h, c)$를 받고 또 돌려주게 합니다. 끝난 줄은 $h$와 $c$를 **둘 다** 지켜야 합니다. $h$만 넘기면 22장에서 본 것처럼 절반만 넘긴 것입니다.
# </details>
#
# <details><summary>3. 동전을 언제나 뒷면으로 하면(share=0) 어떻게 되나요?</summary>
#
# 노출 편향은 없지만 처음에는 자기의 엉터리를 읽으며 배워야 합니다. 그리고 걸음 하나를 빠뜨리면 그 뒤의 정답이 모두 한 칸씩 어긋나, 내용은 맞는데도 벌을 받습니다. 처음에는 앞면을 많이, 갈수록 뒷면을 늘리는 방법을 scheduled sampling이라고 합니다. `train`의 `share`를 바꾸어 시험해 보세요.
# </details>
#
# <details><summary>4. 번역은 왜 완전 일치로 채점하지 않나요?</summary>
#
# 수에는 답이 하나지만 번역에는 여럿입니다. "you are kind"는 tu es gentil도, tu es gentille도, vous êtes gentils도 됩니다. 그래서 여러 정답과 겹치는 토큰 묶음의 비율을 재는 BLEU 같은 점수를 씁니다. 그것도 뜻을 재는 것은 아니어서, 끝내는 사람이 읽어 봅니다.
# </details>
#
# <details><summary>5. 문맥이 float32 수 64개면 2,048비트입니다. 숫자 12자리는 40비트면 되는데 왜 모자라나요?</summary>
#
# $\log_2 10^{12} \approx 39.9$이니 자리는 넉넉합니다. 모자란 것은 담을 곳이 아니라 **담고 꺼내는 법을 배우는 일**입니다. 같은 셀 하나를 열두 번 써서 서로 지우지 않게 접어 넣고, 다시 차례대로 꺼내는 방법을 600걸음 안에 기울기만으로 찾아야 합니다. 더 오래 가르치면 무너지는 곳이 오른쪽으로 갑니다. `steps`를 늘려 보세요.
# </details>

# %% [markdown] lang="en"
# In chapter 1 you added two tensors; in chapter 24 you built a translator. Nothing in between was left in a closed box, and you can explain all that happens while this chapter's model learns: an embedding is a one-hot times a matrix (chapter 18), a gate is a sigmoid (chapter 6), logits become a loss by softmax and cross entropy (chapter 7), gradients go back through time (chapter 20), clipping keeps them from exploding, and Adam makes the step (chapter 12).
#
# ### Next comes attention
#
# How to get out of the bottleneck? The answer is surprisingly simple. Do not hand over the encoder's last state alone but **the states of all steps**, $h_1, \dots, h_S$, and let the decoder *look* where it needs to, at every step. Score how well each fits the decoder's state $s_t$, share that out by a softmax, and mix in these shares.
#
# $$\alpha_{tj} = \mathrm{softmax}_j\big(s_t \cdot h_j\big), \qquad \text{context}_t = \sum_{j=1}^{S} \alpha_{tj}\,h_j$$
#
# This is **attention** (Bahdanau et al., 2014; Luong et al., 2015). The context is made anew at every step, so a long sentence no longer has to squeeze through. And in 2017 somebody asked: then do we need the RNN at all? That became the Transformer. In the formula there is nothing but a dot product, a softmax and a weighted mean, and you have written all three by hand. Adding these two lines to the `decoder_step` of this chapter will be your first attention.
#
# ## Summary
#
# - Seq2Seq separates reading from writing. The encoder reads to the end and leaves a context vector; the decoder takes it as its first state and writes one token at a time.
# - The decoder's input begins with `<sos>`, its target ends with `<eos>`, and the target is one step ahead of the input.
# - In a batch, the context is not the state of the last *step* but that after the last *real token*. The loss counts real tokens only.
# - Teacher forcing teaches by feeding the truth at every step, and leaves exposure bias behind. So mark what the network writes alone, not its loss.
# - Writing must stop at each row's own `<eos>`, and within a set number of steps in any case.
# - The one context vector is a bottleneck. Reading backwards eases it, a larger one postpones it, attention removes it.
#
# ## Further questions
#
# <details><summary>1. If every step takes the likeliest token, is the whole the likeliest?</summary>
#
# No. Let there be two ways, whose first tokens have probabilities 0.5 and 0.4; what follows on the first has 0.3 at best, on the second 0.9. Then the second way has 0.36 and beats the first with 0.15. Greedy decoding takes the first and never comes back. Following several ways at a time is called beam search.
# </details>
#
# <details><summary>2. What has to change for an LSTM?</summary>
#
# Replace `gru_cell` by the `lstm_cell` of chapter 22, let `encode` return $(h, c)$, and let `decoder_step` take and return $(h, c)$. A row that has ended must keep **both** $h$ and $c$. To hand over $h$ alone is, as chapter 22 showed, to hand over half.
# </details>
#
# <details><summary>3. What if the coin always shows tails (share=0)?</summary>
#
# There is no exposure bias, but at first the network has to learn from reading its own nonsense. And if it leaves out one token, all that follows is off by one and gets punished although the content is right. To start with many heads and have more and more tails is called scheduled sampling. Try it: change `share` in `train`.
# </details>
#
# <details><summary>4. Why are translations not marked by exact match?</summary>
#
# A number has one right answer, a translation has many: "you are kind" may be tu es gentil, tu es gentille, or vous êtes gentils. So scores such as BLEU are used, which measure how many groups of tokens are shared with several right answers. They do not measure meaning either, and in the end somebody has to read.
# </details>
#
# <details><summary>5. A context of 64 float32 numbers has 2,048 bits. Twelve digits need only 40. Why is it not enough?</summary>
#
# $\log_2 10^{12} \approx 39.9$, so there is plenty of room. What is short is not room but **learning how to put things in and take them out**: with one cell used twelve times, digits must be folded in without wiping out each other and taken out again in order, and that has to be found by gradients alone, in 600 steps. Train for longer, and the place where it breaks moves to the right: raise `steps`.
# </details>
