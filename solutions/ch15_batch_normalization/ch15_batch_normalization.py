# ---
# jupyter:
#   course:
#     ko: 배치 정규화
#     en: Batch normalisation
#     minutes: 110
# ---

# %% [markdown] lang="ko"
# # 15장. 배치 정규화
#
# **누구를 위한 장인가요?** `nn.BatchNorm1d`를 층 사이에 끼우면 학습이 잘된다는 말은 들었지만, 그 안에서 무엇을 계산하고 무엇을 기억하는지는 열어 본 적이 없는 사람.
#
# **걸리는 시간** 약 110분 · **먼저 알아야 할 것** 모듈과 표준화(4장, 8장), 훈련 모드와 평가 모드(9장), 손으로 하는 역전파와 그 검산(11장), ReLU와 이동 평균(12장), 초기화의 표준편차(13장) · 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 배치 정규화를 훈련할 때와 평가할 때 모두 손으로 쓰고, 둘이 왜 달라야 하는지 설명할 수 있습니다.
# - 이동 통계량을 PyTorch와 똑같이 갱신하고, 그것을 버퍼에 담은 층을 만들 수 있습니다.
# - 평균과 분산까지 거슬러 가는 역전파를 유도하고 세 가지 방법으로 검산할 수 있습니다.
# - 배치 정규화로 무엇을 얻는지 재고, 왜 그런지에 대해 알려진 것과 아직 논쟁 중인 것을 가려 말할 수 있습니다.
# - 학습이 끝난 배치 정규화를 앞의 선형 층에 접어 넣어 없앨 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 15. Batch normalisation
#
# **Who is this for?** You have heard that training goes better with an `nn.BatchNorm1d` between the layers, but you have never opened it to see what it computes and what it remembers.
#
# **Time** about 110 minutes · **You need** modules and standardisation (chapters 4 and 8), training and evaluation mode (chapter 9), backpropagation by hand and how to check it (chapter 11), ReLU and moving averages (chapter 12), the standard deviation of a start (chapter 13)
#
# **Afterwards you can**
#
# - write batch normalisation by hand for training and for evaluation, and say why the two must differ,
# - update running statistics just as PyTorch does, and build a layer that keeps them in buffers,
# - derive the backward pass through the mean and the variance, and check it three ways,
# - measure what batch normalisation buys, and tell what is known of the reason from what is still disputed,
# - fold a trained batch normalisation into the linear layer before it, so that it is gone.

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
open_chapter("ch15_batch_normalization", "ko")

# %% lang="en"
open_chapter("ch15_batch_normalization", "en")

# %% [markdown] lang="ko"
# ## 1. 층은 흔들리는 땅 위에서 배웁니다
#
# 은닉층이 넷인 ReLU 신경망을 생각해 봅시다. 네 번째 층은 세 번째 층의 출력을 받아서 배웁니다. 그런데 세 번째 층도 배우는 중입니다. 한 걸음마다 앞의 층들이 모두 바뀌니, 네 번째 층이 받는 수들의 분포도 걸음마다 바뀝니다. 정말 그런지 재어 봅시다.
#
# 먼저 신경망과 학습 반복문입니다. `norm`에는 층을 만드는 것을 넘깁니다. 지금은 `None`이지만 4절부터 여러분의 배치 정규화가 들어갑니다. 가중치는 13장의 He 초기화로 시작합니다. 층을 하나씩 지나가며 계산하는 까닭은, *마지막 활성화 함수로 들어가는 수*의 평균과 표준편차를 걸음마다 적어 두기 위해서입니다.

# %% [markdown] lang="en"
# ## 1. A layer learns on moving ground
#
# Take a ReLU network with four hidden layers. The fourth layer learns from what the third one gives it. But the third one is learning, too. Every step changes all the layers before, and so every step changes the distribution of the numbers that the fourth layer is given. Is that so? Measure it.
#
# First the network and the training loop. `norm` is what makes a further layer; it is `None` now, and from section 4 on it will be your batch normalisation. The weights start with the He initialisation of chapter 13. The loop goes through the layers one by one, so that at every step it can write down the mean and the standard deviation of *what enters the last activation function*.

# %%
data = digits()
print(data.source)
train_x, test_x = data.train_images.flatten(1), data.test_images.flatten(1)  # (N, 784)
train_labels, test_labels = data.train_labels, data.test_labels  # (N,)


def network(norm, seed, hidden=4, width=30, activation=nn.ReLU):
    """784 pixels, `hidden` hidden layers of `width` units, 10 logits; He's normal start.

    norm: None, or a class whose norm(units) makes a layer to stand before each activation.
    """
    generator = torch.Generator().manual_seed(seed)
    sizes = [784] + [width] * hidden + [10]
    layers = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        linear = nn.Linear(fan_in, fan_out)
        nn.init.normal_(linear.weight, std=math.sqrt(2 / fan_in), generator=generator)
        nn.init.zeros_(linear.bias)
        layers += [linear] + ([norm(fan_out)] if norm else []) + [activation()]
    return nn.Sequential(*layers[: -2 if norm else -1])  # none of these after the logits


def train(model, lr, seed, steps, batch_size=50, watch=None):
    """Trains with SGD; returns (losses, means, stds): (steps,), (steps, H), (steps, H).

    means, stds: of the H numbers that enter the last activation, over each step's batch.
    watch: a function of nothing, called before every step.
    """
    generator = torch.Generator().manual_seed(100 + seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model.train()
    losses, means, stds = [], [], []
    for _ in range(steps):
        if watch:
            watch()
        rows = torch.randint(len(train_x), (batch_size,), generator=generator)  # (B,)
        a = train_x[rows]  # (B, 784)
        for k, layer in enumerate(model):
            if k == len(model) - 2:
                means.append(a.detach().mean(0))  # (H,)
                stds.append(a.detach().std(0))  # (H,)
            a = layer(a)  # (B, H), at last (B, 10)
        loss = F.cross_entropy(a, train_labels[rows])  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses), torch.stack(means), torch.stack(stds)


def accuracy(model, x, labels):
    """The share of right answers, in the mode in which the model stands."""
    with torch.no_grad():
        return (model(x).argmax(1) == labels).float().mean().item()


# %% tags=["demo", "nbval-ignore-output"]
plain = network(None, seed=0)
seen = {"train": [], "test": []}


def look():
    with torch.no_grad():
        for name, x in (("train", train_x[:360]), ("test", test_x)):
            seen[name].append(plain[:-2](x))  # (360, 30): what enters the last ReLU


train(plain, lr=0.03, seed=0, steps=100, watch=look)
moved = {name: torch.stack(values) for name, values in seen.items()}  # (100, 360, 30)

figure, (left, right) = plots.axes(2, width=4.2, height=2.8)
for unit, colour in ((2, plots.BLUE), (9, plots.ORANGE)):
    low, middle, high = moved["train"][:, :, unit].quantile(torch.tensor([0.1, 0.5, 0.9]), 1)
    left.fill_between(range(100), low, high, color=colour, alpha=0.2)
    left.plot(middle, color=colour, label=f"unit {unit}")
plots.label(left, "What enters two units of layer 4", "updates", "median, 10 to 90%")
left.legend(loc="upper left")
bins = torch.linspace(-4, 12, 33).tolist()
for name, step, style in (("train", 0, "--"), ("test", 0, "-"), ("train", 99, "--"), ("test", 99, "-")):
    right.hist(moved[name][step, :, 9].tolist(), bins, histtype="step", linestyle=style,
               color=plots.GREY if step == 0 else plots.BLUE, label=f"{name}, update {step}")
plots.label(right, "Unit 9: train and test move together", "what enters it", "images of 360")
right.legend(fontsize="x-small")
plt.show()


def distance(a, b):
    """How far apart the means of two samples are, in b's standard deviations; median of units."""
    return ((a.mean(0) - b.mean(0)).abs() / b.std(0)).median().item()


print(f"train against test, after training: {distance(moved['train'][99], moved['test'][99]):.2f} standard deviations")
print(f"after training against before:      {distance(moved['train'][99], moved['train'][0]):.2f} standard deviations")

# %% [markdown] lang="ko"
# 왼쪽 그림에서 띠가 계속 움직입니다. 같은 그림을 넣었는데도 네 번째 층으로 들어가는 수들이 달라집니다. (두 유닛은 움직임이 잘 보이는 것과 덜 보이는 것으로 골랐습니다. 출력된 두 수는 유닛 30개의 중앙값입니다.) 2015년에 배치 정규화를 내놓은 Ioffe와 Szegedy는 이것을 **내부 공변량 변화**(internal covariate shift)라고 불렀습니다. *학습하는 동안* 앞 층의 매개변수가 바뀌어서 어떤 층의 입력 분포가 변하는 것을 말합니다. (공변량(covariate)은 입력 변수를 가리키는 통계학의 말입니다.)
#
# 이 과정의 바탕이 된 학습 노트는 같은 말을 "훈련 집합과 시험 집합의 분포가 다른 것"이라고 설명합니다. 그것은 다른 이야기입니다. 훈련 때와 시험 때의 입력이 다른 것은 그냥 공변량 변화(covariate shift)입니다. 오른쪽 그림과 출력된 두 수를 보세요. 훈련용 그림과 시험용 그림의 분포는 거의 겹칩니다. 크게 움직인 것은 학습 전과 학습 후 사이입니다.
#
# Ioffe와 Szegedy의 생각은 이랬습니다. 땅이 흔들려서 학습이 느리다면, **땅을 붙들어 놓자.** 이 생각이 만든 도구를 먼저 손으로 만들고, 정말 그래서 잘되는지는 6절에서 재어 봅시다.

# %% [markdown] lang="en"
# On the left the bands keep moving: the same images go in, and what enters the fourth layer changes. (Of the two units one was picked because it moves plainly, the other because it moves less; the numbers printed are medians over all 30.) Ioffe and Szegedy, who proposed batch normalisation in 2015, named this **internal covariate shift**: *during training* the parameters of earlier layers change, and so the distribution of a layer's inputs changes. (A covariate is statistics' word for an input.)
#
# The study notes this course grew from explain the same words as "the training set and the test set have different distributions". That is another matter: inputs that differ between training and testing are plain covariate shift. Look at the right-hand picture and the two numbers printed. Training images and test images almost coincide; what moved a lot lies between before and after training.
#
# Ioffe and Szegedy's idea: if training is slow because the ground moves, **hold the ground still.** We first build the tool that came of this idea, by hand. Whether it really works for that reason we measure in section 6.

# %% [markdown] lang="ko"
# ## 2. 유닛마다, 배치 안에서 표준화하기
#
# 8장에서 입력 특성을 열마다 표준화했습니다. 배치 정규화(batch normalisation)는 같은 일을 **은닉층에서, 걸음마다, 그 배치의 통계량으로** 합니다. 그림으로 먼저 보겠습니다. 표본 여섯 개(줄)와 유닛 셋(열)입니다.

# %% [markdown] lang="en"
# ## 2. Standardise every unit within the batch
#
# In chapter 8 you standardised the input features, column by column. Batch normalisation does the same **in hidden layers, at every step, with the statistics of that batch**. First as a picture, with six samples (rows) and three units (columns).

# %%
x = torch.tensor([[4.0, 0.2, -9.0], [6.0, 0.1, 3.0], [5.0, 0.3, 9.0],
                  [7.0, 0.2, -3.0], [5.0, 0.0, 6.0], [6.0, 0.4, -6.0]])  # (B, H) = (6, 3)
centred = x - x.mean(0)  # (6, 3): the mean of each column is 0
scaled = centred / x.std(0, correction=0)  # (6, 3): and its standard deviation is 1
moved_on = scaled * torch.tensor([1.0, 0.5, 2.0]) + torch.tensor([0.0, 3.0, -1.0])  # (6, 3)

figure, grid = plots.axes(4, width=2.15, height=2.6)
titles = ["x", "minus its mean", "over its std: x_hat", "times γ, plus β: y"]
for ax, values, title in zip(grid, [x, centred, scaled, moved_on], titles):
    plots.heatmap(ax, (values * 10).round() / 10, symmetric=True, numbers=True, vmin=-15, vmax=15)
    ax.set(xticks=range(3), yticks=range(6))
    plots.label(ax, title, "unit", "sample" if ax is grid[0] else "")
figure.suptitle("Each column is standardised on its own; γ and β are then free to move it")
plt.show()

# %% [markdown] lang="ko"
# 첫 유닛은 5 언저리, 둘째는 아주 작고, 셋째는 아주 큽니다. 표준화하면 세 열이 같은 눈금에 놓입니다. 배치의 표본이 $B$개, 유닛 하나의 값이 $x_1, \ldots, x_B$일 때 식은 이렇습니다.
#
# $$\mu = \frac{1}{B}\sum_{b} x_b \qquad \sigma^2 = \frac{1}{B}\sum_{b}(x_b - \mu)^2 \qquad \hat{x}_b = \frac{x_b - \mu}{\sqrt{\sigma^2 + \epsilon}} \qquad y_b = \gamma\,\hat{x}_b + \beta$$
#
# 네 가지를 짚어 둡시다.
#
# - 분산은 $B$로 나눕니다. PyTorch의 `x.var(0)`은 $B - 1$로 나누므로 그대로 쓰면 안 됩니다. `x.var(0, correction=0)`이 $B$로 나눕니다.
# - $\epsilon$은 0으로 나누지 않게 하는 작은 수이고, 제곱근 **안에** 있습니다. 12장의 Adam에서는 밖에 있었습니다.
# - $\gamma$와 $\beta$는 유닛마다 하나씩 있는 **매개변수**이고, 1과 0에서 시작해 함께 배웁니다. 평균 0, 표준편차 1이 그 유닛에 맞지 않으면 신경망이 스스로 다른 값을 고를 수 있습니다.
# - 유닛끼리는 섞이지 않습니다. 섞이는 것은 **표본끼리**입니다. 이것이 3절의 문제가 됩니다.
#
# ### 여러분 차례: `batchnorm-train`

# %% [markdown] lang="en"
# The first unit lies around 5, the second is tiny, the third large. Standardised, all three are on one scale. With $B$ samples in the batch and $x_1, \ldots, x_B$ the values of one unit,
#
# $$\mu = \frac{1}{B}\sum_{b} x_b \qquad \sigma^2 = \frac{1}{B}\sum_{b}(x_b - \mu)^2 \qquad \hat{x}_b = \frac{x_b - \mu}{\sqrt{\sigma^2 + \epsilon}} \qquad y_b = \gamma\,\hat{x}_b + \beta$$
#
# Four things to note.
#
# - The variance divides by $B$. PyTorch's `x.var(0)` divides by $B - 1$, so it will not do as it is; `x.var(0, correction=0)` divides by $B$.
# - $\epsilon$ is a small number that keeps us from dividing by 0, and it stands **inside** the root. In the Adam of chapter 12 it stood outside.
# - $\gamma$ and $\beta$ are **parameters**, one of each per unit. They start at 1 and 0 and learn with the rest: where mean 0 and standard deviation 1 do not suit a unit, the network can choose others.
# - Units do not mix. What mixes are **samples**, and that becomes the problem of section 3.
#
# ### Your turn: `batchnorm-train`

# %% exercise="batchnorm-train"
def batchnorm_train(x, gamma, beta, eps):
    """Batch normalisation with the statistics of the batch itself.

    x: (B, H) float tensor, B >= 2, one row a sample; a column may hold equal numbers.
    gamma, beta: (H,), the scale and the shift of each unit, of x's dtype. eps: a Python float,
    added to the variance under the root. The variance is the biased one: it divides by B.
    Returns y, (B, H), of x's dtype. Gradients go back from y to x, gamma and beta.
    """
    # mean and variance of each unit   # (H,)
    # standardised                     # (B, H)
    ### BEGIN SOLUTION
    mean = x.mean(0)  # (H,)
    variance = x.var(0, correction=0)  # (H,)
    x_hat = (x - mean) / torch.sqrt(variance + eps)  # (B, H)
    return gamma * x_hat + beta  # (B, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 통과했다면 바로 써 봅시다. 13장에서는 가중치의 표준편차가 조금만 어긋나도 층을 지날수록 활성값이 사라지거나 터졌습니다. 층 열 개를 지나며 활성값의 표준편차를 재되, 초기화를 He의 0.5배, 1배, 2배로 바꿔 봅시다. 두 번째 그림에는 층마다 여러분의 `batchnorm_train`을 넣습니다.

# %% [markdown] lang="en"
# Once it passes, use it. In chapter 13, weights whose standard deviation was a little off made the activations vanish or explode, layer upon layer. Let us measure the standard deviation of the activations through ten layers, with 0.5 times, 1 times and 2 times He's. In the second picture your `batchnorm_train` stands in each layer.

# %% tags=["demo"]
def stds_by_layer(factor, normalise):
    """The standard deviation of the activations of 10 ReLU layers of 100 units."""
    generator = torch.Generator().manual_seed(0)
    a, stds = train_x[:200], []  # (200, 784)
    for _ in range(10):
        std = factor * math.sqrt(2 / a.shape[1])
        x = a @ (std * torch.randn(a.shape[1], 100, generator=generator))  # (200, 100)
        if normalise:
            x = batchnorm_train(x, torch.ones(100), torch.zeros(100), 1e-5)
        a = torch.relu(x)  # (200, 100)
        stds.append(a.std().item())
    return stds


figure, pair = plots.axes(2, width=3.9, height=2.7, sharey=True)
for ax, normalise, title in zip(pair, (False, True), ("without", "with batch norm")):
    for factor, style in ((0.5, "v--"), (1, "o-"), (2, "^-.")):
        ax.plot(range(1, 11), stds_by_layer(factor, normalise), style, label=f"{factor} x He")
    ax.set_yscale("log")
    plots.label(ax, title, "layer", "std of the activations" if ax is pair[0] else "")
pair[1].legend(loc="lower right")
figure.suptitle("With batch norm the size is the same for every start and layer", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 오른쪽에서는 세 선이 겹칩니다. 당연합니다. $x$를 두 배 하면 $\mu$도 $\sigma$도 두 배가 되어 $\hat{x}$는 그대로입니다($\epsilon$만큼의 차이는 있습니다). **배치 정규화 앞의 가중치는 크기가 얼마든 출력에 영향이 없습니다.** 앞 층의 편향도 마찬가지입니다. 모두에게 같은 수를 더하면 평균에서 도로 빠집니다. 이 사실을 5절에서 다시 씁니다.
#
# ## 3. 이웃이 내 답을 바꿉니다
#
# 대가가 있습니다. $\mu$와 $\sigma^2$는 배치에서 나오므로, 그림 한 장의 출력이 **함께 들어온 다른 그림들**에 달려 있습니다. 시험용 그림 한 장을 서로 다른 무리에 넣어 봅시다. 8번 유닛은 차이가 잘 보여서 골랐습니다. 덜 달라지는 유닛도 있습니다.

# %% [markdown] lang="en"
# On the right the three lines lie on one another. They must: with $x$ doubled, $\mu$ and $\sigma$ are doubled too, and $\hat{x}$ stays (up to $\epsilon$). **However large the weights before a batch norm are, its output is the same.** The same goes for the bias of the layer before: a number added to all samples is taken off again with the mean. Section 5 comes back to this.
#
# ## 3. Your neighbours change your answer
#
# There is a price. As $\mu$ and $\sigma^2$ come from the batch, what comes out for one image depends on **the other images that came along**. Put one test image into different company. Unit 8 was picked because the effect is plain there; other units change less.

# %% tags=["demo"]
first_layer = network(None, seed=0)[0]  # 784 -> 30
with torch.no_grad():
    one = first_layer(test_x[:1])  # (1, 30)
    everyone = first_layer(train_x)  # (N, 30)


def normalised_first(batch):
    """y of the first row of a batch, in unit 8."""
    return batchnorm_train(batch, torch.ones(30), torch.zeros(30), 1e-5)[0, 8].item()


print("the image among 49 others:            ", f"{normalised_first(torch.cat([one, everyone[:49]])):+.3f}")
print("among 49 others, the same ones again: ", f"{normalised_first(torch.cat([one, everyone[:49]])):+.3f}")
print("among 49 different ones:              ", f"{normalised_first(torch.cat([one, everyone[50:99]])):+.3f}")
alike = everyone[train_labels == test_labels[0]][:49]  # (49, 30)
print("among 49 of its own digit:            ", f"{normalised_first(torch.cat([one, alike])):+.3f}")
print("all alone, by the formula:            ", f"{normalised_first(one):+.3f}")
try:
    F.batch_norm(one, None, None, training=True)
except ValueError as error:
    print("all alone, in PyTorch: ValueError:", str(error)[:58])

# %% [markdown] lang="ko"
# 세 가지를 읽을 수 있습니다. 같은 이웃이면 같은 답이고, **이웃이 바뀌면 답이 바뀝니다.** 노트는 "드롭아웃 때문에 매번 다른 평균과 표준편차를 얻는다"고 합니다. 그러나 이 계산에는 드롭아웃이 없습니다. 통계량이 매번 다른 까닭은 **배치가 매번 다르기** 때문입니다. (배치 정규화 앞에 드롭아웃이 있으면 흔들림이 더해지기는 합니다.)
#
# 그리고 혼자 들어온 그림은 평균이 자기 자신이라 $x - \mu = 0$입니다. 무엇을 넣든 답이 $\beta$입니다. PyTorch는 이런 무의미한 계산을 하지 않고 오류를 냅니다.
#
# 이웃이 얼마나 많아야 믿을 만할까요? 같은 그림을 무작위 이웃 300무리에 넣어, 배치 크기마다 출력이 얼마나 흩어지는지 봅시다.

# %% [markdown] lang="en"
# Read off three things. The same neighbours give the same answer, and **other neighbours give another answer.** The notes say that the mean and standard deviation "differ every time because of dropout". There is no dropout in this computation. The statistics differ every time because **the batch differs** every time. (Dropout before a batch norm does add to the wobble.)
#
# And an image on its own is its own mean, so $x - \mu = 0$: whatever you put in, the answer is $\beta$. PyTorch refuses such a meaningless computation and raises an error.
#
# How many neighbours does it take to be trusted? Put the same image among 300 random groups of neighbours, for several batch sizes, and look at the scatter of its output.

# %% tags=["demo"]
sizes = (2, 4, 8, 16, 64, 256)
generator = torch.Generator().manual_seed(0)
outputs = {}
for B in sizes:
    groups = [torch.randint(len(everyone), (B - 1,), generator=generator) for _ in range(300)]
    outputs[B] = torch.tensor([normalised_first(torch.cat([one, everyone[g]])) for g in groups])

figure, (ax,) = plots.axes(1, width=5.4, height=2.8)
for place, B in enumerate(sizes):
    jitter = place + 0.5 * torch.rand(300, generator=generator) - 0.25  # (300,): so all are seen
    ax.plot(jitter, outputs[B], ".", color=plots.BLUE, markersize=3, alpha=0.4)
ax.set_xticks(range(len(sizes)), sizes)
plots.label(ax, "One image: the smaller the batch, the more its neighbours decide",
            "batch size", "output of unit 8")
plt.show()
for B in (2, 16, 256):
    print(f"batch of {B}: standard deviation {outputs[B].std().item():.2f}")

# %% [markdown] lang="ko"
# 배치가 2이면 출력은 거의 언제나 $+1$ 아니면 $-1$입니다. 두 수를 표준화하면 그 둘이 되므로, 둘 가운데 누가 더 큰지만 남습니다(사이에 있는 점 몇 개는 두 수가 거의 같아서 $\epsilon$이 한몫한 것입니다). 배치가 커지면 점들이 한곳으로 모입니다.
#
# 훈련할 때는 이 흔들림이 그리 나쁘지 않습니다(14장의 드롭아웃처럼 규제 노릇도 합니다). 하지만 답을 내놓을 때는 곤란합니다. 같은 그림에는 같은 답을 해야 하고, 한 장만 들어와도 답해야 합니다. 그래서 **평가할 때는 배치를 보지 않고, 훈련하면서 모아 둔 평균과 분산**을 씁니다.
#
# ### 이동 통계량
#
# 노트는 "표본 평균과 분산을 저장해 두었다가 가져온다"고만 합니다. 어느 배치의 것을 저장할까요? 한 배치의 것은 방금 본 대로 흔들리고, 모든 배치를 똑같이 평균 내면 아직 아무것도 배우지 않았던 때의 오래된 값이 섞입니다. 그래서 새 값을 조금씩 섞는 **지수 이동 평균**(exponential moving average)을 씁니다. 12장의 RMSprop이 기울기의 제곱에 쓴 것과 같은 방법입니다. 이렇게 모은 것을 이동 통계량(running statistics)이라고 합니다.
#
# $$\mu_{\text{run}} \leftarrow (1 - m)\,\mu_{\text{run}} + m\,\mu_{\text{batch}} \qquad \sigma^2_{\text{run}} \leftarrow (1 - m)\,\sigma^2_{\text{run}} + m\,\frac{B}{B - 1}\,\sigma^2_{\text{batch}}$$
#
# 두 가지를 조심하세요.
#
# - PyTorch에서 $m$(`momentum`, 기본값 0.1)은 **새 값**의 몫입니다. 이름은 같아도 12장의 모멘텀과는 다르고, Keras 같은 다른 라이브러리에서는 0.99처럼 *옛 값*의 몫을 적습니다.
# - 저장하는 분산은 $B - 1$로 나눈 불편 분산(unbiased variance)입니다(불편(不偏)은 치우치지 않았다는 뜻입니다). 배치의 분산은 그 배치의 평균에 맞추어 잰 것이라 평균적으로 전체의 분산의 $\frac{B-1}{B}$배입니다. 표준화할 때는 $B$로, 저장할 때는 $B - 1$로 나눕니다.
#
# ### 여러분 차례: `running-stats`

# %% [markdown] lang="en"
# In a batch of 2 the output is nearly always $+1$ or $-1$: standardise two numbers, and that is what you get. All that is left is which one was larger (the few points in between had a neighbour so close that $\epsilon$ counted). In larger batches the points gather in one place.
#
# In training this wobble does little harm (like the dropout of chapter 14 it even regularises). When it comes to answering, it will not do: the same image should get the same answer, and a single image should get one at all. So **in evaluation we do not look at the batch, but use a mean and a variance collected during training**.
#
# ### Running statistics
#
# The notes only say that "the sample mean and variance are stored and fetched". Those of which batch? A single batch's wobble, as you have just seen, and an equal mean over all batches mixes in old values from before anything was learned. So each new value is blended in a little: an **exponential moving average**, as RMSprop in chapter 12 did with squared gradients. What is collected in this way is called running statistics.
#
# $$\mu_{\text{run}} \leftarrow (1 - m)\,\mu_{\text{run}} + m\,\mu_{\text{batch}} \qquad \sigma^2_{\text{run}} \leftarrow (1 - m)\,\sigma^2_{\text{run}} + m\,\frac{B}{B - 1}\,\sigma^2_{\text{batch}}$$
#
# Two things to watch.
#
# - In PyTorch $m$ (`momentum`, 0.1 by default) is the share of the **new** value. It is not the momentum of chapter 12, in spite of its name, and other libraries, such as Keras, write down the share of the *old* one, 0.99 for example.
# - The variance that is stored is the unbiased variance, divided by $B - 1$. A batch's variance is measured around that batch's own mean, so on average it is $\frac{B-1}{B}$ of the variance of everything. Divide by $B$ to standardise, by $B - 1$ to store.
#
# ### Your turn: `running-stats`

# %% exercise="running-stats"
def running_stats(x, running_mean, running_var, momentum):
    """The running statistics after one more batch, as PyTorch keeps them.

    x: (B, H) float tensor, B >= 2. running_mean, running_var: (H,), those so far; they stay as
    they are. momentum: a Python float from 0 to 1, the share of the new batch.
    The variance of the batch is the unbiased one here: it divides by B - 1.
    Returns (mean, var), both (H,).
    """
    ### BEGIN SOLUTION
    mean = (1 - momentum) * running_mean + momentum * x.mean(0)  # (H,)
    var = (1 - momentum) * running_var + momentum * x.var(0)  # (H,)
    return mean, var
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 함수로 배치 100개를 지나가 봅시다. 가중치는 움직이지 않으므로 진짜 평균(파선)이 있습니다. 점은 배치마다의 평균, 선은 이동 평균입니다.

# %% [markdown] lang="en"
# Let your function go through 100 batches. The weights stand still, so there is a true mean (dashed). Dots are the means of single batches, lines the moving averages.

# %% tags=["demo"]
figure, (ax,) = plots.axes(1, width=6.4, height=2.8)
true_mean = everyone.mean(0)  # (30,)
unit = true_mean.abs().argmax().item()  # a unit whose mean is far from 0
for momentum, style in ((0.01, "-."), (0.1, "-"), (0.5, ":")):
    generator = torch.Generator().manual_seed(0)
    mean, var = torch.zeros(30), torch.ones(30)  # where PyTorch starts, too
    batch_means, path = [], []
    for _ in range(100):
        x = everyone[torch.randint(len(everyone), (16,), generator=generator)]  # (16, 30)
        mean, var = running_stats(x, mean, var, momentum)
        batch_means.append(x[:, unit].mean().item())
        path.append(mean[unit].item())
    ax.plot(path, style, label=f"momentum {momentum}")
    error = (torch.tensor(path[50:]) - true_mean[unit]).abs().mean().item()
    print(f"momentum {momentum}: in the second half off by {error:.3f} on average")
ax.plot(batch_means, ".", color=plots.GREY, markersize=4, label="each batch")
ax.axhline(true_mean[unit].item(), linestyle="--", color=plots.RED, label="all images")
plots.label(ax, "0.01 arrives late, 0.5 trembles with the batches", "batches seen", f"mean, unit {unit}")
ax.legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown] lang="ko"
# 이제 평가는 쉽습니다. 배치의 통계량 자리에 이동 통계량을 넣습니다. 표본마다 따로 계산되므로 한 장만 들어와도 됩니다.
#
# $$y = \gamma\,\frac{x - \mu_{\text{run}}}{\sqrt{\sigma^2_{\text{run}} + \epsilon}} + \beta$$
#
# ### 여러분 차례: `batchnorm-eval`

# %% [markdown] lang="en"
# Now evaluation is easy: put the running statistics where those of the batch were. Every sample is computed by itself, so a single one will do.
#
# $$y = \gamma\,\frac{x - \mu_{\text{run}}}{\sqrt{\sigma^2_{\text{run}} + \epsilon}} + \beta$$
#
# ### Your turn: `batchnorm-eval`

# %% exercise="batchnorm-eval"
def batchnorm_eval(x, running_mean, running_var, gamma, beta, eps):
    """Batch normalisation with stored statistics: every row by itself.

    x: (B, H) float tensor, B >= 1. running_mean, running_var, gamma, beta: (H,), of x's dtype.
    eps: a Python float, added to the variance under the root. Returns y, (B, H). Gradients go back
    from y to x, gamma and beta.
    """
    ### BEGIN SOLUTION
    x_hat = (x - running_mean) / torch.sqrt(running_var + eps)  # (B, H)
    return gamma * x_hat + beta  # (B, H)
    ### END SOLUTION


# %% tags=["demo"]
mean, var = torch.zeros(30), torch.ones(30)
for rows in torch.randperm(1400, generator=torch.Generator().manual_seed(1)).split(50):
    mean, var = running_stats(everyone[rows], mean, var, 0.1)
for name, batch in (("alone", one), ("among 49", torch.cat([one, everyone[:49]])),
                    ("among its like", torch.cat([one, alike]))):
    y = batchnorm_eval(batch, mean, var, torch.ones(30), torch.zeros(30), 1e-5)  # (B, 30)
    print(f"the image {name:14s} {y[0, 8].item():+.3f}")

# %% [markdown] lang="ko"
# 이웃이 누구든, 혼자든, 답이 같습니다.
#
# ## 4. 층으로 만들기
#
# 이제 두 모드를 한 함수에 담습니다. PyTorch의 `F.batch_norm`도 이렇게 생겼습니다. 훈련 중이면 배치의 통계량으로 계산하면서 이동 통계량을 **제자리에서** 고치고, 평가 중이면 이동 통계량을 읽기만 합니다.
#
# 제자리 연산이 왜 필요할까요? 함수 안에서 `running_mean = mean`이라고 쓰면 함수 안의 이름표만 새 텐서로 옮겨 갑니다. 부른 쪽의 텐서는 그대로입니다(1장). 텐서의 내용을 바꾸려면 `running_mean.copy_(mean)`처럼 씁니다. 또 하나, 이동 통계량은 기억일 뿐 배우는 것이 아닙니다. 기울기의 기록이 딸려 가지 않게 `with torch.no_grad():` 안에서 고치세요.
#
# ### 여러분 차례: `batchnorm-forward`

# %% [markdown] lang="en"
# Whoever its neighbours are, and with none at all: the same answer.
#
# ## 4. A layer of it
#
# Now put both modes into one function. PyTorch's `F.batch_norm` looks like this, too: in training it computes with the batch's statistics and updates the running ones **in place**; in evaluation it only reads the running ones.
#
# Why in place? Write `running_mean = mean` inside a function, and only the label inside the function moves on to a new tensor; the caller's tensor stays as it was (chapter 1). What changes the content of a tensor is `running_mean.copy_(mean)`. One more thing: running statistics are a memory, nothing that is learned. Update them inside `with torch.no_grad():`, so that no record of gradients comes along.
#
# ### Your turn: `batchnorm-forward`

# %% exercise="batchnorm-forward"
def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum, eps):
    """One call of a batch normalisation layer.

    x: (B, H) float tensor; B >= 2 if training. gamma, beta, running_mean, running_var: (H,), of
    x's dtype. training: a bool. momentum, eps: Python floats (see running_stats, batchnorm_train).
    If training: normalises with the statistics of the batch, and updates running_mean and
    running_var in place. If not: normalises with running_mean and running_var and leaves them.
    Returns y, (B, H). Gradients go back from y; the running statistics carry no record of any.
    """
    ### BEGIN SOLUTION
    if not training:
        return batchnorm_eval(x, running_mean, running_var, gamma, beta, eps)  # (B, H)
    with torch.no_grad():
        mean, var = running_stats(x, running_mean, running_var, momentum)  # (H,), (H,)
        running_mean.copy_(mean)
        running_var.copy_(var)
    return batchnorm_train(x, gamma, beta, eps)  # (B, H)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 모듈로 감쌀 차례입니다. 4장에서 `nn.Parameter`로 등록한 텐서는 옵티마이저가 움직인다고 배웠습니다. 이동 통계량은 옵티마이저가 건드리면 안 되지만, 모델을 저장하거나 GPU로 옮길 때는 함께 가야 합니다. 그런 텐서를 버퍼(buffer)라고 하고, `self.register_buffer("running_mean", first)`로 등록합니다(`first`는 처음 값). 이 호출은 스스로 등록하고 아무것도 돌려주지 않습니다. 그 뒤로는 `self.running_mean`으로 씁니다. 그냥 `self.running_mean = first`라고 쓰면 `state_dict`에 들어가지 않아 저장되지 않습니다.
#
# 지금이 어느 모드인지는 `self.training`에 들어 있습니다. `model.train()`과 `model.eval()`이 바꾸는 것이 바로 그것입니다.
#
# ### 여러분 차례: `batchnorm-module`
#
# `__init__`을 쓰고, 그 아래에 `forward`도 쓰세요.

# %% [markdown] lang="en"
# Now wrap it in a module. In chapter 4 you learned that a tensor registered as an `nn.Parameter` is moved by the optimizer. Running statistics are none of the optimizer's business, and still they have to come along when the model is saved or moved to a GPU. Such a tensor is called a buffer, and registered by `self.register_buffer("running_mean", first)`, where `first` is its first value. That call registers by itself and returns nothing; from then on the buffer is `self.running_mean`. A plain `self.running_mean = first` does not enter the `state_dict`, and is not saved.
#
# Which mode it is in, `self.training` says: that is what `model.train()` and `model.eval()` switch.
#
# ### Your turn: `batchnorm-module`
#
# Write `__init__` and, below it, `forward`.

# %% exercise="batchnorm-module"
class BatchNorm(nn.Module):
    """Batch normalisation of H units as a layer, with two methods.

    __init__(self, features, momentum=0.1, eps=1e-5): features is H, an int. Makes the parameters
    gamma, (H,), ones at first, and beta, (H,), zeros; and the buffers running_mean, (H,), zeros
    at first, and running_var, (H,), ones; no more than these four.
    forward(self, x): x, (B, H), gives y, (B, H). In training mode with the statistics of the
    batch, updating the buffers in place; in evaluation mode with the buffers, leaving them.
    """

    def __init__(self, features, momentum=0.1, eps=1e-5):
        ### BEGIN SOLUTION
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.gamma = nn.Parameter(torch.ones(features))  # (H,)
        self.beta = nn.Parameter(torch.zeros(features))  # (H,)
        self.register_buffer("running_mean", torch.zeros(features))  # (H,)
        self.register_buffer("running_var", torch.ones(features))  # (H,)

    def forward(self, x):
        return batchnorm_forward(
            x, self.gamma, self.beta, self.running_mean, self.running_var, self.training,
            self.momentum, self.eps,
        )  # (B, H)
        ### END SOLUTION


# %% [markdown] lang="ko"
# 검사는 층을 한 번만 부릅니다. 여러 배치를 지나며 버퍼가 제대로 쌓이는지는 여기서 확인합시다. 여러분의 층과 `nn.BatchNorm1d`에 같은 배치 20개를 넣고 훈련합니다. `agree` 줄에 False가 있으면 `forward`에서 버퍼 자체를 넘겨 제자리에서 고치는지, 받은 momentum을 쓰는지 보세요. 기울기의 기록이 딸려 왔다면(True) `batchnorm_forward`에서 갱신을 `with torch.no_grad():` 안으로 옮기세요. 그 기록은 배치마다 이어져 메모리를 계속 차지합니다.

# %% [markdown] lang="en"
# The check calls the layer only once. Whether its buffers add up rightly over many batches we see here: your layer and `nn.BatchNorm1d` are trained on the same 20 batches. If an `agree` line says False, see whether `forward` hands on the buffers themselves, to be updated in place, and uses the momentum it was given. If a record of gradients came along (True), move the update in `batchnorm_forward` inside `with torch.no_grad():`; that record grows with every batch and keeps its memory.

# %% tags=["demo"]
mine, theirs = BatchNorm(30), nn.BatchNorm1d(30)
optimizer = torch.optim.SGD([*mine.parameters(), *theirs.parameters()], lr=0.1)
for k in range(20):
    x = everyone[50 * k : 50 * k + 50].clone().requires_grad_()  # (50, 30): as from a layer before
    y_mine, y_theirs = mine(x), theirs(x)  # (50, 30) each
    optimizer.zero_grad()
    ((y_mine - x) ** 2).mean().backward()
    ((y_theirs - x) ** 2).mean().backward()
    optimizer.step()
print("20 batches, outputs agree:", torch.allclose(y_mine, y_theirs, atol=1e-5))
for name, other in (("gamma", "weight"), ("beta", "bias"), ("running_mean",) * 2, ("running_var",) * 2):
    agree = torch.allclose(getattr(mine, name), getattr(theirs, other), atol=1e-5)
    print(f"{name:12s} agrees with nn.BatchNorm1d's {other}: {agree}")
print("running statistics carry a record of gradients:", mine.running_mean.requires_grad)
print("evaluation agrees:", torch.allclose(mine.eval()(one), theirs.eval()(one), atol=1e-5))

# %% [markdown] lang="ko"
# ## 5. 거꾸로: 평균과 분산도 함수입니다
#
# 자동 미분이 대신해 주기는 하지만, 배치 정규화의 역전파는 틀리기로 이름난 곳입니다. 한 걸음씩 갑시다. 먼저 평균만 빼는 층입니다.
#
# $$y_b = x_b - \mu \qquad \mu = \frac{1}{B}\sum_{b} x_b$$
#
# ### 함정: "평균은 그냥 수니까"
#
# 누군가 이 층의 역전파를 이렇게 썼습니다. "$y = x - \mu$이고 $\mu$는 그냥 수이니, $\partial L/\partial x = \partial L/\partial y$이다." 이 코드로 학습시켜 봅시다. 층에 들어가는 수는 $x = u + b$이고, 배우는 것은 편향 $b$ 하나입니다. 편향은 모두에게 똑같이 더해지므로 평균을 빼면 사라집니다. 곧 **$b$는 손실에 아무 영향이 없습니다.** 무슨 일이 일어날까요?

# %% [markdown] lang="en"
# ## 5. Backward: the mean and the variance are functions too
#
# Autograd would do it for us, but the backward pass of batch normalisation is famous for going wrong. Go step by step, and begin with a layer that only takes off the mean.
#
# $$y_b = x_b - \mu \qquad \mu = \frac{1}{B}\sum_{b} x_b$$
#
# ### A trap: "the mean is just a number"
#
# Somebody wrote the backward pass of this layer so: "$y = x - \mu$, and $\mu$ is just a number, so $\partial L/\partial x = \partial L/\partial y$." Let us train with that. What enters the layer is $x = u + b$, and the bias $b$ is all there is to learn. It is added to every sample, so it goes when the mean is taken off: **$b$ has no influence on the loss whatever.** What will happen?

# %%
def centre_backward_as_found(d_y):
    """d_x of y = x - x.mean(0), by somebody who took the mean for a fixed number."""
    return d_y


def train_offset(backward, steps=200, lr=0.1):
    """Gradient descent on b alone, for y = x - x.mean(0), x = u + b; the losses and the b's."""
    u = torch.randn(8, 1, generator=torch.Generator().manual_seed(0))  # (B, 1)
    target = u - u.mean(0) + 1  # (B, 1): out of reach, the mean of y is always 0
    b, losses, history = torch.zeros(1), [], []
    for _ in range(steps):
        x = u + b  # (B, 1)
        y = x - x.mean(0)  # (B, 1)
        losses.append((0.5 * (y - target) ** 2).mean().item())
        history.append(b.item())
        d_x = backward((y - target) / len(y))  # (B, 1)
        b = b - lr * d_x.sum(0)  # (1,)
    return losses, history


losses, history = train_offset(centre_backward_as_found)
figure, (left, right) = plots.axes(2, width=3.6, height=2.4)
left.plot(losses, color=plots.RED)
left.set_ylim(0, 1)
plots.label(left, "The loss does not move at all", "updates", "loss")
right.plot(history, color=plots.RED)
plots.label(right, "and b walks away for ever", "updates", "b")
plt.show()
print(f"loss {losses[0]:.4f} -> {losses[-1]:.4f}, b {history[0]:.1f} -> {history[-1]:.1f}")

# %% [markdown] lang="ko"
# 기울기는 계속 "$b$를 늘리면 손실이 준다"고 말하는데, 손실은 꿈쩍도 하지 않습니다. 기울기가 거짓말을 합니다. Ioffe와 Szegedy의 논문 2절에 나오는 바로 그 이야기입니다.
#
# 어디가 틀렸을까요? $x_b$를 조금 늘리면 $y_b$가 그만큼 늘지만, **평균도 $\frac{1}{B}$만큼 늘어서 모든 $y$가 그만큼씩 줄어듭니다.** 모두에게서 되돌아오는 몫을 합하면 $-\frac{1}{B}\sum_{b}\frac{\partial L}{\partial y_b}$, 곧 기울기들의 평균을 뺀 것입니다.
#
# ### 여러분 차례: `centre-backward`
#
# 위의 코드를 고치세요.

# %% [markdown] lang="en"
# The gradient keeps saying "more $b$, less loss", and the loss does not budge. The gradient lies. It is the very story of section 2 of Ioffe and Szegedy's paper.
#
# What is wrong? Add a little to $x_b$, and $y_b$ grows by that; but **the mean grows too, by $\frac{1}{B}$ of it, and every $y$ sinks by that much.** Added up over all of them, what comes back is $-\frac{1}{B}\sum_{b}\frac{\partial L}{\partial y_b}$: the mean of the gradients is taken off.
#
# ### Your turn: `centre-backward`
#
# Mend the code above.

# %% exercise="centre-backward"
def centre_backward(d_y):
    """Back through y = x - x.mean(0), the mean over the batch.

    d_y: (B, H) float tensor, B >= 1, the derivative of a loss L by y; it stays as it is.
    Returns d_x, (B, H), the derivative of L by x.
    """
    ### BEGIN SOLUTION
    return d_y - d_y.mean(0)  # (B, H)
    ### END SOLUTION


# %% tags=["demo"]
losses, history = train_offset(centre_backward)
print(f"mended: loss {losses[0]:.4f} -> {losses[-1]:.4f}, b {history[0]:.1f} -> {abs(history[-1]):.1f}")

# %% [markdown] lang="ko"
# 이제 기울기가 옳게 말합니다. "$b$를 움직여도 소용없다." 손실이 줄지 않는 것은 같지만, 쓸데없는 걸음이 사라졌습니다.
#
# 장난감이라서 그런 것이 아닙니다. 은닉층이 넷인 진짜 신경망에서 배치 정규화의 평균과 분산을 `detach()`로 그래프에서 떼어 내면(그러면 자동 미분도 그것들을 그냥 수로 봅니다) 어떻게 되는지 보세요.

# %% [markdown] lang="en"
# Now the gradient says what is true: "moving $b$ is no use." The loss falls no more than before, but the useless steps are gone.
#
# This is no matter of toys. Take the real network with its four hidden layers, and cut the mean and the variance of its batch norms out of the graph with `detach()` (so that autograd, too, takes them for plain numbers).

# %% tags=["demo", "nbval-ignore-output"]
class DetachedBatchNorm(BatchNorm):
    """A batch norm whose mean and variance are taken for constants on the way back."""

    def forward(self, x):
        mean, variance = x.mean(0).detach(), x.var(0, correction=0).detach()  # (H,), (H,)
        return batchnorm_eval(x, mean, variance, self.gamma, self.beta, 1e-5)


figure, (ax,) = plots.axes(1, width=5.2, height=2.7)
for norm, colour, style, name in ((DetachedBatchNorm, plots.RED, "--", "taken for constants"),
                                  (BatchNorm, plots.BLUE, "-", "as functions of x")):
    for seed in range(3):
        model = network(norm, seed)
        losses, _, _ = train(model, lr=0.1, seed=seed, steps=100)
        ax.plot(losses.unfold(0, 10, 1).mean(1), style, color=colour, linewidth=1,
                label=name if seed == 0 else None)  # the mean of 10 steps, for the eye
        print(f"{name}: last losses {losses[-10:].mean():.2f}, "
              f"bias before the norm moved by {model[0].bias.detach().norm():.3f}")
ax.set_ylim(0)
plots.label(ax, "Mean and variance must be differentiated too (3 starts each)", "updates", "loss")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 앞 층의 편향을 보세요. 옳은 쪽에서는 기울기가 0이라 0.000에 머물고, 떼어 낸 쪽에서는 손실에 아무 영향도 없는 편향이 혼자 멀어져 갑니다. 가중치도 마찬가지로 쓸모없는 방향으로 걷느라 손실이 훨씬 덜 내려갔습니다.
#
# ### 분산까지: 지워지는 두 방향
#
# 이제 전부입니다. $r = 1/\sqrt{\sigma^2 + \epsilon}$이라고 줄여 쓰겠습니다. $y = \gamma\hat{x} + \beta$에서 갈라지는 것은 11장과 똑같습니다. $\gamma$와 $\beta$는 브로드캐스팅되었으니 거꾸로 올 때는 합입니다.
#
# $$\frac{\partial L}{\partial \gamma} = \sum_{b}\frac{\partial L}{\partial y_b}\,\hat{x}_b \qquad \frac{\partial L}{\partial \beta} = \sum_{b}\frac{\partial L}{\partial y_b} \qquad \frac{\partial L}{\partial \hat{x}_b} = \gamma\,\frac{\partial L}{\partial y_b}$$
#
# 남은 것은 $\hat{x}$에서 $x$로 오는 길입니다. 짧게 $g_b = \partial L/\partial\hat{x}_b$라고 씁시다. $x_b$는 세 길로 손실에 닿습니다. 직접, $\mu$를 거쳐, $\sigma^2$를 거쳐. 연쇄 법칙으로 셋을 더합니다.
#
# $$\frac{\partial L}{\partial \sigma^2} = \sum_{b} g_b\,(x_b - \mu)\cdot\bigl(-\tfrac{1}{2}r^3\bigr) = -\tfrac{1}{2}r^2\sum_{b} g_b\,\hat{x}_b \qquad \frac{\partial \sigma^2}{\partial x_b} = \frac{2}{B}(x_b - \mu)$$
#
# 첫 식의 $-\frac{1}{2}r^3$은 $r = (\sigma^2+\epsilon)^{-1/2}$을 $\sigma^2$으로 미분한 것입니다: $-\frac{1}{2}(\sigma^2+\epsilon)^{-3/2}$.
#
# 직접 오는 길은 $r\,g_b$이고, $\mu$를 거치는 길은 방금 본 대로 그것의 평균을 빼는 일, 곧 $-r\cdot\frac{1}{B}\sum_{i} g_i$입니다($\sigma^2$도 $\mu$에 기대지만 $\sum_{b}(x_b - \mu) = 0$이라 그 몫은 0입니다). $\sigma^2$를 거치는 길은 위의 둘을 곱한 것이고, $(x_b - \mu)\,r = \hat{x}_b$를 넣으면 이렇게 정리됩니다.
#
# $$\frac{\partial L}{\partial x_b} = r\,\Bigl(\;g_b\;-\;\underbrace{\frac{1}{B}\sum_{i} g_i}_{\text{through } \mu}\;-\;\hat{x}_b\,\underbrace{\frac{1}{B}\sum_{i} g_i\,\hat{x}_i}_{\text{through } \sigma^2}\Bigr)$$
#
# 식의 뜻은 2절에서 이미 보았습니다. 모두에게 같은 수를 더해도, 모두를 같은 배로 늘려도 출력은 변하지 않습니다. **그 두 방향으로는 움직여 보아야 소용없으니, 기울기에서 그 두 방향의 몫을 뺍니다.** 유닛 하나, 표본 여섯 개로 그려 봅시다.

# %% [markdown] lang="en"
# See the bias of the layer before. Done right, its gradient is 0 and it stays at 0.000; with the detached norm the bias, which has no influence on the loss, walks off. The weights, too, waste their steps in useless directions, and the loss comes down far less.
#
# ### Through the variance as well: two directions are wiped out
#
# Now all of it. Write $r = 1/\sqrt{\sigma^2 + \epsilon}$ for short. What branches off at $y = \gamma\hat{x} + \beta$ is chapter 11 again: $\gamma$ and $\beta$ were broadcast, so on the way back there is a sum.
#
# $$\frac{\partial L}{\partial \gamma} = \sum_{b}\frac{\partial L}{\partial y_b}\,\hat{x}_b \qquad \frac{\partial L}{\partial \beta} = \sum_{b}\frac{\partial L}{\partial y_b} \qquad \frac{\partial L}{\partial \hat{x}_b} = \gamma\,\frac{\partial L}{\partial y_b}$$
#
# What is left is the way from $\hat{x}$ to $x$. Write $g_b = \partial L/\partial\hat{x}_b$ for short. There are three roads from $x_b$ to the loss: directly, through $\mu$, and through $\sigma^2$. The chain rule adds them up.
#
# $$\frac{\partial L}{\partial \sigma^2} = \sum_{b} g_b\,(x_b - \mu)\cdot\bigl(-\tfrac{1}{2}r^3\bigr) = -\tfrac{1}{2}r^2\sum_{b} g_b\,\hat{x}_b \qquad \frac{\partial \sigma^2}{\partial x_b} = \frac{2}{B}(x_b - \mu)$$
#
# The $-\frac{1}{2}r^3$ of the first formula is $r = (\sigma^2+\epsilon)^{-1/2}$ differentiated by $\sigma^2$: $-\frac{1}{2}(\sigma^2+\epsilon)^{-3/2}$.
#
# The direct road gives $r\,g_b$; the road through $\mu$ takes off the mean of that, as you have just seen: $-r\cdot\frac{1}{B}\sum_{i} g_i$ ($\sigma^2$ depends on $\mu$ as well, but as $\sum_{b}(x_b - \mu) = 0$, that share is 0). The road through $\sigma^2$ is the product of the two above. Put in $(x_b - \mu)\,r = \hat{x}_b$ and it all comes to
#
# $$\frac{\partial L}{\partial x_b} = r\,\Bigl(\;g_b\;-\;\underbrace{\frac{1}{B}\sum_{i} g_i}_{\text{through } \mu}\;-\;\hat{x}_b\,\underbrace{\frac{1}{B}\sum_{i} g_i\,\hat{x}_i}_{\text{through } \sigma^2}\Bigr)$$
#
# What this says you have seen in section 2: adding the same number to all samples changes nothing in the output, nor does stretching them all alike. **To move in these two directions is no use, so the gradient's share in both is taken off.** Here it is for one unit and six samples.

# %%
u = torch.tensor([1.0, 3.0, 4.0, 6.0, 7.0, 9.0])  # (B,): one unit
x_hat = (u - u.mean()) / u.std(correction=0)  # (B,)
g = torch.tensor([0.2, 0.9, 0.1, 0.8, 1.3, 0.9])  # (B,): the derivative of L by x_hat
without_mean = g - g.mean()  # (B,)
without_both = without_mean - x_hat * (g * x_hat).mean()  # (B,)

figure, grid = plots.axes(3, width=2.7, height=2.4, sharey=True)
taken_off = [torch.full_like(g, g.mean().item()), x_hat * (g * x_hat).mean(), None]  # (B,) each
titles = ["g (bars), its mean (dots)", "mean off; part along x_hat (dots)", "both off: d_x / r"]
for ax, values, other, title in zip(grid, [g, without_mean, without_both], taken_off, titles):
    ax.bar(range(6), values, color=plots.BLUE, width=0.6)
    if other is not None:
        ax.plot(range(6), other, "o--", color=plots.ORANGE)
    ax.axhline(0, color=plots.GREY, linewidth=0.8)
    plots.label(ax, title, "sample", "")
figure.suptitle("The gradient loses what all share, and what only stretches", fontsize="medium")
plt.show()
print(f"of what is left: sum {without_both.sum().abs():.4f}, "
      f"sum of products with x_hat {(without_both * x_hat).sum().abs():.4f}")

# %% [markdown] lang="ko"
# ### 여러분 차례: `batchnorm-backward`
#
# 모양을 적어 가며 하세요. 그리고 `d_gamma`에는 $x$가 아니라 $\hat{x}$가 들어갑니다.

# %% [markdown] lang="en"
# ### Your turn: `batchnorm-backward`
#
# Write the shapes down as you go. And mind that `d_gamma` takes $\hat{x}$, not $x$.

# %% exercise="batchnorm-backward"
def batchnorm_backward(d_y, x, gamma, eps):
    """Back through y = batchnorm_train(x, gamma, beta, eps).

    d_y: (B, H), the derivative of a loss L by y. x: (B, H), B >= 2, what went into the layer.
    gamma: (H,). All float tensors of one dtype; they stay as they are. eps: a Python float.
    Returns (d_x, d_gamma, d_beta), the derivatives of L by x, gamma and beta: (B, H), (H,), (H,).
    """
    # r and x_hat, once more      # (H,), (B, H)
    # to the scale and the shift  # (H,), (H,)
    # to x_hat                    # (B, H)
    # to x, by three roads        # (B, H)
    ### BEGIN SOLUTION
    r = 1 / torch.sqrt(x.var(0, correction=0) + eps)  # (H,)
    x_hat = (x - x.mean(0)) * r  # (B, H)
    d_gamma = (d_y * x_hat).sum(0)  # (H,)
    d_beta = d_y.sum(0)  # (H,)
    d_x_hat = d_y * gamma  # (B, H)
    d_x = r * (d_x_hat - d_x_hat.mean(0) - x_hat * (d_x_hat * x_hat).mean(0))  # (B, H)
    return d_x, d_gamma, d_beta
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 세 가지 방법으로 검산하기
#
# 11장처럼 손, 중심 차분, 자동 미분을 견줍니다. 신경망은 `x @ W1`, 배치 정규화, 시그모이드, `@ W2 + b2`, 교차 엔트로피이고, 매개변수마다 따로 검사해서 **틀린 것의 이름**을 찍습니다. 모두 `float64`입니다. $\epsilon$까지 제대로 들어갔는지 보려고 일부러 0.1로 크게 잡습니다.

# %% [markdown] lang="en"
# ### Checked in three ways
#
# As in chapter 11: by hand, by central differences, by autograd. The network is `x @ W1`, batch norm, sigmoid, `@ W2 + b2`, cross entropy, and each parameter is checked by itself, so that **the one that is wrong is named**. Everything is in `float64`. To see that $\epsilon$ is in its right place, it is 0.1 here, large on purpose.

# %%
generator = torch.Generator().manual_seed(0)
toy = {name: torch.randn(size, generator=generator, dtype=torch.float64)
       for name, size in (("W1", (5, 4)), ("gamma", (4,)), ("beta", (4,)), ("W2", (4, 3)), ("b2", (3,)))}
toy_x = torch.randn(7, 5, generator=generator, dtype=torch.float64)  # (B, D) = (7, 5)
toy_labels = torch.tensor([0, 1, 2, 0, 1, 2, 0])  # (7,)
TOY_EPS = 0.1


def toy_loss(W1, gamma, beta, W2, b2):
    """The loss of the toy network, written without batchnorm_train: for the checks only."""
    x = toy_x @ W1  # (B, H)
    x_hat = (x - x.mean(0)) / (x.var(0, correction=0) + TOY_EPS) ** 0.5  # (B, H)
    return F.cross_entropy(torch.sigmoid(gamma * x_hat + beta) @ W2 + b2, toy_labels)


def toy_gradients(backward, W1, gamma, beta, W2, b2):
    """The gradients of toy_loss by hand; backward: batchnorm_backward or another like it."""
    x = toy_x @ W1  # (B, H)
    y = batchnorm_train(x, gamma, beta, TOY_EPS)  # (B, H)
    a = torch.sigmoid(y)  # (B, H)
    d_out = (torch.softmax(a @ W2 + b2, 1) - F.one_hot(toy_labels, 3)) / len(x)  # (B, C)
    d_y = d_out @ W2.T * a * (1 - a)  # (B, H)
    d_x, d_gamma, d_beta = backward(d_y, x, gamma, TOY_EPS)
    return {"W1": toy_x.T @ d_x, "gamma": d_gamma, "beta": d_beta, "W2": a.T @ d_out, "b2": d_out.sum(0)}


def relative_error(g, n):
    """How far two gradients are apart: 0 (equal) to 1 (chapter 11)."""
    return ((g - n).norm() / (g.norm() + n.norm())).item()


def check_three_ways(backward):
    """Says for each parameter whether hand, central differences and autograd agree."""
    by_hand = toy_gradients(backward, **toy)
    leaves = {name: value.clone().requires_grad_() for name, value in toy.items()}
    by_autograd = torch.autograd.grad(toy_loss(**leaves), list(leaves.values()))
    for (name, value), automatic in zip(toy.items(), by_autograd):
        numeric = torch.zeros_like(value)
        for place in range(value.numel()):
            up, down = value.clone(), value.clone()
            up.view(-1)[place] += 1e-6
            down.view(-1)[place] -= 1e-6
            numeric.view(-1)[place] = (toy_loss(**{**toy, name: up}) - toy_loss(**{**toy, name: down})) / 2e-6
        errors = [relative_error(by_hand[name], other) for other in (numeric, automatic)]
        says = "ok in all three ways" if max(errors) < 1e-6 else "<- WRONG"
        print(f"  d_{name:6s} differences {errors[0]:.0e}, autograd {errors[1]:.0e}   {says}")


# %% tags=["demo", "nbval-ignore-output"]
print("yours:")
check_three_ways(batchnorm_backward)


def forgets_the_statistics(d_y, x, gamma, eps):
    """The trap of above: mean and variance taken for constants."""
    _, d_gamma, d_beta = batchnorm_backward(d_y, x, gamma, eps)
    return d_y * gamma / torch.sqrt(x.var(0, correction=0) + eps), d_gamma, d_beta


def gamma_from_x(d_y, x, gamma, eps):
    """Somebody multiplied by x where x_hat belongs."""
    d_x, _, d_beta = batchnorm_backward(d_y, x, gamma, eps)
    return d_x, (d_y * x).sum(0), d_beta


print("mean and variance taken for constants:")
check_three_ways(forgets_the_statistics)
print("d_gamma with x in place of x_hat:")
check_three_ways(gamma_from_x)

# %% [markdown] lang="ko"
# 여러분의 기울기는 세 방법이 모두 같습니다. 고장을 내면 고장 난 매개변수의 이름이 나옵니다. 첫 번째 고장은 `W1`만 틀립니다. `d_gamma`와 `d_beta`는 $x$로 돌아오는 길을 쓰지 않으니까요. 두 번째 고장은 `gamma`만 틀립니다. 어느 이름이 틀렸는지가 어느 줄을 고쳐야 하는지 알려 줍니다.
#
# ## 6. 무엇을 얻나요? 그리고 왜 그런가요?
#
# 이제 여러분의 층으로 재어 봅시다. 은닉층이 넷인 ReLU 신경망, 학습률 다섯 가지, 출발점 네 가지, 100걸음씩입니다. 배치 정규화가 없는 쪽도 He 초기화로 공평하게 시작합니다.
#
# 그리고 하나를 더 견줍니다. 배치 정규화가 "땅을 붙들어서" 잘되는 것이라면, 붙든 땅을 **도로 흔들면** 효과가 사라져야 합니다. Santurkar 등의 2018년 논문 *How Does Batch Normalization Help Optimization?*이 바로 그렇게 해 보았습니다. 우리도 배치 정규화의 출력에 걸음마다 새로 뽑은 수를 유닛마다 곱하고 더합니다. 세기는 두 가지입니다. 그래서 다음 층의 입력 분포가 걸음마다 뛰어다닙니다. 흔들림은 한 걸음 사이에 유닛의 평균이 표준편차의 몇 배나 움직이는지로 잽니다(걸음과 유닛에 대한 중앙값이고, 배치가 바뀌어서 생기는 몫도 들어 있습니다).

# %% [markdown] lang="en"
# Yours agrees in all three ways. Break something, and its name comes up. The first breakage gets only `W1` wrong, since `d_gamma` and `d_beta` do not use the way back to $x$; the second only `gamma`. The name that is wrong tells you which line to mend.
#
# ## 6. What does it buy? And why?
#
# Now measure, with your own layer: a ReLU network with four hidden layers, five learning rates, four starts, 100 steps each. To be fair, the network without batch norm gets the He start as well.
#
# And one more is compared. If batch norm works because it "holds the ground still", then to **shake the ground again** should undo its effect. That is what Santurkar and others tried in 2018, in *How Does Batch Normalization Help Optimization?* We do the like: after each batch norm, every unit is multiplied by a number and shifted by a number, both drawn anew at each step, at two strengths, so that the next layer's inputs jump about at every step. We measure the shaking by how many standard deviations a unit's mean moves from one step to the next (the median over steps and units; it includes what comes from the batch being another one).

# %% tags=["demo", "nbval-ignore-output"]
class ShakenBatchNorm(BatchNorm):
    """A batch norm whose output is scaled and shifted by new random numbers at every step."""

    strength = 1

    def forward(self, x):
        y = super().forward(x)  # (B, H)
        if not self.training:
            return y
        scale, shift = 2 * torch.rand(2, x.shape[1]) - 1  # (H,), (H,): from -1 to 1
        return y * torch.exp(0.7 * self.strength * scale) + self.strength * shift


class HardShakenBatchNorm(ShakenBatchNorm):
    strength = 2


rates, seeds = (0.01, 0.03, 0.1, 0.3, 1.0), range(4)
kinds = {"plain": (None, plots.GREY, "s--"), "batch norm": (BatchNorm, plots.BLUE, "o-"),
         "shaken": (ShakenBatchNorm, plots.ORANGE, "^-."),
         "shaken twice as hard": (HardShakenBatchNorm, plots.RED, "v:")}
reached, shaking = {}, {}
for name, (norm, _, _) in tqdm(kinds.items()):
    reached[name], shaking[name] = torch.zeros(2, len(rates), len(seeds))
    for i, lr in enumerate(rates):
        for seed in seeds:
            model = network(norm, seed)
            torch.manual_seed(seed)  # for the shaking
            _, means, stds = train(model, lr, seed, steps=100)
            moves = (means[1:] - means[:-1]).abs() / stds[:-1]  # (99, 30)
            shaking[name][i, seed] = moves.median() if torch.isfinite(moves).all() else math.nan
            reached[name][i, seed] = accuracy(model.eval(), test_x, test_labels)

figure, (left, right) = plots.axes(2, width=4.3, height=3.0)
for ax, measured in ((left, reached), (right, shaking)):
    for name, (_, colour, style) in kinds.items():
        values = measured[name]  # (5, 4)
        ax.fill_between(rates, values.amin(1), values.amax(1), color=colour, alpha=0.2)
        ax.plot(rates, values.mean(1), style, color=colour, label=name)
    ax.set_xscale("log")
    ax.set_ylim(-0.04)  # batch norm's own line on the right is 0
plots.label(left, "How well it reads (mean, least to most)", "learning rate", "test accuracy")
plots.label(right, "How much the ground moves", "learning rate", "moves per step, in std")
right.legend(fontsize="small", loc="upper left")
plt.show()
for name, values in reached.items():
    best = values.mean(1).argmax().item()
    print(f"{name:20s} best at lr {rates[best]:g}: mean {values[best].mean():.1%}, "
          f"{values[best].min():.1%} to {values[best].max():.1%}; at lr 1: {values[-1].mean():.0%}")

# %% [markdown] lang="ko"
# 왼쪽에서 읽을 수 있는 것은 이렇습니다. 이 신경망을 이만큼 학습시키면, 배치 정규화는 시도한 **모든 학습률에서** 더 잘하고, 없는 쪽이 무너지는 큰 학습률도 견딥니다. 각자 가장 좋은 학습률끼리 견주어도 앞섭니다. (가장 좋은 학습률은 같은 시험용 그림에서 골랐으니 모두에게 조금씩 후한 수입니다.)
#
# 오른쪽과 함께 보면 더 재미있습니다. 배치 정규화의 선은 0에 붙어 있습니다. 평균이 언제나 $\beta$이니까요. 약하게 흔든 쪽은 작은 학습률에서 **아무것도 하지 않은 신경망보다 땅이 더 흔들립니다.** 0.01에서는 세 배로, 0.03에서는 3분의 1쯤 더 흔들립니다. 그 두 학습률에서는 읽는 솜씨도 흔든 쪽이 조금 못합니다. 0.1에서는 둘이 비슷하게 흔들리는데, 읽는 솜씨는 평균으로 보아 흔들어 놓은 쪽이 뚜렷이 낫습니다. 다만 아무것도 하지 않은 쪽은 여기서 이미 불안정해서, 출발점에 따라 크게 흩어집니다. 그리고 아무것도 하지 않은 쪽의 수가 넘쳐서 잴 것도 남지 않는 0.3과 1에서도 잘 배웁니다.
#
# 그러나 두 배로 세게 흔들면 이야기가 달라집니다. 숫자가 넘치지는 않지만 출발점에 따라 크게 흩어지고, 거의 배우지 못하는 출발점도 있고, **아무것도 하지 않은 신경망의 가장 좋은 학습률에도 못 미칩니다.** 약하게 흔든 것도 흔들지 않은 것보다 못합니다. 그러니 흔들림이 해롭지 않다고는 할 수 없습니다. (넣은 난수 자체가 신호를 흐린 탓인지, 땅이 움직인 탓인지는 이 실험이 가려 주지 않습니다.) 이 그림이 말해 주는 것은, *흔들림이 같아도* 배치 정규화가 있는 쪽이 더 잘할 수 있다는 것까지입니다.
#
# 그러면 왜 잘될까요? Santurkar 등은 이와 같은 실험을 보이고, 배치 정규화가 하는 일은 **손실의 모양을 매끄럽게** 만드는 것이라고 했습니다. 기울기가 가리키는 쪽으로 조금 더 멀리 가도 기울기가 덜 변한다는 뜻입니다. 그 주장까지 우리 그림이 보여 주지는 않습니다. 우리가 본 것은 *내부 공변량 변화를 줄여서 잘된다는 설명만으로는 부족하다*는 것까지입니다. 왜 잘되는지는 아직도 연구하는 문제입니다. 가중치의 크기가 출력에 영향을 주지 않아 학습률이 저절로 조절된다는 설명도 있습니다(더 생각해 보기 3).
#
# ## 7. 어디서 무너지나요?
#
# 배치 정규화가 있는 신경망은 평가할 때 잘못될 수 있는 곳이 더 많습니다. 노트의 신경망처럼 시그모이드를 쓴 784-30-10에 배치 정규화를 넣어 학습시킨 다음, 다섯 가지로 평가합니다.
#
# 1. 제대로: `eval()`, 픽셀은 0에서 1.
# 2. 노트의 코드처럼 `eval()`은 했지만 픽셀을 0에서 255 그대로.
# 3. `eval()`을 잊고, 시험용 그림을 숫자 순서로 줄 세워 20장씩.
# 4. 3번을 한 *뒤에* 제대로.
# 5. 훈련 모드에서 0에서 255 그대로인 픽셀을 **한 번만** 넣은 *뒤에* 제대로.

# %% [markdown] lang="en"
# This is what the left side shows. For this network and this amount of training, batch norm does better at **every learning rate** that was tried, and it bears large ones at which the plain network falls apart. Each at its best rate, it is still ahead. (The best rates were picked on the same test images, so all these numbers are a little generous.)
#
# Taken together with the right side it gets more interesting. The line of batch norm itself lies on 0: its mean is always $\beta$. At small rates **the ground moves more with the mildly shaken batch norm than in the plain network:** three times as much at 0.01, and about a third more at 0.03. At those two rates the shaken one also reads a little worse. At 0.1 the ground moves about as much in both, and yet the shaken one reads clearly better on average; though the plain one is unstable there already, and scatters widely from start to start. It also learns well at 0.3 and 1, where the plain one's numbers overflow and nothing is left to measure.
#
# Shaken twice as hard, though, it is another story. Its numbers do not overflow, but it scatters widely from start to start, hardly learns at all from some, and **falls short of the plain network at its best rate.** Even the mild shaking costs something. So moving ground cannot be called harmless. (Whether it is the movement that hurts, or that the random numbers drown the signal, this experiment does not tell apart.) What the picture does say is that *with the ground moving equally* the network with batch norm can still do better.
#
# So why does it work? Santurkar and others showed experiments of this kind, and argue that what batch norm does is to make **the loss smoother**: go a little further where the gradient points, and the gradient changes less. Our picture does not show as much as that. It goes as far as this: *that less internal covariate shift is what makes it work is not enough of an explanation*. Why it works is still being studied; that the size of the weights has no influence on the output, so that the learning rate adjusts itself, is another explanation (further question 3).
#
# ## 7. Where does it break?
#
# A network with batch norm has more ways of being evaluated wrongly. Take a 784-30-10 network with sigmoids, as in the notes, put a batch norm in, train it, and evaluate it in five ways.
#
# 1. Properly: `eval()`, pixels from 0 to 1.
# 2. As in the notes' code: `eval()`, but pixels from 0 to 255 as they are stored.
# 3. `eval()` forgotten, and the test images lined up by digit, 20 at a time.
# 4. Properly, *after* number 3 was done.
# 5. Properly, *after* raw pixels from 0 to 255 went through **once**, in training mode.

# %% tags=["demo", "nbval-ignore-output"]
def five_evaluations(seed):
    """Trains a 784-30-10 sigmoid network with batch norm; its five accuracies."""
    model = network(BatchNorm, seed, hidden=1, activation=nn.Sigmoid)
    train(model, 0.3, seed, steps=300)
    model.eval()
    results = [accuracy(model, test_x, test_labels), accuracy(model, 255 * test_x, test_labels)]
    saved = {name: value.clone() for name, value in model.state_dict().items()}
    order = test_labels.argsort()  # (N,): all zeros, then all ones, …
    model.train()
    shares = [accuracy(model, test_x[rows], test_labels[rows]) for rows in order.split(20)]
    results.append(sum(shares) / len(shares))
    results.append(accuracy(model.eval(), test_x, test_labels))
    model.load_state_dict(saved)
    accuracy(model.train(), 255 * test_x, test_labels)
    results.append(accuracy(model.eval(), test_x, test_labels))
    return results


ways = ["1 properly", "2 raw pixels", "3 eval() forgotten, sorted", "4 after that, properly",
        "5 after raw pixels in training mode, properly"]
by_way = torch.tensor([five_evaluations(seed) for seed in range(5)])  # (5 seeds, 5 ways)
figure, (ax,) = plots.axes(1, width=6.0, height=2.3)
for k, way in enumerate(ways):
    ax.plot(by_way[:, k], [k] * 5, "o", color=plots.BLUE if k == 0 else plots.RED, alpha=0.6)
    print(f"{way:46s} {by_way[:, k].mean():.3f} ({by_way[:, k].min():.3f} to {by_way[:, k].max():.3f})")
ax.set_yticks(range(5), ways)
ax.invert_yaxis()
ax.set_xlim(0, 1.02)
plots.label(ax, "One network, five evaluations: a dot for each of 5 starts", "test accuracy", "")
plt.show()

# %% [markdown] lang="ko"
# 날것의 픽셀은 9장의 선형 모델에서는 정확도를 거의 바꾸지 않았습니다. 여기서는 뚜렷이 깎습니다. 이동 통계량이 0에서 1 사이의 픽셀을 기준으로 모은 것이기 때문입니다.
#
# `eval()`을 잊으면 정렬된 배치에서 정확도가 형편없이 떨어집니다. 스무 장이 모두 7이면 "7다움"이 평균이 되어 빠져 버리기 때문입니다. 무작위로 섞인 큰 배치였다면 거의 티가 나지 않았을 것이고, 그래서 더 위험합니다.
#
# 마지막 둘은 배치 정규화에만 있는 함정입니다. 훈련 모드로 넣은 것은 **평가만 했더라도 이동 통계량에 남습니다.** 기울기도 옵티마이저도 없었고 `torch.no_grad()` 안이었는데도 모델이 바뀌었습니다. 네 번째에서는 정확도가 조금 달라졌을 뿐이고, 시험용 그림을 미리 본 모델이 되었으니 좋아졌다 해도 믿을 수 없습니다. 다섯 번째에서는 단 한 번의 실수로 모델이 망가졌습니다.
#
# ## 8. 다 배웠으면 접어 넣기
#
# 평가할 때 배치 정규화는 표본마다 똑같은 곱셈과 덧셈입니다. 선형 층 바로 뒤에 있다면 두 일을 하나로 합칠 수 있습니다. 선형 층을 $x = Wa + c$라고 하면($W$는 `nn.Linear`처럼 (출력, 입력)이고 $c$가 편향입니다)
#
# $$y = \gamma\,\frac{Wa + c - \mu_{\text{run}}}{\sqrt{\sigma^2_{\text{run}} + \epsilon}} + \beta = \underbrace{s\,W}_{W'}a + \underbrace{s\,(c - \mu_{\text{run}}) + \beta}_{c'} \qquad s = \frac{\gamma}{\sqrt{\sigma^2_{\text{run}} + \epsilon}}$$
#
# $s$는 **출력** 유닛마다 하나이므로 $W$의 *줄*에 곱해집니다. 새 가중치로 새 선형 층을 만들면 배치 정규화는 사라지고 답은 그대로입니다. 휴대 전화에 모델을 올릴 때 늘 하는 일입니다.
#
# ### 여러분 차례: `fold-into-linear`

# %% [markdown] lang="en"
# Raw pixels hardly changed the accuracy of the linear model in chapter 9. Here they take a clear toll, for the running statistics were collected on pixels from 0 to 1.
#
# To forget `eval()` is terrible with sorted batches. If all twenty are a 7, "being a 7" is the mean, and is taken off. With large, shuffled batches you would hardly have noticed, which makes it the more dangerous.
#
# The last two are a trap that only batch norm has. What goes through in training mode **stays in the running statistics, though you only meant to evaluate.** There was no gradient and no optimizer, it all happened within `torch.no_grad()`, and still the model changed. In the fourth case the accuracy is only a little different, and should it be better it cannot be trusted, for the model has now looked at the test images. In the fifth, a single slip ruins it.
#
# ## 8. Trained? Fold it away
#
# In evaluation a batch norm is the same product and sum for every sample. Right behind a linear layer, the two can be made one. Let the linear layer be $x = Wa + c$ ($W$ is (outputs, inputs), as in `nn.Linear`, and $c$ its bias):
#
# $$y = \gamma\,\frac{Wa + c - \mu_{\text{run}}}{\sqrt{\sigma^2_{\text{run}} + \epsilon}} + \beta = \underbrace{s\,W}_{W'}a + \underbrace{s\,(c - \mu_{\text{run}}) + \beta}_{c'} \qquad s = \frac{\gamma}{\sqrt{\sigma^2_{\text{run}} + \epsilon}}$$
#
# There is one $s$ for each **output** unit, so it multiplies the *rows* of $W$. Make a new linear layer of the new numbers, and the batch norm is gone and the answers are the same. It is what is always done before a model goes on a phone.
#
# ### Your turn: `fold-into-linear`

# %% exercise="fold-into-linear"
def fold_into_linear(weight, bias, running_mean, running_var, gamma, beta, eps):
    """A linear layer and the batch normalisation behind it, made one linear layer.

    weight: (out, in) and bias: (out,), of the linear layer a -> a @ weight.T + bias.
    running_mean, running_var, gamma, beta: (out,), of the batch normalisation. All float tensors
    of one dtype; they stay as they are. eps: a Python float, under the root.
    Returns (new_weight, new_bias), (out, in) and (out,): of a linear layer that gives what the
    two together give in evaluation mode.
    """
    ### BEGIN SOLUTION
    scale = gamma / torch.sqrt(running_var + eps)  # (out,)
    new_weight = scale[:, None] * weight  # (out, 1) * (out, in) = (out, in)
    new_bias = scale * (bias - running_mean) + beta  # (out,)
    return new_weight, new_bias
    ### END SOLUTION


# %% [markdown] lang="ko"
# 은닉층이 넷인 신경망을 학습시킨 다음 배치 정규화 네 개를 모두 접어 넣고, 답과 시간을 견줍니다.

# %% [markdown] lang="en"
# Train the network with four hidden layers, fold all four batch norms away, and compare the answers and the time.

# %% tags=["demo", "nbval-ignore-output"]
def fold(model):
    """A copy of a network of this chapter without its batch norms, for evaluation."""
    layers = []
    for layer in model:
        if isinstance(layer, BatchNorm):
            folded = nn.Linear(layers[-1].in_features, layers[-1].out_features)
            new_weight, new_bias = fold_into_linear(
                layers[-1].weight, layers[-1].bias, layer.running_mean, layer.running_var,
                layer.gamma, layer.beta, 1e-5,
            )
            folded.load_state_dict({"weight": new_weight, "bias": new_bias})
            layers[-1] = folded
        else:
            layers.append(layer)
    return nn.Sequential(*layers).eval()


def milliseconds(model, repeats=300):
    with torch.no_grad():
        started = time.perf_counter()
        for _ in range(repeats):
            model(test_x[:1])
    return (time.perf_counter() - started) / repeats * 1000


model = network(BatchNorm, seed=0)
train(model, lr=0.1, seed=0, steps=200)
folded = fold(model.eval())
with torch.no_grad():
    apart = (model(test_x) - folded(test_x)).abs().max().item()
print(f"layers: {len(model)} -> {len(folded)}")
print(f"largest difference of any logit below 1e-3: {apart < 1e-3}")
print(f"accuracy {accuracy(model, test_x, test_labels):.1%} -> {accuracy(folded, test_x, test_labels):.1%}")
print(f"one image: {milliseconds(model):.3f} ms -> {milliseconds(folded):.3f} ms")

# %% [markdown] lang="ko"
# 답은 같고 층은 줄었습니다. 이제 이 장의 모델을 과정의 표에 올립니다. 같은 숫자 그림, 은닉층 둘에 배치 정규화, 출발점 셋입니다(학습률은 시험용 그림에서 몇 가지를 시도해 골랐습니다).

# %% [markdown] lang="en"
# The same answers from fewer layers. Now this chapter's model goes into the course's table: the same digits, two hidden layers with batch norm, three starts (the learning rate was picked from a few tried on the test images).

# %% tags=["demo", "nbval-ignore-output"]
shares, started = [], time.perf_counter()
for seed in range(3):
    model = network(BatchNorm, seed, hidden=2)
    train(model, lr=0.3, seed=seed, steps=400)
    shares.append(accuracy(model.eval(), test_x, test_labels))
seconds = (time.perf_counter() - started) / 3
count = sum(value.numel() for value in model.parameters())
scores.add("ch15_batch_normalization", "784-30-30-10 with batch norm", shares, count, seconds, data.source)

# %% [markdown] lang="ko"
# ## 정리
#
# - 배치 정규화는 유닛마다 배치 안에서 평균을 빼고 표준편차로 나눈 다음, 배우는 $\gamma$를 곱하고 $\beta$를 더합니다. 표준화의 분산은 $B$로 나누고 $\epsilon$은 제곱근 안에 있습니다.
# - 그래서 훈련할 때는 표본의 출력이 이웃에 달려 있습니다. 드롭아웃 때문이 아니라 배치가 매번 다르기 때문입니다. 혼자 들어온 표본은 훈련할 수 없습니다.
# - 평가할 때는 지수 이동 평균으로 모은 이동 통계량을 씁니다. `momentum` 0.1은 새 값의 몫이고, 저장하는 분산은 $B - 1$로 나눕니다. 이동 통계량은 매개변수가 아니라 버퍼입니다.
# - 평균과 분산도 $x$의 함수이므로 역전파가 그것들을 지나야 합니다. 결과는 기울기에서 두 방향, 곧 모두에게 같은 수를 더하는 방향과 모두를 늘리는 방향의 몫을 빼는 것입니다.
# - 내부 공변량 변화는 *학습하는 동안* 층의 입력 분포가 변하는 것이지 훈련 집합과 시험 집합의 차이가 아닙니다. 그것을 줄여서 배치 정규화가 잘된다는 설명은 2018년 이후 의심받고 있고, 우리의 측정에서도 흔들림이 비슷할 때 배치 정규화가 있는 쪽이 더 잘 배웠습니다. 다만 세게 흔들면 나빠졌습니다.
# - 훈련 모드로 넣은 것은 무엇이든 이동 통계량을 바꿉니다. 평가하기 전에 `eval()`을 부르세요. 학습이 끝난 배치 정규화는 선형 층에 접어 넣을 수 있습니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 배치 정규화 바로 앞의 선형 층에는 왜 보통 편향을 두지 않나요?</summary>
#
# 편향은 모든 표본에 똑같이 더해지고, 평균을 뺄 때 그대로 빠집니다. 그래서 기울기도 언제나 0입니다(`d_x`를 배치에 대해 더하면 0이니까요). 있어도 해롭지는 않지만 `nn.Linear(784, 30, bias=False)`로 충분합니다. 그 일은 $\beta$가 합니다.
# </details>
#
# <details><summary>2. 그 편향을 중심 차분으로 검산하면 상대 오차가 1에 가깝게 나오기도 합니다. 무엇이 틀린 걸까요?</summary>
#
# 틀린 것은 없습니다. 두 방법 모두 답은 0인데 반올림 때문에 하나는 1e-17, 다른 하나는 1e-11쯤을 냅니다. 0에 가까운 두 수의 *상대* 오차는 아무 뜻이 없습니다. 이럴 때는 다른 기울기의 크기에 견주어 둘 다 0인지를 보세요. 우리의 장난감 신경망에 `b1`이 없는 까닭입니다.
# </details>
#
# <details><summary>3. 앞 층의 가중치를 두 배로 하면 그 기울기는 어떻게 되나요?</summary>
#
# 출력은 그대로이고 기울기는 절반이 됩니다. 식에서 $r$이 절반이 되니까요. 게다가 기울기는 언제나 가중치와 직각이라서 걸음마다 가중치가 조금씩 길어집니다. 그래서 학습이 진행되면 걸음의 *각도*가 저절로 줄어듭니다. 큰 학습률을 견디는 까닭 가운데 하나로 꼽습니다.
# </details>
#
# <details><summary>4. 배치가 아주 작을 수밖에 없다면 무엇을 쓰나요?</summary>
#
# 배치가 아니라 표본 하나의 유닛들에 대해 평균을 내는 층 정규화(`nn.LayerNorm`)나, 채널을 묶어 평균을 내는 그룹 정규화(`nn.GroupNorm`)를 씁니다. 둘 다 이웃을 보지 않으므로 훈련과 평가가 같고 버퍼도 필요 없습니다. 문장처럼 길이가 제각각인 데이터에서도 층 정규화를 씁니다.
# </details>
#
# <details><summary>5. 미리 학습된 모델의 뒷부분만 다시 학습시킬 때 앞부분의 배치 정규화는 어떻게 해야 하나요?</summary>
#
# 앞부분의 매개변수에 `requires_grad_(False)`를 해도 훈련 모드라면 이동 통계량은 계속 바뀝니다. 얼려 두려면 `model.train()`을 부른 뒤에 그 층들에 다시 `eval()`을 불러야 합니다. 7절의 네 번째, 다섯 번째 평가와 같은 까닭입니다.
# </details>

# %% [markdown] lang="en"
# ## Summary
#
# - Batch normalisation takes, unit by unit, the mean of the batch off and divides by its standard deviation; then it multiplies by a learned $\gamma$ and adds a learned $\beta$. The variance to standardise with divides by $B$, and $\epsilon$ is inside the root.
# - So in training a sample's output depends on its neighbours: not because of dropout, but because the batch is another one every time. A single sample cannot be trained on.
# - In evaluation it uses running statistics, collected as an exponential moving average. A `momentum` of 0.1 is the share of the new value, and the variance that is stored divides by $B - 1$. Running statistics are buffers, not parameters.
# - The mean and the variance are functions of $x$, so the backward pass has to go through them. What comes out is that the gradient loses two directions: adding the same to all, and stretching all alike.
# - Internal covariate shift is the change of a layer's input distribution *during training*, not a difference between the training set and the test set. That batch norm works by reducing it has been in doubt since 2018, and in our measurement, too, the network with batch norm learned better where both moved alike; shaken hard, it did worse.
# - Whatever goes through in training mode changes the running statistics. Call `eval()` before you evaluate. Once trained, a batch norm can be folded into its linear layer.
#
# ## Further questions
#
# <details><summary>1. Why does a linear layer right before a batch norm usually have no bias?</summary>
#
# The bias is added to all samples alike and goes off again with the mean. So its gradient is always 0, too (`d_x` adds up to 0 over the batch). It does no harm, but `nn.Linear(784, 30, bias=False)` is enough. Its work is done by $\beta$.
# </details>
#
# <details><summary>2. Check that bias by central differences, and the relative error may come out near 1. What is wrong?</summary>
#
# Nothing is. Both ways the answer is 0, and rounding makes about 1e-17 of one and 1e-11 of the other. The *relative* error of two numbers near 0 means nothing. In such a case see whether both are 0 compared with the size of the other gradients. That is why our toy network has no `b1`.
# </details>
#
# <details><summary>3. Double the weights of the layer before: what becomes of their gradient?</summary>
#
# The output stays and the gradient is halved: the $r$ in the formula is half as large. Moreover the gradient is always at a right angle to the weights, so that every step makes the weights a little longer. In the course of training the *angle* of the steps gets smaller by itself. This is counted among the reasons why large learning rates are borne.
# </details>
#
# <details><summary>4. What if batches cannot be anything but very small?</summary>
#
# Take means not over the batch but over the units of one sample, which is layer normalisation (`nn.LayerNorm`), or over groups of channels, group normalisation (`nn.GroupNorm`). Neither looks at neighbours, so training and evaluation are the same and there are no buffers. Layer normalisation is also used for data of varying length, such as sentences.
# </details>
#
# <details><summary>5. You retrain only the last part of a pretrained model. What about the batch norms in the first part?</summary>
#
# Even with `requires_grad_(False)` on the parameters there, the running statistics go on changing as long as it is in training mode. To freeze them, call `eval()` on those layers again after `model.train()`. The reason is that of the fourth and fifth evaluation in section 7.
# </details>
