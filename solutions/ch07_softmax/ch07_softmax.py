# ---
# jupyter:
#   course:
#     ko: 소프트맥스와 교차 엔트로피
#     en: Softmax and cross entropy
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 7장. 소프트맥스와 교차 엔트로피
#
# **누구를 위한 장인가요?** 둘 중 하나를 고르는 분류(6장)는 해 보았고, 이제 여럿 가운데 하나를 고르려는 사람. 또는 `F.cross_entropy`를 수없이 불러 보았지만 그 안에 무엇이 있는지 써 본 적은 없는 사람.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 인덱싱, 원-핫, 브로드캐스팅(1장), 학습 반복문(2장), 기울기(3장), 모듈과 표준화(4장), 가중 평균과 훈련·검증 집합(5장), 시그모이드, 로짓, 이진 교차 엔트로피, 정확도(6장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 확률과 확률 밀도를 구별하고, 밀도가 왜 1을 넘어도 되는지 말할 수 있습니다.
# - 로짓이 아무리 커도 무너지지 않는 소프트맥스와 교차 엔트로피를 직접 쓸 수 있습니다.
# - 엔트로피, 교차 엔트로피, KL 발산이 저마다 무엇을 재는지 그림으로 설명할 수 있습니다.
# - 손실의 기울기가 왜 "확률 − 정답"인지 유도할 수 있습니다.
# - 오류도 없이 학습을 망치는 "소프트맥스 두 번"을 손실의 값만 보고 알아챌 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 7. Softmax and cross entropy
#
# **Who is this for?** You have told two classes apart (chapter 6) and now want to choose one of several. Or you have called `F.cross_entropy` more often than you can count, and never written what is inside.
#
# **Time** about 100 minutes · **You need** indexing, one-hot and broadcasting (chapter 1), the training loop (chapter 2), gradients (chapter 3), modules and standardisation (chapter 4), weighted means, training and validation sets (chapter 5), and from chapter 6 the sigmoid, logits, binary cross entropy and accuracy
#
# **Afterwards you can**
#
# - tell a probability from a probability density, and say why a density may exceed 1,
# - write a softmax and a cross entropy that hold however large the logits are,
# - explain with pictures what entropy, cross entropy and the KL divergence measure,
# - derive why the gradient of the loss is “probability − answer”,
# - recognise, from the value of the loss alone, the “softmax twice” that ruins a training without any error.

# %%
import math

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle
from torch import nn
from torch.nn import functional as F

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch07_softmax", "ko")

# %% lang="en"
open_chapter("ch07_softmax", "en")

# %% [markdown] lang="ko"
# ## 1. 이 포도주는 어느 농가의 것일까요?
#
# scikit-learn에 들어 있는 자료입니다. 이탈리아 한 지방의 세 농가에서 나온 포도주 178병을 화학적으로 분석해서, 병마다 수 13개를 쟀습니다. 이 가운데 둘, 색의 진하기(color intensity)와 플라보노이드(flavanoids)의 양을 그려 봅시다.

# %% [markdown] lang="en"
# ## 1. Whose wine is this?
#
# These data come with scikit-learn. Chemists analysed 178 bottles of wine from one region of Italy, made by three growers, and measured 13 numbers for each bottle. Let us draw two of them, the intensity of the colour and the amount of flavanoids.

# %% tags=["demo"]
from sklearn.datasets import load_wine

wine = load_wine()
features = torch.tensor(wine.data, dtype=torch.float32)  # (178, 13)
growers = torch.tensor(wine.target)  # (178,): 0, 1 or 2, int64
TWO = [wine.feature_names.index(name) for name in ("color_intensity", "flavanoids")]
LOOKS = ((plots.BLUE, "o"), (plots.ORANGE, "^"), (plots.GREEN, "s"))


def draw_wines(ax, x, labels):
    """The bottles as dots; x: (N, 2), labels: (N,). Each grower has a colour and a shape."""
    for k, (colour, marker) in enumerate(LOOKS):
        own = x[labels == k]  # (n_k, 2)
        ax.scatter(*own.T, s=16, color=colour, marker=marker, alpha=0.8, label=f"grower {k}")


figure, (ax,) = plots.axes(1, width=5.2, height=3.0)
draw_wines(ax, features[:, TWO], growers)
plots.label(ax, "178 bottles, three growers", "color intensity", "flavanoids")
ax.legend(loc="upper right")
plt.show()
print("bottles of each grower:", growers.bincount().tolist())  # how many 0s, 1s, 2s

# %% [markdown] lang="ko"
# 6장에서는 예인지 아니요인지만 물었습니다. 이제는 답이 셋입니다. 가장 먼저 떠오르는 방법은 농가의 번호 0, 1, 2를 회귀(4장)로 맞히고 반올림하는 것입니다. 번호는 사람이 아무렇게나 붙인 것이니, **번호를 바꾸어 붙여도 성적은 같아야 합니다.** 재어 봅시다.

# %% [markdown] lang="en"
# Chapter 6 asked for yes or no; now there are three answers. What comes to mind first is to predict the grower's number, 0, 1 or 2, by regression (chapter 4), and round it. The numbers were given out at will, so **numbering the growers otherwise should make no difference**. Let us measure.

# %% tags=["demo"]
two = features[:, TWO].double()  # (178, 2)
with_ones = torch.cat([two, torch.ones(178, 1)], 1)  # (178, 3): b as a column of ones
for numbering in ((0, 1, 2), (1, 0, 2), (0, 2, 1)):
    numbers = torch.tensor(numbering)[growers][:, None].double()  # (178, 1)
    W = torch.linalg.lstsq(with_ones, numbers).solution  # (3, 1)
    rounded = (with_ones @ W).round().clamp(0, 2)  # (178, 1)
    print(f"growers numbered {numbering}: {(rounded == numbers).double().mean():.0%} right")

# %% [markdown] lang="ko"
# 이름표만 바꾸었는데 80 %가 47 %로 떨어집니다. 회귀는 번호를 *양*으로 여기기 때문입니다. 1은 0과 2의 한가운데이고, 0과 2 사이가 0과 1, 1과 2 사이보다 멀다고 믿습니다. 농가에는 순서도 거리도 없는데 말입니다.
#
# 그러니 수 하나가 아니라 **수 세 개**를 내놓게 합시다. 농가마다 하나씩, "이 병이 그 농가의 것일 확률"입니다. 이 장의 질문은 둘입니다. 모델이 내놓은 아무 수 세 개를 어떻게 확률 세 개로 바꿀까요? 그 확률이 얼마나 틀렸는지는 어떻게 잴까요?
#
# ## 2. 확률을 나누어 주는 두 가지 방법
#
# 일어날 수 있는 일마다 확률을 나누어 준 것을 확률 분포(probability distribution)라고 합니다. 나누어 줄 확률은 모두 더해서 1입니다. 나누어 주는 방법은 일어날 수 있는 일을 **셀 수 있는가**에 따라 다릅니다.
#
# - **이산(discrete)**: 주사위의 눈, 농가의 번호처럼 하나씩 셀 수 있습니다. 하나하나에 확률이 있습니다. $P(X = 6) = \frac{1}{6}$.
# - **연속(continuous)**: 사람의 키, 포도주의 색처럼 이어져 있습니다. 점 하나의 확률은 0이고, *구간*에만 확률이 있습니다. 곡선 아래의 **넓이**가 확률이고, 그 곡선의 높이를 확률 밀도(probability density)라고 합니다.
#
# 이 과정의 바탕이 된 노트는 여기서 "균등 분포(정규 분포 등)에서는 확률이 면적"이라고 적었습니다. 두 가지가 섞였습니다. 균등 분포(uniform distribution)는 *어디나 똑같이 나오기 쉬운* 분포라는 뜻이라, 이산에도 연속에도 있습니다. 그리고 종 모양의 정규 분포(normal distribution)는 연속이지만 균등하지 않습니다. 그림으로 보면 분명합니다.

# %% [markdown] lang="en"
# Only the name tags changed, and 80% became 47%. A regression takes the numbers for *amounts*: it believes that 1 lies in the middle between 0 and 2, and that 0 and 2 are further apart than either is from 1. But growers have neither order nor distance.
#
# So let the model give not one number but **three**, one for each grower: how probable it is that the bottle is theirs. This chapter has two questions. How do you turn any three numbers that a model gives into three probabilities? And how do you measure how wrong these are?
#
# ## 2. Two ways to hand out probability
#
# A probability distribution hands out probability to everything that can happen, and what it has to hand out is 1 in all. How it does so depends on whether what can happen **can be counted**.
#
# - **Discrete**: the faces of a die, the numbers of the growers. They can be counted one by one, and each has a probability. $P(X = 6) = \frac{1}{6}$.
# - **Continuous**: people's height, a wine's colour. There is always something in between. A single point has the probability 0; only an *interval* has some. The probability is the **area** under a curve, and the height of that curve is called the probability density.
#
# The notes this course grew from say at this point that “in a uniform distribution (the normal one etc.) probability is an area”. Two things got mixed up. Uniform means that *everything is equally likely*; there are discrete and continuous distributions of that kind. And the normal distribution is continuous but not uniform. A picture makes it plain.

# %%
def bell(x, mean, std):
    """The density of a normal distribution, from torch; x: any shape."""
    return torch.distributions.Normal(mean, std).log_prob(x).exp()


figure, grid = plots.axes(3, width=2.9, height=2.5)
grid[0].bar(range(1, 7), [1 / 6] * 6, color=plots.BLUE)
plots.label(grid[0], "discrete, uniform: a die", "face", "probability")
x = torch.linspace(-0.25, 0.75, 401)  # (401,)
flat = ((x >= 0) & (x <= 0.5)) * 2.0  # (401,): 2 between 0 and 0.5
for ax, height, title in (
    (grid[1], flat, "continuous, uniform on [0, 0.5]"),
    (grid[2], bell(x, 0.25, 0.1), "continuous, normal, σ = 0.1"),
):
    ax.plot(x, height, color=plots.ORANGE)
    ax.fill_between(x, height, alpha=0.25, color=plots.ORANGE)
    ax.axhline(1, color=plots.GREY, linestyle=":")
    plots.label(ax, title, "x", "density")
figure.suptitle("Bars are probabilities; curves are densities, and only their area is 1")
plt.show()
bell_area = torch.trapezoid(bell(x, 0.25, 0.1), x)  # (): thin strips added up
print(f"area of the uniform one: {0.5 * 2:.3f}; the bell's: {bell_area:.3f}")

# %% [markdown] lang="ko"
# 점선은 높이 1입니다. 가운데와 오른쪽의 밀도는 **1을 넘습니다.** 잘못이 아닙니다. 폭이 0.5인 상자의 넓이가 1이려면 높이는 2여야 하니까요. 밀도는 확률이 아니라 "폭당 확률"입니다. 길이를 미터 대신 센티미터로 재면 폭을 나타내는 수가 100배가 되고, 밀도는 100분의 1이 됩니다.
#
# 노트는 또 연속이면 $P(X = x)$를 "구할 수 없다"고 했습니다. 구할 수 있습니다. 0입니다. 정규 분포에서 무작위로 백만 번 뽑아 세어 봅시다.

# %% [markdown] lang="en"
# The dotted line is at height 1. The densities in the middle and on the right **exceed 1**, and nothing is wrong with that: for a box of width 0.5 to have the area 1, its height must be 2. A density is not a probability but “probability per width”. Measure in centimetres instead of metres, and the number for the width is 100 times as large, that for the density a hundredth.
#
# The notes also say that in the continuous case $P(X = x)$ “cannot be had”. It can: it is 0. Let us draw a million numbers from a normal distribution and count.

# %%
generator = torch.Generator().manual_seed(0)
draws = 0.1 * torch.randn(1_000_000, generator=generator, dtype=torch.float64)  # mean 0, σ = 0.1
print("exactly 0.05:", int((draws == 0.05).sum()), "of a million")
for width in (0.1, 0.01, 0.001):
    share = ((draws - 0.05).abs() < width / 2).double().mean().item()
    print(f"within a window of {width:5}: share {share:.5f}, share / width {share / width:.1f}")

# %% [markdown] lang="ko"
# 창을 좁힐수록 그 안에 든 몫은 0으로 갑니다. 점 하나의 확률은 0입니다. 그런데 몫을 폭으로 *나눈* 값은 3.5 언저리에 머무릅니다. 이것이 0.05에서의 밀도입니다. (넓은 창에서는 그 안에서 곡선이 휘어 있어 조금 다르고, 좁은 창에서는 뽑힌 수가 적어 조금 흔들립니다.)
#
# 종 모양 곡선의 식은 이렇습니다. $\mu$는 가운데, 곧 평균이고 $\sigma$는 퍼진 정도, 곧 표준편차입니다(4장).
#
# $$f(x) = \frac{1}{\sigma\sqrt{2\pi}}\; e^{-\frac{1}{2}\left(\frac{x - \mu}{\sigma}\right)^2}$$
#
# 뒤의 $e$는 종 모양을 만들고, 앞의 분수는 넓이가 1이 되도록 높이를 맞춥니다. 좁을수록 높습니다.
#
# ### 여러분 차례: `normal-density`

# %% [markdown] lang="en"
# The narrower the window, the closer its share gets to 0: the probability of a single point is 0. But the share *divided* by the width stays near 3.5, and that is the density at 0.05. (Across the widest window the curve is not flat, so the share is a little off; into the narrowest few numbers fall, so it wavers.)
#
# The formula of the bell curve is this. $\mu$ is its middle, the mean, and $\sigma$ its spread, the standard deviation (chapter 4).
#
# $$f(x) = \frac{1}{\sigma\sqrt{2\pi}}\; e^{-\frac{1}{2}\left(\frac{x - \mu}{\sigma}\right)^2}$$
#
# The $e$ makes the bell, and the fraction in front sets the height so that the area is 1. The narrower, the taller.
#
# ### Your turn: `normal-density`

# %% exercise="normal-density"
def normal_density(x, mean, std):
    """The density of the normal distribution at x, element by element.

    x: a float tensor of any shape. mean, std: Python floats, std > 0.
    Returns a tensor of the shape and dtype of x. math.pi and math.sqrt help with the numbers.
    """
    ### BEGIN SOLUTION
    z = (x - mean) / std  # how many standard deviations from the middle
    return torch.exp(-(z**2) / 2) / (std * math.sqrt(2 * math.pi))
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 밀도로 확률을 구해 봅시다. 구간을 좁은 띠로 자르고, 띠마다 높이에 폭을 곱해서 더하면 넓이입니다. 가운데에서 $\sigma$만큼 안쪽일 확률은 $\sigma$가 얼마든 같아야 합니다.

# %% [markdown] lang="en"
# Get probabilities from your density: cut an interval into narrow strips, multiply the height of each by its width, and add up, which is the area. The probability of lying within $\sigma$ of the middle should be the same whatever $\sigma$ is.

# %% tags=["demo"]
figure, (ax,) = plots.axes(1, width=5.0, height=2.7)
for std, colour, style in ((0.1, plots.ORANGE, "-"), (0.5, plots.BLUE, "--")):
    x = torch.linspace(-1.2, 1.2, 481)  # (481,)
    ax.plot(x, normal_density(x, 0.0, std), style, color=colour, label=f"σ = {std}")
    width = 2 * std / 1000
    middles = torch.arange(1000) * width - std + width / 2  # (1000,): of the strips
    heights = normal_density(middles, 0.0, std)  # (1000,)
    ax.fill_between(middles, heights, alpha=0.25, color=colour)
    area = (heights * width).sum().item()
    peak = normal_density(torch.tensor(0.0), 0.0, std).item()
    print(f"σ = {std}: peak {peak:.2f}, probability of lying within σ: {area:.4f}")
plots.label(ax, "Different heights, the same shaded area", "x", "density")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 꼭대기는 3.99와 0.80으로 다르지만, 색칠한 넓이는 둘 다 0.6827입니다.
#
# 농가의 번호는 셀 수 있으니 이 장의 나머지는 모두 이산 분포입니다. 확률 $C$개가 음수가 아니고 더해서 1이면 됩니다. 코드에서 **N**은 표본의 수, **C**는 클래스(고를 수 있는 답)의 수입니다.
#
# ## 3. 아무 수나 확률로: 소프트맥스
#
# 모델이 포도주 한 병을 보고 농가마다 점수를 하나씩 매겼다고 합시다. $z = (2, 1, -1)$. 점수는 아무 수나 될 수 있습니다. 6장에서처럼 이런 점수를 로짓(logit)이라고 부릅니다. 이것을 확률로 바꾸어야 합니다. 더해서 1이 되게만 하면 될까요? 합으로 나누어 봅시다.

# %% [markdown] lang="en"
# The peaks, 3.99 and 0.80, differ; the shaded area is 0.6827 both times.
#
# The numbers of the growers can be counted, so the rest of this chapter is all discrete: $C$ probabilities, none negative, that add up to 1. In code, **N** is the number of samples and **C** that of classes, the answers to choose from.
#
# ## 3. From any numbers to probabilities: softmax
#
# Say a model looks at a bottle and gives each grower a score: $z = (2, 1, -1)$. Scores can be any numbers; as in chapter 6 we call them logits. They have to become probabilities. Is it enough that they add up to 1? Divide them by their sum.

# %%
z = torch.tensor([2.0, 1.0, -1.0])  # (3,): one logit for each grower
shares = z / z.sum()  # (3,)
print("divided by their sum:", shares.tolist(), "which add up to", shares.sum().item())

figure, grid = plots.axes(3, width=2.8, height=2.4)
exps = z.exp()  # (3,)
steps = {"logits z": z, "exp(z): positive": exps, "divided by the sum": exps / exps.sum()}
for ax, (title, values) in zip(grid, steps.items()):
    bars = ax.bar(range(3), values, color=plots.BLUE)
    ax.bar_label(bars, fmt="%.2f", padding=2)
    ax.axhline(0, color=plots.GREY, linewidth=1)
    ax.set_xticks(range(3))
    ax.margins(y=0.2)
    plots.label(ax, title, "grower", "")
figure.suptitle("Softmax: make everything positive, then let them share 1")
plt.show()

# %% [markdown] lang="ko"
# 더하면 1이지만 음수가 있으니 확률이 아닙니다. 노트는 소프트맥스를 "합이 1이 되는 확률"이라고만 적었는데, 그것만으로는 모자랍니다. 먼저 **모두 양수로** 만들어야 하고, 그 일을 지수 함수 exp가 합니다. 이것이 소프트맥스(softmax)입니다.
#
# $$p_k = \frac{e^{z_k}}{\sum_{j=1}^{C} e^{z_j}}$$
#
# exp를 고른 덕에 성질 셋이 따라옵니다.
#
# - 순서가 그대로입니다. 가장 큰 로짓이 가장 큰 확률이 됩니다.
# - 로짓의 **차이**가 확률의 **비**가 됩니다: $p_i / p_j = e^{z_i - z_j}$. 로짓이 1만큼 크면 확률이 2.718배입니다.
# - 모든 로짓에 같은 수 $c$를 더해도 확률은 변하지 않습니다. 분자와 분모에 똑같이 $e^c$가 곱해져 지워지기 때문입니다.
#
# 마지막 성질은 쓸모가 큽니다. 로짓이 1000이면 어떻게 되는지 보세요.

# %% [markdown] lang="en"
# It adds up to 1, but one is negative, so these are no probabilities. The notes call softmax just “probabilities that add up to 1”, and that is not enough. First everything must be made **positive**, which is what exp does. This is softmax.
#
# $$p_k = \frac{e^{z_k}}{\sum_{j=1}^{C} e^{z_j}}$$
#
# Three properties come with the choice of exp.
#
# - The order stays: the largest logit becomes the largest probability.
# - A **difference** of logits becomes a **ratio** of probabilities: $p_i / p_j = e^{z_i - z_j}$. A logit larger by 1 is 2.718 times as probable.
# - Add the same number $c$ to all logits, and the probabilities do not change: $e^c$ multiplies both numerator and denominator, and cancels.
#
# The last one is of great use. See what becomes of a logit of 1000.

# %%
large = torch.tensor([1000.0, 0.0, -1000.0])  # (3,)
print("exp:", large.exp().tolist())
print("exp divided by its sum:", (large.exp() / large.exp().sum()).tolist())
print("largest number in float32:", f"{torch.finfo(torch.float32).max:.1e}", "= exp of", end=" ")
print(f"{math.log(torch.finfo(torch.float32).max):.1f}")

# %% [markdown] lang="ko"
# float32에 담기는 가장 큰 수는 $e^{88.7}$쯤입니다. $e^{1000}$은 무한대(`inf`)가 되고, 무한대 나누기 무한대는 NaN입니다. 그런데 모든 로짓에서 같은 수를 빼도 확률은 같습니다. 그러니 **가장 큰 로짓 $m$을 빼고** 시작합시다. 그러면 가장 큰 것이 0이 되어 exp는 1을 넘지 않고, 합은 적어도 1이라 0으로 나눌 일도 없습니다.
#
# $$p_k = \frac{e^{z_k - m}}{\sum_{j=1}^{C} e^{z_j - m}} \qquad m = \max_j z_j$$
#
# ### 여러분 차례: `softmax`
#
# 배치라면 로짓은 표 (N, C)이고, 줄마다 따로 계산해야 합니다. 어느 축을 따라 계산할지는 `dim`이 알려 줍니다. `z.amax(dim, keepdim=True)`는 그 축을 따라 가장 큰 값을 구하고, 그 축을 크기 1로 남겨 둡니다. 그래야 브로드캐스팅이 줄마다 제 최댓값을 찾아갑니다.

# %% [markdown] lang="en"
# The largest number that float32 can hold is about $e^{88.7}$. So $e^{1000}$ becomes infinite (`inf`), and infinity over infinity is NaN. But subtracting the same number from all logits leaves the probabilities alone. So begin by **subtracting the largest logit $m$**. Then the largest is 0, no exp exceeds 1, and the sum is at least 1, so there is no division by 0 either.
#
# $$p_k = \frac{e^{z_k - m}}{\sum_{j=1}^{C} e^{z_j - m}} \qquad m = \max_j z_j$$
#
# ### Your turn: `softmax`
#
# In a batch the logits are a table, (N, C), and each row is computed on its own. Along which axis to compute is what `dim` says. `z.amax(dim, keepdim=True)` finds the largest value along that axis and leaves the axis there with size 1, so that broadcasting brings each row its own maximum.

# %% exercise="softmax"
def softmax(z, dim):
    """Softmax along one axis.

    z: a float tensor of one or more axes, the logits: any finite numbers, as large as ±1000.
    It stays as it is. dim: the axis along which the results add up to 1, an int; negative
    ones count from the end. Returns a tensor of the shape and dtype of z.
    """
    ### BEGIN SOLUTION
    weights = torch.exp(z - z.amax(dim, keepdim=True))  # as z: between 0 and 1
    return weights / weights.sum(dim, keepdim=True)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 소프트맥스로 실험을 둘 합시다. 하나: 클래스가 둘이면 6장의 시그모이드와 무슨 사이일까요? $\frac{e^{z_1}}{e^{z_0} + e^{z_1}} = \frac{1}{1 + e^{-(z_1 - z_0)}}$이므로, 소프트맥스는 **로짓의 차이에 씌운 시그모이드**여야 합니다. 둘: 로짓을 어떤 수 $T$로 나누고 나서 소프트맥스를 하면 어떻게 될까요? 이 $T$를 온도(temperature)라고 합니다.

# %% [markdown] lang="en"
# Two experiments with your softmax. One: with two classes, how does it relate to the sigmoid of chapter 6? As $\frac{e^{z_1}}{e^{z_0} + e^{z_1}} = \frac{1}{1 + e^{-(z_1 - z_0)}}$, softmax should be a **sigmoid of the difference of the logits**. Two: what if you divide the logits by some number $T$ before the softmax? This $T$ is called the temperature.

# %% tags=["demo"]
pair = torch.tensor([[0.5, 2.0], [-1.0, -4.0], [1000.0, 998.0]])  # (3, 2)
print("softmax:", [round(p, 4) for p in softmax(pair, 1)[:, 1].tolist()])
print("sigmoid:", [round(p, 4) for p in torch.sigmoid(pair[:, 1] - pair[:, 0]).tolist()])

figure, grid = plots.axes(4, width=2.2, height=2.3, sharey=True)
for ax, T in zip(grid, (0.2, 1, 3, 100)):
    bars = ax.bar(range(3), softmax(z / T, 0), color=plots.BLUE)
    ax.bar_label(bars, fmt="%.2f", padding=2)
    ax.set(xticks=range(3), ylim=(0, 1.15))
    plots.label(ax, f"T = {T}", "class", "probability" if T == 0.2 else "")
figure.suptitle("Logits (2, 1, -1): low temperature decides, high temperature shrugs")
plt.show()

# %% [markdown] lang="ko"
# 낮은 온도는 가장 큰 로짓에 확률을 몰아주고, 높은 온도는 모두에게 고루 나누어 줍니다. 순서는 언제나 그대로입니다. 이름이 소프트**맥스**인 까닭이 여기 있습니다. 가장 큰 것을 고르되(max), 부드럽게(soft) 고릅니다. 문장을 지어내는 모델이 얼마나 대담하게 낱말을 고를지도 이 $T$로 조절합니다.
#
# ## 4. 얼마나 놀랐나요? 엔트로피
#
# 둘째 질문으로 갑시다. 확률이 얼마나 틀렸는지 어떻게 잴까요? 먼저 **놀라움**을 재 봅시다. 확률이 1인 일이 일어나면 조금도 놀랍지 않습니다. 확률이 작은 일일수록 놀랍습니다. 그리고 서로 상관없는 두 일이 함께 일어나면, 확률은 곱해지지만 놀라움은 *더해져야* 자연스럽습니다. 곱을 합으로 바꾸는 것은 로그입니다. 그래서 놀라움은 $-\ln p$입니다.

# %% [markdown] lang="en"
# A low temperature gives nearly everything to the largest logit, a high one shares it out evenly. The order never changes. Hence the name soft**max**: it picks the largest (max), but softly. Models that write text use this very $T$ to set how daring they are in choosing the next word.
#
# ## 4. How surprised are you? Entropy
#
# Now the second question: how do you measure how wrong probabilities are? Begin with **surprise**. If something with probability 1 happens, you are not surprised at all; the smaller the probability, the greater the surprise. And when two things happen that have nothing to do with each other, their probabilities multiply, while the surprises ought to *add up*. What turns products into sums is the logarithm. So the surprise is $-\ln p$.

# %%
p = torch.linspace(0.005, 1, 200)  # (200,)
figure, (ax,) = plots.axes(1, width=5.0, height=2.7)
ax.plot(p, -p.log())
for value, text in ((0.5, "a coin: 0.69"), (1 / 6, "a six: 1.79"), (1 / 36, "two sixes: 3.58")):
    ax.plot(value, -math.log(value), "o", color=plots.ORANGE)
    ax.annotate(text, (value, -math.log(value)), (8, 4), textcoords="offset points")
plots.label(ax, "The rarer, the more surprising", "probability p", "surprise -ln p")
plt.show()

# %% [markdown] lang="ko"
# 주사위에서 6이 나오면 1.79만큼 놀라고, 두 번 잇달아 나오면 정확히 그 두 배 놀랍니다.
#
# 어떤 분포를 오래 겪으면 **평균** 얼마나 놀라게 될까요? 드문 일은 크게 놀랍지만 드물게만 일어납니다. 그러니 놀라움마다 그 일이 일어날 확률을 무게로 주어 평균을 냅니다(5장의 가중 평균). 이것이 엔트로피(entropy)입니다.
#
# $$H(p) = -\sum_{k=1}^{C} p_k \ln p_k$$
#
# 단위는 로그의 밑이 정합니다. 자연로그를 쓰면 나트(nat), 밑이 2인 로그를 쓰면 비트(bit)이고 1비트는 $\ln 2 = 0.693$나트입니다. PyTorch의 손실은 모두 나트입니다.
#
# 조심할 곳이 하나 있습니다. 확률이 0인 일은 일어나지 않으니 평균에 0을 보태야 하는데, 컴퓨터가 $0 \cdot \ln 0$을 곧이곧대로 계산하면 0 × (−∞) = NaN입니다. `torch.xlogy(x, y)`는 $x \ln y$를 계산하되 $x$가 0이면 0으로 둡니다.
#
# ### 여러분 차례: `entropy`

# %% [markdown] lang="en"
# A six surprises you by 1.79, and two of them in a row by exactly twice as much.
#
# Live with a distribution for a long time: how surprised are you **on average**? What is rare is a great surprise, but it happens rarely. So weight each surprise by the probability that it happens (the weighted mean of chapter 5). This is entropy.
#
# $$H(p) = -\sum_{k=1}^{C} p_k \ln p_k$$
#
# The base of the logarithm decides the unit: with the natural one it is the nat, with base 2 the bit; one bit is $\ln 2 = 0.693$ nats. The losses of PyTorch are all in nats.
#
# One place to watch. What has probability 0 does not happen and must add 0 to the average. But a computer that takes $0 \cdot \ln 0$ literally finds 0 × (−∞) = NaN. `torch.xlogy(x, y)` computes $x \ln y$, with 0 wherever $x$ is 0.
#
# ### Your turn: `entropy`

# %% exercise="entropy"
def entropy(p):
    """The entropy of each row, in nats.

    p: (N, C) float tensor. Each row is a distribution: its numbers are not negative and add up
    to 1. Some may be exactly 0; they count as 0. Returns (N,), of the dtype of p.
    """
    ### BEGIN SOLUTION
    return -torch.xlogy(p, p).sum(1)  # (N, C) -> (N,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 정말 평균 놀라움인지 재어 봅시다. 분포마다 실제로 10만 번 뽑아서(`torch.multinomial`이 주어진 확률대로 번호를 뽑습니다) 놀라움의 평균을 구하고, 여러분의 `entropy`와 견줍니다.

# %% [markdown] lang="en"
# Is it really the average surprise? Draw 100,000 times from each distribution (`torch.multinomial` draws numbers with given probabilities), take the mean of the surprises, and compare with your `entropy`.

# %% tags=["demo"]
examples = torch.tensor(
    [[1.0, 0, 0, 0], [0.94, 0.02, 0.02, 0.02], [0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25]]
)  # (4, 4)
generator = torch.Generator().manual_seed(0)
figure, grid = plots.axes(4, width=2.3, height=2.3, sharey=True)
for ax, row, H in zip(grid, examples, entropy(examples)):
    drawn = torch.multinomial(row, 100_000, replacement=True, generator=generator)  # (100000,)
    measured = (1 / row[drawn]).log().mean()  # ()
    shown = ", ".join(f"{p:g}" for p in row.tolist())
    print(f"({shown}): entropy {abs(H):.2f}, mean surprise measured {measured:.2f}")
    ax.bar(range(4), row, color=plots.BLUE)
    ax.set_xticks(range(4))
    plots.label(ax, f"H = {abs(H):.2f}", "outcome", "probability" if ax is grid[0] else "")
figure.suptitle("The more even the distribution, the larger its entropy")
plt.show()
print(f"ln 4 = {math.log(4):.4f}")

# %% [markdown] lang="ko"
# 언제나 같은 일만 일어나면 엔트로피는 0입니다. 네 가지의 확률이 모두 같을 때 가장 크고, 그 값은 $\ln 4$입니다. 일반적으로 $C$가지의 확률이 모두 같으면 $\ln C$입니다. **$\ln C$를 기억해 두세요.** 아무것도 모르는 모델의 손실이 바로 이 값입니다.
#
# ## 5. 잘못 알면 치르는 값: 교차 엔트로피와 KL 발산
#
# 어느 마을에는 열흘에 이레꼴로 비가 옵니다. 실제 분포는 $p = (0.7, 0.3)$입니다. 그런데 예보관은 $q$라고 *믿습니다*. 일은 $p$대로 일어나고, 놀라움은 $q$로 잽니다. 그 평균이 교차 엔트로피(cross entropy)입니다.
#
# $$H(p, q) = -\sum_{k=1}^{C} p_k \ln q_k$$
#
# 예보관이 믿는 비의 확률을 0에서 1까지 바꾸어 가며 그려 봅시다.

# %% [markdown] lang="en"
# If always the same happens, entropy is 0. It is largest, $\ln 4$, when all four are equally likely; for $C$ equally likely outcomes it is $\ln C$. **Remember $\ln C$**: it is the loss of a model that knows nothing.
#
# ## 5. The price of being wrong: cross entropy and KL divergence
#
# In some village it rains on seven days out of ten. The true distribution is $p = (0.7, 0.3)$. The forecaster, however, *believes* in $q$. Things happen as $p$ says, and the surprise is measured with $q$. The average of that is the cross entropy.
#
# $$H(p, q) = -\sum_{k=1}^{C} p_k \ln q_k$$
#
# Let the probability of rain that the forecaster believes in go from 0 to 1, and draw it.

# %%
belief = torch.linspace(0.01, 0.99, 99)  # (99,): q of rain
cross = -(0.7 * belief.log() + 0.3 * (1 - belief).log())  # (99,): H(p, q)
H = -(0.7 * math.log(0.7) + 0.3 * math.log(0.3))
figure, (ax,) = plots.axes(1, width=5.2, height=2.9)
ax.plot(belief, cross, label="cross entropy H(p, q)")
ax.axhline(H, color=plots.GREEN, linestyle="--", label="entropy H(p)")
ax.fill_between(belief, H, cross, alpha=0.2, color=plots.ORANGE, label="what the error costs: KL")
ax.plot(0.7, H, "*", color=plots.RED, markersize=12)
ax.set_ylim(0, 2.5)
plots.label(ax, "Lowest where belief is truth, and not 0 there", "believed chance of rain", "nats")
ax.legend(loc="upper center")
plt.show()
print(f"lowest: {cross.min():.4f} at q = {belief[cross.argmin()]:.2f}; the entropy H(p) is {H:.4f}")

# %% [markdown] lang="ko"
# 노트는 교차 엔트로피를 "두 확률 분포가 얼마나 비슷한지 나타내는 수치"라고 했습니다. 그림에서 세 가지를 고쳐 읽으세요.
#
# - **작을수록 가깝습니다.** 비슷할수록 커지는 수가 아닙니다.
# - **가장 작을 때도 0이 아니라 $H(p)$입니다.** 진실을 다 아는 예보관도 비가 올지 안 올지는 모릅니다. 그 몫은 누구도 줄일 수 없습니다.
# - **$p$와 $q$는 맡은 일이 다릅니다.** 하나는 무게이고 하나는 믿음이라, 자리를 바꾸면 값이 달라집니다.
#
# 주황색으로 칠한 부분, 곧 진실을 아는 사람보다 *더* 놀라는 몫이 KL 발산(Kullback–Leibler divergence)입니다.
#
# $$D(p \,\|\, q) = H(p, q) - H(p) = \sum_{k=1}^{C} p_k \ln \frac{p_k}{q_k}$$
#
# 이것은 결코 음수가 아니고, $p = q$일 때만 0입니다.
#
# ### 여러분 차례: `kl`

# %% [markdown] lang="en"
# The notes call cross entropy “a number that says how similar two distributions are”. The picture corrects this in three ways.
#
# - **Smaller is closer.** It is not a number that grows with similarity.
# - **At its smallest it is not 0 but $H(p)$.** Even a forecaster who knows the whole truth does not know whether it will rain. That part nobody can take away.
# - **$p$ and $q$ do different jobs.** One is the weights, the other the belief; change their places and the value is another.
#
# The part in orange, by which you are *more* surprised than somebody who knows the truth, is the Kullback–Leibler divergence, or KL divergence.
#
# $$D(p \,\|\, q) = H(p, q) - H(p) = \sum_{k=1}^{C} p_k \ln \frac{p_k}{q_k}$$
#
# It is never negative, and 0 only where $p = q$.
#
# ### Your turn: `kl`

# %% exercise="kl"
def kl_divergence(p, q):
    """The KL divergence D(p || q) of each pair of rows, in nats.

    p, q: (N, C) float tensors; each row is a distribution. p, what really happens, may hold
    zeros, which count as 0; q, what is believed, is positive everywhere.
    Returns (N,), of their dtype.
    """
    ### BEGIN SOLUTION
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(1)  # (N, C) -> (N,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 자리를 바꾸면 얼마나 달라지는지 여러분의 함수로 그려 봅시다.

# %% [markdown] lang="en"
# How much does it matter which comes first? Draw both with your function.

# %% tags=["demo"]
truth = torch.tensor([[0.7, 0.3]]).expand(99, 2)  # (99, 2)
beliefs = torch.stack([belief, 1 - belief], 1)  # (99, 2)
figure, (ax,) = plots.axes(1, width=5.0, height=2.7)
ax.plot(belief, kl_divergence(truth, beliefs), label="D(truth || belief)")
ax.plot(belief, kl_divergence(beliefs, truth), "--", label="D(belief || truth)")
plots.label(ax, "Both are 0 at the truth, and differ elsewhere", "believed chance of rain", "nats")
ax.legend()
plt.show()
sure = torch.tensor([[0.99, 0.01]])  # (1, 2): "it will surely rain"
print(f"D(truth || sure) = {kl_divergence(truth[:1], sure).item():.3f}")
print(f"D(sure || truth) = {kl_divergence(sure, truth[:1]).item():.3f}")

# %% [markdown] lang="ko"
# 비가 온다고 장담하는 예보관($q = 0.99$)은, 열흘 가운데 비가 오지 않는 사흘 동안 날마다 $-\ln 0.01 = 4.6$만큼 놀랍니다. 그래서 실선이 오른쪽 끝에서 치솟습니다. 믿음이 0에 가까운 일이 실제로 일어나면 벌이 끝없이 커집니다. 이 성질이 손실로 쓰기에 딱 좋습니다. **틀린 것보다 틀린 것을 장담한 것이 훨씬 나쁩니다.**
#
# ## 6. 손실로 쓰기
#
# 포도주 한 병의 정답은 확률 분포로 적으면 원-핫입니다. 농가 1의 병이라면 $p = (0, 1, 0)$. 이것을 교차 엔트로피에 넣으면 정답 자리의 항 하나만 남습니다. 정답의 번호를 $y$라고 하면
#
# $$H(p, q) = -\sum_{k} p_k \ln q_k = -\ln q_y$$
#
# 원-핫의 엔트로피는 0이니 이번에는 교차 엔트로피와 KL 발산이 같고, 완벽한 모델의 손실은 0입니다. 표본이 $N$개면 평균을 냅니다.
#
# $$J = -\frac{1}{N}\sum_{i=1}^{N} \ln q_{i,\,y_i}$$
#
# 말로 하면 "모델이 정답에 준 확률의 로그를 평균 내고 부호를 바꾼 것"입니다. 정답에 준 확률은 6장의 우도이니, 음의 로그 우도(negative log likelihood), 줄여서 NLL이라고도 부릅니다. 그림으로 보면 표에서 줄마다 한 칸씩 골라내는 일입니다.

# %% [markdown] lang="en"
# The forecaster who promises rain ($q = 0.99$) is surprised by $-\ln 0.01 = 4.6$ on each of the three dry days. That is why the solid line shoots up at the right. Where what is believed to be nearly impossible happens, the penalty grows without bound. That makes it a good loss: **being wrong is bad, being surely wrong is far worse.**
#
# ## 6. As a loss
#
# Written as a distribution, the right answer for a bottle is one-hot: for a bottle of grower 1, $p = (0, 1, 0)$. Put that into the cross entropy, and only the term of the right answer is left. With $y$ for its number,
#
# $$H(p, q) = -\sum_{k} p_k \ln q_k = -\ln q_y$$
#
# The entropy of a one-hot is 0, so here cross entropy and KL divergence are the same, and a perfect model has the loss 0. With $N$ samples take the mean.
#
# $$J = -\frac{1}{N}\sum_{i=1}^{N} \ln q_{i,\,y_i}$$
#
# In words: the mean log of the probability that the model gave to the right answer, with a minus. The probability given to what happened is the likelihood of chapter 6; hence the other name, negative log likelihood, or NLL. In a picture, it picks one cell from each row of a table.

# %%
rows = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.05, 0.05, 0.9], [0.25, 0.5, 0.25]]
table = torch.tensor(rows)  # (4, 3)
right = torch.tensor([0, 1, 2, 1])  # (4,)
figure, grid = plots.axes(2, width=3.2, height=2.7, sharey=True)
for ax, values, title, scale in (
    (grid[0], table, "probabilities q", (0, 1.5)),
    (grid[1], table.log(), "log probabilities", (-3, 2)),
):
    rounded = (values * 100).round() / 100
    plots.heatmap(ax, rounded, numbers=True, cmap="Blues", vmin=scale[0], vmax=scale[1])
    for number in ax.texts:
        number.set_text(f"{float(number.get_text()):.2f}")
    for row, column in enumerate(right.tolist()):
        corner = (column - 0.5, row - 0.5)
        look = {"fill": False, "edgecolor": plots.RED, "linewidth": 2, "clip_on": False}
        ax.add_patch(Rectangle(corner, 1, 1, **look))
    ax.set(xticks=range(3), yticks=range(4))
    plots.label(ax, title, "class", "sample" if ax is grid[0] else "")
figure.suptitle("The loss looks at one cell of each row, that of the right answer")
plt.show()
losses = -table.log()[torch.arange(4), right]  # (4,)
print("losses of the four samples:", [round(loss, 2) for loss in losses.tolist()])

# %% [markdown] lang="ko"
# 표본 1에서 모델은 정답(클래스 1)에 0.3만 주고 클래스 2에 0.6을 걸었습니다. 손실이 가장 큰 줄입니다. 표본 2에서는 정답에 0.9를 주어 손실이 거의 없습니다.
#
# ### 여러분 차례: `nll`
#
# 줄마다 다른 열을 꺼내는 데에는 1장의 인덱싱이 알맞습니다. 원-핫을 곱해서 더하는 방법도 있지만 조심하세요. 정답이 아닌 칸에 −∞(확률 0의 로그)가 있으면 $0 \cdot \infty$가 됩니다.

# %% [markdown] lang="en"
# For sample 1 the model gave the right answer, class 1, no more than 0.3, and bet 0.6 on class 2: the largest loss of the four. For sample 2 it gave the answer 0.9, and the loss is next to nothing.
#
# ### Your turn: `nll`
#
# To take another column from each row, the indexing of chapter 1 is just right. You could also multiply by a one-hot and sum, but be careful: where a cell that is not the answer holds −∞, the log of a probability of 0, that makes $0 \cdot \infty$.

# %% exercise="nll"
def nll(log_probs, labels):
    """The negative log likelihood: minus the mean log probability of the right answers.

    log_probs: (N, C) float tensor, the logarithms of probabilities; may be -inf (the log of 0)
    at classes that are not the label. labels: (N,) int64, the right classes, from 0 to C - 1.
    Returns a 0-dimensional tensor of the dtype of log_probs, through which a gradient can flow.
    """
    ### BEGIN SOLUTION
    picked = log_probs[torch.arange(len(labels)), labels]  # (N,)
    return -picked.mean()  # ()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 그림의 네 표본으로 모델 셋을 견주어 봅시다. 그림의 모델, 언제나 고루 나누는 모델, 그리고 늘 클래스 2를 0.98로 장담하는 모델입니다.

# %% [markdown] lang="en"
# Compare three models on the four samples of the picture: the one in the picture, one that always shares out evenly, and one that always bets 0.98 on class 2.

# %% tags=["demo"]
even = torch.full((4, 3), 1 / 3)  # (4, 3)
boaster = torch.tensor([[0.01, 0.01, 0.98]]).expand(4, 3)  # (4, 3)
for name, guesses in (("the picture's", table), ("even", even), ("the boaster", boaster)):
    print(f"{name:13s}: loss {nll(guesses.log(), right):.3f}")

# %% [markdown] lang="ko"
# 허풍쟁이는 넷 가운데 하나를 맞히고도, 손실이 아무것도 모르는 모델($\ln 3$)의 세 배가 넘습니다.
#
# ## 7. 사다리 세 칸, 그리고 무너지는 칸
#
# 로짓에서 손실까지 가는 길이 셋 있습니다. 노트는 이것을 낮은 수준(low level), 높은 수준(high level), 라이브러리로 나누어 적었습니다. 같은 값이 나와야 합니다. 코드의 `F.log_softmax`는 소프트맥스의 로그를 한 번에 구하고, `F.nll_loss`는 방금 만든 `nll`입니다. 보통 크기의 로짓과, 앞에서 본 1000, 0, −1000으로 견주어 봅시다. 정답은 클래스 1입니다.

# %% [markdown] lang="en"
# The boaster is right once in four, and yet its loss is more than three times that of knowing nothing, $\ln 3$.
#
# ## 7. Three rungs of a ladder, and one that breaks
#
# There are three ways from the logits to the loss; the notes call them low level, high level and library. They should give the same. In the code, `F.log_softmax` finds the log of softmax in one go, and `F.nll_loss` is the `nll` you have just written. Compare them on logits of ordinary size, and on the 1000, 0, −1000 from before. The right answer is class 1.

# %%
def low_level(z, labels):
    one_hot = F.one_hot(labels, z.shape[1])  # (N, C)
    return (one_hot * -torch.log(F.softmax(z, dim=1))).sum(dim=1).mean()  # ()


def high_level(z, labels):
    return F.nll_loss(F.log_softmax(z, dim=1), labels)  # ()


ordinary = torch.tensor([[2.0, 1.0, -1.0]])  # (1, 3)
extreme = torch.tensor([[1000.0, 0.0, -1000.0]])  # (1, 3)
answer = torch.tensor([1])  # (1,)
rungs = {"low level": low_level, "high level": high_level, "library": F.cross_entropy}
for name, loss in rungs.items():
    results = loss(ordinary, answer).item(), loss(extreme, answer).item()
    print(f"{name:10s}: ordinary logits {results[0]:.4f}, extreme logits {results[1]:.1f}")
probabilities = F.softmax(extreme, dim=1)  # (1, 3)
print("softmax:", probabilities.tolist(), "its log:", probabilities.log().tolist())

# %% [markdown] lang="ko"
# 낮은 칸만 `nan`입니다. 소프트맥스는 안전하게 계산했는데도 그렇습니다. 정답의 확률은 $e^{-1000}$인데, float32에 담기에는 너무 작아 정확히 0이 되어 버립니다. 이것을 언더플로(underflow)라고 합니다. 0의 로그는 −∞이니 여기서 벌써 손실이 무한대입니다. 정답이 아닌 클래스 2의 확률 $e^{-2000}$도 0이 되었고, 그 −∞에 원-핫의 0을 곱하면 NaN입니다. 로그를 씌우기도 전에 정보가 사라진 것입니다.
#
# 얼마나 차이가 나야 무너질까요? 정답의 로짓이 뒤처진 정도를 0에서 120까지 늘려 봅시다.

# %% [markdown] lang="en"
# Only the lowest rung says `nan`, although its softmax was computed safely. The probability of the right answer is $e^{-1000}$, too small for float32 to hold, so it becomes exactly 0: this is called underflow. The log of 0 is −∞, which alone makes the loss infinite. The probability of class 2, $e^{-2000}$, became 0 as well, and its −∞ times the 0 of the one-hot is NaN. What the logarithm needed was gone before it came.
#
# How far apart must logits be for this? Let the right answer's logit fall behind by 0 to 120.

# %%
behind = torch.linspace(0, 120, 241)  # (241,)
pairs = torch.stack([behind, torch.zeros(241)], 1)  # (241, 2): the right answer is class 1
naive = -torch.log(F.softmax(pairs, dim=1))[:, 1]  # (241,)
direct = -F.log_softmax(pairs, dim=1)[:, 1]  # (241,)
figure, (ax,) = plots.axes(1, width=5.2, height=2.7)
ax.plot(behind, direct, color=plots.BLUE, linewidth=5, alpha=0.35, label="log_softmax(z)")
ax.plot(behind, naive, color=plots.RED, label="log(softmax(z))")
ax.axvspan(behind[naive.isinf()][0], 120, color=plots.RED, alpha=0.1)
ax.text(111, 20, "infinite", color=plots.RED, ha="center")
plots.label(ax, "log(softmax) falls off a cliff", "logit of the right answer behind by", "loss")
ax.legend(loc="upper left")
plt.show()
for gap in (80, 110):
    print(f"behind by {gap}: log_softmax {direct[2 * gap]:.0f}, log(softmax) {naive[2 * gap]:.0f}")

# %% [markdown] lang="ko"
# 100쯤 뒤처지면 벼랑입니다(정확한 자리는 프로세서에 따라 87과 104 사이에서 조금 다릅니다). 표준화하지 않은 데이터나 큰 학습률에서는 로짓의 차이가 100을 넘는 일이 드물지 않습니다. 그 표본 하나가 손실 전체를 무한대나 NaN으로 만들고, 한 걸음이면 가중치가 모두 NaN이 됩니다.
#
# 로그 안에 작은 수를 더하면(`log(p + 1e-9)`) 될까요? NaN은 사라집니다. 하지만 손실이 $-\ln 10^{-9} = 20.7$에서 멈추고 기울기는 0이 됩니다. 가장 크게 틀린 표본이 아무 말도 하지 못하게 됩니다.
#
# 옳은 길은 확률을 *거치지 않는* 것입니다. 나눗셈의 로그는 로그의 뺄셈이고, $e$의 거듭제곱에 로그를 씌우면 지수가 그대로 나옵니다.
#
# $$\ln p_k = \ln \frac{e^{z_k - m}}{\sum_j e^{z_j - m}} = (z_k - m) - \ln \sum_{j} e^{z_j - m}$$
#
# 첫 항은 아무리 작아도 그냥 큰 음수일 뿐이고, 둘째 항의 합은 1과 $C$ 사이입니다($m$의 몫이 $e^0 = 1$이니까요). 무너질 곳이 없습니다. 합에 로그를 씌운 $\ln \sum e^{z}$를 이렇게 계산하는 것을 log-sum-exp라고 합니다.
#
# ### 여러분 차례: `cross-entropy`
#
# 로짓에서 손실까지를 한 함수로 쓰세요. 로그 확률을 구한 뒤에는 앞에서 만든 `nll`을 써도 됩니다.

# %% [markdown] lang="en"
# About 100 behind there is a cliff (exactly where, between 87 and 104, depends a little on the processor). With data that are not standardised, or a large learning rate, logits more than 100 apart are nothing unusual. One such sample makes the whole loss infinite or NaN, and a single step turns all weights into NaN.
#
# Would it help to add a small number inside the log, as in `log(p + 1e-9)`? The NaN does go away. But the loss now stops at $-\ln 10^{-9} = 20.7$, and its gradient is 0: the samples that are most wrong have lost their voice.
#
# The right way is not to *go through* the probability. The log of a quotient is a difference of logs, and the log of a power of $e$ is its exponent.
#
# $$\ln p_k = \ln \frac{e^{z_k - m}}{\sum_j e^{z_j - m}} = (z_k - m) - \ln \sum_{j} e^{z_j - m}$$
#
# However small the first term gets, it is just a large negative number, and the sum in the second lies between 1 and $C$ (the share of $m$ is $e^0 = 1$). Nothing is left to break. Computing the logarithm of a sum, $\ln \sum e^{z}$, in this way is called log-sum-exp.
#
# ### Your turn: `cross-entropy`
#
# Write one function from the logits to the loss. Once you have the log probabilities, you may use your `nll`.

# %% exercise="cross-entropy"
def cross_entropy(z, labels):
    """The mean cross entropy of softmax(z), straight from the logits.

    z: (N, C) float tensor, the logits: any finite numbers, as large as ±1000.
    labels: (N,) int64, the right classes, from 0 to C - 1.
    Returns a 0-dimensional tensor of the dtype of z, finite for all such logits, in nats. A
    gradient can flow through it: a model will be trained on this loss.
    """
    ### BEGIN SOLUTION
    shifted = z - z.amax(1, keepdim=True)  # (N, C): at most 0
    log_sum = torch.log(torch.exp(shifted).sum(1, keepdim=True))  # (N, 1)
    return nll(shifted - log_sum, labels)  # ()
    ### END SOLUTION


# %% tags=["demo"]
for name, loss in (("yours", cross_entropy), ("F.cross_entropy", F.cross_entropy)):
    results = loss(ordinary, answer).item(), loss(extreme, answer).item()
    print(f"{name:15s}: ordinary logits {results[0]:.4f}, extreme logits {results[1]:.1f}")
nothing = torch.zeros(3, 3)  # (3, 3): a model that knows nothing
print(f"knowing nothing: {cross_entropy(nothing, torch.arange(3)):.4f}; ln 3 = {math.log(3):.4f}")

# %% [markdown] lang="ko"
# 극단적인 로짓에서도 정확히 1000입니다. 그리고 아무것도 모르는 모델의 손실은 4절에서 기억해 둔 $\ln C$입니다. 학습을 시작할 때 손실이 $\ln C$보다 훨씬 크다면, 모델은 모르는 것이 아니라 **틀린 것을 장담하고** 있습니다.
#
# ## 8. 기울기: 확률 − 정답
#
# 로짓을 어느 쪽으로 움직여야 할까요? 표본 하나의 손실을 로짓으로 쓰면 $J = -z_y + \ln \sum_j e^{z_j}$입니다. $z_k$로 미분합시다. 첫 항은 $k$가 정답일 때만 −1입니다. 둘째 항은 연쇄 법칙으로 구합니다. $\ln u$의 도함수는 $1/u$이고, $e^{z}$의 도함수는 자기 자신 $e^{z}$입니다. 합의 항 가운데 $z_k$가 든 것은 하나뿐이므로
#
# $$\frac{\partial}{\partial z_k} \ln \sum_j e^{z_j} = \frac{1}{\sum_j e^{z_j}} \cdot e^{z_k} = p_k$$
#
# 소프트맥스가 저절로 나타났습니다. 그래서 기울기는 더없이 간단합니다. $o$가 원-핫 정답이라면, 표본 $N$개의 평균에 대해
#
# $$\frac{\partial J}{\partial z_{ik}} = \frac{1}{N}\,(p_{ik} - o_{ik})$$
#
# 6장의 $(p - y)$와 똑같은 꼴입니다. 그림으로 보세요.

# %% [markdown] lang="en"
# Even at the extreme logits it is exactly 1000. And a model that knows nothing has the loss $\ln C$ you remembered from section 4. If your training starts with a loss far above $\ln C$, the model is not ignorant, it is **surely wrong**.
#
# ## 8. The gradient: probability − answer
#
# Which way should the logits move? Written with logits, the loss of one sample is $J = -z_y + \ln \sum_j e^{z_j}$. Differentiate by $z_k$. The first term gives −1 if $k$ is the right answer, and 0 otherwise. For the second, use the chain rule: the derivative of $\ln u$ is $1/u$, that of $e^{z}$ is $e^{z}$ itself, and only one term of the sum has $z_k$ in it. So
#
# $$\frac{\partial}{\partial z_k} \ln \sum_j e^{z_j} = \frac{1}{\sum_j e^{z_j}} \cdot e^{z_k} = p_k$$
#
# Softmax has appeared by itself, and the gradient could not be simpler. With $o$ for the one-hot answer, and for the mean over $N$ samples,
#
# $$\frac{\partial J}{\partial z_{ik}} = \frac{1}{N}\,(p_{ik} - o_{ik})$$
#
# This has the very form of the $(p - y)$ of chapter 6. In a picture:

# %%
p = F.softmax(torch.tensor([2.0, 1.0, -1.0]), dim=0)  # (3,)
o = torch.tensor([0.0, 1.0, 0.0])  # (3,): the right answer is class 1
figure, grid = plots.axes(3, width=2.7, height=2.4, sharey=True)
parts = {"softmax p": p, "minus the answer o": o, "= gradient": p - o}
colours = (plots.BLUE, plots.GREY, plots.ORANGE)
for ax, (title, values), colour in zip(grid, parts.items(), colours):
    bars = ax.bar(range(3), values, color=colour)
    ax.bar_label(bars, fmt="%+.2f" if title == "= gradient" else "%.2f", padding=2)
    ax.axhline(0, color=plots.GREY, linewidth=1)
    ax.set(xticks=range(3), ylim=(-1.05, 1.4))
    plots.label(ax, title, "class", "")
figure.suptitle("Descent goes against the gradient: class 1 up, classes 0 and 2 down")
plt.show()
print(f"the gradient adds up to {abs((p - o).sum().item()):.4f}")

# %% [markdown] lang="ko"
# 정답의 로짓은 모자란 확률만큼 올라가고, 나머지는 저마다 *잘못 가져간* 확률만큼 내려갑니다. 더하면 0입니다. 그리고 확률이 정답과 같아지면 기울기가 0이 되어 멈춥니다.
#
# ### 여러분 차례: `softmax-gradient`
#
# 앞에서 만든 `softmax`를 쓰면 됩니다. 자동 미분은 쓰지 않습니다.

# %% [markdown] lang="en"
# The right answer's logit rises by the probability it lacks; the others fall, each by what it *wrongly took*. It all adds up to 0. And when the probabilities are the answer, the gradient is 0, and it stops.
#
# ### Your turn: `softmax-gradient`
#
# Your `softmax` will do. No autograd this time.

# %% exercise="softmax-gradient"
def softmax_gradient(z, labels):
    """The gradient of the mean cross entropy of softmax(z) by the logits, by hand.

    z: (N, C) float tensor, the logits, as large as ±1000; it stays as it is.
    labels: (N,) int64, the right classes; not every class need be among them.
    Returns (N, C), of the dtype of z.
    """
    ### BEGIN SOLUTION
    one_hot = F.one_hot(labels, z.shape[1])  # (N, C)
    return (softmax(z, 1) - one_hot) / len(z)  # (N, C)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이 기울기로 로짓 세 개를 직접 내려 보냅시다. 모델도 특성도 없이, 병 하나의 로짓만 움직입니다. 출발은 $z = (2, 1, -1)$, 정답은 클래스 1입니다. 자동 미분과도 견줍니다.

# %% [markdown] lang="en"
# Let this gradient take three logits downhill by themselves: no model, no features, just the logits of one bottle. Start at $z = (2, 1, -1)$; the right answer is class 1. And compare with autograd.

# %% tags=["demo"]
start_z = torch.tensor([[2.0, 1.0, -1.0]], requires_grad=True)  # (1, 3)
by_autograd = torch.autograd.grad(F.cross_entropy(start_z, answer), start_z)[0]  # (1, 3)
by_hand = softmax_gradient(start_z.detach(), answer)  # (1, 3)
print("by hand: ", [round(v, 4) for v in by_hand[0].tolist()])
print("autograd:", [round(v, 4) for v in by_autograd[0].tolist()])

moving, path = start_z.detach(), []
for _ in range(25):
    path.append(softmax(moving, 1)[0])
    moving = moving - 0.5 * softmax_gradient(moving, answer)  # (1, 3)
path = torch.stack(path)  # (25, 3)
figure, (ax,) = plots.axes(1, width=5.2, height=2.6)
colours = (plots.BLUE, plots.ORANGE, plots.GREEN)
ax.stackplot(range(25), path.T.numpy(), colors=colours, alpha=0.5)
ax.text(0.7, 0.2, "class 0", va="center")
ax.text(10, 0.6, "class 1", va="center")
ax.annotate("class 2", (1, 0.985), (4, 1.09), va="center", arrowprops={"arrowstyle": "-"})
ax.set(xlim=(0, 24), ylim=(0, 1.16))
plots.label(ax, "The right class, 1, takes over", "step", "probability")
plt.show()
print(f"probability of class 1: {path[0, 1]:.2f} at the start, {path[-1, 1]:.2f} after 24 steps")

# %% [markdown] lang="ko"
# ## 9. 포도주 분류기
#
# 이제 로짓을 특성에서 만듭니다. 6장의 분류기와 같은 선형 층인데 출력이 $C$개입니다.
#
# $$z = xW^\top + b \qquad (N, D) \to (N, C)$$
#
# ### 여러분 차례: `classifier`
#
# 노트의 모델은 크기가 `nn.Linear(4, 3)`으로 못 박혀 있습니다. 여러분의 것은 어떤 크기로도 만들 수 있게 하세요. 그리고 `forward`가 돌려줄 것은 확률이 아니라 **로짓**입니다. 손실이 로짓을 받으니까요.

# %% [markdown] lang="en"
# ## 9. A classifier of wines
#
# Now make the logits from the features: a linear layer as in chapter 6, but with $C$ outputs.
#
# $$z = xW^\top + b \qquad (N, D) \to (N, C)$$
#
# ### Your turn: `classifier`
#
# The model in the notes has its sizes fixed, `nn.Linear(4, 3)`. Let yours be made in any size. And what `forward` returns are not probabilities but **logits**, because logits are what the loss takes.

# %% exercise="classifier"
class SoftmaxClassifier(nn.Module):
    """A linear classifier of several classes, with two methods.

    __init__(self, features, classes): makes self.linear, an nn.Linear from D features to C
    classes, with a bias. features, classes: D and C, ints.
    forward(self, x): x, (N, D), gives the logits, (N, C).
    """

    def __init__(self, features, classes):
        ### BEGIN SOLUTION
        super().__init__()
        self.linear = nn.Linear(features, classes)  # weight (C, D), bias (C,)

    def forward(self, x):
        return self.linear(x)  # (N, C)
        ### END SOLUTION


# %% [markdown] lang="ko"
# 178병을 섞어 133병은 훈련 집합으로, 45병은 검증 집합으로 떼어 냅니다. 표준화에 쓸 평균과 표준편차는 훈련 집합에서만 구합니다(5장). 가중치를 0에서 출발시키면 첫 손실이 정확히 $\ln 3$이어야 합니다. 여러분의 모델과 여러분의 손실로 200걸음 걷습니다.

# %% [markdown] lang="en"
# Shuffle the 178 bottles, keep 133 as the training set and put 45 aside as the validation set. Mean and standard deviation for standardising come from the training set alone (chapter 5). With the weights starting at 0, the first loss should be exactly $\ln 3$. Take 200 steps with your model and your loss.

# %% tags=["demo"]
order = torch.randperm(178, generator=torch.Generator().manual_seed(0))  # (178,)
train, valid = order[:133], order[133:]
mean, std = features[train].mean(0), features[train].std(0, correction=0)  # (13,), (13,)
x_all = (features - mean) / std  # (178, 13)
train_x, train_y = x_all[train], growers[train]  # (133, 13), (133,)
valid_x, valid_y = x_all[valid], growers[valid]  # (45, 13), (45,)


def accuracy(logits, labels):
    """The share of rows, (N, C), whose largest logit is the label's; labels: (N,)."""
    return (logits.argmax(1) == labels).float().mean().item()


# %%
def fit(x, labels, lr, steps):
    """A SoftmaxClassifier of three classes, trained on all samples at once, from zero weights.

    x: (N, D). labels: (N,). Returns the model and its loss before each step.
    """
    model = SoftmaxClassifier(x.shape[1], 3)
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = cross_entropy(model(x), labels)  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses


# %% tags=["demo"]
model, losses = fit(train_x, train_y, 0.1, 201)
for step in (0, 10, 50, 200):
    print(f"step {step:3d}: loss {losses[step]:.4f}")
for name, x, labels in (("training", train_x, train_y), ("validation", valid_x, valid_y)):
    hits = round(accuracy(model(x), labels) * len(x))
    print(f"right on the {name} set: {hits} of {len(x)}")

# %% [markdown] lang="ko"
# 1.0986에서 출발해 0.06까지 내려갔고, 처음 보는 병도 대부분 맞힙니다. 확률을 내놓는 모델은 무엇을 골랐는지뿐 아니라 **얼마나 확신하는지도** 말해 줍니다. 검증 집합의 병에서 고른 농가에 준 확률을, 열 걸음만 배웠을 때와 다 배웠을 때로 나누어 들여다봅시다.

# %% [markdown] lang="en"
# It started at 1.0986, came down to 0.06, and gets nearly all of the bottles right that it has never seen. A model that gives probabilities says not only what it chose but **how sure it is**. Look at the probability it gives the grower it chooses, on the validation set, after ten steps and at the end.

# %% tags=["demo"]
for steps in (10, 201):
    model, _ = fit(train_x, train_y, 0.1, steps)
    chances = softmax(model(valid_x).detach(), 1)  # (45, 3)
    missed = chances.argmax(1) != valid_y  # (45,)
    top = chances.amax(1)  # (45,): the probability of its choice
    sure, unsure = top[~missed].mean(), top[missed].mean()
    print(f"{steps} steps: its choice gets {sure:.2f} where right, {unsure:.2f} where wrong")
    for row, label in zip(chances[missed], valid_y[missed]):
        shown = ", ".join(f"{p:.2f}" for p in row.tolist())
        print(f"  wrong: a bottle of grower {label.item()}, and the model says ({shown})")

# %% [markdown] lang="ko"
# 틀릴 때는 맞힐 때보다 덜 확신합니다. 그런데 오래 배우면 맞힌 것도 틀린 것도 더 확신하게 됩니다. 농가 0에 0.8을 주었지만 실은 농가 1의 병이었습니다. 모델이 내놓은 확률은 믿음이지 보증이 아닙니다.
#
# 이번에는 특성 둘만 써서, 모델이 평면을 어떻게 나누는지 봅시다. 색이 진할수록 확신이 큽니다(0.5, 0.8, 0.95를 넘는 곳). 점선에서 1등이 바뀝니다.

# %% [markdown] lang="en"
# Where it is wrong it is less sure than where it is right. But the longer it learns, the surer it gets, of its mistakes as well: it gives grower 0 about 0.8, and the bottle is of grower 1. The probabilities of a model are beliefs, not guarantees.
#
# Now use two features only, to see how the model divides the plane. The darker, the surer (above 0.5, 0.8 and 0.95). At the dotted lines the winner changes.

# %% tags=["demo"]
pair_x = train_x[:, TWO]  # (133, 2), standardised
small, _ = fit(pair_x, train_y, 1.0, 300)
across, up = torch.linspace(-1.8, 3.6, 200), torch.linspace(-1.9, 3.2, 200)  # (200,) each
places = torch.cartesian_prod(across, up)  # (40000, 2)
with torch.no_grad():
    surface = softmax(small(places), 1).reshape(200, 200, 3)  # (200, 200, 3)
figure, (ax,) = plots.axes(1, width=5.4, height=3.8)
for k, (colour, _) in enumerate(LOOKS):
    for bound in (0.5, 0.8, 0.95):
        look = {"levels": [bound, 1.01], "colors": [colour], "alpha": 0.14}
        ax.contourf(across, up, surface[:, :, k].T, **look)
for k in range(3):  # where class k is as probable as the best of the others
    others = surface[:, :, [j for j in range(3) if j != k]].amax(2)  # (200, 200)
    lead = (surface[:, :, k] - others).T  # (200, 200)
    ax.contour(across, up, lead, levels=[0], colors="black", linestyles=":", linewidths=1)
draw_wines(ax, pair_x, train_y)
plots.label(ax, "Straight borders, soft edges", "color intensity, standardised", "flavanoids")
ax.legend(loc="upper right")
plt.show()
print(f"two features: {accuracy(small(pair_x), train_y):.0%} of the training set right")

# %% [markdown] lang="ko"
# 경계가 모두 직선입니다. 두 농가의 확률이 같은 곳은 두 로짓이 같은 곳이고, 로짓은 특성의 일차식이니 그렇습니다. 직선으로 나눌 수 없는 것은 10장에서 다룹니다.
#
# ### `F.cross_entropy`가 받는 것
#
# 앞으로는 PyTorch의 것을 씁니다. 무엇을 받고 무엇을 거절하는지 한 번 보아 둡시다.

# %% [markdown] lang="en"
# All borders are straight. Two growers are equally probable where their logits are equal, and logits are linear in the features. What straight lines cannot divide is a matter for chapter 10.
#
# ### What `F.cross_entropy` takes
#
# From here on we use PyTorch's own. Let us see once what it accepts and what it refuses.

# %%
some = torch.tensor([[2.0, 1.0, -1.0], [0.0, 3.0, 1.0]])  # (2, 3)
tries = {
    "labels (2,) int64": torch.tensor([0, 1]),
    "labels (2,) float32": torch.tensor([0.0, 1.0]),
    "labels (2, 1) int64": torch.tensor([[0], [1]]),
    "a label that is 3": torch.tensor([0, 3]),
    "one-hot, (2, 3) float32": torch.tensor([[1.0, 0, 0], [0, 1.0, 0]]),
    "soft labels, (2, 3)": torch.tensor([[0.9, 0.1, 0], [0, 0.9, 0.1]]),
}
for name, labels in tries.items():
    try:
        print(f"{name:24s}: {F.cross_entropy(some, labels).item():.4f}")
    except (RuntimeError, IndexError) as error:
        print(f"{name:24s}: refused, {type(error).__name__}")

# %% [markdown] lang="ko"
# 정답은 두 가지로 줄 수 있습니다. 클래스의 번호라면 모양은 (N,), 자료형은 int64입니다. 확률 분포라면 로짓과 같은 (N, C)의 실수입니다(정답이 꼭 하나가 아니어도 됩니다). 이 함수가 **알아채지 못하는** 잘못은 따로 있습니다. 다음 절입니다.
#
# ## 10. 함정: 소프트맥스 두 번
#
# 누군가 이렇게 생각했습니다. "손실에는 확률을 넣어야지. 돌려줄 때도 확률이 필요하고." 그래서 아래 코드를 썼습니다. **잘못이 둘** 있습니다. 실행하기 전에 찾아보세요. 그리고 첫 손실이 얼마일지, 손실이 어디까지 내려갈지 예상해 보세요.

# %% [markdown] lang="en"
# Answers can be given in two ways. As the numbers of classes they are (N,), int64. As distributions they are floats in the shape of the logits, (N, C), and then need not be a single right answer. The mistake that this function does **not** notice is another one, and comes next.
#
# ## 10. A trap: softmax twice
#
# Somebody thought: “The loss should get probabilities. And I want to return probabilities, too.” And wrote the code below. There are **two mistakes** in it. Look for them before you run it. And guess: what will the first loss be, and how far down will it go?

# %%
def broken_training(start, x, labels, lr, steps):
    model = nn.Linear(x.shape[1], len(start["bias"]), dtype=x.dtype)
    model.load_state_dict(start)
    losses = []
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        probabilities = F.softmax(model(x), dim=1)  # (N, C)
        loss = F.cross_entropy(probabilities, labels)  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model.state_dict(), losses, probabilities.detach()


# %% tags=["demo"]
zeros = {"weight": torch.zeros(3, 13), "bias": torch.zeros(3)}
state, broken_losses, chances = broken_training(zeros, train_x, train_y, 0.1, 1000)
for step in (0, 10, 200, 999):
    print(f"step {step:3d}: loss {broken_losses[step]:.3f}")
print(f"right on the training set: {accuracy(chances, train_y):.0%}")

state, _, chances = broken_training(zeros, train_x, train_y, 0.1, 1)
again = F.softmax(train_x @ state["weight"].T + state["bias"], dim=1)  # (133, 3)
print("the first bottle after one step")
for name, row in (("returned", chances[0]), ("from the new weights", again[0])):
    print(f"  {name:20s}: {[round(p, 3) for p in row.tolist()]}")

# %% [markdown] lang="ko"
# 오류도 경고도 없고, 정확도는 훌륭합니다. 그런데 1,000걸음을 걸어도 손실이 0.57까지밖에 내려가지 못합니다. 제대로 된 학습(9절)은 200걸음에 0.06이었습니다. 학습률 탓일까요? 아닙니다. **0으로 갈 수가 없는 것입니다.**
#
# `F.cross_entropy`는 이름과 달리 로짓을 받아 *그 안에서 소프트맥스를 합니다*. 확률을 넣으면 소프트맥스가 두 번입니다. 확률은 0과 1 사이라서, 그것을 로짓으로 여기면 가장 크게 벌어져 봐야 차이가 1입니다. 완벽한 확률 (1, 0, 0)을 넣어도 두 번째 소프트맥스는 정답에 $\frac{e^1}{e^1 + e^0 + e^0} = 0.576$밖에 주지 못합니다. 그래서 손실의 바닥은
#
# $$-\ln \frac{e}{e + (C - 1)} = \ln(e + C - 1) - 1$$
#
# 병 하나의 손실을 정답의 로짓에 따라 그려 봅시다.

# %% [markdown] lang="en"
# No error, no warning, and the accuracy is splendid. But even after 1,000 steps the loss does not get below 0.57, while the proper training of section 9 had 0.06 after 200. Is it the learning rate? No: **it cannot get to 0.**
#
# Whatever its name suggests, `F.cross_entropy` takes logits and *does the softmax inside*. Give it probabilities, and softmax is applied twice. Probabilities lie between 0 and 1; taken for logits, they are at most 1 apart. Even for the perfect probabilities (1, 0, 0), the second softmax gives the right answer no more than $\frac{e^1}{e^1 + e^0 + e^0} = 0.576$. So the floor of the loss is
#
# $$-\ln \frac{e}{e + (C - 1)} = \ln(e + C - 1) - 1$$
#
# Let us draw the loss of one bottle by the logit of the right answer.

# %%
t = torch.linspace(-8, 8, 161, requires_grad=True)  # (161,): the right answer's logit
class_0 = torch.zeros(161, dtype=torch.int64)  # (161,): the right answers
figure, grid = plots.axes(2, width=4.0, height=2.8)
for name, times, look in (
    ("softmax once", 1, {"color": plots.BLUE}),
    ("softmax twice", 2, {"color": plots.RED, "linestyle": "--"}),
):
    z = torch.stack([t, torch.zeros(161), torch.zeros(161)], 1)  # (161, 3): one bottle a row
    given = z if times == 1 else F.softmax(z, dim=1)  # (161, 3)
    losses = F.cross_entropy(given, class_0, reduction="none")  # (161,): one a row, no mean
    slope = torch.autograd.grad(losses.sum(), t)[0]  # (161,)
    grid[0].plot(t.detach(), losses.detach(), **look, label=name)
    grid[1].plot(t.detach(), slope.abs(), **look)
plots.label(grid[0], "Twice: a floor, and a ceiling", "logit of the right answer", "loss")
plots.label(grid[1], "Twice: no gradient where wrong", "logit of the right answer", "|gradient|")
grid[0].legend()
plt.show()
for C in (2, 3, 10, 1000):
    floor = math.log(math.e + C - 1) - 1
    print(f"{C:4d} classes: knowing nothing ln C = {math.log(C):.4f}, floor {floor:.4f}")

# %% [markdown] lang="ko"
# 클래스가 셋이면 바닥은 0.5514입니다. **손실이 이 값 바로 위에서 꼼짝하지 않으면 소프트맥스를 두 번 하지 않았는지 의심하세요.** 클래스가 천 개라면 시작(6.91)과 바닥(5.91) 사이가 1밖에 되지 않습니다.
#
# 더 나쁜 것은 오른쪽 그림입니다. 소프트맥스가 한 번이면, 크게 틀릴수록(왼쪽) 기울기가 1에 가까워집니다. 두 번이면 크게 틀렸을 때 기울기가 **0에 가깝습니다.** 틀린 것을 장담하는 모델일수록 배우지 못합니다. 정확도가 멀쩡했던 것은 0에서 출발해 장담하는 일이 없었기 때문입니다.
#
# 둘째 잘못은 마지막 두 줄에 보입니다. 한 걸음을 걸었으니 가중치는 변했는데, 돌려준 확률은 아직도 (0.333, 0.333, 0.333)입니다. 어느 줄 때문일까요?
#
# ### 여러분 차례: `train-classifier`
#
# `broken_training`을 고치세요. 받는 것도 돌려주는 것도 그대로입니다.

# %% [markdown] lang="en"
# With three classes the floor is 0.5514. **If a loss gets stuck just above this value, suspect softmax twice.** With a thousand classes there is no more than 1 between the start (6.91) and the floor (5.91).
#
# Worse is the picture on the right. With softmax once, the more wrong the model is (on the left), the closer the gradient gets to 1. With softmax twice, where it is very wrong the gradient is **almost 0**: a model that is surely wrong hardly learns. The accuracy looked fine only because the weights started at 0, sure of nothing.
#
# The second mistake shows in the last two lines. After one step the weights have changed, and yet the probabilities returned are still (0.333, 0.333, 0.333). Which line is to blame?
#
# ### Your turn: `train-classifier`
#
# Mend `broken_training`. What it takes and what it returns stay the same.

# %% exercise="train-classifier"
def train_classifier(start, x, labels, lr, steps):
    """Trains an nn.Linear(D, C) on the mean cross entropy, by gradient descent on all samples.

    start: the state_dict to start from, {"weight": (C, D), "bias": (C,)}; it stays as it is.
    x: (N, D) float tensor. labels: (N,) int64. lr: a float. steps: an int, at least 1.
    Returns (state, losses, probabilities): the model's state_dict at the end; a list of `steps`
    Python floats, where losses[k] is the loss before update number k (so losses[0] is that of
    start); and what the model with that final state says of x: (N, C), each row adding up to 1.
    """
    model = nn.Linear(x.shape[1], len(start["bias"]), dtype=x.dtype)
    model.load_state_dict(start)
    losses = []
    ### BEGIN SOLUTION
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        loss = F.cross_entropy(model(x), labels)  # (): the logits go in
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    probabilities = F.softmax(model(x), dim=1).detach()  # (N, C): of the final weights
    return model.state_dict(), losses, probabilities
    ### END SOLUTION


# %% [markdown] lang="ko"
# 고친 것과 망가진 것을 두 번 겨루게 합시다. 한 번은 0에서 출발합니다. 또 한 번은 **틀린 것을 장담하는** 모델에서 출발합니다. 다른 연구소가 같은 포도주로 학습해 준 가중치인데, 그곳에서는 농가에 번호를 다르게 붙였습니다(우리의 0번이 그곳의 1번, 1번이 2번, 2번이 0번입니다).

# %% [markdown] lang="en"
# Let the mended and the broken one compete twice. Once they start at 0. Once they start from a model that is **surely wrong**: weights that another laboratory trained on the same wines, but with the growers numbered otherwise (our 0 is their 1, our 1 their 2, our 2 their 0).

# %% tags=["demo"]
other_labels = (train_y + 1) % 3  # (133,)
wrong, _, _ = train_classifier(zeros, train_x, other_labels, 1.0, 200)
figure, grid = plots.axes(2, width=4.1, height=2.8, sharey=True)
for ax, begin, title in ((grid[0], zeros, "start at 0"), (grid[1], wrong, "start surely wrong")):
    print(title)
    for name, training, colour, style in (
        ("softmax once", train_classifier, plots.BLUE, "-"),
        ("softmax twice", broken_training, plots.RED, "--"),
    ):
        state, losses, _ = training(begin, train_x, train_y, 0.5, 60)
        ax.plot(losses, style, color=colour, label=name)
        share = accuracy(train_x @ state["weight"].T + state["bias"], train_y)
        print(f"  {name:13s}: loss {losses[0]:.2f} -> {losses[-1]:.2f}, {share:.0%} right")
    ax.axhline(math.log(math.e + 2) - 1, color=plots.GREY, linestyle=":", label="floor of twice")
    ax.set_ylim(0, 4)
    plots.label(ax, title, "step", "loss" if ax is grid[0] else "")
grid[0].legend()
figure.suptitle("Twice: stuck above the floor, and helpless when surely wrong")
plt.show()

# %% [markdown] lang="ko"
# 왼쪽에서는 둘 다 거의 다 맞히지만 손실의 바닥이 다릅니다. 오른쪽에서는 승부가 갈립니다. 제대로 된 손실은 9에서 출발하고도 곧바로 돌아오지만, 소프트맥스가 두 번이면 예순 걸음이 지나도록 대부분을 틀립니다. 게다가 손실은 1.5라서 9보다 *나아 보입니다*. **서로 다른 손실의 값은 견줄 수 없습니다.**
#
# ## 정리
#
# - 이산 분포는 점마다 확률이 있고, 연속 분포는 넓이가 확률입니다. 밀도는 1을 넘을 수 있고 점 하나의 확률은 0입니다.
# - 소프트맥스는 exp로 모두 양수로 만들고 합으로 나눕니다. 먼저 최댓값을 빼야 넘치지 않습니다. 클래스가 둘이면 로짓의 차이에 씌운 시그모이드입니다.
# - 놀라움은 $-\ln p$, 그 평균이 엔트로피 $H(p)$입니다. 믿음 $q$로 잰 평균이 교차 엔트로피 $H(p, q)$, 둘의 차이가 KL 발산입니다.
# - 정답이 원-핫이면 교차 엔트로피는 $-\ln q_y$입니다. 아무것도 모르면 $\ln C$, 완벽하면 0입니다.
# - `log(softmax(z))`는 로짓의 차이가 100쯤이면 무너집니다. 로그 확률은 log-sum-exp로 바로 구합니다.
# - 기울기는 (확률 − 정답)/N입니다.
# - `F.cross_entropy`에는 로짓을 넣습니다. 확률을 넣으면 바닥이 $\ln(e + C - 1) - 1$이 되고, 크게 틀린 곳에서 기울기가 사라집니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. log_softmax를 한 결과를 F.cross_entropy에 넣으면 이것도 두 번이니 망가지나요?</summary>
#
# 아닙니다. 로그 확률 $\ln p_k$를 로짓으로 여기고 소프트맥스를 하면 $e^{\ln p_k} / \sum_j e^{\ln p_j} = p_k / 1 = p_k$, 제자리로 돌아옵니다. log_softmax는 여러 번 해도 한 번 한 것과 같습니다. 낭비이기는 하지만 해롭지 않습니다. softmax는 그렇지 않습니다.
# </details>
#
# <details><summary>2. 정답을 고르기만 할 때도 소프트맥스가 필요한가요?</summary>
#
# 필요 없습니다. 소프트맥스는 순서를 바꾸지 않으므로 로짓의 argmax와 확률의 argmax가 같습니다. 9절의 정확도도 로짓으로 쟀습니다. 얼마나 확신하는지 알고 싶을 때만 소프트맥스를 합니다.
# </details>
#
# <details><summary>3. 클래스가 C개인데 로짓 C개는 하나가 남는 것 아닌가요?</summary>
#
# 맞습니다. 모두에 같은 수를 더해도 확률이 같으니 로짓 하나는 0으로 고정해도 됩니다. 클래스가 둘일 때 그렇게 한 것이 6장의 시그모이드입니다. 그래도 C개를 다 두는 것은 모든 클래스를 똑같이 다루는 편이 간단하기 때문입니다. 남는 자유는 학습에 해가 되지 않습니다.
# </details>
#
# <details><summary>4. 훈련 정확도가 이미 100 %인데 손실은 왜 계속 내려가나요?</summary>
#
# 손실은 맞혔는지가 아니라 얼마나 확신하는지를 봅니다. 직선으로 나눌 수 있는 데이터라면 가중치를 두 배로 키우기만 해도 확률이 1에 더 가까워지므로, 손실은 0을 향해 끝없이 내려가고 가중치는 끝없이 커집니다. 그사이 검증 집합의 손실이 올라가기 시작할 수 있습니다. 그것을 막는 법은 8장에 있습니다.
# </details>
#
# <details><summary>5. 문장의 낱말마다 클래스를 맞히면 로짓이 (B, T, C)입니다. F.cross_entropy에 그대로 넣으면 되나요?</summary>
#
# 안 됩니다. 이 함수는 클래스가 언제나 축 1에 있다고 여깁니다. (B, T, C)를 넣으면 T를 클래스로 봅니다. 대개는 모양이 맞지 않아 오류가 나지만, T = C이면 조용히 엉뚱한 값을 냅니다. `logits.transpose(1, 2)`로 (B, C, T)를 만들거나, `logits.reshape(-1, C)`와 `labels.reshape(-1)`로 펴서 넣으세요.
# </details>

# %% [markdown] lang="en"
# On the left both get nearly all bottles right, but their losses have different floors. On the right it is decided. The proper loss starts at 9 and comes back at once; with softmax twice, most bottles are still wrong after sixty steps. Worse, its loss of 1.5 *looks better* than 9. **The values of two different losses cannot be compared.**
#
# ## Summary
#
# - A discrete distribution gives each point a probability; of a continuous one, the area is the probability. A density may exceed 1, and a single point has probability 0.
# - Softmax makes everything positive with exp and divides by the sum. Subtract the maximum first, or it overflows. With two classes it is a sigmoid of the difference of the logits.
# - Surprise is $-\ln p$, and its average is the entropy $H(p)$. Averaged with the belief $q$ it is the cross entropy $H(p, q)$; the difference of the two is the KL divergence.
# - For a one-hot answer, cross entropy is $-\ln q_y$. Knowing nothing costs $\ln C$, perfection 0.
# - `log(softmax(z))` breaks when logits are about 100 apart. Log-sum-exp gives the log probability directly.
# - The gradient is (probability − answer)/N.
# - `F.cross_entropy` takes logits. Give it probabilities, and its floor is $\ln(e + C - 1) - 1$, and the gradient vanishes where the model is very wrong.
#
# ## Further questions
#
# <details><summary>1. If you give the result of log_softmax to F.cross_entropy, that is twice, too. Does it do harm?</summary>
#
# No. Take log probabilities $\ln p_k$ for logits, and softmax gives $e^{\ln p_k} / \sum_j e^{\ln p_j} = p_k / 1 = p_k$: you are back where you were. Doing log_softmax several times is the same as doing it once. A waste, but harmless. Not so with softmax.
# </details>
#
# <details><summary>2. Do you need softmax if you only want to choose the answer?</summary>
#
# No. Softmax does not change the order, so the argmax of the logits is that of the probabilities. Section 9 measured the accuracy with logits, too. You need softmax only to know how sure the model is.
# </details>
#
# <details><summary>3. C logits for C classes: is one of them not superfluous?</summary>
#
# It is. Adding the same number to all changes nothing, so one logit could be fixed at 0. For two classes, that is the sigmoid of chapter 6. All C are kept because it is simpler to treat every class alike. The freedom left over does no harm to learning.
# </details>
#
# <details><summary>4. The training accuracy is 100 % already. Why does the loss go on falling?</summary>
#
# The loss looks not at whether the answer is right but at how sure the model is. If straight lines can divide the data, merely doubling the weights brings the probabilities closer to 1. So the loss creeps towards 0 for ever, and the weights grow for ever. Meanwhile the loss on the validation set may begin to rise. What to do about that is in chapter 8.
# </details>
#
# <details><summary>5. If each word of a sentence gets a class, the logits are (B, T, C). Can they go into F.cross_entropy as they are?</summary>
#
# No. The function takes axis 1 for the classes, always. Given (B, T, C), it takes T for the classes. Usually the shapes then do not fit and it stops; where T = C, it silently gives a wrong value. Make it (B, C, T) with `logits.transpose(1, 2)`, or flatten both, with `logits.reshape(-1, C)` and `labels.reshape(-1)`.
# </details>
