"""Exercises of ch16: convolution and pooling, forwards and backwards.

Images are (N, C, H, W), the weights of a convolution (K, C, kh, kw): K kernels of C planes each.
What networks call a convolution is a cross-correlation: the kernel is not flipped.
"""

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
    y = torch.zeros_like(cross_correlate(x, kernel))
    kh, kw = kernel.shape
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + kh, j : j + kw] @ kernel).sum()
    return y


@cross_correlate.mistake(
    "mean",
    ko="곱한 값들의 합이 아니라 평균을 냈습니다. 가중치의 크기는 커널이 정합니다. 여기서는 더하기만 하세요.",
    en="This is the mean of the products. The kernel itself sets how much each counts: just sum.",
)
def _(x, kernel):
    return cross_correlate(x, kernel) / kernel.numel()


@cross_correlate.mistake(
    "transposed-kernel",
    ko="커널의 줄과 열이 바뀌었습니다. 커널을 전치하지 말고 있는 그대로 포개세요.",
    en="The kernel's rows and columns are swapped. Lay it on as it is, without a transpose.",
)
def _(x, kernel):
    return cross_correlate(x, kernel.T)


@cross_correlate.mistake(
    "transposed-result",
    ko="결과의 줄과 열이 바뀌었습니다. 세로 자리 i가 줄, 가로 자리 j가 열입니다: `y[i, j]`",
    en="The result's rows and columns are swapped. Place i down the image is the row, place j across "
    "is the column: `y[i, j]`.",
)
def _(x, kernel):
    return cross_correlate(x, kernel).T


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
    ko="+1이 빠졌습니다. 나눗셈은 창이 *옮겨 가는* 횟수입니다. 옮기기 전에 처음 놓은 자리도 결과 한 칸을 만듭니다. 노트가 64, 7, "
    "2에서 28이라고 한 까닭이 이것입니다.",
    en="The + 1 is missing. The division counts how often the window *moves*; the place where it lies "
    "before any move makes a cell too. This is how the notes got 28 from 64, 7 and 2.",
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
    ko="+1 대신 올림을 했습니다. 64, 7, 2에서는 우연히 29가 맞지만, 나누어떨어지면 하나가 모자랍니다. 내림을 한 다음 1을 더하세요.",
    en="This rounds up instead of adding 1. At 64, 7, 2 it happens to give the right 29, but where the "
    "division leaves no remainder it is one short. Round down, then add 1.",
)
def _(size, kernel, stride, padding):
    return math.ceil((size - kernel + 2 * padding) / stride)


@conv_output_size.mistake(
    "rounds",
    ko="가장 가까운 정수로 반올림했습니다. 반 걸음 넘게 남아도 창이 다 들어가지 않으면 자리가 아닙니다. 내림하세요.",
    en="This rounds to the nearest whole number. Even with more than half a step left, a window that "
    "does not fit is no place. Round down.",
)
def _(size, kernel, stride, padding):
    return round((size - kernel + 2 * padding) / stride) + 1


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


@conv_output_size.mistake(
    "forgets-the-brackets",
    ko="괄호가 빠져 2·padding만 stride로 나누었습니다. 곱셈과 나눗셈이 뺄셈보다 먼저입니다: `(size - kernel + 2 * padding) // stride`",
    en="Without brackets only 2·padding is divided by the stride, for division comes before "
    "subtraction: `(size - kernel + 2 * padding) // stride`.",
)
def _(size, kernel, stride, padding):
    return size - kernel + 2 * padding // stride + 1


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
    yield conv_case(draw, 2, 1, (7, 7), 2, (3, 3), (2, 2), (0, 0))
    yield conv_case(draw, 1, 2, (7, 7), 2, (3, 3), (1, 3), (0, 0))
    yield conv_case(draw, 1, 1, (5, 5), 2, (3, 3), (1, 1), (2, 0))
    yield conv_case(draw, 3, 2, (8, 6), 4, (3, 2), (2, 3), (1, 2), DOUBLE)
    kernel = draw.integer(1, 3), draw.integer(2, 4)
    size = draw.integer(5, 8), draw.integer(5, 8)
    pairs = (2, draw.integer(1, 3)), (draw.integer(0, 2), 1)
    yield conv_case(draw, 2, 2, size, draw.integer(2, 4), kernel, *pairs)


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


@conv2d_by_hand.mistake(
    "swaps-stride",
    ko="걸음의 두 축이 바뀌었습니다. stride는 (sh, sw), 곧 세로 걸음이 먼저입니다.",
    en="The axes of the stride are swapped. stride is (sh, sw): the step down comes first.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride[::-1], padding)


@conv2d_by_hand.mistake(
    "swaps-padding",
    ko="패딩의 두 축이 바뀌었습니다. padding은 (ph, pw)이지만 `F.pad`는 **마지막 축부터** 받습니다: "
    "`F.pad(x, (pw, pw, ph, ph))`",
    en="The axes of the padding are swapped. padding is (ph, pw), but `F.pad` takes the **last axis "
    "first**: `F.pad(x, (pw, pw, ph, ph))`.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride, padding[::-1])


@conv2d_by_hand.mistake(
    "pads-one-axis",
    ko="`F.pad(x, (ph, pw))`는 마지막 축의 왼쪽에 ph칸, 오른쪽에 pw칸을 붙입니다. 네 방향에 모두 붙이려면 수가 네 개 필요합니다: "
    "`F.pad(x, (pw, pw, ph, ph))`",
    en="`F.pad(x, (ph, pw))` puts ph cells left and pw cells right of the last axis. All four sides "
    "take four numbers: `F.pad(x, (pw, pw, ph, ph))`.",
)
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


@conv2d_by_hand.mistake(
    "windows-of-the-unpadded",
    ko="창을 0을 두르기 전의 x에서 잘랐습니다. 그러면 가장자리의 창이 모자라거나 비어 있습니다. 0을 두른 그림에서 자르세요.",
    en="The windows were cut out of x as it was before the zeros went around it, so those at the edge "
    "are too small or empty. Cut them out of the padded image.",
)
def _(x, weight, bias, stride, padding):
    (kh, kw), (sh, sw) = weight.shape[2:], stride
    y = torch.zeros_like(F.conv2d(x, weight, bias, stride, padding))
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            window = x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            y[:, :, i, j] = window.flatten(1) @ weight.flatten(1).T + bias
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


@conv2d_by_hand.mistake(
    "first-of-the-pairs",
    ko="stride와 padding에서 첫째 수만 가로에도 썼습니다. 둘 다 (세로, 가로)의 쌍입니다.",
    en="The first number of stride and padding was used across as well. Both are pairs, (down, across).",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias, stride[0], padding[0])


@conv2d_by_hand.mistake(
    "sums-the-bias",
    ko="모든 커널의 편향을 합쳐서 더했습니다. k번 결과에는 `bias[k]`만 더하세요.",
    en="The biases of all kernels were added to each. The results of kernel k take `bias[k]` alone.",
)
def _(x, weight, bias, stride, padding):
    return F.conv2d(x, weight, bias.sum().expand(len(bias)), stride, padding)


conv2d_by_hand.hints(
    ko=[
        "자리 (i, j) 하나에서는 4장까지 배운 것뿐입니다. 창을 C·kh·kw개의 수로 펴면, K개의 커널을 곱하는 일은 선형 층 하나입니다. "
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
    en="The search for the largest starts from 0. Where all values of a window are negative, so is the "
    "answer.",
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


@max_pool.mistake(
    "stride-is-size",
    ko="stride를 쓰지 않고 창의 크기만큼씩 옮겼습니다. stride가 size보다 작으면 창들이 겹칩니다.",
    en="The window moves by its own size, and stride is not used. With a stride smaller than the size, "
    "windows overlap.",
)
def _(x, size, stride):
    return F.max_pool2d(x, size, size)


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


@max_pool.mistake(
    "over-channels",
    ko="채널까지 합쳐서 최댓값 하나를 골랐습니다. 풀링은 채널마다 따로 합니다. 채널의 수는 그대로여야 합니다.",
    en="The maximum was taken over the channels too. Each channel is pooled on its own, and their "
    "number stays.",
)
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


@max_pool.mistake(
    "size-and-stride-swapped",
    ko="size와 stride가 바뀌었습니다. size는 창의 한 변, stride는 다음 창까지의 거리입니다.",
    en="size and stride are swapped. size is the side of the window, stride the way to the next one.",
)
def _(x, size, stride):
    return F.max_pool2d(x, stride, size)


@max_pool.mistake(
    "minimum",
    ko="창에서 가장 작은 값을 골랐습니다.",
    en="This takes the smallest value of each window.",
)
def _(x, size, stride):
    return -F.max_pool2d(-x, size, stride)


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


def scatter(d_y, x, weight, stride, add=True, places=None):
    """d_x and d_weight, window by window."""
    d_x, d_weight = torch.zeros_like(x), torch.zeros_like(weight)
    kh, kw = weight.shape[2:]
    step = stride if places is None else places
    for i in range(d_y.shape[2]):
        for j in range(d_y.shape[3]):
            rows, columns = slice(i * step, i * step + kh), slice(j * step, j * step + kw)
            d = d_y[:, :, i, j]
            if add:
                d_x[:, :, rows, columns] += torch.einsum("nk,kcab->ncab", d, weight)
                d_weight += torch.einsum("nk,ncab->kcab", d, x[:, :, rows, columns])
            else:
                d_x[:, :, rows, columns] = torch.einsum("nk,kcab->ncab", d, weight)
                d_weight = torch.einsum("nk,ncab->kcab", d, x[:, :, rows, columns])
    return d_x, d_weight


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


@conv_backward.mistake(
    "ignores-stride",
    ko="걸음을 쓰지 않았습니다. 결과 (i, j)를 만든 창은 i·stride줄, j·stride열에서 시작했습니다. 돌아갈 때도 같은 창으로 가야 합니다.",
    en="The stride is not used. The window that made cell (i, j) started at row i·stride and column "
    "j·stride; the way back goes to the same window.",
)
def _(d_y, x, weight, stride):
    d_bias = conv_backward(d_y, x, weight, stride)[2]
    return *scatter(d_y, x, weight, stride, places=1), d_bias


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


@conv_backward.mistake(
    "bias-mean",
    ko="d_bias를 평균으로 구했습니다. 편향은 모든 그림의 모든 자리에 더해졌으니 돌아오는 것은 그 합입니다: `d_y.sum((0, 2, 3))`",
    en="d_bias is a mean. The bias was added at every place of every image, so what comes back is the "
    "sum: `d_y.sum((0, 2, 3))`.",
)
def _(d_y, x, weight, stride):
    d_x, d_weight, _ = conv_backward(d_y, x, weight, stride)
    return d_x, d_weight, d_y.mean((0, 2, 3))


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


@conv_backward.mistake(
    "one-image-weights",
    ko="d_weight를 첫 그림에서만 구했습니다. 배치의 모든 그림이 같은 커널을 썼습니다.",
    en="d_weight comes from the first image alone. All images of the batch used the kernel.",
)
def _(d_y, x, weight, stride):
    d_x, _, d_bias = conv_backward(d_y, x, weight, stride)
    return d_x, scatter(d_y[:1], x[:1], weight, stride)[1], d_bias


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
    """Every window's gradient spread by share(window), (N, C, size, size) of weights."""
    d_x = torch.zeros_like(x)
    for i in range(d_y.shape[2]):
        for j in range(d_y.shape[3]):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
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


def last_maximum(window):
    return first_maximum(window.flip(2, 3)).flip(2, 3)


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


@max_pool_backward.mistake(
    "global-maximum",
    ko="창에서 가장 큰 자리를 배치와 채널을 통틀어 하나만 찾았습니다. 그림마다, 채널마다 따로 찾아야 합니다.",
    en="One largest place was sought over the whole batch and all channels. Seek it for each image "
    "and each channel.",
)
def _(d_y, x, size, stride):
    def share(window):
        mask = torch.zeros_like(window)
        mask.view(-1)[window.argmax()] = 1.0
        return mask

    return give_back(d_y, x, size, stride, share)


@max_pool_backward.mistake(
    "ignores-stride",
    ko="창의 자리를 잘못 찾았습니다. 결과 (i, j)의 창은 i·stride줄, j·stride열에서 시작합니다. stride를 1로 본 것 같습니다.",
    en="The windows are in the wrong places. That of cell (i, j) starts at row i·stride and column "
    "j·stride; here they start at i and j.",
)
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
    for K in channels:
        inputs = how.get("inputs", lambda before: before)(before)
        total += K * inputs * kernel ** how.get("power", 2) + how.get("bias", K)
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


@count_parameters.mistake(
    "image-channels-everywhere",
    ko="둘째 층부터도 입력 채널을 그림의 채널 수로 세었습니다. 둘째 층의 입력은 첫 층의 *출력* 채널입니다.",
    en="Later layers, too, are counted with the image's channels. What enters the second layer are "
    "the *output* channels of the first.",
)
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
    return count(image, channels, kernel, classes, power=1)


@count_parameters.mistake(
    "weights-at-every-place",
    ko="커널을 자리마다 새로 세었습니다. 합성곱의 핵심은 모든 자리가 *같은* 커널을 나누어 쓴다는 것입니다.",
    en="The kernels are counted anew at every place. The point of a convolution is that all places "
    "share the *same* kernel.",
)
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
    ko="ReLU가 하나도 없습니다. 합성곱 두 번은 합성곱 한 번으로 합쳐집니다(10장). 합성곱마다 뒤에 ReLU를 두세요.",
    en="There is no ReLU. Two convolutions in a row are no more than one (chapter 10): put a ReLU "
    "after each.",
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


@CNN.mistake(
    "average-pooling",
    ko="최댓값이 아니라 평균으로 풀링했습니다.",
    en="The pooling takes means. It should take maxima.",
)
class _(Skeleton):
    def pool(self, x):
        return F.avg_pool2d(x, 2)


@CNN.mistake(
    "no-padding",
    ko="합성곱에 패딩이 없어 그림이 작아졌습니다: 28 → 24 → 12 → 8 → 4. 설명문은 합성곱이 크기를 바꾸지 않는다고 합니다: "
    "`padding=2`",
    en="Without padding the convolutions shrink the image: 28 → 24 → 12 → 8 → 4. The docstring says "
    "that they keep its size: `padding=2`.",
)
class _(Skeleton):
    padding, pixels = 0, 16


@CNN.mistake(
    "kernels-of-3",
    ko="커널이 3×3입니다. 설명문에는 5×5, 패딩 2입니다.",
    en="The kernels are 3×3. The docstring asks for 5×5, with padding 2.",
)
class _(Skeleton):
    kernel, padding = 3, 1


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
    ko="모델에 매개변수가 하나도 없습니다. 층을 보통의 파이썬 리스트에 담았거나 `forward` 안에서 그때그때 새로 만들었나요? 그러면 모듈의 "
    "장부에 오르지 않아 옵티마이저가 모릅니다. `__init__`에서 한 번 만들어 `self.conv1`처럼 속성에 바로 담으세요.",
    en="The model has no parameters. Do its layers stand in a plain Python list, or are they made anew "
    "inside `forward`? Then the module does not register them, and no optimizer will know of them. "
    "Make them once, in `__init__`, as attributes: `self.conv1`.",
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
