"""One task of a batch, as a worker does it: a submission's bytes come in, a report goes out.

A worker needs no course folder and no gradebook, and is told no name: only the chapter. Nothing
here imports nbgrader, so that workers start quickly (autograde.bulk starts them and sends tasks).
"""

from __future__ import annotations

import hashlib
import platform
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy
import torch

from autograde.grade import Report, grade
from autograde.sandbox import Box, Limits, SandboxError
from autograde.selftest import box as warm_box

ROOT = Path(__file__).resolve().parent.parent
MARKS_DEPEND_ON = ("helpers/**/*", "autograde/**/*.py", "notebooks/*/ch*/*.ipynb")


@dataclass(frozen=True)
class Task:
    """One submission on its way.

    fresh: in a fresh box, not in a warm one (see autograde.warm). unsafe: in none.
    course: the digest of the course that is to grade it; "" for the machine that sent it, where
    a box was tried already.
    """

    chapter: str
    data: bytes
    seed: int
    limits: Limits
    unsafe: bool = False
    fresh: bool = False
    course: str = ""


@dataclass(frozen=True)
class Trouble:
    """Why a task gave no report; `worker`: no other task would either, on that machine."""

    why: str
    worker: bool = False


def do(task: Task) -> Report | Trouble:
    """Grades one submission; whatever happens, something comes back."""
    if task.course and task.course != course_digest():
        return Trouble(
            f"{platform.node()} has another version of the course, of Python, torch or NumPy than "
            "this machine. Bring it to the same, or its marks would not be these",
            worker=True,
        )
    try:
        box, _ = box_of(task)
    except SandboxError as error:
        return Trouble(f"{platform.node()}: {error}", worker=True)
    try:
        return grade(task.data, task.chapter, task.seed, box, task.limits)
    except Exception as error:
        return Trouble(f"{type(error).__name__}: {error}"[:300])


@cache
def course_digest() -> str:
    """A digest of everything that marks depend on; equal on all machines of a batch."""
    torch_version = torch.__version__.split("+")[0]  # without "cpu" or "cu…"
    versions = sys.version_info[:2], torch_version, numpy.__version__
    digest = hashlib.sha256(repr(versions).encode())
    for pattern in MARKS_DEPEND_ON:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def box_of(task: Task) -> tuple[Box, str]:
    """The box for a task, and why it is not a warm one, or "".

    Raises SandboxError where there is none.
    """
    tried = not task.course
    if task.unsafe or task.fresh:
        return _plain_box(task.unsafe, tried), ""
    return warm_box(tried)


def why_fresh(task: Task) -> str:
    """Why boxes are fresh ones here, or ""; with this machine's name if another one asks."""
    if task.course and task.course != course_digest():
        return ""  # nothing is graded here, and `do` says why
    _, why = box_of(task)
    return f"{platform.node()}: {why}" if why and task.course else why


@cache
def _plain_box(unsafe: bool, tried: bool) -> Box:
    return Box(unsafe, tried)
