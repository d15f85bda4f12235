"""Loads a checkpoint and reads the test digits with it.

python predict.py bilstm.pt --show 5
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from types import ModuleType

import data_loader
import torch
import utils
from torch import nn


def load(model_module: ModuleType, path: Path) -> nn.Module:
    """The model that a checkpoint holds; ends the program with a sentence where it cannot."""
    if path.is_dir():
        utils.stop(f"{path} is a folder. Name the checkpoint in it, such as {path / 'bilstm.pt'}")
    if not path.is_file():
        save = path if path.suffix == ".pt" else "bilstm.pt"
        utils.stop(f"There is no checkpoint {path}. Train one first: python train.py --save {save}")
    try:
        return model_module.save_and_load(str(path))
    except Exception as error:  # of many kinds: no archive, cut off, other names, other shapes
        why = re.split(r"\.\s|\n", str(error).strip() or "no reason given")[0][:120]
        utils.stop(
            f"{path} is no checkpoint that this model can load ({type(error).__name__}: {why}). "
            "Name another file, or train a new one: python train.py --save bilstm.pt"
        )


def main(arguments: list[str] | None = None) -> None:
    """Tests a checkpoint and shows some of its answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", nargs="?", type=Path, default=Path("bilstm.pt"))
    parser.add_argument("--show", type=int, default=5, help="how many images to list (5)")
    given = parser.parse_args(arguments)
    model_module, trainer = utils.own_modules("model", "trainer")
    model = load(model_module, given.checkpoint)
    loaders = data_loader.load()
    images, labels = loaders.test.dataset.tensors  # (N, 1, 28, 28), (N,)
    digits, confidence = trainer.predict(model, images, 256)  # (N,), (N,)
    right = (digits == labels).sum().item()
    print(
        f"{given.checkpoint}: {right} of {len(labels)} test digits right ({right / len(labels):.1%})"
    )
    least_sure = torch.argsort(confidence)[: max(given.show, 0)].tolist()
    for i in least_sure:
        mark = "right" if digits[i] == labels[i] else f"wrong: it is {labels[i]}"
        print(f"  image {i:3d}: {digits[i]} with {confidence[i]:.0%} ({mark})")


if __name__ == "__main__":
    main()
