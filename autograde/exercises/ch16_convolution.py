"""Exercises of ch16: convolution and pooling, forwards and backwards.

Images are (N, C, H, W), the weights of a convolution (K, C, kh, kw): K kernels of C planes each.
What networks call a convolution is a cross-correlation: the kernel is not flipped.
"""

import functools
import itertools
import math

import torch
from scipy import signal
from torch import nn
from torch.nn import functional as F

from autograde.exercise import exercise
from helpers.observe import Case

AUTOGRAD = (".backward", "torch.autograd.grad", "torch.autograd.backward")
CONVOLUTIONS = ("F.conv1d", "F.conv2d", "nn.Conv1d", "nn.Conv2d", "signal.correlate2d")
DOUBLE = torch.float64


def starts(size, kernel, stride):
    return range(0, size - kernel + 1, stride)


def places(y):
    """Every (i, j) of a result's last two axes, row by row."""
    return itertools.product(range(y.shape[-2]), range(y.shape[-1]))


RETURNS_EARLY = {
    "ko": "첫 자리(또는 첫 줄)만 채워졌습니다. `return`이 반복문 안에 있지 않은가요? 두 반복문이 모두 끝난 다음에 돌려주세요.",
    "en": "Only the first place (or row) is filled. Is the `return` inside a loop? It comes after both "
    "loops have ended.",
}


def first_place_only(y):
    """The result of an answer that returns from the inner loop."""
    kept = torch.zeros_like(y)
    kept[..., 0, 0] = y[..., 0, 0]
    return kept


def first_row_only(y):
    """The result of an answer that returns from the outer loop."""
    kept = torch.zeros_like(y)
    kept[..., 0, :] = y[..., 0, :]
    return kept


# ---------------------------------------------------------------- cross-correlate


@exercise("cross-correlate", forbids=(*CONVOLUTIONS, "signal.convolve2d"))
def cross_correlate(x, kernel):
    return F.conv2d(x[None, None], kernel[None, None])[0, 0]


@cross_correlate.cases
def _(draw):
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    yield x, torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    yield draw.normal(4, 4), draw.normal(3, 3)
    yield draw.normal(4, 6), draw.normal(2, 2)
    yield draw.normal(5, 7), draw.normal(3, 2)
    yield draw.normal(6, 3), draw.normal(2, 3)
    yield (
        draw.normal(draw.integer(4, 7), draw.integer(4, 7), dtype=DOUBLE),
        draw.normal(4, draw.integer(1, 3), dtype=DOUBLE),
    )
    yield draw.normal(3, 2), draw.normal(3, 2)


@cross_correlate.accepts
def _(x, kernel):
    windows = x.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1)
    return torch.einsum("ijab,ab->ij", windows, kernel)


@cross_correlate.accepts
def _(x, kernel):
    (H, W), (kh, kw) = x.shape, kernel.shape
    rows = []
    for i in range(H - kh + 1):
        rows.append(
            [sum(x[i + a, j + b] * kernel[a, b] for a in range(kh) for b in range(kw))
             for j in range(W - kw + 1)]
        )  # fmt: skip
    return torch.tensor(rows, dtype=x.dtype)


@cross_correlate.accepts
def _(x, kernel):
    high, wide = x.shape[0] - kernel.shape[0] + 1, x.shape[1] - kernel.shape[1] + 1
    y = torch.zeros(high, wide, dtype=x.dtype)
    for a, row in enumerate(kernel):
        for b, weight in enumerate(row):
            y += weight * x[a : a + high, b : b + wide]
    return y


def window_sums(x, kernel, number):
    """The table of number(window): a learner's two loops, with one thing to change."""
    (H, W), (kh, kw) = x.shape, kernel.shape
    y = torch.zeros(H - kh + 1, W - kw + 1, dtype=x.dtype)
    for i, j in places(y):
        y[i, j] = number(x[i : i + kh, j : j + kw])
    return y


@cross_correlate.mistake(
    "flipped",
    ko="커널을 뒤집어서 곱했습니다. 여기서는 창과 커널을 같은 방향으로 포갭니다: 창의 왼쪽 위 칸에는 `kernel[0, 0]`이 곱해집니다. "
    "뒤집는 것은 다음 연습입니다.",
    en="The kernel was flipped. Here window and kernel lie the same way round: the top left cell of "
    "the window meets `kernel[0, 0]`. Flipping is the next exercise.",
)
def _(x, kernel):
    return cross_correlate(x, kernel.flip(0, 1))


@cross_correlate.mistake(
    "loses-the-last",
    ko="마지막 줄과 마지막 열이 빠졌습니다. 창이 서는 자리는 세로로 H − kh가 아니라 H − kh + 1곳입니다. 0번 자리도 세어야 합니다.",
    en="The last row and the last column are missing. A window has H − kh + 1 places down the image, "
    "not H − kh: place 0 counts too.",
)
def _(x, kernel):
    return cross_correlate(x, kernel)[:-1, :-1]


@cross_correlate.mistake(
    "matrix-product",
    ko="창과 커널을 행렬 곱으로 곱한 뒤 더했습니다. 겹친 칸끼리, 곧 원소마다 곱하는 `*`가 필요합니다.",
    en="Window and kernel were multiplied as matrices, then summed. Cells that lie on each other are "
    "multiplied, element by element: `*`, not `@`.",
)
def _(x, kernel):
    return window_sums(x, kernel, lambda window: (window @ kernel).sum())


@cross_correlate.mistake(
    "mean",
    ko="곱한 값들의 합이 아니라 평균을 냈습니다. 가중치의 크기는 커널이 정합니다. 여기서는 더하기만 하세요.",
    en="This is the mean of the products. The kernel itself sets how much each counts: just sum.",
)
def _(x, kernel):
    return cross_correlate(x, kernel) / kernel.numel()


TRANSPOSED_KERNEL = {
    "ko": "커널의 줄과 열이 바뀌었습니다. 커널을 전치하지 말고 있는 그대로 포개세요.",
    "en": "The kernel's rows and columns are swapped. Lay it on as it is, without a transpose.",
}
TRANSPOSED_RESULT = {
    "ko": "결과의 줄과 열이 바뀌었습니다. 세로 자리 i가 줄, 가로 자리 j가 열입니다: `y[i, j]`",
    "en": "The result's rows and columns are swapped. Place i down the image is the row, place j across "
    "is the column: `y[i, j]`.",
}


@cross_correlate.mistake("transposed-kernel", **TRANSPOSED_KERNEL)
def _(x, kernel):
    return cross_correlate(x, kernel.T)


@cross_correlate.mistake("transposed-kernel-on-each-window", **TRANSPOSED_KERNEL)
def _(x, kernel):
    return window_sums(x, kernel, lambda window: (window * kernel.T).sum())


@cross_correlate.mistake("transposed-result", **TRANSPOSED_RESULT)
def _(x, kernel):
    return cross_correlate(x, kernel).T


@cross_correlate.mistake("written-to-the-transposed-place", **TRANSPOSED_RESULT)
def _(x, kernel):
    right = cross_correlate(x, kernel)
    y = torch.zeros_like(right)
    for i, j in places(right):
        y[j, i] = right[i, j]
    return y


@cross_correlate.mistake(
    "swapped-kernel-axes",
    ko="커널의 높이와 너비를 바꾸어 썼습니다. `kernel.shape`은 (kh, kw), 곧 줄의 수가 먼저입니다. 정사각형 커널에서는 드러나지 "
    "않는 실수입니다.",
    en="The kernel's height and width are swapped. `kernel.shape` is (kh, kw), the number of rows "
    "first. With square kernels this does not show.",
)
def _(x, kernel):
    kw, kh = kernel.shape
    y = torch.zeros(x.shape[0] - kh + 1, x.shape[1] - kw + 1, dtype=x.dtype)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + kh, j : j + kw] * kernel).sum()
    return y


@cross_correlate.mistake(
    "keeps-the-size",
    ko="둘레를 0으로 채워 입력과 같은 크기로 만들었습니다. 여기서는 커널이 그림 안에 온전히 들어가는 자리만 셉니다.",
    en="The border was filled with zeros to keep the input's size. Here only the places count where "
    "the kernel lies wholly inside the image.",
)
def _(x, kernel):
    kh, kw = kernel.shape
    return cross_correlate(F.pad(x, ((kw - 1) // 2, kw // 2, (kh - 1) // 2, kh // 2)), kernel)


@cross_correlate.mistake(
    "windows-side-by-side",
    ko="창을 커널 크기만큼씩 옮겼습니다. 한 칸씩 옮겨야 창들이 서로 겹칩니다.",
    en="The window moves by a whole kernel. Move it by one cell, so that windows overlap.",
)
def _(x, kernel):
    return cross_correlate(x, kernel)[:: kernel.shape[0], :: kernel.shape[1]].clone()


@cross_correlate.mistake(
    "largest-product",
    ko="곱한 값들 가운데 가장 큰 것을 골랐습니다. 그것은 뒤에 나올 최댓값 풀링과 비슷합니다. 여기서는 모두 더하세요.",
    en="This takes the largest product, a little like the max pooling to come. Here, add them all.",
)
def _(x, kernel):
    windows = x.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1)
    return (windows * kernel).amax((2, 3))


@cross_correlate.mistake(
    "table-of-the-inputs-size",
    ko="결과의 표를 입력과 같은 크기로 만들어(`zeros_like(x)`) 끝에 0이 남았습니다. 창이 설 수 있는 자리만큼, 곧 (H − kh + 1, W − kw + 1)로 "
    "만드세요.",
    en="The table was made in the input's size (`zeros_like(x)`), so zeros are left at its end. Make it "
    "as large as there are places: (H − kh + 1, W − kw + 1).",
)
def _(x, kernel):
    y = torch.zeros_like(x)
    right = cross_correlate(x, kernel)
    y[: right.shape[0], : right.shape[1]] = right
    return y


@cross_correlate.mistake("returns-inside-the-inner-loop", **RETURNS_EARLY)
def _(x, kernel):
    return first_place_only(cross_correlate(x, kernel))


@cross_correlate.mistake("returns-inside-the-outer-loop", **RETURNS_EARLY)
def _(x, kernel):
    return first_row_only(cross_correlate(x, kernel))


@cross_correlate.mistake(
    "loops-stop-early",
    ko="표의 크기는 맞지만 반복문이 마지막 줄과 마지막 열까지 가지 않아 거기에 0이 남았습니다. 반복문도 `range(H - kh + 1)`, "
    "`range(W - kw + 1)`이어야 합니다.",
    en="The table has the right size, but the loops stop before its last row and column, where zeros "
    "are left. They, too, run over `range(H - kh + 1)` and `range(W - kw + 1)`.",
)
def _(x, kernel):
    y = cross_correlate(x, kernel)
    y[-1], y[:, -1] = 0, 0
    return y


@cross_correlate.mistake(
    "window-ends-stay",
    ko="창의 시작만 움직이고 끝은 그대로입니다. 끝도 함께 옮기세요: `x[i : i + kh, j : j + kw]`",
    en="The window's start moves and its end does not. Move the end along: "
    "`x[i : i + kh, j : j + kw]`.",
)
def _(x, kernel):
    kh, kw = kernel.shape
    y = torch.zeros_like(cross_correlate(x, kernel))
    for i, j in places(y):
        y[i, j] = (x[i:kh, j:kw] * kernel).sum()
    return y


@cross_correlate.mistake(
    "window-one-short",
    ko="창이 한 줄과 한 열 모자랍니다. 파이썬의 범위는 끝을 이미 빼므로 1을 또 빼면 안 됩니다: `x[i : i + kh, j : j + kw]`",
    en="The window is one row and one column short. A range in Python leaves out its end already, so "
    "take no 1 off: `x[i : i + kh, j : j + kw]`.",
)
def _(x, kernel):
    return window_sums(x, kernel, lambda window: (window[:-1, :-1] * kernel).sum())


@cross_correlate.mistake(
    "one-cell-for-the-window",
    ko="창이 아니라 칸 하나 `x[i, j]`에 커널을 곱했습니다. 커널이 덮은 조각 전체가 필요합니다: `x[i : i + kh, j : j + kw]`",
    en="One cell, `x[i, j]`, was multiplied by the kernel. It takes the whole piece that the kernel "
    "covers: `x[i : i + kh, j : j + kw]`.",
)
def _(x, kernel):
    return window_sums(x, kernel, lambda window: (window[0, 0] * kernel).sum())


@cross_correlate.mistake(
    "slices-rows-twice",
    ko="`x[…][…]`의 둘째 대괄호는 열이 아니라 다시 *줄*을 고릅니다. 대괄호 하나에 쉼표로 쓰세요: `x[i : i + kh, j : j + kw]`",
    en="In `x[…][…]` the second pair of brackets picks *rows* once more, not columns. Use one pair and "
    "a comma: `x[i : i + kh, j : j + kw]`.",
)
def _(x, kernel):
    kh, kw = kernel.shape
    y = torch.zeros_like(cross_correlate(x, kernel))
    for i, j in places(y):
        y[i, j] = (x[i : i + kh][j : j + kw] * kernel).sum()
    return y


PLACES_DOWN_ONLY = {
    "ko": "두 반복문이 모두 세로 자리의 수만큼 돕니다. 가로로는 W − kw + 1곳입니다.",
    "en": "Both loops run over the number of places down. Across there are W − kw + 1.",
}


def over_places_down(x, kernel, y):
    """Fills y as if there were as many places across as down."""
    kh, kw = kernel.shape
    for i in range(len(y)):
        for j in range(len(y)):
            y[i, j] = (x[i : i + kh, j : j + kw] * kernel).sum()
    return y


@cross_correlate.mistake("one-range-for-both-loops", **PLACES_DOWN_ONLY)
def _(x, kernel):
    return over_places_down(x, kernel, torch.zeros_like(cross_correlate(x, kernel)))


@cross_correlate.mistake("one-range-for-loops-and-table", **PLACES_DOWN_ONLY)
def _(x, kernel):
    places_down = x.shape[0] - kernel.shape[0] + 1
    return over_places_down(x, kernel, torch.zeros(places_down, places_down, dtype=x.dtype))


@cross_correlate.mistake(
    "adds-to-the-whole-table",
    ko="자리마다 나온 수를 표 *전체*에 더했습니다. 그 자리의 칸에만 넣으세요: `y[i, j] = …`",
    en="The number of each place was added to the *whole* table. It belongs in one cell: "
    "`y[i, j] = …`.",
)
def _(x, kernel):
    y = cross_correlate(x, kernel)
    return torch.zeros_like(y) + y.sum()


LIST_OF_LISTS = {
    "ko": "값이 리스트의 리스트입니다. 텐서로 만들어 돌려주세요: `torch.tensor(rows, dtype=x.dtype)`",
    "en": "The values are in a list of lists. Return a tensor: `torch.tensor(rows, dtype=x.dtype)`.",
}


@cross_correlate.mistake("list-of-lists-of-tensors", **LIST_OF_LISTS)
def _(x, kernel):
    return [list(row) for row in cross_correlate(x, kernel)]


@cross_correlate.mistake("list-of-lists-of-numbers", **LIST_OF_LISTS)
def _(x, kernel):
    return cross_correlate(x, kernel).tolist()


@cross_correlate.mistake(
    "swapped-image-axes",
    ko="그림의 높이와 너비를 바꾸어 썼습니다. `x.shape`은 (H, W), 곧 줄의 수가 먼저입니다. 정사각형 그림에서는 드러나지 않는 "
    "실수입니다.",
    en="The image's height and width are swapped. `x.shape` is (H, W), the number of rows first. With "
    "square images this does not show.",
)
def _(x, kernel):
    (W, H), (kh, kw) = x.shape, kernel.shape
    y = torch.zeros(H - kh + 1, W - kw + 1, dtype=x.dtype)
    for i, j in places(y):
        y[i, j] = (x[i : i + kh, j : j + kw] * kernel).sum()
    return y


@cross_correlate.mistake(
    "takes-the-kernel-for-square",
    ko="커널의 높이를 너비로도 썼습니다. 커널은 정사각형이 아닐 수도 있습니다: `kh, kw = kernel.shape`",
    en="The kernel's height was used as its width as well. A kernel need not be square: "
    "`kh, kw = kernel.shape`.",
)
def _(x, kernel):
    side = len(kernel)
    y = torch.zeros(x.shape[0] - side + 1, x.shape[1] - side + 1, dtype=x.dtype)
    for i, j in places(y):
        y[i, j] = (x[i : i + side, j : j + side] * kernel).sum()
    return y


@cross_correlate.mistake(
    "multiplies-inside-the-image",
    ko="`window *= kernel`은 그림 x 자체를 바꿉니다. 창은 x의 뷰이기 때문입니다(1장). 새 텐서를 만드세요: `window * kernel`",
    en="`window *= kernel` changes the image x itself, for the window is a view of it (chapter 1). Make "
    "a new tensor: `window * kernel`.",
)
def _(x, kernel):
    return window_sums(x, kernel, lambda window: window.mul_(kernel).sum())


cross_correlate.hints(
    ko=[
        "종이에 3×3 그림과 2×2 커널을 그리고, 커널을 왼쪽 위 구석에 포개 보세요. 겹친 네 쌍을 곱해 더하면 결과의 첫 칸입니다. "
        "커널을 놓을 수 있는 자리는 모두 몇 곳인가요?",
        "자리는 (H − kh + 1) × (W − kw + 1)곳입니다. 자리 (i, j)의 창은 `x[i : i + kh, j : j + kw]`이고 모양이 커널과 같습니다.",
        "`y = torch.zeros(H - kh + 1, W - kw + 1, dtype=x.dtype)`를 만들고, 두 반복문 안에서 "
        "`y[i, j] = (x[i : i + kh, j : j + kw] * kernel).sum()`",
    ],
    en=[
        "Draw a 3×3 image and a 2×2 kernel and lay the kernel on the top left corner. The four pairs "
        "that meet, multiplied and added, are the first cell of the result. How many places are there "
        "to lay it?",
        "There are (H − kh + 1) × (W − kw + 1) places. The window at (i, j) is "
        "`x[i : i + kh, j : j + kw]`, in the shape of the kernel.",
        "Make `y = torch.zeros(H - kh + 1, W - kw + 1, dtype=x.dtype)`; inside two loops, "
        "`y[i, j] = (x[i : i + kh, j : j + kw] * kernel).sum()`.",
    ],
)


# ---------------------------------------------------------------- true-convolution


@exercise("true-convolution", forbids=(*CONVOLUTIONS, "signal.convolve2d", "np.convolve"))
def true_convolution(x, kernel):
    return torch.from_numpy(signal.convolve2d(x.numpy(), kernel.numpy(), mode="valid"))


@true_convolution.cases
def _(draw):
    spike = torch.zeros(5, 5)
    spike[2, 2] = 1.0
    yield spike, torch.arange(1.0, 10.0).reshape(3, 3)
    yield draw.normal(4, 4), draw.normal(3, 3)
    yield draw.normal(4, 6), draw.normal(2, 3)
    yield draw.normal(6, 5), draw.normal(3, 2)
    yield draw.normal(3, 5), draw.normal(3, 2)  # one row is still a table
    yield (
        draw.normal(draw.integer(4, 6), draw.integer(4, 6), dtype=DOUBLE),
        draw.normal(3, draw.integer(2, 4), dtype=DOUBLE),
    )


@true_convolution.accepts
def _(x, kernel):
    return cross_correlate(x, torch.rot90(kernel, 2))


@true_convolution.accepts
def _(x, kernel):
    return cross_correlate(x.flip(0, 1), kernel).flip(0, 1)


@true_convolution.accepts
def _(x, kernel):
    kh, kw = kernel.shape
    y = torch.zeros(x.shape[0] - kh + 1, x.shape[1] - kw + 1, dtype=x.dtype)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for a in range(kh):
                for b in range(kw):
                    y[i, j] += x[i + kh - 1 - a, j + kw - 1 - b] * kernel[a, b]
    return y


@true_convolution.mistake(
    "not-flipped",
    ko="교차상관 그대로입니다. 커널을 위아래로, 그리고 좌우로 뒤집은 다음 미세요.",
    en="This is still the cross-correlation. Flip the kernel upside down and left to right, then "
    "slide it.",
)
def _(x, kernel):
    return cross_correlate(x, kernel)


FLIP_BOTH = {
    "ko": "한 방향으로만 뒤집었습니다. 위아래와 좌우를 모두 뒤집어야 합니다. 180도 돌리는 것과 같습니다.",
    "en": "Flipped along one axis only. It takes both, upside down and left to right, which is a turn "
    "by 180 degrees.",
}


@true_convolution.mistake("flips-rows-only", **FLIP_BOTH)
def _(x, kernel):
    return cross_correlate(x, kernel.flip(0))


@true_convolution.mistake("flips-columns-only", **FLIP_BOTH)
def _(x, kernel):
    return cross_correlate(x, kernel.flip(1))


@true_convolution.mistake(
    "transposed",
    ko="커널을 전치했습니다. 전치는 줄과 열을 맞바꿀 뿐이고, 여기서 필요한 것은 두 축의 순서를 거꾸로 하는 뒤집기입니다.",
    en="The kernel was transposed. That swaps rows with columns; what is needed is to reverse the "
    "order along both axes.",
)
def _(x, kernel):
    return cross_correlate(x, kernel.T)


@true_convolution.mistake(
    "turned-by-90",
    ko="커널을 90도만 돌렸습니다. 180도여야 합니다: `torch.rot90(kernel, 2)`",
    en="The kernel is turned by 90 degrees. It takes 180: `torch.rot90(kernel, 2)`.",
)
def _(x, kernel):
    return cross_correlate(x, torch.rot90(kernel))


@true_convolution.mistake(
    "flips-the-image",
    ko="커널이 아니라 그림을 뒤집었습니다. 그러면 결과도 뒤집혀 나옵니다.",
    en="The image was flipped instead of the kernel, so the result comes out flipped as well.",
)
def _(x, kernel):
    return cross_correlate(x.flip(0, 1), kernel)


@true_convolution.mistake(
    "flips-the-result",
    ko="교차상관의 결과를 뒤집었습니다. 그것은 그림과 커널을 둘 다 뒤집은 것과 같습니다. 커널만 뒤집으세요.",
    en="The result of the cross-correlation was flipped, which is the same as flipping both image and "
    "kernel. Flip the kernel alone.",
)
def _(x, kernel):
    return cross_correlate(x, kernel).flip(0, 1)


@true_convolution.mistake(
    "negated",
    ko="커널의 부호를 바꾸었습니다. 뒤집기는 값이 아니라 자리의 순서를 바꾸는 일입니다.",
    en="The kernel's sign was changed. To flip is to reverse places, not values.",
)
def _(x, kernel):
    return cross_correlate(x, -kernel)


@true_convolution.mistake(
    "keeps-the-last-product",
    ko="칸마다 마지막 곱 하나만 남았습니다. 안쪽 반복문에서 `=`이 아니라 `+=`로 더하세요.",
    en="Only the last product is left in each cell. In the inner loops add with `+=`, not `=`.",
)
def _(x, kernel):
    return window_sums(x, kernel, lambda window: window[0, 0] * kernel[-1, -1])


@true_convolution.mistake(
    "negative-indices",
    ko="`x[i - a, j - b]`는 인덱스가 음수가 되면 그림의 *끝*에서 읽습니다. 창 안에서 거꾸로 가야 합니다: "
    "`x[i + kh - 1 - a, j + kw - 1 - b]`",
    en="In `x[i - a, j - b]` a negative index reads from the *end* of the image. Run backwards inside "
    "the window: `x[i + kh - 1 - a, j + kw - 1 - b]`.",
)
def _(x, kernel):
    kh, kw = kernel.shape
    y = torch.zeros_like(cross_correlate(x, kernel))
    for i, j in places(y):
        for a, b in places(kernel):
            y[i, j] += x[i - a, j - b] * kernel[a, b]
    return y


@true_convolution.mistake(
    "flipped-and-transposed",
    ko="커널을 뒤집은 데다 전치까지 했습니다. 뒤집기만 하면 됩니다. 전치는 줄과 열을 맞바꿉니다.",
    en="The kernel is flipped and transposed as well. The flip alone will do; a transpose swaps rows "
    "with columns.",
)
def _(x, kernel):
    return cross_correlate(x, kernel.flip(0, 1).T)


@true_convolution.mistake(
    "places-outside-too",
    ko="커널이 그림 밖으로 걸친 자리까지 셌습니다. 온전히 들어가는 자리만 셉니다. scipy에서는 `mode='valid'`입니다.",
    en="Places where the kernel sticks out of the image are counted too. Only those count where it lies "
    "wholly inside; in scipy that is `mode='valid'`.",
)
def _(x, kernel):
    return torch.from_numpy(signal.convolve2d(x.numpy(), kernel.numpy()))


true_convolution.hints(
    ko=[
        "방금 쓴 `cross_correlate`를 그대로 쓰되, 커널을 먼저 돌려놓으세요.",
        "식에서 kernel[a, b]가 x[i + kh − 1 − a, j + kw − 1 − b]와 만납니다. 두 인덱스가 모두 거꾸로 갑니다.",
        "`return cross_correlate(x, kernel.flip(0, 1))`",
    ],
    en=[
        "Use the `cross_correlate` you have just written, and turn the kernel round first.",
        "In the formula kernel[a, b] meets x[i + kh − 1 − a, j + kw − 1 − b]: both indices run "
        "backwards.",
        "`return cross_correlate(x, kernel.flip(0, 1))`.",
    ],
)


# ---------------------------------------------------------------- conv-output-size


@exercise(
    "conv-output-size", points=2, all_or_nothing=True, forbids=[*CONVOLUTIONS, "F.max_pool2d"]
)
def conv_output_size(size, kernel, stride, padding):
    x = torch.empty(1, 1, size, device="meta")
    weight = torch.empty(1, 1, kernel, device="meta")
    return F.conv1d(x, weight, stride=stride, padding=padding).shape[-1]


@conv_output_size.cases
def _(draw):
    yield 227, 11, 4, 0
    yield 64, 7, 2, 0
    yield 32, 5, 1, 2
    yield 28, 3, 2, 1
    yield 7, 3, 3, 0
    yield 10, 3, 4, 1  # three cells are left over at the end
    yield 5, 5, 1, 0
    yield 3, 5, 2, 1
    yield 28, 2, 2, 0  # an even kernel, and nothing left over
    for _ in range(8):
        kernel, padding = draw.integer(1, 9), draw.integer(0, 5)
        size = draw.integer(max(1, kernel - 2 * padding), 60)
        yield size, kernel, draw.integer(1, 6), padding


@conv_output_size.accepts
def _(size, kernel, stride, padding):
    return len(range(-padding, size + padding - kernel + 1, stride))


@conv_output_size.accepts
def _(size, kernel, stride, padding):
    return math.floor((size - kernel + 2 * padding) / stride + 1)


@conv_output_size.accepts
def _(size, kernel, stride, padding):
    count, start = 0, -padding
    while start + kernel <= size + padding:
        count, start = count + 1, start + stride
    return count


@conv_output_size.mistake(
    "forgets-plus-one",
    ko="하나가 모자랍니다. size + 2·padding − kernel을 stride로 나눈 것은 창이 *옮겨 가는* 횟수입니다. 옮기기 전에 처음 놓은 자리도 결과 "
    "한 칸을 만드니 1을 더하세요. 노트가 64, 7, 2에서 28이라고 한 까닭이 이것입니다.",
    en="This is one too few. size + 2·padding − kernel divided by the stride counts how often the window "
    "*moves*; the place where it lies before any move makes a cell too, so add 1. This is how the "
    "notes got 28 from 64, 7 and 2.",
)
def _(size, kernel, stride, padding):
    return (size - kernel + 2 * padding) // stride


@conv_output_size.mistake(
    "ceil",
    ko="올림을 했습니다. 끝에 남은 칸이 한 걸음보다 모자라면 창은 더 갈 수 없습니다. 내림입니다.",
    en="This rounds up. If fewer cells are left than one step, the window cannot go on: round down.",
)
def _(size, kernel, stride, padding):
    return math.ceil((size - kernel + 2 * padding) / stride) + 1


@conv_output_size.mistake(
    "ceil-for-plus-one",
    ko="64, 7, 2에서는 29가 맞지만, 나누어떨어지면 하나가 모자랍니다. +1 대신 올림을 했거나, `range`의 끝을 1 작게 잡았습니다. 내림을 한 다음 1을 "
    "더하세요. `range`로 센다면 끝이 size + 2·padding − kernel + 1입니다.",
    en="At 64, 7, 2 this gives the right 29, but where the division leaves no remainder it is one short. It "
    "rounds up instead of adding 1, or the end of a `range` is 1 too small. Round down, then add 1; the end of "
    "a `range` is size + 2·padding − kernel + 1.",
)
def _(size, kernel, stride, padding):
    return math.ceil((size - kernel + 2 * padding) / stride)


ROUNDS = {
    "ko": "가장 가까운 정수로 반올림했습니다. 반 걸음 넘게 남아도 창이 다 들어가지 않으면 자리가 아닙니다. 내림하세요.",
    "en": "This rounds to the nearest whole number. Even with more than half a step left, a window that "
    "does not fit is no place. Round down.",
}


@conv_output_size.mistake("rounds", **ROUNDS)
def _(size, kernel, stride, padding):
    return round((size - kernel + 2 * padding) / stride) + 1


@conv_output_size.mistake("rounds-the-sum", **ROUNDS)
def _(size, kernel, stride, padding):
    return round((size - kernel + 2 * padding) / stride + 1)


@conv_output_size.mistake(
    "forgets-the-stride",
    ko="stride를 쓰지 않아 창을 한 칸씩 옮길 때의 수가 나왔습니다. 옮길 수 있는 거리를 stride로 나누세요.",
    en="The stride is not used, so this counts the places of a window that moves by one cell. Divide "
    "the way there is to move by the stride.",
)
def _(size, kernel, stride, padding):
    return size - kernel + 2 * padding + 1


@conv_output_size.mistake(
    "no-floor",
    ko="내림을 하지 않아 칸의 수가 소수로 나왔습니다. `/` 대신 `//`로 나누면 내림이 됩니다.",
    en="Without rounding down, the number of cells is a fraction. Divide with `//` instead of `/`.",
)
def _(size, kernel, stride, padding):
    return (size - kernel + 2 * padding) / stride + 1


@conv_output_size.mistake(
    "forgets-padding",
    ko="패딩을 넣지 않았습니다. 양쪽에 padding칸씩 늘어나므로 입력은 size + 2·padding칸입니다.",
    en="The padding is left out. With padding cells on either side the input is size + 2·padding.",
)
def _(size, kernel, stride, padding):
    return (size - kernel) // stride + 1


@conv_output_size.mistake(
    "padding-once",
    ko="패딩을 한쪽만 셌습니다. 왼쪽과 오른쪽 모두에 붙으므로 두 배입니다.",
    en="The padding is counted on one side. It is put on both ends, so it counts twice.",
)
def _(size, kernel, stride, padding):
    return (size - kernel + padding) // stride + 1


@conv_output_size.mistake(
    "plus-one-inside",
    ko="1을 나누기 *전에* 더했습니다. 걸음이 1이면 같지만, 더 크면 다릅니다. 1은 나눈 다음에 더합니다.",
    en="The 1 was added *before* the division. With stride 1 that makes no difference, with a larger "
    "one it does: divide first, then add 1.",
)
def _(size, kernel, stride, padding):
    return (size - kernel + 2 * padding + 1) // stride


@conv_output_size.mistake(
    "padding-outside",
    ko="패딩을 나눈 다음에 더했습니다. 패딩은 입력을 늘리는 것이므로 걸음으로 나누기 전에 더해야 합니다.",
    en="The padding was added after the division. It makes the input larger, so it goes in before "
    "dividing by the stride.",
)
def _(size, kernel, stride, padding):
    return (size - kernel) // stride + 1 + 2 * padding


@conv_output_size.mistake(
    "forgets-the-kernel",
    ko="커널의 크기를 빼지 않았습니다. 창은 길이가 있으므로 마지막 칸에서 시작할 수 없습니다.",
    en="The kernel's size is not subtracted. A window has a length, so it cannot start at the last "
    "cell.",
)
def _(size, kernel, stride, padding):
    return (size + 2 * padding) // stride


NO_BRACKETS = {
    "ko": "괄호가 빠져 마지막 항만 stride로 나누었습니다. 나눗셈이 덧셈과 뺄셈보다 먼저입니다. 나눌 것 전체를 괄호로 묶으세요: "
    "`(…) // stride`",
    "en": "Without brackets only the last term is divided by the stride, for division comes before "
    "addition and subtraction. Put all that is to be divided in brackets: `(…) // stride`.",
}


@conv_output_size.mistake("forgets-the-brackets", **NO_BRACKETS)
def _(size, kernel, stride, padding):
    return size - kernel + 2 * padding // stride + 1


@conv_output_size.mistake("forgets-the-brackets-kernel-last", **NO_BRACKETS)
def _(size, kernel, stride, padding):
    return size + 2 * padding - kernel // stride + 1


@conv_output_size.mistake(
    "kernel-less-one",
    ko="커널에서 1을 덜 뺐습니다. 커널의 크기를 모두 빼고, 처음 자리를 위한 1은 나눈 다음에 더합니다. 두 가지를 다 하면 하나를 두 번 센 "
    "셈입니다.",
    en="The kernel's size is subtracted one short. Take off all of it; the 1 for the first place is added "
    "after the division. To do both counts it twice.",
)
def _(size, kernel, stride, padding):
    return (size + 2 * padding - (kernel - 1)) // stride + 1


@conv_output_size.mistake(
    "subtracts-padding",
    ko="패딩을 뺐습니다. 패딩은 양쪽에 0을 *덧붙이는* 것이니 입력은 size + 2·padding칸으로 늘어납니다.",
    en="The padding was subtracted. It *adds* zeros on both ends, so the input grows to "
    "size + 2·padding cells.",
)
def _(size, kernel, stride, padding):
    return (size - 2 * padding - kernel) // stride + 1


@conv_output_size.mistake(
    "size-over-stride",
    ko="size를 stride로 나누기만 했습니다. 패딩으로 입력이 2·padding칸 늘어나고, 창의 길이 때문에 옮길 수 있는 거리는 kernel칸 줄어듭니다.",
    en="This only divides size by stride. The padding adds 2·padding cells, and a window that has a "
    "length leaves kernel cells less to move over.",
)
def _(size, kernel, stride, padding):
    return size // stride


@conv_output_size.mistake(
    "kernel-after-the-division",
    ko="커널의 크기를 나눈 다음에 뺐습니다. 커널은 옮길 수 있는 거리를 줄이므로 걸음으로 나누기 전에 빼야 합니다.",
    en="The kernel's size was subtracted after the division. It shortens the way there is to move, so "
    "subtract it before dividing by the stride.",
)
def _(size, kernel, stride, padding):
    return (size + 2 * padding) // stride - kernel + 1


conv_output_size.hints(
    ko=[
        "길이 10인 줄에 길이 3인 창을 놓고 4칸씩 옮겨 보세요. 어디까지 갈 수 있나요? 처음 자리까지 세면 모두 몇 곳인가요?",
        "옮길 수 있는 거리는 size + 2·padding − kernel칸이고, 한 번에 stride칸씩 갑니다. 남는 칸은 버리고, 처음 자리를 하나 더합니다.",
        "`return (size + 2 * padding - kernel) // stride + 1`",
    ],
    en=[
        "Lay a window of 3 on a row of 10 and move it by 4. How far does it get? With the first place "
        "counted, how many places are there?",
        "There are size + 2·padding − kernel cells to move over, stride at a time. Drop what is left "
        "over, and add the first place.",
        "`return (size + 2 * padding - kernel) // stride + 1`.",
    ],
)


# ---------------------------------------------------------------- conv2d-by-hand


@exercise("conv2d-by-hand", points=3, forbids=CONVOLUTIONS)
def conv2d_by_hand(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride=stride, padding=padding)


def conv_case(draw, N, C, size, K, kernel, stride, padding, dtype=torch.float32):
    return (
        draw.normal(N, C, *size, dtype=dtype), draw.normal(K, C, *kernel, dtype=dtype),
        draw.normal(K, dtype=dtype), stride, padding,
    )  # fmt: skip


@conv2d_by_hand.cases
def _(draw):
    x = torch.arange(1.0, 17.0).reshape(1, 1, 4, 4)
    weight = torch.tensor([[[[1.0, 0.0], [0.0, 2.0]]]])
    yield x, weight, torch.tensor([100.0]), (1, 1), (0, 0)
    yield conv_case(draw, 1, 2, (4, 4), 1, (3, 3), (1, 1), (0, 0))
    yield conv_case(draw, 2, 3, (5, 5), 3, (3, 3), (1, 1), (1, 1))
    for kernel in ((3, 1), (1, 3)):  # higher than wide, and wider than high
        yield conv_case(draw, 1, 1, (4, 5), 2, kernel, (1, 1), (0, 0))
    yield conv_case(draw, 2, 1, (7, 7), 2, (3, 3), (2, 2), (0, 0))
    yield conv_case(draw, 1, 2, (7, 7), 2, (3, 3), (1, 3), (0, 0))
    yield conv_case(draw, 1, 1, (5, 5), 2, (3, 3), (1, 1), (2, 0))
    yield conv_case(draw, 3, 2, (8, 6), 4, (3, 2), (2, 3), (1, 2), DOUBLE)
    kernel = draw.integer(1, 3), draw.integer(2, 4)
    size = draw.integer(5, 8), draw.integer(5, 8)
    pairs = (2, draw.integer(1, 3)), (draw.integer(0, 2), 1)
    yield conv_case(draw, 2, 2, size, draw.integer(2, 4), kernel, *pairs)
    # So many cells are left over that windows in the wrong place do not stick out of x.
    yield conv_case(draw, 1, 2, (7, 7), 2, (2, 2), (5, 5), (1, 1))


@conv2d_by_hand.accepts
def _(x, weight, bias, stride, padding):
    columns = F.unfold(x, weight.shape[2:], stride=stride, padding=padding)
    y = weight.flatten(1) @ columns + bias[:, None]
    high = (x.shape[2] + 2 * padding[0] - weight.shape[2]) // stride[0] + 1
    return y.reshape(len(x), len(weight), high, -1)


@conv2d_by_hand.accepts
def _(x, weight, bias, stride, padding):
    padded = F.pad(x, (padding[1], padding[1], padding[0], padding[0]))
    windows = padded.unfold(2, weight.shape[2], stride[0]).unfold(3, weight.shape[3], stride[1])
    return torch.einsum("nchwab,kcab->nkhw", windows, weight) + bias.reshape(1, -1, 1, 1)


@conv2d_by_hand.accepts
def _(x, weight, bias, stride, padding):
    (N, C, H, W), (_, _, kh, kw) = x.shape, weight.shape
    padded = torch.zeros(N, C, H + 2 * padding[0], W + 2 * padding[1], dtype=x.dtype)
    padded[:, :, padding[0] : padding[0] + H, padding[1] : padding[1] + W] = x
    rows = [
        torch.stack(
            [
                (padded[:, None, :, i : i + kh, j : j + kw] * weight).sum((2, 3, 4)) + bias
                for j in range(0, W + 2 * padding[1] - kw + 1, stride[1])
            ],
            -1,
        )
        for i in range(0, H + 2 * padding[0] - kh + 1, stride[0])
    ]
    return torch.stack(rows, 2)


def rows_of_numbers(window, weight):
    """A window (N, C, kh, kw) under all kernels, (N, K), by a matrix product."""
    return window.flatten(1) @ weight.flatten(1).T


def cell_by_cell(window, weight):
    """A window (N, C, kh, kw) under all kernels, (N, K), by products of cells."""
    return (window[:, None] * weight).sum((2, 3, 4))


def in_both_forms(key, **texts):
    """Registers a mistake as either form of the sum makes it: they crash in different words."""

    def register(answer):
        for form in (rows_of_numbers, cell_by_cell):
            name = f"{key}-{form.__name__.replace('_', '-')}"
            conv2d_by_hand.mistake(name, **texts)(functools.partial(answer, form))
        return answer

    return register


def slide(under, padded, weight, bias, stride, high, wide):
    """A learner's two loops over an image with its zeros around; under: one of the two forms."""
    (kh, kw), (sh, sw) = weight.shape[2:], stride
    inside = (high - 1) * sh + kh <= padded.shape[2] and (wide - 1) * sw + kw <= padded.shape[3]
    if inside and under in (rows_of_numbers, cell_by_cell):  # the same, and quicker
        return F.conv2d(padded, weight, bias, stride)[:, :, :high, :wide].clone()
    y = torch.zeros(len(padded), len(weight), high, wide, dtype=padded.dtype)
    for i, j in places(y):
        window = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        y[:, :, i, j] = under(window, weight) + bias
    return y


def slide_padded_by(numbers, under, x, weight, bias, stride, padding):
    """The same with F.pad(x, numbers), and the right size of the result."""
    high, wide = F.conv2d(x, weight, bias, stride, padding).shape[2:]
    return slide(under, F.pad(x, numbers), weight, bias, stride, high, wide)


WIDTH_FROM_THE_HEIGHT = {
    "ko": "결과의 너비를 세는 데 높이의 수(H나 kh)가 들어갔습니다. 높이는 H와 kh에서, 너비는 W와 kw에서 나옵니다.",
    "en": "The width of the result is counted with a number of the height, H or kh. The height comes from H and "
    "kh, the width from W and kw.",
}


def wide_by(size_axis, kernel_axis, under, x, weight, bias, stride, padding):
    """A learner's loops, where the width is counted with these axes of x and weight."""
    ph, pw = padding
    high = (x.shape[2] + 2 * ph - weight.shape[2]) // stride[0] + 1
    wide = (x.shape[size_axis] + 2 * pw - weight.shape[kernel_axis]) // stride[1] + 1
    return slide(under, F.pad(x, (pw, pw, ph, ph)), weight, bias, stride, high, wide)


@in_both_forms("width-from-the-height", **WIDTH_FROM_THE_HEIGHT)
def _(*arguments):
    return wide_by(2, 3, *arguments)


@in_both_forms("width-from-kh", **WIDTH_FROM_THE_HEIGHT)
def _(*arguments):
    return wide_by(3, 2, *arguments)


@in_both_forms("width-from-the-height-and-kh", **WIDTH_FROM_THE_HEIGHT)
def _(*arguments):
    return wide_by(2, 2, *arguments)


@conv2d_by_hand.mistake(
    "flipped",
    ko="커널을 뒤집은 진짜 합성곱입니다. 신경망의 합성곱층은 뒤집지 않습니다.",
    en="This is the true convolution, with the kernel flipped. The layer of a network does not flip.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight.flip(2, 3), bias, stride, padding)


@conv2d_by_hand.mistake(
    "forgets-bias",
    ko="편향을 더하지 않았습니다. 커널마다 편향이 하나씩 있고, 그 커널이 만든 모든 칸에 더해집니다.",
    en="The bias is missing. Each kernel has one, added to every cell that the kernel makes.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, None, stride, padding)


@conv2d_by_hand.mistake(
    "bias-per-channel",
    ko="편향이 입력 채널마다 한 번씩, 모두 C번 더해졌습니다. 채널을 다 더한 *다음에* 한 번만 더하세요.",
    en="The bias is added once for every input channel, C times. Add it once, *after* the sum over "
    "the channels.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias * x.shape[1], stride, padding)


SWAPS_STRIDE = {
    "ko": "걸음의 두 축이 바뀌었습니다. stride는 (sh, sw), 곧 세로 걸음이 먼저입니다.",
    "en": "The axes of the stride are swapped. stride is (sh, sw): the step down comes first.",
}


@conv2d_by_hand.mistake("swaps-stride", **SWAPS_STRIDE)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride[::-1], padding)


@in_both_forms("swaps-stride-of-the-windows", **SWAPS_STRIDE)
def _(under, x, weight, bias, stride, padding):
    (ph, pw), (high, wide) = padding, F.conv2d(x, weight, bias, stride, padding).shape[2:]
    return slide(under, F.pad(x, (pw, pw, ph, ph)), weight, bias, stride[::-1], high, wide)


@conv2d_by_hand.mistake(
    "reshapes-for-a-transpose",
    ko="`weight.reshape(-1, K)`는 모양만 맞추고 수를 뒤섞습니다. 커널마다 한 줄로 편 *다음* 전치하세요: `weight.flatten(1).T`",
    en="`weight.reshape(-1, K)` gives the right shape and mixes up the numbers. Flatten each kernel into a row, "
    "*then* transpose: `weight.flatten(1).T`.",
)
def _(x, weight, bias, stride, padding):
    mixed = weight.reshape(-1, len(weight)).T.reshape(weight.shape)
    return F.conv2d(x, mixed, bias, stride, padding)


@conv2d_by_hand.mistake(
    "written-to-the-transposed-place",
    ko="결과의 줄과 열이 바뀌었습니다. 세로 자리 i가 축 2, 가로 자리 j가 축 3입니다: `y[:, :, i, j]`",
    en="The result's rows and columns are swapped. Place i down goes with axis 2, place j across with axis 3: "
    "`y[:, :, i, j]`.",
)
def _(x, weight, bias, stride, padding):
    right = F.conv2d(x, weight, bias, stride, padding)
    y = torch.zeros_like(right)
    for i, j in places(right):
        y[:, :, j, i] = right[:, :, i, j]
    return y


SWAPS_PADDING = {
    "ko": "패딩의 두 축이 바뀌었습니다. padding은 (ph, pw)이지만 `F.pad`는 **마지막 축부터** 받습니다: "
    "`F.pad(x, (pw, pw, ph, ph))`",
    "en": "The axes of the padding are swapped. padding is (ph, pw), but `F.pad` takes the **last axis "
    "first**: `F.pad(x, (pw, pw, ph, ph))`.",
}


@conv2d_by_hand.mistake("swaps-padding", **SWAPS_PADDING)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride, padding[::-1])


PADS_ONE_AXIS = {
    "ko": "`F.pad`에 수를 둘만 주면 마지막 축의 왼쪽과 오른쪽에만 0이 붙습니다. 네 방향에 모두 붙이려면 수가 네 개 필요합니다: "
    "`F.pad(x, (pw, pw, ph, ph))`",
    "en": "Given two numbers, `F.pad` puts zeros only left and right, on the last axis. All four sides take "
    "four numbers: `F.pad(x, (pw, pw, ph, ph))`.",
}


@conv2d_by_hand.mistake("pads-one-axis", **PADS_ONE_AXIS)
def _(x, weight, bias, stride, padding):
    return F.conv2d(F.pad(x, padding), weight, bias, stride)


@conv2d_by_hand.mistake(
    "forgets-padding",
    ko="패딩을 붙이지 않았습니다. 그림의 위아래에 ph줄씩, 좌우에 pw열씩 0을 먼저 붙이세요.",
    en="The padding is missing. First put ph rows of zeros above and below, and pw columns of zeros "
    "left and right.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride)


@in_both_forms(
    "windows-of-the-unpadded",
    ko="창을 0을 두르기 전의 x에서 잘랐습니다. 그러면 가장자리의 창이 모자라거나 비어 있습니다. 0을 두른 그림에서 자르세요.",
    en="The windows were cut out of x as it was before the zeros went around it, so those at the edge "
    "are too small or empty. Cut them out of the padded image.",
)
def _(under, x, weight, bias, stride, padding):
    return slide_padded_by((0, 0), under, x, weight, bias, stride, padding)


@in_both_forms("swaps-padding-only", **SWAPS_PADDING)
def _(under, x, weight, bias, stride, padding):
    ph, pw = padding
    return slide_padded_by((ph, ph, pw, pw), under, x, weight, bias, stride, padding)


@in_both_forms("pads-one-axis-only", **PADS_ONE_AXIS)
def _(under, x, weight, bias, stride, padding):
    return slide_padded_by(padding, under, x, weight, bias, stride, padding)


PAD_ORDER = {
    "ko": "`F.pad`의 네 수는 (왼쪽, 오른쪽, 위, 아래)입니다. 마지막 축의 앞뒤가 먼저이고, 그다음이 세로의 앞뒤입니다: "
    "`F.pad(x, (pw, pw, ph, ph))`",
    "en": "The four numbers of `F.pad` are (left, right, top, bottom): both ends of the last axis, then "
    "both ends of the one before: `F.pad(x, (pw, pw, ph, ph))`.",
}


@in_both_forms("pads-alternately-across-first", **PAD_ORDER)
def _(under, x, weight, bias, stride, padding):
    ph, pw = padding
    return slide_padded_by((pw, ph, pw, ph), under, x, weight, bias, stride, padding)


@in_both_forms("pads-alternately-down-first", **PAD_ORDER)
def _(under, x, weight, bias, stride, padding):
    ph, pw = padding
    return slide_padded_by((ph, pw, ph, pw), under, x, weight, bias, stride, padding)


@in_both_forms(
    "pads-left-and-above-only",
    ko="왼쪽과 위에만 0을 붙였습니다. 오른쪽과 아래에도 같은 만큼 붙여야 합니다: `F.pad(x, (pw, pw, ph, ph))`",
    en="Zeros were put on the left and above only. As many go on the right and below: "
    "`F.pad(x, (pw, pw, ph, ph))`.",
)
def _(under, x, weight, bias, stride, padding):
    ph, pw = padding
    return slide_padded_by((pw, 0, ph, 0), under, x, weight, bias, stride, padding)


@in_both_forms(
    "counts-the-padding-twice",
    ko="패딩을 두 번 셌습니다. H와 W를 0을 *두른* 그림에서 얻었다면 그 안에 패딩이 이미 들어 있으니, 결과의 크기를 구할 때 또 넣지 마세요.",
    en="The padding is counted twice. If H and W were read from the image *with* its zeros around, they "
    "hold the padding already: do not pass it again when you compute the size of the result.",
)
def _(under, x, weight, bias, stride, padding):
    ph, pw = padding
    high, wide = F.conv2d(x, weight, bias, stride, (2 * ph, 2 * pw)).shape[2:]
    padded = F.pad(x, (pw, pw, ph, ph))
    return slide(under, padded, weight, bias, stride, high, wide)


@in_both_forms(
    "window-ends-without-stride",
    ko="창의 시작에는 걸음을 곱했지만 끝에는 곱하지 않았습니다. 끝도 시작에서 셉니다: `i*sh : i*sh + kh`",
    en="The window's start has the stride in it and its end has not. The end counts from the start: "
    "`i*sh : i*sh + kh`.",
)
def _(under, x, weight, bias, stride, padding):
    (kh, kw), (sh, sw), (ph, pw) = weight.shape[2:], stride, padding
    padded = F.pad(x, (pw, pw, ph, ph))
    y = torch.zeros_like(F.conv2d(x, weight, bias, stride, padding))
    for i, j in places(y):
        window = padded[:, :, i * sh : i + kh, j * sw : j + kw]
        y[:, :, i, j] = under(window, weight) + bias
    return y


@conv2d_by_hand.mistake(
    "window-without-stride",
    ko="결과의 크기는 맞지만 창을 한 칸씩만 옮겼습니다. 결과의 (i, j)에 해당하는 창은 i가 아니라 i·sh줄, j·sw열에서 시작합니다.",
    en="The size of the result is right, but the window moved by one cell. The window of cell (i, j) "
    "starts at row i·sh and column j·sw, not at i and j.",
)
def _(x, weight, bias, stride, padding):
    every = F.conv2d(x, weight, bias, 1, padding)
    high, wide = F.conv2d(x, weight, bias, stride, padding).shape[2:]
    return every[:, :, :high, :wide].clone()


@conv2d_by_hand.mistake(
    "ignores-stride",
    ko="걸음을 쓰지 않고 모든 자리를 계산했습니다. 결과의 크기도 걸음에 따라 줄어야 합니다.",
    en="The stride is not used: every place was computed. The result gets smaller with the stride.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, 1, padding)


@conv2d_by_hand.mistake(
    "first-channel-only",
    ko="첫 채널만 썼습니다. 커널은 채널마다 한 장씩 있고, 모든 채널에서 나온 값을 더해야 한 칸이 됩니다.",
    en="Only the first channel was used. A kernel has a plane for each channel, and one cell is the "
    "sum over all of them.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x[:, :1], weight[:, :1], bias, stride, padding)


@conv2d_by_hand.mistake(
    "averages-channels",
    ko="채널에 대해 더하지 않고 평균을 냈습니다.",
    en="The channels are averaged. They are summed.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight / x.shape[1], bias, stride, padding)


@conv2d_by_hand.mistake(
    "loses-the-last",
    ko="마지막 줄과 마지막 열이 빠졌습니다. 크기를 구할 때 +1을 잊었습니다. 앞에서 쓴 `conv_output_size`를 쓰세요.",
    en="The last row and column are missing: the + 1 of the size was forgotten. Use your "
    "`conv_output_size`.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride, padding)[:, :, :-1, :-1].clone()


@conv2d_by_hand.mistake(
    "first-bias",
    ko="모든 커널에 같은 편향을 더했습니다. k번 결과에는 `bias[k]`를 더하세요.",
    en="All kernels got the same bias. The results of kernel k take `bias[k]`.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias[:1].expand(len(bias)), stride, padding)


@conv2d_by_hand.mistake(
    "kernels-last",
    ko="값은 맞지만 축의 순서가 다릅니다. 커널의 축 K는 둘째 축이어야 합니다: (N, K, Ho, Wo)",
    en="The values are right, the order of the axes is not: the kernels' axis K comes second, "
    "(N, K, Ho, Wo).",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride, padding).permute(0, 2, 3, 1).contiguous()


@conv2d_by_hand.mistake(
    "sums-over-the-batch",
    ko="`.sum()`에 축을 주지 않아 배치의 모든 그림이 한데 더해졌습니다. 그림마다 따로여야 합니다: 창 (N, C, kh, kw)에서 `.sum((1, 2, 3))`",
    en="A `.sum()` without axes adds all images of the batch together. Each image has its own result: "
    "for a window (N, C, kh, kw), `.sum((1, 2, 3))`.",
)
def _(x, weight, bias, stride, padding):
    y = F.conv2d(x, weight, None, stride, padding).sum(0, keepdim=True).expand(len(x), -1, -1, -1)
    return y + bias[:, None, None]


FIRST_OF_THE_PAIRS = {
    "ko": "stride나 padding에서 첫째 수를 가로에도 썼습니다. 둘 다 (세로, 가로)의 쌍입니다.",
    "en": "The first number of stride or padding was used across as well. Both are pairs, (down, across).",
}


@conv2d_by_hand.mistake("first-of-the-pairs", **FIRST_OF_THE_PAIRS)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride[0], padding[0])


@conv2d_by_hand.mistake(
    "sums-the-bias",
    ko="모든 커널의 편향을 합쳐서 더했습니다. k번 결과에는 `bias[k]`만 더하세요.",
    en="The biases of all kernels were added to each. The results of kernel k take `bias[k]` alone.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias.sum().expand(len(bias)), stride, padding)


@conv2d_by_hand.mistake("first-stride-for-both", **FIRST_OF_THE_PAIRS)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride[0], padding)


@conv2d_by_hand.mistake("first-padding-for-both", **FIRST_OF_THE_PAIRS)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride, padding[0])


STRIDE_ON_ONE_AXIS = {
    "ko": "결과의 크기는 맞지만 창의 걸음을 한 축에만 썼습니다. 결과 (i, j)의 창은 i·sh줄, j·sw열에서 시작합니다.",
    "en": "The size is right, but the window takes its stride along one axis only. That of cell (i, j) "
    "starts at row i·sh and column j·sw.",
}


@conv2d_by_hand.mistake("window-without-stride-across", **STRIDE_ON_ONE_AXIS)
def _(x, weight, bias, stride, padding):
    wide = F.conv2d(x, weight, bias, stride, padding).shape[3]
    return F.conv2d(x, weight, bias, (stride[0], 1), padding)[..., :wide].clone()


@conv2d_by_hand.mistake("window-without-stride-down", **STRIDE_ON_ONE_AXIS)
def _(x, weight, bias, stride, padding):
    high = F.conv2d(x, weight, bias, stride, padding).shape[2]
    return F.conv2d(x, weight, bias, (1, stride[1]), padding)[:, :, :high].clone()


@conv2d_by_hand.mistake(
    "averages",
    ko="창의 곱을 더하지 않고 평균을 냈습니다. C·kh·kw개의 곱을 모두 *더하세요*.",
    en="The products of a window are averaged. *Sum* all C·kh·kw of them.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight / weight[0].numel(), bias, stride, padding)


@conv2d_by_hand.mistake(
    "adds-the-bias-at-every-place",
    ko="반복문 안에서 편향을 결과 *전체*에 더해, 앞의 칸일수록 여러 번 더해졌습니다. 칸마다 한 번, 또는 반복문이 끝난 다음에 한 번만 "
    "더하세요.",
    en="Inside the loops the bias is added to the *whole* result, so the earlier a cell, the more often. "
    "Add it once: in each cell, or after the loops.",
)
def _(x, weight, bias, stride, padding):
    y = F.conv2d(x, weight, None, stride, padding)
    times = torch.arange(y[0, 0].numel(), 0, -1).reshape(y.shape[2:])
    return y + bias[:, None, None] * times


@conv2d_by_hand.mistake(
    "bias-on-the-last-axis",
    ko="`y + bias`에서 (K,)인 편향은 y의 *마지막* 축 Wo에 맞추어집니다. 축 K에 맞추려면 (K, 1, 1)로 만드세요: `bias[:, None, None]`",
    en="In `y + bias` the bias, (K,), is lined up with the *last* axis of y, Wo. To line it up with K make "
    "it (K, 1, 1): `bias[:, None, None]`.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, None, stride, padding) + bias


NOT_ZEROS = {
    "ko": "둘레를 0이 아닌 값으로 채웠습니다. `F.pad`는 다른 말이 없으면 0을 두릅니다.",
    "en": "The border was filled with something other than zeros. Zeros are what `F.pad` puts there if "
    "told nothing else.",
}


@conv2d_by_hand.mistake("pads-with-ones", **NOT_ZEROS)
def _(x, weight, bias, stride, padding):
    ph, pw = padding
    return F.conv2d(F.pad(x, (pw, pw, ph, ph), value=1.0), weight, bias, stride)


@conv2d_by_hand.mistake("pads-with-copies", **NOT_ZEROS)
def _(x, weight, bias, stride, padding):
    ph, pw = padding
    return F.conv2d(F.pad(x, (pw, pw, ph, ph), mode="replicate"), weight, bias, stride)


MIXES_AXES = {
    "ko": "`reshape`는 원소를 차례대로 다시 나눌 뿐 축의 순서를 바꾸지 못합니다. 그래서 그림, 커널, 자리가 섞였습니다. 자리의 축이 *마지막*이 "
    "되도록 쌓은 다음 나누세요: `torch.stack(cells, 2).reshape(N, K, Ho, Wo)`",
    "en": "`reshape` deals out the elements in their order and cannot move an axis, so images, kernels and "
    "places were mixed. Stack so that places come *last*, then divide: "
    "`torch.stack(cells, 2).reshape(N, K, Ho, Wo)`.",
}


@conv2d_by_hand.mistake("stacks-before-the-kernels", **MIXES_AXES)
def _(x, weight, bias, stride, padding):
    y = F.conv2d(x, weight, bias, stride, padding)
    return y.flatten(2).transpose(1, 2).reshape(y.shape)


@conv2d_by_hand.mistake("stacks-before-the-batch", **MIXES_AXES)
def _(x, weight, bias, stride, padding):
    y = F.conv2d(x, weight, bias, stride, padding)
    return y.flatten(2).permute(2, 0, 1).reshape(y.shape)


@conv2d_by_hand.mistake(
    "as-many-maps-as-channels",
    ko="결과의 둘째 축을 입력 채널의 수 C로 만들었습니다. 특성 맵은 커널마다 한 장, 곧 `weight.shape[0]`인 K장입니다.",
    en="The second axis of the result was made as long as there are input channels, C. There is one map "
    "for each kernel: K of them, `weight.shape[0]`.",
)
def _(x, weight, bias, stride, padding):
    right = F.conv2d(x, weight, bias, stride, padding)
    y = torch.zeros(len(x), x.shape[1], *right.shape[2:], dtype=x.dtype)
    for i, j in places(y):
        y[:, :, i, j] = right[:, :, i, j]
    return y


ONE_TO_ONE = {
    "ko": "창 (N, C, kh, kw)과 커널 (K, C, kh, kw)을 그대로 곱하면 그림과 커널이 하나씩 짝지어집니다. 모든 그림이 모든 커널을 만나려면 축이 "
    "하나 더 필요합니다: `window[:, None] * weight`는 (N, K, C, kh, kw)입니다.",
    "en": "Multiplied as they are, window (N, C, kh, kw) and kernels (K, C, kh, kw) pair up one image with "
    "one kernel. For every image to meet every kernel there has to be another axis: "
    "`window[:, None] * weight` is (N, K, C, kh, kw).",
}


def paired(x, weight, bias, stride, padding, axes):
    ph, pw = padding
    y = torch.zeros_like(F.conv2d(x, weight, bias, stride, padding))
    padded, (kh, kw), (sh, sw) = F.pad(x, (pw, pw, ph, ph)), weight.shape[2:], stride
    for i, j in places(y):
        window = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
        y[:, :, i, j] = (window * weight).sum(axes) + bias
    return y


@conv2d_by_hand.mistake("pairs-images-with-kernels", **ONE_TO_ONE)
def _(x, weight, bias, stride, padding):
    return paired(x, weight, bias, stride, padding, (1, 2, 3))


@conv2d_by_hand.mistake("pairs-images-with-kernels-and-sums-all", **ONE_TO_ONE)
def _(x, weight, bias, stride, padding):
    return paired(x, weight, bias, stride, padding, None)


@conv2d_by_hand.mistake("returns-inside-the-inner-loop", **RETURNS_EARLY)
def _(x, weight, bias, stride, padding):
    return first_place_only(F.conv2d(x, weight, bias, stride, padding))


@conv2d_by_hand.mistake("returns-inside-the-outer-loop", **RETURNS_EARLY)
def _(x, weight, bias, stride, padding):
    return first_row_only(F.conv2d(x, weight, bias, stride, padding))


WRONG_AXES = {
    "ko": "다른 축을 더했습니다. `window[:, None] * weight`는 (N, K, C, kh, kw)이니 C, kh, kw, 곧 축 2, 3, 4를 더해서 (N, K)로 만드세요.",
    "en": "The wrong axes are summed. `window[:, None] * weight` is (N, K, C, kh, kw): sum C, kh and kw, axes "
    "2, 3 and 4, down to (N, K).",
}


def summed_over(axes, x, weight, bias, stride, padding):
    ph, pw = padding
    high, wide = F.conv2d(x, weight, bias, stride, padding).shape[2:]
    under = lambda window, weight: (window[:, None] * weight).sum(axes)  # noqa: E731
    return slide(under, F.pad(x, (pw, pw, ph, ph)), weight, bias, stride, high, wide)


@conv2d_by_hand.mistake("keeps-the-channels", **WRONG_AXES)
def _(*arguments):
    return summed_over((3, 4), *arguments)


@conv2d_by_hand.mistake("sums-the-kernels", **WRONG_AXES)
def _(*arguments):
    return summed_over((1, 2, 3), *arguments)


conv2d_by_hand.hints(
    ko=[
        "자리 (i, j) 하나에서는 새로운 것이 없습니다. 창을 C·kh·kw개의 수로 펴면, K개의 커널을 곱하는 일은 선형 층 하나입니다. "
        "그것을 모든 자리에서 되풀이하세요.",
        "먼저 `F.pad(x, (pw, pw, ph, ph))`. 창은 `padded[:, :, i*sh : i*sh + kh, j*sw : j*sw + kw]`, 모양은 (N, C, kh, kw). 결과의 "
        "`y[:, :, i, j]`는 (N, K)입니다.",
        "반복문 안에서 `y[:, :, i, j] = window.flatten(1) @ weight.flatten(1).T + bias`",
    ],
    en=[
        "At one place (i, j) there is nothing new: lay the window out as a row of C·kh·kw numbers, and "
        "applying K kernels is one linear layer. Repeat it at every place.",
        "First `F.pad(x, (pw, pw, ph, ph))`. The window is "
        "`padded[:, :, i*sh : i*sh + kh, j*sw : j*sw + kw]`, (N, C, kh, kw); `y[:, :, i, j]` is (N, K).",
        "Inside the loops, `y[:, :, i, j] = window.flatten(1) @ weight.flatten(1).T + bias`.",
    ],
)


# ---------------------------------------------------------------- max-pool

POOLS = ("F.max_pool2d", "F.avg_pool2d", "nn.MaxPool2d", "nn.AvgPool2d", "F.adaptive_max_pool2d",
         "F.adaptive_avg_pool2d", "F.lp_pool2d")  # fmt: skip


@exercise("max-pool", points=2, forbids=POOLS)
def max_pool(x, size, stride):
    return F.max_pool2d(x, size, stride)


@max_pool.cases
def _(draw):
    x = torch.tensor([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 8.0, 6.0]])
    yield x[None, None], 2, 2
    yield -torch.ones(1, 1, 2, 2) - draw.uniform(0, 1, 1, 1, 2, 2), 2, 2
    yield torch.full((1, 1, 2, 2), -1000.0), 2, 2  # there is no least number to begin with
    yield draw.normal(2, 3, 4, 4), 2, 2
    yield draw.normal(1, 2, 5, 7), 2, 2
    yield draw.normal(1, 1, 6, 6), 3, 1
    yield draw.normal(2, 2, 7, 5), 3, 2
    yield draw.normal(3, 1, 8, 8, dtype=DOUBLE) - 5, 2, 3
    yield (
        draw.normal(2, draw.integer(1, 3), draw.integer(5, 9), draw.integer(5, 9)),
        3,
        draw.integer(1, 2),
    )


@max_pool.accepts
def _(x, size, stride):
    return x.unfold(2, size, stride).unfold(3, size, stride).amax((4, 5))


@max_pool.accepts
def _(x, size, stride):
    corners = [
        x[:, :, a:, b:].unfold(2, 1, stride).unfold(3, 1, stride)[..., 0, 0]
        for a in range(size)
        for b in range(size)
    ]
    high = (x.shape[2] - size) // stride + 1
    wide = (x.shape[3] - size) // stride + 1
    return torch.stack([c[:, :, :high, :wide] for c in corners]).max(0).values


def pool_by_windows(x, size, stride, number, high=None, wide=None, step=None, side=None):
    """A learner's two loops of pooling, with something in them changed."""
    N, C, H, W = x.shape
    high = (H - size) // stride + 1 if high is None else high
    wide = (W - size) // stride + 1 if wide is None else wide
    step, side = step or stride, side or size
    y = torch.zeros(N, C, high, wide, dtype=x.dtype)
    for i, j in places(y):
        rows = slice(i * step, i * step + side)
        columns = slice(j * step, j * step + side)
        y[:, :, i, j] = number(x[:, :, rows, columns])
    return y


def largest(window):
    return window.amax((2, 3))


def mean(window):
    return window.mean((2, 3))


POOLED_SIZE = {
    "ko": "결과의 크기가 다릅니다. 창이 겹치거나 끝에 칸이 남을 수 있으니 `//` 한 번으로는 모자랍니다: `conv_output_size(H, size, stride, 0)`",
    "en": "The result has the wrong size. Windows may overlap, and cells may be left over, so a single "
    "`//` does not give it: `conv_output_size(H, size, stride, 0)`.",
}


@max_pool.mistake(
    "average",
    ko="최댓값이 아니라 평균을 냈습니다.",
    en="This is the mean of each window, not its largest value.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride)


@max_pool.mistake(
    "starts-from-zero",
    ko="최댓값을 0에서부터 찾기 시작했거나 둘레를 0으로 채웠습니다. 창의 값이 모두 음수이면 답도 음수여야 합니다.",
    en="The search for the largest starts from 0, or the border was filled with zeros. Where all values of a "
    "window are negative, so is the answer.",
)
def _(x, size, stride):
    return F.max_pool2d(x, size, stride).clamp_min(0)


@max_pool.mistake(
    "largest-size",
    ko="절댓값이 가장 큰 것을 골랐습니다. 부호까지 보아야 합니다: −5보다 1이 큽니다.",
    en="This takes the largest size, without the sign. 1 is larger than −5.",
)
def _(x, size, stride):
    return F.max_pool2d(x.abs(), size, stride)


STRIDE_IS_SIZE = {
    "ko": "stride를 쓰지 않고 창의 크기만큼씩 옮겼습니다. stride가 size보다 작으면 창들이 겹칩니다.",
    "en": "The window moves by its own size, and stride is not used. With a stride smaller than the size, "
    "windows overlap.",
}


@max_pool.mistake("stride-is-size", **STRIDE_IS_SIZE)
def _(x, size, stride):
    return F.max_pool2d(x, size, size)


ALWAYS_TWO = {
    "ko": "창의 크기나 걸음을 2로 못 박았습니다. 받은 size와 stride를 쓰세요.",
    "en": "The size of the window, or its stride, is fixed at 2. Use the size and the stride that are given.",
}


@max_pool.mistake("two-by-two-always", **ALWAYS_TWO)
def _(x, size, stride):
    return F.max_pool2d(x, 2, 2)


@max_pool.mistake("size-two-always", **ALWAYS_TWO)
def _(x, size, stride):
    return F.max_pool2d(x, 2, stride)


@max_pool.mistake("stride-two-always", **ALWAYS_TWO)
def _(x, size, stride):
    return F.max_pool2d(x, size, 2)


@max_pool.mistake(
    "stride-one",
    ko="창을 한 칸씩 옮겼습니다. stride칸씩 옮기세요.",
    en="The window moves by one cell. Move it by stride.",
)
def _(x, size, stride):
    return F.max_pool2d(x, size, 1)


@max_pool.mistake(
    "window-without-stride",
    ko="결과의 크기는 맞지만 창을 한 칸씩만 옮겼습니다. 결과 (i, j)의 창은 i·stride줄, j·stride열에서 시작합니다.",
    en="The size is right, but the window moved by one cell: that of cell (i, j) starts at row "
    "i·stride and column j·stride.",
)
def _(x, size, stride):
    high, wide = F.max_pool2d(x, size, stride).shape[2:]
    return F.max_pool2d(x, size, 1)[:, :, :high, :wide].clone()


@max_pool.mistake(
    "rounds-up",
    ko="끝에 남은 줄과 열로도 창을 만들었습니다. 온전히 들어가는 창만 셉니다: 크기는 내림입니다.",
    en="What is left at the edge was made a window of its own. Only whole windows count: the size is "
    "rounded down.",
)
def _(x, size, stride):
    return F.max_pool2d(x, size, stride, ceil_mode=True)


@max_pool.mistake(
    "loses-the-last",
    ko="마지막 줄과 열의 창이 빠졌습니다. 크기에 +1을 잊었습니다.",
    en="The last row and column of windows are missing: the + 1 of the size was forgotten.",
)
def _(x, size, stride):
    high = (x.shape[2] - size) // stride
    wide = (x.shape[3] - size) // stride
    return F.max_pool2d(x, size, stride)[:, :, :high, :wide].clone()


OVER_CHANNELS = {
    "ko": "채널까지 합쳐서 최댓값 하나를 골랐습니다. 풀링은 채널마다 따로 합니다. 채널의 수는 그대로여야 합니다.",
    "en": "The maximum was taken over the channels too. Each channel is pooled on its own, and their "
    "number stays.",
}


TAKES_FOR_SQUARE = {
    "ko": "가로 자리의 수도 그림의 높이로 셌습니다. 그림은 정사각형이 아닐 수도 있습니다. 가로는 너비 W로 세세요.",
    "en": "The places across were counted with the height of the image, too. An image need not be "
    "square: count them with its width W.",
}


@max_pool.mistake("takes-the-image-for-square", **TAKES_FOR_SQUARE)
def _(x, size, stride):
    wide = len(starts(x.shape[2], size, stride))
    return pool_by_windows(x, size, stride, largest, wide=wide)


@max_pool.mistake("over-channels", **OVER_CHANNELS)
def _(x, size, stride):
    return F.max_pool2d(x, size, stride).amax(1, keepdim=True).expand(-1, x.shape[1], -1, -1)


@max_pool.mistake(
    "over-the-batch",
    ko="창 전체의 최댓값을 `.max()`로 구해서 배치와 채널이 모두 합쳐졌습니다. 마지막 두 축에 대해서만 구하세요: "
    "`.amax((2, 3))`",
    en="A plain `.max()` of the window mixes all images and channels. Take it over the last two axes "
    "only: `.amax((2, 3))`.",
)
def _(x, size, stride):
    pooled = F.max_pool2d(x, size, stride)
    return pooled.amax((0, 1), keepdim=True).expand_as(pooled)


SWAPPED = {
    "ko": "size와 stride가 바뀌었습니다. size는 창의 한 변, stride는 다음 창까지의 거리입니다. `conv_output_size`는 (입력, 창, 걸음, 패딩) "
    "순서로 받습니다.",
    "en": "size and stride are swapped. size is the side of the window, stride the way to the next one; "
    "`conv_output_size` takes (input, window, stride, padding).",
}


@max_pool.mistake("size-and-stride-swapped", **SWAPPED)
def _(x, size, stride):
    return F.max_pool2d(x, stride, size)


@max_pool.mistake(
    "minimum",
    ko="창에서 가장 작은 값을 골랐습니다.",
    en="This takes the smallest value of each window.",
)
def _(x, size, stride):
    return -F.max_pool2d(-x, size, stride)


@max_pool.mistake("size-and-stride-swapped-in-the-size", **SWAPPED)
def _(x, size, stride):
    high, wide = (len(starts(n, stride, size)) for n in x.shape[2:])
    return pool_by_windows(x, size, stride, largest, high, wide)


@max_pool.mistake("over-channels-in-each-window", **OVER_CHANNELS)
def _(x, size, stride):
    return pool_by_windows(x, size, stride, lambda window: window.amax((1, 2, 3)))


@max_pool.mistake("windows-side-by-side", **STRIDE_IS_SIZE)
def _(x, size, stride):
    return pool_by_windows(x, size, stride, largest, step=size)


@max_pool.mistake("size-by-division", **POOLED_SIZE)
def _(x, size, stride):
    high, wide = x.shape[2] // size, x.shape[3] // size
    return pool_by_windows(x, size, stride, largest, high, wide)


@max_pool.mistake("size-by-division-by-stride", **POOLED_SIZE)
def _(x, size, stride):
    high, wide = x.shape[2] // stride, x.shape[3] // stride
    return pool_by_windows(x, size, stride, largest, high, wide)


WINDOW_OF_STRIDE = {
    "ko": "창의 한 변이 stride가 되었습니다. 창은 i·stride에서 시작하지만 size칸을 덮습니다: `i*stride : i*stride + size`",
    "en": "The side of the window became stride. It starts at i·stride and covers size cells: "
    "`i*stride : i*stride + size`.",
}


@max_pool.mistake("window-of-stride", **WINDOW_OF_STRIDE)
def _(x, size, stride):
    return pool_by_windows(x, size, stride, largest, side=stride)


@max_pool.mistake(
    "place-of-the-largest",
    ko="가장 큰 값이 아니라 그 값이 있는 *자리*의 번호입니다. 값을 돌려주세요: `amax`",
    en="This is the *place* of the largest value. Return the value itself: `amax`.",
)
def _(x, size, stride):
    return pool_by_windows(x, size, stride, lambda window: window.flatten(2).argmax(2))


@max_pool.mistake(
    "sum",
    ko="창의 값을 모두 더했습니다. 가장 큰 값 하나만 남기세요.",
    en="The values of each window are summed. Keep the largest alone.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) * size**2


@max_pool.mistake("returns-inside-the-inner-loop", **RETURNS_EARLY)
def _(x, size, stride):
    return first_place_only(F.max_pool2d(x, size, stride))


@max_pool.mistake("returns-inside-the-outer-loop", **RETURNS_EARLY)
def _(x, size, stride):
    return first_row_only(F.max_pool2d(x, size, stride))


for _start in (10, 100):
    max_pool.mistake(
        f"starts-from-minus-{_start}",
        ko="가장 큰 값을 정해진 수(−10이나 −100 따위)에서부터 찾기 시작했습니다. 창의 값이 모두 그보다 작으면 그 수가 답이 됩니다. 창의 첫 값이나 "
        "`-math.inf`에서 시작하거나, `amax`를 쓰세요.",
        en="The search for the largest starts from a fixed number, such as −10 or −100. Where all values of a window are "
        "below it, that number is the answer. Start from the window's first value or `-math.inf`, or use `amax`.",
    )(lambda x, size, stride, least=-_start: max_pool(x, size, stride).clamp(min=least))


max_pool.hints(
    ko=[
        "합성곱과 똑같이 창을 옮깁니다. 다만 곱해서 더하는 대신 창에서 가장 큰 값을 고르고, 채널마다 따로 합니다.",
        "창은 `x[:, :, i*stride : i*stride + size, j*stride : j*stride + size]`, 모양은 (N, C, size, size)입니다. 마지막 두 축의 "
        "최댓값은 (N, C)입니다.",
        "크기는 `conv_output_size(H, size, stride, 0)`. 반복문 안에서 `y[:, :, i, j] = window.amax((2, 3))`",
    ],
    en=[
        "Move a window just as in the convolution, but take its largest value, and do so for each "
        "channel on its own.",
        "The window is `x[:, :, i*stride : i*stride + size, j*stride : j*stride + size]`, "
        "(N, C, size, size). Its maximum over the last two axes is (N, C).",
        "The size is `conv_output_size(H, size, stride, 0)`. In the loops, "
        "`y[:, :, i, j] = window.amax((2, 3))`.",
    ],
)


# ---------------------------------------------------------------- avg-pool


@exercise("avg-pool", forbids=POOLS)
def avg_pool(x, size, stride):
    return F.avg_pool2d(x, size, stride)


@avg_pool.cases
def _(draw):
    x = torch.tensor([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 8.0, 6.0]])
    yield x[None, None], 2, 2
    yield draw.normal(2, 3, 4, 4), 2, 2
    yield draw.normal(1, 2, 7, 5), 2, 2
    yield draw.normal(1, 1, 6, 6), 3, 1
    yield draw.normal(2, 2, 8, 7, dtype=DOUBLE), 3, 2
    yield draw.normal(2, draw.integer(1, 3), draw.integer(5, 9), draw.integer(5, 9)), 2, 3


@avg_pool.accepts
def _(x, size, stride):
    return x.unfold(2, size, stride).unfold(3, size, stride).mean((4, 5))


@avg_pool.accepts
def _(x, size, stride):
    weight = torch.full((1, 1, size, size), size**-2.0, dtype=x.dtype)
    y = F.conv2d(x.reshape(-1, 1, *x.shape[2:]), weight, stride=stride)
    return y.reshape(*x.shape[:2], *y.shape[2:])


@avg_pool.mistake(
    "sum",
    ko="더하기만 하고 나누지 않았습니다. 창의 칸 수 size·size로 나누세요.",
    en="Summed and not divided. Divide by the number of cells of a window, size·size.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) * size**2


@avg_pool.mistake(
    "divides-by-everything",
    ko="창 전체의 원소 수로 나누었습니다. `window.numel()`은 배치와 채널까지 셉니다. 창 하나의 칸 수 size·size로 나누세요.",
    en="This divides by the number of elements of all windows: `window.numel()` counts the batch and the channels as well. Divide by the "
    "cells of one window, size·size.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) / (x.shape[0] * x.shape[1])


@avg_pool.mistake("two-by-two-always", **ALWAYS_TWO)
def _(x, size, stride):
    return F.avg_pool2d(x, 2, 2)


@avg_pool.mistake("size-two-always", **ALWAYS_TWO)
def _(x, size, stride):
    return F.avg_pool2d(x, 2, stride)


@avg_pool.mistake("stride-two-always", **ALWAYS_TWO)
def _(x, size, stride):
    return F.avg_pool2d(x, size, 2)


@avg_pool.mistake(
    "divides-by-size",
    ko="size로 나누었습니다. 창의 칸은 size·size개입니다.",
    en="Divided by size. A window has size·size cells.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) * size


@avg_pool.mistake(
    "maximum",
    ko="평균이 아니라 최댓값입니다.",
    en="This is the largest value of a window, not its mean.",
)
def _(x, size, stride):
    return F.max_pool2d(x, size, stride)


@avg_pool.mistake(
    "stride-is-size",
    ko="stride를 쓰지 않고 창의 크기만큼씩 옮겼습니다.",
    en="The window moves by its own size; use stride.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, size)


@avg_pool.mistake(
    "rounds-up",
    ko="끝에 남은 줄과 열로도 창을 만들었습니다. 온전히 들어가는 창만 셉니다.",
    en="What is left at the edge was made a window of its own. Only whole windows count.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride, ceil_mode=True)


@avg_pool.mistake(
    "window-without-stride",
    ko="결과의 크기는 맞지만 창을 한 칸씩만 옮겼습니다. 결과 (i, j)의 창은 i·stride줄, j·stride열에서 시작합니다.",
    en="The size is right, but the window moved by one cell: that of cell (i, j) starts at row "
    "i·stride and column j·stride.",
)
def _(x, size, stride):
    high, wide = F.avg_pool2d(x, size, stride).shape[2:]
    return F.avg_pool2d(x, size, 1)[:, :, :high, :wide].clone()


@avg_pool.mistake(
    "over-the-batch",
    ko="`.mean()`에 축을 주지 않아 배치와 채널까지 함께 평균을 냈습니다. 마지막 두 축만: `.mean((2, 3))`",
    en="A `.mean()` without axes averages over images and channels too. Only the last two: "
    "`.mean((2, 3))`.",
)
def _(x, size, stride):
    pooled = F.avg_pool2d(x, size, stride)
    return pooled.mean((0, 1), keepdim=True).expand_as(pooled)


@avg_pool.mistake(
    "loses-the-last",
    ko="마지막 줄과 열의 창이 빠졌습니다. 크기에 +1을 잊었습니다.",
    en="The last row and column of windows are missing: the + 1 of the size was forgotten.",
)
def _(x, size, stride):
    high = (x.shape[2] - size) // stride
    wide = (x.shape[3] - size) // stride
    return F.avg_pool2d(x, size, stride)[:, :, :high, :wide].clone()


@avg_pool.mistake("size-by-division", **POOLED_SIZE)
def _(x, size, stride):
    high, wide = x.shape[2] // size, x.shape[3] // size
    return pool_by_windows(x, size, stride, mean, high, wide)


@avg_pool.mistake("size-by-division-by-stride", **POOLED_SIZE)
def _(x, size, stride):
    high, wide = x.shape[2] // stride, x.shape[3] // stride
    return pool_by_windows(x, size, stride, mean, high, wide)


WRONG_DIVISOR = {
    "ko": "다른 수로 나누었습니다. 창에는 size·size칸이 있습니다.",
    "en": "Divided by another number. A window has size·size cells.",
}


@avg_pool.mistake("divides-by-stride-squared", **WRONG_DIVISOR)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) * (size / stride) ** 2


@avg_pool.mistake("divides-by-four", **WRONG_DIVISOR)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) * size**2 / 4


@avg_pool.mistake("divides-by-twice-the-size", **WRONG_DIVISOR)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) * size / 2


@avg_pool.mistake("divides-by-the-image", **WRONG_DIVISOR)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride) * size**2 / x[0, 0].numel()


@avg_pool.mistake(
    "divides-the-maximum",
    ko="최댓값을 칸 수로 나누었습니다. 창의 값을 모두 *더한* 다음 나누어야 평균입니다.",
    en="The maximum was divided by the number of cells. A mean is the *sum* of the window, divided.",
)
def _(x, size, stride):
    return F.max_pool2d(x, size, stride) / size**2


@avg_pool.mistake(
    "drops-the-fraction",
    ko="`//`로 나누어 소수가 버려졌습니다. 여기서는 `/`입니다.",
    en="`//` drops the fraction. Divide with `/` here.",
)
def _(x, size, stride):
    return pool_by_windows(x, size, stride, lambda window: window.sum((2, 3)) // size**2)


@avg_pool.mistake("takes-the-image-for-square", **TAKES_FOR_SQUARE)
def _(x, size, stride):
    wide = len(starts(x.shape[2], size, stride))
    return pool_by_windows(x, size, stride, mean, wide=wide)


@avg_pool.mistake("window-of-stride", **WINDOW_OF_STRIDE)
def _(x, size, stride):
    return pool_by_windows(x, size, stride, mean, side=stride)


@avg_pool.mistake(
    "over-channels",
    ko="채널까지 합쳐서 평균을 냈습니다. 풀링은 채널마다 따로 합니다. 마지막 두 축만: `.mean((2, 3))`",
    en="The mean runs over the channels too. Each channel is pooled on its own: take the last two axes "
    "only, `.mean((2, 3))`.",
)
def _(x, size, stride):
    return F.avg_pool2d(x, size, stride).mean(1, keepdim=True).expand(-1, x.shape[1], -1, -1)


@avg_pool.mistake("returns-inside-the-inner-loop", **RETURNS_EARLY)
def _(x, size, stride):
    return first_place_only(F.avg_pool2d(x, size, stride))


@avg_pool.mistake("returns-inside-the-outer-loop", **RETURNS_EARLY)
def _(x, size, stride):
    return first_row_only(F.avg_pool2d(x, size, stride))


avg_pool.hints(
    ko=[
        "`max_pool`에서 한 군데만 바꾸면 됩니다.",
        "창 (N, C, size, size)의 마지막 두 축에 대한 평균은 (N, C)입니다.",
        "`y[:, :, i, j] = window.mean((2, 3))`",
    ],
    en=[
        "It is your `max_pool` with one thing changed.",
        "The mean of the window, (N, C, size, size), over its last two axes is (N, C).",
        "`y[:, :, i, j] = window.mean((2, 3))`.",
    ],
)


# ---------------------------------------------------------------- conv-backward


@exercise(
    "conv-backward",
    points=3,
    forbids=(*AUTOGRAD, "F.conv2d", "F.conv_transpose2d", "nn.grad.conv2d_weight"),
    returns=["d_x", "d_weight", "d_bias"],
)
def conv_backward(d_y, x, weight, stride):
    x, weight = x.clone().requires_grad_(), weight.clone().requires_grad_()
    bias = torch.zeros(len(weight), dtype=x.dtype, requires_grad=True)
    y = F.conv2d(x, weight, bias, stride)
    return torch.autograd.grad(y, (x, weight, bias), d_y)


def backward_case(draw, N, C, size, K, kernel, stride, dtype=torch.float32):
    high, wide = (len(starts(n, k, stride)) for n, k in zip(size, kernel, strict=True))
    return (
        draw.normal(N, K, high, wide, dtype=dtype), draw.normal(N, C, *size, dtype=dtype),
        draw.normal(K, C, *kernel, dtype=dtype), stride,
    )  # fmt: skip


@conv_backward.cases
def _(draw):
    x = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]])
    d_y = torch.tensor([[[[1.0, 0.0], [0.0, -1.0]]]])
    yield d_y, x, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), 1
    yield backward_case(draw, 2, 1, (4, 4), 2, (2, 2), 1)
    yield backward_case(draw, 3, 2, (5, 4), 3, (3, 2), 1)
    yield backward_case(draw, 1, 1, (3, 4), 2, (1, 3), 1)
    yield backward_case(draw, 2, 2, (7, 7), 2, (3, 3), 2)
    yield backward_case(draw, 1, 2, (6, 8), 2, (3, 3), 2, DOUBLE)  # a row and a column unread
    yield backward_case(draw, 2, 3, (5, 6), draw.integer(2, 4), (2, 2), 3)
    size = draw.integer(5, 7), draw.integer(5, 7)
    yield backward_case(draw, draw.integer(2, 3), 2, size, 2, (3, 2), draw.integer(1, 2))


@conv_backward.accepts
def _(d_y, x, weight, stride):
    kernel = weight.shape[2:]
    columns = F.unfold(x, kernel, stride=stride)
    flat = d_y.flatten(2)
    d_weight = torch.einsum("nkl,nml->km", flat, columns).reshape(weight.shape)
    d_columns = weight.flatten(1).T @ flat
    d_x = F.fold(d_columns, x.shape[2:], kernel, stride=stride)
    return d_x, d_weight, d_y.sum((0, 2, 3))


@conv_backward.accepts
def _(d_y, x, weight, stride):
    d_x, d_weight, d_bias = torch.zeros_like(x), torch.zeros_like(weight), torch.zeros(len(weight))
    (high, wide), (kh, kw) = d_y.shape[2:], weight.shape[2:]
    for a in range(kh):
        for b in range(kw):
            rows = slice(a, a + stride * (high - 1) + 1, stride)
            columns = slice(b, b + stride * (wide - 1) + 1, stride)
            d_weight[:, :, a, b] = torch.einsum("nkij,ncij->kc", d_y, x[:, :, rows, columns])
            d_x[:, :, rows, columns] += torch.einsum("nkij,kc->ncij", d_y, weight[:, :, a, b])
    d_bias = d_bias.to(x.dtype)
    for image in d_y:
        d_bias += image.flatten(1).sum(1)
    return [d_x, d_weight, d_bias]


def scatter(d_y, x, weight, stride, add=True):
    """d_x and d_weight, window by window. stride: an int, or (down, across)."""
    d_x, d_weight = torch.zeros_like(x), torch.zeros_like(weight)
    kh, kw = weight.shape[2:]
    down, across = stride if isinstance(stride, tuple) else (stride, stride)
    if add:  # the oracle on the part of x that these windows cover
        high, wide = (d_y.shape[2] - 1) * down + kh, (d_y.shape[3] - 1) * across + kw
        covered = x[:, :, :high, :wide]
        d_x[:, :, :high, :wide], d_weight, _ = conv_backward(d_y, covered, weight, (down, across))
        return d_x, d_weight
    for i, j in places(d_y):
        rows, columns = slice(i * down, i * down + kh), slice(j * across, j * across + kw)
        d = d_y[:, :, i, j]
        d_x[:, :, rows, columns] = (d @ weight.flatten(1)).reshape(len(x), -1, kh, kw)
    window = x[:, :, rows, columns]  # at the last place
    return d_x, (d.T @ window.flatten(1)).reshape(weight.shape)


ASSIGNS_X = {
    "ko": "d_x의 창에 더하지 않고 덮어썼습니다. 픽셀 하나가 여러 창에 쓰였으므로, 각 창에서 돌아온 몫을 `+=`로 더해야 합니다.",
    "en": "The window of d_x is overwritten instead of added to. A pixel was used in several windows, "
    "and what comes back from each adds up: `+=`.",
}
ASSIGNS_WEIGHT = {
    "ko": "d_weight에 마지막 자리의 몫만 남았습니다. 같은 커널이 모든 자리에서 쓰였으니 모든 자리의 몫을 `+=`로 더하세요.",
    "en": "In d_weight only the share of the last place is left. One kernel was used at all places, "
    "and their shares add up: `+=`.",
}


@conv_backward.mistake("overwrites-d-x", **ASSIGNS_X)
def _(d_y, x, weight, stride):
    _, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return scatter(d_y, x, weight, stride, add=False)[0], d_weight, d_bias


@conv_backward.mistake("overwrites-d-weight", **ASSIGNS_WEIGHT)
def _(d_y, x, weight, stride):
    d_x, _, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, scatter(d_y, x, weight, stride, add=False)[1], d_bias


@conv_backward.mistake(
    "overwrites-both",
    ko="d_x와 d_weight를 모두 덮어썼습니다. 픽셀은 여러 창에, 커널은 모든 자리에 쓰였습니다. 두 곳 다 `+=`로 더하세요.",
    en="Both d_x and d_weight are overwritten. A pixel was used in several windows and the kernel at "
    "all places: both need `+=`.",
)
def _(d_y, x, weight, stride):
    d_bias = conv_backward(d_y, x, weight, stride)[2]
    return *scatter(d_y, x, weight, stride, add=False), d_bias


NO_STRIDE_BACK = {
    "ko": "걸음이 빠졌습니다. 두 축이나 한 축에서, 또는 d_x나 d_weight에서만 빠졌을 수도 있습니다. 결과 (i, j)를 만든 창은 i·stride줄, j·stride열에서 "
    "시작했습니다. x에서 읽는 창도, d_x에 더하는 창도 그 창이어야 합니다.",
    "en": "The stride is missing, along one axis or both, perhaps for d_x or d_weight alone. The window that made "
    "cell (i, j) started at row i·stride and column j·stride: it is the one to read from x, and to add to "
    "in d_x.",
}


@conv_backward.mistake("ignores-stride", **NO_STRIDE_BACK)
def _(d_y, x, weight, stride):
    d_bias = conv_backward(d_y, x, weight, stride)[2]
    return *scatter(d_y, x, weight, 1), d_bias


@conv_backward.mistake("ignores-stride-down", **NO_STRIDE_BACK)
def _(d_y, x, weight, stride):
    d_bias = conv_backward(d_y, x, weight, stride)[2]
    return *scatter(d_y, x, weight, (1, stride)), d_bias


@conv_backward.mistake("ignores-stride-across", **NO_STRIDE_BACK)
def _(d_y, x, weight, stride):
    d_bias = conv_backward(d_y, x, weight, stride)[2]
    return *scatter(d_y, x, weight, (stride, 1)), d_bias


@conv_backward.mistake("ignores-stride-in-d-x", **NO_STRIDE_BACK)
def _(d_y, x, weight, stride):
    _, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return scatter(d_y, x, weight, 1)[0], d_weight, d_bias


@conv_backward.mistake("ignores-stride-in-d-weight", **NO_STRIDE_BACK)
def _(d_y, x, weight, stride):
    d_x, _, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, scatter(d_y, x, weight, 1)[1], d_bias


@conv_backward.mistake(
    "mean-over-the-batch",
    ko="배치에 대해 평균을 냈습니다. 손실의 1/N은 이미 d_y 안에 들어 있습니다(11장). 여기서는 더하기만 하세요.",
    en="The batch is averaged. The loss's 1/N is already inside d_y (chapter 11): only sum here.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight / len(x), d_bias / len(x)


@conv_backward.mistake(
    "weight-mean-only",
    ko="d_weight만 배치에 대해 평균을 냈습니다. 1/N은 이미 d_y 안에 있습니다(11장). 더하기만 하세요.",
    en="d_weight alone is averaged over the batch. The 1/N is inside d_y already (chapter 11): sum.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight / len(x), d_bias


BIAS_MEAN = {
    "ko": "d_bias에서 자리에 대해 평균을 냈습니다. 편향은 모든 그림의 모든 자리에 더해졌으니 돌아오는 것은 그 합입니다: `d_y.sum((0, 2, 3))`",
    "en": "d_bias is a mean over places. The bias was added at every place of every image, so what comes back is "
    "the sum: `d_y.sum((0, 2, 3))`.",
}


@conv_backward.mistake("bias-mean", **BIAS_MEAN)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y.mean((0, 2, 3))


@conv_backward.mistake("bias-mean-over-places", **BIAS_MEAN)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y.sum(0).mean((1, 2))


@conv_backward.mistake(
    "bias-over-the-batch-only",
    ko="d_bias를 배치에 대해서만 더했습니다. 편향 하나가 모든 *자리*에도 더해졌으니 세로와 가로로도 더해서 (K,)로 만드세요.",
    en="d_bias is summed over the batch only. One bias was added at every *place* too: sum over rows "
    "and columns as well, down to (K,).",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y.sum(0)


@conv_backward.mistake(
    "flips-the-kernel",
    ko="커널을 뒤집어 d_x에 더했습니다. 창마다 더하는 방법에서는 뒤집지 않습니다: 앞으로 갈 때 x[i + a]에 곱한 것이 weight[a]였으니 "
    "돌아올 때도 weight[a]입니다. (뒤집힌 커널은 d_x를 합성곱 *한 번*으로 쓸 때 나타납니다.)",
    en="The kernel was flipped on the way to d_x. Window by window nothing is flipped: forward, "
    "x[i + a] was multiplied by weight[a], and so it is on the way back. (A flipped kernel appears "
    "when d_x is written as *one* convolution.)",
)
def _(d_y, x, weight, stride):
    _, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return scatter(d_y, x, weight.flip(2, 3), stride)[0], d_weight, d_bias


ONE_IMAGE_WEIGHTS = {
    "ko": "d_weight를 그림 한 장에서만 구했습니다. 배치의 모든 그림이 같은 커널을 썼으니 모든 그림의 몫을 더하세요.",
    "en": "d_weight comes from one image alone. All images of the batch used the kernel: add up what comes from "
    "each.",
}


@conv_backward.mistake("one-image-weights", **ONE_IMAGE_WEIGHTS)
def _(d_y, x, weight, stride):
    d_x, _, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, scatter(d_y[:1], x[:1], weight, stride)[1], d_bias


@conv_backward.mistake("last-image-weights", **ONE_IMAGE_WEIGHTS)
def _(d_y, x, weight, stride):
    d_x, _, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, scatter(d_y[-1:], x[-1:], weight, stride)[1], d_bias


SQUARE_KERNEL = {
    "ko": "커널의 한 변을 다른 변에도 썼습니다. 커널은 정사각형이 아닐 수도 있습니다: `kh, kw = weight.shape[2:]`",
    "en": "One side of the kernel was used for the other as well. A kernel need not be square: "
    "`kh, kw = weight.shape[2:]`.",
}


def as_square(axis, d_y, x, weight, stride):
    """A learner's loops, with windows as high and wide as this axis of the kernel."""
    if weight.shape[2] == weight.shape[3]:
        return conv_backward(d_y, x, weight, stride)
    d_x, d_weight, side = torch.zeros_like(x), torch.zeros_like(weight), weight.shape[axis]
    for i, j in places(d_y):
        r, c, d = i * stride, j * stride, d_y[:, :, i, j]
        window = x[:, :, r : r + side, c : c + side]
        d_weight += (d.T @ window.flatten(1)).reshape(weight.shape)
        d_x[:, :, r : r + side, c : c + side] += (d @ weight.flatten(1)).reshape(window.shape)
    return d_x, d_weight, d_y.sum((0, 2, 3))


@conv_backward.mistake("kernel-as-wide-as-high", **SQUARE_KERNEL)
def _(*arguments):
    return as_square(2, *arguments)


@conv_backward.mistake("kernel-as-high-as-wide", **SQUARE_KERNEL)
def _(*arguments):
    return as_square(3, *arguments)


@conv_backward.mistake(
    "wrong-order",
    ko="순서가 다릅니다. (d_x, d_weight, d_bias) 순서로 돌려주세요.",
    en="The order differs: return (d_x, d_weight, d_bias).",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return d_weight, d_bias, d_x


@conv_backward.mistake(
    "weight-before-x",
    ko="순서가 다릅니다. (d_x, d_weight, d_bias) 순서로 돌려주세요.",
    en="The order differs: return (d_x, d_weight, d_bias).",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return d_weight, d_x, d_bias


@conv_backward.mistake(
    "everything-mean",
    ko="배치에 대해 평균을 냈습니다. 손실의 1/N은 이미 d_y 안에 들어 있습니다(11장). 여기서는 더하기만 하세요.",
    en="The batch is averaged. The loss's 1/N is already inside d_y (chapter 11): only sum here.",
)
def _(d_y, x, weight, stride):
    return tuple(d / len(x) for d in conv_backward(d_y, x, weight, stride))


@conv_backward.mistake(
    "bias-mean-over-the-batch",
    ko="d_bias를 배치에 대해 평균 냈습니다. 1/N은 이미 d_y 안에 있습니다(11장). 더하기만 하세요.",
    en="d_bias is averaged over the batch. The 1/N is inside d_y already (chapter 11): only sum.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_bias / len(x)


@conv_backward.mistake(
    "bias-over-places-only",
    ko="d_bias를 자리에 대해서만 더해 그림마다 하나씩 남았습니다. 편향 하나를 모든 *그림*이 함께 썼으니 배치에 대해서도 더해서 (K,)로 만드세요.",
    en="d_bias is summed over places only, and one is left for each image. All *images* share the bias: "
    "sum over the batch too, down to (K,).",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y.sum((2, 3))


@conv_backward.mistake(
    "one-number-for-the-bias",
    ko="d_bias를 수 하나로 더했습니다. 커널마다 편향이 하나씩이니 (K,)여야 합니다: `d_y.sum((0, 2, 3))`",
    en="d_bias is one single number. There is a bias for each kernel, so it is (K,): "
    "`d_y.sum((0, 2, 3))`.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y.sum()


@conv_backward.mistake(
    "not-transposed",
    ko="d를 전치하지 않았습니다. 커널로 가는 몫은 (K, N) @ (N, C·kh·kw)입니다: `d.T @ window.flatten(1)`. N과 K가 같으면 오류도 나지 "
    "않습니다.",
    en="d was not transposed. The kernels' share is (K, N) @ (N, C·kh·kw): `d.T @ window.flatten(1)`. "
    "Where N equals K no error tells you.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, d_bias = conv_backward(d_y, x, weight, stride)
    d_weight, (kh, kw) = torch.zeros_like(d_weight), weight.shape[2:]
    for i, j in places(d_y):
        r, c = i * stride, j * stride
        window = x[:, :, r : r + kh, c : c + kw]
        d_weight += (d_y[:, :, i, j] @ window.flatten(1)).reshape(weight.shape)
    return d_x, d_weight, d_bias


@conv_backward.mistake(
    "bias-for-each-image",
    ko="d_bias를 커널이 아니라 그림마다 하나씩 구했습니다. 커널의 축만 남기세요: `d_y.sum((0, 2, 3))`",
    en="d_bias has one number for each image, not for each kernel. Keep the kernels' axis: "
    "`d_y.sum((0, 2, 3))`.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y.sum((1, 2, 3))


@conv_backward.mistake(
    "bias-of-the-last-place",
    ko="d_bias에 마지막 자리의 몫만 남았습니다. 편향은 모든 자리에 더해졌으니 모든 자리의 몫을 더하세요: 반복문 안에서 `+=`, 또는 "
    "`d_y.sum((0, 2, 3))`",
    en="In d_bias only the share of the last place is left. The bias was added at all places, and their "
    "shares add up: `+=` in the loops, or `d_y.sum((0, 2, 3))`.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y[:, :, -1, -1].sum(0)


@conv_backward.mistake(
    "adds-to-a-copy",
    ko="d_x가 0 그대로입니다. `part = part + …`는 새 텐서를 만들 뿐 d_x를 바꾸지 않습니다. 조각에 바로 더하세요: "
    "`d_x[:, :, rows, columns] += …`",
    en="d_x is still 0. `part = part + …` makes a new tensor and leaves d_x alone. Add straight into the "
    "slice: `d_x[:, :, rows, columns] += …`.",
)
def _(d_y, x, weight, stride):
    return torch.zeros_like(x), *conv_backward(d_y, x, weight, stride)[1:]


@conv_backward.mistake(
    "adds-to-the-window-of-x",
    ko="`window += …`는 d_x가 아니라 입력 x를 바꿉니다. 창은 x의 뷰이기 때문입니다(1장). 같은 자리의 d_x에 더하세요: "
    "`d_x[:, :, rows, columns] += …`",
    en="`window += …` changes the input x and not d_x, for the window is a view of x (chapter 1). Add to "
    "that part of d_x: `d_x[:, :, rows, columns] += …`.",
)
def _(d_y, x, weight, stride):
    d_bias = conv_backward(d_y, x, weight, stride)[2]
    d_weight, (kh, kw) = torch.zeros_like(weight), weight.shape[2:]
    for i, j in places(d_y):
        r, c = i * stride, j * stride
        window, d = x[:, :, r : r + kh, c : c + kw], d_y[:, :, i, j]
        d_weight += (d.T @ window.flatten(1)).reshape(weight.shape)
        window += (d @ weight.flatten(1)).reshape(window.shape)
    return torch.zeros_like(x), d_weight, d_bias


@conv_backward.mistake(
    "no-bias",
    ko="d_bias가 빠졌습니다. (d_x, d_weight, d_bias) 셋을 돌려주세요.",
    en="d_bias is missing: return all three, (d_x, d_weight, d_bias).",
)
def _(d_y, x, weight, stride):
    return conv_backward(d_y, x, weight, stride)[:2]


DOWN_AND_ACROSS = {
    "ko": "세로와 가로가 바뀌었습니다. 축 2가 세로이고 i를, 축 3이 가로이고 j를 따라갑니다: `x[:, :, rows, columns]`, `d_y[:, :, i, j]`",
    "en": "Down and across are swapped. Axis 2 runs down and goes with i, axis 3 across and with j: "
    "`x[:, :, rows, columns]`, `d_y[:, :, i, j]`.",
}


def crossed(d_y, x, weight, stride, read, write):
    """A learner's loops; read and write: whether the window of x, or of d_x, is taken crosswise."""
    d_x, d_weight = torch.zeros_like(x), torch.zeros_like(weight)
    kh, kw = weight.shape[2:]
    for i, j in places(d_y):
        rows = slice(i * stride, i * stride + kh)
        columns = slice(j * stride, j * stride + kw)
        window = x[:, :, columns, rows] if read else x[:, :, rows, columns]
        d = d_y[:, :, i, j]
        d_weight += (d.T @ window.flatten(1)).reshape(weight.shape)
        part = d_x[:, :, columns, rows] if write else d_x[:, :, rows, columns]
        part += (d @ weight.flatten(1)).reshape(window.shape)
    return d_x, d_weight, d_y.sum((0, 2, 3))


@conv_backward.mistake("columns-before-rows", **DOWN_AND_ACROSS)
def _(d_y, x, weight, stride):
    return crossed(d_y, x, weight, stride, read=True, write=True)


@conv_backward.mistake("columns-before-rows-in-x", **DOWN_AND_ACROSS)
def _(d_y, x, weight, stride):
    return crossed(d_y, x, weight, stride, read=True, write=False)


@conv_backward.mistake("columns-before-rows-in-d-x", **DOWN_AND_ACROSS)
def _(d_y, x, weight, stride):
    return crossed(d_y, x, weight, stride, read=False, write=True)


@conv_backward.mistake("j-before-i", **DOWN_AND_ACROSS)
def _(d_y, x, weight, stride):
    d_x, d_weight = torch.zeros_like(x), torch.zeros_like(weight)
    kh, kw = weight.shape[2:]
    for i, j in places(d_y):
        rows = slice(i * stride, i * stride + kh)
        columns = slice(j * stride, j * stride + kw)
        window, d = x[:, :, rows, columns], d_y[:, :, j, i]
        d_weight += (d.T @ window.flatten(1)).reshape(weight.shape)
        d_x[:, :, rows, columns] += (d @ weight.flatten(1)).reshape(window.shape)
    return d_x, d_weight, d_y.sum((0, 2, 3))


conv_backward.hints(
    ko=[
        "자리 (i, j) 하나만 보세요. 거기에서는 창이 선형 층을 지난 것이니 11장의 규칙이 그대로 통합니다. 그 몫을 창과 커널에 돌려주고, "
        "모든 자리에서 더하세요.",
        "d = `d_y[:, :, i, j]`는 (N, K). 커널로 가는 몫은 d의 전치 (K, N) @ 펴 놓은 창 (N, C·kh·kw), 창으로 가는 몫은 "
        "d (N, K) @ 펴 놓은 커널 (K, C·kh·kw)입니다. 모양을 되돌려 더하세요.",
        "`d_weight += (d.T @ window.flatten(1)).reshape(weight.shape)`, `d_x[:, :, rows, columns] += "
        "(d @ weight.flatten(1)).reshape(window.shape)`, `d_bias = d_y.sum((0, 2, 3))`",
    ],
    en=[
        "Look at a single place (i, j). There the window went through a linear layer, so the rules of "
        "chapter 11 hold. Hand the shares back to the window and to the kernel, and add up over all "
        "places.",
        "d = `d_y[:, :, i, j]` is (N, K). The kernel's share is d transposed, (K, N), @ the flattened "
        "window, (N, C·kh·kw); the window's is d (N, K) @ the flattened kernel (K, C·kh·kw). Put the "
        "shapes back and add.",
        "`d_weight += (d.T @ window.flatten(1)).reshape(weight.shape)`, `d_x[:, :, rows, columns] += "
        "(d @ weight.flatten(1)).reshape(window.shape)`, `d_bias = d_y.sum((0, 2, 3))`.",
    ],
)


# ---------------------------------------------------------------- max-pool-backward


@exercise("max-pool-backward", points=2, forbids=(*AUTOGRAD, "F.max_unpool2d", "nn.MaxUnpool2d"))
def max_pool_backward(d_y, x, size, stride):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(F.max_pool2d(x, size, stride), x, d_y)[0]


def pool_case(draw, N, C, H, W, size, stride, x=None, dtype=torch.float32):
    high, wide = len(starts(H, size, stride)), len(starts(W, size, stride))
    x = draw.normal(N, C, H, W, dtype=dtype) if x is None else x
    return draw.normal(N, C, high, wide, dtype=dtype), x, size, stride


@max_pool_backward.cases
def _(draw):
    x = torch.tensor([[[[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 8.0, 6.0]]]])
    yield torch.tensor([[[[10.0, -20.0]]]]), x, 2, 2
    yield torch.tensor([[[[12.0]]]]), torch.tensor([[[[1.0, 7.0], [7.0, 7.0]]]]), 2, 2
    yield pool_case(draw, 2, 2, 4, 4, 2, 2)
    yield pool_case(draw, 1, 2, 5, 7, 2, 2)
    yield pool_case(draw, 1, 1, 5, 5, 3, 1)  # windows overlap
    ties = draw.integers(0, 2, 2, 2, 6, 6).float()
    yield pool_case(draw, 2, 2, 6, 6, 2, 2, ties)
    yield pool_case(draw, 2, 1, 7, 6, 3, 2, dtype=DOUBLE)
    ties = draw.integers(0, 2, 1, 2, 6, 5).float()
    yield pool_case(draw, 1, 2, 6, 5, 3, draw.integer(1, 2), ties)
    yield torch.tensor([[[[5.0]]]]), torch.tensor([[[[-3.0, -1.0], [-2.0, -4.0]]]]), 2, 2
    # Nearly a tie, and far below 0.
    near = torch.tensor([[[[-1000.0, -999.9995], [-2000.0, -3000.0]]]])
    yield torch.tensor([[[[3.0]]]]), near, 2, 2


@max_pool_backward.accepts
def _(d_y, x, size, stride):
    d_x = torch.zeros_like(x)
    N, C, high, wide = d_y.shape
    for n in range(N):
        for c in range(C):
            for i in range(high):
                for j in range(wide):
                    r, s = i * stride, j * stride
                    window = x[n, c, r : r + size, s : s + size].tolist()
                    flat = [value for row in window for value in row]
                    a, b = divmod(flat.index(max(flat)), size)
                    d_x[n, c, r + a, s + b] += d_y[n, c, i, j]
    return d_x


@max_pool_backward.accepts
def _(d_y, x, size, stride):
    windows = F.unfold(x.reshape(-1, 1, *x.shape[2:]), size, stride=stride)  # (NC, size², L)
    one = F.one_hot(windows.argmax(1), size * size).transpose(1, 2).to(x.dtype)
    shares = one * d_y.reshape(len(windows), 1, -1)
    return F.fold(shares, x.shape[2:], size, stride=stride).reshape(x.shape)


def give_back(d_y, x, size, stride, share, add=True):
    """Every window's gradient spread by share(window), (N, C, size, size) of weights.

    stride: an int, or (down, across).
    """
    d_x = torch.zeros_like(x)
    down, across = stride if isinstance(stride, tuple) else (stride, stride)
    for i, j in places(d_y):
        rows = slice(i * down, i * down + size)
        columns = slice(j * across, j * across + size)
        part = share(x[:, :, rows, columns]) * d_y[:, :, i, j, None, None]
        if add:
            d_x[:, :, rows, columns] += part
        else:
            d_x[:, :, rows, columns] = part
    return d_x


def all_maxima(window):
    return (window == window.amax((2, 3), keepdim=True)).to(window.dtype)


def first_maximum(window):
    flat = window.flatten(2)
    one = F.one_hot(flat.argmax(2), flat.shape[2])
    return one.reshape(window.shape).to(window.dtype)


def one_hot_mask(find):
    """share() for give_back, where find(window) gives the places that go into F.one_hot."""

    def share(window):
        return F.one_hot(find(window), window.shape[-1] ** 2).reshape(window.shape)

    return share


def last_maximum(window):
    return first_maximum(window.flip(2, 3)).flip(2, 3)


@max_pool_backward.mistake(
    "one-cell-assigned",
    ko="창이 겹칠 때 한 칸이 여러 창의 최댓값일 수 있습니다. 그런데 `=`로 써넣어 마지막 창의 기울기만 남았습니다. 더하세요: `+=`. (번호 텐서로 한꺼번에 쓸 때는 `+=`도 한 번만 더하므로 `index_put_(…, accumulate=True)`나 `scatter_add_`가 필요합니다.)",
    en="Where windows overlap, one cell may be the largest of several, and with `=` only the last window's gradient is left. Add: `+=`. (With "
    "tensors of indices even `+=` adds just once: there it takes `index_put_(…, accumulate=True)` or `scatter_add_`.)",
)
def _(d_y, x, size, stride):
    _, where = F.max_pool2d(x, size, stride, return_indices=True)
    d_x = torch.zeros_like(x).flatten(2)
    return d_x.scatter_(2, where.flatten(2), d_y.flatten(2)).reshape(x.shape)


@max_pool_backward.mistake(
    "every-maximum",
    ko="가장 큰 값이 여럿이면 그 모두에게 기울기를 통째로 주었습니다. 그러면 기울기의 합이 늘어납니다. 설명문대로 맨 먼저 나오는 하나에만 주세요.",
    en="Where several values tie, each got the whole gradient, so its total grows. Give it to the "
    "first of them only, as the docstring says.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, all_maxima)


@max_pool_backward.mistake(
    "shares-among-ties",
    ko="가장 큰 값이 여럿일 때 기울기를 똑같이 나누어 주었습니다. 그럴듯하지만 PyTorch와 이 설명문은 맨 먼저 나오는 하나에 모두 줍니다.",
    en="Values that tie share the gradient equally. That would make sense too, but PyTorch, and this "
    "docstring, give all of it to the first of them.",
)
def _(d_y, x, size, stride):
    def share(window):
        mask = all_maxima(window)
        return mask / mask.sum((2, 3), keepdim=True)

    return give_back(d_y, x, size, stride, share)


@max_pool_backward.mistake(
    "last-maximum",
    ko="가장 큰 값이 여럿일 때 마지막 것에 주었습니다. 줄 순서로 맨 먼저 나오는 것에 주세요. 비교에 `>=`를 썼다면 `>`로 바꾸세요.",
    en="Among values that tie the last one got the gradient. It goes to the first in reading order; if "
    "you compare with `>=`, use `>`.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, last_maximum)


@max_pool_backward.mistake(
    "spreads-evenly",
    ko="창의 모든 칸에 고르게 나누어 주었습니다. 그것은 평균 풀링의 역전파입니다. 최댓값이 아니었던 칸은 결과에 영향을 주지 않았으니 0입니다.",
    en="All cells of a window share the gradient. That is the way back through average pooling. A "
    "cell that was not the largest had no effect on the result: it gets 0.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, lambda w: torch.ones_like(w) / size**2)


@max_pool_backward.mistake(
    "to-every-cell",
    ko="창의 모든 칸에 기울기를 통째로 주었습니다. 최댓값이었던 한 칸만 받고 나머지는 0입니다.",
    en="Every cell of the window got the whole gradient. Only the cell that was the largest gets it; "
    "the others get 0.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, torch.ones_like)


@max_pool_backward.mistake(
    "overwrites",
    ko="창을 덮어썼습니다. 창들이 겹치면(stride < size) 한 픽셀이 여러 창의 최댓값일 수 있고, 그러면 기울기를 모두 더해야 합니다: `+=`",
    en="The windows are overwritten. Where they overlap (stride < size) one pixel may be the largest "
    "of several windows, and what it gets adds up: `+=`.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, first_maximum, add=False)


@max_pool_backward.mistake(
    "multiplies-by-the-value",
    ko="기울기에 최댓값을 곱했습니다. 최댓값은 그대로 지나갔으니 그 자리의 기울기는 1입니다. 곱할 것이 없습니다.",
    en="The gradient was multiplied by the maximum. That value passed through unchanged, a slope of 1: "
    "nothing to multiply by.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, lambda w: first_maximum(w) * w)


@max_pool_backward.mistake(
    "only-the-mask",
    ko="최댓값의 자리에 1을 넣었습니다. 거기에 d_y의 값을 넣어야 합니다.",
    en="The places of the maxima hold a 1. They should hold the values of d_y.",
)
def _(d_y, x, size, stride):
    return give_back(torch.ones_like(d_y), x, size, stride, first_maximum)


GLOBAL_MAXIMUM = {
    "ko": "창에서 가장 큰 자리를 배치와 채널을 통틀어 하나만 찾았습니다. 그림마다, 채널마다 따로 찾아야 합니다.",
    "en": "One largest place was sought over the whole batch and all channels. Seek it for each image "
    "and each channel.",
}


@max_pool_backward.mistake("global-maximum", **GLOBAL_MAXIMUM)
def _(d_y, x, size, stride):
    def share(window):
        mask = torch.zeros_like(window)
        mask.view(-1)[window.argmax()] = 1.0
        return mask

    return give_back(d_y, x, size, stride, share)


NO_STRIDE_POOL = {
    "ko": "창의 자리를 잘못 찾았습니다. 결과 (i, j)의 창은 i·stride줄, j·stride열에서 시작합니다. 두 축에서, 또는 한 축에서 stride를 곱하지 "
    "않았습니다.",
    "en": "The windows are in the wrong places. That of cell (i, j) starts at row i·stride and column "
    "j·stride; here the stride is missing, along one axis or both.",
}


@max_pool_backward.mistake("ignores-stride", **NO_STRIDE_POOL)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, 1, first_maximum)


@max_pool_backward.mistake(
    "equal-to-the-global-maximum",
    ko="`window.max()`는 배치와 채널을 통틀어 가장 큰 값 하나입니다. 그림마다, 채널마다 따로 찾아야 합니다.",
    en="`window.max()` is one value, the largest over the whole batch and all channels. Seek it for "
    "each image and each channel.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, lambda w: (w == w.max()).to(w.dtype))


@max_pool_backward.mistake(
    "wrong-broadcast",
    ko="기울기 `d_y[:, :, i, j]`는 (N, C)이고 마스크는 (N, C, size, size)입니다. 그대로 곱하면 (N, C)가 창의 마지막 두 축에 맞추어집니다. "
    "`d_y[:, :, i, j, None, None]`으로 (N, C, 1, 1)을 만드세요.",
    en="The gradient `d_y[:, :, i, j]` is (N, C), the mask (N, C, size, size). Multiplied as they are, "
    "(N, C) is lined up with the window's last two axes. Make it (N, C, 1, 1): "
    "`d_y[:, :, i, j, None, None]`.",
)
def _(d_y, x, size, stride):
    d_x = torch.zeros_like(x)
    for i in range(d_y.shape[2]):
        for j in range(d_y.shape[3]):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            mask = first_maximum(x[:, :, rows, columns])
            d_x[:, :, rows, columns] += mask * d_y[:, :, i, j]
    return d_x


@max_pool_backward.mistake("ignores-stride-down", **NO_STRIDE_POOL)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, (1, stride), first_maximum)


@max_pool_backward.mistake("ignores-stride-across", **NO_STRIDE_POOL)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, (stride, 1), first_maximum)


@max_pool_backward.mistake("one-place-for-all", **GLOBAL_MAXIMUM)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, one_hot_mask(torch.argmax))


@max_pool_backward.mistake(
    "one-place-for-each-image",
    ko="`flatten(1)`은 채널까지 한 줄로 펴서, 가장 큰 자리를 그림마다 하나만 찾았습니다. 채널마다 따로 찾으세요: `flatten(2)`의 `argmax(2)`",
    en="`flatten(1)` lays the channels out in the same row, so one largest place was sought in each image. "
    "Seek one in each channel: `argmax(2)` of `flatten(2)`.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, one_hot_mask(lambda w: w.flatten(1).argmax(1)))


STEPS_BY_SIZE = {
    "ko": "창을 stride가 아니라 size만큼씩 옮겼습니다. 결과 (i, j)의 창은 i·stride줄, j·stride열에서 시작합니다.",
    "en": "The window moves by size and not by stride. That of cell (i, j) starts at row i·stride and "
    "column j·stride.",
}


@max_pool_backward.mistake("steps-by-size", **STEPS_BY_SIZE)
def _(d_y, x, size, stride):
    find = lambda w: w.flatten(2).argmax(2)  # noqa: E731
    share = lambda w: F.one_hot(find(w), size**2).reshape(w.shape)  # noqa: E731
    return give_back(d_y, x, size, (size, size), share)


@max_pool_backward.mistake("steps-by-size-with-whole-masks", **STEPS_BY_SIZE)
def _(d_y, x, size, stride):
    d_x = torch.zeros_like(x)
    for i, j in places(d_y):
        rows, columns = slice(i * size, (i + 1) * size), slice(j * size, (j + 1) * size)
        at = x[:, :, rows, columns].flatten(2).argmax(2)
        mask = F.one_hot(at, size**2).reshape(*at.shape, size, size)
        d_x[:, :, rows, columns] += mask * d_y[:, :, i, j, None, None]
    return d_x


@max_pool_backward.mistake(
    "starts-from-zero",
    ko="최댓값을 0에서부터 찾기 시작했습니다. 창의 값이 모두 음수이면 가장 큰 것을 끝내 찾지 못합니다. 창의 첫 값에서, 또는 "
    "`-float('inf')`에서 시작하세요.",
    en="The search for the largest starts from 0, so where all values of a window are negative it finds "
    "none. Start from the window's first value, or from `-float('inf')`.",
)
def _(d_y, x, size, stride):
    def share(window):
        corner = torch.zeros_like(window)
        corner[:, :, 0, 0] = 1.0
        found = window.amax((2, 3), keepdim=True) > 0
        return torch.where(found, first_maximum(window), corner)

    return give_back(d_y, x, size, stride, share)


@max_pool_backward.mistake(
    "row-and-column-swapped",
    ko="창 안에서 줄과 열이 바뀌었습니다. 한 줄로 편 창의 p번은 p // size줄, p % size열입니다.",
    en="Row and column are swapped inside the window. Number p of the flattened window is in row "
    "p // size and column p % size.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, lambda w: first_maximum(w).mT)


@max_pool_backward.mistake(
    "minimum",
    ko="창에서 가장 작은 값에 기울기를 주었습니다. 가장 큰 값이 받습니다.",
    en="The smallest value of each window got the gradient. It goes to the largest.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, lambda w: first_maximum(-w))


@max_pool_backward.mistake(
    "largest-size",
    ko="절댓값이 가장 큰 것에 기울기를 주었습니다. 부호까지 보아야 합니다: −5보다 1이 큽니다.",
    en="The value of the largest size, without its sign, got the gradient. 1 is larger than −5.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, lambda w: first_maximum(w.abs()))


@max_pool_backward.mistake(
    "one-in-each-row",
    ko="창의 *줄마다* 가장 큰 것을 하나씩 찾았습니다. 창 전체에서 하나만 찾으세요: `flatten(2)`로 펴서 `argmax(2)`",
    en="One largest was found in *each row* of the window. Find one in all of it: flatten it with "
    "`flatten(2)`, then `argmax(2)`.",
)
def _(d_y, x, size, stride):
    return give_back(d_y, x, size, stride, lambda w: F.one_hot(w.argmax(3), size))


@max_pool_backward.mistake(
    "places-in-d-x",
    ko="가장 큰 자리를 x가 아니라 d_x에서 찾았습니다. 앞으로 갈 때 고른 것은 x의 최댓값입니다.",
    en="The largest place was sought in d_x. What was chosen on the way forward is the maximum of x.",
)
def _(d_y, x, size, stride):
    d_x = torch.zeros_like(x)
    for i, j in places(d_y):
        r, c = i * stride, j * stride
        window = d_x[:, :, r : r + size, c : c + size]
        window += first_maximum(window) * d_y[:, :, i, j, None, None]
    return d_x


def after_places(count_of, d_y, x, size, stride):
    """What is there after the first places: of an answer that returns too early."""
    kept = torch.zeros_like(d_y).flatten(2)
    kept[:, :, :count_of] = d_y.flatten(2)[:, :, :count_of]
    return give_back(kept.reshape(d_y.shape), x, size, stride, first_maximum)


@max_pool_backward.mistake("returns-inside-the-inner-loop", **RETURNS_EARLY)
def _(d_y, x, size, stride):
    return after_places(1, d_y, x, size, stride)


@max_pool_backward.mistake("returns-inside-the-outer-loop", **RETURNS_EARLY)
def _(d_y, x, size, stride):
    return after_places(d_y.shape[3], d_y, x, size, stride)


max_pool_backward.hints(
    ko=[
        "최댓값이 아닌 픽셀을 조금 바꾸어도 결과는 그대로입니다. 그러니 기울기가 0입니다. 최댓값인 픽셀을 바꾸면 결과가 똑같이 바뀝니다. "
        "그러니 기울기가 그대로 전해집니다.",
        "창 (N, C, size, size)를 `flatten(2)`로 펴면 (N, C, size·size)이고, `.argmax(2)`가 최댓값의 자리입니다. `F.one_hot(…, size * size)`가 "
        "그 자리만 1인 마스크를 만듭니다. 여기에 d_y[:, :, i, j]를 곱하세요.",
        "`mask = F.one_hot(window.flatten(2).argmax(2), size * size).reshape(window.shape)`, "
        "`d_x[:, :, rows, columns] += mask * d_y[:, :, i, j, None, None]`",
    ],
    en=[
        "Nudge a pixel that is not the largest and the result stays: its gradient is 0. Nudge the "
        "largest and the result moves just as far: the gradient is handed on unchanged.",
        "Flatten the window, (N, C, size, size), with `flatten(2)` to (N, C, size·size); `.argmax(2)` is "
        "the place of the maximum, and `F.one_hot(…, size * size)` a mask with a 1 there. Multiply by "
        "d_y[:, :, i, j].",
        "`mask = F.one_hot(window.flatten(2).argmax(2), size * size).reshape(window.shape)`, "
        "`d_x[:, :, rows, columns] += mask * d_y[:, :, i, j, None, None]`.",
    ],
)


# ---------------------------------------------------------------- count-parameters


@exercise(
    "count-parameters",
    forbids=["nn.Conv2d", "nn.Linear", "nn.Sequential", ".numel", ".parameters"],
    all_or_nothing=True,
)
def count_parameters(image, channels, kernel, classes):
    layers, before = [], image[0]
    with torch.device("meta"):
        for wide in channels:
            layers += [nn.Conv2d(before, wide, kernel, padding=kernel // 2), nn.MaxPool2d(2)]
            before = wide
        features = nn.Sequential(*layers, nn.Flatten())
        wide = features(torch.empty(1, *image)).shape[1]
        network = nn.Sequential(features, nn.Linear(wide, classes))
    return sum(p.numel() for p in network.parameters())


@count_parameters.cases
def _(draw):
    yield (1, 4, 4), [2], 3, 2
    yield (1, 28, 28), [8, 16], 5, 10
    yield (3, 32, 32), [16], 3, 10
    yield (1, 7, 9), [4, 3], 3, 2
    yield (2, 8, 8), [3, 3, 3], 5, 4
    yield (3, 10, 6), [], 3, 5
    for _ in range(3):
        image = draw.integer(1, 4), draw.integer(13, 40), draw.integer(8, 40)
        channels = [draw.integer(2, 20) for _ in range(draw.integer(1, 3))]
        yield image, channels, draw.choice([1, 3, 5, 7]), draw.integer(2, 12)


def count(image, channels, kernel, classes, **how):
    """The count with some of its parts changed."""
    before, high, wide = image
    total = 0
    plane = how.get("plane", kernel**2)
    for K in channels:
        inputs = how.get("inputs", lambda before: before)(before)
        total += K * inputs * plane + how.get("bias", K)
        if how.get("places"):
            total += (K * inputs * kernel**2 + K) * (high * wide - 1)
        before = K
        if how.get("pools", True):
            more = how.get("rounds_up", 0)
            high, wide = (high + more) // 2, (wide + more) // 2
    outputs = how.get("linear", lambda n: n * classes + classes)(before * high * wide)
    return total + outputs + how.get("more", 0)


@count_parameters.accepts
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes)


@count_parameters.accepts
def _(image, channels, kernel, classes):
    planes = [image[0], *channels]
    convolutions = sum(
        b * (a * kernel * kernel + 1) for a, b in zip(planes, channels, strict=False)
    )
    shrink = 2 ** len(channels)
    pixels = (image[1] // shrink) * (image[2] // shrink)
    return convolutions + (planes[-1] * pixels + 1) * classes


@count_parameters.mistake(
    "forgets-biases",
    ko="편향을 세지 않았습니다. 커널마다 하나, 선형 층의 출력마다 하나가 있습니다.",
    en="The biases are not counted: one for each kernel, and one for each output of the linear layer.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, bias=0, linear=lambda n: n * classes)


@count_parameters.mistake(
    "forgets-conv-biases",
    ko="합성곱층의 편향을 세지 않았습니다. 커널마다 하나씩 있습니다.",
    en="The biases of the convolutions are not counted: there is one for each kernel.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, bias=0)


@count_parameters.mistake(
    "forgets-linear-bias",
    ko="마지막 선형 층의 편향 classes개를 세지 않았습니다.",
    en="The linear layer's biases, classes of them, are not counted.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, linear=lambda n: n * classes)


@count_parameters.mistake(
    "one-plane-a-kernel",
    ko="커널을 한 장으로 세었습니다. 커널은 입력 채널마다 한 장씩, 곧 (입력 채널 수) × kernel × kernel개의 수입니다.",
    en="A kernel was counted as one plane. It has one for each input channel: (input channels) × "
    "kernel × kernel numbers.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, inputs=lambda before: 1)


IMAGE_CHANNELS = {
    "ko": "뒤의 층도 입력 채널을 그림의 채널 수로 세었습니다. 다음 층의 입력은 앞 층의 *출력* 채널이니, 층을 지날 때마다 바꾸세요.",
    "en": "Later layers, too, are counted with the image's channels. What enters a layer are the *output* "
    "channels of the one before: update them at every layer.",
}


@count_parameters.mistake("image-channels-everywhere", **IMAGE_CHANNELS)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, inputs=lambda before: image[0])


@count_parameters.mistake(
    "forgets-pooling",
    ko="풀링이 그림을 반으로 줄이는 것을 잊어 선형 층이 너무 커졌습니다.",
    en="Pooling halves the image each time; that was forgotten, and the linear layer is too large.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, pools=False)


@count_parameters.mistake(
    "rounds-up",
    ko="홀수를 반으로 줄일 때 올림을 했습니다. 풀링은 창이 다 들어가지 않는 마지막 줄과 열을 버립니다: 7은 3이 됩니다.",
    en="Halving an odd number was rounded up. Pooling drops a last row or column that makes no whole "
    "window: 7 becomes 3.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, rounds_up=1)


@count_parameters.mistake(
    "kernel-not-squared",
    ko="커널의 수를 kernel개로 세었습니다. 커널은 kernel × kernel칸입니다.",
    en="A plane was counted as kernel numbers. It has kernel × kernel.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, plane=kernel)


EVERY_PLACE = {
    "ko": "커널을 자리마다 새로 세었습니다. 합성곱의 핵심은 모든 자리가 *같은* 커널을 나누어 쓴다는 것입니다.",
    "en": "The kernels are counted anew at every place. The point of a convolution is that all places "
    "share the *same* kernel.",
}


@count_parameters.mistake("weights-at-every-place", **EVERY_PLACE)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, places=True)


@count_parameters.mistake(
    "convolutions-only",
    ko="합성곱층만 세었습니다. 마지막의 선형 층도 더하세요.",
    en="Only the convolutions are counted. Add the linear layer at the end.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, linear=lambda n: 0)


@count_parameters.mistake(
    "linear-without-channels",
    ko="선형 층의 입력에 채널의 수를 곱하지 않았습니다. 펴면 (마지막 채널 수) × 높이 × 너비개입니다.",
    en="The linear layer's inputs lack the channels. Flattened, there are (last channels) × height × "
    "width of them.",
)
def _(image, channels, kernel, classes):
    last = [image[0], *channels][-1]
    linear = lambda n: n // last * classes + classes  # noqa: E731
    return count(image, channels, kernel, classes, linear=linear)


POOLS_ONCE = {
    "ko": "풀링을 한 번만 셌습니다. 합성곱층*마다* 풀링이 뒤따르므로 층을 지날 때마다 높이와 너비가 반이 됩니다.",
    "en": "Pooling is counted once. It follows *each* convolution, so height and width are halved at "
    "every layer.",
}


def pooled_once(image, channels, kernel, classes):
    before, high, wide = [image[0], *channels][-1], image[1] // 2, image[2] // 2
    linear = lambda n: (before * high * wide + 1) * classes  # noqa: E731
    return count(image, channels, kernel, classes, linear=linear)


@count_parameters.mistake("pools-once", **POOLS_ONCE)
def _(image, channels, kernel, classes):
    return pooled_once(image, channels, kernel, classes)


@count_parameters.mistake("pools-once-if-at-all", **POOLS_ONCE)
def _(image, channels, kernel, classes):
    how = pooled_once if channels else count
    return how(image, channels, kernel, classes)


@count_parameters.mistake(
    "convolutions-shrink",
    ko="합성곱이 그림을 줄인다고 보았습니다. 패딩이 kernel // 2라서 합성곱은 크기를 바꾸지 않습니다. 줄이는 것은 풀링뿐입니다.",
    en="The convolutions are taken to shrink the image. With a padding of kernel // 2 they keep its "
    "size; only pooling shrinks it.",
)
def _(image, channels, kernel, classes):
    before, high, wide = image
    total = 0
    for K in channels:
        total += K * (before * kernel**2 + 1)
        before, high, wide = K, (high - kernel + 1) // 2, (wide - kernel + 1) // 2
    return total + (before * high * wide + 1) * classes


def in_a_loop(image, channels, kernel, classes, layer, last=None):
    """A learner's loop: layer(total, K, C, H, W) gives the new total; last the linear layer's C."""
    C, H, W = image
    total = 0
    for K in channels:
        total = layer(total, K, C, H, W)
        C, H, W = K, H // 2, W // 2
    return total + (C if last is None else last) * H * W * classes + classes


@count_parameters.mistake("image-channels-to-the-end", **IMAGE_CHANNELS)
def _(image, channels, kernel, classes):
    def layer(total, K, C, H, W):
        return total + K * image[0] * kernel**2 + K

    return in_a_loop(image, channels, kernel, classes, layer, last=image[0])


@count_parameters.mistake("image-channels-and-no-last-channel", **IMAGE_CHANNELS)
def _(image, channels, kernel, classes):
    channels[-1]
    return count(image, channels, kernel, classes, inputs=lambda before: image[0])


@count_parameters.mistake(
    "one-channel-image",
    ko="그림의 채널이 하나라고 여겼습니다. 컬러 사진은 셋입니다: 첫 층의 입력 채널은 `image[0]`입니다.",
    en="The image is taken to have one channel. A colour photograph has three: the first layer's input "
    "channels are `image[0]`.",
)
def _(image, channels, kernel, classes):
    return count((1, *image[1:]), channels, kernel, classes)


@count_parameters.mistake("kernels-at-every-place", **EVERY_PLACE)
def _(image, channels, kernel, classes):
    def layer(total, K, C, H, W):
        return total + K * C * kernel**2 * H * W + K

    return in_a_loop(image, channels, kernel, classes, layer)


@count_parameters.mistake(
    "channels-updated-too-soon",
    ko="세기 전에 채널의 수를 바꾸었습니다. 그래서 층의 입력 채널이 출력 채널과 같아졌습니다. 먼저 세고, 그다음에 바꾸세요.",
    en="The channels were updated before they were counted, which makes a layer's input channels equal "
    "to its output channels. Count first, then update.",
)
def _(image, channels, kernel, classes):
    def layer(total, K, C, H, W):
        return total + K * K * kernel**2 + K

    return in_a_loop(image, channels, kernel, classes, layer)


@count_parameters.mistake(
    "last-convolution-only",
    ko="마지막 합성곱층만 남았습니다. 층마다 `=`이 아니라 `+=`로 더하세요.",
    en="Only the last convolution is left in the sum. Add each with `+=`, not `=`.",
)
def _(image, channels, kernel, classes):
    def layer(total, K, C, H, W):
        return K * C * kernel**2 + K

    return in_a_loop(image, channels, kernel, classes, layer)


@count_parameters.mistake(
    "returns-inside-the-loop",
    ko="첫 층에서 돌아왔습니다. `return`이 반복문 안에 있지 않은가요? (channels가 비어 있으면 아무것도 돌려주지 않습니다.)",
    en="It returns after the first layer. Is the `return` inside the loop? (Where channels is empty, "
    "nothing is returned.)",
)
def _(image, channels, kernel, classes):
    return count(image, channels[:1], kernel, classes) if channels else None


BIAS_COUNT = {
    "ko": "편향의 수가 다릅니다. 층마다 하나도, 입력 채널마다 하나도 아닙니다. 커널마다, 곧 *출력* 채널마다 하나(선형 층은 클래스마다 "
    "하나)입니다.",
    "en": "The number of biases is off. There is not one for a layer, nor one for each input channel, but "
    "one for each kernel, that is, each *output* channel (in the linear layer, each class).",
}


@count_parameters.mistake("one-bias-a-layer", **BIAS_COUNT)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, bias=1)


@count_parameters.mistake("one-bias-in-the-linear-layer", **BIAS_COUNT)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, linear=lambda n: n * classes + 1)


@count_parameters.mistake("one-bias-in-every-layer", **BIAS_COUNT)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, bias=1, linear=lambda n: n * classes + 1)


@count_parameters.mistake("a-bias-for-each-input-channel", **BIAS_COUNT)
def _(image, channels, kernel, classes):
    def layer(total, K, C, H, W):
        return total + K * C * kernel**2 + C

    return in_a_loop(image, channels, kernel, classes, layer)


@count_parameters.mistake("a-bias-for-each-plane", **BIAS_COUNT)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, plane=kernel**2 + 1, bias=0)


@count_parameters.mistake(
    "kernel-doubled",
    ko="커널 한 장을 kernel·2칸으로 세었습니다. kernel × kernel칸입니다: `kernel ** 2`",
    en="A plane was counted as kernel·2 numbers. It has kernel × kernel: `kernel ** 2`.",
)
def _(image, channels, kernel, classes):
    return count(image, channels, kernel, classes, plane=kernel * 2)


@count_parameters.mistake(
    "linear-without-pixels",
    ko="선형 층의 입력에서 높이와 너비를 빠뜨렸습니다. 펴면 (마지막 채널 수) × 높이 × 너비개입니다.",
    en="The linear layer's inputs lack height and width. Flattened, there are (last channels) × height × "
    "width of them.",
)
def _(image, channels, kernel, classes):
    last = [image[0], *channels][-1]
    return count(image, channels, kernel, classes, linear=lambda n: last * classes + classes)


@count_parameters.mistake(
    "linear-with-all-channels",
    ko="선형 층의 입력에 모든 층의 채널을 더해 넣었습니다. 선형 층에는 *마지막* 층의 특성 맵만 들어갑니다.",
    en="The channels of all layers are summed for the linear layer. Only the maps of the *last* "
    "convolution enter it.",
)
def _(image, channels, kernel, classes):
    def layer(total, K, C, H, W):
        return total + K * C * kernel**2 + K

    return in_a_loop(image, channels, kernel, classes, layer, last=sum(channels))


SQUARE_IMAGE = {
    "ko": "그림의 한 변을 다른 변에도 썼습니다. 그림은 정사각형이 아닐 수도 있습니다: 높이 × 너비",
    "en": "One side of the image was used for the other as well. Images need not be square: height × width.",
}


@count_parameters.mistake("takes-the-image-for-square", **SQUARE_IMAGE)
def _(image, channels, kernel, classes):
    return count((image[0], image[1], image[1]), channels, kernel, classes)


@count_parameters.mistake("takes-the-width-for-the-height", **SQUARE_IMAGE)
def _(image, channels, kernel, classes):
    return count((image[0], image[2], image[2]), channels, kernel, classes)


@count_parameters.mistake(
    "no-pooling-after-the-last",
    ko="마지막 합성곱 뒤의 풀링을 빠뜨렸습니다. 풀링은 합성곱층*마다* 뒤따릅니다. 마지막 층도 그렇습니다.",
    en="The pooling after the last convolution is left out. It follows *each* convolution, the last one too.",
)
def _(image, channels, kernel, classes):
    (C, H, W), total = image, 0
    for number, K in enumerate(channels):
        total += K * (C * kernel**2 + 1)
        C = K
        if number < len(channels) - 1:
            H, W = H // 2, W // 2
    return total + (C * H * W + 1) * classes


@count_parameters.mistake(
    "channels-last",
    ko="image의 순서를 (H, W, C)로 읽었습니다. (C, H, W), 곧 채널이 먼저입니다.",
    en="image was read as (H, W, C). It is (C, H, W), channels first.",
)
def _(image, channels, kernel, classes):
    return count((image[2], image[0], image[1]), channels, kernel, classes)


FRACTIONS = {
    "ko": "`/`로 나누어 높이와 너비에 소수가 남았습니다. 풀링은 홀수 끝의 줄과 열을 *그때마다* 버립니다: `//`. 맨 끝에 `int`로 버리면 늦습니다.",
    "en": "`/` leaves fractions in height and width. Pooling drops an odd last row or column *each time*: `//`. An "
    "`int` at the very end comes too late.",
}


@count_parameters.mistake("halves-with-fractions", **FRACTIONS)
def _(image, channels, kernel, classes):
    (C, H, W), total = image, 0
    for K in channels:
        total += K * C * kernel * kernel + K
        C, H, W = K, H / 2, W / 2
    return total + C * H * W * classes + classes


@count_parameters.mistake("halves-with-fractions-until-the-end", **FRACTIONS)
def _(image, channels, kernel, classes):
    (C, H, W), total = image, 0
    for K in channels:
        total += K * C * kernel * kernel + K
        C, H, W = K, H / 2, W / 2
    return int(total + C * H * W * classes + classes)


@count_parameters.mistake(
    "quarters-each-side",
    ko="높이와 너비를 각각 4로 나누었습니다. 풀링 한 번에 높이도 너비도 *반*이 되어, 칸의 수가 4분의 1이 됩니다.",
    en="Height and width are each divided by 4. One pooling *halves* both, which leaves a quarter of the "
    "cells.",
)
def _(image, channels, kernel, classes):
    (C, H, W), total = image, 0
    for K in channels:
        total += K * C * kernel * kernel + K
        C, H, W = K, H // 4, W // 4
    return total + C * H * W * classes + classes


@count_parameters.mistake(
    "no-last-channel",
    ko="channels가 비어 있으면 `channels[-1]`이 없습니다. 그때 선형 층에는 그림의 채널이 그대로 들어갑니다. 채널의 수를 변수에 담아 "
    "층마다 바꾸면 두 경우가 모두 맞습니다.",
    en="Where channels is empty there is no `channels[-1]`: then the image's own channels enter the linear "
    "layer. Keep the channels in a variable that every layer updates, and both come out right.",
)
def _(image, channels, kernel, classes):
    channels[-1]
    return count(image, channels, kernel, classes)


count_parameters.hints(
    ko=[
        "두 가지만 매개변수가 있습니다: 합성곱층과 마지막 선형 층. ReLU와 풀링에는 없습니다. 커널 하나에 수가 몇 개인지부터 세세요.",
        "합성곱층: 출력 채널 × (입력 채널 × kernel² + 1). 층을 지날 때마다 높이와 너비가 `// 2`. 선형 층: (채널 × 높이 × 너비 + 1) × "
        "classes.",
        "반복문 `for wide in channels:` 안에서 `total += wide * (before * kernel**2 + 1)`, `before = wide`, `H, W = H // 2, W // 2`. "
        "끝에 `return total + (before * H * W + 1) * classes`",
    ],
    en=[
        "Only two things have parameters: convolutions and the final linear layer; ReLU and pooling "
        "have none. Start by counting the numbers in one kernel.",
        "A convolution: output channels × (input channels × kernel² + 1). After each layer height and "
        "width go `// 2`. The linear layer: (channels × height × width + 1) × classes.",
        "In a loop `for wide in channels:`, `total += wide * (before * kernel**2 + 1)`, `before = wide`, "
        "`H, W = H // 2, W // 2`. At the end `return total + (before * H * W + 1) * classes`.",
    ],
)


# ---------------------------------------------------------------- cnn


@exercise("cnn", points=3, kind="module", all_or_nothing=True)
class CNN(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        first, second = channels
        self.conv1 = nn.Conv2d(1, first, (5, 5), padding="same")
        self.conv2 = nn.Conv2d(first, second, (5, 5), padding="same")
        self.linear = nn.Linear(second * 7 * 7, classes)

    def forward(self, images):
        x = F.max_pool2d(self.conv1(images).clamp_min(0), 2)
        x = F.max_pool2d(self.conv2(x).clamp_min(0), 2)
        return F.linear(x.flatten(1), self.linear.weight, self.linear.bias)


def state(draw, first, second, classes):
    shapes = {
        "conv1.weight": (first, 1, 5, 5), "conv1.bias": (first,),
        "conv2.weight": (second, first, 5, 5), "conv2.bias": (second,),
        "linear.weight": (classes, second * 49), "linear.bias": (classes,),
    }  # fmt: skip
    return {name: draw.normal(*shape) / 3 for name, shape in shapes.items()}


@CNN.cases
def _(draw):
    for (first, second), classes, batch in (((2, 3), 3, 2), ((3, 2), 10, 1)):
        images = draw.uniform(0, 1, batch, 1, 28, 28)
        yield Case(((first, second), classes), state(draw, first, second, classes), (images,))
    yield Case(((8, 16), 10))  # only built: what has no forward gets this far
    first, second, classes = draw.integer(1, 4), draw.integer(1, 4), draw.integer(2, 5)
    images = draw.normal(3, 1, 28, 28)
    weights = state(draw, first, second, classes)
    yield Case(((first, second), classes), weights, (images,), training=True)


@CNN.accepts
class _(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels[0], 5, padding=2)
        self.conv2 = nn.Conv2d(channels[0], channels[1], 5, padding=2)
        self.linear = nn.Linear(channels[1] * 49, classes)
        self.pool = nn.MaxPool2d(2)

    def forward(self, images):
        x = torch.relu(self.pool(self.conv1(images)))  # the order does not matter
        x = torch.relu(self.pool(self.conv2(x)))
        return self.linear(x.reshape(len(images), -1))


class Skeleton(nn.Module):
    """A right network, for the mistakes that change one thing in it."""

    kernel, padding, pixels = 5, 2, 49

    def __init__(self, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels[0], self.kernel, padding=self.padding)
        self.conv2 = nn.Conv2d(channels[0], channels[1], self.kernel, padding=self.padding)
        self.linear = nn.Linear(channels[1] * self.pixels, classes)

    def pool(self, x):
        return F.max_pool2d(x, 2)

    def first(self, x):
        return self.pool(self.conv1(x).relu())

    def second(self, x):
        return self.pool(self.conv2(x).relu())

    def last(self, x):
        return self.linear(x.flatten(1))

    def forward(self, images):
        return self.last(self.second(self.first(images)))


@CNN.mistake(
    "no-relu",
    ko="ReLU가 하나도 없습니다. 합성곱은 선형이라(10장), 풀링 말고는 구부리는 것이 없습니다. 합성곱마다 뒤에 ReLU를 두세요.",
    en="There is no ReLU. A convolution is linear (chapter 10), so that nothing bends here but the pooling: put a "
    "ReLU after each.",
)
class _(Skeleton):
    def first(self, x):
        return self.pool(self.conv1(x))

    def second(self, x):
        return self.pool(self.conv2(x))


@CNN.mistake(
    "no-first-relu",
    ko="첫 합성곱 뒤의 ReLU가 빠졌습니다.",
    en="The ReLU after the first convolution is missing.",
)
class _(Skeleton):
    def first(self, x):
        return self.pool(self.conv1(x))


@CNN.mistake(
    "no-second-relu",
    ko="둘째 합성곱 뒤의 ReLU가 빠졌습니다.",
    en="The ReLU after the second convolution is missing.",
)
class _(Skeleton):
    def second(self, x):
        return self.pool(self.conv2(x))


@CNN.mistake(
    "relu-on-the-logits",
    ko="로짓에도 ReLU를 씌웠습니다. 로짓은 음수일 수 있어야 합니다. 마지막 선형 층의 결과를 그대로 돌려주세요.",
    en="The logits went through a ReLU too. Logits may be negative: return what the linear layer "
    "gives.",
)
class _(Skeleton):
    def last(self, x):
        return super().last(x).relu()


@CNN.mistake(
    "softmax-at-the-end",
    ko="끝에 소프트맥스를 씌웠습니다. `F.cross_entropy`가 그것을 스스로 하므로 로짓을 돌려주어야 합니다(7장).",
    en="There is a softmax at the end. `F.cross_entropy` does that itself, so return logits "
    "(chapter 7).",
)
class _(Skeleton):
    def last(self, x):
        return super().last(x).softmax(1)


@CNN.mistake(
    "log-softmax-at-the-end",
    ko="끝에 로그 소프트맥스를 씌웠습니다. `F.cross_entropy`가 그것을 스스로 하므로 로짓을 돌려주세요(7장).",
    en="There is a log softmax at the end. `F.cross_entropy` does that itself: return logits "
    "(chapter 7).",
)
class _(Skeleton):
    def last(self, x):
        return super().last(x).log_softmax(1)


AVERAGES = {
    "ko": "최댓값이 아니라 평균으로 풀링했습니다. 두 번 모두 최댓값 풀링이어야 합니다.",
    "en": "The pooling takes means, once or twice. Both times it should take maxima.",
}


@CNN.mistake("average-pooling", **AVERAGES)
class _(Skeleton):
    def pool(self, x):
        return F.avg_pool2d(x, 2)


@CNN.mistake("average-pooling-at-the-end", **AVERAGES)
class _(Skeleton):
    def second(self, x):
        return F.avg_pool2d(self.conv2(x).relu(), 2)


@CNN.mistake(
    "no-padding",
    ko="합성곱에 패딩이 없어 그림이 작아졌습니다: 28 → 24 → 12 → 8 → 4. 설명문은 합성곱이 크기를 바꾸지 않는다고 합니다: "
    "`padding=2`",
    en="Without padding the convolutions shrink the image: 28 → 24 → 12 → 8 → 4. The docstring says "
    "that they keep its size: `padding=2`.",
)
class _(Skeleton):
    padding, pixels = 0, 16


KERNELS_OF_3 = {
    "ko": "3×3인 커널이 있습니다. 설명문에는 두 합성곱 모두 5×5, 패딩 2입니다.",
    "en": "There are kernels of 3×3. The docstring asks for 5×5 with padding 2 in both convolutions.",
}


@CNN.mistake("kernels-of-3", **KERNELS_OF_3)
class _(Skeleton):
    kernel, padding = 3, 1


@CNN.mistake("second-kernels-of-3", **KERNELS_OF_3)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__(channels, classes)
        self.conv2 = nn.Conv2d(channels[0], channels[1], 3, padding=1)


@CNN.mistake(
    "forgets-pooling-in-linear",
    ko="선형 층의 입력이 28 × 28칸 그대로입니다. 풀링을 두 번 지나면 28 → 14 → 7이므로 채널마다 7 × 7칸입니다.",
    en="The linear layer expects 28 × 28 cells. After two poolings, 28 → 14 → 7, there are 7 × 7 in "
    "each channel.",
)
class _(Skeleton):
    pixels = 784


@CNN.mistake(
    "pools-once-in-linear",
    ko="선형 층의 입력이 14 × 14칸입니다. 풀링을 *두 번* 지나면 28 → 14 → 7이므로 채널마다 7 × 7칸입니다.",
    en="The linear layer expects 14 × 14 cells. After *two* poolings, 28 → 14 → 7, there are 7 × 7 in "
    "each channel.",
)
class _(Skeleton):
    pixels = 196


@CNN.mistake(
    "linear-without-channels",
    ko="선형 층의 입력에 채널의 수를 곱하지 않았습니다. 펴면 channels[1] × 7 × 7개입니다.",
    en="The linear layer's inputs lack the channels: flattened there are channels[1] × 7 × 7.",
)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__(channels, classes)
        self.linear = nn.Linear(49, classes)


@CNN.mistake(
    "no-registered-layers",
    ko="모델에 매개변수가 하나도 없습니다. 층을 보통의 파이썬 리스트에 담았거나, `self.` 없이 만들었거나, `forward` 안에서 그때그때 새로 "
    "만들었나요? 그러면 모듈의 장부에 오르지 않아 옵티마이저가 모릅니다. `__init__`에서 한 번 만들어 `self.conv1`처럼 속성에 바로 담으세요.",
    en="The model has no parameters. Do its layers stand in a plain Python list, lack their `self.`, or are "
    "they made anew inside `forward`? Then the module does not register them, and no optimizer will "
    "know of them. Make them once, in `__init__`, as attributes: `self.conv1`.",
)
class _(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        made = Skeleton(channels, classes)
        self.layers = [made.conv1, made.conv2, made.linear]

    def forward(self, images):
        for layer in self.layers[:2]:
            images = F.max_pool2d(layer(images).relu(), 2)
        return self.layers[2](images.flatten(1))


@CNN.mistake(
    "one-output",
    ko="가장 큰 로짓의 번호를 돌려주었습니다. 로짓 (B, classes)를 모두 돌려주세요. 번호로는 손실도 기울기도 구할 수 없습니다.",
    en="This returns the number of the largest logit. Return all logits, (B, classes): a number gives "
    "neither a loss nor a gradient.",
)
class _(Skeleton):
    def last(self, x):
        return super().last(x).argmax(1)


CUT_OFF = {
    "ko": "값은 맞지만 `.detach()`, `torch.no_grad()`, `torch.tensor(…)` 가운데 하나가 forward의 길을 끊었습니다. 손실의 기울기가 그 앞의 층으로 "
    "돌아가지 못하니 그 층들은 학습되지 않습니다. 텐서를 그대로 다음 층에 넘기세요.",
    "en": "The values are right, but a `.detach()`, `torch.no_grad()` or `torch.tensor(…)` cuts the way through "
    "forward. The loss's gradient cannot get back to the layers before the cut, so they never learn. "
    "Hand the tensors on as they are.",
}


@CNN.mistake("cut-off-before-the-linear-layer", **CUT_OFF)
class _(Skeleton):
    def last(self, x):
        return self.linear(x.flatten(1).detach())


@CNN.mistake("cut-off-after-the-first-convolution", **CUT_OFF)
class _(Skeleton):
    def first(self, x):
        return super().first(x).detach()


@CNN.mistake("cut-off-altogether", **CUT_OFF)
class _(Skeleton):
    def last(self, x):
        return super().last(x).detach()


@CNN.mistake(
    "other-numbers-than-the-linear-layer-takes",
    ko="선형 층이 기다리는 수만큼 들어오지 않았습니다. 셋을 차례로 보세요. 합성곱 둘에 모두 `padding=2`가 있나요? 풀링을 *두 번* 해서 "
    "28 → 14 → 7이 되나요? 선형 층에 넣기 전에 `flatten(1)`로 폈나요? forward에서 x의 모양을 출력해 보면 어느 것인지 보입니다.",
    en="Not as many numbers arrive as the linear layer takes. Look at three things in turn. Have both "
    "convolutions `padding=2`? Is the image pooled *twice*, 28 → 14 → 7? Is it flattened with "
    "`flatten(1)` before the linear layer? Print the shape of x in forward to see which it is.",
)
class _(Skeleton):
    padding = 0


@CNN.mistake(
    "flattens-the-batch",
    ko="배치의 축까지 한 줄로 폈습니다. 축 0은 그대로 두어야 그림마다 로짓이 나옵니다: `flatten(1)`",
    en="The batch was flattened too. Axis 0 has to stay, so that each image has its logits: "
    "`flatten(1)`.",
)
class _(Skeleton):
    def last(self, x):
        return self.linear(x.flatten())


@CNN.mistake(
    "strides-for-pooling",
    ko="풀링하지 않고 합성곱의 걸음을 2로 했습니다. 크기는 같아지지만 값이 다릅니다. 걸음은 1로 두고 최댓값 풀링을 하세요.",
    en="Instead of pooling, the convolutions have a stride of 2. The sizes agree and the values do not: "
    "leave the stride at 1 and pool.",
)
class _(Skeleton):
    def first(self, x):
        return self.conv1(x).relu()[:, :, ::2, ::2]

    def second(self, x):
        return self.conv2(x).relu()[:, :, ::2, ::2]


NAMES = {
    "ko": "속성의 이름이 다르거나 `self.`이 빠졌습니다. 층은 `self.conv1`, `self.conv2`, `self.linear`에 담습니다.",
    "en": "An attribute has another name or lacks its `self.`: the layers are `self.conv1`, `self.conv2` "
    "and `self.linear`.",
}


def without(missing, new=""):
    """A network in which one layer has another name, or, without one, is not registered."""

    class Renamed(Skeleton):
        def __init__(self, channels, classes):
            super().__init__(channels, classes)
            layer = self._modules.pop(missing)
            if new:
                self._modules[new] = layer

    return Renamed


for missing in ("conv1", "conv2", "linear"):
    CNN.mistake(f"no-{missing}", **NAMES)(without(missing))
for other in ("fc", "fc1", "out"):
    CNN.mistake(f"linear-called-{other}", **NAMES)(without("linear", other))


OTHER_INPUT = {
    "ko": "합성곱에 다른 텐서가 들어가 채널의 수가 맞지 않습니다. `self.conv1`은 그림을, `self.conv2`는 첫 합성곱과 풀링을 지난 x를 받습니다. 층을 "
    "forward 안에서 새로 만들지도 마세요.",
    "en": "A convolution is given another tensor than it should get, so the channels do not agree. "
    "`self.conv1` takes the images, `self.conv2` what has come through the first convolution and "
    "pooling. And make no new layers in forward.",
}


@CNN.mistake("images-into-the-second", **OTHER_INPUT)
class _(Skeleton):
    def forward(self, images):
        return self.last(self.second(images))


@CNN.mistake("first-convolution-twice", **OTHER_INPUT)
class _(Skeleton):
    def forward(self, images):
        return self.last(self.first(self.first(images)))


NO_BIAS = {
    "ko": "편향이 없는 층이 있습니다. 설명문은 층마다 편향이 있다고 합니다: `bias=False`를 빼세요.",
    "en": "A layer has no bias. The docstring gives every layer one: take out `bias=False`.",
}


@CNN.mistake("no-bias", **NO_BIAS)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__(channels, classes)
        self.conv1.bias = self.conv2.bias = None


@CNN.mistake("no-bias-in-the-linear-layer", **NO_BIAS)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__(channels, classes)
        self.linear.bias = None


@CNN.mistake(
    "channels-swapped",
    ko="channels의 두 수가 바뀌었습니다. (c1, c2), 곧 첫 합성곱의 출력이 먼저입니다.",
    en="The two numbers of channels are swapped. It is (c1, c2): the outputs of the first convolution "
    "come first.",
)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__(channels[::-1], classes)


@CNN.mistake(
    "one-channel-into-the-second",
    ko="둘째 합성곱의 입력 채널이 1입니다. 둘째 층에 들어오는 것은 첫 층의 특성 맵 channels[0]장입니다.",
    en="The second convolution takes 1 channel. What enters it are the maps of the first, channels[0] of "
    "them.",
)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__(channels, classes)
        self.conv2 = nn.Conv2d(1, channels[1], 5, padding=2)


FIXED = {
    "ko": "인자 대신 정해 둔 수를 썼습니다. `channels`와 `classes`는 부를 때마다 다를 수 있습니다.",
    "en": "Fixed numbers are used in place of the arguments. `channels` and `classes` may differ at every "
    "call.",
}


@CNN.mistake("fixed-channels", **FIXED)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__((8, 16), classes)


@CNN.mistake("fixed-classes", **FIXED)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__(channels, 10)


@CNN.mistake("fixed-channels-and-classes", **FIXED)
class _(Skeleton):
    def __init__(self, channels, classes):
        super().__init__((8, 16), 10)


for name in ("net", "layers", "model"):

    class RegisteredTwice(Skeleton):
        def __init__(self, channels, classes, name=name):
            super().__init__(channels, classes)
            parts = self.conv1, nn.ReLU(), nn.MaxPool2d(2), self.conv2, nn.ReLU(), nn.MaxPool2d(2)
            setattr(self, name, nn.Sequential(*parts, nn.Flatten(), self.linear))

    CNN.mistake(
        f"registered-twice-as-{name}",
        ko="층들이 `nn.Sequential` 안에 한 번 더 등록되어 가중치마다 `state_dict`에 두 번씩 나옵니다. 층은 conv1, conv2, linear로 한 번씩만 담고, `forward`에서 차례로 부르세요.",
        en="The layers are registered once more inside the `nn.Sequential`, so each weight stands twice in the `state_dict`. Keep each layer once, "
        "as conv1, conv2 and linear, and call them one after the other in `forward`.",
    )(RegisteredTwice)


CNN.hints(
    ko=[
        "`__init__`에서 층 세 개를 만들고, `forward`에서 차례로 지납니다. 종이에 모양을 먼저 적어 보세요: "
        "(B, 1, 28, 28) → … → (B, classes)",
        "(B, 1, 28, 28) → conv1 (B, c1, 28, 28) → 풀링 (B, c1, 14, 14) → conv2 (B, c2, 14, 14) → 풀링 (B, c2, 7, 7) → 펴기 "
        "(B, c2·49) → linear (B, classes)",
        "`self.conv1 = nn.Conv2d(1, channels[0], 5, padding=2)`, `self.linear = nn.Linear(channels[1] * 49, classes)`. forward에서 "
        "`x = F.max_pool2d(F.relu(self.conv1(images)), 2)`를 두 번째 층에도 되풀이하고 `return self.linear(x.flatten(1))`",
    ],
    en=[
        "Make three layers in `__init__` and go through them in `forward`. Write the shapes down first: "
        "(B, 1, 28, 28) → … → (B, classes).",
        "(B, 1, 28, 28) → conv1 (B, c1, 28, 28) → pooled (B, c1, 14, 14) → conv2 (B, c2, 14, 14) → "
        "pooled (B, c2, 7, 7) → flattened (B, c2·49) → linear (B, classes).",
        "`self.conv1 = nn.Conv2d(1, channels[0], 5, padding=2)`, "
        "`self.linear = nn.Linear(channels[1] * 49, classes)`. In forward, "
        "`x = F.max_pool2d(F.relu(self.conv1(images)), 2)`, the same for the second layer, then "
        "`return self.linear(x.flatten(1))`.",
    ],
)
