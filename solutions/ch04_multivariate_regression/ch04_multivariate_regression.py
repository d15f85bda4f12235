# ---
# jupyter:
#   course:
#     ko: 여러 입력, 하나의 모듈
#     en: Many inputs, one module
#     minutes: 75
# ---

# %% [markdown] lang="ko"
# # 4장. 여러 입력, 하나의 모듈
#
# **누구를 위한 장인가요?** 입력이 하나인 직선은 맞춰 보았고, 이제 입력이 여럿일 때 무엇이 달라지는지, `nn.Module`은 왜 쓰는지, 멀쩡해 보이는 코드가 왜 전혀 배우지 못하는지 알고 싶은 사람.
#
# **걸리는 시간** 약 75분 · **먼저 알아야 할 것** 텐서와 모양, 브로드캐스팅, 행렬 곱(1장), 선형 회귀와 옵티마이저(2장), 손으로 구한 기울기, 학습률의 한계 $2/L$과 곡률(3장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 입력이 몇 개든 예측과 그 기울기를 행렬 곱으로 쓸 수 있습니다.
# - `nn.Module`을 직접 만들고, 그 안의 장부에 무엇이 어떻게 오르는지 설명할 수 있습니다.
# - 오류 없이 조용히 배우지 않는 학습 코드를 찾아내고 고칠 수 있습니다.
# - 학습률을 왜 `1e-5`처럼 작게 잡아야 했는지 계산하고, 표준화(standardisation)로 그 까닭을 없앨 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 4. Many inputs, one module
#
# **Who is this for?** You have fitted a line to one input. Now you want to know what changes with several, what `nn.Module` is good for, and how code that looks fine can learn nothing at all.
#
# **Time** about 75 minutes · **You need** tensors, shapes, broadcasting and matrix products (chapter 1), linear regression and optimizers (chapter 2), gradients by hand, the limit $2/L$ of the learning rate and curvature (chapter 3)
#
# **Afterwards you can**
#
# - write a prediction and its gradients as matrix products, for any number of inputs,
# - build an `nn.Module` and say what enters its register, and how,
# - find and mend training code that silently learns nothing,
# - calculate why the learning rate had to be as small as `1e-5`, and remove the cause by standardising.

# %%
import math

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import FancyBboxPatch
from torch import nn
from torch.nn import functional as F

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch04_multivariate_regression", "ko")

# %% lang="en"
open_chapter("ch04_multivariate_regression", "en")

# %% [markdown] lang="ko"
# ## 1. 시험 세 번, 최종 점수 하나
#
# 학생 다섯 명이 시험을 세 번 보았고(각 100점 만점), 학기 끝에 최종 점수를 받았습니다(200점 만점). 시험에서 80점, 85점, 82점을 받은 여섯 번째 학생의 최종 점수는 몇 점쯤일까요?

# %% [markdown] lang="en"
# ## 1. Three exams, one final score
#
# Five students took three exams (100 points each) and got a final score at the end of term (200 points). A sixth student has 80, 85 and 82 in the exams. What final score would you expect?

# %%
students = [[73.0, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]]
marks = torch.tensor(students)  # (5, 3)
scores = torch.tensor([[152.0], [185], [180], [196], [142]])  # (5, 1)

figure, grid = plots.axes(3, width=2.6, height=2.5, sharey=True)
for j, ax in enumerate(grid):
    ax.plot(marks[:, j], scores, "o", color=plots.BLUE)
    plots.label(ax, "", f"exam {j + 1}", "final score" if j == 0 else "")
figure.suptitle("Every exam goes with the final score; none tells all of it", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 시험 하나만 보고도 짐작은 할 수 있지만, 점들이 정확히 직선 위에 있지는 않습니다. 셋을 함께 쓰면 더 잘 맞힐 수 있을 것입니다. 표 한 줄이 표본(sample) 하나, 곧 학생 한 명이고, 표 한 열이 특성(feature) 하나, 곧 시험 하나입니다. 이 장에서 **N**은 표본의 수, **D**는 특성의 수입니다. 여기서는 N = 5, D = 3입니다.
#
# ## 2. 곱해서 더하기를 한 번에
#
# 2장의 직선 $Wx + b$를 그대로 넓힙니다. 시험마다 가중치(weight)를 하나씩 두고, 점수에 곱해서 모두 더한 다음, 편향(bias) $b$를 더합니다. 이 식이 2장의 가설이고, 가설에 학생 한 명의 점수를 넣어 나온 값을 예측(prediction)이라고 하며 $\hat{y}$로 씁니다.
#
# $$\hat{y} = x_1 w_1 + x_2 w_2 + x_3 w_3 + b$$
#
# 학생이 다섯이면 이 식도 다섯 개입니다. 시험이 백 번이면 항도 백 개입니다. 그런데 곱해서 모두 더하는 일은 1장의 행렬 곱(matrix product)이 하는 일입니다. 그래서 학생과 시험이 몇이든 식은 하나입니다.

# %% [markdown] lang="en"
# One exam alone gives you an idea, but the points do not lie exactly on a line; the three together should do better. A row of the table is one sample, a student; a column is one feature, an exam. In this chapter **N** is the number of samples and **D** that of features: here N = 5 and D = 3.
#
# ## 2. Multiply and add, all at once
#
# We widen the line $Wx + b$ of chapter 2: one weight for each exam, multiply it by the mark, add everything up, and add the bias $b$. This formula is the hypothesis of chapter 2; what it gives for the marks of one student is a prediction, $\hat{y}$.
#
# $$\hat{y} = x_1 w_1 + x_2 w_2 + x_3 w_3 + b$$
#
# Five students make five such formulas; a hundred exams make a hundred terms. But to multiply and add everything up is just what the matrix product of chapter 1 does. So it is one formula, however many students and exams there are.

# %%
def number_cells(ax, rows, columns):
    """Numbers rows and columns from 1, as the text does; a single column needs no number."""
    ax.set_xticks(range(columns), range(1, columns + 1) if columns > 1 else [""])
    ax.set_yticks(range(rows), range(1, rows + 1))


guess_W, guess_b = torch.tensor([[0.5], [0.5], [1.0]]), torch.tensor([0.0])  # (3, 1), (1,)
by_sums = [[sum(x * w for x, w in zip(row, guess_W[:, 0]))] for row in marks]

figure, grid = plots.axes(3, width=2.0, height=2.6, width_ratios=[3, 1.3, 1.3])
parts = [marks, guess_W, torch.tensor(by_sums)]
for ax, values, title in zip(grid, parts, ("x: (5, 3)", "@ W: (3, 1)", "= (5, 1)")):
    plots.heatmap(ax, values, numbers=True, cmap="Blues", vmin=0, vmax=400)
    number_cells(ax, *values.shape)
    ax.set_title(title)
plots.label(grid[0], "x: (5, 3)", "exam", "student")
figure.suptitle("Each row of x meets the column W: one number for each student", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 그림의 `W`는 눈대중으로 고른 것입니다. 시험 1과 2는 반씩, 시험 3은 그대로. 첫째 학생은 $73 \cdot 0.5 + 80 \cdot 0.5 + 75 \cdot 1 = 151.5$점입니다(실제로는 152점).
#
# 모양으로 쓰면 (N, D) @ (D, 1) = (N, 1)이고, 거기에 (1,)인 `b`가 브로드캐스팅되어 모든 줄에 더해집니다.
#
# $$\hat{y} = xW + b$$
#
# ### 여러분 차례: `predict`
#
# 결과의 모양은 (N,)이 아니라 **(N, 1)** 입니다. 정답 `y`도 (N, 1)이므로 둘을 빼면 (N, 1)입니다. 만약 한쪽이 (N,)이면 어떻게 될까요? 1장의 브로드캐스팅 규칙대로 (N, N)이 됩니다. 오류도 나지 않습니다.

# %% [markdown] lang="en"
# The `W` of the picture was chosen by eye: half of exams 1 and 2, all of exam 3. That gives the first student $73 \cdot 0.5 + 80 \cdot 0.5 + 75 \cdot 1 = 151.5$ (the real score is 152).
#
# In shapes it is (N, D) @ (D, 1) = (N, 1); then `b`, which is (1,), is broadcast and added to every row.
#
# $$\hat{y} = xW + b$$
#
# ### Your turn: `predict`
#
# The result's shape is **(N, 1)**, not (N,). The right answers `y` are (N, 1) as well, so their difference is (N, 1). And if one of the two were (N,)? By the broadcasting rule of chapter 1 it would be (N, N), without any error.

# %% exercise="predict"
def predict(x, W, b):
    """The predictions x W + b of a linear model.

    x: (N, D), a row for each sample. W: (D, 1). b: (1,). All float tensors of one dtype.
    Returns (N, 1), of that dtype.
    """
    ### BEGIN SOLUTION
    return x @ W + b  # (N, D) @ (D, 1) + (1,) = (N, 1)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 눈대중이 얼마나 맞는지 평균 제곱 오차로 재고, 여섯 번째 학생의 점수도 예측해 봅시다. `torch.nn.functional`(흔히 `F`라고 줄여 씁니다)의 `F.mse_loss`가 2장에서 손으로 쓴 평균 제곱 오차를 한 번에 구해 줍니다. 아래의 손실(loss) 1.95를 기억해 두세요. 곧 우리가 이겨야 할 수입니다.

# %% [markdown] lang="en"
# Let us measure the guess by its mean squared error, and predict the sixth student. The mean squared error that chapter 2 wrote by hand comes ready as `F.mse_loss`, in `torch.nn.functional`, which everybody shortens to `F`. Remember the loss, 1.95: it is what we will have to beat.

# %% tags=["demo"]
guessed = predict(marks, guess_W, guess_b)  # (5, 1)
for k in range(5):
    print(f"student {k + 1}: predicted {guessed[k].item():.1f}, real {scores[k].item():.0f}")
print(f"loss of the guess: {F.mse_loss(guessed, scores).item():.2f}")
print("the sixth student:", predict(torch.tensor([[80.0, 85.0, 82.0]]), guess_W, guess_b).item())

# %% [markdown] lang="ko"
# ## 3. 기울기도 행렬 곱으로
#
# 3장에서는 특성이 하나일 때 $\frac{\partial J}{\partial W} = \frac{2}{n}\sum_i e_i x_i$를 유도했습니다. $e_i$는 표본 $i$의 오차입니다. 특성이 여럿이면 어떻게 될까요? 가중치 $w_j$는 자기 특성 $x_{ij}$하고만 곱해지므로, 안쪽 미분이 $x_{ij}$가 될 뿐입니다.
#
# $$e = xW + b - y \qquad \frac{\partial J}{\partial w_j} = \frac{2}{N}\sum_{i=1}^{N} x_{ij}\,e_i \qquad \frac{\partial J}{\partial b} = \frac{2}{N}\sum_{i=1}^{N} e_i$$
#
# 특성 $j$의 기울기는 **표의 $j$번째 열과 오차의 열을 곱해서 더한 것**입니다. 이 일을 모든 열에 한꺼번에 하려면 표를 옆으로 눕혀, 곧 전치(transpose)해서 $x^\top$로 만들어 오차에 곱하면 됩니다. 눈대중의 오차로 그려 보면 이렇습니다.

# %% [markdown] lang="en"
# ## 3. Gradients as matrix products, too
#
# With a single feature, chapter 3 found $\frac{\partial J}{\partial W} = \frac{2}{n}\sum_i e_i x_i$, where $e_i$ is the error of sample $i$. And with several? The weight $w_j$ is multiplied by its own feature $x_{ij}$ only, so nothing changes but the inner derivative: it is $x_{ij}$.
#
# $$e = xW + b - y \qquad \frac{\partial J}{\partial w_j} = \frac{2}{N}\sum_{i=1}^{N} x_{ij}\,e_i \qquad \frac{\partial J}{\partial b} = \frac{2}{N}\sum_{i=1}^{N} e_i$$
#
# The slope for feature $j$ is **column $j$ of the table times the column of errors, added up**. To do this for all columns at once, lay the table on its side (its transpose, $x^\top$) and multiply it by the errors. Here it is with the errors of the guess.

# %%
errors = marks @ guess_W + guess_b - scores  # (5, 1)
figure, grid = plots.axes(3, width=2.2, height=2.7, width_ratios=[5, 1.6, 1.8])
titles = ("x.T: (3, 5)", "@ e: (5, 1)", "= (3, 1)")
for ax, values, title in zip(grid, (marks.T, errors, marks.T @ errors), titles):
    top = 2 * values.abs().max()  # red above 0, blue below
    plots.heatmap(ax, values, numbers=True, cmap="RdBu_r", vmin=-top, vmax=top)
    number_cells(ax, *values.shape)
    ax.set_title(title)
plots.label(grid[0], titles[0], "student", "exam")
figure.suptitle("Each exam's row meets the errors: one slope for each weight", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 셋 다 음수라는 것은 세 가중치를 모두 조금씩 키우면 손실이 줄어든다는 뜻입니다. 여기에 $2/N$을 곱하면 기울기입니다.
#
# $$\frac{\partial J}{\partial W} = \frac{2}{N}\,x^\top e$$
#
# ### 여러분 차례: `mse-gradients`
#
# 기울기의 모양은 언제나 매개변수(parameter)의 모양과 같습니다. `dW`는 `W`처럼 (D, 1), `db`는 `b`처럼 (1,)이어야 합니다. 모양부터 맞추어 보세요: (D, N) @ (N, 1).

# %% [markdown] lang="en"
# All three are negative: let any of the weights grow a little, and the loss goes down. Times $2/N$, this is the gradient.
#
# $$\frac{\partial J}{\partial W} = \frac{2}{N}\,x^\top e$$
#
# ### Your turn: `mse-gradients`
#
# A gradient always has the shape of its parameter: `dW` is (D, 1) like `W`, and `db` is (1,) like `b`. Begin with the shapes: (D, N) @ (N, 1).

# %% exercise="mse-gradients"
def mse_gradients(x, y, W, b):
    """The gradients of J(W, b) = mean((x W + b - y)^2), by hand.

    x: (N, D). y: (N, 1). W: (D, 1). b: (1,). All float tensors of one dtype.
    Returns (dW, db): (D, 1) and (1,), of that dtype. Leaves its arguments as they are.
    """
    ### BEGIN SOLUTION
    error = x @ W + b - y  # (N, 1)
    dW = 2 / len(x) * x.T @ error  # (D, N) @ (N, 1) = (D, 1)
    db = 2 * error.mean(0)  # (1,)
    return dW, db
    ### END SOLUTION


# %% [markdown] lang="ko"
# 자동 미분과 견주어 보고, 여러분의 기울기로 `W`와 `b`를 0에서 출발시켜 스무 걸음 걷게 합니다. 학습률은 이 장의 바탕이 된 학습 노트가 쓰는 `1e-5`입니다. 그리고 그 열 배로도 해 봅니다.

# %% [markdown] lang="en"
# Compare with autograd. Then let your gradients take `W` and `b` twenty steps from 0, with the learning rate of the study notes this course grew from, `1e-5`; and then with ten times that.

# %% tags=["demo"]
zero_W, zero_b = torch.zeros(3, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
cost = F.mse_loss(marks @ zero_W + zero_b, scores)  # ()
by_autograd = torch.autograd.grad(cost, (zero_W, zero_b))
by_hand = mse_gradients(marks, scores, zero_W.detach(), zero_b.detach())
for name, mine, theirs in zip(("dW", "db"), by_hand, by_autograd):
    numbers = ", ".join(f"{value:.0f}" for value in mine.flatten().tolist())
    print(f"{name} at 0: {numbers}; equal to autograd's: {torch.allclose(mine, theirs)}")

for lr in (1e-5, 1e-4):
    at_W, at_b = torch.zeros(3, 1), torch.zeros(1)
    for _ in range(20):
        dW, db = mse_gradients(marks, scores, at_W, at_b)
        at_W, at_b = at_W - lr * dW, at_b - lr * db
    cost = F.mse_loss(marks @ at_W + at_b, scores)  # ()
    print(f"lr = {lr:.0e}: loss after 20 steps = {cost.item():.3g}")

# %% [markdown] lang="ko"
# 기울기는 맞습니다. 그런데 학습률 `1e-5`로는 되고 그 열 배로는 손실이 터무니없이 커집니다. 그리고 `dW`는 `db`의 여든 배가 넘습니다. 이 두 사실은 6절과 7절에서 다시 만납니다. 먼저 코드를 담을 그릇을 만듭시다.
#
# ## 4. 모듈: 매개변수의 장부
#
# 지금까지는 `W`와 `b`를 따로 들고 다녔습니다. 매개변수가 둘이면 괜찮지만, 앞으로 만날 신경망에는 텐서가 수십 개, 그 안의 수가 수백만 개 있습니다. 하나라도 옵티마이저(optimizer)에 건네기를 잊으면 그것은 배우지 않고, 저장하기를 잊으면 사라집니다. PyTorch의 답은 모듈(module)입니다. **무엇을 배우는지와 어떻게 계산하는지를 한데 묶고, 배우는 것의 장부를 스스로 적는 물건**입니다.

# %% [markdown] lang="en"
# The gradients are right. But a learning rate of `1e-5` works, and with ten times as much the loss becomes absurdly large. And `dW` is more than eighty times `db`. We will meet both facts again in sections 6 and 7. First we need something to put our code in.
#
# ## 4. A module keeps a register of its parameters
#
# So far we carried `W` and `b` around ourselves. With two parameters that is fine; the networks to come have dozens of tensors and millions of numbers. Forget to hand one to the optimizer, and it never learns; forget to save one, and it is gone. PyTorch's answer is the module: **a thing that holds both what is learned and how to compute with it, and keeps a register of what is learned by itself**.

# %% jupyter={"source_hidden": true}
def box(ax, x, y, text, colour, width=2.6, height=1.1):
    style = {"boxstyle": "round,pad=0.08", "facecolor": colour + "26", "edgecolor": colour}
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(FancyBboxPatch(corner, width, height, **style))
    ax.text(x, y, text, ha="center", va="center", fontsize=9)


def arrow(ax, start, end, text, colour, place):
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6}
    ax.annotate("", end, start, arrowprops=style)
    ax.text(*place, text, color=colour, fontsize=8.5, ha="center", va="center")


def draw_wiring(ax, title, broken=False):
    """Who computes the loss, who gets gradients, and whom the optimizer moves."""
    box(ax, 1.5, 3.0, "model\nweight, bias", plots.BLUE)
    box(ax, 6.6, 3.0, "loss", plots.GREY, width=1.6)
    box(ax, 6.6, 0.6, "optimizer", plots.GREEN, width=2.0)
    arrow(ax, (2.9, 3.25), (5.7, 3.25), "model(x): prediction", plots.BLUE, (4.3, 3.6))
    arrow(ax, (5.7, 2.75), (2.9, 2.75), "backward(): gradients", plots.ORANGE, (4.3, 2.4))
    if broken:
        box(ax, 1.5, 0.6, "W, b\nno gradient", plots.RED)
        arrow(ax, (5.5, 0.6), (2.9, 0.6), "step()", plots.GREEN, (4.2, 0.95))
    else:
        arrow(ax, (5.5, 0.7), (2.0, 2.35), "step(): moves them", plots.GREEN, (2.65, 1.15))
    ax.set(xlim=(0, 7.9), ylim=(-0.2, 4.1), title=title)
    ax.axis("off")


figure, (ax,) = plots.axes(1, width=5.0, height=2.5)
draw_wiring(ax, "Training is a loop through the model's parameters")
plt.show()

# %% [markdown] lang="ko"
# 파이썬의 클래스(class)로 모듈을 만듭니다. 클래스는 데이터와 그 데이터를 쓰는 함수를 묶은 설계도입니다(1장의 원-핫에서 본, 정답의 종류를 뜻하는 클래스와는 다른 말입니다). `self.W`처럼 점을 찍어 달아 둔 데이터를 속성(attribute), 안에 든 함수를 메서드(method)라고 합니다. 한 줄씩 보면 이렇습니다.
#
# - `class LinearModel(nn.Module):` `nn.Module`을 물려받습니다. 이것을 상속(inheritance)이라고 합니다. `nn.Module`이 할 줄 아는 일(장부 적기, 저장하기, 다른 장치로 옮기기)을 `LinearModel`도 모두 할 줄 알게 됩니다.
# - `def __init__(self, features):` `LinearModel(3)`이라고 쓸 때 실행됩니다. `self`는 방금 만들어진 그 모델입니다.
# - `super().__init__()` 물려준 쪽, 곧 `nn.Module`의 `__init__`을 먼저 실행합니다. **빈 장부를 마련하는 것이 바로 이 줄입니다.**
# - `nn.Parameter(...)` 텐서를 "나를 학습시켜 달라"는 표시로 감쌉니다. 이것을 `self.W`에 넣는 순간 모듈이 알아채고 장부에 적습니다. 보통의 텐서를 넣으면 아무 일도 일어나지 않습니다.
# - `def forward(self, x):` 예측의 식입니다. 부를 때는 `model.forward(x)`가 아니라 `model(x)`라고 씁니다. 그러면 모듈이 필요한 준비를 하고 `forward`를 대신 불러 줍니다.
#
# 장부가 정말 있는지 봅시다.

# %% [markdown] lang="en"
# A module is written as a Python class, a blueprint of data together with the functions that use them (nothing to do with the classes that one-hot labels of chapter 1 stand for). The data hang on a dot, as in `self.W`, and are called attributes; the functions inside are called methods. Line by line:
#
# - `class LinearModel(nn.Module):` it gets everything that `nn.Module` has, which is called inheritance. Whatever an `nn.Module` can do (keep the register, save, move to another device), a `LinearModel` can do as well.
# - `def __init__(self, features):` runs when you write `LinearModel(3)`. Here `self` is the model that is being made.
# - `super().__init__()` first runs the `__init__` of what we inherit from, `nn.Module`. **This is the line that lays out the empty register.**
# - `nn.Parameter(...)` wraps a tensor and marks it "train me". Put it into `self.W`, and at that moment the module notices and enters it in the register. Put in a plain tensor, and nothing happens.
# - `def forward(self, x):` is the formula of the prediction. To call it, write `model(x)` and not `model.forward(x)`: the module makes its preparations and then calls `forward` for you.
#
# Let us see whether there really is a register.

# %%
module = nn.Module()  # a module that has nothing yet
module.a = torch.zeros(2, 1, requires_grad=True)  # a plain tensor
module.b = nn.Parameter(torch.zeros(2, 1))  # a Parameter
print("in the register:", [name for name, value in module.named_parameters()])


class Forgetful(nn.Module):
    def __init__(self):
        self.W = nn.Parameter(torch.zeros(3, 1))  # and where is super().__init__()?


try:
    Forgetful()
except AttributeError as error:
    print("AttributeError:", error)

# %% [markdown] lang="ko"
# 장부에는 `b`만 있습니다. `a`는 `requires_grad=True`여서 기울기는 받겠지만, 모듈은 그런 것이 있는지도 모릅니다. 그리고 `super().__init__()`을 잊으면 적을 장부가 없어서 위와 같은 오류가 납니다. 이 문장을 기억해 두세요. 언젠가 반드시 만납니다.
#
# ### 여러분 차례: `linear-module`
#
# 예측 $xW + b$를 하는 모듈을 만드세요. `__init__`을 쓰고, 그 아래에 `forward`도 쓰세요. `nn.Linear`를 쓰면 한 줄이지만, 그 한 줄 안에 무엇이 있는지 보려는 것이니 이번에는 쓰지 않습니다.

# %% [markdown] lang="en"
# Only `b` is in the register. With `requires_grad=True`, `a` would get gradients, but the module has no idea that it exists. And without `super().__init__()` there is no register to write in, and you get the error above. Remember this sentence: you will meet it one day.
#
# ### Your turn: `linear-module`
#
# Build a module that predicts $xW + b$: write `__init__` and, below it, `forward`. With `nn.Linear` it would be one line; as we want to see what is inside that line, do without it this time.

# %% exercise="linear-module"
class LinearModel(nn.Module):
    """The linear model x W + b as a module, with two methods.

    __init__(self, features): makes the parameters W, (D, 1), and b, (1,), both float32 and
    starting at 0. features is D, the number of features, an int.
    forward(self, x): x, (N, D), gives the predictions, (N, 1).
    """

    def __init__(self, features):
        ### BEGIN SOLUTION
        super().__init__()
        self.W = nn.Parameter(torch.zeros(features, 1))  # (D, 1)
        self.b = nn.Parameter(torch.zeros(1))  # (1,)

    def forward(self, x):
        return x @ self.W + self.b  # (N, 1)
        ### END SOLUTION


# %% [markdown] lang="ko"
# 장부 덕분에 이런 일들이 저절로 됩니다. `parameters()`는 장부에 있는 것을 모두 내놓습니다. `state_dict()`는 장부를 이름 → 텐서의 사전(dict)으로 주고, `load_state_dict()`는 그런 사전을 받아 모델에 써넣습니다. 모델을 저장하고 불러오는 것은 이 사전을 저장하고 불러오는 일입니다.

# %% [markdown] lang="en"
# Thanks to the register, a lot comes for free. `parameters()` gives out everything in it. `state_dict()` gives the register as a dict from names to tensors, and `load_state_dict()` takes such a dict and writes it into the model. To save and load a model is to save and load this dict.

# %% tags=["demo"]
model = LinearModel(3)
print({name: tuple(value.shape) for name, value in model.named_parameters()})
model.load_state_dict({"W": guess_W, "b": guess_b})
print("predictions of the guess:", model(marks).flatten().tolist())
count = sum(parameter.numel() for parameter in LinearModel(100).parameters())
print("numbers to learn with a hundred features:", count)

# %% [markdown] lang="ko"
# ### 이미 만들어진 것: `nn.Linear`
#
# 방금 만든 것이 PyTorch에는 `nn.Linear(D, 1)`이라는 이름으로 들어 있습니다. 입력에 행렬을 곱하고 편향을 더하는 이런 부품을 선형 층(layer)이라고 합니다. 여러분의 것과 다른 점은 셋입니다. 매개변수의 이름이 `weight`와 `bias`이고, `weight`를 (출력, 입력) = (1, D)로 눕혀 두고, 0이 아니라 작은 난수에서 출발합니다. 그 난수는 시드(seed)를 정하면 언제나 같습니다.

# %% [markdown] lang="en"
# ### Ready-made: `nn.Linear`
#
# What you just built comes with PyTorch under the name `nn.Linear(D, 1)`. A part like this, which multiplies its input by a matrix and adds a bias, is called a linear layer. It differs from yours in three ways: its parameters are called `weight` and `bias`, it keeps `weight` lying on its side as (outputs, inputs) = (1, D), and it starts not at 0 but at small random numbers. With a fixed seed these are always the same.

# %%
torch.manual_seed(0)
ready = nn.Linear(3, 1)
for name, value in ready.state_dict().items():
    print(f"{name}: {tuple(value.shape)}")
by_hand = marks @ ready.weight.T + ready.bias  # (5, 1)
print("x @ weight.T + bias is the same:", torch.allclose(ready(marks), by_hand))
print(f"loss before any training: {F.mse_loss(ready(marks), scores).item():.2f}")

start = {name: value.clone() for name, value in ready.state_dict().items()}  # for later

device = "cuda" if torch.cuda.is_available() else "cpu"
there = nn.Linear(3, 1).to(device)  # the whole register moves
print("model and data on one device:", there(marks.to(device)).device.type == device)

# %% [markdown] lang="ko"
# 모듈을 다른 모듈의 속성으로 넣으면(`self.linear = nn.Linear(3, 1)`) 그 장부도 함께 오릅니다. 앞으로의 신경망은 모두 이렇게 층을 모아 만듭니다.
#
# 코드의 마지막 세 줄은 GPU가 있으면 GPU에서, 없으면 CPU에서 계산합니다. `model.to(device)`는 장부에 있는 것을 **모두** 옮깁니다. 데이터는 장부에 없으니 따로 옮겨야 합니다. 학생 다섯 명에게는 GPU가 필요 없으므로, 이 장은 CPU에서 계속합니다.
#
# 손실 35211.05를 기억해 두세요. 이 출발점(`start`)은 이 장의 끝까지 씁니다.
#
# ## 5. 함정: 아무것도 배우지 않는 반복문
#
# 이 강좌의 바탕이 된 학습 노트도 바로 여기서 텐서 `W`, `b`를 모듈로 바꿉니다. 그런데 바꾸다 말았습니다. 모델은 만들었지만 옵티마이저에는 여전히 `[W, b]`를 건네고, 예측은 `Hypothesis`에 넣어 놓고 비용(cost)은 `prediction`이라는 이름으로 계산합니다. 그대로 옮기면 이렇게 됩니다.

# %% [markdown] lang="en"
# A module that becomes an attribute of another one (`self.linear = nn.Linear(3, 1)`) brings its register along. The networks to come are all put together from layers in this way.
#
# The last three lines of the code compute on a GPU where there is one, and on the CPU otherwise. `model.to(device)` moves **everything** that is in the register. Data are in no register, so they must be moved too. Five students need no GPU, and this chapter goes on with the CPU.
#
# Remember the loss, 35211.05. We keep this starting point, `start`, to the end of the chapter.
#
# ## 5. A trap: the loop that learns nothing
#
# The study notes this course grew from, too, replace the tensors `W` and `b` by a module at this point. But they stop halfway. The model is there, yet the optimizer is still handed `[W, b]`; the predictions are put into `Hypothesis`, and the cost is computed from something called `prediction`. This is what comes of it.

# %%
def optimizer_of_the_notes():
    return torch.optim.SGD([W, b], lr=1e-5)


def cost_of_the_notes():
    Hypothesis = ready(marks)  # (5, 1)
    return F.mse_loss(prediction, scores)


for part in (optimizer_of_the_notes, cost_of_the_notes):
    try:
        part()
        print("no error: an old variable of that name is still around in your notebook")
    except NameError as error:
        print("NameError:", error)

# %% [markdown] lang="ko"
# 이름이 없다고 두 번 멈춥니다. 이런 오류는 고마운 오류입니다. 어디가 틀렸는지 알려 주니까요. 진짜 문제는 **오류를 없애려고 이름만 맞추었을 때** 시작됩니다. `W`와 `b`를 만들어 주고, 예측의 이름을 하나로 통일합니다. (노트북에서는 앞 셀에서 만든 `W`, `b`가 남아 있으면 이름을 맞추지 않아도 저절로 이렇게 됩니다.)

# %% [markdown] lang="en"
# Twice it stops because a name does not exist. Be thankful for such errors: they tell you where to look. The real trouble begins when somebody **only makes the names fit, to get rid of the errors**: define `W` and `b`, and settle on one name for the predictions. (In a notebook, a `W` and `b` left over from an earlier cell do that for you, unasked.)

# %%
def broken_training(start, x, y, lr, steps):
    """The notes' loop with its names made to fit, and nothing else mended."""
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    W = torch.zeros(x.shape[1], 1, dtype=x.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=lr)
    losses = []
    for _ in range(steps):
        prediction = model(x)  # (N, 1)
        cost = F.mse_loss(prediction, y)  # ()
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        losses.append(cost.item())
    return model.state_dict(), losses


broken_state, broken_losses = broken_training(start, marks, scores, 1e-5, 200)
for k in (0, 1, 10, 199):
    print(f"epoch {k + 1:3d}: cost {broken_losses[k]:.2f}")

figure, (ax,) = plots.axes(1, width=5.2, height=2.3)
ax.semilogy(range(1, 201), broken_losses, color=plots.RED)
ax.set_ylim(1e-1, 1e6)
plots.label(ax, "No error, no warning, and nothing is learned", "epoch", "cost")
plt.show()

# %% [markdown] lang="ko"
# 오류도 경고도 없습니다. 그런데 비용은 영원히 35211.05입니다. 학습률이 너무 작은 걸까요? 에폭(epoch)이 모자란 걸까요? 많은 사람이 여기서 학습률을 만지작거리며 하루를 보냅니다. 그 전에 물어볼 것이 하나 있습니다. **도대체 움직이기는 했나?**
#
# ### 여러분 차례: `moved-parameters`
#
# 걸음 전의 `state_dict()`와 걸음 뒤의 것을 견주어, 값이 변한 매개변수의 이름을 돌려주는 탐정을 만드세요. 아주 조금 움직인 것도 놓치면 안 됩니다. 조심할 것이 하나 있습니다. 텐서끼리의 `a == b`는 원소마다의 답이라 `if`에 바로 쓸 수 없습니다.

# %% [markdown] lang="en"
# No error, no warning. And the cost is 35211.05 for ever. Is the learning rate too small? Too few epochs? Many a day has been spent at this point turning the learning rate up and down. There is one question to ask first: **did anything move at all?**
#
# ### Your turn: `moved-parameters`
#
# Build a detective: it compares the `state_dict()` before a step with the one after, and returns the names of the parameters whose values changed. Even the smallest move must not escape it. Take care: between tensors, `a == b` answers for each element, so it cannot stand in an `if` as it is.

# %% exercise="moved-parameters"
def moved_parameters(before, after):
    """The names of the parameters that changed.

    before, after: dicts with the same names (perhaps in another order), each to tensors of the
    same shape and dtype, such as two state_dicts of one model. A parameter has moved if any of its
    elements is no longer exactly what it was; one that became NaN has.
    Returns a list of names, in the order of before.
    """
    ### BEGIN SOLUTION
    return [name for name in before if not torch.equal(before[name], after[name])]
    ### END SOLUTION


# %% [markdown] lang="ko"
# 탐정을 망가진 반복문에 보내 봅시다. 한 걸음만 걸어 보고, 기울기가 누구에게 갔는지도 물어봅니다.

# %% [markdown] lang="en"
# Send the detective into the broken loop: take a single step, and ask as well who got gradients.

# %% tags=["demo"]
model = nn.Linear(3, 1)
model.load_state_dict(start)
loose_W, loose_b = torch.zeros(3, 1, requires_grad=True), torch.zeros(1, requires_grad=True)

for name, given in (("[W, b]", [loose_W, loose_b]), ("model.parameters()", model.parameters())):
    optimizer = torch.optim.SGD(given, lr=1e-5)
    model.zero_grad()
    F.mse_loss(model(marks), scores).backward()
    shown = model.state_dict()  # no copy: it shows the parameters themselves
    before = {key: value.clone() for key, value in shown.items()}
    optimizer.step()
    print(f"SGD({name}): moved {moved_parameters(before, model.state_dict())}")
print("without clone() it seems that nothing moved:", moved_parameters(shown, model.state_dict()))
print("gradient of W:", loose_W.grad)
print("gradient of model.weight:", [round(g) for g in model.weight.grad[0].tolist()])

figure, grid = plots.axes(2, width=4.3, height=2.3)
draw_wiring(grid[0], "Broken: step() moves what the loss never sees", broken=True)
draw_wiring(grid[1], "Mended: backward() and step() meet in the model")
plt.show()

# %% [markdown] lang="ko"
# 찾았습니다. 기울기는 모델의 `weight`와 `bias`에 쌓이는데, 옵티마이저는 손실과 아무 관계 없는 `W`와 `b`를 쥐고 있습니다. 그 둘에는 기울기가 없으니(`None`) `step()`은 할 일이 없고, 그래서 불평도 하지 않습니다. 옵티마이저는 만들 때 **건네받은 텐서만** 압니다. 모델이 무엇인지는 모릅니다.
#
# 하나 더 조심할 것이 있습니다. `state_dict()`는 복사본이 아니라 매개변수 자체를 보여 줍니다. 그래서 걸음 전의 것을 남겨 두려면 `clone()`으로 복사해야 합니다. 복사하지 않으면 움직인 모델도 움직이지 않은 것처럼 보입니다.
#
# ### 여러분 차례: `mended-training`
#
# `broken_training`을 고치세요. 받는 것과 돌려주는 것은 똑같습니다. 모델을 만드는 두 줄은 남겨 두었습니다.

# %% [markdown] lang="en"
# Got it. Gradients arrive at the model's `weight` and `bias`, while the optimizer holds `W` and `b`, which have nothing to do with the loss. Those two have no gradient (`None`), so `step()` has nothing to do, and does not complain. An optimizer knows **only the tensors it was handed** when it was made; it has no idea of any model.
#
# One more thing to watch: `state_dict()` is no copy but shows the parameters themselves. To keep what was before the step, copy it with `clone()`. Without the copy, a model that did move looks as if it had not.
#
# ### Your turn: `mended-training`
#
# Mend `broken_training`. It takes and returns the same things; the two lines that make the model are left for you.

# %% exercise="mended-training"
def mended_training(start, x, y, lr, steps):
    """Trains an nn.Linear(D, 1) by gradient descent on the mean squared error.

    start: the state_dict to start from, {"weight": (1, D), "bias": (1,)}; it stays as it is.
    x: (N, D). y: (N, 1). lr: a Python float. steps: the number of updates, an int.
    All tensors are float and of one dtype.
    Returns (state, losses): the model's state_dict at the end, and a list of `steps` Python
    floats, where losses[k] is the loss before update number k (so losses[0] is that of start).
    """
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    losses = []
    ### BEGIN SOLUTION
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        cost = F.mse_loss(model(x), y)  # ()
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        losses.append(cost.item())
    return model.state_dict(), losses
    ### END SOLUTION


# %% tags=["demo"]
state, losses = mended_training(start, marks, scores, 1e-5, 200)
for k in (0, 1, 20, 199):
    print(f"epoch {k + 1:3d}: broken {broken_losses[k]:.2f}, mended {losses[k]:.2f}")
print("moved:", moved_parameters(start, state))

figure, (ax,) = plots.axes(1, width=5.2, height=2.3)
ax.semilogy(range(1, 201), broken_losses, color=plots.RED, label="optimizer holds [W, b]")
ax.semilogy(range(1, 201), losses, color=plots.BLUE, label="optimizer holds model.parameters()")
ax.set_ylim(1e-1, 1e6)
plots.label(ax, "The same loop, with the optimizer handed the model", "epoch", "cost")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 한 줄 차이입니다. 이제 21번째 에폭에서 비용이 5.47입니다. (노트는 `range(20 + 1)`이라 20 에폭이라면서 21번 찍습니다. 3장의 그 반복문입니다.)
#
# ## 6. 왜 1e-5인가: 길고 좁은 도랑
#
# 배우기는 합니다. 그런데 잘 배우나요? 2,000번을 갱신해 봅시다. 그리고 학습률을 열 배로 키워 봅시다. 비교할 것은 둘입니다. 눈대중의 1.95, 그리고 2장의 최소제곱법(least squares)으로 한 번에 구한 가장 작은 손실입니다.

# %% [markdown] lang="en"
# One line makes the difference. At epoch 21 the cost is now 5.47. (With `range(20 + 1)` the notes say 20 epochs and print 21, the loop of chapter 3.)
#
# ## 6. Why 1e-5? A long, narrow ditch
#
# It learns. But does it learn well? Let us make 2,000 updates, and also try ten times the learning rate. There are two things to compare with: the 1.95 of the guess, and the smallest loss there is, found in one go by the least squares of chapter 2.

# %%
with_ones = torch.cat([marks, torch.ones(5, 1)], 1).double()  # (5, 4): b as a column of ones
best = torch.linalg.lstsq(with_ones, scores.double()).solution  # (4, 1): the best W and b
best_loss = F.mse_loss(with_ones @ best, scores.double()).item()
print(f"least squares: loss {best_loss:.3f}")

# %% tags=["demo"]
runs = {}
for lr, steps in ((1e-5, 21), (1e-5, 2000), (1e-4, 21)):
    runs[lr] = mended_training(start, marks, scores, lr, steps)[1]
    print(f"lr = {lr:.0e}: the cost of epoch {steps} is {runs[lr][-1]:.3g}")

figure, (ax,) = plots.axes(1, width=5.6, height=2.8)
for (lr, losses), colour in zip(runs.items(), (plots.BLUE, plots.RED)):
    ax.loglog(range(1, len(losses) + 1), losses, color=colour, label=f"lr = {lr:.0e}")
ax.axhline(1.95, linestyle=":", color=plots.GREY, label="the guess by eye")
ax.axhline(best_loss, linestyle="--", color=plots.GREEN, label="least squares")
ax.set_ylim(0.05, 1e7)
plots.label(ax, "1e-5 drops, then crawls; 1e-4 explodes", "epoch", "cost")
ax.legend(loc="upper right", fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 2,000번을 갱신하고도 1.99, **눈대중보다 못합니다**. 최소제곱법의 0.104에는 근처에도 못 갔습니다. 그렇다고 학습률을 열 배로 키우면 손실이 $10^{25}$이 넘게 폭발합니다. 1e-5로는 기어가고 1e-4로는 폭발한다면, 그 사이에 답이 있을까요?
#
# 손실의 지형을 봅시다. 그림은 두 방향밖에 그릴 수 없으니 시험 1과 2만 쓰고 `b`는 가장 좋은 값에 고정합니다. 선은 손실이 같은 점을 이은 등고선(contour line)이고, 별이 가장 낮은 곳입니다. 손실이 가장 가파른 방향의 한계 $2/L$의 90%를 학습률로 잡고, 원점에서 서른 걸음 걷습니다.

# %% [markdown] lang="en"
# After 2,000 updates 1.99: **worse than the guess by eye**, and nowhere near the 0.104 of least squares. Yet with ten times the learning rate the loss explodes beyond $10^{25}$. At 1e-5 it crawls, at 1e-4 it explodes: is there anything good in between?
#
# Let us look at the landscape of the loss. A picture has room for two directions, so we use exams 1 and 2 only and hold `b` at its best value. A contour line joins points of equal loss; the star is the lowest point. We take thirty steps from the origin with 90% of the limit $2/L$ as the learning rate.

# %% jupyter={"source_hidden": true}
def draw_valley(ax, x, y, title, low, high, steps=30):
    """Contours of the loss over (w1, w2) with b at its best, and a path of descent from 0.

    x: (N, 2) and y: (N, 1), float64. low, high: the range of both axes.
    Returns how far above the lowest loss the path ends.
    """
    with_ones = torch.cat([x, torch.ones_like(y)], 1)  # (N, 3)
    best = torch.linalg.lstsq(with_ones, y).solution  # (3, 1)
    target = y - best[2]  # (N, 1): what is left for w1 and w2

    def loss_above_lowest(w):  # (2, M) -> (M,)
        return ((x @ w - target) ** 2).mean(0) - ((with_ones @ best - y) ** 2).mean()

    side = torch.linspace(low, high, 200, dtype=x.dtype)  # (200,)
    w1, w2 = torch.meshgrid(side, side, indexing="xy")  # each (200, 200)
    height = loss_above_lowest(torch.stack([w1.flatten(), w2.flatten()])).reshape(200, 200)
    levels = 10.0 ** torch.arange(-1, 4.5, 0.5)
    ax.contour(w1, w2, height, levels=levels, colors=plots.BLUE, linewidths=0.8)

    H = 2 / len(x) * x.T @ x  # (2, 2)
    flat, steep = torch.linalg.eigvalsh(H).tolist()
    path = [torch.zeros(2, 1, dtype=x.dtype)]
    for _ in range(steps):
        gradient = 2 / len(x) * x.T @ (x @ path[-1] - target)  # (2, 1)
        path.append(path[-1] - 0.9 * 2 / steep * gradient)
    ax.plot(*torch.cat(path, 1), "o-", color=plots.ORANGE, markersize=3, linewidth=1)
    ax.plot(*best[:2], "*", color=plots.GREEN, markersize=13)
    ax.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    text = f"{title} (curvatures 1 : {steep / flat:.0f})"
    plots.label(ax, text, "weight of exam 1", "weight of exam 2")
    return loss_above_lowest(path[-1]).item()


figure, (ax,) = plots.axes(1, width=4.4, height=4.0)
left = draw_valley(ax, marks[:, :2].double(), scores.double(), "Raw: a ditch", -0.5, 2.5)
plt.show()
print(f"after 30 steps the loss is still {left:.1f} above the lowest")

# %% [markdown] lang="ko"
# 골짜기가 아니라 **도랑**입니다. 등고선이 길쭉한 타원인데, 너무 길쭉해서 나란한 직선처럼 보입니다. 걸음은 도랑을 *가로질러* 이리저리 튀기만 하고, 도랑을 *따라서는* 거의 나아가지 못합니다. 3장에서 배운 그대로입니다. 거리는 방향마다 제 곡률로 $(1 - \eta L)$배가 되는데, 학습률 $\eta$는 가장 급한 방향에 맞추어야 하고, 그러면 가장 완만한 방향은 제자리걸음입니다.
#
# 얼마나 나쁜지는 수 하나로 말할 수 있습니다. 가장 큰 곡률을 가장 작은 곡률로 나눈 것, 조건수(condition number) $\kappa$입니다. 1이면 동그란 그릇이고, 클수록 길고 좁은 도랑입니다. 곡률은 3장의 행렬 $H$의 고윳값(eigenvalue)이었습니다. 이번에는 `b`도 매개변수이므로, `x`에 1로 된 열을 하나 붙인 표 $A$로 계산합니다($b$는 언제나 1과 곱해지는 가중치입니다).
#
# $$A = [\,x \;\; 1\,] \qquad H = \frac{2}{N}A^\top A \qquad \eta_{\max} = \frac{2}{L_{\max}} \qquad \kappa = \frac{L_{\max}}{L_{\min}}$$
#
# ### 여러분 차례: `condition-number`

# %% [markdown] lang="en"
# This is no valley, it is a **ditch**. The contours are ellipses so long that they look like parallel lines. The steps only bounce back and forth *across* the ditch and make hardly any way *along* it. It is what chapter 3 said: along each direction the distance is multiplied by $(1 - \eta L)$ with its own curvature. The learning rate $\eta$ has to suit the steepest direction, and then along the flattest one we hardly move.
#
# How bad it is can be said with one number, the largest curvature over the smallest: the condition number $\kappa$. At 1 it is a round bowl; the larger, the longer and narrower the ditch. The curvatures were the eigenvalues of the matrix $H$ of chapter 3. This time `b` is a parameter too, so $A$ is the table `x` with a column of ones beside it ($b$ is a weight that always multiplies 1).
#
# $$A = [\,x \;\; 1\,] \qquad H = \frac{2}{N}A^\top A \qquad \eta_{\max} = \frac{2}{L_{\max}} \qquad \kappa = \frac{L_{\max}}{L_{\min}}$$
#
# ### Your turn: `condition-number`

# %% exercise="condition-number"
def lr_and_condition(x):
    """The largest stable learning rate and the condition number of a linear model with a bias.

    For the loss mean((x W + b - y)^2), whose second derivative is H = 2/N A^T A, where A is x
    with a column of ones, (N, D + 1).
    x: (N, D) float64 tensor. torch.linalg.eigvalsh gives the eigenvalues of H, ascending.
    Returns (largest_lr, condition), Python floats: 2 / L_max and L_max / L_min.
    """
    ### BEGIN SOLUTION
    A = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1)  # (N, D + 1)
    L = torch.linalg.eigvalsh(2 / len(x) * A.T @ A)  # (D + 1,)
    return 2 / L[-1].item(), (L[-1] / L[0]).item()
    ### END SOLUTION


# %% tags=["demo"]
largest_lr, condition = lr_and_condition(marks.double())
print(f"largest learning rate {largest_lr:.2g}, condition number {condition:.2g}")
for lr in (4.5e-5, 4.6e-5):
    losses = mended_training(start, marks, scores, lr, 1000)[1]
    print(f"lr = {lr:.1e}: the cost of epoch 1000 is {losses[-1]:.2g}")
halved = math.log(0.5) / math.log1p(-2 / condition)  # steps k with (1 - 2 / κ)^k = 1/2
print(f"steps to halve the distance along the ditch, at the largest rate: {halved:,.0f}")

# %% [markdown] lang="ko"
# 한계는 4.5e-5입니다. 실행해 보면 정말로 4.5e-5에서는 내려가고 4.6e-5에서는 폭발합니다. 노트의 1e-5는 취향이 아니라 **어쩔 수 없는 선택**이었습니다. 열 배인 1e-4는 이미 한계 밖이니까요. 그리고 조건수는 690만입니다. 한계까지 크게 걸으면 1,000번 만에 눈대중보다는 나은 0.65에 이르지만, 가장 완만한 방향의 거리는 그 학습률에서 한 걸음에 $1 - \eta_{\max} L_{\min} = 1 - 2/\kappa$배가 될 뿐입니다. 절반으로 줄이는 데 240만 걸음이 드니 0.104는 까마득히 멉니다. 1e-5와 1e-4 사이 어디에도 좋은 학습률은 없습니다. 고칠 것은 학습률이 아니라 **지형**입니다.
#
# ## 7. 지형을 바꾸기: 표준화
#
# 왜 도랑이 생겼을까요? 네 가중치 $w_1, w_2, w_3$과 $b$에 곱해지는 수들을 한 줄에 늘어놓아 봅시다.

# %% [markdown] lang="en"
# The limit is 4.5e-5, and indeed: at 4.5e-5 it goes down, at 4.6e-5 it explodes. The notes' 1e-5 was no matter of taste, there was **hardly any choice**: the next power of ten, 1e-4, is out of bounds. And the condition number is 6.9 million. The longest steps possible do reach 0.65 after 1,000 of them, better than the guess. But at that rate a step only multiplies the distance along the flattest direction by $1 - \eta_{\max} L_{\min} = 1 - 2/\kappa$: halving it takes 2.4 million, so 0.104 is out of sight. There is no good learning rate between 1e-5 and 1e-4. What needs mending is not the rate but the **landscape**.
#
# ## 7. Change the landscape: standardise
#
# Where does the ditch come from? Let us line up the numbers that multiply the four weights, $w_1, w_2, w_3$ and $b$.

# %%
def draw_columns(ax, x, title):
    """The values of each column of x, and the ones that multiply b, as dots on a line."""
    weights = [f"w{j + 1}" for j in range(x.shape[1])] + ["b"]
    for name, column in zip(weights, [*x.T, torch.ones(len(x))]):
        colour = plots.GREY if name == "b" else plots.BLUE
        ax.plot(column, [name] * len(column), "o", alpha=0.6, color=colour)
    ax.axvline(0, color=plots.GREY, linewidth=1)
    ax.set_ylim(len(weights) - 0.4, -0.6)
    plots.label(ax, title, "what multiplies the weight", "")


figure, (ax,) = plots.axes(1, width=5.4, height=2.0)
draw_columns(ax, marks, "Marks lie far from 0 and close together; b's number is 1")
plt.show()

# %% [markdown] lang="ko"
# 점수는 모두 85 언저리에 몰려 있고, `b`에 곱해지는 수는 1입니다. 그래서 두 가지가 나쁩니다.
#
# - **0에서 멀다.** 세 점수가 모두 큰 양수라서, 어느 가중치를 키워도 *모든* 학생의 예측이 함께 올라갑니다. 세 가중치가 거의 같은 일을 하니, 다 함께 움직이는 방향은 몹시 가파르고 서로 반대로 움직이는 방향은 거의 평평합니다.
# - **크기가 다르다.** 점수에 곱해지는 가중치는 1에 곱해지는 `b`보다 여든 배 넘게 예민합니다. 3절에서 `dW`가 `db`의 여든 배를 넘은 까닭입니다.
#
# 그러니 열마다 가운데를 0으로 옮기고 퍼진 정도를 1로 맞춥시다. 가운데는 평균(mean) $\mu$로 잽니다. 퍼진 정도는 평균에서 떨어진 거리를 제곱해서 평균한 것, 곧 분산(variance) $\sigma^2$의 제곱근인 표준편차(standard deviation) $\sigma$로 잽니다. 제곱근을 씌우면 다시 점수와 같은 단위가 됩니다.
#
# $$\mu_j = \frac{1}{N}\sum_{i=1}^{N} x_{ij} \qquad \sigma_j^2 = \frac{1}{N}\sum_{i=1}^{N}(x_{ij} - \mu_j)^2 \qquad z_{ij} = \frac{x_{ij} - \mu_j}{\sigma_j}$$
#
# 이것이 표준화입니다. $z = 1.5$는 "평균보다 표준편차의 1.5배만큼 위"라는 뜻이고, 몇 점 만점인 시험인지는 상관이 없어집니다.
#
# ### 여러분 차례: `standardise`
#
# 조심할 것이 둘 있습니다. PyTorch의 `std()`는 따로 말하지 않으면 N이 아니라 **N − 1**로 나눕니다(모집단의 분산을 표본으로 어림할 때 쓰는 식입니다). 여기서는 위의 식대로 **N**으로 나눕니다. 그리고 모든 학생의 점수가 같은 열에서는 $\sigma = 0$이라 나눌 수 없으니 1로 나눕니다.

# %% [markdown] lang="en"
# All marks crowd around 85, and the number that multiplies `b` is 1. That is bad in two ways.
#
# - **They are far from 0.** All marks are large and positive, so whichever weight grows, *every* student's prediction rises. The three weights do almost the same job: moving them together is terribly steep, moving them against each other almost flat.
# - **They differ in size.** A weight that multiplies marks is more than eighty times as sensitive as `b`, which multiplies 1. That is why `dW` was more than eighty times `db` in section 3.
#
# So in each column, move the middle to 0 and make the spread 1. The middle is measured by the mean $\mu$. The spread is measured by the standard deviation $\sigma$, the root of the variance $\sigma^2$: square the distances from the mean and average them. The root brings back the unit of the marks.
#
# $$\mu_j = \frac{1}{N}\sum_{i=1}^{N} x_{ij} \qquad \sigma_j^2 = \frac{1}{N}\sum_{i=1}^{N}(x_{ij} - \mu_j)^2 \qquad z_{ij} = \frac{x_{ij} - \mu_j}{\sigma_j}$$
#
# This is standardisation. $z = 1.5$ means "one and a half standard deviations above the mean", and it no longer matters how many points an exam has.
#
# ### Your turn: `standardise`
#
# Two things to watch. Unless told otherwise, PyTorch's `std()` divides not by N but by **N − 1** (a formula for estimating the variance of a whole population from a sample). Here we divide by **N**, as in the formula above. And where all students have the same mark, $\sigma = 0$ and cannot be divided by: divide by 1 instead.

# %% exercise="standardise"
def standardise(x):
    """Brings every column of x to mean 0 and standard deviation 1.

    x: (N, D) float tensor, N ≥ 1; it stays as it is.
    Returns (z, mean, std), all of x's dtype: z, (N, D), is x standardised column by column;
    mean and std, each (D,), are what was subtracted and divided by. The variance divides by
    N, not N - 1. Where the standard deviation is exactly 0, as in a column of fives, std is
    1 (and z is 0).
    """
    ### BEGIN SOLUTION
    mean = x.mean(0)  # (D,)
    std = x.std(0, correction=0)  # (D,)
    std[std == 0] = 1
    return (x - mean) / std, mean, std
    ### END SOLUTION


# %% [markdown] lang="ko"
# 열들이 어디로 갔는지, 지형은 어떻게 바뀌었는지 봅시다. 왼쪽은 앞에서 본 도랑, 오른쪽은 같은 두 시험을 표준화한 것입니다. 걸음 수와 학습률을 정하는 방법은 똑같습니다.

# %% [markdown] lang="en"
# Let us see where the columns went, and what became of the landscape. On the left the ditch from before, on the right the same two exams standardised, with as many steps and the learning rate chosen in the same way.

# %% tags=["demo"]
z, mean, std = standardise(marks)
print("mean", [round(v, 1) for v in mean.tolist()], "std", [round(v, 2) for v in std.tolist()])
figure, (ax,) = plots.axes(1, width=5.4, height=2.0)
draw_columns(ax, z, "Standardised: every column lies around 0, as far out as b's 1")
plt.show()

figure, grid = plots.axes(2, width=4.0, height=3.9)
y = scores.double()
two = marks[:, :2].double()  # (5, 2)
left = draw_valley(grid[0], two, y, "Raw: a ditch", -0.5, 2.5)
right = draw_valley(grid[1], standardise(two)[0], y, "Standardised: a bowl", -6, 24)
plt.show()
print(f"above the lowest loss after 30 steps: raw {left:.1f}, standardised {right:.4f}")

# %% [markdown] lang="ko"
# 도랑이 그릇에 가까워졌습니다. 곡률의 비가 1,111에서 16으로 줄었고, 서른 걸음이면 별에 도착합니다. 아직 동그랗지 않은 것은 두 시험의 점수가 *함께* 오르내리기 때문입니다. 표준화는 열을 하나씩 다루므로 열끼리 닮은 것까지는 고치지 못합니다.
#
# 이제 시험 셋을 모두 써서 학습합니다. 학습률은 **0.1**, 노트의 만 배입니다.

# %% [markdown] lang="en"
# The ditch has become more of a bowl. The ratio of the curvatures fell from 1,111 to 16, and thirty steps reach the star. It is still not round because the marks of the two exams rise and fall *together*. Standardising treats one column at a time and cannot undo the likeness between columns.
#
# Now train with all three exams. The learning rate is **0.1**, ten thousand times that of the notes.

# %% tags=["demo"]
z, mean, std = standardise(marks)
largest_lr, condition = lr_and_condition(z.double())
print(f"standardised: largest learning rate {largest_lr:.2f}, condition number {condition:.0f}")

figure, (ax,) = plots.axes(1, width=5.6, height=2.8)
for name, x, lr, steps, colour in (("raw, lr = 1e-5", marks, 1e-5, 2000, plots.BLUE),
                                   ("standardised, lr = 0.1", z, 0.1, 200, plots.ORANGE)):
    losses = mended_training(start, x, scores, lr, steps)[1]
    print(f"{name}: the cost of epoch {steps} is {losses[-1]:.3f}")
    ax.loglog(range(1, steps + 1), losses, color=colour, label=name)
ax.axhline(best_loss, linestyle="--", color=plots.GREEN, label="least squares")
plots.label(ax, "200 standardised steps beat 2,000 raw ones", "epoch", "cost")
ax.legend(fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 200번 만에 0.110입니다. 최소제곱법의 0.104에 거의 닿았고, 눈대중의 1.95는 멀찍이 이겼습니다.
#
# 조건수는 690만에서 1,276으로 줄었지만 1은 아닙니다. 세 시험의 점수가 서로 아주 닮아서 평평한 방향이 하나 남았습니다. 다행히 그 방향은 손실이 거의 변하지 않는 방향이라, 손실을 줄이는 데는 방해가 되지 않습니다.
#
# ## 8. 원래 단위로 돌아오기
#
# 이 모델은 점수가 아니라 $z$를 먹습니다. 누군가 "시험 1에서 1점 더 받으면 최종 점수는 얼마나 오르나요?"라고 물으면 `weight`를 그대로 읽어 줄 수 없습니다. 그것은 *표준편차 하나*만큼 더 받았을 때의 값입니다. 식에 $z$의 정의를 넣고 괄호를 풀어 봅시다.
#
# $$\hat{y} = \sum_j W_j\,\frac{x_j - \mu_j}{\sigma_j} + b = \sum_j \underbrace{\frac{W_j}{\sigma_j}}_{\text{W raw}}\,x_j + \underbrace{\Bigl(b - \sum_j \frac{W_j}{\sigma_j}\,\mu_j\Bigr)}_{\text{b raw}}$$
#
# 다시 "점수 × 가중치를 더하고 편향을 더한 것"입니다. 가중치와 편향만 바뀌었습니다.
#
# ### 여러분 차례: `unscale-weights`
#
# 모양을 조심하세요. (D, 1)인 `W`를 (D,)인 `std`로 나누면 무엇이 될까요?

# %% [markdown] lang="en"
# 0.110 after 200 updates: almost the 0.104 of least squares, and far better than the 1.95 of the guess.
#
# The condition number fell from 6.9 million to 1,276, which is still not 1. The three exams are so much alike that one flat direction is left. Luckily it is a direction in which the loss hardly changes, so it does not keep the loss from falling.
#
# ## 8. Back to raw units
#
# This model eats $z$, not marks. When somebody asks, "one more point in exam 1, what is it worth?", you cannot just read out `weight`: it is the worth of one *standard deviation* more. Put the definition of $z$ into the formula and multiply out.
#
# $$\hat{y} = \sum_j W_j\,\frac{x_j - \mu_j}{\sigma_j} + b = \sum_j \underbrace{\frac{W_j}{\sigma_j}}_{\text{W raw}}\,x_j + \underbrace{\Bigl(b - \sum_j \frac{W_j}{\sigma_j}\,\mu_j\Bigr)}_{\text{b raw}}$$
#
# Again it is "marks times weights, added up, plus a bias"; only the weights and the bias are others.
#
# ### Your turn: `unscale-weights`
#
# Mind the shapes: what becomes of a `W` of (D, 1) divided by a `std` of (D,)?

# %% exercise="unscale-weights"
def unscale_weights(W, b, mean, std):
    """The weights and the bias for raw features that predict what W and b do for standardised ones.

    W: (D, 1) and b: (1,), learned on z = (x - mean) / std. mean, std: (D,), std > 0.
    All float tensors of one dtype; they stay as they are.
    Returns (W_raw, b_raw), (D, 1) and (1,), with x W_raw + b_raw = z W + b for every x.
    """
    ### BEGIN SOLUTION
    W_raw = W / std[:, None]  # (D, 1) / (D, 1)
    b_raw = b - mean @ W_raw  # (1,) - (D,) @ (D, 1) = (1,)
    return W_raw, b_raw
    ### END SOLUTION


# %% [markdown] lang="ko"
# 표준화해서 배운 모델을 원래 단위로 되돌리고, 여섯 번째 학생을 두 방법으로 예측해 봅니다. 흔한 실수도 하나 해 봅니다. 표준화한 점수로 배운 모델에 **원래 점수를 그대로** 넣는 것입니다.

# %% [markdown] lang="en"
# Bring the model learned on standardised marks back to raw units, and predict the sixth student in both ways. And make a common mistake: feed the model that learned on standardised marks with **raw ones**.

# %% tags=["demo"]
z, mean, std = standardise(marks)
state, _ = mended_training(start, z, scores, 0.1, 200)
W_z, b_z = state["weight"].T, state["bias"]  # (3, 1), (1,): for standardised marks
W_raw, b_raw = unscale_weights(W_z, b_z, mean, std)  # (3, 1), (1,): for raw marks

sixth = torch.tensor([[80.0, 85.0, 82.0]])  # (1, 3)
print(f"raw weights, raw marks: {predict(sixth, W_raw, b_raw).item():.1f}")
print(f"standardised both: {predict((sixth - mean) / std, W_z, b_z).item():.1f}")
print(f"standardised weights, raw marks: {predict(sixth, W_z, b_z).item():.1f} of 200 points!")
for k, predicted in enumerate(predict(marks, W_raw, b_raw)):
    print(f"student {k + 1}: predicted {predicted.item():.1f}, real {scores[k].item():.0f}")

# %% [markdown] lang="ko"
# 두 방법의 예측이 같습니다. 새 학생도 **학습할 때 쓴 그** `mean`과 `std`로 재야 합니다. 그래서 `standardise`가 셋을 돌려주었습니다. (새 학생들의 평균을 새로 구해 쓰면 안 됩니다. 5장 7절에서 다룹니다.) 재지 않고 원래 점수를 그대로 넣으면 200점 만점에 천 점이 넘는 예측이 나옵니다.
#
# 마지막으로, 기울기를 따라 걸어서 얻은 가중치가 최소제곱법의 가중치와 같은지 봅시다.

# %% [markdown] lang="en"
# The two ways agree. A new student has to be measured with **the very** `mean` and `std` of the training, which is why `standardise` returned all three. (Do not take a fresh mean of the new students; see chapter 5, section 7.) Fed raw marks, without standardising them, the model predicts more than a thousand points out of 200.
#
# Finally, are the weights that we walked to those of least squares?

# %% tags=["demo"]
z, mean, std = standardise(marks.double())
double_start = {name: value.double() for name, value in start.items()}
for steps, lr in ((200, 0.1), (5000, 0.3)):
    state, losses = mended_training(double_start, z, scores.double(), lr, steps)
    W_raw, b_raw = unscale_weights(state["weight"].T, state["bias"], mean, std)
    numbers = ", ".join(f"{value:.2f}" for value in [*W_raw.flatten().tolist(), b_raw.item()])
    print(f"{steps:4d} steps, lr {lr}: w1, w2, w3, b = {numbers}; loss {losses[-1]:.3f}")
numbers = ", ".join(f"{value:.2f}" for value in best.flatten().tolist())
print(f"least squares:        w1, w2, w3, b = {numbers}; loss {best_loss:.3f}")

# %% [markdown] lang="ko"
# 200걸음의 손실은 거의 최소인데 가중치는 아직 꽤 다릅니다. 남은 평평한 방향에서는 가중치가 달라져도 손실이 거의 그대로이기 때문입니다. 손실이 낮다고 해서 **가중치를 믿어도 된다는 뜻은 아닙니다**. 서로 닮은 특성이 있으면 "시험 3이 가장 중요하다" 같은 말은 조심해서 해야 합니다.
#
# ## 정리
#
# - 입력이 몇 개든 예측은 $xW + b$, 기울기는 $\frac{2}{N}x^\top e$와 오차의 평균의 두 배입니다. 기울기의 모양은 매개변수의 모양과 같습니다.
# - `nn.Module`은 배우는 것의 장부를 적습니다. `super().__init__()`이 장부를 마련하고, `nn.Parameter`만 장부에 오릅니다. 부를 때는 `model(x)`입니다.
# - 옵티마이저는 건네받은 텐서만 압니다. 손실이 변하지 않으면 학습률을 의심하기 전에 **무엇이 움직였는지**부터 보세요. `state_dict()`는 복사본이 아닙니다.
# - 조건수가 크면 지형은 긴 도랑입니다. 학습률은 가장 가파른 방향에 묶이고, 평평한 방향은 제자리걸음입니다.
# - 열마다 표준화하면 학습률을 크게 잡을 수 있습니다. `mean`과 `std`는 새 데이터에도 쓰고 가중치를 되돌릴 때도 쓰니 버리지 마세요.
#
# ## 더 생각해 보기
#
# <details><summary>1. 표준화하면 b는 왜 언제나 정답의 평균으로 갈까요?</summary>
#
# 표준화한 열은 평균이 0이므로 $zW$의 평균도 0입니다. 그래서 오차의 평균은 $b - \bar{y}$이고, $\frac{\partial J}{\partial b} = 0$이 되는 곳은 $W$와 상관없이 $b = \bar{y}$입니다. 여기서는 171입니다. 평균이 0이면 $H$에서 $b$의 방향이 나머지와 완전히 떨어져 나옵니다.
# </details>
#
# <details><summary>2. 정답 y도 표준화해야 하나요?</summary>
#
# 지형의 모양에는 상관이 없습니다. $H = \frac{2}{N}A^\top A$에 $y$가 없으니 조건수도 학습률의 한계도 그대로입니다. 다만 출발점에서 별까지의 거리와 손실의 크기가 달라집니다. 신경망에서는 출력이 0 언저리에서 출발하므로 $y$가 아주 크면 표준화하는 것이 편합니다.
# </details>
#
# <details><summary>3. 표준화하고도 조건수가 1,276인데, 더 줄일 수는 없나요?</summary>
#
# 열끼리 닮은 것을 없애면 됩니다. 예를 들어 세 점수 대신 "평균 점수, 시험 2와 평균의 차이, 시험 3과 평균의 차이"를 쓰고 그것을 표준화하면 32까지 줄어듭니다. 점들이 퍼진 서로 수직인 방향으로 축을 돌린 다음(주성분 분석) 표준화하면 1까지 내려갑니다. 학습률을 방향마다 다르게 조절하는 옵티마이저도 있습니다. 12장에서 다룹니다.
# </details>
#
# <details><summary>4. 학생 다섯 명에 매개변수가 네 개입니다. 손실 0.104를 믿어도 될까요?</summary>
#
# 조심해야 합니다. 학생이 네 명이었다면 매개변수 네 개로 손실을 정확히 0으로 만들 수 있었을 것입니다. 시험과 아무 관계가 없는 점수라도 그렇습니다. 배울 때 보지 못한 학생으로 재야 합니다. 5장 7절에서 다룹니다.
# </details>
#
# <details><summary>5. requires_grad=True인 텐서를 self.W에 넣고 옵티마이저에 [model.W]를 건네면 배우기는 하지 않나요?</summary>
#
# 배웁니다. 하지만 `state_dict()`에 없으니 저장하면 사라지고, `model.to(device)`를 해도 혼자 CPU에 남고, `model.parameters()`를 쓰는 다른 모든 코드가 이것을 모릅니다. 그래서 `nn.Parameter`가 있습니다.
# </details>

# %% [markdown] lang="en"
# After 200 steps the loss is almost the lowest, while the weights are still quite different. In the flat direction that is left, weights may change and the loss hardly notices. A low loss **does not mean that the weights can be trusted**: where features are alike, be careful with sentences such as "exam 3 matters most".
#
# ## Summary
#
# - For any number of inputs the prediction is $xW + b$; the gradients are $\frac{2}{N}x^\top e$ and twice the mean of the errors. A gradient has the shape of its parameter.
# - An `nn.Module` keeps a register of what is learned: `super().__init__()` lays it out, and only an `nn.Parameter` enters it. To call it, write `model(x)`.
# - An optimizer knows only the tensors it was handed. If the loss does not change, look at **what moved** before you suspect the learning rate; and `state_dict()` is no copy.
# - A large condition number means a long ditch: the steepest direction limits the learning rate, and along the flattest one hardly moves.
# - Standardise column by column, and the learning rate can be large. Keep `mean` and `std`: new data need them, and so does the way back to raw weights.
#
# ## Further questions
#
# <details><summary>1. With standardised features, why does b always go to the mean of the answers?</summary>
#
# A standardised column has mean 0, so $zW$ has mean 0 too. The mean of the errors is then $b - \bar{y}$, and $\frac{\partial J}{\partial b} = 0$ holds at $b = \bar{y}$, whatever $W$ is. Here that is 171. With means of 0, the direction of $b$ parts completely from the others in $H$.
# </details>
#
# <details><summary>2. Should the answers y be standardised as well?</summary>
#
# For the shape of the landscape it does not matter. There is no $y$ in $H = \frac{2}{N}A^\top A$, so neither the condition number nor the limit of the learning rate changes; the distance from the start to the star does, and the size of the loss. The outputs of a neural network start near 0, so with a very large $y$ it is convenient.
# </details>
#
# <details><summary>3. Standardised, the condition number is still 1,276. Can it be made smaller?</summary>
#
# Yes, by removing what the columns have in common. Use, say, the average mark and the differences of exams 2 and 3 from it, standardised: that brings it down to 32. Or turn the axes to the directions at right angles in which the points spread (principal component analysis) and then standardise: that brings it down to 1. There are also optimizers that give each direction a rate of its own; see chapter 12.
# </details>
#
# <details><summary>4. Five students and four parameters: can we believe in a loss of 0.104?</summary>
#
# Be careful. With four students, four parameters could have made the loss exactly 0, even for scores that had nothing to do with the exams. Measure on students that were not seen in training; see chapter 5, section 7.
# </details>
#
# <details><summary>5. A tensor with requires_grad=True in self.W, and [model.W] handed to the optimizer: does that not learn?</summary>
#
# It does. But it is not in `state_dict()`, so it is lost when you save; it stays on the CPU when you call `model.to(device)`; and no other code that uses `model.parameters()` will ever know of it. That is what `nn.Parameter` is for.
# </details>
