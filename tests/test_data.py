"""The digits that the image chapters use: bundled, and MNIST from files."""

import gzip
import shutil
import struct
from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_digits
from torch.nn import functional

from helpers.data import DataError, digits

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "mnist"


@pytest.fixture(autouse=True)
def _no_course_data(monkeypatch):
    monkeypatch.delenv("COURSE_DATA", raising=False)


def write_idx(path, array, pack=False):
    header = struct.pack(">HBB", 0, 8, array.dim()) + struct.pack(f">{array.dim()}I", *array.shape)
    data = header + array.to(torch.uint8).numpy().tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if pack else data)


def write_mnist(folder, parts=("train", "t10k"), n=20, end=""):
    for part in parts:
        images = torch.arange(n * 784).reshape(n, 28, 28) % 256
        write_idx(folder / f"{part}-images-idx3-ubyte{end}", images, bool(end))
        write_idx(folder / f"{part}-labels-idx1-ubyte{end}", torch.arange(n) % 10, bool(end))


def assert_right_form(data):
    for images, labels in (
        (data.train_images, data.train_labels),
        (data.test_images, data.test_labels),
    ):
        assert images.shape[1:] == (1, 28, 28) and images.dtype == torch.float32
        assert images.min() >= 0 and images.max() <= 1
        assert labels.shape == images.shape[:1] and labels.dtype == torch.int64
        assert labels.min() >= 0 and labels.max() <= 9


def test_the_bundled_digits_need_no_file_and_say_so():
    data = digits()
    assert_right_form(data)
    assert len(data.train_labels) + len(data.test_labels) == 1797
    assert set(data.test_labels.tolist()) == set(range(10))
    assert "scikit-learn" in data.source and "1437" in data.source and "360" in data.source


def test_the_bundled_digits_are_those_that_scikit_learn_loads():
    bundle = load_digits()
    small = torch.tensor(bundle.images, dtype=torch.float32)[:, None] / 16
    images = functional.interpolate(small, size=(28, 28), mode="bilinear")
    data = digits()
    ours = torch.cat([data.train_images, data.test_images])
    labels = torch.cat([data.train_labels, data.test_labels])
    order, theirs = ours.flatten(1).sum(1).argsort(), images.flatten(1).sum(1).argsort()
    assert torch.equal(ours[order].sum((1, 2, 3)), images[theirs].sum((1, 2, 3)))
    assert torch.equal(labels.bincount(), torch.tensor(bundle.target).bincount())


def test_the_same_seed_gives_the_same_split_and_another_one_another():
    first, again, other = digits(seed=3), digits(seed=3), digits(seed=4)
    assert torch.equal(first.test_images, again.test_images)
    assert not torch.equal(first.test_labels, other.test_labels)


def test_no_test_image_is_trained_on():
    data = digits()
    seen = {image.numpy().tobytes() for image in data.train_images}
    assert sum(image.numpy().tobytes() in seen for image in data.test_images) == 0


@pytest.mark.parametrize(("inside", "end"), [("MNIST/raw", ""), ("", ".gz")])
def test_mnist_is_read_from_its_files(tmp_path, monkeypatch, inside, end):
    write_mnist(tmp_path / inside, end=end)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    data = digits()
    assert_right_form(data)
    assert data.source == "MNIST: 20 to train on, 20 to test with"
    assert data.train_images[0, 0, 0, 5].item() == pytest.approx(5 / 255)
    assert data.train_labels.tolist() == [i % 10 for i in range(20)]


def test_a_relative_folder_is_one_of_the_course_wherever_a_notebook_runs(tmp_path, monkeypatch):
    write_mnist(tmp_path / "course" / "data")
    (tmp_path / "course" / "notebooks").mkdir()
    monkeypatch.setattr("helpers.data.ROOT", tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course" / "notebooks")
    monkeypatch.setenv("COURSE_DATA", "data")
    assert digits().source.startswith("MNIST")


def test_with_the_test_half_alone_it_is_split_and_said(tmp_path, monkeypatch):
    write_mnist(tmp_path, parts=["t10k"])
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    data = digits()
    assert (len(data.train_labels), len(data.test_labels)) == (16, 4)
    assert "training files are missing" in data.source


def test_a_missing_file_is_one_clear_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="has no t10k-images.*unset COURSE_DATA"):
        digits()
    write_mnist(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="no train-labels"):
        digits()


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b broken", b"\0\0\x08\x03\0\0\0\x14\0\0\0\x1c"])
@pytest.mark.parametrize("end", ["", ".gz"])
def test_a_damaged_file_is_named(tmp_path, monkeypatch, damage, end):
    write_mnist(tmp_path, end=end)
    (tmp_path / f"t10k-images-idx3-ubyte{end}").write_bytes(damage)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="t10k-images.*is damaged"):
        digits()


def test_labels_that_do_not_fit_the_images_are_refused(tmp_path, monkeypatch):
    write_mnist(tmp_path)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    write_idx(tmp_path / "t10k-labels-idx1-ubyte", torch.arange(7))
    with pytest.raises(DataError, match="7 labels for 20 images"):
        digits()
    write_idx(tmp_path / "t10k-labels-idx1-ubyte", torch.arange(20))
    with pytest.raises(DataError, match="the label 19"):
        digits()


def test_images_of_another_size_are_refused(tmp_path, monkeypatch):
    write_mnist(tmp_path)
    write_idx(tmp_path / "t10k-images-idx3-ubyte", torch.zeros(20, 8, 8))
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"\(8, 8\), not \(28, 28\)"):
        digits()


def test_a_failed_download_says_what_to_do(tmp_path, monkeypatch):
    from helpers.vision import datasets

    def offline(*_, **__):
        raise RuntimeError("Error downloading train-images-idx3-ubyte.gz")

    monkeypatch.setattr(datasets.MNIST, "download", offline)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="could not be downloaded.*leave out download"):
        digits(download=True)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real MNIST files are not beside the course")
def test_the_real_test_images_load(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(REAL))
    data = digits()
    assert_right_form(data)
    assert (len(data.train_labels), len(data.test_labels)) == (8000, 2000)
    counts = torch.cat([data.train_labels, data.test_labels]).bincount()
    assert counts.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real MNIST files are not beside the course")
def test_torchvisions_own_layout_with_its_gz_files_works(tmp_path, monkeypatch):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in REAL.glob("*.gz"):
        shutil.copy(path, raw)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert len(digits().test_labels) == 2000
