"""The digits in batches: a part to train on, one to choose the best epoch by, one to test with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.utils.data import DataLoader, TensorDataset

from helpers.data import digits

VALID_SHARE = 0.15  # of the training images


@dataclass(frozen=True)
class Loaders:
    """Batches of images, (B, 1, 28, 28) float32 from 0 to 1, with labels, (B,) int64.

    train: shuffled anew every epoch. valid: taken from the training images. test: never trained
    on, never chosen by. source: says where the images come from.
    """

    train: DataLoader
    valid: DataLoader
    test: DataLoader
    source: str


def load(batch_size: int = 64, seed: int = 0) -> Loaders:
    """The three parts; seed decides the split and the order of the training batches."""
    data = digits()
    order = torch.randperm(len(data.train_labels), generator=torch.Generator().manual_seed(seed))
    cut = round(VALID_SHARE * len(order))
    valid, train = order[:cut], order[cut:]

    def batches(images, labels, shuffle=False):
        generator = torch.Generator().manual_seed(seed) if shuffle else None
        return DataLoader(TensorDataset(images, labels), batch_size, shuffle, generator=generator)

    return Loaders(
        batches(data.train_images[train], data.train_labels[train], shuffle=True),
        batches(data.train_images[valid], data.train_labels[valid]),
        batches(data.test_images, data.test_labels),
        data.source,
    )
