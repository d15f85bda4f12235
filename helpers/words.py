"""Every sentence that the course says from code, in Korean and English."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]
_current: Language = "ko"

WORDS: dict[str, tuple[str, str]] = {
    # verdicts, as a card's title
    "passed": ("맞았습니다", "Correct"),
    "unattempted": ("아직 풀지 않았습니다", "Not attempted yet"),
    "crashed": ("실행하다가 오류로 멈췄습니다", "Stopped with an error"),
    "different": ("결과가 다릅니다", "Not the expected result"),
    "changed": ("인자를 바꾸어 버렸습니다", "An argument was changed"),
    "cases": ("{of}개 가운데 {passed}개 통과", "{passed} of {of} cases passed"),
    # the body of a card
    "start_here": (
        "위 셀에서 raise NotAttempted 줄을 지우고 답을 써 보세요.",
        "Replace the line raise NotAttempted in the cell above with your answer.",
    ),
    "value_here": (
        "위 셀의 ... 자리에 답을 써 보세요.",
        "Replace the ... in the cell above with your answer.",
    ),
    "known_mistake": ("이 실수입니다", "This is the mistake"),
    "first_failed": ("처음 실패한 검사 ({number}번)", "First failing case (number {number})"),
    "expected": ("기대", "expected"),
    "got": ("받음", "got"),
    "printed": ("출력한 내용", "what your code printed"),
    "error_at": ("{line}번째 줄", "line {line}"),
    "hint_first": (
        '막히면 새 셀에서 hint("{name}")를 실행하세요. 힌트는 {of}단계입니다.',
        'Stuck? Run hint("{name}") in a new cell. There are {of} hints.',
    ),
    "hint_next": (
        '다음 힌트: hint("{name}") ({of}개 가운데 {used}개 보았음)',
        'Next hint: hint("{name}") ({used} of {of} seen)',
    ),
    "hint_all": (
        '힌트 {of}개를 모두 보았습니다. 다시 보려면 hint("{name}", again=True)',
        'All {of} hints are seen. To read them again: hint("{name}", again=True)',
    ),
    "hint_title": ("힌트 {number}/{of}", "Hint {number} of {of}"),
    "by_hand": (
        "이 문제는 손으로 푸는 연습입니다. {uses} 없이도 풀 수 있습니다. 한 번 도전해 보세요.",
        "This one is meant to be done by hand: it can be solved without {uses}. Give it a try.",
    ),
    # what differs
    "none": ("None이 돌아왔습니다.", "The result is None."),
    "none_tip": (
        "None이 돌아왔습니다. 함수 끝에서 return을 빠뜨리지 않았나요?",
        "The result is None. Did you forget to return it?",
    ),
    "type": (
        "형(type)이 다릅니다. 기대한 형은 {expected}, 받은 형은 {got}입니다.",
        "The type differs: expected {expected}, got {got}.",
    ),
    "type_item": (
        "원소가 하나인 텐서는 .item()으로 파이썬 수로 바꿀 수 있습니다.",
        "A tensor with one element becomes a Python number with .item().",
    ),
    "type_tensor": (
        "텐서를 파이썬 수로 바꾸지 말고 텐서 그대로 돌려주세요.",
        "Return a tensor, not a Python number.",
    ),
    "type_stack": (
        "텐서의 리스트는 torch.stack이나 torch.cat으로 텐서 하나로 만드세요.",
        "Make one tensor of a list of tensors with torch.stack or torch.cat.",
    ),
    "type_one": (
        "텐서 하나만 돌려주세요. 쉼표는 값을 여럿으로 만들고, max(1)처럼 값과 위치를 함께 주는 "
        "함수도 있습니다.",
        "Return one tensor alone: a comma makes several, and some functions, such as max(1), give "
        "values and positions together.",
    ),
    "type_module": (
        "클래스가 nn.Module을 물려받아야 합니다: class 이름(nn.Module):",
        "The class has to inherit from nn.Module: class Name(nn.Module):",
    ),
    "type_several": (
        "여러 값을 함께 돌려주어야 합니다: return 첫째, 둘째",
        "Several values are to be returned together: return first, second",
    ),
    "dtype_float32": (
        "torch.tensor(…)나 torch.zeros(…)는 float32를 만듭니다. 입력에서 계산을 이어 가거나 "
        "입력의 자료형을 주세요(예: dtype=x.dtype).",
        "torch.tensor(…) and torch.zeros(…) make float32: keep computing from the inputs, or pass "
        "the dtype of an input, as in dtype=x.dtype.",
    ),
    "length": (
        "길이가 다릅니다. {expected}개여야 하는데 {got}개입니다.",
        "The length differs: expected {expected}, got {got}.",
    ),
    "no_items": (
        "None이 돌아왔습니다. yield로 하나씩 내놓거나 return으로 돌려주어야 합니다.",
        "The result is None: hand out the items with yield, or return them.",
    ),
    "cut_off": (
        "값은 맞지만 계산의 기록이 끊겨 기울기가 흐르지 않습니다. .item(), .detach(), .data, "
        "torch.tensor(…), no_grad 없이 텐서끼리 계산해 그대로 돌려주세요.",
        "The values are right, but the record of the computation is cut, so no gradient can flow "
        "through: compute with the tensors themselves, without .item(), .detach(), .data, "
        "torch.tensor(…) or no_grad.",
    ),
    "not_trainable": (
        "훈련으로 따로 움직일 수 있는 매개변수가 아닙니다: {expected}. requires_grad를 끄지 않은 "
        "nn.Parameter로 만드세요(같은 층을 두 곳에 쓰면 매개변수도 하나입니다).",
        "{expected} is no parameter that training can move by itself: make it an nn.Parameter, "
        "with requires_grad left on (a layer used in two places has one set of parameters).",
    ),
    "parameter_shape": (
        "매개변수의 모양이 다릅니다. 기대한 것은 {expected}, 받은 것은 {got}입니다.",
        "A parameter's shape differs: expected {expected}, got {got}.",
    ),
    "no_gradient": (
        "값은 맞지만 {expected}에 기울기가 오지 않아 학습되지 않습니다. 도중에 .detach(), no_grad, "
        ".item(), torch.tensor(…)로 끊지 않았는지 보세요.",
        "The values are right, but no gradient reaches {expected}, so it can never learn: is the "
        "connection cut by .detach(), no_grad, .item() or torch.tensor(…)?",
    ),
    "nan_gradient": (
        "값은 맞지만 {expected}에 대한 기울기가 nan이나 inf입니다. log 0이나 0으로 나누기를 먼저 "
        "계산하고 나중에 가리지 않았는지 보세요. 기울기는 가린 칸도 지나갑니다.",
        "The values are right, but the gradient for {expected} is nan or inf: was a log of 0 or a "
        "division by 0 computed first and masked afterwards? A gradient passes through what is "
        "masked, too.",
    ),
    "no_length": (
        "len(…)를 잴 수 없습니다. 클래스라면 길이를 돌려주는 __len__ 메서드를 만들고, 함수라면 "
        "제너레이터 대신 리스트를 돌려주세요.",
        "It has no len(…): a class needs the method __len__, which returns the length; a function "
        "must return a list and no generator.",
    ),
    "a_length": (
        "모두 담은 리스트가 아니라, yield로 하나씩 내놓는 제너레이터여야 합니다.",
        "It is to hand out its items one by one, with yield, and not as a whole list.",
    ),
    "keys": (
        "키가 다릅니다. 기대한 키는 {expected}, 받은 키는 {got}입니다.",
        "The keys differ: expected {expected}, got {got}.",
    ),
    "shape": (
        "모양(shape)이 다릅니다. 기대한 모양은 {expected}, 받은 모양은 {got}입니다.",
        "The shape differs: expected {expected}, got {got}.",
    ),
    "shape_transposed": (
        "축의 순서가 뒤바뀐 모양입니다.",
        "These are the right sizes in another order: look for a missing or extra transpose.",
    ),
    "shape_reshape": (
        "원소의 수는 같습니다. 빠지거나 남은 축이 없는지 보세요(reshape, squeeze, unsqueeze).",
        "The number of elements is right: is an axis missing, or one too many (reshape, squeeze, "
        "unsqueeze)?",
    ),
    "dtype": (
        "자료형(dtype)이 다릅니다. 기대한 자료형은 {expected}, 받은 자료형은 {got}입니다.",
        "The dtype differs: expected {expected}, got {got}.",
    ),
    "nan": (
        "NaN(수가 아닌 값)이 있습니다. 0으로 나누기, 음수의 로그, 무한대끼리의 뺄셈을 찾아보세요.",
        "There is a NaN: look for a division by zero, the log of a negative number, inf − inf.",
    ),
    "values": ("값이 다릅니다.", "The values differ."),
    "values_two": ("기대 {expected}, 받음 {got}.", "Expected {expected}, got {got}."),
    "values_at": (
        "처음 다른 곳은 {index}입니다(기대 {expected}, 받음 {got}).",
        "They first differ at {index}: expected {expected}, got {got}.",
    ),
    "first_nan": (
        "처음 나온 곳은 {index}입니다(기대 {expected}, 받음 {got}).",
        "The first one is at {index}: expected {expected}, got {got}.",
    ),
    "values_count": (
        "{of}개 가운데 {count}개가 다르고, 가장 큰 오차는 {error}입니다.",
        "{count} of {of} elements differ; the largest error is {error}.",
    ),
    "inside_argument": ("부른 뒤의 {where}에서:", "In {where}, after the call:"),
    "inside_gradient": (
        "결과는 맞지만 {where}에 대한 기울기에서:",
        "The result is right, but in the gradient for {where}:",
    ),
    "gradient_of": ("{where}의 기울기", "gradient for {where}"),
    "inside": ("결과의 {where}에서:", "In the result's {where}:"),
    "changed_names": (
        "결과는 맞지만 인자 {names} 자체를 바꾸었습니다. 부른 쪽의 데이터가 망가지니, "
        "제자리 연산(+=, -=, 이름이 _로 끝나는 메서드, 원소에 대입) 대신 새 값을 만드세요.",
        "The result is right, but it changed what it was given as {names}, which damages the "
        "caller's data. Make a new value instead of working in place "
        "(+=, -=, methods ending in _, assigning to elements).",
    ),
    "changed_too": (
        "그리고 인자 {names} 자체를 바꾸었습니다.",
        "And it changed what it was given as {names}.",
    ),
    # what a grader says beyond a check
    "time_up": (
        "{seconds:g}초가 지나서 멈추었습니다. 끝나지 않는 반복문이 아닌지 보세요.",
        "Stopped after {seconds:g} seconds: is it a loop that never ends?",
    ),
    "process_died": (
        "이 답이 돌던 프로세스가 통째로 끝났습니다. 스스로 끝내거나(exit) 메모리를 너무 많이 쓰지 "
        "않는지 보세요.",
        "The whole process that ran this answer ended: does it exit, or use too much memory?",
    ),
    "not_reached": (
        "채점 시간이 끝나서 이 답은 살펴보지 못했습니다.",
        "The time for grading was over before this answer was looked at.",
    ),
    "not_graded": (
        "**이 노트북은 채점되지 않았습니다.** {reason}",
        "**This notebook was not graded.** {reason}",
    ),
    # one-line errors of check() in a notebook
    "see_card": ("위 카드를 보세요.", "See the card above."),
    "solve_first": (
        "아직 풀지 않았습니다: 먼저 {name}부터 완성하세요.",
        "Not written yet: complete {name} first.",
    ),
    "cell_first": (
        "아직 풀지 않은 셀입니다.",
        "This cell is not written yet.",
    ),
    # course and notebook do not fit together
    "damaged": (
        "{path} 파일이 손상되었습니다({reason}). 설치한 강좌에서 이 파일을 다시 가져오세요.",
        "{path} is damaged ({reason}). Get the file again from the course you installed.",
    ),
    "other_version": (
        "{path} 파일은 강좌 {made}판의 것인데 이 사본은 {here}판입니다. helpers/와 notebooks/를 "
        "같은 판에서 가져오세요.",
        "{path} was made for version {made} of the course, but this copy is {here}. Take helpers/ "
        "and notebooks/ from one and the same release.",
    ),
    "missing": (
        "{path} 파일이 없어서 검사할 수 없습니다. 여기서 검사할 수 있는 장: {known}. "
        "helpers/cases를 강좌에서 복사하세요(저자는 `make build`).",
        "The file {path} is missing, so nothing can be checked. Chapters with cases here: {known}. "
        "Copy helpers/cases from the course (its authors run `make build`).",
    ),
    "no_chapter": (
        "아직 연 장이 없습니다. 이 노트북의 첫 코드 셀들(open_chapter까지)을 먼저 실행하고 다시 해 "
        "보세요.",
        "No chapter is open yet: run the first code cells of this notebook (up to open_chapter), "
        "then this one again.",
    ),
    "unknown": (
        "{chapter}에는 {name}(이)라는 문제가 없습니다.{meant} 이 장의 문제: {known}.",
        "{chapter} has no exercise named {name}.{meant} Its exercises: {known}.",
    ),
    "meant": (" 혹시 {name}인가요?", " Did you mean {name}?"),
    # start page and progress
    "chapter": ("장", "chapter"),
    "minutes": ("{n}분", "{n} min"),
    "minutes_head": ("시간", "time"),
    "solved_head": ("푼 문제", "solved"),
    "next": ("다음 할 일", "Next"),
    "next_exercise": ("{chapter}의 {exercise}", "{exercise} in {chapter}"),
    "all_done": (
        "모든 문제를 풀었습니다. 축하합니다!",
        "Every exercise is solved. Congratulations!",
    ),
    "set_aside": (
        "진도 파일을 읽을 수 없어 {path}(으)로 옮겨 두고 새로 시작합니다.",
        "The progress file could not be read; it was set aside as {path} and a new one begun.",
    ),
    "not_saved": (
        "진도를 저장하지 못했습니다({reason}). 채점 결과에는 영향이 없습니다.",
        "Progress could not be saved ({reason}); your result is not affected.",
    ),
    "score_model": ("모델", "model"),
    "score_accuracy": ("시험 정확도", "test accuracy"),
    "score_parameters": ("매개변수", "parameters"),
    "score_seconds": ("훈련 시간", "training"),
    "score_note": (
        "* 이 강좌의 해답이 낸 결과입니다. 그 장을 실행하면 여러분의 결과로 바뀝니다.",
        "* measured by the course's solution; yours takes its place when you run that chapter.",
    ),
    "start_heading": ("손으로 배우는 PyTorch", "PyTorch by Hand"),
    "start_intro": (
        "장을 눌러 여세요. 노트북의 셀을 위에서부터 Shift+Enter로 실행하고, 빈칸을 채운 다음 "
        "바로 아래 check 셀을 실행하면 카드가 결과를 알려 줍니다. 아래 표를 새로 고치려면 이 "
        "페이지의 코드 셀을 실행하세요.",
        "Click a chapter to open it. Run a notebook's cells from the top with Shift+Enter, fill in "
        "the gaps, then run the check cell right below: a card tells you how you did. Run the code "
        "cell of this page to refresh the table.",
    ),
}  # fmt: skip


def set_language(language: Language) -> None:
    """Sets the language in which cards and messages speak from now on."""
    global _current
    _current = language


def current_language() -> Language:
    """The language in which cards and messages speak."""
    return _current


def say(key: str, language: Language | None = None, **values: object) -> str:
    """The sentence `key` in a language (the current one by default), with values filled in."""
    return WORDS[key][0 if (language or _current) == "ko" else 1].format(**values)
