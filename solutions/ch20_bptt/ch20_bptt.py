# ---
# jupyter:
#   course:
#     ko: 시간을 거슬러 배우기
#     en: Training through time
#     minutes: 120
# ---

# %% [markdown] lang="ko"
# # 20장. 시간을 거슬러 배우기
#
# **누구를 위한 장인가요?** RNN이 글자를 하나씩 읽는 것은 알겠는데, 마지막에 생긴 손실이 어떻게 맨 처음 글자까지 거슬러 가는지 직접 계산해 본 적은 없는 사람.
#
# **걸리는 시간** 약 120분 · **먼저 알아야 할 것** 교차 엔트로피와 소프트맥스(7장), 손으로 하는 역전파(11장), RNN 셀과 펼치기(19장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 글자를 하나씩 읽고 다음 글자를 맞히는 모델을 `.backward()` 없이 학습시킬 수 있습니다.
# - 시간을 거슬러 가는 역전파(BPTT)를 손으로 계산하고, 긴 글에서는 중간중간 끊을 수 있습니다.
# - 기울기가 왜 사라지거나 폭발하는지, 내 셀에서 얼마나 그런지 **재어서** 말할 수 있습니다.
# - 클리핑, 초기화, 건너뛰는 길 가운데 무엇이 어느 병을 고치는지 가려낼 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 20. Training through time
#
# **Who is this for?** You know how an RNN reads one character after another, but you have never computed how the loss at the end finds its way back to the very first of them.
#
# **Time** about 120 minutes · **You need** cross entropy and softmax (chapter 7), backpropagation by hand (chapter 11), the RNN cell and unrolling (chapter 19)
#
# **Afterwards you can**
#
# - train a model that reads character by character and guesses the next one, without `.backward()`,
# - compute backpropagation through time (BPTT) by hand, and cut it into pieces where the text is long,
# - say why gradients vanish or explode, and **measure** how badly they do in a cell of your own,
# - tell which of clipping, initialisation and skip connections cures which disease.

# %%
import math

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
open_chapter("ch20_bptt", "ko")

# %% lang="en"
open_chapter("ch20_bptt", "en")

# %% [markdown] lang="ko"
# ## 1. 다음 글자는 무엇일까요?
#
# "hell"까지 읽었습니다. 다음 글자는 무엇일까요? 지금까지 읽은 글자를 보고 다음 글자의 확률을 말하는 모델을 언어 모델(language model)이라고 합니다. 정답을 따로 만들 필요가 없는 것이 이 놀이의 좋은 점입니다. **글 자체가 정답입니다.** 한 칸만 밀면 됩니다.

# %% [markdown] lang="en"
# ## 1. Which character comes next?
#
# You have read "hell". What comes next? A model that looks at the characters so far and gives the probability of each possible next one is called a language model. The nice thing about this game is that nobody has to prepare the answers: **the text is its own answer**, moved by one place.

# %% jupyter={"source_hidden": true}
def box(ax, x, y, text, colour):
    edge = FancyBboxPatch((x - 0.34, y - 0.26), 0.68, 0.52, boxstyle="round,pad=0.05")
    edge.set(facecolor=colour + "33", edgecolor=colour, linewidth=1.5, zorder=3)
    ax.add_patch(edge)
    ax.text(x, y, text, ha="center", va="center", zorder=4)


def arrow(ax, start, end, colour, width=1.5):
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=style, zorder=2)


def draw_unrolled(ax, inputs, tops, title, backward=False):
    """The cell unrolled over time: inputs below, what comes out on top, gradients if asked."""
    for k, (below, above) in enumerate(zip(inputs, tops)):
        x = 2 * k
        box(ax, x, 0, below, plots.GREY)
        box(ax, x, 1.5, f"$h_{k + 1}$", plots.BLUE)
        box(ax, x, 3, above, plots.GREEN)
        shift = 0.1 if backward else 0
        arrow(ax, (x - shift, 0.33), (x - shift, 1.17), plots.BLUE)
        arrow(ax, (x - shift, 1.83), (x - shift, 2.67), plots.BLUE)
        arrow(ax, (x - 1.55, 1.5 + shift), (x - 0.4, 1.5 + shift), plots.BLUE)
        if backward:
            arrow(ax, (x + 0.1, 2.67), (x + 0.1, 1.83), plots.ORANGE)
            arrow(ax, (x + 0.1, 1.17), (x + 0.1, 0.33), plots.ORANGE)
            arrow(ax, (x - 0.4, 1.4), (x - 1.55, 1.4), plots.ORANGE)
    ax.text(-1.65, 1.5, "$h_0$", ha="right", va="center")
    ax.set(xlim=(-2.3, 2 * len(inputs) - 1.3), ylim=(-0.5, 3.5), title=title)
    ax.axis("off")


figure, (ax,) = plots.axes(1, width=6.2, height=2.7)
draw_unrolled(ax, "hell", "ello", "Below: what is read. Above: the right answer, one place on")
plt.show()

# %% [markdown] lang="ko"
# 재미있는 것은 셋째와 넷째 칸입니다. 둘 다 `l`을 읽는데 정답은 `l`과 `o`로 다릅니다. 지금 글자만 보는 모델은 둘을 구별할 수 없으니 반반으로 찍는 것이 최선입니다. 그때의 손실은 얼마일까요? 글자마다 다음 글자를 세어서 확률로 삼아 봅시다.

# %% [markdown] lang="en"
# The third and the fourth place are the interesting ones. Both read an `l`, and the right answers are `l` and `o`. A model that sees only the current character cannot tell them apart, and the best it can do is to give each a half. What is its loss then? Count what follows each character, and take the shares as probabilities.

# %%
WORD = "hello"
followers = {}
for now, after in zip(WORD, WORD[1:]):
    followers.setdefault(now, []).append(after)
shares = [followers[a].count(b) / len(followers[a]) for a, b in zip(WORD, WORD[1:])]
FLOOR = -sum(math.log(share) for share in shares) / len(shares)
print("the right answers get", shares)
print(f"no model without memory has a loss below {FLOOR:.4f} = ln 2 / 2")

# %% [markdown] lang="ko"
# **0.3466**. 이 장에서 처음 넘을 문턱입니다. 여기보다 내려가면 모델이 무엇인가를 *기억했다*는 뜻입니다.
#
# ### 여러분 차례: `next-char-pairs`
#
# 긴 글을 배치로 읽으려면 글을 **줄 $B$개로 잘라** 나란히 놓습니다. 각 줄은 이어진 글이고, 모델은 모든 줄을 동시에 왼쪽에서 오른쪽으로 읽습니다. 정답은 같은 자리의 **다음** 글자입니다. 줄의 마지막 글자에도 정답이 있다는 데 주의하세요. 그 정답은 글에서 바로 이어지는 글자, 곧 다음 줄의 첫 글자입니다(마지막 줄이라면 잘라 쓴 부분 바로 뒤의 글자입니다).

# %% [markdown] lang="en"
# **0.3466** is the first floor of this chapter. Whatever gets below it must have *remembered* something.
#
# ### Your turn: `next-char-pairs`
#
# To read a long text in batches, **cut it into $B$ rows** and lay them side by side. Each row is a continuous piece of text, and the model reads all rows at once from left to right. The answer is the **next** character at each place. Mind that the last character of a row has an answer too: it is the one that follows in the text, the first character of the next row (for the last row, the character just after the part that was cut out).

# %% exercise="next-char-pairs"
def next_char_pairs(text, vocab, streams):
    """A text as rows of character numbers, and the number of the next character at each place.

    text: a str of at least streams + 1 characters. vocab: a list of distinct characters that has
    all those of text; a character's number is its place in vocab. streams: the number of rows, B.
    Returns (inputs, targets), int64 tensors (B, T) with T = (len(text) - 1) // B. Row r of inputs
    holds the characters at places r * T, …, r * T + T - 1 of the text, and targets holds for each
    the character one place later. What is left over at the end of the text is not used.
    """
    # every character's number          # (len(text),)
    # T, so that the last one still has a follower
    # two slices, one place apart       # (B, T) each
    ### BEGIN SOLUTION
    ids = torch.tensor([vocab.index(character) for character in text])  # (len(text),)
    T = (len(text) - 1) // streams
    inputs = ids[: streams * T].reshape(streams, T)  # (B, T)
    targets = ids[1 : streams * T + 1].reshape(streams, T)  # (B, T)
    return inputs, targets
    ### END SOLUTION


# %% tags=["demo"]
vocab = sorted(set(WORD))  # sorted: the same order every time
print("vocab:", vocab)
inputs, targets = next_char_pairs(WORD, vocab, 1)
print("read:  ", [vocab[k] for k in inputs[0]])
print("answer:", [vocab[k] for k in targets[0]])
inputs, targets = next_char_pairs("abcdefghijk", list("abcdefghijk"), 2)
print("two rows:", ["".join("abcdefghijk"[k] for k in row) for row in inputs])
print(" answers:", ["".join("abcdefghijk"[k] for k in row) for row in targets])

# %% [markdown] lang="ko"
# ## 2. 모델, 그리고 정답을 먹이며 가르치기
#
# 19장의 셀을 그대로 씁니다. 여기에 출력층 하나를 얹어 상태 $h_t$를 로짓(logit)으로 바꿉니다.
#
# $$a_t = W_{ih}x_t + W_{hh}h_{t-1} + b \qquad h_t = \tanh(a_t) \qquad z_t = W_{hy}h_t + b_y$$
#
# PyTorch의 두 편향은 늘 더해서 쓰이고 기울기도 서로 같으므로, 이 장에서는 합친 $b = b_{ih} + b_{hh}$ 하나만 둡니다. 모양을 적는 글자는 **B** 줄의 수, **T** 시점의 수, **D** 입력 벡터의 길이, **H** 상태에 든 수의 개수, **V** 글자 종류의 수입니다. 글자를 원-핫 벡터로 넣으면 $D = V$입니다.

# %% [markdown] lang="en"
# ## 2. The model, and teaching it with the right answers
#
# We use the cell of chapter 19 as it is, and put an output layer on top that turns the state $h_t$ into logits.
#
# $$a_t = W_{ih}x_t + W_{hh}h_{t-1} + b \qquad h_t = \tanh(a_t) \qquad z_t = W_{hy}h_t + b_y$$
#
# PyTorch's two biases are only ever used as a sum, and have the same gradient, so this chapter keeps just the sum, $b = b_{ih} + b_{hh}$. In shapes, **B** is the number of rows, **T** of time steps, **D** the length of an input vector, **H** the number of numbers in the state, **V** the number of different characters. With characters as one-hot vectors, $D = V$.

# %%
def unroll(x, h0, W_ih, W_hh, b):
    """The states h_1 … h_T of chapter 19's cell: x (B, T, D), h0 (B, H) -> (B, T, H)."""
    h, states = h0, []
    for x_t in x.unbind(1):  # (B, D)
        h = torch.tanh(x_t @ W_ih.T + h @ W_hh.T + b)  # (B, H)
        states.append(h)
    return torch.stack(states, 1)


def fresh_parameters(inputs, hidden, outputs, seed=0, dtype=torch.float32):
    """W_ih (H, D), W_hh (H, H), b (H,), W_hy (V, H), b_y (V,), as small as nn.RNN's."""
    generator = torch.Generator().manual_seed(seed)
    shapes = (hidden, inputs), (hidden, hidden), (hidden,), (outputs, hidden), (outputs,)
    uniform = [torch.rand(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    return [((2 * u - 1) / hidden**0.5).to(dtype) for u in uniform]


# %% [markdown] lang="ko"
# 노트 하나는 "출력 벡터의 차원은 입력 벡터의 차원과 같아야 한다"고 합니다. 원-핫으로 글자를 읽고 글자를 내보내니 **우연히** 같을 뿐입니다. 출력의 차원은 고를 수 있는 글자의 수 $V$이고, 입력은 무엇이든 됩니다. 글자 네 가지를 18장처럼 길이 2인 임베딩으로 읽어 봅시다.

# %% [markdown] lang="en"
# One of the notes says that "the output vector must have the dimension of the input vector". With one-hot characters going in and characters coming out, the two are equal **by accident**. The output has as many numbers as there are characters to choose from, $V$; the input can be anything. Here are four characters read as embeddings of length 2, as in chapter 18.

# %%
embedding = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])  # (V, D) = (4, 2)
W_ih, W_hh, b, W_hy, b_y = fresh_parameters(inputs=2, hidden=5, outputs=4)
x = embedding[torch.tensor([[1, 0, 2, 2]])]  # (B, T, D)
logits = unroll(x, torch.zeros(1, 5), W_ih, W_hh, b) @ W_hy.T + b_y  # (B, T, V)
print(f"D = {x.shape[-1]} numbers go in, V = {logits.shape[-1]} come out")

# %% [markdown] lang="ko"
# ### 교사 강요
#
# 글을 *쓸* 때는 모델이 방금 쓴 글자가 다음 입력이 됩니다(자유 실행, free running). 그러면 *배울* 때도 그래야 할까요? 갓 태어난 모델이 쓴 글자는 엉터리이고, 엉터리 뒤에 올 "정답"은 없습니다. 그래서 배울 때는 모델이 무엇을 썼든 **정답인 글자**를 다음 입력으로 줍니다. 이것을 교사 강요(teacher forcing)라고 합니다.
#
# 덕분에 입력을 미리 다 압니다. 노트들은 RNN을 "출력을 다시 입력에 넣으며" 학습시킨다고 하지만, 그것은 19장에서 보았듯이 *쓸* 때의 이야기입니다. 배울 때는 한 칸 민 입력을 통째로 `nn.RNN`에 한 번 넣으면 됩니다. RNN은 앞만 보므로 답을 미리 엿볼 수 없고, 글자마다 돌린 것과 값이 같습니다.

# %% [markdown] lang="en"
# ### Teacher forcing
#
# When the model *writes*, the character it has just written is its next input: this is free running. Should it be so when it *learns*, too? A newborn model writes rubbish, and there is no "right answer" to what follows rubbish. So in training the next input is **the right character**, whatever the model wrote. That is teacher forcing.
#
# It also means that all inputs are known beforehand. The notes say that an RNN is trained by "feeding its output back in", but as chapter 19 showed, that is about *writing*. In training, the shifted text goes into `nn.RNN` whole, in a single call. An RNN looks only backwards, so it cannot peek at the answers, and the values are those of the loop.

# %%
torch.manual_seed(20)
rnn = nn.RNN(4, 8, batch_first=True)
x = F.one_hot(torch.randint(4, (3, 30)), 4).float()  # (B, T, D)
with torch.no_grad():
    at_once, _ = rnn(x)  # (B, T, H)
    h, looped = torch.zeros(1, 3, 8), []
    for t in range(30):
        out, h = rnn(x[:, t : t + 1], h)  # (B, 1, H), (1, B, H)
        looped.append(out)
print("one call equals the loop:", torch.allclose(at_once, torch.cat(looped, 1), atol=1e-5))

# %% [markdown] lang="ko"
# ### 여러분 차례: `output-gradients`
#
# 손실은 모든 줄, 모든 시점의 교차 엔트로피를 **평균**한 것입니다. 자리가 $N = B \cdot T$개라면
#
# $$L = -\frac{1}{N}\sum_{b,t}\log p_{b,t}[y_{b,t}] \qquad \frac{\partial L}{\partial z_{b,t}} = \frac{1}{N}\bigl(p_{b,t} - \text{onehot}(y_{b,t})\bigr)$$
#
# 7장에서 본 "확률 빼기 정답"입니다. 여기서 출력층을 거슬러 `d_out`, 곧 **그 시점의 예측만 거쳐서 손실을 $h_t$로 미분한 값**을 구하세요. 이름의 약속은 11장과 같습니다. `d_`로 시작하면 손실을 그것으로 미분한 값입니다.

# %% [markdown] lang="en"
# ### Your turn: `output-gradients`
#
# The loss is the cross entropy **averaged** over all rows and all time steps. With $N = B \cdot T$ places
#
# $$L = -\frac{1}{N}\sum_{b,t}\log p_{b,t}[y_{b,t}] \qquad \frac{\partial L}{\partial z_{b,t}} = \frac{1}{N}\bigl(p_{b,t} - \text{onehot}(y_{b,t})\bigr)$$
#
# It is the "probability minus answer" of chapter 7. From there go back through the output layer and find `d_out`: **the derivative of the loss by $h_t$ through the prediction of that step alone**. Names follow chapter 11: with `d_` in front, it is the derivative of the loss by that thing.

# %% exercise="output-gradients"
def output_gradients(h, W_hy, b_y, targets):
    """The loss of a character model, and its gradients as far back as the states.

    h: (B, T, H), the states. W_hy: (V, H). b_y: (V,). Floats of one dtype. targets: (B, T) int64,
    the right answers. The logits h @ W_hy.T + b_y may be as large as ±1000.
    Returns (loss, d_out, dW_hy, db_y): loss, a () tensor, the cross entropy averaged over all
    B * T places; d_out (B, T, H), the derivative of the loss by h where each h_t counts only
    through the logits of its own step; dW_hy (V, H); db_y (V,).
    """
    # logits, and the log of the probabilities     # (B, T, V)
    # probability minus answer, over N             # (B, T, V)
    # back through the output layer                # (B, T, H), (V, H), (V,)
    ### BEGIN SOLUTION
    log_p = F.log_softmax(h @ W_hy.T + b_y, dim=-1)  # (B, T, V)
    answer = F.one_hot(targets, len(b_y)).to(h.dtype)  # (B, T, V)
    loss = -(log_p * answer).sum(-1).mean()  # ()
    d_z = (log_p.exp() - answer) / targets.numel()  # (B, T, V)
    dW_hy = d_z.flatten(0, 1).T @ h.flatten(0, 1)  # (V, B·T) @ (B·T, H) -> (V, H)
    return loss, d_z @ W_hy, dW_hy, d_z.sum((0, 1))
    ### END SOLUTION


# %% [markdown] lang="ko"
# ## 3. 시간을 거슬러: BPTT
#
# 펼친 그림을 다시 봅시다. 이번에는 기울기도 그렸습니다.

# %% [markdown] lang="en"
# ## 3. Back through time: BPTT
#
# Here is the unrolled picture again, this time with the gradients.

# %%
figure, (ax,) = plots.axes(1, width=6.2, height=2.7)
names = [f"$x_{t}$" for t in (1, 2, 3, 4)], [f"$L_{t}$" for t in (1, 2, 3, 4)]
draw_unrolled(ax, *names, "Two orange arrows arrive at every state but the last", backward=True)
plt.show()

# %% [markdown] lang="ko"
# 펼치고 나면 RNN은 층이 $T$개인 신경망이고, 모든 층이 **같은 가중치**를 쓸 뿐입니다. 그래서 역전파도 11장과 같습니다. 이것을 BPTT(backpropagation through time, 시간을 거슬러 가는 역전파)라고 합니다. 새로운 것은 두 가지입니다.
#
# **하나. 상태마다 길이 두 갈래입니다.** $h_t$는 자기 시점의 예측에도 쓰이고(위로), 다음 상태를 만드는 데도 쓰입니다(오른쪽으로). 기울기는 두 길에서 오는 것을 **더합니다**.
#
# $$d_{h_t} = \underbrace{d_{\text{out},t}}_{\text{own step}} + \underbrace{W_{hh}^\top d_{a_{t+1}}}_{\text{the future}} \qquad\qquad d_{a_t} = d_{h_t} \odot (1 - h_t^2)$$
#
# $1 - h_t^2$은 tanh의 기울기입니다. $\odot$는 원소별 곱입니다. 마지막 시점에는 미래가 없으니 둘째 항이 0입니다.
#
# **둘. 가중치는 모든 시점에서 쓰였습니다.** 쓰인 곳마다의 기울기를 모두 더합니다.
#
# $$dW_{ih} = \sum_t d_{a_t} x_t^\top \qquad dW_{hh} = \sum_t d_{a_t} h_{t-1}^\top \qquad db = \sum_t d_{a_t}$$
#
# 식의 벡터는 세로 벡터입니다. 코드의 텐서는 벡터가 한 줄씩 가로로 누워 있으니 전치의 자리가 바뀝니다. 예를 들어 $W_{hh}^\top d_a$는 코드에서 `d_a @ W_hh`입니다.
#
# ### 여러분 차례: `bptt-gradients`

# %% [markdown] lang="en"
# Unrolled, an RNN is a network of $T$ layers that all happen to use **the same weights**. So backpropagation is that of chapter 11, and it goes by the name of backpropagation through time, BPTT. Two things are new.
#
# **One: from every state there are two ways on.** $h_t$ serves the prediction of its own step (upwards) and the next state (to the right). The gradients that come back along the two ways are **added**.
#
# $$d_{h_t} = \underbrace{d_{\text{out},t}}_{\text{own step}} + \underbrace{W_{hh}^\top d_{a_{t+1}}}_{\text{the future}} \qquad\qquad d_{a_t} = d_{h_t} \odot (1 - h_t^2)$$
#
# $1 - h_t^2$ is the slope of the tanh, and $\odot$ multiplies element by element. At the last step there is no future, and the second term is 0.
#
# **Two: the weights were used at every step.** Add up the gradients of all the places where they were.
#
# $$dW_{ih} = \sum_t d_{a_t} x_t^\top \qquad dW_{hh} = \sum_t d_{a_t} h_{t-1}^\top \qquad db = \sum_t d_{a_t}$$
#
# The vectors in the formulas stand upright. In the code's tensors each vector lies in a row, so transposes change places: $W_{hh}^\top d_a$ is `d_a @ W_hh` in code.
#
# ### Your turn: `bptt-gradients`

# %% exercise="bptt-gradients"
def bptt_gradients(x, h0, W_ih, W_hh, b, d_out):
    """Backpropagation through time, for h_t = tanh(W_ih x_t + W_hh h_{t-1} + b).

    x: (B, T, D). h0: (B, H), the state before the first step. W_ih: (H, D). W_hh: (H, H).
    b: (H,). d_out: (B, T, H), what the loss's derivative by each h_t is through the prediction of
    its own step alone. Floats of one dtype.
    Returns (dW_ih, dW_hh, db), the derivatives of the loss, in the shapes of W_ih, W_hh and b.
    """
    h = unroll(x, h0, W_ih, W_hh, b)  # (B, T, H): h[:, t] is the state after x[:, t]
    # the state before each step                       # (B, T, H)
    # from the last step to the first:
    #     add both ways, own step and future           # (B, H)
    #     back through the tanh                        # (B, H)
    #     collect the three gradients, go on           # (H, D), (H, H), (H,)
    ### BEGIN SOLUTION
    before = torch.cat([h0[:, None], h[:, :-1]], dim=1)  # (B, T, H)
    dW_ih, dW_hh, db = torch.zeros_like(W_ih), torch.zeros_like(W_hh), torch.zeros_like(b)
    future = torch.zeros_like(h0)  # (B, H)
    for t in reversed(range(x.shape[1])):
        d_h = d_out[:, t] + future  # (B, H)
        d_a = d_h * (1 - h[:, t] ** 2)  # (B, H)
        dW_ih += d_a.T @ x[:, t]  # (H, B) @ (B, D) -> (H, D)
        dW_hh += d_a.T @ before[:, t]  # (H, B) @ (B, H) -> (H, H)
        db += d_a.sum(0)  # (H,)
        future = d_a @ W_hh  # (B, H) @ (H, H) -> (B, H)
    return dW_ih, dW_hh, db
    ### END SOLUTION


# %% [markdown] lang="ko"
# 두 함수를 이어 붙이면 매개변수 다섯의 기울기가 모두 나옵니다. 자동 미분과 `float64`로 견주어 봅시다.

# %% [markdown] lang="en"
# Join the two functions, and you have the gradients of all five parameters. Compare them with autograd, in `float64`.

# %%
def char_gradients(x, h0, parameters, targets):
    """(loss, the five gradients, last state (B, H)): your two functions, one after the other."""
    W_ih, W_hh, b, W_hy, b_y = parameters
    h = unroll(x, h0, W_ih, W_hh, b)  # (B, T, H)
    loss, d_out, dW_hy, db_y = output_gradients(h, W_hy, b_y, targets)
    dW_ih, dW_hh, db = bptt_gradients(x, h0, W_ih, W_hh, b, d_out)
    return loss, [dW_ih, dW_hh, db, dW_hy, db_y], h[:, -1]


# %% tags=["demo"]
generator = torch.Generator().manual_seed(3)
x = torch.randn(4, 25, 6, generator=generator, dtype=torch.float64)  # (B, T, D)
h0 = torch.randn(4, 8, generator=generator, dtype=torch.float64)  # (B, H)
targets = torch.randint(5, (4, 25), generator=generator)  # (B, T)
parameters = fresh_parameters(6, 8, 5, dtype=torch.float64)

watched = [p.clone().requires_grad_() for p in parameters]
logits = unroll(x, h0, *watched[:3]) @ watched[3].T + watched[4]  # (B, T, V)
theirs = torch.autograd.grad(F.cross_entropy(logits.flatten(0, 1), targets.flatten()), watched)

copies = [p.clone() for p in parameters]
loss, mine, _ = char_gradients(x, h0, parameters, targets)
for name, a, c in zip(("dW_ih", "dW_hh", "db", "dW_hy", "db_y"), mine, theirs):
    gap = (a - c).abs().max().item()
    print(f"{name:6s} {str(tuple(a.shape)):7s} equals autograd's within 1e-8:", gap < 1e-8)
print("the weights have moved:", not all(map(torch.equal, copies, parameters)))

# %% [markdown] lang="ko"
# 마지막 줄을 보세요. 노트 하나는 "역전파가 W를 업데이트한다"고 하지만, 역전파는 **기울기를 계산할 뿐** 가중치를 건드리지 않습니다. 가중치를 옮기는 것은 옵티마이저이고, 여기서는 `W -= lr * dW` 한 줄입니다.
#
# 이제 "hello"를 가르칩시다. 자동 미분은 쓰지 않습니다.

# %% [markdown] lang="en"
# Look at the last line. One of the notes says that "backpropagation updates W", but backpropagation only **computes gradients** and leaves the weights alone. It is the optimizer that moves them; here that is the one line `W -= lr * dW`.
#
# Now teach it "hello". No autograd.

# %% tags=["demo"]
vocab = sorted(set(WORD))
inputs, targets = next_char_pairs(WORD, vocab, 1)  # (1, 4), (1, 4)
x, h0 = F.one_hot(inputs, 4).float(), torch.zeros(1, 8)  # (1, 4, 4), (1, 8)
parameters = fresh_parameters(4, 8, 4)
losses = []
for step in range(1001):
    loss, gradients, _ = char_gradients(x, h0, parameters, targets)
    losses.append(loss.item())
    if step in (0, 10, 30, 100, 1000):
        logits = unroll(x, h0, *parameters[:3]) @ parameters[3].T + parameters[4]  # (1, 4, V)
        guess = "".join(vocab[k] for k in logits.argmax(-1)[0])
        print(f"step {step:4d}: after h, e, l, l it guesses {' '.join(guess)}")
    for parameter, gradient in zip(parameters, gradients):
        parameter -= 0.5 * gradient

figure, (ax,) = plots.axes(1, width=5.2, height=2.6)
ax.semilogy(losses)
ax.axhline(FLOOR, color=plots.GREY, linestyle="--")
ax.text(990, FLOOR * 1.3, "the best without memory, 0.3466", ha="right", color="#555555")
plots.label(ax, "The loss goes where no model without memory can go", "step", "loss")
plt.show()
print("below the floor:", losses[-1] < FLOOR, "· below 0.005:", losses[-1] < 0.005)

# %% [markdown] lang="ko"
# 두 `l`을 구별합니다. 구별할 근거는 하나뿐입니다. 앞서 무엇을 읽었는지가 $h$에 남아 있고, 어떻게 남겨야 하는지를 여기서는 **미래에서 온 기울기**가 가르쳤습니다(6절에서는 그것 없이도 해 봅니다).
#
# ## 4. 확률에서 글자로
#
# 글을 쓸 때는 확률에서 글자를 하나 **뽑습니다**. 늘 가장 그럴듯한 글자만 고르면 같은 말을 되풀이하기 쉽습니다. 뽑는 방법은 간단합니다. 길이 1인 띠를 글자의 확률만큼 나누고, 0과 1 사이의 난수 $u$가 떨어진 칸의 글자를 고릅니다.

# %% [markdown] lang="en"
# It tells the two `l`s apart. There is only one thing to tell them by: what was read before is still in $h$, and here **gradients from the future** taught how to keep it there (section 6 will do it with less).
#
# ## 4. From probabilities to characters
#
# To write, **draw** a character from the probabilities. Always picking the likeliest tends to repeat itself. Drawing is simple: divide a strip of length 1 among the characters by probability, and take the one on whose piece a random number $u$ between 0 and 1 falls.

# %%
logits = torch.tensor([2.0, 1.0, 0.5, -1.0])  # (V,)
u = 0.5
figure, (ax,) = plots.axes(1, width=6.4, height=2.4)
for row, temperature in enumerate((0.3, 1.0, 3.0)):
    p = torch.softmax(logits / temperature, dim=0)  # (V,)
    left = p.cumsum(0) - p  # (V,): where each piece begins
    for k, (character, colour) in enumerate(
        zip("abcd", (plots.BLUE, plots.ORANGE, plots.GREEN, plots.RED))
    ):
        share, begin = p[k].item(), left[k].item()
        ax.barh(row, share, left=begin, color=colour + "88", edgecolor="white")
        if share > 0.02:
            ax.text(begin + 0.008, row, character, va="center")
ax.axvline(u, color="black", linestyle="--")
ax.set_yticks(range(3), ["temperature 0.3", "temperature 1", "temperature 3"])
ax.invert_yaxis()
plots.label(ax, "u = 0.5 picks a, a and b: heat evens out the pieces", "u", "")
ax.grid(False)
plt.show()

# %% [markdown] lang="ko"
# 온도(temperature) $\tau$는 로짓을 나누는 수입니다. $p = \text{softmax}(z/\tau)$. 낮으면 가장 큰 것에 몰리고, 높으면 고르게 퍼집니다.
#
# ### 여러분 차례: `sample`
#
# 난수 `u`는 밖에서 받습니다. 그래야 같은 `u`에는 언제나 같은 글자가 나와서 검사할 수 있습니다. 확률을 왼쪽부터 더해 가는 `cumsum`을 쓰면 칸의 오른쪽 끝이 나옵니다.

# %% [markdown] lang="en"
# The temperature $\tau$ divides the logits: $p = \text{softmax}(z/\tau)$. Low, and everything goes to the largest; high, and it spreads out evenly.
#
# ### Your turn: `sample`
#
# The random numbers `u` come from outside, so that the same `u` always gives the same character and can be checked. Adding up the probabilities from the left with `cumsum` gives the right-hand end of each piece.

# %% exercise="sample"
def sample(logits, temperature, u):
    """Draws one character for each row, with given random numbers.

    logits: (B, V) float tensor, numbers as large as ±1000. temperature: a positive float that
    divides the logits.
    u: (B,) float tensor, random numbers, 0 or more and below 1, one for each row.
    Returns a (B,) int64 tensor: in each row the first number k with p_0 + … + p_k > u, where p
    are the probabilities in the order in which they stand; never V, whatever the rounding.
    """
    ### BEGIN SOLUTION
    p = torch.softmax(logits / temperature, dim=1)  # (B, V)
    passed = p.cumsum(1) <= u[:, None]  # (B, V): pieces that end before u
    return passed.sum(1).clamp(max=logits.shape[1] - 1)  # (B,)
    ### END SOLUTION


# %% tags=["demo"]
u = torch.rand(10_000, generator=torch.Generator().manual_seed(0))  # (B,)
for temperature in (0.3, 1.0, 3.0):
    drawn = sample(logits.expand(10_000, 4), temperature, u)  # (B,)
    p = torch.softmax(logits / temperature, dim=0)
    shares = [round(n / 10_000, 2) for n in drawn.bincount(minlength=4).tolist()]
    p = [round(v, 2) for v in p.tolist()]
    print(f"temperature {temperature}: drawn {shares}, probability {p}")

# %% [markdown] lang="ko"
# ## 5. 긴 글, 그리고 끊어 읽기
#
# 이제 한국어로 된 긴 글입니다. 글자(음절) 하나가 토큰 하나이고, 빈칸과 따옴표와 줄바꿈도 글자입니다.

# %% [markdown] lang="en"
# ## 5. A longer text, and reading it in pieces
#
# Now for a longer text, in Korean. One token is one character (in Hangul: a syllable); spaces, quotation marks and line breaks are characters as well. The story: when spring comes, Grandmother sows seeds in the yard. “When will the flowers bloom?” we ask, and she says, smiling, “Wait, and they will bloom.” In summer she waters the yard, and it is about the fruit; in autumn she sweeps the leaves, and it is about the snow; in winter she leaves footprints, and it is about spring.

# %%
STORY = """\
봄이 오면 할머니는 마당에 씨앗을 심었습니다. “언제 꽃이 피나요?” 하고 물으면 할머니는 웃으며 말했습니다. “기다리면 핀단다.”
여름이 오면 할머니는 마당에 물을 뿌렸습니다. “언제 열매가 열리나요?” 하고 물으면 할머니는 웃으며 말했습니다. “기다리면 열린단다.”
가을이 오면 할머니는 마당에 낙엽을 쓸었습니다. “언제 눈이 내리나요?” 하고 물으면 할머니는 웃으며 말했습니다. “기다리면 내린단다.”
겨울이 오면 할머니는 마당에 발자국을 남겼습니다. “언제 봄이 오나요?” 하고 물으면 할머니는 웃으며 말했습니다. “기다리면 온단다.”
"""
VOCAB = sorted(set(STORY))
V = len(VOCAB)
print(f"{len(STORY)} characters, {V} different ones")

# %% [markdown] lang="ko"
# 이 정도 글은 통째로 BPTT를 할 수 있습니다. 하지만 소설 한 권이라면 어떨까요? 노트 하나는 긴 시퀀스의 문제를 "행렬을 계속 곱하다 보니 메모리가 찬다"고 설명합니다. 재어 봅시다. 자동 미분이 역전파를 위해 붙들고 있는 수를 세는 도구가 PyTorch에 있습니다.

# %% [markdown] lang="en"
# A text of this size can go through BPTT whole. But a novel? One of the notes explains the trouble with long sequences as "matrices multiplied again and again, until memory is full". Let us measure. PyTorch has a tool to count the numbers that autograd holds on to for the backward pass.

# %%
def numbers_kept(T, H=64):
    """How many numbers autograd keeps for the backward pass over T steps, weights left out."""
    weights = [p.requires_grad_() for p in fresh_parameters(V, H, V)]
    own = {p.untyped_storage().data_ptr() for p in weights}
    kept = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes() // tensor.element_size()
        return tensor

    x = F.one_hot(torch.zeros(1, T, dtype=torch.int64), V).float()  # (1, T, V)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        h = unroll(x, torch.zeros(1, H), *weights[:3])  # (1, T, H)
        loss = (h @ weights[3].T + weights[4]).logsumexp(-1).mean()
    del loss
    return sum(size for pointer, size in kept.items() if pointer not in own)


for T in (10, 100, 1000):
    print(f"T = {T:4d}: about {numbers_kept(T) / T:.0f} numbers kept per step")

# %% [markdown] lang="ko"
# 시점마다 **거의 같은 만큼**이 더 쌓입니다. 메모리를 채우는 것은 행렬 곱의 결과가 아니라, 거꾸로 갈 때 쓰려고 **모든 시점마다 남겨 두는 활성값**입니다. 행렬을 거듭 곱하는 것은 다른 병, 곧 기울기의 소실과 폭발을 일으킵니다(8절).
#
# 처방은 글을 $k$글자씩 끊어 읽는 것입니다. 조각마다 BPTT를 하고, 조각의 경계에서 **상태는 넘기고 기울기는 끊습니다**. 이것을 끊은 BPTT(truncated BPTT)라고 합니다. 노트는 "잘라서 학습한다"고만 적어 둘 중 하나, 상태를 넘기는 일을 빠뜨렸습니다.

# %% [markdown] lang="en"
# Each step adds **about the same amount**. What fills the memory is not the products of matrices but the **activations kept at every step** for the way back. Multiplying matrices over and over causes another disease: gradients that vanish or explode (section 8).
#
# The remedy is to read the text in pieces of $k$ characters. Do BPTT within each piece, and at the border between two pieces **hand over the state and cut the gradient**. This is truncated BPTT. The notes say only "cut it up and train", and leave out half of it: handing over the state.

# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=6.6, height=2.0)
for k in range(9):
    box(ax, 1.5 * k, 0, f"$h_{k + 1}$", plots.BLUE)
    if k:
        arrow(ax, (1.5 * k - 1.1, 0.1), (1.5 * k - 0.4, 0.1), plots.BLUE)
        if k % 3:
            arrow(ax, (1.5 * k - 0.4, -0.1), (1.5 * k - 1.1, -0.1), plots.ORANGE)
        else:
            ax.text(1.5 * k - 0.75, -0.2, "✕", ha="center", va="center", color=plots.RED)
            ax.axvline(1.5 * k - 0.75, color=plots.GREY, linestyle=":", ymin=0.1, ymax=0.9)
ax.set(xlim=(-0.7, 12.7), ylim=(-0.9, 0.9))
ax.set_title("k = 3: the state (blue) crosses a border, the gradient (orange) does not")
ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `truncated-bptt`
#
# 조각마다 여러분의 `bptt_gradients`를 부르고 더하면 됩니다. 남은 것은 다음 조각이 어떤 상태에서 시작하는지입니다.

# %% [markdown] lang="en"
# ### Your turn: `truncated-bptt`
#
# Call your `bptt_gradients` for each piece, and add up. What is left to settle is the state from which the next piece starts.

# %% exercise="truncated-bptt"
def truncated_bptt(x, h0, W_ih, W_hh, b, d_out, k):
    """As bptt_gradients, but no gradient passes from one piece of k steps to the one before.

    x: (B, T, D). h0: (B, H). W_ih: (H, D). W_hh: (H, H). b: (H,). d_out: (B, T, H). k: an int, 1
    or more. The pieces are the steps 0 … k - 1, k … 2k - 1, and so on; the last may be shorter.
    The states are those of the whole sequence: each piece starts where the one before ended.
    Returns (dW_ih, dW_hh, db, h): the gradients added up over all pieces, and h (B, H), the state
    after the last step.
    """
    ### BEGIN SOLUTION
    total, h = [torch.zeros_like(w) for w in (W_ih, W_hh, b)], h0
    for start in range(0, x.shape[1], k):
        piece, d_piece = x[:, start : start + k], d_out[:, start : start + k]  # (B, k, D), (B, k, H)
        gradients = bptt_gradients(piece, h, W_ih, W_hh, b, d_piece)
        total = [a + g for a, g in zip(total, gradients)]
        h = unroll(piece, h, W_ih, W_hh, b)[:, -1]  # (B, H)
    return *total, h
    ### END SOLUTION


# %% [markdown] lang="ko"
# 끊으면 얼마를 잃을까요? 글 전체의 기울기와 끊은 기울기가 이루는 각의 코사인을 재어 봅시다. 1이면 방향이 같습니다. 두 RNN에서 봅니다. 하나는 보통의 시작점이고, 하나는 $W_{hh}$를 직교행렬(orthogonal matrix, 벡터를 돌리거나 뒤집기만 하고 길이는 바꾸지 않는 행렬)로 둔 것입니다.

# %% [markdown] lang="en"
# How much is lost by cutting? Measure the cosine of the angle between the gradient of the whole text and the truncated one; at 1 they have the same direction. We look at two RNNs, one with the usual start, one whose $W_{hh}$ is an orthogonal matrix (one that only turns or mirrors vectors and leaves their length alone).

# %% tags=["demo"]
inputs, targets = next_char_pairs(STORY, VOCAB, 1)  # (1, T)
x = F.one_hot(inputs, V).double()  # (1, T, V)
h0, lengths = torch.zeros(1, 64, dtype=torch.float64), (1, 2, 3, 5, 10, 20, 50, 100, 303)
torch.manual_seed(0)
orthogonal = nn.init.orthogonal_(torch.empty(64, 64, dtype=torch.float64))
figure, (ax,) = plots.axes(1, width=5.2, height=2.7)
for name, marker in (("usual start", "o"), ("orthogonal start", "s")):
    W_ih, W_hh, b, W_hy, b_y = fresh_parameters(V, 64, V, dtype=torch.float64)
    W_hh = orthogonal if marker == "s" else W_hh
    d_out = output_gradients(unroll(x, h0, W_ih, W_hh, b), W_hy, b_y, targets)[1]
    whole = bptt_gradients(x, h0, W_ih, W_hh, b, d_out)[1]
    cut = [truncated_bptt(x, h0, W_ih, W_hh, b, d_out, k)[1] for k in lengths]
    angle = [F.cosine_similarity(whole.flatten(), g.flatten(), dim=0) for g in cut]
    ax.semilogx(lengths, angle, marker=marker, label=name)
plots.label(ax, "Cosine of the whole gradient with the truncated one", "piece length k", "cosine")
ax.legend(loc="lower right")
plt.show()

# %% [markdown] lang="ko"
# 보통의 시작점에서는 몇 글자만 거슬러 가도 방향이 거의 맞습니다. 다행이기도 하고 나쁜 소식이기도 합니다. 멀리서 오는 기울기가 **어차피 거의 없다**는 뜻이니까요. 8절에서 그 까닭을 봅니다.
#
# ## 6. 함정: 끊지 않고 넘기기
#
# 손으로 할 때는 끊는다는 말이 자연스러웠습니다. `bptt_gradients`가 조각 안만 보기 때문입니다. 그런데 PyTorch의 자동 미분은 텐서가 *어디에서 왔는지*를 기억합니다. 아래는 조각마다 한 걸음씩 배우는 흔한 코드입니다. 상태를 잘 넘기고 있습니다. 무슨 일이 일어날까요?

# %% [markdown] lang="en"
# With the usual start, a few characters back are enough to get the direction about right. That is fortunate, and it is bad news too: it means that **hardly any gradient comes from far away** anyway. Section 8 shows why.
#
# ## 6. A trap: handing over without cutting
#
# By hand, the cut came naturally, because `bptt_gradients` sees only its own piece. But PyTorch's autograd remembers *where a tensor came from*. Below is common code that learns one step per piece. It hands the state over all right. What will happen?

# %%
def train_in_chunks_as_found(inputs, targets, parameters, k, lr):
    parameters = [p.detach().clone().requires_grad_() for p in parameters]
    W_ih, W_hh, b, W_hy, b_y = parameters
    h, losses = torch.zeros(len(inputs), len(b)), []  # (B, H)
    for start in range(0, inputs.shape[1], k):
        x = F.one_hot(inputs[:, start : start + k], len(b_y)).to(b.dtype)  # (B, k, V)
        states = unroll(x, h, W_ih, W_hh, b)  # (B, k, H)
        logits = states @ W_hy.T + b_y  # (B, k, V)
        loss = F.cross_entropy(logits.flatten(0, 1), targets[:, start : start + k].flatten())
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
                p.grad = None
        h = states[:, -1]  # (B, H)
        losses.append(loss.item())
    return losses, [p.detach() for p in parameters]


numbers = torch.randint(V, (1, 61), generator=torch.Generator().manual_seed(1))
try:
    train_in_chunks_as_found(numbers[:, :-1], numbers[:, 1:], fresh_parameters(V, 16, V), 20, 0.5)
except RuntimeError as error:
    print("RuntimeError:", ".".join(str(error).split(".")[:3]))

# %% [markdown] lang="ko"
# 둘째 조각에서 죽습니다. 둘째 조각의 손실에서 거슬러 가면 `h`를 타고 첫 조각의 계산까지 들어가는데, 그 기록은 첫 `backward()`가 이미 지웠기 때문입니다. 오류가 권하는 대로 `retain_graph=True`를 넣으면 어떻게 될까요? 이번에는 가중치가 그사이 제자리에서 바뀌었다고 또 죽습니다. 그것까지 피해 가더라도, 조각이 늘수록 점점 더 먼 과거까지 거슬러 가게 되어 끊은 뜻이 없습니다. 그래서 흔히 하는 것이 조각마다 `h`를 0으로 되돌리는 일인데, 그러면 **오류는 사라지고 기억도 사라집니다.**
#
# ### 여러분 차례: `train-in-chunks`
#
# 위의 함수를 답 셀에 베껴 와 고치세요. 고칠 것은 한 곳입니다. 텐서에서 값만 남기고 "어디에서 왔는지"를 떼어 내는 메서드는 3장부터 써 온 것입니다.

# %% [markdown] lang="en"
# It dies in the second piece. Going back from the second loss, autograd follows `h` into the computation of the first piece, whose records the first `backward()` has already freed. Do what the message proposes and pass `retain_graph=True`, and it dies again, because the weights have been changed in place meanwhile. Work around that as well, and every further piece goes back further into the past, so nothing is cut at all. What many do then is to set `h` back to 0 for each piece: **the error is gone, and so is the memory.**
#
# ### Your turn: `train-in-chunks`
#
# Copy the function from above into the answer cell and mend it. One place needs mending. The method that keeps a tensor's values and drops "where it came from" is one you have used since chapter 3.

# %% exercise="train-in-chunks"
def train_in_chunks(inputs, targets, parameters, k, lr):
    """Trains a character model once over a text, one step of gradient descent per piece.

    inputs, targets: (B, T) int64, character numbers below V. parameters: a list of five float32
    tensors W_ih (H, V), W_hh (H, H), b (H,), W_hy (V, H), b_y (V,); they stay as they are.
    k: steps in a piece, an int (the last piece may be shorter). lr: the learning rate.
    For each piece: run the cell on one-hot inputs from the state in which the piece before ended
    (from zeros at first); the loss is the cross entropy averaged over the piece; no gradient
    goes back beyond the start of the piece; every parameter moves by -lr times its gradient.
    Returns (losses, parameters): a list of floats, one for each piece, before its step; and the
    list of five new tensors.
    """
    ### BEGIN SOLUTION
    parameters = [p.detach().clone().requires_grad_() for p in parameters]
    W_ih, W_hh, b, W_hy, b_y = parameters
    h, losses = torch.zeros(len(inputs), len(b)), []  # (B, H)
    for start in range(0, inputs.shape[1], k):
        x = F.one_hot(inputs[:, start : start + k], len(b_y)).to(b.dtype)  # (B, k, V)
        states = unroll(x, h, W_ih, W_hh, b)  # (B, k, H)
        logits = states @ W_hy.T + b_y  # (B, k, V)
        loss = F.cross_entropy(logits.flatten(0, 1), targets[:, start : start + k].flatten())
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
                p.grad = None
        h = states[:, -1].detach()  # (B, H): the values go on, the history does not
        losses.append(loss.item())
    return losses, [p.detach() for p in parameters]
    ### END SOLUTION


# %% [markdown] lang="ko"
# 상태를 버리면 무엇을 잃는지도 봅시다. "hello"를 한 글자씩 끊습니다. 조각마다 상태를 0으로 되돌리면 기억이 아예 없는 모델이니 1절의 문턱을 넘을 수 없습니다. 상태를 넘기면 같은 조각으로도 두 `l`을 구별해 냅니다. 기울기가 흐르지 않는 곳에서도 앞서 읽은 것은 상태에 실려 오기 때문입니다.

# %% [markdown] lang="en"
# Let us also see what throwing the state away costs. Cut "hello" into pieces of one character: with the state reset, that is a model without any memory, and it cannot get below the floor of section 1. With the state handed over, the same pieces are enough to learn to tell the two `l`s apart, because the state carries what was read even where no gradient flows.

# %% tags=["demo"]
inputs, targets = next_char_pairs(WORD, vocab, 1)  # (1, 4)


def loss_at_end(keep_state, rounds=600):
    """The mean loss over hello in the last round of training in pieces of one character."""
    parameters = fresh_parameters(4, 8, 4)
    for _ in range(rounds):
        if keep_state:
            losses, parameters = train_in_chunks(inputs, targets, parameters, 1, 0.1)
        else:  # every character on its own: four texts of length one
            losses = []
            for t in range(4):
                x, y = inputs[:, t : t + 1], targets[:, t : t + 1]  # (1, 1) each
                loss, parameters = train_in_chunks(x, y, parameters, 1, 0.1)
                losses += loss
    return sum(losses) / 4


print(f"state thrown away: loss above {FLOOR:.2f}:", loss_at_end(keep_state=False) > FLOOR)
print(f"state handed over: loss below {FLOOR:.2f}:", loss_at_end(keep_state=True) < FLOOR)

# %% [markdown] lang="ko"
# ## 7. 할머니의 사계절
#
# 이제 이야기를 가르칩니다. 다음 글자의 짝, 출력층의 기울기, BPTT, 글자 뽑기까지 모두 *여러분의* 함수입니다. 손으로 구한 기울기를 `.grad`에 넣으면 12장의 Adam도 쓸 수 있습니다. 손으로 하면 계산의 기록이 남지 않으니 `detach`도 필요 없습니다. 상태를 넘기기만 하면 됩니다.

# %% [markdown] lang="en"
# ## 7. Grandmother's four seasons
#
# Now teach it the story. The pairs, the gradients of the output layer, BPTT and the drawing of characters are all *your* functions. Put the gradients made by hand into `.grad`, and even the Adam of chapter 12 can use them. By hand nothing is recorded, so no `detach` is needed either: just hand the state over.

# %%
def learn(inputs, targets, parameters, steps, k=25, keep=()):
    """Trains by hand in pieces of k; returns the losses and {step: copy of the parameters}."""
    parameters = [p.clone() for p in parameters]
    optimizer = torch.optim.Adam(parameters, lr=0.005)
    V = len(parameters[4])
    x = F.one_hot(inputs, V).float()  # (B, T, V)
    losses, kept, starts = [], {}, range(0, inputs.shape[1], k)
    for step in range(steps + 1):
        start = starts[step % len(starts)]
        if start == 0:  # the beginning of the text
            h = torch.zeros(len(inputs), len(parameters[2]))  # (B, H)
        if step in keep:
            kept[step] = [p.clone() for p in parameters]
        piece = slice(start, start + k)
        loss, gradients, h = char_gradients(x[:, piece], h, parameters, targets[:, piece])
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        optimizer.step()
        losses.append(loss.item())
    return losses, kept


def write(parameters, length, temperature=1.0, seed=0, start="\n"):
    """A text that the model writes by itself: each character drawn is the next input."""
    W_ih, W_hh, b, W_hy, b_y = parameters
    uniform = torch.rand(length, generator=torch.Generator().manual_seed(seed))  # (length,)
    h, number, text = torch.zeros(1, len(b)), torch.tensor([VOCAB.index(start)]), start
    for u in uniform:
        x = F.one_hot(number, len(b_y)).float()[:, None]  # (1, 1, V)
        h = unroll(x, h, W_ih, W_hh, b)[:, -1]  # (1, H)
        number = sample(h @ W_hy.T + b_y, temperature, u[None])  # (1,)
        text += VOCAB[number]
    return text


story_models = {}  # step: parameters, filled by the next cell


def story_model(step):
    """The parameters after that many steps of training, once there are any."""
    if step not in story_models:
        raise NotAttempted("bptt_gradients")
    return story_models[step]


# %% tags=["demo", "nbval-ignore-output"]
rows, answers = next_char_pairs(STORY, VOCAB, 1)  # (1, T) each
losses, kept = learn(rows, answers, fresh_parameters(V, 64, V), 1000, keep=(0, 30, 100, 300, 1000))
story_models.update(kept)
for step, parameters in story_models.items():
    print(f"--- step {step}\n{write(parameters, 76).strip()}")

figure, (ax,) = plots.axes(1, width=5.2, height=2.5)
ax.semilogy(losses, linewidth=0.9)
ax.axhline(math.log(V), color=plots.GREY, linestyle="--")
guessing = f"guessing: ln {V} = {math.log(V):.2f}"
ax.text(990, math.log(V) * 0.85, guessing, ha="right", va="top", color="#555555")
plots.label(ax, "1,000 steps by hand, 25 characters each", "step", "loss of the piece")
plt.show()
print("the last 50 steps, mean loss below 0.5:", sum(losses[-50:]) / 50 < 0.5)

# %% [markdown] lang="ko"
# 처음에는 뒤범벅이다가, 낱말이 생기고, 따옴표가 짝을 이루고, 문장이 됩니다. 자세히 읽어 보면 계절과 질문과 대답의 짝이 어긋난 데도 보일 것입니다. 계절의 이름과 마지막 대답 사이는 60글자 넘게 떨어져 있고, 25글자씩 끊었으니 그 사이를 잇는 기울기는 **한 번도 흐르지 않았습니다**.
#
# 온도를 바꾸어 가며 써 봅시다. `seed`와 `start`도 바꾸어 보세요.

# %% [markdown] lang="en"
# First a jumble, then words, then quotation marks in pairs, then sentences. Read closely, and you may find seasons whose question or answer belongs to another one. The name of a season and the answer at the end are more than 60 characters apart, and as we cut after 25, the gradient that would link the two has **never once flowed**.
#
# Write at different temperatures, and try another `seed` or `start` too.

# %% tags=["demo", "nbval-ignore-output"]
for temperature in (0.3, 1.0, 2.0):
    print(f"--- temperature {temperature}\n{write(story_model(1000), 76, temperature, start='가')}")

# %% [markdown] lang="ko"
# ### 유닛 하나를 들여다보기
#
# 상태의 수 64개 가운데 하나가 글을 읽는 동안 어떻게 변하는지 봅시다. **다음에 빈칸이 온다**는 것과 가장 잘 맞물려 움직이는(상관계수의 크기가 가장 큰) 유닛을 골랐습니다. 빨강은 $+1$, 파랑은 $-1$ 쪽입니다. `␣`는 빈칸, `⏎`는 줄바꿈입니다.

# %% [markdown] lang="en"
# ### Watching one unit
#
# Here is one of the 64 numbers of the state while it reads the story. We chose the unit that goes along best with **a space coming next** (the largest correlation in size). Red is towards $+1$, blue towards $-1$; `␣` is a space, `⏎` a line break.

# %% tags=["demo", "nbval-ignore-output"]
rows, answers = next_char_pairs(STORY, VOCAB, 1)  # (1, T) each
states = unroll(F.one_hot(rows, V).float(), torch.zeros(1, 64), *story_model(1000)[:3])[0]  # (T, H)
text = [VOCAB[k] for k in rows[0]]
opened = torch.tensor([(c == "“") - (c == "”") for c in text]).cumsum(0)  # (T,): 1 inside
events = {
    "inside quotation marks": opened.float(),
    "a space comes next": (answers[0] == VOCAB.index(" ")).float(),
}
for event, happens in events.items():
    together = torch.corrcoef(torch.cat([happens[None], states.T]))[0, 1:]  # (H,)
    unit = together.abs().argmax().item()
    print(f"{event}: closest is unit {unit}, correlation {together[unit]:+.2f}")
    colour = "blue" if together[unit] < 0 else "red"

COLUMNS = 39
height = math.ceil(len(text) / COLUMNS)
cells = torch.full((height * COLUMNS,), float("nan"))
cells[: len(text)] = states[:, unit]
figure, (ax,) = plots.axes(1, width=8.2, height=2.7)
image = ax.imshow(cells.view(height, COLUMNS), cmap="RdBu_r", vmin=-1.6, vmax=1.6, aspect="auto")
for place, character in enumerate(text):
    shown = {" ": "␣", "\n": "⏎"}.get(character, character)
    ax.text(place % COLUMNS, place // COLUMNS, shown, ha="center", va="center", fontsize=8)
ax.set_title(f"Unit {unit} after each character of the story: {colour} before a space")
ax.axis("off")
figure.colorbar(image, ax=ax, ticks=(-1, 0, 1))
plt.show()

# %% [markdown] lang="ko"
# 누구도 "낱말이 끝나는 곳을 알아 두라"고 하지 않았습니다. 다음 글자를 맞히는 데 쓸모가 있어서 생긴 것입니다. 다만 딱 한 가지 뜻만 가진 유닛은 드뭅니다. 이 유닛도 어긋나는 곳이 많고, 따옴표 안인지를 홀로 맡은 유닛은 아예 없습니다(위에 적힌 상관계수를 보세요). 그런 앎은 유닛 여럿에 나뉘어 있습니다. 책에 나오는 깔끔한 그림은 수백, 수천 유닛 가운데 골라낸 것입니다.
#
# ### 교사 강요의 대가: 노출 편향
#
# 노트는 교사 강요가 "초반 시점의 정보가 잘 전달되지 않는 점을 완화한다"고 합니다. 그것은 교사 강요가 하는 일이 아닙니다. 정답을 먹이든 말든 상태는 같은 셀을 지나고, 먼 과거로 가는 기울기는 똑같이 작아집니다(8절에서 이 모델로 직접 잽니다). 교사 강요가 가져오는 것은 오히려 빚입니다. 모델은 **자기 실수 뒤를 이어 쓰는 연습을 해 본 적이 없습니다.** 이것을 노출 편향(exposure bias)이라고 합니다.
#
# 재어 봅시다. 아직 덜 배운 모델(100걸음)에게 이야기의 모든 자리에서 정답 30글자를 읽힌 다음 이어 쓰게 합니다. $m$번째 글자를 맞힌 비율을, 계속 정답을 먹였을 때와 자기가 쓴 글자를 먹였을 때로 나누어 그립니다.

# %% [markdown] lang="en"
# Nobody told it to notice where words end. It came up because it helps in guessing the next character. But a unit with one clean meaning is rare: this one has many places that do not fit, and no unit keeps track of the quotation marks all by itself (see the correlations above). Such knowledge is spread over many units, and the clean pictures in books were picked out of hundreds or thousands.
#
# ### What teacher forcing costs: exposure bias
#
# The notes say that teacher forcing "helps information from the early steps along". That is not what it does. With the right characters or without, the state passes through the same cell, and the gradient to the distant past gets just as small (section 8 measures it on this very model). What teacher forcing does bring is a debt: the model has **never practised going on after a mistake of its own**. This is called exposure bias.
#
# Let us measure it. At every place of the story a half-taught model (100 steps) reads 30 right characters and goes on from there. The share of right answers at the $m$-th character is plotted for a model that is fed the right characters all along, and for one that is fed its own.

# %% tags=["demo", "nbval-ignore-output"]
W_ih, W_hh, b, W_hy, b_y = story_model(100)
rows = next_char_pairs(STORY, VOCAB, 1)[0]  # (1, T)
places = torch.arange(len(STORY) - 1 - 50)  # (N,): where the 30 characters begin
windows = rows[0][places[:, None] + torch.arange(51)]  # (N, 51)
uniform = torch.rand(20, len(places), generator=torch.Generator().manual_seed(0))  # (20, N)
right = {}
for fed in ("the right characters", "its own"):
    x, h0 = F.one_hot(windows[:, :30], V).float(), torch.zeros(len(places), 64)  # (N, 30, V), (N, H)
    h = unroll(x, h0, W_ih, W_hh, b)[:, -1]  # (N, H)
    right[fed] = []
    for m in range(20):
        drawn = sample(h @ W_hy.T + b_y, 1.0, uniform[m])  # (N,)
        right[fed].append((drawn == windows[:, 30 + m]).float().mean())
        following = windows[:, 30 + m] if fed != "its own" else drawn  # (N,)
        x = F.one_hot(following, V).float()[:, None]  # (N, 1, V)
        h = unroll(x, h, W_ih, W_hh, b)[:, -1]  # (N, H)
figure, (ax,) = plots.axes(1, width=5.2, height=2.6)
for (fed, share), marker in zip(right.items(), "os"):
    ax.plot(range(1, 21), share, marker=marker, markersize=4, label=f"fed {fed}")
ax.set(ylim=(0, 1), xticks=(1, 5, 10, 15, 20))
title = "One mistake leads to the next when it feeds on its own text"
plots.label(ax, title, "m, characters written", "share right")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 첫 글자의 실력은 같습니다. 자기 글을 먹는 쪽은 한 번 어긋나면 돌아오지 못합니다. 정답의 자리와 어긋나기만 해도 틀린 것으로 세었으니 조금 박한 잣대이지만, 벌어지는 모양은 분명합니다.
#
# ### 다음 글자를 맞히니 주가도 맞힐 수 있을까요?
#
# 노트 하나는 출력을 다음 입력으로 되먹이는 이 방법으로 "다음 날 주식값을 예측할 수 있다"고 합니다. 이야기를 잘 맞힌 것은 이야기에 **규칙이 있기 때문**입니다. 오르내림이 동전 던지기 같다면 어떨까요? 같은 학습을 동전 60번에 해 봅시다.

# %% [markdown] lang="en"
# The first character is as good in both. Fed on its own text, though, the model does not find its way back after a slip. The yardstick is a little harsh, since being out of step with the story counts as wrong; but how the curves part is plain.
#
# ### It guesses characters, so can it guess share prices?
#
# One of the notes says that this method, with the output fed back as the next input, "can predict tomorrow's share price". It guesses the story because the story **has rules**. What if the ups and downs are like coin tosses? Here is the same training on 60 of them.

# %% tags=["demo"]
coins = torch.randint(2, (2, 61), generator=torch.Generator().manual_seed(5))  # seen and new
x = F.one_hot(coins[:, :-1], 2).float()  # (2, 60, 2)
seen, following = coins[:1, :-1], coins[:1, 1:]  # (1, 60) each
coin_losses, kept = learn(seen, following, fresh_parameters(2, 64, 2), 600, k=60, keep=(600,))
new = char_gradients(x[1:], torch.zeros(1, 64), kept[600], coins[1:, 1:])[0]  # ()
print(f"knowing nothing costs ln 2 = {math.log(2):.3f}")
print("the tosses it has seen, loss below 0.5:", coin_losses[-1] < 0.5)
print("tosses it has not seen, loss above ln 2:", new.item() > math.log(2))

# %% [markdown] lang="ko"
# 본 것은 외웠고, 보지 않은 것에는 **아무것도 모르는 사람보다 못합니다**. 틀린 확신까지 생겼으니까요. 되먹임은 쓰는 방법이지 예언의 근거가 아닙니다.
#
# ## 8. 사라지거나 폭발하거나
#
# 이제 미뤄 둔 질문입니다. 왜 멀리서 오는 기울기가 거의 없을까요? 가장 작은 RNN을 봅시다. 유닛이 하나이고 tanh가 없으면 $h_t = w h_{t-1}$이고, $T$걸음을 거슬러 가는 기울기는 $w^T$입니다. $w = 3$이면 폭발하고 $w = 0.2$이면 사라집니다.
#
# 유닛이 $H$개이면 미분은 행렬이 됩니다. $h_t$의 각 수를 $h_{t-1}$의 각 수로 미분한 $(H, H)$ 행렬을 야코비 행렬(Jacobian)이라고 하고, 연쇄 법칙은 행렬 곱이 됩니다.
#
# $$\frac{\partial h_t}{\partial h_{t-1}} = \text{diag}(s_t)\,W_{hh} \qquad\qquad \frac{\partial h_T}{\partial h_{t-1}} = \frac{\partial h_T}{\partial h_t}\,\text{diag}(s_t)\,W_{hh}$$
#
# $s_t$는 활성화 함수의 기울기입니다. tanh라면 $s_t = 1 - h_t^2$입니다. $\text{diag}(s_t)$는 $s_t$를 대각선에 놓은 행렬로, 곱하면 $W_{hh}$의 $i$번 **줄**이 $s_t[i]$배가 됩니다. 행렬 하나를 수 하나로 재기 위해, 마지막 상태의 수마다 기울기 벡터의 길이를 구해 $H$개에 대해 평균합니다(제곱해서 평균하고 제곱근을 씌우는 RMS).
#
# $$\text{flow}(t) = \sqrt{\frac{1}{H}\sum_{j=1}^{H}\left\|\frac{\partial h_T[j]}{\partial h_t}\right\|^2}$$
#
# 곧 야코비 행렬의 모든 원소를 제곱해서 더하고, $H$로 나누고, 제곱근을 씌운 것입니다. $t = T$에서는 단위행렬이니 1입니다. 22장에서 LSTM과 GRU도 **똑같은 자로** 잽니다.
#
# ### 여러분 차례: `gradient-flow`

# %% [markdown] lang="en"
# What it has seen it knows by heart; on what it has not seen it does **worse than somebody who knows nothing**, since it has become sure of things that are wrong. Feeding the output back is a way to write, not a ground for prophecy.
#
# ## 8. Vanish or explode
#
# Now for the question that was put off: why does hardly any gradient come from far away? Take the smallest RNN. With one unit and no tanh, $h_t = w h_{t-1}$, and the gradient over $T$ steps is $w^T$. With $w = 3$ it explodes; with $w = 0.2$ it vanishes.
#
# With $H$ units the derivative is a matrix. The $(H, H)$ matrix of every number of $h_t$ differentiated by every number of $h_{t-1}$ is called the Jacobian, and the chain rule becomes a matrix product.
#
# $$\frac{\partial h_t}{\partial h_{t-1}} = \text{diag}(s_t)\,W_{hh} \qquad\qquad \frac{\partial h_T}{\partial h_{t-1}} = \frac{\partial h_T}{\partial h_t}\,\text{diag}(s_t)\,W_{hh}$$
#
# $s_t$ is the slope of the activation function; for the tanh, $s_t = 1 - h_t^2$. $\text{diag}(s_t)$ is a matrix with $s_t$ on its diagonal: it multiplies **row** $i$ of $W_{hh}$ by $s_t[i]$. To turn a matrix into a single number, take the length of the gradient of each number of the last state, and average over the $H$ of them (as a root mean square, RMS).
#
# $$\text{flow}(t) = \sqrt{\frac{1}{H}\sum_{j=1}^{H}\left\|\frac{\partial h_T[j]}{\partial h_t}\right\|^2}$$
#
# In other words: square all elements of the Jacobian, add them up, divide by $H$, take the root. At $t = T$ it is the identity matrix, which gives 1. Chapter 22 measures LSTM and GRU **by the very same yardstick**.
#
# ### Your turn: `gradient-flow`

# %% exercise="gradient-flow"
def gradient_flow(slopes, W_hh):
    """How large the gradient of the last state by each earlier state is, in one number each.

    slopes: (T, H) float tensor; row t - 1 holds s_t, the slopes of the activation function in
    step t. W_hh: (H, H), of the same dtype. The Jacobian of step t is diag(s_t) W_hh.
    Returns a (T + 1,) tensor. Entry t, for t = 0 … T, is flow(t): the root of the sum of all
    squared elements of the Jacobian of h_T by h_t, divided by H under the root. Entry T is 1.
    """
    # start from the Jacobian of h_T by itself     # (H, H)
    # from the last step to the first, multiply
    ### BEGIN SOLUTION
    T, H = slopes.shape
    jacobian = torch.eye(H, dtype=W_hh.dtype)  # (H, H)
    flow = [jacobian.square().sum().div(H).sqrt()]
    for s in reversed(slopes):  # (H,)
        jacobian = jacobian @ (s[:, None] * W_hh)  # (H, H)
        flow.append(jacobian.square().sum().div(H).sqrt())
    return torch.stack(flow[::-1])  # (T + 1,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 먼저 유닛 하나짜리에서 노트의 $3^t$와 $0.2^t$를 확인합시다. 그리고 tanh가 있으면 어떻게 되는지도 봅니다. $h_0 = 0.1$에서 시작해 $h_t = \tanh(3h_{t-1})$을 걷습니다.

# %% [markdown] lang="en"
# First the notes' $3^t$ and $0.2^t$, with one unit. And then see what becomes of them with a tanh: start at $h_0 = 0.1$ and walk $h_t = \tanh(3h_{t-1})$.

# %% tags=["demo"]
def walk(w, T, h=0.1):
    """The slopes of the tanh, (T, 1), on a walk h = tanh(w h)."""
    slopes = []
    for _ in range(T):
        h = math.tanh(w * h)
        slopes.append([1 - h**2])
    return torch.tensor(slopes, dtype=torch.float64)


for T in (5, 20):
    for w in (3.0, 0.2):
        W = torch.tensor([[w]], dtype=torch.float64)
        linear = gradient_flow(torch.ones(T, 1, dtype=torch.float64), W)[0].item()
        bent = gradient_flow(walk(w, T), W)[0].item()
        print(f"T = {T:2d}, w = {w}: linear {linear:8.3g}, with tanh {bent:8.3g}")

# %% [markdown] lang="ko"
# tanh가 없으면 노트의 말대로 243배, 35억 배입니다. 그런데 **tanh가 있으면 $w = 3$에서도 사라집니다**. 상태가 커지면 tanh가 포화되어 그 기울기 $1 - h^2$이 0에 가까워지고, 곱해지는 것은 3이 아니라 $3(1 - h^2)$이기 때문입니다. "가중치가 크면 폭발한다"는 tanh가 포화되지 않는 동안만 맞습니다.
#
# 이제 진짜 셀을 잽니다. $H = 32$, 입력은 무작위, $T = 100$입니다. 하나는 PyTorch의 `nn.RNN`이 처음에 갖는 가중치 그대로이고, 다른 하나는 $W_{hh}$를 직교행렬의 두 배로 둔 것입니다. 상태는 여러분의 셀로 펼치고, 기울기는 여러분의 `gradient_flow`가 잽니다.

# %% [markdown] lang="en"
# Without the tanh it is as the notes say: 243 times, 3.5 billion times. But **with the tanh it vanishes even at $w = 3$**. As the state grows, the tanh saturates and its slope $1 - h^2$ goes to 0, and what gets multiplied is not 3 but $3(1 - h^2)$. "Large weights explode" holds only as long as the tanh does not saturate.
#
# Now measure a real cell: $H = 32$, random inputs, $T = 100$. One has the very weights that PyTorch's `nn.RNN` starts with; in the other, $W_{hh}$ is twice an orthogonal matrix. The states come from the unrolled cell, and your `gradient_flow` does the measuring.

# %%
def fresh_rnn(seed, D=16, H=32):
    """W_ih, W_hh and b of a new nn.RNN, in float64; PyTorch keeps b in two parts."""
    torch.manual_seed(seed)
    W_ih, W_hh, b_ih, b_hh = [p.detach() for p in nn.RNN(D, H).double().parameters()]
    return W_ih, W_hh, b_ih + b_hh


def twice_orthogonal(seed):
    """The same with twice an orthogonal matrix as W_hh."""
    W_ih, W_hh, b = fresh_rnn(seed)
    return W_ih, 2 * nn.init.orthogonal_(torch.empty_like(W_hh)), b


def random_inputs(T, seed=0, D=16):
    """(1, T, D), always the same for a seed."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(T, D, generator=generator, dtype=torch.float64)[None]


def measure(weights, x):
    """flow(t) of the tanh cell over the inputs x (1, T, D): (T + 1,)."""
    W_ih, W_hh, b = weights
    h = unroll(x, x.new_zeros(1, len(b)), W_ih, W_hh, b)[0]  # (T, H)
    return gradient_flow(1 - h**2, W_hh)


# %% tags=["demo"]
rnns = {"RNN, default": fresh_rnn(0), "RNN, 2 × orthogonal": twice_orthogonal(0)}
figure, (ax,) = plots.axes(1, width=5.6)
for (name, weights), colour in zip(rnns.items(), (plots.GREY, plots.RED)):
    ax.semilogy(measure(weights, random_inputs(100)), color=colour, label=name)
    for T in (10, 100):
        print(f"{name}, T = {T}: {measure(weights, random_inputs(T))[0]:.0e}")
title = "On its way back, an RNN's gradient vanishes or explodes"
plots.label(ax, title, "step t", "flow(t), T = 100")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 그래프는 오른쪽에서 왼쪽으로 읽으세요. 세로축은 로그 눈금이니 곧은 선은 **한 걸음마다 같은 비율로** 줄거나 늘어난다는 뜻입니다. RNN이 시점마다 같은 가중치를 써서 길이가 얼마든 읽을 수 있다는 것은 *계산이 된다*는 뜻일 뿐, 먼 것에서 *배울 수 있다*는 뜻이 아닙니다.
#
# 이야기를 배운 모델도 재어 봅시다. 정답을 먹이며(교사 강요) 읽혀도 먼 과거로 가는 기울기는 이렇습니다.

# %% [markdown] lang="en"
# Read the plot from right to left. The scale is logarithmic, so a straight line means shrinking or growing **by the same factor at every step**. That an RNN shares its weights over time, and so takes sequences of any length, means only that it *computes*; not that it *learns* from far away.
#
# And the model that has learned the story? Fed the right characters (teacher forcing), this is its gradient to the distant past.

# %% tags=["demo"]
trained = [p.double() for p in story_model(1000)[:3]]
rows = next_char_pairs(STORY, VOCAB, 1)[0]  # (1, T)
flow = measure(trained, F.one_hot(rows[:, :60], V).double())  # (61,)
print("60 characters back, teacher forcing on: below 1e-4:", flow[0].item() < 1e-4)

# %% [markdown] lang="ko"
# ### 그래서 두 걸음밖에 못 배울까요?
#
# 노트는 "기울기를 2시점 넘게 전달하면 학습이 잘 안 된다"고 합니다. 해 봅시다. 22장에서도 할 놀이입니다. 네 가지 가운데 하나씩인 신호를 $\text{lag} + 1$개 듣고 **맨 처음** 것을 맞힙니다. 여기서는 빠른 `nn.RNN`과 자동 미분을 씁니다.

# %% [markdown] lang="en"
# ### So does it learn over two steps only?
#
# The notes say that "a gradient passed on over more than 2 steps hardly learns". Try it, with a game that chapter 22 will play too: hear $\text{lag} + 1$ signals, each one of four, and name the **first**. Here we use the fast `nn.RNN` and autograd.

# %% tags=["demo", "nbval-ignore-output"]
def recall(lag, seed, steps=300):
    """Trains an RNN to name the first of lag + 1 signals; its share right in the last 20 steps."""
    torch.manual_seed(seed)
    rnn, head = nn.RNN(4, 32, batch_first=True), nn.Linear(32, 4)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=5e-3)
    generator, right = torch.Generator().manual_seed(1000 + seed), []
    for _ in range(steps):
        signals = torch.randint(4, (64, lag + 1), generator=generator)  # (B, T)
        logits = head(rnn(F.one_hot(signals, 4).float())[0][:, -1])  # (B, 4)
        optimizer.zero_grad()
        F.cross_entropy(logits, signals[:, 0]).backward()
        optimizer.step()
        right.append((logits.argmax(1) == signals[:, 0]).float().mean().item())
        if len(right) >= 20 and min(right[-20:]) == 1:
            break
    return sum(right[-20:]) / 20


for lag in tqdm((3, 10, 40)):
    shares = [recall(lag, seed) for seed in range(3)]
    print(f"lag {lag:2d}: right", ", ".join(f"{share:.0%}" for share in shares), "(guessing: 25%)")

# %% [markdown] lang="ko"
# 세 걸음은 거뜬하고 열 걸음도 대개 배웁니다. 기울기는 *작아질 뿐* 0은 아니고, Adam은 작은 기울기를 키워 쓰며, 배우는 동안 $W_{hh}$가 기억에 좋은 쪽으로 바뀌기도 합니다. 그러나 아주 멀어지면 출발할 실마리가 없습니다. 딱 잘라 "두 걸음"이 아니라, **멀수록 운이 필요해집니다**.
#
# ### tanh, 시그모이드, ReLU
#
# 노트는 tanh가 기울기 소실을 막아 주고 ReLU는 발산하니 쓸 수 없다고 합니다. 반은 맞습니다. 기울기의 최댓값은 tanh가 1, 시그모이드가 0.25이니 tanh가 낫습니다. 그래도 1 *이하*를 거듭 곱하니 사라집니다. ReLU의 기울기는 0 아니면 1이고, 2015년에 나온 처방(Le 외)대로 $W_{hh}$를 단위행렬, $b$를 0으로 두고 시작하면 오히려 잘 흐릅니다. 여러분의 `gradient_flow`는 기울기 $s_t$만 받으니 활성화 함수가 무엇이든 잴 수 있습니다.

# %% [markdown] lang="en"
# Three steps are easy, and ten are usually learned as well. The gradient is *small*, not 0; Adam makes much of small gradients; and as it learns, $W_{hh}$ may move to where memory is better. But from very far away there is no clue to start from. It is not "two steps" and then nothing: **the further back, the more luck it takes**.
#
# ### tanh, sigmoid, ReLU
#
# The notes say that the tanh prevents vanishing and that ReLU diverges and is unusable. Half of it is right. The slope of a tanh is at most 1 and that of a sigmoid at most 0.25, so the tanh is better. But it multiplies numbers that are *at most* 1, so it vanishes all the same. The slope of a ReLU is 0 or 1, and with the recipe of 2015 (Le et al.), an identity matrix as $W_{hh}$ and 0 as $b$ to start with, it flows rather well. Your `gradient_flow` asks only for the slopes $s_t$, so it can measure any activation function.

# %%
def unroll_with(activation, slope, weights, x):
    """Slopes (T, H) of a cell with another activation; slope is given the value after it."""
    W_ih, W_hh, b = weights
    h, slopes = torch.zeros_like(b), []
    for x_t in x[0]:  # (D,)
        h = activation(W_ih @ x_t + W_hh @ h + b)  # (H,)
        slopes.append(slope(h))
    return torch.stack(slopes)


W_ih, W_hh, b = fresh_rnn(0)
identity, zero = torch.eye(32, dtype=torch.float64), torch.zeros_like(b)  # (H, H), (H,)
tanh = torch.tanh, lambda h: 1 - h**2  # an activation, and its slope from the value after it
sigmoid = torch.sigmoid, lambda h: h * (1 - h)
relu = torch.relu, lambda h: (h > 0).double()
cells = {
    "tanh, default": (*tanh, W_hh, b, plots.GREY, "-"),
    "sigmoid, default": (*sigmoid, W_hh, b, plots.BLUE, "-"),
    "tanh, identity": (*tanh, identity, zero, plots.GREY, "--"),
    "ReLU, identity": (*relu, identity, zero, plots.GREEN, "--"),
}

# %% tags=["demo"]
figure, (ax,) = plots.axes(1, width=5.8, height=3.0)
for name, (activation, slope, W, bias, colour, style) in cells.items():
    slopes = unroll_with(activation, slope, (W_ih, W, bias), random_inputs(100))  # (T, H)
    flow = gradient_flow(slopes, W)
    ax.semilogy(flow, color=colour, linestyle=style, label=name)
    print(f"{name:17s} T = 100: {flow[0].item():.0e}")
ax.set_ylim(1e-40, 1e3)
plots.label(ax, "The activation matters, and so does the start", "step t", "flow(t), T = 100")
ax.legend(loc="lower right", fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 시그모이드는 tanh보다 훨씬 빨리 사라집니다. 그러나 tanh도 사라집니다. ReLU는 살아 있는 유닛을 그대로 통과시킵니다. 죽은 유닛의 몫만 잃습니다. 대신 상태를 눌러 주는 것이 없으니 $W_{hh}$가 조금만 커져도 값이 끝없이 자랄 수 있습니다. 그래서 단위행렬에서 *조심스럽게* 시작하는 것입니다.
#
# ## 9. 약과 병
#
# 병은 둘이고 약은 셋입니다. 무엇이 무엇을 고치는지 봅시다.
#
# ### 클리핑: 폭발에만 듣는 약
#
# 클리핑(clipping)은 기울기가 너무 길면 줄이는 것입니다. 모든 매개변수의 기울기를 한 줄로 이어 붙인 벡터의 길이(노름) $\|g\|$가 한도 $c$보다 크면 $c/\|g\|$배를 합니다. 방향은 그대로이고 길이만 $c$가 됩니다. 노트는 "임계값을 넘지 않도록 값을 자른다"고 하는데, 값마다 자르는 것은 다른 방법이고 **방향이 바뀝니다**.

# %% [markdown] lang="en"
# The sigmoid vanishes far sooner than the tanh; but the tanh vanishes too. A ReLU lets everything through its living units, and only the share of the dead ones is lost. In return nothing holds its state down, and with a $W_{hh}$ only a little larger its values can grow without end. That is why it starts, *carefully*, from the identity.
#
# ## 9. Diseases and cures
#
# There are two diseases and three cures. Let us see which is good for what.
#
# ### Clipping: a cure for exploding only
#
# Clipping shortens a gradient that is too long. Join the gradients of all parameters into one vector; if its length (norm) $\|g\|$ exceeds a limit $c$, multiply it by $c/\|g\|$. The direction stays and the length becomes $c$. The notes say that clipping "cuts the values at a threshold". To cut value by value is another method, and it **changes the direction**.

# %%
figure, grid = plots.axes(2, width=3.3, height=2.6)
for ax, g, title in zip(
    grid,
    ((3.0, 4.0), (3.0, 0.4)),
    ("By norm: [3, 4] → [0.6, 0.8]", "By value: [3, 0.4] → [1, 0.4]"),
):
    g = torch.tensor(g)
    parameter = nn.Parameter(torch.zeros(2))
    parameter.grad = g.clone()
    if title.startswith("By norm"):
        nn.utils.clip_grad_norm_([parameter], 1.0)
    else:
        nn.utils.clip_grad_value_([parameter], 1.0)
    arrow(ax, (0, 0), g.tolist(), plots.GREY)
    arrow(ax, (0, 0), parameter.grad.tolist(), plots.ORANGE, width=3)
    ax.set(xlim=(-0.2, 3.4), ylim=(-0.3, 4.3))
    plots.label(ax, title, "first gradient", "second gradient")
    print(title.split(":")[0], [round(v, 3) for v in parameter.grad.tolist()])
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `clip-by-norm`
#
# 길이는 텐서마다가 아니라 **모두를 합쳐** 하나입니다. 그리고 짧은 기울기를 늘려서는 안 됩니다.

# %% [markdown] lang="en"
# ### Your turn: `clip-by-norm`
#
# There is one length for **all tensors together**, not one for each. And a short gradient must not be stretched.

# %% exercise="clip-by-norm"
def clip_by_norm(gradients, max_norm):
    """Shortens a list of gradients to a joint length of at most max_norm.

    gradients: a non-empty list of float tensors of one dtype and any shapes; they stay as they
    are, and may all be zero. max_norm: a positive float; math.inf: no limit.
    Returns (clipped, norm): a list of tensors of the same shapes, all multiplied by the same
    number, so that their joint norm is max_norm if it was larger, and unchanged otherwise; and
    norm, a () tensor, the joint norm before clipping (the root of the sum of all squares).
    """
    ### BEGIN SOLUTION
    norm = torch.stack([g.square().sum() for g in gradients]).sum().sqrt()  # ()
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in gradients], norm
    ### END SOLUTION


# %% [markdown] lang="ko"
# 보통의 시작점에서 이야기를 배우게 합니다. 이번에는 Adam이 아니라 학습률 0.5의 경사하강법입니다. 시작할 때는 기울기가 얌전하지만, 배우는 동안 $W_{hh}$가 자라면서 이따금 폭발합니다. 클리핑을 한 쪽과 하지 않은 쪽을 견줍니다.

# %% [markdown] lang="en"
# Let the story be learned from the usual start, this time not with Adam but by gradient descent with a learning rate of 0.5. The gradients start out tame, but as $W_{hh}$ grows in training they explode now and then. Once with clipping, once without.

# %% tags=["demo", "nbval-ignore-output"]
def descend(max_norm, steps=390, k=25):
    """Losses and norms of plain gradient descent on the story, in pieces of k."""
    rows, answers = next_char_pairs(STORY, VOCAB, 1)  # (1, T) each
    parameters, losses, norms = fresh_parameters(V, 64, V), [], []
    x, starts = F.one_hot(rows, V).float(), range(0, rows.shape[1], k)
    for step in range(steps):
        start = starts[step % len(starts)]
        h = torch.zeros(1, 64) if start == 0 else h
        piece = slice(start, start + k)
        loss, gradients, h = char_gradients(x[:, piece], h, parameters, answers[:, piece])
        gradients, norm = clip_by_norm(gradients, max_norm)
        parameters = [p - 0.5 * g for p, g in zip(parameters, gradients)]
        losses.append(loss.item())
        norms.append(norm.item())
    return losses, norms


figure, (left, right) = plots.axes(2, width=4.0, height=2.7)
limits = {"not clipped": (math.inf, plots.RED), "clipped to 1": (1.0, plots.BLUE)}
for name, (limit, colour) in limits.items():
    clip_losses, norms = descend(limit)
    left.semilogy(norms, color=colour, label=name, linewidth=0.9)
    right.plot(clip_losses, color=colour, label=name, linewidth=0.9)
    last = sum(clip_losses[-13:]) / 13  # one round through the story
    above = sum(norm > 1 for norm in norms) / len(norms)
    print(f"{name}: largest norm {max(norms):.0f}, above 1 in {above:.0%} of the steps, mean loss of the last round {last:.1f}")
plots.label(left, "Both explode: clipping does not stop it", "step", "norm before clipping")
plots.label(right, "Clipped, it learns; not clipped, it is flung about", "step", "loss")
left.set_ylim(top=200)
left.legend(loc="upper left", fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 클리핑은 폭발을 **없애지 않습니다**. 왼쪽 그림에서 클리핑한 쪽의 기울기도 자주 한도 1을 넘고(위에 찍힌 몫), 이따금 크게 튑니다. 다만 그 때문에 가중치가 멀리 튕겨 나가는 일을 막아 줍니다. 클리핑하지 않은 쪽의 손실은 아무것도 모를 때보다도 나빠졌습니다. 노트는 클리핑이 소실도 완화한다고 하지만, 클리핑은 긴 것을 줄일 뿐 짧은 것을 늘리지 않습니다. NaN이 한 번 생긴 기울기도 살리지 못합니다.

# %% [markdown] lang="en"
# Clipping does **not do away with** exploding: on the left, the clipped run's gradients are often above the limit of 1 (the share is printed above), and now and then far above. It only keeps them from flinging the weights far away. Without it, the loss has become worse than that of knowing nothing. The notes say that clipping eases vanishing too, but it shortens what is long and never lengthens what is short. Nor can it save a gradient with a NaN in it.

# %% tags=["demo"]
faint = [torch.tensor([3e-20, 4e-20], dtype=torch.float64)]
clipped, norm = clip_by_norm(faint, 1.0)
print("a vanished gradient after clipping:", clipped[0].tolist())
spoilt = nn.Parameter(torch.zeros(2))
spoilt.grad = torch.tensor([math.nan, 1.0])
nn.utils.clip_grad_norm_([spoilt], 1.0)
print("a NaN after PyTorch's clipping:    ", spoilt.grad.tolist())

# %% [markdown] lang="ko"
# ### 초기화와 건너뛰는 길: 소실에 듣는 약
#
# 소실을 고치려면 곱해지는 행렬을 1 근처로 만들어야 합니다. 방법이 둘 있습니다. 하나는 **시작점**입니다. $W_{hh}$를 직교행렬로 두면 적어도 행렬은 길이를 바꾸지 않고, tanh의 기울기만 줄이는 일을 합니다. 또 하나는 **구조**입니다. 상태를 새로 쓰지 말고 조금만 고치는 것입니다.
#
# $$h_t = h_{t-1} + \alpha\tanh(W_{ih}x_t + W_{hh}h_{t-1} + b) \qquad\qquad \frac{\partial h_t}{\partial h_{t-1}} = I + \alpha\,\text{diag}(s_t)\,W_{hh}$$
#
# 건너뛰는 길(skip connection)입니다. 곱해지는 것이 단위행렬 $I$ 근처이니 $\alpha$가 작으면 오래 갑니다. 여기서 $s_t$는 tanh만의 기울기입니다.

# %% [markdown] lang="en"
# ### Initialisation and skip connections: cures for vanishing
#
# To cure vanishing, the matrices that get multiplied have to be made close to 1. There are two ways. One is the **start**: with an orthogonal $W_{hh}$ the matrix at least leaves lengths alone, and only the slope of the tanh does any shrinking. The other is the **architecture**: do not write the state anew, only edit it a little.
#
# $$h_t = h_{t-1} + \alpha\tanh(W_{ih}x_t + W_{hh}h_{t-1} + b) \qquad\qquad \frac{\partial h_t}{\partial h_{t-1}} = I + \alpha\,\text{diag}(s_t)\,W_{hh}$$
#
# This is a skip connection. What gets multiplied is close to the identity $I$, and with a small $\alpha$ it lasts. Here $s_t$ is the slope of the tanh alone.

# %% tags=["demo"]
def skip_flow(weights, x, alpha):
    """flow(t) of the cell with a skip connection, by autograd: (T + 1,)."""
    W_ih, W_hh, b = weights
    H = len(b)
    # A batch of H copies of the same run: copy j asks about h_T[j] alone.
    h = torch.zeros(H, H, dtype=torch.float64, requires_grad=True)  # (B, H) with B = H
    states = [h]
    for x_t in x[0]:  # (D,)
        h = h + alpha * torch.tanh(x_t @ W_ih.T + h @ W_hh.T + b)  # (B, H)
        states.append(h)
    gradients = torch.autograd.grad(h.diagonal().sum(), states)  # T + 1 of (B, H)
    return torch.stack([g.square().sum().div(H).sqrt() for g in gradients])


x, default = random_inputs(100), fresh_rnn(0)
orthogonal_start = default[0], twice_orthogonal(0)[1] / 2, default[2]
lines = {
    "default": (measure(default, x), plots.GREY, "-"),
    "orthogonal start": (measure(orthogonal_start, x), plots.BLUE, "--"),
    "skip connection, α = 0.05": (skip_flow(default, x, 0.05), plots.GREEN, "-."),
}
figure, (ax,) = plots.axes(1, width=5.8, height=3.0)
for name, (flow, colour, style) in lines.items():
    ax.semilogy(flow, color=colour, linestyle=style, label=name)
    print(f"{name:25s} T = 100: {flow[0].item():.0e}")
title = "A good start helps; not rewriting the state helps most"
plots.label(ax, title, "step t", "flow(t), T = 100")
ax.legend(loc="lower right")
plt.show()

# %% [markdown] lang="ko"
# 좋은 시작점은 기울기가 사라지는 속도를 늦춥니다. 건너뛰는 길에서는 백 걸음 뒤에도 기울기가 사라지지 않습니다(여기서는 도리어 몇 배로 커집니다). 22장의 LSTM은 바로 이 "고쳐 쓰기"를 게이트로 다듬은 것이고, 그때 이 그림이 다시 나옵니다.
#
# 시작점 이야기를 하나 더 하겠습니다. 노트의 예는 층을 정성껏 초기화한 **다음에** 그 층을 새 층으로 갈아 끼웁니다. 무엇이 남을까요?

# %% [markdown] lang="en"
# A good start slows the vanishing down; with the skip connection the gradient is still there after a hundred steps (here it even grows a few times over). The LSTM of chapter 22 is just this editing, refined with gates, and there this picture comes back.
#
# One more word about starts. The example in the notes initialises a layer with care, and **then** replaces the layer by a new one. What is left?

# %%
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 64), nn.Linear(64, V))
nn.init.orthogonal_(model[1].weight)
careful = model[1].weight.detach().clone()
model[1] = nn.Linear(64, V)  # as in the notes: after the initialisation
print("the careful start is still there:", torch.equal(model[1].weight, careful))

# %% [markdown] lang="ko"
# 순서를 바꾸면 됩니다. 먼저 갈아 끼우고, 그다음에 초기화하세요. 오류도 경고도 없는 실수라서 오래 숨어 있습니다.
#
# ## 정리
#
# - 언어 모델은 글 자체가 정답입니다. 입력을 한 칸 민 것이 정답이고, 줄의 마지막 글자에도 정답이 있습니다.
# - 교사 강요는 배울 때 정답을 먹이는 것입니다. 덕분에 한 번에 계산할 수 있고, 대신 노출 편향이 생깁니다. 먼 기억과는 상관이 없습니다.
# - BPTT는 펼친 신경망의 역전파입니다. 상태마다 두 길의 기울기를 더하고, 가중치의 기울기는 모든 시점에 대해 더합니다.
# - 끊은 BPTT는 **상태는 넘기고 기울기는 끊습니다**. PyTorch에서는 `detach()`입니다. 넘기지 않으면 기억을 잃고, 끊지 않으면 오류가 납니다.
# - 기울기는 $\text{diag}(s_t)W_{hh}$의 곱을 타고 거슬러 갑니다. 사라지거나 폭발하고, tanh는 폭발을 소실로 바꾸기도 합니다.
# - 클리핑은 폭발에만, 시작점과 건너뛰는 길은 소실에 듣습니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 글을 25글자씩 끊어 배운 모델이 25글자보다 먼 것을 기억할 수 있을까요?</summary>
#
# 있습니다. 끊는 것은 기울기이지 상태가 아닙니다. 조각 안에서 "앞에서 받은 것을 그대로 들고 가는 법"을 배우면, 그 방법은 조각의 경계를 넘어서도 통합니다. 다만 60글자 앞의 계절이 지금의 대답에 필요하다는 것을 **가르쳐 줄 기울기**는 없으니, 배우더라도 우연에 기댑니다.
# </details>
#
# <details><summary>2. 조각을 글자 하나(k = 1)로 끊으면 `W_hh`의 기울기는 0일까요?</summary>
#
# 아닙니다. $dW_{hh} = \sum_t d_{a_t}h_{t-1}^\top$이고, $k = 1$이어도 $h_{t-1}$은 값으로 들어와 있습니다. 사라지는 것은 $d_{h_t}$의 미래 항뿐입니다. 그래서 6절에서 한 글자씩 끊고도 "hello"의 두 `l`을 구별할 수 있었습니다.
# </details>
#
# <details><summary>3. 배치의 줄이 저마다 다른 글이라면 상태를 넘겨도 될까요?</summary>
#
# `next_char_pairs`에서는 다음 조각의 $r$번 줄이 이번 조각의 $r$번 줄에 이어지는 글이므로 됩니다. 문장을 섞어 담은 배치라면 앞 배치의 상태는 남의 기억입니다. 그때는 0에서 시작해야 합니다.
# </details>
#
# <details><summary>4. 클리핑의 한도는 어떻게 정할까요?</summary>
#
# 한도를 무한대로 두고 수백 걸음만 학습시키며 노름을 적어 보세요. 보통 때의 노름보다 조금 큰 값이면, 평소에는 아무 일도 하지 않다가 폭발할 때만 듣습니다. 늘 걸리는 한도는 사실상 학습률을 바꾸는 것입니다.
# </details>
#
# <details><summary>5. 온도를 0으로 하고 싶다면 `sample`을 어떻게 고쳐야 할까요?</summary>
#
# 0으로 나눌 수는 없습니다. 온도가 0에 가까워지면 가장 큰 로짓의 확률이 1에 가까워지므로, 0일 때는 `argmax`를 돌려주면 됩니다. 이것을 탐욕적 디코딩(greedy decoding)이라고 하고, 24장에서 씁니다.
# </details>

# %% [markdown] lang="en"
# Swap the two: replace first, then initialise. Neither an error nor a warning gives this slip away, so it hides for long.
#
# ## Summary
#
# - A language model has the text itself for its answers: the input moved by one place, and the last character of a row has an answer too.
# - Teacher forcing feeds the right characters in training. It makes one single call possible, and it costs exposure bias. It has nothing to do with distant memories.
# - BPTT is backpropagation in the unrolled network. At every state the gradients of two ways are added, and a weight's gradient is added up over all steps.
# - Truncated BPTT **hands over the state and cuts the gradient**. In PyTorch that is `detach()`. Hand nothing over, and the memory is gone; cut nothing, and there is an error.
# - The gradient goes back through a product of $\text{diag}(s_t)W_{hh}$. It vanishes or explodes, and a tanh can turn exploding into vanishing.
# - Clipping is good for exploding only; the start and skip connections are good for vanishing.
#
# ## Further questions
#
# <details><summary>1. Can a model that learned in pieces of 25 characters remember anything further back than 25?</summary>
#
# It can. What is cut is the gradient, not the state. If it learns within a piece to carry on whatever it was handed, that works across the borders too. But there is no gradient **to teach** it that a season 60 characters ago matters for the answer now, so learning that is left to chance.
# </details>
#
# <details><summary>2. With pieces of a single character (k = 1), is the gradient of `W_hh` zero?</summary>
#
# No. $dW_{hh} = \sum_t d_{a_t}h_{t-1}^\top$, and even with $k = 1$ the value of $h_{t-1}$ is there. All that goes is the term of the future in $d_{h_t}$. That is how section 6 could tell the two `l`s of "hello" apart in pieces of one.
# </details>
#
# <details><summary>3. May the state be handed over if the rows of a batch are texts of their own?</summary>
#
# With `next_char_pairs` it may, because row $r$ of the next piece goes on where row $r$ of this one ended. In a batch of shuffled sentences the state of the batch before is somebody else's memory. There you have to start from 0.
# </details>
#
# <details><summary>4. How would you choose the limit for clipping?</summary>
#
# Run a few hundred steps without a limit (infinity) and note the norms. A little above the usual norm, it does nothing on ordinary days and helps when something explodes. A limit that is always reached is really a change of the learning rate.
# </details>
#
# <details><summary>5. How would you change `sample` to allow a temperature of 0?</summary>
#
# You cannot divide by 0. As the temperature goes to 0, the probability of the largest logit goes to 1; so at 0, return the `argmax`. This is called greedy decoding, and chapter 24 uses it.
# </details>
