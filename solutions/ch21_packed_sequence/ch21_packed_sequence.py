# ---
# jupyter:
#   course:
#     ko: 패딩과 PackedSequence
#     en: Padding and PackedSequence
#     minutes: 75
# ---

# %% [markdown] lang="ko"
# # 21장. 패딩과 PackedSequence
#
# **누구를 위한 장인가요?** 길이가 다른 문장을 0으로 채워 RNN에 넣어 보았고, 그 0들이 무슨 일을 하는지 궁금해진 사람.
#
# **걸리는 시간** 약 75분 · **먼저 알아야 할 것** 텐서의 모양과 인덱싱(1장), 교차 엔트로피(cross entropy, 7장), RNN 셀 $h_t = \tanh(W_{ih}x_t + W_{hh}h_{t-1} + b)$과 임베딩(18, 19장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 패딩(padding)이 어디서 답을 *틀리게* 만들고 어디서 계산을 *낭비*하는지 말할 수 있습니다.
# - `pack_padded_sequence`와 `pad_packed_sequence`를 직접 만들 수 있습니다.
# - 패킹한 데이터 위에서 RNN을 돌리고, `h_n`의 순서를 믿을 수 있습니다.
# - 패딩을 뺀 손실을 올바르게 평균 낼 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 21. Padding and PackedSequence
#
# **Who is this for?** You have filled sentences of different lengths up with zeros, fed them to an RNN, and started to wonder what all those zeros are doing.
#
# **Time** about 75 minutes · **You need** tensor shapes and indexing (chapter 1), cross entropy (chapter 7), the RNN cell $h_t = \tanh(W_{ih}x_t + W_{hh}h_{t-1} + b)$ and embeddings (chapters 18 and 19)
#
# **Afterwards you can**
#
# - say where padding makes answers *wrong* and where it merely *wastes* work,
# - write `pack_padded_sequence` and `pad_packed_sequence` yourself,
# - run an RNN over packed data, and trust the order of `h_n`,
# - average a loss without counting the padding.

# %%
import time

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch21_packed_sequence", "ko")

# %% lang="en"
open_chapter("ch21_packed_sequence", "en")

# %% [markdown] lang="ko"
# ## 1. 문장은 들쭉날쭉하고 텐서는 네모납니다
#
# 문장 열 개의 길이가 20, 5, 8, 10, 15, 18, 17, 6, 6, 18이라고 합시다(이 과정의 바탕이 된 노트의 배치입니다). 한 번에 처리하려면 텐서 하나에 담아야 하고, 텐서는 직사각형이어야 합니다. 그래서 짧은 문장의 뒤를 의미 없는 기호로 채웁니다. 이것이 패딩입니다.
#
# 이 장에서 텐서의 모양은 네 글자로 적습니다. **B**는 배치(batch)에 든 시퀀스의 수, **T**는 시점(time step)의 수, **D**는 한 시점에 들어가는 벡터의 길이, **H**는 RNN의 상태(hidden state) 벡터의 길이입니다. 시퀀스는 텐서의 한 줄이고, 여기서는 문장 하나입니다.

# %% [markdown] lang="en"
# ## 1. Sentences are ragged, tensors are rectangles
#
# Ten sentences have the lengths 20, 5, 8, 10, 15, 18, 17, 6, 6, 18 (the batch of the notes this course grew from). To process them at once they must go into one tensor, and a tensor is a rectangle. So the short ones are filled up with a meaningless symbol: padding.
#
# In this chapter four letters describe the shape of a tensor. **B** is the number of sequences in the batch, **T** the number of time steps, **D** the length of the vector that goes in at one step, **H** the length of the RNN's hidden state. A sequence is one row of the tensor, here one sentence.

# %%
notes_lengths = torch.tensor([20, 5, 8, 10, 15, 18, 17, 6, 6, 18])  # (B,)


def draw_grid(ax, lengths, title):
    steps = torch.arange(int(lengths.max()))  # (T,)
    real = steps < lengths[:, None]  # (B, T)
    ax.imshow(0.15 + 0.5 * real, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    ax.set_xticks(range(0, len(steps), 1 if len(steps) < 10 else 5))
    ax.set_xticks(torch.arange(len(steps) + 1) - 0.5, minor=True)
    ax.set_yticks(torch.arange(len(lengths) + 1) - 0.5, minor=True)
    ax.grid(False)
    ax.grid(which="minor", color="white", linewidth=1.5)
    ax.tick_params(which="minor", length=0)
    ax.set_yticks(range(len(lengths)))
    plots.label(ax, title, "time step t", "sequence")
    return real


figure, (ax,) = plots.axes(1, width=6.4, height=3.4)
real = draw_grid(ax, notes_lengths, "Dark cells are words, pale cells are padding")
plt.show()
print(f"{int(real.sum())} of {real.numel()} cells are words")

# %% [markdown] lang="ko"
# 200칸 가운데 123칸만 단어이고, 나머지는 모두 채운 것입니다.
#
# ### 여러분 차례: `pad-batch`
#
# 토큰(단어) 번호의 리스트들을 네모난 텐서로 만드세요. **함정이 하나 있습니다.** 노트의 코드는 원래 리스트를 *그 자리에서* 늘립니다. 노트북의 셀은 두 번 실행되기 마련이고, 두 번째에는 모든 길이가 20으로 나옵니다. 아무 오류도 나지 않습니다.

# %% [markdown] lang="en"
# Only 123 of the 200 cells are words; the rest is filling.
#
# ### Your turn: `pad-batch`
#
# Turn lists of token (word) numbers into a rectangular tensor. **There is a trap.** The code in the notes extends the original lists *in place*. Notebook cells get run twice, and the second time every length is measured as 20. No error appears.

# %% exercise="pad-batch"
def pad_batch(sequences, pad_id):
    """Pads token lists at the end to the length of the longest one.

    sequences: a list of B non-empty lists of ints; they stay as they are. pad_id: any int, which
    may be a token too.
    Returns (batch, lengths): int64 tensors (B, T) and (B,), the lengths before padding.
    """
    ### BEGIN SOLUTION
    lengths = [len(sequence) for sequence in sequences]
    rows = [list(s) + [pad_id] * (max(lengths) - len(s)) for s in sequences]
    return torch.tensor(rows), torch.tensor(lengths)  # (B, T), (B,)
    ### END SOLUTION


# %% tags=["demo"]
sentences = [[11, 12, 13, 14], [21, 22], [31, 32, 33]]
for run in (1, 2):
    batch, lengths = pad_batch(sentences, 0)
    print(f"run {run}: lengths {lengths.tolist()}")
print(batch)

# %% [markdown] lang="ko"
# ## 2. 패딩은 답을 조용히 틀리게 만듭니다
#
# 노트는 문장을 분류할 때 RNN이 돌려주는 `h_n`을 "마지막 단어를 읽은 뒤의 상태"로 여기고 씁니다. 패딩이 있으면 그렇지 않습니다. RNN은 0이 단어인지 채운 것인지 모르므로, 길이 5인 문장에 대해서도 **패딩 15칸을 모두 읽은 뒤의** 상태를 돌려줍니다. 먼저 `h_n`이 무엇인지 눈으로 확인합시다. 얼마나 빗나갔는지는 여러분이 다음에 만들 함수로 잽니다.

# %% [markdown] lang="en"
# ## 2. Padding makes answers wrong, silently
#
# To classify a sentence, the notes use the RNN's `h_n` as "the state after the last word". With padding it is not. An RNN cannot know whether a 0 is a word or filling, so for a sentence of length 5 it returns the state **after it has read all 15 pads as well**. First see for yourself what `h_n` is; how far off it is, we measure with your next function.

# %%
torch.manual_seed(21)
embedding = nn.Embedding(100, 16)  # token → (16,)
rnn = nn.RNN(16, 32, batch_first=True)  # batch_first: sequences are rows, (B, T, D)
tokens = torch.randint(1, 100, (10, 20)) * real  # (B, T): 0 is the pad
x = embedding(tokens).detach()  # (B, T, D)
with torch.no_grad():
    outputs, h_n = rnn(x)  # (B, T, H), (1, B, H)
print("h_n is the output at step 19:", torch.equal(h_n[0], outputs[:, 19]))

# %% [markdown] lang="ko"
# ### 여러분 차례: `last-valid-output`
#
# 모든 시점의 출력 (B, T, H)에서 각 문장의 **마지막 진짜 단어** 자리의 출력만 꺼내세요.

# %% [markdown] lang="en"
# ### Your turn: `last-valid-output`
#
# From the outputs of all steps, (B, T, H), take each sentence's output at its **last real word**.

# %% exercise="last-valid-output"
def last_valid_output(outputs, lengths):
    """The output at the last step that is not padding, for each sequence.

    outputs: (B, T, H) float tensor. lengths: (B,) int64, each from 1 to T.
    Returns a (B, H) tensor.
    """
    ### BEGIN SOLUTION
    rows = torch.arange(len(outputs))  # (B,)
    return outputs[rows, lengths - 1]  # (B, H)
    ### END SOLUTION


# %% tags=["demo"]
right = last_valid_output(outputs, notes_lengths)  # (B, H)
for length, gap in zip(notes_lengths.tolist(), (h_n[0] - right).abs().amax(1)):
    print(f"length {length:2d}: h_n is off by up to {gap:.2f}")

# %% [markdown] lang="ko"
# 상태 벡터의 성분은 $-1$과 $1$ 사이의 수입니다. 패딩이 없는 가장 긴 문장 하나만 맞고, 나머지 아홉 문장의 `h_n`은 전혀 다른 벡터입니다. 이런 모델도 학습은 됩니다. 다만 패딩을 견디는 법까지 배우느라 힘을 씁니다.
#
# ## 3. 긴 것부터 세우기
#
# 패딩을 아예 계산하지 않는 방법을 찾아봅시다. RNN은 시점을 하나씩 나아갑니다. 시점 $t$에는 아직 끝나지 않은 문장만 계산하면 됩니다. 문장을 **긴 것부터** 세우면 살아 있는 문장이 언제나 위쪽에 모여 있으니, "위에서 몇 줄"이라는 수 하나로 충분합니다.
#
# ### 여러분 차례: `sort-by-length`
#
# 길이가 같은 문장들은 원래 순서를 지키도록 하세요(안정 정렬, stable sort).

# %% [markdown] lang="en"
# The components of a state lie between $-1$ and $1$. Only the longest sentence, which has no padding, is right; the `h_n` of the other nine is quite another vector. A model on top of this does learn, but it spends effort on learning to survive the padding.
#
# ## 3. Longest first
#
# Let us find a way not to compute padding at all. An RNN walks through time step by step, and at step $t$ only the sentences that have not ended need any work. Stack the sentences **longest first**, and those still alive are always at the top: a single number, "how many rows from the top", is enough.
#
# ### Your turn: `sort-by-length`
#
# Keep sentences of equal length in their original order (a stable sort).

# %% exercise="sort-by-length"
def sort_by_length(x, lengths):
    """Sorts sequences by length, longest first; equal lengths keep their order.

    x: (B, T, ...) tensor, one sequence a row; T may exceed every length. lengths: (B,) int64.
    Returns (sorted_x, sorted_lengths, order), where order, (B,) int64, holds the original
    row number of each sorted row: sorted_x[0] is x[order[0]].
    """
    ### BEGIN SOLUTION
    sorted_lengths, order = lengths.sort(descending=True, stable=True)
    return x[order], sorted_lengths, order
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 여러분 차례: `unsort`
#
# 정렬해서 계산한 결과는 정렬된 순서로 나옵니다. 그대로 정답 레이블과 견주면 짝이 대부분 어긋납니다. 노트에는 이 되돌리기가 빠져 있습니다. `order`는 "정렬된 0번은 원래 몇 번"을 말하므로, 되돌리려면 그 반대, "원래 0번은 지금 몇 번째"가 필요합니다. 이것을 역순열(inverse permutation)이라고 합니다. `order[i]`번 자리에 `i`를 적어 넣은 표가 바로 그것입니다. 같은 표를 한 번에 얻는 텐서 메서드도 있습니다(힌트에 나옵니다).

# %% [markdown] lang="en"
# ### Your turn: `unsort`
#
# What you compute on sorted rows comes out in sorted order. Compare that with the labels and most pairs are mismatched; the notes forget to undo it. `order` says "sorted row 0 was originally number …"; to go back you need the opposite, "original row 0 now stands at place …". That is the inverse permutation: a table with `i` written at place `order[i]`. There is also a tensor method that gives the same table at once (see the hints).

# %% exercise="unsort"
def unsort(sorted_x, order):
    """Puts sorted rows back into their original order.

    sorted_x: (B, ...) tensor, such that sorted_x[i] was row order[i] originally.
    order: (B,) int64, a permutation of 0 … B - 1.
    Returns a tensor of sorted_x's shape and dtype.
    """
    ### BEGIN SOLUTION
    inverse = order.argsort()  # (B,)
    return sorted_x[inverse]
    ### END SOLUTION


# %% tags=["demo"]
sorted_tokens, sorted_lengths, order = sort_by_length(tokens, notes_lengths)
print("order  ", order.tolist())
print("lengths", sorted_lengths.tolist())
print("undone ", unsort(sorted_lengths, order).tolist())
print("back to the original rows:", torch.equal(unsort(sorted_tokens, order), tokens))

# %% [markdown] lang="ko"
# ## 4. 열을 따라 읽기: pack
#
# 작은 예로 봅시다. 길이가 6, 5, 4, 2, 1인 문장 다섯 개입니다. 칸에 적힌 번호는 그 칸을 **읽는 순서**입니다. 위에서 아래로, 그다음 오른쪽 열로 갑니다.

# %% [markdown] lang="en"
# ## 4. Reading column by column: the pack
#
# A small example: five sentences of lengths 6, 5, 4, 2, 1. The number in a cell is the **order in which it is read**: from top to bottom, then the next column.

# %%
def draw_pack(ax, lengths, title, numbers=True):
    draw_grid(ax, lengths, title)
    place = 0
    for t in range(int(lengths.max())):
        alive = int((lengths > t).sum())
        for row in range(alive):
            if numbers:
                ax.text(t, row, place, ha="center", va="center", fontsize="small")
            place += 1
        ax.text(t, -0.75, alive, ha="center", color=plots.ORANGE, fontweight="bold")
    ax.set_title(title, pad=24)


small_lengths = torch.tensor([6, 5, 4, 2, 1])
figure, (ax,) = plots.axes(1, width=4.6, height=3.6)
draw_pack(ax, small_lengths, "Read down the columns; orange: rows alive at each step")
plt.show()

# %% [markdown] lang="ko"
# 주황색 수가 시점마다 살아 있는 문장의 수, 곧 `batch_sizes`입니다. PyTorch의 `PackedSequence`의 알맹이는 이 두 가지, 번호 순서로 이어 붙인 `data`와 `batch_sizes`입니다.
#
# ### 여러분 차례: `batch-sizes`

# %% [markdown] lang="en"
# The orange numbers, how many sentences are alive at each step, are the `batch_sizes`. At the heart of PyTorch's `PackedSequence` are these two things: the cells joined in that order, `data`, and the `batch_sizes`.
#
# ### Your turn: `batch-sizes`

# %% exercise="batch-sizes"
def batch_sizes(lengths):
    """How many sequences are still alive at each time step.

    lengths: (B,) int64, in any order, each at least 1.
    Returns a (T,) int64 tensor, T = max(lengths); entry t counts the sequences that have a
    step number t (steps are numbered from 0).
    """
    ### BEGIN SOLUTION
    return torch.stack([(lengths > t).sum() for t in range(int(lengths.max()))])  # (T,)
    ### END SOLUTION


# %% tags=["demo"]
for name, lengths in (("small example", small_lengths), ("the notes' batch", notes_lengths)):
    sizes = batch_sizes(lengths)
    cells = len(lengths) * len(sizes)
    print(f"{name}: {sizes.tolist()}")
    print(f"    {int(sizes.sum())} of {cells} cells are computed")

# %% [markdown] lang="ko"
# 이 과정의 바탕이 된 노트에 적힌 수가 그대로 나옵니다: 작은 예는 30칸에서 18칸으로, 노트의 배치는 200칸에서 123칸으로 줄어듭니다.
#
# ### 여러분 차례: `pack`
#
# 이제 `data`를 만듭니다. 입력의 줄은 정렬되어 있지 않으니 먼저 `sort_by_length`로 세우세요.

# %% [markdown] lang="en"
# These are the very numbers that the notes give: from 30 cells to 18 in the small example, from 200 to 123 in the notes' batch.
#
# ### Your turn: `pack`
#
# Now make `data`. The rows come unsorted, so put them in order with your `sort_by_length` first.

# %% exercise="pack"
def pack(x, lengths):
    """Packs a padded batch: all valid cells, step by step, longest sequence first.

    x: (B, T, D) float tensor, T = max(lengths). lengths: (B,) int64, in any order.
    Returns (data, sizes, order): data (sum of lengths, D), first all rows of step 0, then all
    rows of step 1, …; sizes (T,) int64, the batch sizes; order (B,) int64 as in
    sort_by_length.
    """
    # sort the rows            # (B, T, D)
    # count who is alive       # (T,)
    # join the steps           # (sum of lengths, D)
    ### BEGIN SOLUTION
    x, lengths, order = sort_by_length(x, lengths)
    sizes = batch_sizes(lengths)
    data = torch.cat([x[:n, t] for t, n in enumerate(sizes.tolist())])
    return data, sizes, order
    ### END SOLUTION


# %% [markdown] lang="ko"
# PyTorch의 것과 견주어 봅시다. 노트에는 "정렬하지 않고 패킹하면 패딩도 계산된다"고 적혀 있지만 그렇지 않습니다. 정렬하지 않은 배치는 **오류**이거나, `enforce_sorted=False`를 주면 **PyTorch가 대신 정렬**합니다. 어느 쪽이든 패딩은 한 칸도 들어가지 않습니다.

# %% [markdown] lang="en"
# Compare with PyTorch's own. The notes say that packing without sorting computes the padding too. It does not: an unsorted batch is either **an error** or, with `enforce_sorted=False`, **sorted for you**. Not one cell of padding gets in either way.

# %% tags=["demo"]
data, sizes, order = pack(x, notes_lengths)
try:
    pack_padded_sequence(x, notes_lengths, batch_first=True)
except RuntimeError as error:
    print("unsorted:", str(error).split(".")[0])
theirs = pack_padded_sequence(x, notes_lengths, batch_first=True, enforce_sorted=False)
print("cells:", len(theirs.data), "yours:", len(data))
print("same batch sizes:", torch.equal(theirs.batch_sizes, sizes))
print("their order:", theirs.sorted_indices.tolist())

# %% [markdown] lang="ko"
# `sorted_indices`가 여러분의 `order`에 해당합니다(길이가 같은 문장의 순서는 다를 수 있습니다). PyTorch는 역순열 `unsorted_indices`도 함께 들고 다니다가, RNN의 `h_n`과 `pad_packed_sequence`의 결과를 원래 순서로 되돌려 줍니다.
#
# ### 여러분 차례: `unpack`
#
# 거꾸로 갑니다. `data`와 시점마다의 줄 수 `sizes`만으로 패딩된 텐서와 길이를 되살리세요. 길이 정보는 어디에 숨어 있을까요? 그림의 칸을 세로로 세면 줄 수입니다. 가로로 세면 무엇일까요?

# %% [markdown] lang="en"
# `sorted_indices` is your `order` (sentences of equal length may be ordered differently). PyTorch also carries the inverse, `unsorted_indices`, and uses it to bring an RNN's `h_n` and the result of `pad_packed_sequence` back into the original order.
#
# ### Your turn: `unpack`
#
# Now the way back. From `data` and the rows at each step, `sizes`, alone, restore the padded tensor and the lengths. Where are the lengths hiding? Counting the cells of the picture by column gave the sizes. What does counting by row give?

# %% exercise="unpack"
def unpack(data, sizes):
    """Undoes a pack, rows still in sorted order.

    data: (N, D) float tensor, laid out step by step. sizes: (T,) int64, not increasing,
    with sum N. Returns (x, lengths): (B, T, D) padded with 0, and (B,) int64; B is
    sizes[0], D and the dtype are those of data.
    """
    ### BEGIN SOLUTION
    B, T = int(sizes[0]), len(sizes)
    x = torch.zeros(B, T, data.shape[1], dtype=data.dtype)  # (B, T, D)
    start = 0
    for t, n in enumerate(sizes.tolist()):
        x[:n, t] = data[start : start + n]
        start += n
    lengths = torch.stack([(sizes > row).sum() for row in range(B)])  # (B,)
    return x, lengths
    ### END SOLUTION


# %% tags=["demo"]
data, sizes, order = pack(x, notes_lengths)
restored, lengths = unpack(data, sizes)  # (B, T, D), (B,)
masked = x * real[..., None]  # what was a word in x, zero elsewhere
print("pack, unpack, unsort gives back every word:", torch.equal(unsort(restored, order), masked))

# %% [markdown] lang="ko"
# ## 5. 패킹한 데이터 위의 RNN
#
# 이제 핵심입니다. 시점마다 $n_t$줄, 곧 `sizes[t]`줄만 계산합니다. $i$는 정렬된 줄의 번호입니다.
#
# $$h_t^{(i)} = \begin{cases}\tanh(W_{ih}x_t^{(i)} + W_{hh}h_{t-1}^{(i)} + b) & i < n_t \\ h_{t-1}^{(i)} & i \ge n_t\end{cases}$$
#
# 식의 벡터는 세로이지만 코드에서는 시퀀스가 가로줄이므로, $W_{ih}x$는 `x @ W_ih.T`가 됩니다. 둘째 줄이 중요합니다. 끝난 문장의 상태는 **얼어붙은 채** 남습니다. 그래서 모든 시점이 지나면 `h_n`의 각 줄에는 그 문장의 마지막 진짜 단어를 읽은 뒤의 상태가 남습니다. 2절에서 골라내야 했던 바로 그것입니다.
#
# ### 여러분 차례: `packed-rnn`

# %% [markdown] lang="en"
# ## 5. An RNN over packed data
#
# Here is the heart of it: at each step, compute $n_t$ rows, `sizes[t]`, and no more. $i$ is the number of a sorted row.
#
# $$h_t^{(i)} = \begin{cases}\tanh(W_{ih}x_t^{(i)} + W_{hh}h_{t-1}^{(i)} + b) & i < n_t \\ h_{t-1}^{(i)} & i \ge n_t\end{cases}$$
#
# Vectors are columns in the formula, but in code each sequence is a row, so $W_{ih}x$ becomes `x @ W_ih.T`. The second line matters: the state of a finished sentence stays **frozen**. So after the last step each row of `h_n` holds the state after that sentence's last real word, exactly what we had to pick out in section 2.
#
# ### Your turn: `packed-rnn`

# %% exercise="packed-rnn"
def packed_rnn(data, sizes, W_ih, W_hh, b):
    """Runs h = tanh(x W_ih^T + h W_hh^T + b) over packed data, from h = 0.

    data: (N, D), laid out step by step, longest sequence first. sizes: (T,) int64.
    W_ih: (H, D). W_hh: (H, H). b: (H,). All floats of one dtype.
    Returns (outputs, h_n): outputs (N, H), packed like data; h_n (B, H), row i the state of
    sequence i after its last step, B = sizes[0].
    """
    h = torch.zeros(int(sizes[0]), W_hh.shape[0], dtype=data.dtype)  # (B, H)
    outputs = []
    for step in data.split(sizes.tolist()):  # step: (n, D)
        ### BEGIN SOLUTION
        n = len(step)
        new = torch.tanh(step @ W_ih.T + h[:n] @ W_hh.T + b)  # (n, H)
        outputs.append(new)
        h = torch.cat([new, h[n:]])  # (B, H)
        ### END SOLUTION
    return torch.cat(outputs), h


# %% [markdown] lang="ko"
# `nn.RNN`의 가중치를 그대로 넣어 견주어 봅시다. 그리고 2절에서 틀렸던 `h_n`이 이제 맞는지 봅니다.

# %% [markdown] lang="en"
# Compare with `nn.RNN` by giving yours the very same weights. And see whether the `h_n` that was wrong in section 2 is right now.

# %% tags=["demo"]
data, sizes, order = pack(x, notes_lengths)
theirs = pack_padded_sequence(x, notes_lengths, batch_first=True, enforce_sorted=False)
with torch.no_grad():
    bias = rnn.bias_ih_l0 + rnn.bias_hh_l0  # (H,): PyTorch keeps two
    packed_outputs, packed_h = packed_rnn(data, sizes, rnn.weight_ih_l0, rnn.weight_hh_l0, bias)
    their_outputs, their_h = rnn(theirs)
    right = last_valid_output(rnn(x)[0], notes_lengths)  # (B, H)
mine = unsort(packed_h, order)  # (B, H), in the original order
print("equal to nn.RNN's h_n:", torch.allclose(mine, their_h[0], atol=1e-6))
print("equal to the last valid outputs:", torch.allclose(mine, right, atol=1e-6))
print("forgetting to unsort, rows that are right:",
      int(torch.isclose(packed_h, right, atol=1e-6).all(1).sum()), "of 10")

# %% [markdown] lang="ko"
# 마지막 줄을 보세요. 되돌리기를 잊으면 네 줄만 맞고 나머지 여섯 줄은 남의 정답과 짝지어집니다. 오류는 나지 않습니다.
#
# ## 6. 손실에서도 패딩 빼기
#
# 단어마다 예측하는 모델(품사 붙이기, 다음 단어 맞히기)은 손실도 칸마다 나옵니다. 여기서 흔한 잘못이 셋 있습니다: 패딩 칸의 손실을 넣기, 0으로 만들고도 전체 칸 수로 나누기, 그리고 정답이 0인 칸을 모두 패딩으로 보기. 0번 클래스가 진짜 클래스일 수도 있습니다.
#
# ### 여러분 차례: `masked-loss`

# %% [markdown] lang="en"
# Look at the last line: forget to undo the sort, and only four rows are right; the other six are paired with somebody else's label. No error appears.
#
# ## 6. Keeping padding out of the loss
#
# A model that predicts something for every word (its part of speech, or the next word) has a loss for every cell. Three mistakes are common: counting the padding's loss; zeroing it but dividing by all cells; and taking every target of 0 for padding, although class 0 may be a real class.
#
# ### Your turn: `masked-loss`

# %% exercise="masked-loss"
def masked_loss(logits, targets, lengths):
    """The mean cross entropy over all tokens that are not padding.

    logits: (B, T, C) float tensor, finite but of any size; T may exceed every length. targets:
    (B, T) int64, from 0 to C - 1; what stands in the padding means nothing. lengths: (B,) int64.
    Class 0 is a class like any other.
    Returns a 0-dimensional tensor through which gradients can flow: every valid token counts the
    same.
    """
    ### BEGIN SOLUTION
    mask = torch.arange(targets.shape[1]) < lengths[:, None]  # (B, T)
    return F.cross_entropy(logits[mask], targets[mask])  # ()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 아무것도 모르는 모델, 곧 softmax에 들어가는 값인 로짓(logit)이 모두 0인 모델의 손실은 클래스 4개일 때 $\ln 4 \approx 1.386$이어야 합니다. 패딩을 0으로 만들고 전체 칸 수로 나누면 같은 모델인데도 배치마다 손실이 달라 보입니다.

# %% [markdown] lang="en"
# A model that knows nothing, whose logits (what goes into the softmax) are all 0, should have the loss $\ln 4 \approx 1.386$ with 4 classes. Zeroing the padding and dividing by everything makes that number depend on the batch.

# %% tags=["demo"]
for lengths in (torch.tensor([20] * 10), notes_lengths, torch.tensor([20] + [2] * 9)):
    logits, targets = torch.zeros(10, 20, 4), torch.zeros(10, 20, dtype=torch.int64)
    yours = masked_loss(logits, targets, lengths)
    wrong = yours * lengths.sum() / logits[..., 0].numel()  # the sum divided by all cells
    print(f"{int(lengths.sum()):3d} of 200 valid: yours {yours:.3f}, divided by all {wrong:.3f}")

# %% [markdown] lang="ko"
# ## 7. 얼마나 아끼나요?
#
# RNN의 시점 하나에 드는 곱셈-덧셈(곱해서 더하는 계산 한 번, multiply-add)은 살아 있는 문장마다 $H(D + H)$번입니다. 패킹하면 그 수가 정확히 (단어 수) / (칸 수)배로 줄어듭니다. 시간도 그만큼 줄어들까요? 길이가 모두 같은 배치부터 심하게 들쭉날쭉한 배치까지, 평균 길이를 바꾸어 가며 재어 봅시다. 아래 시간은 여러분의 컴퓨터에서 방금 잰 것이라, 다른 일이 바쁘면 들쭉날쭉합니다. 그러면 다시 실행해 보세요. `nn.LSTM`은 다음 장의 주인공으로, 일이 네 배쯤 많은 RNN이라고 보면 됩니다.

# %% [markdown] lang="en"
# ## 7. How much does it save?
#
# One step of an RNN costs $H(D + H)$ multiply-adds (one multiplication and one addition each) for each sentence alive. Packing reduces them by exactly (words) / (cells). Does the time shrink as much? Let us measure, from batches of equal lengths to very ragged ones. The times below were taken on your computer just now; if it is busy they jump, so run the cell again. `nn.LSTM` is the hero of the next chapter: think of an RNN with about four times the work.

# %% tags=["demo", "nbval-ignore-output"]
B, T, D, H = 128, 60, 64, 256
torch.manual_seed(0)
W_ih, W_hh, b = torch.randn(H, D) / D**0.5, torch.randn(H, H) / H**0.5, torch.zeros(H)
lstm = nn.LSTM(D, H, batch_first=True)


def milliseconds(run, repeats=7):
    best = float("inf")
    for _ in range(repeats):  # the first one warms up
        start = time.perf_counter()
        run()
        best = min(best, 1000 * (time.perf_counter() - start))
    return best


shares, adds = [], []
clock = {"your RNN": ([], []), "nn.LSTM": ([], [])}  # name: packed, padded
with torch.no_grad():
    for shortest in (60, 40, 20, 1):
        lengths = torch.linspace(T, shortest, B).long()  # (B,), longest first
        padded = torch.randn(B, T, D)
        by_step = padded.transpose(0, 1).reshape(-1, D)  # (T * B, D): a pack without gaps
        data, sizes, order = pack(padded, lengths)
        theirs = pack_padded_sequence(padded, lengths, batch_first=True)
        shares.append(len(data) / (B * T))
        adds.append(len(data) * H * (D + H) / 1e9)
        everyone = torch.full((T,), B)
        for (packed_times, padded_times), packed_run, padded_run in (
            (
                clock["your RNN"],
                lambda: packed_rnn(data, sizes, W_ih, W_hh, b),
                lambda: packed_rnn(by_step, everyone, W_ih, W_hh, b),
            ),
            (clock["nn.LSTM"], lambda: lstm(theirs), lambda: lstm(padded)),
        ):
            packed_times.append(milliseconds(packed_run))
            padded_times.append(milliseconds(padded_run))

figure, grid = plots.axes(3, width=2.8, height=2.8)
grid[0].plot(shares, adds, "o-", label="packed")
grid[0].axhline(adds[0], color=plots.ORANGE, linestyle="--", label="padded")
plots.label(grid[0], "Work: follows the words", "share of words", "multiply-adds (billions)")
for ax, (name, (packed_times, padded_times)) in zip(grid[1:], clock.items()):
    ax.plot(shares, packed_times, "o-", label="packed")
    ax.plot(shares, padded_times, "o--", color=plots.ORANGE, label="padded")
    plots.label(ax, f"Time: {name}", "share of words", "milliseconds")
for ax in grid:
    ax.set_ylim(0)
    ax.legend(fontsize="small", loc="lower right")
plt.show()

# %% [markdown] lang="ko"
# 왼쪽은 산수이고 나머지는 현실입니다. 여러분이 만든 RNN의 시간은 단어의 비율을 따라 줄어듭니다. `nn.LSTM`은 다를 수 있습니다. CPU용 PyTorch는 패딩된 LSTM을 통째로 처리하는 빠른 길을 따로 가지고 있는데 패킹한 데이터는 그 길로 가지 못해서, 일이 절반인데도 더 오래 걸리기도 합니다. 그러니 패킹의 첫째 이유는 속도가 아니라 **답이 맞는 것**이고, 속도는 재어 보고 말할 일입니다.
#
# ## 정리
#
# - RNN은 패딩을 모릅니다. 패딩한 배치의 `h_n`은 패딩까지 읽은 뒤의 상태입니다.
# - `PackedSequence`의 알맹이는 시점별로 이어 붙인 `data`와 시점마다 살아 있는 줄 수 `batch_sizes`입니다. PyTorch가 정렬했다면 순서와 역순열도 들고 다닙니다.
# - 긴 것부터 정렬하면 살아 있는 줄은 언제나 앞의 몇 줄입니다. 결과는 **역순열**로 되돌려야 합니다.
# - 끝난 문장의 상태를 얼려 두면 `h_n`은 마지막 진짜 단어의 상태가 됩니다.
# - 손실은 유효한 토큰의 수로 나눕니다. 패딩은 값이 아니라 **길이**로 가려냅니다.
# - 지금의 PyTorch에서는 `enforce_sorted=False`가 정렬과 되돌리기를 대신합니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 양방향 RNN에 패딩한 배치를 그냥 넣으면 왜 더 나빠지나요?</summary>
#
# 뒤에서 앞으로 읽는 방향은 패딩부터 읽기 시작합니다. 짧은 문장은 진짜 단어를 하나도 보기 전에 상태가 이미 패딩으로 채워집니다. 패킹하면 뒤쪽 방향도 각 문장의 마지막 진짜 단어에서 시작합니다.
# </details>
#
# <details><summary>2. 임베딩에 padding_idx=0을 주면 패킹이 필요 없나요?</summary>
#
# `padding_idx`는 패딩의 벡터를 0으로 두고 학습하지 않게 할 뿐입니다. 입력이 0이어도 RNN은 $\tanh(W_{hh}h + b)$로 상태를 계속 바꾸므로 `h_n`은 여전히 틀립니다.
# </details>
#
# <details><summary>3. 계산을 아끼는 더 간단한 방법은 없나요?</summary>
#
# 비슷한 길이끼리 모아 배치를 만들면(bucketing) 패딩 자체가 줄어듭니다. 다만 배치가 덜 무작위해지므로, 넉넉한 묶음 안에서만 정렬하고 배치의 순서는 섞는 것이 보통입니다.
# </details>
#
# <details><summary>4. 트랜스포머도 PackedSequence를 쓰나요?</summary>
#
# 쓰지 않습니다. 모든 시점을 한꺼번에 계산하므로 시점별로 줄을 줄일 수 없고, 대신 마스크로 패딩에 주의를 주지 않게 합니다. 여러 문장을 한 줄에 이어 붙이고 마스크로 나누는 방법도 씁니다.
# </details>

# %% [markdown] lang="en"
# On the left is arithmetic, the rest is reality. The time of the RNN that you wrote falls with the share of words. `nn.LSTM` may differ: on a CPU, PyTorch has a fast route that handles a padded LSTM as a whole, and packed data cannot take it, so it may need longer for half the work. So the first reason to pack is not speed but **the right answer**, and speed is something to measure before you claim it.
#
# ## Summary
#
# - An RNN knows nothing of padding: on a padded batch, `h_n` is the state after the padding.
# - At the heart of a `PackedSequence` are `data`, joined step by step, and `batch_sizes`, the rows alive at each step. If PyTorch did the sorting, it also carries the order and its inverse.
# - Sorted longest first, the rows alive are always the first few. Results go back by the **inverse permutation**.
# - Freeze the state of finished sentences, and `h_n` is the state at the last real word.
# - Divide a loss by the number of valid tokens. Tell padding by the **lengths**, not by its value.
# - In today's PyTorch, `enforce_sorted=False` sorts and unsorts for you.
#
# ## Further questions
#
# <details><summary>1. Why is it even worse to feed a padded batch to a bidirectional RNN?</summary>
#
# The direction that reads from the end starts with the padding. For a short sentence the state is already full of padding before the first real word. Packed, the backward direction starts at each sentence's last real word too.
# </details>
#
# <details><summary>2. With padding_idx=0 in the embedding, is packing still needed?</summary>
#
# `padding_idx` only keeps the pad's vector at 0 and untrained. With an input of 0 the RNN still changes its state, by $\tanh(W_{hh}h + b)$, so `h_n` is still wrong.
# </details>
#
# <details><summary>3. Is there a simpler way to save work?</summary>
#
# Make batches of sentences of similar length (bucketing), and there is less padding in the first place. Batches become less random, so people usually sort only within large groups and shuffle the batches.
# </details>
#
# <details><summary>4. Do Transformers use PackedSequence?</summary>
#
# No. They compute all steps at once, so there are no rows to drop step by step; instead a mask keeps attention away from the padding. Some join several sentences in one row and separate them by a mask.
# </details>
