# ---
# jupyter:
#   course:
#     ko: 손으로 하는 경사하강법
#     en: Gradient descent by hand
#     minutes: 60
# ---

# %% [markdown] lang="ko"
# # 3장. 손으로 하는 경사하강법
#
# **누구를 위한 장인가요?** `optimizer.step()`을 불러 본 적은 있지만 그 안에서 무슨 일이 일어나는지 직접 써 본 적은 없는 사람.
#
# **걸리는 시간** 약 60분 · **먼저 알아야 할 것** 텐서 만들기, 사칙연산, 행렬 곱(1장), 선형 회귀(linear regression)와 평균 제곱 오차(2장), 고등학교 수준의 미분. 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 평균 제곱 오차의 기울기(gradient)를 손으로 유도하고 코드로 옮길 수 있습니다.
# - 경사하강법(gradient descent)을 옵티마이저 없이 작성할 수 있습니다.
# - 유도한 기울기가 맞는지 수치 미분으로 검산할 수 있습니다.
# - 학습률(learning rate)이 얼마를 넘으면 발산하는지 *실행하기 전에* 계산할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 3. Gradient descent by hand
#
# **Who is this for?** You have called `optimizer.step()`, but you have never written what happens inside it.
#
# **Time** about 60 minutes · **You need** making tensors, arithmetic and matrix products (chapter 1), linear regression and the mean squared error (chapter 2), school calculus
#
# **Afterwards you can**
#
# - derive the gradient of the mean squared error on paper and turn it into code,
# - write gradient descent without an optimizer,
# - check a derivation by numerical differentiation,
# - say *before you run it* at which learning rate training will diverge.

# %%
import matplotlib.pyplot as plt
import torch

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch03_gradient_descent", "ko")

# %% lang="en"
open_chapter("ch03_gradient_descent", "en")

# %% [markdown] lang="ko"
# ## 1. 안개 낀 언덕에서 내려가기
#
# 안개가 짙어 발밑밖에 보이지 않는 언덕에 서 있다고 해 봅시다. 골짜기가 어디인지는 모르지만, 지금 선 곳이 어느 쪽으로 기울었는지는 발로 느낄 수 있습니다. 그 기울기의 반대쪽으로 한 걸음 내딛고, 다시 발밑을 느끼고, 또 내딛습니다. 경사하강법은 이것이 전부입니다.
#
# 우리의 언덕은 아주 단순합니다. 점 세 개 $(1, 1), (2, 2), (3, 3)$을 편향(bias)이 없는 직선 $\hat{y} = Wx$로 맞춥니다. 위치는 수 하나 $W$, 높이는 평균 제곱 오차입니다.
#
# $$J(W) = \frac{1}{n}\sum_{i=1}^{n}(W x_i - y_i)^2$$
#
# 아래 그림에서 점선은 각 위치에서 발밑이 기운 방향, 곧 접선입니다. 정답 $W = 1$의 왼쪽에서는 오른쪽 아래로, 오른쪽에서는 왼쪽 아래로 기울었고, 골짜기에 가까울수록 완만합니다.

# %% [markdown] lang="en"
# ## 1. Walking down a hill in fog
#
# You stand on a hill in fog so thick that you only see your own feet. You cannot see the valley, but you can feel which way the ground slopes. Take a step against the slope, feel again, step again. That is all there is to gradient descent.
#
# Our hill is a very simple one. We fit three points $(1, 1), (2, 2), (3, 3)$ with a line that has no bias, $\hat{y} = Wx$. Your position is a single number $W$; your height is the mean squared error.
#
# $$J(W) = \frac{1}{n}\sum_{i=1}^{n}(W x_i - y_i)^2$$
#
# In the picture, each dashed line is the slope under your feet: the tangent. Left of the answer $W = 1$ the ground falls to the right, on the other side it falls to the left, and the nearer the valley, the flatter it gets.

# %%
x = torch.tensor([[1.0], [2.0], [3.0]])  # (n, 1)
y = torch.tensor([[1.0], [2.0], [3.0]])  # (n, 1)


def J(W):
    return torch.mean((W * x - y) ** 2)  # ()


def draw_hill(ax, low=-0.6, high=2.6):
    grid = torch.linspace(low, high, 200)  # (200,)
    ax.plot(grid, [J(W) for W in grid], color=plots.GREY)
    plots.label(ax, "", "W", "loss J(W)")


figure, (ax,) = plots.axes(1, width=5.2)
draw_hill(ax)
for start in (-0.2, 0.3, 1.0, 2.0):
    W = torch.tensor(start, requires_grad=True)  # autograd watches W
    slope = torch.autograd.grad(J(W), W)[0].item()
    near = torch.linspace(start - 0.25, start + 0.25, 2)
    ax.plot(near, J(W).item() + slope * (near - start), "--", color=plots.BLUE)
    ax.plot(start, J(W).item(), "o", color=plots.ORANGE)
    place = (10, 4) if start <= 1 else (-46, 2)
    ax.annotate(f"{slope:+.2f}", (start, J(W).item()), place, textcoords="offset points")
ax.set_title("The slope is steep far from the valley and 0 in it")
plt.show()

# %% [markdown] lang="ko"
# 그림의 숫자는 PyTorch의 자동 미분(autograd)이 계산했습니다. 이제 같은 수를 우리 손으로 구합니다.
#
# ## 2. 기울기를 손으로 유도하기
#
# 표본 하나부터 봅시다. 오차를 $e_i = W x_i - y_i$라고 하면, 높이에 들어가는 것은 $e_i^2$입니다. $W$를 조금 늘리면 $e_i$는 그 변화의 $x_i$배만큼 변하고, $e_i^2$은 다시 그 변화의 $2e_i$배만큼 변합니다. 이 둘을 곱하는 것이 연쇄 법칙(chain rule)입니다. 아래 식에서 앞쪽이 바깥(제곱)의 미분, 뒤쪽이 안의 미분입니다.
#
# $$\frac{d}{dW}(W x_i - y_i)^2 = 2\,(W x_i - y_i)\cdot x_i$$
#
# $J$는 이것들의 **평균**이므로 기울기도 평균입니다.
#
# $$\frac{dJ}{dW} = \frac{2}{n}\sum_{i=1}^{n}(W x_i - y_i)\,x_i$$
#
# 세 조각을 기억하세요: 제곱에서 나온 **2**, 평균에서 나온 **1/n**, 안쪽에서 나온 **x**. 사람들은 대개 이 셋 가운데 하나를 빠뜨립니다.

# %% [markdown] lang="en"
# The numbers in the picture came from PyTorch's automatic differentiation (autograd). Now we find the same numbers ourselves.
#
# ## 2. Deriving the gradient on paper
#
# Start with a single sample. Call its error $e_i = W x_i - y_i$; what goes into the height is $e_i^2$. Change $W$ a little: $e_i$ changes by $x_i$ times that much, and $e_i^2$ by $2e_i$ times as much again. Multiplying the two is the chain rule. In the formula below, the derivative of the outside (the square) comes first, then that of the inside.
#
# $$\frac{d}{dW}(W x_i - y_i)^2 = 2\,(W x_i - y_i)\cdot x_i$$
#
# $J$ is the **mean** of these, so its gradient is a mean as well.
#
# $$\frac{dJ}{dW} = \frac{2}{n}\sum_{i=1}^{n}(W x_i - y_i)\,x_i$$
#
# Remember three pieces: the **2** from the square, the **1/n** from the mean, the **x** from inside. When people get this wrong, it is mostly one of these three.

# %% [markdown] lang="ko"
# ### 여러분 차례: `mse-gradient`
#
# 위의 식을 코드로 옮기세요. `.backward()` 없이, 텐서 연산만 씁니다. 함수의 설명문(docstring)이 곧 문제의 명세입니다.

# %% [markdown] lang="en"
# ### Your turn: `mse-gradient`
#
# Turn the formula into code, with tensor operations only and no `.backward()`. The function's docstring is the specification.

# %% exercise="mse-gradient"
def mse_gradient(W, x, y):
    """The gradient dJ/dW of J(W) = mean((W x - y)^2), by hand.

    W: (1,) float tensor. x, y: (n, 1) float tensors.
    Returns a (1,) tensor of the same dtype. Leaves its arguments as they are.
    """
    ### BEGIN SOLUTION
    error = W * x - y  # (n, 1)
    return 2 * torch.mean(error * x).reshape(1)  # (1,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 통과했다면 자동 미분과 견주어 보세요. $W = 0$의 기울기 $-9.33$은 곧 다시 나옵니다. 나머지는 그림에 적힌 값입니다.

# %% [markdown] lang="en"
# Once it passes, compare with autograd. You will soon meet the slope $-9.33$ at $W = 0$ again; the others are those written in the picture.

# %% tags=["demo"]
for start in (0.0, -0.2, 0.3, 1.0, 2.0):
    W = torch.tensor([start], requires_grad=True)
    by_autograd = torch.autograd.grad(J(W), W)[0].item()
    by_hand = mse_gradient(W.detach(), x, y).item()
    print(f"W = {start}: by hand {by_hand:+.4f}, autograd {by_autograd:+.4f}")

# %% [markdown] lang="ko"
# ## 3. 함정: 2와 1/n을 빠뜨린 코드
#
# 이 강좌의 바탕이 된 학습 노트에는 기울기를 이렇게 계산하는 코드가 있습니다. 비용(cost)은 `torch.mean(...)`으로 구하면서 기울기에는 `torch.sum`을 씁니다.

# %% [markdown] lang="en"
# ## 3. A trap: code without the 2 and the 1/n
#
# The study notes this course grew from compute the gradient as below. The cost is a `torch.mean(...)`, but the gradient is a `torch.sum`.

# %%
def notes_gradient(W, x, y):
    return torch.sum((W * x - y) * x).reshape(1)  # (1,): neither 2 nor 1/n


W = torch.zeros(1)
print("the notes' gradient at W = 0:", round(notes_gradient(W, x, y).item(), 3))

# %% [markdown] lang="ko"
# 올바른 기울기는 $-9.333$인데 노트의 코드는 $-14$를 돌려줍니다. 정확히 $n/2 = 1.5$배입니다. 그런데도 노트의 예제는 잘 학습됩니다. 방향은 맞고 걸음만 길기 때문입니다. 다시 말해, 노트는 학습률 0.1을 썼다고 *생각*했지만 실제로는 다른 학습률로 걷고 있었습니다.
#
# ### 여러분 차례: `equivalent-lr`
#
# 노트의 규칙이 학습률 `lr`로 한 걸음 걸을 때, **올바른** 기울기로 똑같은 걸음을 걸으려면 학습률이 얼마여야 할까요? 종이에 등식을 하나 쓰면 됩니다.

# %% [markdown] lang="en"
# The true gradient is $-9.333$; the notes' code returns $-14$, exactly $n/2 = 1.5$ times as much. And yet the notes' example trains well: the direction is right, only the step is longer. In other words, the notes *believed* that they used a learning rate of 0.1, and walked with another one.
#
# ### Your turn: `equivalent-lr`
#
# The notes' rule takes one step with learning rate `lr`. Which learning rate makes the **true** gradient take the very same step? One equation on paper is enough.

# %% exercise="equivalent-lr"
def equivalent_lr(lr, n):
    """The rate at which the true gradient moves W as far as the notes' rule does at lr.

    The notes' rule: W - lr * sum((W x - y) x). The true one: W - rate * 2 / n * sum((W x - y) x).
    lr: a Python float. n: the number of samples, an int. Returns rate, a Python float.
    """
    ### BEGIN SOLUTION
    return lr * n / 2
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 `lr = 0.1`인데 데이터만 늘어나면 어떻게 되는지 보세요.

# %% [markdown] lang="en"
# See what happens to the same `lr = 0.1` when nothing but the amount of data grows.

# %% tags=["demo"]
for n in (3, 6, 60, 600):
    print(f"{n:4d} samples: the notes' lr of 0.1 is really {equivalent_lr(0.1, n):g}")

# %% [markdown] lang="ko"
# 평균을 쓰면 표본을 복사해 두 배로 늘려도 손실도 기울기도 그대로입니다. 합을 쓰면 기울기가 두 배가 되고, 잘 되던 학습률이 어느 날 발산합니다. 이 장의 끝에서 실제로 발산시켜 보겠습니다.
#
# ## 4. 한 걸음, 그리고 여러 걸음
#
# 기울기는 높이가 *커지는* 방향을 가리킵니다. 내려가려면 그 반대로 갑니다. 걸음의 길이는 학습률 $\eta$로 조절합니다.
#
# $$W \leftarrow W - \eta\,\frac{dJ}{dW}$$
#
# ### 여러분 차례: `gradient-step`
#
# 한 걸음을 함수로 만드세요. 조심할 것이 하나 있습니다. `W -= ...`는 새 값을 만들지 않고 **부른 쪽의 텐서를 그 자리에서** 고칩니다.

# %% [markdown] lang="en"
# With a mean, copying every sample twice changes neither the loss nor the gradient. With a sum the gradient doubles, and a learning rate that used to work diverges one day. At the end of this chapter we will make it do so.
#
# ## 4. One step, then many
#
# The gradient points to where the height *grows*. To go down, go the other way; the learning rate $\eta$ sets the length of the step.
#
# $$W \leftarrow W - \eta\,\frac{dJ}{dW}$$
#
# ### Your turn: `gradient-step`
#
# Make one step a function. One thing to watch: `W -= ...` makes no new value, it changes **the caller's tensor in place**.

# %% exercise="gradient-step"
def gradient_step(W, gradient, lr):
    """One step of gradient descent.

    W, gradient: float tensors of the same shape. lr: a Python float.
    Returns the new position, a new tensor of that shape and dtype; W itself stays as it is.
    """
    ### BEGIN SOLUTION
    return W - lr * gradient
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 여러분 차례: `gradient-descent`
#
# 이제 걸음을 이어 붙입니다. 한 바퀴마다 *지금* 손실을 기록하고, 기울기를 구하고, 움직입니다. 앞에서 만든 두 함수를 쓰세요. 원본 노트의 `for epoch in range(nb_epochs + 1)`은 10번이라면서 11번 갱신합니다. 우리는 정확히 `steps`번입니다.

# %% [markdown] lang="en"
# ### Your turn: `gradient-descent`
#
# Now string the steps together. Each round: record the loss *now*, get the gradient, move. Use your two functions. In the notes, `for epoch in range(nb_epochs + 1)` says 10 and updates 11 times; ours makes exactly `steps` updates.

# %% exercise="gradient-descent"
def gradient_descent(W, x, y, lr, steps):
    """Gradient descent on J(W) = mean((W x - y)^2).

    W: (1,) float tensor, the start; it stays as it is. x, y: (n, 1) float tensors.
    lr: a Python float. steps: the number of updates, an int.
    Returns (W, history): the final W, (1,) of W's dtype, and a list of `steps` Python floats, where
    history[k] is the loss before update number k (so history[0] is the loss at the start).
    """
    history = []
    ### BEGIN SOLUTION
    for _ in range(steps):
        history.append(torch.mean((W * x - y) ** 2).item())
        W = gradient_step(W, mse_gradient(W, x, y), lr)
    return W, history
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분이 만든 경사하강법을 같은 언덕에서 학습률만 0.01, 0.107, 0.2, 0.22로 바꾸어 네 번 걷게 해 봅니다. 실행하기 전에 예상해 보세요. 어느 것이 가장 빠를까요? 어느 것이 골짜기를 건너뛸까요? 어느 것이 영영 도착하지 못할까요?

# %% [markdown] lang="en"
# Let your gradient descent walk the same hill four times, with nothing changed but the learning rate: 0.01, 0.107, 0.2 and 0.22. Guess before you run it: which one is fastest, which ones jump across the valley, which one never arrives?

# %% tags=["demo"]
paths = {}
for lr in (0.01, 0.107, 0.2, 0.22):
    paths[lr] = [gradient_descent(torch.zeros(1), x, y, lr, steps)[0] for steps in range(13)]

figure, grid = plots.axes(4, width=2.2, height=2.5)
for ax, (lr, path) in zip(grid, paths.items()):
    draw_hill(ax, -1.2, 3.2)
    ax.plot(path, [J(W) for W in path], "o-", color=plots.ORANGE, markersize=4, linewidth=1)
    ax.set_title(f"lr = {lr}, 12 steps")
    ax.set_ylim(-1, 24)
    print(f"lr = {lr}: W after 12 steps = {path[-1].item():.4f}")
plt.show()

# %% [markdown] lang="ko"
# 학습률 0.01은 열두 걸음으로는 모자라고, 0.107은 첫걸음에 거의 도착합니다. 0.2에서는 골짜기를 번번이 건너뛰면서도 조금씩 가까워지고, 0.22에서는 건너뛸 때마다 더 멀어집니다. 그 경계는 어디일까요? 6절에서 정확히 계산합니다.
#
# ## 5. 편향을 더하고, 검산하기
#
# 직선에 편향 $b$를 더하면 $\hat{y} = Wx + b$, 오차는 $e_i = W x_i + b - y_i$입니다. 바깥쪽 미분 $2e_i$는 그대로이고 안쪽 미분만 다릅니다. $W$에 대해서는 $x_i$, $b$에 대해서는 $1$입니다. $\partial$는 편미분(partial derivative), 곧 나머지를 고정하고 하나만 움직일 때의 미분입니다.
#
# $$\frac{\partial J}{\partial W} = \frac{2}{n}\sum_i e_i\,x_i \qquad \frac{\partial J}{\partial b} = \frac{2}{n}\sum_i e_i$$
#
# ### 여러분 차례: `bias-gradient`

# %% [markdown] lang="en"
# At 0.01 twelve steps are not enough; 0.107 arrives almost at once. At 0.2 every step jumps across the valley and still lands a little closer; at 0.22 every jump lands farther away. Where is the border? Section 6 computes it exactly.
#
# ## 5. Adding a bias, and checking the derivation
#
# With a bias $b$ the line is $\hat{y} = Wx + b$ and the error $e_i = W x_i + b - y_i$. The outer derivative $2e_i$ stays; only the inner one differs. It is $x_i$ for $W$ and $1$ for $b$. The $\partial$ means a partial derivative: move one of the variables, hold the others.
#
# $$\frac{\partial J}{\partial W} = \frac{2}{n}\sum_i e_i\,x_i \qquad \frac{\partial J}{\partial b} = \frac{2}{n}\sum_i e_i$$
#
# ### Your turn: `bias-gradient`

# %% exercise="bias-gradient"
def bias_gradient(W, b, x, y):
    """The gradients of J(W, b) = mean((W x + b - y)^2), by hand.

    W, b: (1,) float tensors. x, y: (n, 1) float tensors. All of one dtype.
    Returns (dW, db), each (1,) and of that dtype.
    """
    ### BEGIN SOLUTION
    error = W * x + b - y  # (n, 1)
    dW = 2 * torch.mean(error * x).reshape(1)  # (1,)
    db = 2 * torch.mean(error).reshape(1)  # (1,)
    return dW, db
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 유도가 맞는지 어떻게 아나요?
#
# 식이 길어지면 손은 반드시 틀립니다. 다행히 기울기에는 유도가 필요 없는 검산법이 있습니다. 미분의 정의로 돌아가서, 한 원소를 아주 조금($h$) 양쪽으로 움직여 높이를 재는 것입니다. 이것을 중심 차분(central difference)이라고 합니다. 여기서 $x$는 데이터가 아니라 함수 $f$에 넣는 값 전체입니다.
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h\,u_i) - f(x - h\,u_i)}{2h}$$
#
# $u_i$는 $i$번째 원소만 1이고 나머지는 0인 벡터입니다. 한쪽으로만 움직이는 $(f(x+h)-f(x))/h$보다 왜 나은지는 곧 그림으로 봅니다.
#
# ### 여러분 차례: `numerical-gradient`

# %% [markdown] lang="en"
# ### How do you know that a derivation is right?
#
# As formulas grow, hands slip. Luckily a gradient can be checked without deriving anything: go back to the definition, move one element a tiny bit ($h$) to both sides, and measure the height. This is the central difference. The $x$ here is not the data but whatever goes into the function $f$.
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h\,u_i) - f(x - h\,u_i)}{2h}$$
#
# $u_i$ is the vector that is 1 at place $i$ and 0 elsewhere. Why this beats moving to one side only, $(f(x+h)-f(x))/h$, you will see in a plot in a moment.
#
# ### Your turn: `numerical-gradient`

# %% exercise="numerical-gradient"
def numerical_gradient(f, x, eps):
    """The gradient of f at x by central differences, one element at a time.

    f: a function from a tensor of x's shape to a 0-dimensional tensor.
    x: a contiguous float64 tensor of one or more axes, of any shape; it stays as it is.
    eps: the h of the formula, a float.
    Returns a float64 tensor of x's shape.
    """
    ### BEGIN SOLUTION
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        up, down = x.clone(), x.clone()
        up.view(-1)[i] += eps
        down.view(-1)[i] -= eps
        gradient.view(-1)[i] = (f(up) - f(down)) / (2 * eps)
    return gradient
    ### END SOLUTION


# %% [markdown] lang="ko"
# $h$는 얼마로 해야 할까요? 작을수록 좋을 것 같지만 그렇지 않습니다. $f(x) = \sin x$의 기울기를 $x = 1$에서 재면서 $h$를 바꾸어 봅시다. 두 축 모두 로그 눈금입니다.

# %% [markdown] lang="en"
# How large should $h$ be? The smaller the better, you might think. Measure the slope of $f(x) = \sin x$ at $x = 1$ while $h$ changes; both axes are logarithmic.

# %% tags=["demo"]
at = torch.tensor([1.0], dtype=torch.float64)
exact = torch.cos(at).item()
steps = 10.0 ** torch.arange(-13, 0.5, 0.5, dtype=torch.float64)


def sine(x):
    return torch.sin(x).sum()


central = [abs(numerical_gradient(sine, at, h.item()).item() - exact) for h in steps]
one_sided = [abs(((sine(at + h) - sine(at)) / h).item() - exact) for h in steps]

figure, (ax,) = plots.axes(1, width=5.2)
ax.loglog(steps, one_sided, "o-", markersize=3, color=plots.ORANGE, label="one-sided: error ~ h")
ax.loglog(steps, central, "o-", markersize=3, color=plots.BLUE, label="central: error ~ h²")
plots.label(ax, "Too large an h is inexact, too small an h drowns in round-off", "h", "error")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 오른쪽에서는 $h$가 커서 근사가 거칠고, 왼쪽에서는 거의 같은 두 수를 빼느라 유효 숫자가 사라집니다(반올림 오차). 그래서 검산할 때는 `float64`와 $h \approx 10^{-5}$ 언저리를 씁니다. `float32`라면 왼쪽 벽이 훨씬 일찍 나타나므로 이 검산은 믿을 수 없습니다.
#
# 이제 여러분의 `bias_gradient`를 여러분의 `numerical_gradient`와 PyTorch의 자동 미분, 세 방법으로 견주어 봅시다.

# %% [markdown] lang="en"
# On the right $h$ is large and the approximation coarse; on the left two almost equal numbers are subtracted and the significant digits vanish (round-off). So a check uses `float64` and $h \approx 10^{-5}$. In `float32` the wall on the left comes far earlier, and the check cannot be trusted.
#
# Now compare three ways to the same number: your `bias_gradient`, your `numerical_gradient`, and autograd.

# %% tags=["demo"]
generator = torch.Generator().manual_seed(3)
xs = torch.randn(20, 1, generator=generator, dtype=torch.float64)  # (n, 1)
ys = 2 * xs + 1 + 0.1 * torch.randn(20, 1, generator=generator, dtype=torch.float64)  # (n, 1)
Wb = torch.tensor([0.3, -0.2], dtype=torch.float64, requires_grad=True)  # (2,): W and b


def loss_of(Wb):
    return torch.mean((Wb[0] * xs + Wb[1] - ys) ** 2)


dW, db = bias_gradient(Wb.detach()[:1], Wb.detach()[1:], xs, ys)
by_hand = torch.cat([dW, db])
by_difference = numerical_gradient(loss_of, Wb.detach(), 1e-5)
by_autograd = torch.autograd.grad(loss_of(Wb), Wb)[0]
for name, other in (("finite differences", by_difference), ("autograd", by_autograd)):
    close = torch.allclose(by_hand, other, rtol=1e-8)
    print(f"by hand against {name}: equal to eight digits: {close}")

# %% [markdown] lang="ko"
# ## 6. 얼마나 크게 걸어도 되나요?
#
# 학습률의 한계는 운이 아니라 산수입니다. 우리의 $J$는 이차함수이고, 골짜기의 위치를 $W^*$라고 하면 기울기는 $L\,(W - W^*)$ 꼴입니다. $L$은 $J$를 두 번 미분한 값, 곧 곡률(curvature)입니다.
#
# $$L = \frac{d^2J}{dW^2} = \frac{2}{n}\sum_i x_i^2$$
#
# 한 걸음을 걸으면 골짜기까지의 거리가
#
# $$W - \eta L (W - W^*) - W^* = (1 - \eta L)\,(W - W^*)$$
#
# 이 되어, **매번 $(1 - \eta L)$배**가 됩니다. 이 배수의 절댓값이 1보다 작아야 가까워집니다.
#
# $$|1 - \eta L| < 1 \iff 0 < \eta < \frac{2}{L}$$
#
# $\eta = 1/L$이면 배수가 0이라 한 걸음에 도착하고, $2/L$을 넘으면 발산합니다.
#
# 특성(feature)이 여럿이면 언덕은 여러 방향으로 휘고, 방향마다 휘는 정도가 다릅니다. $\sum x_i^2$ 자리에 행렬 $X^\top X$가 들어가 곡률은 행렬 $H = \frac{2}{n}X^\top X$가 됩니다. 이 행렬의 고윳값(eigenvalue)은 서로 수직인 방향들의 곡률입니다. 거리는 방향마다 제 곡률로 $(1 - \eta L)$배가 되므로, **가장 급하게 휘는 방향, 곧 가장 큰 고윳값**이 한계를 정합니다.
#
# ### 여러분 차례: `largest-stable-lr`

# %% [markdown] lang="en"
# ## 6. How large may a step be?
#
# The limit of the learning rate is not luck but arithmetic. Our $J$ is quadratic; if the valley lies at $W^*$, the gradient is $L\,(W - W^*)$, where $L$ is the second derivative of $J$: its curvature.
#
# $$L = \frac{d^2J}{dW^2} = \frac{2}{n}\sum_i x_i^2$$
#
# After one step, the distance to the valley is
#
# $$W - \eta L (W - W^*) - W^* = (1 - \eta L)\,(W - W^*)$$
#
# so **every step multiplies it by $(1 - \eta L)$**. You only get closer if the size of that factor is below 1.
#
# $$|1 - \eta L| < 1 \iff 0 < \eta < \frac{2}{L}$$
#
# With $\eta = 1/L$ the factor is 0 and you arrive in one step; beyond $2/L$ you diverge.
#
# With several features the hill curves in several directions, each by a different amount. In place of $\sum x_i^2$ stands the matrix $X^\top X$, and the curvature becomes the matrix $H = \frac{2}{n}X^\top X$. Its eigenvalues are the curvatures along directions at right angles to each other. Along each of them the distance is multiplied by $(1 - \eta L)$ with its own curvature, so **the most curved direction, the largest eigenvalue**, sets the limit.
#
# ### Your turn: `largest-stable-lr`

# %% exercise="largest-stable-lr"
def largest_stable_lr(x):
    """The learning rate above which gradient descent on mean((x W - y)^2) diverges: 2 / L.

    x: (n, d) float64 tensor, d features of n ≥ d samples. L is the largest eigenvalue of the
    second derivative 2/n x^T x, (d, d). torch.linalg.eigvalsh gives eigenvalues, ascending.
    Returns a Python float.
    """
    ### BEGIN SOLUTION
    H = 2 / len(x) * x.T @ x  # (d, d)
    L = torch.linalg.eigvalsh(H)[-1]  # ()
    return 2 / L.item()
    ### END SOLUTION


# %% [markdown] lang="ko"
# 계산이 맞는지 봅시다. 학습률을 0.01부터 0.25까지 바꾸며 *여러분의* `gradient_descent`를 다섯 걸음씩 걷게 하고, 마지막 손실을 그립니다. 빨간 파선은 *여러분의* `largest_stable_lr`가 계산한 경계입니다.

# %% [markdown] lang="en"
# Does the prediction hold? *Your* `gradient_descent` walks five steps at every rate from 0.01 to 0.25, and we plot the loss it ends with. The red dashed line is the limit that *your* `largest_stable_lr` computed.

# %% tags=["demo"]
limit = largest_stable_lr(x.double())
rates = torch.linspace(0.01, 0.25, 97).tolist()
final = []
for lr in rates:
    W, history = gradient_descent(torch.zeros(1).double(), x.double(), y.double(), lr, 5)
    final.append(J(W).item())

figure, (ax,) = plots.axes(1, width=5.6)
ax.semilogy(rates, final, color=plots.BLUE)
ax.axvline(limit, linestyle="--", color=plots.RED, label=f"2/L = {limit:.4f}")
ax.axvline(limit / 2, linestyle=":", color=plots.GREEN, label=f"1/L = {limit / 2:.4f}")
ax.axhline(J(torch.zeros(1)).item(), color=plots.GREY, linewidth=0.8, label="loss at the start")
plots.label(ax, "Past 2/L the loss grows at every step", "learning rate", "loss after 5 steps")
ax.set_ylim(1e-14, 1e3)
ax.legend(fontsize="small", loc="lower left")
plt.show()
print(f"largest stable learning rate: {limit:.4f}")

# %% [markdown] lang="ko"
# 곡선은 $1/L$에서 0으로 곤두박질치고(로그 눈금이라 그림 밖으로 나갑니다), 정확히 $2/L$에서 출발점의 손실을 넘어섭니다.
#
# ## 7. 다시 함정으로: 데이터를 두 배로
#
# 3절의 노트 코드로 돌아갑니다. 노트의 규칙은 2도 1/n도 없으므로 곡률이 $\sum x_i^2 = 14$이고, 학습률의 한계는 $2/14 = 1/7 \approx 0.143$입니다. 노트의 0.1은 이 한계 안쪽이었습니다. 이제 같은 세 점을 두 번씩 넣고, 노트처럼 열한 번 갱신해 봅시다. 새로운 정보는 하나도 없습니다.

# %% [markdown] lang="en"
# At $1/L$ the curve plunges towards 0 (out of the picture, as the scale is logarithmic), and exactly at $2/L$ it passes the loss at the start.
#
# ## 7. Back to the trap: double the data
#
# Back to the notes' code of section 3. Its rule has neither the 2 nor the 1/n, so its curvature is $\sum x_i^2 = 14$ and its limit $2/14 = 1/7 \approx 0.143$. The notes' 0.1 was inside. Now put in the same three points twice and update eleven times, as the notes do. There is no new information at all.

# %% tags=["demo"]
for name, gradient in (("the notes' rule", notes_gradient), ("the true gradient", mse_gradient)):
    for times in (1, 2):
        X, Y = x.repeat(times, 1), y.repeat(times, 1)  # (n * times, 1)
        W = torch.zeros(1)
        for _ in range(11):
            W = gradient_step(W, gradient(W, X, Y), 0.1)
        print(f"{name}, every sample {times}x: W after 11 steps = {W.item():.3f}")

# %% [markdown] lang="ko"
# 노트의 규칙은 데이터를 두 배로 늘리자 튀어나가고, 올바른 기울기는 꿈쩍도 하지 않습니다. 손실을 평균으로 정의했다면 기울기도 끝까지 평균이어야 합니다.
#
# ## 정리
#
# - 기울기는 높이가 커지는 방향이고, 경사하강법은 그 반대로 학습률만큼 걷는 일입니다.
# - 평균 제곱 오차의 기울기에는 세 조각이 있습니다: 제곱의 **2**, 평균의 **1/n**, 연쇄 법칙의 **x**.
# - 유도는 중심 차분으로 검산합니다. `float64`로, $h$는 $10^{-5}$ 언저리로.
# - 이차함수에서 학습률의 한계는 $2/L$이고, $L$은 가장 큰 곡률입니다. 방향이 하나뿐이면 $1/L$에서 한 걸음에 도착합니다.
# - 합으로 구한 기울기는 데이터의 양에 따라 걸음이 달라집니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. x를 모두 10배로 키우면(단위를 m에서 dm로 바꾸면) 학습률의 한계는 어떻게 되나요?</summary>
#
# $L$에는 $x_i^2$이 들어가므로 100배가 되고, 한계 $2/L$은 100분의 1이 됩니다. 그래서 입력의 크기를 맞추는 일(표준화)이 중요합니다. 8장에서 다룹니다.
# </details>
#
# <details><summary>2. 곡률이 1인 방향과 100인 방향이 함께 있으면, 가장 좋은 학습률로도 왜 느린가요?</summary>
#
# 학습률은 곡률 100인 방향 때문에 $2/100$보다 작아야 합니다. 두 방향이 똑같이 줄어드는 가장 좋은 값 $2/(1 + 100)$에서도 거리는 매번 $1 - 2/101 \approx 0.98$배로밖에 줄지 않습니다. 두 곡률의 비(조건수)가 클수록 느립니다.
# </details>
#
# <details><summary>3. 신경망의 손실은 이차함수가 아닌데 2/L이 무슨 소용인가요?</summary>
#
# 대부분의 점에서는 가까이 들여다보면 거의 이차함수입니다. 그래서 그 자리의 가장 큰 곡률이 그 순간의 한계를 정합니다. 학습률이 크면 좁은 골짜기에서는 튕겨 나오고 넓은 골짜기에서만 머물 수 있습니다.
# </details>
#
# <details><summary>4. 수치 미분이 이렇게 간단한데 왜 이것으로 학습하지 않나요?</summary>
#
# 매개변수 하나마다 함수를 두 번 계산해야 합니다. 매개변수가 백만 개면 한 걸음에 이백만 번입니다. 11장의 역전파는 순전파 두세 번쯤의 계산으로 모든 기울기를 한꺼번에 구합니다.
# </details>

# %% [markdown] lang="en"
# Twice the data throws the notes' rule out of the valley; the true gradient does not even notice. If the loss is defined as a mean, its gradient must be a mean to the end.
#
# ## Summary
#
# - The gradient points to where the height grows; gradient descent walks the other way, by the learning rate.
# - The gradient of the mean squared error has three pieces: the **2** of the square, the **1/n** of the mean, the **x** of the chain rule.
# - Check a derivation with central differences: in `float64`, with $h$ around $10^{-5}$.
# - On a quadratic the learning rate's limit is $2/L$, where $L$ is the largest curvature. With a single direction, $1/L$ arrives in one step.
# - A gradient made with a sum changes its step with the amount of data.
#
# ## Further questions
#
# <details><summary>1. Every x becomes ten times as large (metres become decimetres). What happens to the limit?</summary>
#
# $L$ contains $x_i^2$, so it becomes 100 times as large, and the limit $2/L$ a hundredth. This is why bringing inputs to one scale (standardisation) matters; see chapter 8.
# </details>
#
# <details><summary>2. One direction has curvature 1, another 100. Why is even the best learning rate slow?</summary>
#
# Because of the direction with curvature 100 the rate must stay below $2/100$. Even at the best one, $2/(1 + 100)$, where both directions shrink alike, the distance only becomes $1 - 2/101 \approx 0.98$ of itself at each step. The larger the ratio of the two (the condition number), the slower.
# </details>
#
# <details><summary>3. A neural network's loss is not quadratic. What use is 2/L then?</summary>
#
# Near most points it almost is. So the largest curvature at that point sets the limit of that moment: with a large learning rate you bounce out of narrow valleys and can only stay in wide ones.
# </details>
#
# <details><summary>4. Numerical differentiation is so simple. Why not train with it?</summary>
#
# It evaluates the function twice for every parameter. A million parameters are two million evaluations for a single step. Backpropagation (chapter 11) finds all gradients at once, for the price of two or three forward passes.
# </details>
