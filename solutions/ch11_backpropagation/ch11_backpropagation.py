# ---
# jupyter:
#   course:
#     ko: 손으로 하는 역전파
#     en: Backpropagation by hand
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 11장. 손으로 하는 역전파
#
# **누구를 위한 장인가요?** `loss.backward()`를 수없이 불러 보았지만, 그 한 줄이 무엇을 계산하는지 직접 써 본 적은 없는 사람.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 행렬 곱과 브로드캐스팅(1장), 손으로 하는 경사하강법과 중심 차분(3장), 시그모이드(6장), 은닉층이 필요한 까닭(10장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 두 층짜리 신경망의 모든 기울기를 연쇄 법칙으로 유도하고 행렬로 쓸 수 있습니다.
# - `.backward()` 없이 손글씨 숫자를 90% 넘게 맞히는 신경망을 학습시킬 수 있습니다.
# - 기울기가 틀렸을 때 *어느 매개변수의* 기울기가 틀렸는지 찾아낼 수 있습니다.
# - 배치의 합과 평균을 섞어 쓴 코드가 왜 그럭저럭 학습되는지, 그리고 언제 무너지는지 설명할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 11. Backpropagation by hand
#
# **Who is this for?** You have called `loss.backward()` more often than you can count, but you have never written what that one line computes.
#
# **Time** about 100 minutes · **You need** matrix products and broadcasting (chapter 1), gradient descent by hand and central differences (chapter 3), the sigmoid (chapter 6), and why anyone wants a hidden layer (chapter 10)
#
# **Afterwards you can**
#
# - derive every gradient of a two-layer network by the chain rule and write it with matrices,
# - train a network to read more than 90% of handwritten digits without `.backward()`,
# - find out *which parameter's* gradient is wrong when one is,
# - explain why code that mixes sums and means over the batch still seems to learn, and when it breaks.

# %%
import time

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots, scores
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.data import digits

plots.use_course_style()

# %% lang="ko"
open_chapter("ch11_backpropagation", "ko")

# %% lang="en"
open_chapter("ch11_backpropagation", "en")

# %% [markdown] lang="ko"
# ## 1. 손잡이 23,860개를 어느 쪽으로 돌릴까요?
#
# 손글씨 숫자 그림을 보고 0에서 9까지 가운데 무엇인지 맞히려고 합니다. 그림 한 장은 28×28 픽셀이고, 값은 0(종이)에서 1(잉크) 사이입니다.

# %% [markdown] lang="en"
# ## 1. Which way do you turn 23,860 knobs?
#
# We want to look at the picture of a handwritten digit and say which of 0 to 9 it is. A picture has 28×28 pixels, with values from 0 (paper) to 1 (ink).

# %%
data = digits()
print(data.source)

figure, grid = plots.axes(8, width=0.95, height=1.25)
for ax, image, label in zip(grid, data.train_images, data.train_labels):
    ax.imshow(image[0], cmap="gray_r")  # image: (1, 28, 28)
    ax.set_title(label.item())
    ax.axis("off")
figure.suptitle("Eight training images and their labels", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 신경망은 픽셀 784개를 받아 은닉 유닛(hidden unit) 30개를 거쳐 출력 10개를 냅니다. 출력마다 "내가 맡은 숫자인가?"에 0과 1 사이의 값으로 답합니다. 그러려면 가중치(weight) 행렬 두 개와 편향(bias) 벡터 두 개가 필요합니다. 이 수들을 통틀어 매개변수(parameter)라고 합니다. 출발점은 작은 난수입니다(크기를 왜 이렇게 정하는지는 13장에서 다룹니다).

# %% [markdown] lang="en"
# The network takes 784 pixels through 30 hidden units to 10 outputs. Each output answers "is it my digit?" with a value between 0 and 1. That takes two matrices of weights and two vectors of biases; all these numbers together are the parameters. The weights start as small random numbers (chapter 13 says why of this size).

# %%
def initial_parameters(hidden=30, dtype=torch.float32):
    """Small random weights and zero biases of a 784-hidden-10 network, always the same ones."""
    generator = torch.Generator().manual_seed(0)
    W1 = torch.randn(784, hidden, generator=generator) / 784**0.5  # (784, H)
    W2 = torch.randn(hidden, 10, generator=generator) / hidden**0.5  # (H, 10)
    parameters = {"W1": W1, "b1": torch.zeros(hidden), "W2": W2, "b2": torch.zeros(10)}
    return {name: value.to(dtype) for name, value in parameters.items()}


for name, value in initial_parameters().items():
    print(f"{name}: {tuple(value.shape)}, {value.numel()} numbers")
count = sum(value.numel() for value in initial_parameters().values())
print(f"{count} knobs; central differences need {2 * count} forward passes for a single step")

# %% [markdown] lang="ko"
# 매개변수 하나하나를 손잡이라고 하면, 손잡이가 23,860개입니다. 학습이란 이 손잡이들을 모두 조금씩 돌려서 손실(loss)을 줄이는 일이고, 어느 쪽으로 돌릴지는 기울기(gradient)가 알려 줍니다. 3장에서는 손잡이 하나를 양쪽으로 조금 돌려 보고 손실이 얼마나 변하는지 쟀습니다(중심 차분, central difference). 여기서 그렇게 하면 한 걸음을 걷는 데 신경망을 47,720번 계산해야 합니다.
#
# 이 장의 질문은 이것입니다. **손잡이 23,860개의 기울기를 한꺼번에 구할 수는 없을까요?** 답은 신경망을 *거꾸로* 한 번 지나가는 것, 곧 역전파(backpropagation)입니다.
#
# ## 2. 사슬 하나로 보기
#
# 층마다 유닛이 하나뿐인 가장 작은 신경망에서 시작합시다. 입력 $x$가 정거장 다섯 개를 차례로 지나 손실 $L$이 됩니다.
#
# $$l_1 = xW_1 + b_1 \qquad a_1 = \sigma(l_1) \qquad l_2 = a_1W_2 + b_2 \qquad \hat{y} = \sigma(l_2) \qquad L = \tfrac{1}{2}(\hat{y} - y)^2$$
#
# $\sigma$는 시그모이드(sigmoid), $y$는 정답입니다. $l$은 활성화 함수(activation function)를 지나기 전의 값, $a$는 지난 뒤의 활성값(activation)입니다. 코드에서는 $\hat{y}$를 `y_pred`라고 씁니다.

# %% [markdown] lang="en"
# Think of each parameter as a knob: that makes 23,860 knobs. To learn is to turn all of them a little so that the loss goes down, and the gradient says which way. In chapter 3 we turned one knob a little both ways and measured how much the loss changed (the central difference). Here that would mean computing the network 47,720 times to take one step.
#
# The question of this chapter: **can we get the gradients of all 23,860 knobs at once?** We can, by going through the network *backwards*, once. This is backpropagation.
#
# ## 2. One single chain
#
# Start with the smallest network there is, with one unit in each layer. The input $x$ passes five stations, one after the other, and becomes the loss $L$.
#
# $$l_1 = xW_1 + b_1 \qquad a_1 = \sigma(l_1) \qquad l_2 = a_1W_2 + b_2 \qquad \hat{y} = \sigma(l_2) \qquad L = \tfrac{1}{2}(\hat{y} - y)^2$$
#
# Here $\sigma$ is the sigmoid and $y$ the right answer; $l$ is a value before the activation function and $a$, the activation, the value after it. In code we write `y_pred` for $\hat{y}$.

# %%
numbers = {"x": 2.0, "W1": 0.5, "b1": -0.5, "W2": -1.0, "b2": 0.5}
chain = {name: torch.tensor(value, requires_grad=True) for name, value in numbers.items()}
answer = torch.tensor(1.0)
chain["l1"] = chain["x"] * chain["W1"] + chain["b1"]  # every value here: ()
chain["a1"] = torch.sigmoid(chain["l1"])
chain["l2"] = chain["a1"] * chain["W2"] + chain["b2"]
chain["y_pred"] = torch.sigmoid(chain["l2"])
chain["loss"] = 0.5 * (chain["y_pred"] - answer) ** 2

slopes = dict(zip(chain, torch.autograd.grad(chain["loss"], list(chain.values()))))
chain = {name: value.detach() for name, value in chain.items()}

# %% jupyter={"source_hidden": true}
def draw_graph(ax, values, gradients):
    """The network as a chain of stations; each edge has a value and, in orange, its gradient."""
    stations = ["@ W1\n+ b1", "sigmoid", "@ W2\n+ b2", "sigmoid", "error"]
    for k, station in enumerate(stations):
        box = {"boxstyle": "round,pad=0.5", "facecolor": "#eef1f5", "edgecolor": plots.GREY}
        ax.text(2 * k + 1, 0, station, fontsize=9, ha="center", va="center", bbox=box)

    def edge(name, start, end, apart, above, below):
        """Two arrows side by side, each moved off the middle by `apart`, and their texts."""
        (x0, y0), (x1, y1), (dx, dy) = start, end, apart
        forward = {"arrowstyle": "->", "color": plots.BLUE}
        ax.annotate("", (x1 + dx, y1 + dy), (x0 + dx, y0 + dy), arrowprops=forward)
        text = f"{name}\n{values[name]}"
        ax.text(*above, text, color=plots.BLUE, fontsize=8, ha="center", va="bottom")
        if name in gradients:
            backward = {"arrowstyle": "->", "color": plots.ORANGE}
            ax.annotate("", (x0 - dx, y0 - dy), (x1 - dx, y1 - dy), arrowprops=backward)
            text = f"d_{name}\n{gradients[name]}"
            ax.text(*below, text, color=plots.ORANGE, fontsize=8, ha="center", va="top")

    for k, name in enumerate(["x", "l1", "a1", "l2", "y_pred", "loss"]):
        x = 2 * k
        edge(name, (x - 0.42, 0), (x + 0.42, 0), (0, 0.07), (x, 0.25), (x, -0.25))
    for name, station, side in (("W1", 1, -1), ("b1", 1, 1), ("W2", 5, -1), ("b2", 5, 1)):
        x, end = station + 0.7 * side, station + 0.25 * side
        edge(name, (x, -1.4), (end, -0.5), (0.07, 0), (x, -2.0), (x, -2.1))
    ax.set(xlim=(-0.9, 10.9), ylim=(-2.9, 1.0))
    ax.axis("off")


figure, (ax,) = plots.axes(1, width=8.2, height=2.9)
draw_graph(ax, {name: f"{v.item():.3f}" for name, v in chain.items()},
           {name: f"{v.item():+.3f}" for name, v in slopes.items()})
ax.set_title("Blue: values flow to the right. Orange: gradients flow back to the left")
plt.show()

# %% [markdown] lang="ko"
# 파란 글자는 왼쪽에서 오른쪽으로 계산한 값입니다. 이것을 순전파(forward pass)라고 합니다. 주황 글자는 그 값을 아주 조금 늘릴 때 손실이 그 몇 배로 변하는지, 곧 기울기입니다(여기서는 자동 미분(autograd)이 계산했습니다). 예를 들어 `d_b2`가 $-0.132$라는 것은 `b2`를 0.01 늘리면 손실이 약 0.00132 줄어든다는 뜻입니다.
#
# 이름 약속이 하나 있습니다. 이 장에서 `d_l1`처럼 `d_`로 시작하는 이름은 언제나 $\partial L/\partial l_1$, 곧 **손실을 그것으로 미분한 값**이고 **모양도 그것과 같습니다**.
#
# 주황 글자를 오른쪽에서 왼쪽으로 읽어 보세요. 끝의 `d_loss`는 1이고, 왼쪽으로 정거장을 하나 지날 때마다 **그 정거장의 기울기 하나가 곱해집니다**. 이것이 연쇄 법칙(chain rule)입니다.
#
# $$\frac{\partial L}{\partial l_1} = \underbrace{(\hat{y} - y)}_{\text{error}}\cdot\underbrace{\sigma'(l_2)}_{\text{sigmoid}}\cdot\underbrace{W_2}_{\text{@ W2}}\cdot\underbrace{\sigma'(l_1)}_{\text{sigmoid}}$$
#
# 가중치와 편향의 기울기는 그 길에서 갈라져 나옵니다. $l_1 = xW_1 + b_1$이므로 $W_1$ 쪽에는 $x$를, $b_1$ 쪽에는 1을 곱합니다.
#
# $$\frac{\partial L}{\partial W_1} = x\,\frac{\partial L}{\partial l_1} \qquad \frac{\partial L}{\partial b_1} = \frac{\partial L}{\partial l_1}$$
#
# 앞부분이 모두에게 공통이라는 데 주목하세요. `d_l1`을 한 번 구해 두면 `d_W1`도 `d_b1`도 곱셈 하나로 나옵니다. 그래서 거꾸로 한 번만 지나가면 모든 기울기가 나옵니다.
#
# ### 시그모이드의 기울기
#
# 아직 모르는 조각은 $\sigma'$뿐입니다. $\sigma(z) = 1/(1 + e^{-z})$를 미분하면
#
# $$\sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} = \frac{1}{1 + e^{-z}}\cdot\frac{e^{-z}}{1 + e^{-z}} = \sigma(z)\,\bigl(1 - \sigma(z)\bigr)$$

# %% [markdown] lang="en"
# The blue numbers are computed from left to right: the forward pass. An orange number is a gradient: nudge that value up a little, and the loss changes by this many times the nudge (here autograd computed them). That `d_b2` is $-0.132$, for example, means that adding 0.01 to `b2` takes about 0.00132 off the loss.
#
# One convention about names. In this chapter `d_l1`, and likewise every name with `d_` in front, is always $\partial L/\partial l_1$: **the derivative of the loss by that thing, in the shape of that thing**.
#
# Read the orange numbers from right to left. At the end, `d_loss` is 1, and each station passed on the way left **multiplies by that station's own slope**. This is the chain rule.
#
# $$\frac{\partial L}{\partial l_1} = \underbrace{(\hat{y} - y)}_{\text{error}}\cdot\underbrace{\sigma'(l_2)}_{\text{sigmoid}}\cdot\underbrace{W_2}_{\text{@ W2}}\cdot\underbrace{\sigma'(l_1)}_{\text{sigmoid}}$$
#
# Weights and biases branch off along the way. Since $l_1 = xW_1 + b_1$, the branch to $W_1$ multiplies by $x$ and the branch to $b_1$ by 1.
#
# $$\frac{\partial L}{\partial W_1} = x\,\frac{\partial L}{\partial l_1} \qquad \frac{\partial L}{\partial b_1} = \frac{\partial L}{\partial l_1}$$
#
# Note how much of the way they share. Once you have `d_l1`, both `d_W1` and `d_b1` are one multiplication away. That is why a single walk backwards finds them all.
#
# ### The slope of the sigmoid
#
# The only missing piece is $\sigma'$. Differentiating $\sigma(z) = 1/(1 + e^{-z})$ gives
#
# $$\sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} = \frac{1}{1 + e^{-z}}\cdot\frac{e^{-z}}{1 + e^{-z}} = \sigma(z)\,\bigl(1 - \sigma(z)\bigr)$$

# %%
z = torch.linspace(-8, 8, 201, requires_grad=True)  # (201,)
s = torch.sigmoid(z)  # (201,)
slope = torch.autograd.grad(s.sum(), z)[0]  # (201,)

figure, (ax,) = plots.axes(1, width=5.2, height=2.6)
ax.plot(z.detach(), s.detach(), label="σ(z)")
ax.plot(z.detach(), slope, label="σ'(z), at most 0.25")
plots.label(ax, "The sigmoid is steep only near 0", "z, the value before the sigmoid", "")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `sigmoid-prime`
#
# 틀리기 쉬운 곳은 식이 아니라 **인자**입니다. 이 함수는 시그모이드를 지나기 *전*의 값 `z`를 받습니다. 이미 지난 값을 넣으면 오류 없이 틀린 답이 나옵니다. 함수의 설명문(docstring)이 곧 문제의 명세입니다.

# %% [markdown] lang="en"
# ### Your turn: `sigmoid-prime`
#
# What goes wrong here is not the formula but the **argument**. This function is given `z`, the value *before* the sigmoid. Give it the value after, and you get a wrong answer without any error. The function's docstring is the specification.

# %% exercise="sigmoid-prime"
def sigmoid_prime(z):
    """The slope of the sigmoid at z, element by element.

    z: a float tensor of any shape, the values before the sigmoid; may hold numbers as large
    as ±1000. Returns a tensor of the same shape and dtype.
    """
    ### BEGIN SOLUTION
    s = torch.sigmoid(z)
    return s * (1 - s)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 그림의 주황 글자를 여러분의 `sigmoid_prime`으로 오른쪽에서 왼쪽으로 채워 봅니다. 한 줄이 정거장 하나입니다.

# %% [markdown] lang="en"
# Now fill in the orange numbers of the picture yourself, from right to left, with your `sigmoid_prime`. Each line is one station.

# %% tags=["demo"]
d_y_pred = chain["y_pred"] - answer  # back through the error: ()
d_l2 = d_y_pred * sigmoid_prime(chain["l2"])  # back through the sigmoid
d_a1 = d_l2 * chain["W2"]  # back through the weight
d_l1 = d_a1 * sigmoid_prime(chain["l1"])  # back through the sigmoid
by_hand = {"y_pred": d_y_pred, "l2": d_l2, "W2": chain["a1"] * d_l2, "b2": d_l2,
           "a1": d_a1, "l1": d_l1, "W1": chain["x"] * d_l1, "b1": d_l1}
for name, value in by_hand.items():
    print(f"d_{name:6s} by hand {value.item():+.4f}, in the picture {slopes[name].item():+.4f}")

# %% [markdown] lang="ko"
# ## 3. 앞으로: 값을 모두 남겨 두기
#
# 진짜 신경망에서는 수 하나가 행렬 하나로 바뀔 뿐입니다. 그림을 한 번에 $B$장씩(배치, batch) 넣으므로, `x`는 한 줄에 그림 한 장인 행렬입니다. 모양을 적을 때 **B**는 그림의 수, **D**는 픽셀의 수(784), **H**는 은닉 유닛의 수(30), **C**는 출력의 수(10)입니다. 모양을 먼저 적어 두면 나머지가 쉬워집니다.

# %% [markdown] lang="en"
# ## 3. Forward, keeping every value
#
# In the real network each number turns into a matrix, and that is all that changes. Images go in $B$ at a time (a batch), so `x` is a matrix with one image a row. In shapes, **B** is the number of images, **D** of pixels (784), **H** of hidden units (30), **C** of outputs (10). Write the shapes down first and the rest gets easier.

# %% [markdown]
# | `x` | `W1` | `b1` | `l1`, `a1` | `W2` | `b2` | `l2`, `y_pred`, `y` |
# |:---:|:---:|:---:|:---:|:---:|:---:|:---:|
# | (B, 784) | (784, H) | (H,) | (B, H) | (H, 10) | (10,) | (B, 10) |

# %% [markdown] lang="ko"
# `W1`이 (784, H)이므로 `x @ W1`이 그대로 됩니다. (`nn.Linear`는 가중치를 (출력, 입력)으로 두어 속에서 전치합니다. 이 장에서는 전치가 언제 왜 생기는지 보려고 원래 방향으로 둡니다.) 편향 `b1`은 (H,)라서 브로드캐스팅되어 모든 줄에 똑같이 더해집니다. 이 사실은 4절에서 다시 나옵니다.
#
# ### 여러분 차례: `forward`
#
# 예측만 돌려주면 안 됩니다. 방금 보았듯이 거꾸로 갈 때 `l1`, `a1`, `l2`가 모두 필요합니다. 자동 미분도 바로 이 중간값들을 기억하느라 메모리를 씁니다.

# %% [markdown] lang="en"
# With `W1` as (784, H), plain `x @ W1` works. (`nn.Linear` keeps its weight as (outputs, inputs) and transposes inside. Here it stays the straight way round, so that you see when and why a transpose appears.) The bias `b1`, (H,), is broadcast: the same one is added to every row. Remember that; it returns in section 4.
#
# ### Your turn: `forward`
#
# Returning the prediction alone will not do. As you just saw, the way back needs `l1`, `a1` and `l2`. Autograd keeps these very values as well, and that is where training's memory goes.

# %% exercise="forward"
def forward(x, W1, b1, W2, b2):
    """The forward pass of a D-H-C network with sigmoids, keeping every value on the way.

    x: (B, D). W1: (D, H). b1: (H,). W2: (H, C). b2: (C,). All float tensors of one dtype.
    Returns (l1, a1, l2, y_pred): l1 and a1 (B, H), before and after the hidden sigmoid;
    l2 and y_pred (B, C), before and after the output sigmoid. l1 and l2 may be as large as
    ±1000. Gradients flow through to the weights and biases.
    """
    ### BEGIN SOLUTION
    l1 = x @ W1 + b1  # (B, H)
    a1 = torch.sigmoid(l1)  # (B, H)
    l2 = a1 @ W2 + b2  # (B, C)
    y_pred = torch.sigmoid(l2)  # (B, C)
    return l1, a1, l2, y_pred
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 손실을 정확하게 정하기
#
# 정답 `y`는 원-핫(one-hot)입니다. 정답 자리만 1이고 나머지는 0인 (B, 10) 행렬입니다. 손실은 이렇게 정합니다.
#
# $$L = \frac{1}{B}\sum_{b=1}^{B}\;\frac{1}{2}\sum_{k=1}^{10}\bigl(\hat{y}_{bk} - y_{bk}\bigr)^2$$
#
# 여기서 세 가지를 정했습니다. 출력 10개에 대해서는 **더합니다**. 표본(sample) $B$개에 대해서는 **평균을 냅니다**. 그래야 배치가 커져도 손실과 기울기의 크기가 그대로입니다. 그리고 **½**을 곱합니다. 미분할 때 제곱에서 나오는 2를 지우려는 것뿐입니다. 무엇을 고르든 괜찮지만, 한번 고르면 기울기까지 끝까지 지켜야 합니다. 이 장의 함정이 바로 거기에 있습니다.
#
# ### 여러분 차례: `half-squared-error`

# %% [markdown] lang="en"
# ### Saying exactly what the loss is
#
# The answers `y` are one-hot: a (B, 10) matrix that is 1 at the right digit and 0 elsewhere. We define the loss as
#
# $$L = \frac{1}{B}\sum_{b=1}^{B}\;\frac{1}{2}\sum_{k=1}^{10}\bigl(\hat{y}_{bk} - y_{bk}\bigr)^2$$
#
# Three choices are in there. Over the 10 outputs we **sum**. Over the $B$ samples we take the **mean**, so that a larger batch changes neither the size of the loss nor that of its gradient. And there is a **½**, for no other reason than to cancel the 2 that the square will bring when we differentiate. Any choice is fine, but once made it binds the gradients too, to the very end. That is where the trap of this chapter lies.
#
# ### Your turn: `half-squared-error`

# %% exercise="half-squared-error"
def half_squared_error(y_pred, y):
    """The loss L: the mean over the batch of half the squared error, summed over the outputs.

    y_pred, y: (B, C) float tensors. Returns a 0-dimensional tensor; gradients flow through.
    """
    ### BEGIN SOLUTION
    per_sample = 0.5 * ((y_pred - y) ** 2).sum(1)  # (B,)
    return per_sample.mean()  # ()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 아직 아무것도 배우지 않은 신경망에 훈련용 그림을 모두 넣어 봅시다. 모든 출력이 0.5라면 손실은 정확히 $\frac{1}{2}\cdot 10\cdot 0.5^2 = 1.25$입니다(난수로 시작한 출력은 제각각이라 그보다 조금 큽니다). 아무렇게나 찍으면 열에 하나를 맞힙니다.

# %% [markdown] lang="en"
# Put all training images through the network that has not learned anything yet. If every output were 0.5, the loss would be exactly $\frac{1}{2}\cdot 10\cdot 0.5^2 = 1.25$ (random weights scatter the outputs, so it is a little more). Guessing gets one in ten right.

# %%
train_x, test_x = data.train_images.flatten(1), data.test_images.flatten(1)  # (N, 784)
train_y = F.one_hot(data.train_labels, 10).float()  # (N, 10)
test_y = F.one_hot(data.test_labels, 10).float()  # (N, 10)


def accuracy(y_pred, labels):
    """The share of rows whose largest output is the label's."""
    return (y_pred.argmax(1) == labels).float().mean().item()


# %% tags=["demo", "nbval-ignore-output"]
y_pred = forward(train_x, **initial_parameters())[-1]  # (N, 10)
print(f"loss {half_squared_error(y_pred, train_y).item():.3f}")
print(f"accuracy {accuracy(y_pred, data.train_labels):.1%}")

# %% [markdown] lang="ko"
# ## 4. 거꾸로: 출력층
#
# 손실에서 출발해 정거장 둘을 거슬러 `l2`까지 옵니다. 2절의 사슬과 다른 것은 두 가지뿐입니다. 표본이 $B$개이고 손실이 그 평균이므로 **1/B**이 붙고, 곱셈은 원소끼리의 곱 $\odot$가 됩니다.
#
# $$\frac{\partial L}{\partial l_2} = \underbrace{\frac{1}{B}(\hat{y} - y)}_{\partial L/\partial\hat{y}}\odot\,\sigma'(l_2)$$
#
# 이제 `W2`로 갈라집니다. 표본 하나에서 가중치 `W2[h, c]`는 `a1[b, h]`에 곱해져 `l2[b, c]`에 더해집니다. 그래서 그 표본에서 온 기울기는 `a1[b, h] * d_l2[b, c]`입니다. 같은 가중치를 모든 표본이 함께 썼으니 모두 더합니다. 표본마다 외적(outer product) 하나, 그것들의 합이 행렬 곱 하나입니다.
#
# $$\frac{\partial L}{\partial W_{2,hc}} = \sum_{b} a_{1,bh}\,\frac{\partial L}{\partial l_{2,bc}} \qquad\Longrightarrow\qquad \frac{\partial L}{\partial W_2} = a_1^\top\,\frac{\partial L}{\partial l_2}$$

# %% [markdown] lang="en"
# ## 4. Backward: the output layer
#
# From the loss, two stations back to `l2`. Only two things differ from the chain of section 2: there are $B$ samples and the loss is their mean, which brings a **1/B**; and multiplying is now element by element, $\odot$.
#
# $$\frac{\partial L}{\partial l_2} = \underbrace{\frac{1}{B}(\hat{y} - y)}_{\partial L/\partial\hat{y}}\odot\,\sigma'(l_2)$$
#
# Here `W2` branches off. In one sample, the weight `W2[h, c]` multiplies `a1[b, h]` and the product goes into `l2[b, c]`. So that sample's share of its gradient is `a1[b, h] * d_l2[b, c]`. All samples used the same weight, so add the shares up. One outer product for each sample, and their sum is a single matrix product.
#
# $$\frac{\partial L}{\partial W_{2,hc}} = \sum_{b} a_{1,bh}\,\frac{\partial L}{\partial l_{2,bc}} \qquad\Longrightarrow\qquad \frac{\partial L}{\partial W_2} = a_1^\top\,\frac{\partial L}{\partial l_2}$$

# %%
a = torch.tensor([[0.9, 0.5, 0.1], [0.2, 0.6, 1.0]])  # (B, H): two samples, three hidden units
d = torch.tensor([[0.4, -0.2], [-0.3, 0.1]])  # (B, C): their gradients at two outputs
shares = [torch.outer(a[b], d[b]) for b in range(2)]  # each (H, C)

figure, grid = plots.axes(3, width=2.5, height=2.3)
titles = ["sample 0: outer(a[0], d[0])", "+ sample 1: outer(a[1], d[1])", "= a.T @ d"]
for ax, values, title in zip(grid, [*shares, a.T @ d], titles):
    plots.heatmap(ax, (values * 100).round() / 100, symmetric=True, numbers=True,
                  vmin=-0.5, vmax=0.5)
    ax.set(xticks=range(2), yticks=range(3))
    plots.label(ax, title, "output c", "hidden unit h" if ax is grid[0] else "")
plt.show()

# %% [markdown] lang="ko"
# 편향 `b2`는 모든 줄에 똑같이 더해졌습니다. 하나가 $B$곳에 쓰였으니, 거꾸로 올 때는 $B$곳에서 온 기울기를 **더합니다**. 앞으로 갈 때의 브로드캐스팅은 거꾸로 올 때의 합입니다.
#
# $$\frac{\partial L}{\partial b_2} = \sum_{b}\frac{\partial L}{\partial l_{2,b}}$$
#
# 1/B은 맨 처음 `d_l2`에 **한 번만** 들어갑니다. 그다음은 연쇄 법칙이 알아서 전하므로, 이 뒤로는 나눗셈도 평균도 나오지 않습니다.
#
# ### 여러분 차례: `backward-output`
#
# 모양을 나침반으로 쓰세요. `d_W2`는 `W2`와 같은 (H, C)여야 하는데, 손에 있는 것은 (B, H)와 (B, C)입니다.

# %% [markdown] lang="en"
# The bias `b2` was added to every row. One number was used in $B$ places, so on the way back the gradients from those $B$ places **add up**. What is a broadcast on the way forward is a sum on the way back.
#
# $$\frac{\partial L}{\partial b_2} = \sum_{b}\frac{\partial L}{\partial l_{2,b}}$$
#
# The 1/B goes in at the very beginning, into `d_l2`, and **only once**. From there the chain rule carries it along: no further division, no further mean.
#
# ### Your turn: `backward-output`
#
# Let the shapes be your compass: `d_W2` must be (H, C) like `W2`, and what you have in hand is (B, H) and (B, C).

# %% exercise="backward-output"
def backward_output(a1, l2, y_pred, y):
    """From the loss back through the output layer.

    a1: (B, H), the hidden activations. l2, y_pred: (B, C), the outputs before and after the
    sigmoid. y: (B, C), the right answers. All float tensors of one dtype. The loss L is
    half_squared_error(y_pred, y).
    Returns (d_l2, d_W2, d_b2), the derivatives of L by l2, W2 and b2: (B, C), (H, C), (C,).
    """
    # through the error and the sigmoid   # (B, C)
    # to the weights                      # (H, C)
    # to the biases                       # (C,)
    ### BEGIN SOLUTION
    d_l2 = (y_pred - y) / len(y) * sigmoid_prime(l2)  # (B, C)
    d_W2 = a1.T @ d_l2  # (H, B) @ (B, C) = (H, C)
    d_b2 = d_l2.sum(0)  # (C,)
    return d_l2, d_W2, d_b2
    ### END SOLUTION


# %% [markdown] lang="ko"
# 통과했다면 진짜 숫자 그림 100장에서 자동 미분과 견주어 보세요.

# %% [markdown] lang="en"
# Once it passes, compare with autograd on 100 real images of digits.

# %% tags=["demo"]
W1, b1, W2, b2 = initial_parameters(dtype=torch.float64).values()
x, y = train_x[:100].double(), train_y[:100].double()  # (B, 784), (B, 10)
l1, a1, l2, y_pred = forward(x, W1, b1, W2, b2)
d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, y)

leaves = [W2.clone().requires_grad_(), b2.clone().requires_grad_()]
loss = half_squared_error(forward(x, W1, b1, *leaves)[-1], y)
for name, mine, theirs in zip(("d_W2", "d_b2"), (d_W2, d_b2), torch.autograd.grad(loss, leaves)):
    print(f"{name} {tuple(mine.shape)} equals autograd's: {torch.allclose(mine, theirs)}")

# %% [markdown] lang="ko"
# ## 5. 거꾸로: 은닉층
#
# 여기가 역전파의 핵심입니다. 은닉 유닛에는 정답이 없습니다. 유닛 하나가 얼마나 잘못했는지는 **그 유닛이 영향을 준 출력들이 얼마나 잘못했는지**로 정해집니다. 은닉 유닛 $h$는 가중치 `W2[h, c]`로 출력 10개 모두에 영향을 주었으니, 그 가중치로 되돌아오는 몫을 모두 더합니다.
#
# $$\frac{\partial L}{\partial a_{1,bh}} = \sum_{c}\frac{\partial L}{\partial l_{2,bc}}\,W_{2,hc} \qquad\Longrightarrow\qquad \frac{\partial L}{\partial a_1} = \frac{\partial L}{\partial l_2}\,W_2^\top$$
#
# 순전파에서 `W2`는 은닉 H개를 출력 10개로 보냈습니다. 거꾸로 올 때는 10개를 H개로 보내야 하니 **전치**(transpose)가 나옵니다. 그다음은 4절과 똑같습니다. 시그모이드를 거슬러 오고, 가중치와 편향으로 갈라집니다.
#
# $$\frac{\partial L}{\partial l_1} = \frac{\partial L}{\partial a_1}\odot\sigma'(l_1) \qquad \frac{\partial L}{\partial W_1} = x^\top\,\frac{\partial L}{\partial l_1} \qquad \frac{\partial L}{\partial b_1} = \sum_{b}\frac{\partial L}{\partial l_{1,b}}$$
#
# 이 식에는 손실이 나오지 않습니다. 필요한 것은 뒤에서 넘어온 `d_l2`뿐입니다. 그래서 층이 백 개라도 이 함수를 백 번 부르면 됩니다.
#
# ### 여러분 차례: `backward-hidden`
#
# 모양은 좋은 나침반이지만 **정사각형 앞에서는 거짓말을 합니다**. H와 C가 같으면 전치를 잊어도 오류가 나지 않습니다.

# %% [markdown] lang="en"
# ## 5. Backward: the hidden layer
#
# This is the heart of it. For a hidden unit there is no right answer to compare with. How wrong a unit was is decided by **how wrong the outputs were that it acted on**. Hidden unit $h$ acted on all 10 outputs, through the weights `W2[h, c]`, so what comes back through those weights adds up.
#
# $$\frac{\partial L}{\partial a_{1,bh}} = \sum_{c}\frac{\partial L}{\partial l_{2,bc}}\,W_{2,hc} \qquad\Longrightarrow\qquad \frac{\partial L}{\partial a_1} = \frac{\partial L}{\partial l_2}\,W_2^\top$$
#
# Forward, `W2` takes H hidden units to 10 outputs. On the way back it must take 10 to H, hence the **transpose**. The rest is section 4 again: back through the sigmoid, then branch off to the weights and biases.
#
# $$\frac{\partial L}{\partial l_1} = \frac{\partial L}{\partial a_1}\odot\sigma'(l_1) \qquad \frac{\partial L}{\partial W_1} = x^\top\,\frac{\partial L}{\partial l_1} \qquad \frac{\partial L}{\partial b_1} = \sum_{b}\frac{\partial L}{\partial l_{1,b}}$$
#
# The loss does not appear in these formulas. All they need is the `d_l2` handed back from behind, so for a hundred layers you would simply call this function a hundred times.
#
# ### Your turn: `backward-hidden`
#
# Shapes are a good compass, but **in front of a square they lie**: where H equals C, a forgotten transpose raises no error.

# %% exercise="backward-hidden"
def backward_hidden(x, l1, d_l2, W2):
    """From l2 back through the hidden layer.

    x: (B, D), the input. l1: (B, H), the hidden units before the sigmoid. d_l2: (B, C), the
    derivative of the loss L by l2, where l2 = sigmoid(l1) @ W2 + b2. W2: (H, C). All float
    tensors of one dtype.
    Returns (d_a1, d_l1, d_W1, d_b1), the derivatives of L by a1 = sigmoid(l1), by l1, and by
    W1 and b1 of l1 = x @ W1 + b1: (B, H), (B, H), (D, H), (H,).
    """
    # through the weights   # (B, H)
    # through the sigmoid   # (B, H)
    # to the weights        # (D, H)
    # to the biases         # (H,)
    ### BEGIN SOLUTION
    d_a1 = d_l2 @ W2.T  # (B, C) @ (C, H) = (B, H)
    d_l1 = d_a1 * sigmoid_prime(l1)  # (B, H)
    d_W1 = x.T @ d_l1  # (D, B) @ (B, H) = (D, H)
    d_b1 = d_l1.sum(0)  # (H,)
    return d_a1, d_l1, d_W1, d_b1
    ### END SOLUTION


# %% [markdown] lang="ko"
# 세 함수를 이어 붙이면 `loss.backward()`가 하는 일이 됩니다. 기울기는 뒤에서부터 나오므로 사전(dict)의 순서도 `W2`, `b2`, `W1`, `b1`입니다.

# %% [markdown] lang="en"
# String the three functions together and you have what `loss.backward()` does. Gradients are found from the back, so the dict holds them in the order `W2`, `b2`, `W1`, `b1`.

# %%
def find_gradients(x, y, W1, b1, W2, b2):
    """The gradients of the loss by all four parameters, with no autograd."""
    l1, a1, l2, y_pred = forward(x, W1, b1, W2, b2)
    d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, y)
    d_a1, d_l1, d_W1, d_b1 = backward_hidden(x, l1, d_l2, W2)
    return {"W2": d_W2, "b2": d_b2, "W1": d_W1, "b1": d_b1}


# %% [markdown] lang="ko"
# 2절의 그림을 이번에는 진짜 신경망으로, 그림 100장을 넣어 다시 그립니다. 파란 글자는 값의 모양, 주황 글자는 여러분이 구한 기울기의 모양과 크기입니다. 크기는 모든 원소를 제곱해 더한 값의 제곱근, 곧 노름(norm) $\lVert\cdot\rVert$입니다.

# %% [markdown] lang="en"
# The picture of section 2 once more, now for the real network and 100 images. Blue: the shape of a value. Orange: the shape of the gradient you found, and its size, the norm $\lVert\cdot\rVert$: the root of the sum of the squares of all its elements.

# %% tags=["demo"]
W1, b1, W2, b2 = initial_parameters(dtype=torch.float64).values()
x, y = train_x[:100].double(), train_y[:100].double()  # (B, 784), (B, 10)
l1, a1, l2, y_pred = forward(x, W1, b1, W2, b2)
d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, y)
d_a1, d_l1, d_W1, d_b1 = backward_hidden(x, l1, d_l2, W2)
values = {"x": x, "l1": l1, "a1": a1, "l2": l2, "y_pred": y_pred,
          "W1": W1, "b1": b1, "W2": W2, "b2": b2}
gradients = {"l1": d_l1, "a1": d_a1, "l2": d_l2, "y_pred": (y_pred - y) / len(y),
             "W1": d_W1, "b1": d_b1, "W2": d_W2, "b2": d_b2}
shapes = {name: str(tuple(value.shape)) for name, value in values.items()}
sizes = {name: f"{tuple(v.shape)}\n‖·‖ = {v.norm().item():.3f}" for name, v in gradients.items()}

figure, (ax,) = plots.axes(1, width=8.2, height=3.0)
draw_graph(ax, shapes | {"loss": "()"}, sizes)
ax.set_title("Every gradient has the shape of its value; each sigmoid shrinks it")
plt.show()

# %% [markdown] lang="ko"
# 모든 `d_…`의 모양이 위에 적힌 값의 모양과 같은지 확인하세요. 그리고 `d_y_pred`에서 `d_l2`로, `d_a1`에서 `d_l1`로 올 때 크기가 어떻게 줄어드는지도 보세요. 시그모이드를 한 번 거슬러 올 때마다 많아야 0.25배가 됩니다. 가중치가 다시 키워 주지 않으면, 층이 깊을 때 앞쪽 층에는 거의 아무것도 도착하지 않습니다. 12장의 이야기입니다. (`d_W1`의 크기는 표본 100장과 픽셀 784개의 몫을 모두 더한 것이라 `d_l1`과 바로 견줄 수 없습니다.)
#
# ## 6. 검산: 같은 기울기를 세 가지 방법으로
#
# 통과 표시를 믿지 말고 직접 확인해 봅시다. 3장에서 만든 중심 차분을 다시 씁니다.

# %% [markdown] lang="en"
# See that every `d_…` has the very shape of the value written above it. Then see how the size drops from `d_y_pred` to `d_l2` and from `d_a1` to `d_l1`: going back through a sigmoid multiplies it by at most 0.25. Unless the weights make up for it, hardly anything arrives at the first layers of a deep network, which is the story of chapter 12. (The size of `d_W1` adds up the shares of 100 samples and 784 pixels, so it cannot be compared with `d_l1`.)
#
# ## 6. Checking: the same gradient three ways
#
# Do not take a green tick's word for it; check. Here is the central difference of chapter 3 again.

# %%
def numerical_gradient(f, x, eps):
    """The gradient of f at x by central differences, one element at a time (chapter 3).

    f: a function from a tensor of x's shape to a 0-dimensional tensor. x: a float64 tensor.
    Returns a float64 tensor of x's shape.
    """
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        up, down = x.clone(), x.clone()
        up.view(-1)[i] += eps
        down.view(-1)[i] -= eps
        gradient.view(-1)[i] = (f(up) - f(down)) / (2 * eps)
    return gradient


# %% [markdown] lang="ko"
# 두 기울기가 "거의 같다"는 것을 수 하나로 말하려면 상대 오차(relative error)가 필요합니다. 손으로 구한 것을 $g$, 중심 차분을 $n$이라고 하면
#
# $$\text{error} = \frac{\lVert g - n\rVert}{\lVert g\rVert + \lVert n\rVert}$$
#
# 차이만 보면 안 됩니다. 차이 0.001은 기울기가 1000이면 훌륭하고 0.001이면 형편없습니다. 이 비율은 언제나 0(같다)과 1(정반대이거나 한쪽만 0이다) 사이입니다. `float64`에서 옳은 기울기라면 $10^{-7}$보다 작고, 틀린 기울기라면 대개 0.01보다 큽니다.
#
# ### 여러분 차례: `gradient-check`
#
# 두 기울기가 **모두 0**일 수도 있습니다. 그때 답은 무엇이어야 하나요?

# %% [markdown] lang="en"
# To say "almost equal" with one number takes a relative error. With $g$ for the gradient by hand and $n$ for the central difference,
#
# $$\text{error} = \frac{\lVert g - n\rVert}{\lVert g\rVert + \lVert n\rVert}$$
#
# The difference alone tells nothing: 0.001 is splendid for a gradient of 1000 and hopeless for one of 0.001. This ratio always lies between 0 (equal) and 1 (opposite, or just one of them zero). In `float64` a right gradient stays below $10^{-7}$, and a wrong one is mostly above 0.01.
#
# ### Your turn: `gradient-check`
#
# It can happen that **both gradients are 0**. What must the answer be then?

# %% exercise="gradient-check"
def gradient_check(f, x, gradient, eps):
    """How far a gradient is from central differences: ‖g - n‖ / (‖g‖ + ‖n‖).

    f: a function from a tensor of x's shape to a 0-dimensional tensor.
    x: a float64 tensor of any shape; it stays as it is. gradient: g, what was found by hand
    for the gradient of f at x, float64, of x's shape. eps: the h of the central differences.
    n is numerical_gradient(f, x, eps), and ‖v‖ the root of the sum of the squares of all
    elements. Returns a Python float from 0 to 1; 0.0 where g and n are both zero everywhere.
    """
    ### BEGIN SOLUTION
    n = numerical_gradient(f, x, eps)  # the shape of x
    total = gradient.norm() + n.norm()  # ()
    return ((gradient - n).norm() / total).item() if total > 0 else 0.0
    ### END SOLUTION


# %% [markdown] lang="ko"
# 매개변수마다 따로 검사하면 **어느 것이** 틀렸는지 이름까지 알 수 있습니다. 아래 함수는 나머지 셋을 붙잡아 두고 하나만 움직입니다. 시간을 아끼려고 은닉 유닛을 5개로 줄인 신경망(784-5-10)에 그림 8장을 넣습니다. 그래도 매개변수가 3,985개라 순전파를 7,970번 합니다.

# %% [markdown] lang="en"
# Checked one parameter at a time, you even learn the name of the **one that is wrong**. The function below holds three of them and moves the fourth. To save time the network has 5 hidden units (784-5-10) and sees 8 images; with 3,985 parameters that is still 7,970 forward passes.

# %%
check_x, check_y = train_x[:8].double(), train_y[:8].double()  # (8, 784), (8, 10)
at = initial_parameters(hidden=5, dtype=torch.float64)


def check_all(gradients):
    """Says for each parameter whether its gradient agrees with central differences."""
    for name in at:

        def loss_of(value):
            return half_squared_error(forward(check_x, **{**at, name: value})[-1], check_y)

        error = gradient_check(loss_of, at[name], gradients[name], 1e-5)
        print(f"d_{name}: relative error {error:.0e}   {'ok' if error < 1e-6 else '<- WRONG'}")


# %% tags=["demo", "nbval-ignore-output"]
gradients = find_gradients(check_x, check_y, **at)
print("by hand against central differences:")
check_all(gradients)

leaves = {name: value.clone().requires_grad_() for name, value in at.items()}
loss = half_squared_error(forward(check_x, **leaves)[-1], check_y)
by_autograd = dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values()))))
print("by hand against autograd:")
for name, theirs in by_autograd.items():
    print(f"d_{name}: relative error {(gradients[name] - theirs).norm() / theirs.norm():.0e}")

# %% [markdown] lang="ko"
# 세 방법이 같은 기울기를 냅니다. 중심 차분과는 여덟 자리 넘게, 자동 미분과는 `float64`의 마지막 자리 언저리까지 같습니다. 이제 일부러 고장을 내 봅시다. 은닉층에서 $\sigma'$을 빠뜨린 사람의 기울기입니다. 출력층은 멀쩡하고 은닉층의 두 기울기에만 WRONG이 찍힙니다.

# %% [markdown] lang="en"
# All three give the same gradient: to more than eight digits with central differences, and with autograd to about the last digit that `float64` has. Now break something on purpose. These are the gradients of somebody who forgot $\sigma'$ in the hidden layer: the output layer is fine, and only the hidden layer is called by name.

# %% tags=["demo", "nbval-ignore-output"]
l1, a1, l2, y_pred = forward(check_x, **at)
d_l2, d_W2, d_b2 = backward_output(a1, l2, y_pred, check_y)
d_l1 = d_l2 @ at["W2"].T  # (B, H): sigmoid_prime(l1) is missing
check_all({"W2": d_W2, "b2": d_b2, "W1": check_x.T @ d_l1, "b1": d_l1.sum(0)})

# %% [markdown] lang="ko"
# 그럼 1절의 질문으로 돌아갑시다. 한꺼번에 구하는 것이 얼마나 싼가요? 784-30-10 신경망에 그림 100장을 넣고 시간을 잽니다(아래 수는 여러분의 컴퓨터에서 방금 잰 것입니다).

# %% [markdown] lang="en"
# Back to the question of section 1: how cheap is getting them all at once? Let us time the 784-30-10 network on 100 images (the numbers below were measured on your computer just now).

# %% tags=["demo", "nbval-ignore-output"]
parameters, x, y = initial_parameters(), train_x[:100], train_y[:100]


def milliseconds(run, repeats=200):
    run()  # warm up
    start = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - start) / repeats * 1000


one_forward = milliseconds(lambda: forward(x, **parameters))
everything = milliseconds(lambda: find_gradients(x, y, **parameters))
print(f"one forward pass                    {one_forward:8.2f} ms")
print(f"forward and backward, all gradients {everything:8.2f} ms")
print(f"47720 forward passes, all gradients {47720 * one_forward:8.0f} ms")

# %% [markdown] lang="ko"
# 순전파와 역전파를 합쳐도 순전파 몇 번의 시간이면 됩니다. 손잡이가 몇 개든 마찬가지입니다. 이 차이가 딥러닝을 가능하게 했습니다.
#
# ## 7. 학습: 자동 미분 없이
#
# 남은 것은 걷는 일뿐입니다. 네 매개변수가 모두 같은 규칙으로, 기울기의 반대쪽으로 학습률(learning rate) $\eta$만큼 움직입니다.
#
# $$W_1 \leftarrow W_1 - \eta\,\frac{\partial L}{\partial W_1} \qquad b_1 \leftarrow b_1 - \eta\,\frac{\partial L}{\partial b_1} \qquad W_2 \leftarrow W_2 - \eta\,\frac{\partial L}{\partial W_2} \qquad b_2 \leftarrow b_2 - \eta\,\frac{\partial L}{\partial b_2}$$
#
# ### 여러분 차례: `sgd-update`
#
# 조심할 것이 둘 있습니다. 사전의 **순서를 믿지 마세요**. 그리고 부른 쪽의 값을 바꾸지 말고 새 사전을 돌려주세요.

# %% [markdown] lang="en"
# Forward and backward together take the time of a few forward passes, however many knobs there are. This difference is what made deep learning possible.
#
# ## 7. Training, with no autograd
#
# All that is left is to walk. The four parameters follow one rule: against the gradient, by the learning rate $\eta$.
#
# $$W_1 \leftarrow W_1 - \eta\,\frac{\partial L}{\partial W_1} \qquad b_1 \leftarrow b_1 - \eta\,\frac{\partial L}{\partial b_1} \qquad W_2 \leftarrow W_2 - \eta\,\frac{\partial L}{\partial W_2} \qquad b_2 \leftarrow b_2 - \eta\,\frac{\partial L}{\partial b_2}$$
#
# ### Your turn: `sgd-update`
#
# Two things to watch: **do not trust the order** of a dict, and do not change the caller's values but return a new dict.

# %% exercise="sgd-update"
def sgd_update(parameters, gradients, lr):
    """One step of gradient descent for all parameters.

    parameters: a dict from names ("W1", "b1", "W2", "b2") to float tensors; it and its tensors
    stay as they are. gradients: a dict with the same names, perhaps in another order, to
    tensors of the same shapes. lr: a Python float.
    Returns a new dict from the names to the new values.
    """
    ### BEGIN SOLUTION
    return {name: value - lr * gradients[name] for name, value in parameters.items()}
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 모두 여러분의 코드입니다. 그림을 100장씩 무작위로 뽑아 2,000걸음을 걷습니다. `torch.set_grad_enabled(False)`로 자동 미분을 아예 꺼 두므로, `.backward()`는 쓰고 싶어도 쓸 수 없습니다.

# %% [markdown] lang="en"
# From here on it is all your own code. Draw 100 images at random and take a step, 2,000 times. With `torch.set_grad_enabled(False)` autograd is switched off altogether: `.backward()` could not be called if we wanted to.

# %%
def train(gradients_of, lr, steps, batch_size=100, quiet=True):
    """Trains the 784-30-10 network from its fixed start with random batches.

    gradients_of: find_gradients, or another function like it.
    Returns (parameters, history): history holds (step, test loss, test accuracy) every 50 steps.
    """
    generator = torch.Generator().manual_seed(1)
    parameters, history = initial_parameters(), []
    with torch.set_grad_enabled(False):
        for step in tqdm(range(1, steps + 1), disable=quiet):
            rows = torch.randint(len(train_x), (batch_size,), generator=generator)  # (B,)
            gradients = gradients_of(train_x[rows], train_y[rows], **parameters)
            parameters = sgd_update(parameters, gradients, lr)
            if step % 50 == 0:
                y_pred = forward(test_x, **parameters)[-1]  # (N, 10)
                loss = half_squared_error(y_pred, test_y).item()
                history.append((step, loss, accuracy(y_pred, data.test_labels)))
    return parameters, history


trained = initial_parameters()  # until the next cell has trained them

# %% tags=["demo", "nbval-ignore-output"]
started = time.perf_counter()
trained, history = train(find_gradients, lr=2.0, steps=2000, quiet=False)
for step, loss, share in history:
    if step in (50, 100, 250, 500, 1000, 2000):
        print(f"step {step:4d}: test loss {loss:.3f}, test accuracy {share:.1%}")
seconds = time.perf_counter() - started
print(f"{seconds:.1f} s; some parameter requires grad:",
      any(value.requires_grad for value in trained.values()))

steps, losses, shares = zip(*history)
figure, (left, right) = plots.axes(2, width=4.0, height=2.7)
left.plot(steps, losses)
plots.label(left, "The loss falls", "updates", "test loss")
right.plot(steps, shares, color=plots.GREEN)
right.axhline(0.9, linestyle="--", color=plots.GREY, label="90%")
plots.label(right, "The accuracy passes 90%", "updates", "test accuracy")
right.set_ylim(0, 1.02)
right.legend()
plt.show()
size = sum(value.numel() for value in trained.values())
name = "784-30-10, sigmoid, by hand"
scores.add("ch11_backpropagation", name, [shares[-1]], size, seconds, data.source)

# %% [markdown] lang="ko"
# 90%를 훌쩍 넘었습니다. 한 번도 보여 준 적 없는 시험용 그림에서 잰 정확도입니다. 표에는 9장의 선형 층도 나란히 있습니다. 매개변수는 세 배이고, 100장에 두 장꼴로 더 맞힙니다. 어떤 숫자를 맞히고 어떤 숫자를 틀렸는지 봅시다.

# %% [markdown] lang="en"
# Well past 90%, and measured on test images that it has never seen. The table puts it beside the linear layer of chapter 9: three times as many parameters, and about two more images right in a hundred. Let us look at what it gets right and what it gets wrong.

# %% tags=["demo", "nbval-ignore-output"]
y_pred = forward(test_x, **trained)[-1]  # (N, 10)
guesses = y_pred.argmax(1)  # (N,)
wrong = (guesses != data.test_labels).nonzero().flatten()  # (number of errors,)
right = (guesses == data.test_labels).nonzero().flatten()
figure, grid = plots.axes(8, rows=2, width=0.95, height=1.3)
for ax in grid:
    ax.axis("off")
for ax, i in [*zip(grid[:8], right), *zip(grid[8:], wrong)]:
    ax.imshow(data.test_images[i, 0], cmap="gray_r")
    said, truth = guesses[i].item(), data.test_labels[i].item()
    ax.set_title(f"{said}" if said == truth else f"{said}, is {truth}",
                 color=plots.GREEN if said == truth else plots.RED)
figure.suptitle("Above: right answers. Below: its mistakes", fontsize="medium")
plt.show()
print(f"{len(wrong)} of {len(test_x)} test images are wrong")

# %% [markdown] lang="ko"
# 은닉 유닛은 무엇을 배웠을까요? `W1`의 열 하나는 픽셀 784개에 대한 가중치이니 28×28 그림으로 볼 수 있습니다. 빨간 곳에 잉크가 있으면 유닛이 켜지는 쪽으로, 파란 곳에 있으면 꺼지는 쪽으로 밉니다. 위는 출발점, 아래는 학습한 뒤의 같은 유닛이고, 적힌 수는 시험용 그림 가운데 그 유닛이 켜진($a_1 > 0.5$) 비율입니다. 거의 모든 그림에서 켜지거나 꺼지는 유닛이 더러 있습니다. 학습한 뒤에는 어떤가요?

# %% [markdown] lang="en"
# What have the hidden units learned? A column of `W1` is one weight for each of the 784 pixels, so it can be shown as a 28×28 image. Ink on red pushes the unit on, ink on blue pushes it off. Above the start, below the same units after training; the number says for how many of the test images the unit is on ($a_1 > 0.5$). Some units are on for nearly every image, or for nearly none. And after training?

# %% tags=["demo", "nbval-ignore-output"]
stages = [initial_parameters(), trained]
shares = [(forward(test_x, **stage)[1] > 0.5).float().mean(0) for stage in stages]  # each (H,)
figure, grid = plots.axes(8, rows=2, width=0.95, height=1.2)
for row, (parameters, on) in enumerate(zip(stages, shares)):
    for unit, ax in enumerate(grid[8 * row : 8 * row + 8]):
        weights = parameters["W1"][:, unit]  # (784,)
        top = weights.abs().max()
        ax.imshow(weights.reshape(28, 28), "RdBu_r", vmin=-top, vmax=top, interpolation="nearest")
        ax.set_title(f"unit {unit}: {on[unit]:.0%}", fontsize="small")
        ax.axis("off")
figure.suptitle("Columns of W1: noise before training, parts of strokes after", fontsize="medium")
plt.show()
stuck = [(on < 0.05) | (on > 0.95) for on in shares]  # each (H,): nearly always on or off
for name, units in zip(("before", "after"), stuck):
    print(f"{name} training, units nearly always on or off: {units.sum()} of {len(units)}")
print("the same unit before and after:", (stuck[0] & stuck[1]).sum().item())

# %% [markdown] lang="ko"
# 배운 유닛에서는 획의 조각 같은 무늬가 보입니다. 그러나 출력된 수를 보세요. 거의 늘 켜져 있거나 꺼져 있는 유닛은 줄지 않았고, 대부분 처음과 다른 유닛입니다. 출발점의 그런 유닛은 0.5에서 조금 치우쳤을 뿐 시그모이드가 아직 가파른 곳에 있었습니다. 학습한 뒤의 것은 학습이 평평한 끝까지 밀어붙인 것입니다. 거기서는 $\sigma'$이 0에 가까워 기울기가 거의 오지 않으니 빠져나오기 어렵습니다. 이 문제는 12장과 13장에서 다룹니다.

# %% [markdown] lang="en"
# Units that have learned show patterns like pieces of strokes. But look at the numbers printed: units that are nearly always on or off have not become fewer, and they are mostly other ones. At the start they lay just to one side of 0.5, where the sigmoid is still steep; training has driven these to a flat end. There $\sigma'$ is close to 0, hardly any gradient arrives, and it is hard to get away. Chapters 12 and 13 deal with this.

# %% [markdown] lang="ko"
# ## 8. 함정: 합과 평균을 섞은 코드
#
# 이 과정의 바탕이 된 학습 노트에도 똑같은 신경망의 역전파가 있습니다. 그런데 기울기를 이렇게 만듭니다. 찾아보세요. 어디가 다른가요?

# %% [markdown] lang="en"
# ## 8. A trap: code that mixes sums and means
#
# The study notes this course grew from do backpropagation for the very same network, but they make the gradients like this. Look closely: what is different?

# %%
def notes_gradients(x, y, W1, b1, W2, b2):
    """The gradients as the notes make them."""
    a1 = torch.sigmoid(x @ W1 + b1)  # (B, H)
    y_pred = torch.sigmoid(a1 @ W2 + b2)  # (B, 10)
    d_l2 = (y_pred - y) * y_pred * (1 - y_pred)  # (B, 10)
    d_l1 = d_l2 @ W2.T * a1 * (1 - a1)  # (B, H)
    return {"W2": a1.T @ d_l2, "b2": d_l2.mean(0), "W1": x.T @ d_l1, "b1": d_l1.mean(0)}


start = initial_parameters(dtype=torch.float64)
x, y = train_x[:100].double(), train_y[:100].double()  # (100, 784), (100, 10)
notes = notes_gradients(x, y, **start)

W1, b1, W2, b2 = leaves = [value.requires_grad_() for value in start.values()]
y_pred = torch.sigmoid(torch.sigmoid(x @ W1 + b1) @ W2 + b2)  # (100, 10)
loss = 0.5 * ((y_pred - y) ** 2).sum(1).mean()  # ()
true = dict(zip(start, torch.autograd.grad(loss, leaves)))
print("the notes' gradient is so many times autograd's, at batch size 100:")
for name in true:
    print(f"d_{name}: {(notes[name].norm() / true[name].norm()).item():.3f}")

# %% [markdown] lang="ko"
# `d_l2`에 1/B이 없는데, 편향 쪽에서만 `mean`으로 평균을 냈습니다. 그래서 가중치의 기울기는 배치의 *합*(100배), 편향의 기울기는 배치의 *평균*(1배)입니다. 얼핏 보면 편향 쪽이 이상해 보이지만, 평균 손실의 기울기로 맞는 것은 오히려 편향입니다. `check_all`로 확인해 봅시다. 배치가 8이니 틀린 쪽의 상대 오차는 $\frac{8-1}{8+1} \approx 0.8$이어야 합니다.

# %% [markdown] lang="en"
# There is no 1/B in `d_l2`, and only the biases take a `mean`. So the weights' gradient is a *sum* over the batch (100 times), the biases' a *mean* (1 time). At first sight the biases look like the odd ones out, yet as gradients of a mean loss it is they that are right. Ask `check_all`. With a batch of 8, what is wrong should have a relative error of $\frac{8-1}{8+1} \approx 0.8$.

# %% tags=["demo", "nbval-ignore-output"]
check_all(notes_gradients(check_x, check_y, **at))

# %% [markdown] lang="ko"
# 가중치 둘에 WRONG이 찍혔습니다. 그렇다면 노트는 학습률 `lr`로 걷는다고 *생각*하면서 실제로는 두 가지 학습률로 걷고 있었던 셈입니다.
#
# ### 여러분 차례: `mended-rates`
#
# 노트의 코드를 **올바른** 기울기로 고치되 걸음은 똑같이 유지하려면, 가중치와 편향의 학습률을 각각 얼마로 해야 할까요?

# %% [markdown] lang="en"
# The two weights were called by name. So the notes *believe* that they walk with the learning rate `lr`, and really walk with two different ones.
#
# ### Your turn: `mended-rates`
#
# Mend the notes' code to use the **true** gradients, but let it take the very same steps: which learning rates do the weights and the biases need?

# %% exercise="mended-rates"
def mended_rates(lr, batch_size):
    """The rates at which the true gradients move the parameters as the notes' code does at lr.

    The true gradients are those of the mean loss. The notes' rule is notes_gradients above: it
    sums over the batch for the weights and takes the mean for the biases.
    lr: a Python float. batch_size: an int, the number of samples in the batch.
    Returns (rate_W, rate_b), Python floats, for the weights and for the biases.
    """
    ### BEGIN SOLUTION
    return lr * batch_size, lr
    ### END SOLUTION


# %% [markdown] lang="ko"
# 맞는지 걸어 봅시다. 한쪽은 노트의 기울기와 `lr = 0.02`로, 다른 쪽은 여러분의 기울기와 여러분의 두 학습률로 50걸음을 걷습니다.

# %% [markdown] lang="en"
# Walk and see. One takes 50 steps with the notes' gradients and `lr = 0.02`, the other with your gradients and your two rates.

# %% tags=["demo"]
rate_W, rate_b = mended_rates(0.02, 100)
print(f"the notes' lr of 0.02 at batch 100: really {rate_W:g} for weights, {rate_b:g} for biases")
theirs = mended = initial_parameters(dtype=torch.float64)
x, y = train_x[:100].double(), train_y[:100].double()  # (100, 784), (100, 10)
for _ in range(50):
    theirs = sgd_update(theirs, notes_gradients(x, y, **theirs), 0.02)
    true = find_gradients(x, y, **mended)
    moves = {name: (rate_W if name[0] == "W" else rate_b) * true[name] for name in true}
    mended = sgd_update(mended, moves, 1.0)
same = all(torch.allclose(theirs[name], mended[name]) for name in theirs)
print("after 50 steps all four parameters are the same:", same)

# %% [markdown] lang="ko"
# 그래서 노트의 코드도 학습은 됩니다. 문제는 **배치 크기를 바꾸는 날** 드러납니다. 학습률은 그대로 두고 배치 크기만 바꾸어 600걸음씩 걷게 해 봅시다. 노트의 규칙은 `lr = 0.05`, 여러분의 기울기는 `lr = 2`입니다. 배치가 40이면 두 규칙의 가중치 걸음이 같습니다($0.05 \times 40 = 2$).

# %% [markdown] lang="en"
# So the notes' code does learn. The trouble comes **the day you change the batch size**. Keep the learning rate, change nothing but the batch size, and take 600 steps: the notes' rule with `lr = 0.05`, your gradients with `lr = 2`. At a batch of 40 the weights would walk equally fast by both ($0.05 \times 40 = 2$).

# %% tags=["demo", "nbval-ignore-output"]
batch_sizes = (4, 10, 40, 100, 300)
rules = {"sum for W, mean for b (lr 0.05)": (notes_gradients, 0.05),
         "mean for both (lr 2)": (find_gradients, 2.0)}
reached = {name: [train(gradients_of, lr, 600, size)[1][-1][2] for size in batch_sizes]
           for name, (gradients_of, lr) in rules.items()}

figure, (ax,) = plots.axes(1, width=5.8, height=3.0)
for (name, shares), colour in zip(reached.items(), (plots.ORANGE, plots.BLUE)):
    ax.plot(batch_sizes, shares, "o-", color=colour, label=name)
    print(f"{name}:", ", ".join(f"{B}: {share:.0%}" for B, share in zip(batch_sizes, shares)))
ax.set_xscale("log")
ax.set_xticks(batch_sizes, batch_sizes)
ax.minorticks_off()
ax.set_ylim(0, 1.02)
title = "With mixed sums and means, lr suits only some batch sizes"
plots.label(ax, title, "batch size", "test accuracy")
ax.legend(loc="lower left")
plt.show()

# %% [markdown] lang="ko"
# 섞인 규칙에서는 배치 크기가 몰래 학습률 노릇을 합니다. 배치가 작으면 너무 느리고, 배치가 300이면 가중치가 실제로는 학습률 $0.05 \times 300 = 15$로 걷다가 무너집니다. 올바른 기울기는 배치 크기를 바꾸어도 무너지지 않습니다. 배치가 아주 작을 때 뒤처지는 것은 표본 몇 개로 잰 기울기가 흔들리고, 같은 600걸음이라도 본 그림이 적기 때문입니다.
#
# ### 마지막 배치는 짧습니다
#
# 노트의 코드에는 배치 크기에 기대는 곳이 하나 더 있습니다. 원-핫을 만들 때 줄 수를 정답의 개수가 아니라 *설정해 둔* 배치 크기로 정합니다. 훈련용 그림 1,437장을 100장씩 나누면 마지막에 37장이 남습니다. 그때 무슨 일이 일어나는지 보세요.

# %% [markdown] lang="en"
# In the mixed rule the batch size secretly acts as a learning rate. With small batches it is too slow; at 300 the weights really walk with a rate of $0.05 \times 300 = 15$, and everything falls apart. The true gradient survives every change of batch size. At the smallest it lags behind, because a gradient measured on a handful of samples wobbles, and because 600 small batches show it fewer images.
#
# ### The last batch is short
#
# There is one more place in the notes' code that leans on the batch size. For the one-hot answers they take the number of rows not from the labels but from the batch size *as configured*. Divide 1,437 training images into batches of 100, and 37 are left over. See what happens to them.

# %%
batch_size = 100
labels = data.train_labels[1400:1437]  # (37,): what is left over for the last batch
predictions = torch.full((37, 10), 0.5)  # (37, 10)
y = torch.zeros(batch_size, 10).scatter_(1, labels[:, None], 1.0)  # (100, 10): 63 rows too many
try:
    predictions - y
except RuntimeError as error:
    print("RuntimeError:", error)
print("rows taken from the labels:", tuple(F.one_hot(labels, 10).shape))

# %% [markdown] lang="ko"
# 노트는 `DataLoader`의 `drop_last=True`로 마지막 배치를 버려서 이 오류를 피합니다. 오류는 사라지지만 까닭은 남습니다. 줄 수를 정답에서 얻으면(위의 마지막 줄처럼) 버릴 필요가 없습니다. 다만 그렇게 하고도 합과 평균을 섞어 두면, 짧은 배치에서만 가중치의 걸음이 37/100로 줄어드는 더 조용한 오류가 됩니다.
#
# ## 9. 또 하나의 함정: 시험지의 단위가 다르다면
#
# 노트는 0에서 1 사이로 바꾼 그림으로 학습하고, 평가할 때는 데이터셋의 원본 텐서를 꺼내 씁니다. 원본 픽셀은 0에서 255 사이입니다. 같은 시험용 그림을 두 단위로 넣어 봅시다.

# %% [markdown] lang="en"
# The notes avoid this error by telling the `DataLoader` to drop the last batch (`drop_last=True`). The error goes, its cause stays. Take the number of rows from the labels (as in the last line above) and nothing needs to be dropped. But do that and still mix sums and means, and it becomes a quieter error: in the short batch alone, the weights take only 37/100 of their usual step.
#
# ## 9. Another trap: a test in other units
#
# The notes train on images scaled to the range 0 to 1, and evaluate on the raw tensor of the data set, whose pixels go from 0 to 255. Put the same test images in, in both units.

# %% tags=["demo", "nbval-ignore-output"]
for name, images in (("0 to 1, as in training", test_x), ("raw, 0 to 255", test_x * 255)):
    l1, a1, l2, y_pred = forward(images, **trained)
    loss = half_squared_error(y_pred, test_y).item()
    share = accuracy(y_pred, data.test_labels)
    stuck = ((a1 < 0.01) | (a1 > 0.99)).float().mean().item()
    print(f"{name}: accuracy {share:.1%}, loss {loss:.3f}, {stuck:.0%} of a1 stuck at 0 or 1")

# %% [markdown] lang="ko"
# 놀랍게도 정확도는 거의 그대로입니다. 그래서 이 실수는 아무도 모르게 오래 살아남습니다. 하지만 속은 멀쩡하지 않습니다. 픽셀이 255배 커지니 은닉 유닛이 모두 0이나 1에 달라붙어 부호만 남았고, `b1`은 있으나 마나 해졌습니다. 여기서는 시그모이드가 모든 것을 0과 1 사이로 눌러 주어서 운이 좋았을 뿐입니다. 출력을 눌러 주지 않는 9장의 선형 모델에서는 같은 실수가 손실을 크게 부풀립니다. 평가할 때도 학습할 때와 똑같은 전처리를 거쳐야 합니다.
#
# ## 정리
#
# - `d_l1`은 $\partial L/\partial l_1$이고 모양은 `l1`과 같습니다. 역전파는 뒤에서 앞으로 가며 정거장마다 기울기를 하나씩 곱하는 일입니다.
# - 행렬로 쓰면 가중치로 갈라질 때는 `x.T @ d_l1`, 층을 거슬러 올 때는 `d_l2 @ W2.T`, 시그모이드를 거슬러 올 때는 `d_a1 * sigmoid_prime(l1)`입니다. 마지막 것의 인자는 시그모이드를 지나기 *전*의 값입니다.
# - 앞으로 갈 때의 브로드캐스팅은 거꾸로 올 때의 합입니다. 그래서 편향의 기울기는 배치에 대한 합입니다.
# - 손실을 평균으로 정했다면 1/B은 맨 처음 한 번만 곱합니다. 합과 평균을 섞으면 배치 크기가 학습률 노릇을 합니다.
# - 기울기는 `float64`와 중심 차분으로, 매개변수마다 따로 검산합니다. 그러면 틀린 것의 이름까지 알 수 있습니다.
# - 모든 기울기를 구하는 비용은 매개변수의 개수와 상관없이 순전파 몇 번 분량입니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. W1과 W2를 모두 0에서 시작하면 어떻게 되나요?</summary>
#
# 모든 은닉 유닛이 똑같은 `a1`을 내고 똑같은 기울기를 받습니다. 첫걸음에서는 `W2`가 0이라 `d_a1`도 0이고, 그 뒤로도 유닛들이 영영 똑같이 움직여 30개가 있어도 1개나 다름없습니다. 난수로 시작하는 까닭은 이 대칭을 깨기 위해서입니다.
# </details>
#
# <details><summary>2. W2를 먼저 갱신한 뒤 그 새 W2로 d_a1을 구하면 왜 안 되나요?</summary>
#
# 기울기는 모두 *같은 점*에서 잰 것이어야 합니다. `d_a1`은 순전파 때 쓴 `W2`로 되돌아가는 길인데, 새 `W2`를 쓰면 가 본 적 없는 길을 거슬러 오는 셈입니다. 네 기울기를 모두 구한 다음에 한꺼번에 갱신하세요. `gradient_check`는 이 잘못을 알아채지 못합니다. 기울기 함수는 맞고 부르는 순서가 틀렸기 때문입니다.
# </details>
#
# <details><summary>3. 정답이 1인데 출력이 0.0001이면, 아주 크게 틀렸으니 기울기도 클까요?</summary>
#
# 아닙니다. `d_l2`에는 $\sigma'(l_2) = 0.0001 \times 0.9999$가 곱해지므로 거의 0입니다. 가장 크게 틀린 표본에서 가장 못 배웁니다. 손실을 출력마다의 이진 교차 엔트로피(binary cross entropy)를 더한 것으로 바꾸면 이 $\sigma'$이 정확히 지워져서 `d_l2`가 $(\hat{y} - y)/B$가 됩니다. 6장에서 그 손실을 쓴 까닭입니다. 7장의 소프트맥스와 교차 엔트로피도 같은 꼴이 됩니다.
# </details>
#
# <details><summary>4. 깊은 신경망에서 역전파가 순전파의 두 배쯤 계산하는 까닭은 무엇인가요?</summary>
#
# 순전파는 층마다 행렬 곱을 한 번 합니다(`x @ W`). 역전파는 두 번 합니다. 한 번은 가중치 쪽으로(`x.T @ d`), 한 번은 앞 층으로(`d @ W.T`). 첫째 층에서는 입력의 기울기가 필요 없어 한 번이면 됩니다. 우리의 `backward_hidden`도 `d_x`를 구하지 않습니다.
# </details>
#
# <details><summary>5. 가중치를 여러 곳에서 함께 쓰면(합성곱, RNN) 기울기는 어떻게 되나요?</summary>
#
# 쓰인 곳마다 기울기를 구해서 모두 더합니다. 이 장에서 이미 해 보았습니다. `W2`와 `b2`는 표본 $B$개에 함께 쓰였고, 그래서 표본에 대해 더했습니다. 16장과 20장에서는 위치와 시점에 대해 더합니다.
# </details>

# %% [markdown] lang="en"
# The accuracy hardly moves. That is why this mistake lives long and unnoticed. Inside, though, things are not well: with pixels 255 times as large, all hidden units are stuck at 0 or 1, only signs are left, and `b1` counts for next to nothing. We were lucky, because sigmoids squash everything into 0 to 1. In the linear model of chapter 9, whose outputs nothing squashes, the same mistake blows up the loss. Whatever was done to the images in training must be done to them in testing.
#
# ## Summary
#
# - `d_l1` is $\partial L/\partial l_1$, and it has the shape of `l1`. Backpropagation goes from the back to the front and multiplies by one slope at every station.
# - With matrices: branching off to the weights is `x.T @ d_l1`, going back through a layer is `d_l2 @ W2.T`, going back through a sigmoid is `d_a1 * sigmoid_prime(l1)`. The argument of that last one is the value *before* the sigmoid.
# - A broadcast on the way forward is a sum on the way back. So a bias's gradient is a sum over the batch.
# - If the loss is a mean, the 1/B goes in once, at the very beginning. Mix sums and means, and the batch size acts as a learning rate.
# - Check gradients in `float64` against central differences, one parameter at a time. Then you learn the name of the one that is wrong.
# - All gradients together cost a few forward passes, whatever the number of parameters.
#
# ## Further questions
#
# <details><summary>1. What happens if W1 and W2 both start at 0?</summary>
#
# Every hidden unit gives the same `a1` and gets the same gradient. At the first step `W2` is 0, so `d_a1` is 0 as well, and ever after the units move in lockstep: thirty of them can do no more than one. Random numbers are there to break this symmetry.
# </details>
#
# <details><summary>2. Why not update W2 first and then use the new W2 for d_a1?</summary>
#
# All gradients must be measured at *one and the same point*. `d_a1` goes back along the way that the forward pass came, through the `W2` it used; with the new `W2` you walk back along a road you never took. Find all four gradients, then update all four. `gradient_check` does not notice this mistake: the gradient functions are right, it is the order of calling them that is wrong.
# </details>
#
# <details><summary>3. The answer is 1 and the output is 0.0001. So wrong: is the gradient large?</summary>
#
# No. `d_l2` has the factor $\sigma'(l_2) = 0.0001 \times 0.9999$, so it is almost 0: where the network is most wrong it learns least. With the binary cross entropy, summed over the outputs, as the loss this $\sigma'$ cancels exactly, and `d_l2` becomes $(\hat{y} - y)/B$. That is why chapter 6 uses that loss; chapter 7's softmax with cross entropy gives the same short form.
# </details>
#
# <details><summary>4. Why does the way back compute about twice as much in a deep network as the way forward?</summary>
#
# Forward, each layer has one matrix product (`x @ W`). Backward it has two, one towards the weights (`x.T @ d`) and one towards the layer before (`d @ W.T`). The first layer needs only one of them, since nobody asks for the gradient of the input: our `backward_hidden` has no `d_x` either.
# </details>
#
# <details><summary>5. What is the gradient of a weight used in several places (convolutions, RNNs)?</summary>
#
# Find the gradient for each place and add them all up. You have done so in this chapter: `W2` and `b2` were used by $B$ samples, and so we summed over the samples. Chapters 16 and 20 sum over positions and over time.
# </details>
