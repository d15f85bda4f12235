# ---
# jupyter:
#   course:
#     ko: 텐서 다루기
#     en: Working with tensors
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 1장. 텐서 다루기
#
# **누구를 위한 장인가요?** 파이썬은 조금 쓸 줄 알지만 PyTorch는 처음인 사람. NumPy를 몰라도 됩니다.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 파이썬의 변수, 리스트, 반복문, 함수와 학교에서 배운 산수. 함수의 설명문(docstring)과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 텐서(tensor)를 만들고, 모양(shape)을 읽고, 필요한 부분을 골라낼 수 있습니다.
# - 어떤 연산이 원본까지 바꾸는지 *실행하기 전에* 말할 수 있습니다.
# - 모양이 다른 두 텐서를 계산할 수 있는지, 결과의 모양은 무엇인지 종이 위에서 알아낼 수 있습니다.
# - 행렬 곱(matrix product), 원-핫(one-hot) 벡터, 패딩(padding)을 뺀 평균을 직접 만들 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 1. Working with tensors
#
# **Who is this for?** You know some Python, and PyTorch is new to you. You need not know NumPy.
#
# **Time** about 100 minutes · **You need** Python's variables, lists, loops and functions, and the arithmetic you learned at school
#
# **Afterwards you can**
#
# - make tensors, read their shapes, and pick out the parts you need,
# - say *before you run it* which operation will change the original too,
# - work out on paper whether two tensors of different shapes can be combined, and what shape comes out,
# - write a matrix product, one-hot vectors, and a mean that leaves padding out.

# %% [markdown] lang="ko"
# ## 시작하기: 노트북을 쓰는 법
#
# 이 페이지는 글과 코드가 번갈아 나오는 노트북(notebook)입니다. 한 덩어리를 셀(cell)이라고 합니다. 코드 셀을 눌러 고르고 **Shift+Enter**를 치면 실행되고, 결과는 바로 아래에 나옵니다. 셀들은 변수를 함께 쓰므로 위에서부터 차례로 실행하세요. 무언가 꼬였으면 메뉴의 Kernel → Restart Kernel을 누르고 처음부터 다시 실행하면 됩니다. 여러분이 쓴 글과 코드는 지워지지 않습니다.
#
# 아래 두 셀은 도구를 가져오고 이 장을 엽니다. `torch`가 PyTorch이고, `numpy`와 `matplotlib`은 파이썬의 숫자 계산과 그림 라이브러리, `helpers`는 이 강좌의 도구입니다. 실행해서 아무것도 나오지 않으면 잘된 것입니다.

# %% [markdown] lang="en"
# ## Getting started: how to use a notebook
#
# This page is a **notebook**: text and code take turns. Each piece is a **cell**. Click a code cell and press **Shift+Enter**: it runs, and its result appears right below. The cells share their variables, so run them in order, from the top. If something gets tangled, choose Kernel → Restart Kernel in the menu and run everything again from the top. Nothing that you have written is lost.
#
# The two cells below fetch the tools and open this chapter. `torch` is PyTorch, `numpy` and `matplotlib` are Python's libraries for numbers and for plots, `helpers` holds the tools of this course. Run them; if nothing appears, all is well.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patches import Rectangle

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch01_tensors", "ko")

# %% lang="en"
open_chapter("ch01_tensors", "en")

# %% [markdown] lang="ko"
# ## 1. 숫자를 담는 상자
#
# 지금 기온은 수 하나입니다. 나흘 동안의 기온은 수 네 개가 놓인 줄입니다. 흑백 사진은 밝기를 적은 수의 표이고, 사진 여러 장은 표의 묶음입니다. PyTorch는 이 모두를 텐서(tensor)라는 한 가지 상자에 담습니다.
#
# 그림을 그리는 코드는 읽지 않고 실행만 해도 됩니다.

# %% [markdown] lang="en"
# ## 1. A box for numbers
#
# The temperature right now is one number. The temperatures of four days are four numbers in a row. A black-and-white photo is a table of brightnesses, and several photos are a stack of tables. PyTorch keeps all of these in one kind of box, the **tensor**.
#
# You may run the code that draws a picture without reading it.

# %%
# Draws a picture: run it, no need to read it.
def cells(ax, rows, left=0.0, top=0.0, colour=plots.BLUE, size="medium", ghosts=()):
    """Draws a table of cells; (left, top) is its corner; ghosts: (row, column) drawn hollow."""
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            place = (left + j, -top - i - 1)
            hollow = (i, j) in ghosts
            ax.add_patch(Rectangle(place, 1, 1, facecolor=colour, alpha=0.08 if hollow else 0.4, edgecolor="none"))
            ax.add_patch(Rectangle(place, 1, 1, fill=False, edgecolor=colour, linestyle=":" if hollow else "-"))
            ax.text(place[0] + 0.5, place[1] + 0.5, text, ha="center", va="center", fontsize=size,
                    color=plots.GREY if hollow else "black")  # fmt: skip
    ax.set_aspect("equal")
    ax.axis("off")
    ax.autoscale_view()


figure, grid = plots.axes(4, width=2.1, height=2.2)
titles = ["one number: ()", "a row: (4,)", "a table: (3, 4)", "a stack: (2, 3, 4)"]
cells(grid[0], [[""]])
cells(grid[1], [[""] * 4])
cells(grid[2], [[""] * 4] * 3)
for back in (1, 0):
    grid[3].add_patch(Rectangle((0.7 * back, 0.7 * back - 3), 4, 3, color="white"))
    cells(grid[3], [[""] * 4] * 3, left=0.7 * back, top=-0.7 * back)
for ax, title in zip(grid, titles):
    ax.set_title(title)
    ax.set_xlim(-0.5, 5.2)
    ax.set_ylim(-3.5, 1.2)
plt.show()

# %% [markdown] lang="ko"
# 괄호 안이 텐서의 모양(shape)입니다. 수가 놓인 방향마다 몇 칸인지를 차례로 적은 것입니다. 그 방향 하나하나를 축(axis)이라고 하고 0번부터 셉니다. PyTorch의 함수와 오류 메시지에서는 같은 것을 dim(dimension, 차원)이라고 부릅니다. 모양 (3, 4)는 0번 축(아래로)이 3칸, 1번 축(옆으로)이 4칸이라는 뜻입니다. 표에서는 옆으로 놓인 것을 줄(row, 행), 아래로 놓인 것을 열(column)이라고 합니다. 칸에 든 수 하나는 원소(element)입니다.
#
# | 무엇을 담았나 | 모양 | 축의 뜻 |
# |:--|:--|:--|
# | 지금 기온 | () | 없음 |
# | 나흘의 기온 | (4,) | 날 |
# | 흑백 사진 | (28, 28) | 세로, 가로 |
# | 컬러 사진 | (3, 1080, 1920) | 빨강·초록·파랑, 세로, 가로 |
# | 그런 사진 32장 | (32, 3, 1080, 1920) | 장, 색, 세로, 가로 |
#
# (4,)의 쉼표는 파이썬에서 원소가 하나인 튜플을 적는 방법입니다. 텐서는 `torch.tensor`에 리스트를 주어 만듭니다.

# %% [markdown] lang="en"
# In brackets is the tensor's **shape**: for each direction in which the numbers are laid out, how many cells there are. Each of these directions is an **axis**; axes are counted from 0. PyTorch's functions and error messages call the same thing a dim (dimension). The shape (3, 4) means that axis 0 (downwards) has 3 cells and axis 1 (sideways) has 4. In a table, what lies sideways is a **row** and what stands upright is a **column**. A number in a cell is an **element**.
#
# | what is inside | shape | what the axes mean |
# |:--|:--|:--|
# | the temperature now | () | there are none |
# | temperatures of four days | (4,) | day |
# | a black-and-white photo | (28, 28) | down, across |
# | a colour photo | (3, 1080, 1920) | red-green-blue, down, across |
# | 32 such photos | (32, 3, 1080, 1920) | photo, colour, down, across |
#
# The comma in (4,) is how Python writes a tuple with a single element. To make a tensor, give `torch.tensor` a list.

# %%
now = torch.tensor(21.5)  # ()
days = torch.tensor([21.5, 19.0, 23.5, 22.0])  # (4,)
table = torch.tensor([[1, 2, 3], [4, 5, 6]])  # (2, 3)
print(table)
print("its shape:", table.shape)
print("its axes:", table.dim(), "its elements:", table.numel())
print("an element of it:", table[1, 2], "the same as a Python number:", table[1, 2].item())

# %% [markdown] lang="ko"
# `torch.Size([2, 3])`은 튜플 `(2, 3)`과 똑같이 쓸 수 있습니다. `table.size()`라고 써도 같은 것이 나옵니다. 마지막 줄을 보세요. 텐서에서 원소를 하나 꺼내도 여전히 텐서(모양이 `()`인 텐서)입니다. 파이썬 수가 필요하면 `.item()`을 붙입니다.
#
# ### 여러분 차례: `count-elements`
#
# 첫 문제입니다. 모양만 보고 원소가 모두 몇 개인지 세어 보세요. 이 강좌의 모든 문제는 이렇게 풉니다.
#
# 1. 아래 셀에서 `raise NotAttempted` 줄을 지우고 그 자리에 답을 씁니다. 따옴표 세 개 사이의 글은 설명문(docstring)입니다. 무엇을 받아 무엇을 돌려주어야 하는지, 곧 문제의 명세입니다.
# 2. 그 셀을 실행합니다. 함수가 만들어질 뿐, 아직 아무것도 나오지 않습니다.
# 3. 바로 아래의 `check` 셀을 실행합니다. **카드**가 나와 결과를 알려 줍니다.
#
# 먼저 아무것도 고치지 말고 두 셀을 실행해 보세요. 아직 풀지 않았다는 회색 카드가 나옵니다. 그다음에는 **일부러 틀려 봅시다.** `return sum(shape)`라고 쓰고 두 셀을 다시 실행하세요. 카드는 어떤 실수인지 알아보고, 처음으로 어긋난 검사에 무엇이 들어갔는지, 무엇을 기대했고 무엇을 받았는지 보여 줍니다. 제목 옆의 동그라미와 ✗는 검사마다의 결과입니다. 카드 아래의 붉은 한 줄은 아직 통과하지 못했다는 표시일 뿐입니다.
#
# 이제 제대로 풀어 보세요. 막히면 위쪽 도구 막대의 +를 눌러 새 셀을 만들고 `hint("count-elements")`를 실행하세요. 한 번 부를 때마다 힌트가 하나씩, 세 번째에는 거의 답에 가까운 힌트가 나옵니다. 몇 번을 틀려도, 힌트를 몇 개 보아도 잃는 것은 없습니다.

# %% [markdown] lang="en"
# `torch.Size([2, 3])` can be used just like the tuple `(2, 3)`, and `table.size()` gives the same. Look at the last line: an element taken out of a tensor is still a tensor (of shape `()`). Where you need a Python number, add `.item()`.
#
# ### Your turn: `count-elements`
#
# The first exercise. From a shape alone, count the elements. Every exercise of this course works like this:
#
# 1. In the cell below, delete the line `raise NotAttempted` and write your answer in its place. The text between the triple quotes is the **docstring**. It is the specification: what comes in, and what is to be returned.
# 2. Run that cell. This only makes the function; nothing appears yet.
# 3. Run the `check` cell right below. A **card** appears and tells you how you did.
#
# First run both cells without changing anything: you get a grey card that says you have not tried yet. Then **get it wrong on purpose.** Write `return sum(shape)` and run both cells again. The card recognises the mistake, and shows what went into the first failing case, what was expected and what your function gave. The dots and ✗ beside its title are the cases, one each. The red line below the card only marks that the check has not passed yet.
#
# Now solve it. If you are stuck, make a new cell with the + in the toolbar and run `hint("count-elements")` in it. Each call shows one hint more, and the third is nearly the answer. Wrong attempts and hints cost nothing.

# %% exercise="count-elements"
def count_elements(shape):
    """How many elements a tensor of this shape has.

    shape: a tuple of ints, each 0 or more; it may have any length. () is the shape of one number.
    Returns an int.
    """
    ### BEGIN SOLUTION
    count = 1
    for size in shape:
        count = count * size
    return count
    ### END SOLUTION


# %% [markdown] lang="ko"
# 초록색 카드가 나왔나요? 아래처럼 문제 뒤에는 *여러분이 쓴 함수*로 무언가를 해 보는 셀이 있습니다. 풀기 전에 실행하면 무엇부터 풀어야 하는지 한 줄로 알려 줍니다.

# %% [markdown] lang="en"
# Did you get a green card? After an exercise there is often a cell like the next one, which does something with *the function you wrote*. Run before it is solved, it tells you in one line what to solve first.

# %% tags=["demo"]
for name, shape in (
    ("a small black-and-white photo", (28, 28)),
    ("a colour photo", (3, 1080, 1920)),
    ("32 such photos", (32, 3, 1080, 1920)),
):
    print(f"{name}: {count_elements(shape):,} numbers")

# %% [markdown] lang="ko"
# ## 2. 텐서 만들기
#
# 원소를 하나하나 적지 않고 텐서를 만드는 함수들이 있습니다. 대개 모양을 받고, `arange`는 파이썬의 `range`처럼 수의 범위를 받습니다.

# %% [markdown] lang="en"
# ## 2. Making tensors
#
# There are functions that make tensors without your writing down every element. Most of them take a shape; `arange` takes a range of numbers, as Python's `range` does.

# %%
print(torch.zeros(2, 3))  # (2, 3)
print(torch.full((2, 2), 7.0))  # (2, 2)
print(torch.arange(5), torch.arange(2, 10, 3))  # (5,), (3,): start, stop (not included), step

torch.manual_seed(1)  # the random numbers from here on are the same at every run
noise = torch.randn(2, 3)  # (2, 3): random, around 0
torch.manual_seed(1)
print("the same seed gives the same numbers:", torch.equal(noise, torch.randn(2, 3)))

# %% [markdown] lang="ko"
# `randn`은 평균이 0이고 대체로 $-2$와 $2$ 사이에 드는 무작위 수(정규 분포)를 채웁니다. 무작위라고는 해도 시드(seed)가 같으면 늘 같은 수가 나옵니다.
#
# 이미 있는 텐서를 본떠 만들 수도 있습니다. 이름이 `_like`로 끝나는 함수는 **모양까지** 본뜨고, `new_`로 시작하는 메서드는 모양은 새로 받고 **나머지 성질**(자료형과 장치, 곧 설명합니다)만 본뜹니다.

# %% [markdown] lang="en"
# `randn` fills in random numbers with mean 0, most of them between $-2$ and $2$ (a normal distribution). They are random, but the same **seed** always gives the same numbers.
#
# You can also model a new tensor on one that you have. Functions whose names end in `_like` copy **the shape as well**; methods that start with `new_` take a new shape and copy only **the other properties** (dtype and device, explained in a moment).

# %%
x = torch.zeros(2, 3, dtype=torch.float64)  # (2, 3)
for name, made in (
    ("ones_like", torch.ones_like(x)),  # (2, 3)
    ("randn_like", torch.randn_like(x, dtype=torch.float32)),  # (2, 3): its own dtype
    ("new_ones", x.new_ones(4)),  # (4,)
):
    print(f"{name:10} shape {tuple(made.shape)}, {made.dtype}")

# %% [markdown] lang="ko"
# ### 함정: `empty`는 0이 아닙니다
#
# `torch.empty(3)`은 메모리 세 칸을 잡기만 하고 아무것도 써 넣지 않습니다(uninitialised). 이 강좌의 바탕이 된 학습 노트에는 "0에 매우 가까운 이상한 값"이라고 적혀 있지만, 들어 있는 것은 그 메모리를 앞서 쓰던 누군가가 남긴 것입니다. 0일 수도, 엄청나게 큰 수일 수도 있습니다. 다음 셀의 결과는 컴퓨터마다, 실행할 때마다 다를 수 있습니다. 몇 번 실행해 보세요.

# %% [markdown] lang="en"
# ### A trap: `empty` is not zero
#
# `torch.empty(3)` reserves room for three numbers and **writes nothing into it** (it is uninitialised). The study notes that this course grew from call its contents "a strange value very near 0", but what is in there is whatever the last user of that memory left behind. It may be 0, it may be enormous. The next cell may print something else on every computer and at every run. Run it a few times.

# %% tags=["nbval-ignore-output"]
left_behind = [torch.full((1000,), 123456.0) for _ in range(100)]  # a hundred of (1000,)
del left_behind  # their memory is free for others now
print(torch.empty(1000)[500:504])  # four from the middle of (1000,)

# %% [markdown] lang="ko"
# 우연에 맡기지 않고 볼 수도 있습니다. PyTorch에는 아직 쓰지 않은 칸을 눈에 띄는 값으로 채워 주는 설정이 있습니다. 그 값은 NaN(not a number), '수가 아님'이라는 뜻의 특별한 값입니다. 그 설정을 켜고, 두 줄의 합을 한 번은 `empty`에서, 한 번은 `zeros`에서 시작해 더해 봅시다.

# %% [markdown] lang="en"
# You can also see it without relying on chance. PyTorch has a setting that fills cells nobody has written yet with a value you cannot miss: NaN (not a number). Switch it on, and add up two rows, once starting from `empty` and once from `zeros`.

# %% tags=["demo"]
torch.use_deterministic_algorithms(True)  # marks what is not written yet
for start in (torch.empty(3), torch.zeros(3)):  # (3,) each
    total = start
    for row in torch.tensor([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]]):  # row: (3,)
        total = total + row
    print(total)
torch.use_deterministic_algorithms(False)

# %% [markdown] lang="ko"
# 쓰지 않은 칸에 무엇을 더해도 의미 있는 값은 되지 않습니다. `empty`는 모든 칸을 곧바로 채울 때만 쓰고, 합을 쌓을 때는 `zeros`에서 시작하세요.
#
# 함정이 하나 더 있습니다. 노트의 첫머리는 `a: Tensor`라는 줄을 적고 곧바로 `a`를 씁니다. 파이썬에서 콜론 뒤의 형(type)은 읽는 사람을 위한 메모일 뿐, 아무것도 만들지 않습니다.

# %% [markdown] lang="en"
# Whatever you add to a cell that was never written, nothing meaningful comes out. Use `empty` only where you fill every cell at once; to add things up, start from `zeros`.
#
# One more trap: the notes begin with the line `a: Tensor` and then use `a`. In Python the type after a colon is a note to the reader. It makes nothing.

# %%
promised: torch.Tensor
try:
    print(promised * 2)
except NameError as error:
    print("NameError:", error)

# %% [markdown] lang="ko"
# `try`와 `except`는 오류가 나도 멈추지 않고 메시지를 보려고 쓴 것입니다.
#
# ### 자료형
#
# 한 텐서의 원소는 모두 같은 자료형(dtype)입니다. 이 넷이면 거의 충분합니다.
#
# | 자료형 | 무엇을 담나 | 어떻게 생기나 |
# |:--|:--|:--|
# | `torch.float32` | 소수점이 있는 수, 유효 숫자 약 7자리 | `torch.tensor([1.0, 2.0])`, `torch.zeros(2)` |
# | `torch.float64` | 소수점이 있는 수, 유효 숫자 약 16자리 | `torch.tensor([1.0], dtype=torch.float64)`. NumPy의 실수, 파이썬이 스스로 계산할 때의 실수 |
# | `torch.int64` | 정수. 번호와 개수 | `torch.tensor([1, 2])`, `torch.arange(2)` |
# | `torch.bool` | True 또는 False | 비교의 결과 |
#
# 정수와 실수를 함께 계산하면 실수가 됩니다. `.float()`는 float32로, `.long()`은 int64로, `.to(...)`는 괄호 안에 적은 자료형으로 바꿉니다. 오류 메시지에는 int64가 Long, float32가 Float이라는 이름으로 나옵니다.

# %% [markdown] lang="en"
# `try` and `except` are there to show an error's message without stopping.
#
# ### Dtypes
#
# All elements of a tensor have the same **dtype** (data type). These four are nearly all you need.
#
# | dtype | what it holds | where it comes from |
# |:--|:--|:--|
# | `torch.float32` | numbers with a decimal point, about 7 digits | `torch.tensor([1.0, 2.0])`, `torch.zeros(2)` |
# | `torch.float64` | numbers with a decimal point, about 16 digits | `torch.tensor([1.0], dtype=torch.float64)`; NumPy's floats, and those Python itself computes with |
# | `torch.int64` | whole numbers: labels and counts | `torch.tensor([1, 2])`, `torch.arange(2)` |
# | `torch.bool` | True or False | the result of a comparison |
#
# Whole numbers and floats together make floats. `.float()` converts to float32, `.long()` to int64, and `.to(...)` to any dtype you give it. In error messages int64 is called Long and float32 Float.

# %%
counts = torch.tensor([3, 4, 6])  # (3,)
print(counts.dtype, "counts > 3:", counts > 3)
print("counts / 2:", counts / 2, "counts // 2:", counts // 2)
try:
    counts.mean()
except RuntimeError as error:
    print("RuntimeError:", error)
print("the mean of floats:", counts.float().mean())
print("0.1 in float32 is really", torch.tensor(0.1).item())

# %% [markdown] lang="ko"
# 정수의 평균은 정수가 아닐 수 있어서 PyTorch는 먼저 실수로 바꾸라고 합니다. 마지막 줄은 float32가 소수를 얼마나 정확히 담는지 보여 줍니다. 그래서 실수는 `==`로 견주지 않고, 아주 가까운지를 `torch.allclose`로 봅니다.
#
# ### 장치
#
# 텐서는 장치(device) 하나의 메모리에 있습니다. CPU이거나, 있다면 행렬 계산이 훨씬 빠른 GPU(PyTorch에서는 `cuda`)입니다. 아래 셀의 첫 줄처럼 쓰면 같은 코드가 어느 쪽에서나 돌아갑니다. 이 강좌는 GPU 없이도 모두 실행됩니다.

# %% [markdown] lang="en"
# A mean of whole numbers need not be whole, so PyTorch asks you to make floats of them first. The last line shows how exactly float32 holds a decimal fraction. This is why floats are not compared with `==` but with `torch.allclose`, which asks whether they are very close.
#
# ### Devices
#
# A tensor lives in the memory of one **device**: the CPU or, if there is one, a GPU, which is far faster at matrices and is called `cuda` in PyTorch. The first line below lets the same code run on either. The whole course runs without a GPU.

# %%
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
x = torch.arange(3, device=device)  # (3,), made on the device
y = x.new_ones(3) + x  # (3,): new_ones stays on the device of x
print(y.to("cpu", torch.float64))  # back to the CPU, and to another dtype on the way

# %% [markdown] lang="ko"
# 한 계산에 들어가는 텐서는 모두 같은 장치에 있어야 합니다. `.to(device)`로 옮깁니다.
#
# ## 3. 골라내기
#
# 대괄호로 텐서의 일부를 골라내는 것을 인덱싱(indexing)이라 하고, 그때 적는 번호를 인덱스(index)라고 합니다. 인덱스는 0부터이고, 축마다 쉼표로 나누어 적습니다. 그림의 진한 칸이 고른 칸입니다.

# %% [markdown] lang="en"
# All tensors in one calculation must be on the same device; `.to(device)` moves them.
#
# ## 3. Picking out
#
# Picking out a part of a tensor with square brackets is called **indexing**, and the numbers in the brackets are **indices**. They start at 0, and there is one entry per axis, separated by commas. The dark cells in the picture are the ones picked.

# %%
x = torch.arange(12).reshape(3, 4)  # (3, 4): 0 to 11 in three rows
picked = {
    "x[1]": x[1],  # (4,)
    "x[:, 2]": x[:, 2],  # (3,)
    "x[0:2, 1:3]": x[0:2, 1:3],  # (2, 2)
    "x[-1, ::2]": x[-1, ::2],  # (2,)
    "x[[0, 2], [3, 1]]": x[[0, 2], [3, 1]],  # (2,)
    "x[x > 6]": x[x > 6],  # (5,)
}
figure, grid = plots.axes(3, 2, width=2.6, height=2.1)
for ax, (code, part) in zip(grid, picked.items()):
    outside = [(i, j) for i in range(3) for j in range(4) if x[i, j] not in part]
    cells(ax, x.tolist(), ghosts=outside)
    ax.set_title(f"{code}: shape {tuple(part.shape)}", fontsize="small", family="monospace")
plt.show()

# %% [markdown] lang="ko"
# - 번호 하나는 그 축을 **없앱니다**: `x[1]`의 모양은 (4,)입니다.
# - 콜론은 슬라이스(slice)입니다. `1:3`은 1번부터 3번 *앞까지*, `:`는 그 축 전부, `::2`는 두 칸마다입니다. 축이 남습니다: `x[1:2]`의 모양은 (1, 4)입니다.
# - 음수는 뒤에서부터 셉니다. `-1`이 마지막입니다.
# - 번호의 리스트(또는 정수 텐서)를 축마다 주면 **짝을 지어** 골라냅니다. `x[[0, 2], [3, 1]]`은 (0, 3)번 칸과 (2, 1)번 칸, 곧 두 개입니다. 네 개가 아닙니다.
# - 비교의 결과는 같은 모양의 True와 False, 곧 마스크(mask)입니다. 마스크로 고르면 True인 칸만 한 줄로 나옵니다.
#
# 마스크는 셈에도 씁니다. True를 1로 치므로 `(x > 6).sum()`은 6보다 큰 것의 개수입니다. 조건 둘을 합칠 때는 `and` 대신 `&`를 쓰고 **괄호**를 꼭 칩니다.

# %% [markdown] lang="en"
# - A single number **removes** its axis: `x[1]` has the shape (4,).
# - A colon makes a **slice**. `1:3` goes from 1 up to but *not including* 3, `:` is the whole axis, `::2` every second cell. The axis stays: `x[1:2]` has the shape (1, 4).
# - Negative numbers count from the end; `-1` is the last.
# - Lists of numbers (or integer tensors), one for each axis, are **paired up**: `x[[0, 2], [3, 1]]` picks cell (0, 3) and cell (2, 1). That is two cells, not four.
# - A comparison gives True and False in the same shape: a **mask**. Indexing with a mask gives the cells that are True, in one row.
#
# Masks also count. True counts as 1, so `(x > 6).sum()` is how many are greater than 6. To combine two conditions, write `&` instead of `and`, and **always with brackets**.

# %%
print("greater than 6:", (x > 6).sum().item())
print("between 2 and 8:", x[(x > 2) & (x < 8)])
print("elsewhere 0:", torch.where(x > 6, x, 0))  # (3, 4)

# %% [markdown] lang="ko"
# `sum()`은 모든 원소를 더합니다. 축의 번호를 주면 그 축을 따라 더하고, **그 축이 사라집니다.** 모양 (2, 3)에 `sum(0)`은 (3,)이고 `sum(1)`은 (2,)입니다. `mean(k)`도 그렇습니다. `max(k)`는 가장 큰 값(`.values`)과 그 번호(`.indices`)를 함께 돌려줍니다.

# %% [markdown] lang="en"
# `sum()` adds up all elements. Give it the number of an axis, and it adds along that axis, and **that axis vanishes**: for the shape (2, 3), `sum(0)` is (3,) and `sum(1)` is (2,). `mean(k)` does likewise. `max(k)` returns both the largest values (`.values`) and their numbers (`.indices`).

# %%
small = torch.arange(6).reshape(2, 3)  # (2, 3): [[0, 1, 2], [3, 4, 5]]
print("sum():", small.sum(), " sum(0):", small.sum(0), " sum(1):", small.sum(1))
print("max(1).values:", small.max(1).values, " max(1).indices:", small.max(1).indices)

# %% [markdown] lang="ko"
# ### 여러분 차례: `pick-scores`
#
# 그림을 보고 무엇인지 맞히는 모델이 그림 N장을 보았습니다. 그림마다 후보(클래스, class) C개에 점수를 매겨 표 (N, C)를 내놓았습니다. 그림마다 **정답 클래스의 점수**만 뽑아내세요. 7장의 손실 함수가 바로 이 일을 합니다.

# %% [markdown] lang="en"
# ### Your turn: `pick-scores`
#
# A model that says what is in a picture has looked at N of them. For each it gave a score to each of C candidates (classes), which makes a table (N, C). Pick out, for each picture, **the score of the true class** alone. The loss function of chapter 7 does exactly this.

# %% exercise="pick-scores"
def pick_scores(scores, labels):
    """The score of the true class in each row.

    scores: (N, C) tensor. labels: (N,) int64, the number of the true class, from 0 to C - 1.
    Returns a (N,) tensor of the dtype of scores: entry i is row i's score of class labels[i].
    """
    ### BEGIN SOLUTION
    rows = torch.arange(len(labels))  # (N,)
    return scores[rows, labels]  # (N,)
    ### END SOLUTION


# %% tags=["demo"]
scores = torch.tensor([[5.0, 1.0, 2.0], [0.5, 0.2, 4.0], [1.0, 0.8, 0.9]])  # (N, C)
labels = torch.tensor([0, 2, 1])  # (N,)
for i, (mine, best) in enumerate(zip(pick_scores(scores, labels), scores.max(1).values)):
    print(f"picture {i}: true class {mine:.1f}, best class {best:.1f}, right: {bool(mine == best)}")

# %% [markdown] lang="ko"
# ## 4. 모양 바꾸기
#
# 메모리에는 줄도 열도 없습니다. 텐서의 원소는 언제나 긴 띠 하나에 나란히 놓여 있고, 모양은 그 띠를 어떻게 끊어 읽을지 적은 **쪽지**일 뿐입니다. `view`는 원소를 건드리지 않고 쪽지만 새로 씁니다. 읽는 순서는 늘 **줄을 따라서**입니다. 크기 하나를 `-1`로 적으면 원소의 수에 맞게 PyTorch가 계산합니다.

# %% [markdown] lang="en"
# ## 4. Changing the shape
#
# Memory has no rows or columns. The elements of a tensor always lie side by side on one long strip, and its shape is only a **note** saying how to break that strip up. `view` leaves the elements alone and writes a new note. The order of reading is always **along the rows**. Write `-1` for one size, and PyTorch works it out from the number of elements.

# %%
x = torch.arange(6)  # (6,)
print(x.view(2, 3))  # (2, 3)
print(x.view(3, -1))  # (3, 2)
try:
    x.view(4, 2)
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown] lang="ko"
# 줄과 열을 맞바꾸는 것은 다른 일입니다. 그것은 전치(transpose) `t()`입니다. `view(3, 2)`와 `t()`의 결과는 모양이 같은 (3, 2)이지만 원소의 자리가 다릅니다. 모양만 보고 안심하면 안 됩니다. 축이 셋 이상이면 `permute`에 새 순서를 적어 줍니다.
#
# `unsqueeze(k)`는 k번 자리에 크기 1인 축을 끼워 넣고, `squeeze(k)`는 그런 축을 뺍니다. 번호 없이 `squeeze()`라고 쓰면 크기 1인 축을 **모두** 뺍니다.

# %% [markdown] lang="en"
# Swapping rows and columns is something else: the **transpose**, `t()`. `view(3, 2)` and `t()` give the same shape, (3, 2), with the elements in different places. A shape that looks right proves nothing. With three or more axes, `permute` takes their new order.
#
# `unsqueeze(k)` inserts an axis of size 1 at place k, and `squeeze(k)` takes such an axis away. `squeeze()` without a number takes **every** axis of size 1 away.

# %%
x = torch.arange(6).view(2, 3)  # (2, 3)
print("view(3, 2):", x.view(3, 2).tolist(), " t():", x.t().tolist())
photo = torch.zeros(1080, 1920, 3)  # (H, W, 3): height, width, colour
print("permute(2, 0, 1):", tuple(photo.permute(2, 0, 1).shape))
print("unsqueeze(0):", tuple(x.unsqueeze(0).shape), "unsqueeze(1):", tuple(x.unsqueeze(1).shape))
one = torch.zeros(1, 5, 1)  # (1, 5, 1): a batch of a single row
print("squeeze(2):", tuple(one.squeeze(2).shape), "squeeze():", tuple(one.squeeze().shape))

# %% [markdown] lang="ko"
# 표본(sample) 여러 개를 한데 묶은 것을 배치(batch)라고 하고, 보통 0번 축이 배치의 축입니다. 위의 마지막 줄에서 `squeeze()`는 표본이 하나뿐인 배치의 축까지 없애 버렸습니다. 표본이 하나일 때만 망가지는 코드는 이렇게 생깁니다.
#
# ### 쪽지에 적힌 것: 걸음
#
# 쪽지에는 모양 말고 걸음(stride)도 적혀 있습니다. 축마다, 한 칸 나아갈 때 메모리에서 몇 칸을 건너뛰는지입니다. `t()`도 원소를 옮기지 않습니다. 모양과 걸음을 맞바꾸어 적을 뿐입니다. 그림의 곡선은 표를 줄을 따라 읽을 때 메모리를 어떤 순서로 밟는지입니다.

# %% [markdown] lang="en"
# Several samples put together are a **batch**, and its axis is usually axis 0. In the last line above, `squeeze()` removed the axis of a batch that had only one sample. This is how code comes about that breaks only when there is a single sample.
#
# ### What else the note says: strides
#
# Besides the shape, the note holds a **stride** for each axis: how many cells to step over in memory to move on by one. `t()` moves no element either; it only swaps the shape and the strides on the note. The curve in the picture is the path through memory when the table is read along its rows.

# %%
# Draws a picture: run it, no need to read it.
figure, grid = plots.axes(2, width=3.6, height=3.4)
for ax, name, table in zip(grid, ("x", "x.t()"), (x, x.t())):
    cells(ax, table.tolist(), left=(6 - table.shape[1]) / 2, top=-5.2, colour=plots.ORANGE)
    cells(ax, [range(6)])
    ax.text(3, -1.5, "memory", ha="center", va="center")
    path = table.reshape(-1).tolist()
    for one, other in zip(path, path[1:]):
        bend = -0.5 if other > one else 0.25
        arrow = {"arrowstyle": "->", "color": plots.RED, "connectionstyle": f"arc3,rad={bend}"}
        ax.annotate("", (other + 0.5, 0.05), (one + 0.5, 0.05), arrowprops=arrow)
    ax.set_title(f"{name}: shape {tuple(table.shape)}, strides {table.stride()}")
    ax.set_ylim(-2, 5.4)
plt.show()
print("contiguous:", x.is_contiguous(), x.t().is_contiguous())

# %% [markdown] lang="ko"
# 왼쪽처럼 줄을 따라 읽는 순서가 메모리의 순서와 같으면 연속(contiguous)하다고 합니다. 오른쪽의 `x.t()`는 연속하지 않습니다. 이것을 한 줄로 펴려면 0, 3, 1, 4, 2, 5의 순서로 읽어야 하는데, 앞으로 세 칸 갔다가 뒤로 두 칸 가는 길은 **한 가지 걸음으로 적을 수 없습니다.** 그래서 `x.t().view(6)`은 오류입니다.
#
# 노트에는 `view`가 "reshape 같은 느낌"이라고 적혀 있는데, 둘의 차이가 여기에 있습니다. `view`는 **결코 베끼지(복사하지) 않고**, 쪽지만으로 안 되면 오류를 냅니다. `reshape`는 쪽지만으로 되면 그렇게 하고, 안 되면 원소를 새 메모리에 **베낍니다.** `contiguous()`는 연속하게 베껴 줍니다(이미 연속하면 그대로 둡니다).
#
# ### 함정과 여러분 차례: `read-columns`
#
# 표를 **열을 따라** 읽어 한 줄로 펴려고 합니다. 동료가 아래 코드를 썼습니다. 하나는 오류로 멈추고, 그것을 "고친" 다른 하나는 멈추지 않는 대신 엉뚱한 것을 돌려줍니다. 제대로 고치세요.

# %% [markdown] lang="en"
# If reading along the rows follows the order of the memory, as on the left, the tensor is **contiguous**. `x.t()`, on the right, is not. To unroll it into one row, the memory would have to be read in the order 0, 3, 1, 4, 2, 5, and a path that goes three forward and then two back **cannot be described by one stride.** That is why `x.t().view(6)` is an error.
#
# The notes call `view` "something like reshape", and here is the difference. `view` **never copies**, and raises an error where a new note is not enough. `reshape` writes a new note where that is enough, and otherwise **copies** the elements to new memory. `contiguous()` makes a contiguous copy (or leaves alone what is contiguous already).
#
# ### A trap and your turn: `read-columns`
#
# A table is to be read **along its columns** and unrolled into one row. A colleague wrote the code below. One version stops with an error; the other, which was meant to mend it, does not stop but returns the wrong thing. Mend it properly.

# %%
x = torch.tensor([[1, 2, 3], [4, 5, 6]])  # (n, m)
try:
    print(x.t().view(-1))
except RuntimeError as error:
    print("RuntimeError:", str(error).split(" (")[0])
print("'mended':", x.view(-1), "but the columns are 1 4, 2 5, 3 6")

# %% exercise="read-columns"
def read_columns(x):
    """The elements of a table, read down its columns, from the first column to the last.

    x: (n, m) tensor of any dtype, n and m at least 1.
    Returns a (n * m,) tensor of the same dtype: column 0 from top to bottom, then column 1, …
    """
    ### BEGIN SOLUTION
    return x.t().reshape(-1)  # (m, n) → (n * m,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 아래 표에 글이 숨어 있습니다. 글자마다 번호(`ord`)를 매겨 텐서에 넣었습니다. 줄을 따라 읽으면 알 수 없지만, 여러분의 함수로 읽으면 어떨까요?

# %% [markdown] lang="en"
# There is a message in the table below. Each letter is stored as its number (`ord`). Along the rows it makes no sense; how about your function?

# %% tags=["demo"]
secret = torch.tensor([[ord(letter) for letter in row] for row in ("YR  U", "OETCM", "UAHON", " DELS")])
print("rows:   ", "".join(map(chr, secret.reshape(-1).tolist())))
print("columns:", "".join(map(chr, read_columns(secret).tolist())))

# %% [markdown] lang="ko"
# ## 5. 같은 메모리, 여러 이름
#
# 원소는 그대로 두고 쪽지만 다른 텐서를 뷰(view)라고 합니다. 뷰와 원본은 메모리를 나누어 쓰므로(함께 쓰므로, 공유), 한쪽을 바꾸면 다른 쪽도 바뀝니다. 큰 텐서를 베끼지 않아도 되니 빠르지만, 모르고 쓰면 원본이 망가집니다. 베낀 것이 필요하면 `clone()`을 씁니다. (`clone()`은 걸음까지 그대로 베낍니다. 연속하게 베끼려면 `contiguous()`입니다.)

# %% [markdown] lang="en"
# ## 5. One memory, several names
#
# A tensor with a note of its own but somebody else's elements is a **view**. It shares memory with the original, so a change to one is a change to both. That saves copying large tensors, and it spoils your data if you do not know about it. Where you need a copy, use `clone()`. (`clone()` copies the strides as they are; for a contiguous copy there is `contiguous()`.)

# %%
a = torch.zeros(2, 3)  # (2, 3)
corner = a[:, :2]  # (2, 2): a slice is a view
copy = a[:, :2].clone()  # (2, 2)
corner[0, 0] = 7
copy[1, 1] = 9
print(a)

# %% [markdown] lang="ko"
# 7은 `a`에 나타났고 9는 나타나지 않았습니다. 어떤 연산이 뷰를 돌려줄까요? 외울 것은 원칙 하나입니다. **결과를 "어디서 시작해서 축마다 몇 칸씩"이라는 쪽지로 적을 수 있으면 뷰, 없으면 베낀 것입니다.** `a[:, :2]`는 0번 칸에서 시작해 아래로 3칸씩, 옆으로 1칸씩이니 뷰입니다. 마스크로 고른 것은 True가 어디에 있을지 알 수 없으니 베낀 것입니다.
#
# ### 여러분 차례: `shares-memory`
#
# 실행하기 전에 예상해 보세요. `a = torch.arange(6).view(2, 3)`일 때 다음 다섯 가운데 `a`와 메모리를 나누어 쓰는 것은 무엇인가요?
#
# | | 코드 |
# |:--|:--|
# | A | `a[1]` |
# | B | `a[[1, 0, 1]]` |
# | C | `a.t()` |
# | D | `a.reshape(6)` |
# | E | `a.t().reshape(6)` |
#
# 이 문제의 답은 함수가 아니라 **변수**입니다. `...` 자리에 A부터 E까지 차례로 True 또는 False가 든 리스트를 쓰세요. 예를 들어 모두 아니라고 생각하면 `[False, False, False, False, False]`입니다.

# %% [markdown] lang="en"
# The 7 appeared in `a`, the 9 did not. Which operations return a view? There is one principle to remember. **If the result can be described by a note that says "start here, and step so far along each axis", it is a view; if not, it is a copy.** `a[:, :2]` starts at cell 0 and steps by 3 downwards and by 1 sideways, so it is a view. What a mask picks is a copy, since nobody knows which cells will be True.
#
# ### Your turn: `shares-memory`
#
# Guess before you run anything. Given `a = torch.arange(6).view(2, 3)`, which of these five share memory with `a`?
#
# | | code |
# |:--|:--|
# | A | `a[1]` |
# | B | `a[[1, 0, 1]]` |
# | C | `a.t()` |
# | D | `a.reshape(6)` |
# | E | `a.t().reshape(6)` |
#
# The answer to this exercise is not a function but a **variable**. In place of the `...`, write a list of True and False, one for each line from A to E. If you think that none of them does, for example, write `[False, False, False, False, False]`.

# %% exercise="shares-memory" tags=["value"]
shares_memory = ...  # a list: True or False for A, B, C, D, E
### BEGIN SOLUTION
shares_memory = [True, False, True, True, False]
### END SOLUTION

# %% [markdown] lang="ko"
# 예상이 맞았다면 눈으로 확인해 봅시다. 다섯 결과를 차례로 $-1$로 채우고, 그때마다 `a`에 무슨 일이 일어나는지 봅니다. 덧붙이면, 리스트와 마스크로 고를 때 PyTorch는 번호를 따져 보지 않습니다. 우연히 걸음으로 적을 수 있는 번호라도 **언제나** 베낍니다.

# %% [markdown] lang="en"
# If your guess was right, see it with your own eyes: fill each of the five results with $-1$ in turn, and watch what happens to `a`. By the way, PyTorch does not look closely at the numbers in a list, nor at a mask: even if steps could describe them by chance, it **always** copies.

# %% tags=["demo"]
if shares_memory is ...:  # first guess, then look
    raise NotAttempted("shares_memory")
figure, grid = plots.axes(5, width=1.75, height=2.0)
for ax, letter, code, guess in zip(
    grid, "ABCDE", ("a[1]", "a[[1, 0, 1]]", "a.t()", "a.reshape(6)", "a.t().reshape(6)"), shares_memory
):
    a = torch.arange(6).view(2, 3)  # (2, 3), new each time
    eval(code).fill_(-1)  # runs the text as Python; fill_ works in place
    cells(ax, a.tolist(), colour=plots.ORANGE if (a == -1).any() else plots.BLUE)
    ax.set_title(f"{letter}: {code}\nyour guess: {guess}", fontsize="small")
figure.suptitle("a after filling each result with -1; orange: a has changed", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# ### NumPy와 나누어 쓰기
#
# NumPy는 파이썬에서 가장 널리 쓰는 숫자 계산 라이브러리이고, 텐서와 닮은 배열(array)을 다룹니다. `numpy()`와 `torch.from_numpy()`는 베끼지 않습니다. **양쪽으로** 메모리를 나누어 씁니다. `torch.tensor()`는 언제나 베낍니다. GPU에 있는 텐서는 먼저 `.cpu()`로 가져와야 합니다.

# %% [markdown] lang="en"
# ### Sharing with NumPy
#
# NumPy is Python's most widely used library for numbers; its arrays are much like tensors. `numpy()` and `torch.from_numpy()` copy nothing: memory is shared **both ways**. `torch.tensor()` always copies. A tensor on a GPU must be fetched with `.cpu()` first.

# %%
t = torch.ones(3)  # (3,)
n = t.numpy()  # (3,), an array
t.add_(1)  # in the tensor …
print("the array:", n)  # … and seen in the array

n = np.array([1.0, 2.0, 3.0])  # (3,)
shared, copied = torch.from_numpy(n), torch.tensor(n)  # (3,), (3,)
n[0] = 100  # in the array …
print("from_numpy:", shared)  # … and seen in the tensor
print("tensor:    ", copied)

# %% [markdown] lang="ko"
# NumPy의 실수는 float64이므로 `from_numpy`로 만든 텐서도 float64입니다. float32인 모델에 넣기 전에 `.float()`를 붙이는 까닭입니다.
#
# ### 그 자리에서 바꾸는 연산과 별명
#
# 방금 쓴 `add_`처럼 이름이 밑줄 `_`로 끝나는 메서드는 새 텐서를 만들지 않고 그 자리에서 원소를 바꿉니다. 이것을 제자리 연산(in-place operation)이라고 합니다. `t += 1`이나 `t[0] = 5`도 제자리 연산입니다. 밑줄이 없는 `add`는 새 텐서를 돌려줍니다.
#
# 노트는 `a.mul_(b)`와 `a = a.mul(b)`가 "동일하다"고 합니다. 정말 그럴까요? 변수는 상자가 아니라 상자에 붙인 **이름표**입니다. `alias = a`는 같은 텐서에 이름표를 하나 더 붙입니다(별명, alias). 별명이 있으면 둘의 차이가 드러납니다.

# %% [markdown] lang="en"
# Floats are float64 in NumPy, so what `from_numpy` makes is float64 too. This is why you see `.float()` before data goes into a float32 model.
#
# ### In-place operations and aliases
#
# Methods whose names end in an underscore `_`, such as the `add_` above, make no new tensor but change the elements where they are. These are **in-place operations**, and so are `t += 1` and `t[0] = 5`. `add` without the underscore returns a new tensor.
#
# The notes say that `a.mul_(b)` and `a = a.mul(b)` "are the same". Are they? A variable is not a box but a **label** on a box. `alias = a` puts a second label on the same tensor (an alias), and an alias tells the two apart.

# %%
a, b = torch.tensor([1.0, 10.0]), torch.tensor([2.0, 3.0])  # (2,), (2,)
alias = a
a = a.mul(b)
print("a = a.mul(b)  a:", a.tolist(), " alias:", alias.tolist())

a = torch.tensor([1.0, 10.0])  # (2,)
alias = a
a.mul_(b)
print("a.mul_(b)     a:", a.tolist(), " alias:", alias.tolist())

counts = torch.tensor([3, 4, 6])  # (3,), whole numbers
print("mul: ", counts.mul(0.5))
try:
    counts.mul_(0.5)
except RuntimeError as error:
    print("mul_:", error)

# %% [markdown] lang="ko"
# 결과가 담긴 `a`만 보면 같지만 `alias`가 다릅니다. `a.mul(b)`는 새 상자를 만들어 이름표 `a`를 옮겨 붙이고, `a.mul_(b)`는 상자 안을 바꿉니다. 또 `mul_`은 상자의 자료형을 바꿀 수 없어서 정수 텐서에 0.5를 곱하지 못합니다. 2장에서 만날, 기울기(gradient)를 구하는 텐서(`requires_grad=True`)도 `mul_`을 거부합니다.
#
# ### 함정과 여러분 차례: `mul-history`
#
# 값이 어떻게 변해 왔는지 리스트에 담아 두려고 합니다. 노트의 말을 믿고 쓴 코드입니다. 무엇이 나오는지 보세요.

# %% [markdown] lang="en"
# Look at `a` alone and they agree; `alias` differs. `a.mul(b)` makes a new box and moves the label `a` to it, `a.mul_(b)` changes what is in the box. Nor can `mul_` change the box's dtype, so it cannot multiply whole numbers by 0.5. The tensors that gradients are computed for (`requires_grad=True`), which you will meet in chapter 2, refuse `mul_` too.
#
# ### A trap and your turn: `mul-history`
#
# A list is to record how some values developed. This code believes what the notes say. See what it records.

# %%
def history_as_noted(a, b, steps):
    history = [a]
    for _ in range(steps):
        a.mul_(b)  # the notes: the same as a = a.mul(b)
        history.append(a)
    return history


money = torch.tensor([100.0, 200.0])  # (2,): two savings accounts
for year, amounts in enumerate(history_as_noted(money, torch.tensor([2.0, 1.5]), 3)):
    print(f"year {year}: {amounts.tolist()}")
print("money itself:", money.tolist())

# %% [markdown] lang="ko"
# 해마다 800과 675였고, 처음에 넣은 돈 `money`마저 바뀌었습니다. 리스트에는 같은 텐서가 네 번 들어 있을 뿐입니다. 고쳐 보세요. 위의 몸통을 답 셀에 베껴 와 고치면 됩니다. 아래 명세에서는 `a`가 정수이고 `b`가 실수일 수도 있습니다. 그리고 앞으로도, 이 강좌의 함수는 따로 말이 없으면 받은 텐서를 바꾸지 않습니다.

# %% [markdown] lang="en"
# Every year it was 800 and 675, and even the `money` paid in has changed. The list holds one tensor four times. Mend it: copy the body from above into the answer cell, and change it there. In the specification below, `a` may be whole numbers while `b` is not. And from here on, unless told otherwise, functions in this course leave the tensors they are given alone.

# %% exercise="mul-history"
def mul_history(a, b, steps):
    """a, a * b, a * b * b, … after 0, 1, 2, … steps products.

    a, b: tensors of the same shape; b may be float where a is int64. a stays as it is.
    steps: the number of products, an int, 0 or more.
    Returns a list of steps + 1 tensors. The first is a as it came, of the dtype of a; the others
    have the dtype of a * b.
    """
    ### BEGIN SOLUTION
    history = [a]
    for _ in range(steps):
        a = a.mul(b)
        history.append(a)
    return history
    ### END SOLUTION


# %% tags=["demo"]
money = torch.tensor([100.0, 200.0])  # (2,)
for year, amounts in enumerate(mul_history(money, torch.tensor([2.0, 1.5]), 3)):
    print(f"year {year}: {amounts.tolist()}")
print("money itself:", money.tolist())

# %% [markdown] lang="ko"
# ## 6. 모양이 다른 텐서의 계산: 브로드캐스팅
#
# 모양이 같은 두 텐서의 `+`, `*`, `<` 따위는 같은 자리의 원소끼리(element-wise) 계산합니다. 모양이 다르면 어떻게 될까요? 먼저 그림을 보세요. 진한 칸은 실제로 있는 원소이고, 점선 칸은 있는 *셈 치는* 원소입니다.

# %% [markdown] lang="en"
# ## 6. Tensors of different shapes: broadcasting
#
# For two tensors of one shape, `+`, `*`, `<` and the like work **element-wise**: on the elements in the same place. And if the shapes differ? Look at the picture first. Solid cells are elements that exist; dotted ones are only *thought of* as being there.

# %%
# Draws a picture: run it, no need to read it.
def draw_broadcast(ax, one, other, title):
    shape = torch.broadcast_shapes(one.shape, other.shape)
    left = 0
    for tensor, colour in ((one, plots.BLUE), (other, plots.ORANGE), (one + other, plots.GREEN)):
        rows, columns = ((1, 1) + tuple(tensor.shape))[-2:]
        full = tensor.expand(shape).tolist()
        thought = [(i, j) for i in range(shape[0]) for j in range(shape[1]) if i >= rows or j >= columns]
        cells(ax, full, left=left, colour=colour, size="small", ghosts=thought)
        ax.text(left + shape[1] / 2, -shape[0] - 0.6, tuple(tensor.shape), ha="center", va="center")
        left += shape[1]
        if tensor is one or tensor is other:
            ax.text(left + 0.5, -shape[0] / 2, "+" if tensor is one else "=", ha="center", va="center")
            left += 1
    ax.set_title(title)
    ax.set_ylim(-shape[0] - 1.1, 0.2)


a = torch.tensor([[1, 2, 3], [4, 5, 6]])  # (2, 3)
figure, grid = plots.axes(2, 2, width=4.2, height=1.6)
draw_broadcast(grid[0], a, torch.tensor([10, 20, 30]), "a row is used for every row")
draw_broadcast(grid[1], a, torch.tensor([[10], [20]]), "a column is used for every column")
draw_broadcast(grid[2], a, torch.tensor([[100]]), "one number is used everywhere")
draw_broadcast(grid[3], torch.tensor([[0], [10]]), torch.tensor([1, 2, 3]), "both of them stretch")
plt.show()

# %% [markdown] lang="ko"
# 작은 쪽이 큰 쪽에 맞추어 늘어난 것처럼 계산합니다. 이것이 브로드캐스팅(broadcasting)입니다. 실제로 베끼지는 않으므로 메모리는 들지 않습니다. 오른쪽 아래처럼 둘이 서로에게 맞추어 늘어나기도 합니다.
#
# 규칙은 모양만 보고 정합니다. 두 모양을 **오른쪽 끝을 맞추어** 위아래로 적어 봅시다.

# %% [markdown] lang="en"
# The smaller one is treated as if it had been stretched to fit the larger. This is **broadcasting**. Nothing is really copied, so it costs no memory. At the bottom right both stretch to fit each other.
#
# The rule needs nothing but the shapes. Write one under the other so that their **right ends meet**.

# %%
# Draws a picture: run it, no need to read it.
def draw_alignment(ax, one, other, result, title):
    left = 4 - len(result)  # all right ends at 4
    for row, (name, shape) in enumerate((("a", one), ("b", other), ("a + b", result))):
        ax.text(left - 0.3, -1.25 * row - 0.5, name, ha="right", va="center")
        missing = len(result) - len(shape)
        texts = ["(1)"] * missing + list(shape)
        colour = plots.GREEN if row == 2 else plots.BLUE
        cells(ax, [texts], left, 1.25 * row, colour, ghosts=[(0, j) for j in range(missing)])
        if "✗" in shape:
            ax.add_patch(Rectangle((3, -1.25 * row - 1), 1, 1, facecolor=plots.RED, alpha=0.6))
    ax.set_title(title)
    ax.set_xlim(-1.8, 4.3)
    ax.set_ylim(-3.7, 0.2)


figure, grid = plots.axes(3, width=2.8, height=2.1)
draw_alignment(grid[0], (8, 1, 6, 1), (7, 1, 5), (8, 7, 6, 5), "1 or missing: it stretches")
draw_alignment(grid[1], (2, 3), (3,), (2, 3), "(2, 3) and (3,) fit")
draw_alignment(grid[2], (2, 3), (2,), ("2", "✗"), "(2, 3) and (2,) do not")
plt.show()

# %% [markdown] lang="ko"
# 1. 모자라는 축은 **왼쪽에** 크기 1을 채웁니다(그림의 점선 칸).
# 2. 축마다 두 크기를 견줍니다. 같으면 그대로, 한쪽이 **1이면** 다른 쪽의 크기로 늘어납니다.
# 3. 둘이 다르고 어느 쪽도 1이 아닌 축이 하나라도 있으면 오류입니다. 오른쪽 그림에서는 3과 2가 만났습니다.
#
# ### 여러분 차례: `broadcast-shape`
#
# 이 규칙을 코드로 옮기세요. 모양은 튜플이니 텐서 없이 파이썬만으로 풀 수 있습니다.

# %% [markdown] lang="en"
# 1. Fill up missing axes with size 1 **on the left** (the dotted cells in the picture).
# 2. Compare the two sizes of each axis. Equal ones stay; a size of **1** stretches to the other.
# 3. If on any axis the two differ and neither is 1, it is an error. In the picture on the right, 3 has met 2.
#
# ### Your turn: `broadcast-shape`
#
# Turn this rule into code. Shapes are tuples, so plain Python is all you need.

# %% exercise="broadcast-shape"
def broadcast_shape(a, b):
    """The shape of x + y for x of shape a and y of shape b.

    a, b: tuples of ints, each at least 1; of any length, also ().
    Returns the broadcast shape as a tuple, or None if the shapes do not fit.
    """
    ### BEGIN SOLUTION
    rank = max(len(a), len(b))  # the number of axes of the result
    a = (1,) * (rank - len(a)) + tuple(a)
    b = (1,) * (rank - len(b)) + tuple(b)
    result = []
    for m, n in zip(a, b):
        if m != n and m != 1 and n != 1:
            return None
        result.append(max(m, n))
    return tuple(result)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 노트에는 다른 규칙이 적혀 있습니다. "1번 차원 방향으로는 확장할 수 있고, 0번 차원 방향으로는 확장할 수 없다." 여러분의 함수와 PyTorch에게 물어봅시다.

# %% [markdown] lang="en"
# The notes give another rule: "it can expand along dimension 1, but not along dimension 0." Let us ask your function, and PyTorch.

# %% tags=["demo"]
print("shapes            notes   yours     PyTorch")
for one, other, notes in (
    ((2, 3), (2, 1), "works"),
    ((2, 3), (2,), "fails"),
    ((2, 3), (1, 3), "fails"),
    ((2, 3), (3,), "fails"),
):
    try:
        real = tuple((torch.zeros(one) * torch.zeros(other)).shape)
    except RuntimeError:
        real = None
    print(f"{one} * {other!s:8} {notes}   {broadcast_shape(one, other)!s:8}  {real}")

# %% [markdown] lang="ko"
# 노트의 규칙은 네 번 가운데 두 번 틀립니다. (2, 3)과 (2,)가 안 되는 까닭도 0번 차원이라서가 아니라 맨 오른쪽에서 3과 2가 만나기 때문입니다.
#
# ### 함정과 여러분 차례: `revenue`
#
# 가게 S곳에서 상품 G가지를 몇 개씩 팔았는지 적은 표 (S, G)가 있습니다. 상품마다 정가 `prices` (G,)가 있고, 가게마다 정가의 몇 배를 받는지 `rates` (S,)가 있습니다. 0.9이면 10% 할인입니다. 칸마다 매출을 구하려고, 노트의 규칙을 믿는 사람이 이렇게 썼습니다. 0번 축으로는 늘어날 수 없다고 믿으니 두 벡터를 모두 세로로(모양 (…, 1)로) 세웠습니다.

# %% [markdown] lang="en"
# The notes' rule is wrong twice out of four times. And what keeps (2, 3) and (2,) apart is not dimension 0 but that 3 meets 2 at the right end.
#
# ### A trap and your turn: `revenue`
#
# A table (S, G) says how many of G goods were sold in each of S shops. Each good has its list price, `prices` (G,), and each shop charges its own share of it, `rates` (S,); 0.9 means 10% off. Somebody who trusts the notes' rule wrote this to get the revenue in every cell. As nothing can stretch along axis 0, so they thought, both vectors must stand upright (as columns, of shape (…, 1)).

# %%
def revenue_as_noted(quantities, prices, rates):
    return quantities * prices.unsqueeze(1) * rates.unsqueeze(1)


sold = torch.tensor([[1.0, 1.0], [1.0, 1.0]])  # (S, G) = (2, 2): one of each
print(revenue_as_noted(sold, torch.tensor([10.0, 500.0]), torch.tensor([1.0, 0.9])))
try:
    revenue_as_noted(torch.ones(2, 3), torch.tensor([10.0, 20.0, 500.0]), torch.tensor([1.0, 0.9]))
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown] lang="ko"
# 상품이 셋이면 오류가 나지만, **표가 정사각형이면 오류도 없이 틀립니다.** 0번 가게는 10원짜리와 500원짜리를 하나씩 팔았는데 매출이 10원과 10원입니다. 고치세요.

# %% [markdown] lang="en"
# With three goods there is an error, but **on a square table it is wrong without any.** Shop 0 sold one good for 10 and one for 500, and took 10 for each. Mend it.

# %% exercise="revenue"
def revenue(quantities, prices, rates):
    """What each shop took with each good: quantity * price of the good * rate of the shop.

    quantities: (S, G), prices: (G,), rates: (S,); float tensors of one dtype. They stay as they are.
    Returns a (S, G) tensor.
    """
    ### BEGIN SOLUTION
    return quantities * prices * rates.unsqueeze(1)  # (S, G) * (G,) * (S, 1)
    ### END SOLUTION


# %% tags=["demo"]
sold = torch.tensor([[1.0, 1.0], [1.0, 1.0]])  # (S, G)
print(revenue(sold, torch.tensor([10.0, 500.0]), torch.tensor([1.0, 0.9])))
print(revenue(torch.ones(2, 3), torch.tensor([10.0, 20.0, 500.0]), torch.tensor([1.0, 0.9])))

# %% [markdown] lang="ko"
# 크기만 맞으면 오류는 나지 않습니다. 그러니 두 텐서를 계산하기 전에 *어느 축이 어느 축과 만나는지*를 늘 말로 해 보세요.
#
# ## 7. 두 가지 곱: `*`와 `@`
#
# `a * b`는 `a.mul(b)`와 같고, 같은 자리의 원소끼리 곱합니다. `a @ b`는 `a.matmul(b)`와 같고, 행렬 곱(matrix product)입니다. 행렬(matrix)은 축이 둘인 텐서입니다. 그림에서 결과의 초록 칸 하나는 왼쪽의 *한 줄*과 위쪽의 *한 열*이 만나는 자리이고, 둘을 짝지어 곱하고 더한 값입니다.

# %% [markdown] lang="en"
# As long as the sizes fit there is no error. So before you combine two tensors, always say in words *which axis meets which*.
#
# ## 7. Two kinds of product: `*` and `@`
#
# `a * b` is the same as `a.mul(b)`: the elements in the same place are multiplied. `a @ b` is the same as `a.matmul(b)`: the **matrix product**. (A matrix is a tensor with two axes.) In the picture, a green cell of the result stands where one *row* from the left meets one *column* from above: pair them up, multiply, and add.

# %%
# Draws a picture: run it, no need to read it.
a = torch.tensor([[1, 2, 3], [4, 5, 6]])  # (n, k)
b = torch.tensor([[1, 0, 2, 1], [0, 1, 1, 2], [3, 0, 1, 1]])  # (k, m)
i, j = 1, 2  # the cell of the result to look at
figure, (ax,) = plots.axes(1, width=5.0, height=3.6)
cells(ax, a.tolist(), left=0, top=3.4, ghosts=[(r, t) for r in range(2) for t in range(3) if r != i])
cells(ax, b.tolist(), left=3.4, colour=plots.ORANGE, ghosts=[(t, c) for t in range(3) for c in range(4) if c != j])
cells(ax, (a @ b).tolist(), left=3.4, top=3.4, colour=plots.GREEN,
      ghosts=[(r, c) for r in range(2) for c in range(4) if (r, c) != (i, j)])  # fmt: skip
for x, y, text in ((1.5, -5.8, "a: (2, 3)"), (5.4, 0.4, "b: (3, 4)"), (5.4, -5.8, "a @ b: (2, 4)")):
    ax.text(x, y, text, ha="center", va="center")
terms = " + ".join(f"{left}·{right}" for left, right in zip(a[i].tolist(), b[:, j].tolist()))
ax.set_title(f"Row {i} of a meets column {j} of b: {terms} = {(a @ b)[i, j]}")
ax.set_ylim(-6.2, 0.8)
plt.show()

# %% [markdown] lang="ko"
# 식으로 쓰면, $a$가 (n, k)이고 $b$가 (k, m)일 때 결과는 (n, m)이고 원소는 다음과 같습니다. $\sum$는 뒤의 것을 $t = 0$부터 $k - 1$까지 모두 더하라는 뜻입니다.
#
# $$c_{ij} = \sum_{t=0}^{k-1} a_{it}\,b_{tj}$$
#
# 두 행렬이 함께 가진 $k$의 축은 더해져 **사라집니다.** 크기가 다르면 오류입니다. `@`는 앞에 배치의 축이 있어도 됩니다. (B, n, k)와 (B, k, m)은 행렬 B쌍이고, 쌍마다 곱해 (B, n, m)이 나옵니다. 신경망의 층이 하는 일이 거의 모두 이 계산입니다.
#
# ### 여러분 차례: `matmul-by-hand`
#
# `@`나 `matmul` 같은 함수 없이, 곱셈과 덧셈만으로 배치의 행렬 곱을 만드세요. 반복문으로 써도 되고, 브로드캐스팅으로 반복문 없이 쓸 수도 있습니다.

# %% [markdown] lang="en"
# As a formula: for $a$ of shape (n, k) and $b$ of shape (k, m), the result has the shape (n, m) and the elements below. $\sum$ means: add up what follows, from $t = 0$ to $k - 1$.
#
# $$c_{ij} = \sum_{t=0}^{k-1} a_{it}\,b_{tj}$$
#
# The axis of $k$, which both matrices have, is added up and **vanishes**. If its sizes differ, it is an error. `@` also allows an axis for the batch in front: (B, n, k) and (B, k, m) are B pairs of matrices, each pair is multiplied, and (B, n, m) comes out. Nearly everything that the layers of a neural network do is this.
#
# ### Your turn: `matmul-by-hand`
#
# Write the matrix product of a batch with nothing but multiplication and addition, without `@`, `matmul` or the like. Loops are fine; broadcasting can do it without any.

# %% exercise="matmul-by-hand"
def matmul_by_hand(x, y):
    """The matrix product of each pair of a batch, without @, matmul, bmm or einsum.

    x: (B, n, k), y: (B, k, m), of one dtype, float or int64.
    Returns a (B, n, m) tensor of that dtype.
    """
    ### BEGIN SOLUTION
    every_product = x.unsqueeze(3) * y.unsqueeze(1)  # (B, n, k, 1) * (B, 1, k, m) = (B, n, k, m)
    return every_product.sum(2)  # (B, n, m)
    ### END SOLUTION


# %% tags=["demo"]
torch.manual_seed(0)
x, y = torch.randn(5, 2, 3), torch.randn(5, 3, 4)  # (B, n, k), (B, k, m)
print("yours:", tuple(matmul_by_hand(x, y).shape), "PyTorch's:", tuple((x @ y).shape))
print("the same numbers:", torch.allclose(matmul_by_hand(x, y), x @ y, atol=1e-6))

# %% [markdown] lang="ko"
# ## 8. 이어 붙이고, 흩뿌리기
#
# `torch.cat`은 텐서들을 **이미 있는 축**을 따라 이어 붙입니다. `torch.stack`은 **새 축**을 만들어 쌓습니다. 사진 두 장을 옆으로 붙이는 것과, 두 장을 겹쳐 묶음을 만드는 것의 차이입니다.

# %% [markdown] lang="en"
# ## 8. Joining and scattering
#
# `torch.cat` joins tensors along **an axis they already have**. `torch.stack` piles them up along **a new one**. It is the difference between taping two photos together and putting them in a pile.

# %%
one, two = torch.zeros(2, 3), torch.ones(2, 3)  # (2, 3), (2, 3)
for name, made in (
    ("cat, axis 0  ", torch.cat([one, two], 0)),  # (4, 3)
    ("cat, axis 1  ", torch.cat([one, two], 1)),  # (2, 6)
    ("stack, axis 0", torch.stack([one, two], 0)),  # (2, 2, 3)
    ("stack, axis 2", torch.stack([one, two], 2)),  # (2, 3, 2)
):
    print(name, tuple(made.shape))

# %% [markdown] lang="ko"
# ### 원-핫 벡터
#
# 클래스 번호 2는 "둘"이라는 양이 아니라 이름표입니다. 클래스 2가 클래스 1의 두 배인 것은 아니니까요. 그래서 번호를 원-핫(one-hot) 벡터로 바꾸어 씁니다. 클래스마다 칸이 하나씩 있고, 제 칸만 1이고 나머지는 0입니다.
#
# 번호 N개를 표 (N, C)로 바꾸려면 0으로 가득한 표의 줄마다 한 칸에 1을 적으면 됩니다. 그 일을 하는 것이 `scatter_`(흩뿌리기)입니다. `out.scatter_(1, index, 1)`은 "1번 축(열)에서 `index`가 가리키는 칸에 1을 적어라"는 뜻입니다. 이름이 밑줄로 끝나니 `out`을 그 자리에서 바꿉니다. `index`는 int64이고 **축의 수가 `out`과 같아야** 하며, `index`의 줄 i에 적힌 번호는 `out`의 줄 i에서 쓰입니다.

# %% [markdown] lang="en"
# ### One-hot vectors
#
# Class number 2 is not an amount but a name: class 2 is not twice class 1. So numbers of classes are turned into **one-hot** vectors: one cell for each class, 1 in its own cell and 0 in all others.
#
# To turn N numbers into a table (N, C), start from zeros and write a 1 into one cell of each row. That is what `scatter_` does. `out.scatter_(1, index, 1)` says: along axis 1 (the columns), write a 1 into the cells that `index` names. Its name ends in an underscore, so it changes `out` in place. `index` is int64 and must have **as many axes as `out`**; the numbers in row i of `index` are used in row i of `out`.

# %%
out = torch.zeros(3, 4)  # (3, 4)
index = torch.tensor([[2, 0], [1, 1], [3, 0]])  # (3, 2): two numbers for each row
out.scatter_(1, index, 1)

# Draws a picture: no need to read the rest.
figure, (ax,) = plots.axes(1, width=5.6, height=2.2)
cells(ax, index.tolist(), colour=plots.ORANGE)
cells(ax, out.int().tolist(), left=4, ghosts=[(i, j) for i in range(3) for j in range(4) if out[i, j] == 0])
for i in range(3):
    ax.annotate("", (3.8, -i - 0.5), (2.2, -i - 0.5), arrowprops={"arrowstyle": "->"})
for j in range(4):
    ax.text(4.5 + j, 0.2, j, ha="center", color=plots.GREY)
ax.text(8.2, 0.2, "column", color=plots.GREY)
ax.text(1, 0.2, "index", ha="center")
ax.text(8.2, -1.5, "out", va="center")
ax.set_xlim(-0.2, 10)
ax.set_ylim(-3.2, 0.8)
ax.set_title("Each row of index says which columns of that row get a 1")
plt.show()

# %% [markdown] lang="ko"
# 1번 줄은 같은 칸을 두 번 가리켜서 1이 하나뿐입니다. 더하는 것이 아니라 적는 것이기 때문입니다.
#
# ### 여러분 차례: `one-hot`
#
# 줄마다 번호가 하나씩인 원-핫 표를 만드세요. `labels`의 모양은 (N,)인데 `index`에는 축이 둘이어야 합니다. 무엇이 필요할까요?

# %% [markdown] lang="en"
# Row 1 names the same cell twice and gets a single 1: scattering writes, it does not add.
#
# ### Your turn: `one-hot`
#
# Make the one-hot table, with one number for each row. `labels` has the shape (N,), and an `index` needs two axes. What is missing?

# %% exercise="one-hot"
def one_hot(labels, C):
    """One row for each label: 1 in the label's column, 0 in all others.

    labels: (N,) int64, each from 0 to C - 1. C: the number of classes, an int.
    Returns a (N, C) float32 tensor.
    """
    ### BEGIN SOLUTION
    out = torch.zeros(len(labels), C)  # (N, C)
    return out.scatter_(1, labels.unsqueeze(1), 1)  # index: (N, 1)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 원-핫 벡터와 행렬 곱이 만나면 재미있는 일이 생깁니다. 칸 하나만 1인 줄을 표에 곱하면, 표에서 **그 번호의 줄이 그대로 골라집니다**(나머지 줄에는 0이 곱해집니다). 아래 그림은 글자로 그린 하트입니다. 글자마다 번호를 매기고, *여러분의* `one_hot`으로 (H·W, 4)를 만들고, 네 가지 색을 적은 팔레트 (4, 3)과 *여러분의* `matmul_by_hand`로 곱합니다. 팔레트를 셋 쌓아 배치로 만들면 한 번의 곱셈으로 그림 세 장이 나옵니다. 18장에서 단어를 벡터로 바꿀 때도 똑같은 계산을 합니다.

# %% [markdown] lang="en"
# When one-hot vectors meet a matrix product, something nice happens. A row with a single 1, times a table, **picks that row of the table** (all other rows are multiplied by 0). Below is a heart drawn with letters. Each letter becomes a number, *your* `one_hot` makes it (H·W, 4), and *your* `matmul_by_hand` multiplies that by a palette of four colours, (4, 3). Stack three palettes into a batch, and one product gives three pictures. Turning words into vectors, in chapter 18, is the very same calculation.

# %% tags=["demo"]
heart = """
...........
..###.###..
.#ooo#ooo#.
.#owooooo#.
.#ooooooo#.
..#ooooo#..
...#ooo#...
....#o#....
.....#.....
...........
""".split()
labels = torch.tensor([[".#ow".index(letter) for letter in row] for row in heart])  # (H, W)
flat = one_hot(labels.view(-1), 4)  # (H * W, 4)
palettes = torch.tensor(  # (B, 4, 3): red, green, blue from 0 to 1, for each of ". # o w"
    [
        [[1.0, 1.0, 1.0], [0.3, 0.0, 0.1], [0.9, 0.2, 0.3], [1.0, 0.8, 0.8]],
        [[0.1, 0.1, 0.3], [0.9, 0.8, 0.3], [0.2, 0.4, 0.8], [0.9, 0.9, 1.0]],
        [[0.9, 1.0, 0.9], [0.1, 0.4, 0.2], [0.4, 0.8, 0.4], [1.0, 1.0, 1.0]],
    ]
)
pictures = matmul_by_hand(torch.stack([flat] * 3), palettes)  # (B, H * W, 3)
figure, grid = plots.axes(3, width=2.1, height=2.2)
for number, (ax, picture) in enumerate(zip(grid, pictures)):
    ax.imshow(picture.view(*labels.shape, 3))  # (H, W, 3)
    ax.set_title(f"one-hot @ palette {number}")
    ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# ## 9. 패딩을 뺀 평균
#
# 마지막으로 지금까지 배운 것을 한데 씁니다. 문장은 길이가 제각각인데 텐서는 네모납니다. 그래서 짧은 문장의 뒤를 의미 없는 값으로 채웁니다. 이것을 패딩(padding)이라고 합니다. B개의 문장, T개의 시점(time step, 여기서는 단어의 자리), 단어마다 길이 D인 벡터가 있으면 모양은 (B, T, D)입니다.

# %% [markdown] lang="en"
# ## 9. A mean without the padding
#
# Finally, everything together. Sentences have different lengths, and a tensor is a rectangle. So short sentences are filled up at the end with values that mean nothing: **padding**. With B sentences, T time steps (here: places for words) and a vector of length D for each word, the shape is (B, T, D).

# %%
sentences = ["good soup", "good soup good soup good soup", "the soup was bad", "slow waiter"]
words = [sentence.split() for sentence in sentences]
lengths = torch.tensor([len(each) for each in words])  # (B,)
T = int(lengths.max())
figure, (ax,) = plots.axes(1, width=6.4, height=2.6)
padded = [each + ["–"] * (T - len(each)) for each in words]
padding = [(b, t) for b, each in enumerate(words) for t in range(len(each), T)]
cells(ax, padded, size="small", ghosts=padding)
for b, n in enumerate(lengths.tolist()):
    ax.text(-0.2, -b - 0.5, f"length {n}", ha="right", va="center", fontsize="small")
ax.set_xlim(-1.6, T + 0.1)
ax.set_title("Solid cells are words, dotted cells are padding")
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `valid-mask`
#
# 어느 칸이 진짜이고 어느 칸이 패딩인지는 **길이**만 알면 됩니다. 길이가 n인 줄에서는 0번부터 n − 1번 칸까지가 진짜입니다. 그림의 진한 칸이 True인 마스크 (B, T)를 만드세요. 시점 번호 (T,)와 길이 (B,)를 견주면 됩니다. 어느 쪽을 세로로 세워야 할까요?

# %% [markdown] lang="en"
# ### Your turn: `valid-mask`
#
# The **lengths** alone tell which cells are real and which are padding: in a row of length n, cells 0 to n − 1 are real. Make the mask (B, T) that is True where the picture is solid. Compare the step numbers (T,) with the lengths (B,). Which of the two must stand upright?

# %% exercise="valid-mask"
def valid_mask(lengths, T):
    """Which steps of a padded batch are real.

    lengths: (B,) int64, each from 0 to T. T: the number of steps, an int.
    Returns a (B, T) bool tensor: True at [b, t] if step t belongs to sentence b, False for padding.
    """
    ### BEGIN SOLUTION
    steps = torch.arange(T)  # (T,)
    return steps < lengths.unsqueeze(1)  # (T,) < (B, 1) = (B, T)
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 여러분 차례: `masked-mean`
#
# 문장을 벡터 하나로 줄이는 가장 간단한 방법은 단어 벡터의 평균입니다. 길이가 $n_b$인 문장 $b$의 평균은 다음과 같습니다.
#
# $$\bar{x}_b = \frac{1}{n_b}\sum_{t < n_b} x_{bt}$$
#
# **함정이 둘 있습니다.** 패딩이 합에 들어가면 안 되고, 합에서 뺐더라도 T로 나누면 안 됩니다. 패딩에 무엇이 들어 있는지는 믿지 마세요. 0이 아닐 수도 있고, 진짜 단어의 벡터가 0일 수도 있습니다.

# %% [markdown] lang="en"
# ### Your turn: `masked-mean`
#
# The simplest way to make one vector of a sentence is the mean of its word vectors. For sentence $b$ of length $n_b$ it is
#
# $$\bar{x}_b = \frac{1}{n_b}\sum_{t < n_b} x_{bt}$$
#
# **There are two traps.** Padding must not get into the sum; and once it is out of the sum, you must not divide by T. Do not trust what stands in the padding: it need not be 0, and the vector of a real word may be.

# %% exercise="masked-mean"
def masked_mean(x, lengths):
    """The mean over the real steps of each sentence.

    x: (B, T, D) float tensor; what stands in the padding means nothing. It stays as it is.
    lengths: (B,) int64, each from 1 to T. Returns a (B, D) tensor of the dtype of x.
    """
    ### BEGIN SOLUTION
    mask = valid_mask(lengths, x.shape[1]).unsqueeze(2)  # (B, T, 1)
    total = torch.where(mask, x, 0.0).sum(1)  # (B, D)
    return total / lengths.unsqueeze(1)  # (B, D) / (B, 1)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 단어마다 수 두 개를 손으로 정해 줍시다. 첫째는 얼마나 좋은 말인지, 둘째는 음식 이야기인지($+1$) 사람 이야기인지($-1$)입니다. 패딩은 0입니다. 문장을 벡터 하나로 줄여 평면에 찍어 봅니다. 주황색은 패딩까지 넣은 평균, 파란색은 *여러분의* 평균입니다. "good soup"를 세 번 되풀이해도 뜻은 같으니 같은 점에 있어야 합니다.

# %% [markdown] lang="en"
# Let us give each word two numbers by hand: how pleasant it is, and whether it is about food ($+1$) or about people ($-1$). Padding is 0. Each sentence becomes one vector, a point in the plane. Orange is the mean with the padding in it, blue is *yours*. "good soup" said three times means the same, so it should be at the same point.

# %% tags=["demo"]
meaning = {"good": (1, 0), "bad": (-1, 0), "slow": (-1, 0), "soup": (0, 1), "waiter": (0, -1)}
sentences = ["good soup", "good soup good soup good soup", "the soup was bad", "slow waiter"]
lengths = torch.tensor([len(sentence.split()) for sentence in sentences])  # (B,)
x = torch.zeros(len(sentences), int(lengths.max()), 2)  # (B, T, D)
for b, sentence in enumerate(sentences):
    for t, word in enumerate(sentence.split()):
        x[b, t] = torch.tensor(meaning.get(word, (0, 0)))  # (D,)
wrong, right = x.mean(1), masked_mean(x, lengths)  # (B, D), (B, D)

figure, (ax,) = plots.axes(1, width=5.6, height=3.8)
for sentence, before, after in zip(sentences, wrong.tolist(), right.tolist()):
    arrow = {"arrowstyle": "->", "color": plots.GREY, "shrinkB": 4}
    ax.annotate("", after, before, arrowprops=arrow)
    numbers = [f"{number:+.2f}" for number in before + after]
    print(f"{sentence}: padding counted {' '.join(numbers[:2])}, yours {' '.join(numbers[2:])}")
ax.plot(*wrong.t(), "o", color=plots.ORANGE, markersize=11, label="padding counted")
ax.plot(*right.t(), "o", color=plots.BLUE, label="your masked mean")
for text, place, at in (("good soup\n(once or three times)", (0.5, 0.5), (-8, 10)),
                        ("the soup was bad", (-0.25, 0.25), (-60, 10)),
                        ("slow waiter", (-0.5, -0.5), (-24, -18))):  # fmt: skip
    ax.annotate(text, place, at, textcoords="offset points", fontsize="small")
plots.label(ax, "Padding drags short sentences to the middle", "unpleasant ... pleasant", "people ... food")
ax.set_xlim(-0.8, 0.9)
ax.set_ylim(-0.8, 0.9)
ax.legend(loc="lower right", fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 패딩을 넣은 평균에서는 "good soup"가 한 번일 때와 세 번일 때 다른 곳에 찍혔습니다. 뜻이 아니라 옆 문장의 길이가 벡터를 정한 셈입니다. 여러분의 평균에서는 두 점이 겹칩니다.
#
# ## 정리
#
# - 텐서는 띠 하나에 놓인 원소와, 그 띠를 어떻게 읽을지 적은 쪽지(모양과 걸음)입니다. 자료형과 장치는 원소 모두에 하나입니다.
# - `empty`는 0이 아니라 쓰지 않은 메모리입니다.
# - `view`는 결코 베끼지 않고, `reshape`는 필요하면 베낍니다. 둘 다 순서를 바꾸지 않습니다. 순서를 바꾸는 것은 `t()`와 `permute`입니다.
# - 쪽지만으로 되는 것은 뷰이고, 뷰와 NumPy 배열은 메모리를 나누어 씁니다. 이름이 `_`로 끝나는 연산은 그 자리에서 바꿉니다.
# - 브로드캐스팅은 모양을 **오른쪽부터** 맞춥니다. 크기가 1이거나 없는 축이 늘어납니다. 몇 번 축인지는 상관없습니다.
# - `*`는 같은 자리끼리, `@`는 줄과 열을 짝지어 곱하고 더합니다.
# - 패딩은 값이 아니라 길이로 가려내고, 평균은 진짜 칸의 수로 나눕니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. torch.tensor(3)과 torch.Tensor(3)은 어떻게 다른가요?</summary>
#
# `torch.tensor(3)`은 수 3 하나를 담은 텐서입니다. 대문자로 시작하는 `torch.Tensor(3)`은 모양이 (3,)인 텐서를 **초기화하지 않고** 만듭니다. `empty`와 같은 함정입니다. 값을 담으려면 언제나 소문자 `tensor`를 쓰세요.
# </details>
#
# <details><summary>2. 예측의 모양이 (n, 1)이고 정답의 모양이 (n,)이면, 둘의 차를 제곱해 평균 낸 값은 왜 믿을 수 없나요?</summary>
#
# (n, 1)과 (n,)의 차는 브로드캐스팅으로 (n, n)이 됩니다. 모든 예측을 *모든* 정답과 견준 표입니다. 평균을 내면 수 하나가 되니 오류도 나지 않고, 학습은 엉뚱한 곳으로 갑니다. 2장에서 손실을 만들 때 모양을 먼저 확인하는 까닭입니다.
# </details>
#
# <details><summary>3. 패딩에 NaN이 들어 있으면 마스크를 곱하는 방법은 어떻게 되나요?</summary>
#
# NaN에는 0을 곱해도 NaN이므로 합이 NaN이 됩니다. 곱하지 말고 `torch.where(mask, x, 0.0)`이나 `x.masked_fill(~mask, 0.0)`로 *바꾸어 넣으면* 됩니다(`~`는 True와 False를 뒤집습니다).
# </details>
#
# <details><summary>4. 브로드캐스팅으로 만든 행렬 곱은 반복문보다 빠른데, 왜 PyTorch는 그렇게 계산하지 않나요?</summary>
#
# 중간에 (B, n, k, m)을 통째로 만들기 때문입니다. B가 1이어도 n, k, m이 모두 1000이면 원소가 10억 개, float32로 약 4GB입니다. `@`는 곱하면서 곧바로 더해, 결과 (B, n, m)에 드는 메모리 말고는 거의 쓰지 않습니다.
# </details>
#
# <details><summary>5. 제자리 연산에서도 브로드캐스팅이 되나요?</summary>
#
# 오른쪽에 오는 텐서는 늘어날 수 있지만, 바뀌는 텐서 자신은 늘어날 수 없습니다. 이미 있는 상자에 적는 일이기 때문입니다. `torch.ones(3).mul_(torch.ones(1))`은 되고 `torch.ones(1).mul_(torch.ones(3))`은 오류입니다. `mul_`과 `mul`이 다른 또 하나의 까닭입니다.
# </details>

# %% [markdown] lang="en"
# With the padding counted, "good soup" once and "good soup" three times are at different points: the length of some other sentence decided where. With your mean the two points coincide.
#
# ## Summary
#
# - A tensor is a strip of elements and a note on how to read it (shape and strides). All elements have one dtype and one device.
# - `empty` is not zero but memory that nobody has written.
# - `view` never copies, `reshape` copies where it must. Neither changes the order; `t()` and `permute` do.
# - What needs only a new note is a view. Views, and NumPy arrays, share memory. Operations whose names end in `_` work in place.
# - Broadcasting lines shapes up on the **right**. Axes of size 1, or missing ones, stretch; the number of the axis does not matter.
# - `*` multiplies elements in the same place; `@` pairs rows with columns, multiplies and adds.
# - Tell padding by the lengths, not by its value, and divide a mean by the number of real steps.
#
# ## Further questions
#
# <details><summary>1. What is the difference between torch.tensor(3) and torch.Tensor(3)?</summary>
#
# `torch.tensor(3)` holds the single number 3. `torch.Tensor(3)`, with a capital letter, makes a tensor of shape (3,) **without initialising it**: the same trap as `empty`. To store values, always use the small `tensor`.
# </details>
#
# <details><summary>2. Predictions have the shape (n, 1) and targets the shape (n,). Why can't you trust the mean of their squared differences?</summary>
#
# Broadcasting makes the difference of (n, 1) and (n,) a table (n, n), which compares every prediction with *every* target. Its mean is a single number, so there is no error, and training goes somewhere else. This is why chapter 2 looks at shapes before it computes a loss.
# </details>
#
# <details><summary>3. What happens to multiplying by a mask if there is a NaN in the padding?</summary>
#
# NaN times 0 is NaN, so the sum is NaN. Do not multiply but *replace*: `torch.where(mask, x, 0.0)` or `x.masked_fill(~mask, 0.0)` (`~` swaps True and False).
# </details>
#
# <details><summary>4. The matrix product by broadcasting is faster than loops. Why does PyTorch not compute it that way?</summary>
#
# Because it builds the whole of (B, n, k, m) on the way. With n, k and m of 1000 that is a billion elements even for a B of 1, about 4 GB in float32. `@` adds while it multiplies, and needs little memory beyond the result, (B, n, m).
# </details>
#
# <details><summary>5. Do in-place operations broadcast as well?</summary>
#
# The tensor on the right may stretch, but the one that is changed cannot: it is a box that exists already. `torch.ones(3).mul_(torch.ones(1))` works, and `torch.ones(1).mul_(torch.ones(3))` is an error. It is one more way in which `mul_` and `mul` differ.
# </details>
