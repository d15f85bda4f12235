"""What the other files share: the learner's own modules, measuring, and errors in one sentence."""

from __future__ import annotations

import ast
import importlib
import linecache
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

FOLDER = Path(__file__).resolve().parent
HEAD = '''"""{what}

Written by the chapter's notebook from your answers. Change an answer there, not here, and run the
notebook's cell that writes this file again.
"""

import math
import tempfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
'''


def write_module(name: str, what: str, parts: Iterable[Any], before: str = "") -> Path:
    """Writes a Python file of the notebook's cells in which functions or classes were defined.

    name: such as "model.py". what: its first line. parts: functions and classes; the whole cell
    of each is written, so what else was defined beside it comes along. before: code that goes
    above them, such as imports. Returns the file's path.
    """
    cells = dict.fromkeys(map(cell_of, parts))  # in order, each cell once
    path = FOLDER / name
    head = (HEAD.format(what=what) + before).rstrip()
    text = "\n\n\n".join([head, *(cell.strip() for cell in cells)])
    ast.parse(text)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def cell_of(part: Any) -> str:
    """The source of the notebook's cell in which a function or a class was defined."""
    function = part.__init__ if isinstance(part, type) else part
    lines = linecache.getlines(function.__code__.co_filename)
    if not lines:
        raise ValueError(f"The source of {part.__name__} is not to be found: run its cell again.")
    return "".join(lines)


def own_modules(*names: str) -> list[ModuleType]:
    """Imports model.py and trainer.py; ends the program with a sentence where that fails."""
    found = []
    for name in names:
        if not (FOLDER / f"{name}.py").is_file():
            stop(
                f"There is no {name}.py here yet. It is made of your own answers: open the "
                'chapter\'s notebook and run the cell under "Write the files".'
            )
        try:
            found.append(importlib.import_module(name))
        except Exception as error:
            stop(
                f"{name}.py cannot be used: {type(error).__name__}: {error}. If a name is missing "
                "that you defined in a cell of its own, move it into the answer's cell; then write "
                "the files again."
            )
    return found


def mean_loss(model: nn.Module, batches: DataLoader) -> float:
    """The mean cross entropy over all samples of a loader, in evaluation mode."""
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for images, labels in batches:
            total += F.cross_entropy(model(images), labels, reduction="sum").item()
            count += len(labels)
    return total / count


def accuracy(
    predict: Callable[..., tuple[torch.Tensor, torch.Tensor]], model: nn.Module, batches: DataLoader
) -> float:
    """The share of right answers; predict(model, images, batch_size) gives (digits, confidence)."""
    images, labels = batches.dataset.tensors
    digits, _ = predict(model, images, batches.batch_size)
    return (digits == labels).float().mean().item()


def stop(sentence: str) -> NoReturn:
    """Ends the program: one sentence for a person, exit code 1, no traceback."""
    sys.exit(sentence)
