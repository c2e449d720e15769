"""Figures 2 to 6 of the paper, redrawn from our encoders of MNIST, as SVG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from studies.analysis.figures import canvas
from studies.analysis.zoo_table import ZooTable
from studies.paper_mnist.curves import read_curves
from studies.paper_mnist.design import METHODS, OPTIMISERS
from studies.paper_mnist.pooled import normalised_accuracy
from studies.training.recipe import UNTRAINED

__all__ = ["FIGURES", "draw_figures"]

_SHOWN: Final = (*METHODS, UNTRAINED)
_COLOURS: Final = dict(
    zip(_SHOWN, ("#0072b2", "#e69f00", "#d55e00", "#56b4e9", "#009e73", "#777777"), strict=True)
)
_TASKS: Final = {"kmnist_1nn": "o", "omniglot_1nn": "^", "fashion_1nn": "s"}
_STYLES: Final = {"adam": "-", "sgd": "--"}


def draw_figures(table: ZooTable, folder: Path) -> list[Path]:
    """Write every figure into the folder of the table and its curves; return the files."""
    files = []
    for name, draw in FIGURES.items():
        path = folder / f"{name}.svg"
        with canvas(path) as axes:
            draw(axes, table, folder)
        files.append(path)
    return files


def _curve_figure(file: str, x: str, y: str, scale: float) -> Callable[..., None]:
    def draw(axes: Any, table: ZooTable, folder: Path) -> None:
        curves = read_curves(folder / f"{file}.csv")
        for method in _SHOWN:
            chosen = [
                curves[name]
                for name, label in zip(table.names, table.labels["method"], strict=True)
                if label == method
            ]
            if chosen:
                _band(axes, np.stack(chosen), scale, method)
        axes.set(xlabel=x, ylabel=y)
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False)

    return draw


def _band(axes: Any, curves: npt.NDArray[np.float64], scale: float, method: str) -> None:
    levels = np.arange(1, curves.shape[1] + 1) * scale
    mean = np.nanmean(curves, axis=0)
    error = np.nanstd(curves, axis=0) / np.sqrt(len(curves))
    axes.plot(levels, mean, color=_COLOURS[method], label=method)
    axes.fill_between(
        levels, mean - error, mean + error, color=_COLOURS[method], alpha=0.2, linewidth=0
    )


def _by_size(axes: Any, table: ZooTable, folder: Path) -> None:  # noqa: ARG001
    for method in _SHOWN:
        for optimiser in OPTIMISERS:
            rows = (table.labels["method"] == method) & (table.labels["optimiser"] == optimiser)
            sizes = np.unique(table.columns["size"][rows])
            if len(sizes):
                score = [
                    np.nanmean(table.columns["rmqm"][rows & (table.columns["size"] == size)])
                    for size in sizes
                ]
                axes.plot(
                    sizes,
                    score,
                    _STYLES[optimiser],
                    marker=".",
                    color=_COLOURS[method],
                    label=method if method == UNTRAINED else f"{method}, {optimiser}",
                )
    axes.set_xscale("log", base=2)
    axes.set(xlabel="embedding size", ylabel="RMQM (paper, noise)")
    axes.legend(frameon=False, fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))


def _against_accuracy(axes: Any, table: ZooTable, folder: Path) -> None:  # noqa: ARG001
    accuracy = normalised_accuracy(table, list(_TASKS))
    for method in _SHOWN:
        rows = table.labels["method"] == method
        for place, marker in enumerate(_TASKS.values()):
            axes.scatter(
                table.columns["rmqm"][rows],
                accuracy[rows, place],
                marker=marker,
                s=18,
                color=_COLOURS[method],
                alpha=0.75,
                label=method if place == 0 else None,
            )
    for task, marker in _TASKS.items():
        label = task.removesuffix("_1nn")
        axes.scatter([], [], marker=marker, s=18, color="black", label=label)
    axes.set(xlabel="RMQM (paper, noise)", ylabel="1-NN accuracy / best of the task")
    axes.legend(frameon=False, fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))


FIGURES: Final[dict[str, Callable[..., None]]] = {
    "figure-2": _curve_figure(
        "noise_displacement", "standard deviation of the noise", "displacement", 1 / 99
    ),
    "figure-3": _curve_figure("pgd_displacement", "PGD step", "displacement", 1),
    "figure-4": _curve_figure("pgd_change", "PGD step", "relative change of displacement", 1),
    "figure-5": _by_size,
    "figure-6": _against_accuracy,
}
"""Figures by their number in the paper; 3 is of CIFAR-10 there."""
