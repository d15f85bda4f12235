# ---
# jupyter:
#   course:
#     ko: 드롭아웃
#     en: Dropout
#     minutes: 100
# ---

# %% [markdown] lang="ko"
# # 14장. 드롭아웃
#
# **누구를 위한 장인가요?** 모델에 `nn.Dropout(0.5)`를 넣어 보았지만 그 0.5가 끄는 비율인지 남기는 비율인지, `model.eval()`을 빠뜨리면 무엇이 달라지는지 재 본 적은 없는 사람.
#
# **걸리는 시간** 약 100분 · **먼저 알아야 할 것** 마스크(1장), 과적합과 규제(8장), 훈련 모드와 평가 모드(9장), 손으로 하는 역전파(11장), ReLU와 Adam(12장) · 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 드롭아웃을 앞으로도 거꾸로도 손으로 계산하고, 왜 1 − p로 나누는지 설명할 수 있습니다.
# - `nn.Dropout`과 똑같이 행동하는 모듈을 쓸 수 있습니다.
# - 평가할 때도 꺼지지 않는 드롭아웃, 훈련 중에 몰래 꺼져 버린 드롭아웃을 찾아 고칠 수 있습니다.
# - 드롭아웃이 언제 도움이 되고 언제 아무 차이가 없는지를 측정으로 말할 수 있습니다.
# - 드롭아웃을 켠 채 여러 번 예측해서 모델이 얼마나 자신 없는지 잴 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 14. Dropout
#
# **Who is this for?** You have put `nn.Dropout(0.5)` into a model, but never measured whether that 0.5 is dropped or kept, or what changes when `model.eval()` is forgotten.
#
# **Time** about 100 minutes · **You need** masks (chapter 1), overfitting and regularisation (chapter 8), training and evaluation mode (chapter 9), backpropagation by hand (chapter 11), ReLU and Adam (chapter 12)
#
# **Afterwards you can**
#
# - compute dropout by hand, forward and backward, and explain the division by 1 − p,
# - write a module that behaves just like `nn.Dropout`,
# - find and mend a dropout that stays on in evaluation, and one that has quietly gone off in training,
# - say from measurements when dropout helps, and when it makes no difference,
# - predict several times with dropout switched on, and so measure how unsure a model is.

# %%
import time

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
open_chapter("ch14_dropout", "ko")

# %% lang="en"
open_chapter("ch14_dropout", "en")

# %% [markdown] lang="ko"
# ## 1. 틀린 답까지 외우는 신경망
#
# 숫자 그림 400장으로 신경망을 학습시킵니다. 그런데 이번에는 정답을 붙인 사람이 서툴러서 **다섯 장 가운데 한 장은 레이블이 틀렸습니다**. 실제 데이터에는 흔한 일입니다. 시험용 그림의 레이블은 모두 맞습니다.
#
# 그림은 28×28에서 한 픽셀씩 건너뛰어 14×14로 줄였습니다. 여러 시드로 여러 번 학습시킬 것이므로 시간을 아끼려는 것입니다.

# %% [markdown] lang="en"
# ## 1. A network that memorises even the wrong answers
#
# We train a network on 400 images of digits. But this time whoever labelled them was careless: **one label in five is wrong**. In real data that is nothing unusual. The labels of the test images are all right.
#
# The images are cut from 28×28 to 14×14 by taking every other pixel. We will train many times, from many seeds, and this saves time.

# %%
data = digits()
print(data.source)
all_x = data.train_images[:, 0, ::2, ::2].flatten(1)  # (N, 1, 28, 28) -> (N, 14, 14) -> (N, 196)
test_x = data.test_images[:, 0, ::2, ::2].flatten(1)  # (M, 196)
all_labels, test_labels = data.train_labels, data.test_labels  # (N,), (M,)


def training_set(seed, wrong=0.2, size=400):
    """A random choice of training images, of which a share has a wrong label.

    Returns (x, labels): (size, 196) and (size,). The wrong ones come first.
    """
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(all_x), generator=generator)[:size]  # (size,)
    labels = all_labels[rows]  # (size,): a copy
    k = int(wrong * size)
    labels[:k] = (labels[:k] + torch.randint(1, 10, (k,), generator=generator)) % 10
    return all_x[rows], labels


x, labels = training_set(seed=0)
true = training_set(seed=0, wrong=0)[1]
figure, grid = plots.axes(10, width=0.85, height=1.3)
for ax, row in zip(grid, range(75, 85)):
    ax.imshow(x[row].reshape(14, 14), cmap="gray_r")
    mark = "" if labels[row] == true[row] else " ✗"
    ax.set_title(f"{labels[row]}{mark}")
    ax.axis("off")
figure.suptitle("Ten of 400 training images with their labels (✗: wrong)", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 신경망은 은닉층이 하나입니다. 은닉 유닛(hidden unit) 200개, ReLU, 출력 10개이고, Adam으로 700걸음을 걷습니다. 은닉층과 출력층 사이에 `layer`가 들어갈 자리를 하나 비워 둡니다. 지금은 받은 것을 그대로 내보내는 `nn.Identity`를 넣습니다.
#
# 학습하면서 50걸음마다 훈련용과 시험용 손실을 잽니다. 9장에서 배운 대로 잴 때는 평가 모드로, 걸을 때는 훈련 모드로 바꿉니다.

# %% [markdown] lang="en"
# The network has one hidden layer: 200 hidden units, ReLU, 10 outputs, and 700 steps of Adam. Between the hidden layer and the output we leave a place for a `layer`. For now it holds `nn.Identity`, which hands on what it is given.
#
# Every 50 steps, the loss is measured on the training and on the test images. As you learned in chapter 9, the model is put into evaluation mode for measuring and into training mode for stepping.

# %%
def make_net(layer, seed, hidden=200):
    """A 196-hidden-10 network with a layer after the ReLU; the same start for the same seed."""
    torch.manual_seed(seed)
    first, second = nn.Linear(196, hidden), nn.Linear(hidden, 10)
    return nn.Sequential(first, nn.ReLU(), layer, second)


def measure(model, x, labels):
    """(loss, accuracy) of a model in evaluation mode, Python floats."""
    model.eval()
    with torch.no_grad():
        logits = model(x)  # (N, 10)
    right = (logits.argmax(1) == labels).float().mean().item()
    return F.cross_entropy(logits, labels).item(), right


def train(model, x, labels, seed, steps=700, every=50):
    """Trains with Adam; returns rows (step, training loss, test loss, test accuracy)."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.006)
    generator = torch.Generator().manual_seed(seed)
    history = []
    for step in range(steps + 1):
        if step % every == 0:
            history.append((step, measure(model, x, labels)[0], *measure(model, test_x, test_labels)))
        model.train()
        rows = torch.randint(len(x), (32,), generator=generator)  # (32,)
        loss = F.cross_entropy(model(x[rows]), labels[rows])  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


plain = make_net(nn.Identity(), seed=0)
plain_history = train(plain, x, labels, seed=0)
steps, train_losses, test_losses, test_shares = zip(*plain_history)

figure, (left, right) = plots.axes(2, width=4.0, height=2.7)
left.plot(steps, train_losses, "o-", markersize=3, label="training")
left.plot(steps, test_losses, "s--", markersize=3, label="test")
plots.label(left, "After 100 steps only the training loss gets better", "step", "loss")
left.legend()
right.plot(steps, test_shares, "s--", markersize=3, color=plots.ORANGE)
right.set_ylim(0.6, 1)
plots.label(right, "Test accuracy: better before than at the end", "step", "test accuracy")
plt.show()

# %% tags=["demo", "nbval-ignore-output"]
plain.eval()
answers = plain(x[:80]).argmax(1)  # (80,): for the images with a wrong label
learned = (answers == labels[:80]).float().mean()
print(f"best test accuracy on the way {max(test_shares):.1%}, at the end {test_shares[-1]:.1%}")
print(f"of the 80 wrong labels it gives back {learned:.0%} as they were taught")

# %% [markdown] lang="ko"
# 훈련용 손실은 계속 내려갑니다. 시험용 손실은 처음 100걸음 안에 다 내려오고, 그 뒤로는 오르내리기만 합니다. 시험 정확도는 그때보다 낮게 끝납니다. 8장에서 본 과적합(overfitting)입니다. 신경망은 틀린 레이블까지 대부분 외웠고, 그 대가로 처음에 알던 것을 잊었습니다. (처음에 훈련용 손실이 시험용보다 높은 것은 훈련용에만 틀린 레이블이 있기 때문입니다.)
#
# 노트는 과적합을 막는 방법으로 더 많은 데이터, 더 적은 특성, 규제에 이어 **드롭아웃(dropout)** 을 듭니다. 설명은 한 줄입니다. 학습하면서 층의 노드를 정해진 비율로 무작위로 켜고 끈다는 것, 그리고 `model.train()`이면 켜지고 `model.eval()`이면 꺼진다는 것입니다. 이 장에서는 그 한 줄에 빠진 것을 하나씩 채웁니다. **정해진 비율이란 켜는 비율인가요, 끄는 비율인가요? 끄고 나면 남은 것은 그대로 두어도 되나요? 그래서 정말 도움이 되나요?**
#
# ## 2. 무작위로 끄기
#
# 은닉 유닛이 200개인 회사라고 생각해 봅시다. 날마다 절반이 무작위로 결근합니다. 그러면 어느 직원도 "이 손님은 옆자리 김 대리가 기억하니까"라고 맡겨 둘 수 없습니다. 저마다 혼자서도 쓸모 있는 것을 배워야 합니다. 특히 손님 한 사람(표본 하나)을 위해 몇 명이 짜고 외우는 일이 어려워집니다. 2012년에 힌턴과 동료들이 내놓은 생각입니다.
#
# 누가 결근하는지는 걸음마다, 표본마다 새로 정합니다. 그림으로 보면 이렇습니다. 검은 칸이 꺼진 유닛입니다.

# %% [markdown] lang="en"
# The training loss keeps falling. The test loss comes down within the first 100 steps; after that it only goes up and down, and the test accuracy ends lower than it was then: the overfitting of chapter 8. The network has memorised most of the wrong labels, and paid for it with something it had known before. (At first the training loss is the higher one, because only the training labels are wrong.)
#
# Against overfitting the notes name more data, fewer features, regularisation, and then **dropout**. They explain it in a line: while training, the nodes of a layer are switched on and off at random, at a set rate; it is on after `model.train()` and off after `model.eval()`. This chapter fills in what that line leaves out. **Is the set rate the one that is kept, or the one that is dropped? Once some are off, can the rest stay as they are? And does it really help?**
#
# ## 2. Switching off at random
#
# Think of a firm with 200 hidden units for employees. Every day half of them, picked at random, stay at home. Now nobody can rely on "Kim at the next desk will remember this customer". Each has to learn something that is of use on its own, and it gets hard for a few of them to conspire and memorise one customer (one sample). Hinton and his colleagues came up with this in 2012.
#
# Who stays at home is drawn anew for every step and every sample. As a picture, with the units that are off in black:

# %%
generator = torch.Generator().manual_seed(1)
figure, grid = plots.axes(3, width=2.9, height=1.75)
for ax, p in zip(grid, (0.2, 0.5, 0.8)):
    u = torch.rand(5, 16, generator=generator)  # (B, H): 5 samples, 16 units
    ax.imshow(u >= p, cmap="gray", vmin=-0.15, vmax=1.15, aspect="auto")
    ax.set(xticks=range(0, 16, 5), yticks=range(5))
    ax.grid(False)
    plots.label(ax, f"p = {p}", "unit", "sample" if ax is grid[0] else "")
figure.suptitle("Each sample has units of its own switched off (black)", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 이 그림이 마스크(mask)입니다. 남긴 곳은 1, 끈 곳은 0입니다. 만드는 법은 간단합니다. 0과 1 사이에 고르게 퍼진 난수 $u$를 원소마다 하나씩 뽑으면 $u < p$일 확률이 꼭 $p$입니다. 그곳을 끕니다.
#
# $$m_i = \begin{cases} 0 & u_i < p \quad(\text{dropped}) \\ 1 & u_i \ge p \quad(\text{kept}) \end{cases}$$
#
# **그 p는 어느 쪽인가요?** 글마다 다릅니다. PyTorch와 Keras에서는 *끄는* 확률이고, 2014년의 드롭아웃 논문과 옛 TensorFlow(`keep_prob`)에서는 *남기는* 확률입니다. 0.5에서는 차이가 보이지 않습니다. 그래서 0.2로 바꾸는 날 사고가 납니다. 이 장에서 $p$는 언제나 **끄는 확률**입니다.
#
# ### 여러분 차례: `keep-mask`
#
# 함수의 설명문(docstring)이 곧 문제의 명세입니다. 난수는 밖에서 받습니다. 그래야 같은 난수에서 같은 마스크가 나오는지 확인할 수 있습니다.

# %% [markdown] lang="en"
# That picture is a mask: 1 where a unit is kept, 0 where it is dropped. Making one is easy. Draw a random number $u$ for each element, spread evenly between 0 and 1; then $u < p$ happens with a probability of just $p$. Those are dropped.
#
# $$m_i = \begin{cases} 0 & u_i < p \quad(\text{dropped}) \\ 1 & u_i \ge p \quad(\text{kept}) \end{cases}$$
#
# **Which p is that?** It depends on whom you read. In PyTorch and Keras it is the probability to *drop*; in the dropout paper of 2014 and in old TensorFlow (`keep_prob`) it is the probability to *keep*. At 0.5 nobody can tell, so the accident happens the day someone makes it 0.2. In this chapter $p$ is always **the probability to drop**.
#
# ### Your turn: `keep-mask`
#
# The function's docstring is the specification. The random numbers come from outside, so that one can see that the same numbers make the same mask.

# %% exercise="keep-mask"
def keep_mask(u, p):
    """Which elements stay: 1 where one is kept, 0 where it is dropped.

    u: a float tensor of any shape, random numbers with 0 <= u < 1; it stays as it is.
    p: a Python float from 0 to 1, the probability to *drop*: an element is dropped where
    u < p, and only there. Returns the mask, ones and zeros in u's shape and dtype.
    """
    ### BEGIN SOLUTION
    return (u >= p).to(u.dtype)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 여러분의 마스크로 숫자 그림의 픽셀을 꺼 봅시다. 여러분은 몇 퍼센트까지 알아볼 수 있나요?

# %% [markdown] lang="en"
# Switch off the pixels of a digit with your mask. Up to which p can you still read it?

# %% tags=["demo"]
generator = torch.Generator().manual_seed(0)
three = data.train_images[all_labels == 3][0, 0]  # (28, 28)
figure, grid = plots.axes(5, width=1.5, height=1.8)
for ax, p in zip(grid, (0.0, 0.2, 0.5, 0.8, 0.95)):
    mask = keep_mask(torch.rand(28, 28, generator=generator), p)  # (28, 28)
    ax.imshow(three * mask, cmap="gray_r")
    ax.set_title(f"p = {p}\n{1 - mask.mean().item():.0%} dropped", fontsize="small")
    ax.axis("off")
plt.show()

# %% [markdown] lang="ko"
# ## 3. 끄고 나면 남은 것은?
#
# 출력 하나는 은닉 유닛 200개의 몫을 더한 것입니다. 절반을 끄면 합도 평균적으로 절반이 됩니다. 훈련할 때는 절반짜리 합으로 배우고, 평가할 때는 아무도 끄지 않으니 **갑자기 두 배**가 됩니다. 노트의 한 줄대로 끄기만 하는 드롭아웃을 만들어서, 방금 학습시킨 신경망의 로짓(logit)이 모드에 따라 얼마나 달라지는지 재어 봅시다. 편향은 끄지 않으니 빼고 잽니다.

# %% [markdown] lang="en"
# ## 3. And what about those that stay?
#
# An output adds up the shares of 200 hidden units. Switch half of them off and the sum, on average, is half as large. Training gets used to these half sums; in evaluation nobody is off, and the sums are **suddenly twice as large**. Build a dropout that only switches off, as the line in the notes has it, and measure how much the logits of the network just trained depend on the mode. The bias is left out, as nothing switches it off.

# %%
def notes_dropout(x, mask, training):
    """Dropout as one line in the notes describes it: on in training, off in evaluation."""
    return x * mask if training else x


with torch.no_grad():
    h = torch.relu(plain[0](test_x))  # (M, 200)
    w = plain[3].weight[0]  # (200,): the weights of output 0
    generator = torch.Generator().manual_seed(0)
    for p in (0.2, 0.5, 0.8):
        sums = []
        for _ in range(50):
            mask = (torch.rand(h.shape, generator=generator) >= p).float()  # (M, 200)
            sums.append(notes_dropout(h, mask, training=True) @ w)  # (M,)
        in_training = torch.stack(sums).mean(0)  # (M,): the mean over 50 masks
        in_evaluation = notes_dropout(h, None, training=False) @ w  # (M,)
        ratio = (in_evaluation.abs().sum() / in_training.abs().sum()).item()
        print(f"p = {p}: in evaluation the sums are {ratio:.1f} times as large; 1/(1 - p) = {1 / (1 - p):.2f}")

# %% [markdown] lang="ko"
# 남는 비율이 $1-p$이니 합은 $1-p$배가 되고, 거꾸로 보면 평가할 때 $\frac{1}{1-p}$배입니다. 고치는 길은 둘입니다.
#
# - **옛 방식(2012)**: 훈련은 그대로 두고 *평가할 때* $1-p$를 곱합니다.
# - **지금 방식**: *훈련할 때* 남은 것을 $1-p$로 나눕니다. 그러면 평가할 때는 아무것도 하지 않아도 됩니다. 뒤집었다는 뜻으로 inverted dropout이라고 합니다. PyTorch가 이렇게 합니다.
#
# $$\tilde{x} = \begin{cases} \dfrac{x \odot m}{1-p} & \text{training} \\[2mm] x & \text{evaluation} \end{cases}$$
#
# 나누면 정말 맞아떨어질까요? 원소 하나는 확률 $1-p$로 $\frac{x}{1-p}$, 확률 $p$로 0입니다. 확률을 무게로 삼은 평균, 곧 기댓값(expected value)은
#
# $$\mathrm{E}[\tilde{x}] = (1-p)\cdot\frac{x}{1-p} + p\cdot 0 = x$$
#
# ### 여러분 차례: `dropout-forward`
#
# 이제 노트의 코드를 고쳐 쓰세요. $p = 1$이면 0으로 나누게 됩니다. 남은 것이 하나도 없으니 답은 모두 0이어야 합니다.

# %% [markdown] lang="en"
# A share of $1-p$ is kept, so the sums are $1-p$ times as large; seen the other way, evaluation makes them $\frac{1}{1-p}$ times as large. There are two ways to mend that.
#
# - **The old way (2012)**: leave training as it is, and multiply by $1-p$ *in evaluation*.
# - **Today's way**: divide what is kept by $1-p$ *in training*. Then evaluation has nothing to do. As the scaling is turned round, it is called inverted dropout, and PyTorch does it.
#
# $$\tilde{x} = \begin{cases} \dfrac{x \odot m}{1-p} & \text{training} \\[2mm] x & \text{evaluation} \end{cases}$$
#
# Does dividing really get it right? An element is $\frac{x}{1-p}$ with probability $1-p$, and 0 with probability $p$. The mean weighted with these probabilities, the expected value, is
#
# $$\mathrm{E}[\tilde{x}] = (1-p)\cdot\frac{x}{1-p} + p\cdot 0 = x$$
#
# ### Your turn: `dropout-forward`
#
# Now mend the notes' code. At $p = 1$ it would divide by 0. Nothing is kept there, so the result must be all zeros.

# %% exercise="dropout-forward"
def dropout_forward(x, mask, p, training):
    """Inverted dropout with a given mask.

    x: a float tensor of any shape; it stays as it is. mask: ones (kept) and zeros (dropped) in
    x's shape and dtype. p: a Python float from 0 to 1, the probability with which elements were
    dropped. training: a bool.
    Returns a tensor of x's shape and dtype. In training, dropped elements are 0 and the others
    divided by 1 - p; at p = 1, where nothing is kept, all are 0. In evaluation x itself. For
    p < 1, and always in evaluation, a gradient can flow through it back to x.
    """
    ### BEGIN SOLUTION
    if not training:
        return x
    if p == 1:
        return torch.zeros_like(x)
    return x * mask / (1 - p)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 측정을 다시 합니다. 이번에는 여러분의 함수입니다. 그리고 PyTorch의 `F.dropout`과도 견주어 봅시다. 그것은 마스크를 스스로 뽑지만, 1로 채운 텐서를 같은 시드로 통과시켜 보면 어떤 마스크를 뽑았는지 알아낼 수 있습니다.

# %% [markdown] lang="en"
# The same measurement again, now with your function. Compare it also with PyTorch's `F.dropout`. That draws a mask of its own, but send a tensor of ones through it with the same seed, and you can see which one it drew.

# %% tags=["demo"]
with torch.no_grad():
    h, w = torch.relu(plain[0](test_x)), plain[3].weight[0]  # (M, 200), (200,)
rates = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9)
generator = torch.Generator().manual_seed(0)
ratios = {"only dropped (the notes)": [], "divided by 1 - p (yours)": []}
for p in rates:
    masks = [keep_mask(torch.rand(h.shape, generator=generator), p) for _ in range(50)]
    plain_sum = sum(notes_dropout(h, mask, True) @ w for mask in masks) / 50  # (M,)
    your_sum = sum(dropout_forward(h, mask, p, True) @ w for mask in masks) / 50  # (M,)
    whole = (dropout_forward(h, masks[0], p, False) @ w).abs().sum()
    for name, value in zip(ratios, (plain_sum, your_sum)):
        ratios[name].append((value.abs().sum() / whole).item())

figure, (ax,) = plots.axes(1, width=5.2, height=2.6)
for (name, values), style in zip(ratios.items(), ("s--", "o-")):
    ax.plot(rates, values, style, label=name)
ax.set_ylim(0, 1.3)
plots.label(ax, "Size of the mean sum in training, against evaluation", "p, the probability to drop", "ratio")
ax.legend(loc="lower left")
plt.show()

torch.manual_seed(3)
theirs = F.dropout(h, 0.3)  # (M, 200)
torch.manual_seed(3)
their_mask = (F.dropout(torch.ones_like(h), 0.3) > 0).float()  # (M, 200)
print("equal to F.dropout:", torch.allclose(dropout_forward(h, their_mask, 0.3, True), theirs))

# %% [markdown] lang="ko"
# 여러분의 선은 1에 머뭅니다. 오른쪽 끝에서 조금 흔들리는 것은 마스크 50개의 평균이라 아직 기댓값이 아니기 때문입니다. 그런데 왜 $p$가 클수록 더 흔들릴까요?
#
# ## 4. 평균은 같고 흔들림은 남습니다
#
# 마스크 하나만 보면 합은 꽤 흔들립니다. 숫자 하나를 넣고, 정답인 출력에 들어가는 합 $s = \sum_i w_i\tilde{x}_i$를 마스크를 2,000번 새로 뽑아 재어 봅시다.

# %% [markdown] lang="en"
# Your line stays at 1. At its right end it wavers a little: a mean over 50 masks is not yet the expected value. But why does it waver more, the larger $p$ is?
#
# ## 4. The mean stays, the noise is new
#
# With a single mask, a sum is quite far off. Put in one digit, and measure the sum $s = \sum_i w_i\tilde{x}_i$ that goes into the output of the right answer with 2,000 freshly drawn masks.

# %%
with torch.no_grad():
    one_h = torch.relu(plain[0](test_x[5]))  # (200,)
one_w = plain[3].weight[test_labels[5]].detach()  # (200,): the weights of the right answer
whole = (one_h @ one_w).item()
generator = torch.Generator().manual_seed(0)
sampled = {}
for p in (0.1, 0.5, 0.8):
    kept = torch.rand(2000, 200, generator=generator) >= p  # (2000, 200)
    sampled[p] = (one_h * kept / (1 - p)) @ one_w  # (2000,)

figure, (ax,) = plots.axes(1, width=5.4, height=2.7)
for (p, values), style in zip(sampled.items(), ("-", "--", ":")):
    ax.hist(values.numpy(), bins=50, range=(whole - 10, whole + 10), histtype="step", density=True, linestyle=style, linewidth=1.5,
            label=f"p = {p}: mean {values.mean():.2f}, std {values.std():.2f}")
ax.axvline(whole, color=plots.GREY, linewidth=1)
plots.label(ax, "2,000 masks: same mean (grey: no dropout), wider with p", "the sum s for one image",
            "density")
ax.legend(fontsize="small")
plt.show()

# %% [markdown] lang="ko"
# 얼마나 흔들리는지는 계산할 수 있습니다. 원소에 곱해지는 수를 $r_i = \frac{m_i}{1-p}$이라고 하면, 그 평균은 1이고 분산(variance)은 제곱의 평균에서 평균의 제곱을 뺀 것입니다.
#
# $$\mathrm{Var}[r_i] = (1-p)\cdot\frac{1}{(1-p)^2} - 1 = \frac{p}{1-p}$$
#
# 유닛마다 따로 끄므로(서로 독립이므로) 합의 분산은 항마다의 분산을 더한 것입니다. 상수를 곱하면 분산은 그 제곱배가 되니, 항 $w_i x_i r_i$의 분산은 $r_i$의 분산의 $(w_i x_i)^2$배입니다. 표준편차(standard deviation)는 그 제곱근입니다.
#
# $$\text{mean} = \sum_i w_i x_i \qquad\qquad \text{std} = \sqrt{\frac{p}{1-p}\sum_i (w_i x_i)^2}$$
#
# 식을 보면 **큰 항 하나에 기대는 합일수록 더 흔들립니다**. 몫 12를 유닛 하나가 떠맡으면 $\sum(w_ix_i)^2 = 144$이지만, 열두 유닛이 1씩 나누어 맡으면 12입니다. 흔들림은 손실을 키우므로, 학습은 몫을 여럿에게 나누는 쪽으로 밀립니다. 8장의 L2 벌점(penalty)과 닮은 힘입니다.
#
# ### 여러분 차례: `dropout-noise`
#
# 난수는 필요 없습니다. 검사는 마스크 $2^H$개를 *하나도 빠짐없이* 다 해 본 값과 여러분의 식을 견줍니다.

# %% [markdown] lang="en"
# How much it wavers can be computed. Call $r_i = \frac{m_i}{1-p}$ the number that multiplies an element. Its mean is 1, and its variance is the mean of its square minus the square of its mean.
#
# $$\mathrm{Var}[r_i] = (1-p)\cdot\frac{1}{(1-p)^2} - 1 = \frac{p}{1-p}$$
#
# Units are dropped one by one, independently, so the variance of the sum is the sum of the variances of its terms, and a constant factor multiplies a variance by its square: that of $w_i x_i r_i$ is $(w_i x_i)^2$ times that of $r_i$. The standard deviation is the root.
#
# $$\text{mean} = \sum_i w_i x_i \qquad\qquad \text{std} = \sqrt{\frac{p}{1-p}\sum_i (w_i x_i)^2}$$
#
# The formula says: **the more a sum leans on one large term, the more it wavers**. A load of 12 on one unit makes $\sum(w_ix_i)^2 = 144$; shared by twelve units with 1 each, it makes 12. Wavering raises the loss, so training is pushed towards sharing the load. It is a force akin to the L2 penalty of chapter 8.
#
# ### Your turn: `dropout-noise`
#
# No random numbers are needed. The check compares your formula with what comes out when *every single one* of the $2^H$ masks is tried.

# %% exercise="dropout-noise"
def dropout_noise(x, w, p):
    """Mean and standard deviation of s = sum_i w_i x_i m_i / (1 - p) over all masks m.

    x: (B, H), one sample a row. w: (H,). Float tensors of one dtype. p: a Python float,
    0 <= p < 1, the probability with which each unit is dropped, independently of the others.
    Returns (mean, std), (B,) each: exact, without drawing anything.
    """
    ### BEGIN SOLUTION
    terms = x * w  # (B, H)
    mean = terms.sum(1)  # (B,)
    std = (p / (1 - p) * terms.square().sum(1)).sqrt()  # (B,)
    return mean, std
    ### END SOLUTION


# %% tags=["demo", "nbval-ignore-output"]
for p, values in sampled.items():
    mean, std = dropout_noise(one_h[None], one_w, p)  # (1,), (1,)
    print(f"p = {p}: std {values.std():.2f} over 2,000 masks, {std.item():.2f} by your formula")

shared, alone = torch.ones(1, 12), torch.zeros(1, 12)  # (1, 12)
alone[0, 0] = 12
for name, load in (("twelve units with 1 each", shared), ("one unit with all 12", alone)):
    mean, std = dropout_noise(load, torch.ones(12), 0.5)
    print(f"{name:24s}: mean {mean.item():.0f}, std {std.item():.2f}")

# %% [markdown] lang="ko"
# ## 5. 거꾸로
#
# 역전파에서 드롭아웃은 정거장 하나입니다. 앞으로 갈 때 원소마다 $r_i = \frac{m_i}{1-p}$을 곱했으니, 거꾸로 올 때도 **같은 수를** 곱합니다(11장의 연쇄 법칙). 나눗셈이 곱셈으로 뒤집히지 않습니다. 마스크를 새로 뽑아서도 안 됩니다. 기울기는 앞으로 갈 때 *실제로 지나온* 길로만 되돌아옵니다.
#
# 은닉층 $h$가 드롭아웃을 지나 가중치 $W$와 곱해지는 부분을 통째로 봅시다.
#
# $$\tilde{h} = \frac{h \odot m}{1-p} \qquad \text{out} = \tilde{h}\,W$$
#
# $$d_W = \tilde{h}^\top\, d_{\text{out}} \qquad d_h = \bigl(d_{\text{out}}\,W^\top\bigr)\odot\frac{m}{1-p}$$
#
# $d_W$에 들어가는 것은 $h$가 아니라 $\tilde{h}$입니다. $W$가 본 것은 끄고 난 뒤의 값이기 때문입니다. 어떤 표본에서 꺼져 있던 유닛의 가중치는 그 표본에서 아무것도 배우지 않습니다.
#
# ### 여러분 차례: `dropout-backward`

# %% [markdown] lang="en"
# ## 5. Backward
#
# In backpropagation, dropout is one more station. On the way forward each element was multiplied by $r_i = \frac{m_i}{1-p}$, so on the way back it is multiplied by **the same number** (the chain rule of chapter 11). The division does not turn into a multiplication. And no new mask may be drawn: gradient comes back only along the way that was *really taken* forward.
#
# Look at the whole piece in which a hidden layer $h$ goes through dropout and meets the weights $W$.
#
# $$\tilde{h} = \frac{h \odot m}{1-p} \qquad \text{out} = \tilde{h}\,W$$
#
# $$d_W = \tilde{h}^\top\, d_{\text{out}} \qquad d_h = \bigl(d_{\text{out}}\,W^\top\bigr)\odot\frac{m}{1-p}$$
#
# What goes into $d_W$ is not $h$ but $\tilde{h}$, for that is what $W$ saw. If a unit was off in some sample, its weights learn nothing from that sample.
#
# ### Your turn: `dropout-backward`

# %% exercise="dropout-backward"
def dropout_backward(d_out, h, mask, p, W):
    """From out = dropout(h) @ W back through the weights and the dropout, in training.

    d_out: (B, C), the derivative of the loss by out; all sums and means of the loss are in it.
    h: (B, H), the hidden units before the dropout. mask: (B, H), ones and zeros: the one used
    on the way forward. p: a Python float, 0 <= p < 1, the probability to drop. W: (H, C).
    All float tensors of one dtype; all stay as they are.
    Returns (d_h, d_W), the derivatives of the loss by h and W: (B, H) and (H, C).
    """
    # what W was multiplied with     # (B, H)
    # to the weights                 # (H, C)
    # back through the weights       # (B, H)
    # back through the dropout       # (B, H)
    ### BEGIN SOLUTION
    kept = dropout_forward(h, mask, p, True)  # (B, H)
    d_W = kept.T @ d_out  # (H, B) @ (B, C) = (H, C)
    d_kept = d_out @ W.T  # (B, C) @ (C, H) = (B, H)
    d_h = dropout_forward(d_kept, mask, p, True)  # (B, H)
    return d_h, d_W
    ### END SOLUTION


# %% [markdown] lang="ko"
# 드롭아웃의 역전파는 드롭아웃 자신입니다. 같은 마스크, 같은 $\frac{1}{1-p}$. 11장에서처럼 세 가지 방법으로 검산합시다. 손으로, `float64`의 중심 차분(central difference)으로, 자동 미분(autograd)으로. 자동 미분 쪽에는 PyTorch의 `F.dropout`을 쓰고, 마스크는 같은 시드로 알아냅니다. 이어서 마스크를 새로 뽑은 사람과, $d_W$에 $h$를 그대로 쓴 사람의 기울기도 넣어 봅니다.

# %% [markdown] lang="en"
# Dropout is its own way back: the same mask, the same $\frac{1}{1-p}$. Check it three ways as in chapter 11: by hand, by central differences in `float64`, and by autograd. Autograd gets PyTorch's `F.dropout`, whose mask we find out with the same seed. Then come the gradients of somebody who drew a new mask, and of somebody who used $h$ itself in $d_W$.

# %% tags=["demo"]
generator = torch.Generator().manual_seed(0)
p, eps = 0.4, 1e-6
h, W = (torch.randn(*size, generator=generator, dtype=torch.float64) for size in ((6, 5), (5, 3)))
target = torch.tensor([0, 2, 1, 1, 0, 2])  # (6,)


def loss_of(h, W):
    """Cross entropy of dropout(h) @ W, with the same mask every time."""
    torch.manual_seed(0)
    return F.cross_entropy(F.dropout(h, p) @ W, target)


torch.manual_seed(0)
mask = (F.dropout(torch.ones_like(h), p) > 0).double()  # (6, 5)
out = dropout_forward(h, mask, p, True) @ W  # (6, 3)
d_out = (out.softmax(1) - F.one_hot(target, 3)) / 6  # (6, 3): the softmax gradient of chapter 7
by_hand = dict(zip(("d_h", "d_W"), dropout_backward(d_out, h, mask, p, W)))

leaves = h.clone().requires_grad_(), W.clone().requires_grad_()
by_autograd = dict(zip(("d_h", "d_W"), torch.autograd.grad(loss_of(*leaves), leaves)))
by_difference = {"d_h": torch.zeros_like(h), "d_W": torch.zeros_like(W)}
for gradient, value, place in ((by_difference["d_h"], h, 0), (by_difference["d_W"], W, 1)):
    for i in range(value.numel()):
        ends = []
        for sign in (1, -1):
            moved = value.clone()
            moved.view(-1)[i] += sign * eps
            ends.append(loss_of(moved, W) if place == 0 else loss_of(h, moved))
        gradient.view(-1)[i] = (ends[0] - ends[1]) / (2 * eps)

other = (torch.rand(6, 5, generator=generator) >= p).double()  # (6, 5): another mask
suspects = {
    "yours": by_hand,
    "autograd": by_autograd,
    "a new mask for d_h": by_hand | {"d_h": dropout_backward(d_out, h, other, p, W)[0]},
    "h itself in d_W": by_hand | {"d_W": h.T @ d_out},
}
for who, gradients in suspects.items():
    for name, g in gradients.items():
        n = by_difference[name]
        error = ((g - n).norm() / (g.norm() + n.norm())).item()
        print(f"{who:20s}{name}: {'ok' if error < 1e-6 else '<- WRONG'}")

# %% [markdown] lang="ko"
# ## 6. 모듈로
#
# 이제 층 하나로 묶습니다. 모듈은 지금 어느 모드인지 `self.training`에 적어 두고(9장), 훈련 모드에서는 부를 때마다 마스크를 새로 뽑습니다. `torch.rand_like(x)`는 `x`와 같은 모양, 같은 자료형의 고른 난수입니다. 매개변수는 하나도 없습니다.
#
# ### 여러분 차례: `dropout-module`

# %% [markdown] lang="en"
# ## 6. As a module
#
# Now wrap it up as a layer. A module notes the mode it is in in `self.training` (chapter 9); in training mode this one draws a new mask at every call. `torch.rand_like(x)` gives evenly spread random numbers in the shape and dtype of `x`. There is not a single parameter.
#
# ### Your turn: `dropout-module`

# %% exercise="dropout-module"
class Dropout(nn.Module):
    """Inverted dropout as a layer, with two methods and no parameters.

    __init__(self, p): p, a Python float from 0 to 1, is the probability to drop.
    forward(self, x): x, a float32 tensor of any shape, stays as it is and gives a tensor of that
    shape, through which gradients flow back to x. In training mode each element is dropped or
    kept on its own, anew at every call: u = torch.rand_like(x) is drawn exactly once, and what
    is dropped, and what the rest is divided by, is as in keep_mask(u, p) and dropout_forward. In
    evaluation mode it gives x as it is.
    """

    def __init__(self, p):
        ### BEGIN SOLUTION
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = keep_mask(torch.rand_like(x), self.p)  # the shape of x
        return dropout_forward(x, mask, self.p, True)
        ### END SOLUTION


# %% [markdown] lang="ko"
# 1절의 신경망에서 비워 두었던 자리에 여러분의 층을 끼웁니다. 같은 시드, 같은 400장, 같은 700걸음입니다. 첫 줄은 부를 때마다 마스크를 새로 뽑는지 보여 줍니다. 늘 같은 유닛이 꺼진다면 그저 더 좁은 신경망을 학습시키는 셈입니다.

# %% [markdown] lang="en"
# Put your layer into the place that was left in the network of section 1. The same seed, the same 400 images, the same 700 steps. The first line shows that every call draws a mask of its own. If it were always the same units that are dropped, you would merely train a narrower network.

# %% tags=["demo", "nbval-ignore-output"]
layer, ones = Dropout(0.5), torch.ones(1, 1000)
print("two calls, two masks:", not torch.equal(layer(ones), layer(ones)))
dropped = make_net(Dropout(0.5), seed=0)
histories = {"no dropout": plain_history, "p = 0.5": train(dropped, x, labels, seed=0)}
figure, grid = plots.axes(2, width=4.0, height=2.7)
for (name, history), style in zip(histories.items(), ("s--", "o-")):
    steps, train_losses, test_losses, shares = zip(*history)
    grid[0].plot(steps[1:], test_losses[1:], style, markersize=3, label=name)
    grid[1].plot(steps[1:], train_losses[1:], style, markersize=3, label=name)
plots.label(grid[0], "Test loss: a little lower at the end", "step", "loss")
plots.label(grid[1], "Training loss: less is learned by heart", "step", "loss")
for ax in grid:
    ax.legend()
    ax.set_ylim(0, 1.6)
plt.show()
for name, history in histories.items():
    print(f"{name:10s} test accuracy at the end {history[-1][3]:.1%}")

# %% [markdown] lang="ko"
# 끝에 가서 훈련용 손실은 **더 나쁘고** 시험 정확도는 더 좋습니다. 덜 외웠기 때문입니다. 시드 하나로 내린 결론은 아직 믿지 마세요. 9절에서 여러 시드로 다시 잽니다. 그 전에, 이 층이 실제 코드에서 어떻게 고장 나는지 둘을 봅시다.
#
# ## 7. 함정: 평가할 때도 끄는 신경망
#
# 누군가 `nn.Dropout` 대신 함수 `F.dropout`으로 썼습니다. 오류 없이 돌아가고, 학습도 됩니다. **그런데 잘못이 셋 있습니다.** 실행하기 전에 찾아보세요.

# %% [markdown] lang="en"
# In the end the training loss is **worse** and the test accuracy better: less was learned by heart. Do not trust a conclusion from one seed yet; section 9 measures again with several. First let us see two ways in which this layer breaks in real code.
#
# ## 7. A trap: a network that drops even in evaluation
#
# Somebody used the function `F.dropout` instead of `nn.Dropout`. It runs without an error, and it learns. **But there are three mistakes in it.** Look for them before you run it.

# %%
class BrokenNet(nn.Module):
    """A network with one hidden layer, of whose units a share of p is dropped; or so it says."""

    def __init__(self, inputs, hidden, classes, p):
        super().__init__()
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, classes)
        self.p = p

    def forward(self, x):
        h = torch.relu(self.first(x))  # (B, H)
        h = F.dropout(h, 1 - self.p)  # (B, H)
        logits = self.second(h)  # (B, C)
        return F.dropout(logits, self.p)  # (B, C)


def symptoms(network_class):
    """Prints three lines that point at the breaks."""
    torch.manual_seed(0)
    model = network_class(196, 200, 10, 0.2)
    model.eval()
    with torch.no_grad():
        first, second = model(test_x), model(test_x)  # (M, 10), (M, 10)
        model = network_class(196, 200, 10, 0.0).train()  # one that drops nothing at all
        nothing_dropped = model(test_x)  # (M, 10)
        whole = model.second(torch.relu(model.first(test_x)))  # (M, 10)
    print(f"evaluation mode, the same images twice: same logits {torch.equal(first, second)}")
    print(f"training mode with p = 0: nothing is dropped {torch.allclose(nothing_dropped, whole)}")
    print(f"logits that are exactly 0: {(first == 0).float().mean():.0%}")


symptoms(BrokenNet)

# %% [markdown] lang="ko"
# 세 줄이 고장을 가리킵니다. 평가 모드인데 두 번의 답이 다르고, 아무것도 끄지 말라는 `p = 0`에서 무언가를 끄고, 로짓 다섯 개 가운데 하나가 정확히 0입니다. 정답의 로짓이 꺼지면, 아무리 잘 배운 신경망도 그 표본에서는 손실을 줄일 수 없습니다.
#
# `F.dropout(x, p)`은 함수라서 자기가 어느 모듈 안에 있는지 모릅니다. 세 번째 인자 `training`의 기본값이 `True`라 **언제나 끕니다**. `model.eval()`도 소용이 없습니다.
#
# ### 여러분 차례: `mended-net`

# %% [markdown] lang="en"
# The three lines point at the breaks: in evaluation mode two calls give different answers; at `p = 0`, which says to drop nothing, something is dropped; and one logit in five is exactly 0. With the logit of the right answer off, even the best network can do nothing about the loss of that sample.
#
# `F.dropout(x, p)` is a function and does not know which module it stands in. Its third argument, `training`, is `True` by default, so it **always drops**, and `model.eval()` is of no use.
#
# ### Your turn: `mended-net`

# %% exercise="mended-net"
class MendedNet(nn.Module):
    """BrokenNet with its three breaks mended.

    inputs, hidden, classes: ints. p: a Python float from 0 to 1, the probability to *drop*.
    Two linear layers, each registered once, as first and second; a ReLU between them, and
    dropout on the hidden units after the ReLU and nowhere else, only in training mode: what is
    kept is divided by 1 - p.
    Called with x, (B, inputs), it returns the logits, (B, classes).
    """

    def __init__(self, inputs, hidden, classes, p):
        super().__init__()
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, classes)
        self.p = p

    def forward(self, x):
        ### BEGIN SOLUTION
        h = torch.relu(self.first(x))  # (B, H)
        h = F.dropout(h, self.p, training=self.training)  # (B, H)
        return self.second(h)  # (B, C)
        ### END SOLUTION


# %% tags=["demo"]
symptoms(MendedNet)

# %% [markdown] lang="ko"
# 가장 흔한 것은 첫째 고장이고, 가장 알아보기 어려운 것도 그것입니다. 정확도가 조금 낮고 부를 때마다 조금 다를 뿐이기 때문입니다. `nn.Dropout`을 `__init__`에서 만들어 두면 모드가 저절로 따라옵니다. 그래서 함수보다 모듈이 안전합니다.
#
# ## 8. 함정: 몰래 꺼져 버린 드롭아웃
#
# 이번에는 반대입니다. 노트의 두 줄, 곧 `model.train()`으로 학습하고 `model.eval()`로 시험한다는 것은 맞습니다. 그런데 에폭마다 *학습 도중에* 시험을 해 보면 어떻게 될까요? 아래 함수는 예측을 부탁받고 평가 모드로 바꿉니다. 그리고 그대로 돌아갑니다.
#
# `rebuild`는 저장된 가중치에서 모델을 되살립니다(9장). 이미 살아 있는 모델을 주면 그 모델을 그대로 씁니다. 모델의 셋째 층이 드롭아웃입니다.

# %% [markdown] lang="en"
# The first break is the most common, and the hardest to notice: accuracy is a little lower, and a little different at every call, that is all. With an `nn.Dropout` made in `__init__` the mode follows by itself. That is why the module is safer than the function.
#
# ## 8. A trap: a dropout that has quietly gone off
#
# Now the opposite. The two lines of the notes, train after `model.train()` and test after `model.eval()`, are right. But what if you test once an epoch, *in the middle of training*? The function below is asked for predictions, switches to evaluation mode, and returns as it is.
#
# `rebuild` revives a model from stored weights (chapter 9); given a model that is alive already, it uses that one. The third layer of the model is its dropout.

# %%
def rebuild(stored, training):
    """A network with dropout in the mode asked for.

    stored: the state_dict of a Sequential of Linear, ReLU, Dropout, Linear; or such a model
    itself, which is then used as it is. training: a bool, the mode it is in.
    """
    if isinstance(stored, nn.Module):
        return stored.train(training)
    (hidden, inputs), (classes, _) = stored["0.weight"].shape, stored["3.weight"].shape
    first, second = nn.Linear(inputs, hidden), nn.Linear(hidden, classes)
    model = nn.Sequential(first, nn.ReLU(), nn.Dropout(0.5), second)
    model.load_state_dict(stored)
    return model.train(training)


def broken_train_or_eval(stored, training, x):
    """Predictions for a look in between; leaves something behind."""
    model = rebuild(stored, training)
    model.eval()
    with torch.no_grad():
        probabilities = model(x).softmax(1)  # (B, C)
    return probabilities, [model.training, model[2].training, model[2].p]


def train_and_watch(predict, seed, steps=700):
    """Trains on wrong labels, with a look at the test images every 50 steps by `predict`.

    Returns (off, accuracy): for each step the share of the active hidden units that dropout
    switched off; and the last look's accuracy.
    """
    x, labels = training_set(seed)
    model = make_net(nn.Dropout(0.5), seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.006)
    generator = torch.Generator().manual_seed(seed)
    off = []
    for step in range(1, steps + 1):
        rows = torch.randint(len(x), (32,), generator=generator)  # (32,)
        h = model[1](model[0](x[rows]))  # (32, 200), after the ReLU
        kept = model[2](h)  # (32, 200), after the dropout
        off.append(((h > 0) & (kept == 0)).sum().item() / (h > 0).sum().item())
        loss = F.cross_entropy(model[3](kept), labels[rows])  # ()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 50 == 0:
            probabilities, _ = predict(model, model.training, test_x)  # (M, 10)
    return off, (probabilities.argmax(1) == test_labels).float().mean().item()


def draw_off(off, title):
    """The share of units that are off, step by step."""
    _, (ax,) = plots.axes(1, width=5.4, height=2.2)
    ax.plot(off, linewidth=0.8)
    for look in range(50, len(off) + 1, 50):
        ax.axvline(look, color=plots.GREY, linewidth=0.6, linestyle=":")
    ax.set_ylim(-0.03, 0.8)
    plots.label(ax, title, "step (dotted: a look at the test images)", "share switched off")
    plt.show()


off, _ = train_and_watch(broken_train_or_eval, seed=0, steps=200)
draw_off(off, "Until the first look there is dropout, afterwards never again")
print(f"off in steps 1 to 50: {sum(off[:50]) / 50:.0%}; in steps 51 to 200: {sum(off[50:]) / 150:.0%}")

# %% [markdown] lang="ko"
# 첫 번째 시험 이후로 드롭아웃이 한 번도 켜지지 않았습니다. 오류도 경고도 없습니다. 훈련용 손실을 보아도 알 수 없습니다. 6절의 그림처럼 드롭아웃이 없으면 오히려 더 잘 내려갑니다. 남의 함수를 한 번 불렀을 뿐인데 말입니다.
#
# ### 여러분 차례: `train-or-eval`
#
# 빌린 물건은 있던 자리에 돌려놓아야 합니다. 예측을 부탁받은 함수는 모델이 **어느 모드에 있었든** 그 모드로 되돌려 놓고 돌아갑니다. 마지막 줄은 모델과 그 안의 드롭아웃이 끝에 어느 모드인지, 그 p가 얼마인지를 알려 줍니다. 고치지 마세요.

# %% [markdown] lang="en"
# After the first look, dropout was never on again. There is no error and no warning, and the training loss does not give it away: as the plot of section 6 shows, without dropout it falls even better. All that happened was one call of somebody's function.
#
# ### Your turn: `train-or-eval`
#
# Put a borrowed thing back where it was. A function asked for predictions returns the model to its mode, **whichever that was**. The last line reports the mode that the model and the dropout inside it are in at the end, and the dropout's p; leave it as it is.

# %% exercise="train-or-eval"
def train_or_eval(stored, training, x):
    """Predictions of a network in evaluation mode, whatever mode it is in; puts that back.

    stored, training: what rebuild needs; it gives the model back in the mode `training`.
    x: (B, D) float32, any B >= 1.
    Returns (probabilities, after): probabilities (B, C), the softmax of the logits without
    dropout, whether autograd records them or not; and after, [mode of the model, mode of its
    dropout, p of its dropout] at the end, two bools and a float, as before the predictions.
    """
    model = rebuild(stored, training)
    ### BEGIN SOLUTION
    was_training = model.training
    model.eval()
    with torch.no_grad():
        probabilities = model(x).softmax(1)  # (B, C)
    model.train(was_training)
    ### END SOLUTION
    return probabilities, [model.training, model[2].training, model[2].p]


# %% [markdown] lang="ko"
# 같은 학습을 여러분의 함수로 들여다보면서 합니다. 시드 세 개에서 끝의 정확도도 견줍니다. 두 학습은 *들여다보는 함수만* 다릅니다.

# %% [markdown] lang="en"
# The same training, watched with your function; and from three seeds, the accuracy at the end. The two trainings differ in *nothing but the function that looks*.

# %% tags=["demo", "nbval-ignore-output"]
off, _ = train_and_watch(train_or_eval, seed=0, steps=200)
draw_off(off, "With the mode put back: half of the units, at every step")
for name, predict in (("mode left in eval", broken_train_or_eval), ("mode put back", train_or_eval)):
    reached = torch.tensor([train_and_watch(predict, seed)[1] for seed in range(3)])  # (3,)
    print(f"{name:18s} test accuracy {reached.mean():.1%} (from {reached.min():.1%} to {reached.max():.1%})")

# %% [markdown] lang="ko"
# ## 9. 그래서 무엇을 얻나요?
#
# 이제 여러 시드로 잽니다. $p$를 네 가지로 바꾸어 가며, 레이블의 5분의 1이 틀린 400장과 모두 맞는 400장에서 각각 다섯 번씩 학습시킵니다. 시드가 같으면 출발점도, 그림도, 걸음마다 뽑는 배치도 같으므로 **시드마다 짝을 지어** 견줄 수 있습니다.

# %% [markdown] lang="en"
# ## 9. So what does it buy?
#
# Now measure with several seeds: four values of $p$, on 400 images of which a fifth has a wrong label and on 400 with all labels right, five trainings each. The same seed means the same start, the same images and the same batches, so trainings can be compared **in pairs, seed by seed**.

# %% tags=["demo", "nbval-ignore-output"]
rates, seeds = (0.0, 0.2, 0.5, 0.8), range(5)
results = {}
for wrong in (0.2, 0.0):
    table = []
    for p in tqdm(rates, desc=f"{wrong:.0%} wrong labels"):
        nets = [make_net(Dropout(p), seed) for seed in seeds]
        ends = [train(net, *training_set(seed, wrong), seed, every=700)[-1]
                for seed, net in zip(seeds, nets)]
        table.append([[loss, share] for _, _, loss, share in ends])
    results[wrong] = torch.tensor(table)  # (4 rates, 5 seeds, 2)

figure, grid = plots.axes(2, width=4.1, height=2.8)
places = torch.arange(len(rates))
for column, (ax, what) in enumerate(zip(grid, ("test loss", "test accuracy"))):
    for (wrong, table), style, colour in zip(results.items(), ("o-", "s--"), (plots.BLUE, plots.ORANGE)):
        values = table[:, :, column]  # (4, 5)
        ax.plot(places, values.mean(1), style, color=colour, label=f"{wrong:.0%} wrong labels")
        ax.fill_between(places, values.amin(1), values.amax(1), color=colour, alpha=0.2)
    ax.set_xticks(places, rates)
    plots.label(ax, f"{what}: mean of 5, band: all 5", "p, the probability to drop", what)
grid[1].set_ylim(0.65, 1)
grid[1].legend(loc="lower right")
plt.show()
for wrong, table in results.items():
    print(f"{wrong:.0%} wrong labels")
    for p, values in zip(rates, table):
        gain = values[:, 1] - table[0][:, 1]  # (5,): against no dropout, seed by seed
        print(f"  p = {p}: accuracy {values[:, 1].mean():.1%}, loss {values[:, 0].mean():.2f}; "
              f"gain {gain.mean():+.1%} (from {gain.min():+.1%} to {gain.max():+.1%})")

# %% [markdown] lang="ko"
# 레이블이 틀린 쪽부터 보세요. 드롭아웃은 시험 정확도를 몇 퍼센트포인트나 올립니다. $p = 0.5$와 $p = 0.8$에서는 **다섯 시드에서 한 번도 빠짐없이** 올랐습니다. 다만 클수록 좋은 것은 아닙니다. $p = 0.8$에서는 정확도가 높은데도 손실이 다시 커집니다. 유닛을 너무 많이 꺼 놓고 배워서, 맞히면서도 정답에 높은 확률을 주지 못하는 것입니다.
#
# 레이블이 모두 맞는 쪽은 어떤가요? $p = 0.5$까지는 **정확도에 차이라고 할 것이 보이지 않습니다.** 시험용 360장 가운데 몇 장이 어떤 시드에서는 더 맞고 어떤 시드에서는 덜 맞을 뿐입니다. $p = 0.8$에서는 평균이 조금 낮아집니다. 이 숫자들은 깨끗하면 외울 것이 별로 없고, 외울 것이 없으면 드롭아웃이 막아 줄 것도 없습니다.
#
# 노트는 드롭아웃을 과적합을 "막는 법"으로 적었습니다. 이 측정이 말하는 것은 그보다 적습니다. **과적합이 실제로 해를 끼칠 때 도움이 되고, 그렇지 않으면 얻는 것이 보이지 않습니다.** 넣기 전에 훈련과 시험(검증) 손실이 벌어지는지부터 보세요. 다른 데이터, 더 큰 신경망에서는 숫자가 다를 것입니다.
#
# 과정의 표에 한 줄을 더합니다. 훈련용 그림을 모두 쓰고 시드 세 개로 학습시킨 신경망입니다.

# %% [markdown] lang="en"
# Look at the wrong labels first. Dropout raises the test accuracy by several percentage points; at $p = 0.5$ and $p = 0.8$ it did so for **each one of the five seeds**. More is not always better, though. At $p = 0.8$ the loss grows again although the accuracy is high: having learned with so many units off, the network gives right answers without giving them a high probability.
#
# And with all labels right? Up to $p = 0.5$ **no difference in accuracy worth the name can be seen.** Of the 360 test images, a few more are right for some seeds and a few fewer for others. At $p = 0.8$ the mean is a little lower. As long as these digits are clean there is little to learn by heart, and then there is nothing for dropout to prevent.
#
# The notes list dropout as a way to "prevent" overfitting. What was measured says less: **it helps where overfitting really does harm; elsewhere no gain can be seen.** Before you put it in, see whether the training and the test (or validation) loss part at all. Other data and larger networks will have other numbers.
#
# Add a row to the table of the course: the network trained on all training images, from three seeds.

# %% tags=["demo", "nbval-ignore-output"]
nets, shares, start = [], [], time.perf_counter()
for seed in range(3):
    nets.append(make_net(Dropout(0.5), seed))
    shares.append(train(nets[-1], all_x, all_labels, seed, steps=1000, every=1000)[-1][3])
seconds = (time.perf_counter() - start) / 3
parameters = sum(value.numel() for value in nets[0].parameters())
scores.add("ch14_dropout", "196-200-10, dropout 0.5", shares, parameters, seconds, data.source)

# %% [markdown] lang="ko"
# ## 10. 일부러 켜 둔 채로: 몬테카를로 드롭아웃
#
# 평가할 때 드롭아웃이 켜져 있으면 고장이라고 했습니다. 그런데 *알고서* 켜 두면 쓸모가 있습니다. 마스크가 다르면 유닛 200개 가운데 남은 것도 다르니, 마스크마다 다른 신경망입니다. $2^{200}$개의 신경망이 가중치를 나누어 쓰는 셈입니다. 여러 모델의 답을 모아 평균 내는 것을 앙상블(ensemble)이라고 합니다. 드롭아웃을 끈 예측 하나는 이 앙상블의 평균을 한 번에 어림한 것입니다.
#
# 평균뿐 아니라 **흩어진 정도**도 볼 수 있습니다. 신경망들의 답이 서로 엇갈리면 그 그림은 자신이 없는 것입니다. 난수를 여러 번 뽑아서 재는 방법을 몬테카를로(Monte Carlo)라고 하고, 이렇게 잰 흩어짐을 모델의 불확실성(uncertainty)으로 삼습니다.
#
# $$P_t = \mathrm{softmax}\bigl(\tilde{h}_t W_2 + b_2\bigr) \qquad \bar{P} = \frac{1}{T}\sum_{t=1}^{T} P_t \qquad \text{std} = \sqrt{\frac{1}{T}\sum_{t=1}^{T}\bigl(P_t - \bar{P}\bigr)^2}$$
#
# ### 여러분 차례: `mc-dropout`
#
# 마스크 $T$벌을 받습니다. 통과마다 **확률**을 구하고, 그 확률들의 평균과 표준편차를 구하세요. 가중치는 11장처럼 (입력, 출력)입니다.

# %% [markdown] lang="en"
# ## 10. Left on, on purpose: Monte Carlo dropout
#
# A dropout that is on in evaluation was called broken. Left on *knowingly*, it is useful. With another mask, other units of the 200 are left, so each mask is another network: $2^{200}$ networks, sharing their weights. To average the answers of several models is called an ensemble. One prediction with dropout off estimates the mean of this ensemble in a single go.
#
# And besides the mean you can look at the **scatter**. Where the networks contradict each other, the image is one to be unsure of. To measure by drawing random numbers many times is called Monte Carlo, and the scatter measured so is taken as the model's uncertainty.
#
# $$P_t = \mathrm{softmax}\bigl(\tilde{h}_t W_2 + b_2\bigr) \qquad \bar{P} = \frac{1}{T}\sum_{t=1}^{T} P_t \qquad \text{std} = \sqrt{\frac{1}{T}\sum_{t=1}^{T}\bigl(P_t - \bar{P}\bigr)^2}$$
#
# ### Your turn: `mc-dropout`
#
# You are given $T$ masks. Get **probabilities** from every pass, then the mean and the standard deviation of these. As in chapter 11, weights are (inputs, outputs).

# %% exercise="mc-dropout"
def mc_dropout(x, W1, b1, W2, b2, masks, p):
    """Mean and standard deviation of the predictions of T passes with dropout on.

    x: (B, D). W1: (D, H). b1: (H,). W2: (H, C). b2: (C,). masks: (T, B, H), ones and zeros,
    T >= 1: pass t drops hidden units by masks[t], as dropout_forward does in training.
    p: a Python float, 0 <= p < 1. All tensors float32. A pass is linear, ReLU, dropout,
    linear, softmax.
    Returns (mean, std) over the T passes of the probabilities, (B, C) each; std divides by T
    (so it is 0 for T = 1).
    """
    # the hidden layer, the same for all passes   # (B, H)
    # the probabilities of every pass             # (T, B, C)
    ### BEGIN SOLUTION
    h = torch.relu(x @ W1 + b1)  # (B, H)
    passes = [dropout_forward(h, mask, p, True) @ W2 + b2 for mask in masks]  # T times (B, C)
    shares = torch.stack(passes).softmax(2)  # (T, B, C)
    return shares.mean(0), shares.std(0, correction=0)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 방금 전체 훈련용 그림으로 학습한 신경망에 숫자 하나를 조금씩 돌려 가며 보여 줍시다. 훈련용 그림에는 이렇게 누운 숫자가 없습니다. `F.affine_grid`와 `F.grid_sample`은 그림을 돌리는 데만 씁니다.

# %% [markdown] lang="en"
# Show the network just trained on all images a digit that is turned bit by bit. No training image lies on its side like this. (`F.affine_grid` and `F.grid_sample` are used only for turning the image.)

# %% tags=["demo", "nbval-ignore-output"]
def weights_of(net):
    """(W1, b1, W2, b2) of one of our networks, as mc_dropout wants them."""
    first, second = net[0], net[3]
    return first.weight.T.detach(), first.bias.detach(), second.weight.T.detach(), second.bias.detach()


def turned(image, degrees):
    """An image (1, 28, 28) turned by each of the angles, flattened to (number of angles, 196)."""
    angles = torch.deg2rad(torch.tensor(degrees, dtype=torch.float32))  # (A,)
    zero = torch.zeros_like(angles)
    rows = [torch.stack([angles.cos(), -angles.sin(), zero], 1),
            torch.stack([angles.sin(), angles.cos(), zero], 1)]
    many = image.expand(len(degrees), 1, 28, 28)  # (A, 1, 28, 28)
    grid = F.affine_grid(torch.stack(rows, 1), many.shape, align_corners=False)
    images = F.grid_sample(many, grid, align_corners=False)  # (A, 1, 28, 28)
    return images[:, 0, ::2, ::2].flatten(1)


degrees = list(range(0, 181, 6))
one = data.test_images[test_labels == 1][0]  # (1, 28, 28)
images = turned(one, degrees)  # (31, 196)
generator = torch.Generator().manual_seed(0)
masks = keep_mask(torch.rand(200, len(images), 200, generator=generator), 0.5)  # (T, 31, 200)
mean, std = mc_dropout(images, *weights_of(nets[0]), masks, 0.5)  # (31, 10) each

figure, (ax,) = plots.axes(1, width=7.2, height=2.8)
shown = mean.amax(0).topk(4).indices.tolist()  # the four digits that get the most
for digit, style, colour in zip(shown, ("-", "--", ":", "-."),
                                (plots.BLUE, plots.ORANGE, plots.GREEN, plots.RED)):
    ax.plot(degrees, mean[:, digit], style, color=colour, label=f"'{digit}'")
    low, high = mean[:, digit] - std[:, digit], mean[:, digit] + std[:, digit]
    ax.fill_between(degrees, low.clamp(min=0), high.clamp(max=1), color=colour, alpha=0.15)
ax.plot(degrees, 1 - mean[:, shown].sum(1), color=plots.GREY, linewidth=1, label="others")
ax.set_ylim(0, 1.25)
for k in range(0, len(degrees), 5):
    small = ax.inset_axes((degrees[k] - 8, 1.06, 16, 0.18), transform=ax.transData)
    small.imshow(images[k].reshape(14, 14), cmap="gray_r")
    small.axis("off")
ax.set_xticks(range(0, 181, 30))
plots.label(ax, "A '1' turned: between two answers, the passes disagree (band: ±1 std)", "angle in degrees",
            "probability")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown] lang="ko"
# 똑바로 선 1은 맞힙니다. 기울기 시작하면 띠가 넓어집니다. 신경망들의 의견이 갈립니다. 여기까지는 바라던 대로입니다.
#
# 그런데 **누운 1**(90° 근처)을 보세요. 신경망들이 입을 모아 같은 틀린 답을 말하고, 띠는 거의 사라집니다. 흩어짐이 작다는 것은 신경망들이 *서로* 같다는 뜻이지 맞다는 뜻이 아닙니다. 가중치를 나누어 쓰는 신경망들은 같은 잘못도 나누어 가집니다.
#
# 그러면 시험용 그림에서는 어떤가요? 신경망 셋에서 틀린 그림의 흩어짐이 더 큰지 보고, 흩어짐이 가장 큰 10%를 골라내면 틀린 답을 얼마나 찾아내는지 셉니다. 공정하게 하려고, 드롭아웃을 끈 보통 예측의 확률이 가장 낮은 10%와 견줍니다.

# %% [markdown] lang="en"
# The upright 1 is read correctly. As it begins to lean, the bands get wide: the networks disagree. So far this is what we wanted.
#
# But look at the **1 lying down** (near 90°). The networks all say the same wrong thing, and the bands all but vanish. A small scatter means that the networks agree *with each other*, not that they are right. Networks that share their weights share their errors, too.
#
# And on the test images? For three networks, see whether the scatter is larger where the answer is wrong, and count how many of the mistakes are among the 10% with the largest scatter. To be fair, compare with the 10% that have the lowest probability in an ordinary prediction, dropout off.

# %% tags=["demo", "nbval-ignore-output"]
rows = []
for seed, net in enumerate(nets):
    generator = torch.Generator().manual_seed(seed)
    masks = keep_mask(torch.rand(100, len(test_x), 200, generator=generator), 0.5)  # (T, M, 200)
    mean, std = mc_dropout(test_x, *weights_of(net), masks, 0.5)  # (M, 10) each
    net.eval()
    with torch.no_grad():
        single = net(test_x).softmax(1)  # (M, 10): one prediction, dropout off
    answers = mean.argmax(1)  # (M,)
    wrong = answers != test_labels  # (M,)
    scatter = std.gather(1, answers[:, None])[:, 0]  # (M,): the std of the answer given
    agree = (answers == single.argmax(1)).float().mean()
    print(f"seed {seed}: wrong {wrong.sum()} of {len(wrong)}; same answer with dropout off {agree:.1%}; "
          f"mean std where right {scatter[~wrong].mean():.2f}, where wrong {scatter[wrong].mean():.2f}")
    unsure = len(test_x) // 10
    by_scatter = scatter.topk(unsure).indices  # the tenth with the largest std
    by_probability = (-single.amax(1)).topk(unsure).indices  # the tenth with the least probability
    missed = (single.argmax(1) != test_labels)  # (M,)
    rows.append([wrong[by_scatter].sum().item(), wrong.sum().item(),
                 missed[by_probability].sum().item(), missed.sum().item()])
for name, a, b in (("largest std of 100 passes", 0, 1), ("lowest probability, dropout off", 2, 3)):
    print(f"{name:32s} finds of the mistakes:", ", ".join(f"{r[a]} of {r[b]}" for r in rows))

# %% [markdown] lang="ko"
# 틀린 그림에서 흩어짐이 몇 배나 큽니다. 세 신경망 모두 그렇습니다. 그러나 **보통 예측의 확률도 틀린 것을 거의 똑같이 잘 찾아냅니다.** 이 데이터에서 100번의 통과가 한 번의 예측보다 나은 점은 보이지 않습니다. 몬테카를로 드롭아웃을 쓰기 전에, 공짜로 얻는 확률과 먼저 견주어 보세요. 그리고 드롭아웃을 끈 예측의 답은 100번을 평균 낸 답과 거의 언제나 같았습니다. 평가할 때 한 번만 예측해도 되는 까닭입니다.
#
# ## 정리
#
# - p는 **끄는** 확률입니다. 글마다 다르니 남의 코드에서는 먼저 확인하세요.
# - 훈련할 때 남은 것을 1 − p로 나누면 기댓값이 그대로입니다. 그래서 평가할 때는 아무 일도 하지 않습니다.
# - 평균은 같아도 흔들림이 남습니다. 표준편차는 $\sqrt{\frac{p}{1-p}\sum_i (w_i x_i)^2}$이고, 큰 항 하나에 기댈수록 큽니다.
# - 거꾸로 올 때는 같은 마스크와 같은 $\frac{1}{1-p}$을 곱합니다. 가중치의 기울기에는 끄고 난 값이 들어갑니다.
# - `F.dropout`은 모드를 모릅니다. `training=self.training`을 알려 주거나 `nn.Dropout`을 쓰세요. 로짓에는 쓰지 않습니다.
# - 예측하는 함수는 모델의 모드를 제자리에 돌려놓습니다. 그러지 않으면 드롭아웃이 소리 없이 꺼집니다.
# - 드롭아웃은 외우는 것이 해가 될 때 도움이 됩니다. 깨끗하고 쉬운 데이터에서는 얻은 것을 재지 못했습니다.
# - 드롭아웃을 켠 여러 예측의 흩어짐은 신경망들이 서로 엇갈리는 곳을 알려 줍니다. 다 함께 틀린 곳은 알려 주지 않습니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 1절의 신경망을 시험 정확도가 가장 높을 때 멈추었다면(조기 종료) 드롭아웃이 필요했을까요?</summary>
#
# 1절에서 출력한 "도중의 가장 높은 정확도"를 9절의 표와 견주어 보세요. 비슷합니다. 다만 그 수는 시험용 그림을 *보고 고른* 것이라 실제보다 좋게 나옵니다. 검증 집합으로 멈출 때를 정하면(8장) 조기 종료도 훌륭한 방법이고, 둘을 함께 쓰기도 합니다.
# </details>
#
# <details><summary>2. 평가할 때 드롭아웃을 끈 예측은 앙상블의 평균과 정확히 같은가요?</summary>
#
# 드롭아웃 뒤에 선형 층만 있다면 로짓의 평균과는 정확히 같습니다(4절의 평균). 하지만 소프트맥스는 휘어 있으므로 *확률의* 평균과는 조금 다릅니다. 드롭아웃 뒤에 ReLU 층이 더 있으면 로짓부터 어림입니다. 10절에서 두 답이 거의 언제나 같았던 것은 어림이 좋았기 때문입니다.
# </details>
#
# <details><summary>3. 모델의 일부만 평가 모드에 두고 학습하고 있었다면 `train_or_eval`은 제대로 되돌리나요?</summary>
#
# 아닙니다. `model.train(was_training)`은 *안쪽을 모두* 같은 모드로 바꿉니다. 얼려 둔 부분까지 훈련 모드가 됩니다. 부분마다 적어 두었다가 부분마다 되돌리면 됩니다. `modes = [m.training for m in model.modules()]`로 적고, `for m, mode in zip(model.modules(), modes): m.training = mode`로 되돌립니다. 예측하다가 오류가 나도 되돌리려면 `try`와 `finally`를 쓰세요.
# </details>
#
# <details><summary>4. 입력 픽셀에 드롭아웃을 쓰면 무엇과 같은가요?</summary>
#
# 그림마다 픽셀을 무작위로 지운 새 그림을 만들어 주는 것, 곧 데이터 증강(5장)의 하나입니다. 2절의 그림처럼 픽셀은 이웃끼리 비슷해서 많이 지워도 알아볼 수 있지만, 은닉층보다 작은 p(0.2쯤)를 흔히 씁니다. 직접 재어 보세요.
# </details>
#
# <details><summary>5. p = 0.5일 때 *나올 만한* 마스크가 가장 많은 까닭은 무엇인가요?</summary>
#
# 가능한 마스크는 p가 무엇이든 $2^{200}$개이지만, *나올 만한* 마스크의 수는 다릅니다. p가 0에 가까우면 거의 모두 켜진 몇 가지만 나옵니다. p = 0.5이면 모든 마스크가 나올 확률이 똑같습니다. 7장의 엔트로피(entropy)로 말하면 유닛 하나의 켜짐과 꺼짐은 p = 0.5에서 엔트로피가 가장 큽니다.
# </details>

# %% [markdown] lang="en"
# The scatter is several times larger where the answer is wrong, for all three networks. But **the probability of an ordinary prediction finds the mistakes just about as well.** On these data, nothing shows that 100 passes are better than one prediction. Before you use Monte Carlo dropout, compare it with the probability you get for free. Note also that the answer with dropout off was nearly always the answer of the mean over 100 passes: that is why one prediction is enough in evaluation.
#
# ## Summary
#
# - p is the probability to **drop**. Texts differ; look before you borrow code.
# - Divide what is kept by 1 − p in training, and the expected value stays. So there is nothing to do in evaluation.
# - The mean stays, the noise is new. Its standard deviation is $\sqrt{\frac{p}{1-p}\sum_i (w_i x_i)^2}$, the larger, the more a sum leans on one large term.
# - On the way back, multiply by the same mask and the same $\frac{1}{1-p}$. What goes into the gradient of the weights is the value after the dropout.
# - `F.dropout` does not know the mode. Tell it `training=self.training`, or use `nn.Dropout`. Never on the logits.
# - A function that predicts puts the model's mode back. Else dropout goes off without a sound.
# - Dropout helps where memorising does harm. On clean, easy data we could measure no gain.
# - The scatter of several predictions with dropout on shows where the networks contradict each other. It does not show where they are all wrong together.
#
# ## Further questions
#
# <details><summary>1. Had we stopped the network of section 1 at its best test accuracy (early stopping), would it have needed dropout?</summary>
#
# Compare the "best test accuracy on the way" printed in section 1 with the table of section 9: they are alike. But that number was *chosen by looking at* the test images, so it is too good. With a validation set to decide when to stop (chapter 8), early stopping is a fine method too, and the two can be used together.
# </details>
#
# <details><summary>2. Is the prediction with dropout off exactly the mean of the ensemble?</summary>
#
# If there is only a linear layer after the dropout, it is exactly the mean of the logits (the mean of section 4). But the softmax is curved, so it differs a little from the mean of the *probabilities*. With more ReLU layers after the dropout, even the logits are an estimate. In section 10 the two answers nearly always agreed because the estimate was good.
# </details>
#
# <details><summary>3. A part of the model was being kept in evaluation mode during training. Does `train_or_eval` put that back?</summary>
#
# No. `model.train(was_training)` puts *everything inside* into one mode, the frozen part as well. Note the mode of each part, and put back each. Note them with `modes = [m.training for m in model.modules()]`, and put them back with `for m, mode in zip(model.modules(), modes): m.training = mode`. To have them put back even after an error, use `try` and `finally`.
# </details>
#
# <details><summary>4. What is dropout on the input pixels the same as?</summary>
#
# As making new images in which pixels are erased at random: a kind of data augmentation (chapter 5). As the picture in section 2 shows, pixels resemble their neighbours, and an image stays readable with many of them gone; still, a smaller p than in hidden layers (about 0.2) is common. Measure it.
# </details>
#
# <details><summary>5. Why are there the most *likely* masks at p = 0.5?</summary>
#
# There are $2^{200}$ possible masks whatever p is, but not as many *likely* ones. With p near 0, only a few come up, with nearly everything on. At p = 0.5 all masks are equally likely. In terms of the entropy of chapter 7: a unit's being on or off has its largest entropy at p = 0.5.
# </details>
