"""One look for the course's plots: small, light, and labelled."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, RED, GREY = "#3b82c4", "#e08a1e", "#2e9e5b", "#d1495b", "#8a8f98"


def use_course_style() -> None:
    """Sets matplotlib's defaults for a chapter: 90 dpi, a light grid, no top and right spines."""
    plt.rcParams.update(
        {
            "figure.dpi": 90,
            "figure.constrained_layout.use": True,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": "medium",
            "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, RED, GREY]),
            "legend.frameon": False,
        }
    )


def axes(
    columns: int = 1, rows: int = 1, width: float = 4.2, height: float = 3.0, **more: object
) -> tuple[Figure, Sequence[Axes]]:
    """A figure with a flat sequence of axes. width, height: inches of each."""
    figure, grid = plt.subplots(
        rows, columns, figsize=(width * columns, height * rows), squeeze=False, **more
    )
    return figure, list(grid.flat)


def label(ax: Axes, title: str, x: str, y: str) -> None:
    """Title (what the plot shows) and axis labels with units."""
    ax.set_title(title)
    ax.set_xlabel(x)
    ax.set_ylabel(y)


def heatmap(
    ax: Axes, values: torch.Tensor, symmetric: bool = False, numbers: bool = False, **more: object
) -> None:
    """Draws a (rows, columns) tensor as coloured cells, with each number inside if asked.

    symmetric: a diverging colour scale around 0.
    """
    values = values.detach().float()
    if symmetric:
        top = float(values.abs().max()) or 1.0
        more = {"cmap": "RdBu_r", "vmin": -top, "vmax": top} | more
    image = ax.imshow(values, aspect="auto", **more)
    ax.grid(False)
    if numbers:
        for i, row in enumerate(values):
            for j, value in enumerate(row):
                ax.text(j, i, f"{value:g}", ha="center", va="center", fontsize="small")
    else:
        ax.figure.colorbar(image, ax=ax)
