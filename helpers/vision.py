"""torchvision's `datasets` and `transforms`, also where torch was built for the CPU.

The torchvision that pip brings is built for CUDA. On a CPU build of torch its compiled operators do
not load, and its import fails because it then describes two that do not exist. The course uses
neither, so declaring them is enough.

    from helpers.vision import datasets, transforms
"""

import sys
from importlib import import_module
from types import ModuleType

import torch


def __getattr__(name: str) -> ModuleType:
    """Import torchvision.datasets or torchvision.transforms when it is first asked for."""
    if name not in ("datasets", "transforms"):
        raise AttributeError(f"helpers.vision has datasets and transforms, but no {name}")
    try:
        return import_module(f"torchvision.{name}")
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
    for module in [module for module in sys.modules if module.split(".")[0] == "torchvision"]:
        del sys.modules[module]
    _declare_missing_operators()
    return import_module(f"torchvision.{name}")


def _declare_missing_operators() -> None:
    global _declarations  # kept: torch forgets the operators when this is collected
    _declarations = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        _declarations.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
