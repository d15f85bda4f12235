# ---
# jupyter:
#   course:
#     ko: 프로젝트. 숫자를 시퀀스로 읽기
#     en: "A project: digits as sequences"
#     minutes: 110
#     files: [data_loader.py, utils.py, train.py, predict.py]
# ---

# %% [markdown] lang="ko"
# # 23장. 프로젝트: 숫자를 시퀀스로 읽기
#
# **누구를 위한 장인가요?** 노트북 안에서는 무엇이든 학습시킬 수 있게 되었고, 이제 명령 한 줄로 돌아가는 **프로젝트**를 만들어 보고 싶은 사람.
#
# **걸리는 시간** 약 110분 · **먼저 알아야 할 것** 데이터 로더(5장), 숫자 그림(9장), 드롭아웃과 두 모드(14장), RNN의 출력 모양(19장), 클리핑(20장), LSTM의 $h$와 $c$(22장)
#
# **이 장을 마치면**
#
# - 그림을 줄의 시퀀스로 읽는 양방향 LSTM을 만들고, 그 출력의 어느 자리에 무엇이 들어 있는지 말할 수 있습니다.
# - 학습 한 걸음에 클리핑을 알맞은 자리에 넣고, 그것이 무엇을 고치고 무엇을 못 고치는지 말할 수 있습니다.
# - 가장 좋았던 에폭을 지키고, 파일에 저장하고, 파일만으로 모델을 되살릴 수 있습니다.
# - 데이터, 모델, 학습, 예측을 파일로 나누어 명령줄에서 돌릴 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 23. A project: digits as sequences
#
# **Who is this for?** You can train anything inside a notebook by now, and would like to build a **project**: something that runs by one command.
#
# **Time** about 110 minutes · **You need** data loaders (chapter 5), the digits (chapter 9), dropout and the two modes (chapter 14), the shapes that an RNN puts out (chapter 19), clipping (chapter 20), the $h$ and $c$ of an LSTM (chapter 22)
#
# **Afterwards you can**
#
# - build a bidirectional LSTM that reads an image as a sequence of rows, and say what stands where in its output,
# - put clipping at the right place of a training step, and say what it mends and what it does not,
# - keep the best epoch, save it, and bring the model back from the file alone,
# - split data, model, training and prediction into files, and run them from the command line.

# %%
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots, scores
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.data import digits

plots.use_course_style()

# %% lang="ko"
open_chapter("ch23_bilstm_mnist", "ko")

# %% lang="en"
open_chapter("ch23_bilstm_mnist", "en")

# %% [markdown] lang="ko"
# ## 1. 그림도 순서대로 읽을 수 있습니다
#
# 숫자 그림은 28 × 28개의 수입니다. 9장은 그것을 긴 벡터로 폈고, 16장은 창을 밀며 훑었습니다. 이번에는 **책처럼** 읽습니다. 맨 윗줄에서 시작해 한 시점에 한 줄씩, 스물여덟 번. 한 줄의 픽셀 28개가 그 시점의 입력 벡터입니다.
#
# 사람이라면 몇 줄을 읽었을 때 무슨 숫자인지 알아챌까요? 아래는 숫자 하나를 여섯 번에 걸쳐 조금씩 펼친 것입니다.

# %% [markdown] lang="en"
# ## 1. An image can be read in order
#
# A digit is 28 × 28 numbers. Chapter 9 flattened them to one long vector, chapter 16 slid a window over them. This time we read them **like a book**: from the top, one row at each time step, twenty-eight times. The 28 pixels of a row are the input vector of that step.
#
# After how many rows would you know which digit it is? Below, one is unrolled in six stages.

# %%
data = digits()
print(data.source)

figure, grid = plots.axes(6, width=1.25, height=1.5)
image = data.test_images[24, 0]  # (28, 28)
for ax, rows in zip(grid, (5, 9, 13, 17, 22, 28)):
    seen = torch.full_like(image, float("nan"))  # (28, 28)
    seen[:rows] = image[:rows]
    ax.imshow(seen, cmap="gray_r", vmin=0, vmax=1)
    ax.axhline(rows - 0.5, color=plots.ORANGE, linewidth=2)
    ax.set(title=f"{rows} rows", xticks=[], yticks=[], xlim=(-0.5, 27.5), ylim=(27.5, -0.5))
    ax.grid(False)
plt.show()

# %% [markdown] lang="ko"
# 글자로 적으면 이렇습니다. 그림의 배치는 (B, 1, 28, 28), 시퀀스의 배치는 (B, T, D)입니다. 여기서 T = 28은 줄의 수이고 D = 28은 한 줄의 픽셀 수입니다. 가운데의 1은 흑백 그림의 채널(channel)입니다.
#
# ### 여러분 차례: `rows-as-sequence`
#
# 마침 T와 D가 같은 28이라 **틀려도 모양이 맞습니다**. 그래서 검사는 정사각형이 아닌 그림도 넣어 봅니다.

# %% [markdown] lang="en"
# In symbols: a batch of images is (B, 1, 28, 28), a batch of sequences is (B, T, D). Here T = 28 is the number of rows and D = 28 the number of pixels in a row. The 1 in the middle is the one channel of a grey image.
#
# ### Your turn: `rows-as-sequence`
#
# T and D happen to be 28 both, so **a wrong answer has the right shape**. That is why the check also sends images that are not square.

# %% exercise="rows-as-sequence"
def rows_as_sequence(images):
    """A batch of grey images as sequences of their rows, from top to bottom.

    images: (B, 1, H, W) float tensor; B, H and W may be 1.
    Returns a (B, H, W) tensor: step t of sequence b is row t of image b.
    """
    ### BEGIN SOLUTION
    return images.squeeze(1)  # (B, H, W)
    ### END SOLUTION


# %% [markdown] lang="ko"
# ## 2. 두 독자
#
# 22장의 LSTM은 위에서 아래로만 읽습니다. 줄 5에서 그것이 아는 것은 줄 0부터 5까지뿐입니다. 하지만 그림은 이미 다 그려져 있습니다. 아래쪽을 모르는 체할 까닭이 없습니다. 그래서 독자를 **둘** 둡니다. 하나는 위에서 아래로, 다른 하나는 아래에서 위로 읽고, 자리마다 두 사람의 말을 나란히 적습니다. 이것이 양방향(bidirectional) LSTM입니다.

# %% [markdown] lang="en"
# ## 2. Two readers
#
# The LSTM of chapter 22 reads from top to bottom only. At row 5 it knows the rows 0 to 5 and no more. But the image is all there: why pretend not to know the rest? So we hire **two** readers, one going down, one going up, and note what both say, side by side, at every place. That is a bidirectional LSTM.

# %%
def read_rows(x, weights):
    """Runs a one-way LSTM from states of 0, first step to last.

    x: (B, T, D). weights: W_ih (4H, D), W_hh (4H, H), b_ih and b_hh (4H,).
    Returns the outputs, (B, T, H).
    """
    lstm = nn.LSTM(x.shape[2], weights[1].shape[1], batch_first=True, dtype=x.dtype)
    lstm.load_state_dict(dict(zip(lstm.state_dict(), weights)))
    with torch.no_grad():
        return lstm(x)[0]  # (B, T, H)


# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=7.0, height=2.9)
for t in range(5):
    ax.text(t, -0.1, f"row {t}", ha="center", va="center")
    for y, colour, name in ((1, plots.BLUE, "down"), (2, plots.ORANGE, "up")):
        box = plt.Rectangle((t - 0.33, y - 0.27), 0.66, 0.54, facecolor=colour + "44", edgecolor=colour)
        ax.add_patch(box)
        ax.text(t, y, name, ha="center", va="center")
    ax.text(t, 3, f"output[:, {t}]", ha="center", va="center", fontsize="small")
    ax.annotate("", (t, 2.8), (t, 2.3), arrowprops={"arrowstyle": "-|>", "color": "#555555"})
    ax.annotate("", (t, 0.7), (t, 0.1), arrowprops={"arrowstyle": "-|>", "color": "#555555"})
for t in range(4):
    for y, ends, colour in ((1, (t + 0.67, t + 0.34), plots.BLUE), (2, (t + 0.34, t + 0.67), plots.ORANGE)):
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 2}
        ax.annotate("", (ends[0], y), (ends[1], y), arrowprops=arrow)
ax.set(xlim=(-0.6, 4.6), ylim=(-0.4, 3.3))
ax.set_title("Two readers pass over the same rows; their words stand side by side")
ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# 식으로는, 위에서 아래로 읽는 쪽을 $\overrightarrow{h}_t$, 아래에서 위로 읽는 쪽을 $\overleftarrow{h}_t$라 하면
#
# $$\text{output}_t = [\,\overrightarrow{h}_t \,;\, \overleftarrow{h}_t\,]$$
#
# 세미콜론은 이어 붙인다는 뜻이라 길이가 $2H$입니다. 두 독자는 **가중치가 따로**이고, 서로 이야기하지 않습니다.
#
# ### 여러분 차례: `two-directions`
#
# 위에서 아래로밖에 읽지 못하는 `read_rows`를 두 번 써서 양방향 LSTM의 출력을 만드세요. 텐서를 한 축에서 뒤집는 것은 `x.flip(axis)`입니다.

# %% [markdown] lang="en"
# As a formula, with $\overrightarrow{h}_t$ for the reader going down and $\overleftarrow{h}_t$ for the one going up,
#
# $$\text{output}_t = [\,\overrightarrow{h}_t \,;\, \overleftarrow{h}_t\,]$$
#
# The semicolon means joined, so the length is $2H$. The two readers have **weights of their own**, and they do not talk to each other.
#
# ### Your turn: `two-directions`
#
# Use `read_rows`, which can only read downwards, twice, and make the outputs of a bidirectional LSTM. `x.flip(axis)` turns a tensor round along an axis.

# %% exercise="two-directions"
def two_directions(x, forward, backward):
    """The outputs of a bidirectional LSTM of one layer, from states of 0.

    x: (B, T, D) float tensor. forward, backward: the weights of the two directions, each for
    read_rows(x, weights). The backward direction reads from the last step to the first.
    Returns (B, T, 2H): at place t, first what the forward direction says after step t, then what
    the backward one says after step t. Without nn.LSTM.
    """
    # downwards, as it is         # (B, T, H)
    # upwards, back in order      # (B, T, H)
    ### BEGIN SOLUTION
    down = read_rows(x, forward)  # (B, T, H)
    up = read_rows(x.flip(1), backward).flip(1)  # (B, T, H)
    return torch.cat([down, up], dim=2)  # (B, T, 2H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# PyTorch의 것과 같은지 봅시다. `nn.LSTM(…, bidirectional=True)`의 가중치는 여덟 개로, 앞의 넷이 앞 방향, 이름이 `_reverse`로 끝나는 뒤의 넷이 뒤 방향의 것입니다.

# %% [markdown] lang="en"
# Is it what PyTorch does? The weights of `nn.LSTM(…, bidirectional=True)` are eight: the first four are the forward direction's, the other four, whose names end in `_reverse`, the backward one's.

# %% tags=["demo"]
torch.manual_seed(0)
both = nn.LSTM(28, 16, batch_first=True, bidirectional=True).double()
x = rows_as_sequence(data.test_images[:5]).double()  # (B, T, D)
weights = list(both.state_dict().values())
with torch.no_grad():
    theirs, _ = both(x)  # (B, T, 2H)
mine = two_directions(x, weights[:4], weights[4:])  # (B, T, 2H)
print("shape", tuple(mine.shape), "· equal within 1e-12:", (mine - theirs).abs().max().item() < 1e-12)

# %% [markdown] lang="ko"
# ### 노트의 신경망: 네 층, 유닛 128개
#
# 이 과정의 바탕이 된 노트는 여기서 **네 층**짜리 양방향 LSTM을 씁니다(28 → 128). 위층은 아래층의 출력 256개를 입력으로 받습니다. 노트는 "output tensor = hidden state tensor"라고 적었는데, 둘은 같지 않습니다. 모양부터 다릅니다.

# %% [markdown] lang="en"
# ### The notes' network: four layers of 128 units
#
# The notes this course grew from use a bidirectional LSTM of **four layers** here (28 → 128). Each upper layer takes the 256 outputs of the one below as its input. The notes write "output tensor = hidden state tensor", but the two are not the same. Not even their shapes are.

# %%
torch.manual_seed(0)
notes_lstm = nn.LSTM(28, 128, num_layers=4, batch_first=True, bidirectional=True)
x = data.test_images[:5, 0]  # (B, T, D)
with torch.no_grad():
    output, (h_n, c_n) = notes_lstm(x)
print("output", tuple(output.shape), " every place, top layer only: (B, T, 2H)")
print("h_n   ", tuple(h_n.shape), "  both ends of every layer: (layers · directions, B, H)")
print("c_n   ", tuple(c_n.shape))
print(f"parameters: {sum(p.numel() for p in notes_lstm.parameters()):,}")

# %% [markdown] lang="ko"
# - `output`은 **모든 시점**의, 그러나 **맨 위층만의** 상태입니다.
# - `h_n`은 **모든 층**의, 그러나 각 방향이 **다 읽었을 때만의** 상태입니다. 첫 축의 8은 층 넷 × 방향 둘이고, 0층 앞, 0층 뒤, 1층 앞, …의 순서입니다. `batch_first=True`여도 배치는 가운데에 있습니다.
#
# 이 신경망은 매개변수가 130만 개가 넘습니다. 우리 그림은 1,400여 장이고 이 장은 CPU에서 몇 초 안에 학습해야 하니, 뒤에서는 **유닛 32개, 두 층**을 씁니다. 명령줄에서 `--layers 4 --hidden 128`이라고 하면 노트의 것이 됩니다.
#
# ### 양방향을 쓸 수 없는 곳
#
# 노트는 양방향을 쓸 수 없는 예로 번역을 듭니다. 반만 맞습니다. 먼저 왜 못 쓰는지부터 재 봅시다. **마지막 줄 하나만** 바꾸면 앞쪽 자리들의 출력이 달라질까요?

# %% [markdown] lang="en"
# - `output` holds the states at **every step**, but of the **top layer only**.
# - `h_n` holds those of **every layer**, but only where each direction **has read everything**. The 8 of its first axis is four layers times two directions, in the order layer 0 forward, layer 0 backward, layer 1 forward, … The batch is in the middle, even with `batch_first=True`.
#
# This network has more than 1.3 million parameters. We have some 1,400 images, and the chapter should train on a CPU within seconds, so further down we take **two layers of 32 units**. On the command line `--layers 4 --hidden 128` gives you that of the notes.
#
# ### Where a bidirectional net cannot be used
#
# The notes name translation as a case for which it cannot. That is half right. First measure why it could not: change **the last row alone**. Do the outputs at earlier places differ?

# %%
changed = x.clone()  # (B, T, D)
changed[:, -1] += 1.0
torch.manual_seed(0)
one_way = nn.LSTM(28, 128, batch_first=True)
for name, lstm in (("one direction", one_way), ("two directions", notes_lstm)):
    with torch.no_grad():
        gap = (lstm(changed)[0] - lstm(x)[0]).abs().amax((0, 2))  # (T,)
    print(f"{name}: the outputs differ at {int((gap > 0).sum())} of 28 places")

# %% [markdown] lang="ko"
# 한 방향이면 마지막 자리만, 양방향이면 모든 자리가 달라집니다. 양방향의 출력은 **미래를 보고** 나온 것입니다. 그래서 아직 쓰지 않은 다음 낱말을 하나씩 지어내는 일, 곧 **생성**에는 쓸 수 없습니다. 번역기에서는 번역문을 지어내는 디코더가 그렇습니다. 그러나 원문을 읽는 **인코더**는 다릅니다. 원문은 처음부터 다 주어져 있으니 양방향이어도 됩니다. 실제로 많이들 그렇게 합니다(24장).
#
# ## 3. 함정: 마지막 자리를 꺼내면 될까?
#
# 분류하려면 그림마다 벡터 하나로 **요약**해야 합니다. 한 방향일 때는 마지막 시점의 출력이 요약이었습니다. 그래서 양방향에서도 손이 저절로 이렇게 씁니다. 오류도 나지 않습니다.

# %% [markdown] lang="en"
# With one direction only the last place differs, with two directions all of them do: the outputs of a bidirectional net have **seen the future**. So it cannot be used for making up the next word, one after another, when that is not written yet: for **generating**. In a translator that is the decoder, which makes up the translation. The **encoder**, which reads the source, is another matter. The source is all there from the start, so the encoder may be bidirectional, and often is (chapter 24).
#
# ## 3. A trap: just take the last place?
#
# To classify, each image has to be **summed up** in one vector. With one direction, that was the output at the last step. So with two directions the hand writes this by itself, and no error appears.

# %%
def broken_join(output):
    """(B, T, 2H) -> (B, 2H), quietly wrong."""
    return output[:, -1]


# %% [markdown] lang="ko"
# 각 자리의 출력이 어느 줄을 **보았는지** 재 봅시다. 자리 $t$의 출력을 줄 $s$로 미분한 기울기가 0이면 그 줄을 보지 못한 것입니다. 색칠된 칸이 본 줄입니다. 빨간 점선은 `broken_join`이 꺼내는 자리입니다.

# %% [markdown] lang="en"
# Let us measure which rows the output at each place **has seen**. Differentiate the output at place $t$ by row $s$: where the gradient is 0, that row was not seen. Coloured cells are rows that were. The dashed red line is where `broken_join` looks.

# %%
def rows_seen(half):
    """Which rows (down) the outputs of one half have seen at each place (across): (T, T) of 0, 1."""
    torch.manual_seed(0)
    lstm = nn.LSTM(28, 8, batch_first=True, bidirectional=True).double()
    x = data.test_images[:1, 0].double().requires_grad_()  # (1, T, D)
    output = lstm(x)[0].chunk(2, dim=2)[half]  # (1, T, H)
    columns = []
    for t in range(28):
        (gradient,) = torch.autograd.grad(output[:, t].sum(), x, retain_graph=True)  # (1, T, D)
        columns.append((gradient[0].abs().sum(1) > 0).double())  # (T,)
    return torch.stack(columns, dim=1)  # (T, T)


figure, grid = plots.axes(2, width=3.3, height=3.0)
for ax, half, name in zip(grid, (0, 1), ("first half, reading down", "second half, reading up")):
    ax.imshow(rows_seen(half), cmap="Blues" if half == 0 else "Oranges", vmin=0, vmax=1.6)
    ax.axvline(27, color=plots.RED, linestyle="--", linewidth=2)
    ax.grid(False)
    plots.label(ax, f"Rows seen: {name}", "place t of the output", "row s of the image")
plt.show()

# %% [markdown] lang="ko"
# 왼쪽, 위에서 아래로 읽는 절반은 마지막 자리에서 스물여덟 줄을 다 보았습니다. 오른쪽, 아래에서 위로 읽는 절반은 마지막 자리에서 **맨 아랫줄 하나**만 보았습니다. 맨 아랫줄 하나로는 숫자를 가리기 어렵습니다. 요약의 절반은 맨 아랫줄밖에 모르는 셈입니다.
#
# ### 여러분 차례: `join-directions`
#
# 두 절반을 저마다 **다 읽은 자리에서** 꺼내 이어 붙이세요.

# %% [markdown] lang="en"
# On the left, the half that reads down has seen all twenty-eight rows at the last place. On the right, the half that reads up has seen **the bottom row alone** there. One row says little about the digit: half of the summary knows only the bottom row.
#
# ### Your turn: `join-directions`
#
# Take each half **where it has read everything**, and join the two.

# %% exercise="join-directions"
def join_directions(output):
    """Sums up a bidirectional output: each direction where it has read all steps.

    output: (B, T, 2H) float tensor, the forward direction in the first H numbers of the last
    axis, the backward one in the other H. T and H may be 1.
    Returns a (B, 2H) tensor: the forward direction's H numbers, then the backward one's. A gradient
    can flow through it.
    """
    ### BEGIN SOLUTION
    H = output.shape[2] // 2
    return torch.cat([output[:, -1, :H], output[:, 0, H:]], dim=1)  # (B, 2H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 얼마나 차이가 날까요? 작은 신경망(한 층, 유닛 32개)을 요약 방법만 바꾸어 일곱 에폭씩 학습시킵니다. 셋째는 마지막 자리의 뒤 절반만 가지고, 넷째는 자리 0의 뒤 절반만 가지고 분류합니다. 시드는 둘입니다. 학습률 0.01은 0.003, 0.01, 0.03 가운데 훈련 그림에서 떼어 둔 15%의 손실이 가장 낮은 것입니다(8장).

# %% [markdown] lang="en"
# What is it worth? We train a small network (one layer of 32 units) for seven epochs and change nothing but the summary. The third classifies by the second half at the last place alone, the fourth by the second half at place 0 alone. Two seeds each. The learning rate, 0.01, is the one of 0.003, 0.01 and 0.03 with the lowest loss on 15% of the training images that were set apart (chapter 8).

# %%
def accuracy_of_summary(summary, width, seed, epochs=7):
    """The test accuracy of a small bidirectional LSTM with this way of summing up."""
    torch.manual_seed(seed)
    lstm = nn.LSTM(28, 32, batch_first=True, bidirectional=True)
    linear = nn.Linear(width, 10)
    optimizer = torch.optim.Adam([*lstm.parameters(), *linear.parameters()], lr=0.01)
    for _ in range(epochs):
        for rows in torch.randperm(len(data.train_labels)).split(64):
            output, _ = lstm(data.train_images[rows, 0])  # (B, T, 2H)
            loss = F.cross_entropy(linear(summary(output)), data.train_labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        output, _ = lstm(data.test_images[:, 0])  # (N, T, 2H)
        guesses = linear(summary(output)).argmax(1)  # (N,)
    return (guesses == data.test_labels).float().mean().item()


# %% tags=["demo", "nbval-ignore-output"]
summaries = {
    "join_directions": (join_directions, 64),
    "broken_join: last place, both halves": (broken_join, 64),
    "second half at the last place": (lambda output: output[:, -1, 32:], 32),
    "second half at place 0": (lambda output: output[:, 0, 32:], 32),
}
for name, (summary, width) in tqdm(summaries.items()):
    shares = [accuracy_of_summary(summary, width, seed) for seed in range(2)]
    print(f"{name:38s}", " · ".join(f"{share:.1%}" for share in shares))

# %% [markdown] lang="ko"
# 셋째 줄을 보세요. 맨 아랫줄 하나만 보고 절반쯤 맞힙니다. 찍는 것보다는 훨씬 낫지만, 같은 독자가 다 읽은 뒤(넷째 줄)와는 견줄 수 없습니다. `broken_join`은 앞 방향 덕분에 그럴듯하게 나옵니다. **그래서 이 잘못은 눈에 띄지 않습니다.** `join_directions`와의 차이는 시드와 컴퓨터에 따라 다릅니다. 거의 없을 때도, 10퍼센트 가까이 될 때도 있습니다.
#
# ### 여러분 차례: `final-states`
#
# 같은 요약이 `h_n`에도 들어 있습니다. 거기에는 처음부터 "다 읽었을 때"의 상태만 담기니까요. 두 층 이상이면 첫 축에서 **맨 위층**을 골라야 합니다.

# %% [markdown] lang="en"
# Look at the third line: from the bottom row alone, about half are read right. Far better than guessing, but no match for the same reader after it has read everything (fourth line). `broken_join` looks respectable thanks to the forward half. **That is why this mistake goes unseen.** What it loses to `join_directions` depends on the seed and on the computer: next to nothing in some runs, nearly ten percent in others.
#
# ### Your turn: `final-states`
#
# The same summary stands in `h_n`, which holds nothing but "after reading everything". With two or more layers, the **top** one has to be picked from its first axis.

# %% exercise="final-states"
def final_states(h_n):
    """The last states of both directions of the top layer, joined.

    h_n: (2 * layers, B, H) float tensor as a bidirectional nn.LSTM returns it: layer 0 forward,
    layer 0 backward, layer 1 forward, … B may be 1.
    Returns a (B, 2H) tensor: forward, then backward. A gradient can flow through it.
    """
    ### BEGIN SOLUTION
    return torch.cat([h_n[-2], h_n[-1]], dim=1)  # (B, 2H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 두 길이 같은 곳에 이르는지 노트의 네 층 신경망으로 확인합니다. 노트 가운데 하나는 한 방향, 한 층일 때 `h_n.squeeze(0)`으로 상태를 꺼냈습니다. 두 방향에서는 그것이 무엇을 주는지도 봅시다.

# %% [markdown] lang="en"
# Do both ways lead to the same place? The notes' network of four layers tells. One of the notes takes the state by `h_n.squeeze(0)`, which does for one direction and one layer. See what it gives for two directions.

# %% tags=["demo"]
with torch.no_grad():
    output, (h_n, _) = notes_lstm(data.test_images[:5, 0])
print("final_states(h_n) is join_directions(output):", torch.equal(final_states(h_n), join_directions(output)))
print("output[:, -1] has h_n[-1] in its second half:", torch.equal(output[:, -1, 128:], h_n[-1]))
print("output[:, 0] has h_n[-1] in its second half:", torch.equal(output[:, 0, 128:], h_n[-1]))
print("h_n.squeeze(0) has the shape", tuple(h_n.squeeze(0).shape), "· wanted:", tuple(final_states(h_n).shape))

# %% [markdown] lang="ko"
# `squeeze(0)`은 크기가 1인 축만 없애므로 여기서는 아무 일도 하지 않습니다. 더 나쁜 것은 `h_n[-2:].reshape(B, 2H)`입니다. 모양은 맞는데 서로 다른 그림의 상태가 한 줄에 섞입니다. 카드가 이름을 대어 줄 것입니다.
#
# ## 4. 모델
#
# 조각이 다 모였습니다.
#
# ```
# images (B, 1, 28, 28) → rows_as_sequence (B, 28, 28) → LSTM: h_n (2·layers, B, H) → final_states (B, 2H) → Linear: logits (B, 10)
# ```
#
# 드롭아웃은 `nn.LSTM`의 인자 `dropout`으로 줍니다. **층과 층 사이**에만 걸리므로 한 층이면 아무 일도 하지 않습니다(PyTorch가 경고합니다).
#
# ### 여러분 차례: `bilstm-classifier`
#
# 첫 두 줄은 주어져 있습니다. `self.sizes`는 나중에 파일에서 모델을 되살릴 때 씁니다.

# %% [markdown] lang="en"
# `squeeze(0)` only drops an axis of size 1, so here it does nothing. Worse is `h_n[-2:].reshape(B, 2H)`: the shape is right, but states of different images are mixed in one row. The card will name it.
#
# ## 4. The model
#
# All the parts are there.
#
# ```
# images (B, 1, 28, 28) → rows_as_sequence (B, 28, 28) → LSTM: h_n (2·layers, B, H) → final_states (B, 2H) → Linear: logits (B, 10)
# ```
#
# Dropout is given to `nn.LSTM` as its argument `dropout`. It acts **between the layers** only, so with one layer it does nothing (and PyTorch warns you).
#
# ### Your turn: `bilstm-classifier`
#
# The first two lines are given. `self.sizes` will be of use when a model has to come back from a file.

# %% exercise="bilstm-classifier"
class BiLSTMClassifier(nn.Module):
    """A bidirectional LSTM over the rows of an image, then one linear layer; with two methods.

    __init__(self, inputs, hidden, layers, classes, dropout=0.0): makes the attributes lstm, an
    nn.LSTM of `layers` layers with `hidden` units in each of two directions, which takes rows of
    `inputs` pixels and drops with probability `dropout` between its layers (in training only);
    and linear, an nn.Linear from 2 * hidden to `classes`.
    forward(self, images): images, (B, 1, T, inputs) float, give logits, (B, classes), from the
    last states of both directions of the top layer.
    """

    def __init__(self, inputs, hidden, layers, classes, dropout=0.0):
        super().__init__()
        self.sizes = {"inputs": inputs, "hidden": hidden, "layers": layers, "classes": classes,
                      "dropout": dropout}
        ### BEGIN SOLUTION
        self.lstm = nn.LSTM(inputs, hidden, layers, batch_first=True, bidirectional=True,
                            dropout=dropout)
        self.linear = nn.Linear(2 * hidden, classes)

    def forward(self, images):
        _, (h_n, _) = self.lstm(rows_as_sequence(images))  # (2 * layers, B, H)
        return self.linear(final_states(h_n))  # (B, classes)
        ### END SOLUTION


# %% tags=["demo"]
torch.manual_seed(0)
model = BiLSTMClassifier(28, 32, 2, 10, dropout=0.2)
print("logits", tuple(model(data.test_images[:3]).shape))
print(f"parameters: {sum(p.numel() for p in model.parameters()):,}")
images = data.test_images[:1]  # (1, 1, 28, 28)
for mode in (True, False):
    model.train(mode)
    same = torch.equal(model(images), model(images))
    print(f"{'training' if mode else 'evaluation'} mode: two calls give the same logits: {same}")

# %% [markdown] lang="ko"
# ## 5. 프로젝트의 파일
#
# 노트북은 생각하기에 좋지만, 밤새 학습을 돌리거나 남에게 건네기에는 파일이 낫습니다. 노트의 프로젝트는 이렇게 나뉘어 있습니다. 나누는 기준은 **무엇이 무엇을 몰라도 되는가**입니다.
#
# | 파일 | 아는 것 | 몰라도 되는 것 | 누가 쓰나 |
# |---|---|---|---|
# | `data_loader.py` | 그림이 어디 있고 어떻게 나누는지 | 어떤 모델이 쓰는지 | 주어짐 |
# | `model.py` | 그림에서 로짓까지, 저장하는 법 | 어떻게 학습되는지 | **여러분의 답** |
# | `trainer.py` | 학습 한 걸음, 가장 좋은 에폭, 예측 | 데이터가 무엇인지, 모델이 LSTM인지 | **여러분의 답** |
# | `train.py` | 명령줄의 선택을 읽고 위의 셋을 잇기 | 그 속 | 주어짐 |
# | `predict.py` | 파일에서 모델을 되살려 쓰기 | 어떻게 학습되었는지 | 주어짐 |
# | `utils.py` | 함께 쓰는 작은 것들 | 나머지 | 주어짐 |
#
# 주어진 파일은 이 노트북 옆에 있습니다. 열어서 읽어 보세요. `model.py`와 `trainer.py`는 아직 없습니다. 여러분의 답으로 8절에서 만듭니다.
#
# `trainer.py`가 모델이 LSTM인지 몰라도 된다는 것을 이용합시다. 아래의 검사들은 여러분의 함수에 **아주 작은 모델**을 넣어 봅니다. 검사가 보낼 수 있는 것은 수뿐이라, `rehearse`가 그 수로 모델을 만들어 줍니다. 진짜 모델을 받으면 그대로 돌려줍니다. 여러분은 `rehearse`가 돌려준 모델을 쓰기만 하면 됩니다.

# %% [markdown] lang="en"
# ## 5. The files of a project
#
# A notebook is good to think in. For a training that runs all night, or to hand to others, files are better. The notes' project is divided like this, by the question **what need not know what**.
#
# | file | knows | need not know | written by |
# |---|---|---|---|
# | `data_loader.py` | where the images are, how they are split | which model uses them | given |
# | `model.py` | the way from images to logits, how to save it | how it is trained | **your answers** |
# | `trainer.py` | one training step, the best epoch, predicting | what the data are, that the model is an LSTM | **your answers** |
# | `train.py` | reads the choices on the command line, ties the three together | what is inside them | given |
# | `predict.py` | brings a model back from a file and uses it | how it was trained | given |
# | `utils.py` | small things that others share | the rest | given |
#
# The given files stand beside this notebook: open and read them. `model.py` and `trainer.py` are not there yet; in section 8 they are made of your answers.
#
# That `trainer.py` need not know of LSTMs comes in handy. The checks below try your functions on **a very small model**. All a check can send is numbers, so `rehearse` makes a model of them. Given a real model, it returns it as it is. Just use what `rehearse` returns.

# %%
class Small(nn.Module):
    """A stand-in for a model: dropout, then one linear layer on the flattened image.

    most: the most images that it takes at once, as if there were memory for no more. records:
    whether autograd may record what it does, for that takes memory too. mode: a tensor of one
    bool, which follows whether the model is in training mode.
    """

    def __init__(self, weight, bias, p, most=None, records=True, mode=None):
        super().__init__()
        self.drop, self.most, self.records, self.mode = nn.Dropout(p), most, records, mode
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)  # (C, D), (C,)

    def train(self, mode=True):
        if self.mode is not None:
            self.mode.fill_(mode)
        return super().train(mode)

    def forward(self, images):
        if self.most is not None and len(images) > self.most:
            raise ValueError(f"{len(images)} images at once: only {self.most} fit")
        pixels = images[:, 0].flatten(1)  # (B, D)
        logits = F.linear(self.drop(pixels), self.weight, self.bias)  # (B, C)
        if logits.requires_grad and not self.records:
            raise ValueError("autograd records: there is no memory for that")
        return logits


def rehearsed_epochs(model, losses):
    """A training made up by a check: each epoch adds a number to every weight, and has a loss."""
    for loss, change in losses:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += change
        yield loss


def rehearse(model, other=None):
    """Returns (model, other) as they are; but makes a Small model of the numbers of a check.

    model: a module, or a dict with the arguments of Small. The Small one is in training mode, and
    has gradients left over from "the step before". other: becomes an optimizer, if it is a
    number (the learning rate), or a made-up training, if it is a list.
    """
    if isinstance(model, nn.Module):
        return model, other
    small = Small(**model)
    for parameter in small.parameters():
        parameter.grad = torch.ones_like(parameter)
    if isinstance(other, list):
        return small, rehearsed_epochs(small, other)
    return small, other and torch.optim.SGD(small.parameters(), lr=other)


# %% [markdown] lang="ko"
# ## 6. 학습: 한 걸음과 가장 좋은 에폭
#
# 20장에서 클리핑을 직접 만들었습니다. 모든 매개변수의 기울기를 한데 모은 길이가 `max_norm`을 넘으면, 방향은 그대로 두고 길이만 `max_norm`으로 줄입니다.
#
# $$g \leftarrow g \cdot \min\left(1,\ \frac{\text{max\_norm}}{\lVert g \rVert}\right)$$
#
# PyTorch에서는 `nn.utils.clip_grad_norm_(model.parameters(), max_norm)`입니다. 끝의 밑줄은 기울기를 **제자리에서** 고친다는 뜻이고, 돌려주는 것은 줄이기 **전의** 길이입니다. 문제는 이 한 줄을 **어디에** 넣느냐입니다.
#
# ### 여러분 차례: `trainer-step`

# %% [markdown] lang="en"
# ## 6. Training: one step, and the best epoch
#
# In chapter 20 you wrote clipping by hand. Where the length of all parameters' gradients together exceeds `max_norm`, the direction stays and the length is cut to `max_norm`.
#
# $$g \leftarrow g \cdot \min\left(1,\ \frac{\text{max\_norm}}{\lVert g \rVert}\right)$$
#
# In PyTorch it is `nn.utils.clip_grad_norm_(model.parameters(), max_norm)`. The underscore at the end says that gradients are changed **in place**; what it returns is the length **before** that. The question is **where** the line belongs.
#
# ### Your turn: `trainer-step`

# %% exercise="trainer-step"
def train_step(model, optimizer, images, labels, max_norm):
    """One training step with clipping; moves the model's weights.

    model: a module that gives logits (B, C), in training mode, which it stays in. optimizer: of
    its parameters. images: (B, 1, H, W) float. labels: (B,) int64. max_norm: a float > 0, the
    largest norm of the gradient of all parameters together. The loss is the mean cross entropy;
    logits may be in the hundreds. Gradients may be left over from the step before.
    Returns (loss, norm): two Python floats, the loss before the step, and the norm of the
    gradient before it was clipped.
    """
    model, optimizer = rehearse(model, optimizer)
    ### BEGIN SOLUTION
    loss = F.cross_entropy(model(images), labels)  # ()
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)  # ()
    optimizer.step()
    return loss.item(), norm.item()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 노트는 "gradient clipping으로 exploding gradient 문제를 해결할 수 있다"고 정리합니다. 정말 해결일까요? 같은 모델을 두 출발점에서 60걸음 학습시키며 기울기의 길이를 기록합니다. 하나는 PyTorch의 기본값이고, 다른 하나는 $W_{hh}$를 모두 20배로 키운 나쁜 출발점입니다. `max_norm`은 1입니다(점선).

# %% [markdown] lang="en"
# The notes sum up that "gradient clipping can solve the problem of exploding gradients". Does it solve it? We train the same model for 60 steps from two starts and record the norm of the gradient. One start is PyTorch's default, the other a bad one with every $W_{hh}$ times 20. `max_norm` is 1 (dashed).

# %%
def sixty_steps(factor, seed, max_norm=1.0):
    """Sixty steps of SGD from a start with W_hh times factor: (norms before clipping, losses)."""
    torch.manual_seed(seed)
    model = BiLSTMClassifier(28, 32, 1, 10)
    with torch.no_grad():
        for part, weight in model.lstm.named_parameters():
            weight *= factor if "weight_hh" in part else 1
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    norms, losses = [], []
    for rows in torch.randperm(len(data.train_labels)).repeat(3).split(64)[:60]:
        images, labels = data.train_images[rows], data.train_labels[rows]
        loss, norm = train_step(model, optimizer, images, labels, max_norm)
        norms.append(norm)
        losses.append(loss)
    return norms, losses


# %% tags=["demo", "nbval-ignore-output"]
figure, (ax,) = plots.axes(1, width=5.8, height=2.9)
for name, factor, colour in (("default start", 1, plots.BLUE), ("W_hh × 20", 20, plots.RED)):
    norms, losses = sixty_steps(factor, seed=0)
    over = sum(norm > 1 for norm in norms) / len(norms)
    print(f"{name:14s} largest norm {max(norms):5.1f}, over 1 in {over:.0%} of the steps, last loss {losses[-1]:.2f}")
    ax.semilogy(norms, color=colour, label=name, linestyle="-" if factor == 1 else "-.")
ax.axhline(1.0, color=plots.GREY, linestyle="--")
plots.label(ax, "Clipping bounds the step; the gradients go on exploding", "step", "norm before clipping")
ax.legend()
plt.show()

x = torch.full((1, 1, 1, 1), float("nan"))  # one broken pixel
weights = {"weight": torch.ones(2, 1), "bias": torch.zeros(2), "p": 0.0}
# `rehearse` makes a model of these tensors, not of copies: the step shows in `weights`.
loss, norm = train_step(weights, 0.1, x, torch.tensor([0]), 1.0)
print(f"after one NaN pixel, clipped at 1: norm {norm}, weights {weights['weight'].flatten().tolist()}")

# %% [markdown] lang="ko"
# 클리핑은 **걸음의 크기**를 묶어 둡니다. 여기서 쓴 SGD라면 기울기가 아무리 길어도 한 걸음이 학습률 × 1을 넘지 않습니다. (9절에서 쓸 Adam은 기울기를 제 나름대로 다시 재므로 이렇게 딱 잘라 말할 수 없습니다. 거기서 클리핑은 유난히 긴 기울기 하나가 이동 평균을 망치지 않게 하려는 것입니다.) 그러나 나쁜 출발점에서는 기울기가 여전히 폭발하고 있고(붉은 선), 줄여서 걷는 방향이 좋은 방향이라는 보장도 없습니다. 60걸음 뒤의 손실이 아무것도 모르는 모델의 $\ln 10 \approx 2.3$ 근처에 머물러 있는 것을 보세요. 그리고 NaN은 줄여도 NaN입니다. 픽셀 하나가 모든 가중치를 망가뜨렸습니다. 기울기 소실에도 아무 도움이 되지 않습니다(20장).
#
# 그러면 클리핑은 학습에 도움이 될까요? 같은 60걸음을 클리핑하며 걷고, 하지 않고도(`max_norm`을 ∞로) 걸어 봅시다. 출발점은 $W_{hh}$를 5배로 키운 것과 20배로 키운 것, 시드는 셋입니다. 적힌 수는 마지막 열 걸음의 평균 손실입니다.

# %% [markdown] lang="en"
# Clipping bounds **the size of the step**: with SGD, as here, the step is no longer than the learning rate times 1, however long the gradient. (The Adam of section 9 rescales gradients in its own way, so there is no such bound; there clipping is meant to keep a single huge gradient from spoiling the moving averages.) But from the bad start the gradients go on exploding (red), and nothing says that the shortened step points somewhere good: after 60 steps the loss is still around the $\ln 10 \approx 2.3$ of a model that knows nothing. And a NaN stays a NaN, however it is scaled: a single pixel ruined every weight. Against vanishing it does nothing at all either (chapter 20).
#
# Then does clipping help the training? Walk the same 60 steps with clipping and without (with ∞ for `max_norm`), from starts with $W_{hh}$ times 5 and times 20, three seeds each. The numbers are mean losses of the last ten steps.

# %% tags=["demo", "nbval-ignore-output"]
for factor in (5, 20):
    for name, max_norm in (("clipped at 1", 1.0), ("not clipped", math.inf)):
        runs = [sixty_steps(factor, seed, max_norm) for seed in range(3)]
        over = sum(norm > 1 for norms, _ in runs for norm in norms) / 180
        ends = " · ".join(f"{sum(losses[-10:]) / 10:.2f}" for _, losses in runs)
        print(f"W_hh × {factor:2d}, {name:12s}: loss {ends}, norm over 1 in {over:.0%} of the steps")

# %% [markdown] lang="ko"
# 5배에서는 어느 쪽이 나은지 한마디로 말할 수 없습니다. 클리핑한 쪽의 손실이 더 낮은 시드도, 비슷하거나 더 높은 시드도 있습니다. 20배에서는 클리핑한 쪽이 집니다. 클리핑한 쪽은 거의 제자리인데, 하지 않은 쪽은 조금이라도 내려갔습니다. 시드 셋, 60걸음짜리 작은 실험이니 이만큼만 말합시다. 클리핑은 도움이 될 때가 있지만 **언제나 그렇지는 않습니다.** 폭발에 매는 안전띠이지 치료가 아닙니다.
#
# ### 가장 좋은 에폭을 지키기: 또 하나의 함정
#
# 검증 손실은 내려가다가 다시 오르곤 합니다. 그래서 가장 낮았을 때의 가중치를 간직해 두려고 합니다(8장). 아래 코드가 그렇게 하는 것처럼 보입니다.

# %% [markdown] lang="en"
# At times 5 there is no plain winner: with clipping, the loss is lower for some seeds, about the same or higher for others. At times 20 clipping loses: with it the loss hardly moves, without it comes down at least a little. This is a small experiment of three seeds and 60 steps, so let us say no more than this: clipping sometimes helps, and **not always**. It is a safety belt against explosions, not a cure.
#
# ### Keeping the best epoch: another trap
#
# The validation loss falls, and then often rises again. So we would like to keep the weights of its lowest point (chapter 8). The code below looks as if it did.

# %%
def broken_keep_best(model, losses):
    """Trains, and returns (best loss, the weights kept); keeps the wrong ones."""
    model, losses = rehearse(model, losses)
    best, kept = math.inf, None
    for loss in losses:  # asking for the next loss trains the model for one more epoch
        if loss < best:
            best = loss
            kept = model.state_dict()
    model.load_state_dict(kept)
    return best, model.state_dict()


start = {"weight": torch.zeros(1, 1), "bias": torch.zeros(1), "p": 0.0}
epochs = [[0.9, 1.0], [0.4, 1.0], [0.6, 1.0], [0.8, 1.0]]  # each adds 1 to the weights
best, weights = broken_keep_best(start, epochs)
print(f"best loss {best}, kept after epoch 2, when the weight was 2. Kept: {weights['weight'].item()}")

# %% [markdown] lang="ko"
# `losses`가 낯설 수 있습니다. **제너레이터**(generator), 곧 다음 값을 달라고 할 때마다 `yield`까지 조금씩 실행되는 함수가 만든 것입니다. 여기서는 다음 손실을 달라고 하면 모델을 한 에폭 더 학습시키고 그 검증 손실을 내놓습니다. 그래서 이 함수는 데이터도 옵티마이저도 몰라도 됩니다.
#
# 손실은 둘째 에폭의 0.4를 골랐는데 가중치는 넷째 에폭의 것입니다. 오류는 없습니다. 저장한 파일은 가장 좋은 모델이 아니라 **마지막** 모델이고, 아무도 모릅니다.
#
# ### 여러분 차례: `keep-best`
#
# 고치세요. 실마리: 1장에서 본, 메모리를 함께 쓰는 텐서들을 떠올려 보세요.

# %% [markdown] lang="en"
# `losses` may look strange. It comes from a **generator**, a function that runs on to its next `yield` whenever somebody asks for one more value. Here, asking for the next loss trains the model for another epoch and hands out the validation loss. So this function need know neither the data nor the optimizer.
#
# The loss is the 0.4 of the second epoch, but the weights are those of the fourth. There is no error. The file that gets saved is not the best model but the **last** one, and nobody knows.
#
# ### Your turn: `keep-best`
#
# Mend it. A clue: remember the tensors of chapter 1 that share their memory.

# %% exercise="keep-best"
def keep_best(model, losses):
    """Trains to the end, then puts the weights of the best epoch back into the model.

    model: a module. losses: an iterable of floats, at least one, none of them NaN or infinite;
    0, negative ones and ones very close together are possible. Asking it for the next one trains
    the model for one more epoch and gives that epoch's validation loss. Of equal losses the
    earliest is the best.
    Returns (best, weights): the smallest loss, and the model's state_dict, which has the
    weights that the model had when that loss came.
    """
    model, losses = rehearse(model, losses)
    best, kept = math.inf, None
    for loss in losses:
        ### BEGIN SOLUTION
        if loss < best:
            best = loss
            kept = {name: value.clone() for name, value in model.state_dict().items()}
        ### END SOLUTION
    if kept is not None:
        model.load_state_dict(kept)
    return best, model.state_dict()


# %% tags=["demo"]
start = {"weight": torch.zeros(1, 1), "bias": torch.zeros(1), "p": 0.0}
best, weights = keep_best(start, epochs)
print(f"best loss {best}, weights of epoch 2: {weights['weight'].item()}")

# %% [markdown] lang="ko"
# ## 7. 저장하고, 되살리고, 쓰기
#
# 학습한 모델이 담긴 파일을 체크포인트(checkpoint)라고 합니다. PyTorch에서는 두 줄입니다.

# %% [markdown] lang="en"
# ## 7. Save it, bring it back, use it
#
# A file that holds a trained model is called a checkpoint. In PyTorch it takes two lines.

# %%
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "note.pt"
    torch.save({"who": "a dict of plain things", "what": torch.arange(3)}, path)
    print(torch.load(path, weights_only=True))

# %% [markdown] lang="ko"
# `torch.save`는 파이썬 객체를 무엇이든 파일로 만들지만, **모델 객체를 통째로** 저장하지는 마세요. 그런 파일은 클래스의 코드에 묶여 있어서 코드가 바뀌면 열리지 않고, 남이 준 파일이라면 여는 순간 그 안의 코드가 실행될 수 있습니다. `weights_only=True`는 텐서와 수, 문자열, 리스트, dict만 받아들입니다. 지금의 PyTorch에서는 그것이 기본값이지만 적어 두는 것이 좋습니다.
#
# 가중치만으로는 모자랍니다. 파일을 여는 사람은 층이 몇 개이고 유닛이 몇 개인지 모릅니다. 그래서 **크기와 가중치**를 함께 담습니다.
#
# ### 여러분 차례: `save-and-load`
#
# 함수 하나가 두 가지로 쓰입니다. 모델을 주면 저장한 다음 되살리고(그래서 파일이 읽힌다는 것까지 확인됩니다), 주지 않으면 되살리기만 합니다. `on_disk`도 `rehearse`처럼 검사의 수를 진짜 파일과 모델로 바꾸어 줍니다.
#
# 크기는 dict에 들어 있습니다. dict를 이름 붙은 인자로 펼치는 것은 별 **둘**입니다. `sizes = {"hidden": 8, "layers": 2}`일 때 `f(**sizes)`는 `f(hidden=8, layers=2)`이고, 별이 하나인 `f(*sizes)`는 이름만 넘깁니다. 그리고 `load_state_dict`는 모델 **안에** 가중치를 실을 뿐, 모델을 돌려주지 않습니다.

# %% [markdown] lang="en"
# `torch.save` makes a file of any Python object, but do not save **the whole model object**. Such a file is tied to the code of its class and breaks when that changes; and opening a stranger's file may run code that is hidden in it. `weights_only=True` accepts nothing but tensors, numbers, strings, lists and dicts. Today it is PyTorch's default, but it is good to say it.
#
# The weights alone are not enough: whoever opens the file does not know how many layers there are, or units. So put **the sizes and the weights** into it.
#
# ### Your turn: `save-and-load`
#
# One function for two uses. Given a model, it saves it and then brings it back (which also proves that the file can be read); given none, it only brings back. Like `rehearse`, `on_disk` makes a real file and a real model of the numbers of a check.
#
# The sizes stand in a dict. It takes **two** stars to spread a dict into named arguments: with `sizes = {"hidden": 8, "layers": 2}`, `f(**sizes)` is `f(hidden=8, layers=2)`, while `f(*sizes)`, with one star, hands over the names only. And `load_state_dict` puts weights **into** a model; it does not return the model.

# %%
FILES = tempfile.TemporaryDirectory()  # deleted when Python ends


class Trained(nn.Module):
    """A stand-in for a trained BiLSTMClassifier: it has its sizes and its state_dict().

    All its logits are 0.
    """

    def __init__(self, sizes, weights):
        super().__init__()
        self.sizes, self.weights = sizes, weights

    def state_dict(self):
        return self.weights

    def forward(self, images):
        return images.new_zeros(len(images), self.sizes["classes"])  # (B, C)


def on_disk(file, model):
    """Returns (file, model) as they are; but makes real ones of the numbers of a check.

    file: a path, or what a file holds, or None for a new one, or {"saved": a model} for a file
    that save_and_load itself has written. model: a module, or {"sizes": …, "weights": …} for a
    Trained one, or None.
    """
    if isinstance(file, str):
        return file, model
    path = Path(FILES.name) / "checkpoint.pt"
    path.unlink(missing_ok=True)
    if file is not None and "saved" in file:
        save_and_load(str(path), Trained(**file["saved"]))
    elif file is not None:
        torch.save(file, path)
    if isinstance(model, dict):
        model = Trained(model["sizes"], model["weights"])
    return str(path), model


# %% exercise="save-and-load"
def save_and_load(file, model=None):
    """Saves a model to a file if one is given; always returns a new model made of the file.

    file: a path, str. model: a BiLSTMClassifier (its sizes are in model.sizes), or None.
    The file holds a dict of two: "sizes", the arguments of BiLSTMClassifier by name, and
    "weights", its state_dict. A file that was there before is replaced by a model that is given.
    Returns a BiLSTMClassifier in evaluation mode with the file's sizes and weights; it can be
    trained on.
    """
    file, model = on_disk(file, model)
    ### BEGIN SOLUTION
    if model is not None:
        torch.save({"sizes": model.sizes, "weights": model.state_dict()}, file)
    found = torch.load(file, weights_only=True)
    again = BiLSTMClassifier(**found["sizes"])
    again.load_state_dict(found["weights"])
    return again.eval()
    ### END SOLUTION


# %% tags=["demo"]
torch.manual_seed(1)
model = BiLSTMClassifier(28, 8, 2, 10, dropout=0.5).eval()
path = Path(FILES.name) / "demo.pt"
again = save_and_load(str(path), model)
images = data.test_images[:4]  # (4, 1, 28, 28)
print("another object:", again is not model, "· the same logits:", torch.equal(model(images), again(images)))
print("the same sizes:", again.sizes == model.sizes, "· in evaluation mode:", not again.training)
print(f"parameters: {sum(p.numel() for p in again.parameters()):,} · the file has {path.stat().st_size / 1000:.0f} kB")

# %% [markdown] lang="ko"
# ### 여러분 차례: `predict`
#
# 마지막 조각입니다. 그림을 배치로 나누어 넣고, 그림마다 고른 숫자와 그 확률(확신)을 돌려줍니다. 14장의 교훈을 잊지 마세요. 학습하던 모델이 들어올 수도 있습니다.

# %% [markdown] lang="en"
# ### Your turn: `predict`
#
# The last part. Pass the images in batches, and return for each the digit chosen and its probability (the confidence). Remember the lesson of chapter 14: the model may come straight from training.

# %% exercise="predict"
def predict(model, images, batch_size):
    """The digit that a model sees in each image, and how sure it is; without autograd.

    model: a module that gives logits (B, C), which may be in the hundreds, in any mode; its
    dropout must be off. images: (N, 1, H, W) float, N >= 1. batch_size: an int >= 1, how many
    images go in at once; N need not be a multiple of it.
    Returns (digits, confidence): (N,) int64, the class of the largest probability, and (N,)
    float, that probability.
    """
    model, _ = rehearse(model)
    ### BEGIN SOLUTION
    model.eval()
    with torch.no_grad():
        parts = [model(part).softmax(1) for part in images.split(batch_size)]  # (B, C) each
    confidence, digits = torch.cat(parts).max(1)  # (N,), (N,)
    return digits, confidence
    ### END SOLUTION


# %% [markdown] lang="ko"
# ## 8. 명령 한 줄로
#
# 아래 셀은 여러분의 답에서 `model.py`와 `trainer.py`를 씁니다. 먼저 답을 모두 한 번씩 불러 보므로, 빠진 답이 있으면 무엇을 먼저 풀어야 하는지 말해 줍니다. 답을 고치면 이 셀을 다시 실행하세요.
#
# ### Write the files

# %% [markdown] lang="en"
# ## 8. By one command
#
# The next cell writes `model.py` and `trainer.py` from your answers. It first calls each of them once, so if one is missing it says which to solve. Run it again whenever you change an answer.
#
# ### Write the files

# %% tags=["demo"]
from utils import write_module

tiny = BiLSTMClassifier(28, 2, 1, 10)
train_step(tiny, torch.optim.SGD(tiny.parameters(), lr=0.1), data.test_images[:2], data.test_labels[:2], 1.0)
keep_best(tiny, iter([0.5]))
predict(save_and_load(str(Path(FILES.name) / "tiny.pt"), tiny), data.test_images[:2], 2)

in_model = [rows_as_sequence, final_states, BiLSTMClassifier, on_disk, save_and_load]
written = write_module("model.py", "A bidirectional LSTM over the rows of an image.", in_model)
print("wrote", written.name, f"({len(written.read_text('utf-8').splitlines())} lines)")
in_trainer = [rehearse, train_step, keep_best, predict]
written = write_module("trainer.py", "One training step, the best epoch, and predictions.", in_trainer)
print("wrote", written.name, f"({len(written.read_text('utf-8').splitlines())} lines)")

# %% [markdown] lang="ko"
# 이제 터미널을 열고(주피터에서는 File → New → Terminal) 한 줄씩 칩니다. 첫 줄의 `cd`는 이 폴더로 가는 것이고, 적힌 길은 강좌의 맨 위 폴더에서 시작합니다(`*` 자리에는 여러분의 판, ko나 en이 옵니다). 진행 막대(tqdm)가 움직이는 것이 보일 것입니다.
#
# ```
# cd notebooks/*/ch23_bilstm_mnist
# python train.py --epochs 12
# python predict.py bilstm.pt
# python train.py --help
# ```
#
# 이렇게 글자로 프로그램을 부르는 곳을 명령줄(command line)이라고 합니다. `make lab`으로 연 주피터의 터미널에서는 `python`이 이 강좌의 파이썬입니다. 다른 터미널에서는 torch가 없는 파이썬일 수 있으니, `python` 대신 강좌 맨 위 폴더에 있는 `.venv/bin/python`(Windows는 `.venv\Scripts\python`)을 길까지 적어 쓰세요. 노트북 안에서도 같은 명령을 돌릴 수 있습니다. 짧게 세 에폭만 해 봅시다.

# %% [markdown] lang="en"
# Now open a terminal (in Jupyter: File → New → Terminal) and type these lines one by one. The `cd` of the first line goes to this folder; the path begins at the course's topmost folder (`*` stands for your edition, ko or en). You will see the progress bar (tqdm) move.
#
# ```
# cd notebooks/*/ch23_bilstm_mnist
# python train.py --epochs 12
# python predict.py bilstm.pt
# python train.py --help
# ```
#
# The place where programs are called by text is the command line. In a terminal of the Jupyter that `make lab` opens, `python` is the course's own. In another one it may be a Python without torch: in place of `python`, write the path to `.venv/bin/python` (on Windows `.venv\Scripts\python`) in the course's topmost folder. The same commands can be run from the notebook. A short one, with three epochs:

# %%
def command(*arguments):
    """Runs `python …` in this folder and prints what it says, but not its progress bar."""
    if not Path("model.py").is_file() or not Path("trainer.py").is_file():
        raise NotAttempted("model.py, trainer.py")
    print("$ python", *arguments)
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8")
    print(done.stdout, end="")
    if done.returncode != 0:
        print(done.stderr.strip().splitlines()[-1])
        print("exit code", done.returncode)


# %% tags=["demo", "nbval-ignore-output"]
command("train.py", "--epochs", "3", "--save", "short.pt")
command("predict.py", "short.pt", "--show", "4")

# %% [markdown] lang="ko"
# `predict.py`가 보여 주는 것은 모델이 **가장 자신 없어 한** 그림들입니다. 거기에는 틀린 그림이 많습니다.
#
# 프로그램은 잘못 불렀을 때도 친절해야 합니다. 없는 파일과, 체크포인트가 아닌 파일을 주어 봅시다. 긴 오류 기록 대신 **무엇이, 어디서 잘못되었고, 이제 무엇을 하면 되는지** 한 문장입니다.

# %% [markdown] lang="en"
# What `predict.py` lists are the images of which the model is **least sure**. Many of them are wrong ones.
#
# A program should be kind even when it is called wrongly. Give it a file that is not there, and one that is no checkpoint. Instead of a long traceback there is one sentence: **what is wrong, where, and what to do now**.

# %% tags=["demo"]
command("predict.py", "nowhere.pt")
command("predict.py", "train.py")

# %% [markdown] lang="ko"
# ## 9. 같은 숫자, 같은 자
#
# 이제 제대로 학습시켜 지금까지의 모델들과 나란히 세웁니다. 두 층, 유닛 32개, 드롭아웃 0.2, 클리핑 1, 12에폭, 시드 셋입니다. Adam의 학습률은 0.01에서 시작해 에폭마다 조금씩 줄입니다. 끝에서 흔들리지 않게 하려는 것입니다(16장). 훈련 그림의 15%를 떼어 검증용으로 삼고, 검증 손실이 가장 낮은 에폭을 지킵니다.
#
# 이 숫자들도 *시험* 그림을 보지 않고 골랐습니다. 학습률 0.003, 0.01, 0.03과 6에폭, 12에폭을 시드 셋으로 해 보고, 떼어 둔 그림의 손실(시드들의 평균)이 가장 낮은 것을 골라 적어 두었습니다(8장). 층 하나와 둘, 유닛 16개와 32개도 같은 방법으로 견주었습니다. 드롭아웃과 클리핑은 처음부터 정해 두고 바꾸어 보지 않았습니다. `train.py`와 방법이 같습니다(난수의 순서가 달라 수는 조금 다릅니다).

# %% [markdown] lang="en"
# ## 9. The same digits, the same ruler
#
# Now train it properly, and put it beside the models so far: two layers of 32 units, dropout 0.2, clipping at 1, 12 epochs, three seeds. Adam's learning rate starts at 0.01 and falls a little with each epoch, so that the end does not waver (chapter 16). 15% of the training images are set apart for validation, and the epoch with the lowest validation loss is kept.
#
# These numbers were chosen without looking at the *test* images. The rates 0.003, 0.01 and 0.03 were tried with 6 and with 12 epochs, three seeds each, and those with the lowest loss on the images set apart (the mean of the seeds) were written down (chapter 8). One layer and two, 16 units and 32, were compared in the same way. Dropout and clipping were fixed beforehand and not varied. The method is that of `train.py` (the random order differs, so the numbers do a little).

# %%
VALID = round(0.15 * len(data.train_labels))


def training(model, seed, epochs, batch_size=64):
    """Trains the model for an epoch whenever asked; yields the validation loss."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(data.train_labels), generator=generator)  # (N,)
    valid, train = order[:VALID], order[VALID:]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = 0.01 * (1 - epoch / epochs)  # falls along a line
        model.train()
        shuffled = train[torch.randperm(len(train), generator=generator)]
        for rows in shuffled.split(batch_size):
            train_step(model, optimizer, data.train_images[rows], data.train_labels[rows], 1.0)
        model.eval()
        with torch.no_grad():
            logits = model(data.train_images[valid])  # (V, 10)
        yield F.cross_entropy(logits, data.train_labels[valid]).item()


models, accuracies, curves, SEEDS, EPOCHS = [], [], [], 3, 12

# %% tags=["demo", "nbval-ignore-output"]
models, accuracies, curves = [], [], []
started = time.perf_counter()
for seed in tqdm(range(SEEDS), unit="run"):
    torch.manual_seed(seed)
    model = BiLSTMClassifier(28, 32, 2, 10, dropout=0.2)
    curve = []
    best, _ = keep_best(model, (curve.append(loss) or loss for loss in training(model, seed, EPOCHS)))
    guesses, _ = predict(model, data.test_images, 256)  # (N,)
    share = (guesses == data.test_labels).float().mean().item()
    models.append(model)
    accuracies.append(share)
    curves.append(curve)
    print(f"seed {seed}: best epoch {curve.index(best) + 1}, validation loss {best:.3f}, test accuracy {share:.1%}")
seconds = (time.perf_counter() - started) / SEEDS
size = sum(p.numel() for p in models[0].parameters())
scores.add("ch23_bilstm_mnist", "Bi-LSTM over rows, 2 layers of 32", accuracies, size, seconds, data.source)

# %% [markdown] lang="ko"
# 표를 그림으로 봅시다. 견줄 것은 9장의 선형 층, 11장의 손으로 만든 신경망, 16장의 CNN입니다. 점은 시드 하나, 막대는 평균입니다. 가로축은 80%에서 시작하니 차이가 커 보인다는 것을 잊지 마세요.

# %% [markdown] lang="en"
# The table as a picture, against the linear layer of chapter 9, the handmade network of chapter 11 and the CNN of chapter 16. A dot is one seed, a bar the mean. Mind that the axis begins at 80%, which makes differences look large.

# %% tags=["demo", "nbval-ignore-output"]
def trained_models():
    """The models of the last training, once there are any."""
    if not models:
        raise NotAttempted("BiLSTMClassifier")
    return models


trained_models()
beside = [s for s in scores.table(data.source, "ch22").scores if s.chapter[:4] in ("ch09", "ch11", "ch16")]
rows = [(f"{s.chapter[:4]} {s.model}", s.accuracies, s.parameters) for s in beside]
rows.append(("ch23 Bi-LSTM over rows", tuple(accuracies), size))
figure, (ax,) = plots.axes(1, width=6.6, height=2.4)
for place, (name, shares, parameters) in enumerate(rows):
    colour = plots.ORANGE if name.startswith("ch23") else plots.BLUE
    mean = sum(shares) / len(shares)
    ax.barh(place, mean, color=colour, alpha=0.35)
    ax.plot(shares, [place] * len(shares), "o", color=colour, markersize=5)
    ax.text(1.003, place, f"{mean:.1%}, {parameters:,} parameters", va="center", fontsize="small")
ax.set_yticks(range(len(rows)), [name for name, _, _ in rows])
ax.invert_yaxis()
ax.set(xlim=(0.8, 1.0))
plots.label(ax, "Test accuracy on the same digits", "share right (from 80%)", "")
plt.show()

# %% [markdown] lang="ko"
# 있는 그대로 말합시다. 숫자를 줄의 시퀀스로 읽는 Bi-LSTM은 선형 층과 비슷하거나 조금 낫습니다. 매개변수가 절반쯤인 11장의 손으로 만든 신경망에도, 네 배 적은 매개변수로 이웃을 가로세로 함께 보는 **CNN에도 미치지 못합니다.** 시험 그림이 360장뿐이라 1%는 그림 서너 장입니다. 시간도 더 걸립니다. 스물여덟 걸음을 차례로 걸어야 하니까요. 그림에는 CNN이 제격입니다. 이 장에서 얻은 것은 기록이 아니라, **차례가 있는 것이면 무엇이든** 넣을 수 있는 프로젝트입니다.
#
# LSTM만 할 수 있는 일도 하나 봅시다. 이 모델은 T를 모릅니다. 그래서 그림을 **다 주지 않아도** 답합니다. 위에서 몇 줄을 읽었을 때 얼마나 맞힐까요?

# %% [markdown] lang="en"
# Let us say it as it is. A Bi-LSTM that reads digits as sequences of rows is on a level with the linear layer or a little better. It does not reach chapter 11's handmade network, which has about half the parameters, **nor the CNN**, which sees neighbours across and down with a quarter of them. With only 360 test images, 1% is three or four of them. It takes longer too, having to walk twenty-eight steps one after another. For images a CNN is the right thing. What this chapter gains is no record, but a project into which you can put **anything that has an order**.
#
# And one thing that only the LSTM can do: it does not know T. So it answers **without getting the whole image**. How often is it right after reading the top rows only?

# %% tags=["demo", "nbval-ignore-output"]
counts = range(2, 29, 2)
figure, (ax,) = plots.axes(1, width=5.6, height=2.8)
for seed, model in enumerate(trained_models()):
    right = []
    for T in counts:
        guesses, _ = predict(model, data.test_images[:, :, :T], 256)  # images (N, 1, T, 28)
        right.append((guesses == data.test_labels).float().mean().item())
    ax.plot(counts, right, marker="os^"[seed], label=f"seed {seed}")
ax.axhline(0.1, color=plots.GREY, linestyle="--", linewidth=0.8)
plots.label(ax, "It was trained on whole digits, so it waits for the end", "rows read", "share right (dashed: guessing)")
ax.set_ylim(0, 1.02)
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 학습할 때는 늘 온전한 그림만 보았으니, 반만 읽고 답하는 법은 배우지 못했습니다. 그래도 오류 없이 답은 나옵니다. 반쪽 그림에도 잘 답하게 하려면 어떻게 학습시키면 될까요? (아래 질문 3)
#
# ## 정리
#
# - 그림 (B, 1, H, W)는 줄의 시퀀스 (B, T, D)가 됩니다. T = D이면 틀려도 모양이 맞으니 조심하세요.
# - 양방향 LSTM은 두 독자입니다. 뒤집어 읽히고 다시 뒤집어 이어 붙입니다: (B, T, 2H).
# - `output`은 맨 위층의 모든 시점, `h_n`은 모든 층의 다 읽은 상태입니다. 뒤 방향이 다 읽은 자리는 **0번**입니다.
# - 다음을 지어내는 디코더는 양방향일 수 없고, 다 주어진 것을 읽는 인코더는 될 수 있습니다.
# - 클리핑은 backward와 step **사이**입니다. (SGD의) 걸음의 크기를 묶을 뿐, 폭발의 원인도 NaN도 고치지 못합니다.
# - `state_dict()`는 복사본이 아닙니다. 간직하려면 `clone()`하세요. 파일에는 크기와 가중치를 함께 담습니다.
# - 파일을 나누는 기준은 "무엇이 무엇을 몰라도 되는가"입니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 줄 대신 세로줄로 읽으면 정확도가 달라질까요?</summary>
#
# `rows_as_sequence`를 `images.squeeze(1).transpose(1, 2)`로 바꾸어 학습시켜 보세요. 이 자료에서는 큰 차이가 없습니다. 다만 학습할 때와 예측할 때 같은 방향으로 읽어야 합니다. 하나는 줄로, 하나는 세로줄로 읽으면 모양이 같아서 오류 없이 망가집니다.
# </details>
#
# <details><summary>2. 검증 손실로 에폭을 골랐는데, 왜 시험 정확도로 고르지 않나요?</summary>
#
# 시험 그림으로 고르는 순간 시험은 공정하지 않게 됩니다(8장). 가장 운이 좋았던 에폭이 뽑히므로 정확도가 실제보다 높게 나옵니다. 그래서 `data_loader.py`는 훈련 그림에서 검증용을 떼어 둡니다.
# </details>
#
# <details><summary>3. 그림의 위쪽만 보고도 잘 답하게 하려면 무엇을 바꾸어야 할까요?</summary>
#
# 배치마다 T를 무작위로 골라 `images[:, :, :T]`로 학습시키면 됩니다. 모델도 `trainer.py`도 그대로입니다. `train.py`의 반복문에서 한 줄이면 됩니다. 온전한 그림의 정확도가 얼마나 줄어드는지도 함께 재어 보세요.
# </details>
#
# <details><summary>4. 학습이 중간에 끊겨도 이어서 하려면 체크포인트에 무엇이 더 있어야 하나요?</summary>
#
# 옵티마이저의 상태(`optimizer.state_dict()`, Adam이라면 이동 평균들), 몇 번째 에폭인지, 지금까지의 가장 좋은 손실, 그리고 똑같이 이어 가려면 난수의 상태도 있어야 합니다. 예측만 할 파일에는 필요 없으니 따로 저장하는 일이 많습니다.
# </details>
#
# <details><summary>5. 길이가 다른 시퀀스를 패딩해서 이 모델에 넣으면 무엇이 틀리나요?</summary>
#
# 뒤 방향은 패딩**부터** 읽기 시작하고, 앞 방향의 `h_n`은 패딩까지 읽은 뒤의 상태가 됩니다. 21장의 `pack_padded_sequence`로 감싸서 넣으면 두 방향 모두 진짜 단계만 읽고, `h_n`도 옳은 것이 나옵니다.
# </details>

# %% [markdown] lang="en"
# In training it saw nothing but whole digits, so it has not learned to answer halfway. Still, it answers, and without an error. How would you train it to do well on half an image? (Question 3 below.)
#
# ## Summary
#
# - An image (B, 1, H, W) becomes a sequence of rows (B, T, D). With T = D a wrong answer has the right shape: beware.
# - A bidirectional LSTM is two readers. Flip, read, flip back, join: (B, T, 2H).
# - `output` is every step of the top layer; `h_n` is every layer, after reading everything. The backward direction has done so at place **0**.
# - A decoder, which makes up what comes next, cannot be bidirectional. An encoder, which reads what is all there, can.
# - Clipping belongs **between** backward and step. It bounds the step (of SGD); it mends neither the cause of explosions nor a NaN.
# - `state_dict()` is no copy: to keep it, `clone()`. A file holds sizes and weights.
# - Files are divided by "what need not know what".
#
# ## Further questions
#
# <details><summary>1. Would it be more accurate to read columns instead of rows?</summary>
#
# Let `rows_as_sequence` return `images.squeeze(1).transpose(1, 2)` and train. On these data there is no great difference. But training and predicting must read the same way: if one reads rows and the other columns, the shapes agree, and it breaks without an error.
# </details>
#
# <details><summary>2. The epoch is chosen by the validation loss. Why not by the test accuracy?</summary>
#
# The moment you choose by the test images, the test is no longer fair (chapter 8): the luckiest epoch is picked, and its accuracy comes out higher than it is. That is why `data_loader.py` sets some training images apart.
# </details>
#
# <details><summary>3. What would you change so that it answers well from the top of the image alone?</summary>
#
# Draw a random T for every batch and train on `images[:, :, :T]`. Model and `trainer.py` stay as they are; it is one line in the loop of `train.py`. Measure, too, how much accuracy that costs on whole images.
# </details>
#
# <details><summary>4. What else must a checkpoint hold, so that a training cut short can go on?</summary>
#
# The optimizer's state (`optimizer.state_dict()`; with Adam, its moving averages), the number of the epoch, the best loss so far, and, to go on in exactly the same way, the state of the random numbers. A file for predicting needs none of it, so the two are often kept apart.
# </details>
#
# <details><summary>5. If you pad sequences of different lengths and feed them to this model, what goes wrong?</summary>
#
# The backward direction **starts** with the padding, and the `h_n` of the forward one is the state after the padding. Wrap them with the `pack_padded_sequence` of chapter 21: then both directions read real steps only, and `h_n` is right.
# </details>
