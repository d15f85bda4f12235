# ---
# jupyter:
#   course:
#     ko: 합성곱과 풀링
#     en: Convolution and pooling
#     minutes: 120
# ---

# %% [markdown] lang="ko"
# # 16장. 합성곱과 풀링
#
# **누구를 위한 장인가요?** `nn.Conv2d(1, 8, 5, padding=2)`라고 쓸 줄은 알지만, 그 한 줄이 어떤 수를 몇 개 곱해서 더하는지, 결과는 왜 그 크기인지, 기울기는 어떻게 돌아오는지 직접 써 보지는 않은 사람.
#
# **걸리는 시간** 약 120분 · **먼저 알아야 할 것** 축과 인덱싱(1장), 모듈(4장), 소프트맥스와 교차 엔트로피(7장), 선형 층으로 읽는 숫자(9장), 손으로 하는 역전파와 중심 차분(11장), ReLU와 Adam(12장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 합성곱층을 반복문과 행렬 곱으로 직접 쓰고, 결과의 크기를 실행하기 전에 말할 수 있습니다.
# - 신경망이 합성곱이라고 부르는 것이 사실은 무엇인지, 왜 그래도 되는지 설명할 수 있습니다.
# - 합성곱과 최댓값 풀링의 역전파를 손으로 쓰고, 세 가지 방법으로 검산할 수 있습니다.
# - 합성곱 신경망을 만들어 선형 모델과 같은 데이터에서 견주고, 무엇이 나아졌고 무엇은 *나아지지 않았는지* 잰 만큼만 말할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 16. Convolution and pooling
#
# **Who is this for?** You can type `nn.Conv2d(1, 8, 5, padding=2)`, but you have never written down which numbers that one line multiplies and adds, why the result has the size it has, and how a gradient finds its way back.
#
# **Time** about 120 minutes · **You need** axes and indexing (chapter 1), modules (chapter 4), softmax and cross entropy (chapter 7), digits read by one linear layer (chapter 9), backpropagation by hand and central differences (chapter 11), ReLU and Adam (chapter 12)
#
# **Afterwards you can**
#
# - write a convolution layer with loops and a matrix product, and say how large its result is before you run it,
# - explain what it really is that networks call a convolution, and why that does no harm,
# - write the way back through a convolution and through max pooling by hand, and check it in three ways,
# - build a convolutional network, compare it with a linear model on the same data, and claim for it as much as was measured, including what it does *not* improve.

# %%
import time

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle
from scipy import signal
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots, scores
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.data import digits

plots.use_course_style()

# %% lang="ko"
open_chapter("ch16_convolution", "ko")

# %% lang="en"
open_chapter("ch16_convolution", "en")

# %% [markdown] lang="ko"
# ## 1. 옆으로 옮긴 3은 왜 3이 아닌가요?
#
# 9장의 선형 층은 그림을 784개 수의 줄로 펴고, 숫자마다 본보기를 한 장씩 들고 포개어 보았습니다. 줄로 펴면 어느 픽셀이 이웃이었는지는 잊힙니다. 그래서 같은 그림을 몇 픽셀 옆으로 옮기기만 해도 선형 층에게는 전혀 다른 줄이 됩니다. 얼마나 다를까요?

# %% [markdown] lang="en"
# ## 1. Why is a 3 no longer a 3 when it moves?
#
# The linear layer of chapter 9 flattened an image into a row of 784 numbers and laid one template for each digit over it. In a row, it is forgotten which pixels were neighbours. Move the very same image a few pixels to the side, and to a linear layer it is quite another row. How much another?

# %%
data = digits()
print(data.source)
train_images, train_labels = data.train_images, data.train_labels  # (N, 1, 28, 28), (N,)
test_images, test_labels = data.test_images, data.test_labels  # (M, 1, 28, 28), (M,)

digit = train_images[train_labels == 3][0, 0]  # (28, 28)
moved = digit.roll(4, dims=1)  # (28, 28): four pixels to the right

rows = test_images.flatten(1)  # (M, 784)
to_itself = (rows - test_images.roll(4, dims=3).flatten(1)).norm(dim=1)  # (M,)
to_others = torch.cdist(rows, rows)  # (M, M): the distances between every two images
to_others[test_labels[:, None] == test_labels] = float("inf")  # the same digit does not count
further = (to_itself > to_others.amin(1)).float().mean()
print(f"moved by 4 pixels, {further:.0%} of the test images are further from themselves")
print("than from some image of another digit")

figure, grid = plots.axes(3, width=1.9, height=2.1)
pictures = {"a 3": digit, "moved by 4": moved, "difference": moved - digit}
for ax, (title, image) in zip(grid, pictures.items()):
    ax.imshow(image, cmap="RdBu_r", vmin=-1, vmax=1)
    ax.set_title(title)
    ax.axis("off")
figure.suptitle("To a linear layer, most of the ink has changed", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 네 픽셀 옮긴 자기 자신보다 더 가까운 *다른 숫자의 그림*이 거의 언제나 있습니다. (`roll`은 9장에서처럼 돌려서 옮깁니다. 오른쪽으로 나간 열은 왼쪽에서 다시 들어옵니다.)
#
# 그런데 3을 3으로 만드는 것은 어디에 있느냐가 아니라 획의 모양입니다. 오른쪽으로 굽은 선이 위아래로 둘. 그런 **작은 무늬**는 그림 어디에 있든 같은 무늬입니다. 그렇다면 이렇게 해 봅시다. 그림 전체를 덮는 본보기 대신 **작은 본보기 하나**를 만들고, 그것을 그림 위에서 한 칸씩 옮겨 가며 모든 자리에서 포개어 봅니다. 이것이 이 장의 생각 전부입니다.
#
# ## 2. 작은 본보기를 밀고 다니기
#
# 작은 본보기를 커널(kernel)이라고 합니다. 커널이 지금 덮고 있는 그림의 조각을 창(window)이라고 합시다. 창과 커널에서 포개진 칸끼리 곱해서 모두 더하면 수 하나가 나옵니다. 커널이 설 수 있는 모든 자리에서 그 수를 적어 놓으면 다시 표가 됩니다.

# %% [markdown] lang="en"
# An image is nearly always further from itself moved by four pixels than from some image of *another digit*. (As in chapter 9, `roll` moves it round: columns that leave on the right come back in on the left.)
#
# But what makes a 3 a 3 is not where it stands, it is the shape of its strokes: two lines bent to the right, one above the other. Such a **small pattern** is the same pattern wherever it lies. So let us do this: instead of a template that covers the whole image, make **one small template**, move it over the image cell by cell, and lay it on at every place. That is the whole idea of this chapter.
#
# ## 2. Sliding a small template
#
# The small template is called the kernel. Call the piece of the image that it covers just now the window. Multiply the cells of window and kernel that lie on each other, add up the products, and you have one number. Write that number down for each place where the kernel can lie, and you have a table again.

# %%
image = torch.tensor([[0.0, 0, 1, 1, 1]] * 3 + [[0.0, 0, 0, 0, 1]] * 2)  # (5, 5)
kernel = torch.tensor([[-1.0, 0, 1]] * 3)  # (3, 3): right less left
result = F.conv2d(image[None, None], kernel[None, None])[0, 0]  # (3, 3); soon your own work

figure, grid = plots.axes(5, width=1.75, height=2.15)
for ax, (i, j) in zip(grid, [(0, 0), (0, 1), (2, 2)]):
    plots.heatmap(ax, image, numbers=True, cmap="Greys", vmin=0, vmax=3)
    ax.add_patch(Rectangle((j - 0.5, i - 0.5), 3, 3, fill=False, edgecolor=plots.ORANGE, linewidth=3))
    ax.set_title(f"window ({i}, {j})\ngives {result[i, j]:g}")
tables = {"the kernel,\n(3, 3)": kernel, "the result,\n(3, 3)": result}
for ax, (title, values) in zip(grid[3:], tables.items()):
    plots.heatmap(ax, values, symmetric=True, numbers=True, vmin=-4, vmax=4)
    ax.set_title(title)
for ax in grid:
    ax.set(xticks=[], yticks=[], aspect="equal")
figure.suptitle("One kernel, laid on everywhere; each place gives one number", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 이 커널은 오른쪽 열에서 왼쪽 열을 뺍니다. 그래서 왼쪽이 희고 오른쪽이 검은 곳, 곧 세로 경계에서 큰 수가 나오고, 색이 고른 곳에서는 0이 나옵니다. 커널은 "여기에 내가 찾는 무늬가 있나?"라고 모든 자리에서 묻는 셈입니다.
#
# 그림이 $x$ (H, W), 커널이 $w$ (kh, kw), 결과가 $y$일 때
#
# $$y_{ij} = \sum_{a=0}^{kh-1}\sum_{b=0}^{kw-1} x_{i+a,\,j+b}\;w_{ab}$$
#
# ### 여러분 차례: `cross-correlate`
#
# 커널이 그림 밖으로 나가지 않는 자리만 셉니다. 자리는 몇 곳일까요? 위 그림에서 세어 보세요. 5칸짜리 줄에 3칸짜리 커널이 설 곳은 두 곳이 아닙니다.

# %% [markdown] lang="en"
# This kernel takes the right column less the left one. So it gives large numbers where white meets black from the left, at a vertical edge, and 0 where the image is even. A kernel asks at every place: "is the pattern I look for here?"
#
# With $x$ (H, W) for the image, $w$ (kh, kw) for the kernel and $y$ for the result,
#
# $$y_{ij} = \sum_{a=0}^{kh-1}\sum_{b=0}^{kw-1} x_{i+a,\,j+b}\;w_{ab}$$
#
# ### Your turn: `cross-correlate`
#
# Only places count where the kernel does not stick out of the image. How many are there? Count them in the picture: a kernel of 3 has more than two places on a row of 5.

# %% exercise="cross-correlate"
def cross_correlate(x, kernel):
    """Slides a kernel over an image: at every place the sum of the products of what overlaps.

    x: (H, W) float. kernel: (kh, kw) of the same dtype, kh <= H and kw <= W, not always square.
    Returns (H - kh + 1, W - kw + 1) in x's dtype: y[i, j] belongs to the window whose top left
    cell is x[i, j], and kernel[0, 0] multiplies that cell. Neither argument is changed.
    By hand: no F.conv2d and the like.
    """
    # a table for the result              # (H - kh + 1, W - kw + 1)
    # for every place (i, j): the window  # (kh, kw)
    ### BEGIN SOLUTION
    (H, W), (kh, kw) = x.shape, kernel.shape
    y = torch.zeros(H - kh + 1, W - kw + 1, dtype=x.dtype)
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            window = x[i : i + kh, j : j + kw]  # (kh, kw)
            y[i, j] = (window * kernel).sum()
    return y
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 함수로 숫자 그림을 훑어 봅시다. 사람이 오래전부터 써 온 커널 셋입니다. **소벨**(Sobel) 둘은 방금 본 경계 찾기를 가운데에 무게를 더 두어 다듬은 것이고, **흐리기**는 이웃 25칸의 평균입니다. 커널의 수만 바꾸었을 뿐 함수는 하나입니다.

# %% [markdown] lang="en"
# Run your function over a digit, with three kernels that people have long used. The two of **Sobel** are the edge finder you just saw, with more weight in the middle; the **blur** is the mean of 25 neighbours. Only the numbers in the kernel change: the function is one and the same.

# %% tags=["demo"]
sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])  # (3, 3)
kernels = {"Sobel: left to right": sobel, "Sobel: top to bottom": sobel.T,
           "blur": torch.full((5, 5), 1 / 25)}
figure, grid = plots.axes(4, width=1.9, height=2.2)
for ax, (name, kernel) in zip(grid, {"the digit": torch.ones(1, 1), **kernels}.items()):
    found = cross_correlate(digit, kernel)  # (28 - kh + 1, 28 - kw + 1)
    top = found.abs().max()
    ax.imshow(found, cmap="RdBu_r", vmin=-top, vmax=top)
    ax.set_title(f"{name}\n{tuple(found.shape)}", fontsize="small")
    ax.axis("off")
figure.suptitle("Three kernels see three things in one image", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 빨강은 양수, 파랑은 음수입니다. 소벨은 획의 한쪽 가장자리에 빨강, 반대쪽에 파랑을 칠합니다. 결과를 특성 맵(feature map)이라고 합니다. 어떤 특성이 *어디에* 있는지를 그린 지도이기 때문입니다.
#
# 옮기면 어떻게 될까요? 그림을 옮기면 특성 맵도 똑같이 옮겨질 뿐입니다. 이 성질을 등변성(equivariance)이라고 합니다.

# %% [markdown] lang="en"
# Red is positive, blue negative. Sobel paints one rim of a stroke red and the other blue. The result is called a feature map, for it maps *where* a feature is.
#
# And if the image moves? Then the feature map moves along, and that is all. This property is called equivariance.

# %% tags=["demo"]
here = cross_correlate(digit, sobel)  # (26, 26)
there = cross_correlate(digit.roll(3, dims=1), sobel)  # (26, 26)
print("the map of the moved image is the moved map:",
      torch.allclose(there[:, 3:], here[:, :-3]))

# %% [markdown] lang="ko"
# ## 3. 이것은 합성곱이 아닙니다
#
# 노트는, 그리고 거의 모든 책과 라이브러리는 이 연산을 합성곱(convolution)이라고 부릅니다. 수학에서 합성곱은 커널을 **뒤집어서** 밉니다.
#
# $$(x * w)_{ij} = \sum_{a}\sum_{b} x_{i+kh-1-a,\;j+kw-1-b}\;w_{ab}$$
#
# 뒤집지 않는 것에는 따로 이름이 있습니다. 교차상관(cross-correlation)입니다. PyTorch의 `nn.Conv2d`는 어느 쪽일까요? 신호 처리 라이브러리의 두 함수와 견주어 보면 됩니다.

# %% [markdown] lang="en"
# ## 3. This is not a convolution
#
# The notes call this operation a convolution, as nearly every book and library does. In mathematics, a convolution **flips** the kernel before it slides it:
#
# $$(x * w)_{ij} = \sum_{a}\sum_{b} x_{i+kh-1-a,\;j+kw-1-b}\;w_{ab}$$
#
# Without the flip it has a name of its own: cross-correlation. Which of them is PyTorch's `nn.Conv2d`? Compare it with the two functions of a library for signal processing.

# %%
layer = nn.Conv2d(1, 1, 3, bias=False)
with torch.no_grad():
    layer.weight.copy_(torch.arange(1.0, 10.0).reshape(1, 1, 3, 3))
    by_torch = layer(digit[None, None])[0, 0]  # (26, 26)
flat_kernel = torch.arange(1.0, 10.0).reshape(3, 3)  # (3, 3)
for name, other in (("cross-correlation", signal.correlate2d(digit, flat_kernel, mode="valid")),
                    ("convolution", signal.convolve2d(digit, flat_kernel, mode="valid"))):
    same = torch.allclose(by_torch, torch.from_numpy(other), atol=1e-4)
    print(f"nn.Conv2d is what signal processing calls a {name}: {same}")

# %% [markdown] lang="ko"
# `nn.Conv2d`는 교차상관입니다. 이름만 합성곱입니다. 그래도 괜찮을까요? 신경망에서는 괜찮습니다. 커널을 우리가 정하지 않고 **학습**하기 때문입니다. 뒤집힌 커널이 필요하면 뒤집힌 채로 배우면 그만입니다. 하지만 남이 만들어 준 커널을 쓰거나 `np.convolve`, `scipy.signal`과 결과를 견줄 때는 반드시 걸립니다.
#
# ### 여러분 차례: `true-convolution`
#
# 도구 하나: `t.flip(0)`은 축 0의 순서를 거꾸로 하고, `t.flip(0, 1)`은 두 축 모두 거꾸로 합니다. 파이썬 리스트의 `[::-1]`은 PyTorch 텐서에 쓸 수 없습니다.

# %% [markdown] lang="en"
# `nn.Conv2d` is a cross-correlation; it is a convolution by name only. Does that do any harm? Not in a network, whose kernels are not given but **learned**: if a flipped one is needed, it learns it flipped. But take a kernel that somebody else made, or compare your results with `np.convolve` or `scipy.signal`, and you will trip over it.
#
# ### Your turn: `true-convolution`
#
# One tool: `t.flip(0)` reverses the order along axis 0, and `t.flip(0, 1)` along both axes. The `[::-1]` of Python's lists does not work on tensors of PyTorch.

# %% exercise="true-convolution"
def true_convolution(x, kernel):
    """The convolution of mathematics, at the places where the kernel lies wholly in the image.

    x: (H, W) float. kernel: (kh, kw) of the same dtype, kh <= H and kw <= W.
    Returns (H - kh + 1, W - kw + 1): y[i, j] is the sum over all a and b of
    x[i + kh - 1 - a, j + kw - 1 - b] * kernel[a, b]. Neither argument is changed.
    By hand: your cross_correlate may be used, F.conv2d and the like may not.
    """
    ### BEGIN SOLUTION
    return cross_correlate(x, kernel.flip(0, 1))
    ### END SOLUTION


# %% [markdown] lang="ko"
# 둘을 가르는 가장 쉬운 방법은 점 하나만 찍힌 그림입니다. 합성곱은 점이 있는 곳에 커널을 *그대로* 그려 놓고, 교차상관은 *돌려서* 그려 놓습니다.

# %% [markdown] lang="en"
# The easiest way to tell them apart is an image with a single dot. A convolution paints the kernel there *as it is*, a cross-correlation paints it *turned round*.

# %% tags=["demo"]
letter = torch.tensor([[1.0, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 0]])  # (5, 3): an F
dot = torch.zeros(13, 9)
dot[6, 4] = 1.0
figure, grid = plots.axes(4, width=1.8, height=2.1)
pictures = {"the kernel": letter, "an image": dot, "convolution": true_convolution(dot, letter),
            "cross-correlation": cross_correlate(dot, letter)}
for ax, (name, values) in zip(grid, pictures.items()):
    ax.imshow(values, cmap="Greys", vmin=0, vmax=1.3)
    ax.set_title(name)
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
figure.suptitle("Only the true convolution leaves the F upright", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 이제부터 이 장도 관습을 따라 뒤집지 않는 쪽을 합성곱이라고 부릅니다. 무엇인지 알고 부르는 것은 괜찮습니다.
#
# ## 4. 결과는 얼마나 큰가요? (함정)
#
# 커널을 한 칸씩만 옮길 필요는 없습니다. 한 번에 옮기는 칸 수가 걸음(stride)입니다. (1장의 걸음은 메모리에서 다음 원소까지의 거리였습니다. 여기서는 그림에서 다음 창까지의 거리입니다.) 그리고 그림 둘레에 0을 둘러 가장자리에도 창을 세울 수 있습니다. 이것도 패딩(padding)이라고 부릅니다.
#
# 노트에는 결과의 크기를 구하는 식과 보기 셋이 있습니다. 식은 $\frac{n - k + 2p}{s} + 1$이고, 둘째 보기는 이렇습니다: *입력 64, 커널 7, 걸음 2, 패딩 0이면 28.5라서 28*. 노트가 센 대로 코드를 쓰면 아래와 같습니다. 실행해 봅시다.

# %% [markdown] lang="en"
# From here on the chapter follows the custom and says convolution for the one without a flip. That is fine when you know what you are saying.
#
# ## 4. How large is the result? (a trap)
#
# The kernel need not move by one cell at a time. The number of cells it moves is the stride. (In chapter 1 a stride was the distance in memory to the next element. Here it is the distance in the image to the next window.) And you can surround the image with zeros, so that windows fit at its edge: padding, as it is called here too.
#
# The notes have a formula for the size of the result, $\frac{n - k + 2p}{s} + 1$, and three examples. The second says: *input 64, kernel 7, stride 2, padding 0 gives 28.5, hence 28*. Counted as the notes did there, the code is this. Run it.

# %%
def notes_output_size(size, kernel, stride, padding):
    """The number of places as the notes count them in their second example."""
    return int((size - kernel + 2 * padding) / stride)


def slide_as_noted(x, kernel, stride, output_size):
    """Cross-correlates a square image (n, n) with a square kernel; output_size counts places."""
    k = len(kernel)
    places = output_size(len(x), k, stride, 0)
    y = torch.zeros(places, places)
    for i in range(places):
        for j in range(places):
            y[i, j] = (x[i * stride : i * stride + k, j * stride : j * stride + k] * kernel).sum()
    return y


for n, k, s, p in ((227, 11, 4, 0), (64, 7, 2, 0), (32, 5, 1, 2)):
    truth = nn.Conv2d(1, 1, k, s, p)(torch.zeros(1, 1, n, n)).shape[-1]
    print(f"input {n}, kernel {k}, stride {s}, padding {p}: "
          f"counted {notes_output_size(n, k, s, p)}, nn.Conv2d gives {truth}")

corner = torch.zeros(64, 64)
corner[61:63, 61:63] = 1.0  # ink near the bottom right corner
seen = slide_as_noted(corner, torch.ones(7, 7), 2, notes_output_size)  # (28, 28)
truth = F.conv2d(corner[None, None], torch.ones(1, 1, 7, 7), stride=2)[0, 0]  # (29, 29)
print(f"ink seen by the counted places: {seen.sum():g}, by nn.Conv2d: {truth.sum():g}")

# %% [markdown] lang="ko"
# 세 줄 모두 하나가 모자랍니다. 그리고 64의 오른쪽 아래 구석에 있던 잉크는 **아무도 보지 못했습니다**. 오류는 없습니다. 결과의 크기를 직접 정하는 코드라면 그 가장자리를 조용히 잃습니다. 오른쪽 끝을 확대해 봅시다.

# %% [markdown] lang="en"
# All three are one short, and in the 64 the ink in the bottom right corner **went unseen**. There was no error: code that fixes the size of its result by itself loses the edge in silence. Here is the right-hand end, enlarged.

# %%
figure, (ax,) = plots.axes(1, width=7.0, height=2.5)
for number in range(25, 29):  # the last four windows
    start, missed = 2 * number, number == 28
    ax.barh(number, 7, left=start - 0.5, height=0.7, hatch="//" if missed else None,
            color=plots.ORANGE if missed else plots.BLUE, edgecolor="white")
    ax.text(start + 3, number, f"window {number}", ha="center", va="center", fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
ax.axvline(63.5, color="black")
ax.text(63.7, 24.9, "the image\nends", fontsize=8, va="center")
ax.set(xlim=(48.5, 66.5), xticks=range(50, 64), yticks=[])
ax.invert_yaxis()
plots.label(ax, "Window 28, the 29th, fits: it was left uncounted", "cell of the row, 0 to 63", "")
plt.show()

# %% [markdown] lang="ko"
# 어디에서 틀렸을까요? $(64 - 7)/2 = 28.5$는 창의 수가 아니라 **옮기는 횟수**입니다. 반 번은 옮길 수 없으니 28번 옮길 수 있고(내림), 옮기기 전의 처음 자리까지 세면 29곳입니다. 노트의 식에는 $+1$이 있었지만 보기에서는 잊었고, 식에는 내림 기호 $\lfloor\;\rfloor$가 빠져 있습니다. $\lfloor v\rfloor$는 $v$를 넘지 않는 가장 큰 정수입니다.
#
# $$\text{output} = \left\lfloor\frac{n + 2p - k}{s}\right\rfloor + 1$$
#
# ### 여러분 차례: `conv-output-size`
#
# 망가진 `notes_output_size`를 고쳐 쓰세요.

# %% [markdown] lang="en"
# Where did it go wrong? $(64 - 7)/2 = 28.5$ is not the number of windows, it is the number of **moves**. There is no half move, so it can move 28 times (rounded down); count the place before any move too, and there are 29. The notes have the $+1$ in their formula and forgot it in the example, and the formula lacks the brackets $\lfloor\;\rfloor$ that round down: $\lfloor v\rfloor$ is the largest whole number that is not above $v$.
#
# $$\text{output} = \left\lfloor\frac{n + 2p - k}{s}\right\rfloor + 1$$
#
# ### Your turn: `conv-output-size`
#
# Mend the broken `notes_output_size`.

# %% exercise="conv-output-size"
def conv_output_size(size, kernel, stride, padding):
    """How many places a kernel has along one axis: the size of the result there.

    size: cells of the input. kernel: cells of the kernel. stride: cells moved at a time, at
    least 1. padding: zeros put on *each* of the two ends. All ints, and
    kernel <= size + 2 * padding. Returns an int, at least 1. Cells left over at the end that
    make no whole window are dropped.
    """
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


# %% tags=["demo"]
for n, k, s, p in ((227, 11, 4, 0), (64, 7, 2, 0), (32, 5, 1, 2)):
    print(f"input {n}, kernel {k}, stride {s}, padding {p}: {conv_output_size(n, k, s, p)}")
seen = slide_as_noted(corner, torch.ones(7, 7), 2, conv_output_size)  # (29, 29)
print(f"ink in the corner that is seen now: {seen.sum():g}")

# %% [markdown] lang="ko"
# 걸음이 1이고 커널 크기가 홀수일 때 패딩을 $p = (k-1)/2$로 하면 크기가 그대로입니다(셋째 보기). 가장 많이 쓰는 조합이니 기억해 두세요: 3과 1, 5와 2.
#
# ## 5. 채널: 커널은 두껍습니다
#
# 컬러 사진에는 채널(channel)이 셋 있습니다. 특성 맵을 여덟 장 만들었다면 다음 층의 입력은 채널이 여덟입니다. 커널은 **입력 채널마다 한 장씩** 판을 가지고, 채널마다 포개어 곱한 것을 **모두 더해서** 수 하나를 냅니다. 그리고 커널이 여러 개면 커널마다 특성 맵이 한 장씩 나옵니다.

# %% [markdown] lang="en"
# With stride 1 and an odd kernel, a padding of $p = (k-1)/2$ keeps the size (the third example). Remember the common pairs: 3 with 1, and 5 with 2.
#
# ## 5. Channels: a kernel is thick
#
# A colour photograph has three channels. If one layer makes eight feature maps, the input of the next has eight channels. A kernel has **one plane for each input channel**; each is laid on its channel, and **all the products are added** into one number. And with several kernels, each makes a feature map of its own.

# %% jupyter={"source_hidden": true}
def draw_stack(ax, x, y, planes, cells, name, colour, mark=None):
    """A stack of planes, each a square of cells × 0.28, drawn from the back to the front."""
    side = 0.28 * cells
    for plane in reversed(range(planes)):
        at = (x + 0.22 * plane, y + 0.22 * plane)
        ax.add_patch(Rectangle(at, side, side, facecolor="white", edgecolor=colour, linewidth=1.5))
        if mark:
            corner = at[0] + 0.28 * mark[0], at[1] + 0.28 * mark[1]
            size = 0.28 * mark[2]
            ax.add_patch(Rectangle(corner, size, size, color=plots.ORANGE, alpha=0.5))
    ax.text(x + side / 2, y - 0.25, name, ha="center", va="top", fontsize=9)


figure, (ax,) = plots.axes(1, width=8.0, height=2.9)
draw_stack(ax, 0, 0, 3, 7, "x: (N, C = 3, 7, 7)\na window in orange", plots.BLUE, (1, 3, 3))
for k in range(2):
    name = "weight: (K = 2, C = 3, 3, 3)\ntwo kernels of three planes" if k == 0 else ""
    draw_stack(ax, 4.3, 0.1 + 1.75 * k, 3, 3, name, plots.ORANGE)
draw_stack(ax, 7.3, 0.2, 2, 5, "y: (N, K = 2, 5, 5)\none map a kernel", plots.GREEN, (1, 2, 1))
for x in (3.05, 6.1):
    ax.annotate("", (x + 0.8, 1.2), (x, 1.2), arrowprops={"arrowstyle": "->", "color": plots.GREY})
ax.set(xlim=(-0.4, 9.6), ylim=(-1.1, 3.5), aspect="equal")
ax.axis("off")
ax.set_title("Every kernel looks through all channels and makes one map")
plt.show()

# %% [markdown] lang="ko"
# 모양의 글자는 이렇게 씁니다. **N**은 그림의 수, **C**는 입력 채널, **K**는 커널의 수이자 출력 채널의 수, **Ho**와 **Wo**는 결과의 높이와 너비입니다. 걸음과 패딩은 세로와 가로를 따로 줄 수 있어서 둘 다 (세로, 가로) 순서의 쌍입니다.
#
# 한 자리 $(i, j)$만 보면 새로운 것이 없습니다. 창을 $C\cdot kh\cdot kw$개의 수로 펴면, 커널 $K$개를 곱하는 일은 **선형 층 하나**입니다.
#
# $$y_{n,k,i,j} = b_k + \sum_{c,u,v} \tilde{x}_{n,\;c,\;i s_h + u,\;j s_w + v}\;w_{k,c,u,v}$$
#
# $\tilde{x}$는 둘레에 0을 두른 $x$, $b_k$는 커널 $k$의 편향, $u$와 $v$는 커널 안의 줄과 열입니다.
#
# ### 여러분 차례: `conv2d-by-hand`
#
# 자리에 대한 반복문 두 개면 됩니다. 그림과 채널과 커널은 한꺼번에 계산하세요. 반복문을 더 겹쳐 써도 답은 맞지만, 뒤에서 이 함수로 학습할 때 몇 분씩 기다리게 됩니다. 0을 두르는 도구는 `F.pad`입니다. **마지막 축부터** 앞뒤로 몇 칸인지 받습니다: `F.pad(x, (left, right, top, bottom))`

# %% [markdown] lang="en"
# The letters of the shapes: **N** images, **C** input channels, **K** kernels and so output channels, **Ho** and **Wo** the height and width of the result. Stride and padding may differ down and across, so each is a pair, (down, across).
#
# Look at a single place $(i, j)$ and there is nothing new. Lay the window out as a row of $C\cdot kh\cdot kw$ numbers, and applying $K$ kernels is **one linear layer**.
#
# $$y_{n,k,i,j} = b_k + \sum_{c,u,v} \tilde{x}_{n,\;c,\;i s_h + u,\;j s_w + v}\;w_{k,c,u,v}$$
#
# Here $\tilde{x}$ is $x$ with zeros around it, $b_k$ the bias of kernel $k$, and $u$ and $v$ are a row and a column inside the kernel.
#
# ### Your turn: `conv2d-by-hand`
#
# Two loops over places will do; take images, channels and kernels all at once. More loops inside give the right answer too, but you would wait for minutes when we train with this function later. To put zeros around, use `F.pad`. It takes the **last axis first**, cells before and after: `F.pad(x, (left, right, top, bottom))`.

# %% exercise="conv2d-by-hand"
def conv2d_by_hand(x, weight, bias, stride, padding):
    """What a convolution layer computes: every kernel, at every place, of every image.

    x: (N, C, H, W). weight: (K, C, kh, kw). bias: (K,). All float tensors of one dtype.
    stride: (sh, sw) and padding: (ph, pw), pairs of ints: down first, then across; ph rows of
    zeros go above and ph below, pw columns of zeros left and pw right.
    Returns (N, K, Ho, Wo) in x's dtype, Ho and Wo as conv_output_size says. The kernel is not
    flipped. By hand: no F.conv2d, no nn.Conv2d.
    """
    # zeros around                        # (N, C, H + 2 ph, W + 2 pw)
    # a table for the result              # (N, K, Ho, Wo)
    # for every place (i, j): the window  # (N, C, kh, kw)
    # all its kernels at once             # (N, K)
    ### BEGIN SOLUTION
    (N, C, H, W), (K, _, kh, kw) = x.shape, weight.shape
    (sh, sw), (ph, pw) = stride, padding
    padded = F.pad(x, (pw, pw, ph, ph))  # (N, C, H + 2 ph, W + 2 pw)
    high, wide = conv_output_size(H, kh, sh, ph), conv_output_size(W, kw, sw, pw)
    flat = weight.flatten(1)  # (K, C kh kw)
    y = torch.zeros(N, K, high, wide, dtype=x.dtype)
    for i in range(high):
        for j in range(wide):
            window = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]  # (N, C, kh, kw)
            y[:, :, i, j] = window.flatten(1) @ flat.T + bias  # (N, K)
    return y
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
torch.manual_seed(0)
layer = nn.Conv2d(1, 8, 5, stride=(1, 2), padding=(2, 0))
with torch.no_grad():
    started = time.perf_counter()
    mine = conv2d_by_hand(test_images, layer.weight, layer.bias, (1, 2), (2, 0))  # (M, 8, 28, 12)
    halfway = time.perf_counter()
    theirs = layer(test_images)  # (M, 8, 28, 12)
    ended = time.perf_counter()
print("shape", tuple(mine.shape), "- equal to nn.Conv2d's:", torch.allclose(mine, theirs, atol=1e-5))
print(f"by hand {1000 * (halfway - started):.0f} ms, nn.Conv2d {1000 * (ended - halfway):.0f} ms")

# %% [markdown] lang="ko"
# ### 합성곱은 아주 게으른 선형 층입니다
#
# 자리 하나가 선형 층이라면 합성곱 전체도 선형 층입니다. 그 행렬은 어떻게 생겼을까요? 6×6 그림을 편 36개 수를 4×4 결과를 편 16개 수로 보내는 (16, 36) 행렬을 그려 봅시다. 픽셀 하나만 1인 그림 36장을 넣으면 행렬의 열이 하나씩 나옵니다. 행렬에 원-핫 벡터를 곱한 것이 바로 그 열이기 때문입니다.

# %% [markdown] lang="en"
# ### A convolution is a very lazy linear layer
#
# If each place is a linear layer, so is the whole convolution. What does its matrix look like? It takes the 36 numbers of a flattened 6×6 image to the 16 of a flattened 4×4 result, so it is (16, 36). Put in the 36 images with a single pixel of 1, and out come its columns, one by one: a matrix times a one-hot vector is that column.

# %%
kernel = torch.arange(1.0, 10.0).reshape(1, 1, 3, 3)  # (K, C, kh, kw)
dots = torch.eye(36).reshape(36, 1, 6, 6)  # (36, 1, 6, 6): one pixel each
matrix = F.conv2d(dots, kernel).flatten(1).T  # (16, 36)

figure, (ax,) = plots.axes(1, width=7.0, height=2.9)
ax.imshow(matrix, cmap="Blues", vmin=0, vmax=16)  # light enough for the numbers to be read
for row, column in matrix.nonzero().tolist():
    ax.text(column, row, f"{matrix[row, column]:g}", ha="center", va="center", fontsize=7)
ax.set(xticks=range(0, 36, 6), yticks=range(0, 16, 4))
ax.grid(False)
plots.label(ax, "The same nine weights in every row, and zeros elsewhere", "pixel of the image",
            "cell of the result")
plt.show()
zeros = (matrix == 0).sum().item()
print(f"a free matrix has {matrix.numel()} weights; here {zeros} are zero and the others are 9 numbers")

# %% [markdown] lang="ko"
# 줄마다 같은 아홉 수가 조금씩 옮겨 가며 나타나고 나머지는 모두 0입니다. 두 가지를 포기한 셈입니다. 멀리 있는 픽셀은 보지 않고(0), 자리마다 다른 가중치를 쓰지 않습니다(같은 아홉 수). 뒤의 것을 가중치 공유(weight sharing)라고 합니다. 그 덕분에 매개변수가 576개에서 9개로 줄었고, 한 자리에서 배운 무늬를 모든 자리에서 압니다.
#
# ## 6. 풀링: 어디인지는 대충만
#
# 획이 *어디쯤* 있는지는 중요하지만 정확히 몇 번째 픽셀인지는 중요하지 않습니다. 특성 맵을 작은 창으로 나누고 창마다 수 하나만 남기는 것을 풀링(pooling)이라고 합니다. 창에서 가장 큰 값을 남기면 최댓값 풀링(max pooling), 평균을 남기면 평균 풀링(average pooling)입니다. 배울 것이 없으니 매개변수도 없습니다.

# %% [markdown] lang="en"
# Each row holds the same nine numbers, shifted along, and zeros elsewhere. Two things are given up: it does not look at pixels far away (zeros), and it has no weights of its own for each place (the same nine). The latter is called weight sharing. It brings 576 parameters down to 9, and a pattern learned at one place is known at all.
#
# ## 6. Pooling: where, but only roughly
#
# It matters *about* where a stroke is; in just which pixel, it does not. To divide a feature map into small windows and keep a single number of each is called pooling. Keep the largest value, and it is max pooling; keep the mean, and it is average pooling. There is nothing to learn in it, so it has no parameters.

# %%
table = torch.tensor([[1.0, 5, 2, 0], [3, 4, 8, 6], [0, 1, -3, -1], [2, 1, -2, -4]])  # (4, 4)
maxima, means = F.max_pool2d(table[None], 2)[0], F.avg_pool2d(table[None], 2)[0]  # (2, 2) each
figure, grid = plots.axes(3, width=2.1, height=2.2)
tables = {"a feature map": table, "max pooling": maxima, "average pooling": means}
for ax, (title, values) in zip(grid, tables.items()):
    plots.heatmap(ax, values, symmetric=True, numbers=True, vmin=-12, vmax=12)
    ax.set_title(title)
    ax.set(xticks=[], yticks=[], aspect="equal")
for i, j in ((0, 0), (0, 2), (2, 0), (2, 2)):
    grid[0].add_patch(Rectangle((j - 0.5, i - 0.5), 2, 2, fill=False, edgecolor="black", linewidth=2))
figure.suptitle("Windows of 2 × 2, moved by 2", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `max-pool`
#
# 오른쪽 아래 창을 보세요. 값이 모두 음수입니다. 답은 0이 아니라 −1입니다. 도구 하나: `t.amax((2, 3))`은 축 2와 3에 대한 최댓값입니다. 다른 축은 그대로 남습니다.

# %% [markdown] lang="en"
# ### Your turn: `max-pool`
#
# Look at the bottom right window. All its values are negative, and the answer is −1, not 0. One tool: `t.amax((2, 3))` is the largest value along axes 2 and 3; the other axes stay.

# %% exercise="max-pool"
def max_pool(x, size, stride):
    """The largest value of every window, for each image and each channel on its own.

    x: (N, C, H, W) float, any sign. size: the side of the square window. stride: cells from one
    window to the next, down and across; windows overlap where stride < size. No padding;
    only windows that lie wholly in the image count. size <= H and size <= W.
    Returns (N, C, Ho, Wo) in x's dtype. By hand: none of torch's pooling functions.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    high, wide = conv_output_size(H, size, stride, 0), conv_output_size(W, size, stride, 0)
    y = torch.zeros(N, C, high, wide, dtype=x.dtype)
    for i in range(high):
        for j in range(wide):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            y[:, :, i, j] = x[:, :, rows, columns].amax((2, 3))  # (N, C)
    return y
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 여러분 차례: `avg-pool`

# %% [markdown] lang="en"
# ### Your turn: `avg-pool`

# %% exercise="avg-pool"
def avg_pool(x, size, stride):
    """The mean of every window, for each image and each channel on its own.

    x, size and stride as for max_pool. Returns (N, C, Ho, Wo) in x's dtype.
    By hand: none of torch's pooling functions.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    high, wide = conv_output_size(H, size, stride, 0), conv_output_size(W, size, stride, 0)
    y = torch.zeros(N, C, high, wide, dtype=x.dtype)
    for i in range(high):
        for j in range(wide):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            y[:, :, i, j] = x[:, :, rows, columns].mean((2, 3))  # (N, C)
    return y
    ### END SOLUTION


# %% [markdown] lang="ko"
# 숫자의 세로 경계를 찾은 다음(소벨, 음수는 ReLU로 버리고) 두 풀링으로 줄여 봅시다.

# %% [markdown] lang="en"
# Find the vertical edges of the digit (Sobel, with negative values dropped by a ReLU), then shrink the map with both.

# %% tags=["demo"]
edge_kernel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]  # (1, 1, 3, 3)
edges = F.conv2d(digit[None, None], edge_kernel, padding=1).relu()  # (1, 1, 28, 28)
pictures = {"edges": edges, "max pooling, 4": max_pool(edges, 4, 4),
            "average pooling, 4": avg_pool(edges, 4, 4)}
figure, grid = plots.axes(3, width=2.2, height=2.4)
for ax, (name, values) in zip(grid, pictures.items()):
    ax.imshow(values[0, 0], cmap="Oranges", vmin=0)
    ax.set_title(f"{name}\n{tuple(values.shape[2:])}", fontsize="small")
    ax.axis("off")
figure.suptitle("Sixteen cells become one; the strokes can still be told", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 최댓값은 "이 근처 어디에 경계가 *있다*"를, 평균은 "이 근처에 경계가 *얼마나 많다*"를 남깁니다. 획이 창 안에서 한 칸 움직이는 정도로는 최댓값이 거의 변하지 않습니다. 하지만 창의 경계를 넘으면 변합니다. 풀링이 주는 것은 **조금**의 여유입니다. 얼마나 조금인지는 9절에서 재어 봅니다.
#
# ## 7. 거꾸로: 합성곱과 풀링의 기울기
#
# 11장에서 배운 규칙 하나면 됩니다. **하나가 여러 곳에 쓰였으면, 여러 곳에서 돌아온 기울기를 더한다.** `d_y`는 늘 그렇듯 $\partial L/\partial y$이고 모양은 `y`와 같습니다.
#
# 한 자리 $(i, j)$는 선형 층이었습니다. 그러니 그 자리에서 돌아오는 것은 11장의 식 그대로입니다. `d`를 `d_y[:, :, i, j]` (N, K)라고 하면
#
# - 커널로 가는 몫: `d.T @ window`, 모양은 (K, C·kh·kw). 커널은 **모든 자리**에서 쓰였으니 자리마다 더합니다.
# - 창으로 가는 몫: `d @ weight`, 모양은 (N, C·kh·kw). 픽셀은 **자기를 덮은 모든 창**에서 쓰였으니 창마다 더합니다.
# - 편향: 모든 그림, 모든 자리에 더해졌으니 `d_y`를 커널마다 모두 더합니다.
#
# 픽셀마다 몇 개의 창에 쓰였을까요? 기울기가 몇 번 더해지는지를 그린 그림이기도 합니다.

# %% [markdown] lang="en"
# The largest value keeps "there *is* an edge near here", the mean keeps "there is *this much* edge near here". If a stroke moves by a cell inside a window, the maximum hardly changes; across the border of a window it does. What pooling gives is **a little** slack. How little, section 9 measures.
#
# ## 7. Backward: the gradients of convolution and pooling
#
# One rule of chapter 11 is enough: **what was used in several places gets the sum of the gradients that come back from them.** As always, `d_y` is $\partial L/\partial y$, in the shape of `y`.
#
# A single place $(i, j)$ was a linear layer, so what comes back from it is as in chapter 11. With `d` for `d_y[:, :, i, j]`, (N, K):
#
# - the kernels' share is `d.T @ window`, (K, C·kh·kw). A kernel was used at **all places**: add up over places.
# - the window's share is `d @ weight`, (N, C·kh·kw). A pixel was used in **every window that covered it**: add up over windows.
# - the bias was added at every place of every image: sum all of `d_y` for each kernel.
#
# In how many windows was a pixel used? That is also how many gradients add up in it.

# %%
figure, grid = plots.axes(3, width=2.3, height=2.4)
for ax, (k, s) in zip(grid, ((3, 1), (3, 2), (3, 3))):
    x = torch.zeros(1, 1, 7, 7, requires_grad=True)
    y = F.conv2d(x, torch.ones(1, 1, k, k), stride=s)  # (1, 1, Ho, Wo)
    uses = torch.autograd.grad(y.sum(), x)[0]  # (1, 1, 7, 7)
    plots.heatmap(ax, uses[0, 0], numbers=True, cmap="Blues", vmin=0, vmax=16)
    ax.set_title(f"kernel {k}, stride {s}")
    ax.set(xticks=[], yticks=[], aspect="equal")
figure.suptitle("How many windows use each pixel of a 7 × 7 image", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 걸음 1이면 가운데 픽셀은 창 아홉 개에 쓰이고 구석은 하나뿐입니다. 걸음 3이면 마지막 줄과 열은 아무 창에도 들지 못해 기울기가 0입니다.
#
# ### 여러분 차례: `conv-backward`
#
# 패딩은 없고 걸음은 세로와 가로가 같습니다. 창으로 돌려줄 때 `=`이 아니라 `+=`여야 하는 곳을 조심하세요. 텐서의 조각 `d_x[:, :, rows, columns]`에 `+=`를 하면 `d_x` 안의 그 자리에 더해집니다(1장의 뷰).

# %% [markdown] lang="en"
# With stride 1 the middle pixel is used in nine windows, a corner in just one. With stride 3 the last row and column are in no window, and their gradient is 0.
#
# ### Your turn: `conv-backward`
#
# There is no padding, and one stride for down and across. Mind where it has to be `+=` and not `=`. A `+=` on a slice, `d_x[:, :, rows, columns]`, adds to that part of `d_x` itself (a view, chapter 1).

# %% exercise="conv-backward"
def conv_backward(d_y, x, weight, stride):
    """From the result of a convolution back to its input, its kernels and its bias.

    y = conv2d_by_hand(x, weight, bias, (stride, stride), (0, 0)). d_y: (N, K, Ho, Wo), the
    derivative of the loss L by y. x: (N, C, H, W). weight: (K, C, kh, kw). All of one dtype.
    stride: an int.
    Returns (d_x, d_weight, d_bias), the derivatives of L by x, weight and bias, in their
    shapes; pixels of x that no window covers get 0. By hand: no autograd, no F.conv2d.
    """
    # d_x, d_weight: zeros to add to
    # for every place: the window           # (N, C, kh, kw)
    #     its share to the kernels          # (K, N) @ (N, C kh kw)
    #     its share to the window           # (N, K) @ (K, C kh kw)
    # the bias                              # (K,)
    ### BEGIN SOLUTION
    kh, kw = weight.shape[2:]
    flat = weight.flatten(1)  # (K, C kh kw)
    d_x, d_weight = torch.zeros_like(x), torch.zeros_like(weight)
    for i in range(d_y.shape[2]):
        for j in range(d_y.shape[3]):
            rows = slice(i * stride, i * stride + kh)
            columns = slice(j * stride, j * stride + kw)
            window, d = x[:, :, rows, columns], d_y[:, :, i, j]  # (N, C, kh, kw), (N, K)
            d_weight += (d.T @ window.flatten(1)).reshape(weight.shape)
            d_x[:, :, rows, columns] += (d @ flat).reshape(window.shape)
    return d_x, d_weight, d_y.sum((0, 2, 3))
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 최댓값 풀링을 거슬러
#
# 창에서 가장 큰 픽셀을 조금 늘리면 결과도 똑같이 늘어납니다. 그러니 기울기가 **그대로** 그 픽셀에 갑니다. 다른 픽셀은 조금 움직여도 결과가 그대로이니 0입니다. 최댓값 풀링은 기울기가 지나는 길을 창마다 하나씩만 열어 두는 셈입니다.
#
# 가장 큰 값이 여럿이면(ReLU 뒤에는 0이 많으니 흔합니다) PyTorch는 위에서 아래로, 왼쪽에서 오른쪽으로 읽을 때 **맨 먼저 나오는 것**에 줍니다. `argmax`도 CPU에서 그렇게 고릅니다.
#
# ### 여러분 차례: `max-pool-backward`
#
# 도구 하나: `F.one_hot(places, n)`은 번호가 담긴 (…)를 그 번호만 1인 (…, n)으로 바꿉니다(1장).

# %% [markdown] lang="en"
# ### Back through max pooling
#
# Nudge the largest pixel of a window up and the result goes up just as far, so the gradient goes to that pixel **unchanged**. Nudge another one and the result stays: 0. Max pooling leaves one way open for the gradient in each window.
#
# Where several values tie for the largest (after a ReLU there are many zeros, so it is common), PyTorch gives the gradient to the **first** when you read from top to bottom and from left to right. On a CPU, `argmax` picks the same.
#
# ### Your turn: `max-pool-backward`
#
# One tool: `F.one_hot(places, n)` turns numbers of shape (…) into (…, n), with a 1 at that number (chapter 1).

# %% exercise="max-pool-backward"
def max_pool_backward(d_y, x, size, stride):
    """From the result of max pooling back to its input.

    y = max_pool(x, size, stride). d_y: (N, C, Ho, Wo), the derivative of the loss L by y.
    x: (N, C, H, W). Of one dtype. In each window the largest value gets that window's
    gradient; where several tie, the first of them in reading order (row by row). Windows may
    overlap: what comes from several adds up. Every other pixel gets 0.
    Returns d_x, (N, C, H, W) in x's dtype. By hand: no autograd.
    """
    # for every place: the window, flattened     # (N, C, size * size)
    #     a mask with a 1 at its largest value    # (N, C, size, size)
    #     times the gradient, added               # (N, C, size, size)
    ### BEGIN SOLUTION
    d_x = torch.zeros_like(x)
    for i in range(d_y.shape[2]):
        for j in range(d_y.shape[3]):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            window = x[:, :, rows, columns]  # (N, C, size, size)
            places = window.flatten(2).argmax(2)  # (N, C)
            mask = F.one_hot(places, size * size).reshape(window.shape)  # (N, C, size, size)
            d_x[:, :, rows, columns] += mask * d_y[:, :, i, j, None, None]
    return d_x
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 세 가지로 검산하기
#
# 이제 조각을 이어 작은 신경망을 만듭니다: 합성곱 → ReLU → 최댓값 풀링 → 펴기 → 선형 층 → 교차 엔트로피. 7장에서 보았듯이 교차 엔트로피의 기울기는 로짓에서 $(\text{softmax} - \text{one-hot})/N$이고, ReLU의 기울기는 입력이 양수인 곳에서 1, 아니면 0입니다(12장). 나머지는 모두 여러분의 함수입니다.

# %% [markdown] lang="en"
# ### Checked three ways
#
# Now string the pieces into a small network: convolution → ReLU → max pooling → flatten → linear layer → cross entropy. From chapter 7, the gradient of cross entropy at the logits is $(\text{softmax} - \text{one-hot})/N$; the slope of a ReLU is 1 where its input is positive and 0 elsewhere (chapter 12). All the rest are your functions.

# %%
def small_forward(x, kernels, conv_bias, W, b):
    """Conv, ReLU, 2×2 max pooling, linear; returns every value that the way back needs.

    x: (N, 1, H, H). kernels: (K, 1, 3, 3). conv_bias: (K,). W: (features, classes). b: (classes,).
    Returns y and a (N, K, H - 2, H - 2), pooled, and logits (N, classes).
    """
    y = conv2d_by_hand(x, kernels, conv_bias, (1, 1), (0, 0))  # (N, K, H - 2, H - 2)
    a = y.clamp_min(0)  # the ReLU
    pooled = max_pool(a, 2, 2)  # (N, K, (H - 2) / 2, (H - 2) / 2)
    return y, a, pooled, pooled.flatten(1) @ W + b


def small_gradients(x, labels, kernels, conv_bias, W, b):
    """The gradients of the mean cross entropy by all four parameters, with no autograd."""
    y, a, pooled, logits = small_forward(x, kernels, conv_bias, W, b)
    d_logits = (logits.softmax(1) - F.one_hot(labels, len(b))) / len(x)  # (N, classes)
    d_pooled = (d_logits @ W.T).reshape(pooled.shape)  # (N, K, …)
    d_y = max_pool_backward(d_pooled, a, 2, 2) * (y > 0)  # (N, K, H - 2, H - 2)
    _, d_kernels, d_conv_bias = conv_backward(d_y, x, kernels, 1)
    return {"kernels": d_kernels, "conv_bias": d_conv_bias,
            "W": pooled.flatten(1).T @ d_logits, "b": d_logits.sum(0)}


def small_parameters(height, kernels, classes, dtype=torch.float32, seed=0):
    """A random start of this network, for images of height × height."""
    generator = torch.Generator().manual_seed(seed)
    features = kernels * ((height - 2) // 2) ** 2
    start = {
        "kernels": torch.randn(kernels, 1, 3, 3, generator=generator) * (2 / 9) ** 0.5,
        "conv_bias": torch.zeros(kernels),
        "W": torch.randn(features, classes, generator=generator) / features**0.5,
        "b": torch.zeros(classes),
    }
    return {name: value.to(dtype) for name, value in start.items()}


# %% [markdown] lang="ko"
# 검산은 `float64`로 합니다. 매개변수 하나하나를 양쪽으로 조금 움직여 손실의 변화를 재는 중심 차분(central difference)이 첫째, PyTorch의 자동 미분이 둘째입니다. 매개변수마다 따로 재므로 **어느 것이** 틀렸는지 이름이 나옵니다.

# %% [markdown] lang="en"
# The check is made in `float64`. The first witness is the central difference: move each single parameter a little both ways and measure the change of the loss. The second is PyTorch's autograd. Each parameter is measured on its own, so that the **one that is wrong** is named.

# %%
generator = torch.Generator().manual_seed(1)
check_x = torch.randn(3, 1, 8, 8, generator=generator, dtype=torch.float64)  # (3, 1, 8, 8)
check_labels = torch.tensor([0, 2, 1])  # (3,)
at = small_parameters(8, 2, 3, torch.float64)


def small_loss(**parameters):
    """The mean cross entropy on the images of the check, computed with your functions."""
    return F.cross_entropy(small_forward(check_x, **parameters)[-1], check_labels)


def by_differences(name, h=1e-6):
    """Central differences of the loss by every number of one parameter, in its shape."""
    slopes = []
    for place in range(at[name].numel()):
        losses = []
        for step in (h, -h):
            value = at[name].clone()
            value.view(-1)[place] += step
            losses.append(small_loss(**{**at, name: value}))
        slopes.append((losses[0] - losses[1]) / (2 * h))
    return torch.stack(slopes).reshape(at[name].shape)


def by_autograd():
    """PyTorch's own gradients, through its own convolution and pooling."""
    leaves = {name: value.clone().requires_grad_() for name, value in at.items()}
    pooled = F.max_pool2d(F.conv2d(check_x, leaves["kernels"], leaves["conv_bias"]).relu(), 2)
    loss = F.cross_entropy(pooled.flatten(1) @ leaves["W"] + leaves["b"], check_labels)
    return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values()))))


def check_all(gradients):
    """Says for each parameter whether its gradient agrees with the two witnesses."""
    for name, theirs in by_autograd().items():
        errors = [((gradients[name] - other).norm() / (gradients[name].norm() + other.norm())).item()
                  for other in (by_differences(name), theirs)]
        verdict = "ok" if max(errors) < 1e-6 else "<- WRONG"
        print(f"d_{name:10s} differences {errors[0]:.0e}, autograd {errors[1]:.0e}   {verdict}")


# %% tags=["demo", "nbval-ignore-output"]
print("yours:")
check_all(small_gradients(check_x, check_labels, **at))

y, a, pooled, logits = small_forward(check_x, **at)
d_logits = (logits.softmax(1) - F.one_hot(check_labels, 3)) / 3  # (3, 3)
d_y = max_pool_backward((d_logits @ at["W"].T).reshape(pooled.shape), a, 2, 2)  # no (y > 0)
_, d_kernels, d_conv_bias = conv_backward(d_y, check_x, at["kernels"], 1)
print("with the ReLU forgotten on the way back:")
check_all({"kernels": d_kernels, "conv_bias": d_conv_bias,
           "W": pooled.flatten(1).T @ d_logits, "b": d_logits.sum(0)})

# %% [markdown] lang="ko"
# 세 방법이 일치합니다. 일부러 ReLU의 기울기를 빼먹으면 그 앞(입력 쪽)에 있는 두 매개변수에만 WRONG이 찍힙니다. 최댓값이 0이던 창에서는 기울기가 막혀야 하는데 새어 나간 것입니다.
#
# ### 자동 미분 없이 학습하기
#
# 이제 이 함수들만으로 숫자를 배워 봅시다. 그림은 여러분의 `avg_pool`로 14×14로 줄이고, 커널 8개를 무작위로 시작합니다. `.backward()`는 한 번도 부르지 않습니다.

# %% [markdown] lang="en"
# All three agree. Forget the slope of the ReLU on purpose, and WRONG appears at the two parameters that lie before it, towards the input: in windows whose maximum is 0 the gradient should have been stopped, and leaked through.
#
# ### Training without autograd
#
# Now learn digits with nothing but these functions. Your `avg_pool` shrinks the images to 14×14; eight kernels start at random; `.backward()` is never called.

# %% tags=["demo", "nbval-ignore-output"]
started = time.perf_counter()
small_train, small_test = avg_pool(train_images, 2, 2), avg_pool(test_images, 2, 2)  # (N, 1, 14, 14)
parameters = start = small_parameters(14, 8, 10)
generator = torch.Generator().manual_seed(0)
curve = []
for epoch in tqdm(range(6)):
    for rows in torch.randperm(len(train_labels), generator=generator).split(50):
        gradients = small_gradients(small_train[rows], train_labels[rows], **parameters)
        parameters = {name: value - 0.1 * gradients[name] for name, value in parameters.items()}
    guesses = small_forward(small_test, **parameters)[-1].argmax(1)  # (M,)
    curve.append((guesses == test_labels).float().mean().item())
print("test accuracy by epoch:", ", ".join(f"{share:.1%}" for share in curve))
print(f"{time.perf_counter() - started:.1f} s, and not one call of backward()")

figure, grid = plots.axes(8, rows=2, width=0.95, height=1.15)
for row, kernels in enumerate((start["kernels"], parameters["kernels"])):
    for ax, kernel in zip(grid[8 * row :], kernels):  # kernel: (1, 3, 3)
        ax.imshow(kernel[0], cmap="RdBu_r", vmin=-1.5, vmax=1.5)
        ax.axis("off")
figure.suptitle("The eight kernels: above at the start, below as learned by hand", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 여러분이 쓴 기울기만으로 열에 아홉을 넘겼습니다. (에폭마다 오르내리는 것은 작은 미니배치로 성큼성큼 걷기 때문입니다.) 커널은 처음의 모습을 꽤 간직하고 있습니다. 짧은 학습에서 크게 바뀌는 것은 오히려 뒤의 선형 층입니다. 무작위 커널도 이미 여러 가지 경계 찾기이기 때문입니다.
#
# ## 8. 합성곱 신경망
#
# 합성곱층을 둘 쌓습니다. 이런 신경망을 합성곱 신경망(convolutional neural network), 줄여서 CNN이라고 합니다. 둘째 층의 창은 5×5뿐이지만, 그 한 칸이 이미 첫 층과 풀링을 거쳐 온 것이라 원래 그림에서는 더 넓은 곳을 봅니다. 그 넓이를 수용 영역(receptive field)이라고 합니다. 모든 가중치를 1로 두고 한 칸의 기울기가 그림의 어디까지 닿는지 보면 잴 수 있습니다.

# %% [markdown] lang="en"
# The gradients you wrote got it past nine in ten. (It goes up and down between epochs, because it takes long steps on small minibatches.) The kernels still look much like they did at the start. In so short a training it is rather the linear layer behind them that changes: random kernels are edge finders of various kinds already.
#
# ## 8. A convolutional network
#
# Now stack two convolutions. Such a network is a convolutional neural network, or CNN. The windows of the second layer are only 5×5, but each of those cells has come through the first layer and a pooling, so it looks at a wider part of the original image: its receptive field. It can be measured. Set all weights to 1 and see how far into the image the gradient of a single cell reaches.

# %%
def reach(layers):
    """The part of a 28×28 image that one middle cell depends on: the gradient, (28, 28)."""
    image = torch.zeros(1, 1, 28, 28, requires_grad=True)
    x = image
    for kind in layers:
        x = F.avg_pool2d(x, 2) if kind == "pool" else F.conv2d(x, torch.ones(1, 1, 5, 5), padding=2)
    middle = x.shape[-1] // 2
    return torch.autograd.grad(x[0, 0, middle, middle], image)[0][0, 0]  # (28, 28)


figure, grid = plots.axes(4, width=1.75, height=2.2)
stack = ["conv", "pool", "conv", "pool"]
for depth, ax in enumerate(grid, 1):
    touched = reach(stack[:depth]) > 0  # (28, 28)
    side = int(touched.any(0).sum())
    ax.imshow(digit, cmap="gray_r")
    top, left = touched.nonzero()[0].tolist()
    ax.add_patch(Rectangle((left - 0.5, top - 0.5), side, side, fill=False,
                           edgecolor=plots.ORANGE, linewidth=2.5))
    ax.set_title(f"after {stack[depth - 1]} {(depth + 1) // 2}\nsees {side} × {side}", fontsize="small")
    ax.axis("off")
figure.suptitle("One cell sees more of the image, layer by layer", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 첫 층의 한 칸은 획의 조각을, 마지막 한 칸은 세로로도 가로로도 그림의 절반이 넘는 곳(28칸 가운데 16칸)을 봅니다. 이제 매개변수가 몇 개나 될지 만들기 전에 세어 봅시다.
#
# ### 여러분 차례: `count-parameters`

# %% [markdown] lang="en"
# A cell of the first layer sees a piece of a stroke, one of the last more than half of the image each way (16 cells of 28). Before you build it, count how many parameters it will have.
#
# ### Your turn: `count-parameters`

# %% exercise="count-parameters"
def count_parameters(image, channels, kernel, classes):
    """The number of parameters of a network of convolutions and one linear layer.

    image: (C, H, W), the shape of one image. channels: a list of ints, the output channels of
    each convolution, first to last; it may be empty. Each convolution has square kernels of
    side `kernel` (odd), stride 1, padding kernel // 2, and a bias; after each come a ReLU and
    max pooling of size 2 and stride 2 (an odd last row or column is dropped). At the end
    everything is flattened and goes into a linear layer, with a bias, to `classes` outputs.
    Returns an int. Count: no nn layers, no .parameters(), no .numel().
    """
    ### BEGIN SOLUTION
    before, H, W = image
    total = 0
    for wide in channels:
        total += wide * (before * kernel * kernel + 1)
        before, H, W = wide, H // 2, W // 2
    return total + (before * H * W + 1) * classes
    ### END SOLUTION


# %% tags=["demo"]
for name, channels in (("no convolution, as in chapter 9", []), ("8 and 16 kernels", [8, 16])):
    print(f"{name}: {count_parameters((1, 28, 28), channels, 5, 10)} parameters")
print("of these in the two convolutions:",
      count_parameters((1, 28, 28), [8, 16], 5, 10) - (16 * 7 * 7 + 1) * 10)

# %% [markdown] lang="ko"
# 재미있는 우연입니다. 16채널 × 7 × 7 = 784라서 마지막 선형 층은 9장의 것과 **똑같은 크기**입니다. 그러니 이 신경망은 9장의 모델 앞에 합성곱 두 층을 놓은 것이고, 그 대가는 매개변수 3,424개입니다.
#
# ### 여러분 차례: `cnn`

# %% [markdown] lang="en"
# A happy coincidence: 16 channels × 7 × 7 = 784, so the final linear layer has **exactly the size** of chapter 9's. This network is the model of chapter 9 with two convolutions in front of it, at a price of 3,424 parameters.
#
# ### Your turn: `cnn`

# %% exercise="cnn"
class CNN(nn.Module):
    """Two convolutions, then one linear layer, for images of 28×28; with two methods.

    __init__(self, channels, classes): channels is (c1, c2), the output channels of the two
    convolutions; classes is an int. It makes the attributes conv1, conv2 (nn.Conv2d) and
    linear (nn.Linear), each with a bias. Only these three hold weights, and each stands in
    the state_dict once: no nn.Sequential holds them again. Both convolutions have 5×5
    kernels, stride 1, and a padding that keeps the size.
    forward(self, images): images, (B, 1, 28, 28) float, give logits, (B, classes). After each
    convolution come a ReLU and max pooling of 2×2 with stride 2; then flatten, then linear.
    torch's own layers and functions are allowed here.
    """

    def __init__(self, channels, classes):
        ### BEGIN SOLUTION
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels[0], 5, padding=2)
        self.conv2 = nn.Conv2d(channels[0], channels[1], 5, padding=2)
        self.linear = nn.Linear(channels[1] * 7 * 7, classes)

    def forward(self, images):
        x = F.max_pool2d(F.relu(self.conv1(images)), 2)  # (B, c1, 14, 14)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)  # (B, c2, 7, 7)
        return self.linear(x.flatten(1))  # (B, classes)
        ### END SOLUTION


# %% [markdown] lang="ko"
# ### 같은 데이터, 같은 자
#
# 9장의 선형 층과 견줍시다. 공정하려면 두 가지를 조심해야 합니다. 첫째, 시드 하나로는 말하지 않습니다. 모두 시드 셋으로 학습합니다. 둘째, 옵티마이저의 덕과 구조의 덕을 섞지 않습니다. 그래서 선형 층은 9장의 방법(SGD, 학습률 0.1, 20에폭)과 CNN의 방법(Adam, 10에폭, 학습률 0.005이다가 마지막 두 에폭은 0.0005)으로 *둘 다* 학습합니다. 끝에 학습률을 줄이는 것은 마지막 걸음의 흔들림이 결과를 정하지 않게 하려는 것입니다(8장). 은닉 유닛 30개짜리 신경망(11장의 크기)도 함께 봅니다.

# %% [markdown] lang="en"
# ### The same data, the same ruler
#
# Compare it with chapter 9's linear layer. To be fair, take care of two things. First, one seed proves nothing: everything is trained from three. Second, do not credit the architecture with what the optimizer did: so the linear layer is trained *both* as in chapter 9 (SGD, learning rate 0.1, 20 epochs) and as the CNN is (Adam, 10 epochs at a learning rate of 0.005, the last two at 0.0005). The rate is lowered at the end so that the wobble of the last steps does not decide the result (chapter 8). A network with 30 hidden units, the size of chapter 11's, runs along.

# %%
def linear_model():
    """The model of chapter 9."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


def hidden_model():
    """A network with one hidden layer, of the size of chapter 11's."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 10))


def cnn_model():
    """Your CNN with 8 and 16 kernels."""
    return CNN((8, 16), 10)


adam = (torch.optim.Adam, [0.005] * 8 + [0.0005] * 2)  # a learning rate for every epoch
sgd = (torch.optim.SGD, [0.1] * 20)  # the recipe of chapter 9


def train(make, recipe, images, seed):
    """Trains a new model on images (N, 1, 28, 28) with train_labels, in batches of 100."""
    torch.manual_seed(seed)
    model = make()
    optimizer_class, rates = recipe
    optimizer = optimizer_class(model.parameters(), lr=rates[0])
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate  # from here on it steps with this rate
        for rows in torch.randperm(len(train_labels)).split(100):
            loss = F.cross_entropy(model(images[rows]), train_labels[rows])  # ()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()


def accuracy(model, images):
    """The share of test images that a model reads right."""
    with torch.no_grad():
        return (model(images).argmax(1) == test_labels).float().mean().item()


trained, measured = {}, {}  # name: three models, from the seeds 0, 1 and 2; what came of them


def models_of(name):
    """The trained models of that name, once there are any."""
    if name not in trained:
        raise NotAttempted("CNN")
    return trained[name]


# %% tags=["demo", "nbval-ignore-output"]
plans = {"ch16 CNN, Adam": (cnn_model, adam),
         "ch09 one linear layer, SGD": (linear_model, sgd),
         "one linear layer, Adam": (linear_model, adam),
         "30 hidden units, Adam": (hidden_model, adam)}
for name, plan in plans.items():
    started = time.perf_counter()
    models = [train(*plan, train_images, seed) for seed in tqdm(range(3), desc=name)]
    seconds = (time.perf_counter() - started) / 3
    shares = [accuracy(model, test_images) for model in models]
    size = sum(p.numel() for p in models[0].parameters())
    trained[name], measured[name] = models, (shares, size, seconds)
    print(f"{name}: test accuracy {sum(shares) / 3:.1%} ({min(shares):.1%} to {max(shares):.1%}, "
          f"3 seeds), {size} parameters, {seconds:.1f} s of training")
shares, size, seconds = measured["ch16 CNN, Adam"]
scores.add("ch16_convolution", "CNN, 8 and 16 kernels of 5×5", shares, size, seconds, data.source)

# %% [markdown] lang="ko"
# scikit-learn의 숫자로 재면 선형 층은 어느 방법으로든 96%대, CNN은 98%쯤입니다. 틀리는 그림이 열두 장쯤에서 여섯 장쯤으로 **절반**이 된 것입니다. 시드 셋의 범위도 겹치지 않습니다. 다만 시험용 그림이 360장이니 한 장이 0.3%입니다. 큰소리칠 만한 차이는 아닙니다. 은닉 유닛 30개짜리는 매개변수가 CNN의 두 배인데도 선형 층과 비슷합니다. 이렇게 학습했을 때 값을 하는 것은 매개변수가 *몇 개*인지가 아니라 *어떻게 놓였는지*입니다. (다르게 학습하면 다를 수 있습니다. 표에 있는 11장의 신경망은 크기가 같은데도 CNN에 가깝습니다. 다만 시드가 하나이고 학습한 방법도 다릅니다.) 대신 CNN은 학습이 훨씬 오래 걸립니다.
#
# 정말 "이웃을 본다"는 것 때문일까요? 그렇다면 **이웃을 없애면** 그 이득도 사라져야 합니다. 모든 그림의 픽셀을 똑같은 순열로 섞어 봅시다. 사람은 전혀 읽을 수 없지만, 픽셀 784개의 정보는 하나도 사라지지 않습니다.

# %% [markdown] lang="en"
# On scikit-learn's digits the linear layer has some 96% either way, the CNN about 98%: the number of images read wrong is cut in **half**, from about twelve to about six, and the ranges of the three seeds do not overlap. Still, with 360 test images one image is 0.3%: nothing to shout about. The network with 30 hidden units has twice the parameters of the CNN and does no better than the linear layer. Trained like this, it is not the *number* of parameters that pays, it is their *arrangement*. (Trained otherwise it may be different: in the table chapter 11's network, of that very size, comes close to the CNN. That is one seed, and another training.) In return the CNN takes much longer to train.
#
# Is it really because it looks at neighbours? If so, **take the neighbours away** and the gain must go. Shuffle the pixels of all images by one and the same permutation. Nobody can read them any more, yet nothing of what the 784 pixels tell is lost.

# %% tags=["demo", "nbval-ignore-output"]
order = torch.randperm(784, generator=torch.Generator().manual_seed(0))  # (784,)


def shuffled(images):
    """The same pixels in another order, the same for all images: (N, 1, 28, 28)."""
    return images.flatten(1)[:, order].reshape(images.shape)


results = {}
for name in ("one linear layer, Adam", "ch16 CNN, Adam"):
    plain_shares = [accuracy(model, test_images) for model in models_of(name)]
    mixed = [train(*plans[name], shuffled(train_images), seed) for seed in tqdm(range(3), desc=name)]
    mixed_shares = [accuracy(model, shuffled(test_images)) for model in mixed]
    results[name.split(",")[0]] = (plain_shares, mixed_shares)

figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 2.7), width_ratios=[1, 2.2])
left.imshow(shuffled(digit[None, None])[0, 0], cmap="gray_r")
left.set_title("the 3, shuffled")
left.axis("off")
for place, pair in enumerate(results.values()):
    for k, (shares, marker) in enumerate(zip(pair, "os")):
        x = place + 0.18 * (2 * k - 1)
        colour = (plots.BLUE, plots.ORANGE)[k]
        words = None if place else ("as they are", "pixels shuffled")[k]
        right.plot([x - 0.05, x, x + 0.05], shares, marker, color=colour, label=words, alpha=0.8)
        right.plot([x - 0.1, x + 0.1], [sum(shares) / 3] * 2, color=colour, linewidth=2)
right.set_xticks(range(len(results)), results)
right.set_xlim(-0.5, 2.6)
right.legend(loc="upper right")
plots.label(right, "Without neighbours most of the CNN's gain is gone", "", "test accuracy")
plt.show()
for name, pair in results.items():
    plain_mean, mixed_mean = (sum(shares) / 3 for shares in pair)
    print(f"{name}: as they are {plain_mean:.1%}, shuffled {mixed_mean:.1%}")

# %% [markdown] lang="ko"
# 점 하나가 시드 하나, 가로줄이 평균입니다. 선형 층은 섞어도 거의 그대로입니다. 처음부터 이웃을 몰랐으니까요. CNN은 선형 층보다 더 얻었던 것의 절반 넘게를 잃습니다. 합성곱이 얻는 것의 큰 부분이 **이웃한 픽셀이 서로 관련 있다는 사실**에서 온다는 것을 잰 셈입니다. (나머지는 ReLU와 더 많은 매개변수의 몫일 수 있습니다. 여기서는 재지 않았습니다.) 그런 이웃이 없는 데이터(열의 순서에 뜻이 없는 표)에 합성곱을 쓸 까닭은 없습니다.
#
# ### 배운 커널과 특성 맵

# %% [markdown] lang="en"
# Each dot is a seed, the bars are means. Shuffling leaves the linear layer about as it was: it never knew about neighbours. The CNN loses more than half of what it had gained over the linear layer. So that is measured: a large part of what the convolutions gain comes from **neighbouring pixels having to do with each other**. (The rest may be due to its ReLUs and to its extra parameters; that was not measured.) For data without such neighbours, such as a table whose columns could stand in any order, there is no reason to use one.
#
# ### Learned kernels and feature maps

# %% tags=["demo", "nbval-ignore-output"]
model = models_of("ch16 CNN, Adam")[0]
with torch.no_grad():
    maps = model.conv1(digit[None, None]).relu()[0]  # (8, 28, 28)
figure, grid = plots.axes(8, rows=2, width=1.0, height=1.2)
for k in range(8):
    weights = model.conv1.weight[k, 0].detach()  # (5, 5)
    top = weights.abs().max()
    grid[k].imshow(weights, cmap="RdBu_r", vmin=-top, vmax=top)
    grid[8 + k].imshow(maps[k], cmap="Oranges", vmin=0)
    for ax in (grid[k], grid[8 + k]):
        ax.axis("off")
figure.suptitle("Above: the eight learned 5 × 5 kernels. Below: what each finds in the 3", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 소벨처럼 또렷하지는 않습니다. 25개의 수가 무작위로 시작했고 학습이 짧았으니까요. 그래도 아래의 특성 맵은 서로 다릅니다. 획 전체에서 켜지는 것, 획의 한쪽 가장자리에서 켜지는 것, 오히려 종이에서 켜지는 것이 있고, 거의 켜지지 않는 것도 있을 수 있습니다(12장의 죽은 유닛). 무엇을 찾으라고 아무도 시키지 않았습니다.
#
# ## 9. 어디서 무너지나요: 합성곱은 이동에 둔하다?
#
# "CNN은 물체가 어디에 있든 알아본다"는 말을 흔히 듣습니다. 1절에서 우리도 그것을 바랐습니다. 재어 봅시다. 시험용 그림을 옆으로 옮기면서(`roll`이니 나간 열은 반대쪽에서 들어옵니다) 9장과 똑같이 정확도를 잽니다.

# %% [markdown] lang="en"
# They are not as clear-cut as Sobel's: 25 numbers started at random, and the training was short. Yet the maps below differ. Some light up all along the strokes, some at one rim of them, some on the paper instead, and one may hardly light up at all (the dead units of chapter 12). Nobody told them what to look for.
#
# ## 9. Where it breaks: does a convolution not mind a shift?
#
# "A CNN recognises a thing wherever it is", one often hears, and in section 1 we hoped so too. Measure it. Move the test images sideways, as in chapter 9 (with `roll`, so what leaves on one side comes back in on the other), and look at the accuracy.

# %% tags=["demo", "nbval-ignore-output"]
shifts = range(-6, 7)
figure, (ax,) = plots.axes(1, width=5.8, height=3.0)
for name, style, colour in (("ch16 CNN, Adam", "o-", plots.BLUE),
                            ("one linear layer, Adam", "s--", plots.ORANGE)):
    shares = torch.tensor([[accuracy(model, test_images.roll(shift, dims=3)) for shift in shifts]
                           for model in models_of(name)])  # (3 seeds, 13 shifts)
    ax.plot(shifts, shares.mean(0), style, color=colour, label=name.split(",")[0], markersize=4)
    ax.fill_between(shifts, shares.amin(0), shares.amax(0), color=colour, alpha=0.25)
    moved = {shift: f"{shares[:, shift + 6].mean():.0%}" for shift in (0, 1, 2, 4)}
    print(f"{name.split(',')[0]}, moved by 0, 1, 2 and 4 pixels: {', '.join(moved.values())}")
ax.set_ylim(0, 1.02)
ax.legend(loc="lower center")
plots.label(ax, "A CNN bears a small shift better, a large one hardly\n(mean and range of 3 seeds)",
            "moved sideways, pixels", "test accuracy")
plt.show()

# %% [markdown] lang="ko"
# 띠는 시드 셋의 범위입니다. 한두 픽셀에서는 CNN이 분명히 낫지만, 네 픽셀을 옮기면 CNN도 절반 가까이 틀립니다. 왜일까요? 합성곱 자체는 등변이어서 특성 맵이 **함께 옮겨질 뿐** 그대로가 아닙니다. 풀링이 조금 눈감아 주지만, 그 뒤의 선형 층은 7×7 자리마다 다른 가중치를 가진 *본보기*입니다. 1절의 문제가 끝에 그대로 남아 있습니다. 함께 옮겨지는 것(등변성)과 그대로인 것, 곧 불변성(invariance)은 다릅니다.
#
# 그렇다면 자리를 아예 잊게 해 봅시다. 마지막 특성 맵 (16, 7, 7)을 펴는 대신 **채널마다 최댓값 하나**만 남깁니다. 선형 층은 수 16개만 받습니다. "그런 무늬가 *어딘가에* 있었다"만 알고 "어디에"는 모릅니다. 이것을 전역 최댓값 풀링(global max pooling)이라고 합니다.

# %% [markdown] lang="en"
# The bands are the range of the three seeds. At one or two pixels the CNN is clearly better; moved by four, it too gets nearly half of them wrong. Why? The convolution itself is equivariant: the feature map **moves along**, it does not stay as it is. Pooling turns a blind eye to a little of that, but the linear layer behind it has other weights at each of 7×7 places: it is a *template*. The problem of section 1 is still there, at the end. To move along (equivariance) and to stay the same (invariance) are two things.
#
# Then let it forget the places altogether. Instead of flattening the last maps, (16, 7, 7), keep **only the maximum of each channel**. The linear layer gets just 16 numbers. They say that a pattern was *somewhere*, not where. This is called global max pooling.

# %% tags=["demo", "nbval-ignore-output"]
class PlacesForgotten(CNN):
    """Your CNN with global max pooling where the flattening was."""

    def __init__(self):
        super().__init__((8, 16), 10)
        self.linear = nn.Linear(16, 10)

    def forward(self, images):
        x = F.max_pool2d(F.relu(self.conv1(images)), 2)  # (B, 8, 14, 14)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)  # (B, 16, 7, 7)
        return self.linear(x.amax((2, 3)))  # (B, 16) -> (B, 10)


models = [train(PlacesForgotten, adam, train_images, seed) for seed in tqdm(range(3))]
rows_of = {"places kept": models_of("ch16 CNN, Adam"), "places forgotten": models}
figure, (ax,) = plots.axes(1, width=5.8, height=3.0)
for (name, those), style, colour in zip(rows_of.items(), ("o-", "^-."), (plots.BLUE, plots.GREEN)):
    shares = torch.tensor([[accuracy(model, test_images.roll(shift, dims=3)) for shift in shifts]
                           for model in those])  # (3 seeds, 13 shifts)
    ax.plot(shifts, shares.mean(0), style, color=colour, label=name, markersize=4)
    ax.fill_between(shifts, shares.amin(0), shares.amax(0), color=colour, alpha=0.25)
    print(f"{name}: {shares[:, 6].mean():.0%}, moved by 4 pixels {shares[:, 10].mean():.0%}; "
          f"{sum(p.numel() for p in those[0].parameters())} parameters")
ax.set_ylim(0, 1.02)
ax.legend(loc="lower center")
plots.label(ax, "With the places forgotten a shift hardly matters\n(mean and range of 3 seeds)",
            "moved sideways, pixels", "test accuracy")
plt.show()

# %% [markdown] lang="ko"
# 옮겨도 거의 변하지 않습니다. 네 픽셀을 옮기면 자리를 아는 쪽은 98%에서 절반쯤으로 무너지지만, 자리를 잊은 쪽은 92%쯤에서 거의 그대로입니다. 매개변수도 3분의 1도 안 됩니다. 대신 제자리에 있는 숫자는 더 많이 틀립니다. *어디에* 있었는지도 숫자를 가리는 단서였기 때문입니다(같은 10에폭으로는 덜 배운 탓도 있습니다. 더 오래 학습해 보세요). 공짜는 없습니다. 모든 것이 제자리에 있는 데이터라면 자리를 아는 것이 낫고, 아무 데나 나타나는 데이터라면 잊는 것이 낫습니다. (자리를 아는 채로 버티게 하려면 옮긴 그림으로도 학습합니다. 5장의 데이터 증강입니다.)
#
# ## 정리
#
# - 합성곱층은 작은 커널을 모든 자리에 포개어 곱하고 더합니다. 자리마다 같은 가중치를 쓰는 선형 층입니다.
# - `nn.Conv2d`는 교차상관입니다. 진짜 합성곱은 커널을 두 축으로 뒤집습니다.
# - 결과의 크기는 $\lfloor (n + 2p - k)/s\rfloor + 1$입니다. 나눗셈은 옮기는 횟수이고, 처음 자리를 하나 더합니다. 64, 7, 2는 29입니다.
# - 커널의 모양은 (K, C, kh, kw)입니다. 채널은 더해지고, 커널마다 특성 맵이 한 장 나옵니다.
# - 거꾸로 올 때는 더합니다. 커널은 모든 자리의 몫을, 픽셀은 자기를 덮은 모든 창의 몫을. 최댓값 풀링은 기울기를 최댓값의 자리로만 보냅니다.
# - 같은 숫자에서 CNN은 선형 층이 틀리는 그림을 절반으로 줄였습니다. 픽셀을 섞으면 그 이득의 절반 넘게가 사라지고, 그림을 몇 픽셀 옮기면 CNN도 무너집니다. 옮겨도 버티는 것은 자리를 잊게 한 CNN이고, 그 대가는 정확도로 치릅니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 5×5 커널 하나 대신 3×3 커널 둘을 쌓으면 무엇이 달라지나요?</summary>
#
# 수용 영역은 같습니다. 3×3을 두 번 지나면 5×5를 봅니다. 채널이 $C$개로 같다면 가중치는 $25C^2$개에서 $18C^2$개로 줄고, 사이에 ReLU를 하나 더 둘 수 있어 더 복잡한 무늬를 표현합니다. 요즘 신경망이 3×3을 여러 번 쌓는 까닭입니다.
# </details>
#
# <details><summary>2. 1×1 커널은 무슨 쓸모가 있나요?</summary>
#
# 이웃은 보지 않지만 채널은 섞습니다. 모든 자리에서 똑같은 선형 층이 (C,)를 (K,)로 바꿉니다. 채널이 많아졌을 때 줄이는 데 씁니다. `conv2d_by_hand`에 (K, C, 1, 1)을 넣고 `nn.Linear`와 견주어 보세요.
# </details>
#
# <details><summary>3. 풀링 대신 합성곱의 걸음을 2로 해도 크기가 반이 됩니다. 무엇이 다른가요?</summary>
#
# 걸음 2인 합성곱은 정해진 자리만 계산하고 나머지는 아예 보지 않으니 계산이 4분의 1입니다. 최댓값 풀링은 모든 자리를 계산한 다음 가장 센 것을 고릅니다. 앞의 것은 어느 자리를 남길지 미리 정하고, 뒤의 것은 그림을 보고 정합니다. 큰 신경망에서는 걸음 2를 쓰는 일이 많습니다. `stride=2`로 바꾸고 풀링을 빼서 재어 보세요.
# </details>
#
# <details><summary>4. d_x를 합성곱 한 번으로 쓰면 왜 커널이 뒤집히나요?</summary>
#
# 걸음이 1일 때 픽셀 $x_p$는 $y_{p-a}$에 $w_a$로 쓰였습니다. 그래서 $\partial L/\partial x_p = \sum_a (\partial L/\partial y_{p-a})\,w_a$입니다. 인덱스가 $-a$로 거꾸로 갑니다. 이것이 진짜 합성곱의 식입니다. 앞으로 가는 길이 교차상관이면 돌아오는 길이 합성곱이고, 그 반대도 마찬가지입니다.
# </details>
#
# <details><summary>5. 패딩이 있을 때 conv_backward는 어떻게 바뀌나요?</summary>
#
# 0을 두른 그림에 대해 그대로 계산한 다음, `d_x`에서 둘레를 잘라 내면 됩니다. 둘러 놓은 0은 매개변수도 입력도 아니므로 그 자리로 온 기울기는 버립니다.
# </details>
#
# <details><summary>6. 11장에서 편향의 기울기는 배치에 대한 합이었습니다. 여기서는 왜 세 축에 대해 더하나요?</summary>
#
# 편향 하나가 더해진 곳이 더 많기 때문입니다. 11장에서는 그림마다 한 번, 여기서는 그림마다 Ho × Wo번입니다. 앞으로 갈 때의 브로드캐스팅이 거꾸로 올 때의 합이라는 규칙은 같습니다. 브로드캐스팅된 축이 N, Ho, Wo 셋입니다.
# </details>

# %% [markdown] lang="en"
# A shift hardly matters now. Moved by four pixels, the network that knows places falls from 98% to about half; the one that forgot them stays near 92%, with less than a third of the parameters. In return it gets more wrong of those that stand in their place, for *where* a piece was helped to tell the digits apart (and partly because 10 epochs are few for it: train it longer). Nothing is free: for data in which everything has its place it is better to know the place, for data in which things appear anywhere it is better to forget it. (To know places and still bear shifts, train on shifted images too: the data augmentation of chapter 5.)
#
# ## Summary
#
# - A convolution layer lays a small kernel on every place, multiplies and adds. It is a linear layer with the same weights at every place.
# - `nn.Conv2d` is a cross-correlation. A true convolution flips the kernel along both axes.
# - The size of the result is $\lfloor (n + 2p - k)/s\rfloor + 1$. The division counts moves; add the first place. For 64, 7 and 2 it is 29.
# - The kernels have the shape (K, C, kh, kw). Channels are summed, and each kernel makes one feature map.
# - On the way back, add: a kernel gets the shares of all places, a pixel those of all windows that covered it. Max pooling sends the gradient to the place of the maximum only.
# - On the same digits the CNN halved the number of images that the linear layer gets wrong. Shuffle the pixels and more than half of that gain is gone; move the images by a few pixels and the CNN breaks down too. What bears a shift is a CNN made to forget places, and it pays for it in accuracy.
#
# ## Further questions
#
# <details><summary>1. What changes if you stack two 3×3 kernels instead of one 5×5?</summary>
#
# The receptive field is the same: 3×3 twice sees 5×5. With $C$ channels throughout, the weights go from $25C^2$ down to $18C^2$, and there is room for another ReLU between them, so more complicated patterns can be expressed. That is why today's networks stack many 3×3.
# </details>
#
# <details><summary>2. What good is a 1×1 kernel?</summary>
#
# It sees no neighbours, but it mixes channels: at every place the same linear layer turns (C,) into (K,). It serves to bring many channels down to few. Put (K, C, 1, 1) into `conv2d_by_hand` and compare with `nn.Linear`.
# </details>
#
# <details><summary>3. A convolution with stride 2 halves the size as pooling does. What is the difference?</summary>
#
# A convolution with stride 2 computes fixed places only and never looks at the others, at a quarter of the work. Max pooling computes all places and then takes the strongest. The one settles beforehand which places to keep, the other decides by looking at the image. Large networks often use stride 2. Set `stride=2`, leave the pooling out, and measure.
# </details>
#
# <details><summary>4. Why is the kernel flipped if you write d_x as one convolution?</summary>
#
# With stride 1, the pixel $x_p$ was used in $y_{p-a}$ with the weight $w_a$. So $\partial L/\partial x_p = \sum_a (\partial L/\partial y_{p-a})\,w_a$. The index runs backwards, $-a$, and this is the formula of a true convolution. If the way forward is a cross-correlation, the way back is a convolution, and the other way round.
# </details>
#
# <details><summary>5. How does conv_backward change when there is padding?</summary>
#
# Compute as before for the image with its zeros around, then cut the border off `d_x`. The zeros are neither parameters nor input, so what comes back to them is dropped.
# </details>
#
# <details><summary>6. In chapter 11 a bias's gradient was a sum over the batch. Why is it a sum over three axes here?</summary>
#
# Because one bias was added in more places: once an image in chapter 11, Ho × Wo times an image here. The rule is the same, that a broadcast on the way forward is a sum on the way back. The axes that were broadcast are three: N, Ho and Wo.
# </details>
