# ---
# jupyter:
#   course:
#     ko: 가중치 초기화와 RBM 사전 학습
#     en: Weight initialisation, and RBM pre-training
#     minutes: 110
# ---

# %% [markdown] lang="ko"
# # 13장. 가중치 초기화와 RBM 사전 학습
#
# **누구를 위한 장인가요?** `nn.Linear(784, 100)`이 어떤 수로 시작하는지 한 번도 들여다보지 않은 사람. Xavier와 He라는 이름은 들어 보았지만, 왜 2이고 왜 6인지 궁금했던 사람.
#
# **걸리는 시간** 약 110분 · **먼저 알아야 할 것** 평균과 분산(4장), 시그모이드(6장), 교차 엔트로피(7장), 역전파(11장), ReLU와 기울기 소실(12장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 층을 지날 때마다 값의 크기가 몇 배가 되는지 식으로 구하고 재어 볼 수 있습니다.
# - Xavier와 He 초기화를 손으로 쓰고, 어느 활성화 함수에 어느 것을 쓰는지 까닭을 댈 수 있습니다.
# - 분산과 표준편차를 혼동한 초기화 코드를 값의 크기만 보고 찾아낼 수 있습니다.
# - 제한 볼츠만 머신을 손으로 학습시키고, 그것을 쌓아 깊은 신경망의 출발점으로 쓸 수 있습니다.
# - 사전 학습으로 무엇을 얻고 무엇을 얻지 못하는지, 잰 만큼만 말할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 13. Weight initialisation, and RBM pre-training
#
# **Who is this for?** You have never looked at the numbers that `nn.Linear(784, 100)` starts with. You have heard the names Xavier and He and wondered: why a 2, and why a 6?
#
# **Time** about 110 minutes · **You need** mean and variance (chapter 4), the sigmoid (chapter 6), cross entropy (chapter 7), backpropagation (chapter 11), ReLU and vanishing gradients (chapter 12)
#
# **Afterwards you can**
#
# - work out, and measure, by how much each layer multiplies the size of what goes through it,
# - write Xavier and He initialisation by hand, and say which suits which activation function, and why,
# - recognise code that takes a variance for a standard deviation by the size of its numbers alone,
# - train a restricted Boltzmann machine by hand, stack several, and start a deep network from them,
# - say what pre-training buys and what it does not, and no more than was measured.

# %%
import math
import time

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
open_chapter("ch13_weight_initialization", "ko")

# %% lang="en"
open_chapter("ch13_weight_initialization", "en")

# %% [markdown] lang="ko"
# ## 1. 어디에서 출발해야 할까요?
#
# 경사하강법은 지금 있는 곳에서 아래로 걷습니다. 그러니 어디에 *서서* 시작하느냐가 문제입니다. 학습을 시작하기 전에 가중치를 정해 주는 일을 초기화(initialisation)라고 합니다.
#
# 학습 노트는 "초기화를 한 것이 안 한 것보다 낫다"고 합니다. 그런데 초기화를 *안 한* 층이 있을까요? `nn.Linear`를 만들기만 하고 열어 봅시다.

# %% [markdown] lang="en"
# ## 1. Where do you start?
#
# Gradient descent walks downhill from where it is. So it matters where you *stand* when you begin. Choosing the weights before training is called initialisation.
#
# The study notes say that "initialising is better than not initialising". But is there such a thing as a layer that is *not* initialised? Make an `nn.Linear`, do nothing with it, and look inside.

# %%
_ = torch.manual_seed(0)
weight = nn.Linear(600, 400).weight.detach()  # (400, 600): outputs first
print(f"shape {tuple(weight.shape)}, from {weight.min():.4f} to {weight.max():.4f}, "
      f"standard deviation {weight.std():.4f}")
print(f"1 / sqrt(600) = {1 / math.sqrt(600):.4f}, and that / sqrt(3) = {1 / math.sqrt(1800):.4f}")

# %% [markdown] lang="ko"
# 벌써 난수가 들어 있습니다. PyTorch는 `nn.Linear`를 만들 때 언제나 $-1/\sqrt{n}$에서 $1/\sqrt{n}$ 사이의 균등 분포로 채웁니다. $n$은 들어오는 수의 개수, 여기서는 600입니다. ($-a$에서 $a$ 사이 균등 분포의 표준편차는 $a/\sqrt{3}$입니다.) 그러니 물음은 "할까 말까"가 아니라 **"어떤 난수로?"** 입니다.
#
# 왜 꼭 난수여야 할까요? 784-50-50-10 ReLU 신경망을 세 가지로 출발시켜 재어 봅시다. 모두 0, 모두 0.01, 난수입니다. 둘째 걸음의 기울기 노름을 층마다 재고, 100걸음 뒤에 둘째 은닉층의 유닛 50개 가운데 *서로 다른* 것이 몇 개인지 셉니다.

# %% [markdown] lang="en"
# It is full of random numbers already. Whenever PyTorch makes an `nn.Linear`, it fills it with the uniform distribution from $-1/\sqrt{n}$ to $1/\sqrt{n}$, where $n$ is how many numbers come in, here 600. (A uniform distribution from $-a$ to $a$ has standard deviation $a/\sqrt{3}$.) So the question is not "whether" but **"which random numbers?"**
#
# And why random at all? Start a 784-50-50-10 ReLU network in three ways: all 0, all 0.01, random. Measure the norm of the gradient at the second step in each layer; and after 100 steps count how many of the 50 units of the second hidden layer *differ* from one another.

# %%
data = digits()
print(data.source)
train_x, test_x = data.train_images.flatten(1), data.test_images.flatten(1)  # (N, 784)
train_y, test_y = data.train_labels, data.test_labels  # (N,)
x, labels = train_x[:100], train_y[:100]  # (100, 784), (100,)

for name, fill in (("all 0", lambda W: W.zero_()), ("all 0.01", lambda W: W.fill_(0.01)),
                   ("random", lambda W: W.normal_(std=0.05))):
    _ = torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 50), nn.ReLU(),
                        nn.Linear(50, 10))
    with torch.no_grad():
        for k in (0, 2, 4):
            fill(net[k].weight)
            net[k].bias.zero_()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for step in range(100):
        optimizer.zero_grad()
        F.cross_entropy(net(x), labels).backward()
        if step == 1:
            norms = ", ".join(f"{net[k].weight.grad.norm():.3f}" for k in (0, 2, 4))
        optimizer.step()
    rows = net[2].weight.detach().mul(1e4).round()  # (50, 50): a row for each unit
    print(f"{name:8s}: gradients {norms}; different units: {len(rows.unique(dim=0))}")

# %% [markdown] lang="ko"
# 모두 0이면 **어느 가중치에도 기울기가 오지 않습니다**. 은닉 유닛이 모두 0을 내고(그래서 마지막 층의 기울기가 0), 거꾸로 오는 길에는 0인 가중치가 막고 서 있습니다. 움직이는 것은 마지막 편향뿐입니다.
#
# 모두 0.01이면 기울기는 오지만 유닛 50개가 *똑같은* 기울기를 받아 영원히 하나처럼 움직입니다. 난수는 이 대칭을 깨려고(symmetry breaking) 씁니다. 그러면 난수의 *크기*는 얼마여야 할까요? 이 장의 앞부분은 이 질문 하나에 답합니다.
#
# ## 2. 열 층을 지나면 값은 어떻게 되나요?
#
# 폭이 100인 tanh 층을 열 개 쌓고, 표준편차가 서로 다른 정규 난수로 출발시킵니다. 표준 정규 난수 100개짜리 입력 200개가 층을 지나는 동안, 나온 값의 히스토그램을 그립니다. 이 장에서는 가중치를 `nn.Linear`처럼 (나가는 수, 들어오는 수)로 두므로, 한 층은 `f(a @ W.T)`입니다. 편향은 모두 0에서 시작해서 생략합니다.

# %% [markdown] lang="en"
# From all zeros, **no weight gets any gradient**. All hidden units give 0 (so the last layer's gradient is 0), and on the way back the weights, being 0, let nothing through. Only the last bias moves.
#
# From all 0.01 a gradient arrives, but it is *the same* for all 50 units, which will move as one for ever. Random numbers are there for symmetry breaking. But how *large* should they be? That one question is what the first part of this chapter answers.
#
# ## 2. What becomes of a value after ten layers?
#
# Stack ten tanh layers of 100 units and start them with normal random numbers of different standard deviations. Send 200 inputs of 100 standard normal numbers through, and draw histograms of what comes out. In this chapter weights stand as in `nn.Linear`, (outputs, inputs), so a layer is `f(a @ W.T)`. Biases all start at 0 and are left out.

# %%
def standard_normals(sizes, seed):
    """Standard normal numbers in the shapes of weights: (fan_out, fan_in) for each layer."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(m, n, generator=generator) for n, m in zip(sizes, sizes[1:])]


inputs = torch.randn(200, 100, generator=torch.Generator().manual_seed(7))  # (N, 100)
shown = (1, 4, 7, 10)
figure, grid = plots.axes(4, rows=3, width=1.9, height=1.35, sharex=True)
for row, std in enumerate((0.03, 0.1, 0.3)):
    a = inputs  # (N, 100)
    for layer, z in enumerate(standard_normals([100] * 11, seed=0), start=1):
        a = torch.tanh(a @ (std * z).T)  # (N, 100)
        if layer in shown:
            ax = grid[4 * row + shown.index(layer)]
            ax.hist(a.flatten(), bins=40, range=(-1, 1), color=plots.BLUE)
            ax.set_yticks([])
            ax.set_title(f"layer {layer}" if row == 0 else "", fontsize="small")
            ax.set_xlabel("activation" if row == 2 else "", fontsize="small")
    grid[4 * row].set_ylabel(f"std {std}", fontsize="small")
figure.suptitle("Too small: all becomes 0. Too large: all saturates at -1 and 1", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 0.03이면 열 층 뒤에는 모든 값이 0에 붙어 버립니다. 어떤 입력을 넣어도 나오는 것이 같으니 배울 거리가 없습니다. 0.3이면 모든 값이 $-1$이나 $1$에 붙어 포화됩니다. 거기서는 tanh가 평평해서 기울기가 사라집니다(12장). 0.1이면 그 사이에서 오래 버팁니다. 0.1은 어디서 온 수일까요? $1/\sqrt{100}$입니다.
#
# ### 왜 $1/\sqrt{n}$인가요?
#
# 유닛 하나가 받는 것은 수 $n$개의 합입니다.
#
# $$l = w_1a_1 + w_2a_2 + \dots + w_na_n$$
#
# 서로 상관없는 난수를 더하면 **분산끼리 더해집니다**. $w_i$의 평균이 0이고 분산이 $s^2$이면 $w_ia_i$의 분산은 $s^2$에 $a_i^2$의 평균을 곱한 것입니다. 그런 것이 $n$개 있으므로
#
# $$\operatorname{Var}(l) = n\,s^2\cdot\operatorname{mean}(a^2)$$
#
# 층을 하나 지날 때마다 $ns^2$배가 되는 셈입니다. 1보다 작으면 사라지고 1보다 크면 터집니다. $ns^2 = 1$, 곧 $s = 1/\sqrt{n}$이면 그대로입니다. 정말 그런지 $n$을 바꾸어 가며 재어 봅시다.

# %% [markdown] lang="en"
# With 0.03, after ten layers every value sticks to 0: whatever goes in, the same comes out, and there is nothing to learn from. With 0.3 everything saturates at $-1$ or $1$, where tanh is flat and the gradient vanishes (chapter 12). With 0.1 the values hold out in between. Where does 0.1 come from? It is $1/\sqrt{100}$.
#
# ### Why $1/\sqrt{n}$?
#
# What a unit receives is a sum of $n$ numbers.
#
# $$l = w_1a_1 + w_2a_2 + \dots + w_na_n$$
#
# When random numbers that have nothing to do with each other are added, **their variances add up**. If the $w_i$ have mean 0 and variance $s^2$, then $w_ia_i$ has the variance $s^2$ times the mean of $a_i^2$. There are $n$ of these, so
#
# $$\operatorname{Var}(l) = n\,s^2\cdot\operatorname{mean}(a^2)$$
#
# Every layer multiplies by $ns^2$. Below 1 all fades away, above 1 all blows up, and with $ns^2 = 1$, that is $s = 1/\sqrt{n}$, it stays. Measure whether this is so for several $n$.

# %%
generator = torch.Generator().manual_seed(0)
for n in (10, 100, 1000):
    a = torch.rand(2000, n, generator=generator)  # (2000, n): mean of a^2 is 1/3
    W = 0.2 * torch.randn(500, n, generator=generator)  # (500, n): s = 0.2
    measured = (a @ W.T).var().item()
    print(f"n = {n:4d}: Var(l) is {measured:.2f}, n s^2 mean(a^2) is {n * 0.2**2 / 3:.2f}")

# %% [markdown] lang="ko"
# ### 여러분 차례: `activation-stds`
#
# 히스토그램을 층마다 그리는 대신 수 하나로 줄입시다. 층마다 활성값이 얼마나 퍼져 있는지, 표준편차를 재는 함수를 쓰세요. n − 1이 아니라 n으로 나눕니다(5장의 `correction=0`).

# %% [markdown] lang="en"
# ### Your turn: `activation-stds`
#
# Instead of a histogram for each layer, take one number: write a function that measures how far the activations of each layer are spread, their standard deviation. It divides by n, not by n − 1 (the `correction=0` of chapter 5).

# %% exercise="activation-stds"
def activation_stds(x, weights, activation):
    """The standard deviation of what comes out of each layer of a network without biases.

    x: (N, D) float tensor. weights: a list of L >= 1 tensors of x's dtype, (fan_out, fan_in)
    each; a layer is f(a @ W.T). activation: the name of f: "relu", "tanh" or "sigmoid".
    Returns an (L,) tensor of x's dtype: for each layer the standard deviation of all its N times
    fan_out activations (after f) together, divided by their number, not by one less.
    """
    f = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[activation]
    ### BEGIN SOLUTION
    a, stds = x, []
    for W in weights:
        a = f(a @ W.T)  # (N, fan_out)
        stds.append(a.std(correction=0))  # ()
    return torch.stack(stds)  # (L,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 한눈에 볼 수 있습니다. 폭 100인 층 30개를 다섯 가지 크기의 난수로 출발시킵니다. 세로축은 로그 눈금입니다.

# %% [markdown] lang="en"
# Now it fits in one picture: 30 layers of 100 units, started with random numbers of five sizes. The vertical axis is logarithmic.

# %% tags=["demo"]
figure, grid = plots.axes(2, width=3.5, height=2.8, sharey=True)
for ax, activation in zip(grid, ("tanh", "relu")):
    for times, style in ((0.5, ":"), (0.8, "-."), (1.0, "-"), (1.41, "--"),
                         (2.0, (0, (6, 1, 1, 1, 1, 1)))):
        weights = [times / 100**0.5 * z for z in standard_normals([100] * 31, seed=0)]
        ax.semilogy(range(1, 31), activation_stds(inputs, weights, activation),
                    linestyle=style, label=f"{times}/√n")
    plots.label(ax, activation, "layer", "std of activations" if ax is grid[0] else "")
grid[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
figure.suptitle("A small factor per layer becomes an enormous one", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# tanh에서는 $1/\sqrt{n}$이 오래 버티고, 그보다 크면 위로는 1에서 막힙니다(포화). ReLU는 다릅니다. $1/\sqrt{n}$에서도 곧게 내려가고, $1.41/\sqrt{n}$쯤에서야 평평해집니다. 이 1.41의 정체는 4절에서 밝혀집니다.
#
# ## 3. 들어오는 수, 나가는 수
#
# 앞의 $n$은 유닛 **하나로 들어오는 수의 개수**입니다. 이것을 fan_in이라고 합니다. 거꾸로 올 때도 같은 일이 벌어집니다. 기울기는 입력 하나에서 *나간* 화살표를 모두 타고 돌아와 더해집니다. 그 개수가 fan_out입니다.

# %% [markdown] lang="en"
# With tanh, $1/\sqrt{n}$ holds out for long, and anything larger runs into the ceiling at 1 (saturation). ReLU is different: even with $1/\sqrt{n}$ the line goes straight down, and only near $1.41/\sqrt{n}$ is it level. Section 4 will say what this 1.41 is.
#
# ## 3. What comes in, what goes out
#
# The $n$ above is **how many numbers enter one unit**. It is called fan_in. On the way back the same thing happens: the gradient returns to an input along all the arrows that *left* it, and is added up. How many these are is fan_out.

# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=5.2, height=2.3)
left, right = [(0, y) for y in range(5)], [(2, 1 + y) for y in range(3)]
for i, start in enumerate(left):
    for j, end in enumerate(right):
        style = {"color": plots.GREY, "linewidth": 0.5}
        if j == 2:
            style = {"color": plots.BLUE, "linewidth": 2}
        elif i == 0:
            style = {"color": plots.ORANGE, "linewidth": 2, "linestyle": "--"}
        ax.plot(*zip(start, end), **style, zorder=1)
ax.plot(*zip(left[0], right[2]), color=plots.ORANGE, linewidth=2, linestyle=(0, (3, 3)), zorder=2)
for x, y in left + right:
    ax.scatter(x, y, s=150, color="white", edgecolor=plots.GREY, zorder=3)
ax.text(2.3, 3, "fan_in = 5 arrows arrive", color=plots.BLUE, va="center")
ax.text(-0.3, 0, "fan_out = 3 arrows leave", color=plots.ORANGE, va="center", ha="right")
ax.set(xlim=(-3.4, 5.4), ylim=(-0.6, 4.6))
ax.set_title("A layer from 5 to 3 units: weight (3, 5)")
ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# 노트는 $n_{in}$을 "이전 층의 수"라고 적었습니다. 층의 수가 아니라 **유닛의 수**입니다.
#
# 합성곱(convolution) 층에서는 셈이 조금 다릅니다. 16장에서 배울 이 층은 작은 창을 그림 위에서 움직이며, 창에 든 픽셀만 받습니다. 가중치는 (나가는 채널, 들어오는 채널, 창의 높이, 창의 너비)입니다. 출력 하나는 *들어오는 채널마다 창 전체*를 받고, 입력 하나는 *나가는 채널마다 창의 자리 수만큼* 쓰입니다. 창의 축은 하나일 수도, 셋일 수도 있습니다.
#
# ### 여러분 차례: `fan-in-out`

# %% [markdown] lang="en"
# The notes call $n_{in}$ "the number of the layer before". It is not a number of layers but **of units**.
#
# For a convolution layer the count is a little different. This layer, the subject of chapter 16, moves a small window over the image and receives only the pixels inside. Its weight is (output channels, input channels, height of the window, width of the window). One output receives *the whole window from every input channel*; one input is used *once for every place in the window, for every output channel*. A window may also have one axis, or three.
#
# ### Your turn: `fan-in-out`

# %% exercise="fan-in-out"
def fan_in_out(shape):
    """How many numbers enter one output of a layer, and how many outputs one input reaches.

    shape: a tuple of two or more ints, the shape of the layer's weight as PyTorch holds it:
    (outputs, inputs) for nn.Linear; (output channels, input channels, *window) for a convolution,
    whose window may have any number of axes of different lengths (edges of the image are
    ignored). Returns (fan_in, fan_out), ints.
    """
    ### BEGIN SOLUTION
    window = math.prod(shape[2:])  # pixels of the window; 1 for a linear layer
    return shape[1] * window, shape[0] * window
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### Xavier: 두 방향의 타협
#
# 순전파의 크기를 지키려면 $n_{in}s^2 = 1$, 역전파의 크기를 지키려면 $n_{out}s^2 = 1$이어야 합니다. 둘이 다르면 한꺼번에 지킬 수 없으니 Xavier Glorot와 Yoshua Bengio(2010)는 두 조건의 평균을 택했습니다. $\frac{n_{in}+n_{out}}{2}s^2 = 1$이므로
#
# $$\operatorname{Var}(W) = \frac{2}{n_{in}+n_{out}} \qquad \operatorname{std}(W) = \sqrt{\frac{2}{n_{in}+n_{out}}}$$
#
# 노트는 제곱근이 있는 쪽을 $\operatorname{Var}(W)$라고 적었습니다. **그것은 표준편차입니다.** 둘을 바꾸어 읽으면 어떻게 되는지는 5절에서 보게 됩니다.
#
# 정규 분포 대신 균등 분포 $U(-a, a)$를 쓸 수도 있습니다. 표준편차가 $a/\sqrt{3}$이니 $a$는 그 $\sqrt{3}$배입니다. 6은 여기서 나옵니다($2 \times 3$).
#
# $$a = \text{gain}\cdot\sqrt{\frac{6}{n_{in}+n_{out}}}$$
#
# 이득(gain)은 활성화 함수가 깎아 먹는 만큼 미리 키워 두는 수입니다. 지금은 1이고, 4절과 8절에서 쓰게 됩니다.
#
# ### 여러분 차례: `xavier-uniform`
#
# 난수는 드립니다. `u`는 0과 1 사이의 균등 난수이고, 여러분은 그것을 $-a$와 $a$ 사이로 옮깁니다.

# %% [markdown] lang="en"
# ### Xavier: a compromise between two directions
#
# To keep the size on the way forward we need $n_{in}s^2 = 1$; to keep it on the way back, $n_{out}s^2 = 1$. Where they differ both cannot be had, and Xavier Glorot and Yoshua Bengio (2010) took the mean of the two conditions: $\frac{n_{in}+n_{out}}{2}s^2 = 1$, and so
#
# $$\operatorname{Var}(W) = \frac{2}{n_{in}+n_{out}} \qquad \operatorname{std}(W) = \sqrt{\frac{2}{n_{in}+n_{out}}}$$
#
# The notes give the one with the root and call it $\operatorname{Var}(W)$. **It is the standard deviation.** What happens when the two are mixed up, you will see in section 5.
#
# Instead of a normal distribution one may take a uniform one, $U(-a, a)$. Its standard deviation is $a/\sqrt{3}$, so $a$ is $\sqrt{3}$ times as large. That is where the 6 comes from ($2 \times 3$).
#
# $$a = \text{gain}\cdot\sqrt{\frac{6}{n_{in}+n_{out}}}$$
#
# The gain makes up in advance for what the activation function takes away. It is 1 for now; sections 4 and 8 will use it.
#
# ### Your turn: `xavier-uniform`
#
# You are given the random numbers: `u` is uniform between 0 and 1, and you move it to lie between $-a$ and $a$.

# %% exercise="xavier-uniform"
def xavier_uniform(u, gain=1.0):
    """Xavier's weights, uniform between -a and a, a = gain * sqrt(6 / (fan_in + fan_out)).

    u: float tensor of numbers from 0 to 1 in the shape of the weight, as for fan_in_out (two or
    more axes); it stays as it is. gain: a positive Python float.
    Returns a tensor of u's shape and dtype: -a where u is 0, +a where u is 1, and evenly in
    between.
    """
    ### BEGIN SOLUTION
    fan_in, fan_out = fan_in_out(u.shape)
    bound = gain * math.sqrt(6 / (fan_in + fan_out))
    return 2 * bound * u - bound
    ### END SOLUTION


# %% [markdown] lang="ko"
# 600에서 400으로 가는 층에서 재어 봅시다. 노트는 Xavier와 He가 "무작위 값이 아니라" 층의 특징으로 정해진다고 합니다. 시드를 둘 써서 두 벌을 만들어 비교하면 답이 나옵니다.

# %% [markdown] lang="en"
# Measure it on a layer from 600 to 400 units. The notes say that Xavier and He start "not from random values" but from the layer's properties. Make two, from two seeds, and compare.

# %% tags=["demo"]
first, second = [xavier_uniform(torch.rand(400, 600, generator=torch.Generator().manual_seed(seed)))
                 for seed in (0, 1)]  # (400, 600) each
for W in (first, second):
    print(f"bound {W.abs().max():.5f}, variance {W.var():.4f}, standard deviation {W.std():.4f}")
together = (first * second).mean() / (first.std() * second.std())
print(f"correlation of the two: {together:+.3f}; equal weights: {(first == second).sum()}")
print(f"sqrt(6 / 1000) = {math.sqrt(6 / 1000):.5f}, sqrt(2 / 1000) = {math.sqrt(2 / 1000):.4f}")

# %% [markdown] lang="ko"
# 두 벌은 서로 아무 상관이 없습니다(상관은 0이면 무관, 1이면 같다는 뜻입니다). **난수입니다.** 층의 모양에서 정해지는 것은 난수의 *크기*뿐입니다. 분산은 0.0020, 표준편차는 0.045쯤이니 $\sqrt{2/1000}$은 표준편차가 맞습니다.
#
# ## 4. ReLU는 절반을 버립니다
#
# 이제 여러분의 Xavier로 폭 256인 층을 50개 쌓고, 층마다 $\operatorname{mean}(a^2)$을 잽니다. 2절의 식에서 층을 건너 전해지는 것이 바로 이 제곱의 평균입니다. 출발점은 열 가지입니다. 선은 중앙값, 띠는 최소에서 최대까지입니다.

# %% [markdown] lang="en"
# The two have nothing to do with each other (a correlation is 0 for unrelated things and 1 for equal ones). **They are random.** Only their *scale* comes from the shape of the layer. The variance is 0.0020 and the standard deviation about 0.045, so $\sqrt{2/1000}$ is indeed the standard deviation.
#
# ## 4. A ReLU throws half away
#
# Now stack 50 layers of 256 units with your Xavier, and measure $\operatorname{mean}(a^2)$ at each. In the formula of section 2 it is this mean of squares that is handed from layer to layer. There are ten starts; the line is the median, the band goes from least to most.

# %%
def mean_squares(x, weights, f):
    """The mean square of what enters the network and of each layer's activations: (L + 1,)."""
    a, squares = x, [(x**2).mean()]
    for W in weights:
        a = f(a @ W.T)  # (N, fan_out)
        squares.append((a**2).mean())  # ()
    return torch.stack(squares)


def draw_starts(ax, rows, style, colour, label):
    """rows, (starts, L + 1): the median as a line, in a band from least to most."""
    rows, layers = torch.stack(rows), range(len(rows[0]))
    ax.fill_between(layers, rows.amin(0), rows.amax(0), color=colour, alpha=0.2)
    ax.semilogy(layers, rows.median(0).values, linestyle=style, color=colour, label=label)


wide = torch.randn(100, 256, generator=torch.Generator().manual_seed(7))  # (100, 256)
xavier_rows = None  # until the next cell has measured them

# %% tags=["demo"]
xavier_rows = {"tanh": [], "ReLU": []}
for seed in range(10):
    generator = torch.Generator().manual_seed(seed)
    weights = [xavier_uniform(torch.rand(256, 256, generator=generator)) for _ in range(50)]
    for (name, rows), f in zip(xavier_rows.items(), (torch.tanh, torch.relu)):
        rows.append(mean_squares(wide, weights, f))

figure, (ax,) = plots.axes(1, width=5.2, height=2.8)
draw_starts(ax, xavier_rows["tanh"], "-", plots.BLUE, "tanh")
draw_starts(ax, xavier_rows["ReLU"], "--", plots.ORANGE, "ReLU")
plots.label(ax, "Xavier: tanh fades slowly, ReLU halves at every layer", "layer", "mean of a²")
ax.legend()
plt.show()
last = torch.stack(xavier_rows["ReLU"])[:, -1]  # (10,)
print(f"ReLU after 50 layers: median {last.median():.1e}; 2^-50 = {2**-50:.1e}")

# %% [markdown] lang="ko"
# 노트는 Xavier가 "비선형 함수에서 뛰어나지만 ReLU에서는 0으로 수렴한다"고 합니다. 뒷말은 맞습니다. 다만 ReLU도 *비선형 함수입니다*. 갈리는 것은 비선형인가가 아니라 **원점 근처에서 값을 얼마나 남기는가**입니다. tanh는 0 근처에서 기울기 1인 직선이라 거의 다 남깁니다. ReLU는 음수를 버립니다. $l$이 0을 중심으로 대칭이면 $l^2$의 절반을 버리는 것이고, 그래서 층마다 반이 됩니다.
#
# $$\operatorname{mean}(\text{ReLU}(l)^2) = \tfrac{1}{2}\operatorname{Var}(l) = \tfrac{1}{2}\,n_{in}\,s^2\cdot\operatorname{mean}(a^2)$$
#
# 고치는 법은 식에 쓰여 있습니다. $\tfrac{1}{2}n_{in}s^2 = 1$이 되게 하면 됩니다. Kaiming He와 동료들(2015)의 초기화입니다.
#
# $$\operatorname{Var}(W) = \frac{2}{n_{in}} \qquad \operatorname{std}(W) = \sqrt{\frac{2}{n_{in}}} \qquad a = \sqrt{\frac{6}{n_{in}}}$$
#
# 2절의 1.41은 이 $\sqrt{2}$였습니다. 3절의 말로 하면 ReLU의 이득은 $\sqrt{2}$입니다. 순전파 쪽만 지켜도 되는 까닭은 더 생각해 보기 2에 있습니다.
#
# ### 여러분 차례: `he-normal`

# %% [markdown] lang="en"
# The notes say that Xavier is "excellent for non-linear functions, but with ReLU the outputs converge to 0". The second half is right. But the ReLU *is* a non-linear function. What counts is not whether a function is non-linear but **how much of a value it leaves, near the origin**. Near 0, tanh is a straight line of slope 1 and leaves almost everything. The ReLU throws the negative numbers away. If $l$ is symmetric around 0, that is half of $l^2$: every layer halves it.
#
# $$\operatorname{mean}(\text{ReLU}(l)^2) = \tfrac{1}{2}\operatorname{Var}(l) = \tfrac{1}{2}\,n_{in}\,s^2\cdot\operatorname{mean}(a^2)$$
#
# The formula says how to mend it: make $\tfrac{1}{2}n_{in}s^2 = 1$. This is the initialisation of Kaiming He and colleagues (2015).
#
# $$\operatorname{Var}(W) = \frac{2}{n_{in}} \qquad \operatorname{std}(W) = \sqrt{\frac{2}{n_{in}}} \qquad a = \sqrt{\frac{6}{n_{in}}}$$
#
# The 1.41 of section 2 was this $\sqrt{2}$. In the words of section 3, the ReLU's gain is $\sqrt{2}$. Why it is enough to look after the way forward is told in further question 2.
#
# ### Your turn: `he-normal`

# %% exercise="he-normal"
def he_normal(z):
    """He's weights, normal with mean 0 and standard deviation sqrt(2 / fan_in).

    z: float tensor of standard normal numbers in the shape of the weight, as for fan_in_out (two
    or more axes); it stays as it is. Returns a tensor of z's shape and dtype: z times one number.
    """
    ### BEGIN SOLUTION
    fan_in, fan_out = fan_in_out(z.shape)
    return z * math.sqrt(2 / fan_in)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 정규 난수로 세 가지 출발점을 만들어 ReLU 50층을 지나게 합니다. 여러분의 He, Xavier(정규 분포판), 그리고 노트의 말 그대로 $\sqrt{2/(n_{in}+n_{out})}$을 *분산*으로 읽은 것입니다.

# %% [markdown] lang="en"
# From the same normal numbers, make three starts and send them through 50 layers of ReLU: your He, Xavier (its normal version), and the notes taken literally, with $\sqrt{2/(n_{in}+n_{out})}$ as the *variance*.

# %% tags=["demo"]
starts = {"He": he_normal, "Xavier": lambda z: z * math.sqrt(2 / sum(z.shape)),
          "the notes, literally": lambda z: z * math.sqrt(math.sqrt(2 / sum(z.shape)))}
found = {name: [mean_squares(wide, [start(z) for z in standard_normals([256] * 51, seed)],
                             torch.relu) for seed in range(10)]
         for name, start in starts.items()}

figure, (ax,) = plots.axes(1, width=5.6, height=2.9)
for (name, rows), style, colour in zip(
    found.items(), ("-", "--", ":"), (plots.GREEN, plots.ORANGE, plots.RED)
):
    draw_starts(ax, [row.where(row.isfinite(), torch.nan) for row in rows], style, colour, name)
plots.label(ax, "50 layers of ReLU: He stays; the others vanish or overflow", "layer",
            "mean of a²")
ax.set_ylim(1e-20, 1e41)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
last = {name: torch.stack(rows)[:, -1] for name, rows in found.items()}  # (10,) each
print(f"He after 50 layers: {last['He'].min():.2f} to {last['He'].max():.2f}")
ratio = last["Xavier"] / last["He"]  # (10,)
print(f"Xavier is He times 2^-50 = {2**-50:.1e}: {torch.allclose(ratio * 2**50, torch.ones(10))}")
overflowed = torch.stack(found["the notes, literally"]).isinf()  # (10, 51)
print(f"the notes' numbers overflow: {overflowed.any(1).sum()} of 10 starts, "
      f"from layer {overflowed.any(0).float().argmax()} on")
print(f"He's bounds for 600 to 400: uniform {math.sqrt(6 / 600):.5f}, Xavier's "
      f"{math.sqrt(6 / 1000):.5f}")

# %% [markdown] lang="ko"
# He는 50층을 지나도 사라지지도 터지지도 않습니다(위에 찍힌 0.15에서 1.67). 시드마다 다르지만 층마다 곱해지는 평균 배수가 1이기 때문입니다. 층이 정사각형이면 같은 난수에서 He는 Xavier의 정확히 $\sqrt{2}$배이므로, 50층 뒤의 비는 정확히 $2^{-50}$, 약 $10^{-15}$입니다. 노트의 식을 글자 그대로 읽으면 `float32`가 담지 못할 만큼 커집니다.
#
# PyTorch는 이 둘을 `nn.init.xavier_uniform_`과 `nn.init.kaiming_normal_`이라고 부릅니다(Kaiming은 He의 이름입니다). 끝의 `_`는 제자리 연산이라는 표시이고, 그래서 텐서를 받아 그 안을 채웁니다. 노트에는 첫째 함수가 옮겨져 있는데 실행되지 않습니다. 줄여서 한번 봅시다.

# %% [markdown] lang="en"
# With He nothing vanishes or explodes in 50 layers (0.15 to 1.67, as printed above). It varies from seed to seed, but the mean factor per layer is 1. For square layers, and the same random numbers, He is exactly $\sqrt{2}$ times Xavier, so after 50 layers the ratio is exactly $2^{-50}$, about $10^{-15}$. The notes' formula, read literally, grows beyond what `float32` can hold.
#
# PyTorch calls the two `nn.init.xavier_uniform_` and `nn.init.kaiming_normal_` (Kaiming is He's given name). The `_` at the end marks an in-place operation: they take a tensor and fill it. The notes copy the first one, and the copy does not run. Have a look (shortened).

# %%
as_in_the_notes = r'''
def xavier_uniform_(tensor, gain=1):

    """
    a = \text{gain} \times (\frac{6}{\text{fan_in} + \text{fan_out}})
    """
fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
'''
names = {}  # what the text defines
try:
    exec(as_in_the_notes, names)  # runs the text as Python
except NameError as error:
    print(f"NameError: {error}")
print("its docstring:", repr(names["xavier_uniform_"].__doc__.strip()))

weight = torch.empty(400, 600)  # (400, 600): whatever the memory's last user left
_ = nn.init.xavier_uniform_(weight)
print(f"PyTorch's own: bound {weight.abs().max():.5f}, standard deviation {weight.std():.4f}")

# %% [markdown] lang="ko"
# 들여쓰기가 빠져서 계산하는 줄들이 함수 *밖*에 있고, 그 줄들이 부르는 `_calculate_fan_in_and_fan_out`은 어디에도 없습니다. (여러분은 그 함수를 3절에서 직접 썼습니다.) 게다가 설명문이 `r"""`로 시작하지 않아서 `\t`가 탭, `\f`가 용지 넘김 문자로 바뀝니다(`\x0c`가 그것입니다). 역슬래시를 그대로 두려면 앞에 `r`을 붙입니다.
#
# ## 5. 함정: 시끄러운 고장과 조용한 고장
#
# 누군가 노트를 보고 He 초기화를 이렇게 썼습니다. 고장이 **둘** 있습니다.

# %% [markdown] lang="en"
# Without indentation the lines that compute stand *outside* the function, and the `_calculate_fan_in_and_fan_out` they call is nowhere to be found. (You wrote that function yourself in section 3.) Nor does the docstring begin with `r"""`, so `\t` becomes a tab and `\f` a form feed (shown as `\x0c`): put an `r` in front to keep backslashes as they are.
#
# ## 5. A trap: a loud break and a quiet one
#
# Somebody read the notes and wrote He initialisation like this. There are **two** breaks in it.

# %%
def found_start(zs):
    """Starts a ReLU network; zs: standard normals in the shapes of nn.Linear's weights."""
    weights = []
    for z in zs:
        n_in, n_out = z.shape
        variance = math.sqrt(2 / n_in)  # Var(W), as the notes have it
        weights.append(z * math.sqrt(variance))
    return weights


square, funnel = [200] * 21, [784, 400, 200, 100, 50, 25]
for name, sizes in (("20 layers of 200", square), ("784-400-200-100-50-25", funnel)):
    x = torch.randn(100, sizes[0], generator=torch.Generator().manual_seed(7))  # (100, sizes[0])
    squares = mean_squares(x, found_start(standard_normals(sizes, seed=0)), torch.relu)
    print(f"{name}: mean of a² goes from {squares[0]:.1f} to {squares[-1]:.1e}")

# %% [markdown] lang="ko"
# 값이 터지는 것은 누구나 알아챕니다. 이것이 시끄러운 고장입니다. 조용한 고장은 그것을 고친 뒤에도 남고, 층의 폭이 모두 같으면 아예 드러나지 않습니다.
#
# ### 여러분 차례: `mended-start`
#
# `found_start`를 옮겨 와 둘 다 고치세요. 다 고쳤으면 어떤 모양의 층에서도 표준편차가 He의 것과 같아야 합니다.

# %% [markdown] lang="en"
# Numbers that explode are hard to miss: that is the loud break. The quiet one is still there when it is mended, and where all layers are equally wide it does not show at all.
#
# ### Your turn: `mended-start`
#
# Copy `found_start` and mend both. When you are done, the standard deviation must be He's for layers of any shape.

# %% exercise="mended-start"
def mended_start(zs):
    """He's weights for every layer of a ReLU network.

    zs: a list of float tensors of standard normal numbers, each in the shape of a weight of
    nn.Linear; they stay as they are. Returns a list of weights of the same shapes and dtypes,
    each of them its z times the standard deviation that keeps the size on the way forward.
    """
    ### BEGIN SOLUTION
    weights = []
    for z in zs:
        n_out, n_in = z.shape
        variance = 2 / n_in
        weights.append(z * math.sqrt(variance))
    return weights
    ### END SOLUTION


# %% [markdown] lang="ko"
# 시끄러운 고장만 고친 코드와 여러분의 코드를 깔때기 모양의 신경망(784-400-200-100-50-25)과 폭이 같은 신경망에서 견주어 봅시다. 시드는 열 가지입니다.

# %% [markdown] lang="en"
# Compare yours with the code where only the loud break is mended, on a funnel-shaped network (784-400-200-100-50-25) and on one of equal widths, with ten seeds.

# %% tags=["demo"]
def only_the_loud_break_mended(zs):
    return [z * math.sqrt(2 / z.shape[0]) for z in zs]


figure, grid = plots.axes(2, width=3.3, height=2.7, sharey=True)
for ax, (name, sizes) in zip(grid, (("equal widths", [200] * 6), ("funnel", funnel))):
    x = torch.randn(100, sizes[0], generator=torch.Generator().manual_seed(7))  # (100, sizes[0])
    for start, style, colour, text in (
        (only_the_loud_break_mended, "--", plots.RED, "loud break mended"),
        (mended_start, "-", plots.GREEN, "yours"),
    ):
        rows = [mean_squares(x, start(standard_normals(sizes, seed)), torch.relu)
                for seed in range(10)]
        draw_starts(ax, rows, style, colour, text)
        print(f"{name}, {text}: {torch.stack(rows)[:, -1].median():.2f}")
    plots.label(ax, name, "layer", "mean of a²" if ax is grid[0] else "")
grid[0].legend()
figure.suptitle("The quiet break shows only where widths differ", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 폭이 같으면 두 코드는 *똑같습니다*. 그래서 정사각형 층으로만 시험한 코드는 믿을 수 없습니다(11장에서 전치를 빠뜨린 코드가 그랬습니다). Xavier에서는 이 실수가 더 깊이 숨습니다. 두 fan을 더하므로 순서를 바꾸어도 값이 같으니까요.
#
# ## 6. 그래서 더 잘 배우나요?
#
# 크기가 지켜지는 것과 잘 배우는 것은 다른 이야기이니 재어 봅시다. 은닉층이 2개, 5개, 10개인 ReLU 신경망(층마다 50유닛)을 세 가지로 출발시킵니다: `nn.Linear`의 기본값, Xavier, He. 편향은 모두 0입니다. 학습률은 0.03과 0.1을 모두 시도해 나은 것을 그립니다. 출발점은 다섯 가지, 200걸음씩입니다.
#
# 신경망 10개(학습률 2 × 출발점 5)를 **한꺼번에** 학습시킵니다. 가중치를 (10, 나가는 수, 들어오는 수)로 쌓으면 `@`가 짝끼리 곱해 줍니다(1장). `W.mT`는 마지막 두 축만 바꾼 전치입니다. 기울기는 이 장의 주제가 아니므로 자동 미분에 맡깁니다.

# %% [markdown] lang="en"
# With equal widths the two are *the same*. So do not trust code that was only ever tried on square layers (the forgotten transpose of chapter 11 was of that kind). In Xavier this mistake hides even deeper: the fans are added, so their order makes no difference.
#
# ## 6. And does it learn better?
#
# That the size survives does not mean that the network learns. Measure. Start ReLU networks with 2, 5 and 10 hidden layers (50 units each) in three ways: as `nn.Linear` does, Xavier, He. All biases are 0. Try the learning rates 0.03 and 0.1 and draw the better one; five starts, 200 steps each.
#
# Train 10 networks (2 rates × 5 starts) **at once**: with the weights stacked as (10, outputs, inputs), `@` multiplies pair by pair (chapter 1). `W.mT` transposes the last two axes only. Gradients are not this chapter's subject, so autograd finds them.

# %%
def stack_networks(networks):
    """A list of S networks, each a list of weights, as one: a list of (S, fan_out, fan_in)."""
    return [torch.stack(layer) for layer in zip(*networks)]


def forward_many(x, weights, biases, f):
    """S networks at once. x: (S, B, D) or (B, D); weights (S, m, n), biases (S, 1, m).

    Returns logits, (S, B, C).
    """
    a = x
    for W, b in zip(weights[:-1], biases[:-1]):
        a = f(a @ W.mT + b)  # (S, B, fan_out)
    return a @ weights[-1].mT + biases[-1]  # (S, B, C)


def train_many(weights, biases, f, lr, labelled, steps, marks, size=30):
    """Trains S networks at once with SGD, on random batches of `size` images.

    weights, biases: as for forward_many. lr: (S,) tensor, a rate for each network. labelled: how
    many of the training images may be used. Network s draws the same batches whatever its start.
    Returns the accuracies on the test images after each number of steps in marks, (marks, S).
    """
    parameters = [p.clone().requires_grad_() for p in [*weights, *biases]]
    weights, biases = parameters[: len(weights)], parameters[len(weights) :]
    generator, rates = torch.Generator().manual_seed(100), lr[:, None, None]  # (S, 1, 1)
    accuracies = []
    for step in range(steps + 1):
        if step in marks:
            with torch.no_grad():
                right = forward_many(test_x, weights, biases, f).argmax(2) == test_y  # (S, N)
            accuracies.append(right.float().mean(1))  # (S,)
        rows = torch.randint(labelled, (len(lr), size), generator=generator)  # (S, B)
        logits = forward_many(train_x[rows], weights, biases, f)  # (S, B, 10)
        # with more than two axes, cross_entropy wants the classes on axis 1: (S, 10, B)
        losses = F.cross_entropy(logits.mT, train_y[rows], reduction="none").mean(1)  # (S,)
        gradients = torch.autograd.grad(losses.sum(), parameters)  # each network has its own loss
        with torch.no_grad():
            for p, g in zip(parameters, gradients):
                p -= rates * g  # in place: these tensors are ours alone
    return torch.stack(accuracies)  # (marks, S)


def zero_biases(weights):
    """For stacked weights (S, m, n), biases (S, 1, m) of 0."""
    return [W.new_zeros(len(W), 1, W.shape[1]) for W in weights]


def default_uniform(z):
    """As nn.Linear starts: uniform between -1/sqrt(fan_in) and 1/sqrt(fan_in), from normals."""
    u = torch.special.ndtr(z)  # ndtr turns standard normals into uniforms between 0 and 1
    return (2 * u - 1) / math.sqrt(z.shape[1])


def xavier_normal(z):
    return z * math.sqrt(2 / sum(z.shape))


seeds = range(5)
by_depth = None  # until the next cell has trained them

# %% tags=["demo", "nbval-ignore-output"]
rates = torch.tensor([0.03, 0.1]).repeat_interleave(len(seeds))  # (10,): five 0.03, five 0.1
by_depth = {}
for hidden in tqdm((2, 5, 10)):
    sizes = [784] + [50] * hidden + [10]
    for name, start in (("default", default_uniform), ("Xavier", xavier_normal), ("He", he_normal)):
        networks = [[start(z) for z in standard_normals(sizes, seed)] for seed in seeds]
        weights = stack_networks(networks * 2)  # each (10, fan_out, fan_in)
        reached = train_many(weights, zero_biases(weights), torch.relu, rates, len(train_x), 200,
                             marks=(200,))[0].view(2, len(seeds))  # (rates, starts)
        by_depth[name, hidden] = reached[reached.mean(1).argmax()]  # (5,)

figure, (ax,) = plots.axes(1, width=5.6, height=2.9)
for k, (name, marker) in enumerate((("default", "s"), ("Xavier", "o"), ("He", "^"))):
    colour = (plots.GREY, plots.ORANGE, plots.GREEN)[k]
    places = [i + 0.1 * (k - 1) for i in range(3)]
    shares = [by_depth[name, hidden] for hidden in (2, 5, 10)]  # (5,) each
    for place, five in zip(places, shares):
        ax.plot([place] * 5, five, marker, color=colour, alpha=0.5, markersize=5)
    ax.plot(places, [five.mean() for five in shares], color=colour, marker=marker, label=name)
    print(f"{name:8s}", ", ".join(f"{hidden} hidden: {five.mean():.0%} ({five.min():.0%} to "
                                  f"{five.max():.0%})" for hidden, five in zip((2, 5, 10), shares)))
ax.axhline(0.1, linestyle=":", color=plots.GREY)
ax.text(0.1, 0.03, "guessing", color=plots.GREY)
ax.set_xticks(range(3), (2, 5, 10))
ax.set_ylim(0, 1.02)
plots.label(ax, "The deeper the ReLU network, the more the start matters", "hidden layers",
            "test accuracy, 200 updates")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown] lang="ko"
# 은닉층이 둘이면 차이가 작습니다. 열이면 `nn.Linear`의 기본값으로는 찍는 수준에 머물고, Xavier는 그 사이, He는 배웁니다(출발점에 따라 꽤 다릅니다). 기본값이 가장 약한 까닭은 표준편차가 $\frac{1}{\sqrt{3}}\cdot\frac{1}{\sqrt{n}}$이라 층마다 제곱이 6분의 1로 줄기 때문입니다($\tfrac{1}{2}\cdot\tfrac{1}{3}$). "초기화하지 않은" 신경망이란 실은 *이 크기로 초기화한* 신경망입니다.
#
# 그림이 말하지 않는 것도 있습니다. 200걸음만 보았고, 학습률은 12장과 달리 시험용 그림으로 골랐으며, 이 숫자들에는 열 층이 필요하지도 않습니다. 15장의 배치 정규화는 출발점이 나빠도 층마다 크기를 다시 맞추어 줍니다.
#
# ## 7. 정답 없이 출발점 찾기: 제한 볼츠만 머신
#
# Xavier(2010)와 He(2015) 이전에는 깊은 시그모이드 신경망을 난수에서 출발시키면 잘 배우지 못하는 일이 흔했습니다. 2006년에 Geoffrey Hinton과 동료들이 내놓은 길은 이랬습니다. **정답은 보지 말고, 층 하나씩, 그림 자체를 설명하는 법부터 배우게 하자.** 이것을 사전 학습(pre-training)이라고 하고, 그 층 하나를 제한 볼츠만 머신(restricted Boltzmann machine, RBM)이라고 합니다.

# %% [markdown] lang="en"
# With two hidden layers there is little difference. With ten, the default of `nn.Linear` stays at guessing, Xavier is in between, and He learns (how much depends a good deal on the start). The default is the weakest because its standard deviation is $\frac{1}{\sqrt{3}}\cdot\frac{1}{\sqrt{n}}$: every layer cuts the squares to a sixth ($\tfrac{1}{2}\cdot\tfrac{1}{3}$). A network that is "not initialised" is really one that is initialised *with this scale*.
#
# There are things the picture does not say. It shows 200 steps only, the learning rates were picked on the test images (unlike in chapter 12), and these digits do not need ten layers at all. The batch normalisation of chapter 15 puts the size right in every layer, even from a bad start.
#
# ## 7. A start without answers: the restricted Boltzmann machine
#
# Before Xavier (2010) and He (2015), deep networks of sigmoids often learned badly from a random start. In 2006 Geoffrey Hinton and colleagues offered a way: **without looking at the answers, one layer at a time, first learn to explain the images themselves.** This is called pre-training, and one such layer is a restricted Boltzmann machine (RBM).

# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=5.0, height=2.2)
visible, hidden_units = [(1.2 * i, 0) for i in range(5)], [(1.2 * i + 1.2, 1.6) for i in range(3)]
for start in visible:
    for end in hidden_units:
        ax.plot(*zip(start, end), color=plots.GREY, linewidth=0.8, zorder=1)
for (x, y), on in zip(visible, (1, 0, 1, 1, 0)):
    ax.scatter(x, y, s=420, color=plots.BLUE if on else "white", edgecolor=plots.GREY, zorder=2)
    ax.text(x, y, on, ha="center", va="center", color="white" if on else "black", zorder=3)
for (x, y), on in zip(hidden_units, (0, 1, 1)):
    ax.scatter(x, y, s=420, color=plots.ORANGE if on else "white", edgecolor=plots.GREY, zorder=2)
    ax.text(x, y, on, ha="center", va="center", color="white" if on else "black", zorder=3)
ax.text(5.3, 1.6, "hidden h, biases c", color=plots.ORANGE, va="center")
ax.text(5.3, 0.8, "weights W", color=plots.GREY, va="center")
ax.text(5.3, 0, "visible v, biases b", color=plots.BLUE, va="center")
ax.set(xlim=(-0.5, 8.2), ylim=(-0.5, 2.1))
ax.set_title("An RBM: links between the layers, none inside a layer")
ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# 가시 유닛(visible unit) $v$는 픽셀이고, 은닉 유닛 $h$는 우리 눈에 보이지 않는 원인입니다. 유닛은 모두 0이나 1입니다. "제한"은 **같은 층 안에는 선이 없다**는 뜻입니다. 이 장에서 $W$는 (은닉 $H$개, 가시 $V$개), 곧 `nn.Linear`가 두는 모양 그대로입니다.
#
# 상태 하나하나에 수를 매깁니다. 이것을 에너지(energy)라고 합니다. 에너지가 **낮을수록 자주** 나타납니다.
#
# $$E(v, h) = -\,b\cdot v - c\cdot h - h^\top W v \qquad p(v, h) \propto e^{-E(v, h)}$$
#
# $\propto$는 "비례한다"는 뜻입니다(모두 더해 1이 되게 나누면 됩니다). $W_{ij}$가 크면 은닉 $i$와 가시 $j$가 함께 켜진 상태의 에너지가 낮아 자주 나타납니다. 유닛 $h_i$를 0에서 1로 켤 때 에너지는 $c_i + \sum_j W_{ij}v_j$만큼 낮아집니다. 껐을 때의 에너지를 $E_0$, 켰을 때를 $E_1$이라고 하면 상태가 둘이고 확률이 $e^{-E}$에 비례하므로, 켜질 확률은 이 차이의 시그모이드입니다(6장에서 본 그 꼴입니다).
#
# $$p(\text{on}) = \frac{e^{-E_1}}{e^{-E_0} + e^{-E_1}} = \frac{1}{1 + e^{-(E_0 - E_1)}} = \sigma(E_0 - E_1)$$
#
# 같은 층 안에 선이 없으므로 유닛마다 따로 계산해도 됩니다. 제한을 둔 덕에 얻는 것이 바로 이것입니다.
#
# $$p(h_i = 1 \mid v) = \sigma\Bigl(c_i + \sum_j W_{ij}v_j\Bigr) \qquad p(v_j = 1 \mid h) = \sigma\Bigl(b_j + \sum_i W_{ij}h_i\Bigr)$$
#
# 왼쪽은 $\sigma(vW^\top + c)$, 오른쪽은 $\sigma(hW + b)$입니다. 시그모이드 층과 똑같은 식이라는 데 주목하세요. 나중에 RBM을 *그대로* 층으로 쓸 수 있는 까닭입니다.
#
# ### 여러분 차례: `gibbs-step`
#
# 올라가며 은닉 유닛을 뽑고, 내려오며 가시 유닛을 새로 뽑습니다. 이것을 되풀이하는 것을 깁스 표본 추출(Gibbs sampling)이라고 합니다. 확률 $p$인 유닛을 뽑는 법은 간단합니다. 0과 1 사이의 균등 난수 $u$가 $p$보다 작으면 켭니다. 난수는 드립니다.

# %% [markdown] lang="en"
# The visible units $v$ are pixels, the hidden units $h$ are causes that we cannot see. Every unit is 0 or 1. "Restricted" means that **there are no links inside a layer**. In this chapter $W$ is ($H$ hidden, $V$ visible), just as `nn.Linear` would hold it.
#
# Each state is given a number, its energy. The **lower** the energy, the **more often** the state occurs.
#
# $$E(v, h) = -\,b\cdot v - c\cdot h - h^\top W v \qquad p(v, h) \propto e^{-E(v, h)}$$
#
# Here $\propto$ means "is proportional to" (divide by the sum of all to make it 1). A large $W_{ij}$ gives states where hidden unit $i$ and visible unit $j$ are on together a low energy, so they are frequent. Switching $h_i$ from 0 to 1 lowers the energy by $c_i + \sum_j W_{ij}v_j$. Let $E_0$ be the energy with the unit off and $E_1$ with it on. With two states, and probabilities proportional to $e^{-E}$, the probability of being on is the sigmoid of that difference (as in chapter 6).
#
# $$p(\text{on}) = \frac{e^{-E_1}}{e^{-E_0} + e^{-E_1}} = \frac{1}{1 + e^{-(E_0 - E_1)}} = \sigma(E_0 - E_1)$$
#
# Since there are no links inside a layer, each unit can be worked out by itself. That is what the restriction buys.
#
# $$p(h_i = 1 \mid v) = \sigma\Bigl(c_i + \sum_j W_{ij}v_j\Bigr) \qquad p(v_j = 1 \mid h) = \sigma\Bigl(b_j + \sum_i W_{ij}h_i\Bigr)$$
#
# The left one is $\sigma(vW^\top + c)$, the right one $\sigma(hW + b)$. Note that this is the very formula of a layer of sigmoids, which is why an RBM can later be used *as* a layer.
#
# ### Your turn: `gibbs-step`
#
# Go up and draw the hidden units, come down and draw the visible ones anew. Repeating this is called Gibbs sampling. Drawing a unit of probability $p$ is simple: switch it on if a uniform random number $u$ between 0 and 1 is smaller than $p$. The random numbers are given.

# %% exercise="gibbs-step"
def gibbs_step(v, W, b, c, u_h, u_v):
    """One step of Gibbs sampling: up to the hidden units and down again.

    v: (N, V), values from 0 to 1. W: (H, V). b: (V,), the visible units' biases. c: (H,), the
    hidden ones'. u_h: (N, H), u_v: (N, V), uniform random numbers in [0, 1). All float tensors of one
    dtype; all stay as they are. A unit is on (1) where its u is smaller than its probability,
    else off (0). Returns (p_h, h, p_v, v_new), tensors of that dtype:
    p_h, h: (N, H), the probabilities of the hidden units given v, and the units drawn;
    p_v, v_new: (N, V), those of the visible units given the h that was drawn.
    """
    ### BEGIN SOLUTION
    p_h = torch.sigmoid(v @ W.T + c)  # (N, H)
    h = (u_h < p_h).to(v.dtype)  # (N, H)
    p_v = torch.sigmoid(h @ W + b)  # (N, V)
    v_new = (u_v < p_v).to(v.dtype)  # (N, V)
    return p_h, h, p_v, v_new
    ### END SOLUTION


# %% [markdown] lang="ko"
# 정말 에너지가 말하는 대로 나오는지 봅시다. 가시 유닛 셋, 은닉 유닛 둘이면 상태가 $2^5 = 32$가지뿐이라 확률을 모두 계산할 수 있습니다. 여러분의 `gibbs_step`을 2,000갈래로 100번 되풀이한 뒤, 가시 유닛의 여덟 가지 상태를 세어 봅니다.

# %% [markdown] lang="en"
# Does it give what the energy says? With three visible and two hidden units there are only $2^5 = 32$ states, and every probability can be worked out. Run 2,000 chains of 100 steps with your `gibbs_step`, then count the eight states of the visible units.

# %%
def all_states(units):
    """Every state of so many units: (2 ** units, units) of 0s and 1s."""
    return torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * units)  # every combination


def exact_probabilities(W, b, c):
    """p(v) of every visible state, from the energies of all states: (2 ** V,)."""
    v, h = all_states(W.shape[1]), all_states(W.shape[0])  # (2^V, V), (2^H, H)
    energies = -(v @ b)[:, None] - h @ c - v @ W.T @ h.T  # (2^V, 2^H)
    return torch.exp(-energies).sum(1) / torch.exp(-energies).sum()


def count_states(v):
    """The share of each visible state among the rows of v: (2 ** V,)."""
    numbers = (v @ 2.0 ** torch.arange(v.shape[1] - 1, -1, -1)).long()  # (N,): 101 is 5
    return torch.bincount(numbers, minlength=2 ** v.shape[1]) / len(v)


generator = torch.Generator().manual_seed(0)
tiny = (torch.tensor([[2.0, 2.0, -2.0], [-2.0, 0.0, 2.0]]), torch.tensor([0.0, -1.0, 0.0]),
        torch.tensor([-1.0, 0.0]))  # W (2, 3), b (3,), c (2,)

# %% tags=["demo"]
v = torch.zeros(2000, 3)  # (N, 3): 2,000 chains
for _ in range(100):
    u_h, u_v = torch.rand(2000, 2, generator=generator), torch.rand(2000, 3, generator=generator)
    v = gibbs_step(v, *tiny, u_h, u_v)[3]  # (N, 3)

names = ["".join(str(int(bit)) for bit in state) for state in all_states(3)]
figure, (ax,) = plots.axes(1, width=4.8, height=2.4)
ax.bar([k - 0.2 for k in range(8)], exact_probabilities(*tiny), 0.4, label="from the energy",
       color=plots.GREY)
ax.bar([k + 0.2 for k in range(8)], count_states(v), 0.4, label="drawn", color=plots.ORANGE,
       hatch="//", edgecolor="white")
ax.set_xticks(range(8), names)
plots.label(ax, "Gibbs steps draw each state as often as its energy says", "visible state",
            "probability")
ax.legend()
plt.show()
gap = (exact_probabilities(*tiny) - count_states(v)).abs().max().item()
print(f"largest difference below 0.04: {gap < 0.04}")

# %% [markdown] lang="ko"
# ### 어떻게 배우나요?
#
# 그림이 자주 나타나게 하려면 그림의 에너지를 낮추고 **다른 것의 에너지를 높여야** 합니다. 데이터만 낮추면 온 세상이 다 낮아질 뿐이니까요. 그런데 "다른 것" 전부는 $2^{784}$가지입니다. Hinton의 대조 발산(contrastive divergence, CD)은 RBM이 *지금 당장 꾸는 꿈*만 높입니다. 데이터에서 깁스 걸음을 **한 번** 걸어 나온 것, 곧 복원(reconstruction) $v_1$입니다. 한 번만 걷는다고 해서 CD-1입니다.
#
# $$\Delta W = \eta\,\Bigl(\underbrace{\tfrac{1}{N}\,p_{h0}^\top v_0}_{\text{energy of data: lower}} - \underbrace{\tfrac{1}{N}\,p_{h1}^\top v_1}_{\text{energy of dreams: raise}}\Bigr) \qquad \Delta b = \eta\,\overline{(v_0 - v_1)} \qquad \Delta c = \eta\,\overline{(p_{h0} - p_{h1})}$$
#
# 식 위의 가로줄은 배치의 평균입니다. 복원이 데이터와 같아지면 두 항이 지워져 학습이 멈춥니다. 이것은 로그 우도의 기울기를 *어림한* 것이지 정확한 기울기가 아닙니다. 그래도 쓸 만하다는 것을 Hinton(2002)이 보였습니다.
#
# 관례 둘을 따릅니다. 은닉 유닛은 복원을 만들 때 **뽑은** $h_0$를 쓰지만, 통계($p_{h0}$, $p_{h1}$)에는 덜 흔들리는 **확률**을 씁니다. 복원 $v_1$도 뽑지 않고 확률 그대로 씁니다. 우리 픽셀은 0과 1 사이의 회색이므로 그것도 "켜질 확률"로 봅니다.
#
# ### 여러분 차례: `cd1-update`

# %% [markdown] lang="en"
# ### How does it learn?
#
# To make the images frequent, lower their energy **and raise the energy of everything else**; if you only lower the data, the whole world sinks with it. But "everything else" is $2^{784}$ things. Hinton's contrastive divergence (CD) only raises what the RBM *dreams of right now*: what comes out of **one** Gibbs step from the data, called the reconstruction, $v_1$. As it takes one step, it is CD-1.
#
# $$\Delta W = \eta\,\Bigl(\underbrace{\tfrac{1}{N}\,p_{h0}^\top v_0}_{\text{energy of data: lower}} - \underbrace{\tfrac{1}{N}\,p_{h1}^\top v_1}_{\text{energy of dreams: raise}}\Bigr) \qquad \Delta b = \eta\,\overline{(v_0 - v_1)} \qquad \Delta c = \eta\,\overline{(p_{h0} - p_{h1})}$$
#
# The bar is the mean over the batch. Once reconstructions equal the data, the two terms cancel and learning stops. This *approximates* the gradient of the log likelihood; it is not that gradient. That it is good enough to be useful was shown by Hinton (2002).
#
# Two conventions. To make the reconstruction, the hidden units are **drawn** ($h_0$), but the statistics ($p_{h0}$, $p_{h1}$) take the **probabilities**, which wobble less. The reconstruction $v_1$ is not drawn either; it stays as probabilities. Our pixels are greys between 0 and 1, and these too we take for the probability of being on.
#
# ### Your turn: `cd1-update`

# %% exercise="cd1-update"
def cd1_update(v, W, b, c, u_h, lr):
    """One step of contrastive divergence (CD-1) on a batch.

    v: (N, V), values from 0 to 1, the data. W: (H, V). b: (V,). c: (H,). u_h: (N, H), uniform
    random numbers in [0, 1). All float tensors of one dtype; all stay as they are. lr: a float.
    Up: p_h0, and h0 drawn (on where u_h < p_h0). Down: v1, the probabilities of the visible units
    given h0, not drawn. Up again: p_h1, the probabilities of the hidden units given v1.
    The statistics use p_h0 and v, and p_h1 and v1, averaged over the N samples.
    Returns the new (W, b, c), of the same shapes and dtype.
    """
    ### BEGIN SOLUTION
    p_h0 = torch.sigmoid(v @ W.T + c)  # (N, H)
    h0 = (u_h < p_h0).to(v.dtype)  # (N, H)
    v1 = torch.sigmoid(h0 @ W + b)  # (N, V)
    p_h1 = torch.sigmoid(v1 @ W.T + c)  # (N, H)
    d_W = (p_h0.T @ v - p_h1.T @ v1) / len(v)  # (H, N) @ (N, V)
    d_b = (v - v1).mean(0)  # (V,)
    d_c = (p_h0 - p_h1).mean(0)  # (H,)
    return W + lr * d_W, b + lr * d_b, c + lr * d_c
    ### END SOLUTION


# %% [markdown] lang="ko"
# 작은 RBM에게 세상에는 `110`과 `001`뿐이라고 가르쳐 봅시다. 이 크기에서는 확률을 모두 계산할 수 있으니, 배우기 전과 뒤를 정확히 볼 수 있습니다.

# %% [markdown] lang="en"
# Teach the tiny RBM a world in which there is nothing but `110` and `001`. At this size all probabilities can be worked out, so we see exactly what it believes before and after.

# %% tags=["demo"]
generator = torch.Generator().manual_seed(0)
world = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).repeat(10, 1)  # (20, 3)
W, b, c = 0.1 * torch.randn(2, 3, generator=generator), torch.zeros(3), torch.zeros(2)
beliefs = {"before": exact_probabilities(W, b, c)}
for _ in range(1000):
    W, b, c = cd1_update(world, W, b, c, torch.rand(20, 2, generator=generator), 0.1)
beliefs["after 1000 updates"] = exact_probabilities(W, b, c)

figure, (ax,) = plots.axes(1, width=4.8, height=2.4)
for (name, p), shift, colour, hatch in zip(
    beliefs.items(), (-0.2, 0.2), (plots.GREY, plots.GREEN), ("", "//")
):
    ax.bar([k + shift for k in range(8)], p, 0.4, label=name, color=colour, hatch=hatch,
           edgecolor="white")
ax.set_xticks(range(8), names)
plots.label(ax, "CD-1 moves the probability to what was in the data", "visible state",
            "probability")
ax.legend(loc="upper center")
plt.show()
p = beliefs["after 1000 updates"]
print(f"110 and 001 together: {beliefs['before'][[1, 6]].sum():.0%} before, "
      f"more than 90% after: {p[[1, 6]].sum().item() > 0.9}")

# %% [markdown] lang="ko"
# 데이터에 없던 상태는 거의 사라졌습니다. 그러나 데이터에서는 둘이 반반이었는데 RBM은 한쪽을 더 믿습니다. CD-1은 어림이라, 데이터에서 한 걸음에 닿지 않는 *먼* 상태들 사이의 비율까지는 잘 맞추지 못합니다.
#
# 이제 숫자 그림입니다. 가시 784개, 은닉 64개인 RBM을 여러분의 `cd1_update`로 학습시킵니다. **정답은 쓰지 않습니다.**

# %% [markdown] lang="en"
# What was not in the data has all but gone. But in the data the two came half and half, and the RBM believes in one more than in the other. CD-1 is an approximation: it is not good at getting the balance right between states that are *far* apart, out of reach of a single step.
#
# Now the digits. Train an RBM of 784 visible and 64 hidden units with your `cd1_update`. **No labels are used.**

# %%
def train_rbm(x, hidden, seed, epochs=8, lr=0.1, size=20):
    """Trains an RBM on x, (N, V), with CD-1; returns (W, b, c) and each epoch's error.

    The error is the mean square of v minus its reconstruction, on the first 200 rows of x.
    """
    generator = torch.Generator().manual_seed(seed)
    W = 0.01 * torch.randn(hidden, x.shape[1], generator=generator)  # (H, V)
    b, c, errors = torch.zeros(x.shape[1]), torch.zeros(hidden), []
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(size):
            u_h = torch.rand(len(rows), hidden, generator=generator)  # (B, H)
            W, b, c = cd1_update(x[rows], W, b, c, u_h, lr)
        v = x[:200]  # (200, V)
        u_h = torch.rand(len(v), hidden, generator=generator)  # (200, H)
        errors.append(((v - reconstruct(v, W, b, c, u_h)) ** 2).mean().item())
    return (W, b, c), errors


def reconstruct(v, W, b, c, u_h):
    """What one Gibbs step makes of v: the probabilities of the visible units, (N, V)."""
    return gibbs_step(v, W, b, c, u_h, torch.zeros_like(v))[2]


rbm = None  # until the next cell has trained it

# %% tags=["demo", "nbval-ignore-output"]
rbm, errors = train_rbm(train_x, 64, seed=0)
generator = torch.Generator().manual_seed(1)
clean = test_x[:8]  # (8, 784)
flipped = torch.rand(clean.shape, generator=generator) < 0.1  # (8, 784): a tenth of the pixels
noisy = torch.where(flipped, 1 - clean, clean)  # (8, 784)
u_h = torch.rand(8, 64, generator=generator)  # (8, 64)
untrained = (0.01 * torch.randn(64, 784, generator=generator), torch.zeros(784), torch.zeros(64))

rows = {"image": clean, "damaged": noisy, "untrained": reconstruct(noisy, *untrained, u_h),
        "trained": reconstruct(noisy, *rbm, u_h)}
figure, grid = plots.axes(8, rows=4, width=0.8, height=0.85)
for k, (name, images) in enumerate(rows.items()):
    for ax, image in zip(grid[8 * k :], images):
        ax.imshow(image.view(28, 28), cmap="gray_r", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
    grid[8 * k].set_ylabel(name, fontsize="small", rotation=0, ha="right", va="center")
figure.suptitle("Test images with a tenth of the pixels flipped, and what an RBM makes of them",
                fontsize="medium")
plt.show()
for name, images in list(rows.items())[1:]:
    print(f"{name:9s}: mean squared distance from the image {((images - clean) ** 2).mean():.3f}")
print("training error by epoch:", ", ".join(f"{error:.4f}" for error in errors))

# %% [markdown] lang="ko"
# 배운 RBM은 손상된 점들을 지우고 획의 큰 모양을 되살립니다. 흐릿하고 몇은 알아보기 어렵지만, 숫자가 무엇인지 들은 적도 이 그림들을 본 적도 없는데 그렇게 합니다. 은닉 유닛은 무엇을 배웠을까요? `W`의 줄 하나가 은닉 유닛 하나입니다. 그림으로 펼쳐 봅시다.

# %% [markdown] lang="en"
# The trained RBM wipes off the dots and brings back the rough shape of the strokes. It is blurred, and some are hard to read, but it was never told what a digit is, nor has it seen these images. What have the hidden units learned? A row of `W` is one hidden unit: draw it as an image.

# %% tags=["demo", "nbval-ignore-output"]
if rbm is None:
    raise NotAttempted("cd1_update")
figure, grid = plots.axes(8, rows=2, width=0.8, height=0.8)
top = rbm[0].abs().max()
for ax, row in zip(grid, rbm[0]):  # row: (784,)
    ax.imshow(row.view(28, 28), cmap="RdBu_r", vmin=-top / 2, vmax=top / 2)
    ax.axis("off")
figure.suptitle("16 of the 64 hidden units: red pixels switch them on, blue ones off",
                fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 획의 조각과 그 둘레가 보입니다. 정답 없이 얻은 특성입니다.
#
# ## 8. 쌓아서 출발하기
#
# 이제 층을 쌓습니다. 첫 RBM을 그림으로 학습시키고 **고정합니다**. 그 은닉 유닛의 확률을 둘째 RBM의 데이터로 삼아 학습시키고, 다시 고정하고, 이렇게 위로 올라갑니다. 한 번에 한 층만 욕심낸다고 해서 탐욕적(greedy) 층별 사전 학습이라고 합니다. 끝나면 $W$와 $c$를 시그모이드 층의 가중치와 편향으로 옮기고, 맨 위에 출력층을 얹어 정답으로 전체를 학습시킵니다. 이 마지막 단계가 미세 조정(fine-tuning)입니다. $b$는 내려올 때만 쓰였으니 버립니다.
#
# ### 여러분 차례: `pass-up`
#
# RBM마다 무엇을 데이터로 받는지 구하세요.

# %% [markdown] lang="en"
# There are pieces of strokes and their surroundings: features, learned without any answer.
#
# ## 8. Stack them, and start from there
#
# Now stack. Train a first RBM on the images and **freeze it**. Take the probabilities of its hidden units as the data for a second RBM, train that, freeze it, and so on upwards. As it only ever wants the best for one layer, this is called greedy layer-wise pre-training. In the end, $W$ and $c$ become weights and biases of sigmoid layers, an output layer is put on top, and the whole is trained with the labels. That last stage is fine-tuning. The $b$ were only used on the way down and are dropped.
#
# ### Your turn: `pass-up`
#
# Find what each RBM gets as its data.

# %% exercise="pass-up"
def pass_up(x, rbms):
    """What each RBM of a stack gets as its data, and what comes out at the top.

    x: (N, V) float tensor, values from 0 to 1. rbms: a list of L >= 0 trained RBMs, from the
    bottom to the top, each a tuple (W, b, c): W (H, V), b (V,), c (H,), of x's dtype; the H of
    one is the V of the next. What goes up is the probabilities of the hidden units, not drawn.
    Returns a list of L + 1 tensors: first x, last the (N, H) of the topmost RBM.
    """
    ### BEGIN SOLUTION
    inputs = [x]
    for W, _, c in rbms:
        inputs.append(torch.sigmoid(inputs[-1] @ W.T + c))  # (N, H)
    return inputs
    ### END SOLUTION


# %%
def pretrain(x, widths, seed):
    """Greedy layer-wise pre-training of an RBM for each width; returns the list of RBMs."""
    rbms = []
    for width in widths:
        rbms.append(train_rbm(pass_up(x, rbms)[-1], width, seed)[0])
    return rbms


widths = [64, 64, 64]
sizes = [784, *widths, 10]
stacks = None  # until the next cell has trained them

# %% [markdown] lang="ko"
# 무엇과 견주어야 공평할까요? 시그모이드에 무작정 Xavier를 쓰면 문제가 생깁니다. $\sigma'(0) = \tfrac{1}{4}$이어서, 입력의 차이가 한 층을 지날 때마다 4분의 1로 줄기 때문입니다. 활성화 함수가 깎는 만큼 키우는 것이 **이득**이었습니다. 시그모이드라면 4배입니다. 시험용 그림을 바꿀 때 마지막 은닉층이 얼마나 달라지는지(유닛마다 잰 표준편차의 평균) 세 출발점에서 재어 봅시다.

# %% [markdown] lang="en"
# What would be a fair comparison? Xavier as it stands has a problem with sigmoids: $\sigma'(0) = \tfrac{1}{4}$, so differences between inputs shrink to a quarter in every layer. Making up for what an activation function takes away was the job of the **gain**; for a sigmoid it is 4. Measure how much the last hidden layer changes from one test image to another (the mean of the units' standard deviations), for three starts.

# %% tags=["demo", "nbval-ignore-output"]
started = time.perf_counter()
stacks = [pretrain(train_x, widths, seed) for seed in tqdm(seeds)]
print(f"pre-training took {(time.perf_counter() - started) / len(seeds):.1f} s a start")


def random_start(seed, gain):
    """Xavier's weights for every layer, and biases of 0."""
    generator = torch.Generator().manual_seed(seed)
    weights = [xavier_uniform(torch.rand(m, n, generator=generator), gain)
               for n, m in zip(sizes, sizes[1:])]  # (m, n) each
    return weights, [torch.zeros(m) for m in sizes[1:]]


def pretrained_start(seed):
    """The hidden layers from the RBMs; the output layer is Xavier's."""
    weights, biases = random_start(seed, 1.0)
    return ([W for W, _, _ in stacks[seed]] + weights[-1:],
            [c for _, _, c in stacks[seed]] + biases[-1:])


for name, start in (("Xavier", lambda seed: random_start(seed, 1.0)),
                    ("Xavier, gain 4", lambda seed: random_start(seed, 4.0)),
                    ("pre-trained", pretrained_start)):
    spreads = []
    for seed in seeds:
        layers = [(W, None, b) for W, b in zip(*start(seed))][:-1]
        spreads.append(pass_up(test_x, layers)[-1].std(0).mean().item())
    print(f"{name:15s} images differ by {min(spreads):.3f} to {max(spreads):.3f} at the top")

# %% [markdown] lang="ko"
# Xavier로 시작한 시그모이드 신경망의 맨 위에서는 모든 그림이 거의 같아 보입니다. 배울 거리가 거의 없는 것입니다. 이제 미세 조정입니다. 세 출발점을 정답 100개만 있을 때와 모두 있을 때 나란히 학습시킵니다. 출발점마다 다섯 가지 시드, 학습률 0.3과 1을 시도해 전체 평균이 나은 쪽을 그립니다. 사전 학습은 두 경우 모두 *그림은 다* 썼습니다(정답이 필요 없으니까요). 띠는 다섯 번의 최소에서 최대까지입니다. (학습률을 그리는 그림 자체, 곧 시험용 그림에서 골랐으니 세 곡선 모두 조금씩 좋게 나옵니다. 셋을 견주는 데는 지장이 없지만, 한 신경망의 성적을 보고하려면 8장처럼 검증용 그림에서 골라야 합니다.)

# %% [markdown] lang="en"
# At the top of the sigmoid network that starts with Xavier all images look almost the same: there is next to nothing to learn from. Now fine-tune: train all three, side by side, with only 100 labels and with all of them. Each has five seeds and two rates, 0.3 and 1, of which the one with the better mean over the whole curve is drawn. In both cases pre-training used *all the images* (it needs no labels). The bands go from the least to the most of the five. (The rate is picked on the very test images that are drawn, which flatters all three curves a little. That does no harm to the comparison; to report one network's accuracy, pick it on validation images, as in chapter 8.)

# %% tags=["demo", "nbval-ignore-output"]
if stacks is None:
    raise NotAttempted("pass_up")
marks = (0, 20, 50, 100, 150, 200, 300)
rates = torch.tensor([0.3, 1.0]).repeat_interleave(len(seeds))  # (10,)
curves = {}
for name, start in (("Xavier", lambda seed: random_start(seed, 1.0)),
                    ("Xavier, gain 4", lambda seed: random_start(seed, 4.0)),
                    ("pre-trained", pretrained_start)):
    networks = [start(seed) for seed in seeds]
    weights = stack_networks([W for W, _ in networks] * 2)  # each (10, m, n)
    biases = [b[:, None] for b in stack_networks([b for _, b in networks] * 2)]  # each (10, 1, m)
    for labelled in (100, len(train_x)):
        reached = train_many(weights, biases, torch.sigmoid, rates, labelled, marks[-1], marks)
        reached = reached.view(len(marks), 2, len(seeds))  # (marks, rates, starts)
        curves[name, labelled] = reached[:, reached.mean((0, 2)).argmax()]  # (marks, starts)

figure, grid = plots.axes(2, width=3.6, height=2.8, sharey=True)
for ax, labelled in zip(grid, (100, len(train_x))):
    for name, style, colour in (("Xavier", ":", plots.GREY), ("Xavier, gain 4", "--", plots.ORANGE),
                                ("pre-trained", "-", plots.BLUE)):
        five = curves[name, labelled]  # (marks, 5)
        ax.fill_between(marks, five.amin(1), five.amax(1), color=colour, alpha=0.2)
        ax.plot(marks, five.mean(1), style, color=colour, label=name)
        shown = [f"{five[marks.index(m)].mean():.0%}" for m in (20, 100, 300)]
        last = f"{five[-1].min():.0%} to {five[-1].max():.0%}"
        print(f"{labelled} labels, {name:15s} after 20, 100, 300: {', '.join(shown)} ({last})")
    plots.label(ax, f"{labelled} labels", "updates", "test accuracy" if labelled == 100 else "")
    ax.set_ylim(0, 1.02)
grid[1].legend(loc="lower right", fontsize="small")
figure.suptitle("Three sigmoid layers: pre-training is ahead at first", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 그림이 말하는 만큼만 말합시다.
#
# - 사전 학습한 신경망은 **처음 수십 걸음에서 크게 앞섭니다**. 이득이 1인 난수(회색)와는 300걸음 뒤에도 차이가 남습니다. 사전 학습이 왜 그렇게 반가웠는지 알 만합니다.
# - 그러나 난수의 *크기*만 맞추어도(이득 4) 150걸음쯤에는 따라잡고, 끝에서는 띠가 겹칩니다. 여기서 사전 학습으로 얻은 것의 큰 부분은 **알맞은 크기**였던 셈이고, 그것은 공짜로 얻을 수 있습니다. 오늘날 RBM으로 출발하는 일이 드문 까닭 하나입니다.
# - 공짜가 아니라는 것도 잊지 마세요. 사전 학습에는 미세 조정과 별도로 시간이 듭니다(위에 찍혀 있습니다).
#
# 정답 없는 그림이 *훨씬* 많을 때 어떤지는 이 실험이 말해 주지 않습니다. 정답 없이 먼저 배운다는 생각 자체는 18장의 단어 벡터로, 그리고 오늘날의 큰 언어 모델로 이어집니다.
#
# ## 9. 다시 숫자 그림으로
#
# 이 장의 가장 단순한 좋은 모델을 표에 더합시다. 은닉층이 셋인 ReLU 신경망(층마다 64유닛)을 He로 출발시켜 800걸음, 시드 셋입니다.

# %% [markdown] lang="en"
# Say no more than the picture shows.
#
# - The pre-trained network is **far ahead in the first few dozen steps**. From random numbers with a gain of 1 (grey) it is still apart after 300. One can see why pre-training was so welcome.
# - But get nothing more than the *scale* of the random numbers right (gain 4), and it has caught up by about 150 steps; in the end the bands overlap. So a large part of what pre-training bought here was **a suitable scale**, and that can be had for nothing. It is one reason why hardly anybody starts from RBMs today.
# - Nor is it free: pre-training takes time of its own, on top of fine-tuning (it is printed above).
#
# What happens when there are *far* more images without labels, this experiment does not say. The idea of learning without labels first lives on: in the word vectors of chapter 18, and in today's large language models.
#
# ## 9. Back to digits
#
# Add this chapter's simplest good model to the table: a ReLU network with three hidden layers (64 units each), He's start, 800 steps, three seeds.

# %% tags=["demo", "nbval-ignore-output"]
started = time.perf_counter()
networks = [[he_normal(z) for z in standard_normals(sizes, seed)] for seed in range(3)]
weights = stack_networks(networks)  # each (3, fan_out, fan_in)
accuracies = train_many(weights, zero_biases(weights), torch.relu, torch.full((3,), 0.1),
                        len(train_x), 800, marks=(800,))[0]  # (3,)
seconds = (time.perf_counter() - started) / 3
parameters = sum(n * m + m for n, m in zip(sizes, sizes[1:]))
scores.add("ch13_weight_initialization", "784-64-64-64-10 ReLU, He start", accuracies.tolist(),
           parameters, seconds, data.source)

# %% [markdown] lang="ko"
# ## 정리
#
# - `nn.Linear`는 언제나 초기화되어 있습니다. 물음은 난수의 *크기*입니다. 모두 0이면 기울기가 오지 않고, 모두 같으면 유닛들이 하나처럼 움직입니다.
# - 한 층은 제곱의 평균을 $n_{in}s^2$배 합니다. 활성화 함수가 깎는 몫까지 곱해 1이 되게 하는 것이 초기화의 전부입니다.
# - Xavier는 $\operatorname{Var}(W) = \frac{2}{n_{in}+n_{out}}$, He는 $\frac{2}{n_{in}}$. 여기에 제곱근을 씌운 것은 **표준편차**입니다. 균등 분포의 경계는 표준편차의 $\sqrt{3}$배라 6이 나옵니다.
# - ReLU는 층마다 절반을 버립니다. 그 2를 He가 메웁니다. 시그모이드는 차이를 4분의 1로 줄입니다. 이득 4가 메웁니다.
# - PyTorch의 가중치는 (fan_out, fan_in)입니다. 정사각형 층만 시험하면 바꿔 읽은 것을 모릅니다.
# - RBM은 데이터의 에너지를 낮추고 자기 꿈의 에너지를 높이며 배웁니다. 쌓으면 정답 없이 얻은 출발점이 됩니다. 우리 실험에서 그 이점은 처음 몇십 걸음에 크고, 크기를 맞춘 난수 앞에서는 작아집니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 편향은 왜 0에서 시작해도 되나요?</summary>
#
# 대칭은 가중치의 난수가 이미 깨 줍니다. 유닛마다 `l`이 다르므로 편향의 기울기도 다릅니다. 편향에 난수를 주면 $\operatorname{Var}(l)$에 그만큼이 더해져 층마다 크기가 조금씩 달라질 뿐입니다.
# </details>
#
# <details><summary>2. He는 fan_in만 씁니다. 거꾸로 오는 기울기는 누가 지켜 주나요?</summary>
#
# 거꾸로 오며 층마다 곱해지는 것은 $\tfrac{1}{2}n_{out}s^2 = n_{out}/n_{in}$입니다. 한 층의 $n_{out}$이 다음 층의 $n_{in}$이므로 모두 곱하면 서로 지워져 첫 층과 마지막 층의 폭만 남습니다. 층이 아무리 많아도 지수적으로 커지거나 작아지지 않습니다. fan_in과 fan_out 어느 쪽을 골라도 되는 까닭입니다.
# </details>
#
# <details><summary>3. 2절에서 1.41/√n의 ReLU는 완전히 평평하지 않고 흔들렸습니다. 왜 그런가요?</summary>
#
# $ns^2$은 *평균* 배수입니다. 폭이 100이면 층마다 실제 배수가 1 언저리에서 흔들리고, 30층을 곱하면 그 흔들림이 쌓입니다. 폭을 넓히면 흔들림이 줄어듭니다. `standard_normals([1000] * 31, seed=0)`으로 해 보세요(입력도 폭 1000이어야 합니다).
# </details>
#
# <details><summary>4. 아예 재어서 맞추면 안 되나요?</summary>
#
# 됩니다. 배치 하나를 넣고, 층을 하나씩 지나며 활성값의 크기를 재어 1이 되도록 그 층의 가중치를 나누면 됩니다(LSUV, 2016). 활성화 함수가 무엇이든 통합니다. 이것을 학습하는 내내 걸음마다 하는 것이 15장의 배치 정규화와 가까운 생각입니다.
# </details>
#
# <details><summary>5. CD-1의 복원 오차가 줄면 RBM이 좋아진 것인가요?</summary>
#
# 꼭 그렇지는 않습니다. 데이터 *가까이*의 꿈만 높였으므로, 데이터에서 먼 곳에 에너지가 낮은 구덩이가 남아 있어도 복원 오차는 모릅니다. 작은 RBM에서처럼 확률을 모두 계산할 수 있을 때만 확실히 말할 수 있습니다. 깁스 걸음을 여러 번 걷는 CD-k가 이 어림을 줄여 줍니다.
# </details>

# %% [markdown] lang="en"
# ## Summary
#
# - An `nn.Linear` is always initialised; the question is the *scale* of its random numbers. From all zeros no gradient comes, from all equal weights the units move as one.
# - A layer multiplies the mean of squares by $n_{in}s^2$. Initialisation is nothing but making this, times what the activation function leaves, equal to 1.
# - Xavier is $\operatorname{Var}(W) = \frac{2}{n_{in}+n_{out}}$, He is $\frac{2}{n_{in}}$. With a root over it, it is the **standard deviation**. The bound of the uniform version is $\sqrt{3}$ times that: hence the 6.
# - A ReLU throws half away at every layer; He's 2 makes up for it. A sigmoid shrinks differences to a quarter; a gain of 4 makes up for it.
# - PyTorch's weights are (fan_out, fan_in). If you try square layers only, you will not notice that you read them the wrong way round.
# - An RBM learns by lowering the energy of data and raising that of its own dreams. Stacked, RBMs are a start that needs no labels. In our experiment the benefit is large in the first few dozen steps, and small against random numbers of the right scale.
#
# ## Further questions
#
# <details><summary>1. Why may biases start at 0?</summary>
#
# The random weights break the symmetry already: each unit has its own `l`, so the gradients of the biases differ too. Random biases would only add their variance to $\operatorname{Var}(l)$ and change the size a little in each layer.
# </details>
#
# <details><summary>2. He uses fan_in only. Who looks after the gradient on its way back?</summary>
#
# Going back, each layer multiplies by $\tfrac{1}{2}n_{out}s^2 = n_{out}/n_{in}$. As the $n_{out}$ of one layer is the $n_{in}$ of the next, the product of all cancels down to the widths of the first and last layers. However many layers there are, nothing grows or shrinks exponentially. So either fan will do.
# </details>
#
# <details><summary>3. In section 2, ReLU with 1.41/√n was not quite level; it wobbled. Why?</summary>
#
# $ns^2$ is the *mean* factor. With 100 units the actual factor of a layer varies around 1, and over 30 layers these variations multiply. Wider layers wobble less: try `standard_normals([1000] * 31, seed=0)` (the inputs must be 1000 wide too).
# </details>
#
# <details><summary>4. Why not simply measure, and adjust?</summary>
#
# You can. Put one batch in, go through the layers one by one, measure the size of the activations, and divide the layer's weights so that it becomes 1 (LSUV, 2016). It works for any activation function. Doing so at every step of training is close to the idea of chapter 15, batch normalisation.
# </details>
#
# <details><summary>5. If the reconstruction error of CD-1 falls, has the RBM become better?</summary>
#
# Not necessarily. Only dreams *near* the data were raised. If a pit of low energy is left somewhere far from the data, the reconstruction error does not know. Only where all probabilities can be worked out, as for our tiny RBM, can one say for sure. CD-k, which takes several Gibbs steps, makes the approximation better.
# </details>
