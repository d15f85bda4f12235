# ---
# jupyter:
#   course:
#     ko: LSTM과 GRU의 게이트
#     en: The gates of LSTM and GRU
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 22장. LSTM과 GRU의 게이트
#
# **누구를 위한 장인가요?** `nn.LSTM`을 불러 본 적은 있지만 그 안의 게이트를 직접 계산해 본 적은 없는 사람. "LSTM은 기울기 소실을 해결했다"는 말을 한 번쯤 의심해 본 사람.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 시그모이드(sigmoid)와 tanh(6장, 12장), RNN 셀(19장), 시간을 거슬러 가는 기울기와 기울기 소실(20장)
#
# **이 장을 마치면**
#
# - LSTM의 네 조각 i, f, g, o와 GRU의 세 조각 r, z, n을 손으로 계산해 PyTorch와 똑같은 값을 얻을 수 있습니다.
# - 책과 논문마다 다른 식 가운데 PyTorch가 어느 것을 쓰는지 가려낼 수 있습니다.
# - 기울기가 기억을 타고 얼마나 멀리 가는지 계산하고, 그 식이 언제 정확한지 말할 수 있습니다.
# - 갓 만든 LSTM이 왜 오래 기억하지 못하는지 알고, 편향(bias) 하나로 고칠 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 22. The gates of LSTM and GRU
#
# **Who is this for?** You have called `nn.LSTM`, but you have never computed the gates inside it. And perhaps you have wondered whether "the LSTM solved vanishing gradients" is really true.
#
# **Time** about 100 minutes · **You need** sigmoid and tanh (chapters 6 and 12), the RNN cell (chapter 19), gradients through time and how they vanish (chapter 20)
#
# **Afterwards you can**
#
# - compute the four parts i, f, g, o of an LSTM and the three parts r, z, n of a GRU by hand, and get the very numbers PyTorch gets,
# - tell which of the formulas found in books and papers is the one PyTorch uses,
# - calculate how far a gradient travels along the memory, and say when that formula is exact,
# - say why a fresh LSTM does not remember for long, and mend it with a single bias.

# %%
import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Circle, FancyBboxPatch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.korean import use_hangul_font

plots.use_course_style()
use_hangul_font()

# %% lang="ko"
open_chapter("ch22_lstm_gru", "ko")

# %% lang="en"
open_chapter("ch22_lstm_gru", "en")

# %% [markdown] lang="ko"
# ## 1. 맨 처음 들은 말
#
# 놀이를 하나 합시다. 누군가 동, 서, 남, 북 가운데 하나를 스물한 번 부릅니다. 다 듣고 나서 **맨 처음** 부른 방향을 맞히면 됩니다. 사람에게는 쉽습니다. 첫마디만 외우고 나머지는 흘려들으면 되니까요.

# %% [markdown] lang="en"
# ## 1. The first word
#
# Let us play a game. Somebody calls out a direction twenty-one times: 동 (east), 서 (west), 남 (south) or 북 (north). When it is over, you name the **first** one. Easy for a person: keep the first word in mind and let the rest pass by.

# %%
DIRECTIONS = "동서남북"
LAG = 20  # words between the one to remember and the end


def make_games(n, generator):
    """n games: the words as one-hot vectors (B, T, 4), and the answers (B,)."""
    words = torch.randint(4, (n, LAG + 1), generator=generator)  # (B, T)
    return F.one_hot(words, 4).float(), words[:, 0]


x, answer = make_games(1, torch.Generator().manual_seed(22))
print("called:", " ".join(DIRECTIONS[k] for k in x[0].argmax(1)))
print("answer:", DIRECTIONS[answer])

# %% [markdown] lang="ko"
# RNN에게는 쉽지 않습니다. 19장의 셀은 낱말 하나를 들을 때마다 기억 **전체**를 행렬에 통과시키고 tanh로 눌러 새로 씁니다.
#
# $$h_t = \tanh(W_{ih}x_t + b_{ih} + W_{hh}h_{t-1} + b_{hh})$$
#
# 첫마디의 흔적은 스무 번의 새로 쓰기를 견뎌야 합니다. 얼마나 남을까요? 20장의 자를 그대로 가져와 기울기(gradient)로 잽니다. 시점 $t$의 상태 $s_t$를 아주 조금 건드리면 마지막 상태 $s_T$의 수 하나 $s_T[j]$가 얼마나 움직이는지를 벡터 $\partial s_T[j]/\partial s_t$가 말해 줍니다. 이 벡터의 길이를 상태에 든 수 $H$개에 대해 평균합니다(제곱해서 평균하고 제곱근을 씌우는 RMS).
#
# $$\text{flow}(t) = \sqrt{\frac{1}{H}\sum_{j=1}^{H}\left\|\frac{\partial s_T[j]}{\partial s_t}\right\|^2}$$
#
# 1이면 건드린 만큼 끝까지 전해진 것이고, 0이면 흔적도 없습니다. 흔적이 없으면 배울 수도 없습니다. 마지막에 생긴 손실이 첫마디를 다루는 방법을 고쳐 줄 길이 끊겼기 때문입니다.
#
# 20장에서 재었던 RNN 둘을 다시 그립니다. 그때는 여러분의 함수가 야코비 행렬을 곱했고, 여기서는 LSTM에도 쓸 수 있도록 자동 미분에 맡깁니다. 나오는 값은 같습니다. 하나는 PyTorch의 기본값 그대로이고, 다른 하나는 $W_{hh}$를 직교행렬(orthogonal matrix, 벡터를 돌리기만 하고 길이는 바꾸지 않는 행렬)의 두 배로 둔 것입니다. 입력은 무작위이고, 유닛(unit) 수 $H$는 32입니다.

# %% [markdown] lang="en"
# For an RNN it is not easy. The cell of chapter 19 takes its **whole** memory at every word, sends it through a matrix and a tanh, and writes it anew.
#
# $$h_t = \tanh(W_{ih}x_t + b_{ih} + W_{hh}h_{t-1} + b_{hh})$$
#
# What is left of the first word after twenty rewritings? Gradients tell, by the very yardstick of chapter 20. Nudge the state $s_t$ at step $t$ a little: how far one number $s_T[j]$ of the last state $s_T$ moves is told by the vector $\partial s_T[j]/\partial s_t$. We average its length over the $H$ numbers of the state (as a root mean square, RMS).
#
# $$\text{flow}(t) = \sqrt{\frac{1}{H}\sum_{j=1}^{H}\left\|\frac{\partial s_T[j]}{\partial s_t}\right\|^2}$$
#
# At 1, a nudge arrives as large as it was; at 0, nothing is left of it. And where nothing arrives nothing can be learned: a loss at the end has no way back to whatever handled the first word.
#
# Here are the two RNNs of chapter 20 again. There your function multiplied Jacobians; here autograd does the work, so that an LSTM can be measured too, and the values are the same. One is as PyTorch makes it; in the other, $W_{hh}$ is twice an orthogonal matrix (one that only turns vectors and leaves their length alone). The inputs are random, and the number of units $H$ is 32.

# %%
def rnn_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)  # (B, H)


def fresh_weights(kind, seed, D=16, H=32):
    """W_ih, W_hh, b_ih, b_hh of a new nn.RNN, nn.GRU or nn.LSTM, in float64."""
    torch.manual_seed(seed)
    return [p.detach() for p in getattr(nn, kind)(D, H).double().parameters()]


# %%
def gradient_flow(step, T, seed=0, D=16, H=32):
    """flow(t) for t = 0 … T, (T + 1,), over random inputs.

    step(x, s, h) returns the next (s, h): s is the memory measured, h what else is carried.
    """
    generator = torch.Generator().manual_seed(seed)
    xs = torch.randn(T, D, generator=generator, dtype=torch.float64)  # (T, D)
    # A batch of H copies of the same run: copy j asks about s_T[j] alone.
    s = torch.zeros(H, H, dtype=torch.float64, requires_grad=True)  # (B, H) with B = H
    h, states = s.detach(), [s]
    for x in xs:
        s, h = step(x.expand(H, D), s, h)
        s.retain_grad()  # keep .grad of a value that is not a leaf
        states.append(s)
    s.diagonal().sum().backward()
    return torch.stack([(state.grad.square().sum() / H).sqrt() for state in states])


# %%
def one_state(cell, weights):
    """A step for cells whose only memory is h."""

    def step(x, s, h):
        s = cell(x, s, *weights)
        return s, s

    return step


def twice_orthogonal(seed):
    """An RNN's weights with W_hh twice an orthogonal matrix."""
    W_ih, W_hh, b_ih, b_hh = fresh_weights("RNN", seed)
    return W_ih, 2 * nn.init.orthogonal_(torch.empty_like(W_hh)), b_ih, b_hh


# %%
rnns = {"RNN, default": fresh_weights("RNN", 0), "RNN, 2 × orthogonal": twice_orthogonal(0)}
figure, (ax,) = plots.axes(1, width=5.6)
for (name, weights), colour in zip(rnns.items(), (plots.GREY, plots.RED)):
    ax.semilogy(gradient_flow(one_state(rnn_cell, weights), 100), color=colour, label=name)
    for T in (10, 100):
        print(f"{name}, T = {T}: {gradient_flow(one_state(rnn_cell, weights), T)[0]:.0e}")
title = "On its way back, an RNN's gradient vanishes or explodes"
plots.label(ax, title, "step t", "flow(t), T = 100")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 그래프는 오른쪽에서 왼쪽으로 읽으세요. 끝($t = 100$)에서 1이던 기울기가 한 걸음 거슬러 갈 때마다 같은 $W_{hh}$와 tanh의 기울기(1 이하)에 곱해집니다. PyTorch의 기본값에서는 사라지고, 행렬을 키우면 폭발합니다. 그 사이의 좁은 길을 백 걸음 동안 벗어나지 않기는 어렵습니다.
#
# ## 2. 다시 쓰지 말고 고쳐 쓰기
#
# LSTM(Long Short-Term Memory)의 생각은 이렇습니다. 기억을 매번 새로 쓰지 말고, 있던 것을 **조금 지우고 조금 더하자.** 그래서 상태가 둘입니다. **cell state** $c$는 기억을 나르는 컨베이어 벨트이고, **hidden state** $h$는 그 기억에서 지금 바깥에 내보일 부분입니다.

# %% [markdown] lang="en"
# Read the plot from right to left. At the end, $t = 100$, the gradient is 1, and each step back multiplies it by the same $W_{hh}$ and by the slope of the tanh (at most 1). With PyTorch's defaults it vanishes; with a larger matrix it explodes. To stay on the narrow path between the two for a hundred steps is hard.
#
# ## 2. Edit, don't rewrite
#
# The idea of the LSTM (Long Short-Term Memory) is this: do not write the memory anew each time, but **erase a little and add a little**. So it has two states. The **cell state** $c$ is a conveyor belt that carries the memory along; the **hidden state** $h$ is the part of it that is shown to the outside now.

# %% jupyter={"source_hidden": true}
def box(ax, x, y, text, colour):
    edge = FancyBboxPatch((x - 0.42, y - 0.32), 0.84, 0.64, boxstyle="round,pad=0.06")
    edge.set(facecolor=colour + "33", edgecolor=colour, linewidth=1.6, zorder=3)
    ax.add_patch(edge)
    ax.text(x, y, text, ha="center", va="center", zorder=4)


def dot(ax, x, y, text):
    ax.add_patch(Circle((x, y), 0.27, facecolor="white", edgecolor="black", zorder=3))
    ax.text(x, y, text, ha="center", va="center_baseline", zorder=4, fontsize="large")


def arrow(ax, *points, colour="#555555", width=1.3):
    for (x0, y0), (x1, y1) in zip(points[:-2], points[1:-1]):
        ax.plot([x0, x1], [y0, y1], color=colour, linewidth=width, zorder=1)
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", points[-1], points[-2], arrowprops=style, zorder=1)


def diagram(ax, title):
    ax.set(xlim=(-0.6, 10.5), ylim=(0.5, 5.7), aspect="equal")
    ax.axis("off")
    ax.set_title(title)


figure, (ax,) = plots.axes(1, width=7.4, height=3.9)
diagram(ax, "An LSTM cell: the memory c rides on the belt and is only multiplied and added to")
arrow(ax, (0.4, 5), (9.6, 5), colour=plots.GREEN, width=5)
arrow(ax, (0.4, 0.8), (7.4, 0.8), (7.4, 1.8))
for x, name, squash in ((2.0, "f", "σ"), (3.8, "i", "σ"), (6.0, "g", "tanh"), (7.4, "o", "σ")):
    arrow(ax, (x, 0.8), (x, 1.8))
    box(ax, x, 2.2, squash, plots.BLUE if name == "g" else plots.ORANGE)
    ax.text(x - 0.2, 2.78, f"${name}_t$", ha="right")
arrow(ax, (2.0, 2.6), (2.0, 4.7))
arrow(ax, (3.8, 2.6), (3.8, 3.7), (4.62, 3.7))
arrow(ax, (6.0, 2.6), (6.0, 3.7), (5.18, 3.7))
arrow(ax, (4.9, 3.98), (4.9, 4.7))
arrow(ax, (8.7, 5), (8.7, 4.3))
arrow(ax, (8.7, 3.5), (8.7, 2.48))
arrow(ax, (7.88, 2.2), (8.42, 2.2))
arrow(ax, (8.7, 1.92), (8.7, 0.8), (9.6, 0.8))
box(ax, 8.7, 3.9, "tanh", plots.GREY)
for x, y, text in ((2.0, 5, "×"), (4.9, 5, "+"), (4.9, 3.7, "×"), (8.7, 2.2, "×")):
    dot(ax, x, y, text)
ends = (-0.05, 5, "$c_{t-1}$"), (10.0, 5, "$c_t$"), (-0.1, 0.8, "$x_t, h_{t-1}$"), (9.95, 0.8, "$h_t$")
for x, y, text in ends:
    ax.text(x, y, text, ha="center", va="center", fontsize="large")
for x, y, text in ((2.0, 5.45, "forget"), (4.9, 5.45, "write"), (9.25, 2.7, "read")):
    ax.text(x, y, text, ha="center", style="italic", color="#555555")
plt.show()

# %% [markdown] lang="ko"
# 주황색 상자가 **게이트(gate)** 입니다. 게이트는 시그모이드 $\sigma$에서 나온 0과 1 사이의 수이고, 무엇인가에 *곱해집니다*. 0이면 닫힌 문, 1이면 활짝 열린 문입니다. 파란 상자는 게이트가 아니라 적어 넣을 **내용**입니다. 네 상자 모두 같은 것을 봅니다: 지금의 입력 $x_t$와 바로 앞의 $h_{t-1}$.
#
# $$\begin{aligned}
# i_t &= \sigma(W_{ii}x_t + b_{ii} + W_{hi}h_{t-1} + b_{hi}) \\
# f_t &= \sigma(W_{if}x_t + b_{if} + W_{hf}h_{t-1} + b_{hf}) \\
# g_t &= \tanh(W_{ig}x_t + b_{ig} + W_{hg}h_{t-1} + b_{hg}) \\
# o_t &= \sigma(W_{io}x_t + b_{io} + W_{ho}h_{t-1} + b_{ho})
# \end{aligned}$$
#
# | | 이름 | 범위 | 묻는 것 |
# |---|---|---|---|
# | $i$ | input 게이트 | 0 … 1 | 새 내용을 얼마나 적을까? |
# | $f$ | forget 게이트 | 0 … 1 | 지난 기억을 얼마나 **남길까**? (이름과 달리 1이 기억, 0이 망각입니다) |
# | $g$ | 후보(candidate) | −1 … 1 | 무엇을 적을까? |
# | $o$ | output 게이트 | 0 … 1 | 기억을 얼마나 내보일까? |
#
# 이 과정의 바탕이 된 노트 하나는 $g$를 "update gate"라고 부릅니다. $g$는 tanh라서 음수가 되고 문처럼 여닫는 것이 아니니 게이트가 아닙니다. update 게이트는 5절에 나올 GRU의 것입니다.
#
# PyTorch는 네 벌의 가중치를 텐서 하나에 **i, f, g, o 순서로** 쌓아 둡니다. 곱셈을 네 번 하는 대신 한 번만 하려는 것입니다.

# %% [markdown] lang="en"
# The orange boxes are **gates**. A gate is a number between 0 and 1, made by a sigmoid $\sigma$, that something gets *multiplied* by: 0 is a closed door, 1 a wide open one. The blue box is no gate; it is the **content** to be written. All four boxes look at the same things: the input $x_t$ and the previous $h_{t-1}$.
#
# $$\begin{aligned}
# i_t &= \sigma(W_{ii}x_t + b_{ii} + W_{hi}h_{t-1} + b_{hi}) \\
# f_t &= \sigma(W_{if}x_t + b_{if} + W_{hf}h_{t-1} + b_{hf}) \\
# g_t &= \tanh(W_{ig}x_t + b_{ig} + W_{hg}h_{t-1} + b_{hg}) \\
# o_t &= \sigma(W_{io}x_t + b_{io} + W_{ho}h_{t-1} + b_{ho})
# \end{aligned}$$
#
# | | name | range | what it asks |
# |---|---|---|---|
# | $i$ | input gate | 0 … 1 | how much of the new content is written? |
# | $f$ | forget gate | 0 … 1 | how much of the old memory is **kept**? (despite its name, 1 remembers and 0 forgets) |
# | $g$ | candidate | −1 … 1 | what is to be written? |
# | $o$ | output gate | 0 … 1 | how much of the memory is shown? |
#
# One of the notes this course grew from calls $g$ the "update gate". But $g$ comes from a tanh, can be negative, and opens or shuts nothing: it is no gate. The update gate belongs to the GRU of section 5.
#
# PyTorch stacks the four sets of weights in one tensor, **in the order i, f, g, o**, so that one multiplication does the work of four.

# %% jupyter={"source_hidden": true}
figure, (left, right) = plots.axes(2, width=3.6, height=2.5)
for ax, columns, name, shape in ((left, 3, "W_ih", "(4H, D)"), (right, 4, "W_hh", "(4H, H)")):
    for k, part in enumerate("ifgo"):
        colour = plots.BLUE if part == "g" else plots.ORANGE
        block = plt.Rectangle((0, 3 - k), columns, 0.94, facecolor=colour + "44", edgecolor=colour)
        ax.add_patch(block)
        start, stop = ("0", "H") if k == 0 else (f"{k if k > 1 else ''}H", f"{k + 1}H")
        ax.text(columns / 2, 3.46 - k, f"{part}:  rows  {start} … {stop} − 1", ha="center", va="center")
    ax.set(xlim=(-0.1, 4.1), ylim=(-0.1, 4.1), title=f"{name} {shape}")
    ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `lstm-gates`
#
# 네 조각을 구하세요. `(B, 4H)`짜리 결과를 나눌 때 **어느 축을** 나누는지 조심하세요. 배치 크기가 마침 4이면 틀린 축을 나누어도 오류가 나지 않습니다.

# %% [markdown] lang="en"
# ### Your turn: `lstm-gates`
#
# Compute the four parts. When you cut up the `(B, 4H)` result, mind **along which axis**: if the batch size happens to be 4, cutting the wrong one raises no error.

# %% exercise="lstm-gates"
def lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh):
    """The four parts of one LSTM step: three gates and the candidate.

    x: (B, D), the input. h: (B, H), the previous hidden state. W_ih: (4H, D). W_hh: (4H, H).
    b_ih, b_hh: (4H,). The 4H rows are stacked i, f, g, o, H each. Floats of one dtype.
    Returns (i, f, g, o), each (B, H): i, f and o through a sigmoid, g through a tanh. What goes
    into these may be in the hundreds. Gradients must be able to flow through.
    """
    # all four at once          # (B, 4H)
    # cut into four             # (B, H) each
    ### BEGIN SOLUTION
    z = x @ W_ih.T + b_ih + h @ W_hh.T + b_hh  # (B, 4H)
    i, f, g, o = z.chunk(4, dim=1)  # (B, H) each
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 갓 만든 LSTM의 게이트는 얼마나 열려 있을까요? 무작위 입력 1,000개로 봅시다.

# %% [markdown] lang="en"
# How far open are the gates of an LSTM fresh from the factory? Here they are on 1,000 random inputs.

# %% tags=["demo"]
torch.manual_seed(0)
x, h = torch.randn(1000, 16).double(), torch.zeros(1000, 32).double()  # (B, D), (B, H)
for name, part in zip("ifgo", lstm_gates(x, h, *fresh_weights("LSTM", 0))):
    print(f"{name}: mean {part.mean():+.2f}, from {part.min():+.2f} to {part.max():+.2f}")

# %% [markdown] lang="ko"
# 게이트의 평균이 모두 0.5쯤입니다. 가중치와 편향이 0 근처의 작은 수에서 시작하고 $\sigma(0) = 0.5$이기 때문입니다. forget 게이트도 마찬가지입니다. 이 0.5를 기억해 두세요. 7절에서 주인공이 됩니다.
#
# ## 3. 벨트를 한 칸 옮기기
#
# 게이트가 정해지면 나머지는 두 줄입니다. $\odot$는 원소별 곱입니다.
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad\qquad h_t = o_t \odot \tanh(c_t)$$
#
# 먼저 벨트를 고쳐 쓰고(왼쪽), 고쳐 쓴 벨트에서 읽습니다(오른쪽). 노트 하나는 오른쪽 식을 "$C_t$와 $o_t$를 곱한다"고만 적어 tanh를 빠뜨렸습니다. 그러면 무엇이 달라지는지는 곧 봅니다.
#
# ### 여러분 차례: `lstm-cell`
#
# 앞에서 만든 `lstm_gates`를 쓰세요.

# %% [markdown] lang="en"
# The gates average about 0.5, because weights and biases start as small numbers around 0, and $\sigma(0) = 0.5$. The forget gate is no exception. Remember this 0.5: it plays the lead in section 7.
#
# ## 3. Moving the belt by one step
#
# Once the gates are known, two lines remain; $\odot$ is the product element by element.
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad\qquad h_t = o_t \odot \tanh(c_t)$$
#
# First edit the belt (left), then read from the edited belt (right). One of the notes describes the right formula as "multiply $C_t$ and $o_t$" and loses the tanh. In a moment you will see what that changes.
#
# ### Your turn: `lstm-cell`
#
# Use your `lstm_gates`.

# %% exercise="lstm-cell"
def lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh):
    """One step of an LSTM.

    x: (B, D). h, c: (B, H), the previous hidden state and cell state, c of any size; they stay as
    they are. W_ih: (4H, D). W_hh: (4H, H). b_ih, b_hh: (4H,), all stacked i, f, g, o.
    Returns (h, c), the new ones, each (B, H). Gradients must be able to flow through.
    """
    ### BEGIN SOLUTION
    i, f, g, o = lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh)  # (B, H) each
    c = f * c + i * g  # (B, H)
    return o * torch.tanh(c), c
    ### END SOLUTION


# %% [markdown] lang="ko"
# **빠진 tanh.** 모든 문을 활짝 열고($\sigma(20) \approx 1$, $\tanh(20) \approx 1$) 스무 걸음을 걸어 봅시다. 벨트에는 매번 1이 더해집니다.

# %% [markdown] lang="en"
# **The missing tanh.** Open all doors wide ($\sigma(20) \approx 1$, $\tanh(20) \approx 1$) and walk twenty steps. Each step adds 1 to the belt.

# %% tags=["demo"]
nothing, wide_open = torch.zeros(4, 1), torch.full((4,), 20.0)  # weights and bias, D = H = 1
h = c = torch.zeros(1, 1)
for _ in range(20):
    h, c = lstm_cell(torch.zeros(1, 1), h, c, nothing, nothing, wide_open, torch.zeros(4))
print(f"c = {c.item():.1f}, h = o · tanh(c) = {h.item():.1f}")
print(f"without the tanh, h = o · c = {c.item():.1f}")

# %% [markdown] lang="ko"
# $c$는 얼마든지 커질 수 있습니다. 그것은 장점입니다. 수를 세거나 증거를 쌓을 수 있으니까요. 하지만 $h$는 다음 시점의 게이트에 들어갈 입력이고 바깥에 내보일 출력이므로, tanh가 늘 $-1$과 $1$ 사이로 눌러 줍니다.
#
# ### 손으로 만든 LSTM이 문장을 읽습니다
#
# 학습 없이, 가중치를 **손으로 정해서** 유닛 두 개짜리 LSTM을 만들어 봅시다. 첫째 유닛은 지금 따옴표 안인지를 기억하고, 둘째 유닛은 따옴표 안의 글자를 셉니다. 아래 코드에서 가중치를 `(4, H, D)`로 놓고 이름으로 채우는 것을 눈여겨보세요. 펼치면 i, f, g, o 순서로 쌓인 `(4H, D)`가 됩니다.

# %% [markdown] lang="en"
# $c$ may grow as large as it likes. That is a strength: it can count, or pile up evidence. But $h$ is the input of the next step's gates and the output for everybody else, so the tanh always keeps it between $-1$ and $1$.
#
# ### A handmade LSTM reads a sentence
#
# No training here: we choose the weights of an LSTM with two units **by hand**. The first unit remembers whether we are inside quotation marks; the second counts the characters inside them. Note how the code below fills the weights by name, as `(4, H, D)`; flattened, they are the `(4H, D)` stack of i, f, g, o. The sentence is Korean: Grandmother asked, “Have you eaten?”

# %%
SENTENCE = "할머니가 “밥은 먹었니?” 하고 물으셨다."


def quotation_lstm():
    """Weights of an LSTM, D = 3 (is it “, is it ”, is it something else), H = 2."""
    W_ih, W_hh, b = torch.zeros(4, 2, 3), torch.zeros(4, 2, 2), torch.zeros(4, 2)
    i, f, g, o = range(4)
    inside, count = range(2)
    opens, closes = 0, 1
    b[i] = -20.0  # closed unless something opens it
    b[f] = b[g] = b[o] = 20.0  # keep everything, write ones, show everything
    W_ih[i, inside, opens] = 40.0  # “ : write 1
    W_ih[f, inside, closes] = -40.0  # ” : erase it
    W_hh[i, count, inside] = 60.0  # while inside (seen in h): add 1
    W_ih[i, count, closes] = -80.0  # but not for ” itself
    W_ih[f, count, opens] = -40.0  # “ : count from 0 again
    return W_ih.reshape(8, 3), W_hh.reshape(8, 2), b.reshape(8), torch.zeros(8)


symbols = torch.tensor([{"“": 0, "”": 1}.get(letter, 2) for letter in SENTENCE])  # (T,)
sentence = F.one_hot(symbols, 3).float()  # (T, D)

# %% tags=["demo"]
weights = quotation_lstm()
h = c = torch.zeros(1, 2)
gates, cells = [], []
for x_t in sentence:
    i, f, g, o = lstm_gates(x_t[None], h, *weights)  # (1, H) each
    h, c = lstm_cell(x_t[None], h, c, *weights)
    gates.append(torch.cat([i[0], f[0]]))
    cells.append(c[0])

figure, (top, bottom) = plots.axes(1, 2, width=8.2, height=1.9)
plots.heatmap(top, torch.stack(gates, 1), vmin=0, vmax=1, cmap="Blues")
top.set_yticks(range(4), ["input: inside?", "input: count", "forget: inside?", "forget: count"])
top.set_title("Gates: dark is open. “ opens an input gate, ” shuts a forget gate")
plots.heatmap(bottom, torch.stack(cells, 1).round(), vmax=14, cmap="Greens", numbers=True)
bottom.set_yticks(range(2), ["c: inside?", "c: count"])
bottom.set_title("The cell state: what is on the belt after each character")
top.set_xticks([])
bottom.set_xticks(range(len(SENTENCE)), list(SENTENCE.replace(" ", "␣")))
plt.show()

# %% [markdown] lang="ko"
# 위 그림의 첫 줄: 여는 따옴표에서만 input 게이트가 열려 1을 적습니다. 셋째 줄: 닫는 따옴표에서만 forget 게이트가 닫혀 지웁니다. 그 사이에 첫째 유닛은 아무 일도 하지 않는데도 기억은 남아 있습니다. **남아 있으려고 애쓸 필요가 없는 것**, 이것이 벨트입니다. 둘째 유닛은 문장이 끝날 때까지 7을 들고 갑니다(빈칸과 물음표도 셉니다).
#
# ## 4. 시간을 따라 펼치기
#
# ### 여러분 차례: `lstm-unroll`
#
# 셀을 시점마다 불러 `nn.LSTM`을 만드세요. 다음 시점으로 넘길 것이 **둘**이라는 것만 잊지 않으면 됩니다.

# %% [markdown] lang="en"
# Look at the first row on top: only the opening mark opens the input gate, and writes a 1. Third row: only the closing mark shuts the forget gate, and erases it. In between the first unit does nothing, and its memory is still there. **It takes no effort to stay**: that is what the belt is for. The second unit carries its 7 to the end of the sentence (spaces and the question mark count too).
#
# ## 4. Unrolling in time
#
# ### Your turn: `lstm-unroll`
#
# Call the cell at every step, and you have `nn.LSTM`. Just remember that **two** things are handed to the next step.

# %% exercise="lstm-unroll"
def lstm_unroll(x, h, c, W_ih, W_hh, b_ih, b_hh):
    """Runs an LSTM over a batch of sequences.

    x: (B, T, D). h, c: (B, H), the states before the first step; they stay as they are.
    W_ih: (4H, D). W_hh: (4H, H). b_ih, b_hh: (4H,), all stacked i, f, g, o.
    Returns (outputs, h, c): outputs (B, T, H), the hidden state after each step; h and c, each
    (B, H), after the last. Gradients must be able to flow through.
    """
    outputs = []
    ### BEGIN SOLUTION
    for x_t in x.unbind(1):  # (B, D)
        h, c = lstm_cell(x_t, h, c, W_ih, W_hh, b_ih, b_hh)  # (B, H), (B, H)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h, c  # (B, T, H), (B, H), (B, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 진짜와 견주어 봅시다. `nn.LSTM`의 `parameters()`는 마침 우리 함수가 받는 순서 그대로 네 텐서를 내놓습니다. `float64`로 계산하면 반올림 오차도 보이지 않을 것입니다.

# %% [markdown] lang="en"
# Now against the real thing. The `parameters()` of an `nn.LSTM` come in the very order our function takes them. In `float64` not even round-off should show.

# %% tags=["demo"]
torch.manual_seed(4)
lstm = nn.LSTM(5, 8, batch_first=True).double()
x = torch.randn(3, 12, 5).double()  # (B, T, D)
h, c = torch.randn(3, 8).double(), torch.randn(3, 8).double()  # (B, H)
with torch.no_grad():
    mine, h_T, c_T = lstm_unroll(x, h, c, *lstm.parameters())
    theirs, (their_h, their_c) = lstm(x, (h[None], c[None]))
pairs = (mine, theirs), (h_T, their_h), (c_T, their_c)
worst = max((a - b).abs().max().item() for a, b in pairs)
print("equal to nn.LSTM within 1e-6:", worst < 1e-6)
print("equal to nn.LSTM within 1e-12:", worst < 1e-12)

# %% [markdown] lang="ko"
# **함정: LSTM이 넘기는 것은 둘입니다.** 번역을 다루는 부분(24장, 한 RNN인 인코더가 문장을 읽어 다른 RNN에 넘깁니다)에서 노트 하나는 인코더가 넘기는 것을 "마지막 시점의 hidden state"라고만 씁니다. LSTM이라면 절반입니다. 문장을 둘로 나누어 읽으면서, 앞 절반에서 무엇을 넘기느냐에 따라 뒤 절반이 어떻게 달라지는지 보세요.

# %% [markdown] lang="en"
# **A trap: an LSTM hands over two things.** In its part on translation (chapter 24), where one RNN, the encoder, reads a sentence for another, one of the notes says the encoder passes on "the hidden state of the last step". For an LSTM that is only half of it. Read a sentence in two halves, and see what the second half makes of what the first hands over.

# %% tags=["demo"]
torch.manual_seed(5)
weights = fresh_weights("LSTM", 5)
x, zero = torch.randn(1, 12, 16).double(), torch.zeros(1, 32).double()
whole, _, _ = lstm_unroll(x, zero, zero, *weights)
_, h_half, c_half = lstm_unroll(x[:, :6], zero, zero, *weights)
for name, c_given in (("(h, c)", c_half), ("h alone", zero)):
    second, _, _ = lstm_unroll(x[:, 6:], h_half, c_given, *weights)
    gap = (second - whole[:, 6:]).abs().amax((0, 2))  # (6,): the largest at each step
    print(f"handing over {name}: off by", " ".join(f"{g:.3f}" for g in gap))

# %% [markdown] lang="ko"
# $h$만 넘기면 답이 달라집니다. 그런데 차이가 걸음마다 줄어드는 것도 눈여겨보세요. 이 LSTM은 벨트에 무엇이 실려 있었는지를 벌써 잊어 가고 있습니다. 7절에서 그 까닭을 봅니다.
#
# ## 5. GRU: 게이트 둘, 상태 하나
#
# GRU(Gated Recurrent Unit)는 같은 생각을 더 작게 만듭니다. 상태는 $h$ 하나뿐이고, 게이트는 **reset** 게이트 $r$와 **update** 게이트 $z$ 둘입니다. $r$는 새 후보 $n$을 만들 때 지난 $h$를 얼마나 참고할지 정하고(0이면 지난 일을 없던 것으로 칩니다), $z$는 후보와 지난 $h$를 어떤 비율로 섞을지 정합니다. 노트 하나는 GRU의 게이트를 "forget gate, input gate"라고 적었는데, 그것은 LSTM의 것입니다. GRU에서는 $z$ 하나가 그 두 일을 한꺼번에 합니다. 지난 것을 $z$만큼 남기면 새것은 저절로 $1 - z$만큼 들어갑니다.

# %% [markdown] lang="en"
# With $h$ alone the answers differ. But note how the difference shrinks with every step: this LSTM is already forgetting what was on the belt. Section 7 will show why.
#
# ## 5. GRU: two gates, one state
#
# The GRU (Gated Recurrent Unit) makes the same idea smaller. $h$ is its only state, and its gates are two: the **reset** gate $r$ and the **update** gate $z$. $r$ decides how far the old $h$ is consulted for the new candidate $n$ (0 acts as if there were no past), and $z$ in what shares the candidate and the old $h$ are mixed. One of the notes lists a GRU's gates as "forget gate, input gate"; those are the LSTM's. In a GRU, $z$ does both jobs at once: keep a share $z$ of the old, and a share $1 - z$ of the new comes in by itself.

# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=7.4, height=3.9)
diagram(ax, "A GRU cell: z decides between the old h and the candidate n")
arrow(ax, (0.4, 5), (9.6, 5), colour=plots.GREEN, width=5)
arrow(ax, (0.4, 0.8), (6.8, 0.8), (6.8, 1.8))
arrow(ax, (3.5, 0.8), (3.5, 1.8))
arrow(ax, (5.1, 0.8), (5.1, 3.3))
arrow(ax, (1.8, 5), (1.8, 4.1))
arrow(ax, (2.28, 3.7), (3.22, 3.7))
arrow(ax, (3.5, 2.6), (3.5, 3.42))
arrow(ax, (3.78, 3.7), (4.62, 3.7))
arrow(ax, (5.58, 3.7), (8.12, 3.7))
arrow(ax, (6.8, 2.6), (6.8, 4.7))
arrow(ax, (7.28, 2.2), (7.92, 2.2))
arrow(ax, (8.4, 2.6), (8.4, 3.42))
arrow(ax, (8.4, 3.98), (8.4, 4.7))
for x, y, text, colour in (
    (1.8, 3.7, "$W_{hn}$", plots.GREY), (3.5, 2.2, "σ", plots.ORANGE), (5.1, 3.7, "tanh", plots.BLUE),
    (6.8, 2.2, "σ", plots.ORANGE), (8.4, 2.2, "1 − z", plots.GREY),
):
    box(ax, x, y, text, colour)
for x, y, text in ((3.5, 3.7, "×"), (6.8, 5, "×"), (8.4, 3.7, "×"), (8.4, 5, "+")):
    dot(ax, x, y, text)
for x, y, text in ((3.3, 2.78, "$r_t$"), (6.6, 2.78, "$z_t$"), (6.15, 3.86, "$n_t$")):
    ax.text(x, y, text, ha="right")
for x, y, text in ((-0.05, 5, "$h_{t-1}$"), (10.0, 5, "$h_t$"), (-0.1, 0.8, "$x_t, h_{t-1}$")):
    ax.text(x, y, text, ha="center", va="center", fontsize="large")
ax.text(4.95, 1.1, "$x_t$", ha="right")
plt.show()

# %% [markdown] lang="ko"
# $$\begin{aligned}
# r_t &= \sigma(W_{ir}x_t + b_{ir} + W_{hr}h_{t-1} + b_{hr}) \\
# z_t &= \sigma(W_{iz}x_t + b_{iz} + W_{hz}h_{t-1} + b_{hz}) \\
# n_t &= \tanh\big(W_{in}x_t + b_{in} + r_t \odot (W_{hn}h_{t-1} + b_{hn})\big) \\
# h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}
# \end{aligned}$$
#
# 이것이 **PyTorch의** GRU입니다. 식이 책마다 다르다는 것이 GRU의 함정입니다. 갈리는 곳은 둘입니다.
#
# | | $z$가 1이면 | reset을 곱하는 자리 |
# |---|---|---|
# | Cho 외(2014), 처음 논문 | 지난 $h$를 **지킨다** | 행렬 곱 **앞**: $W(r \odot h)$ |
# | Chung 외(2014), 비교 논문 | 새 후보로 **바꾼다** | 행렬 곱 **앞** |
# | PyTorch | 지난 $h$를 **지킨다** | 행렬 곱 **뒤**: $r \odot (W h + b)$ |
#
# 노트의 설명은 "$r$와 $h_{t-1}$을 곱한다"여서 앞쪽입니다. 어느 것이 더 옳다기보다 서로 **다른 함수**이고, 한쪽에서 학습한 가중치를 다른 쪽에 넣으면 틀린 답이 나옵니다.
#
# ### 여러분 차례: `gru-cell`
#
# PyTorch의 쌓는 순서는 r, z, n입니다. $n$에서는 $x$의 몫과 $h$의 몫을 따로 두어야 한다는 것에 주의하세요.

# %% [markdown] lang="en"
# $$\begin{aligned}
# r_t &= \sigma(W_{ir}x_t + b_{ir} + W_{hr}h_{t-1} + b_{hr}) \\
# z_t &= \sigma(W_{iz}x_t + b_{iz} + W_{hz}h_{t-1} + b_{hz}) \\
# n_t &= \tanh\big(W_{in}x_t + b_{in} + r_t \odot (W_{hn}h_{t-1} + b_{hn})\big) \\
# h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}
# \end{aligned}$$
#
# This is **PyTorch's** GRU. The trap about GRUs is that the formula differs from book to book, in two places.
#
# | | when $z$ is 1 | where the reset multiplies |
# |---|---|---|
# | Cho et al. (2014), the first paper | **keep** the old $h$ | **before** the matrix product: $W(r \odot h)$ |
# | Chung et al. (2014), the comparison | **replace** it by the candidate | **before** the product |
# | PyTorch | **keep** the old $h$ | **after** the product: $r \odot (W h + b)$ |
#
# The notes say "multiply $r$ and $h_{t-1}$", which is before. None of them is wrong, but they are **different functions**: put weights trained with one into another, and the answers are wrong.
#
# ### Your turn: `gru-cell`
#
# PyTorch stacks r, z, n. Mind that in $n$ the part from $x$ and the part from $h$ must be kept apart.

# %% exercise="gru-cell"
def gru_cell(x, h, W_ih, W_hh, b_ih, b_hh):
    """One step of a GRU as PyTorch defines it.

    x: (B, D). h: (B, H), the previous hidden state; it stays as it is. W_ih: (3H, D).
    W_hh: (3H, H). b_ih, b_hh: (3H,). The 3H rows are stacked r, z, n, H each. What goes into a
    sigmoid or tanh may be in the hundreds.
    Returns the new hidden state, (B, H). Gradients must be able to flow through.
    """
    # the parts from x          # (B, H) each
    # the parts from h          # (B, H) each
    ### BEGIN SOLUTION
    x_r, x_z, x_n = (x @ W_ih.T + b_ih).chunk(3, dim=1)  # (B, H) each
    h_r, h_z, h_n = (h @ W_hh.T + b_hh).chunk(3, dim=1)  # (B, H) each
    r = torch.sigmoid(x_r + h_r)  # (B, H)
    z = torch.sigmoid(x_z + h_z)  # (B, H)
    n = torch.tanh(x_n + r * h_n)  # (B, H)
    return (1 - z) * n + z * h  # (B, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# `nn.GRU`와 열두 걸음을 나란히 걷게 하고, $z$의 편향을 양끝으로 밀어 어느 쪽이 "지키기"인지 확인합니다.

# %% [markdown] lang="en"
# Walk twelve steps beside `nn.GRU`, then push the bias of $z$ to both ends to see which end means "keep".

# %% tags=["demo"]
torch.manual_seed(6)
gru = nn.GRU(5, 8, batch_first=True).double()
x, h = torch.randn(3, 12, 5).double(), torch.randn(3, 8).double()  # (B, T, D), (B, H)
with torch.no_grad():
    mine = h
    for x_t in x.unbind(1):
        mine = gru_cell(x_t, mine, *gru.parameters())
    theirs = gru(x, h[None])[1][0]  # (B, H)
    print("equal to nn.GRU within 1e-12:", (mine - theirs).abs().max().item() < 1e-12)
    W_ih, W_hh, b_ih, b_hh = gru.parameters()
    for push in (50.0, -50.0):
        b_z = b_ih.clone()
        b_z[8:16] = push  # r, z, n: the second third
        after = gru_cell(x[:, 0], h, W_ih, W_hh, b_z, b_hh)
        print(f"bias of z at {push:+.0f}: the old h is kept: {torch.allclose(after, h)}")

# %% [markdown] lang="ko"
# ## 6. 얼마나 더 비싼가요?
#
# 게이트가 늘면 가중치도 늡니다. 한 벌은 $W_{ih}$의 $H \times D$, $W_{hh}$의 $H \times H$, 그리고 편향 두 개의 $2H$입니다. RNN은 한 벌, GRU는 세 벌(게이트 둘과 후보), LSTM은 네 벌(게이트 셋과 후보)입니다.
#
# ### 여러분 차례: `count-parameters`
#
# 만들어 보지 않고 세세요. 층이 여럿이면 둘째 층부터는 아래층의 hidden state가 입력입니다.

# %% [markdown] lang="en"
# ## 6. What does it cost?
#
# More gates, more weights. One set is $H \times D$ for $W_{ih}$, $H \times H$ for $W_{hh}$ and $2H$ for the two biases. An RNN has one set, a GRU three (two gates and the candidate), an LSTM four (three gates and the candidate).
#
# ### Your turn: `count-parameters`
#
# Count without building one. With several layers, each one above the first reads the hidden state of the layer below.

# %% exercise="count-parameters"
def count_parameters(kind, input_size, hidden_size, layers):
    """How many numbers nn.RNN, nn.GRU or nn.LSTM learns, counted without building it.

    kind: "RNN", "GRU" or "LSTM". input_size, hidden_size, layers: ints. Every layer has W_ih,
    W_hh, b_ih and b_hh; from the second layer on, the input is the hidden state of the layer
    below. Returns an int.
    """
    ### BEGIN SOLUTION
    sets = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    total = 0
    for _ in range(layers):
        total += sets * hidden_size * (input_size + hidden_size + 2)
        input_size = hidden_size
    return total
    ### END SOLUTION


# %% tags=["demo"]
for kind in ("RNN", "GRU", "LSTM"):
    mine = count_parameters(kind, 256, 512, 1)
    theirs = sum(p.numel() for p in getattr(nn, kind)(256, 512).parameters())
    times = mine / count_parameters("RNN", 256, 512, 1)
    print(f"{kind:4s} {int(mine):9,d} parameters ({times:.0f} times an RNN); nn.{kind} has {theirs:,d}")

# %% [markdown] lang="ko"
# 1 : 3 : 4입니다. 네 배를 치르고 무엇을 샀을까요?
#
# ## 7. 정말 "해결"되었나요?
#
# 노트들은 이렇게 말합니다. "forget 게이트는 매번 다르니 똑같은 행렬의 거듭제곱이 아니고, 정보는 곱셈이 아니라 덧셈으로 들어온다. 그래서 기울기 소실과 폭발이 **해결**되었다." 앞부분은 맞습니다. 결론은 재어 보고 말합시다.
#
# 벨트의 식을 $c_{t-1}$로 미분합니다. 게이트가 $c_{t-1}$에 따라 변하지 않는다고 보면, 더해진 $i_t \odot g_t$는 상수라 사라지고 $f_t$만 남습니다. 연쇄 법칙으로 이어 붙이면
#
# $$\frac{\partial c_T}{\partial c_t} = f_{t+1} \odot f_{t+2} \odot \cdots \odot f_T$$
#
# 입니다. 행렬은 없어졌지만 **0과 1 사이의 수를 계속 곱하는 것**은 그대로입니다. 유닛마다 따로 곱하므로 결과도 유닛마다 수 하나입니다.
#
# ### 여러분 차례: `cell-gradient`
#
# 게이트의 값이 주어졌을 때, 모든 $t$에 대해 이 곱을 구하세요. 파이썬의 번호는 0부터이므로 $f_1$은 `f[:, 0]`입니다.

# %% [markdown] lang="en"
# That is 1 : 3 : 4. What did we buy for four times the price?
#
# ## 7. Was it really "solved"?
#
# The notes say: "The forget gate differs each time, so it is not the power of one matrix; and information comes in by adding, not by multiplying. So vanishing and exploding gradients are **solved**." The first part is right. Let us measure before we agree with the conclusion.
#
# Differentiate the belt's formula by $c_{t-1}$. If we take it that the gates do not change with $c_{t-1}$, then $i_t \odot g_t$ is a constant and drops out, and only $f_t$ is left. By the chain rule
#
# $$\frac{\partial c_T}{\partial c_t} = f_{t+1} \odot f_{t+2} \odot \cdots \odot f_T$$
#
# The matrix is gone, but we still **multiply numbers between 0 and 1, again and again**. Each unit has its own product, so the result is one number per unit.
#
# ### Your turn: `cell-gradient`
#
# Given the values of the gates, find this product for every $t$. Python counts from 0, so $f_1$ is `f[:, 0]`.

# %% exercise="cell-gradient"
def cell_gradient(f):
    """The gradient of the last cell state by each cell state, along the belt.

    f: (B, T, H) float tensor, the forget gates of steps 1 … T, each from 0 to 1, both included.
    Returns a (B, T + 1, H) tensor: entry t is dc_T/dc_t with all gates held fixed, for
    t = 0 … T. Entry T is 1.
    """
    ### BEGIN SOLUTION
    flow = [torch.ones_like(f[:, 0])]  # (B, H): dc_T/dc_T
    for f_t in reversed(f.unbind(1)):  # (B, H)
        flow.insert(0, f_t * flow[0])
    return torch.stack(flow, dim=1)  # (B, T + 1, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 이 식은 언제 정확한가요?
#
# 앞에서 "게이트가 $c_{t-1}$에 따라 변하지 않는다고 보면"이라고 했습니다. 실제로는 변합니다. $c_{t-1}$이 $h_{t-1}$을 바꾸고, $h_{t-1}$이 다음 게이트들을 바꾸기 때문입니다. 전체 미분에는 길이 둘입니다.
#
# $$\frac{\partial c_t}{\partial c_{t-1}} = \underbrace{\mathrm{diag}(f_t)}_{\text{belt}} + \underbrace{\frac{\partial c_t}{\partial h_{t-1}}\,\frac{\partial h_{t-1}}{\partial c_{t-1}}}_{\text{through } h}$$
#
# 둘째 길에는 RNN과 똑같이 $W_{hh}$가 들어 있습니다. 그래서 곱의 식은 둘째 길이 없을 때만 정확합니다. 세 가지 경우에 자동 미분(autograd)과 견주어 봅시다: $W_{hh} = 0$일 때, 게이트에 들어가는 $h$를 `detach()`로 끊었을 때, 그리고 있는 그대로.

# %% [markdown] lang="en"
# ### When is this formula exact?
#
# We said "if we take it that the gates do not change with $c_{t-1}$". In truth they do: $c_{t-1}$ changes $h_{t-1}$, and $h_{t-1}$ changes the next gates. The full derivative has two paths.
#
# $$\frac{\partial c_t}{\partial c_{t-1}} = \underbrace{\mathrm{diag}(f_t)}_{\text{belt}} + \underbrace{\frac{\partial c_t}{\partial h_{t-1}}\,\frac{\partial h_{t-1}}{\partial c_{t-1}}}_{\text{through } h}$$
#
# The second one contains $W_{hh}$, just as an RNN does. So the product is exact only where the second path is missing. Compare with autograd in three settings: with $W_{hh} = 0$; with the $h$ that goes into the gates cut off by `detach()`; and as it is.

# %% tags=["demo"]
def both_ways(weights, cut):
    """dc_T/dc_0 after T = 10 steps, (H, H), by autograd and by the product of the gates."""
    torch.manual_seed(7)
    xs = torch.randn(10, 1, 16).double()  # (T, B, D)
    c = start = torch.randn(1, 32).double().requires_grad_()  # (B, H)
    h, forget = torch.zeros(1, 32).double(), []
    for x_t in xs:
        h = h.detach() if cut else h
        forget.append(lstm_gates(x_t, h, *weights)[1].detach())  # (B, H)
        h, c = lstm_cell(x_t, h, c, *weights)
    rows = [torch.autograd.grad(c_j, start, retain_graph=True)[0][0] for c_j in c[0]]
    product = cell_gradient(torch.stack(forget, dim=1))[0, 0]  # (H,)
    return torch.stack(rows), product.diag()


weights = fresh_weights("LSTM", 0)
silent = [weights[0], torch.zeros_like(weights[1]), *weights[2:]]  # W_hh = 0
for name, these, cut in (
    ("W_hh = 0", silent, False), ("h cut off", weights, True), ("as it is", weights, False),
):
    full, product = both_ways(these, cut)
    equal = torch.allclose(full, product, rtol=1e-9, atol=1e-15)
    sizes = [(J.square().sum() / 32).sqrt().item() for J in (full, product)]  # flow(0)
    print(f"{name:9s}: autograd {sizes[0]:.4f}, product of gates {sizes[1]:.4f}, equal: {equal}")

# %% [markdown] lang="ko"
# 앞의 두 경우에는 정확히 같고, 있는 그대로일 때는 $h$를 거친 몫이 더해져 달라집니다. 그래도 크기의 사정은 비슷합니다. 게이트가 0.5 언저리라면 열 걸음에 $0.5^{10} \approx 0.001$이 남습니다. 이제 갓 만든 RNN, GRU, LSTM을 1절과 같은 자로, *여러분의* 셀로, 백 걸음에 걸쳐 잽니다. LSTM에서는 $s$가 $c$입니다.

# %% [markdown] lang="en"
# In the first two settings they are equal; as it is, the part through $h$ comes on top and they differ. But the sizes tell one story: with gates around 0.5, ten steps leave $0.5^{10} \approx 0.001$. Now take a fresh RNN, GRU and LSTM and measure them over a hundred steps, with the yardstick of section 1 and *your* cells. For the LSTM, $s$ is $c$.

# %%
def with_belt(weights):
    """A step for an LSTM: the memory measured is c."""

    def step(x, c, h):
        h, c = lstm_cell(x, h, c, *weights)
        return c, h

    return step


# %% tags=["demo"]
flows = {
    "LSTM, default (c)": gradient_flow(with_belt(fresh_weights("LSTM", 0)), 100),
    "GRU, default": gradient_flow(one_state(gru_cell, fresh_weights("GRU", 0)), 100),
    "RNN, default": gradient_flow(one_state(rnn_cell, fresh_weights("RNN", 0)), 100),
}
figure, (ax,) = plots.axes(1, width=5.6)
for (name, flow), colour in zip(flows.items(), (plots.BLUE, plots.GREEN, plots.GREY)):
    ax.semilogy(flow, color=colour, label=name)
plots.label(ax, "Fresh from the factory, all three forget", "step t", "flow(t), T = 100")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# LSTM과 GRU의 선은 RNN보다 완만하지만 역시 곧은 내리막입니다. 로그 눈금에서 곧은 내리막은 **지수적으로 사라진다**는 뜻입니다. 구조만으로는 해결되지 않았습니다.
#
# ## 8. 기억하면서 시작하기
#
# 하지만 RNN과 다른 점이 하나 있습니다. LSTM의 내리막은 **고칠 수 있는 수** 하나로 정해집니다. forget 게이트가 0.5가 아니라 1 가까이에서 시작하면 됩니다. $f = \sigma(\cdots + b)$이므로, forget 게이트의 편향 $b$를 양수로 두면 됩니다. 이것을 흔히 forget bias라고 부릅니다. 2015년의 한 비교 연구(Jozefowicz 외)는 모든 LSTM에 이것을 권했습니다. 기억이 반으로 줄기까지 걸리는 걸음의 수는 $\ln 0.5 / \ln f$입니다.
#
# 함정은 PyTorch의 편향이 **두 벌**이고 서로 더해진다는 것입니다. 인터넷의 코드 가운데에는 이름에 `bias`가 든 텐서를 모두 찾아 forget 자리에 같은 값을 넣는 것이 많습니다. 1을 넣었다고 생각하지만 실제로는 2를 넣은 것입니다.
#
# ### 여러분 차례: `forget-bias`
#
# 입력과 $h$가 모두 0일 때 forget 게이트가 정확히 $\sigma(\text{value})$가 되도록 두 편향을 새로 만드세요.

# %% [markdown] lang="en"
# The lines of the LSTM and the GRU fall more gently than the RNN's, but they too are straight lines downhill, and on a logarithmic scale that means **vanishing exponentially**. The architecture alone did not solve it.
#
# ## 8. Start by remembering
#
# There is one difference from an RNN, though: how steep the LSTM's slope is, is decided by **a number you can set**. Let the forget gate start near 1 instead of 0.5. As $f = \sigma(\cdots + b)$, make the forget gate's bias $b$ positive; this is known as the forget bias. A comparison of 2015 (Jozefowicz et al.) recommends it for every LSTM. The number of steps until half the memory is gone is $\ln 0.5 / \ln f$.
#
# The trap is that PyTorch has **two** biases, which are added. Much code on the internet looks for every tensor with `bias` in its name and sets the forget part of each to the same value: it believes it has set 1, and has set 2.
#
# ### Your turn: `forget-bias`
#
# Make the two biases anew, so that with an input and an $h$ of 0 the forget gate is exactly $\sigma(\text{value})$.

# %% exercise="forget-bias"
def forget_bias(b_ih, b_hh, value):
    """The biases of an LSTM whose forget gates start at sigmoid(value).

    b_ih, b_hh: (4H,) float tensors, stacked i, f, g, o; they stay as they are. value: any float.
    Returns (b_ih, b_hh), new tensors: the forget part of b_ih is value, that of b_hh is 0, and
    everything else is as it was.
    """
    ### BEGIN SOLUTION
    H = len(b_ih) // 4
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    b_ih[H : 2 * H] = value
    b_hh[H : 2 * H] = 0.0
    return b_ih, b_hh
    ### END SOLUTION


# %% tags=["demo"]
W_ih, W_hh, b_ih, b_hh = fresh_weights("LSTM", 0)
for value in (0.0, 1.0, 3.0, 6.0):
    new_ih, new_hh = forget_bias(b_ih, b_hh, value)
    f = torch.sigmoid(new_ih + new_hh)[32:64].mean()  # a forget gate that hears nothing yet
    half = torch.log(torch.tensor(0.5)) / torch.log(f)
    print(f"forget bias {value:.0f}: f starts at {f:.4f}, half is gone after {half:5.1f} steps")

# %% [markdown] lang="ko"
# 스무 걸음을 기억해야 한다면 3이나 그보다 조금 큰 값이 알맞아 보입니다. 이제 모든 모델을 같은 자로 재어 표로 만듭니다. 표의 수는 첫 상태에서 마지막 상태까지의 $\text{flow}(0)$이고, 시드(seed) 다섯 개의 중앙값입니다. 마지막 두 줄은 LSTM의 벨트만, 곧 *여러분의* `cell_gradient`가 계산한 몫입니다.

# %% [markdown] lang="en"
# To remember for twenty steps, 3 or a little more looks right. Now all models go into one table, by the same yardstick: $\text{flow}(0)$, from the first state to the last, the median of five seeds. The last two lines are the LSTM's belt alone, as *your* `cell_gradient` computes it.

# %%
def lstm_weights(seed, value=None, both=False):
    """A fresh LSTM's weights, the forget bias set to value if it is given."""
    W_ih, W_hh, b_ih, b_hh = fresh_weights("LSTM", seed)
    if value is not None:
        b_ih, b_hh = forget_bias(b_ih, b_hh, 2 * value if both else value)
    return W_ih, W_hh, b_ih, b_hh


def belt_alone(weights, T, seed=0):
    """flow(t) of the product of the gates, (T + 1,), on the inputs of gradient_flow."""
    forget = []

    def step(x, c, h):
        forget.append(lstm_gates(x[:1], h[:1], *weights)[1].detach())  # (1, H)
        return with_belt(weights)(x, c, h)

    gradient_flow(step, T, seed)
    return cell_gradient(torch.stack(forget, dim=1))[0].square().mean(1).sqrt()


# %% tags=["demo"]
def rnn_flow(weights, T, seed):
    return gradient_flow(one_state(rnn_cell, weights), T, seed)


def gru_flow(weights, T, seed):
    return gradient_flow(one_state(gru_cell, weights), T, seed)


def lstm_flow(weights, T, seed):
    return gradient_flow(with_belt(weights), T, seed)


models = {
    "LSTM, default (c)": lambda T, s: lstm_flow(lstm_weights(s), T, s),
    "LSTM, forget bias 3 (c)": lambda T, s: lstm_flow(lstm_weights(s, 3.0), T, s),
    "LSTM, both biases 3 (c)": lambda T, s: lstm_flow(lstm_weights(s, 3.0, both=True), T, s),
    "GRU, default": lambda T, s: gru_flow(fresh_weights("GRU", s), T, s),
    "RNN, default": lambda T, s: rnn_flow(fresh_weights("RNN", s), T, s),
    "RNN, 2 × orthogonal": lambda T, s: rnn_flow(twice_orthogonal(s), T, s),
    "belt alone, default": lambda T, s: belt_alone(lstm_weights(s), T, s),
    "belt alone, forget bias 3": lambda T, s: belt_alone(lstm_weights(s, 3.0), T, s),
}
print(f"{'from the last state to the first':34s}  T = 10   T = 100")
for name, model in models.items():
    row = [torch.stack([model(T, seed)[0] for seed in range(5)]).median() for T in (10, 100)]
    print(f"{name:34s} {row[0].item():7.0e}   {row[1].item():7.0e}")

# %% tags=["demo"]
default, remembering = lstm_weights(0), lstm_weights(0, 3.0)
lines = {
    "LSTM, forget bias 3": (gradient_flow(with_belt(remembering), 100), plots.ORANGE, "-"),
    "belt alone, forget bias 3": (belt_alone(remembering, 100), plots.ORANGE, "--"),
    "LSTM, default": (gradient_flow(with_belt(default), 100), plots.BLUE, "-"),
    "belt alone, default": (belt_alone(default, 100), plots.BLUE, "--"),
}
figure, (ax,) = plots.axes(1, width=6.2, height=3.4)
for name, (flow, colour, style) in lines.items():
    ax.semilogy(flow, color=colour, linestyle=style, label=name)
rnn = gradient_flow(one_state(rnn_cell, fresh_weights("RNN", 0)), 100)
ax.semilogy(rnn, color=plots.GREY, label="RNN, default")
title = "It is the forget bias that carries a gradient a hundred steps"
plots.label(ax, title, "step t", "flow(t), T = 100")
ax.legend(loc="lower right")
plt.show()

# %% [markdown] lang="ko"
# 표와 그림이 말하는 것을 차례로 읽어 봅시다.
#
# - 기본값의 LSTM은 열 걸음에서 RNN보다 조금 나을 뿐이고, 백 걸음에서는 아무것도 남지 않습니다. "LSTM이라서 오래 기억한다"는 사실이 아닙니다.
# - forget bias를 3으로 두면 백 걸음 뒤에도 1 안팎이 남습니다. **구조가 아니라 시작점**이 차이를 만들었습니다.
# - 그런데 그 가운데 벨트의 몫(점선)은 $\sigma(3)^{100} \approx 0.008$쯤입니다. 나머지는 $h$를 거친 길에서 왔습니다. 이 길에는 $W_{hh}$가 있으므로 RNN처럼 커지기도 작아지기도 합니다.
# - 그래서 폭발도 "해결"되지 않았습니다. 두 편향에 모두 3을 넣으면(합은 6) 백 걸음에서 1을 훌쩍 넘습니다. 벨트만으로는 절대 커질 수 없지만($f \le 1$) $h$를 거친 길로는 커질 수 있습니다. 20장의 클리핑(clipping)은 LSTM에도 필요합니다.
#
# ## 9. 놀이를 시켜 봅시다
#
# 기울기가 흐른다고 꼭 배우는 것은 아닙니다. 1절의 놀이로 확인합시다. 여기에는 `nn.LSTM`도 `nn.GRU`도 없습니다. *여러분의* 함수만으로 만든 모델이 학습합니다(처음 가중치만 PyTorch에서 가져옵니다). 넷 가운데 하나를 찍기만 해도 정답률은 0.25입니다.

# %% [markdown] lang="en"
# Let us read what table and plot say, one thing at a time.
#
# - The default LSTM is little better than the RNN after ten steps, and after a hundred nothing is left. "It remembers for long because it is an LSTM" is not true.
# - With a forget bias of 3, something around 1 is left even after a hundred steps. **Not the architecture but its starting point** made the difference.
# - Yet the belt's share of that (dashed) is only about $\sigma(3)^{100} \approx 0.008$. The rest came through $h$, a path with $W_{hh}$ in it, which can grow or shrink as in an RNN.
# - So exploding is not "solved" either. Put 3 into both biases (their sum is 6), and after a hundred steps it is well beyond 1. The belt alone can never grow ($f \le 1$), but the path through $h$ can. An LSTM needs the clipping of chapter 20 too.
#
# ## 9. Let them play
#
# That a gradient flows does not mean that something is learned. The game of section 1 will tell. There is no `nn.LSTM` and no `nn.GRU` here: models made of nothing but *your* functions do the learning (only their first weights come from PyTorch). Guessing among four answers is right 0.25 of the time.

# %%
HIDDEN = 32


def last_state(kind, x, weights):
    """The hidden state after the last word: (B, T, 4) -> (B, H)."""
    h = c = torch.zeros(len(x), HIDDEN)
    if kind == "LSTM":
        return lstm_unroll(x, h, c, *weights)[1]
    cell = {"RNN": rnn_cell, "GRU": gru_cell}[kind]
    for x_t in x.unbind(1):
        h = cell(x_t, h, *weights)
    return h


def solved(right):
    """Whether the last 20 batches, 1,280 games, held not one wrong answer."""
    return len(right) >= 20 and min(right[-20:]) == 1.0


def train(kind, seed, bias=None, steps=300):
    """Learns the game until it is solved; returns the weights and each step's share right."""
    torch.manual_seed(seed)
    weights = list(getattr(nn, kind)(4, HIDDEN).parameters())
    head = nn.Linear(HIDDEN, 4)
    with torch.no_grad():
        if bias is not None and kind == "LSTM":
            weights[2:] = map(nn.Parameter, forget_bias(*weights[2:], bias))
        if bias is not None and kind == "GRU":
            weights[2][HIDDEN : 2 * HIDDEN] = bias  # r, z, n: z keeps the old h
            weights[3][HIDDEN : 2 * HIDDEN] = 0.0
    optimizer = torch.optim.Adam([*weights, *head.parameters()], lr=5e-3)
    generator = torch.Generator().manual_seed(1000 + seed)
    right = []
    for _ in range(steps):
        x, answer = make_games(64, generator)  # new games every time: no need for a test set
        logits = head(last_state(kind, x, weights))  # (B, 4)
        optimizer.zero_grad()
        F.cross_entropy(logits, answer).backward()
        optimizer.step()
        right.append((logits.argmax(1) == answer).float().mean().item())
        if solved(right):
            break
    return [p.detach() for p in weights], right


# %%
def look_inside(weights, games):
    """An LSTM's forget gates and cell states over games: two tensors (B, T, H)."""
    h = c = torch.zeros(len(games), HIDDEN)
    forget, cells = [], []
    for x_t in games.unbind(1):
        forget.append(lstm_gates(x_t, h, *weights)[1])
        h, c = lstm_cell(x_t, h, c, *weights)
        cells.append(c)
    return torch.stack(forget, 1), torch.stack(cells, 1)


# %% [markdown] lang="ko"
# 먼저 두 LSTM을 200걸음까지 학습시켜 안을 들여다봅니다. 세로축은 유닛 32개입니다. 위의 세 그림은 놀이 한 판이고, 가로축은 부른 방향입니다. 맨 아래 그림은 놀이 40판이 **끝났을 때**의 $c$를 첫마디별로 모은 것입니다.

# %% [markdown] lang="en"
# First train two LSTMs for up to 200 steps and look inside. Down go the 32 units. The upper three pictures show a single game, across the directions called. The lowest is $c$ at the **end** of 40 games, sorted by their first word.

# %% tags=["demo", "nbval-ignore-output"]
games, answers = make_games(40, torch.Generator().manual_seed(22))  # (B, T, 4), (B,)
inside = {}
for name, bias in (("forget bias 3", 3.0), ("default", None)):
    weights, right = train("LSTM", 0, bias, steps=200)
    inside[name] = look_inside(weights, games)
    print(f"{name}: {sum(right[-20:]) / 20:.0%} right in the last 20 of {len(right)} steps")

figure, grid = plots.axes(1, 4, width=7.6, height=1.7)
for ax, name in zip(grid, ("default", "forget bias 3")):
    forget = inside[name][0]
    plots.heatmap(ax, forget[0].T, vmin=0, vmax=1, cmap="Blues")
    ax.set_title(f"Forget gates after training, {name}: {forget.mean():.2f} on average")
cells = inside["forget bias 3"][1]  # (B, T, H)
plots.heatmap(grid[2], cells[0].T, symmetric=True)
grid[2].set_title("Cell state c, forget bias 3: faint at first, then it grows")
order = answers.argsort(stable=True)  # (B,)
plots.heatmap(grid[3], cells[order, -1].T, symmetric=True)
grid[3].set_title("Cell state c at the end of 40 games, sorted by first word")
for ax in grid[:3]:
    ax.set_xticks(range(LAG + 1), [DIRECTIONS[k] for k in games[0].argmax(1)])
middle = [(answers[order] == k).nonzero().float().mean().item() for k in range(4)]
grid[3].set_xticks(middle, DIRECTIONS)
for ax in grid:
    ax.set_ylabel("unit")
plt.show()

# %% [markdown] lang="ko"
# 기본값의 LSTM은 학습한 뒤에도 forget 게이트가 반쯤 열린 채입니다. 한마디를 들을 때마다 기억의 절반을 잃으니 첫마디에서 오는 기울기가 없고, 기울기가 없으니 게이트를 여는 법도 배우지 못합니다. forget bias를 준 쪽은 1 가까이에 머뭅니다.
#
# 맨 아래 그림을 보세요. 첫마디가 같은 판끼리 줄무늬가 같습니다. 뒤따른 스무 마디는 판마다 다른데도 말입니다. 이 줄무늬가 **기억**입니다. 다만 기억하는 방법은 3절에서 손으로 만든 것과 다릅니다. 한 번 적고 문을 닫는 대신, 처음에는 희미하던 $c$를 계속 키워 나갑니다(셋째 그림). 학습은 우리가 생각한 방법이 아니라 기울기가 찾은 방법을 씁니다.
#
# 이제 다섯 모델을 시드 세 개씩, 300걸음까지 학습시킵니다. 1,280판을 내리 맞히면 "풀었다"고 보고 멈춥니다(그림의 점). GRU에도 같은 처방을 해 봅니다. PyTorch의 GRU에서는 $z$가 1이면 기억하므로 $z$의 편향을 3으로 둡니다. 시간이 조금 걸립니다.

# %% [markdown] lang="en"
# Even after training, the default LSTM's forget gates are half open. It loses half of its memory at every word, so no gradient arrives from the first one; and without a gradient it never learns to open the gates. With the forget bias they stay near 1.
#
# Look at the lowest picture. Games with the same first word have the same stripes, though the twenty words that followed were different in each. These stripes are the **memory**. But it is not kept as in our handmade LSTM of section 3: instead of writing once and shutting the door, it lets a $c$ that was faint at first grow and grow (third picture). Training does not use the way we had in mind but the way the gradient found.
#
# Now five models with three seeds each, for up to 300 steps. After 1,280 right answers in a row we call the game solved and stop (the dots in the plot). The GRU gets the same medicine: in PyTorch's GRU a $z$ of 1 remembers, so the bias of $z$ is set to 3. This takes a little while.

# %% tags=["demo", "nbval-ignore-output"]
players = {
    "LSTM,\nforget bias 3": ("LSTM", 3.0),
    "GRU,\nbias of z 3": ("GRU", 3.0),
    "LSTM,\ndefault": ("LSTM", None),
    "GRU,\ndefault": ("GRU", None),
    "RNN,\ndefault": ("RNN", None),
}
results = {name: [] for name in players}
with tqdm(total=3 * len(players), unit="run") as bar:
    for name, (kind, bias) in players.items():
        for seed in range(3):
            results[name].append(train(kind, seed, bias)[1])
            bar.update()

figure, grid = plots.axes(5, width=1.75, height=2.5, sharey=True)
for ax, (name, runs) in zip(grid, results.items()):
    for right in runs:
        smooth = torch.tensor(right).unfold(0, 20, 1).mean(1)  # over 20 steps
        line = ax.plot(range(20, len(right) + 1), smooth, linewidth=1.2)[0]
        if solved(right):
            ax.plot(len(right), 1, "o", color=line.get_color(), markersize=5)
    ax.axhline(0.25, color=plots.GREY, linestyle="--", linewidth=0.8)
    ax.set(title=name, xlabel="step", xlim=(0, 310), ylim=(0, 1.05), xticks=(0, 150, 300))
    ends = [f"solved at {len(r)}" if solved(r) else f"{sum(r[-20:]) / 20:.0%}" for r in runs]
    print(f"{name.replace(chr(10), ' '):20s}", " · ".join(ends))
grid[0].set_ylabel("share right (dashed: guessing)")
plt.show()

# %% [markdown] lang="ko"
# 그림이 말하는 만큼만 말합시다. 기본값의 LSTM과 GRU는 세 시드 모두 300걸음 동안 찍는 수준에 머뭅니다. RNN은 **들쭉날쭉**합니다. 운이 좋은 시드에서만 제때 배웁니다. 그러니 "RNN은 절대 못 한다"도, "LSTM이 RNN보다 늘 낫다"도 아닙니다. 기억하면서 시작한 LSTM과 GRU는 세 시드 모두 빠르게 풉니다. 기다려 주면 나머지도 배울까요? `train`의 `steps`를 1000으로 늘려 RNN과 LSTM을 다시 학습시켜 보세요.
#
# ## 정리
#
# - LSTM은 기억을 새로 쓰지 않고 고쳐 씁니다: $c_t = f_t \odot c_{t-1} + i_t \odot g_t$. 바깥에는 $h_t = o_t \odot \tanh(c_t)$만 보입니다.
# - PyTorch는 i, f, g, o 순서로 쌓고 편향을 두 벌 더합니다. 게이트는 셋이고, $g$는 게이트가 아니라 내용입니다.
# - LSTM이 다음으로 넘기는 것은 언제나 $(h, c)$ 둘입니다.
# - GRU의 게이트는 reset과 update입니다. PyTorch에서는 $z = 1$이 "지키기"이고, reset은 행렬 곱 **뒤에** 곱합니다.
# - 벨트를 따라 흐르는 기울기는 forget 게이트들의 곱입니다. 게이트가 $c$에 반응하지 않을 때만 정확하고, 실제로는 $h$를 거친 길이 더해집니다.
# - 게이트가 0.5에서 시작하면 LSTM도 금방 잊습니다. 오래 기억하게 하는 것은 구조가 아니라 **forget bias**이고, PyTorch의 두 편향 가운데 **하나에만** 넣습니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 백 걸음을 기억해야 한다면 forget bias를 얼마로 하면 좋을까요?</summary>
#
# 백 걸음 뒤에 벨트에 절반이 남으려면 $f^{100} = 1/2$, 곧 $f = 2^{-1/100} \approx 0.9931$이어야 합니다. $b = \ln\frac{f}{1 - f} \approx 4.97$입니다. 스무 걸음이라면 같은 식에서 약 3.34입니다. 유닛마다 다른 값을 주어 짧게 기억하는 유닛과 오래 기억하는 유닛을 섞는 방법도 있습니다.
# </details>
#
# <details><summary>2. 그렇다면 처음부터 아주 크게, 예를 들어 20으로 두면 더 좋지 않나요?</summary>
#
# $\sigma(20)$은 1과 거의 같고 그 자리의 기울기 $f(1 - f)$는 0에 가깝습니다. 게이트가 열린 채 굳어, 지워야 할 때 지우는 법을 배울 수 없습니다. 지우지 못하는 기억은 쌓이기만 합니다.
# </details>
#
# <details><summary>3. i와 f를 묶어 i = 1 − f로 하면 무엇을 얻고 무엇을 잃나요?</summary>
#
# 가중치가 네 벌에서 세 벌로 줄고, $c$는 지난 $c$와 $g$의 가중 평균이 되어 $-1$과 $1$ 사이를 벗어나지 않습니다. GRU의 $z$가 바로 이렇습니다. 대신 지우지 않으면서 더하는 일, 곧 3절의 둘째 유닛처럼 수를 세는 일은 할 수 없게 됩니다.
# </details>
#
# <details><summary>4. 벨트의 식을 어디서 본 것 같지 않나요?</summary>
#
# $f = 1$이면 $c_t = c_{t-1} + i_t \odot g_t$입니다. 층을 시점으로 바꾸어 읽으면 ResNet의 skip connection, "입력에 무엇인가를 더한다"와 같은 꼴입니다. 깊은 신경망과 긴 시퀀스는 같은 병을 앓고, 처방도 닮았습니다.
# </details>
#
# <details><summary>5. 3절의 손으로 만든 LSTM에서 따옴표가 닫히지 않은 채 문장이 끝나면 어떻게 되나요?</summary>
#
# 첫째 유닛은 1을 든 채로 끝납니다. 이어지는 문장을 읽을 때 그 $(h, c)$를 넘겨주면 여전히 따옴표 안이라고 알고, 0에서 다시 시작하면 잊습니다. 긴 글을 나누어 읽을 때 상태를 넘겨야 하는 까닭입니다.
# </details>

# %% [markdown] lang="en"
# Let us say only what the plot says. The default LSTM and GRU stay at guessing for 300 steps, with all three seeds. The RNN is **unreliable**: only with a lucky seed does it learn in time. So neither "an RNN can never do it" nor "an LSTM is always better than an RNN" holds. The LSTM and the GRU that start by remembering solve it quickly with all three seeds. Would the others learn if you waited? Raise the `steps` of `train` to 1000, and train the RNN and the LSTM again.
#
# ## Summary
#
# - An LSTM edits its memory instead of rewriting it: $c_t = f_t \odot c_{t-1} + i_t \odot g_t$. The outside sees only $h_t = o_t \odot \tanh(c_t)$.
# - PyTorch stacks i, f, g, o and adds two biases. There are three gates; $g$ is no gate but content.
# - What an LSTM hands on is always two things, $(h, c)$.
# - A GRU's gates are reset and update. In PyTorch $z = 1$ means "keep", and the reset multiplies **after** the matrix product.
# - The gradient along the belt is the product of the forget gates. That is exact only where the gates do not react to $c$; in truth the path through $h$ is added.
# - With gates that start at 0.5 an LSTM forgets quickly too. What makes it remember is not the architecture but the **forget bias**, put into **only one** of PyTorch's two biases.
#
# ## Further questions
#
# <details><summary>1. Which forget bias would you choose to remember for a hundred steps?</summary>
#
# For half of it to be left on the belt after a hundred steps, $f^{100} = 1/2$, so $f = 2^{-1/100} \approx 0.9931$ and $b = \ln\frac{f}{1 - f} \approx 4.97$. For twenty steps the same formula gives about 3.34. One can also give each unit its own value, and so mix units with a short and with a long memory.
# </details>
#
# <details><summary>2. Then why not make it huge from the start, say 20?</summary>
#
# $\sigma(20)$ is as good as 1, and there its slope $f(1 - f)$ is as good as 0. The gate is stuck open, and cannot learn to erase when it should. A memory that cannot be erased only piles up.
# </details>
#
# <details><summary>3. Tie i and f together, i = 1 − f: what do you gain, what do you lose?</summary>
#
# Three sets of weights instead of four, and $c$ becomes a weighted mean of the old $c$ and $g$, which never leaves the range from $-1$ to $1$. The $z$ of a GRU is just that. But adding without erasing is gone: it could no longer count, as the second unit of section 3 does.
# </details>
#
# <details><summary>4. Have you not seen the belt's formula somewhere before?</summary>
#
# With $f = 1$ it is $c_t = c_{t-1} + i_t \odot g_t$. Read layers for time steps, and it has the form of ResNet's skip connection: add something to the input. Deep networks and long sequences suffer from the same disease, and the cures look alike.
# </details>
#
# <details><summary>5. What does the handmade LSTM of section 3 do if the sentence ends before the quotation does?</summary>
#
# Its first unit ends with the 1 still in its hands. Hand that $(h, c)$ over when the next sentence is read, and it knows that it is still inside the quotation; start from 0, and it has forgotten. This is why the state is passed on when a long text is read in pieces.
# </details>
