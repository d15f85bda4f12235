"""The callables that exercises receive as arguments.

A check has to send its inputs to wherever the learner's code runs, and a lambda cannot
travel. These can: each is a frozen dataclass that is called like a function.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Polynomial:
    """f(x) = c_0 + c_1 x + c_2 x^2 + …, element by element, summed to a scalar.

    coefficients: Python floats, the constant first. x: a float tensor of any shape.
    Returns a 0-dimensional tensor of x's dtype.
    """

    coefficients: tuple[float, ...]

    def __str__(self) -> str:
        terms = [f"{c:.4g}·x^{k}" for k, c in enumerate(self.coefficients) if c]
        return f"f(x) = sum({' + '.join(terms).replace('·x^0', '')})"

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The value at x."""
        return sum((c * x**k for k, c in enumerate(self.coefficients)), torch.zeros_like(x)).sum()


@dataclass(frozen=True)
class SineProduct:
    """f(x) = sin(x_1) · sin(x_2) · …, a smooth function whose inputs interact.

    x: a float tensor of any shape. Returns a 0-dimensional tensor of x's dtype.
    """

    def __str__(self) -> str:
        return "f(x) = prod(sin(x))"

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The value at x."""
        return torch.sin(x).prod()


@dataclass(frozen=True)
class ColumnSums:
    """f(x) = the squares of the sums over axis 0, added up: it depends on x's shape.

    x: a float tensor of one or more axes. Returns a 0-dimensional tensor of x's dtype.
    """

    def __str__(self) -> str:
        return "f(x) = sum(x.sum(0)^2)"

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The value at x."""
        return x.sum(0).pow(2).sum()


REGISTRY: dict[str, type] = {kind.__name__: kind for kind in (Polynomial, SineProduct, ColumnSums)}
