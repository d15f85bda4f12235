# ---
# jupyter:
#   course:
#     ko: 학습률, 표준화, 과적합
#     en: Learning rate, scaling, overfitting
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 8장. 학습률, 표준화, 과적합
#
# **누구를 위한 장인가요?** 학습 반복문은 돌릴 줄 아는데 결과가 시원찮을 때 무엇부터 손대야 할지 막막한 사람. "학습률을 줄여 보세요", "데이터를 더 모으세요"라는 조언을 들어 보았지만 언제 어느 것이 듣는지는 모르는 사람.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 최소제곱법(2장), 학습률의 한계 2/L(3장), 표준화(4장), 미니배치와 검증 집합(5장), 로지스틱 회귀와 이진 교차 엔트로피(6장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 손실 곡선만 보고 학습률이 너무 큰지, 너무 작은지, 그 밖의 문제인지 가려낼 수 있습니다.
# - 새 데이터를 훈련 집합의 자로 재고, 그러지 않으면 예측이 어떻게 무너지는지 보일 수 있습니다.
# - 훈련 손실과 검증 손실의 간격을 보고 모델의 용량, 데이터, 규제 가운데 무엇을 바꿀지 고를 수 있습니다.
# - L2 벌점의 기울기를 구하고, 옵티마이저의 `weight_decay`와 똑같이 맞출 수 있습니다.
# - 조기 종료를 작성하고, "가장 좋은 모델"이라며 마지막 모델을 돌려주는 코드를 고칠 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 8. Learning rate, scaling, overfitting
#
# **Who is this for?** You can run a training loop, but when the result is poor you do not know what to change first. You have heard “try a smaller learning rate” and “get more data”, but not when which of them helps.
#
# **Time** about 100 minutes · **You need** least squares (chapter 2), the limit 2/L of the learning rate (chapter 3), standardisation (chapter 4), minibatches and the validation set (chapter 5), logistic regression and binary cross entropy (chapter 6)
#
# **Afterwards you can**
#
# - tell from a loss curve whether the learning rate is too large, too small, or not the problem,
# - measure new data with the training set's ruler, and show how predictions collapse without it,
# - look at the gap between training and validation loss and decide what to change: the model's capacity, the data, or the regularisation,
# - derive the gradient of an L2 penalty and match it exactly with the optimizer's `weight_decay`,
# - write early stopping, and mend code that promises the best model and returns the last one.

# %%
import math
from statistics import median

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_breast_cancer
from torch import nn
from torch.nn import functional as F

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch08_training_tips", "ko")

# %% lang="en"
open_chapter("ch08_training_tips", "en")

# %% [markdown] lang="ko"
# ## 1. 학습률: 너무 작게, 너무 크게
#
# 작은 기상 관측소를 하나 지어냅시다. 하루 동안 스물네 번 기온을 잽니다. 진짜 기온은 매끄러운 곡선을 따르지만, 온도계에는 표준편차 1.5도의 잡음이 섞입니다. 시각은 0시에서 24시 사이의 수를 −1에서 1 사이로 옮겨 씁니다.

# %% [markdown] lang="en"
# ## 1. Learning rate: too small, too large
#
# Let us make up a small weather station. It measures the temperature 24 times a day. The true temperature follows a smooth curve, but the thermometer adds noise with a standard deviation of 1.5 degrees. The time of day, 0 to 24 hours, is moved into the range from −1 to 1.

# %%
def true_temperature(t):
    """The temperature without noise, in °C; t: times of day from -1 to 1, any shape."""
    return 14 + 5 * torch.cos(math.pi * (t - 0.2)) - 2 * torch.sin(2.4 * math.pi * t)


def measure_day(n, seed):
    """One day of n measurements, spread over the day: times t and temperatures, (n, 1) float64."""
    generator = torch.Generator().manual_seed(seed)
    jitter = torch.rand(n, 1, generator=generator, dtype=torch.float64)  # (n, 1)
    t = 2 * (torch.arange(n)[:, None] + jitter) / n - 1  # (n, 1): one in each n-th of the day
    noise = 1.5 * torch.randn(n, 1, generator=generator, dtype=torch.float64)  # (n, 1)
    return t, true_temperature(t) + noise


def to_hours(t):
    """Times from -1 to 1 as hours from 0 to 24."""
    return 12 + 12 * t


whole_day = torch.linspace(-1, 1, 201, dtype=torch.float64)[:, None]  # (201, 1)
t, temperature = measure_day(24, seed=0)  # (24, 1), (24, 1)

figure, (ax,) = plots.axes(1, width=5.0, height=2.6)
ax.plot(to_hours(whole_day), true_temperature(whole_day), color=plots.GREY, label="true curve")
ax.plot(to_hours(t), temperature, "o", color=plots.BLUE, markersize=4, label="measured")
plots.label(ax, "One day: 24 noisy measurements of a smooth curve", "hour", "temperature (°C)")
ax.legend(fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 가장 단순한 모델인 직선 $\hat{y} = Wt + b$부터 맞추어 봅시다. 곡선에 직선이라니 잘 맞을 리 없지만, 학습률을 보기에는 충분합니다. 3장에서 배웠듯 이 손실은 이차함수이므로 학습률의 한계 $2/L$을 미리 계산할 수 있습니다.
#
# 둘째 실험은 6장의 유방암 데이터입니다. 종양 569개의 세포핵을 30가지로 잰 수이고(6장에서는 여덟 가지만 썼습니다), 정답은 악성이면 1, 양성이면 0으로 둡니다. 여기에 로지스틱 회귀를 **표준화하지 않은 채로** 학습시킵니다. 반복문은 6장 그대로입니다: 기울기는 $X^\top(p - y)/n$.

# %% [markdown] lang="en"
# Start with the simplest model, a line $\hat{y} = Wt + b$. A line cannot follow this curve well, but it is all we need to look at learning rates. Its loss is quadratic, so the limit $2/L$ of the learning rate can be computed in advance, as in chapter 3.
#
# The second experiment uses the breast cancer data of chapter 6: 30 measurements of the cell nuclei of 569 tumours (chapter 6 took only eight of them). The answer is 1 for malignant, 0 for benign. Logistic regression is trained on them **without standardising**. The loop is that of chapter 6, with the gradient $X^\top(p - y)/n$.

# %%
def train_logistic(x, y, lr, epochs):
    """Full-batch gradient descent on the binary cross entropy, from weights of 0.

    x: (n, d), y: (n, 1) of zeros and ones; float tensors of one dtype. lr: a float.
    Returns (W, b, losses): (d, 1), (1,), and a list with the loss before each of the updates.
    """
    W, b = torch.zeros(x.shape[1], 1, dtype=x.dtype), torch.zeros(1, dtype=x.dtype)
    losses = []
    for _ in range(epochs):
        logits = x @ W + b  # (n, 1)
        losses.append(F.binary_cross_entropy_with_logits(logits, y).item())
        error = torch.sigmoid(logits) - y  # (n, 1): p - y
        W = W - lr * x.T @ error / len(x)  # (d, 1)
        b = b - lr * error.mean(0)  # (1,)
    return W, b, losses


cancer = load_breast_cancer()
cells = torch.tensor(cancer.data, dtype=torch.float32)  # (569, 30)
malignant = torch.tensor(1 - cancer.target, dtype=torch.float32)[:, None]  # (569, 1)
order = torch.randperm(569, generator=torch.Generator().manual_seed(0))  # (569,)
train, test = order[:400], order[400:]  # (400,), (169,)

# %%
A = torch.cat([t, torch.ones_like(t)], 1)  # (24, 2): times and a column of ones
H = 2 / len(A) * A.T @ A  # (2, 2)
limit = 2 / torch.linalg.eigvalsh(H)[-1].item()
best_line = torch.linalg.lstsq(A, temperature).solution  # (2, 1)
lowest = F.mse_loss(A @ best_line, temperature).item()


def line_descent(lr, steps):
    """Per step from W = b = 0: b less its best value, and the loss above the best line's."""
    line = torch.zeros(2, 1, dtype=torch.float64)  # (2, 1): W and b
    off, above = [], []
    for _ in range(steps):
        error = A @ line - temperature  # (24, 1)
        off.append((line - best_line)[1].item())
        above.append(error.square().mean().item() - lowest)
        line = line - lr * 2 / len(A) * A.T @ error
    return off, above


looks = {"too small": (":", plots.GREY), "good": ("-", plots.GREEN)}
looks |= {"overshoots": ("-.", plots.ORANGE), "too large": ("--", plots.RED)}
figure, grid = plots.axes(2, width=4.3, height=3.0)
for (name, (style, colour)), share in zip(looks.items(), (0.002, 0.3, 0.97, 1.03)):
    off, above = line_descent(share * limit, 60)
    grid[0].plot(off[:13], style, color=colour, marker=".", label=f"{name}: {share:g} of 2/L")
    grid[1].semilogy(above, style, color=colour, label=f"{name}: {share:g} of 2/L")
plots.label(grid[0], "Overshooting lands on the other side", "step", "b - its best value (°C)")
plots.label(grid[1], "Past 2/L the loss grows at every step", "step", "loss above the best line's")
grid[0].set_ylim(-28, 28)
grid[1].set_ylim(1e-6, 1e12)
grid[1].legend(fontsize="small", loc="upper right")
plt.show()
print(f"the line's limit 2/L: {limit:.2f}")

# %%
raw_cells, answers = cells[train], malignant[train]  # (400, 30), (400, 1)
figure, (ax,) = plots.axes(1, width=5.4, height=2.8)
for name, lr in (("too small", 1e-8), ("good", 4e-6), ("too large", 1e-4)):
    style, colour = looks[name]
    losses = train_logistic(raw_cells, answers, lr, 400)[2]
    ax.semilogy(losses, style, color=colour, linewidth=1.2, label=f"{name}: lr = {lr:g}")
    print(f"raw columns, lr = {lr:g}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, highest {max(losses):.1f}")
title = "Logistic regression on raw columns: too large a rate swings"
plots.label(ax, title, "step", "binary cross entropy")
ax.legend(fontsize="small", loc="upper right")
plt.show()

# %% [markdown] lang="ko"
# 첫 그림에서 네 가지 모습을 봅니다. 왼쪽은 위치(편향), 오른쪽은 손실입니다.
#
# - **너무 작으면** 손실이 거의 줄지 않습니다(점선).
# - **알맞으면** 곧장 바닥으로 갑니다. 왼쪽에서는 열 걸음쯤 뒤로 달라지는 것이 보이지 않습니다.
# - **한계 바로 아래에서는** 걸음마다 골짜기를 건너뛰어 반대쪽에 내립니다. 이것을 오버슈팅(overshooting)이라고 합니다. 그래도 조금씩 가까워져 결국 도착합니다. 오버슈팅이 곧 발산은 아닙니다.
# - **한계를 넘으면** 건너뛸 때마다 더 높이 올라가 발산합니다.
#
# 이 과정의 바탕이 된 노트에는 "학습률이 너무 크면 발산하면서 비용이 점점 늘어난다"고만 적혀 있습니다. 둘째 그림을 보세요. 로지스틱 회귀에서는 너무 큰 학습률이 **발산하지 않고 출렁입니다.** $p - y$는 언제나 −1과 1 사이라서 기울기가 끝없이 커질 수 없기 때문입니다. 손실이 무한대로 가지 않는다고 안심하면 안 됩니다. 톱니처럼 튀는 곡선도 학습률이 크다는 신호입니다. 빨간 곡선은 한참 튀다가 얌전해집니다. 우연히 그런 곳에 내려앉은 것이고, 가는 길에 손실은 20을 넘었습니다.
#
# 게다가 출렁이지 않는 학습률은 답답합니다. 400걸음을 걷고도 손실이 0.4를 넘습니다. 학습률 탓이 아닙니다. 범인은 2절에서 잡습니다.
#
# ### 미니배치에서는 하나가 더 있습니다
#
# 5장에서 보았듯 미니배치의 기울기에는 잡음이 있습니다. 학습률이 $2/L$보다 충분히 작아서 안정된데도, 바닥 근처에서 잡음 때문에 계속 흔들리며 더 내려가지 못할 수 있습니다. 처음에는 크게 걷고 나중에는 작게 걸으면 어떨까요? 에폭에 따라 학습률을 바꾸는 규칙을 학습률 스케줄(learning rate schedule)이라고 합니다. 가장 단순한 것은 계단입니다. `every` 에폭마다 `factor`를 곱합니다.
#
# ### 여러분 차례: `step-decay`

# %% [markdown] lang="en"
# The first picture shows four cases; on the left the position (the bias), on the right the loss.
#
# - **Too small**, and the loss hardly moves (dotted).
# - **Good**: straight to the bottom. On the left, nothing is seen to change after ten steps or so.
# - **Just below the limit**, each step jumps across the valley and lands on the other side. That is called overshooting. Yet it gets closer each time, and arrives in the end: overshooting is not yet diverging.
# - **Past the limit**, each jump lands higher than the one before: it diverges.
#
# The notes this course grew from only say that with too large a learning rate “it diverges and the cost grows”. Look at the second picture. In logistic regression a rate that is too large **does not explode, it swings**: $p - y$ always lies between −1 and 1, so the gradient cannot grow without end. A loss that stays finite is no reason to relax. A curve that jumps like a saw is a sign of a large learning rate as well. The red one calms down in the end: it happened to land in a place that lets it, after losses above 20 on the way.
#
# And a rate that does not swing is a slow one: after 400 steps the loss is still above 0.4. That is not the learning rate's fault. Section 2 finds the culprit.
#
# ### Minibatches add one thing more
#
# As chapter 5 showed, the gradient of a minibatch is noisy. Even where the rate is safely below $2/L$, this noise can keep shaking you near the bottom, so that you never get lower. What if you walk with large steps first and small ones later? A rule that changes the rate with the epoch is a learning rate schedule. The simplest is a staircase: multiply by `factor` after every `every` epochs.
#
# ### Your turn: `step-decay`

# %% exercise="step-decay"
def decayed_lr(lr, epoch, every, factor):
    """The learning rate in a given epoch, multiplied by factor after every `every` epochs.

    lr, factor: floats. epoch: an int, counted from 0. every: an int, at least 1.
    With every = 3, epochs 0, 1, 2 use lr, epochs 3, 4, 5 use lr * factor, epochs 6, 7, 8 use
    lr * factor^2, and so on.
    Returns a Python float.
    """
    ### BEGIN SOLUTION
    return lr * factor ** (epoch // every)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 직선을 네 개짜리 미니배치로 60에폭 학습시킵니다. 고정 학습률 둘과 *여러분의* 계단 하나를, 시드 스무 개로 견줍니다.

# %% [markdown] lang="en"
# Train the same line with minibatches of four for 60 epochs: two constant rates and *your* staircase, over twenty seeds.

# %% tags=["demo"]
def minibatch_losses(lr_of_epoch, seed):
    """The line's loss above the best, at the end of each of 60 epochs of minibatches of 4."""
    generator = torch.Generator().manual_seed(seed)
    line = torch.zeros(2, 1, dtype=torch.float64)  # (2, 1)
    above = []
    for epoch in range(60):
        for batch in torch.randperm(24, generator=generator).split(4):  # (4,)
            error = A[batch] @ line - temperature[batch]  # (4, 1)
            line = line - lr_of_epoch(epoch) * 2 / 4 * A[batch].T @ error
        above.append(F.mse_loss(A @ line, temperature).item() - lowest)
    return above


schedules = {
    "constant 0.2": (lambda epoch: 0.2, "--", plots.RED),
    "constant 0.002": (lambda epoch: 0.002, ":", plots.GREY),
    "0.2, halved every 8": (lambda epoch: decayed_lr(0.2, epoch, 8, 0.5), "-", plots.GREEN),
}
figure, (ax,) = plots.axes(1, width=5.4, height=2.8)
for name, (lr_of_epoch, style, colour) in schedules.items():
    runs = [minibatch_losses(lr_of_epoch, seed) for seed in range(20)]
    middle = [median(run[epoch] for run in runs) for epoch in range(60)]
    ax.semilogy(range(1, 61), middle, style, color=colour, label=name)
    print(f"{name}: {middle[-1]:.3g} above the best line (median of 20 seeds)")
plots.label(ax, "Large steps first, small ones later", "epoch", "loss above the best line's")
ax.legend(fontsize="small", title="learning rate")
plt.show()

# %% [markdown] lang="ko"
# 큰 학습률은 금방 내려가지만 바닥에서 떨고, 작은 학습률은 떨지 않지만 60에폭으로는 멀었습니다. 계단은 둘의 좋은 점만 가집니다. (중앙값(median)은 크기순으로 세웠을 때 한가운데 값입니다. 유난히 튀는 값 몇 개에 흔들리지 않아서 이 장에서 자주 씁니다.) PyTorch에는 `torch.optim.lr_scheduler.StepLR`이라는 이름으로 들어 있습니다.
#
# ## 2. 함정: 평균과 표준편차를 바꾸어 적으면
#
# 유방암 데이터가 왜 그렇게 더뎠는지, 열들의 크기를 봅시다.

# %% [markdown] lang="en"
# The large rate is down quickly but trembles at the bottom; the small one does not tremble, but 60 epochs are far too few for it. The staircase has the best of both. (The median is the value in the middle when all are put in order. A few extreme values do not move it, so this chapter uses it often.) PyTorch has it as `torch.optim.lr_scheduler.StepLR`.
#
# ## 2. A trap: the mean and the standard deviation, swapped
#
# Why was the breast cancer data so slow? Look at the size of its columns.

# %%
spread = cells[train].std(0, correction=0)  # (30,)
A_cells = torch.cat([cells[train], torch.ones(400, 1)], 1).double()  # (400, 31)
curvatures = torch.linalg.eigvalsh(A_cells.T @ A_cells / 400)  # (31,), ascending
print(f"largest over smallest spread of a column: {spread.max() / spread.min():,.0f}")
print(f"condition number: {curvatures[-1] / curvatures[0]:.0e}")

# %% [markdown] lang="ko"
# 가장 넓게 퍼진 열과 가장 좁은 열의 표준편차가 이십만 배나 차이 납니다. 4장에서 본 길고 좁은 도랑입니다. 조건수(condition number)가 $10^{12}$ 자리인 도랑에서는 어떤 학습률도 좋을 수 없습니다. 처방은 표준화입니다. 노트에도 식이 있습니다.
#
# $$x'_j = \frac{x_j - \mu_j}{\sigma_j}$$
#
# 식은 맞는데, 노트의 설명은 "$\mu$: 표준편차, $\sigma$: 평균"입니다. **거꾸로입니다.** $\mu$(뮤)는 평균(mean), $\sigma$(시그마)는 표준편차(standard deviation)입니다. 설명대로 코드를 쓰면 어떻게 될까요? 게다가 이 코드는 흔한 실수를 하나 더 합니다. 시험용 데이터를 받으면 *그 데이터 자신의* 수로 표준화합니다.
#
# 여기서 시험 집합(test set)이라는 말이 처음 나옵니다. 학습에도, 모델을 고르는 데에도 쓰지 않고 맨 마지막에 한 번 재기만 하는 표본들입니다. 검증 집합과 무엇이 다른지는 8절에서 재어 봅니다.

# %% [markdown] lang="en"
# The widest and the narrowest column differ by a factor of some two hundred thousand: the long, narrow ditch of chapter 4. With a condition number of the order of $10^{12}$ no learning rate can be good. The remedy is to standardise. The notes have the formula:
#
# $$x'_j = \frac{x_j - \mu_j}{\sigma_j}$$
#
# The formula is right, but the notes explain it as “$\mu$: standard deviation, $\sigma$: mean”. **That is the wrong way round.** $\mu$ (mu) is the mean, $\sigma$ (sigma) the standard deviation. What happens if you write the code as explained? The code below makes another common mistake as well: given test data, it standardises them with *their own* numbers.
#
# This is the first time we speak of a test set: samples that are used neither to train nor to choose a model, only to measure once, at the very end. How it differs from the validation set we will measure in section 8.

# %%
def scale_as_noted(train_x, test_x):
    scaled = []
    for x in (train_x, test_x):
        mu, sigma = x.std(0, correction=0), x.mean(0)  # (d,), (d,): as the notes explain them
        scaled.append((x - mu) / sigma)
    return scaled


# A week of winter mornings: temperature in °C, humidity in %.
winter = torch.tensor(
    [[-3.0, 41.0], [2.0, 55.0], [0.5, 60.0], [-1.5, 48.0], [3.0, 70.0], [-2.0, 39.0], [1.2, 52.0]]
)  # (7, 2)
noted, _ = scale_as_noted(winter, winter)  # (7, 2)
print("as noted, mean of each column:", [round(v, 2) for v in noted.mean(0).tolist()])
print("as noted, std of each column: ", [round(v, 2) for v in noted.std(0, correction=0).tolist()])

# %% [markdown] lang="ko"
# 표준화했다면 평균이 0, 표준편차가 1이어야 합니다. 그런데 기온 열은 평균이 0에 가까워서, 0에 가까운 수로 나누는 바람에 폭발했습니다. 게다가 평균이 $1 - \sigma/\mu$가 되어 0에 놓이지도 않습니다. 오류는 나지 않습니다.
#
# 둘째 실수는 데이터를 나누어 보아야 드러납니다. 병원에서 쓰려면 환자가 **한 명씩** 옵니다. 한 명의 평균은 자기 자신이고 표준편차는 0입니다.

# %% [markdown] lang="en"
# Standardised columns have a mean of 0 and a standard deviation of 1. But the temperatures' mean is close to 0, and dividing by a number close to 0 made that column explode. Nor are the columns centred: their mean has become $1 - \sigma/\mu$. There is no error message.
#
# The second mistake shows only when you change how the data arrive. In a hospital patients come **one by one**. The mean of one patient is that patient, and the standard deviation is 0.

# %%
patient = cells[test][:1]  # (1, 30)
own = (patient - patient.mean(0)) / patient.std(0, correction=0)  # (1, 30)
print("one patient, own numbers: ", own[0, :3].tolist())
_, noted = scale_as_noted(cells[train], patient)  # (1, 30)
print("one patient, as noted:    ", noted[0, :3].tolist())

# %% [markdown] lang="ko"
# 자기 자신의 수로 재면 어떤 환자든 0/0이 됩니다. 노트의 설명대로라면 0이 아닌 수는 모두 1이 됩니다(0은 여기서도 0/0입니다). 어느 쪽이든 환자에 대한 정보는 거의 남지 않습니다. 자는 **훈련 집합에서 한 번 만들고, 그 뒤로는 누가 오든 같은 자로** 재야 합니다.
#
# ### 여러분 차례: `standardise-train-test`
#
# `scale_as_noted`의 두 실수를 모두 고치세요. 4장에서 했듯 훈련 집합에서 값이 모두 같은 열은 1로 나눕니다.

# %% [markdown] lang="en"
# With their own numbers every patient becomes 0/0. As the notes explain it, every number but 0 becomes 1 (and 0 is 0/0 here, too). Either way, next to nothing is left of the patient. The ruler must be **made once, from the training set, and whoever comes later is measured with that same ruler**.
#
# ### Your turn: `standardise-train-test`
#
# Mend both mistakes of `scale_as_noted`. As in chapter 4, a column that is constant in the training set is divided by 1.

# %% exercise="standardise-train-test"
def standardise_train_test(train_x, test_x):
    """Standardises both sets, column by column, with the numbers of the training set alone.

    train_x: (n, d), test_x: (m, d) float tensors of one dtype; n, m >= 1. They stay as they are.
    The standard deviation divides by n, not n - 1. Where it is exactly 0, as in a training column
    of fives, it is replaced by 1 (in the test set such a column may still have other values).
    Returns (train_z, test_z): (n, d) and (m, d), of that dtype.
    """
    ### BEGIN SOLUTION
    mu = train_x.mean(0)  # (d,)
    sigma = train_x.std(0, correction=0)  # (d,)
    sigma = torch.where(sigma == 0, 1, sigma)  # (d,)
    return (train_x - mu) / sigma, (test_x - mu) / sigma
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 로지스틱 회귀를 *여러분이* 표준화한 데이터로 100걸음 학습시킵니다. 그리고 시험 집합 전체, 그 가운데 악성인 환자들, 그리고 환자 한 명을 두 가지 자로 재어 예측해 봅니다. 중증 환자만 보내오는 병원이 있다고 생각하면 됩니다.

# %% [markdown] lang="en"
# Train the same logistic regression for 100 steps on the data *you* standardised. Then predict for the whole test set, for the malignant ones among them, and for a single patient, each with both rulers. Think of a hospital that only sends severe cases.

# %% tags=["demo"]
train_z, test_z = standardise_train_test(cells[train], cells[test])  # (400, 30), (169, 30)
W, b, losses = train_logistic(train_z, malignant[train], 1.0, 100)
print(f"standardised, lr = 1: loss {losses[0]:.3f} -> {losses[-1]:.3f} in 100 steps\n")

severe = cells[test][malignant[test][:, 0] == 1]  # (m, 30)
groups = {"the whole test set": cells[test], "only malignant": severe, "one malignant": severe[:1]}
for name, group in groups.items():
    right = malignant[test] if len(group) == len(test) else torch.ones(len(group), 1)
    accuracies = []
    for ruler in (cells[train], group):
        _, z = standardise_train_test(ruler, group)  # (m, 30)
        accuracies.append(((z @ W + b > 0) == right.bool()).float().mean().item())
    print(f"{name:18s} training set's ruler {accuracies[0]:.3f}, own ruler {accuracies[1]:.3f}")

# %% [markdown] lang="ko"
# 표준화하니 학습률 1로 백 걸음 만에, 표준화하지 않은 400걸음보다 손실이 훨씬 작아졌습니다. 그리고 자기 자로 잰 줄을 보세요. **시험 집합 전체로는 아무 티가 나지 않습니다.** 구성이 훈련 집합과 비슷하기 때문입니다. 악성만 모이면 절반쯤만 맞습니다. 모두 중증인데 그 안에서 평균을 0으로 맞추었으니, 절반은 "평균보다 가벼운" 환자가 되어 버렸습니다. 평소의 시험으로는 드러나지 않다가 쓰일 때 무너지는 것, 가장 고약한 버그입니다.
#
# 훈련 집합과 시험 집합을 *합쳐서* 평균과 표준편차를 구하는 것도 누출(5장)입니다. 보통은 차이가 작습니다. 그런데 시험 집합의 한 줄에 오타가 있다면 어떨까요? 소수점이 빠져 첫 열의 값이 만 배가 되었다고 합시다.

# %% [markdown] lang="en"
# Standardised, a hundred steps at rate 1 reach a much lower loss than 400 steps did on raw columns. And look at the own-ruler column. **On the whole test set nothing shows**, because it is made up like the training set. With malignant cases alone it is right only about half the time: all are severe, but their own mean was moved to 0, so half of them turned into patients “milder than average”. Invisible in the usual test, broken in use: that is the nastiest kind of bug.
#
# Taking the mean and the standard deviation of both sets *together* is leakage, too (chapter 5). Usually the difference is small. But what if one row of the test set has a typo? Say a decimal point got lost, and the value in the first column became ten thousand times as large.

# %% tags=["demo"]
typo = cells[test].clone()  # (169, 30)
typo[0, 0] *= 10_000
for name, ruler in (("training set", cells[train]), ("both together", torch.cat([cells[train], typo]))):
    _, z = standardise_train_test(ruler, cells[train])  # (400, 30)
    print(f"{name:13s}: the training set's first column has a spread of {z[:, 0].std(correction=0):.4f}")

L = 2 * torch.linalg.eigvalsh(train_z.T @ train_z / 400)[-1].item()
print(f"\nsquared error on the 30 standardised columns: L = {L:.1f}, never above 2 d = 60")

# %% [markdown] lang="ko"
# 시험 집합의 오타 하나가 *훈련* 데이터의 첫 열을 지워 버렸습니다. 훈련 집합에서만 자를 만들면 망가지는 예측은 그 한 줄뿐입니다.
#
# 표준화에는 덤이 하나 있습니다. 평균 제곱 오차라면 안전한 학습률을 **재 보지 않고도** 압니다. 표준화한 열이 $d$개면 $X^\top X/n$의 대각선은 모두 1입니다. 고윳값의 합은 대각선의 합과 같으니 $d$이고, 음수인 고윳값은 없으므로(곡률이 음수인 방향이 없습니다) 가장 큰 고윳값도 $d$를 넘지 못합니다. 곡률은 $L \le 2d$, 따라서 $1/d$보다 작은 학습률은 결코 발산하지 않습니다. 위의 마지막 줄이 그 예입니다.
#
# ## 3. 직선에서 곡선으로: 다항식
#
# 관측소로 돌아갑니다. 직선은 하루의 기온을 따라갈 수 없습니다. 직선을 구부리려면 모델이 아니라 **입력**을 늘리면 됩니다. $t$ 하나 대신 $t, t^2, t^3, \dots$을 특성으로 주면, 똑같은 선형 모델이 곡선을 그립니다.
#
# $$\hat{y} = W_1 t + W_2 t^2 + \dots + W_k t^k + b$$
#
# 이런 식을 다항식(polynomial)이라 하고, 가장 높은 거듭제곱 $k$를 차수(degree)라고 합니다. 상수항은 편향 $b$가 맡습니다.
#
# ### 여러분 차례: `polynomial-features`

# %% [markdown] lang="en"
# A single typo in the test set has wiped out the first column of the *training* data. With a ruler made from the training set alone, only that one row's prediction is spoilt.
#
# Standardising has a bonus. With the mean squared error you know a safe learning rate **without trying any**. If there are $d$ standardised columns, the diagonal of $X^\top X/n$ consists of ones. Eigenvalues add up to the sum of the diagonal, here $d$, and none of them is negative (no direction has a negative curvature), so the largest cannot be above $d$. The curvature is $L \le 2d$, and a rate below $1/d$ never diverges. The last line above is an example.
#
# ## 3. From a line to a curve: polynomials
#
# Back to the weather station. A line cannot follow a day. To bend it, do not change the model but add **inputs**: give it $t, t^2, t^3, \dots$ as features instead of $t$ alone, and the same linear model draws a curve.
#
# $$\hat{y} = W_1 t + W_2 t^2 + \dots + W_k t^k + b$$
#
# This is a polynomial, and the highest power $k$ is its degree. The constant is the job of the bias $b$.
#
# ### Your turn: `polynomial-features`

# %% exercise="polynomial-features"
def polynomial_features(x, degree):
    """The powers of x as features of a linear model that has a bias of its own.

    x: (n, 1) float tensor, negative numbers and 0 included; it stays as it is.
    degree: an int, at least 1.
    Returns (n, degree), of x's dtype: the columns are x, x^2, …, x^degree, in this order.
    """
    ### BEGIN SOLUTION
    return x ** torch.arange(1, degree + 1)  # (n, 1) ** (degree,) = (n, degree)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 측정을 열여섯 번만 한 날에 1차, 7차, 12차 다항식을 맞추어 봅니다. 가중치는 최소제곱법(2장)으로 구합니다. 걸음으로 찾는 것이 아니라서 학습률이 필요 없고, 표준화를 하든 말든 같은 곡선이 나옵니다. 따로 떼어 둔 측정 열여섯 개(주황색 네모)로 검증합니다.

# %% [markdown] lang="en"
# On a day with only sixteen measurements, fit polynomials of degree 1, 7 and 12. The weights come from least squares (chapter 2). It takes no steps, so it needs no learning rate, and it finds the same curve whether you standardise or not. Sixteen measurements set apart (orange squares) are for validation.

# %%
def fit_least_squares(features, y):
    """The weights of least squares, the bias last: features (n, d), y (n, 1) -> (d + 1, 1)."""
    with_ones = torch.cat([features, torch.ones_like(y)], 1)  # (n, d + 1)
    return torch.linalg.lstsq(with_ones, y).solution


def predict(features, weights):
    """Predictions: features (n, d), weights (d + 1, 1) with the bias last -> (n, 1)."""
    return features @ weights[:-1] + weights[-1]


# %% tags=["demo"]
train_t, train_y = measure_day(16, seed=8)  # (16, 1), (16, 1)
valid_t, valid_y = measure_day(16, seed=1008)  # (16, 1), (16, 1)
figure, grid = plots.axes(3, width=3.1, height=2.9, sharey=True)
for ax, degree in zip(grid, (1, 7, 12)):
    weights = fit_least_squares(polynomial_features(train_t, degree), train_y)  # (degree + 1, 1)
    curve = predict(polynomial_features(whole_day, degree), weights)  # (201, 1)
    ax.plot(to_hours(whole_day), curve, color=plots.BLUE)
    ax.plot(to_hours(train_t), train_y, "o", color=plots.BLUE, markersize=4, label="train")
    ax.plot(to_hours(valid_t), valid_y, "s", color=plots.ORANGE, markersize=4, label="validation")
    losses = [
        F.mse_loss(predict(polynomial_features(part, degree), weights), y).item()
        for part, y in ((train_t, train_y), (valid_t, valid_y))
    ]
    title = f"degree {degree}: train {losses[0]:.1f}, valid {losses[1]:.1f}"
    plots.label(ax, title, "hour", "")
    ax.set_ylim(-2, 30)
grid[0].set_ylabel("temperature (°C)")
grid[0].legend(fontsize="small", loc="upper left")
plt.show()

# %% [markdown] lang="ko"
# 1차는 하루의 오르내림을 그릴 수 없습니다. 훈련 손실도 검증 손실도 큽니다. 이것이 과소적합(underfitting)입니다. 12차는 파란 점을 거의 다 지나갑니다. 훈련 손실은 가장 작지만 점과 점 사이에서 미친 듯이 휘어, 떼어 둔 점에서는 엉망입니다. 잡음까지 외워 버린 것입니다. 이것이 과적합(overfitting)입니다. 처음 보는 데이터에서도 잘하는 것을 일반화(generalisation)라고 하는데, **훈련 손실은 일반화에 대해 아무것도 약속하지 않습니다.**
#
# ## 4. 얼마나 복잡하게? 용량
#
# 모델이 얼마나 다양한 모양을 그릴 수 있는지를 용량(capacity)이라고 합니다. 여기서는 차수가 곧 용량입니다. 알맞은 차수는 어떻게 고를까요? 차수마다 훈련 집합에 맞춘 뒤, 두 손실을 나란히 재면 됩니다.
#
# ### 여러분 차례: `capacity-curve`
#
# 바로 위의 `fit_least_squares`와 `predict`, 그리고 여러분의 `polynomial_features`를 쓰세요.

# %% [markdown] lang="en"
# Degree 1 cannot draw the ups and downs of a day; both losses are large. That is underfitting. Degree 12 passes through nearly every blue point. Its training loss is the smallest, but between the points it bends wildly and fails on those set apart: it has memorised the noise. That is overfitting. To do well on data never seen before is called generalisation, and **the training loss promises nothing about it**.
#
# ## 4. How complex? Capacity
#
# How many different shapes a model can draw is its capacity. Here, the degree is the capacity. How do you choose it? Fit each degree to the training set, and measure both losses side by side.
#
# ### Your turn: `capacity-curve`
#
# Use `fit_least_squares` and `predict` from above, and your `polynomial_features`.

# %% exercise="capacity-curve"
def capacity_curve(train_x, train_y, valid_x, valid_y, degrees):
    """The training and the validation loss of a polynomial of each degree.

    train_x, train_y: (n, 1), valid_x, valid_y: (m, 1), float64. degrees: a list of ints, in any
    order. The polynomial of a degree, with a constant, is fitted to the training samples by
    least squares. The loss is the mean squared error.
    Returns (train_losses, valid_losses): two lists of Python floats, one for each of degrees.
    """
    train_losses, valid_losses = [], []
    ### BEGIN SOLUTION
    for degree in degrees:
        weights = fit_least_squares(polynomial_features(train_x, degree), train_y)
        of_train = predict(polynomial_features(train_x, degree), weights)  # (n, 1)
        of_valid = predict(polynomial_features(valid_x, degree), weights)  # (m, 1)
        train_losses.append(F.mse_loss(of_train, train_y).item())
        valid_losses.append(F.mse_loss(of_valid, valid_y).item())
    return train_losses, valid_losses
    ### END SOLUTION


# %% [markdown] lang="ko"
# 하루만 보면 우연에 휘둘립니다. *여러분의* 함수로 **200일**을 재고 중앙값을 그립니다. 손실의 눈금은 로그입니다. 점선은 잡음의 분산 $1.5^2 = 2.25$입니다. 진짜 곡선을 그대로 알더라도 처음 보는 측정의 잡음은 맞힐 수 없으니, 어떤 모델의 검증 손실도 평균적으로 이 아래로는 내려갈 수 없습니다.

# %% [markdown] lang="en"
# A single day is at the mercy of chance. Measure **200 days** with *your* function, and draw the medians. The scale of the loss is logarithmic. The dotted line is the variance of the noise, $1.5^2 = 2.25$. Even someone who knows the true curve cannot predict the noise of a new measurement, so on average no model's validation loss can be below it.

# %% tags=["demo"]
def median_day(n, degrees, days):
    """Medians over many days of n + n measurements: training and validation loss by degree."""
    runs = [
        capacity_curve(*measure_day(n, day), *measure_day(n, 1000 + day), degrees)
        for day in range(days)
    ]
    return [
        [median(run[part][k] for run in runs) for k in range(len(degrees))] for part in (0, 1)
    ]


def draw_losses(ax, xs, train_losses, valid_losses):
    """Training and validation loss over xs, on a logarithmic scale."""
    ax.semilogy(xs, train_losses, "o-", color=plots.BLUE, markersize=4, label="train")
    ax.semilogy(xs, valid_losses, "s--", color=plots.ORANGE, markersize=4, label="validation")


degrees = list(range(1, 13))
train_losses, valid_losses = median_day(16, degrees, 200)
best = degrees[valid_losses.index(min(valid_losses))]
figure, (ax,) = plots.axes(1, width=5.6, height=3.0)
draw_losses(ax, degrees, train_losses, valid_losses)
ax.axhline(2.25, color=plots.GREY, linestyle=":", label="variance of the noise")
ax.axvline(best, color=plots.GREEN, linewidth=0.8, label="lowest validation loss")
ax.set_xticks(degrees)
plots.label(ax, "More capacity: train falls for ever, validation turns", "degree", "mean squared error")
ax.legend(fontsize="small")
plt.show()
for degree in (1, best, 12):
    print(f"degree {degree:2d}: train {train_losses[degree - 1]:.2f}, valid {valid_losses[degree - 1]:.2f}")

# %% [markdown] lang="ko"
# 이 장에서 가장 중요한 그림입니다. **훈련 손실은 차수가 늘수록 내려가기만 합니다.** 그러니 훈련 손실로 차수를 고르면 언제나 가장 큰 것이 뽑힙니다. 검증 손실은 내려가다가 돌아섭니다. 돌아서는 자리의 왼쪽이 과소적합(두 곡선이 함께 높음), 오른쪽이 과적합(두 곡선이 벌어짐)입니다.
#
# 훈련 손실이 잡음의 분산보다 *아래로* 내려간 것도 보세요. 잡음을 외웠다는 증거입니다.
#
# ## 5. 데이터를 더 모으면 나아질까요?
#
# 노트는 과적합을 막는 방법으로 셋을 꼽습니다: 더 많은 데이터, 더 적은 특성, 규제. 첫째부터 재어 봅시다. 차수를 1, 7, 12로 고정하고 하루의 측정 수를 16에서 384까지 늘립니다.

# %% [markdown] lang="en"
# This is the most important picture of the chapter. **With the degree, the training loss only ever falls**, so choosing the degree by it always takes the largest. The validation loss falls, and turns. Left of the turn is underfitting (both curves high), right of it overfitting (the curves part).
#
# Note also that the training loss gets *below* the variance of the noise: proof that noise was memorised.
#
# ## 5. Does more data help?
#
# The notes name three remedies for overfitting: more data, fewer features, regularisation. Measure the first. Fix the degree at 1, 7 and 12, and raise the number of measurements a day from 16 to 384.

# %% tags=["demo"]
sizes = [16, 24, 48, 96, 192, 384]
by_size = [median_day(n, [1, 7, 12], 60) for n in sizes]  # (2, 3) losses for each size
figure, grid = plots.axes(3, width=3.1, height=2.9, sharey=True)
for k, (ax, degree) in enumerate(zip(grid, (1, 7, 12))):
    of_train, of_valid = ([losses[part][k] for losses in by_size] for part in (0, 1))
    draw_losses(ax, sizes, of_train, of_valid)
    ax.axhline(2.25, color=plots.GREY, linestyle=":", label="variance of the noise")
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes, [str(n) for n in sizes])
    ax.minorticks_off()
    plots.label(ax, f"degree {degree}", "measurements a day", "")
    print(f"degree {degree:2d}: validation {of_valid[0]:.1f} -> {of_valid[-1]:.1f}, gap {of_valid[-1] - of_train[-1]:.2f}")
grid[0].set_ylabel("mean squared error")
grid[2].legend(fontsize="small")
figure.suptitle("More data closes the gap, and cannot lift a model that is too simple", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 데이터가 늘면 두 곡선이 만납니다. 어디서 만나는지가 다릅니다. 12차는 잡음의 분산 가까이에서 만나니 데이터가 약입니다. 1차는 **높은 곳에서 이미 만나 있어서** 데이터를 스물네 배로 늘려도 그대로입니다. 그래서 처방은 간격을 보고 정합니다.
#
# | 훈련 손실 | 검증 손실 | 병 | 듣는 약 |
# |---|---|---|---|
# | 큼 | 비슷하게 큼 | 과소적합 | 용량을 늘리고, 더 오래 학습시키기 |
# | 작음 | 훨씬 큼 | 과적합 | 데이터, 더 적은 특성, 규제, 조기 종료 |
# | 작음 | 비슷하게 작음 | 없음 | 시험 집합에서 재고 마치기 |
#
# 노트의 둘째 약 "더 적은 특성"은 4절의 그림에서 차수를 낮추는 것입니다. 너무 낮추면 과소적합이 됩니다.
#
# ## 6. 규제: 가중치에 벌점을
#
# 데이터를 더 모을 수 없고 차수도 낮추기 싫다면요? 12차 다항식이 미친 듯이 휘려면 가중치가 커야 합니다. 큰 가중치에 **값을 치르게** 하면 덜 휩니다. 손실에 벌점(penalty)을 더합니다.
#
# $$J = \underbrace{\frac{1}{n}\sum_i (x_i W + b - y_i)^2}_{\text{fit the data}} + \underbrace{\lambda \sum_j W_j^2}_{\text{stay small}}$$
#
# 이렇게 모델을 얌전하게 만드는 일을 규제(regularisation)라 하고, 제곱의 합을 쓰는 이 벌점을 L2 벌점이라고 합니다. $\lambda$(람다)는 벌점의 세기입니다. `lambda`는 파이썬의 예약어라서 코드에서는 `lam`이라고 씁니다.
#
# 편향 $b$에는 벌점을 주지 않습니다. 편향은 곡선을 위아래로 옮길 뿐 휘게 하지 않습니다. 벌점을 주면 기온을 섭씨로 재느냐 절대 온도로 재느냐에 따라 답이 달라집니다.
#
# 기울기는 쉽습니다. $W_j^2$을 미분하면 $2W_j$이므로, 데이터의 기울기에 $2\lambda W$를 더합니다.
#
# ### 여러분 차례: `l2-penalty`

# %% [markdown] lang="en"
# With more data the two curves meet; what differs is where. Degree 12 meets near the variance of the noise, so data is the cure. Degree 1 **has met already, high up**, and stays there with twenty-four times the data. So choose the remedy by the gap.
#
# | training loss | validation loss | illness | what helps |
# |---|---|---|---|
# | large | about as large | underfitting | more capacity, longer training |
# | small | much larger | overfitting | data, fewer features, regularisation, early stopping |
# | small | about as small | none | measure on the test set, and be done |
#
# The notes' second remedy, “fewer features”, is a lower degree in the picture of section 4. Go too low, and you underfit.
#
# ## 6. Regularisation: a penalty on the weights
#
# What if there is no more data to be had, and you would rather not lower the degree? To bend wildly, a polynomial of degree 12 needs large weights. Make large weights **cost something**, and it bends less: add a penalty to the loss.
#
# $$J = \underbrace{\frac{1}{n}\sum_i (x_i W + b - y_i)^2}_{\text{fit the data}} + \underbrace{\lambda \sum_j W_j^2}_{\text{stay small}}$$
#
# Taming a model like this is called regularisation, and this penalty, a sum of squares, is the L2 penalty. $\lambda$ (lambda) says how strong it is. As `lambda` is a keyword of Python, the code says `lam`.
#
# The bias $b$ is not penalised. It moves the curve up and down and does not bend it. If it were, the answer would depend on whether you measure in Celsius or in kelvin.
#
# The gradient is easy: the derivative of $W_j^2$ is $2W_j$, so $2\lambda W$ is added to the gradient of the data.
#
# ### Your turn: `l2-penalty`

# %% exercise="l2-penalty"
def l2_gradients(x, y, W, b, lam):
    """The gradients of J = mean((x W + b - y)^2) + lam * sum(W^2), by hand.

    x: (n, d). y: (n, 1). W: (d, 1). b: (1,). All float tensors of one dtype; they stay as they
    are. lam: a float, at least 0. The bias is not penalised.
    Returns (dW, db): (d, 1) and (1,), of that dtype.
    """
    ### BEGIN SOLUTION
    error = x @ W + b - y  # (n, 1)
    dW = 2 / len(x) * x.T @ error + 2 * lam * W  # (d, 1)
    db = 2 * error.mean(0)  # (1,)
    return dW, db
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### `weight_decay`와 같은 것인가요?
#
# PyTorch의 옵티마이저에는 `weight_decay`라는 손잡이가 있습니다. 데이터의 기울기에 `weight_decay` × 매개변수를 더합니다. 그러니 우리의 $\lambda$와 맞추려면 **두 배**, 곧 `weight_decay=2 * lam`이어야 합니다(벌점을 $\frac{\lambda}{2}\sum W_j^2$이라고 쓰는 책에서는 그대로입니다). 그리고 옵티마이저는 받은 매개변수 *모두*에 적용하므로, 편향을 빼려면 매개변수 묶음(parameter group) 두 개로 나누어 주어야 합니다. 한 걸음을 네 가지로 걸어 *여러분의* 기울기와 견줍니다.

# %% [markdown] lang="en"
# ### Is that `weight_decay`?
#
# PyTorch's optimizers have a knob called `weight_decay`. It adds `weight_decay` times the parameter to the gradient of the data. To match our $\lambda$ it must be **twice** as large, `weight_decay=2 * lam` (in books that write the penalty as $\frac{\lambda}{2}\sum W_j^2$ it is the same). And an optimizer applies it to *all* parameters it is given; to leave out the bias, hand them over in two parameter groups. Take one step in four ways, and compare with *your* gradients.

# %% tags=["demo"]
generator = torch.Generator().manual_seed(2)
x = torch.randn(10, 3, generator=generator, dtype=torch.float64)  # (10, 3)
y = torch.randn(10, 1, generator=generator, dtype=torch.float64)  # (10, 1)
W = torch.randn(3, 1, generator=generator, dtype=torch.float64)  # (3, 1)
b = torch.ones(1, dtype=torch.float64)  # (1,)
lr, lam = 0.1, 0.3


def one_step(decay_W, decay_b):
    """W and b after one step of SGD on the mean squared error, with a weight_decay for each."""
    model = nn.Linear(3, 1, dtype=torch.float64)
    model.load_state_dict({"weight": W.T, "bias": b})
    groups = [
        {"params": [model.weight], "weight_decay": decay_W},
        {"params": [model.bias], "weight_decay": decay_b},
    ]
    optimizer = torch.optim.SGD(groups, lr=lr)
    F.mse_loss(model(x), y).backward()
    optimizer.step()
    return torch.cat([model.weight.detach().T, model.bias.detach()[None]])  # (4, 1)


dW, db = l2_gradients(x, y, W, b, lam)
by_hand = torch.cat([W - lr * dW, (b - lr * db)[None]])  # (4, 1)
for name, decays in (
    ("0", (0, 0)), ("lam", (lam, 0)), ("2 * lam", (2 * lam, 0)), ("2 * lam, bias too", (2 * lam,) * 2),
):  # fmt: skip
    off = (one_step(*decays) - by_hand).abs().max().item()
    print(f"weight_decay = {name:17s}: {'the same step' if off < 1e-12 else f'off by {off:.3f}'}")

# %% [markdown] lang="ko"
# 이름의 뜻도 보입니다. 데이터가 아무 말도 하지 않는 방향(기울기 0)에서 한 걸음은 $W \leftarrow (1 - 2\eta\lambda)W$, 곧 가중치가 매번 조금씩 줄어듭니다. 그래서 가중치 감쇠(weight decay)입니다.
#
# 이제 12차 다항식에 벌점을 주어 봅시다. 열을 표준화하면 모든 열이 같은 자로 재어져 벌점이 공평해집니다(그러지 않으면 $t^{12}$처럼 값이 작은 열은 가중치가 커야 해서 벌점을 더 뭅니다). 기울기를 0으로 놓으면 정규방정식(2장)의 대각선에 $n\lambda$가 더해진 식이 되어, 걷지 않고도 답을 얻습니다.
#
# $$(X^\top X + n\lambda I)\,W = X^\top (y - \bar{y}) \qquad b = \bar{y}$$
#
# $I$는 대각선만 1인 행렬, $\bar{y}$는 $y$의 평균입니다. 표준화한 열은 평균이 0이라 이 평균이 그대로 편향이 됩니다. 이 답이 정말 골짜기인지는 *여러분의* `l2_gradients`가 0인지 보면 압니다.

# %% [markdown] lang="en"
# Now the name makes sense. Along a direction about which the data say nothing (gradient 0), a step is $W \leftarrow (1 - 2\eta\lambda)W$: the weights shrink a little each time. Hence weight decay.
#
# Now penalise the polynomial of degree 12. Standardised columns are all measured with the same ruler, which makes the penalty fair (otherwise a column of small values such as $t^{12}$ needs a larger weight and pays more). Setting the gradient to 0 gives the normal equation (chapter 2) with $n\lambda$ added on its diagonal, so there is an answer without walking.
#
# $$(X^\top X + n\lambda I)\,W = X^\top (y - \bar{y}) \qquad b = \bar{y}$$
#
# $I$ is the matrix with ones on its diagonal and 0 elsewhere, $\bar{y}$ the mean of $y$: standardised columns have mean 0, so the bias is left with just that. Whether this is really the valley, *your* `l2_gradients` can tell: they must be 0 there.

# %% tags=["demo"]
def ridge(features, y, lam):
    """W (d, 1) and b (1,) of least squares with an L2 penalty; the features are standardised."""
    n, d = features.shape
    left = features.T @ features + n * lam * torch.eye(d, dtype=y.dtype)  # (d, d)
    return torch.linalg.solve(left, features.T @ (y - y.mean())), y.mean(0)


def ridge_losses(day, lam, n=16, degree=12):
    """The training and the validation loss of one day, and W and b."""
    (train_t, train_y), (valid_t, valid_y) = measure_day(n, day), measure_day(n, 1000 + day)
    train_z, valid_z = standardise_train_test(
        polynomial_features(train_t, degree), polynomial_features(valid_t, degree)
    )  # (n, degree), (n, degree)
    W, b = ridge(train_z, train_y, lam)
    losses = F.mse_loss(train_z @ W + b, train_y), F.mse_loss(valid_z @ W + b, valid_y)
    return losses[0].item(), losses[1].item(), W, b


train_z, day_z = standardise_train_test(
    polynomial_features(train_t, 12), polynomial_features(whole_day, 12)
)  # (16, 12), (201, 12)
figure, grid = plots.axes(3, width=3.1, height=2.9, sharey=True)
for ax, lam in zip(grid, (1e-6, 1e-3, 1.0)):
    W, b = ridge(train_z, train_y, lam)
    steepest = max(g.abs().max().item() for g in l2_gradients(train_z, train_y, W, b, lam))
    print(f"lam = {lam:g}: gradient 0: {steepest < 1e-6}, length of W: {W.norm():.1f}")
    ax.plot(to_hours(whole_day), true_temperature(whole_day), color=plots.GREY, label="true curve")
    ax.plot(to_hours(whole_day), day_z @ W + b, color=plots.BLUE, label="degree 12")
    ax.plot(to_hours(train_t), train_y, "o", color=plots.BLUE, markersize=4)
    ax.plot(to_hours(valid_t), valid_y, "s", color=plots.ORANGE, markersize=4)
    plots.label(ax, f"lam = {lam:g}", "hour", "")
    ax.set_ylim(-2, 30)
grid[0].set_ylabel("temperature (°C)")
grid[0].legend(fontsize="small", loc="upper left")
figure.suptitle("One degree, three penalties: too weak, good, too strong", fontsize="medium")
plt.show()

# %% tags=["demo"]
lams = [10.0**k for k in range(-8, 2)]
runs = [[ridge_losses(day, lam)[:2] for lam in lams] for day in range(100)]
of_train, of_valid = ([median(run[k][part] for run in runs) for k in range(len(lams))] for part in (0, 1))
figure, (ax,) = plots.axes(1, width=5.4, height=2.8)
draw_losses(ax, lams, of_train, of_valid)
ax.axhline(2.25, color=plots.GREY, linestyle=":", label="variance of the noise")
ax.set_xscale("log")
plots.label(ax, "The penalty is a knob for capacity (median of 100 days)", "lam", "mean squared error")
ax.legend(fontsize="small")
plt.show()
k = of_valid.index(min(of_valid))
print(f"degree 12: no penalty {valid_losses[-1]:.1f}, lam = {lams[k]:g} {of_valid[k]:.1f}; the best degree {min(valid_losses):.1f}")

# %% [markdown] lang="ko"
# 4절의 그림을 좌우로 뒤집은 것 같습니다. 왼쪽(약한 벌점)은 과적합, 오른쪽(센 벌점)은 과소적합입니다. 차수는 하나씩 건너뛰지만 $\lambda$는 부드럽게 돌릴 수 있는 손잡이입니다. 알맞은 $\lambda$를 준 12차는 벌점이 없을 때와는 딴판이고, 가장 좋은 차수를 골랐을 때를 거의 따라잡습니다.
#
# ## 7. 조기 종료: 제때 멈추기
#
# 셋째 손잡이는 *시간*입니다. 환자 60명만으로 로지스틱 회귀를 학습시키고, 100명으로 검증합니다. 특성이 30개나 되니 60명은 외우기 쉽습니다.

# %% [markdown] lang="en"
# It looks like the picture of section 4 in a mirror: overfitting on the left, where the penalty is weak, underfitting on the right. While the degree goes in jumps, $\lambda$ is a knob that turns smoothly. With a good $\lambda$, degree 12 is a different thing from what it was without, and almost as good as the best degree.
#
# ## 7. Early stopping: leaving in time
#
# A third knob is *time*. Train logistic regression on just 60 patients, and validate on 100. With 30 features, 60 patients are easily memorised.

# %%
few, valid, rest = order[:60], order[60:160], order[160:]  # (60,), (100,), (409,)
mu, sigma = cells[few].mean(0), cells[few].std(0, correction=0)  # (30,), (30,)
z = (cells - mu) / sigma  # (569, 30): every row with the ruler of the 60


def loss_curves(lr, epochs):
    """Training and validation loss after each epoch of logistic regression on the 60 patients."""
    W, b = torch.zeros(30, 1), torch.zeros(1)
    curves = [], []
    for _ in range(epochs):
        error = torch.sigmoid(z[few] @ W + b) - malignant[few]  # (60, 1)
        W, b = W - lr * z[few].T @ error / 60, b - lr * error.mean(0)
        for losses, part in zip(curves, (few, valid)):
            loss = F.binary_cross_entropy_with_logits(z[part] @ W + b, malignant[part])
            losses.append(loss.item())
    return curves


few_train_losses, few_valid_losses = loss_curves(1.0, 1000)
lowest_epoch = few_valid_losses.index(min(few_valid_losses))
figure, (ax,) = plots.axes(1, width=5.6, height=2.9)
ax.semilogx(range(1, 1001), few_train_losses, color=plots.BLUE, label="train")
ax.semilogx(range(1, 1001), few_valid_losses, "--", color=plots.ORANGE, label="validation")
ax.plot(lowest_epoch + 1, few_valid_losses[lowest_epoch], "o", color=plots.GREEN, label="lowest")
plots.label(ax, "The training loss goes on falling, validation turns", "epochs", "binary cross entropy")
ax.legend(fontsize="small")
plt.show()
print(f"lowest {min(few_valid_losses):.3f} after {lowest_epoch + 1} epochs, {few_valid_losses[-1]:.3f} after 1000")

# %% [markdown] lang="ko"
# 검증 손실은 일찍 바닥을 찍고 다시 올라갑니다. (처음에 검증이 훈련보다 *낮은* 까닭은 "더 생각해 보기"의 첫 질문에 있습니다.) 오래 학습시킬수록 가중치가 커지고, 모델은 외운 60명에 대해 점점 더 *확신*합니다. 그러다 틀리면 교차 엔트로피가 크게 벌합니다. 바닥에서 멈추면 됩니다. 이것이 조기 종료(early stopping)입니다.
#
# 문제는, 달리는 중에는 지금이 바닥인지 알 수 없다는 것입니다. 곡선은 울퉁불퉁해서 한 번 올랐다고 바로 멈추면 성급합니다. 그래서 가장 좋은 값을 갱신하지 못한 에폭이 **연달아** `patience`번이 되면, 그 에폭에서 멈춥니다. 이 수를 인내심(patience)이라고 합니다. 갱신하면 처음부터 다시 셉니다.
#
# ### 여러분 차례: `early-stopping`

# %% [markdown] lang="en"
# The validation loss reaches its bottom early and rises again. (Why it is *below* the training loss at first is the first of the further questions.) The longer the training, the larger the weights, and the *surer* the model becomes of the 60 it has memorised. When it is then wrong, cross entropy punishes it hard. So stop at the bottom: that is early stopping.
#
# The trouble is that while running you cannot know that this is the bottom. Curves are bumpy, and to stop at the first rise is too hasty. So stop as soon as `patience` epochs **in a row** have not beaten the best so far; this number is called the patience. Whenever the best is beaten, start counting afresh.
#
# ### Your turn: `early-stopping`

# %% exercise="early-stopping"
def early_stopping(valid_losses, patience):
    """Which epoch to keep, and after which one to stop.

    valid_losses: a non-empty list of finite floats, the validation loss of epoch 0, 1, 2, … as
    it would be if nobody stopped. patience: an int, at least 1.
    An epoch is an improvement if its loss is below every one before it (an equal one is none);
    epoch 0 always is. Training stops after the epoch that makes it `patience` epochs in a row
    without an improvement, or else with the last of the list.
    Returns (best, stopped): the number of the epoch with the lowest loss of those that were run,
    and the number of the last epoch that was run, two ints.
    """
    ### BEGIN SOLUTION
    best, waited = 0, 0
    for epoch, loss in enumerate(valid_losses):
        if epoch == 0 or loss < valid_losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            return best, epoch
    return best, len(valid_losses) - 1
    ### END SOLUTION


# %% [markdown] lang="ko"
# *여러분의* 규칙에 위의 곡선과, 일부러 울퉁불퉁하게 만든 곡선을 보여 줍니다. 인내심이 적으면 작은 언덕 앞에서 포기하고, 많으면 헛걸음이 늡니다.

# %% [markdown] lang="en"
# Show *your* rule the curve from above, and one made bumpy on purpose. With little patience it gives up before a small hill; with much, it wastes more steps.

# %% tags=["demo"]
bumpy = [3.0, 2.2, 1.9, 2.0, 2.1, 1.7, 1.4, 1.5, 1.6, 1.55, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9]
figure, (ax,) = plots.axes(1, width=5.4, height=2.7)
ax.plot(bumpy, "-", color=plots.GREY, marker=".", label="validation loss")
for patience, marker, colour in ((1, "v", plots.RED), (3, "s", plots.ORANGE), (5, "o", plots.GREEN)):
    best, stopped = early_stopping(bumpy, patience)
    label = f"patience {patience}: keeps {best}, stops after {stopped}"
    ax.plot(best, bumpy[best], marker, color=colour, markersize=9, label=label)
    ax.axvline(stopped, ymax=0.5, color=colour, linestyle=":", linewidth=1)
ax.set_xticks(range(0, 18, 2))
plots.label(ax, "Patience decides which hills are crossed", "epoch", "validation loss")
ax.legend(fontsize="small")
plt.show()
for patience in (5, 20):
    best, stopped = early_stopping(few_valid_losses, patience)
    print(f"60 patients, patience {patience}: keeps epoch {best}, stops after {stopped} instead of 999")

# %% [markdown] lang="ko"
# ### 함정: 가장 좋은 모델이라더니
#
# 이제 규칙을 학습 반복문에 넣습니다. 아래 코드는 가장 좋았던 순간의 가중치를 `best_state`에 담아 두고, 멈춘 뒤에 돌려줍니다. 흠잡을 데 없어 보이는데, 돌려받은 모델을 다시 재어 봅시다.

# %% [markdown] lang="en"
# ### A trap: the best model, so they say
#
# Now put the rule into the training loop. The code below keeps the weights of the best moment in `best_state` and returns them when it stops. It looks flawless. Measure the model that it returns.

# %%
def broken_training(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    model = nn.Linear(train_x.shape[1], 1, dtype=train_x.dtype)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    best_loss, best_state, waited, valid_losses = math.inf, None, 0, []
    for _ in range(epochs):
        loss = F.binary_cross_entropy_with_logits(model(train_x), train_y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            valid_loss = F.binary_cross_entropy_with_logits(model(valid_x), valid_y).item()
        valid_losses.append(valid_loss)
        if valid_loss < best_loss:
            best_loss, best_state, waited = valid_loss, model.state_dict(), 0
        else:
            waited += 1
        if waited == patience:
            break
    return best_state, valid_losses


def validation_loss(state):
    """The validation loss of the model with these weights: {"weight": (1, 30), "bias": (1,)}."""
    logits = z[valid] @ state["weight"].T + state["bias"]  # (100, 1)
    return F.binary_cross_entropy_with_logits(logits, malignant[valid]).item()


start = {"weight": torch.zeros(1, 30), "bias": torch.zeros(1)}
patients = z[few], malignant[few], z[valid], malignant[valid]
state, history = broken_training(start, *patients, lr=1.0, epochs=1000, patience=200)
print(f"the lowest loss of the run: {min(history):.3f}, its last: {history[-1]:.3f}")
print(f"the model that it returned: {validation_loss(state):.3f}")

# %% [markdown] lang="ko"
# 돌려받은 것은 가장 좋은 모델이 아니라 **마지막** 모델입니다. 오류도 경고도 없습니다. `state_dict()`는 가중치를 베껴 주지 않습니다. 모델이 쓰는 바로 그 텐서들을 가리키는 사전을 줍니다. 1장의 별명(alias)입니다. 옵티마이저는 텐서를 *제자리에서* 고치므로, `best_state` 안의 값도 함께 흘러갑니다.
#
# ### 여러분 차례: `keep-the-best`
#
# `broken_training`의 몸통을 옮겨 와서 고치세요. 가장 좋았던 순간의 **사본**을 남겨야 합니다.

# %% [markdown] lang="en"
# It returned not the best model but the **last** one, without an error or a warning. `state_dict()` does not copy the weights. It gives a dictionary that points to the very tensors the model uses: an alias, as in chapter 1. The optimizer changes tensors *in place*, so the values inside `best_state` drift along.
#
# ### Your turn: `keep-the-best`
#
# Take over the body of `broken_training` and mend it. What you keep of the best moment must be a **copy**.

# %% exercise="keep-the-best"
def train_early(start, train_x, train_y, valid_x, valid_y, lr, epochs, patience):
    """Trains an nn.Linear(d, 1) by full-batch gradient descent, with early stopping.

    The loss is the binary cross entropy of the logits, F.binary_cross_entropy_with_logits.
    start: the state_dict to start from, {"weight": (1, d), "bias": (1,)}; it stays as it is.
    train_x: (n, d), train_y: (n, 1), valid_x: (m, d), valid_y: (m, 1). All of one float dtype.
    lr: a float. epochs, patience: ints, at least 1. An epoch is one update on the training
    samples, then the validation loss is measured. Training ends after `epochs` epochs, or after
    `patience` epochs in a row whose validation loss is not below the lowest before them.
    Returns (state, valid_losses): the state_dict, a dictionary as start is, right after the
    epoch with the lowest validation loss; and the list of the validation losses of all epochs
    that were run, Python floats.
    """
    model = nn.Linear(train_x.shape[1], 1, dtype=train_x.dtype)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    ### BEGIN SOLUTION
    best_loss, best_state, waited, valid_losses = math.inf, None, 0, []
    for _ in range(epochs):
        loss = F.binary_cross_entropy_with_logits(model(train_x), train_y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            valid_loss = F.binary_cross_entropy_with_logits(model(valid_x), valid_y).item()
        valid_losses.append(valid_loss)
        if valid_loss < best_loss:
            best_loss, waited = valid_loss, 0
            best_state = {name: value.clone() for name, value in model.state_dict().items()}
        else:
            waited += 1
        if waited == patience:
            break
    return best_state, valid_losses
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 실행을 다시 하고, 시드를 바꾸어 가며 환자 60명을 스무 번 새로 뽑아 봅니다. 이번에는 한 번도 쓰지 않은 나머지 409명(시험 집합)에서 잽니다. 일찍 멈춘 모델과 끝까지 간 모델의 교차 엔트로피입니다.

# %% [markdown] lang="en"
# Run the same again, and then draw 60 new patients twenty times, with other seeds. This time measure on the other 409 (the test set), which were never used: the cross entropy of the model that stopped early, and of the one that went on to the end.

# %% tags=["demo"]
state, history = train_early(start, *patients, lr=1.0, epochs=1000, patience=200)
print(f"lowest loss of the run {min(history):.3f}, of the returned model {validation_loss(state):.3f}")

early, late = [], []
for seed in range(20):
    order = torch.randperm(569, generator=torch.Generator().manual_seed(seed))  # (569,)
    parts = order[:60], order[60:160], order[160:]
    _, scaled = standardise_train_test(cells[parts[0]], cells)  # (569, 30)
    (x, y), (vx, vy), (tx, ty) = ((scaled[part], malignant[part]) for part in parts)
    state, _ = train_early(start, x, y, vx, vy, 1.0, 1000, patience=20)
    W, b, _ = train_logistic(x, y, 1.0, 1000)  # the same descent, to its end
    for losses, logits in (
        (early, tx @ state["weight"].T + state["bias"]), (late, tx @ W + b),
    ):  # fmt: skip
        losses.append(F.binary_cross_entropy_with_logits(logits, ty).item())  # of (409, 1)
wins = sum(a < b for a, b in zip(early, late))
print(f"test loss, median of 20: stopped early {median(early):.3f}, to the end {median(late):.3f}")
print(f"stopping early was better in {wins} of 20 draws")

# %% [markdown] lang="ko"
# 이제 돌려받은 모델이 약속한 모델입니다. 그리고 스무 번 모두, 또는 거의 모두(프로세서에 따라 조금 다릅니다) 일찍 멈춘 쪽이 낫습니다.
#
# ## 8. 학습률을 검증으로 고르기
#
# 학습률, 차수, $\lambda$, 인내심처럼 학습이 정해 주지 않아서 우리가 골라야 하는 수를 하이퍼파라미터(hyperparameter)라고 합니다. 고르는 법은 모두 같습니다. **후보마다 훈련 집합으로 학습시키고, 검증 집합에서 잰 손실이 가장 작은 것을 고릅니다.** 학습률에 해 봅시다. 너무 큰 학습률은 NaN(수가 아님, 0/0이나 $\infty - \infty$의 결과)을 낼 수도 있는데, 여기에 파이썬의 함정이 하나 있습니다.

# %% [markdown] lang="en"
# Now the model you get is the one you were promised. And in all twenty draws, or nearly all (it depends a little on the processor), stopping early is better.
#
# ## 8. Choosing the learning rate by validation
#
# Numbers that training does not find, so that we have to choose them, such as the learning rate, the degree, $\lambda$ or the patience, are called hyperparameters. All are chosen in the same way: **train every candidate on the training set, and take the one with the lowest loss on the validation set.** Do it for the learning rate. A rate that is far too large may give NaN (not a number: what becomes of 0/0 or $\infty - \infty$), and here Python has a trap.

# %%
nan = float("nan")
print("min([nan, 0.3, 0.2]) =", min([nan, 0.3, 0.2]), "and min([0.3, 0.2, nan]) =", min([0.3, 0.2, nan]))
print("torch.tensor([0.3, nan, 0.2]).argmin() =", torch.tensor([0.3, nan, 0.2]).argmin().item())

# %% [markdown] lang="ko"
# NaN과의 크기 비교는 무엇이든 거짓이라, NaN이 맨 앞에 있으면 `min`은 그것을 붙들고 놓지 않습니다. `argmin`은 한술 더 떠서, NaN이 어디에 있든 그 자리를 고르도록 되어 있습니다. **발산한 학습률이 1등이 됩니다.** 그래서 NaN은 무한대로 바꾸어 적습니다.
#
# ### 여러분 차례: `lr-sweep`
#
# 학습은 1절의 `train_logistic`에 맡기세요.

# %% [markdown] lang="en"
# Whether a number is smaller or larger than NaN, the answer is always false; so `min` clings to a NaN that comes first. And `argmin` is made to take the NaN's place wherever it stands. **The rate that blew up wins.** So write down infinity where the loss is NaN.
#
# ### Your turn: `lr-sweep`
#
# Leave the training to `train_logistic` of section 1.

# %% exercise="lr-sweep"
def lr_sweep(train_x, train_y, valid_x, valid_y, lrs, epochs):
    """Tries learning rates for logistic regression, and picks one by the validation loss.

    train_x: (n, d), train_y: (n, 1), valid_x: (m, d), valid_y: (m, 1), float tensors of one
    dtype. lrs: a non-empty list of floats, in any order. epochs: an int.
    Each rate trains anew with train_logistic(train_x, train_y, lr, epochs). Then the loss,
    F.binary_cross_entropy_with_logits, is measured on the validation samples; where it is NaN,
    math.inf stands in its place. At least one rate has a finite loss.
    Returns (best_lr, valid_losses): the rate with the lowest validation loss (the first of equal
    ones), a float; and the list of the losses, a Python float for each rate, in the order of lrs.
    """
    ### BEGIN SOLUTION
    valid_losses = []
    for lr in lrs:
        W, b, _ = train_logistic(train_x, train_y, lr, epochs)
        logits = valid_x @ W + b  # (m, 1)
        loss = F.binary_cross_entropy_with_logits(logits, valid_y).item()
        valid_losses.append(math.inf if math.isnan(loss) else loss)
    best = valid_losses.index(min(valid_losses))
    return lrs[best], valid_losses
    ### END SOLUTION


# %% [markdown] lang="ko"
# 학습률을 세 배쯤씩 키워 가며, 그때마다 환자 60명으로 200에폭을 학습시킵니다. 학습률은 0.1, 0.2, 0.3처럼 더해 가지 말고 곱해 가며 훑으세요. 손실 곡선의 모양을 바꾸는 것은 차이가 아니라 배수입니다.

# %% [markdown] lang="en"
# Train on the 60 patients for 200 epochs with one rate after another. Go through learning rates by factors, such as three, not by sums like 0.1, 0.2, 0.3: what changes the shape of a loss curve is the factor.

# %% tags=["demo"]
lrs = [10 ** (k / 2) for k in range(-8, 5)]  # 0.0001 to 100, by factors of about 3
best_lr, swept = lr_sweep(*patients, lrs, 200)
of_train = lr_sweep(z[few], malignant[few], z[few], malignant[few], lrs, 200)[1]
figure, (ax,) = plots.axes(1, width=5.4, height=2.9)
draw_losses(ax, lrs, of_train, swept)
ax.set_xscale("log")
ax.axvline(best_lr, color=plots.GREEN, linewidth=0.8, label="lowest validation loss")
plots.label(ax, "Train and validation choose different rates", "learning rate", "loss after 200 epochs")
ax.legend(fontsize="small")
plt.show()
by_train = lrs[of_train.index(min(of_train))]
W, b, _ = train_logistic(z[few], malignant[few], best_lr, 200)
accuracy = ((z[rest] @ W + b > 0) == malignant[rest].bool()).float().mean().item()
print(f"by validation: lr = {best_lr:.2g}; by training loss: lr = {by_train:.2g}")
print(f"accuracy on the 409 patients who had no say in the choice: {accuracy:.3f}")

# %% [markdown] lang="ko"
# 또 같은 모양의 곡선입니다. 훈련 손실은 더 큰 학습률을, 검증 손실은 그보다 작은 학습률을 고릅니다. 같은 에폭 수에서 작은 학습률은 일찍 멈춘 것과 비슷하게 가중치를 작게 남기기 때문입니다. 용량, 벌점, 시간, 학습률이 모두 같은 손잡이의 다른 얼굴입니다.
#
# ### 고른 뒤의 검증 손실은 왜 믿을 수 없나요?
#
# 마지막으로, 왜 시험 집합이 따로 있어야 하는지 재어 봅시다. 하루에 측정 24개로 1차부터 12차까지 맞추고, 검증용 측정 12개로 차수를 고릅니다. 고른 모델의 *검증* 손실과, 새 측정 500개에서 잰 *시험* 손실을 200일에 걸쳐 견줍니다.

# %% [markdown] lang="en"
# The same shape once more. The training loss chooses a large rate, the validation loss a smaller one: with as many epochs, a smaller rate leaves the weights small, much as stopping early does. Capacity, penalty, time and rate are one and the same knob.
#
# ### Why not trust the validation loss after choosing?
#
# Finally, measure why there must be a test set as well. Fit degrees 1 to 12 to 24 measurements of a day, and choose the degree with 12 measurements for validation. Compare the *validation* loss of the chosen model with its *test* loss on 500 new measurements, over 200 days.

# %% tags=["demo"]
chosen_valid, chosen_test = [], []
for day in range(200):
    parts = measure_day(24, day), measure_day(12, 1000 + day), measure_day(500, 2000 + day)
    of_valid = capacity_curve(*parts[0], *parts[1], degrees)[1]
    of_test = capacity_curve(*parts[0], *parts[2], degrees)[1]
    k = of_valid.index(min(of_valid))
    chosen_valid.append(of_valid[k])
    chosen_test.append(of_test[k])
rosy = sum(v < t for v, t in zip(chosen_valid, chosen_test))
print(f"median of 200 days: validation {median(chosen_valid):.2f}, test {median(chosen_test):.2f}")
print(f"the validation loss was the rosier one on {rosy} of 200 days")

# %% [markdown] lang="ko"
# 열두 후보 가운데 1등을 뽑으면 실력뿐 아니라 *운*도 뽑힙니다. 그 열두 측정에서 우연히 잘 맞은 후보가 이기므로, 1등의 검증 손실은 실제보다 좋아 보입니다. 그래서 고르는 데에 쓴 집합으로는 성적을 발표하지 않습니다. 시험 집합에서 **한 번** 잽니다. 시험 손실을 보고 다시 고르면 그것은 이제 검증 집합입니다.
#
# ## 정리
#
# - 학습률: 너무 작으면 줄지 않고, 한계 가까이에서는 건너뛰며 내려가고, 넘으면 발산하거나(이차함수) 출렁입니다(로지스틱 회귀). 미니배치에서는 나중에 줄이면 더 내려갑니다.
# - $\mu$는 평균, $\sigma$는 표준편차. 자는 훈련 집합에서 만들고, 검증, 시험, 쓰임새 모두에 같은 자를 씁니다.
# - 훈련 손실은 용량이 늘면 내려가기만 합니다. 검증 손실과의 **간격**을 보고 약을 고릅니다. 데이터는 간격을 좁힐 뿐, 너무 단순한 모델을 살리지 못합니다.
# - $\lambda \sum W_j^2$의 기울기는 $2\lambda W$이고, `weight_decay=2 * lam`과 같습니다. 편향은 뺍니다.
# - 조기 종료는 가장 좋았던 순간의 *사본*을 돌려줍니다. `state_dict()`는 사본이 아닙니다.
# - 하이퍼파라미터는 검증 집합으로 고르고, 성적은 시험 집합에서 한 번 잽니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 검증 손실이 훈련 손실보다 작을 수도 있나요?</summary>
#
# 있습니다. 검증 집합에 우연히 쉬운 표본이 모였거나, 훈련 손실은 에폭 *도중의* 평균이고 검증 손실은 에폭이 *끝난 뒤에* 잰 것이거나(5장), 훈련 때만 어렵게 만드는 장치(14장의 Dropout)가 있을 때 그렇습니다. 언제나 그렇다면 누출도 의심하세요.
# </details>
#
# <details><summary>2. 측정이 16개인데 15차 다항식을 맞추면 훈련 손실은 얼마인가요?</summary>
#
# 0입니다(반올림 오차를 빼면). 편향까지 매개변수가 16개라, 시각이 서로 다른 점 16개를 모두 지날 수 있습니다. 정답을 뒤섞은 데이터라도 0이 됩니다. 훈련 손실 0은 배웠다는 증거가 아닙니다.
# </details>
#
# <details><summary>3. 표준화는 나누기 전에 하고, 다항식 특성은 언제 만드나요?</summary>
#
# 앞의 절반이 틀렸습니다. 먼저 나누고, 훈련 집합의 수로 표준화합니다(2절). 거듭제곱은 표본마다 따로 계산할 뿐 다른 표본에서 아무 수도 가져오지 않으므로 언제 만들어도 새지 않습니다. 다만 거듭제곱을 만든 *뒤에* 열마다 표준화해야 $t$와 $t^{12}$의 크기가 같아집니다.
# </details>
#
# <details><summary>4. Adam에서도 weight_decay는 L2 벌점과 같은가요?</summary>
#
# 같지 않습니다. SGD에서는 기울기에 $2\lambda W$를 더하는 것과 가중치를 직접 줄이는 것이 같지만, Adam은 기울기를 그 크기로 나누므로(12장) 벌점도 함께 나누어져 약해집니다. 그래서 줄이는 일을 따로 하는 `AdamW`가 나왔습니다(Loshchilov와 Hutter, 2019).
# </details>
#
# <details><summary>5. 데이터가 너무 적어서 검증 집합을 떼어 내기 아까우면 어떻게 하나요?</summary>
#
# 교차 검증(cross validation)을 씁니다. 데이터를 다섯 토막으로 나누어, 한 토막씩 번갈아 검증에 쓰고 나머지 넷으로 학습시켜 다섯 손실을 평균 냅니다. 다섯 배 오래 걸리지만 모든 표본이 한 번씩 검증에 쓰입니다. 표준화도 다섯 번, 매번 그때의 훈련 토막에서만 합니다.
# </details>

# %% [markdown] lang="en"
# Take the best of twelve candidates, and you select *luck* along with skill: the winner is one that happened to suit these twelve measurements, so its validation loss looks better than it is. That is why a result is never reported on the set used to choose. Measure on the test set, **once**. If you look at the test loss and choose again, it has become a validation set.
#
# ## Summary
#
# - Learning rate: too small, and nothing falls; near the limit it falls in leaps; past it, it diverges (quadratic) or swings (logistic regression). With minibatches, lowering it later gets you deeper.
# - $\mu$ is the mean, $\sigma$ the standard deviation. The ruler is made from the training set, and the same one measures validation, test and real use.
# - With capacity, the training loss only falls. Choose the remedy by the **gap** to the validation loss. Data narrows the gap; it does not save a model that is too simple.
# - The gradient of $\lambda \sum W_j^2$ is $2\lambda W$, the same as `weight_decay=2 * lam`. Leave out the bias.
# - Early stopping returns a *copy* of the best moment. `state_dict()` is not a copy.
# - Choose hyperparameters with the validation set; measure the result on the test set, once.
#
# ## Further questions
#
# <details><summary>1. Can the validation loss be below the training loss?</summary>
#
# Yes: if easy samples happened to get into the validation set; if the training loss is a mean taken *during* the epoch and the validation loss is measured *after* it (chapter 5); or if something makes training harder (Dropout, chapter 14). If it is always so, suspect a leak, too.
# </details>
#
# <details><summary>2. There are 16 measurements. What is the training loss of a polynomial of degree 15?</summary>
#
# 0 (but for round-off). With the bias it has 16 parameters, so it can pass through 16 points at different times. Even with shuffled answers it would be 0. A training loss of 0 is no proof of learning.
# </details>
#
# <details><summary>3. Standardise before the split; but when to make polynomial features?</summary>
#
# The first half is wrong: split first, then standardise with the training set's numbers (section 2). Powers are computed for each sample by itself and take no number from other samples, so they do not leak whenever they are made. But standardise each column *after* making the powers, so that $t$ and $t^{12}$ have the same size.
# </details>
#
# <details><summary>4. Is weight_decay the same as an L2 penalty in Adam, too?</summary>
#
# No. In SGD, adding $2\lambda W$ to the gradient and shrinking the weights directly are the same. But Adam divides gradients by their size (chapter 12), and divides the penalty along with them, which weakens it. Hence `AdamW`, which shrinks separately (Loshchilov and Hutter, 2019).
# </details>
#
# <details><summary>5. What if there are too few data to set a validation set apart?</summary>
#
# Use cross validation. Cut the data into five parts; let each in turn validate while the other four train, and average the five losses. It takes five times as long, but each sample validates once. Standardise five times as well, each time with the parts that train.
# </details>
