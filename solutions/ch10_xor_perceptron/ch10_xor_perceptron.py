# ---
# jupyter:
#   course:
#     ko: 한 층으로는 할 수 없는 것
#     en: What one layer cannot do
#     minutes: 90
# ---

# %% [markdown] lang="ko"
# # 10장. 한 층으로는 할 수 없는 것
#
# **누구를 위한 장인가요?** 층 하나로 숫자까지 가려 보았는데, 사람들이 왜 굳이 층을 여러 개 쌓는지, 그리고 층 사이에는 왜 꼭 무언가를 끼우는지 알고 싶은 사람.
#
# **걸리는 시간** 약 90분 · **먼저 알아야 할 것** 행렬 곱과 브로드캐스팅(1장), `nn.Module`과 `nn.Linear`(4장), 시그모이드와 이진 교차 엔트로피(6장), 층 하나로 하는 분류(9장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 퍼셉트론을 만들고, 손으로 고른 가중치로 AND, OR, NAND를 계산할 수 있습니다.
# - 틀릴 때만 배우는 퍼셉트론 규칙을 쓰고, 그것이 언제 멈추고 언제 영영 멈추지 않는지 말할 수 있습니다.
# - 한 층으로는 XOR를 할 수 없다는 것을 부등식 네 개로 증명할 수 있습니다.
# - 은닉층이 공간을 어떻게 접는지 그림으로 설명하고, XOR를 손으로도 학습으로도 풀 수 있습니다.
# - 깊어 보이지만 사실은 한 층인 신경망과, 다 배웠는데도 50%라고 말하는 정확도를 알아보고 고칠 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 10. What one layer cannot do
#
# **Who is this for?** You have told digits apart with a single layer. Now you want to know why anybody stacks several, and why something must always go between them.
#
# **Time** about 90 minutes · **You need** matrix products and broadcasting (chapter 1), `nn.Module` and `nn.Linear` (chapter 4), the sigmoid and the binary cross entropy (chapter 6), classifying with one layer (chapter 9)
#
# **Afterwards you can**
#
# - build a perceptron, and compute AND, OR and NAND with weights chosen by hand,
# - write the perceptron rule, which learns only from its mistakes, and say when it stops and when it never will,
# - prove with four inequalities that one layer cannot do XOR,
# - explain with a picture how a hidden layer folds the space, and solve XOR both by hand and by training,
# - recognise and mend a network that looks deep but is really one layer, and an accuracy that says 50% of a network that has learned everything.

# %%
import itertools
import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch10_xor_perceptron", "ko")

# %% lang="en"
open_chapter("ch10_xor_perceptron", "en")

# %% [markdown] lang="ko"
# ## 1. 스위치 두 개, 전등 하나
#
# 스위치 두 개가 전등 하나를 켭니다. 스위치가 올라가 있으면 1, 내려가 있으면 0입니다. 어떻게 이어 놓았느냐에 따라 전등은 다르게 켜집니다.
#
# - **AND** 둘 다 올려야 켜집니다.
# - **OR** 하나라도 올리면 켜집니다.
# - **NAND** AND를 뒤집은 것(not AND)입니다. 둘 다 올렸을 때만 꺼집니다.
# - **XOR** 둘이 *다르면* 켜집니다. 계단의 위와 아래에 스위치가 하나씩 있는 전등이 이렇습니다. 어느 쪽을 건드려도 켜져 있던 것은 꺼지고 꺼져 있던 것은 켜집니다.
#
# 이렇게 0과 1을 받아 0이나 1을 내는 것을 논리 게이트(logic gate), 모든 입력과 그 답을 적은 표를 진리표(truth table)라고 합니다.

# %% [markdown] lang="en"
# ## 1. Two switches, one lamp
#
# Two switches work one lamp. A switch that is up is a 1, one that is down a 0. How the lamp behaves depends on the wiring.
#
# - **AND** It is on if both are up.
# - **OR** It is on if at least one is up.
# - **NAND** AND the other way round (not AND): it is off only if both are up.
# - **XOR** It is on if the two *differ*. The lamp over a staircase, with a switch at the top and one at the bottom, is like that: flip either of them, and light turns to dark or dark to light.
#
# Such a thing, which takes zeros and ones and gives a zero or a one, is called a logic gate, and the table of all inputs with their answers is its truth table.

# %% [markdown]
# | $x_1$ | $x_2$ | AND | OR | NAND | XOR |
# |:--:|:--:|:--:|:--:|:--:|:--:|
# | 0 | 0 | 0 | 0 | 1 | 0 |
# | 0 | 1 | 0 | 1 | 1 | 1 |
# | 1 | 0 | 0 | 1 | 1 | 1 |
# | 1 | 1 | 1 | 1 | 0 | 0 |

# %% [markdown] lang="ko"
# 표를 그림으로 바꾸어 봅시다. 입력 두 개를 좌표로 삼으면 네 줄은 정사각형의 네 꼭짓점입니다. 답이 1이면 주황색으로 채운 동그라미, 0이면 속이 빈 파란 네모입니다.

# %% [markdown] lang="en"
# Turn the table into a picture. With the two inputs as coordinates, its four lines are the four corners of a square. A filled orange circle is a 1, a hollow blue square a 0.

# %%
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (4, 2)
tables = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}
answers = {name: torch.tensor(table).float()[:, None] for name, table in tables.items()}  # (4, 1)


def draw_corners(ax, y, title="", places=corners, size=90):
    """Draws four points: a filled circle where y, (4, 1), is 1, a hollow square where it is 0."""
    for place, one in zip(places.tolist(), y.flatten().tolist()):
        if one:
            ax.scatter(*place, s=size, marker="o", color=plots.ORANGE, zorder=3)
        else:
            look = {"facecolor": "white", "edgecolor": plots.BLUE, "linewidth": 2}
            ax.scatter(*place, s=size, marker="s", zorder=3, **look)
    plots.label(ax, title, "x1", "x2")
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=(0, 1), yticks=(0, 1), aspect="equal")


figure, grid = plots.axes(4, width=2.1, height=2.6)
for ax, (name, y) in zip(grid, answers.items()):
    draw_corners(ax, y, name)
figure.suptitle("Filled circle: the answer is 1. Hollow square: it is 0", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 이 장의 질문은 이것입니다. **자를 대고 직선 하나를 그어, 동그라미와 네모를 양쪽으로 갈라놓을 수 있나요?** AND와 OR와 NAND에서 먼저 해 보세요. 그다음 XOR에서도 해 보세요. 조금 애써 본 뒤에 다음으로 넘어갑시다.
#
# ## 2. 퍼셉트론: 곱해서 더하고, 0을 넘으면 1
#
# 1958년에 프랭크 로젠블랫(Frank Rosenblatt)은 신경세포를 흉내 낸 기계를 발표하고 퍼셉트론(perceptron)이라고 불렀습니다. 하는 일은 두 가지뿐입니다. 입력에 가중치를 곱해 모두 더하고 편향을 더합니다. 그 값 $z$가 0을 넘으면 1, 아니면 0이라고 답합니다.
#
# $$z = x_1 w_1 + x_2 w_2 + b \qquad\qquad \hat{y} = \begin{cases}1 & z > 0\\ 0 & z \le 0\end{cases}$$
#
# 앞의 반은 4장의 선형 모델, 뒤의 반은 계단 함수(step function)입니다. 이렇게 $z$를 답으로 바꾸는 함수를 활성화 함수(activation function)라고 합니다. 6장의 로지스틱 회귀는 같은 자리에 시그모이드를 썼습니다. 시그모이드는 계단의 모서리를 둥글게 다듬은 것으로 볼 수 있습니다.

# %% [markdown] lang="en"
# The question of this chapter: **can you lay down a ruler and draw one straight line with the circles on one side and the squares on the other?** Try it for AND, OR and NAND, then try it for XOR. Give it an honest try before you read on.
#
# ## 2. The perceptron: multiply, add, and 1 above 0
#
# In 1958 Frank Rosenblatt presented a machine modelled on nerve cells and called it the perceptron. It does just two things. It multiplies each input by a weight, adds everything up, and adds a bias. If the result $z$ is above 0 it answers 1, otherwise 0.
#
# $$z = x_1 w_1 + x_2 w_2 + b \qquad\qquad \hat{y} = \begin{cases}1 & z > 0\\ 0 & z \le 0\end{cases}$$
#
# The first half is the linear model of chapter 4, the second half is a step function. A function that turns $z$ into an answer like this is called an activation function. The logistic regression of chapter 6 had the sigmoid in this place; you can think of the sigmoid as a step with its edges rounded off.

# %%
figure, (left, right) = plots.axes(2, width=3.6, height=2.9, width_ratios=[1.15, 1])
z = torch.linspace(-6, 6, 601)  # (601,)
left.plot(z, (z > 0).float(), label="step")
left.plot(z, torch.sigmoid(z), "--", label="sigmoid")
plots.label(left, "z becomes an answer", "z", "answer")
left.legend(loc="upper left")

z_corners = (corners @ torch.tensor([[2.0], [1.0]]) - 1.5).flatten()  # (4,): 2 x1 + x2 - 1.5
draw_corners(right, z_corners > 0, "2·x1 + x2 - 1.5 = 0 is a line")
line = torch.tensor([-0.5, 1.5])  # (2,): x1 at the left and at the right
right.plot(line, 1.5 - 2 * line, color=plots.GREY)
right.annotate("", (0.9, 0.9), (0.5, 0.7), arrowprops={"arrowstyle": "->", "color": plots.GREEN})
right.text(0.62, 0.62, "(w1, w2)", color=plots.GREEN, fontsize="small")
for (x1, x2), value in zip(corners.tolist(), z_corners.tolist()):
    place = (x1 + 0.1, x2 - 0.24) if x1 else (-0.62, x2 - 0.24)
    right.text(*place, f"z = {value:+.1f}", fontsize="small")
right.set_xlim(-0.7, 1.7)
plt.show()

# %% [markdown] lang="ko"
# 오른쪽 그림은 $w_1 = 2$, $w_2 = 1$, $b = -1.5$인 퍼셉트론입니다. $z = 0$인 점들은 **직선**을 이룹니다. 화살표 $(w_1, w_2)$가 가리키는 쪽에서는 $z > 0$이라 답이 1이고, 반대쪽에서는 0입니다. 답이 바뀌는 이 직선을 결정 경계(decision boundary)라고 합니다. 가중치는 직선의 방향을, 편향은 자리를 정합니다. 그러니 **퍼셉트론이란 곧 자를 대고 그은 직선 하나입니다.**
#
# ### 여러분 차례: `perceptron`
#
# 점 N개를 퍼셉트론 H개에 한꺼번에 넣습니다. 퍼셉트론 하나의 가중치가 `W`의 열 하나이므로 `x @ W`가 (N, H)가 됩니다. 경계 위($z = 0$)에서는 0이라는 것도 잊지 마세요. 나중에 중요해집니다.

# %% [markdown] lang="en"
# On the right is the perceptron with $w_1 = 2$, $w_2 = 1$, $b = -1.5$. The points where $z = 0$ form **a straight line**. On the side that the arrow $(w_1, w_2)$ points to, $z > 0$ and the answer is 1; on the other side it is 0. This line, where the answer changes, is the decision boundary. The weights give the line its direction, the bias its place. So **a perceptron is nothing but one line drawn with a ruler.**
#
# ### Your turn: `perceptron`
#
# N points go into H perceptrons at once. The weights of one perceptron are one column of `W`, so `x @ W` is (N, H). And remember that on the boundary ($z = 0$) the answer is 0: it will matter later.

# %% exercise="perceptron"
def perceptron(x, W, b):
    """The answers of H perceptrons at N points: 1.0 where x W + b > 0, otherwise 0.0.

    x: (N, D), a row for each point. W: (D, H), a column for each perceptron. b: (H,).
    All float32. Returns (N, H), float32, of zeros and ones; exactly at 0 the answer is 0.0.
    """
    ### BEGIN SOLUTION
    z = x @ W + b  # (N, D) @ (D, H) + (H,) = (N, H)
    return (z > 0).float()  # (N, H)
    ### END SOLUTION


# %% tags=["demo"]
W, b = torch.tensor([[2.0], [1.0]]), torch.tensor([-1.5])  # (2, 1), (1,)
print("the perceptron of the picture:", perceptron(corners, W, b).flatten().tolist())

# %% [markdown] lang="ko"
# ### 모든 곳에서 물어보기
#
# 네 꼭짓점에서만 묻지 말고 평면 **모든 곳**에서 물어보면 경계가 눈에 보입니다. 촘촘한 격자의 점마다 답을 물어 색칠하는 것입니다. 그런데 모양이 맞지 않습니다. 퍼셉트론에는 점을 (N, 2)로, 곧 한 줄에 하나씩 넣어야 하고, 그림에는 답이 (행, 열)로 있어야 합니다. 아래 그림처럼 점을 **왼쪽 아래부터 한 행씩** 세면 둘 사이를 오갈 수 있습니다.

# %% [markdown] lang="en"
# ### Asking everywhere
#
# Ask not only at the four corners but **everywhere** in the plane, and you see the boundary: put a fine grid over it, ask for the answer at every point, and colour it. But the shapes do not fit. A perceptron takes points as (N, 2), one a row; a picture needs answers as (rows, columns). Count the points **row by row from the lower left**, as in this picture, and you can go from one to the other.

# %%
figure, (ax,) = plots.axes(1, width=4.4, height=2.3)
for i, j in itertools.product(range(2), range(3)):  # every row i with every column j
    ax.scatter(j, i, color=plots.BLUE)
    ax.text(j + 0.08, i + 0.12, f"row {i * 3 + j} of the list", fontsize="small")
plots.label(ax, "A grid of n1 = 3 by n2 = 2 points is a list of 6", "x1", "x2")
ax.set(xlim=(-0.3, 2.9), ylim=(-0.4, 1.6), xticks=range(3), yticks=range(2))
ax.set_xticklabels(["x1[0]", "x1[1]", "x1[2]"])
ax.set_yticklabels(["x2[0]", "x2[1]"])
plt.show()

values = torch.tensor([10, 20, 30])  # (3,)
print("repeat:           ", values.repeat(2).tolist())
print("repeat_interleave:", values.repeat_interleave(2).tolist())

# %% [markdown] lang="ko"
# ### 여러분 차례: `decision-grid`
#
# 그림의 목록을 만드는 함수를 쓰세요. 한 행을 가는 동안 $x_1$은 처음부터 끝까지 훑고 $x_2$는 가만히 있습니다. 위에 출력된 `repeat`(통째로 되풀이)와 `repeat_interleave`(하나하나를 되풀이)가 그 두 가지 일을 합니다. 다른 방법도 많습니다.

# %% [markdown] lang="en"
# ### Your turn: `decision-grid`
#
# Write the function that makes the list of the picture. Along a row, $x_1$ runs from its beginning to its end while $x_2$ stands still. `repeat` (the whole, again) and `repeat_interleave` (each one, again), whose output you see above, do just these two things. There are many other ways.

# %% exercise="decision-grid"
def decision_grid(x1, x2):
    """The points of a grid as a list, ready for a network.

    x1: (n1,) float32, the places along the horizontal axis. x2: (n2,) float32, those along the
    vertical axis.
    Returns (n2 * n1, 2) float32: row i * n1 + j is the point (x1[j], x2[i]). So if a network
    gives one answer a point, answers.reshape(n2, n1)[i, j] is the answer at (x1[j], x2[i]).
    """
    ### BEGIN SOLUTION
    across = x1.repeat(len(x2))  # (n2 * n1,): all of x1, again and again
    up = x2.repeat_interleave(len(x1))  # (n2 * n1,): each x2 for a whole row
    return torch.stack([across, up], 1)  # (n2 * n1, 2)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이것으로 어떤 신경망이든 그 결정 경계를 그릴 수 있습니다. 이 장의 그림은 앞으로 여러분의 함수로 그립니다. (`lambda x: ...`는 이름 없는 짧은 함수입니다. `x`를 받아 콜론 뒤의 값을 돌려줍니다.)

# %% [markdown] lang="en"
# With this you can draw the decision boundary of any network. From here on, the pictures of this chapter are drawn with your function. (`lambda x: ...` is a short function without a name: it takes `x` and returns what stands after the colon.)

# %%
def draw_regions(ax, network, low=-0.5, high=1.5):
    """Colours the plane where a network, (N, 2) -> (N, 1), answers more than 0.5."""
    x1 = x2 = torch.linspace(low, high, 201)  # (201,)
    with torch.no_grad():
        given = network(decision_grid(x1, x2)).reshape(201, 201)  # (n2, n1)
    ax.contourf(x1, x2, given, levels=[-1, 0.5, 2], colors=["white", plots.ORANGE], alpha=0.25)


# %% tags=["demo"]
figure, (ax,) = plots.axes(1, width=2.8, height=2.8)
draw_regions(ax, lambda x: perceptron(x, W, b))
draw_corners(ax, perceptron(corners, W, b), "It answers 1 where coloured")
plt.show()

# %% [markdown] lang="ko"
# ## 3. 가중치를 손으로 고르기
#
# 컴퓨터에게 배우게 하기 전에 직접 골라 봅시다. AND부터 해 보죠. $w_1 = w_2 = 1$로 두면 $x_1 + x_2$는 네 꼭짓점에서 0, 1, 1, 2입니다. 2일 때만 1이라고 답해야 하니, 1과 2 사이의 어딘가를 문턱으로 삼으면 됩니다. 문턱이 1.5라면 $x_1 + x_2 > 1.5$, 곧 $b = -1.5$입니다. **편향은 문턱에 마이너스를 붙인 것**입니다.
#
# ### 여러분 차례: `gate-weights`
#
# 세 게이트의 $w_1$, $w_2$, $b$를 고르세요. 답은 하나가 아닙니다. 직선을 조금 움직여도 같은 꼭짓점들이 갈라지니까요. 그래서 검사는 여러분의 수가 아니라 **답**을 봅니다. 꼭짓점이 아닌 점에서도 묻지만, 꼭짓점에서 맞는 퍼셉트론이라면 누구나 같은 답을 할 수밖에 없는 점들입니다.

# %% [markdown] lang="en"
# ## 3. Choosing the weights by hand
#
# Before we let the computer learn them, choose some weights yourself. Take AND. With $w_1 = w_2 = 1$, the sum $x_1 + x_2$ is 0, 1, 1, 2 at the four corners. Only for the 2 should the answer be 1, so put a threshold somewhere between 1 and 2. A threshold of 1.5 means $x_1 + x_2 > 1.5$, that is $b = -1.5$. **The bias is minus the threshold.**
#
# ### Your turn: `gate-weights`
#
# Choose $w_1$, $w_2$ and $b$ for the three gates. There is more than one right choice: move the line a little, and it still parts the same corners. So the check looks not at your numbers but at the **answers** they give. It also asks at points that are no corners, but only where every perceptron that is right at the corners has to answer alike.

# %% exercise="gate-weights"
def gate(name, x):
    """A logic gate as ONE perceptron, with weights chosen by hand.

    name: "AND", "OR" or "NAND". x: (N, 2) float32, points: the four corners, and points further
    out (both coordinates at least 1, or both at most 0).
    Returns (N, 1) float32: what the perceptron with your weights answers at each point.
    """
    # weights = {"AND": (w1, w2, b), "OR": (w1, w2, b), "NAND": (w1, w2, b)}, with your numbers
    ### BEGIN SOLUTION
    weights = {"AND": (1.0, 1.0, -1.5), "OR": (1.0, 1.0, -0.5), "NAND": (-1.0, -1.0, 1.5)}
    ### END SOLUTION
    w1, w2, b = weights[name]
    W = torch.tensor([[w1], [w2]], dtype=torch.float32)  # (2, 1)
    return perceptron(x, W, torch.tensor([b], dtype=torch.float32))  # (N, 1)


# %% tags=["demo"]
figure, grid = plots.axes(3, width=2.4, height=2.6)
for ax, name in zip(grid, ("AND", "OR", "NAND")):
    draw_regions(ax, lambda x: gate(name, x))
    draw_corners(ax, answers[name], name)
    print(f"{name:4s} at the corners: {gate(name, corners).flatten().int().tolist()}")
figure.suptitle("Your three gates: each is one straight line", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# AND와 NAND의 직선은 같은 자리에 놓을 수 있습니다. 세 수의 부호를 모두 바꾸면 화살표가 반대로 돌아서 0과 1이 뒤바뀌기 때문입니다. NAND가 된다는 것은 생각보다 대단한 일입니다. 컴퓨터의 모든 계산은 NAND만 이어 붙여 만들 수 있습니다. 그러니 퍼셉트론을 *여럿* 이어 붙이면 무엇이든 계산할 수 있습니다. 6절에서 그렇게 합니다.
#
# ## 4. 틀릴 때만 배우기
#
# 로젠블랫의 기계가 사람들을 놀라게 한 것은 가중치를 **스스로 찾는다**는 점이었습니다. 규칙은 한 줄입니다. 표본을 하나씩 보여 주고, 맞으면 가만히 두고, 틀리면 조금 고칩니다.
#
# $$W \leftarrow W + (y - \hat{y})\,x \qquad\qquad b \leftarrow b + (y - \hat{y})$$
#
# 정답 $y$와 답 $\hat{y}$가 0이나 1이므로 $y - \hat{y}$는 셋 가운데 하나입니다.
#
# - **0** 맞았습니다. 아무것도 바꾸지 않습니다.
# - **+1** 1이어야 하는데 0이라고 했습니다. $z$가 너무 작았으니 $x$를 *더해서* 키웁니다.
# - **−1** 0이어야 하는데 1이라고 했습니다. $z$가 너무 컸으니 $x$를 *빼서* 줄입니다.
#
# 정말 $z$가 그쪽으로 움직일까요? $x$를 더하고 $b$에 1을 더하면, 같은 표본에서 $z$는 $x_1^2 + x_2^2 + 1$만큼 커집니다. 제곱과 1의 합이니 언제나 양수입니다.
#
# 그런데 왜 기울기를 쓰지 않을까요? 계단은 어디서나 평평하기 때문입니다. 자동 미분에게 물어봅시다.

# %% [markdown] lang="en"
# AND and NAND can share one line. Flip the signs of all three numbers, and the arrow turns round: zeros and ones change places. That NAND works is a bigger thing than it looks. Everything a computer computes can be put together from NANDs alone, and so *several* perceptrons, one behind the other, can compute anything. In section 6 we do that.
#
# ## 4. Learning only from mistakes
#
# What amazed people about Rosenblatt's machine was that it **found the weights by itself**. The rule is one line. Show it one sample at a time; if it is right, leave it alone, and if it is wrong, correct it a little.
#
# $$W \leftarrow W + (y - \hat{y})\,x \qquad\qquad b \leftarrow b + (y - \hat{y})$$
#
# The right answer $y$ and the answer $\hat{y}$ are 0 or 1, so $y - \hat{y}$ is one of three things.
#
# - **0** It was right. Nothing changes.
# - **+1** It should have been 1, and was 0: $z$ was too small, so *add* $x$ to make it larger.
# - **−1** It should have been 0, and was 1: $z$ was too large, so *subtract* $x$ to make it smaller.
#
# Does $z$ really move that way? Add $x$ to the weights and 1 to $b$, and for this very sample $z$ grows by $x_1^2 + x_2^2 + 1$: squares plus 1, always positive.
#
# But why not use the gradient? Because a step is flat everywhere. Ask autograd.

# %%
z = torch.tensor([-2.0, -0.5, 0.5, 2.0], requires_grad=True)  # (4,)
for name, activation in (("sigmoid", torch.sigmoid), ("step", lambda z: (torch.sign(z) + 1) / 2)):
    slope = torch.autograd.grad(activation(z).sum(), z)[0]  # (4,)
    print(f"slope of the {name:7s} at {z.tolist()}: {[round(s, 3) for s in slope.tolist()]}")

# %% [markdown] lang="ko"
# (`torch.sign`은 부호를 −1, 0, 1로 돌려줍니다. 1을 더해 2로 나누면 0에서 1로 오르는 계단입니다.) 계단의 기울기는 모두 0입니다. 기울기로는 어느 쪽으로 가야 할지 알 수 없습니다. 그래서 규칙이 따로 필요했습니다. 그런데 모양이 낯익지 않나요? 6장에서 로지스틱 회귀의 기울기는 $(p - y)\,x$였습니다. 거기서 확률 $p$를 딱 잘라 $\hat{y}$로 바꾸고, 기울기의 반대쪽으로 학습률 1로 걸으면 바로 퍼셉트론 규칙입니다.
#
# ### 여러분 차례: `perceptron-update`
#
# 모양을 조심하세요. 표본 하나는 한 줄짜리 (1, D)이고 `W`는 (D, 1)입니다. 둘을 그대로 더하면 1장의 브로드캐스팅이 **오류 없이** (D, D)를 만듭니다.

# %% [markdown] lang="en"
# (`torch.sign` gives the sign as −1, 0 or 1; add 1 and halve it, and it is a step from 0 to 1.) All slopes of the step are 0. A gradient cannot say which way to go, so another rule was needed. Does it look familiar, though? In chapter 6 the gradient of logistic regression was $(p - y)\,x$. Cut the probability $p$ down to $\hat{y}$, walk against the gradient with learning rate 1, and you have the perceptron rule.
#
# ### Your turn: `perceptron-update`
#
# Mind the shapes. A sample is one row, (1, D), and `W` is (D, 1). Add one to the other as they are, and the broadcasting of chapter 1 makes a (D, D) of it, **without an error**.

# %% exercise="perceptron-update"
def perceptron_update(W, b, x, y):
    """One move of the perceptron rule, for one sample.

    W: (D, 1). b: (1,). x: (1, D), the sample as a row. y: (1, 1), its right answer, 0.0 or 1.0.
    All float32; they stay as they are.
    Returns (W, b): the new weights, (D, 1), and the new bias, (1,): W + (y - answer) x and
    b + (y - answer), where answer is what perceptron(x, W, b) says.
    """
    ### BEGIN SOLUTION
    error = y - perceptron(x, W, b)  # (1, 1): -1, 0 or 1
    return W + x.T @ error, b + error[0]  # (D, 1) @ (1, 1), (1,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 가중치 0에서 출발해 AND를 배우게 하고, 네 꼭짓점을 한 번씩 다 볼 때마다(한 에폭, epoch) 경계를 그려 봅시다.

# %% [markdown] lang="en"
# Start from weights of 0, let it learn AND, and draw its boundary whenever it has seen all four corners once (one epoch).

# %% tags=["demo"]
W, b = torch.zeros(2, 1), torch.zeros(1)
figure, grid = plots.axes(6, width=1.75, height=2.4, sharey=True)
for epoch, ax in enumerate(grid, start=1):
    wrong = 0
    for row, right in zip(corners.split(1), answers["AND"].split(1)):  # (1, 2), (1, 1)
        wrong += int(perceptron(row, W, b) != right)
        W, b = perceptron_update(W, b, row, right)
    draw_regions(ax, lambda x: perceptron(x, W, b))
    draw_corners(ax, answers["AND"], f"epoch {epoch}: {wrong} wrong", size=60)
    ax.set_ylabel("x2" if epoch == 1 else "")
    print(f"epoch {epoch}: {wrong} wrong, w1 = {W[0, 0]:g}, w2 = {W[1, 0]:g}, b = {b.item():g}")
figure.suptitle("The line moves at every mistake, and AND is learned", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 여섯째 에폭에서는 한 번도 틀리지 않았습니다. 그러면 그 뒤로는 아무것도 바뀌지 않으니 끝난 것입니다. (`split(1)`은 텐서를 한 줄씩 자릅니다.) 제목의 수는 에폭 *동안* 틀린 수이고 색칠은 에폭이 *끝난 뒤*의 대답이라, 둘이 다를 수 있습니다. 마지막 그림에서 (1, 0)은 꼭 경계 위($z = 0$)에 있습니다. 경계 위의 답은 0이니 맞은 것입니다. 마지막 경계는 여러분이 고른 것과 아마 다를 것입니다. 규칙은 *가장 좋은* 직선이 아니라 *틀리지 않는* 직선을 찾자마자 멈춥니다.
#
# ### 여러분 차례: `train-perceptron`
#
# 반복문을 함수로 만드세요. 틀린 개수는 표본의 **차례가 왔을 때**, 고치기 전의 가중치로 셉니다. 한 번도 틀리지 않은 에폭이 나오면 그 0까지 적고 멈춥니다.

# %% [markdown] lang="en"
# In the sixth epoch it made no mistake. Then nothing will ever change again: it is done. (`split(1)` cuts a tensor into its rows.) The number in a title counts the mistakes *during* the epoch and the colour is the answer *after* it, so they may differ. In the last picture (1, 0) lies exactly on the boundary, $z = 0$; the answer there is 0, and that is right. Its last boundary is probably not the one you chose. The rule does not look for the *best* line: it stops at the first that makes *no mistake*.
#
# ### Your turn: `train-perceptron`
#
# Make the loop a function. A mistake is counted **when a sample's turn comes**, with the weights as they are before the correction. After an epoch without a mistake, note its 0 and stop.

# %% exercise="train-perceptron"
def train_perceptron(x, y, max_epochs):
    """Trains one perceptron by the perceptron rule, from W = 0 and b = 0.

    x: (N, D). y: (N, 1), the right answers, 0.0 or 1.0. Both float32. max_epochs: an int, at
    least 1. An epoch shows every sample once, in the order given, and each may move W and b.
    It stops after the first epoch without a mistake, or after max_epochs.
    Returns (W, b, mistakes): (D, 1), (1,), and a list of ints: mistakes[k] is how many samples
    of epoch k were answered wrongly when their turn came. The epoch that ends it counts too.
    """
    W, b, mistakes = torch.zeros(x.shape[1], 1), torch.zeros(1), []
    ### BEGIN SOLUTION
    for _ in range(max_epochs):
        wrong = 0
        for row, right in zip(x.split(1), y.split(1)):  # (1, D), (1, 1)
            wrong += int(perceptron(row, W, b) != right)
            W, b = perceptron_update(W, b, row, right)
        mistakes.append(wrong)
        if wrong == 0:
            break
    return W, b, mistakes
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 네 게이트를 모두 배우게 합니다. 실행하기 전에 예상해 보세요. 어느 것이 멈출까요?

# %% [markdown] lang="en"
# Now let it learn all four gates. Guess before you run it: which of them will stop?

# %% tags=["demo"]
figure, grid = plots.axes(4, width=2.1, height=2.2, sharey=True)
for ax, (name, y) in zip(grid, answers.items()):
    W, b, mistakes = train_perceptron(corners, y, 12)
    colour = plots.BLUE if mistakes[-1] == 0 else plots.RED
    ax.plot(range(1, len(mistakes) + 1), mistakes, "o-", color=colour, markersize=4)
    plots.label(ax, name, "epoch", "")
    ax.set(xlim=(0.5, 12.5), ylim=(-0.2, 4.4), xticks=(1, 4, 8, 12), yticks=range(5))
    print(f"{name:4s} mistakes in each epoch: {mistakes}")
grid[0].set_ylabel("mistakes")
figure.suptitle("Three gates are learned; with XOR it never ends", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 세 게이트는 몇 에폭 만에 끝났습니다. XOR는 끝나지 않습니다. 끝나지 않는 정도가 아니라, 셋째 에폭부터는 **네 번 물어서 네 번 다 틀립니다.** 그 안에서 무슨 일이 벌어지는지 봅시다. 셋째와 넷째 에폭에서 표본 하나를 볼 때마다 가중치를 출력하고, 셋째 에폭은 그림으로도 그립니다. 검은 고리가 지금 묻는 꼭짓점이고, 색칠한 곳은 고치기 *전*의 대답입니다.

# %% [markdown] lang="en"
# Three gates were done after a few epochs. XOR never ends. Worse, from the third epoch on it is asked four times and is **wrong all four times**. Look inside: print the weights after every sample of the third and the fourth epoch, and draw the third. The black ring is the corner it is being asked about, the colour what it answers *before* it is corrected.

# %% tags=["demo"]
W, b, _ = train_perceptron(corners, answers["XOR"], 2)
figure, grid = plots.axes(4, width=2.0, height=2.3, sharey=True)
for turn in range(8):
    x, y = corners[turn % 4][None], answers["XOR"][turn % 4][None]  # (1, 2), (1, 1)
    said = perceptron(x, W, b).item()
    if turn < 4:
        draw_regions(grid[turn], lambda x: perceptron(x, W, b))
        title = f"asked {tuple(x[0].int().tolist())}: says {said:.0f}"
        draw_corners(grid[turn], answers["XOR"], title, size=60)
        ring = {"facecolor": "none", "edgecolor": "black", "linewidth": 1.5}
        grid[turn].scatter(*x[0], s=320, zorder=4, **ring)
        grid[turn].set_ylabel("x2" if turn == 0 else "")
    W, b = perceptron_update(W, b, x, y)
    print(f"epoch {3 + turn // 4}, asked {x[0].int().tolist()}: said {said:.0f}, now "
          f"w1 = {W[0, 0]:g}, w2 = {W[1, 0]:g}, b = {b.item():g}")
figure.suptitle("XOR: mend one corner, and the next one breaks", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 넷째 에폭이 끝났을 때의 가중치는 셋째 에폭이 끝났을 때와 똑같습니다. 그러니 다섯째도, 천째도 똑같이 돕니다. 한 꼭짓점을 고치면 다른 꼭짓점이 망가지는 쳇바퀴입니다.
#
# 규칙이 나빠서일까요, 아니면 **애초에 답이 없어서**일까요? 동그라미와 네모를 직선 하나로 가를 수 있을 때 **선형 분리 가능**(linearly separable)하다고 합니다. 그럴 때는 퍼셉트론 규칙이 반드시 멈춘다는 것이 증명되어 있습니다(더 생각해 보기 2). 그러니 멈추지 않는다면 답이 없는 것입니다. 다음 절에서 그것을 직접 증명합니다.
#
# ## 5. 왜 안 되는지, 부등식 네 개로
#
# XOR를 하는 퍼셉트론이 **있다고 해 봅시다.** 그 가중치를 $w_1$, $w_2$, $b$라고 하면 진리표의 네 줄이 부등식 네 개가 됩니다.

# %% [markdown] lang="en"
# At the end of the fourth epoch the weights are what they were at the end of the third. So the fifth will go the same way, and so will the thousandth. It runs in a circle: mend one corner, and another one breaks.
#
# Is the rule no good, or is there **no answer to be found**? If one straight line can part the circles from the squares, they are called **linearly separable**. In that case, it has been proved, the perceptron rule always stops (further question 2). So if it does not stop, there is no answer. In the next section you prove that yourself.
#
# ## 5. Why not: four inequalities
#
# **Suppose there were** a perceptron for XOR. Call its weights $w_1$, $w_2$ and $b$; then the four lines of the truth table are four inequalities.

# %% [markdown]
# | $x_1$ | $x_2$ | XOR | $z$ | |
# |:--:|:--:|:--:|:--|:--:|
# | 0 | 0 | 0 | $b \le 0$ | (1) |
# | 0 | 1 | 1 | $w_2 + b > 0$ | (2) |
# | 1 | 0 | 1 | $w_1 + b > 0$ | (3) |
# | 1 | 1 | 0 | $w_1 + w_2 + b \le 0$ | (4) |

# %% [markdown] lang="ko"
# 이제 더하기만 하면 됩니다. 답이 1인 두 줄 (2)와 (3)을 더하고, 답이 0인 두 줄 (1)과 (4)를 더합니다.
#
# $$w_1 + w_2 + 2b > 0 \qquad\qquad w_1 + w_2 + 2b \le 0$$
#
# **같은 수가 0보다 크면서 0보다 크지 않다**고 합니다. 그런 수는 없습니다. 그러니 그런 퍼셉트론도 없습니다. 가중치를 아무리 잘 골라도, 아무리 오래 학습해도 안 됩니다. $\blacksquare$
#
# 그림으로 보면 더 뚜렷합니다. $w_1 + w_2 + 2b$의 절반은 정사각형 **한가운데** $(\tfrac{1}{2}, \tfrac{1}{2})$의 $z$입니다. 두 대각선은 한가운데에서 만납니다.

# %% [markdown] lang="en"
# All that is left is to add. Add the two lines whose answer is 1, (2) and (3), and the two whose answer is 0, (1) and (4).
#
# $$w_1 + w_2 + 2b > 0 \qquad\qquad w_1 + w_2 + 2b \le 0$$
#
# **The same number is above 0 and is not above 0.** There is no such number, and so there is no such perceptron, however cleverly the weights are chosen, however long it is trained. $\blacksquare$
#
# A picture makes it plainer still. Half of $w_1 + w_2 + 2b$ is the $z$ at the **centre** of the square, $(\tfrac{1}{2}, \tfrac{1}{2})$, and the centre is where the two diagonals cross.

# %%
figure, grid = plots.axes(2, width=3.3, height=3.0)
for ax, ends, sign, colour, title in (
    (grid[0], ((0, 0), (1, 1)), "≤ 0", plots.BLUE, "both ends ≤ 0: so is the centre"),
    (grid[1], ((0, 1), (1, 0)), "> 0", plots.ORANGE, "both ends > 0: so is the centre"),
):
    draw_corners(ax, answers["XOR"], title)
    ax.plot(*zip(*ends), "--", color=colour)
    ax.plot(0.5, 0.5, "D", color=colour, markersize=8)
    ax.text(0.6, 0.45, f"z {sign}", color=colour, fontsize="large")
    for x1, x2 in ends:
        ax.text(x1, x2 + (0.17 if x2 else -0.28), f"z {sign}", color=colour, ha="center")
plt.show()

generator = torch.Generator().manual_seed(0)
for _ in range(3):
    W, b = torch.randn(2, 1, generator=generator), torch.randn(1, generator=generator)
    z = (corners @ W + b).flatten()  # (4,)
    one, other = (z[0] + z[3]).item() / 2, (z[1] + z[2]).item() / 2
    print(f"random weights: the mean of z is {one:+.4f} on one diagonal, {other:+.4f} on the other")

# %% [markdown] lang="ko"
# $z$는 직선을 따라 고르게 변하므로, 대각선 한가운데의 값은 양 끝의 평균입니다. 무작위로 뽑은 가중치에서도 두 대각선의 평균은 언제나 같습니다. XOR는 한 대각선에서는 0보다 크고 다른 대각선에서는 크지 않기를 바라니, 들어줄 수 없는 부탁입니다.
#
# 1969년에 민스키와 페퍼트(Minsky, Papert)가 책 『퍼셉트론』에서 한 층짜리 퍼셉트론이 할 수 없는 것들을 이렇게 증명해 보였고, 신경망에 대한 관심은 한동안 크게 식었습니다.
#
# ### 여러분 차례: `one-layer-can`
#
# 입력이 둘인 진리표는 모두 16개입니다. 그 가운데 한 층으로 할 수 없는 것은 XOR뿐일까요? 증명에서 무엇을 썼는지 되짚어 보고, 어떤 진리표에 **같은 증명이 통하는지** 생각해 보세요. 그림을 그려 보아도 좋고, 앞에서 만든 함수에게 물어보아도 좋습니다.

# %% [markdown] lang="en"
# Along a straight line $z$ changes evenly, so at the middle of a diagonal it is the mean of the two ends. Even for random weights, both diagonals have the same mean. XOR wants it above 0 on one diagonal and not above 0 on the other, a wish that nobody can grant.
#
# In 1969 Minsky and Papert, in their book *Perceptrons*, proved in this manner what a perceptron of one layer cannot do, and for years the interest in neural networks cooled down a good deal.
#
# ### Your turn: `one-layer-can`
#
# There are 16 truth tables of two inputs. Is XOR the only one that a single layer cannot do? Look back at what the proof used, and ask for which tables **the same proof works**. Draw pictures if you like, or ask the functions you have written.

# %% exercise="one-layer-can"
def one_layer_can(table):
    """Whether some single perceptron has this truth table.

    table: a list of four ints, 0 or 1: the answers at (0, 0), (0, 1), (1, 0), (1, 1), in this
    order. Returns True or False.
    """
    ### BEGIN SOLUTION
    return not (table[0] == table[3] and table[1] == table[2] and table[0] != table[1])
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 답을 실험과 견주어 봅시다. 16개를 모두 그리고, 퍼셉트론을 20에폭씩 학습시켜 틀린 것이 0이 되는지 봅니다.

# %% [markdown] lang="en"
# Compare your answers with an experiment: draw all 16, and train a perceptron on each for up to 20 epochs to see whether its mistakes go down to 0.

# %% tags=["demo"]
figure, grid = plots.axes(8, rows=2, width=1.15, height=1.35)
agree = 0
every_table = itertools.product((0, 1), repeat=4)  # all ways to fill four places with 0 and 1
for ax, table in zip(grid, every_table):
    y = torch.tensor(table).float()[:, None]  # (4, 1)
    learned = train_perceptron(corners, y, 20)[2][-1] == 0
    yours = one_layer_can(list(table))
    agree += yours == learned
    draw_corners(ax, y, size=30)
    ax.set(xlabel="", ylabel="", xticks=(), yticks=())
    ax.set_title("can" if yours else "CANNOT", color=plots.GREY if yours else plots.RED)
figure.suptitle("All 16 truth tables, and what you say a single layer can do", fontsize="medium")
plt.show()
print(f"you and the trained perceptrons agree on {agree} of 16")

# %% [markdown] lang="ko"
# ### 시그모이드라면 될까요?
#
# 계단 대신 시그모이드를 쓰고 6장처럼 경사하강법으로 학습하면 어떨까요? 반복문을 함수로 만들어 두고 이 장의 끝까지 쓰겠습니다. 노트와 똑같이 네 꼭짓점을 통째로 넣고, 손실은 이진 교차 엔트로피입니다.

# %% [markdown] lang="en"
# ### Would a sigmoid help?
#
# What if a sigmoid takes the place of the step, and gradient descent does the training, as in chapter 6? Make the loop a function; we will use it to the end of the chapter. As in the notes, all four corners go in at once, and the loss is the binary cross entropy.

# %%
def train(model, x, y, lr, steps, quiet=True):
    """Full-batch gradient descent; the model's outputs are probabilities.

    Returns a list of floats: entry k is the loss before update number k.
    """
    losses, parameters = [], list(model.parameters())
    for _ in tqdm(range(steps), disable=quiet):
        loss = F.binary_cross_entropy(model(x), y)  # ()
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                parameter -= lr * gradient
        losses.append(loss.item())
    return losses


# %% tags=["demo"]
torch.manual_seed(777)
one_layer = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
one_layer_losses = train(one_layer, corners, answers["XOR"], lr=1.0, steps=2001)
for step in (0, 100, 1000, 2000):
    print(f"step {step:4d}: loss {one_layer_losses[step]:.4f}")
p = one_layer(corners).detach()  # (4, 1)
right = ((p > 0.5).float() == answers["XOR"]).float().mean().item()
print("probabilities:", [round(value, 3) for value in p.flatten().tolist()])
print(f"accuracy: {right:.0%}, ln 2 = {math.log(2):.4f}")

# %% [markdown] lang="ko"
# (`nn.Sequential`은 층들을 차례로 잇는 모듈입니다. 앞의 출력이 뒤의 입력이 됩니다.) 손실은 0.6931, 곧 $\ln 2$에서 멈추었고, 네 꼭짓점 모두에서 확률이 0.5입니다. "모르겠다"고 네 번 말한 셈입니다. 경계가 여전히 직선이기 때문입니다. $\sigma(z) > 0.5$는 $z > 0$과 똑같은 말입니다. 게다가 이것은 덜 배운 것이 아닙니다. **한 층이 얻을 수 있는 가장 작은 손실이 $\ln 2$입니다**(더 생각해 보기 3).
#
# ## 6. 두 층으로 쌓기
#
# 직선 하나로 안 되면 **둘**을 쓰면 됩니다. 말로 해 봅시다. XOR는 "하나라도 1이고, 둘 다 1은 아니다"입니다.
#
# $$\text{XOR} = (x_1\ \text{OR}\ x_2)\ \text{AND}\ (x_1\ \text{NAND}\ x_2)$$
#
# 셋 다 여러분이 이미 만든 게이트입니다. 먼저 OR와 NAND를 나란히 계산하고, 그 두 답을 AND에 넣습니다.

# %% [markdown] lang="en"
# (`nn.Sequential` is a module that puts layers one behind the other: the output of one is the input of the next.) The loss stops at 0.6931, which is $\ln 2$, and at all four corners the probability is 0.5. It says "I do not know" four times. The boundary is still a line, because $\sigma(z) > 0.5$ means the same as $z > 0$. Nor is this a case of too little training: **$\ln 2$ is the smallest loss that one layer can have** (further question 3).
#
# ## 6. Two layers
#
# If one line will not do, take **two**. Put it in words: XOR is "at least one, and not both".
#
# $$\text{XOR} = (x_1\ \text{OR}\ x_2)\ \text{AND}\ (x_1\ \text{NAND}\ x_2)$$
#
# You have built all three of these. Compute OR and NAND side by side, then give the two answers to AND.

# %% jupyter={"source_hidden": true}
figure, (ax,) = plots.axes(1, width=5.6, height=2.3)
nodes = {"x1": (0, 1), "x2": (0, 0), "OR": (2, 1), "NAND": (2, 0), "AND": (4, 0.5)}
for start, end in (("x1", "OR"), ("x1", "NAND"), ("x2", "OR"), ("x2", "NAND"),
                   ("OR", "AND"), ("NAND", "AND")):  # fmt: skip
    look = {"arrowstyle": "->", "color": plots.GREY, "shrinkA": 20, "shrinkB": 24}
    ax.annotate("", nodes[end], nodes[start], arrowprops=look)
for name, place in nodes.items():
    colour = plots.BLUE if name.startswith("x") else plots.ORANGE
    box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": colour}
    ax.text(*place, name, ha="center", va="center", bbox=box)
ax.annotate("", (5.3, 0.5), nodes["AND"],
            arrowprops={"arrowstyle": "->", "color": plots.GREY, "shrinkA": 24})  # fmt: skip
ax.text(5.4, 0.5, "y", ha="left", va="center")
for x, text in ((0, "input"), (2, "hidden layer h"), (4, "output layer")):
    ax.text(x, 1.55, text, ha="center", color=plots.GREY)
ax.set(xlim=(-0.5, 5.7), ylim=(-0.4, 1.8), title="Two layers of perceptrons")
ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# 가운데의 두 퍼셉트론은 입력도 아니고 답도 아니어서 밖에서 보이지 않습니다. 그래서 이 층을 은닉층(hidden layer), 그 안의 퍼셉트론 하나하나를 은닉 유닛(hidden unit)이라고 합니다. 이렇게 층을 둘 이상 쌓은 것이 다층 퍼셉트론(multilayer perceptron, MLP)입니다.
#
# $$h = \text{step}(xW_1 + b_1) \qquad\qquad \hat{y} = \text{step}(hW_2 + b_2)$$
#
# ### 여러분 차례: `xor-network`
#
# 가중치를 손으로 골라 두 층짜리 신경망을 만드세요. 은닉 유닛 둘은 `W1`의 **열** 둘입니다. 앞에서 고른 수를 그대로 쓰면 됩니다. 은닉층의 답 `h`도 함께 돌려주세요. 다음 절에서 그 안을 들여다봅니다.

# %% [markdown] lang="en"
# The two perceptrons in the middle are neither input nor answer: from outside they are not seen. So they are called the hidden layer, and each of them a hidden unit. Two or more layers stacked like this are a multilayer perceptron, MLP for short.
#
# $$h = \text{step}(xW_1 + b_1) \qquad\qquad \hat{y} = \text{step}(hW_2 + b_2)$$
#
# ### Your turn: `xor-network`
#
# Build this network of two layers with weights chosen by hand. The two hidden units are the two **columns** of `W1`; the numbers you chose before will do. Return the answers of the hidden layer, `h`, as well: in the next section we look inside.

# %% exercise="xor-network"
def xor_network(x):
    """XOR with two layers of perceptrons, with weights chosen by hand.

    x: (N, 2) float32, points: the four corners, and points further out, as for gate.
    Returns (h, y), float32 zeros and ones: h, (N, 2), the hidden layer, with the OR of the two
    inputs in column 0 and their NAND in column 1; y, (N, 1), the AND of the two columns of h.
    """
    ### BEGIN SOLUTION
    W1 = torch.tensor([[1.0, -1.0], [1.0, -1.0]])  # (2, 2): columns OR, NAND
    b1 = torch.tensor([-0.5, 1.5])  # (2,)
    W2 = torch.tensor([[1.0], [1.0]])  # (2, 1): AND
    b2 = torch.tensor([-1.5])  # (1,)
    h = perceptron(x, W1, b1)  # (N, 2)
    return h, perceptron(h, W2, b2)  # (N, 2), (N, 1)
    ### END SOLUTION


# %% tags=["demo"]
h, y = xor_network(corners)  # (4, 2), (4, 1)
for point, hidden, said in zip(corners.int().tolist(), h.int().tolist(), y.int().tolist()):
    print(f"x = {point}: h = {hidden}, y = {said}")

figure, grid = plots.axes(3, width=2.4, height=2.6)
parts = (("h[:, 0] is OR", lambda x: xor_network(x)[0][:, 0], answers["OR"]),
         ("h[:, 1] is NAND", lambda x: xor_network(x)[0][:, 1], answers["NAND"]),
         ("y: where both say 1", lambda x: xor_network(x)[1], answers["XOR"]))  # fmt: skip
for ax, (title, network, right) in zip(grid, parts):
    draw_regions(ax, network)
    draw_corners(ax, right, title)
figure.suptitle("Two lines cut out a strip, and XOR lies inside it", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# XOR가 됩니다. 학습도 하지 않았고, 필요한 수는 모두 아홉 개입니다.
#
# ## 7. 은닉층은 공간을 접습니다
#
# 이상하지 않나요? 출력층도 퍼셉트론 하나일 뿐이니 직선 하나밖에 긋지 못합니다. 그런데 어떻게 XOR를 갈라놓았을까요? 출력층이 보는 것이 $x$가 아니라 $h$이기 때문입니다. 네 꼭짓점이 $x$의 평면과 $h$의 평면에서 각각 어디에 있는지 그려 봅시다.

# %% [markdown] lang="en"
# It does XOR, with no training at all, and takes nine numbers.
#
# ## 7. The hidden layer folds the space
#
# Is that not strange? The output layer is a single perceptron and can only draw a single line. How did it part XOR? Because what it sees is not $x$ but $h$. Draw where the four corners are in the plane of $x$, and where they are in the plane of $h$.

# %% tags=["demo"]
h, _ = xor_network(corners)  # (4, 2)
figure, (before, after) = plots.axes(2, width=3.4, height=3.3)
draw_corners(before, answers["XOR"], "Before: no line parts them")
draw_corners(after, answers["XOR"], "After: one line does", places=h)
before.plot([-0.5, 1.0], [1.0, -0.5], color=plots.GREY)  # the line of OR
before.plot([0.0, 1.5], [1.5, 0.0], color=plots.GREY)  # the line of NAND
before.text(-0.45, 0.72, "OR", color=plots.GREY)
before.text(0.22, 1.33, "NAND", color=plots.GREY)
after.plot([0.0, 1.5], [1.5, 0.0], color=plots.GREEN)  # the line of AND
after.text(0.0, 1.3, "AND", color=plots.GREEN, ha="right")
plots.label(after, "After: one line does", "h1 (OR)", "h2 (NAND)")
for name, (x1, x2), (h1, h2) in zip("ABCD", corners.tolist(), h.tolist()):
    before.text(x1 + 0.1, x2 + 0.08, name, fontweight="bold")
    after.text(h1 + (0.1 if name != "C" else 0.24), h2 + 0.08, name, fontweight="bold")
plt.show()

# %% [markdown] lang="ko"
# 왼쪽에서 XOR의 두 동그라미 B와 C는 서로 마주 보는 꼭짓점에 있었습니다. 오른쪽에서는 **한 점에 포개졌습니다.** 종이를 대각선으로 접어 두 모서리를 맞댄 것과 같습니다. 그러고 나니 네모 A와 D는 저편에 남고, 직선 하나면 충분합니다. 은닉층이 하는 일은 이것입니다. **직선으로 가를 수 없는 문제를, 가를 수 있는 문제로 옮겨 놓는 것.**
#
# ## 8. 함정: 깊어 보이지만 한 층
#
# 그러면 층을 더 쌓을수록 좋을까요? 누군가 층을 넷이나 쌓고 유닛도 넉넉하게 10개씩 두었습니다. 출력이 확률이 되도록 끝에 시그모이드도 붙였습니다. XOR를 배우게 해 봅시다. 실행하기 전에 어디가 수상한지 찾아보세요.

# %% [markdown] lang="en"
# On the left the two circles of XOR, B and C, sit at opposite corners. On the right they **lie on top of each other**, as if a sheet of paper had been folded along the diagonal to bring two corners together. The squares A and D stay on the far side, and one line is enough. This is what a hidden layer does: **it takes a problem that no line can solve to a place where a line can.**
#
# ## 8. A trap: deep to look at, one layer inside
#
# So is it better to stack more? Somebody stacked four layers, with a generous 10 units each, and put a sigmoid at the end so that the output is a probability. Let it learn XOR. Before you run it, look for what is odd.

# %% tags=["demo"]
torch.manual_seed(777)
looks_deep = nn.Sequential(
    nn.Linear(2, 10), nn.Linear(10, 10), nn.Linear(10, 10), nn.Linear(10, 1), nn.Sigmoid()
)
losses = train(looks_deep, corners, answers["XOR"], lr=0.1, steps=3001)
for step in (0, 1000, 2000, 3000):
    print(f"step {step:4d}: loss {losses[step]:.4f}")
print("parameters:", sum(parameter.numel() for parameter in looks_deep.parameters()))

# %% [markdown] lang="ko"
# 또 0.6931입니다. 261개의 수가 수 세 개(한 층)보다 조금도 낫지 않습니다. 더 오래 학습해도 소용없습니다. 두 층을 식으로 이어 보면 까닭이 보입니다.
#
# $$(xW_1 + b_1)\,W_2 + b_2 = x\,W + b$$
#
# 괄호를 풀어서 $W$와 $b$가 무엇인지 직접 찾아보세요. 층을 몇 개 쌓든 둘씩 합쳐 나가면 결국 **한 층**이 됩니다.
#
# ### 여러분 차례: `collapse-layers`

# %% [markdown] lang="en"
# It is 0.6931 again. The 261 numbers are not one bit better than the three of a single layer, and longer training will not help. Write two of the layers as one formula, and you see why.
#
# $$(xW_1 + b_1)\,W_2 + b_2 = x\,W + b$$
#
# Multiply out the bracket and find $W$ and $b$ yourself. However many layers you stack, you can merge them two by two until **one layer** is left.
#
# ### Your turn: `collapse-layers`

# %% exercise="collapse-layers"
def collapse_layers(W1, b1, W2, b2):
    """One linear layer that does the same as two linear layers with nothing between them.

    W1: (D, H). b1: (H,). W2: (H, C). b2: (C,). All float tensors of one dtype.
    Returns (W, b), (D, C) and (C,), of that dtype, such that x W + b = (x W1 + b1) W2 + b2
    for every x, (N, D).
    """
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2  # (D, H) @ (H, C); (H,) @ (H, C) + (C,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 함수로 네 층을 하나로 뭉개고, 두 신경망이 정말 같은지 견주어 봅시다. `nn.Linear`는 가중치를 (출력, 입력)으로 두므로 전치해서 씁니다.

# %% [markdown] lang="en"
# Squash the four layers into one with your function, and compare the two networks. `nn.Linear` keeps its weight as (outputs, inputs), hence the transpose.

# %% tags=["demo"]
with torch.no_grad():
    W, b = looks_deep[0].weight.T, looks_deep[0].bias  # (2, 10), (10,)
    for layer in looks_deep[1:4]:
        W, b = collapse_layers(W, b, layer.weight.T, layer.bias)
    somewhere = torch.rand(1000, 2)  # (1000, 2): any points at all
    squashed = torch.sigmoid(somewhere @ W + b)  # (1000, 1)
    same = torch.allclose(looks_deep(somewhere), squashed, atol=1e-6)
print(f"four layers became W {tuple(W.shape)} and b {tuple(b.shape)}")
print("the same probabilities at 1,000 points:", same)

# %% [markdown] lang="ko"
# 접으려면 **굽은 것**이 있어야 합니다. 선형 층은 평면을 늘이고 돌리고 밀 뿐, 접지는 못합니다. 접는 일은 층 *사이*에 끼운 활성화 함수가 합니다. 6절의 신경망에서는 계단이 그 일을 했습니다. 하지만 계단은 기울기가 0이라 학습할 수 없으니(4절), 시그모이드를 씁니다.
#
# ### 여러분 차례: `deep-sigmoid-net`
#
# 위의 신경망을 고치세요. **모든** `nn.Linear` 뒤에 `nn.Sigmoid`가 하나씩 옵니다. 층의 크기는 리스트로 받습니다. `zip(sizes, sizes[1:])`는 이웃한 두 수를 짝지어 줍니다. `[2, 10, 1]`이라면 (2, 10)과 (10, 1)입니다. 리스트 `layers`에 층을 모았다면 `nn.Sequential(*layers)`라고 쓰세요. 별표는 리스트를 풀어 인자로 하나씩 건넵니다.

# %% [markdown] lang="en"
# To fold, there must be something **bent**. A linear layer can stretch the plane, turn it and shift it, but not fold it. The folding is done by the activation function *between* the layers. In the network of section 6 it was the step. But a step has slope 0 and cannot be trained (section 4), so we take the sigmoid.
#
# ### Your turn: `deep-sigmoid-net`
#
# Mend the network: after **every** `nn.Linear` comes an `nn.Sigmoid`. The sizes of the layers are given as a list. `zip(sizes, sizes[1:])` pairs up neighbours: for `[2, 10, 1]` these are (2, 10) and (10, 1). If you collect the layers in a list `layers`, write `nn.Sequential(*layers)`: the star unpacks the list into separate arguments.

# %% exercise="deep-sigmoid-net"
def deep_sigmoid_net(sizes):
    """A network of linear layers with a sigmoid after each, the last one included.

    sizes: a list of at least two ints: the number of inputs, then the number of units of each
    layer. [2, 10, 10, 10, 1] has four linear layers and four sigmoids.
    Returns an nn.Sequential of nn.Linear, nn.Sigmoid, nn.Linear, nn.Sigmoid, …, in this order,
    numbered as nn.Sequential numbers them; every nn.Linear has a bias.
    """
    ### BEGIN SOLUTION
    layers = []
    for inputs, units in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, units), nn.Sigmoid()]
    return nn.Sequential(*layers)
    ### END SOLUTION


# %% [markdown] lang="ko"
# ## 9. 학습으로 접기
#
# 이제 가중치를 고르는 일도 컴퓨터에게 맡깁니다. 은닉 유닛이 둘이면 은닉층을 평면에 그릴 수 있으니, 2-2-1 신경망이 배우는 동안 평면이 어떻게 되는지 지켜봅시다. 첫째 그림은 $x$의 평면에 친 모눈이고, 나머지는 그 모눈이 은닉층을 지나 $h$의 평면에서 어떤 모습이 되는지입니다. 초록색 선이 출력층의 경계입니다.

# %% [markdown] lang="en"
# ## 9. Folding by training
#
# Now leave the choice of the weights to the computer. With two hidden units, the hidden layer can be drawn as a plane; so watch what happens to the plane while a 2-2-1 network learns. The first picture is a grid of lines in the plane of $x$, the others show what the hidden layer makes of it in the plane of $h$. The green line is the boundary of the output layer.

# %% tags=["demo"]
def draw_sheet(ax, hidden):
    """Draws lines across the square, after the function hidden, (N, 2) -> (N, 2)."""
    along, places = torch.linspace(0, 1, 60), torch.linspace(0, 1, 9)  # (60,), (9,)
    with torch.no_grad():
        for place in places:
            still = torch.full((60,), place.item())  # (60,)
            ax.plot(*hidden(torch.stack([still, along], 1)).T, color=plots.BLUE, linewidth=0.8)
            ax.plot(*hidden(torch.stack([along, still], 1)).T, color=plots.GREY, linewidth=0.8)
        draw_corners(ax, answers["XOR"], places=hidden(corners), size=40)


torch.manual_seed(3)
small = deep_sigmoid_net([2, 2, 1])
figure, grid = plots.axes(3, rows=2, width=2.9, height=2.9)
draw_sheet(grid[0], lambda x: x)
grid[0].set_title("the plane of x")
grid[0].set(xlim=(-0.1, 1.1), ylim=(-0.1, 1.1))
done = 0
for ax, steps in zip(grid[1:], (0, 200, 300, 330, 400)):
    small_losses = train(small, corners, answers["XOR"], lr=2.0, steps=steps - done + 1)
    done = steps + 1
    draw_sheet(ax, small[:2])  # the first two: Linear and Sigmoid
    (w1, w2), b = small[2].weight[0].tolist(), small[2].bias.item()
    h1 = torch.tensor([-0.1, 1.1])  # (2,)
    ax.plot(h1, -(w1 * h1 + b) / w2, color=plots.GREEN)
    plots.label(ax, f"h at step {steps}, loss {small_losses[-1]:.2f}", "h1", "h2")
    ax.set(xlim=(-0.1, 1.1), ylim=(-0.1, 1.1))
train(small, corners, answers["XOR"], lr=2.0, steps=2000)
print("after 2,400 steps:", [round(value, 2) for value in small(corners).flatten().tolist()])
plt.show()

# %% [markdown] lang="ko"
# 출발할 때 은닉층은 평면을 작게 줄여 기울여 놓았을 뿐입니다. 학습이 진행되면서 종이가 늘어나고 가늘어지더니 구석에서 **휩니다.** 두 동그라미는 휜 자리로 모이고(마지막 그림에서는 포개져 하나로 보입니다) 두 네모는 양 끝으로 밀려나서, 초록 직선 하나가 그 사이를 지날 수 있게 됩니다. 접는 법을 아무도 가르쳐 주지 않았는데도 말이죠. 끝에는 네 꼭짓점의 확률이 0, 1, 1, 0에 아주 가깝습니다.
#
# ### 노트의 신경망
#
# 이 과정의 바탕이 된 학습 노트에는 "Perceptron"이라는 제목 아래에 XOR를 푸는 코드가 있습니다. 그런데 그 코드는 퍼셉트론이 아닙니다. 2-10-10-10-1, 곧 **네 층짜리 다층 퍼셉트론**입니다. 제목대로 퍼셉트론 하나였다면 5절에서 보았듯이 풀 수 없었을 것입니다. 그리고 그 코드에는 "학습률을 0.1에서 1로 고쳤다"는 주석이 달려 있습니다. 왜 고쳤을까요? 노트와 똑같은 시드 777로, 두 학습률 모두 10,001걸음을 걸어 봅시다.

# %% [markdown] lang="en"
# At the start the hidden layer only shrinks the plane and puts it down askew. As training goes on, the sheet stretches, gets narrow, and **bends** in a corner: the two circles gather at the bend (in the last picture one hides the other), the two squares are pushed to the ends, and one straight green line can pass between them. Nobody told it how to fold. In the end the probabilities of the four corners are very close to 0, 1, 1, 0.
#
# ### The network of the notes
#
# The study notes this course grew from have code that solves XOR, under the title "Perceptron". But that code is no perceptron. It is a 2-10-10-10-1, **a multilayer perceptron of four layers**. Had it been the single perceptron of its title, it could not have solved it, as you saw in section 5. The code also carries a comment: the learning rate was changed from 0.1 to 1. Why? Take the same seed, 777, and walk 10,001 steps with either rate.

# %% tags=["demo", "nbval-ignore-output"]
runs = {}
for lr in (1.0, 0.1):
    torch.manual_seed(777)
    net = deep_sigmoid_net([2, 10, 10, 10, 1])
    losses = train(net, corners, answers["XOR"], lr, steps=10_001, quiet=False)
    runs[lr] = losses
    with torch.no_grad():
        right = ((net(corners) > 0.5).float() == answers["XOR"]).float().mean().item()
    print(f"lr = {lr}: accuracy at the end {right:.0%}; loss at step", end="")
    for step in (0, 1000, 5000, 10_000):
        print(f"  {step}: {losses[step]:.3g}" if step == 10_000 and lr == 1 else
              f"  {step}: {losses[step]:.4f}", end="")  # fmt: skip
    print()
    if lr == 1.0:
        notes_net = net
print("parameters:", sum(parameter.numel() for parameter in notes_net.parameters()))

figure, (ax,) = plots.axes(1, width=5.6, height=2.9)
ax.plot(runs[1.0], label="2-10-10-10-1, lr = 1")
ax.plot(runs[0.1], "--", label="2-10-10-10-1, lr = 0.1")
ax.plot(one_layer_losses, ":", color=plots.GREEN, label="one layer, lr = 1", linewidth=2.5)
plots.label(ax, "A long plateau at ln 2, then a cliff", "step", "loss")
ax.legend(loc="lower left")
plt.show()

# %% [markdown] lang="ko"
# 학습률 1에서도 처음 4,000걸음 남짓은 아무 일도 일어나지 않는 것처럼 보입니다. 손실은 한 층과 똑같이 0.6931에 붙어 있습니다. 이렇게 평평해서 거의 움직이지 않는 곳을 고원(plateau)이라고 합니다. 5,000걸음 언저리에서 손실이 벼랑처럼 떨어지고, 끝에는 네 꼭짓점을 모두 맞힙니다. (벼랑에서 잠깐 위로 튀는 것은, 가파른 곳에서는 학습률 1의 걸음이 너무 길기 때문입니다. 3장에서 본 그대로입니다.)
#
# 학습률 0.1은 10,000걸음을 걷고도 고원 위에 있고 정확도는 50%입니다. 못 배우는 것일까요? 두 곡선을 걸음 수 × 학습률로 맞추어 견주어 보세요. 학습률 1로 $k$걸음 간 곳과 0.1로 $10k$걸음 간 곳입니다.

# %% [markdown] lang="en"
# Even with a learning rate of 1, for the first 4,000 steps or so nothing seems to happen: the loss sticks to 0.6931 just like that of one layer. Such a flat stretch, where there is hardly any movement, is called a plateau. Around step 5,000 the loss drops as if over a cliff, and in the end all four corners are right. (That it jumps up for a moment at the cliff is what you saw in chapter 3: where it is steep, a step of learning rate 1 is too long.)
#
# With 0.1 it is still on the plateau after 10,000 steps, with an accuracy of 50%. Is it unable to learn? Compare the two curves at equal steps × learning rate: after $k$ steps with 1, and after $10k$ steps with 0.1.

# %% tags=["demo", "nbval-ignore-output"]
if not runs:  # the cell above has not trained anything yet
    raise NotAttempted("deep_sigmoid_net")
for k in (10, 100, 500, 1000):
    print(f"lr 1, step {k:5d}: {runs[1.0][k]:.6f}    lr 0.1, step {10 * k:6d}: {runs[0.1][10 * k]:.6f}")

# %% [markdown] lang="ko"
# 거의 같은 수입니다. 학습률 0.1은 막힌 것이 아니라 **같은 길을 열 배 느리게** 걷고 있습니다. 10,000걸음째에 선 곳이 학습률 1의 1,000걸음째이니, 벼랑까지는 아직 한참 남았습니다. 손실이 평평하다고 해서 답이 없는 것도, 학습이 끝난 것도 아닙니다. 한 층의 0.6931은 **증명된** 끝이고, 이 신경망의 0.6931은 길의 중간입니다. 손실만 보아서는 둘을 가려낼 수 없습니다.
#
# ### 왜 고원이 생기나요?
#
# 층마다 두 가지를 재어 봅시다. **신호**: 네 꼭짓점에서 층의 출력이 얼마나 다른가(유닛마다 가장 큰 값과 가장 작은 값의 차이를 재고, 그 가운데 가장 큰 것). **기울기**: 그 층의 가중치에 도착하는 기울기 가운데 가장 큰 것. 출발할 때, 고원 위에 있는 2,000걸음째, 벼랑에 있는 5,000걸음째에서 잽니다.

# %% [markdown] lang="en"
# Almost the same numbers. With 0.1 it is not stuck: it walks **the same way, ten times as slowly**. At step 10,000 it stands where the rate of 1 stood at step 1,000, and the cliff is still far away. A flat loss does not mean that there is no answer, nor that training is over. For one layer 0.6931 is the end, and that is **proved**; for this network it is half-way. The loss alone cannot tell the two apart.
#
# ### Why is there a plateau?
#
# Measure two things in each layer. The **signal**: how far apart its outputs are at the four corners (for each unit the largest less the smallest, and of these the largest). The **gradient**: the largest one that arrives at its weights. Measure at the start, at step 2,000, on the plateau, and at step 5,000, at the cliff.

# %% tags=["demo", "nbval-ignore-output"]
torch.manual_seed(777)
net, done = deep_sigmoid_net([2, 10, 10, 10, 1]), 0
for steps in (0, 2000, 5000):
    train(net, corners, answers["XOR"], lr=1.0, steps=steps - done)
    done = steps
    weights = [layer.weight for layer in net[::2]]  # the Linear layers
    loss = F.binary_cross_entropy(net(corners), answers["XOR"])
    gradients = torch.autograd.grad(loss, weights)
    outputs = [net[: 2 * k](corners) for k in (1, 2, 3, 4)]  # (4, units) after each sigmoid
    print(f"step {steps}, first layer to last")
    for name, values in (("signal", [h.amax(0) - h.amin(0) for h in outputs]), ("gradient", gradients)):
        print(f"  {name:8s}", "  ".join(f"{each.abs().max().item():.0e}" for each in values))

# %% [markdown] lang="ko"
# 신호부터 보세요. 시그모이드를 지날 때마다 몇 배에서 열 배 넘게 납작해져서, 2,000걸음째의 마지막 층에서는 네 꼭짓점의 출력이 0.0004밖에 다르지 않습니다. 네 꼭짓점이 거의 같은 것으로 보이는데 정답의 반은 0, 반은 1이니, 네 오차가 서로 지웁니다. 그래서 고원 위에서는 어느 층에도 0.0001에 못 미치는 기울기밖에 오지 않고, 학습률이 1이어도 한 걸음에 그만큼밖에 움직이지 못합니다. **기울기**도 거꾸로 가면서 납작해집니다. 출발할 때의 줄에 보입니다. 마지막 층에서 0.02인 것이 첫 층에서는 0.00005입니다. 둘 다 시그모이드가 하는 일입니다. 시그모이드의 기울기는 가장 가파른 곳에서도 0.25입니다. 얼마나 납작해지는지는 11장에서 직접 계산하고, 12장에서 그 처방을 배웁니다.
#
# 여기서는 층의 수를 바꾸어 가며 **재어** 봅시다. 출발점을 20개씩 달리하여(가중치에 축을 하나 더 두어 20개를 한꺼번에 학습합니다), 손실이 0.1 밑으로 떨어질 때까지 몇 걸음이 걸리는지 셉니다.

# %% [markdown] lang="en"
# Look at the signal first. Each sigmoid makes it several times to more than ten times flatter, and at step 2,000 the outputs of the last layer are only 0.0004 apart: all four corners look nearly the same to it. Two right answers are 0 and two are 1, so the four errors cancel. That is why on the plateau no layer gets a gradient of even 0.0001, and with a learning rate of 1 that is as far as a step can move a weight. The **gradient**, too, gets flatter on its way back, as you see at the start: what is 0.02 in the last layer is 0.00005 in the first. Both are the sigmoid's doing: even where it is steepest, its slope is only 0.25. How much is lost you will calculate in chapter 11, and chapter 12 has the remedies.
#
# Here, just **measure** it for several numbers of layers: from 20 different starts each (one more axis on the weights trains all 20 at once), how many steps does it take until the loss is below 0.1?

# %% tags=["demo", "nbval-ignore-output"]
def steps_until_solved(sizes, starts=20, lr=1.0, limit=10_000):
    """For each random start, the step at which the loss on XOR falls below 0.1, or nan."""
    generator, parameters = torch.Generator().manual_seed(0), []
    for inputs, units in zip(sizes, sizes[1:]):
        for rows in (inputs, 1):  # a weight (starts, inputs, units), then a bias
            uniform = torch.rand(starts, rows, units, generator=generator) * 2 - 1
            parameters.append((uniform / inputs**0.5).requires_grad_())  # as nn.Linear starts
    solved = torch.full((starts,), math.nan)
    right = answers["XOR"].expand(starts, 4, 1)  # (starts, 4, 1)
    for step in range(limit + 1):
        h = corners.expand(starts, 4, 2)  # (starts, 4, 2)
        for W, b in zip(parameters[::2], parameters[1::2]):
            h = torch.sigmoid(torch.baddbmm(b, h, W))  # h @ W + b: (starts, 4, units)
        if step % 20 == 0:  # to look at every step would only cost time
            each = F.binary_cross_entropy(h.detach(), right, reduction="none").mean((1, 2))
            solved[solved.isnan() & (each < 0.1)] = step
            if not solved.isnan().any():
                break
        loss = F.binary_cross_entropy(h, right, reduction="sum") / 4  # (): all starts together
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                parameter.sub_(gradient, alpha=lr)  # parameter -= lr * gradient
    return solved


figure, (ax,) = plots.axes(1, width=5.4, height=2.8)
for hidden in (1, 2, 3, 4):
    solved = steps_until_solved([2] + [10] * hidden + [1])
    done = solved[~solved.isnan()]  # (number solved,)
    middle = f", half of them by step {done.median():.0f}" if len(done) else ""
    print(f"{hidden} hidden layers of 10: {len(done)} of 20 starts solve it{middle}")
    ax.scatter(done, torch.full((len(done),), hidden), s=18, alpha=0.6, color=plots.BLUE)
    ax.text(10_300, hidden, f"{len(done)} of 20", va="center", fontsize="small")
plots.label(ax, "XOR: every further sigmoid layer costs time", "steps until solved", "hidden layers")
ax.set(xlim=(0, 11_900), ylim=(0.4, 4.6), yticks=(1, 2, 3, 4), xticks=range(0, 10_001, 2500))
plt.show()

# %% [markdown] lang="ko"
# 은닉층이 하나면 몇백 걸음이면 되고, 층을 더할 때마다 몇 배씩 오래 걸립니다. 은닉층이 넷이면 10,000걸음 안에 **하나도** 풀지 못했습니다. XOR에는 은닉층 하나면 넉넉합니다. "깊을수록 좋다"는 말은 깊은 신경망을 학습시킬 줄 알게 된 다음에야 맞는 말이고, 그 방법은 12장부터 15장까지 배웁니다.
#
# ## 10. 또 하나의 함정: 50%라고 말하는 정확도
#
# 방금 학습한 신경망의 정확도를 다른 사람이 쟀습니다. 정답은 네 개의 수로 된 리스트에서 만들었습니다.

# %% [markdown] lang="en"
# With one hidden layer a few hundred steps will do, and every further layer takes several times as long. With four, **not one** start solved it within 10,000 steps. For XOR one hidden layer is plenty. "The deeper the better" is true only once you know how to train deep networks, and that is what chapters 12 to 15 are about.
#
# ## 10. Another trap: an accuracy that says 50%
#
# Somebody else measured the accuracy of the network we have just trained. The right answers came from a list of four numbers.

# %%
def broken_accuracy(p, y):
    """As found: the share of right answers?"""
    answers = (p > 0.5).float()
    return (answers == y).float().mean().item()


p = torch.tensor([[0.0001], [0.9998], [0.9998], [0.0002]])  # (4, 1): what the network now says
y = torch.tensor([0.0, 1.0, 1.0, 0.0])  # (4,)
print(f"loss {F.binary_cross_entropy(p, y[:, None]).item():.4f}, accuracy {broken_accuracy(p, y):.0%}")

# %% [markdown] lang="ko"
# 손실은 거의 0이고 네 답이 모두 맞는데, 정확도는 **50%**라고 합니다. 아무것도 배우지 못한 신경망이 받을 바로 그 점수입니다. 이것을 믿은 사람은 학습률을 바꾸고 층을 늘리며 며칠을 보낼 것입니다. 둘 가운데 거짓말을 하는 것은 정확도입니다. 코드의 `answers == y`가 무슨 모양인지 종이에 써 보세요.
#
# ### 여러분 차례: `mended-accuracy`
#
# `y`가 (N, 1)로 오든 (N,)으로 오든 옳은 정확도를 내도록 고치세요.

# %% [markdown] lang="en"
# The loss is almost 0 and all four answers are right, but the accuracy says **50%**: exactly the mark of a network that has learned nothing. Whoever believes it will spend days changing learning rates and adding layers. Of the two it is the accuracy that lies. Work out on paper what shape `answers == y` has in that code.
#
# ### Your turn: `mended-accuracy`
#
# Mend it so that the accuracy is right whether `y` comes as (N, 1) or as (N,).

# %% exercise="mended-accuracy"
def mended_accuracy(p, y):
    """The share of samples that are answered rightly.

    p: (N, 1) float32, probabilities; the answer is 1 where p > 0.5, otherwise 0.
    y: (N, 1) or (N,) float32, the right answers, 0.0 or 1.0.
    Returns a Python float from 0 to 1.
    """
    ### BEGIN SOLUTION
    said = (p > 0.5).float()  # (N, 1)
    return (said == y.reshape(-1, 1)).float().mean().item()
    ### END SOLUTION


# %% tags=["demo"]
said, y = (p > 0.5).float(), torch.tensor([0.0, 1.0, 1.0, 0.0])  # (4, 1), (4,)
figure, grid = plots.axes(2, width=2.6, height=2.5, width_ratios=[4, 1.6])
for ax, right, title in ((grid[0], said == y, "broken: (4, 1) == (4,)"),
                         (grid[1], said == y[:, None], "(4, 1) == (4, 1)")):  # fmt: skip
    plots.heatmap(ax, right, numbers=True, cmap="Oranges", vmin=0, vmax=2)
    ax.set(xticks=range(right.shape[1]), yticks=range(4), title=title)
grid[0].set(xlabel="right answer", ylabel="sample")
plt.show()
print(f"broken: {broken_accuracy(p, y):.0%}, mended: {mended_accuracy(p, y):.0%}")

# %% [markdown] lang="ko"
# (4, 1)과 (4,)를 견주면 브로드캐스팅이 (4, 4)를 만듭니다. **모든 답을 모든 정답과** 견준 것입니다. 0과 1이 반반이면 무엇을 배웠든 절반이 맞습니다. 오류도 경고도 없습니다. 손실 함수는 모양이 다르면 오류를 내거나 경고하지만 `==`는 그러지 않습니다. 손실과 정확도가 서로 다른 말을 하면 모양부터 의심하세요.
#
# ## 정리
#
# - 퍼셉트론은 곱해서 더하고, 0을 넘으면 1이라고 답합니다. 그것은 자를 대고 그은 직선 하나입니다.
# - 퍼셉트론 규칙은 틀릴 때만 $(y - \hat{y})\,x$만큼 움직입니다. 선형 분리 가능하면 반드시 멈추고, 아니면 영영 멈추지 않습니다.
# - XOR는 한 층으로 할 수 없습니다. 두 대각선의 한가운데가 같은 점이기 때문입니다. 시그모이드로 바꾸어도 마찬가지이고, 손실은 $\ln 2 \approx 0.6931$에서 멈춥니다.
# - 은닉층은 공간을 접어, 직선으로 가를 수 없던 것을 가를 수 있게 옮겨 놓습니다.
# - 사이에 아무것도 끼우지 않은 선형 층은 몇 개를 쌓아도 한 층입니다: `W1 @ W2`, `b1 @ W2 + b2`.
# - 손실이 평평하다고 끝난 것은 아닙니다. 고원일 수도 있고, 정말 끝일 수도 있습니다. 노트의 신경망은 학습률 1에서 5,000걸음쯤에 고원을 벗어났고, 0.1에서는 10,000걸음으로 모자랐습니다.
# - 정확도를 잴 때는 두 텐서의 모양을 맞추세요. (N, 1)과 (N,)은 (N, N)이 됩니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 퍼셉트론 규칙에는 왜 학습률이 없나요?</summary>
#
# 있어도 됩니다. 하지만 0에서 출발하면 아무것도 달라지지 않습니다. 학습률이 $\eta$이면 `W`와 `b`가 언제나 $\eta$배일 뿐이고, $z$도 $\eta$배이니 부호는 그대로입니다. 답은 부호만 보므로 똑같은 곳에서 틀리고 똑같이 고칩니다. 계단이 아니라 시그모이드라면 $z$의 크기가 확률을 바꾸므로 학습률이 중요해집니다.
# </details>
#
# <details><summary>2. 선형 분리 가능하면 반드시 멈춘다는 것은 어떻게 알 수 있나요?</summary>
#
# 1962년에 노비코프(Novikoff)가 증명했습니다. 줄거리는 이렇습니다. 모두 맞히는 가중치 $W^*$가 있다고 합시다(편향도 늘 1인 입력의 가중치로 함께 셉니다). 틀릴 때마다 $W$는 $W^*$ 쪽으로 적어도 일정한 만큼 나아갑니다. 한편 $W$의 길이는 천천히만 자랍니다. 틀렸다는 것은 $W$와 더할 것이 비스듬히 어긋나 있다는 뜻이기 때문입니다. $k$번 틀린 뒤 앞의 것은 $k$에 비례하고 뒤의 것은 많아야 $\sqrt{k}$에 비례합니다. 앞으로 나아간 거리가 길이보다 클 수는 없으니 $k$에는 한계가 있습니다.
# </details>
#
# <details><summary>3. 한 층의 손실이 ln 2보다 작아질 수 없는 까닭은 무엇인가요?</summary>
#
# 정답이 0인 꼭짓점의 손실은 $s(z) = \ln(1 + e^z)$이고 1인 꼭짓점의 손실은 $s(-z)$입니다. $s$의 그래프는 아래로 볼록해서, 두 점의 평균 손실은 평균 $z$에서의 손실보다 작지 않습니다. 두 대각선의 평균 $z$는 같으니 그것을 $m$이라고 하면 전체 손실은 $\tfrac{1}{2}\bigl(s(m) + s(-m)\bigr)$ 이상이고, 같은 까닭으로 이것은 $s(0) = \ln 2$ 이상입니다. 네 $z$가 모두 0일 때 꼭 $\ln 2$가 됩니다. 그런데 세 꼭짓점을 맞히는 OR는 정확도가 75%인데도 손실은 이보다 큽니다. 정확도와 손실은 다른 것을 잽니다.
# </details>
#
# <details><summary>4. 2-2-1 신경망을 여러 시드로 학습하면 손실이 0.347에서 멈추는 때가 있습니다. 무엇일까요?</summary>
#
# $0.347 \approx \tfrac{1}{2}\ln 2$입니다. 두 꼭짓점은 완벽하게 맞히고, 나머지 둘은 $h$의 평면에서 한 점에 포개져 0.5라고 말하는 상태입니다. 정답이 서로 다른 둘을 포개 버렸으니 출력층은 어찌할 수 없습니다. 잘못 접은 것이죠. 그 자리에서는 기울기가 거의 0이라 다시 펴지도 못합니다. 은닉 유닛을 10개로 늘리면 이런 일이 드물어집니다.
# </details>
#
# <details><summary>5. 은닉층 하나로 어떤 진리표든 만들 수 있나요?</summary>
#
# 네. 답이 1인 줄마다 유닛을 하나씩 두고, 그 줄에서만 켜지도록 가중치를 고릅니다(1인 입력에는 1, 0인 입력에는 −1, 문턱은 1의 개수에서 0.5를 뺀 것). 출력층은 그것들의 OR입니다. 다만 입력이 $n$개이면 유닛이 많게는 $2^n$개 필요할 수 있습니다. 층을 더 쌓으면 훨씬 적은 유닛으로 되는 것도 있습니다.
# </details>

# %% [markdown] lang="en"
# Compared with (4,), a (4, 1) is broadcast to (4, 4): **every answer was compared with every right answer**. With as many zeros as ones, half of these agree whatever was learned. There is no error and no warning. Loss functions raise an error or warn when shapes differ; `==` does not. Where loss and accuracy tell different stories, suspect the shapes first.
#
# ## Summary
#
# - A perceptron multiplies, adds, and answers 1 above 0. It is one line drawn with a ruler.
# - The perceptron rule moves only when it is wrong, by $(y - \hat{y})\,x$. If the classes are linearly separable it is sure to stop, otherwise it never will.
# - One layer cannot do XOR, because both diagonals have the same centre. A sigmoid changes nothing about that: the loss stops at $\ln 2 \approx 0.6931$.
# - A hidden layer folds the space, and takes what no line could part to where a line can.
# - Linear layers with nothing between them are one layer, however many you stack: `W1 @ W2`, `b1 @ W2 + b2`.
# - A flat loss need not be the end. It may be a plateau, or it may really be the end. The network of the notes left its plateau around step 5,000 with a learning rate of 1; with 0.1, 10,000 steps were not enough.
# - Give both tensors the same shape before you measure an accuracy: (N, 1) and (N,) make (N, N).
#
# ## Further questions
#
# <details><summary>1. Why does the perceptron rule have no learning rate?</summary>
#
# It could have one, but starting from 0 nothing would change. With a learning rate of $\eta$, `W` and `b` are always $\eta$ times as large; then $z$ is $\eta$ times as large too, and keeps its sign. The answers depend on the sign alone: the same mistakes happen, and the same corrections. With a sigmoid in place of the step the size of $z$ changes the probability, and then the learning rate matters.
# </details>
#
# <details><summary>2. How do we know that it always stops if the classes are linearly separable?</summary>
#
# Novikoff proved it in 1962. The idea: suppose there are weights $W^*$ that get everything right (count the bias as the weight of an input that is always 1). Every mistake moves $W$ towards $W^*$ by at least a fixed amount. Meanwhile the length of $W$ grows only slowly, since a mistake means that $W$ and what is added to it point in rather different directions. After $k$ mistakes the first is proportional to $k$, the second at most to $\sqrt{k}$. Nobody can get further than the length of his way, so $k$ has a limit.
# </details>
#
# <details><summary>3. Why can the loss of one layer not go below ln 2?</summary>
#
# A corner whose answer is 0 has the loss $s(z) = \ln(1 + e^z)$, one whose answer is 1 has $s(-z)$. The graph of $s$ curves upwards, so the mean loss of two points is never less than the loss at their mean $z$. Both diagonals have the same mean $z$, call it $m$: the total loss is at least $\tfrac{1}{2}\bigl(s(m) + s(-m)\bigr)$, and by the same reason that is at least $s(0) = \ln 2$. It is exactly $\ln 2$ when all four $z$ are 0. By the way, OR gets three corners right, an accuracy of 75%, and has a larger loss than this. Accuracy and loss measure different things.
# </details>
#
# <details><summary>4. With some seeds a 2-2-1 network stops at a loss of 0.347. What is that?</summary>
#
# It is $0.347 \approx \tfrac{1}{2}\ln 2$. Two corners are answered perfectly; the other two lie on top of each other in the plane of $h$ and get 0.5. Their right answers differ, but once they coincide the output layer can do nothing about it. The sheet was folded the wrong way, and with almost no gradient there it cannot unfold. With 10 hidden units this becomes rare.
# </details>
#
# <details><summary>5. Can one hidden layer make any truth table?</summary>
#
# Yes. Take one unit for each line whose answer is 1, with weights that switch it on for that line only (1 for an input that is 1, −1 for one that is 0, and as threshold the number of ones less 0.5). The output layer is the OR of them all. But with $n$ inputs that may take as many as $2^n$ units. With more layers, some tables need far fewer.
# </details>
