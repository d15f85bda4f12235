"""Trains the Bi-LSTM on digits read row by row, and saves its best epoch.

    python train.py --epochs 12 --hidden 32 --layers 2 --save bilstm.pt

model.py and trainer.py hold your own answers: the notebook writes them.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import data_loader
import torch
import utils
from torch import nn
from tqdm import tqdm


def above_zero(kind: type) -> object:
    """A reader of command line numbers that must be above 0."""

    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < math.inf:
            raise ValueError
        return value

    number.__name__ = f"{kind.__name__} above 0"  # what argparse says is wrong
    return number


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line; --help lists what there is."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    whole, real = above_zero(int), above_zero(float)
    parser.add_argument("--epochs", type=whole, default=12, help="rounds through the images")
    parser.add_argument("--hidden", type=whole, default=32, help="units in each direction")
    parser.add_argument("--layers", type=whole, default=2, help="LSTM layers on one another")
    parser.add_argument("--dropout", type=float, default=0.2, help="between the layers")
    parser.add_argument(
        "--lr",
        type=real,
        default=0.01,
        help="Adam's first learning rate; it falls from epoch to epoch",
    )
    parser.add_argument("--max-norm", type=real, default=1.0, help="longest gradient allowed")
    parser.add_argument("--batch-size", type=whole, default=64, help="images in a batch")
    parser.add_argument("--seed", type=int, default=0, help="of weights, split and order")
    parser.add_argument("--save", type=Path, default=Path("bilstm.pt"), help="the checkpoint")
    given = parser.parse_args(arguments)
    if not 0 <= given.dropout < 1:
        parser.error("argument --dropout: must be at least 0 and below 1")
    if given.save.is_dir():
        parser.error(f"argument --save: {given.save} is a folder; name a file in it")
    if given.save.suffix != ".pt":
        parser.error(f"argument --save: {given.save} must end in .pt, as in bilstm.pt")
    if not given.save.absolute().parent.is_dir():
        parser.error(f"argument --save: there is no folder {given.save.parent}")
    return given


def epochs(
    given: argparse.Namespace,
    trainer: ModuleType,
    model: nn.Module,
    loaders: data_loader.Loaders,
) -> Iterator[float]:
    """Trains for one more epoch whenever asked, and yields its validation loss."""
    optimizer = torch.optim.Adam(model.parameters(), lr=given.lr)
    with tqdm(total=given.epochs * len(loaders.train), unit="batch") as bar:
        for epoch in range(1, given.epochs + 1):
            optimizer.param_groups[0]["lr"] = given.lr * (1 - (epoch - 1) / given.epochs)
            model.train()
            losses, clipped = [], 0
            for images, labels in loaders.train:
                loss, norm = trainer.train_step(model, optimizer, images, labels, given.max_norm)
                losses.append(loss)
                clipped += norm > given.max_norm
                bar.update()
            valid = utils.mean_loss(model, loaders.valid)
            bar.write(
                f"epoch {epoch:2d}: training loss {sum(losses) / len(losses):.3f}, "
                f"validation loss {valid:.3f}, clipped {clipped} of {len(losses)} steps"
            )
            yield valid


def main(arguments: list[str] | None = None) -> None:
    """Trains, keeps the best epoch, saves it, and tests what the file holds."""
    given = options(arguments)
    model_module, trainer = utils.own_modules("model", "trainer")
    torch.manual_seed(given.seed)
    loaders = data_loader.load(given.batch_size, given.seed)
    sizes = {"inputs": 28, "hidden": given.hidden, "layers": given.layers, "classes": 10}
    model = model_module.BiLSTMClassifier(**sizes, dropout=given.dropout)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"data: {loaders.source}\nmodel: {count:,} parameters")
    started = time.perf_counter()
    best, _ = trainer.keep_best(model, epochs(given, trainer, model, loaders))
    saved = model_module.save_and_load(str(given.save), model)
    print(f"best validation loss {best:.3f}, after {time.perf_counter() - started:.0f} s")
    share = utils.accuracy(trainer.predict, saved, loaders.test)
    print(f"saved in {given.save}: test accuracy {share:.1%}")


if __name__ == "__main__":
    main()
