"""What Python's and torch's commonest error messages mean, in the reader's language.

A message that is not in the table is shown as it is. tests/test_check.py makes torch raise each
of these, so a new version's other words are noticed.
"""

from __future__ import annotations

import re

from helpers.words import Language

# a pattern of the message → what it means and what to look for; {0}, {1} are the pattern's groups
MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "행렬 곱에서는 왼쪽의 열 수와 오른쪽의 행 수가 같아야 하는데 서로 다릅니다({1}, {2}). "
        "순서가 바뀌었거나 전치가 빠지지 않았나요? 둘 가운데 하나를 다른 축으로 이어 "
        "붙이지는 않았나요?",
        "In a matrix product the left one's columns and the right one's rows must agree, and here "
        "they are {1} and {2}: are the two in the wrong order, is a transpose missing, or was one "
        "of them joined along another axis?",
    ),
    (
        r"size mismatch, got input|inconsistent tensor size|first two dimensions of batch2",
        "행렬 곱의 안쪽 크기가 맞지 않습니다. 두 텐서의 모양을 출력해 보세요.",
        "The inner sizes of this matrix product do not agree: print both shapes.",
    ),
    (
        r"tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton "
        r"dimension (\d+)",
        "두 모양을 오른쪽 끝부터 맞추어 보면 축 {2}의 크기가 서로 달라서({0}, {1}) 브로드캐스팅할 "
        "수 없습니다. 크기가 같거나 하나가 1이어야 합니다.",
        "Aligned from the right, the sizes on axis {2} are {0} and {1}, which cannot be broadcast: "
        "they must be equal, or one of them 1.",
    ),
    (
        r"same dtype, but got|[Ff]ound dtype \w+ but expected|result type \w+ can't be cast",
        "자료형이 섞였습니다(예: float32와 float64, 실수와 정수). 한쪽을 `.to(…)`나 `.float()`로 "
        "다른 쪽의 자료형에 맞추세요.",
        "Two dtypes are mixed here, such as float32 with float64, or floats with whole numbers: "
        "bring one to the other's with `.to(…)` or `.float()`.",
    ),
    (
        r"expected target dtype to be Long|scalar types: Long|must be long, int|int32/int64",
        "번호(인덱스나 레이블)는 정수 텐서여야 합니다. 실수라면 `.long()`으로 바꾸세요.",
        "Numbers that point at something (indices, labels) must be whole: make them so with "
        "`.long()`.",
    ),
    (
        r"could not infer output dtype",
        "정수의 평균은 정의되어 있지 않습니다. 먼저 `.float()`로 바꾸세요.",
        "torch has no mean of whole numbers: turn them into floats with `.float()` first.",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "이 값은 기울기를 구할 텐서와 이어져 있지 않습니다. `requires_grad`가 켜져 있는지, 도중에 "
        "`.item()`, `.detach()`, `torch.no_grad()`로 끊기지 않았는지 보세요.",
        "This value is not connected to anything that needs a gradient: is `requires_grad` on, and "
        "was the connection cut by `.item()`, `.detach()` or `torch.no_grad()`?",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place",
        "기울기를 재는 텐서를 제자리에서 바꾸려면 `with torch.no_grad():` 안에서 하세요.",
        "To change a tensor that records gradients in place, do it inside `with torch.no_grad():`.",
    ),
    (
        r"backward through the graph a second time",
        "`backward()`는 한 번 지나간 계산을 지웁니다. 손실을 다시 계산한 다음에 부르세요.",
        "`backward()` frees the calculation it went through: compute the loss again before calling "
        "it again.",
    ),
    (
        r"grad can be implicitly created only for scalar",
        "`backward()`는 수 하나에서 시작합니다. 먼저 `.mean()`이나 `.sum()`으로 손실을 수 하나로 "
        "만드세요.",
        "`backward()` starts from a single number: make the loss one with `.mean()` or `.sum()`.",
    ),
    (
        r"modified by an inplace operation",
        "역전파에 쓸 값을 제자리 연산이 덮어썼습니다. 새 텐서를 만드는 연산으로 바꾸세요.",
        "An in-place operation overwrote a value that the backward pass needs: make a new tensor "
        "instead.",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "기울기를 재는 텐서입니다. `.detach().numpy()`로 떼어 낸 다음 넘기세요.",
        "This tensor records gradients: take it off with `.detach().numpy()`.",
    ),
    (
        r"view size is not compatible",
        "메모리에서 연속이 아닌 텐서(예: 전치한 것)에는 `view`를 쓸 수 없습니다. `reshape`을 "
        "쓰세요.",
        "`view` cannot be used on a tensor that is not contiguous in memory, such as a transposed "
        "one: use `reshape`.",
    ),
    (
        r"shape '(\[.*?\])' is invalid for input of size (\d+)",
        "원소 {1}개를 {0} 모양에 담을 수 없습니다. 크기를 모두 곱한 수가 원소의 수와 같아야 "
        "합니다.",
        "{1} elements do not fit the shape {0}: its sizes multiplied must give the number of "
        "elements.",
    ),
    (
        r"a Tensor with 0 elements|Tensor with no values is ambiguous",
        "비어 있는 텐서(원소 0개)를 수 하나로 쓰려고 했습니다. 끝을 넘어간 슬라이스는 비어 "
        "있습니다. 반복문이 표본의 수보다 더 가지 않나요?",
        "An empty tensor (0 elements) was used as one number. A slice beyond the end is empty: "
        "does a loop go further than there are samples?",
    ),
    (
        r"cannot be converted to Scalar|only one element tensors|more than one value is ambig",
        "원소가 여럿인 텐서를 수나 참·거짓 하나로 쓰려고 했습니다. 원소마다 계산하려면 "
        "`math.exp` 대신 `torch.exp`를, `if` 대신 `torch.where`나 마스크를 쓰고, 하나로 모으려면 "
        "`.sum()`이나 `.all()`을 쓰세요.",
        "A tensor of several elements was used as one number or one truth value. For each element "
        "by itself there are `torch.exp` in place of `math.exp`, and `torch.where` or a mask in "
        "place of `if`; to make one of them all, `.sum()` or `.all()`.",
    ),
    (
        r"expects a non-empty TensorList|expected a non-empty list of Tensors",
        "빈 리스트를 `torch.stack`이나 `torch.cat`에 넘겼습니다. 모은 것이 있을 때만 부르세요.",
        "An empty list was given to `torch.stack` or `torch.cat`: call it only if something was "
        "collected.",
    ),
    (
        r"cannot assign \w+ before Module.__init__\(\) call",
        "`__init__`의 첫 줄에서 `super().__init__()`을 부르세요. 그래야 nn.Module이 매개변수를 "
        "담을 자리가 생깁니다.",
        "Call `super().__init__()` on the first line of `__init__`: it makes the place where "
        "nn.Module keeps its parameters.",
    ),
    (
        r'missing the required "forward" function',
        "모듈에 `forward` 메서드가 없습니다. 이름과 들여쓰기를 확인하세요.",
        "The module has no method `forward`: look at its name and its indentation.",
    ),
    (
        r"NoneType",
        "값이 있어야 할 자리에 None이 있습니다. 부른 함수가 return을 빠뜨렸거나, `.grad`가 아직 "
        "비어 있지 않은지 보세요.",
        "There is a None where a value should be: does a function you call forget to return, or is "
        "a `.grad` still empty?",
    ),
    (
        r"Dimension out of range .*but got (-?\d+)",
        "이 텐서에는 축 {0}이 없습니다. 축은 0부터 세며, 도중에 축 하나가 사라지지 않았는지 모양을 "
        "출력해 보세요.",
        "This tensor has no axis {0}. Axes are counted from 0; print its shape to see whether one "
        "was lost on the way.",
    ),
    (
        r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
        "축 {1}에는 자리가 {2}개 있고 번호는 0부터 셉니다. {0}은 그 밖에 있습니다. (뒤에서 −1부터 "
        "세는 것은 `x[-1]`처럼 대괄호로 꺼낼 때뿐입니다.)",
        "Axis {1} has {2} places, numbered from 0 on; {0} is not among them. (Only brackets, as in "
        "`x[-1]`, count backwards from −1 as well.)",
    ),
    (
        r"Target (-?\d+) is out of bounds|index out of range in self",
        "클래스나 단어의 번호가 개수보다 큽니다. 번호는 0부터 시작합니다.",
        "A class or word has a number that is too large for their count: numbers start at 0.",
    ),
    (
        r"Index tensor must have the same number of dimensions",
        "인덱스 텐서의 축의 수가 같아야 합니다. `unsqueeze`로 축을 하나 더해 보세요.",
        "The index tensor needs as many axes as the other: add one with `unsqueeze`.",
    ),
    (
        r"Sizes of tensors must match except in dimension (\d+)",
        "`cat`은 축 {0}으로 이으며, 다른 축의 크기는 모두 같아야 합니다. 다른 `dim`이 맞지는 "
        "않나요? 길이가 문제라면 먼저 채우세요.",
        "`cat` joins along axis {0}; on all others the sizes must agree. Is another `dim` meant? "
        "If lengths are the trouble, pad first.",
    ),
    (
        r"stack expects each tensor to be equal",
        "`stack`은 새 축을 만들기 때문에 모양이 모두 같아야 합니다. 이미 있는 축으로 이으려면 "
        "`torch.cat(…, dim=…)`을 쓰고, 길이가 문제라면 먼저 채우세요.",
        "`stack` makes a new axis and needs equal shapes. To join along an axis that is there, use "
        "`torch.cat(…, dim=…)`; if lengths are the trouble, pad first.",
    ),
    (
        r"cat\(\) takes from 1 to 2 positional|argument 'tensors' \(position 1\) must be tuple",
        "`torch.cat`과 `torch.stack`은 텐서의 *리스트* 하나를 받습니다: `torch.cat([a, b], "
        "dim=…)`. 텐서 하나를 첫 축으로 나누려면 `list(t)`를 쓰세요.",
        "`torch.cat` and `torch.stack` take one *list* of tensors: `torch.cat([a, b], dim=…)`; "
        "`list(t)` takes a tensor apart along its first axis.",
    ),
    (
        r"Expected target size \[.*\], got",
        "`cross_entropy`는 클래스가 1번 축에 있다고 봅니다. 자리를 한 축으로 펴거나"
        "(`z.flatten(0, 1)`, `targets.flatten()`) `z.transpose(1, 2)`를 주세요.",
        "`cross_entropy` looks for the classes on axis 1: flatten the places "
        "(`z.flatten(0, 1)`, `targets.flatten()`), or hand it `z.transpose(1, 2)`.",
    ),
    (
        r"(\w+)\(\): does not support bool",
        "참·거짓에는 `{0}`이 없습니다. 먼저 `.int()`로 수를 만드세요.",
        "There is no `{0}` of True and False: make numbers of them with `.int()` first.",
    ),
    (
        r"missing (\d+) required positional arguments?",
        "인자가 {0}개 모자랍니다. 리스트에 든 인자들이라면 별표로 풀어 넣으세요: `f(x, *values)`",
        "{0} of the arguments are missing. If they stand in a list, spread it with a star: "
        "`f(x, *values)`.",
    ),
    (
        r"self must be a matrix|expected Tensor as element 0 in argument 0",
        "여기에는 텐서, 그것도 축의 수가 맞는 것이 와야 합니다. 축이 셋 이상인 행렬 곱은 `@`로 "
        "하고, 리스트는 먼저 `torch.tensor(…)`로 바꾸세요.",
        "A tensor with the right number of axes is wanted here: products with more than two axes "
        "take `@`, and a list becomes a tensor with `torch.tensor(…)`.",
    ),
    (
        r"doesn't match the broadcast shape",
        "제자리 연산은 모양을 키울 수 없습니다. 새 텐서를 만드는 연산을 쓰세요.",
        "An in-place operation cannot make a tensor larger: use one that makes a new tensor.",
    ),
    (
        r"expected sequence of length",
        "길이가 서로 다른 리스트로는 텐서를 만들 수 없습니다. 먼저 같은 길이로 채우세요.",
        "Lists of different lengths make no tensor: pad them to one length first.",
    ),
    (
        r"Only Tensors of floating point and complex dtype can require gradients",
        "정수에는 기울기가 없습니다. `1`이 아니라 `1.0`처럼 실수로 만드세요.",
        "Whole numbers have no gradient: make floats, as in `1.0` and not `1`.",
    ),
    (
        r"optimizer got an empty parameter list",
        "옵티마이저가 매개변수를 하나도 받지 못했습니다. 모듈이 매개변수를 `self.…`에 "
        "nn.Parameter나 층으로 담고 있는지 보세요.",
        "The optimizer was given no parameter: does the module keep its own as nn.Parameter or as "
        "layers under `self.…`?",
    ),
    (
        r"different to the input size",
        "예측과 정답의 모양이 다릅니다. `(N, 1)`과 `(N,)`처럼 축 하나가 모자라지 않은지 보세요.",
        "Prediction and target differ in shape: is an axis missing, as with `(N, 1)` and `(N,)`?",
    ),
    (
        r"associated with a value",
        "이 함수 안에서 이 이름에 값을 넣기도 전에 읽었습니다. 반복문에 들어가기 전에 시작값을 "
        "주었나요?",
        "This name is read before the function gives it a value: does it need a start before the "
        "loop?",
    ),
    (
        r"name '(\w+)' is not defined",
        "`{0}`(이)라는 이름이 없습니다. 철자를 확인하고, 그 이름을 만드는 셀을 위에서부터 "
        "실행했는지 보세요.",
        "There is no name `{0}` here: look at its spelling, and whether the cell that makes it has "
        "been run.",
    ),
    (
        r"0-d tensor",
        "수 하나뿐인 텐서(모양 `()`)는 나누어 볼 수 없습니다. 앞에서 축이 사라지지 않았나요?",
        "A tensor of shape `()` is a single number and has no parts: was an axis lost before?",
    ),
    (
        r"'Tensor' object is not callable",
        "텐서 뒤에 괄호 `(…)`가 왔습니다. 원소는 `[…]`로 고르고, 곱하기는 `*`로 씁니다.",
        "Parentheses `(…)` follow a tensor: elements are picked with `[…]`, and products need `*`.",
    ),
    (
        r"to have (\d+) channels, but got (\d+) channels",
        "입력의 채널 수가 {1}인데 층은 {0}을 기다립니다. 축의 순서는 (N, C, H, W)입니다.",
        "The input has {1} channels and the layer expects {0}; the axes are (N, C, H, W).",
    ),
    (
        r"input_size\. Expected (\d+), got (\d+)",
        "각 시점의 입력 크기가 {0}이어야 하는데 {1}입니다. `batch_first`와 축의 순서를 확인하세요.",
        "Each step's input must have size {0} and has {1}: look at `batch_first` and at the order "
        "of the axes.",
    ),
    (
        r"bitwise_xor_cpu|for \^:",
        "파이썬에서 거듭제곱은 `^`가 아니라 `**`입니다.",
        "In Python a power is written `**`, not `^`.",
    ),
    (
        r"with a bool tensor is not supported|on a bool tensor is not supported",
        "참·거짓 텐서는 뺄 수 없습니다. 마스크를 뒤집으려면 `~`를, 수로 쓰려면 `.float()`를 "
        "쓰세요.",
        "Truth values cannot be subtracted: turn a mask over with `~`, or make numbers of it with "
        "`.float()`.",
    ),
    (
        r"elements of input should be between 0 and 1",
        "확률이 와야 할 자리에 0과 1 사이가 아닌 수나 NaN이 있습니다. 로짓을 그대로 넣었거나, "
        "앞에서 이미 NaN이 나오지 않았나요?",
        "Probabilities are wanted here, and something is not between 0 and 1, or NaN: are these "
        "logits, or did a NaN come out before?",
    ),
    (
        r"target with class probabilities, got",
        "정수로 된 원-핫은 쓸 수 없습니다. 클래스 번호 `(N,)`를 주거나 `.float()`로 바꾸세요.",
        "A one-hot of whole numbers will not do: give the class numbers, `(N,)`, or turn it into "
        "floats.",
    ),
    (
        r"softmax_\w+ not implemented for|not implemented for 'Long'",
        "이 계산에는 실수가 필요한데 정수가 왔습니다. 인자의 순서가 바뀌지 않았나요?",
        "This needs floats and was given whole numbers: are the arguments in the wrong order?",
    ),
    (
        r"of 'super' object needs an argument",
        "`super`에도 괄호가 있어야 합니다: `super().__init__()`",
        "`super` takes parentheses, too: `super().__init__()`",
    ),
    (
        r"^(Tanh|Sigmoid|ReLU|LeakyReLU|Softmax|LogSoftmax|Flatten|GELU)\.__init__\(\) takes",
        "`nn.{0}`는 모듈입니다. 먼저 만들고 부르거나(`nn.{0}()(x)`) 같은 일을 하는 torch의 함수를 "
        "쓰세요.",
        "`nn.{0}` is a module: make it first and then call it, `nn.{0}()(x)`, or use torch's "
        "function of that name.",
    ),
    (
        r"takes 1 positional argument but \d+ were given|takes no arguments",
        "메서드의 첫 매개변수는 `self`이고, 초기화 메서드의 이름은 밑줄이 두 개씩인 "
        "`__init__`입니다.",
        "A method's first parameter is `self`, and the one that sets up is called `__init__`, with "
        "two underscores on each side.",
    ),
    (
        r"'(?:collections\.)?(?:OrderedDict|dict)' object has no attribute 'clone'",
        "딕셔너리에는 `clone`이 없습니다. 그 안의 텐서를 하나하나 복사하세요: "
        "`{{name: value.clone() for name, value in ….items()}}`",
        "A dict has no `clone`: copy its tensors one by one, "
        "`{{name: value.clone() for name, value in ….items()}}`.",
    ),
    (
        r"'list' object has no attribute '(?:mean|sum|shape|float|item|view|reshape|size)'",
        "텐서가 아니라 리스트입니다. `torch.tensor(…)`나 `torch.stack(…)`으로 텐서를 만드세요.",
        "This is a list, not a tensor: make one with `torch.tensor(…)` or `torch.stack(…)`.",
    ),
    (
        r"builtin_function_or_method|'method'|'function' object",
        "함수나 메서드를 부르지 않고 그대로 썼습니다. 뒤에 괄호 `()`를 붙이세요.",
        "A function or method was used without calling it: put parentheses `()` behind it.",
    ),
    (
        r"bitwise_\w+_cpu",
        "`&`, `|`, `~`에는 참·거짓 텐서가 필요합니다. 수는 먼저 `y == 1`처럼 견주세요.",
        "The operators `&`, `|` and `~` need truth values: compare numbers first, as in `y == 1`.",
    ),
    (
        r"is not a Module subclass",
        "층이 와야 할 자리입니다. 클래스에는 괄호를 붙이고(`nn.Sigmoid()`), 리스트는 별표로 "
        "펼치세요(`nn.Sequential(*layers)`).",
        "A layer is wanted here: a class needs its parentheses, `nn.Sigmoid()`, and a list its "
        "star, `nn.Sequential(*layers)`.",
    ),
    (
        r"too many indices for tensor",
        "텐서의 축보다 많은 번호를 썼습니다. 모양을 출력해 보세요.",
        "There are more indices than the tensor has axes: print its shape.",
    ),
    (
        r"Class values must be smaller than num_classes",
        "레이블이 클래스의 수보다 작아야 합니다. 번호는 0부터 시작합니다.",
        "A label must be smaller than the number of classes: numbers start at 0.",
    ),
    (
        r"'int' object is not iterable",
        "정수는 하나씩 꺼낼 수 없습니다. 0부터 세려면 `range(n)`을 쓰세요.",
        "A whole number has no items: to count up to it, use `range(n)`.",
    ),
    (
        r"Tensors must have same number of dimensions",
        "`cat`은 축의 수가 같은 텐서만 잇습니다. `unsqueeze`(또는 `[:, None]`)로 축을 하나 "
        "더하거나 먼저 `flatten`하세요.",
        "`cat` joins tensors with equally many axes: add one with `unsqueeze` (or `[:, None]`), or "
        "`flatten` them first.",
    ),
    (
        r"expects a tensor with <= 2 dim",
        "`t()`와 `.T`는 축이 둘일 때만 씁니다. 여러 축 가운데 둘을 바꿀 때는 `transpose(1, 2)`를 "
        "쓰세요.",
        "`t()` and `.T` are for two axes. To swap two of several, use `transpose(1, 2)`.",
    ),
    (
        r"has no attribute '_(?:\w+_hooks|parameters|buffers|modules)'",
        "`__init__`의 첫 줄에 `super().__init__()`이 빠졌습니다. nn.Module에 필요한 것을 그것이 "
        "만듭니다.",
        "`super().__init__()` is missing on the first line of `__init__`: it makes what nn.Module "
        "needs inside.",
    ),
    (
        r"'Tensor' object has no attribute '(copy|fill|zero|normal|uniform|requires_grad)'",
        "텐서를 제자리에서 바꾸는 메서드는 이름이 밑줄로 끝납니다: `{0}_`.",
        "Methods that change a tensor in place have names that end in an underscore: `{0}_`.",
    ),
    (
        r"'(int|float|bool|str|list|tuple|set|dict|range|Tensor)' object has no attribute '(\w+)'",
        "`{0}`에는 `{1}`이(가) 없습니다. 철자를 확인하고, 생각한 것과 다른 값이 들어 있지 않은지 "
        "`type(…)`으로 알아보세요.",
        "There is no `{1}` in the type `{0}`: look at the spelling, and ask with `type(…)` whether "
        "this is what you take it for.",
    ),
    (
        r"'(\w+)' object has no attribute '(\w+)'",
        "`{0}`에는 `{1}`이(가) 없습니다. 철자를 확인하고, 메서드 사이에서 쓸 것은 `self.{1} = "
        "…`로 담았는지 보세요.",
        "`{0}` has no `{1}`: look at the spelling, and whether what methods share was kept as "
        "`self.{1} = …`.",
    ),
    (
        r"'(?:\w+)' object is not iterable",
        "하나씩 꺼낼 수 없는 것을 반복하려고 했습니다. 괄호가 빠지지 않았나요(예: "
        "`model.parameters()`)?",
        "Something that has no items was iterated over: are parentheses missing, as in "
        "`model.parameters()`?",
    ),
    (
        r"(list|tuple) index out of range|pop index out of range",
        "번호는 0부터 len − 1까지입니다. 반복문의 시작과 끝, `[k + 1]` 같은 번호를 보세요.",
        "Numbers go from 0 to len − 1: look at where the loop starts and ends, and at any number "
        "such as `[k + 1]`.",
    ),
    (
        r"expand\(torch\.\w+\{",
        "여러 원소를 자리 하나에 넣으려고 했습니다. `.sum()`이나 `.mean()`을 빠뜨렸거나, 넣을 "
        "자리의 인덱스가 지나치게 많지 않은가요?",
        "Several elements were put into the place of one: is a `.sum()` or `.mean()` missing, or "
        "is the place named by one index too many?",
    ),
    (
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at "
        r"non-singleton dimension (\d+)",
        "크기가 {1}인 것을 크기가 {0}인 자리(축 {2})에 넣으려고 했습니다. 두 모양을 출력해 보세요.",
        "Something of size {1} does not fit a place of size {0} (axis {2}): print both shapes.",
    ),
    (
        r"reduction dim (\d+) to have non-zero size",
        "빈 텐서의 최댓값이나 최솟값은 없습니다(축 {0}의 크기가 0). 잘라 낸 범위가 비어 있지 "
        "않은지 보세요.",
        "An empty tensor has no largest or smallest value (axis {0} has size 0): is the slice "
        "empty?",
    ),
    (
        r"(max|min)\(\) received an invalid combination of arguments - got \(tuple\)",
        "`{0}`는 축을 하나만 받습니다. 여러 축이면 `a{0}((…))`를 쓰세요.",
        "`{0}` takes a single axis; for several there is `a{0}((…))`.",
    ),
    (
        r"step must be greater than zero",
        "텐서는 `[::-1]`로 뒤집을 수 없습니다. `flip(0)`을 쓰세요.",
        "A tensor cannot be turned round with `[::-1]`: use `flip(0)`.",
    ),
    (
        r"unsupported operand.*'tuple'|can only concatenate tuple",
        "값 여러 개(튜플)를 수 하나처럼 썼습니다. 여럿을 돌려주는 함수라면 `a, b = …`로 나누어 "
        "받으세요.",
        "Several values together (a tuple) were used as one number: of a function that returns "
        "several, take them apart with `a, b = …`.",
    ),
    (
        r"slice indices must be integers|cannot be interpreted as an integer",
        "정수가 와야 할 자리입니다. 나눗셈 `/`의 결과는 실수이니 `//`나 `int(…)`를 쓰고, 크기라면 "
        "`x.shape[0]`처럼 하나를 고르세요.",
        "A whole number is needed here: `/` gives a float, so use `//` or `int(…)`; of a shape, "
        "pick one size, as in `x.shape[0]`.",
    ),
    (
        r"too many values to unpack|not enough values to unpack",
        "등호 왼쪽의 이름 수와 오른쪽 값의 수가 다릅니다. 오른쪽이 무엇인지 출력해 보세요.",
        "There are not as many names on the left as values on the right: print what is there.",
    ),
    (
        r"must be Tensor, not (int|float)",
        "torch의 함수에는 텐서가 필요한데 파이썬의 {0}이(가) 왔습니다. `torch.tensor(…)`로 "
        "감싸거나 `math`의 함수를 쓰세요.",
        "A function of torch needs a tensor, and this is a Python {0}: wrap it in "
        "`torch.tensor(…)`, or use the function of `math`.",
    ),
    (
        r"torch\.return_types\.(\w+)",
        "`{0}`에 `dim`을 주면 값과 위치 두 가지가 나옵니다. 값만 쓰려면 `.values`를 붙이거나 "
        "`a{0}`를 쓰세요.",
        "With a `dim`, `{0}` gives two things, values and places: take `.values`, or use `a{0}`.",
    ),
    (
        r"maximum recursion depth",
        "함수가 자기 자신을 끝없이 부릅니다.",
        "The function calls itself without end.",
    ),
)  # fmt: skip


def meaning(message: str, language: Language) -> str | None:
    """What an error message means and where to look, or None for one that is not known."""
    for pattern, ko, en in MEANINGS:
        if found := re.search(pattern, message):
            return (ko if language == "ko" else en).format(*found.groups())
    return None
