# ---
# jupyter:
#   course:
#     ko: 로지스틱 회귀
#     en: Logistic regression
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 6장. 로지스틱 회귀
#
# **누구를 위한 장인가요?** 지금까지는 점수 같은 *수*를 맞혔습니다. 이제 "악성인가, 아닌가?"처럼 **예 아니면 아니요**로 답하는 모델을 만들고, 그 모델이 정말 쓸모 있는지까지 따져 보고 싶은 사람.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 브로드캐스팅과 행렬 곱(1장), 학습 반복문(2장), 연쇄 법칙과 손으로 구한 기울기(3장), `nn.Module`과 표준화(4장), 훈련 집합과 검증 집합(5장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 시그모이드가 어디서 왔는지 데이터로 보이고, ±1000에서도 멀쩡한 코드로 쓸 수 있습니다.
# - 이진 교차 엔트로피를 공식이 아니라 "일어난 일에 준 확률"로 설명하고, 기울기를 손으로 구할 수 있습니다.
# - 손실이 어떤 학습률로도 꼼짝하지 않는 함정을 재어서 알아보고, 로짓으로 고칠 수 있습니다.
# - 정확도 95 %가 왜 아무 뜻도 없을 수 있는지 보이고, 정밀도와 재현율로 제대로 보고할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 6. Logistic regression
#
# **Who is this for?** So far you have predicted *numbers*, such as scores. Now you want a model that answers **yes or no** ("is it malignant?"), and you want to find out whether it is really any good.
#
# **Time** about 100 minutes · **You need** broadcasting and matrix products (chapter 1), the training loop (chapter 2), the chain rule and gradients by hand (chapter 3), `nn.Module` and standardising (chapter 4), training and validation sets (chapter 5)
#
# **Afterwards you can**
#
# - show with data where the sigmoid comes from, and write it so that it survives ±1000,
# - explain binary cross entropy not by its formula but as "the probability given to what happened", and find its gradient by hand,
# - recognise, by measuring, a loss that no learning rate can move, and mend it with logits,
# - show why an accuracy of 95% may mean nothing at all, and report with precision and recall.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch06_logistic_regression", "ko")

# %% lang="en"
open_chapter("ch06_logistic_regression", "en")

# %% [markdown] lang="ko"
# ## 1. 예, 아니면 아니요
#
# 가슴에 멍울이 만져지는 사람에게서 세포를 조금 뽑아 현미경으로 봅니다. 세포핵의 크기와 모양을 재어 이것이 악성(malignant)인지 양성(benign)인지 맞히고 싶습니다. 맞힐 것은 둘 중 하나입니다. 이렇게 수가 아니라 종류를 맞히는 일을 분류(classification)라고 합니다.
#
# 이 과정의 바탕이 된 노트도 특성 여덟 개로 이런 분류를 합니다. 그런데 데이터 파일이 없어서 노트의 코드는 실행되지 않습니다. 그 대신 scikit-learn에 들어 있는 위스콘신 유방암 데이터의 앞 여덟 열을 씁니다. 환자 569명의 진짜 기록이고, 인터넷이 없어도 읽을 수 있습니다.
#
# 한 가지만 미리 정합시다. 정답 `y`는 **악성이 1, 양성이 0**입니다. 찾으려는 쪽을 1로 두는 것이 관례입니다. (scikit-learn의 파일에는 거꾸로 악성이 0으로 적혀 있어서 뒤집습니다. 이런 것은 언제나 데이터의 설명을 읽고 확인하세요.)

# %% [markdown] lang="en"
# ## 1. Yes or no
#
# A few cells are taken from a lump in somebody's breast and put under the microscope. From the size and the shape of their nuclei we want to tell whether the lump is malignant or benign. There are just two possible answers. To predict a kind instead of a number is called classification.
#
# The notes this course grew from classify like this, too, from eight features. But their data file is missing, so their code does not run. We take the first eight columns of the Wisconsin breast cancer data that come with scikit-learn instead: true records of 569 patients, which can be read without a network.
#
# One thing has to be settled first. The answer `y` is **1 for malignant and 0 for benign**: by custom, what you are looking for is the 1. (In scikit-learn's file it is the other way round, so we turn it over. Always read the description of the data to make sure.)

# %% tags=["demo"]
from sklearn.datasets import load_breast_cancer

records = load_breast_cancer()
x_all = torch.tensor(records.data[:, :8], dtype=torch.float32)  # (569, 8)
y_all = torch.tensor(records.target == 0, dtype=torch.float32)[:, None]  # (569, 1): 1 is malignant
print(f"{len(y_all)} patients, {int(y_all.sum())} of them malignant ({y_all.mean().item():.1%})")
for name, column in zip(records.feature_names, x_all.T):
    print(f"{name:20s} from {column.min().item():8.3f} to {column.max().item():8.3f}")

# %% [markdown] lang="ko"
# 먼저 특성 하나, 세포핵의 반지름(mean radius)만 봅시다. 왼쪽은 환자 한 명이 점 하나입니다. `y`가 0과 1뿐이라 점들이 두 줄로 늘어섭니다(서로 가리지 않게 위아래로 조금씩 흔들어 놓았습니다). 여기에 2장처럼 직선을 맞추어 보았습니다. 오른쪽은 반지름이 비슷한 환자끼리 묶어, 묶음마다 **악성인 사람의 비율**을 잰 것입니다.

# %% [markdown] lang="en"
# Begin with one feature, the mean radius of the nuclei. On the left every dot is a patient; as `y` is only ever 0 or 1, the dots lie in two rows (shaken up and down a little, so that they do not hide one another). A straight line is fitted to them as in chapter 2. On the right, patients of similar radius are put together, and in each group we measure **the share of malignant ones**.

# %% tags=["demo"]
radius = x_all[:, :1]  # (569, 1)
ones = torch.ones_like(radius)  # (569, 1)
line = torch.linalg.lstsq(torch.cat([radius, ones], 1), y_all).solution  # (2, 1): slope, intercept
grid_r = torch.linspace(6, 29, 200)[:, None]  # (200, 1)

edges = torch.tensor([6.0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 29])
middles, shares = [], []
for low, high in zip(edges[:-1], edges[1:]):
    group = (radius >= low) & (radius < high)  # (569, 1): a mask
    middles.append(radius[group].mean().item())
    shares.append(y_all[group].mean().item())


def draw_shares(ax, title):
    ax.plot(middles, shares, "o", color=plots.BLUE, label="share in a group")
    ax.set_ylim(-0.25, 1.35)
    plots.label(ax, title, "mean radius", "share of malignant")


figure, (left, right) = plots.axes(2, width=4.3, height=2.9)
noise = 0.08 * (torch.rand(569, 1, generator=torch.Generator().manual_seed(0)) - 0.5)
left.plot(radius, y_all + noise, ".", markersize=3, color=plots.BLUE, alpha=0.5)
left.plot(grid_r, line[0] * grid_r + line[1], color=plots.RED)
left.set_ylim(-0.4, 1.75)
plots.label(left, "A straight line leaves 0 to 1", "mean radius", "y: 1 is malignant")
draw_shares(right, "The share of malignant ones is an S")
plt.show()
for r in (8.0, 25.0):
    print(f"the straight line at radius {r}: {(line[0] * r + line[1]).item():.2f}")

# %% [markdown] lang="ko"
# 직선은 반지름 8에서 −0.24, 25에서 1.46을 말합니다. 악성일 비율이 −24 %라거나 146 %라는 말은 뜻이 없습니다. 오른쪽 점들이 답의 모양을 보여 줍니다. 작을 때는 0에 붙어 있고, 가운데에서 가파르게 오르고, 클 때는 1에 붙는 **S자 곡선**입니다.
#
# 그러니 모델이 내놓을 것은 "악성이다"라는 한마디가 아니라 0과 1 사이의 수, 곧 악성일 확률(probability) $p$입니다. 반지름이 15인 사람에게 한마디로 답하는 것은 억지지만, "악성일 확률이 0.6"이라고는 말할 수 있습니다.
#
# ## 2. 시그모이드: 점수를 확률로
#
# S자 곡선은 어떤 식일까요? 우리가 만들 줄 아는 것은 $z = xW + b$라는 점수입니다. 이것은 $-\infty$에서 $\infty$까지 어떤 수든 될 수 있습니다. 반대로 확률은 0과 1 사이에 갇혀 있습니다. 확률을 풀어 놓으면 되지 않을까요? 두 걸음이면 됩니다.
#
# - 악성일 확률을 아닐 확률로 나눕니다. 이것을 오즈(odds)라고 합니다. $\frac{p}{1-p}$는 0에서 $\infty$까지 갑니다. 확률 0.8은 "4 대 1"입니다.
# - 오즈에 자연로그 $\log$를 씌웁니다($e^z$의 $z$를 되찾아 주는 함수이고, 코드에서는 `torch.log`입니다). 이제 $-\infty$에서 $\infty$까지 갑니다. 반반이면 $\log 1 = 0$입니다.
#
# 이 $\log\frac{p}{1-p}$를 로짓(logit)이라고 합니다. 묶음마다 잰 비율을 로짓으로 바꾸어 그려 봅시다. (비율이 0이나 1인 묶음은 로짓이 무한대라서 뺐습니다.)

# %% [markdown] lang="en"
# The line says −0.24 at radius 8 and 1.46 at radius 25. A share of −24% or 146% malignant makes no sense. The dots on the right show the shape of the answer: close to 0 for small nuclei, a steep rise in the middle, close to 1 for large ones. It is **a curve like an S**.
#
# So the model should not say one word, "malignant", but a number from 0 to 1: the probability $p$ of being malignant. At a radius of 15 a plain yes or no would be forced; "malignant with probability 0.6" is something one can say.
#
# ## 2. The sigmoid: from a score to a probability
#
# What formula makes an S? What we know how to make is a score $z = xW + b$, and that can be any number from $-\infty$ to $\infty$. A probability, on the other hand, is locked up between 0 and 1. Why not set it free? It takes two steps.
#
# - Divide the probability of malignant by that of not malignant. These are the odds, $\frac{p}{1-p}$, and they go from 0 to $\infty$. A probability of 0.8 is "4 to 1".
# - Take the natural logarithm $\log$ of the odds (the function that gives you back the $z$ of $e^z$; in code, `torch.log`). Now it goes from $-\infty$ to $\infty$; for fifty-fifty it is $\log 1 = 0$.
#
# This $\log\frac{p}{1-p}$ is called the logit. Turn the share of every group into its logit and plot that. (Where the share is 0 or 1 the logit is infinite, so those groups are left out.)

# %% tags=["demo"]
both = [(r, s) for r, s in zip(middles, shares) if 0 < s < 1]
r_both, s_both = torch.tensor(both).T  # (8,), (8,)
logits = torch.log(s_both / (1 - s_both))  # (8,)
A = torch.stack([r_both, torch.ones_like(r_both)], 1)  # (8, 2)
slope, intercept = torch.linalg.lstsq(A, logits[:, None]).solution.flatten().tolist()

figure, (left, right) = plots.axes(2, width=4.3, height=2.9)
left.plot(r_both, logits, "o", color=plots.BLUE, label="a group")
left.plot(r_both, slope * r_both + intercept, color=plots.ORANGE, label="a straight line")
plots.label(left, "As logits, the groups lie near a line", "mean radius", "logit of the share")
left.legend()
draw_shares(right, "The same line, turned back into shares")
right.plot(grid_r, 1 / (1 + torch.exp(-(slope * grid_r + intercept))), color=plots.ORANGE)
plt.show()
print(f"the line: z = {slope:.2f} * radius - {-intercept:.1f}")

# %% [markdown] lang="ko"
# S자가 거의 **직선**으로 펴졌습니다. 그러니 점수 $z = xW + b$를 로짓이라고 치고, 거꾸로 확률을 구하면 됩니다. $z = \log\frac{p}{1-p}$를 $p$에 대해 풀면 이렇게 됩니다.
#
# $$\frac{p}{1-p} = e^z \quad\Rightarrow\quad p = \sigma(z) = \frac{e^z}{1+e^z} = \frac{1}{1+e^{-z}}$$
#
# 이 함수 $\sigma$가 시그모이드(sigmoid)입니다. 오른쪽의 주황색 곡선이 바로 이것입니다. $z = 0$이면 0.5이고, $z$가 0보다 한참 크면 1에, 한참 작으면 0에 다가가지만, 종이 위에서는 결코 닿지 않습니다. 점수를 선형으로 만들고 시그모이드로 확률로 바꾸는 이 모델을 로지스틱 회귀(logistic regression)라고 합니다. 이름은 회귀지만 하는 일은 분류입니다.
#
# ### 여러분 차례: `sigmoid`
#
# 위에는 같은 식이 두 가지로 적혀 있습니다. 종이 위에서는 어느 쪽이든 같지만 컴퓨터에서는 그렇지 않습니다. `float32`가 담을 수 있는 가장 큰 수는 약 $3.4 \times 10^{38}$입니다. 그보다 커지면 무한대 `inf`가 되는데, 이것을 오버플로(overflow)라고 합니다. 먼저 재어 보세요.

# %% [markdown] lang="en"
# The S has straightened into nearly a **line**. So take the score $z = xW + b$ to be the logit, and go back to the probability: solve $z = \log\frac{p}{1-p}$ for $p$.
#
# $$\frac{p}{1-p} = e^z \quad\Rightarrow\quad p = \sigma(z) = \frac{e^z}{1+e^z} = \frac{1}{1+e^{-z}}$$
#
# This function $\sigma$ is the sigmoid, the orange curve on the right. It is 0.5 at $z = 0$; it comes close to 1 where $z$ is far above 0 and close to 0 where it is far below, and on paper it never gets there. A model that makes a linear score and turns it into a probability with the sigmoid is called logistic regression. The name says regression, but what it does is classification.
#
# ### Your turn: `sigmoid`
#
# The formula above is written in two ways. On paper they are the same; in a computer they are not. The largest number that a `float32` can hold is about $3.4 \times 10^{38}$. Beyond that it becomes infinity, `inf`, which is called overflow. Measure first.

# %%
large = torch.tensor([88.0, 89.0, 1000.0])  # (3,)
print("e^z:      ", torch.exp(large))
print("e^-z:     ", torch.exp(-large))
print("inf / inf:", torch.exp(large[-1:]) / torch.exp(large[-1:]))
print("1 / inf:  ", 1 / torch.exp(large[-1:]))

# %% [markdown] lang="ko"
# `inf`라고 다 해로운 것은 아닙니다. `inf / inf`는 `nan`, 곧 "수가 아님"이 되어 그 뒤의 계산을 모두 망치지만, `1 / inf`는 우리가 바라는 그대로 0입니다. 어느 쪽 식을 골라야 할까요?

# %% [markdown] lang="en"
# Not every `inf` does harm. `inf / inf` is `nan`, "not a number", and spoils everything computed from it; but `1 / inf` is 0, just what we want. Which of the two forms do you choose?


# %% exercise="sigmoid"
def sigmoid(z):
    """The sigmoid of z, element by element: 1 / (1 + e^-z).

    z: a float tensor of any shape, with numbers as large as 1000 and as small as -1000.
    Returns a tensor of z's shape and dtype: every value is from 0 to 1, and none is NaN. By hand,
    without torch.sigmoid, nn.Sigmoid and their like.
    """
    ### BEGIN SOLUTION
    return 1 / (1 + torch.exp(-z))
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 시그모이드로 S자를 마음대로 움직여 봅시다. 가중치는 곡선이 **얼마나 가파른지**를, 편향은 **어디에 있는지**를 정합니다. $z = 0$인 곳, 곧 $p = 0.5$인 곳은 반지름이 $-b/W$일 때입니다.

# %% [markdown] lang="en"
# Use your sigmoid to move the S around. The weight decides **how steep** it is, the bias **where** it is: $z = 0$, and so $p = 0.5$, at a radius of $-b/W$.

# %% tags=["demo"]
figure, (left, right) = plots.axes(2, width=4.3, height=2.9)
draw_shares(left, "The weight: how steep")
draw_shares(right, "The bias: where")
styles = ("--", "-", ":")
for W, style in zip((0.4, 1.0, 5.0), styles):
    left.plot(grid_r, sigmoid(W * (grid_r - 15)), style, label=f"W = {W:g}, b = {-15 * W:g}")
for b, style in zip((-12.0, -15.0, -20.0), styles):
    right.plot(grid_r, sigmoid(1.0 * grid_r + b), style, label=f"W = 1, b = {b:g}")
for ax in (left, right):
    ax.legend(loc="lower right", fontsize="small")
plt.show()
print("sigmoid(±1000) and sigmoid(0):", sigmoid(torch.tensor([-1000.0, 0.0, 1000.0])).tolist())

# %% [markdown] lang="ko"
# ## 3. 분류기를 모듈로
#
# 특성이 여덟이어도 달라지는 것은 점수뿐입니다. 4장의 $xW + b$에 시그모이드를 씌우면 끝입니다.
#
# $$p = \sigma(xW + b) \qquad x: (N, 8) \quad W: (8, 1) \quad p: (N, 1)$$
#
# ### 여러분 차례: `classifier`
#
# 4장에서 본 `nn.Linear`를 이번에는 써도 됩니다. 모듈 안에 `self.linear`라는 이름으로 두세요. 시그모이드는 여러분의 `sigmoid`를 써도 되고 `torch.sigmoid`를 써도 됩니다.

# %% [markdown] lang="en"
# ## 3. The classifier as a module
#
# With eight features only the score changes. Put a sigmoid around the $xW + b$ of chapter 4, and that is all.
#
# $$p = \sigma(xW + b) \qquad x: (N, 8) \quad W: (8, 1) \quad p: (N, 1)$$
#
# ### Your turn: `classifier`
#
# This time you may use `nn.Linear`, which you know from chapter 4; keep it in the module under the name `self.linear`. For the sigmoid take your own `sigmoid` or `torch.sigmoid`, as you like.


# %% exercise="classifier"
class BinaryClassifier(nn.Module):
    """Logistic regression: a linear layer and a sigmoid, with two methods.

    __init__(self, features): makes self.linear, an nn.Linear from `features` inputs, an int, to
    one output, with a bias. The module has no other parameters.
    forward(self, x): x, (N, features), gives the probabilities of class 1, (N, 1).
    """

    def __init__(self, features):
        ### BEGIN SOLUTION
        super().__init__()
        self.linear = nn.Linear(features, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))  # (N, 1)
        ### END SOLUTION


# %% tags=["demo"]
torch.manual_seed(0)
model = BinaryClassifier(8)
print({name: tuple(value.shape) for name, value in model.named_parameters()})
with torch.no_grad():
    untrained = model(torch.randn(3, 8))  # (3, 1)
print("untrained, three made-up patients:", [round(p, 2) for p in untrained.flatten().tolist()])

# %% [markdown] lang="ko"
# 배워야 할 수는 가중치 여덟에 편향 하나, 모두 아홉입니다. 아직 아무것도 배우지 않아 세 확률에는 뜻이 없습니다. (코드의 `torch.no_grad()`는 이 안에서 한 계산은 자동 미분이 기록하지 않게 합니다. 학습하지 않고 재기만 할 때 씁니다.) 배우게 하려면 **얼마나 틀렸는지** 재는 손실이 있어야 합니다.

# %% [markdown] lang="en"
# There are nine numbers to learn, eight weights and a bias. Nothing is learned yet, so the three probabilities mean nothing. (`torch.no_grad()` keeps autograd from recording what is computed inside it; use it when you measure and do not train.) To learn, we need a loss that says **how wrong** a probability is.

# %% [markdown] lang="ko"
# ## 4. 확률은 얼마나 틀릴 수 있나: 우도
#
# 예보관 두 사람이 있습니다. 둘 다 환자의 반지름만 보고 악성일 확률을 말합니다. 나중에 조직 검사로 답이 나옵니다. 누가 더 잘 맞혔을까요? "악성일 확률 0.7"은 맞은 것도 틀린 것도 아닙니다. 하지만 이렇게는 물을 수 있습니다. **실제로 일어난 일에 얼마의 확률을 주었는가?** 악성이었다면 $p$를, 양성이었다면 $1 - p$를 준 것입니다. 이 수를 $q$라고 부릅시다.
#
# 환자 여덟 명으로 그려 봅니다. 곡선이 예보관의 확률이고, 굵은 막대가 $q$입니다. 악성(▲)이면 바닥에서 곡선까지, 양성(●)이면 천장에서 곡선까지입니다. 막대가 길수록 잘 맞힌 것입니다.

# %% [markdown] lang="en"
# ## 4. How wrong can a probability be? The likelihood
#
# Take two forecasters. Both look at nothing but a patient's radius and say how probable it is that the lump is malignant. Later a biopsy tells. Who was better? "Malignant with probability 0.7" is neither right nor wrong. But you can ask this: **what probability did they give to what really happened?** If it was malignant they gave it $p$; if it was benign, $1 - p$. Call this number $q$.
#
# Draw it for eight patients. The curve is a forecaster's probability, the thick bar is $q$: from the floor up to the curve for malignant (▲), from the ceiling down to the curve for benign (●). The longer the bar, the better.

# %% tags=["demo"]
eight = radius[:, 0].argsort()[[60, 150, 270, 330, 390, 420, 440, 500]]  # (8,): spread by radius
r8, y8 = radius[eight], y_all[eight]  # (8, 1), (8, 1)
forecasters = {"A": (1.0, -15.0), "B": (0.2, -3.4)}  # weight, bias

figure, grid = plots.axes(2, width=4.3, height=3.0, sharey=True)
for ax, (name, (W, b)) in zip(grid, forecasters.items()):
    p8 = sigmoid(W * r8 + b)  # (8, 1)
    q8 = torch.where(y8 == 1, p8, 1 - p8)  # (8, 1): the probability given to what happened
    curve = sigmoid(W * grid_r + b)  # (200, 1)
    ax.plot(grid_r[35:160], curve[35:160], color=plots.GREY)
    for r, y, p in zip(r8.flatten(), y8.flatten(), p8.flatten()):
        start, marker, colour = (0, "^", plots.RED) if y == 1 else (1, "o", plots.BLUE)
        ax.plot([r, r], [start, p], color=colour, linewidth=5, alpha=0.5, solid_capstyle="butt")
        ax.plot(r, y, marker, color=colour)
    product = q8.prod().item()
    plots.label(ax, f"Forecaster {name}: the bars multiply to {product:.4f}", "mean radius", "")
    print(f"{name}: q =", [round(q, 2) for q in q8.flatten().tolist()], f"product {product:.4f}")
grid[0].set_ylabel("probability of malignant")
plt.show()

# %% [markdown] lang="ko"
# 환자들이 서로 상관없다면 여덟 가지 일이 *모두* 일어날 확률은 $q$를 모두 곱한 것입니다. 동전을 두 번 던져 둘 다 앞면일 확률이 $0.5 \times 0.5$인 것과 같습니다. 이것이 우도(likelihood)입니다. **일어난 일을 예보관이 얼마나 그럴듯하다고 했는지**를 수 하나로 말해 줍니다. A의 우도가 B보다 큽니다. 배운다는 것은 우도가 가장 큰 곡선을 찾는 일입니다.
#
# 그런데 569명 모두의 우도를 구하면 어떻게 될까요?

# %% [markdown] lang="en"
# If the patients have nothing to do with one another, the probability that *all* eight things happen is the product of the $q$s, just as two tosses of a coin both come up heads with probability $0.5 \times 0.5$. This is the likelihood. It says in one number **how plausible the forecaster found what happened**. That of A is larger than that of B. To learn is to look for the curve with the largest likelihood.
#
# But what is the likelihood of all 569?

# %% tags=["demo"]
for name, (W, b) in forecasters.items():
    p = sigmoid(W * radius + b)  # (569, 1)
    q = torch.where(y_all == 1, p, 1 - p)  # (569, 1)
    print(f"{name}: product {q.prod().item()}, sum of log q {q.log().sum().item():.1f}", end="")
    print(f", mean of -log q {-q.log().mean().item():.3f}")

# %% [markdown] lang="ko"
# 둘 다 0입니다. 1보다 작은 수를 569번 곱하니 `float32`가 담을 수 있는 가장 작은 수보다도 작아져 0이 되어 버렸습니다. 이것이 언더플로(underflow)입니다. 고치는 법은 로그입니다. 로그는 곱을 합으로 바꾸고($\log ab = \log a + \log b$), 순서를 바꾸지 않습니다. 거기에 −를 붙여 "작을수록 좋은 것"으로 만들고, 사람 수에 따라 커지지 않도록 평균을 냅니다. 이렇게 얻은 $-\log q$의 평균이 우리의 손실입니다. 여기서도 A가 B보다 낮습니다.
#
# 한 사람의 손실 $-\log q$는 어떻게 생겼을까요? 2장의 제곱 오차와 나란히 그려 봅니다. $y$가 1이든 0이든 $(p-y)^2$은 $(1-q)^2$입니다.

# %% [markdown] lang="en"
# Both are 0. Multiply 569 numbers below 1, and the result is smaller than the smallest number a `float32` can hold: it became 0. That is underflow. The remedy is the logarithm. It turns products into sums ($\log ab = \log a + \log b$) and leaves the order as it is. Put a minus in front, so that smaller is better, and take the mean, so that it does not grow with the number of people. This mean of $-\log q$ is our loss. Here, too, A is lower than B.
#
# What does the loss of one person, $-\log q$, look like? Draw it beside the squared error of chapter 2: whether $y$ is 1 or 0, $(p-y)^2$ is $(1-q)^2$.

# %%
q = torch.linspace(0.001, 1, 500)  # (500,)
figure, (ax,) = plots.axes(1, width=4.8, height=2.8)
ax.plot(q, -torch.log(q), color=plots.ORANGE, label="-log q")
ax.plot(q, (1 - q) ** 2, "--", color=plots.GREY, label="(1 - q)²")
plots.label(ax, "Being sure and wrong costs without limit", "q, given to what happened", "loss")
ax.legend()
plt.show()
for value in (0.99, 0.5, 0.01, 0.0001):
    print(f"q = {value}: -log q = {-torch.log(torch.tensor(value)).item():.2f}")

# %% [markdown] lang="ko"
# 일어난 일에 확률 1을 주었다면 손실은 0입니다. 반반이라고 했다면 0.69, 백에 하나라고 했다면 4.61입니다. 제곱 오차는 아무리 틀려도 1을 넘지 않지만, $-\log q$는 **자신 있게 틀릴수록 끝없이 커집니다.**
#
# 이제 $q$를 식 하나로 써 봅시다. $y$가 1이면 $\log p$, 0이면 $\log(1-p)$를 골라야 합니다. $y$와 $1-y$를 스위치로 쓰면 됩니다. 하나가 1이면 다른 하나는 0이니까요.
#
# $$J = -\frac{1}{N}\sum_{i=1}^{N}\Bigl[\,y_i \log p_i + (1-y_i)\log(1-p_i)\,\Bigr]$$
#
# 이것이 이진 교차 엔트로피(binary cross entropy), 줄여서 BCE입니다. '이진'은 답이 둘이라는 뜻입니다. 답이 여럿일 때는 7장에서 만납니다.
#
# ### 여러분 차례: `binary-cross-entropy`
#
# 스위치에는 구멍이 하나 있습니다. $p$가 정확히 0이나 1이면 어떻게 될까요?

# %% [markdown] lang="en"
# Give probability 1 to what happened, and the loss is 0. Fifty-fifty costs 0.69, one in a hundred costs 4.61. A squared error never exceeds 1, however wrong you are; $-\log q$ **grows without limit the surer you are of the wrong thing**.
#
# Now put $q$ into one formula. If $y$ is 1 it must pick $\log p$, and otherwise $\log(1-p)$. Use $y$ and $1-y$ as switches: when one of them is 1, the other is 0.
#
# $$J = -\frac{1}{N}\sum_{i=1}^{N}\Bigl[\,y_i \log p_i + (1-y_i)\log(1-p_i)\,\Bigr]$$
#
# This is the binary cross entropy, BCE for short. Binary means that there are two answers. Chapter 7 takes up more than two.
#
# ### Your turn: `binary-cross-entropy`
#
# The switches have one hole. What if $p$ is exactly 0 or exactly 1?

# %%
print("log 0 =", torch.log(torch.tensor(0.0)).item())
print("0 * log 0 =", 0 * torch.log(torch.tensor(0.0)).item())
p, y = torch.tensor([0.0, 1.0]), torch.tensor([0.0, 0.0])
print("PyTorch:", F.binary_cross_entropy(p, y, reduction="none").tolist())

# %% [markdown] lang="ko"
# 꺼진 스위치라도 `0 * -inf`는 0이 아니라 `nan`입니다. PyTorch는 로그를 **−100보다 작아지지 못하게** 막습니다. 그래서 완전히 틀린 사람의 손실은 무한대가 아니라 100입니다. 여러분도 이 규칙을 따르세요. 텐서의 `clamp(min=-100)`은 −100보다 작은 원소를 −100으로 바꿉니다. 이 규칙이 나중에 무슨 일을 일으키는지는 7절에서 봅니다.

# %% [markdown] lang="en"
# Even with the switch off, `0 * -inf` is not 0 but `nan`. PyTorch does not let a logarithm go **below −100**, so whoever is completely wrong has a loss of 100 and not of infinity. Follow that rule: a tensor's `clamp(min=-100)` turns elements below −100 into −100. In section 7 we will see what this rule can do to you.


# %% exercise="binary-cross-entropy"
def binary_cross_entropy(p, y):
    """The binary cross entropy: the mean over all samples of -log(probability of what happened).

    p: (N, 1), the probabilities of class 1, from 0 to 1, both included. y: (N, 1), the right
    answers, 0.0 or 1.0. Float tensors of one dtype; they stay as they are.
    A logarithm below -100 counts as -100, as in PyTorch. Returns a tensor of shape (), of that
    dtype. By hand, without F.binary_cross_entropy or nn.BCELoss.
    """
    ### BEGIN SOLUTION
    log_p = torch.log(p).clamp(min=-100)  # (N, 1): the log of the probability of class 1
    log_q = torch.log(1 - p).clamp(min=-100)  # (N, 1): and of class 0
    return -(y * log_p + (1 - y) * log_q).mean()  # ()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 손실이 얼마면 좋은 걸까요? 아무것도 모르는 예보관 둘과 견주면 감이 잡힙니다. 하나는 언제나 0.5라고 하고, 하나는 언제나 전체의 비율인 0.373이라고 합니다.

# %% [markdown] lang="en"
# What is a good loss? To get a feeling for it, compare with two forecasters who know nothing. One always says 0.5, the other always the overall share, 0.373.

# %% tags=["demo"]
guesses = {
    "always 0.5": torch.full_like(y_all, 0.5),
    "always the overall share": torch.full_like(y_all, y_all.mean().item()),
    "forecaster B": sigmoid(0.2 * radius - 3.4),
    "forecaster A": sigmoid(1.0 * radius - 15),
    "sure, and wrong for everyone": 1 - y_all,
}
for name, p in guesses.items():
    yours, theirs = binary_cross_entropy(p, y_all), F.binary_cross_entropy(p, y_all)
    print(f"{name:29s} yours {yours.item():7.3f}, PyTorch {theirs.item():7.3f}")

# %% [markdown] lang="ko"
# 0.693은 $\log 2$, 동전 던지기의 손실입니다. 이 수를 기억해 두세요. 두 가지를 맞히는 모델의 손실이 0.69 언저리에 머문다면 아직 아무것도 배우지 못한 것입니다.
#
# ## 5. 기울기: 놀랍도록 간단한 답
#
# 내려가려면 기울기가 필요합니다. 계산은 $z \to p \to J$로 흐르니 3장의 연쇄 법칙을 씁니다. 표본 하나만 봅시다. $\log p$의 미분은 $\frac1p$입니다. 시그모이드 $p = \frac{1}{1+e^{-z}}$의 미분은 $\frac1u$의 미분 $-\frac{1}{u^2}$에 $u = 1+e^{-z}$의 미분 $-e^{-z}$을 곱한 것입니다.
#
# $$\frac{\partial p}{\partial z} = \frac{e^{-z}}{(1+e^{-z})^2} = \frac{1}{1+e^{-z}} \cdot \frac{e^{-z}}{1+e^{-z}} = p(1-p)$$
#
# 이제 두 조각이 모두 있습니다.
#
# $$\frac{\partial J}{\partial p} = -\frac{y}{p} + \frac{1-y}{1-p} = \frac{p-y}{p(1-p)} \qquad \frac{\partial p}{\partial z} = p(1-p)$$
#
# 둘을 곱하면 $p(1-p)$가 깨끗이 지워집니다.
#
# $$\frac{\partial J}{\partial z} = p - y$$
#
# **확률에서 정답을 뺀 것**, 오차 그 자체입니다. 이것이 왜 중요한지 제곱 오차와 견주어 봅시다. 제곱 오차라면 지워질 것이 없어서 $2(p-y)\,p(1-p)$가 됩니다. 정답이 1일 때 두 기울기를 그립니다.

# %% [markdown] lang="en"
# 0.693 is $\log 2$, the loss of tossing a coin. Remember this number: if the loss of a model with two answers stays around 0.69, it has not learned anything yet.
#
# ## 5. The gradient: a surprisingly simple answer
#
# To go downhill we need the gradient. The computation flows $z \to p \to J$, so use the chain rule of chapter 3. Look at a single sample. The derivative of $\log p$ is $\frac1p$. For the sigmoid $p = \frac{1}{1+e^{-z}}$, multiply the derivative $-\frac{1}{u^2}$ of $\frac1u$ by $-e^{-z}$, that of $u = 1+e^{-z}$.
#
# $$\frac{\partial p}{\partial z} = \frac{e^{-z}}{(1+e^{-z})^2} = \frac{1}{1+e^{-z}} \cdot \frac{e^{-z}}{1+e^{-z}} = p(1-p)$$
#
# Now both pieces are there.
#
# $$\frac{\partial J}{\partial p} = -\frac{y}{p} + \frac{1-y}{1-p} = \frac{p-y}{p(1-p)} \qquad \frac{\partial p}{\partial z} = p(1-p)$$
#
# Multiply the two, and $p(1-p)$ cancels completely.
#
# $$\frac{\partial J}{\partial z} = p - y$$
#
# **The probability minus the right answer**: the error itself. To see why that matters, compare with the squared error. There nothing cancels, and it is $2(p-y)\,p(1-p)$. Draw both slopes for a right answer of 1.

# %%
z = torch.linspace(-8, 8, 200)  # (200,)
p = torch.sigmoid(z)  # (200,)
figure, (ax,) = plots.axes(1, width=5.0, height=2.8)
ax.plot(z, p - 1, color=plots.ORANGE, label="binary cross entropy: p - 1")
ax.plot(z, 2 * (p - 1) * p * (1 - p), "--", color=plots.GREY, label="squared error")
plots.label(
    ax, "Where it is most wrong, BCE pushes hardest", "score z (the right answer is 1)", "slope"
)
ax.legend()
plt.show()
at = torch.sigmoid(torch.tensor(-8.0))  # ()
print(
    f"slope at z = -8: BCE {(at - 1).item():.4f}, squared {(2 * (at - 1) * at * (1 - at)).item():.4f}"
)

# %% [markdown] lang="ko"
# 왼쪽 끝이 가장 크게 틀린 곳입니다. BCE는 거기서 가장 세게(−1) 밉니다. 제곱 오차는 거기서 거의 밀지 않습니다. 가장 틀린 사람에게서 가장 못 배우는 것입니다. 분류를 제곱 오차로 학습하지 않는 까닭이 이것입니다.
#
# $z$부터는 4장과 똑같습니다. 점수 $z = xW + b$가 4장의 예측이었고, 그 오차 자리에 $p - y$가 들어갑니다. 제곱에서 나오던 2는 이제 없습니다.
#
# $$\frac{\partial J}{\partial W} = \frac{1}{N}\,x^\top (p - y) \qquad \frac{\partial J}{\partial b} = \frac{1}{N}\sum_{i=1}^{N}(p_i - y_i)$$
#
# ### 여러분 차례: `bce-gradient`

# %% [markdown] lang="en"
# The far left is where the model is most wrong. There BCE pushes hardest (−1), and the squared error hardly pushes at all: it learns least from what it got most wrong. That is why one does not train a classifier with it.
#
# From $z$ on, all is as in chapter 4. The score $z = xW + b$ was the prediction there, and $p - y$ takes the place of its error. The 2 that came from the square is gone.
#
# $$\frac{\partial J}{\partial W} = \frac{1}{N}\,x^\top (p - y) \qquad \frac{\partial J}{\partial b} = \frac{1}{N}\sum_{i=1}^{N}(p_i - y_i)$$
#
# ### Your turn: `bce-gradient`


# %% exercise="bce-gradient"
def bce_gradient(x, y, W, b):
    """The gradients of the binary cross entropy of p = sigmoid(x W + b), by hand.

    x: (N, D). y: (N, 1), 0.0 or 1.0. W: (D, 1). b: (1,). All float tensors of one dtype; the
    scores x W + b may be as large as ±1000.
    Returns (dW, db): (D, 1) and (1,), of that dtype. By hand: without autograd.
    """
    ### BEGIN SOLUTION
    p = torch.sigmoid(x @ W + b)  # (N, 1)
    error = p - y  # (N, 1)
    dW = x.T @ error / len(x)  # (D, N) @ (N, 1) = (D, 1)
    db = error.mean(0)  # (1,)
    return dW, db
    ### END SOLUTION


# %% [markdown] lang="ko"
# 자동 미분과 견주고, 반지름 하나만으로 학습해 봅시다. 반지름은 4장처럼 표준화하고, 가중치와 편향은 0에서 출발합니다. 그러면 처음에는 누구에게나 0.5라고 합니다.

# %% [markdown] lang="en"
# Compare with autograd, then learn from the radius alone. The radius is standardised as in chapter 4, and the weight and the bias start at 0, so that in the beginning everybody gets 0.5.

# %% tags=["demo"]
center, spread = radius.mean(0), radius.std(0, correction=0)  # (1,), (1,)
r_z = (radius - center) / spread  # (569, 1)
W, b = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
loss = F.binary_cross_entropy(torch.sigmoid(r_z @ W + b), y_all)  # ()
for name, yours, theirs in zip(
    ("dW", "db"),
    bce_gradient(r_z, y_all, W.detach(), b.detach()),
    torch.autograd.grad(loss, (W, b)),
):
    print(f"{name}: yours {yours.item():.5f}, autograd {theirs.item():.5f}")

figure, (ax,) = plots.axes(1, width=5.0, height=3.0)
draw_shares(ax, "Your gradient bends the curve into an S")
W, b = torch.zeros(1, 1), torch.zeros(1)  # (1, 1), (1,)
for step in range(201):
    p = torch.sigmoid(r_z @ W + b)  # (569, 1)
    if step in (0, 2, 10, 200):
        curve = torch.sigmoid((grid_r - center) / spread @ W + b)  # (200, 1)
        style = {0: ":", 2: "-.", 10: "--", 200: "-"}[step]
        ax.plot(grid_r, curve, style, label=f"after {step} steps")
        print(f"after {step:3d} steps: loss {F.binary_cross_entropy(p, y_all).item():.3f}")
    dW, db = bce_gradient(r_z, y_all, W, b)
    W, b = W - 1.0 * dW, b - 1.0 * db
ax.legend(loc="lower right", fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 수평선이 S자로 일어섰습니다. 마지막 손실 0.290은 눈대중으로 정한 예보관 A의 0.292보다 조금이나마 낮습니다.
#
# ## 6. 여덟 특성으로 진짜 학습
#
# 5장에서 배운 대로 합니다. 먼저 훈련 집합과 검증 집합으로 나누고, 평균과 표준편차는 훈련 집합에서만 구합니다. 학습률은 노트의 1, 갱신은 100번입니다.

# %% [markdown] lang="en"
# The level line has risen to an S. Its loss in the end, 0.290, is a little lower even than the 0.292 of forecaster A, who was made up by eye.
#
# ## 6. Eight features: training in earnest
#
# Do as chapter 5 says: first split into a training and a validation set, then get mean and standard deviation from the training set alone. The learning rate is that of the notes, 1, and there are 100 updates.


# %%
def train(model, x, y, lr, steps):
    """Gradient descent as in the notes: BCE of the model's probabilities, on all samples at once.

    x: (N, D). y: (N, 1). Returns a list of the losses, each before its update.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        p = model(x)  # (N, 1)
        loss = F.binary_cross_entropy(p, y)  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


print("updates in the notes' range(100 + 1):", len(range(100 + 1)))
print("lines printed by 'epoch % 10 == 0': ", sum(epoch % 10 == 0 for epoch in range(100 + 1)))

# %% tags=["demo"]
order = torch.randperm(569, generator=torch.Generator().manual_seed(0))  # (569,)
valid, train_rows = order[:142], order[142:]  # (142,), (427,)
x_raw, y_train = x_all[train_rows], y_all[train_rows]  # (427, 8), (427, 1)
mean, std = x_raw.mean(0), x_raw.std(0, correction=0)  # (8,), (8,)
x_train = (x_raw - mean) / std  # (427, 8)
x_valid, y_valid = (x_all[valid] - mean) / std, y_all[valid]  # (142, 8), (142, 1)

torch.manual_seed(0)
start = nn.Linear(8, 1).state_dict()  # where every training of this chapter starts

# %% tags=["demo"]
model = BinaryClassifier(8)
model.linear.load_state_dict(start)  # a copy: start stays as it is
losses = train(model, x_train, y_train, lr=1.0, steps=100)
for k in (0, 1, 10, 99):
    print(f"before update {k + 1:3d}: loss {losses[k]:.3f}")

figure, (ax,) = plots.axes(1, width=4.8, height=2.6)
ax.plot(losses, color=plots.ORANGE)
ax.axhline(0.693, linestyle=":", color=plots.GREY, label="tossing a coin")
plots.label(ax, "The loss falls far below a coin's", "update", "loss on the training set")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 잘 내려갑니다. (노트는 "20번마다 출력"이라고 써 놓고 `epoch % 10`으로 열 번마다 출력합니다. 그리고 `range(100 + 1)`이라 갱신은 101번입니다. 3장의 그 반복문입니다. 주석이 아니라 코드를 믿으세요.)
#
# 손실은 학습에는 좋지만, 의사에게 "손실이 0.11입니다"라고 말할 수는 없습니다. 사람에게는 몇 명을 맞혔는지가 더 와닿습니다. 그러려면 확률을 한마디로 바꾸어야 합니다. $p$가 임계값(threshold) **이상**이면 1, 아니면 0이라고 합시다. 보통은 0.5입니다. 그렇게 해서 맞힌 사람의 비율이 정확도(accuracy)입니다.
#
# $$\text{accuracy} = \frac{\text{number of right answers}}{N}$$
#
# ### 여러분 차례: `accuracy`
#
# `p >= threshold`는 참과 거짓으로 된 텐서를 돌려줍니다. 1장에서 보았듯 참은 1, 거짓은 0으로 셀 수 있습니다.

# %% [markdown] lang="en"
# Down it goes. (The notes say "print every 20" and print every ten, because of `epoch % 10`; and `range(100 + 1)` makes 101 updates, the loop of chapter 3. Believe the code, not the comment.)
#
# A loss is good for training, but you cannot tell a doctor "the loss is 0.11". How many were right says more to people. For that, a probability must become a plain answer: 1 if $p$ is **at least** a threshold, and otherwise 0. Usually the threshold is 0.5. The share of people for whom that is right is the accuracy.
#
# $$\text{accuracy} = \frac{\text{number of right answers}}{N}$$
#
# ### Your turn: `accuracy`
#
# `p >= threshold` gives a tensor of true and false. As in chapter 1, true counts as 1 and false as 0.


# %% exercise="accuracy"
def accuracy(p, y, threshold):
    """The share of samples for which the plain answer is right.

    p: (N, 1), the probabilities of class 1, float. y: (N, 1), the right answers, 0.0 or 1.0.
    threshold: a float; the plain answer is 1 where p is at least the threshold, otherwise 0.
    Returns a Python float from 0 to 1.
    """
    ### BEGIN SOLUTION
    answer = (p >= threshold).float()  # (N, 1)
    return (answer == y).float().mean().item()
    ### END SOLUTION


# %% tags=["demo"]
model = BinaryClassifier(8)
model.linear.load_state_dict(start)
train(model, x_train, y_train, lr=1.0, steps=100)
with torch.no_grad():
    p_train, p_valid = model(x_train), model(x_valid)  # (427, 1), (142, 1)
print(f"training set:   accuracy {accuracy(p_train, y_train, 0.5):.1%}")
print(f"validation set: accuracy {accuracy(p_valid, y_valid, 0.5):.1%}")
nobody = torch.zeros_like(y_valid)  # (142, 1): says "benign" to everyone
print(f"always benign, validation set: {accuracy(nobody, y_valid, 0.5):.1%}")

answer = (p_valid >= 0.5).float()  # (142, 1)
hits = (answer == y_valid[:, 0]).sum().item()  # (142, 1) == (142,): what shape is that?
print(f"with a y of (142,): {hits} right answers of 142, accuracy {hits / 142:.0%}")

# %% [markdown] lang="ko"
# 처음 보는 환자 열에 아홉쯤을 맞힙니다. 아무것도 보지 않고 모두 양성이라고 하는 것보다 훨씬 낫습니다.
#
# 마지막 줄을 보세요. 정답의 모양이 (142, 1)이 아니라 (142,)이면 `==`가 (142, 142)로 브로드캐스팅됩니다. 모든 답을 모든 정답과 견주니 정확도가 수천 %입니다. 이렇게 터무니없으면 알아채기라도 하지만, `.mean()`으로 평균을 내면 0과 1 사이의 그럴듯한 수가 나옵니다.
#
# 모델은 공간을 어떻게 나눌까요? $p = 0.5$인 곳을 결정 경계(decision boundary)라고 합니다. 거기서 $z = xW + b = 0$이므로 특성이 둘이면 직선입니다. 반지름(mean radius)과 결(mean texture) 둘만으로 다시 배우고, 확률을 지도로 그려 봅니다.

# %% [markdown] lang="en"
# It is right about some nine in ten patients it has never seen, much better than calling everyone benign without looking.
#
# Look at the last line. If the right answers have the shape (142,) instead of (142, 1), `==` broadcasts to (142, 142): every answer meets every right answer, and the accuracy is thousands of per cent. At least that is absurd enough to notice; with `.mean()` it would come out as a plausible number from 0 to 1.
#
# How does the model divide the space? Where $p = 0.5$ is called the decision boundary. There $z = xW + b = 0$, so with two features it is a straight line. Learn again from radius and texture alone, and draw the probability as a map.

# %% tags=["demo"]
torch.manual_seed(0)
small = BinaryClassifier(2)
train(small, x_train[:, :2], y_train, lr=1.0, steps=200)
side = torch.linspace(-3, 5, 120)  # (120,)
across, up = torch.meshgrid(side, side, indexing="xy")  # each (120, 120)
with torch.no_grad():
    points = torch.stack([across.flatten(), up.flatten()], 1)  # (14400, 2)
    height = small(points).reshape(120, 120)  # (120, 120)

figure, (ax,) = plots.axes(1, width=5.0, height=3.6)
styles = {0.1: ":", 0.5: "-", 0.9: "--"}
lines = ax.contour(across, up, height, levels=list(styles), colors=plots.GREY)
lines.set_linestyles(list(styles.values()))
for level, style in styles.items():
    ax.plot([], [], style, color=plots.GREY, label=f"p = {level}")  # for the legend
for kind, marker, colour, name in (
    (0, "o", plots.BLUE, "benign"),
    (1, "^", plots.RED, "malignant"),
):
    chosen = y_valid[:, 0] == kind  # (142,): a mask
    ax.plot(*x_valid[chosen, :2].T, marker, color=colour, markersize=4, alpha=0.7, label=name)
ax.set(xlim=(-2.5, 5), ylim=(-2.6, 3.6))
plots.label(ax, "The boundary is a straight line", "radius, standardised", "texture, standardised")
ax.legend(loc="lower right", fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# ## 7. 함정: 어떤 학습률로도 움직이지 않는 손실
#
# 표준화를 깜빡하면 어떻게 될까요? 4장에서는 손실이 폭발하거나 기어갔습니다. 이번에도 그럴 거라고 예상하고, 노트처럼 시그모이드의 결과에 BCE를 씌운 반복문으로 날것의 특성을 학습해 봅시다. 학습률을 네 가지로 바꾸어 봅니다.

# %% [markdown] lang="en"
# ## 7. A trap: a loss that no learning rate can move
#
# What if you forget to standardise? In chapter 4 the loss then exploded or crawled. Expect something of the kind, and train on the raw features with a loop that, like the notes, takes the BCE of what comes out of a sigmoid. Try four learning rates.


# %%
def broken_training(start, x, y, lr, steps):
    """The notes' way: a sigmoid first, then the binary cross entropy of its probabilities."""
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        p = torch.sigmoid(model(x))  # (N, 1)
        loss = F.binary_cross_entropy(p, y)  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model.state_dict(), losses


def probabilities(state, x):
    """The probabilities (N, 1) of the linear layer `state` for x, (N, D)."""
    return torch.sigmoid(F.linear(x, state["weight"], state["bias"]))


# %% tags=["demo"]
for lr in (1.0, 1e-2, 1e-5, 1e-8):
    state, losses = broken_training(start, x_raw, y_train, lr, 100)
    share = accuracy(probabilities(state, x_raw), y_train, 0.5)
    print(f"lr = {lr:.0e}: loss {losses[0]:.3f} ... {losses[-1]:.3f}, accuracy {share:.1%}")

# %% [markdown] lang="ko"
# 폭발하지도 기어가지도 않습니다. 학습률이 1억 배 달라도 손실이 **소수점 아래까지 똑같습니다.** 정확도는 63.5 %이니 얼핏 무언가 배운 것도 같습니다. 4장의 탐정처럼 물어봅시다. 움직이기는 했나? 기울기는 얼마인가? 점수는 어디에 있나?

# %% [markdown] lang="en"
# It neither explodes nor crawls. With learning rates a hundred million times apart, the loss is **the same to the last decimal**. And an accuracy of 63.5% almost looks as if something were learned. Ask as the detective of chapter 4 did: did anything move? How large is the gradient? Where are the scores?

# %% tags=["demo"]
layer = nn.Linear(8, 1)
layer.load_state_dict(start)
z = layer(x_raw)  # (427, 1)
p = torch.sigmoid(z)  # (427, 1)
F.binary_cross_entropy(p, y_train).backward()
print(
    f"scores z from {z.min().item():.0f} to {z.max().item():.0f}; largest p: {p.max().item():.1g}"
)
print(f"largest gradient of a weight: {layer.weight.grad.abs().max().item():.0e}")
print(
    f"share of malignant {y_train.mean().item():.5f}, times 100: {100 * y_train.mean().item():.3f}"
)

# %% [markdown] lang="ko"
# 특성이 크니(넓이는 143.5에서 2,501까지입니다) 점수도 0에서 멀고, 시그모이드는 모두에게 사실상 0이라고 합니다. 악성인 36.5 %는 완전히 틀렸고 점수가 모두 −100보다도 아래라 로그가 −100에서 막힙니다. 그래서 한 사람에 100씩, 나머지는 0씩입니다. 손실 36.534는 **악성 비율의 100배**일 뿐이고, 정확도 63.5 %는 **양성의 비율**일 뿐입니다. 배운 것이 없습니다.
#
# 그런데 이상합니다. 5절에서 기울기는 $p - y$라고 했으니 틀린 사람에게서는 −1이어야 합니다. 왜 기울기가 사실상 0일까요? 점수 하나로 재어 봅시다. 오른쪽 두 열은 PyTorch의 `F.binary_cross_entropy_with_logits`로, 확률이 아니라 **로짓 $z$를 받아** 같은 손실을 구하는 함수입니다.

# %% [markdown] lang="en"
# The features are large (areas go from 143.5 to 2,501), so the scores are far out, and the sigmoid says as good as 0 to everybody. The 36.5% who are malignant are completely wrong, and as their scores are all below −100, their logarithms are stopped there: 100 each. The others cost 0. The loss of 36.534 is nothing but **a hundred times the share of malignant**, and the accuracy of 63.5% nothing but **the share of benign**. Nothing was learned.
#
# But that is strange. Section 5 said that the gradient is $p - y$, so for those who are wrong it should be −1. Why is it as good as 0? Measure it with a single score. The two columns on the right are PyTorch's `F.binary_cross_entropy_with_logits`, a function that **is given the logit $z$** instead of the probability, for the same loss.


# %%
def loss_and_slope(z, y, with_logits):
    """The loss of each score in z, (n,), for the right answers y, (n,), and its slope by autograd."""
    z = z.clone().requires_grad_()
    if with_logits:
        loss = F.binary_cross_entropy_with_logits(z, y, reduction="none")  # (n,)
    else:
        loss = F.binary_cross_entropy(torch.sigmoid(z), y, reduction="none")  # (n,)
    return loss.detach(), torch.autograd.grad(loss.sum(), z)[0] + 0.0  # + 0.0 turns -0 into 0


print("                 BCE of a sigmoid     BCE with logits")
print("     z   y        loss     slope        loss     slope")
for score, answer in ((-200.0, 1.0), (-30.0, 1.0), (-20.0, 1.0), (16.0, 0.0), (17.0, 0.0)):
    z, y = torch.tensor([score]), torch.tensor([answer])
    numbers = [v.item() for flag in (False, True) for v in loss_and_slope(z, y, flag)]
    print(f"{score:6.0f}   {answer:.0f}", "".join(f"{number:12.3f}"[2:] for number in numbers))

z = torch.linspace(0, 40, 400)  # (400,)
figure, grid = plots.axes(2, width=4.2, height=2.7)
for with_logits, style, colour in ((False, "-", plots.RED), (True, "--", plots.BLUE)):
    name = "with logits" if with_logits else "of a sigmoid"
    for ax, values in zip(grid, loss_and_slope(z, torch.zeros(400), with_logits)):
        ax.plot(z, values, style, color=colour, label=f"BCE {name}")
plots.label(grid[0], "Beyond 16.6 the loss jumps to 100", "score z (the right answer is 0)", "loss")
plots.label(grid[1], "... and its slope drops to 0", "score z (the right answer is 0)", "slope")
grid[1].legend(loc="center right", fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 시그모이드가 답을 **반올림해 버린** 것입니다. $z = -200$이면 $p = e^{-200}$인데 `float32`에는 0밖에 없습니다(언더플로). $\log 0$은 −100에서 막혔고, 막힌 곳은 평평하니 기울기가 0입니다. 반대쪽은 더 빠릅니다. `float32`는 유효숫자가 일곱 자리쯤이라 $z = 17$이면 벌써 $p$가 정확히 1이 되고, 손실은 17이 아니라 100으로 **뛰어오릅니다.** 이렇게 함수가 평평한 끝에 붙어 버린 것을 포화(saturation)라고 합니다. 종이 위의 $p - y$는 옳지만, 자동 미분은 종이가 아니라 **반올림된 계산**을 거슬러 갑니다. ($z = -30$에서 기울기가 벌써 작은 것은, PyTorch가 0으로 나누지 않으려고 $p(1-p)$ 대신 $10^{-12}$으로 나누기 때문입니다.)
#
# 고치는 법은 시그모이드를 따로 구하지 않는 것입니다. $-\log\sigma(z)$를 먼저 종이 위에서 정리합니다.
#
# $$-\log\sigma(z) = \log(1 + e^{-z}) \qquad -\log(1-\sigma(z)) = \log(1+e^{z}) = z + \log(1 + e^{-z})$$
#
# 앞의 것은 정답이 1일 때, 뒤의 것은 0일 때의 손실입니다. 하나로 합치면 $z - zy + \log(1+e^{-z})$입니다. 아직 $e^{-z}$이 $z = -200$에서 오버플로하니 한 걸음 더 갑니다. $z$가 음수이면 $\log(1+e^{-z}) = -z + \log(1+e^{z})$입니다. 두 경우를 묶으면 지수가 언제나 $-|z|$, 곧 0 이하가 됩니다.
#
# $$J_i = \max(z_i, 0) - z_i\,y_i + \log\bigl(1 + e^{-|z_i|}\bigr)$$
#
# $\max(z, 0)$을 구하는 길은 여럿이고 값은 모두 같습니다. 그런데 $\max(z, 0)$은 $z = 0$에서 꺾입니다. 자동 미분은 거기서 기울기로 무엇을 고를까요?

# %% [markdown] lang="en"
# The sigmoid has **rounded the answer away**. At $z = -200$ it should be $p = e^{-200}$, but all that `float32` has for that is 0 (underflow). $\log 0$ was stopped at −100, and where it is stopped it is flat: a gradient of 0. On the other side it comes sooner. `float32` keeps about seven digits, so at $z = 17$ already $p$ is exactly 1, and the loss **jumps** to 100 instead of 17. A function stuck at its flat end is said to be in saturation. The $p - y$ on paper is right, but autograd goes back not through the paper but through **the rounded computation**. (At $z = -30$ the slope is small already because PyTorch, lest it divide by 0, divides by $10^{-12}$ in place of $p(1-p)$.)
#
# The remedy is not to compute the sigmoid on its own. First simplify $-\log\sigma(z)$ on paper.
#
# $$-\log\sigma(z) = \log(1 + e^{-z}) \qquad -\log(1-\sigma(z)) = \log(1+e^{z}) = z + \log(1 + e^{-z})$$
#
# The first is the loss where the answer is 1, the second where it is 0. In one formula: $z - zy + \log(1+e^{-z})$. At $z = -200$ that $e^{-z}$ still overflows, so take one more step. For negative $z$, $\log(1+e^{-z}) = -z + \log(1+e^{z})$. Put both cases together, and the exponent is always $-|z|$, never above 0.
#
# $$J_i = \max(z_i, 0) - z_i\,y_i + \log\bigl(1 + e^{-|z_i|}\bigr)$$
#
# There are several ways to $\max(z, 0)$, and their values are the same. But $\max(z, 0)$ has a kink at $z = 0$. What does autograd take as its slope there?

# %%
zero = torch.zeros(1)  # (1,)
for name, above in (
    ("z.clamp(min=0)", lambda z: z.clamp(min=0)),
    ("torch.where(z > 0, z, 0)", lambda z: torch.where(z > 0, z, zero)),
    ("torch.maximum(z, 0)", lambda z: torch.maximum(z, zero)),
):
    z = torch.zeros(1, requires_grad=True)  # (1,)
    above(z).backward()
    print(f"{name:25s} value {above(z).item():.1f}, slope {z.grad.item():.1f}")

# %% [markdown] lang="ko"
# 고르는 것이 저마다 다릅니다. 세 항을 더한 손실은 매끄럽고 $z = 0$에서 기울기가 $p - y = \tfrac12 - y$입니다. 그런데 자동 미분은 더한 것을 보지 않고 항마다 따로 미분합니다. $|z|$의 기울기로는 0을 고르니, $\max(z, 0)$의 것이 $\tfrac12$이어야 더해서 옳습니다. 둘이 같을 때 반씩 나누는 `torch.maximum`이 그렇게 합니다. 드문 일이 아닙니다. **가중치를 0에서 시작하면 모든 $z$가 0입니다.**
#
# ### 여러분 차례: `bce-with-logits`
#
# $\max(z, 0)$은 `torch.maximum(z, torch.zeros_like(z))`로 구하세요. `torch.log1p(t)`는 $\log(1+t)$를 $t$가 아주 작을 때도 정확히 구합니다.

# %% [markdown] lang="en"
# Each takes another one. The loss, all three terms together, is smooth, and its slope at $z = 0$ is $p - y = \tfrac12 - y$. But autograd does not look at the sum; it takes the slope of each term by itself. As that of $|z|$ it takes 0, so that of $\max(z, 0)$ has to be $\tfrac12$ for the sum to be right. That is what `torch.maximum` does, which shares out evenly where the two are equal. It is not a rare case: **where the weights start from 0, every $z$ is 0.**
#
# ### Your turn: `bce-with-logits`
#
# Get $\max(z, 0)$ with `torch.maximum(z, torch.zeros_like(z))`. `torch.log1p(t)` gives $\log(1+t)$ exactly even where $t$ is tiny.


# %% exercise="bce-with-logits"
def bce_with_logits(z, y):
    """The binary cross entropy of sigmoid(z), computed from the logits z.

    z: (N, 1), the logits, with numbers as large as 1000 and as small as -1000. y: (N, 1), 0.0 or
    1.0. Float tensors of one dtype; they stay as they are.
    Returns the mean over all samples, a tensor of shape () and of that dtype; never inf or NaN,
    and no loss is cut off at 100. Autograd gets the right gradient by z from it, (p - y) / N with
    p = sigmoid(z), for every z: for 0, too. By hand, without F.binary_cross_entropy_with_logits,
    F.logsigmoid or F.softplus.
    """
    ### BEGIN SOLUTION
    rest = torch.log1p(torch.exp(-z.abs()))  # (N, 1): between 0 and log 2
    return (torch.maximum(z, torch.zeros_like(z)) - z * y + rest).mean()  # ()
    ### END SOLUTION


# %% tags=["demo"]
for score, answer in ((-1000.0, 1.0), (-200.0, 1.0), (0.0, 1.0), (17.0, 0.0), (200.0, 1.0)):
    z, y = torch.tensor([[score]]), torch.tensor([[answer]])  # (1, 1), (1, 1)
    cut = binary_cross_entropy(torch.sigmoid(z), y).item() + 0.0  # + 0.0 turns -0 into 0
    whole = bce_with_logits(z, y).item()
    print(f"z = {score:6.0f}, y = {answer:.0f}: with logits {whole:8.3f}, of a sigmoid {cut:8.3f}")

# %% [markdown] lang="ko"
# ### 여러분 차례: `train-logits`
#
# 이제 `broken_training`을 고치세요. 받는 것과 돌려주는 것은 그대로입니다. 확률을 거치지 않고 로짓에서 바로 손실을 구하면 됩니다. `F.binary_cross_entropy_with_logits`를 써도 되고 여러분의 `bce_with_logits`를 써도 됩니다.
#
# 고치는 사람이 자주 빠지는 구덩이가 둘 있습니다. 하나는 시그모이드를 **지우지 않는** 것이고, 하나는 $p$를 `clamp`로 0과 1에서 조금 떼어 놓는 것입니다. 둘 다 오류 없이 돌아갑니다.

# %% [markdown] lang="en"
# ### Your turn: `train-logits`
#
# Now mend `broken_training`; it takes and returns the same things. Get the loss straight from the logits, without going through probabilities. Use `F.binary_cross_entropy_with_logits` or your own `bce_with_logits`.
#
# There are two holes that people who mend this often fall into. One is **not to remove** the sigmoid, the other to keep $p$ a little away from 0 and 1 with `clamp`. Both run without an error.


# %% exercise="train-logits"
def train_logits(start, x, y, lr, steps):
    """Trains logistic regression by gradient descent on the binary cross entropy, from logits.

    start: the state_dict of an nn.Linear(D, 1) to start from, {"weight": (1, D), "bias": (1,)};
    it stays as it is. x: (N, D). y: (N, 1), 0.0 or 1.0. lr: a float. steps: the number of
    updates, an int. All tensors are float and of one dtype; logits may be as large as ±1000, and
    wherever an answer is wrong, however far, the loss keeps its slope.
    Returns (state, losses): the state_dict at the end, and a list of `steps` Python floats, where
    losses[k] is the mean loss before update number k (so losses[0] is that of start).
    """
    model = nn.Linear(x.shape[1], 1, dtype=x.dtype)
    model.load_state_dict(start)
    losses = []
    ### BEGIN SOLUTION
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(steps):
        z = model(x)  # (N, 1): logits
        loss = F.binary_cross_entropy_with_logits(z, y)  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model.state_dict(), losses
    ### END SOLUTION


# %% tags=["demo"]
figure, (ax,) = plots.axes(1, width=5.4, height=2.9)
for name, training, x, lr, style, colour in (
    ("sigmoid, then BCE: raw, lr 1e-5", broken_training, x_raw, 1e-5, "-", plots.RED),
    ("with logits: raw, lr 1e-5", train_logits, x_raw, 1e-5, "--", plots.BLUE),
    ("with logits: raw, lr 1", train_logits, x_raw, 1.0, ":", plots.GREY),
    ("with logits: standardised, lr 1", train_logits, x_train, 1.0, "-.", plots.GREEN),
):
    state, losses = training(start, x, y_train, lr, 100)
    share = accuracy(probabilities(state, x), y_train, 0.5)
    end = f"{losses[-1]:6.3f}, accuracy {share:.1%}" if losses[-1] < 100 else "bouncing above 100"
    print(f"{name:32s} loss {losses[0]:7.3f} ... {end}")
    ax.semilogy(range(1, 101), losses, style, color=colour, label=name)
ax.set_ylim(0.05, 1e11)
plots.label(ax, "Only the sigmoid's loss never moves", "update", "loss")
ax.legend(fontsize="small", loc="upper right")
plt.show()

# %% [markdown] lang="ko"
# 로짓으로 바꾸자 날것의 특성에서도 손실이 내려가기 시작했습니다. 다만 학습률 1은 4장의 도랑에서처럼 벽 사이를 튀기만 합니다. 두 가지 병이 겹쳐 있던 것입니다. 로짓은 **기울기**를 살리고, 표준화는 **지형**을 고칩니다. 둘 다 하세요.
#
# 그래서 실제 코드에서는 모델이 확률이 아니라 로짓을 돌려주게 하고, 확률이 필요할 때만 시그모이드를 씌웁니다. 7장부터는 이렇게 합니다. 이때 가장 흔한 실수는 시그모이드를 씌운 것을 `with_logits`에 또 넣는 것입니다. 재어 봅시다.

# %% [markdown] lang="en"
# With logits the loss goes down even on the raw features. Only, at a learning rate of 1 it bounces from wall to wall, as in the ditch of chapter 4. There were two illnesses at once. Logits save the **gradient**, standardising mends the **landscape**. Do both.
#
# So in real code a model returns logits, not probabilities, and the sigmoid is applied only when a probability is wanted. From chapter 7 on we do so. The most common mistake then is to give `with_logits` something that went through a sigmoid already. Measure it.

# %% tags=["demo"]
layer = nn.Linear(8, 1)
layer.load_state_dict(start)
optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
for step in range(1001):
    twice = F.binary_cross_entropy_with_logits(torch.sigmoid(layer(x_train)), y_train)  # ()
    optimizer.zero_grad()
    twice.backward()
    optimizer.step()
print(f"two sigmoids, after {step} updates: reported loss {twice.item():.3f}")
best_twice = F.binary_cross_entropy_with_logits(y_train, y_train).item()
print(f"what a perfect model would report: {best_twice:.3f}")

# %% [markdown] lang="ko"
# 확률 0과 1을 로짓이라고 여기니, 완벽한 모델이라도 이 데이터에서는 손실이 0.55 아래로 내려갈 수 없습니다. 손실이 0.5나 0.6 언저리에서 멈추면 시그모이드가 두 번 들어가지 않았는지 보세요.
#
# ## 8. 함정: 아무도 찾지 못하는 95 %
#
# 우리 데이터에는 악성이 37 %나 됩니다. 건강 검진이라면 어떨까요? 양성인 357명은 그대로 두고 악성은 19명만 무작위로 남겨 봅시다. 스무 명에 한 명꼴입니다. 그리고 두 "모델"을 견줍니다. 하나는 진짜로 학습한 모델이고, 하나는 **보지도 않고 모두 양성이라고 합니다.** (간단히 하려고 학습한 환자에게서 그대로 잽니다. 진짜로 평가할 때는 5장처럼 따로 떼어 둔 환자에게서 재야 합니다.)

# %% [markdown] lang="en"
# Taking the probabilities 0 and 1 for logits, even a perfect model cannot get below 0.55 on these data. If a loss stops somewhere around 0.5 or 0.6, see whether there are two sigmoids.
#
# ## 8. A trap: the 95% that find nobody
#
# In our data 37% are malignant. What if it were a screening? Keep all 357 benign patients and only 19 malignant ones, drawn at random: about one in twenty. Then compare two "models". One is trained in earnest; the other **calls everyone benign without looking**. (To keep it short we measure on the patients that were trained on. To judge a model in earnest, measure on patients set apart, as in chapter 5.)

# %% tags=["demo"]
benign, malignant = (y_all[:, 0] == 0).nonzero()[:, 0], (y_all[:, 0] == 1).nonzero()[:, 0]
chosen = torch.randperm(len(malignant), generator=torch.Generator().manual_seed(0))[:19]  # (19,)
rare = torch.cat([benign, malignant[chosen]])  # (376,)
x_rare, y_rare = x_all[rare], y_all[rare]  # (376, 8), (376, 1)
x_rare = (x_rare - x_rare.mean(0)) / x_rare.std(0, correction=0)  # (376, 8)
p_lazy = torch.zeros_like(y_rare)  # (376, 1): "benign", whoever it is

# %% tags=["demo"]
state, _ = train_logits(start, x_rare, y_rare, 1.0, 100)
p_trained = probabilities(state, x_rare)  # (376, 1)
figure, grid = plots.axes(2, width=3.4, height=2.7)
for ax, (name, p) in zip(grid, {"Trained": p_trained, "Always benign": p_lazy}.items()):
    answer, truth = p[:, 0] >= 0.5, y_rare[:, 0] == 1  # (376,), (376,): masks
    counts = [[(truth == t).logical_and(answer == a).sum() for a in (0, 1)] for t in (0, 1)]
    plots.heatmap(ax, torch.tensor(counts), numbers=True, cmap="Blues", vmin=0, vmax=900)
    ax.set_xticks([0, 1], ["benign", "malignant"])
    ax.set_yticks([0, 1], ["benign", "malignant"], rotation=90, va="center")
    share = accuracy(p, y_rare, 0.5)
    plots.label(ax, f"{name}: accuracy {share:.1%}", "the model's answer", "the truth")
    print(
        f"{name}: accuracy {share:.1%}, malignant found {counts[1][1]} of {counts[1][0] + counts[1][1]}"
    )
plt.show()

# %% [markdown] lang="ko"
# 보지도 않는 쪽의 정확도가 **94.9 %** 입니다. 학습한 모델과 4 %포인트쯤 차이 날 뿐입니다. 그런데 찾아낸 암 환자는 한 명도 없습니다. 한쪽이 드물면 정확도는 흔한 쪽을 맞힌 것으로 가득 차서, 정작 중요한 것이 보이지 않습니다.
#
# 그림처럼 진실과 답을 짝지어 센 표를 혼동 행렬(confusion matrix)이라고 합니다. 이 표의 **악성 열**과 **악성 줄**에서 두 가지를 물을 수 있습니다.
#
# - 정밀도(precision): 모델이 악성이라고 한 사람 가운데 진짜 악성은 몇인가? (오른쪽 열)
# - 재현율(recall): 진짜 악성인 사람 가운데 모델이 찾아낸 사람은 몇인가? (아랫줄)
#
# $$\text{precision} = \frac{\text{found}}{\text{called malignant}} \qquad \text{recall} = \frac{\text{found}}{\text{malignant}}$$
#
# 여기서 found는 진짜 악성이면서 모델도 악성이라고 한 사람, 곧 오른쪽 아래 칸입니다. (통계에서는 1인 쪽을 positive, 우리말로 '양성'이라고 합니다. 종양의 '양성'과 소리가 같고 뜻은 정반대라서 이 장에서는 쓰지 않습니다.)
#
# ### 여러분 차례: `precision-recall`
#
# 아무도 악성이라고 하지 않으면 정밀도는 0 나누기 0입니다. 그럴 때는 0으로 하기로 약속합니다.

# %% [markdown] lang="en"
# The one that does not even look has an accuracy of **94.9%**, only some 4 percentage points less than the trained model. And it found not a single cancer. When one side is rare, accuracy is filled with right answers about the common side, and what matters is out of sight.
#
# A table that counts pairs of truth and answer, as in the picture, is called a confusion matrix. Its **malignant column** and its **malignant row** answer two questions.
#
# - Precision: of those the model called malignant, how many are? (the right column)
# - Recall: of those who are malignant, how many did the model find? (the bottom row)
#
# $$\text{precision} = \frac{\text{found}}{\text{called malignant}} \qquad \text{recall} = \frac{\text{found}}{\text{malignant}}$$
#
# Found are those who are malignant and were called so, the cell at the bottom right. (Statistics calls the side of 1 positive; a malignant lump is then a positive, which sounds odd, so this chapter does without the word.)
#
# ### Your turn: `precision-recall`
#
# If nobody is called malignant, precision is 0 divided by 0. By agreement it is then 0.


# %% exercise="precision-recall"
def precision_recall(p, y, threshold):
    """How many of those called 1 are 1, and how many of those that are 1 are called so.

    p: (N, 1), the probabilities of class 1, float. y: (N, 1), the right answers, 0.0 or 1.0.
    threshold: a float; the plain answer is 1 where p is at least the threshold, otherwise 0.
    Returns (precision, recall), Python floats from 0 to 1; one that would be 0 / 0 is 0.0.
    """
    ### BEGIN SOLUTION
    called, truth = p >= threshold, y == 1  # (N, 1), (N, 1): masks
    found = (called & truth).sum().item()
    precision = found / called.sum().item() if called.any() else 0.0
    recall = found / truth.sum().item() if truth.any() else 0.0
    return precision, recall
    ### END SOLUTION


# %% [markdown] lang="ko"
# 임계값은 꼭 0.5여야 할까요? 놓친 암이 헛걱정보다 훨씬 나쁘다면 0.1만 되어도 다시 검사하자고 할 수 있습니다. 학습은 그대로 두고 임계값만 바꾸어 봅시다.

# %% [markdown] lang="en"
# Does the threshold have to be 0.5? If a cancer that is missed is much worse than a needless worry, one may ask for another test at 0.1 already. Leave the training as it is, and change nothing but the threshold.

# %% tags=["demo"]
state, _ = train_logits(start, x_rare, y_rare, 1.0, 100)
p_trained = probabilities(state, x_rare)  # (376, 1)
thresholds = torch.linspace(0.01, 0.99, 99).tolist()
pairs = [precision_recall(p_trained, y_rare, t) for t in thresholds]
figure, (ax,) = plots.axes(1, width=5.2, height=2.8)
ax.plot(thresholds, [recall for _, recall in pairs], color=plots.BLUE, label="recall")
ax.plot(
    thresholds, [precision for precision, _ in pairs], "--", color=plots.ORANGE, label="precision"
)
ax.set_ylim(0, 1.05)
plots.label(ax, "A lower threshold finds more, and worries more", "threshold", "share")
ax.legend(loc="lower center")
plt.show()
for t in (0.5, 0.1, 0.02):
    precision, recall = precision_recall(p_trained, y_rare, t)
    print(f"threshold {t:4}: precision {precision:.1%}, recall {recall:.1%}", end="")
    print(f", accuracy {accuracy(p_trained, y_rare, t):.1%}")
print("always benign: precision, recall", precision_recall(p_lazy, y_rare, 0.5))

# %% [markdown] lang="ko"
# 임계값을 낮출 때 재현율은 오르거나 그대로이고, 정밀도는 조금씩 오르내리면서도 대체로 내려갑니다. 여기서 둘 다 1이 되는 임계값은 없습니다. 어디에 둘지는 무엇을 놓치는 것이 더 나쁜지에 달렸습니다. 그것은 수학이 아니라 쓰임새가 정합니다.
#
# ### 노트의 보고서
#
# 노트는 학습하면서 이런 줄을 찍습니다. 잘못이 둘 있습니다. 찾아보세요.

# %% [markdown] lang="en"
# As the threshold is lowered, recall never falls, and precision, up and down a little, mostly does. No threshold here makes both 1. Where to put it depends on what is worse to miss. That is decided not by mathematics but by what the model is for.
#
# ### The notes' report
#
# While training, the notes print lines like these. There are two things wrong with them. Look for both.


# %%
def broken_report(epoch, epochs, cost, p, y):
    share = accuracy(p, y, 0.5)
    line = "Epoch {:4d}/{} Cost: {:.6f} Accuracy {:2.2f}%"
    return line.format(epoch, epochs, cost, share * 100)


for percent in (5.26, 94.95, 100.0):
    print(f"with 2.2f: |{percent:2.2f}|   with 8.2f: |{percent:8.2f}|")

# %% tags=["demo"]
p_everyone = torch.ones_like(y_rare)  # (376, 1): "malignant", whoever it is
for epoch, p in ((0, p_everyone), (10, p_lazy), (100, y_rare)):
    cost = F.binary_cross_entropy(p, y_rare).item()
    print(broken_report(epoch, 100, cost, p, y_rare))

# %% [markdown] lang="ko"
# 첫째, `2.2f`의 앞의 2는 "소수점 앞에 두 자리"가 아니라 **소수점과 그 뒤까지 모두 합한 너비**입니다. 소수 두 자리면 가장 짧은 `0.00`도 네 글자이니, 너비 2는 있으나 마나입니다. 그래서 줄이 들쭉날쭉합니다. 너비를 넉넉히 주면 오른쪽에 맞춰 섭니다. 100을 직접 곱하고 `%`를 따로 붙이는 대신 `{:.2%}`라고 쓰면 파이썬이 100을 곱하고 기호까지 붙여 줍니다. 이때 너비는 그 기호까지 센 것입니다.
#
# 둘째가 진짜 잘못입니다. 가운데 줄을 보세요. 아무도 찾지 못한 모델이 94.95 %로 보고됩니다. 이 줄만 보는 사람은 잘되고 있다고 믿을 것입니다.
#
# ### 여러분 차례: `report-line`
#
# 두 잘못을 모두 고치세요. 여러분의 `accuracy`와 `precision_recall`을 쓰면 됩니다.

# %% [markdown] lang="en"
# First, the 2 in front of `2.2f` does not mean "two digits before the point". It is **the width of everything, the point and what follows included**. With two decimals even the shortest number, `0.00`, has four characters, so a width of 2 does nothing at all, and the lines are ragged. Give it enough width, and numbers stand flush on the right. And rather than multiply by 100 and add a `%` yourself, write `{:.2%}`: Python multiplies by 100 and adds the sign, which then counts in the width, too.
#
# The second is the real mistake. Look at the line in the middle: a model that found nobody is reported with 94.95%. Whoever reads only this line will believe that all is well.
#
# ### Your turn: `report-line`
#
# Mend both. Your `accuracy` and your `precision_recall` will help.


# %% exercise="report-line"
def report_line(epoch, epochs, cost, p, y):
    """One line that says how a training stands, with numbers that stand one below the other.

    epoch, epochs: ints. cost: a Python float. p: (N, 1), the probabilities of class 1, float.
    y: (N, 1), the right answers, 0.0 or 1.0. The plain answers are those at the threshold 0.5.
    Returns a str, exactly of this form (single spaces, apart from those that align):

    Epoch   10/100 Cost: 5.053192 Accuracy  94.95% Precision   0.00% Recall   0.00%
    Epoch  100/100 Cost: 0.000000 Accuracy 100.00% Precision 100.00% Recall 100.00%

    The epoch takes 4 characters and the cost has 6 decimals, as in the notes. Each share has 2
    decimals and takes 7 characters, its % sign included, flush right.
    """
    ### BEGIN SOLUTION
    right = accuracy(p, y, 0.5)
    precision, recall = precision_recall(p, y, 0.5)
    counts = f"Epoch {epoch:4d}/{epochs} Cost: {cost:.6f}"
    return f"{counts} Accuracy {right:7.2%} Precision {precision:7.2%} Recall {recall:7.2%}"
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
cost = F.binary_cross_entropy(p_lazy, y_rare).item()
print("Always benign, the notes' way and yours:")
print(broken_report(10, 100, cost, p_lazy, y_rare))
print(report_line(10, 100, cost, p_lazy, y_rare))
print("The training, with your report:")
for epoch in (0, 1, 2, 10, 100):
    state, _ = train_logits(start, x_rare, y_rare, 1.0, epoch)
    p = probabilities(state, x_rare)  # (376, 1)
    print(report_line(epoch, 100, F.binary_cross_entropy(p, y_rare).item(), p, y_rare))

# %% [markdown] lang="ko"
# 이제 거짓말이 보입니다. 정확도는 두 에폭 만에 95 %에 가깝지만, 그때 악성이라고 부른 사람은 둘에 하나가 양성입니다. 악성이라고 부른 사람 가운데 몇이나 맞았는지는 정밀도가, 드문 쪽을 얼마나 찾아냈는지는 재현율이 말해 줍니다. 보고할 때는 적어도 세 가지를 함께 적으세요. 정확도, 드문 쪽의 정밀도와 재현율, 그리고 **아무것도 하지 않는 모델의 정확도**입니다.
#
# ## 정리
#
# - 확률의 로짓 $\log\frac{p}{1-p}$를 직선 $xW+b$로 두면 시그모이드가 나옵니다. `1 / (1 + e^-z)`는 오버플로가 나도 0이 되어 무사하고, `e^z / (1 + e^z)`는 `nan`이 됩니다.
# - 우도는 일어난 일에 준 확률을 모두 곱한 것입니다. 언더플로를 피하려고 로그를 씌우고, 부호를 바꾸고, 평균을 낸 것이 이진 교차 엔트로피입니다. 동전 던지기는 0.693입니다.
# - 점수에 대한 기울기는 $p - y$, 가중치에 대한 기울기는 $\frac1N x^\top(p-y)$입니다. 제곱 오차와 달리 크게 틀릴수록 세게 밉니다.
# - 시그모이드를 따로 구해 BCE에 넣으면 포화한 곳에서 손실이 100에 막히고 기울기가 0이 됩니다. 손실은 **로짓에서 바로** 구하세요. 시그모이드는 한 번만.
# - 정확도는 한쪽이 드물면 속입니다. 정밀도와 재현율을 함께 보고하고, 임계값은 쓰임새에 맞추어 고르세요.
#
# ## 더 생각해 보기
#
# <details><summary>1. 손으로 쓴 시그모이드로 학습해도 되나요?</summary>
#
# 값은 옳지만 자동 미분에서 탈이 납니다. $z = -1000$이면 `torch.exp(-z)`가 `inf`이고, 거슬러 올 때 $\frac{1}{(1+\infty)^2} \times \infty = 0 \times \infty$가 되어 기울기가 `nan`입니다. `torch.sigmoid`는 기울기를 결과 $p$에서 바로 $p(1-p)$로 구하므로 괜찮습니다. 값이 옳다고 기울기까지 옳은 것은 아닙니다.
# </details>
#
# <details><summary>2. 두 종류가 직선 하나로 완벽하게 나뉘면 무슨 일이 생기나요?</summary>
#
# 모두 맞히는 직선이 있으면 가중치를 두 배로 키울 때마다 모든 $q$가 1에 더 가까워져 손실이 줄어듭니다. 그래서 가중치가 끝없이 자라고 손실은 0에 다가가기만 합니다. 학습을 적당한 데서 멈추거나, 8장의 규제로 가중치가 커지는 데 값을 매깁니다.
# </details>
#
# <details><summary>3. 학습률 1은 4장에서는 어림도 없었는데 여기서는 왜 되나요?</summary>
#
# 하나는 표준화했기 때문이고, 하나는 손실이 다르기 때문입니다. $p - y$를 한 번 더 미분하면 곡률에 $p(1-p)$가 곱해지는데, 이것은 아무리 커도 $\frac14$입니다. 제곱 오차의 곡률에는 2가 곱해져 있었으니, 같은 데이터에서 곡률이 많아야 8분의 1입니다. 3장의 한계 $2/L$이 적어도 여덟 배로 커진 셈입니다.
# </details>
#
# <details><summary>4. 악성을 0, 양성을 1로 두고 다시 학습하면 무엇이 달라지나요?</summary>
#
# $\sigma(-z) = 1 - \sigma(z)$이므로 가장 좋은 가중치와 편향의 부호만 뒤집힙니다. 손실도 정확도도 그대로입니다. 그런데 정밀도와 재현율은 전혀 다른 수가 됩니다. 이제 '양성인 사람을 얼마나 찾았나'를 묻기 때문입니다. 이 둘을 말할 때는 언제나 **무엇이 1인지**부터 밝히세요.
# </details>
#
# <details><summary>5. 드문 쪽을 더 잘 찾도록 학습할 수도 있나요?</summary>
#
# 손실에서 드문 쪽을 더 무겁게 셉니다. `F.binary_cross_entropy_with_logits`에 `pos_weight=torch.tensor(18.8)`을 주면 악성 한 명의 손실을 18.8명 몫으로 칩니다(357 ÷ 19). 재현율이 올라가고 정밀도가 내려갑니다. 임계값을 낮추는 것과 비슷한 일이고, 이렇게 얻은 $p$는 더 이상 진짜 비율에 맞는 확률이 아닙니다.
# </details>
#
# <details><summary>6. float64로 바꾸면 7절의 함정이 사라지나요?</summary>
#
# 벽이 뒤로 물러날 뿐입니다. $p$가 정확히 1이 되는 곳이 17쯤에서 37쯤으로 옮겨 가지만, PyTorch는 `float64`에서도 로그를 −100에서 막습니다. $z = -200$이면 손실은 여전히 100이고 기울기는 사실상 0입니다.
# </details>

# %% [markdown] lang="en"
# Now the lie can be seen. After two epochs the accuracy is close to 95%, and yet every second alarm is a false one then. How many of the alarms were right is told by the precision, and how many of the rare side were found by the recall. When you report, give at least three things together: the accuracy, precision and recall of the rare side, and **the accuracy of a model that does nothing**.
#
# ## Summary
#
# - Let the logit $\log\frac{p}{1-p}$ be a line $xW+b$, and out comes the sigmoid. `1 / (1 + e^-z)` survives an overflow, as it becomes 0; `e^z / (1 + e^z)` becomes `nan`.
# - The likelihood is the product of the probabilities given to what happened. Take its logarithm against underflow, turn the sign, take the mean: that is the binary cross entropy. Tossing a coin has 0.693.
# - The gradient by the score is $p - y$, that by the weights $\frac1N x^\top(p-y)$. Unlike a squared error it pushes harder the more it is wrong.
# - With the sigmoid computed on its own and then put into BCE, the loss is cut off at 100 in saturation and the gradient is 0. Get the loss **straight from the logits**, and have one sigmoid only.
# - Accuracy deceives when one side is rare. Report precision and recall with it, and choose the threshold for what the model is to do.
#
# ## Further questions
#
# <details><summary>1. Can you train with the sigmoid you wrote by hand?</summary>
#
# Its values are right, but autograd stumbles. At $z = -1000$, `torch.exp(-z)` is `inf`, and on the way back $\frac{1}{(1+\infty)^2} \times \infty = 0 \times \infty$ makes the gradient `nan`. `torch.sigmoid` is safe, because it gets its gradient straight from its result $p$, as $p(1-p)$. That a value is right does not mean that its gradient is.
# </details>
#
# <details><summary>2. What if a straight line separates the two kinds perfectly?</summary>
#
# If some line is right about everybody, each doubling of the weights brings every $q$ closer to 1 and lowers the loss. So the weights grow for ever, while the loss only approaches 0. Stop the training in good time, or put a price on large weights: the regularisation of chapter 8.
# </details>
#
# <details><summary>3. In chapter 4 a learning rate of 1 was out of the question. Why does it work here?</summary>
#
# For one thing, we standardised; for another, the loss is different. Differentiate $p - y$ once more, and the curvature gets a factor $p(1-p)$, which is at most $\frac14$. The curvature of the squared error had the factor 2. So with the same data it is at most an eighth as large, and the limit $2/L$ of chapter 3 at least eight times.
# </details>
#
# <details><summary>4. Make malignant the 0 and benign the 1, and train again: what changes?</summary>
#
# As $\sigma(-z) = 1 - \sigma(z)$, the best weights and the best bias change their sign and nothing else. Loss and accuracy stay. But precision and recall become quite other numbers, for now they ask how many *benign* patients were found. Whenever you speak of the two, first say **what the 1 is**.
# </details>
#
# <details><summary>5. Can one train so that the rare side is found more often?</summary>
#
# Let the rare side weigh more in the loss. With `pos_weight=torch.tensor(18.8)`, `F.binary_cross_entropy_with_logits` counts the loss of one malignant patient for 18.8 (357 ÷ 19). Recall goes up and precision goes down. It is much like lowering the threshold, and the $p$ you get no longer is a probability that fits the true shares.
# </details>
#
# <details><summary>6. Does float64 take the trap of section 7 away?</summary>
#
# It only moves the wall back. The place where $p$ becomes exactly 1 goes from about 17 to about 37, but PyTorch stops the logarithm at −100 in `float64`, too. At $z = -200$ the loss is still 100, and the gradient as good as 0.
# </details>
