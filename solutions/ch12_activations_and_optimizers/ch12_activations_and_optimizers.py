# ---
# jupyter:
#   course:
#     ko: 활성화 함수와 옵티마이저
#     en: Activations and optimizers
#     minutes: 120
# ---

# %% [markdown] lang="ko"
# # 12장. 활성화 함수와 옵티마이저
#
# **누구를 위한 장인가요?** `nn.ReLU()`와 `torch.optim.Adam`을 남들이 쓰니까 써 온 사람. 왜 그것이어야 하는지, 언제 탈이 나는지 직접 재 본 적은 없는 사람.
#
# **걸리는 시간** 약 120분 · **먼저 알아야 할 것** 중심 차분과 학습률의 한계(3장), 미니배치(5장), 소프트맥스와 교차 엔트로피(7장), 손으로 하는 역전파(11장). 함수의 설명문과 그림의 글자는 영어입니다.
#
# **이 장을 마치면**
#
# - 층이 몇 개든 거꾸로 지나갈 수 있고, 층마다 기울기가 얼마나 도착하는지 잴 수 있습니다.
# - 시그모이드(sigmoid)로 깊은 신경망을 학습시키기 어려운 까닭을 식과 측정으로 말할 수 있습니다.
# - ReLU가 언제 죽는지 세어 보고 고칠 수 있습니다.
# - 모멘텀, RMSprop, Adam을 손으로 써서 `torch.optim`과 똑같은 값을 얻을 수 있습니다.
# - 남이 쓴 Adam에서 시끄러운 고장과 조용한 고장을 찾아 고칠 수 있습니다.

# %% [markdown] lang="en"
# # Chapter 12. Activations and optimizers
#
# **Who is this for?** You use `nn.ReLU()` and `torch.optim.Adam` because everybody does, and you have never measured why, or when they fail.
#
# **Time** about 120 minutes · **You need** central differences and the limit of the learning rate (chapter 3), minibatches (chapter 5), softmax and cross entropy (chapter 7), backpropagation by hand (chapter 11)
#
# **Afterwards you can**
#
# - walk back through any number of layers, and measure how much gradient arrives at each,
# - say, with a formula and with a measurement, why deep networks of sigmoids are so hard to train,
# - count dead ReLUs, and mend them,
# - write momentum, RMSprop and Adam by hand and get the very numbers of `torch.optim`,
# - find the loud break and the quiet one in somebody else's Adam.

# %%
import math
import re
import time

import matplotlib.pyplot as plt
import torch
from IPython.display import HTML
from matplotlib.animation import FuncAnimation
from torch.nn import functional as F
from tqdm.auto import tqdm

from helpers import plots, scores
from helpers.check import NotAttempted, check, hint, open_chapter
from helpers.data import digits

plots.use_course_style()

# %% lang="ko"
open_chapter("ch12_activations_and_optimizers", "ko")

# %% lang="en"
open_chapter("ch12_activations_and_optimizers", "en")

# %% [markdown] lang="ko"
# ## 1. 층을 더 쌓으면 더 잘할까요?
#
# 11장의 신경망은 은닉층이 하나였습니다. 그런데도 숫자를 잘 맞혔으니, 층을 더 쌓으면 더 잘하지 않을까요? 같은 숫자 그림, 같은 시그모이드로 은닉층만 1개, 2개, 4개, 8개로 늘려 봅시다. 층마다 유닛은 30개이고, 출력층에는 시그모이드 대신 7장의 소프트맥스와 교차 엔트로피를 씁니다. 출발점은 11장과 같습니다. 가중치는 표준편차가 $1/\sqrt{\text{fan\_in}}$인 난수, 편향은 0입니다(fan_in은 층에 들어오는 수의 개수입니다. 더 나은 출발점은 13장에서 찾습니다).

# %% [markdown] lang="en"
# ## 1. Do more layers do better?
#
# The network of chapter 11 had one hidden layer and read digits well. So more layers should do better, shouldn't they? Take the same images and the same sigmoid, and let the number of hidden layers grow: 1, 2, 4, 8. Each layer has 30 units; in place of sigmoids the output has the softmax and cross entropy of chapter 7. The start is that of chapter 11: random weights with a standard deviation of $1/\sqrt{\text{fan\_in}}$, biases of 0 (fan_in is how many numbers enter the layer; chapter 13 looks for a better start).

# %%
data = digits()
print(data.source)
train_x, test_x = data.train_images.flatten(1), data.test_images.flatten(1)  # (N, 784)
train_labels, test_labels = data.train_labels, data.test_labels  # (N,)


def initial_network(hidden, seed, width=30, inputs=784, outputs=10, dtype=torch.float32):
    """Weights and biases of a network with `hidden` hidden layers: two lists, layer by layer.

    weights[k]: (fan_in, fan_out), normal with standard deviation 1/sqrt(fan_in). biases[k]:
    (fan_out,), zeros.
    """
    generator = torch.Generator().manual_seed(seed)
    sizes = [inputs] + [width] * hidden + [outputs]
    weights = [torch.randn(n, m, generator=generator) / n**0.5 for n, m in zip(sizes, sizes[1:])]
    biases = [torch.zeros(m) for m in sizes[1:]]
    return [W.to(dtype) for W in weights], [b.to(dtype) for b in biases]


def batches(steps, seed, size=50, spare=0):
    """Yields (x, labels) of `steps` random batches: (B, 784) and (B,).

    spare: how many of the training images, the last ones, are left out of all batches.
    """
    generator = torch.Generator().manual_seed(100 + seed)
    for _ in range(steps):
        rows = torch.randint(len(train_x) - spare, (size,), generator=generator)  # (B,)
        yield train_x[rows], train_labels[rows]


depths = (1, 2, 4, 8)  # hidden layers

# %% tags=["demo"]
def train_sigmoids(hidden, seed, lr=1.0, steps=200):
    """Trains a deep sigmoid network with autograd; returns its weights and the loss per step."""
    weights, biases = initial_network(hidden, seed)
    leaves = [value.requires_grad_() for value in [*weights, *biases]]
    losses = []
    for x, labels in batches(steps, seed):
        a = x  # (B, 784)
        for W, b in zip(weights[:-1], biases[:-1]):
            a = torch.sigmoid(a @ W + b)  # (B, 30)
        loss = F.cross_entropy(a @ weights[-1] + biases[-1], labels)  # ()
        gradients = torch.autograd.grad(loss, leaves)
        with torch.no_grad():
            for leaf, gradient in zip(leaves, gradients):
                leaf -= lr * gradient  # in place: these leaves are ours alone
        losses.append(loss.item())
    return weights, losses


sigmoid_runs = {hidden: [train_sigmoids(hidden, seed) for seed in range(3)] for hidden in depths}

figure, grid = plots.axes(4, width=2.2, height=2.3, sharey=True)
for ax, (hidden, runs) in zip(grid, sigmoid_runs.items()):
    for _, losses in runs:
        ax.plot(losses, color=plots.BLUE, linewidth=0.8, alpha=0.7)
    ax.axhline(math.log(10), linestyle="--", color=plots.GREY)
    plots.label(ax, f"{hidden} hidden", "updates", "loss" if ax is grid[0] else "")
figure.suptitle("Sigmoids, 3 starts each: with 4 or 8 layers the loss never leaves ln 10 (dashed)",
                fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 파선은 $\ln 10 \approx 2.303$, 곧 열 숫자에 똑같이 1/10씩 거는 신경망의 손실입니다. 층이 하나면 금방 내려가고, 둘이면 늦게 내려갑니다. 넷과 여덟이면 200걸음 내내 아무것도 배우지 못합니다. 무엇이 멈춘 걸까요? 여덟 층 신경망의 가중치가 출발점에서 얼마나 움직였는지 층마다 재어 봅시다.

# %% [markdown] lang="en"
# The dashed line is $\ln 10 \approx 2.303$, the loss of a network that gives each of the ten digits a chance of 1/10. One layer comes down at once, two come down late. With four and with eight, nothing is learned in all 200 steps. What is it that stands still? For the network with eight, measure how far the weights of each layer moved from their start.

# %% tags=["demo", "nbval-ignore-output"]
weights, _ = sigmoid_runs[8][0]
start, _ = initial_network(8, seed=0)
for k in (0, 2, 4, 6, 8):
    moved = ((weights[k] - start[k]).norm() / start[k].norm()).item()
    print(f"layer {k}: moved by {100 * moved:.5f}% of its size")

# %% [markdown] lang="ko"
# 마지막 층은 크게 움직였는데 앞쪽 층은 출발점에 그대로 서 있습니다. 무작위인 채로 남은 앞쪽 층이 그림을 뒤섞어 놓으니, 뒤쪽 층이 움직여도 손실은 줄지 않았습니다.
#
# 이 과정의 바탕이 된 학습 노트는 기울기가 0에 가까워지면 "손실에 미치는 영향이 사라진다"고 합니다. 그렇지 않습니다. 앞쪽 가중치를 *바꾸면* 손실은 바뀝니다. 사라지는 것은 앞쪽 가중치의 **배움**입니다. 이것을 기울기 소실(vanishing gradient)이라고 합니다.
#
# 이 장의 질문은 둘입니다. **기울기가 앞쪽 층까지 살아서 오게 하려면?** (2~4절, 활성화 함수) **도착한 기울기로 더 잘 걸으려면?** (5~9절, 옵티마이저)
#
# ## 2. 층마다 곱해지는 수
#
# 11장에서 거꾸로 한 층을 지나는 식은 이랬습니다. $f$는 활성화 함수입니다.
#
# $$\frac{\partial L}{\partial l_k} = \Bigl(\frac{\partial L}{\partial l_{k+1}}\,W_{k+1}^\top\Bigr)\odot f'(l_k)$$
#
# 층이 스무 개면 $f'$이 스무 번 곱해집니다. 세 활성화 함수와 그 기울기를 나란히 그려 봅시다. 둘은 처음 만나는 것입니다. **tanh**는 시그모이드를 위아래로 두 배 늘리고 좌우로 절반으로 좁혀 0을 지나게 한 모양으로, $-1$과 $1$ 사이의 값을 냅니다. **ReLU**(rectified linear unit)는 음수를 0으로 자르고 양수는 그대로 둡니다.
#
# $$\tanh(l) = 2\,\sigma(2l) - 1 \qquad \tanh'(l) = 1 - \tanh^2(l) \qquad \text{ReLU}(l) = \max(0, l)$$

# %% [markdown] lang="en"
# The last layer moved a lot, while the first ones stand where they started. These layers at the front, still random, scramble the image, and however the layers at the back moved, the loss did not fall.
#
# The study notes this course grew from say that with a gradient near 0 "the effect on the loss disappears". It does not: *change* the early weights and the loss changes. What disappears is the **learning** of the early weights. This is called the vanishing gradient.
#
# This chapter asks two questions. **How does the gradient reach the first layers alive?** (sections 2 to 4, activation functions) **How do you walk better with the gradient that arrives?** (sections 5 to 9, optimizers)
#
# ## 2. The number that multiplies at every layer
#
# In chapter 11, going back through one layer was this formula, with $f$ for the activation function.
#
# $$\frac{\partial L}{\partial l_k} = \Bigl(\frac{\partial L}{\partial l_{k+1}}\,W_{k+1}^\top\Bigr)\odot f'(l_k)$$
#
# With twenty layers, $f'$ is multiplied in twenty times. Let us draw three activation functions and their slopes side by side. Two of them are new. **tanh** is the sigmoid stretched to twice its height, squeezed to half its width, and moved to pass through 0; its values lie between $-1$ and $1$. The **ReLU** (rectified linear unit) cuts negative numbers off at 0 and leaves positive ones as they are.
#
# $$\tanh(l) = 2\,\sigma(2l) - 1 \qquad \tanh'(l) = 1 - \tanh^2(l) \qquad \text{ReLU}(l) = \max(0, l)$$

# %%
l = torch.linspace(-5, 5, 401, requires_grad=True)  # (401,)
functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}
figure, grid = plots.axes(3, width=2.8, height=2.4)
for ax, (name, f) in zip(grid, functions.items()):
    slope = torch.autograd.grad(f(l).sum(), l)[0]  # (401,)
    ax.plot(l.detach(), f(l).detach(), color=plots.GREY, label="f(l)")
    ax.plot(l.detach(), slope, "--", color=plots.ORANGE, label="f'(l)")
    plots.label(ax, f"{name}: slope at most {slope.max():.2f}", "l", "")
    ax.set_ylim(-1.3, 2.1)
grid[0].legend(loc="upper left")
plt.show()

# %% [markdown] lang="ko"
# 노트는 시그모이드의 *꼬리*, 곧 평평한 양 끝에서 기울기가 사라진다고 설명합니다. 꼬리에서 기울기가 0에 가까운 것은 맞지만, 그것만이 아닙니다. **가장 가파른 한가운데도 0.25뿐입니다.** 꼬리에 빠진 유닛이 하나도 없어도, $f'$만 스무 번 곱하면 이렇게 됩니다.

# %% [markdown] lang="en"
# The notes explain that the gradient vanishes in the *tails* of the sigmoid, its flat ends. True, the slope there is close to 0. But that is not all: **even at its steepest, in the middle, it is only 0.25.** Without a single unit in the tails, twenty factors of $f'$ alone make this:

# %%
for name, steepest in (("sigmoid", 0.25), ("tanh", 1.0), ("ReLU", 1.0)):
    print(f"{name:7s} at its steepest, 20 layers: {steepest}^20 = {steepest**20:.1e}")

# %% [markdown] lang="ko"
# tanh도 한가운데에서만 1이고 양 끝은 평평합니다. ReLU는 켜져 있는 동안 언제나 정확히 1입니다. 그 대신 꺼져 있으면 정확히 0입니다. 그 대가는 4절에서 치릅니다.
#
# ### 여러분 차례: `relu-backward`
#
# ReLU 한 층을 거슬러 옵니다. 뒤에서 온 $\partial L/\partial a$를 받아 $\partial L/\partial l$을 돌려주세요. l이 정확히 0일 때 ReLU는 꺾여 있어서 기울기가 정해지지 않습니다. PyTorch를 따라 0으로 정합니다.

# %% [markdown] lang="en"
# tanh too has a slope of 1 only in the middle, and flat ends. The ReLU has a slope of exactly 1 wherever it is on. And of exactly 0 wherever it is off, for which we will pay in section 4.
#
# ### Your turn: `relu-backward`
#
# Go back through one layer of ReLUs: take $\partial L/\partial a$, which comes from behind, and return $\partial L/\partial l$. Where l is exactly 0 the ReLU has a corner and no slope. We follow PyTorch and call it 0 there.

# %% exercise="relu-backward"
def relu_backward(d_a, l):
    """From a = relu(l) back to l.

    d_a: the derivative of the loss by a. l: the values before the ReLU. Float tensors of the
    same shape, any shape, and the same dtype; both stay as they are.
    Returns d_l, the derivative of the loss by l, in that shape and dtype. Where l is exactly 0
    the slope of the ReLU counts as 0.
    """
    ### BEGIN SOLUTION
    return d_a * (l > 0)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 활성화 함수마다 값과 기울기를 함께 돌려주는 함수를 하나씩 마련합니다. ReLU의 기울기는 여러분의 `relu_backward`로 구합니다. 뒤에서 1이 오면, 앞으로 나가는 것이 바로 기울기입니다. `deep_forward`는 층을 차례로 지나며, 거꾸로 올 때 필요한 두 가지를 남깁니다. 층마다 **들어간 것**(`activations`)과 **활성화 함수의 기울기**(`primes`)입니다. 출력층에는 활성화 함수가 없으니 기울기가 모두 1입니다.

# %% [markdown] lang="en"
# For each activation function, here is one function that returns its value and its slope together. The slope of the ReLU comes from your `relu_backward`: if ones arrive from behind, what goes out in front is the slope itself. `deep_forward` goes through the layers and keeps two things for the way back: what **went into** each layer (`activations`), and the **slope of its activation function** (`primes`). The output layer has no activation function, so its slopes are ones.

# %%
def sigmoid(l):
    a = torch.sigmoid(l)
    return a, a * (1 - a)


def tanh(l):
    a = torch.tanh(l)
    return a, 1 - a**2


def relu(l):
    return torch.relu(l), relu_backward(torch.ones_like(l), l)


def deep_forward(x, weights, biases, activation):
    """Forward through all layers, keeping what the way back needs.

    x: (B, D). weights, biases: lists, layer by layer. activation: l -> (a, f'(l)), for all
    layers but the last. Returns (activations, primes, logits): activations[k], (B, fan_in),
    went into layer k; primes[k], (B, fan_out), are the slopes after it; logits: (B, 10).
    """
    a, activations, primes = x, [], []
    for k, (W, b) in enumerate(zip(weights, biases)):
        activations.append(a)  # (B, fan_in)
        l = a @ W + b  # (B, fan_out)
        a, prime = activation(l) if k < len(weights) - 1 else (l, torch.ones_like(l))
        primes.append(prime)  # (B, fan_out)
    return activations, primes, a


# %% [markdown] lang="ko"
# ### 여러분 차례: `deep-backward`
#
# 11장에서는 층마다 함수를 따로 썼습니다. 이번에는 **반복문 하나로** 층이 몇 개든 거슬러 옵니다. 한 층에서 할 일은 그대로입니다. 활성화 함수를 거슬러 오고, 가중치와 편향으로 갈라지고, 앞 층으로 넘깁니다.
#
# $$d_l = d_a \odot f'(l) \qquad d_W = a_{\text{in}}^\top\, d_l \qquad d_b = \sum_n d_l \qquad d_a^{\text{before}} = d_l\, W^\top$$
#
# 새로운 점은 하나뿐입니다. 한 바퀴에서 나온 $d_a$가 **다음 바퀴의 입력**이 됩니다. 층이 모두 정사각형이면 모양이 아무것도 일러 주지 않는다는 것을 잊지 마세요.

# %% [markdown] lang="en"
# ### Your turn: `deep-backward`
#
# In chapter 11 each layer had a function of its own. Now **one loop** goes back through any number of layers. What happens in a layer is the same as ever: back through the activation function, branch off to weights and biases, hand on to the layer before.
#
# $$d_l = d_a \odot f'(l) \qquad d_W = a_{\text{in}}^\top\, d_l \qquad d_b = \sum_n d_l \qquad d_a^{\text{before}} = d_l\, W^\top$$
#
# Only one thing is new: the $d_a$ that comes out of one round is **what the next round starts from**. And remember that where all layers are square, shapes tell you nothing.

# %% exercise="deep-backward"
def deep_backward(activations, primes, weights, d_out):
    """From the output back through L layers, for any L >= 1.

    Layer k is l = a_in @ weights[k] + bias, a_out = f(l); its a_out is the a_in of layer k + 1.
    activations: a list of L tensors, activations[k] is the a_in of layer k, (B, fan_in).
    primes: a list of L tensors, primes[k] is f'(l) of layer k, (B, fan_out).
    weights: a list of L tensors, (fan_in, fan_out). d_out: the derivative of the loss by the
    a_out of the last layer, (B, fan_out). All float tensors of one dtype; all stay as they are.
    Returns (d_weights, d_biases), lists of L tensors each, layer 0 first: the derivatives of
    the loss by the weights, (fan_in, fan_out), and by the biases, (fan_out,).
    """
    d_weights, d_biases = [None] * len(weights), [None] * len(weights)
    # for each layer, the last one first:
    #     through the activation function   # (B, fan_out)
    #     to the weights and the biases     # (fan_in, fan_out), (fan_out,)
    #     to the layer before               # (B, fan_in)
    ### BEGIN SOLUTION
    d_a = d_out  # (B, fan_out)
    for k in reversed(range(len(weights))):
        d_l = d_a * primes[k]  # (B, fan_out)
        d_weights[k] = activations[k].T @ d_l  # (fan_in, B) @ (B, fan_out)
        d_biases[k] = d_l.sum(0)  # (fan_out,)
        d_a = d_l @ weights[k].T  # (B, fan_in)
    return d_weights, d_biases
    ### END SOLUTION


# %% [markdown] lang="ko"
# 교차 엔트로피의 기울기는 7장에서 구했습니다: $(p - y)/B$. 이것이 `d_out`입니다. 둘을 이으면 손실에서 모든 매개변수까지의 길이 완성됩니다.
#
# 통과 표시를 믿지 말고 **세 가지 방법**으로 검산합시다. 손으로 구한 것, `float64`의 중심 차분(3장), 자동 미분입니다. 상대 오차(11장)를 매개변수마다 따로 재므로, 틀린 것이 있으면 이름이 나옵니다.

# %% [markdown] lang="en"
# The gradient of cross entropy you know from chapter 7: $(p - y)/B$. That is `d_out`. String the two together and you have the whole way from the loss to every parameter.
#
# Do not take the green tick's word for it; check **three ways**: by hand, by central differences in `float64` (chapter 3), and by autograd. The relative error (chapter 11) is measured for each parameter by itself, so whatever is wrong is called by name.

# %%
def find_gradients(x, labels, weights, biases, activation):
    """The gradients of the cross entropy by all weights and biases, with no autograd."""
    activations, primes, logits = deep_forward(x, weights, biases, activation)
    d_out = (torch.softmax(logits, 1) - F.one_hot(labels, logits.shape[1])) / len(x)  # (B, C)
    return deep_backward(activations, primes, weights, d_out)


def relative_error(g, n):
    """How far two gradients are apart: 0 (equal) to 1; (chapter 11)."""
    total = g.norm() + n.norm()
    return ((g - n).norm() / total).item() if total > 0 else 0.0


def check_three_ways(activation, found):
    """Compares gradients found by hand with central differences and with autograd.

    found: d_weights + d_biases, one list, of the network and the batch below.
    """
    def loss_of(parameters):
        logits = deep_forward(toy_x, parameters[:4], parameters[4:], activation)[2]
        return F.cross_entropy(logits, toy_labels)  # ()

    leaves = [value.clone().requires_grad_() for value in toy_network]
    by_autograd = torch.autograd.grad(loss_of(leaves), leaves)
    for i, name in enumerate(["W0", "W1", "W2", "W3", "b0", "b1", "b2", "b3"]):
        numeric = torch.zeros_like(toy_network[i])
        for place in range(numeric.numel()):
            up, down = [[value.clone() for value in toy_network] for _ in range(2)]
            up[i].view(-1)[place] += 1e-6
            down[i].view(-1)[place] -= 1e-6
            numeric.view(-1)[place] = (loss_of(up) - loss_of(down)) / 2e-6
        worst = max(relative_error(found[i], other) for other in (numeric, by_autograd[i]))
        print(f"  d_{name}: {'ok in all three ways' if worst < 1e-6 else '<- WRONG'}")


toy_x = torch.randn(6, 7, generator=torch.Generator().manual_seed(1)).double()  # (6, 7)
toy_labels = torch.tensor([0, 1, 2, 0, 1, 2])  # (6,)
toy_weights, toy_biases = initial_network(3, 2, width=5, inputs=7, outputs=3, dtype=torch.float64)
toy_network = [*toy_weights, *[b + 0.1 for b in toy_biases]]  # W0 … W3, b0 … b3

# %% tags=["demo"]
for name, activation in (("sigmoid", sigmoid), ("tanh", tanh), ("ReLU", relu)):
    d_weights, d_biases = find_gradients(
        toy_x, toy_labels, toy_network[:4], toy_network[4:], activation
    )
    print(name)
    check_three_ways(activation, [*d_weights, *d_biases])

# %% [markdown] lang="ko"
# 이번에는 일부러 고장을 냅니다. 1번 층에서만 활성화 함수의 기울기를 빠뜨린 사람의 결과입니다.

# %% [markdown] lang="en"
# Now break something on purpose: somebody forgot the slope of the activation function, in layer 1 alone.

# %% tags=["demo"]
activations, primes, logits = deep_forward(toy_x, toy_network[:4], toy_network[4:], tanh)
d_out = (torch.softmax(logits, 1) - F.one_hot(toy_labels, 3)) / len(toy_x)  # (6, 3)
primes[1] = torch.ones_like(primes[1])  # as if f' had been forgotten there
d_weights, d_biases = deep_backward(activations, primes, toy_network[:4], d_out)
check_three_ways(tanh, [*d_weights, *d_biases])

# %% [markdown] lang="ko"
# 2번과 3번 층은 멀쩡하고, 1번과 0번 층이 틀렸습니다. 기울기는 뒤에서 앞으로 흐르므로 고장은 그 *앞*의 모든 층으로 번집니다. 그래서 요령이 하나 생깁니다. **뒤에서부터 읽어 처음으로 틀린 층이 고장 난 곳입니다.**
#
# ### 여러분 차례: `gradient-norms`
#
# 이제 층마다 기울기가 얼마나 도착하는지 잴 차례입니다. 층 하나의 가중치와 편향을 모두 한 줄로 늘어놓은 벡터를 생각하고, 그 길이(노름)를 구하세요.

# %% [markdown] lang="en"
# Layers 2 and 3 are fine, layers 1 and 0 are wrong. Gradients flow from back to front, so a break spreads to all layers *before* it. Hence a rule of thumb: **read from the back; the first layer that is wrong is the one that is broken.**
#
# ### Your turn: `gradient-norms`
#
# Time to measure how much gradient arrives at each layer. Think of all weights and biases of a layer laid out as one vector, and find its length (its norm).

# %% exercise="gradient-norms"
def gradient_norms(d_weights, d_biases):
    """The norm of the gradient of each layer, its weights and biases taken together.

    d_weights, d_biases: lists of L float tensors of one dtype, layer by layer: (fan_in, fan_out)
    and (fan_out,). Returns an (L,) tensor of that dtype: for each layer the square root of the
    sum of the squares of all elements of its d_weights and d_biases.
    """
    ### BEGIN SOLUTION
    squares = [(d_W**2).sum() + (d_b**2).sum() for d_W, d_b in zip(d_weights, d_biases)]  # each ()
    return torch.stack(squares).sqrt()  # (L,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 은닉층이 20개인 신경망을 열 가지 난수로 출발시키고, 훈련용 그림 100장으로 첫걸음의 기울기를 잽니다. 세 활성화 함수가 *똑같은* 출발점을 씁니다. 선은 열 번의 중앙값, 띠는 가장 작은 것부터 가장 큰 것까지입니다. 세로축은 로그 눈금입니다.

# %% [markdown] lang="en"
# Start networks with 20 hidden layers from ten different random numbers, and measure the gradient of the first step on 100 training images. The three activation functions get *the same* starts. The line is the median of the ten, the band goes from the smallest to the largest. The vertical axis is logarithmic.

# %% tags=["demo"]
norms = {}
for name, activation in (("sigmoid", sigmoid), ("tanh", tanh), ("ReLU", relu)):
    rows = []
    for seed in range(10):
        weights, biases = initial_network(20, seed)
        found = find_gradients(train_x[:100], train_labels[:100], weights, biases, activation)
        rows.append(gradient_norms(*found)[:-1])  # (20,): the hidden layers
    norms[name] = torch.stack(rows)  # (10, 20)

figure, (ax,) = plots.axes(1, width=5.8, height=3.0)
for (name, values), style in zip(norms.items(), ("-", "--", "-.")):
    middle = values.median(0).values  # (20,)
    (line,) = ax.semilogy(range(20), middle, style, label=name)
    ax.fill_between(range(20), values.amin(0), values.amax(0), color=line.get_color(), alpha=0.2)
plots.label(ax, "Through sigmoids next to nothing reaches the first layers",
            "hidden layer (0 is next to the image)", "norm of its gradient")
ax.set_xticks(range(0, 20, 4))
ax.legend()
plt.show()

for name, values in norms.items():
    ratio = (values[:, 1] / values[:, 19]).median().item()  # layers of the same size
    print(f"{name:7s}: layer 1 gets about 10^{round(math.log10(ratio))} times what layer 19 gets")

# %% [markdown] lang="ko"
# 시그모이드에서는 앞쪽 층에 뒤쪽 층의 약 $10^{-11}$배가 도착합니다. 같은 출발점에서 tanh는 거의 그대로입니다. ReLU는 그 사이입니다. 켜진 유닛의 기울기는 1이지만 층마다 절반쯤의 유닛이 꺼져 있어서, 이 출발점에서는 층을 지날 때마다 조금씩 잃습니다. 가중치를 $\sqrt{2}$배로 크게 시작하면 나아지는데, 그 까닭은 13장에서 다룹니다.
#
# 정말로 꼬리 탓이 아닌지도 재어 봅시다. 꼬리를 기울기가 0.02보다 작은 곳이라고 하겠습니다(|l|이 약 4를 넘는 곳입니다). ReLU가 얼마나 켜져 있는지도 함께 잽니다.

# %% [markdown] lang="en"
# Through sigmoids, the first layers get about $10^{-11}$ times what the last ones get. From the same start, tanh loses next to nothing. The ReLU lies in between: a unit that is on has a slope of 1, but about half of them are off in each layer, and from this start a little is lost at every one. Starting with weights $\sqrt{2}$ times as large helps, as chapter 13 explains.
#
# And is it really not the tails? Measure. Let the tails be where the slope is below 0.02 (where |l| is beyond about 4). Measure also how many of the ReLUs are on.

# %% tags=["demo"]
in_tails, mean_slope, on = [], [], []
for seed in range(10):
    network = initial_network(20, seed)
    slopes = torch.stack(deep_forward(train_x[:100], *network, sigmoid)[1][:-1])  # (20, B, 30)
    in_tails.append((slopes < 0.02).float().mean().item())
    mean_slope.append(slopes.mean().item())
    slopes = torch.stack(deep_forward(train_x[:100], *network, relu)[1][:-1])  # (20, B, 30)
    on.append(slopes.mean().item())  # a ReLU's slope is 1 where it is on
print(f"share in the tails: at most {max(in_tails):.1%} in 10 starts")
print(f"sigmoids' mean slope: {min(mean_slope):.2f} to {max(mean_slope):.2f}")
print(f"ReLUs that are on: {min(on):.0%} to {max(on):.0%}")

# %% [markdown] lang="ko"
# 꼬리에 있는 것은 100에 하나도 되지 않고, 기울기는 평균해서 최댓값 0.25에 가깝습니다. 시그모이드가 *가장 건강할 때조차* 기울기는 사라집니다.
#
# ## 3. 그러면 깊은 신경망이 학습되나요?
#
# 기울기가 도착하는 것과 학습되는 것은 다른 이야기입니다. 1절의 실험을 세 활성화 함수로 다시 합니다. 이번에는 모두 *여러분의* `deep_backward`로 걷습니다. 학습률 하나로 견주면 불공평하니 0.1과 1을 모두 시도합니다. 어느 쪽이 나은지는 8장처럼 훈련용 그림에서 300장을 떼어 두고 거기서 고른 다음, 고른 쪽의 정확도를 시험용 그림으로 재어 그립니다. 점 하나가 출발점 하나입니다.

# %% [markdown] lang="en"
# Less than one in a hundred is in the tails, and the mean slope is close to its largest value, 0.25. The gradient vanishes *even when the sigmoids could not be healthier*.
#
# ## 3. And do deep networks learn then?
#
# That a gradient arrives does not mean that the network learns. Repeat the experiment of section 1 with all three activation functions, this time walking with *your* `deep_backward`. A single learning rate would be unfair, so try both 0.1 and 1. Which of them is better is decided as in chapter 8, on 300 of the training images that are set apart; what is drawn is how the chosen one does on the test images. Each dot is one start.

# %%
HELD = 300  # training images set apart: learning rates are chosen on them
held_x, held_labels = train_x[-HELD:], train_labels[-HELD:]  # (HELD, 784), (HELD,)


def accuracy(weights, biases, activation, x=test_x, labels=test_labels):
    """The share of images, of the test images if none are given, that the network reads."""
    logits = deep_forward(x, weights, biases, activation)[2]  # (N, 10)
    return (logits.argmax(1) == labels).float().mean().item()


def train_sgd(activation, hidden, lr, seed, steps=200, spare=0):
    """Trains with plain gradient descent on random batches; returns (weights, biases)."""
    weights, biases = initial_network(hidden, seed)
    for x, labels in batches(steps, seed, spare=spare):
        d_weights, d_biases = find_gradients(x, labels, weights, biases, activation)
        weights = [W - lr * d_W for W, d_W in zip(weights, d_weights)]
        biases = [b - lr * d_b for b, d_b in zip(biases, d_biases)]
    return weights, biases


# %% tags=["demo", "nbval-ignore-output"]
kinds = {"sigmoid": sigmoid, "tanh": tanh, "ReLU": relu}
best = {}
for name, hidden in tqdm([(name, hidden) for name in kinds for hidden in depths]):
    on_held, f = {}, kinds[name]
    for lr in (0.1, 1.0):
        runs = [train_sgd(f, hidden, lr, seed, spare=HELD) for seed in range(3)]
        score = sum(accuracy(*run, f, held_x, held_labels) for run in runs)
        on_held[score] = [accuracy(*run, f) for run in runs]
    best[name, hidden] = on_held[max(on_held)]

figure, (ax,) = plots.axes(1, width=5.8, height=3.0)
for k, (name, marker) in enumerate(zip(kinds, "os^")):
    colour = (plots.BLUE, plots.ORANGE, plots.GREEN)[k]
    places = [i + 0.08 * (k - 1) for i in range(len(depths))]
    for place, hidden in zip(places, depths):
        ax.plot([place] * 3, best[name, hidden], marker, color=colour, alpha=0.6, markersize=5)
    ax.plot(places, [sum(best[name, hidden]) / 3 for hidden in depths], color=colour,
            marker=marker, markersize=3, label=name)
ax.axhline(0.1, linestyle=":", color=plots.GREY)
ax.text(0, 0.12, "guessing", color=plots.GREY)
ax.set_xticks(range(len(depths)), depths)
ax.set_ylim(0, 1.02)
plots.label(ax, "Deep sigmoids only guess; tanh learns, ReLU lies between", "hidden layers",
            "test accuracy, 200 updates")
ax.legend(loc="center left")
plt.show()
for name in kinds:
    print(f"{name:7s}", ", ".join(f"{h} hidden: {sum(best[name, h]) / 3:.0%}" for h in depths))

# %% [markdown] lang="ko"
# 그림이 말하는 만큼만 말합시다. 은닉층이 하나나 둘이면 셋 다 잘합니다. 넷부터 시그모이드는 찍는 수준에 머무는데, tanh와 ReLU는 배웁니다. 노트의 말대로 "ReLU가 시그모이드보다 낫다"는 깊을 때 맞습니다. 그러나 *이 출발점에서는* 여덟 층이면 ReLU도 힘겨워하고 tanh가 앞섭니다. 앞의 그림에서 ReLU의 기울기가 조금씩 줄던 것과 같은 이야기입니다. 그리고 은닉층 여덟 개는 이 숫자들에 아무 득이 되지 않았습니다. 깊은 것이 언제나 좋은 것은 아닙니다.
#
# ## 4. ReLU는 죽기도 합니다
#
# 노트는 ReLU의 기울기가 음수에서 0이라는 것까지만 적었습니다. 거기서 한 걸음만 더 가면 이런 일이 생깁니다. 큰 걸음 한 번에 편향이 절댓값이 큰 음수로 떨어졌다고 합시다. 이제 *어떤 그림을 넣어도* `l`이 음수입니다. 기울기는 언제나 0이고, 기울기가 0이니 가중치도 편향도 움직이지 않고, 그래서 들어오는 것이 바뀌지 않는 한 다음에도 `l`은 음수입니다. 이런 유닛을 죽은 유닛(dead unit)이라고 합니다.
#
# $$l_{nh} \le 0 \;\text{ for all samples } n \quad\Longrightarrow\quad \frac{\partial L}{\partial W_{:,h}} = 0,\;\; \frac{\partial L}{\partial b_h} = 0$$
#
# ### 여러분 차례: `dead-units`
#
# 활성화 전의 값 `l`에서 어느 유닛이 죽었는지 찾으세요. 어떤 그림에서 꺼지는 것은 병이 아닙니다. *모든* 그림에서 꺼져야 죽은 것입니다.

# %% [markdown] lang="en"
# Say no more than the picture shows. With one or two hidden layers all three do well. From four on, sigmoids do no better than guessing, while tanh and ReLU learn. The notes' "ReLU works better than sigmoid" holds for deep networks. But *from this start* ReLU struggles too with eight layers, and tanh is ahead: the same story as its slowly shrinking gradient in the picture before. And eight hidden layers have brought nothing for these digits: deeper is not always better.
#
# ## 4. ReLUs can die
#
# The notes mention that the slope of the ReLU is 0 for negative numbers, and stop there. One step further, this can happen. Suppose one large step drops a bias to some very negative number. Now `l` is negative *whatever image comes in*. The gradient is always 0; as it is 0, neither weights nor bias move; so, unless what comes in changes, `l` will be negative next time too. That is a dead unit.
#
# $$l_{nh} \le 0 \;\text{ for all samples } n \quad\Longrightarrow\quad \frac{\partial L}{\partial W_{:,h}} = 0,\;\; \frac{\partial L}{\partial b_h} = 0$$
#
# ### Your turn: `dead-units`
#
# From the values `l` before the activation function, find which units are dead. To be off for some images is no illness. Dead is what is off for *all* of them.

# %% exercise="dead-units"
def dead_units(l):
    """Which units of a ReLU layer learn from none of the given samples.

    l: (N, H) float tensor, N samples' values before the ReLU. Returns an (H,) bool tensor: True
    for a unit through whose ReLU no gradient passes for any of the N samples. As before, where
    l is exactly 0 no gradient passes.
    """
    ### BEGIN SOLUTION
    return (l <= 0).all(0)  # (H,)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 은닉층이 둘인 ReLU 신경망을 학습률만 바꾸어 가며 200걸음씩 학습시키고, 훈련용 그림 전체에서 죽은 유닛을 셉니다. 출발점은 다섯 가지입니다. 띠는 다섯 번의 최소에서 최대까지입니다.

# %% [markdown] lang="en"
# Train ReLU networks with two hidden layers for 200 steps each, changing nothing but the learning rate, and count the dead units over all training images. There are five starts; the bands go from the least to the most of the five.

# %%
sgd_rates = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)


def dead_and_accuracy(activation, lr, seed):
    """Trains; returns the share of dead units of both hidden layers, and the test accuracy."""
    weights, biases = train_sgd(activation, 2, lr, seed)
    activations, _, _ = deep_forward(train_x, weights, biases, activation)
    dead = [dead_units(activations[k] @ weights[k] + biases[k]) for k in range(2)]  # each (30,)
    return torch.cat(dead).float().mean().item(), accuracy(weights, biases, activation)


def draw_band(ax, x, values, style, colour, label):
    """The mean of values, (len(x), repeats), as a line in a band from least to most."""
    ax.fill_between(x, values.amin(1), values.amax(1), color=colour, alpha=0.2)
    ax.plot(x, values.mean(1), style, color=colour, label=label)


relu_runs = None  # until the next cell has trained them


# %% tags=["demo", "nbval-ignore-output"]
relu_runs = torch.tensor([[dead_and_accuracy(relu, lr, seed) for seed in range(5)]
                          for lr in tqdm(sgd_rates)])  # (6, 5, 2)
figure, (ax,) = plots.axes(1, width=5.4, height=2.9)
draw_band(ax, sgd_rates, relu_runs[..., 0], "o-", plots.RED, "dead units")
draw_band(ax, sgd_rates, relu_runs[..., 1], "s--", plots.BLUE, "test accuracy")
ax.set_ylim(0, 1.02)
plots.label(ax, "Large steps kill ReLUs, and at last the network", "learning rate", "share")
ax.legend(loc="center left")
plt.show()
for lr, (dead, right) in zip(sgd_rates, relu_runs.mean(1).tolist()):
    print(f"lr {lr}: {dead:.0%} dead, accuracy {right:.0%}")

# %% [markdown] lang="ko"
# 작은 학습률에서도 열에 하나쯤은 죽어 있는데, 살아남은 유닛으로 충분하므로 정확도에는 티가 나지 않습니다. 그래서 **정확도만 보아서는 모릅니다**. 학습률이 커질수록 더 많이 죽다가, 0.5에서는 거의 모두 죽고 정확도는 찍는 수준으로 떨어집니다. 첫 은닉층에서 죽은 유닛은 다시 살아나지 못합니다. 들어오는 그림은 바뀌지 않고 제 가중치도 움직이지 않으니까요. (둘째 층의 유닛은 앞 층이 바뀌면 가끔 살아나기도 합니다.)
#
# ### 여러분 차례: `leaky-relu`
#
# 음수 쪽을 완전히 막지 말고 조금 새게(leaky) 두면 어떨까요? LeakyReLU는 음수에 작은 수 `slope`를 곱합니다. 기울기가 정확히 0인 곳이 없으니 돌아올 길이 남습니다.
#
# $$f(l) = \begin{cases} l & l > 0 \\ \text{slope}\cdot l & l \le 0 \end{cases}$$
#
# 앞의 `sigmoid`, `tanh`, `relu`처럼 값과 기울기를 함께 돌려주세요.

# %% [markdown] lang="en"
# Even at small rates about one in ten is dead, and the accuracy does not show it, because the survivors are enough. So **the accuracy alone will not tell you**. As the rate grows more and more die, until at 0.5 nearly all are dead and the accuracy has fallen to guessing. In the first hidden layer a dead unit never comes back: neither the images that enter it nor its own weights change. (In the second, a change of the layer before may sometimes revive one.)
#
# ### Your turn: `leaky-relu`
#
# What if the negative side is not closed but leaks a little? LeakyReLU multiplies negative numbers by a small `slope`. Nowhere is the gradient exactly 0, so there is a way back.
#
# $$f(l) = \begin{cases} l & l > 0 \\ \text{slope}\cdot l & l \le 0 \end{cases}$$
#
# Return value and slope together, as `sigmoid`, `tanh` and `relu` above do.

# %% exercise="leaky-relu"
def leaky_relu(l, slope):
    """LeakyReLU and its slope, by hand.

    l: a float tensor of any shape; it stays as it is. slope: a Python float, 0 <= slope < 1.
    Returns (a, prime), both of l's shape and dtype. a: l where l > 0, elsewhere slope times l.
    prime: the derivative of a by l; where l is exactly 0 it is slope, as in PyTorch.
    """
    ### BEGIN SOLUTION
    prime = torch.where(l > 0, 1.0, slope).to(l.dtype)  # the shape of l
    return prime * l, prime
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 실험을 `slope = 0.1`인 LeakyReLU로 되풀이해 정확도를 나란히 그립니다.

# %% [markdown] lang="en"
# Repeat the experiment with a LeakyReLU of `slope = 0.1`, and draw both accuracies side by side.

# %% tags=["demo", "nbval-ignore-output"]
def leaky(l):
    return leaky_relu(l, 0.1)


if relu_runs is None:
    raise NotAttempted("dead_units")
leaky_runs = torch.tensor([[accuracy(*train_sgd(leaky, 2, lr, seed), leaky) for seed in range(5)]
                           for lr in tqdm(sgd_rates)])  # (6, 5)
figure, (ax,) = plots.axes(1, width=5.4, height=2.9)
draw_band(ax, sgd_rates, relu_runs[..., 1], "s--", plots.BLUE, "ReLU")
draw_band(ax, sgd_rates, leaky_runs, "o-", plots.GREEN, "LeakyReLU, slope 0.1")
ax.set_ylim(0, 1.02)
plots.label(ax, "A leak softens the fall", "learning rate", "test accuracy")
ax.legend(loc="lower left")
plt.show()
for lr, one, other in zip(sgd_rates, relu_runs[..., 1].mean(1), leaky_runs.mean(1)):
    print(f"lr {lr}: ReLU {one:.0%}, LeakyReLU {other:.0%}")

# %% [markdown] lang="ko"
# 새는 ReLU는 평균해서 더 오래 버티지만, 띠가 넓은 데서 보듯 너무 큰 걸음까지 늘 구해 주지는 못합니다. 죽음의 원인은 걸음이 너무 컸던 것이고, 그쪽의 처방은 더 나은 걸음입니다.
#
# ## 5. 좁은 골짜기
#
# 이제 두 번째 질문, 더 잘 걷는 법입니다. 매개변수 수만 개는 그릴 수 없으니, 둘뿐인 언덕에서 배우고 마지막에 숫자 그림으로 돌아갑니다. 한쪽은 완만하고(곡률 1) 한쪽은 가파른(곡률 20) 골짜기입니다.
#
# $$J(w) = \tfrac{1}{2}\bigl(w_1^2 + 20\,w_2^2\bigr)$$
#
# 3장에서 계산했듯이 학습률의 한계는 가장 큰 곡률이 정합니다: $2/20 = 0.1$. 그 아래에서 골짜기 바닥을 따라가는 방향은 한 걸음에 $(1 - \eta)$배로밖에 줄지 않습니다. 가파른 쪽이 걸음을 묶고, 완만한 쪽이 기다립니다.

# %% [markdown] lang="en"
# On average a leaky ReLU holds out longer, but as the wide band shows, it does not always save you from steps that are far too large. Too large a step is what kills, and the cure for that is a better step.
#
# ## 5. A narrow valley
#
# Now the second question: how to walk better. Tens of thousands of parameters cannot be drawn, so we learn on a hill with two and return to digits at the end. It is a valley, gentle one way (curvature 1) and steep the other (curvature 20).
#
# $$J(w) = \tfrac{1}{2}\bigl(w_1^2 + 20\,w_2^2\bigr)$$
#
# As computed in chapter 3, the largest curvature sets the limit of the learning rate: $2/20 = 0.1$. Below it, the direction along the valley shrinks only to $(1 - \eta)$ times its size in a step. The steep side ties the steps down, and the gentle side has to wait.

# %%
H = torch.diag(torch.tensor([1.0, 20.0]))  # (2, 2): the curvatures


def valley(w):
    return 0.5 * ((w @ H) * w).sum(-1)  # w: (..., 2) -> (...)


def valley_gradient(w):
    return w @ H  # (2,)


def draw_surface(ax, f, wide=9.0, high=3.5, lowest=((0, 0),), filled=True):
    """The contours of f; low ground is white, and crosses mark the lowest points."""
    x, y = torch.meshgrid(torch.linspace(-wide, wide, 120), torch.linspace(-high, high, 120),
                          indexing="xy")  # each (120, 120)
    heights = f(torch.stack([x, y], -1))  # (120, 120)
    levels = torch.linspace(0, heights.max().sqrt().item(), 12) ** 2  # dense at the bottom
    if filled:
        ax.contourf(x, y, heights, levels, cmap="Greys", alpha=0.5)
    else:
        ax.contour(x, y, heights, levels[1:9:2], colors="lightgrey", linewidths=1,
                   antialiased=False)
    ax.plot(*zip(*lowest), "+", color=plots.RED, markersize=9)
    ax.grid(False)


figure, grid = plots.axes(3, width=3.0, height=2.1, sharey=True)
for ax, lr in zip(grid, (0.01, 0.09, 0.101)):
    path = [torch.tensor([-8.0, 1.5])]
    for _ in range(30):
        path.append(path[-1] - lr * valley_gradient(path[-1]))  # (2,)
    draw_surface(ax, valley)
    ax.plot(*torch.stack(path).T, "o-", color=plots.BLUE, markersize=3, linewidth=1)
    plots.label(ax, f"lr = {lr}", "w1", "w2" if ax is grid[0] else "")
figure.suptitle("30 steps of plain gradient descent: crawling, zigzagging, diverging",
                fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# ### 공을 굴리기
#
# 언덕에 공을 놓으면 다르게 내려갑니다. 공은 속도(velocity)를 기억합니다. 골짜기를 가로지르는 기울기는 걸음마다 부호가 바뀌니 속도 안에서 서로 지워지고, 골짜기를 따라가는 기울기는 늘 같은 쪽이니 쌓입니다. 이것이 모멘텀(momentum)입니다. $\beta$는 속도가 한 걸음 뒤에 얼마나 남는지(보통 0.9)를 정합니다.
#
# $$v \leftarrow \beta v + g \qquad w \leftarrow w - \eta\, v$$
#
# 같은 기울기 $g$가 계속 오면 속도는 $g(1 + \beta + \beta^2 + \cdots) = g/(1 - \beta)$까지 쌓입니다. $\beta = 0.9$라면 $g$의 **열 배**입니다.
#
# ### 여러분 차례: `momentum-step`
#
# 옵티마이저의 한 걸음을 상태(state)를 받아 새 상태를 돌려주는 함수로 씁니다. 상태는 걸음과 걸음 사이에 기억할 것입니다. 책마다 식이 조금씩 다르니 위의 식(PyTorch의 식)을 그대로 따르세요.

# %% [markdown] lang="en"
# ### Let a ball roll
#
# A ball put on the hill goes down differently: it remembers its velocity. Gradients across the valley change their sign at every step and cancel in the velocity; those along the valley always point the same way and add up. This is momentum. How much of the velocity is left after a step is $\beta$ (usually 0.9).
#
# $$v \leftarrow \beta v + g \qquad w \leftarrow w - \eta\, v$$
#
# If the same gradient $g$ keeps coming, the velocity grows to $g(1 + \beta + \beta^2 + \cdots) = g/(1 - \beta)$. With $\beta = 0.9$ that is **ten times** $g$.
#
# ### Your turn: `momentum-step`
#
# We write one step of an optimizer as a function that takes a state and returns the new one. The state is what must be remembered between steps. Books differ in details: follow the formula above, which is PyTorch's.

# %% exercise="momentum-step"
def momentum_step(w, gradient, velocity, lr, beta):
    """One step of gradient descent with momentum, as in torch.optim.SGD.

    w, gradient, velocity: float tensors of one shape and dtype; they stay as they are.
    lr, beta: Python floats, 0 <= beta < 1.
    The velocity becomes beta * velocity + gradient; then w moves by -lr times the new velocity.
    Returns (w, velocity), both new.
    """
    ### BEGIN SOLUTION
    velocity = beta * velocity + gradient
    return w - lr * velocity, velocity
    ### END SOLUTION


# %% [markdown] lang="ko"
# 같은 학습률 0.04에서 보통의 경사하강법과 여러분의 모멘텀을 40걸음씩 걷게 합니다.

# %% [markdown] lang="en"
# Let plain gradient descent and your momentum walk 40 steps each, with the same learning rate of 0.04.

# %% tags=["demo"]
figure, grid = plots.axes(2, width=4.2, height=2.3, sharey=True)
for ax, beta in zip(grid, (0.0, 0.9)):
    w, velocity = torch.tensor([-8.0, 1.5]), torch.zeros(2)  # each (2,)
    path = [w]
    for _ in range(40):
        w, velocity = momentum_step(w, valley_gradient(w), velocity, 0.04, beta)
        path.append(w)
    draw_surface(ax, valley)
    ax.plot(*torch.stack(path).T, "o-", color=plots.BLUE, markersize=3, linewidth=1)
    left = valley(path[-1]).item() / valley(path[0]).item()
    name = "plain (beta = 0)" if beta == 0 else f"momentum, beta = {beta}"
    plots.label(ax, f"{name}: {left:.1%} left", "w1", "w2" if ax is grid[0] else "")
plt.show()

# %% [markdown] lang="ko"
# 모멘텀은 목표를 지나쳤다가 되돌아오지만(공이니까요) 바닥에 훨씬 가까워집니다. 제목의 퍼센트는 처음 손실 가운데 남은 몫입니다.
#
# **네스테로프**(Nesterov) 모멘텀은 한 가지를 고칩니다. 지금의 기울기로 속도를 새로 만든 다음, 그 속도로 *한 번 더* 나아갈 것을 내다보고 움직입니다. 코드로는 한 줄 차이이므로 여기 적어 둡니다.

# %% [markdown] lang="en"
# Momentum overshoots and comes back (it is a ball, after all), but it ends much closer to the bottom. The percentage in the title is what is left of the first loss.
#
# **Nesterov** momentum changes one thing. Having made the new velocity, it looks ahead to where that velocity would carry it *once more*, and moves accordingly. In code it differs by one line, so here it is.

# %%
def nesterov_step(w, gradient, velocity, lr, beta):
    """One step with Nesterov momentum, as in torch.optim.SGD(nesterov=True)."""
    velocity = beta * velocity + gradient
    return w - lr * (gradient + beta * velocity), velocity


# %% [markdown] lang="ko"
# ## 6. 매개변수마다 제 걸음
#
# 골짜기의 문제는 두 방향에 학습률 *하나*를 쓴다는 것이었습니다. 매개변수마다 기울기의 보통 크기를 재어 그것으로 나누면 어떨까요? **Adagrad**는 기울기의 제곱을 지금까지 모두 더합니다.
#
# $$v \leftarrow v + g^2 \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt{v} + \epsilon}$$
#
# 제곱도 나눗셈도 제곱근도 **원소마다** 따로입니다. $\epsilon$은 0으로 나누지 않으려고 더하는 아주 작은 수입니다. 하지만 더하기만 하면 $v$는 커지기만 하고, 걸음은 줄어들기만 합니다. **RMSprop**은 합 대신 이동 평균(moving average)을 씁니다. 옛 평균에 $\alpha$만큼, 새 제곱에 나머지만큼의 몫을 줍니다. 오래된 기울기는 차츰 잊힙니다.
#
# $$v \leftarrow \alpha v + (1 - \alpha)\,g^2 \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt{v} + \epsilon}$$

# %% [markdown] lang="en"
# ## 6. A step size for each parameter
#
# The trouble in the valley was *one* learning rate for two directions. What if we measure, for each parameter, how large its gradients usually are, and divide by that? **Adagrad** adds up all squared gradients so far.
#
# $$v \leftarrow v + g^2 \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt{v} + \epsilon}$$
#
# Square, division and root are all taken **element by element**. $\epsilon$ is a tiny number that keeps us from dividing by 0. But as long as we only add, $v$ only grows and the steps only shrink. **RMSprop** takes a moving average in place of the sum: the old average gets a share of $\alpha$, the new square the rest. Old gradients are slowly forgotten.
#
# $$v \leftarrow \alpha v + (1 - \alpha)\,g^2 \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt{v} + \epsilon}$$

# %%
def adagrad_step(w, gradient, v, lr, eps):
    """One step of Adagrad, as in torch.optim.Adagrad."""
    v = v + gradient**2
    return w - lr * gradient / (v.sqrt() + eps), v


# %% [markdown] lang="ko"
# ### 여러분 차례: `rmsprop-step`
#
# $\epsilon$이 제곱근의 **안**인지 **밖**인지 보세요. $\epsilon = 10^{-8}$이 안에 있으면 밖에서 $10^{-4}$을 더한 것과 같아집니다. 기울기가 작을 때 둘은 전혀 다른 옵티마이저입니다.

# %% [markdown] lang="en"
# ### Your turn: `rmsprop-step`
#
# See whether $\epsilon$ stands **inside** or **outside** the root. Inside, $\epsilon = 10^{-8}$ acts like $10^{-4}$ outside. Where gradients are small, these are two quite different optimizers.

# %% exercise="rmsprop-step"
def rmsprop_step(w, gradient, v, lr, alpha, eps):
    """One step of RMSprop, as in torch.optim.RMSprop.

    w, gradient, v: float tensors of one shape and dtype; they stay as they are. v >= 0 is the
    moving average of the squared gradients so far. lr, alpha, eps: Python floats, 0 < alpha < 1.
    v becomes alpha * v + (1 - alpha) * gradient^2; then w moves by -lr * gradient / (sqrt(v) + eps)
    with the new v, element by element.
    Returns (w, v), both new.
    """
    ### BEGIN SOLUTION
    v = alpha * v + (1 - alpha) * gradient**2
    return w - lr * gradient / (v.sqrt() + eps), v
    ### END SOLUTION


# %% [markdown] lang="ko"
# 잊는 것이 왜 중요한지 봅시다. 기울기가 50걸음 동안 크다가(±10) 갑자기 작아집니다(±0.1). 골짜기 벽을 다 내려와 바닥에 닿은 것처럼요. 두 방법의 걸음 길이 $\eta\,|g|/(\sqrt{v} + \epsilon)$를 그립니다($\eta = 0.1$, $\alpha = 0.9$).

# %% [markdown] lang="en"
# Why does forgetting matter? Let the gradients be large (±10) for 50 steps and then suddenly small (±0.1), as if a steep wall had ended and the floor begun. Here is how long the steps of the two methods are, $\eta\,|g|/(\sqrt{v} + \epsilon)$, with $\eta = 0.1$ and $\alpha = 0.9$.

# %% tags=["demo"]
signs = torch.tensor([1.0, -1.0]).repeat(100)  # (200,)
gradients = torch.cat([10 * signs[:50], 0.1 * signs[50:]])  # (200,)
methods = {"Adagrad: never forgets": lambda g, v: adagrad_step(torch.zeros(1), g, v, 0.1, 1e-8),
           "RMSprop": lambda g, v: rmsprop_step(torch.zeros(1), g, v, 0.1, 0.9, 1e-8)}
figure, (ax,) = plots.axes(1, width=5.6, height=2.7)
for (name, step), style in zip(methods.items(), ("--", "-")):
    v, lengths = torch.zeros(1), []
    for gradient in gradients:
        moved, v = step(gradient.reshape(1), v)  # each (1,)
        lengths.append(moved.abs().item())
    ax.semilogy(lengths, style, label=name)
ax.axvline(50, color=plots.GREY, linewidth=0.8)
plots.label(ax, "After the gradients shrink, only RMSprop finds its stride again", "step",
            "length of the step")
ax.legend(loc="lower right")
plt.show()

# %% [markdown] lang="ko"
# ### Adam: 둘을 합치고, 처음을 바로잡기
#
# Adam은 모멘텀의 생각과 RMSprop의 생각을 합칩니다. 기울기의 이동 평균 $m$과 제곱의 이동 평균 $v$를 함께 기억합니다.
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\,g \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2$$
#
# 두 평균은 0에서 출발합니다. 그래서 처음에는 너무 작습니다. 기울기가 언제나 1이라면 $t$걸음 뒤의 $m$은 1이 아니라 $1 - \beta_1^t$입니다. $m$도 $v$도 작아지니 나누면 괜찮을까요? $\beta_1 = 0.9$와 $\beta_2 = 0.999$로 계산해 봅시다.

# %% [markdown] lang="en"
# ### Adam: both ideas, and a correction for the start
#
# Adam puts the idea of momentum and that of RMSprop together. It remembers two moving averages, $m$ of the gradients and $v$ of their squares.
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\,g \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2$$
#
# Both start at 0, and so are too small at first. If every gradient is 1, then after $t$ steps $m$ is not 1 but $1 - \beta_1^t$. Both $m$ and $v$ are too small; does that cancel in the division? Let us compute it for $\beta_1 = 0.9$ and $\beta_2 = 0.999$.

# %%
t = torch.arange(1, 3001)  # (3000,)
m, v = 1 - 0.9**t, 1 - 0.999**t  # each (3000,): the averages when every gradient is 1
too_long = m / v.sqrt()  # (3000,)
print(f"step 1 is {too_long[0]:.2f} times too long; "
      f"the worst, step {t[too_long.argmax()]}, {too_long.max():.1f} times")

figure, (ax,) = plots.axes(1, width=5.6, height=2.7)
ax.semilogx(t, m, ":", label="m")
ax.semilogx(t, v, "-.", label="v")
ax.semilogx(t, too_long, color=plots.RED, label="m / sqrt(v), the step")
ax.axhline(1, color=plots.GREY, linewidth=0.8)
plots.label(ax, "All should be 1: the first hundreds of steps are too long", "step t", "")
ax.set_ylim(0, 8.5)
ax.legend()
plt.show()

# %% [markdown] lang="ko"
# 지워지지 않습니다. $v$가 $m$보다 훨씬 느리게 자라므로 처음 수백 걸음이 몇 배씩 깁니다. 하필 가장 서투를 때 가장 크게 걷는 셈입니다. 얼마나 작은지는 정확히 알고 있으니 그만큼 나누어 주면 됩니다. 이것이 편향 보정(bias correction)입니다(여기서 편향은 층의 편향이 아니라 통계의 편향, 곧 한쪽으로 치우친 정도입니다).
#
# $$\hat{m} = \frac{m}{1 - \beta_1^t} \qquad \hat{v} = \frac{v}{1 - \beta_2^t} \qquad w \leftarrow w - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}$$
#
# ### 여러분 차례: `adam-step`
#
# 상태는 셋입니다: `(m, v, t)`. `t`는 *이미 마친* 걸음 수이고, 식의 $t$는 *지금* 걸음의 번호(첫걸음이 1)입니다. 상태로 돌려줄 것은 보정한 것인가요, 보정하기 전의 것인가요?

# %% [markdown] lang="en"
# It does not cancel. $v$ grows far more slowly than $m$, so the first hundreds of steps are several times too long: Adam would take its largest steps when it knows least. But we know exactly how much too small the averages are, so divide by that. This is the bias correction (here bias is not a layer's bias but the word of statistics: off to one side on average).
#
# $$\hat{m} = \frac{m}{1 - \beta_1^t} \qquad \hat{v} = \frac{v}{1 - \beta_2^t} \qquad w \leftarrow w - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}} + \epsilon}$$
#
# ### Your turn: `adam-step`
#
# The state has three parts: `(m, v, t)`. `t` counts the steps *already made*; the $t$ of the formula is the number of the step being made *now* (the first is 1). Which should go into the returned state, the corrected averages or the bare ones?

# %% exercise="adam-step"
def adam_step(w, gradient, state, lr, beta1, beta2, eps):
    """One step of Adam, as in torch.optim.Adam.

    w, gradient: float tensors of one shape and dtype. state: (m, v, t): m and v, tensors of that
    shape and dtype, the moving averages of the gradients and of their squares; t, a Python int,
    the number of steps made before this one (0 at the start, with m and v zero).
    lr, beta1, beta2, eps: Python floats. Arguments stay as they are.
    With the new t = t + 1, m = beta1 * m + (1 - beta1) * gradient and v likewise with beta2 and
    gradient^2, w moves by -lr * m_hat / (sqrt(v_hat) + eps), where m_hat = m / (1 - beta1^t) and
    v_hat = v / (1 - beta2^t).
    Returns (w, (m, v, t)), all new; m and v are the averages without the correction.
    """
    m, v, t = state
    ### BEGIN SOLUTION
    t = t + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (v_hat.sqrt() + eps), (m, v, t)
    ### END SOLUTION


# %% [markdown] lang="ko"
# 이제 옵티마이저 여섯이 모였습니다. 모두 같은 모양의 함수 둘로 정리합니다. 하나는 처음 상태를 만들고, 하나는 한 걸음을 걷습니다.

# %% [markdown] lang="en"
# That makes six optimizers. Put each into the same form, two functions: one makes the first state, the other takes a step.

# %%
zeros = torch.zeros_like
OPTIMIZERS = {  # name: (w -> first state, (w, gradient, state, lr) -> (w, state))
    "SGD": (zeros, lambda w, g, v, lr: (w - lr * g, v)),
    "momentum": (zeros, lambda w, g, v, lr: momentum_step(w, g, v, lr, 0.9)),
    "Nesterov": (zeros, lambda w, g, v, lr: nesterov_step(w, g, v, lr, 0.9)),
    "Adagrad": (zeros, lambda w, g, v, lr: adagrad_step(w, g, v, lr, 1e-10)),
    "RMSprop": (zeros, lambda w, g, v, lr: rmsprop_step(w, g, v, lr, 0.99, 1e-8)),
    "Adam": (lambda w: (zeros(w), zeros(w), 0),
             lambda w, g, state, lr: adam_step(w, g, state, lr, 0.9, 0.999, 1e-8)),
}


def walk(name, gradient_of, start, lr, steps):
    """Walks with an optimizer from start, (2,); returns all positions, (steps + 1, 2)."""
    make_state, step = OPTIMIZERS[name]
    w, state, path = start, make_state(start), [start]
    for _ in range(steps):
        w, state = step(w, gradient_of(w), state, lr)
        path.append(w)
    return torch.stack(path)


# %% [markdown] lang="ko"
# 한 걸음이 맞았다고 백 걸음이 맞는 것은 아닙니다. 상태가 잘못 이어지면 차이는 나중에 나타납니다. 여섯을 모두 `torch.optim`과 나란히 골짜기에서 100걸음씩 걷게 합니다.

# %% [markdown] lang="en"
# One right step does not make a hundred right ones: if a state is carried on wrongly, it shows later. Walk 100 steps in the valley with each of the six, side by side with `torch.optim`.

# %% tags=["demo"]
theirs = {
    "SGD": lambda ws: torch.optim.SGD(ws, lr=0.05),
    "momentum": lambda ws: torch.optim.SGD(ws, lr=0.05, momentum=0.9),
    "Nesterov": lambda ws: torch.optim.SGD(ws, lr=0.05, momentum=0.9, nesterov=True),
    "Adagrad": lambda ws: torch.optim.Adagrad(ws, lr=0.05),
    "RMSprop": lambda ws: torch.optim.RMSprop(ws, lr=0.05),
    "Adam": lambda ws: torch.optim.Adam(ws, lr=0.05),
}
for name, make in theirs.items():
    start = torch.tensor([-8.0, 1.5], dtype=torch.float64)  # (2,)
    curvatures = H.double()  # (2, 2)
    ours = walk(name, lambda w: w @ curvatures, start, 0.05, 100)  # (101, 2)
    w = start.clone().requires_grad_()
    optimizer = make([w])
    for _ in range(100):
        w.grad = w.detach() @ curvatures
        optimizer.step()
    print(f"{name:9s} after 100 steps equals torch.optim's: {torch.allclose(ours[-1], w.detach())}")

# %% [markdown] lang="ko"
# ## 7. 움직이는 그림
#
# 누가 가장 잘 걸을까요? 학습률을 하나로 정해 놓고 견주면, 그 학습률이 맞는 쪽이 이깁니다. 그래서 옵티마이저마다 학습률 서른세 개를 0.001부터 10까지 모두 시도해, 손실이 처음의 1% 아래로 내려가 **거기 머물기까지** 걸음이 가장 적은 것을 고릅니다. 그림 밖으로 나가는 걸음은 치지 않습니다. 땅은 셋입니다. 5절의 골짜기, 그것을 45° 돌린 골짜기, 그리고 안장점(saddle point)입니다. 안장점에서는 기울기가 0인데 골짜기가 아닙니다. 한쪽으로는 내려앉고 다른 쪽으로는 솟은 말안장 같은 곳으로, 바로 옆에서 출발하면 기울기가 아주 작습니다.

# %% [markdown] lang="en"
# ## 7. The picture that moves
#
# Who walks best? Fix one learning rate, and whoever it suits will win. So for each optimizer try thirty-three rates from 0.001 to 10, and take the one that needs the fewest steps until the loss is below 1% of its start **and stays there**. A walk that leaves the picture does not count. There are three grounds: the valley of section 5, the same valley turned by 45°, and a saddle point. At a saddle point the gradient is 0, but it is no valley: the ground falls to two sides and rises to the other two, like a saddle. Start right beside it, and the gradient is tiny.

# %%
turn = torch.tensor([[1.0, 1.0], [-1.0, 1.0]]) / 2**0.5  # (2, 2): by 45 degrees
H_turned = turn.T @ H @ turn  # (2, 2)


def turned_valley(w):
    return 0.5 * ((w @ H_turned) * w).sum(-1)


def saddle(w):
    return 10 * w[..., 0] ** 2 + (w[..., 1] ** 2 - 1) ** 2 / 4


def saddle_gradient(w):
    return torch.stack([20 * w[0], w[1] ** 3 - w[1]])  # (2,)


GROUNDS = {  # name: (f, its gradient, start, what of it to draw)
    "valley": (valley, valley_gradient, torch.tensor([-8.0, 1.5]), (9.5, 4.0)),
    "turned valley": (turned_valley, lambda w: w @ H_turned,
                      torch.tensor([-8.0, 1.5]) @ turn, (8.0, 8.0)),
    "saddle": (saddle, saddle_gradient, torch.tensor([-0.8, 0.01]),
               (1.2, 1.6, ((0, -1), (0, 1)))),
}
STEPS = 80


def best_walk(name, ground):
    """(steps needed, learning rate, path) of an optimizer at the best of its learning rates.

    Steps needed: until f is below 1% of its start for good; STEPS + 1 if it never is, or if the
    walk leaves the picture on the way.
    """
    f, gradient_of, start, (wide, high, *_) = GROUNDS[ground]
    tries = []
    for lr in (10 ** torch.linspace(-3, 1, 33)).tolist():
        path = walk(name, gradient_of, start, lr, STEPS)  # (STEPS + 1, 2)
        losses = f(path).nan_to_num(torch.inf)  # (STEPS + 1,)
        needed = (losses >= 0.01 * losses[0]).nonzero()[-1].item() + 1
        stays = (path.abs() <= torch.tensor([wide, high])).all()
        tries.append((needed if stays else STEPS + 1, losses[-1].item(), lr, path))
    needed, _, lr, path = min(tries, key=lambda one: one[:2])
    return needed, lr, path


walks = None  # until the next cell has walked them


# %% tags=["demo"]
walks = {(ground, name): best_walk(name, ground) for ground in GROUNDS for name in OPTIMIZERS}

figure, grid = plots.axes(6, rows=3, width=1.62, height=1.75, sharex="row", sharey="row")
for ax, ((ground, name), (needed, lr, path)) in zip(grid, walks.items()):
    f, _, _, (wide, high, *lowest) = GROUNDS[ground]
    draw_surface(ax, f, wide, high, *lowest)
    ax.plot(*path.T, "o-", color=plots.BLUE, markersize=2, linewidth=0.8)
    ax.set(xlim=(-wide, wide), ylim=(-high, high), xticks=[], yticks=[])
    steps = f"{needed} steps" if needed <= STEPS else f"> {STEPS} steps"
    ax.set_title(f"{name}\n{steps}, lr {lr:.2g}" if ground == "valley" else f"{steps}, lr {lr:.2g}",
                 fontsize="small")
    if name == "SGD":
        ax.set_ylabel(ground)
figure.suptitle("Each at its own best rate; red crosses are the lowest points", fontsize="medium")
plt.show()

# %% [markdown] lang="ko"
# 읽어 봅시다. SGD, 모멘텀, 네스테로프는 골짜기를 돌려도 *똑같은 걸음 수*가 듭니다. 방향을 가리지 않기 때문입니다. 그런데 5절에서 처방이라던 모멘텀이 여기서는 SGD보다 더 걸립니다. 이만큼 완만한 골짜기(곡률의 비 20)에는 $\beta = 0.9$가 너무 커서, 지나쳤다 되돌아오느라 늦습니다. 골짜기가 좁을수록 모멘텀이 유리해서, 곡률의 비가 100이면 걸음 수가 SGD의 절반입니다. Adagrad와 RMSprop은 **축마다** 걸음을 재므로, 골짜기가 축과 나란하면 몇 걸음이면 되지만 돌려 놓으면 그 이점을 모두 잃습니다. 둘은 안장점에서도 작은 기울기를 키워 단번에 빠져나오는데, 거기서도 비탈이 축과 나란합니다. Adam은 어디서나 비슷하게 걷고, 어디서도 가장 빠르지 않습니다. 어느 땅에서나 이기는 옵티마이저는 없습니다.
#
# 돌린 골짜기와 안장점에서 같은 걸음을 시간에 따라 봅시다. ▶를 누르면 움직입니다. 멈추고, 한 장씩 넘기고, 되감을 수도 있습니다. (`to_jshtml`은 그림 여러 장을 자바스크립트로 넘겨 주는 HTML을 만듭니다.)

# %% [markdown] lang="en"
# Read it. SGD, momentum and Nesterov need *the very same number of steps* when the valley is turned: they do not care about directions. Yet momentum, the remedy of section 5, takes longer here than SGD: in a valley this mild (curvatures 20 to 1) $\beta = 0.9$ is too much, and overshooting costs it time. The narrower the valley, the better it does: at 100 to 1 it needs half as many steps as SGD. Adagrad and RMSprop measure their steps **axis by axis**: a valley along an axis takes them a few steps, and turning it takes their advantage away. They also magnify the tiny gradient at the saddle and are out at once, but there too the slopes lie along the axes. Adam walks much the same everywhere, and nowhere fastest. No optimizer wins on every ground.
#
# Now see the same walks in time, in the turned valley and at the saddle. Press ▶ to set them going; you can also stop, go picture by picture, and back. (`to_jshtml` makes a piece of HTML whose JavaScript turns the pictures over.)

# %% tags=["demo", "nbval-ignore-output"]
if walks is None:
    raise NotAttempted("adam_step")
with plt.rc_context({"figure.dpi": 64, "figure.constrained_layout.use": False}):
    figure, grid = plots.axes(2, width=3.6, height=2.9)
    figure.subplots_adjust(left=0.02, right=0.98, bottom=0.04, top=0.9, wspace=0.06)
trails = []
colours = (plots.BLUE, plots.ORANGE, plots.GREEN, plots.RED, "black", "purple")
for ax, ground in zip(grid, ("turned valley", "saddle")):
    f, _, _, (wide, high, *lowest) = GROUNDS[ground]
    draw_surface(ax, f, wide, high, *lowest, filled=False)
    ax.set(xlim=(-wide, wide), ylim=(-high, high), xticks=[], yticks=[], title=ground)
    for name, colour, marker in zip(OPTIMIZERS, colours, "os^DvP"):
        (trail,) = ax.plot([], [], color=colour, linewidth=1, antialiased=False)
        # two walk with others for a while: hollow and larger, they are seen around them
        hollow = {"markersize": 13, "fillstyle": "none", "markeredgewidth": 2, "zorder": 3}
        look = hollow if name in ("SGD", "Adagrad") else {"markersize": 8}
        (head,) = ax.plot([], [], marker, color=colour, label=name, **look)
        trails.append((trail, head, walks[ground, name][2]))
grid[0].legend(loc="upper right", fontsize="small", markerscale=0.7)


def draw_step(k):
    for trail, head, path in trails:
        trail.set_data(*path[: k + 1].T)
        head.set_data(*path[k : k + 1].T)
    figure.suptitle(f"step {k}", x=0.5, y=0.99, fontsize="x-large")


steps = [*range(10), *range(10, 64, 6)]  # every step at first, then every sixth
html = FuncAnimation(figure, draw_step, frames=steps).to_jshtml(fps=4)
plt.close(figure)
html = re.sub(r"<link[^>]*>", "", html)  # icons from the network; ours follow
icons = {"minus": "−", "plus": "+", "fast-backward": "|◀", "fast-forward": "▶|", "play": "▶",
         "step-backward": "◁|", "step-forward": "|▷", "play fa-flip-horizontal": "◀", "pause": "❚❚"}
for icon, sign in icons.items():
    html = html.replace(f'<i class="fa fa-{icon}"></i>', sign)
HTML(html)

# %% [markdown] lang="ko"
# ## 8. 함정: 거의 맞는 Adam
#
# 어느 저장소에서 발견한 Adam입니다. 이름이 붙은 매개변수 여럿을 받아, 걸음마다 기울기 사전 하나씩을 차례로 적용합니다. 얼핏 보면 식 그대로입니다.

# %% [markdown] lang="en"
# ## 8. A trap: an Adam that is almost right
#
# Here is an Adam as it might be found in a repository. It takes several parameters by name, and applies one dict of gradients at each step. At first sight it is the formula, line by line.

# %%
def adam_as_found(parameters, gradients, lr, beta1, beta2, eps):
    """Adam over several parameters, as it was found."""
    parameters = dict(parameters)
    m = v = {name: torch.zeros_like(value) for name, value in parameters.items()}
    t = 0
    for step in gradients:
        for name, g in step.items():
            t += 1
            m[name] = beta1 * m[name] + (1 - beta1) * g
            v[name] = beta2 * v[name] + (1 - beta2) * g**2
            m_hat = m[name] / (1 - beta1**t)
            v_hat = v[name] / (1 - beta2**t)
            parameters[name] = parameters[name] - lr * m_hat / (v_hat.sqrt() + eps)
    return parameters


two_steps = [{"b": torch.tensor([2.0, -2.0]), "W": torch.tensor([1.0, 1.0])}] * 2
begin = {"W": torch.zeros(2), "b": torch.zeros(2)}
for name, value in adam_as_found(begin, two_steps, 0.1, 0.9, 0.999, 1e-8).items():
    print(name, "found:", value)

leaves = {name: value.clone().requires_grad_() for name, value in begin.items()}
optimizer = torch.optim.Adam(leaves.values(), lr=0.1)
for step in two_steps:
    for name, gradient in step.items():
        leaves[name].grad = gradient
    optimizer.step()
for name, value in leaves.items():
    print(name, "torch.optim:", value.detach())

# %% [markdown] lang="ko"
# 기울기가 음수였던 곳은 NaN이고, NaN이 아닌 곳도 `torch.optim`과 다릅니다. NaN을 내는 고장은 시끄러워서 금방 찾습니다. 그런데 **고장은 하나가 아닙니다.** 조용한 쪽은 NaN을 고친 뒤에도 남아 학습이 그럭저럭 되게 합니다.
#
# ### 여러분 차례: `mended-adam`
#
# 코드를 고치세요. 위의 것을 베껴 와서 고쳐도 좋고, 여러분의 `adam_step`으로 새로 써도 좋습니다.

# %% [markdown] lang="en"
# Where the gradient was negative there is NaN, and the rest differs from `torch.optim` as well. A break that makes NaN is loud and soon found. But **there is more than one.** The quiet one stays when the NaN is gone, and training goes on, more or less.
#
# ### Your turn: `mended-adam`
#
# Mend the code. Copy it from above and repair it, or write it anew with your `adam_step`.

# %% exercise="mended-adam"
def mended_adam(parameters, gradients, lr, beta1, beta2, eps):
    """Adam over several parameters, many steps: what torch.optim.Adam makes of them.

    parameters: a dict from names to float tensors, any shapes; it and its tensors stay as they
    are. gradients: a list with one dict for each step, from the same names, perhaps in another
    order, to gradients of the same shapes. lr, beta1, beta2, eps: Python floats.
    Every parameter starts with m and v zero; step number 1 is the first. No gradient is exactly 0.
    Returns a new dict from the names to the values after the last step.
    """
    ### BEGIN SOLUTION
    parameters = dict(parameters)
    states = {name: (torch.zeros_like(w), torch.zeros_like(w), 0) for name, w in parameters.items()}
    for step in gradients:
        for name, gradient in step.items():
            parameters[name], states[name] = adam_step(
                parameters[name], gradient, states[name], lr, beta1, beta2, eps
            )
    return parameters
    ### END SOLUTION


# %% [markdown] lang="ko"
# 조용한 고장이 무슨 일을 하는지 봅시다. 진짜 신경망(은닉층 둘, 매개변수 여섯 개)이 300걸음 동안 낸 기울기를 적어 두고, 셋에게 *같은 기울기로* 걷게 합니다: `torch.optim.Adam`, NaN만 고친 코드, 여러분의 코드. 그리는 것은 첫 가중치가 출발점에서 얼마나 멀어졌는가입니다.

# %% [markdown] lang="en"
# See what the quiet break does. Record the gradients of a real network (two hidden layers, six parameters) over 300 steps, and let three of them walk by these: `torch.optim.Adam`, the code with nothing but the NaN mended, and yours. Drawn is how far the first weights have moved from their start.

# %% tags=["demo"]
weights, biases = initial_network(2, seed=0)
names = ["W0", "W1", "W2", "b0", "b1", "b2"]
begin = dict(zip(names, [*weights, *biases]))
recorded = []
for x, labels in batches(300, seed=0):
    d_weights, d_biases = find_gradients(x, labels, weights, biases, tanh)
    recorded.append(dict(zip(names, [*d_weights, *d_biases])))
    weights = [W - 0.1 * d_W for W, d_W in zip(weights, d_weights)]
    biases = [b - 0.1 * d_b for b, d_b in zip(biases, d_biases)]


def only_the_nan_mended(gradients):
    """W0 after these steps, with the two averages kept apart but t as it was found."""
    w, m, v = begin["W0"], torch.zeros_like(begin["W0"]), torch.zeros_like(begin["W0"])
    for k, step in enumerate(gradients):
        t = 6 * k + 1  # six parameters: W0 is the first of each step
        m, v = 0.9 * m + 0.1 * step["W0"], 0.999 * v + 0.001 * step["W0"] ** 2  # (784, 30)
        w = w - 0.001 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
    return w


leaf = begin["W0"].clone().requires_grad_()
optimizer = torch.optim.Adam([leaf], lr=0.001)
marks = (1, 3, 10, 30, 60, 100, 150, 200, 300)
lines = {"torch.optim": [], "NaN mended": [], "yours": []}
for k, step in enumerate(recorded, start=1):
    leaf.grad = step["W0"]
    optimizer.step()
    if k in marks:
        yours = mended_adam(begin, recorded[:k], 0.001, 0.9, 0.999, 1e-8)["W0"]
        for name, w in zip(lines, (leaf.detach(), only_the_nan_mended(recorded[:k]), yours)):
            lines[name].append((w - begin["W0"]).norm().item())

figure, (ax,) = plots.axes(1, width=5.4, height=2.8)
for (name, values), style, wide in zip(lines.items(), ("-", "s--", "o:"), (4, 1.5, 1.5)):
    ax.plot(marks, values, style, linewidth=wide, label=name, markersize=4)
plots.label(ax, "The quiet break: steps that are too long, and nobody notices", "step",
            "distance from the start")
ax.legend()
plt.show()
print("yours equals torch.optim's:", torch.allclose(yours, leaf.detach(), atol=1e-6))
ratio = [quiet / right for quiet, right in zip(lines["NaN mended"], lines["torch.optim"])]
print(f"with the NaN mended, W0 is {max(ratio):.1f} times as far from its start at the worst")

# %% [markdown] lang="ko"
# `t`가 걸음이 아니라 매개변수를 세면, $t$가 여섯 배 빨리 자라고 보정이 너무 일찍 끝납니다. 신경망이 커서 매개변수의 수가 많을수록 더합니다. 손실은 여전히 내려가니 아무도 의심하지 않고, 그저 "이 신경망에는 학습률을 더 작게 해야 하더라"라고 적게 됩니다. 조용한 고장을 찾는 길은 하나뿐입니다. **믿을 수 있는 구현과 숫자를 견주는 것**입니다.
#
# ## 9. 다시 숫자 그림으로
#
# 마지막으로 진짜 문제에서 재어 봅시다. 은닉층이 넷인 ReLU 신경망을 옵티마이저 넷으로, 학습률 여섯 개씩, 출발점 세 가지에서 150걸음씩 학습시킵니다. 학습률은 3절처럼 떼어 둔 300장에서 고릅니다. 그림은 그 300장에서의 정확도이고, 그 아래에는 고른 학습률로 시험용 그림에서 얻은 정확도를 적습니다. 이번에도 자동 미분은 쓰지 않습니다. 모두 여러분의 함수입니다.

# %% [markdown] lang="en"
# When `t` counts parameters instead of steps, $t$ grows six times as fast and the correction ends too early; the more parameters a network has, the worse it gets. The loss still falls, so nobody suspects anything, and somebody writes down that "this network needs a smaller learning rate". There is only one way to find a quiet break: **compare numbers with an implementation you can trust**.
#
# ## 9. Back to digits
#
# Finally, measure on a real problem. Train a ReLU network with four hidden layers with four of the optimizers, at six learning rates each, from three starts, 150 steps each. As in section 3, the rates are chosen on the 300 images set apart: the picture shows the accuracy on those, and below it stands what the chosen rate reaches on the test images. There is no autograd here either: it is all your functions.

# %%
def train(activation, hidden, name, lr, seed, steps, spare=0):
    """Trains with one of OPTIMIZERS; returns (weights, biases)."""
    weights, biases = initial_network(hidden, seed)
    make_state, step = OPTIMIZERS[name]
    states = [make_state(value) for value in [*weights, *biases]]
    for x, labels in batches(steps, seed, spare=spare):
        d_weights, d_biases = find_gradients(x, labels, weights, biases, activation)
        old = zip([*weights, *biases], [*d_weights, *d_biases], states)
        pairs = [step(value, gradient, state, lr) for value, gradient, state in old]
        values, states = [list(column) for column in zip(*pairs)]
        weights, biases = values[: hidden + 1], values[hidden + 1 :]
    return weights, biases


# %% tags=["demo", "nbval-ignore-output"]
rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
reached, tested = {}, {}  # name: (6, 3), on the images set apart and on the test images
for name in tqdm(("SGD", "momentum", "RMSprop", "Adam")):
    runs = [[train(relu, 4, name, lr, seed, 150, spare=HELD) for seed in range(3)] for lr in rates]
    reached[name] = torch.tensor([[accuracy(*run, relu, held_x, held_labels) for run in row]
                                  for row in runs])
    tested[name] = torch.tensor([[accuracy(*run, relu) for run in row] for row in runs])

figure, (ax,) = plots.axes(1, width=7.2, height=3.1)
for (name, values), style, colour in zip(
    reached.items(), ("o-", "s--", "^-.", "D:"),
    (plots.BLUE, plots.ORANGE, plots.GREEN, plots.RED),
):
    draw_band(ax, rates, values, style, colour, name)
ax.set_xscale("log")
ax.set_ylim(0, 1.02)
plots.label(ax, "Four hidden ReLU layers: each optimizer has its own rates", "learning rate",
            "accuracy on 300 images set apart")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
for name, values in reached.items():
    middle = values.mean(1)  # (6,)
    good = [f"{lr:g}" for lr, share in zip(rates, middle) if share > 0.85]
    chosen = middle.argmax()
    print(f"{name:8s} chosen: lr {rates[chosen]:g}, test accuracy {tested[name][chosen].mean():.0%}; "
          f"above 85% at: {', '.join(good) or 'none'}")

# %% [markdown] lang="ko"
# 세 가지가 보입니다. 첫째, **옵티마이저를 견주려면 학습률을 각자 골라야 합니다.** 세로로 한 줄만 보면 누구든 이기게 만들 수 있습니다. 둘째, 맞는 학습률은 자릿수부터 다릅니다. SGD의 봉우리는 0.1 언저리인데 Adam은 거기서 이미 무너져 있습니다. 셋째, 이 짧은 학습에서 각자의 봉우리끼리 견주면 SGD가 가장 낮지만 차이는 크지 않습니다. 그 이상은 이 그림이 말해 주지 않습니다. 걸음 수나 신경망을 바꾸면 순서가 바뀔 수 있습니다.
#
# 이 과정의 모델들을 표 하나에 모아 봅시다. 모두 같은 숫자 그림, 같은 200걸음, 출발점 다섯 가지입니다. 학습률은 훈련용 그림에서 300장을 떼어 두고, 모델마다 서너 가지를 시도해 거기서 가장 나은 것으로 미리 골라 두었습니다(8장). (9장과 11장은 걸음 수와 손실이 달라서 거기서 본 정확도와는 조금 다릅니다.)

# %% [markdown] lang="en"
# Three things can be seen. First, **to compare optimizers, choose the learning rate for each.** Look at a single vertical line and you can make anyone win. Second, the right rates differ by powers of ten: SGD peaks around 0.1, where Adam has long fallen apart. Third, peak against peak, SGD is the lowest in this short training, but not by much. More than that the picture does not say: with other numbers of steps, or another network, the order may change.
#
# Now collect the models of this course in one table: the same digits, the same 200 steps, five starts. The learning rates were picked beforehand, each from three or four, by the accuracy on 300 of the training images that were set apart (chapter 8). (Chapters 9 and 11 take other numbers of steps and chapter 11 another loss, so their accuracies differ a little.)

# %% tags=["demo", "nbval-ignore-output"]
MODELS = {  # (activation, hidden layers, optimizer, learning rate)
    "linear (ch. 9), SGD": (relu, 0, "SGD", 0.3),
    "1 hidden, sigmoid (ch. 11), SGD": (sigmoid, 1, "SGD", 1.0),
    "4 hidden, sigmoid, SGD": (sigmoid, 4, "SGD", 1.0),
    "4 hidden, sigmoid, Adam": (sigmoid, 4, "Adam", 0.01),
    "8 hidden, sigmoid, Adam": (sigmoid, 8, "Adam", 0.01),
    "4 hidden, ReLU, SGD": (relu, 4, "SGD", 0.1),
    "4 hidden, ReLU, Adam": (relu, 4, "Adam", 0.003),
    "1 hidden, ReLU, Adam": (relu, 1, "Adam", 0.003),
}
table, seconds = {}, {}
for name, (activation, hidden, optimizer, lr) in tqdm(MODELS.items()):
    started = time.perf_counter()
    table[name] = [accuracy(*train(activation, hidden, optimizer, lr, seed, 200), activation)
                   for seed in range(5)]
    seconds[name] = (time.perf_counter() - started) / 5
    shares = torch.tensor(table[name])  # (5,)
    print(f"{name:32s} mean {shares.mean():.1%}, from {shares.min():.1%} to {shares.max():.1%}")

figure, (ax,) = plots.axes(1, width=6.2, height=2.6)
for row, shares in enumerate(table.values()):
    ax.plot(shares, [row] * 5, "o", color=plots.BLUE, alpha=0.6)
ax.set_yticks(range(len(table)), table)
ax.invert_yaxis()
ax.set_xlim(0, 1.02)
plots.label(ax, "The same digits, 200 steps: a dot for each start", "test accuracy", "")
plt.show()
best = "4 hidden, ReLU, Adam"
size = sum(part.numel() for parts in initial_network(4, 0) for part in parts)
scores.add("ch12_activations_and_optimizers", best, table[best], size, seconds[best], data.source)

# %% [markdown] lang="ko"
# 은닉층이 넷인 시그모이드를 보세요. SGD로는 찍는 수준이던 것이 Adam으로는 배웁니다. Adam은 기울기를 그 보통 크기로 나누므로, 앞쪽 층의 기울기가 아무리 작아도 걸음은 작아지지 않기 때문입니다. 활성화 함수만이 기울기 소실의 처방은 아닌 셈입니다. 그러나 여기에도 끝이 있어서, 여덟 층이면 같은 200걸음으로는 출발점에 따라 거의 배우지 못하기도 합니다(아래의 더 생각해 보기 3). 그리고 은닉층 하나짜리도, 은닉층이 없는 9장의 모델도 넷짜리에 뒤지지 않습니다. 이 작은 숫자들에는 깊이가 필요하지 않습니다. 그림 아래는 9장에서 시작한 표입니다. 이 장의 한 줄이 늘었고, 뒤의 장에서도 한 줄씩 늘어납니다.
#
# ## 정리
#
# - 거꾸로 한 층을 지날 때마다 $f'$과 가중치가 곱해집니다. 시그모이드의 $f'$은 *가장 클 때* 0.25이므로, 꼬리에 빠진 유닛이 없어도 기울기는 층마다 크게 줄어듭니다.
# - 기울기 소실은 앞쪽 층의 배움이 멈추는 것입니다. 손실이 앞쪽 층과 상관없어지는 것이 아닙니다.
# - ReLU의 기울기는 켜지면 1, 꺼지면 0입니다. 모든 표본에서 꺼진 유닛은 죽은 유닛이고, 큰 걸음이 유닛을 죽입니다. 정확도만 보지 말고 세어 보세요.
# - 검산에서 틀린 층이 여럿 나오면, 뒤에서부터 처음으로 틀린 층이 고장 난 곳입니다.
# - 모멘텀은 같은 방향의 기울기를 쌓고, RMSprop은 원소마다 보통 크기로 나누고, Adam은 둘을 합쳐 처음의 치우침을 바로잡습니다. $\epsilon$은 제곱근 밖에, $t$는 걸음마다 하나씩.
# - 옵티마이저를 견주려면 학습률을 각자 골라 주고, 출발점을 여럿 써야 합니다.
#
# ## 더 생각해 보기
#
# <details><summary>1. 활성화 함수를 아예 없애면 기울기가 줄지 않을 텐데, 왜 없애지 않나요?</summary>
#
# 활성화 함수가 없으면 층을 아무리 쌓아도 행렬들의 곱, 곧 행렬 하나입니다. 10장에서 보았듯이 그것으로는 XOR도 풀지 못합니다. 휘어야 하지만 기울기를 너무 깎아서는 안 됩니다. ReLU는 꺾인 곳 하나로 둘을 다 해냅니다.
# </details>
#
# <details><summary>2. Adam의 첫걸음은 왜 언제나 학습률만큼인가요?</summary>
#
# $t = 1$이면 $\hat{m} = g$이고 $\hat{v} = g^2$이므로 걸음은 $\eta\,g/|g|$, 곧 기울기의 부호에 학습률을 곱한 것입니다. 기울기가 1000이든 0.001이든 같습니다. 그래서 Adam의 학습률은 기울기의 단위가 아니라 가중치의 단위로 고릅니다. `adam-step`의 첫 번째 검사가 바로 이것이었습니다.
# </details>
#
# <details><summary>3. Adam이 기울기의 크기를 지워 준다면, 시그모이드 20층도 배울 수 있나요?</summary>
#
# 표에서 보듯 이 조건(200걸음, 학습률 0.01)에서는 여덟 층만 되어도 훨씬 느리고, 얼마나 배우는지가 출발점에 크게 좌우됩니다. 크기는 되살려도, 수많은 시그모이드를 지나며 흐려진 *방향*은 되살리지 못합니다. 게다가 20층의 앞쪽 기울기는 $\epsilon = 10^{-8}$보다 작아질 수 있고, 그러면 나눗셈이 더는 키워 주지 못합니다. 걸음과 학습률을 바꾸어 보세요: `train(sigmoid, 8, "Adam", 0.01, 0, 200)`
# </details>
#
# <details><summary>4. 중심 차분으로 ReLU의 기울기를 검산할 때 가끔 틀렸다고 나옵니다. 왜 그런가요?</summary>
#
# $l$이 0에서 $h$보다 가까우면 한쪽 점은 켜진 쪽에, 다른 쪽 점은 꺼진 쪽에 떨어져 중심 차분이 0과 1 사이의 엉뚱한 값을 냅니다. 틀린 것은 검산이지 유도가 아닙니다. $h$를 줄이거나 다른 입력으로 다시 재어 보세요.
# </details>
#
# <details><summary>5. L2 벌점(8장)을 Adam에 그대로 넣으면 왜 SGD에서와 다르게 움직이나요?</summary>
#
# 벌점의 기울기 $\lambda w$도 $g$에 더해져 $\sqrt{\hat{v}}$로 나뉩니다. 기울기가 큰 매개변수일수록 벌점이 약해집니다. AdamW는 벌점을 기울기에 넣지 않고 $w \leftarrow (1 - \eta\lambda)\,w$로 따로 줄여서 이 얽힘을 풉니다. `torch.optim.AdamW`가 그것입니다.
# </details>

# %% [markdown] lang="en"
# Look at the four hidden layers of sigmoids. With SGD they only guess, with Adam they learn: Adam divides a gradient by its usual size, so however small the gradients of the first layers are, their steps are not. The activation function is not the only cure for vanishing gradients. But this one has its limits too: with eight layers and the same 200 steps, some starts hardly learn at all (further question 3 below). And neither one hidden layer nor none at all, the model of chapter 9, does worse than four: these small digits do not need depth. Below the picture stands the table that chapter 9 began: it has a row of this chapter now, and each of the next ones adds one.
#
# ## Summary
#
# - Each layer on the way back multiplies by $f'$ and by its weights. The sigmoid's $f'$ is 0.25 *at its largest*, so the gradient shrinks a lot in every layer, even with no unit in the tails.
# - A vanishing gradient means that the first layers stop learning. It does not mean that the loss stops depending on them.
# - The slope of the ReLU is 1 when on and 0 when off. A unit that is off for all samples is dead, and large steps kill. Do not look at the accuracy alone: count.
# - When a check finds several layers wrong, read from the back: the first wrong one is the broken one.
# - Momentum adds up gradients of one direction, RMSprop divides each element by its usual size, Adam does both and corrects the start. $\epsilon$ stands outside the root, and $t$ counts steps.
# - To compare optimizers, choose the learning rate for each, and use several starts.
#
# ## Further questions
#
# <details><summary>1. With no activation functions at all the gradient would not shrink. Why not leave them out?</summary>
#
# Without them, any number of layers is a product of matrices, and that is one matrix. As chapter 10 showed, it cannot even do XOR. The function has to bend, but should not cut the gradient down too much. The ReLU does both with a single corner.
# </details>
#
# <details><summary>2. Why is Adam's first step always as long as the learning rate?</summary>
#
# At $t = 1$, $\hat{m} = g$ and $\hat{v} = g^2$, so the step is $\eta\,g/|g|$: the learning rate times the sign of the gradient, whether that is 1000 or 0.001. So Adam's learning rate is chosen in the units of the weights, not of the gradients. The first case of the check of `adam-step` was just this.
# </details>
#
# <details><summary>3. If Adam undoes the size of gradients, can 20 layers of sigmoids learn?</summary>
#
# As the table shows, under these conditions (200 steps, learning rate 0.01) even eight layers are much slower, and how much they learn depends a lot on the start. The size comes back; a *direction* blurred by many sigmoids does not. And with 20 layers the gradients in front can fall below $\epsilon = 10^{-8}$, where the division no longer magnifies them. Try other numbers of steps and rates: `train(sigmoid, 8, "Adam", 0.01, 0, 200)`.
# </details>
#
# <details><summary>4. Checked by central differences, a ReLU's gradient sometimes comes out wrong. Why?</summary>
#
# If $l$ is closer to 0 than $h$, one of the two points falls on the side that is on and the other on the side that is off, and the central difference gives something between 0 and 1. It is the check that is wrong, not the derivation. Make $h$ smaller, or measure again with other inputs.
# </details>
#
# <details><summary>5. Why does an L2 penalty (chapter 8) act differently inside Adam than inside SGD?</summary>
#
# The gradient of the penalty, $\lambda w$, is added to $g$ and then divided by $\sqrt{\hat{v}}$ as well. So the larger a parameter's gradients, the weaker its penalty. AdamW takes the penalty out of the gradient and shrinks the weights apart from it, $w \leftarrow (1 - \eta\lambda)\,w$. That is `torch.optim.AdamW`.
# </details>
