# ---
# jupyter:
#   course:
#     ko: 선형 층 하나로 읽는 손글씨 숫자
#     en: Handwritten digits with one linear layer
#     minutes: 95
# ---

# %% [markdown] lang="ko"
# # 9장. 선형 층 하나로 읽는 손글씨 숫자
#
# **누구를 위한 장인가요?** softmax와 교차 엔트로피를 알고, 이제 그것으로 진짜 그림을 읽어 보고 싶은 사람. 그리고 화면에 찍힌 "정확도 96%"를 어디까지 믿어도 되는지 궁금한 사람.
#
# **걸리는 시간** 약 95분 · **먼저 알아야 할 것** 모양과 마스크(1장), 학습 반복문과 그래프(2장), 모듈(4장), 미니배치와 에폭의 평균(5장), softmax와 교차 엔트로피(7장), 과적합(8장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 그림을 벡터로 펴고, 선형 층 하나로 손글씨 숫자를 열에 아홉 넘게 맞힐 수 있습니다.
# - 선형 층이 무엇을 배웠는지 그림으로 보고, 왜 그것이 본보기 열 장과 같은지 설명할 수 있습니다.
# - 손실을 더하기만 했는데 메모리가 불어나는 코드를 알아보고 고칠 수 있습니다.
# - 조용히 틀린 평가를 세 군데에서 잡아낼 수 있습니다: 픽셀의 단위, 모델의 모드, 자동 미분의 기록.
# - 혼동 행렬과 가장 자신 있게 틀린 그림으로 모델을 진단할 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 9. Handwritten digits with one linear layer
#
# **Who is this for?** You know softmax and cross entropy, and now want to read real images with them. And you wonder how far to trust an "accuracy 96%" on the screen.
#
# **Time** about 95 minutes · **You need** shapes and masks (chapter 1), the training loop and its graph (chapter 2), modules (chapter 4), minibatches and the mean of an epoch (chapter 5), softmax and cross entropy (chapter 7), overfitting (chapter 8)
#
# **Afterwards you can**
#
# - flatten images into vectors, and read more than nine in ten handwritten digits with one linear layer,
# - see what a linear layer has learned, and explain why it is ten templates,
# - recognise and mend code whose memory grows although it only adds up losses,
# - catch a quietly wrong evaluation in three places: the units of the pixels, the mode of the model, the record of autograd,
# - diagnose a model by its confusion matrix and its most confident mistakes.

# %%
import struct
import tempfile
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots, scores
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.data import digits

plots.use_course_style()

# %% lang="ko"
open_chapter("ch09_mnist_softmax", "ko")

# %% lang="en"
open_chapter("ch09_mnist_softmax", "en")

# %% [markdown] lang="ko"
# ## 1. 그림은 수의 줄입니다
#
# MNIST는 손글씨 숫자 70,000장을 모은 데이터셋입니다. 28×28 픽셀의 그림마다 0에서 9까지의 정답이 붙어 있습니다. 1998년부터 누구나 처음 풀어 보는 문제가 되었고, 노트도 이것으로 softmax를 마무리합니다.
#
# 이 과정은 인터넷 없이도 실행되어야 하므로, 보통은 scikit-learn에 들어 있는 8×8 숫자 1,797장을 28×28로 늘려 씁니다. 진짜 MNIST가 있으면(`COURSE_DATA`) 그것을 씁니다. 모양은 같습니다. 지금 무엇을 쓰는지는 첫 줄에 나오고, **아래 글의 수는 scikit-learn의 숫자로 잰 것**입니다.

# %% [markdown] lang="en"
# ## 1. An image is a row of numbers
#
# MNIST is a dataset of 70,000 handwritten digits, images of 28×28 pixels, each labelled with the answer, 0 to 9. Since 1998 it has been everybody's first problem, and it is how the notes finish their chapter on softmax.
#
# This course must run without a network, so it normally takes the 1,797 digits of 8×8 pixels that come with scikit-learn, enlarged to 28×28. Where the real MNIST is at hand (`COURSE_DATA`), it takes that; the shapes are the same. The first line printed says which it is, and **the numbers in this text were measured on scikit-learn's digits**.

# %%
data = digits()
print(data.source)
train_images, train_labels = data.train_images, data.train_labels  # (N, 1, 28, 28), (N,)
test_labels = data.test_labels  # (M,)

figure, grid = plots.axes(10, width=0.85, height=1.25)
for digit, ax in enumerate(grid):
    ax.imshow(train_images[train_labels == digit][0, 0], cmap="gray_r")  # (28, 28)
    ax.set_title(digit)
    ax.axis("off")
figure.suptitle("One training image of each digit", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 선형 층은 벡터를 받습니다. 그림은 줄과 열이 있는 표입니다. 그래서 먼저 **폅니다**(flatten). 윗줄부터 한 줄씩 잘라서 옆으로 이어 붙이면 28×28의 표가 784개 수의 줄이 됩니다. 작은 그림으로 보세요. 채널(channel)이라고 부르는 크기 1인 축은 흑백이라는 뜻입니다(컬러 사진은 빨강, 초록, 파랑의 3입니다).

# %% [markdown] lang="en"
# A linear layer takes vectors, and an image is a table with rows and columns. So first we **flatten** it: cut it into rows, from the top, and lay them side by side, and the 28×28 table becomes a row of 784 numbers. Here it is with a small image. The axis of size 1, called the channel, means black and white (a colour photograph has 3: red, green and blue).

# %%
small = F.interpolate(train_images[:1], size=(4, 4), mode="area")[0, 0]  # (4, 4)
figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 1.9), width_ratios=[1, 4])
for ax, cells in ((left, small), (right, small.reshape(1, 16))):
    ax.imshow(cells, cmap="gray_r", vmin=0, vmax=2)
    for place in range(16):
        i, j = divmod(place, cells.shape[1])
        ax.text(j, i, place, ha="center", va="center")
        border = {"fill": False, "edgecolor": plots.GREY, "linewidth": 0.8, "clip_on": False}
        ax.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, **border))
    ax.axis("off")
left.set_title("An image (1, 4, 4)")
right.set_title("The same, flattened: (16,), row after row")
plt.show()

# %% [markdown] lang="ko"
# ### 여러분 차례: `flatten-images`
#
# 배치를 통째로 펴세요. 함수의 설명문(docstring)이 곧 문제의 명세입니다. 노트는 `X.view(-1, 28 * 28)`이라고 씁니다. 28×28이면 맞습니다. 하지만 14×14 그림 네 장을 넣으면 무슨 일이 일어날까요?

# %% [markdown] lang="en"
# ### Your turn: `flatten-images`
#
# Flatten a whole batch. The function's docstring is the specification. The notes write `X.view(-1, 28 * 28)`, which is right for 28×28. But put in four images of 14×14, and what happens?

# %% exercise="flatten-images"
def flatten_images(images):
    """Makes one row of numbers of every image.

    images: (N, …), at least one image, with two or more axes after the first, such as
    (N, 1, H, W) or (N, H, W), of any size and any dtype.
    Returns (N, D), D the number of pixels in one image, in the same dtype: row n holds the
    pixels of image n in their order, the first row of the image first.
    """
    ### BEGIN SOLUTION
    return images.reshape(len(images), -1)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 모양만 맞으면 될까요? 아래에서 둘 다 (6, 784)입니다. 펴는 순서를 하나만 틀리게 하고, 첫 세 줄을 다시 그림으로 되돌렸습니다.

# %% [markdown] lang="en"
# Is the right shape enough? Below, both are (6, 784). One of them got the order wrong; the first three rows are turned back into images.

# %% tags=["demo"]
six = train_images[:6]  # (6, 1, 28, 28)
flat = {"your rows": flatten_images(six), "reshape(784, 6).T": six.reshape(784, 6).T}
figure, grid = plots.axes(6, width=1.15, height=1.45)
for k, ax in enumerate(grid):
    name, rows = list(flat.items())[k // 3]
    ax.imshow(rows[k % 3].reshape(28, 28), cmap="gray_r")
    ax.set_title(f"row {k % 3}", fontsize="small")
    ax.axis("off")
title = "Left: your rows. Right: reshape(784, 6).T mixes the pixels of six images"
figure.suptitle(title, fontsize="medium")
plt.show()
print({name: tuple(rows.shape) for name, rows in flat.items()})

# %% [markdown] lang="ko"
# 오른쪽은 한 줄에 여섯 그림의 픽셀이 번갈아 섞였습니다. 오류는 나지 않습니다. 모양이 맞는다고 내용이 맞는 것은 아닙니다. 앞의 물음도 그런 경우입니다. 14×14 그림 네 장은 픽셀이 4 · 196 = 784개라서, `view(-1, 784)`는 오류 없이 그림 넷을 *한 줄*로 합쳐 버립니다.
#
# 한 가지를 잃었다는 것도 기억해 두세요. 줄로 편 다음에는 위아래로 붙어 있던 픽셀이 28칸 떨어집니다. 선형 층은 어느 픽셀이 *이웃*인지 모릅니다. 그것을 되찾는 것이 16장의 합성곱입니다.
#
# ### 픽셀의 단위
#
# 파일 속의 픽셀은 0에서 255까지의 정수입니다. 1바이트(`uint8`)에 들어가기 때문입니다. `digits()`는 이미 0에서 1로 바꾼 것을 줍니다. 이 변환이 어디에서 일어나는지가 이 장의 함정이 되므로, 파일에 있는 꼴을 다시 만들어 놓고 여러분이 직접 바꾸어 봅시다. (MNIST라면 원본과 똑같아지고, 늘려 만든 숫자라면 반올림 때문에 많아야 0.002 달라집니다.)

# %% [markdown] lang="en"
# On the right, each row holds pixels of six images in turn, and no error appeared. That the shape is right does not mean that the content is. The question from before is another such case: four images of 14×14 have 4 · 196 = 784 pixels, so `view(-1, 784)` makes *one* row of the four, without an error.
#
# Remember also what was lost: in a row, pixels that stood one above the other are 28 places apart. A linear layer does not know which pixels are *neighbours*. Getting that back is what convolution is for, in chapter 16.
#
# ### The units of pixels
#
# In the file, pixels are whole numbers from 0 to 255, since these fit into one byte (`uint8`). `digits()` hands them out already turned into 0 to 1. Just where this conversion happens becomes the trap of this chapter, so let us make the form that stands in the file again, and convert it ourselves. (For MNIST that is the original; for the enlarged digits, rounding changes a pixel by at most 0.002.)

# %%
train_pixels = (train_images[:, 0] * 255).round().to(torch.uint8)  # (N, 28, 28)
test_pixels = (data.test_images[:, 0] * 255).round().to(torch.uint8)  # (M, 28, 28)
print("in the file:", tuple(test_pixels.shape), test_pixels.dtype)
print("from", test_pixels.min().item(), "to", test_pixels.max().item())

# %% [markdown] lang="ko"
# ### 여러분 차례: `scale-pixels`

# %% [markdown] lang="en"
# ### Your turn: `scale-pixels`

# %% exercise="scale-pixels"
def to_unit_range(pixels):
    """Pixels as a file has them, made into images as a model is trained on them.

    pixels: (N, H, W) uint8, from 0 (paper) to 255 (full ink).
    Returns (N, 1, H, W) float32 from 0 to 1: 255 becomes exactly 1, and a pixel's new value
    depends on nothing but its old one.
    """
    ### BEGIN SOLUTION
    return pixels.unsqueeze(1) / 255  # (N, 1, H, W)
    ### END SOLUTION


# %% [markdown] lang="ko"
# torchvision에서 이 일을 하는 것이 `ToTensor`입니다. 여러분의 것과 같은지 보고, 빈 종이인 픽셀이 얼마나 되는지 세어 봅시다. (값이 같은데도 `False in torch.float64`라고 나온다면 `.double()`이 들어 있는 것입니다. 모델의 가중치는 float32라서 float64인 그림과 곱할 수 없습니다. `.float()`로 바꾸세요.)

# %% [markdown] lang="en"
# In torchvision, `ToTensor` does this. See whether yours agrees, and count how many pixels are blank paper. (If the values are right and it still says `False in torch.float64`, there is a `.double()` in yours. The weights of a model are float32 and cannot be multiplied with float64 images: make it `.float()`.)

# %% tags=["demo"]
from helpers.vision import transforms

theirs = transforms.ToTensor()(test_pixels[0].numpy())  # (28, 28) -> (1, 28, 28)
yours = to_unit_range(test_pixels)  # (M, 1, 28, 28)
print("equal to ToTensor's:", torch.equal(yours[0], theirs), "in", yours.dtype)
print(f"furthest from digits(): {(yours - data.test_images).abs().max().item():.4f}")
print(f"blank paper: {(yours == 0).float().mean():.0%} of all pixels")

# %% [markdown] lang="ko"
# ## 2. 본보기 열 장
#
# 학습하기 전에 가장 단순한 방법부터 해 봅시다. 그래야 학습이 무엇을 더해 주는지 알 수 있습니다. 아무렇게나 찍으면 10%입니다. 그보다 나은 생각: 숫자마다 **평균 그림**을 만들어 두고, 새 그림은 가장 가까운 평균의 숫자라고 답합니다.
#
# ### 여러분 차례: `mean-images`

# %% [markdown] lang="en"
# ## 2. Ten templates
#
# Before we train, let us try the simplest thing, to know what training adds. Guessing gives 10%. A better idea: make a **mean image** of every digit, and call a new image by the digit whose mean is nearest.
#
# ### Your turn: `mean-images`

# %% exercise="mean-images"
def mean_images(x, labels, classes):
    """The mean of the images of each class.

    x: (N, D) float, flattened images. labels: (N,) int64, from 0 to classes - 1.
    classes: an int, C. Returns (C, D) in x's dtype; row k is the mean over the images labelled
    k, and all zeros if there is no such image.
    """
    # start with zeros             # (C, D)
    # for every class that occurs  # (D,)
    ### BEGIN SOLUTION
    means = torch.zeros(classes, x.shape[1], dtype=x.dtype)  # (C, D)
    for k in range(classes):
        mask = labels == k  # (N,)
        if mask.any():
            means[k] = x[mask].mean(0)  # (number of them, D) -> (D,)
    return means
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
train_x = flatten_images(train_images)  # (N, 784)
test_x = flatten_images(data.test_images)  # (M, 784)
templates = mean_images(train_x, train_labels, 10)  # (10, 784)
distances = torch.cdist(test_x, templates)  # (M, 10): from every image to every mean
nearest = distances.argmin(1)  # (M,)

figure, grid = plots.axes(10, width=0.85, height=1.25)
for digit, ax in enumerate(grid):
    ax.imshow(templates[digit].reshape(28, 28), cmap="gray_r")
    ax.set_title(digit)
    ax.axis("off")
figure.suptitle("The mean image of each digit", fontsize="medium")
plt.show()
print(f"nearest mean: {(nearest == test_labels).float().mean():.1%} of the test images right")

# %% [markdown] lang="ko"
# 아무것도 학습하지 않았는데 열에 아홉 가까이 맞힙니다. "정확도 89%"라는 말에 놀라지 않으려면 이런 기준선(baseline)을 먼저 재 두어야 합니다.
#
# 이제 식을 하나 풀어 봅시다. 그림 $x$와 $k$번 평균 $\mu_k$ 사이의 거리를 제곱하면
#
# $$\lVert x - \mu_k\rVert^2 = \lVert x\rVert^2 - \bigl(2\mu_k\cdot x - \lVert\mu_k\rVert^2\bigr)$$
#
# 첫째 항 $\lVert x\rVert^2$는 열 숫자에 모두 같습니다. 그러니 거리가 가장 작은 숫자는 괄호 안이 가장 **큰** 숫자입니다. 괄호 안은 $x$에 무언가를 곱해서 더하고 상수를 더한 것, 곧 선형 층입니다.
#
# $$z_k = w_k\cdot x + b_k \qquad w_k = 2\mu_k,\quad b_k = -\lVert\mu_k\rVert^2$$
#
# $z_k$는 7장의 로짓(logit)입니다. 정말 그런지 `nn.Linear`에 그 가중치를 넣어 확인합니다.

# %% [markdown] lang="en"
# Nothing has been learned yet, and it gets almost nine in ten right. Measure such a baseline first, and an "accuracy of 89%" will not impress you.
#
# Now work out a formula. Square the distance between an image $x$ and mean number $k$, $\mu_k$:
#
# $$\lVert x - \mu_k\rVert^2 = \lVert x\rVert^2 - \bigl(2\mu_k\cdot x - \lVert\mu_k\rVert^2\bigr)$$
#
# The first term, $\lVert x\rVert^2$, is the same for all ten digits. So the digit at the smallest distance is the one for which the bracket is **largest**. And the bracket multiplies $x$ by something, adds up, and adds a constant: it is a linear layer.
#
# $$z_k = w_k\cdot x + b_k \qquad w_k = 2\mu_k,\quad b_k = -\lVert\mu_k\rVert^2$$
#
# $z_k$ is the logit of chapter 7. To see that it is true, put these weights into an `nn.Linear`.

# %% tags=["demo"]
by_templates = nn.Linear(784, 10)
with torch.no_grad():
    means = mean_images(flatten_images(train_images), train_labels, 10)  # (10, 784)
    by_templates.weight.copy_(2 * means)
    by_templates.bias.copy_(-means.square().sum(1))  # (10,)
    guesses = by_templates(flatten_images(data.test_images)).argmax(1)  # (M,)
agree = (guesses == torch.cdist(flatten_images(data.test_images), means).argmin(1)).float().mean()
print(f"linear layer and nearest mean agree on {agree:.1%} of the test images")

# %% [markdown] lang="ko"
# 똑같습니다. 선형 층은 **본보기(template) 열 장**을 들고 그림과 하나씩 겹쳐 봅니다. 이제 질문은 이것입니다. *평균보다 나은 본보기가 있을까요?* 그것을 찾는 일이 학습입니다.
#
# ## 3. 학습: 더 나은 본보기 찾기
#
# 모델은 선형 층 하나입니다. 노트의 모델과 다른 점이 하나 있습니다. **훈련하는 동안에만** 그림에 잡음을 조금 섞습니다. 스캐너에 낀 먼지라고 생각하세요. 지저분한 그림에도 견디게 하려는 것입니다. 우리 모델에서는 정확도가 거의 달라지지 않지만, 훈련할 때와 쓸 때 **다르게 행동하는** 층이 앞으로 많이 나오므로(14장의 dropout, 15장의 배치 정규화) 그 가장 작은 보기로 삼습니다.
#
# 모듈은 지금 어느 쪽인지를 `training`이라는 참·거짓 변수에 적어 둡니다. `model.train()`은 그것을 참으로, `model.eval()`은 거짓으로 바꿉니다. **갓 만든 모듈은 훈련 모드(training mode)** 이고, `eval()`을 부르면 평가 모드(evaluation mode)가 됩니다.

# %% [markdown] lang="en"
# They are the same. A linear layer holds **ten templates** and lays them over an image, one by one. So the question is: *are there better templates than the means?* To look for them is to train.
#
# ## 3. Training: looking for better templates
#
# The model is one linear layer. It differs from the notes' in one thing: **only while it is trained**, it adds a little noise to the images. Think of dust in a scanner; it should learn to put up with dirty images. In this model the accuracy hardly changes by it, but you will meet many layers that **behave differently** in training and in use (dropout in chapter 14, batch normalisation in chapter 15), and this is the smallest example.
#
# A module notes which of the two it is in a variable, `training`, true or false. `model.train()` sets it to true, `model.eval()` to false. **A module just made is in training mode**; `eval()` puts it into evaluation mode.

# %%
class OneLayer(nn.Module):
    """One linear layer on flattened images, with noise on them in training mode only.

    Takes images (B, 1, H, W) from 0 to 1; gives logits (B, classes).
    """

    def __init__(self, pixels=784, classes=10, noise=0.5):
        super().__init__()
        self.linear = nn.Linear(pixels, classes)
        self.noise = noise

    def forward(self, images):
        x = images.flatten(1)  # (B, D): the built-in form of your flatten_images
        if self.training:
            x = x + self.noise * torch.randn_like(x)  # (B, D): dust
        return self.linear(x)  # (B, C)


torch.manual_seed(0)
model = OneLayer()
image = train_images[:1]  # (1, 1, 28, 28)
for mode in (model.train, model.eval):
    mode()
    with torch.no_grad():
        first, second = model(image), model(image)  # (1, 10), (1, 10)
    same = torch.equal(first, second)
    print(f"training = {model.training}: the same image twice gives the same logits: {same}")
print("parameters:", sum(p.numel() for p in model.parameters()), "= 784 * 10 + 10")

# %% [markdown] lang="ko"
# ### 에폭의 손실을 적는 법
#
# 학습하면서 손실을 지켜보려면 배치의 손실을 더해 평균을 내야 합니다. 노트의 반복문은 이렇게 합니다.
#
# ```python
# avg_cost += cost / total_batch
# ```
#
# 5장에서 이것이 평균들의 평균이라는 것을 보았습니다. 잘못이 하나 더 있습니다. `cost`는 수가 아니라 **그래프가 달린 텐서**입니다(2장의 그 그래프이고, 계산 그래프라고도 합니다). 나누기와 더하기도 그래프에 적힙니다. 그래서 `avg_cost`는 지금까지의 *모든* 배치로 거슬러 올라갈 수 있고, 그 길이 모두 메모리에 남습니다. 재어 봅시다. 아래 함수는 텐서에서 거슬러 올라가며 그래프의 마디(node)를 셉니다. 마디에서 앞의 마디로 가는 길은 `next_functions`에 있습니다.

# %% [markdown] lang="en"
# ### Writing down the loss of an epoch
#
# To watch the loss while training, you add up the losses of the batches for a mean. The loop in the notes does it like this.
#
# ```python
# avg_cost += cost / total_batch
# ```
#
# Chapter 5 showed that this is a mean of means. There is another mistake in it: `cost` is not a number but **a tensor with a graph behind it** (the graph of chapter 2, also called the computation graph). The division and the addition are recorded in the graph as well. So from `avg_cost` one can walk back to *every* batch so far, and all of that way stays in memory. Let us measure it. The function below walks back from a tensor and counts the nodes of the graph; the ways from a node to those before it are in its `next_functions`.

# %%
def graph_size(value):
    """How many nodes autograd keeps alive behind a tensor; 0 for a number."""
    seen, waiting = set(), [getattr(value, "grad_fn", None)]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [before for before, _ in node.next_functions]
    return len(seen)


def chain_length(value):
    """How many nodes lie on the first way back from a tensor."""
    node, length = value.grad_fn, 0
    while node is not None:
        length += 1
        node = node.next_functions[0][0] if node.next_functions else None
    return length


def train_as_in_the_notes(batches):
    """One epoch; returns avg_cost, and after every batch the graph sizes of it and of a number."""
    torch.manual_seed(0)
    model = nn.Linear(784, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    avg_cost, number, sizes = 0, 0.0, []
    for k in range(batches):
        rows = torch.arange(20 * k, 20 * k + 20) % len(train_labels)  # (20,)
        cost = F.cross_entropy(model(train_images[rows].flatten(1)), train_labels[rows])  # ()
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        avg_cost += cost / batches
        number += cost.item() / batches
        sizes.append((graph_size(avg_cost), graph_size(number)))
    return avg_cost, sizes


avg_cost, sizes = train_as_in_the_notes(50)
print("avg_cost requires grad:", avg_cost.requires_grad)
print("nodes behind it after 1, 10 and 50 batches:", [sizes[k - 1][0] for k in (1, 10, 50)])
print("the longest way back:", chain_length(avg_cost), "nodes; behind the number:", sizes[-1][1])

figure, (ax,) = plots.axes(1, width=5.2, height=2.6)
for column, name, style in ((0, "avg_cost += cost / 50", "-"), (1, "… += cost.item() / 50", "--")):
    ax.plot(range(1, 51), [pair[column] for pair in sizes], style, label=name)
plots.label(ax, "A running sum of tensors drags all batches along", "batch", "nodes in the graph")
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 배치 하나마다 마디가 몇 개씩 쌓입니다. 가장 긴 길은 55마디입니다. 더하기 50번, 나누기 하나, 교차 엔트로피 둘, 선형 층 하나, 그리고 길 끝의 매개변수 하나입니다. 이 작은 모델에서는 아무도 모릅니다. 층이 깊고 배치가 수천 개면 메모리가 조금씩 차오르다가 몇 시간 뒤에 학습이 멎습니다. 게다가 `backward`를 부르지 않는 *평가* 반복문에서 이러면 마디만이 아니라 중간값들까지 모두 남습니다.
#
# `.item()` 하나면 고쳐집니다. 텐서에서 파이썬 수만 꺼내고, 수에는 그래프가 없습니다.
#
# ### 여러분 차례: `running-mean-loss`
#
# 지금까지의 평균 손실을 배치마다 적으세요. 짧은 배치는 크기만큼만 셉니다. 배치 $k$의 손실을 $J_k$, 크기를 $B_k$라고 하면
#
# $$\bar{J}_k = \frac{B_1 J_1 + \dots + B_k J_k}{B_1 + \dots + B_k}$$

# %% [markdown] lang="en"
# Every batch adds some nodes. The longest way back has 55: fifty additions, one division, two for the cross entropy, one for the linear layer and, at the end of the way, the parameter. In this small model nobody notices. With deep layers and thousands of batches, memory fills little by little, and after some hours the training dies. In an *evaluation* loop, which never calls `backward`, not only the nodes stay but all the values in between as well.
#
# One word mends it: `.item()` takes the bare Python number out of a tensor, and a number has no graph.
#
# ### Your turn: `running-mean-loss`
#
# After every batch, write down the mean loss so far. A short batch counts by its size. With $J_k$ for the loss of batch $k$ and $B_k$ for its size,
#
# $$\bar{J}_k = \frac{B_1 J_1 + \dots + B_k J_k}{B_1 + \dots + B_k}$$

# %% exercise="running-mean-loss"
def running_mean_loss(losses, sizes):
    """The mean loss over all samples so far, after each batch of an epoch.

    losses: a list of K 0-dimensional float tensors, the mean loss of each batch; they may have
    a graph behind them. sizes: a list of K ints, how many samples each batch had. K >= 1.
    Returns a list of K Python floats: number k is the mean over all samples of the batches up
    to and including batch k. No tensor, and so no graph, is kept.
    """
    ### BEGIN SOLUTION
    total, seen, means = 0.0, 0, []
    for loss, size in zip(losses, sizes, strict=True):
        total += loss.item() * size
        seen += size
        means.append(total / seen)
    return means
    ### END SOLUTION


# %% [markdown] lang="ko"
# ### 여러분 차례: `keeps-graph`
#
# 그래프를 붙드는 길은 하나가 아닙니다. `total`은 0.0에서, `history`는 빈 리스트에서 시작하고, `loss`는 훈련 반복문에서 막 계산한 배치의 손실입니다. 아래 줄을 배치마다 실행할 때 그래프가 **남는** 것은 어느 것인가요? 실행하기 전에 예상해 보세요.
#
# | | 코드 |
# |:--|:--|
# | A | `total = total + loss / 10` |
# | B | `history.append(loss)` |
# | C | `total = total + loss.detach()` |
# | D | `model.eval(); total = total + F.cross_entropy(model(x), y)` |
# | E | `with torch.no_grad(): total = total + F.cross_entropy(model(x), y)` |
# | F | `total = total + loss.item()` |
#
# 답은 **변수**입니다. `...` 자리에 A부터 F까지 True(남는다) 또는 False가 든 리스트를 쓰세요.

# %% [markdown] lang="en"
# ### Your turn: `keeps-graph`
#
# There is more than one way to hold on to a graph. `total` starts at 0.0 and `history` as an empty list; `loss` is the loss of a batch, just computed in a training loop. If these lines run once per batch, which of them **keep** the graph? Guess before you run anything.
#
# | | code |
# |:--|:--|
# | A | `total = total + loss / 10` |
# | B | `history.append(loss)` |
# | C | `total = total + loss.detach()` |
# | D | `model.eval(); total = total + F.cross_entropy(model(x), y)` |
# | E | `with torch.no_grad(): total = total + F.cross_entropy(model(x), y)` |
# | F | `total = total + loss.item()` |
#
# The answer is a **variable**: in place of the `...`, write a list of True (kept) and False for A to F.

# %% exercise="keeps-graph" tags=["value"]
keeps_graph = ...  # a list: True or False for A, B, C, D, E, F
### BEGIN SOLUTION
keeps_graph = [True, True, False, True, False, False]
### END SOLUTION

# %% [markdown] lang="ko"
# 예상이 맞았는지 마디를 세어 확인합니다. 배치 열 개를 지난 뒤입니다.

# %% [markdown] lang="en"
# Count the nodes to see whether you were right, after ten batches.

# %% tags=["demo"]
if keeps_graph is ...:  # first guess, then look
    raise NotAttempted("keeps_graph")


def after_ten_batches(line):
    """What is left when a line of the table has run for ten batches."""
    torch.manual_seed(0)
    model, total, history = OneLayer(), 0.0, []
    for x, y in zip(train_images[:200].split(20), train_labels[:200].split(20)):
        loss = F.cross_entropy(model(x), y)  # ()
        if line == "A":
            total = total + loss / 10
        elif line == "B":
            history.append(loss)
        elif line == "C":
            total = total + loss.detach()
        elif line == "D":
            model.eval()
            total = total + F.cross_entropy(model(x), y)
        elif line == "E":
            with torch.no_grad():
                total = total + F.cross_entropy(model(x), y)
        else:
            total = total + loss.item()
    return history or [total]


for line, guess in zip("ABCDEF", keeps_graph):
    nodes = sum(map(graph_size, after_ten_batches(line)))
    print(f"{line}: {nodes:3d} nodes left, you said {'kept' if guess else 'not kept'}")

# %% [markdown] lang="ko"
# D를 눈여겨보세요. `eval()`과 `no_grad()`는 **서로 다른 스위치**입니다. 하나는 층의 행동을, 하나는 자동 미분의 기록을 바꿉니다. 평가할 때는 둘 다 필요합니다.
#
# ### 이제 학습합니다
#
# 미니배치 100장, 학습률 0.1, 20에폭. 섞은 번호를 `.split(100)`이 100개씩 자릅니다(마지막은 남은 만큼). 손실은 배치마다 `detach()`해서 모으고, 평균은 여러분의 `running_mean_loss`가 냅니다. (`tqdm`은 진행 막대를 보여 줍니다.) 시험용 그림은 점수를 잴 때만 쓰고, **학습하거나 고르는 데는 쓰지 않습니다.** 시험 점수를 보며 에폭 수나 학습률을 고르면 시험지로 공부하는 셈입니다(5장의 누출, 8장의 검증).

# %% [markdown] lang="en"
# Note D. `eval()` and `no_grad()` are **two different switches**: one changes how layers behave, the other whether autograd records. To evaluate you need both.
#
# ### Now train
#
# Minibatches of 100, learning rate 0.1, 20 epochs. The shuffled numbers are cut by `.split(100)` into hundreds (the last piece holds what is left). Losses are collected with `detach()`, and your `running_mean_loss` takes the mean. (`tqdm` shows a progress bar.) The test images serve to measure, **never to train or to choose**. Choosing epochs or learning rates by the test score is studying with the exam in hand (leakage in chapter 5, validation in chapter 8).

# %%
def train(noise=0.5, epochs=20, seed=0, quiet=True):
    """Trains a OneLayer on the training images; returns (state_dict, running means by epoch)."""
    torch.manual_seed(seed)  # for the start and for the noise
    model = OneLayer(noise=noise)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    history = []
    for _ in tqdm(range(epochs), disable=quiet):
        losses, sizes = [], []
        for rows in torch.randperm(len(train_labels)).split(100):
            loss = F.cross_entropy(model(train_images[rows]), train_labels[rows])  # ()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
            sizes.append(len(rows))
        history.append(running_mean_loss(losses, sizes))
    return model.state_dict(), history


state, history = None, []  # until the next cell has trained them


def trained_state():
    """The trained weights, once there are any."""
    if state is None:
        raise NotAttempted("running_mean_loss")
    return state


# %% tags=["demo", "nbval-ignore-output"]
started = time.perf_counter()
state, history = train(quiet=False)
print(f"{time.perf_counter() - started:.1f} s of training")
print(f"mean loss of epoch 1: {history[0][-1]:.2f}, of epoch 20: {history[-1][-1]:.2f}")

figure, (ax,) = plots.axes(1, width=5.4, height=2.7)
for epoch in (0, 1, 2, 19):
    steps = torch.arange(1, len(history[epoch]) + 1) / len(history[epoch])
    ax.plot(steps, history[epoch])
    ax.annotate(f" epoch {epoch + 1}", (1, history[epoch][-1]), va="center")
plots.label(ax, "The mean loss falls from epoch to epoch", "share of the epoch", "mean loss so far")
ax.set(xlim=(0, 1.25), ylim=(0, 2.6), xticks=(0, 0.5, 1))
plt.show()

# %% [markdown] lang="ko"
# 첫 에폭의 손실은 아무것도 모르는 모델의 $\ln 10 \approx 2.3$에서 시작해 빠르게 내려갑니다. 열 숫자를 모두 10%라고 하면 교차 엔트로피가 바로 그 값입니다(7장).
#
# ## 4. 함정: 조용히 틀린 평가
#
# 학습이 끝난 모델은 `state_dict`로 저장해 두고(4장), 나중에 새 모듈에 실어 씁니다. `rebuild`가 그 일을 합니다. 아래 `broken_evaluation`은 그렇게 되살린 모델을 시험용 픽셀로 평가하는데, 오류 없이 돌아갑니다. **그런데 잘못이 셋 있습니다.** 셋째 결과 `recorded`는 자동 미분이 평가를 적고 있었는지를 말해 줍니다. 실행하기 전에 찾아보세요.

# %% [markdown] lang="en"
# In the first epoch the loss starts near $\ln 10 \approx 2.3$, that of a model that knows nothing, and falls fast: the cross entropy is just that if all ten digits get 10% (chapter 7).
#
# ## 4. A trap: an evaluation that is quietly wrong
#
# A trained model is stored as a `state_dict` (chapter 4), and loaded into a new module later; that is what `rebuild` does. The `broken_evaluation` below tests such a revived model on the pixels of the test images, and it runs without an error. **There are three mistakes in it.** Its third result, `recorded`, tells whether autograd was recording the evaluation. Look for them before you run it.

# %%
def rebuild(state):
    """A new OneLayer with stored weights; its sizes are those of the weights."""
    classes, pixels = state["linear.weight"].shape
    model = OneLayer(pixels, classes)
    model.load_state_dict(state)
    return model


def broken_evaluation(state, pixels, labels, batch_size):
    """(loss, accuracy, recorded) of a stored model; wrong in three places."""
    model = rebuild(state)
    total, right = 0.0, 0
    for rows in torch.arange(len(labels)).split(batch_size):
        images = pixels[rows].unsqueeze(1).float()  # (B, 1, H, W)
        logits = model(images)  # (B, C)
        total += F.cross_entropy(logits, labels[rows], reduction="sum").item()
        right += (logits.argmax(1) == labels[rows]).sum().item()
    return total / len(labels), right / len(labels), logits.requires_grad


# %% tags=["demo", "nbval-ignore-output"]
torch.manual_seed(1)
loss, accuracy, recorded = broken_evaluation(trained_state(), test_pixels, test_labels, 100)
print(f"loss {loss:.2f}, accuracy {accuracy:.1%}, recorded: {recorded}")
print(f"last training epoch's loss: {history[-1][-1]:.2f}")

# %% [markdown] lang="ko"
# 정확도는 훌륭합니다. 그래서 대부분은 여기서 만족하고 넘어갑니다. 하지만 손실이 훈련 때의 수십 배입니다. 교차 엔트로피가 이렇게 크다는 것은 정답에 거의 0의 확률을 주었다는 뜻입니다. 정확도 96%인 모델이요? 무언가 이상합니다.
#
# ### 여러분 차례: `evaluate`
#
# 셋을 모두 고치세요. 결과 셋이 하나씩 가리킵니다: **손실**은 픽셀의 단위, **정확도**의 흔들림은 모델의 모드, **recorded**는 자동 미분의 기록. 더하고 나누는 부분은 맞습니다. `reduction="sum"`은 배치의 손실을 평균 내지 않고 더하라는 뜻이라, 짧은 배치가 있어도 끝에 한 번 나누면 됩니다.

# %% [markdown] lang="en"
# The accuracy is splendid, so most people are content and move on. But the loss is dozens of times what it was in training. A cross entropy this large means that the right answers got probabilities of almost 0, from a model that is 96% right? Something is odd.
#
# ### Your turn: `evaluate`
#
# Mend all three. Each result points at one: the **loss** at the units of the pixels, the wavering **accuracy** at the mode of the model, **recorded** at autograd. Adding up and dividing is right: `reduction="sum"` means that a batch's losses are added, not averaged, so one division at the end will do, short batch or not.

# %% exercise="evaluate"
def evaluate(state, pixels, labels, batch_size):
    """How good a stored model is: on pixels as files have them, in batches.

    state: the state_dict of a OneLayer trained on images from 0 to 1; rebuild(state) makes
    the model. pixels: (N, H, W) uint8, from 0 to 255. labels: (N,) int64. batch_size: an int,
    at least 1; N need not be a multiple of it. Evaluated without noise and without autograd.
    Returns (loss, accuracy, recorded): the mean cross entropy over all N images and the share
    of right answers, Python floats; and logits.requires_grad of the last batch, a bool.
    """
    # the model, in the right mode
    # for each batch, with nothing recorded: images as in training  # (B, 1, H, W)
    #                                        logits                 # (B, C)
    ### BEGIN SOLUTION
    model = rebuild(state)
    model.eval()
    total, right = 0.0, 0
    with torch.no_grad():
        for rows in torch.arange(len(labels)).split(batch_size):
            logits = model(to_unit_range(pixels[rows]))  # (B, 1, H, W) -> (B, C)
            total += F.cross_entropy(logits, labels[rows], reduction="sum").item()
            right += (logits.argmax(1) == labels[rows]).sum().item()
    return total / len(labels), right / len(labels), logits.requires_grad
    ### END SOLUTION


# %% [markdown] lang="ko"
# 고친 것과, 스위치를 하나씩만 틀리게 한 것을 나란히 봅시다. 훈련 모드는 부를 때마다 답이 달라서 세 번 잽니다.

# %% [markdown] lang="en"
# See the mended one beside others with a single switch wrong. In training mode every call gives another answer, so it is measured three times.

# %% tags=["demo", "nbval-ignore-output"]
loss, accuracy, recorded = evaluate(trained_state(), test_pixels, test_labels, 100)
print(f"{'mended':22s} loss {loss:6.3f}, accuracy {accuracy:.1%}, recorded: {recorded}")
tested = rebuild(state)
torch.manual_seed(0)
for name, images, training in (
    ("raw pixels", test_pixels[:, None].float(), False),
    *[("training mode", data.test_images, True)] * 3,
):
    tested.train(training)
    with torch.no_grad():
        logits = tested(images)  # (M, 10)
    share = (logits.argmax(1) == test_labels).float().mean()
    print(f"only {name:17s} loss {F.cross_entropy(logits, test_labels):6.3f}, accuracy {share:.1%}")
tested.eval()
nodes = graph_size(F.cross_entropy(tested(data.test_images), test_labels))
print(f"only recorded: the same numbers, and {nodes} nodes with their values are kept")

# %% [markdown] lang="ko"
# 훈련 모드의 잡음은 정확도를 깎고, 부를 때마다 답을 바꿉니다. 기록은 수를 바꾸지 않는 대신 메모리를 먹습니다. 원본 픽셀은 정확도를 거의 건드리지 않으면서 손실만 터뜨립니다. 왜 그럴까요? 픽셀에 255를 곱하면
#
# $$z = W(255\,x) + b = 255\,\Bigl(Wx + \frac{b}{255}\Bigr)$$
#
# 로짓이 통째로 255배가 됩니다. 가장 큰 로짓은 여전히 가장 크니 **답은 그대로**입니다. 다만 편향이 255분의 1로 줄어 없는 것이나 다름없어집니다. 편향이 판가름하던 아슬아슬한 그림이 있을 때만 답이 바뀝니다. 그런데 softmax는 로짓의 *차이*를 지수로 키웁니다. 차이가 255배가 되면 확률은 0 아니면 1입니다. 확인해 봅시다.

# %% [markdown] lang="en"
# The noise of training mode costs accuracy and gives another answer at every call. Recording changes no number but takes memory. Raw pixels hardly touch the accuracy, and blow up the loss. Why? Multiply the pixels by 255:
#
# $$z = W(255\,x) + b = 255\,\Bigl(Wx + \frac{b}{255}\Bigr)$$
#
# All logits become 255 times as large. The largest is still the largest, so **the answer stays**. Only the bias shrinks to a 255th and is as good as gone, so only a close call that the bias was deciding gets another answer. But softmax raises *differences* of logits to an exponent. With differences 255 times as large, probabilities are 0 or 1. Let us see.

# %% tags=["demo", "nbval-ignore-output"]
tested = rebuild(trained_state()).eval()
with torch.no_grad():
    sure = {}
    for name, images in (("0 to 1", data.test_images), ("0 to 255", 255 * data.test_images)):
        logits = tested(images)  # (M, 10)
        sure[name] = logits.softmax(1).amax(1)  # (M,): the probability of the answer given
        accuracy = (logits.argmax(1) == test_labels).float().mean()
        loss = F.cross_entropy(logits, test_labels)
        certain = (sure[name] > 0.999).float().mean()
        print(f"pixels {name:8s}: accuracy {accuracy:.2%}, loss {loss:.2f}, surer than 99.9%: {certain:.0%}")
    no_bias = (data.test_images.flatten(1) @ tested.linear.weight.T).argmax(1)  # (M,)
print(f"pixels 0 to 1 without the bias: accuracy {(no_bias == test_labels).float().mean():.2%}")

figure, (ax,) = plots.axes(1, width=5.2, height=2.7)
names = [f"pixels {name}" for name in sure]
ax.hist([values.numpy() for values in sure.values()], bins=20, range=(0, 1), label=names)
plots.label(ax, "Raw pixels make the model sure of everything", "probability of its answer", "test images")
ax.legend(loc="upper left")
plt.show()

# %% [markdown] lang="ko"
# 원본 픽셀을 넣은 모델은 틀린 답에도 100%라고 우깁니다. 그 틀린 몇 장이 손실을 통째로 만듭니다. 정확도만 보고 있었다면 영영 몰랐을 일입니다. 편향을 뺀 정확도와 원본 픽셀의 정확도가 같은 것도 보세요. 식이 말한 그대로입니다. 진짜 MNIST에서는 편향이 하는 일이 더 커서, 같은 실험에서 정확도도 2%쯤 떨어졌습니다.
#
# ### 어쩌다 원본 픽셀을 넣게 될까요?
#
# 노트의 평가는 이렇게 시작합니다.
#
# ```python
# X_test = mnist_test.test_data.view(-1, 28 * 28).float()
# ```
#
# torchvision의 데이터셋은 `dataset[i]`라고 물을 때에만 변환(transform)을 거칩니다. 그런데 `test_data`는 **파일에 든 픽셀 그대로**를 꺼냅니다. `ToTensor`를 달아 놓았어도 소용이 없습니다. 우리 숫자를 MNIST의 파일 꼴로 써 놓고 torchvision으로 읽어서 확인해 봅시다. 파일의 꼴은 단순합니다. 맨 앞에 수의 종류와 축의 수, 축마다 크기, 그다음은 픽셀의 바이트들입니다.

# %% [markdown] lang="en"
# Given raw pixels, the model insists on 100% even where it is wrong, and those few images make up the whole loss. Looking at accuracy alone, you would never have known. See also that the accuracy without the bias equals that with raw pixels, just as the formula said. On the real MNIST the bias has more to do, and in the same experiment the accuracy dropped too, by about 2%.
#
# ### How does anyone come to put in raw pixels?
#
# The evaluation in the notes begins like this.
#
# ```python
# X_test = mnist_test.test_data.view(-1, 28 * 28).float()
# ```
#
# A dataset of torchvision applies its transform only when asked for `dataset[i]`. But `test_data` takes out **the pixels as they are in the file**, and having given it `ToTensor` does not help. To see it, write our digits in the form of MNIST's files and read them with torchvision. That form is simple: at the front the kind of number and the number of axes, then the size of each axis, then the bytes of the pixels.

# %% tags=["demo"]
from helpers.vision import datasets, transforms


def write_idx(path, values):
    """A uint8 tensor as a file of MNIST's kind (http://yann.lecun.com/exdb/mnist)."""
    header = struct.pack(">HBB", 0, 8, values.dim()) + struct.pack(f">{values.dim()}I", *values.shape)
    path.write_bytes(header + values.numpy().tobytes())


with tempfile.TemporaryDirectory() as folder:
    raw = Path(folder) / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):
        write_idx(raw / f"{part}-images-idx3-ubyte", test_pixels)
        write_idx(raw / f"{part}-labels-idx1-ubyte", test_labels.to(torch.uint8))
    mnist_test = datasets.MNIST(folder, train=False, transform=transforms.ToTensor())

image, label = mnist_test[0]  # (1, 28, 28), an int
print(f"mnist_test[0]:         {image.dtype}, up to {image.max().item():.2f}")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    from_the_file = mnist_test.test_data  # (M, 28, 28)
print(f"mnist_test.test_data:  {from_the_file.dtype}, up to {from_the_file.max().item()}")
print("and torchvision says:", caught[0].message)

# %% [markdown] lang="ko"
# 같은 데이터셋이 두 단위를 줍니다. 이름도 낡았습니다. 지금은 `data`, `targets`라고 하지만 **변환을 거치지 않는 것은 마찬가지**입니다. 평가할 때도 훈련할 때처럼 `dataset[i]`나 `DataLoader`를 거치거나, 여러분처럼 변환을 손수 하세요.
#
# ## 5. 무엇을 배웠나요?
#
# 선형 층의 가중치 (10, 784)는 숫자마다 784개, 곧 28×28 그림 한 장입니다. 빨간 곳에 잉크가 있으면 그 숫자의 로짓이 커지고, 파란 곳에 있으면 작아집니다. 위는 평균 그림의 본보기, 아래는 학습이 찾은 본보기입니다. 위에서는 열 장의 평균을 모두에게서 똑같이 뺐습니다. 그러면 열 로짓이 모두 같은 만큼 변할 뿐이라 답은 그대로이고, 숫자마다 다른 점만 남습니다.

# %% [markdown] lang="en"
# One dataset, two units. The name is out of date as well: today it is `data` and `targets`, but **these skip the transform all the same**. When you evaluate, go through `dataset[i]` or a `DataLoader` as in training, or do the conversion yourself, as you did.
#
# ## 5. What has it learned?
#
# The weights of the linear layer, (10, 784), are 784 for each digit: an image of 28×28. Ink on red raises the digit's logit, ink on blue lowers it. Above, the templates from the mean images; below, those that training found. From those above, the mean of all ten was taken off: that changes all ten logits by the same amount and so no answer, and only what sets each digit apart is left.

# %% tags=["demo", "nbval-ignore-output"]
means = mean_images(flatten_images(train_images), train_labels, 10)  # (10, 784)
figure, grid = plots.axes(10, rows=2, width=0.85, height=1.15)
for row, weights in enumerate((means - means.mean(0), trained_state()["linear.weight"])):  # (10, 784)
    top = weights.abs().max()
    for digit in range(10):
        ax = grid[10 * row + digit]
        ax.imshow(weights[digit].reshape(28, 28), "RdBu_r", vmin=-top, vmax=top)
        ax.set_title(digit, fontsize="small")
        ax.axis("off")
figure.suptitle("Above: mean images less their mean. Below: learned weights", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 두 줄 모두 0의 한가운데가 짙은 파랑입니다. 가운데에 잉크가 있으면 0이기 어렵습니다. 하지만 같은 본보기는 아닙니다. 위는 그 숫자가 *평균에서 얼마나 벗어나는지*를 적었을 뿐이고, 아래는 나머지 아홉 숫자와 견주며 *손실이 줄도록* 조금씩 고친 것입니다. 훈련 집합에서 모든 숫자에 똑같이 있는 획은 가려내는 데 쓸모가 없으니 가중치도 크지 않습니다.
#
# 그림 한 장을 골라 예측해 봅시다.

# %% [markdown] lang="en"
# In both rows the middle of 0 is deep blue: with ink in the middle it is hardly a 0. Still they are not the same templates. Those above only say *how far a digit departs from the average*; those below were changed little by little *to lower the loss*, with the nine other digits in view. Strokes that all digits share do not help to tell them apart, so they get no large weight.
#
# Now take one image and predict it.

# %% tags=["demo", "nbval-ignore-output"]
def show_prediction(number):
    """One test image with the probabilities that the model gives it."""
    pixels, truth = test_pixels[number], test_labels[number].item()  # (28, 28)
    with torch.no_grad():
        logits = rebuild(trained_state()).eval()(to_unit_range(pixels[None]))[0]  # (10,)
    shares = logits.softmax(0)  # (10,)
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.6, 2.0), width_ratios=[1, 2.4])
    left.imshow(pixels, cmap="gray_r")
    left.axis("off")
    left.set_title(f"test image {number}, a {truth}")
    colours = [plots.GREEN if k == truth else plots.GREY for k in range(10)]
    right.bar(range(10), shares, color=colours)
    right.set_xticks(range(10))
    right.set_ylim(0, 1)
    plots.label(right, f"It says {shares.argmax()}, with {shares.max():.0%}", "digit", "probability")
    plt.show()


show_prediction(0)

# %% [markdown] lang="ko"
# `show_prediction(7)`처럼 다른 번호도 넣어 보세요.
#
# ## 6. 어디에서 틀리나요?
#
# 정확도는 수 하나입니다. 모델을 고치려면 *무엇을 무엇으로* 잘못 읽는지 알아야 합니다. 줄이 정답, 열이 모델의 답인 표에 개수를 적은 것을 혼동 행렬(confusion matrix)이라고 합니다. 대각선이 맞힌 것이고, 나머지 칸이 실수입니다.
#
# ### 여러분 차례: `confusion-matrix`
#
# 함정 하나: `matrix[labels, guesses] += 1`이라고 쓰고 싶어지지만, 같은 칸이 여러 번 나오면 **한 번만** 더해집니다. 오른쪽을 한꺼번에 읽고 나서 한꺼번에 쓰기 때문입니다.

# %% [markdown] lang="en"
# Try other numbers too, as in `show_prediction(7)`.
#
# ## 6. Where does it go wrong?
#
# Accuracy is one number. To mend a model you need to know *what* it takes *for what*. A table of counts with the truth in rows and the model's answer in columns is called a confusion matrix. The diagonal is what it got right, every other cell is a mistake.
#
# ### Your turn: `confusion-matrix`
#
# One pitfall: `matrix[labels, guesses] += 1` is tempting, but where a cell comes up several times it is increased **only once**, since everything is read first and then written all at once.

# %% exercise="confusion-matrix"
def confusion_matrix(labels, guesses, classes):
    """How often each class was taken for each class.

    labels, guesses: (N,) int64, from 0 to classes - 1; a class may be missing from either.
    classes: an int, C. Returns (C, C) int64: row t, column g holds the number of samples
    with label t and guess g.
    """
    ### BEGIN SOLUTION
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    for truth, guess in zip(labels, guesses, strict=True):
        matrix[truth, guess] += 1
    return matrix
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
from sklearn import metrics

with torch.no_grad():
    guesses = rebuild(trained_state()).eval()(data.test_images).argmax(1)  # (M,)
matrix = confusion_matrix(test_labels, guesses, 10)  # (10, 10)
theirs = torch.from_numpy(metrics.confusion_matrix(test_labels, guesses))  # (10, 10)
print("equal to scikit-learn's:", torch.equal(matrix, theirs))
print(f"right: {matrix.trace().item()} of {matrix.sum().item()}")

mistakes = matrix - matrix.diag().diag()  # (10, 10): the diagonal taken out
figure, (ax,) = plots.axes(1, width=5.0, height=4.2)
ax.imshow(mistakes, cmap="Oranges", vmin=0, vmax=max(4, mistakes.max().item()))
for truth, guess in matrix.nonzero().tolist():  # the cells that are not 0
    colour = plots.GREY if truth == guess else "black"
    count = matrix[truth, guess].item()
    ax.text(guess, truth, count, ha="center", va="center", fontsize=8, color=colour)
ax.set(xticks=range(10), yticks=range(10))
ax.grid(False)
plots.label(ax, "Off the diagonal: what is taken for what", "the model's answer", "truth")
plt.show()
most = mistakes.max().item()
pairs = [f"{truth} as {guess}" for truth, guess in (mistakes == most).nonzero().tolist()]
print(f"its most common mistakes, {most} times each: it read", ", ".join(pairs))

# %% [markdown] lang="ko"
# 짝마다 한두 장뿐이니 여기서 큰 이야기를 읽어 내면 안 됩니다. 시험용 그림이 360장이라 그렇습니다. MNIST의 진짜 그림 2,000장으로 재었을 때는 4와 9, 2와 7을 서로 가장 자주(각각 13번) 헷갈렸습니다. 이 출력에는 없는 수이니, `COURSE_DATA`에 MNIST를 두고 다시 실행해 여러분의 표와 견주어 보세요.
#
# ### 여러분 차례: `worst-mistakes`
#
# 가장 배울 것이 많은 실수는 모델이 **자신 있게** 틀린 것입니다. 고른 답의 확률이 높은데 틀린 그림입니다. 틀린 것만 골라낸 다음 정렬하면, 얻은 순서는 *골라낸 것들 사이에서의* 번호라는 점을 조심하세요.
#
# 도구 셋: `x.max(1)`은 줄마다 가장 큰 값과 그 자리를 한 쌍으로 주고, `mask.nonzero().flatten()`은 마스크가 참인 번호들을, `v.argsort(descending=True)`는 `v`를 큰 것부터 늘어놓는 번호들을 줍니다.

# %% [markdown] lang="en"
# With one or two in a cell, do not read too much into it: there are only 360 test images. Measured on 2,000 real images of MNIST, it confused 4 with 9, and 2 with 7, most often (13 times each). That is not in this output: put MNIST into `COURSE_DATA`, run it again, and compare with your own table.
#
# ### Your turn: `worst-mistakes`
#
# The mistakes that teach the most are those the model made **confidently**: its answer has a high probability, and is wrong. If you pick out the wrong ones and then sort, mind that the order you get is numbered *among those picked out*.
#
# Three tools: `x.max(1)` gives the largest value of each row and its place, as a pair; `mask.nonzero().flatten()` gives the numbers at which a mask is true; `v.argsort(descending=True)` gives the numbers that put `v` in falling order.

# %% exercise="worst-mistakes"
def worst_mistakes(logits, labels, k):
    """The k wrong answers that a model was surest of.

    logits: (N, C) float; the model's answer is the largest of a row, its confidence the
    softmax probability of that answer. labels: (N,) int64. k: an int, at least 1.
    Returns (rows, confidences), the surest first: rows (m,) int64, the rows of logits whose
    answer is wrong; confidences (m,) float. m is k, or fewer where there are fewer mistakes
    (perhaps 0). No two confidences are equal.
    """
    # confidences and answers            # (N,), (N,)
    # the rows with a wrong answer       # (number of mistakes,)
    # the k of them with most confidence # (m,)
    ### BEGIN SOLUTION
    confidences, guesses = logits.softmax(1).max(1)  # (N,), (N,)
    wrong = (guesses != labels).nonzero().flatten()  # (number of mistakes,)
    order = confidences[wrong].argsort(descending=True)[:k]  # (m,)
    rows = wrong[order]  # (m,)
    return rows, confidences[rows]
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
with torch.no_grad():
    logits = rebuild(trained_state()).eval()(data.test_images)  # (M, 10)
rows, confidences = worst_mistakes(logits, test_labels, 8)
figure, grid = plots.axes(8, width=1.05, height=1.6)
for ax in grid:
    ax.axis("off")
for ax, row, confidence in zip(grid, rows, confidences):
    ax.imshow(data.test_images[row, 0], cmap="gray_r")
    said = logits[row].argmax()
    ax.set_title(f"is {test_labels[row]}\nsays {said}, {confidence:.0%}", fontsize="small")
figure.suptitle("The mistakes it was surest of", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 몇 장은 사람이 보아도 어렵고, 몇 장은 누가 보아도 쉽습니다. 쉬운 것을 틀리는 까닭은 본보기가 숫자마다 **한 장뿐**이기 때문입니다. 기울여 쓴 1도, 가로획을 그은 7도 본보기 한 장으로 맞혀야 합니다. 몇 칸 옆으로 옮겨 쓰면 겹쳐 보는 픽셀이 모두 바뀝니다. 시험용 그림을 옆으로 옮겨 보면 바로 드러납니다.

# %% [markdown] lang="en"
# Some are hard for anybody, some are easy. It gets easy ones wrong because it has **only one** template for a digit: the slanted 1 and the 7 with a bar must do with the same. And written a few pixels to the side, every pixel that is compared is another one. Move the test images sideways and it shows at once.

# %% tags=["demo", "nbval-ignore-output"]
shifts, shares = range(-6, 7), []
for shift in shifts:
    moved = test_pixels.roll(shift, dims=2)  # (M, 28, 28), around the edge
    shares.append(evaluate(trained_state(), moved, test_labels, 100)[1])
figure, (ax,) = plots.axes(1, width=5.2, height=2.6)
ax.plot(shifts, shares, "o-")
ax.set_ylim(0, 1.02)
plots.label(ax, "Templates do not follow a digit that moves", "moved sideways, pixels", "test accuracy")
plt.show()
print("moved by 0, 2, 4 pixels:", [f"{shares[shifts.index(s)]:.0%}" for s in (0, 2, 4)])

# %% [markdown] lang="ko"
# ## 7. 앞으로의 모델과 견줄 한 줄
#
# 이 과정은 같은 숫자를 여러 모델로 읽습니다. 11장의 손으로 만든 신경망, 16장의 합성곱 신경망, 23장의 Bi-LSTM. 견주려면 같은 자로 재어야 합니다. 여기서는 노트처럼 잡음 없는 선형 층을 시드 세 개로 학습하고, 여러분의 `evaluate`로 잽니다.

# %% [markdown] lang="en"
# ## 7. A line to compare later models with
#
# This course reads the same digits with several models: the network built by hand in chapter 11, the convolutional network of chapter 16, the Bi-LSTM of chapter 23. To compare, measure them all with one ruler. Here the linear layer is trained without noise, as in the notes, from three seeds, and measured with your `evaluate`.

# %% tags=["demo", "nbval-ignore-output"]
started, shares = time.perf_counter(), []
for seed in range(3):
    trained, _ = train(noise=0.0, seed=seed)
    shares.append(evaluate(trained, test_pixels, test_labels, 100)[1])
seconds = (time.perf_counter() - started) / 3
size = sum(value.numel() for value in trained.values())
scores.add("ch09_mnist_softmax", "one linear layer", shares, size, seconds, data.source)

# %% [markdown] lang="ko"
# 시드만 바꾸어도 정확도가 조금 움직입니다. 시험용 그림이 360장이면 한 장이 0.3%입니다. 두 모델이 0.5% 차이라면 아직 어느 쪽이 낫다고 말할 수 없습니다.
#
# ## 정리
#
# - 펴기는 첫째 축을 두고 나머지를 잇는 것입니다. 모양이 맞아도 순서가 틀리면 픽셀이 섞입니다.
# - 선형 층은 본보기 열 장입니다. 평균 그림으로 만든 선형 층이 기준선이고, 학습은 더 나은 본보기를 찾습니다.
# - 손실 텐서를 더하면 그래프가 따라옵니다. `.item()`이나 `.detach()`로 끊으세요. 리스트에 넣어 두기만 해도 남습니다.
# - 평가의 세 스위치: 훈련 때와 같은 단위, `model.eval()`, `torch.no_grad()`. 하나라도 빠지면 오류 없이 틀리거나 메모리를 먹습니다.
# - 원본 픽셀 0–255는 정확도를 거의 바꾸지 않고 손실만 터뜨립니다. 정확도와 손실을 함께 보세요.
# - 혼동 행렬과 자신 있는 실수는 정확도가 말해 주지 않는 것을 말해 줍니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 원본 픽셀로 학습하고 원본 픽셀로 평가하면 괜찮은가요?</summary>
#
# 단위가 같으니 평가는 옳습니다. 하지만 학습이 어려워집니다. 입력이 255배면 가중치의 기울기도 255배라서, 학습률 0.1은 255의 제곱 배쯤 큰 걸음이 됩니다(3장의 $2/L$에서 $L$이 입력의 제곱으로 커집니다). 학습률을 그만큼 줄이면 이번에는 편향이 거의 배우지 못합니다. 4장의 길고 좁은 도랑입니다.
# </details>
#
# <details><summary>2. 숫자 하나에 본보기를 두 장씩 두면 어떨까요?</summary>
#
# 기운 1과 곧은 1을 따로 기억할 수 있으니 나아질 수 있습니다. 출력을 스무 개로 늘려 둘 중 큰 쪽을 그 숫자의 점수로 삼으면 됩니다. 층을 하나 더 쌓으면 본보기의 *조각*을 여러 숫자가 나누어 쓸 수 있습니다. 10장과 11장의 은닉층이 그것입니다.
# </details>
#
# <details><summary>3. model.eval()을 부르고 다시 학습하면 무엇이 문제인가요?</summary>
#
# 모드는 되돌릴 때까지 남습니다. 에폭 중간에 평가하고 `model.train()`을 잊으면 그 뒤로는 잡음 없이 학습합니다. 오류는 없습니다. 14장에서 모드를 바꾸었다가 원래대로 돌려놓는 함수를 만듭니다.
# </details>
#
# <details><summary>4. 시험 정확도가 95.6%라면 진짜 정확도는 얼마인가요?</summary>
#
# 시험용 그림도 표본입니다. 그림 $M$장으로 잰 정확도 $p$는 $\sqrt{p(1-p)/M}$쯤 흔들립니다. $p = 0.956$, $M = 360$이면 약 0.011이라 대략 93.4%와 97.8% 사이(두 배씩 벌린 범위)로 보아야 합니다. MNIST의 10,000장이면 0.002입니다.
# </details>
#
# <details><summary>5. 가중치 그림의 왼쪽과 오른쪽 가장자리는 왜 잡음처럼 남아 있나요?</summary>
#
# 그곳에는 거의 어느 그림에도 잉크가 없습니다(이 숫자들은 위아래를 꽉 채우고 옆이 비어 있습니다. MNIST라면 사방이 비어 있습니다). 입력이 늘 0인 가중치는 기울기도 늘 0이라 처음의 무작위 값에서 움직이지 않습니다. 훈련 때 섞은 잡음이 그곳에도 들어가서 조금 줄이기는 합니다. `noise=0`으로 학습하고 그려 보세요. 8장의 가중치 감쇠를 쓰면 0으로 갑니다.
# </details>

# %% [markdown] lang="en"
# A change of seed alone moves the accuracy a little. With 360 test images, one image is 0.3%. If two models differ by 0.5%, you cannot say yet which is better.
#
# ## Summary
#
# - To flatten is to keep the first axis and join the others. With the right shape and the wrong order, pixels are mixed.
# - A linear layer is ten templates. The one made of mean images is the baseline; training looks for better templates.
# - Add up loss tensors, and the graph comes along. Cut it with `.item()` or `.detach()`; being kept in a list is enough to keep it.
# - Three switches of an evaluation: the units of training, `model.eval()`, `torch.no_grad()`. Without one of them it is wrong with no error, or eats memory.
# - Raw pixels, 0–255, hardly change the accuracy and blow up the loss. Look at both.
# - The confusion matrix and the confident mistakes say what accuracy does not.
#
# ## Further questions
#
# <details><summary>1. Is it fine to train on raw pixels and evaluate on raw pixels?</summary>
#
# The units agree, so the evaluation is right. But training gets hard. With inputs 255 times as large, the gradients of the weights are as well, and a learning rate of 0.1 becomes a step about 255 squared times too long (in the $2/L$ of chapter 3, $L$ grows with the square of the inputs). Make the rate that much smaller, and the bias hardly learns: the long, narrow ditch of chapter 4.
# </details>
#
# <details><summary>2. What about two templates for each digit?</summary>
#
# The slanted 1 and the upright 1 could be remembered separately, so it may get better: give the layer twenty outputs and take the larger of two as the digit's score. Add another layer instead, and several digits can share *pieces* of templates. Those are the hidden layers of chapters 10 and 11.
# </details>
#
# <details><summary>3. What goes wrong if you call model.eval() and then go on training?</summary>
#
# The mode stays until it is set back. Evaluate in the middle of an epoch, forget `model.train()`, and from then on training goes on without the noise. There is no error. In chapter 14 you write a function that sets the mode and puts it back.
# </details>
#
# <details><summary>4. The test accuracy is 95.6%. What is the true accuracy?</summary>
#
# Test images are a sample, too. An accuracy $p$ measured on $M$ images wavers by about $\sqrt{p(1-p)/M}$. With $p = 0.956$ and $M = 360$ that is about 0.011. Allow for twice that on either side: roughly 93.4% to 97.8%. With the 10,000 of MNIST it is 0.002.
# </details>
#
# <details><summary>5. Why do the left and right edges of the weight images still look like noise?</summary>
#
# Hardly any image has ink there. (These digits fill the height and leave the sides empty; in MNIST all four sides are empty.) A weight whose input is always 0 has a gradient of always 0, and never leaves its random start. The noise added in training reaches those places too, and shrinks them a little; train with `noise=0` and draw it. With the weight decay of chapter 8 they go to 0.
# </details>
