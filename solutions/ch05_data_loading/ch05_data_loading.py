# ---
# jupyter:
#   course:
#     ko: 데이터셋과 미니배치
#     en: Datasets and minibatches
#     minutes: 75
# ---

# %% [markdown] lang="ko"
# # 5장. 데이터셋과 미니배치
#
# **누구를 위한 장인가요?** 지금까지 데이터를 통째로 모델에 넣어 온 사람. 또는 `DataLoader`를 베껴 쓰기는 했지만, 그것이 에폭마다 무엇을 하는지는 들여다본 적이 없는 사람.
#
# **걸리는 시간** 약 75분 · **먼저 알아야 할 것** 텐서의 모양과 인덱싱(1장), 학습 반복문과 에폭(2장), 손으로 구한 기울기(3장), 입력이 여럿인 회귀와 표준화(4장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 데이터를 왜 조금씩 나누어 넣는지 메모리, 시간, 잡음을 재어 말할 수 있습니다.
# - 데이터셋과 로더를 직접 만들고, PyTorch의 것과 같은 배치를 얻을 수 있습니다.
# - 배치마다 크기가 달라도 한 에폭의 손실을 올바르게 평균 낼 수 있습니다.
# - 둘째 에폭부터 아무것도 배우지 않는 코드를 알아보고 고칠 수 있습니다.
# - 검증 집합을 새지 않게 떼어 내고, 같은 실행을 똑같이 되풀이할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 5. Datasets and minibatches
#
# **Who is this for?** Until now you have put all of your data into the model at once. Or you have copied a `DataLoader` into your code, and never looked at what it does in every epoch.
#
# **Time** about 75 minutes · **You need** tensor shapes and indexing (chapter 1), the training loop and epochs (chapter 2), gradients by hand (chapter 3), regression on several inputs and standardisation (chapter 4)
#
# **Afterwards you can**
#
# - say why data go in by small portions, having measured memory, time and noise,
# - write a dataset and a loader yourself, and get the very batches PyTorch gives,
# - average the loss of an epoch rightly, whatever the sizes of its batches,
# - recognise a training that learns nothing from its second epoch on, and mend it,
# - set a validation set apart without a leak, and repeat a run exactly.

# %%
import math
import sys
import time

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle
from torch.nn import functional as F
from torch.utils.data import (
    DataLoader,
    Dataset,
    TensorDataset,
    default_collate,
    get_worker_info,
    random_split,
)

from helpers import plots
from helpers.check import NotAttempted, check, hint, open_chapter

plots.use_course_style()

# %% lang="ko"
open_chapter("ch05_data_loading", "ko")

# %% lang="en"
open_chapter("ch05_data_loading", "en")

# %% [markdown] lang="ko"
# ## 1. 왜 한꺼번에 넣지 않나요?
#
# 지금까지는 표본을 모두 텐서 하나에 담아, 한 걸음 걸을 때마다 전부 모델에 넣었습니다. 학생이 다섯 명이면 그래도 됩니다. 손글씨 숫자를 모은 MNIST나 사진을 모은 ImageNet이라면 그 텐서는 얼마나 클까요? `float32` 수 하나는 4바이트입니다.

# %% [markdown] lang="en"
# ## 1. Why not all at once?
#
# So far all samples lay in one tensor, and every step put all of them into the model. With five students that is fine. How large would that tensor be for MNIST, a collection of handwritten digits, or for ImageNet, a collection of photographs? One `float32` number takes 4 bytes.

# %%
for name, n, shape in (
    ("MNIST", 60_000, (28, 28)),
    ("ImageNet", 1_281_167, (3, 224, 224)),
):
    gigabytes = n * math.prod(shape) * 4 / 1e9
    print(f"{name:8s} {n:>9,} samples of {shape}: {gigabytes:.3g} GB")

# %% [markdown] lang="ko"
# ImageNet은 771 GB입니다. 보통 컴퓨터의 **메모리**에는 들어가지 않습니다. 들어간다 해도 **시간**이 문제입니다. 한 걸음 걷자고 사진 백만 장을 모두 보아야 하니까요.
#
# 나라 사람들의 평균 키를 알고 싶다고 모두의 키를 재지는 않습니다. 무작위로 백 명만 뽑아 재도 꽤 가깝습니다. 기울기도 평균입니다(3장). 그러니 같은 꾀가 통합니다. 표본 $i$ 하나의 손실에서 나온 기울기를 $g_i$라고 하면, 왼쪽이 진짜 기울기이고 오른쪽이 무작위로 뽑은 표본 $B$개로 어림한 기울기입니다.
#
# $$g = \frac{1}{n}\sum_{i=1}^{n} g_i \qquad\qquad \hat{g} = \frac{1}{B}\sum_{i \,\in\, \text{batch}} g_i$$
#
# 이렇게 조금 뽑은 묶음이 2장에서 이름만 들은 **미니배치(minibatch)** 이고, $B$는 **배치 크기(batch size)** 입니다. 얼마나 잘 맞는지 재어 봅시다. 4장의 학생은 다섯 명뿐이라 뽑고 말고 할 것이 없으므로, 학생 400명의 학교를 지어냅니다. 시험 점수 두 개로 최종 점수를 맞히는데, 모두 표준화해서(4장) 평균이 0이니 편향이 필요 없습니다. 손잡이가 가중치 두 개뿐이라 지도로 그릴 수 있습니다.
#
# 코드의 `torch.Generator`는 난수 생성기(random number generator)입니다. 컴퓨터의 무작위 수는 사실 정해진 규칙으로 뽑는 수라서, 출발점이 되는 수인 시드(seed)가 같으면(`manual_seed`) 언제나 같은 수가 같은 차례로 나옵니다. 그래서 여러분의 그림도 아래 글이 말하는 그대로입니다.

# %% [markdown] lang="en"
# ImageNet is 771 GB, more than the **memory** of an ordinary computer. And if it did fit, there would be the **time**: a million photographs to look at before you take a single step.
#
# To know the average height of a nation you do not measure everybody. A hundred people drawn at random come quite close. A gradient is an average, too (chapter 3), so the same trick works. Call the gradient of the loss of sample $i$ alone $g_i$. On the left is the true gradient, on the right an estimate from $B$ samples drawn at random.
#
# $$g = \frac{1}{n}\sum_{i=1}^{n} g_i \qquad\qquad \hat{g} = \frac{1}{B}\sum_{i \,\in\, \text{batch}} g_i$$
#
# Such a small handful is the **minibatch** that chapter 2 only mentioned, and $B$ is the **batch size**. Let us measure how good the estimate is. Five students, as in chapter 4, leave nothing to draw from, so we make up a school of 400. Two exams predict the final score, and everything is standardised (chapter 4): the means are 0, so no bias is needed, and there are just two weights to turn. That we can draw as a map.
#
# The `torch.Generator` in the code is a random number generator. A computer's random numbers are really drawn by a fixed rule: given the same number to start from, the seed (`manual_seed`), the same numbers come in the same order. That is why your picture is the one this text speaks of.

# %%
def make_students(n, seed):
    """A made-up school: two exams of every student (n, 2), and the final score (n, 1)."""
    generator = torch.Generator().manual_seed(seed)
    talent = torch.randn(n, 1, generator=generator)
    exams = 0.8 * talent + 0.6 * torch.randn(n, 2, generator=generator)  # (n, 2)
    luck = 0.4 * torch.randn(n, 1, generator=generator)  # (n, 1)
    finals = exams @ torch.tensor([[0.6], [0.4]]) + luck  # (n, 1)
    return [(part - part.mean(0)) / part.std(0, correction=0) for part in (exams, finals)]


def gradient(W, x, y):
    """The gradient of mean((x W - y)^2); W (d, 1), x (B, d), y (B, 1) -> (d, 1)."""
    return 2 / len(x) * x.T @ (x @ W - y)


exams, finals = make_students(400, seed=5)  # (n, 2), (n, 1)
W_start = torch.tensor([[-1.0], [1.5]])  # (2, 1): far from the answer
true_gradient = gradient(W_start, exams, finals)  # (2, 1)
generator = torch.Generator().manual_seed(1)

figure, grid = plots.axes(3, width=3.0, height=2.9, sharex=True, sharey=True)
for ax, B in zip(grid, (1, 10, 100)):
    draws = torch.randint(400, (1000, B), generator=generator)  # 1000 batches of B students
    guesses = torch.stack([gradient(W_start, exams[i], finals[i]) for i in draws])  # (1000, 2, 1)
    off = (guesses - true_gradient).square().sum(1).mean().sqrt()  # root mean square distance
    ax.scatter(guesses[:, 0], guesses[:, 1], s=4, alpha=0.3)
    ax.plot(*true_gradient, "+", color=plots.RED, markersize=16, markeredgewidth=2.5)
    plots.label(ax, f"batches of {B}: off by {off:.2f}", "gradient of W[0]", "")
    print(f"B = {B:3d}: off by {off:.2f}, times the root of B: {off * math.sqrt(B):.1f}")
grid[0].set_ylabel("gradient of W[1]")
grid[0].set(xlim=(-16, 8), ylim=(-8, 16))
plt.show()

# %% [markdown] lang="ko"
# 점 하나가 미니배치 하나의 기울기이고, 빨간 십자가 400명 모두의 기울기입니다. 표본 하나로는 방향조차 제멋대로이지만 **평균은 십자에 있습니다.** 열 명을 뽑으면 모이고, 백 명이면 거의 맞습니다. 벗어난 정도에 $\sqrt{B}$를 곱한 값이 세 번 다 비슷합니다. 잡음(noise)은 $1/\sqrt{B}$로 줄어듭니다. 열 배 정확해지려면 표본이 백 배 듭니다. 뒤집어 말하면, 처음 몇십 명이 가장 값집니다.
#
# 이렇게 무작위로 뽑은 표본의 기울기로 내려가는 것이 확률적 경사하강법(stochastic gradient descent, SGD)입니다. 2장에서 보았듯 무작위는 옵티마이저가 아니라 데이터를 건네는 쪽에 있습니다. 이 장에서 그쪽을 만듭니다.
#
# ## 2. 표본 하나를 꺼내는 법: 데이터셋
#
# 미니배치를 만들려면 데이터에 두 가지만 물으면 됩니다. *모두 몇 개인가? $i$번 표본은 무엇인가?* 이 두 질문에 답하는 것을 데이터셋(dataset)이라고 하고, PyTorch에서는 `Dataset`을 물려받은 클래스로 씁니다. 파이썬은 `len(dataset)`을 보면 메서드 `__len__`을, `dataset[i]`를 보면 `__getitem__`을 대신 불러 줍니다. 데이터가 디스크에 있는 사진 백만 장이어도 됩니다. `__getitem__`이 불릴 때 한 장만 읽으면 되니까요.
#
# 이 과정의 바탕이 된 노트에도 이런 클래스가 있는데, 메서드의 몸통이 들여쓰기 되어 있지 않습니다. 파이썬에게 읽혀 봅시다.

# %% [markdown] lang="en"
# Each dot is the gradient of one minibatch, the red cross that of all 400. A single sample does not even get the direction right, but **on average the dots are at the cross**. With ten they gather, with a hundred they are almost there. Multiplied by $\sqrt{B}$, the error comes out about the same all three times: the noise shrinks like $1/\sqrt{B}$. To be ten times as exact you need a hundred times the samples. In other words, it is the first few dozen that are worth most.
#
# To go downhill by the gradients of samples drawn at random is called stochastic gradient descent (SGD). As chapter 2 said, the randomness is not in the optimizer but with whoever hands it the data. In this chapter we build that part.
#
# ## 2. Taking out one sample: the dataset
#
# To make minibatches you only need to ask the data two things. *How many are you? What is sample number $i$?* Whatever answers these two is a dataset; in PyTorch it is a class derived from `Dataset`. When Python sees `len(dataset)` it calls the method `__len__` for you, and for `dataset[i]` it calls `__getitem__`. The data may be a million photographs on a disk: all that `__getitem__` has to do is read a single one when it is asked to.
#
# The notes this course grew from have such a class, but the bodies of its methods are not indented. Let Python read it.

# %%
as_in_the_notes = """
class Students:
    def __init__(self):
    self.exams = [[73, 80, 75], [93, 88, 93]]
"""
try:
    compile(as_in_the_notes, "the notes", "exec")
except IndentationError as error:
    print("IndentationError:", error)

# %% [markdown] lang="ko"
# ### 여러분 차례: `exam-dataset`
#
# 이번에는 실행되는 것을 만드세요. 4장의 다섯 학생입니다. 리스트로 된 점수를 받아서, 표본마다 텐서 한 쌍 (x, y)를 내주는 클래스입니다. 메서드 셋을 쓰세요: 데이터를 받아 두는 `__init__(self, exams, finals)`, 표본의 수를 돌려주는 `__len__(self)`, $i$번 표본을 돌려주는 `__getitem__(self, i)`. 둘째와 셋째는 첫째 아래에 나란히 덧붙입니다.

# %% [markdown] lang="en"
# ### Your turn: `exam-dataset`
#
# Now make one that runs, for the five students of chapter 4: a class that takes lists of scores and hands out each sample as a pair of tensors (x, y). Write three methods: `__init__(self, exams, finals)` stores the data, `__len__(self)` returns the number of samples, `__getitem__(self, i)` returns sample $i$. The second and the third go below the first, side by side with it.

# %% exercise="exam-dataset"
class ExamDataset(Dataset):
    """Students as samples: the exams are x, the final score is y.

    exams: a list of n lists of d numbers, one list a student. finals: a list of n numbers.
    len(dataset) is n. dataset[i], with i from 0 to n - 1, is (x, y): float32 tensors of shapes
    (d,) and (1,), also where the numbers are ints.
    """

    def __init__(self, exams, finals):
        ### BEGIN SOLUTION
        self.x = torch.tensor(exams, dtype=torch.float32)  # (n, d)
        self.y = torch.tensor(finals, dtype=torch.float32).reshape(-1, 1)  # (n, 1)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i], self.y[i]  # (d,), (1,)
        ### END SOLUTION


# %% [markdown] lang="ko"
# PyTorch의 데이터 로더(data loader) `DataLoader`는 데이터셋에게 표본을 하나씩 받아 배치로 쌓아 줍니다. 줄여서 로더라고 하겠습니다. 여러분의 데이터셋을 주고 두 명씩 쌓게 해 봅시다.

# %% [markdown] lang="en"
# PyTorch's data loader, `DataLoader`, takes samples from a dataset, one by one, and stacks them into batches. From here on we just call it a loader. Give it your dataset, two students at a time.

# %%
five_exams = [[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]]
five_finals = [152, 185, 180, 196, 142]

# %% tags=["demo"]
students = ExamDataset(five_exams, five_finals)
print(len(students), "students; number 3:", students[3])
for batch_x, batch_y in DataLoader(students, batch_size=2):
    print("x", tuple(batch_x.shape), "y", tuple(batch_y.shape), batch_y.flatten().tolist())

# %% [markdown] lang="ko"
# 표본의 (3,)이 배치의 (2, 3)이 되었습니다. 앞에 붙은 축이 배치 축입니다. 마지막에 한 명이 남아서 (1, 3)짜리 짧은 배치가 하나 나왔습니다. 이 장의 말썽은 거의 다 이 한 명에게서 나옵니다.
#
# 데이터가 이미 텐서라면 클래스를 쓸 필요도 없습니다. `TensorDataset(x, y)`가 똑같은 일을 합니다. 그런데 표본을 왜 굳이 텐서로 만들어야 했을까요? 리스트를 그대로 돌려주는 데이터셋도 오류 없이 돌아갑니다. 무엇이 나오는지 보세요.

# %% [markdown] lang="en"
# A sample's (3,) has become a batch's (2, 3): the new axis in front is the batch axis. One student was left over and makes a short batch of (1, 3). Nearly all the trouble in this chapter will come from that one.
#
# If the data are tensors already you need no class of your own: `TensorDataset(x, y)` does the same. But why insist on tensors? A dataset that returns plain lists runs without an error as well. See what comes out.

# %%
class StudentsAsLists(Dataset):
    def __len__(self):
        return len(five_exams)

    def __getitem__(self, i):
        return five_exams[i], [five_finals[i]]


batch_x, batch_y = next(iter(DataLoader(StudentsAsLists(), batch_size=2)))
print("x is a", type(batch_x).__name__, "of", len(batch_x), "tensors:", batch_x)

# %% [markdown] lang="ko"
# 학생 두 명이 아니라 **시험 셋**으로 갈라졌습니다. 로더는 리스트를 만나면 같은 자리의 원소끼리 묶기 때문입니다. 게다가 정수라서 모델의 가중치와 곱할 수도 없습니다. 표본의 x와 y는 각각 텐서 하나, 자료형은 float32로 해 두면 뒤탈이 없습니다.
#
# ## 3. 한 에폭을 자르기
#
# 데이터셋이 준비되었으니 로더의 차례입니다. `shuffle=True`라고 하면 로더는 에폭마다 표본의 번호를 **섞고(shuffle)**, 앞에서부터 $B$개씩 자릅니다. 섞은 순서는 0부터 $n-1$까지의 번호를 한 번씩만 쓴 것, 곧 순열(permutation)입니다. 그래서 한 에폭 동안 모든 표본이 꼭 한 번씩 나옵니다. 열 명을 네 명씩 자르면 이렇게 됩니다.

# %% [markdown] lang="en"
# The students fell apart into **three exams**: where the loader meets lists, it joins what stands at the same place in them. And these are whole numbers, which a model's weights cannot be multiplied with. One tensor for x, one for y, both float32: that keeps you out of trouble.
#
# ## 3. Cutting an epoch
#
# The dataset is ready, so now for the loader. With `shuffle=True`, a loader **shuffles** the numbers of the samples in every epoch and cuts them, from the front, into pieces of $B$. The shuffled order uses every number from 0 to $n-1$ exactly once: it is a permutation. So in one epoch every sample comes exactly once. Ten students in fours look like this.

# %%
def draw_epoch(ax, row, order, batch_size, name, drop_last=False):
    """One row of cells: the samples' numbers in their order, with a gap between batches."""
    ax.text(-0.4, -row + 0.4, name, ha="right", va="center")
    for place, number in enumerate(order.tolist()):
        batch = place // batch_size
        short = len(order) - batch * batch_size < batch_size
        colour = plots.ORANGE if short else plots.BLUE
        look = {"facecolor": colour, "alpha": 0.45}
        if short and drop_last:
            look = {"facecolor": "none", "edgecolor": plots.GREY, "linestyle": ":"}
        left = place + 0.5 * batch
        ax.add_patch(Rectangle((left, -row), 0.9, 0.8, **look))
        ax.text(left + 0.45, -row + 0.4, number, ha="center", va="center")


generator = torch.Generator().manual_seed(3)
figure, (ax,) = plots.axes(1, width=6.4, height=2.1)
for row, name in enumerate(("epoch 1", "epoch 2", "epoch 3, drop_last")):
    order = torch.randperm(10, generator=generator)  # (10,): a permutation
    draw_epoch(ax, row, order, 4, name, drop_last=row == 2)
ax.set(xlim=(-4.6, 11.2), ylim=(-2.2, 1.0))
ax.axis("off")
ax.set_title("10 samples in batches of 4: a new order every epoch, and 2 left over")
plt.show()

# %% [markdown] lang="ko"
# 남은 두 명은 **짧은 배치**가 됩니다(주황색). 로더에 `drop_last=True`를 주면 짧은 배치는 버립니다(점선). 그 에폭에 누가 버려지는지는 순열이 정합니다.
#
# ### 여러분 차례: `steps-per-epoch`
#
# 2장에서 갱신의 수를 세어 보았습니다. 이번에는 `drop_last`까지 넣어 한 에폭의 배치 수를 세세요. $\lceil\;\rceil$는 올림, $\lfloor\;\rfloor$는 내림입니다.
#
# $$\text{steps} = \left\lceil \frac{n}{B} \right\rceil \quad\text{or}\quad \left\lfloor \frac{n}{B} \right\rfloor$$

# %% [markdown] lang="en"
# The two left over make a **short batch** (orange). With `drop_last=True` the loader throws a short batch away (dotted); who is thrown away in an epoch is up to the permutation.
#
# ### Your turn: `steps-per-epoch`
#
# In chapter 2 you counted updates. Now count the batches of one epoch, with `drop_last` in the game. $\lceil\;\rceil$ means rounded up, $\lfloor\;\rfloor$ rounded down.
#
# $$\text{steps} = \left\lceil \frac{n}{B} \right\rceil \quad\text{or}\quad \left\lfloor \frac{n}{B} \right\rfloor$$

# %% exercise="steps-per-epoch"
def steps_per_epoch(n, batch_size, drop_last):
    """How many batches, and so how many steps, one epoch has.

    n: the number of samples. batch_size: may be larger than n. Both ints, at least 1.
    drop_last: whether a last batch with fewer than batch_size samples is left out, a bool.
    Returns an int.
    """
    ### BEGIN SOLUTION
    if drop_last:
        return n // batch_size
    return math.ceil(n / batch_size)
    ### END SOLUTION


# %% tags=["demo"]
for n, B in ((5, 2), (10, 4), (1437, 100), (60_000, 64), (3, 8)):
    yours = [steps_per_epoch(n, B, drop_last) for drop_last in (False, True)]
    theirs = [len(DataLoader(range(n), B, drop_last=drop_last)) for drop_last in (False, True)]
    print(f"{n:>6,} samples in batches of {B:3d}: yours {yours}, len(DataLoader) {theirs}")

# %% [markdown] lang="ko"
# 마지막 줄을 보세요. 세 명을 여덟 명씩 자르면서 `drop_last=True`라고 하면 배치가 **0개**입니다. 이런 학습은 오류 하나 없이 끝나고 아무것도 배우지 않습니다.
#
# ### 하나씩 내놓는 함수: 제너레이터
#
# 로더를 만들기 전에 파이썬의 도구 하나가 필요합니다. 배치를 모두 리스트에 담아 돌려주면 데이터 전체가 메모리에 한 번 더 놓입니다. 그 대신 달라고 할 때마다 하나씩 내놓으면 됩니다. `return` 자리에 `yield`를 쓴 함수가 그렇게 합니다. `yield`는 값을 하나 내놓고 그 자리에서 **멈춰 기다리다가**, 다음 것을 달라고 하면 멈춘 데서 이어 갑니다. 이런 함수가 돌려주는 것을 제너레이터(generator)라고 합니다.

# %% [markdown] lang="en"
# Look at the last line. Three samples in batches of eight with `drop_last=True` are **0** batches. Such a training ends without any error, and learns nothing.
#
# ### Handing things out one at a time: generators
#
# Before you write a loader, one tool of Python's. If you collected all batches in a list and returned that, all data would lie in memory a second time. Instead, hand one out whenever one is asked for. A function with `yield` in place of `return` does so: `yield` hands out a value and **stops and waits** right there; when the next one is asked for, it goes on from where it stopped. What such a function returns is called a generator.

# %%
def countdown(n):
    while n > 0:
        print(f"(making {n})", end=" ")
        yield n
        n = n - 1


for number in countdown(3):
    print("got", number)

# %% [markdown] lang="ko"
# 셋을 다 만든 뒤에 받은 것이 아니라, 만들고 받고 만들고 받았습니다.
#
# ### 여러분 차례: `minibatches`
#
# 데이터와 순열 `order`를 받아 배치를 하나씩 내놓는 로더를 쓰세요. `DataLoader`는 쓰지 않습니다. 순열을 부른 쪽이 정해 주므로 결과가 언제나 같습니다. 기억할 것이 하나 있습니다. 파이썬의 슬라이스는 끝을 넘어가도 오류가 나지 않고 있는 만큼만 줍니다: `torch.arange(5)[4:6]`은 `tensor([4])`입니다.

# %% [markdown] lang="en"
# It did not make all three and then hand them over: it made one, you got it, it made the next.
#
# ### Your turn: `minibatches`
#
# Write a loader that takes data and a permutation `order`, and hands out one batch after another, without `DataLoader`. Since the caller gives the permutation, the result is always the same. One thing to remember: a Python slice that runs past the end is no error, it gives what there is. `torch.arange(5)[4:6]` is `tensor([4])`.

# %% exercise="minibatches"
def minibatches(x, y, batch_size, order):
    """The batches of one epoch, one after the other: a generator.

    x: (n, d), y: (n, 1) float tensors. batch_size: an int, at least 1; may be larger than n.
    order: (n,) int64, a permutation of 0 … n - 1: which sample comes first, second, …
    Yields pairs (batch_x, batch_y) of batch_size samples each, (B, d) and (B, 1). The last
    batch has as many as are left; every sample comes exactly once.
    """
    ### BEGIN SOLUTION
    for start in range(0, len(x), batch_size):
        numbers = order[start : start + batch_size]  # (B,)
        yield x[numbers], y[numbers]  # (B, d), (B, 1)
    ### END SOLUTION


# %% [markdown] lang="ko"
# PyTorch의 로더에 같은 순서를 주고(`sampler`), 4장처럼 세 시험으로 최종 점수를 맞히는 회귀를(편향은 빼고) 두 로더로 나란히 한 에폭씩 학습해 봅시다. 점수는 100으로 나누어 넣습니다.

# %% [markdown] lang="en"
# Give PyTorch's loader the same order (its `sampler`), and train a regression as in chapter 4 (but without a bias), from three exams to the final score, for one epoch with each of the two loaders. The scores are divided by 100.

# %% tags=["demo"]
five_x, five_y = torch.tensor(five_exams) / 100, torch.tensor(five_finals)[:, None] / 100
order = torch.tensor([3, 0, 4, 1, 2])
yours = minibatches(five_x, five_y, 2, order)
theirs = DataLoader(TensorDataset(five_x, five_y), batch_size=2, sampler=order.tolist())
paths = []
for name, loader in (("your loader", yours), ("DataLoader ", theirs)):
    W = torch.zeros(3, 1)  # (3, 1)
    for batch_x, batch_y in loader:
        W = W - 0.2 * gradient(W, batch_x, batch_y)
        paths.append(W)
        print(f"{name}: batch of {len(batch_x)}, W = {[round(w, 3) for w in W.flatten().tolist()]}")
print("equal to the last bit:", all(map(torch.equal, paths[:3], paths[3:])))

# %% [markdown] lang="ko"
# 마지막 비트까지 같습니다. 보통은 순서를 주는 대신 `DataLoader(dataset, batch_size=2, shuffle=True)`라고 써서, 로더가 에폭마다 새 순열을 뽑게 합니다.
#
# ### 세 가지 걸음
#
# 이제 여러분의 로더로 400명의 학교를 세 에폭 걷습니다. 출발점도 학습률(0.05)도 같고, 본 표본의 수도 1,200으로 모두 같습니다. 배치 크기만 400(전체 배치), 10(미니배치), 1(표본 하나씩)로 다릅니다. 누가 골짜기에 가장 가까이 갈지 먼저 예상해 보세요.

# %% [markdown] lang="en"
# Equal to the last bit. Usually you do not give an order but write `DataLoader(dataset, batch_size=2, shuffle=True)`, and the loader draws a new permutation every epoch.
#
# ### Three ways to walk
#
# Let your loader walk the school of 400 for three epochs. The start is the same, the learning rate (0.05) is the same, and so is the number of samples seen, 1,200. Only the batch size differs: 400 (full batch), 10 (minibatches) and 1 (single samples). Guess first who will come closest to the valley.

# %% tags=["demo"]
def loss_at(W):
    return torch.mean((exams @ W - finals) ** 2)  # (): on all 400


def walk(batch_size, lr, epochs=3):
    """The weights after every step, (steps + 1, 2)."""
    generator, path = torch.Generator().manual_seed(0), [W_start]
    for _ in range(epochs):
        order = torch.randperm(len(exams), generator=generator)  # (n,)
        for batch_x, batch_y in minibatches(exams, finals, batch_size, order):
            path.append(path[-1] - lr * gradient(path[-1], batch_x, batch_y))
    return torch.stack(path)[:, :, 0]


across, up = torch.linspace(-1.5, 1.6, 60), torch.linspace(-0.7, 1.9, 60)
points = torch.cartesian_prod(across, up)  # (3600, 2)
heights = ((exams @ points.T - finals) ** 2).mean(0).reshape(60, 60)
best = torch.linalg.lstsq(exams, finals).solution  # (2, 1)
levels = [0.16, 0.2, 0.3, 0.5, 0.8, 1.3, 2, 3, 4.5]

figure, grid = plots.axes(3, width=3.0, height=3.0, sharex=True, sharey=True)
for ax, batch_size in zip(grid, (400, 10, 1)):
    path = walk(batch_size, lr=0.05)
    final_loss = loss_at(path[-1][:, None])
    ax.contour(across, up, heights.T, levels=levels, colors=plots.GREY, linewidths=0.6)
    ax.plot(*path.T, ".-", color=plots.ORANGE, linewidth=0.8, markersize=3 if batch_size > 1 else 1)
    ax.plot(*best, "*", color=plots.RED, markersize=12)
    plots.label(ax, f"batch of {batch_size}: {len(path) - 1:,} steps", "W[0]", "")
    print(f"batch of {batch_size:3d}: {len(path) - 1:>5,} steps, loss at the end {final_loss:.3f}")
grid[0].set_ylabel("W[1]")
plt.show()
print(f"full batch with its best lr, 0.5: 3 steps, loss {loss_at(walk(400, 0.5)[-1][:, None]):.3f}")
print(f"the lowest loss there is: {loss_at(best):.3f}")

# %% [markdown] lang="ko"
# 전체 배치는 방향은 정확하지만 세 걸음뿐이라 출발하자마자 끝났습니다. 3장의 $2/L$을 넘지 않는 가장 좋은 학습률 0.5를 주어도 세 걸음으로는 모자랍니다. 표본 하나씩은 1,200걸음을 걸어 일찌감치 도착했지만 **별 둘레를 계속 맴돕니다.** 표본마다 제 쪽으로 잡아당기기 때문입니다. 끝난 곳의 손실은 마지막에 누가 뽑혔느냐에 달렸습니다. 열 명씩은 조금 흔들리면서 넉넉히 걸어, 가장 낮은 손실에 거의 닿았습니다.
#
# 그렇다고 배치가 클수록 나쁜 것도 아닙니다. 같은 한 에폭이라도 배치가 크면 **시간**이 덜 듭니다. 여러분의 컴퓨터에서 잡음과 시간을 함께 재어 봅시다.

# %% [markdown] lang="en"
# The full batch knows the direction exactly, but with three steps it had hardly left. Even at its best learning rate, 0.5, which stays below the $2/L$ of chapter 3, three steps are not enough. Single samples took 1,200 steps and arrived early, but **they keep rattling around the star**: each sample pulls to its own side, and the loss they end with depends on who came last. Batches of ten shake a little, walk far enough, and almost reach the lowest loss there is.
#
# Not that large batches are bad. For the same epoch they take less **time**. Let us measure noise and time together, on your computer.

# %% tags=["demo", "nbval-ignore-output"]
many_x, many_y = make_students(2048, seed=6)
order, W = torch.randperm(2048, generator=torch.Generator().manual_seed(0)), torch.zeros(2, 1)
sizes = [1, 4, 16, 64, 256, 512]
noise, milliseconds = [], []
for B in sizes:
    epochs = []
    for _ in range(5):
        start = time.perf_counter()
        found = [gradient(W, *batch) for batch in minibatches(many_x, many_y, B, order)]
        epochs.append(1000 * (time.perf_counter() - start))
    milliseconds.append(min(epochs))
    true_gradient_here = gradient(W, many_x, many_y)
    noise.append((torch.stack(found) - true_gradient_here).square().sum(1).mean().sqrt().item())

figure, grid = plots.axes(2, width=4.0, height=2.8)
for ax, values, colour, title, unit in (
    (grid[0], noise, plots.BLUE, "A larger batch is less noisy", "distance to the true gradient"),
    (grid[1], milliseconds, plots.ORANGE, "A larger batch takes less time", "milliseconds an epoch"),
):
    ax.loglog(sizes, values, "o-", color=colour)
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    plots.label(ax, title, "batch size", unit)
grid[0].set_yticks([0.2, 0.5, 1, 2], ["0.2", "0.5", "1", "2"])
plt.show()

# %% [markdown] lang="ko"
# 파이썬의 반복문과 함수 호출에는 표본이 몇 개든 똑같은 품이 듭니다. 그래서 배치가 클수록 한 에폭이 빨라집니다. 모델이 크면 계산 자체가 더 오래 걸리므로, 어느 크기부터는 더 빨라지지 않습니다. 잡음은 $1/\sqrt{B}$로만 줄어드는데 걸음의 수는 $1/B$로 줄어듭니다. 그 사이 어딘가, 흔히 16에서 512 사이가 쓸 만합니다.
#
# ## 4. 에폭의 손실
#
# 노트의 반복문은 손실을 배치마다 출력합니다. 그 수를 보고 "학습이 잘되고 있다"고 말할 수 있을까요? 노트처럼 다섯 학생을 두 명씩, 점수 그대로, 학습률 1e-5로 학습하고 마지막 에폭을 봅시다.

# %% [markdown] lang="en"
# Python's loop and function calls cost the same however many samples there are. So the larger the batch, the faster an epoch. In a large model the arithmetic itself takes longer than that, and from some size on there is nothing more to gain. Noise shrinks only like $1/\sqrt{B}$, while the number of steps shrinks like $1/B$. Somewhere in between, often from 16 to 512, is a good place.
#
# ## 4. The loss of an epoch
#
# The loop in the notes prints the loss of every batch. Can you tell from those numbers whether the training goes well? Train as the notes do, five students in twos, raw scores, learning rate 1e-5, and look at the last epoch.

# %%
x = torch.tensor(five_exams).float()  # (5, 3)
y = torch.tensor(five_finals).float()[:, None]  # (5, 1)
torch.manual_seed(0)
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
loader = DataLoader(TensorDataset(x, y), batch_size=2, shuffle=True)
for epoch in range(20):
    for number, (batch_x, batch_y) in enumerate(loader, start=1):
        loss = F.mse_loss(model(batch_x), batch_y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if epoch == 19:
            print(f"batch {number} of {len(loader)}, size {len(batch_x)}: loss {loss.item():.1f}")
print(f"all five students: loss {F.mse_loss(model(x), y).item():.1f}")

# %% [markdown] lang="ko"
# 같은 에폭의 세 배치가 전혀 다른 수를 말합니다. 배치의 손실은 모델만이 아니라 **그때 누가 뽑혔는지**도 재기 때문입니다. 쓸모 있는 것은 한 에폭의 평균입니다. 여기에 함정이 있습니다.
#
# 배치의 손실 $J_k$는 그 배치에 든 $B_k$명의 *평균*입니다. 평균들을 그냥 평균 내면, 혼자 남은 한 명이 두 명짜리 배치와 같은 무게를 가집니다. 표본 하나하나를 똑같이 세려면 배치마다 크기만큼 무게를 주어야 합니다. 이것이 가중 평균(weighted mean)입니다.
#
# $$\bar{J} = \frac{B_1 J_1 + B_2 J_2 + \dots + B_K J_K}{B_1 + B_2 + \dots + B_K}$$
#
# ### 여러분 차례: `epoch-mean`

# %% [markdown] lang="en"
# Three batches of one epoch tell three quite different numbers. The loss of a batch measures not only the model but also **who happened to be drawn**. What is useful is the mean of an epoch, and there lies a trap.
#
# The loss $J_k$ of a batch is the *mean* over the $B_k$ students in it. Take the plain mean of these means, and the one student left over weighs as much as a batch of two. To count every sample alike, each batch must weigh as much as its size. That is a weighted mean.
#
# $$\bar{J} = \frac{B_1 J_1 + B_2 J_2 + \dots + B_K J_K}{B_1 + B_2 + \dots + B_K}$$
#
# ### Your turn: `epoch-mean`

# %% exercise="epoch-mean"
def epoch_mean(losses, sizes):
    """The mean loss over all samples of an epoch, from the mean losses of its batches.

    losses: a list of K floats, the mean loss of each batch. sizes: a list of K ints, how many
    samples each batch had; the last may be smaller. K is at least 1.
    Returns a Python float.
    """
    ### BEGIN SOLUTION
    total = sum(loss * size for loss, size in zip(losses, sizes, strict=True))
    return total / sum(sizes)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 학습하지 않고 재기만 해 봅시다. 모델도 그대로, 학생도 그대로, 자르는 크기만 1명부터 5명까지 바꿉니다. 모델은 세 점수를 더해 3분의 2를 곱하는 것입니다. 손실은 하나여야 합니다.

# %% [markdown] lang="en"
# Now measure without training. The model stays, the students stay, only the batch size changes, from 1 to 5. The model adds up the three scores and takes two thirds. There should be one loss.

# %% tags=["demo"]
x = torch.tensor(five_exams).float()  # (5, 3)
y = torch.tensor(five_finals).float()[:, None]  # (5, 1)
W = torch.full((3, 1), 2 / 3)  # (3, 1)
for batch_size in (1, 2, 3, 4, 5):
    losses, sizes = [], []
    for batch_x, batch_y in minibatches(x, y, batch_size, torch.arange(5)):
        losses.append(torch.mean((batch_x @ W - batch_y) ** 2).item())
        sizes.append(len(batch_x))
    plain = sum(losses) / len(losses)
    print(f"sizes {str(sizes):16s} mean of means {plain:.3f}, epoch_mean {epoch_mean(losses, sizes):.3f}")

# %% [markdown] lang="ko"
# 평균들의 평균은 같은 모델을 두고 네 가지로 말합니다. 나누어떨어지는 1과 5에서만 맞습니다. 노트의 MNIST 반복문(`avg_cost += cost / total_batch`)도 평균들의 평균인데, 그 로더는 `drop_last=True`라서 티가 나지 않을 뿐입니다.
#
# 이제 걸음마다의 손실과 에폭의 손실을 한 그림에 그려 봅시다. 400명, 배치 크기 16, 여덟 에폭입니다.

# %% [markdown] lang="en"
# The mean of means gives four different answers for one model; only at 1 and 5, where nothing is left over, is it right. The MNIST loop in the notes (`avg_cost += cost / total_batch`) is a mean of means, too. There it does not show, only because that loader has `drop_last=True`.
#
# Now draw the loss of every step and the loss of every epoch into one picture: 400 students, batch size 16, eight epochs.

# %% tags=["demo"]
generator, W = torch.Generator().manual_seed(0), W_start
by_step, by_epoch = [], []
for _ in range(8):
    order = torch.randperm(400, generator=generator)  # (400,)
    losses, sizes = [], []
    for batch_x, batch_y in minibatches(exams, finals, 16, order):
        losses.append(torch.mean((batch_x @ W - batch_y) ** 2).item())
        sizes.append(len(batch_x))
        W = W - 0.02 * gradient(W, batch_x, batch_y)
    by_step += losses
    by_epoch.append(epoch_mean(losses, sizes))

figure, (ax,) = plots.axes(1, width=6.0)
steps = torch.arange(len(by_step)) / 25  # 25 steps an epoch
ax.plot(steps, by_step, color=plots.GREY, linewidth=0.8, label="each step's batch")
middles = torch.arange(8) + 0.5
ax.plot(middles, by_epoch, "o-", color=plots.ORANGE, label="mean of the epoch")
ax.set_xticks(range(9))
plots.label(ax, "A step's loss jumps, an epoch's mean falls", "epoch", "loss")
ax.legend()
plt.show()
print("mean of each epoch:", [round(loss, 3) for loss in by_epoch])

# %% [markdown] lang="ko"
# ## 5. 함정: 너무 좋은 학습 곡선
#
# 아래 코드는 여러분의 `minibatches`로 여러 에폭을 학습합니다. 손실을 크기로 가중해서 더하는 것까지 제대로 했습니다. 그런데 **잘못이 둘** 있습니다. 실행하기 전에 찾아보세요.

# %% [markdown] lang="en"
# ## 5. A trap: a learning curve too good to be true
#
# The code below trains for several epochs with your `minibatches`. It even weights the losses by their sizes. And yet there are **two mistakes** in it. Look for them before you run it.

# %%
def broken_training(x, y, W, lr, batch_size, epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(x), generator=generator)  # (n,)
    batches = minibatches(x, y, batch_size, order)
    history = []
    for _ in range(epochs):
        total = 0.0
        for batch_x, batch_y in batches:
            loss = torch.mean((batch_x @ W - batch_y) ** 2)  # ()
            total += loss.item() * len(batch_x)
            W = W - lr * gradient(W, batch_x, batch_y)  # (d, 1)
        history.append(total / len(x))
    return W, history


# %% tags=["demo"]
W, history = broken_training(exams, finals, W_start, lr=0.05, batch_size=20, epochs=5, seed=1)
print("history:", [round(loss, 3) for loss in history])
print(f"the true loss on all 400 students: {torch.mean((exams @ W - finals) ** 2).item():.3f}")

# %% [markdown] lang="ko"
# 둘째 에폭부터 손실이 **0**입니다. 완벽한 모델일까요? 같은 모델로 400명의 손실을 직접 재면 그렇지 않습니다. 모델은 첫 에폭 뒤로 한 걸음도 움직이지 않았습니다. `batches`에서 배치가 나오지 않기 때문입니다.

# %% [markdown] lang="en"
# From the second epoch on the loss is **0**. A perfect model? Measured directly on all 400 students it is nothing of the kind. After the first epoch it did not move a single step, because no batches come out of `batches` any more.

# %% tags=["demo"]
batches = minibatches(exams, finals, 20, torch.arange(400))
print("batches at the first reading: ", len(list(batches)))
print("batches at the second reading:", len(list(batches)))

# %% [markdown] lang="ko"
# 제너레이터는 **한 번만 읽을 수 있습니다.** 끝까지 간 제너레이터에 다시 `for`를 돌리면 오류가 아니라 *빈* 반복이 됩니다. 아무것도 더하지 않은 total은 0이고, 0을 400으로 나누면 0입니다. 손실이 갑자기 0이 되면 기뻐하기 전에 의심하세요.
#
# 둘째 잘못은 첫째를 고쳐야 드러납니다. 순열을 학습 전체에서 **한 번만** 뽑았습니다. 배치를 에폭마다 새로 만들어도 순서는 매번 같고, 배치마다 늘 같은 학생끼리 만납니다. 반복문 안에서 시드를 다시 심어도(`torch.manual_seed(0)`) 똑같은 일이 벌어집니다. `drop_last`까지 쓰면 어떻게 되는지 세어 봅시다. 표본 1,437개(9장에서 쓸 손글씨 숫자의 수)를 100개씩 잘라 스무 에폭을 돕니다.

# %% [markdown] lang="en"
# A generator can be **read only once**. A `for` over one that has come to its end is not an error but an *empty* loop. A total to which nothing was added is 0, and 0 divided by 400 is 0. When a loss drops to 0 all of a sudden, be suspicious before you are pleased.
#
# The second mistake shows only when the first is mended. The permutation is drawn **only once** in the whole training. Even if the batches are made anew, every epoch has the same order, and the same students always meet in a batch. Setting the seed again inside the loop (`torch.manual_seed(0)`) comes to the same. With `drop_last` on top, let us count what happens: 1,437 samples (the handwritten digits of chapter 9) in batches of 100, twenty epochs.

# %%
for reshuffles in (False, True):
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(1437, generator=generator)  # (1437,)
    seen = torch.zeros(1437, dtype=torch.bool)
    for _ in range(20):
        if reshuffles:
            order = torch.randperm(1437, generator=generator)
        seen[order[:1400]] = True  # drop_last=True: 14 full batches
    name = "a new order every epoch" if reshuffles else "one order for all epochs"
    print(f"{name}: {int((~seen).sum())} of 1437 samples were never seen")

# %% [markdown] lang="ko"
# 순서를 한 번만 정하면 늘 *같은* 37개가 버려집니다. 스무 에폭을 돌고도 모델은 그 37개를 한 번도 보지 못했습니다. 에폭마다 새로 섞으면 버려지는 표본이 매번 달라서 모두가 나옵니다.
#
# ### 여러분 차례: `train-epochs`
#
# `broken_training`의 몸통을 옮겨 와서 **두 잘못을 모두** 고치세요. 줄마다 물어보면 됩니다. 이 줄은 학습 전체에서 한 번 실행되어야 하나요, 에폭마다 한 번 실행되어야 하나요?

# %% [markdown] lang="en"
# Fix the order once, and it is always the *same* 37 that are thrown away: in twenty epochs the model never saw them. Shuffle anew every epoch, and others are thrown away each time, so that all get their turn.
#
# ### Your turn: `train-epochs`
#
# Take over the body of `broken_training` and mend **both mistakes**. Ask of each line: must it run once in the whole training, or once in every epoch?

# %% exercise="train-epochs"
def train_epochs(x, y, W, lr, batch_size, epochs, seed):
    """Minibatch gradient descent on mean((x W - y)^2), shuffled anew in every epoch.

    x: (n, d), y: (n, 1), W: (d, 1) float tensors of one dtype; W is the start and stays as it is.
    lr: a float. batch_size, epochs: ints, at least 1. seed: an int; it makes one generator,
    torch.Generator().manual_seed(seed), and every epoch begins with a new
    torch.randperm(n, generator=generator), the order of its samples.
    Returns (W, history): the final W, (d, 1), and a list of one Python float per epoch, the mean
    over all n samples of their losses, each measured on its batch before that batch's step.
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    history = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)  # (n,)
        losses, sizes = [], []
        for batch_x, batch_y in minibatches(x, y, batch_size, order):
            losses.append(torch.mean((batch_x @ W - batch_y) ** 2).item())
            sizes.append(len(batch_x))
            W = W - lr * gradient(W, batch_x, batch_y)  # (d, 1)
        history.append(epoch_mean(losses, sizes))
    return W, history
    ### END SOLUTION


# %% [markdown] lang="ko"
# 두 코드를 같은 출발점에서 다시 돌려, 코드가 *보고한* 손실과 에폭이 끝난 뒤 400명에게서 *진짜로* 잰 손실을 나란히 그립니다.

# %% [markdown] lang="en"
# Run both from the same start again, and draw the loss that the code *reports* beside the loss *really* measured on all 400 students at the end of each epoch.

# %% tags=["demo"]
figure, grid = plots.axes(2, width=4.0, height=2.9, sharey=True)
for ax, train in zip(grid, (broken_training, train_epochs)):
    runs = [train(exams, finals, W_start, 0.05, 20, epochs, 1) for epochs in range(1, 7)]
    true_losses = [torch.mean((exams @ W - finals) ** 2).item() for W, _ in runs]
    reported = runs[-1][1]
    ax.plot(range(1, 7), reported, "o-", color=plots.ORANGE, label="reported")
    ax.plot(range(1, 7), true_losses, "s--", color=plots.BLUE, label="measured on all 400")
    title = f"{train.__name__}: says {reported[-1]:.2f}, has {true_losses[-1]:.2f}"
    plots.label(ax, title, "epoch", "")
    ax.legend(fontsize="small")
grid[0].set_ylabel("loss")
plt.show()

# %% [markdown] lang="ko"
# 왼쪽에서는 보고가 거짓말을 하고, 오른쪽에서는 둘이 만납니다. 오른쪽에서도 첫 에폭의 보고는 진짜보다 훨씬 큽니다. 에폭의 평균에는 아직 배우기 전에 잰 처음의 배치들도 들어 있기 때문입니다.
#
# `DataLoader`는 이 두 잘못을 막아 줍니다. `for`를 돌릴 때마다 처음부터 다시 시작하고, `shuffle=True`면 그때마다 새로 섞습니다. 하지만 `iter(loader)`를 반복문 밖에서 만들어 두면 여러분의 제너레이터와 똑같이 한 번 읽고 나면 비어 버립니다.
#
# ## 6. 표본을 어떻게 쌓나요? collate
#
# 로더가 데이터셋에게서 받는 것은 표본의 *리스트* `[(x, y), (x, y), …]`입니다. 이것을 배치 하나로 바꾸는 함수를 collate 함수라고 합니다(collate는 '낱장을 모아 간추린다'는 뜻입니다). 따로 주지 않으면 `default_collate`가 텐서끼리 `torch.stack`으로 쌓습니다. 모양이 모두 같으면 문제가 없습니다. 시험을 빠진 학생이 있으면 어떻게 될까요?

# %% [markdown] lang="en"
# On the left the report is a lie; on the right the two meet. On the right, too, the first epoch reports much more than the truth: its mean still holds the batches of its beginning, measured before anything was learned.
#
# A `DataLoader` keeps you from both mistakes. Every `for` over it starts from the beginning, and with `shuffle=True` it shuffles anew each time. But make an `iter(loader)` outside the loop, and it is empty after one reading, just like your generator.
#
# ## 6. How are samples stacked? Collating
#
# What a loader gets from the dataset is a *list* of samples, `[(x, y), (x, y), …]`. The function that turns it into one batch is called the collate function (to collate is to gather loose sheets into a bundle). If you give none, `default_collate` stacks tensors with `torch.stack`. That is fine as long as all shapes are equal. But what if some students missed an exam?

# %%
records = [  # exams taken, final score
    (torch.tensor([73.0, 80.0, 75.0]), torch.tensor([152.0])),
    (torch.tensor([93.0, 88.0]), torch.tensor([185.0])),
    (torch.tensor([66.0, 0.0]), torch.tensor([70.0])),  # 0 marks is a score, too
    (torch.tensor([91.0]), torch.tensor([180.0])),
]
batch_x, batch_y = default_collate([records[1], records[2]])
print("two exams each:", tuple(batch_x.shape), tuple(batch_y.shape))
try:
    default_collate(records)
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown] lang="ko"
# 길이가 다르면 쌓을 수 없습니다. 고치는 곳은 데이터셋이 아니라 collate 함수입니다. 얼마나 길게 맞출지는 **배치에 누가 함께 들어왔는지** 알아야 정할 수 있기 때문입니다. 짧은 줄의 뒤를 0으로 채우고(1장의 패딩), 어디까지가 진짜인지 알 수 있게 길이를 함께 돌려줍니다.
#
# ### 여러분 차례: `pad-collate`

# %% [markdown] lang="en"
# Different lengths cannot be stacked. The place to mend it is not the dataset but the collate function, because how long to make the rows depends on **who came into the batch together**. Fill short rows with 0 at the end (padding, chapter 1), and return the lengths as well, to tell what is real.
#
# ### Your turn: `pad-collate`

# %% exercise="pad-collate"
def pad_collate(samples):
    """Makes one batch of samples whose x differ in length.

    samples: a non-empty list of B pairs (exams, final): float32 tensors of shapes (L,) and (1,),
    where L, at least 1, may differ from sample to sample. A score of 0 is a score like any other.
    Returns (x, lengths, y): x (B, T) float32, T the largest L in this batch, rows in the
    samples' order and filled with 0 at the end; lengths (B,) int64, every L; y (B, 1) float32.
    """
    ### BEGIN SOLUTION
    lengths = torch.tensor([len(exams) for exams, _ in samples])  # (B,)
    x = torch.zeros(len(samples), int(lengths.max()))  # (B, T)
    for row, (exams, _) in zip(x, samples, strict=True):
        row[: len(exams)] = exams
    y = torch.stack([final for _, final in samples])  # (B, 1)
    return x, lengths, y
    ### END SOLUTION


# %% [markdown] lang="ko"
# 로더에 건네줍니다(`collate_fn`). 네 학생을 두 명씩 묶습니다. 배치마다 너비가 다른 것을 눈여겨보세요.

# %% [markdown] lang="en"
# Hand it to a loader (as its `collate_fn`), four students in twos. Note that each batch has a width of its own.

# %% tags=["demo"]
for batch_x, lengths, batch_y in DataLoader(records, batch_size=2, collate_fn=pad_collate):
    print("x", batch_x.tolist(), "lengths", lengths.tolist(), "y", batch_y.flatten().tolist())

batch_x, lengths, batch_y = pad_collate(records)
real = torch.arange(batch_x.shape[1]) < lengths[:, None]  # (B, T): a mask
figure, (ax,) = plots.axes(1, width=4.6, height=2.4)
ax.imshow(0.1 + 0.4 * real, cmap="Blues", vmin=0, vmax=1, aspect="auto")
for row, column in torch.cartesian_prod(torch.arange(4), torch.arange(3)).tolist():
    ax.text(column, row, f"{batch_x[row, column]:g}", ha="center", va="center")
ax.set_xticks(range(3))
ax.set_yticks(range(4))
ax.grid(False)
plots.label(ax, "One 0 is a score, four are padding", "exam", "student")
plt.show()
print("mean by length:", [round(v, 1) for v in (batch_x.sum(1) / lengths).tolist()])
print("mean over the row:", [round(v, 1) for v in batch_x.mean(1).tolist()])

# %% [markdown] lang="ko"
# 길이로 나눈 평균만 맞습니다. 줄 전체로 나누면 시험을 빠진 학생의 평균이 부당하게 낮아집니다. 진한 0은 진짜 0점이고 연한 0은 패딩이라, 값만 보아서는 가려낼 수 없습니다. 문장처럼 길이가 제각각인 데이터는 21장에서 다시 만납니다.
#
# ## 7. 시험 문제를 미리 보여 주지 않기: 검증 집합
#
# 훈련에 쓴 표본에서 손실이 작다고 잘 배운 것일까요? 답을 외웠을 수도 있습니다. 그래서 일부를 떼어 두고 훈련에는 쓰지 않습니다. 이것이 검증 집합(validation set)이고, 나머지가 훈련 집합(training set)입니다. 검증 집합은 처음 보는 시험 문제입니다. 지킬 것은 둘입니다.
#
# 1. 어떤 표본도 두 집합에 함께 들어가지 않습니다.
# 2. 데이터에서 *구한 수*도 훈련 집합에서만 구합니다. 표준화에 쓰는 평균과 표준편차도 그렇습니다.
#
# 둘 가운데 하나라도 어기면 검증 집합의 정보가 훈련으로 새어 들어갑니다. 이것을 누출(leakage)이라고 합니다. 오류는 나지 않습니다. 성적이 실제보다 좋아 보일 뿐입니다.
#
# ### 여러분 차례: `train-valid-split`
#
# 표준편차는 4장처럼 n으로 나눈 것입니다: `std(0, correction=0)`.

# %% [markdown] lang="en"
# Only the mean by length is right; dividing by the whole row is unfair to whoever missed an exam. The dark 0 is a real score, the pale ones are padding, and their value does not tell them apart. Chapter 21 returns to data of uneven lengths, such as sentences.
#
# ## 7. Do not show the exam beforehand: the validation set
#
# Does a small loss on the samples you trained on mean that much was learned? The answers may have been memorised. So a part is set apart and not used in training: the validation set. The rest is the training set. A validation set is an exam with questions never seen before. There are two rules.
#
# 1. No sample is in both sets.
# 2. *Numbers computed* from the data also come from the training set alone, such as the mean and the standard deviation used to standardise.
#
# Break either, and something of the validation set gets into the training. That is called leakage. There is no error; the results merely look better than they are.
#
# ### Your turn: `train-valid-split`
#
# The standard deviation is the one of chapter 4, which divides by n: `std(0, correction=0)`.

# %% exercise="train-valid-split"
def train_valid_split(x, y, valid_share, order):
    """Splits samples in two, and standardises x by the training samples alone.

    x: (n, d), y: (n, 1) float tensors. valid_share: a float between 0 and 1.
    order: (n,) int64, a permutation of 0 … n - 1. Its first k numbers are the samples to
    validate on, with k = valid_share * n rounded down; the others, in their order, those to train
    on. At least one sample is in each part; no column of the training samples is constant.
    Returns (train_x, train_y, valid_x, valid_y). Both x are standardised, column by column, with
    the mean and the standard deviation (correction=0) of the training samples; y stays as it is.
    """
    ### BEGIN SOLUTION
    k = int(valid_share * len(x))
    valid, train = order[:k], order[k:]  # (k,), (n - k,)
    mean, std = x[train].mean(0), x[train].std(0, correction=0)  # (d,), (d,)
    scaled = (x - mean) / std  # (n, d)
    return scaled[train], y[train], scaled[valid], y[valid]
    ### END SOLUTION


# %% [markdown] lang="ko"
# 누출은 얼마나 심한 거짓말을 할까요? **배울 것이 전혀 없는** 데이터를 만들어 봅시다. 200명에게 무작위 수를 100개씩 주고, 최종 점수도 무작위입니다. 아무것도 모르고 언제나 평균만 말하는 모델과 견주면 됩니다. 데이터가 적으니 사람마다 네 벌씩 복사해서 늘리기로 합니다. 사진을 조금씩 바꾸어 가며 늘리는 데이터 증강(data augmentation)의 가장 단순한 꼴입니다. 복사를 나누기 *전에* 할 때와 나눈 *뒤에* 할 때를 견줍니다. 가중치는 최소제곱법(2장)으로 구합니다.

# %% [markdown] lang="en"
# How big a lie can leakage tell? Make data in which there is **nothing to learn**: 200 people with a hundred random numbers each, and a final score that is random as well. The one to compare with is a model that knows nothing and always says the mean. As the data are few, we add copies until everybody is there four times, the plainest form of a common trick, data augmentation, which usually adds slightly changed copies of photographs. Compare copying *before* the split with copying *after* it. The weights come from least squares (chapter 2).

# %% tags=["demo"]
generator = torch.Generator().manual_seed(0)
noise_x = torch.randn(200, 100, generator=generator)  # (200, 100): nothing to do with y
noise_y = torch.randn(200, 1, generator=generator)  # (200, 1)

order = torch.randperm(800, generator=generator)  # (800,)
copies = noise_x.repeat(4, 1), noise_y.repeat(4, 1)  # (800, 100), (800, 1)
before = train_valid_split(*copies, 0.25, order)

order = torch.randperm(200, generator=generator)  # (200,)
train_x, train_y, valid_x, valid_y = train_valid_split(noise_x, noise_y, 0.25, order)
after = train_x.repeat(4, 1), train_y.repeat(4, 1), valid_x, valid_y

for name, (train_x, train_y, valid_x, valid_y) in (("before", before), ("after", after)):
    W = torch.linalg.lstsq(train_x, train_y).solution  # (100, 1)
    train_loss = F.mse_loss(train_x @ W, train_y).item()
    valid_loss = F.mse_loss(valid_x @ W, valid_y).item()
    mean_loss = torch.mean((valid_y - train_y.mean()) ** 2).item()
    print(f"copied {name} the split: train {train_loss:.2f}, validation {valid_loss:.2f}", end="")
    print(f" (always saying the mean: {mean_loss:.2f})")

# %% [markdown] lang="ko"
# 나누기 전에 복사하면 검증 손실이 평균만 말하는 모델보다 뚜렷이 작습니다. 무작위 수로 무작위 점수를 맞혔다는 뜻이니 거짓말입니다. 검증 집합에 든 사람이 거의 다 다른 복사본으로 훈련 집합에도 있었기 때문입니다. 나눈 뒤에 복사하면 모델이 외우기만 했다는 것이 드러납니다. 처음 보는 사람에게는 평균만 말하는 모델보다도 훨씬 못합니다. 둘째 규칙을 어길 때의 거짓말은 대개 이보다 작습니다. 하지만 지키는 데는 코드 한 줄이면 되고, 어기면 얼마나 작은지 알 길이 없습니다.
#
# PyTorch의 `random_split`은 번호만 나누어 줍니다. 표준화는 여러분의 몫으로 남습니다. 다섯 명을 75 %와 25 %로 나누면 어떻게 되는지 보세요.

# %% [markdown] lang="en"
# Copied before the split, the validation loss is clearly below that of always saying the mean: random numbers seem to predict random scores, which is a lie. Almost everyone in the validation set was in the training set, too, as another copy. Copied after the split, the truth comes out: the model has only memorised, and on people it has never seen it does far worse than always saying the mean. The lie told by breaking the second rule is usually smaller. But keeping it takes one line of code, and if you break it you cannot know how small.
#
# PyTorch's `random_split` divides the numbers and no more; standardising is left to you. See how it splits five students into 75 % and 25 %.

# %%
generator = torch.Generator().manual_seed(0)
train_set, valid_set = random_split(range(5), [0.75, 0.25], generator=generator)
print("train:", list(train_set), "validation:", list(valid_set))

# %% [markdown] lang="ko"
# 75 %는 3.75명, 25 %는 1.25명입니다. 둘 다 내림한 뒤 남은 한 명은 앞쪽부터 나누어 줍니다. 그래서 4명과 1명이 되었습니다.
#
# ## 8. 로더의 나머지 손잡이
#
# ### 시드: 똑같이 되풀이하기
#
# 1절의 난수 생성기를 로더에도 줄 수 있습니다. 그러면 섞는 순서를 똑같이 되풀이할 수 있습니다. (`torch.Generator`는 파이썬의 제너레이터와 이름이 같지만 다른 것입니다.) 같은 시드로 두 번 실행해 봅시다.

# %% [markdown] lang="en"
# 75 % are 3.75 students and 25 % are 1.25. Both are rounded down, and those left over are handed out from the front: so it is 4 and 1.
#
# ## 8. The other knobs of a loader
#
# ### Seeds: the same run again
#
# A loader, too, can be given the random number generator of section 1, and then its shuffling can be repeated. (`torch.Generator` shares its name with Python's generators, but is something else.) Run twice with the same seed.

# %%
for run in (1, 2):
    generator = torch.Generator().manual_seed(7)
    loader = DataLoader(range(6), batch_size=6, shuffle=True, generator=generator)
    print(f"run {run}:", *[f"epoch {epoch} {next(iter(loader)).tolist()}" for epoch in (1, 2)])

# %% [markdown] lang="ko"
# 에폭마다 순서가 다르면서도, 두 번의 실행은 똑같습니다. 바라던 그대로입니다.
#
# ### 워커: 미리 준비해 두기
#
# 표본을 읽는 데 오래 걸리면(디스크에서 사진을 읽고 크기를 바꾸는 따위) 모델이 기다립니다. `num_workers=2`라고 하면 로더가 따로 도는 파이썬 프로세스(process) 둘을 만들어 다음 배치들을 미리 준비하게 합니다. 이것을 워커(worker)라고 합니다. 그러면 두 배 빨라질까요? 읽는 데 시간이 들지 않는 데이터셋과, 표본마다 0.02초씩 걸리는 데이터셋으로 재어 봅시다.

# %% [markdown] lang="en"
# The epochs differ, and yet both runs are the same: just what we want.
#
# ### Workers: prepared in advance
#
# Where it takes long to read a sample (a photograph from a disk, to be resized), the model waits. With `num_workers=2` the loader starts two Python processes of their own, which prepare the next batches in advance. They are called workers. Is it twice as fast, then? Measure with a dataset that takes no time to read, and with one that takes 0.02 seconds a sample.

# %% tags=["demo", "nbval-ignore-output"]
class WaitingDataset(Dataset):
    def __init__(self, seconds):
        self.seconds = seconds

    def __len__(self):
        return 60

    def __getitem__(self, i):
        time.sleep(self.seconds)
        return torch.tensor([float(i)])


two_workers = {"num_workers": 2, "multiprocessing_context": "fork"}
if sys.platform != "linux":
    two_workers = {"num_workers": 0}
    print("Workers cannot see a class of a notebook here: both lines are without them.")
for seconds in (0, 0.02):
    for workers in ({"num_workers": 0}, two_workers):
        start = time.perf_counter()
        for batch in DataLoader(WaitingDataset(seconds), batch_size=10, **workers):
            pass
        taken = time.perf_counter() - start
        print(f"{seconds:4} s a sample, {workers['num_workers']} workers: {taken:.2f} s an epoch")

# %% [markdown] lang="ko"
# 읽는 데 시간이 들지 않으면 워커는 손해입니다. 프로세스를 만들고 텐서를 주고받는 값이 더 비쌉니다. 표본마다 오래 걸리면 이득이지만, 워커를 에폭마다 새로 만들기 때문에 꼭 두 배는 아닙니다(`persistent_workers=True`는 워커를 살려 둡니다). 먼저 0으로 시작하고, 로더가 느리다는 것을 잰 다음에 늘리세요.
#
# 리눅스에서 워커는 지금의 프로세스를 그대로 복제한 것(fork)이라 노트북에서 만든 클래스도 알고 있습니다. 윈도우와 macOS에서는 파이썬을 새로 띄우기 때문에 노트북 안의 클래스를 찾지 못합니다. 그때는 클래스를 `.py` 파일로 옮기고 `import` 하세요.
#
# 복제에는 함정이 하나 있습니다. 데이터셋이 **자기만의 난수 생성기**를 들고 있으면 그것까지 똑같이 복제됩니다. 표본에 작은 잡음을 더하는 데이터셋으로 봅시다. 표본은 여덟 개, 배치는 두 개씩이고 워커 둘이 번갈아 맡습니다.

# %% [markdown] lang="en"
# Where reading takes no time, workers are a loss: starting processes and passing tensors around costs more. Where each sample takes long they are a gain, though not quite twofold, as they are started anew every epoch (`persistent_workers=True` keeps them alive). Begin with 0, and add some once you have measured that the loader is slow.
#
# On Linux a worker is a copy of the process you are in (a fork), so it knows the classes of your notebook. On Windows and macOS a new Python is started, which cannot find a class made in a notebook. There, move the class into a `.py` file and `import` it.
#
# Copying has a trap. If the dataset holds **a random number generator of its own**, that is copied as well. See it with a dataset that adds a little noise to each sample: eight samples in batches of two, which the two workers take in turn.

# %% tags=["demo"]
class NoisyDataset(Dataset):
    def __init__(self):
        self.generator = torch.Generator().manual_seed(0)

    def __len__(self):
        return 8

    def __getitem__(self, i):
        return torch.rand(1, generator=self.generator)  # (1,): the noise of sample i


def own_seed(worker_id):
    info = get_worker_info()  # which worker this is, its copy of the dataset, a seed of its own
    info.dataset.generator.manual_seed(info.seed)


if sys.platform == "linux":
    for init in (None, own_seed):
        generator = torch.Generator().manual_seed(7)
        loader = DataLoader(
            NoisyDataset(), 2, num_workers=2, multiprocessing_context="fork",
            worker_init_fn=init, generator=generator,
        )  # fmt: skip
        noise = torch.cat(list(loader)).flatten()  # (8,)
        print("own_seed:" if init else "no init: ", [round(v, 2) for v in noise.tolist()])

# %% [markdown] lang="ko"
# 첫 줄에서는 두 워커가 같은 난수를 뽑아, 서로 다른 표본에 똑같은 잡음이 붙었습니다. `worker_init_fn`은 워커가 시작할 때 한 번 불리는 함수입니다. 여기서 워커마다 다른 시드(`info.seed`)를 심으면 고쳐지고, 로더의 `generator`가 정해져 있으니 되풀이도 됩니다. `torch`와 `random`과 NumPy의 *공용* 난수 생성기는 지금의 PyTorch가 워커마다 알아서 다르게 심어 줍니다.
#
# ### GPU가 있다면
#
# GPU는 자기 메모리를 따로 가지고 있어서 배치를 그리로 옮겨야 합니다. `pin_memory=True`는 배치를 고정 메모리(pinned memory), 곧 운영체제가 다른 데로 치우지 못하게 못 박은 메모리에 둡니다. 그런 메모리는 GPU가 직접 읽어 갈 수 있습니다. 그러면 `non_blocking=True`로 옮기라고 시켜 놓고, 기다리지 않고 다음 일을 할 수 있습니다. GPU가 없어도 아래 코드는 그대로 돕니다.

# %% [markdown] lang="en"
# In the first line both workers drew the same numbers, so different samples got the same noise. `worker_init_fn` is a function that is called once when a worker starts. Setting another seed in each worker (`info.seed`) there mends it, and as the loader's `generator` is fixed, it can be repeated. The *shared* random number generators of `torch`, `random` and NumPy need no such care: today's PyTorch gives them another seed in every worker.
#
# ### If you have a GPU
#
# A GPU has a memory of its own, and batches must be moved there. `pin_memory=True` puts a batch into pinned memory, nailed down so that the operating system cannot move it elsewhere; from there the GPU can fetch it by itself. Then `non_blocking=True` orders the transfer and goes on without waiting for it. Without a GPU this code runs all the same.

# %% tags=["nbval-ignore-output"]
device = "cuda" if torch.cuda.is_available() else "cpu"
loader = DataLoader(TensorDataset(exams, finals), batch_size=128, pin_memory=device == "cuda")
for batch_x, batch_y in loader:
    batch_x = batch_x.to(device, non_blocking=True)  # (B, 2)
    batch_y = batch_y.to(device, non_blocking=True)  # (B, 1)
print(f"the last batch, {len(batch_x)} students, is on: {batch_x.device.type}")

# %% [markdown] lang="ko"
# ## 정리
#
# - 미니배치의 기울기는 평균적으로 맞고, 잡음은 $1/\sqrt{B}$로 줄어듭니다. 전체 배치는 정확하지만 걸음이 적고, 하나씩은 걸음이 많지만 맴돕니다.
# - 데이터셋은 두 질문에 답합니다: `__len__`과 `__getitem__`. 표본의 x와 y는 텐서로, 자료형은 float32로.
# - 로더는 순열을 $B$개씩 자릅니다. 마지막 배치는 짧을 수 있습니다. `drop_last=True`는 그것을 버립니다.
# - 에폭의 손실은 배치 크기로 가중한 평균입니다. 평균들의 평균은 짧은 배치를 너무 무겁게 셉니다.
# - 제너레이터는 한 번만 읽을 수 있습니다. 순열은 에폭마다 새로, 시드는 한 번만. 손실이 0이 되면 의심하세요.
# - collate 함수는 표본의 리스트를 배치로 바꿉니다. 길이가 다르면 채우고, 길이를 함께 돌려줍니다.
# - 먼저 나누고, 그다음에 잽니다. 검증 집합은 손실을 재는 데만 쓰고, 훈련에 쓸 수는 하나도 거기서 구하지 않습니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 에폭마다 순열을 쓰지 않고, 걸음마다 400명 가운데 아무나 뽑으면 무엇이 다른가요?</summary>
#
# 같은 표본이 한 에폭에 여러 번 뽑히고, 한 번도 안 뽑히는 표본도 생깁니다. 400번 뽑는 동안 어느 한 명이 한 번도 안 뽑힐 확률은 $(1 - 1/400)^{400} \approx 0.367$입니다. 한 에폭에 셋 가운데 하나꼴로 빠지는 셈입니다. 순열을 쓰면 빠짐없이 한 번씩 보므로 보통 조금 더 빨리 배웁니다.
# </details>
#
# <details><summary>2. 배치 크기를 두 배로 늘리면 학습률도 바꾸어야 하나요?</summary>
#
# 걸음의 수가 절반이 되고 걸음마다의 잡음은 줄어듭니다. 그래서 같은 에폭 수로 같은 곳까지 가려면 학습률을 키우는 것이 보통입니다(두 배가 흔한 출발점입니다). 다만 3장의 한계 $2/L$은 배치를 아무리 키워도 커지지 않으므로, 끝없이 키울 수는 없습니다.
# </details>
#
# <details><summary>3. 검증용 로더도 섞고 drop_last=True로 두나요?</summary>
#
# 아닙니다. 가중치를 바꾸지 않고 재기만 하므로 순서는 결과에 영향을 주지 않고, 표본을 버리면 잰 값만 부정확해집니다. 기울기를 저장하지 않아도 되니 배치는 메모리가 허락하는 만큼 크게 잡아도 됩니다. 배치마다 잰 값은 크기로 가중해서 평균 냅니다.
# </details>
#
# <details><summary>4. drop_last=True는 언제 쓸모가 있나요?</summary>
#
# 짧은 배치가 문제를 일으킬 때입니다. 표본 하나짜리 배치에서는 15장의 배치 정규화가 오류를 냅니다. 또 짧은 배치의 걸음은 몇 안 되는 표본이 정하므로 유난히 흔들립니다. 에폭마다 새로 섞는다면 버려지는 표본이 매번 다르니 잃는 것이 거의 없습니다. 평가할 때는 쓰지 않습니다.
# </details>
#
# <details><summary>5. IterableDataset에 워커를 둘 붙였더니 표본이 모두 두 번씩 나옵니다. 왜 그런가요?</summary>
#
# `IterableDataset`은 번호로 꺼내지 않고 처음부터 차례로 내놓는 데이터셋입니다. 워커마다 그 복제본을 들고 각자 처음부터 끝까지 읽기 때문에 모든 표본이 두 번 나옵니다. `get_worker_info()`로 자기가 몇 번째 워커인지 알아내어 제 몫만 내놓게 해야 합니다. 번호로 꺼내는 데이터셋은 로더가 번호를 나누어 주므로 괜찮습니다.
# </details>

# %% [markdown] lang="en"
# ## Summary
#
# - The gradient of a minibatch is right on average, and its noise shrinks like $1/\sqrt{B}$. A full batch is exact but takes few steps, single samples take many but keep rattling.
# - A dataset answers two questions: `__len__` and `__getitem__`. x and y of a sample are tensors, in float32.
# - A loader cuts a permutation into pieces of $B$. The last batch may be short; `drop_last=True` throws it away.
# - The loss of an epoch is a mean weighted by the batch sizes. A mean of means counts the short batch too much.
# - A generator can be read only once. A new permutation every epoch, the seed only once. If a loss drops to 0, be suspicious.
# - The collate function turns a list of samples into a batch. Where lengths differ, it pads, and returns the lengths.
# - Split first, measure afterwards. The validation set is for measuring the loss; no number that the training uses may come from it.
#
# ## Further questions
#
# <details><summary>1. What if every step draws any of the 400, instead of going through a permutation?</summary>
#
# Some samples come several times in an epoch, and some not at all. That a given one is never drawn in 400 draws has the probability $(1 - 1/400)^{400} \approx 0.367$: about one in three is missed in an epoch. With a permutation everyone comes exactly once, which usually learns a little faster.
# </details>
#
# <details><summary>2. If you double the batch size, should the learning rate change?</summary>
#
# There are half as many steps, each with less noise. So to get as far in as many epochs, people usually raise the learning rate (twice is a common start). But the limit $2/L$ of chapter 3 does not grow with the batch, so this cannot go on for ever.
# </details>
#
# <details><summary>3. Should the loader for validation shuffle, and have drop_last=True?</summary>
#
# No. It only measures and does not change the weights, so the order has no influence, and dropping samples merely makes the measurement less exact. As no gradients are stored, batches may be as large as memory allows. What each batch measures is averaged with the sizes as weights.
# </details>
#
# <details><summary>4. When is drop_last=True of use?</summary>
#
# When a short batch makes trouble. The batch normalisation of chapter 15 refuses a batch of one sample. Also, the step of a short batch is decided by a few samples, so it shakes more than others. If you shuffle anew every epoch, other samples are dropped each time and almost nothing is lost. Never use it to evaluate.
# </details>
#
# <details><summary>5. With an IterableDataset and two workers, every sample comes twice. Why?</summary>
#
# An `IterableDataset` does not take samples out by their number but hands them out one after another. Each worker has a copy of it and reads it from beginning to end, so everything comes twice. It has to find out with `get_worker_info()` which worker it is in, and hand out only its share. With numbered datasets all is well, because the loader shares out the numbers.
# </details>
