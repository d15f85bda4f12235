"""Chapter 9 on real digits: its own answers, on MNIST's 10,000 test images, through torchvision.

The images are looked for where COURSE_MNIST says, or in shared/data/mnist beside the course.
They are never part of the course; without them these tests are skipped.
"""

import gzip
import os
from pathlib import Path

import nbformat
import pytest
import torch
from torch.nn import functional

from autograde import build
from autograde.answers import answers
from helpers.data import digits

CHAPTER = "ch09_mnist_softmax"
FILES = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
NAMED = os.environ.get("COURSE_MNIST")
BESIDE = build.ROOT.parent / "shared" / "data" / "mnist"
REAL = Path(NAMED).expanduser() if NAMED else BESIDE
pytestmark = pytest.mark.skipif(
    not all((REAL / f"{name}.gz").is_file() for name in FILES),
    reason="MNIST's real test images are not here: put t10k-images-idx3-ubyte.gz and "
    "t10k-labels-idx1-ubyte.gz into a folder and name it in COURSE_MNIST",
)


@pytest.fixture(scope="module")
def solved():
    """The chapter's answers by exercise, from the solution's own cells, run as in a check."""
    path = build.SOLUTIONS / CHAPTER / f"{CHAPTER}.ipynb"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COURSE_DATA", raising=False)
        return answers(nbformat.read(path, as_version=4), CHAPTER)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """MNIST/raw as torchvision lays it out; the 10,000 stand for the missing 60,000 as well."""
    folder = tmp_path_factory.mktemp("mnist")
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in FILES:
        content = gzip.decompress((REAL / f"{name}.gz").read_bytes())
        for part in ("t10k", "train"):
            (raw / name.replace("t10k", part)).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def stored(folder):
    """The pixels, (10000, 28, 28) uint8, and labels, as torchvision's own reader gives them."""
    from helpers.vision import datasets

    dataset = datasets.MNIST(folder, train=False)
    return dataset.data, dataset.targets


@pytest.fixture(scope="module")
def split(stored):
    """Pixels and labels of 8,000 images to train on, and of 2,000 to test with."""
    pixels, labels = stored
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, test = order[:8000], order[8000:]
    return pixels[train], labels[train], pixels[test], labels[test]


@pytest.fixture(scope="module")
def state(solved, split):
    """A linear model trained on the 8,000, as the notes train theirs: no noise, 0 to 1."""
    pixels, labels, _, _ = split
    x = solved["flatten-images"](solved["scale-pixels"](pixels))
    torch.manual_seed(0)
    model = torch.nn.Sequential()
    model.add_module("linear", torch.nn.Linear(784, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(10):
        for rows in torch.randperm(len(labels)).split(100):
            loss = functional.cross_entropy(model(x[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.state_dict()


@pytest.fixture(scope="module")
def logits(solved, split, state):
    x = solved["flatten-images"](solved["scale-pixels"](split[2]))
    return functional.linear(x, state["linear.weight"], state["linear.bias"])


def raw_numbers(state, pixels, labels):
    """Loss and accuracy where pixels go in as they are in the file."""
    x = pixels.flatten(1).float()
    logits = functional.linear(x, state["linear.weight"], state["linear.bias"])
    accuracy = (logits.argmax(1) == labels).float().mean().item()
    return functional.cross_entropy(logits, labels).item(), accuracy


def test_all_ten_thousand_images_are_there(stored):
    pixels, labels = stored
    assert pixels.shape == (10_000, 28, 28) and pixels.dtype == torch.uint8
    assert labels.bincount().tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_scaled_pixels_are_the_course_s_images_and_totensor_s(solved, stored, folder, monkeypatch):
    from helpers.vision import datasets, transforms

    pixels, _ = stored
    ours = solved["scale-pixels"](pixels)
    monkeypatch.setenv("COURSE_DATA", str(folder))
    data = digits()
    assert data.source == "MNIST: 10000 to train on, 10000 to test with"
    assert torch.equal(ours, data.test_images)
    dataset = datasets.MNIST(folder, train=False, transform=transforms.ToTensor())
    assert all(torch.equal(ours[i], dataset[i][0]) for i in range(0, 10_000, 997))


def test_the_nearest_mean_image_is_right_four_times_in_five(solved, split):
    train_pixels, train_labels, pixels, labels = split
    x, means = solved["flatten-images"](train_pixels) / 255, solved["mean-images"]
    nearest = torch.cdist(
        solved["flatten-images"](pixels) / 255, means(x, train_labels, 10)
    ).argmin(1)
    assert 0.78 < (nearest == labels).float().mean() < 0.86


def test_a_linear_model_reads_nine_in_ten(solved, split, state):
    loss, accuracy, recorded = solved["evaluate"](state, *split[2:], 100)
    assert 0.88 < accuracy < 0.94
    assert 0.25 < loss < 0.45
    assert recorded is False


def test_all_ten_thousand_can_be_evaluated_at_once_or_in_any_batches(solved, stored, state):
    one, other = (solved["evaluate"](state, *stored, size) for size in (10_000, 333))
    assert one == pytest.approx(other, rel=1e-5)
    assert 0.88 < one[1] < 0.95


def test_raw_pixels_keep_the_accuracy_and_blow_up_the_loss(solved, split, state):
    loss, accuracy, _ = solved["evaluate"](state, *split[2:], 100)
    raw_loss, raw_accuracy = raw_numbers(state, *split[2:])
    assert abs(raw_accuracy - accuracy) < 0.03
    assert raw_loss > 30 * loss


def test_raw_pixels_do_what_leaving_out_the_bias_does(split, state):
    _, accuracy = raw_numbers(state, *split[2:])
    without = (split[2].flatten(1).float() @ state["linear.weight"].T).argmax(1)
    assert (without == split[3]).float().mean().item() == pytest.approx(accuracy, abs=0.002)


def test_the_confusion_matrix_agrees_with_the_accuracy(solved, split, state, logits):
    labels = split[3]
    matrix = solved["confusion-matrix"](labels, logits.argmax(1), 10)
    assert matrix.sum() == len(labels)
    assert torch.equal(matrix.sum(1), labels.bincount(minlength=10))
    accuracy = solved["evaluate"](state, *split[2:], 100)[1]
    assert matrix.trace().item() == round(accuracy * len(labels))


def test_the_worst_mistakes_are_mistakes_the_surest_first(solved, split, logits):
    labels = split[3]
    rows, confidences = solved["worst-mistakes"](logits, labels, 20)
    assert (logits.argmax(1)[rows] != labels[rows]).all()
    assert (confidences[:-1] >= confidences[1:]).all() and confidences[0] > 0.9
    every, _ = solved["worst-mistakes"](logits, labels, len(labels))
    assert len(every) == (logits.argmax(1) != labels).sum()
