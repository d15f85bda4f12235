"""Exercises of ch01: working with tensors."""

import itertools
import math

import torch
from torch.nn import functional as F

from autograde.exercise import exercise

# ---------------------------------------------------------------- count-elements


@exercise("count-elements")
def count_elements(shape):
    return torch.empty(shape).numel()


@count_elements.cases
def _(draw):
    yield ((2, 3),)
    yield ((7,),)
    yield ((),)
    yield ((2, 3, 4),)
    yield ((3, 0, 2),)
    for axes in (2, 3, draw.integer(4, 5)):
        yield (tuple(draw.integer(3, 9) for _ in range(axes)),)


@count_elements.accepts
def _(shape):
    return math.prod(shape)


@count_elements.accepts
def _(shape):
    return shape[0] * count_elements(shape[1:]) if shape else 1


@count_elements.mistake(
    "sum",
    ko="칸 수를 모두 *더했습니다*. 3칸짜리 줄이 2개면 원소는 2 + 3개가 아닙니다. 그림의 칸을 세어 보세요.",
    en="The sizes are *added*. Two rows of three cells do not make 2 + 3 elements: count the cells "
    "in the picture.",
)
def _(shape):
    return sum(shape)


@count_elements.mistake(
    "axes",
    ko="축의 수를 세었습니다. `len(shape)`는 축이 몇 개인지이고, 찾는 것은 안에 든 수가 모두 몇 개인지입니다.",
    en="That is the number of axes, `len(shape)`. It should be how many numbers there are inside.",
)
def _(shape):
    return len(shape)


@count_elements.mistake(
    "starts-at-zero",
    ko="언제나 0이 나옵니다. 곱셈을 0에서 시작하지 않았나요? 0에는 무엇을 곱해도 0입니다.",
    en="The result is always 0. Does the multiplication start at 0? Nothing you multiply 0 by gets "
    "away from it.",
)
def _(shape):
    return 0


@count_elements.mistake(
    "returns-inside",
    ko="첫 번째 축에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first axis. Is the `return` indented *inside* the loop?",
)
def _(shape):
    for size in shape:
        return size
    return None


@count_elements.mistake(
    "first-axis",
    ko="첫 번째 축의 칸 수만 보았습니다. 모든 축의 칸 수가 필요합니다.",
    en="Only the size of the first axis is used. Every axis counts.",
)
def _(shape):
    return shape[0]


@count_elements.mistake(
    "two-axes",
    ko="축이 꼭 두 개라고 여겼습니다. 축은 하나일 수도, 셋일 수도, 하나도 없을 수도 있습니다.",
    en="This takes it for granted that there are two axes. There may be one, three, or none at all.",
)
def _(shape):
    return shape[0] * shape[1]


@count_elements.mistake(
    "scalar-is-empty",
    ko="모양 `()`는 빈 텐서가 아니라 수 *하나*입니다(1절 그림의 맨 왼쪽). 아무것도 곱하지 않은 곱은 1입니다.",
    en="The shape `()` is not an empty tensor but *one* number (on the left in the picture of "
    "section 1). A product of nothing is 1.",
)
def _(shape):
    return count_elements(shape) if shape else 0


@count_elements.mistake(
    "skips-zero",
    ko="칸이 0개인 축을 건너뛰었습니다. 어느 축이든 0칸이면 원소는 하나도 없습니다.",
    en="An axis of size 0 is skipped. If any axis has no cells, there are no elements at all.",
)
def _(shape):
    return math.prod(size for size in shape if size)


@count_elements.mistake(
    "needs-a-first-axis",
    ko="축이 적어도 하나는 있다고 여겼습니다. 모양 `()`에는 `shape[0]`이 없습니다. 곱셈을 1에서 시작하면 모든 축을 똑같이 다룰 수 "
    "있습니다.",
    en="This takes it for granted that there is a first axis. The shape `()` has no `shape[0]`. Start "
    "the product at 1, and all axes can be treated alike.",
)
def _(shape):
    count = shape[0]
    for size in shape[1:]:
        count *= size
    return count


LAST_AXIS = {
    "ko": "마지막 축의 칸 수만 남았습니다. 덮어쓰지 말고 `count = count * size`로 곱해 가세요.",
    "en": "Only the size of the last axis is left. Do not overwrite, multiply: `count = count * size`.",
}


@count_elements.mistake("overwrites", **LAST_AXIS)
def _(shape):
    count = 1
    for size in shape:
        count = size
    return count


@count_elements.mistake("last-axis", **LAST_AXIS)
def _(shape):
    return shape[-1]


SKIPPED_AXIS = {
    "ko": "축 하나를 건너뛰었습니다. `for size in shape:`는 모든 축을 지나갑니다.",
    "en": "One axis is skipped. `for size in shape:` goes through all of them.",
}


@count_elements.mistake("skips-the-first", **SKIPPED_AXIS)
def _(shape):
    return math.prod(shape[1:])


@count_elements.mistake("skips-the-last", **SKIPPED_AXIS)
def _(shape):
    return math.prod(shape[:-1])


@count_elements.mistake(
    "multiplies-the-numbers",
    ko="칸 수가 아니라 축의 *번호* 0, 1, 2, …를 곱했습니다. i번 축의 칸 수는 `shape[i]`입니다.",
    en="The *numbers* of the axes, 0, 1, 2, …, are multiplied. The size of axis i is `shape[i]`.",
)
def _(shape):
    return math.prod(range(len(shape)))


@count_elements.mistake(
    "first-axis-twice",
    ko="첫 번째 축을 두 번 곱했습니다. 첫 번째 축이 아니라 1에서 시작하세요.",
    en="The first axis counts twice. Start at 1, not at the first axis.",
)
def _(shape):
    return shape[0] * math.prod(shape)


@count_elements.mistake(
    "always-one",
    ko="언제나 1입니다. 곱한 것을 같은 이름에 다시 넣었나요?",
    en="It is always 1. Is the product stored under the same name again?",
)
def _(shape):
    return 1


@count_elements.mistake(
    "two-last-axes",
    ko="축이 꼭 두 개라고 여겼습니다. 축은 하나일 수도, 셋일 수도, 하나도 없을 수도 있습니다.",
    en="This takes it for granted that there are two axes. There may be one, three, or none at all.",
)
def _(shape):
    return shape[-1] * shape[-2]


@count_elements.mistake(
    "three-axes",
    ko="축이 꼭 세 개라고 여겼습니다. 축은 하나일 수도, 둘일 수도, 하나도 없을 수도 있습니다.",
    en="This takes it for granted that there are three axes. There may be one, two, or none at all.",
)
def _(shape):
    return shape[0] * shape[1] * shape[2]


@count_elements.mistake(
    "two-axes-unpacked",
    ko="`n, m = shape`는 축이 꼭 두 개여야 합니다. 축은 하나일 수도, 셋일 수도, 하나도 없을 수도 있습니다.",
    en="`n, m = shape` needs exactly two axes. There may be one, three, or none at all.",
)
def _(shape):
    n, m = shape
    return n * m


count_elements.hints(
    ko=[
        "모양 (2, 3)은 3칸짜리 줄이 2개입니다. 모양 (4, 2, 3)은 그런 표가 4장입니다. 칸은 모두 몇 개인가요?",
        "모든 축의 칸 수를 곱합니다. 축이 하나도 없는 모양 `()`에서는 곱할 것이 없으니 1입니다.",
        "`count = 1`에서 시작해 `for size in shape:` 안에서 `count = count * size`, 반복문이 끝난 뒤 `return count`",
    ],
    en=[
        "The shape (2, 3) is two rows of three cells. The shape (4, 2, 3) is four such tables. How "
        "many cells are there?",
        "Multiply the sizes of all axes. For the shape `()`, which has none, there is nothing to "
        "multiply: that makes 1.",
        "Start with `count = 1`; inside `for size in shape:` write `count = count * size`; after "
        "the loop, `return count`.",
    ],
)


# ---------------------------------------------------------------- pick-scores


@exercise("pick-scores")
def pick_scores(scores, labels):
    return scores.gather(1, labels[:, None])[:, 0]


@pick_scores.cases
def _(draw):
    yield torch.tensor([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]]), torch.tensor([2, 0])
    yield torch.tensor([[10, 20, 30, 40]]), torch.tensor([1])
    yield torch.tensor([[5.0], [6.0], [7.0]]), torch.tensor([0, 0, 0])
    N, C = draw.integer(4, 7), draw.integer(4, 7)
    yield draw.normal(N, C), draw.integers(1, C - 1, N)
    yield draw.normal(N, N), draw.permutation(N)
    yield draw.normal(3, C, dtype=torch.float64), draw.integers(0, 2, 3)
    yield draw.integers(1, 999, 9, 3), draw.integers(0, 2, 9)


@pick_scores.accepts
def _(scores, labels):
    return torch.stack([row[k] for row, k in zip(scores, labels.tolist(), strict=True)])


@pick_scores.accepts
def _(scores, labels):
    return scores[:, labels].diagonal()


@pick_scores.mistake(
    "every-pair",
    ko="`scores[:, labels]`는 *모든* 줄에서 정답 N개의 열을 모두 꺼내 (N, N)이 됩니다. 0번 줄에서는 0번 정답만, "
    "1번 줄에서는 1번 정답만 꺼내야 합니다. 줄 번호도 짝지어 주세요.",
    en="`scores[:, labels]` takes the columns of all N labels from *every* row: (N, N). Row 0 needs "
    "only label 0, row 1 only label 1. Give the row numbers too, as partners.",
)
def _(scores, labels):
    return scores[:, labels]


@pick_scores.mistake(
    "labels-as-rows",
    ko="정답 번호를 줄 번호로 썼습니다. `scores[labels]`는 labels에 적힌 번호의 *줄*을 통째로 꺼냅니다.",
    en="The labels were used as row numbers: `scores[labels]` takes whole *rows* with those numbers.",
)
def _(scores, labels):
    return scores[labels]


@pick_scores.mistake(
    "swapped",
    ko="줄과 열의 번호가 서로 바뀌었습니다. 대괄호 안에서는 줄 번호가 먼저, 열 번호(여기서는 labels)가 나중입니다.",
    en="Rows and columns are swapped. Inside the brackets the row number comes first, then the "
    "column number, which is the label here.",
)
def _(scores, labels):
    return scores[labels, torch.arange(len(labels))]


@pick_scores.mistake(
    "largest",
    ko="줄마다 가장 큰 점수를 골랐습니다. 모델이 틀릴 때도 있으니, 정답의 점수가 가장 크다는 보장은 없습니다.",
    en="That is the largest score of each row. The model may be wrong: the true class need not "
    "have the largest score.",
)
def _(scores, labels):
    return scores.max(1).values


@pick_scores.mistake(
    "labels-themselves",
    ko="정답의 번호를 돌려주었습니다. 필요한 것은 그 번호의 열에 적힌 점수입니다.",
    en="Those are the labels themselves. You need the scores that stand in those columns.",
)
def _(scores, labels):
    return labels.clone()


@pick_scores.mistake(
    "from-one",
    ko="클래스를 1부터 셌습니다. 클래스 번호도 열 번호처럼 0부터이므로 labels를 그대로 쓰면 됩니다. (열 번호 −1은 오류 "
    "없이 마지막 열을 가리킵니다.)",
    en="The classes were counted from 1. They count from 0, as columns do, so use the labels as "
    "they are. (Column −1 is no error: it is the last one.)",
)
def _(scores, labels):
    return scores[torch.arange(len(labels)), labels - 1]


@pick_scores.mistake(
    "from-one-by-gather",
    ko="클래스를 1부터 셌습니다. 클래스 번호도 열 번호처럼 0부터이므로 labels를 그대로 쓰면 됩니다. (`gather`는 −1에서 오류를 냅니다.)",
    en="The classes were counted from 1. They count from 0, as columns do, so use the labels as they are. (`gather` "
    "refuses a −1.)",
)
def _(scores, labels):
    return scores.gather(1, labels[:, None] - 1)[:, 0]


@pick_scores.mistake(
    "one-label",
    ko="모든 줄에서 첫 번째 정답의 열을 꺼냈습니다. 줄마다 제 정답이 따로 있습니다.",
    en="The column of the first label is taken from every row. Each row has a label of its own.",
)
def _(scores, labels):
    return scores[:, labels[0]].clone()


@pick_scores.mistake(
    "keeps-axis",
    ko="수는 맞지만 모양이 (N, 1)입니다. 줄마다 수 하나이므로 모양은 (N,)이어야 합니다.",
    en="The numbers are right, but the shape is (N, 1). One number a row makes the shape (N,).",
)
def _(scores, labels):
    return pick_scores(scores, labels)[:, None]


@pick_scores.mistake(
    "returns-inside",
    ko="0번 줄에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요? 줄마다 하나씩 모아 끝에서 돌려주세요.",
    en="It ends after row 0. Is the `return` indented *inside* the loop? Collect one score for each "
    "row, and return them at the end.",
)
def _(scores, labels):
    return scores[0, labels[0]].clone()


@pick_scores.mistake(
    "last-row",
    ko="마지막 줄의 점수만 남았습니다. 덮어쓰지 말고 줄마다 하나씩 모으세요.",
    en="Only the last row's score is left. Do not overwrite: collect one for each row.",
)
def _(scores, labels):
    return scores[-1, labels[-1]].clone()


@pick_scores.mistake(
    "row-zero",
    ko="모두 0번 줄에서 꺼냈습니다. i번 정답은 i번 줄에서 꺼냅니다.",
    en="All of them are taken from row 0. Label i belongs to row i.",
)
def _(scores, labels):
    return scores[0, labels]


@pick_scores.mistake(
    "argmax",
    ko="모델이 고른 클래스의 *번호*입니다. 필요한 것은 정답 클래스의 *점수*입니다.",
    en="Those are the *numbers* of the model's favourite classes. You need the *scores* of the true "
    "classes.",
)
def _(scores, labels):
    return scores.argmax(1)


COUNTS_CLASSES = {
    "ko": "줄 번호를 클래스의 수 C만큼 만들었습니다. 줄은 그림마다 하나, 모두 N개입니다: `len(labels)`.",
    "en": "There are as many row numbers here as classes, C. There is one row per picture: N of them, "
    "`len(labels)`.",
}


@pick_scores.mistake("as-many-rows-as-classes", **COUNTS_CLASSES)
def _(scores, labels):
    return scores[torch.arange(scores.shape[1]), labels]


@pick_scores.mistake("loops-over-classes", **COUNTS_CLASSES)
def _(scores, labels):
    return torch.stack([scores[i, labels[i]] for i in range(scores.shape[1])])


@pick_scores.mistake(
    "whole-number-box",
    ko="점수를 정수 텐서에 옮겨 담아 소수점 아래가 잘렸습니다. 담을 텐서의 자료형은 `scores.dtype`이어야 합니다.",
    en="The scores were put into a tensor of whole numbers and lost their fractions. Its dtype must "
    "be `scores.dtype`.",
)
def _(scores, labels):
    return pick_scores(scores, labels).long()


@pick_scores.mistake(
    "always-float32",
    ko="수는 맞지만 자료형이 scores의 것이 아니라 float32입니다. `torch.zeros(…)`에 옮겨 담거나 float32를 곱하면 이렇게 됩니다. "
    "`dtype=scores.dtype`을 주거나 `scores.dtype`으로 맞추세요.",
    en="The numbers are right, but float32 and not of scores' dtype, as they are when copied into "
    "`torch.zeros(…)` or multiplied by float32. Give it `dtype=scores.dtype`, or keep to `scores.dtype`.",
)
def _(scores, labels):
    return pick_scores(scores, labels).float()


@pick_scores.mistake(
    "squeezes-the-batch",
    ko="`squeeze()`는 N = 1일 때 배치의 축까지 없앱니다. 없앨 축의 번호를 주세요: `squeeze(1)`.",
    en="With N = 1 `squeeze()` removes the axis of the batch as well. Say which axis: `squeeze(1)`.",
)
def _(scores, labels):
    return scores.gather(1, labels[:, None]).squeeze()


@pick_scores.mistake(
    "every-pair-in-a-row",
    ko="줄마다 모든 정답을 꺼내 N·N개가 되었습니다. 반복문 두 개를 겹치지 말고 `zip(scores, labels)`로 짝지으세요.",
    en="Every label was looked up in every row, N·N in all. Do not nest two loops; pair rows and "
    "labels with `zip(scores, labels)`.",
)
def _(scores, labels):
    return scores[:, labels].reshape(-1)


pick_scores.hints(
    ko=[
        "종이에 적어 보세요. 0번 줄에서는 몇 번 열, 1번 줄에서는 몇 번 열을 꺼내나요?",
        "줄 번호 (N,)과 열 번호 (N,)을 대괄호 안에 나란히 주면 PyTorch가 둘을 짝지어 수 N개를 꺼냅니다. 열 번호는 "
        "labels이고, 줄 번호는 0, 1, 2, …입니다.",
        "`rows = torch.arange(len(labels))`, `return scores[rows, labels]`",
    ],
    en=[
        "Write it down: which column do you take from row 0, which one from row 1?",
        "Give row numbers (N,) and column numbers (N,) side by side in the brackets: PyTorch pairs "
        "them up and takes N numbers. The columns are the labels, the rows are 0, 1, 2, …",
        "`rows = torch.arange(len(labels))`, `return scores[rows, labels]`.",
    ],
)


# ---------------------------------------------------------------- read-columns


@exercise("read-columns")
def read_columns(x):
    return torch.cat([x[:, j] for j in range(x.shape[1])])


@read_columns.cases
def _(draw):
    yield (torch.tensor([[1, 2, 3], [4, 5, 6]]),)
    yield (torch.tensor([[1.5, 2.5, 3.5, 4.5]]),)
    yield (torch.tensor([[7], [8]]),)
    yield (torch.tensor([[9]]),)  # one column with one element: still an axis, (1,)
    n, m = draw.integer(2, 6), draw.integer(3, 6)
    yield (draw.integers(0, 99, n, m + n),)
    yield (draw.normal(m, m),)
    yield (draw.normal(m, 2, dtype=torch.float64),)


@read_columns.accepts
def _(x):
    return x.permute(1, 0).contiguous().view(-1)


@read_columns.accepts
def _(x):
    n, m = x.shape
    out = torch.zeros(n * m, dtype=x.dtype)
    for i, j in itertools.product(range(n), range(m)):
        out[j * n + i] = x[i, j]
    return out


@read_columns.mistake(
    "as-found",
    ko="`x.t()`는 메모리를 건너뛰며 읽는 뷰라서, 그것을 다시 `view`로 펼 수 없습니다. 줄이나 열이 하나뿐일 때만 우연히 됩니다. "
    "원소를 새 순서로 베껴 놓아야 합니다(`clone()`은 걸음까지 그대로 베끼니 `contiguous()`나 `reshape`를 쓰세요).",
    en="`x.t()` is a view that skips through the memory, and `view` cannot unroll it (it happens to "
    "work with a single row or column). The elements must be copied into their new order (`clone()` "
    "copies the strides too: use `contiguous()` or `reshape`).",
)
def _(x):
    return x.t().view(-1)


@read_columns.mistake(
    "row-order",
    ko="오류는 없지만 *줄*을 따라 읽었습니다. `view`와 `reshape`는 언제나 줄을 따라 읽고 줄을 따라 채울 뿐, 순서를 바꾸지 "
    "않습니다. 먼저 줄과 열을 바꾸어야 합니다.",
    en="No error, but this reads along the *rows*. `view` and `reshape` always read row by row and "
    "fill row by row; they never reorder. Swap rows and columns first.",
)
def _(x):
    return x.reshape(-1)


@read_columns.mistake(
    "not-flat",
    ko="줄과 열은 바꾸었지만 아직 표입니다. 한 줄 (n·m,)로 펴세요.",
    en="Rows and columns are swapped, but it is still a table. Unroll it into one row, (n·m,).",
)
def _(x):
    return x.t().clone()


@read_columns.mistake(
    "right-to-left",
    ko="오른쪽 열부터 읽었습니다. 0번 열부터 읽습니다.",
    en="This starts with the column on the right. Start with column 0.",
)
def _(x):
    return x.flip(1).t().reshape(-1)


@read_columns.mistake(
    "bottom-up",
    ko="열을 아래에서 위로 읽었습니다. 0번 줄부터 아래로 읽습니다.",
    en="The columns are read upwards. Read them downwards, from row 0.",
)
def _(x):
    return x.flip(0).t().reshape(-1)


@read_columns.mistake(
    "first-column",
    ko="0번 열에서 멈추었습니다. 모든 열을 차례로 이어 붙여야 합니다.",
    en="It stops after column 0. All columns are to be joined, one after another.",
)
def _(x):
    return x[:, 0].clone()


@read_columns.mistake(
    "keeps-axis",
    ko="순서는 맞지만 모양이 (n·m, 1)입니다. 축이 하나인 (n·m,)이어야 합니다.",
    en="The order is right, but the shape is (n·m, 1). It should have a single axis, (n·m,).",
)
def _(x):
    return x.t().reshape(-1, 1)


@read_columns.mistake(
    "always-float",
    ko="정수를 실수로 바꾸었습니다. `torch.zeros(…)`에 옮겨 담으면 이렇게 됩니다. 자료형은 x의 것을 따르세요.",
    en="Whole numbers became floats, as they do when copied into `torch.zeros(…)`. Keep the dtype "
    "of x.",
)
def _(x):
    return x.t().reshape(-1).float()


@read_columns.mistake(
    "view-for-transpose",
    ko="`view`나 `reshape`로 (m, n)을 만든 것은 줄과 열을 맞바꾼 것이 아닙니다. 모양만 같고 원소의 자리는 다릅니다. 맞바꾸는 것은 "
    "`t()`입니다.",
    en="Making it (m, n) with `view` or `reshape` does not swap rows and columns: the shape is the "
    "same, the places of the elements are not. `t()` swaps.",
)
def _(x):
    return x.reshape(x.shape[1], x.shape[0]).t().reshape(-1)


@read_columns.mistake(
    "as-many-columns-as-rows",
    ko="열을 줄의 수만큼 읽었습니다. `x.shape[0]`은 줄의 수이고, 열의 수는 `x.shape[1]`입니다.",
    en="This reads as many columns as there are rows. `x.shape[0]` is the number of rows, "
    "`x.shape[1]` that of columns.",
)
def _(x):
    return torch.cat([x[:, j] for j in range(x.shape[0])])


SWAPPED_BRACKETS = {
    "ko": "대괄호 안에서 열이 먼저 왔습니다. 줄이 먼저입니다: `x[i, j]`는 i번 줄의 j번 열, `x[:, j]`는 j번 열 전부입니다.",
    "en": "Inside the brackets the column came first. The row does: `x[i, j]` is row i, column j, and "
    "`x[:, j]` is all of column j.",
}


@read_columns.mistake("column-first", **SWAPPED_BRACKETS)
def _(x):
    return torch.stack([x[j, i] for j in range(x.shape[1]) for i in range(x.shape[0])])


@read_columns.mistake("rows-for-columns", **SWAPPED_BRACKETS)
def _(x):
    return torch.cat([x[j, :] for j in range(x.shape[1])])


@read_columns.mistake(
    "size-built-in",
    ko="첫 보기의 크기를 숫자로 박아 넣었습니다. 크기를 `-1`로 적으면 PyTorch가 계산합니다.",
    en="The size of the first example is built in. Write `-1`, and PyTorch works it out.",
)
def _(x):
    return x.t().reshape(6)


@read_columns.mistake(
    "size-built-in-and-row-order",
    ko="첫 보기의 크기를 숫자로 박아 넣었고, `view`로 모양을 바꾸어도 줄과 열은 바뀌지 않습니다. 줄과 열을 맞바꾸는 것은 `t()`입니다.",
    en="The size of the first example is built in; nor does `view` swap rows and columns. `t()` does.",
)
def _(x):
    return x.view(3, 2).reshape(-1)


@read_columns.mistake(
    "from-the-end",
    ko="맨 끝에서부터 거꾸로 읽었습니다. 0번 열의 맨 위에서 시작합니다.",
    en="This reads backwards from the very end. Start at the top of column 0.",
)
def _(x):
    return x.t().reshape(-1).flip(0)


@read_columns.mistake(
    "keeps-an-axis-in-front",
    ko="순서는 맞지만 모양이 (1, n·m)입니다. 축이 하나인 (n·m,)이어야 합니다.",
    en="The order is right, but the shape is (1, n·m). It should have a single axis, (n·m,).",
)
def _(x):
    return x.t().reshape(1, -1)


read_columns.hints(
    ko=[
        "펴는 연산은 언제나 줄을 따라 읽습니다. 그러니 읽고 싶은 것이 줄이 되도록 먼저 돌려놓아야 합니다.",
        "줄과 열을 바꾸면 (m, n)이고, 그것을 줄을 따라 펴면 원래의 열 순서가 됩니다. 뒤집은 표는 연속하지 않으니, 필요하면 "
        "베껴 주는 쪽의 연산을 쓰세요.",
        "`x.t().reshape(-1)` (또는 `x.t().contiguous().view(-1)`)",
    ],
    en=[
        "Unrolling always reads along rows. So first turn what you want to read into rows.",
        "With rows and columns swapped it is (m, n), and unrolling that row by row gives the "
        "columns in order. A turned table is not contiguous: use the operation that copies where "
        "it must.",
        "`x.t().reshape(-1)` (or `x.t().contiguous().view(-1)`).",
    ],
)


# ---------------------------------------------------------------- shares-memory


LINES = {
    "A": (
        "A줄 `a[1]`을 다시 보세요. 한 줄은 메모리에서 한 곳부터 한 칸씩 이어져 있습니다.",
        "Look again at line A, `a[1]`: a row starts at one place in memory and goes on in steps "
        "of one.",
    ),
    "B": (
        "B줄 `a[[1, 0, 1]]`을 다시 보세요. 대괄호 안에 *리스트*가 있습니다. 1번, 0번, 다시 1번 줄을 시작과 걸음만으로 적을 수 "
        "있을까요?",
        "Look again at line B, `a[[1, 0, 1]]`: there is a *list* in the brackets. Can rows 1, 0 and "
        "1 again be described by a start and steps?",
    ),
    "C": (
        "C줄 `a.t()`를 다시 보세요. 줄과 열을 바꿀 때 원소를 옮겨야 할까요, 걸음만 바꾸면 될까요?",
        "Look again at line C, `a.t()`: must the elements move to swap rows and columns, or is it "
        "enough to change the steps?",
    ),
    "D": (
        "D줄 `a.reshape(6)`을 다시 보세요. `a`는 연속한 텐서입니다. 베낄 까닭이 있을까요?",
        "Look again at line D, `a.reshape(6)`: `a` is contiguous. Is there any need to copy?",
    ),
    "E": (
        "E줄 `a.t().reshape(6)`을 다시 보세요. 뒤집은 표를 한 줄로 읽는 순서를 한 가지 걸음으로 적을 수 있을까요? "
        "`view`였다면 어떻게 되었을까요?",
        "Look again at line E, `a.t().reshape(6)`: can the order in which a turned table is unrolled "
        "be described by one step size? What would `view` have done?",
    ),
}


@exercise("shares-memory", kind="value", points=2)
def shares_memory():
    a = torch.arange(6).view(2, 3)
    made = [a[1], a[[1, 0, 1]], a.t(), a.reshape(6), a.t().reshape(6)]
    return [each.untyped_storage().data_ptr() == a.untyped_storage().data_ptr() for each in made]


@shares_memory.accepts
def _():
    answers = []
    for make in (
        lambda a: a[1],
        lambda a: a[[1, 0, 1]],
        lambda a: a.t(),
        lambda a: a.reshape(6),
        lambda a: a.t().reshape(6),
    ):
        a = torch.zeros(2, 3)
        make(a).fill_(1)
        answers.append(bool(a.any()))
    return tuple(answers)


for wrong in itertools.product([False, True], repeat=5):
    doubtful = [line for line, a, b in zip(LINES, wrong, shares_memory(), strict=True) if a != b]
    if not doubtful:
        continue
    ko, en = LINES[doubtful[0]]
    if all(wrong):
        ko = "모두가 메모리를 나누어 쓰지는 않습니다. " + ko
        en = "Not all of them share memory. " + en
    elif not any(wrong):
        ko = "하나도 나누어 쓰지 않는다고요? 그중에는 쓰는 것이 있습니다. " + ko
        en = "None at all? Some of them do share memory. " + en
    elif len(doubtful) == 5:
        ko = "다섯이 모두 거꾸로입니다. True는 '메모리를 나누어 쓴다', 곧 뷰라는 뜻입니다. " + ko
        en = "All five are the wrong way round: True means that the memory is shared. " + en
    shares_memory.mistake("wrong-at-" + "".join(doubtful), ko=ko, en=en)(list(wrong))


@shares_memory.mistake(
    "zeros-and-ones",
    ko="참과 거짓은 맞지만 0과 1로 적었습니다. True와 False로 적어 주세요.",
    en="Right, but written as 0 and 1. Write True and False.",
)
def _():
    return list(map(int, shares_memory()))


@shares_memory.mistake(
    "words",
    ko="참과 거짓은 맞지만 따옴표 안에 적어 글자가 되었습니다. 따옴표 없이 True와 False로 적어 주세요.",
    en="Right, but in quotes, which makes them text. Write True and False without quotes.",
)
def _():
    return list(map(str, shares_memory()))


for count in range(1, 6):
    for letters in itertools.combinations(LINES, count):
        shares_memory.mistake(
            "letters-" + "".join(letters),
            ko="글자가 아니라, A부터 E까지 차례로 True나 False 다섯 개를 적으세요.",
            en="Not the letters: write five times True or False, for A to E in order.",
        )(list(letters))


shares_memory.hints(
    ko=[
        "뷰는 원소를 베끼지 않고 '어디서 시작해 축마다 몇 칸씩 건너뛰는지'만 새로 적습니다. 줄마다 물어보세요. 결과의 "
        "원소들을 그렇게 적을 수 있나요?",
        "새 셀에서 실험하세요. 줄마다 `a = torch.arange(6).view(2, 3)`으로 새로 만들고, `made = a[1]`처럼 적고, "
        "`made.fill_(-1)`로 모두 −1로 바꾼 뒤 `print(a)`로 a도 바뀌었는지 봅니다.",
        "a의 메모리는 0 1 2 3 4 5입니다. A는 3부터 한 칸씩, C는 아래로 한 칸씩 옆으로 세 칸씩, D는 0부터 한 칸씩 읽습니다. E가 "
        "읽어야 하는 순서는 0 3 1 4 2 5이고, B가 읽어야 하는 줄은 3에서, 0에서, 다시 3에서 시작합니다.",
    ],
    en=[
        "A view copies no elements: it only notes where to start and how far to step along each "
        "axis. Ask of each line whether its elements can be described like that.",
        "Try it in a new cell. For each line make a new `a = torch.arange(6).view(2, 3)`, write "
        "`made = a[1]` or whatever the line says, set all of it to −1 with `made.fill_(-1)`, and see "
        "with `print(a)` whether a has changed too.",
        "The memory of a is 0 1 2 3 4 5. A starts at 3 in steps of one; C steps by one downwards and "
        "by three sideways; D starts at 0 in steps of one. E would have to read 0 3 1 4 2 5, and the "
        "rows of B start at 3, at 0, and at 3 again.",
    ],
)


# ---------------------------------------------------------------- mul-history


@exercise("mul-history", points=2)
def mul_history(a, b, steps):
    return [a.clone(), *(a * b**k for k in range(1, steps + 1))]


@mul_history.cases
def _(draw):
    yield torch.tensor([1.0, 10.0]), torch.tensor([2.0, 3.0]), 2
    yield torch.tensor([5.0]), torch.tensor([2.0]), 0
    yield torch.tensor([100, 200]), torch.tensor([0.5, 1.5]), 2
    for n in (1, draw.integer(2, 5)):
        yield draw.normal(n), 1 + draw.uniform(0.1, 1, n), draw.integer(2, 5)
    double = torch.float64
    yield draw.normal(2, 3, dtype=double), draw.uniform(0.2, 2, 2, 3, dtype=double), 3
    yield draw.integers(1, 9, 4), draw.integers(2, 5, 4), draw.integer(2, 4)


@mul_history.accepts
def _(a, b, steps):
    return list(itertools.accumulate([a] + [b] * steps, torch.mul))


@mul_history.accepts
def _(a, b, steps):
    history = [a]
    for _ in range(steps):
        a = a.mul(b)
        history.append(a)
    return history


@mul_history.mistake(
    "as-found",
    ko="`mul_`은 a를 *그 자리에서* 바꿉니다. 리스트에 든 것은 모두 같은 텐서의 다른 이름이라, 마지막 값이 여러 번 보일 뿐입니다. "
    "게다가 부른 쪽의 a까지 바뀌었습니다. 걸음마다 *새* 텐서가 필요합니다.",
    en="`mul_` changes a *in place*. All entries of the list are names for one and the same tensor, "
    "so the last value shows up several times, and the caller's a has changed too. Every step needs "
    "a *new* tensor.",
)
def _(a, b, steps):
    history = [a]
    for _ in range(steps):
        a.mul_(b)
        history.append(a)
    return history


@mul_history.mistake(
    "clones-once",
    ko="부른 쪽의 a는 지켰지만, 리스트에는 여전히 같은 텐서가 여러 번 들어 있어 모두 마지막 값입니다. 처음에 한 번 베끼는 것으로는 "
    "모자랍니다.",
    en="The caller's a is safe now, but the list still holds one and the same tensor several times, "
    "with its last value. Copying once at the start is not enough.",
)
def _(a, b, steps):
    a = a.clone()
    history = [a]
    for _ in range(steps):
        a.mul_(b)
        history.append(a)
    return history


@mul_history.mistake(
    "in-place-copies",
    ko="베껴서 담았으니 기록은 맞지만 `mul_`이 여전히 부른 쪽의 a를 바꿉니다. 그리고 정수 텐서에 실수를 곱하면 오류가 납니다. 정수의 "
    "자리에는 소수점이 들어가지 않기 때문입니다.",
    en="The copies save the history, but `mul_` still changes the caller's a. And on whole numbers "
    "times fractions it raises an error: a fraction does not fit in an integer's place.",
)
def _(a, b, steps):
    history = [a.clone()]
    for _ in range(steps):
        a.mul_(b)
        history.append(a.clone())
    return history


@mul_history.mistake(
    "own-copy-in-place",
    ko="거의 다 왔습니다. 다만 정수 텐서에 실수를 제자리 연산(`mul_`, `*=`, `+=`)으로 계산해 넣으면 오류가 납니다. 정수의 자리에는 소수점이 들어가지 않기 때문입니다. "
    "제자리 연산이 아닌 `a * b`는 알맞은 자료형의 새 텐서를 만듭니다.",
    en="Almost. But in-place operations (`mul_`, `*=`, `+=`) raise an error when fractions go into whole "
    "numbers: a fraction does not fit in an integer's place. `a * b` makes a new tensor of a fitting "
    "dtype.",
)
def _(a, b, steps):
    a = a.clone()
    history = [a.clone()]
    for _ in range(steps):
        a.mul_(b)
        history.append(a.clone())
    return history


@mul_history.mistake(
    "result-dropped",
    ko="값이 하나도 변하지 않습니다. `a.mul(b)`는 새 텐서를 *돌려줄* 뿐입니다. 받아서 이름을 붙이지 않으면 사라집니다.",
    en="Nothing ever changes. `a.mul(b)` only *returns* a new tensor; unless you catch it under a "
    "name it is gone.",
)
def _(a, b, steps):
    return [a] * (steps + 1)


@mul_history.mistake(
    "always-from-the-start",
    ko="걸음마다 처음의 a에서 다시 시작했습니다. 바로 앞 걸음의 결과에 곱해야 합니다.",
    en="Every step starts again from the first a. Multiply the result of the step before.",
)
def _(a, b, steps):
    return [a] + [a * b] * steps


@mul_history.mistake(
    "start-missing",
    ko="처음의 a가 빠졌습니다. 리스트는 a 자신부터 시작해 steps + 1개입니다.",
    en="The first a is missing. The list starts with a itself and has steps + 1 entries.",
)
def _(a, b, steps):
    return mul_history(a, b, steps)[1:]


@mul_history.mistake(
    "one-too-many",
    ko="한 번 더 곱했습니다. 곱셈은 steps번, 리스트는 처음의 a까지 steps + 1개입니다.",
    en="One product too many. There are steps products, and with the first a steps + 1 entries.",
)
def _(a, b, steps):
    return mul_history(a, b, steps + 1)


@mul_history.mistake(
    "last-only",
    ko="마지막 결과만 돌려주었습니다. 거쳐 온 것을 모두 리스트에 담아 돌려주세요.",
    en="That is the last result alone. Return all of them in a list.",
)
def _(a, b, steps):
    return mul_history(a, b, steps)[-1]


@mul_history.mistake(
    "returns-inside",
    ko="첫걸음에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after the first step. Is the `return` indented *inside* the loop?",
)
def _(a, b, steps):
    for _ in range(steps):
        return [a, a.mul(b)]
    return None


@mul_history.mistake(
    "appends-after",
    ko="처음과 마지막만 담겼습니다. `append`가 반복문 *밖에* 있지 않나요?",
    en="Only the first and the last are in the list. Is the `append` *outside* the loop?",
)
def _(a, b, steps):
    return [a, mul_history(a, b, steps)[-1]]


FIRST_DTYPE = {
    "ko": "첫 원소의 자료형이 a와 다릅니다. 첫 원소는 아직 아무것도 곱하지 않은 a 그대로입니다(정수면 정수). `a * b**0`이나 `a.float()`는 값이 같아도 "
    "자료형이 바뀔 수 있습니다.",
    "en": "The first entry has another dtype than a. It is a itself, not yet multiplied by anything: "
    "whole numbers stay whole. `a * b**0` or `a.float()` may change the dtype though not the values.",
}


@mul_history.mistake("multiplied-by-b-to-the-0", **FIRST_DTYPE)
def _(a, b, steps):
    return [a * b**k for k in range(steps + 1)]


@mul_history.mistake("float-first", **FIRST_DTYPE)
def _(a, b, steps):
    return mul_history(a.float(), b, steps)


@mul_history.mistake("double-first", **FIRST_DTYPE)
def _(a, b, steps):
    return mul_history(a.double(), b, steps)


@mul_history.mistake(
    "first-not-copied",
    ko="뒤의 것은 베꼈지만 첫 원소는 여전히 a 자신이라 함께 바뀌었고, 부른 쪽의 a도 바뀌었습니다. 제자리 연산 대신 새 텐서를 만드세요.",
    en="The later entries are copies, but the first is still a itself and has changed with it; so has "
    "the caller's a. Make a new tensor instead of working in place.",
)
def _(a, b, steps):
    history = [a]
    for _ in range(steps):
        a.mul_(b)
        history.append(a.clone())
    return history


@mul_history.mistake(
    "own-first-not-copied",
    ko="부른 쪽의 a는 지켰지만, 첫 원소만 베끼지 않아 마지막 값이 되었습니다. 걸음마다 *새* 텐서를 만드는 곱셈을 쓰면 베낄 일이 없습니다.",
    en="The caller's a is safe, but the first entry was not copied and holds the last value. With a "
    "product that makes a *new* tensor at each step nothing needs copying.",
)
def _(a, b, steps):
    a = a.clone()
    history = [a]
    for _ in range(steps):
        a.mul_(b)
        history.append(a.clone())
    return history


@mul_history.mistake(
    "same-tensor-again",
    ko="`a = a.mul_(b)`라고 받아도 같은 텐서입니다. `mul_`은 바꾼 a 자신을 돌려줍니다. 밑줄이 없는 `mul`이 새 텐서를 만듭니다.",
    en="`a = a.mul_(b)` is still the same tensor: `mul_` returns the very a that it changed. `mul` "
    "without the underscore makes a new one.",
)
def _(a, b, steps):
    history = [a.clone()]
    for _ in range(steps):
        a = a.mul_(b)
        history.append(a)
    return history


@mul_history.mistake(
    "a-twice",
    ko="k가 0부터 시작해서 a가 두 번 들어갔습니다. `range(1, steps + 1)`이라고 쓰세요.",
    en="k starts at 0, so a is in the list twice. Write `range(1, steps + 1)`.",
)
def _(a, b, steps):
    return [a, *(a * b**k for k in range(steps))]


@mul_history.mistake(
    "one-step-ahead",
    ko="개수는 맞지만, 아무것도 곱하지 않은 a가 빠지고 곱셈을 한 번 더 했습니다. 리스트를 `[a]`에서 시작하고 곱셈은 steps번 하세요.",
    en="The count is right, but the a before any product is missing, and there is one product too "
    "many. Start the list as `[a]`, and multiply steps times.",
)
def _(a, b, steps):
    return mul_history(a, b, steps + 1)[1:]


@mul_history.mistake(
    "one-too-few",
    ko="한 번 덜 곱했습니다. 곱셈은 steps번, 리스트는 처음의 a까지 steps + 1개입니다.",
    en="One product too few. There are steps products, and with the first a steps + 1 entries.",
)
def _(a, b, steps):
    return mul_history(a, b, max(steps - 1, 0))


@mul_history.mistake(
    "append-assigned",
    ko="오류에 `NoneType`이 보인다면: `append`는 아무것도 돌려주지 않습니다(None). `history = history.append(…)`라고 받지 말고 부르기만 하세요. "
    "다른 이름이 보인다면 그 이름의 철자를 보세요.",
    en="If the error speaks of `NoneType`: `append` returns nothing (None), so do not assign, as in "
    "`history = history.append(…)`; just call it. If it names something else, look at the spelling.",
)
def _(a, b, steps):
    history = [a]
    for _ in range(steps):
        a = a * b
        history = history.append(a)
    return history


@mul_history.mistake(
    "back-to-whole-numbers",
    ko="곱한 것을 a의 자료형으로 되돌려 소수점 아래를 버렸습니다. 정수에 실수를 곱하면 실수가 되어야 합니다.",
    en="The products were turned back into the dtype of a, which drops fractions. Whole numbers times "
    "fractions are to become floats.",
)
def _(a, b, steps):
    history = [a]
    for _ in range(steps):
        a = (a * b).to(a.dtype)
        history.append(a)
    return history


TIMES_K = {
    "ko": "b를 k번 곱한 것이 아니라 곱을 *k배* 했습니다. 걸음마다 앞 걸음의 결과에 b를 한 번 더 곱합니다.",
    "en": "That is *k times* the product, not k products by b. At each step, multiply the result of "
    "the step before by b once more.",
}


@mul_history.mistake("times-k", **TIMES_K)
def _(a, b, steps):
    return [a, *(a * b * k for k in range(1, steps + 1))]


@mul_history.mistake("times-k-from-zero", **TIMES_K)
def _(a, b, steps):
    return [a, *(a * b * k for k in range(steps))]


@mul_history.mistake(
    "adds",
    ko="곱하지 않고 더했습니다.",
    en="This adds b instead of multiplying by it.",
)
def _(a, b, steps):
    return [a, *(a + b * k for k in range(1, steps + 1))]


@mul_history.mistake(
    "replaces-b",
    ko="곱한 결과를 b에 넣어, 곱할 수 b가 바뀌어 버렸습니다. 바뀌어 가는 것은 a입니다.",
    en="The product was stored as b, so the b to multiply by is gone. It is a that develops.",
)
def _(a, b, steps):
    history = [a]
    for _ in range(steps):
        b = a * b
        history.append(b)
    return history


@mul_history.mistake(
    "appends-first",
    ko="곱하기 *전에* 리스트에 담아서, a가 두 번 들어가고 마지막 곱은 빠졌습니다. 먼저 곱하고, 그 결과를 담으세요.",
    en="Each value goes into the list *before* it is multiplied, so a is in there twice and the last product "
    "is missing. Multiply first, then append the result.",
)
def _(a, b, steps):
    return [a, *mul_history(a, b, steps)[:-1]]


mul_history.hints(
    ko=[
        "리스트는 텐서를 베껴 담지 않습니다. 같은 텐서를 세 번 담으면 이름표만 셋입니다. 걸음마다 *새* 텐서를 만드는 곱셈은 어느 "
        "것인가요?",
        "밑줄이 없는 `mul`(또는 `*`)은 새 텐서를 돌려줍니다. 그것에 a라는 이름을 다시 붙이면, 리스트 속의 옛 텐서와 부른 쪽의 a는 "
        "그대로 남습니다.",
        "`history_as_noted`의 몸통을 답 셀에 베껴 온 다음, `a.mul_(b)` 줄을 `a = a.mul(b)`로 바꾸세요.",
    ],
    en=[
        "A list copies nothing. Put one tensor in three times and you have three labels on one box. "
        "Which multiplication makes a *new* tensor at each step?",
        "`mul` without the underscore (or `*`) returns a new tensor. Give that the name a: the old "
        "tensors in the list, and the caller's a, stay as they are.",
        "Copy the body of `history_as_noted` into the answer cell, and replace its line `a.mul_(b)` by "
        "`a = a.mul(b)`.",
    ],
)


# ---------------------------------------------------------------- broadcast-shape


@exercise("broadcast-shape", points=3, all_or_nothing=True, forbids=["torch.broadcast_shapes"])
def broadcast_shape(a, b):
    # Independently: PyTorch adds two such tensors, without any memory for their elements.
    one, other = torch.empty(a, device="meta"), torch.empty(b, device="meta")
    try:
        return tuple((one + other).shape)
    except RuntimeError:
        return None


def stretching_pair(draw):
    """Two shapes that fit, each of which stretches along at least one axis."""
    rank = draw.integer(2, 4)
    roles = [1, 2, *(draw.integer(0, 2) for _ in range(rank - 2))]
    a, b = [], []
    for place in draw.permutation(rank).tolist():
        size = draw.integer(2, 7)
        a.append(1 if roles[place] == 1 else size)
        b.append(1 if roles[place] == 2 else size)
    for shape in (a, b):
        if shape[0] == 1 and draw.integer(0, 1):
            shape.pop(0)
    return tuple(a), tuple(b)


@broadcast_shape.cases
def _(draw):
    yield (2, 3), (3,)
    yield (2, 3), (2,)
    yield (2, 3), (1, 3)
    yield (2, 1), (1, 4)
    yield (), (2, 3)
    yield (), ()  # two single numbers fit: the shape (), which is not None
    yield (2, 4), (2, 2)
    yield (3, 2), (3, 2)
    yield (3, 2), (3, 1)
    yield (1,), (1, 1)
    yield (8, 1, 6, 1), (7, 1, 5)
    for _ in range(4):
        yield stretching_pair(draw)
    for _ in range(2):
        a, b = stretching_pair(draw)
        last = draw.integer(2, 6)
        yield (*a[:-1], last), (*b[:-1], last * 2)
    yield (2, 3), (4, 3)  # the last axis fits, and another does not
    yield (5, 1, 2, 3), (4, 2, 1)
    yield (5, 2, 3), (5, 4, 3)
    a, b = (draw.integer(2, 4), draw.integer(5, 7))
    yield (a, b), (a,)


@broadcast_shape.accepts
def _(a, b):
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + tuple(a), (1,) * (rank - len(b)) + tuple(b)
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        return None
    return tuple(map(max, zip(a, b, strict=True)))


@broadcast_shape.accepts
def _(a, b):
    if not a or not b:
        return list(a or b)
    front = broadcast_shape(a[:-1], b[:-1])
    if front is None or (a[-1] != b[-1] and a[-1] != 1 and b[-1] != 1):
        return None
    return [*front, a[-1] * b[-1] if 1 in (a[-1], b[-1]) else a[-1]]


@broadcast_shape.mistake(
    "left-aligned",
    ko="모양을 *왼쪽*부터 맞추었습니다. 브로드캐스팅은 맨 오른쪽 축부터 맞춥니다. 그래서 (2, 3)과 (3,)은 맞고 (2, 3)과 (2,)는 "
    "맞지 않습니다.",
    en="The shapes are lined up on the *left*. Broadcasting lines them up on the right, so (2, 3) "
    "and (3,) fit, and (2, 3) and (2,) do not.",
)
def _(a, b):
    result = []
    for m, n in itertools.zip_longest(a, b, fillvalue=1):
        if m != n and 1 not in (m, n):
            return None
        result.append(max(m, n))
    return tuple(result)


@broadcast_shape.mistake(
    "equal-ranks",
    ko="축의 수가 다르면 안 된다고 보았습니다. 모자라는 축은 왼쪽에 크기 1이 있는 것으로 칩니다.",
    en="Different numbers of axes were refused. Missing axes count as axes of size 1 on the left.",
)
def _(a, b):
    return broadcast_shape(a, b) if len(a) == len(b) else None


@broadcast_shape.mistake(
    "refuses-one",
    ko="두 크기가 같을 때만 맞는다고 보았습니다. 한쪽이 1이면 그 축은 상대의 크기로 늘어납니다.",
    en="Only equal sizes were accepted. An axis of size 1 stretches to the size of the other.",
)
def _(a, b):
    for m, n in zip(reversed(a), reversed(b), strict=False):
        if m != n:
            return None
    return tuple(a if len(a) >= len(b) else b)


@broadcast_shape.mistake(
    "notes-rule",
    ko="이 강좌의 바탕이 된 노트의 규칙('1번 축으로는 늘어나고 0번 축으로는 늘어나지 않는다')입니다. 몇 번 축인지는 상관없습니다. "
    "크기가 1이거나 없는 축이면 늘어납니다.",
    en="This is the rule of the notes that this course grew from: 'dimension 1 can expand, dimension "
    "0 cannot'. The number of the axis does not matter: an axis stretches if its size is 1 or if it "
    "is missing.",
)
def _(a, b):
    if len(a) != len(b) or a[:1] != b[:1]:
        return None
    return broadcast_shape(a, b)


@broadcast_shape.mistake(
    "never-none",
    ko="두 크기 가운데 큰 쪽을 고르기만 하고, 맞지 않는 짝을 걸러 내지 않았습니다. 크기가 서로 다르고 어느 쪽도 1이 아니면 None입니다.",
    en="The larger size is always taken, and pairs that do not fit are never refused. If two sizes "
    "differ and neither is 1, the answer is None.",
)
def _(a, b):
    pairs = itertools.zip_longest(reversed(a), reversed(b), fillvalue=1)
    return tuple(max(pair) for pair in pairs)[::-1]


@broadcast_shape.mistake(
    "repeats",
    ko="크기가 배수이면 되풀이해서 채워진다고 보았습니다. 늘어나는 것은 크기가 *정확히 1*인 축뿐입니다. 2는 4로 늘어나지 않습니다.",
    en="A size was allowed to repeat whenever it divides the other. Only a size of *exactly 1* "
    "stretches: 2 does not become 4.",
)
def _(a, b):
    result = []
    for m, n in itertools.zip_longest(reversed(a), reversed(b), fillvalue=1):
        if max(m, n) % min(m, n):
            return None
        result.append(max(m, n))
    return tuple(result)[::-1]


@broadcast_shape.mistake(
    "reversed",
    ko="오른쪽부터 맞춘 것은 옳지만, 그렇게 모은 크기들은 뒤집힌 순서입니다. 마지막에 되돌려 놓으세요.",
    en="Lining up from the right is correct, but the sizes collected that way are in reverse order. "
    "Turn them round at the end.",
)
def _(a, b):
    result = broadcast_shape(a, b)
    return None if result is None else result[::-1]


@broadcast_shape.mistake(
    "drops-axes",
    ko="짧은 쪽에 맞추어 잘라서 왼쪽의 남은 축이 사라졌습니다. 축이 많은 쪽의 나머지 축도 결과에 들어갑니다.",
    en="The result is cut to the shorter shape (as `zip` does). The remaining axes of the longer "
    "one belong to the result as well.",
)
def _(a, b):
    result, rank = broadcast_shape(a, b), min(len(a), len(b))
    return None if result is None else result[len(result) - rank :]


@broadcast_shape.mistake(
    "raises",
    ko="맞지 않는 모양에서 오류를 냈습니다. 이 문제에서는 오류를 내지 말고 None을 돌려주세요.",
    en="An error is raised for shapes that do not fit. Here, return None instead.",
)
def _(a, b):
    result = broadcast_shape(a, b)
    if result is None:
        raise ValueError("the shapes do not fit")
    return result


@broadcast_shape.mistake(
    "longer-shape",
    ko="축이 많은 쪽의 모양을 그대로 돌려주었습니다. 그쪽의 크기 1인 축도 상대에 맞추어 늘어납니다.",
    en="That is the shape with more axes as it was. Its own axes of size 1 stretch as well.",
)
def _(a, b):
    if broadcast_shape(a, b) is None:
        return None
    return tuple(a if len(a) >= len(b) else b)


@broadcast_shape.mistake(
    "one-sided",
    ko="축이 적은 쪽(같으면 b)만 늘어난다고 보았습니다. 축이 많은 쪽도 크기 1인 축에서는 늘어나므로, 둘이 서로에게 맞추어 늘어나기도 "
    "합니다.",
    en="Only the shape with fewer axes (or b) was allowed to stretch. The other one stretches too "
    "where its size is 1; both may stretch to fit each other.",
)
def _(a, b):
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    result = broadcast_shape(a, b)
    return tuple(longer) if result == tuple(longer) else None


FROM_THE_LEFT = {
    "ko": "`zip(a, b)`는 *왼쪽*부터 짝짓고 짧은 쪽에서 멈춥니다. 오른쪽 끝을 맞추어야 하니, 짧은 쪽의 왼쪽에 먼저 1을 채우세요.",
    "en": "`zip(a, b)` pairs from the *left* and stops at the shorter one. Line up the right ends: "
    "first fill up the shorter shape with 1 on the left.",
}


def pairwise(pairs):
    """The three rules applied to pairs of sizes."""
    result = []
    for m, n in pairs:
        if m != n and m != 1 and n != 1:
            return None
        result.append(n if m == 1 else m)
    return tuple(result)


def filled(a, b, fill=1):
    """Both shapes, filled up on the left."""
    rank = max(len(a), len(b))
    return (fill,) * (rank - len(a)) + a, (fill,) * (rank - len(b)) + b


@broadcast_shape.mistake("zip-from-the-left", **FROM_THE_LEFT)
def _(a, b):
    return pairwise(zip(a, b, strict=False))


@broadcast_shape.mistake(
    "numbered-from-the-left",
    ko="축을 *왼쪽*에서부터 같은 번호끼리 짝지었고, 짧은 쪽에는 없는 번호도 있습니다. 오른쪽 끝을 맞추고, 모자라는 축은 왼쪽에 1을 채우세요.",
    en="Axes with the same number, counted from the *left*, are paired, and the shorter shape does not "
    "have them all. Line up the right ends, and fill up with 1 on the left.",
)
def _(a, b):
    return pairwise((a[i], b[i]) for i in range(max(len(a), len(b))))


@broadcast_shape.mistake(
    "no-such-axis",
    ko="오른쪽부터 센 것은 맞지만, 짧은 쪽에는 그 축이 없습니다. 없는 축은 크기 1로 치세요.",
    en="Counting from the right is correct, but the shorter shape has no such axis. Where one is "
    "missing, count it as 1.",
)
def _(a, b):
    rank = max(len(a), len(b))
    result = pairwise((a[-i], b[-i]) for i in range(1, rank + 1))
    return None if result is None else result[::-1]


@broadcast_shape.mistake(
    "refuses-one-filled",
    ko="두 크기가 같을 때만 맞는다고 보았습니다. 한쪽이 1이면 그 축은 상대의 크기로 늘어납니다.",
    en="Only equal sizes were accepted. An axis of size 1 stretches to the size of the other.",
)
def _(a, b):
    a, b = filled(a, b)
    return a if a == b else None


@broadcast_shape.mistake(
    "only-the-same-shape",
    ko="두 모양이 똑같을 때만 맞는다고 보았습니다. 크기가 1이거나 없는 축은 상대에 맞추어 늘어납니다.",
    en="Only shapes that are the same were accepted. Axes of size 1, or missing ones, stretch to fit.",
)
def _(a, b):
    return a if a == b else None


@broadcast_shape.mistake(
    "only-a-stretches",
    ko="a만 늘어난다고 보았습니다. b의 크기 1인 축도 늘어납니다.",
    en="Only a is allowed to stretch. The axes of size 1 in b stretch as well.",
)
def _(a, b):
    a, b = filled(a, b)
    fits = all(m in (1, n) for m, n in zip(a, b, strict=True))
    return b if fits else None


@broadcast_shape.mistake(
    "only-b-stretches",
    ko="b만 늘어난다고 보았습니다. a의 크기 1인 축도 늘어납니다.",
    en="Only b is allowed to stretch. The axes of size 1 in a stretch as well.",
)
def _(a, b):
    a, b = filled(a, b)
    fits = all(n in (1, m) for m, n in zip(a, b, strict=True))
    return a if fits else None


@broadcast_shape.mistake(
    "filled-with-zero",
    ko="빈자리에 0을 채웠습니다. 없는 축은 크기 1로 칩니다.",
    en="The gaps are filled with 0. A missing axis counts as one of size 1.",
)
def _(a, b):
    return pairwise(zip(*filled(a, b, 0), strict=True))


@broadcast_shape.mistake(
    "only-b-filled",
    ko="b의 왼쪽만 채웠습니다. a가 더 짧을 수도 있습니다.",
    en="Only b is filled up on the left. a may be the shorter one.",
)
def _(a, b):
    return pairwise(zip(a, (1,) * (len(a) - len(b)) + b, strict=False))


ALL_OF_IT_NONE = {
    "ko": "맞지 않는 축이 하나라도 있으면 답은 통째로 `None`입니다: `return None`.",
    "en": "If a single axis does not fit, the whole answer is `None`: `return None`.",
}


@broadcast_shape.mistake("empty-if-unfit", **ALL_OF_IT_NONE)
def _(a, b):
    result = broadcast_shape(a, b)
    return () if result is None else result


@broadcast_shape.mistake("none-as-text", **ALL_OF_IT_NONE)
def _(a, b):
    result = broadcast_shape(a, b)
    return "None" if result is None else result


@broadcast_shape.mistake("none-inside", **ALL_OF_IT_NONE)
def _(a, b):
    pairs = zip(*filled(a, b), strict=True)
    return tuple(max(m, n) if m == n or 1 in (m, n) else None for m, n in pairs)


@broadcast_shape.mistake(
    "raises-without-words",
    ko="맞지 않는 모양에서 오류를 냈습니다. 이 문제에서는 오류를 내지 말고 None을 돌려주세요.",
    en="An error is raised for shapes that do not fit. Here, return None instead.",
)
def _(a, b):
    result = broadcast_shape(a, b)
    if result is None:
        raise ValueError
    return result


@broadcast_shape.mistake(
    "torch-raises",
    ko="맞지 않는 모양에서 PyTorch가 오류를 냅니다. 이 문제에서는 오류로 멈추지 말고 None을 돌려주세요.",
    en="For shapes that do not fit, PyTorch raises an error. Here, do not stop but return None.",
)
def _(a, b):
    return tuple((torch.zeros(a) + torch.zeros(b)).shape)


@broadcast_shape.mistake(
    "tensor-for-its-shape",
    ko="텐서를 돌려주었습니다. 모양만 필요합니다: `.shape`. 그리고 맞지 않는 모양에서는 오류를 내지 말고 None을 돌려주세요.",
    en="This is a tensor. Only its shape is wanted: `.shape`. And for shapes that do not fit, return None "
    "instead of stopping with an error.",
)
def _(a, b):
    return torch.zeros(a) + torch.zeros(b)


@broadcast_shape.mistake(
    "multiplies",
    ko="크기가 같은 축끼리 곱했습니다. 같으면 그 크기 그대로입니다.",
    en="Equal sizes were multiplied. They stay as they are.",
)
def _(a, b):
    if broadcast_shape(a, b) is None:
        return None
    return tuple(m * n for m, n in zip(*filled(a, b), strict=True))


@broadcast_shape.mistake(
    "one-number-does-not-stretch",
    ko="`()`는 수 하나의 모양이고, 어떤 모양에도 맞추어 늘어납니다. 결과는 상대의 모양입니다.",
    en="`()` is the shape of one number, which stretches to any shape. The result is the other shape.",
)
def _(a, b):
    return () if () in (a, b) else broadcast_shape(a, b)


INSIDE_AXES = {
    "ko": "첫 번째 축에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    "en": "It ends after the first axis. Is the `return` indented *inside* the loop?",
}


@broadcast_shape.mistake("returns-inside", **INSIDE_AXES)
def _(a, b):
    for pair in zip(*filled(a, b), strict=True):
        return pairwise([pair])
    return None


@broadcast_shape.mistake("returns-inside-without-none", **INSIDE_AXES)
def _(a, b):
    for m, n in zip(*filled(a, b), strict=True):
        return (n if m == 1 else m,) if m == n or 1 in (m, n) else ()
    return None


@broadcast_shape.mistake(
    "or-for-and",
    ko="거의 모든 모양에 None이 나옵니다. 맞지 않는 것은 둘이 다르고 *그리고* 어느 쪽도 1이 아닐 때입니다. `or`가 아니라 `and`입니다.",
    en="Nearly everything is refused. Two sizes do not fit if they differ *and* neither is 1: `and`, "
    "not `or`.",
)
def _(a, b):
    a, b = filled(a, b)
    return a if {*a, *b} <= {1} else None


SINGLE_NUMBER = {
    "ko": "`()`는 모양이 없다는 뜻이 아니라 수 하나의 모양입니다. 수 하나는 어떤 모양과도 맞습니다.",
    "en": "`()` does not mean that there is no shape: it is the shape of a single number, which fits any "
    "other.",
}


@broadcast_shape.mistake("empty-is-none", **SINGLE_NUMBER)
def _(a, b):
    return broadcast_shape(a, b) or None


@broadcast_shape.mistake("empty-does-not-fit", **SINGLE_NUMBER)
def _(a, b):
    return broadcast_shape(a, b) if a and b else None


ONE_AXIS_DECIDES = {
    "ko": "축 하나만으로 맞는지를 정했습니다. 반복문에서 `fits = …`로 덮어쓰면 마지막에 본 축만 남고, 반복문 *안에서* 모양을 돌려주면 처음 본 축만 "
    "남습니다. 맞지 않는 축이 *하나라도* 있으면 None입니다.",
    "en": "A single axis decides whether the shapes fit. `fits = …` in a loop is overwritten, and the last axis looked at "
    "remains; a shape returned *inside* the loop leaves the first. *Any* axis that does not fit makes it None.",
}


def axes_of(a, b):
    return list(itertools.zip_longest(reversed(a), reversed(b), fillvalue=1))


def decided_by(place):
    def answer(a, b):
        pairs = axes_of(a, b)
        if pairs and 1 not in pairs[place] and pairs[place][0] != pairs[place][1]:
            return None
        return tuple(max(pair) for pair in pairs)[::-1]

    return answer


for _key, _place in (("last", 0), ("first", -1)):
    broadcast_shape.mistake(f"the-{_key}-axis-decides", **ONE_AXIS_DECIDES)(decided_by(_place))


@broadcast_shape.mistake(
    "leaves-the-last-axis-untested",
    ko="마지막 축을 살피지 않습니다. `a[:-1]`은 마지막을 뺀 나머지입니다. 모든 축을 보세요.",
    en="The last axis is not looked at: `a[:-1]` is all but the last. Look at every axis.",
)
def _(a, b):
    pairs = axes_of(a, b)
    if any(1 not in pair and pair[0] != pair[1] for pair in pairs[1:]):
        return None
    return tuple(max(pair) for pair in pairs)[::-1]


broadcast_shape.hints(
    ko=[
        "두 모양을 위아래로, *오른쪽 끝을 맞추어* 적어 보세요. 빈자리에는 1을 적습니다. 그러면 축마다 두 수를 견주는 문제입니다.",
        "축마다: 두 크기가 같으면 그 크기, 한쪽이 1이면 다른 쪽의 크기, 그 밖에는 전체가 None입니다.",
        "`rank = max(len(a), len(b))`, `a = (1,) * (rank - len(a)) + tuple(a)` (b도 똑같이); "
        "`for m, n in zip(a, b):` 안에서 `if m != n and m != 1 and n != 1: return None`, "
        "`result.append(max(m, n))`; 끝에서 `return tuple(result)`",
    ],
    en=[
        "Write one shape under the other so that their *right ends* meet, and a 1 in every gap. Then "
        "compare two numbers for each axis.",
        "For each axis: equal sizes stay; if one of them is 1, the other counts; otherwise the whole "
        "answer is None.",
        "`rank = max(len(a), len(b))`, `a = (1,) * (rank - len(a)) + tuple(a)` and the same for b; "
        "inside `for m, n in zip(a, b):` write `if m != n and m != 1 and n != 1: return None` and "
        "`result.append(max(m, n))`; at the end, `return tuple(result)`.",
    ],
)


# ---------------------------------------------------------------- revenue


@exercise("revenue", points=2)
def revenue(quantities, prices, rates):
    return torch.diag(rates) @ quantities @ torch.diag(prices)


@revenue.cases
def _(draw):
    yield (
        torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        torch.tensor([10.0, 20.0, 30.0]),
        torch.tensor([1.0, 0.5]),
    )
    yield torch.tensor([[2.0, 3.0]]), torch.tensor([5.0, 7.0]), torch.tensor([0.5])
    yield torch.tensor([[2.0], [3.0]]), torch.tensor([5.0]), torch.tensor([1.0, 0.9])
    square = draw.integer(2, 4)
    S = draw.integer(2, 5)
    for shops, goods, dtype in (
        (square, square, torch.float32),
        (S, S + draw.integer(1, 3), torch.float32),
        (S + draw.integer(1, 3), S, torch.float64),
    ):
        sizes = ((0, 20, shops, goods), (1, 30, goods), (0.5, 1, shops))
        yield tuple(draw.uniform(*size, dtype=dtype) for size in sizes)


@revenue.accepts
def _(quantities, prices, rates):
    return ((quantities * prices).t() * rates).t()


@revenue.accepts
def _(quantities, prices, rates):
    out = torch.zeros_like(quantities)
    for s, g in itertools.product(range(len(rates)), range(len(prices))):
        out[s, g] = quantities[s, g] * prices[g] * rates[s]
    return out


@revenue.mistake(
    "as-found",
    ko="prices까지 세로 (G, 1)로 세웠습니다. 0번 축으로는 늘어나지 않는다고 믿으면 이렇게 됩니다. 줄과 열의 수가 같으면 오류도 없이 "
    "*줄마다* 값을 곱합니다. 모양 (G,)는 이미 옆으로 누워 있어 아래로 늘어납니다.",
    en="prices stands upright as well, (G, 1), as if nothing could stretch along dimension 0. With as "
    "many rows as columns no error warns you, and each *row* gets a price. A shape (G,) lies flat "
    "already, and stretches downwards.",
)
def _(quantities, prices, rates):
    return quantities * prices[:, None] * rates[:, None]


@revenue.mistake(
    "nothing-upright",
    ko="rates를 그대로 곱해서 오른쪽 축(상품)에 맞추어졌습니다. 정사각형 표에서는 오류도 나지 않습니다. rates는 *줄*마다 하나이니 "
    "(S, 1)로 세워야 합니다.",
    en="rates was multiplied as it is, so it lines up with the axis on the right, the goods; on a "
    "square table without any error. There is one rate per *row*: it must stand upright, (S, 1).",
)
def _(quantities, prices, rates):
    return quantities * prices * rates


@revenue.mistake(
    "swapped",
    ko="두 벡터의 방향이 서로 바뀌었습니다. prices는 열마다, rates는 줄마다 하나입니다.",
    en="The two vectors point the wrong way: there is one price per column and one rate per row.",
)
def _(quantities, prices, rates):
    return quantities * prices[:, None] * rates


@revenue.mistake(
    "forgets-rates",
    ko="가게마다 다른 할인(rates)을 곱하지 않았습니다.",
    en="The rates of the shops are missing.",
)
def _(quantities, prices, rates):
    return quantities * prices


@revenue.mistake(
    "forgets-prices",
    ko="값(prices)을 곱하지 않았습니다.",
    en="The prices are missing.",
)
def _(quantities, prices, rates):
    return quantities * rates[:, None]


@revenue.mistake(
    "shop-totals",
    ko="가게마다 합까지 냈습니다. 여기서는 (S, G) 표 그대로를 돌려줍니다.",
    en="That adds up each shop. Here the whole table (S, G) is wanted.",
)
def _(quantities, prices, rates):
    return (quantities * prices * rates[:, None]).sum(1)


@revenue.mistake(
    "divides",
    ko="rates로 나누었습니다. 0.9는 정가의 0.9배만 받는다는 뜻이므로 곱합니다.",
    en="This divides by the rates. A rate of 0.9 means that the shop charges 0.9 of the price, so "
    "multiply.",
)
def _(quantities, prices, rates):
    return quantities * prices / rates[:, None]


@revenue.mistake(
    "in-place",
    ko="값은 맞지만 `*=`나 `mul_`로 부른 쪽의 quantities를 바꾸었습니다. 새 텐서를 돌려주세요.",
    en="The values are right, but `*=` or `mul_` changed the caller's quantities. Return a new "
    "tensor.",
)
def _(quantities, prices, rates):
    quantities *= prices
    quantities *= rates[:, None]
    return quantities


@revenue.mistake(
    "forgets-quantities",
    ko="팔린 개수(quantities)를 곱하지 않았습니다.",
    en="The quantities are missing.",
)
def _(quantities, prices, rates):
    return prices * rates[:, None]


@revenue.mistake(
    "discounts",
    ko="`1 - rates`를 곱했습니다. rates는 깎아 주는 몫이 아니라 *받는* 몫입니다.",
    en="This multiplies by `1 - rates`. A rate is the share that is *charged*, not the discount.",
)
def _(quantities, prices, rates):
    return quantities * prices * (1 - rates[:, None])


@revenue.mistake(
    "swapped-in-a-loop",
    ko="두 벡터의 번호가 서로 바뀌었습니다. prices는 열마다, rates는 줄마다 하나입니다.",
    en="The numbers of the two vectors are swapped: there is one price per column and one rate per row.",
)
def _(quantities, prices, rates):
    out = torch.zeros_like(quantities)
    for s, g in itertools.product(range(len(rates)), range(len(prices))):
        out[s, g] = quantities[s, g] * prices[s] * rates[g]
    return out


@revenue.mistake(
    "returns-inside",
    ko="0번 가게에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after shop 0. Is the `return` indented *inside* the loop?",
)
def _(quantities, prices, rates):
    return quantities[0] * prices * rates[0]


@revenue.mistake(
    "one-total",
    ko="모두 더해 수 하나가 되었습니다. 여기서는 (S, G) 표 그대로를 돌려줍니다.",
    en="Everything is added up to one number. Here the whole table (S, G) is asked for.",
)
def _(quantities, prices, rates):
    return revenue(quantities, prices, rates).sum()


@revenue.mistake(
    "adds-rates",
    ko="rates를 더했습니다. 정가의 몇 배를 받는지이므로 곱합니다.",
    en="The rates are added. They say what share of the price is charged, so multiply.",
)
def _(quantities, prices, rates):
    return quantities * prices + rates[:, None]


revenue.hints(
    ko=[
        "표 (S, G) 옆에 prices와 rates를 그려 보세요. 하나는 표 위에 눕고, 하나는 표 왼쪽에 섭니다.",
        "모양을 오른쪽부터 맞춥니다. (S, G)와 (G,)는 그대로 맞습니다. rates (S,)는 (S, 1)이 되어야 줄마다 하나씩 맞습니다.",
        "`return quantities * prices * rates.unsqueeze(1)`",
    ],
    en=[
        "Draw prices and rates beside the table (S, G). One of them lies on top of it, the other "
        "stands on its left.",
        "Line the shapes up on the right. (S, G) and (G,) fit as they are. rates, (S,), must become "
        "(S, 1) to give each row its own.",
        "`return quantities * prices * rates.unsqueeze(1)`.",
    ],
)


# ---------------------------------------------------------------- matmul-by-hand


PRODUCTS = (
    "@", "torch.matmul", "torch.bmm", "torch.mm", "torch.mv", "torch.einsum", "torch.tensordot",
    "torch.baddbmm", "torch.inner", "torch.dot", "np.dot", "F.linear",
)  # fmt: skip


@exercise("matmul-by-hand", points=3, forbids=PRODUCTS)
def matmul_by_hand(x, y):
    return torch.bmm(x, y)


@matmul_by_hand.cases
def _(draw):
    yield torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]), torch.tensor([[[1.0, 0.0], [10.0, 1.0]]])
    yield torch.tensor([[[1, 2, 3]], [[4, 5, 6]]]), torch.tensor([[[1], [0], [2]], [[1], [1], [1]]])
    yield torch.tensor([[[2.0]]]), torch.tensor([[[3.0]]])
    n = draw.integer(2, 3)
    yield draw.normal(3, n, n), draw.normal(3, n, n)
    B, k = draw.integer(2, 4), draw.integer(4, 6)
    yield draw.normal(B, n, k), draw.normal(B, k, n + 1)
    yield draw.normal(1, k, n, dtype=torch.float64), draw.normal(1, n, k + 1, dtype=torch.float64)
    yield draw.integers(-9, 9, B, 2, k), draw.integers(-9, 9, B, k, 3)


def products(x, y):
    """Every product that a matrix product adds up: (B, n, k, m)."""
    return x[:, :, :, None] * y[:, None, :, :]


@matmul_by_hand.accepts
def _(x, y):
    return products(x, y).sum(2)


@matmul_by_hand.accepts
def _(x, y):
    (B, n, k), m = x.shape, y.shape[2]
    out = torch.zeros(B, n, m, dtype=x.dtype)
    for b, i, j in itertools.product(range(B), range(n), range(m)):
        for t in range(k):
            out[b, i, j] += x[b, i, t] * y[b, t, j]
    return out


@matmul_by_hand.mistake(
    "element-wise",
    ko="같은 자리의 원소끼리 곱했습니다(`*`). 행렬 곱의 원소 하나는 x의 *한 줄*과 y의 *한 열*을 짝지어 곱하고 더한 것입니다.",
    en="Elements in the same place are multiplied (`*`). One element of a matrix product pairs a "
    "whole *row* of x with a whole *column* of y, multiplies and adds.",
)
def _(x, y):
    return x * y


@matmul_by_hand.mistake(
    "element-wise-sum",
    ko="같은 자리의 원소끼리 곱해서(`*`) 더했습니다. 행렬 곱의 원소 하나는 x의 *한 줄*과 y의 *한 열*을 짝지어 곱하고 더한 것입니다.",
    en="Elements in the same place are multiplied (`*`) and added up. One element of a matrix "
    "product pairs a whole *row* of x with a whole *column* of y, multiplies and adds.",
)
def _(x, y):
    return (x * y).sum(-1)


@matmul_by_hand.mistake(
    "rows-with-rows",
    ko="x의 줄을 y의 *줄*과 짝지었습니다. y에서는 열을 내려가며 읽어야 합니다.",
    en="Rows of x are paired with *rows* of y. In y, read down a column.",
)
def _(x, y):
    return torch.bmm(x, y.transpose(1, 2))


@matmul_by_hand.mistake(
    "transposed",
    ko="줄과 열이 뒤바뀐 (B, m, n)입니다. 결과의 줄은 x의 줄을, 열은 y의 열을 따릅니다.",
    en="Rows and columns of the result are swapped, (B, m, n). Its rows follow the rows of x, its "
    "columns the columns of y.",
)
def _(x, y):
    return torch.bmm(x, y).transpose(1, 2).contiguous()


@matmul_by_hand.mistake(
    "first-pair-only",
    ko="배치의 첫 번째 짝만 곱했습니다. 짝마다 하나씩, B개의 행렬이 필요합니다.",
    en="Only the first pair of the batch is multiplied. Every pair gives a matrix: B of them.",
)
def _(x, y):
    return x[0] @ y[0]


@matmul_by_hand.mistake(
    "adds-over-the-batch",
    ko="배치 축까지 더해 버렸습니다. 배치의 짝들은 서로 섞이지 않습니다.",
    en="The batch axis was added up as well. The pairs of a batch do not mix.",
)
def _(x, y):
    return torch.bmm(x, y).sum(0)


@matmul_by_hand.mistake(
    "no-sum",
    ko="곱하기만 하고 더하지 않았습니다. (B, n, k, m)에서 k축을 따라 더하면 됩니다.",
    en="Everything is multiplied but nothing added up. Sum (B, n, k, m) along the axis of k.",
)
def _(x, y):
    return products(x, y)


@matmul_by_hand.mistake(
    "sums-last-axis",
    ko="더하는 축이 틀렸습니다. 마지막 축(y의 열)을 더해서 (B, n, k)가 되었습니다. 사라져야 하는 것은 두 행렬이 함께 가진 k축입니다.",
    en="The wrong axis is added up: the last one, the columns of y, which leaves (B, n, k). The axis "
    "to vanish is the one that both matrices have, k.",
)
def _(x, y):
    return products(x, y).sum(3)


@matmul_by_hand.mistake(
    "sums-rows",
    ko="더하는 축이 틀렸습니다. x의 줄 축을 더해서 (B, k, m)이 되었습니다. 사라져야 하는 것은 두 행렬이 함께 가진 k축입니다.",
    en="The wrong axis is added up: the rows of x, which leaves (B, k, m). The axis to vanish is the "
    "one that both matrices have, k.",
)
def _(x, y):
    return products(x, y).sum(1)


@matmul_by_hand.mistake(
    "mean",
    ko="더하지 않고 평균을 냈습니다. 행렬 곱은 k로 나누지 않습니다.",
    en="That is a mean. A matrix product adds up and does not divide by k.",
)
def _(x, y):
    return products(x, y).double().mean(2).to(x.dtype)


@matmul_by_hand.mistake(
    "last-term",
    ko="마지막 곱만 남았습니다. 반복문에서 `=`로 덮어쓰지 않고 `+=`로 쌓아야 합니다.",
    en="Only the last product is left. In the loop, add up with `+=` instead of overwriting with `=`.",
)
def _(x, y):
    return products(x, y)[:, :, -1].clone()


@matmul_by_hand.mistake(
    "always-float32",
    ko="수는 맞지만 결과의 자료형이 언제나 float32입니다. `torch.zeros(…, dtype=x.dtype)`이나 `x.new_zeros(…)`로 "
    "x의 자료형을 따르세요.",
    en="The numbers are right, but the result is always float32. Follow x: `torch.zeros(…, "
    "dtype=x.dtype)` or `x.new_zeros(…)`.",
)
def _(x, y):
    return torch.bmm(x, y).float()


@matmul_by_hand.mistake(
    "rows-with-rows-broadcast",
    ko="x의 줄을 y의 *줄*과 짝지었습니다. y에서는 열을 내려가며 읽어야 합니다.",
    en="Rows of x are paired with *rows* of y. In y, read down a column.",
)
def _(x, y):
    return (x[:, :, None, :] * y[:, None, :, :]).sum(3)


ROWS_WITH_ROWS = {
    "ko": "x의 줄을 y의 *줄*과 짝지었습니다. y에서는 열을 내려가며 읽어야 합니다.",
    "en": "Rows of x are paired with *rows* of y. In y, read down a column.",
}


@matmul_by_hand.mistake("rows-with-rows-in-a-loop", **ROWS_WITH_ROWS)
def _(x, y):
    out = x.new_zeros(len(x), x.shape[1], y.shape[2])
    for b, i, j in itertools.product(*map(range, out.shape)):
        for t in range(x.shape[2]):
            out[b, i, j] += x[b, i, t] * y[b, j, t]
    return out


@matmul_by_hand.mistake("rows-with-rows-at-once", **ROWS_WITH_ROWS)
def _(x, y):
    out = x.new_zeros(len(x), x.shape[1], y.shape[2])
    for b, i, j in itertools.product(*map(range, out.shape)):
        out[b, i, j] = (x[b, i] * y[b, j]).sum()
    return out


@matmul_by_hand.mistake(
    "first-pair-for-all",
    ko="배치의 첫 번째 짝을 B번 곱했습니다. b번 행렬은 `x[b]`와 `y[b]`에서 나옵니다.",
    en="The first pair of the batch is multiplied B times. Matrix b comes from `x[b]` and `y[b]`.",
)
def _(x, y):
    return (x[:1] @ y[:1]).repeat(len(x), 1, 1)


@matmul_by_hand.mistake(
    "mean-of-floats",
    ko="더하지 않고 평균을 냈습니다. 행렬 곱은 k로 나누지 않습니다. (정수에는 `mean`이 없어서 오류가 나기도 합니다.)",
    en="That is a mean. A matrix product adds up and does not divide by k. (On whole numbers `mean` "
    "is an error as well.)",
)
def _(x, y):
    return products(x, y).mean(2)


@matmul_by_hand.mistake(
    "adds-the-batch-into-each",
    ko="칸마다 배치의 모든 짝이 더해졌습니다. k의 축만 더해 짝마다 하나씩 남기세요. 반복문이라면 결과를 담을 텐서를 짝마다 새로 만드세요(하나를 모두가 "
    "나누어 쓰면 계속 쌓입니다).",
    en="All pairs of the batch are added into each cell. Add up the axis of k alone, so that every pair keeps its "
    "own. In a loop, make a new tensor for each pair: one that all of them share goes on growing.",
)
def _(x, y):
    return torch.bmm(x, y).sum(0, keepdim=True).repeat(len(x), 1, 1)


TERMS_LEFT_OUT = {
    "ko": "곱 몇 개가 빠졌습니다. 두 행렬이 함께 가진 축의 번호 t는 0부터 k − 1까지, k번 돌아야 합니다. k는 `x.shape[2]`입니다.",
    "en": "Some products are left out. The number t on the axis that both matrices have must run from 0 "
    "to k − 1, k times; k is `x.shape[2]`.",
}


@matmul_by_hand.mistake("without-the-last-term", **TERMS_LEFT_OUT)
def _(x, y):
    return products(x, y)[:, :, :-1].sum(2)


@matmul_by_hand.mistake("without-the-first-term", **TERMS_LEFT_OUT)
def _(x, y):
    return products(x, y)[:, :, 1:].sum(2)


@matmul_by_hand.mistake("n-terms", **TERMS_LEFT_OUT)
def _(x, y):
    out = x.new_zeros(len(x), x.shape[1], y.shape[2])
    for t in range(x.shape[1]):
        out += x[:, :, t, None] * y[:, t, None, :]
    return out


@matmul_by_hand.mistake(
    "n-terms-one-by-one",
    **TERMS_LEFT_OUT,
)
def _(x, y):
    out = x.new_zeros(len(x), x.shape[1], y.shape[2])
    for b, i, j in itertools.product(*map(range, out.shape)):
        for t in range(x.shape[1]):
            out[b, i, j] += x[b, i, t] * y[b, t, j]
    return out


@matmul_by_hand.mistake(
    "squeezes",
    ko="`squeeze()`가 크기 1인 축을 모두 없앴습니다(4절). 결과의 축은 언제나 셋입니다.",
    en="`squeeze()` removed every axis of size 1 (section 4). The result always has three axes.",
)
def _(x, y):
    return torch.bmm(x, y).squeeze()


WRONG_BOX = {
    "ko": "결과를 담을 텐서의 모양이 틀렸습니다. x가 (B, n, k), y가 (B, k, m)이면 결과는 (B, n, m)입니다.",
    "en": "The tensor for the result has the wrong shape. For x of shape (B, n, k) and y of shape "
    "(B, k, m) it is (B, n, m).",
}


@matmul_by_hand.mistake("box-of-x", **WRONG_BOX)
def _(x, y):
    out = torch.zeros_like(x)
    for b, i, j in itertools.product(range(len(x)), range(x.shape[1]), range(y.shape[2])):
        out[b, i, j] = (x[b, i] * y[b, :, j]).sum()
    return out


@matmul_by_hand.mistake("box-transposed", **WRONG_BOX)
def _(x, y):
    out = x.new_zeros(len(x), y.shape[2], x.shape[1])
    for b, i, j in itertools.product(range(len(x)), range(x.shape[1]), range(y.shape[2])):
        out[b, i, j] = (x[b, i] * y[b, :, j]).sum()
    return out


@matmul_by_hand.mistake(
    "returns-inside",
    ko="0번 짝에서 끝났습니다. `return`이 배치의 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after pair 0. Is the `return` indented *inside* the loop over the batch?",
)
def _(x, y):
    out = torch.bmm(x, y)
    out[1:] = 0
    return out


@matmul_by_hand.mistake(
    "never-back-to-zero",
    ko="합을 칸마다 0으로 되돌리지 않아 앞 칸의 합까지 쌓였습니다. 칸 하나를 시작할 때마다 0에서 더해 가세요.",
    en="The sum is never set back to 0, so each cell includes those before it. Start again from 0 for "
    "every cell.",
)
def _(x, y):
    out = torch.bmm(x, y)
    return out.flatten().cumsum(0).view(out.shape)


@matmul_by_hand.mistake(
    "one-number",
    ko="모두 더해 수 하나가 되었습니다. `.sum(k)`처럼 축의 번호를 주면 그 축만 더해져 사라집니다.",
    en="Everything is added up to one number. Give `.sum` the number of an axis, and only that axis is "
    "added up and vanishes.",
)
def _(x, y):
    return torch.bmm(x, y).sum()


@matmul_by_hand.mistake(
    "joined-end-to-end",
    ko="짝마다 나온 행렬을 `torch.cat`으로 이어 붙여 배치의 축이 사라졌습니다. 새 축으로 쌓는 것은 `torch.stack`입니다.",
    en="The matrices were joined with `torch.cat`, and the axis of the batch is gone. `torch.stack` "
    "piles them up along a new axis.",
)
def _(x, y):
    return torch.cat(list(torch.bmm(x, y)))


@matmul_by_hand.mistake(
    "adds-pairs",
    ko="짝을 곱하지 않고 더했습니다. 짝지어 *곱한* 다음 모두 더합니다.",
    en="The pairs are added. *Multiply* each pair, then add everything up.",
)
def _(x, y):
    return (x[:, :, :, None] + y[:, None, :, :]).sum(2)


@matmul_by_hand.mistake(
    "other-order",
    ko="x와 y의 순서가 바뀌었습니다. 행렬 곱에서는 순서가 결과를 바꿉니다.",
    en="x and y have changed places. In a matrix product the order matters.",
)
def _(x, y):
    return torch.bmm(y, x)


EMPTY = {
    "ko": "`empty`에서 시작했습니다. 적지 않은 칸에는 그 메모리를 앞서 쓰던 값이 남아 있습니다(2절의 함정). `zeros`에서 시작하세요.",
    "en": "This starts from `empty`: cells that you have not written hold what was left in that memory "
    "(the trap of section 2). Start from `zeros`.",
}


@matmul_by_hand.mistake("starts-from-empty", **EMPTY)
def _(x, y):
    out = x.new_empty(len(x), x.shape[1], y.shape[2])
    out += torch.bmm(x, y)
    return out


matmul_by_hand.hints(
    ko=[
        "짝 하나, 원소 하나부터 생각하세요. 결과의 [i, j]는 x의 i번 줄과 y의 j번 열을 짝지어 곱하고 모두 더한 것입니다. 반복문으로 써도 "
        "됩니다.",
        "브로드캐스팅으로는 한 번에 됩니다. x를 (B, n, k, 1), y를 (B, 1, k, m)으로 놓고 곱하면 필요한 곱이 모두 든 (B, n, k, m)이 나옵니다. "
        "그 가운데 어느 축을 더해 없애야 (B, n, m)이 되나요?",
        "`return (x.unsqueeze(3) * y.unsqueeze(1)).sum(2)`",
    ],
    en=[
        "Start with one pair and one element: [i, j] of the result pairs row i of x with column j of "
        "y, multiplies and adds everything up. Loops are fine.",
        "Broadcasting does it at once. As (B, n, k, 1) and (B, 1, k, m) the two multiply to (B, n, k, "
        "m), which holds every product you need. Which axis must be added up to leave (B, n, m)?",
        "`return (x.unsqueeze(3) * y.unsqueeze(1)).sum(2)`.",
    ],
)


# ---------------------------------------------------------------- one-hot


@exercise("one-hot", points=2, forbids=["F.one_hot"])
def one_hot(labels, C):
    return F.one_hot(labels, C).float()


@one_hot.cases
def _(draw):
    yield torch.tensor([2, 0]), 3
    yield torch.tensor([1]), 4
    yield torch.tensor([2, 0, 1]), 3
    yield torch.tensor([0, 0]), 1
    yield torch.tensor([1, 1, 0, 1, 1]), 3
    for C in (draw.integer(3, 5), draw.integer(6, 9)):
        labels = draw.integers(0, C - 2, draw.integer(3, 9))  # the last class never occurs
        labels[:2] = torch.tensor([1, 0])
        yield labels, C
    yield draw.permutation(4), 4


@one_hot.accepts
def _(labels, C):
    return torch.eye(C)[labels]


@one_hot.accepts
def _(labels, C):
    return (labels[:, None] == torch.arange(C)).to(torch.float32)


@one_hot.accepts
def _(labels, C):
    out = torch.zeros(len(labels), C)
    out[torch.arange(len(labels)), labels] = 1
    return out


@one_hot.mistake(
    "wrong-axis",
    ko="`scatter_`의 축이 틀렸습니다. 0번 축을 주면 정답 번호가 *줄* 번호로 쓰여 모두 0번 열에 몰립니다. 정답 번호는 열 번호(1번 축)입니다.",
    en="The axis of `scatter_` is wrong. With axis 0 the labels are taken for *row* numbers, and all "
    "of them land in column 0. A label is a column number: axis 1.",
)
def _(labels, C):
    return torch.zeros(len(labels), C).scatter_(0, labels[:, None], 1)


@one_hot.mistake(
    "transposed",
    ko="(C, N)으로 만들었습니다. 표본 하나가 한 줄인 (N, C)여야 합니다.",
    en="This is (C, N). It should be (N, C), one row per sample.",
)
def _(labels, C):
    return torch.eye(C)[:, labels]


@one_hot.mistake(
    "integers",
    ko="0과 1은 맞지만 정수(int64)입니다. 뒤에서 행렬 곱에 쓰려면 float32여야 합니다.",
    en="The zeros and ones are right, but they are integers (int64). To go into a matrix product "
    "later they must be float32.",
)
def _(labels, C):
    return F.one_hot(labels, C)


@one_hot.mistake(
    "booleans",
    ko="자리는 맞지만 True와 False(bool)입니다. `.float()`로 0.0과 1.0으로 바꾸세요.",
    en="The places are right, but these are True and False (bool). `.float()` makes 0.0 and 1.0 of "
    "them.",
)
def _(labels, C):
    return labels[:, None] == torch.arange(C)


@one_hot.mistake(
    "every-label-in-every-row",
    ko="*모든* 줄에 모든 정답의 칸이 칠해졌습니다. 한 줄에는 1이 하나뿐이어야 합니다. `out[:, labels] = 1`이 그렇게 하고, 줄 하나를 만들어 여러 번 "
    "넣어도 그렇게 됩니다(모두 같은 텐서입니다). 줄마다 따로, 그 줄의 칸만 칠하세요.",
    en="The columns of all labels are marked in *every* row; a row has a single 1. `out[:, labels] = 1` does that, and "
    "so does one row put into the list several times (they are all the same tensor). Mark in each row its own place.",
)
def _(labels, C):
    out = torch.zeros(len(labels), C)
    out[:, labels] = 1
    return out


@one_hot.mistake(
    "too-few-columns",
    ko="열의 수를 이번에 나온 가장 큰 번호로 정했습니다. 마지막 클래스가 이 배치에 없을 수도 있으니 열은 언제나 C개입니다.",
    en="The number of columns was taken from the largest label. The last classes may be absent from "
    "this batch: there are always C columns.",
)
def _(labels, C):
    return torch.eye(int(labels.max()) + 1)[labels]


@one_hot.mistake(
    "from-one",
    ko="클래스를 1부터 셌습니다. 0번 클래스는 0번 열입니다. (열 번호 −1은 오류 없이 마지막 열을 가리킵니다.)",
    en="The classes were counted from 1. Class 0 is column 0. (Column −1 is no error: it is the "
    "last one.)",
)
def _(labels, C):
    return torch.eye(C)[labels - 1]


@one_hot.mistake(
    "from-one-by-scatter",
    ko="클래스를 1부터 셌습니다. 0번 클래스는 0번 열이니 labels를 그대로 쓰면 됩니다. (`scatter_`는 −1에서 오류를 냅니다.)",
    en="The classes were counted from 1. Class 0 is column 0: use the labels as they are. (`scatter_` refuses a −1.)",
)
def _(labels, C):
    return torch.zeros(len(labels), C).scatter_(1, labels[:, None] - 1, 1.0)


@one_hot.mistake(
    "labels-as-values",
    ko="1 대신 정답의 번호를 적었습니다. 적어 넣을 *값*은 언제나 1입니다(`scatter_`라면 마지막 인자).",
    en="The label's number is written instead of 1. The *value* to write is always 1 (with `scatter_`, "
    "the last argument).",
)
def _(labels, C):
    return torch.eye(C)[labels] * labels[:, None]


@one_hot.mistake(
    "counts",
    ko="클래스마다 몇 번 나왔는지 셌습니다. 여기서는 표본마다 한 줄입니다.",
    en="That counts how often each class occurs. Here every sample gets a row of its own.",
)
def _(labels, C):
    return torch.eye(C)[labels].sum(0)


@one_hot.mistake(
    "inverted",
    ko="0과 1이 뒤바뀌었습니다.",
    en="The zeros and ones are the wrong way round.",
)
def _(labels, C):
    return 1 - torch.eye(C)[labels]


@one_hot.mistake(
    "lies-flat",
    ko="`index`가 (1, N)으로 누워 있어서 모든 번호가 0번 줄에 적혔습니다. 줄마다 번호가 하나씩이려면 (N, 1)로 세워야 합니다.",
    en="The `index` lies flat, (1, N), so every label is written into row 0. For one label in each "
    "row it must stand upright, (N, 1).",
)
def _(labels, C):
    return torch.zeros(len(labels), C).scatter_(1, labels[None, :], 1)


@one_hot.mistake("starts-from-empty", **EMPTY)
def _(labels, C):
    return torch.empty(len(labels), C).scatter_(1, labels[:, None], 1)


@one_hot.mistake(
    "all-zeros",
    ko="모두 0이고, 1이 하나도 적히지 않았습니다. 밑줄이 없는 `scatter`는 새 표를 *돌려줄* 뿐이고, `==`는 견주기만 합니다. `scatter_`나 `=`를 쓰세요.",
    en="All zeros: no 1 was written. `scatter` without the underscore only *returns* a new table, and "
    "`==` only compares. Use `scatter_`, or `=`.",
)
def _(labels, C):
    return torch.zeros(len(labels), C)


@one_hot.mistake(
    "whole-rows",
    ko="`out[labels]`는 labels에 적힌 번호의 *줄*을 통째로 고릅니다. 줄 번호와 열 번호를 짝지어 주세요: `out[줄, 열]`.",
    en="`out[labels]` picks whole *rows*, those with the numbers in labels. Give row and column numbers "
    "as pairs: `out[rows, columns]`.",
)
def _(labels, C):
    out = torch.zeros(len(labels), C)
    out[labels] = 1
    return out


SWAPPED_PLACES = {
    "ko": "줄과 열이 바뀌었습니다. 표본의 번호가 줄, 정답이 열입니다: `out[i, labels[i]]`.",
    "en": "Rows and columns are swapped. A sample's number is its row, its label the column: "
    "`out[i, labels[i]]`.",
}


@one_hot.mistake("swapped", **SWAPPED_PLACES)
def _(labels, C):
    out = torch.zeros(len(labels), C)
    out[labels, torch.arange(len(labels))] = 1
    return out


@one_hot.mistake("swapped-in-a-loop", **SWAPPED_PLACES)
def _(labels, C):
    out = torch.zeros(len(labels), C)
    for i, label in enumerate(labels):
        out[label, i] = 1
    return out


@one_hot.mistake("swapped-by-scatter", **SWAPPED_PLACES)
def _(labels, C):
    return torch.zeros(len(labels), C).scatter_(0, labels[None, :], 1)


MADE_TO_FIT = {
    "ko": "줄의 수나 열의 수를 한 보기에 맞추어 적었습니다. 줄은 표본마다 하나, 열은 클래스마다 하나입니다: (len(labels), C).",
    "en": "The number of rows or columns was made to fit one example. There is one row per sample and "
    "one column per class: (len(labels), C).",
}


@one_hot.mistake("three-columns", **MADE_TO_FIT)
def _(labels, C):
    return torch.zeros(len(labels), 3).scatter_(1, labels[:, None], 1)


@one_hot.mistake("as-many-rows-as-classes", **MADE_TO_FIT)
def _(labels, C):
    return torch.zeros(C, C).scatter_(1, labels[:, None], 1)


@one_hot.mistake(
    "returns-inside",
    ko="0번 줄에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after row 0. Is the `return` indented *inside* the loop?",
)
def _(labels, C):
    out = torch.zeros(len(labels), C)
    out[0, labels[0]] = 1
    return out


@one_hot.mistake(
    "one-row-for-all",
    ko="모든 정답을 한 줄에 적었습니다. 표본마다 제 줄이 따로 있어야 합니다.",
    en="All labels share a single row. Every sample needs a row of its own.",
)
def _(labels, C):
    out = torch.zeros(C)
    out[labels] = 1
    return out


@one_hot.mistake(
    "labels-unused",
    ko="labels가 쓰이지 않았습니다. `torch.eye(C)`는 클래스마다 한 줄입니다. 거기서 표본마다 제 정답의 줄을 골라야 합니다.",
    en="labels is not used. `torch.eye(C)` has one row per class; pick from it, for each sample, the row "
    "of its label.",
)
def _(labels, C):
    return torch.eye(C)


one_hot.hints(
    ko=[
        "0으로 가득한 (N, C) 표에서 시작하세요. i번 줄에서는 몇 번 칸에 1을 적어야 하나요?",
        "`scatter_(1, 번호, 값)`은 줄마다 번호가 가리키는 칸에 값을 적습니다. 번호는 표와 축의 수가 같아야 하므로 labels를 (N, 1)로 "
        "세우세요.",
        "`return torch.zeros(len(labels), C).scatter_(1, labels.unsqueeze(1), 1)`",
    ],
    en=[
        "Start from a table (N, C) full of zeros. Into which cell of row i does the 1 go?",
        "`scatter_(1, index, value)` writes the value, row by row, into the cells that the index "
        "names. The index must have as many axes as the table: stand labels upright, (N, 1).",
        "`return torch.zeros(len(labels), C).scatter_(1, labels.unsqueeze(1), 1)`.",
    ],
)


# ---------------------------------------------------------------- valid-mask


@exercise("valid-mask", all_or_nothing=True)
def valid_mask(lengths, T):
    return torch.tensor([[True] * n + [False] * (T - n) for n in lengths.tolist()])


def uneven_lengths(draw, batch, longest):
    """Random lengths from 1 to longest, of which the first are 1 and longest."""
    lengths = draw.integers(1, longest, batch)
    lengths[:2] = torch.tensor([1, longest])
    return lengths[draw.permutation(batch)]


@valid_mask.cases
def _(draw):
    yield torch.tensor([3, 1]), 4
    yield torch.tensor([2]), 2
    yield torch.tensor([1, 0, 2]), 3
    yield torch.tensor([1]), 1
    for _ in range(3):
        batch, longest = draw.integer(2, 6), draw.integer(3, 7)
        yield uneven_lengths(draw, batch, longest), longest + draw.integer(1, 3)


@valid_mask.accepts
def _(lengths, T):
    mask = torch.zeros(len(lengths), T, dtype=torch.bool)
    for row, n in enumerate(lengths.tolist()):
        mask[row, :n] = True
    return mask


@valid_mask.accepts
def _(lengths, T):
    steps = torch.ones(len(lengths), T).cumsum(1)
    return steps.le(lengths.view(-1, 1))


@valid_mask.mistake(
    "one-too-many",
    ko="한 칸씩 많습니다. 시점은 0부터 세므로 길이가 3이면 0, 1, 2번 칸까지입니다. 3번 칸은 이미 패딩입니다.",
    en="One step too many in each row. Steps count from 0, so a length of 3 means steps 0, 1 and 2; "
    "step 3 is padding.",
)
def _(lengths, T):
    return torch.arange(T) <= lengths[:, None]


@valid_mask.mistake(
    "one-too-few",
    ko="한 칸씩 모자랍니다. 길이가 3이면 True가 셋이어야 합니다. 시점은 0부터 셉니다.",
    en="One step too few in each row: a length of 3 means three times True. Steps count from 0.",
)
def _(lengths, T):
    return torch.arange(1, T + 1) < lengths[:, None]


@valid_mask.mistake(
    "padding-mask",
    ko="참과 거짓이 뒤바뀌었습니다. 패딩이 아니라 *진짜* 칸이 True입니다.",
    en="True and False are the wrong way round: True marks the *real* steps, not the padding.",
)
def _(lengths, T):
    return torch.arange(T) >= lengths[:, None]


@valid_mask.mistake(
    "transposed",
    ko="(T, B)로 만들었습니다. 문장 하나가 한 줄인 (B, T)여야 합니다. 둘 가운데 어느 쪽을 세로로 세워야 하나요?",
    en="This is (T, B). It should be (B, T), one sentence a row. Which of the two must stand upright?",
)
def _(lengths, T):
    return torch.arange(T)[:, None] < lengths


@valid_mask.mistake(
    "numbers",
    ko="자리는 맞지만 0과 1입니다. 마스크는 True와 False(bool)입니다. 비교(`<`)의 결과를 그대로 쓰면 됩니다.",
    en="The places are right, but these are 0 and 1. A mask is True and False (bool): keep the "
    "comparison's result as it is.",
)
def _(lengths, T):
    return (torch.arange(T) < lengths[:, None]).long()


@valid_mask.mistake(
    "floats",
    ko="자리는 맞지만 0.0과 1.0입니다. 마스크는 True와 False(bool)입니다. 비교(`<`)의 결과를 그대로 쓰면 됩니다.",
    en="The places are right, but these are 0.0 and 1.0. A mask is True and False (bool): keep the "
    "comparison's result as it is.",
)
def _(lengths, T):
    return (torch.arange(T) < lengths[:, None]).float()


@valid_mask.mistake(
    "longest-only",
    ko="칸의 수를 가장 긴 문장에 맞추었습니다. 텐서에는 모두가 패딩인 칸이 더 있을 수 있으니 T칸이어야 합니다.",
    en="The number of steps was taken from the longest sentence. The batch may be padded further: "
    "there must be T steps.",
)
def _(lengths, T):
    return torch.arange(int(lengths.max())) < lengths[:, None]


@valid_mask.mistake(
    "pads-left",
    ko="진짜 칸을 오른쪽으로 붙였습니다. 여기서는 패딩이 뒤쪽(오른쪽)에 있습니다.",
    en="The real steps are on the right. Here the padding is behind them, on the right.",
)
def _(lengths, T):
    return torch.arange(T) >= (T - lengths)[:, None]


@valid_mask.mistake(
    "one-length",
    ko="모든 줄이 첫 번째 길이를 따릅니다. 줄마다 제 길이와 견주어야 합니다.",
    en="Every row follows the first length. Compare each row with a length of its own.",
)
def _(lengths, T):
    return (torch.arange(T) < lengths[0]).repeat(len(lengths), 1)


@valid_mask.mistake(
    "nothing-upright",
    ko="(T,)와 (B,)를 둘 다 눕힌 채 견주었습니다. 오른쪽 끝에서 T와 B가 만나 오류가 나거나, 둘이 같거나 1이면 한 줄만 나옵니다. 길이를 "
    "세로로 세워 (B, 1)로 만드세요.",
    en="(T,) and (B,) were compared lying flat, both of them. T and B meet on the right: an error, or "
    "a single row where they are equal or 1. Stand the lengths upright, (B, 1).",
)
def _(lengths, T):
    return torch.arange(T) < lengths


@valid_mask.mistake(
    "wrong-way-round",
    ko="부등호가 거꾸로입니다. t번 칸은 t < n일 때 진짜입니다.",
    en="The comparison is the wrong way round: step t is real if t < n.",
)
def _(lengths, T):
    return torch.arange(T) > lengths[:, None]


ONE_CELL = {
    "ko": "줄마다 칸 하나만 표시했습니다. 길이가 n이면 0번부터 n − 1번까지 n칸이 진짜입니다: `out[b, :n]`.",
    "en": "Only one cell per row is marked. With length n, the n cells 0 to n − 1 are real: `out[b, :n]`.",
}


@valid_mask.mistake("equal-to-the-length", **ONE_CELL)
def _(lengths, T):
    return torch.arange(T) == lengths[:, None]


@valid_mask.mistake("cell-n", **ONE_CELL)
def _(lengths, T):
    mask = torch.zeros(len(lengths), T, dtype=torch.bool)
    for b, n in enumerate(lengths):
        mask[b, n] = True
    return mask


@valid_mask.mistake("cell-before-n", **ONE_CELL)
def _(lengths, T):
    mask = torch.zeros(len(lengths), T, dtype=torch.bool)
    for b, n in enumerate(lengths):
        mask[b, n - 1] = True
    return mask


@valid_mask.mistake(
    "one-too-few-in-a-slice",
    ko="한 칸씩 모자랍니다. `:n`이 벌써 n번 칸의 *앞까지*입니다. (길이가 0이면 `:n - 1`은 `:-1`이 되어 거의 모두를 고릅니다.)",
    en="One step too few in each row: `:n` already stops *before* cell n. (With length 0, `:n - 1` is "
    "`:-1`, nearly everything.)",
)
def _(lengths, T):
    mask = torch.zeros(len(lengths), T, dtype=torch.bool)
    for b, n in enumerate(lengths):
        mask[b, : n - 1] = True
    return mask


COMPARES_T = {
    "ko": "T는 시점이 모두 몇 개인지입니다. 길이와 견줄 것은 시점의 *번호* 0, 1, …, T − 1, 곧 `torch.arange(T)`입니다.",
    "en": "T is how many steps there are. Compare the lengths with the *numbers* of the steps, 0, 1, …, "
    "T − 1: `torch.arange(T)`.",
}


@valid_mask.mistake("compares-T", **COMPARES_T)
def _(lengths, T):
    return lengths > T


@valid_mask.mistake("compares-T-upright", **COMPARES_T)
def _(lengths, T):
    return lengths[:, None] > T


@valid_mask.mistake("compares-T-other-way", **COMPARES_T)
def _(lengths, T):
    return lengths < T


@valid_mask.mistake("compares-T-upright-other-way", **COMPARES_T)
def _(lengths, T):
    return lengths[:, None] < T


SAME_WAY = {
    "ko": "시점 번호와 길이가 둘 다 같은 쪽으로 서 있습니다. 길이만 (B, 1)로 세우고 시점 번호 (T,)는 눕혀 두세요.",
    "en": "Step numbers and lengths both stand the same way. Stand only the lengths upright, (B, 1), and "
    "leave the step numbers (T,) lying flat.",
}


@valid_mask.mistake("both-upright", **SAME_WAY)
def _(lengths, T):
    return torch.arange(T)[:, None] < lengths[:, None]


@valid_mask.mistake("both-flat", **SAME_WAY)
def _(lengths, T):
    return torch.arange(T)[None, :] < lengths[None, :]


@valid_mask.mistake(
    "all-rows-each-time",
    ko="길이마다 *모든* 줄을 표시해서, 모든 줄이 가장 긴 길이를 따릅니다. b번 길이는 b번 줄에만 쓰세요.",
    en="Each length marked *every* row, so all rows follow the longest one. Use length b for row b only.",
)
def _(lengths, T):
    return (torch.arange(T) < lengths.max()).repeat(len(lengths), 1)


@valid_mask.mistake(
    "nothing-marked",
    ko="모두 False입니다. `==`는 견주기만 합니다. 값을 넣는 것은 `=`입니다.",
    en="All False. Did you write `==`? It only compares; `=` assigns.",
)
def _(lengths, T):
    return torch.zeros(len(lengths), T, dtype=torch.bool)


@valid_mask.mistake(
    "all-marked",
    ko="모두 True입니다. `ones`나 `empty`에서 시작하지 않았나요? 진짜 칸만 True로 바꾸려면 모두 False인 `zeros(…, dtype=torch.bool)`에서 시작하세요.",
    en="All True. Does it start from `ones` or `empty`? To mark only the real cells, start from all "
    "False, `zeros(…, dtype=torch.bool)`.",
)
def _(lengths, T):
    return torch.ones(len(lengths), T, dtype=torch.bool)


@valid_mask.mistake(
    "returns-inside",
    ko="0번 줄에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after row 0. Is the `return` indented *inside* the loop?",
)
def _(lengths, T):
    mask = torch.arange(T) < lengths[:, None]
    mask[1:] = False
    return mask


@valid_mask.mistake(
    "one-cell-of-padding",
    ko="줄마다 패딩의 첫 칸만 False입니다. n번 칸부터 끝까지가 모두 패딩입니다: `out[b, n:]`. (길이가 T이면 n번 칸이 없어 `out[b, n]`은 오류입니다.)",
    en="In each row only the first cell of padding is False. From cell n to the end all of it is padding: "
    "`out[b, n:]`. (Where the length is T there is no cell n, and `out[b, n]` is an error.)",
)
def _(lengths, T):
    mask = torch.ones(len(lengths), T, dtype=torch.bool)
    for b, n in enumerate(lengths):
        mask[b, n] = False
    return mask


valid_mask.hints(
    ko=[
        "칸 하나를 생각하세요. 길이가 n인 줄의 t번 칸이 진짜인지는 t와 n을 어떻게 견주면 알 수 있나요?",
        "t < n이면 진짜입니다. 시점 번호 (T,)는 누워 있고, 길이 (B,)는 (B, 1)로 세우면 브로드캐스팅이 모든 짝을 견주어 (B, T)를 만듭니다.",
        "`return torch.arange(T) < lengths.unsqueeze(1)`",
    ],
    en=[
        "Think of a single cell: how do you compare t and n to tell whether step t of a row of "
        "length n is real?",
        "It is real if t < n. The step numbers (T,) lie flat; stand the lengths upright, (B, 1), and "
        "broadcasting compares every pair: (B, T).",
        "`return torch.arange(T) < lengths.unsqueeze(1)`.",
    ],
)


# ---------------------------------------------------------------- masked-mean


@exercise("masked-mean", points=3)
def masked_mean(x, lengths):
    return torch.stack([row[:n].mean(0) for row, n in zip(x, lengths.tolist(), strict=True)])


def mask_of(x, lengths):
    """(B, T, 1), in the dtype of x."""
    return (torch.arange(x.shape[1]) < lengths[:, None]).to(x.dtype)[..., None]


@masked_mean.cases
def _(draw):
    yield torch.tensor([[[1.0], [3.0], [0.0]], [[6.0], [0.0], [0.0]]]), torch.tensor([2, 1])
    yield torch.tensor([[[2.0, 4.0], [4.0, 8.0]]]), torch.tensor([2])
    yield torch.tensor([[[5.0], [9.0]], [[0.0], [4.0]]]), torch.tensor([1, 2])
    for dtype in (torch.float32, torch.float32, torch.float64):
        batch, longest = draw.integer(3, 6), draw.integer(3, 7)
        lengths = uneven_lengths(draw, batch, longest)
        T = longest + draw.integer(1, 2)
        x = draw.normal(batch, T, draw.integer(2, 4), dtype=dtype) + 2
        x[lengths == longest, 1] = 0  # a real step that happens to be zero
        yield x, lengths


@masked_mean.accepts
def _(x, lengths):
    return x.cumsum(1)[torch.arange(len(x)), lengths - 1] / lengths[:, None]


@masked_mean.accepts
def _(x, lengths):
    weights = mask_of(x, lengths) / lengths[:, None, None]
    return (weights.transpose(1, 2) @ x).squeeze(1)


NEVER_RESET = {
    "ko": "합을 모으는 변수를 문장마다 비우지 않아 앞 문장들의 합이 섞였습니다. 문장이 바뀔 때마다 합을, 칸을 센다면 그 수도 0에서 시작하세요.",
    "en": "The running total is not emptied between sentences, so the earlier ones are still in it. Start it from 0 for each, "
    "and so the count, if you count the steps.",
}


def totals_so_far(x, lengths):
    """(B, D): at each sentence the sum of its real steps and of all before it."""
    return (x * mask_of(x, lengths)).sum(1).cumsum(0)


@masked_mean.mistake("total-never-reset", **NEVER_RESET)
def _(x, lengths):
    return totals_so_far(x, lengths) / lengths[:, None]


@masked_mean.mistake("total-and-count-never-reset", **NEVER_RESET)
def _(x, lengths):
    return totals_so_far(x, lengths) / lengths.cumsum(0)[:, None]


@masked_mean.mistake(
    "counts-padding",
    ko="패딩까지 넣어 평균을 냈습니다. 진짜 칸만 더하고, 진짜 칸의 수로 나누어야 합니다.",
    en="The padding is averaged in. Add up the real steps only, and divide by their number.",
)
def _(x, lengths):
    return x.mean(1)


@masked_mean.mistake(
    "divides-by-T",
    ko="패딩을 0으로 만든 것은 맞지만 전체 칸 수 T로 나누었습니다. 그러면 짧은 문장일수록 평균이 0 쪽으로 끌려갑니다. 문장마다 제 "
    "길이로 나누세요.",
    en="The padding is zeroed, but then divided by all T steps: the shorter a sentence, the nearer "
    "its mean is pulled to 0. Divide each sentence by its own length.",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).mean(1)


@masked_mean.mistake(
    "divides-by-B",
    ko="문장의 수 B로 나누었습니다. 평균은 시점에 대한 것이니, 문장마다 제 길이로 나눕니다.",
    en="This divides by the number of sentences, B. The mean is over the steps: divide each "
    "sentence by its own length.",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(1) / len(x)


@masked_mean.mistake(
    "divides-by-all",
    ko="배치 전체의 진짜 칸 수로 나누었습니다. 문장마다 *제* 길이로 나눕니다.",
    en="This divides by the real steps of the whole batch. Divide each sentence by *its own* length.",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(1) / lengths.sum()


@masked_mean.mistake(
    "sum",
    ko="진짜 칸을 더하기만 하고 나누지 않았습니다.",
    en="The real steps are added up but not divided.",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(1)


@masked_mean.mistake(
    "one-mean-for-all",
    ko="`x[mask]`는 모든 문장의 진짜 칸을 한데 모읍니다. 그 평균은 (D,) 하나뿐입니다. 문장마다 따로 평균을 내야 합니다.",
    en="`x[mask]` puts the real steps of all sentences together, and their mean is a single (D,). "
    "Every sentence needs a mean of its own.",
)
def _(x, lengths):
    return x[torch.arange(x.shape[1]) < lengths[:, None]].mean(0)


@masked_mean.mistake(
    "one-step-too-many",
    ko="패딩 한 칸이 섞였습니다. 마스크를 한 칸 넓게(`<=`) 잡지 않았나요?",
    en="One step of padding got in. Is the mask one step too wide (`<=`)?",
)
def _(x, lengths):
    return (x * mask_of(x, lengths + 1)).sum(1) / lengths[:, None]


@masked_mean.mistake(
    "one-step-too-many-divided",
    ko="패딩 한 칸이 섞였습니다. 마스크를 한 칸 넓게(`<=`) 잡지 않았나요?",
    en="One step of padding got in. Is the mask one step too wide (`<=`)?",
)
def _(x, lengths):
    mask = mask_of(x, lengths + 1)
    return (x * mask).sum(1) / mask.sum(1)


@masked_mean.mistake(
    "zero-is-padding",
    ko="값이 0인 칸을 패딩으로 보았습니다. 진짜 값도 0일 수 있고, 패딩에 0이 아닌 것이 있을 수도 있습니다. 패딩은 길이로만 알 수 "
    "있습니다.",
    en="Zeros were taken for padding. Real values may be 0, and padding may hold something else: "
    "only the lengths tell.",
)
def _(x, lengths):
    real = (x != 0).any(2, keepdim=True).to(x.dtype)
    return (x * real).sum(1) / real.sum(1)


@masked_mean.mistake(
    "zero-is-padding-in-the-count",
    ko="더하기는 맞지만 값이 0인 칸을 세지 않고 나누었습니다. 진짜 값도 0일 수 있습니다. 길이로 나누세요.",
    en="The sum is right, but steps that are 0 were not counted when dividing. Real values may be 0: "
    "divide by the lengths.",
)
def _(x, lengths):
    masked = x * mask_of(x, lengths)
    return masked.sum(1) / (masked != 0).any(2, keepdim=True).sum(1)


@masked_mean.mistake(
    "over-features",
    ko="시점이 아니라 마지막 축(D)을 평균 냈습니다. 시점은 1번 축입니다.",
    en="The mean is over the last axis (D), not over the steps. The steps are axis 1.",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).mean(2)


@masked_mean.mistake(
    "keeps-axis",
    ko="수는 맞지만 모양이 (B, 1, D)입니다. 시점의 축이 사라진 (B, D)여야 합니다.",
    en="The numbers are right, but the shape is (B, 1, D). The axis of the steps should be gone: "
    "(B, D).",
)
def _(x, lengths):
    return masked_mean(x, lengths)[:, None]


@masked_mean.mistake(
    "padding-in-the-sum",
    ko="나누는 수는 맞지만 합에 패딩이 들어 있습니다. 패딩이 0이라는 보장은 없습니다. 더하기 전에 마스크로 지우세요.",
    en="The divisor is right, but padding is in the sum, and nothing promises that it is 0. Mask it "
    "out before adding up.",
)
def _(x, lengths):
    return x.sum(1) / lengths[:, None]


@masked_mean.mistake(
    "lengths-lie-flat",
    ko="(B, D)를 (B,)로 나누었습니다. 오른쪽 끝에서 D와 B가 만납니다. 오류가 나거나, 운이 나쁘면 엉뚱한 길이로 나눕니다. 길이를 (B, 1)로 "
    "세우세요.",
    en="(B, D) was divided by (B,), so D meets B on the right: an error or, with bad luck, somebody "
    "else's length. Stand the lengths upright, (B, 1).",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(1) / lengths


def flat_mask(x, lengths):
    """(B, T), bool."""
    return torch.arange(x.shape[1]) < lengths[:, None]


NO_EXTRA_AXIS = {
    "ko": "마스크 (B, T)를 x (B, T, D)와 짝지을 때 오른쪽 끝에서 T가 D와 만났습니다. 맨 뒤에 축을 하나 붙여 (B, T, 1)로 만드세요: `unsqueeze(2)`.",
    "en": "Beside x, (B, T, D), the T of the mask (B, T) meets D on the right. Give the mask one axis more "
    "at the end, (B, T, 1): `unsqueeze(2)`.",
}


@masked_mean.mistake("mask-without-an-axis", **NO_EXTRA_AXIS)
def _(x, lengths):
    return (x * flat_mask(x, lengths)).sum(1) / lengths[:, None]


@masked_mean.mistake("mask-with-an-axis-inside", **NO_EXTRA_AXIS)
def _(x, lengths):
    return (x * flat_mask(x, lengths)[:, None]).sum(1) / lengths[:, None]


@masked_mean.mistake(
    "padding-kept",
    ko="거꾸로 진짜 칸을 지우고 패딩을 더했습니다. `masked_fill`은 True인 칸을 *채우므로* `~mask`를 주어야 합니다. 곱한다면 mask를 곱하세요.",
    en="The wrong way round: the real steps are wiped out and the padding is added up. `masked_fill` "
    "*fills* where it is True, so give it `~mask`; to multiply, use mask itself.",
)
def _(x, lengths):
    return (x * (1 - mask_of(x, lengths))).sum(1) / lengths[:, None]


@masked_mean.mistake(
    "one-step-too-few",
    ko="문장마다 한 칸씩 모자랍니다. `:n`이 벌써 n번 칸의 앞까지입니다. (길이가 1인 문장에는 남는 칸이 없어 평균이 NaN이 됩니다.)",
    en="One step too few in each sentence: `:n` already stops before step n. (A sentence of length 1 has "
    "no steps left, and the mean of nothing is NaN.)",
)
def _(x, lengths):
    return torch.stack([x[b, : n - 1].mean(0) for b, n in enumerate(lengths)])


@masked_mean.mistake(
    "last-step",
    ko="마지막 단어의 벡터만 골랐습니다. 모든 진짜 칸의 평균을 내세요.",
    en="That is the vector of the last word alone. Take the mean of all real steps.",
)
def _(x, lengths):
    return x[torch.arange(len(x)), lengths - 1]


@masked_mean.mistake(
    "joined-end-to-end",
    ko="문장마다 나온 벡터를 `torch.cat`으로 길게 이어 붙였습니다. 새 축으로 쌓아 (B, D)를 만드는 것은 `torch.stack`입니다.",
    en="The sentences' vectors were joined end to end with `torch.cat`. `torch.stack` piles them up along "
    "a new axis, (B, D).",
)
def _(x, lengths):
    return masked_mean(x, lengths).reshape(-1)


@masked_mean.mistake(
    "returns-inside",
    ko="0번 문장에서 끝났습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after sentence 0. Is the `return` indented *inside* the loop?",
)
def _(x, lengths):
    return masked_mean(x[:1], lengths[:1])


@masked_mean.mistake(
    "longest-for-all",
    ko="모든 문장을 가장 긴 길이까지 평균 냈습니다. 짧은 문장에는 여전히 패딩이 섞입니다. 문장마다 제 길이를 쓰세요.",
    en="Every sentence is averaged over the longest length, so short ones still have padding in them. Use "
    "each sentence's own length.",
)
def _(x, lengths):
    return x[:, : int(lengths.max())].mean(1)


WRONG_AXIS = {
    "ko": "더하는 축이 틀렸습니다. 사라져야 하는 것은 시점, 곧 1번 축입니다: `.sum(1)`.",
    "en": "The wrong axis is added up. It is the steps, axis 1, that must vanish: `.sum(1)`.",
}


@masked_mean.mistake("sums-features", **WRONG_AXIS)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(2) / lengths[:, None]


@masked_mean.mistake("sums-sentences", **WRONG_AXIS)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(0) / lengths[:, None]


@masked_mean.mistake(
    "divides-by-sentences-per-step",
    ko="`mask.sum(0)`은 시점마다 진짜인 문장이 몇 개인지입니다. 문장마다 진짜 칸이 몇 개인지는 길이 (B, 1)입니다.",
    en="`mask.sum(0)` is how many sentences are real at each step. How many steps are real in each "
    "sentence is its length, (B, 1).",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(1) / flat_mask(x, lengths).sum(0)


@masked_mean.mistake(
    "in-place",
    ko="값은 맞지만 `x[~mask] = 0`이나 `*=`로 부른 쪽의 x를 바꾸었습니다. `torch.where`나 `masked_fill`처럼 새 텐서를 만드는 연산을 쓰세요.",
    en="The values are right, but `x[~mask] = 0` or `*=` changed the caller's x. Use something that makes "
    "a new tensor, such as `torch.where` or `masked_fill`.",
)
def _(x, lengths):
    x[~flat_mask(x, lengths)] = 0
    return x.sum(1) / lengths[:, None]


@masked_mean.mistake("starts-from-empty", **EMPTY)
def _(x, lengths):
    return masked_mean(x, lengths) * math.nan


@masked_mean.mistake(
    "from-the-end",
    ko="`-n:`은 *뒤에서* n칸이라 패딩이 들어 있습니다. 진짜 칸은 앞에 있습니다: `:n`.",
    en="`-n:` takes n steps from the *end*, where the padding is. The real steps are in front: `:n`.",
)
def _(x, lengths):
    return torch.stack([row[-n:].mean(0) for row, n in zip(x, lengths.tolist(), strict=True)])


@masked_mean.mistake(
    "returns-a-row-inside",
    ko="0번 문장에서 끝나 (D,) 하나만 돌려주었습니다. `return`이 반복문 *안에* 들여쓰기 되어 있지 않나요?",
    en="It ends after sentence 0, with a single (D,). Is the `return` indented *inside* the loop?",
)
def _(x, lengths):
    return masked_mean(x[:1], lengths[:1])[0]


@masked_mean.mistake(
    "divided-by-the-longest",
    ko="모든 문장을 가장 긴 길이로 나누었습니다. 문장마다 *제* 길이로 나눕니다.",
    en="Every sentence is divided by the longest length. Divide each by *its own*.",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(1) / lengths.max()


@masked_mean.mistake(
    "whole-division",
    ko="`//`는 나눈 뒤 소수점 아래를 버립니다. 평균에는 `/`를 쓰세요.",
    en="`//` rounds the quotient down. For a mean, divide with `/`.",
)
def _(x, lengths):
    return (x * mask_of(x, lengths)).sum(1) // lengths[:, None]


masked_mean.hints(
    ko=[
        "문장 하나의 평균은 (진짜 칸의 합) ÷ (진짜 칸의 수)입니다. 패딩이 합에 들어가지 않게 하려면 패딩 자리에 무엇을 넣으면 될까요?",
        "valid_mask로 (B, T) 마스크를 만들고 축을 하나 붙여 (B, T, 1)로 세우면 x (B, T, D)와 짝지을 수 있습니다. `torch.where`로 패딩을 0으로 바꾸고, 1번 축을 따라 더한 "
        "(B, D)를 길이 (B, 1)로 나눕니다.",
        "`mask = valid_mask(lengths, x.shape[1]).unsqueeze(2)`, "
        "`return torch.where(mask, x, 0.0).sum(1) / lengths.unsqueeze(1)`",
    ],
    en=[
        "One sentence's mean is (sum of its real steps) ÷ (number of its real steps). What can you put "
        "in place of the padding to keep it out of the sum?",
        "Make the (B, T) mask with valid_mask and give it one axis more, (B, T, 1): then it fits x, "
        "(B, T, D). Put 0 for the padding with `torch.where`, sum along axis 1 to (B, D), and divide by "
        "the lengths as (B, 1).",
        "`mask = valid_mask(lengths, x.shape[1]).unsqueeze(2)`, "
        "`return torch.where(mask, x, 0.0).sum(1) / lengths.unsqueeze(1)`.",
    ],
)
