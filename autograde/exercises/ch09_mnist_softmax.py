"""Exercises of ch09: digits with one linear layer, and an evaluation that can be trusted."""

import itertools
import math

import numpy as np
import sklearn.metrics
import torch
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise

DOUBLE = torch.float64


# ---------------------------------------------------------------- flatten-images


@exercise("flatten-images", points=1)
def flatten_images(images):
    return nn.Flatten()(images)


def numbered(*shape):
    """Images in which every pixel is another number."""
    return torch.arange(torch.Size(shape).numel()).reshape(shape).float()


@flatten_images.cases
def _(draw):
    yield (numbered(2, 1, 2, 3),)
    yield (numbered(3, 2, 4),)
    yield (numbered(1, 1, 3, 2),)
    yield (numbered(2, 3, 2, 2),)
    yield (draw.integers(0, 255, 4, 3, 3).to(torch.uint8),)
    yield (numbered(2, 1, 2, 2, 3),)  # a film, say
    yield (draw.normal(4, 1, 14, 14, dtype=DOUBLE),)
    yield (draw.normal(draw.integer(2, 5), 1, draw.integer(2, 5), draw.integer(6, 8)),)
    yield (draw.integers(0, 255, 2, 1, 28, 28).to(torch.uint8),)


@flatten_images.accepts
def _(images):
    return torch.stack([image.reshape(-1) for image in images])


@flatten_images.accepts
def _(images):
    return images.view(images.shape[0], -1)


@flatten_images.mistake(
    "all-in-one-row",
    ko="배치 축까지 펴서 모든 그림이 한 줄로 이어졌습니다. 첫째 축(그림의 번호)은 그대로 두고 그 *뒤의* 축들만 펴세요.",
    en="The batch axis is flattened too: all images became one long row. Keep the first axis (which "
    "image it is) and flatten the axes *after* it.",
)
def _(images):
    return images.flatten()


ALWAYS_784 = {
    "ko": "784(28 × 28)를 코드에 적어 두었습니다. 다른 크기의 그림에서는 오류가 납니다. `view(-1, 784)`라면 더 나쁘게도 14 × 14 그림 네 장이 오류 없이 "
    "*한 장*으로 합쳐집니다. 한 장의 픽셀 수는 들어온 모양에서 얻으세요.",
    "en": "784 (28 × 28) is written into the code. Images of another size raise an error; with "
    "`view(-1, 784)`, worse, four images of 14 × 14 silently become *one*. Take the number of pixels from "
    "the shape that comes in.",
}


@flatten_images.mistake("always-784", **ALWAYS_784)
def _(images):
    return images.reshape(-1, 28 * 28)


@flatten_images.mistake("always-784-each", **ALWAYS_784)
def _(images):
    return images.reshape(len(images), 28 * 28)


HOW_MANY_AXES = {
    "ko": "축이 몇 개인지를 코드에 못박았습니다. (N, H, W)로도 (N, C, H, W)로도 올 수 있고, 채널이 셋일 수도 있습니다. 첫째 축의 크기만 쓰고 나머지는 `-1`에 맡기세요.",
    "en": "The number of axes is written into the code. It may be (N, H, W) or (N, C, H, W), and there may be "
    "three channels. Use only the first size, and leave the rest to `-1`.",
}


@flatten_images.mistake("always-four-axes", **HOW_MANY_AXES)
def _(images):
    N, C, H, W = images.shape
    return images.reshape(N, C * H * W)


@flatten_images.mistake("always-one-channel", **HOW_MANY_AXES)
def _(images):
    N, _, H, W = images.shape
    return images.reshape(N, H * W)


@flatten_images.mistake("always-three-axes", **HOW_MANY_AXES)
def _(images):
    N, H, W = images.shape
    return images.reshape(N, H * W)


@flatten_images.mistake(
    "scrambled",
    ko="모양은 (N, D)로 맞지만 픽셀이 뒤섞였습니다: 한 줄에 여러 그림의 픽셀이 번갈아 들어 있습니다. `(D, N)`으로 바꾼 뒤 "
    "전치하면 그렇게 됩니다. N을 *앞*에 두고 모양을 바꾸면 전치할 일이 없습니다.",
    en="The shape (N, D) is right but the pixels are shuffled: each row holds pixels of several images "
    "in turn. That is what reshaping to `(D, N)` and transposing does. Put N *first* when you reshape, "
    "and there is nothing to transpose.",
)
def _(images):
    return images.reshape(-1, len(images)).T


@flatten_images.mistake(
    "transposed",
    ko="축의 순서가 거꾸로인 (D, N)입니다. 그림 한 장이 *한 줄*이어야 합니다.",
    en="The axes are the wrong way round: (D, N). One image should be one *row*.",
)
def _(images):
    return images.flatten(1).T


@flatten_images.mistake(
    "reshaped-to-columns",
    ko="(D, N) 모양이 되었고 픽셀도 뒤섞였습니다. 그림의 수 N이 먼저입니다: (N, D).",
    en="This is (D, N), with the pixels shuffled as well. The number of images N comes first: (N, D).",
)
def _(images):
    return images.reshape(-1, len(images))


@flatten_images.mistake(
    "column-by-column",
    ko="그림을 열 방향으로 읽었습니다(세로 먼저). 한 줄을 다 읽고 다음 줄로 가야 합니다. 전치는 필요 없습니다.",
    en="Each image is read column by column. Read a row to its end, then the next row; no transpose is "
    "needed.",
)
def _(images):
    return images.transpose(-1, -2).flatten(1)


@flatten_images.mistake(
    "keeps-an-axis",
    ko="축이 하나 더 남았습니다: 마지막 두 축만 폈기 때문에 채널 축이 그대로입니다. 첫째 축 뒤의 축을 *모두* 펴세요.",
    en="One axis too many is left: only the last two were flattened, and the channel axis is still "
    "there. Flatten *all* axes after the first.",
)
def _(images):
    return images.flatten(-2)


@flatten_images.mistake(
    "only-squeezed",
    ko="`squeeze`는 크기가 1인 축을 없앨 뿐, 줄들을 이어 붙이지 않습니다. 게다가 배치가 1이면 배치 축까지 사라집니다.",
    en="`squeeze` removes axes of size 1; it does not string rows together. With a batch of one it even "
    "removes the batch axis.",
)
def _(images):
    return images.squeeze()


@flatten_images.mistake(
    "loses-batch-of-one",
    ko="그림이 한 장이면 배치 축이 사라져 (D,)가 됩니다. 한 장이어도 (1, D)여야 모델에 넣을 수 있습니다.",
    en="With a single image the batch axis is lost: (D,). A model wants (1, D) even for one image.",
)
def _(images):
    return images.flatten(1).squeeze(0)


@flatten_images.mistake(
    "changes-dtype",
    ko="자료형이 바뀌었습니다. 펴는 일은 값도 자료형도 건드리지 않습니다. 0에서 255를 0에서 1로 옮기는 것은 다음 절의 일입니다.",
    en="The dtype has changed. Flattening touches neither values nor dtype; turning 0 to 255 into 0 to 1 "
    "is the business of the next section.",
)
def _(images):
    return images.flatten(1).float()


@flatten_images.mistake(
    "through-a-list",
    ko="파이썬 리스트를 거치면서 자료형을 잃었습니다. `torch.tensor`는 자료형을 새로 골라서 float64를 float32로, uint8을 int64로 만듭니다. 리스트로 풀지 말고 "
    "텐서의 모양만 바꾸세요(`reshape`).",
    en="The dtype was lost on the way through a Python list: `torch.tensor` chooses a new one, float32 for float64, "
    "int64 for uint8. Do not take the tensor apart; only change its shape, with `reshape`.",
)
def _(images):
    return torch.tensor(images.flatten(1).tolist())


@flatten_images.mistake(
    "averages-rows",
    ko="픽셀들을 평균 내어 버렸습니다. 펴기는 수를 하나도 잃지 않습니다: 한 장의 픽셀 D개가 모두 한 줄에 남아야 합니다.",
    en="This averages pixels away. Flattening loses no number: all D pixels of an image stay in its row.",
)
def _(images):
    return images.float().mean(-1).flatten(1)


@flatten_images.mistake(
    "keeps-an-axis-from-2",
    ko="축이 하나 더 남았습니다: 셋째 축부터 폈기 때문에 둘째 축이 그대로입니다. 첫째 축 뒤의 축을 *모두* 펴세요(`flatten(1)`처럼).",
    en="One axis too many is left: this flattens from the third axis on, and the second is still there. "
    "Flatten *all* axes after the first, as `flatten(1)` does.",
)
def _(images):
    return images.flatten(2)


@flatten_images.mistake(
    "squeezed-first",
    ko="먼저 `squeeze`를 해서, 그림이 한 장일 때 배치 축까지 사라졌습니다. 그러면 그림의 줄이 배치인 줄 압니다. `squeeze` 없이 펴세요.",
    en="The `squeeze` beforehand removes the batch axis as well if there is one image only, and then the rows "
    "of that image are taken for the batch. Flatten without it.",
)
def _(images):
    return images.squeeze().flatten(1)


@flatten_images.mistake(
    "first-image-only",
    ko="첫 그림만 폈습니다. 배치의 모든 그림이 한 줄씩 있어야 합니다.",
    en="Only the first image is flattened. Every image of the batch gets a row.",
)
def _(images):
    return images[0].flatten()


@flatten_images.mistake(
    "a-list",
    ko="줄들의 리스트입니다. `torch.stack`으로 쌓거나, 처음부터 텐서의 모양만 바꾸세요.",
    en="This is a list of rows. Stack them with `torch.stack`, or just change the shape of the tensor.",
)
def _(images):
    return [image.flatten() for image in images]


@flatten_images.mistake(
    "one-row",
    ko="모든 그림이 한 줄에 들어간 (1, N·D)입니다. 앞자리는 그림의 수 N이어야 합니다.",
    en="All images went into one row, (1, N·D). The size in front should be the number of images, N.",
)
def _(images):
    return images.reshape(1, -1)


@flatten_images.mistake(
    "a-row-per-channel",
    ko="채널마다 한 줄이 되었습니다. 채널이 하나일 때는 맞아 보이지만, 셋이면 그림 한 장이 세 줄로 갈라집니다. 줄의 수는 그림의 수 N입니다.",
    en="This makes a row of every channel. With one channel it looks right; with three, an image falls apart into "
    "three rows. There are N rows, one per image.",
)
def _(images):
    return images.reshape(-1, images.shape[-1] * images.shape[-2])


flatten_images.mistake(
    "unchanged",
    ko="모양이 그대로입니다. `reshape`나 `flatten`은 텐서를 고치지 않고 *새것*을 돌려주니, 그것을 돌려주어야 합니다.",
    en="The shape is as it was. `reshape` and `flatten` do not change a tensor but return a *new* one: return "
    "that.",
)(lambda images: images)


@flatten_images.mistake(
    "last-image-only",
    ko="마지막 그림만 남았습니다. 반복할 때마다 덮어쓰지 말고, 배치의 모든 그림을 한 줄씩 모으세요.",
    en="Only the last image is left. Do not overwrite it every time: every image of the batch gets a row.",
)
def _(images):
    return images[-1].flatten()


flatten_images.hints(
    ko=[
        "그림 한 장을 자를 때 윗줄부터 한 줄씩 잘라 옆으로 이어 붙인다고 생각하세요. 그림과 그림은 섞이지 않습니다.",
        "(N, …)에서 첫째 축은 두고 나머지를 하나로 합칩니다: (N, D). D는 나머지 축들의 크기를 모두 곱한 것이고, `-1`이라고 쓰면 "
        "PyTorch가 계산해 줍니다.",
        "`images.reshape(len(images), -1)`",
    ],
    en=[
        "Think of cutting each image into its rows, from the top, and laying them side by side. Images "
        "never mix.",
        "Of (N, …) keep the first axis and join all the others: (N, D). D is the product of their sizes; "
        "write `-1` and PyTorch works it out.",
        "`images.reshape(len(images), -1)`",
    ],
)


# ---------------------------------------------------------------- scale-pixels


@exercise("scale-pixels", points=1, forbids=["to_tensor", "ToTensor"])
def to_unit_range(pixels):
    return torch.from_numpy((pixels.numpy().astype(np.float64) / 255).astype(np.float32))[:, None]


@to_unit_range.cases
def _(draw):
    yield (torch.tensor([[[0, 255], [51, 102]]], dtype=torch.uint8),)
    yield (torch.tensor([[[0, 100, 20]], [[40, 8, 250]]], dtype=torch.uint8),)
    yield (torch.zeros(1, 2, 2, dtype=torch.uint8),)
    yield (torch.tensor([[[0, 1], [1, 0]]], dtype=torch.uint8),)  # hardly any ink
    n, h, w = draw.integer(2, 4), draw.integer(2, 4), draw.integer(5, 6)
    yield (draw.integers(3, 200, n, h, w).to(torch.uint8),)
    yield (draw.integers(0, 255, 3, 4, 4).to(torch.uint8),)


@to_unit_range.accepts
def _(pixels):
    return pixels.unsqueeze(1).float() / 255


@to_unit_range.accepts
def _(pixels):
    n, h, w = pixels.shape
    return pixels.float().mul(1 / 255).reshape(n, 1, h, w)


def scaled(change):
    return lambda pixels: change(pixels).unsqueeze(1)


to_unit_range.mistake(
    "divides-by-256",
    ko="256으로 나누었습니다. 값은 0부터 255까지 *256가지*이지만 가장 큰 값은 255입니다. 잉크가 가장 진한 곳이 정확히 1이 되어야 합니다.",
    en="This divides by 256. There are 256 *different* values, but the largest is 255: full ink should "
    "become exactly 1.",
)(scaled(lambda p: p / 256))
to_unit_range.mistake(
    "not-scaled",
    ko="자료형만 바꾸고 값은 0에서 255 그대로입니다. 이것이 이 장의 함정에 나오는 바로 그 상태입니다. 얼마로 나누어야 가장 큰 값이 1이 되나요?",
    en="The dtype changed but the values still go from 0 to 255: the very state of this chapter's trap. "
    "By what must you divide so that the largest becomes 1?",
)(scaled(lambda p: p.float()))
to_unit_range.mistake(
    "by-the-largest-in-the-batch",
    ko="들어온 배치에서 가장 큰 값으로 나누었습니다. 그러면 *함께 들어온 그림이 무엇인가에 따라* 같은 그림이 다른 수가 됩니다. "
    "언제나 같은 수로 나누세요.",
    en="This divides by the largest value of the batch. Then one and the same image turns into different "
    "numbers, *depending on its company*. Divide by the same number always.",
)(scaled(lambda p: p / p.max().clamp(min=1)))
to_unit_range.mistake(
    "by-the-largest-in-the-batch-nan",
    ko="들어온 배치에서 가장 큰 값으로 나누었습니다. 그러면 *함께 들어온 그림이 무엇인가에 따라* 같은 그림이 다른 수가 됩니다. "
    "언제나 같은 수로 나누세요.",
    en="This divides by the largest value of the batch. Then one and the same image turns into different "
    "numbers, *depending on its company*. Divide by the same number always.",
)(scaled(lambda p: p / p.max()))
BY_IMAGE = {
    "ko": "그림마다 그 그림의 가장 큰 값으로 나누었습니다. 흐리게 쓴 글씨와 진하게 쓴 글씨의 차이가 사라지고, 빈 그림에서는 0으로 나눕니다. 모든 "
    "그림을 같은 수로 나누세요.",
    "en": "Each image is divided by its own largest value. Faint and bold writing come out the same, and an "
    "empty image divides by 0. Divide all images by the same number.",
}
to_unit_range.mistake("by-the-largest-in-the-image", **BY_IMAGE)(
    scaled(lambda p: p / p.amax((1, 2), keepdim=True))
)
to_unit_range.mistake("by-the-largest-in-the-image-safe", **BY_IMAGE)(
    scaled(lambda p: p / p.amax((1, 2), keepdim=True).clamp(min=1))
)
STRETCHED = {
    "ko": "가장 작은 값을 0, 가장 큰 값을 1로 늘였습니다(min-max). 그 두 값은 그때 들어온 그림에 따라 달라집니다. 데이터와 상관없는 정해진 수로 "
    "나누세요.",
    "en": "This stretches the smallest value to 0 and the largest to 1 (min-max). Both depend on whatever "
    "images came in. Divide by a fixed number that no data can change.",
}
to_unit_range.mistake("min-max", **STRETCHED)(scaled(lambda p: (p - p.min()) / (p.max() - p.min())))
STANDARDISED = {
    "ko": "평균을 빼고 표준편차로 나누었습니다(4장의 표준화). 그것도 쓰는 방법이지만, 여기서는 훈련에 쓴 그림이 0에서 1이므로 똑같이 "
    "0에서 1이어야 합니다.",
    "en": "This subtracts the mean and divides by the standard deviation (chapter 4). People do that, too, "
    "but here the training images are from 0 to 1, and so must these be.",
}
to_unit_range.mistake("standardised", **STANDARDISED)(
    scaled(lambda p: (p.float() - p.float().mean()) / p.float().std(correction=0))
)
to_unit_range.mistake("standardised-n-1", **STANDARDISED)(
    scaled(lambda p: (p.float() - p.float().mean()) / p.float().std())
)
to_unit_range.mistake(
    "no-channel-axis",
    ko="값은 맞지만 모양이 (N, H, W)입니다. 채널 축이 빠졌습니다: (N, 1, H, W).",
    en="The values are right, but the shape is (N, H, W). The channel axis is missing: (N, 1, H, W).",
)(lambda p: p / 255)
to_unit_range.mistake(
    "channel-last",
    ko="채널 축을 맨 뒤에 붙였습니다. PyTorch에서 채널은 그림 번호 바로 *다음*입니다: (N, 1, H, W).",
    en="The channel axis was added at the end. In PyTorch it comes right *after* the number of the image: "
    "(N, 1, H, W).",
)(lambda p: (p / 255).unsqueeze(-1))
to_unit_range.mistake(
    "channel-first-of-all",
    ko="채널 축을 맨 앞에 붙여 (1, N, H, W)가 되었습니다. 이러면 채널이 N개인 그림 *한 장*입니다. 그림 번호가 먼저입니다.",
    en="The new axis went to the very front: (1, N, H, W), *one* image of N channels. The number of the "
    "image comes first.",
)(lambda p: (p / 255).unsqueeze(0))
INTEGERS = {
    "ko": "소수점 아래를 버려서, 255만 1이 되고 나머지 픽셀은 모두 0이 되었습니다. `//`(정수 나눗셈)가 아니라 `/`로 나누고, 나눈 뒤에 정수로 돌려놓지 마세요.",
    "en": "The fractions are thrown away: 255 became 1 and every other pixel 0. Divide with `/`, not `//`, and do not "
    "go back to whole numbers afterwards.",
}
to_unit_range.mistake("integer-division", **INTEGERS)(scaled(lambda p: p // 255))
to_unit_range.mistake("integer-division-as-float", **INTEGERS)(scaled(lambda p: (p // 255).float()))
to_unit_range.mistake(
    "black-and-white",
    ko="반보다 진하면 1, 아니면 0으로 바꾸었습니다. 회색이 모두 사라졌습니다. 나누기만 하면 됩니다.",
    en="This makes pixels above half 1 and the rest 0: all greys are gone. Just divide.",
)(scaled(lambda p: (p > 127).float()))
to_unit_range.mistake(
    "minus-one-to-one",
    ko="−1에서 1 사이로 옮겼습니다. 여기서는 0(종이)에서 1(잉크)입니다.",
    en="This goes from −1 to 1. Here paper is 0 and ink is 1.",
)(scaled(lambda p: p / 127.5 - 1))
to_unit_range.mistake(
    "inverted",
    ko="밝기가 뒤집혔습니다. 이 데이터에서는 0이 종이, 255가 잉크이므로 뒤집을 것이 없습니다.",
    en="Ink and paper are swapped. In these data 0 is paper and 255 is ink: nothing needs inverting.",
)(scaled(lambda p: 1 - p / 255))
to_unit_range.mistake("back-to-integers", **INTEGERS)(scaled(lambda p: (p / 255).long()))

to_unit_range.mistake(
    "only-the-axis",
    ko="축만 넣었습니다. 값은 아직 0에서 255 사이의 정수입니다. 얼마로 나누어야 가장 큰 값이 1이 되나요?",
    en="Only the axis was added: these are still whole numbers from 0 to 255. By what must you divide so that "
    "the largest becomes 1?",
)(scaled(lambda p: p))
to_unit_range.mistake(
    "only-float",
    ko="자료형만 바꾸었습니다. 두 가지가 남았습니다: 0에서 1이 되도록 나누고, 채널 축을 넣어 (N, 1, H, W)로 만드세요.",
    en="Only the dtype changed. Two things are left: divide, so that it goes from 0 to 1, and add the channel "
    "axis, (N, 1, H, W).",
)(lambda p: p.float())


to_unit_range.mistake(
    "flattened",
    ko="그림을 펴 버렸습니다. 여기서는 모양이 (N, 1, H, W)로, 줄과 열이 남아 있어야 합니다.",
    en="The images were flattened. Here rows and columns stay: (N, 1, H, W).",
)(lambda p: (p / 255).flatten(1))


to_unit_range.mistake(
    "channel-third",
    ko="채널 축을 셋째 자리에 넣었습니다. 채널은 그림 번호 바로 다음입니다: `unsqueeze(1)`",
    en="The channel axis went to the third place. It comes right after the number of the image: "
    "`unsqueeze(1)`.",
)(lambda p: (p / 255).unsqueeze(2))
to_unit_range.mistake(
    "clamped",
    ko="1보다 큰 값을 1로 잘랐습니다. 회색이 모두 사라집니다. 자르지 말고 나누세요.",
    en="This cuts everything above 1 down to 1, and all greys are gone. Do not cut: divide.",
)(scaled(lambda p: p.float().clamp(0, 1)))


to_unit_range.mistake(
    "guesses-from-the-largest",
    ko="가장 큰 값을 보고 나눌지 말지 정했습니다(`if x.max() > 1`). 거의 빈 그림은 가장 큰 값이 1이라 나누지 않고 지나갑니다. 같은 픽셀이 함께 들어온 "
    "그림에 따라 달라집니다. 파일의 픽셀은 언제나 0부터 255까지이니 언제나 255로 나누세요.",
    en="Whether to divide is guessed from the largest value (`if x.max() > 1`). In an image that is almost blank the "
    "largest may be 1, and it is not divided: the same pixel depends on its company. Pixels of a file always "
    "go from 0 to 255; always divide by 255.",
)(scaled(lambda p: p / 255 if p.max() > 1 else p.float()))


to_unit_range.hints(
    ko=[
        "가장 진한 잉크 255가 1이 되고 종이 0은 0으로 남아야 합니다. 데이터를 들여다보지 않는, 정해진 규칙이면 됩니다.",
        "255로 나누고(`uint8`을 `/`로 나누면 `float32`가 됩니다), 둘째 자리에 크기 1인 축을 넣습니다: (N, H, W) → (N, 1, H, W).",
        "`pixels.unsqueeze(1) / 255`",
    ],
    en=[
        "The darkest ink, 255, should become 1, and paper stay 0, by a fixed rule that never looks at the "
        "data.",
        "Divide by 255 (a `uint8` divided with `/` is `float32`), and insert an axis of size 1 in second "
        "place: (N, H, W) → (N, 1, H, W).",
        "`pixels.unsqueeze(1) / 255`",
    ],
)


# ---------------------------------------------------------------- mean-images


@exercise("mean-images", points=2)
def mean_images(x, labels, classes):
    rows = []
    for k in range(classes):
        own = x.numpy()[labels.numpy() == k]
        rows.append(own.mean(0) if len(own) else np.zeros(x.shape[1], dtype=x.numpy().dtype))
    return torch.from_numpy(np.stack(rows)).to(x.dtype)


@mean_images.cases
def _(draw):
    # Never as many images of a class as an image has pixels: a mean over the wrong axis shows.
    x = torch.tensor([[0.0, 1.0, 8.0], [4.0, 5.0, 3.0], [2.0, 3.0, 1.0], [9.0, 7.0, 2.0]])
    yield x, torch.tensor([0, 1, 0, 2]), 3
    yield x - 9, torch.tensor([10, 0, 10, 0]), 12  # a sum of pixels below 0 is no empty class
    yield x[:1, 1:2], torch.tensor([1]), 2  # one image of one pixel
    C = draw.integer(3, 5)
    sure = torch.cat([torch.arange(C), torch.tensor([0, 0, 1])])  # every class, unevenly many
    N = len(sure) + draw.integer(2, 6)
    labels = torch.cat([sure, draw.integers(0, C - 1, N - len(sure))])[draw.permutation(N)]
    yield draw.uniform(0, 1, N, draw.integer(6, 9)), labels, C
    yield draw.uniform(0, 1, N, 4, dtype=DOUBLE), labels, C + 1


@mean_images.accepts
def _(x, labels, classes):
    chosen = F.one_hot(labels, classes).to(x.dtype)  # (N, C)
    return chosen.T @ x / chosen.sum(0).clamp(min=1)[:, None]


@mean_images.accepts
def _(x, labels, classes):
    sums = torch.zeros(classes, x.shape[1], dtype=x.dtype).index_add_(0, labels, x)
    return sums / torch.bincount(labels, minlength=classes).clamp(min=1).unsqueeze(1)


def counted(labels, classes):
    return torch.bincount(labels, minlength=classes).clamp(min=1)[:, None]


def summed(x, labels, classes):
    return torch.zeros(classes, x.shape[1], dtype=x.dtype).index_add_(0, labels, x)


def narrow(answer):
    """In float32, as `torch.zeros` makes it: as a fingerprint this fits the wider ones, too."""
    return lambda x, labels, classes: answer(x, labels, classes).float()


mean_images.mistake(
    "sums",
    ko="더하기만 하고 나누지 않았습니다. 많이 쓰인 숫자의 그림일수록 진해집니다. 그 숫자의 그림이 몇 장인지로 나누세요.",
    en="This adds up but does not divide: the more often a digit occurs, the darker its image. Divide by "
    "how many images of that digit there are.",
)(narrow(summed))
mean_images.mistake(
    "divides-by-all",
    ko="모든 그림의 수 N으로 나누었습니다. 숫자 하나의 평균은 *그 숫자의* 그림 수로 나누어야 합니다.",
    en="This divides by N, the number of all images. The mean of a digit divides by the number of images "
    "*of that digit*.",
)(narrow(lambda x, labels, classes: summed(x, labels, classes) / len(x)))
mean_images.mistake(
    "divides-by-classes",
    ko="클래스의 수로 나누었습니다. 나눌 수는 그 클래스에 든 그림의 수입니다.",
    en="This divides by the number of classes. Divide by the number of images in that class.",
)(narrow(lambda x, labels, classes: summed(x, labels, classes) / classes))


@mean_images.mistake(
    "nan-for-none",
    ko="그림이 한 장도 없는 클래스에서 0을 0으로 나누어 NaN이 되었습니다. 설명문은 그런 줄을 0으로 두라고 합니다. NaN은 하나만 있어도 뒤의 모든 "
    "계산으로 번집니다.",
    en="A class without any image gives 0 divided by 0: NaN. The docstring asks for a row of zeros there. "
    "A single NaN spreads into everything computed from it.",
)
@narrow
def _(x, labels, classes):
    return torch.stack([x[labels == k].mean(0) for k in range(classes)])


@mean_images.mistake(
    "only-classes-seen",
    ko="들어온 정답에 나타난 클래스만 다루었습니다. 언제나 `classes`개의 줄이 있어야 합니다. 그러지 않으면 k번 줄이 숫자 k가 아니게 됩니다.",
    en="Only classes that occur in the labels got a row. There must always be `classes` rows, or row k "
    "is no longer digit k.",
)
def _(x, labels, classes):
    return torch.stack([x[labels == k].mean(0) for k in labels.unique()])


@mean_images.mistake(
    "last-image-only",
    ko="`means[labels] += x`는 같은 줄에 여러 번 더하지 않습니다. 같은 번호가 되풀이되면 마지막 것만 남습니다. 클래스마다 마스크로 골라 평균을 "
    "내거나 `index_add_`를 쓰세요.",
    en="`means[labels] += x` does not add repeatedly to one row: where a number occurs again, only the "
    "last one stays. Pick each class with a mask and take its mean, or use `index_add_`.",
)
@narrow
def _(x, labels, classes):
    means = torch.zeros(classes, x.shape[1], dtype=x.dtype)
    for row, label in zip(x, labels, strict=True):
        means[label] = row
    return means / counted(labels, classes)


@mean_images.mistake(
    "overwrites",
    ko="클래스마다 그림 한 장(마지막 것)만 남았습니다. 앞의 그림을 덮어쓰지 말고 모두 모아 평균을 내세요. `means[labels] += x`도 같은 줄에는 한 번만 더합니다.",
    en="Only one image per class is left, the last. Do not overwrite the earlier ones: collect them all "
    "and take their mean. `means[labels] += x`, too, adds to a row only once.",
)
@narrow
def _(x, labels, classes):
    means = torch.zeros(classes, x.shape[1], dtype=x.dtype)
    for row, label in zip(x, labels, strict=True):
        means[label] = row
    return means


@mean_images.mistake(
    "mean-of-pixels",
    ko="픽셀에 대해 평균을 내어 그림 한 장이 수 하나가 되었습니다. 같은 *자리*의 픽셀끼리, 그림에 대해 평균을 내세요: 축 0입니다.",
    en="This averages over the pixels, so an image became one number. Average over the images, for each "
    "*place* on its own: axis 0.",
)
def _(x, labels, classes):
    means = summed(x, labels, classes) / counted(labels, classes)
    return means.mean(1)


@mean_images.mistake(
    "same-for-all",
    ko="모든 클래스가 똑같습니다. 정답을 보지 않고 전체의 평균을 냈기 때문입니다. 숫자마다 그 숫자의 그림만 골라야 합니다.",
    en="All classes come out the same: that is the mean of all images. Pick the images of each digit by "
    "the labels.",
)
@narrow
def _(x, labels, classes):
    return x.mean(0).expand(classes, -1)


@mean_images.mistake(
    "transposed",
    ko="(D, C)입니다. 클래스가 줄이어야 합니다: (C, D).",
    en="This is (D, C). Classes are the rows: (C, D).",
)
@narrow
def _(x, labels, classes):
    return (summed(x, labels, classes) / counted(labels, classes)).T


@mean_images.mistake(
    "returns-a-list",
    ko="텐서의 리스트를 돌려주었습니다. `torch.stack`으로 쌓아 (C, D) 텐서 하나로 만드세요.",
    en="This returns a list of tensors. Make one (C, D) tensor of them with `torch.stack`.",
)
def _(x, labels, classes):
    return list(summed(x, labels, classes) / counted(labels, classes))


@mean_images.mistake(
    "one-number",
    ko="그림 한 장이 수 하나로 뭉개져서, 줄마다 같은 수만 있습니다. `.mean()`은 픽셀까지 모두 평균 냅니다. 그림에 대해서만, 축 0으로 평균을 내세요.",
    en="Every row repeats one number: `.mean()` averages the pixels as well. Average over the images alone, "
    "along axis 0.",
)
@narrow
def _(x, labels, classes):
    means = torch.zeros(classes, x.shape[1], dtype=x.dtype)
    for k in range(classes):
        if (labels == k).any():
            means[k] = x[labels == k].mean()
    return means


@mean_images.mistake(
    "from-one",
    ko="클래스 0을 빠뜨렸습니다. 클래스는 0부터 셉니다: `range(classes)`.",
    en="Class 0 is left out. Classes count from 0: `range(classes)`.",
)
@narrow
def _(x, labels, classes):
    means = summed(x, labels, classes) / counted(labels, classes)
    return torch.cat([torch.zeros_like(means[:1]), means[1:]])


@mean_images.mistake(
    "one-mean",
    ko="모든 그림의 평균 한 장입니다. 정답을 보고 숫자마다 따로 평균을 내어 `classes`개의 줄을 만드세요.",
    en="That is the one mean of all images. Use the labels: a mean for each digit, `classes` rows.",
)
def _(x, labels, classes):
    return x.mean(0)


@mean_images.mistake(
    "always-float32",
    ko="값은 거의 맞지만 자료형이 float32로 좁아졌습니다. `torch.zeros`에 `dtype=x.dtype`을 주세요.",
    en="The values are nearly right, but the dtype was narrowed to float32. Give `torch.zeros` its "
    "`dtype=x.dtype`.",
)
def _(x, labels, classes):
    return (summed(x, labels, classes) / counted(labels, classes)).float()


FIRST_ONLY = {
    "ko": "첫 클래스만 채우고 돌아갔습니다. `return`이 반복문 *안에* 있지 않은가요?",
    "en": "Only the first class was filled. Is the `return` *inside* the loop?",
}


def filled(x, labels, classes, numbers, axis=0):
    means = torch.zeros(classes, x.shape[1])
    for k in numbers:
        if (labels == k).any():
            means[k] = x[labels == k].mean(axis)
    return means


@mean_images.mistake("return-inside-the-loop", **FIRST_ONLY)
def _(x, labels, classes):
    return filled(x, labels, classes, [0])


@mean_images.mistake("return-inside-the-loop-over-those-seen", **FIRST_ONLY)
def _(x, labels, classes):
    return filled(x, labels, classes, labels.unique()[:1])


@mean_images.mistake("return-inside-the-loop-without-an-if", **FIRST_ONLY)
def _(x, labels, classes):
    means = torch.zeros(classes, x.shape[1])
    means[0] = x[labels == 0].mean(0)
    return means


@mean_images.mistake(
    "axis-one",
    ko="축 1로 평균을 내어 그림 한 장이 수 하나가 되었습니다. 같은 *자리*의 픽셀끼리, 그림에 대해 평균을 내세요: 축 0입니다.",
    en="With axis 1 the mean runs over the pixels, and an image becomes one number. Average over the "
    "images, for each *place* on its own: axis 0.",
)
def _(x, labels, classes):
    return filled(x, labels, classes, range(classes), axis=1)


TEN = {
    "ko": "10이나 784를 코드에 적어 두었습니다. 클래스의 수는 `classes`, 픽셀의 수는 `x.shape[1]`에서 얻으세요.",
    "en": "10 or 784 is written into the code. Take the number of classes from `classes`, and that of the "
    "pixels from `x.shape[1]`.",
}


@mean_images.mistake("always-ten", **TEN)
def _(x, labels, classes):
    return filled(x, labels, 10, range(classes))


@mean_images.mistake("ten-rows-cut-off", **TEN)
def _(x, labels, classes):
    return filled(x, labels, 10, range(10))[:classes]


for rows in (10, None):

    @mean_images.mistake(f"always-784-{rows or 'classes'}", **TEN)
    def _(x, labels, classes, rows=rows):
        means = torch.zeros(rows or classes, 784)
        for k in labels.unique():
            means[k] = x[labels == k].mean(0)
        return means


@mean_images.mistake("always-ten-nan", **TEN)
@narrow
def _(x, labels, classes):
    return torch.stack([x[labels == k].mean(0) for k in range(10)])


@mean_images.mistake(
    "empty-by-the-pixels",
    ko="그림이 있는지를 픽셀의 값으로 물었습니다. 픽셀이 모두 0이거나 음수여도 그림은 있습니다. 마스크에 물으세요: `if mask.any():`",
    en="Whether there is an image is asked of the values of its pixels, which may all be 0 or negative although there "
    "is one. Ask the mask: `if mask.any():`.",
)
@narrow
def _(x, labels, classes):
    means = torch.zeros(classes, x.shape[1], dtype=x.dtype)
    for k in range(classes):
        if x[labels == k].sum() > 0:
            means[k] = x[labels == k].mean(0)
    return means


LAST_MISSING = {
    "ko": "마지막 클래스가 빠졌습니다. 줄은 언제나 `classes`개이고, 그림이 없는 클래스도 자기 줄이 있습니다: `range(classes)`",
    "en": "The last class is missing. There are always `classes` rows, and a class without images has one, "
    "too: `range(classes)`.",
}


@mean_images.mistake("as-many-as-the-largest-label", **LAST_MISSING)
def _(x, labels, classes):
    return filled(x, labels, int(labels.max()) + 1, range(classes))


@mean_images.mistake("one-class-too-few", **LAST_MISSING)
def _(x, labels, classes):
    return filled(x, labels, classes, range(classes - 1))


@mean_images.mistake(
    "rows-in-the-order-seen",
    ko="나타난 클래스만 앞에서부터 차례로 채웠습니다. 없는 클래스가 있으면 그 뒤가 한 줄씩 밀립니다. 줄의 번호는 클래스의 번호입니다: `means[k] = …`",
    en="The classes that occur were filled in from the top. Where one is missing, all after it slip up a row. "
    "The number of the row is that of the class: `means[k] = …`",
)
def _(x, labels, classes):
    own = filled(x, labels, classes, range(classes))[labels.unique()]
    return torch.cat([own, torch.zeros(classes - len(own), x.shape[1])])


@mean_images.mistake(
    "k-for-a-row-of-x",
    ko="`x[k]`는 k번째 *그림*입니다. 필요한 것은 정답이 k인 그림들입니다: `x[labels == k]`",
    en="`x[k]` is the k-th *image*. Wanted are the images labelled k: `x[labels == k]`",
)
@narrow
def _(x, labels, classes):
    means = torch.zeros(classes, x.shape[1], dtype=x.dtype)
    for k in labels.unique():
        means[k] = x[k].mean(0)
    return means


mean_images.hints(
    ko=[
        "숫자 3의 평균 그림은, 정답이 3인 줄만 골라서 위에서 아래로(줄에 대해) 평균을 낸 것입니다.",
        "`labels == k`는 마스크입니다. `x[labels == k]`는 (그 숫자의 장수, D), `.mean(0)`은 (D,). 한 장도 없으면 0으로 된 (D,)입니다.",
        "`means = torch.zeros(classes, x.shape[1], dtype=x.dtype)`으로 시작해 `for k in range(classes):` 안에서 `mask = labels == k`, "
        "`if mask.any(): means[k] = x[mask].mean(0)`",
    ],
    en=[
        "The mean image of the digit 3: pick the rows whose label is 3, and average them from top to "
        "bottom (over the rows).",
        "`labels == k` is a mask. `x[labels == k]` is (how many of them, D), its `.mean(0)` is (D,). With "
        "none, the row is (D,) zeros.",
        "Start with `means = torch.zeros(classes, x.shape[1], dtype=x.dtype)`; in `for k in range(classes):` "
        "take `mask = labels == k`, and `if mask.any(): means[k] = x[mask].mean(0)`.",
    ],
)


# ---------------------------------------------------------------- running-mean-loss


@exercise("running-mean-loss", points=2)
def running_mean_loss(losses, sizes):
    values, weights = np.array([float(loss.detach()) for loss in losses]), np.array(sizes)
    return (np.cumsum(values * weights) / np.cumsum(weights)).tolist()


def with_record(losses):
    """0-dimensional tensors that autograd watches, as a loss in training is."""
    return [loss.clone().requires_grad_() for loss in losses]


@running_mean_loss.cases
def _(draw):
    yield with_record(torch.tensor([4.0, 1.0, 7.0])), [2, 2, 1]
    yield with_record(torch.tensor([3.0, 1.0])), [2, 2]
    yield with_record(torch.tensor([0.5])), [3]
    size, K = draw.integer(4, 9), draw.integer(3, 6)
    sizes = [size] * (K - 1) + [draw.integer(1, size - 2)]
    yield with_record(draw.uniform(0.5, 4, K)), sizes
    yield with_record(draw.uniform(0.5, 4, 4, dtype=DOUBLE)), draw.integers(1, 9, 4).tolist()
    yield list(torch.tensor([2.0, 5.0])), [3, 1]  # without a graph


@running_mean_loss.accepts
def _(losses, sizes):
    total, seen, means = 0.0, 0, []
    for loss, size in zip(losses, sizes, strict=True):
        total, seen = total + loss.item() * size, seen + size
        means.append(total / seen)
    return means


@running_mean_loss.accepts
def _(losses, sizes):
    weights = torch.tensor(sizes)
    each = torch.stack([loss.detach().double() for loss in losses])
    return ((each * weights).cumsum(0) / weights.cumsum(0)).tolist()


@running_mean_loss.accepts
def _(losses, sizes):
    mean, seen, means = 0.0, 0, []
    for loss, size in zip(losses, sizes, strict=True):
        seen += size
        mean += (float(loss) - mean) * size / seen
        means.append(mean)
    return tuple(means)


def running(losses, sizes, number, weigh=True):
    total, seen, means = 0.0, 0, []
    for loss, size in zip(losses, sizes, strict=True):
        size = size if weigh else 1
        total, seen = total + number(loss) * size, seen + size
        means.append(total / seen)
    return means


TENSORS = {
    "ko": "파이썬 수가 아니라 텐서를 돌려주었습니다. 손실 텐서를 그대로 더하면 합이 그 배치들의 계산 그래프를 *모두* 붙들고, `detach()`를 했더라도 아직 "
    "텐서입니다. 배치마다 `.item()`으로 수만 꺼내서 더하세요.",
    "en": "These are tensors, not Python numbers. Add up the loss tensors themselves, and the sum holds on to "
    "the graphs of *all* those batches; and after `detach()` they are still tensors. Take the bare number "
    "out of each batch with `.item()`, and add those.",
}
running_mean_loss.mistake("keeps-the-graph", **TENSORS)(
    lambda losses, sizes: running(losses, sizes, lambda loss: loss)
)
for start in (torch.zeros(()), torch.zeros(1)):  # total = torch.tensor(0.0), or torch.zeros(1)
    running_mean_loss.mistake(f"keeps-the-graph-from-{tuple(start.shape)}", **TENSORS)(
        lambda losses, sizes, start=start: running(losses, sizes, lambda loss: start + loss.float())
    )
running_mean_loss.mistake(
    "keeps-the-graph-as-the-notes",
    ko="노트의 코드와 같은 잘못이 둘입니다. 손실 텐서를 그대로 더해서 한 에폭의 계산 그래프를 모두 붙들고 있습니다(`.item()`으로 수만 꺼내세요). "
    "그리고 배치의 수로 나누어 더해 가므로 끝날 때까지 평균이 아니고, 짧은 배치도 긴 배치와 똑같이 셉니다.",
    en="Two mistakes, as in the notes. The loss tensors themselves are added, so the sum holds on to the "
    "graph of the whole epoch (take the number out with `.item()`). And shares of the number of batches "
    "are added: no mean before the end, with a short batch counted like a full one.",
)(lambda losses, sizes: list(itertools.accumulate(loss / len(losses) for loss in losses)))
running_mean_loss.mistake(
    "shares-of-the-epoch",
    ko="손실을 배치의 *전체* 수로 나누어 더해 갔습니다. 그래서 처음에는 너무 작고 점점 커지며, 짧은 배치도 긴 배치와 똑같이 셉니다. 지금까지 본 표본의 "
    "수로 나누세요.",
    en="This adds up losses divided by the number of *all* batches: too small at first, and growing, with "
    "a short batch counted like a full one. Divide by the number of samples seen so far.",
)(lambda losses, sizes: list(itertools.accumulate(loss.item() / len(losses) for loss in losses)))
running_mean_loss.mistake(
    "mean-of-means",
    ko="배치를 모두 똑같은 무게로 평균 냈습니다. 짧은 마지막 배치의 표본이 더 무겁게 셈됩니다(5장). 배치마다 크기만큼 무게를 주세요.",
    en="Every batch weighs the same here, so the samples of a short last batch count for more (chapter 5). "
    "Weigh each batch by its size.",
)(lambda losses, sizes: running(losses, sizes, lambda loss: loss.item(), weigh=False))
running_mean_loss.mistake(
    "mean-of-means-as-tensors",
    ko="두 가지입니다. 배치를 모두 똑같은 무게로 평균 냈고(크기만큼 무게를 주세요), 텐서를 돌려주었습니다(`.item()`으로 수만 꺼내서 더하세요).",
    en="Two things: every batch weighs the same (weigh it by its size), and these are tensors (take the "
    "numbers out with `.item()` and add those).",
)(lambda losses, sizes: running(losses, sizes, lambda loss: loss, weigh=False))
running_mean_loss.mistake(
    "only-the-last",
    ko="마지막 평균 하나만 돌려주었습니다. 배치가 끝날 때마다의 평균을 모두 리스트에 담으세요.",
    en="This returns the last mean alone. Collect the mean after every batch in a list.",
)(lambda losses, sizes: running(losses, sizes, lambda loss: loss.item())[-1])
running_mean_loss.mistake(
    "running-sum",
    ko="더하기만 하고 나누지 않았습니다. 평균은 지금까지의 합을 지금까지 본 표본의 수로 나눈 것입니다.",
    en="This adds up but never divides. A mean is the sum so far, divided by the number of samples so far.",
)(
    lambda losses, sizes: list(
        itertools.accumulate(loss.item() * n for loss, n in zip(losses, sizes, strict=True))
    )
)


@running_mean_loss.mistake(
    "divides-by-the-whole-epoch",
    ko="처음부터 에폭 전체의 표본 수로 나누었습니다. 아직 보지 않은 표본까지 나누는 셈이라 마지막에만 맞습니다. 지금까지 *본* 표본의 수로 나누세요.",
    en="This divides by the samples of the whole epoch from the start, those not yet seen included, and "
    "is right only at the end. Divide by the number of samples seen *so far*.",
)
def _(losses, sizes):
    total, means = 0.0, []
    for loss, size in zip(losses, sizes, strict=True):
        total += loss.item() * size
        means.append(total / sum(sizes))
    return means


@running_mean_loss.mistake(
    "divides-by-batches",
    ko="손실에 배치 크기를 곱해 더했는데, 나누기는 배치의 수로 했습니다. 곱한 크기들의 합, 곧 지금까지 본 표본의 수로 나누세요.",
    en="The losses are multiplied by the sizes, but then divided by the number of batches. Divide by the "
    "sum of those sizes: the samples seen so far.",
)
def _(losses, sizes):
    total, means = 0.0, []
    for k, (loss, size) in enumerate(zip(losses, sizes, strict=True), start=1):
        total += loss.item() * size
        means.append(total / k)
    return means


@running_mean_loss.mistake(
    "no-running",
    ko="배치마다의 손실을 그대로 돌려주었습니다. k번째 수는 첫 배치부터 k번째 배치까지 *모두*의 평균이어야 합니다.",
    en="These are the losses of the single batches. Number k should be the mean over *all* batches from "
    "the first to the k-th.",
)
def _(losses, sizes):
    return [loss.item() for loss in losses]


@running_mean_loss.mistake(
    "one-behind",
    ko="한 박자 늦습니다. 평균을 적은 *다음에* 이번 배치를 더했습니다. 첫째 수는 0이 아니라 첫 배치의 손실입니다.",
    en="One step behind: the mean is noted *before* this batch is added. The first number is the loss of "
    "the first batch, not 0.",
)
def _(losses, sizes):
    return [0.0, *running(losses, sizes, lambda loss: loss.item())[:-1]]


@running_mean_loss.mistake(
    "one-tensor",
    ko="텐서 하나로 돌려주었습니다. 파이썬 수(float)의 리스트여야 합니다. `.tolist()`가 바꾸어 줍니다.",
    en="This returns one tensor. A list of Python floats is asked for; `.tolist()` makes one of it.",
)
def _(losses, sizes):
    return torch.tensor(running(losses, sizes, lambda loss: loss.item()))


running_mean_loss.mistake(
    "only-the-last-in-a-list",
    ko="마지막 평균 하나만 있습니다. 배치가 끝날 때마다 그때까지의 평균을 붙이세요. `append`가 반복문 *안에* 있나요?",
    en="Only the last mean is there. Append the mean so far after every batch: is the `append` *inside* the "
    "loop?",
)(lambda losses, sizes: running(losses, sizes, lambda loss: loss.item())[-1:])
running_mean_loss.mistake(
    "the-losses-themselves",
    ko="받은 손실을 그대로 돌려주었습니다. 그래프가 달린 텐서이고, 평균도 아닙니다. `.item()`으로 수를 꺼내고, 크기로 가중해 지금까지의 평균을 내세요.",
    en="These are the losses that came in: tensors with their graphs, and no means. Take the numbers out with "
    "`.item()`, and make the mean so far, weighted by the sizes.",
)(lambda losses, sizes: list(losses))


@running_mean_loss.mistake(
    "a-full-last-batch",
    ko="모든 배치의 크기를 첫 배치와 같다고 보았습니다. 짧은 마지막 배치는 자기 크기만큼만 셉니다.",
    en="Every batch is taken to be as large as the first. A short one at the end counts by its own size.",
)
def _(losses, sizes):
    total, seen, means = 0.0, 0, []
    for loss, size in zip(losses, sizes, strict=True):
        total, seen = total + loss.item() * sizes[0], seen + size
        means.append(total / seen)
    return means


@running_mean_loss.mistake(
    "unweighted-over-samples",
    ko="손실을 그대로 더해 놓고 표본의 수로 나누었습니다. 배치의 손실은 이미 그 배치의 평균이니, 더하기 전에 크기를 곱하세요.",
    en="The losses are added as they are, then divided by the number of samples. A batch's loss is already a "
    "mean: multiply it by the size before you add it.",
)
def _(losses, sizes):
    total, seen, means = 0.0, 0, []
    for loss, size in zip(losses, sizes, strict=True):
        total, seen = total + loss.item(), seen + size
        means.append(total / seen)
    return means


running_mean_loss.mistake(
    "return-inside-the-loop",
    ko="첫 배치에서 끝났습니다. `return`이 반복문 *안에* 들어 있지 않은가요?",
    en="It ended with the first batch. Is the `return` *inside* the loop?",
)(lambda losses, sizes: running(losses, sizes, lambda loss: loss.item())[:1])


@running_mean_loss.mistake(
    "divides-by-this-batch",
    ko="지금까지의 합을 *이번 배치의* 크기로 나누었습니다. 합은 모든 배치의 것이니, 지금까지 본 표본을 모두 센 수로 나누세요.",
    en="The sum so far is divided by the size of *this batch*. The sum is over all batches, so divide by all "
    "samples seen so far.",
)
def _(losses, sizes):
    total, means = 0.0, []
    for loss, size in zip(losses, sizes, strict=True):
        total += loss.item() * size
        means.append(total / size)
    return means


NOTES_IN_PLACE = {
    "ko": "노트의 줄 그대로입니다. 텐서에 `+=`를 하면 제자리에서 바뀌어, 리스트의 모든 칸이 같은 텐서(마지막 값)를 가리킵니다. 그래프도 그대로 붙어 있습니다. "
    "`.item()`으로 수를 꺼내 크기로 가중해 더하고, 지금까지의 표본 수로 나누세요.",
    "en": "This is the notes' line. `+=` changes a tensor in place, so every entry of the list is the same "
    "tensor, with the last value, and the graph is still behind it. Take numbers out with `.item()`, weigh "
    "them by the sizes, and divide by the samples so far.",
}
for start in (0, torch.zeros(())):

    @running_mean_loss.mistake(f"as-the-notes-in-place-from-{start}", **NOTES_IN_PLACE)
    def _(losses, sizes, start=start):
        total = start + sum(loss / len(losses) for loss in losses)
        return [total if isinstance(start, int) else total.float()] * len(losses)


@running_mean_loss.mistake(
    "no-sum",
    ko="합이 쌓이지 않습니다. 배치마다 `=`로 새로 적지 말고 `+=`로 더하세요.",
    en="The sum does not grow: `=` starts anew with every batch. Add with `+=`.",
)
def _(losses, sizes):
    seen = itertools.accumulate(sizes)
    return [loss.item() * size / n for loss, size, n in zip(losses, sizes, seen, strict=True)]


HALVES = {
    "ko": "지금까지의 평균과 새 손실을 반반 섞었습니다. 그러면 나중 배치일수록 무겁습니다. 합과 표본 수를 따로 들고 다니세요.",
    "en": "The old mean and the new loss are mixed half and half, so late batches weigh more. Carry the sum and "
    "the number of samples along.",
}


def halves(losses, mean):
    means = []
    for loss in losses:
        mean = (mean + loss.item()) / 2
        means.append(mean)
    return means


running_mean_loss.mistake("half-and-half", **HALVES)(lambda losses, sizes: halves(losses, 0.0))
running_mean_loss.mistake("half-and-half-from-the-first", **HALVES)(
    lambda losses, sizes: halves(losses, losses[0].item())
)


@running_mean_loss.mistake(
    "numpy",
    ko="그래프가 달린 텐서에는 `numpy()`를 쓸 수 없습니다. 파이썬 수가 필요하니 `.item()`을 쓰세요.",
    en="A tensor with a graph behind it gives no `numpy()`. A Python number is wanted: `.item()`.",
)
def _(losses, sizes):
    return running(losses, sizes, lambda loss: loss.numpy())


running_mean_loss.hints(
    ko=[
        "두 가지를 들고 다니면 됩니다: 지금까지의 손실 합과 지금까지 본 표본의 수. 합에는 그래프가 달린 텐서가 아니라 수만 넣으세요.",
        "배치의 손실은 그 배치의 *평균*이니, 크기를 곱하면 그 배치의 합이 됩니다. (합) / (본 표본의 수)를 배치마다 리스트에 붙입니다. 수는 "
        "`.item()`으로 꺼냅니다.",
        "`total, seen, means = 0.0, 0, []`에서 시작해 `for loss, size in zip(losses, sizes):` 안에서 `total += loss.item() * size`, `seen += size`, "
        "`means.append(total / seen)`, 반복문이 끝나면 `return means`",
    ],
    en=[
        "Carry two things along: the sum of losses so far and the number of samples so far. Put bare "
        "numbers into the sum, not tensors with a graph behind them.",
        "A batch's loss is the *mean* of that batch, so times its size it is the batch's sum. After each "
        "batch append (sum) / (samples seen). The number comes out with `.item()`.",
        "Start with `total, seen, means = 0.0, 0, []`; in `for loss, size in zip(losses, sizes):` write "
        "`total += loss.item() * size`, `seen += size`, `means.append(total / seen)`; after the loop "
        "`return means`.",
    ],
)


# ---------------------------------------------------------------- keeps-graph


@exercise("keeps-graph", kind="value", points=2, all_or_nothing=True)
def keeps_graph():
    model, x, y = nn.Linear(3, 2), torch.ones(4, 3), torch.tensor([0, 1, 1, 0])

    def loss():
        return F.cross_entropy(model(x), y)

    model.eval()
    watched = loss()
    with torch.no_grad():
        unwatched = loss()
    model.train()
    kept = [
        loss() / 10,
        [loss()][0],
        loss().detach(),
        watched,
        unwatched,
        torch.tensor(loss().item()),
    ]
    return [each.requires_grad for each in kept]


@keeps_graph.accepts
def _():
    weight = torch.ones(2, requires_grad=True)
    made = []
    for take in (
        lambda: 0.0 + weight.sum() / 10,
        lambda: [weight.sum()].pop(),
        lambda: 0.0 + weight.sum().detach(),
        lambda: 0.0 + nn.Identity().eval()(weight).sum(),
        lambda: 0.0 + torch.no_grad()(lambda: weight.sum())(),
        lambda: 0.0 + weight.sum().item(),
    ):
        made.append(getattr(take(), "grad_fn", None) is not None)
    return tuple(made)


GRAPH_LINES = {
    "A": (
        "A는 그래프를 붙듭니다. 나누기도 더하기도 그래프에 적히고, 합은 지금까지의 모든 배치로 이어집니다. 노트의 줄입니다.",
        "A keeps the graph: the division and the addition are recorded too, and the sum leads back to every "
        "batch so far. It is the line of the notes.",
    ),
    "B": (
        "B도 붙듭니다. 더하지 않아도, 손실 텐서를 리스트에 넣어 두면 그 그래프도 함께 남습니다.",
        "B keeps it: nothing is added up, but a loss tensor in a list has its graph kept with it.",
    ),
    "C": (
        "C는 붙들지 않습니다. `detach()`는 값은 같고 그래프에서 떼어 낸 텐서를 줍니다.",
        "C does not: `detach()` gives a tensor of the same value, cut off from the graph.",
    ),
    "D": (
        "D는 붙듭니다. `eval()`은 층의 *행동*을 바꿀 뿐, 자동 미분을 끄지 않습니다. 둘은 다른 스위치입니다.",
        "D keeps it: `eval()` changes how layers *behave*; it does not switch autograd off. They are two "
        "different switches.",
    ),
    "E": (
        "E는 붙들지 않습니다. `torch.no_grad()` 안에서는 처음부터 아무것도 적지 않습니다.",
        "E does not: inside `torch.no_grad()` nothing is recorded in the first place.",
    ),
    "F": (
        "F는 붙들지 않습니다. `.item()`은 파이썬 수 하나를 꺼냅니다. 수에는 그래프가 없습니다.",
        "F does not: `.item()` takes out a Python number, and a number has no graph.",
    ),
}
for wrong in itertools.product([False, True], repeat=6):
    doubtful = [
        line for line, a, b in zip(GRAPH_LINES, wrong, keeps_graph(), strict=True) if a != b
    ]
    if not doubtful:
        continue
    ko, en = GRAPH_LINES[doubtful[0]]
    if all(wrong):
        ko = "모두가 그래프를 붙드는 것은 아닙니다. " + ko.replace(
            "는 붙들지", "는 그래프를 붙들지"
        )
        en = "Not all of them keep the graph. " + en
    elif not any(wrong):
        ko = "하나도 붙들지 않는다고요? 그중에는 붙드는 것이 있습니다. " + ko
        en = "None at all? Some of them do keep the graph. " + en
    elif len(doubtful) == 6:
        ko = "여섯이 모두 거꾸로입니다. True는 '그래프를 붙든다'는 뜻입니다. " + ko
        en = "All six are the wrong way round: True means that the graph is kept. " + en
    keeps_graph.mistake("wrong-at-" + "".join(doubtful), ko=ko, en=en)(list(wrong))


keeps_graph.mistake(
    "zeros-and-ones",
    ko="참과 거짓은 맞지만 0과 1로 적었습니다. True와 False로 적어 주세요.",
    en="Right, but written as 0 and 1. Write True and False.",
)(list(map(int, keeps_graph())))
keeps_graph.mistake(
    "words",
    ko="참과 거짓은 맞지만 따옴표 안에 적어 글자가 되었습니다. 따옴표 없이 True와 False로 적어 주세요.",
    en="Right, but in quotes, which makes them text. Write True and False without quotes.",
)(list(map(str, keeps_graph())))

for chosen in itertools.product([False, True], repeat=6):
    letters = list(itertools.compress("ABCDEF", chosen))
    if letters:
        keeps_graph.mistake(
            "letters-" + "".join(letters),
            ko="글자가 아니라 A부터 F까지 차례로 True나 False를, 모두 여섯 개 적으세요. 그래프를 붙드는 것이 True입니다.",
            en="Not letters: write True or False for each of A to F, six in all. True means that the graph is "
            "kept.",
        )(letters)


keeps_graph.hints(
    ko=[
        "줄마다 물어보세요. 남은 것에서 모델의 가중치까지 거슬러 갈 수 있나요?",
        "계산하는 *동안* 적지 않는 것이 하나, 적은 뒤에 떼어 내는 것이 하나, 수만 꺼내는 것이 하나 있습니다. `eval()`은 그 어느 것도 아닙니다.",
        "자동 미분을 끄거나 끊는 것은 `no_grad`, `detach()`, `item()`뿐입니다. 나머지 셋은 True입니다.",
    ],
    en=[
        "Ask of each line: from what is left, can you walk back to the model's weights?",
        "One of them records nothing *while* computing, one cuts off what was recorded, one takes the bare "
        "number. `eval()` is none of these.",
        "Only `no_grad`, `detach()` and `item()` switch the record off or cut it. The other three are True.",
    ],
)


# ---------------------------------------------------------------- evaluate


@exercise("evaluate", points=4, rtol=1e-4, returns=("loss", "accuracy", "recorded"))
def evaluate(state, pixels, labels, batch_size):
    x = pixels.numpy().reshape(len(labels), -1).astype(np.float64) / 255
    weight, bias = (
        state[f"linear.{name}"].numpy().astype(np.float64) for name in ("weight", "bias")
    )
    logits, y = x @ weight.T + bias, labels.numpy()
    loss = sklearn.metrics.log_loss(
        y, np.exp(logits - np.logaddexp.reduce(logits, 1)[:, None]), labels=range(len(bias))
    )
    return float(loss), sklearn.metrics.accuracy_score(y, logits.argmax(1)), False


class NoisyLayer(nn.Module):
    """The notebook's OneLayer, for the mistakes and variants."""

    def __init__(self, state):
        super().__init__()
        classes, pixels = state["linear.weight"].shape
        self.linear = nn.Linear(pixels, classes)
        self.load_state_dict(state)

    def forward(self, images):
        x = images.flatten(1)
        return self.linear(x + 0.5 * torch.randn_like(x) if self.training else x)


@evaluate.cases
def _(draw):
    def one(N, H, W, C, batch_size):
        pixels = draw.integers(0, 255, N, H, W).to(torch.uint8)
        state = {
            "linear.weight": 3 * draw.normal(C, H * W) / (H * W) ** 0.5,
            "linear.bias": draw.normal(C),
        }
        x = pixels.flatten(1) / 255
        best = (x @ state["linear.weight"].T + state["linear.bias"]).argmax(1)
        labels = torch.where(draw.uniform(0, 1, N) < 0.6, best, draw.integers(0, C - 1, N))
        labels[0], labels[1] = best[0], (best[1] + 1) % C  # one right, one wrong at least
        return state, pixels, labels, batch_size

    yield one(3, 2, 2, 3, 2)
    yield one(4, 2, 3, 2, 4)
    yield one(draw.integer(9, 12), 3, 3, 4, 4 if draw.integer(0, 1) else 7)
    yield one(2 * draw.integer(4, 6) + 1, 4, 3, 5, 2)
    yield one(6, 28, 28, 10, 100)


def assess(
    state, pixels, labels, batch_size, *, scale=255, evaluation=True, quiet=True, whole=False
):
    """The evaluation with its switches set right or wrong."""
    model = NoisyLayer(state).train(not evaluation)
    total, right = 0.0, 0
    with torch.set_grad_enabled(not quiet):
        for rows in torch.arange(len(labels)).split(len(labels) if whole else batch_size):
            logits = model(pixels[rows].unsqueeze(1).float() / scale)
            total += F.cross_entropy(logits, labels[rows], reduction="sum").item()
            right += (logits.argmax(1) == labels[rows]).sum().item()
    return total / len(labels), right / len(labels), logits.requires_grad


@evaluate.accepts
def _(state, pixels, labels, batch_size):
    return assess(state, pixels, labels, batch_size)


@evaluate.accepts
@torch.no_grad()
def _(state, pixels, labels, batch_size):
    model = NoisyLayer(state)
    model.eval()
    logits = torch.cat([model(part[:, None] / 255) for part in pixels.split(batch_size)])
    hits = (logits.argmax(1) == labels).double().mean().item()
    return [F.cross_entropy(logits, labels).item(), hits, logits.requires_grad]


@evaluate.accepts
def _(state, pixels, labels, batch_size):
    with torch.inference_mode():
        logits = pixels.flatten(1).double() / 255 @ state["linear.weight"].double().T
        logits = logits + state["linear.bias"]
        losses = -logits.log_softmax(1)[torch.arange(len(labels)), labels]
    accuracy = (logits.max(1).indices == labels).sum().item() / len(labels)
    return losses.mean().item(), accuracy, False


RAW = {
    "ko": "원본 픽셀 0–255를 그대로 넣었습니다. 이 가중치는 0–1 그림으로 학습했습니다. 정확도는 멀쩡해 보여도 손실이 부풀고 확률은 모두 0 아니면 1이 됩니다. "
    "훈련 때와 똑같이 255로 나누세요(`to_unit_range`).",
    "en": "The raw pixels, 0 to 255, went in. These weights were trained on images from 0 to 1. The accuracy may "
    "look fine, but the loss blows up and every probability becomes 0 or 1. Scale as in training "
    "(`to_unit_range`).",
}
TRAINING = {
    "ko": "모델이 아직 훈련 모드입니다. 갓 만든 모듈은 언제나 훈련 모드라, 그림에 잡음을 섞어서 평가했습니다. 평가 전에 `model.eval()`을 부르세요.",
    "en": "The model is still in training mode, as every module is when it is made, so noise was added to the "
    "images you test with. Call `model.eval()` before you evaluate.",
}
RECORDED = {
    "ko": "두 수는 맞습니다. 하지만 자동 미분이 평가까지 모두 적었습니다. `eval()`은 기록을 끄지 않습니다. 모델을 부르는 곳을 `with torch.no_grad():` 안에 두세요.",
    "en": "Both numbers are right, but autograd recorded the whole evaluation. `eval()` does not switch that off. "
    "Call the model inside `with torch.no_grad():`.",
}
ALL_THREE = {
    "ko": "세 곳이 모두 그대로입니다. 출력 셋이 하나씩 가리킵니다: 손실(픽셀의 단위), 정확도(모델의 모드), recorded(자동 미분의 기록).",
    "en": "All three breaks are still there. The three results point at one each: the loss (the pixels' units), the "
    "accuracy (the model's mode), recorded (autograd's record).",
}
TWO = {
    "ko": "하나는 고쳤지만 둘이 남았습니다. 픽셀의 단위, 모델의 모드, 자동 미분의 기록을 하나씩 다시 보세요.",
    "en": "One is mended, two are left. Look again at the pixels' units, the model's mode, and autograd's record.",
}
ONE_SWITCH = {"raw": RAW, "training-mode": TRAINING, "recorded": RECORDED}
for n_left in (1, 2, 3):
    for left in itertools.combinations(ONE_SWITCH, n_left):
        message = {1: ONE_SWITCH[left[0]], 2: TWO, 3: ALL_THREE}[n_left]
        for whole in (False, True) if "training-mode" in left else (False,):

            def switched(state, pixels, labels, batch_size, left=left, whole=whole):
                return assess(
                    state, pixels, labels, batch_size,
                    scale=1 if "raw" in left else 255,
                    evaluation="training-mode" not in left,
                    quiet="recorded" not in left,
                    whole=whole,
                )  # fmt: skip

            key = "-and-".join(left) + ("-all-at-once" if whole else "")
            evaluate.mistake(key, **message)(switched)


@evaluate.mistake(
    "mean-of-batch-means",
    ko='손실이 배치 평균들의 평균입니다. 마지막 짧은 배치의 표본이 더 무겁게 셈됩니다. `reduction="sum"`으로 더한 다음 표본의 수로 나누세요.',
    en="The loss is a mean of batch means: the samples of a short last batch count for more. Add up with "
    '`reduction="sum"` and divide by the number of samples.',
)
def _(state, pixels, labels, batch_size):
    _, accuracy, recorded = assess(state, pixels, labels, batch_size)
    parts = [
        assess(state, p, y, batch_size)[0]
        for p, y in zip(pixels.split(batch_size), labels.split(batch_size), strict=True)
    ]
    return sum(parts) / len(parts), accuracy, recorded


@evaluate.mistake(
    "both-means-of-batch-means",
    ko="손실도 정확도도 배치 평균들의 평균입니다. 마지막 짧은 배치의 표본이 더 무겁게 셈됩니다. 합을 모은 다음 표본의 수로 나누세요.",
    en="Loss and accuracy are means of batch means: the samples of a short last batch count for more. "
    "Collect sums, and divide by the number of samples.",
)
def _(state, pixels, labels, batch_size):
    parts = [
        assess(state, p, y, batch_size)[:2]
        for p, y in zip(pixels.split(batch_size), labels.split(batch_size), strict=True)
    ]
    return *(sum(each) / len(parts) for each in zip(*parts, strict=True)), False


@evaluate.mistake(
    "sum-of-losses",
    ko="손실을 더하기만 하고 표본의 수로 나누지 않았습니다. 그러면 시험용 그림이 많을수록 손실이 커집니다.",
    en="The losses are added up and never divided by the number of samples: the more test images, the "
    "larger the loss.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return loss * len(labels), accuracy, recorded


@evaluate.mistake(
    "over-full-batches",
    ko="배치의 수 × `batch_size`로 나누었습니다. 마지막 배치는 짧을 수 있으니 표본의 수 `len(labels)`로 나누세요.",
    en="This divides by the number of batches times `batch_size`. The last batch may be short: divide by the number of "
    "samples, `len(labels)`.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    share = len(labels) / (math.ceil(len(labels) / batch_size) * batch_size)
    return loss * share, accuracy * share, recorded


@evaluate.mistake(
    "scaled-by-256",
    ko="픽셀을 256으로 나누었습니다. 가장 큰 값은 255이고, 그것이 1이 되어야 합니다: `/ 255`",
    en="The pixels are divided by 256. The largest value is 255, and that becomes 1: `/ 255`.",
)
def _(state, pixels, labels, batch_size):
    return assess(state, pixels, labels, batch_size, scale=256)


BY_LARGEST = {
    "ko": "픽셀을 255가 아니라 이 그림들의 가장 큰 값으로 나누었습니다. 그러면 같은 그림도 누구와 함께 왔는지에 따라 달라집니다: `/ 255`",
    "en": "The pixels are divided by the largest value of these images, not by 255. Then one and the same image changes with "
    "the company it comes in: `/ 255`.",
}


@evaluate.mistake("scaled-by-the-largest", **BY_LARGEST)
def _(state, pixels, labels, batch_size):
    return assess(state, pixels, labels, batch_size, scale=int(pixels.max()))


@evaluate.mistake("scaled-by-the-largest-of-the-batch", **BY_LARGEST)
def _(state, pixels, labels, batch_size):
    by_batch = [each / each.max() for each in pixels.split(batch_size)]
    return assess(state, torch.cat(by_batch), labels, batch_size, scale=1)


@evaluate.mistake(
    "scaled-in-whole-numbers",
    ko="`//`로 나누어 소수점 아래를 버렸습니다. 255만 1이 되고 나머지 픽셀은 모두 0이 됩니다: `/ 255`",
    en="`//` throws the fractions away: 255 becomes 1 and every other pixel 0. Divide with `/ 255`.",
)
def _(state, pixels, labels, batch_size):
    return assess(state, pixels // 255, labels, batch_size, scale=1)


@evaluate.mistake(
    "sums-of-means",
    ko='배치의 평균 손실을 더해서 표본의 수로 나누었습니다. 평균을 한 번 더 나눈 셈이라 너무 작습니다. `reduction="sum"`을 쓰거나 배치 크기를 곱하세요.',
    en="Mean losses of batches are added and then divided by the number of samples: divided twice, far "
    'too small. Use `reduction="sum"`, or multiply by the size of the batch.',
)
def _(state, pixels, labels, batch_size):
    _, accuracy, recorded = assess(state, pixels, labels, batch_size)
    parts = [
        assess(state, p, y, batch_size)[0]
        for p, y in zip(pixels.split(batch_size), labels.split(batch_size), strict=True)
    ]
    return sum(parts) / len(labels), accuracy, recorded


@evaluate.mistake(
    "softmax-twice",
    ko="`F.cross_entropy`에 softmax를 지난 확률을 넣었습니다. 그 안에서 softmax를 한 번 더 하므로(7장) 손실이 틀립니다. 로짓을 그대로 넣으세요.",
    en="Probabilities after a softmax went into `F.cross_entropy`, which applies one itself (chapter 7). "
    "Put in the logits as they are.",
)
def _(state, pixels, labels, batch_size):
    _, accuracy, recorded = assess(state, pixels, labels, batch_size)
    with torch.no_grad():
        logits = NoisyLayer(state).eval()(pixels[:, None] / 255)
    return F.cross_entropy(logits.softmax(1), labels).item(), accuracy, recorded


@evaluate.mistake(
    "percent",
    ko="정확도를 백분율로 돌려주었습니다. 0에서 1 사이의 비율로 돌려주세요. 퍼센트는 출력할 때의 일입니다.",
    en="The accuracy is in percent. Return a share from 0 to 1; percent is a matter of printing.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return loss, 100 * accuracy, recorded


@evaluate.mistake(
    "counts-right",
    ko="맞힌 *개수*를 돌려주었습니다. 시험용 그림의 수로 나눈 비율이어야 합니다.",
    en="That is the *number* of right answers. Return it as a share of all test images.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return loss, float(round(accuracy * len(labels))), recorded


@evaluate.mistake(
    "error-rate",
    ko="틀린 비율을 돌려주었습니다. 정확도는 *맞힌* 비율입니다.",
    en="That is the share of wrong answers. Accuracy is the share of *right* ones.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return loss, 1 - accuracy, recorded


@evaluate.mistake(
    "swapped",
    ko="손실과 정확도의 순서가 바뀌었습니다: (loss, accuracy, recorded).",
    en="Loss and accuracy are swapped: (loss, accuracy, recorded).",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return accuracy, loss, recorded


@evaluate.mistake(
    "tensors",
    ko="손실과 정확도가 텐서입니다. 파이썬 수가 필요합니다: `.item()`. 기록이 켜져 있었다면 그 텐서들이 그래프까지 붙들고 있습니다.",
    en="Loss and accuracy are tensors. Python numbers are wanted: `.item()`. If recording was on, those "
    "tensors hold on to the graph as well.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return torch.tensor(loss), torch.tensor(accuracy), recorded


@evaluate.mistake(
    "loss-as-a-tensor",
    ko="손실이 텐서입니다. 파이썬 수가 필요합니다: `.item()`. 기록이 켜져 있었다면 그 텐서가 그래프까지 붙들고 있습니다.",
    en="The loss is a tensor. A Python number is wanted: `.item()`. If recording was on, that tensor "
    "holds on to the graph as well.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return torch.tensor(loss), accuracy, recorded


@evaluate.mistake(
    "accuracy-as-a-tensor",
    ko="정확도가 텐서입니다. 파이썬 수가 필요합니다: `.item()`.",
    en="The accuracy is a tensor. A Python number is wanted: `.item()`.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return loss, torch.tensor(accuracy), recorded


DROPPED = {
    "ko": "마지막의 짧은 배치를 세지 않았습니다. 시험용 그림은 하나도 버리지 않습니다.",
    "en": "The short batch at the end is left out. Not a single test image may be dropped.",
}


@evaluate.mistake("last-batch-dropped", **DROPPED)
def _(state, pixels, labels, batch_size):
    full = len(labels) // batch_size * batch_size  # 0, if there is only one short batch
    return assess(state, pixels[:full], labels[:full], batch_size)


@evaluate.mistake("last-batch-dropped-over-all", **DROPPED)
def _(state, pixels, labels, batch_size):
    model, total, right = NoisyLayer(state).eval(), 0.0, 0
    for k in range(len(labels) // batch_size):  # never, if there is only one short batch
        rows = range(k * batch_size, (k + 1) * batch_size)
        logits = model(pixels[rows, None] / 255).detach()
        total += F.cross_entropy(logits, labels[rows], reduction="sum").item()
        right += (logits.argmax(1) == labels[rows]).sum().item()
    return total / len(labels), right / len(labels), logits.requires_grad


DIVIDES_BY_BATCH_SIZE = {
    "ko": "표본의 수가 아니라 `batch_size`로 나누었습니다. 모든 배치를 더했으니 `len(labels)`로 나누세요.",
    "en": "This divides by `batch_size`, not by the number of samples. All batches were added up: divide by "
    "`len(labels)`.",
}
for loss_too, accuracy_too in ((True, True), (True, False), (False, True)):
    key = "over-batch-size" + "-loss" * loss_too + "-accuracy" * accuracy_too

    @evaluate.mistake(key, **DIVIDES_BY_BATCH_SIZE)
    def _(state, pixels, labels, batch_size, loss_too=loss_too, accuracy_too=accuracy_too):
        loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
        times = len(labels) / batch_size
        return loss * times**loss_too, accuracy * times**accuracy_too, recorded


LAST_BATCH = {
    "ko": "마지막 배치의 값만 남았습니다. 반복문 안에서 `=`가 아니라 `+=`로 더해 나가세요. `return`이나 나눗셈의 들여쓰기도 보세요.",
    "en": "Only the values of the last batch are left. Add up over the whole loop, with `+=` and not `=`, and "
    "look at the indentation of the division and the `return`.",
}


@evaluate.mistake("last-batch-only", **LAST_BATCH)
def _(state, pixels, labels, batch_size):
    return assess(state, pixels.split(batch_size)[-1], labels.split(batch_size)[-1], batch_size)


for loss_too, accuracy_too in ((True, True), (True, False), (False, True)):
    key = "last-batch-over-all" + "-loss" * loss_too + "-accuracy" * accuracy_too

    @evaluate.mistake(key, **LAST_BATCH)
    def _(state, pixels, labels, batch_size, loss_too=loss_too, accuracy_too=accuracy_too):
        loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
        p, y = pixels.split(batch_size)[-1], labels.split(batch_size)[-1]
        share = len(y) / len(labels)
        last, hits, _ = assess(state, p, y, batch_size)
        return (
            last * share if loss_too else loss,
            hits * share if accuracy_too else accuracy,
            recorded,
        )


@evaluate.mistake(
    "first-batch-only",
    ko="첫 배치만 평가했습니다. `return`이 반복문 *안에* 있지 않은가요?",
    en="Only the first batch was evaluated. Is the `return` *inside* the loop?",
)
def _(state, pixels, labels, batch_size):
    return assess(state, pixels[:batch_size], labels[:batch_size], batch_size)


@evaluate.mistake(
    "scaled-twice",
    ko="255로 두 번 나누었습니다. 그림이 거의 하얗게 되어 편향만 남습니다. `to_unit_range`를 썼다면 더 나눌 것이 없습니다.",
    en="Divided by 255 twice: the images become nearly blank, and only the bias is left. After "
    "`to_unit_range` there is nothing more to divide.",
)
def _(state, pixels, labels, batch_size):
    return assess(state, pixels, labels, batch_size, scale=255 * 255)


@evaluate.mistake(
    "two-results",
    ko="두 개만 돌려주었습니다. 셋째 `recorded`도 필요합니다: 마지막 `logits.requires_grad`.",
    en="Only two results. The third, `recorded`, is wanted as well: the last `logits.requires_grad`.",
)
def _(state, pixels, labels, batch_size):
    return assess(state, pixels, labels, batch_size)[:2]


@evaluate.mistake(
    "a-full-last-batch",
    ko="짧은 마지막 배치를 꽉 찬 배치로 쳤습니다. 배치의 평균 손실에는 그 배치에 실제로 든 그림의 수를 곱해야 합니다. "
    '`reduction="sum"`을 쓰면 곱할 것이 없습니다.',
    en="The short last batch was counted as a full one. The mean loss of a batch must be multiplied by the "
    'images really in it; with `reduction="sum"` there is nothing to multiply.',
)
def _(state, pixels, labels, batch_size):
    _, accuracy, recorded = assess(state, pixels, labels, batch_size)
    parts = [
        assess(state, p, y, batch_size)[0]
        for p, y in zip(pixels.split(batch_size), labels.split(batch_size), strict=True)
    ]
    return sum(parts) * batch_size / len(labels), accuracy, recorded


KEPT = {
    "ko": "두 가지입니다. 자동 미분이 평가를 모두 적었고(`with torch.no_grad():`), 손실을 수가 아니라 텐서로 더해서 그 기록을 몽땅 붙들고 있습니다"
    "(`.item()`).",
    "en": "Two things: autograd recorded the evaluation (`with torch.no_grad():`), and the loss is a tensor, which "
    "holds on to all of that record (`.item()`).",
}


@evaluate.mistake("keeps-the-graph", **KEPT)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size, quiet=False)
    return torch.tensor(loss, requires_grad=True), accuracy, recorded


@evaluate.mistake("keeps-the-graph-and-counts", **KEPT)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size, quiet=False)
    return torch.tensor(loss, requires_grad=True), torch.tensor(accuracy), recorded


@evaluate.mistake(
    "return-inside-the-loop",
    ko="첫 배치가 끝나자 돌아갔습니다. `return`이 반복문 *안에* 있으면 나머지 배치는 세지 않습니다.",
    en="It returned after the first batch. With the `return` *inside* the loop, the other batches are never "
    "counted.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels[:batch_size], labels[:batch_size], batch_size)
    share = len(labels[:batch_size]) / len(labels)
    return loss * share, accuracy * share, recorded


@evaluate.mistake(
    "accuracy-sums-shares",
    ko="배치마다의 *비율*을 더해서 표본의 수로 나누었습니다. 맞힌 *개수*를 더하세요: `.sum().item()`.",
    en="The *shares* of the batches are added and divided by the number of samples. Add up the *number* of right "
    "answers: `.sum().item()`.",
)
def _(state, pixels, labels, batch_size):
    loss, _, recorded = assess(state, pixels, labels, batch_size)
    parts = [
        assess(state, p, y, batch_size)[1]
        for p, y in zip(pixels.split(batch_size), labels.split(batch_size), strict=True)
    ]
    return loss, sum(parts) / len(labels), recorded


@evaluate.mistake(
    "mean-of-accuracies",
    ko="손실은 맞지만 정확도가 배치마다의 정확도를 평균 낸 것입니다. 짧은 마지막 배치의 그림이 더 무겁게 셈됩니다. 맞힌 *개수*를 더해 표본의 수로 나누세요.",
    en="The loss is right, but the accuracy is a mean of the batches' accuracies: the images of a short last "
    "batch count for more. Add up the *number* of right answers and divide by the number of samples.",
)
def _(state, pixels, labels, batch_size):
    loss, _, recorded = assess(state, pixels, labels, batch_size)
    parts = [
        assess(state, p, y, batch_size)[1]
        for p, y in zip(pixels.split(batch_size), labels.split(batch_size), strict=True)
    ]
    return loss, sum(parts) / len(parts), recorded


@evaluate.mistake(
    "never-divides",
    ko="손실의 합과 맞힌 개수에서 멈추었습니다. 둘 다 표본의 수로 나누세요.",
    en="It stops at the sum of the losses and the number of right answers. Divide both by the number of samples.",
)
def _(state, pixels, labels, batch_size):
    loss, accuracy, recorded = assess(state, pixels, labels, batch_size)
    return loss * len(labels), round(accuracy * len(labels)), recorded


evaluate.hints(
    ko=[
        "망가진 코드의 출력 셋을 하나씩 보세요. 손실이 부푼 것, 정확도가 흔들리는 것, recorded가 True인 것은 원인이 서로 다릅니다.",
        "(1) 모델에 넣기 전에 `to_unit_range`로 훈련 때와 같은 단위로. (2) 반복문 앞에서 모델을 평가 모드로. (3) 모델을 부르는 반복문 전체를 "
        "`with torch.no_grad():` 안에. 더하고 나누는 부분은 망가진 코드도 맞습니다.",
        "`model = rebuild(state)`, `model.eval()`, `total, right = 0.0, 0` 다음에 `with torch.no_grad():`를 쓰고 망가진 코드의 반복문을 그 안으로 들여쓰세요. "
        "그림은 `images = to_unit_range(pixels[rows])`, `return`은 그대로입니다.",
    ],
    en=[
        "Look at the three results of the broken code one by one. A loss blown up, an accuracy that "
        "wavers, a recorded that is True: each has a cause of its own.",
        "(1) Before the model: `to_unit_range`, for the units of training. (2) Before the loop: the model "
        "into evaluation mode. (3) The whole loop that calls the model inside `with torch.no_grad():`. "
        "Adding up and dividing are right in the broken code, too.",
        "After `model = rebuild(state)`, `model.eval()` and `total, right = 0.0, 0` write `with torch.no_grad():` "
        "and indent the loop of the broken code under it. In it, `images = to_unit_range(pixels[rows])`; the "
        "`return` stays as it is.",
    ],
)


# ---------------------------------------------------------------- confusion-matrix


@exercise("confusion-matrix", points=2, forbids=["confusion_matrix"])
def confusion_matrix(labels, guesses, classes):
    counts = sklearn.metrics.confusion_matrix(labels, guesses, labels=list(range(classes)))
    return torch.from_numpy(counts).long()


@confusion_matrix.cases
def _(draw):
    yield torch.tensor([0, 0, 1, 1, 1, 2]), torch.tensor([0, 1, 1, 1, 0, 1]), 3
    yield torch.tensor([1, 1]), torch.tensor([0, 0]), 4
    yield torch.tensor([0]), torch.tensor([1]), 2
    yield torch.tensor([1, 0, 1]), torch.tensor([1, 1, 0]), 2  # the last cell occurs
    yield torch.full((300,), 11), torch.full((300,), 10), 12  # more than a byte holds
    C = draw.integer(3, 6)
    for N in (draw.integer(8, 12), draw.integer(20, 40)):
        labels = draw.integers(0, C - 2, N)  # the last class never occurs, but is guessed
        guesses = torch.where(draw.uniform(0, 1, N) < 0.5, labels, draw.integers(0, C - 1, N))
        labels[:3], guesses[:3] = torch.tensor([0, 0, 1]), torch.tensor([C - 1, C - 1, 0])
        yield labels, guesses, C


@confusion_matrix.accepts
def _(labels, guesses, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    for truth, guess in zip(labels.tolist(), guesses.tolist(), strict=True):
        matrix[truth, guess] += 1
    return matrix


@confusion_matrix.accepts
def _(labels, guesses, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    return matrix.index_put_((labels, guesses), torch.tensor(1), accumulate=True)


@confusion_matrix.accepts
def _(labels, guesses, classes):
    return F.one_hot(labels, classes).T @ F.one_hot(guesses, classes)


def counted_pairs(labels, guesses, classes):
    pairs = torch.bincount(labels * classes + guesses, minlength=classes * classes)
    return pairs.reshape(classes, classes)


confusion_matrix.mistake(
    "transposed",
    ko="줄과 열이 바뀌었습니다. 줄(첫째 번호)이 정답, 열이 모델의 답입니다. 뒤집으면 '7을 1로 읽었다'가 '1을 7로 읽었다'가 됩니다.",
    en="Rows and columns are swapped. The row is the truth, the column the guess. Turned round, “read a 7 as "
    "a 1” becomes “read a 1 as a 7”.",
)(lambda labels, guesses, classes: counted_pairs(labels, guesses, classes).T)


@confusion_matrix.mistake(
    "counts-once",
    ko="칸마다 많아야 1입니다. `matrix[labels, guesses] += 1`은 같은 칸이 여러 번 나와도 한 번만 더합니다. 반복문으로 하나씩 더하거나 "
    "`index_put_(…, accumulate=True)`, `bincount`를 쓰세요.",
    en="No cell holds more than 1. `matrix[labels, guesses] += 1` adds only once, however often a cell "
    "comes up. Add one by one in a loop, or use `index_put_(…, accumulate=True)` or `bincount`.",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).clamp(max=1)


@confusion_matrix.mistake(
    "one-hot-without-classes",
    ko="`F.one_hot`에 클래스의 수를 알려 주지 않아, 나온 번호까지만 줄과 열이 생깁니다. `F.one_hot(labels, classes)`처럼 적으세요.",
    en="`F.one_hot` is not told how many classes there are, so rows and columns end at the largest number that occurs. "
    "Write `F.one_hot(labels, classes)`.",
)
def _(labels, guesses, classes):
    return F.one_hot(labels).T @ F.one_hot(guesses)


@confusion_matrix.mistake(
    "counted-in-bytes",
    ko="한 바이트짜리 정수(`uint8`, `int8`)로 세었습니다. 한 바이트에는 256가지 수밖에 없어서 넘치면 처음으로 돌아갑니다. 처음부터 int64로 세세요.",
    en="The cells are counted in one byte (`uint8` or `int8`). It holds only 256 different numbers, and past the largest "
    "it starts over. Count in int64 from the start.",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).to(torch.uint8).long()


SHARES = {
    "ko": "줄마다 비율로 나누었습니다. 여기서 필요한 것은 개수(int64)입니다.",
    "en": "The rows were turned into shares. Wanted are counts (int64).",
}


@confusion_matrix.mistake("shares", **SHARES)
def _(labels, guesses, classes):
    counts = counted_pairs(labels, guesses, classes)
    return counts / counts.sum(1, keepdim=True).clamp(min=1)


@confusion_matrix.mistake("shares-nan", **SHARES)
def _(labels, guesses, classes):
    counts = counted_pairs(labels, guesses, classes)
    return counts / counts.sum(1, keepdim=True)


@confusion_matrix.mistake(
    "floats",
    ko="개수는 맞지만 실수(float)입니다. `torch.zeros`는 float32를 만듭니다. `dtype=torch.int64`를 주세요.",
    en="The counts are right, but floats. `torch.zeros` makes float32: give it `dtype=torch.int64`.",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).float()


@confusion_matrix.mistake(
    "only-errors",
    ko="틀린 것만 세어 대각선이 모두 0입니다. 맞힌 것도 셉니다: 대각선이 맞힌 개수입니다.",
    en="Only the errors are counted, and the diagonal is 0. Count the right answers, too: they are the "
    "diagonal.",
)
def _(labels, guesses, classes):
    counts = counted_pairs(labels, guesses, classes)
    return counts - counts.diag().diag()


@confusion_matrix.mistake(
    "only-right",
    ko="맞힌 것만 세었습니다. 대각선 밖이 비어 있으면 무엇과 헷갈렸는지 알 수 없습니다. 모델의 답이 열 번호입니다.",
    en="Only right answers are counted. With nothing off the diagonal you cannot see what was confused with "
    "what: the guess is the number of the column.",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).diag().diag()


@confusion_matrix.mistake(
    "only-labels-seen",
    ko="나타난 클래스까지만 표를 만들었습니다. 한 번도 나오지 않은 클래스도 자리가 있어야 합니다: 언제나 (classes, classes).",
    en="The table is only as large as the classes that occur. One that never occurs needs its place, too: "
    "always (classes, classes).",
)
def _(labels, guesses, classes):
    size = int(max(labels.max(), guesses.max())) + 1
    return counted_pairs(labels, guesses, size)


@confusion_matrix.mistake(
    "from-one",
    ko="번호가 한 칸씩 밀렸습니다. 클래스 0은 0번 줄과 0번 열입니다.",
    en="Everything is one place off. Class 0 is row 0 and column 0.",
)
def _(labels, guesses, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    return matrix.index_put_((labels - 1, guesses - 1), torch.tensor(1), accumulate=True)


@confusion_matrix.mistake(
    "counts-all-in-one",
    ko="줄마다 정답의 개수만 세었습니다(한 줄의 수가 모두 같습니다). 표의 한 칸은 정답과 답의 *짝* 하나입니다.",
    en="Each row holds only how often its label occurs, in every column. A cell belongs to one *pair* of "
    "truth and guess.",
)
def _(labels, guesses, classes):
    return torch.bincount(labels, minlength=classes)[:, None].expand(classes, classes)


@confusion_matrix.mistake(
    "a-list",
    ko="리스트를 돌려주었습니다. `torch.tensor(…)`로 텐서를 만드세요.",
    en="This returns a list. Make a tensor of it with `torch.tensor(…)`.",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).tolist()


@confusion_matrix.mistake(
    "transposed-floats",
    ko="두 가지입니다. 줄과 열이 바뀌었고(줄이 정답입니다), 자료형이 실수입니다(`dtype=torch.int64`).",
    en="Two things: rows and columns are swapped (the row is the truth), and the dtype is float "
    "(`dtype=torch.int64`).",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).T.float()


@confusion_matrix.mistake(
    "counts-once-floats",
    ko="두 가지입니다. `matrix[labels, guesses] += 1`은 같은 칸이 되풀이되어도 한 번만 더하고, `torch.zeros`는 실수를 만듭니다"
    "(`dtype=torch.int64`).",
    en="Two things: `matrix[labels, guesses] += 1` adds only once however often a cell comes up, and "
    "`torch.zeros` makes floats (`dtype=torch.int64`).",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).clamp(max=1).float()


@confusion_matrix.mistake(
    "flat",
    ko="개수가 한 줄로 늘어서 있습니다. `reshape(classes, classes)`로 표를 만드세요.",
    en="The counts stand in one row. Make a table of them with `reshape(classes, classes)`.",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).flatten()


@confusion_matrix.mistake(
    "transposed-counts-once",
    ko="두 가지입니다. 줄과 열이 바뀌었고(줄이 정답입니다), 번호로 한꺼번에 더하면 같은 칸은 한 번만 더해집니다.",
    en="Two things: rows and columns are swapped (the row is the truth), and adding by whole tensors of numbers "
    "increases a cell only once.",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes).T.clamp(max=1)


@confusion_matrix.mistake(
    "return-inside-the-loop",
    ko="표본 하나만 세고 돌아갔습니다. `return`이 반복문 *안에* 있지 않은가요?",
    en="It returned after one sample. Is the `return` *inside* the loop?",
)
def _(labels, guesses, classes):
    return counted_pairs(labels[:1], guesses[:1], classes)


@confusion_matrix.mistake(
    "shares-of-all",
    ko="전체 표본 수로 나눈 비율입니다. 여기서 필요한 것은 개수(int64)입니다.",
    en="These are shares of all samples. Wanted are counts (int64).",
)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, classes) / len(labels)


def in_whole_numbers_and_floats(key, ko, en):
    """Registers a mistake in int64, and as `torch.zeros` without a dtype makes it."""

    def register(answer):
        confusion_matrix.mistake(key, ko=ko, en=en)(answer)
        confusion_matrix.mistake(key + "-floats", ko=ko, en=en)(
            lambda labels, guesses, classes: answer(labels, guesses, classes).float()
        )
        return answer

    return register


@in_whole_numbers_and_floats(
    "every-pair",
    ko="모든 정답을 모든 답과 짝지었습니다. 같은 그림의 정답과 답만 짝입니다: `zip(labels, guesses)`",
    en="Every label is paired with every guess. Only the label and the guess of the same image are a pair: "
    "`zip(labels, guesses)`.",
)
def _(labels, guesses, classes):
    counts = (torch.bincount(each, minlength=classes) for each in (labels, guesses))
    return torch.outer(*counts)


TEN_CLASSES = {
    "ko": "10을 코드에 적어 두었습니다. 클래스의 수는 `classes`입니다.",
    "en": "10 is written into the code. The number of classes is `classes`.",
}


@in_whole_numbers_and_floats("always-ten", **TEN_CLASSES)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, 10)


@confusion_matrix.mistake("ten-and-cut-off", **TEN_CLASSES)
def _(labels, guesses, classes):
    return counted_pairs(labels, guesses, 10)[:classes, :classes]


@in_whole_numbers_and_floats(
    "loop-over-classes",
    ko="클래스의 수만큼만 돌았습니다. 표본마다 한 번이니 `range(len(labels))`이거나 `zip(labels, guesses)`입니다.",
    en="The loop runs over the number of classes. It is once per sample: `range(len(labels))`, or "
    "`zip(labels, guesses)`.",
)
def _(labels, guesses, classes):
    matrix = torch.zeros(classes, classes, dtype=torch.int64)
    for i in range(classes):
        matrix[labels[i], guesses[i]] += 1
    return matrix


ONE_ROW = {
    "ko": "모든 줄이 똑같습니다. `[[0] * classes] * classes`는 같은 줄 하나를 여러 번 가리킵니다. `[[0] * classes for _ in range(classes)]`라고 쓰세요.",
    "en": "All rows are the same: `[[0] * classes] * classes` is one row, several times over. Write "
    "`[[0] * classes for _ in range(classes)]`.",
}


@confusion_matrix.mistake("one-row", **ONE_ROW)
def _(labels, guesses, classes):
    return torch.bincount(guesses, minlength=classes).expand(classes, classes)


@confusion_matrix.mistake("one-row-list", **ONE_ROW)
def _(labels, guesses, classes):
    return torch.bincount(guesses, minlength=classes).expand(classes, classes).tolist()


@confusion_matrix.mistake(
    "no-minlength",
    ko="`bincount`는 나타난 가장 큰 번호에서 끝나서, 마지막 칸들이 비면 짧아집니다. `minlength=classes**2`를 주세요.",
    en="`bincount` ends at the largest number that occurs, and is too short if the last cells are empty. Give "
    "it `minlength=classes**2`.",
)
def _(labels, guesses, classes):
    return torch.bincount(labels * classes + guesses).reshape(classes, classes)


confusion_matrix.hints(
    ko=[
        "빈 표를 놓고, 그림 한 장마다 (정답, 답) 칸에 작대기를 하나씩 그으세요.",
        "`torch.zeros(classes, classes, dtype=torch.int64)`에서 시작해, 짝마다 그 칸에 1을 더합니다. 줄이 정답, 열이 답입니다.",
        "`matrix`를 위와 같이 만들고 `for truth, guess in zip(labels, guesses): matrix[truth, guess] += 1`, 끝에 `return matrix`",
    ],
    en=[
        "Put down an empty table and, for every image, make one stroke in the cell (truth, guess).",
        "Start with `torch.zeros(classes, classes, dtype=torch.int64)` and add 1 to the cell of each pair. "
        "Rows are the truth, columns the guesses.",
        "Make `matrix` as above; then `for truth, guess in zip(labels, guesses): matrix[truth, guess] += 1`, and "
        "at the end `return matrix`.",
    ],
)


# ---------------------------------------------------------------- worst-mistakes


@exercise("worst-mistakes", points=3, returns=("rows", "confidences"))
def worst_mistakes(logits, labels, k):
    scores = logits.numpy().astype(np.float64)
    shares = np.exp(scores - np.logaddexp.reduce(scores, 1)[:, None])
    found = [
        (-row.max(), i)
        for i, (row, label) in enumerate(zip(shares, labels.tolist(), strict=True))
        if row.argmax() != label
    ]
    chosen = sorted(found)[:k]
    rows = torch.tensor([i for _, i in chosen], dtype=torch.int64)
    return rows, torch.tensor([-confidence for confidence, _ in chosen], dtype=logits.dtype)


@worst_mistakes.cases
def _(draw):
    logits = torch.tensor([[2.0, 0.0], [0.0, 3.0], [1.0, 0.0], [0.0, 2.5], [4.0, 0.0]])
    yield logits, torch.tensor([1, 1, 1, 0, 0]), 2
    yield logits, torch.tensor([1, 1, 1, 0, 0]), 5
    yield logits, torch.tensor([0, 1, 1, 1, 0]), 2  # exactly one mistake
    # None is sure. Row 0 is surer of its answer, row 1 further ahead of its second choice.
    yield torch.tensor([[0.45, 0.44, 0.11], [0.4, 0.3, 0.3]]).log(), torch.tensor([1, 1]), 1
    # Large logits need not be sure ones: row 0 has the largest, row 2 the surest.
    logits = torch.tensor([[9.0, 8.5, 0.0], [1.0, 4.0, 1.0], [0.0, -9.0, 6.0], [5.0, 4.0, 3.5]])
    yield logits, torch.tensor([1, 1, 0, 2]), 2
    yield logits, logits.argmax(1), 3
    C = draw.integer(3, 5)
    for k, N in ((3, 14), (draw.integer(4, 6), draw.integer(18, 24))):
        logits = 1.5 * draw.normal(N, C) + 8 * draw.uniform(-1, 1, N, 1)
        guesses = logits.argmax(1)
        labels = torch.where(draw.uniform(0, 1, N) < 0.4, guesses, (guesses + 1) % C)
        # The right ones come first and are surer than any mistake; at least k + 2 mistakes.
        labels[0] = guesses[0]
        logits[0, guesses[0]] += 6
        labels[2 : k + 4] = (guesses[2 : k + 4] + draw.integers(1, C - 1, k + 2)) % C
        yield logits, labels, k
    logits = draw.normal(8, 3) + 1000  # exp overflows unless the maximum is taken off
    yield logits, (logits.argmax(1) + torch.arange(8) % 2) % 3, 3


@worst_mistakes.accepts
def _(logits, labels, k):
    confidences, guesses = logits.softmax(1).max(1)
    wrong = (guesses != labels).nonzero().flatten()
    order = confidences[wrong].sort(descending=True).indices[:k]
    return wrong[order], confidences[wrong][order]


@worst_mistakes.accepts
def _(logits, labels, k):
    confidences, guesses = torch.softmax(logits, dim=1).max(dim=1)
    masked = torch.where(guesses == labels, -1.0, confidences)
    top = masked.topk(min(k, int((guesses != labels).sum())))
    return top.indices, top.values


def ranked(rows, by, k):
    """Of these rows, the k with the largest `by`."""
    return rows[by[rows].argsort(descending=True)[:k]]


def parts_of(logits, labels):
    confidences, guesses = logits.softmax(1).max(1)
    return confidences, guesses, (guesses != labels).nonzero().flatten()


@worst_mistakes.mistake(
    "most-confident-of-all",
    ko="틀린 것을 가려내지 않고 가장 자신 있는 답을 뽑았습니다. 대부분 *맞힌* 그림입니다. 먼저 답(가장 큰 로짓의 번호)이 레이블과 다른 것만 남기세요.",
    en="These are the most confident answers of all, most of them *right*. First keep only those whose "
    "answer, the number of the largest logit, differs from the label.",
)
def _(logits, labels, k):
    confidences, _, _ = parts_of(logits, labels)
    rows = ranked(torch.arange(len(labels)), confidences, k)
    return rows, confidences[rows]


BY_MARGIN = {
    "ko": "고른 답이 둘째 답을 얼마나 앞서는지로 줄을 세웠습니다. 여기서는 고른 답의 확률 그 자체로 줄을 세우고, 그 확률을 돌려줍니다.",
    "en": "Ranked by how far the answer is ahead of the second choice. Here it is the probability of the answer "
    "itself that ranks them and is returned.",
}


def margins(scores):
    first, second = scores.topk(2, 1).values.T
    return first - second


@worst_mistakes.mistake("by-margin", **BY_MARGIN)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, margins(logits.softmax(1)), k)
    return rows, confidences[rows]


@worst_mistakes.mistake("margins-for-confidence", **BY_MARGIN)
def _(logits, labels, k):
    ahead = margins(logits.softmax(1))
    rows = ranked(parts_of(logits, labels)[2], ahead, k)
    return rows, ahead[rows]


@worst_mistakes.mistake(
    "only-above-half",
    ko="확률이 0.5보다 큰 실수만 남겼습니다. 여기에는 문턱이 없습니다. 틀린 것을 *모두* 놓고 확률이 높은 순서로 k개를 고르세요.",
    en="Only mistakes with a probability above 0.5 were kept. There is no threshold here: of *all* mistakes, take "
    "the k with the highest probability.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong[confidences[wrong] > 0.5], confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "least-confident",
    ko="가장 자신 *없는* 실수부터 늘어놓았습니다. 가장 자신 있는 것이 먼저입니다: `descending=True`.",
    en="The *least* confident mistakes come first here. The most confident should: `descending=True`.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, -confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "least-confident-turned-round",
    ko="가장 자신 *없는* k개를 고른 뒤에 순서만 뒤집었습니다. 자르기 *전에* 뒤집거나, 처음부터 `descending=True`로 늘어놓으세요.",
    en="The k *least* confident were picked, and then turned round. Turn the order round *before* you cut off k, or "
    "sort with `descending=True`.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, -confidences, k).flip(0)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "one-minus",
    ko="고른 답의 확률을 1에서 뺀 값을 돌려주었습니다. 자신 있는 정도는 그 확률 자체입니다.",
    en="These are 1 minus the probability of the answer. The confidence is that probability itself.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows, 1 - confidences[rows]


@worst_mistakes.mistake(
    "numbers-among-the-wrong",
    ko="번호가 *틀린 것들 사이에서의* 번호입니다. 틀린 것만 골라낸 텐서에서 얻은 번호로는 엉뚱한 그림을 보게 됩니다. `wrong[…]`으로 처음의 번호로 되돌리세요.",
    en="These are numbers *among the wrong ones*. Numbers taken from the filtered tensor point at other "
    "images; turn them back into the original ones with `wrong[…]`.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    order = confidences[wrong].argsort(descending=True)[:k]
    return order, confidences[wrong][order]


@worst_mistakes.mistake(
    "by-logit",
    ko="로짓의 크기로 줄을 세웠습니다. 로짓은 *서로의 차이*만 뜻이 있습니다: [9, 8.5]는 크지만 거의 반반입니다. softmax의 확률로 견주세요.",
    en="Ranked by the size of the logit. Only *differences* of logits mean anything: [9, 8.5] is large and "
    "almost a toss-up. Compare probabilities after the softmax.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, logits.amax(1), k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "logits-for-confidence",
    ko="자신 있는 정도를 로짓으로 돌려주었습니다. softmax를 지난 확률이어야 합니다(0에서 1 사이). 로짓은 *서로의 차이*만 뜻이 있어서, 그것으로 줄을 세우면 "
    "순서도 틀립니다.",
    en="The confidences are logits. They should be probabilities after the softmax, from 0 to 1. Only "
    "*differences* of logits mean anything, so ranking by them is wrong as well.",
)
def _(logits, labels, k):
    _, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, logits.amax(1), k)
    return rows, logits.amax(1)[rows]


BY_LOSS = {
    "ko": "정답의 확률이 가장 낮은 것(손실이 가장 큰 것)부터 늘어놓았습니다. 비슷하지만 다른 물음입니다. 여기서는 모델이 *고른* 답의 확률로 줄을 세우고, 그 확률을 돌려줍니다.",
    "en": "Ranked by the lowest probability of the true class, the largest loss. A related question, but "
    "another one: here it is the probability of what the model *chose* that ranks them and is returned.",
}


def losses_of(logits, labels):
    return F.cross_entropy(logits, labels, reduction="none")


@worst_mistakes.mistake("by-loss", **BY_LOSS)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, losses_of(logits, labels), k)
    return rows, confidences[rows]


@worst_mistakes.mistake("by-loss-with-the-truth", **BY_LOSS)
def _(logits, labels, k):
    losses = losses_of(logits, labels)
    rows = ranked(parts_of(logits, labels)[2], losses, k)
    return rows, (-losses).exp()[rows]


@worst_mistakes.mistake("losses-for-confidence", **BY_LOSS)
def _(logits, labels, k):
    losses = losses_of(logits, labels)
    rows = ranked(parts_of(logits, labels)[2], losses, k)
    return rows, losses[rows]


@worst_mistakes.mistake("losses-of-all", **BY_LOSS)
def _(logits, labels, k):
    losses = losses_of(logits, labels)
    rows = ranked(torch.arange(len(labels)), losses, k)
    return rows, losses[rows]


TRUTH = {
    "ko": "정답의 확률을 돌려주었습니다. 자신 있게 틀렸다는 것은 모델이 *고른*(틀린) 답의 확률이 높다는 뜻입니다.",
    "en": "These are the probabilities of the true class. Confidently wrong means that what the model *chose* "
    "has a high probability.",
}


@worst_mistakes.mistake("confidence-in-the-truth", **TRUTH)
def _(logits, labels, k):
    _, _, wrong = parts_of(logits, labels)
    truth = logits.softmax(1)[torch.arange(len(labels)), labels]
    rows = ranked(wrong, truth, k)
    return rows, truth[rows]


@worst_mistakes.mistake("confidence-in-the-truth-of-the-right-rows", **TRUTH)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows, logits.softmax(1)[rows, labels[rows]]


OVER_THE_BATCH = {
    "ko": "softmax를 그림들에 대해(축 0) 했습니다. 한 그림의 확률들이 합쳐서 1이 되어야 합니다: 축 1.",
    "en": "The softmax runs over the images (axis 0). It is the probabilities of one image that add up to 1: "
    "axis 1.",
}


@worst_mistakes.mistake("softmax-over-the-batch", **OVER_THE_BATCH)
def _(logits, labels, k):
    confidences = logits.softmax(0).amax(1)
    _, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake("softmax-over-the-batch-and-its-answers", **OVER_THE_BATCH)
def _(logits, labels, k):
    confidences, guesses = logits.softmax(0).max(1)
    rows = ranked((guesses != labels).nonzero().flatten(), confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "not-sorted",
    ko="틀린 것을 번호 순서대로 앞에서 k개 가져왔습니다. 자신 있는 순서로 늘어놓아야 합니다.",
    en="These are the first k mistakes in the order of their numbers. Sort them by confidence.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    return wrong[:k], confidences[wrong[:k]]


@worst_mistakes.mistake(
    "all-of-them",
    ko="틀린 것을 모두 돌려주었습니다. 앞의 k개만 필요합니다.",
    en="All mistakes are returned. Only the first k are wanted.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, len(labels))
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "topk-of-too-few",
    ko="틀린 것이 k개보다 적으면 `topk`가 오류를 냅니다. `min(k, 틀린 것의 수)`개만 달라고 하세요.",
    en="Where there are fewer than k mistakes, `topk` raises an error. Ask for `min(k, number of mistakes)`.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    top = confidences[wrong].topk(k)
    return wrong[top.indices], top.values


@worst_mistakes.mistake(
    "filled-up-with-right-ones",
    ko="틀린 것이 k개보다 적을 때 맞힌 그림으로 채웠습니다. 그때는 더 짧게 돌려주어야 합니다.",
    en="Where there are fewer than k mistakes, right answers fill up the list. Return fewer in that case.",
)
def _(logits, labels, k):
    confidences, guesses, _ = parts_of(logits, labels)
    top = torch.where(guesses == labels, 0.0, confidences).topk(k)
    return top.indices, top.values


@worst_mistakes.mistake(
    "only-numbers",
    ko="번호만 돌려주었습니다. (번호, 확률) 둘 다 필요합니다.",
    en="Only the numbers are returned. Both are wanted: (rows, confidences).",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    return ranked(wrong, confidences, k)


@worst_mistakes.mistake(
    "rising-order",
    ko="고르기는 잘했지만 순서가 거꾸로입니다. 가장 자신 있는 것이 맨 앞입니다.",
    en="The right ones, in the wrong order: the surest comes first.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k).flip(0)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "guesses-for-rows",
    ko="줄의 번호가 아니라 모델이 고른 답(숫자)을 돌려주었습니다. *어느 그림*인지가 필요합니다.",
    en="These are the model's answers, not the numbers of the rows. Wanted is *which images* they are.",
)
def _(logits, labels, k):
    confidences, guesses, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return guesses[rows], confidences[rows]


@worst_mistakes.mistake(
    "swapped",
    ko="순서가 바뀌었습니다: (rows, confidences).",
    en="The two are swapped: (rows, confidences).",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return confidences[rows], rows


@worst_mistakes.mistake(
    "percent",
    ko="확률을 백분율로 돌려주었습니다. 0에서 1 사이로 돌려주세요.",
    en="The confidences are in percent. Return them from 0 to 1.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows, 100 * confidences[rows]


@worst_mistakes.mistake(
    "log-probabilities",
    ko="확률의 *로그*입니다(`log_softmax`). 순서는 같지만 자신 있는 정도는 0에서 1 사이의 확률로 돌려주세요.",
    en="These are *logarithms* of probabilities (`log_softmax`). The order is the same, but return "
    "probabilities, from 0 to 1.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows, confidences[rows].log()


SIGMOID = {
    "ko": "로짓마다 따로 sigmoid를 했습니다. 여러 답 가운데 하나를 고르는 확률은 로짓들의 *차이*로 정해집니다: softmax입니다(7장).",
    "en": "Each logit went through a sigmoid on its own. The probability of one answer out of several depends on "
    "the *differences* of the logits: softmax (chapter 7).",
}


@worst_mistakes.mistake("sigmoid", **SIGMOID)
def _(logits, labels, k):
    confidences = logits.sigmoid().amax(1)
    _, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake("sigmoid-and-its-answers", **SIGMOID)
def _(logits, labels, k):
    confidences, guesses = logits.sigmoid().max(1)
    rows = ranked((guesses != labels).nonzero().flatten(), confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "empty-list-of-floats",
    ko="틀린 것이 하나도 없을 때 번호의 자료형이 float32가 됩니다. `torch.tensor([])`는 실수 텐서이기 때문입니다. `dtype=torch.int64`를 주세요.",
    en="Without any mistake the rows come out as float32, because `torch.tensor([])` is a tensor of floats. "
    "Give it `dtype=torch.int64`.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return torch.tensor(rows.tolist()), torch.tensor(confidences[rows].tolist())


AMONG = {
    "ko": "번호가 *틀린 것들 사이에서의* 번호인데, 그것으로 전체에서 확률을 꺼냈습니다. 먼저 `wrong[…]`으로 처음의 번호로 되돌린 다음, 그 번호로 확률을 꺼내세요.",
    "en": "The order is numbered *among the wrong ones*, but was used on all confidences. First turn it back into "
    "original numbers with `wrong[…]`, then look up the confidences by those.",
}


@worst_mistakes.mistake("numbers-among-the-wrong-used-on-all", **AMONG)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    order = confidences[wrong].argsort(descending=True)[:k]
    return order, confidences[order]


@worst_mistakes.mistake("confidences-by-other-numbers", **AMONG)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    order = confidences[wrong].argsort(descending=True)[:k]
    return wrong[order], confidences[order]


COLUMN = {
    "ko": "축이 하나 남았습니다: `nonzero()`는 (개수, 1) 모양의 표를 줍니다. `.flatten()`으로 펴세요.",
    "en": "One axis too many: `nonzero()` gives a table of shape (how many, 1). Add `.flatten()`.",
}


@worst_mistakes.mistake("nonzero-not-flattened", **COLUMN)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows[:, None], confidences[rows]


@worst_mistakes.mistake("nonzero-not-flattened-twice", **COLUMN)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong, confidences, k)
    return rows[:, None], confidences[rows][:, None]


@worst_mistakes.mistake(
    "right-instead-of-wrong",
    ko="*맞힌* 것 가운데서 골랐습니다. 답이 레이블과 *다른* 것만 남기세요.",
    en="These were picked from the *right* answers. Keep those whose answer *differs* from the label.",
)
def _(logits, labels, k):
    confidences, guesses, _ = parts_of(logits, labels)
    rows = ranked((guesses == labels).nonzero().flatten(), confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "filled-up-by-sorting",
    ko="틀린 것이 k개보다 적을 때 맞힌 그림으로 채웠습니다. 그때는 더 짧게 돌려주어야 합니다.",
    en="Where there are fewer than k mistakes, right answers fill up the list. Return fewer in that case.",
)
def _(logits, labels, k):
    confidences, guesses, _ = parts_of(logits, labels)
    masked = confidences * (guesses != labels)
    rows = masked.argsort(descending=True)[:k]
    return rows, masked[rows]


@worst_mistakes.mistake(
    "squeezed",
    ko="틀린 것이 꼭 하나일 때 `squeeze()`가 축을 모두 없앱니다. 축 하나만 없애는 `squeeze(1)`이나 `flatten()`을 쓰세요.",
    en="Where exactly one answer is wrong, `squeeze()` removes every axis. Use `squeeze(1)` or `flatten()`.",
)
def _(logits, labels, k):
    confidences, guesses, _ = parts_of(logits, labels)
    wrong = (guesses != labels).nonzero().squeeze()
    rows = wrong[confidences[wrong].argsort(descending=True)[:k]]
    return rows, confidences[rows]


@worst_mistakes.mistake("nonzero-as-it-comes", **COLUMN)
def _(logits, labels, k):
    confidences, guesses, _ = parts_of(logits, labels)
    wrong = (guesses != labels).nonzero()
    rows = wrong[confidences[wrong].argsort(descending=True)[:k]]
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "cuts-before-picking",
    ko="먼저 k개를 자르고 나서 틀린 것을 골랐습니다. 틀린 것만 남긴 *다음에* 앞의 k개를 자르세요.",
    en="You cut off k first and then picked the wrong ones. Pick the wrong ones, *then* cut off k.",
)
def _(logits, labels, k):
    confidences, guesses, _ = parts_of(logits, labels)
    rows = ranked(torch.arange(len(labels)), confidences, k)
    rows = rows[guesses[rows] != labels[rows]]
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "cuts-before-sorting",
    ko="번호 순서로 k개를 먼저 자르고 나서 정렬했습니다. 정렬한 *다음에* 자르세요.",
    en="You took the first k by number, and then sorted those. Sort first, *then* cut.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    rows = ranked(wrong[:k], confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "rows-not-sorted",
    ko="확률만 정렬하고 번호는 그대로입니다. 둘을 같은 `order`로 늘어놓으세요.",
    en="The confidences are sorted, the rows are not. Put both in the same `order`.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    return wrong[:k], confidences[wrong].sort(descending=True).values[:k]


@worst_mistakes.mistake(
    "mask-for-numbers",
    ko="답과 레이블을 `!=`로 견주면 참과 거짓의 마스크가 나옵니다. `nonzero().flatten()`으로 번호를 얻으세요.",
    en="Comparing answers and labels with `!=` gives a mask of true and false. Get the numbers with `nonzero().flatten()`.",
)
def _(logits, labels, k):
    confidences, guesses, _ = parts_of(logits, labels)
    wrong = guesses != labels
    order = confidences[wrong].argsort(descending=True)[:k]
    return wrong[order], confidences[wrong][order]


@worst_mistakes.mistake(
    "without-max",
    ko="한 줄의 확률이 모두 들어 있습니다. 필요한 것은 그 가운데 가장 큰 것 하나, 곧 고른 답의 확률입니다: `.max(1)`",
    en="These are all probabilities of a row. Only the largest is wanted, that of the answer given: `.max(1)`.",
)
def _(logits, labels, k):
    _, _, wrong = parts_of(logits, labels)
    shares = logits.softmax(1)
    order = shares[wrong].argsort(descending=True)[:k]
    return wrong[order], shares[wrong[order]]


@worst_mistakes.mistake(
    "confidences-not-sorted",
    ko="번호만 정렬하고 확률은 그대로입니다. 둘을 같은 `order`로 늘어놓으세요.",
    en="The rows are sorted, the confidences are not. Put both in the same `order`.",
)
def _(logits, labels, k):
    confidences, _, wrong = parts_of(logits, labels)
    return ranked(wrong, confidences, k), confidences[wrong][:k]


@worst_mistakes.mistake(
    "pair-the-wrong-way-round",
    ko="`max(1)`이 주는 한 쌍의 순서가 바뀌었습니다. 먼저 값(확률), 다음이 자리(답)입니다.",
    en="The pair that `max(1)` gives was taken the wrong way round: first the values (probabilities), then "
    "their places (the answers).",
)
def _(logits, labels, k):
    guesses, confidences = logits.softmax(1).max(1)
    rows = ranked((guesses != labels).nonzero().flatten(), confidences, k)
    return rows, confidences[rows]


@worst_mistakes.mistake(
    "overflows",
    ko="식은 맞지만 큰 로짓에서 exp가 무한대가 되어 NaN이 나옵니다(7장). `logits.softmax(1)`을 쓰세요.",
    en="The formula is right, but with large logits exp is infinite and gives NaN (chapter 7). Use "
    "`logits.softmax(1)`.",
)
def _(logits, labels, k):
    shares = logits.exp() / logits.exp().sum(1, keepdim=True)
    confidences, guesses = shares.max(1)
    rows = ranked((guesses != labels).nonzero().flatten(), confidences, k)
    return rows, confidences[rows]


worst_mistakes.hints(
    ko=[
        "세 걸음입니다. 모델의 답과 그 확률을 구하고, 틀린 것만 남기고, 확률이 높은 순서로 k개를 고릅니다.",
        "`logits.softmax(1).max(1)`은 확률과 답을 함께 줍니다. `(guesses != labels).nonzero().flatten()`은 틀린 그림의 번호 `wrong`입니다. 정렬해서 얻은 순서는 "
        "`wrong` *안에서의* 자리이니, 마지막에 `wrong[order]`로 바꾸세요.",
        "`order = confidences[wrong].argsort(descending=True)[:k]`, 그다음 `rows = wrong[order]`, `return rows, confidences[rows]`",
    ],
    en=[
        "Three steps: the model's guesses with their probabilities; keep the wrong ones; of these take k in "
        "falling order of probability.",
        "`logits.softmax(1).max(1)` gives probabilities and guesses at once. "
        "`(guesses != labels).nonzero().flatten()` is `wrong`, the numbers of the wrong images. Sorting gives "
        "places *within* `wrong`, so turn them back at the end: `wrong[order]`.",
        "`order = confidences[wrong].argsort(descending=True)[:k]`, then `rows = wrong[order]` and "
        "`return rows, confidences[rows]`.",
    ],
)
