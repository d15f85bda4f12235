"""Handwritten digits: scikit-learn's bundled ones, or the real MNIST where its files are.

    from helpers.data import digits

    data = digits()
    print(data.source)      # says which it used
    data.train_images       # (N, 1, 28, 28)

With no network and nothing set, digits() takes the 1,797 digits of 8x8 pixels that come with
scikit-learn and scales them to 28x28. To use MNIST, set the environment variable COURSE_DATA to a
folder that holds it, or call digits(download=True) once where there is a network.
"""

from __future__ import annotations

import gzip
import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

SIZE = 28  # pixels a side
TEST_SHARE = 0.2  # of a data set that has no split of its own
ROOT = Path(__file__).resolve().parent.parent
DEFAULT_FOLDER = ROOT / "data"


class DataError(Exception):
    """The data cannot be read; says which file, and what to do. In a notebook, one line."""

    def _render_traceback_(self) -> list[str]:
        return [f"DataError: {self}"]


@dataclass(frozen=True)
class Digits:
    """Images of handwritten digits, split in two.

    train_images, test_images: (N, 1, 28, 28) float32 in [0, 1]; 0 is paper, 1 is full ink.
    train_labels, test_labels: (N,) int64, the digits 0 … 9. source: where they come from.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    source: str


def digits(*, download: bool = False, seed: int = 0) -> Digits:
    """Handwritten digits, from scikit-learn or (COURSE_DATA, download) from MNIST.

    COURSE_DATA names a folder (from the course's own, if it is relative) laid out as
    torchvision.datasets.MNIST does it (MNIST/raw/…) or holding the four idx files itself, gzipped
    or not. download: fetch MNIST into that folder (or into data/ of the course) unless it is
    there. seed: of the split, where the data has none: for scikit-learn's digits, and where only
    MNIST's 10,000 test images are there.
    Raises DataError if MNIST is asked for and its files are missing or damaged.
    Sources: https://archive.ics.uci.edu/dataset/80 and LeCun, Cortes and Burges's MNIST.
    """
    named = os.environ.get("COURSE_DATA")
    folder = ROOT / Path(named).expanduser() if named else DEFAULT_FOLDER
    if download:
        _download(folder)
    return _mnist(folder, seed) if download or named else _bundled(seed)


def _bundled(seed: int) -> Digits:
    # The file that sklearn.datasets.load_digits reads; importing scikit-learn takes a second.
    package = Path(find_spec("sklearn").submodule_search_locations[0])
    rows = np.loadtxt(package / "datasets" / "data" / "digits.csv.gz", delimiter=",")  # (N, 65)
    pixels = torch.tensor(rows[:, :-1], dtype=torch.float32)  # (N, 64)
    small = pixels.reshape(-1, 1, 8, 8) / 16  # (N, 1, 8, 8)
    images = F.interpolate(small, size=(SIZE, SIZE), mode="bilinear")  # (N, 1, 28, 28)
    labels = torch.tensor(rows[:, -1], dtype=torch.int64)  # (N,)
    return _split(images, labels, seed, "scikit-learn's 8x8 digits, scaled to 28x28")


def _mnist(folder: Path, seed: int) -> Digits:
    training_files = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    test = _read_pair(folder, "t10k")
    if not any(_find(folder, name) for name in training_files):
        what = "MNIST's test images alone (its training files are missing)"
        return _split(*test, seed, what)
    train = _read_pair(folder, "train")
    return Digits(*train, *test, _counted("MNIST", len(train[1]), len(test[1])))


def _split(images: torch.Tensor, labels: torch.Tensor, seed: int, what: str) -> Digits:
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    test, train = order.tensor_split([math.ceil(TEST_SHARE * len(labels))])
    source = _counted(what, len(train), len(test))
    return Digits(images[train], labels[train], images[test], labels[test], source)


def _counted(what: str, train: int, test: int) -> str:
    return f"{what}: {train} to train on, {test} to test with"


def _read_pair(folder: Path, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The images, (N, 1, 28, 28) float32 in [0, 1], and labels, (N,), of "train" or "t10k"."""
    from helpers.vision import datasets

    pixels, path = _read(folder, f"{part}-images-idx3-ubyte", datasets.mnist.read_image_file)
    labels, labels_path = _read(folder, f"{part}-labels-idx1-ubyte", datasets.mnist.read_label_file)
    if pixels.shape[1:] != (SIZE, SIZE):
        raise _damaged(path, f"its images have the shape {tuple(pixels.shape[1:])}, not (28, 28)")
    if not 0 < len(pixels) == len(labels):
        raise _damaged(labels_path, f"{len(labels)} labels for {len(pixels)} images")
    if labels.max() > 9:
        raise _damaged(labels_path, f"it has the label {labels.max().item()}")
    return pixels[:, None].float() / 255, labels


def _read(
    folder: Path, name: str, read: Callable[[Path], torch.Tensor]
) -> tuple[torch.Tensor, Path]:
    path = _find(folder, name)
    if path is None:
        raise DataError(
            f"MNIST was asked for, but {folder} has no {name}, neither in it nor in its MNIST/raw,"
            " gzipped or not. Put MNIST's files there or call digits(download=True); to use"
            " scikit-learn's digits instead, unset COURSE_DATA and call digits()."
        )
    try:
        if path.suffix != ".gz":
            return read(path), path
        with tempfile.TemporaryDirectory() as unpacked:
            plain = Path(unpacked) / name
            plain.write_bytes(gzip.decompress(path.read_bytes()))
            return read(plain), path
    except Exception as error:  # of many kinds: a broken archive, a wrong header, too few bytes
        raise _damaged(path, f"{type(error).__name__}: {error}") from error


def _find(folder: Path, name: str) -> Path | None:
    places = [place / (name + end) for place in (folder / "MNIST" / "raw", folder)
              for end in ("", ".gz")]  # fmt: skip
    return next((path for path in places if path.is_file()), None)


def _damaged(path: Path, why: str) -> DataError:
    return DataError(
        f"The file {path} is damaged or not MNIST's ({why}). Delete it and get it again:"
        " digits(download=True)."
    )


def _download(folder: Path) -> None:
    from helpers.vision import datasets

    try:
        datasets.MNIST(folder, download=True)
    except (RuntimeError, OSError) as error:
        raise DataError(
            f"MNIST could not be downloaded into {folder} ({error}). Check the network and the"
            " disk. For scikit-learn's digits, unset COURSE_DATA and leave out download."
        ) from error
