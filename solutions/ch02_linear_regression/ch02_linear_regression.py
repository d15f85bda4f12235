# ---
# jupyter:
#   course:
#     ko: 선형 회귀
#     en: Linear regression
#     minutes: 75
# ---

# %% [markdown] lang="ko"
# # 2장. 선형 회귀
#
# **누구를 위한 장인가요?** 텐서는 다룰 줄 알지만 아직 아무것도 학습시켜 보지 않은 사람. 또는 학습 반복문을 여러 번 베껴 썼지만 줄마다 무슨 일을 하는지는 말하기 어려운 사람.
#
# **걸리는 시간** 약 75분 · **먼저 알아야 할 것** 텐서, 모양, 브로드캐스팅(1장), 직선의 기울기. 미분은 몰라도 됩니다. 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 데이터에 맞는 직선을 찾는 일을 가설, 손실, 학습의 세 조각으로 나누어 설명할 수 있습니다.
# - `zero_grad`, `backward`, `step`이 저마다 무엇을 바꾸고 무엇을 그대로 두는지 알고 학습 반복문을 직접 쓸 수 있습니다.
# - `zero_grad`를 빠뜨린 반복문이 어떻게 망가지는지 *실행하기 전에* 예측하고, 고칠 수 있습니다.
# - 같은 직선을 최소제곱법으로 한 번에 구하고, 얼마나 잘 맞는지 수 하나로 말할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 2. Linear regression
#
# **Who is this for?** You can handle tensors, but you have not trained anything yet. Or you have copied a training loop many times and could not say what each of its lines does.
#
# **Time** about 75 minutes · **You need** tensors, shapes and broadcasting (chapter 1), and the slope of a straight line. No calculus
#
# **Afterwards you can**
#
# - take the search for a line that fits some data apart into three pieces: hypothesis, loss, training,
# - say what `zero_grad`, `backward` and `step` each change and what they leave alone, and write a training loop yourself,
# - predict *before you run it* how a loop without `zero_grad` goes wrong, and mend it,
# - find the same line in one step by least squares, and say with one number how well it fits.

# %%
import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch02_linear_regression", "ko")

# %% lang="en"
open_chapter("ch02_linear_regression", "en")

# %% [markdown] lang="ko"
# ## 1. 점 세 개에서 규칙 하나로
#
# 용수철에 1 kg짜리 추를 달았더니 2 cm 늘어났습니다. 2 kg에는 4 cm, 3 kg에는 6 cm 늘어났습니다. 4 kg을 달면 얼마나 늘어날까요?
#
# 여러분은 벌써 8이라고 답했을 것입니다. 수 세 쌍에서 "무게의 두 배"라는 규칙을 *본* 것입니다. 이 장에서는 컴퓨터가 그 규칙을 보게 합니다. 여기에 필요한 것은 세 가지입니다. 손잡이가 달린 추측, 그 추측이 얼마나 틀렸는지 재는 자, 그리고 덜 틀리는 쪽으로 손잡이를 조금씩 돌리는 방법. 이 강좌 마지막 장의 번역기까지 모두 이 세 가지로 배웁니다.
#
# 측정한 것 한 쌍 한 쌍을 표본(sample)이라고 합니다. 표본이 $n$개이면 `x`와 `y`의 모양은 (n, 1)입니다. 한 줄이 표본 하나입니다.

# %% [markdown] lang="en"
# ## 1. From three points to one rule
#
# Hang 1 kg on a spring, and it stretches by 2 cm. With 2 kg it stretches by 4 cm, with 3 kg by 6 cm. How far will it stretch with 4 kg?
#
# You have answered 8 already. In three pairs of numbers you *saw* the rule "twice the mass". In this chapter we let a computer see it. That takes three things: a guess with knobs on it, a measure of how wrong the guess is, and a way to turn the knobs, little by little, towards less wrong. Everything in this course learns with these three, up to the translator in its last chapter.
#
# Each measured pair is a sample. With $n$ samples, `x` and `y` have the shape (n, 1): one sample a row.

# %%
x = torch.tensor([[1.0], [2.0], [3.0]])  # (n, 1): mass in kg
y = torch.tensor([[2.0], [4.0], [6.0]])  # (n, 1): stretch in cm
lines = {"A": (1.5, 0.25), "B": (2.0, -1.0), "C": (1.0, 2.0)}  # name: (W, b)
colours = {"A": plots.BLUE, "B": plots.ORANGE, "C": plots.GREEN}

figure, (ax,) = plots.axes(1, width=5.2)
for name, (W, b) in lines.items():
    ax.axline((0, b), slope=W, color=colours[name], label=f"{name}: W = {W:g}, b = {b:g}")
ax.plot(x, y, "o", color="black", label="measured")
ax.set(xlim=(0, 4.2), ylim=(-1.2, 8.2))
plots.label(ax, "Three guesses at one rule", "mass x (kg)", "stretch y (cm)")
ax.legend(loc="upper left")
plt.show()

# %% [markdown] lang="ko"
# 추측은 직선입니다. 직선 하나는 수 두 개로 정해집니다.
#
# $$\hat{y} = Wx + b$$
#
# - $W$는 **가중치(weight)** 입니다. $x$가 1 커질 때 예측이 얼마나 커지는지, 곧 직선의 기울기입니다.
# - $b$는 **편향(bias)** 입니다. $x = 0$일 때의 예측, 곧 직선이 세로축과 만나는 높이입니다.
# - $\hat{y}$("와이 햇")은 예측입니다. 측정한 $y$와 구별하려고 모자를 씌웁니다.
#
# 이 식을 **가설(hypothesis)** 이라고 합니다. 데이터가 이런 모양의 규칙에서 나왔으리라는 짐작이기 때문입니다. 돌릴 수 있는 손잡이 $W$와 $b$는 **매개변수(parameter)** 라고 합니다. 수를 예측하는 일이 회귀(regression)이고, 그 규칙이 직선이면 **선형 회귀(linear regression)** 입니다.
#
# ### 여러분 차례: `hypothesis`
#
# 표본 하나가 아니라 모든 표본의 예측을 한꺼번에 구하세요. `W`와 `b`는 (1,), `x`는 (n, 1)입니다. 함수의 설명문이 곧 문제의 명세입니다.

# %% [markdown] lang="en"
# Our guess is a straight line, and two numbers make a line.
#
# $$\hat{y} = Wx + b$$
#
# - $W$ is the **weight**: how much the prediction grows when $x$ grows by 1. It is the slope of the line.
# - $b$ is the **bias**: the prediction at $x = 0$, the height at which the line crosses the vertical axis.
# - $\hat{y}$ ("y hat") is the prediction. The hat tells it from the measured $y$.
#
# The formula is called the **hypothesis**, because it supposes that the data come from a rule of this form. The knobs that can be turned, $W$ and $b$, are its **parameters**. To predict a number is called regression, and if the rule is a straight line, **linear regression**.
#
# ### Your turn: `hypothesis`
#
# Predict not for one sample but for all of them at once. `W` and `b` are (1,), `x` is (n, 1). The function's docstring is the specification.

# %% exercise="hypothesis"
def hypothesis(W, b, x):
    """The predictions W x + b for all samples at once.

    W, b: (1,) float tensors. x: (n, 1) float tensor, one sample a row; it stays as it is.
    Returns an (n, 1) tensor of the same dtype, computed from the tensors themselves (without
    .item() and the like), so that section 4 can walk back through it.
    """
    ### BEGIN SOLUTION
    return W * x + b  # (1,) * (n, 1) + (1,) = (n, 1)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 세 직선은 저마다 무엇을 예측할까요? 마지막 칸은 아직 재지 않은 4 kg입니다.

# %% [markdown] lang="en"
# What do the three lines predict? The last column is for 4 kg, which nobody has measured yet.

# %% tags=["demo"]
masses = torch.tensor([[1.0], [2.0], [3.0], [4.0]])  # (4, 1)
print("mass      ", "".join(f"{mass:8.2f}" for mass in masses.flatten().tolist()))
for name, (W, b) in lines.items():
    prediction = hypothesis(torch.tensor([W]), torch.tensor([b]), masses)  # (4, 1)
    print(f"line {name}    ", "".join(f"{each:8.2f}" for each in prediction.flatten().tolist()))
print("measured  ", "".join(f"{each:8.2f}" for each in y.flatten().tolist()), "      ?")

# %% [markdown] lang="ko"
# ## 2. 얼마나 틀렸나요?
#
# A, B, C 가운데 어느 것이 가장 덜 틀렸을까요? 눈대중 말고 수로 답하려면 자가 있어야 합니다. 표본마다 **오차(error)** $e_i = \hat{y}_i - y_i$를 잽니다. 점에서 직선까지의 세로 거리인데, 직선이 점보다 위에 있으면 +, 아래에 있으면 −입니다. 그리고 오차를 한 변으로 하는 정사각형을 그립니다.
#
# 아래처럼 코드가 접힌 셀(•••)은 그림을 그립니다. 펼쳐 읽지 않아도 되지만 **실행은 하세요.** 뒤의 셀이 쓰는 것도 있습니다.

# %% [markdown] lang="en"
# ## 2. How wrong is it?
#
# Which of A, B and C is the least wrong? To answer with a number instead of by eye, we need a measure. For each sample take the **error** $e_i = \hat{y}_i - y_i$: the distance from the point to the line, straight up or down, with a + where the line is above the point and a − where it is below. Then draw a square that has this error for its side.
#
# A cell whose code is folded (•••), like the next one, draws a picture. No need to unfold it, but **do run it**: later cells use some of them.

# %% jupyter={"source_hidden": true}
figure, grid = plots.axes(3, width=2.75, height=3.4)
for ax, (name, (W, b)) in zip(grid, lines.items()):
    ax.axline((0, b), slope=W, color=colours[name])
    areas = []
    for mass, stretch in zip(x.flatten().tolist(), y.flatten().tolist()):
        error = b + W * mass - stretch
        side = abs(error)
        areas.append(side * side)
        corner = (mass, min(stretch, stretch + error))
        ax.add_patch(Rectangle(corner, side, side, color=colours[name], alpha=0.35))
        text, lower = (f"{error:+g}", 0.0) if error else ("0", 0.3)
        ax.text(mass + side + 0.15, stretch + error / 2 - lower, text, va="center", fontsize=8)
    ax.plot(x, y, "o", color="black", markersize=4)
    ax.set(xlim=(0, 5), ylim=(0, 7), aspect="equal")
    title = f"{name}: mean area {sum(areas) / 3:.2f}"
    plots.label(ax, title, "mass x (kg)", "stretch y (cm)" if name == "A" else "")
plt.show()

# %% [markdown] lang="ko"
# 정사각형 넓이의 평균이 우리의 자입니다. 작을수록 덜 틀린 직선입니다. 이것을 **평균 제곱 오차(mean squared error, MSE)** 라고 하고, 그 값을 $J$로 씁니다.
#
# $$J(W, b) = \frac{1}{n}\sum_{i=1}^{n} e_i^2 = \frac{1}{n}\sum_{i=1}^{n}(W x_i + b - y_i)^2$$
#
# 왜 오차를 그냥 평균하지 않고 제곱할까요? **오른쪽 그림**을 보세요. C의 오차는 +1, 0, −1이라 평균이 0입니다. 분명히 빗나갔는데 만점을 받습니다. 제곱하면 부호가 사라져 서로 지워지지 않고, 큰 오차일수록 더 크게 벌을 받습니다.
#
# 이렇게 틀린 정도를 재는 수를 **손실(loss)** 이라고 합니다. 표본 하나하나의 것을 손실, 모든 표본에 대해 평균한 것을 **비용(cost)** 이라고 구별하는 책도 있고, 이 강좌의 바탕이 된 학습 노트도 변수 이름을 `cost`라고 씁니다. 실제로는 섞어 쓰는 말이라, 여기서도 말로는 손실, 코드에서는 `cost`라고 하겠습니다.
#
# ### 여러분 차례: `mse`

# %% [markdown] lang="en"
# The mean area of the squares is our measure: the smaller, the less wrong the line. It is called the **mean squared error**, MSE, and we write $J$ for its value.
#
# $$J(W, b) = \frac{1}{n}\sum_{i=1}^{n} e_i^2 = \frac{1}{n}\sum_{i=1}^{n}(W x_i + b - y_i)^2$$
#
# Why not simply take the mean of the errors? Look at the **picture on the right**: C has the errors +1, 0 and −1, and their mean is 0. It clearly misses, and would get full marks. Squares have no sign, so they cannot cancel; and the larger an error, the harder it is punished.
#
# A number that says how wrong we are is called a **loss**. Some books call it the loss for a single sample and the **cost** for the mean over all samples, and the study notes this course grew from name the variable `cost`. In practice the two words are mixed; we say loss in the text and write `cost` in code.
#
# ### Your turn: `mse`

# %% exercise="mse"
def mse(prediction, y):
    """The mean squared error.

    prediction, y: (n, 1) float tensors of the same dtype; they stay as they are.
    Returns a tensor without axes, shape (), of that dtype (not a Python number), computed from the
    tensors themselves, so that section 4 can walk back through it.
    """
    ### BEGIN SOLUTION
    error = prediction - y  # (n, 1)
    return torch.mean(error**2)  # ()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 두 함수로 직선마다 손실을 잽니다. A, B, C의 손실은 그림에 적힌 넓이와 같아야 합니다.

# %% [markdown] lang="en"
# Your two functions now measure the loss of a few lines. Those of A, B and C should be the areas written in the picture.

# %% tags=["demo"]
for name, (W, b) in {**lines, "y = 2x": (2.0, 0.0)}.items():
    prediction = hypothesis(torch.tensor([W]), torch.tensor([b]), x)  # (n, 1)
    errors = (prediction - y).flatten().tolist()
    print(f"{name:6s} mean error {sum(errors) / 3:+.2f}   mse {mse(prediction, y).item():.2f}")

# %% [markdown] lang="ko"
# **작은 함정 하나.** `y`의 모양이 (n, 1)이 아니라 (n,)이면 어떻게 될까요? 완벽한 직선 $\hat{y} = 2x$로 재어 봅니다.

# %% [markdown] lang="en"
# **A small trap.** What if `y` has the shape (n,) instead of (n, 1)? Measure the perfect line, $\hat{y} = 2x$:

# %% tags=["demo"]
prediction = hypothesis(torch.tensor([2.0]), torch.tensor([0.0]), x)  # (n, 1)
flat = y.flatten()  # (n,)
print("mse with y of shape (n, 1):", round(mse(prediction, y).item(), 2))
print("shape of prediction - flat:", tuple((prediction - flat).shape))
print("mean over all of these:    ", round(((prediction - flat) ** 2).mean().item(), 2))

# %% [markdown] lang="ko"
# 오류는 나지 않습니다. (n, 1)과 (n,)은 브로드캐스팅되어 (n, n)이 되고(1장), 예측 하나하나를 *모든* $y$와 견줍니다. 손실이 이상하면 뺄셈의 모양부터 보세요.
#
# ## 3. 손실의 지도
#
# 직선 하나는 수 두 개 $(W, b)$이므로, 모든 직선은 지도 위의 점입니다. 그 점의 높이를 손실이라고 하면 언덕과 골짜기가 있는 땅이 됩니다. 등고선(contour)은 높이가 같은 곳을 이은 선입니다.

# %% [markdown] lang="en"
# There is no error message. (n, 1) and (n,) broadcast to (n, n) (chapter 1), and each prediction is compared with *every* $y$. When a loss looks odd, look at the shapes of that subtraction first.
#
# ## 3. A map of the loss
#
# A line is two numbers, $(W, b)$, so all lines together are the points of a map. Let the loss be the height of each point, and you get a land of hills and valleys. A contour joins places of the same height.

# %% jupyter={"source_hidden": true}
def draw_map(ax, title, W_range=(-0.5, 4.5), b_range=(-3.2, 4.2)):
    """Contours of the loss over W and b on the spring's data; the star is the lowest place."""
    Ws, bs = torch.linspace(*W_range, 81), torch.linspace(*b_range, 81)
    cost = [[mse(hypothesis(W.reshape(1), b.reshape(1), x), y).item() for W in Ws] for b in bs]
    levels = [0.1, 0.5, 1, 2, 5, 10, 20, 40]
    contours = ax.contour(Ws, bs, torch.tensor(cost), levels, colors=plots.GREY, linewidths=0.8)
    ax.clabel(contours, levels[2:], fontsize=7, fmt="%g")
    ax.plot(2, 0, "*", color=plots.RED, markersize=11, zorder=5)
    ax.grid(False)
    ax.set(xlim=W_range, ylim=b_range)
    plots.label(ax, title, "W", "b")


# %% tags=["demo"]
mse(hypothesis(torch.zeros(1), torch.zeros(1), x), y)  # both are needed for the map
figure, (ax,) = plots.axes(1, width=5.2, height=3.6)
draw_map(ax, "Every point is a line; its height is the loss")
for name, (W, b) in lines.items():
    ax.plot(W, b, "o", color=colours[name])
    ax.annotate(name, (W, b), (6, 4), textcoords="offset points")
ax.plot(0, 0, "o", color="black")
ax.annotate("start", (0, 0), (6, 4), textcoords="offset points")
plt.show()

# %% [markdown] lang="ko"
# 땅은 길쭉한 골짜기입니다. 별표는 손실이 0인 $W = 2$, $b = 0$입니다. 세 직선은 모두 골짜기 안에 있고, C는 거의 바닥에 있으면서도 별표에서는 멉니다. **학습이란 이 땅에서 낮은 곳을 찾아가는 일입니다.**
#
# 지도를 다 그려 놓고 가장 낮은 곳을 고르면 안 될까요? 손잡이가 둘이면 되지만, 손잡이가 백만 개인 신경망의 지도는 그릴 수 없습니다. 볼 수 있는 것은 발밑뿐입니다. 그래서 이렇게 묻습니다. *지금 이 자리에서 $W$를 아주 조금 늘리면 손실이 얼마나 변하는가? $b$를 늘리면?* 검은 점 $W = 0$, $b = 0$에서 직접 재어 봅시다.

# %% [markdown] lang="en"
# The land is one long valley. The star is $W = 2$, $b = 0$, where the loss is 0. All three lines lie in the valley; C is almost on its floor and yet far from the star. **To train is to find a low place in this land.**
#
# Why not draw the whole map and pick the lowest point? With two knobs you can, but nobody can draw the map of a neural network with a million of them. All we can see is the ground under our feet. So we ask: *from here, if $W$ grows by a tiny bit, how much does the loss change? And if $b$ grows?* Let us measure it at the black point, $W = 0$, $b = 0$.

# %% tags=["demo"]
nudge = 0.001
x64, y64 = x.double(), y.double()  # (n, 1), in float64 because the changes are tiny


def height(W, b):
    return mse(hypothesis(torch.tensor([W]).double(), torch.tensor([b]).double(), x64), y64).item()


here = height(0.0, 0.0)
print(f"loss here: {here:.4f}")
for name, moved in (("W", height(nudge, 0.0)), ("b", height(0.0, nudge))):
    change = moved - here
    print(f"{name} + {nudge}: the loss changes by {change:+.5f} = {change / nudge:+.2f} * {nudge}")

# %% [markdown] lang="ko"
# $W$를 늘리면 손실은 늘린 양의 약 −18.66배만큼, $b$를 늘리면 약 −8배만큼 변합니다. 음수이니 둘 다 늘려야 내려가고, $W$ 쪽이 더 가파릅니다. 이 두 수 $g_W$와 $g_b$의 묶음을 손실의 **기울기(gradient)** 라고 합니다. 직선의 기울기와 같은 뜻입니다. 옆으로 조금 갈 때 높이가 그 몇 배로 변하는지 말해 줍니다. 다만 땅에서는 방향마다 하나씩 있습니다.
#
# 기울기는 손실이 *커지는* 쪽을 가리킵니다. 그러니 그 반대로 조금 움직이고, 새 자리에서 다시 재고, 또 움직입니다. 이것이 **경사하강법(gradient descent)** 입니다.
#
# $$W \leftarrow W - \eta\,g_W \qquad b \leftarrow b - \eta\,g_b$$
#
# $\eta$("에타")는 **학습률(learning rate)** 이고, 코드에서는 `lr`입니다. 기울기에 얼마를 곱해 걸을지 정하는 작은 수로, 이 장에서는 주로 0.01을 씁니다. 너무 크면 무슨 일이 생기는지는 3장에서 다룹니다.
#
# ## 4. 기울기는 PyTorch가 구해 줍니다
#
# 손잡이마다 한 번씩 건드려 보는 방법은 손잡이가 백만 개면 너무 느립니다. PyTorch에는 한 번에 모든 기울기를 정확히 구하는 **자동 미분(autograd)** 이 있습니다. 하는 일은 두 가지입니다.
#
# 1. **적어 둔다.** `requires_grad=True`로 만든 텐서로 무엇을 계산하면, PyTorch는 어떤 연산을 거쳤는지를 그래프(graph)로 적어 둡니다. 아래 그림의 파란 화살표입니다. 그래프는 손실을 *계산할 때마다* 새로 만들어집니다.
# 2. **거슬러 간다.** `cost.backward()`를 부르면 그 그래프를 끝에서부터 거꾸로 따라가며 기울기를 구해 `W.grad`와 `b.grad`에 넣습니다. 주황 화살표입니다.

# %% [markdown] lang="en"
# When $W$ grows, the loss changes by about −18.66 times that amount; when $b$ grows, by about −8 times. Both are negative, so both should grow for the loss to fall, and along $W$ the ground is steeper. These two numbers, $g_W$ and $g_b$, are together the **gradient** of the loss. It means the same as the slope of a line: go sideways a little, and the height changes by so many times that much. Only, in a landscape there is one slope for each direction.
#
# The gradient points to where the loss *grows*. So move a little the other way, measure again from the new place, and move again. This is **gradient descent**.
#
# $$W \leftarrow W - \eta\,g_W \qquad b \leftarrow b - \eta\,g_b$$
#
# $\eta$ ("eta") is the **learning rate**, `lr` in code: a small number that the slope is multiplied by to make a step. In this chapter it is mostly 0.01. What happens if it is too large is a matter for chapter 3.
#
# ## 4. PyTorch finds the gradient
#
# To nudge each knob in turn is far too slow with a million knobs. PyTorch has **autograd** (automatic differentiation), which finds all slopes at once, and exactly. It does two things.
#
# 1. **It keeps a record.** Compute anything from a tensor made with `requires_grad=True`, and PyTorch records which operations it went through, as a graph: the blue arrows below. The graph is made anew *each time* the loss is computed.
# 2. **It walks back.** `cost.backward()` follows that graph from its end to its beginning, finds the slopes, and puts them into `W.grad` and `b.grad`: the orange arrows.

# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=7.6, height=2.5)
stations = ["W · x", "+ b", "− y", "square", "mean"]
for k, station in enumerate(stations):
    box = {"boxstyle": "round,pad=0.45", "facecolor": "#eef1f5", "edgecolor": plots.GREY}
    ax.text(2 * k, 0, station, ha="center", va="center", bbox=box)
for start, end in [(2 * k + 0.55, 2 * k + 1.45) for k in range(5)]:
    ax.annotate("", (end, 0.12), (start, 0.12), arrowprops={"arrowstyle": "->", "color": plots.BLUE})
    ax.annotate("", (start, -0.12), (end, -0.12), arrowprops={"arrowstyle": "->", "color": plots.ORANGE})
for k, name, slope in ((0, "W = 0", "W.grad = −18.67"), (1, "b = 0", "b.grad = −8.00")):
    up, down = 2 * k - 0.12, 2 * k + 0.12
    ax.annotate("", (up, -0.4), (up, -1.25), arrowprops={"arrowstyle": "->", "color": plots.BLUE})
    ax.annotate("", (down, -1.25), (down, -0.4), arrowprops={"arrowstyle": "->", "color": plots.ORANGE})
    ax.text(2 * k, -1.35, name, color=plots.BLUE, ha="center", va="top")
    ax.text(2 * k, -1.75, slope, color=plots.ORANGE, ha="center", va="top", fontsize=9)
for place, name in ((3, "prediction"), (5, "error"), (9.7, "cost = 18.67")):
    ax.text(place, 0.35, name, color=plots.BLUE, ha="center", va="bottom", fontsize=9)
ax.set(xlim=(-1.2, 10.7), ylim=(-2.2, 0.9))
ax.axis("off")
ax.set_title("Blue: computing the cost builds the graph. Orange: backward() walks it back")
plt.show()

# %% tags=["demo"]
W = torch.zeros(1, requires_grad=True)  # (1,)
b = torch.zeros(1, requires_grad=True)  # (1,)
cost = mse(hypothesis(W, b, x), y)  # (): the graph is made here
print("cost:", cost)
print("before backward: W.grad =", W.grad)
cost.backward()
print("after backward:  W.grad =", W.grad, "  b.grad =", b.grad)
print("and W itself:   ", W)

# %% [markdown] lang="ko"
# 네 가지를 확인하세요.
#
# - `cost`에는 `grad_fn`이 붙어 있습니다. 적어 둔 그래프의 끝자락입니다.
# - `W.grad`는 처음에 `None`입니다. `backward()`가 채웁니다.
# - 채워진 수 −18.67과 −8은 방금 손으로 건드려 잰 것과 같습니다. (건드린 폭이 0이 아니라 0.001이라 손으로 잰 것은 −18.66이었습니다.)
# - `W` 자신은 **아직 0입니다**. `backward()`는 기울기를 *구하기만* 하고 아무것도 움직이지 않습니다. "역전파가 가중치를 갱신한다"는 말을 흔히 듣지만 정확하지 않습니다.
#
# 그래프는 한 번 쓰고 버립니다. 같은 `cost`에서 두 번 거슬러 갈 수는 없습니다.

# %% [markdown] lang="en"
# Notice four things.
#
# - `cost` carries a `grad_fn`: the tail of the recorded graph.
# - `W.grad` is `None` at first. It is `backward()` that fills it.
# - The numbers in it, −18.67 and −8, are those that we measured by nudging. (Our nudge was 0.001 and not 0, hence the −18.66.)
# - `W` itself is **still 0**. `backward()` only *finds* the gradient and moves nothing. You will often hear that "backpropagation updates the weights"; that is not quite true.
#
# A graph is used once and thrown away. You cannot walk back from the same `cost` twice.

# %% tags=["demo"]
W = torch.zeros(1, requires_grad=True)  # (1,)
cost = mse(hypothesis(W, torch.zeros(1), x), y)  # ()
cost.backward()
try:
    cost.backward()
except RuntimeError as error:
    print("RuntimeError:", str(error).split(" (")[0])

# %% [markdown] lang="ko"
# ## 5. 학습 반복문
#
# 기울기를 구했으니 걷는 일만 남았습니다. 걷는 일은 **옵티마이저(optimizer)** 가 맡습니다. 만들 때 어떤 매개변수를 움직일지와 학습률을 알려 줍니다.
#
# ```python
# optimizer = torch.optim.SGD([W, b], lr=0.01)
# ```
#
# 그러고 나면 세 줄이 일을 나누어 맡습니다. 누가 무엇을 바꾸는지 잘 보세요. 서로의 일을 건드리지 않습니다.
#
# | 코드 한 줄 | 하는 일 | `W`, `b` | `.grad` |
# |---|---|---|---|
# | `optimizer.zero_grad()` | 매개변수의 `.grad`를 모두 비운다 | 그대로 | `None`이 된다 |
# | `cost.backward()` | 기울기를 구해 `.grad`에 **더한다** | 그대로 | 기울기만큼 바뀐다 |
# | `optimizer.step()` | 매개변수에서 `lr` × `.grad`를 뺀다 | 움직인다 | 그대로 |
#
# 첫걸음을 한 줄씩 따라가 봅시다.

# %% [markdown] lang="en"
# ## 5. The training loop
#
# With the gradient found, what is left is to walk. Walking is the job of an **optimizer**. When you make one, you tell it which parameters to move, and the learning rate.
#
# ```python
# optimizer = torch.optim.SGD([W, b], lr=0.01)
# ```
#
# From then on, three lines share the work. See who changes what: none of them meddles with the others' things.
#
# | line of code | what it does | `W`, `b` | `.grad` |
# |---|---|---|---|
# | `optimizer.zero_grad()` | empties the `.grad` of all parameters | stay | becomes `None` |
# | `cost.backward()` | finds the slopes and **adds** them to `.grad` | stay | changes by the slopes |
# | `optimizer.step()` | takes `lr` × `.grad` off the parameters | move | stays |
#
# Let us follow the first step, line by line.

# %% tags=["demo"]
W = torch.zeros(1, requires_grad=True)  # (1,)
b = torch.zeros(1, requires_grad=True)  # (1,)
optimizer = torch.optim.SGD([W, b], lr=0.01)


def report(line):
    slope = None if W.grad is None else round(W.grad.item(), 2)
    print(f"{line:10s} W = {W.item():.4f}   W.grad = {slope}")


report("start")
cost = mse(hypothesis(W, b, x), y)  # ()
cost.backward()
report("backward")
optimizer.step()
report("step")
optimizer.zero_grad()
report("zero_grad")
print(f"the loss went from {cost.item():.2f} to {mse(hypothesis(W, b, x), y).item():.2f}")

# %% [markdown] lang="ko"
# $0 - 0.01 \times (-18.67) = 0.1867$. 손실은 한 걸음에 18.67에서 14.77로 줄었습니다. `zero_grad()`가 `.grad`를 비웠으니 이제 다음 걸음을 걸을 수 있습니다. 비우지 않으면 어떻게 될까요? 7절의 이야기입니다.
#
# 모든 표본을 한 번씩 다 보는 것을 한 **에폭(epoch)** 이라고 합니다. 우리는 걸음마다 표본 세 개를 모두 쓰므로, 한 걸음이 곧 한 에폭입니다.
#
# ### 여러분 차례: `train-step`
#
# 걸음을 `steps`번 이어 붙이세요. 한 바퀴에 할 일은 다섯 가지입니다. 예측하고 비용을 잰다, `.grad`를 비운다, 기울기를 구한다, 움직인다, 비용을 적는다. **순서**를 생각해 보세요. 어떤 줄은 자리를 옮겨도 되지만 어떤 줄은 안 됩니다.
#
# 함수의 첫머리는 써 두었습니다. `clone()`은 복사본을 만들고, `requires_grad_()`는 그 복사본에서부터 적어 두게 합니다. 그래서 부른 쪽의 `W`와 `b`는 그대로 남습니다. 돌려줄 때는 `detach()`로 그래프에서 떼어 낸 텐서를, 비용은 `item()`으로 꺼낸 파이썬 수를 주세요.

# %% [markdown] lang="en"
# $0 - 0.01 \times (-18.67) = 0.1867$. In one step the loss fell from 18.67 to 14.77. `zero_grad()` has emptied `.grad`, so the next step can begin. And if it were not emptied? That is the story of section 7.
#
# To look at every sample once is called an **epoch**. We use all three samples at every step, so for us one step is one epoch.
#
# ### Your turn: `train-step`
#
# String `steps` of these together. Each round does five things: predict and measure the cost, empty `.grad`, find the gradient, move, write the cost down. Think about their **order**: some lines may change places, others must not.
#
# The first lines of the function are there already. `clone()` makes a copy, and `requires_grad_()` has PyTorch keep its record from that copy on, so the caller's `W` and `b` stay as they are. What you return should be cut off from the graph with `detach()`, and the costs taken out as Python numbers with `item()`.

# %% exercise="train-step"
def train_steps(W, b, x, y, lr, steps):
    """Training of the line W x + b on the mean squared error of all samples.

    W, b: (1,) float tensors, the start; they stay as they are. x, y: (n, 1) float tensors.
    lr: a Python float. steps: the number of updates, an int, 0 or more.
    Returns (W, b, costs): the final W and b, (1,) each, cut off from the graph, and a list of
    `steps` Python floats, where costs[k] is the cost from which update number k was made (so
    costs[0] is the cost at the start).
    """
    W = W.clone().requires_grad_()  # (1,)
    b = b.clone().requires_grad_()  # (1,)
    optimizer = torch.optim.SGD([W, b], lr=lr)
    costs = []
    ### BEGIN SOLUTION
    for _ in range(steps):
        cost = mse(hypothesis(W, b, x), y)  # ()
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return W.detach(), b.detach(), costs
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 반복문으로 용수철의 규칙을 배웁니다. $W = 0$, $b = 0$에서 학습률 0.01로 1000걸음, 이 강좌의 바탕이 된 노트와 똑같은 설정입니다.

# %% [markdown] lang="en"
# Now your loop learns the rule of the spring: 1000 steps from $W = 0$, $b = 0$ with the learning rate 0.01, exactly as in the notes this course grew from.

# %% tags=["demo"]
W, b, costs = torch.zeros(1), torch.zeros(1), []
path = [(0.0, 0.0)]
for steps in [1] * 20 + [20] * 49:  # 1000 in all, noted more closely at the beginning
    W, b, new = train_steps(W, b, x, y, lr=0.01, steps=steps)
    costs += new
    path.append((W.item(), b.item()))

for k in (1, 10, 100, 1000):
    print(f"before update {k:4d}: cost {costs[k - 1]:.3g}")
print(f"after {len(costs)} updates: W = {W.item():.4f}, b = {b.item():.4f}")
print(f"4 kg stretch the spring by {hypothesis(W, b, torch.tensor([[4.0]])).item():.2f} cm")

figure, (left, right) = plots.axes(2, width=4.0, height=3.2)
draw_map(left, "Down into the valley, then along it", b_range=(-2.2, 3.2))
left.plot(*zip(*path), "o-", color=plots.BLUE, markersize=3, linewidth=1)
right.semilogy(costs, color=plots.BLUE)
plots.label(right, "Fast at first, then slow", "update", "loss (log scale)")
plt.show()

# %% [markdown] lang="ko"
# 답은 $W = 1.9708$, $b = 0.0664$, 4 kg에 대한 예측은 7.95 cm입니다. 2와 0에 가깝지만 똑같지는 않습니다. 지도를 보면 까닭을 알 수 있습니다. 처음 서른 걸음쯤은 가파른 비탈을 따라 골짜기 바닥까지 곧장 내려갑니다. 그다음부터는 거의 평평한 바닥을 따라 별표로 기어갑니다. 땅이 평평하면 기울기가 작고, 기울기가 작으면 걸음도 짧습니다.
#
# ## 6. 이름은 SGD, 하는 일은 전체 배치
#
# `torch.optim.SGD`의 SGD는 확률적 경사하강법(stochastic gradient descent)의 머리글자입니다. 노트의 코드에도 그렇게 적혀 있습니다. 그런데 방금 우리가 한 일 어디에 무작위(stochastic)가 있었나요? **없었습니다.** 난수를 하나라도 뽑았는지, 표본의 순서를 바꾸면 답이 달라지는지 확인해 봅시다.

# %% [markdown] lang="en"
# We arrive at $W = 1.9708$, $b = 0.0664$, and 7.95 cm for 4 kg: close to 2 and 0, but not the same. The map shows why. The first thirty steps or so run straight down the steep side to the floor of the valley. From there on it is a crawl towards the star along a floor that is almost flat. Flat ground has a small slope, and a small slope makes a short step.
#
# ## 6. Called SGD, but full-batch
#
# The SGD in `torch.optim.SGD` stands for stochastic gradient descent, and that is what the notes call their loop too. But where in all we just did was anything random (stochastic)? **Nowhere.** Let us see whether any random number was drawn, and whether the order of the samples changes the answer.

# %% tags=["demo"]
zero, order = torch.zeros(1), torch.tensor([2, 0, 1])
before = torch.get_rng_state()
for name, rows in (("in order  ", torch.arange(3)), ("in another", order)):
    W, b, _ = train_steps(zero, zero, x[rows], y[rows], 0.01, 1000)
    print(f"{name}: W = {W.item():.4f}, b = {b.item():.4f}")
print("random numbers were drawn:", not torch.equal(before, torch.get_rng_state()))

# %% [markdown] lang="ko"
# 난수는 쓰이지 않았고, 순서를 바꾸어도 답은 그대로입니다. 걸음마다 표본 세 개를 모두 썼으니 이것은 전체 배치(full batch) 경사하강법입니다.
#
# 무작위는 옵티마이저 안이 아니라 **데이터를 건네는 쪽**에 있습니다. 손실을 잴 때 표본을 몇 개씩 뽑아 넣느냐에 따라 이름이 달라집니다. 옵티마이저의 코드는 셋 다 똑같습니다.
#
# | 걸음마다 보는 표본 | 이름 | 한 에폭의 갱신 |
# |---|---|---|
# | $n$개 모두 | 전체 배치 경사하강법 | 한 번 |
# | 무작위로 섞어 몇십 개씩 | 미니배치(minibatch) SGD | 미니배치의 수만큼 |
# | 무작위로 하나씩 | 본래 뜻의 SGD | $n$번 |
#
# 에폭이 끝날 때 표본이 모자라면 마지막 배치는 짧습니다. 그 배치로도 갱신합니다.
#
# ### 여러분 차례: `count-updates`
#
# 학습하는 동안 `step()`을 모두 몇 번 부르게 될까요?

# %% [markdown] lang="en"
# No random number was used, and in another order the answer is the same. Every step used all three samples: this is full-batch gradient descent.
#
# The randomness is not in the optimizer but with **whoever hands it the data**. The name depends on how many samples go into the loss at each step. The optimizer's code is the same for all three.
#
# | samples seen at each step | name | updates in an epoch |
# |---|---|---|
# | all $n$ | full-batch gradient descent | one |
# | a few dozen, shuffled | minibatch SGD | as many as minibatches |
# | one at random | SGD in the original sense | $n$ |
#
# If samples run short at the end of an epoch, the last batch is a short one. It makes an update as well.
#
# ### Your turn: `count-updates`
#
# How often will `step()` be called in a whole training?

# %% exercise="count-updates"
def count_updates(n, batch_size, epochs):
    """How many updates a training makes: one for each batch.

    n: the number of samples. batch_size: how many of them make a batch; may be larger than n.
    epochs: how often all samples are seen. All ints, at least 1. The last batch of an epoch may be
    short; it makes an update too. A batch never holds samples of two epochs.
    Returns an int.
    """
    ### BEGIN SOLUTION
    batches = -(-n // batch_size)  # rounded up
    return batches * epochs
    ### END SOLUTION


# %% [markdown] lang="ko"
# 9장에서 만날 MNIST 데이터는 그림이 60,000장입니다. 다섯 에폭이면 갱신을 몇 번 하게 될까요?

# %% [markdown] lang="en"
# The MNIST data of chapter 9 hold 60,000 images. How many updates are five epochs?

# %% tags=["demo"]
print(f"our spring, 1000 epochs of 3 samples: {count_updates(3, 3, 1000):>8,}")
for name, batch_size in (("full batch", 60_000), ("minibatches of 64", 64), ("one by one", 1)):
    print(f"MNIST, 5 epochs, {name:19s}: {count_updates(60_000, batch_size, 5):>8,}")

# %% [markdown] lang="ko"
# 같은 데이터를 똑같이 다섯 번 보고도 전체 배치는 다섯 걸음, 미니배치는 4,690걸음을 걷습니다. 큰 데이터에서 미니배치를 쓰는 까닭입니다. 미니배치를 만드는 방법은 5장에서 다룹니다.
#
# ## 7. 함정: `zero_grad`가 없는 반복문
#
# 학습 노트에는 `zero_grad()` 옆에 "이 명령어가 없으면 이전 반복의 영향을 받는다"는 뜻의 설명이 있습니다. 어떤 영향일까요? 조금 느려질까요, 엉뚱한 곳에 도착할까요, 끝없이 커질까요? **실행하기 전에 종이와 연필로 알아냅시다.**
#
# 골짜기 하나짜리 아주 작은 땅을 준비했습니다. 손잡이는 $W$ 하나뿐이고 손실은 $J(W) = (W - 3)^2$, 가장 낮은 곳은 $W = 3$입니다.

# %% [markdown] lang="en"
# Having seen the same data five times, the full batch has taken five steps and the minibatches 4,690. That is why large data are used in minibatches. Chapter 5 shows how to make them.
#
# ## 7. A trap: the loop without `zero_grad`
#
# Beside `zero_grad()` the study notes remark that without this command the previous rounds have an influence. What influence? Does it get slower, does it arrive in the wrong place, does it grow without end? **Let us find out with pencil and paper, before running anything.**
#
# Here is a tiny land with a single valley. There is one knob, $W$, the loss is $J(W) = (W - 3)^2$, and the lowest place is $W = 3$.

# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=5.2, height=2.7)
ground = torch.linspace(-1.2, 7.2, 100)  # (100,)
ax.plot(ground, (ground - 3) ** 2, color=plots.GREY)
for place, slope, shift in ((0, -6, (10, 2)), (3, 0, (-3, 9)), (6, 6, (-28, 2))):
    ax.axline((place, (place - 3) ** 2), slope=slope, linestyle="--", color=plots.BLUE, linewidth=1)
    ax.plot(place, (place - 3) ** 2, "o", color=plots.ORANGE)
    point = (place, (place - 3) ** 2)
    ax.annotate(f"{slope:+d}" if slope else "0", point, shift, textcoords="offset points")
ax.set(xlim=(-1.2, 7.2), ylim=(-2, 17), xticks=[0, 3, 6])
plots.label(ax, "The slope is −6 at 0, 0 at 3 and +6 at 6", "W", "loss J(W)")
plt.show()

# %% [markdown] lang="ko"
# $W = 0$에서 출발하고 학습률은 0.5입니다. 걸음마다 두 가지를 합니다. 먼저 `.grad`에 **지금 자리의 기울기를 더하고**, 그다음 $W$에서 0.5 × `.grad`를 뺍니다.
#
# `zero_grad()`가 있으면 쉽습니다. 첫걸음에서 `.grad`는 −6이고 $W = 0 - 0.5\times(-6) = 3$, 한 번에 도착합니다. 거기서는 기울기가 0이니 그대로 머뭅니다.
#
# 이제 `zero_grad()`를 지웁니다. 첫걸음은 같습니다. 나머지를 종이에 채워 보세요. 기울기는 그림에서 읽으면 됩니다.

# %% [markdown] lang="en"
# You start at $W = 0$ with the learning rate 0.5. Each step does two things: first it **adds the slope of where you stand** to `.grad`, then it takes 0.5 × `.grad` off $W$.
#
# With `zero_grad()` this is easy. At the first step `.grad` is −6 and $W = 0 - 0.5\times(-6) = 3$: arrived at once. There the slope is 0, and you stay.
#
# Now delete `zero_grad()`. The first step is the same. Fill in the rest on paper; the slopes can be read off the picture.

# %% [markdown] lang="ko"
# | 걸음 | 걷기 전의 W | 그 자리의 기울기 | `.grad` | 걸은 뒤의 W |
# |:---:|:---:|:---:|:---:|:---:|
# | 1 | 0 | −6 | −6 | 3 |
# | 2 | 3 | ? | ? | ? |
# | 3 … 6 | ? | ? | ? | ? |

# %% [markdown] lang="en"
# | step | W before | slope there | `.grad` | W after |
# |:---:|:---:|:---:|:---:|:---:|
# | 1 | 0 | −6 | −6 | 3 |
# | 2 | 3 | ? | ? | ? |
# | 3 … 6 | ? | ? | ? | ? |

# %% [markdown] lang="ko"
# ### 여러분 차례: `predict-path`
#
# `...` 자리에 마지막 열의 수 여섯 개를 적으세요. 첫째는 3입니다.

# %% [markdown] lang="en"
# ### Your turn: `predict-path`
#
# In place of the `...`, write the six numbers of the last column. The first number is 3.

# %% exercise="predict-path" tags=["value"]
# W after each of the six steps, without zero_grad: a list of six whole numbers
predicted_path = ...
### BEGIN SOLUTION
predicted_path = [3, 6, 6, 3, 0, 0]
### END SOLUTION

# %% [markdown] lang="ko"
# 예측을 적었으면 진짜로 걸어 봅니다.

# %% [markdown] lang="en"
# With your prediction written down, let us really walk.

# %% tags=["demo"]
if predicted_path is ...:
    raise NotAttempted("predicted_path")


def walk(empties, steps):
    """W at the start and after every step, with zero_grad or without."""
    W = torch.zeros(1, requires_grad=True)  # (1,)
    optimizer = torch.optim.SGD([W], lr=0.5)
    places = [0.0]
    for _ in range(steps):
        if empties:
            optimizer.zero_grad()
        torch.sum((W - 3) ** 2).backward()
        optimizer.step()
        places.append(W.item())
    return places


print("you predicted:", predicted_path)
print("autograd says:", [round(place) for place in walk(empties=False, steps=6)[1:]])

figure, (ax,) = plots.axes(1, width=6.2, height=2.6)
ax.plot(walk(True, 24), "o-", color=plots.GREEN, markersize=4, label="with zero_grad")
ax.plot(walk(False, 24), "o-", color=plots.RED, markersize=4, label="without")
ax.set_ylim(-0.5, 8.3)
plots.label(ax, "Without zero_grad it swings for ever", "step", "W")
ax.legend(loc="upper center", ncols=2)
plt.show()

# %% [markdown] lang="ko"
# 느려지는 것도, 끝없이 커지는 것도 아닙니다. 골짜기를 지나쳐 반대편으로 올라갔다가 다시 지나쳐 돌아오기를 **영원히** 되풀이합니다. `.grad`가 그네의 속도처럼 쌓이기 때문입니다. 바닥을 지날 때 그 자리의 기울기는 0이지만, 쌓인 속도는 0이 아닙니다. 마찰이 없는 그네입니다.
#
# ### 용수철에서 쌓이는 것을 보기
#
# 이번에는 용수철의 데이터입니다. 옵티마이저가 하던 일을 손으로 풀어 쓴 반복문에 같은 고장이 나 있습니다. `step()` 대신 `W -= lr * W.grad`와 `b -= lr * b.grad`가 있습니다. 이 두 줄은 `torch.no_grad()` 안에 두어야 합니다. 그 안에서는 PyTorch가 아무것도 적어 두지 않습니다. 걷는 일은 손실을 계산하는 일이 아니므로 그래프에 들어가면 안 되고, 넣으려 하면 PyTorch가 오류로 막습니다. 학습이 끝난 모델로 예측만 할 때도 `torch.no_grad()` 안에서 합니다. 거슬러 갈 일이 없으니 적어 둘 까닭도 없습니다.

# %% [markdown] lang="en"
# It does not get slower, nor does it grow without end. It runs through the valley, up the other side, back through the valley, **for ever**. For `.grad` builds up like the speed of a swing: at the lowest point the slope is 0, but the speed is not. It is a swing without friction.
#
# ### Watching it pile up on the spring
#
# Now the data of the spring. Here is a loop that does the optimizer's work by hand, and it has the same fault. Instead of `step()` there are `W -= lr * W.grad` and `b -= lr * b.grad`. These two lines must stand inside `torch.no_grad()`, where PyTorch records nothing. Walking is no part of computing the loss and has no place in the graph; try to put it there, and PyTorch stops you with an error. Predicting with a trained model belongs inside `torch.no_grad()` as well: nobody will walk back, so there is no reason to keep a record.

# %%
def broken_loop(W, b, x, y, lr, steps):
    """Training by hand; grads[k] is what W.grad held when update number k was made."""
    W = W.clone().requires_grad_()  # (1,)
    b = b.clone().requires_grad_()  # (1,)
    grads = []
    for _ in range(steps):
        cost = mse(hypothesis(W, b, x), y)  # ()
        cost.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        grads.append(W.grad.item())
    return W.detach(), b.detach(), grads


W = torch.zeros(1, requires_grad=True)  # (1,)
try:
    W -= 0.01 * torch.ones(1)  # a step outside torch.no_grad()
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown] lang="ko"
# `broken_loop`를 1000걸음 걷게 하고, 처음 몇 걸음을 들여다봅시다. `grads`에서 이웃한 두 수의 차이가 그 걸음에서 새로 더해진 기울기입니다.

# %% [markdown] lang="en"
# Let `broken_loop` take 1000 steps, and look into the first few. The difference of two neighbours in `grads` is the slope that was added at that step.

# %% tags=["demo"]
zero = torch.zeros(1)
piled = broken_loop(zero, zero, x, y, 0.01, 60)[2]
added = [after - before for before, after in zip([0.0, *piled], piled)]
broken_W = [broken_loop(zero, zero, x, y, 0.01, k)[0].item() for k in range(61)]
print("step   slope added   W.grad   W after")
for k in range(7):
    print(f"{k + 1:4d}   {added[k]:11.2f}   {piled[k]:6.2f}   {broken_W[k + 1]:7.2f}")

for steps in (999, 1000):
    W, b, _ = broken_loop(zero, zero, x, y, 0.01, steps)
    cost = mse(hypothesis(W, b, x), y).item()
    print(f"after {steps:4d} steps: W = {W.item():.3f}, b = {b.item():.3f}, cost {cost:.3f}")

figure, (left, right) = plots.axes(2, width=4.0, height=3.0)
left.plot(range(1, 61), added, color=plots.GREEN, label="slope added at this step")
left.plot(range(1, 61), piled, color=plots.RED, label="W.grad: all of them so far")
left.set_ylim(-65, 85)
plots.label(left, "Slopes pile up in W.grad", "step", "")
left.legend(fontsize="small", loc="upper right")
right.plot(broken_W, color=plots.RED)
right.axhline(2, linestyle="--", color=plots.GREY, label="the right W")
right.set_ylim(-0.2, 5)
plots.label(right, "So W swings round the answer", "step", "W")
right.legend(fontsize="small", loc="upper right")
plt.show()

# %% [markdown] lang="ko"
# 다섯째 걸음까지, 더해지는 기울기는 걸음마다 0에 가까워지는데도 `W.grad`는 계속 쌓여 −56.69가 됩니다. 그때 $W$는 벌써 답 2를 지났고, 쌓인 것이 계속 밀어붙입니다. 1000걸음 뒤에 $W$는 2.234입니다. 마지막 걸음 바로 앞의 비용은 0.316이었는데 한 걸음 뒤에는 0.820입니다. 도착한 것이 아니라 **그네가 마침 거기를 지나고 있을 뿐**입니다. 비용이 그럴듯하게 작은 순간에 멈추면 고장을 알아채지도 못합니다.
#
# ### 여러분 차례: `mend-loop`
#
# `broken_loop`를 고치세요. 이번에는 옵티마이저 없이, `zero_grad()`가 하던 일까지 손으로 합니다. 텐서의 `.grad`는 `None`을 넣거나(`W.grad = None`) 제자리 연산으로 0을 채워서(`W.grad.zero_()`) 비웁니다. 첫걸음에는 `.grad`가 아직 `None`이라는 것도 잊지 마세요.

# %% [markdown] lang="en"
# Up to the fifth step, the slopes that are added get closer to 0 each time, and still `W.grad` piles up, to −56.69. By then $W$ is past the answer 2 already, and what has piled up keeps pushing. After 1000 steps $W$ is 2.234. Just before the last step the cost was 0.316; one step later it is 0.820. Nothing has arrived: **the swing just happens to be passing there**. Stop at a moment when the cost looks fine, and you will not even notice the fault.
#
# ### Your turn: `mend-loop`
#
# Mend `broken_loop`. This time without an optimizer: do by hand what `zero_grad()` did, too. The `.grad` of a tensor is emptied by putting in `None` (`W.grad = None`) or by filling it with zeros in place (`W.grad.zero_()`). And remember that at the first step `.grad` is still `None`.

# %% exercise="mend-loop"
def mended_loop(W, b, x, y, lr, steps):
    """Training by hand, without an optimizer: broken_loop, mended.

    W, b: (1,) float tensors, the start; they stay as they are. x, y: (n, 1) float tensors.
    lr: a Python float. steps: the number of updates, an int, 0 or more.
    Returns (W, b, grads): the final W and b, (1,) each, cut off from the graph, and a list of
    `steps` Python floats, where grads[k] is what W.grad held when update number k was made.
    """
    W = W.clone().requires_grad_()  # (1,)
    b = b.clone().requires_grad_()  # (1,)
    grads = []
    # the loop of broken_loop, mended
    ### BEGIN SOLUTION
    for _ in range(steps):
        cost = mse(hypothesis(W, b, x), y)  # ()
        cost.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        grads.append(W.grad.item())
        W.grad = None
        b.grad = None
    return W.detach(), b.detach(), grads
    ### END SOLUTION


# %% [markdown] lang="ko"
# 고친 반복문과 고장 난 반복문을 같은 지도에서 80걸음씩 걷게 합니다. 오른쪽은 그동안의 손실입니다.

# %% [markdown] lang="en"
# The mended loop and the broken one take 80 steps on the same map; on the right, the loss on the way.

# %% tags=["demo"]
zero = torch.zeros(1)
walks = {
    name: [loop(zero, zero, x, y, 0.01, k)[:2] for k in range(81)]
    for name, loop in (("broken", broken_loop), ("mended", mended_loop))
}
figure, (left, right) = plots.axes(2, width=4.0, height=3.3)
draw_map(left, "80 steps from W = 0, b = 0")
for (name, places), colour in zip(walks.items(), (plots.RED, plots.BLUE)):
    width, alpha = (0.6, 0.6) if name == "broken" else (1.6, 1.0)
    left.plot([W.item() for W, _ in places], [b.item() for _, b in places], "-", color=colour,
              linewidth=width, alpha=alpha, label=name)
    on_the_way = [mse(hypothesis(W, b, x), y).item() for W, b in places]
    right.semilogy(on_the_way, color=colour, label=name)
plots.label(right, "Only the mended loop settles", "step", "loss (log scale)")
right.set_ylim(5e-3, 200)
right.legend(loc="upper right", ncols=2)
plt.show()

W, b, _ = mended_loop(zero, zero, x, y, 0.01, 1000)
same = torch.allclose(W, train_steps(zero, zero, x, y, 0.01, 1000)[0])
print(f"mended, 1000 steps: W = {W.item():.4f}, b = {b.item():.4f}")
print("the same W as with torch.optim.SGD:", same)

# %% [markdown] lang="ko"
# 손으로 쓴 반복문이 `torch.optim.SGD`와 똑같은 답에 이르렀습니다. 옵티마이저가 하던 일은 이것이 전부입니다.
#
# ## 8. 걷지 않고 한 번에: 최소제곱법
#
# 직선이라면 걸을 필요도 없습니다. 가장 낮은 곳을 방정식으로 바로 찾을 수 있습니다. 오차 제곱의 합을 가장 작게 만든다고 해서 **최소제곱법(least squares)** 이라고 합니다.
#
# 먼저 편향을 없앱니다. 입력에 **언제나 1인 열**을 하나 붙이면, 편향은 그 열의 가중치가 됩니다. 그러면 모든 예측이 행렬 곱 하나입니다. $\theta$("세타")는 $W$와 $b$를 세로로 쌓은 것입니다.
#
# $$\begin{bmatrix}\hat{y}_1\\ \hat{y}_2\\ \hat{y}_3\end{bmatrix} = \underbrace{\begin{bmatrix}x_1 & 1\\ x_2 & 1\\ x_3 & 1\end{bmatrix}}_{A}\underbrace{\begin{bmatrix}W\\ b\end{bmatrix}}_{\theta}$$
#
# 가장 낮은 곳에서는 오차 $e = A\theta - y$가 어떤 모습일까요?
#
# - 오차를 모두 더하면 0입니다. 0이 아니라 +라면 직선을 통째로 조금 내려서($b$를 줄여서) 손실을 더 줄일 수 있습니다.
# - 오차에 $x$를 곱해 더해도 0입니다. 0이 아니라면 직선을 조금 기울여서($W$를 바꾸어) 더 줄일 수 있습니다.
#
# $A$의 행과 열을 맞바꾼 것을 전치(transpose)라 하고 $A^\top$로 씁니다. 1장의 `t()`이고, 코드로는 `A.t()`나 `A.T`입니다. $A^\top$의 첫 줄은 $x$, 둘째 줄은 1이므로 $A^\top e$의 두 원소가 바로 위의 두 합입니다. 그래서 두 조건은 $A^\top(A\theta - y) = 0$ 한 줄이 되고, 괄호를 풀면 **정규방정식(normal equation)** 입니다.
#
# $$(A^\top A)\,\theta = A^\top y$$
#
# $A^\top A$는 (2, 2)이므로 미지수가 둘인 연립방정식입니다. `torch.linalg.solve(M, v)`는 $M\theta = v$를 풀어 줍니다. 정규방정식에는 제곱한 수들이 들어가 자릿수를 잃기 쉬우므로 float64로 풉니다.
#
# ### 여러분 차례: `closed-form`

# %% [markdown] lang="en"
# Your loop by hand has reached the very answer of `torch.optim.SGD`. There is no more to an optimizer than that.
#
# ## 8. In one step, without walking: least squares
#
# For a straight line there is no need to walk: an equation gives the lowest place directly. As it makes the sum of the squared errors least, the method is called **least squares**.
#
# First we get rid of the bias. Give the input one more **column that is always 1**, and the bias becomes the weight of that column. All predictions are then a single matrix product. $\theta$ ("theta") is $W$ and $b$, one above the other.
#
# $$\begin{bmatrix}\hat{y}_1\\ \hat{y}_2\\ \hat{y}_3\end{bmatrix} = \underbrace{\begin{bmatrix}x_1 & 1\\ x_2 & 1\\ x_3 & 1\end{bmatrix}}_{A}\underbrace{\begin{bmatrix}W\\ b\end{bmatrix}}_{\theta}$$
#
# What do the errors $e = A\theta - y$ look like at the lowest place?
#
# - They add up to 0. If their sum were not 0 but +, we could lower the whole line a little (a smaller $b$) and reduce the loss.
# - Multiplied by $x$, they add up to 0 as well. If not, we could tilt the line a little (another $W$) and reduce the loss.
#
# $A$ with its rows and columns exchanged is its transpose, written $A^\top$: the `t()` of chapter 1, in code `A.t()` or `A.T`. The first row of $A^\top$ is $x$ and its second row is ones, so the two elements of $A^\top e$ are just the two sums above. Both conditions become one line, $A^\top(A\theta - y) = 0$, and with the brackets multiplied out, the **normal equation**.
#
# $$(A^\top A)\,\theta = A^\top y$$
#
# $A^\top A$ is (2, 2), so these are two equations with two unknowns. `torch.linalg.solve(M, v)` solves $M\theta = v$. The normal equation holds squares and loses digits easily, so we solve it in float64.
#
# ### Your turn: `closed-form`

# %% exercise="closed-form"
def closed_form(x, y):
    """The line W x + b with the least mean squared error, by least squares.

    x, y: (n, 1) float64 tensors; n is at least 2, and the x differ. They may be far from 0.
    Returns (W, b), two (1,) float64 tensors.
    """
    # the columns x and 1      # (n, 2)
    # the normal equation      # (2, 1)
    ### BEGIN SOLUTION
    A = torch.cat([x, torch.ones_like(x)], dim=1)  # (n, 2)
    theta = torch.linalg.solve(A.T @ A, A.T @ y)  # (2, 2), (2, 1) -> (2, 1)
    return theta[0], theta[1]
    ### END SOLUTION


# %% [markdown] lang="ko"
# 1000걸음과 견주어 봅시다. 걸음을 늘리면 학습도 같은 답으로 다가갑니다.

# %% [markdown] lang="en"
# Compare it with 1000 steps. With more steps, training comes to the same answer.

# %% tags=["demo"]
W, b = closed_form(x.double(), y.double())
print(f"least squares  W = {W.item():.4f}, b = {abs(b.item()):.4f}")  # abs: no minus zero
for steps in (1000, 5000):
    W, b, costs = train_steps(torch.zeros(1), torch.zeros(1), x, y, 0.01, steps)
    print(f"{steps} steps     W = {W.item():.4f}, b = {abs(b.item()):.4f}")

# %% [markdown] lang="ko"
# 이렇게 쉬운데 왜 걷는 법을 배울까요? 정규방정식은 예측이 매개변수에 대해 *선형*(일차식)일 때만 있습니다. 신경망에는 없습니다. 걷기는 어떤 손실에서든 통합니다. (매개변수가 많은 실제 문제에서는 $A^\top A$를 만들지 않는 `torch.linalg.lstsq`가 더 정확합니다.)
#
# ## 9. 잡음이 있는 데이터
#
# 진짜 측정은 깔끔하지 않습니다. 추 30개를 달아 보았습니다. 눈금을 읽을 때마다 조금씩 빗나가고(잡음, noise), 자의 0점이 1 cm 어긋나 있습니다. 우리는 사실 규칙이 $y = 2x + 1$이라는 것을 압니다. 컴퓨터는 모릅니다.
#
# `device`는 계산할 곳입니다. GPU(`cuda`)가 있으면 거기서, 없으면 CPU에서 합니다. 데이터와 매개변수는 **같은 곳에** 있어야 합니다.

# %% [markdown] lang="en"
# If it is that easy, why learn to walk? A normal equation exists only where predictions are *linear* in the parameters. Neural networks have none. Walking works for any loss. (In real problems with many parameters, `torch.linalg.lstsq`, which never forms $A^\top A$, is more accurate.)
#
# ## 9. Data with noise
#
# Real measurements are not that neat. We hang 30 masses on the spring. Each reading is a little off (noise), and the zero of the ruler is off by 1 cm. We know that the rule is $y = 2x + 1$. The computer does not.
#
# `device` is where to compute: on a GPU (`cuda`) if there is one, otherwise on the CPU. Data and parameters must be **in the same place**.

# %%
generator = torch.Generator().manual_seed(2)
more_x = 5 * torch.rand(30, 1, generator=generator)  # (n, 1): 0 to 5 kg
more_y = 2 * more_x + 1 + 0.8 * torch.randn(30, 1, generator=generator)  # (n, 1)
device = "cuda" if torch.cuda.is_available() else "cpu"

# %% tags=["demo"]
start = torch.zeros(1, device=device)  # (1,)
W, b, costs = train_steps(start, start, more_x.to(device), more_y.to(device), 0.05, 1000)
best_W, best_b = closed_form(more_x.double(), more_y.double())
print(f"the rule       W = 2.000, b = 1.000, cost {mse(2 * more_x + 1, more_y).item():.3f}")
print(f"trained        W = {W.item():.3f}, b = {b.item():.3f}, cost {costs[-1]:.3f}")
print(f"least squares  W = {best_W.item():.3f}, b = {best_b.item():.3f}")

# %% [markdown] lang="ko"
# 학습한 직선과 최소제곱법의 직선은 같습니다. 그러나 진짜 규칙과는 조금 다르고, 손실은 0이 되지 않습니다. 잡음은 규칙이 아니므로 어떤 직선도 맞힐 수 없습니다. 게다가 비용은 진짜 규칙의 것보다도 *작습니다*. 이 30개에 우연히 섞인 잡음에까지 맞추었기 때문입니다. 이 이야기는 8장에서 이어집니다.
#
# 그렇다면 손실 0.67은 작은 것일까요? 알 수 없습니다. 단위를 mm로 바꾸면 같은 직선의 손실이 100배가 됩니다. 견줄 상대가 있어야 합니다. $x$를 보지도 않고 **언제나 $y$의 평균 $\bar{y}$만 말하는 사람**을 세워 봅시다.

# %% [markdown] lang="en"
# The trained line and the least-squares line are the same. But they differ a little from the real rule, and the loss does not get to 0: noise is no rule, and no line can predict it. The cost is even *smaller* than that of the real rule, because the line has adapted to the noise that happens to be in these 30 samples. Chapter 8 takes this up.
#
# So is a loss of 0.67 small? There is no telling. Write the stretch in mm, and the loss of the very same line is 100 times as large. We need somebody to compare with: somebody who never looks at $x$ and **always says $\bar{y}$, the mean of $y$**.

# %% tags=["demo"]
W, b = closed_form(more_x.double(), more_y.double())
by_line = hypothesis(W.float(), b.float(), more_x)  # (n, 1)
by_mean = more_y.mean().expand(30, 1)  # (n, 1)

figure, grid = plots.axes(2, width=4.0, height=3.0, sharey=True)
for ax, prediction, who in zip(grid, (by_mean, by_line), ("the mean", "our line")):
    ax.vlines(more_x.flatten(), prediction.flatten(), more_y.flatten(), color=plots.ORANGE)
    order = more_x.flatten().argsort()  # (n,)
    ax.plot(more_x[order], prediction[order], color=plots.BLUE)
    ax.plot(more_x, more_y, "o", color="black", markersize=3)
    total = ((more_y - prediction) ** 2).sum().item()
    title = f"Errors of {who}: squares add up to {total:.1f}"
    plots.label(ax, title, "mass x (kg)", "stretch y (cm)" if who == "the mean" else "")
plt.show()

# %% [markdown] lang="ko"
# 오른쪽의 합을 왼쪽의 합으로 나누면 *남은* 오차의 비율입니다. 1에서 그것을 뺀 것이 직선이 **없앤** 오차의 비율이고, 이것을 결정계수(coefficient of determination) $R^2$이라고 합니다.
#
# $$R^2 = 1 - \frac{\sum_i (y_i - \hat{y}_i)^2}{\sum_i (y_i - \bar{y})^2}$$
#
# 1이면 완벽하고, 0이면 평균만 말하는 사람과 다를 바 없습니다. 그보다도 못하면 **음수**가 됩니다. 이름에 제곱이 붙어 있지만 제곱한 수가 아닙니다.
#
# ### 여러분 차례: `r-squared`

# %% [markdown] lang="en"
# Divide the sum on the right by the sum on the left, and you have the share of the error that is *left*. One minus that is the share that the line has **removed**, called the coefficient of determination, $R^2$.
#
# $$R^2 = 1 - \frac{\sum_i (y_i - \hat{y}_i)^2}{\sum_i (y_i - \bar{y})^2}$$
#
# At 1 the predictions are perfect; at 0 they are no better than somebody who just says the mean. Do worse than that, and it is **negative**: in spite of its name it is not the square of anything.
#
# ### Your turn: `r-squared`

# %% exercise="r-squared"
def r_squared(prediction, y):
    """The share of the squared error that the prediction removes, compared with always saying mean(y).

    prediction, y: (n, 1) float tensors of one dtype; the y are not all equal.
    Returns a tensor without axes, shape (), of that dtype: 1 for a perfect prediction, 0 for the
    mean of y, negative for anything worse.
    """
    ### BEGIN SOLUTION
    left = ((y - prediction) ** 2).sum()  # ()
    of = ((y - y.mean()) ** 2).sum()  # ()
    return 1 - left / of
    ### END SOLUTION


# %% [markdown] lang="ko"
# 예측 몇 가지의 $R^2$을 구하고, 새로운 무게 둘을 예측해 봅시다.

# %% [markdown] lang="en"
# Let us find the $R^2$ of a few predictions, and predict for two new masses.

# %% tags=["demo"]
W, b = (each.float() for each in closed_form(more_x.double(), more_y.double()))
predictions = {
    "least squares": hypothesis(W, b, more_x),
    "always the mean": more_y.mean().expand(30, 1),
    "line C": hypothesis(torch.tensor([1.0]), torch.tensor([2.0]), more_x),
    "always 0": torch.zeros(30, 1),
}
for name, prediction in predictions.items():
    share = round(r_squared(prediction, more_y).item(), 3) + 0.0  # no negative zero
    print(f"{name:15s}  R² = {share:.3f}")
for mass in (4.5, 500.0):
    print(f"{mass:5.1f} kg: the line says {hypothesis(W, b, torch.tensor([[mass]])).item():.0f} cm")

# %% [markdown] lang="ko"
# 4.5 kg의 예측은 믿을 만합니다. 잰 범위 0–5 kg 안에 있으니까요. 500 kg의 예측도 식은 태연히 내놓지만, 용수철은 벌써 끊어졌을 것입니다. 모델은 **데이터가 있는 곳 바깥의 일을 아무것도 모릅니다.**
#
# ## 정리
#
# - 선형 회귀는 세 조각입니다. 가설 $\hat{y} = Wx + b$, 손실(평균 제곱 오차), 그리고 손실을 줄이는 학습.
# - 기울기는 매개변수를 조금 늘릴 때 손실이 그 몇 배로 변하는지입니다. 경사하강법은 그 반대로 학습률만큼 걷습니다.
# - 손실을 계산할 때마다 그래프가 새로 만들어지고, `backward()`가 그것을 거슬러 가며 기울기를 `.grad`에 **더합니다**. `step()`이 매개변수를 움직이고, `zero_grad()`가 `.grad`를 비웁니다.
# - `zero_grad()`를 빠뜨리면 기울기가 쌓여 답 둘레를 영원히 맴돕니다. 비우는 자리는 `backward()`와 `step()` 사이만 아니면 됩니다.
# - `torch.optim.SGD`라고 부른다고 확률적인 것은 아닙니다. 모든 표본을 한꺼번에 넣으면 전체 배치입니다.
# - 직선이라면 1의 열을 붙이고 정규방정식을 풀어 한 번에 구할 수 있습니다. $R^2$은 평균만 말하는 사람보다 얼마나 나은지 알려 줍니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. zero_grad를 반복문 맨 앞에 두는 것과 step 바로 뒤에 두는 것은 다른가요?</summary>
#
# 결과는 같습니다. 중요한 것은 다음 `backward()`를 부를 때 `.grad`가 비어 있는 것뿐입니다. 맨 앞에 두는 편이 조금 더 안전합니다. 반복문에 들어오기 전에 누가 `backward()`를 불러 두었어도 지워지기 때문입니다.
# </details>
#
# <details><summary>2. 늘 비워야 한다면 PyTorch는 왜 backward가 더하게 만들었나요?</summary>
#
# 더하는 편이 쓸모 있을 때가 있기 때문입니다. 메모리가 모자라 표본 64개를 한꺼번에 넣을 수 없다면, 16개씩 네 번 `backward()`를 부르고 `step()`은 한 번만 부릅니다. `.grad`에 네 번의 기울기가 모입니다(gradient accumulation). 매개변수 하나가 계산에 여러 번 쓰일 때도 그 길마다 온 기울기를 더해야 합니다.
# </details>
#
# <details><summary>3. 마찰이 없는 그네에 마찰을 조금 주면 어떻게 되나요?</summary>
#
# 비우는 대신 걸음마다 `.grad`를 0.9배로 줄이면 그네가 점점 잦아들며 골짜기에 멈춥니다. 그냥 걷는 것보다 빨리 도착하기도 합니다. 이것이 12장의 모멘텀(momentum)입니다. `zero_grad`를 빠뜨린 반복문은 모멘텀 계수가 1인 SGD와 똑같은 길을 걷습니다.
# </details>
#
# <details><summary>4. 2절의 작은 함정을 모르고 (n,) 모양의 y로 끝까지 학습시키면 어떤 직선을 얻나요?</summary>
#
# 예측마다 모든 $y$와 견주므로, 모든 예측이 똑같이 $y$의 평균일 때 손실이 가장 작습니다. 그래서 $W = 0$, $b = 4$인 평평한 직선이 됩니다. 손실은 줄어들고 오류도 없는데 아무것도 배우지 못합니다.
# </details>
#
# <details><summary>5. 추를 모두 2 kg짜리만 달았다면 closed_form은 어떻게 되나요?</summary>
#
# $x$가 모두 같으면 그 점들을 똑같이 잘 지나는 직선이 끝없이 많습니다. $A$의 두 열이 서로 배수라서 $A^\top A$를 풀 수 없습니다. 데이터가 답을 정해 주지 못하는 것이지 방법의 잘못이 아닙니다.
# </details>

# %% [markdown] lang="en"
# The prediction for 4.5 kg can be trusted: it lies inside the 0–5 kg that were measured. For 500 kg the formula answers just as calmly, but the spring would have broken long before. **Of what lies outside its data, a model knows nothing.**
#
# ## Summary
#
# - Linear regression has three pieces: the hypothesis $\hat{y} = Wx + b$, the loss (mean squared error), and training, which reduces the loss.
# - The gradient says how many times as much the loss changes as a parameter does. Gradient descent walks the other way, by the learning rate.
# - Every time the loss is computed a new graph is made; `backward()` walks back through it and **adds** the slopes to `.grad`. `step()` moves the parameters, `zero_grad()` empties `.grad`.
# - Without `zero_grad()` gradients pile up, and you swing round the answer for ever. Empty them anywhere in the loop but between `backward()` and `step()`.
# - Calling `torch.optim.SGD` does not make it stochastic. With all samples at once it is full-batch.
# - For a straight line, a column of ones and the normal equation give the answer directly. $R^2$ says how much better it is than just saying the mean.
#
# ## Further questions
#
# <details><summary>1. Does it matter whether zero_grad stands first in the loop or right after step?</summary>
#
# The result is the same. All that counts is that `.grad` is empty when `backward()` is called the next time. First in the loop is a little safer: if somebody called `backward()` before the loop began, that is wiped out too.
# </details>
#
# <details><summary>2. If it must always be emptied, why did PyTorch make backward add?</summary>
#
# Because adding is sometimes what you want. If memory cannot hold 64 samples at once, call `backward()` four times on 16 each and `step()` only once: the gradients of all four gather in `.grad` (gradient accumulation). And where a parameter is used several times in a computation, the slopes that come back along each way have to be added, too.
# </details>
#
# <details><summary>3. What if the swing without friction is given a little friction?</summary>
#
# Instead of emptying `.grad`, shrink it to 0.9 of itself at every step: the swing calms down and comes to rest in the valley, often sooner than by plain walking. This is the momentum of chapter 12. A loop that forgets `zero_grad` walks exactly the path of SGD with a momentum of 1.
# </details>
#
# <details><summary>4. Unaware of the small trap of section 2, you train to the end with a y of shape (n,). Which line do you get?</summary>
#
# Each prediction is compared with every $y$, so the loss is least where all predictions are the same, the mean of $y$: the flat line $W = 0$, $b = 4$. The loss goes down, there is no error message, and nothing has been learned.
# </details>
#
# <details><summary>5. If all the masses were 2 kg, what would closed_form do?</summary>
#
# Where all $x$ are equal, infinitely many lines pass those points equally well. The two columns of $A$ are multiples of each other, and $A^\top A$ cannot be solved. It is not the method that fails: the data do not settle the answer.
# </details>
