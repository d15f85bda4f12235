# ---
# jupyter:
#   course:
#     ko: RNN 셀
#     en: The recurrent cell
#     minutes: 110
# ---

# %% [markdown] lang="ko"
# # 19장. RNN 셀
#
# **누구를 위한 장인가요?** 문장을 낱말 주머니로만 다루어 보았고, *순서*를 읽는 신경망이 안에서 무엇을 하는지 손으로 써 보고 싶은 사람.
#
# **걸리는 시간** 약 110분 · **먼저 알아야 할 것** 텐서의 모양과 축(1장), 모듈(4장), 이진 교차 엔트로피(6장), 로짓과 교차 엔트로피(7장), tanh(12장), 낱말 주머니와 임베딩(17장, 18장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - RNN 셀을 한 줄로 쓰고, 시간을 따라 펼치고, 쌓고, 두 방향으로 돌려 `nn.RNN`과 같은 수를 얻을 수 있습니다.
# - `output`과 `h_n`이 각각 무엇이고 모양이 왜 그런지, 어떤 설정에서든 실행하지 않고 말할 수 있습니다.
# - `batch_first`를 잊어 문장이 서로 섞이는 고장을 알아보고 고칠 수 있습니다.
# - 다대일, 다대다, 일대다 문제에 맞는 헤드를 붙이고, 낱말 주머니가 원리상 풀지 못하는 문제를 풀게 할 수 있습니다.
# - 양방향 RNN이 읽기는 잘해도 왜 쓰지는 못하는지 보여 줄 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 19. The recurrent cell
#
# **Who is this for?** You have treated sentences as bags of words, and would like to write by hand what a network does that reads their *order*.
#
# **Time** about 110 minutes · **You need** shapes and axes of tensors (chapter 1), modules (chapter 4), binary cross entropy (chapter 6), logits and cross entropy (chapter 7), tanh (chapter 12), bags of words and embeddings (chapters 17 and 18)
#
# **Afterwards you can**
#
# - write an RNN cell in one line, unroll it in time, stack it, run it both ways, and get the very numbers of `nn.RNN`,
# - say what `output` and `h_n` are and why they have the shapes they have, for any setting, without running it,
# - recognise and mend the break in which a forgotten `batch_first` mixes sentences with one another,
# - put the right head on a many-to-one, many-to-many or one-to-many problem, and solve one that no bag of words can solve,
# - show why a bidirectional RNN reads well and yet cannot write.

# %%
from collections import Counter
from functools import cache

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import FancyBboxPatch, Rectangle
from torch import nn
from torch.nn import functional as F

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.korean import use_hangul_font

plots.use_course_style()
use_hangul_font()

# %% lang="ko"
open_chapter("ch19_rnn", "ko")

# %% lang="en"
open_chapter("ch19_rnn", "en")

# %% [markdown] lang="ko"
# ## 1. 순서가 뜻을 바꿉니다
#
# 식당 리뷰 두 개를 읽어 봅시다. “맛있지만 비싸다.” 그리고 “비싸지만 맛있다.” 앞사람은 다시 오지 않을 것 같고, 뒷사람은 또 올 것 같습니다. 손으로 나눈 토큰(token)은 네 개씩이고, 두 리뷰에 든 토큰은 **똑같습니다.** 17장의 낱말 주머니에 담아 봅시다.

# %% [markdown] lang="en"
# ## 1. Order changes the meaning
#
# Read two restaurant reviews. “맛있지만 비싸다.” says: tasty, but expensive. “비싸지만 맛있다.” says: expensive, but tasty. The first writer will hardly come back; the second probably will. Cut by hand, each review has four tokens (맛있 tasty, 지만 but, 비싸 expensive, 다 an ending), and both have **the same ones**. Put them in the bag of words of chapter 17.

# %%
first, second = ["맛있", "지만", "비싸", "다"], ["비싸", "지만", "맛있", "다"]


def windows(tokens, n):
    """How often each window of n neighbouring tokens occurs, wherever it stands: a Counter."""
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


for n in (1, 2, 3):
    verdict = "the same" if windows(first, n) == windows(second, n) else "different"
    print(f"windows of {n}: {verdict}; 1000 words make {1000**n:,} of them")

# %% [markdown] lang="ko"
# 주머니(창의 길이 1)는 두 리뷰를 **구별하지 못합니다.** 어떤 가중치를 쓰든 두 리뷰의 점수가 같으니, 학습의 문제가 아니라 담는 방법의 문제입니다.
#
# RNN이 나오기 전에는 어떻게 했을까요? 이 과정의 바탕이 된 노트에는 "데이터에 위치 번호를 추가로 붙였다"고 적혀 있습니다. 실제로 많이 쓴 방법은 **이웃한 n개를 한 묶음으로 세는 창**(n-gram)과, 은닉 마르코프 모델 같은 확률 모형이었습니다. 위치 번호를 더하는 것은 오히려 RNN보다 나중인 트랜스포머의 방법입니다. 창은 짧은 순서를 봅니다. 하지만 창보다 멀리 떨어진 두 낱말의 관계는 볼 수 없고, 창을 늘리면 낱말 1,000개로도 세어야 할 가짓수가 10억이 됩니다.
#
# 사람은 이렇게 읽지 않습니다. 앞에서부터 한 낱말씩 읽으면서 **지금까지의 느낌을 조금씩 고칩니다.**
#
# ## 2. 셀: 지금의 낱말과 지금까지의 느낌
#
# 그 느낌을 수 $H$개의 벡터로 적은 것이 **은닉 상태**(hidden state) $h$, 짧게 **상태**입니다. 순환 신경망(recurrent neural network, RNN)은 낱말 하나를 읽을 때마다 같은 계산을 합니다. 지금의 입력 $x_t$와 바로 앞의 상태 $h_{t-1}$을 넣으면 새 상태 $h_t$가 나오고, 그것이 다음 낱말을 읽을 때 다시 들어갑니다. 이 계산을 **셀**(cell)이라고 합니다.

# %% [markdown] lang="en"
# A bag (windows of length 1) **cannot tell them apart**. Whatever the weights, both reviews get the same score: the fault is not in the training but in what was kept.
#
# What did people do before RNNs? One of the notes this course grew from says "a position index was added to the data". What was mostly used were **windows that count n neighbours as one** (n-grams), and probabilistic models such as hidden Markov models. Adding positions is how the Transformer works, which came after RNNs. A window sees order nearby. But it never sees how two words further apart go together, and with longer windows even 1,000 words make a billion things to count.
#
# People do not read like that. They take one word after the other, and **adjust the impression they have so far**.
#
# ## 2. The cell: this word, and the impression so far
#
# Write that impression as a vector of $H$ numbers: this is the **hidden state** $h$, or **state** for short. A recurrent neural network (RNN) does the same computation at every word. The input $x_t$ and the previous state $h_{t-1}$ go in, the new state $h_t$ comes out, and goes in again with the next word. That computation is called the **cell**.

# %% jupyter={"source_hidden": true}
def box(ax, x, y, text, colour, width=0.84):
    edge = FancyBboxPatch((x - width / 2, y - 0.3), width, 0.6, boxstyle="round,pad=0.06")
    edge.set(facecolor=colour + "33", edgecolor=colour, linewidth=1.6, zorder=3)
    ax.add_patch(edge)
    ax.text(x, y, text, ha="center", va="center", zorder=4)


def arrow(ax, *points, colour="#555555", width=1.3):
    for (x0, y0), (x1, y1) in zip(points[:-2], points[1:-1]):
        ax.plot([x0, x1], [y0, y1], color=colour, linewidth=width, zorder=1)
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", points[-1], points[-2], arrowprops=style, zorder=1)


figure, (ax,) = plots.axes(1, width=7.4, height=2.6)
ax.set(xlim=(-0.9, 10.9), ylim=(-0.5, 3.1), aspect="equal")
ax.axis("off")
ax.set_title("One cell with a loop (left) is the same cell used again at every word (right)")
box(ax, 0.5, 1.3, "cell", plots.ORANGE)
arrow(ax, (0.5, 0.3), (0.5, 0.94))
arrow(ax, (0.5, 1.66), (0.5, 2.4))
arrow(ax, (0.98, 1.3), (1.6, 1.3), (1.6, 2.05), (-0.6, 2.05), (-0.6, 1.3), (0.02, 1.3))
ax.text(0.5, 0.05, "$x_t$", ha="center", va="center")
ax.text(0.5, 2.65, "$h_t$", ha="center", va="center")
ax.text(2.35, 1.3, "=", ha="center", va="center", fontsize="xx-large")
arrow(ax, (3.4, 1.3), (4.02, 1.3))
ax.text(3.1, 1.3, "$h_0$", ha="center", va="center")
for t, token in enumerate(first):
    x = 4.5 + 1.9 * t
    box(ax, x, 1.3, "cell", plots.ORANGE)
    arrow(ax, (x, 0.3), (x, 0.94))
    arrow(ax, (x, 1.66), (x, 2.4))
    ax.text(x, 0.05, token, ha="center", va="center")
    ax.text(x, 2.65, f"$h_{t + 1}$", ha="center", va="center")
    if t < 3:
        arrow(ax, (x + 0.48, 1.3), (x + 1.42, 1.3))
plt.show()

# %% [markdown] lang="ko"
# 가장 단순한 셀은 두 벡터를 각각 행렬에 통과시켜 더하고 tanh로 누릅니다.
#
# $$h_t = \tanh(W_{ih}x_t + b_{ih} + W_{hh}h_{t-1} + b_{hh})$$
#
# 이름은 PyTorch를 따랐습니다. $W_{ih}$는 입력에서 은닉으로(input → hidden), $W_{hh}$는 은닉에서 은닉으로(hidden → hidden) 가는 가중치입니다. 책에 따라 $W_{xh}$라고도 씁니다. tanh 덕분에 상태의 수는 아무리 오래 읽어도 $-1$과 $1$ 사이에 머뭅니다.
#
# 이 장에서 모양은 네 글자로 적습니다. **B**는 배치에 든 시퀀스(sequence, 차례가 있는 줄)의 수, **T**는 시점의 수, **D**는 입력 벡터의 길이, **H**는 상태의 길이입니다. 식의 벡터는 세로이지만 코드에서는 시퀀스 하나가 가로줄이므로 $W_{ih}x_t$는 `x @ W_ih.T`가 됩니다.
#
# ### 여러분 차례: `rnn-cell`

# %% [markdown] lang="en"
# The simplest cell sends each of the two vectors through a matrix, adds them up, and squashes the sum with a tanh.
#
# $$h_t = \tanh(W_{ih}x_t + b_{ih} + W_{hh}h_{t-1} + b_{hh})$$
#
# The names are PyTorch's: $W_{ih}$ goes from the input to the hidden state (input → hidden), $W_{hh}$ from hidden state to hidden state (hidden → hidden). Some books write $W_{xh}$ for the first. Thanks to the tanh, the numbers of a state stay between $-1$ and $1$, however long it reads.
#
# Four letters describe the shapes of this chapter. **B** is the number of sequences in the batch (a sequence is a row of things in order), **T** the number of time steps, **D** the length of an input vector, **H** the length of the state. Vectors are columns in the formula, but in code a sequence is a row, so $W_{ih}x_t$ becomes `x @ W_ih.T`.
#
# ### Your turn: `rnn-cell`

# %% exercise="rnn-cell"
def rnn_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step of an RNN.

    x: (B, D), the input, of any size. h: (B, H), the previous state; it stays as it is. W_ih: (H, D).
    W_hh: (H, H). b_ih, b_hh: (H,). Floats of one dtype.
    Returns the new state, (B, H), of that dtype. A gradient can flow through it. By hand: no
    nn.RNN, no nn.RNNCell.
    """
    ### BEGIN SOLUTION
    from_input = x @ W_ih.T + b_ih  # (B, H)
    from_state = h @ W_hh.T + b_hh  # (B, H)
    return torch.tanh(from_input + from_state)  # (B, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 곧바로 두 리뷰를 읽혀 봅시다. 토큰마다 무작위 벡터를 하나씩 주고, 학습하지 않은 무작위 가중치를 씁니다. 상태가 수 두 개뿐이라($H = 2$) 평면 위의 점으로 그릴 수 있습니다. 점은 낱말을 하나 읽을 때마다 움직입니다.

# %% [markdown] lang="en"
# Let it read the two reviews straight away. Each token gets a random vector, and the weights are random too, not trained. The state has two numbers only ($H = 2$), so it can be drawn as a point in the plane, which moves with every word read.

# %%
def fresh_weights(D, H, seed):
    """W_ih, W_hh, b_ih and b_hh of a new nn.RNN, in float64."""
    torch.manual_seed(seed)
    return [p.detach() for p in nn.RNN(D, H).double().parameters()]


vectors = dict(zip(first, 2 * torch.randn(4, 3, generator=torch.Generator().manual_seed(1)).double()))  # (D,) each

# %% tags=["demo"]
weights = fresh_weights(3, 2, seed=8)
figure, (ax,) = plots.axes(1, width=4.6, height=3.6)
ends = []
for tokens, colour, style in ((first, plots.BLUE, "o-"), (second, plots.ORANGE, "s--")):
    path = [torch.zeros(1, 2).double()]  # (1, H) each
    for token in tokens:
        path.append(rnn_cell(vectors[token][None], path[-1], *weights))
    path = torch.cat(path)  # (T + 1, H)
    ax.plot(path[:, 0], path[:, 1], style, color=colour, label="".join(tokens))
    for token, (x, y) in zip(tokens, path[1:].tolist()):
        ax.annotate(token, (x, y), xytext=(14 * x, 16 if y > 0 else -16), textcoords="offset points",
                    ha="center", va="center", color=colour)
    ends.append(path[-1])
ax.annotate("start", (0, 0), xytext=(0, 12), textcoords="offset points", ha="center", color="#555555")
plots.label(ax, "Same words, another order: another final state", "first number of h", "second number of h")
ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
ax.legend(loc="upper right")
plt.show()
bags = [sum(vectors[token] for token in tokens) for tokens in (first, second)]  # (D,) each
print(f"distance of the two final states: {(ends[0] - ends[1]).norm():.1f}")
print(f"distance of the two bags:         {(bags[0] - bags[1]).norm():.1f}")

# %% [markdown] lang="ko"
# 주머니로는 거리가 0이던 두 리뷰가 서로 다른 곳에서 끝났습니다. 배우지 않은 셀도 순서를 **담습니다.** 배움은 그 순서를 쓸모 있게 담는 일입니다(9절).
#
# ## 3. 행렬 하나로
#
# 노트에 이런 이야기가 있습니다. 입력이 수 3개, 상태가 수 2개라면, 둘을 이어 붙인 길이 5의 벡터에 **2 × 5 행렬 하나**를 곱하는 것과 같다고요. 맞는 말입니다. 그림으로 봅시다.

# %% [markdown] lang="en"
# Two reviews whose bags are 0 apart have ended in different places. Even an untrained cell **keeps** the order. Learning means keeping it usefully (section 9).
#
# ## 3. With a single matrix
#
# The notes say: with an input of 3 numbers and a state of 2, it is the same as joining them to a vector of length 5 and multiplying by **one 2 × 5 matrix**. That is right. First the picture.

# %%
W_ih, W_hh, b_ih, b_hh = fresh_weights(3, 2, seed=8)  # (2, 3), (2, 2), (2,), (2,)
word, before = vectors["맛있"][None], torch.tensor([[0.5, -0.5]]).double()  # (1, D), (1, H)

figure, grid = plt.subplots(1, 3, figsize=(6.6, 2.0), width_ratios=(5, 1, 1))
parts = (
    torch.cat([W_ih, W_hh], 1),  # (2, 5)
    torch.cat([word, before], 1).T,  # (5, 1)
    (word @ W_ih.T + before @ W_hh.T).T,  # (2, 1)
)
titles = "W_ih (2, 3) beside W_hh (2, 2)", "[x; h]", "product"
for ax, values, title in zip(grid, parts, titles):
    plots.heatmap(ax, (values * 10).round() / 10 + 0.0, symmetric=True, numbers=True, vmin=-3, vmax=3)
    ax.set(xticks=[], yticks=[], title=title)
grid[0].axvline(2.5, color="black", linewidth=2)
grid[1].axhline(2.5, color="black", linewidth=2)
grid[0].set_xticks(range(5), ["x", "x", "x", "h", "h"])
figure.suptitle("Two products added up are one product with a 2 × 5 matrix", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# $$W_{ih}x + W_{hh}h = \begin{bmatrix} W_{ih} & W_{hh} \end{bmatrix}\begin{bmatrix} x \\ h \end{bmatrix}$$
#
# 굵은 선의 왼쪽은 왼쪽끼리, 오른쪽은 오른쪽끼리 만납니다. 편향도 둘일 까닭이 없습니다. 같은 유닛에 둘 다 더해지니까요. (PyTorch가 둘을 두는 것은 GPU 라이브러리 cuDNN의 관습을 따랐기 때문입니다.)
#
# ### 여러분 차례: `concat-weights`

# %% [markdown] lang="en"
# $$W_{ih}x + W_{hh}h = \begin{bmatrix} W_{ih} & W_{hh} \end{bmatrix}\begin{bmatrix} x \\ h \end{bmatrix}$$
#
# What is left of the bold line meets what is left, right meets right. Nor is there a need for two biases, as both are added to the same unit. (PyTorch has two because it follows a custom of the GPU library cuDNN.)
#
# ### Your turn: `concat-weights`

# %% exercise="concat-weights"
def concat_weights(W_ih, W_hh, b_ih, b_hh):
    """One matrix and one bias that do the work of an RNN cell's four tensors.

    W_ih: (H, D). W_hh: (H, H). b_ih, b_hh: (H,).
    Returns (W, b): W (H, D + H), for the joined vector [x; h], x first; b (H,). With them
    torch.tanh(torch.cat([x, h], dim=1) @ W.T + b) is the cell's new state.
    """
    ### BEGIN SOLUTION
    return torch.cat([W_ih, W_hh], dim=1), b_ih + b_hh  # (H, D + H), (H,)
    ### END SOLUTION


# %% tags=["demo"]
W, b = concat_weights(W_ih, W_hh, b_ih, b_hh)
joined = torch.tanh(torch.cat([word, before], dim=1) @ W.T + b)  # (1, H)
print("W:", tuple(W.shape), " b:", tuple(b.shape))
print("the same state:", torch.allclose(joined, rnn_cell(word, before, W_ih, W_hh, b_ih, b_hh)))

# %% [markdown] lang="ko"
# 그러니 RNN 셀은 여러분이 이미 아는 **선형 층 하나와 tanh**입니다. 새로운 것은 층이 아니라, 나온 것을 다시 넣는다는 점뿐입니다.
#
# ## 4. 시간을 따라 펼치기
#
# 이제 셀을 시점마다 부릅니다. 2절의 오른쪽 그림처럼 그리는 일을 펼치기(unrolling)라고 합니다. 그림에는 셀이 네 개 있지만 **가중치는 한 벌**입니다.
#
# ### 여러분 차례: `rnn-unroll`
#
# `x`는 `(B, T, D)`입니다. 시점을 따라 걸으려면 어느 축을 나누어야 할까요? `x.unbind(1)`은 축 1을 따라 나눈 텐서들을 차례로 내놓습니다.

# %% [markdown] lang="en"
# So an RNN cell is **one linear layer and a tanh**, which you have known for long. What is new is not the layer, but that what comes out goes in again.
#
# ## 4. Unrolling in time
#
# Now call the cell at every step. To draw it as in section 2 on the right is called unrolling. The picture shows four cells, but there is **one set of weights**.
#
# ### Your turn: `rnn-unroll`
#
# `x` is `(B, T, D)`. Which axis must be taken apart to walk through time? `x.unbind(1)` gives the tensors along axis 1, one after the other.

# %% exercise="rnn-unroll"
def rnn_unroll(x, h, W_ih, W_hh, b_ih, b_hh):
    """Runs an RNN over a batch of sequences.

    x: (B, T, D), T >= 1. h: (B, H), the state before the first step; it stays as it is.
    W_ih: (H, D). W_hh: (H, H). b_ih, b_hh: (H,).
    Returns (outputs, h): outputs (B, T, H), the state after each step; h (B, H), the state
    after the last one. Gradients must be able to flow through, to x as well. By hand, as rnn_cell.
    """
    outputs = []
    # for each step: x_t is (B, D), h is (B, H)
    ### BEGIN SOLUTION
    for x_t in x.unbind(1):  # (B, D)
        h = rnn_cell(x_t, h, W_ih, W_hh, b_ih, b_hh)  # (B, H)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h  # (B, T, H), (B, H)
    ### END SOLUTION


# %% tags=["demo"]
rnn = nn.RNN(5, 8, batch_first=True).double()
x, h = torch.randn(3, 12, 5).double(), torch.randn(3, 8).double()  # (B, T, D), (B, H)
with torch.no_grad():
    outputs, last = rnn_unroll(x, h, *rnn.parameters())  # (B, T, H), (B, H)
    theirs, h_n = rnn(x, h[None])  # (B, T, H), (1, B, H)
print("equal to nn.RNN:", torch.allclose(outputs, theirs) and torch.allclose(last, h_n[0]))
print()
for T in (5, 20, 100):
    apart = T * 5 * 8 + 8  # a linear layer on all T inputs at once: each place has its own weights
    shared = sum(p.numel() for p in rnn.parameters())
    print(f"T = {T:3d}: own weights for each place {apart:5,d}, RNN {shared}")

# %% [markdown] lang="ko"
# `nn.RNN`과 같은 수가 나왔습니다. 아래의 표는 **가중치 공유**의 결과입니다. 16장의 합성곱이 커널 하나를 모든 자리에서 썼듯이, RNN은 셀 하나를 모든 시점에서 씁니다. 그래서 매개변수의 수가 길이와 상관없고, 배울 때 보지 못한 길이의 문장도 읽을 수 있습니다.
#
# 노트는 여기서 한 걸음 더 나아가 "매개변수를 공유하므로 긴 시퀀스도 **잘** 처리한다"고 합니다. 읽을 수 있는 것과 잘 처리하는 것은 다릅니다. 재어 봅시다. 입력 $x_s$를 아주 조금 건드리면 $t$번째 출력이 얼마나 움직일까요? 모든 편미분을 모은 텐서(야코비 행렬)를 `torch.autograd.functional.jacobian`이 구해 줍니다. 그 크기를 $s$와 $t$의 표로 그립니다. 크기는 출력의 수 $K$개에 대해 평균한 것입니다(제곱해서 평균하고 제곱근).
#
# $$\text{influence}(t, s) = \sqrt{\frac{1}{K}\sum_{k=1}^{K}\left\|\frac{\partial\, \text{output}_t[k]}{\partial x_s}\right\|^2}$$

# %% [markdown] lang="en"
# The numbers are those of `nn.RNN`. The table below them is what **weight sharing** does. As the convolution of chapter 16 used one kernel at every place, an RNN uses one cell at every step. So the number of parameters does not depend on the length, and it can read sentences of a length it never saw in training.
#
# The notes go one step further: "since the parameters are shared, long sequences are handled **well** too". To be able to read is not to handle well. Measure it: nudge the input $x_s$ a little, and how far does the output at step $t$ move? `torch.autograd.functional.jacobian` gives the tensor of all partial derivatives (the Jacobian). We draw its size as a table over $s$ and $t$, averaged over the $K$ numbers of an output (as a root mean square).
#
# $$\text{influence}(t, s) = \sqrt{\frac{1}{K}\sum_{k=1}^{K}\left\|\frac{\partial\, \text{output}_t[k]}{\partial x_s}\right\|^2}$$

# %%
def influence(run, T=20, D=16):
    """How far the output at step t moves when the input at step s is nudged: (T, T).

    run: (1, T, D) -> (1, T, K), float64. The inputs are random.
    """
    x = torch.randn(T, D, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda x: run(x[None])[0], x)  # (T, K, T, D)
    return jacobian.square().sum(3).mean(1).sqrt()  # (T, T)


def draw_influence(ax, table, title):
    """The table in powers of ten; blank where there is no influence at all."""
    powers = table.log10().masked_fill(table == 0, float("nan"))  # (T, T)
    plots.heatmap(ax, powers, cmap="Blues", vmin=-6, vmax=0)
    ax.set(xticks=range(0, len(table), 5), yticks=range(0, len(table), 5))
    plots.label(ax, title, "input s", "output t")


one_way = fresh_weights(16, 32, seed=0)
zero = torch.zeros(1, 32).double()  # (1, H)


# %% tags=["demo"]
table = influence(lambda x: rnn_unroll(x, zero, *one_way)[0])  # (T, T)
figure, (ax,) = plots.axes(1, width=4.0, height=3.2)
draw_influence(ax, table, "Influence fades with distance (power of 10)")
plt.show()
for s in (19, 14, 9, 0):
    print(f"on the last output, the word {19 - s:2d} steps before: {table[19, s]:.0e}")

# %% [markdown] lang="ko"
# 두 가지가 보입니다.
#
# - 위쪽 삼각형이 **비어 있습니다.** 나중의 입력은 앞의 출력에 영향을 줄 수 없습니다. 당연하지만 중요합니다. 10절에서 이 삼각형이 주인공이 됩니다.
# - 대각선에서 멀어질수록 **급격히 옅어집니다.** 갓 만든 RNN에서 19걸음 앞의 낱말이 미치는 영향은 방금 읽은 낱말의 10만분의 1도 되지 않습니다. 기울기도 같은 길을 거꾸로 가므로 먼 낱말에서는 배우기 어렵습니다. 공유가 길이의 문제를 풀어 주지는 않습니다. 왜 그런지와 무엇을 할 수 있는지는 20장과 22장의 이야기입니다.
#
# ## 5. 쌓기와 두 방향
#
# ### 쌓기
#
# 한 층은 시퀀스를 받아 **시퀀스**를 냅니다. 그러니 그 위에 또 한 층을 얹을 수 있습니다. 위층은 아래층의 상태를 시점마다 입력으로 읽고, 자기만의 가중치와 상태를 가집니다.
#
# ### 여러분 차례: `stacked-rnn`
#
# `*layer`는 리스트에 든 네 텐서를 차례로 인자 자리에 펼쳐 넣습니다: `rnn_unroll(x, start, *layer)`

# %% [markdown] lang="en"
# Two things are to be seen.
#
# - The upper triangle is **empty**. A later input cannot influence an earlier output. Obvious, but important: in section 10 this triangle plays the lead.
# - Away from the diagonal it **fades quickly**. In a fresh RNN, a word 19 steps back has less than a hundred-thousandth of the influence of the word just read. Gradients go the same way backwards, so it is hard to learn from words far away. Sharing does not solve the problem of length. Why, and what can be done, is for chapters 20 and 22.
#
# ## 5. Stacks, and both directions
#
# ### Stacking
#
# A layer takes a sequence and gives **a sequence**. So another layer can stand on it. The upper layer reads the state of the lower one as its input at every step, and has weights and a state of its own.
#
# ### Your turn: `stacked-rnn`
#
# `*layer` spreads the four tensors of a list over four arguments: `rnn_unroll(x, start, *layer)`

# %% exercise="stacked-rnn"
def stacked_rnn(x, h, layers):
    """Runs an RNN of several layers.

    x: (B, T, D). h: (L, B, H), the states of the L layers before the first step, lowest layer
    first. layers: a list of L lists [W_ih, W_hh, b_ih, b_hh]; W_ih is (H, D) in the lowest
    layer and (H, H) in the others. None of them is changed.
    Returns (outputs, h_n): outputs (B, T, H), the top layer's state after each step; h_n
    (L, B, H), the state of each layer after the last step. Gradients must be able to flow through.
    By hand, as rnn_cell.
    """
    last = []
    ### BEGIN SOLUTION
    for start, layer in zip(h, layers):  # (B, H)
        x, end = rnn_unroll(x, start, *layer)  # (B, T, H), (B, H)
        last.append(end)
    return x, torch.stack(last)  # (B, T, H), (L, B, H)
    ### END SOLUTION


# %% tags=["demo"]
rnn = nn.RNN(5, 8, num_layers=3, batch_first=True).double().requires_grad_(False)
parameters = list(rnn.parameters())  # four tensors for each layer, lowest first
layers = [parameters[k : k + 4] for k in (0, 4, 8)]
x, h = torch.randn(2, 6, 5).double(), torch.zeros(3, 2, 8).double()  # (B, T, D), (L, B, H)
outputs, h_n = stacked_rnn(x, h, layers)  # (B, T, H), (L, B, H)
theirs, their_h_n = rnn(x, h)
print("equal to an nn.RNN of 3 layers:", torch.allclose(outputs, theirs) and torch.allclose(h_n, their_h_n))

# %% [markdown] lang="ko"
# ### 두 방향
#
# “비싸다, 맛있지만.” 첫 낱말을 어떻게 받아들일지는 **뒤**를 읽어야 정해지기도 합니다. 문장을 이미 다 가지고 있다면 뒤에서부터 읽는 RNN을 하나 더 두면 됩니다. 두 RNN은 서로를 모릅니다. 낱말마다 두 상태를 나란히 이어 붙일 뿐입니다. 이것이 양방향(bidirectional) RNN입니다.
#
# ### 여러분 차례: `bidirectional-rnn`
#
# `x.flip(1)`은 축 1을 뒤집은 텐서를 줍니다. 헷갈리기 쉬운 곳은 둘입니다. 뒤에서 읽은 결과를 낱말의 자리에 **도로 맞추는** 것, 그리고 뒤에서 읽은 RNN의 마지막 상태가 **첫 낱말**에 있다는 것입니다.

# %% [markdown] lang="en"
# ### Both directions
#
# “비싸다, 맛있지만.” (Expensive, though tasty.) How to take the first word may depend on what comes **after** it. Where the whole sentence is there already, add another RNN that reads it from the end. The two know nothing of each other; at each word their states are simply joined. This is a bidirectional RNN.
#
# ### Your turn: `bidirectional-rnn`
#
# `x.flip(1)` gives the tensor turned round along axis 1. Two places invite confusion: what was read from the end must be **put back** at its word's place, and the last state of the RNN that reads from the end is at the **first word**.

# %% exercise="bidirectional-rnn"
def bidirectional_rnn(x, h, forward, backward):
    """Runs two RNNs over the same sequences, one from the front and one from the end.

    x: (B, T, D). h: (2, B, H), their states before they begin, forward first. forward,
    backward: lists [W_ih, W_hh, b_ih, b_hh] as in rnn_unroll.
    Returns (outputs, h_n): outputs (B, T, 2H), at each place the forward state joined with the
    backward state *of that place*, forward first; h_n (2, B, H), the state of each after the
    last word that it reads. Gradients must be able to flow through, to x as well. By hand, as
    rnn_cell.
    """
    # from the front                  # (B, T, H), (B, H)
    # from the end, put back in place # (B, T, H), (B, H)
    ### BEGIN SOLUTION
    ahead, ahead_end = rnn_unroll(x, h[0], *forward)  # (B, T, H), (B, H)
    behind, behind_end = rnn_unroll(x.flip(1), h[1], *backward)  # (B, T, H), (B, H)
    outputs = torch.cat([ahead, behind.flip(1)], dim=2)  # (B, T, 2H)
    return outputs, torch.stack([ahead_end, behind_end])  # (B, T, 2H), (2, B, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 여러분의 함수로 `nn.RNN`의 **모든** 상태를 계산할 수 있습니다. `nn.RNN`이 돌려주는 `output`과 `h_n`은 그 가운데 무엇일까요? 노트 하나는 "output이란 마지막 층의 hidden state"라고 적었습니다. 그러면 `h_n`은요? 그림으로 확인합시다. 칸 하나가 상태 하나입니다. 진짜 텐서와 값을 견주어, 그 상태가 `output`에 들어 있으면 파랗게 칠하고, `h_n`에 들어 있으면 주황색 테두리를 두릅니다.

# %% [markdown] lang="en"
# With your functions you can now compute **every** state of an `nn.RNN`. Which of them are the `output` and the `h_n` that `nn.RNN` returns? One of the notes says "output is the hidden state of the last layer". And `h_n`, then? Let a picture tell. A cell is one state. Its values are compared with the real tensors: if the state is found in `output` the cell is blue, if it is found in `h_n` it gets an orange frame.

# %% tags=["demo"]
def every_state(x, rnn):
    """All states of an nn.RNN, by your functions: a list of (B, T, H), layer by layer."""
    parameters = [p.detach() for p in rnn.parameters()]
    sets = [parameters[i : i + 4] for i in range(0, len(parameters), 4)]
    directions = 1 + rnn.bidirectional
    zero = torch.zeros(directions, len(x), rnn.hidden_size, dtype=x.dtype)  # (1 or 2, B, H)
    states = []
    for k in range(0, len(sets), directions):
        if rnn.bidirectional:
            x, _ = bidirectional_rnn(x, zero, *sets[k : k + 2])  # (B, T, 2H)
        else:
            x, _ = rnn_unroll(x, zero[0], *sets[k])  # (B, T, H)
        states += x.chunk(directions, dim=2)  # (B, T, H) each
    return states


def draw_states(ax, rnn, x, title):
    output, h_n = rnn(x)  # (B, T, directions * H), (layers * directions, B, H)
    directions = 1 + rnn.bidirectional
    for row, states in enumerate(every_state(x, rnn)):
        for t in range(x.shape[1]):
            state = states[:, t]  # (B, H)
            shown = any(torch.allclose(state, part[:, t]) for part in output.chunk(directions, 2))
            ax.add_patch(Rectangle((t + 0.08, row + 0.08), 0.84, 0.84, edgecolor="#bbbbbb",
                                   facecolor=plots.BLUE + "88" if shown else "white"))
            for k, last in enumerate(h_n):
                if torch.allclose(state, last):
                    ax.add_patch(Rectangle((t + 0.08, row + 0.08), 0.84, 0.84, fill=False,
                                           edgecolor=plots.ORANGE, linewidth=3))
                    ax.text(t + 0.5, row + 0.5, f"h_n[{k}]", ha="center", va="center", fontsize="x-small")
    rows = len(h_n)
    names = [f"layer {r // directions} {'←' if r % directions else '→'}" for r in range(rows)]
    ax.set(xlim=(0, x.shape[1]), ylim=(0, rows), title=title, xlabel="time step t")
    ax.set_xticks([t + 0.5 for t in range(x.shape[1])], range(x.shape[1]))
    ax.set_yticks([r + 0.5 for r in range(rows)], names)
    ax.grid(False)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


torch.manual_seed(0)
x = torch.randn(3, 5, 4).double()  # (B, T, D)
figure, grid = plots.axes(2, 2, width=3.7, height=2.2)
for ax, (layers, both) in zip(grid, ((1, False), (3, False), (1, True), (2, True))):
    net = nn.RNN(4, 2, layers, batch_first=True, bidirectional=both).double().requires_grad_(False)
    title = f"{layers} layer{'s'[: layers - 1]}, {'two directions' if both else 'one direction'}"
    draw_states(ax, net, x, title)
figure.suptitle("Blue: in output. Orange frame: in h_n", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 그림에서 규칙을 읽을 수 있습니다.
#
# - `output`은 **맨 위층의 모든 시점**입니다. 아래층의 상태는 보이지 않습니다.
# - `h_n`은 **모든 층과 방향의 마지막 상태**입니다. 아래층부터, 한 층 안에서는 앞 방향부터 쌓입니다.
# - 뒤 방향(←)의 "마지막"은 **0번 시점**입니다. 그래서 양방향에서는 `output`의 마지막 시점이 `h_n`과 같지 않습니다. 마지막 시점의 뒤쪽 절반은 낱말을 하나만 읽은 상태입니다. 23장에서 이것을 다시 만납니다.
#
# ## 6. 모양을 미리 말하기
#
# 같은 네 신경망의 텐서를 상자로 그려 봅시다. 가로가 시점(`h_n`에서는 층과 방향), 세로가 배치, 안쪽으로 겹친 장이 벡터의 성분입니다. 파란 장은 앞 방향, 주황 장은 뒤 방향의 것입니다. 크기는 모두 진짜 텐서에서 읽었습니다.

# %% [markdown] lang="en"
# The rules can be read off.
#
# - `output` is **every step of the top layer**. The states of lower layers are not shown.
# - `h_n` is **the last state of every layer and direction**, stacked from the lowest layer up, and within a layer forward first.
# - For the backward direction (←) "last" is **step 0**. So with two directions the last step of `output` is not what is in `h_n`: its backward half has read a single word. You meet this again in chapter 23.
#
# ## 6. Knowing shapes in advance
#
# Draw the tensors of the same four networks as blocks. Time goes to the right (in `h_n`: layers and directions), the batch upwards, and the sheets behind one another are the components of a vector. Blue sheets belong to the forward, orange ones to the backward direction. All sizes are read from the real tensors.

# %% jupyter={"source_hidden": true}
def draw_block(ax, tensor, colour_of, title):
    """A (high, wide, deep) tensor as sheets behind one another. colour_of(column, sheet)."""
    high, wide, deep = tensor.shape
    for sheet in reversed(range(deep)):
        for column in range(wide):
            for row in range(high):
                place = (column + 0.3 * sheet, row + 0.36 * sheet)
                ax.add_patch(Rectangle(place, 1, 1, edgecolor="white", linewidth=1,
                                       facecolor=colour_of(column, sheet)))
    ax.set(xlim=(-0.3, 6.6), ylim=(-0.2, high + 0.36 * (deep - 1) + 0.2), aspect="equal")
    ax.axis("off")
    ax.set_title(title, fontsize="small")


def pale(colour, sheet):
    """The colour of a sheet: the further back, the paler."""
    return tuple(1 - (1 - part) * (1 - 0.13 * sheet) for part in plt.matplotlib.colors.to_rgb(colour))


x = torch.zeros(3, 5, 4)  # (B, T, D)
settings = ((1, False), (3, False), (1, True), (2, True))
figure, grid = plots.axes(4, 3, width=2.1, height=1.65)
for column, (layers, both) in enumerate(settings):
    with torch.no_grad():
        output, h_n = nn.RNN(4, 2, layers, batch_first=True, bidirectional=both)(x)
    colours = (plots.BLUE, plots.ORANGE)
    name = f"{layers} layer{'s'[: layers - 1]}, {'both ways' if both else 'one way'}"
    top, middle, bottom = (grid[column + 4 * k] for k in range(3))
    draw_block(top, x, lambda c, s: pale(plots.GREY, s), f"{name}\nx {tuple(x.shape)}")
    draw_block(middle, output, lambda c, s: pale(colours[s // 2], s), f"output {tuple(output.shape)}")
    draw_block(bottom, h_n.transpose(0, 1), lambda c, s: pale(colours[c % 2 if both else 0], s), f"h_n {tuple(h_n.shape)}")
figure.suptitle("batch_first=True, B = 3, T = 5, D = 4, H = 2: output grows deeper, h_n grows longer", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 방향이 둘이면 `output`은 **깊어지고**(두 상태를 이어 붙이므로 $2H$), `h_n`은 **길어집니다**(쌓으므로 층 × 방향). 층을 더 쌓으면 `h_n`만 길어집니다.
#
# 그리고 함정이 하나 더 있습니다. 위의 그림은 `batch_first=True`일 때입니다. PyTorch의 **기본값은 `False`** 이고, 그러면 입력과 `output`은 시점이 앞인 `(T, B, …)`입니다. 그런데 `h_n`은 어느 쪽이든 (층 × 방향, B, H)입니다. `batch_first`를 주어도 배치가 앞으로 오지 않습니다.
#
# ### 여러분 차례: `output-shapes`
#
# 실행하지 않고 말해 보세요. 마지막 모양은 토큰마다 클래스 $C$개의 점수(로짓)를 내는 선형 층, 곧 헤드(head)인 `nn.Linear(directions * H, C)`에 `output`을 통과시킨 것입니다. 선형 층은 **마지막 축만** 바꿉니다.

# %% [markdown] lang="en"
# With two directions `output` grows **deeper** (two states are joined: $2H$), and `h_n` grows **longer** (they are stacked: layers × directions). More layers make only `h_n` longer.
#
# And there is another trap. The picture holds for `batch_first=True`. PyTorch's **default is `False`**, and then the input and `output` have time in front, `(T, B, …)`. But `h_n` is (layers × directions, B, H) in either case: even with `batch_first` its batch does not come first.
#
# ### Your turn: `output-shapes`
#
# Say it without running it. The last shape is what comes of `output` through a head that gives scores (logits) for $C$ classes at every token, an `nn.Linear(directions * H, C)`. A linear layer changes **the last axis only**.

# %% exercise="output-shapes"
def output_shapes(B, T, D, H, C, layers, directions, batch_first):
    """The shapes that come out of an nn.RNN, and of a token head on its output.

    B, T, D, H, C, layers: ints >= 1: sequences, steps, input width, units, classes, layers.
    directions: 1 or 2. batch_first: a bool, as given to nn.RNN.
    Returns (output, h_n, token_logits), each a tuple of three ints: the shapes of the RNN's two
    results, and of nn.Linear(directions * H, C) applied to output.
    """
    ### BEGIN SOLUTION
    first = (B, T) if batch_first else (T, B)
    return (*first, directions * H), (layers * directions, B, H), (*first, C)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 노트의 설정으로 시험해 봅시다. 문장 10개, 시점 20개, 임베딩 256, 유닛 512, 클래스 5개, 그리고 `batch_first`는 기본값입니다. 노트는 토큰 헤드의 결과를 `(10, 20, 5)`라고 적었습니다.

# %% [markdown] lang="en"
# Try it on the notes' setting: 10 sentences, 20 steps, embeddings of 256, 512 units, 5 classes, and `batch_first` at its default. The notes give the token head's result as `(10, 20, 5)`.

# %% tags=["demo"]
rnn, token_head = nn.RNN(256, 512), nn.Linear(512, 5)
with torch.no_grad():
    output, h_n = rnn(torch.randn(20, 10, 256))  # (T, B, H), (1, B, H)
    token_logits = token_head(output)  # (T, B, C)
said = output_shapes(10, 20, 256, 512, 5, 1, 1, False)
for name, tensor, shape in zip(("output", "h_n", "token logits"), (output, h_n, token_logits), said):
    print(f"{name:13s} PyTorch {str(tuple(tensor.shape)):14s} you {shape}")

# %% [markdown] lang="ko"
# 앞의 둘은 노트와 같고, 토큰 헤드는 노트와 달리 `(20, 10, 5)`입니다. 노트의 코드에 달린 주석 (L, B, C)이 맞고(노트의 L이 우리의 T입니다), 그 아래 찍힌 결과가 틀렸습니다. 이것을 (B, T, C)로 믿고 정답과 견주면 엉뚱한 문장의 낱말과 짝지어집니다.
#
# ## 7. 함정: 문장끼리 섞입니다
#
# 모양이 틀리면 대개 오류가 납니다. 무서운 것은 오류가 **나지 않는** 경우입니다. 아래 함수는 문장마다 마지막 상태를 구하려고 합니다. 결과의 모양도 맞습니다.

# %% [markdown] lang="en"
# The first two are as in the notes; the token head, unlike theirs, gives `(20, 10, 5)`. The comment in the notes' code, (L, B, C), their L being our T, is right, and the result printed under it is wrong. Whoever believes in (B, T, C) compares each word with the label of some other sentence.
#
# ## 7. A trap: sentences get mixed
#
# A wrong shape mostly raises an error. What is frightening is when it does **not**. The function below wants the last state of each sentence. Even the shape of its result is right.

# %%
def torch_rnn(W_ih, W_hh, b_ih, b_hh, **options):
    """An nn.RNN of one layer with these weights. options: for nn.RNN, such as batch_first."""
    rnn = nn.RNN(W_ih.shape[1], len(b_ih), dtype=W_ih.dtype, **options)
    names = "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"
    rnn.load_state_dict(dict(zip(names, (W_ih, W_hh, b_ih, b_hh))))
    return rnn.requires_grad_(False)


def broken_sentence_states(tokens, table, W_ih, W_hh, b_ih, b_hh):
    """Should be: the state after the last token of each sentence, (B, H)."""
    x = table[tokens]  # (B, T, D)
    rnn = torch_rnn(W_ih, W_hh, b_ih, b_hh)
    output, h_n = rnn(x)
    return output[:, -1]  # (B, H)


def symptoms(sentence_states):
    """What a function that reads sentences must not do."""
    weights = fresh_weights(6, 8, seed=0)
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(9, 6, generator=generator, dtype=torch.float64)  # (V, D)
    tokens = torch.randint(8, (3, 5), generator=generator)  # (B, T)
    before = sentence_states(tokens, table, *weights)  # (B, H)
    print("shape:", tuple(before.shape))
    for what, (row, column) in (("its own first word", (2, 0)), ("another one's last word", (0, 4))):
        changed = tokens.clone()
        changed[row, column] = 8  # a token that stands nowhere else
        moved = (sentence_states(changed, table, *weights) - before)[2].norm()
        print(f"sentence 2 moves by {moved:.2f} when {what} is changed")


symptoms(broken_sentence_states)

# %% [markdown] lang="ko"
# **자기** 첫 낱말을 바꾸어도 꿈쩍하지 않고, **남의** 마지막 낱말을 바꾸면 움직입니다. 이 모델로 학습하면 손실은 어느 정도 줄기도 합니다. 다만 함께 들어온 문장에 따라 답이 달라집니다.
#
# ### 여러분 차례: `sentence-states`
#
# 무엇이 고장인지 찾아 고치세요. 힌트를 보기 전에 텐서마다 주석의 모양이 **정말 맞는지** 종이에 적어 보세요.

# %% [markdown] lang="en"
# Change **its own** first word and it does not stir; change the last word of **another** sentence and it moves. A model on top of this may even bring its loss down a little. Only its answers depend on the company a sentence keeps.
#
# ### Your turn: `sentence-states`
#
# Find what is broken, and mend it. Before you look at the hints, write down for every tensor whether the shape in its comment is **really true**.

# %% exercise="sentence-states"
def sentence_states(tokens, table, W_ih, W_hh, b_ih, b_hh):
    """broken_sentence_states, mended: the state after the last token of each sentence.

    tokens: (B, T) int64, one sentence a row, without padding. table: (V, D), the vector of each
    token. W_ih (H, D), W_hh (H, H), b_ih, b_hh (H,): the weights of a one-layer RNN, which
    starts from 0. Returns (B, H). torch_rnn(..., **options) passes options on to nn.RNN.
    """
    x = table[tokens]  # (B, T, D)
    ### BEGIN SOLUTION
    rnn = torch_rnn(W_ih, W_hh, b_ih, b_hh, batch_first=True)
    output, h_n = rnn(x)  # (B, T, H), (1, B, H)
    return output[:, -1]  # (B, H)
    ### END SOLUTION


# %% tags=["demo"]
symptoms(sentence_states)

# %% [markdown] lang="ko"
# 이제 자기 낱말에는 움직이고 남의 낱말에는 꿈쩍하지 않습니다. 이런 **섞임 검사**(하나만 바꾸고 나머지가 그대로인지 보기)는 어떤 모델에든 쓸 수 있는, 값싸고 확실한 검사입니다.
#
# ## 8. 무엇이 들어가고 무엇이 나오나요
#
# RNN은 부품입니다. 앞뒤에 무엇을 붙이느냐에 따라 전혀 다른 문제를 풉니다.

# %% [markdown] lang="en"
# Now it moves for its own words and not for another's. This **mixing test** (change one thing, see whether the rest stays) is cheap and reliable, and works for any model.
#
# ## 8. What goes in, and what comes out
#
# An RNN is a part. What is put before and behind it decides what problem it solves.

# %% jupyter={"source_hidden": true}
kinds = [
    ("one to one\n(no RNN needed)\nimage → digit", [0], [0], 1),
    ("one to many\na number → barks", [0], [0, 1, 2], 3),
    ("many to one\na review → liked?", [0, 1, 2], [2], 3),
    ("many to many\nat every step\nword → its tag", [0, 1, 2], [0, 1, 2], 3),
    ("many to many\nread, then write\ntranslation", [0, 1, 2], [2, 3, 4], 5),
]
widths = [max(steps, 2) for *_, steps in kinds]
figure, grid = plt.subplots(1, 5, figsize=(8.4, 2.7), width_ratios=widths)
for ax, (title, inputs, outputs, steps) in zip(grid, kinds):
    for t in range(steps):
        ax.add_patch(Rectangle((t + 0.2, 1.3), 0.6, 0.6, facecolor=plots.ORANGE + "66", edgecolor=plots.ORANGE))
        if t in inputs:
            ax.add_patch(Rectangle((t + 0.2, 0.2), 0.6, 0.6, facecolor=plots.GREY + "66", edgecolor=plots.GREY))
            arrow(ax, (t + 0.5, 0.8), (t + 0.5, 1.3))
        if t in outputs:
            ax.add_patch(Rectangle((t + 0.2, 2.4), 0.6, 0.6, facecolor=plots.BLUE + "66", edgecolor=plots.BLUE))
            arrow(ax, (t + 0.5, 1.9), (t + 0.5, 2.4))
        if t < steps - 1:
            arrow(ax, (t + 0.8, 1.6), (t + 1.2, 1.6))
    middle = steps / 2
    width = max(steps, 2)
    ax.set(xlim=(middle - width / 2, middle + width / 2), ylim=(0, 3.2), aspect="equal")
    ax.axis("off")
    ax.set_title(title, fontsize="small")
figure.suptitle("Grey: inputs. Orange: states. Blue: outputs that are used", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# - **다대일**(many-to-one): 다 읽고 한 번 답합니다. 리뷰가 긍정인지, 누가 쓴 글인지.
# - **다대다**(many-to-many): 시점마다 답하거나(낱말의 품사, 영상의 장면), 다 읽은 다음 새로 씁니다(번역, 24장).
# - **일대다**(one-to-many): 하나를 받아 여럿을 써냅니다. 그림의 설명, 그리고 10절의 멍멍이.
#
# 상태를 답으로 바꾸는 선형 층이 헤드입니다.
#
# ### 여러분 차례: `many-to-one-head`
#
# 노트는 `h_n.squeeze(0)`에 선형 층을 붙입니다. 층과 방향이 하나뿐일 때만 통합니다. 어떤 설정에서도 통하는 헤드를 만드세요.

# %% [markdown] lang="en"
# - **many-to-one**: read it all, answer once. Is a review positive? Who wrote a text?
# - **many-to-many**: answer at every step (the part of speech of a word, the scene of a film), or read it all and then write something new (translation, chapter 24).
# - **one-to-many**: take one thing and write many. A caption for an image; and the dog of section 10.
#
# The linear layer that turns a state into an answer is the head.
#
# ### Your turn: `many-to-one-head`
#
# The notes put a linear layer on `h_n.squeeze(0)`. That works for one layer and one direction only. Make a head that works in every setting.

# %% exercise="many-to-one-head"
def many_to_one_head(h_n, W, b, directions):
    """Logits of each whole sequence, from the last state of the top layer.

    h_n: (layers * directions, B, H), as nn.RNN returns it. W: (C, directions * H). b: (C,).
    directions: 1 or 2. With two, the top layer's forward state and its backward state are
    joined, forward first.
    Returns the logits, (B, C). Gradients must be able to flow through, to W and b as well.
    """
    # the top layer's last state   # (B, directions * H)
    ### BEGIN SOLUTION
    state = torch.cat(list(h_n[-directions:]), dim=1)  # (B, directions * H)
    return state @ W.T + b  # (B, C)
    ### END SOLUTION


# %% tags=["demo"]
torch.manual_seed(0)
x = torch.randn(10, 20, 256)  # (B, T, D)
with torch.no_grad():
    for layers, directions in ((1, 1), (1, 2), (3, 2)):
        net = nn.RNN(256, 512, layers, batch_first=True, bidirectional=directions == 2)
        _, h_n = net(x)  # (layers * directions, B, H)
        W, b = torch.randn(2, directions * 512), torch.zeros(2)  # (C, directions * H), (C,)
        notes = h_n.squeeze(0) @ W[:, :512].T + b  # as in the notes: a head for one state
        yours = many_to_one_head(h_n, W, b, directions)  # (B, C)
        print(f"{layers} x {directions}: the notes' head {str(tuple(notes.shape)):11s} yours {tuple(yours.shape)}")

# %% [markdown] lang="ko"
# 노트의 헤드는 층이나 방향이 하나만 더 늘어도 문장마다 답을 하나가 아니라 층 × 방향의 수만큼 냅니다. `squeeze(0)`은 크기가 1이 아닌 축을 **말없이** 그대로 둡니다.
#
# ### 여러분 차례: `many-to-many-head`

# %% [markdown] lang="en"
# With one more layer or direction, the notes' head gives each sentence not one answer but layers × directions of them. An axis whose size is not 1 is left as it is by `squeeze(0)`, **silently**.
#
# ### Your turn: `many-to-many-head`

# %% exercise="many-to-many-head"
def many_to_many_head(outputs, W, b):
    """Logits at every step.

    outputs: (T, B, H), the states of every step. W: (C, H). b: (C,).
    Returns the logits, (T, B, C): step t of sequence i stands at [t, i], as in outputs.
    Gradients must be able to flow through, to W and b as well.
    """
    ### BEGIN SOLUTION
    return outputs @ W.T + b  # (T, B, C)
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 길이가 다른 문장을 한 텐서에
#
# 마지막으로 들어가는 쪽입니다. 문장의 길이는 제각각인데 텐서는 네모납니다. 짧은 것의 뒤를 뜻 없는 번호로 채웁니다(패딩).
#
# ### 여러분 차례: `pad-batch`
#
# 노트의 코드는 받은 리스트를 **그 자리에서** 늘립니다. 그렇게 하지 마세요.

# %% [markdown] lang="en"
# ### Sentences of different lengths in one tensor
#
# Last, the side where things go in. Sentences have all sorts of lengths, and tensors are rectangles. The short ones are filled up behind with a number that means nothing (padding).
#
# ### Your turn: `pad-batch`
#
# The notes' code lengthens the lists it was given **in place**. Don't.

# %% exercise="pad-batch"
def pad_batch(sequences, pad_id, batch_first):
    """Puts token lists of different lengths into one tensor, padded at the end.

    sequences: a list of B non-empty lists of ints; they stay as they are. pad_id: an int.
    batch_first: a bool. Returns an int64 tensor, T the longest length: (B, T) if batch_first,
    else (T, B).
    """
    ### BEGIN SOLUTION
    longest = max(len(sequence) for sequence in sequences)
    rows = [sequence + [pad_id] * (longest - len(sequence)) for sequence in sequences]
    batch = torch.tensor(rows)  # (B, T)
    return batch if batch_first else batch.T
    ### END SOLUTION


# %% [markdown] lang="ko"
# 채운 번호에 정말 아무 뜻이 없을까요? 노트는 임베딩을 `nn.Embedding(100, 256)`으로 만들었습니다. 0번도 100개 가운데 하나입니다.

# %% [markdown] lang="en"
# Does the number that fills up really mean nothing? The notes make their embedding with `nn.Embedding(100, 256)`. Number 0 is one of the hundred.

# %% tags=["demo"]
torch.manual_seed(0)
batch = pad_batch([[3, 7, 4], [5]], 0, batch_first=True)  # (B, T)
print(batch)
with torch.no_grad():
    for name, options in (("as in the notes", {}), ("padding_idx=0", {"padding_idx": 0})):
        embedding = nn.Embedding(100, 256, **options)
        outputs, _ = nn.RNN(256, 512, batch_first=True)(embedding(batch))  # (B, T, H)
        length, moved = embedding.weight[0].norm(), (outputs[1, 2] - outputs[1, 0]).norm()
        print(f"{name:15s} length of the pad's vector {length:4.1f}, the state moves over two pads by {moved:.1f}")

# %% [markdown] lang="ko"
# `padding_idx`를 주지 않으면 패딩도 남들처럼 벡터를 가지고, 학습되기까지 합니다. 주면 벡터가 0이고 0에 머뭅니다. 하지만 **상태는 그래도 움직입니다.** 입력이 0이어도 $\tanh(W_{hh}h + b)$는 계산되기 때문입니다. 그래서 마지막 시점이 아니라 **마지막 진짜 낱말**의 상태를 꺼내야 합니다. 다음 절에서 그렇게 하고, 21장에서 패딩을 아예 건너뜁니다.
#
# ## 9. 리뷰를 읽힙니다
#
# 이제 모두 모읍시다. 맛, 값, 소리, 자리, 응대, 청결에 대한 좋은 말과 나쁜 말 여섯 쌍으로 리뷰를 만듭니다. `안`을 붙이면 뜻이 뒤집히고, “A지만 B다.”와 “B다, A지만.”의 결론은 둘 다 **B**입니다. 결론의 자리가 하나로 정해져 있지 않으니, 첫 낱말이나 마지막 낱말만 보아서는 맞힐 수 없습니다. 글쓴이가 만족했는지 맞히는 것이 문제입니다.

# %% [markdown] lang="en"
# Without `padding_idx` the pad has a vector like any other, and one that is even trained. With it, the vector is 0 and stays 0. But **the state moves all the same**: for an input of 0 there is still $\tanh(W_{hh}h + b)$ to compute. So it is not the last step's state that must be taken, but that of **the last real word**. The next section does that, and chapter 21 skips padding altogether.
#
# ## 9. Reading reviews
#
# Now put everything together. Six pairs of good and bad words, about taste, price, noise, room, service and cleanliness, make reviews. A `안` (not) turns a word's meaning round, and the verdict is **B** both in “A지만 B다.” (A, but B) and in “B다, A지만.” (B, though A). As the verdict has no fixed place, neither the first nor the last word alone gives it away. The problem: was the writer content?

# %%
ASPECTS = [  # (good, bad)
    ("맛있", "짜"),  # tasty, too salty
    ("싸", "비싸"),  # cheap, expensive
    ("조용하", "시끄럽"),  # quiet, noisy
    ("넓", "좁"),  # roomy, cramped
    ("친절하", "느리"),  # friendly, slow
    ("깨끗하", "더럽"),  # clean, dirty
]
PHRASES = []  # (aspect, tokens, liked)
for aspect, (good, bad) in enumerate(ASPECTS):
    PHRASES += [(aspect, [good], 1), (aspect, ["안", good], 0), (aspect, [bad], 0), (aspect, ["안", bad], 1)]


def contrasts(pairs, fillers=0):
    """Reviews that say both of each pair, in either order and form: a list of (tokens, liked).

    pairs: of phrases, one liked and one not. fillers: how often 정말 (really) stands between.
    """
    reviews = []
    for pair in pairs:
        for (_, a, _), (_, b, liked) in (pair, pair[::-1]):
            really = ["정말"] * fillers
            reviews.append((a + ["지만"] + really + b + ["다"], liked))
            reviews.append((b + ["다", ","] + really + a + ["지만"], liked))
    return reviews


pairs = [(a, b) for a in PHRASES for b in PHRASES if a[2] > b[2] and a[0] != b[0]]
order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(0)).tolist()
held_out, seen = [pairs[i] for i in order[:30]], [pairs[i] for i in order[30:]]
training = [(phrase + ["다"], liked) for _, phrase, liked in PHRASES] + contrasts(seen) + contrasts(seen, 1)
vocabulary = ["<pad>"] + sorted({token for tokens, _ in training for token in tokens})
number_of = {token: i for i, token in enumerate(vocabulary)}

for tokens, liked in (training[3], *contrasts(held_out[:1])):
    print("liked    " if liked else "not liked", " · ".join(tokens))
print(f"{len(training)} reviews to learn from, {len(contrasts(held_out))} held out, {len(vocabulary)} tokens")

# %% [markdown] lang="ko"
# 따로 빼 둔 리뷰는 **처음 보는 짝**으로만 되어 있습니다. 모델은 임베딩, 여러분의 `rnn_unroll`, 여러분의 헤드로 되어 있습니다. 마지막 진짜 낱말의 상태는 줄 번호와 시점 번호를 짝지어 꺼냅니다. 견줄 상대는 낱말의 횟수에 선형 층 하나를 붙인, 17장의 주머니입니다.

# %% [markdown] lang="en"
# The reviews held out consist of **pairs never seen** before. The model is an embedding, your `rnn_unroll` and your head. The state of the last real word is taken by pairing row numbers with step numbers. The one to compete with is the bag of chapter 17: how often each word occurs, and a linear layer.

# %%
def as_tensors(reviews):
    """(tokens, lengths, liked): (N, T) int64, (N,) int64, (N,) float."""
    numbers = [[number_of[token] for token in tokens] for tokens, _ in reviews]
    lengths = torch.tensor([len(row) for row in numbers])  # (N,)
    liked = torch.tensor([float(liked) for _, liked in reviews])  # (N,)
    return pad_batch(numbers, 0, batch_first=True), lengths, liked


class Reader(nn.Module):
    """Embedding, a recurrent layer, and a head on the state of the last real word."""

    def __init__(self, kind="RNN", D=8, H=16):
        super().__init__()
        self.embedding = nn.Embedding(len(vocabulary), D, padding_idx=0)
        self.recurrent = getattr(nn, kind)(D, H, batch_first=True)
        self.head = nn.Linear(H, 1)

    def states(self, tokens):
        """(B, T) -> (B, T, H): for an RNN by your function, with the layer's weights."""
        x = self.embedding(tokens)  # (B, T, D)
        if isinstance(self.recurrent, nn.RNN):
            zero = torch.zeros(len(x), self.recurrent.hidden_size)  # (B, H)
            return rnn_unroll(x, zero, *self.recurrent.parameters())[0]
        return self.recurrent(x)[0]

    def forward(self, tokens, lengths):
        states = self.states(tokens)  # (B, T, H)
        last = states[torch.arange(len(tokens)), lengths - 1]  # (B, H)
        return many_to_one_head(last[None], self.head.weight, self.head.bias, 1)[:, 0]  # (B,)


class Bag(nn.Module):
    """A linear layer on how often each token occurs."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(len(vocabulary), 1)

    def forward(self, tokens, lengths):
        counts = F.one_hot(tokens, len(vocabulary)).sum(1).float()  # (B, V)
        counts[:, 0] = 0  # the padding
        return self.head(counts)[:, 0]  # (B,)


def train(make, seed, steps=300):
    """Returns the model and the loss of each step."""
    torch.manual_seed(seed)
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    tokens, lengths, liked = as_tensors(training)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(tokens), (32,))  # (B,)
        logits = model(tokens[rows], lengths[rows])  # (B,)
        loss = F.binary_cross_entropy_with_logits(logits, liked[rows])  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses


def accuracy(model, reviews):
    """The share of reviews judged right."""
    tokens, lengths, liked = as_tensors(reviews)
    with torch.no_grad():
        return ((model(tokens, lengths) > 0) == (liked > 0)).float().mean().item()


@cache
def trained(make, seed=0):
    """train(make, seed), done once and then remembered."""
    return train(make, seed)


# %% tags=["demo", "nbval-ignore-output"]
for name, make in (("bag of words", Bag), ("your RNN", Reader)):
    model, _ = trained(make)
    print(f"{name:13s} learned from {accuracy(model, training):.0%}, held out {accuracy(model, contrasts(held_out)):.0%}")

# %% [markdown] lang="ko"
# 주머니는 정확히 50 %입니다. 우연이 아닙니다. 빼 둔 리뷰마다 같은 토큰으로 된 반대 리뷰가 함께 들어 있어서, 한쪽을 맞히면 다른 쪽은 반드시 틀립니다. RNN은 처음 보는 짝도 모두, 또는 거의 모두 맞힙니다.
#
# 어떻게 읽는지 들여다봅시다. 헤드를 마지막 시점뿐 아니라 **모든 시점**에 대어 보면(다대일 모델에 다대다 헤드), 한 낱말씩 읽으면서 마음이 어떻게 바뀌는지 보입니다.

# %% [markdown] lang="en"
# The bag gets exactly 50 %. That is no accident: for every review held out there is one with the same tokens and the opposite verdict, so whoever gets one right gets the other wrong. The RNN judges all, or nearly all, of the pairs it never saw.
#
# How does it read? Hold the head not only to the last step but to **every step** (a many-to-many head on a many-to-one model), and you can watch it change its mind, word by word.

# %% tags=["demo", "nbval-ignore-output"]
reader, _ = trained(Reader)
shown = [first, second, ["맛있", "다", ",", "비싸", "지만"], ["안", "비싸", "지만", "안", "맛있", "다"]]
figure, grid = plots.axes(2, 2, width=3.7, height=2.2, sharey=True)
for ax, tokens in zip(grid, shown):
    numbers = torch.tensor([[number_of[token] for token in tokens]])  # (1, T)
    with torch.no_grad():
        states = reader.states(numbers).transpose(0, 1)  # (T, 1, H)
        logits = many_to_many_head(states, reader.head.weight, reader.head.bias)  # (T, 1, 1)
    liked = torch.sigmoid(logits[:, 0, 0])  # (T,)
    ax.axhline(0.5, color=plots.GREY, linewidth=0.8)
    ax.plot(liked, "o-", color=plots.BLUE if liked[-1] > 0.5 else plots.ORANGE)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_ylim(-0.08, 1.08)
    verdict = "liked" if liked[-1] > 0.5 else "not liked"
    plots.label(ax, f"verdict: {verdict}", "", "liked?" if ax in grid[::2] else "")
figure.suptitle("The RNN's opinion after each token, 1: liked, 0: not liked", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 위의 두 리뷰를 보세요. `지만`을 읽는 순간 벌써 결론 쪽으로 기웁니다. 뒤에 무엇이 올지 아직 읽지 않았는데도 그렇습니다. 배운 리뷰에서는 (`안`이 없을 때) 좋은 말에 `지만`이 붙으면 결론이 언제나 나빴으니까요. 아래 왼쪽은 결론이 앞에 있고, 오른쪽에는 `안`이 끼어 있는데도 맞혔습니다. 아무도 이런 규칙을 적어 주지 않았습니다. (도중의 값을 너무 믿지는 마세요. 헤드가 배운 것은 마지막 낱말에서뿐이라, 문장 한가운데의 값은 아무도 물어본 적이 없는 답입니다.)
#
# 길이는 어떨까요? 가운데에 `정말`을 여러 번 넣어 봅시다. 배울 때는 많아야 한 번이었습니다. 그리고 노트의 문장 하나를 시험합니다. 노트는 셀이 복잡할수록(RNN < GRU < LSTM) **더 늦게 배우고 더 잘한다**고 합니다. GRU와 LSTM은 22장에서 만들지만, 쓰는 법은 `nn.RNN`과 같으니 이름만 바꾸어 끼우면 됩니다.

# %% [markdown] lang="en"
# Look at the two reviews above. At `지만` (but) it already leans towards the verdict, before it has read what follows: in what it learned from, a good word with `지만` (and no `안`) always led to a bad verdict. Below left the verdict comes first; on the right `안` (not) comes in; it is right on both. Nobody wrote such rules down for it. (Don't trust the values on the way too far. The head learned at last words only; in mid-sentence it gives answers that nobody ever asked for.)
#
# What about length? Put `정말` (really) in the middle again and again; in training it stood there once at most. And test a sentence of the notes: the more complex the cell (RNN < GRU < LSTM), they say, **the later it learns and the better it gets**. You will build GRU and LSTM in chapter 22, but they are used like `nn.RNN`: just exchange the name.

# %% tags=["demo", "nbval-ignore-output"]
fillers = (0, 1, 2, 4, 8, 16)
print(f"{'how often 정말 stands in the middle:':>45s}", *(f"{n:4d}" for n in fillers))
for kind in ("RNN", "GRU", "LSTM"):
    for seed in range(3):
        model, losses = train(lambda: Reader(kind), seed)
        smooth = torch.tensor(losses).unfold(0, 10, 1).mean(1)  # over 10 steps
        learned = 10 + int((smooth < 0.1).nonzero()[0]) if (smooth < 0.1).any() else None
        reached = [accuracy(model, contrasts(held_out, n)) for n in fillers]
        print(f"{kind:4s} seed {seed}: loss below 0.1 after {learned} steps,   ", *(f"{a:4.0%}" for a in reached))

# %% [markdown] lang="ko"
# 왼쪽부터 읽읍시다. 복잡한 셀이 더 늦게 배우지 **않았습니다.** 배울 때 본 길이(0번과 1번)에서는 세 셀 모두 완벽하거나 거의 완벽합니다. 그보다 긴 곳에서는 가장 복잡한 LSTM이 GRU보다 낫지 않습니다. "복잡할수록 늦게 배우고 더 잘한다"는 일반적인 법칙이 아니고, 더 나은지는 문제마다 시드 여럿으로 재어 보아야 합니다. (학습 결과라서 여러분의 표는 조금 다를 수 있습니다.)
#
# 그리고 이 표는 4절의 물음에 답합니다. 가중치를 공유하니 `정말`이 열여섯 번 들어간 리뷰도 오류 없이 **읽습니다.** 그러나 **잘** 읽는다는 보장은 없습니다. 배울 때보다 겨우 몇 번 더 들어갔을 뿐인데 찍는 수준(50 %)으로 떨어지는 RNN이 있습니다.
#
# ## 10. 쓰는 RNN, 그리고 앞날을 본 RNN
#
# 이번에는 일대다입니다. 개에게 수를 말하면 그만큼 짖습니다. “셋”이라고 하면 “멍 멍 멍 끝”입니다. 쓰는 RNN은 방금 **자기가 쓴 것**을 다음 입력으로 받습니다. 이것을 자기회귀(autoregressive)라고 하고, 이렇게 다음 낱말을 예측하는 모델을 언어 모델(language model)이라고 합니다.

# %% [markdown] lang="en"
# Read it from the left. The complex cells did **not** learn later. At the lengths seen in training (0 and 1), all three are perfect or nearly so. And beyond, the LSTM, the most complex, is no better than the GRU. "The more complex, the later it learns and the better it gets" is no general law; whether a cell is better must be measured, problem by problem and with several seeds. (These are results of training: your table may differ a little.)
#
# The table also answers the question of section 4. As the weights are shared, even a review with `정말` sixteen times in it is **read** without an error. But nothing promises that it is read **well**: a few times more than in training, and there is an RNN that falls to guessing (50 %).
#
# ## 10. An RNN that writes, and one that has seen the future
#
# Now one-to-many. Tell the dog a number, and it barks so many times: “셋” (three) gives “멍 멍 멍 끝” (woof woof woof, end). An RNN that writes takes **what it has just written** as its next input. This is called autoregressive, and a model that predicts the next word in this way is a language model.

# %%
NUMBERS = ["하나", "둘", "셋", "넷", "다섯"]  # one … five
barks = [[number] + ["멍"] * (k + 1) + ["끝"] for k, number in enumerate(NUMBERS)]
words = ["<pad>", *NUMBERS, "멍", "끝"]
for line in barks:
    print("input: ", " ".join(line[:-1]))
    print("target:", " ".join(line[1:]))

# %% [markdown] lang="ko"
# 정답은 입력을 **한 칸 당긴 것**입니다. 이렇게 하면 모든 시점의 예측을 **한 번의 호출로** 학습할 수 있습니다. 노트는 "언어 모델은 토큰마다 한꺼번에 분류하면 안 되고, 앞의 결과를 넣어 가며 반복해야 한다"고 하지만, 그것은 *쓸 때*의 이야기입니다. 학습할 때는 앞 낱말이 무엇이었는지 이미 알고 있습니다. 4절의 빈 삼각형이 답을 미리 보지 못하게 막아 줍니다.
#
# 그러면 양방향 RNN으로 학습하면 어떻게 될까요? 노트 하나는 생성에 양방향을 쓸 수 없다고 하고, 까닭은 적지 않았습니다. 해 봅시다.

# %% [markdown] lang="en"
# The targets are the inputs **shifted by one**. In this way the predictions of all steps can be trained **in a single call**. The notes say "a language model must not be trained on all tokens at once; feed each result back in a loop". But that is about *writing*. In training, the word before is known already, and the empty triangle of section 4 keeps the model from seeing the answer.
#
# What if a bidirectional RNN is trained like this? One of the notes says that generating cannot be bidirectional, and does not say why. Try it.

# %%
class Barker(nn.Module):
    """Predicts the next word at every step, with one direction or both."""

    def __init__(self, both, D=4, H=12):
        super().__init__()
        self.both, self.H = both, H
        self.embedding = nn.Embedding(len(words), D)
        self.recurrent = nn.RNN(D, H, bidirectional=both)
        self.head = nn.Linear((1 + both) * H, len(words))  # out come 8 scores, though 4 numbers go in

    def forward(self, tokens):
        x, weights = self.embedding(tokens), list(self.recurrent.parameters())  # (B, T, D)
        zero = torch.zeros(2, len(x), self.H)  # (2, B, H)
        if self.both:
            outputs, _ = bidirectional_rnn(x, zero, weights[:4], weights[4:])  # (B, T, 2H)
        else:
            outputs, _ = rnn_unroll(x, zero[0], *weights)  # (B, T, H)
        logits = many_to_many_head(outputs.transpose(0, 1), self.head.weight, self.head.bias)
        return logits.transpose(0, 1)  # (B, T, V)


@cache
def train_barker(both, steps=300):
    """A trained Barker, its loss at the end, and its share of next words right in training."""
    torch.manual_seed(0)
    model = Barker(both)
    tokens = pad_batch([[words.index(word) for word in line] for line in barks], 0, True)
    inputs, targets = tokens[:, :-1], tokens[:, 1:]  # (B, T), (B, T)
    real = targets != 0  # (B, T)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(steps):
        logits = model(inputs)  # (B, T, V): every step of every line, in one call
        loss = F.cross_entropy(logits[real], targets[real])  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    right = (model(inputs).argmax(2) == targets)[real].float().mean()
    return model, loss.item(), right.item()


def bark(model, number, limit=10):
    """Writes: what came out last is put in next, until 끝 or the limit."""
    line = [number]
    while line[-1] != "끝" and len(line) < limit:
        tokens = torch.tensor([[words.index(word) for word in line]])  # (1, T)
        with torch.no_grad():
            line.append(words[model(tokens)[0, -1].argmax()])
    return " ".join(line)


# %% tags=["demo", "nbval-ignore-output"]
for name, both in (("one direction", False), ("both directions", True)):
    barker, loss, right = train_barker(both)
    print(f"{name}: loss {loss:.3f}, {right:.0%} of the next words right in training; then it writes")
    for number in NUMBERS:
        print("   ", bark(barker, number))

# %% [markdown] lang="ko"
# 양방향 모델은 학습에서는 나무랄 데가 없습니다. 손실도 더 작습니다. 그런데 쓰게 하면 엉뚱하게 짖습니다. **답을 보고 베꼈기** 때문입니다. 뒤에서 읽는 방향에게 다음 낱말은 이미 읽은 낱말입니다. 쓸 때는 다음 낱말이 아직 없으니 베낄 것이 없습니다.
#
# 영향의 표를 두 신경망에서 나란히 그려 보면 한눈에 보입니다. 그리고 결정적인 시험을 하나 합니다. **공정한 동전**의 다음 면을 예측하게 하는 것입니다. 정직한 모델의 손실은 평균해서 $\ln 2 \approx 0.693$보다 작아질 수 없습니다(배치 하나에서는 운으로 조금 내려가기도 합니다).

# %% [markdown] lang="en"
# In training nothing is wrong with the bidirectional model; its loss is even smaller. But let it write, and its barking is off. **It copied the answer**: to the direction that reads from the end, the next word is a word it has read already. When it writes, there is no next word yet, and nothing to copy.
#
# Side by side, the influence tables of the two show it at a glance. And then a test that settles it: let them predict the next side of **a fair coin**. On average, the loss of an honest model cannot fall below $\ln 2 \approx 0.693$ (on a single batch it may, by luck, a little).

# %% tags=["demo", "nbval-ignore-output"]
def coin_losses(both, steps=150, H=12):
    """The loss of each step of training to predict coin flips, new ones every time."""
    torch.manual_seed(0)
    recurrent, head = nn.RNN(2, H, bidirectional=both), nn.Linear((1 + both) * H, 2)
    weights = list(recurrent.parameters())
    optimizer = torch.optim.Adam([*weights, *head.parameters()], lr=0.01)
    losses = []
    for _ in range(steps):
        flips = torch.randint(2, (64, 12))  # (B, T)
        x, zero = F.one_hot(flips, 2).float(), torch.zeros(2, 64, H)  # (B, T, 2), (2, B, H)
        if both:
            outputs, _ = bidirectional_rnn(x, zero, weights[:4], weights[4:])  # (B, T, 2H)
        else:
            outputs, _ = rnn_unroll(x, zero[0], *weights)  # (B, T, H)
        logits = many_to_many_head(outputs[:, :-1], head.weight, head.bias)  # (B, T - 1, 2)
        loss = F.cross_entropy(logits.flatten(0, 1), flips[:, 1:].flatten())  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


two_ways = fresh_weights(16, 32, seed=0), fresh_weights(16, 32, seed=1)
zeros = torch.zeros(2, 1, 32).double()  # (2, 1, H)
figure, (left, middle, right) = plots.axes(3, width=3.2, height=2.7)
draw_influence(left, influence(lambda x: rnn_unroll(x, zero, *one_way)[0], T=12), "One direction")
draw_influence(middle, influence(lambda x: bidirectional_rnn(x, zeros, *two_ways)[0], T=12), "Both directions")
right.plot(coin_losses(False), color=plots.BLUE, label="one direction")
right.plot(coin_losses(True), color=plots.ORANGE, linestyle="--", label="both")
right.axhline(0.693, color=plots.GREY, linewidth=0.8)
right.set_ylim(0)
plots.label(right, "Predicting a fair coin", "step", "loss (grey: ln 2)")
right.legend(loc="center right", fontsize="small")
figure.suptitle("With both directions every output has seen the future", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 양방향 모델은 공정한 동전을 **완벽하게 예측합니다.** 예측이 아니라는 뜻입니다. 여러분의 모델이 동전이나 내일의 주가를 너무 잘 맞히거든, 먼저 미래가 새어 들어오는 곳을 찾으세요.
#
# 그렇다고 "번역에는 양방향을 쓸 수 없다"는 노트의 말까지 맞는 것은 아닙니다. 쓸 수 없는 것은 글을 **쓰는** 쪽(디코더)뿐입니다. 원문을 **읽는** 쪽(인코더)은 첫 낱말을 쓰기 전에 문장 전체를 가지고 있으므로, 양방향이 자연스럽고 실제로도 널리 쓰입니다.
#
# 한 가지를 더 확인합시다. 한 방향 모델은 한 번에 부르나 한 낱말씩 부르나 같은 답을 냅니다. 그래서 한꺼번에 학습하고 하나씩 쓸 수 있습니다.

# %% [markdown] lang="en"
# The bidirectional model **predicts a fair coin perfectly**. Which means that it is no prediction. If a model of yours is too good at coins, or at tomorrow's share prices, first look for the place where the future leaks in.
#
# That does not make the notes' sentence "translation cannot use a bidirectional net" right. It is only the side that **writes** (the decoder) that cannot. The side that **reads** (the encoder) has the whole source before the first word is written: there, both directions are natural, and widely used.
#
# One more thing to make sure of. A model with one direction gives the same answers in one call or word by word. That is why it can be trained all at once and write one by one.

# %% tags=["demo"]
line = torch.tensor([[words.index(word) for word in barks[4][:-1]]])  # (1, T)
for name, both in (("one direction", False), ("both directions", True)):
    model, _, _ = train_barker(both)
    with torch.no_grad():
        at_once = model(line)[0]  # (T, V)
        one_by_one = torch.stack([model(line[:, : t + 1])[0, -1] for t in range(line.shape[1])])  # (T, V)
    same = torch.allclose(at_once, one_by_one, atol=1e-5)
    print(f"{name:15s} one call and word by word agree: {same}")

# %% [markdown] lang="ko"
# 모양도 하나 짚어 둡시다. 이 모델에는 수 4개짜리 벡터가 들어가고 점수 8개가 나옵니다. 노트에는 "출력 벡터의 차원은 입력 벡터의 차원과 같아야 한다"고 적혀 있지만, 원-핫을 넣을 때 우연히 같았을 뿐입니다. 나오는 점수의 수는 **어휘의 크기**로 정해집니다.
#
# ## 정리
#
# - RNN 셀은 선형 층 하나와 tanh입니다: $h_t = \tanh(W_{ih}x_t + b_{ih} + W_{hh}h_{t-1} + b_{hh})$. 이어 붙인 $[x; h]$에 행렬 하나를 곱하는 것과 같습니다.
# - 시점 사이에서 가중치를 공유하므로 어떤 길이든 읽습니다. 그러나 갓 만든 셀에서 먼 낱말의 영향은 빠르게 사라집니다.
# - `output`은 맨 위층의 모든 시점, `h_n`은 모든 층과 방향의 마지막 상태입니다. 양방향에서 뒤 방향의 마지막은 첫 낱말에 있습니다.
# - `batch_first`는 기본값이 `False`이고, `h_n`에는 통하지 않습니다. 잊으면 오류 없이 문장이 섞입니다.
# - 다대일 헤드는 마지막 상태에, 다대다 헤드는 모든 상태에 붙습니다. 헤드는 마지막 축만 바꿉니다.
# - 언어 모델은 한 칸 당긴 정답으로 한꺼번에 학습하고, 쓸 때만 하나씩 합니다. 양방향은 읽을 수는 있어도 쓸 수 없습니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 쌓은 양방향 RNN에서 둘째 층의 W_ih는 왜 (H, H)가 아니라 (H, 2H)인가요?</summary>
#
# 둘째 층은 첫 층의 `output`을 읽습니다. 양방향이면 시점마다 두 방향의 상태를 이어 붙인 길이 $2H$의 벡터가 들어옵니다. 둘째 층의 앞 방향도 첫 층의 뒤 방향이 본 미래를 압니다.
# </details>
#
# <details><summary>2. 모든 시점을 한꺼번에 계산해서 빠르게 만들 수는 없나요?</summary>
#
# 입력의 몫 $W_{ih}x_t + b_{ih}$는 모든 시점에 대해 한 번에 곱할 수 있고, 실제 구현도 그렇게 합니다. 그러나 $W_{hh}h_{t-1}$은 $h_{t-1}$이 나올 때까지 기다려야 합니다. 이 기다림이 RNN을 GPU에서 느리게 만들고, 트랜스포머가 나온 까닭 가운데 하나입니다.
# </details>
#
# <details><summary>3. 시점이 100개인 RNN은 몇 층짜리 신경망인가요?</summary>
#
# 펼쳐 놓으면 첫 입력에서 마지막 출력까지 tanh를 100번 지나는 100층짜리 신경망입니다. 모든 층이 같은 가중치를 쓴다는 점이 다를 뿐입니다. 12장에서 본 기울기 소실이 그대로, 아니 같은 행렬이 되풀이되므로 더 뚜렷하게 나타납니다.
# </details>
#
# <details><summary>4. 첫 상태 $h_0$은 꼭 0이어야 하나요?</summary>
#
# 아닙니다. 매개변수로 두고 배우게 할 수도 있고, 긴 글을 나누어 읽을 때는 앞 조각의 마지막 상태를 넘겨받습니다(20장). 그림을 설명하는 모델에서는 그림의 특성 벡터를 $h_0$으로 넣기도 합니다. 일대다의 "일"이 들어가는 자리입니다.
# </details>
#
# <details><summary>5. 9절의 주머니에 창(n-gram)을 더하면 이 문제를 풀 수 있나요?</summary>
#
# 풀 수 있습니다. `안 · 맛있 · 다` 같은 세 토큰짜리 창이 결론을 그대로 보여 주기 때문입니다. 이 리뷰들에서는 `정말`이 늘 그 바깥에 있어서 창이 끊어지지 않습니다. `안 · 정말 · 맛있 · 다`처럼 사이에 끼면 끊어지고, 창마다 가중치를 따로 배워야 합니다. `windows`로 특성을 만들어 `Bag`에 넣어 보세요.
# </details>

# %% [markdown] lang="en"
# A word on shapes. Into this model go vectors of 4 numbers, and out come 8 scores. The notes say "the output vector must have the dimension of the input vector", but with one-hot inputs that was a coincidence. How many scores come out is decided by **the size of the vocabulary**.
#
# ## Summary
#
# - An RNN cell is a linear layer and a tanh: $h_t = \tanh(W_{ih}x_t + b_{ih} + W_{hh}h_{t-1} + b_{hh})$. It is the same as one matrix times the joined $[x; h]$.
# - Its weights are shared between steps, so it reads any length. But in a fresh cell the influence of far words vanishes quickly.
# - `output` is every step of the top layer, `h_n` the last state of every layer and direction. With both directions, the backward one's last state is at the first word.
# - `batch_first` is `False` by default, and does nothing to `h_n`. Forget it, and sentences get mixed without an error.
# - A many-to-one head sits on the last state, a many-to-many head on every state. A head changes the last axis only.
# - A language model is trained all at once on targets shifted by one, and goes one by one only when it writes. A bidirectional RNN can read but cannot write.
#
# ## Further questions
#
# <details><summary>1. In a stacked bidirectional RNN, why is the second layer's W_ih not (H, H) but (H, 2H)?</summary>
#
# The second layer reads the first one's `output`. With both directions, what comes in at each step is two states joined, a vector of length $2H$. Even the second layer's forward direction knows the future that the first layer's backward direction has seen.
# </details>
#
# <details><summary>2. Could all steps be computed at once, to make it fast?</summary>
#
# The input's part, $W_{ih}x_t + b_{ih}$, can be multiplied for all steps at once, and real implementations do so. But $W_{hh}h_{t-1}$ must wait until $h_{t-1}$ is there. This waiting makes RNNs slow on a GPU, and is one of the reasons for the Transformer.
# </details>
#
# <details><summary>3. How many layers deep is an RNN of 100 steps?</summary>
#
# Unrolled, it is a network of 100 layers: from the first input to the last output there are 100 tanhs to pass. Only that all layers have the same weights. The vanishing gradients of chapter 12 appear here as well, and more plainly, as it is the same matrix again and again.
# </details>
#
# <details><summary>4. Must the first state $h_0$ be 0?</summary>
#
# No. It can be a parameter that is learned; and when a long text is read in pieces, the last state of one piece is handed to the next (chapter 20). A model that describes images may take the image's feature vector as $h_0$: this is where the "one" of one-to-many goes in.
# </details>
#
# <details><summary>5. Could the bag of section 9 solve the problem with windows (n-grams)?</summary>
#
# Yes: a window of three tokens such as `안 · 맛있 · 다` (not tasty) shows the verdict as it is. In these reviews `정말` always stands outside that window; in `안 · 정말 · 맛있 · 다` it would break it, and every window needs a weight of its own. Make features with `windows`, and put them into a `Bag`.
# </details>
